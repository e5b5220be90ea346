package rules_test

import (
	"testing"

	"github.com/browsercors/browsercors/internal/rules"
)

// https://fetch.spec.whatwg.org/#create-a-connection
func TestClientCertificate(t *testing.T) {
	always := rules.Credentials{ClientCertificateAlways: true}
	tests := []struct {
		name     string
		policy   rules.Credentials
		included bool
		want     bool
	}{
		{name: "credentials", included: true, want: true},
		{name: "no credentials"},
		{name: "ClientCertificateAlways, credentials", policy: always, included: true, want: true},
		{name: "ClientCertificateAlways, no credentials", policy: always, want: true},
	}
	for _, tt := range tests {
		if got := tt.policy.ClientCertificate(tt.included); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}
