package rules

// Redirect holds a user agent's departures in HTTP-redirect fetch.
type Redirect struct {
	// Location is looked at before the redirect mode: what does not parse fails
	// with any, and without one mode error has nothing to refuse.
	LocationFirst bool

	// Without a Location, or with an empty one, modes error and manual hand the
	// response over; in mode manual only its body can be read.
	NoLocationNoRedirect bool

	// Several Locations are one, joined with commas.
	JoinLocations bool

	// A redirect of a request that started within the page's origin is held to the
	// CORS check with credentials, unless they are omitted.
	SameOriginIncludes bool

	// In mode cors each redirect across origins goes on with the headers that the
	// request was made with: Content-Type is back after an earlier redirect took it
	// off with the body.
	FirstHeaders bool

	// A 307 or 308 brings back the Content-Type that an earlier redirect took off
	// with the body.
	TypeRestored bool

	// Within the page's origin a redirected request has the browser's own
	// User-Agent.
	OwnUserAgent bool

	// In mode cors, what a redirect to another origin leads to does without the
	// Cache-Control and Pragma of the cache mode.
	NoCacheHeadersAcrossOrigins bool

	// Where a redirect leads, the preflight is sent before mixed content, a bad
	// port over http:, or a username in the Location that leaves the page's origin
	// is found. The check of SameOriginIncludes comes after the preflight too. A
	// preflight to a bad port comes to nothing.
	BlockedAfterPreflight bool

	// In mode manual a redirect to an ftp: URL fails.
	ManualRefusesScheme bool

	// EmptyLocation is what an empty Location does.
	EmptyLocation EmptyLocation

	// Headers that a redirect strips, such as Authorization or Content-Type, are
	// back at the next redirect that does not strip them itself. Each redirect
	// strips anew: request-body headers if its status would turn the method that
	// script gave into GET, Authorization if it leads to another origin. Of the
	// headers of an XMLHttpRequest, a beacon or a ping only those that script set
	// come back.
	StripOnce bool

	// Policy is how Referrer-Policy is read.
	Policy PolicyHeader

	// The bytes of Location from 0x80 up are percent-encoded as they are.
	LocationBytes bool

	// Tabs and other control characters in Location are percent-encoded.
	LocationControls bool

	// Client hints such as DPR and ECT, set by script, are taken off where a
	// redirect leads to another origin than the page's. The hints are
	// Device-Memory, DPR, Width, Viewport-Width, RTT, Downlink and ECT.
	HintsStayBehind bool

	// A DELETE that is redirected to another origin becomes a GET, whatever the
	// status.
	DeleteBecomesGET bool
}

// A PolicyHeader says how a user agent parses a redirect's Referrer-Policy.
type PolicyHeader uint8

const (
	PolicyHeaderList     PolicyHeader = iota // a list of tokens; a value that is not a token list is ignored
	PolicyHeaderByMember                     // split at commas, each member by itself and in any case
)

// An EmptyLocation says how a redirect with an empty Location is treated.
type EmptyLocation uint8

const (
	EmptyLocationResolves EmptyLocation = iota // it leads to the current URL, as the Standard demands
	EmptyLocationIgnored                       // the response is not a redirect
	EmptyLocationFails                         // it is a network error
)
