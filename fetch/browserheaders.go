package fetch

import (
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

const (
	doNotTrack     = "DNT"
	secPurpose     = "Sec-Purpose"
	privacyControl = "Sec-GPC"
	priority       = "Priority"
)

// appendPreferences appends what the user has asked for, where the browser has such
// a setting.
//
// https://w3c.github.io/gpc/#the-sec-gpc-header-field-for-http-requests
func (f *fetching) appendPreferences(headers *safelist.HeaderList) {
	for _, p := range [...]struct {
		set  bool
		name string
	}{{f.agent.doNotTrack, doNotTrack}, {f.agent.privacyControl, privacyControl}} {
		if p.set && f.headerOrder.sends(p.name) {
			add(headers, p.name, "1")
		}
	}
}

// fromAnotherSite tells whether the current URL is of another site than the page, or
// than the page that frames it.
func (f *fetching) fromAnotherSite(page *Environment) bool {
	return !f.sameSite(page.topLevel) || page.crossSiteAncestor || !f.sameSite(page.origin)
}

// sameSite tells whether the current URL is of an origin's site, as the profile's
// cookies understand it.
func (f *fetching) sameSite(of origin.Origin) bool {
	to, list := f.request.currentURL().Origin(), f.agent.suffixes
	if f.agent.profile.Credentials.Cookies.SameSiteSchemeless {
		return origin.SchemelesslySameSite(of, to, list)
	}
	return origin.SameSite(of, to, list)
}

// appendPriority appends what the browser tells of how soon it needs the response,
// unless script has. http2 collects what goes over HTTP/2 only.
//
// https://www.rfc-editor.org/rfc/rfc9218#section-5
func (f *fetching) appendPriority(headers, http2 *safelist.HeaderList, c conditions) {
	value := valueOf(f.agent.headerCases.priority, c)
	switch {
	case value == "" || f.request.headers.Contains(priority):
	case f.agent.profile.Headers.PriorityOverHTTP2:
		add(http2, priority, value)
	default:
		add(headers, priority, value)
	}
}
