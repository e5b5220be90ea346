package origin_test

import (
	"testing"

	"github.com/browsercors/browsercors/origin"
)

func TestFastPath(t *testing.T) {
	tests := []struct {
		name, input string
		fast        bool
	}{
		{"plain", "https://a.example/", true},
		{"everything", "http://a-b_c.example:8080/x/.well-known/%41;~?q=1&r=/#f'", true},
		{"trailing dot", "https://a.example./", true},
		{"IPv4", "http://127.0.0.1:1/", true},
		{"three dots", "https://a.example/.../", true},
		{"no path", "https://a.example", false},
		{"other scheme", "wss://a.example/", false},
		{"upper case", "https://A.example/", false},
		{"credentials", "https://u@a.example/", false},
		{"default port", "https://a.example:443/", false},
		{"port with zeros", "https://a.example:080/", false},
		{"empty port", "https://a.example:/", false},
		{"port too great", "https://a.example:65536/", false},
		{"short IPv4", "http://127.1/", false},
		{"IPv4 with zeros", "http://127.0.0.01/", false},
		{"IPv4 out of range", "http://127.0.0.256/", false},
		{"hexadecimal IPv4", "http://0x7f000001/", false},
		{"IPv6", "http://[::1]/", false},
		{"only dots", "https://../", false},
		{"no host", "https:///", false},
		{"dot segment", "https://a.example/x/../", false},
		{"last dot segment", "https://a.example/x/.", false},
		{"encoded dot segment", "https://a.example/%2E/", false},
		{"reverse solidus", `https://a.example/\`, false},
		{"apostrophe in query", "https://a.example/?'", false},
		{"space", "https://a.example/ ", false},
		{"not ASCII", "https://a.example/é", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := origin.ParseFast(tt.input)
			if (u != nil) != tt.fast {
				t.Fatalf("fast path taken: %t, want %t", u != nil, tt.fast)
			}
			if u != nil && u.String() != tt.input {
				t.Errorf("got %s", u)
			}
		})
	}
}

// The fast path gives what the slow path gives.
func FuzzFastPath(f *testing.F) {
	for _, tt := range urlCases {
		f.Add(tt.input)
	}
	f.Add("http://1.2.3.4:80/x")
	f.Add("https://0x.a_b.-./%2e?#")
	f.Fuzz(func(t *testing.T, input string) {
		fast := origin.ParseFast(input)
		if fast == nil {
			return
		}
		slow, err := origin.ParseSlow(input)
		if err != nil {
			t.Fatalf("fast path took %q: %v", input, err)
		}
		if !origin.Identical(fast, slow) {
			t.Fatalf("%q: fast %+v, slow %+v", input, fast, slow)
		}
	})
}

func TestFastPathAllocations(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		if _, err := origin.ParseURL("https://api.example.com:8443/v1/users?id=1#f"); err != nil {
			t.Fatal(err)
		}
	}); n > 1 {
		t.Errorf("%v allocations, want the record alone", n)
	}
}
