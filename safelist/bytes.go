package safelist

import (
	"math/bits"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/text"
)

// byteSeq is what the judging functions read: a value as it was given, or one that was joined into a buffer on the
// stack. Being generic over both spares the hot path a copy.
type byteSeq interface{ string | []byte }

// Sets of ASCII bytes, one bit a byte.
const (
	digits   = (1<<10 - 1) << '0'
	uppers   = (1<<26 - 1) << 'A'
	lowers   = (1<<26 - 1) << 'a'
	controls = 1<<' ' - 1

	// tokenBytes are the bytes of token in RFC 9110, section 5.6.2, which are the HTTP token code points.
	tokenBytes = digits | uppers | lowers | 1<<'!' | 1<<'#' | 1<<'$' | 1<<'%' | 1<<'&' | 1<<'\'' | 1<<'*' |
		1<<'+' | 1<<'-' | 1<<'.' | 1<<'^' | 1<<'_' | 1<<'`' | 1<<'|' | 1<<'~'

	// corsUnsafeBytes are those of https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte.
	corsUnsafeBytes = controls&^(1<<'\t') | 1<<'"' | 1<<'(' | 1<<')' | 1<<':' | 1<<'<' | 1<<'>' | 1<<'?' | 1<<'@' |
		1<<'[' | 1<<'\\' | 1<<']' | 1<<'{' | 1<<'}' | 1<<0x7F

	// languageBytes may stand in Accept-Language and Content-Language.
	languageBytes = digits | uppers | lowers | 1<<' ' | 1<<'*' | 1<<',' | 1<<'-' | 1<<'.' | 1<<';' | 1<<'='

	// extensionTokenBytes are those of the Referrer Policy Standard's extension-token.
	extensionTokenBytes = uppers | lowers | 1<<'-'

	low = 1<<64 - 1
)

// byteSet is a set of ASCII bytes made from one of the constants above.
type byteSet struct{ low, high uint64 }

func tokens() byteSet          { return byteSet{tokenBytes & low, tokenBytes >> 64} }
func corsUnsafe() byteSet      { return byteSet{corsUnsafeBytes & low, corsUnsafeBytes >> 64} }
func language() byteSet        { return byteSet{languageBytes & low, languageBytes >> 64} }
func extensionTokens() byteSet { return byteSet{extensionTokenBytes & low, extensionTokenBytes >> 64} }

func (s byteSet) has(c byte) bool {
	return (s.low>>c|s.high>>(c-64))&1 != 0 // a shift by 64 or more, as by c-64 below 64, gives 0
}

// within reports whether s is not empty and holds no byte outside set.
func within[T byteSeq](s T, set byteSet) bool {
	for i := range len(s) {
		if !set.has(s[i]) {
			return false
		}
	}
	return len(s) > 0
}

func isDigit(c byte) bool          { return '0' <= c && c <= '9' }
func isTabOrSpace(c byte) bool     { return c == '\t' || c == ' ' }
func isHTTPWhitespace(c byte) bool { return c == '\t' || c == '\n' || c == '\r' || c == ' ' }

func hasPrefixFold[T byteSeq](s T, prefix string) bool {
	return len(s) >= len(prefix) && fold.Equal(s[:len(prefix)], prefix)
}

func trim[T byteSeq](s T, blank func(byte) bool) T { return trimRight(trimLeft(s, blank), blank) }

func trimLeft[T byteSeq](s T, blank func(byte) bool) T {
	for len(s) > 0 && blank(s[0]) {
		s = s[1:]
	}
	return s
}

func trimRight[T byteSeq](s T, blank func(byte) bool) T {
	for len(s) > 0 && blank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// leadingDigits returns the length of the sequence of ASCII digits at the start of s.
func leadingDigits[T byteSeq](s T) int {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

// compareDecimal orders two sequences of ASCII digits by the numbers that they stand for, however long they are.
func compareDecimal[T byteSeq](a T, b T) int {
	a, b = trimZeros(a), trimZeros(b)
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	for i := range len(a) {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return 0
}

func trimZeros[T byteSeq](s T) T {
	for len(s) > 0 && s[0] == '0' {
		s = s[1:]
	}
	return s
}

// decimal returns the number that a sequence of ASCII digits stands for, or the largest uint64 where it is larger.
func decimal[T byteSeq](s T) (n uint64, exact bool) {
	for i := range len(s) {
		hi, lo := bits.Mul64(n, 10)
		sum, carry := bits.Add64(lo, uint64(s[i]-'0'), 0)
		if hi|carry != 0 {
			return 1<<64 - 1, false
		}
		n = sum
	}
	return n, true
}

// quote quotes a value for one line of a message.
func quote(s string) string {
	const limit = 80
	return text.GoQuote(s, limit)
}
