package credentials_test

import (
	"fmt"
	"testing"

	"github.com/browsercors/browsercors/credentials"
)

func BenchmarkAuthorization(b *testing.B) {
	for _, entries := range []int{0, 1, 1000} {
		b.Run(fmt.Sprintf("entries=%d", entries), func(b *testing.B) {
			s := credentials.NewBasicAuthentication(nil)
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

func BenchmarkCookie(b *testing.B) {
	for _, cookies := range []int{0, 1, 20} {
		b.Run(fmt.Sprintf("cookies=%d", cookies), func(b *testing.B) {
			s := credentials.Jar(nil)
			r := &credentials.CookieRequest{URL: mustURL(b, "https://a.example/docs/x")}
			for i := range cookies {
				s.SetCookies(r, []string{fmt.Sprintf("name%d=value", i)})
			}
			b.ReportAllocs()
			for b.Loop() {
				s.Cookie(r)
			}
		})
	}
}
