package fetch

import (
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
)

// mainFetch is main fetch. Recursive, it ends before the response is filtered.
// There is no local-URLs-only flag (3), no second goroutine (11) and no preloaded
// response (12).
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) mainFetch(recursive bool) (*response, *Error) {
	// 1, 2. The request is the fetching's, and there is no response yet.
	r := f.request
	// 4 to 7. What the page's policies make of the request.
	if !f.redirectedBelow() {
		if refusal := f.upgradeOrBlock(); refusal != nil {
			return nil, refusal
		}
	}
	f.leaveHSTSHost()
	// 8. The page's referrer policy holds where the request has none.
	if r.referrerPolicy == "" {
		r.referrerPolicy = r.client.referrerPolicy
	}
	if r.redirectCount == 0 {
		r.original.referrer = r.referrer
	}
	// 9. Work out what the server learns of the page's URL.
	if r.referrer.kind != referrerNone {
		r.referrer = f.determineReferrer()
	}
	if r.redirectCount == 0 {
		r.original.sentReferrer = r.referrer
	}
	// 10. An HSTS host is asked over https: only.
	f.upgradeHSTSHost()
	// 12. Fetch it, in the way that mode, origin and scheme ask for.
	resp, refusal := f.dispatch()
	// 13. Within a redirect the rest is done once, for the last response.
	if refusal != nil || recursive {
		return resp, refusal
	}
	// 14 to 23. Filter the response, and block what must not be seen.
	if refusal := f.finish(resp); refusal != nil {
		resp.discard()
		return nil, refusal
	}
	// 24. Hand it over.
	return resp, nil
}

// upgradeOrBlock is steps 4 to 7 of main fetch.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) upgradeOrBlock() *Error {
	// 4. Report what policies that are not enforced forbid.
	f.reportCSP()
	if refusal := f.askPolicies(rules.PolicyBeforeUpgrades); refusal != nil {
		return refusal
	}
	// 5. A page may want all that it embeds over https:.
	f.upgradeInsecureRequest()
	// 6. A secure page's images, sounds and videos are asked for over https.
	f.upgradeMixedContent()
	if refusal := f.askPolicies(rules.PolicyAfterUpgrades); refusal != nil {
		return refusal
	}
	// 7. Bad ports, mixed content and what a policy forbids are not fetched.
	if f.blocksAfterPreflight() {
		return nil
	}
	return f.blocked()
}

// blocked is step 7 of main fetch, and what a profile found before it.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) blocked() *Error {
	if f.request.lateRefusal != nil {
		return f.request.lateRefusal
	}
	if refusal := f.blockedForUserinfo(); refusal != nil {
		return refusal
	}
	if refusal := f.blockedDueToBadPort(); refusal != nil {
		return refusal
	}
	if refusal := f.blockedAsMixedContent(); refusal != nil {
		return refusal
	}
	if refusal := f.askPolicies(rules.PolicyLast); refusal != nil {
		return refusal
	}
	if refusal := f.blockedByAllowlists(); refusal != nil {
		return refusal
	}
	if refusal := f.blockedByIntegrityPolicy(); refusal != nil {
		return refusal
	}
	return f.blockedAsMarkup()
}

// dispatch is step 12 of main fetch: which tainting, and which way.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) dispatch() (*response, *Error) {
	r := f.request
	u := r.currentURL()
	switch {
	case u.Scheme() == "data" && r.mode == NoCORS && r.redirect != redirectFollow && f.agent.profile.Policy.NoCORSFollowsOnly:
		return nil, f.fail(RedirectModeNotFollow, "redirect", string(r.redirect))
	// Same-origin all the way, data: URLs, navigations and WebSockets: everything may be seen.
	case r.currentOrigin().SameOrigin(r.origin) && r.tainting == taintingBasic, u.Scheme() == "data", r.mode == navigateMode, r.mode == webSocketMode:
		r.tainting = taintingBasic
		return f.overrideFetch(kindScheme, false)
	// Mode same-origin stays within its origin.
	case r.mode == SameOrigin:
		return nil, f.fail(DisallowedByMode, "mode", string(r.mode))
	// Mode no-cors reaches every origin, and nothing of the response is seen.
	case r.mode == NoCORS:
		// A report has mode error, so that it is not redirected, and is sent all the same.
		if r.redirect != redirectFollow && r.destination != destinationReport {
			return nil, f.fail(RedirectModeNotFollow, "redirect", string(r.redirect))
		}
		r.tainting = taintingOpaque
		return f.overrideFetch(kindScheme, false)
	// CORS is a protocol of HTTP.
	case !u.IsHTTP():
		return nil, f.fail(CORSDisabledScheme, "scheme", u.Scheme())
	}
	// By CORS: with a preflight if the request isn't one that a form could make.
	r.tainting = taintingCORS
	f.takeUserinfo()
	preflight := f.needsPreflight()
	resp, refusal := f.overrideFetch(kindHTTP, preflight)
	// With a preflight, a failure makes the cached permissions void.
	if refusal != nil && f.clearsEntries(refusal, preflight) {
		f.clearEntries(refusal)
	}
	return resp, refusal
}

