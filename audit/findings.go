package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

// A FindingID names what a [Finding] is about, such as "vary-missing". Reports
// print it, and an intent accepts a finding by it:
//
//	intent.Accept = []audit.FindingID{"vary-missing"}
//
// The names are stable. [FindingIDs] lists them, and docs/findings.md explains
// each with the smallest server that causes it.
type FindingID string

// The ids, the worst first. What each means is in [findingKinds].
const (
	wrongOriginAllowed       FindingID = "wrong-origin-allowed"
	anyOriginWithCredentials FindingID = "any-origin-with-credentials"
	nullOriginTrusted        FindingID = "null-origin-trusted"
	originPrefixMatch        FindingID = "origin-prefix-match"
	originSuffixMatch        FindingID = "origin-suffix-match"
	originDotMatch           FindingID = "origin-dot-match"
	insecureOriginTrusted    FindingID = "insecure-origin-trusted"
	originRefused            FindingID = "origin-refused"
	responseWithoutCORS      FindingID = "response-without-cors"
	credentialsRefused       FindingID = "credentials-refused"
	requestFailed            FindingID = "request-failed"
	loginRedirect            FindingID = "login-redirect"
	notTheAPI                FindingID = "not-the-api"
	preflightFailed          FindingID = "preflight-failed"
	methodNotAllowed         FindingID = "method-not-allowed"
	headerNotAllowed         FindingID = "header-not-allowed"
	unreachable              FindingID = "unreachable"
	redirectRefused          FindingID = "redirect-refused"
	blocked                  FindingID = "blocked"
	cspRefused               FindingID = "csp-refused"
	policyRefused            FindingID = "policy-refused"
	headerMissing            FindingID = "header-missing"
	notExposed               FindingID = "not-exposed"
	tainted                  FindingID = "tainted"
	preflightNotCached       FindingID = "preflight-not-cached"
	varyMissing              FindingID = "vary-missing"
	cachedWithoutCORS        FindingID = "cached-without-cors"
	listUnparsable           FindingID = "list-unparsable"
	impossibleOriginTrusted  FindingID = "impossible-origin-trusted"
	preflightUnrouted        FindingID = "preflight-unrouted"
	headerDoubled            FindingID = "header-doubled"
	errorWithoutCORS         FindingID = "error-without-cors"
	redirectToHTTP           FindingID = "redirect-to-http"
	localNetworkPrompt       FindingID = "local-network-prompt"
	strictTransportIgnored   FindingID = "strict-transport-ignored"
	wildcardWithCredentials  FindingID = "wildcard-with-credentials"
	authorizationByWildcard  FindingID = "authorization-by-wildcard"
	methodCase               FindingID = "method-case"
	cookieWithheld           FindingID = "cookie-withheld"
	cookieRefused            FindingID = "cookie-refused"
	maxAgeMissing            FindingID = "max-age-missing"
	maxAgeTiny               FindingID = "max-age-tiny"
	preflightAvoidable       FindingID = "preflight-avoidable"
)

// A FindingKind describes the findings of one id, whatever the server.
type FindingKind struct {
	ID       FindingID
	Severity Severity // the usual one
	Title    string   // one line, without a full stop
	Meaning  string   // what is wrong, and its effect
	Fix      string   // what to change
	Section  string   // the URL of the section of a standard that it rests on

	server bool // it is about the server as a whole: one finding for all uses
}

// FindingIDs returns the ids of all findings, the worst first.
func FindingIDs() []FindingID {
	ids := make([]FindingID, len(findingKinds))
	for i := range findingKinds {
		ids[i] = findingKinds[i].ID
	}
	return ids
}

// Kind describes the findings of an id. It returns false for an unknown id.
func (id FindingID) Kind() (FindingKind, bool) {
	for i := range findingKinds {
		if findingKinds[i].ID == id {
			return findingKinds[i], true
		}
	}
	return FindingKind{}, false
}

