package fetch

import (
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// namesSandboxedPage tells whether the profile names a page of an opaque origin
// as the referrer all the same.
func (f *fetching) namesSandboxedPage() bool {
	switch f.request.api {
	case apiXHR:
		return f.agent.profile.Headers.SandboxedReferrer
	case apiElement:
		switch f.agent.profile.Element.SandboxedReferrer {
		case rules.SandboxedElementsAll:
			return true
		case rules.SandboxedElementsOnly:
			return !f.request.inSheet
		}
	}
	return f.sandboxedReferrer() != rules.SandboxedReferrerNone
}

// opaqueToAll tells whether the referrer counts as one of another origin than any, by
// the profile.
func (f *fetching) opaqueToAll() bool {
	r := f.request
	if !r.origin.IsOpaque() {
		return false
	}
	return f.sandboxedReferrer() == rules.SandboxedReferrerOpaque || r.api == apiElement && r.sheet == nil && f.agent.profile.Element.SandboxedCrossOrigin
}

// sandboxedReferrer is what the profile has as the referrer of a sandboxed page's
// request.
func (f *fetching) sandboxedReferrer() rules.SandboxedReferrer {
	switch f.request.api {
	case apiBeacon:
		return f.agent.profile.Beacon.SandboxedReferrer
	case apiEventSource:
		return f.agent.profile.EventSource.SandboxedReferrer
	}
	return rules.SandboxedReferrerNone
}

// hidesReferrer tells whether the profile sends no referrer of this URL's scheme.
func (f *fetching) hidesReferrer(u *origin.URL) bool {
	return f.agent.profile.Headers.ReferrerOfWeb && !u.IsHTTP()
}

// isDowngrade tells whether a request leads from a trustworthy page to a URL that
// isn't: the condition of the strict policies, and of no-referrer-when-downgrade.
//
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
func (f *fetching) isDowngrade(from, to *origin.URL) bool {
	if f.agent.profile.Headers.DowngradeByScheme {
		return from.Scheme() == "https" && to.Scheme() != "https"
	}
	return f.agent.trust.URL(from) && !f.agent.trust.URL(to)
}

// referrerPolicy is the request's referrer policy as it is applied to a referrer
// of an origin.
func (f *fetching) referrerPolicy(from origin.Origin) ReferrerPolicy {
	r := f.request
	if f.agent.profile.Headers.StrictAcrossSites {
		switch r.referrerPolicy {
		case noReferrerWhenDowngrade, originWhenCrossOrigin, unsafeURL:
			if f.opaqueToAll() || !origin.SchemelesslySameSite(from, r.currentURL().Origin(), f.agent.suffixes) {
				r.lastRedirect.strictReferrer = true
				return strictOriginWhenCrossOrigin
			}
		}
	}
	return r.referrerPolicy
}

// sentReferrer is the value of the Referer header, for a referrer that is a URL.
func (f *fetching) sentReferrer() string {
	r := f.request
	if f.agent.profile.Headers.TrimReferrerWhenSent && r.referrer.origin == "" &&
		!origin.SchemelesslySameSite(r.referrer.url.Origin(), r.currentURL().Origin(), f.agent.suffixes) {
		return r.referrer.url.Origin().String() + "/"
	}
	return r.referrer.value()
}
