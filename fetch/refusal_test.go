package fetch_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// A refusal is what an [fetch.Error] says, in a form to compare.
type refusal struct {
	reason                fetch.Reason
	stage                 string
	header, value, detail string
	method, url           string
	hop                   int
	status                int // 0: no response arrived
}

func refusalOf(e *fetch.Error) refusal {
	r := refusal{e.Reason, e.Stage, e.Header, e.Value, e.Detail, e.Request.Method, e.Request.URL, e.Request.Hop, 0}
	if e.Response != nil {
		r.status = e.Response.Status
	}
	return r
}

// A refusalCase is the smallest exchange that is refused for a reason.
type refusalCase struct {
	name    string
	holds   string // the sentence
	options fetch.Options
	page    fetch.EnvironmentOptions
	request fetch.Request
	answers routes
	want    refusal

	exception    string // "" is TypeError
	xhrException string // the same by XMLHttpRequest: "" is NetworkError, "-" is not asked
	xhrResponse  bool   // XMLHttpRequest gets a response instead
}

// oneBlob knows one blob: URL.
type oneBlob struct{ url, body string }

func (b oneBlob) Blob(u *origin.URL, _ origin.Origin, _ origin.PartitionKey) (fetch.Blob, bool) {
	data := bytes.NewReader([]byte(b.body))
	return fetch.Blob{Type: "text/plain", Size: data.Size(), Data: data}, u.WithoutFragment() == b.url
}

var errDown = errors.New("the server is down")

const (
	acao = "Access-Control-Allow-Origin: "
	acac = "Access-Control-Allow-Credentials: "
	acam = "Access-Control-Allow-Methods: "
	acah = "Access-Control-Allow-Headers: "
)

func constructCases() []refusalCase {
	const at = api + "/a"
	construct := func(reason fetch.Reason, header, value, method string) refusal {
		return refusal{reason: reason, stage: "construct", header: header, value: value, method: method, url: at}
	}
	detailed := func(r refusal, detail string) refusal { r.detail = detail; return r }
	syntax := "SyntaxError"
	stream := func() *fetch.Body { return fetch.StreamBody(strings.NewReader("x")) }
	return []refusalCase{{
		name: "url", holds: "Request 5.2: parsedURL is failure",
		request: fetch.Request{URL: "https://a b/"},
		want:    refusal{reason: fetch.InvalidURL, stage: "construct", header: "url", value: "https://a b/", method: "GET", url: "https://a b/"}, xhrException: syntax,
	}, {
		name: "url with credentials", holds: "Request 5.3: parsedURL includes credentials",
		request: fetch.Request{URL: "https://u:p@api.test/a"},
		want: refusal{reason: fetchtest.Reason("url-has-credentials"), stage: "construct", header: "url", value: "https://u:xxxxx@api.test/a", method: "GET",
			url: "https://u:xxxxx@api.test/a"}, xhrResponse: true,
	}, {
		name: "method", holds: "Request 25.2: method is not a method",
		request: fetch.Request{URL: at, Method: "G ET"},
		want:    construct(fetch.InvalidMethod, "method", "G ET", "G ET"), xhrException: syntax,
	}, {
		name: "forbidden method", holds: "Request 25.2: method is a forbidden method",
		request: fetch.Request{URL: at, Method: "trace"},
		want:    construct(fetchtest.Reason("forbidden-method"), "method", "trace", "trace"), xhrException: "SecurityError",
	}, {
		name: "method before url", holds: "open() 3 comes before 6",
		request: fetch.Request{URL: "https://a b/", Method: "TRACK"},
		want:    refusal{reason: fetchtest.Reason("forbidden-method"), stage: "construct", header: "method", value: "TRACK", method: "TRACK", url: "https://a b/"},

		xhrException: "SecurityError",
	}, {
		name: "method in no-cors", holds: "Request 32.1",
		request: fetch.Request{URL: at, Method: "put", Mode: fetch.NoCORS},
		want:    construct(fetchtest.Reason("method-needs-cors"), "method", "PUT", "PUT"), xhrException: "-",
	}, {
		name: "mode navigate", holds: "Request 17",
		request: fetch.Request{URL: at, Mode: "navigate"},
		want:    detailed(construct(fetch.InvalidOption, "mode", "navigate", "GET"), "same-origin, no-cors, cors"), xhrException: "-",
	}, {
		name: "header name", holds: "Headers validate 1: name is not a header name",
		request: fetch.Request{URL: at, Headers: headerLines("X A: b")},
		want:    construct(fetch.InvalidHeaderName, "name", "X A", "GET"), xhrException: syntax,
	}, {
		name: "header value", holds: "Headers validate 1: value is not a header value",
		request: fetch.Request{URL: at, Headers: headerLines("X-A: b\nc")},
		want:    construct(fetch.InvalidHeaderValue, "X-A", "b\nc", "GET"), xhrException: syntax,
	}, {
		name: "type of a blob", holds: "Request 37.4 through validate 1",
		request: fetch.Request{URL: at, Method: "POST", Body: fetch.BytesBody(nil, "a\x00")},
		want:    construct(fetch.InvalidHeaderValue, "Content-Type", "a\x00", "POST"), xhrException: syntax,
	}, {
		name: "body of GET", holds: "Request 35",
		request: fetch.Request{URL: at, Body: fetch.TextBody("x")},
		want:    construct(fetchtest.Reason("body-not-allowed"), "method", "GET", "GET"), xhrResponse: true,
	}, {
		name: "body of HEAD", holds: "Request 35",
		request: fetch.Request{URL: at, Method: "head", Body: fetch.TextBody("x")},
		want:    construct(fetchtest.Reason("body-not-allowed"), "method", "HEAD", "HEAD"), xhrResponse: true,
	}, {
		name: "stream without duplex", holds: "Request 39.1",
		request: fetch.Request{URL: at, Method: "POST", Body: stream()},
		want:    construct(fetchtest.Reason("duplex-required"), "duplex", "", "POST"), xhrException: "-",
	}, {
		name: "stream in no-cors", holds: "Request 39.2",
		request: fetch.Request{URL: at, Method: "POST", Body: stream(), Duplex: "half", Mode: fetch.NoCORS},
		want:    construct(fetchtest.Reason("stream-needs-cors"), "mode", "no-cors", "POST"), xhrException: "-",
	}, {
		name: "stream with keepalive", holds: "extract 10: if keepalive is true, then throw a TypeError",
		request: fetch.Request{URL: at, Method: "POST", Body: stream(), Duplex: "half", Keepalive: true},
		want:    construct(fetchtest.Reason("stream-with-keepalive"), "keepalive", "true", "POST"), xhrException: "-",
	}, {
		name: "only-if-cached", holds: "Request 21",
		request: fetch.Request{URL: at, Cache: "only-if-cached"},
		want:    construct(fetchtest.Reason("only-if-cached-needs-same-origin"), "mode", "cors", "GET"), xhrException: "-",
	}, {
		name: "referrer", holds: "Request 14.3.2",
		request: fetch.Request{URL: at, Referrer: "https://a b/"},
		want:    construct(fetchtest.Reason("invalid-referrer"), "referrer", "https://a b/", "GET"), xhrException: "-",
	}, {
		name: "element with a method", holds: "create a potential-CORS request makes a GET",
		request: fetch.Request{URL: at, API: "element", Method: "PUT"},
		want:    detailed(construct(fetchtest.Reason("element-option"), "method", "PUT", "PUT"), "GET"), xhrException: "-",
	}}
}

