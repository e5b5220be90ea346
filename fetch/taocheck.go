package fetch

import (
	"slices"

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
	if values, ok := resp.headers.GetDecodeAndSplit("Timing-Allow-Origin"); ok {
		// 4, 5. Everybody, or this origin.
		if slices.Contains(values, "*") || slices.Contains(values, r.serializedOrigin(f.agent.suffixes)) {
			return true
		}
	}
	// 6. A navigation to another origin needs leave.
	if r.mode == Navigate && !r.currentURL().Origin().SameOrigin(r.origin) {
		return false
	}
	// 7, 8. Within the origin none is needed.
	return r.tainting == TaintingBasic
}

// appendNavigationTiming is "append to a request's navigation timing allow
// values list", for a redirect.
//
// https://fetch.spec.whatwg.org/#append-to-a-requests-navigation-timing-allow-values-list
func (r *request) appendNavigationTiming(resp *response) {
	values, _ := resp.headers.GetDecodeAndSplit("Timing-Allow-Origin") // 2, 3
	r.navigationTiming = append(r.navigationTiming, values)            // 4
}

// NavigationTimingAllowed is the navigation TAO check: whether each redirect on a
// navigation's way to the response allows an origin, that of the document which
// it became, to learn of the redirects' times. Without redirects it passes.
//
// https://fetch.spec.whatwg.org/#navigation-tao-check
func (r *Response) NavigationTimingAllowed(destination origin.Origin) bool {
	for _, values := range r.internal.navigationTiming { // 1
		if !slices.Contains(values, "*") && !slices.Contains(values, destination.String()) { // 1.1, 1.2
			return false // 1.3
		}
	}
	return true // 2
}
