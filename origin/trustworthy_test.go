package origin_test

import (
	"testing"

	"github.com/browsercors/browsercors/origin"
)

// https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy
func TestTrust(t *testing.T) {
	schemes := mustSchemes(t, "wails", "app")
	trust := &origin.Trust{
		Schemes: []string{"wails"},
		Origins: []origin.Origin{mustOrigin(t, "http://staging.example:8080"), origin.NewOpaque()},
	}
	tests := []struct {
		name, input  string
		bare, extend bool // without and with what the embedder trusts
	}{
		{"https", "https://a.example/", true, true},
		{"wss", "wss://a.example/", true, true},
		{"http", "http://a.example/", false, false},
		{"ws", "ws://a.example/", false, false},
		{"loopback", "http://127.0.0.1/", true, true},
		{"all of 127/8", "ws://127.255.3.4:1/", true, true},
		{"other address", "http://128.0.0.1/", false, false},
		{"looks like loopback", "http://127.0.0.1.example/", false, false},
		{"IPv6 loopback", "http://[::1]:8080/", true, true},
		{"IPv6", "http://[::2]/", false, false},
		{"loopback mapped into IPv6", "http://[::ffff:127.0.0.1]/", false, false},
		{"localhost", "http://localhost/", true, true},
		{"localhost with a dot", "http://LOCALHOST./", true, true},
		{"below localhost", "http://app.localhost:8080/", true, true},
		{"below localhost with a dot", "http://app.localhost./", true, true},
		{"ends like localhost", "http://notlocalhost/", false, false},
		{"starts like localhost", "http://localhost.example/", false, false},
		{"two dots", "http://localhost../", false, false},
		{"file", "file:///x", false, false},
		{"data", "data:text/html,x", true, true},
		{"about:blank", "about:blank", true, true},
		{"about:blank, fragment", "about:blank?q#f", true, true},
		{"about:srcdoc", "about:srcdoc", true, true},
		{"about:config", "about:config", false, false},
		{"about with a host", "about://blank", false, false},
		{"blob of https", "blob:https://a.example/id", true, true},
		{"blob of http", "blob:http://a.example/id", false, false},
		{"blob of null", "blob:null/id", false, false},
		{"javascript", "javascript:x", false, false},
		{"authenticated scheme", "wails://wails/", false, true},
		{"custom scheme", "app://app/", false, false},
		{"opaque host that looks like an address", "app://127.0.0.1/", false, false},
		{"configured", "http://staging.example:8080/", false, true},
		{"configured, other port", "http://staging.example/", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := schemes.ParseURL(tt.input, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := (*origin.Trust)(nil).URL(u); got != tt.bare {
				t.Errorf("nil Trust: %t, want %t", got, tt.bare)
			}
			if got := new(origin.Trust).URL(u); got != tt.bare {
				t.Errorf("zero Trust: %t, want %t", got, tt.bare)
			}
			if got := trust.URL(u); got != tt.extend {
				t.Errorf("Trust: %t, want %t", got, tt.extend)
			}
		})
	}
	if trust.Origin(origin.Origin{}) || trust.Origin(origin.NewOpaque()) {
		t.Error("an origin that is no tuple is trusted")
	}
}

func TestTrustAllocations(t *testing.T) {
	trust := &origin.Trust{Schemes: []string{"wails"}, Origins: []origin.Origin{mustOrigin(t, "http://staging.example")}}
	u := mustURL(t, "http://a.example/")
	if n := testing.AllocsPerRun(100, func() { trust.URL(u) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
