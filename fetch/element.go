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
