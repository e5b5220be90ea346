package fetch_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff?
// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?
func TestMIMETypeBlocking(t *testing.T) {
	const nosniff = "X-Content-Type-Options: nosniff"
	const none, mimeType, byNosniff = fetch.Reason(0), fetch.BlockedMIMEType, fetch.BlockedByNosniff
	scripts := []fetch.Destination{"audioworklet", "paintworklet", "script",
		"serviceworker", "sharedworker", "worker"}
	style := []fetch.Destination{"style"}
	others := []fetch.Destination{"", "image", "font", "video",
		"json", "track", "xslt"}
	tests := []struct {
		name    string
		headers string // separated by |
		scripts fetch.Reason
		style   fetch.Reason
		others  fetch.Reason
	}{
		{"no type", "", none, none, none},
		{"image", "Content-Type: image/svg+xml", mimeType, none, none},
		{"audio", "Content-Type: AUDIO/x", mimeType, none, none},
		{"video", "Content-Type: video/mp4", mimeType, none, none},
		{"CSV", "Content-Type: text/csv;a=b", mimeType, none, none},
		{"text", "Content-Type: text/plain", none, none, none},
		{"last type counts", "Content-Type: text/javascript, image/png", mimeType, none, none},
		{"no type that parses", "Content-Type: image", none, none, none},
		{"nosniff, no type", nosniff, byNosniff, byNosniff, none},
		{"nosniff, script", nosniff + "|Content-Type: application/x-ecmascript; charset=x", none, byNosniff, none},
		{"nosniff, module", nosniff + "|Content-Type: TEXT/JavaScript", none, byNosniff, none},
		{"nosniff, style sheet", nosniff + "|Content-Type: text/css", byNosniff, none, none},
		{"nosniff, JSON", nosniff + "|Content-Type: application/json", byNosniff, byNosniff, none},
		{"nosniff, image", nosniff + "|Content-Type: image/png", mimeType, byNosniff, none},
		{"nosniff in capitals", "X-Content-Type-Options: NoSniff|Content-Type: text/html", byNosniff, byNosniff, none},
		{"nosniff first", "X-Content-Type-Options: nosniff, x|Content-Type: text/html", byNosniff, byNosniff, none},
		{"nosniff second", "X-Content-Type-Options: x, nosniff|Content-Type: text/html", none, none, none},
		{"nosniff quoted", `X-Content-Type-Options: "nosniff"|Content-Type: text/html`, none, none, none},
		{"nosniff after an empty one", "X-Content-Type-Options: , nosniff|Content-Type: text/html", none, none, none},
	}
	for _, tt := range tests {
		for _, of := range []struct {
			destinations []fetch.Destination
			want         fetch.Reason
		}{{scripts, tt.scripts}, {style, tt.style}, {others, tt.others}} {
			for _, d := range of.destinations {
				t.Run(tt.name+"/"+string(d), func(t *testing.T) {
					lines := append(strings.Split(tt.headers, "|"), acao+"*")
					page, _ := standardPage(t, routes{api + "/a": answer(200, lines...), app + "/a": answer(200, lines...)}.serve)
					r := &fetch.Request{API: "element", Destination: d, Mode: fetch.NoCORS, URL: api + "/a"}
					switch {
					case d.ElementMode(fetch.NoCORS):
					case d.ElementMode(fetch.CORS):
						r.Mode = fetch.CORS
					default:
						r.Mode, r.URL = fetch.SameOrigin, "/a"
					}
					if of.want == 0 {
						fetched(t, page, r)
					} else if e := refused(t, page, r); e.Reason != of.want || e.Header != "Content-Type" {
						t.Error(e)
					}
				})
			}
		}
	}
}

// Nosniff is determined from the lines that came, whatever a profile makes of
// empty ones: in all browsers.
func TestNosniffLines(t *testing.T) {
	for _, test := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"an empty line first", []string{"", "nosniff"}, "200"},
		{"an empty line last", []string{"nosniff", ""}, "blocked-by-nosniff"},
		{"another line first", []string{"x", "nosniff"}, "200"},
		{"one line", []string{"nosniff"}, "blocked-by-nosniff"},
	} {
		for _, p := range engine.Profiles() {
			t.Run(test.name+"/"+p.Name, func(t *testing.T) {
				a := answer(200, "Content-Type: x/x")
				for _, value := range test.lines {
					a.headers = append(a.headers, headerLines("X-Content-Type-Options: "+value)...)
				}
				r := fetch.Element("script").Request("/a", "")
				page, _ := profiledPage(t, p, routes{app + "/a": a}.serve, fetch.EnvironmentOptions{})
				if got := outcome(t, page, r); got != test.want {
					t.Errorf("%s, want %s", got, test.want)
				}
			})
		}
	}
}
