package fetch

import (
	"slices"

	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/origin"
)

// taoCheck is the TAO check: whether the response's times may be shown.
//
// https://fetch.spec.whatwg.org/#concept-tao-check
func (f *fetching) taoCheck(resp *response) bool {
	r := f.request
	// 1. The request's origin is known since it was populated.
	// 2. A hop before has failed already.
	if r.timingAllowFailed {
		return false
	}
	// 3. Whom the server allows.
	if values, ok := headervalue.GetDecodeAndSplit(resp.headers, "Timing-Allow-Origin"); ok {
		// 4, 5. Everybody, or this origin.
		if slices.Contains(values, "*") || slices.Contains(values, r.serializedOrigin(f.agent.suffixes)) {
			return true
		}
	}
	// 6. A navigation to another origin needs leave.
	if r.mode == navigateMode && !r.currentURL().Origin().SameOrigin(r.origin) {
		return false
	}
	// 7, 8. Within the origin none is needed.
	return r.tainting == taintingBasic
}

// appendNavigationTiming is "append to a request's navigation timing allow
// values list", for a redirect.
//
// https://fetch.spec.whatwg.org/#append-to-a-requests-navigation-timing-allow-values-list
func (r *request) appendNavigationTiming(resp *response) {
	// 1 to 3. Whom the redirect allows: nobody, without the header.
	values, _ := headervalue.GetDecodeAndSplit(resp.headers, "Timing-Allow-Origin")
	// 4. One more on the list.
	r.navigationTiming = append(r.navigationTiming, values)
}

// NavigationTimingAllowed is the navigation TAO check. It reports whether each
// redirect of a navigation allows the origin of the loaded document to learn
// the times of the redirects. Without redirects it is true.
//
// https://fetch.spec.whatwg.org/#navigation-tao-check
func (r *Response) NavigationTimingAllowed(destination origin.Origin) bool {
	// 1. Every redirect has a say.
	for _, values := range r.internal.navigationTiming {
		// 1.1, 1.2. It allows everybody, or this origin.
		if slices.Contains(values, "*") || slices.Contains(values, destination.String()) {
			continue
		}
		// 1.3. One that doesn't is enough: failure.
		return false
	}
	// 2. Success.
	return true
}
