package credentials_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

// jarWith is a jar with rules and a clock that stands still.
func jarWith(rules credentials.CookieRules) *credentials.CookieJar {
	return credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: rules, Now: func() time.Time { return now }})
}

// near is a request from the same site.
func near(t testing.TB, url string) *credentials.CookieRequest {
	t.Helper()
	u := mustURL(t, url)
	return &credentials.CookieRequest{
		URL: u, Method: "GET", SameSite: credentials.StrictOrLess,
		TopLevel: u.Origin(), Partition: origin.NetworkPartitionKey(u.Origin(), nil),
	}
}

// far is a request from a page of another site.
func far(t testing.TB, url, page string) *credentials.CookieRequest {
	t.Helper()
	top := mustURL(t, page).Origin()
	return &credentials.CookieRequest{
		URL: mustURL(t, url), Method: "GET",
		TopLevel: top, Partition: origin.NetworkPartitionKey(top, nil), ThirdParty: true,
	}
}

// set stores cookies that must not be refused.
func set(t testing.TB, j *credentials.CookieJar, r *credentials.CookieRequest, cookies ...string) {
	t.Helper()
	for _, c := range cookies {
		if refusal := j.SetCookie(r, c); refusal != credentials.CookieAccepted {
			t.Fatalf("%.80q: %s", c, refusal)
		}
	}
}

const (
	shop  = "https://shop.example/"
	other = "https://other.example/"
)

// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie
func TestStore(t *testing.T) {
	type rules = credentials.CookieRules
	tests := []struct {
		name    string
		url     string
		from    string // a page of another site, if any
		before  string // a cookie that https://shop.example/ has set
		value   string
		rules   rules
		refusal credentials.CookieRefusal
	}{
		{"accepted", shop, "", "", "a=1", rules{}, credentials.CookieAccepted},
		{"no HTTP", "ftp://shop.example/", "", "", "a=1", rules{}, credentials.CookieNoHost},
		{"opaque host", "foo://shop.example/", "", "", "a=1", rules{}, credentials.CookieNoHost},
		{"host of 253 bytes", "https://" + hostOf(253) + "/", "", "", "a=1; Domain=shop.example", rules{}, credentials.CookieAccepted},
		{"host of 254 bytes", "https://" + hostOf(254) + "/", "", "", "a=1; Domain=shop.example", rules{}, credentials.CookieLongHost},
		{"default path of 4096 bytes", shop + strings.Repeat("p", 4095) + "/x", "", "", "a=1", rules{}, credentials.CookieAccepted},
		{"default path of 4097 bytes", shop + strings.Repeat("p", 4096) + "/x", "", "", "a=1", rules{}, credentials.CookieLongPath},
		{"default path of 4097 bytes, AnyLength", shop + strings.Repeat("p", 4096) + "/x", "", "", "a=1", rules{AnyLength: true}, credentials.CookieAccepted},
		{"default path beyond AnyLength", shop + strings.Repeat("p", 100<<10) + "/x", "", "", "a=1", rules{AnyLength: true}, credentials.CookieLongPath},
		{"default path of 11 bytes", shop + strings.Repeat("p", 10) + "/x", "", "", "a=1", rules{MaxPath: 10}, credentials.CookieLongPath},
		{"long URL, short Path", shop + strings.Repeat("p", 5000) + "/x", "", "", "a=1; Path=/", rules{}, credentials.CookieAccepted},
		{"does not parse", shop, "", "", "=", rules{}, credentials.CookieEmpty},
		// 5
		{"public suffix above", "https://a.co.uk/", "", "", "a=1; Domain=co.uk", rules{}, credentials.CookiePublicSuffix},
		{"unlisted suffix above", shop, "", "", "a=1; Domain=example", rules{}, credentials.CookiePublicSuffix},
		{"foreign public suffix", shop, "", "", "a=1; Domain=co.uk", rules{}, credentials.CookiePublicSuffix},
		{"private public suffix", "https://a.github.io/", "", "", "a=1; Domain=github.io", rules{}, credentials.CookiePublicSuffix},
		{"own public suffix", "https://github.io/", "", "", "a=1; Domain=github.io", rules{}, credentials.CookieAccepted},
		{"own public suffix, barred", "https://github.io/", "", "", "a=1; Domain=github.io", rules{SuffixBarred: true}, credentials.CookiePublicSuffix},
		{"public suffix, barred without Domain", "https://github.io/", "", "", "a=1", rules{SuffixBarred: true}, credentials.CookiePublicSuffix},
		{"unlisted suffix, not barred", "https://localhost/", "", "", "a=1", rules{SuffixBarred: true}, credentials.CookieAccepted},
		{"unlisted suffix, barred with Domain", "https://localhost/", "", "", "a=1; Domain=localhost", rules{SuffixBarred: true}, credentials.CookiePublicSuffix},
		{"address, not barred", "https://127.0.0.1/", "", "", "a=1", rules{SuffixBarred: true}, credentials.CookieAccepted},
		// 7
		{"Domain above", "https://a.shop.example/", "", "", "a=1; Domain=shop.example", rules{}, credentials.CookieAccepted},
		{"Domain below", shop, "", "", "a=1; Domain=a.shop.example", rules{}, credentials.CookieForeignDomain},
		{"Domain that ends likewise", "https://ashop.example/", "", "", "a=1; Domain=shop.example", rules{}, credentials.CookieForeignDomain},
		{"Domain with the host's dot", "https://shop.example./", "", "", "a=1; Domain=shop.example", rules{}, credentials.CookieForeignDomain},
		{"Domain with a dot", "https://a.shop.example./", "", "", "a=1; Domain=shop.example.", rules{}, credentials.CookieAccepted},
		{"address", "https://127.0.0.1/", "", "", "a=1; Domain=127.0.0.1", rules{}, credentials.CookieAccepted},
		{"part of an address", "https://127.0.0.1/", "", "", "a=1; Domain=0.0.1", rules{}, credentials.CookieForeignDomain},
		{"literal part of an address", "https://127.0.0.1/", "", "", "a=1; Domain=0.0.1", rules{DomainLiteral: true}, credentials.CookieForeignDomain},
		{"IPv6 address", "https://[::1]/", "", "", "a=1; Domain=[0:0::1]", rules{}, credentials.CookieAccepted},
		{"__Host- with an address as Domain", "https://127.0.0.1/", "", "", "__Host-a=1; Secure; Path=/; Domain=127.0.0.1", rules{}, credentials.CookieHostPrefix},
		{"__Host- with an address as Domain, for the host alone", "https://127.0.0.1/", "", "", "__Host-a=1; Secure; Path=/; Domain=127.0.0.1", rules{AddressHostOnly: true}, credentials.CookieAccepted},
		{"Domain above in capitals", "https://a.shop.example/", "", "", "a=1; Domain=Shop.example", rules{}, credentials.CookieAccepted},
		{"Domain above in capitals, refused", "https://a.shop.example/", "", "", "a=1; Domain=Shop.example", rules{DomainAboveLower: true}, credentials.CookieForeignDomain},
		{"Domain of the host in capitals", shop, "", "", "a=1; Domain=Shop.example", rules{DomainAboveLower: true}, credentials.CookieAccepted},
		// 10
		{"Secure over http", "http://shop.example/", "", "", "a=1; Secure", rules{}, credentials.CookieSecureScheme},
		{"Secure over http to itself", "http://localhost/", "", "", "a=1; Secure", rules{}, credentials.CookieSecureScheme},
		{"Secure over http to itself, trusted", "http://localhost/", "", "", "a=1; Secure", rules{SecureOnLoopback: true}, credentials.CookieAccepted},
		{"Secure over http, trust elsewhere", "http://shop.example/", "", "", "a=1; Secure", rules{SecureOnLoopback: true}, credentials.CookieSecureScheme},
		{"over http, same path", "http://shop.example/", "", "a=1; Secure; Path=/x", "a=2; Path=/x", rules{}, credentials.CookieShadowsSecure},
		{"over http, deeper path", "http://shop.example/", "", "a=1; Secure; Path=/x", "a=2; Path=/x/y", rules{}, credentials.CookieShadowsSecure},
		{"over http, higher path", "http://shop.example/", "", "a=1; Secure; Path=/x", "a=2; Path=/", rules{}, credentials.CookieAccepted},
		{"over http, other path", "http://shop.example/", "", "a=1; Secure; Path=/x", "a=2; Path=/xy", rules{}, credentials.CookieAccepted},
		{"over http, other name", "http://shop.example/", "", "a=1; Secure", "A=2", rules{}, credentials.CookieAccepted},
		{"over http, not Secure", "http://shop.example/", "", "a=1", "a=2", rules{}, credentials.CookieAccepted},
		{"over http, with Domain", "http://shop.example/", "", "a=1; Secure", "a=2; Domain=shop.example", rules{}, credentials.CookieShadowsSecure},
		{"over http, from below", "http://www.shop.example/", "", "a=1; Secure", "a=2", rules{}, credentials.CookieShadowsSecure},
		{"over http, beside", "http://www.shop.example/", "", "a=1; Secure; Domain=shop.example", "a=2", rules{}, credentials.CookieShadowsSecure},
		{"over http, replacing", "http://shop.example/", "", "a=1; Secure", "a=2", rules{ShadowByReplacing: true}, credentials.CookieShadowsSecure},
		{"over http, not replacing", "http://shop.example/", "", "a=1; Secure", "a=2; Path=/x", rules{ShadowByReplacing: true}, credentials.CookieAccepted},
		{"over https", shop, "", "a=1; Secure", "a=2", rules{}, credentials.CookieAccepted},
		// 11
		{"cross-site, unset", shop, other, "", "a=1", rules{}, credentials.CookieCrossSite},
		{"cross-site, Lax", shop, other, "", "a=1; SameSite=Lax", rules{}, credentials.CookieCrossSite},
		{"cross-site, Strict", shop, other, "", "a=1; SameSite=Strict", rules{}, credentials.CookieCrossSite},
		{"cross-site, None", shop, other, "", "a=1; SameSite=None; Secure", rules{}, credentials.CookieAccepted},
		{"cross-site, unset is None", shop, other, "", "a=1", rules{Unset: credentials.UnsetIsNone}, credentials.CookieAccepted},
		{"cross-site, unset is Lax", shop, other, "", "a=1", rules{Unset: credentials.UnsetIsLax}, credentials.CookieCrossSite},
		{"same-site, Strict", shop, "", "", "a=1; SameSite=Strict", rules{}, credentials.CookieAccepted},
		// 12
		{"None without Secure", shop, "", "", "a=1; SameSite=None", rules{}, credentials.CookieNoneBare},
		{"None without Secure, accepted", shop, "", "", "a=1; SameSite=None", rules{NoneIsDefault: true}, credentials.CookieAccepted},
		{"Partitioned without Secure", shop, "", "", "a=1; Partitioned", rules{}, credentials.CookiePartitionedBare},
		{"Partitioned without Secure, ignored", shop, "", "", "a=1; Partitioned", rules{IgnorePartitioned: true}, credentials.CookieAccepted},
		// 13 to 17
		{"__Secure- without Secure", shop, "", "", "__Secure-a=1", rules{}, credentials.CookieSecurePrefix},
		{"__Secure-", shop, "", "", "__SECURE-a=1; Secure", rules{}, credentials.CookieAccepted},
		{"__Host- without Secure", shop, "", "", "__Host-a=1; Path=/", rules{}, credentials.CookieHostPrefix},
		{"__Host- without Path", shop, "", "", "__Host-a=1; Secure", rules{}, credentials.CookieHostPrefix},
		{"__Host- without Path where it is /", shop, "", "", "__Host-a=1; Secure", rules{HostPrefixDefaultPath: true}, credentials.CookieAccepted},
		{"__Host- without Path where it is not", shop + "x/y", "", "", "__Host-a=1; Secure", rules{HostPrefixDefaultPath: true}, credentials.CookieHostPrefix},
		{"__Host- with another Path", shop, "", "", "__Host-a=1; Secure; Path=/x", rules{}, credentials.CookieHostPrefix},
		{"__Host- with Domain", shop, "", "", "__Host-a=1; Secure; Path=/; Domain=shop.example", rules{}, credentials.CookieHostPrefix},
		{"__Host-", shop + "x/y", "", "", "__hOST-a=1; Secure; Path=/", rules{}, credentials.CookieAccepted},
		{"__Http- without HttpOnly", shop, "", "", "__Http-a=1; Secure", rules{}, credentials.CookieHTTPPrefix},
		{"__Http- without Secure", shop, "", "", "__Http-a=1; HttpOnly", rules{}, credentials.CookieHTTPPrefix},
		{"__Http-", shop, "", "", "__Http-a=1; Secure; HttpOnly", rules{}, credentials.CookieAccepted},
		{"__Host-Http- without HttpOnly", shop, "", "", "__Host-Http-a=1; Secure; Path=/", rules{}, credentials.CookieHTTPPrefix},
		{"__Host-Http- without Path", shop, "", "", "__Host-Http-a=1; Secure; HttpOnly", rules{}, credentials.CookieHostPrefix},
		{"__Host-Http-", shop, "", "", "__Host-Http-a=1; Secure; HttpOnly; Path=/", rules{}, credentials.CookieAccepted},
		{"hidden __Secure-", shop, "", "", "=__secure-a=1; Secure", rules{}, credentials.CookieHiddenPrefix},
		{"hidden __Host-", shop, "", "", "__Host-a", rules{}, credentials.CookieHiddenPrefix},
		{"hidden __Http-", shop, "", "", "__Http-a", rules{}, credentials.CookieHiddenPrefix},
		{"prefixes ignored", shop, "", "", "__Host-a=1", rules{IgnorePrefixes: true}, credentials.CookieAccepted},

		{"third party, blocked", shop, other, "", "a=1; SameSite=None; Secure; Partitioned", rules{ThirdParty: credentials.ThirdPartyBlocked}, credentials.CookieThirdParty},
		{"third party, to be Partitioned", shop, other, "", "a=1; SameSite=None; Secure", rules{ThirdParty: credentials.ThirdPartyPartitioned}, credentials.CookieThirdParty},
		{"third party, Partitioned", shop, other, "", "a=1; SameSite=None; Secure; Partitioned", rules{ThirdParty: credentials.ThirdPartyPartitioned}, credentials.CookieAccepted},
		{"third party, jar of the site's", shop, other, "", "a=1; SameSite=None; Secure", rules{ThirdParty: credentials.ThirdPartyJar}, credentials.CookieAccepted},
		{"third party, not stored", shop, other, "", "a=1; SameSite=None; Secure", rules{ThirdParty: credentials.ThirdPartyNotStored}, credentials.CookieThirdParty},
		{"first party, blocked", shop, "", "", "a=1", rules{ThirdParty: credentials.ThirdPartyBlocked}, credentials.CookieAccepted},
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
			if stored := j.Len() > min(1, len(tt.before)); tt.before == "" && stored != (got == credentials.CookieAccepted) {
				t.Errorf("stored: %v", stored)
			}
			seen[got] = true
		})
	}
	for r := credentials.CookieAccepted; r <= credentials.CookieHiddenPrefix; r++ {
		switch r {
		case credentials.CookieControl, credentials.CookieTooLong, credentials.CookieInvalidDomain:
			continue // TestParse has them
		case credentials.CookieNoRoom:
			continue // TestCookieBytes has it
		}
		if !seen[r] {
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
		{"https://www.shop.co.uk/", "https://api.shop.co.uk/", "a=1", 0},
		{"https://a.github.io/", "https://b.github.io/", "a=1", credentials.CookieThirdParty},
		{"https://shop.example/", "https://api.shop.example/", "a=1", credentials.CookieThirdParty},
		{"https://shop.example/", "https://api.shop.example/", "a=1; Domain=shop.example", 0},
		{"https://www.shop.example/", "https://api.shop.example/", "a=1; Domain=shop.example", 0},
		{"https://www.shop.example/", "https://shop.example/", "a=1", credentials.CookieThirdParty},
		{"https://www.shop.example/", "https://www.shop.example/", "a=1", 0},
	}
	for _, tt := range tests {
		r := near(t, tt.url)
		r.TopLevel = mustURL(t, tt.page).Origin()
		if got := jarWith(credentials.CookieRules{ThirdParty: credentials.ThirdPartyNotStored}).SetCookie(r, tt.value); got != tt.want {
			t.Errorf("%s, %s, %s: %s, want %s", tt.page, tt.url, tt.value, got, tt.want)
		}
	}
	r := near(t, shop)
	r.TopLevel = origin.Origin{} // who says nothing of a page
	if got := jarWith(credentials.CookieRules{ThirdParty: credentials.ThirdPartyNotStored}).SetCookie(r, "a=1"); got != 0 {
		t.Error(got)
	}
}

// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-retrieve-cookies
func TestRetrieve(t *testing.T) {
	type rules = credentials.CookieRules
	lax := rules{Unset: credentials.UnsetIsLax, LaxUnsafe: 2 * time.Minute}
	elsewhere := func(url string) func(*testing.T) *credentials.CookieRequest {
		return func(t *testing.T) *credentials.CookieRequest { return far(t, url, other) }
	}
	here := func(url string) func(*testing.T) *credentials.CookieRequest {
		return func(t *testing.T) *credentials.CookieRequest { return near(t, url) }
	}
	link := func(mode credentials.SameSite, after time.Duration) func(*testing.T) *credentials.CookieRequest {
		return func(t *testing.T) *credentials.CookieRequest {
			r := near(t, shop)
			r.SameSite, r.Navigation, r.Now = mode, true, now.Add(after)
			return r
		}
	}
	tests := []struct {
		name    string
		cookie  string // that https://shop.example/ sets
		rules   rules
		request func(*testing.T) *credentials.CookieRequest
		want    credentials.CookieWithholding
	}{
		{"sent", "a=1", rules{}, here(shop), credentials.CookieSent},
		{"other port", "a=1", rules{}, here("https://shop.example:8443/"), credentials.CookieSent},
		{"host alone", "a=1", rules{}, here("https://www.shop.example/"), credentials.CookieOtherHost},
		{"with Domain", "a=1; Domain=shop.example", rules{}, here("https://www.shop.example/"), credentials.CookieSent},
		{"host of 253 bytes", "a=1; Domain=shop.example", rules{}, here("https://" + hostOf(253) + "/"), credentials.CookieSent},
		{"host of 254 bytes", "a=1; Domain=shop.example", rules{}, here("https://" + hostOf(254) + "/"), credentials.CookieHostTooLong},
		{"host of a million labels", "a=1; Domain=shop.example", rules{}, here("https://" + strings.Repeat("a.", 1e6) + "shop.example/"), credentials.CookieHostTooLong},
		{"path", "a=1; Path=/x", rules{}, here(shop + "x/y"), credentials.CookieSent},
		{"path equal", "a=1; Path=/x", rules{}, here(shop + "x"), credentials.CookieSent},
		{"path with a slash", "a=1; Path=/x/", rules{}, here(shop + "x/y"), credentials.CookieSent},
		{"path with a slash, without", "a=1; Path=/x/", rules{}, here(shop + "x"), credentials.CookieOtherPath},
		{"path within a segment", "a=1; Path=/x", rules{}, here(shop + "xy"), credentials.CookieOtherPath},
		{"path of another case", "a=1; Path=/x", rules{}, here(shop + "X"), credentials.CookieOtherPath},
		{"not Secure", "a=1", rules{}, here("http://shop.example/"), credentials.CookieSent},
		{"Secure", "a=1; Secure", rules{}, here("http://shop.example/"), credentials.CookieSecureOnly},
		{"in time", "a=1; Max-Age=60", rules{}, link(credentials.StrictOrLess, 59*time.Second), credentials.CookieSent},
		{"late", "a=1; Max-Age=60", rules{}, link(credentials.StrictOrLess, 60*time.Second), credentials.CookieExpired},

		{"cross-site, unset", "a=1", rules{}, elsewhere(shop), credentials.CookieSent},
		{"cross-site, unset is Lax", "a=1", lax, elsewhere(shop), credentials.CookieLax},
		{"cross-site, unset is None", "a=1", rules{Unset: credentials.UnsetIsNone}, elsewhere(shop), credentials.CookieSent},
		{"cross-site, None", "a=1; SameSite=None; Secure", lax, elsewhere(shop), credentials.CookieSent},
		{"cross-site, Lax", "a=1; SameSite=Lax", rules{}, elsewhere(shop), credentials.CookieLax},
		{"cross-site, Strict", "a=1; SameSite=Strict", rules{}, elsewhere(shop), credentials.CookieStrict},
		{"link, Lax", "a=1; SameSite=Lax", rules{}, link(credentials.LaxOrLess, 0), credentials.CookieSent},
		{"link, unset is Lax", "a=1", lax, link(credentials.LaxOrLess, time.Hour), credentials.CookieSent},
		{"link, Strict", "a=1; SameSite=Strict", rules{}, link(credentials.LaxOrLess, 0), credentials.CookieStrict},
		{"form, new", "a=1", lax, link(credentials.UnsetOrLess, 2*time.Minute), credentials.CookieSent},
		{"form, not so new", "a=1", lax, link(credentials.UnsetOrLess, 2*time.Minute+time.Second), credentials.CookieLax},
		{"form, Lax", "a=1; SameSite=Lax", lax, link(credentials.UnsetOrLess, 0), credentials.CookieLax},
		{"form, no such allowance", "a=1", rules{Unset: credentials.UnsetIsLax}, link(credentials.UnsetOrLess, time.Second), credentials.CookieLax},

		{"third party, blocked", "a=1; SameSite=None; Secure", rules{ThirdParty: credentials.ThirdPartyBlocked}, elsewhere(shop), credentials.CookieUnsent},
		{"third party, to be Partitioned", "a=1; SameSite=None; Secure", rules{ThirdParty: credentials.ThirdPartyPartitioned}, elsewhere(shop), credentials.CookieUnsent},
		{"third party, jar of the site's", "a=1; SameSite=None; Secure", rules{ThirdParty: credentials.ThirdPartyJar}, elsewhere(shop), credentials.CookieUnsent},
		{"third party, not stored", "a=1; SameSite=None; Secure", rules{ThirdParty: credentials.ThirdPartyNotStored}, elsewhere(shop), credentials.CookieSent},
		{"other partition", "a=1; SameSite=None; Secure; Partitioned", rules{}, elsewhere(shop), credentials.CookieOtherPartition},
		{"own partition", "a=1; SameSite=None; Secure; Partitioned", rules{}, here(shop), credentials.CookieSent},
	}
	seen := make(map[credentials.CookieWithholding]bool)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := jarWith(tt.rules)
			set(t, j, near(t, shop), tt.cookie)
			r := tt.request(t)
			verdicts := j.Explain(r)
			if len(verdicts) != 1 || verdicts[0].Withheld != tt.want {
				t.Fatalf("%+v, want %s", verdicts, tt.want)
			}
			want := ""
			if tt.want == credentials.CookieSent {
				want = "a=1"
			}
			if got := j.Cookie(r); got != want {
				t.Errorf("Cookie: %q", got)
			}
			seen[tt.want] = true
		})
	}
	for w := credentials.CookieSent; w <= credentials.CookieUnsent; w++ {
		if !seen[w] {
			t.Errorf("no test for %s", w)
		}
	}
}

