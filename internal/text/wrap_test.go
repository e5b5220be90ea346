package text_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/text"
)

func TestWrap(t *testing.T) {
	long := strings.Repeat("x", 100)
	tests := []struct{ name, indent, text, want string }{
		{"nothing", "  ", "", "\n"},
		{"white space", "  ", " a\n\tb ", "  a b\n"},
		{"just fits", "", strings.Repeat("a", 76) + " b", strings.Repeat("a", 76) + " b\n"},
		{"does not fit", "", strings.Repeat("a", 77) + " b", strings.Repeat("a", 77) + "\nb\n"},
		{"the indent counts", "  ", strings.Repeat("a", 75) + " b", "  " + strings.Repeat("a", 75) + "\n  b\n"},
		{"a word too long", "  ", "a " + long + " b", "  a\n  " + long + "\n  b\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			text.Wrap(&b, tt.indent, tt.text)
			if got := b.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
