package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/safelist"
)

// networkFetch is HTTP-network fetch: one request over the transport.
//
// https://fetch.spec.whatwg.org/#concept-http-network-fetch
func (f *fetching) networkFetch(headers safelist.HeaderList, included, newConnection bool) (*response, *Error) {
	r := f.request
	if refusal := f.canceled(); refusal != nil {
		return nil, refusal
	}
	out, resp := &f.memory.sent, &f.memory.response
	if f.memory.used {
		out, resp = new(NetworkRequest), new(response)
	}
	f.memory.used, f.sentHeaders = true, headers
	out.Method, out.URL, out.Headers = r.method, f.wireURL(), headers
	out.Credentials, out.NewConnection = included, newConnection // 6
	out.WebSocket = r.mode == WebSocketMode
	out.Partition, out.Preflight = r.partition(), r.preflight // 5
	out.http, out.httpURL = r.http, r.httpURL
	if f.proxied = false; f.agent.authentication != nil {
		out.ProxyAuthorization = f.proxyAuthorization
	}
	out.proxy, f.via = f.via, nil
	var in *NetworkResponse
	var body io.ReadCloser
	err := ErrNoAnswer
	for tries := max(1, f.tries(newConnection)); tries > 0 && errors.Is(err, ErrNoAnswer); tries-- { // 7, 8
		if r.body != nil {
			if out.Body, err = r.body.open(); err != nil {
				break
			}
			out.Streaming = r.body.kind == bodyStream
			f.open.request = out.Body
		}
		if t := r.trace; t != nil && t.Sending != nil {
			t.Sending(f.sentInfo(headers))
		}
		f.open.request = nil
		in, body, err = f.roundTrip(out)
	}
	if err != nil {
		return nil, f.below(NetworkFailure, err)
	}
	f.open.response = body
	if refusal := f.headersTooLarge(in); refusal != nil {
		closeBody(body)
		return nil, refusal
	}
	received, err := f.agent.profile.Response.receive(in)
	if err == nil {
		err = ambiguity(f.agent.profile.Response.Unambiguous, in.Headers)
	}
	if err != nil {
		closeBody(body)
		return nil, f.below(NetworkFailure, err)
	}
	resp.filter, resp.network, resp.headers = TypeDefault, in, received
	if f.agent.profile.Headers.ReplaceNotUTF8 {
		resp.headers = replaceNotUTF8(received)
	}
	resp.status, resp.statusText = in.Status, in.StatusText
	if body != nil { // 15
		rules := &f.agent.profile.Response
		resp.stream = responseBody{f: f, resp: resp, from: body,
			mayBeShort: rules.ShortErrorBodies && !okStatus(in.Status) || rules.ShortHTTP2Bodies && in.HTTP2}
		resp.body = &resp.stream
		f.decode(resp) // 18.1.1.1.9
	}
	if t := r.trace; t != nil && t.Received != nil {
		t.Received(f.sentInfo(headers), resp.info())
	}
	if refusal := f.setCookies(in, included); refusal != nil { // 17
		resp.discard()
		return nil, refusal
	}
	return resp, nil // 19
}

// headersTooLarge is the network error for a header list that is larger than the
// agent takes. It stands before all that looks at the list, which therefore need
// not ask whether the fetch was cancelled meanwhile.
func (f *fetching) headersTooLarge(in *NetworkResponse) *Error {
	if in.Headers.Size()+int64(len(in.StatusText)) <= f.agent.maxHeaders {
		return nil
	}
	refusal := f.fail(HeadersTooLarge, "", "")
	refusal.Stage, refusal.Detail = f.stage(StageActual), fmt.Sprintf("more than %d bytes", f.agent.maxHeaders)
	refusal.Response = &ResponseInfo{Status: in.Status} // the rest could be anything
	return refusal
}

// ambiguity names the first of some headers that a response has with different
// values.
func ambiguity(names []string, headers safelist.HeaderList) error {
	for _, name := range names {
		values := linesOf(headers, name)
		if !safelist.EqualFold(name, "Location") && len(values) > 0 {
			values, _ = headers.GetDecodeAndSplit(name)
		}
		for _, value := range values {
			if value != values[0] {
				return fmt.Errorf("fetch: the response has %s with the values %s and %s, of which there may be one", name, quote(values[0]), quote(value))
			}
		}
	}
	return nil
}

// isUnambiguous tells whether a name is among those that ambiguity looks for.
func isUnambiguous(names []string, name string) bool {
	return fold.Listed(name, names)
}

// linesOf are the values of the headers of a name, one by one.
func linesOf(headers safelist.HeaderList, name string) []string {
	var values []string
	for _, h := range headers {
		if safelist.EqualFold(h.Name, name) {
			values = append(values, h.Value)
		}
	}
	return values
}

