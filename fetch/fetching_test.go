package fetch_test

import (
	"context"
	"errors"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// Accept by destination, and Accept-Language where the agent has one.
//
// https://fetch.spec.whatwg.org/#concept-fetch 12, 14
func TestAccept(t *testing.T) {
	const document = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for d, want := range map[fetch.Destination]string{
		"": "*/*", "audio": "*/*", "audioworklet": "*/*",
		"document": document, "font": "*/*",
		"image": "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
		"json":  "application/json,*/*;q=0.5", "manifest": "*/*",
		"script": "*/*",
		"style":  "text/css,*/*;q=0.1", "text": "text/plain,*/*;q=0.5",
		"track": "*/*", "video": "*/*", "worker": "*/*", "xslt": "*/*",
	} {
		page, n := standardPage(t, routes{}.serve)
		askFor(t, page, d, "/a")
		if got := n.last(t).header("Accept"); got != want {
			t.Errorf("%q: Accept %q, want %q", d, got, want)
		}
		if n.last(t).Headers.Contains("Accept-Language") {
			t.Errorf("%q: Accept-Language without being asked", d)
		}
	}
	page, n := standardPage(t, routes{}.serve)
	fetched(t, page, &fetch.Request{URL: "/a", Headers: headerLines("accept: x/y")})
	if got := n.last(t).header("Accept"); got != "x/y" {
		t.Errorf("Accept of one's own became %q", got)
	}
}

// askFor asks for what has a destination, as an element does in the first mode
// that it has, or by a navigation.
func askFor(t testing.TB, page *fetch.Environment, d fetch.Destination, url string) {
	t.Helper()
	if d == "document" {
		resp, err := page.Agent().Navigate(t.Context(), &fetch.Navigation{URL: url, Initiator: page})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return
	}
	for _, mode := range []fetch.Mode{fetch.NoCORS, fetch.CORS, fetch.SameOrigin} {
		if d.ElementMode(mode) {
			fetched(t, page, &fetch.Request{API: "element", Destination: d, Mode: mode, URL: url})
			return
		}
	}
	t.Fatalf("no element asks for %q", d)
}

// What the agent's options add, and that script's own headers come first.
func TestAgentHeaders(t *testing.T) {
	agent, n := newAgent(t, routes{}.serve, fetch.Options{AcceptLanguage: "de-DE", UserAgent: "me/1"})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	fetched(t, page, &fetch.Request{URL: "/a"})
	if got := n.last(t); got.header("Accept-Language") != "de-DE" || got.header("User-Agent") != "me/1" {
		t.Errorf("%v", got.Headers)
	}
	fetched(t, page, &fetch.Request{URL: "/a", Headers: headerLines("accept-language: fr", "User-Agent: you")})
	if got := n.last(t); got.header("Accept-Language") != "fr" || got.header("User-Agent") != "you" {
		t.Errorf("%v", got.Headers)
	}
}

// The caller's context ends a fetch wherever it is, with its cause.
//
// https://fetch.spec.whatwg.org/#appropriate-network-error
func TestAborted(t *testing.T) {
	cause := errors.New("the user left")
	page, n := standardPage(t, routes{}.serve)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	_, err := page.Fetch(ctx, &fetch.Request{URL: "/a"})
	e := asRefusal(t, err)
	if e.Reason != fetch.Aborted || e.Stage != "before" || e.Exception() != "AbortError" || !errors.Is(err, cause) {
		t.Errorf("%v at %v", err, e.Stage)
	}
	if len(n.lines()) != 0 {
		t.Errorf("sent %q", n.lines())
	}

	// While the preflight is under way.
	ctx, cancel = context.WithCancelCause(t.Context())
	page, _ = standardPage(t, func(sent) reply { cancel(cause); return reply{err: errDown} })
	_, err = page.Fetch(ctx, &fetch.Request{URL: api, Method: "PUT"})
	if e := asRefusal(t, err); e.Reason != fetch.Aborted || e.Stage != "preflight" || !errors.Is(err, cause) {
		t.Errorf("%v at %v", err, e.Stage)
	}

	// Between a redirect and what it leads to.
	ctx, cancel = context.WithCancelCause(t.Context())
	page, n = standardPage(t, func(sent) reply { cancel(cause); return answer(302, "Location: /b") })
	_, err = page.Fetch(ctx, &fetch.Request{URL: "/a"})
	if e := asRefusal(t, err); e.Reason != fetch.Aborted || e.Request.Hop != 1 || len(n.lines()) != 1 || !errors.Is(err, cause) {
		t.Errorf("%v at %v", err, e.Stage)
	}

	// While the body is read.
	ctx, cancel = context.WithCancelCause(t.Context())
	defer cancel(nil)
	page, _ = standardPage(t, func(sent) reply { return reply{status: 200, body: "ab", cut: errDown} })
	resp, err := page.Fetch(ctx, &fetch.Request{URL: "/a"})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = resp.Body.Read(make([]byte, 2))
	cancel(cause)
	_, err = resp.Body.Read(make([]byte, 2))
	if e := asRefusal(t, err); e.Reason != fetch.Aborted || e.Exception() != "AbortError" || !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}
