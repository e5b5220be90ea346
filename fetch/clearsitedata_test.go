package fetch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
)

// clearing is a play that stores two URLs with a cookie each, fetches the URL that
// clears, and tells which of them are stored yet and which cookies are left.
func clearing(first, second, header string, clearer fetch.Request) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		allow := []string{acao + app, acac + "true", "Cache-Control: max-age=60"}
		clears := append([]string{"Clear-Site-Data: " + header}, allow...)
		to := clearer.URL[:strings.LastIndex(clearer.URL, "/")]
		agent, n := newAgent(t, routes{
			first + "/a": answer(200, append([]string{"Set-Cookie: a=1"}, allow...)...), second + "/b": answer(200, append([]string{"Set-Cookie: b=1"}, allow...)...),
			to + "/clear":    answer(200, clears...),
			to + "/redirect": answer(302, append([]string{"Location: /end"}, clears...)...),
			to + "/end":      answer(200, allow...),
		}.serve, fetch.Options{Profile: p, Cookies: credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: p.Credentials.Cookies})})
		page := newPage(t, agent, fetch.EnvironmentOptions{})
		get := func(url string) {
			readAll(t, page, &fetch.Request{URL: url, Credentials: credentials.Include})
		}
		get(first + "/a")
		get(second + "/b")
		clearer.Credentials = orInclude(clearer.Credentials)
		readAll(t, page, &clearer)
		before := len(n.sent)
		get(first + "/a")
		get(second + "/b")
		var asked []string
		for _, s := range n.sent[before:] {
			asked = append(asked, s.URL.Path())
		}
		cookies := agent.Cookies().(*credentials.CookieJar).All()
		var left []string
		for _, c := range cookies {
			left = append(left, c.Name)
		}
		if len(asked) > 0 { // which set the cookies again
			return "asked " + strings.Join(asked, " ")
		}
		return "cookies " + strings.Join(left, " ")
	}
}

func orInclude(m credentials.Mode) credentials.Mode {
	if m == "" {
		return credentials.Include
	}
	return m
}

// clearSiteDataDepartures are about what Clear-Site-Data removes.
func clearSiteDataDepartures() []departure {
	const port = app + ":8443"
	own := fetch.Request{URL: app + "/clear"}
	return []departure{{
		field:    "ClearSiteData.CacheOfOrigin",
		set:      func(p *fetch.Profile) { p.ClearSiteData.CacheOfOrigin = true },
		standard: "asked /a /b", departed: "asked /a",
		play: clearing(app, port, `"cache"`, own),
	}, {
		field:    "ClearSiteData.CacheKept",
		set:      func(p *fetch.Profile) { p.ClearSiteData.CacheKept = true },
		standard: "asked /a", departed: "cookies a b",
		play: clearing(app, sameSite, `"cache"`, own),
	}, {
		field:    "ClearSiteData.OwnNotStored",
		set:      func(p *fetch.Profile) { p.ClearSiteData.OwnNotStored = true },
		standard: "1", departed: "2",
		play: func(t *testing.T, p *fetch.Profile) string {
			agent, n := newAgent(t, routes{app + "/a": answer(200, "Cache-Control: max-age=60", `Clear-Site-Data: "cache"`)}.serve, fetch.Options{Profile: p})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			for range 2 {
				readAll(t, page, &fetch.Request{URL: "/a"})
			}
			return fmt.Sprint(len(n.sent))
		},
	}, {
		field:    "ClearSiteData.CookiesOf",
		set:      func(p *fetch.Profile) { p.ClearSiteData.CookiesOf = rules.ClearedCookiesOfHost },
		standard: "cookies ", departed: "cookies b",
		play: clearing(app, sameSite, `"cookies"`, own),
	}, {
		field:    "ClearSiteData.CookiesOf",
		set:      func(p *fetch.Profile) { p.ClearSiteData.CookiesOf = rules.ClearedCookiesOfSubdomains },
		standard: "cookies ", departed: "cookies a",
		play: clearing(app, sameSite, `"cookies"`, fetch.Request{URL: sameSite + "/clear"}),
	}, {
		field:    "ClearSiteData.WithoutCredentials",
		set:      func(p *fetch.Profile) { p.ClearSiteData.WithoutCredentials = true },
		standard: "cookies a b", departed: "asked /a",
		play: clearing(app, sameSite, `"*"`, fetch.Request{URL: app + "/clear", Credentials: credentials.Omit}),
	}, {
		field:    "ClearSiteData.NotOnRedirects",
		set:      func(p *fetch.Profile) { p.ClearSiteData.NotOnRedirects = true },
		standard: "asked /a", departed: "cookies a b",
		play: clearing(app, sameSite, `"cache"`, fetch.Request{URL: app + "/redirect"}),
	}}
}

// What Clear-Site-Data says, and values that are not types.
//
// https://w3c.github.io/webappsec-clear-site-data/#parsing
func TestClearSiteData(t *testing.T) {
	tests := []struct {
		name, header, want string
		clearer            fetch.Request
	}{
		{"both", `"cache", "cookies"`, "asked /a", fetch.Request{URL: app + "/clear"}},
		{"without quotation marks", `cache, cookies`, "cookies a b", fetch.Request{URL: app + "/clear"}},
		{"in capitals", `"CACHE"`, "cookies a b", fetch.Request{URL: app + "/clear"}},
		{"in a list", `"x",	"cookies" `, "cookies ", fetch.Request{URL: app + "/clear"}},
		{"storage", `"storage", "executionContexts"`, "cookies a b", fetch.Request{URL: app + "/clear"}},
		{"within another value", `"x, \"cache\""`, "cookies a b", fetch.Request{URL: app + "/clear"}},
		{"another host", `"cache"`, "cookies a b", fetch.Request{URL: cdn + "/clear", Mode: fetch.NoCORS}},
		{"a host with this one's name in it", `"cache"`, "cookies a b", fetch.Request{URL: "https://app.example.test/clear", Mode: fetch.NoCORS}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := clearing(app, sameSite, tt.header, tt.clearer)(t, fetch.Standard()); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// Who came over no secure connection clears nothing.
//
// https://w3c.github.io/webappsec-clear-site-data/#clear-response 1
func TestClearSiteDataInsecure(t *testing.T) {
	const insecure = "http://app.example"
	agent, n := newAgent(t, routes{insecure + "/a": answer(200, "Cache-Control: max-age=60"), insecure + "/b": answer(200, `Clear-Site-Data: "*"`)}.serve, fetch.Options{})
	page := newPage(t, agent, fetch.EnvironmentOptions{URL: insecure + "/"})
	for _, url := range []string{"/a", "/b", "/a"} {
		readAll(t, page, &fetch.Request{URL: url})
	}
	if len(n.sent) != 2 {
		t.Errorf("%d requests", len(n.sent))
	}
}
