// Package grammar has the grammar of HTTP on which header names, header values and methods rest: which bytes a token is
// made of, what a header value is, how a quoted string ends, and numbers in decimal digits.
//
// Everything is a byte sequence in a Go string. Nothing is taken for UTF-8.
package grammar

import "strings"

// IsToken reports whether s is a token of HTTP: one or more letters, digits and ! # $ % & ' * + - . ^ _ ` | ~.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
func IsToken[T ByteSeq](s T) bool { return Within(s, tokens()) }

// IsMethod reports whether m is a method: a token in the sense of HTTP, in any case, of any length but none.
//
// https://fetch.spec.whatwg.org/#concept-method
func IsMethod(m string) bool { return IsToken(m) }

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
	return !IsTabOrSpace(s[0]) && !IsTabOrSpace(s[len(s)-1]) && !strings.ContainsAny(s, "\x00\n\r")
}

// NormalizeHeaderValue removes tabs, spaces, LFs and CRs from both ends of s. The result need not be a header value:
// it may hold a NUL, or a newline in its middle.
//
// https://fetch.spec.whatwg.org/#concept-header-value-normalize
func NormalizeHeaderValue(s string) string { return Trim(s, IsWhitespace) }

// SkipQuotedString returns the position after the HTTP quoted string that starts at position, which is past the end
// of input when the string is not closed.
//
// https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
func SkipQuotedString(input string, position int) int {
	for position++; position < len(input); position++ {
		switch input[position] {
		case '\\':
			position++
		case '"':
			return position + 1
		}
	}
	return len(input)
}
