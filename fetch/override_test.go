package fetch_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// overriding is a page whose agent's owner may answer, and its network.
func overriding(t *testing.T, answers routes, override func(context.Context, *fetch.OverrideRequest) (*fetch.Response, error)) (*fetch.Environment, *network) {
	t.Helper()
	agent, n := newAgent(t, answers.serve, fetch.Options{Override: override, Cookies: staticCookies{}})
	return newPage(t, agent, fetch.EnvironmentOptions{}), n
}

// mock is a response of the owner's.
func mock(t *testing.T, body string, lines ...string) *fetch.Response {
	t.Helper()
	resp, err := fetch.NewResponse(fetch.BytesBody([]byte(body), ""), fetch.ResponseInit{Headers: headerLines(lines...)})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// A response in place of the network's is filtered as that would be, and held to
// no CORS check; nothing is sent, no preflight either.
//
// https://fetch.spec.whatwg.org/#concept-override-fetch
// https://fetch.spec.whatwg.org/#concept-main-fetch 12, 14
func TestOverride(t *testing.T) {
	tests := []struct {
		name    string
		request fetch.Request
		kind    string
		headers string // that script sees
		body    string
	}{
		{"own origin", fetch.Request{URL: "/a"}, "basic", "X-A: 1|Content-Type: text/plain", "mock"},
		{"with CORS", fetch.Request{URL: api + "/a"}, "cors", "Content-Type: text/plain", "mock"},
		{"with a preflight", fetch.Request{URL: api + "/a", Method: "PUT", Headers: headerLines("X-B: 1")}, "cors", "Content-Type: text/plain", "mock"},
		{"without CORS", fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}, "opaque", "", ""},
		{"HEAD", fetch.Request{URL: "/a", Method: "HEAD"}, "basic", "X-A: 1|Content-Type: text/plain", ""},
		{"image", *fetch.Element("img").Request(api+"/a", ""), "opaque", "", ""},
		{"data:", fetch.Request{URL: "data:,x"}, "basic", "X-A: 1|Content-Type: text/plain", "mock"},
		{"blob:", fetch.Request{URL: "blob:" + app + "/1"}, "basic", "X-A: 1|Content-Type: text/plain", "mock"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked []string
			page, n := overriding(t, nil, func(_ context.Context, r *fetch.OverrideRequest) (*fetch.Response, error) {
				asked = append(asked, r.Method+" "+r.CurrentURL.String())
				return mock(t, "mock", "X-A: 1", "Content-Type: text/plain"), nil
			})
			traced := 0
			tt.request.Trace = &fetch.Trace{Overridden: func(_ fetch.RequestInfo, resp fetch.ResponseInfo) { traced += resp.Status }}
			resp := fetched(t, page, &tt.request)
			if got := text(t, resp.Body); resp.Type != tt.kind || listed(resp.Headers) != tt.headers || got != tt.body {
				t.Errorf("%s, %q, %q", resp.Type, listed(resp.Headers), got)
			}
			if len(n.sent) > 0 || len(asked) != 1 || traced != 200 {
				t.Errorf("sent %q, asked %q, traced %d", n.lines(), asked, traced)
			}
			if tt.kind == "opaque" && text(t, resp.Internal().Body) != "mock" {
				t.Error("the embedder does not get the body")
			}
		})
	}
}

// Whoever neither answers nor fails lets the request proceed, and is asked at
// each redirect.
func TestOverrideProceeds(t *testing.T) {
	var asked []string
	page, n := overriding(t, routes{app + "/a": answer(302, "Location: "+api+"/b#f")}, func(_ context.Context, r *fetch.OverrideRequest) (*fetch.Response, error) {
		asked = append(asked, r.CurrentURL.String())
		if r.Environment.Origin().String() != app || r.Page != app || r.API != "fetch" || r.Hop != len(asked)-1 {
			t.Errorf("asked about %+v", r)
		}
		if body, err := r.OpenBody(); err != nil || text(t, body) != "x" {
			t.Errorf("the body: %v", err)
		}
		return nil, nil
	})
	resp := fetched(t, page, &fetch.Request{URL: "/a", Method: "PUT", Body: fetch.BytesBody([]byte("x"), "")})
	if got := text(t, resp.Body); got != "ok" || !slices.Equal(asked, []string{app + "/a", api + "/b#f"}) || n.last(t).body != "x" {
		t.Errorf("%q after asking about %q", got, asked)
	}
	for _, s := range n.sent { // nobody is asked about a preflight
		if s.Preflight && len(asked) != 2 {
			t.Errorf("asked about %q", asked)
		}
	}
}

