package main

import (
	"io"
	"log"
	"strings"
	"testing"
	"unicode"
)

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

func TestClean(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"plain", "text/html; charset=utf-8", "text/html; charset=utf-8"},
		{"UTF-8", "café", "café"},
		{"replacement character", "\ufffd", "\ufffd"},
		{"escape", "\x1b[31m", `\x1b[31m`},
		{"line break", "a\nb", `a\x0ab`},
		{"C1 control", "\u009b", `\xc2\x9b`},
		{"no UTF-8", "\xff", `\xff`},
		{"right-to-left override", "\u202e", `\xe2\x80\xae`},
		{"long", strings.Repeat("a", 1000), strings.Repeat("a", 400) + "… (1000 bytes)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := clean(test.in); got != test.want {
				t.Errorf("clean(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}

// FuzzClean: nothing that a peer sends reaches the terminal as a command.
func FuzzClean(f *testing.F) {
	f.Add("a\x1b]0;x\x07\u009b\xff")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range clean(s) {
			if !unicode.IsPrint(r) {
				t.Errorf("clean(%q) has %q", s, r)
			}
		}
	})
}

// FuzzFlags: what a flag takes is a header list, or an address to connect to.
func FuzzFlags(f *testing.F) {
	for _, s := range []string{"X-A: b", "X-A;", "X-A:", "a:80:127.0.0.1", "[::1]:443:[::1]", "*:1:::", ":::", "]:1:::", "[0:0::1]:1:::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var h headerFlag
		if err := h.Set(s); err == nil && len(h.list) == 0 && !strings.Contains(s, ":") {
			t.Errorf("%q is taken and means nothing", s)
		}
		r := make(resolveFlag)
		if err := r.Set(s); (err == nil) != (len(r) == 1) {
			t.Errorf("%q: error %v, %d entries", s, err, len(r))
		}
		for key := range r {
			if _, ok := r.lookup(key); !ok {
				t.Errorf("%q is taken, and not found as %q", s, key)
			}
		}
	})
}
