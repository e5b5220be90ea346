package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// prohibitsMixed tells whether a page of an origin, or a page that is framed in
// one, prohibits mixed security contexts.
//
// https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object
func (a *Agent) prohibitsMixed(o origin.Origin) bool {
	// 1, 2. A trustworthy page does, and what it frames: both are asked here.
	// 3. No other does.
	return a.trust.Origin(o) && (!a.profile.Policy.MixedContentOnHTTPSOnly || o.Scheme() == "https")
}

// upgradeMixedContent is "upgrade a mixed content request to a potentially
// trustworthy URL, if appropriate": images, sounds and videos that a secure
// page embeds from http: are asked for over https:.
//
// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
func (f *fetching) upgradeMixedContent() {
	r := f.request
	// 1.4. Nothing but images, sounds and videos.
	if !r.destination.upgradeable() {
		return
	}
	// 1.1 to 1.3. Not what is trustworthy already, not by an IP address, and only for a page
	// that demands it. No request here is one of an image set (1.5).
	// 2. What is at http: is asked for over https:.
	u, rules := r.currentURL(), (*mixedRules)(&f.agent.profile.MixedContent)
	redirected := r.redirectCount > 0 && r.tainting != taintingCORS // what has been cross-origin by CORS is looked at before
	// Local Network Access: nor what is in the local network.
	if f.mixedAsLocal() || f.agent.trust.URL(u) && !rules.loopbackUpgraded(redirected) || rules.addressStays(u, redirected) || !r.client.prohibitsMixed || u.Scheme() != "http" {
		return
	}
	f.losesReferrer()
	f.dropsMediaReferrer()
	f.upgrade(upgradedAsMixed, rules.UpgradeRedirects)
	if r.redirectCount > 0 && rules.RedirectThroughInsecure {
		r.insecureHop = u
	}
}

// mixedRules are [rules.MixedContent] with what follows from them.
type mixedRules rules.MixedContent

// addressStays tells whether a URL's host is an IP address, whose mixed content is not
// upgraded.
func (own *mixedRules) addressStays(u *origin.URL, redirected bool) bool {
	switch own.Addresses {
	case rules.UpgradedAddressesAll:
		return false
	case rules.UpgradedAddressesRedirected:
		return u.HostIsIP() && !redirected
	case rules.UpgradedAddressesIPv6:
		return u.HostIsIP() && !strings.HasPrefix(u.Host(), "[")
	}
	return u.HostIsIP()
}

// loopbackUpgraded tells whether mixed content of loopback is upgraded.
func (own *mixedRules) loopbackUpgraded(redirected bool) bool {
	return redirected && own.Loopback == rules.LoopbackUpgradedRedirected
}

// upgradeable tells whether mixed content of a destination is upgraded.
//
// https://w3c.github.io/webappsec-mixed-content/#category-upgradeable
func (d Destination) upgradeable() bool {
	return d == destinationImage || d == destinationAudio || d == destinationVideo
}

// blockedAsMixedContent is "should fetching request be blocked as mixed
// content?", asked of HTTP(S) URLs: no other leads to a network.
//
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
func (f *fetching) blockedAsMixedContent() *Error {
	r := f.request
	u := r.currentURL()
	switch {
	// 1.1, 1.3, 1.4. Allowed, where the page or the user doesn't mind; and for top-level documents.
	case !u.IsHTTP(), !r.client.prohibitsMixed, f.agent.allowMixed, r.destination == destinationDocument:
		return nil
	// Local Network Access: allowed, if the server is in the local network.
	case f.mixedAsLocal():
		return nil
	// 1.2. Allowed, if the URL is trustworthy.
	case f.agent.trust.URL(u) && (u.Scheme() == "https" || !f.agent.profile.Policy.LoopbackIsMixed || r.destination.upgradeable() && r.redirectCount == 0):
		return nil
	case f.agent.profile.MixedContent.TrackWithCORS && r.destination == destinationTrack && r.mode == CORS:
		return nil
	}
	// 2. Blocked.
	return f.fail(MixedContent, "scheme", u.Scheme())
}
