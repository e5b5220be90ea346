package fetch

import (
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/safelist"
)

// An Element is what in a page asks for something that is not script's own
// request. Each has its destination, its mode and its credentials mode by its
// crossorigin attribute.
//
// https://html.spec.whatwg.org/#create-a-potential-cors-request
type Element string

const (
	ElementAudio        Element = "audio"
	ElementFont         Element = "font" // @font-face; has no crossorigin attribute and is always CORS
	ElementImage        Element = "img"
	ElementModuleScript Element = "module"
	ElementScript       Element = "script"
	ElementStyleSheet   Element = "stylesheet"
	ElementTrack        Element = "track" // its crossorigin attribute is the media element's
	ElementVideo        Element = "video"
)

// A CrossOrigin is the state of a crossorigin attribute.
//
// https://html.spec.whatwg.org/#cors-settings-attribute
type CrossOrigin string

const (
	NoCrossOrigin  CrossOrigin = ""          // the attribute is missing
	Anonymous      CrossOrigin = "anonymous" // also any value that is not known
	UseCredentials CrossOrigin = "use-credentials"
)

// ParseCrossOrigin is the state for an attribute's value. The missing
// attribute is [NoCrossOrigin] and has no value.
//
// https://html.spec.whatwg.org/#cors-settings-attribute
func ParseCrossOrigin(value string) CrossOrigin {
	if safelist.ByteLowercase(value) == string(UseCredentials) {
		return UseCredentials
	}
	return Anonymous
}

// Request is what HTML asks for on behalf of the element, for a URL. Whether
// the page may use the response as its own, such as read a canvas that the
// image was drawn on, is [Response.CORSSameOrigin].
//
// https://html.spec.whatwg.org/#create-a-potential-cors-request
// https://html.spec.whatwg.org/#fetch-a-classic-script
// https://html.spec.whatwg.org/#fetch-a-module-script-tree
// https://drafts.csswg.org/css-fonts/#font-fetching-requirements
func (e Element) Request(url string, attribute CrossOrigin) *Request {
	r := &Request{URL: url, API: APIElement, Destination: e.destination()}
	switch e {
	case ElementFont:
		r.Mode, r.Credentials = CORS, credentials.SameOrigin
		return r
	case ElementModuleScript: // CORS settings attribute credentials mode
		r.Mode, r.Credentials = CORS, credentials.SameOrigin
		if attribute == UseCredentials {
			r.Credentials = credentials.Include
		}
		return r
	}
	r.Mode, r.Credentials = CORS, credentials.Include // 1, 3
	if attribute == NoCrossOrigin {
		r.Mode = NoCORS // 1
		if e == ElementTrack {
			r.Mode = SameOrigin // 2: the same-origin fallback flag
		}
	}
	if attribute == Anonymous {
		r.Credentials = credentials.SameOrigin // 4
	}
	return r // 5
}

func (e Element) destination() Destination {
	switch e {
	case ElementAudio:
		return DestinationAudio
	case ElementFont:
		return DestinationFont
	case ElementImage:
		return DestinationImage
	case ElementScript, ElementModuleScript:
		return DestinationScript
	case ElementStyleSheet:
		return DestinationStyle
	case ElementTrack:
		return DestinationTrack
	case ElementVideo:
		return DestinationVideo
	}
	return DestinationEmpty
}

// ElementMode tells whether a mode is one in which an element, a style sheet or
// a worker of a page asks for something of this destination by [APIElement].
// Documents, which navigations ask for, and reports have no such mode.
//
// https://fetch.spec.whatwg.org/#concept-request-destination
func (d Destination) ElementMode(m Mode) bool {
	switch m {
	case NoCORS:
		switch d {
		case DestinationEmpty, // a preload of what fetch() will ask for
			DestinationAudio, DestinationFont, DestinationImage, DestinationScript, DestinationStyle, DestinationTrack, DestinationVideo:
			return true
		}
	case CORS:
		switch d {
		case DestinationEmpty,
			DestinationAudio, DestinationFont, DestinationImage, DestinationScript, DestinationStyle, DestinationTrack, DestinationVideo,
			DestinationAudioWorklet, DestinationJSON, DestinationManifest, DestinationPaintWorklet, DestinationText:
			return true
		}
	case SameOrigin:
		switch d {
		case DestinationServiceWorker, DestinationSharedWorker, DestinationTrack, DestinationWorker, DestinationXSLT:
			return true
		}
	}
	return false
}

