package fetch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// What each status makes of a method and its body.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch 12
func TestRedirectMethods(t *testing.T) {
	tests := map[int]map[string]string{
		301: {"GET": "GET", "HEAD": "HEAD", "POST": "GET", "PUT": "PUT", "DELETE": "DELETE", "patch": "patch"},
		302: {"GET": "GET", "HEAD": "HEAD", "POST": "GET", "PUT": "PUT", "DELETE": "DELETE", "patch": "patch"},
		303: {"GET": "GET", "HEAD": "HEAD", "POST": "GET", "PUT": "GET", "DELETE": "GET", "patch": "GET"},
		307: {"GET": "GET", "HEAD": "HEAD", "POST": "POST", "PUT": "PUT", "DELETE": "DELETE", "patch": "patch"},
		308: {"GET": "GET", "HEAD": "HEAD", "POST": "POST", "PUT": "PUT", "DELETE": "DELETE", "patch": "patch"},
	}
	for status, methods := range tests {
		for method, want := range methods {
			t.Run(fmt.Sprint(status, " ", method), func(t *testing.T) {
				page, n := standardPage(t, routes{app + "/a": answer(status, "Location: /b")}.serve)
				r := &fetch.Request{URL: "/a", Method: method, Headers: headerLines("Content-Language: de", "X-A: 1")}
				if method != "GET" && method != "HEAD" {
					r.Body = fetch.TextBody("x")
				}
				resp := fetched(t, page, r)
				got := n.last(t)
				kept := want == method
				if got.Method != want || got.Headers.Contains("Content-Language") != kept || got.header("X-A") != "1" {
					t.Errorf("%s with %v", got, got.Headers)
				}
				if (got.body == "x") != (kept && r.Body != nil) || got.Headers.Contains("Content-Type") != (kept && r.Body != nil) {
					t.Errorf("body %q, %v", got.body, got.Headers)
				}
				if !resp.Redirected || resp.URL != app+"/b" {
					t.Errorf("%+v", resp)
				}
			})
		}
	}
}

// Headers, credentials and fragments on the way.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func TestRedirectHeaders(t *testing.T) {
	tests := []struct {
		name, holds string
		location    string
		want        string // the URL asked for
		authorized  bool
	}{
		{"same origin keeps Authorization", "13", "/b", app + "/b#f", true},
		{"another port drops it", "13", app + ":8443/b", app + ":8443/b#f", false},
		{"same site drops it", "13", sameSite + "/b", sameSite + "/b#f", false},
		{"fragment is inherited", "location URL 4", "?x", app + "/a?x#f", true},
		{"fragment of its own", "location URL 4", "/b#g", app + "/b#g", true},
		{"empty fragment of its own", "location URL 4", "/b#", app + "/b#", true},
		{"empty", "location URL 3", "", app + "/a?again#f", true},
		{"isomorphic", "location URL 2", "/\xfc", app + "/%C3%BC#f", true},
		{"UTF-8 is not decoded", "location URL 2", "/ü", app + "/%C3%83%C2%BC#f", true},
		{"credentials within the origin", "9", "https://u:p@app.example/b", "https://u:p@app.example/b#f", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			first := true
			page, n := standardPage(t, func(s sent) reply {
				if first {
					first = false
					return answer(302, "Location: "+tt.location)
				}
				return routes{}.serve(s)
			})
			url := "/a#f"
			if tt.location == "" {
				url = "/a?again#f"
			}
			resp := fetched(t, page, &fetch.Request{URL: url, Headers: headerLines("Authorization: x", "X-A: 1")})
			got := n.last(t)
			if got.URL.String() != tt.want || got.Headers.Contains("Authorization") != tt.authorized || got.header("X-A") != "1" {
				t.Errorf("%s with %v: %s", got.URL, got.Headers, tt.holds)
			}
			if without, _, _ := strings.Cut(tt.want, "#"); resp.URL != without {
				t.Errorf("script sees %s", resp.URL)
			}
		})
	}
}

// An empty fragment is inherited, too: the URL that the redirect leads to is
// the one that has an entry in the preflight cache.
//
// https://fetch.spec.whatwg.org/#concept-response-location-url
func TestRedirectEmptyFragment(t *testing.T) {
	page, n := standardPage(t, func(s sent) reply {
		if s.Method == "PUT" && s.URL.Path() == "/a" {
			return answer(307, "Location: /b", "Access-Control-Allow-Origin: *")
		}
		return routes{}.serve(s)
	})
	fetched(t, page, &fetch.Request{URL: api + "/b#", Method: "PUT"})
	fetched(t, page, &fetch.Request{URL: api + "/a#", Method: "PUT"})
	want := []string{"OPTIONS " + api + "/b", "PUT " + api + "/b", "OPTIONS " + api + "/a", "PUT " + api + "/a", "PUT " + api + "/b"}
	if got := n.lines(); !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
}

// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch 7
func TestRedirectLimit(t *testing.T) {
	for _, count := range []int{1, 20, 21} {
		page, n := standardPage(t, func(s sent) reply {
			var hop int
			_, _ = fmt.Sscanf(s.URL.Path(), "/%d", &hop)
			if hop == count {
				return answer(200)
			}
			return answer(308, fmt.Sprintf("Location: /%d", hop+1))
		})
		r := &fetch.Request{URL: "/0"}
		if count <= 20 {
			if resp := fetched(t, page, r); resp.URL != fmt.Sprintf("%s/%d", app, count) {
				t.Errorf("%d redirects lead to %s", count, resp.URL)
			}
		} else if e := refused(t, page, r); e.Reason != fetch.TooManyRedirects || e.Request.FirstURL != app+"/0" {
			t.Errorf("%d: %v", count, e)
		}
		if want := min(count, 20) + 1; len(n.lines()) != want {
			t.Errorf("%d redirects: %d requests, want %d", count, len(n.lines()), want)
		}
	}
}

// The redirect modes, with and without somewhere to go.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch 6.3
func TestRedirectModes(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		page, _ := standardPage(t, routes{app + "/a": answer(status, "Location: https://a b/")}.serve)
		if e := refused(t, page, &fetch.Request{URL: "/a", Redirect: "error"}); e.Reason != fetch.RedirectModeError {
			t.Error(e)
		}
		if resp := fetched(t, page, &fetch.Request{URL: "/a", Redirect: "manual"}); resp.Type != "opaqueredirect" || resp.Internal().Status != status {
			t.Errorf("%+v", resp)
		}
		if e := refused(t, page, &fetch.Request{URL: "/a"}); e.Reason != fetch.InvalidLocation {
			t.Error(e)
		}
	}
	for _, status := range []int{300, 304, 305, 306} {
		page, n := standardPage(t, routes{app + "/a": answer(status, "Location: /b")}.serve)
		for _, mode := range []fetch.RedirectMode{"follow", "error", "manual"} {
			if resp := fetched(t, page, &fetch.Request{URL: "/a", Redirect: mode}); resp.Status != status || resp.Redirected || len(n.sent) > 3 {
				t.Errorf("%d in mode %s: %+v", status, mode, resp)
			}
		}
	}
}

// Without CORS a redirect may lead to a URL with credentials.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch 9, 10
func TestRedirectCredentialsWithoutCORS(t *testing.T) {
	page, n := standardPage(t, routes{app + "/a": answer(302, "Location: https://u:p@api.test/b")}.serve)
	fetched(t, page, &fetch.Request{URL: "/a", Mode: fetch.NoCORS})
	if got := n.last(t).URL.String(); got != "https://u:p@api.test/b" {
		t.Error(got)
	}
}

// Mode same-origin holds for every hop.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch 12
func TestRedirectOutOfSameOrigin(t *testing.T) {
	page, _ := standardPage(t, routes{app + "/a": answer(302, "Location: "+api+"/b")}.serve)
	e := refused(t, page, &fetch.Request{URL: "/a", Mode: fetch.SameOrigin})
	if e.Reason != fetch.DisallowedByMode || e.Stage != "before" || e.Request.Hop != 1 || e.Request.URL != api+"/b" {
		t.Errorf("%+v", refusalOf(e))
	}
}

// Each hop across origins is classified, and preflighted, for itself. The
// Error and the Trace of a preflight say the origin that is sent.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch 12
func TestRedirectIsPreflighted(t *testing.T) {
	var origins []string
	trace := &fetch.Trace{Sending: func(r fetch.RequestInfo) {
		origins = append(origins, fmt.Sprint(r.Method, " ", r.Origin, " ", r.Page, " ", r.Hop))
	}}
	page, n := standardPage(t, routes{
		api + "/a":              answer(307, acao+"*", "Location: "+cdn+"/b"),
		"OPTIONS " + api + "/a": answer(204, acao+"*", acam+"PUT"),
		"OPTIONS " + cdn + "/b": answer(204, acao+"null", acam+"PUT"),
		cdn + "/b":              answer(200, acao+"null"),
	}.serve)
	fetched(t, page, &fetch.Request{URL: api + "/a", Method: "PUT", Trace: trace})
	if got := strings.Join(n.lines(), "|"); got != "OPTIONS https://api.test/a|PUT https://api.test/a|OPTIONS https://cdn.test/b|PUT https://cdn.test/b" {
		t.Error(got)
	}
	if got := strings.Join(origins, "|"); got != "OPTIONS https://app.example https://app.example 0|PUT https://app.example https://app.example 0|"+
		"OPTIONS null https://app.example 1|PUT null https://app.example 1" {
		t.Error(got)
	}
}
