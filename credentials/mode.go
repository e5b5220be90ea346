package credentials

import (
	"github.com/browsercors/browsercors/internal/text"
)

// Mode is a request's credentials mode: when it may carry credentials. The zero
// value means [SameOrigin].
//
// https://fetch.spec.whatwg.org/#concept-request-credentials-mode
type Mode string

// The credentials modes.
const (
	Omit       Mode = "omit"        // no request carries credentials
	SameOrigin Mode = "same-origin" // same-origin requests do
	Include    Mode = "include"     // all requests do
)

// Include reports whether a request with mode m includes credentials.
// taintingBasic says that the request's response tainting is "basic", which means
// that neither the request nor a redirect was cross-origin. An unknown mode
// includes none. The caller applies Cross-Origin-Embedder-Policy (step 8.4).
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (m Mode) Include(taintingBasic bool) bool {
	// 8.3
	return m == Include || (m == SameOrigin || m == "") && taintingBasic
}

// String returns the mode's name, "same-origin" for the zero value.
func (m Mode) String() string {
	if m == "" {
		return string(SameOrigin)
	}
	return string(m)
}

// AllowCredentials reports whether a response lets a page read it although the
// request's credentials mode is "include". value is the combined value of
// Access-Control-Allow-Credentials, and present says whether the header was there.
// Only the exact value "true" counts.
//
// https://fetch.spec.whatwg.org/#concept-cors-check
func AllowCredentials(value string, present bool) bool {
	return present && value == "true" // 6-8
}

// quote quotes a value for an error, and shortens it if it is long.
func quote(s string) string {
	const limit = 64
	return text.GoQuote(s, limit)
}
