package fetch_test

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A departure is a field of a profile's own rules, with the smallest exchange
// that shows it: what is seen with the field's zero value, and with it set.
type departure struct {
	field    string
	set      func(*fetch.Profile)
	standard string
	departed string
	play     func(*testing.T, *fetch.Profile) string
}

// profiledPage is a page of a browser with a profile.
func profiledPage(t *testing.T, p *fetch.Profile, serve func(sent) reply, o fetch.EnvironmentOptions) (*fetch.Environment, *network) {
	t.Helper()
	agent, n := newAgent(t, serve, fetch.Options{Profile: p, Cookies: staticCookies{}, AllowMixedContent: true})
	return newPage(t, agent, o), n
}

// originOf is the origin of a URL.
func originOf(t *testing.T, url string) origin.Origin {
	t.Helper()
	o, err := origin.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// outcome is a fetch in one word: a status or a reason.
func outcome(t *testing.T, page *fetch.Environment, r *fetch.Request) string {
	t.Helper()
	resp, err := page.Fetch(t.Context(), r)
	if err != nil {
		return asRefusal(t, err).Reason.String()
	}
	defer resp.Body.Close()
	return fmt.Sprint(resp.Status)
}

// oneFetch is a play that is one fetch by app's page.
func oneFetch(r fetch.Request, answers routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, _ := profiledPage(t, p, answers.serve, fetch.EnvironmentOptions{})
		return outcome(t, page, &r)
	}
}

// lastHeader is a play that is one fetch, seen by a header of the last request.
func lastHeader(name string, r fetch.Request, o fetch.EnvironmentOptions, answers routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, n := profiledPage(t, p, answers.serve, o)
		outcome(t, page, &r)
		return n.last(t).header(name)
	}
}

// navigationHeader is a play that is a navigation from app's page, seen by a
// header.
func navigationHeader(name, method string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
		resp, err := page.Agent().Navigate(t.Context(), &fetch.Navigation{URL: api + "/a", Method: method, UserActivation: true, Initiator: page})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return n.last(t).header(name)
	}
}

// preflightHeader is a play that is one fetch, seen by a header of the last
// preflight.
func preflightHeader(name string, r fetch.Request, o fetch.EnvironmentOptions, answers routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, n := profiledPage(t, p, answers.serve, o)
		outcome(t, page, &r)
		value := "no preflight"
		for _, s := range n.sent {
			if s.Preflight {
				value = s.header(name)
			}
		}
		return value
	}
}

// putTwice is a play that has a page PUT, then something in between, then PUT
// again: is the first preflight remembered?
func putTwice(between fetch.Request, fails routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		servers := routes{}
		page, n := profiledPage(t, p, servers.serve, fetch.EnvironmentOptions{})
		put := &fetch.Request{URL: api + "/a", Method: "PUT"}
		outcome(t, page, put)
		for line, a := range fails {
			servers[line] = a
		}
		if got := outcome(t, page, &between); got == "200" {
			t.Error("nothing failed")
		}
		clear(servers)
		before := preflights(n)
		outcome(t, page, put)
		if preflights(n) > before {
			return "forgotten"
		}
		return "remembered"
	}
}

// received is a play that is one fetch, seen by the headers that script gets.
func received(lines ...string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		return wholeOver(t, p, &fetch.NetworkResponse{Status: 200, Headers: headerLines(lines...)})
	}
}

// wholeOver is a response as script gets it from its own origin: the headers, or
// why there is none.
func wholeOver(t *testing.T, p *fetch.Profile, resp *fetch.NetworkResponse) string {
	t.Helper()
	agent, err := fetch.NewAgent(&fetch.Options{Profile: p, Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		return resp, nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	got, err := newPage(t, agent, fetch.EnvironmentOptions{}).Fetch(t.Context(), &fetch.Request{URL: "/a"})
	if err == nil {
		defer got.Body.Close()
		_, err = io.ReadAll(got.Body)
	}
	if err != nil {
		return asRefusal(t, err).Reason.String()
	}
	var headers []string
	for name, value := range got.Headers.All() {
		headers = append(headers, name+"="+value)
	}
	return strings.Join(headers, " ")
}

func ageOf(value string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string { return maxAge(t, p, value).String() }
}

// bodyOf is a play that reads what app's server answers with a status.
func bodyOf(status int, body string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, _ := profiledPage(t, p, routes{app + "/a": answer(status).with(body)}.serve, fetch.EnvironmentOptions{})
		resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/a"})
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		got, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		return string(got)
	}
}

// blobRange is a play that asks for a part of a blob of ten bytes.
func blobRange(value string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		const url = "blob:" + app + "/1"
		agent, _ := newAgent(t, routes{}.serve, fetch.Options{Profile: p, Blobs: oneBlob{url, "0123456789"}})
		return outcome(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: url, Headers: headerLines("Range: " + value)})
	}
}

