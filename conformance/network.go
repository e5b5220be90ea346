package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A network answers as a scenario's servers do, with no socket and no waiting:
// a [fetch.Transport].
type network struct {
	scenario *Scenario
	answered map[string]*[2]int // by URL: preflights and actual requests answered
	hidden   bool               // a visit is under way, whose requests are no part of the outcome
	keep     keptHeaders
	requests []Request
}

var (
	errDropped   = errors.New("conformance: the connection was closed without an answer")
	errMalformed = errors.New("conformance: the answer is not HTTP")
)

// RoundTrip implements [fetch.Transport].
func (n *network) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if r.Streaming && !speaksHTTP2(r.URL) {
		return nil, fetch.ErrStreamNeedsHTTP2
	}
	if !n.hidden && n.scenario.carriesID(r.URL) {
		n.requests = append(n.requests, Request{
			Method:  r.Method,
			URL:     r.URL.SetCredentials("", "").WithoutFragment(),
			Headers: n.keep.of(r.Headers),
		})
	}
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
	}
	return n.answer(r)
}

// speaksHTTP2 tells whether a server speaks HTTP/2: one whose first label is
// h2, over TLS.
func speaksHTTP2(u *origin.URL) bool {
	return u.Scheme() == "https" && strings.HasPrefix(u.Host(), "h2.")
}

// answer is the next response of the URL's list, as it is read off the wire.
func (n *network) answer(r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	scripted := n.next(r)
	if scripted.Drop {
		return nil, errDropped
	}
	status := scripted.Status
	if status == 0 {
		status = 200
	}
	if status < 200 {
		return nil, fmt.Errorf("%w: status %d is no final one", errMalformed, status)
	}
	headers, err := readHeaders(scripted.Headers)
	if err != nil {
		return nil, err
	}
	resp := &fetch.NetworkResponse{Status: status, Headers: headers}
	if resp.Body, err = readBody(r, status, headers, scripted.Body); err != nil {
		return nil, err
	}
	return resp, nil
}

// next takes the nth response of the URL's list for the nth request of its
// kind.
func (n *network) next(r *fetch.NetworkRequest) *Response {
	notFound := &Response{Status: 404}
	key := r.URL.WithoutFragment()
	if before, _, ok := strings.Cut(key, "?"); ok {
		key = before
	}
	if r.URL.IncludesCredentials() {
		key, _, _ = strings.Cut(r.URL.SetCredentials("", "").WithoutFragment(), "?")
	}
	server, ok := n.scenario.servers[key]
	if !ok {
		return notFound
	}
	kind, list := 1, server.Actual
	if r.Method == "OPTIONS" && r.Headers.Contains("Access-Control-Request-Method") {
		kind, list = 0, server.Preflight
	}
	if len(list) == 0 {
		return notFound
	}
	if n.answered == nil {
		n.answered = make(map[string]*[2]int)
	}
	count := n.answered[key]
	if count == nil {
		count = new([2]int)
		n.answered[key] = count
	}
	answer := &list[min(count[kind], len(list)-1)]
	count[kind]++
	return answer
}

// readHeaders reads header lines as a browser's HTTP parser does: blanks
// around a value are no part of it, a line whose name is no token is skipped,
// and one with a NUL or a line break is not HTTP.
func readHeaders(lines [][2]string) (fetch.HeaderList, error) {
	headers := make(fetch.HeaderList, 0, len(lines)+1)
	for _, line := range lines {
		name, _ := safelist.IsomorphicEncode(line[0])
		value, _ := safelist.IsomorphicEncode(line[1])
		value = strings.Trim(value, " \t")
		if !safelist.IsHeaderValue(value) {
			return nil, fmt.Errorf("%w: header %s has a NUL or a line break", errMalformed, line[0])
		}
		if safelist.IsHeaderName(name) {
			headers = append(headers, safelist.Header{Name: name, Value: value})
		}
	}
	if !headers.Contains("Cache-Control") {
		headers = append(headers, safelist.Header{Name: "Cache-Control", Value: "no-store"})
	}
	return headers, nil
}