// Reasons have names, and no two have the same.
func TestReasonNames(t *testing.T) {
	refusals, withholdings, rules := make(map[string]bool), make(map[string]bool), make(map[string]bool)
	for r := credentials.CookieAccepted; r <= credentials.CookieIgnored+1; r++ {
		refusals[r.String()] = true
		rules[r.Rule()] = true
	}
	for w := credentials.CookieSent; w <= credentials.CookieOmitted+1; w++ {
		withholdings[w.String()] = true
		rules[w.Rule()] = true
	}
	if len(refusals) != int(credentials.CookieIgnored)+2 || len(withholdings) != int(credentials.CookieOmitted)+2 || refusals[""] || withholdings[""] {
		t.Error(refusals, withholdings)
	}
	if len(rules) != len(refusals)+len(withholdings)-1 || rules[""] { // both have "unknown"
		t.Error(rules)
	}
	if got := fmt.Sprint(credentials.SameSiteUnset, credentials.SameSiteNone, credentials.SameSiteLax, credentials.SameSiteStrict); got != "unset none lax strict" {
		t.Error(got)
	}
}

// The order of cookies, and what replaces which.
func TestOrder(t *testing.T) {
	type rules = credentials.CookieRules
	tests := []struct {
		name    string
		rules   rules
		cookies []string
		want    string
	}{
		{"as they came", rules{}, []string{"b=1", "a=1", "c=1"}, "b=1; a=1; c=1"},
		{"longer paths first", rules{}, []string{"a=1; Path=/", "b=1; Path=/x", "c=1; Path=/x/", "d=1; Path=/"}, "c=1; b=1; a=1; d=1"},
		{"replaced", rules{}, []string{"a=1", "b=1", "a=2"}, "a=2; b=1"},
		{"replaced, with other attributes", rules{}, []string{"a=1", "b=1", "a=2; Secure; HttpOnly; SameSite=Strict; Max-Age=5"}, "a=2; b=1"},
		{"replaced, renewed", rules{OverwriteRenews: true}, []string{"a=1", "b=1", "a=2"}, "b=1; a=2"},
		{"replaced by the same, renewed", rules{OverwriteRenews: true}, []string{"a=1", "b=1", "a=1; HttpOnly"}, "a=1; b=1"},
		{"names differ in case", rules{}, []string{"a=1", "A=2"}, "a=1; A=2"},
		{"paths differ", rules{}, []string{"a=1; Path=/", "a=2; Path=/x"}, "a=2; a=1"},
		{"host and domain", rules{}, []string{"a=1", "a=2; Domain=www.shop.example"}, "a=1; a=2"},
		{"domains", rules{}, []string{"a=1; Domain=shop.example", "b=1", "c=1; Domain=www.shop.example"}, "a=1; b=1; c=1"},
		{"domains, by host", rules{OrderByHost: true}, []string{"a=1; Domain=shop.example", "b=1", "c=1; Domain=www.shop.example"}, "c=1; b=1; a=1"},
		{"partitions", rules{}, []string{"a=1; Secure; Partitioned", "a=2", "b=1; Secure; Partitioned"}, "a=1; a=2; b=1"},
		{"nameless", rules{}, []string{"x", "=y", "a=1"}, "y; a=1"},
		{"bare name", rules{BareIsName: true}, []string{"x", "a=1"}, "x=; a=1"},
		{"removed", rules{}, []string{"a=1", "b=1", "a=; Max-Age=0"}, "b=1"},
		{"removed and set", rules{}, []string{"a=1", "b=1", "a=; Max-Age=0", "a=2"}, "b=1; a=2"},
		{"nothing to remove", rules{}, []string{"a=; Max-Age=0"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := jarWith(tt.rules)
			r := near(t, "https://www.shop.example/x/y")
			set(t, j, r, tt.cookies...)
			if got := j.Cookie(r); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			var explained []string
			for _, v := range j.Explain(r) {
				if v.Withheld != credentials.CookieSent {
					t.Errorf("%+v", v)
				}
				pair := v.Cookie.Name + "=" + v.Cookie.Value
				if v.Cookie.Name == "" {
					pair = v.Cookie.Value
				}
				explained = append(explained, pair)
			}
			if got := strings.Join(explained, "; "); got != tt.want {
				t.Errorf("explained: %q", got)
			}
		})
	}
}

