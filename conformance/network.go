package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A Wire is the servers' side of one play of a scenario. Players send it their
// requests; it picks the responses and keeps the requests. Only Scenario has to be
// set. It is not safe for concurrent use.
type Wire struct {
	Scenario *Scenario
	Requests []Request // the requests so far, without hidden ones

	// AllHeaders keeps all headers of requests, see [Request.AllHeaders].
	AllHeaders bool

	keep     *keptHeaders
	answered map[string]*[2]int // by URL: preflights and actual requests answered
}

// Answer returns the response to a request, and keeps the request if its URL
// belongs to the scenario. Requests that a visit causes are hidden and not kept. The
// handshake of a WebSocket is kept with its ws: or wss: URL, and a response with
// status 101 has the headers that complete it.
func (w *Wire) Answer(method string, u *origin.URL, headers fetch.HeaderList, hidden bool) *Response {
	if upgrade, _ := headers.Get("Upgrade"); strings.EqualFold(upgrade, "websocket") {
		u = webSocketURL(u)
	}
	if !hidden {
		w.record(method, u, headers, false)
	}
	answer := w.next(method, u, headers)
	if answer.Status == http.StatusSwitchingProtocols {
		switched := *answer
		switched.Headers = switchingHeaders(headers, answer.Headers)
		return &switched
	}
	return answer
}

// record keeps a request. If it goes out over HTTP/2, the names of its headers do so in
// lower case.
func (w *Wire) record(method string, u *origin.URL, headers fetch.HeaderList, http2 bool) {
	if !w.Scenario.carriesID(u) {
		return
	}
	if w.keep == nil {
		w.keep = newKeptHeaders(w.Scenario)
	}
	r := Request{Method: method, URL: u.SetCredentials("", "").WithoutFragment()}
	r.Headers, r.Repeated = w.keep.of(headers)
	if w.AllHeaders {
		r.AllHeaders = w.keep.all(headers, http2)
	}
	w.Requests = append(w.Requests, r)
}

// A network answers as a scenario's servers do, with no socket and no waiting:
// a [fetch.Transport].
type network struct {
	wire   *Wire
	rules  fetch.Profile
	hidden bool              // a visit is under way, whose requests are no part of the outcome
	page   *Response         // of the page, while it is being loaded
	spaces map[string]string // by port; nil: the scenario is not about address spaces

	step sync.Mutex // held while a step is played: what a browser sends behind script's back waits for its end
}

// inStep is the key of a context in which a step is played.
type inStep struct{}

var (
	errNoHost    = errors.New("conformance: the host does not exist")
	errMalformed = errors.New("conformance: the response is not HTTP")
)

