package grammar_test

import (
	"slices"
	"testing"

	"github.com/browsercors/browsercors/internal/grammar"
)

// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
func TestIsToken(t *testing.T) {
	const delimiters = "\"(),/:;<=>?@[\\]{}"
	for c := range 256 {
		want := c > ' ' && c < 0x7F && !slices.Contains([]byte(delimiters), byte(c))
		if got := grammar.IsToken(string([]byte{byte(c)})); got != want {
			t.Errorf("IsToken(%#x) = %v", c, got)
		}
	}
	if grammar.IsToken("") || grammar.IsHeaderName("") {
		t.Error("the empty string is a token")
	}
	if grammar.IsHeaderName("X Y") || !grammar.IsHeaderName("x-Y_1") {
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
			if got := grammar.IsHeaderValue(test.value); got != test.is {
				t.Errorf("IsHeaderValue(%q) = %v", test.value, got)
			}
			if got := grammar.NormalizeHeaderValue(test.value); got != test.normalized {
				t.Errorf("NormalizeHeaderValue(%q) = %q, want %q", test.value, got, test.normalized)
			}
		})
	}
}