const (
	standard      = "https://fetch.spec.whatwg.org/"
	corsCheck     = standard + "#concept-cors-check"
	preflight     = standard + "#cors-preflight-fetch-0"
	cors          = standard + "#http-cors-protocol"
	corsAndCookie = standard + "#cors-protocol-and-credentials"
	cookieDraft   = "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html"
	whole         = "Compare the whole of Origin, byte for byte, with a list of allowed origins. If you need a pattern, anchor it at both ends, escape its dots, and begin it with the scheme."
)

// findingKinds is the one table of what findings are about, the worst first.
var findingKinds = [...]FindingKind{
	{wrongOriginAllowed, Unsafe, "A refused origin can read the response",
		"A page of an origin that the intent refuses can read a response.",
		"Compare the request's Origin, as a whole, with a list of allowed origins. Send it back only if it is in the list.",
		"https://fetch.spec.whatwg.org/#http-access-control-allow-origin", false},
	{anyOriginWithCredentials, Unsafe, "Any site can read responses made with the user's cookies",
		"The server sends any Origin back, with Access-Control-Allow-Credentials: true. Any page that a user opens can act and read as that user.",
		whole + " If anyone may read the responses, send Access-Control-Allow-Origin: * without Access-Control-Allow-Credentials instead.",
		corsAndCookie, true},
	{nullOriginTrusted, Unsafe, "Any sandboxed page is allowed",
		"The server allows the origin “null”. Every sandboxed frame has this origin, and any site can make one, so anyone can get in.",
		"Never send Access-Control-Allow-Origin: null. Remove “null” from the list.",
		standard + "#http-access-control-allow-origin", true},
	{originPrefixMatch, Unsafe, "Origins that begin like an allowed one are allowed",
		"The server only checks how Origin begins, or that it contains an allowed one: https://app.example.attacker.example is treated as https://app.example, and anyone can register it.",
		whole, standard + "#origin-header", true},
	{originSuffixMatch, Unsafe, "Origins that end like an allowed one are allowed",
		"The server only checks how Origin ends: https://notapp.example is treated as https://app.example, and anyone can register it.",
		whole + " A check for subdomains needs the dot: “.app.example”.",
		standard + "#origin-header", true},
	{originDotMatch, Unsafe, "A dot in the pattern of an origin matches anything",
		"The server compares Origin with a regular expression whose dots are not escaped: https://wwwxapp.example is treated as https://www.app.example, and anyone can register it.",
		"Write \\. for each dot in the regular expression, and anchor it at both ends. Or compare with a list.",
		standard + "#origin-header", true},
	{insecureOriginTrusted, Unsafe, "Pages loaded over HTTP are allowed",
		"The server allows the http: form of an https: origin. An attacker on the user's network can put a page there, and read what HTTPS should protect.",
		"Compare the scheme too: allow only the https: origin.",
		standard + "#origin-header", true},
	{originRefused, Breaks, "An allowed origin can't read the response",
		"The response does not allow a page of an allowed origin: Access-Control-Allow-Origin is missing, has several values, or a value other than the page's origin.",
		"If the request's Origin is in the list of allowed origins, send it back in Access-Control-Allow-Origin: once, and byte for byte, without a slash at the end and not as a list.",
		corsCheck, false},
	{responseWithoutCORS, Breaks, "The response has no CORS headers, although the origin is allowed",
		"The server allows the origin in the preflight or for other requests, and the response to this one has no Access-Control-Allow-Origin. Often a gateway answers preflights and the application answers the rest, or the CORS settings do not cover a path.",
		"Send the CORS headers with every response of the URL, not only with the preflight's.",
		corsCheck, false},
	{credentialsRefused, Breaks, "The origin is allowed, but not with credentials",
		"The use sends credentials, and the response has Access-Control-Allow-Origin: * or lacks Access-Control-Allow-Credentials: true. The response to the preflight must allow credentials too.",
		"Send the page's own origin, not “*”, and Access-Control-Allow-Credentials: true, in lower case, with the response to the preflight and the actual one.",
		corsAndCookie, false},
	{requestFailed, Breaks, "The request itself fails, and CORS only hides it",
		"The response has an error status and no CORS headers, so the browser reports a CORS error. The cause is what the status says: a failure of the server, a limit, a URL that does not exist.",
		"Mend what the status names first: see the finding. Then send the CORS headers on every response, errors included, so that pages can see such errors.",
		corsCheck, false},
	{loginRedirect, Breaks, "A login page answers instead of the API",
		"The request is redirected to a login page, or answered with one, because the session is over or never was. A login page is for a person and sends no CORS headers, so the browser reports a CORS error.",
		"Sign in first. Let the server, or the sign-in proxy before it, answer requests of script with status 401 and CORS headers instead of a redirect.",
		corsCheck, false},
	{notTheAPI, Breaks, "Something else than the API answers",
		"The response is a web page, or it comes from a bot check, a firewall or a tunnel before the API. It has no CORS headers, so the browser reports a CORS error.",
		"Check the URL: a wrong base URL leads to a web page. If a bot check, a firewall or a tunnel answers, configure it to let requests of script through to the API.",
		corsCheck, false},
	{preflightFailed, Breaks, "The preflight fails",
		"The response to the preflight is an error or a redirect, or it lacks the CORS headers that the server sends to the same origin in other responses. So the browser does not send the request. Often the server has no route for OPTIONS, or it misreads the preflight's headers. Often a proxy or a middleware in front of the CORS middleware redirects or asks for authentication.",
		"Answer OPTIONS requests that have Access-Control-Request-Method before routing and authentication, with status 204 and the CORS headers.",
		preflight, false},
	{methodNotAllowed, Breaks, "The preflight does not allow the method",
		"Access-Control-Allow-Methods does not list the use's method in the same case, or the server refuses every preflight for this method, without any CORS header. “*” counts only without credentials.",
		"Add the method to Access-Control-Allow-Methods in the response to the preflight.",
		preflight, false},
	{headerNotAllowed, Breaks, "The preflight does not allow a request header",
		"Access-Control-Allow-Headers does not list a header that the page sets, or the server refuses every preflight for this header, without any CORS header. “*” counts only without credentials.",
		"Add the header's name to Access-Control-Allow-Headers in the response to the preflight.",
		preflight, false},
	{unreachable, Breaks, "No answer comes",
		"The host does not resolve or refuses connections, its certificate is not valid, it does not answer in time, or a redirect leads to a host that is not tested. Pages get a network error, which looks like a CORS error.",
		"The finding names the cause. If a redirect leads there, check where it should lead.",
		standard + "#concept-http-network-fetch", false},
	{redirectRefused, Breaks, "The browser does not follow a redirect",
		"The server redirects too often, or to a URL that does not parse, is not HTTP(S), or has a username or password.",
		"Answer at the URL that pages use, or redirect to a plain HTTP(S) URL.",
		standard + "#concept-http-redirect-fetch", false},
	{blocked, Breaks, "The browser blocks the request for a reason other than CORS",
		"Mixed content, a blocked port, the page's embedder policy, or another rule that has nothing to do with CORS headers stops the use.",
		"The finding names the rule.",
		standard + "#concept-main-fetch", false},
	{cspRefused, Breaks, "The page's Content-Security-Policy refuses the request",
		"The page's own policy does not allow the URL, or a URL that a redirect leads to. The browser sends nothing, so no header of the server matters. A policy that is only reported refuses nothing yet: that is rated fragile.",
		"Add the origin to the directive that the finding names, in the Content-Security-Policy of the page.",
		"https://w3c.github.io/webappsec-csp/#should-block-request", false},
	{policyRefused, Breaks, "The page's Integrity-Policy or Connection-Allowlist refuses the request",
		"The page's Integrity-Policy demands integrity metadata of each script or style sheet, and this one has none. Or no pattern of its Connection-Allowlist matches the URL, or the list does not allow redirects. The browser sends nothing, so no header of the server matters. A policy that is only reported refuses nothing yet: that is rated fragile. Firefox and WebKit have no Connection-Allowlist.",
		"Give the element the attributes integrity and crossorigin, or add a pattern for the origin to the Connection-Allowlist, with redirects=allow where redirects are meant.",
		"https://w3c.github.io/webappsec-subresource-integrity/#should-request-be-blocked-by-integrity-policy-section", false},
	{headerMissing, Breaks, "A response header that the page must read was not sent",
		"The intent has the page read a response header, and the response does not have it.",
		"Send the header, or remove it from the intent.",
		cors, false},
	{notExposed, Breaks, "A response header is hidden from the page",
		"The response has a header that the page must read, but Access-Control-Expose-Headers does not list it. “*” counts only without credentials.",
		"List the header in Access-Control-Expose-Headers, in the actual response and not only in the preflight's.",
		standard + "#http-access-control-expose-headers", false},
	{tainted, Breaks, "An element works, but the page can't read what it loads",
		"The intent says that the page reads what an element loads: the pixels of an image or a video, the rules of a style sheet, the errors of a script. An element without a crossorigin attribute needs no CORS headers and works without them, but what it loads from another origin is opaque to the page: a canvas is tainted, and window.onerror sees only “Script error.”.",
		"Add crossorigin=\"anonymous\" to the element, and send Access-Control-Allow-Origin with the resource.",
		"https://html.spec.whatwg.org/#cors-same-origin", false},
	{listUnparsable, Fragile, "A list of methods or header names does not parse",
		"A member of Access-Control-Allow-Methods, -Allow-Headers or -Expose-Headers is not a token: it has a space, a quotation mark or a semicolon. One such member makes the whole list invalid: the preflight fails, or no header is exposed.",
		"Send only names, separated by commas.",
		standard + "#http-new-header-syntax", true},
	{impossibleOriginTrusted, Fragile, "An origin that no page can have is allowed",
		"The server allows a value of Origin that no browser sends, such as one in upper case or with a username. No page gains from this, but the comparison does not do what was intended.",
		whole, standard + "#origin-header", true},
	{varyMissing, Fragile, "A shared cache serves the response for another origin",
		"The response depends on Origin, and Vary does not say so. A CDN, or any shared cache, can serve a response made for one origin, or for a request without Origin, to a page of another origin, which can't read it.",
		"Send Vary: Origin with every response of the URL, also if Origin is missing or not allowed.",
		standard + "#cors-protocol-and-http-caches", false},
	{cachedWithoutCORS, Fragile, "A response without CORS headers in the browser's own cache blocks the page",
		"The server sends Access-Control-Allow-Origin only to requests with Origin, lets browsers cache the response, and Vary does not name Origin. Once an image, a script or a link without crossorigin has loaded the URL, fetch() gets that response out of the browser's cache and fails, until it is evicted. It works with “Disable cache” in the developer tools. The finding breaks if the intent has both uses.",
		"Send Vary: Origin with every response of the URL, also if Origin is missing. Or send Access-Control-Allow-Origin: * with every response, if anyone may read it. Or write crossorigin on every element that loads the URL.",
		standard + "#cors-protocol-and-http-caches", false},
	{preflightUnrouted, Fragile, "Preflights fail where simple requests work",
		"The use works because it needs no preflight. Its URL answers preflights with an error or a redirect, or not at all. The use breaks as soon as a header such as Authorization is added to it.",
		"Answer OPTIONS requests that have Access-Control-Request-Method before routing and authentication, with status 204 and the CORS headers.",
		preflight, true},
	{headerDoubled, Fragile, "A CORS header is sent twice",
		"Two layers, such as a proxy and a handler, both add CORS headers. Browsers still tolerate this one, but not a second Access-Control-Allow-Origin.",
		"Let only one layer add CORS headers.",
		standard + "#concept-header-list-get", true},
	{errorWithoutCORS, Fragile, "Error responses have no CORS headers",
		"Pages can read the responses to the use, but not those with an error status. The page sees a network error instead of a 404 or a 401, and developers look for a fault in CORS.",
		"Add the CORS headers to every response, errors included: put the middleware outermost; in nginx, add “always”.",
		corsCheck, true},
	{redirectToHTTP, Fragile, "A redirect leads from https: to http:",
		"The server redirects to an http: URL, often because it does not know that a proxy in front of it speaks https:. Browsers upgrade the URL for images, sounds and videos of secure pages, for pages with upgrade-insecure-requests, and for hosts that have sent Strict-Transport-Security. They block it for everything else as mixed content, and then the finding is rated breaks. Without the upgrade the request would go out unencrypted.",
		"Redirect to the https: URL, or to a path. Behind a proxy, have the server trust X-Forwarded-Proto.",
		"https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm", true},
	{localNetworkPrompt, Fragile, "The browser asks its user before the page may reach the server",
		"The page is in a public address space, and the server on the user's own machine or in a local network. Chromium 142 and later, and Firefox, ask their users for a permission before anything is sent. No header of the server changes that. Users who decline, and frames without the permission, get an error that looks like one of CORS.",
		"Tell users what the permission is for before the page makes the request, and handle the error. Or serve the page from the same machine or network as the server, or the server from a public address.",
		"https://wicg.github.io/local-network-access/#permissions", false},
	{strictTransportIgnored, Fragile, "Strict-Transport-Security has no effect",
		"The value of Strict-Transport-Security does not conform, or has no max-age. Browsers ignore the header then, and go on requesting http: URLs of the host.",
		"Send one Strict-Transport-Security with max-age=, a number of seconds, and separate its directives with semicolons.",
		"https://www.rfc-editor.org/rfc/rfc6797#section-6.1", true},
	{wildcardWithCredentials, Fragile, "“*” is sent together with Access-Control-Allow-Credentials",
		"The server sends “*” and Access-Control-Allow-Credentials: true. With credentials, “*” is taken literally and matches nothing, so no request with credentials gets what the headers seem to allow.",
		"If pages need no credentials, remove Access-Control-Allow-Credentials. Otherwise list the origin, the methods and the headers by name.",
		corsAndCookie, true},
	{authorizationByWildcard, Fragile, "Authorization is allowed only by “*”",
		"By the Standard, Access-Control-Allow-Headers: * does not cover Authorization. Browsers still accept it, and have begun to warn.",
		"List Authorization in Access-Control-Allow-Headers, with “*” or instead of it.",
		standard + "#cors-non-wildcard-request-header-name", true},
	{methodCase, Fragile, "A method is allowed in the wrong case",
		"Methods are compared byte by byte. Browsers send put and delete in upper case, and patch and others as script wrote them. A method that is listed in lower case does not allow the one in upper case.",
		"Write methods in upper case in Access-Control-Allow-Methods.",
		standard + "#methods", true},
	{cookieWithheld, Fragile, "A session cookie is not sent",
		"The user's browser has a cookie that it does not send with the use, because of the cookie's SameSite or path, or because the browser sends no cookies to third parties.",
		"If pages of other sites must send the cookie, set it with SameSite=None; Secure; Partitioned. Or serve page and API from one site.",
		cookieDraft + "#name-retrieve-cookies", false},
	{cookieRefused, Fragile, "A cookie that the response sets is not stored",
		"The browser ignores a Set-Cookie of the response, so the next request does not have the cookie.",
		"The finding names the rule. Across sites a cookie needs SameSite=None; Secure, and also Partitioned in browsers that give third parties no other cookies.",
		cookieDraft + "#name-store-a-cookie", false},
	{preflightNotCached, Slow, "The preflight is repeated too early",
		"The preflight was made again earlier than the intent wants.",
		"Send Access-Control-Max-Age with the response to the preflight, and list methods and headers by name instead of “*”. Chromium does not cache preflights for URLs of more than 1023 bytes.",
		standard + "#cors-preflight-cache", false},
	{maxAgeMissing, Slow, "Preflights are cached for only 5 seconds",
		"The response to the preflight has no Access-Control-Max-Age, so browsers cache it for 5 seconds: nearly every use costs a second round trip.",
		"Send Access-Control-Max-Age: 7200 with the response to the preflight. That is Chromium's limit; WebKit's is 10 minutes.",
		standard + "#http-access-control-max-age", true},
	{maxAgeTiny, Slow, "Preflights are cached for less than a minute",
		"Access-Control-Max-Age is below 60, or is not a number of seconds: nearly every use costs a second round trip.",
		"Send a larger number, in digits only. Chromium's limit is 7200.",
		standard + "#http-access-control-max-age", true},
	{preflightAvoidable, Slow, "A simple request would need no preflight",
		"The use needs a preflight only because of headers that it could do without.",
		"Leave the header out, or write it as the finding says.",
		standard + "#cors-safelisted-request-header", false},
}

