package credentials_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"runtime"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
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

// benchJars are the names of the jars that benchmarks compare.
var benchJars = []string{"cookiejar", "CookieJar"}

// benchJar makes one of them and sets ten cookies for each of so many hosts.
func benchJar(b *testing.B, name string, hosts int) http.CookieJar {
	var jar http.CookieJar
	var err error
	if name == "cookiejar" {
		jar, err = cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	} else {
		jar = credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: rules.Cookies{Total: 1 << 30}, MaxBytes: 1 << 40}).HTTP()
	}
	if err != nil {
		b.Fatal(err)
	}
	cookies := benchCookies()
	for host := range hosts {
		jar.SetCookies(&url.URL{Scheme: "https", Host: fmt.Sprintf("www.host%d.example", host), Path: "/docs/x"}, cookies)
	}
	return jar
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
		for _, name := range benchJars {
			b.Run(fmt.Sprintf("cookies=%d/jar=%s", 10*hosts, name), func(b *testing.B) {
				store := credentials.Jar(benchJar(b, name, hosts))
				var requests []*credentials.CookieRequest
				for i := range 64 {
					u := mustURL(b, fmt.Sprintf("https://www.host%d.example/docs/x", i*157%hosts))
					requests = append(requests, &credentials.CookieRequest{URL: u, SameSite: "strict-or-less", Now: time.Now()})
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

// Ten Set-Cookie headers of a response, which replace what is there among
// 100,000; and the same, parsed, by the interface of net/http.
func BenchmarkSetCookies(b *testing.B) {
	cookies := benchCookies()
	var lines []string
	for _, c := range cookies {
		lines = append(lines, c.String())
	}
	for _, name := range benchJars {
		b.Run("of=lines/jar="+name, func(b *testing.B) {
			store := credentials.Jar(benchJar(b, name, 10_000))
			r := &credentials.CookieRequest{URL: mustURL(b, "https://www.host5000.example/docs/x"), SameSite: "strict-or-less", Now: time.Now()}
			b.ReportAllocs()
			for b.Loop() {
				store.SetCookies(r, lines)
			}
		})
	}
	for _, name := range benchJars {
		b.Run("of=http.Cookie/jar="+name, func(b *testing.B) {
			jar := benchJar(b, name, 10_000)
			u := &url.URL{Scheme: "https", Host: "www.host5000.example", Path: "/docs/x"}
			b.ReportAllocs()
			for b.Loop() {
				jar.SetCookies(u, cookies)
			}
		})
	}
}

// A jar is filled with 10,000 cookies that are new: how long that takes, and
// what a cookie takes in memory.
func BenchmarkFillCookies(b *testing.B) {
	for _, name := range benchJars {
		b.Run("cookies=10000/jar="+name, func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			jar := benchJar(b, name, 1000)
			runtime.GC()
			runtime.ReadMemStats(&after)
			runtime.KeepAlive(jar)
			for b.Loop() {
				benchJar(b, name, 1000)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/10_000, "B/cookie")
		})
	}
}

// 10,000 cookies are saved and loaded.
func BenchmarkCookieFile(b *testing.B) {
	jar := credentials.Jar(benchJar(b, "CookieJar", 1000)).(*credentials.CookieJar)
	for name, format := range map[string]string{"json": "json", "txt": "cookies.txt"} {
		o := &credentials.CookieFileOptions{Format: format}
		var text bytes.Buffer
		if report, err := jar.Save(&text, o); err != nil || report.Cookies != 10_000 {
			b.Fatal(report, err)
		}
		b.Run("save="+name, func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				if _, err := jar.Save(io.Discard, o); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("load="+name, func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				fresh := credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: rules.Cookies{Total: 1 << 30}, MaxBytes: 1 << 40})
				if report, err := fresh.Load(bytes.NewReader(text.Bytes()), o); err != nil || report.Cookies != 10_000 {
					b.Fatal(report, err)
				}
			}
		})
	}
}

// A store that grows beyond its limit with every cookie.
func BenchmarkEvict(b *testing.B) {
	j := credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: rules.Cookies{Total: 100_000}, MaxBytes: 1 << 40})
	n := 0
	requests := make([]*credentials.CookieRequest, 1000)
	for i := range requests {
		requests[i] = &credentials.CookieRequest{URL: mustURL(b, fmt.Sprintf("https://host%d.example/", i)), SameSite: "strict-or-less", Now: time.Now()}
	}
	b.ReportAllocs()
	for b.Loop() {
		j.SetCookie(requests[n%len(requests)], fmt.Sprintf("name%d=value; Max-Age=1000", n))
		n++
	}
}

func BenchmarkParse(b *testing.B) {
	now := time.Now()
	var rules rules.Cookies
	b.ReportAllocs()
	for b.Loop() {
		credentials.ParseSetCookie(&rules, "__Host-session=0123456789abcdef; Path=/; Secure; HttpOnly; SameSite=Lax; Expires=Wed, 09 Jun 2027 10:18:14 GMT", now, time.Time{})
	}
}
