package httpcache_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/internal/rules"
)

// TestGrowth: whatever a server sends, its headers are read, stored, selected by and
// updated in n log n.
func TestGrowth(t *testing.T) {
	every := []rules.HTTPCache{ways[0], ways[1], ways[2], ways[3]}
	every[2].CacheRequest, every[2].ValidateUnmatched = rules.CacheRequestFirst, true
	every[3].NotUpdatedFields = []string{"content-*", "!x*"}
	repeated := func(member string) func(int) []string {
		return func(n int) []string { return []string{"Cache-Control: " + strings.Repeat(member, n)} }
	}
	for _, test := range []struct {
		name    string
		headers func(n int) []string
	}{
		{"directives", repeated("max-age=60,")},
		{"names alone", repeated("a,")},
		{"no-cache with fields", repeated(`no-cache="a",`)},
		{"open quotes", repeated(`a="`)},
		{"backslashes", repeated(`a="\\",`)},
		{"blanks", repeated(" ")},
		{"equals signs", repeated("=")},
		{"digits", func(n int) []string {
			return []string{"Cache-Control: max-age=" + strings.Repeat("9", n), "Age: " + strings.Repeat("9", n)}
		}},
		{"dates", func(n int) []string {
			return []string{"Expires: " + strings.Repeat("(", n), "Date: " + strings.Repeat("1 ", n), "Last-Modified: " + strings.Repeat("a ", n)}
		}},
		{"Vary", func(n int) []string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "x-%d,", i)
			}
			return []string{"Vary: " + b.String()}
		}},
		{"Vary repeated", func(n int) []string { return []string{"Vary: " + strings.Repeat("x-1,", n)} }},
		{"Connection", func(n int) []string { return []string{"Connection: " + strings.Repeat("a,b,c,", n)} }},
		{"headers", func(n int) []string {
			all := make([]string, n)
			for i := range all {
				all[i] = fmt.Sprintf("X-%d: 1", i)
			}
			return all
		}},
		{"one header", func(n int) []string {
			all := make([]string, n)
			for i := range all {
				all[i] = "Cache-Control: x"
			}
			return all
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			growth.Check(t, 2000, func(n int) func() {
				response := lines(append([]string{tag}, test.headers(n)...)...)
				request := httpcache.Request{Method: "GET", Headers: lines(test.headers(n)...)}
				for i := range n {
					request.Headers = append(request.Headers, lines(fmt.Sprintf("x-%d: 1", i))...)
				}
				return func() {
					for _, r := range every {
						c, at := newCacheWith(r)
						in := answer(200, "x")
						in.Headers = response
						store(t, c, key, request, in)
						for range 2 {
							at.advance(time.Hour)
							if s := c.Select(key, request); s.Response != nil {
								s.Headers()
								c.Freshen(key, request, s.Response, httpcache.Received{Status: 304, Headers: response})
							}
						}
						c.Store(key, httpcache.Request{Method: "HEAD", Headers: request.Headers}, httpcache.Received{Status: 200, Headers: response})
					}
				}
			})
		})
	}
}