func beforeCases() []refusalCase {
	before := func(reason fetch.Reason, header, value, url string) refusal {
		return refusal{reason: reason, stage: "before", header: header, value: value, method: "GET", url: url}
	}
	return []refusalCase{{
		name: "bad port", holds: "main fetch 7",
		request: fetch.Request{URL: api + ":22/a"},
		want:    before(fetch.BadPort, "port", "22", api+":22/a"),
	}, {
		name: "bad port of a redirect", holds: "main fetch 7, run again by HTTP-redirect fetch 22",
		request: fetch.Request{URL: "/a"},
		answers: routes{app + "/a": answer(302, "Location: https://api.test:25/b#c")},
		want: refusal{reason: fetch.BadPort, stage: "before", header: "port", value: "25", method: "GET",
			url: api + ":25/b", hop: 1},
	}, {
		name: "policy", holds: "main fetch 7: blocked by Content Security Policy",
		page:    fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"default-src *; connect-src 'self'"}},
		request: fetch.Request{URL: api + "/a"},
		want: refusal{reason: fetch.CSPBlocked, stage: "before", header: "Content-Security-Policy", value: "connect-src 'self'", detail: "connect-src",
			method: "GET", url: api + "/a"},
	}, {
		name: "policy, of a redirect", holds: "main fetch 7, run again by HTTP-redirect fetch 22",
		page:    fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"default-src 'self'"}},
		request: fetch.Request{URL: "/a"},
		answers: routes{app + "/a": answer(302, "Location: https://api.test/b")},
		want: refusal{reason: fetch.CSPBlocked, stage: "before", header: "Content-Security-Policy", value: "default-src 'self'", detail: "connect-src",
			method: "GET", url: api + "/b", hop: 1},
	}, {
		name: "connection allowlist", holds: "main fetch 7: blocked by Connection Allowlists",
		page:    fetch.EnvironmentOptions{ConnectionAllowlist: `(response-origin "https://third.test")`},
		request: fetch.Request{URL: api + "/a"},
		want: refusal{reason: fetchtest.Reason("connection-allowlist"), stage: "before", header: "Connection-Allowlist", value: `(response-origin "https://third.test")`,
			method: "GET", url: api + "/a"},
	}, {
		name: "connection allowlist, of a redirect", holds: "main fetch 7, run again by HTTP-redirect fetch 22",
		page:    fetch.EnvironmentOptions{ConnectionAllowlist: "(response-origin)"},
		request: fetch.Request{URL: "/a"},
		answers: routes{app + "/a": answer(302, "Location: /b")},
		want: refusal{reason: fetchtest.Reason("connection-allowlist"), stage: "before", header: "Connection-Allowlist", value: "(response-origin)", detail: "a redirect",
			method: "GET", url: app + "/b", hop: 1},
	}, {
		name: "integrity policy", holds: "main fetch 7: blocked by Integrity Policy",
		page:    fetch.EnvironmentOptions{IntegrityPolicy: "blocked-destinations=(script)"},
		request: fetch.Request{URL: api + "/a", API: "element", Destination: "script", Mode: fetch.CORS}, xhrException: "-",
		want: refusal{reason: fetchtest.Reason("integrity-policy"), stage: "before", header: "Integrity-Policy", value: "blocked-destinations=(script)", detail: "script",
			method: "GET", url: api + "/a"},
	}, {
		name: "mixed content", holds: "main fetch 7",
		request: fetch.Request{URL: "http://api.test/a"},
		want:    before(fetch.MixedContent, "scheme", "http", "http://api.test/a"),
	}, {
		name: "same-origin and another origin", holds: "main fetch 12: mode is same-origin",
		request: fetch.Request{URL: api + "/a", Mode: fetch.SameOrigin},
		want:    before(fetch.DisallowedByMode, "mode", "same-origin", api+"/a"), xhrException: "-",
	}, {
		name: "no-cors and manual redirects", holds: "main fetch 12: mode is no-cors, 12.1",
		request: fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Redirect: "manual"},
		want:    before(fetch.RedirectModeNotFollow, "redirect", "manual", api+"/a"), xhrException: "-",
	}, {
		name: "cors and another scheme", holds: "main fetch 12: current URL's scheme is not an HTTP(S) scheme",
		request: fetch.Request{URL: "about:blank"},
		want:    before(fetch.CORSDisabledScheme, "scheme", "about", "about:blank"),
	}, {
		name: "about: but blank", holds: "scheme fetch 4",
		page:    fetch.EnvironmentOptions{URL: "http://app.example/"},
		request: fetch.Request{URL: "about:config", Mode: fetch.NoCORS},
		want:    before(fetch.UnsupportedScheme, "scheme", "about", "about:config"), xhrException: "-",
	}, {
		name: "data: without comma", holds: "data: URL processor 7",
		request: fetch.Request{URL: "data:text/plain"},
		want:    before(fetchtest.Reason("invalid-data-url"), "url", "data:text/plain", "data:text/plain"),
	}, {
		name: "no such blob:", holds: "scheme fetch, blob 8",
		options: fetch.Options{Blobs: oneBlob{"blob:" + app + "/1", "0123456789"}},
		request: fetch.Request{URL: "blob:" + app + "/2"},
		want:    before(fetchtest.Reason("blob-not-found"), "url", "blob:"+app+"/2", "blob:"+app+"/2"),
	}, {
		name: "range of a blob:", holds: "scheme fetch, blob 14.7.1",
		options: fetch.Options{Blobs: oneBlob{"blob:" + app + "/1", "0123456789"}},
		request: fetch.Request{URL: "blob:" + app + "/1", Headers: headerLines("Range: bytes=10-")},
		want:    before(fetchtest.Reason("range-not-satisfiable"), "Range", "bytes=10-", "blob:"+app+"/1"),
	}, {
		name: "keepalive", holds: "HTTP-network-or-cache fetch 8.10.5",
		request: fetch.Request{URL: "/a", Method: "POST", Keepalive: true, Body: fetch.BytesBody(make([]byte, 64<<10+1), "")},
		want: refusal{reason: fetch.KeepaliveQuota, stage: "before", header: "keepalive",
			value: strconv.Itoa(64<<10 + 1), method: "POST", url: app + "/a"}, xhrException: "-",
	}, {
		name: "only if cached", holds: "HTTP-network-or-cache fetch 11.1",
		request: fetch.Request{URL: "/a", Mode: fetch.SameOrigin, Cache: "only-if-cached"},
		want:    before(fetch.NotCached, "cache", "only-if-cached", app+"/a"), xhrException: "-",
	}, {
		name: "overridden", holds: "override fetch 3",
		options: fetch.Options{Override: func(context.Context, *fetch.OverrideRequest) (*fetch.Response, error) { return nil, errDown }},
		request: fetch.Request{URL: "/a"},
		want:    refusal{reason: fetch.Overridden, stage: "before", method: "GET", url: app + "/a"},
	}, {
		name: "offline", holds: "HTTP-network fetch 2",
		options: fetch.Options{Offline: func() bool { return true }},
		request: fetch.Request{URL: "/a"},
		want:    refusal{reason: fetch.Offline, stage: "before", method: "GET", url: app + "/a"},
	}, {
		name: "dangling markup", holds: "RequestRules.DanglingMarkup",
		options: fetch.Options{Profile: &fetch.Profile{Request: rules.Request{DanglingMarkup: true}}},
		request: fetch.Request{URL: "https://u@api.test/a\n<", API: "xhr"},
		want:    before(fetch.DanglingMarkup, "url", "https://u@api.test/a%3C", "https://u@api.test/a%3C"), exception: "NetworkError",
	}, {
		name: "userinfo in a subresource", holds: "RequestRules.UserinfoBlocked",
		options: fetch.Options{Profile: &fetch.Profile{Request: rules.Request{UserinfoBlocked: true}}},
		request: *fetch.Element("img").Request("https://u:p@api.test/a", ""),
		want:    before(fetch.EmbeddedCredentials, "url", "https://u:xxxxx@api.test/a", "https://u:xxxxx@api.test/a"), xhrException: "-",
	}}
}

