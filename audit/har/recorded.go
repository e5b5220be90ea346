package har

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/handshake"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A Skip's reasons, in the order in which they are shown: entries that are not
// judged, because CORS has no say in them, or because they lack something.
const (
	skipSameOrigin = "same-origin: CORS does not apply"
	skipNavigation = "a navigation: CORS does not apply"
	skipScheme     = "not HTTP(S)"
	skipTransport  = "a WebTransport: CORS does not apply"
	skipMode       = "mode same-origin"
	skipWorker     = "a service worker of the page answered: CORS has no say in what it makes itself"
	skipInternal   = "a redirect that the browser made itself (HSTS, an extension): no server answered"
	skipExtension  = "an extension asked: CORS does not apply where it has host permissions"
	skipTest       = "the test asked (an API request of Playwright's), and not a page"
	skipBrowser    = "the browser asked on its own account, and not a page"
	skipExchange   = "from a signed exchange: no server was asked for it"
	skipPage       = "the page that made the request is not known"
	skipPreflight  = "a preflight that does not say which method it asks for"
	skipRequest    = "the entry has no request, or is not an object"
	skipMethod     = "the request has no method, or what it has is not a method"
	skipURL        = "the request's URL is missing or does not parse"
)

var skips = []string{
	skipSameOrigin, skipNavigation, skipScheme, skipTransport, skipMode, skipWorker, skipInternal, skipExtension, skipTest, skipBrowser, skipExchange,
	skipPage, skipPreflight, skipRequest, skipMethod, skipURL,
}

// A parsed is an entry as it is needed here.
type parsed struct {
	*Entry
	url       *origin.URL // not nil
	key       string      // the URL without fragment
	sent      safelist.HeaderList
	got       safelist.HeaderList
	preflight bool
	odd       string        // why nothing can be said about the entry; a Skip's reason
	cause     *engine.Cause // what the recorded error means; nil: there is none, it is not known, or it is one of CORS
}

func parseEntry(e *Entry) parsed {
	p := parsed{Entry: e, url: new(origin.URL), sent: headers(e.Request.Headers), got: headers(e.Response.Headers), preflight: isPreflight(e)}
	u, err := origin.ParseURL(e.Request.URL)
	switch {
	case e.Request.Method == "" && e.Request.URL == "":
		p.odd = skipRequest
	case err != nil:
		p.odd = skipURL
	case !grammar.IsMethod(e.Request.Method):
		p.odd = skipMethod
	}
	if err == nil {
		p.url, p.key = u, u.WithoutFragment()
	}
	if e.Response.Error != "" {
		p.cause = engine.CauseOf(e.Response.Error)
	}
	return p
}

// kind is the type of resource that Chrome names, in lower case.
func (e *parsed) kind() string { return strings.ToLower(e.ResourceType) }

// isScripts tells whether Chrome says that script asked, with fetch(),
// XMLHttpRequest or EventSource.
func (e *parsed) isScripts() bool {
	return slices.Contains([]string{"fetch", "xhr", "eventsource"}, e.kind())
}

// isPing tells whether Chrome says that nobody reads the response: it is that of a
// beacon, of <a ping> or of a report.
func (e *parsed) isPing() bool {
	return slices.Contains([]string{"ping", "beacon", "csp-violation-report", "cspviolationreport", "prefetch"}, e.kind())
}

// failed tells whether the browser said that a request failed.
func (e *parsed) failed() bool {
	if e.cause != nil && e.cause.Answered && e.Response.Status != 0 {
		return false
	}
	return e.Response.Status == 0 || e.Response.Error != ""
}

// blames tells whether what was recorded can be the work of CORS.
func (e *parsed) blames() bool {
	return e.cause == nil || e.cause.Silent || strings.HasPrefix(e.Response.Error, "net::ERR_BLOCKED_BY_RESPONSE")
}

