// Package isomorphic turns bytes into the code points of the same numbers, and back: how the Standards show header names
// and values, which are bytes, to script and to people.
//
// https://infra.spec.whatwg.org/#isomorphic-decode
package isomorphic

import "unicode/utf8"

// Decode returns the string whose code points have the values of the bytes of s. It allocates only when there
// is a byte above 0x7F.
//
// https://infra.spec.whatwg.org/#isomorphic-decode
func Decode(s string) string {
	if isASCII(s) {
		return s
	}
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// Encode returns the bytes that have the values of the code points of s, which must be UTF-8; ok is false when
// one is above U+00FF. It allocates only when there is one above U+007F.
//
// https://infra.spec.whatwg.org/#isomorphic-encode
func Encode(s string) (encoded string, ok bool) {
	if isASCII(s) {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			return "", false
		}
		b = append(b, byte(r))
	}
	return string(b), true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
