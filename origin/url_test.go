package origin_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/origin"
)

// mustURL parses a URL that a test takes for granted.
func mustURL(tb testing.TB, input string) *origin.URL {
	tb.Helper()
	u, err := origin.ParseURL(input)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

// urlCases are inputs and what the basic URL parser makes of them; want is "" for failure.
//
// https://url.spec.whatwg.org/#url-parsing
var urlCases = []struct{ name, input, base, want string }{
	// https://url.spec.whatwg.org/#urls, the tables of examples
	{"missing slashes", "https:example.org", "", "https://example.org/"},
	{"too many slashes", "https://////example.com///", "", "https://example.com///"},
	{"dot segments", "https://example.com/././foo", "", "https://example.com/foo"},
	{"scheme and base agree", "hello:world", "https://example.com", "hello:world"},
	{"relative by scheme", "https:example.org", "https://example.com", "https://example.com/example.org"},
	{"reverse solidus", `\example\..\demo/.\`, "https://example.com", "https://example.com/demo/"},
	{"no segment", "example", "https://example.com/demo", "https://example.com/example"},
	{"drive letter", "file:///C|/demo", "", "file:///C:/demo"},
	{"drive letter stays", "..", "file:///C:/demo", "file:///C:/"},
	{"file localhost", "file://loc%61lhost/", "", "file:///"},
	{"credentials", "https://user:password@example.org/", "", "https://user:password@example.org/"},
	{"space in path", "https://example.org/foo bar", "", "https://example.org/foo%20bar"},
	{"upper-case host", "https://EXAMPLE.com/../x", "", "https://example.com/x"},
	{"space in host", "https://ex ample.org/", "", ""},
	{"no base", "example", "", ""},
	{"port not a number", "https://example.com:demo", "", ""},
	{"brackets around a name", "http://[www.example.com]/", "", ""},
	{"empty segments", "https://example.org//", "", "https://example.org//"},
	{"square brackets", "https://example.com/[]?[]#[]", "", "https://example.com/[]?[]#[]"},
	{"lone percent signs", "https://example/%?%#%", "", "https://example/%?%#%"},

	// Step 1 to 3
	{"trimmed", " \x01https://a.example/ \t\n", "", "https://a.example/"},
	{"tabs and newlines", "ht\ntps://a.exa\tmple/x\ry", "", "https://a.example/xy"},
	{"not UTF-8", "https://a.example/\xff\xc3", "", "https://a.example/%EF%BF%BD%EF%BF%BD"},
	{"empty", "", "", ""},
	{"empty against a base", "", "https://a.example/x?q#f", "https://a.example/x?q"},

	// Scheme states
	{"scheme in upper case", "HTTPS://a.example/", "", "https://a.example/"},
	{"scheme starts with a digit", "1http://a.example/", "", ""},
	{"only a colon", "://a.example/", "", ""},
	{"single-letter scheme", "a:b", "", "a:b"},

	// No scheme state
	{"opaque base", "x", "mailto:a@b.example", ""},
	{"opaque base, fragment", "#f", "mailto:a@b.example?s#g", "mailto:a@b.example?s#f"},

	// Relative states
	{"scheme-relative", "//b.example/x", "https://a.example/y", "https://b.example/x"},
	{"scheme-relative, slashes", `/\//b.example/x`, "https://a.example/y", "https://b.example/x"},
	{"path-absolute keeps authority", "/x", "https://u:p@a.example:8443/y?q#f", "https://u:p@a.example:8443/x"},
	{"path-relative", "x", "https://a.example/y/z?q#f", "https://a.example/y/x"},
	{"query only", "?p", "https://a.example/y/z?q#f", "https://a.example/y/z?p"},
	{"fragment only", "#g", "https://a.example/y/z?q#f", "https://a.example/y/z?q#g"},
	{"up", "../../../x", "https://a.example/y/z/w", "https://a.example/x"},
	{"same scheme without slashes", "https:x", "https://a.example/y/z", "https://a.example/y/x"},
	{"other special scheme", "http:x", "https://a.example/y/z", "http://x/"},
	{"not special, relative", "x?q", "foo://h/y/z", "foo://h/y/x?q"},
	{"not special, reverse solidus", `\x`, "foo://h/y/z", `foo://h/y/\x`},
	{"not special, scheme-relative", "///x", "foo://h/y", "foo:///x"},

	// Authority state
	{"at signs", "https://a@b:c@d@e.example/", "", "https://a%40b:c%40d@e.example/"},
	{"password only", "https://:p@a.example/", "", "https://:p@a.example/"},
	{"empty credentials", "https://@a.example/", "", "https://a.example/"},
	{"empty user and password", "https://:@a.example/", "", "https://a.example/"},
	{"credentials without a host", "https://u@/x", "", ""},
	{"credentials without a host, not special", "foo://u@/x", "", ""},
	{"userinfo set", "https://a/b", "https://x", "https://a/b"},
	{"userinfo encoded", "https://|;=^@a.example/", "", "https://%7C%3B%3D%5E@a.example/"},

	// Host and port states
	{"no host", "https://", "", ""},
	{"no host but a port", "https://:443/", "", ""},
	{"no host but a port, not special", "foo://:1/", "", ""},
	{"default port", "https://a.example:443/", "", "https://a.example/"},
	{"the other default port", "http://a.example:443/", "", "http://a.example:443/"},
	{"empty port", "https://a.example:/", "", "https://a.example/"},
	{"port with zeros", "https://a.example:00080/", "", "https://a.example:80/"},
	{"port zero", "https://a.example:000/", "", "https://a.example:0/"},
	{"greatest port", "https://a.example:65535/", "", "https://a.example:65535/"},
	{"port too great", "https://a.example:65536/", "", ""},
	{"signed port", "https://a.example:+80/", "", ""},
	{"ws", "ws://a.example:80/", "", "ws://a.example/"},
	{"wss", "wss://a.example:443", "", "wss://a.example/"},
	{"ftp", "ftp://a.example:21/", "", "ftp://a.example/"},
	{"not special, host keeps case", "foo://A.Example:80", "", "foo://A.Example:80"},
	{"not special, host encoded", "foo://é%41/", "", "foo://%C3%A9%41/"},
	{"not special, forbidden host", "foo://a^b/", "", ""},
	{"not special, IPv6", "foo://[0:0::1]/", "", "foo://[::1]/"},

	// File states
	{"file without slashes", "file:x", "", "file:///x"},
	{"file with a host", "file://Server/share", "", "file://server/share"},
	{"file, host is a drive letter", "file://c:/x", "", "file:///c:/x"},
	{"file, forbidden host", "file://a b/", "", ""},
	{"file, drive letter from the base", "file:/x", "file:///c:/y", "file:///c:/x"},
	{"file, drive letter against the base", "d:", "file:///c:/y", "d:"},
	{"file, drive letter with a bar", "d|/x", "file:///c:/y", "file:///d:/x"},
	{"file, host from the base", "/x", "file://h/y", "file://h/x"},
	{"file, query", "?q", "file:///y", "file:///y?q"},
	{"file, base of another scheme", "file:x", "https://a.example/", "file:///x"},
	{"file, no port", "file://a.example:80/", "", ""},

	// Path states
	{"encoded dots", "https://a.example/x/%2e%2E/%2e/y", "", "https://a.example/y"},
	{"trailing dots", "https://a.example/x/..", "", "https://a.example/"},
	{"three dots", "https://a.example/.../x", "", "https://a.example/.../x"},
	{"circumflex", "https://a.example/^", "", "https://a.example/%5E"},
	{"reverse solidus in path", `https://a.example/x\y`, "", "https://a.example/x/y"},
	{"reverse solidus in query", `https://a.example/?x\y`, "", `https://a.example/?x\y`},
	{"path encode set", "https://a.example/\"<>`{}é\x7f", "", "https://a.example/%22%3C%3E%60%7B%7D%C3%A9%7F"},
	{"query encode set", "https://a.example/?\"<>`{}'", "", "https://a.example/?%22%3C%3E`{}%27"},
	{"query of a scheme that is not special", "foo://a/?'", "", "foo://a/?'"},
	{"fragment encode set", "https://a.example/#\"<>`{}'#", "", "https://a.example/#%22%3C%3E%60{}'#"},
	{"not special, no path", "foo://a?q", "", "foo://a?q"},
	{"no authority made up", "web+demo:/.//not-a-host/", "", "web+demo:/.//not-a-host/"},
	{"no authority made up by dots", "web+demo:/path/..//not-a-host/", "", "web+demo:/.//not-a-host/"},

	// Opaque path state
	{"opaque path", "data:text/plain,a b<é>", "", "data:text/plain,a b<%C3%A9>"},
	{"space before a fragment", "data:a  #b", "", "data:a %20#b"},
	{"javascript", "javascript:alert(1)", "", "javascript:alert(1)"},
	{"dots in an opaque path", "foo:a/../b", "", "foo:a/../b"},
}

func TestParseURL(t *testing.T) {
	for _, tt := range urlCases {
		t.Run(tt.name, func(t *testing.T) {
			var base *origin.URL
			if tt.base != "" {
				base = mustURL(t, tt.base)
			}
			u, err := (*origin.Schemes)(nil).ParseURL(tt.input, base)
			switch {
			case err != nil && tt.want != "":
				t.Errorf("ParseURL(%q, %q): %v", tt.input, tt.base, err)
			case err == nil && u.String() != tt.want:
				t.Errorf("ParseURL(%q, %q) = %q, want %q", tt.input, tt.base, u, tt.want)
			}
			var parseError *origin.ParseError
			if err != nil && (!errors.As(err, &parseError) || parseError.Value != tt.input) {
				t.Errorf("error %#v is no ParseError of the input", err)
			}
		})
	}
}

// https://url.spec.whatwg.org/#url-representation
func TestURLComponents(t *testing.T) {
	type parts struct {
		Scheme, Username, Password, Host, Port string
		Path                                   string
		Query                                  string
		HasQuery                               bool
		Fragment                               string
		HasFragment                            bool
		HTTP, IP, Domain                       bool
	}
	tests := []struct {
		name, input string
		want        parts
	}{
		{"fast", "https://a.example:8443/p/q?x=1#f", parts{Scheme: "https", Host: "a.example", Port: "8443", Path: "/p/q", Query: "x=1", HasQuery: true, Fragment: "f", HasFragment: true, HTTP: true, Domain: true}},
		{"slow", "HTTP://u:p@A.example?#", parts{Scheme: "http", Username: "u", Password: "p", Host: "a.example", Path: "/", HasQuery: true, HasFragment: true, HTTP: true, Domain: true}},
		{"IPv4", "http://127.0.0.1/", parts{Scheme: "http", Host: "127.0.0.1", Path: "/", HTTP: true, IP: true}},
		{"IPv6", "http://[::1]:1/", parts{Scheme: "http", Host: "[::1]", Port: "1", Path: "/", HTTP: true, IP: true}},
		{"opaque path", "data:,x", parts{Scheme: "data", Path: ",x"}},
		{"opaque host", "foo://h", parts{Scheme: "foo", Host: "h"}},
		{"file", "file:///x", parts{Scheme: "file", Path: "/x"}},
		{"blob", "blob:https://a.example/id", parts{Scheme: "blob", Path: "https://a.example/id"}},
		{"about", "about:blank", parts{Scheme: "about", Path: "blank"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := mustURL(t, tt.input)
			got := parts{Scheme: u.Scheme(), Username: u.Username(), Password: u.Password(), Host: u.Host(), Port: u.Port(), Path: u.Path(), HTTP: u.IsHTTP(), IP: u.HostIsIP(), Domain: u.HostIsDomain()}
			got.Query, got.HasQuery = u.Query()
			got.Fragment, got.HasFragment = u.Fragment()
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.input, diff)
			}
			if got, want := u.IncludesCredentials(), tt.want.Username+tt.want.Password != ""; got != want {
				t.Errorf("IncludesCredentials() = %t, want %t", got, want)
			}
		})
	}
}