func departures() []departure {
	appURL, _ := origin.ParseURL(app)
	appOrigin := appURL.Origin()
	put := fetch.Request{URL: api + "/a", Method: "PUT"}
	allowed := answer(204, acao+"*", acam+"*", acah+"*")
	image := fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include}
	return slices.Concat(hopDepartures(), integrityDepartures(), []departure{{
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
		play: preflightHeader("Access-Control-Request-Headers", fetch.Request{URL: api + "/a", Method: "POST", API: fetch.APIXHR, Body: fetch.TextBody("x"),
			Headers: headerLines(`Content-Type: text/plain;charset="a b"`)}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Preflight.FillBypassed",
		set:      func(p *fetch.Profile) { p.Preflight.FillBypassed = []fetch.CacheMode{fetch.CacheReload} },
		standard: "2", departed: "1",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Preflight.BypassCache = []fetch.CacheMode{fetch.CacheReload}
			page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			reload := put
			reload.Cache = fetch.CacheReload
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
		set:      func(p *fetch.Profile) { p.Preflight.BypassCache = []fetch.CacheMode{fetch.CacheReload} },
		standard: "1 1 1", departed: "1 2 3",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			reload := put
			reload.Cache = fetch.CacheReload
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
				seen = append(seen, fmt.Sprint(!s.Partition.Site.IsZero()))
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
		play: putTwice(fetch.Request{URL: api + "/a", Method: "PUT", Redirect: fetch.ErrorOnHop},
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
			return asked(fetch.Request{URL: "/a", Method: "PUT"}) + ", " + asked(fetch.Request{URL: "/a", Method: "POST", Body: fetch.BlobBody(nil, "a/b")})
		},
	}, {
		field:    "Preflight.ListenerNeedsBody",
		set:      func(p *fetch.Profile) { p.Preflight.ListenerNeedsBody = true },
		standard: "*/*", departed: "no preflight",
		play: preflightHeader("Accept", fetch.Request{URL: api + "/a", API: fetch.APIXHR, UploadListener: true}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Preflight.InheritCacheHeaders",
		set:      func(p *fetch.Profile) { p.Preflight.InheritCacheHeaders = true },
		standard: "", departed: "max-age=0",
		play: preflightHeader("Cache-Control", fetch.Request{URL: api + "/a", Method: "PUT", Cache: fetch.CacheNoCache}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Redirect.LocationFirst",
		set:      func(p *fetch.Profile) { p.Redirect.LocationFirst = true },
		standard: "redirect-mode-error", departed: "302",
		play: oneFetch(fetch.Request{URL: "/a", Redirect: fetch.ErrorOnHop}, routes{app + "/a": answer(302)}),
	}, {
		field:    "Redirect.LocationFirst",
		set:      func(p *fetch.Profile) { p.Redirect.LocationFirst = true },
		standard: "0", departed: "invalid-location",
		play: oneFetch(fetch.Request{URL: "/a", Redirect: fetch.ManualOnHop}, routes{app + "/a": answer(302, "Location: http://[")}),
	}, {
		field:    "Redirect.EmptyLocation",
		set:      func(p *fetch.Profile) { p.Redirect.EmptyLocation = fetch.EmptyLocationIgnored },
		standard: "too-many-redirects", departed: "302",
		play: oneFetch(fetch.Request{URL: "/a"}, routes{app + "/a": answer(302, "Location: ")}),
	}, {
		field:    "Redirect.EmptyLocation",
		set:      func(p *fetch.Profile) { p.Redirect.EmptyLocation = fetch.EmptyLocationFails },
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
				if api == fetch.APIFetch {
					r.Headers = headerLines("Content-Type: text/plain")
				}
				return lastHeader("Content-Type", r, fetch.EnvironmentOptions{},
					routes{app + "/a": answer(302, "Location: b"), app + "/b": answer(status, "Location: c")})(t, p)
			}
			if got := type_(fetch.APIXHR, 307); got != "" { // not script's
				t.Error(got)
			}
			return type_(fetch.APIFetch, 307) + "; " + type_(fetch.APIFetch, 302) + "; " + type_(fetch.APIFetch, 308)
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
		field:    "Headers.OriginIgnoresReferrerPolicy",
		set:      func(p *fetch.Profile) { p.Headers.OriginIgnoresReferrerPolicy = true },
		standard: "null", departed: app,
		play: lastHeader("Origin", fetch.Request{URL: api + "/a", Method: "POST", Mode: fetch.NoCORS, ReferrerPolicy: fetch.NoReferrerPolicy},
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
		play: lastHeader("Cache-Control", image, fetch.EnvironmentOptions{EmbedderPolicy: fetch.Credentialless}, nil),
	}, {
		field:    "Headers.ConditionalOfFetchOnly",
		set:      func(p *fetch.Profile) { p.Headers.ConditionalOfFetchOnly = true },
		standard: "no-cache no-cache", departed: "no-cache ",
		play: func(t *testing.T, p *fetch.Profile) string {
			r := fetch.Request{URL: "/a", Headers: headerLines("If-None-Match: x")}
			control := func() string { return lastHeader("Cache-Control", r, fetch.EnvironmentOptions{}, nil)(t, p) }
			fetched := control()
			r.API = fetch.APIXHR
			return fetched + " " + control()
		},
	}, {
		field:    "Headers.StrictAcrossSites",
		set:      func(p *fetch.Profile) { p.Headers.StrictAcrossSites = true },
		standard: app + "/dir/page?q", departed: app + "/",
		play: lastHeader("Referer", fetch.Request{URL: api + "/a", ReferrerPolicy: fetch.UnsafeURL}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.StrictAcrossSites",
		set:      func(p *fetch.Profile) { p.Headers.StrictAcrossSites = true },
		standard: app, departed: "null",
		play: lastHeader("Origin", fetch.Request{URL: "http://api.test/a", Method: "POST", Mode: fetch.NoCORS, ReferrerPolicy: fetch.UnsafeURL}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Headers.StrictAcrossSites", // and back
		set:      func(p *fetch.Profile) { p.Headers.StrictAcrossSites = true },
		standard: app + "/", departed: app + "/dir/page?q",
		play: lastHeader("Referer", fetch.Request{URL: api + "/a", ReferrerPolicy: fetch.OriginWhenCrossOrigin}, fetch.EnvironmentOptions{},
			routes{api + "/a": answer(302, acao+"*", "Location: "+app+"/b")}),
	}, {
		field:    "Headers.StrictAcrossSites", // and back, with a policy of the redirect
		set:      func(p *fetch.Profile) { p.Headers.StrictAcrossSites = true },
		standard: app + "/dir/page?q", departed: app + "/",
		play: lastHeader("Referer", fetch.Request{URL: api + "/a", ReferrerPolicy: fetch.UnsafeURL}, fetch.EnvironmentOptions{},
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
		field:    "Network.SafeTries",
		set:      func(p *fetch.Profile) { p.Network.SafeTries = 3 },
		standard: "1 1", departed: "3 1",
		play: func(t *testing.T, p *fetch.Profile) string {
			var counts []string
			for _, method := range []string{"GET", "POST"} {
				page, n := profiledPage(t, p, func(sent) reply { return reply{err: fetch.ErrNoAnswer} }, fetch.EnvironmentOptions{})
				if got := outcome(t, page, &fetch.Request{URL: "/a", Method: method}); got != "network-failure" {
					t.Error(got)
				}
				counts = append(counts, fmt.Sprint(len(n.sent)))
			}
			return strings.Join(counts, " ")
		},
	}, {
		field:    "Response.FirstOnly",
		set:      func(p *fetch.Profile) { p.Response.FirstOnly = []string{"x-a"} },
		standard: "x-a=1, 2 x-b=1, 2", departed: "x-a=1 x-b=1, 2", play: received("X-A: 1", "X-B: 1", "x-a: 2", "X-B: 2"),
	}, {
		field:    "Response.SameOnly",
		set:      func(p *fetch.Profile) { p.Response.FirstOnly, p.Response.SameOnly = []string{"x-a"}, []string{"x-a"} },
		standard: "x-a=1, 1; x-a=1, 2", departed: "x-a=1; network-failure",
		play: func(t *testing.T, p *fetch.Profile) string {
			return received("X-A: 1", "x-a: 1")(t, p) + "; " + received("X-A: 1", "x-a: 2")(t, p)
		},
	}, {
		field:    "Response.SkipEmpty",
		set:      func(p *fetch.Profile) { p.Response.SkipEmpty = true },
		standard: "x-a=1, , 2 x-b=, 1 x-c=", departed: "x-a=1, 2 x-b=1 x-c=", play: received("X-A: 1", "X-A: ", "X-A: 2", "X-B: ", "X-B: 1", "X-C: "),
	}, {
		field:    "Response.KeepEmpty",
		set:      func(p *fetch.Profile) { p.Response.KeepEmpty = []string{"x-a", "x-b"} },
		standard: "x-a=1, 2 x-b=3, x-c=4", departed: "x-a=1, , 2 x-b=, 3,, x-c=4",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Response.SkipEmpty = true
			return received("X-A: 1", "X-A: ", "X-A: 2", "X-B: ", "X-B: 3,", "x-b: ", "X-C: ", "X-C: 4")(t, p)
		},
	}, {
		field:    "Response.OneAllowOrigin",
		set:      func(p *fetch.Profile) { p.Response.OneAllowOrigin = true },
		standard: "200", departed: "multiple-allow-origin-values",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Response.SkipEmpty = true
			return oneFetch(fetch.Request{URL: api + "/a"}, routes{api + "/a": answer(200, acao, acao+"*")})(t, p)
		},
	}, {
		field:    "Response.TightType",
		set:      func(p *fetch.Profile) { p.Response.TightType = true },
		standard: "content-type=a/b, c/d", departed: "content-type=a/b,c/d", play: received("Content-Type: a/b", "Content-Type: c/d"),
	}, {
		field:    "Request.DanglingMarkup",
		set:      func(p *fetch.Profile) { p.Request.DanglingMarkup = true },
		standard: "200", departed: "dangling-markup",
		play: oneFetch(fetch.Request{URL: "/a\n?<"}, nil),
	}, {
		field:    "Request.UserinfoBlocked",
		set:      func(p *fetch.Profile) { p.Request.UserinfoBlocked = true },
		standard: "200", departed: "embedded-credentials",
		play: oneFetch(fetch.Request{URL: "/a"}, routes{app + "/a": answer(302, "Location: https://u:p@app.example/b")}),
	}, {
		field:    "Request.ElementUserinfoDropped",
		set:      func(p *fetch.Profile) { p.Request.ElementUserinfoDropped = true },
		standard: "https://u:p@app.example/a", departed: app + "/a",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			outcome(t, page, fetch.ElementImage.Request("https://u:p@app.example/a", fetch.Anonymous))
			return n.last(t).URL.String()
		},
	}, {
		field:    "Request.DataURLBlanks",
		set:      func(p *fetch.Profile) { p.Request.DataURLBlanks = true },
		standard: "data:,a%20b%20 data:;%20base64,SGk=", departed: "data:,a%20b data:;base64,SGk=",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			var urls []string
			for _, url := range []string{"data:,a b #c", "data:; base64,SGk="} {
				resp, err := page.Fetch(t.Context(), &fetch.Request{URL: url})
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				urls = append(urls, strings.ReplaceAll(resp.URL, " ", "%20"))
			}
			return strings.Join(urls, " ")
		},
	}, {
		field:    "Response.FeedJoined",
		set:      func(p *fetch.Profile) { p.Response.FeedJoined = []string{"x-a"} },
		standard: "x-a=1, 2 x-b=1, 2; 1, 2", departed: "x-b=1, 2; 1\n2",
		play: func(t *testing.T, p *fetch.Profile) string {
			fetched := received("X-A: 1", "X-A: 2", "X-B: 1", "X-B: 2")(t, p)
			page, _ := profiledPage(t, p, func(sent) reply { return answer(200, "X-A: 1", "X-A: 2") }, fetch.EnvironmentOptions{})
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/a", API: fetch.APIXHR})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			value, _ := resp.Headers.Get("X-A")
			return fetched + "; " + value
		},
	}, {
		field:    "Response.HTTP2Header",
		set:      func(p *fetch.Profile) { p.Response.HTTP2Header = "X-Proto" },
		standard: "", departed: "x-proto=h2",
		play: func(t *testing.T, p *fetch.Profile) string {
			if got := received()(t, p); got != "" { // over HTTP/1.1
				t.Error(got)
			}
			return wholeOver(t, p, &fetch.NetworkResponse{Status: 200, HTTP2: true})
		},
	}, {
		field:    "Response.ShortErrorBodies",
		set:      func(p *fetch.Profile) { p.Response.ShortErrorBodies = true },
		standard: "broken-body broken-body", departed: "broken-body ",
		play: func(t *testing.T, p *fetch.Profile) string {
			short := func() io.ReadCloser { return io.NopCloser(cutOff{io.ErrUnexpectedEOF}) }
			return wholeOver(t, p, &fetch.NetworkResponse{Status: 200, Body: short()}) + " " +
				wholeOver(t, p, &fetch.NetworkResponse{Status: 500, Body: short()})
		},
	}, {
		field:    "Response.ShortHTTP2Bodies",
		set:      func(p *fetch.Profile) { p.Response.ShortHTTP2Bodies = true },
		standard: "broken-body broken-body", departed: "broken-body ",
		play: func(t *testing.T, p *fetch.Profile) string {
			short := func() io.ReadCloser { return io.NopCloser(cutOff{io.ErrUnexpectedEOF}) }
			return wholeOver(t, p, &fetch.NetworkResponse{Status: 200, Body: short()}) + " " +
				wholeOver(t, p, &fetch.NetworkResponse{Status: 200, HTTP2: true, Body: short()})
		},
	}, {
		field:    "Response.OpaqueBodyBreaks",
		set:      func(p *fetch.Profile) { p.Response.OpaqueBodyBreaks = true },
		standard: "true", departed: "false",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, func(sent) reply { return reply{status: 200, body: "x", cut: errDown} }, fetch.EnvironmentOptions{})
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: api + "/a", Mode: fetch.NoCORS})
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			data, err := io.ReadAll(resp.Body)
			if len(data) > 0 {
				t.Errorf("script reads %q", data)
			}
			return fmt.Sprint(err == nil)
		},
	}, {
		field:    "Response.AboutAnyCase",
		set:      func(p *fetch.Profile) { p.Response.AboutAnyCase = true },
		standard: "unsupported-scheme", departed: "0",
		play: oneFetch(fetch.Request{URL: "about:BLANK", Mode: fetch.NoCORS}, nil),
	}, {
		field:    "Integrity.OfRedirect",
		set:      func(p *fetch.Profile) { p.Integrity.OfRedirect = true },
		standard: "integrity-mismatch integrity-mismatch", departed: "0 integrity-mismatch",
		play: func(t *testing.T, p *fetch.Profile) string {
			redirect := routes{app + "/a": answer(302, "Location: /b")}
			manual := func(integrity string) string {
				return oneFetch(fetch.Request{URL: "/a", Redirect: fetch.ManualOnHop, Integrity: integrity}, redirect)(t, p)
			}
			return manual("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") + " " + manual("sha256-x")
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
		field:    "Policy.URLNeedsChallenge",
		set:      func(p *fetch.Profile) { p.Policy.URLNeedsChallenge = true },
		standard: "Basic dTpw", departed: "",
		play: lastHeader("Authorization", fetch.Request{URL: "https://u:p@app.example/a", API: fetch.APIXHR}, fetch.EnvironmentOptions{}, routes{"https://u:p@app.example/a": answer(401)}),
	}, {
		field:    "Policy.URLAnswersChallenge",
		set:      func(p *fetch.Profile) { p.Policy.URLAnswersChallenge = true },
		standard: "", departed: "Basic dTpw",
		play: lastHeader("Authorization", fetch.Request{URL: "https://u:p@api.test/a", API: fetch.APIXHR}, fetch.EnvironmentOptions{}, routes{"https://u:p@api.test/a": answer(401, acao+"*")}),
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
		field:    "Body.Stream",
		set:      func(p *fetch.Profile) { p.Body.Stream = fetch.StreamIsText },
		standard: "OPTIONS POST x", departed: "POST [object ReadableStream]",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			outcome(t, page, &fetch.Request{URL: api + "/a", Method: "POST", Body: fetch.StreamBody(strings.NewReader("x")), Duplex: "half"})
			var seen []string
			for _, s := range n.sent {
				seen = append(seen, s.Method)
			}
			return strings.Join(append(seen, n.last(t).body), " ")
		},
	}, {
		field:    "Response.ProxyAuthenticationShown",
		set:      func(p *fetch.Profile) { p.Response.ProxyAuthenticationShown = true },
		standard: "proxy-authentication-required", departed: "407",
		play: oneFetch(fetch.Request{URL: "/a"}, routes{app + "/a": answer(407)}),
	}, {
		field:    "Response.DataLength",
		set:      func(p *fetch.Profile) { p.Response.DataLength = true },
		standard: "", departed: "2",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "data:,hi"})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			length, _ := resp.Headers.Get("Content-Length")
			return length
		},
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
		field:    "Ports.Allowed",
		set:      func(p *fetch.Profile) { p.Ports.Allowed = []uint16{6679} },
		standard: "bad-port", departed: "200",
		play: oneFetch(fetch.Request{URL: api + ":6679/a"}, nil),
	}, {
		field:    "Request.HostSpaces",
		set:      func(p *fetch.Profile) { p.Request.HostSpaces = true },
		standard: "invalid-url", departed: "0",
		play: oneFetch(fetch.Request{URL: "https://a b.test/", Mode: fetch.NoCORS}, nil),
	}, {
		field:    "Request.StreamMakesCORS",
		set:      func(p *fetch.Profile) { p.Request.StreamMakesCORS = true },
		standard: "disallowed-by-mode", departed: "200",
		play: func(t *testing.T, p *fetch.Profile) string {
			return oneFetch(fetch.Request{URL: api + "/a", Method: "POST", Mode: fetch.SameOrigin, Duplex: "half", Body: fetch.StreamBody(strings.NewReader("x"))}, nil)(t, p)
		},
	}, {
		field:    "Request.CharsetInPlace",
		set:      func(p *fetch.Profile) { p.Request.CharsetInPlace = true },
		standard: "a/b;charset=UTF-8;c=d", departed: "A/B;Charset= UTF-8; c=d",
		play: lastHeader("Content-Type", fetch.Request{URL: "/a", Method: "POST", API: fetch.APIXHR, Headers: headerLines("Content-Type: A/B;Charset= x; c=d"), Body: fetch.TextBody("x")},
			fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Request.BlobTypeParsed",
		set:      func(p *fetch.Profile) { p.Request.BlobTypeParsed = true },
		standard: "x", departed: "",
		play: lastHeader("Content-Type", fetch.Request{URL: "/a", Method: "POST", API: fetch.APIXHR, Body: fetch.BlobBody([]byte("x"), "x")},
			fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Request.KeepaliveEarly",
		set:      func(p *fetch.Profile) { p.Request.KeepaliveEarly = true },
		standard: "*/*", departed: "no preflight",
		play: preflightHeader("Accept", fetch.Request{URL: api + "/a", Method: "PUT", Keepalive: true, Body: fetch.TextBody(strings.Repeat("a", 65537))}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Preflight.NoImpliedMethod",
		set:      func(p *fetch.Profile) { p.Preflight.NoImpliedMethod = true },
		standard: "200", departed: "method-disallowed",
		play: oneFetch(fetch.Request{URL: api + "/a", Method: "PUT", API: fetch.APIXHR, UploadListener: true, Body: fetch.TextBody("x")},
			routes{"OPTIONS " + api + "/a": answer(204, acao+"*")}),
	}, {
		field:    "Redirect.Policy",
		set:      func(p *fetch.Profile) { p.Redirect.Policy = fetch.PolicyByMember },
		standard: app + "/dir/page?q", departed: "",
		play: lastHeader("Referer", fetch.Request{URL: "/a"}, fetch.EnvironmentOptions{},
			routes{app + "/a": answer(302, "Location: /b", "Referrer-Policy: No-Referrer")}),
	}, {
		field:    "Redirect.HintsStayBehind",
		set:      func(p *fetch.Profile) { p.Redirect.HintsStayBehind = true },
		standard: "4g", departed: "",
		play: lastHeader("ECT", fetch.Request{URL: "/a", Headers: headerLines("ECT: 4g")}, fetch.EnvironmentOptions{},
			routes{app + "/a": answer(302, "Location: /b"), app + "/b": answer(302, "Location: "+api+"/c")}),
	}, {
		field:    "Headers.PreflightSiteByURL",
		set:      func(p *fetch.Profile) { p.Headers.PreflightSiteByURL = true },
		standard: "cross-site", departed: "same-origin",
		play: preflightHeader("Sec-Fetch-Site", put, fetch.EnvironmentOptions{}, routes{"PUT " + api + "/a": answer(307, acao+"*", "Location: "+app+"/b")}),
	}, {
		field:    "Headers.MediaRange",
		set:      func(p *fetch.Profile) { p.Headers.MediaRange = true },
		standard: "", departed: "bytes=0-",
		play: lastHeader("Range", *fetch.ElementVideo.Request(api+"/a", fetch.Anonymous), fetch.EnvironmentOptions{}, nil),
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
		field:    "Headers.NavigationAccept",
		set:      func(p *fetch.Profile) { p.Headers.NavigationAccept = "text/html" },
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
	}, {
		field:    "WebSocket.NoMetadata",
		set:      func(p *fetch.Profile) { p.WebSocket.NoMetadata = true },
		standard: "websocket", departed: "",
		play: handshakeHeader("Sec-Fetch-Mode"),
	}, {
		field:    "WebSocket.Destination",
		set:      func(p *fetch.Profile) { p.WebSocket.Destination = "websocket" },
		standard: "empty", departed: "websocket",
		play: handshakeHeader("Sec-Fetch-Dest"),
	}, {
		field:    "WebSocket.NoAccept",
		set:      func(p *fetch.Profile) { p.WebSocket.NoAccept = true },
		standard: "*/*", departed: "",
		play: handshakeHeader("Accept"),
	}, {
		field:    "WebSocket.FollowsRedirects",
		set:      func(p *fetch.Profile) { p.WebSocket.FollowsRedirects = true },
		standard: "redirect-mode-error", departed: "open",
		play: opens("", answer(302, "Location: /b"), answer(101)),
	}, {
		field:    "WebSocket.SilenceAllowed",
		set:      func(p *fetch.Profile) { p.WebSocket.SilenceAllowed = true },
		standard: "websocket-failed", departed: "open",
		play: opens("chat", answer(101)),
	}, {
		field:    "WebSocket.UnaskedProtocolIgnored",
		set:      func(p *fetch.Profile) { p.WebSocket.UnaskedProtocolIgnored = true },
		standard: "websocket-failed", departed: "open",
		play: opens("", answer(101, "Sec-WebSocket-Protocol: chat")),
	}, {
		field:    "WebSocket.ProtocolAnyCase",
		set:      func(p *fetch.Profile) { p.WebSocket.ProtocolAnyCase = true },
		standard: "websocket-failed", departed: "open CHAT",
		play: opens("chat", answer(101, "Sec-WebSocket-Protocol: CHAT")),
	}, {
		field:    "Messages.NetworkError",
		set:      func(p *fetch.Profile) { p.Messages.NetworkError = "Load failed" },
		standard: "Failed to fetch | Failed to fetch | Failed to fetch", departed: "Load failed | Load failed | Load failed",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{api + "/a": answer(200)}.serve, fetch.EnvironmentOptions{})
			return told(t, t.Context(), page, fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a", Method: "PUT"}, fetch.Request{URL: "https://api.test:22/"})
		},
	}, {
		field:    "Messages.Aborted",
		set:      func(p *fetch.Profile) { p.Messages.Aborted = "cancelled" },
		standard: "The operation was aborted", departed: "cancelled",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return told(t, ctx, page, fetch.Request{URL: api + "/a"})
		},
	}, {
		field:    "Response.Unambiguous",
		set:      func(p *fetch.Profile) { p.Response.Unambiguous = []string{"location"} },
		standard: "invalid-location", departed: "200",
		play: oneFetch(fetch.Request{URL: "/a"}, routes{app + "/a": answer(302, "Location: /b", "Location: /b")}),
	}, {
		field:    "Response.Unambiguous",
		set:      func(p *fetch.Profile) { p.Response.Unambiguous = []string{"content-disposition"} },
		standard: "200", departed: "network-failure",
		play: oneFetch(fetch.Request{URL: "/a"}, routes{app + "/a": answer(200, "Content-Disposition: a, b")}),
	}, {
		field:    "Response.BlobRange",
		set:      func(p *fetch.Profile) { p.Response.BlobRange = safelist.RangeUint64 },
		standard: "206", departed: "range-not-satisfiable", play: blobRange("bytes=0-18446744073709551616"),
	}, {
		field:    "Response.BlobRange",
		set:      func(p *fetch.Profile) { p.Response.BlobRange = safelist.RangeLenient },
		standard: "range-not-satisfiable", departed: "206", play: blobRange("BYTES=+0-5"),
	}, {
		field:    "Response.BlobSuffix",
		set:      func(p *fetch.Profile) { p.Response.BlobSuffix = fetch.BlobSuffixWithin },
		standard: "206", departed: "range-not-satisfiable", play: blobRange("bytes=-11"),
	}, {
		field:    "Response.BlobSuffix",
		set:      func(p *fetch.Profile) { p.Response.BlobSuffix = fetch.BlobSuffixClamped },
		standard: "206", departed: "range-not-satisfiable", play: blobRange("bytes=-0"),
	}, {
		field:    "Response.ResetContent",
		set:      func(p *fetch.Profile) { p.Response.ResetContent = fetch.ResetContentHTTP2Body },
		standard: "", departed: "ok",
		play: bodyOf(205, "ok"),
	}, {
		field:    "Response.ResetContent",
		set:      func(p *fetch.Profile) { p.Response.ResetContent = fetch.ResetContentBody },
		standard: "", departed: "ok",
		play: bodyOf(205, "ok"),
	}, {
		field:    "Policy.MixedContentOnHTTPSOnly",
		set:      func(p *fetch.Profile) { p.Policy.MixedContentOnHTTPSOnly = true },
		standard: "mixed-content", departed: "200",
		play: func(t *testing.T, p *fetch.Profile) string {
			agent, _ := newAgent(t, routes{}.serve, fetch.Options{Profile: p})
			return outcome(t, newPage(t, agent, fetch.EnvironmentOptions{URL: "http://localhost/"}), &fetch.Request{URL: "http://api.test/a"})
		},
	}, {
		field:    "Policy.NoAboutBlank",
		set:      func(p *fetch.Profile) { p.Policy.NoAboutBlank = true },
		standard: "0", departed: "unsupported-scheme",
		play: oneFetch(fetch.Request{URL: "about:blank", Mode: fetch.NoCORS}, nil),
	}, {
		field:    "Integrity.NoBodyIsEmpty",
		set:      func(p *fetch.Profile) { p.Integrity.NoBodyIsEmpty = true },
		standard: "integrity-mismatch", departed: "204",
		play: oneFetch(fetch.Request{URL: "/a", Integrity: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, routes{app + "/a": answer(204)}),
	}, {
		field:    "Policy.IPNeverSameSite",
		set:      func(p *fetch.Profile) { p.Policy.IPNeverSameSite = true },
		standard: "0", departed: "cross-origin-resource-policy",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, func(sent) reply { return answer(200, "Cross-Origin-Resource-Policy: same-site") },
				fetch.EnvironmentOptions{URL: "http://127.0.0.1/"})
			return outcome(t, page, &fetch.Request{URL: "http://127.0.0.1:8080/", Mode: fetch.NoCORS})
		},
	}, {
		field:    "Policy.UnknownResourcePolicyAllows",
		set:      func(p *fetch.Profile) { p.Policy.UnknownResourcePolicyAllows = true },
		standard: "refused refused refused", departed: "let through refused refused",
		play: func(t *testing.T, p *fetch.Profile) string {
			var got []string
			for _, value := range []string{"cross-origin, same-site", "", "same-origin"} {
				page, _ := profiledPage(t, p, func(sent) reply { return answer(200, "Cross-Origin-Resource-Policy: "+value) },
					fetch.EnvironmentOptions{EmbedderPolicy: fetch.RequireCORP})
				verdict := "let through"
				if outcome(t, page, &fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}) == "cross-origin-resource-policy" {
					verdict = "refused"
				}
				got = append(got, verdict)
			}
			return strings.Join(got, " ")
		},
	}, {
		field:    "Policy.CredentiallessIgnored",
		set:      func(p *fetch.Profile) { p.Policy.CredentiallessIgnored = true },
		standard: "", departed: "id=1",
		play: lastHeader("Cookie", image, fetch.EnvironmentOptions{EmbedderPolicy: fetch.Credentialless}, nil),
	}})
}