// https://github.com/privacycg/CHIPS
func TestCookiePartitions(t *testing.T) {
	const mine = "; SameSite=None; Secure; Partitioned"
	j := jarWith(credentials.CookieRules{})
	a, b := far(t, shop, "https://a.example/"), far(t, shop, "https://b.example/")
	set(t, j, a, "id=a"+mine)
	set(t, j, b, "id=b"+mine)
	set(t, j, near(t, shop), "id=own"+mine, "id=all; SameSite=None; Secure")
	framed := far(t, shop, shop) // in a page of its own site, with another's between
	set(t, j, framed, "id=framed"+mine)
	for _, tt := range []struct {
		r    *credentials.CookieRequest
		want string
	}{
		{a, "id=a; id=all"}, {b, "id=b; id=all"}, {far(t, shop, "https://c.example/"), "id=all"}, {near(t, shop), "id=own; id=all"},
		{framed, "id=all; id=framed"}, {&credentials.CookieRequest{URL: mustURL(t, shop)}, "id=own; id=all"},
	} {
		if got := j.Cookie(tt.r); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.r.Partition, got, tt.want)
		}
	}
	set(t, j, a, "id="+mine+"; Max-Age=0")
	if got := j.Cookie(a) + " " + j.Cookie(b); got != "id=all id=b; id=all" {
		t.Error(got)
	}

	j = jarWith(credentials.CookieRules{ThirdParty: credentials.ThirdPartyJar})
	set(t, j, a, "id=a; SameSite=None; Secure", "x=1"+mine)
	set(t, j, near(t, shop), "id=own; SameSite=None; Secure")
	if got := j.Cookie(a) + " / " + j.Cookie(b) + " / " + j.Cookie(near(t, shop)); got != "id=a; x=1 /  / id=own" {
		t.Error(got)
	}
}

