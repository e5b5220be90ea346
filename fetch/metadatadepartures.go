package fetch

import "github.com/browsercors/browsercors/origin"

// leavesMetadataOut tells whether the profile sends no metadata at all with this
// request.
func (f *fetching) leavesMetadataOut() bool {
	r := f.request
	return r.mode == webSocketMode && f.agent.profile.WebSocket.NoMetadata ||
		f.agent.profile.Headers.NoMetadataOnRedirect && r.mode == CORS && !r.preflight && r.justCrossed()
}

// tellsMetadata is the condition of step 1 of "append the Fetch metadata headers
// for a request", with the URL that the profile looks at.
//
// https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration
func (f *fetching) tellsMetadata() bool {
	r := f.request
	rules := &f.agent.profile.Headers
	asked := r.askedURL()
	if rules.MetadataByCurrentURL && r.mode != webSocketMode {
		asked = r.currentURL()
	}
	if r.preflight && rules.PreflightMetadataByFirst && !f.agent.trust.URL(r.url()) {
		return false
	}
	return f.agent.trust.URL(asked)
}

// preflightSiteURLs are the URLs that Sec-Fetch-Site of a preflight looks at, or
// crossSite, if the profile does not need to look.
func (f *fetching) preflightSiteURLs() (urls []*origin.URL, crossSite bool) {
	r := f.request
	rules := &f.agent.profile.Headers
	if !rules.PreflightSiteByURL && !rules.PreflightSiteByOrigin {
		return r.urlList, false
	}
	if rules.PreflightSiteByOrigin && r.serializedOrigin(f.agent.suffixes) == "null" {
		return nil, true
	}
	return r.urlList[len(r.urlList)-1:], false
}

// crossSiteHop tells whether the profile takes a URL that a redirected request
// went through for another site on account of its scheme.
func (f *fetching) crossSiteHop(u *origin.URL) bool {
	return f.agent.profile.Headers.InsecureHopsCrossSite && f.request.redirectCount > 0 && u.Scheme() == "http"
}

// metadataSameSite tells whether the request's origin and a URL count as same
// site for Sec-Fetch-Site.
func (f *fetching) metadataSameSite(u *origin.URL) bool {
	from, to := f.metadataOrigin(), u.Origin()
	if f.agent.profile.Headers.TrustedSchemesSameSite && f.agent.trust.Origin(from) && f.agent.trust.URL(u) {
		return origin.SchemelesslySameSite(from, to, f.agent.suffixes)
	}
	return origin.SameSite(from, to, f.agent.suffixes)
}

// metadataOrigin is the origin that asks, for Sec-Fetch-Site.
func (f *fetching) metadataOrigin() origin.Origin {
	if f.request.sheet != nil {
		return *f.request.sheet
	}
	return f.request.origin
}
