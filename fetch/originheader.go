package fetch

import "github.com/browsercors/browsercors/safelist"

// appendOrigin is "append a request Origin header".
//
// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func (f *fetching) appendOrigin(headers *safelist.HeaderList) {
	if value := f.originHeader(); value != "" {
		add(headers, "Origin", value)
		f.request.sentOrigin = value
	}
}

// originHeader is the value of the Origin header, empty for none.
//
// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func (f *fetching) originHeader() string {
	// 1. The request's origin is known since it was populated.
	r := f.request
	if r.destination == destinationReport && f.agent.profile.CSP.ReportNullOrigin {
		return "null"
	}
	// 3. In mode cors and for WebSockets the server always learns the origin.
	if r.mode == webSocketMode && f.agent.profile.WebSocket.FollowsRedirects { // with the headers that it has
		return r.origin.String()
	}
	if r.tainting == taintingCORS || r.mode == webSocketMode {
		return r.serializedOrigin(f.agent.suffixes)
	}
	kept := f.keepsSentOrigin()
	if kept && r.sentOrigin != "" && !r.justCrossed() {
		return r.sentOrigin
	}
	r.sentOrigin = ""
	// 4. Otherwise only with a method that could change something.
	if r.method == "GET" || r.method == "HEAD" {
		if f.addsOrigin() || f.addsHomeOrigin() {
			return r.serializedOrigin(f.agent.suffixes)
		}
		return ""
	}
	// 2. How the origin is written, which is "null" after a detour.
	serialized := r.serializedOrigin(f.agent.suffixes)
	if f.agent.profile.Headers.NullOriginAcrossOrigins && r.crossedOrigins() {
		serialized = "null"
	}
	if f.namesPageOrigin() {
		serialized = r.client.url.Origin().String()
	}
	// 4.1. Outside mode cors the referrer policy has a say.
	if r.mode != CORS && !f.agent.profile.Headers.OriginIgnoresReferrerPolicy && !kept && f.policyHidesOrigin() {
		serialized = "null"
	}
	// 4.2. That is the header's value.
	return serialized
}

// policyHidesOrigin is step 4.1 of "append a request Origin header": whether the
// referrer policy keeps the origin from the server.
//
// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func (f *fetching) policyHidesOrigin() bool {
	r := f.request
	to := r.currentURL()
	if n := len(r.urlList); n > 1 && r.leftSilently(n-2) {
		to = r.urlList[n-2]
	}
	switch f.referrerPolicy(r.origin) {
	// No server may know.
	case noReferrerPolicy:
		return true
	// An https: page is not told of over anything less.
	case noReferrerWhenDowngrade, strictOrigin, strictOriginWhenCrossOrigin:
		return !r.origin.IsOpaque() && r.origin.Scheme() == "https" && to.Scheme() != "https"
	// Only the page's own origin may know.
	case sameOriginReferrer:
		return !r.origin.SameOrigin(to.Origin())
	}
	// Under the others everybody may.
	return false
}
