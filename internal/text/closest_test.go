package text

import (
	"strings"
	"testing"
)

func TestClosest(t *testing.T) {
	words := []string{"check", "demo", "fetch", "judge", "no-cors", "same-origin", "max-time", "-v", "x", "form", "format"}
	for _, tt := range []struct{ name, word, want string }{
		{"a letter missing", "chek", "check"},
		{"a letter too many", "feetch", "fetch"},
		{"a letter changed", "jugde", "judge"},
		{"two letters swapped", "fecth", "fetch"},
		{"case", "Same-Origin", "same-origin"},
		{"a hyphen missing", "nocors", "no-cors"},
		{"the first of equals", "chetch", "check"},
		{"the longest of equals", "formt", "format"},
		{"too different", "probe", ""},
		{"right", "fetch", ""},
		{"empty", "", ""},
		{"short, and another word", "y", ""},
		{"long", strings.Repeat("fetch", 100), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := Closest(tt.word, words); got != tt.want || ok != (tt.want != "") {
				t.Errorf("%q, %t; want %q", got, ok, tt.want)
			}
		})
	}
}

func TestEdits(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"ca", "abc", 3}, {"kitten", "sitting", 3},
	} {
		if got := edits(tt.a, tt.b); got != tt.want {
			t.Errorf("%q to %q takes %d edits, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
