package fetch

import "github.com/browsercors/browsercors/origin"

// A Mode is a request's mode. The zero value in a [Request] is [CORS].
// [RequestInfo] also shows "navigate" and "websocket", which script can't
// choose.
//
// https://fetch.spec.whatwg.org/#concept-request-mode
type Mode string

const (
	SameOrigin   Mode = "same-origin"
	NoCORS       Mode = "no-cors"
	CORS         Mode = "cors"
	navigateMode Mode = "navigate"

	// webSocketMode is the mode of a WebSocket's handshake.
	webSocketMode Mode = "websocket"
)

// modes are those that script may choose.
var modes = [...]Mode{SameOrigin, NoCORS, CORS}

// A RedirectMode says what happens at a redirect: "follow", which is also the zero
// value, "error" or "manual".
//
// https://fetch.spec.whatwg.org/#concept-request-redirect-mode
type RedirectMode string

const (
	redirectFollow RedirectMode = "follow"
	redirectError  RedirectMode = "error"
	redirectManual RedirectMode = "manual"
)

var redirectModes = [...]RedirectMode{redirectFollow, redirectError, redirectManual}

// A CacheMode says how a request uses the HTTP cache: "default", which is also the
// zero value, "no-store", "reload", "no-cache", "force-cache" or "only-if-cached".
// The engine has no HTTP cache: the mode decides on Cache-Control and Pragma, and
// in some browsers on the use of the preflight cache.
//
// https://fetch.spec.whatwg.org/#concept-request-cache-mode
type CacheMode string

const (
	cacheDefault      CacheMode = "default"
	cacheNoStore      CacheMode = "no-store"
	cacheReload       CacheMode = "reload"
	cacheNoCache      CacheMode = "no-cache"
	cacheForceCache   CacheMode = "force-cache"
	cacheOnlyIfCached CacheMode = "only-if-cached"
)

var cacheModes = [...]CacheMode{cacheDefault, cacheNoStore, cacheReload, cacheNoCache, cacheForceCache, cacheOnlyIfCached}

// A ReferrerPolicy says how much of the page's URL a server learns:
// "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin",
// "strict-origin", "origin-when-cross-origin",
// "strict-origin-when-cross-origin" or "unsafe-url". The zero value in a
// request is the page's policy.
//
// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
type ReferrerPolicy string

const (
	noReferrerPolicy            ReferrerPolicy = "no-referrer"
	noReferrerWhenDowngrade     ReferrerPolicy = "no-referrer-when-downgrade"
	sameOriginReferrer          ReferrerPolicy = "same-origin"
	originReferrer              ReferrerPolicy = "origin"
	strictOrigin                ReferrerPolicy = "strict-origin"
	originWhenCrossOrigin       ReferrerPolicy = "origin-when-cross-origin"
	strictOriginWhenCrossOrigin ReferrerPolicy = "strict-origin-when-cross-origin"
	unsafeURL                   ReferrerPolicy = "unsafe-url"
)

var referrerPolicies = [...]ReferrerPolicy{noReferrerPolicy, noReferrerWhenDowngrade, sameOriginReferrer, originReferrer,
	strictOrigin, originWhenCrossOrigin, strictOriginWhenCrossOrigin, unsafeURL}

// An EmbedderPolicy is the value of a page's Cross-Origin-Embedder-Policy:
// "unsafe-none", which is also the zero value, "require-corp" or
// "credentialless".
//
// https://html.spec.whatwg.org/#embedder-policy-value
type EmbedderPolicy string

const (
	unsafeNone     EmbedderPolicy = "unsafe-none"
	requireCORP    EmbedderPolicy = "require-corp"
	credentialless EmbedderPolicy = "credentialless"
)

var embedderPolicies = [...]EmbedderPolicy{unsafeNone, requireCORP, credentialless}

// A Destination says what a resource is requested for, such as "image",
// "script", "style", "font" or "worker"; the Standard has the list. The zero
// value is that of fetch() and XMLHttpRequest, which Sec-Fetch-Dest shows as
// "empty".
//
// https://fetch.spec.whatwg.org/#concept-request-destination
type Destination string

