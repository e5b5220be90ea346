package main

import (
	"io"
	"log"
	"strings"
	"testing"
)

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

// FuzzFlags: what a flag takes is a header list, or an address to connect to.
func FuzzFlags(f *testing.F) {
	for _, s := range []string{"X-A: b", "X-A;", "X-A:", "a:80:127.0.0.1", "[::1]:443:[::1]", "*:1:::", ":::", "]:1:::", "[0:0::1]:1:::", "@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var h headerFlag // its Set reads files besides
		if err := h.add(s); err == nil && len(h.list) == 0 && !strings.Contains(s, ":") {
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
