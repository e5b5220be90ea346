package fetch

import "github.com/browsercors/browsercors/safelist"

// appendOrigin is "append a request Origin header".
//
// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func (f *fetching) appendOrigin(headers *safelist.HeaderList) {
	r := f.request
	if r.tainting == TaintingCORS { // 3
		add(headers, "Origin", f.requestOrigin())
		return
	}
	if r.method == "GET" || r.method == "HEAD" { // 4
		return
	}
	serialized := r.serializedOrigin(f.agent.suffixes)
	if f.agent.profile.Headers.NullOriginAcrossOrigins && r.crossedOrigins() {
		serialized = "null"
	}
	if r.mode != CORS && !f.agent.profile.Headers.OriginIgnoresReferrerPolicy { // 4.1
		switch r.referrerPolicy {
		case NoReferrerPolicy:
			serialized = "null"
		case NoReferrerWhenDowngrade, StrictOrigin, StrictOriginWhenCrossOrigin:
			if !r.origin.IsOpaque() && r.origin.Scheme() == "https" && r.currentURL().Scheme() != "https" {
				serialized = "null"
			}
		case SameOriginReferrer:
			if !r.origin.SameOrigin(r.currentURL().Origin()) {
				serialized = "null"
			}
		}
	}
	add(headers, "Origin", serialized) // 4.2
}

// crossedOrigins tells whether a redirect led from one origin to another.
func (r *request) crossedOrigins() bool {
	for i := 1; i < len(r.urlList); i++ {
		if !r.urlList[i].Origin().SameOrigin(r.urlList[i-1].Origin()) {
			return true
		}
	}
	return false
}

// requestOrigin is the serialized origin of a CORS request, which some engines
// do not taint on preflights.
func (f *fetching) requestOrigin() string {
	r := f.request
	if r.preflight && f.agent.profile.Preflight.UntaintedOrigin {
		return r.origin.String()
	}
	return r.serializedOrigin(f.agent.suffixes)
}
