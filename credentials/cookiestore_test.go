package credentials_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie
func TestStore(t *testing.T) {
	tests := []struct {
		name    string
		url     string
		from    string // a page of another site, if any
		before  string // a cookie that https://shop.example/ has set
		value   string
		rules   rules.Cookies
		refusal credentials.CookieRefusal
	}{
		{"accepted", shop, "", "", "a=1", rules.Cookies{}, ""},
		{"no HTTP", "ftp://shop.example/", "", "", "a=1", rules.Cookies{}, "no-host"},
		{"opaque host", "foo://shop.example/", "", "", "a=1", rules.Cookies{}, "no-host"},
		{"host of 253 bytes", "https://" + hostOf(253) + "/", "", "", "a=1; Domain=shop.example", rules.Cookies{}, ""},
		{"host of 254 bytes", "https://" + hostOf(254) + "/", "", "", "a=1; Domain=shop.example", rules.Cookies{}, "long-host"},
		{"default path of 4096 bytes", shop + strings.Repeat("p", 4095) + "/x", "", "", "a=1", rules.Cookies{}, ""},
		{"default path of 4097 bytes", shop + strings.Repeat("p", 4096) + "/x", "", "", "a=1", rules.Cookies{}, "long-path"},
		{"default path of 4097 bytes, AnyLength", shop + strings.Repeat("p", 4096) + "/x", "", "", "a=1", rules.Cookies{AnyLength: true}, ""},
		{"default path beyond AnyLength", shop + strings.Repeat("p", 100<<10) + "/x", "", "", "a=1", rules.Cookies{AnyLength: true}, "long-path"},
		{"default path of 11 bytes", shop + strings.Repeat("p", 10) + "/x", "", "", "a=1", rules.Cookies{MaxPath: 10}, "long-path"},
		{"long URL, short Path", shop + strings.Repeat("p", 5000) + "/x", "", "", "a=1; Path=/", rules.Cookies{}, ""},
		{"does not parse", shop, "", "", "=", rules.Cookies{}, "empty"},
		// 5
		{"public suffix above", "https://a.co.uk/", "", "", "a=1; Domain=co.uk", rules.Cookies{}, "public-suffix"},
		{"unlisted suffix above", shop, "", "", "a=1; Domain=example", rules.Cookies{}, "public-suffix"},
		{"foreign public suffix", shop, "", "", "a=1; Domain=co.uk", rules.Cookies{}, "public-suffix"},
		{"private public suffix", "https://a.github.io/", "", "", "a=1; Domain=github.io", rules.Cookies{}, "public-suffix"},
		{"own public suffix", "https://github.io/", "", "", "a=1; Domain=github.io", rules.Cookies{}, ""},
		{"own public suffix, barred", "https://github.io/", "", "", "a=1; Domain=github.io", rules.Cookies{SuffixBarred: true}, "public-suffix"},
		{"public suffix, barred without Domain", "https://github.io/", "", "", "a=1", rules.Cookies{SuffixBarred: true}, "public-suffix"},
		{"unlisted suffix, not barred", "https://localhost/", "", "", "a=1", rules.Cookies{SuffixBarred: true}, ""},
		{"unlisted suffix, barred with Domain", "https://localhost/", "", "", "a=1; Domain=localhost", rules.Cookies{SuffixBarred: true}, "public-suffix"},
		{"address, not barred", "https://127.0.0.1/", "", "", "a=1", rules.Cookies{SuffixBarred: true}, ""},
		// 7
		{"Domain above", "https://a.shop.example/", "", "", "a=1; Domain=shop.example", rules.Cookies{}, ""},
		{"Domain below", shop, "", "", "a=1; Domain=a.shop.example", rules.Cookies{}, "foreign-domain"},
		{"Domain that ends likewise", "https://ashop.example/", "", "", "a=1; Domain=shop.example", rules.Cookies{}, "foreign-domain"},
		{"Domain with the host's dot", "https://shop.example./", "", "", "a=1; Domain=shop.example", rules.Cookies{}, "foreign-domain"},
		{"Domain with a dot", "https://a.shop.example./", "", "", "a=1; Domain=shop.example.", rules.Cookies{}, ""},
		{"address", "https://127.0.0.1/", "", "", "a=1; Domain=127.0.0.1", rules.Cookies{}, ""},
		{"part of an address", "https://127.0.0.1/", "", "", "a=1; Domain=0.0.1", rules.Cookies{}, "foreign-domain"},
		{"literal part of an address", "https://127.0.0.1/", "", "", "a=1; Domain=0.0.1", rules.Cookies{DomainLiteral: true}, "foreign-domain"},
		{"IPv6 address", "https://[::1]/", "", "", "a=1; Domain=[0:0::1]", rules.Cookies{}, ""},
		{"__Host- with an address as Domain", "https://127.0.0.1/", "", "", "__Host-a=1; Secure; Path=/; Domain=127.0.0.1", rules.Cookies{}, "host-prefix"},
		{"__Host- with an address as Domain, for the host alone", "https://127.0.0.1/", "", "", "__Host-a=1; Secure; Path=/; Domain=127.0.0.1", rules.Cookies{AddressHostOnly: true}, ""},
		{"Domain above in capitals", "https://a.shop.example/", "", "", "a=1; Domain=Shop.example", rules.Cookies{}, ""},
		{"Domain above in capitals, refused", "https://a.shop.example/", "", "", "a=1; Domain=Shop.example", rules.Cookies{DomainAboveLower: true}, "foreign-domain"},
		{"Domain of the host in capitals", shop, "", "", "a=1; Domain=Shop.example", rules.Cookies{DomainAboveLower: true}, ""},
		// 10
		{"Secure over http", "http://shop.example/", "", "", "a=1; Secure", rules.Cookies{}, "secure-from-insecure-url"},
		{"Secure over http to itself", "http://localhost/", "", "", "a=1; Secure", rules.Cookies{}, "secure-from-insecure-url"},
		{"Secure over http to itself, trusted", "http://localhost/", "", "", "a=1; Secure", rules.Cookies{SecureOnLoopback: true}, ""},
		{"Secure over http, trust elsewhere", "http://shop.example/", "", "", "a=1; Secure", rules.Cookies{SecureOnLoopback: true}, "secure-from-insecure-url"},
		{"over http, same path", "http://shop.example/", "", "a=1; Secure; Path=/x", "a=2; Path=/x", rules.Cookies{}, "shadows-secure-cookie"},
		{"over http, deeper path", "http://shop.example/", "", "a=1; Secure; Path=/x", "a=2; Path=/x/y", rules.Cookies{}, "shadows-secure-cookie"},
		{"over http, higher path", "http://shop.example/", "", "a=1; Secure; Path=/x", "a=2; Path=/", rules.Cookies{}, ""},
		{"over http, other path", "http://shop.example/", "", "a=1; Secure; Path=/x", "a=2; Path=/xy", rules.Cookies{}, ""},
		{"over http, other name", "http://shop.example/", "", "a=1; Secure", "A=2", rules.Cookies{}, ""},
		{"over http, not Secure", "http://shop.example/", "", "a=1", "a=2", rules.Cookies{}, ""},
		{"over http, with Domain", "http://shop.example/", "", "a=1; Secure", "a=2; Domain=shop.example", rules.Cookies{}, "shadows-secure-cookie"},
		{"over http, from below", "http://www.shop.example/", "", "a=1; Secure", "a=2", rules.Cookies{}, "shadows-secure-cookie"},
		{"over http, beside", "http://www.shop.example/", "", "a=1; Secure; Domain=shop.example", "a=2", rules.Cookies{}, "shadows-secure-cookie"},
		{"over http, replacing", "http://shop.example/", "", "a=1; Secure", "a=2", rules.Cookies{ShadowByReplacing: true}, "shadows-secure-cookie"},
		{"over http, not replacing", "http://shop.example/", "", "a=1; Secure", "a=2; Path=/x", rules.Cookies{ShadowByReplacing: true}, ""},
		{"over https", shop, "", "a=1; Secure", "a=2", rules.Cookies{}, ""},
		// 11
		{"cross-site, unset", shop, other, "", "a=1", rules.Cookies{}, "cross-site"},
		{"cross-site, Lax", shop, other, "", "a=1; SameSite=Lax", rules.Cookies{}, "cross-site"},
		{"cross-site, Strict", shop, other, "", "a=1; SameSite=Strict", rules.Cookies{}, "cross-site"},
		{"cross-site, None", shop, other, "", "a=1; SameSite=None; Secure", rules.Cookies{}, ""},
		{"cross-site, unset is None", shop, other, "", "a=1", rules.Cookies{Unset: rules.UnsetIsNone}, ""},
		{"cross-site, unset is Lax", shop, other, "", "a=1", rules.Cookies{Unset: rules.UnsetIsLax}, "cross-site"},
		{"same-site, Strict", shop, "", "", "a=1; SameSite=Strict", rules.Cookies{}, ""},
		// 12
		{"None without Secure", shop, "", "", "a=1; SameSite=None", rules.Cookies{}, "none-without-secure"},
		{"None without Secure, accepted", shop, "", "", "a=1; SameSite=None", rules.Cookies{NoneIsDefault: true}, ""},
		{"Partitioned without Secure", shop, "", "", "a=1; Partitioned", rules.Cookies{}, "partitioned-without-secure"},
		{"Partitioned without Secure, ignored", shop, "", "", "a=1; Partitioned", rules.Cookies{IgnorePartitioned: true}, ""},
		// 13 to 17
		{"__Secure- without Secure", shop, "", "", "__Secure-a=1", rules.Cookies{}, "secure-prefix"},
		{"__Secure-", shop, "", "", "__SECURE-a=1; Secure", rules.Cookies{}, ""},
		{"__Host- without Secure", shop, "", "", "__Host-a=1; Path=/", rules.Cookies{}, "host-prefix"},
		{"__Host- without Path", shop, "", "", "__Host-a=1; Secure", rules.Cookies{}, "host-prefix"},
		{"__Host- without Path where it is /", shop, "", "", "__Host-a=1; Secure", rules.Cookies{HostPrefixDefaultPath: true}, ""},
		{"__Host- without Path where it is not", shop + "x/y", "", "", "__Host-a=1; Secure", rules.Cookies{HostPrefixDefaultPath: true}, "host-prefix"},
		{"__Host- with another Path", shop, "", "", "__Host-a=1; Secure; Path=/x", rules.Cookies{}, "host-prefix"},
		{"__Host- with Domain", shop, "", "", "__Host-a=1; Secure; Path=/; Domain=shop.example", rules.Cookies{}, "host-prefix"},
		{"__Host-", shop + "x/y", "", "", "__hOST-a=1; Secure; Path=/", rules.Cookies{}, ""},
		{"__Http- without HttpOnly", shop, "", "", "__Http-a=1; Secure", rules.Cookies{}, "http-prefix"},
		{"__Http- without Secure", shop, "", "", "__Http-a=1; HttpOnly", rules.Cookies{}, "http-prefix"},
		{"__Http-", shop, "", "", "__Http-a=1; Secure; HttpOnly", rules.Cookies{}, ""},
		{"__Host-Http- without HttpOnly", shop, "", "", "__Host-Http-a=1; Secure; Path=/", rules.Cookies{}, "http-prefix"},
		{"__Host-Http- without Path", shop, "", "", "__Host-Http-a=1; Secure; HttpOnly", rules.Cookies{}, "host-prefix"},
		{"__Host-Http-", shop, "", "", "__Host-Http-a=1; Secure; HttpOnly; Path=/", rules.Cookies{}, ""},
		{"hidden __Secure-", shop, "", "", "=__secure-a=1; Secure", rules.Cookies{}, "hidden-prefix"},
		{"hidden __Host-", shop, "", "", "__Host-a", rules.Cookies{}, "hidden-prefix"},
		{"hidden __Http-", shop, "", "", "__Http-a", rules.Cookies{}, "hidden-prefix"},
		{"prefixes ignored", shop, "", "", "__Host-a=1", rules.Cookies{IgnorePrefixes: true}, ""},

		{"third party, blocked", shop, other, "", "a=1; SameSite=None; Secure; Partitioned", rules.Cookies{ThirdParty: "blocked"}, "third-party"},
		{"third party, no such policy", shop, other, "", "a=1; SameSite=None; Secure; Partitioned", rules.Cookies{ThirdParty: "block"}, "third-party"},
		{"third party, to be Partitioned", shop, other, "", "a=1; SameSite=None; Secure", rules.Cookies{ThirdParty: "partitioned"}, "third-party"},
		{"third party, Partitioned", shop, other, "", "a=1; SameSite=None; Secure; Partitioned", rules.Cookies{ThirdParty: "partitioned"}, ""},
		{"third party, jar of the site's", shop, other, "", "a=1; SameSite=None; Secure", rules.Cookies{ThirdParty: "jar"}, ""},
		{"third party, not stored", shop, other, "", "a=1; SameSite=None; Secure", rules.Cookies{ThirdParty: "not-stored"}, "third-party"},
		{"first party, blocked", shop, "", "", "a=1", rules.Cookies{ThirdParty: "blocked"}, ""},
	}
	seen := make(map[credentials.CookieRefusal]bool)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := jarWith(tt.rules)
			if tt.before != "" {
				set(t, j, near(t, shop), tt.before)
			}
			r := near(t, tt.url)
			if tt.from != "" {
				r = far(t, tt.url, tt.from)
			}
			got := j.SetCookie(r, tt.value)
			if got != tt.refusal {
				t.Fatalf("%s, want %s", got, tt.refusal)
			}
			if stored := j.Len() > min(1, len(tt.before)); tt.before == "" && stored != (got == "") {
				t.Errorf("stored: %v", stored)
			}
			seen[got] = true
		})
	}
	for _, r := range append(credentials.Values()["CookieRefusal"], "") {
		switch r {
		case "credentials-omitted":
			continue // no jar says so
		case "control-character", "too-long", "invalid-domain":
			continue // TestParse has them
		case "no-room":
			continue // TestCookieBytes has it
		}
		if !seen[credentials.CookieRefusal(r)] {
			t.Errorf("no test for %s", r)
		}
	}
}

