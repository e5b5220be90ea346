package fetch_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

var updateGolden = flag.Bool("update", false, "rewrite the golden files")

// explainCases are realistic errors, at least one of every reason.
func explainCases() []explainCase {
	construct := func(reason fetch.Reason, header, value string, err error) *fetch.Error {
		r := fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithinOrigin)
		switch header {
		case "method":
			r.Method = value
		case "url":
			r.URL, r.FirstURL = value, value
		}
		return &fetch.Error{Reason: reason, Stage: "construct", Request: r, Header: header, Value: value, Err: err}
	}
	bare := func(reason fetch.Reason, header, value string) *fetch.Error {
		return &fetch.Error{Reason: reason, Header: header, Value: value}
	}
	before := func(reason fetch.Reason, r fetch.RequestInfo, header, value string) *fetch.Error {
		return &fetch.Error{Reason: reason, Stage: "before", Request: r, Header: header, Value: value}
	}
	actual := func(reason fetch.Reason, r fetch.RequestInfo, resp *fetch.ResponseInfo, header, value string) *fetch.Error {
		return &fetch.Error{Reason: reason, Stage: "actual", Request: r, Response: resp, Header: header, Value: value}
	}
	preflight := func(reason fetch.Reason, r fetch.RequestInfo, resp *fetch.ResponseInfo, header, value, detail string) *fetch.Error {
		return &fetch.Error{Reason: reason, Stage: "preflight", Request: r, Response: resp, Header: header, Value: value, Detail: detail}
	}
	below := func(e *fetch.Error, text string) *fetch.Error {
		e.Err = errors.New(text)
		return e
	}
	detail := func(e *fetch.Error, text string) *fetch.Error {
		e.Detail = text
		return e
	}
	stored := func(r *fetch.ResponseInfo, state string) *fetch.ResponseInfo {
		r.CacheState, r.Stored = state, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		return r
	}
	detailed := func(e *fetch.Error, detail string) *fetch.Error {
		e.Detail = detail
		return e
	}
	frame := fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("iframe"), func(r *fetch.RequestInfo) { r.Mode = "navigate" })
	script := fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS, fetchtest.ByElement("script"))
	sheet := fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS, fetchtest.ByElement("style"))
	redirect := fetchtest.Answered(302, "Location", "/elsewhere")
	image := fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS, fetchtest.ByElement("image"))
	worker := fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("worker"), func(r *fetch.RequestInfo) { r.Mode = "same-origin" })
	stream := fetchtest.Changed(fetchtest.SimpleRequest(), func(r *fetch.RequestInfo) { r.API = "eventsource" })
	beacon := fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithCredentials, func(r *fetch.RequestInfo) {
		r.API, r.Method = "beacon", "POST"
		r.Headers = fetch.HeaderList{{Name: "Content-Type", Value: "application/json"}}
	})

	return []explainCase{
		{"", &fetch.Error{Reason: fetch.LocalNetworkDenied, Stage: "before", Request: fetchtest.SimpleRequest(), Header: "permission", Value: "local-network", Detail: "denied"}},
		{"nobody asked", &fetch.Error{Reason: fetch.LocalNetworkDenied, Stage: "before", Request: fetchtest.SimpleRequest(), Header: "permission", Value: "loopback-network", Detail: "not decided"}},
		{"not secure", &fetch.Error{Reason: fetch.LocalNetworkDenied, Stage: "before", Request: fetchtest.SimpleRequest(), Header: "permission", Value: "loopback-network", Detail: "the page is not a secure context"}},
		{"frame", &fetch.Error{Reason: fetch.LocalNetworkDenied, Stage: "before", Request: fetchtest.SimpleRequest(), Header: "permission", Value: "loopback-network", Detail: "the frame is of another origin and has no allow attribute for it"}},
		{"", &fetch.Error{Reason: fetch.WrongAddressSpace, Stage: "before", Request: fetchtest.SimpleRequest(), Header: "targetAddressSpace", Value: "loopback", Detail: "local"}},
		{"", &fetch.Error{Reason: fetch.AddressNotPublic, Stage: "before", Request: fetchtest.SimpleRequest(), Header: "address", Value: "169.254.169.254", Detail: "169.254.169.254/32 Link Local: a cloud's instance metadata"}},
		{"proxy", before(fetch.AddressNotPublic, fetchtest.SimpleRequest(), "proxy", "api.example")},
		{"transport", actual(fetch.AddressNotPublic, fetchtest.SimpleRequest(), nil, "address", "")},
		{"", construct(fetch.InvalidURL, "url", "http://[", errors.New("the host is not an address"))},
		{"", construct(fetchtest.Reason("url-has-credentials"), "url", "https://user:pass@api.example/", nil)},
		{"", construct(fetch.InvalidMethod, "method", "GET ", nil)},
		{"", construct(fetchtest.Reason("forbidden-method"), "method", "TRACE", nil)},
		{"", &fetch.Error{Reason: fetchtest.Reason("method-needs-cors"), Request: fetchtest.Changed(fetchtest.PutRequest(), fetchtest.InNoCORS), Header: "method", Value: "PUT"}},
		{"", construct(fetch.InvalidOption, "credentials", "always", nil)},
		{"", bare(fetch.InvalidHeaderName, "name", "X Token")},
		{"", bare(fetch.InvalidHeaderValue, "X-Token", "a\nb")},
		{"", bare(fetchtest.Reason("immutable-headers"), "X-Token", "t")},
		{"", construct(fetchtest.Reason("deferred-fetch"), "length", "70000", nil)},
		{"", construct(fetchtest.Reason("body-not-allowed"), "method", "GET", nil)},
		{"", construct(fetchtest.Reason("duplex-required"), "duplex", "", nil)},
		{"", construct(fetchtest.Reason("stream-needs-cors"), "mode", "no-cors", nil)},
		{"", construct(fetchtest.Reason("stream-with-keepalive"), "keepalive", "true", nil)},
		{"", construct(fetchtest.Reason("only-if-cached-needs-same-origin"), "mode", "cors", nil)},
		{"", construct(fetchtest.Reason("invalid-referrer"), "referrer", "http://[", nil)},
		{"of a request", construct(fetch.HeadersTooLarge, "headers", "3000000 bytes", nil)},
		{"", construct(fetch.RequestBodyTooLarge, "body", "", nil)},
		{"", construct(fetchtest.Reason("method-not-navigable"), "method", "HEAD", nil)},
		{"", construct(fetch.NotWebSocketHandshake, "Upgrade", "h2c", nil)},
		{"", construct(fetchtest.Reason("invalid-subprotocol"), "Sec-WebSocket-Protocol", "chat, chat", nil)},
		{"", bare(fetchtest.Reason("invalid-status"), "status", "99")},
		{"", bare(fetchtest.Reason("null-body-status"), "status", "204")},
		{"", below(before(fetch.Overridden, fetchtest.SimpleRequest(), "", ""), "blocked by a list")},
		{"", before(fetch.Offline, fetchtest.SimpleRequest(), "", "")},
		{"", before(fetch.DanglingMarkup, fetchtest.SimpleRequest(), "url", "https://api.example/things?%3C")},
		{"", before(fetch.EmbeddedCredentials, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS, fetchtest.ByElement("image"), fetchtest.ToURL("https://u:xxxxx@api.example/things")), "url", "https://u:xxxxx@api.example/things")},
		{"by a redirect", before(fetch.EmbeddedCredentials, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ViaRedirect), "url", "https://u:xxxxx@api.example/things")},
		{"", construct(fetchtest.Reason("element-option"), "method", "DELETE", nil)},
		{"", detail(before(fetch.CSPBlocked, fetchtest.SimpleRequest(), "Content-Security-Policy", "connect-src 'self'"), "connect-src")},
		{"by default-src", detail(before(fetch.CSPBlocked, script, "Content-Security-Policy", "default-src 'self'"), "script-src-elem")},
		{"", before(fetchtest.Reason("connection-allowlist"), fetchtest.SimpleRequest(), "Connection-Allowlist", `("https://third.example")`)},
		{"of a redirect", detail(before(fetchtest.Reason("connection-allowlist"), fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ViaRedirect), "Connection-Allowlist", `("https://api.example")`), "a redirect")},
		{"", detail(before(fetchtest.Reason("integrity-policy"), script, "Integrity-Policy", "blocked-destinations=(script)"), "script")},
		{"on a redirect", detail(before(fetch.CSPBlocked, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ViaRedirect), "Content-Security-Policy", "connect-src 'self'"), "connect-src")},

		{"", before(fetch.BadPort, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ToURL("https://api.example:6667/")), "port", "6667")},
		{"", before(fetch.MixedContent, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ToURL("http://api.example/things")), "scheme", "http")},
		{"after a redirect", before(fetch.MixedContent, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ViaRedirect, func(r *fetch.RequestInfo) { r.URL = "http://api.example/things" }), "scheme", "http")},
		{"", before(fetch.DisallowedByMode, fetchtest.Changed(fetchtest.SimpleRequest(), func(r *fetch.RequestInfo) { r.Mode = fetch.SameOrigin }), "mode", "same-origin")},
		{"after a redirect", before(fetch.DisallowedByMode, fetchtest.Changed(fetchtest.SimpleRequest(), func(r *fetch.RequestInfo) {
			r.Mode, r.FirstURL, r.Hop = fetch.SameOrigin, fetchtest.PageOrigin+"/things", 1
		}), "mode", "same-origin")},
		{"", before(fetch.RedirectModeNotFollow, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS), "redirect", "manual")},
		{"", before(fetch.CORSDisabledScheme, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ToURL("file:///things")), "scheme", "file")},
		{"", before(fetch.UnsupportedScheme, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS, fetchtest.ToURL("ftp://api.example/")), "scheme", "ftp")},
		{"", before(fetchtest.Reason("invalid-data-url"), fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithinOrigin, fetchtest.ToURL("data:text/plain")), "url", "data:text/plain")},
		{"", before(fetchtest.Reason("blob-not-found"), fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithinOrigin, fetchtest.ToURL("blob:https://app.example/1")), "url", "blob:https://app.example/1")},
		{"", before(fetchtest.Reason("range-not-satisfiable"), fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithinOrigin, fetchtest.ToURL("blob:https://app.example/1")), "Range", "bytes=9-")},
		{"", before(fetch.KeepaliveQuota, fetchtest.SimpleRequest(), "keepalive", "65537")},
		{"", before(fetch.NotCached, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithinOrigin, fetchtest.ToURL(fetchtest.PageOrigin+"/things")), "cache", "only-if-cached")},

		{"", actual(fetch.MissingAllowOrigin, fetchtest.SimpleRequest(), fetchtest.Answered(200), fetchtest.AllowOrigin, "")},
		{"with credentials", actual(fetch.MissingAllowOrigin, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithCredentials), fetchtest.Answered(200), fetchtest.AllowOrigin, "")},
		{"sandboxed page", actual(fetch.MissingAllowOrigin, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.FromSandbox), fetchtest.Answered(200), fetchtest.AllowOrigin, "")},
		{"tainted by redirects", actual(fetch.MissingAllowOrigin, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ViaRedirect), fetchtest.Answered(200), fetchtest.AllowOrigin, "")},
		{"out of the HTTP cache", actual(fetch.MissingAllowOrigin, fetchtest.SimpleRequest(), stored(fetchtest.Answered(200), "local"), fetchtest.AllowOrigin, "")},
		{"validated by a 304", actual(fetch.AllowOriginMismatch, fetchtest.SimpleRequest(), stored(fetchtest.Answered(200, fetchtest.AllowOrigin, "https://b.example"), "validated"), fetchtest.AllowOrigin, "https://b.example")},
		{"on the redirect", actual(fetch.MissingAllowOrigin, fetchtest.SimpleRequest(), redirect, fetchtest.AllowOrigin, "")},
		{"on the preflight", preflight(fetch.MissingAllowOrigin, fetchtest.PutRequest(), fetchtest.Answered(200), fetchtest.AllowOrigin, "", "")},
		{"preflight needs a login", preflight(fetch.MissingAllowOrigin, fetchtest.Changed(fetchtest.PutRequest(), fetchtest.WithCredentials), fetchtest.Answered(401), fetchtest.AllowOrigin, "", "")},
		{"preflight has no route", preflight(fetch.MissingAllowOrigin, fetchtest.PutRequest(), fetchtest.Answered(405), fetchtest.AllowOrigin, "", "")},
		{"preflight crashes", preflight(fetch.MissingAllowOrigin, fetchtest.PutRequest(), fetchtest.Answered(500), fetchtest.AllowOrigin, "", "")},
		{"", actual(fetch.WildcardOriginNotAllowed, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithCredentials), fetchtest.Answered(200, fetchtest.AllowOrigin, "*"), fetchtest.AllowOrigin, "*")},
		{"XMLHttpRequest", actual(fetch.WildcardOriginNotAllowed, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithCredentials, fetchtest.ByXHR), fetchtest.Answered(200, fetchtest.AllowOrigin, "*"), fetchtest.AllowOrigin, "*")},
		{"tainted by redirects", actual(fetch.WildcardOriginNotAllowed, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithCredentials, fetchtest.ViaRedirect), fetchtest.Answered(200, fetchtest.AllowOrigin, "*"), fetchtest.AllowOrigin, "*")},
		{"repeated", actual(fetch.MultipleAllowOriginValues, fetchtest.SimpleRequest(), fetchtest.Answered(200, fetchtest.AllowOrigin, fetchtest.PageOrigin, fetchtest.AllowOrigin, fetchtest.PageOrigin), fetchtest.AllowOrigin, fetchtest.PageOrigin+", "+fetchtest.PageOrigin)},
		{"listed", actual(fetch.MultipleAllowOriginValues, fetchtest.SimpleRequest(), fetchtest.Answered(200, fetchtest.AllowOrigin, fetchtest.PageOrigin+" https://b.example"), fetchtest.AllowOrigin, fetchtest.PageOrigin+" https://b.example")},
		{"", actual(fetch.InvalidAllowOriginValue, fetchtest.SimpleRequest(), fetchtest.Answered(200, fetchtest.AllowOrigin, "app.example"), fetchtest.AllowOrigin, "app.example")},
		{"", actual(fetch.AllowOriginMismatch, fetchtest.SimpleRequest(), fetchtest.Answered(200, fetchtest.AllowOrigin, "https://b.example"), fetchtest.AllowOrigin, "https://b.example")},
		{"slash", actual(fetch.AllowOriginMismatch, fetchtest.SimpleRequest(), fetchtest.Answered(200, fetchtest.AllowOrigin, fetchtest.PageOrigin+"/"), fetchtest.AllowOrigin, fetchtest.PageOrigin+"/")},
		{"", actual(fetch.InvalidAllowCredentials, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithCredentials), fetchtest.Answered(200, fetchtest.AllowOrigin, fetchtest.PageOrigin), fetchtest.AllowCredentials, "")},
		{"upper case", actual(fetch.InvalidAllowCredentials, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithCredentials), fetchtest.Answered(200, fetchtest.AllowOrigin, fetchtest.PageOrigin, fetchtest.AllowCredentials, "True"), fetchtest.AllowCredentials, "True")},

		{"", preflight(fetch.PreflightInvalidStatus, fetchtest.PutRequest(), fetchtest.Answered(302, fetchtest.AllowOrigin, "*"), "", "", "")},
		{"needs a login", preflight(fetch.PreflightInvalidStatus, fetchtest.Changed(fetchtest.PutRequest(), fetchtest.WithCredentials), fetchtest.Answered(401, fetchtest.AllowOrigin, fetchtest.PageOrigin), "", "", "")},
		{"has no route", preflight(fetch.PreflightInvalidStatus, fetchtest.PutRequest(), fetchtest.Answered(404, fetchtest.AllowOrigin, "*"), "", "", "")},
		{"crashes", preflight(fetch.PreflightInvalidStatus, fetchtest.PutRequest(), fetchtest.Answered(503, fetchtest.AllowOrigin, "*"), "", "", "")},
		{"", preflight(fetch.PreflightDisallowedRedirect, fetchtest.PutRequest(), fetchtest.Answered(301, fetchtest.AllowOrigin, "*", "Location", fetchtest.ThingsURL+"/"), "", "", "")},
		{"", preflight(fetch.InvalidAllowMethods, fetchtest.PutRequest(), fetchtest.Answered(204, fetchtest.AllowOrigin, "*", fetchtest.AllowMethods, `GET, "PUT"`), fetchtest.AllowMethods, `GET, "PUT"`, "")},
		{"", preflight(fetch.InvalidAllowHeaders, fetchtest.PutRequest(), fetchtest.Answered(204, fetchtest.AllowOrigin, "*", fetchtest.AllowHeaders, "[content-type]"), fetchtest.AllowHeaders, "[content-type]", "")},
		{"", preflight(fetch.MethodDisallowed, fetchtest.PutRequest(), fetchtest.Answered(204, fetchtest.AllowOrigin, "*", fetchtest.AllowMethods, "GET, POST"), fetchtest.AllowMethods, "GET, POST", "PUT")},
		{"lower case", preflight(fetch.MethodDisallowed, fetchtest.Changed(fetchtest.PutRequest(), func(r *fetch.RequestInfo) { r.Method = "patch" }), fetchtest.Answered(204, fetchtest.AllowOrigin, "*", fetchtest.AllowMethods, "GET, PATCH"), fetchtest.AllowMethods, "GET, PATCH", "patch")},
		{"listed in lower case", preflight(fetch.MethodDisallowed, fetchtest.PutRequest(), fetchtest.Answered(204, fetchtest.AllowOrigin, "*", fetchtest.AllowMethods, "get, put"), fetchtest.AllowMethods, "get, put", "PUT")},
		{"wildcard with credentials", preflight(fetch.MethodDisallowed, fetchtest.Changed(fetchtest.PutRequest(), fetchtest.WithCredentials), fetchtest.Answered(204, fetchtest.AllowOrigin, fetchtest.PageOrigin, fetchtest.AllowCredentials, "true", fetchtest.AllowMethods, "*"), fetchtest.AllowMethods, "*", "PUT")},
		{"", preflight(fetch.HeaderDisallowed, fetchtest.PutRequest(), fetchtest.Answered(204, fetchtest.AllowOrigin, "*", fetchtest.AllowMethods, "PUT", fetchtest.AllowHeaders, "content-type"), fetchtest.AllowHeaders, "content-type", "x-token")},
		{"wildcard with credentials", preflight(fetch.HeaderDisallowed, fetchtest.Changed(fetchtest.PutRequest(), fetchtest.WithCredentials), fetchtest.Answered(204, fetchtest.AllowOrigin, fetchtest.PageOrigin, fetchtest.AllowCredentials, "true", fetchtest.AllowMethods, "PUT", fetchtest.AllowHeaders, "*"), fetchtest.AllowHeaders, "*", "content-type")},
		{"", preflight(fetch.AuthorizationNotListed, fetchtest.Changed(fetchtest.PutRequest(), func(r *fetch.RequestInfo) {
			r.Headers = fetch.HeaderList{{Name: "Authorization", Value: "Bearer secret"}}
		}), fetchtest.Answered(204, fetchtest.AllowOrigin, "*", fetchtest.AllowMethods, "PUT", fetchtest.AllowHeaders, "*"), fetchtest.AllowHeaders, "*", "authorization")},

		{"", actual(fetch.RedirectModeError, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithinOrigin, fetchtest.ToURL(fetchtest.PageOrigin+"/things")), redirect, "Location", "/elsewhere")},
		{"", below(actual(fetch.InvalidLocation, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithinOrigin), fetchtest.Answered(302, "Location", "http://["), "Location", "http://["), "the host is not an address")},
		{"", actual(fetch.RedirectScheme, fetchtest.SimpleRequest(), fetchtest.Answered(302, fetchtest.AllowOrigin, "*", "Location", "data:,x"), "Location", "data:,x")},
		{"", actual(fetch.TooManyRedirects, fetchtest.Changed(fetchtest.SimpleRequest(), func(r *fetch.RequestInfo) { r.Hop, r.FirstURL = 20, "https://api.example/" }), fetchtest.Answered(302, fetchtest.AllowOrigin, "*", "Location", "/"), "Location", "/")},
		{"", actual(fetch.RedirectContainsCredentials, fetchtest.SimpleRequest(), fetchtest.Answered(302, fetchtest.AllowOrigin, "*", "Location", "https://u:p@b.example/"), "Location", "https://u:p@b.example/")},
		{"", below(actual(fetch.RedirectVetoed, fetchtest.SimpleRequest(), fetchtest.Answered(302, fetchtest.AllowOrigin, "*", "Location", "https://b.example/"), "Location", "https://b.example/"), "b.example is out of scope")},
		{"", actual(fetch.BodyNotReplayable, fetchtest.PutRequest(), fetchtest.Answered(307, fetchtest.AllowOrigin, "*", "Location", "/elsewhere"), "Location", "/elsewhere")},
		{"needs a login", actual(fetch.BodyNotReplayable, fetchtest.Changed(fetchtest.PutRequest(), fetchtest.WithinOrigin), fetchtest.Answered(401, "WWW-Authenticate", "Basic"), "WWW-Authenticate", "")},

		{"", actual(fetch.CrossOriginResourcePolicy, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS, fetchtest.ByElement("image")), fetchtest.Answered(200, "Cross-Origin-Resource-Policy", "same-origin"), "Cross-Origin-Resource-Policy", "same-origin")},
		{"embedder policy", actual(fetch.CrossOriginResourcePolicy, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS, fetchtest.ByElement("image")), fetchtest.Answered(200), "Cross-Origin-Resource-Policy", "")},
		{"frame under an embedder policy", detailed(actual(fetch.CrossOriginResourcePolicy, frame, fetchtest.Answered(200), "Cross-Origin-Resource-Policy", ""), "require-corp")},
		{"isolation policy", detailed(actual(fetch.CrossOriginResourcePolicy, image, fetchtest.Answered(200), "Cross-Origin-Resource-Policy", ""), "isolate-and-require-corp")},
		{"", detailed(actual(fetch.EmbedderPolicyMissing, frame, fetchtest.Answered(200), "Cross-Origin-Embedder-Policy", ""), "require-corp")},
		{"worker", detailed(actual(fetch.EmbedderPolicyMissing, worker, fetchtest.Answered(200), "Cross-Origin-Embedder-Policy", "unsafe-none"), "credentialless")},
		{"", detailed(actual(fetch.OpaqueResponseBlocked, image, fetchtest.Answered(200, "Content-Type", "text/html"), "Content-Type", "text/html"), "html")},
		{"an error", detailed(actual(fetch.OpaqueResponseBlocked, image, fetchtest.Answered(404, "Content-Type", "text/html"), "Content-Type", "text/html"), "status")},
		{"data", detailed(actual(fetch.OpaqueResponseBlocked, script, fetchtest.Answered(200, "Content-Type", "application/json"), "Content-Type", "application/json"), "data")},
		{"nosniff", detailed(actual(fetch.OpaqueResponseBlocked, image, fetchtest.Answered(200, "Content-Type", "text/plain", "X-Content-Type-Options", "nosniff"), "Content-Type", "text/plain"), "nosniff")},
		{"", actual(fetch.BlockedMIMEType, script, fetchtest.Answered(200, "Content-Type", "image/png"), "Content-Type", "image/png")},
		{"", actual(fetch.BlockedByNosniff, script, fetchtest.Answered(200, "Content-Type", "text/html; charset=utf-8"), "Content-Type", "text/html; charset=utf-8")},
		{"style sheet", actual(fetch.BlockedByNosniff, sheet, fetchtest.Answered(404, "Content-Type", "text/html"), "Content-Type", "text/html")},
		{"", actual(fetchtest.Reason("opaque-partial-response"), fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS), fetchtest.Answered(206), "Range", "")},
		{"", actual(fetch.IntegrityMismatch, fetchtest.SimpleRequest(), fetchtest.Answered(200, fetchtest.AllowOrigin, "*"), "integrity", "sha256-AAAA")},
		{"opaque", actual(fetch.IntegrityMismatch, script, fetchtest.Answered(200), "integrity", "sha256-AAAA")},
		{"", before(fetchtest.Reason("frame-recursion"), frame, "url", "/things")},
		{"", before(fetch.TooManyLoads, script, "imports", "https://api.example/a.js")},
		{"", actual(fetch.FrameBlocked, frame, fetchtest.Answered(200, "X-Frame-Options", "DENY"), "X-Frame-Options", "DENY")},
		{"", actual(fetchtest.Reason("frame-ancestors"), frame, fetchtest.Answered(200, "Content-Security-Policy", "frame-ancestors 'self'"), "Content-Security-Policy", "frame-ancestors 'self'")},
		{"", actual(fetch.ElementRefused, script, fetchtest.Answered(404), "status", "404")},
		{"worker", actual(fetch.ElementRefused, worker, fetchtest.Answered(200, "Content-Type", "text/plain"), "Content-Type", "text/plain")},
		{"style sheet", actual(fetch.ElementRefused, sheet, fetchtest.Answered(200, "Content-Type", "text/plain"), "Content-Type", "text/plain")},
		{"image", actual(fetch.ElementRefused, image, fetchtest.Answered(200, "Content-Type", "application/json"), "Content-Type", "application/json")},
		{"image, a page", actual(fetch.ElementRefused, image, fetchtest.Answered(200, "Content-Type", "text/html"), "Content-Type", "text/html")},
		{"image of S3", actual(fetch.ElementRefused, image, fetchtest.Answered(403, "Content-Type", "application/xml", "Server", "AmazonS3"), "Content-Type", "application/xml")},
		{"event stream", actual(fetch.ElementRefused, stream, fetchtest.Answered(200, "Content-Type", "application/json"), "Content-Type", "application/json")},
		{"event stream, over", actual(fetch.ElementRefused, stream, fetchtest.Answered(204), "status", "204")},
		{"event stream", actual(fetch.MissingAllowOrigin, stream, fetchtest.Answered(200, "Content-Type", "text/event-stream"), fetchtest.AllowOrigin, "")},
		{"image", actual(fetch.MissingAllowOrigin, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("image")), fetchtest.Answered(200, "Content-Type", "image/png"), fetchtest.AllowOrigin, "")},
		{"font", actual(fetch.MissingAllowOrigin, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("font")), fetchtest.Answered(200, "Content-Type", "font/woff2"), fetchtest.AllowOrigin, "")},
		{"script", actual(fetch.MissingAllowOrigin, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("script")), fetchtest.Answered(200, "Content-Type", "text/javascript"), fetchtest.AllowOrigin, "")},
		{"manifest behind a login", actual(fetch.MissingAllowOrigin, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("manifest")), fetchtest.Answered(302, "Location", "https://login.example/signin?rd=x"), fetchtest.AllowOrigin, "")},
		{"image, *", actual(fetch.WildcardOriginNotAllowed, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("image"), fetchtest.WithCredentials), fetchtest.Answered(200, fetchtest.AllowOrigin, "*"), fetchtest.AllowOrigin, "*")},
		{"beacon", preflight(fetch.InvalidAllowCredentials, beacon, fetchtest.Answered(204, fetchtest.AllowOrigin, fetchtest.PageOrigin, fetchtest.AllowHeaders, "content-type"), fetchtest.AllowCredentials, "", "")},
		{"worker", before(fetch.DisallowedByMode, worker, "mode", "same-origin")},
		{"track", before(fetch.DisallowedByMode, fetchtest.Changed(worker, fetchtest.ByElement("track")), "mode", "same-origin")},
		{"required by the embedder policy", &fetch.Error{Reason: fetch.CrossOriginResourcePolicy, Stage: "actual", Request: image, Response: fetchtest.Answered(200), Header: "Cross-Origin-Resource-Policy", Detail: "require-corp"}},
		{"", actual(fetch.WebSocketFailed, fetchtest.Changed(fetchtest.SimpleRequest(), func(r *fetch.RequestInfo) { r.API, r.Mode = "websocket", "websocket" }), fetchtest.Answered(200), "status", "200")},
		{"subprotocol", actual(fetch.WebSocketFailed, fetchtest.Changed(fetchtest.SimpleRequest(), func(r *fetch.RequestInfo) { r.API, r.Mode = "websocket", "websocket" }), fetchtest.Answered(101, "Sec-WebSocket-Protocol", "other"), "Sec-WebSocket-Protocol", "other")},
		{"", &fetch.Error{Reason: fetch.HeadersTooLarge, Stage: "actual", Request: fetchtest.SimpleRequest(), Response: fetchtest.Answered(200), Detail: "more than 2097152 bytes"}},
		{"", actual(fetch.EventTooLarge, stream, fetchtest.Answered(200, fetchtest.AllowOrigin, "*"), "event", "more than 16777216 bytes")},
		{"", actual(fetch.BodyTooLarge, fetchtest.SimpleRequest(), fetchtest.Answered(200, fetchtest.AllowOrigin, "*"), "", "")},

		{"", below(actual(fetch.NetworkFailure, fetchtest.SimpleRequest(), nil, "", ""), "dial tcp 192.0.2.1:443: connect: connection refused")},
		{"", actual(fetch.StreamNeedsHTTP2, fetchtest.PutRequest(), nil, "", "")},
		{"", actual(fetch.ProxyAuthenticationRequired, fetchtest.SimpleRequest(), fetchtest.Answered(407, "Proxy-Authenticate", "Basic realm=proxy"), "Proxy-Authenticate", "")},
		{"", below(before(fetch.Unsendable, fetchtest.SimpleRequest(), "", ""), "a header name that net/http refuses")},
		{"", below(actual(fetch.BrokenBody, fetchtest.SimpleRequest(), fetchtest.Answered(200, fetchtest.AllowOrigin, "*"), "", ""), "unexpected EOF")},
		{"", below(actual(fetch.Aborted, fetchtest.SimpleRequest(), nil, "", ""), "context canceled")},
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
		fmt.Fprintf(&b, "%s: %s\n", title, x.Problem)
		if x.Cause != "" {
			fmt.Fprintf(&b, "\t%s: %s\n", x.Cause, x.Behind)
		}
		fmt.Fprintf(&b, "\t%s: %s\n", x.By, x.Fix)
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
		case r.err.Stage == "construct", r.err.Stage == "":
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
		{"refused by the API", &fetch.Error{Reason: fetch.InvalidMethod, Stage: "construct", Request: fetchtest.SimpleRequest()},
			"The page requested https://api.example/things with fetch(), which refused it. Nothing was sent."},
		{"refused before it was sent", &fetch.Error{Reason: fetch.MixedContent, Stage: "before", Request: fetchtest.SimpleRequest()},
			"The browser was about to send GET https://api.example/things for https://app.example. Nothing was sent."},
		{"refused by its preflight", &fetch.Error{Reason: fetch.MissingAllowOrigin, Stage: "preflight", Request: fetchtest.PutRequest(), Response: fetchtest.Answered(404), Header: fetchtest.AllowOrigin},
			"Before PUT https://api.example/things the browser sent a preflight, OPTIONS https://api.example/things, with Origin: https://app.example, " +
				"Access-Control-Request-Method: PUT and Access-Control-Request-Headers: content-type,x-token. " +
				"The server answered 404, without Access-Control-Allow-Origin. The PUT itself was not sent."},
		{"refused after a redirect", &fetch.Error{Reason: fetch.AllowOriginMismatch, Stage: "actual", Request: fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ViaRedirect, fetchtest.WithCredentials),
			Response: fetchtest.Answered(200, fetchtest.AllowOrigin, fetchtest.PageOrigin), Header: fetchtest.AllowOrigin, Value: fetchtest.PageOrigin},
			"It followed 1 redirect from https://old.example/things. The browser sent GET https://api.example/things for https://app.example, " +
				"with Origin: null and credentials. The server answered 200, with Access-Control-Allow-Origin: https://app.example."},
		{"without an answer", &fetch.Error{Reason: fetch.NetworkFailure, Stage: "actual", Request: fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS)},
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
		{"credentials name the origin", &fetch.Error{Reason: fetch.WildcardOriginNotAllowed, Stage: "actual", Request: fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithCredentials)},
			[]string{fetchtest.AllowOrigin + ": " + fetchtest.PageOrigin, fetchtest.AllowCredentials + ": true", "Vary: Origin"}},
		{"nobody is told to allow null", &fetch.Error{Reason: fetch.MissingAllowOrigin, Stage: "actual", Request: fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.FromSandbox, fetchtest.WithCredentials)},
			[]string{fetchtest.AllowOrigin + ": *"}},
		{"a preflight of its own request", &fetch.Error{Reason: fetch.NetworkFailure, Stage: "preflight", Request: fetchtest.SimpleRequest()}, nil},
		{"a preflight's answer names method and headers", &fetch.Error{Reason: fetch.PreflightInvalidStatus, Stage: "preflight", Request: fetchtest.PutRequest(), Response: fetchtest.Answered(404)},
			[]string{fetchtest.AllowOrigin + ": " + fetchtest.PageOrigin, "Vary: Origin", fetchtest.AllowMethods + ": PUT", fetchtest.AllowHeaders + ": content-type, x-token"}},
		{"a safelisted method need not be named", &fetch.Error{Reason: fetch.PreflightInvalidStatus, Stage: "preflight",
			Request: fetchtest.Changed(fetchtest.PutRequest(), func(r *fetch.RequestInfo) { r.Method = "POST" }), Response: fetchtest.Answered(404)},
			[]string{fetchtest.AllowOrigin + ": " + fetchtest.PageOrigin, "Vary: Origin", fetchtest.AllowHeaders + ": content-type, x-token"}},
		{"a name that only an engine finds unsafe", &fetch.Error{Reason: fetch.HeaderDisallowed, Stage: "preflight", Request: fetchtest.PutRequest(), Detail: "accept"},
			[]string{fetchtest.AllowHeaders + ": content-type, x-token, accept"}},
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
		for _, stage := range []string{"construct", "before", "preflight", "actual"} {
			e := &fetch.Error{
				Reason: reason, Stage: stage, Header: long, Value: long, Detail: long, Err: errors.New(long),
				Response: fetchtest.Answered(302, fetchtest.AllowOrigin, long, "Location", long, "Content-Type", long),
				Request: fetch.RequestInfo{
					Method: long, URL: fetchtest.ThingsURL + "?" + long, FirstURL: long, Page: fetchtest.PageOrigin, Origin: fetchtest.PageOrigin, Hop: 1,
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
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 78 && strings.Count(strings.TrimSpace(line), " ") > 1 {
				t.Errorf("%v: %d columns: %s", r.err.Reason, n, line)
			}
		}
	}
}
