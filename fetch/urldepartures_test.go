package fetch_test

import (
	"errors"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// Which URLs Chromium blocks for the way in which they are written, as Chromium
// 156.0.8078.108 was seen to do. Firefox 153.8.0esr and WebKitGTK 2.50.6 fetch
// all of them.
func TestDanglingMarkup(t *testing.T) {
	element := func(url string) *fetch.Request { return fetch.Element("img").Request(url, "") }
	script := func(url string) *fetch.Request { return &fetch.Request{URL: url} }
	xhr := func(url string) *fetch.Request { return &fetch.Request{URL: url, API: "xhr", Method: "PUT"} }
	const both, feed = app + "/ba\nse/<x/", app + "/ba\nse/x/"
	tests := []struct {
		name    string
		request *fetch.Request
		base    string
		blocked bool
	}{
		{"line feed", script("/a\n?<"), "", true},
		{"carriage return", script("/a\r?<"), "", true},
		{"tab", script("/a\t?<"), "", true},
		{"the sign first", script("/a?<x\nb"), "", true},
		{"line feed first", script("\n/a?<"), "", true},
		{"line feed last", script("/a?<\n"), "", true},
		{"the sign in the fragment", script("/a\n#<"), "", true},
		{"line feed in the fragment", script("/a?<#\n"), "", true},
		{"both in the fragment", script("/a#\n<"), "", true},
		{"another origin", script(api + "/a\n?<"), "", true},
		{"without CORS", &fetch.Request{URL: api + "/a\n?<", Mode: fetch.NoCORS}, "", true},
		{"PUT", &fetch.Request{URL: api + "/a\n?<", Method: "PUT"}, "", true},
		{"XMLHttpRequest", xhr("/a\n?<"), "", true},
		{"image", element("/a\n?<"), "", true},
		{"image with CORS", fetch.Element("img").Request(api+"/a\n?<", "anonymous"), "", true},
		{"script", fetch.Element("script").Request("/a\n?<", ""), "", true},

		{"encoded sign", script("/a\n?%3C"), "", false},
		{"encoded line feed", script("/a%0A?<"), "", false},
		{"line feed alone", script("/a\n"), "", false},
		{"sign alone", script("/a?<"), "", false},
		{"greater than", script("/a\n?>"), "", false},
		{"form feed", script("/a?\f<"), "", false},
		{"data:", script("data:text/html,<p>\nx"), "", false},
		{"image, line feed first", element("\n/a?<"), "", false}, // the attribute's value is stripped
		{"image, line feed last", element(" /a?<\n\t "), "", false},
		{"referrer", &fetch.Request{URL: "/a", Referrer: "/r\n<"}, "", false},

		{"relative to such a base", script("a"), both, true},
		{"relative to its root", script("/a"), both, true},
		{"relative to its scheme", script("//api.test/a"), both, true},
		{"fragment of it", script("#a"), both, true},
		{"XMLHttpRequest relative to it", xhr("a"), both, true},
		{"absolute", script(app + "/a"), both, false},
		{"base with half of it", script("a?<"), feed, false},
		{"base with the other half", script("a\n"), app + "/base/<x/", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, p := range engine.Profiles() {
				agent, n := newAgent(t, routes{}.serve, fetch.Options{Profile: p, Cookies: staticCookies{}})
				page := newPage(t, agent, fetch.EnvironmentOptions{BaseURL: tt.base})
				blocked := tt.blocked && p.Name == "chromium"
				resp, err := page.Fetch(t.Context(), tt.request)
				if err == nil {
					resp.Body.Close()
				}
				switch {
				case blocked && !errors.Is(err, fetch.DanglingMarkup):
					t.Errorf("%s: error %v", p.Name, err)
				case blocked && len(n.sent) > 0:
					t.Errorf("%s: sent %q", p.Name, n.lines())
				case !blocked && err != nil:
					t.Errorf("%s: %v", p.Name, err)
				}
			}
		})
	}
}

