package fetch

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// An Explanation tells a developer why a request was refused and what to
// change. It contains what script must not see: show it to the people who run the
// page and the server, never to the page.
type Explanation struct {
	Summary string     // which request was refused, and why
	Problem string     // why, without the request: the rest of a sentence
	Did     string     // what the browser did: which request, on which hop, with what answer
	Rule    string     // what the Standard demands
	Section string     // the URL of the section that demands it
	By      Party      // who has to fix it
	Fix     string     // what they have to change
	Headers HeaderList // the response headers that would let this request succeed; empty if headers are not the cause
}

// A Party is the one that has to fix the cause of a refusal.
type Party string

const (
	PartyServer  Party = "server"  // who runs the server that answered
	PartyPage    Party = "page"    // who wrote the page
	PartyProgram Party = "program" // who wrote the program that runs the [Agent]
	PartyNetwork Party = "network" // who runs what lies between
)

// Explain describes in plain English why e was refused and what to change.
// Strings from outside are shortened and escaped.
func (e *Error) Explain() Explanation {
	x := Explanation{Did: e.did(), Rule: e.Reason.Rule(), Section: e.Reason.Section()}
	known := explanations[e.Reason]
	x.Problem = e.fill(known.summary, explainLimit)
	if sentence := e.unexpected(); sentence != "" {
		x.Problem += " " + sentence
	}
	x.Summary = x.Problem
	if e.Request.URL != "" {
		x.Summary = e.fill("{method} {url}: ", explainLimit) + x.Problem
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
	return x
}

// String returns the explanation as several lines of plain text, which are safe
// to print on a terminal.
func (x Explanation) String() string {
	var b strings.Builder
	text.Wrap(&b, "", x.Summary)
	b.WriteString("\nWhat happened:\n")
	text.Wrap(&b, "  ", x.Did)
	b.WriteString("The rule:\n")
	text.Wrap(&b, "  ", x.Rule)
	text.Wrap(&b, "  ", x.Section)
	b.WriteString("What to change (" + string(x.By) + "):\n")
	text.Wrap(&b, "  ", x.Fix)
	for _, h := range x.Headers {
		b.WriteString("    " + h.Name + ": " + h.Value + "\n")
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
	case StageConstruct:
		text = "The API refused the request. Nothing was sent."
		if r.URL != "" {
			text = "The page requested {url} with {api}, which refused it. Nothing was sent."
		}
	case StageBefore:
		text = "The browser was about to send {method} {url} for {reader}. Nothing was sent."
	case StagePreflight:
		text = "Before {method} {url} the browser sent a preflight, OPTIONS {url}, with Origin: {origin}, " +
			"Access-Control-Request-Method: {method}"
		if e.unsafeNames() != nil {
			text += " and Access-Control-Request-Headers: {names}"
		}
		text += "." + e.answer() + " The {method} itself was not sent."
	case StageActual:
		text = "The browser sent {method} {url} for {reader}"
		switch {
		case r.Tainting == TaintingCORS && e.credentialed():
			text += ", with Origin: {origin} and credentials"
		case r.Tainting == TaintingCORS:
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
	switch {
	case e.Response.Headers.Contains(e.Header):
		text += ", with {header}: {value}"
	case strings.HasPrefix(e.Header, "Access-Control-"), e.Header == resourcePolicy, e.Header == "Content-Type":
		text += ", without {header}"
	}
	return text + "."
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// unsafeNames are the names that the preflight asks for.
func (e *Error) unsafeNames() []string {
	if list, ok := e.Request.Headers.Get("Access-Control-Request-Headers"); ok {
		return strings.Split(list, ",")
	}
	names := (*safelist.Rules)(nil).UnsafeNames(e.Request.Headers)
	refused := strings.ToLower(e.Detail)
	if (e.Reason == HeaderDisallowed || e.Reason == AuthorizationNotListed) && !slices.Contains(names, refused) {
		names = append(names, refused)
	}
	return names
}

// readable is the header list that lets this page read. Nobody should allow
// "null", which every sandboxed page says.
func (e *Error) readable() HeaderList {
	if e.Request.Origin == "null" {
		return HeaderList{{Name: allowOrigin, Value: "*"}}
	}
	list := HeaderList{{Name: allowOrigin, Value: text.Legible(e.Request.Origin, explainLimit)}}
	if e.credentialed() {
		list = append(list, safelist.Header{Name: allowCredentials, Value: "true"})
	}
	return append(list, safelist.Header{Name: "Vary", Value: "Origin"})
}

// permission is the header list of an answer to this request's preflight.
func (e *Error) permission() HeaderList {
	list := e.readable()
	if !safelist.IsSafelistedMethod(e.method()) {
		list = append(list, e.permittedMethod()...)
	}
	if e.unsafeNames() != nil {
		list = append(list, e.permittedHeaders()...)
	}
	return list
}

func (e *Error) permittedMethod() HeaderList {
	return HeaderList{{Name: allowMethods, Value: e.extended(allowMethods, e.method())}}
}

func (e *Error) permittedHeaders() HeaderList {
	return HeaderList{{Name: allowHeaders, Value: e.extended(allowHeaders, e.unsafeNames()...)}}
}

// extended is the list that the server sends in a header, with what is missing
// from it: pasted as it stands it takes nothing away that was allowed. What is
// no token stays out, and so does a "*" that credentials void.
func (e *Error) extended(header string, missing ...string) string {
	var members []string
	if e.Header == header {
		for member := range strings.SplitSeq(e.Value, ",") {
			if member = strings.Trim(member, " \t"); safelist.IsToken(member) && !(member == "*" && e.credentialed()) {
				members = append(members, member)
			}
		}
	}
	var index fold.Index
	for _, name := range missing {
		listed := header != allowHeaders && slices.Contains(members, name) ||
			header == allowHeaders && index.First(len(members), func(i int) string { return members[i] }, name) >= 0
		if !listed {
			members = append(members, name)
		}
	}
	return text.Legible(strings.Join(members, ", "), explainLimit)
}

func (e *Error) embeddable() HeaderList {
	return HeaderList{{Name: resourcePolicy, Value: "cross-origin"}}
}

func (e *Error) javaScript() HeaderList {
	return HeaderList{{Name: "Content-Type", Value: "text/javascript"}}
}

func (e *Error) styleSheet() HeaderList {
	return HeaderList{{Name: "Content-Type", Value: "text/css"}}
}

// originNull tells whether the browser said Origin: null.
func (e *Error) originNull() bool { return e.Request.Origin == "null" }

// tainted tells whether redirects hid the page's origin.
func (e *Error) tainted() bool { return e.Request.Origin == "null" && e.Request.Page != "null" }

// opaquePage tells whether the page has no origin that a server could name.
func (e *Error) opaquePage() bool { return e.Request.Page == "null" }

// unauthorized tells whether authentication turned the preflight away.
func (e *Error) unauthorized() bool {
	return e.onPreflight() && (e.status() == 401 || e.status() == 403)
}

// unrouted tells whether nothing handled the preflight.
func (e *Error) unrouted() bool {
	switch e.status() {
	case 404, 405, 501:
		return e.onPreflight()
	}
	return false
}

// failedPreflight tells whether the preflight's handler failed.
func (e *Error) failedPreflight() bool { return e.onPreflight() && e.status() >= 500 }

// onlyForm tells whether the origin is right but for its spelling.
func (e *Error) onlyForm() bool {
	return safelist.EqualFold(strings.TrimRight(e.value(), "/"), e.Request.Origin)
}

// caseOnly tells whether Access-Control-Allow-Credentials is true but for its
// case.
func (e *Error) caseOnly() bool { return safelist.EqualFold(e.value(), "true") }

// otherCase tells whether the list has the method in another case.
func (e *Error) otherCase() bool {
	for member := range strings.SplitSeq(e.value(), ",") {
		if safelist.EqualFold(strings.Trim(member, " \t"), e.method()) {
			return true
		}
	}
	return false
}

// listedSmall tells whether the method is in capitals, and is not so in the
// list.
func (e *Error) listedSmall() bool {
	return e.otherCase() && e.method() == strings.ToUpper(e.method())
}

// wildcard tells whether the list has a "*" that credentials void.
func (e *Error) wildcard() bool {
	for member := range strings.SplitSeq(e.value(), ",") {
		if strings.Trim(member, " \t") == "*" {
			return e.credentialed()
		}
	}
	return false
}

func (e *Error) constructing() bool { return e.Stage == StageConstruct }

func (e *Error) redirected() bool { return e.Request.Hop > 0 }
func (e *Error) caused() bool     { return e.Err != nil }
func (e *Error) asked() bool      { return e.status() == 401 }

// withoutUpgrade tells whether the server did not switch protocols.
func (e *Error) withoutUpgrade() bool { return e.status() != 101 }

// certificateInPreflight tells whether a preflight failed for want of a client
// certificate.
func (e *Error) certificateInPreflight() bool {
	var wanted *ClientCertificateError
	return e.Stage == StagePreflight && errors.As(e.Err, &wanted) && !wanted.Presented && !wanted.Unsure
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
	by      Party
	fix     string
	headers func(*Error) HeaderList // nil: none
}

// Sentences that several remedies share.
const (
	nobodyKnows = "Its redirects crossed origins, so the browser sends Origin: null and the server can't tell which page it is for. " +
		"Let the page request {url} itself. A public resource that needs no credentials can send this instead:"
	nobodyIsPage = "The page has no origin that a server could name (a sandboxed frame, a file: or a data: URL), so the browser sends Origin: null. " +
		"Serve the page from an origin of its own. Don't allow null: every sandboxed page sends it. A public resource that needs no credentials can send:"
	beforeAuthentication = "A preflight never carries cookies, Authorization or a client certificate, so authentication must not come first. " +
		"Answer OPTIONS before it, with status 204 and:"
	beforeRouting = "Nothing handles OPTIONS at this URL. Answer it before routing, with status 204 and:"
	needsNoError  = "The server failed on the preflight. Check its log, then answer OPTIONS with status 204 and:"
	alsoOptions   = "Answer OPTIONS at this URL with status 204 and these headers; the answer to {method} has to allow the origin too:"
	orNoRedirect  = "Common causes are http: instead of https:, an extra or missing slash, and a login page. Or have the server answer OPTIONS at this URL, with status 204 and:"
	alsoRedirect  = "This response is a redirect to {location}. It needs the headers as well as the response that it leads to. Or let the page request {location} itself."
)

// nullRemedies are those of the CORS check where the browser says Origin:
// null.
var nullRemedies = []remedy{
	{(*Error).opaquePage, PartyServer, nobodyIsPage, (*Error).readable},
	{(*Error).tainted, PartyPage, nobodyKnows, (*Error).readable},
}

var explanations = map[Reason]explained{
	InvalidURL: {"“{value}” is not a URL.", []remedy{
		{(*Error).caused, PartyPage, "Give an absolute URL, or one that is relative to the page's. The parser says: {cause}.", nil},
		{nil, PartyPage, "Give an absolute URL, or one that is relative to the page's.", nil}}},
	URLHasCredentials: {"the URL contains a username or password.", []remedy{
		{nil, PartyPage, "Take them out of the URL and send an Authorization header instead. Across origins the server must then name authorization in Access-Control-Allow-Headers.", nil}}},
	InvalidMethod: {"“{value}” is not a method.", []remedy{
		{nil, PartyPage, "A method is one word, such as GET or PATCH. Check for a space or a line break around it.", nil}}},
	ForbiddenMethod: {"“{value}” is a method that pages can't use.", []remedy{
		{nil, PartyPage, "Use another method, or make this request on a server.", nil}}},
	MethodNeedsCORS: {"mode no-cors does not allow {method}.", []remedy{
		{nil, PartyPage, `Leave out mode: "no-cors" and have the server allow {method} by CORS.`, nil}}},
	InvalidOption: {"{header} can't be “{value}”.", []remedy{
		{nil, PartyPage, "Give {header} one of the values that the API knows, or leave it out.", nil}}},
	InvalidHeaderName: {"“{value}” is not a header name.", []remedy{
		{nil, PartyPage, "A header name is one word, such as X-Request-Id. Check for a space or a colon in it.", nil}}},
	InvalidHeaderValue: {"the value of {header} contains a line break or a NUL.", []remedy{
		{nil, PartyPage, "Take it out, or encode the value, for example with encodeURIComponent().", nil}}},
	ImmutableHeaders: {"these headers can't be changed.", []remedy{
		{nil, PartyPage, "Change a copy: new Headers(response.headers).", nil}}},
	BodyNotAllowed: {"a {method} request has no body.", []remedy{
		{nil, PartyPage, "Use POST or another method that has one, or put the data into the URL's query.", nil}}},
	DuplexRequired: {"the body is a stream and duplex is not set.", []remedy{
		{nil, PartyPage, `Add duplex: "half" to the options.`, nil}}},
	StreamNeedsCORS: {"the body is a stream and the mode is {value}.", []remedy{
		{nil, PartyPage, "Use mode cors or same-origin, or read the stream into a Blob before sending it.", nil}}},
	StreamWithKeepalive: {"the body is a stream and keepalive is set.", []remedy{
		{nil, PartyPage, "Read the stream into a string or a Blob before sending it, or leave out keepalive.", nil}}},
	OnlyIfCachedNeedsSameOrigin: {"cache mode only-if-cached and mode {value} don't go together.", []remedy{
		{nil, PartyPage, `Add mode: "same-origin", or use another cache mode, such as force-cache.`, nil}}},
	InvalidReferrer: {"the referrer “{value}” is not a URL.", []remedy{
		{nil, PartyPage, "Give a URL of the page's own origin as referrer, or leave it out.", nil}}},
	RequestBodyTooLarge: {"the body is larger than what may be buffered.", []remedy{
		{nil, PartyProgram, "Raise ClientOptions.BufferBody, or give the request a ContentLength or a GetBody, so that its body need not be buffered.", nil}}},
	MethodNotNavigable: {"browsers do not navigate with method “{value}”.", []remedy{
		{nil, PartyProgram, "Navigate with GET or POST. For other methods make the request as a page's, with Environment.Client.", nil}}},
	NotWebSocketHandshake: {"the request is not a WebSocket's handshake: {header} is “{value}”.", []remedy{
		{nil, PartyProgram, "Use this client for WebSockets only, by a library that makes the handshake, and set no headers of your own: a browser's script can't.", nil}}},
	InvalidSubprotocol: {"the subprotocols “{value}” can't be asked for.", []remedy{
		{nil, PartyPage, "Name each subprotocol once, without blanks and separators in it.", nil}}},
	InvalidStatus: {"{header} can't be “{value}”.", []remedy{
		{nil, PartyPage, "Make the response with a status of 200 to 599 and a statusText without line breaks.", nil}}},
	NullBodyStatus: {"a response with status {value} has no body.", []remedy{
		{nil, PartyPage, "Give null as body, or another status.", nil}}},
	ElementOption: {"an element's request can't have {header} “{value}”.", []remedy{
		{nil, PartyProgram, "Make the request as Element.Request makes it and leave out {header}. What fetch() or XMLHttpRequest can send needs that API.", nil}}},

	BadPort: {"port {port} is one that browsers block.", []remedy{
		{nil, PartyServer, "Serve it on another port, such as 443, and let the page use that URL.", nil}}},
	MixedContent: {"the page is secure and the URL is not.", []remedy{
		{(*Error).redirected, PartyServer, "Redirect to an https: URL. The page's own URL was fine.", nil},
		{nil, PartyServer, "Serve the resource over HTTPS, and let the page use the https: URL.", nil}}},
	DisallowedByMode: {"mode same-origin keeps the request within {reader}.", []remedy{
		{(*Error).redirected, PartyServer, `A redirect left the page's origin. Keep it within, or let the page leave out mode: "same-origin" and send from here:`, (*Error).readable},
		{nil, PartyPage, `Leave out mode: "same-origin". The server then has to send:`, (*Error).readable}}},
	RedirectModeNotFollow: {"mode no-cors and redirect mode {value} don't go together.", []remedy{
		{nil, PartyPage, `Use redirect: "follow", or mode: "cors" with a server that allows the page.`, nil}}},
	CORSDisabledScheme: {"CORS is for http: and https: URLs, and this is {scheme}:.", []remedy{
		{nil, PartyPage, "Put the resource on a web server and use its http: or https: URL. For local files, a server on localhost will do.", nil}}},
	UnsupportedScheme: {"{scheme}: URLs can't be fetched.", []remedy{
		{nil, PartyPage, "Use an http: or https: URL. For local files, a server on localhost will do.", nil}}},
	InvalidDataURL: {"the data: URL does not parse.", []remedy{
		{nil, PartyPage, "Put a comma between the type and the data, and check the base64 if it says base64.", nil}}},
	BlobNotFound: {"this blob: URL does not exist for this page, or the method is not GET.", []remedy{
		{nil, PartyPage, "Fetch it by GET, before URL.revokeObjectURL() and while the page that made it is open.", nil}}},
	RangeNotSatisfiable: {"the blob does not have the range “{value}”.", []remedy{
		{nil, PartyPage, "Request one range that begins within the blob, such as Range: bytes=0-99, or the whole blob.", nil}}},
	KeepaliveQuota: {"the keepalive requests in flight have more than 64 KiB of body.", []remedy{
		{nil, PartyPage, "Send less at a time, or send the large bodies without keepalive.", nil}}},
	NotCached: {"nothing is cached, and cache mode only-if-cached never asks the server.", []remedy{
		{nil, PartyPage, "Use another cache mode, such as force-cache, which asks the server when nothing is cached.", nil}}},
	Overridden: {"something in the browser refused the request before it was sent.", []remedy{
		{(*Error).caused, PartyProgram, "Options.Override answered with an error: {cause}. Let it answer, or return neither a response nor an error so that the request proceeds.", nil},
		{nil, PartyProgram, "Options.Override answered with an error. Let it answer, or return neither a response nor an error so that the request proceeds.", nil}}},
	DanglingMarkup: {"the URL was written with “<” and a line break or a tab, which looks like markup with a missing quotation mark.", []remedy{
		{nil, PartyPage, "Check that the attribute or string ends where it should. If the URL is meant, take line breaks and tabs out and write %3C for “<”, for example with encodeURIComponent().", nil}}},
	EmbeddedCredentials: {"the URL contains a username or password.", []remedy{
		{(*Error).redirected, PartyServer, "A redirect led there. Redirect to a URL without a username and password, and ask for them with WWW-Authenticate or use cookies.", nil},
		{nil, PartyPage, "Take them out of the URL. To authenticate, use fetch() with an Authorization header, or cookies.", nil}}},

	MissingAllowOrigin: {"the response does not allow {reader} (no Access-Control-Allow-Origin).", append(nullRemedies[:2:2],
		remedy{(*Error).unauthorized, PartyServer, beforeAuthentication, (*Error).permission},
		remedy{(*Error).unrouted, PartyServer, beforeRouting, (*Error).permission},
		remedy{(*Error).failedPreflight, PartyServer, needsNoError, (*Error).permission},
		remedy{(*Error).onPreflight, PartyServer, alsoOptions, (*Error).permission},
		remedy{(*Error).onRedirect, PartyServer, alsoRedirect, (*Error).readable},
		remedy{(*Error).credentialed, PartyServer, "Send these on every answer to this origin, errors included:", (*Error).readable},
		remedy{nil, PartyServer, "Send these on every answer to this origin, errors included. For a public resource Access-Control-Allow-Origin: * will do.", (*Error).readable})},
	WildcardOriginNotAllowed: {"the server allows *, which is not enough for a request with credentials.", []remedy{
		{(*Error).originNull, PartyPage, "The browser sends Origin: null here (the page is sandboxed, or redirects crossed origins), and no server should allow that by name. Leave out {include}: then * is enough.", nil},
		{nil, PartyServer, "Check the request's Origin against a list and send it back. If the page needs no cookies here, it can leave out {include} instead.", (*Error).readable}}},
	MultipleAllowOriginValues: {"Access-Control-Allow-Origin has several values.", append(nullRemedies[:2:2],
		remedy{(*Error).repeated, PartyServer, "The header was added more than once, often by the application and again by a proxy or framework before it. Let only one layer add it:", (*Error).readable},
		remedy{nil, PartyServer, "The header takes one origin. Check the request's Origin against the list and send back that one:", (*Error).readable})},
	InvalidAllowOriginValue: {"Access-Control-Allow-Origin is “{value}”, which is not an origin.", append(nullRemedies[:2:2],
		remedy{nil, PartyServer, "An origin is scheme, host and, unless it is the default, port. Send:", (*Error).readable})},
	AllowOriginMismatch: {"the server allows “{value}”, and the request came from “{origin}”.", append(nullRemedies[:2:2],
		remedy{(*Error).onlyForm, PartyServer, "It is the same origin in another spelling, but the comparison is byte for byte: lower case, no trailing slash, no default port. Send:", (*Error).readable},
		remedy{nil, PartyServer, "Check the request's Origin against a list and send it back. Without Vary: Origin, a cache gives one origin's response to another.", (*Error).readable})},
	InvalidAllowCredentials: {"the server does not allow credentials.", append(nullRemedies[:2:2],
		remedy{(*Error).caseOnly, PartyServer, "The only valid value is true in lower case:", (*Error).readable},
		remedy{nil, PartyServer, "If this page may read with cookies, send the headers below. If it needs no cookies here, it can leave out {include} instead.", (*Error).readable})},

	PreflightInvalidStatus: {"the preflight was answered with status {status}.", []remedy{
		{(*Error).unauthorized, PartyServer, beforeAuthentication, (*Error).permission},
		{(*Error).unrouted, PartyServer, beforeRouting, (*Error).permission},
		{(*Error).failedPreflight, PartyServer, needsNoError, (*Error).permission},
		{nil, PartyServer, "Answer OPTIONS at this URL with status 204 and:", (*Error).permission}}},
	PreflightDisallowedRedirect: {"the preflight was redirected.", []remedy{
		{(*Error).located, PartyPage, "Let the page request {location} itself. " + orNoRedirect, (*Error).permission},
		{nil, PartyPage, "Let the page request the final URL itself. " + orNoRedirect, (*Error).permission}}},
	InvalidAllowMethods: {"Access-Control-Allow-Methods does not parse.", []remedy{
		{nil, PartyServer, "Separate the methods with commas, without quotes or brackets:", (*Error).permittedMethod}}},
	InvalidAllowHeaders: {"Access-Control-Allow-Headers does not parse.", []remedy{
		{nil, PartyServer, "Separate the names with commas, without quotes or brackets:", (*Error).permittedHeaders}}},
	MethodDisallowed: {"the server does not allow {method}.", []remedy{
		{(*Error).listedSmall, PartyServer, "Methods are compared byte for byte, and the list has this one in another case. Name it in capitals:", (*Error).permittedMethod},
		{(*Error).otherCase, PartyPage, `Methods are compared byte for byte, and browsers write only DELETE, GET, HEAD, OPTIONS, POST and PUT in upper case for the page. ` +
			`Let the page say method: "{upper}". Or have the server send:`, (*Error).permittedMethod},
		{(*Error).wildcard, PartyServer, "With credentials * is a method of that name, not a wildcard. Name the method:", (*Error).permittedMethod},
		{nil, PartyServer, "Add the method to the list in the answer to the preflight:", (*Error).permittedMethod}}},
	HeaderDisallowed: {"the server does not allow the request header {name}.", []remedy{
		{(*Error).wildcard, PartyServer, "With credentials * is a header of that name, not a wildcard. Name the headers:", (*Error).permittedHeaders},
		{nil, PartyServer, "Add it to the list in the answer to the preflight, or let the page leave it out:", (*Error).permittedHeaders}}},
	AuthorizationNotListed: {"the server allows all request headers by *, which never covers Authorization.", []remedy{
		{nil, PartyServer, "Name authorization in the answer to the preflight:", (*Error).permittedHeaders}}},

	RedirectModeError: {"the server redirects, and the page does not allow redirects.", []remedy{
		{(*Error).located, PartyPage, `Let the page request {location} itself, or leave out redirect: "error".`, nil},
		{nil, PartyPage, `Leave out redirect: "error".`, nil}}},
	InvalidLocation: {"the redirect's Location is “{value}”.", []remedy{
		{(*Error).caused, PartyServer, "Send one Location with one URL. The parser says: {cause}.", nil},
		{nil, PartyServer, "Send one Location with one URL.", nil}}},
	RedirectScheme: {"the redirect leads to “{location}”.", []remedy{
		{nil, PartyServer, "Redirect to an http: or https: URL.", nil}}},
	TooManyRedirects: {"there were more than 20 redirects.", []remedy{
		{nil, PartyServer, "Check for a loop: a login page that needs a login, http: and https: that point at each other, a slash added and taken away. Or let the page request the final URL itself.", nil}}},
	RedirectContainsCredentials: {"the redirect's Location contains a username or password.", []remedy{
		{nil, PartyServer, "Take them out of Location.", nil}}},
	RedirectVetoed: {"the program that runs the browser does not let it follow the redirect to “{location}”.", []remedy{
		{(*Error).caused, PartyProgram, "Let CheckRedirect return nil for this redirect. It said: {cause}.", nil},
		{nil, PartyProgram, "Let CheckRedirect return nil for this redirect.", nil}}},
	BodyNotReplayable: {"the body would have to be sent again, and it was a stream.", []remedy{
		{(*Error).asked, PartyPage, "The server asks for a password first. Send a string or a Blob, which can be sent twice, or an Authorization header.", nil},
		{nil, PartyPage, "Let the page request {location} itself, or send a string or a Blob, which can be sent twice.", nil}}},

	CrossOriginResourcePolicy: {"the server does not let {reader} use this.", []remedy{
		{nil, PartyServer, "If other sites may use it, send the header below, or same-site if only the page's own site may. Or let the page request it with CORS.", (*Error).embeddable}}},
	BlockedMIMEType: {"the response has type {type}, which is not a script type.", []remedy{
		{nil, PartyServer, "Check the URL. If it is a script, send its type:", (*Error).javaScript}}},
	BlockedByNosniff: {"the response has type “{value}”, and X-Content-Type-Options: nosniff forbids guessing another.", []remedy{
		{(*Error).forStyle, PartyServer, "Check the URL: an error page often has type text/html. If it is a style sheet, send its type:", (*Error).styleSheet},
		{nil, PartyServer, "Check the URL: an error page often has type text/html. If it is a script, send its type:", (*Error).javaScript}}},
	OpaquePartialResponse: {"the server sent a partial response to a request without Range.", []remedy{
		{nil, PartyServer, "Answer a request without Range with status 200 and the whole resource.", nil}}},
	IntegrityMismatch: {"the integrity of the response could not be confirmed.", []remedy{
		{(*Error).opaque, PartyPage, "The page may not read this response, so its hash can't be compared. Request it with CORS (the crossorigin attribute, or mode cors), and have the server send:", (*Error).readable},
		{nil, PartyPage, "The file has changed, or was changed on its way. If the change is intended, update the hash in integrity.", nil}}},
	WebSocketFailed: {"the server does not complete the handshake: {header} is “{value}”.", []remedy{
		{(*Error).withoutUpgrade, PartyServer, "Check that a WebSocket server answers at this URL, and that a proxy in front of it forwards Upgrade and Connection.", nil},
		{nil, PartyServer, "Answer with one of the subprotocols and extensions that were asked for, and with the hash of the request's Sec-WebSocket-Key.", nil}}},
	HeadersTooLarge: {"the headers are larger than the agent takes.", []remedy{
		{(*Error).constructing, PartyPage, "Send fewer or shorter headers, or put what they hold into the body.", nil},
		{nil, PartyServer, "Send fewer or shorter headers: browsers take 64 to 384 KiB. A program that needs more can raise Options.MaxHeaderList.", nil}}},
	BodyTooLarge: {"the body is larger than what the agent holds to check its integrity.", []remedy{
		{nil, PartyProgram, "Raise Options.MaxIntegrityBody, or leave out the integrity metadata.", nil}}},

	NetworkFailure: {"the server could not be reached, or did not answer with HTTP.", []remedy{
		{(*Error).certificateInPreflight, PartyServer, "The server demands a TLS client certificate on every connection. A preflight never carries one. Let the server only ask for certificates, answer OPTIONS without one, and demand it after that. It says: {cause}.", nil},
		{(*Error).caused, PartyNetwork, "This is not a CORS error. Underlying error: {cause}.", nil},
		{nil, PartyNetwork, "This is not a CORS error. Check that the server runs, that its name resolves and that its certificate is valid.", nil}}},
	StreamNeedsHTTP2: {"the body is a stream, and the server speaks HTTP/1.1 only.", []remedy{
		{nil, PartyServer, "Offer HTTP/2 or HTTP/3. Or let the page read the stream into a Blob before sending it.", nil}}},
	ProxyAuthenticationRequired: {"a proxy requires a password, and none is known.", []remedy{
		{nil, PartyNetwork, "Give the proxy's credentials to the transport.", nil}}},
	Unsendable: {"the transport can't send this as a browser would.", []remedy{
		{(*Error).caused, PartyProgram, "Use a Transport that can. This one says: {cause}.", nil},
		{nil, PartyProgram, "Use a Transport that can.", nil}}},
	BrokenBody: {"the body ended early or does not decode.", []remedy{
		{(*Error).caused, PartyServer, "Check Content-Length and Content-Encoding against what is sent. The reader says: {cause}.", nil},
		{nil, PartyServer, "Check Content-Length and Content-Encoding against what is sent.", nil}}},
	Offline: {"the browser is offline.", []remedy{
		{nil, PartyNetwork, "Try again when there is a connection. A program that runs the Agent says so with Options.Offline.", nil}}},
	Aborted: {"the caller cancelled it.", []remedy{
		{(*Error).caused, PartyProgram, "Nothing, if that was meant: it ended with “{cause}”. Otherwise find out what cancels the context, or give it more time.", nil},
		{nil, PartyProgram, "Nothing, if that was meant. Otherwise find out what cancels the context, or give it more time.", nil}}},
}