// What a first party is where third parties set no cookies: the domain's host
// tells, and a suffix that is on no list makes each host a party of its own.
func TestThirdPartyNotStored(t *testing.T) {
	tests := []struct {
		page, url, value string
		want             credentials.CookieRefusal
	}{
		{"https://www.shop.co.uk/", "https://api.shop.co.uk/", "a=1", ""},
		{"https://a.github.io/", "https://b.github.io/", "a=1", "third-party"},
		{"https://shop.example/", "https://api.shop.example/", "a=1", "third-party"},
		{"https://shop.example/", "https://api.shop.example/", "a=1; Domain=shop.example", ""},
		{"https://www.shop.example/", "https://api.shop.example/", "a=1; Domain=shop.example", ""},
		{"https://www.shop.example/", "https://shop.example/", "a=1", "third-party"},
		{"https://www.shop.example/", "https://www.shop.example/", "a=1", ""},
	}
	for _, tt := range tests {
		r := near(t, tt.url)
		r.TopLevel = mustURL(t, tt.page).Origin()
		if got := jarWith(rules.Cookies{ThirdParty: "not-stored"}).SetCookie(r, tt.value); got != tt.want {
			t.Errorf("%s, %s, %s: %s, want %s", tt.page, tt.url, tt.value, got, tt.want)
		}
	}
	r := near(t, shop)
	r.TopLevel = origin.Origin{} // who says nothing of a page
	if got := jarWith(rules.Cookies{ThirdParty: "not-stored"}).SetCookie(r, "a=1"); got != "" {
		t.Error(got)
	}
}

// Ten thousand Set-Cookie headers that are refused leave nothing, and the rest
// is kept.
func TestHostileSetCookie(t *testing.T) {
	j := jarWith(rules.Cookies{})
	r := near(t, shop)
	var lines []string
	for i := range 10_000 {
		lines = append(lines, strings.Repeat("x", 5000), "\x00", fmt.Sprintf("a%d=1; Domain=example", i), ";"+strings.Repeat(";", 10_000)+"\x7f")
	}
	j.SetCookies(r, append(append([]string{"a=1"}, lines...), "b=1"))
	if got := j.Cookie(r); got != "a=1; b=1" || j.Len() != 2 {
		t.Errorf("%d: %q", j.Len(), got)
	}
}
