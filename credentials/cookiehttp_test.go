package credentials_test

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
)

// https://pkg.go.dev/net/http#CookieJar
func TestHTTPJar(t *testing.T) {
	j := jarWith(rules.Cookies{})
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
		parsed, refusal := credentials.ParseSetCookie(&rules, name+"="+value, now, time.Time{})
		want := refusal == "" && parsed.Name == name && parsed.Value == value
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
