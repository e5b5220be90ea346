package fetch_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// Who asks and who answers in these tests: three sites, and another origin of
// the page's own site.
const (
	app      = "https://app.example"
	sameSite = "https://www.app.example"
	api      = "https://api.test"
	cdn      = "https://cdn.test"
)

// defaultUserAgent is the User-Agent of an agent that was given none.
const defaultUserAgent = "Mozilla/5.0 (compatible; browsercors)"

// A sent request is one that reached a server, with its body.
type sent struct {
	*fetch.NetworkRequest
	body string
}

// String is the request line: "PUT https://api.test/a".
func (s sent) String() string { return s.Method + " " + s.URL.WithoutFragment() }

// header is a header's value as sent, "" for none.
//
//go:noinline
func (s sent) header(name string) string {
	value, _ := s.Headers.Get(name)
	return value
}

// A reply is how a server answers.
type reply struct {
	status  int
	headers fetch.HeaderList
	body    string
	cut     error // how the body ends, if not well
	err     error // instead of an answer
}

// answer is a reply with headers written as lines. Hundreds of rows of tables call it and its like: copies within
// the callers would take the compiler a sixth of its time.
//
//go:noinline
func answer(status int, lines ...string) reply {
	return reply{status: status, headers: headerLines(lines...)}
}

// with is the reply with a body.
//
//go:noinline
func (r reply) with(body string) reply {
	r.body = body
	return r
}

// headerLines reads "Name: value".
func headerLines(lines ...string) fetch.HeaderList {
	var list fetch.HeaderList
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		list = append(list, safelist.Header{Name: name, Value: value})
	}
	return list
}

// A network is a [fetch.Transport] without sockets: it records what it is sent
// and answers by a function.
type network struct {
	serve func(sent) reply

	mu   sync.Mutex
	sent []sent
}

// RoundTrip implements [fetch.Transport].
func (n *network) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	s := sent{NetworkRequest: r}
	if r.Body != nil {
		defer r.Body.Close()
		if r.Streaming && r.URL.Scheme() != "https" {
			return nil, fetch.StreamNeedsHTTP2
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		s.body = string(body)
	}
	n.mu.Lock()
	n.sent = append(n.sent, s)
	n.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a := n.serve(s)
	if a.err != nil {
		return nil, a.err
	}
	var body io.Reader = strings.NewReader(a.body)
	if a.cut != nil {
		body = io.MultiReader(body, cutOff{a.cut})
	}
	return &fetch.NetworkResponse{Status: a.status, Headers: a.headers, Body: io.NopCloser(body)}, nil
}

// lines are the request lines sent, in order.
func (n *network) lines() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []string
	for _, s := range n.sent {
		all = append(all, s.String())
	}
	return all
}

// last is the last request sent.
func (n *network) last(t testing.TB) sent {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.sent) == 0 {
		t.Fatal("nothing was sent")
	}
	return n.sent[len(n.sent)-1]
}

// A cutOff ends a body with an error.
type cutOff struct{ err error }

func (c cutOff) Read([]byte) (int, error) { return 0, c.err }

// routes answer by request line ("OPTIONS https://api.test/a"), else by URL
// alone, else with what any page may read.
type routes map[string]reply

func (r routes) serve(s sent) reply {
	if a, ok := r[s.String()]; ok {
		return a
	}
	if a, ok := r[s.URL.WithoutFragment()]; ok {
		return a
	}
	return answer(200, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: *",
		"Access-Control-Allow-Headers: *", "Content-Type: text/plain").with("ok")
}

// newAgent is an agent over a network of its own.
func newAgent(t testing.TB, serve func(sent) reply, o fetch.Options) (*fetch.Agent, *network) {
	t.Helper()
	n := &network{serve: serve}
	if o.Transport == nil {
		o.Transport = n
	}
	agent, err := fetch.NewAgent(&o)
	if err != nil {
		t.Fatal(err)
	}
	return agent, n
}

// newPage is an environment of an agent; its URL is app's unless given.
func newPage(t testing.TB, agent *fetch.Agent, o fetch.EnvironmentOptions) *fetch.Environment {
	t.Helper()
	if o.URL == "" {
		o.URL = app + "/dir/page?q#f"
	}
	page, err := agent.Environment(&o)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// standardPage is app's page in a browser that follows the Standard.
func standardPage(t testing.TB, serve func(sent) reply) (*fetch.Environment, *network) {
	t.Helper()
	agent, n := newAgent(t, serve, fetch.Options{})
	return newPage(t, agent, fetch.EnvironmentOptions{}), n
}

// fetched is the response that a page gets, which must be one.
func fetched(t testing.TB, page *fetch.Environment, r *fetch.Request) *fetch.Response {
	t.Helper()
	resp, err := page.Fetch(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// refused is the refusal that a page gets, which must be one.
func refused(t testing.TB, page *fetch.Environment, r *fetch.Request) *fetch.Error {
	t.Helper()
	resp, err := page.Fetch(t.Context(), r)
	if err == nil {
		resp.Body.Close()
		t.Fatalf("a response of type %s, status %d", resp.Type, resp.Status)
	}
	return asRefusal(t, err)
}

func asRefusal(t testing.TB, err error) *fetch.Error {
	t.Helper()
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok {
		t.Fatalf("error %v (%T) is no *fetch.Error", err, err)
	}
	return refusal
}

// text is a body read to its end.
func text(t testing.TB, r io.Reader) string {
	t.Helper()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func mustURL(t testing.TB, s string) *origin.URL {
	t.Helper()
	u, err := origin.ParseURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// mustOrigin is an origin by its serialization.
func mustOrigin(t testing.TB, s string) origin.Origin {
	t.Helper()
	o, err := origin.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// A transportFunc is a [fetch.Transport] that is a function.
type transportFunc func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error)

func (f transportFunc) RoundTrip(_ context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return f(r)
}
