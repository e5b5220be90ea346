package credentials_test

import (
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
)

// Each step of the algorithms of the cookie specification that a browser can
// show, by what one URL sets and another one is sent.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-main-algorithms
func TestCookieSpecification(t *testing.T) {
	const (
		www  = "https://www.shop.example/docs/x"
		http = "http://www.shop.example/docs/x"
	)
	expires := func(date string) string { return "a=1; Expires=" + date }
	long := func(n int) string { return strings.Repeat("x", n) }
	tests := []struct {
		step string
		set  []string // by www, or by the URL before a blank and "|"
		to   string   // "" for www
		want string   // the Cookie header
	}{
		// Parse a date.
		{"parse a date, 1", []string{expires("Fri,02-Jan-2026\t04:04:05")}, "", "a=1"},
		{"parse a date, 2.1, the first time", []string{expires("2 Jan 2026 04:04:05 01:00:00")}, "", "a=1"},
		{"parse a date, 2.2, the first day", []string{expires("2 1 Jan 2026 04:04:05")}, "", "a=1"},
		{"parse a date, 2.3, the first month", []string{expires("2 Janvier Dec 2026 04:04:05")}, "", "a=1"},
		{"parse a date, 2.4, the first year", []string{expires("2 Jan 2026 1999 04:04:05")}, "", "a=1"},
		{"parse a date, 3", []string{expires("2 Jan 99 04:04:05")}, "", ""},
		{"parse a date, 4", []string{expires("2 Jan 26 04:04:05")}, "", "a=1"},
		{"parse a date, 5, no day", []string{expires("Jan 1999 04:04:05")}, "", "a=1"},
		{"parse a date, 5, day 32", []string{expires("32 Jan 1999 04:04:05")}, "", "a=1"},
		{"parse a date, 5, year 1600", []string{expires("1 Jan 1600 04:04:05")}, "", "a=1"},
		{"parse a date, 5, hour 24", []string{expires("1 Jan 1999 24:04:05")}, "", "a=1"},
		{"parse a date, 5, minute 60", []string{expires("1 Jan 1999 04:60:05")}, "", "a=1"},
		{"parse a date, 5, second 60", []string{expires("1 Jan 1999 04:04:60")}, "", "a=1"},
		{"parse a date, 6", []string{expires("31 Feb 1999 04:04:05")}, "", "a=1"},
		{"parse a date, 7", []string{expires("1 Jan 1999 04:04:05")}, "", ""},

		// Domain-matches.
		{"domain-matches, equal", []string{"a=1; Domain=www.shop.example"}, "", "a=1"},
		{"domain-matches, below", []string{"a=1; Domain=shop.example"}, "https://b.shop.example/docs/x", "a=1"},
		{"domain-matches, without a dot between", []string{"a=1; Domain=shop.example"}, "https://bshop.example/docs/x", ""},
		{"domain-matches, an address", []string{"https://1.2.3.4/ | a=1; Domain=2.3.4"}, "https://1.2.3.4/", ""},

		// Cookie default path.
		{"cookie default path, 2", []string{"a=1"}, "https://www.shop.example/docs/y/z", "a=1"},
		{"cookie default path, 2, elsewhere", []string{"a=1"}, "https://www.shop.example/doc", ""},
		{"cookie default path, 3", []string{"https://www.shop.example/x | a=1"}, "https://www.shop.example/y/z", "a=1"},

		// Path-matches.
		{"path-matches, 3", []string{"a=1; Path=/docs/x"}, "", "a=1"},
		{"path-matches, 4", []string{"a=1; Path=/docs/"}, "", "a=1"},
		{"path-matches, 5", []string{"a=1; Path=/docs"}, "", "a=1"},
		{"path-matches, 5, within a segment", []string{"a=1; Path=/do"}, "", ""},

		// Parse a cookie.
		{"parse a cookie, 1", []string{"a=\x001", "b=\x1f", "c=\x7f", "d=\n", "e=1\t2"}, "", "e=1\t2"},
		{"parse a cookie, 4", []string{"a=1;Path=/"}, "https://www.shop.example/", "a=1"},
		{"parse a cookie, 9", []string{"abc"}, "", "abc"},
		{"parse a cookie, 10", []string{"a=b=c", "d="}, "", "a=b=c; d="},
		{"parse a cookie, 11", []string{" \ta\t = \t1 \t"}, "", "a=1"},
		{"parse a cookie, 12, nothing", []string{"", "=", " ; Path=/"}, "", ""},
		{"parse a cookie, 12, length", []string{"a=" + long(4096), "b=" + long(4095)}, "", "b=" + long(4095)},
		{"parse a cookie, 14", []string{"https://www.shop.example/a/b | a=1"}, "https://www.shop.example/a", "a=1"},
		{"parse a cookie, 15.5", []string{"a=1; Path=/docs; Path=/no"}, "", ""},
		{"parse a cookie, 15.9", []string{"a=1; Path=/docs=x"}, "https://www.shop.example/docs=x", "a=1"},
		{"parse a cookie, 15.10", []string{"a=1; Secure"}, http, ""},
		{"parse a cookie, 15.11", []string{"a=1;\t Path \t=\t /docs \t"}, "", "a=1"},
		{"parse a cookie, 15.12", []string{"a=1; Path=/" + long(1024)}, "", "a=1"},
		{"parse a cookie, 15.13.1", []string{"a=1; Max-Age=60; Expires=1 Jan 1999 04:04:05"}, "", "a=1"},
		{"parse a cookie, 15.13.3", []string{"a=1; Expires=1 Jan 1999 04:04:05; Expires=never"}, "", ""},
		{"parse a cookie, 15.13.6", []string{"a=1; eXPIRES=1 Jan 1999 04:04:05"}, "", ""},
		{"parse a cookie, 15.14.1", []string{"a=1; Max-Age="}, "", "a=1"},
		{"parse a cookie, 15.14.2", []string{"a=1; Max-Age=+0", "b=1; Max-Age=-x"}, "", "a=1; b=1"},
		{"parse a cookie, 15.14.3", []string{"a=1; Max-Age=0x"}, "", "a=1"},
		{"parse a cookie, 15.14.6", []string{"a=1; mAX-aGE=0", "b=1; Max-Age=-1", "c=1; Max-Age=1"}, "", "c=1"},
		{"parse a cookie, 15.15.2", []string{"a=1; Domain=\xc3\xbc.example"}, "", ""},
		{"parse a cookie, 15.15.2.2", []string{"a=1; dOMAIN=.shop.example", "b=1; Domain=..shop.example"}, "", "a=1"},
		{"parse a cookie, 15.15.2.3", []string{"a=1; Domain=SHOP.%45xample", "b=1; Domain=", "c=1; Domain=a b"}, "https://shop.example/docs/x", "a=1"},
		{"parse a cookie, 15.16.1", []string{"a=1; pATH=/", "b=1; Path=x; Path="}, "https://www.shop.example/docs", "b=1; a=1"},
		{"parse a cookie, 15.17.1", []string{"a=1; sECURE=false"}, http, ""},
		{"parse a cookie, 15.18.1", []string{"__Http-a=1; Secure; hTTPoNLY=no"}, "", "__Http-a=1"},
		{"parse a cookie, 15.19", []string{"a=1; sAMEsITE=sTRICT", "b=1; SameSite=LAX", "c=1; SameSite=none; Secure", "d=1; SameSite=other"}, "far", "c=1; d=1"},
		{"parse a cookie, unknown attributes", []string{"a=1; Priority=High; Path; x=y=z; ;"}, "", "a=1"},

		// Store a cookie.
		{"store a cookie, 3", []string{"a=1; Domain=x y"}, "", ""},
		{"store a cookie, 5.1", []string{"https://co.uk/ | a=1; Domain=co.uk"}, "https://co.uk/", "a=1"},
		{"store a cookie, 5.1, host-only", []string{"https://co.uk/ | a=1; Domain=co.uk"}, "https://shop.co.uk/", ""},
		{"store a cookie, 5.2", []string{"https://shop.co.uk/ | a=1; Domain=co.uk"}, "https://shop.co.uk/", ""},
		{"store a cookie, 6.1", []string{"a=1"}, "https://b.www.shop.example/docs/x", ""},
		{"store a cookie, 7.1", []string{"a=1; Domain=b.shop.example", "b=1; Domain=b.www.shop.example"}, "https://b.www.shop.example/docs/x", ""},
		{"store a cookie, 7.2", []string{"https://1.2.3.4/ | a=1; Domain=1.2.3.4", "https://1.2.3.4/ | a=2"}, "https://1.2.3.4/", "a=1; a=2"},
		{"store a cookie, 7.2, a domain", []string{"a=1; Domain=www.shop.example", "a=2"}, "", "a=1; a=2"},
		{"store a cookie, 10.1", []string{http + " | a=1; Secure"}, "", ""},
		{"store a cookie, 10.2", []string{"a=1; Secure", http + " | a=2"}, "", "a=1"},
		{"store a cookie, 10.2.1", []string{"a=1; Secure", http + " | A=2"}, "", "a=1; A=2"},
		{"store a cookie, 10.2.2", []string{"a=1", http + " | a=2"}, "", "a=2"},
		{"store a cookie, 10.2.3", []string{"a=1; Secure", "http://b.shop.example/docs/x | a=2; Domain=shop.example", "http://b.shop.example/docs/x | a=3"}, "https://b.shop.example/docs/x", "a=3"},
		{"store a cookie, 10.2.4", []string{"a=1; Secure; Path=/docs/x", http + " | a=2; Path=/", http + " | a=3; Path=/docs/x/y"}, "https://www.shop.example/docs/x/y", "a=1; a=2"},
		{"store a cookie, 11", []string{"far | a=1", "far | b=1; SameSite=Lax", "far | c=1; SameSite=None; Secure"}, "", "c=1"},
		{"store a cookie, 12", []string{"a=1; SameSite=None"}, "", ""},
		{"store a cookie, 13", []string{"__Secure-a=1", "__sECURE-b=1", "__Secure-c=1; Secure"}, "", "__Secure-c=1"},
		{"store a cookie, 14", []string{"__Host-a=1; Path=/", "__hOST-b=1; Secure", "__Host-c=1; Secure; Path=/docs", "__Host-d=1; Secure; Path=/; Domain=www.shop.example", "__Host-e=1; Secure; Path=/"}, "", "__Host-e=1"},
		{"store a cookie, 15", []string{"__Http-a=1; Secure", "__hTTP-b=1; HttpOnly", "__Http-c=1; Secure; HttpOnly"}, "", "__Http-c=1"},
		{"store a cookie, 16", []string{"__Host-Http-a=1; Secure; Path=/", "__Host-Http-b=1; Secure; HttpOnly", "__Host-Http-c=1; Secure; HttpOnly; Path=/"}, "", "__Host-Http-c=1"},
		{"store a cookie, 17", []string{"__Secure-a", "=__hOST-a=1; Secure; Path=/", "__Http-a", "=__Host-Http-a", "__Other-a"}, "", "__Other-a"},
		{"store a cookie, 18, name", []string{"a=1", "A=2"}, "", "a=1; A=2"},
		{"store a cookie, 18, path", []string{"a=1; Path=/docs", "a=2; Path=/docs/"}, "", "a=2; a=1"},
		{"store a cookie, 18.3", []string{"a=1", "b=1", "a=2; Secure"}, "", "a=2; b=1"},
		{"store a cookie, 18.4", []string{"a=1", "a=2; Max-Age=60", "a=3"}, "", "a=3"},
		{"store a cookie, 19", []string{"a=1"}, "", "a=1"},

		// Garbage collect cookies.
		{"remove expired cookies", []string{"a=1", "a=1; Max-Age=0", "b=1"}, "", "b=1"},

		// Retrieve cookies, serialize cookies.
		{"retrieve cookies, 2, host-only", []string{"a=1"}, "https://shop.example/docs/x", ""},
		{"retrieve cookies, 2, host", []string{"a=1; Domain=shop.example"}, "https://shop.example/docs/x", "a=1"},
		{"retrieve cookies, 2, path", []string{"a=1; Path=/other"}, "", ""},
		{"retrieve cookies, 2, secure", []string{"a=1; Secure", "b=1"}, http, "b=1"},
		{"retrieve cookies, 2, http-only", []string{"a=1; HttpOnly"}, "", "a=1"},
		{"retrieve cookies, 2, same-site strict", []string{"a=1; SameSite=Strict"}, "", "a=1"},
		{"retrieve cookies, 2, same-site strict from a link", []string{"a=1; SameSite=Strict", "b=1; SameSite=Lax", "c=1"}, "link", "b=1; c=1"},
		{"retrieve cookies, 3", []string{"a=1; Path=/", "b=1; Path=/docs", "c=1; Path=/docs/x", "d=1; Path=/docs"}, "", "c=1; b=1; d=1; a=1"},
		{"serialize cookies, 2.1", []string{"a=1", "b=2"}, "", "a=1; b=2"},
		{"serialize cookies, 2.2", []string{"=a", "b"}, "", "b"},
		{"serialize cookies, 2.3", []string{"a=", "b=\"1\""}, "", "a=; b=\"1\""},
	}
	request := func(url string) *credentials.CookieRequest {
		switch url {
		case "":
			return near(t, www)
		case "far":
			return far(t, www, other)
		case "link":
			r := near(t, www)
			r.SameSite, r.Navigation = "lax-or-less", true
			return r
		}
		return near(t, url)
	}
	for _, tt := range tests {
		t.Run(tt.step, func(t *testing.T) {
			j := jarWith(rules.Cookies{})
			for _, line := range tt.set {
				from, value, ok := strings.Cut(line, " | ")
				if !ok {
					from, value = "", line
				}
				j.SetCookie(request(from), value)
			}
			if got := j.Cookie(request(tt.to)); got != tt.want {
				t.Errorf("Cookie: %q, want %q", got, tt.want)
			}
		})
	}

	// What takes time, or many cookies.
	t.Run("parse a cookie, 15.13.4 and 15.14.5", func(t *testing.T) {
		j := jarWith(rules.Cookies{})
		set(t, j, near(t, www), "a=1; Expires=1 Jan 2099 00:00:00", "b=1; Max-Age=999999999999")
		for after, want := range map[time.Duration]string{400*24*time.Hour - 1*time.Second: "a=1; b=1", 400 * 24 * time.Hour: ""} {
			r := near(t, www)
			r.Now = now.Add(after)
			if got := j.Cookie(r); got != want {
				t.Errorf("after %v: %q, want %q", after, got, want)
			}
		}
	})
	t.Run("retrieve cookies, 4, and remove excess cookies for a host, 6", func(t *testing.T) {
		j := jarWith(rules.Cookies{PerHost: 3})
		r := near(t, www)
		set(t, j, r, "a=1; Secure", "b=1", "c=1; Path=/other")
		j.Cookie(r) // c was used before b is
		set(t, j, r, "d=1")
		if got := j.Cookie(r); got != "a=1; b=1; d=1" {
			t.Errorf("of those that are not Secure the one last used longest ago: %q", got)
		}
		set(t, j, r, "e=1; Secure", "f=1; Secure")
		if got := j.Cookie(r); got != "a=1; e=1; f=1" {
			t.Errorf("Secure ones last: %q", got)
		}
		set(t, j, r, "g=1; Secure")
		if got := j.Cookie(r); got != "e=1; f=1; g=1" {
			t.Errorf("then those too: %q", got)
		}
	})
	t.Run("remove global excess cookies, 3", func(t *testing.T) {
		j := jarWith(rules.Cookies{Total: 2})
		r := near(t, www)
		set(t, j, near(t, shop), "x=1")
		set(t, j, r, "a=1", "b=1")
		if got := j.Cookie(near(t, shop)) + j.Cookie(r); got != "a=1; b=1" {
			t.Error(got)
		}
	})
}
