package safelist

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
)

// Header is a header: a name and a value, both byte sequences. Nothing keeps a Header from holding what is neither a
// header name nor a header value; [IsHeaderName] and [IsHeaderValue] tell.
//
// https://fetch.spec.whatwg.org/#concept-header
type Header struct{ Name, Value string }

// IsToken reports whether s is a token of HTTP: one or more letters, digits and ! # $ % & ' * + - . ^ _ ` | ~.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
func IsToken(s string) bool { return within(s, tokens()) }

// IsHeaderName reports whether s is a header name, that is, a token.
//
// https://fetch.spec.whatwg.org/#header-name
func IsHeaderName(s string) bool { return IsToken(s) }

// IsHeaderValue reports whether s is a header value: no tab or space at either end, and no NUL, LF or CR anywhere. The
// empty string is one.
//
// https://fetch.spec.whatwg.org/#header-value
func IsHeaderValue(s string) bool {
	if s == "" {
		return true
	}
	return !isTabOrSpace(s[0]) && !isTabOrSpace(s[len(s)-1]) && !strings.ContainsAny(s, "\x00\n\r")
}

// NormalizeHeaderValue removes tabs, spaces, LFs and CRs from both ends of s. The result need not be a header value:
// it may hold a NUL, or a newline in its middle.
//
// https://fetch.spec.whatwg.org/#concept-header-value-normalize
func NormalizeHeaderValue(s string) string { return trim(s, isHTTPWhitespace) }

// EqualFold reports whether a is a byte-case-insensitive match for b. Unlike [strings.EqualFold] it folds ASCII
// letters only.
//
// https://infra.spec.whatwg.org/#byte-case-insensitive
func EqualFold(a, b string) bool { return fold.Equal(a, b) }

// ByteLowercase returns s with the ASCII upper-case letters in lower case and every other byte as it is.
//
// https://infra.spec.whatwg.org/#byte-lowercase
func ByteLowercase(s string) string { return fold.Lower(s) }

// SortedLowercaseSet returns the names byte-lowercased, each once, in ascending order of their bytes. It returns nil
// for no names.
//
// https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set
func SortedLowercaseSet(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	set := make([]string, len(names))
	for i, name := range names {
		set[i] = fold.Lower(name) // 2.
	}
	slices.Sort(set)
	return slices.Compact(set) // 3.
}