// A Severity says how bad a finding is. The lowest value is the worst.
type Severity uint8

const (
	Unsafe  Severity = iota // a page can read what it should not
	Breaks                  // a use that should work fails in a browser
	Fragile                 // it fails under some circumstances, or only by the Standard
	Slow                    // requests that could be saved
)

var severities = [...]string{"unsafe", "breaks", "fragile", "slow"}

// String returns the severity's name, such as "breaks".
func (s Severity) String() string {
	if int(s) < len(severities) {
		return severities[s]
	}
	return fmt.Sprintf("severity %d", uint8(s))
}

// MarshalText returns the severity's name.
func (s Severity) MarshalText() ([]byte, error) {
	if int(s) >= len(severities) {
		return nil, fmt.Errorf("audit: unknown severity %d", uint8(s))
	}
	return []byte(severities[s]), nil
}

// UnmarshalText sets s to the severity with a name.
func (s *Severity) UnmarshalText(name []byte) error {
	i := slices.Index(severities[:], string(name))
	if i < 0 {
		return fmt.Errorf("audit: unknown severity %.80q, want one of %s", name, text.List(severities[:]))
	}
	*s = Severity(i)
	return nil
}

// A Finding is one thing that is wrong with a server, given an [Intent].
type Finding struct {
	ID       FindingID `json:"id"`
	Severity Severity  `json:"severity"`
	Use      string    `json:"use"`      // the use's name
	Profiles []string  `json:"profiles"` // names of the profiles that show it, in the order of [engine.Profiles]
	Origins  []string  `json:"origins"`  // of the pages that it concerns; the fields below are about the first, under the first profile

	Tried     string           `json:"tried"`             // what the page did
	When      string           `json:"when,omitempty"`    // the [Play] that shows it has the same When
	Exchanges []Exchange       `json:"exchanges"`         // requests and responses, in order
	Problem   string           `json:"problem"`           // what is wrong
	Rule      string           `json:"rule"`              // the rule that is broken
	Section   string           `json:"section,omitempty"` // the URL of the rule's section; "" if the rule is the intent's
	By        string           `json:"by"`
	Fix       string           `json:"fix"`     // what to change
	Headers   fetch.HeaderList `json:"headers"` // the headers to send, if headers are the fix

	// Cause and NotCORS are those of [fetch.Explanation]: what is behind a refusal,
	// and whether CORS only hides it.
	Cause   string `json:"cause,omitempty"`
	NotCORS bool   `json:"notCORS,omitempty"`

	// Advice is a change to the configuration of the product that most likely has to
	// be changed; nil if none is recognized.
	Advice *fetch.Advice `json:"advice,omitempty"`

	// Preflight is why browsers send a preflight for the use; "" if they send none,
	// or if that has nothing to do with the finding.
	Preflight string `json:"preflight,omitempty"`
}

