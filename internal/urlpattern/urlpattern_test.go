package urlpattern_test

import (
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/internal/urlpattern"
	"github.com/browsercors/browsercors/origin"
)

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern string
		yes, no string // URLs, separated by blanks
	}{
		{"https://api.test", "https://api.test/ https://u:p@api.test/a?b#c https://api.test:443/", "http://api.test/ https://api.test:8443/ https://x.api.test/ https://api.tests/"},
		{"https://api.test:8443", "https://api.test:8443/a", "https://api.test/"},
		{"https://api.test:*", "https://api.test/ https://api.test:1/", "https://other.test/"},
		{"https://api.test:443", "https://api.test/", "https://api.test:8443/"},
		{"http{s}?://api.test", "https://api.test/ http://api.test/", "ws://api.test/"},
		{"*://*:*/*", "https://api.test/ http://a.b:9/c", ""},
		{"https://*.api.test", "https://a.api.test/ https://a.b.api.test/", "https://api.test/"},
		{"https://{*.}?api.test", "https://a.api.test/ https://api.test/", "https://xapi.test/"},
		{"https://:a.test", "https://x.test/", "https://x.y.test/"},
		{"https://api.test/", "https://api.test/ https://api.test/?q", "https://api.test/a"},
		{"https://api.test/a/*", "https://api.test/a/ https://api.test/a/b/c?q", "https://api.test/a https://api.test/b/"},
		{"https://api.test/:x", "https://api.test/a", "https://api.test/a/b https://api.test/"},
		{"https://api.test/:x?", "https://api.test/a", "https://api.test/ https://api.test/a/b"},
		{"https://api.test/a/:x*", "https://api.test/a https://api.test/a/b/c", "https://api.test/ab"},
		{"https://api.test/a/:x+", "https://api.test/a/b https://api.test/a/b/c", "https://api.test/a"},
		{"https://api.test/{a/}+b", "https://api.test/a/b https://api.test/a/a/b", "https://api.test/b"},
		{`https://api.test/a\?b`, "https://api.test/a?b", "https://api.test/a"},
		{"https://api.test/a?b=*", "https://api.test/a?b=1 https://api.test/a?b=", "https://api.test/a?c https://api.test/a"},
		{"https://api.test?b", "https://api.test/?b", "https://api.test/a?b https://api.test/"},
		{"https://api.test#x", "https://api.test/#x", "https://api.test/?q#x https://api.test/"},
		{"https://[::1]:8080/a", "https://[::1]:8080/a", "https://[::2]:8080/a"},
		{`https://u\:p@api.test`, "https://u:p@api.test/", "https://api.test/ https://u:q@api.test/"},
		{`data\:text/*`, "data:text/plain,x", "data:image/png,x"},
		{"HTTPS://API.test", "https://api.test/", ""},
		{"https://api.test/A", "https://api.test/A", "https://api.test/a"},
		{"(.*)://:x(.*).test", "https://api.test/ http://a.b.test:80/", "https://api.other/"},
		{`https://([^\.]+?).test/([^\/]+?)/a`, "https://api.test/x/a", "https://a.b.test/x/a https://api.test/x/y/a"},
		{"https://api.test/x/../a b/./c", "https://api.test/a%20b/c", "https://api.test/x/../x/a%20b/c"},
		{"https://api.test/*/../a", "https://api.test/x/a https://api.test/x/y/a", "https://api.test/a/b"},
		{"https://api.test/a{/x/../b}?", "https://api.test/a https://api.test/a/b", "https://api.test/b"},
		{"https://api.test:08443", "https://api.test:8443/", "https://api.test/"},
		{"https://api.test:8443x", "https://api.test:8443/", "https://api.test/"},
		{"https://%61pi.test", "https://api.test/", "https://a.test/"},
		{"https://bücher.test/é", "https://b%C3%BCcher.test/%C3%A9", "https://bucher.test/e"},
		{"https://127.1/", "https://127.0.0.1/", "https://127.0.0.2/"},
		{"https://127.0.*/", "https://127.0.0.1/", "https://127.1.0.1/"},
		{"https://api.test/a?q=a b'", "https://api.test/a?q=a%20b%27", "https://api.test/a?q=a"},
		{"https://api.test/a#é", "https://api.test/a#%C3%A9", "https://api.test/a"},
		{"https://api.test/a.b", "https://api.test/a.b", "https://api.test/axb"},
	} {
		p, err := urlpattern.Parse(tt.pattern, false)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		if p.String() != tt.pattern {
			t.Errorf("%s is written as %s", tt.pattern, p)
		}
		for i, list := range [...]string{tt.yes, tt.no} {
			for text := range strings.FieldsSeq(list) {
				u, err := origin.ParseURL(text)
				if err != nil {
					t.Fatal(err)
				}
				if got := p.Matches(u); got != (i == 0) {
					t.Errorf("%s matches %s: %t", tt.pattern, text, got)
				}
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		"", "*", "api.test", "/a", "?q", "#f", "https://(a).test", "https://a.test/{", "https://a.test/{b", "https://a.test/}", "https://a.test/{{b}}",
		"https://a.test/:x/:x", `https://a.test/\`, "https://a.test/\xff", "https://a.test/" + strings.Repeat("*", 4096), "https://+.test/",
		"https://a b.test", "https://a%20b.test", "https://a.test:{x}", "https://a.test:99999", "h_t://a.test", "https://a.test/([^/]+?)", "https://127.0.0.256", "https://[g]/",
	} {
		if p, err := urlpattern.Parse(pattern, false); err == nil {
			t.Errorf("%.40q parses: %v", pattern, p)
		}
	}
}

// TestHostilePattern holds that patterns made for backtracking take no long time, and that a component has a bounded number
// of names, asterisks and groups.
func TestHostilePattern(t *testing.T) {
	t.Parallel()
	u, err := origin.ParseURL("https://a.test/" + strings.Repeat("a", 16_000) + "b")
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range []string{"*a", "{a}*", "{*}?", "{a*a}*", "{aa*}+"} {
		p, err := urlpattern.Parse("https://a.test/"+strings.Repeat(piece, 64)+"c", false)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if p.Matches(u) {
			t.Errorf("%s: it matches", piece)
		}
		if took := time.Since(start); took > 5*time.Second { // it takes 0.1 s
			t.Errorf("%s: it took %v", piece, took)
		}
		if p, err := urlpattern.Parse("https://a.test/"+strings.Repeat(piece, 65), false); err == nil {
			t.Errorf("%.40q parses: %v", piece, p)
		}
	}
}
