package credentials_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
)

// rejected is why a store doesn't answer.
func rejected(t *testing.T, s credentials.AuthenticationStore, r *credentials.AuthRequest, challenges ...string) *credentials.UnansweredError {
	t.Helper()
	err := s.Challenge(r, challenges)
	why, ok := errors.AsType[*credentials.UnansweredError](err)
	if !ok {
		t.Fatalf("%v is no *credentials.UnansweredError", err)
	}
	return why
}

// Which of several challenges is answered, and why the others aren't.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.3
// https://www.rfc-editor.org/rfc/rfc7616#section-3.7
func TestChoice(t *testing.T) {
	const digest = `Digest realm="A", nonce="n", qop="auth"`
	long := strings.Repeat("x", 1<<20)
	tests := []struct {
		name       string
		challenges []string
		streaming  bool
		want       string // the beginning of the answer
		why        credentials.Unanswered
		value      string
		passed     string // reasons of those passed over
	}{
		{name: "Digest before Basic", challenges: []string{`Basic realm="A", ` + digest}, want: `Digest username="u", realm="A"`},
		{name: "the first Digest", challenges: []string{digest + ", algorithm=MD5", digest + ", algorithm=SHA-256"}, want: `Digest username="u", realm="A", uri="/", algorithm=MD5,`},
		{name: "the first Digest that is known", challenges: []string{digest + ", algorithm=SHA-3", digest + ", algorithm=SHA-256"},
			want: `Digest username="u", realm="A", uri="/", algorithm=SHA-256,`, passed: "unknown-algorithm"},
		{name: "Basic for want of another", challenges: []string{"Negotiate", digest + ", algorithm=SHA-1", `Basic realm="A"`},
			want: basic("u:p"), passed: "unknown-scheme unknown-algorithm"},
		{name: "case of names and values", challenges: []string{`dIGEST REALM=A, Nonce=n, QOP="x, AUTH", Algorithm=sha-256`}, want: `Digest username="u", realm="A", uri="/", algorithm=sha-256,`},
		{name: "no realm", challenges: []string{`Digest nonce="n"`}, want: `Digest username="u", realm="", `},
		{name: "empty qop", challenges: []string{`Digest realm="A", nonce="n", qop=""`}, want: `Digest username="u", realm="A", uri="/", nonce="n", response=`},
		{name: "auth before auth-int", challenges: []string{`Digest realm="A", nonce="n", qop="auth-int,auth"`}, streaming: true, want: `Digest `},
		{name: "unknown algorithm", challenges: []string{digest + ", algorithm=SHA-1"}, why: "unknown-algorithm", value: "SHA-1"},
		{name: "session of nothing", challenges: []string{digest + ", algorithm=-sess"}, why: "unknown-algorithm", value: "-sess"},
		{name: "unknown qop", challenges: []string{`Digest realm="A", nonce="n", qop="auth-conf"`}, why: "unknown-qop", value: "auth-conf"},
		{name: "no nonce", challenges: []string{`Digest realm="A"`}, why: "no-nonce"},
		{name: "empty nonce", challenges: []string{`Digest realm="A", nonce=""`}, why: "no-nonce"},
		{name: "long nonce", challenges: []string{`Digest realm="A", nonce="` + long + `"`}, why: "parameter-too-long", value: "nonce"},
		{name: "long opaque", challenges: []string{digest + `, opaque="` + long + `"`}, why: "parameter-too-long", value: "opaque"},
		{name: "long realm of Basic", challenges: []string{`Basic realm="` + long + `"`}, why: "parameter-too-long", value: "realm"},
		{name: "control character", challenges: []string{"Digest realm=\"A\", nonce=\"n\x01\""}, why: "answer-unsendable", value: "nonce"},
		{name: "integrity of a stream", challenges: []string{`Digest realm="A", nonce="n", qop="auth-int"`}, streaming: true, why: "body-not-readable"},
		{name: "unknown schemes", challenges: []string{`Bearer realm="A", Negotiate`}, why: "unknown-scheme", passed: "unknown-scheme"},
		{name: "nothing", why: "no-challenge"},
		{name: "malformed", challenges: []string{`Digest realm="A`}, why: "no-challenge"},
		{name: "ten thousand challenges", challenges: []string{strings.Repeat(digest+", algorithm=SHA-1, ", 10_000)}, why: "unknown-algorithm", value: "SHA-1",
			passed: strings.TrimPrefix(strings.Repeat(" unknown-algorithm", 31), " ")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked credentials.PromptRequest
			s := credentials.NewKeyring(&credentials.KeyringOptions{
				Prompt: func(_ context.Context, p credentials.PromptRequest) (string, string, bool) {
					asked = p
					return "u", "p", true
				},
			})
			r := &credentials.AuthRequest{URL: mustURL(t, "https://a.example/"), Streaming: tt.streaming}
			if tt.why != "" {
				why := rejected(t, s, r, tt.challenges...)
				var passed []string
				for _, p := range why.Passed {
					passed = append(passed, string(p.Reason))
				}
				if why.Reason != tt.why || why.Value != tt.value || strings.Join(passed, " ") != tt.passed {
					t.Errorf("%q, %.80q after %q", why.Reason, why.Value, passed)
				}
				if text := why.Error(); !strings.HasPrefix(text, "credentials: ") || len(text) > 400 {
					t.Errorf("error of %d bytes: %.400s", len(text), text)
				}
				if asked.URL != nil {
					t.Error("somebody was asked")
				}
				return
			}
			if err := s.Challenge(r, tt.challenges); err != nil {
				t.Fatal(err)
			}
			value, _ := s.Authorization(r)
			if !strings.HasPrefix(value, tt.want) {
				t.Errorf("%s\nwant %s", value, tt.want)
			}
			if scheme, _, _ := strings.Cut(tt.want, " "); asked.Scheme != scheme {
				t.Errorf("asked for %+v", asked)
			}
		})
	}
}

