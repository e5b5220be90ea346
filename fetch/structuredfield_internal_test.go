package fetch

import (
	"strings"
	"testing"
)

// Items of structured fields, and what only looks like one.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.3
func TestStructuredToken(t *testing.T) {
	tests := []struct {
		value, want string
		ok          bool
	}{
		{"a", "a", true},
		{"  a ", "a", true},
		{"*a/b:c!#$%&'*+-.^_`|~", "*a/b:c!#$%&'*+-.^_`|~", true},
		{"a;b", "a", true},
		{"a; b=1;  c-d.e_*=x", "a", true},
		{"a;b=-1.5;c=999999999999999;d=123456789012.345", "a", true},
		{`a;b="x\"\\;,";c=%"f%c3%bc\"`, "a", true}, // a backslash means nothing in a display string
		{`a;c=%"%ff"`, "", false},
		{`a;b="x\"\\;,";c=%"f%c3%bc"`, "a", true},
		{"a;b=?1;c=@-1;d=:aGVsbG8=:;e=:aGVsbG8:;f=::", "a", true},
		{"", "", false}, {" ", "", false}, {"\ta", "", false}, {"a\t", "", false},
		{"1", "", false}, {"-a", "", false}, {`"a"`, "", false}, {"?1", "", false}, {"@1", "", false}, {":YQ==:", "", false}, {`%"a"`, "", false},
		{"a, b", "", false}, {"a b", "", false}, {"a ;b", "", false}, {"(a)", "", false},
		{"a;", "", false}, {"a;B", "", false}, {"a;1", "", false}, {"a;b=", "", false}, {"a;b= 1", "", false}, {"a;b =1", "", false},
		{"a;b=1.", "", false}, {"a;b=1.2345", "", false}, {"a;b=1234567890123.1", "", false}, {"a;b=1234567890123456", "", false},
		{"a;b=-", "", false}, {"a;b=@1.5", "", false}, {"a;b=?2", "", false}, {`a;b="x`, "", false}, {`a;b="\x"`, "", false}, {`a;b="` + "é" + `"`, "", false},
		{`a;b="\`, "", false}, {`a;b=%"%C3"`, "", false}, {`a;b=%"%c`, "", false}, {"a;b=:!:", "", false}, {"a;b=:YQ", "", false}, {"a;b=:Y\nQ=:", "", false},
	}
	for _, tt := range tests {
		if got, ok := structuredToken(tt.value); got != tt.want || ok != tt.ok {
			t.Errorf("%q: %q, %t", tt.value, got, ok)
		}
	}
}

// Any value is read to an end, and a token that is found parses by itself.
func FuzzStructuredToken(f *testing.F) {
	for _, seed := range []string{"a", `a;b="x";c=%"%c3%bc";d=:YQ==:`, "a;b=-1.5", "a;b=@1;c=?0", strings.Repeat("a;", 10)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		token, ok := structuredToken(value)
		if !ok {
			return
		}
		if again, ok := structuredToken(token); !ok || again != token || !strings.HasPrefix(strings.TrimLeft(value, " "), token) {
			t.Errorf("%q has the token %q, and that has %q", value, token, again)
		}
	})
}
