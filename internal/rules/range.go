package rules

import "strconv"

// A Range says which values of a Range header are parsed.
type Range uint8

const (
	RangeStandard Range = iota // the Standard: numbers of any size
	RangeInt64                 // numbers must be below 1<<63 - 1, where the parser saturates
	RangeUint64                // numbers must fit into 64 bits
	RangeLenient               // "bytes" in any case, a plus sign before a number, numbers of 64 bits
)

// String returns the rule's name in lower case.
func (r Range) String() string {
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
	return "Range(" + strconv.Itoa(int(r)) + ")"
}
