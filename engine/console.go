package fetch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// An Engine is a browser engine whose console messages are known.
type Engine string

const (
	EngineChromium Engine = "chromium"
	EngineFirefox  Engine = "firefox"
	EngineWebKit   Engine = "webkit"
)

// Console is what the engine prints to its console where it refuses a request
// for this reason, or shows among the issues of its developer tools instead:
// one line, or several separated by "\n", without a final one. It is empty where the engine prints nothing or nothing certain, and for
// all that the API itself refuses, where there is an exception instead.
//
// An Error knows the page's origin only, so a message that shows the page's
// URL shows the origin's root. Strings from outside are shortened and escaped.
func (e *Error) Console(engine Engine) string {
	if e.Request.API == APIWebSocket { // engines have other words for those
		return ""
	}
	reason := e.Reason
	if engine == EngineChromium {
		reason = e.chromiumReason()
	}
	for _, l := range consoles[engine] {
		if l.reason == reason && (l.when == nil || l.when(e)) {
			return e.fill(l.text, consoleLimit)
		}
	}
	return ""
}

// CORSError is the name of Chromium's network::mojom::CorsError for this
// reason, without its k: "PreflightMissingAllowOriginHeader". It is empty where
// Chromium has none.
func (e *Error) CORSError() string {
	c := corsErrors[e.chromiumReason()]
	if e.Stage == StagePreflight && c.both {
		return "Preflight" + c.name
	}
	return c.name
}

// chromiumReason is the reason as Chromium has it, which looks where a redirect
// leads before it looks whether the response allows access, takes for a
// redirect only what has a Location, and looks at modes before ports and
// mixed content.
func (e *Error) chromiumReason() Reason {
	if (e.Reason == BadPort || e.Reason == MixedContent || e.Reason == DanglingMarkup || e.Reason == EmbeddedCredentials) && !e.sameOrigin() {
		switch {
		case e.Request.Mode == SameOrigin:
			return DisallowedByMode
		case e.Request.Mode == NoCORS && e.Request.Redirect != Follow:
			return RedirectModeNotFollow
		}
	}
	if !redirectStatus(e.status()) {
		return e.Reason
	}
	switch {
	case e.Reason == PreflightDisallowedRedirect && !e.located():
		return PreflightInvalidStatus
	case !corsErrors[e.Reason].both || !e.located():
		return e.Reason
	}
	if _, err := (*origin.Schemes)(nil).ParseURLHostSpaces(e.location(), nil); err != nil {
		return InvalidLocation
	}
	if e.onPreflight() {
		return PreflightDisallowedRedirect
	}
	return e.Reason
}

// corsErrors are Chromium's names; both says that a preflight has its own.
var corsErrors = map[Reason]struct {
	name string
	both bool
}{
	DisallowedByMode:            {"DisallowedByMode", false},
	CORSDisabledScheme:          {"CorsDisabledScheme", false},
	MissingAllowOrigin:          {"MissingAllowOriginHeader", true},
	WildcardOriginNotAllowed:    {"WildcardOriginNotAllowed", true},
	MultipleAllowOriginValues:   {"MultipleAllowOriginValues", true},
	InvalidAllowOriginValue:     {"InvalidAllowOriginValue", true},
	AllowOriginMismatch:         {"AllowOriginMismatch", true},
	InvalidAllowCredentials:     {"InvalidAllowCredentials", true},
	PreflightInvalidStatus:      {"PreflightInvalidStatus", false},
	PreflightDisallowedRedirect: {"PreflightDisallowedRedirect", false},
	InvalidAllowMethods:         {"InvalidAllowMethodsPreflightResponse", false},
	InvalidAllowHeaders:         {"InvalidAllowHeadersPreflightResponse", false},
	MethodDisallowed:            {"MethodDisallowedByPreflightResponse", false},
	HeaderDisallowed:            {"HeaderDisallowedByPreflightResponse", false},
	AuthorizationNotListed:      {"HeaderDisallowedByPreflightResponse", false},
	RedirectContainsCredentials: {"RedirectContainsCredentials", false},
}

