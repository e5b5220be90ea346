package grammar

import "math/bits"

// ByteSeq is a value as it was given, or one that was joined into a buffer on the stack. Functions that are generic
// over both spare the hot path a copy.
type ByteSeq interface{ string | []byte }

// Sets of ASCII bytes, one bit a byte.
const (
	Digits   = (1<<10 - 1) << '0'
	Uppers   = (1<<26 - 1) << 'A'
	Lowers   = (1<<26 - 1) << 'a'
	Controls = 1<<' ' - 1

	// tokenBytes are the bytes of token in RFC 9110, section 5.6.2, which are the HTTP token code points.
	tokenBytes = Digits | Uppers | Lowers | 1<<'!' | 1<<'#' | 1<<'$' | 1<<'%' | 1<<'&' | 1<<'\'' | 1<<'*' |
		1<<'+' | 1<<'-' | 1<<'.' | 1<<'^' | 1<<'_' | 1<<'`' | 1<<'|' | 1<<'~'

	low = 1<<64 - 1
)

// ByteSet is a set of ASCII bytes.
type ByteSet struct{ low, high uint64 }

// NewByteSet returns the set whose bytes 0 to 63 are the bits of low, and whose bytes 64 to 127 are those of high.
func NewByteSet(low, high uint64) ByteSet { return ByteSet{low, high} }

func tokens() ByteSet { return ByteSet{tokenBytes & low, tokenBytes >> 64} }

// Has reports whether c is in the set.
func (s ByteSet) Has(c byte) bool {
	return (s.low>>c|s.high>>(c-64))&1 != 0 // a shift by 64 or more, as by c-64 below 64, gives 0
}

// Within reports whether s is not empty and holds no byte outside set.
func Within[T ByteSeq](s T, set ByteSet) bool {
	for i := range len(s) {
		if !set.Has(s[i]) {
			return false
		}
	}
	return len(s) > 0
}

// IsDigit reports whether c is an ASCII digit.
func IsDigit(c byte) bool { return '0' <= c && c <= '9' }

// IsTabOrSpace reports whether c is an HTTP tab or space.
//
// https://fetch.spec.whatwg.org/#http-tab-or-space
func IsTabOrSpace(c byte) bool { return c == '\t' || c == ' ' }

// IsWhitespace reports whether c is an HTTP whitespace byte.
//
// https://fetch.spec.whatwg.org/#http-whitespace
func IsWhitespace(c byte) bool { return c == '\t' || c == '\n' || c == '\r' || c == ' ' }

// Trim removes the blanks from both ends of s.
func Trim[T ByteSeq](s T, blank func(byte) bool) T { return TrimRight(TrimLeft(s, blank), blank) }

// TrimLeft removes the blanks from the start of s.
func TrimLeft[T ByteSeq](s T, blank func(byte) bool) T {
	for len(s) > 0 && blank(s[0]) {
		s = s[1:]
	}
	return s
}

// TrimRight removes the blanks from the end of s.
func TrimRight[T ByteSeq](s T, blank func(byte) bool) T {
	for len(s) > 0 && blank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// LeadingDigits returns the length of the sequence of ASCII digits at the start of s.
func LeadingDigits[T ByteSeq](s T) int {
	i := 0
	for i < len(s) && IsDigit(s[i]) {
		i++
	}
	return i
}

// CompareDecimal orders two sequences of ASCII digits by the numbers that they stand for, however long they are.
func CompareDecimal[T ByteSeq](a T, b T) int {
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

func trimZeros[T ByteSeq](s T) T {
	for len(s) > 0 && s[0] == '0' {
		s = s[1:]
	}
	return s
}

// Decimal returns the number that a sequence of ASCII digits stands for, or the largest uint64 where it is larger.
func Decimal[T ByteSeq](s T) (n uint64, exact bool) {
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
