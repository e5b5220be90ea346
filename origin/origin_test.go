package origin_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/origin"
)

// mustOrigin parses an origin that a test takes for granted; "" is the zero Origin.
func mustOrigin(tb testing.TB, serialized string) origin.Origin {
	tb.Helper()
	if serialized == "" {
		return origin.Origin{}
	}
	o, err := origin.Parse(serialized)
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

// https://url.spec.whatwg.org/#concept-url-origin
func TestURLOrigin(t *testing.T) {
	tests := []struct{ name, input, want string }{
		{"https", "https://a.example/x", "https://a.example"},
		{"default port", "https://a.example:443/x", "https://a.example"},
		{"port", "http://a.example:8080/x", "http://a.example:8080"},
		{"credentials", "https://u:p@a.example/x", "https://a.example"},
		{"credentials and port", "https://u:p@a.example:1/x", "https://a.example:1"},
		{"upper case", "HTTPS://A.example/x", "https://a.example"},
		{"IDNA", "https://bücher.example/", "https://xn--bcher-kva.example"},
		{"IPv6", "https://[0:0::1]:8443/", "https://[::1]:8443"},
		{"ws", "ws://a.example/", "ws://a.example"},
		{"wss", "wss://a.example/", "wss://a.example"},
		{"ftp", "ftp://a.example/", "ftp://a.example"},
		{"file", "file:///x", "null"},
		{"data", "data:,x", "null"},
		{"about", "about:blank", "null"},
		{"other", "foo://a.example/", "null"},
		{"blob", "blob:https://a.example/d0360e2f", "https://a.example"},
		{"blob of http and a port", "blob:http://a.example:8080/d0360e2f", "http://a.example:8080"},
		{"blob, inner parsed", "blob: HTTPS://A.example:443", "https://a.example"},
		{"blob, inner credentials", "blob:https://u@a.example/", "https://a.example"},
		{"blob of null", "blob:null/d0360e2f", "null"},
		{"blob of file", "blob:file:///x", "null"},
		{"blob of ws", "blob:ws://a.example/", "null"},
		{"blob of ftp", "blob:ftp://a.example/", "null"},
		{"blob of blob", "blob:blob:https://a.example/", "null"},
		{"blob of nothing", "blob:", "null"},
		{"blob with an authority", "blob://a.example/", "null"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := mustURL(t, tt.input)
			o := u.Origin()
			if o.String() != tt.want {
				t.Fatalf("origin %s, want %s", o, tt.want)
			}
			if o.IsZero() || o.IsOpaque() != (tt.want == "null") {
				t.Errorf("IsZero %t, IsOpaque %t", o.IsZero(), o.IsOpaque())
			}
			if same := o.SameOrigin(mustURL(t, tt.input).Origin()); same == o.IsOpaque() {
				t.Errorf("same origin with another record of the same URL: %t", same)
			}
		})
	}
}

// https://html.spec.whatwg.org/#same-origin, with the table of examples there
func TestSameOrigin(t *testing.T) {
	a := mustOrigin(t, "https://example.org")
	opaque := origin.NewOpaque()
	tests := []struct {
		name string
		a, b origin.Origin
		same bool
	}{
		{"same", a, mustURL(t, "https://example.org/x").Origin(), true},
		{"port", mustOrigin(t, "https://example.org:314"), mustOrigin(t, "https://example.org:420"), false},
		{"scheme", a, mustOrigin(t, "http://example.org"), false},
		{"host", a, mustOrigin(t, "https://www.example.org"), false},
		{"trailing dot", a, mustOrigin(t, "https://example.org."), false},
		{"opaque and itself", opaque, opaque, true},
		{"two opaque", opaque, origin.NewOpaque(), false},
		{"opaque and tuple", opaque, a, false},
		{"zero and itself", origin.Origin{}, origin.Origin{}, false},
		{"zero and tuple", origin.Origin{}, a, false},
		{"zero and opaque", origin.Origin{}, opaque, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, pair := range [][2]origin.Origin{{tt.a, tt.b}, {tt.b, tt.a}} {
				if got := pair[0].SameOrigin(pair[1]); got != tt.same {
					t.Errorf("same origin: %t, want %t", got, tt.same)
				}
			}
		})
	}
}

func TestOriginParts(t *testing.T) {
	o := mustOrigin(t, "http://a.example:8080")
	if o.Scheme() != "http" || o.Host() != "a.example" || o.Port() != "8080" {
		t.Errorf("got %q, %q, %q", o.Scheme(), o.Host(), o.Port())
	}
	for _, o := range []origin.Origin{{}, origin.NewOpaque()} {
		if o.Scheme() != "" || o.Host() != "" || o.Port() != "" || o.String() != "null" {
			t.Errorf("got %q, %q, %q, %q", o.Scheme(), o.Host(), o.Port(), o)
		}
	}
}

