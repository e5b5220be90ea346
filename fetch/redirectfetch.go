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
	rules := &f.agent.profile.Redirect
	current := r.currentURL()
	location, refusal := f.locationURL(resp) // 3
	if location == nil && refusal == nil {
		return resp, nil // 4
	}
	resp.discard()
	if refusal != nil {
		return nil, refusal // 5
	}
	crossOrigin := !current.Origin().SameOrigin(location.Origin())
	switch value, _ := resp.headers.Get("Location"); {
	case !location.IsHTTP(): // 6
		return nil, f.block(RedirectScheme, resp, "Location", value)
	case r.redirectCount == maxRedirects: // 7
		return nil, f.block(TooManyRedirects, resp, "Location", value)
	case location.IncludesCredentials() &&
		(r.mode == CORS && !r.origin.SameOrigin(location.Origin()) || // 9
			r.tainting == TaintingCORS || // 10
			rules.RefuseUserinfo && r.api == APIFetch):
		return nil, f.block(RedirectContainsCredentials, resp, "Location", value)
	case resp.status != 303 && r.body != nil && !r.body.replayable(): // 11
		return nil, f.block(BodyNotReplayable, resp, "Location", value)
	}
	r.redirectCount++ // 8
	switch {          // 12
	case (resp.status == 301 || resp.status == 302) && r.method == "POST",
		resp.status == 303 && r.method != "GET" && r.method != "HEAD":
		r.becomeGET()
	case rules.DeleteBecomesGET && r.method == "DELETE" && crossOrigin:
		r.becomeGET()
	}
	if crossOrigin { // 13
		r.deleteHeaders(safelist.IsNonWildcardRequestHeaderName)
	}
	f.answer = ""
	r.urlList = append(r.urlList, location)     // 18
	r.setReferrerPolicyOnRedirect(resp.headers) // 19
	if t := r.trace; t != nil && t.Redirected != nil {
		t.Redirected(r.info(), resp.status, crossOrigin)
	}
	return f.mainFetch(true) // 22
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
	if !rules.LocationUTF8 {
		value = safelist.IsomorphicDecode(value)
	}
	u, err := f.agent.schemes.ParseURL(value, resp.url()) // 3
	if err != nil {
		refusal := f.block(InvalidLocation, resp, "Location", values[0])
		refusal.Err = err
		return nil, refusal
	}
	if _, ok := u.Fragment(); !ok { // 4
		if fragment, ok := f.request.currentURL().Fragment(); ok {
			u = u.SetFragment(fragment)
		}
	}
	return u, nil // 5
}
