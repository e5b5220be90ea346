package fetch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// preflightDepartures are about preflights and what is kept of their answers.
func preflightDepartures() []departure {
	put := fetch.Request{URL: api + "/a", Method: "PUT"}
	allowed := answer(204, acao+"*", acam+"*", acah+"*")
	return []departure{{
		field:    "Preflight.MaxAge.InvalidNotCached",
		set:      func(p *fetch.Profile) { p.Preflight.MaxAge.InvalidNotCached = true },
		standard: "5s", departed: "0s", play: ageOf("soon"),
	}, {
		field:    "Preflight.MaxAge.NegativeNotCached",
		set:      func(p *fetch.Profile) { p.Preflight.MaxAge.NegativeNotCached = true },
		standard: "5s", departed: "0s", play: ageOf("-60"),
	}, {
		field:    "Preflight.MaxAge.AcceptPlus",
		set:      func(p *fetch.Profile) { p.Preflight.MaxAge.AcceptPlus = true },
		standard: "5s", departed: "1m0s", play: ageOf("+60"),
	}, {
		field:    "Preflight.MaxAge.OverflowIsInvalid",
		set:      func(p *fetch.Profile) { p.Preflight.MaxAge.OverflowIsInvalid = true },
		standard: "2h0m0s", departed: "5s", play: ageOf("9223372036854775808"),
	}, {
		field:    "Preflight.MaxAge.EmptyIsMissing",
		set:      func(p *fetch.Profile) { p.Preflight.MaxAge.EmptyIsMissing = true },
		standard: "0s", departed: "5s", play: func(t *testing.T, p *fetch.Profile) string {
			p.Preflight.MaxAge.InvalidNotCached = true
			return maxAge(t, p, "").String()
		},
	}, {
		field:    "Preflight.WildcardCoversAuthorization",
		set:      func(p *fetch.Profile) { p.Preflight.WildcardCoversAuthorization = true },
		standard: "authorization-not-listed", departed: "200",
		play: oneFetch(fetch.Request{URL: api + "/a", Headers: headerLines("Authorization: x")}, nil),
	}, {
		field:    "Preflight.ForgetRedirects",
		set:      func(p *fetch.Profile) { p.Preflight.ForgetRedirects = true },
		standard: "null", departed: app,
		play: preflightHeader("Origin", put, fetch.EnvironmentOptions{}, routes{"PUT " + api + "/a": answer(307, acao+"*", "Location: "+cdn+"/b")}),
	}, {
		field:    "Preflight.ForgetRedirects", // what the response has to allow
		set:      func(p *fetch.Profile) { p.Preflight.ForgetRedirects = true },
		standard: "allow-origin-mismatch", departed: "200",
		play: oneFetch(put, routes{"PUT " + api + "/a": answer(307, acao+"*", "Location: "+cdn+"/b"), "OPTIONS " + cdn + "/b": answer(204, acao+app, acam+"*")}),
	}, {
		field:    "Preflight.ForgetRedirects",
		set:      func(p *fetch.Profile) { p.Preflight.ForgetRedirects = true },
		standard: "cross-site", departed: "same-origin",
		play: preflightHeader("Sec-Fetch-Site", put, fetch.EnvironmentOptions{}, routes{"PUT " + api + "/a": answer(307, acao+"*", "Location: "+app+"/b")}),
	}, {
		field:    "Preflight.ForgetRedirects", // back home nothing has to allow it
		set:      func(p *fetch.Profile) { p.Preflight.ForgetRedirects = true },
		standard: "allow-origin-mismatch", departed: "missing-allow-origin", // of the PUT then
		play: func(t *testing.T, p *fetch.Profile) string {
			home := routes{"PUT " + api + "/a": answer(307, acao+"*", "Location: "+app+"/b"), "OPTIONS " + app + "/b": answer(204, acao+cdn, acam+"*"), "PUT " + app + "/b": answer(200)}
			return oneFetch(put, home)(t, p)
		},
	}, {
		field:    "Preflight.TypeBeforeCharset",
		set:      func(p *fetch.Profile) { p.Preflight.TypeBeforeCharset = true },
		standard: "no preflight", departed: "content-type",
		play: preflightHeader("Access-Control-Request-Headers", fetch.Request{URL: api + "/a", Method: "POST", API: "xhr", Body: fetch.TextBody("x"),
			Headers: headerLines(`Content-Type: text/plain;charset="a b"`)}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Preflight.FillBypassed",
		set:      func(p *fetch.Profile) { p.Preflight.FillBypassed = []string{"reload"} },
		standard: "2", departed: "1",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Preflight.BypassCache = []string{"reload"}
			page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			reload := put
			reload.Cache = "reload"
			outcome(t, page, &reload)
			outcome(t, page, &put)
			return fmt.Sprint(preflights(n))
		},
	}, {
		field:    "Preflight.StatusFirst",
		set:      func(p *fetch.Profile) { p.Preflight.StatusFirst = true },
		standard: "missing-allow-origin", departed: "preflight-invalid-status",
		play: oneFetch(put, routes{"OPTIONS " + api + "/a": answer(404)}),
	}, {
		field:    "Preflight.BypassCache",
		set:      func(p *fetch.Profile) { p.Preflight.BypassCache = []string{"reload"} },
		standard: "1 1 1", departed: "1 2 3",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			reload := put
			reload.Cache = "reload"
			var counts []string
			for _, r := range []fetch.Request{reload, reload, put} {
				outcome(t, page, &r)
				counts = append(counts, fmt.Sprint(preflights(n)))
			}
			return strings.Join(counts, " ")
		},
	}, {
		field:    "Preflight.KeepEntriesOnPreflightFailure",
		set:      func(p *fetch.Profile) { p.Preflight.KeepEntriesOnPreflightFailure = true },
		standard: "forgotten", departed: "remembered",
		play: putTwice(fetch.Request{URL: api + "/a", Method: "PUT", Headers: headerLines("Authorization: x")},
			routes{"OPTIONS " + api + "/a": answer(404, acao+"*")}),
	}, {
		field:    "Preflight.KeepEntriesOnActualFailure",
		set:      func(p *fetch.Profile) { p.Preflight.KeepEntriesOnActualFailure = true },
		standard: "forgotten", departed: "remembered",
		play: putTwice(put, routes{"PUT " + api + "/a": answer(200)}),
	}, {
		field:    "Preflight.PagePartition",
		set:      func(p *fetch.Profile) { p.Preflight.PagePartition = true },
		standard: "false true", departed: "true true", // whether preflight and request are of the page's partition
		play: func(t *testing.T, p *fetch.Profile) string {
			var seen []string
			page, _ := profiledPage(t, p, func(s sent) reply {
				seen = append(seen, fmt.Sprint(s.Partition.Site != (origin.Site{})))
				return routes{}.serve(s)
			}, fetch.EnvironmentOptions{})
			if got := outcome(t, page, &fetch.Request{URL: api + "/a", Method: "PUT"}); got != "200" {
				return got
			}
			return strings.Join(seen, " ")
		},
	}, {
		field:    "Preflight.KeepEntriesOnModeError",
		set:      func(p *fetch.Profile) { p.Preflight.KeepEntriesOnModeError = true },
		standard: "forgotten", departed: "remembered",
		play: putTwice(fetch.Request{URL: api + "/a", Method: "PUT", Redirect: "error"},
			routes{"PUT " + api + "/a": answer(307, acao+"*", "Location: /b")}),
	}, {
		field:    "Preflight.ClearRedirectingURL",
		set:      func(p *fetch.Profile) { p.Preflight.ClearRedirectingURL = true },
		standard: "remembered", departed: "forgotten",
		play: putTwice(put, routes{"PUT " + api + "/a": answer(307, acao+"*", "Location: https://api.test:22/")}),
	}, {
		field:    "Preflight.ClearOnSimpleFailure",
		set:      func(p *fetch.Profile) { p.Preflight.ClearOnSimpleFailure = true },
		standard: "remembered", departed: "forgotten",
		play: putTwice(fetch.Request{URL: api + "/a"}, routes{"GET " + api + "/a": answer(200)}),
	}, {
		field:    "Preflight.StickyHeadersOnRedirect",
		set:      func(p *fetch.Profile) { p.Preflight.StickyHeadersOnRedirect = true },
		standard: "PUT", departed: "GET", // what the last preflight was for
		play: preflightHeader("Access-Control-Request-Method", put, fetch.EnvironmentOptions{}, routes{
			"PUT " + api + "/a": answer(303, acao+"*", "Location: /b"), "OPTIONS " + api + "/b": allowed}),
	}, {
		field:    "Preflight.StickyHeadersOnRedirect", // from within the origin: not for the method alone
		set:      func(p *fetch.Profile) { p.Preflight.StickyHeadersOnRedirect = true },
		standard: "no preflight, no preflight", departed: "no preflight, GET",
		play: func(t *testing.T, p *fetch.Profile) string {
			leave := routes{app + "/a": answer(303, "Location: "+api+"/b")}
			asked := func(r fetch.Request) string {
				return preflightHeader("Access-Control-Request-Method", r, fetch.EnvironmentOptions{}, leave)(t, p)
			}
			return asked(fetch.Request{URL: "/a", Method: "PUT"}) + ", " + asked(fetch.Request{URL: "/a", Method: "POST", Body: fetch.BytesBody(nil, "a/b")})
		},
	}, {
		field:    "Preflight.ListenerNeedsBody",
		set:      func(p *fetch.Profile) { p.Preflight.ListenerNeedsBody = true },
		standard: "*/*", departed: "no preflight",
		play: preflightHeader("Accept", fetch.Request{URL: api + "/a", API: "xhr", UploadListener: true}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Preflight.InheritCacheHeaders",
		set:      func(p *fetch.Profile) { p.Preflight.InheritCacheHeaders = true },
		standard: "", departed: "max-age=0",
		play: preflightHeader("Cache-Control", fetch.Request{URL: api + "/a", Method: "PUT", Cache: "no-cache"}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Preflight.NoImpliedMethod",
		set:      func(p *fetch.Profile) { p.Preflight.NoImpliedMethod = true },
		standard: "200", departed: "method-disallowed",
		play: oneFetch(fetch.Request{URL: api + "/a", Method: "PUT", API: "xhr", UploadListener: true, Body: fetch.TextBody("x")},
			routes{"OPTIONS " + api + "/a": answer(204, acao+"*")}),
	}}
}

// redirectDepartures are about redirects.
func redirectDepartures() []departure {
	return []departure{{
		field:    "Redirect.LocationFirst",
		set:      func(p *fetch.Profile) { p.Redirect.LocationFirst = true },
		standard: "redirect-mode-error", departed: "302",
		play: oneFetch(fetch.Request{URL: "/a", Redirect: "error"}, routes{app + "/a": answer(302)}),
	}, {
		field:    "Redirect.LocationFirst",
		set:      func(p *fetch.Profile) { p.Redirect.LocationFirst = true },
		standard: "0", departed: "invalid-location",
		play: oneFetch(fetch.Request{URL: "/a", Redirect: "manual"}, routes{app + "/a": answer(302, "Location: http://[")}),
	}, {
		field:    "Redirect.EmptyLocation",
		set:      func(p *fetch.Profile) { p.Redirect.EmptyLocation = rules.EmptyLocationIgnored },
		standard: "too-many-redirects", departed: "302",
		play: oneFetch(fetch.Request{URL: "/a"}, routes{app + "/a": answer(302, "Location: ")}),
	}, {
		field:    "Redirect.EmptyLocation",
		set:      func(p *fetch.Profile) { p.Redirect.EmptyLocation = rules.EmptyLocationFails },
		standard: "too-many-redirects", departed: "invalid-location",
		play: oneFetch(fetch.Request{URL: "/a"}, routes{app + "/a": answer(302, "Location: ")}),
	}, {
		field:    "Redirect.LocationBytes",
		set:      func(p *fetch.Profile) { p.Redirect.LocationBytes = true },
		standard: "/%C3%BC", departed: "/%FC",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{app + "/a": answer(302, "Location: /\xfc")}.serve, fetch.EnvironmentOptions{})
			outcome(t, page, &fetch.Request{URL: "/a"})
			return n.last(t).URL.Path()
		},
	}, {
		field:    "Redirect.StripOnce",
		set:      func(p *fetch.Profile) { p.Redirect.StripOnce = true },
		standard: "", departed: "x",
		play: lastHeader("Authorization", fetch.Request{URL: "/a", Headers: headerLines("Authorization: x")}, fetch.EnvironmentOptions{},
			routes{app + "/a": answer(302, "Location: "+cdn+"/b"), cdn + "/b": answer(302, acao+"*", "Location: "+cdn+"/c"),
				"OPTIONS " + cdn + "/c": answer(204, acao+app, acah+"authorization")}),
	}, {
		field:    "Redirect.StripOnce", // script's Content-Type after a redirect that would not have stripped it
		set:      func(p *fetch.Profile) { p.Redirect.StripOnce = true },
		standard: "; ; ", departed: "text/plain; ; text/plain",
		play: func(t *testing.T, p *fetch.Profile) string {
			type_ := func(api fetch.API, status int) string {
				r := fetch.Request{URL: "/a", Method: "POST", API: api, Body: fetch.TextBody("x")}
				if api == "fetch" {
					r.Headers = headerLines("Content-Type: text/plain")
				}
				return lastHeader("Content-Type", r, fetch.EnvironmentOptions{},
					routes{app + "/a": answer(302, "Location: b"), app + "/b": answer(status, "Location: c")})(t, p)
			}
			if got := type_("xhr", 307); got != "" { // not script's
				t.Error(got)
			}
			return type_("fetch", 307) + "; " + type_("fetch", 302) + "; " + type_("fetch", 308)
		},
	}, {
		field:    "Redirect.DeleteBecomesGET",
		set:      func(p *fetch.Profile) { p.Redirect.DeleteBecomesGET = true },
		standard: "DELETE " + api + "/b", departed: "GET " + api + "/b",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{app + "/a": answer(307, "Location: /c"), app + "/c": answer(307, "Location: "+api+"/b")}.serve,
				fetch.EnvironmentOptions{})
			outcome(t, page, &fetch.Request{URL: "/a", Method: "DELETE"})
			if got := n.sent[1].String(); got != "DELETE "+app+"/c" { // within the origin it stays
				t.Error(got)
			}
			return n.last(t).String()
		},
	}, {
		field:    "Redirect.LocationControls",
		set:      func(p *fetch.Profile) { p.Redirect.LocationControls = true },
		standard: "/b", departed: "/%09b",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{app + "/a": answer(302, "Location: /\tb")}.serve, fetch.EnvironmentOptions{})
			outcome(t, page, &fetch.Request{URL: "/a"})
			return n.last(t).URL.Path()
		},
	}, {
		field:    "Redirect.Policy",
		set:      func(p *fetch.Profile) { p.Redirect.Policy = rules.PolicyHeaderByMember },
		standard: app + "/dir/page?q", departed: "",
		play: lastHeader("Referer", fetch.Request{URL: "/a"}, fetch.EnvironmentOptions{},
			routes{app + "/a": answer(302, "Location: /b", "Referrer-Policy: No-Referrer")}),
	}, {
		field:    "Redirect.HintsStayBehind",
		set:      func(p *fetch.Profile) { p.Redirect.HintsStayBehind = true },
		standard: "4g", departed: "",
		play: lastHeader("ECT", fetch.Request{URL: "/a", Headers: headerLines("ECT: 4g")}, fetch.EnvironmentOptions{},
			routes{app + "/a": answer(302, "Location: /b"), app + "/b": answer(302, "Location: "+api+"/c")}),
	}}
}