// corsCheckFailures are the ways in which a response fails the CORS check.
func corsCheckFailures() []struct {
	name, holds   string
	headers       []string
	reason        fetch.Reason
	header, value string
} {
	const origin, credentials = "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"
	type failures = []struct {
		name, holds   string
		headers       []string
		reason        fetch.Reason
		header, value string
	}
	return failures{
		{"nothing", "CORS check 2", nil, fetch.MissingAllowOrigin, origin, ""},
		{"wildcard", "CORS check 3", []string{acao + "*"}, fetch.WildcardOriginNotAllowed, origin, "*"},
		{"two headers", "CORS check 4", []string{acao + app, acao + app}, fetch.MultipleAllowOriginValues, origin, app + ", " + app},
		{"no origin", "CORS check 4", []string{acao + "app.example"}, fetch.InvalidAllowOriginValue, origin, "app.example"},
		{"empty", "CORS check 4", []string{acao}, fetch.InvalidAllowOriginValue, origin, ""},
		{"null", "CORS check 4", []string{acao + "null"}, fetch.AllowOriginMismatch, origin, "null"},
		{"another", "CORS check 4", []string{acao + "https://app.example/"}, fetch.AllowOriginMismatch, origin, "https://app.example/"},
		{"no credentials", "CORS check 8", []string{acao + app}, fetch.InvalidAllowCredentials, credentials, ""},
		{"credentials True", "CORS check 8", []string{acao + app, acac + "True"}, fetch.InvalidAllowCredentials, credentials, "True"},
	}
}

