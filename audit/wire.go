package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/handshake"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/peek"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// A recorder passes requests on, one at a time, and keeps what crossed the
// wire. What it is asked a second time at the same step it answers itself.
type recorder struct {
	server   fetch.Transport
	patience time.Duration // for the head of an answer
	pause    time.Duration // from one request to the next, at least
	next     time.Time     // when the next one may go out

	asked     map[string]*asked
	buffer    []byte     // of keys of asked
	at        string     // use, page and step: what asked is about
	again     []*asked   // answers that are given in order, whatever is asked
	keepFirst *[]*asked  // where answers are kept to be given again
	exchanges []Exchange // since begin, with all headers
	body      []byte     // how that of the last of these begins, where browsers may refuse it
	traffic   []Exchange // all that the server answered
	kept      int64      // bytes of their header lists

	silent map[string]error // what gave no answer, by the keys of silence

	holdUnsafe bool // of uses that are not safe, only preflights leave
	hold       bool // and this is one

	use *resolvedUse // that is being played; nil: a probe
}

// An asked is a request that was answered.
type asked struct {
	exchange Exchange
	http2    bool
	body     []byte // how it begins
	over     fetch.Connection
}

// begin is called before a page makes a request.
func (r *recorder) begin(use *resolvedUse, v *visitor) {
	r.exchanges, r.body, r.use = nil, nil, use
	r.at = use.name + "\x00" + v.asking + "\x00" + v.step + "\x00"
	r.again, r.keepFirst = nil, nil
	r.hold = r.holdUnsafe && !use.safe()
	if !use.safe() {
		if r.again = v.first; v.step == "" {
			r.again, v.first, r.keepFirst = nil, nil, &v.first
		}
	}
}

// probe is called before a request that is none of a play.
func (r *recorder) probe() {
	r.exchanges, r.again, r.keepFirst, r.hold, r.use = nil, nil, nil, false, nil
	r.at = "probe\x00"
}

// RoundTrip implements [fetch.Transport].
func (r *recorder) RoundTrip(ctx context.Context, req *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	body, err := takeBody(req)
	if err != nil {
		return nil, err
	}
	if r.hold && !req.Preflight {
		return nil, errHeld
	}
	if !req.Preflight && len(r.again) > 0 {
		if a := r.again[0]; a.exchange.Method == req.Method && a.exchange.URL == req.URL.WithoutFragment() {
			r.again = r.again[1:]
			return r.repeat(req, a)
		}
	}
	r.buffer = r.key(r.buffer[:0], req, body)
	a := r.asked[string(r.buffer)]
	if a != nil {
		resp, err := r.repeat(req, a)
		if err == nil {
			r.first(req, a)
		}
		return resp, err
	}
	if err := r.given(req); err != nil {
		return nil, err
	}
	key := string(r.buffer)
	if err := r.wait(ctx); err != nil {
		return nil, err
	}
	sent := *req
	if body != "" {
		sent.Body = io.NopCloser(strings.NewReader(body))
	}
	var over fetch.Connection
	if use := r.use; use != nil && use.AddressSpace != "" {
		sent.Connected = func(c fetch.Connection) error { // also for a browser that does not ask: another may
			if over = c; req.Connected == nil {
				return nil
			}
			return req.Connected(c)
		}
	}
	started := time.Now()
	resp, err := r.send(ctx, &sent)
	if err != nil {
		r.gaveNothing(ctx, req, err)
		return nil, err
	}
	if req.WebSocket && resp.Status == http.StatusSwitchingProtocols { // nothing more is to be said
		resp.Body.Close()
		resp.Body = handshake.Closed{}
	}
	if err := r.room(resp); err != nil {
		resp.Body.Close()
		return nil, err
	}
	var begin []byte
	begin, resp.Body = peek.Ahead(ctx, &sent, resp)
	r.keep(req, resp, started)
	x := &r.exchanges[len(r.exchanges)-1]
	x.RequestBody, r.body = body, begin
	r.traffic = append(r.traffic, *x)
	a = &asked{exchange: *x, http2: resp.HTTP2, body: begin, over: over}
	r.asked[key] = a
	r.first(req, a)
	return resp, nil
}

