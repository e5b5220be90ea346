package origin_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/origin"
)

// TestGrowth: parsing what a page or a server made long, and asking for its site,
// takes no more than n log n.
func TestGrowth(t *testing.T) {
	base := mustURL(t, "https://app.example/a/b/c")
	url := func(before, repeated, after string) func(n int) string {
		return func(n int) string { return before + strings.Repeat(repeated, n) + after }
	}
	tests := []struct {
		name  string
		n     int
		input func(n int) string
	}{
		{"path", 200_000, url("https://h/", "a", "")},
		{"path, percent-encoded", 40_000, url("https://h/", "\u00e9", "")},
		{"path that goes down and up", 40_000, url("https://h/", "a/../", "")},
		{"path that goes up", 40_000, url("https://h/a", "/..", "")},
		{"path that goes down, then up", 40_000, func(n int) string { return "https://h" + strings.Repeat("/a", n) + strings.Repeat("/..", n) }},
		{"dots, percent-encoded", 40_000, url("https://h/", "%2e/", "")},
		{"path, relative", 40_000, url("", "../a/", "")},
		{"path, opaque", 40_000, url("data:", "\u00e9 ", "")},
		{"backslashes", 40_000, url(`https:\\h\`, `a\`, "")},
		{"slashes before the host", 80_000, url("https:", "/", "h")},
		{"query", 40_000, url("https://h/?", "\u00e9&", "")},
		{"fragment", 40_000, url("https://h/#", "\u00e9&", "")},
		{"at signs", 40_000, url("https://", "@", "h/")},
		{"at signs and colons", 40_000, url("https://", ":@", "h/")},
		{"host", 80_000, url("https://", "a", ".example/")},
		{"labels", 80_000, url("https://", "a.", "example/")},
		{"labels of one public suffix", 80_000, url("https://", "co.", "uk/")},
		{"dots", 80_000, url("https://h", ".", "/")},
		{"host, percent-encoded", 40_000, url("https://", "%41", ".example/")},
		{"labels, not ASCII", 20_000, url("https://", "\u00e9.", "example/")},
		{"one label, not ASCII", 20_000, url("https://", "\u00e9", ".example/")},
		{"label in Punycode", 40_000, url("https://xn--", "a", ".example/")},
		{"numbers", 80_000, url("https://", "1.", "1/")},
		{"one number", 80_000, url("https://0x", "0", "1/")},
		{"IPv6", 80_000, url("https://[", "1:", ":1]/")},
		{"host, opaque", 80_000, url("foo://", "a%20", "/")},
		{"port", 80_000, url("https://h:", "0", "1/")},
		{"scheme", 80_000, url("", "a", ":x")},
		{"tabs", 80_000, url("https://h/", "\t", "a")},
		{"blanks at both ends", 80_000, func(n int) string { return strings.Repeat(" ", n) + "https://h/" + strings.Repeat(" ", n) }},
		{"not UTF-8", 40_000, url("https://h/", "\xff", "")},
	}
	list := origin.PublicSuffixList(nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			growth.Check(t, tt.n, func(n int) func() {
				input := tt.input(n)
				return func() {
					u, err := origin.ParseURL(input)
					if err != nil {
						_ = err.Error()
						u, err = (*origin.Schemes)(nil).ParseURLHostSpaces(input, base)
					}
					if err != nil {
						return
					}
					_ = u.SetCredentials("u", "p").WithoutFragment()
					_ = u.WithFragment("f", true)
					_ = origin.SameSite(u.Origin(), base.Origin(), list) || origin.SchemelesslySameSite(u.Origin(), u.Origin(), list)
					_ = origin.PartitionKey{Site: u.Origin().Site(list)}
					_ = (*origin.Trust)(nil).URL(u)
					_, _ = origin.Parse(u.Origin().String())
				}
			})
		})
	}
}

// A long data: URL is kept once: neither its path nor its serialization is a copy.
func TestDataURLKeptOnce(t *testing.T) {
	input := "data:;base64," + strings.Repeat("QUFB", 1<<18)
	var u *origin.URL
	if n := growth.Allocated(func() { u, _ = origin.ParseURL(input) }); n > int64(len(input)/8) {
		t.Errorf("parsing %d bytes allocates %d", len(input), n)
	}
	if u.String() != input || u.WithoutFragment() != input {
		t.Errorf("it is serialized as %d bytes, want the %d of the input", len(u.String()), len(input))
	}
	for _, written := range []string{" data:,a", "DATA:,a", "data:,a ", "data:,\x01", "data:,a?b", "data:,a#b", "mailto:a\tb"} {
		u, err := origin.ParseURL(written)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := origin.ParseURL(u.String()); err != nil || again.String() != u.String() || u.String() == written && strings.ContainsAny(written, " \t\x01") {
			t.Errorf("%q is serialized as %q", written, u)
		}
	}
}