// needsPreflight is the condition of the last but one case of step 12 of main
// fetch: the use-CORS-preflight flag, or script's own request whose method or
// headers are not safelisted.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) needsPreflight() bool {
	r := f.request
	headers := f.judgedHeaders()
	preflight := r.usePreflight || r.unsafeRequest && f.rules().NeedsPreflight(r.method, headers, false) ||
		r.stickyPreflight
	if t := r.trace; t != nil && t.Classified != nil {
		c := f.rules().Classify(r.method, headers, r.usePreflight)
		c.Preflight = preflight
		t.Classified(r.info(), c)
	}
	if preflight && f.agent.profile.Preflight.StickyHeadersOnRedirect {
		r.stickyPreflight = true
	}
	return preflight
}

// finish is steps 14 to 23 of main fetch: filter the response, and block it
// where it must not be seen.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) finish(resp *response) *Error {
	r := f.request
	resp.request, resp.feedsHidden = r, r.api == apiFetch
	// 14. Filter it, unless a redirect handed over is filtered already.
	if resp.filter == typeDefault {
		f.filter(resp)
	}
	// 15. resp is the internal response: the filter is a field of it.
	// 16. A response that came over no network has the request's URLs.
	if len(resp.urlList) == 0 {
		resp.urlList = r.urlList
	}
	// 17. Keep how far redirects led astray.
	resp.redirectTaint = r.redirectTaint(f.agent.suffixes)
	// 18. Keep what redirects said of a navigation's times.
	resp.navigationTiming = r.navigationTiming
	// 19. Times may be shown if no hop objected.
	resp.timingAllowPassed = !r.timingAllowFailed
	if f.agent.profile.ORB.First {
		if refusal := f.blockedByORB(resp); refusal != nil {
			return refusal
		}
	}
	// 20. Scripts and style sheets need a type that fits. Policies have been asked, see
	// blockedByCSP.
	if refusal := f.blockedDueToMIMEType(resp); refusal != nil {
		return refusal
	}
	if refusal := f.blockedDueToNosniff(resp); refusal != nil {
		return refusal
	}
	// Beside the Standard: what is opaque has to be something that elements take.
	if !f.agent.profile.ORB.First {
		if refusal := f.blockedByORB(resp); refusal != nil {
			return refusal
		}
	}
	// 21. An opaque part is only for those who asked for a part.
	rangeStatus := resp.status == 206 || resp.status == 416
	if resp.filter == typeOpaque && rangeStatus && resp.rangeRequested && !r.headers.Contains("Range") {
		return f.block(opaquePartialResponse, resp, "Range", "")
	}
	// 22. HEAD and some statuses have no body, whatever the server sends.
	if r.method == "HEAD" || f.nullBody(resp.status) && r.mode != webSocketMode {
		resp.discard()
		resp.body = nil
	}
	// 23. The body must be the one whose hash the page knows.
	if r.integrity != "" {
		if refusal := f.checkIntegrity(resp); refusal != nil {
			return refusal
		}
	}
	if t := r.trace; t != nil && t.Filtered != nil && f.nextManualRedirect == nil {
		t.Filtered(r.info(), resp.filter, resp.hiddenNames())
	}
	return nil
}

// filter is step 14 of main fetch.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) filter(resp *response) {
	// 14.2. Which filter follows from the tainting.
	switch f.request.tainting {
	case taintingBasic:
		resp.filter = typeBasic
	case taintingOpaque:
		resp.filter = typeOpaque
		resp.breaksOpaque = f.agent.profile.Response.OpaqueBodyBreaks
	case taintingCORS:
		resp.filter = typeCORS
		// 14.1. The server names the headers that script may see. A list that does
		// not parse names none; “*” is all of them, without credentials.
		var names []string
		if resp.headers.Contains("Access-Control-Expose-Headers") {
			included := f.request.credentials == credentials.Include
			names, resp.exposedAll, _ = f.rules().ExposedNames(resp.headers, included)
		}
		resp.exposure = f.rules().Exposure(names)
	}
}
