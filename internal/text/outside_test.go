package text

import (
	"strings"
	"testing"
	"unicode"
)

func TestClean(t *testing.T) {
	a := strings.Repeat("a", limit-1)
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"plain", "Größe “1”", "Größe “1”"},
		{"an escape sequence", "\x1b[31m\a", `\x1b[31m\x07`},
		{"a line break", "a\nb", `a\x0ab`},
		{"a C1 control", "\u009b", `\xc2\x9b`},
		{"not UTF-8", "a\xffb", `a\xffb`},
		{"the replacement character", "a\ufffdb", "a\ufffdb"},
		{"right to left", "\u202ea", `\xe2\x80\xaea`},
		{"as long as may be", a + "b", a + "b"},
		{"too long", a + "bc", a + "b… (401 bytes)"},
		{"cut before a character", a + "é", a + "… (401 bytes)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Clean(tt.in); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestQuote(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", `""`},
		{"plain", "Größe", `"Größe"`},
		{"quotation marks", `a "b" \`, `"a \"b\" \\"`},
		{"an escape sequence", "\x1b[31m", `"\x1b[31m"`},
		{"what looks like one", `\x1b`, `"\\x1b"`},
		{"too long", strings.Repeat("a", limit+1), `"` + strings.Repeat("a", limit) + `"… (401 bytes)`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Quote(tt.in); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// FuzzClean: nothing from outside reaches a terminal as a command.
func FuzzClean(f *testing.F) {
	f.Add("a\x1b]0;x\x07\u009b\xff")
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range Clean(s) {
			if !unicode.IsPrint(c) {
				t.Errorf("Clean(%q) has %q", s, c)
			}
		}
	})
}

func TestCleanBytes(t *testing.T) {
	long := strings.Repeat("é", limit)
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Größe", "Größe"},
		{"a byte that is a control", "a\u009b", `a\x9b`},
		{"not a byte", "\u202ea", `\u{202e}a`},
		{"as long as may be", long, long},
		{"too long", long + "é", long + "… (401 characters)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := CleanBytes(tt.in); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
