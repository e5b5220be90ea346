package safelist

import (
	"slices"

	"github.com/browsercors/browsercors/internal/fold"
)

var (
	safelistedMethods = [...]string{"GET", "HEAD", "POST"}
	forbiddenMethods  = [...]string{"CONNECT", "TRACE", "TRACK"}
	normalizedMethods = [...]string{"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"}
)

// IsMethod reports whether m is a method: a token in the sense of HTTP, in any case, of any length but none.
//
// https://fetch.spec.whatwg.org/#concept-method
func IsMethod(m string) bool { return IsToken(m) }

// NormalizeMethod upper-cases m if it is DELETE, GET, HEAD, OPTIONS, POST or PUT in any case, and returns every other
// method as it is: "patch" stays "patch", and a server that allows PATCH does not allow it.
//
// https://fetch.spec.whatwg.org/#concept-method-normalize
func NormalizeMethod(m string) string {
	for _, n := range normalizedMethods {
		if EqualFold(m, n) {
			return n
		}
	}
	return m
}

// IsSafelistedMethod reports whether m is a CORS-safelisted method: GET, HEAD or POST, byte for byte. A method that a
// user gave must have gone through [NormalizeMethod].
//
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func IsSafelistedMethod(m string) bool {
	return slices.Contains(safelistedMethods[:], m)
}

// IsForbiddenMethod reports whether m is CONNECT, TRACE or TRACK in any case; the Fetch API refuses these.
//
// https://fetch.spec.whatwg.org/#forbidden-method
func IsForbiddenMethod(m string) bool {
	return fold.Listed(m, forbiddenMethods[:])
}

// SafelistedMethods returns the CORS-safelisted methods in a slice of the caller's own.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func SafelistedMethods() []string { return slices.Clone(safelistedMethods[:]) }

// ForbiddenMethods returns the forbidden methods in a slice of the caller's own.
//
// https://fetch.spec.whatwg.org/#forbidden-method
func ForbiddenMethods() []string { return slices.Clone(forbiddenMethods[:]) }
