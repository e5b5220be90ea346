package cause

// A Kind is what a cause of one ID is about.
type Kind struct {
	ID      string
	NotCORS bool // CORS only hides it
	Meaning string
}

// Kinds are all causes, by what they are about: requests that failed by
// themselves, answers of something before the API, redirects, preflights, and
// headers that are wrong.
func Kinds() []Kind {
	return []Kind{
		{"bad-request", true, "The server can't make sense of the request: status 400, 411, 422 and other statuses below 500."},
		{"unauthorized", true, "The request is not authenticated: status 401."},
		{"forbidden", true, "The server refuses the request for a reason of its own: status 403 or 451."},
		{"not-found", true, "There is nothing at the URL: status 404 or 410. Often the base URL is wrong."},
		{"method-not-handled", true, "No handler takes the method: status 405 or 501."},
		{"not-acceptable", true, "The server has no representation of the type that Accept asks for: status 406."},
		{"timeout", true, "The server gave up waiting for the request: status 408."},
		{"body-limit", true, "The body is larger than the server, or a proxy before it, takes: status 413."},
		{"url-too-long", true, "The URL is longer than the server takes: status 414."},
		{"unsupported-type", true, "The server does not take the body's Content-Type: status 415."},
		{"csrf", true, "A CSRF token is missing or has expired: status 419."},
		{"wrong-server", true, "The connection is for another host: status 421."},
		{"rate-limit", true, "There were too many requests: status 425 or 429."},
		{"headers-too-large", true, "The request's headers, often its cookies, are larger than the server takes: status 431."},
		{"server-error", true, "The server failed: status 500, 507 and other statuses of 500 and above."},
		{"gateway", true, "A gateway, proxy, CDN or tunnel got no valid answer from the application: status 502, and Cloudflare's 520 to 530."},
		{"unavailable", true, "The service is not available: status 503."},
		{"gateway-timeout", true, "The application did not answer a gateway in time: status 504."},
		{"captive-portal", true, "The network wants a login first: status 511."},

		{"name-resolution", true, "The name of the host does not resolve."},
		{"connection-refused", true, "Nothing listens at the port of the host."},
		{"host-unreachable", true, "The network has no way to the host."},
		{"certificate", true, "The server's certificate is not valid."},
		{"not-tls", true, "The server does not speak TLS at the port of an https: or wss: URL."},
		{"tls", true, "The TLS handshake failed."},
		{"no-answer-in-time", true, "The server did not answer in time."},
		{"connection-closed", true, "The server, or a proxy before it, closed the connection without an answer."},
		{"not-served", true, "The request led to a host that is not the one tested."},

		{"login-redirect", true, "The request was redirected to a login page."},
		{"login-page", true, "The answer is a login page."},
		{"manifest-credentials", true, "A manifest is asked for without cookies, and the server wants a login: its link lacks crossorigin=\"use-credentials\"."},
		{"html-page", true, "The answer is a web page, and script asked: the index page of an application, or another web site. Often the base URL is wrong."},
		{"other-type", true, "The response is of another type than the page wants."},
		{"bot-check", true, "A bot check answered, with a challenge that only a person in a browser window can solve."},
		{"firewall", true, "A web application firewall refused the request."},
		{"interstitial", true, "A tunnel answered with its page for visitors."},
		{"deployment-protection", true, "The host of the deployment asks for a login first."},
		{"redirect-home", true, "The server redirects to its home page or back to the page that asks, as frameworks answer a form with invalid input."},
		{"standard-only", true, "The Mixed Content Standard blocks the request, and no browser does: the page is at http://localhost."},
		{"insecure-loopback", true, "The page is served by https:, and a server on this machine by http:, which WebKit blocks."},

		{"redirect", false, "The server redirects without CORS headers, or redirects a preflight."},
		{"redirect-slash", false, "The same, and only a slash differs."},
		{"redirect-scheme", false, "The same, and only http: and https: differ."},
		{"redirect-downgrade", false, "The server redirects from https: to http:, often because it does not know that a proxy ends TLS before it."},
		{"redirect-host", false, "The same, and only the host differs."},
		{"redirect-case", false, "The same, and only upper and lower case differ."},

		{"preflight-authentication", false, "Authentication comes before CORS and refuses preflights, which never carry credentials."},
		{"cors-rules", false, "The server's CORS rules lack the origin, the method or a header: status 403, or a message that says so."},
		{"preflight-unrouted", false, "Nothing handles OPTIONS at the URL: status 404, 405 or 501."},
		{"preflight-refused", false, "The server refused the preflight with another status."},
		{"method-refused", false, "The server refuses the method and not the origin: other preflights of the same origin are allowed."},
		{"header-refused", false, "The server refuses a request header and not the origin: the same preflight without it is allowed."},
		{"headers-together", false, "The server allows each request header alone, and not all together: it does not split Access-Control-Request-Headers at commas."},
		{"preflight-needs-headers", false, "The server answers a preflight only if it has Access-Control-Request-Headers."},
		{"preflight-with-method", false, "The server allows the origin only for OPTIONS without Access-Control-Request-Method, which is not a preflight."},
		{"preflight-without-cors", false, "The preflight has status 200 to 299 and no CORS headers, and the server allows the same origin for other requests."},
		{"answer-without-cors", false, "The response has no CORS headers, and the server allows the same origin in the preflight or for other requests."},
		{"credentials-change-answer", false, "The response to the request with credentials has no CORS headers, and the server allows the same request without credentials."},
		{"preflight-ignored", false, "Something answers OPTIONS with status 200 to 299, and no CORS headers."},
		{"cached-answer", false, "A cache answered with a response that was made for another request: Age, X-Cache or a similar header says so, and Vary: Origin is missing."},
		{"origin-not-listed", false, "The server decides by Origin, as Vary: Origin shows, and its list lacks this one."},
		{"cors-absent", false, "The response has status 200 to 299, and nothing in it has to do with CORS."},
		{"response-header-in-request", false, "The page sends a response header of the CORS protocol, such as Access-Control-Allow-Origin."},
		{"tracing-header", false, "A tracing library adds a request header that the server does not allow."},
		{"library-header", false, "Another library or tool adds a request header that the server does not allow."},
		{"cache-header", false, "The page sends Cache-Control, Pragma or a similar header against caching, which the server does not allow."},
		{"mcp-header", false, "A client of the Model Context Protocol sends a request header that the server does not allow."},
		{"option-in-header", false, "An option of fetch() or jQuery, such as mode, was put among the headers."},

		{"browser-cache", false, "The browser did not ask the server: its own HTTP cache had the response to an earlier request, which lacks the headers for this one."},

		{"misspelt-header", false, "The answer has a header whose name is nearly that of a CORS header."},
		{"placeholder", false, "The value is a variable or placeholder that nothing replaced."},
		{"empty", false, "The header is there and its value is empty."},
		{"quoted", false, "The value has quotes or brackets, which count."},
		{"pattern", false, "The value is a pattern. Browsers know none."},
		{"invisible", false, "The value has an invisible or typographic character."},
		{"separator", false, "The value has a wrong separator."},
		{"encoded", false, "The list is percent-encoded."},
		{"null-value", false, "The value is null, and the page has an origin."},
		{"doubled", false, "Two layers add the header, so that there are two values, or one value twice."},
		{"list", false, "The value is a list of origins. Browsers take one."},
		{"no-scheme", false, "The origin's scheme is missing."},
		{"spelling", false, "The value is right except for its spelling: a slash, a path, capitals, a default port, Unicode, True."},
		{"other-scheme", false, "The server allows the same host with another scheme."},
		{"other-port", false, "The server allows the same host with another port."},
		{"other-host", false, "The server allows a host that is nearly the page's: with www., localhost for 127.0.0.1, a parent domain."},
		{"development-origin", false, "The server allows a development server's origin, and the page is elsewhere."},
		{"app-origin", false, "The page is an app's or an extension's, with an origin that the server's list lacks, such as that of another platform."},
		{"other-origin", false, "The server allows another origin, whoever asks."},
	}
}