// A consoleLine is what an engine prints for a reason, under a condition. Of
// the lines of a reason the first counts whose condition holds. The names in
// braces are those of [Error.fill].
type consoleLine struct {
	reason Reason
	when   func(*Error) bool // nil: always
	text   string
}

// consoles are the messages of each engine.
var consoles = map[Engine][]consoleLine{
	EngineChromium: chromiumLines,
	EngineFirefox:  firefoxLines,
	EngineWebKit:   webkitLines,
}

// The messages of Chromium are those of cors_error_string.cc,
// fetch_manager.cc, mixed_content_checker.cc, allowed_by_nosniff.cc,
// subresource_integrity.cc and web_url_error.cc.
const (
	chromiumBlocked = "Access to {kind} at '{url}' {redirected}from origin '{page}' has been blocked by CORS policy: "
	chromiumCheck   = chromiumBlocked + "{preflight}"
	chromiumFailed  = "Failed to load resource: net::"
	chromiumFetch   = "Fetch API cannot load {url}. "
	chromiumValid   = " Have the server send the header with a valid value."
	chromiumSchemes = chromiumBlocked + "Cross origin requests are only supported for protocol schemes: chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app."
	chromiumLocal   = "Not allowed to load local resource: {url}"
	chromiumXHR     = " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."

	chromiumWildcard    = chromiumCheck + "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."
	chromiumMultiple    = chromiumCheck + "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one is allowed."
	chromiumInvalid     = chromiumCheck + "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'."
	chromiumMismatch    = chromiumCheck + "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin."
	chromiumCredentials = chromiumCheck + "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which must be 'true' when the request's credentials mode is 'include'."
	chromiumHeader      = chromiumBlocked + "Request header field {lowername} is not allowed by Access-Control-Allow-Headers in preflight response."
)

