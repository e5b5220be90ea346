package fetch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// named are the lines of a head whose names match one, without regard to case.
func named(head []string, name string) string {
	var lines []string
	for _, line := range head {
		if n, _, _ := strings.Cut(line, ":"); strings.EqualFold(n, name) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " | ")
}

// Headers of one name cross the wire in one line, under the spelling that
// script used first, by fetch() and XMLHttpRequest. Seen in Chromium
// 156.0.8078.108, Firefox 153.8.0esr and WebKitGTK 2.50.6, byte for byte.
func TestRepeatedHeadersOnTheWire(t *testing.T) {
	const f, x = "fetch", "xhr"
	tests := []struct {
		name  string
		api   fetch.API
		lines []string
		want  map[string]string // by profile; "" stands for all others
	}{
		{"cases", f, []string{"THIS-is-A-test: 1", "THIS-IS-A-TEST: 2"}, map[string]string{"": "THIS-is-A-test: 1, 2"}},
		{"cases", x, []string{"THIS-is-A-test: 1", "THIS-IS-A-TEST: 2"}, map[string]string{"": "THIS-is-A-test: 1, 2"}},
		{"three", f, []string{"x-a: 1", "X-A: 2", "x-A: 3"}, map[string]string{"": "x-a: 1, 2, 3"}},
		{"accept", f, []string{"accept: text/a", "ACCEPT: text/b"},
			map[string]string{"": "accept: text/a, text/b", "firefox": "Accept: text/a, text/b", "webkit": "Accept: text/a, text/b"}},
		{"accept", x, []string{"accept: text/a", "ACCEPT: text/b"},
			map[string]string{"": "accept: text/a, text/b", "firefox": "Accept: text/a, text/b", "webkit": "Accept: text/a, text/b"}},
		{"empty first", f, []string{"x-Foo: ", "X-foo: b", "x-FOO: c"}, map[string]string{"": "x-Foo: , b, c", "firefox": "x-Foo: b, c"}},
		{"empty first", x, []string{"x-Foo: ", "X-foo: b", "x-FOO: c"}, map[string]string{"": "x-Foo: , b, c"}},
		{"empty between", f, []string{"x-Foo: a", "X-foo: ", "x-FOO: c"}, map[string]string{"": "x-Foo: a, , c", "firefox": "x-Foo: c"}},
		{"empty last", f, []string{"x-Foo: a", "X-foo: b", "x-FOO: "}, map[string]string{"": "x-Foo: a, b,", "firefox": "x-Foo: "}},
		{"empty last", x, []string{"x-Foo: a", "X-foo: b", "x-FOO: "}, map[string]string{"": "x-Foo: a, b,"}},
		{"type", f, []string{"content-TYPE: text/plain", "Content-type: text/html"},
			map[string]string{"": "content-TYPE: text/plain, text/html", "firefox": "content-TYPE: text/html", "webkit": "Content-Type: text/plain, text/html"}},
		{"type", x, []string{"content-TYPE: text/plain", "Content-type: text/html"},
			map[string]string{"": "content-TYPE: text/plain, text/html", "webkit": "Content-Type: text/plain, text/html"}},
		{"one", f, []string{"if-mATCH: a"}, map[string]string{"": "if-mATCH: a", "webkit": "If-Match: a"}},
		{"odd spelling", f, []string{"etag: 1", "ETAG: 2"}, map[string]string{"": "etag: 1, 2", "webkit": "ETag: 1, 2"}},
	}
	server, heads := wireHeads(t)
	for _, tt := range tests {
		for _, p := range engine.Profiles() {
			t.Run(fmt.Sprintf("%s/%s/%s", tt.name, tt.api, p.Name), func(t *testing.T) {
				page := wireEnvironment(t, server+"/", &fetch.Options{Profile: p, Transport: &fetch.HTTPTransport{RoundTripper: wireTransport(t)}})
				resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/a", API: tt.api, Headers: headerLines(tt.lines...)})
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				name, _, _ := strings.Cut(tt.lines[0], ":")
				want, special := tt.want[p.Name]
				if !special {
					want = tt.want[""]
				}
				// Blanks at the end of a line are nobody's.
				if got := named(<-heads, name); strings.TrimRight(got, " ") != strings.TrimRight(want, " ") {
					t.Errorf("%q, want %q", got, want)
				}
			})
		}
	}
}