// numbered are as many cookies.
func numbered(prefix string, from, to int, attributes string) []string {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprintf("%s%d=1%s", prefix, i, attributes))
	}
	return all
}

// names are the names of the cookies in a Cookie header.
func names(header string) []string {
	var all []string
	for pair := range strings.SplitSeq(header, "; ") {
		name, _, _ := strings.Cut(pair, "=")
		all = append(all, name)
	}
	return all
}

// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-store-eviction
func TestLimits(t *testing.T) {
	type rules = credentials.CookieRules
	w := func(prefix string, from, to int) []string {
		return names(strings.Join(numbered(prefix, from, to, ""), "; "))
	}
	const mine = "; SameSite=None; Secure; Partitioned"
	tests := []struct {
		name  string
		rules rules
		set   func(t *testing.T, j *credentials.CookieJar)
		want  []string // that https://www.shop.example/ is sent
	}{
		{"180 a host", rules{}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 181, "")...)
		}, w("a", 1, 181)},
		{"five a host", rules{PerHost: 5}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 8, "")...)
		}, w("a", 3, 8)},
		{"no limit", rules{PerHost: -1}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 300, "")...)
		}, w("a", 0, 300)},
		{"each host", rules{PerHost: 5}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, shop), numbered("a", 0, 5, "; Domain=shop.example")...)
			set(t, j, near(t, "https://www.shop.example/"), numbered("b", 0, 5, "")...)
		}, append(w("a", 0, 5), w("b", 0, 5)...)},
		{"hosts of a domain", rules{PerHost: 5, PerDomain: true}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, shop), numbered("a", 0, 5, "; Domain=shop.example")...)
			set(t, j, near(t, "https://www.shop.example/"), numbered("b", 0, 2, "")...)
		}, append(w("a", 2, 5), w("b", 0, 2)...)},
		{"a few more", rules{PerHost: 5, PerHostPurge: 3}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 6, "")...)
		}, w("a", 4, 6)},
		{"Secure ones last", rules{PerHost: 5}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, numbered("a", 0, 3, "; Secure")...)
			set(t, j, r, numbered("b", 0, 4, "")...)
		}, append(w("a", 0, 3), w("b", 2, 4)...)},
		{"Secure ones too", rules{PerHost: 5}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 7, "; Secure")...)
		}, w("a", 2, 7)},
		{"used ones last", rules{PerHost: 3}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, "a0=1", "b0=1; Path=/b", "c0=1; Path=/b")
			j.Cookie(r)
			set(t, j, r, "d0=1")
		}, []string{"a0", "d0"}},
		{"used ones, not noted", rules{PerHost: 3, AccessResolution: time.Minute}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, "a0=1", "b0=1; Path=/b", "c0=1; Path=/b")
			j.Cookie(r)
			set(t, j, r, "d0=1")
		}, []string{"d0"}},
		{"used ones, noted later", rules{PerHost: 3, AccessResolution: time.Minute}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, "a0=1", "b0=1; Path=/b", "c0=1; Path=/b")
			r.Now = now.Add(time.Minute)
			j.Cookie(r)
			set(t, j, r, "d0=1")
		}, []string{"a0", "d0"}},
		{"expired ones first", rules{PerHost: 3}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, "a0=1", "b0=1; Max-Age=1", "c0=1")
			r.Now = now.Add(time.Second)
			set(t, j, r, "d0=1")
		}, []string{"a0", "c0", "d0"}},
		{"in all", rules{Total: 4}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, other), numbered("a", 0, 3, "")...)
			set(t, j, near(t, "https://www.shop.example/"), numbered("b", 0, 3, "")...)
			if got := j.Cookie(near(t, other)); got != "a2=1" {
				t.Errorf("others: %q", got)
			}
		}, w("b", 0, 3)},
		{"none", rules{Total: -1}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 3, "")...)
		}, []string{""}},
		{"a partition", rules{PerHost: 3}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, numbered("a", 0, 4, mine)...)
			set(t, j, r, numbered("b", 0, 3, "")...)
		}, append(w("a", 1, 4), w("b", 0, 3)...)},
		{"a few more, not in a partition", rules{PerHost: 3, PerHostPurge: 1}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 4, mine)...)
		}, w("a", 1, 4)},
		{"a few more, in a partition too", rules{PerHost: 3, PerHostPurge: 1, PurgePartitions: true}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 4, mine)...)
		}, w("a", 2, 4)},
		{"bytes in a partition", rules{PartitionBytes: 10}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 4, mine)...) // of three bytes each
		}, w("a", 1, 4)},
		{"bytes in a partition, a few fewer", rules{PartitionBytes: 10, PartitionBytesPurge: 4}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 4, mine)...)
		}, w("a", 2, 4)},
		{"one cookie of too many bytes", rules{PartitionBytes: 1}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 2, mine)...)
		}, w("a", 1, 2)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := jarWith(tt.rules)
			tt.set(t, j)
			r := near(t, "https://www.shop.example/")
			if diff := cmp.Diff(tt.want, names(j.Cookie(r))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Ten thousand cookies, of hosts, paths and partitions that never come twice,
// leave no more behind than the limits allow, and nothing once they are gone.
func TestBounded(t *testing.T) {
	j := jarWith(credentials.CookieRules{})
	for i := range 10_000 {
		r := far(t, fmt.Sprintf("https://h%d.example/", i), fmt.Sprintf("https://p%d.example/", i))
		set(t, j, r, "a=1; SameSite=None; Secure; Partitioned", fmt.Sprintf("a=1; SameSite=None; Secure; Max-Age=60; Path=/%d", i))
	}
	if j.Len() != 3300 || len(j.All()) != 3300 {
		t.Errorf("%d cookies, %d listed", j.Len(), len(j.All()))
	}
	r := near(t, shop)
	r.Now = now.Add(time.Hour)
	set(t, j, r, "a=1")
	if got := j.Len(); got != 1650+1 {
		t.Errorf("%d cookies an hour later", got)
	}
	j.Clear()
	if j.Len() != 0 || len(j.All()) != 0 || j.Cookie(r) != "" {
		t.Error("cleared")
	}
	set(t, j, r, "a=1")
	if got := j.Cookie(r); got != "a=1" {
		t.Error(got)
	}
}

// Ten thousand Set-Cookie headers that are refused leave nothing, and the rest
// is kept.
func TestHostileSetCookie(t *testing.T) {
	j := jarWith(credentials.CookieRules{})
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

// What is stored is shown as it is.
func TestAll(t *testing.T) {
	j := jarWith(credentials.CookieRules{})
	r := far(t, shop+"x/y", other)
	set(t, j, r, "a=1; SameSite=None; Secure; Partitioned; HttpOnly; Domain=shop.example; Max-Age=60")
	set(t, j, near(t, shop), "=value; SameSite=Lax; Path=/x", "gone=1; Max-Age=1")
	want := []credentials.Cookie{{
		Name: "a", Value: "1", Host: "shop.example", Path: "/x", Secure: true, HTTPOnly: true, SameSite: credentials.SameSiteNone,
		Partition: credentials.CookiePartition{Key: r.Partition, CrossSiteAncestor: true}, Partitioned: true,
		Creation: now, LastAccess: now, Expiry: now.Add(time.Minute),
	}, {
		Value: "value", Host: "shop.example", HostOnly: true, Path: "/x", SameSite: credentials.SameSiteLax, Creation: now, LastAccess: now,
	}, {
		Name: "gone", Value: "1", Host: "shop.example", HostOnly: true, Path: "/", Creation: now, LastAccess: now, Expiry: now.Add(time.Second),
	}}
	if diff := cmp.Diff(want, j.All(), cmp.Comparer(func(a, b origin.PartitionKey) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	own := near(t, shop+"x")
	own.Now = now.Add(500 * time.Millisecond)
	j.Cookie(own)
	accessed := make(map[string]time.Duration)
	for _, c := range j.All() {
		accessed[c.Name] = c.LastAccess.Sub(now)
	}
	if diff := cmp.Diff(map[string]time.Duration{"a": 0, "": 500 * time.Millisecond, "gone": 500 * time.Millisecond}, accessed); diff != "" {
		t.Error(diff)
	}
}

// A jar without options reads the real clock.
func TestRealClock(t *testing.T) {
	j := credentials.NewCookieJar(nil)
	set(t, j, near(t, shop), "a=1; Max-Age=1000")
	if all := j.All(); len(all) != 1 || time.Since(all[0].Creation) > time.Minute {
		t.Error(all)
	}
}

// https://pkg.go.dev/net/http#CookieJar
func TestHTTPJar(t *testing.T) {
	j := jarWith(credentials.CookieRules{})
	h := j.HTTP()
	u := &url.URL{Scheme: "https", Host: "www.shop.example", Path: "/a b/c"}
	h.SetCookies(u, []*http.Cookie{
		{Name: "a", Value: "1"},
		{Name: "q", Value: "1 2", Quoted: true},
		{Name: "b", Value: "1", Path: "/", Domain: "shop.example", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: 60},
		{Name: "c", Value: "1", SameSite: http.SameSiteNoneMode}, // wants Secure
		{Name: "d", Value: "1", SameSite: http.SameSiteLaxMode, Expires: now.Add(time.Hour)},
		{Name: "e", Value: "1", MaxAge: -1},
		{Name: "f", Value: "1", Expires: time.Unix(0, 0)},
		{Name: "g", Value: "1", Expires: time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC)},
		{Name: "h", Value: "1", Secure: true, Partitioned: true},
		{Name: "i", Value: "1; Secure"}, {Name: "j=", Value: "1"}, {Name: "k", Value: " 1"}, {Name: "", Value: ""}, {Name: "l\n", Value: ""},
		{Name: "m", Value: "1", Domain: "example"}, {Name: "n", Value: "1", Domain: "a b"},
		{Name: "o", Value: "1", Path: "x", Expires: now.AddDate(80, 0, 0)},
		{Name: "p", Value: "1", Path: "/\nx"}, {Name: "r", Value: "1", Path: "/; Secure"},
	})
	var got []string
	for _, c := range h.Cookies(u) {
		got = append(got, c.String())
	}
	if diff := cmp.Diff([]string{"a=1", `q="1 2"`, "d=1", "h=1", "o=1", "b=1"}, got); diff != "" {
		t.Error(diff)
	}
	if got := j.Cookie(near(t, "https://shop.example/")); got != "b=1" {
		t.Errorf("shared: %q", got)
	}
	for _, c := range j.All() {
		if c.Path != "/" && c.Path != "/a%20b" || c.Expiry.After(now.Add(400*24*time.Hour)) {
			t.Errorf("%+v", c)
		}
	}
	set(t, j, near(t, u.String()), "=nameless")
	if got := h.Cookies(u); len(got) != 7 || got[5].Name != "" && got[6].Name != "" {
		t.Errorf("%v", got)
	}
	for _, u := range []*url.URL{{Scheme: "ftp", Host: "a.example"}, {Path: "x"}, {Scheme: "https", Host: "a b"}} {
		h.SetCookies(u, []*http.Cookie{{Name: "a", Value: "1"}})
		if got := h.Cookies(u); got != nil {
			t.Errorf("%v: %v", u, got)
		}
	}
	if credentials.Jar(h) != credentials.CookieStore(j) {
		t.Error("Jar wraps what is a store already")
	}
	if _, ok := credentials.Jar(nil).(*credentials.CookieJar); !ok {
		t.Error("nil is no CookieJar")
	}
}

// A cookie of net/http is taken if, and only if, a header could have said it.
func TestHTTPJarAsParsed(t *testing.T) {
	const alphabet = "aA0=; \t\x00\x7f\x80\"_,"
	u := &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}
	random := rand.New(rand.NewPCG(5, 6))
	word := func() string {
		b := make([]byte, random.IntN(4))
		for i := range b {
			b[i] = alphabet[random.IntN(len(alphabet))]
		}
		return string(b)
	}
	taken := 0
	for range 20_000 {
		rules := allRules[random.IntN(len(allRules))]
		name, value := word(), word()
		parsed, refusal := rules.Parse(name+"="+value, now, time.Time{})
		want := refusal == credentials.CookieAccepted && parsed.Name == name && parsed.Value == value
		j := jarWith(rules)
		j.HTTP().SetCookies(u, []*http.Cookie{{Name: name, Value: value}})
		if got := j.Len() == 1; got != want {
			t.Fatalf("%q=%q: taken %v, want %v", name, value, got, want)
		}
		taken += j.Len()
	}
	if taken < 1000 {
		t.Errorf("%d of 20,000 were taken", taken)
	}
}

// A Go client that logs in and comes back.
func TestHTTPClient(t *testing.T) {
	j := credentials.NewCookieJar(nil)
	var sent []string
	client := &http.Client{Jar: j.HTTP(), Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		sent = append(sent, r.Header.Get("Cookie"))
		return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r, Header: http.Header{"Set-Cookie": {"__Host-id=1; Secure; Path=/", "x=1; Domain=example"}}}, nil
	})}
	for range 2 {
		resp, err := client.Get("https://shop.example/login")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	if diff := cmp.Diff([]string{"", "__Host-id=1"}, sent); diff != "" {
		t.Error(diff)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A list of public suffixes of one's own, and trust of one's own.
func TestJarOptions(t *testing.T) {
	trust := &origin.Trust{Origins: []origin.Origin{mustURL(t, "http://staging.shop.example/").Origin()}}
	j := credentials.NewCookieJar(&credentials.CookieJarOptions{
		Rules: credentials.CookieRules{SecureOnLoopback: true}, PublicSuffixes: suffixes("shop.example"), Trust: trust,
	})
	if got := j.SetCookie(near(t, "https://www.shop.example/"), "a=1; Domain=shop.example"); got != credentials.CookiePublicSuffix {
		t.Error(got)
	}
	if got := j.SetCookie(near(t, "http://staging.shop.example/"), "a=1; Secure"); got != credentials.CookieAccepted {
		t.Error(got)
	}
}

// suffixes is a list of one public suffix.
type suffixes string

func (s suffixes) PublicSuffix(domain string) string {
	if domain == string(s) || strings.HasSuffix(domain, "."+string(s)) {
		return string(s)
	}
	return domain[strings.LastIndexByte(domain, '.')+1:]
}

// Many goroutines at once.
func TestConcurrent(t *testing.T) {
	j := jarWith(credentials.CookieRules{Total: 50, PerHost: 5})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 300 {
				r := near(t, fmt.Sprintf("https://h%d.shop.example/", (i*7+g)%30))
				j.SetCookies(r, []string{fmt.Sprintf("a%d=1; Max-Age=%d", i%9, i%3), "b=1; Domain=shop.example"})
				if got := j.Cookie(r); strings.Contains(got, ";;") {
					t.Error(got)
				}
				j.Explain(r)
				j.All()
				j.Len()
				j.HTTP().Cookies(&url.URL{Scheme: "https", Host: "h1.shop.example"})
			}
		})
	}
	wg.Wait()
	if j.Len() > 50 {
		t.Error(j.Len())
	}
}

// What is asked for every request allocates the header and nothing else.
func TestCookieAllocations(t *testing.T) {
	j := jarWith(credentials.CookieRules{})
	r := near(t, "https://www.shop.example/x/y")
	set(t, j, r, "a=1; Path=/", "b=1; Domain=shop.example", "c=1; Path=/x")
	set(t, j, near(t, shop), "d=1; Domain=shop.example; Path=/")
	none := near(t, other)
	for want, r := range []*credentials.CookieRequest{none, r} {
		if got := testing.AllocsPerRun(100, func() { j.Cookie(r) }); got != float64(want) {
			t.Errorf("%s: %v allocations, want %d", r.URL, got, want)
		}
	}
	if got := j.Cookie(r); !slices.Equal(names(got), []string{"b", "c", "a", "d"}) {
		t.Error(got)
	}
}