var chromiumLines = []consoleLine{
	{DisallowedByMode, (*Error).firstFetch, chromiumFetch + `Request mode is "same-origin" but the URL's origin is not same as the request origin {page}.`},
	{DisallowedByMode, (*Error).byFetch, ""},
	{DisallowedByMode, nil, chromiumBlocked + "Cross origin requests are not allowed by request mode."},
	{RedirectModeNotFollow, (*Error).byFetch, chromiumFetch + `Request mode is "no-cors" but the redirect mode is not "follow".`},
	{CORSDisabledScheme, (*Error).local, chromiumLocal},
	{CORSDisabledScheme, (*Error).firstFetch, chromiumFetch + `URL scheme "{scheme}" is not supported.`},
	{CORSDisabledScheme, (*Error).byFTP, "FTP is not supported."},
	{CORSDisabledScheme, nil, chromiumSchemes},
	{UnsupportedScheme, (*Error).local, chromiumLocal},
	{UnsupportedScheme, (*Error).firstFetch, chromiumFetch + `URL scheme "{scheme}" is not supported.`},
	{BadPort, nil, chromiumFailed + "ERR_UNSAFE_PORT"},
	{MixedContent, nil, "Mixed Content: The page at '{document}' was loaded over HTTPS, but requested an insecure {resource} '{url}'. This request has been blocked; the content must be served over HTTPS."},

	{DanglingMarkup, nil, "Resource requests whose URLs contained both removed whitespace `\\(n|r|t)` characters and less-than characters (`<`) are blocked. Please remove newlines and encode less-than characters from places like element attribute values in order to load these resources."},
	{EmbeddedCredentials, nil, "Subresource requests whose URLs contain embedded credentials (e.g. `https://user:pass@host/`) are blocked."},

	{MissingAllowOrigin, nil, chromiumCheck + "No 'Access-Control-Allow-Origin' header is present on the requested resource."},
	{WildcardOriginNotAllowed, (*Error).byXHR, chromiumWildcard + chromiumXHR},
	{WildcardOriginNotAllowed, nil, chromiumWildcard},
	{MultipleAllowOriginValues, (*Error).byFetch, chromiumMultiple + chromiumValid},
	{MultipleAllowOriginValues, nil, chromiumMultiple},
	{InvalidAllowOriginValue, (*Error).byFetch, chromiumInvalid + chromiumValid},
	{InvalidAllowOriginValue, nil, chromiumInvalid},
	{AllowOriginMismatch, (*Error).byFetch, chromiumMismatch + chromiumValid},
	{AllowOriginMismatch, nil, chromiumMismatch},
	{InvalidAllowCredentials, (*Error).byXHR, chromiumCredentials + chromiumXHR},
	{InvalidAllowCredentials, nil, chromiumCredentials},

	{PreflightInvalidStatus, nil, chromiumCheck + "It does not have HTTP ok status."},
	{PreflightDisallowedRedirect, nil, chromiumCheck + "Redirect is not allowed for a preflight request."},
	{InvalidAllowMethods, nil, chromiumBlocked + "Cannot parse Access-Control-Allow-Methods response header field in preflight response."},
	{InvalidAllowHeaders, nil, chromiumBlocked + "Cannot parse Access-Control-Allow-Headers response header field in preflight response."},
	{MethodDisallowed, nil, chromiumBlocked + "Method {method} is not allowed by Access-Control-Allow-Methods in preflight response."},
	{HeaderDisallowed, nil, chromiumHeader},
	{AuthorizationNotListed, nil, chromiumHeader},

	{TooManyRedirects, nil, chromiumFailed + "ERR_TOO_MANY_REDIRECTS"},
	{RedirectScheme, (*Error).unsafeRedirect, ""},
	{RedirectScheme, (*Error).withCORS, strings.ReplaceAll(strings.ReplaceAll(chromiumSchemes, "{url}", "{location}"), "{redirected}", "(redirected from '{first}') ")},
	// The quotes are empty because Chromium hands no URL to its message.
	{RedirectContainsCredentials, (*Error).leavesByCORS, chromiumBlocked + "Redirect location '' contains a username and password, which is disallowed for cross-origin requests."},

	{CrossOriginResourcePolicy, (*Error).policySameOrigin, chromiumFailed + "ERR_BLOCKED_BY_RESPONSE.NotSameOrigin"},
	{CrossOriginResourcePolicy, (*Error).policySameSite, chromiumFailed + "ERR_BLOCKED_BY_RESPONSE.NotSameSite"},
	{CrossOriginResourcePolicy, nil, chromiumFailed + "ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep"},
	{BlockedMIMEType, nil, "Refused to execute script from '{url}' because its MIME type ('{type}') is not executable."},
	{BlockedByNosniff, (*Error).forStyle, "Refused to apply style from '{url}' because its MIME type ('{type}') is not a supported stylesheet MIME type, and strict MIME checking is enabled."},
	{BlockedByNosniff, nil, "Refused to execute script from '{url}' because its MIME type ('{type}') is not executable, and strict MIME type checking is enabled."},
	{IntegrityMismatch, (*Error).unsigned, ""},
	{IntegrityMismatch, (*Error).byFetch, "Fetch API cannot load {first}. SRI's integrity checks failed."},
	{IntegrityMismatch, (*Error).opaqueElement, "Subresource Integrity: The resource '{url}' has an integrity attribute, but the resource requires the request to be CORS enabled to check the integrity, and it is not. The resource has been blocked because the integrity cannot be enforced."},
	{StreamNeedsHTTP2, nil, chromiumFailed + "ERR_H2_OR_QUIC_REQUIRED"},
	{Overridden, nil, chromiumFailed + "ERR_BLOCKED_BY_CLIENT"}, // as by an extension
	{Offline, nil, chromiumFailed + "ERR_INTERNET_DISCONNECTED"},
}

