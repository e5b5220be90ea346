package fetch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
)

// sentLines is a play that is one fetch, seen by what was sent.
func sentLines(r fetch.Request, o fetch.EnvironmentOptions, answers routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, n := profiledPage(t, p, answers.serve, o)
		outcome(t, page, &r)
		return strings.ReplaceAll(strings.Join(n.lines(), ", "), "https://", "")
	}
}

// heldTo is a play that is one fetch where mixed content is blocked, seen by
// what was sent.
func heldTo(r fetch.Request, o fetch.EnvironmentOptions, answers routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		agent, n := newAgent(t, answers.serve, fetch.Options{Profile: p})
		got := outcome(t, newPage(t, agent, o), &r)
		return fmt.Sprint(len(n.sent), " ", got)
	}
}

// countPreflights is a play of several fetches, seen by how many preflights they
// took.
func countPreflights(answers routes, all ...fetch.Request) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, n := profiledPage(t, p, answers.serve, fetch.EnvironmentOptions{})
		for _, r := range all {
			outcome(t, page, &r)
		}
		return fmt.Sprint(preflights(n))
	}
}

// shown is a play that is one fetch, seen by the body.
func shown(r fetch.Request, answers routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, _ := profiledPage(t, p, answers.serve, fetch.EnvironmentOptions{})
		resp, err := page.Fetch(t.Context(), &r)
		if err != nil {
			return asRefusal(t, err).Reason.String()
		}
		defer resp.Body.Close()
		return string(resp.Type) + " " + text(t, resp.Body)
	}
}

