package engine_test

import (
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

const (
	wantChromiumFetch = "Access to fetch at 'https://api.example/things' from origin 'https://app.example' has been blocked by CORS policy: "
	wantChromiumXHR   = "Access to XMLHttpRequest at 'https://api.example/things' from origin 'https://app.example' has been blocked by CORS policy: "
	wantChromiumCheck = "Response to preflight request doesn't pass access control check: "
	wantChromiumValid = " Have the server send the header with a valid value."
	wantChromiumNote  = " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."
	wantFirefox       = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/things. (Reason: "
	wantFirefoxAfter  = "\n" + wantFirefox + "CORS request did not succeed). Status code: (null)."
	wantWebKitFetch   = "\nFetch API cannot load https://api.example/things due to access control checks."
	wantWebKitXHR     = "\nXMLHttpRequest cannot load https://api.example/things due to access control checks."
)

// byAPI has another API ask.
func byAPI(api fetch.API) func(*fetch.RequestInfo) {
	return func(r *fetch.RequestInfo) { r.API = api }
}

func TestConsole(t *testing.T) {
	on := func(stage string, reason fetch.Reason, r fetch.RequestInfo, resp *fetch.ResponseInfo, header, value, detail string) *fetch.Error {
		return &fetch.Error{Reason: reason, Stage: stage, Request: r, Response: resp, Header: header, Value: value, Detail: detail}
	}
	const actual, preflight = "actual", "preflight"
	both := fetchtest.PageOrigin + ", https://b.example"

	tests := []struct {
		name                      string
		err                       *fetch.Error
		cors                      string
		chromium, firefox, webkit string
	}{
		{"value 0", on("before", fetch.DisallowedByMode, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("worker")), nil, "", "", ""),
			"DisallowedByMode",
			"", // as in the recordings of workers
			"",
			"Unsafe attempt to load URL https://api.example/things from origin https://app.example. Domains, protocols and ports must match."},
		{"value 2", on(actual, fetch.WildcardOriginNotAllowed, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithCredentials), fetchtest.Answered(200, fetchtest.AllowOrigin, "*"), fetchtest.AllowOrigin, "*", ""),
			"WildcardOriginNotAllowed",
			wantChromiumFetch + "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.",
			"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘https://api.example/things’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’).",
			"Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true." + wantWebKitFetch},
		{"value 11, XMLHttpRequest", on(preflight, fetch.WildcardOriginNotAllowed, fetchtest.Changed(fetchtest.PutRequest(), fetchtest.WithCredentials, fetchtest.ByXHR), fetchtest.Answered(204, fetchtest.AllowOrigin, "*"), fetchtest.AllowOrigin, "*", ""),
			"PreflightWildcardOriginNotAllowed",
			wantChromiumXHR + wantChromiumCheck + "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'." + wantChromiumNote,
			"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘https://api.example/things’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’)." + wantFirefoxAfter,
			"Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true." + wantWebKitXHR},
		{"value 3", on(actual, fetch.MissingAllowOrigin, fetchtest.SimpleRequest(), fetchtest.Answered(404), fetchtest.AllowOrigin, "", ""),
			"MissingAllowOriginHeader",
			wantChromiumFetch + "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			wantFirefox + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 404.",
			"Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 404" + wantWebKitFetch},
		{"value 3 after redirects", on(actual, fetch.MissingAllowOrigin, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ViaRedirect), fetchtest.Answered(200), fetchtest.AllowOrigin, "", ""),
			"MissingAllowOriginHeader",
			"Access to fetch at 'https://api.example/things' (redirected from 'https://old.example/things') from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			wantFirefox + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.",
			"Origin null is not allowed by Access-Control-Allow-Origin. Status code: 200" + wantWebKitFetch},
		{"value 3 on a redirect", on(actual, fetch.MissingAllowOrigin, fetchtest.SimpleRequest(), fetchtest.Answered(307, "Location", "//b.example"), fetchtest.AllowOrigin, "", ""),
			"MissingAllowOriginHeader",
			wantChromiumFetch + "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			wantFirefox + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 307.",
			"Cross-origin redirection to https://b.example/ denied by Cross-Origin Resource Sharing policy: Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 307" + wantWebKitFetch},
		{"value 3 of an image", on(actual, fetch.MissingAllowOrigin, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("image")), fetchtest.Answered(200), fetchtest.AllowOrigin, "", ""),
			"MissingAllowOriginHeader",
			"Access to image at 'https://api.example/things' from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			wantFirefox + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.",
			"Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200\nCannot load image https://api.example/things due to access control checks."},
		{"value 3 of a style sheet", on(actual, fetch.MissingAllowOrigin, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("style")), fetchtest.Answered(200), fetchtest.AllowOrigin, "", ""),
			"MissingAllowOriginHeader",
			"Access to CSS stylesheet at 'https://api.example/things' from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			wantFirefox + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.",
			"Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200"},
		{"value 12", on(preflight, fetch.MissingAllowOrigin, fetchtest.PutRequest(), fetchtest.Answered(200), fetchtest.AllowOrigin, "", ""),
			"PreflightMissingAllowOriginHeader",
			wantChromiumFetch + wantChromiumCheck + "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
			wantFirefox + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200." + wantFirefoxAfter,
			"Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200" + wantWebKitFetch},
		{"value 4, two headers", on(actual, fetch.MultipleAllowOriginValues, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByXHR), fetchtest.Answered(200, fetchtest.AllowOrigin, fetchtest.PageOrigin, fetchtest.AllowOrigin, "https://b.example"), fetchtest.AllowOrigin, both, ""),
			"MultipleAllowOriginValues",
			wantChromiumXHR + "The 'Access-Control-Allow-Origin' header contains multiple values '" + both + "', but only one is allowed.",
			wantFirefox + "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).",
			"Access-Control-Allow-Origin cannot contain more than one origin." + wantWebKitXHR},
		{"value 13, one header", on(preflight, fetch.MultipleAllowOriginValues, fetchtest.PutRequest(), fetchtest.Answered(200, fetchtest.AllowOrigin, both), fetchtest.AllowOrigin, both, ""),
			"PreflightMultipleAllowOriginValues",
			wantChromiumFetch + wantChromiumCheck + "The 'Access-Control-Allow-Origin' header contains multiple values '" + both + "', but only one is allowed." + wantChromiumValid,
			wantFirefox + "CORS header ‘Access-Control-Allow-Origin’ does not match ‘" + both + "’)." + wantFirefoxAfter,
			"Access-Control-Allow-Origin cannot contain more than one origin." + wantWebKitFetch},
		{"value 5", on(actual, fetch.InvalidAllowOriginValue, fetchtest.SimpleRequest(), fetchtest.Answered(200, fetchtest.AllowOrigin, "true"), fetchtest.AllowOrigin, "true", ""),
			"InvalidAllowOriginValue",
			wantChromiumFetch + "The 'Access-Control-Allow-Origin' header contains the invalid value 'true'." + wantChromiumValid,
			wantFirefox + "CORS header ‘Access-Control-Allow-Origin’ does not match ‘true’).",
			"Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200" + wantWebKitFetch},
		{"value 15", on(preflight, fetch.AllowOriginMismatch, fetchtest.PutRequest(), fetchtest.Answered(204, fetchtest.AllowOrigin, "https://b.example"), fetchtest.AllowOrigin, "https://b.example", ""),
			"PreflightAllowOriginMismatch",
			wantChromiumFetch + wantChromiumCheck + "The 'Access-Control-Allow-Origin' header has a value 'https://b.example' that is not equal to the supplied origin." + wantChromiumValid,
			wantFirefox + "CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://b.example’)." + wantFirefoxAfter,
			"Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 204" + wantWebKitFetch},
		{"value 7", on(actual, fetch.InvalidAllowCredentials, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithCredentials, fetchtest.ByXHR), fetchtest.Answered(200, fetchtest.AllowOrigin, fetchtest.PageOrigin), fetchtest.AllowCredentials, "", ""),
			"InvalidAllowCredentials",
			wantChromiumXHR + "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'." + wantChromiumNote,
			wantFirefox + "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).",
			`Credentials flag is true, but Access-Control-Allow-Credentials is not "true".` + wantWebKitXHR},
		{"value 8", on("before", fetch.CORSDisabledScheme, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByXHR, fetchtest.ToURL("file:///x")), nil, "", "", ""),
			"CorsDisabledScheme",
			"Not allowed to load local resource: file:///x",
			"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at file:///x. (Reason: CORS request not http).",
			"Cross origin requests are only supported for HTTP.\nXMLHttpRequest cannot load file:///x due to access control checks."},
		{"value 9", on(preflight, fetch.PreflightInvalidStatus, fetchtest.PutRequest(), fetchtest.Answered(405, fetchtest.AllowOrigin, "*"), "", "", ""),
			"PreflightInvalidStatus",
			wantChromiumFetch + wantChromiumCheck + "It does not have HTTP ok status.",
			wantFirefox + "CORS preflight response did not succeed). Status code: 405." + wantFirefoxAfter,
			"Preflight response is not successful. Status code: 405" + wantWebKitFetch},
		{"value 10", on(preflight, fetch.PreflightDisallowedRedirect, fetchtest.PutRequest(), fetchtest.Answered(308, fetchtest.AllowOrigin, "*", "Location", "/b"), "", "", ""),
			"PreflightDisallowedRedirect",
			wantChromiumFetch + wantChromiumCheck + "Redirect is not allowed for a preflight request.",
			wantFirefox + "CORS request external redirect not allowed)." + wantFirefoxAfter,
			"Preflight response is not successful. Status code: 308" + wantWebKitFetch},
		{"value 17", on(preflight, fetch.InvalidAllowMethods, fetchtest.PutRequest(), fetchtest.Answered(204), fetchtest.AllowMethods, "GET, P UT, @", ""),
			"InvalidAllowMethodsPreflightResponse",
			wantChromiumFetch + "Cannot parse Access-Control-Allow-Methods response header field in preflight response.",
			wantFirefox + "invalid token ‘P UT’ in CORS header ‘Access-Control-Allow-Methods’)." + wantFirefoxAfter,
			"Header Access-Control-Allow-Methods has an invalid value: GET, P UT, @" + wantWebKitFetch},
		{"value 18", on(preflight, fetch.InvalidAllowHeaders, fetchtest.PutRequest(), fetchtest.Answered(204), fetchtest.AllowHeaders, "a, b c", ""),
			"InvalidAllowHeadersPreflightResponse",
			wantChromiumFetch + "Cannot parse Access-Control-Allow-Headers response header field in preflight response.",
			wantFirefox + "invalid token ‘b c’ in CORS header ‘Access-Control-Allow-Headers’)." + wantFirefoxAfter,
			"Header Access-Control-Allow-Headers has an invalid value: a, b c" + wantWebKitFetch},
		{"value 19", on(preflight, fetch.MethodDisallowed, fetchtest.PutRequest(), fetchtest.Answered(204), fetchtest.AllowMethods, "", "PUT"),
			"MethodDisallowedByPreflightResponse",
			wantChromiumFetch + "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.",
			wantFirefox + "Did not find method in CORS header ‘Access-Control-Allow-Methods’)." + wantFirefoxAfter,
			"Method PUT is not allowed by Access-Control-Allow-Methods." + wantWebKitFetch},
		{"value 20", on(preflight, fetch.HeaderDisallowed, fetchtest.PutRequest(), fetchtest.Answered(204), fetchtest.AllowHeaders, "content-type", "x-token"),
			"HeaderDisallowedByPreflightResponse",
			wantChromiumFetch + "Request header field x-token is not allowed by Access-Control-Allow-Headers in preflight response.",
			wantFirefox + "header ‘x-token’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response)." + wantFirefoxAfter,
			"Request header field X-Token is not allowed by Access-Control-Allow-Headers." + wantWebKitFetch},
		{"value 21", on(actual, fetch.RedirectContainsCredentials, fetchtest.SimpleRequest(), fetchtest.Answered(302, "Location", "https://u@b.example/"), "Location", "https://u@b.example/", ""),
			"RedirectContainsCredentials",
			wantChromiumFetch + "Redirect location '' contains a username and password, which is disallowed for cross-origin requests.",
			"",
			"Cross-origin redirection to https://u@b.example/ denied by Cross-Origin Resource Sharing policy: redirection URL https://u@b.example/ has credentials" + wantWebKitFetch},

		{"network failure", on(actual, fetch.NetworkFailure, fetchtest.SimpleRequest(), nil, "", "", ""),
			"", "", wantFirefox + "CORS request did not succeed). Status code: (null).", ""},
		{"network failure within the origin", on(actual, fetch.NetworkFailure, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.WithinOrigin), nil, "", "", ""), "", "", "", ""},
		{"cancelled", on(actual, fetch.Aborted, fetchtest.SimpleRequest(), nil, "", "", ""), "", "", "", ""},
		{"redirect mode error", on(actual, fetch.RedirectModeError, fetchtest.SimpleRequest(), fetchtest.Answered(302, "Location", "/"), "Location", "/", ""),
			"", "", "", "Not allowed to follow a redirection while loading https://api.example/things" + wantWebKitFetch},
		{"too many redirects", on(actual, fetch.TooManyRedirects, fetchtest.SimpleRequest(), fetchtest.Answered(302, "Location", "/"), "Location", "/", ""),
			"", "Failed to load resource: net::ERR_TOO_MANY_REDIRECTS", "", "Load cannot follow more than 20 redirections" + wantWebKitFetch},
		{"redirect to another scheme", on(actual, fetch.RedirectScheme, fetchtest.SimpleRequest(), fetchtest.Answered(302, "Location", "data:,"), "Location", "data:,", ""),
			"", "", "", "Cross-origin redirection to data:, denied by Cross-Origin Resource Sharing policy: not allowed to follow a cross-origin CORS redirection with non CORS scheme" + wantWebKitFetch},
		{"same-site only", on(actual, fetch.CrossOriginResourcePolicy, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS, fetchtest.ByElement("font")), fetchtest.Answered(200), "Cross-Origin-Resource-Policy", "same-site", ""),
			"", "Failed to load resource: net::ERR_BLOCKED_BY_RESPONSE.NotSameSite",
			"The resource at “https://api.example/things” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof). See https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#",
			"Cancelled load to https://api.example/things because it violates the resource's Cross-Origin-Resource-Policy response header."},
		{"isolation policy", on(actual, fetch.CrossOriginResourcePolicy, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS, fetchtest.ByElement("image")), fetchtest.Answered(200), "Cross-Origin-Resource-Policy", "", "isolate-and-require-corp"),
			"", "Failed to load resource: net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByDip",
			"The resource at “https://api.example/things” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof). See https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#",
			"Cancelled load to https://api.example/things because it violates the resource's Cross-Origin-Resource-Policy response header.\nCannot load image https://api.example/things due to access control checks."},
		{"opaque response blocked", on(actual, fetch.OpaqueResponseBlocked, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.InNoCORS, fetchtest.ByElement("image")), fetchtest.Answered(200, "Content-Type", "text/html"), "Content-Type", "text/html", "not-script"),
			"", "Failed to load resource: net::ERR_BLOCKED_BY_ORB",
			"The resource at “https://api.example/things” was blocked by OpaqueResponseBlocking. Reason: “Javascript validation failed”.", ""},
		{"frame without an embedder policy", on(actual, fetch.EmbedderPolicyMissing, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("iframe")), fetchtest.Answered(200), "Cross-Origin-Embedder-Policy", "", "require-corp"),
			"", "Failed to load resource: net::ERR_BLOCKED_BY_RESPONSE.CoepFrameResourceNeedsCoepHeader", "",
			"Refused to display 'https://api.example/things' in a frame because of Cross-Origin-Embedder-Policy."},
		{"worker without an embedder policy", on(actual, fetch.EmbedderPolicyMissing, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("worker")), fetchtest.Answered(200), "Cross-Origin-Embedder-Policy", "", "require-corp"),
			"", "Failed to load resource: net::ERR_BLOCKED_BY_RESPONSE.CoepFrameResourceNeedsCoepHeader", "",
			"Refused to load 'https://api.example/things' worker because of Cross-Origin-Embedder-Policy."},
		{"a frame that must not be one", on(actual, fetch.FrameBlocked, fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByElement("iframe")), fetchtest.Answered(200), "X-Frame-Options", "DENY", ""),
			"", "Refused to display 'https://api.example/' in a frame because it set 'X-Frame-Options' to 'deny'.",
			"The loading of “https://api.example/things” in a frame is denied by “X-Frame-Options“ directive set to “DENY“.",
			"Refused to display 'https://api.example/things' in a frame because it set 'X-Frame-Options' to 'DENY'."},
		{"an EventSource that gets HTML", on(actual, fetch.ElementRefused, fetchtest.Changed(fetchtest.SimpleRequest(), byAPI("eventsource")), fetchtest.Answered(200, "Content-Type", "text/html"), "Content-Type", "text/html", "text/event-stream"),
			"", "EventSource's response has a MIME type (\"text/html\") that is not \"text/event-stream\". Aborting the connection.",
			"Firefox can’t establish a connection to the server at https://api.example/things.",
			"EventSource's response has a MIME type (\"text/html\") that is not \"text/event-stream\". Aborting the connection."},
		{"an EventSource that gets 204", on(actual, fetch.ElementRefused, fetchtest.Changed(fetchtest.SimpleRequest(), byAPI("eventsource")), fetchtest.Answered(204), "status", "204", ""),
			"", "", "Firefox can’t establish a connection to the server at https://api.example/things.", ""},
		{"a socket that gets a page", on(actual, fetch.WebSocketFailed, fetchtest.Changed(fetchtest.SimpleRequest(), byAPI("websocket")), fetchtest.Answered(200), "status", "200", ""),
			"", "WebSocket connection to 'wss://api.example/things' failed: Error during WebSocket handshake: Unexpected response code: 200",
			"Firefox can’t establish a connection to the server at wss://api.example/things.", ""},
		{"a socket with another answer", on(actual, fetch.WebSocketFailed, fetchtest.Changed(fetchtest.SimpleRequest(), byAPI("websocket")), fetchtest.Answered(101), "Sec-WebSocket-Accept", "x", ""),
			"", "WebSocket connection to 'wss://api.example/things' failed: Error during WebSocket handshake: Incorrect 'Sec-WebSocket-Accept' header value",
			"Firefox can’t establish a connection to the server at wss://api.example/things.", ""},
		{"a socket without Upgrade", on(actual, fetch.WebSocketFailed, fetchtest.Changed(fetchtest.SimpleRequest(), byAPI("websocket")), fetchtest.Answered(101), "Upgrade", "", ""),
			"", "WebSocket connection to 'wss://api.example/things' failed: Error during WebSocket handshake: 'Upgrade' header is missing",
			"Firefox can’t establish a connection to the server at wss://api.example/things.", ""},
		{"refused by the API", on("construct", fetchtest.Reason("forbidden-method"), fetchtest.SimpleRequest(), nil, "method", "TRACE", ""), "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := engine.CORSError(tt.err); got != tt.cors {
				t.Errorf("CORSError() = %q, want %q", got, tt.cors)
			}
			console := engine.Console(tt.err)
			readsBack(t, tt.err, console)
			for name, want := range map[string]string{"chromium": tt.chromium, "firefox": tt.firefox, "webkit": tt.webkit} {
				if got := console[name]; got != want {
					t.Errorf("Console() of %s\n got %s\nwant %s", name, got, want)
				}
			}
		})
	}
}

