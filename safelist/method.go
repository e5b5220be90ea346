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

// NormalizeMethod returns m in upper case if it is DELETE, GET, HEAD, OPTIONS, POST or PUT in any case,
// and m itself otherwise. So "patch" remains "patch", which differs from PATCH, and a server that allows
// PATCH does not allow it.
//
// https://fetch.spec.whatwg.org/#concept-method-normalize
func NormalizeMethod(m string) string {
	for _, n := range normalizedMethods {
		if fold.Equal(m, n) {
			return n
		}
	}
	return m
}

// IsSafelistedMethod reports whether m is a CORS-safelisted method: GET, HEAD or POST, in upper case.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func IsSafelistedMethod(m string) bool {
	return slices.Contains(safelistedMethods[:], m)
}

// IsForbiddenMethod reports whether m is CONNECT, TRACE or TRACK in any case. fetch() and XMLHttpRequest
// refuse these methods.
//
// https://fetch.spec.whatwg.org/#forbidden-method
func IsForbiddenMethod(m string) bool {
	return fold.Listed(m, forbiddenMethods[:])
}