// hopDepartures are about what becomes of a request, its headers and its body
// on their way through redirects, checks and the wire.
func hopDepartures() []departure {
	json := fetch.BytesBody([]byte("{}"), "application/json")
	put := fetch.Request{URL: api + "/a", Method: "PUT"}
	post := fetch.Request{URL: "/a", Method: "POST", Body: fetch.TextBody("x")}
	toGETAndOn := routes{app + "/a": answer(302, "Location: /b"), app + "/b": answer(307, "Location: /c")}
	abroad := routes{app + "/a": answer(302, "Location: "+api+"/b")}
	fromAPI := routes{"PUT " + api + "/a": answer(307, acao+"*", "Location: "+cdn+"/b")}
	page := fetch.EnvironmentOptions{}
	return []departure{{
		field:    "Request.BlobTypeUnguarded",
		set:      func(p *fetch.Profile) { p.Request.BlobTypeUnguarded = true },
		standard: "", departed: "application/json",
		play: lastHeader("Content-Type", fetch.Request{URL: api + "/a", Method: "POST", Mode: fetch.NoCORS, Body: json}, page, nil),
	}, {
		field:    "Request.BlobTypeIsMIMEType",
		set:      func(p *fetch.Profile) { p.Request.BlobTypeIsMIMEType = true },
		standard: "x", departed: "",
		play: lastHeader("Content-Type", fetch.Request{URL: "/a", Method: "POST", API: "xhr", Body: fetch.BytesBody(nil, "x")}, page, nil),
	}, {
		field:    "Request.FormTypeWithoutBody",
		set:      func(p *fetch.Profile) { p.Request.FormTypeWithoutBody = true },
		standard: "", departed: "application/x-www-form-urlencoded;charset=UTF-8",
		play: lastHeader("Content-Type", fetch.Request{URL: "/a", API: "xhr", Body: fetch.FormBody(fetch.FormField{Name: "a", Value: "b"})}, page, nil),
	}, {
		field:    "Request.EmptyCharsetKept",
		set:      func(p *fetch.Profile) { p.Request.EmptyCharsetKept = true },
		standard: "text/plain;charset=UTF-8", departed: `text/plain;charset=""`,
		play: lastHeader("Content-Type", fetch.Request{URL: "/a", API: "xhr", Method: "POST", Body: fetch.TextBody("x"),
			Headers: headerLines(`Content-Type: text/plain;charset=""`)}, page, nil),
	}, {
		field:    "Request.UserinfoTaken",
		set:      func(p *fetch.Profile) { p.Request.UserinfoTaken = true },
		standard: "https://u:p@api.test/a, https://u:p@app.example/b", departed: api + "/a, https://u:p@app.example/b",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			var urls []string
			for _, u := range []string{"https://u:p@api.test/a", "https://u:p@app.example/b"} {
				resp := fetched(t, page, &fetch.Request{URL: u, API: "xhr"})
				resp.Body.Close()
				urls = append(urls, resp.URL)
			}
			return strings.Join(urls, ", ")
		},
	}, {
		field:    "Request.OnlyIfCachedAsks",
		set:      func(p *fetch.Profile) { p.Request.OnlyIfCachedAsks = true },
		standard: "not-cached", departed: "200",
		play: oneFetch(fetch.Request{URL: "/a", Mode: fetch.SameOrigin, Cache: "only-if-cached"}, nil),
	}, {
		field:    "Network.EscapesNormalized",
		set:      func(p *fetch.Profile) { p.Network.EscapesNormalized = true },
		standard: "GET app.example/%41%2f%e9%zz?%7e%2561%", departed: "GET app.example/A%2F%E9%zz?~%2561%",
		play: sentLines(fetch.Request{URL: "/%41%2f%e9%zz?%7e%2561%#%61"}, page, nil),
	}, {
		field:    "Network.EscapesNormalized",
		set:      func(p *fetch.Profile) { p.Network.EscapesNormalized = true },
		standard: app + "/%61%2f " + app + "/%61%2f", departed: app + "/a%2F " + app + "/%61%2f",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			var urls []string
			for _, u := range []string{"/%61%2f", "/%61%2f#b"} {
				resp := fetched(t, page, &fetch.Request{URL: u})
				resp.Body.Close()
				urls = append(urls, resp.URL)
			}
			return strings.Join(urls, " ")
		},
	}, {
		field:    "Body.Stream",
		set:      func(p *fetch.Profile) { p.Body.Stream = rules.StreamRefused },
		standard: "200", departed: "invalid-option",
		play: oneFetch(fetch.Request{URL: "/a", Method: "POST", Body: fetch.StreamBody(strings.NewReader("x")), Duplex: "half"}, nil),
	}, {
		field:    "Preflight.ByFirstHeaders",
		set:      func(p *fetch.Profile) { p.Preflight.ByFirstHeaders = true },
		standard: "no preflight", departed: "authorization",
		play: preflightHeader("Access-Control-Request-Headers", fetch.Request{URL: "/a", Headers: headerLines("Authorization: x")}, page, abroad),
	}, {
		field:    "Preflight.FirstReferrer",
		set:      func(p *fetch.Profile) { p.Preflight.FirstReferrer = true },
		standard: "", departed: app + "/dir/page?q",
		play: preflightHeader("Referer", fetch.Request{URL: "/a", Method: "PUT"}, page,
			routes{app + "/a": answer(307, "Location: "+api+"/b", "Referrer-Policy: no-referrer")}),
	}, {
		field:    "Preflight.ScriptUserAgent",
		set:      func(p *fetch.Profile) { p.Preflight.ScriptUserAgent = true },
		standard: defaultUserAgent, departed: "mine",
		play: preflightHeader("User-Agent", fetch.Request{URL: api + "/a", Headers: headerLines("User-Agent: mine")}, page, nil),
	}, {
		field: "Preflight.StoreRefused",
		set: func(p *fetch.Profile) {
			p.Preflight.StoreRefused = true
			p.Preflight.KeepEntriesOnPreflightFailure = true
		},
		standard: "2", departed: "1",
		play: countPreflights(routes{"OPTIONS " + api + "/a": answer(204, acao+"*", acam+"DELETE")}, put,
			fetch.Request{URL: api + "/a", Method: "DELETE"}),
	}, {
		field:    "Preflight.TaintedNotShared",
		set:      func(p *fetch.Profile) { p.Preflight.TaintedNotShared = true },
		standard: "2", departed: "3",
		play: countPreflights(fromAPI, put, put),
	}, {
		field:    "Preflight.NullNotShared",
		set:      func(p *fetch.Profile) { p.Preflight.NullNotShared = true },
		standard: "2", departed: "3",
		play: countPreflights(fromAPI, put, put),
	}, {
		field:    "Redirect.NoLocationNoRedirect",
		set:      func(p *fetch.Profile) { p.Redirect.NoLocationNoRedirect = true },
		standard: "redirect-mode-error", departed: "302",
		play: oneFetch(fetch.Request{URL: "/a", Redirect: "error"}, routes{app + "/a": answer(302)}),
	}, {
		field:    "Redirect.NoLocationNoRedirect",
		set:      func(p *fetch.Profile) { p.Redirect.NoLocationNoRedirect = true },
		standard: "opaqueredirect ", departed: "opaqueredirect stay",
		play: shown(fetch.Request{URL: "/a", Redirect: "manual"}, routes{app + "/a": answer(302).with("stay")}),
	}, {
		field:    "Redirect.JoinLocations",
		set:      func(p *fetch.Profile) { p.Redirect.JoinLocations = true },
		standard: "GET app.example/a", departed: "GET app.example/a, GET app.example/b,%20c",
		play: sentLines(fetch.Request{URL: "/a"}, page, routes{app + "/a": answer(302, "Location: b", "Location: c")}),
	}, {
		field:    "Redirect.ManualRefusesScheme",
		set:      func(p *fetch.Profile) { p.Redirect.ManualRefusesScheme = true },
		standard: "0", departed: "redirect-scheme",
		play: oneFetch(fetch.Request{URL: "/a", Redirect: "manual"}, routes{app + "/a": answer(302, "Location: ftp://api.test/b")}),
	}, {
		field:    "Redirect.SameOriginIncludes",
		set:      func(p *fetch.Profile) { p.Redirect.SameOriginIncludes = true },
		standard: "200", departed: "wildcard-origin-not-allowed",
		play: oneFetch(fetch.Request{URL: "/a"}, routes{app + "/a": answer(302, "Location: "+api+"/b"), api + "/b": answer(302, acao+"*", "Location: /c")}),
	}, {
		field:    "Redirect.FirstHeaders",
		set:      func(p *fetch.Profile) { p.Redirect.FirstHeaders = true },
		standard: "", departed: "text/plain;charset=UTF-8",
		play: lastHeader("Content-Type", post, page, routes{app + "/a": answer(302, "Location: /b"), app + "/b": answer(302, "Location: "+api+"/c")}),
	}, {
		field:    "Redirect.TypeRestored",
		set:      func(p *fetch.Profile) { p.Redirect.TypeRestored = true },
		standard: "", departed: "text/plain;charset=UTF-8",
		play: lastHeader("Content-Type", post, page, toGETAndOn),
	}, {
		field:    "Redirect.OwnUserAgent",
		set:      func(p *fetch.Profile) { p.Redirect.OwnUserAgent = true },
		standard: "mine", departed: defaultUserAgent,
		play: lastHeader("User-Agent", fetch.Request{URL: "/a", Headers: headerLines("User-Agent: mine")}, page, toGETAndOn),
	}, {
		field:    "Redirect.NoCacheHeadersAcrossOrigins",
		set:      func(p *fetch.Profile) { p.Redirect.NoCacheHeadersAcrossOrigins = true },
		standard: "no-cache", departed: "",
		play: lastHeader("Cache-Control", fetch.Request{URL: "/a", Cache: "no-store"}, page, abroad),
	}, {
		field:    "Redirect.BlockedAfterPreflight", // the request, and its preflight
		set:      func(p *fetch.Profile) { p.Redirect.BlockedAfterPreflight = true },
		standard: "1 mixed-content", departed: "2 mixed-content",
		play: heldTo(fetch.Request{URL: "/a", Method: "PUT"}, page, routes{app + "/a": answer(307, "Location: http://api.test/b")}),
	}, {
		field:    "Redirect.BlockedAfterPreflight",
		set:      func(p *fetch.Profile) { p.Redirect.BlockedAfterPreflight = true },
		standard: "1 redirect-contains-credentials", departed: "2 redirect-contains-credentials",
		play: heldTo(fetch.Request{URL: "/a", Method: "PUT"}, page, routes{app + "/a": answer(307, "Location: https://u:p@api.test/b")}),
	}, {
		field:    "Redirect.BlockedAfterPreflight",
		set:      func(p *fetch.Profile) { p.Redirect.BlockedAfterPreflight = true },
		standard: "1 bad-port", departed: "2 bad-port",
		play: heldTo(fetch.Request{URL: "/a", Method: "PUT"}, fetch.EnvironmentOptions{URL: "http://app.example/"},
			routes{"http://app.example/a": answer(307, "Location: http://api.test:22/b")}),
	}, {
		field:    "Headers.KeptOriginOnRedirect",
		set:      func(p *fetch.Profile) { p.Headers.KeptOriginOnRedirect = true },
		standard: "", departed: app,
		play: lastHeader("Origin", post, page, toGETAndOn),
	}, {
		field:    "Headers.KeptOriginOnRedirect",
		set:      func(p *fetch.Profile) { p.Headers.KeptOriginOnRedirect = true },
		standard: "null", departed: app,
		play: lastHeader("Origin", fetch.Request{URL: "/a", Method: "POST", Mode: fetch.NoCORS, ReferrerPolicy: "no-referrer"}, page,
			routes{app + "/a": answer(307, "Location: "+api+"/b")}),
	}, {
		field:    "Headers.MediaPlayer",
		set:      func(p *fetch.Profile) { p.Headers.MediaPlayer = true },
		standard: " gzip, deflate", departed: "1 ",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, func(sent) reply { return answer(200) }, fetch.EnvironmentOptions{})
			outcome(t, page, fetch.Element("audio").Request("/a", ""))
			return n.last(t).header("Icy-Metadata") + " " + n.last(t).header("Accept-Encoding")
		},
	}, {
		field:    "Headers.SandboxedReferrer",
		set:      func(p *fetch.Profile) { p.Headers.SandboxedReferrer = true },
		standard: "", departed: app + "/",
		play: lastHeader("Referer", fetch.Request{URL: api + "/a", API: "xhr"}, fetch.EnvironmentOptions{Sandboxed: true}, nil),
	}, {
		field:    "Headers.TrimReferrerWhenSent", // back home it is whole
		set:      func(p *fetch.Profile) { p.Headers.TrimReferrerWhenSent = true },
		standard: app + "/dir/page?q " + app + "/dir/page?q", departed: app + "/ " + app + "/dir/page?q",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{api + "/a": answer(302, acao+"*", "Location: "+app+"/b")}.serve, fetch.EnvironmentOptions{})
			outcome(t, page, &fetch.Request{URL: api + "/a", ReferrerPolicy: "unsafe-url"})
			return n.sent[0].header("Referer") + " " + n.last(t).header("Referer")
		},
	}, {
		field:    "Headers.PreflightMetadataByFirst",
		set:      func(p *fetch.Profile) { p.Headers.PreflightMetadataByFirst = true },
		standard: "cross-site", departed: "",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Headers.MetadataByCurrentURL = true
			return preflightHeader("Sec-Fetch-Site", fetch.Request{URL: "/a", Method: "PUT"}, fetch.EnvironmentOptions{URL: "http://app.example/"},
				routes{"http://app.example/a": answer(307, "Location: "+api+"/b")})(t, p)
		},
	}, {
		field:    "Headers.PreflightSiteByOrigin",
		set:      func(p *fetch.Profile) { p.Headers.PreflightSiteByOrigin = true },
		standard: "same-site", departed: "cross-site",
		play: preflightHeader("Sec-Fetch-Site", fetch.Request{URL: "https://sub.app.example/a", Method: "PUT"}, page,
			routes{"PUT https://sub.app.example/a": answer(307, acao+"*", "Location: "+app+"/b")}),
	}, {
		field:    "Headers.UTF8Values",
		set:      func(p *fetch.Profile) { p.Headers.UTF8Values = true },
		standard: "\xe9", departed: "é",
		play: lastHeader("X-A", fetch.Request{URL: "/a", Headers: fetch.HeaderList{{Name: "X-A", Value: "\xe9"}}}, page, nil),
	}, {
		field:    "Headers.ReplaceNotUTF8",
		set:      func(p *fetch.Profile) { p.Headers.ReplaceNotUTF8 = true },
		standard: "a\xe9\xff é", departed: "a\ufffd\ufffd é",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{app + "/a": answer(200, "X-A: a\xe9\xff é", "X-B: b")}.serve, fetch.EnvironmentOptions{})
			resp := fetched(t, page, &fetch.Request{URL: "/a"})
			resp.Body.Close()
			value, _ := resp.Headers.Get("X-A")
			return value
		},
	}, {
		field:    "Policy.LoopbackIsMixed",
		set:      func(p *fetch.Profile) { p.Policy.LoopbackIsMixed = true },
		standard: "1 200", departed: "0 mixed-content",
		play: heldTo(fetch.Request{URL: "http://localhost/a"}, page, nil),
	}, {
		field:    "Policy.NoCORSFollowsOnly",
		set:      func(p *fetch.Profile) { p.Policy.NoCORSFollowsOnly = true },
		standard: "200", departed: "redirect-mode-not-follow",
		play: oneFetch(fetch.Request{URL: "data:,x", Mode: fetch.NoCORS, Redirect: "manual"}, nil),
	}, {
		field:    "Integrity.NamesInAnyCase",
		set:      func(p *fetch.Profile) { p.Integrity.NamesInAnyCase = true },
		standard: "200", departed: "integrity-mismatch",
		play: oneFetch(fetch.Request{URL: "/a", Integrity: "SHA256-x"}, nil),
	}, {
		field:    "Integrity.BlankIsNone",
		set:      func(p *fetch.Profile) { p.Integrity.BlankIsNone = true },
		standard: "integrity-mismatch", departed: "204",
		play: oneFetch(fetch.Request{URL: "/a", Integrity: " \t"}, routes{app + "/a": answer(204)}),
	}, {
		field:    "Integrity.NoHashNoCheck",
		set:      func(p *fetch.Profile) { p.Integrity.NoHashNoCheck = true },
		standard: "integrity-mismatch", departed: "204",
		play: oneFetch(fetch.Request{URL: "/a", Integrity: "md5-x"}, routes{app + "/a": answer(204)}),
	}}
}

