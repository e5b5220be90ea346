package headervalue_test

import (
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/google/go-cmp/cmp"
	"math"
	"strings"
	"testing"
)

// The table of https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split.
func TestGetDecodeAndSplit(t *testing.T) {
	for _, test := range []struct {
		name    string
		headers list
		want    []string
	}{
		{"trailing comma", list{"A", "nosniff,"}, []string{"nosniff", ""}},
		{"two headers, one empty", list{"A", "nosniff", "B", "sniff", "A", ""}, []string{"nosniff", ""}},
		{"empty", list{"A", "", "B", "sniff"}, []string{""}},
		{"absent", list{"B", "sniff"}, nil},
		{"open quote", list{"A", `text/html;", x/x`}, []string{`text/html;", x/x`}},
		{"open quote over two headers", list{"A", `text/html;"`, "A", "x/x"}, []string{`text/html;", x/x`}},
		{"quotes closed", list{"A", `x/x;test="hi",y/y`}, []string{`x/x;test="hi"`, "y/y"}},
		{"quotes closed, two headers", list{"A", `x/x;test="hi"`, "C", "**bingo**", "A", "y/y"}, []string{`x/x;test="hi"`, "y/y"}},
		{"empty members", list{"A", "x / x,,,1"}, []string{"x / x", "", "", "1"}},
		{"empty members of headers", list{"A", "x / x", "A", ",", "A", "1"}, []string{"x / x", "", "", "1"}},
		{"comma in quotes", list{"A", `"1,2", 3`}, []string{`"1,2"`, "3"}},
		{"comma in quotes, two headers", list{"A", `"1,2"`, "D", "4", "A", "3"}, []string{`"1,2"`, "3"}},
		{"escaped quote", list{"A", `"1\",2", 3`}, []string{`"1\",2"`, "3"}},
		{"backslash at the end", list{"A", `1, "2\`}, []string{"1", `"2\`}},
		{"quotes inside a member", list{"A", `a"b,c"d"e,"f , g`}, []string{`a"b,c"d"e,"f`, "g"}},
		{"only tabs and spaces go", list{"A", "\t 1\f \t,\t2\t"}, []string{"1\f", "2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := headervalue.GetDecodeAndSplit(test.headers, "a")
			if diff := cmp.Diff(test.want, got); diff != "" || ok != (test.want != nil) {
				t.Errorf("ok %v, (-want +got)\n%s", ok, diff)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#content-length-header
func TestExtractLength(t *testing.T) {
	for _, test := range []struct {
		name    string
		headers list
		want    uint64
		ok, bad bool
	}{
		{"absent", nil, 0, false, false},
		{"number", list{"content-length", "17"}, 17, true, false},
		{"leading zeros", list{"Content-Length", "0017"}, 17, true, false},
		{"equal ones", list{"Content-Length", "17, 17", "Content-Length", "17"}, 17, true, false},
		{"different ones", list{"Content-Length", "17", "Content-Length", "18"}, 0, false, true},
		{"equal numbers, different strings", list{"Content-Length", "17,017"}, 0, false, true},
		{"empty", list{"Content-Length", ""}, 0, false, false},
		{"sign", list{"Content-Length", "+17"}, 0, false, false},
		{"equal junk", list{"Content-Length", "x,x"}, 0, false, false},
		{"largest", list{"Content-Length", "18446744073709551615"}, math.MaxUint64, true, false},
		{"too large", list{"Content-Length", "18446744073709551616"}, math.MaxUint64, true, false},
		{"far too large", list{"Content-Length", strings.Repeat("9", 1000)}, math.MaxUint64, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok, err := headervalue.ExtractLength(test.headers)
			if got != test.want || ok != test.ok || (err != nil) != test.bad {
				t.Errorf("got %d, %v, %v", got, ok, err)
			}
		})
	}
}

// list is a header list: names and values in turn.
type list []string

func (l list) Get(name string) (string, bool) {
	var values []string
	for i := 0; i < len(l); i += 2 {
		if fold.Equal(l[i], name) {
			values = append(values, l[i+1])
		}
	}
	return strings.Join(values, ", "), values != nil
}

// The parts joined again are the value, except for the tabs and spaces around them; splitting them again finds
// nothing more to split; and the parts are those of the Standard's algorithm.
func FuzzGetDecodeAndSplit(f *testing.F) {
	for _, value := range []string{"", ",", "nosniff,", `text/html;", x/x`, `"1\",2", 3`, `1, "2\`, "\t 1\f \t,\t2\t", `a"b,c"d"e,"f , g`} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		parts := split(value)
		if diff := cmp.Diff(literalSplit(value), parts); diff != "" {
			t.Fatalf("%q (-Standard +got)\n%s", value, diff)
		}
		if diff := cmp.Diff(parts, split(strings.Join(parts, ", "))); diff != "" && !strings.Contains(value, `"`) {
			t.Errorf("%q (-first +second)\n%s", value, diff)
		}
		blanks := strings.NewReplacer(" ", "", "\t", "")
		if got := strings.Join(parts, ","); blanks.Replace(got) != blanks.Replace(value) {
			t.Errorf("%q rejoins as %q", value, got)
		}
	})
}

// literalSplit is get, decode, and split as the Standard writes it, with temporaryValue built byte by byte.
func literalSplit(input string) []string {
	position := 0
	var values []string
	temporaryValue := ""
	for {
		for position < len(input) && input[position] != '"' && input[position] != ',' {
			temporaryValue += string([]byte{input[position]})
			position++
		}
		if position < len(input) && input[position] == '"' {
			temporaryValue += `"`
			position++
			for position < len(input) {
				c := input[position]
				temporaryValue += string([]byte{c})
				position++
				if c == '"' {
					break
				}
				if c == '\\' && position < len(input) {
					temporaryValue += string([]byte{input[position]})
					position++
				}
			}
			if position < len(input) {
				continue
			}
		}
		values = append(values, strings.Trim(temporaryValue, "\t "))
		temporaryValue = ""
		if position >= len(input) {
			return values
		}
		position++
	}
}

func split(value string) []string {
	parts, _ := headervalue.GetDecodeAndSplit(list{"A", value}, "A")
	return parts
}