// told is what script is told of requests that fail.
func told(t *testing.T, ctx context.Context, page *fetch.Environment, requests ...fetch.Request) string {
	t.Helper()
	var all []string
	for i := range requests {
		_, err := page.Fetch(ctx, &requests[i])
		all = append(all, asRefusal(t, err).ScriptMessage())
	}
	return strings.Join(all, " | ")
}

func TestDepartures(t *testing.T) {
	for _, d := range departures() {
		t.Run(d.field, func(t *testing.T) {
			if got := d.play(t, fetch.Standard()); got != d.standard {
				t.Errorf("the Standard: %s, want %s", got, d.standard)
			}
			p := fetch.Standard()
			d.set(p)
			if got := d.play(t, p); got != d.departed {
				t.Errorf("with it: %s, want %s", got, d.departed)
			}
		})
	}
}

// Every field of a profile's own rules is shown by a departure.
func TestEveryRuleIsTested(t *testing.T) {
	tested := make(map[string]bool)
	for _, d := range departures() {
		tested[d.field] = true
		p := fetch.Standard()
		if d.set(p); reflect.DeepEqual(p, fetch.Standard()) {
			t.Errorf("%s: nothing is set", d.field)
		}
	}
	var walk func(prefix string, s reflect.Type)
	walk = func(prefix string, s reflect.Type) {
		for f := range s.Fields() {
			name := prefix + f.Name
			if f.Type.Kind() == reflect.Struct {
				walk(name+".", f.Type)
			} else if !tested[name] {
				t.Errorf("%s is not tested", name)
			}
		}
	}
	for _, name := range []string{"Request", "Preflight", "Redirect", "Headers", "Body", "Ports", "Response", "Policy", "WebSocket", "Messages"} {
		f, _ := reflect.TypeFor[fetch.Profile]().FieldByName(name)
		walk(name+".", f.Type)
	}
}