// What is refused without being asked, and what is checked after the answer.
func TestOverrideChecks(t *testing.T) {
	asked := 0
	answers := func(lines ...string) func(context.Context, *fetch.OverrideRequest) (*fetch.Response, error) {
		return func(context.Context, *fetch.OverrideRequest) (*fetch.Response, error) {
			asked++
			return mock(t, "x", lines...), nil
		}
	}
	for _, tt := range []struct {
		name    string
		request fetch.Request
		lines   []string
		asked   int
		reason  fetch.Reason
	}{
		{"mixed content", fetch.Request{URL: "http://api.test/a"}, nil, 0, fetch.MixedContent},
		{"bad port", fetch.Request{URL: api + ":22/a"}, nil, 0, fetch.BadPort},
		{"mode same-origin", fetch.Request{URL: api + "/a", Mode: fetch.SameOrigin}, nil, 0, fetch.DisallowedByMode},
		{"nosniff", *fetch.Element("script").Request("/a", ""), []string{"X-Content-Type-Options: nosniff", "Content-Type: text/html"}, 1, fetch.BlockedByNosniff},
		{"integrity", fetch.Request{URL: "/a", Integrity: "sha256-AAAA"}, nil, 1, fetch.IntegrityMismatch},
	} {
		asked = 0
		page, n := overriding(t, nil, answers(tt.lines...))
		if e := refused(t, page, &tt.request); e.Reason != tt.reason || asked != tt.asked || len(n.sent) > 0 {
			t.Errorf("%s: %v, asked %d times, sent %q", tt.name, e, asked, n.lines())
		}
	}
}

func TestOverrideRefuses(t *testing.T) {
	cause := errors.New("on a list")
	page, n := overriding(t, nil, func(context.Context, *fetch.OverrideRequest) (*fetch.Response, error) { return mock(t, "x"), cause })
	body := &closing{Reader: strings.NewReader("x")}
	e := refused(t, page, &fetch.Request{URL: api + "/a", Method: "PUT", Body: fetch.OnceBody(body, 1, "")})
	if e.Reason != fetch.Overridden || e.Stage == "construct" || !errors.Is(e, cause) || len(n.sent) > 0 || e.Exception() != "TypeError" || e.Retryable() {
		t.Errorf("%v, sent %q", e, n.lines())
	}
	if !body.closed {
		t.Error("the request's body is not closed")
	}
}

// A redirect that the owner answers with is a response like any other.
func TestOverrideRedirect(t *testing.T) {
	redirect, err := fetch.NewResponse(nil, fetch.ResponseInit{Status: 302, Headers: headerLines("Location: " + api + "/b")})
	if err != nil {
		t.Fatal(err)
	}
	page, n := overriding(t, nil, func(context.Context, *fetch.OverrideRequest) (*fetch.Response, error) { return redirect, nil })
	for _, mode := range []fetch.RedirectMode{"follow", "manual", "error"} {
		resp := fetched(t, page, &fetch.Request{URL: "/a", Redirect: mode})
		if resp.Status != 302 || resp.Type != "basic" || resp.Redirected || resp.URL != app+"/a" || len(n.sent) > 0 {
			t.Errorf("%s: %+v, sent %q", mode, resp, n.lines())
		}
	}
	// The same response, to somebody else: nothing of it was changed.
	resp := fetched(t, page, &fetch.Request{URL: api + "/a"})
	if location, ok := resp.Headers.Get("Location"); ok || resp.Type != "cors" || resp.URL != api+"/a" {
		t.Errorf("%s from %s with %q", resp.Type, resp.URL, location)
	}
	if redirect.Type != "default" || redirect.URL != "" {
		t.Errorf("the owner's response: %+v", redirect)
	}
}