// readBody reads a body by the framing that the headers announce: chunks, a
// length, or the end of the connection.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-6.3
// https://fetch.spec.whatwg.org/#content-length-header
func readBody(r *fetch.NetworkRequest, status int, headers fetch.HeaderList, body string) (io.ReadCloser, error) {
	if r.Method == "HEAD" || status == 204 || status == 304 {
		return nil, nil
	}
	if codings, ok := headers.GetDecodeAndSplit("Transfer-Encoding"); ok && !speaksHTTP2(r.URL) {
		if safelist.EqualFold(codings[len(codings)-1], "chunked") {
			return io.NopCloser(httputil.NewChunkedReader(strings.NewReader(body))), nil
		}
	}
	length, ok, err := headers.ExtractLength()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	switch {
	case ok && length <= uint64(len(body)):
		body = body[:length]
	case ok:
		return io.NopCloser(io.MultiReader(strings.NewReader(body), endsEarly{})), nil
	}
	return io.NopCloser(strings.NewReader(body)), nil
}

// endsEarly is the end of a connection within a body.
type endsEarly struct{}

func (endsEarly) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// keptHeaders says which request headers an outcome keeps: those that CORS is
// about, and every name that the scenario's script set.
type keptHeaders struct {
	set map[string]bool // by script, in lower case

	// valued are the values that script set in this step of headers that every
	// browser sends with a value of its own.
	valued map[string]string
}

// alwaysKept are the names of SCENARIOS.md, "Outcome".
var alwaysKept = []string{
	"accept", "access-control-request-headers", "access-control-request-method", "authorization",
	"cache-control", "content-type", "cookie", "if-modified-since", "if-none-match", "origin", "pragma",
	"range", "referer", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user",
}

// ownValued are headers that every browser sends with a value of its own.
var ownValued = []string{"accept-language", "user-agent"}

// newKeptHeaders looks through a scenario for the names that its script sets.
// What script may not set it did not set.
func newKeptHeaders(s *Scenario) keptHeaders {
	var k keptHeaders
	for _, step := range s.Steps {
		if step.Fetch == nil {
			continue
		}
		for _, h := range step.Fetch.Headers {
			name := strings.ToLower(h[0])
			if slices.Contains(ownValued, name) || (*safelist.Rules)(nil).IsForbiddenRequestHeader(h[0], h[1]) {
				continue
			}
			if k.set == nil {
				k.set = make(map[string]bool)
			}
			k.set[name] = true
		}
	}
	return k
}

// step notes what script sets in the step that is about to be played.
func (k *keptHeaders) step(f *Fetch) {
	clear(k.valued)
	for _, h := range f.Headers {
		if name := strings.ToLower(h[0]); slices.Contains(ownValued, name) {
			if k.valued == nil {
				k.valued = make(map[string]string)
			}
			value, _ := safelist.IsomorphicEncode(h[1])
			k.valued[name] = value
		}
	}
}

// of are the headers of a request that are kept.
func (k *keptHeaders) of(list fetch.HeaderList) [][2]string {
	kept := make([][2]string, 0, len(list))
	for _, h := range list {
		name := strings.ToLower(h.Name)
		if own, ok := k.valued[name]; ok && own != h.Value || !ok && !k.set[name] && !slices.Contains(alwaysKept, name) {
			continue
		}
		value := safelist.IsomorphicDecode(h.Value)
		if i := slices.IndexFunc(kept, func(other [2]string) bool { return other[0] == name }); i >= 0 {
			separator := ", "
			if name == "cookie" {
				separator = "; "
			}
			kept[i][1] += separator + value
			continue
		}
		kept = append(kept, [2]string{name, value})
	}
	slices.SortFunc(kept, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return kept
}
