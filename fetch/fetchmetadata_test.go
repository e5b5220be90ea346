package fetch_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
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

// What a <link rel=prefetch> asks for says so, is accepted as a navigation is, and
// goes on saying so when it is redirected. The browsers' values are those that
// Chromium 156 and Firefox 153 send.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func TestSecPurpose(t *testing.T) {
	const document = "text/html,application/xhtml+xml,application/xml;q=0.9,"
	for _, tt := range []struct {
		profile          *fetch.Profile
		accept, priority string
		attribute        fetch.CrossOrigin
		names            string
	}{
		{nil, document + "*/*;q=0.8", "", "", "Accept Referer Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Purpose User-Agent Accept-Encoding Cookie"},
		{engine.Chromium(), document + "image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7", "", "",
			"sec-ch-ua-platform User-Agent sec-ch-ua Sec-Purpose sec-ch-ua-mobile Accept Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest Referer Accept-Encoding Accept-Language Cookie"},
		{engine.Chromium(), "application/signed-exchange;v=b3;q=0.7,*/*;q=0.8", "", "anonymous",
			"Origin sec-ch-ua-platform User-Agent sec-ch-ua Sec-Purpose sec-ch-ua-mobile Accept Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest Referer Accept-Encoding Accept-Language"},
		{engine.Firefox(), document + "*/*;q=0.8", "u=6", "", "User-Agent Accept Accept-Language Accept-Encoding Sec-Purpose Referer Cookie Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Priority"},
		{engine.Firefox(), document + "*/*;q=0.8", "u=6", "anonymous", "User-Agent Accept Accept-Language Accept-Encoding Sec-Purpose Origin Referer Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Priority"},
	} {
		first := app + "/a"
		if tt.attribute != "" {
			first = sameSite + "/a"
		}
		answers := routes{first: answer(302, acao+"*", "Location: "+api+"/b"), api + "/b": answer(200, acao+"*")}
		page, n := profiledPage(t, tt.profile, answers.serve, fetch.EnvironmentOptions{})
		if _, err := page.Load(t.Context(), &fetch.Load{Element: "prefetch", URL: first, CrossOrigin: tt.attribute}); err != nil {
			t.Fatal(err)
		}
		for _, sent := range n.sent {
			if sent.header("Sec-Purpose") != "prefetch" || sent.header("Accept") != tt.accept || sent.header("Priority") != tt.priority {
				t.Errorf("%v: %v", sent, sent.Headers)
			}
		}
		if len(n.sent) != 2 {
			t.Errorf("%d requests", len(n.sent))
		} else if got := strings.Join(n.sent[0].Headers.Names(), " "); got != tt.names {
			t.Errorf("names %s, want %s", got, tt.names)
		}
		outcome(t, page, &fetch.Request{URL: "/c"})
		if got := n.last(t); got.Headers.Contains("Sec-Purpose") {
			t.Errorf("%v: %v", got, got.Headers)
		}
	}
}