func corsCheckCases() []refusalCase {
	var cases []refusalCase
	for _, f := range corsCheckFailures() {
		for _, stage := range []string{"actual", "preflight"} {
			c := refusalCase{
				name: f.name + ", " + string(stage), holds: f.holds,
				request: fetch.Request{URL: api + "/a", Credentials: credentials.Include},
				answers: routes{api + "/a": answer(200, f.headers...)},
				want: refusal{reason: f.reason, stage: stage, header: f.header, value: f.value, method: "GET",
					url: api + "/a", status: 200},
			}
			if stage == "preflight" {
				c.request.Method, c.want.method = "PUT", "PUT"
			}
			cases = append(cases, c)
		}
	}
	return cases
}

func preflightCases() []refusalCase {
	preflight := func(reason fetch.Reason, header, value, detail string, status int) refusal {
		return refusal{reason: reason, stage: "preflight", header: header, value: value, detail: detail,
			method: "PUT", url: api + "/a", status: status}
	}
	put := fetch.Request{URL: api + "/a", Method: "PUT", Headers: headerLines("X-B: 1", "X-A: 1")}
	authorized := fetch.Request{URL: api + "/a", Method: "PUT", Headers: headerLines("Authorization: Bearer x")}
	const methods, headers = "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"
	allow := func(lines ...string) routes {
		return routes{"OPTIONS " + api + "/a": answer(204, append(lines, acao+app)...)}
	}
	return []refusalCase{{
		name: "status", holds: "CORS-preflight fetch 7: response's status is an ok status",
		request: put, answers: routes{"OPTIONS " + api + "/a": answer(404, acao+"*")},
		want: preflight(fetch.PreflightInvalidStatus, "", "", "", 404),
	}, {
		name: "status of a redirect", holds: "CORS-preflight fetch 7: response's status is an ok status",
		request: put, answers: routes{"OPTIONS " + api + "/a": answer(308, acao+"*", "Location: /b")},
		want: preflight(fetch.PreflightDisallowedRedirect, "", "", "", 308),
	}, {
		name: "methods", holds: "CORS-preflight fetch 7.3",
		request: put, answers: allow(acam + "PUT, D ELETE"),
		want: preflight(fetch.InvalidAllowMethods, methods, "PUT, D ELETE", "", 204),
	}, {
		name: "headers", holds: "CORS-preflight fetch 7.3",
		request: put, answers: allow(acam+"PUT", acah+"x-a;x-b"),
		want: preflight(fetch.InvalidAllowHeaders, headers, "x-a;x-b", "", 204),
	}, {
		name: "method not listed", holds: "CORS-preflight fetch 7.5",
		request: put, answers: allow(acam+"put, DELETE", acah+"*"),
		want: preflight(fetch.MethodDisallowed, methods, "put, DELETE", "PUT", 204),
	}, {
		name: "no method listed", holds: "CORS-preflight fetch 7.5",
		request: put, answers: allow(acah + "*"),
		want: preflight(fetch.MethodDisallowed, methods, "", "PUT", 204),
	}, {
		name: "header not listed", holds: "CORS-preflight fetch 7.7",
		request: put, answers: allow(acam+"*", acah+"X-A"),
		want: preflight(fetch.HeaderDisallowed, headers, "X-A", "x-b", 204),
	}, {
		name: "no header listed", holds: "CORS-preflight fetch 7.7, in the order of the names",
		request: put, answers: allow(acam + "*"),
		want: preflight(fetch.HeaderDisallowed, headers, "", "x-a", 204),
	}, {
		name: "authorization by wildcard", holds: "CORS-preflight fetch 7.6",
		request: authorized, answers: allow(acam+"*", acah+"*"),
		want: preflight(fetch.AuthorizationNotListed, headers, "*", "authorization", 204),
	}, {
		name: "authorization not listed", holds: "CORS-preflight fetch 7.6",
		request: authorized, answers: allow(acam+"*", acah+"x-a"),
		want: preflight(fetch.HeaderDisallowed, headers, "x-a", "authorization", 204),
	}, {
		name: "no answer", holds: "CORS-preflight fetch 8",
		request: put, answers: routes{"OPTIONS " + api + "/a": {err: errDown}},
		want: refusal{reason: fetch.NetworkFailure, stage: "preflight", method: "OPTIONS", url: api + "/a"},
	}, {
		name: "proxy", holds: "HTTP-network-or-cache fetch 16.1",
		request: put, answers: routes{"OPTIONS " + api + "/a": answer(407)},
		want: refusal{reason: fetch.ProxyAuthenticationRequired, stage: "preflight", header: "Proxy-Authenticate",
			method: "OPTIONS", url: api + "/a", status: 407},
	}}
}

