// Package headername has the sets of header names that Fetch treats in a way of their own, whatever the header's value,
// and the set of those that browsers add.
// Names are compared without regard to ASCII case.
//
// https://fetch.spec.whatwg.org/#terminology-headers
package headername

import "github.com/browsercors/browsercors/internal/fold"

var (
	noCORSSafelistedNames  = [...]string{"Accept", "Accept-Language", "Content-Language", "Content-Type"}
	requestBodyNames       = [...]string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Type"}
	forbiddenResponseNames = [...]string{"Set-Cookie", "Set-Cookie2"}

	addedNames = [...]string{
		"Accept", "Accept-Language", "Cache-Control", "Downlink", "DPR", "ECT", "If-Match", "If-Modified-Since", "If-None-Match",
		"If-Range", "If-Unmodified-Since", "Pragma", "Priority", "Purpose", "Range", "RTT", "Save-Data", "Upgrade-Insecure-Requests",
		"User-Agent", "Viewport-Width", "Width", "X-Client-Data",
	}
)

// IsNoCORSSafelisted reports whether name is a no-CORS-safelisted request-header name.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name
func IsNoCORSSafelisted(name string) bool {
	return fold.Listed(name, noCORSSafelistedNames[:])
}

// IsPrivilegedNoCORS reports whether name is Range, which a no-cors request keeps until a script
// changes its headers.
//
// https://fetch.spec.whatwg.org/#privileged-no-cors-request-header-name
func IsPrivilegedNoCORS(name string) bool { return fold.Equal(name, "Range") }

// IsNonWildcard reports whether name is Authorization, which a `*` in Access-Control-Allow-Headers
// does not cover.
//
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func IsNonWildcard(name string) bool { return fold.Equal(name, "Authorization") }

// IsRequestBody reports whether name describes a request's body, so that it goes when a redirect drops the
// body.
//
// https://fetch.spec.whatwg.org/#request-body-header-name
func IsRequestBody(name string) bool { return fold.Listed(name, requestBodyNames[:]) }

// IsForbiddenResponse reports whether name is Set-Cookie or Set-Cookie2, which script never sees.
//
// https://fetch.spec.whatwg.org/#forbidden-response-header-name
func IsForbiddenResponse(name string) bool {
	return fold.Listed(name, forbiddenResponseNames[:])
}

// IsAddedByBrowsers reports whether browsers add a header with the name to requests that script could set as
// well: where a browser sent it, it need not be script's.
func IsAddedByBrowsers(name string) bool { return fold.Listed(name, addedNames[:]) }

// TellsBrowsersApart reports whether a header with the name says which browser sends a request, on which system
// and how soon it wants an answer, and nothing that a page has to do with. The key of a WebSocket's handshake,
// which is drawn at random, counts as one.
func TellsBrowsersApart(name string) bool {
	return fold.Listed(name, []string{
		"User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Priority", "Sec-Fetch-Storage-Access", "Upgrade-Insecure-Requests", "Sec-WebSocket-Key",
	}) || fold.HasPrefix(name, "Sec-CH-")
}
