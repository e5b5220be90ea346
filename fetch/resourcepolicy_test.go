package fetch_test

import (
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// The check, for every value and every embedder policy. What is asked for is
// an image with cookies, which credentialless leaves out.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
func TestResourcePolicy(t *testing.T) {
	const corp = "Cross-Origin-Resource-Policy: "
	all := map[fetch.EmbedderPolicy]bool{"": true, "unsafe-none": true, "require-corp": true, "credentialless": true}
	none := map[fetch.EmbedderPolicy]bool{}
	butRequire := map[fetch.EmbedderPolicy]bool{"": true, "unsafe-none": true, "credentialless": true}
	tests := []struct {
		name, holds string
		page, url   string
		headers     []string
		allowed     map[fetch.EmbedderPolicy]bool
	}{
		{"none", "5: null", app, api, nil, butRequire},
		{"cross-origin", "5: cross-origin", app, api, []string{corp + "cross-origin"}, all},
		{"same-origin, another", "5: same-origin", app, api, []string{corp + "same-origin"}, none},
		{"same-origin, another port", "5: same-origin", app, app + ":8443", []string{corp + "same-origin"}, none},
		{"same-site, another", "5: same-site", app, api, []string{corp + "same-site"}, none},
		{"same-site", "5: same-site", app, sameSite, []string{corp + "same-site"}, all},
		{"same-site, another port", "5: same-site", app, app + ":8443", []string{corp + "same-site"}, all},
		{"same-site, insecure page", "5: same-site", "http://app.example", sameSite, []string{corp + "same-site"}, none},
		{"same-site, both insecure", "5: same-site", "http://app.example", "http://www.app.example", []string{corp + "same-site"}, all},
		{"same-site, insecure image", "5: same-site", app, "http://www.app.example", []string{corp + "same-site"}, all},
		{"same-site of IP addresses", "5: same-site", "http://127.0.0.1", "http://127.0.0.1:8080", []string{corp + "same-site"}, all},
		{"unknown", "3", app, api, []string{corp + "same"}, butRequire},
		{"in capitals", "3", app, api, []string{corp + "Same-Origin"}, butRequire},
		{"two", "2", app, api, []string{corp + "same-origin", corp + "same-origin"}, butRequire},
		{"list", "2", app, api, []string{corp + "cross-origin, same-origin"}, butRequire},
	}
	for _, tt := range tests {
		for _, policy := range []fetch.EmbedderPolicy{"", "unsafe-none", "require-corp", "credentialless"} {
			t.Run(tt.name+"/"+string(policy), func(t *testing.T) {
				agent, _ := newAgent(t, routes{tt.url + "/a": answer(200, tt.headers...)}.serve, fetch.Options{AllowMixedContent: true})
				page := newPage(t, agent, fetch.EnvironmentOptions{URL: tt.page + "/", EmbedderPolicy: policy})
				r := &fetch.Request{API: "element", Destination: "script", Mode: fetch.NoCORS, Credentials: credentials.Include, URL: tt.url + "/a"}
				if tt.allowed[policy] {
					if resp := fetched(t, page, r); resp.Type != "opaque" {
						t.Errorf("type %s", resp.Type)
					}
					return
				}
				e := refused(t, page, r)
				if e.Reason != fetch.CrossOriginResourcePolicy || e.Response == nil {
					t.Errorf("%v: step %s", e, tt.holds)
				}
				if e.Value == "" && e.Detail != string(policy) {
					t.Errorf("detail %q", e.Detail)
				}
			})
		}
	}
}

// Where the check is not done: CORS, same origin, navigation. And where it is:
// every response on the way.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch 5
func TestResourcePolicyApplies(t *testing.T) {
	const corp = "Cross-Origin-Resource-Policy: same-origin"
	noCORS := fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}
	tests := []struct {
		name    string
		request fetch.Request
		answers routes
		reason  fetch.Reason
		url     string
	}{
		{name: "CORS", request: fetch.Request{URL: api + "/a"}, answers: routes{api + "/a": answer(200, acao+"*", corp)}},
		{name: "own origin", request: fetch.Request{URL: "/a", Mode: fetch.NoCORS}, answers: routes{app + "/a": answer(200, corp)}},
		{name: "redirect", request: noCORS, reason: fetch.CrossOriginResourcePolicy, url: api + "/a",
			answers: routes{api + "/a": answer(302, corp, "Location: /b"), api + "/b": answer(200)}},
		{name: "after a redirect", request: fetch.Request{URL: "/a", Mode: fetch.NoCORS}, reason: fetch.CrossOriginResourcePolicy, url: api + "/b",
			answers: routes{app + "/a": answer(302, "Location: "+api+"/b"), api + "/b": answer(200, corp)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, _ := newAgent(t, tt.answers.serve, fetch.Options{})
			page := newPage(t, agent, fetch.EnvironmentOptions{EmbedderPolicy: "credentialless"})
			if tt.reason == 0 {
				fetched(t, page, &tt.request)
				return
			}
			if e := refused(t, page, &tt.request); e.Reason != tt.reason || e.Request.URL != tt.url {
				t.Error(e)
			}
		})
	}
}

// Where credentialless takes the credentials off, and where it doesn't.
//
// https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials
func TestCredentialless(t *testing.T) {
	tests := []struct {
		name, holds string
		policy      fetch.EmbedderPolicy
		request     fetch.Request
		answers     routes
		want        bool // cookies in the last request
	}{
		{"cors", "2", "credentialless", fetch.Request{URL: api + "/a", Credentials: credentials.Include},
			routes{api + "/a": answer(200, acao+app, acac+"true")}, true},
		{"unsafe-none", "4", "unsafe-none", fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include}, nil, true},
		{"require-corp", "4", "require-corp", fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include},
			routes{api + "/a": answer(200, "Cross-Origin-Resource-Policy: cross-origin")}, true},
		{"own origin", "5", "credentialless", fetch.Request{URL: "/a", Mode: fetch.NoCORS, Credentials: credentials.Include}, nil, true},
		{"own origin by default", "5", "credentialless", fetch.Request{URL: "/a", Mode: fetch.NoCORS}, nil, true},
		{"another origin", "6", "credentialless", fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include}, nil, false},
		{"same site", "6", "credentialless", fetch.Request{URL: sameSite + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include}, nil, false},
		{"back home after being tainted", "5", "credentialless", fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include},
			routes{api + "/a": answer(302, "Location: "+app+"/b")}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, tt.answers.serve, fetch.Options{Cookies: staticCookies{}})
			page := newPage(t, agent, fetch.EnvironmentOptions{EmbedderPolicy: tt.policy})
			fetched(t, page, &tt.request)
			if got := n.last(t); got.Headers.Contains("Cookie") != tt.want || got.Credentials != tt.want {
				t.Errorf("%v, credentials %v: step %s", got.Headers, got.Credentials, tt.holds)
			}
		})
	}
}

// staticCookies has the same cookie for everyone.
type staticCookies struct{}

func (staticCookies) Cookie(*credentials.CookieRequest) string        { return "id=1" }
func (staticCookies) SetCookies(*credentials.CookieRequest, []string) {}
