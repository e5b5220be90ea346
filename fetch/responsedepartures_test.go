package fetch_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
)

// responseDepartures are about what is read off the wire, and what is made of a response.
func responseDepartures() []departure {
	return []departure{{
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
		field:    "Network.NameBlanks",
		set:      func(p *fetch.Profile) { p.Network.NameBlanks = true },
		standard: "x-b=2; missing-allow-origin", departed: "x-a=1 x-b=2; 200",
		play: func(t *testing.T, p *fetch.Profile) string {
			return received("X-A : 1", "X-B: 2")(t, p) + "; " + oneFetch(fetch.Request{URL: api + "/a"}, routes{api + "/a": answer(200, "Access-Control-Allow-Origin : *")})(t, p)
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
		field:    "Response.FeedJoined",
		set:      func(p *fetch.Profile) { p.Response.FeedJoined = []string{"x-a"} },
		standard: "x-a=1, 2 x-b=1, 2; 1, 2", departed: "x-b=1, 2; 1\n2",
		play: func(t *testing.T, p *fetch.Profile) string {
			fetched := received("X-A: 1", "X-A: 2", "X-B: 1", "X-B: 2")(t, p)
			page, _ := profiledPage(t, p, func(sent) reply { return answer(200, "X-A: 1", "X-A: 2") }, fetch.EnvironmentOptions{})
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/a", API: "xhr"})
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
		set:      func(p *fetch.Profile) { p.Response.BlobRange = rules.RangeUint64 },
		standard: "206", departed: "range-not-satisfiable", play: blobRange("bytes=0-18446744073709551616"),
	}, {
		field:    "Response.BlobRange",
		set:      func(p *fetch.Profile) { p.Response.BlobRange = rules.RangeLenient },
		standard: "range-not-satisfiable", departed: "206", play: blobRange("BYTES=+0-5"),
	}, {
		field:    "Response.BlobSuffix",
		set:      func(p *fetch.Profile) { p.Response.BlobSuffix = rules.BlobSuffixWithin },
		standard: "206", departed: "range-not-satisfiable", play: blobRange("bytes=-11"),
	}, {
		field:    "Response.BlobSuffix",
		set:      func(p *fetch.Profile) { p.Response.BlobSuffix = rules.BlobSuffixClamped },
		standard: "206", departed: "range-not-satisfiable", play: blobRange("bytes=-0"),
	}, {
		field:    "Response.ResetContent",
		set:      func(p *fetch.Profile) { p.Response.ResetContent = rules.ResetContentHTTP2Body },
		standard: "", departed: "ok",
		play: bodyOf(205, "ok"),
	}, {
		field:    "Response.ResetContent",
		set:      func(p *fetch.Profile) { p.Response.ResetContent = rules.ResetContentBody },
		standard: "", departed: "ok",
		play: bodyOf(205, "ok"),
	}}
}
