package fetch

// A Mode is a request's mode. In a [Request] the zero value is the Fetch API's
// default, [CORS].
//
// https://fetch.spec.whatwg.org/#concept-request-mode
type Mode string

const (
	SameOrigin Mode = "same-origin"
	NoCORS     Mode = "no-cors"
	CORS       Mode = "cors"
	Navigate   Mode = "navigate"

	// WebSocketMode is the mode of a WebSocket's handshake.
	WebSocketMode Mode = "websocket"
)

// A RedirectMode is a request's redirect mode; the zero value is [Follow].
//
// https://fetch.spec.whatwg.org/#concept-request-redirect-mode
type RedirectMode string

const (
	Follow      RedirectMode = "follow"
	ErrorOnHop  RedirectMode = "error"
	ManualOnHop RedirectMode = "manual"
)

// A CacheMode is a request's cache mode; the zero value is [CacheDefault].
//
// https://fetch.spec.whatwg.org/#concept-request-cache-mode
type CacheMode string

const (
	CacheDefault      CacheMode = "default"
	CacheNoStore      CacheMode = "no-store"
	CacheReload       CacheMode = "reload"
	CacheNoCache      CacheMode = "no-cache"
	CacheForceCache   CacheMode = "force-cache"
	CacheOnlyIfCached CacheMode = "only-if-cached"
)

// A ReferrerPolicy is a referrer policy; the zero value means: the
// environment's.
//
// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
type ReferrerPolicy string

const (
	NoReferrerPolicy            ReferrerPolicy = "no-referrer"
	NoReferrerWhenDowngrade     ReferrerPolicy = "no-referrer-when-downgrade"
	SameOriginReferrer          ReferrerPolicy = "same-origin"
	OriginReferrer              ReferrerPolicy = "origin"
	StrictOrigin                ReferrerPolicy = "strict-origin"
	OriginWhenCrossOrigin       ReferrerPolicy = "origin-when-cross-origin"
	StrictOriginWhenCrossOrigin ReferrerPolicy = "strict-origin-when-cross-origin"
	UnsafeURL                   ReferrerPolicy = "unsafe-url"
)

// An EmbedderPolicy is the value of a page's Cross-Origin-Embedder-Policy; the
// zero value is [UnsafeNone].
//
// https://html.spec.whatwg.org/#embedder-policy-value
type EmbedderPolicy string

const (
	UnsafeNone     EmbedderPolicy = "unsafe-none"
	RequireCORP    EmbedderPolicy = "require-corp"
	Credentialless EmbedderPolicy = "credentialless"
)

// A Destination is a request's destination; the zero value is that of fetch()
// and XMLHttpRequest, sent as "empty" in Sec-Fetch-Dest.
//
// https://fetch.spec.whatwg.org/#concept-request-destination
type Destination string

const (
	DestinationEmpty         Destination = ""
	DestinationAudio         Destination = "audio"
	DestinationAudioWorklet  Destination = "audioworklet"
	DestinationDocument      Destination = "document"
	DestinationEmbed         Destination = "embed"
	DestinationFont          Destination = "font"
	DestinationFrame         Destination = "frame"
	DestinationIFrame        Destination = "iframe"
	DestinationImage         Destination = "image"
	DestinationJSON          Destination = "json"
	DestinationManifest      Destination = "manifest"
	DestinationObject        Destination = "object"
	DestinationPaintWorklet  Destination = "paintworklet"
	DestinationReport        Destination = "report"
	DestinationScript        Destination = "script"
	DestinationServiceWorker Destination = "serviceworker"
	DestinationSharedWorker  Destination = "sharedworker"
	DestinationStyle         Destination = "style"
	DestinationText          Destination = "text"
	DestinationTrack         Destination = "track"
	DestinationVideo         Destination = "video"
	DestinationWebIdentity   Destination = "webidentity"
	DestinationWorker        Destination = "worker"
	DestinationXSLT          Destination = "xslt"
)

// scriptLike tells whether the destination is script-like.
//
// https://fetch.spec.whatwg.org/#request-destination-script-like
func (d Destination) scriptLike() bool {
	switch d {
	case DestinationAudioWorklet, DestinationPaintWorklet, DestinationScript,
		DestinationServiceWorker, DestinationSharedWorker, DestinationWorker:
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
	case DestinationDocument, DestinationEmbed, DestinationFrame, DestinationIFrame, DestinationObject:
		return true
	}
	return false
}

// A ResponseType is a response's type.
//
// https://fetch.spec.whatwg.org/#concept-response-type
type ResponseType string

const (
	TypeDefault        ResponseType = "default"
	TypeBasic          ResponseType = "basic"
	TypeCORS           ResponseType = "cors"
	TypeOpaque         ResponseType = "opaque"
	TypeOpaqueRedirect ResponseType = "opaqueredirect"
)

// A Tainting is a request's response tainting.
//
// https://fetch.spec.whatwg.org/#concept-request-response-tainting
type Tainting string

const (
	TaintingBasic  Tainting = "basic"
	TaintingCORS   Tainting = "cors"
	TaintingOpaque Tainting = "opaque"
)

// An API is what script used to make a request. The two differ in what they
// refuse and how, and in the name a console message gives the request.
type API string

const (
	APIFetch   API = "fetch" // also the zero value
	APIXHR     API = "xhr"
	APIElement API = "element" // an element or style sheet of the page, not script

	// APIWebSocket is a WebSocket, see [Environment.WebSocketClient].
	APIWebSocket API = "websocket"
)

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