// An Exchange is a request with the head of its response. In a [Finding] it has
// only the headers that matter, without secrets, and no body. Everywhere else it
// is complete, with cookies and tokens.
type Exchange struct {
	Method          string           `json:"method"`
	URL             string           `json:"url"`
	RequestHeaders  fetch.HeaderList `json:"requestHeaders"`
	RequestBody     string           `json:"requestBody,omitempty"`
	Status          int              `json:"status"`
	StatusText      string           `json:"statusText"`
	ResponseHeaders fetch.HeaderList `json:"responseHeaders"`
	Cached          bool             `json:"cached,omitempty"` // a shared HTTP cache answered
	Started         time.Time        `json:"started,omitzero"` // zero if a cache answered
	Took            time.Duration    `json:"took_ms"`          // until the head of the response arrived
}

// IsPreflight reports whether the request is a CORS preflight.
func (x *Exchange) IsPreflight() bool {
	return x.Method == "OPTIONS" && x.RequestHeaders.Contains("Access-Control-Request-Method")
}

// String returns the finding as plain text of several lines, for a terminal.
// Strings from the server are shortened and escaped.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s) %s: %s\n", f.ID, f.Severity, engine.InBrowsers(f.Profiles), text.Clean(f.Use))
	text.Wrap(&b, "  ", f.Tried)
	if more := f.Origins[1:]; len(more) > 0 {
		text.Wrap(&b, "  ", "The same from "+text.List(more)+".")
	}
	for _, x := range f.Exchanges {
		fmt.Fprintf(&b, "    > %s %s\n", text.Clean(x.Method), text.Clean(x.URL))
		for _, h := range x.RequestHeaders {
			fmt.Fprintf(&b, "    > %s: %s\n", h.Name, text.Clean(h.Value))
		}
		from := ""
		if x.Cached {
			from = ", from a shared cache"
		}
		fmt.Fprintf(&b, "    < %d%s\n", x.Status, from)
		for _, h := range x.ResponseHeaders {
			fmt.Fprintf(&b, "    < %s: %s\n", text.Clean(h.Name), text.Clean(h.Value))
		}
	}
	text.Wrap(&b, "  ", f.Problem)
	text.Wrap(&b, "  ", "The rule: "+f.Rule)
	if f.Section != "" {
		b.WriteString("    " + f.Section + "\n")
	}
	text.Wrap(&b, "  ", "What to change ("+string(f.By)+"): "+f.Fix)
	for _, h := range f.Headers {
		b.WriteString("    " + h.Name + ": " + h.Value + "\n")
	}
	if f.Advice != nil {
		for line := range strings.Lines(f.Advice.String()) {
			b.WriteString("  " + line)
		}
	}
	if f.Preflight != "" {
		text.Wrap(&b, "  ", f.Preflight)
	}
	return b.String()
}