// The messages of Firefox are those of security.properties and
// necko.properties. A preflight's failure is followed by that of the request
// which it was for.
const (
	firefoxBlocked   = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. (Reason: "
	firefoxFailed    = firefoxBlocked + "CORS request did not succeed). Status code: (null)."
	firefoxPreflight = "\n" + firefoxFailed

	firefoxMissing     = firefoxBlocked + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {status}."
	firefoxWildcard    = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘{url}’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’)."
	firefoxMultiple    = firefoxBlocked + "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed)."
	firefoxMismatch    = firefoxBlocked + "CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’)."
	firefoxCredentials = firefoxBlocked + "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’)."
	firefoxHeader      = firefoxBlocked + "header ‘{lowername}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response)." + firefoxPreflight
)

var firefoxLines = []consoleLine{
	{CORSDisabledScheme, nil, firefoxBlocked + "CORS request not http)."},
	{MixedContent, (*Error).passive, "Blocked loading mixed display content “{url}”"},
	{MixedContent, nil, "Blocked loading mixed active content “{url}”"},

	{MissingAllowOrigin, (*Error).onPreflight, firefoxMissing + firefoxPreflight},
	{MissingAllowOrigin, nil, firefoxMissing},
	{WildcardOriginNotAllowed, (*Error).onPreflight, firefoxWildcard + firefoxPreflight},
	{WildcardOriginNotAllowed, nil, firefoxWildcard},
	{MultipleAllowOriginValues, (*Error).repeatedOnPreflight, firefoxMultiple + firefoxPreflight},
	{MultipleAllowOriginValues, (*Error).repeated, firefoxMultiple},
	{MultipleAllowOriginValues, (*Error).onPreflight, firefoxMismatch + firefoxPreflight},
	{MultipleAllowOriginValues, nil, firefoxMismatch},
	{InvalidAllowOriginValue, (*Error).onPreflight, firefoxMismatch + firefoxPreflight},
	{InvalidAllowOriginValue, nil, firefoxMismatch},
	{AllowOriginMismatch, (*Error).onPreflight, firefoxMismatch + firefoxPreflight},
	{AllowOriginMismatch, nil, firefoxMismatch},
	{InvalidAllowCredentials, (*Error).onPreflight, firefoxCredentials + firefoxPreflight},
	{InvalidAllowCredentials, nil, firefoxCredentials},

	{PreflightInvalidStatus, nil, firefoxBlocked + "CORS preflight response did not succeed). Status code: {status}." + firefoxPreflight},
	{PreflightDisallowedRedirect, nil, firefoxBlocked + "CORS request external redirect not allowed)." + firefoxPreflight},
	{InvalidAllowMethods, nil, firefoxBlocked + "invalid token ‘{token}’ in CORS header ‘Access-Control-Allow-Methods’)." + firefoxPreflight},
	{InvalidAllowHeaders, nil, firefoxBlocked + "invalid token ‘{token}’ in CORS header ‘Access-Control-Allow-Headers’)." + firefoxPreflight},
	{MethodDisallowed, nil, firefoxBlocked + "Did not find method in CORS header ‘Access-Control-Allow-Methods’)." + firefoxPreflight},
	{HeaderDisallowed, nil, firefoxHeader},
	{AuthorizationNotListed, nil, firefoxHeader},

	{CrossOriginResourcePolicy, nil, "The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof). See https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#"},
	{BlockedMIMEType, nil, "Script from “{url}” was blocked because of a disallowed MIME type (“{type}”)."},
	{BlockedByNosniff, nil, "The resource from “{url}” was blocked due to MIME type (“{type}”) mismatch (X-Content-Type-Options: nosniff)."},
	{IntegrityMismatch, (*Error).opaqueElement, "“{url}” is not eligible for integrity checks since it’s neither CORS-enabled nor same-origin."},
	{NetworkFailure, (*Error).corsTainted, firefoxFailed},
}