// A redirect's Location may be written as it likes, and so may what the user
// types.
func TestDanglingMarkupElsewhere(t *testing.T) {
	agent, n := newAgent(t, routes{app + "/r": answer(302, "Location: /a\t?<")}.serve, fetch.Options{Profile: engine.Chromium()})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	fetched(t, page, &fetch.Request{URL: "/r"})
	if got := n.last(t).URL.String(); got != app+"/a?%3C" {
		t.Errorf("redirected to %s", got)
	}
	for _, from := range []*fetch.Environment{nil, page} {
		resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: app + "/a\n?<", Initiator: from})
		switch {
		case err == nil:
			resp.Body.Close()
			if from != nil {
				t.Error("a page navigates there")
			}
		case from == nil || !errors.Is(err, fetch.DanglingMarkup):
			t.Errorf("by a page: %v: %v", from != nil, err)
		}
	}
	if resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: "/a", Initiator: newPage(t, agent, fetch.EnvironmentOptions{BaseURL: app + "/\n<"})}); err == nil {
		resp.Body.Close()
		t.Error("a page navigates to a URL that is relative to such a base")
	}
}

// Which URLs with a username or password Chromium blocks, as Chromium
// 156.0.8078.108 was seen to do. Firefox 153.8.0esr and WebKitGTK 2.50.6 fetch
// all of them, but for those that CORS refuses everywhere.
func TestUserinfoBlocked(t *testing.T) {
	const (
		own, other = "https://u:p@app.example", "https://u:p@api.test"
		none       = ""
	)
	redirects := routes{}
	for from, to := range map[string]string{
		app + "/own": own + "/b", app + "/other": other + "/b", api + "/own": own + "/b", api + "/other": other + "/b",
		app + "/user": "https://u@app.example/b", app + "/nothing": "https://:@app.example/b", app + "/another": "https://x:y@app.example/b",
	} {
		redirects[from] = answer(302, acao+"*", "Location: "+to)
	}
	redirects[other+"/sound"], redirects[api+"/sound"] = answer(200).with(oggBytes), answer(200).with(oggBytes)
	get := func(url string, m fetch.Mode) *fetch.Request { return &fetch.Request{URL: url, Mode: m} }
	tests := []struct {
		name    string
		request *fetch.Request
		page    string
		reason  fetch.Reason // of Chromium
		others  fetch.Reason // of the others
		url     string       // where Chromium gets its response from
	}{
		{"image", fetch.Element("img").Request(own+"/a", none), "", fetch.EmbeddedCredentials, 0, ""},
		{"image of another origin", fetch.Element("img").Request(other+"/a", none), "", fetch.EmbeddedCredentials, 0, ""},
		{"username alone", fetch.Element("img").Request("https://u@app.example/a", none), "", fetch.EmbeddedCredentials, 0, ""},
		{"password alone", fetch.Element("img").Request("https://:p@app.example/a", none), "", fetch.EmbeddedCredentials, 0, ""},
		{"neither", fetch.Element("img").Request("https://:@app.example/a", none), "", 0, 0, app + "/a"},
		{"script", fetch.Element("script").Request(own+"/a", none), "", fetch.EmbeddedCredentials, 0, ""},
		{"style sheet", fetch.Element("stylesheet").Request(other+"/a", none), "", fetch.EmbeddedCredentials, 0, ""},
		{"track", fetch.Element("track").Request(own+"/a", none), "", fetch.EmbeddedCredentials, 0, ""},
		{"track with CORS", fetch.Element("track").Request(other+"/a", "anonymous"), "", fetch.EmbeddedCredentials, 0, ""},
		{"image with CORS", fetch.Element("img").Request(other+"/a", "anonymous"), "", 0, 0, api + "/a"},
		{"module", fetch.Element("module").Request(own+"/a", none), "", 0, 0, app + "/a"},
		{"font", fetch.Element("font").Request(other+"/a", none), "", 0, 0, api + "/a"},
		{"video", fetch.Element("video").Request(own+"/a", none), "", 0, 0, app + "/a"},
		{"sound of another origin", fetch.Element("audio").Request(other+"/sound", none), "", 0, 0, api + "/sound"},

		{"redirect of an image", fetch.Element("img").Request("/own", none), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect of another's image", fetch.Element("img").Request(api+"/other", none), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect of an image with CORS", fetch.Element("img").Request("/own", "anonymous"), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect of a video", fetch.Element("video").Request("/own", none), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect of a module", fetch.Element("module").Request("/own", none), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect", get("/own", fetch.CORS), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect to a username", get("/user", fetch.NoCORS), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect to neither", get("/nothing", fetch.CORS), "", 0, 0, app + "/b"},
		{"redirect without CORS", get("/own", fetch.NoCORS), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect away without CORS", get("/other", fetch.NoCORS), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect there without CORS", get(api+"/other", fetch.NoCORS), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect back without CORS", get(api+"/own", fetch.NoCORS), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect in mode same-origin", get("/own", fetch.SameOrigin), "", fetch.EmbeddedCredentials, 0, ""},
		{"redirect away", get("/other", fetch.CORS), "", fetch.RedirectContainsCredentials, fetch.RedirectContainsCredentials, ""},
		{"redirect there", get(api+"/other", fetch.CORS), "", fetch.RedirectContainsCredentials, fetch.RedirectContainsCredentials, ""},
		{"XMLHttpRequest", &fetch.Request{URL: own + "/a", API: "xhr"}, "", 0, 0, own + "/a"},
		{"redirect of an XMLHttpRequest", &fetch.Request{URL: "/own", API: "xhr"}, "", 0, 0, own + "/b"},

		{"the page's own", fetch.Element("img").Request("/a", none), own, 0, 0, own + "/a"},
		{"another's than the page's", fetch.Element("img").Request("https://x:y@app.example/a", none), own, fetch.EmbeddedCredentials, 0, ""},
		{"half of the page's", fetch.Element("img").Request("https://u@app.example/a", none), own, fetch.EmbeddedCredentials, 0, ""},
		{"the page's, another origin", fetch.Element("img").Request(other+"/a", none), own, fetch.EmbeddedCredentials, 0, ""},
		{"redirect to the page's", get(app+"/own", fetch.NoCORS), own, 0, 0, own + "/b"},
		{"redirect to another's", get(app+"/another", fetch.NoCORS), own, fetch.EmbeddedCredentials, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, p := range engine.Profiles() {
				agent, n := newAgent(t, redirects.serve, fetch.Options{Profile: p, Cookies: staticCookies{}})
				page := newPage(t, agent, fetch.EnvironmentOptions{URL: tt.page})
				if tt.page != "" {
					page = newPage(t, agent, fetch.EnvironmentOptions{URL: tt.page + "/page"})
				}
				want := tt.others
				if p.Name == "chromium" {
					want = tt.reason
				}
				resp, err := page.Fetch(t.Context(), tt.request)
				if want != 0 {
					if !errors.Is(err, want) {
						t.Errorf("%s: %v, want %v", p.Name, err, want)
					}
					continue
				}
				if err != nil {
					t.Errorf("%s: %v", p.Name, err)
					continue
				}
				resp.Body.Close()
				if got := n.last(t).URL.String(); p.Name == "chromium" && got != tt.url {
					t.Errorf("%s: response from %s, want %s", p.Name, got, tt.url)
				}
			}
		})
	}
	// A page whose origin is opaque has no URL of its own origin.
	agent, _ := newAgent(t, redirects.serve, fetch.Options{Profile: engine.Chromium()})
	page := newPage(t, agent, fetch.EnvironmentOptions{URL: own + "/page", Sandboxed: true})
	if e := refused(t, page, fetch.Element("img").Request("/a", none)); e.Reason != fetch.EmbeddedCredentials {
		t.Error(e)
	}
	if resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: own + "/a", Initiator: page}); err != nil {
		t.Error(err)
	} else {
		resp.Body.Close()
	}
}
