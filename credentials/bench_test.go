package credentials_test

import (
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"runtime"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/browsercors/browsercors/credentials"
)

func BenchmarkAuthorization(b *testing.B) {
	for _, entries := range []int{0, 1, 1000} {
		b.Run(fmt.Sprintf("entries=%d", entries), func(b *testing.B) {
			s := credentials.NewKeyring(nil)
			for i := range entries {
				u := mustURL(b, fmt.Sprintf("https://a%d.example/docs/", i))
				if err := s.Add(u, credentials.AuthenticationEntry{Username: "u", Password: "p"}); err != nil {
					b.Fatal(err)
				}
			}
			r := &credentials.AuthRequest{URL: mustURL(b, "https://a0.example/docs/x")}
			b.ReportAllocs()
			for b.Loop() {
				s.Authorization(r)
			}
		})
	}
}

func BenchmarkParseChallenges(b *testing.B) {
	values := []string{`Digest realm="a", qop="auth", nonce="n", opaque="o"`, `Basic realm="a", charset="UTF-8"`}
	b.ReportAllocs()
	for b.Loop() {
		credentials.ParseChallenges(values)
	}
}

// benchJars are the jars that benchmarks compare, each filled with ten cookies
// for each of so many hosts.
func benchJars(b *testing.B, hosts int) map[string]http.CookieJar {
	plain, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		b.Fatal(err)
	}
	own := credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: credentials.CookieRules{Total: 1 << 30}})
	jars := map[string]http.CookieJar{"cookiejar": plain, "CookieJar": own.HTTP()}
	for _, jar := range jars {
		for host := range hosts {
			u := &url.URL{Scheme: "https", Host: fmt.Sprintf("www.host%d.example", host), Path: "/docs/x"}
			jar.SetCookies(u, benchCookies())
		}
	}
	return jars
}

// benchCookies are ten cookies, some of which a request below /docs/ is sent.
func benchCookies() []*http.Cookie {
	var cookies []*http.Cookie
	for i := range 10 {
		c := &http.Cookie{Name: fmt.Sprintf("name%d", i), Value: "0123456789abcdef", Path: []string{"/", "/docs", "/other"}[i%3], Secure: i%2 == 0}
		if i%4 == 0 {
			c.MaxAge = 3600
		}
		cookies = append(cookies, c)
	}
	return cookies
}

// The Cookie header of one request, for both kinds of jars through the same
// adapter where they have it, from 100,000 cookies.
func BenchmarkCookieHeader(b *testing.B) {
	for _, hosts := range []int{1, 10_000} {
		for name, jar := range benchJars(b, hosts) {
			b.Run(fmt.Sprintf("cookies=%d/jar=%s", 10*hosts, name), func(b *testing.B) {
				store := credentials.Jar(jar)
				var requests []*credentials.CookieRequest
				for i := range 64 {
					u := mustURL(b, fmt.Sprintf("https://www.host%d.example/docs/x", i*157%hosts))
					requests = append(requests, &credentials.CookieRequest{URL: u, SameSite: credentials.StrictOrLess, Now: time.Now()})
				}
				b.ReportAllocs()
				n := 0
				for b.Loop() {
					if store.Cookie(requests[n%len(requests)]) == "" {
						b.Fatal("no cookie")
					}
					n++
				}
			})
		}
	}
}

// Ten Set-Cookie headers of a response, which replace what is there.
func BenchmarkSetCookies(b *testing.B) {
	var lines []string
	for _, c := range benchCookies() {
		lines = append(lines, c.String())
	}
	for name, jar := range benchJars(b, 10_000) {
		b.Run("cookies=100000/jar="+name, func(b *testing.B) {
			store := credentials.Jar(jar)
			r := &credentials.CookieRequest{URL: mustURL(b, "https://www.host5000.example/docs/x"), SameSite: credentials.StrictOrLess, Now: time.Now()}
			b.ReportAllocs()
			for b.Loop() {
				store.SetCookies(r, lines)
			}
		})
	}
}

// What a cookie takes in memory.
func BenchmarkCookieMemory(b *testing.B) {
	for _, name := range []string{"cookiejar", "CookieJar"} {
		b.Run("jar="+name, func(b *testing.B) {
			for b.Loop() {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				jar := benchJars(b, 1000)[name]
				runtime.GC()
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/10_000, "B/cookie")
				runtime.KeepAlive(jar)
			}
		})
	}
}

// A store that grows beyond its limit with every cookie.
func BenchmarkEvict(b *testing.B) {
	j := credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: credentials.CookieRules{Total: 100_000}})
	n := 0
	requests := make([]*credentials.CookieRequest, 1000)
	for i := range requests {
		requests[i] = &credentials.CookieRequest{URL: mustURL(b, fmt.Sprintf("https://host%d.example/", i)), SameSite: credentials.StrictOrLess, Now: time.Now()}
	}
	b.ReportAllocs()
	for b.Loop() {
		j.SetCookie(requests[n%len(requests)], fmt.Sprintf("name%d=value; Max-Age=1000", n))
		n++
	}
}

func BenchmarkParse(b *testing.B) {
	now := time.Now()
	var rules credentials.CookieRules
	b.ReportAllocs()
	for b.Loop() {
		rules.Parse("__Host-session=0123456789abcdef; Path=/; Secure; HttpOnly; SameSite=Lax; Expires=Wed, 09 Jun 2027 10:18:14 GMT", now, time.Time{})
	}
}
