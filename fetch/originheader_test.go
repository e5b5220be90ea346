package fetch_test

import (
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// Origin by tainting, method, mode and referrer policy.
//
// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func TestOriginHeader(t *testing.T) {
	const insecure = "http://api.test"
	noCORS := fetch.NoCORS
	tests := []struct {
		name, holds string
		request     fetch.Request
		policy      fetch.ReferrerPolicy
		want        string
	}{
		{"cors", "3", fetch.Request{URL: api + "/a"}, "", app},
		{"cors whatever the policy", "3", fetch.Request{URL: api + "/a"}, "no-referrer", app},
		{"own origin, GET", "4", fetch.Request{URL: "/a"}, "", ""},
		{"own origin, HEAD", "4", fetch.Request{URL: "/a", Method: "HEAD"}, "", ""},
		{"own origin, POST", "4.2", fetch.Request{URL: "/a", Method: "POST"}, "", app},
		{"own origin, DELETE", "4.2", fetch.Request{URL: "/a", Method: "DELETE"}, "", app},
		{"own origin, POST, no-referrer", "4.1: mode is cors", fetch.Request{URL: "/a", Method: "POST"}, "no-referrer", app},
		{"own origin, same-origin, no-referrer", "4.1", fetch.Request{URL: "/a", Method: "POST", Mode: fetch.SameOrigin}, "no-referrer", "null"},
		{"own origin, same-origin, policy same-origin", "4.1", fetch.Request{URL: "/a", Method: "POST", Mode: fetch.SameOrigin}, "same-origin", app},
		{"no-cors GET", "4", fetch.Request{URL: api + "/a", Mode: noCORS}, "", ""},
		{"no-cors POST", "4.1", fetch.Request{URL: api + "/a", Mode: noCORS, Method: "POST"}, "", app},
		{"no-cors POST, no-referrer", "4.1", fetch.Request{URL: api + "/a", Mode: noCORS, Method: "POST"}, "no-referrer", "null"},
		{"no-cors POST, same-origin", "4.1", fetch.Request{URL: api + "/a", Mode: noCORS, Method: "POST"}, "same-origin", "null"},
		{"no-cors POST, origin", "4.1: otherwise", fetch.Request{URL: insecure + "/a", Mode: noCORS, Method: "POST"}, "origin", app},
		{"no-cors POST, unsafe-url", "4.1: otherwise", fetch.Request{URL: insecure + "/a", Mode: noCORS, Method: "POST"}, "unsafe-url", app},
		{"downgrade, default", "4.1", fetch.Request{URL: insecure + "/a", Mode: noCORS, Method: "POST"}, "", "null"},
		{"downgrade, strict-origin", "4.1", fetch.Request{URL: insecure + "/a", Mode: noCORS, Method: "POST"}, "strict-origin", "null"},
		{"downgrade, no-referrer-when-downgrade", "4.1", fetch.Request{URL: insecure + "/a", Mode: noCORS, Method: "POST"}, "no-referrer-when-downgrade", "null"},
		{"no downgrade, strict-origin", "4.1", fetch.Request{URL: api + "/a", Mode: noCORS, Method: "POST"}, "strict-origin", app},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, routes{}.serve, fetch.Options{AllowMixedContent: true})
			fetched(t, newPage(t, agent, fetch.EnvironmentOptions{ReferrerPolicy: tt.policy}), &tt.request)
			if got := n.last(t).header("Origin"); got != tt.want {
				t.Errorf("Origin %q, want %q: step %s", got, tt.want, tt.holds)
			}
		})
	}
}

// When redirects make the origin null.
//
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
func TestTaintedOrigin(t *testing.T) {
	tests := []struct {
		name   string
		chain  []string
		origin string // as sent in the last request
		taint  string
	}{
		{"within another origin", []string{api, api}, app, "same-origin"},
		{"home to another", []string{app, api}, app, "same-origin"},
		{"another to home", []string{api, app}, "null", "cross-site"},
		{"another to a third", []string{api, cdn}, "null", "cross-site"},
		{"another to a sibling of its own", []string{api, "https://x.api.test"}, "null", "same-site"},
		{"sibling to a third", []string{sameSite, api}, "null", "same-site"},
		{"sibling to home", []string{sameSite, app}, "null", "same-site"},
		{"tainted for good", []string{api, cdn, cdn}, "null", "cross-site"},
		{"cross-site wins", []string{sameSite, api, cdn}, "null", "cross-site"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hop := 0
			page, n := standardPage(t, func(sent) reply {
				if hop++; hop < len(tt.chain) {
					return answer(302, acao+"*", "Location: "+tt.chain[hop]+"/a")
				}
				return answer(200, acao+"*")
			})
			resp := fetched(t, page, &fetch.Request{URL: tt.chain[0] + "/a"})
			if got := n.last(t).header("Origin"); got != tt.origin {
				t.Errorf("Origin %q, want %q", got, tt.origin)
			}
			if got := fetch.RedirectTaint(resp); got != tt.taint {
				t.Errorf("redirect-taint %s, want %s", got, tt.taint)
			}
			if !resp.Redirected || resp.Type != "cors" || resp.URL != tt.chain[len(tt.chain)-1]+"/a" {
				t.Errorf("%+v", resp)
			}
		})
	}
}