// A noted finding is of one use, one browser and one origin.
type noted struct {
	Finding
	cause   string   // what else findings of one kind must agree in, to be one
	also    []string // other uses that show the same
	refused *refused // what it is about, if a browser refused a use of an allowed origin
	failed  error    // why no answer came, if that is the finding

	use  *resolvedUse // that shows it
	seen []Exchange   // Exchanges, with all headers
}

// A refused is a use that a browser refused.
type refused struct {
	trial trial
	got   result
}

// finding is what all findings have in common, with what crossed the wire.
func (t trial) finding(asking, when string, exchanges []Exchange) noted {
	return noted{use: t.use, seen: exchanges, Finding: Finding{
		Use: t.use.name, Profiles: []string{t.profile.Name}, Origins: []string{asking},
		Tried: t.tried(asking, when), When: when, Exchanges: pruned(exchanges), By: "server",
	}}
}

// findingOf is a finding of a kind, as far as the kind tells.
func (t trial) findingOf(id FindingID, asking string, exchanges []Exchange) noted {
	f := t.finding(asking, "", exchanges)
	kind, _ := id.Kind()
	f.ID, f.Severity, f.Section, f.Fix = id, kind.Severity, kind.Section, kind.Fix
	return f
}

// note adds a finding, once for what a page did.
func (r *run) note(f noted) {
	same := func(g noted) bool {
		return g.ID == f.ID && g.Use == f.Use && g.cause == f.cause && slices.Equal(g.Profiles, f.Profiles) && slices.Equal(g.Origins, f.Origins)
	}
	if !slices.ContainsFunc(r.notes, same) {
		r.notes = append(r.notes, f)
	}
}

