package fetch

import (
	"github.com/browsercors/browsercors/internal/fold"
	opening "github.com/browsercors/browsercors/internal/handshake"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// maxRedirects is how many redirects a request may go through.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
const maxRedirects = 20

// redirectFetch is HTTP-redirect fetch. Timing info (steps 15 to 17) is not kept.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func (f *fetching) redirectFetch(resp *response) (*response, *Error) {
	// 1, 2. The request is the fetching's, the response not filtered yet.
	r := f.request
	// 3. Read where Location leads.
	location, refusal := f.locationURL(resp)
	// 4. Nowhere: the redirect is an ordinary response.
	if location == nil && refusal == nil {
		return resp, nil
	}
	// 5. Not to a URL: network error.
	if refusal != nil {
		resp.discard()
		return nil, refusal
	}
	// 6 to 19, unless the caller vetoes the redirect.
	if r.redirectChecks == nil {
		resp.discard()
		if refusal := f.redirectTo(resp, location); refusal != nil {
			return nil, refusal
		}
	} else if handed, refusal := f.mayRedirectTo(resp, location); handed != nil || refusal != nil {
		return handed, refusal
	}
	if t := r.trace; t != nil && t.Redirected != nil {
		t.Redirected(r.info(), resp.status, r.lastRedirect.crossOrigin)
	}
	// 20, 21. Main fetch is recursive, except for redirect mode manual, in which
	// the response goes to the caller before the next redirect and so is filtered.
	recursive := r.redirect != redirectManual
	// 22. Fetch the location.
	return f.mainFetch(recursive)
}

// redirectTo is steps 6 to 19 of HTTP-redirect fetch: the request becomes the
// one that goes to the location, unless that is refused.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func (f *fetching) redirectTo(resp *response, location *origin.URL) *Error {
	r := f.request
	crossOrigin := !r.currentURL().Origin().SameOrigin(location.Origin())
	f.recheckHop(resp)
	value, _ := resp.headers.Get("Location")
	// 6. Only HTTP(S) is followed.
	if !location.IsHTTP() {
		return f.block(RedirectScheme, resp, "Location", value)
	}
	// 7. The 21st redirect is too many.
	if r.redirectCount == maxRedirects {
		return f.block(TooManyRedirects, resp, "Location", value)
	}
	switch {
	// 9. In mode cors no username or password may lead to an origin other than the page's.
	// 10. Nor may they to any URL once the fetch has been cross-origin.
	case location.IncludesCredentials() &&
		(r.mode == CORS && !r.origin.SameOrigin(location.Origin()) || r.tainting == taintingCORS):
		refusal := f.block(RedirectContainsCredentials, resp, "Location", value)
		if !f.refusesUserinfoLater() {
			return refusal
		}
		r.lateRefusal = refusal
	// 11. A body that was a stream can't be sent again. Only a 303 drops it for certain.
	case resp.status != 303 && r.body != nil && !r.body.replayable():
		return f.block(BodyNotReplayable, resp, "Location", value)
	}
	// 8. Count it. (Errors before this point are those of the hop that ends here.)
	r.redirectCount++
	if r.inBackground && f.agent.profile.HTTPCache.Use.BackgroundRedirectBare {
		r.referrer = referrer{kind: referrerNone}
		r.deleteHeaders(func(name string) bool { return !fold.Equal(name, "Accept") })
		r.original.headers = r.headers
	}
	r.lastRedirect.leftPage = r.tainting == taintingBasic && crossOrigin && r.origin.SameOrigin(r.currentURL().Origin())
	f.redirectValidators()
	if r.mode != CORS || r.tainting == taintingBasic && r.origin.SameOrigin(location.Origin()) {
		r.takeKept(resp.kept, crossOrigin)
	} else {
		r.kept = nil
	}
	r.lastRedirect.fromCache = resp.cacheState != ""
	r.lastRedirect.bodyStripped, r.lastRedirect.crossOrigin = becomesGET(resp.status, r.method), crossOrigin
	// 12. POST becomes GET after 301 and 302, all but GET and HEAD after 303; the body goes.
	if becomesGET(resp.status, r.method) || f.deleteBecomesGET(crossOrigin) {
		r.becomeGET()
	}
	// 13. Authorization stays with the origin that it was for.
	if crossOrigin {
		r.deleteHeaders(headername.IsNonWildcard)
	}
	// 14. The body starts again from its source: networkFetch opens it anew.
	f.redirectHeaders(resp.status, location)
	f.challengeAnswered, f.urlStore, r.insecureHop = false, nil, nil
	if r.api == apiEventSource && (resp.status == 301 || resp.status == 308) {
		r.permanent = location
	}
	f.endStorageAccess(crossOrigin)
	// 18. The location is the URL from here on.
	r.urlList = append(r.urlList, location)
	// 19. The redirect may set a referrer policy.
	if f.setReferrerPolicyOnRedirect(resp.headers) {
		r.original.referrer = r.referrer
	}
	if r.lastRedirect.strictReferrer {
		r.referrer, r.lastRedirect.strictReferrer = r.original.referrer, false
	}
	return nil
}

