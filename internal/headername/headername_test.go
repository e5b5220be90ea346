package headername_test

import (
	"github.com/browsercors/browsercors/internal/headername"
	"testing"
)

// The name lists of https://fetch.spec.whatwg.org/#terminology-headers.
func TestNames(t *testing.T) {
	for _, test := range []struct {
		name                                   string
		noCORS, privileged, nonWildcard, aBody bool
	}{
		{"accept", true, false, false, false},
		{"ACCEPT-LANGUAGE", true, false, false, false},
		{"Content-Language", true, false, false, true},
		{"content-type", true, false, false, true},
		{"Content-Encoding", false, false, false, true},
		{"content-location", false, false, false, true},
		{"Content-Length", false, false, false, false},
		{"rAnge", false, true, false, false},
		{"authorization", false, false, true, false},
		{"X-A", false, false, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := headername.IsNoCORSSafelisted(test.name); got != test.noCORS {
				t.Errorf("no-CORS-safelisted is %v", got)
			}
			if got := headername.IsPrivilegedNoCORS(test.name); got != test.privileged {
				t.Errorf("privileged is %v", got)
			}
			if got := headername.IsNonWildcard(test.name); got != test.nonWildcard {
				t.Errorf("non-wildcard is %v", got)
			}
			if got := headername.IsRequestBody(test.name); got != test.aBody {
				t.Errorf("request-body-header is %v", got)
			}
		})
	}
	if !headername.IsAddedByBrowsers("user-agent") || headername.IsAddedByBrowsers("X-A") {
		t.Error("wrong about the names that browsers add")
	}
	if !headername.IsForbiddenResponse("SET-cookie2") || headername.IsForbiddenResponse("Cookie") {
		t.Error("wrong about the forbidden response-header names")
	}
}
