package origin_test

import (
	"testing"

	"golang.org/x/net/publicsuffix"

	"github.com/browsercors/browsercors/origin"
)

// suffixes is a list that knows its entries and nothing else.
type suffixes map[string]string

func (s suffixes) PublicSuffix(domain string) string { return s[domain] }

// https://url.spec.whatwg.org/#host-registrable-domain, with the table of examples there
func TestRegistrableDomain(t *testing.T) {
	tests := []struct{ name, host, want string }{
		{"suffix", "com", ""},
		{"itself", "example.com", "example.com"},
		{"below", "www.example.com", "example.com"},
		{"further below", "sub.www.example.com", "example.com"},
		{"trailing dot", "example.com.", "example.com."},
		{"below, trailing dot", "www.example.com.", "example.com."},
		{"private suffix", "github.io", ""},
		{"below a private suffix", "whatwg.github.io", "whatwg.github.io"},
		{"suffix of two labels", "www.example.co.uk", "example.co.uk"},
		{"IDNA suffix", "xn--kgbechtv", ""},
		{"below an IDNA suffix", "sub.example.xn--kgbechtv", "example.xn--kgbechtv"},
		{"IPv6", "[2001:db8:85a3::8a2e:370:7334]", ""},
		{"IPv4", "127.0.0.1", ""},
		{"localhost", "localhost", ""},
		{"below localhost", "app.localhost", "app.localhost"},
		{"unlisted suffix", "www.a.example", "a.example"},
		{"empty", "", ""},
		{"dot", ".", ""},
		{"leading dot", ".com", ""},
		{"empty label", "a..com", ""},
		{"empty label further up", "a..b.com", "b.com"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := origin.RegistrableDomain(tt.host, nil); got != tt.want {
				t.Errorf("RegistrableDomain(%q) = %q, want %q", tt.host, got, tt.want)
			}
		})
	}
}

// A list that answers nonsense makes sites smaller, never greater.
func TestRegistrableDomainOfOddList(t *testing.T) {
	for _, suffix := range []string{"", "org", "ple.com", "www.example.com"} {
		if got := origin.RegistrableDomain("www.example.com", suffixes{"www.example.com": suffix}); got != "" {
			t.Errorf("with the suffix %q: %q", suffix, got)
		}
	}
	if got := origin.RegistrableDomain("www.example.com", suffixes{"www.example.com": "example.com"}); got != "www.example.com" {
		t.Errorf("with another list: %q", got)
	}
}

// https://html.spec.whatwg.org/#same-site, with the table of examples there
func TestSameSite(t *testing.T) {
	tests := []struct {
		name, a, b       string
		same, schemeless bool
	}{
		{"same", "https://example.com", "https://example.com", true, true},
		{"subdomains", "https://sub.example.com", "https://other.example.com", true, true},
		{"scheme", "https://example.com", "http://example.com", false, true},
		{"port", "https://example.com:80", "https://example.com", true, true},
		{"other", "https://example.com", "https://example.org", false, false},
		{"private suffix", "https://a.github.io", "https://b.github.io", false, false},
		{"suffix and itself", "https://github.io", "https://github.io:1", true, true},
		{"suffix and below", "https://github.io", "https://a.github.io", false, false},
		{"trailing dot", "https://example.com.", "https://example.com", false, false},
		{"IPv4", "http://127.0.0.1:1", "http://127.0.0.1:2", true, true},
		{"two IPv4", "http://10.0.0.1", "http://11.0.0.1", false, false},
		{"IPv6", "http://[::1]:1", "https://[::1]", false, true},
		{"localhost", "http://localhost:1", "http://localhost:2", true, true},
		{"opaque", "null", "null", false, false},
		{"opaque and tuple", "null", "https://example.com", false, false},
		{"zero", "", "", false, false},
		{"zero and tuple", "", "https://example.com", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := mustOrigin(t, tt.a), mustOrigin(t, tt.b)
			if got := origin.SameSite(a, b, nil); got != tt.same {
				t.Errorf("same site: %t, want %t", got, tt.same)
			}
			if got := origin.SchemelesslySameSite(a, b, publicsuffix.List); got != tt.schemeless {
				t.Errorf("schemelessly same site: %t, want %t", got, tt.schemeless)
			}
		})
	}
	opaque := origin.NewOpaque()
	if !origin.SameSite(opaque, opaque, nil) || !origin.SchemelesslySameSite(opaque, opaque, nil) {
		t.Error("an opaque origin is not same site with itself")
	}
}