// What somebody is told who is asked.
func TestPromptRequest(t *testing.T) {
	var asked []credentials.PromptRequest
	s := credentials.NewKeyring(&credentials.KeyringOptions{
		Prompt: func(_ context.Context, p credentials.PromptRequest) (string, string, bool) {
			asked = append(asked, p)
			return fmt.Sprint("u", len(asked)), "p", len(asked) < 3
		},
	})
	r := &credentials.AuthRequest{URL: mustURL(t, "http://x:secret@proxy.example:3128/#f"), Proxy: true}
	for range 2 {
		if err := s.Challenge(r, []string{`Basic realm="A"`}); err != nil {
			t.Fatal(err)
		}
		if _, ok := s.Authorization(r); !ok {
			t.Fatal("no answer")
		}
	}
	if why := rejected(t, s, r, `Digest realm="B", nonce="n"`); why.Reason != "no-answer" || why.Realm != "B" || why.Scheme != "Digest" {
		t.Error(why)
	}
	for i, want := range []credentials.PromptRequest{
		{Scheme: "Basic", Realm: "A", Proxy: true},
		{Scheme: "Basic", Realm: "A", Proxy: true, Refused: true},
		{Scheme: "Digest", Realm: "B", Proxy: true, Refused: true},
	} {
		got := asked[i]
		if got.URL.String() != "http://proxy.example:3128/" {
			t.Errorf("%d: URL %s", i, got.URL)
		}
		if got.URL = nil; got != want {
			t.Errorf("%d: %+v, want %+v", i, got, want)
		}
	}
	r.Silent = true
	if why := rejected(t, s, r, `Basic realm="A"`); why.Reason != "nobody-to-ask" || len(asked) != 3 {
		t.Errorf("%v after %d prompts", why, len(asked))
	}
}

// digestStore has an entry for Digest, u:p in realm A, that was got for a URL.
func digestStore(t *testing.T, url, params string) *credentials.Keyring {
	t.Helper()
	s := credentials.NewKeyring(nil)
	r := &credentials.AuthRequest{URL: mustURL(t, url).SetCredentials("u", "p"), UseURL: true}
	if err := s.Challenge(r, []string{`Digest realm="A", nonce="first", qop="auth"` + params}); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Authorization(r); !ok {
		t.Fatal("no answer")
	}
	s.Accepted(r, nil)
	return s
}

