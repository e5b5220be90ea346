package fetch_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

// Which tainting, and which way.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch 12
func TestDispatch(t *testing.T) {
	blob := oneBlob{"blob:" + app + "/1", "blob"}
	tests := []struct {
		name, holds string
		request     fetch.Request
		page        fetch.EnvironmentOptions
		want        string
		reason      fetch.Reason
		origin      string // as sent
	}{
		{name: "own origin", holds: "same origin and basic", request: fetch.Request{URL: "/a"}, want: "basic"},
		{name: "own origin, same-origin", holds: "same origin and basic", request: fetch.Request{URL: "/a", Mode: fetch.SameOrigin}, want: "basic"},
		{name: "own origin, no-cors", holds: "same origin and basic", request: fetch.Request{URL: "/a", Mode: fetch.NoCORS}, want: "basic"},
		{name: "own origin, no-cors and manual", holds: "comes before mode no-cors",
			request: fetch.Request{URL: "/a", Mode: fetch.NoCORS, Redirect: "manual"}, want: "basic"},
		{name: "data", holds: "scheme is data", request: fetch.Request{URL: "data:,x"}, want: "basic"},
		{name: "data, same-origin", holds: "comes before mode same-origin", request: fetch.Request{URL: "data:,x", Mode: fetch.SameOrigin}, want: "basic"},
		{name: "blob", holds: "same origin and basic", request: fetch.Request{URL: "blob:" + app + "/1"}, want: "basic"},
		{name: "another port", holds: "otherwise", request: fetch.Request{URL: app + ":8443/a"}, want: "cors", origin: app},
		{name: "another site", holds: "otherwise", request: fetch.Request{URL: api + "/a"}, want: "cors", origin: app},
		{name: "another site, no-cors", holds: "mode is no-cors", request: fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}, want: "opaque"},
		{name: "another site, no-cors POST", holds: "mode is no-cors", request: fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Method: "POST"},
			want: "opaque", origin: app},
		{name: "another site, same-origin", holds: "mode is same-origin",
			request: fetch.Request{URL: api + "/a", Mode: fetch.SameOrigin}, reason: fetch.DisallowedByMode},
		{name: "about:blank, no-cors", holds: "mode is no-cors", request: fetch.Request{URL: "about:blank", Mode: fetch.NoCORS}, want: "opaque"},
		{name: "about:blank", holds: "not an HTTP(S) scheme", request: fetch.Request{URL: "about:blank"}, reason: fetch.CORSDisabledScheme},
		{name: "sandboxed", holds: "an opaque origin is same origin with none", page: fetch.EnvironmentOptions{Sandboxed: true},
			request: fetch.Request{URL: app + "/a"}, want: "cors", origin: "null"},
		{name: "sandboxed, same-origin", holds: "mode is same-origin", page: fetch.EnvironmentOptions{Sandboxed: true},
			request: fetch.Request{URL: app + "/a", Mode: fetch.SameOrigin}, reason: fetch.DisallowedByMode},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, routes{}.serve, fetch.Options{Blobs: blob})
			page := newPage(t, agent, tt.page)
			if tt.reason != 0 {
				if e := refused(t, page, &tt.request); e.Reason != tt.reason {
					t.Errorf("%v: %s", e, tt.holds)
				}
				return
			}
			resp := fetched(t, page, &tt.request)
			if resp.Type != tt.want {
				t.Errorf("type %s, want %s: %s", resp.Type, tt.want, tt.holds)
			}
			if len(n.lines()) > 0 && n.last(t).header("Origin") != tt.origin {
				t.Errorf("Origin %q, want %q", n.last(t).header("Origin"), tt.origin)
			}
		})
	}
}

// What is preflighted: the use-CORS-preflight flag, or the unsafe-request flag
// with a method or header that is not safelisted.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch 12
func TestWhatIsPreflighted(t *testing.T) {
	element := *fetch.Element("audio").Request(api+"/a", "anonymous")
	element.AddRange(5, nil)
	tests := []struct {
		name      string
		request   fetch.Request
		preflight bool
	}{
		{"GET", fetch.Request{URL: api + "/a"}, false},
		{"HEAD", fetch.Request{URL: api + "/a", Method: "HEAD"}, false},
		{"PUT", fetch.Request{URL: api + "/a", Method: "PUT"}, true},
		{"PUT to the page's origin", fetch.Request{URL: "/a", Method: "PUT"}, false},
		{"header", fetch.Request{URL: api + "/a", Headers: headerLines("X-A: 1")}, true},
		{"form", fetch.Request{URL: api + "/a", Method: "POST", Body: fetch.FormBody()}, false},
		{"blob of JSON", fetch.Request{URL: api + "/a", Method: "POST", Body: fetch.BytesBody(nil, "application/json")}, true},
		{"upload listener", fetch.Request{URL: api + "/a", Method: "POST", API: "xhr", UploadListener: true}, true},
		{"upload listener, page's origin", fetch.Request{URL: "/a", Method: "POST", API: "xhr", UploadListener: true}, false},
		{"stream", fetch.Request{URL: api + "/a", Method: "POST", Body: fetch.StreamBody(bytes.NewReader(nil)), Duplex: "half"}, true},
		{"no-cors", fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Headers: headerLines("X-A: 1")}, false},
		{"element, whose unsafe-request flag is unset", element, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{}.serve)
			fetched(t, page, &tt.request)
			if got := n.sent[0].Preflight; got != tt.preflight || len(n.sent) == 1 == tt.preflight {
				t.Errorf("%q", n.lines())
			}
		})
	}
}

