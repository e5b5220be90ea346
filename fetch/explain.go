package fetch

import (
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/text"
)

// An Explanation tells developers why a request was refused and what to change.
// It contains information that the page must not get: show it only to the
// people who run the page and the server.
type Explanation struct {
	Summary string // which request was refused, and why
	Problem string // why, without the request: the rest of a sentence
	Did     string // what the browser did: which request, on which hop, with what answer
	Reason  Reason // that of the error, or a narrower one that [Evidence] shows
	Rule    string // what the Standard demands
	Section string // the URL of the section that demands it

	// By says who has to fix it: "server" (who runs the server that answered),
	// "page" (who wrote the page), "program" (who wrote the program that runs the
	// [Agent]) or "network" (who runs the network in between).
	By string

	Fix     string     // what they have to change
	Headers HeaderList // the response headers that would let this request succeed; empty if headers are not the cause

	// Cause is the stable short name of the cause behind the refusal, such as
	// "body-limit" or "login-redirect", or "" if the rule explains everything.
	// Behind describes the cause and names the evidence. docs/causes.md lists the
	// causes.
	Cause  string
	Behind string

	// NotCORS is true if the request failed for another reason and the missing CORS
	// headers only hide that from the page.
	NotCORS bool

	// Advice is a change to the configuration of the product that most likely has
	// to be changed. It adds to Fix; it is nil if no product is recognised.
	Advice *Advice

	// Preflight says why the browser sends a preflight for this request; it is ""
	// if the request needs none.
	Preflight string
}

// Who has to fix the cause of a refusal, in [Explanation.By].
const (
	partyServer  = "server"
	partyPage    = "page"
	partyProgram = "program"
	partyNetwork = "network"
)

// Explain says in plain English why e was refused and what to change. Strings
// from the network are shortened and escaped.
func (e *Error) Explain() Explanation { return e.ExplainWith(nil) }

// ExplainWith is like [Error.Explain] and also draws on evidence that the error
// does not contain. Nil is no evidence.
func (e *Error) ExplainWith(evidence *Evidence) Explanation {
	if evidence == nil {
		evidence = new(Evidence)
	}
	e = e.narrowed(evidence)
	x := Explanation{Reason: e.Reason, Did: e.did(), Rule: e.Reason.Rule(), Section: e.Reason.Section()}
	known := explanations[e.Reason]
	seen := e.evidence(evidence)
	because, found := e.causeOf(seen)
	x.Problem = e.fill(known.summary, explainLimit)
	if sentence := e.unexpected(); sentence != "" && !(found && (because.NotCORS || e.onPreflight())) {
		x.Problem += " " + sentence
	}
	x.Summary = x.Problem
	if e.Request.URL != "" {
		x.Summary = e.fill("{method} {url}: ", explainLimit) + x.Problem
	}
	x.Preflight = e.whyPreflight()
	if found {
		x.Cause, x.NotCORS, x.Behind, x.By, x.Fix = because.ID, because.NotCORS, because.Problem, because.By, because.Fix
		if needs := e.elementNeeds(); needs != "" && !because.NotCORS {
			x.Behind += " " + e.fill(needs, explainLimit)
		}
		switch because.Headers {
		case cause.Readable:
			x.Headers = e.readable()
		case cause.ReadableAtFirst:
			x.Headers = e.readableFor(e.Request.Page)
		case cause.Permission:
			x.Headers = e.permission()
		case cause.Corrected:
			x.Headers = e.corrected()
		}
		x.Advice = e.advice(seen, because, true, x.By, evidence.Server)
		return x
	}
	for _, r := range known.remedies {
		if r.when != nil && !r.when(e) {
			continue
		}
		x.By, x.Fix = r.by, e.fill(r.fix, explainLimit)
		if r.headers != nil {
			x.Headers = r.headers(e)
		}
		break
	}
	x.Advice = e.advice(seen, because, false, x.By, evidence.Server)
	return x
}

// String returns the explanation as several lines of plain text that are safe
// to print on a terminal.
func (x Explanation) String() string {
	var b strings.Builder
	text.Wrap(&b, "", x.Summary)
	b.WriteString("\nWhat happened:\n")
	text.Wrap(&b, "  ", x.Did)
	if x.Behind != "" {
		b.WriteString("The cause (" + x.Cause + "):\n")
		text.Wrap(&b, "  ", x.Behind)
	}
	b.WriteString("The rule:\n")
	text.Wrap(&b, "  ", x.Rule)
	text.Wrap(&b, "  ", x.Section)
	b.WriteString("What to change (" + x.By + "):\n")
	text.Wrap(&b, "  ", x.Fix)
	for _, h := range x.Headers {
		b.WriteString("    " + h.Name + ": " + h.Value + "\n")
	}
	if x.Advice != nil {
		b.WriteString(x.Advice.String())
	}
	if x.Preflight != "" {
		b.WriteString("Why a preflight:\n")
		text.Wrap(&b, "  ", x.Preflight)
	}
	return b.String()
}

// explainLimit is the length to which strings from outside are shortened.
const explainLimit = 200

