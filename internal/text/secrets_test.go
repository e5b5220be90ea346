package text

import (
	"strings"
	"testing"
)

func TestRedactURL(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"none", "https://h/p:a@b?c:d@e#f:g@h", "https://h/p:a@b?c:d@e#f:g@h"},
		{"username alone", "https://u@h/", "https://u@h/"},
		{"password", "https://u:p@h/x", "https://u:xxxxx@h/x"},
		{"without a username", "https://:p@h", "https://:xxxxx@h"},
		{"empty", "https://u:@h", "https://u:xxxxx@h"},
		{"colons and at signs", "https://u:p:q@r@h:80/", "https://u:xxxxx@h:80/"},
		{"blanks and quotes", `https://u:p "q' r@h/`, "https://u:xxxxx@h/"},
		{"no slash", "https:u:p@h/", "https:u:xxxxx@h/"},
		{"no slash, no password", "https:u@h/", "https:u@h/"},
		{"no authority", "mailto:a@h", "mailto:a@h"},
		{"one slash", "https:/u:p@h/", "https:/u:xxxxx@h/"},
		{"many slashes", "https:////u:p@h/", "https:////u:xxxxx@h/"},
		{"backslashes", `https:\\u:p@h\x`, `https:\\u:xxxxx@h\x`},
		{"of both kinds", `https:\/u:p@h/`, `https:\/u:xxxxx@h/`},
		{"of both kinds, the other way round", `https:/\u:p@h/`, `https:/\u:xxxxx@h/`},
		{"no scheme", "//u:p@h/", "//u:xxxxx@h/"},
		{"no scheme, a backslash", `/\u:p@h/`, `/\u:xxxxx@h/`},
		{"tabs and line feeds", "ht\ttps:\n/\t/u:p\nq@h/", "https://u:xxxxx@h/"},
		{"does not parse", "https://u:p@[/", "https://u:xxxxx@[/"},
		{"several", "https://u:p@h/, https://v:q@i", "https://u:xxxxx@h/, https://v:xxxxx@i"},
		{"in a query", "/?to=https://u:p@h", "/?to=https://u:xxxxx@h"},
		{"in a path", "https://h/https://u:p@i/", "https://h/https://u:xxxxx@i/"},
		{"neither", "a@b", "a@b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := RedactURL(tt.in); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestRedact(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"none", "from https://a.example: 1:2 me@b.example", "from https://a.example: 1:2 me@b.example"},
		{"an origin before a colon", `https://a.example: X-A "u@b"`, `https://a.example: X-A "u@b"`},
		{"in quotes", `Get "https://u:p@h/": EOF`, `Get "https://u:xxxxx@h/": EOF`},
		{"in others", "“https://u:p@h” failed", "“https://u:xxxxx@h” failed"},
		{"escaped", `Get "https:\\\\u:p@h": EOF`, `Get "https:\\\\u:xxxxx@h": EOF`},
		{"several", "http://u:p@h http://v:q@i", "http://u:xxxxx@h http://v:xxxxx@i"},
		{"no URL", "u:p@h", "u:xxxxx@h"},
		{"a path is none", "https://h/a:b@c", "https://h/a:b@c"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Redact(tt.in); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestRedactHeader(t *testing.T) {
	for _, tt := range []struct{ name, header, value, want string }{
		{"a scheme stays", "Authorization", "Bearer s3cret", "Bearer redacted"},
		{"no scheme", "authorization", "s3cret", "redacted"},
		{"all parameters", "Proxy-Authorization", `Digest username="a", response="s3cret"`, "Digest redacted"},
		{"names of cookies stay", "Cookie", "a=s3cret; b=s3=cret; s3cret", "a=redacted; b=redacted; redacted"},
		{"attributes stay", "Set-Cookie", "a=s3cret; Path=/; Secure", "a=redacted; Path=/; Secure"},
		{"a cookie without a name", "set-cookie", "s3cret", "redacted"},
		{"a URL with blanks", "Location", "https://u:p q@h/", "https://u:xxxxx@h/"},
		{"a list of URLs", "Link", "<https://u:p@h/>; rel=x, <https://v:q@i>", "<https://u:xxxxx@h/>; rel=x, <https://v:xxxxx@i>"},
		{"anything else", "Access-Control-Allow-Origin", "*", "*"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := RedactHeader(tt.header, tt.value); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestShown: what is shown is redacted before it is cut, or a part of a password
// would stay.
func TestShown(t *testing.T) {
	long := "https://u:" + strings.Repeat("p", 1000) + "@h/"
	for name, shown := range map[string]string{
		"GoQuote":   GoQuote(long, 100),
		"Quote":     Quote(long),
		"Clean":     Clean(long),
		"Printable": Printable(long),
	} {
		if strings.Contains(shown, "pp") {
			t.Errorf("%s: %s", name, shown)
		}
	}
	if got, want := GoQuote("aé\n", 2), `"a"… (4 bytes)`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
