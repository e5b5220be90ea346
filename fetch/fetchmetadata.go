package fetch

import (
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// appendMetadata is "append the Fetch metadata headers for a request". It
// looks at the request's URL, which is the first of its URL list and not the
// current one.
//
// https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration
func (f *fetching) appendMetadata(headers *safelist.HeaderList) {
	r := f.request
	rules := &f.agent.profile.Headers
	destination := orDefault(r.destination, "empty")
	if r.mode == WebSocketMode {
		ws := &f.agent.profile.WebSocket
		if ws.NoMetadata {
			return
		}
		destination = orDefault(ws.Destination, destination)
	}
	if rules.NoMetadataOnRedirect && r.mode == CORS && !r.preflight && r.justCrossed() {
		return
	}
	asked := r.url()
	if rules.MetadataByCurrentURL {
		asked = r.currentURL()
	}
	first := !r.preflight || !rules.PreflightMetadataByFirst || f.agent.trust.URL(r.url())
	if !first || !f.agent.trust.URL(asked) { // 1
		if r.preflight && rules.PreflightModeAlways {
			add(headers, "Sec-Fetch-Mode", string(r.mode))
		}
		return
	}
	add(headers, "Sec-Fetch-Dest", string(destination))                        // 2
	add(headers, "Sec-Fetch-Mode", string(r.mode))                             // 3
	add(headers, "Sec-Fetch-Site", f.metadataSite())                           // 4
	if r.destination.navigation() && r.userActivation && !rules.NoUserHeader { // 5
		add(headers, "Sec-Fetch-User", "?1")
	}
}

// metadataSite is the value of Sec-Fetch-Site.
//
// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site
func (f *fetching) metadataSite() string {
	r := f.request
	if r.userInitiated {
		return "none" // 4
	}
	site := "same-origin" // 3
	urls := r.urlList
	if rules := &f.agent.profile.Headers; r.preflight && (rules.PreflightSiteByURL || rules.PreflightSiteByOrigin) {
		if rules.PreflightSiteByOrigin && r.serializedOrigin(f.agent.suffixes) == "null" {
			return "cross-site"
		}
		urls = urls[len(urls)-1:]
	}
	for _, u := range urls { // 5
		if u.Origin().SameOrigin(r.origin) {
			continue
		}
		if f.agent.profile.Headers.InsecureHopsCrossSite && r.redirectCount > 0 && u.Scheme() == "http" {
			return "cross-site"
		}
		if !f.metadataSameSite(u) {
			return "cross-site"
		}
		site = "same-site"
	}
	return site
}

// metadataSameSite tells whether the request's origin and a URL count as same
// site for Sec-Fetch-Site.
func (f *fetching) metadataSameSite(u *origin.URL) bool {
	from, to := f.request.origin, u.Origin()
	if f.agent.profile.Headers.TrustedSchemesSameSite && f.agent.trust.Origin(from) && f.agent.trust.URL(u) {
		return origin.SchemelesslySameSite(from, to, f.agent.suffixes)
	}
	return origin.SameSite(from, to, f.agent.suffixes)
}