func redirectCases() []refusalCase {
	actual := func(reason fetch.Reason, header, value string, status int) refusal {
		return refusal{reason: reason, stage: "actual", header: header, value: value, method: "GET",
			url: app + "/a", status: status}
	}
	to := func(location string) routes { return routes{app + "/a": answer(302, "Location: "+location)} }
	get := fetch.Request{URL: "/a"}
	return []refusalCase{{
		name: "mode error", holds: "HTTP fetch 6.3: error",
		request: fetch.Request{URL: "/a", Redirect: "error"}, answers: to("/b"),
		want: actual(fetch.RedirectModeError, "redirect", "error", 302), xhrException: "-",
	}, {
		name: "location", holds: "HTTP-redirect fetch 5",
		request: get, answers: to("https://a b/"),
		want: actual(fetch.InvalidLocation, "Location", "https://a b/", 302),
	}, {
		name: "two locations", holds: "HTTP-redirect fetch 5, extract header list values 2",
		request: get, answers: routes{app + "/a": answer(302, "Location: /b", "Location: /c")},
		want: actual(fetch.InvalidLocation, "Location", "/b, /c", 302),
	}, {
		name: "scheme", holds: "HTTP-redirect fetch 6",
		request: get, answers: to("data:,x"),
		want: actual(fetch.RedirectScheme, "Location", "data:,x", 302),
	}, {
		name: "too many", holds: "HTTP-redirect fetch 7",
		request: get, answers: to("/a"),
		want: refusal{reason: fetch.TooManyRedirects, stage: "actual", header: "Location", value: "/a", method: "GET",
			url: app + "/a", hop: 20, status: 302},
	}, {
		name: "credentials across origins", holds: "HTTP-redirect fetch 9",
		request: get, answers: to("https://u@api.test/b"),
		want: actual(fetch.RedirectContainsCredentials, "Location", "https://u@api.test/b", 302),
	}, {
		name: "credentials back home", holds: "HTTP-redirect fetch 10",
		request: get, answers: routes{app + "/a": answer(302, "Location: "+api+"/b"),
			api + "/b": answer(307, acao+"*", "Location: https://:p@app.example/c")},
		want: refusal{reason: fetch.RedirectContainsCredentials, stage: "actual", header: "Location",
			value: "https://:xxxxx@app.example/c", method: "GET", url: api + "/b", hop: 1, status: 307},
	}, {
		name: "body", holds: "HTTP-redirect fetch 11",
		request: fetch.Request{URL: "/a", Method: "POST", Body: fetch.OnceBody(strings.NewReader("x"), 1, "")},
		answers: routes{app + "/a": answer(307, "Location: /b")},
		want: refusal{reason: fetch.BodyNotReplayable, stage: "actual", header: "Location", value: "/b",
			method: "POST", url: app + "/a", status: 307}, xhrException: "-",
	}, {
		name: "veto", holds: "HTTP-redirect fetch 22",
		request: fetch.Request{URL: "/a", CheckRedirect: func(fetch.RequestInfo, []fetch.RequestInfo) error { return errors.New("out of scope") }},
		answers: routes{app + "/a": answer(302, "Location: "+api+"/b")},
		want: refusal{reason: fetch.RedirectVetoed, stage: "actual", header: "Location", value: api + "/b",
			method: "GET", url: app + "/a", status: 302},
	}, {
		name: "cross-origin redirect without permission", holds: "HTTP fetch 4.4",
		request: fetch.Request{URL: api + "/a"}, answers: routes{api + "/a": answer(302, "Location: "+app+"/b")},
		want: refusal{reason: fetch.MissingAllowOrigin, stage: "actual", header: "Access-Control-Allow-Origin",
			method: "GET", url: api + "/a", status: 302},
	}, {
		name: "tainted origin", holds: "serializing a request origin 2",
		request: fetch.Request{URL: api + "/a"},
		answers: routes{api + "/a": answer(302, acao+app, "Location: "+cdn+"/b"), cdn + "/b": answer(200, acao+app)},
		want: refusal{reason: fetch.AllowOriginMismatch, stage: "actual", header: "Access-Control-Allow-Origin",
			value: app, method: "GET", url: cdn + "/b", hop: 1, status: 200},
	}}
}

