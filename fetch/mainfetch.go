package fetch

import (
	"github.com/browsercors/browsercors/credentials"
)

// mainFetch is main fetch. Recursive, it ends before the response is filtered.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) mainFetch(recursive bool) (*response, *Error) {
	r := f.request
	f.upgradeMixedContent() // 6
	if !f.blocksAfterPreflight() {
		if refusal := f.blocked(); refusal != nil { // 7
			return nil, refusal
		}
	}
	if r.referrerPolicy == "" {
		r.referrerPolicy = r.client.referrerPolicy // 8
	}
	if r.redirectCount == 0 {
		r.original.referrer = r.referrer
	}
	if r.referrer.kind != referrerNone {
		r.referrer = f.determineReferrer() // 9
	}
	if r.redirectCount == 0 {
		r.original.sentReferrer = r.referrer
	}
	resp, refusal := f.dispatch()    // 12
	if refusal != nil || recursive { // 13
		return resp, refusal
	}
	if refusal := f.finish(resp); refusal != nil {
		resp.discard()
		return nil, refusal
	}
	return resp, nil
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
	return f.blockedAsMarkup()
}

// blocksAfterPreflight tells whether the profile asks blocked later than the
// Standard does.
func (f *fetching) blocksAfterPreflight() bool {
	r := f.request
	return r.redirectCount > 0 && f.agent.profile.Redirect.BlockedAfterPreflight &&
		!(r.currentURL().Scheme() == "https" && f.blockedDueToBadPort() != nil)
}

// dispatch is step 12 of main fetch: which tainting, and which way.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) dispatch() (*response, *Error) {
	r := f.request
	u := r.currentURL()
	switch {
	case u.Scheme() == "data" && r.mode == NoCORS && r.redirect != Follow && f.agent.profile.Policy.NoCORSFollowsOnly:
		return nil, f.fail(RedirectModeNotFollow, "redirect", string(r.redirect))
	case r.currentOrigin().SameOrigin(r.origin) && r.tainting == TaintingBasic, u.Scheme() == "data", r.mode == Navigate, r.mode == WebSocketMode:
		r.tainting = TaintingBasic
		return f.overrideFetch(kindScheme, false)
	case r.mode == SameOrigin:
		return nil, f.fail(DisallowedByMode, "mode", string(r.mode))
	case r.mode == NoCORS:
		if r.redirect != Follow {
			return nil, f.fail(RedirectModeNotFollow, "redirect", string(r.redirect))
		}
		r.tainting = TaintingOpaque
		return f.overrideFetch(kindScheme, false)
	case !u.IsHTTP():
		return nil, f.fail(CORSDisabledScheme, "scheme", u.Scheme())
	}
	r.tainting = TaintingCORS
	f.takeUserinfo()
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
	resp, refusal := f.overrideFetch(kindHTTP, preflight)
	if !preflight && !f.agent.profile.Preflight.ClearOnSimpleFailure {
		return resp, refusal
	}
	if refusal != nil && !f.keepsEntries(refusal) {
		f.clearEntries(refusal)
	}
	return resp, refusal
}

// clearEntries clears the cache entries that a network error calls for.
//
// https://fetch.spec.whatwg.org/#concept-cache-clear
func (f *fetching) clearEntries(refusal *Error) {
	r := f.request
	urls := r.urlList
	blocked := len(urls) > 1 && (refusal.Reason == MixedContent || refusal.Reason == BadPort)
	if blocked && f.agent.profile.Preflight.ClearRedirectingURL {
		r.urlList = urls[:len(urls)-1]
	}
	f.agent.preflights.Clear(f.cacheKey())
	r.urlList = urls
}

// keepsEntries tells whether the profile leaves the preflight cache as it is
// after a network error.
func (f *fetching) keepsEntries(refusal *Error) bool {
	rules := &f.agent.profile.Preflight
	switch {
	case refusal.Reason == RedirectVetoed: // by the program, not by the browser
		return true
	case refusal.Reason == RedirectModeError && rules.KeepEntriesOnModeError:
		return true
	case refusal.Stage == StagePreflight:
		return rules.KeepEntriesOnPreflightFailure
	}
	return rules.KeepEntriesOnActualFailure
}

// finish is steps 14 to 23 of main fetch: filter the response, and block it
// where it must not be seen.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) finish(resp *response) *Error {
	r := f.request
	resp.feedsHidden = r.api == APIFetch
	if resp.filter == TypeDefault {
		f.filter(resp) // 14
	}
	if len(resp.urlList) == 0 {
		resp.urlList = r.urlList // 16
	}
	resp.redirectTaint = r.redirectTaint(f.agent.suffixes)       // 17
	resp.navigationTiming = r.navigationTiming                   // 18
	resp.timingAllowPassed = !r.timingAllowFailed                // 19
	if refusal := f.blockedDueToMIMEType(resp); refusal != nil { // 20
		return refusal
	}
	if refusal := f.blockedDueToNosniff(resp); refusal != nil { // 20
		return refusal
	}
	rangeStatus := resp.status == 206 || resp.status == 416
	if resp.filter == TypeOpaque && rangeStatus && resp.rangeRequested && !r.headers.Contains("Range") {
		return f.block(OpaquePartialResponse, resp, "Range", "") // 21
	}
	if r.method == "HEAD" || f.nullBody(resp.status) && r.mode != WebSocketMode { // 22
		resp.discard()
		resp.body = nil
	}
	if r.integrity != "" { // 23
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
	switch f.request.tainting { // 14.2
	case TaintingBasic:
		resp.filter = TypeBasic
	case TaintingOpaque:
		resp.filter = TypeOpaque
		resp.breaksOpaque = f.agent.profile.Response.OpaqueBodyBreaks
	case TaintingCORS:
		resp.filter = TypeCORS
		var names []string
		if resp.headers.Contains("Access-Control-Expose-Headers") {
			included := f.request.credentials == credentials.Include
			// 14.1: what does not parse exposes nothing.
			names, resp.exposedAll, _ = f.rules().ExposedNames(resp.headers, included)
		}
		resp.exposure = f.rules().Exposure(names)
	}
}