// TestConsoleAsPrinted has lines as Chromium 156 printed them.
func TestConsoleAsPrinted(t *testing.T) {
	at := func(target, first string, changes ...func(*fetch.RequestInfo)) fetch.RequestInfo {
		r := fetchtest.Changed(fetchtest.SimpleRequest(), changes...)
		r.URL, r.FirstURL = target, first
		return r
	}
	inSameOriginMode := func(r *fetch.RequestInfo) { r.Mode, r.Hop, r.Tainting = fetch.SameOrigin, 1, "basic" }
	tests := []struct {
		name, url, first string
		changes          []func(*fetch.RequestInfo)
		stage            string
		reason           fetch.Reason
		resp             *fetch.ResponseInfo
		value            string
		cors, want       string
	}{
		{name: "integrity", url: "https://app.example/ig-redirect/b", first: "https://app.example/ig-redirect/a", stage: "actual", reason: fetch.IntegrityMismatch,
			want: "Fetch API cannot load https://app.example/ig-redirect/a. SRI's integrity checks failed."},
		{name: "file, fetch", url: "file:///sf-other-schemes-cors/a", stage: "before", reason: fetch.CORSDisabledScheme,
			cors: "CorsDisabledScheme", want: "Not allowed to load local resource: file:///sf-other-schemes-cors/a"},
		{name: "chrome, fetch", url: "chrome://settings/sf-other-schemes-cors", stage: "before", reason: fetch.CORSDisabledScheme,
			cors: "CorsDisabledScheme", want: `Fetch API cannot load chrome://settings/sf-other-schemes-cors. URL scheme "chrome" is not supported.`},
		{name: "chrome, XHR", url: "chrome://settings/sf-other-schemes-xhr", changes: []func(*fetch.RequestInfo){fetchtest.ByXHR}, stage: "before", reason: fetch.CORSDisabledScheme,
			cors: "CorsDisabledScheme", want: "Not allowed to load local resource: chrome://settings/sf-other-schemes-xhr"},
		{name: "ftp, XHR", url: "ftp://files.other.test/a", changes: []func(*fetch.RequestInfo){fetchtest.ByXHR}, stage: "before", reason: fetch.CORSDisabledScheme,
			cors: "CorsDisabledScheme", want: "FTP is not supported."},
		{name: "another scheme, XHR", url: "foo:bar", changes: []func(*fetch.RequestInfo){fetchtest.ByXHR}, stage: "before", reason: fetch.CORSDisabledScheme,
			cors: "CorsDisabledScheme", want: "Access to XMLHttpRequest at 'foo:bar' from origin 'https://app.example' has been blocked by CORS policy: Cross origin requests are only supported for protocol schemes: chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app."},
		{name: "redirect to another scheme", url: "https://app.example/rd-not-http/ftp", stage: "actual", reason: fetch.RedirectScheme, resp: fetchtest.Answered(302, "Location", "ftp://app.example/rd-not-http/b"),
			want: "Access to fetch at 'ftp://app.example/rd-not-http/b' (redirected from 'https://app.example/rd-not-http/ftp') from origin 'https://app.example' has been blocked by CORS policy: Cross origin requests are only supported for protocol schemes: chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app."},
		{name: "redirect to about:blank", url: "https://app.example/rd-not-http/about", stage: "actual", reason: fetch.RedirectScheme, resp: fetchtest.Answered(302, "Location", "about:blank#rd-not-http")},
		{name: "redirect in mode same-origin", url: "https://api.other.test/b", first: "https://app.example/a", changes: []func(*fetch.RequestInfo){inSameOriginMode}, stage: "before", reason: fetch.DisallowedByMode,
			cors: "DisallowedByMode"},
		{name: "userinfo within the origin", url: "https://app.example/a", changes: []func(*fetch.RequestInfo){fetchtest.WithinOrigin}, stage: "actual", reason: fetch.RedirectContainsCredentials, resp: fetchtest.Answered(302, "Location", "https://u:p@app.example/b"),
			cors: "RedirectContainsCredentials"},
		{name: "userinfo without CORS", url: "https://api.other.test/a", changes: []func(*fetch.RequestInfo){fetchtest.InNoCORS}, stage: "actual", reason: fetch.RedirectContainsCredentials, resp: fetchtest.Answered(302, "Location", "https://u:p@api.third.test/b"),
			cors: "RedirectContainsCredentials"},
		{name: "userinfo of another origin", url: "https://app.example/a", changes: []func(*fetch.RequestInfo){fetchtest.WithinOrigin}, stage: "actual", reason: fetch.RedirectContainsCredentials, resp: fetchtest.Answered(302, "Location", "https://u:p@api.other.test/b"),
			cors: "RedirectContainsCredentials",
			want: "Access to fetch at 'https://app.example/a' from origin 'https://app.example' has been blocked by CORS policy: Redirect location '' contains a username and password, which is disallowed for cross-origin requests."},
		{name: "preflight, 303 without Location", url: "https://api.third.test/gen-preflight-777-957/a", stage: "preflight", reason: fetch.PreflightDisallowedRedirect, resp: fetchtest.Answered(303, fetchtest.AllowOrigin, fetchtest.PageOrigin),
			cors: "PreflightInvalidStatus",
			want: "Access to fetch at 'https://api.third.test/gen-preflight-777-957/a' from origin 'https://app.example' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: It does not have HTTP ok status."},
		{name: "preflight, redirect without access", url: "https://api.third.test/gen-preflight-777-525/a", stage: "preflight", reason: fetch.InvalidAllowOriginValue, value: "//app.example", resp: fetchtest.Answered(307, fetchtest.AllowOrigin, "//app.example", "Location", "https://api.other.test/gen-preflight-777-525/b"),
			cors: "PreflightDisallowedRedirect",
			want: "Access to fetch at 'https://api.third.test/gen-preflight-777-525/a' from origin 'https://app.example' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: Redirect is not allowed for a preflight request."},
		{name: "redirect without access to no URL", url: "https://api.third.test/gen-locations-777-618/a", stage: "actual", reason: fetch.InvalidAllowOriginValue, value: "app.example", resp: fetchtest.Answered(301, fetchtest.AllowOrigin, "app.example", "Location", "//")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			first := tt.first
			if first == "" {
				first = tt.url
			}
			e := &fetch.Error{Reason: tt.reason, Stage: tt.stage, Request: at(tt.url, first, tt.changes...), Response: tt.resp, Value: tt.value}
			if got := engine.CORSError(e); got != tt.cors {
				t.Errorf("CORSError() = %q, want %q", got, tt.cors)
			}
			if got := engine.Console(e)["chromium"]; got != tt.want {
				t.Errorf("Console()\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestConsoleOfWebSocket(t *testing.T) {
	byWebSocket := func(r *fetch.RequestInfo) { r.API = "websocket" }
	e := &fetch.Error{Reason: fetch.MixedContent, Stage: "before", Request: fetchtest.Changed(fetchtest.SimpleRequest(), byWebSocket)}
	if got := engine.Console(e); len(got) > 0 {
		t.Errorf("%q", got)
	}
}

// Bytes that are not printable are shown as \uXXXX.
func TestConsoleEscapes(t *testing.T) {
	e := &fetch.Error{Reason: fetch.AllowOriginMismatch, Stage: "actual", Request: fetchtest.Changed(fetchtest.SimpleRequest(), fetchtest.ByXHR), Header: fetchtest.AllowOrigin, Value: "a\tb\xe9"}
	want := wantChromiumXHR + `The 'Access-Control-Allow-Origin' header has a value 'a\u0009b\u00E9' that is not equal to the supplied origin.`
	if got := engine.Console(e)["chromium"]; got != want {
		t.Errorf("Console()\n got %s\nwant %s", got, want)
	}
}