func responseCases() []refusalCase {
	image := func(lines ...string) routes { return routes{api + "/a": answer(200, lines...).with("x")} }
	actual := func(reason fetch.Reason, header, value, detail string) refusal {
		return refusal{reason: reason, stage: "actual", header: header, value: value, detail: detail,
			method: "GET", url: api + "/a", status: 200}
	}
	noCORS := fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}
	script := *fetch.Element("script").Request(api+"/a", "")
	return []refusalCase{{
		name: "resource policy", holds: "cross-origin resource policy internal check 5",
		request: noCORS, answers: image("Cross-Origin-Resource-Policy: same-origin"),
		want: actual(fetch.CrossOriginResourcePolicy, "Cross-Origin-Resource-Policy", "same-origin", ""), xhrException: "-",
	}, {
		name: "embedder policy", holds: "cross-origin resource policy internal check 4",
		page:    fetch.EnvironmentOptions{EmbedderPolicy: "require-corp"},
		request: noCORS, answers: image(),
		want: actual(fetch.CrossOriginResourcePolicy, "Cross-Origin-Resource-Policy", "", "require-corp"), xhrException: "-",
	}, {
		name: "MIME type", holds: "main fetch 20",
		request: script, answers: image("Content-Type: image/PNG; a=b"),
		want: actual(fetch.BlockedMIMEType, "Content-Type", "image/png", ""), xhrException: "-",
	}, {
		name: "nosniff", holds: "main fetch 20",
		request: script, answers: image("X-Content-Type-Options: nosniff", "Content-Type: text/plain"),
		want: actual(fetch.BlockedByNosniff, "Content-Type", "text/plain", ""), xhrException: "-",
	}, {
		name: "integrity", holds: "main fetch 23.3.1",
		request: fetch.Request{URL: api + "/a", Integrity: "sha256-AAAA"}, answers: image(acao + "*"),
		want: actual(fetch.IntegrityMismatch, "integrity", "sha256-AAAA", ""), xhrException: "-",
	}, {
		name: "integrity of a large body", holds: "[fetch.Options.MaxIntegrityBody]",
		options: fetch.Options{MaxIntegrityBody: 3},
		request: fetch.Request{URL: api + "/a", Integrity: "sha256-AAAA"}, answers: routes{api + "/a": answer(200, acao+"*").with("1234")},
		want: actual(fetch.BodyTooLarge, "integrity", "sha256-AAAA", ""), xhrException: "-",
	}, {
		name: "headers", holds: "[fetch.Options.MaxHeaderList]",
		options: fetch.Options{MaxHeaderList: 100},
		request: fetch.Request{URL: api + "/a"}, answers: routes{api + "/a": answer(200, acao+"*", "X-A: 1", "X-B: 1").with("1234")},
		want: actual(fetch.HeadersTooLarge, "", "", "more than 100 bytes"), xhrException: "-",
	}, {
		name: "broken body", holds: "main fetch 23.1",
		request: fetch.Request{URL: api + "/a", Integrity: "sha256-AAAA"},
		answers: routes{api + "/a": {status: 200, headers: headerLines(acao + "*"), cut: io.ErrUnexpectedEOF}},
		want:    actual(fetch.BrokenBody, "", "", ""), xhrException: "-",
	}}
}