// integrityDepartures are about integrity metadata. All but the first are fields
// that count with the first alone.
func integrityDepartures() []departure {
	passes := func(metadata string) func(*testing.T, *fetch.Profile) string {
		return func(t *testing.T, p *fetch.Profile) string {
			p.Integrity.Base64 = true
			return oneFetch(fetch.Request{URL: "/a", Integrity: metadata}, nil)(t, p)
		}
	}
	const refused = "integrity-mismatch"
	return []departure{{
		field:    "Integrity.Base64",
		set:      func(p *fetch.Profile) { p.Integrity.Base64 = true },
		standard: refused, departed: "200",
		play: oneFetch(fetch.Request{URL: "/a", Integrity: "sha256"}, nil),
	}, {
		field:    "Integrity.PaddingAnywhere",
		set:      func(p *fetch.Profile) { p.Integrity.PaddingAnywhere = true },
		standard: "200", departed: refused,
		play: passes("sha256-aa=a"),
	}, {
		field:    "Integrity.ExactPadding",
		set:      func(p *fetch.Profile) { p.Integrity.ExactPadding = true },
		standard: "200", departed: refused,
		play: passes(sha256OK + "="),
	}, {
		field:    "Integrity.MixedAlphabets",
		set:      func(p *fetch.Profile) { p.Integrity.MixedAlphabets = true },
		standard: refused, departed: "200",
		play: passes(strings.Replace(sha384OK, "+", "-", 1)),
	}, {
		field:    "Integrity.VisibleOptions",
		set:      func(p *fetch.Profile) { p.Integrity.VisibleOptions = true },
		standard: refused, departed: "200",
		play: passes("sha256-aaaa?\u00e9"),
	}, {
		field:    "Integrity.HyphenatedNames",
		set:      func(p *fetch.Profile) { p.Integrity.HyphenatedNames = true },
		standard: "200", departed: refused,
		play: passes("sha-256-aaaa"),
	}, {
		field:    "Integrity.VerticalTab",
		set:      func(p *fetch.Profile) { p.Integrity.VerticalTab = true },
		standard: "200", departed: refused,
		play: passes("md5-x\vsha256-aaaa"),
	}, {
		field:    "Integrity.PublicKeys",
		set:      func(p *fetch.Profile) { p.Integrity.PublicKeys = true },
		standard: "200", departed: refused,
		play: passes("ed25519-aaaa"),
	}}
}