// How much is kept of what a server answers, in bytes of header lists: of one
// answer, which is more than any browser takes, and of all.
const (
	maxHeaders = 512 << 10
	maxTraffic = 256 << 20
)

// room makes room for an answer.
func (r *recorder) room(resp *fetch.NetworkResponse) error {
	size := resp.Headers.Size()
	if size > maxHeaders {
		return fmt.Errorf("the response has %d bytes of headers, more than %d", size, maxHeaders)
	}
	if r.kept += size; r.kept > maxTraffic {
		return fmt.Errorf("%w: more than %d bytes of headers", errTooMuch, maxTraffic)
	}
	return nil
}

// errTooMuch ends an audit of a server that sends more than can be kept.
var errTooMuch = errors.New("the responses are too large")

// first keeps an answer for when the request is made again.
func (r *recorder) first(req *fetch.NetworkRequest, a *asked) {
	if r.keepFirst != nil && !req.Preflight {
		*r.keepFirst = append(*r.keepFirst, a)
	}
}

// repeat answers as the server did before, over the connection of then. The exchange
// is that of then, with the request's own headers.
func (r *recorder) repeat(req *fetch.NetworkRequest, a *asked) (*fetch.NetworkResponse, error) {
	if req.Connected != nil {
		if err := req.Connected(a.over); err != nil {
			return nil, err
		}
	}
	x := a.exchange
	x.RequestHeaders = slices.Clone(req.Headers)
	r.exchanges, r.body = append(r.exchanges, x), a.body
	resp := &fetch.NetworkResponse{Status: x.Status, StatusText: x.StatusText, Headers: slices.Clone(x.ResponseHeaders), Body: http.NoBody, HTTP2: a.http2}
	if req.WebSocket && x.Status == http.StatusSwitchingProtocols {
		resp.Body = handshake.Closed{}
		if answer, ok := resp.Headers.Get(handshake.Accept); ok {
			was, _ := a.exchange.RequestHeaders.Get(handshake.Key)
			is, _ := req.Headers.Get(handshake.Key)
			resp.Headers.Set(handshake.Accept, handshake.Again(answer, was, is))
		}
	}
	return resp, nil
}

// key tells requests apart by all that the server can see of them, except what
// tells one browser from another, and by who made them when: one that a page makes
// again, after a redirect to where it was, is another.
func (r *recorder) key(b []byte, req *fetch.NetworkRequest, body string) []byte {
	url, before := req.URL.WithoutFragment(), 0
	for i := range r.exchanges {
		if x := &r.exchanges[i]; x.Method == req.Method && x.URL == url {
			before++
		}
	}
	b = append(strconv.AppendInt(append(b, r.at...), int64(before), 10), 0)
	b = strconv.AppendBool(strconv.AppendBool(b, req.Preflight), req.Credentials)
	b = append(append(append(append(b, req.Method...), ' '), url...), '\n')
	headers := slices.DeleteFunc(slices.Clone(req.Headers), func(h safelist.Header) bool { return headername.TellsBrowsersApart(h.Name) })
	slices.SortStableFunc(headers, func(a, b safelist.Header) int { return strings.Compare(fold.Lower(a.Name), fold.Lower(b.Name)) })
	for _, h := range headers {
		b = append(append(append(append(b, fold.Lower(h.Name)...), ": "...), h.Value...), '\n')
	}
	return append(append(b, '\n'), body...)
}

// wait waits until the next request may go out.
func (r *recorder) wait(ctx context.Context) error {
	if r.pause <= 0 {
		return nil
	}
	now := time.Now()
	if early := r.next.Sub(now); early > 0 {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(early):
			now = now.Add(early)
		}
	}
	r.next = now.Add(r.pause)
	return nil
}

