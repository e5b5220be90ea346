package credentials_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/internal/rules"
)

// asked is what a challenge makes a keyring ask for under a grammar, as scheme and realm, or why it is not answered.
func asked(t testing.TB, grammar rules.Grammar, lines ...string) string {
	t.Helper()
	got := ""
	s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: func(_ context.Context, p credentials.PromptRequest) (string, string, bool) {
		got = p.Scheme + " " + p.Realm
		return "u", "p", true
	}})
	r := &credentials.AuthRequest{URL: mustURL(t, "https://a.example/"), Rules: &rules.Authentication{Grammar: grammar}}
	if err := s.Challenge(r, lines); err != nil {
		return string(err.(*credentials.UnansweredError).Reason)
	}
	if value, _ := s.Authorization(r); strings.HasPrefix(value, "Digest ") { // the nonce, too
		_, nonce, _ := strings.Cut(value, `nonce="`)
		nonce, _, _ = strings.Cut(nonce, `"`)
		got += " " + nonce
	}
	return got
}

// What each grammar makes of challenges, well-formed and not.
func TestChallengeGrammars(t *testing.T) {
	const (
		none = "no-challenge"
		bad  = "malformed-challenge"
		no   = "unknown-scheme"
	)
	for _, tt := range []struct {
		name                      string
		value                     string
		http, pairs, loose, items string
	}{
		{"quoted", `Basic realm="a, b"`, "Basic a, b", "Basic a, b", "Basic a, b", "Basic a, b"},
		{"token", `Basic realm=a`, "Basic a", "Basic a", "Basic a", "Basic a"},
		{"escapes", `Basic realm="a\"b\\c"`, `Basic a"b\c`, `Basic a"b\c`, `Basic a"bc`, `Basic a"b\c`},
		{"single quotes", `Basic realm='a b'`, none, "Basic 'a b'", "Basic 'a", "Basic 'a b'"},
		{"words", `Basic realm=a b`, none, "Basic a b", "Basic a", "Basic a b"},
		{"word after quotes", `Basic realm="a" b`, none, `Basic a" b`, "Basic a", "Basic a"},
		{"unterminated", `Basic realm="a`, none, "Basic a", "Basic a", "Basic a"},
		{"unterminated, a quote alone", `Basic realm="`, none, "Basic ", "Basic ", "Basic "},
		{"comma unquoted", `Basic realm=a,b=c`, "Basic a", "Basic a", "Basic a,b=c", "Basic a"},
		{"realm later", `Basic a=b realm=c`, none, "Basic ", "Basic c", "Basic "},
		{"realm after a comma", `Basic a=b, realm=c`, "Basic c", "Basic c", "Basic c", "Basic c"},
		{"realm twice", `Basic realm=a, realm=b`, "Basic a", "Basic b", "Basic a,", "Basic a"},
		{"realm in capitals", `BASIC REALM=a`, "Basic a", "Basic a", "Basic a", "Basic a"},
		{"realm bare", `Basic realm`, "Basic ", bad, "Basic ", "Basic "},
		{"realm without a value", `Basic realm=`, "Basic ", bad, "Basic ", "Basic "},
		{"no name", `Basic =a`, none, bad, "Basic ", "Basic "},
		{"quoted name", `Basic "realm"=a`, none, bad, "Basic ", "Basic "},
		{"extended", `Basic realm=a, realm*=utf-8''%C3%A9, realm*=x`, "Basic a", "Basic a", "Basic a", "Basic é"},
		{"extended, in Latin-1", `Basic realm*=iso-8859-1''%E9`, "Basic ", "Basic ", "Basic ", "Basic é"},
		{"comma", `Basic, realm=a`, "Basic ", no, no, "Basic a"},
		{"tab", "Basic\trealm=a", "Basic a", "Basic a", no, "Basic a"},
		{"first empty", `, Basic realm=a`, "Basic a", no, "Basic a", "Basic a"},
		{"second scheme", `X, Basic realm=a`, "Basic a", no, "Basic a", "Basic a"},
		{"second challenge", `X a=b, Basic realm=a`, "Basic a", no, "Basic a", "Basic a"},
		{"second challenge, quoted comma", `X a="b, Basic realm=x", Basic realm=a`, "Basic a", no, "Basic a", "Basic a"},
		{"word after a comma", `Basic realm=a, b`, "Basic a", bad, "Basic a", "Basic a"},
		{"unknown", `X realm=a`, no, no, no, no},
		{"nothing", ``, none, none, none, none},
		{"blanks", ` `, none, none, no, none},
		{"semicolon", `Basic;realm=a`, none, no, no, no},

		{"Digest", `Digest realm="a", nonce="n"`, "Digest a n", "Digest a n", "Digest a n", "Digest a n"},
		{"Digest bare", `Digest`, "no-nonce", "no-nonce", bad, "no-nonce"},
		{"Digest without commas", `Digest realm="a" nonce="n"`, none, "no-nonce", "Digest a n", "no-nonce"},
		{"Digest, nonce twice", `Digest realm=a, nonce=n, nonce=m`, "Digest a n", "Digest a m", "Digest a m", "Digest a n"},
		{"Digest, letter after quotes", `Digest realm="a", nonce="n"x`, none, `Digest a n\`, bad, "Digest a n"},
		{"Digest, unterminated", `Digest realm="a", nonce="n`, none, "Digest a n", bad, "Digest a n"},
		{"Digest, empty value", `Digest realm="a", nonce="n", x=`, none, bad, bad, "Digest a n"},
		{"Digest, two equals", `Digest realm==a, nonce=n`, none, "Digest =a n", "Digest a n", "Digest =a n"},
		{"Digest, bare name", `Digest realm=a, qop, nonce=n`, "no-nonce", bad, "no-nonce", "no-nonce"},
		{"Digest after Basic", `Basic realm=b, Digest realm=a, nonce=n`, "Digest a n", "Basic b", "Digest a n", "Digest a n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for grammar, want := range []string{tt.http, tt.pairs, tt.loose, tt.items} {
				if got := asked(t, rules.Grammar(grammar), tt.value); got != want {
					t.Errorf("grammar %d: %q, want %q", grammar, got, want)
				}
			}
		})
	}
}