// The messages of WebKit are those of CrossOriginAccessControl.cpp,
// CrossOriginPreflightResultCache.cpp, NetworkLoadChecker.cpp,
// DocumentThreadableLoader.cpp, MixedContentChecker.cpp and
// LoadableScript.cpp. {crossing} is what precedes the finding about a
// redirect's response, {denied} the line that follows an access control error.
var webkitLines = []consoleLine{
	{DisallowedByMode, (*Error).firstFetch, "Fetch API cannot load {url}."},
	{DisallowedByMode, nil, "Unsafe attempt to load URL {url} from origin {origin}. Domains, protocols and ports must match.{denied}"},
	{CORSDisabledScheme, (*Error).byScript, "Cross origin requests are only supported for HTTP.{denied}"},
	{BadPort, nil, "Not allowed to use restricted network port {port}: {url}"},
	{MixedContent, (*Error).firstByScript, "[blocked] The page at {document} requested insecure content from {url}. This content was blocked and must be served over HTTPS.\nNot allowed to request resource{denied}"},
	{MixedContent, nil, "[blocked] The page at {document} requested insecure content from {url}. This content was blocked and must be served over HTTPS."},

	{MissingAllowOrigin, nil, "{crossing}Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}{denied}"},
	{WildcardOriginNotAllowed, nil, "{crossing}Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.{denied}"},
	{MultipleAllowOriginValues, (*Error).commaInValue, "{crossing}Access-Control-Allow-Origin cannot contain more than one origin.{denied}"},
	{MultipleAllowOriginValues, nil, "{crossing}Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}{denied}"},
	{InvalidAllowOriginValue, nil, "{crossing}Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}{denied}"},
	{AllowOriginMismatch, nil, "{crossing}Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}{denied}"},
	{InvalidAllowCredentials, nil, `{crossing}Credentials flag is true, but Access-Control-Allow-Credentials is not "true".{denied}`},

	{PreflightInvalidStatus, nil, "Preflight response is not successful. Status code: {status}{denied}"},
	{PreflightDisallowedRedirect, nil, "Preflight response is not successful. Status code: {status}{denied}"},
	{InvalidAllowMethods, nil, "Header Access-Control-Allow-Methods has an invalid value: {value}{denied}"},
	{InvalidAllowHeaders, nil, "Header Access-Control-Allow-Headers has an invalid value: {value}{denied}"},
	{MethodDisallowed, nil, "Method {method} is not allowed by Access-Control-Allow-Methods.{denied}"},
	{HeaderDisallowed, nil, "Request header field {name} is not allowed by Access-Control-Allow-Headers.{denied}"},

	{RedirectModeError, nil, "Not allowed to follow a redirection while loading {url}{denied}"},
	{TooManyRedirects, nil, "Load cannot follow more than 20 redirections{denied}"},
	{RedirectContainsCredentials, nil, "Cross-origin redirection to {location} denied by Cross-Origin Resource Sharing policy: redirection URL {location} has credentials{denied}"},
	{RedirectScheme, (*Error).corsTainted, "Cross-origin redirection to {location} denied by Cross-Origin Resource Sharing policy: not allowed to follow a cross-origin CORS redirection with non CORS scheme{denied}"},

	{CrossOriginResourcePolicy, nil, "Cancelled load to {url} because it violates the resource's Cross-Origin-Resource-Policy response header.{denied}"},
	{BlockedMIMEType, (*Error).forScript, "Refused to execute {url} as script because {type} is not a script MIME type."},
	{BlockedByNosniff, (*Error).forScript, `Refused to execute {url} as script because "X-Content-Type-Options: nosniff" was given and its Content-Type is not a script MIME type.`},
	{BlockedByNosniff, (*Error).forStyle, "Did not parse stylesheet at '{url}' because non CSS MIME types are not allowed in strict mode."},
}

// webkitDenied is what WebKit prints after an access control error, by who
// asked.
var webkitDenied = map[string]string{
	string(APIFetch):         "\nFetch API cannot load {url} due to access control checks.",
	string(APIXHR):           "\nXMLHttpRequest cannot load {url} due to access control checks.",
	string(DestinationImage): "\nCannot load image {url} due to access control checks.",
	string(DestinationScript): "\n" +
		"Cross-origin script load denied by Cross-Origin Resource Sharing policy.",
	string(DestinationTrack): "\n" +
		"Cross-origin text track load denied by Cross-Origin Resource Sharing policy.",
	string(DestinationAudio): "\n" +
		"Cross-origin media resource load denied by Cross-Origin Resource Sharing policy.",
	string(DestinationVideo): "\n" +
		"Cross-origin media resource load denied by Cross-Origin Resource Sharing policy.",
}

