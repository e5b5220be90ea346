package fetch

// A Reason says why a request failed. It is an error, so that errors.Is(err,
// fetch.MissingAllowOrigin) works. Whether the preflight or the request itself
// failed is in [Error.Stage].
//
// The constants are the reasons that a program may have to tell apart. [Reasons]
// also has those of mistakes in the call, which are for the author of the call to
// read: they have a name, a rule and an explanation, and no constant.
type Reason uint8

// Reasons of the API, before anything is fetched.
const (
	_                           Reason = iota
	InvalidURL                         // the URL does not parse
	urlHasCredentials                  // fetch() was given a URL with a username or password
	InvalidMethod                      // the method is not a token
	forbiddenMethod                    // CONNECT, TRACE or TRACK
	methodNeedsCORS                    // mode no-cors with a method that is not CORS-safelisted
	InvalidOption                      // a mode, credentials mode, cache mode … that does not exist or that script may not choose
	InvalidHeaderName                  // a header name is not a token
	InvalidHeaderValue                 // a header value has a NUL or a line break
	immutableHeaders                   // a header list that can't be changed
	bodyNotAllowed                     // GET or HEAD with a body
	duplexRequired                     // a stream as body without duplex "half"
	streamNeedsCORS                    // a stream as body in a mode that is neither cors nor same-origin
	streamWithKeepalive                // a stream as body with keepalive
	onlyIfCachedNeedsSameOrigin        // cache mode only-if-cached in another mode than same-origin
	invalidReferrer                    // the referrer does not parse
	RequestBodyTooLarge                // a body of unknown length has more bytes than ClientOptions.BufferBody
	methodNotNavigable                 // a navigation with a method other than GET and POST
	NotWebSocketHandshake              // a WebSocket's client was given a request that is not a handshake
	invalidSubprotocol                 // a WebSocket's subprotocol is not a token, or occurs twice
	invalidStatus                      // a constructed response's status is out of range, or its status message is not a reason-phrase
	bodyForNullStatus                  // a constructed response has a body that its status forbids
	notDeferrable                      // fetchLater() with a URL that is not secure, with a stream, or beyond its quota
	noElementOption                    // an element's request with a method, a header, a body, a mode … that no element has
)

// Reasons why a request is not sent, at first or after a redirect.
const (
	BadPort               Reason = iota + 32 // a port that browsers block
	MixedContent                             // a secure page requests an insecure URL
	DisallowedByMode                         // mode same-origin with a cross-origin URL
	RedirectModeNotFollow                    // mode no-cors with a redirect mode other than follow
	CORSDisabledScheme                       // a scheme that CORS does not cover
	UnsupportedScheme                        // a scheme that can't be fetched
	invalidDataURL                           // a data: URL that does not parse
	blobNotFound                             // no such blob: URL, or not by GET
	rangeNotSatisfiable                      // a Range that the blob can't satisfy
	KeepaliveQuota                           // more than 64 KiB of keepalive bodies in flight
	NotCached                                // cache mode only-if-cached, and nothing is cached
	DanglingMarkup                           // a URL written with a line break or a tab and a "<"
	EmbeddedCredentials                      // a subresource's URL with a username or password
	Overridden                               // Options.Override returned an error
	CSPBlocked                               // the page's Content-Security-Policy does not allow the URL
	LocalNetworkDenied                       // no permission for a server in a less public address space
	WrongAddressSpace                        // the server is not in the address space that fetch() was told
	frameRecursion                           // a frame's URL is that of a page that it is in
	outsideAllowlist                         // the page's Connection-Allowlist does not allow the URL
	withoutIntegrity                         // the page's Integrity-Policy demands integrity metadata
	TooManyLoads                             // a module graph, a style sheet's imports or a chain of frames is too large
)