// https://www.rfc-editor.org/rfc/rfc7616#section-3.3 domain
func TestDigestProtectionSpace(t *testing.T) {
	const at = "https://a.example/docs/x"
	tests := []struct {
		name, domain, url string
		want              bool
	}{
		{"no domain", "", "https://a.example/other", true},
		{"empty domain", `, domain=""`, "https://a.example/other", true},
		{"another server", "", "https://b.example/docs/x", false},
		{"in the domain", `, domain="/docs /img"`, "https://a.example/img/y", true},
		{"not in the domain", `, domain="/docs /img"`, "https://a.example/other", false},
		{"relative to the request", `, domain="y/"`, "https://a.example/docs/y/z", true},
		{"absolute", `, domain="https://a.example:443/img/"`, "https://a.example/img/z", true},
		{"of another server", `, domain="https://b.example/ /docs"`, "https://b.example/", false},
		{"of other servers only", `, domain="https://b.example/ https://["`, "https://a.example/docs/y", true},
		{"of other servers only, elsewhere", `, domain="https://b.example/"`, "https://a.example/", false},
		{"more than sixteen", `, domain="` + strings.Repeat("/y ", 16) + `/other"`, "https://a.example/other", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := digestStore(t, at, tt.domain)
			if value, ok := s.Authorization(&credentials.AuthRequest{URL: mustURL(t, tt.url)}); ok != tt.want {
				t.Errorf("%q, want one: %t", value, tt.want)
			}
		})
	}
}

var nonceAndCount = regexp.MustCompile(`nonce="(\w+)", nc=(\w+)`)

// Each request counts; another nonce counts anew, and is answered without
// asking if the server calls the last one stale.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4 nc
// https://www.rfc-editor.org/rfc/rfc7616#section-3.5 nextnonce
func TestNonces(t *testing.T) {
	s := digestStore(t, "https://a.example/", "")
	u := mustURL(t, "https://a.example/x?y")
	counted := func(r *credentials.AuthRequest, want string) {
		t.Helper()
		value, _ := s.Authorization(r)
		m := nonceAndCount.FindStringSubmatch(value)
		if m == nil || m[1]+" "+m[2] != want || !strings.Contains(value, `uri="/x?y"`) {
			t.Errorf("%s, want %s", value, want)
		}
	}
	r := &credentials.AuthRequest{URL: u}
	counted(r, "first 00000002")
	counted(&credentials.AuthRequest{URL: u}, "first 00000003")
	s.Accepted(r, []string{`qop=auth, nextnonce="next", rspauth="x"`})
	counted(r, "next 00000001")
	for _, malformed := range []string{`nextnonce=""`, `nextnonce="x`, "nextnonce", `a=b c, nextnonce="x"`, "nextnonce=\"x\r\ny\"", `nextnonce="` + strings.Repeat("x", 5000) + `"`} {
		s.Accepted(r, []string{malformed})
	}
	counted(r, "next 00000002")

	const stale = `Digest realm="A", nonce="second", qop="auth", stale=TRUE`
	if err := s.Challenge(r, []string{stale}); err != nil {
		t.Fatal(err)
	}
	counted(r, "second 00000001")
	s.Accepted(r, nil)
	counted(&credentials.AuthRequest{URL: u}, "second 00000002")

	// A server that calls every nonce stale is given up, and the entry kept no
	// longer than that.
	answers := 0
	for r = (&credentials.AuthRequest{URL: u}); answers < 10; answers++ {
		s.Authorization(r)
		if s.Challenge(r, []string{stale}) != nil {
			break
		}
	}
	if answers != 2 {
		t.Errorf("%d answers", answers)
	}
}

// An account goes from Basic to Digest, but not the other way, which would send
// the password.
func TestSchemesOfAccount(t *testing.T) {
	s := digestStore(t, "https://a.example/", "")
	if why := rejected(t, s, &credentials.AuthRequest{URL: mustURL(t, "https://a.example/x/")}, `Basic realm="A"`); why.Reason != "nobody-to-ask" {
		t.Error(why)
	}
	s = credentials.NewKeyring(nil)
	if err := s.Add(mustURL(t, "https://a.example/x/"), credentials.AuthenticationEntry{Username: "u", Password: "p", Realm: "A"}); err != nil {
		t.Fatal(err)
	}
	sent := request(t, s, &credentials.AuthRequest{URL: mustURL(t, "https://a.example/")},
		func(value string) bool { return strings.HasPrefix(value, "Digest ") }, `Digest realm="A", nonce="n"`)
	if len(sent) != 2 {
		t.Errorf("sends %q", sent)
	}
}