// A response that was fetched keeps its filter: what a page may not read stays
// so, whatever asks.
func TestOverrideWithFetched(t *testing.T) {
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{})
	other := newPage(t, agent, fetch.EnvironmentOptions{})
	for _, tt := range []struct {
		by   fetch.Request
		kind string
		body string
	}{
		{fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}, "opaque", ""},
		{fetch.Request{URL: api + "/a"}, "cors", "ok"},
		{fetch.Request{URL: "/a"}, "basic", "ok"},
	} {
		page, _ := overriding(t, nil, func(context.Context, *fetch.OverrideRequest) (*fetch.Response, error) {
			return fetched(t, other, &tt.by), nil
		})
		for _, url := range []string{"/b", api + "/b"} {
			resp := fetched(t, page, &fetch.Request{URL: url})
			if got := text(t, resp.Body); resp.Type != tt.kind || got != tt.body {
				t.Errorf("%s for %s: %s, %q", tt.kind, url, resp.Type, got)
			}
		}
	}
}

// Cancelling ends an answer's body as any other, and asks nobody.
func TestOverrideCancelled(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	asked := 0
	page, _ := overriding(t, nil, func(context.Context, *fetch.OverrideRequest) (*fetch.Response, error) {
		asked++
		return fetch.NewResponse(fetch.StreamBody(r), fetch.ResponseInit{})
	})
	ctx, cancel := context.WithCancel(t.Context())
	resp, err := page.Fetch(ctx, &fetch.Request{URL: "/a"})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, fetch.Aborted) {
		t.Errorf("reading: %v", err)
	}
	if _, err := page.Fetch(ctx, &fetch.Request{URL: "/a"}); !errors.Is(err, fetch.Aborted) || asked != 1 {
		t.Errorf("%v, asked %d times", err, asked)
	}
	failing, _ := overriding(t, nil, func(ctx context.Context, _ *fetch.OverrideRequest) (*fetch.Response, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := failing.Fetch(ctx, &fetch.Request{URL: "/a"}); !errors.Is(err, fetch.Aborted) {
		t.Errorf("%v", err)
	}
}

// Navigations and clients are answered, too; a panic of the owner's is its own.
func TestOverrideElsewhere(t *testing.T) {
	page, n := overriding(t, nil, func(_ context.Context, r *fetch.OverrideRequest) (*fetch.Response, error) {
		if r.CurrentURL.Path() == "/panic" {
			panic("the owner's")
		}
		return mock(t, "mock", "Content-Type: text/html"), nil
	})
	resp, err := page.Agent().Navigate(t.Context(), &fetch.Navigation{URL: app + "/a"})
	if err != nil || text(t, resp.Body) != "mock" {
		t.Errorf("navigation: %v", err)
	}
	got, err := page.Client(nil).Get(api + "/a")
	if err != nil || got.StatusCode != 200 || text(t, got.Body) != "mock" {
		t.Errorf("client: %v, %v", got, err)
	}
	got.Body.Close()
	if len(n.sent) > 0 {
		t.Errorf("sent %q", n.lines())
	}
	defer func() {
		if v := recover(); v != "the owner's" {
			t.Errorf("panic %v", v)
		}
	}()
	page.Fetch(t.Context(), &fetch.Request{URL: "/panic"})
}

// While the agent is offline nothing is sent, and what needs no network works.
//
// https://fetch.spec.whatwg.org/#concept-http-network-fetch 2
func TestOffline(t *testing.T) {
	offline := true
	agent, n := newAgent(t, routes{}.serve, fetch.Options{Offline: func() bool { return offline }, Blobs: oneBlob{"blob:" + app + "/1", "x"}})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	for _, r := range []fetch.Request{{URL: "/a"}, {URL: api + "/a"}, {URL: api + "/a", Method: "PUT"}, {URL: api + "/a", Mode: fetch.NoCORS}, {URL: "/a", API: "xhr"}} {
		e := refused(t, page, &r)
		if e.Reason != fetch.Offline || !e.Retryable() || r.API == "xhr" && e.Exception() != "NetworkError" {
			t.Errorf("%v", e)
		}
	}
	for _, url := range []string{"data:,x", "blob:" + app + "/1"} {
		fetched(t, page, &fetch.Request{URL: url})
	}
	if len(n.sent) > 0 {
		t.Errorf("sent %q", n.lines())
	}
	offline = false
	fetched(t, page, &fetch.Request{URL: api + "/a", Method: "PUT"})
}

// Whether a navigation's redirects let the document's origin know of them.
//
// https://fetch.spec.whatwg.org/#navigation-tao-check
func TestNavigationTimingAllowed(t *testing.T) {
	const tao = "Timing-Allow-Origin: "
	chain := func(first, second []string) routes {
		return routes{
			api + "/a": answer(302, append(first, "Location: "+cdn+"/b")...),
			cdn + "/b": answer(302, append(second, "Location: "+app+"/c")...),
			app + "/c": answer(200),
		}
	}
	for _, tt := range []struct {
		name          string
		first, second []string
		app, other    bool
	}{
		{"all", []string{tao + "*"}, []string{tao + "*"}, true, true},
		{"by name", []string{tao + app}, []string{tao + api + ", " + app}, true, false},
		{"repeated", []string{tao + api, tao + app}, []string{tao + "*"}, true, false},
		{"none", nil, nil, false, false},
		{"one of two", []string{tao + "*"}, nil, false, false},
		{"another form", []string{tao + app + "/"}, []string{tao + "*"}, false, false},
		{"null", []string{tao + "null"}, []string{tao + "*"}, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			agent, _ := newAgent(t, chain(tt.first, tt.second).serve, fetch.Options{})
			resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: api + "/a"})
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if got := resp.NavigationTimingAllowed(mustOrigin(t, app)); got != tt.app {
				t.Errorf("the document's origin: %v", got)
			}
			if got := resp.NavigationTimingAllowed(mustOrigin(t, "https://other.test")); got != tt.other {
				t.Errorf("another: %v", got)
			}
			if null := len(tt.first) > 0 && tt.first[0] == tao+"null"; resp.NavigationTimingAllowed(origin.NewOpaque()) != (null || tt.other) {
				t.Error("an opaque origin")
			}
		})
	}
	// No redirect, no objection; and fetch() has no such list.
	agent, _ := newAgent(t, routes{api + "/a": answer(302, acao+"*", "Location: "+app+"/b")}.serve, fetch.Options{})
	resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: app + "/b"})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if !resp.NavigationTimingAllowed(mustOrigin(t, app)) {
		t.Error("without redirects")
	}
	if !fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: api + "/a"}).NavigationTimingAllowed(mustOrigin(t, app)) {
		t.Error("of fetch()")
	}
}

