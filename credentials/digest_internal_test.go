package credentials

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/origin"
)

func rfcURL(t testing.TB, s string) *origin.URL {
	t.Helper()
	u, err := origin.ParseURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// The examples of RFC 7616, whose nonces of the client's are given. The hashes
// of the second are those of its erratum 4897: the text has others, which are not
// SHA-512/256.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.9
// https://www.rfc-editor.org/errata/eid4897
func TestRFC7616(t *testing.T) {
	const (
		nonce1  = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
		opaque1 = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
		cnonce1 = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
		nonce2  = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK"
		opaque2 = "HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS"
		cnonce2 = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"
	)
	const both = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=%s, nonce="` + nonce1 + `", opaque="` + opaque1 + `"`
	mufasa := account{"Mufasa", "Circle of Life"}
	tests := []struct {
		name, url  string
		challenges []string
		account    account
		cnonce     string
		want       string
	}{
		{"3.9.1 MD5", "http://www.example.org/dir/index.html", []string{fmt.Sprintf(both, "MD5")}, mufasa, cnonce1,
			`Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=MD5, nonce="` + nonce1 + `", nc=00000001, cnonce="` + cnonce1 +
				`", qop=auth, response="8ca523f5e9506fed4657c9700eebdbec", opaque="` + opaque1 + `"`},
		{"3.9.1 SHA-256, which is first", "http://www.example.org/dir/index.html", []string{fmt.Sprintf(both, "SHA-256"), fmt.Sprintf(both, "MD5")}, mufasa, cnonce1,
			`Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, nonce="` + nonce1 + `", nc=00000001, cnonce="` + cnonce1 +
				`", qop=auth, response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1", opaque="` + opaque1 + `"`},
		{"3.9.2", "http://api.example.org/doe.json",
			[]string{`Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="` + nonce2 + `", opaque="` + opaque2 + `", charset=UTF-8, userhash=true`},
			account{"Jäsøn Doe", "Secret, or not?"}, cnonce2,
			`Digest username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b", realm="api@example.org", uri="/doe.json", algorithm=SHA-512-256, nonce="` + nonce2 +
				`", nc=00000001, cnonce="` + cnonce2 + `", qop=auth, response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5", opaque="` + opaque2 + `", userhash=true`},
		{"RFC 2617 3.5", "http://www.nowhere.org/dir/index.html",
			[]string{`Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"`},
			account{"Mufasa", "Circle Of Life"}, "0a4f113b",
			`Digest username="Mufasa", realm="testrealm@host.com", uri="/dir/index.html", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", nc=00000001, cnonce="0a4f113b", qop=auth, ` +
				`response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"`},
		{"3.4, name in the extended notation", "http://a.example/", []string{`Digest realm="r", nonce="n", qop=auth, charset=UTF-8`},
			account{"Jäsøn Doe", "p"}, "c",
			`Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, realm="r", uri="/", nonce="n", nc=00000001, cnonce="c", qop=auth, response="18f59055deda05b6f0677694e953b371"`},
		{"3.4, quotes", "http://a.example/?%22\"", []string{`Digest realm="r\"\\", nonce="n", opaque=""`}, account{`u"\`, "p"}, "c",
			`Digest username="u\"\\", realm="r\"\\", uri="/?%22%22", nonce="n", response="0c163cfe7f9f638fe0309b83f080d0b2", opaque=""`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := NewKeyring(nil)
			r := &AuthRequest{URL: rfcURL(t, tt.url)}
			c, d, why := choose(r, tt.challenges)
			if c == nil || d == nil {
				t.Fatal(why)
			}
			d.cnonce = tt.cnonce
			d.setAccount(tt.account)
			s := &session{account: tt.account, realm: d.realm, digest: d}
			r.answer, r.answered = s, r.URL
			if got, ok := k.Authorization(r); got != tt.want || !ok {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
		})
	}
}

// What has no example in the RFC: the formula, written out.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4.2
func TestDigestFormulas(t *testing.T) {
	for _, tt := range []struct {
		name, algorithm, qop string
		body                 string
	}{
		{"session", "SHA-256-sess", "auth", ""},
		{"integrity", "SHA-256", "auth-int", "x=1"},
		{"integrity without a body", "MD5", "auth-int", ""},
		{"both", "md5-SESS", "auth-int", "x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &AuthRequest{URL: rfcURL(t, "https://a.example/p?q"), Method: "PUT"}
			if tt.body != "" {
				r.Body = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(tt.body)), nil }
			}
			c := ParseChallenges([]string{`Digest realm="r", nonce="n", algorithm=` + tt.algorithm + `, qop="` + tt.qop + `"`})
			d, why, _ := newDigest(r, &c[0])
			if why != "" {
				t.Fatal(why)
			}
			if err := d.prepare(account{"u", "p"}, bytes.NewReader(make([]byte, 24))); err != nil {
				t.Fatal(err)
			}
			d.count = 0xfe
			got, err := d.authorization(r, "u")
			if err != nil {
				t.Fatal(err)
			}
			const cnonce = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			a1 := d.h("u:r:p")
			if strings.HasSuffix(strings.ToLower(tt.algorithm), "-sess") {
				a1 = d.h(a1 + ":n:" + cnonce)
			}
			a2 := "PUT:/p?q"
			if tt.qop == "auth-int" {
				a2 += ":" + d.h(tt.body)
			}
			want := `response="` + d.h(a1+":n:000000ff:"+cnonce+":"+tt.qop+":"+d.h(a2)) + `"`
			if !strings.Contains(got, want) || !strings.Contains(got, "algorithm="+tt.algorithm+",") {
				t.Errorf("%s\nhas no %s", got, want)
			}
		})
	}
}

func TestDigestWithoutRandomness(t *testing.T) {
	broken := errors.New("broken")
	k := NewKeyring(&KeyringOptions{Random: failing{broken}})
	r := &AuthRequest{URL: rfcURL(t, "https://u:p@a.example/"), UseURL: true}
	err := k.Challenge(r, []string{`Digest realm="r", nonce="n"`})
	if why, ok := errors.AsType[*UnansweredError](err); !ok || why.Reason != answerUnsendable || !errors.Is(err, broken) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