// RoundTrip implements [fetch.Transport].
func (n *network) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if ctx.Value(inStep{}) == nil {
		n.step.Lock()
		defer n.step.Unlock()
	}
	if r.Streaming && !n.speaksHTTP2(r.URL) {
		return nil, fetch.StreamNeedsHTTP2
	}
	if strings.Contains(r.URL.Host(), "%") {
		return nil, errNoHost
	}
	if r.Connected != nil && n.spaces != nil {
		if err := r.Connected(fetch.Connection{Address: n.wire.Scenario.address(n.spaces, r.URL)}); err != nil {
			return nil, err
		}
	}
	if n.page != nil {
		return n.read(r, n.page)
	}
	if r.WebSocket {
		handshake := *r
		handshake.URL = webSocketURL(r.URL)
		r = &handshake
	}
	if !n.hidden {
		headers, http2 := r.Headers, n.speaksHTTP2(r.URL)
		if http2 {
			headers = slices.Concat(headers, r.HTTP2Headers)
		}
		n.wire.record(r.Method, r.URL, headers, http2)
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
func (n *network) speaksHTTP2(u *origin.URL) bool {
	return !n.rules.Network.HTTP1Only && u.Scheme() == "https" && strings.HasPrefix(u.Host(), "h2.")
}

// answer is the next response of the URL's list, as it is read off the wire.
func (n *network) answer(r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return n.read(r, n.wire.next(r.Method, r.URL, r.Headers))
}

// read reads a response off the wire.
func (n *network) read(r *fetch.NetworkRequest, scripted *Response) (*fetch.NetworkResponse, error) {
	if scripted.Drop {
		return nil, fetch.ErrNoAnswer
	}
	status := scripted.Status
	if status == 0 {
		status = 200
	}
	if status < 200 && !(status == http.StatusSwitchingProtocols && r.WebSocket) {
		return nil, fmt.Errorf("%w: status %d is not final", errMalformed, status)
	}
	lines := scripted.Headers
	if status == http.StatusSwitchingProtocols {
		lines = switchingHeaders(r.Headers, lines)
	}
	headers, err := n.readHeaders(lines, n.speaksHTTP2(r.URL))
	if err != nil {
		return nil, err
	}
	if status == http.StatusSwitchingProtocols {
		return &fetch.NetworkResponse{Status: status, Headers: headers, Body: closedSocket{}}, nil
	}
	if n.speaksHTTP2(r.URL) && n.rules.Network.HTTP2TransferEncoding {
		headers.Delete("Transfer-Encoding")
	}
	resp := &fetch.NetworkResponse{Status: status, Headers: headers, HTTP2: n.speaksHTTP2(r.URL)}
	if resp.Body, err = n.readBody(r, status, headers, string(scripted.Bytes())); err != nil {
		return nil, err
	}
	location, _ := headers.Get("Location")
	redirect := status/100 == 3 && status != 304 && location != ""
	if n.rules.Network.BodyToItsEnd && (r.Preflight || redirect) && resp.Body != nil {
		all, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		resp.Body = io.NopCloser(bytes.NewReader(all))
	}
	return resp, nil
}

// next is the nth response of the URL's list for the nth request of its kind.
func (w *Wire) next(method string, u *origin.URL, headers fetch.HeaderList) *Response {
	notFound := &Response{Status: 404}
	key := u.WithoutFragment()
	if u.IncludesCredentials() {
		key = u.SetCredentials("", "").WithoutFragment()
	}
	key, _, _ = strings.Cut(key, "?")
	server, ok := w.Scenario.servers[key]
	if !ok {
		return notFound
	}
	kind, list := 1, server.Actual
	if method == "OPTIONS" && headers.Contains("Access-Control-Request-Method") {
		kind, list = 0, server.Preflight
	}
	if len(list) == 0 {
		return notFound
	}
	if w.answered == nil {
		w.answered = make(map[string]*[2]int)
	}
	count := w.answered[key]
	if count == nil {
		count = new([2]int)
		w.answered[key] = count
	}
	answer := &list[min(count[kind], len(list)-1)]
	count[kind]++
	return answer
}

// readHeaders reads header lines as a browser's HTTP parser does: blanks around
// a value are no part of it, and a NUL or a line break is not HTTP. Over HTTP/1.1
// a line whose name is not a token is skipped, and a line that begins with a
// blank goes on with the one before; over HTTP/2 both are malformed.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-5
// https://www.rfc-editor.org/rfc/rfc9113#section-8.2.1
func (n *network) readHeaders(lines [][2]string, http2 bool) (fetch.HeaderList, error) {
	rules := &n.rules.Network
	headers := make(fetch.HeaderList, 0, len(lines)+1)
	skipped := true // the line before, with what goes on with it
	for _, line := range lines {
		name, _ := isomorphic.Encode(line[0])
		value, _ := isomorphic.Encode(line[1])
		switch {
		case strings.ContainsAny(name, "\x00") && (http2 || !rules.NULNameSkipped), !grammar.IsHeaderValue(strings.Trim(value, " \t")):
			return nil, fmt.Errorf("%w: header %s has a NUL or a line break", errMalformed, line[0])
		case http2 && !grammar.IsHeaderName(name):
			return nil, fmt.Errorf("%w: header %s has an invalid name for HTTP/2", errMalformed, line[0])
		case name != "" && (name[0] == ' ' || name[0] == '\t'):
			if !skipped {
				last := &headers[len(headers)-1].Value
				*last = unfold(rules.LineFold, *last, name+": "+value)
			}
			continue
		case rules.NameBlanks:
			name = strings.TrimRight(name, " \t")
		}
		if skipped = !grammar.IsHeaderName(name); !skipped {
			headers = append(headers, safelist.Header{Name: name, Value: value})
		}
	}
	for i := range headers {
		headers[i].Value = strings.Trim(headers[i].Value, " \t")
	}
	if !headers.Contains("Cache-Control") {
		headers = append(headers, safelist.Header{Name: "Cache-Control", Value: "no-store"})
	}
	return headers, nil
}

// unfold is a value that goes on with the next line.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-5.2
func unfold(rule rules.LineFold, value, line string) string {
	switch rule {
	case rules.LineFoldKeepsValue:
	case rules.LineFoldKeepsAll:
		return value + line
	default:
		value = strings.TrimRight(value, " \t")
	}
	return value + " " + strings.TrimLeft(line, " \t")
}

// readBody reads a body by the framing that the headers announce: chunks, a
// length, or the end of the connection.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-6.3
// https://fetch.spec.whatwg.org/#content-length-header
func (n *network) readBody(r *fetch.NetworkRequest, status int, headers fetch.HeaderList, body string) (io.ReadCloser, error) {
	http2 := n.speaksHTTP2(r.URL)
	if n.rules.Network.LastLength && !http2 {
		return lastLength(r, status, headers, body)
	}
	codings, coded := headervalue.GetDecodeAndSplit(headers, "Transfer-Encoding")
	if coded && http2 && !n.rules.Network.HTTP2TransferEncoding {
		return nil, fmt.Errorf("%w: Transfer-Encoding is not allowed in HTTP/2", errMalformed)
	}
	chunked := coded && !http2 && fold.Equal(codings[len(codings)-1], "chunked")
	length, ok, err := headervalue.ExtractLength(headers)
	if http2 && n.rules.Network.HTTP2AnyLength || chunked {
		ok, err = false, nil
	}
	bodied := r.Method != "HEAD" && status != 204 && status != 304 &&
		(status != 205 || http2 || n.rules.Response.ResetContent != rules.ResetContentHTTP2Body)
	if err != nil && (bodied || n.rules.Network.HeadLengthUnambiguous) {
		return nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	switch {
	case !bodied:
		return nil, nil
	case chunked:
		return io.NopCloser(httputil.NewChunkedReader(strings.NewReader(body))), nil
	}
	switch {
	case ok && length <= uint64(len(body)):
		body = body[:length]
	case ok:
		return io.NopCloser(io.MultiReader(strings.NewReader(body), endsEarly{})), nil
	}
	return io.NopCloser(strings.NewReader(body)), nil
}

// lastLength is readBody by [rules.Network.LastLength].
func lastLength(r *fetch.NetworkRequest, status int, headers fetch.HeaderList, body string) (io.ReadCloser, error) {
	last := func(name string) (value string, ok bool) {
		for _, h := range headers {
			if fold.Equal(h.Name, name) {
				value, ok = h.Value, true
			}
		}
		return value, ok
	}
	if r.Method == "HEAD" || status == 204 || status == 304 {
		return nil, nil
	}
	coding, coded := last("Transfer-Encoding")
	value, ok := last("Content-Length")
	switch {
	case coded && strings.EqualFold(coding, "chunked"):
		return unchunk(body), nil
	case coded && !strings.EqualFold(coding, "identity"):
		return nil, fmt.Errorf("%w: Transfer-Encoding %q", errMalformed, coding)
	case !ok:
		return io.NopCloser(strings.NewReader(body)), nil
	}
	digits, negative := strings.CutPrefix(value, "-")
	if !negative {
		digits = strings.TrimPrefix(value, "+")
	}
	length, err := strconv.ParseUint(digits, 10, 63)
	switch {
	case value == "":
		return io.NopCloser(strings.NewReader("")), nil
	case err != nil && !errors.Is(err, strconv.ErrRange):
		return nil, fmt.Errorf("%w: Content-Length %q", errMalformed, value)
	case err != nil || length > uint64(len(body)) || negative && length > 0:
		return io.NopCloser(io.MultiReader(strings.NewReader(body), endsEarly{})), nil
	}
	return io.NopCloser(strings.NewReader(body[:length])), nil
}

// unchunk reads chunks up to the last one or the end of the connection. What is
// no chunk shows when it is read.
func unchunk(body string) io.ReadCloser {
	var data strings.Builder
	for body != "" {
		line, rest, ok := strings.Cut(body, "\n")
		digits := strings.TrimLeft(line, " \t")
		digits = digits[:len(digits)-len(strings.TrimLeft(digits, "0123456789abcdefABCDEF"))]
		length, err := strconv.ParseUint("0"+digits, 16, 31) // no number at all is 0
		switch {
		case !ok || err != nil || length > uint64(len(rest)):
			return io.NopCloser(io.MultiReader(strings.NewReader(data.String()), endsEarly{}))
		case length == 0:
			return io.NopCloser(strings.NewReader(data.String()))
		}
		data.WriteString(rest[:length])
		_, body, _ = strings.Cut(rest[length:], "\n")
	}
	return io.NopCloser(strings.NewReader(data.String()))
}

// endsEarly is the end of a connection within a body.
type endsEarly struct{}

func (endsEarly) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// keptHeaders says which request headers an outcome keeps: those that CORS is
// about, and every name that the scenario's script set.
type keptHeaders struct {
	set map[string]bool // by script, in lower case

	// valued are the values that script set, step by step, of headers that every
	// browser sends with a value of its own.
	valued map[string][]givenValues

	multipart bool        // script gives a FormData, whose boundary is the browser's
	types     givenValues // the values of Content-Type that script sets
}

// givenValues are the values that script gave a header, one by one.
type givenValues []string

// add adds a value as script gave it.
func (g *givenValues) add(value string) {
	raw, _ := isomorphic.Encode(value)
	*g = append(*g, grammar.NormalizeHeaderValue(raw))
}

// gave tells whether a value that crossed the wire is script's: one that it
// gave, or several up to the last, joined; in the bytes that script gave, or in
// the UTF-8 for which a profile takes these.
func (g givenValues) gave(sent string) bool {
	joined := strings.Join(g, ", ")
	for _, encode := range [...]func(string) string{func(s string) string { return s }, isomorphic.Decode} {
		rest := encode(joined)
		for _, value := range g {
			value = encode(value)
			if sent == value || sent == strings.Trim(rest, " \t") {
				return true
			}
			rest = strings.TrimPrefix(rest[len(value):], ", ")
		}
	}
	return false
}

// alwaysKept are the names of SCENARIOS.md, "Outcome".
var alwaysKept = []string{
	"accept", "access-control-request-headers", "access-control-request-method", "authorization",
	"cache-control", "content-type", "cookie", "if-modified-since", "if-none-match", "origin", "pragma",
	"range", "referer", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user",
}

// ownValued are headers that every browser sends with a value of its own.
var ownValued = []string{"accept-language", "user-agent"}

// keptByStep are the headers that a scenario's outcome keeps where it has such a step.
func keptByStep(step *Step) string {
	switch {
	case step.EventSource != nil:
		return "last-event-id"
	case step.WebSocket != nil:
		return "sec-websocket-protocol"
	}
	return ""
}

// newKeptHeaders looks through a scenario for the names that its script sets.
// What script may not set it did not set.
func newKeptHeaders(s *Scenario) *keptHeaders {
	k := &keptHeaders{set: make(map[string]bool), valued: make(map[string][]givenValues)}
	for _, step := range s.Steps {
		if name := keptByStep(&step); name != "" {
			k.set[name] = true
		}
		if b := step.Beacon; b != nil && b.Body != nil {
			k.multipart = k.multipart || b.Body.Kind == "multipart"
		}
		if step.Fetch == nil {
			continue
		}
		k.multipart = k.multipart || step.Fetch.Body != nil && step.Fetch.Body.Kind == "multipart"
		own := make(map[string]givenValues)
		for _, h := range step.Fetch.Headers {
			name := strings.ToLower(h[0])
			if name == "content-type" {
				k.types.add(h[1])
			}
			switch {
			case slices.Contains(ownValued, name):
				values := own[name]
				values.add(h[1])
				own[name] = values
			case !(*safelist.Rules)(nil).IsForbiddenRequestHeader(h[0], h[1]):
				k.set[name] = true
			}
		}
		for name, values := range own {
			k.valued[name] = append(k.valued[name], values)
		}
	}
	return k
}

// boundary is the boundary that a browser puts into the type of a FormData.
var boundary = regexp.MustCompile(`^multipart/form-data; ?boundary=.*$`)

// of are the headers of a request that are kept, repeated ones joined, and the
// names of those. Blanks at the ends of a value, which a value joined with an
// empty one has, do not get across the wire.
func (k *keptHeaders) of(list fetch.HeaderList) (kept [][2]string, repeated []string) {
	kept = make([][2]string, 0, len(list))
	var keptAt, repeatedAt, left fold.Index
	keptName := func(i int) string { return kept[i][0] }
	repeatedName := func(i int) string { return repeated[i] }
	var values map[int][]string // of the repeated ones, behind the first
	for _, h := range list {
		name := strings.ToLower(h.Name)
		if !k.set[name] && !slices.Contains(alwaysKept, name) && k.valued[name] == nil {
			continue
		}
		value := isomorphic.Decode(h.Value)
		if name == "content-type" {
			value = k.contentType(h.Value)
		}
		i := keptAt.First(len(kept), keptName, name)
		if i < 0 {
			kept = append(kept, [2]string{name, value})
			continue
		}
		if values == nil {
			values = make(map[int][]string)
		}
		values[i] = append(values[i], value)
		if name != "cookie" && repeatedAt.First(len(repeated), repeatedName, name) < 0 {
			repeated = append(repeated, name)
		}
	}
	for i, more := range values {
		separator := ", "
		if kept[i][0] == "cookie" {
			separator = "; "
		}
		kept[i][1] += separator + strings.Join(more, separator)
	}
	for i := range kept { // blanks around a value are no part of it
		kept[i][1] = strings.Trim(kept[i][1], " \t")
	}
	kept = slices.DeleteFunc(kept, func(h [2]string) bool {
		steps, valued := k.valued[h[0]]
		sent, _ := isomorphic.Encode(h[1])
		return valued && !slices.ContainsFunc(steps, func(g givenValues) bool { return g.gave(sent) })
	})
	repeated = slices.DeleteFunc(repeated, func(name string) bool {
		return left.First(len(kept), keptName, name) < 0
	})
	slices.SortFunc(kept, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	slices.Sort(repeated)
	return kept, repeated
}