type chromiumKind struct{ kind, resource string }

// chromiumKinds are Chromium's words for who asked: in a message about CORS,
// and in one about mixed content.
var chromiumKinds = map[string]chromiumKind{
	string(APIFetch):                 {"fetch", "resource"},
	string(APIXHR):                   {"XMLHttpRequest", "XMLHttpRequest endpoint"},
	string(DestinationAudio):         {"audio", "audio file"},
	string(DestinationEmbed):         {"resource", "plugin resource"},
	string(DestinationFont):          {"font", "font"},
	string(DestinationFrame):         {"resource", "frame"},
	string(DestinationIFrame):        {"resource", "frame"},
	string(DestinationImage):         {"image", "image"},
	string(DestinationJSON):          {"script", "json"},
	string(DestinationManifest):      {"manifest", "manifest"},
	string(DestinationObject):        {"resource", "plugin resource"},
	string(DestinationScript):        {"script", "script"},
	string(DestinationServiceWorker): {"script", "Service Worker script"},
	string(DestinationSharedWorker):  {"script", "Shared Worker script"},
	string(DestinationStyle):         {"CSS stylesheet", "stylesheet"},
	string(DestinationTrack):         {"text track", "Text Track"},
	string(DestinationVideo):         {"video", "video"},
	string(DestinationWorker):        {"script", "Worker script"},
	string(DestinationXSLT):          {"XSL stylesheet", "XSLT"},
}

// consoleLimit is the length beyond which browsers shorten a URL.
const consoleLimit = 1024

// fill puts this error's particulars where a text has their names in braces.
// What comes from outside is cut to limit bytes and escaped.
func (e *Error) fill(text string, limit int) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		var name string
		name, text, _ = strings.Cut(rest, "}")
		b.WriteString(e.particular(name, limit))
	}
}

// particular is what a name in braces stands for.
func (e *Error) particular(name string, limit int) string {
	r := &e.Request
	show := func(s string) string { return legible(s, limit) }
	switch name {
	// what happened, and where
	case "cause":
		return show(e.cause())
	case "document":
		if r.Page == "null" {
			return r.Page
		}
		return show(r.Page + "/")
	case "first":
		return show(r.FirstURL)
	case "header":
		return show(e.Header)
	case "location":
		return show(e.location())
	case "lowername":
		return show(strings.ToLower(e.name()))
	case "method":
		return show(e.method())
	case "name":
		return show(e.name())
	case "names":
		return show(strings.Join(e.unsafeNames(), ","))
	case "origin":
		return show(r.Origin)
	case "page":
		return show(r.Page)
	case "port":
		_, port := e.target()
		return port
	case "reader":
		if r.Page == "null" {
			return "a page of opaque origin"
		}
		return show(r.Page)
	case "scheme":
		scheme, _ := e.target()
		return show(scheme)
	case "status":
		return strconv.Itoa(e.status())
	case "token":
		return show(e.badToken())
	case "type":
		return show(e.mimeType())
	case "upper":
		return show(strings.ToUpper(e.method()))
	case "url":
		return show(r.URL)
	case "value":
		return show(e.value())

	// what it is called
	case "api":
		return apiNames[orDefault(r.API, APIFetch)].api
	case "include":
		return apiNames[orDefault(r.API, APIFetch)].include
	case "kind":
		return e.kind().kind
	case "resource":
		return e.kind().resource

	// parts of a message that are not always there
	case "crossing":
		if e.onRedirect() {
			return e.fill("Cross-origin redirection to {location} denied by Cross-Origin Resource Sharing policy: ", limit)
		}
	case "denied":
		return e.fill(webkitDenied[e.who()], limit)
	case "preflight":
		if e.Stage == StagePreflight {
			return "Response to preflight request doesn't pass access control check: "
		}
	case "redirected":
		if r.FirstURL != "" && r.FirstURL != r.URL {
			return e.fill("(redirected from '{first}') ", limit)
		}
	}
	return ""
}

