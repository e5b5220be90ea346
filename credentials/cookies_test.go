package credentials_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

func mustURL(t testing.TB, s string) *origin.URL {
	t.Helper()
	u, err := origin.ParseURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// newJar is a jar of net/http.
func newJar(t *testing.T) http.CookieJar {
	t.Helper()
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		t.Fatal(err)
	}
	return jar
}

func TestJar(t *testing.T) {
	tests := []struct {
		name, setAt string
		set         []string
		getAt, want string
	}{
		{"session", "https://a.example/", []string{"a=1"}, "https://a.example/", "a=1"},
		{"several", "https://a.example/", []string{"a=1", "b=2; Path=/"}, "https://a.example/x", "a=1; b=2"},
		{"replaced", "https://a.example/", []string{"a=1", "a=2"}, "https://a.example/", "a=2"},
		{"removed", "https://a.example/", []string{"a=1", "a=; Max-Age=0"}, "https://a.example/", ""},
		{"quoted", "https://a.example/", []string{`a="1, 2"`}, "https://a.example/", `a="1, 2"`},
		{"space and comma", "https://a.example/", []string{"a=1, 2"}, "https://a.example/", "a=1, 2"},
		{"secure", "https://a.example/", []string{"a=1; Secure"}, "http://a.example/", ""},
		{"host only", "https://a.example/", []string{"a=1"}, "https://b.a.example/", ""},
		{"domain", "https://www.a.example/", []string{"a=1; Domain=a.example"}, "https://b.a.example/", "a=1"},
		{"public suffix", "https://www.a.co.uk/", []string{"a=1; Domain=co.uk"}, "https://b.co.uk/", ""},
		{"default path", "https://a.example/x/y", []string{"a=1"}, "https://a.example/z", ""},
		{"path", "https://a.example/", []string{"a=1; Path=/x"}, "https://a.example/x/y?q#f", "a=1"},
		{"path that net/url cannot decode", "https://a.example/%zz/y", []string{"a=1"}, "https://a.example/%zz/q", "a=1"},
		{"other port", "https://a.example:8443/", []string{"a=1"}, "https://a.example:9443/", "a=1"},
		{"address", "https://[::1]/x", []string{"a=1; Path=/"}, "https://[::1]/", "a=1"},
		{"host in Unicode", "https://ü.example/", []string{"a=1"}, "https://xn--tda.example/", "a=1"},
		{"garbage", "https://a.example/", []string{"", ";", "=", "=x", "a", "a b=c", "\x00=\x00", "é=1", "a=\xff", "ok=1; Domain=\x00; Max-Age=x; Expires=never"}, "https://a.example/", "ok=1"},
		{"garbage between", "https://a.example/", []string{"a=1", ";;;", "b=2"}, "https://a.example/", "a=1; b=2"},
		{"long", "https://a.example/", []string{"a=" + strings.Repeat("x", 4096)}, "https://a.example/", ""},
		{"not too long", "https://a.example/", []string{"a=" + strings.Repeat("x", 4095)}, "https://a.example/", "a=" + strings.Repeat("x", 4095)},
		{"long path is no path", "https://a.example/x/", []string{"a=1; Path=/" + strings.Repeat("y", 1024)}, "https://a.example/x/", "a=1"},
		{"long domain is no domain", "https://a.example/", []string{"a=1; Domain=" + strings.Repeat("y", 1025)}, "https://a.example/", "a=1"},
		{"not HTTP", "data:,x", []string{"a=1"}, "data:,x", ""},
		{"opaque host", "foo://a.example/", []string{"a=1"}, "foo://a.example/", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := credentials.Jar(newJar(t))
			store.SetCookies(&credentials.CookieRequest{URL: mustURL(t, tt.setAt)}, tt.set)
			if got := store.Cookie(&credentials.CookieRequest{URL: mustURL(t, tt.getAt)}); got != tt.want {
				t.Errorf("Cookie: %q, want %q", got, tt.want)
			}
		})
	}
}

// A jar may be shared with an http.Client, whose URLs come from net/url.
func TestJarIsShared(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	store := credentials.Jar(jar)
	for _, raw := range []string{"https://a.example:8443/a%20b/c?q", "https://a.example/%C3%A9/", "https://a.example/x%2Fy/z"} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		jar.SetCookies(u, []*http.Cookie{{Name: "a", Value: "1"}})
		r := &credentials.CookieRequest{URL: mustURL(t, raw)}
		if got := store.Cookie(r); got != "a=1" {
			t.Errorf("%s: %q, want the cookie that the client has set", raw, got)
		}
		store.SetCookies(r, []string{"a=2"})
		if got := jar.Cookies(u); len(got) != 1 || got[0].Value != "2" {
			t.Errorf("%s: %v, want the cookie that the store has set", raw, got)
		}
	}
}

type fixedJar []*http.Cookie

func (fixedJar) SetCookies(*url.URL, []*http.Cookie) {}
func (j fixedJar) Cookies(*url.URL) []*http.Cookie   { return j }

// What a jar from elsewhere returns does not break out of the header.
func TestJarFromElsewhere(t *testing.T) {
	store := credentials.Jar(fixedJar{
		{Name: "a", Value: "1"}, {Name: "b", Value: "x\r\nEvil: 1"}, {Name: "c\n", Value: ""},
		{Name: "d", Value: "1; e=2"}, {Name: "", Value: "nameless"}, {Name: "f", Value: "q", Quoted: true},
	})
	got := store.Cookie(&credentials.CookieRequest{URL: mustURL(t, "https://a.example/")})
	if want := `a=1; nameless; f="q"`; got != want {
		t.Errorf("Cookie: %q, want %q", got, want)
	}
}

// Whatever a server sets, what is sent back is a valid field value.
func FuzzJar(f *testing.F) {
	f.Add("https://a.example/x", "a=1; Path=/; Secure")
	f.Add("https://a.example/%zz", `a="1"; Domain=a.example`)
	f.Add("http://[::1]/", "a=\xff; Expires=Thu, 01 Jan 1970 00:00:00 GMT")
	f.Fuzz(func(t *testing.T, rawURL, setCookie string) {
		u, err := origin.ParseURL(rawURL)
		if err != nil {
			t.Skip()
		}
		store := credentials.Jar(newJar(t))
		r := &credentials.CookieRequest{URL: u}
		store.SetCookies(r, []string{setCookie, "z=1", setCookie})
		got := store.Cookie(r)
		if strings.ContainsAny(got, "\x00\r\n") || strings.HasSuffix(got, "; ") {
			t.Errorf("Cookie: %q", got)
		}
	})
}