// defaultCredentials is the credentials mode where the request gives none.
func (in *Request) defaultCredentials(m Mode) credentials.Mode {
	if in.API == APIElement && (m == NoCORS || in.Destination == DestinationTrack && m == SameOrigin) {
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
		return m == CORS || m == SameOrigin && d != DestinationTrack
	case credentials.Omit:
		return d.scriptLike() && d != DestinationScript
	}
	return false
}

// elementOption names the first option of an element's request that no element
// has, and its value: elements only GET, with headers that the browser alone
// sets. The mode and the credentials mode are those of r, which have their
// defaults.
func (in *Request) elementOption(r *request) (what, value string) {
	switch {
	case r.method != "GET":
		return "method", r.method
	case in.Body != nil:
		return "body", ""
	case !in.Destination.ElementMode(r.mode):
		if !in.Destination.ElementMode(NoCORS) && !in.Destination.ElementMode(CORS) && !in.Destination.ElementMode(SameOrigin) {
			return "destination", string(in.Destination)
		}
		return "mode", string(r.mode)
	case !in.Destination.elementCredentials(r.mode, r.credentials):
		return "credentials", string(r.credentials)
	case r.cache != CacheDefault:
		return "cache", string(r.cache)
	case r.redirect != Follow:
		return "redirect", string(r.redirect)
	case in.Keepalive:
		return "keepalive", "true"
	case in.UploadListener:
		return "uploadListener", "true"
	}
	for _, h := range in.Headers {
		switch {
		case !safelist.EqualFold(h.Name, rangeHeader) || !in.Destination.media():
			return "headers", h.Name
		case !isRangeHeader(h.Value) || len(in.Headers) > 1:
			return rangeHeader, h.Value
		}
	}
	return "", ""
}

const rangeHeader = "Range"

// media tells whether a destination is that of a media element.
func (d Destination) media() bool { return d == DestinationAudio || d == DestinationVideo }

// AddRange adds a range header to the request of an audio or video element, the
// only elements that have one: the element asks for the bytes from first to
// last, or to the end if last is nil. It replaces an earlier range. A range that
// ends before it starts is refused when the request is made.
//
// An element that asks for the whole resource adds none; [HeaderRules.MediaRange]
// says what engines do then.
//
// https://fetch.spec.whatwg.org/#concept-request-add-range-header
// https://html.spec.whatwg.org/#concept-media-load-resource
func (r *Request) AddRange(first uint64, last *uint64) {
	bytes := safelist.Range{Start: first, HasStart: true} // 2, 3
	if last != nil {
		bytes.End, bytes.HasEnd = *last, true // 4
	}
	r.Headers.Set(rangeHeader, bytes.String()) // 5
}

// isRangeHeader tells whether a value is one that "add a range header" makes.
//
// https://fetch.spec.whatwg.org/#concept-request-add-range-header
func isRangeHeader(value string) bool {
	parsed, err := safelist.ParseSingleRange(value, false)
	return err == nil && parsed.HasStart && parsed.String() == value
}

// addMediaRange adds the range header of a media element that asks for the
// whole resource, where the profile has one.
func (f *fetching) addMediaRange() {
	r := f.request
	if f.agent.profile.Headers.MediaRange && r.api == APIElement && r.destination.media() && !r.headers.Contains(rangeHeader) {
		r.headers = append(r.headers, safelist.Header{Name: rangeHeader, Value: "bytes=0-"})
	}
}