// https://html.spec.whatwg.org/#obtain-a-site
func TestSite(t *testing.T) {
	tests := []struct{ name, origin, want string }{
		{"registrable domain", "https://www.example.com:8443", "https://example.com"},
		{"address", "http://127.0.0.1:8080", "http://127.0.0.1"},
		{"suffix", "https://github.io", "https://github.io"},
		{"opaque", "null", "null"},
		{"zero", "", "null"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := mustOrigin(t, tt.origin)
			s := o.Site(publicsuffix.List)
			if s.String() != tt.want {
				t.Errorf("site %s, want %s", s, tt.want)
			}
			if s.Scheme() != o.Scheme() || s.IsOpaque() != o.IsOpaque() || (s == origin.Site{}) != o.IsZero() || s.IsOpaque() && s.Host() != "" {
				t.Errorf("site %+v of %s", s, o)
			}
		})
	}
}

// The opaque host of a custom scheme is no domain and no address.
func TestSiteOfCustomScheme(t *testing.T) {
	s := mustSchemes(t, "app")
	for _, serialized := range []string{"app://www.example.com", "app://127.0.0.1"} {
		o, err := s.ParseOrigin(serialized)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.Site(nil).String(); got != serialized {
			t.Errorf("site %s, want %s", got, serialized)
		}
	}
}

// The hosts and what the list is asked for them.
var siteBenchmarks = []struct{ name, a, b string }{
	{"hosts=same", "https://www.example.co.uk", "https://www.example.co.uk:8443"},
	{"hosts=siblings", "https://www.example.co.uk", "https://api.example.co.uk:8443"},
	{"hosts=strangers", "https://www.example.co.uk", "https://www.example.com"},
}

func TestSiteAllocations(t *testing.T) {
	list := suffixes{"www.example.co.uk": "co.uk", "api.example.co.uk": "co.uk"}
	for _, tt := range siteBenchmarks {
		t.Run(tt.name, func(t *testing.T) {
			a, b := mustOrigin(t, tt.a), mustOrigin(t, tt.b)
			if n := testing.AllocsPerRun(100, func() {
				origin.SameSite(a, b, list)
				origin.SchemelesslySameSite(a, b, list)
				_ = origin.PartitionKey{Site: a.Site(list)}
			}); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
}

// Comparing origins directly gives what comparing their sites gives.
func FuzzSameSite(f *testing.F) {
	for _, tt := range siteBenchmarks {
		f.Add(tt.a, tt.b)
	}
	f.Add("https://example.com.", "https://www.example.com.")
	f.Add("app://www.example.com", "app://example.com")
	schemes := mustSchemes(f, "app")
	f.Fuzz(func(t *testing.T, x, y string) {
		a, err := schemes.ParseOrigin(x)
		if err != nil {
			return
		}
		b, err := schemes.ParseOrigin(y)
		if err != nil {
			return
		}
		same, sites := origin.SameSite(a, b, nil), a.Site(nil) == b.Site(nil)
		if same != sites {
			t.Fatalf("%s and %s: same site %t, their sites %t", a, b, same, sites)
		}
		if schemeless := origin.SchemelesslySameSite(a, b, nil); same != (schemeless && a.Scheme() == b.Scheme()) {
			t.Fatalf("%s and %s: same site %t, schemelessly %t", a, b, same, schemeless)
		}
	})
}

func BenchmarkSameSite(b *testing.B) {
	for _, bb := range siteBenchmarks {
		b.Run(bb.name, func(b *testing.B) {
			x, y := mustOrigin(b, bb.a), mustOrigin(b, bb.b)
			b.ReportAllocs()
			for b.Loop() {
				origin.SameSite(x, y, nil)
			}
		})
	}
}