// unsendable is a transport that can't send.
type unsendable struct{}

func (unsendable) RoundTrip(context.Context, *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return nil, &fetch.Error{Reason: fetch.Unsendable, Header: "header X-A", Value: "\x01", Err: errors.New("of its control character")}
}

func networkCases() []refusalCase {
	actual := func(reason fetch.Reason, header, value, method, url string, status int) refusal {
		return refusal{reason: reason, stage: "actual", header: header, value: value, method: method, url: url, status: status}
	}
	return []refusalCase{{
		name: "no answer", holds: "HTTP-network fetch 8: a network error",
		request: fetch.Request{URL: "/a"}, answers: routes{app + "/a": {err: errDown}},
		want: actual(fetch.NetworkFailure, "", "", "GET", app+"/a", 0),
	}, {
		name: "no answer after a redirect", holds: "HTTP-network fetch 8",
		request: fetch.Request{URL: "/a"},
		answers: routes{app + "/a": answer(302, "Location: "+api+"/b"), api + "/b": {err: errDown}},
		want:    refusal{reason: fetch.NetworkFailure, stage: "actual", method: "GET", url: api + "/b", hop: 1},
	}, {
		name: "stream over HTTP/1", holds: "HTTP-network fetch 8: source is null and HTTP/1.x",
		page:    fetch.EnvironmentOptions{URL: "http://app.example/"},
		request: fetch.Request{URL: "/a", Method: "POST", Duplex: "half", Body: fetch.StreamBody(strings.NewReader("x"))},
		want:    actual(fetch.StreamNeedsHTTP2, "", "", "POST", "http://app.example/a", 0), xhrException: "-",
	}, {
		name: "proxy", holds: "HTTP-network-or-cache fetch 16.1",
		request: fetch.Request{URL: "/a"}, answers: routes{app + "/a": answer(407, "Proxy-Authenticate: Basic")},
		want: actual(fetch.ProxyAuthenticationRequired, "Proxy-Authenticate", "", "GET", app+"/a", 407),
	}, {
		name: "unsendable", holds: "[fetch.Transport]",
		options: fetch.Options{Transport: unsendable{}},
		request: fetch.Request{URL: "/a", Headers: headerLines("X-A: \x01")},
		want:    actual(fetch.Unsendable, "header X-A", "\x01", "GET", app+"/a", 0),
	}, {
		name: "aborted", holds: "appropriate network error",
		request: fetch.Request{URL: "/a"}, answers: routes{app + "/a": {err: context.Canceled}},
		want: refusal{reason: fetch.Aborted, stage: "actual", method: "GET", url: app + "/a"},

		exception: "AbortError", xhrException: "AbortError",
	}}
}

func refusalCases() map[string][]refusalCase {
	return map[string][]refusalCase{
		"construct":  constructCases(),
		"before":     beforeCases(),
		"cors check": corsCheckCases(),
		"preflight":  preflightCases(),
		"redirect":   redirectCases(),
		"response":   responseCases(),
		"network":    networkCases(),
	}
}

// play has the page of a case make its request.
func (c *refusalCase) play(t *testing.T, r fetch.Request) (*fetch.Response, error) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	agent, _ := newAgent(t, func(s sent) reply {
		a := c.answers.serve(s)
		if errors.Is(a.err, context.Canceled) {
			cancel()
		}
		return a
	}, c.options)
	return newPage(t, agent, c.page).Fetch(ctx, &r)
}

