package fetch_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
	"github.com/browsercors/browsercors/origin"
)

// https://fetch.spec.whatwg.org/#data-url-processor
// https://infra.spec.whatwg.org/#forgiving-base64-decode
func TestDataURLs(t *testing.T) {
	const ascii = "text/plain;charset=US-ASCII"
	tests := []struct{ name, url, contentType, body string }{
		{"nothing", "data:,", ascii, ""},
		{"text", "data:,a%20b%2", ascii, "a b%2"},
		{"type", "data:Text/HTML;a=b,x", "text/html;a=b", "x"},
		{"charset alone", "data:;charset=utf-8,x", "text/plain;charset=utf-8", "x"},
		{"type that does not parse", "data:text,x", ascii, "x"},
		{"spaces around the type", "data: a/b ,x", "a/b", "x"},
		{"fragment", "data:,x#y", ascii, "x"},
		{"query", "data:,x?y", ascii, "x?y"},
		{"comma", "data:,a,b", ascii, "a,b"},
		{"bytes", "data:,%ff%FE", ascii, "\xff\xfe"},
		{"base64", "data:;base64,aGk=", ascii, "hi"},
		{"base64 with type", "data:a/b;base64,aGk=", "a/b", "hi"},
		{"base64 in capitals, after spaces", "data:a/b;  BASE64,aGk", "a/b", "hi"},
		{"base64 with spaces", "data:;base64,a%20G%0Ak =", ascii, "hi"},
		{"base64 percent-encoded", "data:;base64,aGk%3D", ascii, "hi"},
		{"base64 without semicolon", "data:base64,aGk=", ascii, "aGk="},
		{"base64 as a parameter", "data:;base64;x=y,aGk=", "text/plain;x=y", "aGk="},
		{"base64 with bits left over", "data:;base64,aGl=", ascii, "hi"},
		{"empty base64", "data:;base64,", ascii, ""},
		{"base64 with wrong padding", "data:;base64,aG=", "", ""},
		{"base64 with too much padding", "data:;base64,aGk==", "", ""},
		{"base64 with one character too many", "data:;base64,aGkaa", "", ""},
		{"base64 of another alphabet", "data:;base64,_-__", "", ""},
		{"no comma", "data:text/plain", "", ""},
		{"no comma before the fragment", "data:#,", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{}.serve)
			r := &fetch.Request{URL: tt.url, Method: "POST"}
			if tt.contentType == "" {
				if e := refused(t, page, r); e.Reason != fetchtest.Reason("invalid-data-url") || e.Header != "url" {
					t.Error(e)
				}
				return
			}
			resp := fetched(t, page, r)
			if got := text(t, resp.Body); got != tt.body {
				t.Errorf("body %q, want %q", got, tt.body)
			}
			if got := listed(resp.Headers); got != "Content-Type: "+tt.contentType {
				t.Errorf("headers %q, want %q", got, tt.contentType)
			}
			without, _, _ := strings.Cut(tt.url, "#")
			if resp.Type != "basic" || resp.Status != 200 || resp.StatusText != "OK" || resp.URL != mustURL(t, without).String() || len(n.lines()) > 0 {
				t.Errorf("%+v", resp)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#concept-scheme-fetch about
func TestAboutBlank(t *testing.T) {
	page, _ := standardPage(t, routes{}.serve)
	resp := fetched(t, page, &fetch.Request{URL: "about:blank#x", Mode: fetch.NoCORS})
	internal := resp.Internal()
	if resp.Type != "opaque" || internal.Status != 200 || internal.StatusText != "OK" || text(t, internal.Body) != "" {
		t.Errorf("%+v", internal)
	}
	if got, _ := internal.Headers.Get("Content-Type"); got != "text/html;charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
}

// A page of a custom scheme has an origin of its own, and is trusted if the
// embedder says so; its scheme itself is not fetched.
func TestCustomSchemes(t *testing.T) {
	schemes, err := origin.NewSchemes("wails")
	if err != nil {
		t.Fatal(err)
	}
	agent, n := newAgent(t, routes{}.serve, fetch.Options{Schemes: schemes, Trust: &origin.Trust{Schemes: []string{"wails"}}})
	page := newPage(t, agent, fetch.EnvironmentOptions{URL: "wails://wails/index.html"})
	resp := fetched(t, page, &fetch.Request{URL: api + "/a"})
	if got := n.last(t); got.header("Origin") != "wails://wails" || got.header("Referer") != "wails://wails/" || resp.Type != "cors" {
		t.Errorf("%v, type %s", got.Headers, resp.Type)
	}
	if e := refused(t, page, &fetch.Request{URL: "http://api.test/a"}); e.Reason != fetch.MixedContent {
		t.Error(e)
	}
	if e := refused(t, page, &fetch.Request{URL: "app.js"}); e.Reason != fetch.UnsupportedScheme || e.Value != "wails" || e.Request.URL != "wails://wails/app.js" {
		t.Error(e)
	}
	if e := refused(t, page, &fetch.Request{URL: "wails://other/"}); e.Reason != fetch.CORSDisabledScheme {
		t.Error(e)
	}

	// Without being told of the scheme, the origin is opaque.
	agent, n = newAgent(t, routes{}.serve, fetch.Options{})
	page = newPage(t, agent, fetch.EnvironmentOptions{URL: "wails://wails/index.html"})
	fetched(t, page, &fetch.Request{URL: api + "/a"})
	if got := n.last(t); got.header("Origin") != "null" || got.Headers.Contains("Referer") {
		t.Errorf("%v", got.Headers)
	}
}

// TestCancelEndsBodies: whoever cancels a fetch gets no more of its body, also
// where that came over no network or was held back to be compared.
func TestCancelEndsBodies(t *testing.T) {
	servers := routes{
		app + "/a": answer(200).with("ok"),
		app + "/z": answer(200, "Content-Encoding: gzip").with(compressed(t, "ok", gzipWriter)),
	}
	agent, _ := newAgent(t, servers.serve, fetch.Options{Blobs: oneBlob{"blob:" + app + "/1", "ok"}})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	tests := []struct {
		name string
		fetch.Request
	}{
		{"network", fetch.Request{URL: "/a"}},
		{"content coding", fetch.Request{URL: "/z"}},
		{"data:", fetch.Request{URL: "data:,ok"}},
		{"blob:", fetch.Request{URL: "blob:" + app + "/1"}},
		{"blob:, a range", fetch.Request{URL: "blob:" + app + "/1", Headers: headerLines("Range: bytes=0-1")}},
		{"about:blank", fetch.Request{URL: "about:blank", Mode: fetch.NoCORS}},
		{"compared", fetch.Request{URL: "/a", Integrity: sha256OK}},
		{"compared, content coding", fetch.Request{URL: "/z", Integrity: sha256OK}},
		{"compared, data:", fetch.Request{URL: "data:,ok", Integrity: sha256OK}},
		{"compared with nothing", fetch.Request{URL: "/a", Integrity: "x-y"}},
		{"keepalive", fetch.Request{URL: "/a", Keepalive: true, Method: "POST", Body: fetch.TextBody("x")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			resp, err := page.Fetch(ctx, &tt.Request)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body := resp.Body
			if resp.Type == "opaque" {
				body = resp.Internal().Body
			}
			why := errors.New("the page has gone")
			cancel(why)
			got, err := io.ReadAll(body)
			if refusal := asRefusal(t, err); refusal.Reason != fetch.Aborted || !errors.Is(err, why) || len(got) > 0 {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}