// https://fetch.spec.whatwg.org/#dom-body-textstream
// https://encoding.spec.whatwg.org/#utf-8-decoder
func TestTextStream(t *testing.T) {
	for body, want := range map[string]string{
		"": "", "a€é": "a€é", "\xef\xbb\xbfa": "a", "\xef\xbb\xbf\xef\xbb\xbfa": "\ufeffa", "\xef\xbb": "\ufffd",
		"a\xffb": "a\ufffdb", "\xc0\x80": "\ufffd\ufffd", "\xe2\x82": "\ufffd", "\xf0\x90\x80a": "\ufffda", "\xed\xa0\x80": "\ufffd\ufffd\ufffd", "\xf4\x90\x80\x80": "\ufffd\ufffd\ufffd\ufffd",
	} {
		for _, contentType := range []string{"text/plain", "text/plain;charset=utf-16"} {
			page, _ := standardPage(t, routes{app + "/a": answer(200, "Content-Type: "+contentType).with(body)}.serve)
			stream := fetched(t, page, &fetch.Request{URL: "/a"}).TextStream()
			if got := text(t, iotest.OneByteReader(stream)); got != want {
				t.Errorf("%q: %q, want %q", body, got, want)
			}
			if err := stream.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	page, _ := standardPage(t, routes{app + "/a": answer(204), api + "/a": answer(200).with("x")}.serve)
	if got := text(t, fetched(t, page, &fetch.Request{URL: "/a"}).TextStream()); got != "" {
		t.Errorf("a null body: %q", got)
	}
	if got := text(t, fetched(t, page, &fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}).TextStream()); got != "" {
		t.Errorf("an opaque response: %q", got)
	}
}