// https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin
func TestParse(t *testing.T) {
	tests := []struct{ name, input, rule string }{ // rule is "" where the input is an origin
		{"https", "https://app.example", ""},
		{"port", "http://localhost:8080", ""},
		{"port zero", "http://a.example:0", ""},
		{"IPv4", "http://127.0.0.1", ""},
		{"IPv6", "http://[::1]:8080", ""},
		{"trailing dot", "https://app.example.", ""},
		{"null", "null", ""},
		{"empty", "", "empty"},
		{"wildcard", "*", `no scheme followed by "://"`},
		{"host alone", "app.example", `no scheme followed by "://"`},
		{"data", "data:,x", `no scheme followed by "://"`},
		{"NULL", "NULL", "in lower case"},
		{"no scheme", "://app.example", "not a scheme"},
		{"scheme in upper case", "HTTPS://app.example", "scheme is not in lower case"},
		{"unknown scheme", "foo://app.example", "no tuple origins"},
		{"file", "file://", "opaque"},
		{"no host", "https://", "no host"},
		{"no host, path", "https:///x", "no host"},
		{"no host, port", "https://:80", "no host"},
		{"credentials", "https://u:p@app.example", "credentials"},
		{"trailing slash", "https://app.example/", "trailing slash"},
		{"path", "https://app.example/x", "path"},
		{"query", "https://app.example?x", "query"},
		{"fragment", "https://app.example#x", "fragment"},
		{"backslash", `https://app.example\`, "backslash"},
		{"host in upper case", "https://App.example", "host is not in lower case"},
		{"percent-encoded host", "https://a%70p.example", "percent-encoded"},
		{"not ASCII", "https://bücher.example", "not ASCII"},
		{"white space around", " https://app.example", "white space"},
		{"white space behind", "https://app.example\r\n", "white space"},
		{"two origins", "https://a.example https://b.example", "white space"},
		{"list", "https://a.example,https://b.example", "more than one origin"},
		{"wildcard in host", "https://*.app.example", ""},
		{"default port", "https://app.example:443", "port is the default of https"},
		{"default port of http", "http://app.example:80", "port is the default of http"},
		{"empty port", "https://app.example:", "port is empty"},
		{"zeros", "https://app.example:08443", "leading zeros"},
		{"zeros and default port", "https://app.example:0443", "leading zeros"},
		{"port too great", "https://app.example:65536", "greater than 65535"},
		{"port not a number", "https://app.example:x", "port is not a number"},
		{"short IPv4", "http://127.1", `as an origin it is "http://127.0.0.1"`},
		{"IPv4 out of range", "http://256.0.0.1", "out of range"},
		{"long IPv6", "http://[0:0:0:0:0:0:0:1]", `as an origin it is "http://[::1]"`},
		{"unclosed IPv6", "http://[::1", "closing bracket"},
		{"forbidden", "https://a|b", "host contains"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, err := origin.Parse(tt.input)
			if tt.rule == "" {
				if err != nil || o.String() != tt.input {
					t.Errorf("Parse(%q) = %v, %v", tt.input, o, err)
				}
				return
			}
			var parseError *origin.ParseError
			if !errors.As(err, &parseError) || parseError.What != "origin" || parseError.Value != tt.input || !strings.Contains(parseError.Rule, tt.rule) {
				t.Errorf("Parse(%q) = %v, %v; want the rule %q", tt.input, o, err, tt.rule)
			}
			if !o.IsZero() {
				t.Errorf("Parse(%q) gives an origin with its error", tt.input)
			}
		})
	}
}

func TestParseOriginOfSchemes(t *testing.T) {
	s := mustSchemes(t, "wails")
	for _, input := range []string{"wails://wails", "wails://Wails:80", "https://app.example"} {
		if o, err := s.ParseOrigin(input); err != nil || o.String() != input {
			t.Errorf("ParseOrigin(%q) = %v, %v", input, o, err)
		}
	}
	if _, err := s.ParseOrigin("wails://a^b"); err == nil {
		t.Error("a forbidden host is accepted")
	}
}

func FuzzParse(f *testing.F) {
	for _, input := range []string{"https://app.example", "http://[::1]:8080", "http://127.1", "wails://Wails:80", "https://xn--a:0", "null"} {
		f.Add(input)
	}
	s := mustSchemes(f, "wails")
	f.Fuzz(func(t *testing.T, input string) {
		o, err := s.ParseOrigin(input)
		u, urlErr := s.ParseURL(input, nil)
		switch {
		case err == nil && o.String() != input:
			t.Fatalf("ParseOrigin(%q) = %s", input, o)
		case err == nil && !o.IsOpaque() && (urlErr != nil || !u.Origin().SameOrigin(o)):
			t.Fatalf("origin %q, URL %v, %v", input, u, urlErr)
		case urlErr == nil && !u.Origin().IsOpaque():
			again, err := s.ParseOrigin(u.Origin().String())
			if err != nil || !again.SameOrigin(u.Origin()) {
				t.Fatalf("origin of %q: %v, %v", input, again, err)
			}
		}
	})
}

func TestOriginAllocations(t *testing.T) {
	a, b := mustURL(t, "https://a.example:8443/x"), mustURL(t, "https://b.example:8443/x")
	blob := mustURL(t, "blob:https://u@a.example/x")
	if n := testing.AllocsPerRun(100, func() {
		_ = a.Origin().SameOrigin(b.Origin())
		_ = a.Origin().String() + ""
		_ = blob.Origin().String()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSameOrigin(b *testing.B) {
	x := mustURL(b, "https://api.example.com:8443/x").Origin()
	for _, bb := range []struct {
		name string
		y    origin.Origin
	}{
		{"result=same", mustURL(b, "https://api.example.com:8443/y").Origin()},
		{"result=other", mustURL(b, "https://app.example.com:8443/y").Origin()},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.SameOrigin(bb.y)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := origin.Parse("https://api.example.com:8443"); err != nil {
			b.Fatal(err)
		}
	}
}
