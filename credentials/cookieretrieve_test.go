package credentials_test

import (
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
)

// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-retrieve-cookies
func TestRetrieve(t *testing.T) {
	lax := rules.Cookies{Unset: rules.UnsetIsLax, LaxUnsafe: 2 * time.Minute}
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
		rules   rules.Cookies
		request func(*testing.T) *credentials.CookieRequest
		want    credentials.CookieWithholding
	}{
		{"sent", "a=1", rules.Cookies{}, here(shop), ""},
		{"other port", "a=1", rules.Cookies{}, here("https://shop.example:8443/"), ""},
		{"host alone", "a=1", rules.Cookies{}, here("https://www.shop.example/"), "other-host"},
		{"with Domain", "a=1; Domain=shop.example", rules.Cookies{}, here("https://www.shop.example/"), ""},
		{"host of 253 bytes", "a=1; Domain=shop.example", rules.Cookies{}, here("https://" + hostOf(253) + "/"), ""},
		{"host of 254 bytes", "a=1; Domain=shop.example", rules.Cookies{}, here("https://" + hostOf(254) + "/"), "long-host"},
		{"host of a million labels", "a=1; Domain=shop.example", rules.Cookies{}, here("https://" + strings.Repeat("a.", 1e6) + "shop.example/"), "long-host"},
		{"path", "a=1; Path=/x", rules.Cookies{}, here(shop + "x/y"), ""},
		{"path equal", "a=1; Path=/x", rules.Cookies{}, here(shop + "x"), ""},
		{"path with a slash", "a=1; Path=/x/", rules.Cookies{}, here(shop + "x/y"), ""},
		{"path with a slash, without", "a=1; Path=/x/", rules.Cookies{}, here(shop + "x"), "other-path"},
		{"path within a segment", "a=1; Path=/x", rules.Cookies{}, here(shop + "xy"), "other-path"},
		{"path of another case", "a=1; Path=/x", rules.Cookies{}, here(shop + "X"), "other-path"},
		{"not Secure", "a=1", rules.Cookies{}, here("http://shop.example/"), ""},
		{"Secure", "a=1; Secure", rules.Cookies{}, here("http://shop.example/"), "secure"},
		{"in time", "a=1; Max-Age=60", rules.Cookies{}, link("strict-or-less", 59*time.Second), ""},
		{"late", "a=1; Max-Age=60", rules.Cookies{}, link("strict-or-less", 60*time.Second), "expired"},

		{"cross-site, unset", "a=1", rules.Cookies{}, elsewhere(shop), ""},
		{"cross-site, unset is Lax", "a=1", lax, elsewhere(shop), "same-site-lax"},
		{"cross-site, unset is None", "a=1", rules.Cookies{Unset: rules.UnsetIsNone}, elsewhere(shop), ""},
		{"cross-site, None", "a=1; SameSite=None; Secure", lax, elsewhere(shop), ""},
		{"cross-site, Lax", "a=1; SameSite=Lax", rules.Cookies{}, elsewhere(shop), "same-site-lax"},
		{"cross-site, Strict", "a=1; SameSite=Strict", rules.Cookies{}, elsewhere(shop), "same-site-strict"},
		{"link, Lax", "a=1; SameSite=Lax", rules.Cookies{}, link("lax-or-less", 0), ""},
		{"link, unset is Lax", "a=1", lax, link("lax-or-less", time.Hour), ""},
		{"link, Strict", "a=1; SameSite=Strict", rules.Cookies{}, link("lax-or-less", 0), "same-site-strict"},
		{"form, new", "a=1", lax, link("unset-or-less", 2*time.Minute), ""},
		{"form, not so new", "a=1", lax, link("unset-or-less", 2*time.Minute+time.Second), "same-site-lax"},
		{"form, Lax", "a=1; SameSite=Lax", lax, link("unset-or-less", 0), "same-site-lax"},
		{"form, Lax, zero value", "a=1; SameSite=Lax", lax, link("", 0), "same-site-lax"},
		{"form, no such allowance", "a=1", rules.Cookies{Unset: rules.UnsetIsLax}, link("unset-or-less", time.Second), "same-site-lax"},

		{"third party, blocked", "a=1; SameSite=None; Secure", rules.Cookies{ThirdParty: "blocked"}, elsewhere(shop), "third-party"},
		{"third party, no such policy", "a=1; SameSite=None; Secure", rules.Cookies{ThirdParty: "block"}, elsewhere(shop), "third-party"},
		{"third party, to be Partitioned", "a=1; SameSite=None; Secure", rules.Cookies{ThirdParty: "partitioned"}, elsewhere(shop), "third-party"},
		{"third party, jar of the site's", "a=1; SameSite=None; Secure", rules.Cookies{ThirdParty: "jar"}, elsewhere(shop), "third-party"},
		{"third party, not stored", "a=1; SameSite=None; Secure", rules.Cookies{ThirdParty: "not-stored"}, elsewhere(shop), ""},
		{"other partition", "a=1; SameSite=None; Secure; Partitioned", rules.Cookies{}, elsewhere(shop), "other-partition"},
		{"own partition", "a=1; SameSite=None; Secure; Partitioned", rules.Cookies{}, here(shop), ""},
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
			if tt.want == "" {
				want = "a=1"
			}
			if got := j.Cookie(r); got != want {
				t.Errorf("Cookie: %q", got)
			}
			seen[tt.want] = true
		})
	}
	for _, w := range append(credentials.Values()["CookieWithholding"], "") {
		if !seen[credentials.CookieWithholding(w)] && w != "credentials-omitted" { // which no jar says
			t.Errorf("no test for %q", w)
		}
	}
}

