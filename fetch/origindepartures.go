package fetch

import (
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

// keepsSentOrigin tells whether the profile sends the Origin of the hop before
// again after a redirect.
func (f *fetching) keepsSentOrigin() bool {
	return f.agent.profile.Headers.KeptOriginOnRedirect && f.request.redirectCount > 0
}

// addsOrigin tells whether the profile gives an Origin to a GET or HEAD outside
// of mode cors.
func (f *fetching) addsOrigin() bool {
	r := f.request
	rules := &f.agent.profile.Headers
	if r.redirectCount == 0 {
		r.sendsOriginOfFrame = rules.OriginOfFrames && f.intoTopLevelSite()
	}
	return r.sendsOriginOfFrame || rules.OriginWithStorageAccess && !r.crossedOrigins() && f.couldAskForStorage() || f.addsOriginForStorageAccess()
}

// justCrossed tells whether the last redirect led to another origin.
func (r *request) justCrossed() bool {
	n := len(r.urlList)
	if n > 1 && r.leftSilently(n-2) {
		n--
	}
	return n > 1 && !r.urlList[n-1].Origin().SameOrigin(r.urlList[n-2].Origin())
}

// intoTopLevelSite tells whether a frame of another site asks, with credentials
// and without CORS, for something of the top-level page's site.
func (f *fetching) intoTopLevelSite() bool {
	r := f.request
	return (r.mode == NoCORS || r.parent != nil) && r.credentials == credentials.Include && r.client != nil &&
		!origin.SameSite(r.origin, r.client.topLevel, f.agent.suffixes) &&
		origin.SameSite(r.url().Origin(), r.client.topLevel, f.agent.suffixes)
}

// crossedOrigins tells whether a redirect led from one origin to another.
func (r *request) crossedOrigins() bool {
	for i := 1; i < len(r.urlList); i++ {
		if !r.urlList[i].Origin().SameOrigin(r.urlList[i-1].Origin()) && !r.leftSilently(i-1) {
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

// namesPageOrigin tells whether the profile sends the origin of a sandboxed page's URL
// with its beacons.
func (f *fetching) namesPageOrigin() bool {
	r := f.request
	return f.agent.profile.Beacon.SandboxedOrigin && r.api == apiBeacon && r.mode == NoCORS && r.redirectCount == 0 && r.origin.IsOpaque()
}