// has tells whether a finding of an id was noted for a use.
func (r *run) has(use string, id FindingID) bool {
	return slices.ContainsFunc(r.notes, func(f noted) bool { return f.ID == id && f.Use == use })
}

// breaksBy tells whether a use of the intent breaks already by an answer of that
// status.
func (r *run) breaksBy(status int, id FindingID) bool {
	return slices.ContainsFunc(r.notes, func(f noted) bool {
		return (f.ID == id || id == originRefused && f.ID == requestFailed) && len(f.Exchanges) > 0 && f.Exchanges[len(f.Exchanges)-1].Status == status
	})
}

// findings are those of the report: what is not accepted. Those that say the
// same of several browsers, origins or uses are one. The worst come first, then
// it goes by the order of the uses.
func (r *run) findings() []Finding {
	key := func(parts ...string) string { return strings.Join(parts, "\x00") }
	all := slices.DeleteFunc(r.notes, func(f noted) bool { return slices.Contains(r.intent.Accept, f.ID) })
	all = collect(all, func(f *noted) string {
		return key(string(f.ID), f.Use, f.cause, f.Origins[0])
	}, func(into *noted, f noted) { into.Profiles = append(into.Profiles, f.Profiles...) })
	all = collect(all, func(f *noted) string {
		return key(string(f.ID), f.Use, f.cause, strings.Join(f.Profiles, " "))
	}, func(into *noted, f noted) { into.Origins = append(into.Origins, f.Origins...) })
	all = collect(all, func(f *noted) string {
		if kind, _ := f.ID.Kind(); !kind.server {
			return key(string(f.ID), f.Use, f.cause, strings.Join(f.Profiles, " "))
		}
		return key(string(f.ID), f.cause, f.Severity.String(), strings.Join(f.Profiles, " "), strings.Join(f.Origins, " "))
	}, func(into *noted, f noted) {
		into.also = append(into.also, f.Use)
		into.Headers = both(into.Headers, f.Headers)
	})
	found := make([]Finding, len(all))
	for i := range all {
		f := &all[i]
		if f.Severity == Breaks && slices.Equal(f.Profiles, []string{fetch.Standard().Name}) {
			f.Severity = Fragile
		}
		if n := len(f.also); n > 3 {
			f.also = append(f.also[:2], fmt.Sprintf("%d more", n-2))
		}
		if len(f.also) > 0 {
			f.Problem += " The same is true of " + text.Clean(text.List(f.also)) + "."
		}
		if f.Advice == nil {
			f.Advice = r.advice(f)
		}
		found[i] = f.Finding
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return int(a.Severity) - int(b.Severity) })
	return found
}

// both are the headers that two uses need. Their values are the same, or lists.
func both(a, b fetch.HeaderList) fetch.HeaderList {
	out := slices.Clone(a)
	for _, h := range b {
		value, ok := out.Get(h.Name)
		if !ok {
			out.Append(h.Name, h.Value)
			continue
		}
		members := strings.Split(value, ", ")
		listed := setOf(members)
		for member := range strings.SplitSeq(h.Value, ", ") {
			if !listed[member] {
				listed[member] = true
				members = append(members, member)
			}
		}
		out.Set(h.Name, strings.Join(members, ", "))
	}
	return out
}

// setOf are strings to be looked up, which a server may have made many.
func setOf(all []string) map[string]bool {
	set := make(map[string]bool, len(all))
	for _, s := range all {
		set[s] = true
	}
	return set
}

// collect joins the elements of one key to the first of it.
func collect[T any](found []T, key func(*T) string, join func(into *T, f T)) []T {
	var out []T
	at := make(map[string]int)
	for n := range found {
		k := key(&found[n])
		if i, seen := at[k]; seen {
			join(&out[i], found[n])
			continue
		}
		at[k] = len(out)
		out = append(out, found[n])
	}
	return out
}