// apiNames are what a page's author calls an API, and its way to ask for
// credentials.
var apiNames = map[API]struct{ api, include string }{
	APIFetch: {"fetch()", `credentials: "include"`},
	APIXHR:   {"XMLHttpRequest", "withCredentials"},

	APIWebSocket: {"new WebSocket()", ""},
	APIElement:   {"an element", `crossorigin="use-credentials"`},
}

// who is the API where script asked, the destination where it was an element.
func (e *Error) who() string {
	if e.Request.API == APIElement {
		return string(e.Request.Destination)
	}
	return string(orDefault(e.Request.API, APIFetch))
}

func (e *Error) kind() chromiumKind {
	if k, ok := chromiumKinds[e.who()]; ok {
		return k
	}
	return chromiumKind{"resource", "resource"}
}

// value is the value of the header concerned.
func (e *Error) value() string {
	if e.Value == "" && e.Response != nil {
		v, _ := e.Response.Headers.Get(e.Header)
		return presentable(e.Header, v)
	}
	return e.Value
}

// name is the name of the request header that was refused, as script spelled
// it.
func (e *Error) name() string {
	for _, h := range e.Request.Headers {
		if safelist.EqualFold(h.Name, e.Detail) {
			return h.Name
		}
	}
	return e.Detail
}

// method is that of the request proper, also where its preflight failed.
func (e *Error) method() string {
	if e.Request.Preflight {
		m, _ := e.Request.Headers.Get("Access-Control-Request-Method")
		return m
	}
	return e.Request.Method
}

// status is that of the response, 0 where none arrived.
func (e *Error) status() int {
	if e.Response == nil {
		return 0
	}
	return e.Response.Status
}

