package origin

import (
	"strings"
	"unicode/utf8"
)

// A byteSet is a percent-encode set, or one of the sets of forbidden code points, of the URL
// Standard. Every percent-encode set holds all bytes from 0x7F up.
//
// https://url.spec.whatwg.org/#percent-encoded-bytes
type byteSet uint8

const (
	c0ControlSet byteSet = 1 << iota
	fragmentSet
	querySet
	specialQuerySet
	pathSet
	userinfoSet
	forbiddenHost   // https://url.spec.whatwg.org/#forbidden-host-code-point
	forbiddenDomain // https://url.spec.whatwg.org/#forbidden-domain-code-point
)

// byteSets holds the sets that each byte is in.
var byteSets = func() (t [256]byteSet) {
	const encodeSets = c0ControlSet | fragmentSet | querySet | specialQuerySet | pathSet | userinfoSet
	for b := range 256 {
		if b < 0x20 {
			t[b] = encodeSets | forbiddenDomain
		} else if b > 0x7E {
			t[b] = encodeSets
		}
	}
	t[0x7F] |= forbiddenDomain
	t['%'] |= forbiddenDomain
	add := func(set byteSet, bytes string) {
		for i := range len(bytes) {
			t[bytes[i]] |= set
		}
	}
	add(fragmentSet, " \"<>`")
	add(querySet|specialQuerySet|pathSet|userinfoSet, " \"#<>")
	add(specialQuerySet, "'")
	add(pathSet|userinfoSet, "?^`{}")
	add(userinfoSet, "/:;=@[\\]|")
	add(forbiddenHost|forbiddenDomain, "\x00\t\n\r #/:<>?@[\\]^|")
	return t
}()

// firstIn returns the index of the first byte of s that is in set, or -1.
func (set byteSet) firstIn(s string) int {
	for i := range len(s) {
		if byteSets[s[i]]&set != 0 {
			return i
		}
	}
	return -1
}

// percentEncode returns s, UTF-8 percent-encoded; s itself when nothing in it needs that.
//
// https://url.spec.whatwg.org/#string-utf-8-percent-encode
func percentEncode(s string, set byteSet) string {
	i := set.firstIn(s)
	if i < 0 {
		return s
	}
	dst := make([]byte, i, len(s)+16)
	copy(dst, s)
	return string(appendPercentEncoded(dst, s[i:], set))
}

// appendPercentEncoded appends s, UTF-8 percent-encoded, to dst.
func appendPercentEncoded(dst []byte, s string, set byteSet) []byte {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(s); {
		b := s[i]
		if byteSets[b]&set == 0 {
			dst = append(dst, b)
			i++
			continue
		}
		size := 1
		if b >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
				dst = append(dst, "%EF%BF%BD"...)
				i++
				continue
			}
		}
		for _, c := range []byte(s[i : i+size]) {
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
		i += size
	}
	return dst
}

// percentDecode returns s with its percent-encoded bytes decoded.
//
// https://url.spec.whatwg.org/#string-percent-decode
func percentDecode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	dst := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			dst = append(dst, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		dst = append(dst, s[i])
	}
	return string(dst)
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isAlpha(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

func isHex(b byte) bool { return isDigit(b) || 'a' <= b|0x20 && b|0x20 <= 'f' }

func unhex(b byte) byte {
	if isDigit(b) {
		return b - '0'
	}
	return b | 0x20 - 'a' + 10
}

// isASCII reports whether s is an ASCII string.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// lowerASCII returns s in ASCII lower case; s itself when it already is.
func lowerASCII(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			lower := []byte(s)
			for j := i; j < len(lower); j++ {
				if 'A' <= lower[j] && lower[j] <= 'Z' {
					lower[j] |= 0x20
				}
			}
			return string(lower)
		}
	}
	return s
}
