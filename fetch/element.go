package fetch

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/byterange"
	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/rules"
)

// An Element is what in a page loads a resource by itself: an element, a style
// sheet, a worker, or an API that is not fetch() or XMLHttpRequest. It decides on
// the destination, the mode and, with the crossorigin attribute, the credentials
// mode of the request:
//
//	"audio", "video"
//	"beacon"        navigator.sendBeacon(): POST with credentials, and with the Body of the request
//	"eventsource"   new EventSource(); the attribute stands for withCredentials
//	"font"          @font-face: it has no crossorigin attribute and always uses CORS
//	"img"
//	"manifest"      <link rel="manifest">: it always uses CORS
//	"module"        <script type="module">
//	"ping"          <a ping>: the header Ping-To, with the hyperlink's URL, may be set
//	"preload/font"  <link rel="preload" as="font">; likewise fetch, image, script, style and track
//	"report"        a report of the Reporting API: POST by CORS, with the Body of the request
//	"script"
//	"sharedworker"  new SharedWorker(): only of the page's origin; "sharedworker/module"
//	"stylesheet"    <link rel="stylesheet">
//	"track"         it uses the crossorigin attribute of the media element
//	"worker"        new Worker(): only of the page's origin; "worker/module"
//
// A request of another element is refused with the reason "element-option".
//
// https://html.spec.whatwg.org/#create-a-potential-cors-request
type Element string

// A CrossOrigin is the state of a crossorigin attribute: "anonymous",
// "use-credentials", or the zero value if the attribute is missing.
// [ParseCrossOrigin] makes it of an attribute's value.
//
// https://html.spec.whatwg.org/#cors-settings-attribute
type CrossOrigin string

const (
	noCrossOrigin             CrossOrigin = ""
	crossOriginAnonymous      CrossOrigin = "anonymous"
	crossOriginUseCredentials CrossOrigin = "use-credentials"
)

// ParseCrossOrigin returns the state of a crossorigin attribute that is present
// and has this value. If the attribute is missing, the state is
// the zero value.
//
// https://html.spec.whatwg.org/#cors-settings-attribute
func ParseCrossOrigin(value string) CrossOrigin {
	if fold.Lower(value) == string(crossOriginUseCredentials) {
		return crossOriginUseCredentials
	}
	return crossOriginAnonymous
}

// Request returns the request that HTML makes for the element. To learn whether
// the page may use the response as its own, such as read a canvas on which the
// image was drawn, see [Response.CORSSameOrigin]; to learn whether the element
// takes it, see [Element.Receive].
//
// https://html.spec.whatwg.org/#create-a-potential-cors-request
// https://html.spec.whatwg.org/#fetch-a-classic-script
// https://html.spec.whatwg.org/#fetch-a-module-script-tree
// https://html.spec.whatwg.org/#the-eventsource-interface
// https://drafts.csswg.org/css-fonts/#font-fetching-requirements
// https://w3c.github.io/beacon/#sendbeacon-method
func (e Element) Request(url string, attribute CrossOrigin) *Request {
	k, ok := element.Of(string(e))
	if !ok { // which is refused, unless it is a destination that elements have
		k = element.Kind{API: string(apiElement), Destination: string(e), Mode: string(NoCORS), Credentials: string(credentials.Include)}
	}
	r := &Request{URL: url, API: API(k.API), Destination: Destination(k.Destination)}
	// Create a potential-CORS request, 1, 2. Without a crossorigin attribute the mode is
	// no-cors, or same-origin for a track: the same-origin fallback flag.
	// 3. Credentials are included.
	r.Mode, r.Credentials = Mode(k.Mode), credentials.Mode(k.Credentials)
	// 1. With the attribute the mode is cors.
	if attribute != noCrossOrigin && !k.Fixed {
		r.Mode = CORS
	}
	// 4. An anonymous request includes credentials within its origin only.
	switch {
	case k.NoAttribute:
	case attribute == crossOriginAnonymous:
		r.Credentials = credentials.SameOrigin
	case attribute == crossOriginUseCredentials:
		r.Credentials = credentials.Include
	}
	r.preload, r.module, r.inSheet = strings.HasPrefix(string(e), "preload/"), k.Module, k.InSheet
	r.element, r.modulePreload = e, e == "modulepreload"
	// 5. That is the request. What is not an element adds what its constructor or method says.
	switch r.API {
	case apiEventSource:
		r.Headers, r.Cache = HeaderList{{Name: "Accept", Value: string(element.EventStream)}}, cacheNoStore
	case apiBeacon, apiReport:
		r.Method, r.Keepalive = "POST", true
	case apiPing:
		r.Method, r.Keepalive, r.NoReferrer = "POST", true, true
		r.Body = BytesBody([]byte("PING"), "text/ping")
	}
	return r
}