// What script sees of each type of response, and what an embedder does.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response
func TestFilteredResponses(t *testing.T) {
	lines := []string{acao + "*", "Access-Control-Expose-Headers: X-A, x-b", "X-A: 1", "X-C: 2", "Set-Cookie: a=b", "Content-Type: a/b", "Cache-Control: no-store"}
	credentialed := []string{acao + app, acac + "true", "Access-Control-Expose-Headers: *", "X-A: 1", "*: 2", "Expires: 0"}
	servers := routes{
		api + "/a":      answer(201, lines...).with("body"),
		app + "/a":      answer(201, lines...).with("body"),
		api + "/star":   answer(200, acao+"*", "Access-Control-Expose-Headers: *", "X-A: 1", "Set-Cookie: a=b").with("body"),
		api + "/with":   answer(200, credentialed...).with("body"),
		api + "/broken": answer(200, acao+"*", "Access-Control-Expose-Headers: X-A, x y", "X-A: 1", "Pragma: x").with("body"),
		app + "/manual": answer(302, "Location: /b", "X-A: 1").with("body"),
		app + "/none":   answer(302, "X-A: 1").with("body"),
	}
	tests := []struct {
		name       string
		request    fetch.Request
		want       string
		status     int
		headers    string
		body, url  string
		sameOrigin bool // CORS-same-origin
	}{
		{"basic", fetch.Request{URL: "/a"}, "basic", 201,
			acao + "*|Access-Control-Expose-Headers: X-A, x-b|X-A: 1|X-C: 2|Content-Type: a/b|Cache-Control: no-store", "body", app + "/a", true},
		{"cors", fetch.Request{URL: api + "/a#x"}, "cors", 201, "X-A: 1|Content-Type: a/b|Cache-Control: no-store", "body", api + "/a", true},
		{"cors with wildcard", fetch.Request{URL: api + "/star"}, "cors", 200,
			acao + "*|Access-Control-Expose-Headers: *|X-A: 1", "body", api + "/star", true},
		{"cors with wildcard and credentials", fetch.Request{URL: api + "/with", Credentials: credentials.Include}, "cors", 200,
			"*: 2|Expires: 0", "body", api + "/with", true},
		{"cors with a list that does not parse", fetch.Request{URL: api + "/broken"}, "cors", 200, "Pragma: x", "body", api + "/broken", true},
		{"opaque", fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}, "opaque", 0, "", "", "", false},
		{"opaque redirect", fetch.Request{URL: "/manual", Redirect: "manual"}, "opaqueredirect", 0, "", "", app + "/manual", false},
		{"redirect to nowhere", fetch.Request{URL: "/none"}, "basic", 302, "X-A: 1", "body", app + "/none", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, servers.serve)
			resp := fetched(t, page, &tt.request)
			if resp.Type != tt.want || resp.Status != tt.status || resp.URL != tt.url || resp.Redirected || resp.CORSSameOrigin() != tt.sameOrigin {
				t.Errorf("%+v", resp)
			}
			if resp.OK() != (tt.status >= 200 && tt.status < 300) {
				t.Errorf("ok is %v", resp.OK())
			}
			if got := listed(resp.Headers); got != tt.headers {
				t.Errorf("headers %q, want %q", got, tt.headers)
			}
			if err := resp.Headers.Append("a", "b"); !errors.Is(err, fetchtest.Reason("immutable-headers")) {
				t.Errorf("headers can be changed: %v", err)
			}
			if got := text(t, resp.Body); got != tt.body {
				t.Errorf("body %q, want %q", got, tt.body)
			}
			internal := resp.Internal()
			if tt.body == "" && text(t, internal.Body) != "body" {
				t.Error("the internal response's body is gone")
			}
			if internal.Status == 0 || internal.Headers == nil || fetch.RedirectTaint(resp) != "same-origin" {
				t.Errorf("internal %+v", internal)
			}
			if err := resp.Body.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// HEAD and the null body statuses have no body, whatever the server sends.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch 22
func TestNullBody(t *testing.T) {
	tests := []struct {
		name, method string
		status       int
		want         string
	}{
		{"200", "GET", 200, "body"}, {"HEAD", "HEAD", 200, ""}, {"204", "GET", 204, ""}, {"205", "POST", 205, ""},
		{"304", "GET", 304, ""}, {"103", "GET", 103, ""}, {"404", "GET", 404, "body"}, {"206", "GET", 206, "body"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, routes{app + "/a": answer(tt.status, "Content-Encoding: gzip").with("body")}.serve)
			if tt.want != "" {
				page, _ = standardPage(t, routes{app + "/a": answer(tt.status).with("body")}.serve)
			}
			resp := fetched(t, page, &fetch.Request{URL: "/a", Method: tt.method})
			if got := text(t, resp.Body); got != tt.want || resp.Status != tt.status {
				t.Errorf("%d, body %q", resp.Status, got)
			}
			if resp.Internal().Body == nil {
				t.Error("the internal body is nil")
			}
		})
	}
}

// A part of an opaque response is only refused where no range was asked for by
// this request but by an earlier one, which takes a service worker.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch 21
func TestOpaquePartialResponse(t *testing.T) {
	page, _ := standardPage(t, routes{api + "/a": answer(206, "Content-Range: bytes 0-1/2").with("ab")}.serve)
	resp := fetched(t, page, fetch.Element("video").Request(api+"/a", ""))
	if resp.Type != "opaque" || resp.Internal().Status != 206 {
		t.Errorf("%+v", resp)
	}
}
