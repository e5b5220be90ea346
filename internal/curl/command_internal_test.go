package curl

import (
	"strings"
	"testing"
)

// FuzzHeader: what -H takes is a header list.
func FuzzHeader(f *testing.F) {
	for _, s := range []string{"X-A: b", "X-A;", "X-A:", "@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var h headerFlag // its Set reads files besides
		if err := h.add(s); err == nil && len(h.list) == 0 && !strings.Contains(s, ":") {
			t.Errorf("%q is taken and means nothing", s)
		}
	})
}
