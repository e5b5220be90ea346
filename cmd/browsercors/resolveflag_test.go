package main

import (
	"testing"
)

// FuzzFlags: a value that --resolve accepts is an entry that lookup finds.
func FuzzFlags(f *testing.F) {
	for _, s := range []string{"a:80:127.0.0.1", "[::1]:443:[::1]", "*:1:::", ":::", "]:1:::", "[0:0::1]:1:::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := make(resolveFlag)
		if err := r.Set(s); (err == nil) != (len(r) == 1) {
			t.Errorf("%q: error %v, %d entries", s, err, len(r))
		}
		for key := range r {
			if _, ok := r.lookup(key); !ok {
				t.Errorf("%q is accepted, and not found as %q", s, key)
			}
		}
	})
}
