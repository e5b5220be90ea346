package fetch

import "github.com/browsercors/browsercors/origin"

// prohibitsMixed tells whether a page of an origin, or a page that is framed in
// one, prohibits mixed security contexts.
//
// https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object
func (a *Agent) prohibitsMixed(o origin.Origin) bool {
	return a.trust.Origin(o) && (!a.profile.Policy.MixedContentOnHTTPSOnly || o.Scheme() == "https")
}

// upgradeMixedContent is "upgrade a mixed content request to a potentially
// trustworthy URL, if appropriate": images, sounds and videos that a secure
// page embeds from http: are asked for over https:.
//
// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
func (f *fetching) upgradeMixedContent() {
	r := f.request
	switch r.destination {
	case DestinationImage, DestinationAudio, DestinationVideo:
	default:
		return
	}
	u := r.currentURL()
	if f.agent.trust.URL(u) || u.HostIsIP() || !r.client.prohibitsMixed || u.Scheme() != "http" {
		return
	}
	r.urlList[len(r.urlList)-1] = u.SetScheme("https")
}

// blockedAsMixedContent is "should fetching request be blocked as mixed
// content?", asked of HTTP(S) URLs: no other leads to a network.
//
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
func (f *fetching) blockedAsMixedContent() *Error {
	r := f.request
	u := r.currentURL()
	switch {
	case !u.IsHTTP(), !r.client.prohibitsMixed, f.agent.allowMixed, r.destination == DestinationDocument:
		return nil
	case f.agent.trust.URL(u) && (u.Scheme() == "https" || !f.agent.profile.Policy.LoopbackIsMixed):
		return nil
	}
	return f.fail(MixedContent, "scheme", u.Scheme())
}
