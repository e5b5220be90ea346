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
		{"characters of several bytes", "  ", strings.Repeat("é", 74) + " b", "  " + strings.Repeat("é", 74) + " b\n"},
		{"wide characters", "", strings.Repeat("中", 38) + " b c", strings.Repeat("中", 38) + " b\nc\n"},
		{"combining characters", "", strings.Repeat("e\u0301", 76) + " b", strings.Repeat("e\u0301", 76) + " b\n"},
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

func TestColumns(t *testing.T) {
	tests := []struct {
		name, text string
		want       int
	}{
		{"nothing", "", 0},
		{"ASCII", "abc", 3},
		{"two bytes a character", "Größe", 5},
		{"quotation marks", "“a”…", 4},
		{"Chinese", "中文", 4},
		{"Korean", "한국", 4},
		{"full width", "ＡＢ", 4},
		{"half width", "ｱｲ", 2},
		{"emoji", "🍪", 2},
		{"combining", "e\u0301", 1},
		{"zero width", "a\u200bb", 2},
		{"coloured", "\x1b[31mab\x1b[0mc", 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := text.Columns(tt.text); got != tt.want {
				t.Errorf("%q: %d columns, want %d", tt.text, got, tt.want)
			}
			if got := text.Columns(text.Pad(tt.text, 6)); got != 6 {
				t.Errorf("%q padded to 6: %d columns", tt.text, got)
			}
		})
	}
}

func TestLines(t *testing.T) {
	tests := []struct {
		name, text string
		columns    int
		want       string
	}{
		{"nothing", "", 10, ""},
		{"a line break stays", "a b\n\nc", 10, "a b||c"},
		{"breaks at white space", "aa  bb cc", 5, "aa bb|cc"},
		{"a word too long", "aaaaaa b", 5, "aaaaaa|b"},
		{"colours have no width", "\x1b[31maa\x1b[0m bb cc", 5, "\x1b[31maa\x1b[0m bb|cc"},
		{"no room", "a b", -1, "a|b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(text.Lines(tt.text, tt.columns), "|"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
