package fetch

import (
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

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
	r := f.request
	rules := &f.agent.profile.Headers
	if r.tainting == TaintingCORS || r.mode == WebSocketMode { // 3
		return r.serializedOrigin(f.agent.suffixes)
	}
	kept := rules.KeptOriginOnRedirect && r.redirectCount > 0
	if kept && r.sentOrigin != "" && !r.justCrossed() {
		return r.sentOrigin
	}
	r.sentOrigin = ""
	if r.method == "GET" || r.method == "HEAD" { // 4
		if len(r.urlList) == 1 {
			r.sendsOriginOfFrame = rules.OriginOfFrames && f.intoTopLevelSite()
		}
		if r.sendsOriginOfFrame || rules.OriginWithStorageAccess && !r.crossedOrigins() && f.couldAskForStorage() {
			return r.serializedOrigin(f.agent.suffixes)
		}
		return ""
	}
	serialized := r.serializedOrigin(f.agent.suffixes)
	if rules.NullOriginAcrossOrigins && r.crossedOrigins() {
		serialized = "null"
	}
	if r.mode != CORS && !rules.OriginIgnoresReferrerPolicy && !kept { // 4.1
		switch f.referrerPolicy(r.origin) {
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
	return serialized // 4.2
}

// justCrossed tells whether the last redirect led to another origin.
func (r *request) justCrossed() bool {
	n := len(r.urlList)
	return n > 1 && !r.urlList[n-1].Origin().SameOrigin(r.urlList[n-2].Origin())
}

// intoTopLevelSite tells whether a frame of another site asks, with credentials
// and without CORS, for something of the top-level page's site.
func (f *fetching) intoTopLevelSite() bool {
	r := f.request
	return r.mode == NoCORS && r.credentials == credentials.Include && r.client != nil &&
		!origin.SameSite(r.origin, r.client.topLevel, f.agent.suffixes) &&
		origin.SameSite(r.url().Origin(), r.client.topLevel, f.agent.suffixes)
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

// couldAskForStorage tells whether the request includes credentials and goes
// from another site, within the top-level page's.
func (f *fetching) couldAskForStorage() bool {
	r := f.request
	to, list := r.currentURL().Origin(), f.agent.suffixes
	return r.credentials == credentials.Include && f.agent.trust.URL(r.currentURL()) &&
		!origin.SchemelesslySameSite(r.origin, to, list) && origin.SchemelesslySameSite(r.client.topLevel, to, list)
}