// elsewhere is the reason why an entry is not a request that CORS is asked about;
// "" is that it is one.
func (e *parsed) elsewhere() string {
	mode, hasMode := e.sent.Get("Sec-Fetch-Mode")
	asking, _ := e.sent.Get("Origin")
	switch kind := e.kind(); {
	case kind == "webtransport":
		return skipTransport
	case !e.url.IsHTTP() && !e.isSocket():
		return skipScheme
	case e.APIRequest:
		return skipTest
	case isExtension(asking):
		return skipExtension
	case kind == "signed-exchange", kind == "signedexchange":
		return skipExchange
	case kind == "fedcm":
		return skipBrowser
	case kind == "document", mode == "navigate", mode == "nested-navigate", !hasMode && kind == "" && e.navigates():
		return skipNavigation
	case mode == "same-origin":
		return skipMode
	case e.byWorker() && !e.failed():
		return skipWorker
	}
	return ""
}

// isSocket tells whether a request is the handshake of a WebSocket.
func (e *parsed) isSocket() bool {
	mode, _ := e.sent.Get("Sec-Fetch-Mode")
	upgrade, _ := e.sent.Get("Upgrade")
	return e.kind() == "websocket" || mode == "websocket" || e.url.Scheme() == "ws" || e.url.Scheme() == "wss" ||
		strings.EqualFold(strings.Trim(upgrade, " \t"), "websocket") || e.sent.Contains(handshake.Key)
}

// origin is the origin of the URL that a request goes to.
func (e *parsed) origin() origin.Origin { return handshake.URL(e.url).Origin() }

// navigates tells whether a request whose mode was not recorded has the headers of
// a navigation.
func (e *parsed) navigates() bool {
	accept, _ := e.sent.Get("Accept")
	return e.sent.Contains("Upgrade-Insecure-Requests") || strings.HasPrefix(accept, "text/html,")
}

// byWorker tells whether a service worker answered: Chrome and Safari say so.
func (e *parsed) byWorker() bool {
	return e.Response.ViaServiceWorker || e.Response.ServiceWorkerSource != "" || e.FetchType == "Service Worker"
}

// isInternal tells whether an entry is a redirect that the browser made itself.
// Chrome lists one for HSTS and for extensions that rewrite a URL.
func (e *parsed) isInternal() bool {
	return e.InternalRedirect || e.Response.Status == 307 && (e.Response.StatusText == "Internal Redirect" || e.got.Contains("Non-Authoritative-Reason"))
}

// cache says which part of the browser's own HTTP cache a response is from; "" is
// that the server was asked, or that it is not known. Firefox does not say so, but
// counts the header of such a response as nothing that was transferred.
func (e *parsed) cache(byFirefox bool) string {
	if r := &e.Response; byFirefox && r.Status == 200 && r.BodySize > 0 && r.BodySize == r.Content.Size && r.HeadersSize > 0 {
		return "cache"
	}
	switch strings.ToLower(e.FromCache) {
	case "":
	case "disk", "memory":
		return strings.ToLower(e.FromCache) + " cache"
	default:
		return "cache"
	}
	switch e.FetchType {
	case "Memory Cache", "Disk Cache":
		return strings.ToLower(e.FetchType)
	}
	return ""
}

// letsIn tells whether a response allows an origin to read it.
func (e *parsed) letsIn(asking string) bool {
	allowed, _ := e.got.Get("Access-Control-Allow-Origin")
	return allowed != "" && asking != "null" && (allowed == asking || allowed == "*")
}

// isExtension tells whether an origin is an extension's.
func isExtension(o string) bool {
	scheme, _, _ := strings.Cut(o, "://")
	return slices.Contains([]string{"chrome-extension", "moz-extension", "safari-web-extension", "safari-extension", "ms-browser-extension"}, scheme)
}

// bodyLimit is how much of a response's body is evidence, in bytes.
const bodyLimit = 4 << 10

// body is how a response's body begins.
func (e *parsed) body() []byte {
	text := e.Response.Content.Text
	if e.Response.Content.Encoding != "base64" {
		return []byte(text[:min(len(text), bodyLimit)])
	}
	text = text[:min(len(text), bodyLimit/3*4)]
	body := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, _ := base64.StdEncoding.Decode(body, []byte(text))
	return body[:n]
}