const (
	destinationEmpty         Destination = ""
	destinationAudio         Destination = "audio"
	destinationAudioWorklet  Destination = "audioworklet"
	destinationDocument      Destination = "document"
	destinationEmbed         Destination = "embed"
	destinationFont          Destination = "font"
	destinationFrame         Destination = "frame"
	destinationIFrame        Destination = "iframe"
	destinationImage         Destination = "image"
	destinationJSON          Destination = "json"
	destinationManifest      Destination = "manifest"
	destinationObject        Destination = "object"
	destinationPaintWorklet  Destination = "paintworklet"
	destinationReport        Destination = "report"
	destinationScript        Destination = "script"
	destinationServiceWorker Destination = "serviceworker"
	destinationSharedWorker  Destination = "sharedworker"
	destinationStyle         Destination = "style"
	destinationText          Destination = "text"
	destinationTrack         Destination = "track"
	destinationVideo         Destination = "video"
	destinationWebIdentity   Destination = "webidentity"
	destinationWorker        Destination = "worker"
	destinationXSLT          Destination = "xslt"
)

// destinations are all but the empty one.
var destinations = [...]Destination{
	destinationAudio, destinationAudioWorklet, destinationDocument, destinationEmbed, destinationFont,
	destinationFrame, destinationIFrame, destinationImage, destinationJSON, destinationManifest,
	destinationObject, destinationPaintWorklet, destinationReport, destinationScript,
	destinationServiceWorker, destinationSharedWorker, destinationStyle, destinationText,
	destinationTrack, destinationVideo, destinationWebIdentity, destinationWorker, destinationXSLT,
}

// scriptLike tells whether the destination is script-like.
//
// https://fetch.spec.whatwg.org/#request-destination-script-like
func (d Destination) scriptLike() bool {
	switch d {
	case destinationAudioWorklet, destinationPaintWorklet, destinationScript,
		destinationServiceWorker, destinationSharedWorker, destinationWorker:
		return true
	}
	return false
}

// navigation tells whether a request of this destination is a navigation
// request.
//
// https://fetch.spec.whatwg.org/#navigation-request
func (d Destination) navigation() bool {
	switch d {
	case destinationDocument, destinationEmbed, destinationFrame, destinationIFrame, destinationObject:
		return true
	}
	return false
}

// What script sees of a response, see [Response.Type].
//
// https://fetch.spec.whatwg.org/#concept-response-type
const (
	typeDefault        = "default"
	typeBasic          = "basic"
	typeCORS           = "cors"
	typeOpaque         = "opaque"
	typeOpaqueRedirect = "opaqueredirect"
)

// The response taintings of a request.
//
// https://fetch.spec.whatwg.org/#concept-request-response-tainting
const (
	taintingBasic  = "basic"
	taintingCORS   = "cors"
	taintingOpaque = "opaque"
)

// An API is the interface by which a page makes a request: "fetch", which is
// also the zero value, "xhr" (XMLHttpRequest), "element" (an element, a style
// sheet or a worker), "eventsource", "beacon", "ping", "report", "xdomainrequest" (of Internet
// Explorer 8 and 9, see [Options.XDomainRequest]) or "websocket". They differ in
// what they refuse, in the exceptions that they throw and in the console messages
// of browsers. A [Request] can have all but the last; for WebSockets see
// [Environment.WebSocketClient].
type API string

const (
	apiFetch       API = "fetch" // also the zero value
	apiXHR         API = "xhr"
	apiElement     API = "element" // an element, style sheet or worker of the page, not script
	apiEventSource API = "eventsource"
	apiBeacon      API = "beacon"
	apiPing        API = "ping"   // of a hyperlink
	apiReport      API = "report" // by the user agent

	apiXDomainRequest API = "xdomainrequest" // of Internet Explorer 8 and 9

	// apiWebSocket is a WebSocket, see [Environment.WebSocketClient].
	apiWebSocket API = "websocket"
)

// apis are those of a [Request].
var apis = [...]API{apiFetch, apiXHR, apiElement, apiEventSource, apiBeacon, apiPing, apiReport, apiXDomainRequest}

// oneOf tells whether v is the zero value or one of the values.
func oneOf[T ~string](v T, values ...T) bool {
	if v == "" {
		return true
	}
	for _, w := range values {
		if v == w {
			return true
		}
	}
	return false
}

// orDefault is v, or the default where v is the zero value.
func orDefault[T ~string](v, def T) T {
	if v == "" {
		return def
	}
	return v
}

// addressSpaces are those that an option may name.
var addressSpaces = [...]origin.AddressSpace{"public", "local", "loopback"}