// Lines are challenges of their own, but for GrammarItems.
func TestChallengeLines(t *testing.T) {
	for grammar, want := range []string{"Basic b", "Basic b", "Basic b", "Basic b"} {
		if got := asked(t, rules.Grammar(grammar), `X a="1"`, `Basic realm="b"`); got != want {
			t.Errorf("grammar %d: %q, want %q", grammar, got, want)
		}
	}
	for grammar, want := range []string{"Basic b", "Basic b", "Basic b", "unknown-scheme"} {
		if got := asked(t, rules.Grammar(grammar), `X a="1`, `Basic realm="b"`); got != want {
			t.Errorf("grammar %d, a quote without an end: %q, want %q", grammar, got, want)
		}
	}
}

// Whatever a server sends costs n log n at most to read.
func TestChallengeGrowth(t *testing.T) {
	inputs := map[string]string{
		"challenges": "Basic a=b, ", "schemes": "x,", "commas": ",", "names": "a=b,", "quotes": `"`, "backslashes": `\`,
		"quoted": `a="b\", `, "blanks": " ", "equals": "=", "Digest": `Digest realm="r", nonce="n", algorithm=x, `, "letters": "a", "words": "a ",
	}
	for grammar := rules.GrammarHTTP; grammar <= rules.GrammarItems; grammar++ {
		for name, unit := range inputs {
			t.Run(fmt.Sprint(grammar, " ", name), func(t *testing.T) {
				growth.Check(t, 10_000, func(n int) func() {
					line := "Digest " + strings.Repeat(unit, n)
					return func() { asked(t, grammar, line, line) }
				})
			})
		}
	}
}

// No challenge makes a grammar panic, and none is answered that is longer than what may be sent back.
func FuzzChallengeGrammars(f *testing.F) {
	for _, tt := range challengeTests {
		f.Add(strings.Join(tt.in, ", "))
	}
	f.Add(`Digest realm="a\", nonce=n x=', "`)
	f.Add(`Basic realm*=iso-8859-1''%E9%`)
	f.Fuzz(func(t *testing.T, value string) {
		for grammar := rules.GrammarHTTP; grammar <= rules.GrammarItems; grammar++ {
			if got := asked(t, grammar, value, value); len(got) > 20_000 {
				t.Errorf("grammar %d: %d bytes", grammar, len(got))
			}
		}
	})
}
