package safelist

import (
	"strconv"
	"strings"
)

// Range is what a single range header value asks for. A number beyond the range of uint64 is held as the largest
// uint64; numbers are compared before they are cut, so that Start is at most End whenever both are there.
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
type Range struct {
	Start, End       uint64 // positions of the first and the last byte; without a start, End is the length of a suffix
	HasStart, HasEnd bool   // at least one of them is true
}

// String returns the range as a header value, such as "bytes=0-499".
func (r Range) String() string {
	b := []byte("bytes=")
	if r.HasStart {
		b = strconv.AppendUint(b, r.Start, 10)
	}
	b = append(b, '-')
	if r.HasEnd {
		b = strconv.AppendUint(b, r.End, 10)
	}
	return string(b)
}

// ParseSingleRange parses a Range header value that asks for one range of bytes, with tabs and spaces
// around its parts if allowWhitespace. The error is a *[ValueError].
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func ParseSingleRange(value string, allowWhitespace bool) (Range, error) {
	start, end, rule := parseSingleRange(value, allowWhitespace)
	if rule != "" {
		return Range{}, &ValueError{"Range", value, rule}
	}
	r := Range{HasStart: start != "", HasEnd: end != ""}
	r.Start, _ = decimal(start)
	r.End, _ = decimal(end)
	return r, nil
}

// parseSingleRange returns the digits of both numbers, or the rule that data breaks.
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func parseSingleRange[T byteSeq](data T, allowWhitespace bool) (start, end T, rule string) {
	skip := func() {
		if allowWhitespace {
			data = trimLeft(data, isTabOrSpace)
		}
	}
	collectDigits := func() T {
		n := leadingDigits(data)
		collected := data[:n]
		data = data[n:]
		return collected
	}
	const unit = "bytes"
	if len(data) < len(unit) || string(data[:len(unit)]) != unit {
		return start, end, `does not start with "bytes"` // 2.
	}
	data = data[len(unit):]               // 3.
	skip()                                // 4.
	if len(data) == 0 || data[0] != '=' { // 5.
		return start, end, `no "=" where it belongs`
	}
	data = data[1:]                       // 6.
	skip()                                // 7.
	start = collectDigits()               // 8., 9.
	skip()                                // 10.
	if len(data) == 0 || data[0] != '-' { // 11.
		return start, end, `no "-" where it belongs`
	}
	data = data[1:]       // 12.
	skip()                // 13.
	end = collectDigits() // 14., 15.
	switch {
	case len(data) > 0: // 16.
		return start, end, "something follows the range"
	case len(start) == 0 && len(end) == 0: // 17.
		return start, end, "neither a start nor an end"
	case len(start) > 0 && len(end) > 0 && compareDecimal(start, end) > 0: // 18.
		return start, end, "the start is greater than the end"
	}
	return start, end, "" // 19.
}

// BuildContentRange returns the value of a Content-Range header, such as "bytes 0-499/1234".
//
// https://fetch.spec.whatwg.org/#build-a-content-range
func BuildContentRange(start, end, full int64) string {
	b := append(make([]byte, 0, 64), "bytes "...)
	b = strconv.AppendInt(b, start, 10)
	b = append(b, '-')
	b = strconv.AppendInt(b, end, 10)
	b = append(b, '/')
	b = strconv.AppendInt(b, full, 10)
	return string(b)
}

// RangeRule says which Range values are CORS-safelisted.
type RangeRule uint8

// The Standard knows no largest number; the engines' integers end.
const (
	RangeStandard RangeRule = iota // the Standard: numbers without bound
	RangeInt64                     // numbers must be below 1<<63 - 1, where the parser saturates
	RangeUint64                    // numbers must fit into 64 bits
	// RangeLenient takes "bytes" in any case, a plus sign before a number, and numbers of 64 bits.
	RangeLenient
)