// did says what the browser did before it refused.
func (e *Error) did() string {
	r := &e.Request
	var text string
	switch e.Stage {
	default: // "construct", which is also the zero value's
		text = "The API refused the request. Nothing was sent."
		if r.URL != "" {
			text = "The page requested {url} with {api}, which refused it. Nothing was sent."
		}
	case stageBefore:
		text = "The browser was about to send {method} {url} for {reader}. Nothing was sent."
	case stagePreflight:
		text = "Before {method} {url} the browser sent a preflight, OPTIONS {url}, with Origin: {origin}, " +
			"Access-Control-Request-Method: {method}"
		if e.unsafeNames() != nil {
			text += " and Access-Control-Request-Headers: {names}"
		}
		text += "." + e.answer() + " The {method} itself was not sent."
	case stageActual:
		text = "The browser sent {method} {url} for {reader}"
		if e.fromCache() {
			text = "The browser took the response to {method} {url} for {reader} out of its HTTP cache"
		}
		switch {
		case e.fromCache():
		case r.Tainting == taintingCORS && e.credentialed():
			text += ", with Origin: {origin} and credentials"
		case r.Tainting == taintingCORS:
			text += ", with Origin: {origin} and without credentials"
		case r.Mode == NoCORS:
			text += ", in mode no-cors"
		}
		text += "." + e.answer()
	}
	if r.Hop > 0 {
		text = "It followed " + strconv.Itoa(r.Hop) + " redirect" + plural(r.Hop) + " from {first}. " + text
	}
	return e.fill(text, explainLimit)
}

// answer says what the server answered.
func (e *Error) answer() string {
	if e.Response == nil {
		return " No response arrived."
	}
	text := " The server answered {status}"
	if e.fromCache() {
		text = " The server had answered {status} on " + storedTime(e.Response)
	}
	switch {
	case e.Response.Headers.Contains(e.Header):
		text += ", with {header}: {value}"
	case strings.HasPrefix(e.Header, "Access-Control-"), e.Header == resourcePolicy, e.Header == embedderPolicyHeader, e.Header == "Content-Type":
		text += ", without {header}"
	}
	return text + "."
}

// fromCache tells whether the response came out of the HTTP cache and the server was
// not asked.
func (e *Error) fromCache() bool { return e.Response != nil && e.Response.CacheState == cacheLocal }

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// An explained says what a reason means and how to put it right. Of the
// remedies the first counts whose condition holds; the last has none.
type explained struct {
	summary  string
	remedies []remedy
}

// A remedy is who has to do what. The names in braces are those of
// [Error.fill].
type remedy struct {
	when    func(*Error) bool // nil: always
	by      string
	fix     string
	headers func(*Error) HeaderList // nil: none
}

// Sentences that several remedies share.
const (
	nobodyKnows = "Its redirects crossed origins, so the browser sends Origin: null and the server can't tell which page it is for. " +
		"Let the page request {url} itself. A public resource that needs no credentials can send this instead:"
	nobodyIsPage = "The page has no origin that a server could name (a sandboxed frame, a file: or a data: URL), so the browser sends Origin: null. " +
		"Serve the page from an origin of its own. Don't allow null: every sandboxed page sends it. A public resource that needs no credentials can send:"
	alsoOptions       = "Answer OPTIONS at this URL with status 204 and these headers; the answer to {method} has to allow the origin too:"
	askForCertificate = ". Let the server ask for a certificate without demanding it (nginx: ssl_verify_client optional; Apache: SSLVerifyClient optional), answer OPTIONS without one, and refuse other requests without one."
	orNoRedirect      = "Common causes are http: instead of https:, an extra or missing slash, and a login page. Or have the server answer OPTIONS at this URL, with status 204 and:"
	ownWorker         = "A worker's script must be of the page's own origin ({reader}), and no CORS header changes that. Serve the script from there, such as through a proxy or the bundler's public path. " +
		"Or start the worker from a blob: URL whose script loads this one: importScripts(\"{url}\") in a classic worker, import \"{url}\" in a module worker, which then needs CORS headers. A Content-Security-Policy has to allow worker-src blob:."
	needsAlways    = "{element} always uses CORS for what is of another origin, whatever its attributes say."
	needsScript    = "A module script, and all that it imports, always needs CORS headers. A classic <script> needs them only because of its crossorigin attribute; without it, it runs, and window.onerror sees only “Script error.”."
	needsAttribute = "{element} needs CORS headers because of its crossorigin attribute. If the page only shows or uses the resource and does not read it, leave the attribute out. " +
		"If the server does send them, a cache may have answered with a response that was made without Origin: write crossorigin on every element that uses this URL, and have the server send Vary: Origin with each response."
	withResource    = " Send these with it; for a public resource Access-Control-Allow-Origin: * will do:"
	alwaysIncludes  = "navigator.sendBeacon() always includes credentials. Let the page send the body as text/plain, which needs no preflight, or use fetch() with keepalive: true and credentials: \"omit\" instead. Or send these, without “*”, with the answer to the preflight:"
	byBrowserItself = "The host has sent Strict-Transport-Security, so the browser itself redirects http: to https: there. Use the https: URL in the page."
	alsoRedirect    = "This response is a redirect to {location}. It needs the headers as well as the response that it leads to. Or let the page request {location} itself."
)

