package fetch_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

var updateGolden = flag.Bool("update", false, "rewrite the golden files")

const (
	pageOrigin = "https://app.example"
	thingsURL  = "https://api.example/things"
)

// simpleRequest is a cross-origin GET of fetch().
func simpleRequest() fetch.RequestInfo {
	return fetch.RequestInfo{
		API: fetch.APIFetch, Method: "GET", URL: thingsURL, FirstURL: thingsURL, Page: pageOrigin, Origin: pageOrigin,
		Mode: fetch.CORS, Credentials: credentials.SameOrigin, Redirect: fetch.Follow, Tainting: fetch.TaintingCORS,
	}
}

// putRequest is a cross-origin PUT of JSON, which needs a preflight.
func putRequest() fetch.RequestInfo {
	r := simpleRequest()
	r.Method = "PUT"
	r.Headers = fetch.HeaderList{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Token", Value: "t"}}
	return r
}

// changed changes a request.
func changed(r fetch.RequestInfo, changes ...func(*fetch.RequestInfo)) fetch.RequestInfo {
	for _, change := range changes {
		change(&r)
	}
	return r
}

func withCredentials(r *fetch.RequestInfo) { r.Credentials = credentials.Include }
func byXHR(r *fetch.RequestInfo)           { r.API = fetch.APIXHR }
func fromSandbox(r *fetch.RequestInfo)     { r.Page, r.Origin = "null", "null" }
func withinOrigin(r *fetch.RequestInfo)    { r.Tainting = fetch.TaintingBasic }
func inNoCORS(r *fetch.RequestInfo)        { r.Mode, r.Tainting = fetch.NoCORS, fetch.TaintingOpaque }

func byElement(d fetch.Destination) func(*fetch.RequestInfo) {
	return func(r *fetch.RequestInfo) { r.API, r.Destination = fetch.APIElement, d }
}

func toURL(u string) func(*fetch.RequestInfo) {
	return func(r *fetch.RequestInfo) { r.URL, r.FirstURL = u, u }
}

// viaRedirect is a request that was redirected, once, from another origin.
func viaRedirect(r *fetch.RequestInfo) {
	r.FirstURL, r.Hop, r.Origin = "https://old.example/things", 1, "null"
}

// answered is a response with headers given by name and value.
func answered(status int, headers ...string) *fetch.ResponseInfo {
	r := &fetch.ResponseInfo{Status: status}
	for pair := range slices.Chunk(headers, 2) {
		r.Headers.Append(pair[0], pair[1])
	}
	return r
}

const (
	nameACAO = "Access-Control-Allow-Origin"
	nameACAC = "Access-Control-Allow-Credentials"
	nameACAM = "Access-Control-Allow-Methods"
	nameACAH = "Access-Control-Allow-Headers"
)

// explainCases are realistic errors, at least one of every reason.
func explainCases() []explainCase {
	construct := func(reason fetch.Reason, header, value string, err error) *fetch.Error {
		r := changed(simpleRequest(), withinOrigin)
		switch header {
		case "method":
			r.Method = value
		case "url":
			r.URL, r.FirstURL = value, value
		}
		return &fetch.Error{Reason: reason, Stage: fetch.StageConstruct, Request: r, Header: header, Value: value, Err: err}
	}
	bare := func(reason fetch.Reason, header, value string) *fetch.Error {
		return &fetch.Error{Reason: reason, Header: header, Value: value}
	}
	before := func(reason fetch.Reason, r fetch.RequestInfo, header, value string) *fetch.Error {
		return &fetch.Error{Reason: reason, Stage: fetch.StageBefore, Request: r, Header: header, Value: value}
	}
	actual := func(reason fetch.Reason, r fetch.RequestInfo, resp *fetch.ResponseInfo, header, value string) *fetch.Error {
		return &fetch.Error{Reason: reason, Stage: fetch.StageActual, Request: r, Response: resp, Header: header, Value: value}
	}
	preflight := func(reason fetch.Reason, r fetch.RequestInfo, resp *fetch.ResponseInfo, header, value, detail string) *fetch.Error {
		return &fetch.Error{Reason: reason, Stage: fetch.StagePreflight, Request: r, Response: resp, Header: header, Value: value, Detail: detail}
	}
	below := func(e *fetch.Error, text string) *fetch.Error {
		e.Err = errors.New(text)
		return e
	}
	script := changed(simpleRequest(), inNoCORS, byElement(fetch.DestinationScript))
	sheet := changed(simpleRequest(), inNoCORS, byElement(fetch.DestinationStyle))
	redirect := answered(302, "Location", "/elsewhere")

	return []explainCase{
		{"", construct(fetch.InvalidURL, "url", "http://[", errors.New("the host is not an address"))},
		{"", construct(fetch.URLHasCredentials, "url", "https://user:pass@api.example/", nil)},
		{"", construct(fetch.InvalidMethod, "method", "GET ", nil)},
		{"", construct(fetch.ForbiddenMethod, "method", "TRACE", nil)},
		{"", &fetch.Error{Reason: fetch.MethodNeedsCORS, Request: changed(putRequest(), inNoCORS), Header: "method", Value: "PUT"}},
		{"", construct(fetch.InvalidOption, "credentials", "always", nil)},
		{"", bare(fetch.InvalidHeaderName, "name", "X Token")},
		{"", bare(fetch.InvalidHeaderValue, "X-Token", "a\nb")},
		{"", bare(fetch.ImmutableHeaders, "X-Token", "t")},
		{"", construct(fetch.BodyNotAllowed, "method", "GET", nil)},
		{"", construct(fetch.DuplexRequired, "duplex", "", nil)},
		{"", construct(fetch.StreamNeedsCORS, "mode", "no-cors", nil)},
		{"", construct(fetch.StreamWithKeepalive, "keepalive", "true", nil)},
		{"", construct(fetch.OnlyIfCachedNeedsSameOrigin, "mode", "cors", nil)},
		{"", construct(fetch.InvalidReferrer, "referrer", "http://[", nil)},
		{"of a request", construct(fetch.HeadersTooLarge, "headers", "3000000 bytes", nil)},
		{"", construct(fetch.RequestBodyTooLarge, "body", "", nil)},
		{"", construct(fetch.MethodNotNavigable, "method", "HEAD", nil)},
		{"", construct(fetch.NotWebSocketHandshake, "Upgrade", "h2c", nil)},
		{"", construct(fetch.InvalidSubprotocol, "Sec-WebSocket-Protocol", "chat, chat", nil)},
		{"", bare(fetch.InvalidStatus, "status", "99")},
		{"", bare(fetch.NullBodyStatus, "status", "204")},
		{"", below(before(fetch.Overridden, simpleRequest(), "", ""), "blocked by a list")},
		{"", before(fetch.Offline, simpleRequest(), "", "")},
		{"", before(fetch.DanglingMarkup, simpleRequest(), "url", "https://api.example/things?%3C")},
		{"", before(fetch.EmbeddedCredentials, changed(simpleRequest(), inNoCORS, byElement(fetch.DestinationImage), toURL("https://u:xxxxx@api.example/things")), "url", "https://u:xxxxx@api.example/things")},
		{"by a redirect", before(fetch.EmbeddedCredentials, changed(simpleRequest(), viaRedirect), "url", "https://u:xxxxx@api.example/things")},
		{"", construct(fetch.ElementOption, "method", "DELETE", nil)},

		{"", before(fetch.BadPort, changed(simpleRequest(), toURL("https://api.example:6667/")), "port", "6667")},
		{"", before(fetch.MixedContent, changed(simpleRequest(), toURL("http://api.example/things")), "scheme", "http")},
		{"after a redirect", before(fetch.MixedContent, changed(simpleRequest(), viaRedirect, func(r *fetch.RequestInfo) { r.URL = "http://api.example/things" }), "scheme", "http")},
		{"", before(fetch.DisallowedByMode, changed(simpleRequest(), func(r *fetch.RequestInfo) { r.Mode = fetch.SameOrigin }), "mode", "same-origin")},
		{"after a redirect", before(fetch.DisallowedByMode, changed(simpleRequest(), func(r *fetch.RequestInfo) {
			r.Mode, r.FirstURL, r.Hop = fetch.SameOrigin, pageOrigin+"/things", 1
		}), "mode", "same-origin")},
		{"", before(fetch.RedirectModeNotFollow, changed(simpleRequest(), inNoCORS), "redirect", "manual")},
		{"", before(fetch.CORSDisabledScheme, changed(simpleRequest(), toURL("file:///things")), "scheme", "file")},
		{"", before(fetch.UnsupportedScheme, changed(simpleRequest(), inNoCORS, toURL("ftp://api.example/")), "scheme", "ftp")},
		{"", before(fetch.InvalidDataURL, changed(simpleRequest(), withinOrigin, toURL("data:text/plain")), "url", "data:text/plain")},
		{"", before(fetch.BlobNotFound, changed(simpleRequest(), withinOrigin, toURL("blob:https://app.example/1")), "url", "blob:https://app.example/1")},
		{"", before(fetch.RangeNotSatisfiable, changed(simpleRequest(), withinOrigin, toURL("blob:https://app.example/1")), "Range", "bytes=9-")},
		{"", before(fetch.KeepaliveQuota, simpleRequest(), "keepalive", "65537")},
		{"", before(fetch.NotCached, changed(simpleRequest(), withinOrigin, toURL(pageOrigin+"/things")), "cache", "only-if-cached")},

		{"", actual(fetch.MissingAllowOrigin, simpleRequest(), answered(200), nameACAO, "")},
		{"with credentials", actual(fetch.MissingAllowOrigin, changed(simpleRequest(), withCredentials), answered(200), nameACAO, "")},
		{"sandboxed page", actual(fetch.MissingAllowOrigin, changed(simpleRequest(), fromSandbox), answered(200), nameACAO, "")},
		{"tainted by redirects", actual(fetch.MissingAllowOrigin, changed(simpleRequest(), viaRedirect), answered(200), nameACAO, "")},
		{"on the redirect", actual(fetch.MissingAllowOrigin, simpleRequest(), redirect, nameACAO, "")},
		{"on the preflight", preflight(fetch.MissingAllowOrigin, putRequest(), answered(200), nameACAO, "", "")},
		{"preflight needs a login", preflight(fetch.MissingAllowOrigin, changed(putRequest(), withCredentials), answered(401), nameACAO, "", "")},
		{"preflight has no route", preflight(fetch.MissingAllowOrigin, putRequest(), answered(405), nameACAO, "", "")},
		{"preflight crashes", preflight(fetch.MissingAllowOrigin, putRequest(), answered(500), nameACAO, "", "")},
		{"", actual(fetch.WildcardOriginNotAllowed, changed(simpleRequest(), withCredentials), answered(200, nameACAO, "*"), nameACAO, "*")},
		{"XMLHttpRequest", actual(fetch.WildcardOriginNotAllowed, changed(simpleRequest(), withCredentials, byXHR), answered(200, nameACAO, "*"), nameACAO, "*")},
		{"tainted by redirects", actual(fetch.WildcardOriginNotAllowed, changed(simpleRequest(), withCredentials, viaRedirect), answered(200, nameACAO, "*"), nameACAO, "*")},
		{"repeated", actual(fetch.MultipleAllowOriginValues, simpleRequest(), answered(200, nameACAO, pageOrigin, nameACAO, pageOrigin), nameACAO, pageOrigin+", "+pageOrigin)},
		{"listed", actual(fetch.MultipleAllowOriginValues, simpleRequest(), answered(200, nameACAO, pageOrigin+" https://b.example"), nameACAO, pageOrigin+" https://b.example")},
		{"", actual(fetch.InvalidAllowOriginValue, simpleRequest(), answered(200, nameACAO, "app.example"), nameACAO, "app.example")},
		{"", actual(fetch.AllowOriginMismatch, simpleRequest(), answered(200, nameACAO, "https://b.example"), nameACAO, "https://b.example")},
		{"slash", actual(fetch.AllowOriginMismatch, simpleRequest(), answered(200, nameACAO, pageOrigin+"/"), nameACAO, pageOrigin+"/")},
		{"", actual(fetch.InvalidAllowCredentials, changed(simpleRequest(), withCredentials), answered(200, nameACAO, pageOrigin), nameACAC, "")},
		{"upper case", actual(fetch.InvalidAllowCredentials, changed(simpleRequest(), withCredentials), answered(200, nameACAO, pageOrigin, nameACAC, "True"), nameACAC, "True")},

		{"", preflight(fetch.PreflightInvalidStatus, putRequest(), answered(302, nameACAO, "*"), "", "", "")},
		{"needs a login", preflight(fetch.PreflightInvalidStatus, changed(putRequest(), withCredentials), answered(401, nameACAO, pageOrigin), "", "", "")},
		{"has no route", preflight(fetch.PreflightInvalidStatus, putRequest(), answered(404, nameACAO, "*"), "", "", "")},
		{"crashes", preflight(fetch.PreflightInvalidStatus, putRequest(), answered(503, nameACAO, "*"), "", "", "")},
		{"", preflight(fetch.PreflightDisallowedRedirect, putRequest(), answered(301, nameACAO, "*", "Location", thingsURL+"/"), "", "", "")},
		{"", preflight(fetch.InvalidAllowMethods, putRequest(), answered(204, nameACAO, "*", nameACAM, `GET, "PUT"`), nameACAM, `GET, "PUT"`, "")},
		{"", preflight(fetch.InvalidAllowHeaders, putRequest(), answered(204, nameACAO, "*", nameACAH, "[content-type]"), nameACAH, "[content-type]", "")},
		{"", preflight(fetch.MethodDisallowed, putRequest(), answered(204, nameACAO, "*", nameACAM, "GET, POST"), nameACAM, "GET, POST", "PUT")},
		{"lower case", preflight(fetch.MethodDisallowed, changed(putRequest(), func(r *fetch.RequestInfo) { r.Method = "patch" }), answered(204, nameACAO, "*", nameACAM, "GET, PATCH"), nameACAM, "GET, PATCH", "patch")},
		{"listed in lower case", preflight(fetch.MethodDisallowed, putRequest(), answered(204, nameACAO, "*", nameACAM, "get, put"), nameACAM, "get, put", "PUT")},
		{"wildcard with credentials", preflight(fetch.MethodDisallowed, changed(putRequest(), withCredentials), answered(204, nameACAO, pageOrigin, nameACAC, "true", nameACAM, "*"), nameACAM, "*", "PUT")},
		{"", preflight(fetch.HeaderDisallowed, putRequest(), answered(204, nameACAO, "*", nameACAM, "PUT", nameACAH, "content-type"), nameACAH, "content-type", "x-token")},
		{"wildcard with credentials", preflight(fetch.HeaderDisallowed, changed(putRequest(), withCredentials), answered(204, nameACAO, pageOrigin, nameACAC, "true", nameACAM, "PUT", nameACAH, "*"), nameACAH, "*", "content-type")},
		{"", preflight(fetch.AuthorizationNotListed, changed(putRequest(), func(r *fetch.RequestInfo) {
			r.Headers = fetch.HeaderList{{Name: "Authorization", Value: "Bearer secret"}}
		}), answered(204, nameACAO, "*", nameACAM, "PUT", nameACAH, "*"), nameACAH, "*", "authorization")},

		{"", actual(fetch.RedirectModeError, changed(simpleRequest(), withinOrigin, toURL(pageOrigin+"/things")), redirect, "Location", "/elsewhere")},
		{"", below(actual(fetch.InvalidLocation, changed(simpleRequest(), withinOrigin), answered(302, "Location", "http://["), "Location", "http://["), "the host is not an address")},
		{"", actual(fetch.RedirectScheme, simpleRequest(), answered(302, nameACAO, "*", "Location", "data:,x"), "Location", "data:,x")},
		{"", actual(fetch.TooManyRedirects, changed(simpleRequest(), func(r *fetch.RequestInfo) { r.Hop, r.FirstURL = 20, "https://api.example/" }), answered(302, nameACAO, "*", "Location", "/"), "Location", "/")},
		{"", actual(fetch.RedirectContainsCredentials, simpleRequest(), answered(302, nameACAO, "*", "Location", "https://u:p@b.example/"), "Location", "https://u:p@b.example/")},
		{"", below(actual(fetch.RedirectVetoed, simpleRequest(), answered(302, nameACAO, "*", "Location", "https://b.example/"), "Location", "https://b.example/"), "b.example is out of scope")},
		{"", actual(fetch.BodyNotReplayable, putRequest(), answered(307, nameACAO, "*", "Location", "/elsewhere"), "Location", "/elsewhere")},
		{"needs a login", actual(fetch.BodyNotReplayable, changed(putRequest(), withinOrigin), answered(401, "WWW-Authenticate", "Basic"), "WWW-Authenticate", "")},

		{"", actual(fetch.CrossOriginResourcePolicy, changed(simpleRequest(), inNoCORS, byElement(fetch.DestinationImage)), answered(200, "Cross-Origin-Resource-Policy", "same-origin"), "Cross-Origin-Resource-Policy", "same-origin")},
		{"embedder policy", actual(fetch.CrossOriginResourcePolicy, changed(simpleRequest(), inNoCORS, byElement(fetch.DestinationImage)), answered(200), "Cross-Origin-Resource-Policy", "")},
		{"", actual(fetch.BlockedMIMEType, script, answered(200, "Content-Type", "image/png"), "Content-Type", "image/png")},
		{"", actual(fetch.BlockedByNosniff, script, answered(200, "Content-Type", "text/html; charset=utf-8"), "Content-Type", "text/html; charset=utf-8")},
		{"style sheet", actual(fetch.BlockedByNosniff, sheet, answered(404, "Content-Type", "text/html"), "Content-Type", "text/html")},
		{"", actual(fetch.OpaquePartialResponse, changed(simpleRequest(), inNoCORS), answered(206), "Range", "")},
		{"", actual(fetch.IntegrityMismatch, simpleRequest(), answered(200, nameACAO, "*"), "integrity", "sha256-AAAA")},
		{"opaque", actual(fetch.IntegrityMismatch, script, answered(200), "integrity", "sha256-AAAA")},
		{"", actual(fetch.WebSocketFailed, changed(simpleRequest(), func(r *fetch.RequestInfo) { r.API, r.Mode = fetch.APIWebSocket, fetch.WebSocketMode }), answered(200), "status", "200")},
		{"subprotocol", actual(fetch.WebSocketFailed, changed(simpleRequest(), func(r *fetch.RequestInfo) { r.API, r.Mode = fetch.APIWebSocket, fetch.WebSocketMode }), answered(101, "Sec-WebSocket-Protocol", "other"), "Sec-WebSocket-Protocol", "other")},
		{"", &fetch.Error{Reason: fetch.HeadersTooLarge, Stage: fetch.StageActual, Request: simpleRequest(), Response: answered(200), Detail: "more than 2097152 bytes"}},
		{"", actual(fetch.BodyTooLarge, simpleRequest(), answered(200, nameACAO, "*"), "", "")},

		{"", below(actual(fetch.NetworkFailure, simpleRequest(), nil, "", ""), "dial tcp 192.0.2.1:443: connect: connection refused")},
		{"", actual(fetch.StreamNeedsHTTP2, putRequest(), nil, "", "")},
		{"", actual(fetch.ProxyAuthenticationRequired, simpleRequest(), answered(407, "Proxy-Authenticate", "Basic realm=proxy"), "Proxy-Authenticate", "")},
		{"", below(before(fetch.Unsendable, simpleRequest(), "", ""), "a header name that net/http refuses")},
		{"", below(actual(fetch.BrokenBody, simpleRequest(), answered(200, nameACAO, "*"), "", ""), "unexpected EOF")},
		{"", below(actual(fetch.Aborted, simpleRequest(), nil, "", ""), "context canceled")},
	}
}

type explainCase struct {
	note string
	err  *fetch.Error
}

// TestExplainGolden holds what a developer reads first: the problem, who has to
// fix it, how, and with which headers.
func TestExplainGolden(t *testing.T) {
	var b strings.Builder
	for _, r := range explainCases() {
		title := r.err.Reason.String()
		if r.note != "" {
			title += ", " + r.note
		}
		x := r.err.Explain()
		fmt.Fprintf(&b, "%s: %s\n\t%s: %s\n", title, x.Problem, x.By, x.Fix)
		for _, h := range x.Headers {
			fmt.Fprintf(&b, "\t\t%s: %s\n", h.Name, h.Value)
		}
	}
	golden := filepath.Join("testdata", "explain.golden")
	if *updateGolden {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("explanations differ from %s (-golden +now); rewrite it with -update:\n%s", golden, diff)
	}
}

func TestExplainEveryReason(t *testing.T) {
	covered := map[fetch.Reason]bool{}
	for _, r := range explainCases() {
		covered[r.err.Reason] = true
	}
	for _, reason := range fetch.Reasons() {
		t.Run(reason.String(), func(t *testing.T) {
			if !covered[reason] {
				t.Error("no realistic error in explainCases()")
			}
			// The barest error, too, must be explained.
			x := (&fetch.Error{Reason: reason}).Explain()
			for name, text := range map[string]string{
				"Summary": x.Summary, "Did": x.Did, "Rule": x.Rule, "Section": x.Section, "By": string(x.By), "Fix": x.Fix,
			} {
				if text == "" {
					t.Errorf("%s is empty", name)
				}
				if strings.ContainsAny(text, "{}!") {
					t.Errorf("%s = %q", name, text)
				}
			}
		})
	}
}

// A page must not learn from the exception what the explanation says.
func TestExplanationStaysWithDevelopers(t *testing.T) {
	for _, r := range explainCases() {
		want := "Failed to fetch"
		switch {
		case r.err.Stage == fetch.StageConstruct:
			continue
		case r.err.Reason == fetch.Aborted:
			want = "The operation was aborted"
		}
		if got := r.err.ScriptMessage(); got != want {
			t.Errorf("%v: ScriptMessage() = %q, want %q", r.err.Reason, got, want)
		}
	}
}

func TestExplainDid(t *testing.T) {
	tests := []struct {
		name string
		err  *fetch.Error
		want string
	}{
		{"refused by the API", &fetch.Error{Reason: fetch.InvalidMethod, Stage: fetch.StageConstruct, Request: simpleRequest()},
			"The page requested https://api.example/things with fetch(), which refused it. Nothing was sent."},
		{"refused before it was sent", &fetch.Error{Reason: fetch.MixedContent, Stage: fetch.StageBefore, Request: simpleRequest()},
			"The browser was about to send GET https://api.example/things for https://app.example. Nothing was sent."},
		{"refused by its preflight", &fetch.Error{Reason: fetch.MissingAllowOrigin, Stage: fetch.StagePreflight, Request: putRequest(), Response: answered(404), Header: nameACAO},
			"Before PUT https://api.example/things the browser sent a preflight, OPTIONS https://api.example/things, with Origin: https://app.example, " +
				"Access-Control-Request-Method: PUT and Access-Control-Request-Headers: content-type,x-token. " +
				"The server answered 404, without Access-Control-Allow-Origin. The PUT itself was not sent."},
		{"refused after a redirect", &fetch.Error{Reason: fetch.AllowOriginMismatch, Stage: fetch.StageActual, Request: changed(simpleRequest(), viaRedirect, withCredentials),
			Response: answered(200, nameACAO, pageOrigin), Header: nameACAO, Value: pageOrigin},
			"It followed 1 redirect from https://old.example/things. The browser sent GET https://api.example/things for https://app.example, " +
				"with Origin: null and credentials. The server answered 200, with Access-Control-Allow-Origin: https://app.example."},
		{"without an answer", &fetch.Error{Reason: fetch.NetworkFailure, Stage: fetch.StageActual, Request: changed(simpleRequest(), inNoCORS)},
			"The browser sent GET https://api.example/things for https://app.example, in mode no-cors. No response arrived."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.err.Explain().Did); diff != "" {
				t.Errorf("Did (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExplainHeaders(t *testing.T) {
	tests := []struct {
		name string
		err  *fetch.Error
		want []string
	}{
		{"credentials name the origin", &fetch.Error{Reason: fetch.WildcardOriginNotAllowed, Stage: fetch.StageActual, Request: changed(simpleRequest(), withCredentials)},
			[]string{nameACAO + ": " + pageOrigin, nameACAC + ": true", "Vary: Origin"}},
		{"nobody is told to allow null", &fetch.Error{Reason: fetch.MissingAllowOrigin, Stage: fetch.StageActual, Request: changed(simpleRequest(), fromSandbox, withCredentials)},
			[]string{nameACAO + ": *"}},
		{"a preflight of its own request", &fetch.Error{Reason: fetch.NetworkFailure, Stage: fetch.StagePreflight, Request: simpleRequest()}, nil},
		{"a preflight's answer names method and headers", &fetch.Error{Reason: fetch.PreflightInvalidStatus, Stage: fetch.StagePreflight, Request: putRequest(), Response: answered(404)},
			[]string{nameACAO + ": " + pageOrigin, "Vary: Origin", nameACAM + ": PUT", nameACAH + ": content-type, x-token"}},
		{"a safelisted method need not be named", &fetch.Error{Reason: fetch.PreflightInvalidStatus, Stage: fetch.StagePreflight,
			Request: changed(putRequest(), func(r *fetch.RequestInfo) { r.Method = "POST" }), Response: answered(404)},
			[]string{nameACAO + ": " + pageOrigin, "Vary: Origin", nameACAH + ": content-type, x-token"}},
		{"a name that only an engine finds unsafe", &fetch.Error{Reason: fetch.HeaderDisallowed, Stage: fetch.StagePreflight, Request: putRequest(), Detail: "accept"},
			[]string{nameACAH + ": content-type, x-token, accept"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, h := range tt.err.Explain().Headers {
				got = append(got, h.Name+": "+h.Value)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Headers (-want +got):\n%s", diff)
			}
		})
	}
}

// What a hostile peer sends neither floods nor steers a terminal, and is never
// taken for a name in braces.
func TestExplainHostile(t *testing.T) {
	const evil = "\x1b[2J\r\n\x00\u202e\xff{url}"
	long := strings.Repeat(evil, 1<<10)
	for _, reason := range fetch.Reasons() {
		for _, stage := range []fetch.Stage{fetch.StageConstruct, fetch.StageBefore, fetch.StagePreflight, fetch.StageActual} {
			e := &fetch.Error{
				Reason: reason, Stage: stage, Header: long, Value: long, Detail: long, Err: errors.New(long),
				Response: answered(302, nameACAO, long, "Location", long, "Content-Type", long),
				Request: fetch.RequestInfo{
					Method: long, URL: thingsURL + "?" + long, FirstURL: long, Page: pageOrigin, Origin: pageOrigin, Hop: 1,
					Headers: fetch.HeaderList{{Name: long, Value: long}},
				},
			}
			texts := []string{e.Explain().String()}
			for _, text := range engine.Console(e) {
				texts = append(texts, strings.ReplaceAll(text, "\n", " "))
			}
			for i, text := range texts {
				if len(text) > 64<<10 {
					t.Fatalf("%v %v: text %d has %d bytes", reason, stage, i, len(text))
				}
				for _, r := range text {
					if !unicode.IsPrint(r) && !(i == 0 && r == '\n') {
						t.Fatalf("%v %v: text %d has %U", reason, stage, i, r)
					}
				}
			}
		}
	}
}

func TestExplanationWidth(t *testing.T) {
	for _, r := range explainCases() {
		for line := range strings.Lines(r.err.Explain().String()) {
			if len(line) > 80 && strings.Count(strings.TrimSpace(line), " ") > 1 {
				t.Errorf("%v: %d bytes: %s", r.err.Reason, len(line), line)
			}
		}
	}
}