func TestRefusals(t *testing.T) {
	for group, cases := range refusalCases() {
		for _, c := range cases {
			t.Run(group+"/"+c.name, func(t *testing.T) {
				_, err := c.play(t, c.request)
				if err == nil {
					t.Fatalf("not refused; %s", c.holds)
				}
				e := asRefusal(t, err)
				if got := refusalOf(e); got != c.want {
					t.Errorf("got  %+v\nwant %+v\n%s", got, c.want, c.holds)
				}
				exception := c.exception
				if exception == "" {
					exception = "TypeError"
				}
				if got := e.Exception(); got != exception {
					t.Errorf("exception %s, want %s", got, exception)
				}
				if !errors.Is(err, c.want.reason) || errors.Is(err, fetch.Reason(255)) {
					t.Errorf("errors.Is does not tell the reason of %v", err)
				}
				told := "Failed to fetch"
				if c.want.reason == fetch.Aborted {
					told = "The operation was aborted"
				}
				if e.Stage != "construct" && e.ScriptMessage() != told {
					t.Errorf("script is told %q", e.ScriptMessage())
				}
				if e.Stage == "construct" && e.ScriptMessage() != e.Reason.Rule() {
					t.Errorf("script is told %q", e.ScriptMessage())
				}
				if e.Request.Page != "https://app.example" && e.Request.Page != "http://app.example" {
					t.Errorf("page %q", e.Request.Page)
				}
				if !strings.HasPrefix(err.Error(), "fetch: ") || !strings.Contains(err.Error(), e.Reason.String()) {
					t.Errorf("message %q", err)
				}
			})
		}
	}
}

// The same requests by XMLHttpRequest, which throws other exceptions and
// ignores a body of GET.
//
// https://xhr.spec.whatwg.org/#the-open()-method
// https://xhr.spec.whatwg.org/#handle-errors
func TestRefusalsOfXHR(t *testing.T) {
	for group, cases := range refusalCases() {
		for _, c := range cases {
			if c.xhrException == "-" {
				continue
			}
			t.Run(group+"/"+c.name, func(t *testing.T) {
				r := c.request
				r.API = "xhr"
				resp, err := c.play(t, r)
				if c.xhrResponse {
					if err != nil {
						t.Fatal(err)
					}
					resp.Body.Close()
					return
				}
				if err == nil {
					t.Fatal("not refused")
				}
				want := c.xhrException
				if want == "" {
					want = "NetworkError"
				}
				if e := asRefusal(t, err); e.Exception() != want || e.Reason != c.want.reason {
					t.Errorf("%s for %v, want %s for %v", e.Exception(), e.Reason, want, c.want.reason)
				}
			})
		}
	}
}

// The reasons that no request of these tests can have, and why.
var notByRequest = map[fetch.Reason]string{
	fetchtest.Reason("immutable-headers"):       "of the Headers class: see TestHeadersRefusals",
	fetchtest.Reason("invalid-status"):          "of the Response class: see TestNewResponse",
	fetchtest.Reason("null-body-status"):        "of the Response class: see TestNewResponse",
	fetch.RequestBodyTooLarge:                   "of a client: see TestClientBuffersBodies",
	fetchtest.Reason("method-not-navigable"):    "of navigations: see TestNavigateRefusals",
	fetch.NotWebSocketHandshake:                 "of WebSockets: see TestWebSocketRefusals",
	fetchtest.Reason("invalid-subprotocol"):     "of WebSockets: see TestWebSocketRefusals",
	fetch.WebSocketFailed:                       "of WebSockets: see TestWebSocketResponses",
	fetch.ElementRefused:                        "of elements: see TestReceive",
	fetchtest.Reason("deferred-fetch"):          "of fetchLater(): see TestFetchLater",
	fetchtest.Reason("frame-recursion"):         "of frames: see TestLoadFrames",
	fetch.FrameBlocked:                          "of frames: see TestLoadFrames",
	fetchtest.Reason("frame-ancestors"):         "of frames: see TestFrameAncestors",
	fetch.TooManyLoads:                          "of elements: see TestLoadBounds",
	fetch.EventTooLarge:                         "of event streams: see TestEventSourceBounds",
	fetch.LocalNetworkDenied:                    "of connections: see TestLocalNetworkCheck",
	fetch.WrongAddressSpace:                     "of connections: see TestLocalNetworkCheck",
	fetch.AddressNotPublic:                      "of connections: see TestPublicOnlyAddresses",
	fetch.OpaqueResponseBlocked:                 "of profiles: see TestORB",
	fetch.EmbedderPolicyMissing:                 "of frames and workers: see TestEmbedderPolicyInherited",
	fetchtest.Reason("opaque-partial-response"): "needs a service worker that answers with an earlier response",
}

func TestEveryReasonIsProduced(t *testing.T) {
	missing := make(map[fetch.Reason]bool)
	for _, r := range fetch.Reasons() {
		missing[r] = true
	}
	for _, cases := range refusalCases() {
		for _, c := range cases {
			delete(missing, c.want.reason)
		}
	}
	for r := range notByRequest {
		if !missing[r] {
			t.Errorf("%v is produced, but listed as not", r)
		}
		delete(missing, r)
	}
	for r := range maps.Keys(missing) {
		t.Errorf("%v is produced by no test", r)
	}
}