// The entries of servers and of proxies are apart, and those of proxies not
// partitioned.
func TestProxyEntries(t *testing.T) {
	s := credentials.NewKeyring(nil)
	u := mustURL(t, "http://a.example/")
	accept(t, s, &credentials.AuthRequest{URL: u, Proxy: true})
	if value, ok := s.Authorization(&credentials.AuthRequest{URL: u}); ok {
		t.Errorf("the server gets %q", value)
	}
	if _, ok := s.Authorization(&credentials.AuthRequest{URL: u, Proxy: true}); !ok {
		t.Error("the proxy gets nothing")
	}
	s.Clear()
	if _, ok := s.Authorization(&credentials.AuthRequest{URL: u, Proxy: true}); ok {
		t.Error("the entry is there after Clear")
	}
}

// A body that can't be read is told, not sent without its hash.
func TestIntegrityOfBrokenBody(t *testing.T) {
	s := digestStore(t, "https://a.example/", "")
	r := &credentials.AuthRequest{URL: mustURL(t, "https://u:p@a.example/"), UseURL: true, Body: func() (io.ReadCloser, error) { return nil, io.ErrClosedPipe }}
	if err := s.Challenge(r, []string{`Digest realm="B", nonce="n", qop=auth-int`}); err != nil {
		t.Fatal(err)
	}
	if value, ok := s.Authorization(r); ok || value != "" {
		t.Errorf("sends %q", value)
	}
}

// Whatever a server says, the answer is one header value, that parses again as
// the challenge's.
func FuzzDigest(f *testing.F) {
	for _, params := range []string{`realm="A", nonce="n"`, `realm="A\"\\", nonce="n", qop="auth,auth-int", algorithm=SHA-256-sess, userhash=true, opaque=""`,
		`nonce="n", domain="/a https://b/ ["`, `nonce=n, qop=auth-int, algorithm=md5`, "nonce=\"\xff\", stale=true"} {
		f.Add(params, "u", "p")
	}
	f.Add(`nonce="n"`, "Jäsøn \"Doe\"", "\x00")
	f.Fuzz(func(t *testing.T, params, username, password string) {
		s := credentials.NewKeyring(&credentials.KeyringOptions{
			Prompt: func(context.Context, credentials.PromptRequest) (string, string, bool) {
				return username, password, true
			},
		})
		r := &credentials.AuthRequest{URL: mustURL(t, "https://a.example/x?y")}
		header := "Digest " + params
		if err := s.Challenge(r, []string{header}); err != nil {
			if _, ok := errors.AsType[*credentials.UnansweredError](err); !ok {
				t.Error(err)
			}
			return
		}
		value, ok := s.Authorization(r)
		if !ok || strings.ContainsAny(value, "\r\n\x00") {
			t.Fatalf("%q", value)
		}
		asked, answered := credentials.ParseChallenges([]string{header}), credentials.ParseChallenges([]string{value})
		if len(answered) != 1 {
			t.Fatalf("%q is %d", value, len(answered))
		}
		i := 0
		for !strings.EqualFold(asked[i].Scheme, answered[0].Scheme) {
			i++
		}
		for _, name := range []string{"realm", "opaque"} {
			want, _ := asked[i].Param(name)
			if got, _ := answered[0].Param(name); got != want {
				found := false
				for _, c := range asked[i+1:] {
					if again, _ := c.Param(name); again == got && strings.EqualFold(c.Scheme, "Digest") {
						found = true
					}
				}
				if !found {
					t.Errorf("%s %q, want %q", name, got, want)
				}
			}
		}
		s.Accepted(r, []string{params})
		s.Authorization(&credentials.AuthRequest{URL: r.URL})
	})
}