// ElementMode reports whether an element, a style sheet or a worker can request
// this destination in this mode. Documents, which navigations load, and reports
// have no such mode.
//
// https://fetch.spec.whatwg.org/#concept-request-destination
func (d Destination) ElementMode(m Mode) bool {
	switch m {
	case NoCORS:
		switch d {
		case destinationEmpty, // a preload of what fetch() will ask for
			destinationAudio, destinationFont, destinationImage, destinationScript, destinationStyle, destinationTrack, destinationVideo:
			return true
		}
	case CORS:
		switch d {
		case destinationEmpty,
			destinationAudio, destinationFont, destinationImage, destinationScript, destinationStyle, destinationTrack, destinationVideo,
			destinationAudioWorklet, destinationJSON, destinationManifest, destinationPaintWorklet, destinationText,
			destinationSharedWorker, destinationWorker: // what the modules of a worker import
			return true
		}
	case SameOrigin:
		switch d {
		case destinationServiceWorker, destinationSharedWorker, destinationTrack, destinationWorker, destinationXSLT:
			return true
		}
	}
	return false
}

// defaultCredentials is the credentials mode where the request gives none.
func (in *Request) defaultCredentials(m Mode) credentials.Mode {
	if in.API == apiElement && (m == NoCORS || in.Destination == destinationTrack && m == SameOrigin) {
		return credentials.Include
	}
	return credentials.SameOrigin
}

// elementCredentials tells whether an element, a style sheet or a worker can
// have a credentials mode, in a mode that its destination has. Only modules
// can be loaded without credentials, by an option of the worker or the worklet.
func (d Destination) elementCredentials(m Mode, c credentials.Mode) bool {
	switch c {
	case credentials.Include:
		return true
	case credentials.SameOrigin:
		return m == CORS || m == SameOrigin && d != destinationTrack || m == NoCORS && d == destinationScript // importScripts()
	case credentials.Omit:
		return d.scriptLike() && d != destinationScript
	}
	return false
}

// elementOption is the first option of an element's request that no element has:
// elements only GET, with headers that the browser alone sets. The mode and the
// credentials mode are those of r, which have their defaults.
func (in *Request) elementOption(r *request) wrongOption {
	d := in.Destination
	switch {
	case r.method != "GET":
		return wrong("method", r.method, "GET")
	case in.Body != nil:
		return wrong("body", "")
	case !d.ElementMode(r.mode):
		known := slices.DeleteFunc(slices.Clone(modes[:]), func(m Mode) bool { return !d.ElementMode(m) })
		if len(known) > 0 {
			return wrong("mode", r.mode, known...)
		}
		return wrong("destination", d, slices.DeleteFunc(slices.Clone(destinations[:]), func(d Destination) bool { return !d.ofElement() })...)
	case !d.elementCredentials(r.mode, r.credentials):
		all := []credentials.Mode{credentials.Include, credentials.SameOrigin, credentials.Omit}
		return wrong("credentials", r.credentials, slices.DeleteFunc(all, func(c credentials.Mode) bool { return !d.elementCredentials(r.mode, c) })...)
	case r.cache != cacheDefault:
		return wrong("cache", r.cache, cacheDefault)
	case r.redirect != redirectFollow:
		return wrong("redirect", r.redirect, redirectFollow)
	case in.Keepalive:
		return wrong("keepalive", "true", "false")
	case in.UploadListener:
		return wrong("uploadListener", "true", "false")
	}
	for _, h := range in.Headers {
		switch {
		case !fold.Equal(h.Name, rangeHeader) || !d.media():
			return wrong("headers", h.Name)
		case !isRangeHeader(h.Value) || len(in.Headers) > 1:
			return wrong(rangeHeader, h.Value)
		}
	}
	return wrongOption{}
}

// ofElement tells whether elements have requests of this destination.
func (d Destination) ofElement() bool {
	return d.ElementMode(NoCORS) || d.ElementMode(CORS) || d.ElementMode(SameOrigin)
}

const rangeHeader = "Range"

// media tells whether a destination is that of a media element.
func (d Destination) media() bool { return d == destinationAudio || d == destinationVideo }

// AddRange adds a Range header to the request of an audio or video element: the
// bytes from first to last, or to the end if last is nil. It replaces an
// earlier range. Other elements have no ranges. A range that ends before it
// starts is refused when the request is made.
//
// An element that asks for the whole resource does not add a range; some
// browsers then send "bytes=0-".
//
// https://fetch.spec.whatwg.org/#concept-request-add-range-header
// https://html.spec.whatwg.org/#concept-media-load-resource
func (r *Request) AddRange(first uint64, last *uint64) {
	// 1. A range that ends before it starts is refused later.
	// 2 to 4. It begins with the first byte.
	bytes := byterange.Range{Start: first, HasStart: true}
	// 5. It ends with the last, if there is one.
	if last != nil {
		bytes.End, bytes.HasEnd = *last, true
	}
	// 6. That is the header.
	r.Headers.Set(rangeHeader, bytes.String())
}

// isRangeHeader tells whether a value is one that "add a range header" makes.
//
// https://fetch.spec.whatwg.org/#concept-request-add-range-header
func isRangeHeader(value string) bool {
	parsed, ok := byterange.Parse(rules.RangeStandard, value, false)
	return ok && parsed.HasStart && parsed.String() == value
}

// addMediaRange adds the range header of a media element that asks for the
// whole resource, where the profile has one.
func (f *fetching) addMediaRange() {
	r := f.request
	if f.agent.profile.Headers.MediaRange && r.api == apiElement && r.destination.media() && !r.headers.Contains(rangeHeader) {
		r.addHeader(rangeHeader, "bytes=0-")
	}
}
