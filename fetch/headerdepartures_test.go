package fetch_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// headerDepartures are about the headers that a browser adds.
func headerDepartures() []departure {
	appURL, _ := origin.ParseURL(app)
	appOrigin := appURL.Origin()
	put := fetch.Request{URL: api + "/a", Method: "PUT"}
	image := fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include}
	return []departure{{
		field:    "Headers.OriginIgnoresReferrerPolicy",
		set:      func(p *fetch.Profile) { p.Headers.OriginIgnoresReferrerPolicy = true },
		standard: "null", departed: app,
		play: lastHeader("Origin", fetch.Request{URL: api + "/a", Method: "POST", Mode: fetch.NoCORS, ReferrerPolicy: "no-referrer"},
			fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.ConditionalIsNoCache",
		set:      func(p *fetch.Profile) { p.Headers.ConditionalIsNoCache = true },
		standard: "no-cache", departed: "max-age=0",
		play: lastHeader("Cache-Control", fetch.Request{URL: "/a", Headers: fetch.HeaderList{{Name: "If-None-Match", Value: "x"}}}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.NullOriginAcrossOrigins",
		set:      func(p *fetch.Profile) { p.Headers.NullOriginAcrossOrigins = true },
		standard: app, departed: "null",
		play: lastHeader("Origin", fetch.Request{URL: "/a", Method: "POST", Mode: fetch.NoCORS}, fetch.EnvironmentOptions{},
			routes{app + "/a": answer(307, "Location: "+api+"/b")}),
	}, {
		field:    "Headers.DowngradeByScheme",
		set:      func(p *fetch.Profile) { p.Headers.DowngradeByScheme = true },
		standard: app + "/", departed: "",
		play: lastHeader("Referer", fetch.Request{URL: "http://localhost/a"}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.CredentiallessReloads",
		set:      func(p *fetch.Profile) { p.Headers.CredentiallessReloads = true },
		standard: "", departed: "no-cache",
		play: lastHeader("Cache-Control", image, fetch.EnvironmentOptions{EmbedderPolicy: "credentialless"}, nil),
	}, {
		field:    "Headers.ConditionalOfFetchOnly",
		set:      func(p *fetch.Profile) { p.Headers.ConditionalOfFetchOnly = true },
		standard: "no-cache no-cache", departed: "no-cache ",
		play: func(t *testing.T, p *fetch.Profile) string {
			r := fetch.Request{URL: "/a", Headers: headerLines("If-None-Match: x")}
			control := func() string { return lastHeader("Cache-Control", r, fetch.EnvironmentOptions{}, nil)(t, p) }
			fetched := control()
			r.API = "xhr"
			return fetched + " " + control()
		},
	}, {
		field:    "Headers.StrictAcrossSites",
		set:      func(p *fetch.Profile) { p.Headers.StrictAcrossSites = true },
		standard: app + "/dir/page?q", departed: app + "/",
		play: lastHeader("Referer", fetch.Request{URL: api + "/a", ReferrerPolicy: "unsafe-url"}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.StrictAcrossSites",
		set:      func(p *fetch.Profile) { p.Headers.StrictAcrossSites = true },
		standard: app, departed: "null",
		play: lastHeader("Origin", fetch.Request{URL: "http://api.test/a", Method: "POST", Mode: fetch.NoCORS, ReferrerPolicy: "unsafe-url"}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.StrictAcrossSites", // and back
		set:      func(p *fetch.Profile) { p.Headers.StrictAcrossSites = true },
		standard: app + "/", departed: app + "/dir/page?q",
		play: lastHeader("Referer", fetch.Request{URL: api + "/a", ReferrerPolicy: "origin-when-cross-origin"}, fetch.EnvironmentOptions{},
			routes{api + "/a": answer(302, acao+"*", "Location: "+app+"/b")}),
	}, {
		field:    "Headers.StrictAcrossSites", // and back, with a policy of the redirect
		set:      func(p *fetch.Profile) { p.Headers.StrictAcrossSites = true },
		standard: app + "/dir/page?q", departed: app + "/",
		play: lastHeader("Referer", fetch.Request{URL: api + "/a", ReferrerPolicy: "unsafe-url"}, fetch.EnvironmentOptions{},
			routes{api + "/a": answer(302, acao+"*", "Location: "+app+"/b", "Referrer-Policy: unsafe-url")}),
	}, {
		field:    "Headers.Spellings",
		set:      func(p *fetch.Profile) { p.Headers.Spellings = []string{"Accept", "ETag"} },
		standard: "ACCEPT etag x-a", departed: "Accept ETag x-a",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			outcome(t, page, &fetch.Request{URL: "/a", Headers: headerLines("ACCEPT: x/y", "etag: 1", "x-a: 1")})
			var names []string
			for _, h := range n.last(t).Headers[:3] {
				names = append(names, h.Name)
			}
			return strings.Join(names, " ")
		},
	}, {
		field:    "Headers.FirstBodyType",
		set:      func(p *fetch.Profile) { p.Headers.FirstBodyType = true },
		standard: "c/d; c/d", departed: "a/b; c/d",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Headers.LastOnly = []string{"content-type"}
			types := func(body *fetch.Body) string {
				return lastHeader("Content-Type", fetch.Request{URL: "/a", Method: "POST", Headers: headerLines("Content-Type: a/b", "Content-Type: c/d"), Body: body},
					fetch.EnvironmentOptions{}, nil)(t, p)
			}
			return types(fetch.TextBody("x")) + "; " + types(nil)
		},
	}, {
		field:    "Headers.FirstBodyType", // a redirect ends it
		set:      func(p *fetch.Profile) { p.Headers.FirstBodyType = true },
		standard: "c/d; c/d", departed: "a/b; c/d",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Headers.LastOnly = []string{"content-type"}
			page, n := profiledPage(t, p, routes{app + "/a": answer(307, "Location: /b")}.serve, fetch.EnvironmentOptions{})
			outcome(t, page, &fetch.Request{URL: "/a", Method: "POST", Headers: headerLines("Content-Type: a/b", "Content-Type: c/d"), Body: fetch.TextBody("x")})
			return n.sent[0].header("Content-Type") + "; " + n.last(t).header("Content-Type")
		},
	}, {
		field:    "Headers.FirstOnly",
		set:      func(p *fetch.Profile) { p.Headers.FirstOnly = []string{"x-a"} },
		standard: "1, 2", departed: "1",
		play: lastHeader("X-A", fetch.Request{URL: "/a", Headers: headerLines("X-A: 1", "x-a: 2")}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.FirstOnly", // with LastAfterEmpty
		set:      func(p *fetch.Profile) { p.Headers.FirstOnly = []string{"x-a"} },
		standard: "2", departed: "",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Headers.LastAfterEmpty = true
			return lastHeader("X-A", fetch.Request{URL: "/a", Headers: headerLines("X-A: 1", "X-A: ", "X-A: 2")}, fetch.EnvironmentOptions{}, nil)(t, p)
		},
	}, {
		field:    "Headers.JoinEmpty",
		set:      func(p *fetch.Profile) { p.Headers.JoinEmpty = []string{"x-a"} },
		standard: "2, 3; 1", departed: ", 2, 3; 1",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Headers.LastAfterEmpty = true
			request := fetch.Request{URL: "/a", Headers: headerLines("X-B: 0", "X-A: 1", "X-A: ", "X-A: 2", "X-A: 3", "X-B: ", "X-B: 1")}
			page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			outcome(t, page, &request)
			return n.last(t).header("X-A") + "; " + n.last(t).header("X-B")
		},
	}, {
		field:    "Headers.ReferrerOfWeb",
		set:      func(p *fetch.Profile) { p.Headers.ReferrerOfWeb = true },
		standard: "wails://wails/", departed: "",
		play: func(t *testing.T, p *fetch.Profile) string {
			schemes, err := origin.NewSchemes("wails")
			if err != nil {
				t.Fatal(err)
			}
			agent, n := newAgent(t, routes{}.serve, fetch.Options{Profile: p, Schemes: schemes})
			outcome(t, newPage(t, agent, fetch.EnvironmentOptions{URL: "wails://wails/"}), &fetch.Request{URL: api + "/a"})
			return n.last(t).header("Referer")
		},
	}, {
		field:    "Headers.NoReferrerIsPolicy",
		set:      func(p *fetch.Profile) { p.Headers.NoReferrerIsPolicy = true },
		standard: app, departed: "null",
		play: lastHeader("Origin", fetch.Request{URL: api + "/a", Method: "POST", Mode: fetch.NoCORS, NoReferrer: true}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.TrustedSchemesSameSite",
		set:      func(p *fetch.Profile) { p.Headers.TrustedSchemesSameSite = true },
		standard: "cross-site", departed: "same-site",
		play: lastHeader("Sec-Fetch-Site", fetch.Request{URL: "http://localhost/a"}, fetch.EnvironmentOptions{URL: "https://localhost/"}, nil),
	}, {
		field:    "Headers.InsecureHopsCrossSite",
		set:      func(p *fetch.Profile) { p.Headers.InsecureHopsCrossSite = true },
		standard: "same-site", departed: "cross-site",
		play: lastHeader("Sec-Fetch-Site", fetch.Request{URL: "http://localhost:8080/a"}, fetch.EnvironmentOptions{URL: "http://localhost/"},
			routes{"http://localhost:8080/a": answer(307, "Access-Control-Allow-Origin: *", "Location: b")}),
	}, {
		field: "Headers.OriginWithStorageAccess",
		set:   func(p *fetch.Profile) { p.Headers.OriginWithStorageAccess = true },
		// To the page's site; to another; without credentials; redirected within an origin; to another.
		standard: "; ; ; ; ", departed: "null; ; ; null; ",
		play: func(t *testing.T, p *fetch.Profile) string {
			framed := fetch.EnvironmentOptions{Sandboxed: true, Ancestors: []origin.Origin{originOf(t, app)}}
			hops := routes{app + "/in": answer(307, "Location: /a"), app + "/out": answer(307, "Location: https://sub.app.example/a")}
			sandboxed := func(url string, c credentials.Mode) string {
				return lastHeader("Origin", fetch.Request{URL: url, Mode: fetch.NoCORS, Credentials: c}, framed, hops)(t, p)
			}
			return strings.Join([]string{
				sandboxed(app+"/a", credentials.Include), sandboxed(api+"/a", credentials.Include), sandboxed(app+"/a", credentials.SameOrigin),
				sandboxed(app+"/in", credentials.Include), sandboxed(app+"/out", credentials.Include),
			}, "; ")
		},
	}, {
		field:    "Headers.LastAfterEmpty",
		set:      func(p *fetch.Profile) { p.Headers.LastAfterEmpty = true },
		standard: "1, , 2, 3", departed: "2, 3",
		play: lastHeader("X-A", fetch.Request{URL: "/a", Headers: headerLines("X-A: 1", "X-A: ", "X-A: 2", "x-a: 3")}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.LastOnly",
		set:      func(p *fetch.Profile) { p.Headers.LastOnly = []string{"x-a"} },
		standard: "1, 2", departed: "2",
		play: lastHeader("X-A", fetch.Request{URL: "/a", Headers: headerLines("X-A: 1", "X-B: 3", "x-a: 2")}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.MetadataByCurrentURL",
		set:      func(p *fetch.Profile) { p.Headers.MetadataByCurrentURL = true },
		standard: "cross-site", departed: "",
		play: lastHeader("Sec-Fetch-Site", fetch.Request{URL: api + "/a"}, fetch.EnvironmentOptions{},
			routes{api + "/a": answer(302, acao+"*", "Location: http://api.test/b")}),
	}, {
		field:    "Headers.NoMetadataOnRedirect",
		set:      func(p *fetch.Profile) { p.Headers.NoMetadataOnRedirect = true },
		standard: "cross-site", departed: "",
		play: lastHeader("Sec-Fetch-Site", fetch.Request{URL: "/a"}, fetch.EnvironmentOptions{}, routes{app + "/a": answer(302, "Location: "+api+"/b")}),
	}, {
		field:    "Headers.PreflightModeAlways",
		set:      func(p *fetch.Profile) { p.Headers.PreflightModeAlways = true },
		standard: "", departed: "cors",
		play: preflightHeader("Sec-Fetch-Mode", fetch.Request{URL: "http://api.test/a", Method: "PUT"}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.PreflightSiteByURL",
		set:      func(p *fetch.Profile) { p.Headers.PreflightSiteByURL = true },
		standard: "cross-site", departed: "same-origin",
		play: preflightHeader("Sec-Fetch-Site", put, fetch.EnvironmentOptions{}, routes{"PUT " + api + "/a": answer(307, acao+"*", "Location: "+app+"/b")}),
	}, {
		field:    "Headers.MediaRange",
		set:      func(p *fetch.Profile) { p.Headers.MediaRange = true },
		standard: "", departed: "bytes=0-",
		play: lastHeader("Range", *fetch.Element("video").Request(api+"/a", "anonymous"), fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.RangeRewritten",
		set:      func(p *fetch.Profile) { p.Headers.RangeRewritten = true },
		standard: "Bytes = 00- +1,", departed: "bytes=0-1",
		play: lastHeader("Range", fetch.Request{URL: "/a", Headers: headerLines("Range: Bytes = 00- +1,")}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.OriginOfFrames",
		set:      func(p *fetch.Profile) { p.Headers.OriginOfFrames = true },
		standard: "", departed: api,
		play: lastHeader("Origin", fetch.Request{URL: app + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include},
			fetch.EnvironmentOptions{URL: api + "/", Ancestors: []origin.Origin{appOrigin}}, nil),
	}, {
		field:    "Headers.Accept",
		set:      func(p *fetch.Profile) { p.Headers.Accept = []rules.HeaderCase{{For: "navigation", Value: "text/html"}} },
		standard: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", departed: "text/html",
		play: navigationHeader("Accept", "GET"),
	}, {
		field:    "Headers.FormsRevalidate",
		set:      func(p *fetch.Profile) { p.Headers.FormsRevalidate = true },
		standard: "", departed: "max-age=0",
		play: navigationHeader("Cache-Control", "POST"),
	}, {
		field:    "Headers.NoUserHeader",
		set:      func(p *fetch.Profile) { p.Headers.NoUserHeader = true },
		standard: "?1", departed: "",
		play: navigationHeader("Sec-Fetch-User", "GET"),
	}}
}
