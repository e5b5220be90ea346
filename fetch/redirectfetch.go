package fetch

import (
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// maxRedirects is how many redirects a request may go through.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
const maxRedirects = 20

// redirectFetch is HTTP-redirect fetch.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func (f *fetching) redirectFetch(resp *response) (*response, *Error) {
	r := f.request
	location, refusal := f.locationURL(resp) // 3
	if location == nil && refusal == nil {
		return resp, nil // 4
	}
	if refusal != nil {
		resp.discard()
		return nil, refusal // 5
	}
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
	// 20, 21: in redirect mode manual the response is handed over before the next
	// redirect, and so is filtered.
	return f.mainFetch(r.redirect != ManualOnHop) // 22
}

// redirectTo is steps 6 to 19 of HTTP-redirect fetch: the request becomes the
// one that goes to the location, unless that is refused.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func (f *fetching) redirectTo(resp *response, location *origin.URL) *Error {
	r := f.request
	rules := &f.agent.profile.Redirect
	crossOrigin := !r.currentURL().Origin().SameOrigin(location.Origin())
	if f.includesOnHop() {
		reason, header, value := f.corsVerdict(r, resp, true)
		if reason != 0 {
			r.lateRefusal = f.block(reason, resp, header, value)
		}
	}
	switch value, _ := resp.headers.Get("Location"); {
	case !location.IsHTTP(): // 6
		return f.block(RedirectScheme, resp, "Location", value)
	case r.redirectCount == maxRedirects: // 7
		return f.block(TooManyRedirects, resp, "Location", value)
	case location.IncludesCredentials() &&
		(r.mode == CORS && !r.origin.SameOrigin(location.Origin()) || // 9
			r.tainting == TaintingCORS): // 10
		refusal := f.block(RedirectContainsCredentials, resp, "Location", value)
		if !rules.BlockedAfterPreflight || r.tainting != TaintingBasic {
			return refusal
		}
		r.lateRefusal = refusal
	case resp.status != 303 && r.body != nil && !r.body.replayable(): // 11
		return f.block(BodyNotReplayable, resp, "Location", value)
	}
	r.redirectCount++ // 8
	r.lastRedirect.bodyStripped, r.lastRedirect.crossOrigin = becomesGET(resp.status, r.method), crossOrigin
	dropsType := r.lastRedirect.bodyStripped
	switch { // 12
	case becomesGET(resp.status, r.method):
		r.becomeGET()
	case rules.DeleteBecomesGET && r.method == "DELETE" && crossOrigin:
		r.becomeGET()
	}
	if crossOrigin { // 13
		r.deleteHeaders(safelist.IsNonWildcardRequestHeaderName)
	}
	if rules.StripOnce {
		r.restoreHeaders(resp.status, crossOrigin)
	}
	if rules.HintsStayBehind && !location.Origin().SameOrigin(r.client.origin) {
		r.deleteHeaders(isDelegatedHint)
	}
	f.challengeAnswered, f.urlStore = false, nil
	f.goOnWith(resp.status, location, dropsType)
	r.urlList = append(r.urlList, location)          // 18
	if f.setReferrerPolicyOnRedirect(resp.headers) { // 19
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
	r.deleteHeaders(safelist.IsRequestBodyHeaderName)
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
	if !redirectStatus(resp.status) {
		return nil, nil // 1
	}
	rules := &f.agent.profile.Redirect
	values, present, err := resp.headers.ExtractValues("Location") // 2
	if present && isUnambiguous(f.agent.profile.Response.Unambiguous, "Location") {
		values, err = resp.headers.Values("Location"), nil // which are equal
	} else if rules.JoinLocations && err != nil {
		value, _ := resp.headers.Get("Location")
		values, err = []string{value}, nil
	}
	if err != nil {
		value, _ := resp.headers.Get("Location")
		refusal := f.block(InvalidLocation, resp, "Location", value)
		refusal.Err = err
		return nil, refusal
	}
	if !present {
		return nil, nil
	}
	value := values[0]
	if value == "" {
		switch rules.EmptyLocation {
		case EmptyLocationIgnored:
			return nil, nil
		case EmptyLocationFails:
			return nil, f.block(InvalidLocation, resp, "Location", "")
		}
	}
	value = rules.encode(value)
	if !rules.LocationBytes {
		value = safelist.IsomorphicDecode(value)
	}
	u, err := f.agent.parseURL(value, resp.url()) // 3
	if err != nil {
		refusal := f.block(InvalidLocation, resp, "Location", values[0])
		refusal.Err = err
		return nil, refusal
	}
	if _, ok := u.Fragment(); !ok { // 4
		u = u.WithFragmentOf(f.request.currentURL())
	}
	return u, nil // 5
}
