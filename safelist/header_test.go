package safelist_test

import (
	"slices"
	"testing"

	"github.com/browsercors/browsercors/safelist"
)

// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
func TestIsToken(t *testing.T) {
	const delimiters = "\"(),/:;<=>?@[\\]{}"
	for c := range 256 {
		want := c > ' ' && c < 0x7F && !slices.Contains([]byte(delimiters), byte(c))
		if got := safelist.IsToken(string([]byte{byte(c)})); got != want {
			t.Errorf("IsToken(%#x) = %v", c, got)
		}
	}
	if safelist.IsToken("") || safelist.IsHeaderName("") {
		t.Error("the empty string is a token")
	}
	if safelist.IsHeaderName("X Y") || !safelist.IsHeaderName("x-Y_1") {
		t.Error("IsHeaderName is wrong about a space or a usual name")
	}
}

// https://fetch.spec.whatwg.org/#header-value and https://fetch.spec.whatwg.org/#concept-header-value-normalize
func TestHeaderValue(t *testing.T) {
	for _, test := range []struct {
		name, value string
		is          bool
		normalized  string
	}{
		{"empty", "", true, ""},
		{"usual", "a b", true, "a b"},
		{"tab inside", "a\tb", true, "a\tb"},
		{"high bytes and controls", "\x01\xff\x7f", true, "\x01\xff\x7f"},
		{"space before", " a", false, "a"},
		{"tab after", "a\t", false, "a"},
		{"only a space", " ", false, ""},
		{"newlines at the ends", "\r\n a \r\n", false, "a"},
		{"newline inside", "a\nb", false, "a\nb"},
		{"carriage return inside", "a\rb", false, "a\rb"},
		{"NUL", "a\x00", false, "a\x00"},
		{"form feed is no HTTP whitespace", "\fa\f", true, "\fa\f"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := safelist.IsHeaderValue(test.value); got != test.is {
				t.Errorf("IsHeaderValue(%q) = %v", test.value, got)
			}
			if got := safelist.NormalizeHeaderValue(test.value); got != test.normalized {
				t.Errorf("NormalizeHeaderValue(%q) = %q, want %q", test.value, got, test.normalized)
			}
		})
	}
}

// https://infra.spec.whatwg.org/#byte-case-insensitive
func TestEqualFold(t *testing.T) {
	for _, test := range []struct {
		name, a, b string
		want       bool
	}{
		{"same", "Accept", "Accept", true},
		{"other case", "aCCEPT", "AccepT", true},
		{"other length", "Accept", "Accept-", false},
		{"not letters", "@[`{", "`{@[", false},
		{"not Unicode", "\u212a", "k", false},
		{"not Latin-1", "\xc4", "\xe4", false},
		{"empty", "", "", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := safelist.EqualFold(test.a, test.b); got != test.want {
				t.Errorf("EqualFold(%q, %q) = %v", test.a, test.b, got)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set
func TestSortedLowercaseSet(t *testing.T) {
	names := []string{"X-b", "x-B", "Accept", "x_a", "X-A"}
	want := []string{"accept", "x-a", "x-b", "x_a"}
	if got := safelist.SortedLowercaseSet(names); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if names[0] != "X-b" {
		t.Error("the caller's names were changed")
	}
	if got := safelist.SortedLowercaseSet(nil); got != nil {
		t.Errorf("no names give %q", got)
	}
}
