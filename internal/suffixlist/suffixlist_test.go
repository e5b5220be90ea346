package suffixlist_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/suffixlist"
	"github.com/browsercors/browsercors/origin"
)

const list = "\ufeff// ===BEGIN ICANN DOMAINS===\r\ncom\r\nco.uk  // a comment\nuk\n\n*.ck\n!www.ck\n食狮.com.cn\ncom.cn\ncn\n// ===BEGIN PRIVATE DOMAINS===\nsurge.sh\n*.compute.example.com\n"

func TestPublicSuffix(t *testing.T) {
	l, err := suffixlist.Read(strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ domain, suffix, registrable string }{
		{"com", "com", ""},
		{"example.com", "com", "example.com"},
		{"www.example.co.uk", "co.uk", "example.co.uk"},
		{"a.uk", "uk", "a.uk"},
		{"foo.ck", "foo.ck", ""},
		{"a.b.foo.ck", "foo.ck", "b.foo.ck"},
		{"www.ck", "ck", "www.ck"},
		{"a.www.ck", "ck", "www.ck"},
		{"ck", "ck", ""},
		{"a.xn--85x722f.com.cn", "xn--85x722f.com.cn", "a.xn--85x722f.com.cn"},
		{"web.surge.sh", "surge.sh", "web.surge.sh"},
		{"x.eu.compute.example.com", "eu.compute.example.com", "x.eu.compute.example.com"},
		{"a.unlisted", "unlisted", "a.unlisted"},
		{"localhost", "localhost", ""},
	} {
		if got := l.PublicSuffix(tt.domain); got != tt.suffix {
			t.Errorf("%s: suffix %q, want %q", tt.domain, got, tt.suffix)
		}
		if got := origin.RegistrableDomain(tt.domain, l); got != tt.registrable {
			t.Errorf("%s: registrable domain %q, want %q", tt.domain, got, tt.registrable)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "// a comment\n", "no rule: not a public suffix list"},
		{"a page", "<!DOCTYPE html>\n", `line 1: "<!DOCTYPE" is not a rule`},
		{"a star within", "com\na.*.com\n", `line 2: "a.*.com" is not a rule`},
		{"a line without an end", strings.Repeat("a", 1<<20), "token too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := suffixlist.Read(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}
