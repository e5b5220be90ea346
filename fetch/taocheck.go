package fetch

import "slices"

// taoCheck is the TAO check: whether the response's times may be shown.
//
// https://fetch.spec.whatwg.org/#concept-tao-check
func (f *fetching) taoCheck(resp *response) bool {
	r := f.request
	if r.timingAllowFailed {
		return false // 2
	}
	if values, ok := resp.headers.GetDecodeAndSplit("Timing-Allow-Origin"); ok { // 3
		if slices.Contains(values, "*") || slices.Contains(values, r.serializedOrigin(f.agent.suffixes)) {
			return true // 4, 5
		}
	}
	if r.mode == Navigate && !r.currentURL().Origin().SameOrigin(r.origin) {
		return false // 6
	}
	return r.tainting == TaintingBasic // 7, 8
}