// Reasons of the CORS check, of a preflight or of the response itself.
const (
	MissingAllowOrigin        Reason = iota + 64 // no Access-Control-Allow-Origin
	WildcardOriginNotAllowed                     // "*" where credentials are included
	MultipleAllowOriginValues                    // more than one value
	InvalidAllowOriginValue                      // neither "*", "null" nor a serialized origin
	AllowOriginMismatch                          // an origin other than the request's
	InvalidAllowCredentials                      // Access-Control-Allow-Credentials is not "true"
)

// Reasons of the preflight alone.
const (
	PreflightInvalidStatus      Reason = iota + 80 // a status outside of 200 to 299
	PreflightDisallowedRedirect                    // a redirect
	InvalidAllowMethods                            // Access-Control-Allow-Methods does not parse
	InvalidAllowHeaders                            // Access-Control-Allow-Headers does not parse
	MethodDisallowed                               // the method is not listed
	HeaderDisallowed                               // a header is not listed
	AuthorizationNotListed                         // Authorization is not listed by name; "*" does not cover it
)

// Reasons why a redirect is not followed.
const (
	RedirectModeError           Reason = iota + 96 // a redirect in redirect mode error
	InvalidLocation                                // Location does not parse, or there are several
	RedirectScheme                                 // Location is not HTTP(S)
	TooManyRedirects                               // the 21st redirect
	RedirectContainsCredentials                    // a username or password in Location where CORS is involved
	RedirectVetoed                                 // the caller's CheckRedirect refused it
	BodyNotReplayable                              // the body would have to be sent again and can't be
)

// Reasons why a response is blocked.
const (
	CrossOriginResourcePolicy Reason = iota + 112 // Cross-Origin-Resource-Policy, or the embedder policy
	BlockedMIMEType                               // a script has the MIME type of an image, audio, video or CSV
	BlockedByNosniff                              // nosniff, and a script or style sheet has the wrong type
	opaquePartialResponse                         // a partial response to a request without a range
	IntegrityMismatch                             // the bytes do not match the integrity metadata
	WebSocketFailed                               // the response does not complete a WebSocket's handshake
	BodyTooLarge                                  // the body exceeds Options.MaxIntegrityBody
	HeadersTooLarge                               // a header list exceeds Options.MaxHeaderList
	ElementRefused                                // an element, a worker or an EventSource does not take the response
	EventTooLarge                                 // an event of an event stream exceeds EventSourceOptions.MaxEvent
	OpaqueResponseBlocked                         // opaque-response blocking: without CORS, and of no type that elements take
	EmbedderPolicyMissing                         // a frame or a worker without the embedder policy that its page demands
	FrameBlocked                                  // X-Frame-Options keeps the document out of frames
	ancestorRefused                               // the document's frame-ancestors does not list the page
)

// Reasons of the network and of the program.
const (
	NetworkFailure              Reason = iota + 128 // no connection, no response, or not HTTP
	StreamNeedsHTTP2                                // a stream as body over HTTP/1.x
	ProxyAuthenticationRequired                     // a 407 that is not answered
	Unsendable                                      // the transport can't send what a browser would
	BrokenBody                                      // the response's body ended early or could not be decoded
	Aborted                                         // the context was cancelled
	Offline                                         // Options.Offline returned true
	AddressNotPublic                                // Options.PublicOnly, and an address that is not on the public internet
)

