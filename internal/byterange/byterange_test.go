package byterange_test

import (
	"math"
	"testing"

	"github.com/browsercors/browsercors/internal/byterange"
	"github.com/browsercors/browsercors/internal/rules"
)

// https://fetch.spec.whatwg.org/#simple-range-header-value
func TestParseSingleRange(t *testing.T) {
	both := func(start, end uint64) byterange.Range {
		return byterange.Range{Start: start, End: end, HasStart: true, HasEnd: true}
	}
	for _, test := range []struct {
		name, value    string
		strict, blanks bool // whether it parses without and with allowWhitespace
		want           byterange.Range
		text           string
	}{
		{"both", "bytes=0-499", true, true, both(0, 499), "bytes=0-499"},
		{"one byte", "bytes=5-5", true, true, both(5, 5), "bytes=5-5"},
		{"no end", "bytes=500-", true, true, byterange.Range{Start: 500, HasStart: true}, "bytes=500-"},
		{"suffix", "bytes=-500", true, true, byterange.Range{End: 500, HasEnd: true}, "bytes=-500"},
		{"leading zeros", "bytes=0010-9999", true, true, both(10, 9999), "bytes=10-9999"},
		{"zeros make no number larger", "bytes=0011-12", true, true, both(11, 12), "bytes=11-12"},
		{"64 bits", "bytes=0-18446744073709551615", true, true, both(0, math.MaxUint64), "bytes=0-18446744073709551615"},
		{"more than 64 bits", "bytes=1-18446744073709551616", true, true, both(1, math.MaxUint64), "bytes=1-18446744073709551615"},
		{"blanks", "bytes \t= \t1 - \t2", false, true, both(1, 2), "bytes=1-2"},
		{"blank at the end", "bytes=1-2 ", false, false, byterange.Range{}, ""},
		{"blank before the unit", " bytes=1-2", false, false, byterange.Range{}, ""},
		{"neither", "bytes=-", false, false, byterange.Range{}, ""},
		{"reversed", "bytes=2-1", false, false, byterange.Range{}, ""},
		{"reversed beyond 64 bits", "bytes=20000000000000000001-20000000000000000000", false, false, byterange.Range{}, ""},
		{"longer start beyond 64 bits", "bytes=100000000000000000000-20000000000000000000", false, false, byterange.Range{}, ""},
		{"two ranges", "bytes=0-1,3-4", false, false, byterange.Range{}, ""},
		{"sign", "bytes=+1-2", false, false, byterange.Range{}, ""},
		{"minus", "bytes=5--1", false, false, byterange.Range{}, ""},
		{"no dash", "bytes=5", false, false, byterange.Range{}, ""},
		{"no equals sign", "bytes 5-6", false, false, byterange.Range{}, ""},
		{"unit only", "bytes", false, false, byterange.Range{}, ""},
		{"unit in upper case", "Bytes=0-1", false, false, byterange.Range{}, ""},
		{"another unit", "items=0-1", false, false, byterange.Range{}, ""},
		{"empty", "", false, false, byterange.Range{}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, allowWhitespace := range []bool{false, true} {
				ok := test.strict
				if allowWhitespace {
					ok = test.blanks
				}
				got, parsed := byterange.Parse(rules.RangeStandard, test.value, allowWhitespace)
				want := test.want
				if !ok {
					want = byterange.Range{}
				}
				if parsed != ok || got != want {
					t.Errorf("allowWhitespace %v: got %+v, %v; want %+v, %v", allowWhitespace, got, parsed, want, ok)
				} else if ok && got.String() != test.text {
					t.Errorf("%+v is %q, want %q", got, got, test.text)
				}
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#build-a-content-range
func TestBuildContentRange(t *testing.T) {
	if got, want := byterange.BuildContentRange(0, 499, 1234), "bytes 0-499/1234"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	const most = math.MaxInt64
	if got, want := byterange.BuildContentRange(-most, most, most),
		"bytes -9223372036854775807-9223372036854775807/9223372036854775807"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// https://fetch.spec.whatwg.org/#cors-safelisted-request-header, and where the engines' parsers leave it.
func TestIsSafelisted(t *testing.T) {
	for _, test := range []struct {
		value                              string
		standard, int64s, uint64s, lenient bool
	}{
		{"bytes=0-499", true, true, true, true},
		{"bytes=5-", true, true, true, true},
		{"bytes=-5", false, false, false, false},
		{"bytes=5-4", false, false, false, false},
		{"bytes=0-9223372036854775806", true, true, true, true},
		{"bytes=0-9223372036854775807", true, false, true, true},
		{"bytes=9223372036854775807-", true, false, true, true},
		{"bytes=0-9223372036854775808", true, false, true, true},
		{"bytes=0-18446744073709551615", true, false, true, true},
		{"bytes=0-18446744073709551616", true, false, false, false},
		{"bytes=18446744073709551616-", true, false, false, false},
		{"bytes=0-00000000000000000000000000000000000000001", true, true, true, true},
		{"Bytes=0-1", false, false, false, true},
		{"bytes=+5-9", false, false, false, true},
		{"bytes=5-+9", false, false, false, true},
		{"bytes=+5-", false, false, false, true},
		{"bytes=++5-", false, false, false, false},
		{"bytes=+-", false, false, false, false},
		{"bytes=5-+", false, false, false, false},
		{"bytes=5--1", false, false, false, false},
		{"bytes=5--2", false, false, false, false},
		{"bytes=0--0", false, false, false, false},
		{"bytes=5--0", false, false, false, false},
		{"bytes=5-9x", false, false, false, false},
		{"bytes=5", false, false, false, false},
		{"bytes= 0-1", false, false, false, false},
		{"bytes", false, false, false, false},
	} {
		t.Run(test.value, func(t *testing.T) {
			for rule, want := range map[rules.Range]bool{
				rules.RangeStandard: test.standard, rules.RangeInt64: test.int64s,
				rules.RangeUint64: test.uint64s, rules.RangeLenient: test.lenient,
			} {
				if got := byterange.IsSafelisted(rule, test.value); got != want {
					t.Errorf("rule %v: safelisted is %v", rule, got)
				}
			}
		})
	}
	for rule, want := range map[rules.Range]string{rules.RangeStandard: "standard", rules.RangeInt64: "int64",
		rules.RangeUint64: "uint64", rules.RangeLenient: "lenient", 9: "Range(9)"} {
		if got := rule.String(); got != want {
			t.Errorf("%d is called %q", rule, got)
		}
	}
}

// Which ranges the rules take, and what they ask for; the Standard's are those of TestParseSingleRange.
func TestParse(t *testing.T) {
	const standard, int64s, uint64s, lenient = rules.RangeStandard, rules.RangeInt64, rules.RangeUint64, rules.RangeLenient
	for _, test := range []struct {
		value string
		blank bool
		want  map[rules.Range]string // "" is none
	}{
		{"bytes=3-5", false, map[rules.Range]string{standard: "bytes=3-5", int64s: "bytes=3-5", uint64s: "bytes=3-5", lenient: "bytes=3-5"}},
		{"bytes=-3", false, map[rules.Range]string{standard: "bytes=-3", int64s: "bytes=-3", uint64s: "bytes=-3", lenient: "bytes=-3"}},
		{"bytes=3-", false, map[rules.Range]string{standard: "bytes=3-", int64s: "bytes=3-", uint64s: "bytes=3-", lenient: "bytes=3-"}},
		{"bytes=0-9223372036854775807", false, map[rules.Range]string{standard: "bytes=0-9223372036854775807", uint64s: "bytes=0-9223372036854775807", lenient: "bytes=0-9223372036854775807"}},
		{"bytes=18446744073709551616-", false, map[rules.Range]string{standard: "bytes=18446744073709551615-"}},
		{"bYTES=+3-+5", false, map[rules.Range]string{lenient: "bytes=3-5"}},
		{"bytes = +3 - +5", true, map[rules.Range]string{lenient: "bytes=3-5"}},
		{"bytes = 3 - 5", true, map[rules.Range]string{standard: "bytes=3-5", int64s: "bytes=3-5", uint64s: "bytes=3-5", lenient: "bytes=3-5"}},
		{"bytes = 3 - 5", false, nil}, {"bytes=++3-5", false, nil}, {"bytes=3--1", false, nil}, {"bytes=+-5", false, nil}, {"bytes=5-3", false, nil},
		{"bytes=+ 3-5", true, nil}, {"byte=3-5", false, nil}, {"bytes", false, nil}, {"", false, nil},
	} {
		for _, rule := range []rules.Range{standard, int64s, uint64s, lenient} {
			got := ""
			if r, ok := byterange.Parse(rule, test.value, test.blank); ok {
				got = r.String()
			}
			if got != test.want[rule] {
				t.Errorf("%v: %q is %q, want %q", rule, test.value, got, test.want[rule])
			}
		}
	}
}

func TestParseDoesNotAllocate(t *testing.T) {
	for _, value := range []string{"bytes=0-499", "bytes = 0 - 499", "items=0-1"} {
		if n := testing.AllocsPerRun(100, func() { byterange.Parse(rules.RangeStandard, value, true) }); n != 0 {
			t.Errorf("%s: allocates %v times, want 0", value, n)
		}
	}
}
