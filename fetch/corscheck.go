package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
)

// corsCheck is the CORS check. Nil is success.
//
// https://fetch.spec.whatwg.org/#concept-cors-check
func (f *fetching) corsCheck(r *request, resp *response, stage string) *Error {
	reason, header, value := f.corsVerdict(r, resp, r.credentials == credentials.Include)
	if reason == 0 {
		return nil
	}
	refusal := f.block(reason, resp, header, value)
	refusal.Stage = stage
	return refusal
}

// corsVerdict is the CORS check as such: why it fails, because of which
// header with which value. It allocates nothing.
//
// https://fetch.spec.whatwg.org/#concept-cors-check
func (f *fetching) corsVerdict(r *request, resp *response, included bool) (reason Reason, header, value string) {
	// 1. Which origin the server allows.
	allowed, ok := resp.headers.Get(allowOrigin)
	// 2. None: failure.
	if !ok {
		return MissingAllowOrigin, allowOrigin, ""
	}
	if f.agent.profile.Response.OneAllowOrigin && repeatedAsSpelled(resp.network, allowOrigin) {
		return MultipleAllowOriginValues, allowOrigin, allowed
	}
	// 3. Every origin, and no credentials are at stake: success.
	if allowed == "*" && !included {
		return 0, "", ""
	}
	// 4. Another origin than the request's, byte for byte: failure.
	if r.serializedOrigin(f.agent.suffixes) != allowed {
		return mismatch(allowed), allowOrigin, allowed
	}
	// 5. This origin, and no credentials are at stake: success.
	if !included {
		return 0, "", ""
	}
	// 6. Whether the server allows credentials.
	value, ok = resp.headers.Get(allowCredentials)
	// 7. It does, by the word true in small letters: success.
	if credentials.AllowCredentials(value, ok) {
		return 0, "", ""
	}
	// 8. Failure.
	return InvalidAllowCredentials, allowCredentials, value
}

// includesOnHop tells whether the profile takes credentials for included where
// the Standard doesn't, in the CORS check of the redirect at hand.
func (f *fetching) includesOnHop() bool {
	r := f.request
	if r.tainting != taintingCORS || r.credentials != credentials.SameOrigin {
		return false
	}
	return r.redirectsInclude || f.agent.profile.Redirect.SameOriginIncludes && r.origin.SameOrigin(r.url().Origin())
}

// repeatedAsSpelled tells whether a response came with more than one header of
// a name in this very spelling. Over HTTP/2 names are in lower case, whatever the
// transport makes of them.
func repeatedAsSpelled(in *NetworkResponse, name string) bool {
	count := 0
	if in != nil && !in.HTTP2 {
		for i := range in.Headers {
			if in.Headers[i].Name == name {
				count++
			}
		}
	}
	return count > 1
}

// mismatch says what is wrong with a value of Access-Control-Allow-Origin that
// is not the request's origin, in the order in which Chromium looks.
func mismatch(allowed string) Reason {
	switch {
	case allowed == "*":
		return WildcardOriginNotAllowed
	case strings.ContainsAny(allowed, " ,"):
		return MultipleAllowOriginValues
	case allowed == "null":
		return AllowOriginMismatch
	}
	if _, err := origin.ParseURL(allowed); err != nil {
		return InvalidAllowOriginValue
	}
	return AllowOriginMismatch
}
