package urlpattern_test

import (
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/internal/urlpattern"
	"github.com/browsercors/browsercors/origin"
)

// FuzzParse holds what no pattern of a server can change: nothing panics, a pattern is read and asked in bounded time, a
// pattern of one scheme matches no other, and the pattern that spells an http: or https: URL, each character behind a
// backslash, matches that URL.
func FuzzParse(f *testing.F) {
	f.Add("https://{*.}?api.test:*/a/:x*?q=*#:f", "https://x.api.test:81/a/b?q=1#2", false)
	f.Add(`http{s}?://u\:p@[::1]:8080/{a/}+b\?`, "http://u:p@[::1]:8080/a/b", false)
	f.Add("*://*:*/*", "wss://127.0.0.1/", false)
	f.Add("https://"+strings.Repeat("{a}*", 1000), "https://"+strings.Repeat("a", 60)+"/", false)
	f.Add("https://api.test/"+strings.Repeat("*", 2000), "https://api.test/"+strings.Repeat("a", 2000), false)
	f.Add("https://api.test"+strings.Repeat("/:x", 500)+"*", "https://api.test/"+strings.Repeat("/b", 500), false)
	f.Add("https:\xff//\\", "http://a/%zz?a@b:c#d?e", false)
	f.Add(`https://\::\\`, "https://[::1]/", false)
	f.Add("https://[::1]@:", "https://u:p@a.test:8443/b/c?d#e", false)
	f.Fuzz(func(t *testing.T, text, url string, strict bool) {
		u, err := origin.ParseURL(url[:min(len(url), 1<<14)])
		if err != nil {
			t.Skip()
		}
		start := time.Now()
		if pattern, err := urlpattern.Parse(text, strict); err == nil {
			matches := pattern.Matches(u)
			if matches && strings.HasPrefix(text, "https://") && u.Scheme() != "https" {
				t.Errorf("%q matches %s", text, u)
			}
			if pattern.String() != text {
				t.Errorf("%q is told as %q", text, pattern)
			}
		}
		if d := time.Since(start); d > 10*time.Second { // it takes milliseconds, on a busy machine too
			t.Errorf("%.100q and %.100q take %v", text, url, d)
		}
		if !u.IsHTTP() {
			return
		}
		var spelled strings.Builder
		for _, c := range u.String() {
			spelled.WriteString(`\` + string(c))
		}
		if pattern, err := urlpattern.Parse(spelled.String(), strict); spelled.Len() <= 4096 && (err != nil || !pattern.Matches(u)) {
			t.Errorf("%s, spelled out, does not match itself: %v", u, err)
		}
	})
}
