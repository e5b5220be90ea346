package text

import (
	"testing"
)

func TestList(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  string
	}{{nil, ""}, {[]string{"a"}, "a"}, {[]string{"a", "b"}, "a and b"}, {[]string{"a", "b", "c"}, "a, b and c"}} {
		if got := List(tt.names); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.names, got, tt.want)
		}
	}
}

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "0 uses", 1: "1 use", 2: "2 uses"} {
		if got := Plural(n, "use"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestFill(t *testing.T) {
	word := func(name string) string {
		return map[string]string{"a": "1", "b": "{a}"}[name]
	}
	for template, want := range map[string]string{"": "", "x": "x", "{a}{b}": "1{a}", "x {a}, {c}.": "x 1, .", "{a": "1"} {
		if got := Fill(template, word); got != want {
			t.Errorf("%q: %q, want %q", template, got, want)
		}
	}
}