// replaceNotUTF8 replaces what is no UTF-8 in header values by U+FFFD, byte by
// byte.
func replaceNotUTF8(list safelist.HeaderList) safelist.HeaderList {
	var changed safelist.HeaderList
	for i, h := range list {
		if utf8.ValidString(h.Value) {
			continue
		}
		if changed == nil {
			changed = slices.Clone(list)
		}
		changed[i].Value = string([]rune(h.Value))
	}
	if changed == nil {
		return list
	}
	return changed
}

// tries is how often the request may be sent until there is an answer. The one
// that a 421 was the answer to counts.
func (f *fetching) tries(newConnection bool) int {
	tries := f.agent.profile.Network.SafeTries
	if newConnection {
		tries--
	}
	r := f.request
	if r.mode == WebSocketMode {
		return 1
	}
	switch r.method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH":
		if r.body == nil || r.body.replayable() {
			return tries
		}
	}
	return 1
}

// receive is the headers of a response as the profile has them read.
func (rules *ResponseRules) receive(in *NetworkResponse) (safelist.HeaderList, error) {
	if len(rules.FirstOnly) == 0 && !rules.SkipEmpty && !rules.TightType && len(rules.FeedJoined) == 0 && rules.HTTP2Header == "" {
		return in.Headers, nil
	}
	j := headerJoin{list: make(safelist.HeaderList, 0, len(in.Headers)+1)}
	for _, h := range in.Headers {
		i := j.first(h.Name)
		switch {
		case i < 0:
			j.list = append(j.list, h)
		case fold.Listed(h.Name, rules.FirstOnly):
			if fold.Listed(h.Name, rules.SameOnly) && j.list[i].Value != h.Value {
				return nil, fmt.Errorf("fetch: the response has two values for %s, %s and %s", h.Name, quote(j.list[i].Value), quote(h.Value))
			}
		case rules.SkipEmpty && fold.Listed(h.Name, rules.KeepEmpty):
			j.join(i, ", ", h.Value)
		case rules.SkipEmpty && j.list[i].Value == "":
			j.list[i].Value = h.Value
		case rules.TightType && safelist.EqualFold(h.Name, "Content-Type"):
			j.join(i, ",", h.Value)
		case rules.SkipEmpty && h.Value == "":
		case fold.Listed(h.Name, rules.FeedJoined):
			j.join(i, "\n", h.Value)
		default:
			j.list = append(j.list, h)
		}
	}
	list := j.done()
	for _, name := range rules.KeepEmpty {
		if i := j.first(name); i >= 0 { // an empty last value leaves a blank, which is no part of a header's value
			list[i].Value = safelist.NormalizeHeaderValue(list[i].Value)
		}
	}
	if in.HTTP2 && rules.HTTP2Header != "" {
		add(&list, rules.HTTP2Header, "h2")
	}
	return list, nil
}

// sentInfo is the request with the headers that it was sent with.
func (f *fetching) sentInfo(headers safelist.HeaderList) RequestInfo {
	i := f.request.info()
	i.Headers = headers
	return i
}

// below is the network error for what went wrong below the Standard, with the
// reason that the error itself gives, if any.
func (f *fetching) below(reason Reason, err error) *Error {
	refusal := f.fail(reason, "", "")
	refusal.Stage, refusal.Err = f.stage(StageActual), err
	var unsendable *UnsendableError
	switch {
	case f.ctx.Err() != nil:
		refusal.Reason, refusal.Err = Aborted, context.Cause(f.ctx)
	case errors.Is(err, ErrStreamNeedsHTTP2):
		refusal.Reason, refusal.Err = StreamNeedsHTTP2, nil
	case errors.Is(err, errBodyUsed):
		refusal.Reason = BodyNotReplayable
	case errors.As(err, &unsendable):
		refusal.Reason, refusal.Header, refusal.Value = Unsendable, unsendable.What, presentable(unsendable.What, unsendable.Value)
	}
	return refusal
}

// A responseBody is a response's body as it arrives, or one that is here already.
// It ends when the fetch is cancelled. What goes wrong becomes an [*Error].
type responseBody struct {
	f    *fetching
	resp *response
	from io.ReadCloser

	mayBeShort bool // it may end before its time
}

func (b *responseBody) Read(p []byte) (n int, err error) {
	if err = b.f.ctx.Err(); err == nil { // what has arrived already is not for who has left
		n, err = b.from.Read(p)
	}
	if err == io.ErrUnexpectedEOF && b.mayBeShort {
		err = io.EOF
	}
	if err != nil && err != io.EOF {
		refusal := b.f.below(BrokenBody, err)
		refusal.Response = b.resp.infoRef()
		err = refusal
	}
	return n, err
}

func (b *responseBody) Close() error { return b.from.Close() }

// setLocalBody gives a response a body that came over no network.
func (f *fetching) setLocalBody(resp *response, body io.Reader) {
	resp.stream = responseBody{f: f, resp: resp, from: io.NopCloser(body)}
	resp.body = &resp.stream
}
