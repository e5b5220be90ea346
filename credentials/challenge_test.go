package credentials_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
)

type (
	challenge  = credentials.Challenge
	challenges = []credentials.Challenge
	params     = []credentials.Param
)

// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
var challengeTests = []struct {
	name string
	in   []string
	want challenges
}{
	{"none", nil, nil},
	{"empty", []string{"", " , ,\t"}, nil},
	{"scheme", []string{"Negotiate"}, challenges{{Scheme: "Negotiate"}}},
	{"scheme and space", []string{"Negotiate "}, challenges{{Scheme: "Negotiate"}}},
	{"schemes", []string{"Negotiate, NTLM ,Kerberos"}, challenges{{Scheme: "Negotiate"}, {Scheme: "NTLM"}, {Scheme: "Kerberos"}}},
	{"quoted string", []string{`Basic realm="a, \"b\" \\c"`}, challenges{{Scheme: "Basic", Params: params{{"realm", `a, "b" \c`}}}}},
	{"token", []string{`basic Realm=x`}, challenges{{Scheme: "basic", Params: params{{"Realm", "x"}}}}},
	{"empty quoted string", []string{`Basic realm=""`}, challenges{{Scheme: "Basic", Params: params{{"realm", ""}}}}},
	{"bad whitespace", []string{"Basic realm\t= \"x\" ,charset=\"UTF-8\""}, challenges{{Scheme: "Basic", Params: params{{"realm", "x"}, {"charset", "UTF-8"}}}}},
	{"empty members", []string{`Basic , realm="x"`}, challenges{{Scheme: "Basic"}}},
	{"empty members within", []string{`Basic a=1,,b=2,`}, challenges{{Scheme: "Basic", Params: params{{"a", "1"}, {"b", "2"}}}}},
	{"several on a line", []string{`Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple"`}, challenges{
		{Scheme: "Newauth", Params: params{{"realm", "apps"}, {"type", "1"}, {"title", `Login to "apps"`}}},
		{Scheme: "Basic", Params: params{{"realm", "simple"}}},
	}},
	{"several lines", []string{`Digest realm="a", nonce="n"`, `Basic realm="b"`}, challenges{
		{Scheme: "Digest", Params: params{{"realm", "a"}, {"nonce", "n"}}},
		{Scheme: "Basic", Params: params{{"realm", "b"}}},
	}},
	{"token68", []string{"Negotiate YWJj/+-._~==, Basic realm=x"}, challenges{
		{Scheme: "Negotiate", Token68: "YWJj/+-._~=="},
		{Scheme: "Basic", Params: params{{"realm", "x"}}},
	}},
	{"comma in a quoted string is no separator", []string{`X a="Basic realm=evil, Basic realm=y"`}, challenges{{Scheme: "X", Params: params{{"a", "Basic realm=evil, Basic realm=y"}}}}},
	{"unterminated", []string{`Negotiate, Basic realm="x`}, challenges{{Scheme: "Negotiate"}}},
	{"unterminated escape", []string{`Basic realm="x\`}, nil},
	{"no value", []string{`Basic realm=, x=1`}, challenges{{Scheme: "Basic", Token68: "realm="}}},
	{"no value after one", []string{`Basic a=1, realm=`}, nil},
	{"no comma between challenges", []string{`NTLM Basic realm="x"`}, nil},
	{"junk after a quoted string", []string{`Basic realm="x"y`}, nil},
	{"junk after a scheme", []string{`Basic; realm="x"`}, nil},
	{"junk in between", []string{`A, (), B`, `C`}, challenges{{Scheme: "A"}, {Scheme: "C"}}},
	{"bytes", []string{"Basic realm=\"\xe9\x00\""}, challenges{{Scheme: "Basic", Params: params{{"realm", "\xe9\x00"}}}}},
}

func TestParseChallenges(t *testing.T) {
	for _, tt := range challengeTests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, credentials.ParseChallenges(tt.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseChallengesIsBounded(t *testing.T) {
	if n := len(credentials.ParseChallenges([]string{strings.Repeat("A,", 10_000), "B"})); n != 32 {
		t.Errorf("%d challenges", n)
	}
	got := credentials.ParseChallenges([]string{"A " + strings.Repeat("a=b,", 10_000) + "B c=d"})
	if len(got) != 2 || len(got[0].Params) != 32 || got[1].Scheme != "B" {
		t.Errorf("%d challenges, the first with %d parameters", len(got), len(got[0].Params))
	}
}

func TestChallengeParam(t *testing.T) {
	c := challenge{Params: params{{"Realm", "x"}, {"realm", "y"}}}
	if got, ok := c.Param("realm"); got != "x" || !ok {
		t.Errorf("%q, %t", got, ok)
	}
	if got, ok := c.Param("charset"); got != "" || ok {
		t.Errorf("%q, %t", got, ok)
	}
}

// Challenges that were written out again parse to the same.
func FuzzParseChallenges(f *testing.F) {
	for _, tt := range challengeTests {
		f.Add(strings.Join(tt.in, ", "))
	}
	f.Fuzz(func(t *testing.T, value string) {
		got := credentials.ParseChallenges([]string{value})
		var b strings.Builder
		for i, c := range got {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(c.Scheme)
			if c.Token68 != "" {
				b.WriteString(" " + c.Token68)
			}
			for j, p := range c.Params {
				if j > 0 {
					b.WriteByte(',')
				}
				b.WriteString(" " + p.Name + `="` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(p.Value) + `"`)
			}
		}
		if diff := cmp.Diff(got, credentials.ParseChallenges([]string{b.String()})); diff != "" {
			t.Errorf("%q became %q: %s", value, b.String(), diff)
		}
	})
}
