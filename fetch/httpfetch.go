package fetch

import (
	"crypto/rand"
	"slices"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// httpFetch is HTTP fetch, without service workers.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch
func (f *fetching) httpFetch(makePreflight bool) (*response, *Error) {
	r := f.request
	if makePreflight { // 4.1
		if !f.cachedPreflight() {
			if refusal := f.preflightFetch(); refusal != nil {
				return nil, refusal // 4.1.2
			}
		}
	}
	if f.blocksAfterPreflight() {
		if refusal := f.blocked(); refusal != nil {
			return nil, refusal
		}
	}
	f.challengesAnswered = 0
	resp, refusal := f.networkOrCacheFetch(false, false) // 4.3
	if refusal != nil {
		return nil, refusal
	}
	if r.tainting == TaintingCORS { // 4.4
		refusal := f.corsCheck(r, resp, StageActual)
		f.checked(CheckCORS, resp, refusal)
		if refusal != nil {
			resp.discard()
			return nil, refusal
		}
	}
	if !f.taoCheck(resp) {
		r.timingAllowFailed = true // 4.5
	}
	if r.tainting == TaintingOpaque { // 5
		refusal := f.resourcePolicyCheck(resp)
		f.checked(CheckPolicy, resp, refusal)
		if refusal != nil {
			resp.discard()
			return nil, refusal
		}
	}
	if !redirectStatus(resp.status) {
		return resp, nil // 7
	}
	if r.destination.navigation() {
		r.appendNavigationTiming(resp) // 6.1
	}
	if r.mode == Navigate { // 6.3, manual
		f.nextManualRedirect = resp
		return resp, nil
	}
	if f.agent.profile.Redirect.LocationFirst {
		location, refusal := f.locationURL(resp)
		switch {
		case refusal != nil:
			resp.discard()
			return nil, refusal
		case location == nil && r.redirect == ErrorOnHop:
			return resp, nil
		}
	}
	if r.redirect != Follow && f.agent.profile.Redirect.NoLocationNoRedirect {
		if location, _ := resp.headers.Get("Location"); location == "" {
			if r.redirect == ManualOnHop {
				resp.filter, resp.bodyShown = TypeOpaqueRedirect, true
			}
			return resp, nil
		}
	}
	switch r.redirect { // 6.3
	case ErrorOnHop:
		resp.discard()
		return nil, f.block(RedirectModeError, resp, "redirect", string(r.redirect))
	case ManualOnHop:
		if f.agent.profile.Redirect.ManualRefusesScheme {
			if location, _ := f.locationURL(resp); location != nil && location.Scheme() == "ftp" {
				resp.discard()
				return nil, f.block(RedirectScheme, resp, "Location", location.String())
			}
		}
		resp.filter = TypeOpaqueRedirect
		return resp, nil
	}
	return f.redirectFetch(resp)
}

// cachedPreflight asks the preflight cache whether the preflight of HTTP
// fetch's step 4.1 can be left out.
func (f *fetching) cachedPreflight() bool {
	r := f.request
	rules := &f.agent.profile.Preflight
	if slices.Contains(rules.BypassCache, f.cacheMode()) {
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
		rules.TaintedNotShared && !r.origin.IsOpaque() && r.redirectTaint(f.agent.suffixes) != TaintSameOrigin:
		if r.taintedOriginKey == "" {
			r.taintedOriginKey = "null " + rand.Text()
		}
		key.Origin = r.taintedOriginKey
	}
	return key
}