// String returns the rule's name in lower case.
func (r RangeRule) String() string {
	switch r {
	case RangeStandard:
		return "standard"
	case RangeInt64:
		return "int64"
	case RangeUint64:
		return "uint64"
	case RangeLenient:
		return "lenient"
	}
	return "RangeRule(" + strconv.Itoa(int(r)) + ")"
}

// Parse parses a Range header value that asks for one range of bytes as [ParseSingleRange] does, with the numbers and
// the spellings that the rule takes. The error is a *[ValueError].
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func (r RangeRule) Parse(value string, allowWhitespace bool) (Range, error) {
	written := value
	if r == RangeLenient {
		value = withoutSigns(value)
	}
	start, end, rule := parseSingleRange(value, allowWhitespace)
	if rule == "" && !holds(r, start, end) {
		rule = "a number is too large"
	}
	if rule != "" {
		return Range{}, &ValueError{"Range", written, rule}
	}
	parsed := Range{HasStart: start != "", HasEnd: end != ""}
	parsed.Start, _ = decimal(start)
	parsed.End, _ = decimal(end)
	return parsed, nil
}

// holds reports whether a rule's integers hold two numbers, which may be empty.
func holds[T byteSeq](rule RangeRule, start, end T) bool {
	switch rule {
	case RangeInt64:
		return isBelow(start, maxInt64) && isBelow(end, maxInt64)
	case RangeUint64, RangeLenient:
		return isAtMost(start, maxUint64) && isAtMost(end, maxUint64)
	}
	return true
}

// withoutSigns is a lenient range in the Standard's spelling: the unit in lower case, and no plus sign before a number.
func withoutSigns(value string) string {
	const unit = "bytes"
	if !hasPrefixFold(value, unit) {
		return value
	}
	set := value[len(unit):]
	before, numbers, _ := strings.Cut(set, "=")
	start, end, ranged := strings.Cut(numbers, "-")
	if !ranged {
		return value
	}
	unsigned := func(number string) string {
		if digits, signed := strings.CutPrefix(strings.TrimLeft(number, " \t"), "+"); signed && digits != "" && isDigit(digits[0]) {
			return digits
		}
		return number
	}
	return unit + before + "=" + unsigned(start) + "-" + unsigned(end)
}

const (
	maxInt64  = 1<<63 - 1
	maxUint64 = 1<<64 - 1
)

// isSafelistedRange carries out the steps for range of https://fetch.spec.whatwg.org/#cors-safelisted-request-header.
func isSafelistedRange[T byteSeq](rule RangeRule, value T) bool {
	if rule == RangeLenient {
		return isLenientRange(value)
	}
	start, end, broken := parseSingleRange(value, false)
	if broken != "" || len(start) == 0 { // range.2., range.3.
		return false
	}
	return holds(rule, start, end)
}

func isBelow[T byteSeq](digits T, limit uint64) bool {
	n, exact := decimal(digits)
	return exact && n < limit
}

func isAtMost[T byteSeq](digits T, limit uint64) bool {
	n, exact := decimal(digits)
	return exact && n <= limit
}

// isLenientRange is the safelist's range as [RangeLenient] reads it.
func isLenientRange[T byteSeq](value T) bool {
	const unit = "bytes="
	if !hasPrefixFold(value, unit) {
		return false
	}
	value = value[len(unit):]
	dash := 0
	for dash < len(value) && value[dash] != '-' {
		dash++
	}
	if dash == 0 || dash == len(value) {
		return false
	}
	start, ok := parseSigned(value[:dash])
	if !ok {
		return false
	}
	if dash+1 == len(value) {
		return true
	}
	end, ok := parseSigned(value[dash+1:])
	return ok && start <= end
}

// parseSigned reads a plus sign, if there is one, and a number of 64 bits.
func parseSigned[T byteSeq](s T) (n uint64, ok bool) {
	if len(s) > 0 && s[0] == '+' {
		s = s[1:]
	}
	if len(s) == 0 || leadingDigits(s) < len(s) {
		return 0, false
	}
	n, exact := decimal(s)
	return n, exact
}