// reasons is the one table of what each Reason is called, which sentence of
// the Standard it comes from, and what that sentence says.
var reasons = [256]struct{ name, section, rule string }{
	InvalidURL:                  {"invalid-url", "https://fetch.spec.whatwg.org/#dom-request", "the URL must parse, against the page's base URL"},
	urlHasCredentials:           {"url-has-credentials", "https://fetch.spec.whatwg.org/#dom-request", "a URL given to fetch() must not include a username or password"},
	InvalidMethod:               {"invalid-method", "https://fetch.spec.whatwg.org/#concept-method", "a method is a token"},
	forbiddenMethod:             {"forbidden-method", "https://fetch.spec.whatwg.org/#forbidden-method", "CONNECT, TRACE and TRACK are forbidden methods"},
	methodNeedsCORS:             {"method-needs-cors", "https://fetch.spec.whatwg.org/#dom-request", "mode no-cors allows GET, HEAD and POST only"},
	InvalidOption:               {"invalid-option", "https://fetch.spec.whatwg.org/#requestinit", "the option must be one of the values that the Fetch API knows and script may choose"},
	InvalidHeaderName:           {"invalid-header-name", "https://fetch.spec.whatwg.org/#header-name", "a header name is a token"},
	InvalidHeaderValue:          {"invalid-header-value", "https://fetch.spec.whatwg.org/#header-value", "a header value has no NUL, CR or LF"},
	immutableHeaders:            {"immutable-headers", "https://fetch.spec.whatwg.org/#headers-validate", "headers with guard immutable can't be changed"},
	bodyNotAllowed:              {"body-not-allowed", "https://fetch.spec.whatwg.org/#dom-request", "a request whose method is GET or HEAD has no body"},
	duplexRequired:              {"duplex-required", "https://fetch.spec.whatwg.org/#dom-request", `a stream as body needs duplex "half"`},
	streamNeedsCORS:             {"stream-needs-cors", "https://fetch.spec.whatwg.org/#dom-request", "a stream as body needs mode cors or same-origin"},
	streamWithKeepalive:         {"stream-with-keepalive", "https://fetch.spec.whatwg.org/#concept-bodyinit-extract", "a stream can't be the body of a keepalive request"},
	onlyIfCachedNeedsSameOrigin: {"only-if-cached-needs-same-origin", "https://fetch.spec.whatwg.org/#dom-request", "cache mode only-if-cached needs mode same-origin"},
	invalidReferrer:             {"invalid-referrer", "https://fetch.spec.whatwg.org/#dom-request", "the referrer must parse"},
	RequestBodyTooLarge:         {"request-body-too-large", "https://fetch.spec.whatwg.org/#concept-body-source", "a body of unknown length is buffered up to the limit that the program sets"},
	methodNotNavigable:          {"method-not-navigable", "https://html.spec.whatwg.org/#create-navigation-params-by-fetching", "a navigation is made with GET or POST"},
	NotWebSocketHandshake:       {"not-websocket-handshake", "https://websockets.spec.whatwg.org/#concept-websocket-establish", "a WebSocket is opened by a handshake with the headers that the Standard names, and without others"},
	invalidSubprotocol:          {"invalid-subprotocol", "https://websockets.spec.whatwg.org/#dom-websocket-websocket", "a subprotocol is a token, and is named once"},
	invalidStatus:               {"invalid-status", "https://fetch.spec.whatwg.org/#initialize-a-response", "a response is made with a status of 200 to 599 and a status message that is a reason-phrase"},
	bodyForNullStatus:           {"null-body-status", "https://fetch.spec.whatwg.org/#null-body-status", "a response with a null body status (101, 103, 204, 205, 304) has no body"},
	notDeferrable:               {"deferred-fetch", "https://fetch.spec.whatwg.org/#dom-window-fetchlater", "fetchLater() takes a potentially trustworthy HTTP(S) URL and a body of known length; 64 KiB to one origin can wait at a time"},
	noElementOption:             {"element-option", "https://html.spec.whatwg.org/#create-a-potential-cors-request", "an element asks by GET, without a body and headers of its own, in a mode that HTML gives it"},

	BadPort:               {"bad-port", "https://fetch.spec.whatwg.org/#block-bad-port", "browsers do not connect to ports of other well-known services"},
	MixedContent:          {"mixed-content", "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch", "a secure page may not fetch from an insecure URL"},
	DisallowedByMode:      {"disallowed-by-mode", "https://fetch.spec.whatwg.org/#concept-main-fetch", "mode same-origin allows same-origin URLs only"},
	RedirectModeNotFollow: {"redirect-mode-not-follow", "https://fetch.spec.whatwg.org/#concept-main-fetch", "a cross-origin request with mode no-cors must have redirect mode follow"},
	CORSDisabledScheme:    {"cors-disabled-scheme", "https://fetch.spec.whatwg.org/#concept-main-fetch", "a cross-origin request with mode cors must go to an HTTP(S) URL"},
	UnsupportedScheme:     {"unsupported-scheme", "https://fetch.spec.whatwg.org/#concept-scheme-fetch", "only about:blank, blob:, data: and HTTP(S) URLs can be fetched"},
	invalidDataURL:        {"invalid-data-url", "https://fetch.spec.whatwg.org/#data-url-processor", "a data: URL has a comma, and valid base64 where it says base64"},
	blobNotFound:          {"blob-not-found", "https://fetch.spec.whatwg.org/#concept-scheme-fetch", "a blob: URL is fetched by GET, from an entry in the blob URL store"},
	rangeNotSatisfiable:   {"range-not-satisfiable", "https://fetch.spec.whatwg.org/#concept-scheme-fetch", "the Range of a request for a blob must be one range within it"},
	KeepaliveQuota:        {"keepalive-quota", "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch", "the bodies of a page's keepalive requests in flight are at most 64 KiB together"},
	NotCached:             {"not-cached", "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch", "cache mode only-if-cached never goes to the network"},
	DanglingMarkup:        {"dangling-markup", "https://url.spec.whatwg.org/#url-code-points", "a tab, a line break and “<” are not URL code points; Chromium blocks an HTTP(S) URL that is written with “<” and one of the others"},
	LocalNetworkDenied:    {"local-network-denied", "https://wicg.github.io/local-network-access/#local-network-access-check", "a page may request a server in a less public address space only in a secure context and with its user's permission"},
	WrongAddressSpace:     {"wrong-address-space", "https://wicg.github.io/local-network-access/#local-network-access-check", "a server must be in the address space that targetAddressSpace, or the URL's host, names"},
	frameRecursion:        {"frame-recursion", "https://html.spec.whatwg.org/#shared-attribute-processing-steps-for-iframe-and-frame-elements", "a frame does not load a URL that one of the pages that it is in has"},
	TooManyLoads:          {"too-many-loads", "https://html.spec.whatwg.org/#fetching-resources", "an implementation may bound what a page loads"},
	Overridden:            {"overridden", "https://fetch.spec.whatwg.org/#potentially-override-response-for-a-request", "the user agent may answer a request itself, also with a network error"},
	CSPBlocked:            {"csp-blocked", "https://w3c.github.io/webappsec-csp/#should-block-request", "each of the page's policies must allow the URL of each request, and of each redirect, in the directive for this kind of request"},
	outsideAllowlist:      {"connection-allowlist", "https://wicg.github.io/connection-allowlists/#abstract-opdef-should-request-be-blocked-by-connection-allowlists", "a pattern of the page's Connection-Allowlist must match the URL of each request, and redirects=allow must be there for redirects"},
	withoutIntegrity:      {"integrity-policy", "https://w3c.github.io/webappsec-subresource-integrity/#should-request-be-blocked-by-integrity-policy-section", "a request of a destination that the page's Integrity-Policy blocks must have integrity metadata and mode cors or same-origin"},
	EmbeddedCredentials:   {"embedded-credentials", "https://url.spec.whatwg.org/#include-credentials", "the URL of a subresource should have no username and password; Chromium blocks one that has"},

	MissingAllowOrigin:        {"missing-allow-origin", "https://fetch.spec.whatwg.org/#concept-cors-check", "a cross-origin response must carry Access-Control-Allow-Origin"},
	WildcardOriginNotAllowed:  {"wildcard-origin-not-allowed", "https://fetch.spec.whatwg.org/#concept-cors-check", `Access-Control-Allow-Origin must not be "*" when the request's credentials mode is include`},
	MultipleAllowOriginValues: {"multiple-allow-origin-values", "https://fetch.spec.whatwg.org/#concept-cors-check", "Access-Control-Allow-Origin must have exactly one value"},
	InvalidAllowOriginValue:   {"invalid-allow-origin-value", "https://fetch.spec.whatwg.org/#concept-cors-check", `Access-Control-Allow-Origin must be "*", "null" or a serialized origin`},
	AllowOriginMismatch:       {"allow-origin-mismatch", "https://fetch.spec.whatwg.org/#concept-cors-check", "Access-Control-Allow-Origin must equal the request's Origin, byte for byte"},
	InvalidAllowCredentials:   {"invalid-allow-credentials", "https://fetch.spec.whatwg.org/#concept-cors-check", `Access-Control-Allow-Credentials must be "true", in lower case, when the request's credentials mode is include`},

	PreflightInvalidStatus:      {"preflight-invalid-status", "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0", "the preflight's status must be an ok status, 200 to 299"},
	PreflightDisallowedRedirect: {"preflight-disallowed-redirect", "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0", "a preflight's redirect is not followed: its status must be an ok status, 200 to 299"},
	InvalidAllowMethods:         {"invalid-allow-methods", "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0", "Access-Control-Allow-Methods must be a comma-separated list of methods"},
	InvalidAllowHeaders:         {"invalid-allow-headers", "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0", "Access-Control-Allow-Headers must be a comma-separated list of header names"},
	MethodDisallowed:            {"method-disallowed", "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0", `the method must be listed in Access-Control-Allow-Methods, in the same case; "*" counts without credentials only`},
	HeaderDisallowed:            {"header-disallowed", "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0", `each unsafe header must be listed in Access-Control-Allow-Headers; "*" counts without credentials only`},
	AuthorizationNotListed:      {"authorization-not-listed", "https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name", `Authorization must be listed by name in Access-Control-Allow-Headers; "*" never covers it`},

	RedirectModeError:           {"redirect-mode-error", "https://fetch.spec.whatwg.org/#concept-http-fetch", "redirect mode error makes a redirect a network error"},
	InvalidLocation:             {"invalid-location", "https://fetch.spec.whatwg.org/#concept-response-location-url", "a redirect's Location must occur once and parse as a URL"},
	RedirectScheme:              {"redirect-scheme", "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch", "a redirect must lead to an HTTP(S) URL"},
	TooManyRedirects:            {"too-many-redirects", "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch", "at most 20 redirects are followed"},
	RedirectContainsCredentials: {"redirect-contains-credentials", "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch", "a redirect of a CORS request must not lead to a URL with a username or password"},
	RedirectVetoed:              {"redirect-vetoed", "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch", "a redirect is followed only if the program's CheckRedirect allows it"},
	BodyNotReplayable:           {"body-not-replayable", "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch", "a body that has to be sent again must have a source to read it from again"},

	CrossOriginResourcePolicy: {"cross-origin-resource-policy", "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check", "a no-cors response must be allowed by its Cross-Origin-Resource-Policy and by the page's embedder policy"},
	BlockedMIMEType:           {"blocked-mime-type", "https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?", "a script must not have the MIME type of audio, an image, a video or CSV"},
	BlockedByNosniff:          {"blocked-by-nosniff", "https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff?", "with X-Content-Type-Options: nosniff a script needs a JavaScript MIME type and a style sheet text/css"},
	opaquePartialResponse:     {"opaque-partial-response", "https://fetch.spec.whatwg.org/#concept-main-fetch", "an opaque partial response is not given to a request that asked for no range"},
	IntegrityMismatch:         {"integrity-mismatch", "https://www.w3.org/TR/SRI/#does-response-match-metadatalist", "the response's bytes must match the request's integrity metadata, and script must be able to read them"},
	WebSocketFailed:           {"websocket-failed", "https://websockets.spec.whatwg.org/#concept-websocket-establish", "a WebSocket's handshake is answered with status 101, the hash of its key and one of its subprotocols"},
	HeadersTooLarge:           {"headers-too-large", "https://fetch.spec.whatwg.org/#concept-http-network-fetch", "a header list is taken up to the agent's limit"},
	ancestorRefused:           {"frame-ancestors", "https://w3c.github.io/webappsec-csp/#frame-ancestors-navigation-response", "each page above a framed document must match the directive frame-ancestors of the document's Content-Security-Policy"},
	FrameBlocked:              {"frame-blocked", "https://html.spec.whatwg.org/#check-a-navigation-response's-adherence-to-x-frame-options", "X-Frame-Options deny keeps a document out of every frame, and sameorigin out of those in pages of other origins"},
	ElementRefused:            {"element-refused", "https://html.spec.whatwg.org/#fetch-and-process-the-linked-resource", "an element takes a response by its status and MIME type: most take only an ok status, workers and module scripts only a JavaScript type, style sheets only text/css, EventSource only status 200 and text/event-stream"},
	EventTooLarge:             {"event-too-large", "https://html.spec.whatwg.org/#event-stream-interpretation", "an event of an event stream, and a line of it, is held up to the limit that the program sets"},
	OpaqueResponseBlocked:     {"opaque-response-blocked", "https://github.com/annevk/orb#orbs-algorithm", "an element gets a response of another origin without CORS only if it may be an image, audio, video, a script or a style sheet"},
	EmbedderPolicyMissing:     {"embedder-policy-missing", "https://html.spec.whatwg.org/#check-a-navigation-response's-adherence-to-its-embedder-policy", "a frame or a worker of a page with an embedder policy must have one too"},
	BodyTooLarge:              {"body-too-large", "https://fetch.spec.whatwg.org/#concept-main-fetch", "a body is held whole to check its integrity, up to the agent's limit"},

	NetworkFailure:              {"network-failure", "https://fetch.spec.whatwg.org/#concept-http-network-fetch", "the server must be reached and answer with HTTP"},
	StreamNeedsHTTP2:            {"stream-needs-http2", "https://fetch.spec.whatwg.org/#concept-http-network-fetch", "a stream as body is not sent over HTTP/1.x"},
	ProxyAuthenticationRequired: {"proxy-authentication-required", "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch", "407 needs a user to ask"},
	Unsendable:                  {"unsendable", "https://fetch.spec.whatwg.org/#concept-http-network-fetch", "the transport must be able to send the request as a browser would"},
	BrokenBody:                  {"broken-body", "https://fetch.spec.whatwg.org/#concept-http-network-fetch", "the body must arrive whole and decode"},
	AddressNotPublic:            {"address-not-public", "https://www.rfc-editor.org/rfc/rfc6890#section-2.2.1", "with Options.PublicOnly only addresses that are globally reachable by the registries are connected to"},
	Offline:                     {"offline", "https://fetch.spec.whatwg.org/#is-offline", "nothing is sent while the user agent assumes that it has no connection"},
	Aborted:                     {"aborted", "https://fetch.spec.whatwg.org/#concept-aborted-network-error", "the caller's context was cancelled"},
}

// String returns the reason's name, such as "missing-allow-origin". Names are
// stable and meant for programs.
func (r Reason) String() string {
	if name := reasons[r].name; name != "" {
		return name
	}
	return "unknown"
}

// Error makes a Reason an error, for [errors.Is].
func (r Reason) Error() string { return "fetch: " + r.String() }

// Section returns the URL of the Standard's section that the reason comes from.
func (r Reason) Section() string { return reasons[r].section }

// Rule returns the demand of that section in one sentence.
func (r Reason) Rule() string { return reasons[r].rule }

// Reasons returns all reasons in a stable order.
func Reasons() []Reason {
	var all []Reason
	for i := range reasons {
		if reasons[i].name != "" {
			all = append(all, Reason(i))
		}
	}
	return all
}