// What departures do together.
func TestDeparturesTogether(t *testing.T) {
	t.Run("invalid and overflow", func(t *testing.T) {
		p := fetch.Standard()
		p.Preflight.MaxAge = fetch.MaxAgeRules{InvalidNotCached: true, OverflowIsInvalid: true, AcceptPlus: true}
		for value, want := range map[string]string{"99999999999999999999": "0s", "+99999999999999999999": "0s", "+": "0s", "60": "1m0s", "-": "0s", "+6x": "0s"} {
			if got := maxAge(t, p, value).String(); got != want {
				t.Errorf("%q: %s, want %s", value, got, want)
			}
		}
	})
	t.Run("negative and words", func(t *testing.T) {
		p := fetch.Standard()
		p.Preflight.MaxAge = fetch.MaxAgeRules{NegativeNotCached: true, AcceptPlus: true}
		for value, want := range map[string]string{"-1": "0s", "-": "5s", "-x": "5s", "+": "5s", "+6x": "5s", "--1": "5s", "+-1": "5s"} {
			if got := maxAge(t, p, value).String(); got != want {
				t.Errorf("%q: %s, want %s", value, got, want)
			}
		}
	})
	t.Run("empty values", func(t *testing.T) {
		p := fetch.Standard()
		p.Response.SkipEmpty, p.Response.TightType, p.Response.FeedJoined = true, true, []string{"x-a"}
		const want = "content-type=a/b,,c/d x-a=1 x-b=2"
		if got := received("X-A: ", "X-A: 1", "X-A: ", "X-B: ", "X-B: 2", "Content-Type: ", "Content-Type: a/b", "Content-Type: ", "Content-Type: c/d")(t, p); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
	t.Run("one Access-Control-Allow-Origin, as it is spelled", func(t *testing.T) {
		lower := strings.ToLower(acao)
		for _, test := range []struct {
			lines string
			http2 bool
			want  string
		}{
			{acao + "|" + acao + "*", false, "multiple-allow-origin-values"},
			{acao + "|" + lower + "*", false, "200"},
			{lower + "*|" + lower, false, "200"},
			{acao + "|" + lower + "*|" + acao, false, "multiple-allow-origin-values"},
			{acao + "|" + acao + "*", true, "200"}, // a transport may spell the names anew
			{lower + "|" + lower + "*", true, "200"},
			{lower + "*|" + lower + "*", true, "multiple-allow-origin-values"},
		} {
			p := fetch.Standard()
			p.Response.OneAllowOrigin, p.Response.SkipEmpty = true, true
			agent, err := fetch.NewAgent(&fetch.Options{Profile: p, Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
				return &fetch.NetworkResponse{Status: 200, Headers: headerLines(strings.Split(test.lines, "|")...), HTTP2: test.http2}, nil
			})})
			if err != nil {
				t.Fatal(err)
			}
			if got := outcome(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: api + "/a"}); got != test.want {
				t.Errorf("%s over HTTP/2 %v: %s, want %s", test.lines, test.http2, got, test.want)
			}
		}
	})
	t.Run("lower packages' rules", func(t *testing.T) {
		p := fetch.Standard()
		p.Safelist.ForbiddenRequestHeaders = []string{"x-a"}
		p.PreflightCache.MaxURLLength = 10
		page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
		outcome(t, page, &fetch.Request{URL: api + "/a", Headers: headerLines("X-A: 1")})
		if preflights(n) != 0 || n.last(t).Headers.Contains("X-A") {
			t.Errorf("%v", n.last(t).Headers)
		}
		for range 2 {
			outcome(t, page, &fetch.Request{URL: api + "/a", Method: "PUT"})
		}
		if preflights(n) != 2 {
			t.Errorf("%q", n.lines())
		}
	})
}