// nullRemedies are those of the CORS check where the browser says Origin:
// null.
var nullRemedies = []remedy{
	{(*Error).taintedByHSTS, partyPage, byBrowserItself + " After that redirect it sends Origin: null, which no server should allow by name.", nil},
	{(*Error).opaquePage, partyServer, nobodyIsPage, (*Error).readable},
	{(*Error).tainted, partyPage, nobodyKnows, (*Error).readable},
}

// How a Content-Security-Policy is changed.
const (
	allowInPolicy = "Add {source} to {directive}. " + whereInPolicy
	whereInPolicy = "The policy is in the Content-Security-Policy header of the page's own document, or in a <meta> element there, and not in the response of this URL's server. Where there are several policies, each of them has to allow the URL."
)

var explanations = map[Reason]explained{
	InvalidURL: {"“{value}” is not a URL.", []remedy{
		{(*Error).caused, partyPage, "Give an absolute URL, or one that is relative to the page's. The parser says: {cause}.", nil},
		{nil, partyPage, "Give an absolute URL, or one that is relative to the page's.", nil}}},
	urlHasCredentials: {"the URL contains a username or password.", []remedy{
		{nil, partyPage, "Take them out of the URL and send an Authorization header instead. Across origins the server must then name authorization in Access-Control-Allow-Headers.", nil}}},
	InvalidMethod: {"“{value}” is not a method.", []remedy{
		{nil, partyPage, "A method is one word, such as GET or PATCH. Check for a space or a line break around it.", nil}}},
	forbiddenMethod: {"“{value}” is a method that pages can't use.", []remedy{
		{nil, partyPage, "Use another method, or make this request on a server.", nil}}},
	methodNeedsCORS: {"mode no-cors does not allow {method}.", []remedy{
		{nil, partyPage, `Leave out mode: "no-cors" and have the server allow {method} by CORS.`, nil}}},
	InvalidOption: {"{header} can't be “{value}”.", []remedy{
		{(*Error).detailed, partyPage, "Set {header} to one of these values, or leave it out: {detail}.", nil},
		{nil, partyPage, "Give {header} one of the values that the API knows, or leave it out.", nil}}},
	InvalidHeaderName: {"“{value}” is not a header name.", []remedy{
		{nil, partyPage, "A header name is one word, such as X-Request-Id. Check for a space or a colon in it.", nil}}},
	InvalidHeaderValue: {"the value of {header} contains a line break or a NUL.", []remedy{
		{nil, partyPage, "Take it out, or encode the value, for example with encodeURIComponent().", nil}}},
	immutableHeaders: {"these headers can't be changed.", []remedy{
		{nil, partyPage, "Change a copy: new Headers(response.headers).", nil}}},
	bodyNotAllowed: {"a {method} request has no body.", []remedy{
		{nil, partyPage, "Use POST or another method that has one, or put the data into the URL's query.", nil}}},
	duplexRequired: {"the body is a stream and duplex is not set.", []remedy{
		{nil, partyPage, `Add duplex: "half" to the options.`, nil}}},
	streamNeedsCORS: {"the body is a stream and the mode is {value}.", []remedy{
		{nil, partyPage, "Use mode cors or same-origin, or read the stream into a Blob before sending it.", nil}}},
	streamWithKeepalive: {"the body is a stream and keepalive is set.", []remedy{
		{nil, partyPage, "Read the stream into a string or a Blob before sending it, or leave out keepalive.", nil}}},
	onlyIfCachedNeedsSameOrigin: {"cache mode only-if-cached and mode {value} don't go together.", []remedy{
		{nil, partyPage, `Add mode: "same-origin", or use another cache mode, such as force-cache.`, nil}}},
	invalidReferrer: {"the referrer “{value}” is not a URL.", []remedy{
		{nil, partyPage, "Give a URL of the page's own origin as referrer, or leave it out.", nil}}},
	RequestBodyTooLarge: {"the body is larger than what may be buffered.", []remedy{
		{nil, partyProgram, "Raise ClientOptions.BufferBody, or give the request a ContentLength or a GetBody, so that its body need not be buffered.", nil}}},
	methodNotNavigable: {"browsers do not navigate with method “{value}”.", []remedy{
		{nil, partyProgram, "Navigate with GET or POST. For other methods make the request as a page's, with Environment.Client.", nil}}},
	NotWebSocketHandshake: {"the request is not a WebSocket's handshake: {header} is “{value}”.", []remedy{
		{nil, partyProgram, "Use this client for WebSockets only, by a library that makes the handshake, and set no headers of your own: a browser's script can't.", nil}}},
	invalidSubprotocol: {"the subprotocols “{value}” can't be asked for.", []remedy{
		{nil, partyPage, "Name each subprotocol once, without blanks and separators in it.", nil}}},
	invalidStatus: {"{header} can't be “{value}”.", []remedy{
		{nil, partyPage, "Make the response with a status of 200 to 599 and a statusText without line breaks.", nil}}},
	bodyForNullStatus: {"a response with status {value} has no body.", []remedy{
		{nil, partyPage, "Give null as body, or another status.", nil}}},
	notDeferrable: {"fetchLater() does not take this request: {header} “{value}”.", []remedy{
		{nil, partyPage, "Give fetchLater() an https: URL and a body that is not a stream, and send less at a time: 64 KiB to one origin can wait. Firefox and Safari have no fetchLater(): use navigator.sendBeacon() there.", nil}}},
	noElementOption: {"an element's request can't have {header} “{value}”.", []remedy{
		{nil, partyProgram, "Make the request as Element.Request makes it and leave out {header}. What fetch() or XMLHttpRequest can send needs that API.", nil}}},

	BadPort: {"port {port} is one that browsers block.", []remedy{
		{nil, partyServer, "Serve it on another port, such as 443, and let the page use that URL.", nil}}},
	MixedContent: {"the page is secure and the URL is not.", []remedy{
		{(*Error).redirected, partyServer, "Redirect to an https: URL. The page's own URL was fine.", nil},
		{nil, partyServer, "Serve the resource over HTTPS, and let the page use the https: URL.", nil}}},
	DisallowedByMode: {"mode same-origin keeps the request within {reader}.", []remedy{
		{(*Error).forWorker, partyPage, ownWorker, nil},
		{(*Error).forTrack, partyPage, "Without crossorigin on the <audio> or <video> element a <track> stays within the page's origin. Add the attribute there, and have the server send with the track and the media file:", (*Error).readable},
		{(*Error).redirected, partyServer, `A redirect left the page's origin. Keep it within, or let the page leave out mode: "same-origin" and send from here:`, (*Error).readable},
		{nil, partyPage, `Leave out mode: "same-origin". The server then has to send:`, (*Error).readable}}},
	RedirectModeNotFollow: {"mode no-cors and redirect mode {value} don't go together.", []remedy{
		{nil, partyPage, `Use redirect: "follow", or mode: "cors" with a server that allows the page.`, nil}}},
	CORSDisabledScheme: {"CORS is for http: and https: URLs, and this is {scheme}:.", []remedy{
		{nil, partyPage, "Put the resource on a web server and use its http: or https: URL. For local files, a server on localhost will do.", nil}}},
	UnsupportedScheme: {"{scheme}: URLs can't be fetched.", []remedy{
		{nil, partyPage, "Use an http: or https: URL. For local files, a server on localhost will do.", nil}}},
	invalidDataURL: {"the data: URL does not parse.", []remedy{
		{nil, partyPage, "Put a comma between the type and the data, and check the base64 if it says base64.", nil}}},
	blobNotFound: {"this blob: URL does not exist for this page, or the method is not GET.", []remedy{
		{nil, partyPage, "Fetch it by GET, before URL.revokeObjectURL() and while the page that made it is open.", nil}}},
	rangeNotSatisfiable: {"the blob does not have the range “{value}”.", []remedy{
		{nil, partyPage, "Request one range that begins within the blob, such as Range: bytes=0-99, or the whole blob.", nil}}},
	KeepaliveQuota: {"the keepalive requests in flight have more than 64 KiB of body.", []remedy{
		{nil, partyPage, "Send less at a time, or send the large bodies without keepalive.", nil}}},
	NotCached: {"nothing is cached, and cache mode only-if-cached never asks the server.", []remedy{
		{nil, partyPage, "Use another cache mode, such as force-cache, which asks the server when nothing is cached.", nil}}},
	frameRecursion: {"the frame would load a page that it is in.", []remedy{
		{nil, partyPage, "Give the frame another URL. One that differs in its query would load, and so would its own frame, without end.", nil}}},
	TooManyLoads: {"it is more than the program loads for one element.", []remedy{
		{nil, partyPage, "Bundle the modules or the style sheets, or look for a server that makes up ever new imports. A program may have at most 10,000 modules or style sheets for one element, and frames 100 deep.", nil}}},
	Overridden: {"something in the browser refused the request before it was sent.", []remedy{
		{(*Error).caused, partyProgram, "Options.Override answered with an error: {cause}. Let it answer, or return neither a response nor an error so that the request proceeds.", nil},
		{nil, partyProgram, "Options.Override answered with an error. Let it answer, or return neither a response nor an error so that the request proceeds.", nil}}},
	DanglingMarkup: {"the URL was written with “<” and a line break or a tab, which looks like markup with a missing quotation mark.", []remedy{
		{nil, partyPage, "Check that the attribute or string ends where it should. If the URL is meant, take line breaks and tabs out and write %3C for “<”, for example with encodeURIComponent().", nil}}},
	outsideAllowlist: {"the page's Connection-Allowlist is “{value}”, which does not allow this request.", []remedy{
		{(*Error).redirected, partyPage, "Let the page request the final URL itself, or give the list of the page's Connection-Allowlist the parameter redirects=allow.", nil},
		{(*Error).detailed, partyPage, "Browsers have no limit, but here {detail}. Shorten the page's Connection-Allowlist, for example with patterns that have wildcards.", nil},
		{nil, partyPage, "Add the origin of the URL to the list of the page's Connection-Allowlist, in quotation marks, or response-origin for the page's own.", nil}}},
	withoutIntegrity: {"the page's Integrity-Policy demands integrity metadata of each {detail}, and a mode other than no-cors.", []remedy{
		{nil, partyPage, "Give the element the attributes integrity, with the hash of what the server sends, and crossorigin. Or take “{detail}” out of the page's Integrity-Policy, which is “{value}”.", nil}}},
	CSPBlocked: {"the Content-Security-Policy of the page has “{value}”, which does not allow this URL.", []remedy{
		{(*Error).redirected, partyPage, "A redirect led there, and a policy has to allow each hop. " + allowInPolicy, nil},
		{(*Error).fellBack, partyPage, "The policy has no {own}, so {directive} decides. Add {own} to it, with the sources of {directive} and {source}. " + whereInPolicy, nil},
		{nil, partyPage, allowInPolicy, nil}}},
	EmbeddedCredentials: {"the URL contains a username or password.", []remedy{
		{(*Error).redirected, partyServer, "A redirect led there. Redirect to a URL without a username and password, and ask for them with WWW-Authenticate or use cookies.", nil},
		{nil, partyPage, "Take them out of the URL. To authenticate, use fetch() with an Authorization header, or cookies.", nil}}},

	MissingAllowOrigin: {"the response does not allow {reader} (no Access-Control-Allow-Origin).", append(nullRemedies[:3:3],
		remedy{(*Error).onPreflight, partyServer, alsoOptions, (*Error).permission},
		remedy{(*Error).onRedirect, partyServer, alsoRedirect, (*Error).readable},
		remedy{(*Error).alwaysCORS, partyServer, needsAlways + withResource, (*Error).readable},
		remedy{(*Error).forScript, partyServer, needsScript + withResource, (*Error).readable},
		remedy{(*Error).byElement, partyServer, needsAttribute + withResource, (*Error).readable},
		remedy{(*Error).credentialed, partyServer, "Send these on every answer to this origin, errors included:", (*Error).readable},
		remedy{nil, partyServer, "Send these on every answer to this origin, errors included. For a public resource Access-Control-Allow-Origin: * will do.", (*Error).readable})},
	WildcardOriginNotAllowed: {"the server allows *, which is not enough for a request with credentials.", []remedy{
		{(*Error).byBeacon, partyServer, alwaysIncludes, (*Error).permission},
		{(*Error).byElement, partyPage, `Write crossorigin="anonymous" if {element} needs no cookies of this server: then * is enough. Otherwise let the server check the request's Origin against a list and send it back:`, (*Error).readable},
		{(*Error).originNull, partyPage, "The browser sends Origin: null here (the page is sandboxed, or redirects crossed origins), and no server should allow that by name. Leave out {include}: then * is enough.", nil},
		{nil, partyServer, "Check the request's Origin against a list and send it back. If the page needs no cookies here, it can leave out {include} instead.", (*Error).readable}}},
	MultipleAllowOriginValues: {"Access-Control-Allow-Origin has several values.", append(nullRemedies[:3:3],
		remedy{nil, partyServer, "The header takes one origin. Check the request's Origin against the list and send back that one:", (*Error).readable})},
	InvalidAllowOriginValue: {"Access-Control-Allow-Origin is “{value}”, which is not an origin.", append(nullRemedies[:3:3],
		remedy{nil, partyServer, "An origin is scheme, host and, unless it is the default, port. Send:", (*Error).readable})},
	AllowOriginMismatch: {"the server allows “{value}”, and the request came from “{origin}”.", append(nullRemedies[:3:3],
		remedy{nil, partyServer, "Check the request's Origin against a list and send it back. Without Vary: Origin, a cache gives one origin's response to another.", (*Error).readable})},
	InvalidAllowCredentials: {"the server does not allow credentials.", append(nullRemedies[:3:3],
		remedy{(*Error).byBeacon, partyServer, alwaysIncludes, (*Error).permission},
		remedy{nil, partyServer, "If this page may read with cookies, send the headers below. If it needs no cookies here, it can leave out {include} instead.", (*Error).readable})},

	PreflightInvalidStatus: {"the preflight was answered with status {status}.", []remedy{
		{nil, partyServer, "Answer OPTIONS at this URL with status 204 and:", (*Error).permission}}},
	PreflightDisallowedRedirect: {"the preflight was redirected.", []remedy{
		{(*Error).redirectedByHSTS, partyPage, byBrowserItself, nil},
		{(*Error).located, partyPage, "Let the page request {location} itself. " + orNoRedirect, (*Error).permission},
		{nil, partyPage, "Let the page request the final URL itself. " + orNoRedirect, (*Error).permission}}},
	InvalidAllowMethods: {"Access-Control-Allow-Methods does not parse.", []remedy{
		{nil, partyServer, "Separate the methods with commas, without quotes or brackets:", (*Error).permittedMethod}}},
	InvalidAllowHeaders: {"Access-Control-Allow-Headers does not parse.", []remedy{
		{nil, partyServer, "Separate the names with commas, without quotes or brackets:", (*Error).permittedHeaders}}},
	MethodDisallowed: {"the server does not allow {method}.", []remedy{
		{(*Error).listedSmall, partyServer, "Methods are compared byte for byte, and the list has this one in another case. Name it in capitals:", (*Error).permittedMethod},
		{(*Error).otherCase, partyPage, `Methods are compared byte for byte, and browsers write only DELETE, GET, HEAD, OPTIONS, POST and PUT in upper case for the page. ` +
			`Let the page say method: "{upper}". Or have the server send:`, (*Error).permittedMethod},
		{(*Error).wildcard, partyServer, "With credentials * is a method of that name, not a wildcard. Name the method:", (*Error).permittedMethod},
		{nil, partyServer, "Add the method to the list in the answer to the preflight:", (*Error).permittedMethod}}},
	HeaderDisallowed: {"the server does not allow the request header {name}.", []remedy{
		{(*Error).wildcard, partyServer, "With credentials * is a header of that name, not a wildcard. Name the headers:", (*Error).permittedHeaders},
		{nil, partyServer, "Add it to the list in the answer to the preflight, or let the page leave it out:", (*Error).permittedHeaders}}},
	AuthorizationNotListed: {"the server allows all request headers by *, which never covers Authorization.", []remedy{
		{nil, partyServer, "Name authorization in the answer to the preflight:", (*Error).permittedHeaders}}},

	RedirectModeError: {"the request is redirected, and the page does not allow redirects.", []remedy{
		{(*Error).redirectedByHSTS, partyPage, byBrowserItself, nil},
		{(*Error).located, partyPage, `Let the page request {location} itself, or leave out redirect: "error".`, nil},
		{nil, partyPage, `Leave out redirect: "error".`, nil}}},
	InvalidLocation: {"the redirect's Location is “{value}”.", []remedy{
		{(*Error).caused, partyServer, "Send one Location with one URL. The parser says: {cause}.", nil},
		{nil, partyServer, "Send one Location with one URL.", nil}}},
	RedirectScheme: {"the redirect leads to “{location}”.", []remedy{
		{nil, partyServer, "Redirect to an http: or https: URL.", nil}}},
	TooManyRedirects: {"there were more than 20 redirects.", []remedy{
		{nil, partyServer, "Check for a loop: a login page that needs a login, http: and https: that point at each other, a slash added and taken away. Or let the page request the final URL itself.", nil}}},
	RedirectContainsCredentials: {"the redirect's Location contains a username or password.", []remedy{
		{nil, partyServer, "Take them out of Location.", nil}}},
	RedirectVetoed: {"the program that runs the browser does not let it follow the redirect to “{location}”.", []remedy{
		{(*Error).caused, partyProgram, "Let CheckRedirect return nil for this redirect. It said: {cause}.", nil},
		{nil, partyProgram, "Let CheckRedirect return nil for this redirect.", nil}}},
	BodyNotReplayable: {"the body would have to be sent again, and it was a stream.", []remedy{
		{(*Error).asked, partyPage, "The server asks for a password first. Send a string or a Blob, which can be sent twice, or an Authorization header.", nil},
		{nil, partyPage, "Let the page request {location} itself, or send a string or a Blob, which can be sent twice.", nil}}},

	CrossOriginResourcePolicy: {"the server does not let {reader} use this.", []remedy{
		{(*Error).frameByPolicy, partyServer, "The page has Cross-Origin-Embedder-Policy: {detail}, so a frame shows a document of another origin only if each response on the way has Cross-Origin-Resource-Policy, and the document has Cross-Origin-Embedder-Policy. " +
			"Send both headers below with the document. Or take the embedder policy from the page if it does not need to be cross-origin isolated (helmet up to version 5 sends it unasked: crossOriginEmbedderPolicy: false).", (*Error).frameable},
		{(*Error).isolationPolicy, partyServer, "The page has Document-Isolation-Policy: {detail}, so {element} takes a resource of another origin without CORS only if its response has Cross-Origin-Resource-Policy with a value that allows it. " +
			"Send the header below with the resource. Or, if its server sends Access-Control-Allow-Origin, add crossorigin=\"anonymous\" to {element}.", (*Error).embeddable},
		{(*Error).embedderPolicy, partyServer, "The page has Cross-Origin-Embedder-Policy: {detail}, so {element} takes a resource of another origin without CORS only if its response has Cross-Origin-Resource-Policy, and this one has none. " +
			"Send the header below with the resource. Or, if its server sends Access-Control-Allow-Origin, add crossorigin=\"anonymous\" to {element}. " +
			"Or take the embedder policy from the page if it does not need to be cross-origin isolated (helmet up to version 5 sends it unasked: crossOriginEmbedderPolicy: false).", (*Error).embeddable},
		{nil, partyServer, "If other sites may use it, send the header below, or same-site if only the page's own site may. Or let the page request it with CORS.", (*Error).embeddable}}},
	BlockedMIMEType: {"the response has type {type}, which is not a script type.", []remedy{
		{nil, partyServer, "Check the URL. If it is a script, send its type:", (*Error).javaScript}}},
	BlockedByNosniff: {"the response has type “{value}”, and X-Content-Type-Options: nosniff forbids guessing another.", []remedy{
		{(*Error).forStyle, partyServer, "Check the URL: an error page often has type text/html. If it is a style sheet, send its type:", (*Error).styleSheet},
		{nil, partyServer, "Check the URL: an error page often has type text/html. If it is a script, send its type:", (*Error).javaScript}}},
	OpaqueResponseBlocked: {"the browser withheld the response, which has type “{type}”: {blocking} (opaque-response blocking: ERR_BLOCKED_BY_ORB in Chromium, OpaqueResponseBlocking in Firefox).", []remedy{
		{(*Error).errorMessage, partyServer, "Check the URL, and the server's log: the response is an error message, and not what {element} asked for. CORS is not the cause.", nil},
		{(*Error).dataForScript, partyPage, "Check the URL. What {element} requests without CORS must be an image, audio, video, a script or a style sheet. If script needs this data, let it request the URL with fetch(), and have the server send:", (*Error).readable},
		{(*Error).confirmed, partyServer, "Check the URL. If it is what {element} asked for, send its own type, such as image/png, video/mp4 or text/javascript, with nosniff.", nil},
		{nil, partyServer, "Check the URL: the response is probably a page or an error message. If it is what {element} asked for, send its own type, such as image/png, video/mp4 or text/javascript.", nil}}},
	EmbedderPolicyMissing: {"the page has Cross-Origin-Embedder-Policy: {detail}, and the document or script that it embeds has no such policy.", []remedy{
		{(*Error).forWorker, partyServer, "Send the header below with the worker's script. Or take the embedder policy from the page if it does not need to be cross-origin isolated.", (*Error).isolated},
		{nil, partyServer, "Send the headers below with the document in the frame. Or take the embedder policy from the page if it does not need to be cross-origin isolated (helmet up to version 5 sends it unasked: crossOriginEmbedderPolicy: false).", (*Error).frameable}}},
	opaquePartialResponse: {"the server sent a partial response to a request without Range.", []remedy{
		{nil, partyServer, "Answer a request without Range with status 200 and the whole resource.", nil}}},
	IntegrityMismatch: {"the integrity of the response could not be confirmed.", []remedy{
		{(*Error).opaqueElement, partyPage, "The page may not read this response, so its hash can't be compared. Add crossorigin=\"anonymous\" to {element}, and have the server send:", (*Error).readable},
		{(*Error).opaque, partyPage, "The page may not read this response, so its hash can't be compared. Request it with CORS (the crossorigin attribute, or mode cors), and have the server send:", (*Error).readable},
		{nil, partyPage, "The file has changed, or was changed on its way. If the change is intended, update the hash in integrity.", nil}}},
	WebSocketFailed: {"the server does not complete the handshake: {header} is “{value}”.", []remedy{
		{(*Error).withoutUpgrade, partyServer, "Check that a WebSocket server answers at this URL, and that a proxy in front of it forwards Upgrade and Connection.", nil},
		{nil, partyServer, "Answer with one of the subprotocols and extensions that were asked for, and with the hash of the request's Sec-WebSocket-Key.", nil}}},
	FrameBlocked: {"the document must not be shown in this frame: {header} is “{value}”.", []remedy{
		{nil, partyServer, "If this page may frame the document, take X-Frame-Options from it, and name the page in the header below, which browsers heed instead.", (*Error).frameAncestors}}},
	ancestorRefused: {"the document must not be shown in this frame: its {header} has “{value}”.", []remedy{
		{nil, partyServer, "If this page may frame the document, name the origin of each page above it in frame-ancestors:", (*Error).frameAncestors}}},
	ElementRefused: {"the response is not one that {element} takes: {header} is “{value}”.", []remedy{
		{(*Error).stopsStream, partyServer, "Status 204 tells an EventSource that the stream is over, so that it does not connect again. If there are to be events, answer with status 200 and Content-Type: text/event-stream.", nil},
		{(*Error).wrongStatus, partyServer, "Check the URL, and the server's log. {element} needs a response whose status is ok.", nil},
		{(*Error).byEventSource, partyServer, "Check the URL first: an HTML page is often an application's index page or a login. If it is the stream, send its type:", (*Error).eventStream},
		{(*Error).forStyle, partyServer, "Check the URL: an error page often has type text/html. If it is a style sheet, send its type:", (*Error).styleSheet},
		{(*Error).forPicture, partyServer, "Check the URL: the response is probably an error message or a page, and not an image. For a response without CORS, Chromium then reports ERR_BLOCKED_BY_ORB and Firefox OpaqueResponseBlocking. If it is an image, send its own type, such as image/png.", nil},
		{nil, partyServer, "Check the URL: an error page often has type text/html. If it is a script, send its type:", (*Error).javaScript}}},
	HeadersTooLarge: {"the headers are larger than the agent takes.", []remedy{
		{(*Error).constructing, partyPage, "Send fewer or shorter headers, or put what they hold into the body.", nil},
		{nil, partyServer, "Send fewer or shorter headers: browsers take 64 to 384 KiB. A program that needs more can raise Options.MaxHeaderList.", nil}}},
	EventTooLarge: {"the event stream has an event, or a line, of {value}.", []remedy{
		{nil, partyServer, "End each line with a line feed and each event with a blank line, and send large data in several events. A program that needs larger events can raise EventSourceOptions.MaxEvent.", nil}}},
	BodyTooLarge: {"the body is larger than what the agent holds to check its integrity.", []remedy{
		{nil, partyProgram, "Raise Options.MaxIntegrityBody, or leave out the integrity metadata.", nil}}},

	NetworkFailure: {"the server could not be reached, or did not answer with HTTP.", []remedy{
		{(*Error).certificateInPreflight, partyServer, "The server demands a TLS client certificate on every connection. A preflight never carries one" + askForCertificate + " It says: {cause}.", nil},
		{(*Error).perhapsCertificate, partyServer, "The server hung up on the preflight, perhaps because it demands a TLS client certificate. By the Standard, and in Firefox, a preflight carries none; Chromium and WebKit send one" + askForCertificate + " It says: {cause}.", nil},
		{(*Error).caused, partyNetwork, "This is not a CORS error. Underlying error: {cause}.", nil},
		{nil, partyNetwork, "This is not a CORS error. Check that the server runs, that its name resolves and that its certificate is valid.", nil}}},
	StreamNeedsHTTP2: {"the body is a stream, and the server speaks HTTP/1.1 only.", []remedy{
		{nil, partyServer, "Offer HTTP/2 or HTTP/3. Or let the page read the stream into a Blob before sending it.", nil}}},
	ProxyAuthenticationRequired: {"a proxy requires a password, and none is known.", []remedy{
		{nil, partyNetwork, "Give the proxy's credentials to the transport.", nil}}},
	Unsendable: {"the transport can't send this as a browser would.", []remedy{
		{(*Error).caused, partyProgram, "Use a Transport that can. This one says: {cause}.", nil},
		{nil, partyProgram, "Use a Transport that can.", nil}}},
	BrokenBody: {"the body ended early or does not decode.", []remedy{
		{(*Error).caused, partyServer, "Check Content-Length and Content-Encoding against what is sent. The reader says: {cause}.", nil},
		{nil, partyServer, "Check Content-Length and Content-Encoding against what is sent.", nil}}},
	LocalNetworkDenied: {"the page needs its user's permission {value} for this, and does not have it.", []remedy{
		{(*Error).insecurePage, partyPage, "The page is not a secure context, so the browser does not ask. Serve the page by https:.", nil},
		{(*Error).undelegatedFrame, partyPage, "The page is a frame of another origin. Give the frame the attribute allow=\"{value}\".", nil},
		{(*Error).notDecided, partyProgram, "A browser asks its user now (“wants to access other apps and services on this device”, or “look for and connect to any device on your local network”). " +
			"A program that runs the Agent answers with Options.Permissions. No header of the server changes this.", nil},
		{nil, partyPage, "The user has said no, or the browser is set so. Let the user allow “Local network access” in the site's settings (the icon left of the address). No header of the server changes this.", nil}}},
	WrongAddressSpace: {"the server is in the address space “{detail}”, and the request is for one in “{value}”.", []remedy{
		{nil, partyPage, "Let the page pass the targetAddressSpace that the server is in, or none. Only an http: URL on a secure page needs one.", nil}}},
	AddressNotPublic: {"the agent connects to public addresses only.", []remedy{
		{(*Error).byProxy, partyProgram, "The request goes through a proxy, which resolves the name itself, so the agent can't see the address. If the proxy keeps its clients away from private addresses, set PublicOnly.TrustProxy. Or use no proxy.", nil},
		{(*Error).unknownAddress, partyProgram, "The transport does not say what it has connected to. Use an HTTPTransport over an *http.Transport, or have the transport call NetworkRequest.Connected before it sends anything.", nil},
		{nil, partyProgram, "{value} is in {detail}. If the URL, or a redirect, came from somebody else, nothing has to change: this is what the guard is for. " +
			"If the program is meant to reach this server, add its host to PublicOnly.AllowHosts, or its network to PublicOnly.AllowPrefixes.", nil}}},
	Offline: {"the browser is offline.", []remedy{
		{nil, partyNetwork, "Try again when there is a connection. A program that runs the Agent says so with Options.Offline.", nil}}},
	Aborted: {"the caller cancelled it.", []remedy{
		{(*Error).caused, partyProgram, "Nothing, if that was meant: it ended with “{cause}”. Otherwise find out what cancels the context, or give it more time.", nil},
		{nil, partyProgram, "Nothing, if that was meant. Otherwise find out what cancels the context, or give it more time.", nil}}},
}