// send sends a request. An answer must begin in time.
func (r *recorder) send(ctx context.Context, req *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	late := fmt.Errorf("no answer within %v: %w", r.patience, context.DeadlineExceeded)
	timer := time.AfterFunc(r.patience, func() { cancel(late) })
	resp, err := r.server.RoundTrip(ctx, req)
	timer.Stop()
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
			err = fmt.Errorf("%w: %w", err, cause)
		}
		cancel(nil)
		return nil, err
	}
	out := *resp
	length, known, err := headervalue.ExtractLength(resp.Headers)
	out.Body = &endingBody{resp.Body, cancel, known && err == nil && length <= maxRest}
	return &out, nil
}

// unanswered tells whether a fetch failed because a server that can be reached
// gave no answer, or none in time. A handler that panics is no such server.
func unanswered(ctx context.Context, err error) (*fetch.Error, bool) {
	failure, ok := errors.AsType[*fetch.Error](err)
	if !ok || failure.Reason != fetch.NetworkFailure || ctx.Err() != nil {
		return nil, false
	}
	op, _ := errors.AsType[*net.OpError](err)
	return failure, !(op != nil && op.Op == "dial") && !errors.Is(err, errPanicked) && !errors.Is(err, errGoexit)
}

// What is read of a body that nobody wants, so that its connection can serve the
// next request.
const (
	maxRest = 64 << 10
	restFor = time.Second
)

// An endingBody is a body, perhaps none, whose request ends with it.
type endingBody struct {
	io.ReadCloser
	end   context.CancelCauseFunc
	short bool
}

func (b *endingBody) Read(p []byte) (int, error) {
	if b.ReadCloser == nil {
		return 0, io.EOF
	}
	return b.ReadCloser.Read(p)
}

func (b *endingBody) Close() (err error) {
	if b.ReadCloser != nil {
		if b.short {
			timer := time.AfterFunc(restFor, func() { b.ReadCloser.Close() })
			io.CopyN(io.Discard, b.ReadCloser, maxRest+1) // to its end
			timer.Stop()
		}
		err = b.ReadCloser.Close()
	}
	b.end(nil)
	return err
}

// takeBody reads and closes a request's body.
func takeBody(req *fetch.NetworkRequest) (string, error) {
	if req.Body == nil {
		return "", nil
	}
	defer req.Body.Close()
	body, err := io.ReadAll(req.Body)
	return string(body), err
}

// keep adds an exchange. One that took no time is a cache's.
func (r *recorder) keep(req *fetch.NetworkRequest, resp *fetch.NetworkResponse, started time.Time) {
	x := Exchange{
		Method: req.Method, URL: req.URL.WithoutFragment(), RequestHeaders: slices.Clone(req.Headers),
		Status: resp.Status, StatusText: resp.StatusText, ResponseHeaders: slices.Clone(resp.Headers),
		Cached: started.IsZero(), Started: started,
	}
	if !x.Cached {
		x.Took = time.Since(started)
	}
	r.exchanges, r.body = append(r.exchanges, x), nil
}

// pruned are exchanges with the headers that CORS is about, and of responses those
// with more names.
func pruned(exchanges []Exchange, more ...string) []Exchange {
	out := slices.Clone(exchanges)
	for i := range out {
		out[i].RequestBody = ""
		out[i].RequestHeaders = only(out[i].RequestHeaders, "origin", "access-control-", "authorization", "content-type", "cookie")
		out[i].ResponseHeaders = only(out[i].ResponseHeaders, slices.Concat([]string{"access-control-", "vary", "location", "cache-control", "content-type", "server", "www-authenticate", "cross-origin-resource-policy"}, more)...)
	}
	return out
}

// only are the headers whose names begin so, and those that were meant to be
// headers of CORS.
func only(list fetch.HeaderList, prefixes ...string) fetch.HeaderList {
	var kept fetch.HeaderList
	for _, h := range list {
		if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(fold.Lower(h.Name), p) }) || cause.Meant(h.Name) != "" {
			h.Value = text.RedactHeader(h.Name, h.Value)
			kept = append(kept, h)
		}
	}
	return kept
}
