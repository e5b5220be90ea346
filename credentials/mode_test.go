package credentials_test

import (
	"testing"

	"github.com/browsercors/browsercors/credentials"
)

// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch step 8.3
func TestModeInclude(t *testing.T) {
	tests := []struct {
		mode             credentials.Mode
		name             string
		basic, crossSite bool
	}{
		{credentials.Omit, "omit", false, false},
		{credentials.SameOrigin, "same-origin", true, false},
		{"", "same-origin", true, false},
		{credentials.Include, "include", true, true},
		{"INCLUDE", "INCLUDE", false, false},
	}
	for _, tt := range tests {
		if got := tt.mode.Include(true); got != tt.basic {
			t.Errorf("%q, basic: %t, want %t", string(tt.mode), got, tt.basic)
		}
		if got := tt.mode.Include(false); got != tt.crossSite {
			t.Errorf("%q, not basic: %t, want %t", string(tt.mode), got, tt.crossSite)
		}
		if got := tt.mode.String(); got != tt.name {
			t.Errorf("%q is called %q", string(tt.mode), got)
		}
	}
}

// https://fetch.spec.whatwg.org/#concept-cors-check steps 6 to 8
func TestAllowCredentials(t *testing.T) {
	tests := []struct {
		value         string
		present, want bool
	}{
		{"true", true, true},
		{"", false, false},
		{"true", false, false},
		{"", true, false},
		{"True", true, false},
		{"TRUE", true, false},
		{"true ", true, false},
		{"true, true", true, false},
		{"*", true, false},
		{"1", true, false},
		{"false", true, false},
	}
	for _, tt := range tests {
		if got := credentials.AllowCredentials(tt.value, tt.present); got != tt.want {
			t.Errorf("AllowCredentials(%q, %t) = %t", tt.value, tt.present, got)
		}
	}
}
