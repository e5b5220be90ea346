package fetch_test

import (
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// Sec-Fetch-Site, for the page's requests and along redirects.
//
// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site
func TestSecFetchSite(t *testing.T) {
	to := func(location string) reply { return answer(302, acao+"*", "Location: "+location) }
	tests := []struct {
		name    string
		request fetch.Request
		answers routes
		want    string
	}{
		{"own origin", fetch.Request{URL: "/a"}, nil, "same-origin"},
		{"another port", fetch.Request{URL: app + ":8443/"}, nil, "same-site"},
		{"same site", fetch.Request{URL: sameSite + "/"}, nil, "same-site"},
		{"another site", fetch.Request{URL: api + "/"}, nil, "cross-site"},
		{"another scheme", fetch.Request{URL: "http://app.example/"}, nil, ""}, // not trustworthy
		{"loopback", fetch.Request{URL: "http://localhost:8080/"}, nil, "cross-site"},
		{"redirected within the site", fetch.Request{URL: "/a"}, routes{app + "/a": to(sameSite + "/b")}, "same-site"},
		{"redirected back", fetch.Request{URL: sameSite + "/a"}, routes{sameSite + "/a": to(app + "/b")}, "same-site"},
		{"redirected back from another site", fetch.Request{URL: api + "/a"}, routes{api + "/a": to(app + "/b")}, "cross-site"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, tt.answers.serve, fetch.Options{AllowMixedContent: true})
			fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), &tt.request)
			got := n.last(t)
			if got.header("Sec-Fetch-Site") != tt.want {
				t.Errorf("Sec-Fetch-Site %q, want %q", got.header("Sec-Fetch-Site"), tt.want)
			}
			for _, name := range []string{"Sec-Fetch-Dest", "Sec-Fetch-Mode"} {
				if got.Headers.Contains(name) != (tt.want != "") {
					t.Errorf("%s %q", name, got.header(name))
				}
			}
			if got.Headers.Contains("Sec-Fetch-User") {
				t.Error("Sec-Fetch-User on a request that is not a navigation")
			}
		})
	}
}

// The headers look at the request's URL, which is the first one: a redirect
// from http: to https: sends none.
//
// https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration
func TestSecFetchAfterInsecure(t *testing.T) {
	agent, n := newAgent(t, routes{"http://api.test/a": answer(302, acao+"*", "Location: https://api.test/b")}.serve, fetch.Options{})
	fetched(t, newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"}), &fetch.Request{URL: "http://api.test/a"})
	if got := n.last(t); got.Headers.Contains("Sec-Fetch-Site") || got.URL.Scheme() != "https" {
		t.Errorf("%v: %v", got, got.Headers)
	}
}

// The preflight has the headers of what it is for, but mode cors.
func TestSecFetchOfPreflight(t *testing.T) {
	page, n := standardPage(t, routes{}.serve)
	fetched(t, page, &fetch.Request{URL: sameSite + "/a", Method: "PUT"})
	if got := n.sent[0]; !got.Preflight || got.header("Sec-Fetch-Mode") != "cors" || got.header("Sec-Fetch-Site") != "same-site" ||
		got.header("Sec-Fetch-Dest") != "empty" {
		t.Errorf("%v: %v", got, got.Headers)
	}
}
