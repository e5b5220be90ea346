package origin_test

import (
	"testing"

	"github.com/browsercors/browsercors/origin"
)

// https://fetch.spec.whatwg.org/#network-partition-keys
func TestNetworkPartitionKey(t *testing.T) {
	opaque := origin.NewOpaque()
	key := func(o origin.Origin) origin.PartitionKey { return origin.PartitionKey{Site: o.Site(nil)} }
	tests := []struct {
		name string
		a, b origin.PartitionKey
		same bool
	}{
		{"same site", key(mustOrigin(t, "https://a.example.com")), key(mustOrigin(t, "https://b.example.com:1")), true},
		{"scheme", key(mustOrigin(t, "https://example.com")), key(mustOrigin(t, "http://example.com")), false},
		{"other site", key(mustOrigin(t, "https://a.github.io")), key(mustOrigin(t, "https://b.github.io")), false},
		{"opaque and itself", key(opaque), key(opaque), true},
		{"two opaque", key(opaque), key(origin.NewOpaque()), false},
		{"second key", key(opaque), origin.PartitionKey{Site: opaque.Site(nil), Second: "x"}, false},
		{"null key", key(origin.Origin{}), origin.PartitionKey{}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.a == tt.b; got != tt.same {
				t.Errorf("%+v and %+v: same %t, want %t", tt.a, tt.b, got, tt.same)
			}
		})
	}
}
