// Package byterange reads and builds ranges of bytes, as the headers Range and Content-Range hold them: by Fetch's
// algorithms, and as the user agents that depart from them.
package byterange

import (
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/rules"
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

// parseSingleRange returns the digits of both numbers. ok is false if data is not a single range.
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func parseSingleRange[T grammar.ByteSeq](data T, allowWhitespace bool) (start, end T, ok bool) {
	skip := func() {
		if allowWhitespace {
			data = grammar.TrimLeft(data, grammar.IsTabOrSpace)
		}
	}
	collectDigits := func() T {
		n := grammar.LeadingDigits(data)
		collected := data[:n]
		data = data[n:]
		return collected
	}
	const unit = "bytes"
	if len(data) < len(unit) || string(data[:len(unit)]) != unit {
		return start, end, false // 2. Another unit: failure.
	}
	data = data[len(unit):]               // 3. Behind the unit,
	skip()                                // 4. blanks, if they are allowed,
	if len(data) == 0 || data[0] != '=' { // 5. an equals sign,
		return start, end, false
	}
	data = data[1:]                       // 6. behind it,
	skip()                                // 7. blanks,
	start = collectDigits()               // 8., 9. the digits of the start,
	skip()                                // 10. blanks,
	if len(data) == 0 || data[0] != '-' { // 11. a hyphen,
		return start, end, false
	}
	data = data[1:]       // 12. behind it,
	skip()                // 13. blanks,
	end = collectDigits() // 14., 15. the digits of the end,
	switch {
	case len(data) > 0: // 16. and nothing else.
		return start, end, false
	case len(start) == 0 && len(end) == 0: // 17. One of the two must be there.
		return start, end, false
	case len(start) > 0 && len(end) > 0 && grammar.CompareDecimal(start, end) > 0: // 18. The start comes first.
		return start, end, false
	}
	return start, end, true // 19. That is the range.
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

// Parse parses a Range header value that asks for one range of bytes, with the numbers and the spellings that the rule
// takes, and with tabs and spaces around its parts if allowWhitespace. ok is false for any other value.
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func Parse(rule rules.Range, value string, allowWhitespace bool) (_ Range, ok bool) {
	if rule == rules.RangeLenient {
		value = withoutSigns(value)
	}
	start, end, ok := parseSingleRange(value, allowWhitespace)
	if !ok || !holds(rule, start, end) {
		return Range{}, false
	}
	parsed := Range{HasStart: start != "", HasEnd: end != ""}
	parsed.Start, _ = grammar.Decimal(start)
	parsed.End, _ = grammar.Decimal(end)
	return parsed, true
}

// holds reports whether a rule's integers hold two numbers, which may be empty.
func holds[T grammar.ByteSeq](rule rules.Range, start, end T) bool {
	switch rule {
	case rules.RangeInt64:
		return isBelow(start, maxInt64) && isBelow(end, maxInt64)
	case rules.RangeUint64, rules.RangeLenient:
		return isAtMost(start, maxUint64) && isAtMost(end, maxUint64)
	}
	return true
}

// withoutSigns is a lenient range in the Standard's spelling: the unit in lower case, and no plus sign before a number.
func withoutSigns(value string) string {
	const unit = "bytes"
	if !fold.HasPrefix(value, unit) {
		return value
	}
	set := value[len(unit):]
	before, numbers, _ := strings.Cut(set, "=")
	start, end, ranged := strings.Cut(numbers, "-")
	if !ranged {
		return value
	}
	unsigned := func(number string) string {
		if digits, signed := strings.CutPrefix(strings.TrimLeft(number, " \t"), "+"); signed && digits != "" && grammar.IsDigit(digits[0]) {
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

// IsSafelisted carries out the steps for range of a CORS-safelisted request-header. It does not allocate.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func IsSafelisted[T grammar.ByteSeq](rule rules.Range, value T) bool {
	if rule == rules.RangeLenient {
		return isLenientRange(value)
	}
	start, end, ok := parseSingleRange(value, false)
	if !ok || len(start) == 0 { // range.2., range.3.
		return false
	}
	return holds(rule, start, end)
}

func isBelow[T grammar.ByteSeq](digits T, limit uint64) bool {
	n, exact := grammar.Decimal(digits)
	return exact && n < limit
}

func isAtMost[T grammar.ByteSeq](digits T, limit uint64) bool {
	n, exact := grammar.Decimal(digits)
	return exact && n <= limit
}

// isLenientRange is the safelist's range as [rules.RangeLenient] reads it.
func isLenientRange[T grammar.ByteSeq](value T) bool {
	const unit = "bytes="
	if !fold.HasPrefix(value, unit) {
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
func parseSigned[T grammar.ByteSeq](s T) (n uint64, ok bool) {
	if len(s) > 0 && s[0] == '+' {
		s = s[1:]
	}
	if len(s) == 0 || grammar.LeadingDigits(s) < len(s) {
		return 0, false
	}
	n, exact := grammar.Decimal(s)
	return n, exact
}
