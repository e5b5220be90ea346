package fetch

import (
	"crypto/rand"
	"slices"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// httpFetch is HTTP fetch. There are no service workers, so that steps 3 and 4.2
// do nothing. A response out of the HTTP cache passes the same checks as one of the
// network.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch
func (f *fetching) httpFetch(makePreflight bool) (*response, *Error) {
	// 1, 2. The request is the fetching's, and there is no response yet.
	r := f.request
	f.preflightAnswer, f.preflightNames, f.unfollowed = nil, nil, false
	if f.agent.profile.Request.KeepaliveEarly {
		if refusal := f.holdKeepalive(); refusal != nil {
			return nil, refusal
		}
	}
	// 4.1. Ask the server first, unless the preflight cache knows its answer.
	if makePreflight && !(r.inBackground && f.agent.profile.HTTPCache.Use.BackgroundNoPreflight) && !f.cachedPreflight() {
		// 4.1.1, 4.1.2. A preflight that fails is what the fetch ends with.
		if refusal := f.preflightFetch(); refusal != nil {
			return nil, refusal
		}
	}
	if refusal := f.blockedLate(); refusal != nil {
		return nil, refusal
	}
	// 4.3. Get the response.
	f.challengesAnswered = 0
	resp, refusal := f.fetchWithStorageAccess()
	if refusal != nil {
		return nil, refusal
	}
	// 4.4. Across origins the server must let the page read it.
	if r.tainting == taintingCORS && !r.upgradedHome() {
		refusal := f.corsCheck(r, resp, stageActual)
		f.checked(checkCORS, resp, refusal)
		if refusal != nil {
			f.storeRefused(resp)
			resp.discard()
			return nil, refusal
		}
	}
	// 4.5. Times are shown only if every hop lets them be.
	if !f.taoCheck(resp) {
		r.timingAllowFailed = true
	}
	// 5. The server may forbid embedding.
	if r.tainting == taintingOpaque {
		refusal := f.resourcePolicyCheck(resp)
		f.checked(checkPolicy, resp, refusal)
		if refusal != nil {
			f.storeRefused(resp)
			resp.discard()
			return nil, refusal
		}
	}
	if f.cache.revalidates {
		f.revalidateInParallel()
	}
	f.storeResponse(resp) // unless 11.5 of HTTP-network-or-cache fetch has
	// 6. A redirect is followed, handed over or refused.
	if redirectStatus(resp.status) && !(r.inBackground && f.agent.profile.HTTPCache.Use.BackgroundUnfollowed) {
		return f.removeUnfollowed(resp)
	}
	// 7. Anything else is the response.
	return resp, nil
}

// removeUnfollowed is step 6 of HTTP fetch. A redirect that may not be followed does
// not remain stored, if the profile removes such. The next HTTP fetch, if there is
// one, notes that the redirect is followed.
func (f *fetching) removeUnfollowed(resp *response) (*response, *Error) {
	cache, key := f.cache.cache, f.cache.key
	f.unfollowed = f.agent.profile.HTTPCache.Use.UnfollowedNotStored && f.request.redirect == redirectFollow &&
		f.request.method == "GET" && resp.cacheState == ""
	next, refusal := f.redirect(resp)
	if f.unfollowed && refusal != nil {
		cache.Delete(key)
	}
	f.unfollowed = false
	return next, refusal
}

// redirect is step 6 of HTTP fetch: what redirect mode makes of a redirect. No
// stream is reset (6.2): the transport does that with a response that is closed.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch
func (f *fetching) redirect(resp *response) (*response, *Error) {
	r := f.request
	// 6.1. A navigation's redirect says who may see its times.
	if r.destination.navigation() {
		r.appendNavigationTiming(resp)
	}
	// 6.3, manual, 1. A navigation's redirect waits for its controller.
	if r.mode == navigateMode {
		f.nextManualRedirect = resp
		return resp, nil
	}
	if ends, refusal := f.endsBeforeMode(resp); ends || refusal != nil {
		if refusal != nil {
			resp.discard()
			return nil, refusal
		}
		return resp, nil
	}
	switch r.redirect {
	// 6.3, error. There must be none.
	case redirectError:
		if resp.internal && r.mode == webSocketMode {
			break // from ws: to wss:
		}
		resp.discard()
		return nil, f.block(RedirectModeError, resp, "redirect", string(r.redirect))
	// 6.3, manual, 2. Script learns only that there was one.
	case redirectManual:
		if refusal := f.refusesManually(resp); refusal != nil {
			resp.discard()
			return nil, refusal
		}
		resp.filter = typeOpaqueRedirect
		return resp, nil
	}
	// 6.3, follow. Go on to where it leads.
	return f.redirectFetch(resp)
}

// cachedPreflight asks the preflight cache whether the preflight of HTTP
// fetch's step 4.1 can be left out.
func (f *fetching) cachedPreflight() bool {
	r := f.request
	rules := &f.agent.profile.Preflight
	if slices.Contains(rules.BypassCache, string(f.cacheMode())) && !r.inBackground {
		return false
	}
	var room [8]string // the cache takes names in any case and order
	unsafeNames := f.rules().AppendUnsafeNames(room[:0], f.judgedHeaders())
	needsEntry := !safelist.IsSafelistedMethod(r.method) || r.usePreflight || r.stickyPreflight && r.redirectCount > 0
	m := f.agent.preflights.Sufficient(f.cacheKey(), r.credentials == credentials.Include, r.method, needsEntry, unsafeNames)
	if t := r.trace; t != nil && t.PreflightCache != nil {
		t.PreflightCache(r.info(), m)
	}
	return m.OK
}

// cacheKey is what the request's entries in the preflight cache are kept
// under.
//
// https://fetch.spec.whatwg.org/#concept-cache-create-entry
func (f *fetching) cacheKey() preflightcache.Key {
	r := f.request
	key := preflightcache.Key{
		Partition: r.client.partition,
		Origin:    r.serializedOrigin(f.agent.suffixes),
		URL:       r.currentURL().String(),
	}
	switch rules := &f.agent.profile.Preflight; {
	case rules.ForgetRedirects:
		key.Origin = r.origin.String()
	case rules.NullNotShared && key.Origin == "null",
		rules.TaintedNotShared && !r.origin.IsOpaque() && r.redirectTaint(f.agent.suffixes) != taintSameOrigin:
		if r.taintedOriginKey == "" {
			r.taintedOriginKey = "null " + rand.Text()
		}
		key.Origin = r.taintedOriginKey
	}
	return key
}