func TestURLSetters(t *testing.T) {
	fragment := func(f string) func(*origin.URL) *origin.URL {
		return func(u *origin.URL) *origin.URL { return u.WithFragment(f, f != "") }
	}
	fragmentOf := func(other string) func(*origin.URL) *origin.URL {
		return func(u *origin.URL) *origin.URL { return u.WithFragment(mustURL(t, other).Fragment()) }
	}
	scheme := func(s string) func(*origin.URL) *origin.URL {
		return func(u *origin.URL) *origin.URL { return u.SetScheme(s) }
	}
	credentials := func(user, pass string) func(*origin.URL) *origin.URL {
		return func(u *origin.URL) *origin.URL { return u.SetCredentials(user, pass) }
	}
	tests := []struct {
		name, input string
		set         func(*origin.URL) *origin.URL
		want        string
		wantOrigin  string
	}{
		{"fragment", "https://a.example/#x", fragment("y z"), "https://a.example/#y%20z", "https://a.example"},
		{"fragment already encoded", "https://a.example/", fragment("%20"), "https://a.example/#%20", "https://a.example"},
		{"no fragment", "https://a.example/#x", fragment(""), "https://a.example/", "https://a.example"},
		{"fragment of another", "https://a.example/#x", fragmentOf("https://b.example/#y%20z"), "https://a.example/#y%20z", "https://a.example"},
		{"empty fragment of another", "https://a.example/", fragmentOf("https://b.example/#"), "https://a.example/#", "https://a.example"},
		{"null fragment of another", "https://a.example/#x", fragmentOf("https://b.example/"), "https://a.example/", "https://a.example"},
		{"upgrade keeps a null port", "http://a.example/", scheme("https"), "https://a.example/", "https://a.example"},
		{"upgrade keeps another port", "http://a.example:8080/", scheme("https"), "https://a.example:8080/", "https://a.example:8080"},
		{"upgrade to a default port", "http://a.example:443/", scheme("HTTPS"), "https://a.example/", "https://a.example"},
		{"scheme, special to not special", "https://a.example/", scheme("foo"), "https://a.example/", "https://a.example"},
		{"scheme, not special to special", "foo://a/", scheme("https"), "foo://a/", "null"},
		{"scheme, file with a port", "https://a.example:1/", scheme("file"), "https://a.example:1/", "https://a.example:1"},
		{"scheme, file without a host", "file:///x", scheme("https"), "file:///x", "null"},
		{"no scheme", "https://a.example/", scheme("a b"), "https://a.example/", "https://a.example"},
		{"scheme with more", "https://a.example/", scheme("http:x"), "https://a.example/", "https://a.example"},
		{"credentials", "https://a.example/", credentials("u", "p@"), "https://u:p%40@a.example/", "https://a.example"},
		{"no credentials", "https://u:p@a.example:1/", credentials("", ""), "https://a.example:1/", "https://a.example:1"},
		{"credentials without a host", "data:,x", credentials("u", "p"), "data:,x", "null"},
		{"credentials of a file", "file://h/x", credentials("u", "p"), "file://h/x", "null"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := mustURL(t, tt.input)
			got := tt.set(u)
			if got.String() != tt.want || got.Origin().String() != tt.wantOrigin {
				t.Errorf("got %s of %s, want %s of %s", got, got.Origin(), tt.want, tt.wantOrigin)
			}
			if u.String() != tt.input {
				t.Errorf("the receiver changed to %s", u)
			}
		})
	}
}