// location is where the response's Location leads.
func (e *Error) location() string {
	if e.Response == nil {
		return ""
	}
	var b strings.Builder
	for _, h := range e.Response.Headers {
		if !safelist.EqualFold(h.Name, "Location") || h.Value == b.String() { // of equal ones, the one
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(h.Value)
	}
	value := b.String()
	if value == "" {
		return ""
	}
	base, err := origin.ParseURL(e.Request.URL)
	if err != nil {
		return text.RedactURL(value)
	}
	u, err := (*origin.Schemes)(nil).ParseURL(value, base)
	if err != nil {
		return text.RedactURL(value)
	}
	return text.RedactURL(u.String())
}

// target is the scheme and the port of the request's URL.
func (e *Error) target() (scheme, port string) {
	u, err := origin.ParseURL(e.Request.URL)
	if err != nil {
		return "", ""
	}
	return u.Scheme(), u.Port()
}

// mimeType is the essence of the response's MIME type; failing that, what the
// response has for one.
func (e *Error) mimeType() string {
	if e.Response != nil {
		if t, ok := e.Response.Headers.ExtractMIMEType(); ok {
			return t.Essence()
		}
	}
	return e.value()
}

// badToken is the first member of the header's list that is no token.
func (e *Error) badToken() string {
	for member := range strings.SplitSeq(e.value(), ",") {
		member = strings.Trim(member, " \t")
		if member != "" && !safelist.IsToken(member) {
			return member
		}
	}
	return ""
}

// cause is what went wrong below.
func (e *Error) cause() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

func (e *Error) byFetch() bool       { return orDefault(e.Request.API, APIFetch) == APIFetch }
func (e *Error) byXHR() bool         { return e.Request.API == APIXHR }
func (e *Error) byScript() bool      { return e.Request.API != APIElement }
func (e *Error) firstFetch() bool    { return e.byFetch() && e.Request.Hop == 0 }
func (e *Error) firstByScript() bool { return e.byScript() && e.Request.Hop == 0 }
func (e *Error) sameOrigin() bool {
	u, err := origin.ParseURL(e.Request.URL)
	return err == nil && u.Origin().String() == e.Request.Page
}
func (e *Error) onPreflight() bool  { return e.Stage == StagePreflight }
func (e *Error) corsTainted() bool  { return e.Request.Tainting == TaintingCORS }
func (e *Error) commaInValue() bool { return strings.Contains(e.value(), ",") }

func (e *Error) forScript() bool { return e.Request.Destination == DestinationScript }
func (e *Error) forStyle() bool  { return e.Request.Destination == DestinationStyle }

// local tells whether it was something of the browser's or the user's own.
func (e *Error) local() bool {
	scheme, _ := e.target()
	return e.byScript() && (scheme == "file" || scheme == "chrome" && e.byXHR())
}

func (e *Error) byFTP() bool {
	scheme, _ := e.target()
	return e.byXHR() && scheme == "ftp"
}

// unsafeRedirect tells whether a redirect led where none may lead, which
// Chromium refuses before it looks whether CORS knows the scheme.
func (e *Error) unsafeRedirect() bool {
	u, err := origin.ParseURL(e.location())
	return err == nil && slices.Contains([]string{"about", "blob", "data", "file", "filesystem"}, u.Scheme())
}

func (e *Error) withCORS() bool { return e.Request.Mode == CORS }

// leavesByCORS tells whether a CORS request has left its origin or the
// response's Location leads it away.
func (e *Error) leavesByCORS() bool {
	if !e.withCORS() || e.corsTainted() {
		return e.withCORS()
	}
	from, err1 := origin.ParseURL(e.Request.URL)
	to, err2 := origin.ParseURL(e.location())
	return err1 != nil || err2 != nil || !from.Origin().SameOrigin(to.Origin())
}

// unsigned tells whether a public key wants the response signed.
func (e *Error) unsigned() bool { return e.Detail == wantsSignature }

func (e *Error) policySameOrigin() bool { return e.value() == "same-origin" }
func (e *Error) policySameSite() bool   { return e.value() == "same-site" }

func (e *Error) opaqueElement() bool { return e.opaque() && e.Request.API == APIElement }
func (e *Error) opaque() bool        { return e.Request.Tainting == TaintingOpaque }

// passive tells whether a mixed request is for what the Mixed Content
// specification calls optionally blockable.
func (e *Error) passive() bool {
	switch e.Request.Destination {
	case DestinationAudio, DestinationImage, DestinationVideo:
		return true
	}
	return false
}

// repeated tells whether the header concerned arrived more than once.
func (e *Error) repeated() bool {
	if e.Response == nil {
		return false
	}
	n := 0
	for _, h := range e.Response.Headers {
		if safelist.EqualFold(h.Name, allowOrigin) {
			n++
		}
	}
	return n > 1
}

func (e *Error) repeatedOnPreflight() bool { return e.repeated() && e.onPreflight() }

// onRedirect tells whether it was a redirect's response that was refused.
func (e *Error) onRedirect() bool {
	switch e.status() {
	case 301, 302, 303, 307, 308:
		return e.Stage == StageActual && e.located()
	}
	return false
}

// located tells whether the response has a Location.
func (e *Error) located() bool { return e.location() != "" }

// credentialed tells whether the CORS protocol's rules for credentials
// applied.
func (e *Error) credentialed() bool {
	return e.Request.Credentials == credentials.Include ||
		e.Reason == WildcardOriginNotAllowed || e.Reason == InvalidAllowCredentials
}

// legible cuts s in the middle to limit bytes, as browsers do with URLs, and
// escapes what is not printable as browsers do in messages. Browsers show
// passwords of URLs; here they are replaced.
func legible(s string, limit int) string {
	s = text.Redact(s)
	if len(s) > limit {
		s = s[:limit/2-1] + "..." + s[len(s)-limit/2+2:]
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\u%04X`, s[i])
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}
