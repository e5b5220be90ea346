package fetch

import "slices"

// clearsEntries tells whether a network error clears the request's entries in the
// preflight cache: after a preflight, unless the profile keeps them.
func (f *fetching) clearsEntries(refusal *Error, preflight bool) bool {
	rules := &f.agent.profile.Preflight
	switch {
	case !preflight && !rules.ClearOnSimpleFailure:
		return false
	case refusal.Reason == RedirectVetoed: // by the program, not by the browser
		return false
	case refusal.Reason == RedirectModeError && rules.KeepEntriesOnModeError:
		return false
	case refusal.Stage == stagePreflight:
		return !rules.KeepEntriesOnPreflightFailure
	}
	return !rules.KeepEntriesOnActualFailure
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

// bypassesPreflightCache tells whether the profile stores nothing for the request
// because of its cache mode.
func (f *fetching) bypassesPreflightCache() bool {
	rules := &f.agent.profile.Preflight
	mode := string(f.cacheMode())
	return slices.Contains(rules.BypassCache, mode) && !slices.Contains(rules.FillBypassed, mode)
}
