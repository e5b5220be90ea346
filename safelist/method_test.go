package safelist_test

import (
	"testing"

	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/safelist"
)

// https://fetch.spec.whatwg.org/#methods
func TestMethods(t *testing.T) {
	for _, test := range []struct {
		name                            string
		method                          string
		isMethod, safelisted, forbidden bool
		normalized                      string
	}{
		{"safelisted GET", "GET", true, true, false, "GET"},
		{"safelisted HEAD", "HEAD", true, true, false, "HEAD"},
		{"safelisted POST", "POST", true, true, false, "POST"},
		{"lower case is normalized", "get", true, false, false, "GET"},
		{"mixed case is normalized", "dElEtE", true, false, false, "DELETE"},
		{"normalized OPTIONS", "options", true, false, false, "OPTIONS"},
		{"normalized PUT", "Put", true, false, false, "PUT"},
		{"PATCH is not normalized", "patch", true, false, false, "patch"},
		{"methods keep their case", "eGg", true, false, false, "eGg"},
		{"forbidden CONNECT", "connect", true, false, true, "connect"},
		{"forbidden TRACE", "TRACE", true, false, true, "TRACE"},
		{"forbidden TRACK", "TraCk", true, false, true, "TraCk"},
		{"the Kelvin sign is no K", "TRAC\u212a", false, false, false, "TRAC\u212a"},
		{"no token: empty", "", false, false, false, ""},
		{"no token: space", "GET ", false, false, false, "GET "},
		{"no token: high byte", "G\xc9T", false, false, false, "G\xc9T"},
		{"wildcard is a token", "*", true, false, false, "*"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := grammar.IsMethod(test.method); got != test.isMethod {
				t.Errorf("IsMethod(%q) = %v", test.method, got)
			}
			if got := safelist.IsSafelistedMethod(test.method); got != test.safelisted {
				t.Errorf("IsSafelistedMethod(%q) = %v", test.method, got)
			}
			if got := safelist.IsForbiddenMethod(test.method); got != test.forbidden {
				t.Errorf("IsForbiddenMethod(%q) = %v", test.method, got)
			}
			if got := safelist.NormalizeMethod(test.method); got != test.normalized {
				t.Errorf("NormalizeMethod(%q) = %q, want %q", test.method, got, test.normalized)
			}
		})
	}
}