// becomesGET is the condition of step 12 of HTTP-redirect fetch.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func becomesGET(status int, method string) bool {
	switch status {
	case 301, 302:
		return method == "POST"
	case 303:
		return method != "GET" && method != "HEAD"
	}
	return false
}

// becomeGET is steps 12.1 and 12.2 of HTTP-redirect fetch.
func (r *request) becomeGET() {
	r.method = "GET"
	r.body.discard()
	r.body = nil
	r.deleteHeaders(headername.IsRequestBody)
}

// deleteHeaders deletes the headers of certain names. The list is the
// request's own and shared with what traces were shown, so it is not changed
// in place.
func (r *request) deleteHeaders(named func(string) bool) {
	kept := make(safelist.HeaderList, 0, len(r.headers))
	for _, h := range r.headers {
		if !named(h.Name) {
			kept = append(kept, h)
		}
	}
	r.headers = kept
}

// locationURL is the location URL of a response: null, failure or a URL. The
// value is judged by the URL parser alone and not by the ABNF of Location,
// which every browser's servers break.
//
// https://fetch.spec.whatwg.org/#concept-response-location-url
func (f *fetching) locationURL(resp *response) (*origin.URL, *Error) {
	// 1. Only a redirect has one.
	if !redirectStatus(resp.status) {
		return nil, nil
	}
	// 2. Extract the value of Location; two of them are a failure.
	value, present, err := f.locationValue(resp.headers)
	if err != nil {
		value, _ := resp.headers.Get("Location")
		refusal := f.block(InvalidLocation, resp, "Location", value)
		refusal.Err = err
		return nil, refusal
	}
	if !present {
		return nil, nil
	}
	if value == "" {
		switch f.agent.profile.Redirect.EmptyLocation {
		case rules.EmptyLocationIgnored:
			return nil, nil
		case rules.EmptyLocationFails:
			return nil, f.block(InvalidLocation, resp, "Location", "")
		}
	}
	// 3. Parse it against the response's URL.
	u, err := f.agent.parseURL((*redirectRules)(&f.agent.profile.Redirect).locationInput(value), resp.url())
	if err != nil {
		refusal := f.block(InvalidLocation, resp, "Location", value)
		refusal.Err = err
		return nil, refusal
	}
	if f.request.mode == webSocketMode && f.agent.profile.WebSocket.FollowsRedirects {
		u = opening.URL(u)
	}
	// 4. Without a fragment of its own it keeps the request's.
	if _, ok := u.Fragment(); !ok {
		u = u.WithFragment(f.request.currentURL().Fragment())
	}
	// 5. That is the location URL.
	return u, nil
}