// A megabyte of anything parses in linear time; quadratic time would take minutes.
func TestParseURLLongInput(t *testing.T) {
	const n = 1 << 20
	start := time.Now()
	for _, part := range []struct{ prefix, repeated, suffix string }{
		{"https://a.example/", "/", ""},
		{"https://a.example/", "a/../", ""},
		{"https://a.example/", "a/b/../../", ""},
		{"file:///c:/", "../", ""},
		{"https://a.example/", "%2e/", ""},
		{"https://a.example/?", "'", ""},
		{"https://a.example/#", "é", ""},
		{"https://", "a@", "a.example"},
		{"https://", ":", "@a.example"},
		{"https://", "a.", "example"},
		{"https://", "é", "/"},
		{"https://", "é.", "/"},
		{"https://", "9", "/"},
		{"https://", "1.", "/"},
		{"https://[", ":", "]"},
		{"https://a.example:", "0", "/"},
		{"https:", `\`, "a.example"},
		{"foo://", "é", ""},
		{"foo://", "%", ""},
		{"data:", " ", "#"},
		{"", "blob:", "https://a.example/"},
		{"", "a", ""},
	} {
		input := part.prefix + strings.Repeat(part.repeated, n/len(part.repeated)) + part.suffix
		if _, err := origin.ParseURL(input); err != nil && len(err.Error()) > 1000 {
			t.Errorf("%s%s…: the error has %d bytes", part.prefix, part.repeated, len(err.Error()))
		}
		if _, err := origin.Parse(input); err != nil && len(err.Error()) > 1000 {
			t.Errorf("%s%s…: as an origin, the error has %d bytes", part.prefix, part.repeated, len(err.Error()))
		}
	}
	if elapsed := time.Since(start); elapsed > 30*time.Second {
		t.Errorf("took %v", elapsed)
	}
}

func FuzzURLRoundTrip(f *testing.F) {
	for _, tt := range urlCases {
		f.Add(tt.input, tt.base)
	}
	f.Fuzz(func(t *testing.T, input, base string) {
		b, _ := origin.ParseURL(base)
		u, err := (*origin.Schemes)(nil).ParseURL(input, b)
		if err != nil {
			return
		}
		again, err := origin.ParseURL(u.String())
		if err != nil {
			t.Fatalf("%q serialized: %v", input, err)
		}
		if again.String() != u.String() || again.Host() != u.Host() || again.Path() != u.Path() {
			t.Fatalf("%q gives %q, that gives %q", input, u, again)
		}
		if o := u.Origin(); !o.IsOpaque() && !o.SameOrigin(again.Origin()) {
			t.Fatalf("%q has origin %s, then %s", input, o, again.Origin())
		}
	})
}

func BenchmarkParseURL(b *testing.B) {
	for _, bb := range []struct{ name, input string }{
		{"path=fast", "https://api.example.com:8443/v1/users?id=1"},
		{"path=slow", "https://API.example.com:8443/v1/./users?id=1"},
		{"path=slow/host=idna", "https://bücher.example/v1/users?id=1"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := origin.ParseURL(bb.input); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