// What rewriting a Range makes of odd values, as Chromium was seen to do.
func TestRangeRewritten(t *testing.T) {
	p := fetch.Standard()
	p.Headers.RangeRewritten = true
	for value, want := range map[string]string{
		"bytes=0 -1": "bytes=0-1", "bytes=,0-1": "bytes=0-1", "bytes=0-, ": "bytes=0-", "BYTES=-03": "bytes=-3", "bytes=5--1": "bytes=5-",
		"bytes=+5-9": "bytes=5-9", "bytes=0-1,2-3": "bytes=0-1,2-3", "bytes=--5": "bytes=--5", "bytes=-0": "bytes=-0", "bytes=05-4": "bytes=05-4",
		"bytes=09223372036854775808-": "bytes=09223372036854775808-", "bytes=0-9223372036854775808": "bytes=0-9223372036854775808",
		"bytes= - ": "bytes= -", "bytes=": "bytes=", "bytes 00-1": "bytes 00-1", "items=00-1": "items=00-1", "bytes=00": "bytes=00",
		"bytes=00-1;": "bytes=00-1;",
	} {
		get := fetch.Request{URL: "/a", Headers: fetch.HeaderList{{Name: "Range", Value: value}}}
		if got := lastHeader("Range", get, fetch.EnvironmentOptions{}, nil)(t, p); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	const set = "bytes=00-1"
	for name, r := range map[string]fetch.Request{
		"HEAD":        {Method: "HEAD"},
		"no-store":    {Cache: fetch.CacheNoStore},
		"conditional": {Headers: headerLines("If-None-Match: x")},
	} {
		r.URL = "/a"
		r.Headers.Append("Range", set)
		if got := lastHeader("Range", r, fetch.EnvironmentOptions{}, nil)(t, p); got != set {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Which types of a Blob parse to their end, as Chromium was seen to do.
func TestBlobTypeParsed(t *testing.T) {
	p := fetch.Standard()
	p.Request.BlobTypeParsed = true
	for value, sent := range map[string]bool{
		"text/plain": true, "text /plain": true, "text/ plain": true, "a/b ;c=d": true, "a/b; c = d": true, "*/*": true, `a/b;c=""`: true,
		`a/b;c="\""`: true, "a/b;c='d'": true, "a/b;c=d;c=e": true, "multipart/form-data": true,
		"text": false, "text/plain;": false, "text/plain;a": false, "text/plain;a=": false, "text/plain;=b": false, "text/plain;a=b c": false,
		`text/plain;a="b`: false, "text/plain;a=b;": false, "te xt/plain": false, "text/plain a": false, "text/plain,x/y": false, "/": false,
		"a/": false, "/b": false, "a/b/c": false, `a/b;c="d"e`: false, "a/b;;c=d": false, "a/b;c=d,e": false, "(a)/b": false, "a/b;(=d": false,
	} {
		post := fetch.Request{URL: "/a", Method: "POST", API: fetch.APIXHR, Body: fetch.BlobBody([]byte("x"), value)}
		if got := lastHeader("Content-Type", post, fetch.EnvironmentOptions{}, nil)(t, p); (got == value) != sent {
			t.Errorf("%q: %q", value, got)
		}
	}
}

// What putting UTF-8 in place of a charset makes of odd values, as Chromium was
// seen to do.
func TestCharsetInPlace(t *testing.T) {
	p := fetch.Standard()
	p.Request.CharsetInPlace = true
	for value, want := range map[string]string{
		"text/plain;charset=utf-8": "text/plain;charset=UTF-8", "text/plain;charset='x'": "text/plain;charset='UTF-8'",
		"text/plain;charset=a;charset=b": "text/plain;charset=UTF-8;charset=UTF-8", "text/plain;charset=a, x/y": "text/plain;charset=UTF-8 x/y",
		"charset=x": "charset=x", "text/plain charset=x": "text/plain charset=UTF-8", `text/plain;charset="a b"`: `text/plain;charset="UTF-8 b"`,
		"text/plain;charset=": "text/plain;charset=", "text/plain;charset=;a=b": "text/plain;charset=;a=b", "text/plain;xcharset=a": "text/plain;xcharset=a",
		"text/plain;charsetx=a;charset=b": "text/plain;charsetx=a;charset=UTF-8", "text;charset=x": "text;charset=UTF-8",
		"text/plain;charset": "text/plain;charset", "text/plain;a=charset=x": "text/plain;a=charset=x", `text/plain;charset="";a=b`: `text/plain;charset="";a=b`,
	} {
		post := fetch.Request{URL: "/a", Method: "POST", API: fetch.APIXHR, Body: fetch.TextBody("x"), Headers: fetch.HeaderList{{Name: "Content-Type", Value: value}}}
		if got := lastHeader("Content-Type", post, fetch.EnvironmentOptions{}, nil)(t, p); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// An agent keeps a copy of its profile and gives out copies.
func TestProfileIsCopied(t *testing.T) {
	p := engine.Chromium()
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{Profile: p})
	for _, q := range []*fetch.Profile{p, agent.Profile()} {
		q.Ports.Allowed[0] = 25
		q.Safelist.ForbiddenRequestHeaders[0] = "accept"
		q.Preflight.BypassCache[0] = fetch.CacheDefault
		q.Policy.IPNeverSameSite = false
	}
	q := engine.WebKit()
	other, _ := newAgent(t, routes{}.serve, fetch.Options{Profile: q})
	q.Safelist.WildcardStillExposes[0] = "x"
	if diff := cmp.Diff(engine.Chromium(), agent.Profile()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(engine.WebKit(), other.Profile()); diff != "" {
		t.Error(diff)
	}
	none, _ := newAgent(t, routes{}.serve, fetch.Options{})
	if diff := cmp.Diff(fetch.Standard(), none.Profile()); diff != "" {
		t.Error(diff)
	}
}
