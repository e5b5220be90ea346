package fetch

import (
	"slices"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
)

// A fontPreload is how the preload of a font was asked for that a profile makes a request
// in mode cors without credentials: it stays the preload of such a request.
type fontPreload uint8

const (
	fontPreloadAsAsked  fontPreload = iota
	fontPreloadPlain                // without crossorigin
	fontPreloadIncludes             // with crossorigin="use-credentials"
)

// depart changes the request of an element where the profile departs from the
// Standard's. See [rules.Element].
func (r *request) depart(in *Request) {
	e := &r.client.agent.profile.Element
	switch {
	case r.destination == destinationFont && r.mode == CORS && !r.preload && e.FontWithoutCORS:
		r.mode, r.credentials = NoCORS, credentials.Include
	case r.destination == destinationFont && r.mode == NoCORS && r.preload && e.PreloadFontByCORS:
		r.mode, r.credentials, r.fontPreload = CORS, credentials.SameOrigin, fontPreloadPlain
	case r.destination == destinationFont && r.credentials == credentials.Include && r.preload && e.PreloadFontByCORS:
		r.credentials, r.fontPreload = credentials.SameOrigin, fontPreloadIncludes
	case r.destination == destinationTrack && r.mode == SameOrigin && e.TrackWithoutCORS:
		r.mode = NoCORS
	}
	if r.destination == destinationTrack && e.TrackWithoutReferrer {
		r.referrer = referrer{kind: referrerNone}
	}
	if in.inSheet && r.referrerPolicy == "" && (r.destination == destinationImage && e.StyleDefaultReferrerPolicy || in.referrerURL != nil && e.SheetImportsDefaultPolicy) {
		r.referrerPolicy, r.defaultPolicy = strictOriginWhenCrossOrigin, true
	}
	r.workerImport = in.workerImport
	if in.referrerURL != nil && e.ImportsNamePage && !r.workerImport {
		r.referrer = referrer{kind: referrerClient}
	}
	if in.referrerURL != nil && in.element == "stylesheet" && e.SheetImportsOwnSite {
		own := in.referrerURL.Origin()
		r.sheet = &own
	}
	r.modulePreload, r.imported = in.modulePreload, in.referrerURL != nil
	r.prefetch = in.element == "prefetch"
	r.redirectsInclude = len(e.RedirectsInclude) > 0 && slices.Contains(e.RedirectsInclude, string(in.element))
}

// addsHomeOrigin tells whether the profile gives an Origin to an element's request
// in mode cors that has not left the page's origin.
func (f *fetching) addsHomeOrigin() bool {
	r := f.request
	if r.api != apiElement || r.mode != CORS {
		return false
	}
	switch f.agent.profile.Element.HomeOrigin {
	case rules.HomeOriginNotWorker:
		return !r.workerImport
	case rules.HomeOriginNotMedia:
		return !r.destination.media()
	}
	return false
}