// The order of cookies, and what replaces which.
func TestOrder(t *testing.T) {
	tests := []struct {
		name    string
		rules   rules.Cookies
		cookies []string
		want    string
	}{
		{"as they came", rules.Cookies{}, []string{"b=1", "a=1", "c=1"}, "b=1; a=1; c=1"},
		{"longer paths first", rules.Cookies{}, []string{"a=1; Path=/", "b=1; Path=/x", "c=1; Path=/x/", "d=1; Path=/"}, "c=1; b=1; a=1; d=1"},
		{"replaced", rules.Cookies{}, []string{"a=1", "b=1", "a=2"}, "a=2; b=1"},
		{"replaced, with other attributes", rules.Cookies{}, []string{"a=1", "b=1", "a=2; Secure; HttpOnly; SameSite=Strict; Max-Age=5"}, "a=2; b=1"},
		{"replaced, renewed", rules.Cookies{OverwriteRenews: true}, []string{"a=1", "b=1", "a=2"}, "b=1; a=2"},
		{"replaced by the same, renewed", rules.Cookies{OverwriteRenews: true}, []string{"a=1", "b=1", "a=1; HttpOnly"}, "a=1; b=1"},
		{"names differ in case", rules.Cookies{}, []string{"a=1", "A=2"}, "a=1; A=2"},
		{"paths differ", rules.Cookies{}, []string{"a=1; Path=/", "a=2; Path=/x"}, "a=2; a=1"},
		{"host and domain", rules.Cookies{}, []string{"a=1", "a=2; Domain=www.shop.example"}, "a=1; a=2"},
		{"domains", rules.Cookies{}, []string{"a=1; Domain=shop.example", "b=1", "c=1; Domain=www.shop.example"}, "a=1; b=1; c=1"},
		{"domains, by host", rules.Cookies{OrderByHost: true}, []string{"a=1; Domain=shop.example", "b=1", "c=1; Domain=www.shop.example"}, "c=1; b=1; a=1"},
		{"partitions", rules.Cookies{}, []string{"a=1; Secure; Partitioned", "a=2", "b=1; Secure; Partitioned"}, "a=1; a=2; b=1"},
		{"nameless", rules.Cookies{}, []string{"x", "=y", "a=1"}, "y; a=1"},
		{"bare name", rules.Cookies{BareIsName: true}, []string{"x", "a=1"}, "x=; a=1"},
		{"removed", rules.Cookies{}, []string{"a=1", "b=1", "a=; Max-Age=0"}, "b=1"},
		{"removed and set", rules.Cookies{}, []string{"a=1", "b=1", "a=; Max-Age=0", "a=2"}, "b=1; a=2"},
		{"nothing to remove", rules.Cookies{}, []string{"a=; Max-Age=0"}, ""},
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
				if v.Withheld != "" {
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
	j := jarWith(rules.Cookies{})
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

	j = jarWith(rules.Cookies{ThirdParty: "jar"})
	set(t, j, a, "id=a; SameSite=None; Secure", "x=1"+mine)
	set(t, j, near(t, shop), "id=own; SameSite=None; Secure")
	if got := j.Cookie(a) + " / " + j.Cookie(b) + " / " + j.Cookie(near(t, shop)); got != "id=a; x=1 /  / id=own" {
		t.Error(got)
	}
}
