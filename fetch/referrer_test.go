package fetch_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// Every policy, to the page's own origin, to another and to an insecure one.
//
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer 8
func TestReferrerPolicies(t *testing.T) {
	const full, short = app + "/dir/page?q", app + "/"
	tests := []struct {
		policy                 fetch.ReferrerPolicy
		own, another, insecure string
	}{
		{"", full, short, ""},
		{"no-referrer", "", "", ""},
		{"no-referrer-when-downgrade", full, full, ""},
		{"same-origin", full, "", ""},
		{"origin", short, short, short},
		{"strict-origin", short, short, ""},
		{"origin-when-cross-origin", full, short, short},
		{"strict-origin-when-cross-origin", full, short, ""},
		{"unsafe-url", full, full, full},
	}
	for _, tt := range tests {
		t.Run(string(tt.policy), func(t *testing.T) {
			for url, want := range map[string]string{app + "/a": tt.own, api + "/a": tt.another, "http://api.test/a": tt.insecure} {
				for _, by := range []struct {
					name string
					page fetch.ReferrerPolicy
					init fetch.ReferrerPolicy
				}{{"page", tt.policy, ""}, {"request", "unsafe-url", tt.policy}} {
					if by.name == "request" && tt.policy == "" {
						continue
					}
					agent, n := newAgent(t, routes{}.serve, fetch.Options{AllowMixedContent: true})
					page := newPage(t, agent, fetch.EnvironmentOptions{URL: "https://u:p@app.example/dir/page?q#f", ReferrerPolicy: by.page})
					fetched(t, page, &fetch.Request{URL: url, ReferrerPolicy: by.init})
					if got := n.last(t).header("Referer"); got != want {
						t.Errorf("policy of the %s, to %s: Referer %q, want %q", by.name, url, got, want)
					}
				}
			}
		})
	}
}

// Where the referrer comes from.
//
// https://fetch.spec.whatwg.org/#dom-request 14
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer 3
// https://w3c.github.io/webappsec-referrer-policy/#strip-url
func TestReferrer(t *testing.T) {
	long := app + "/" + strings.Repeat("a", 4096-len(app)-1)
	tests := []struct {
		name    string
		page    fetch.EnvironmentOptions
		request fetch.Request
		want    string
	}{
		{"page", fetch.EnvironmentOptions{}, fetch.Request{}, app + "/dir/page?q"},
		{"none", fetch.EnvironmentOptions{}, fetch.Request{NoReferrer: true}, ""},
		{"none before one", fetch.EnvironmentOptions{}, fetch.Request{NoReferrer: true, Referrer: "/b"}, ""},
		{"of the page's origin", fetch.EnvironmentOptions{}, fetch.Request{Referrer: "/b?c#d"}, app + "/b?c"},
		{"with credentials", fetch.EnvironmentOptions{}, fetch.Request{Referrer: "https://u:p@app.example/b"}, app + "/b"},
		{"cut to its origin", fetch.EnvironmentOptions{}, fetch.Request{URL: api, Referrer: "/b?c"}, app + "/"},
		{"of another origin", fetch.EnvironmentOptions{}, fetch.Request{Referrer: api}, app + "/dir/page?q"},
		{"about:client", fetch.EnvironmentOptions{}, fetch.Request{Referrer: "about:client"}, app + "/dir/page?q"},
		{"about:blank", fetch.EnvironmentOptions{}, fetch.Request{Referrer: "about:blank"}, app + "/dir/page?q"},
		{"longest", fetch.EnvironmentOptions{URL: long}, fetch.Request{}, long},
		{"too long", fetch.EnvironmentOptions{URL: long + "a"}, fetch.Request{}, app + "/"},
		{"opaque origin", fetch.EnvironmentOptions{Sandboxed: true}, fetch.Request{URL: app + "/a"}, ""},
		{"opaque origin of a worker", fetch.EnvironmentOptions{Sandboxed: true, Worker: true, ReferrerPolicy: "unsafe-url"},
			fetch.Request{URL: app + "/a"}, app + "/dir/page?q"},
		{"data: page", fetch.EnvironmentOptions{URL: "data:text/html,x"}, fetch.Request{URL: app + "/a"}, ""},
		{"about:blank page", fetch.EnvironmentOptions{URL: "about:blank", Origin: mustOrigin(t, app)}, fetch.Request{URL: app + "/a"}, ""},
		{"blob: page", fetch.EnvironmentOptions{URL: "blob:" + app + "/1"}, fetch.Request{URL: app + "/a"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, routes{}.serve, fetch.Options{})
			if tt.request.URL == "" {
				tt.request.URL = app + "/a"
			}
			fetched(t, newPage(t, agent, tt.page), &tt.request)
			if got := n.last(t).header("Referer"); got != tt.want {
				t.Errorf("Referer %q, want %q", got, tt.want)
			}
		})
	}
}

// Downgrade means: from a potentially trustworthy URL to one that isn't.
func TestReferrerToTrustworthy(t *testing.T) {
	agent, n := newAgent(t, routes{}.serve, fetch.Options{
		Trust: &origin.Trust{Origins: []origin.Origin{mustOrigin(t, "http://intranet.test")}}})
	page := newPage(t, agent, fetch.EnvironmentOptions{ReferrerPolicy: "no-referrer-when-downgrade"})
	for _, url := range []string{"http://127.0.0.1/", "http://intranet.test/"} {
		fetched(t, page, &fetch.Request{URL: url})
		if got := n.last(t).header("Referer"); got != app+"/dir/page?q" {
			t.Errorf("%s: Referer %q", url, got)
		}
	}
}

// What redirects do to policy and referrer.
//
// https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect
func TestReferrerOnRedirect(t *testing.T) {
	const full, short, policy = app + "/dir/page?q", app + "/", "Referrer-Policy: "
	tests := []struct {
		name, holds string
		headers     []string
		page        fetch.ReferrerPolicy
		want        string // the Referer of the second request, to another site
	}{
		{"no header", "set 2", nil, "", short},
		{"unsafe-url", "set 2", []string{policy + "unsafe-url"}, "", full},
		{"no-referrer", "set 2", []string{policy + "no-referrer"}, "", ""},
		{"last one counts", "parse 3", []string{policy + "no-referrer, unsafe-url"}, "", full},
		{"last header counts", "parse 3", []string{policy + "unsafe-url", policy + "no-referrer"}, "", ""},
		{"unknown ones are skipped", "parse 3", []string{policy + "unsafe-url, never-ever"}, "", full},
		{"known ones in other case are unknown", "parse 3", []string{policy + "Unsafe-URL"}, "", short},
		{"what does not parse", "parse 1", []string{policy + "unsafe-url, x_y"}, "", short},
		{"empty", "parse 1", []string{policy}, "", short},
		{"from a stricter policy", "main fetch 9 has cut the referrer before", []string{policy + "unsafe-url"}, "origin", short},
		{"from no-referrer", "main fetch 9 has removed the referrer before", []string{policy + "unsafe-url"}, "no-referrer", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			redirect := answer(302, append(tt.headers, "Location: "+api+"/b")...)
			agent, n := newAgent(t, routes{app + "/a": redirect}.serve, fetch.Options{})
			page := newPage(t, agent, fetch.EnvironmentOptions{ReferrerPolicy: tt.page})
			fetched(t, page, &fetch.Request{URL: "/a"})
			if got := n.last(t).header("Referer"); got != tt.want {
				t.Errorf("Referer %q, want %q: %s", got, tt.want, tt.holds)
			}
		})
	}
}
