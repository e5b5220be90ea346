package credentials_test

import (
	"context"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
)

// Each departure, beside what HTTP has.
func TestAuthenticationRules(t *testing.T) {
	digest := func(params string) string { return `Digest realm="A", nonce="n", qop="auth"` + params }
	const basicA = `Basic realm="A"`
	tests := []struct {
		name           string
		rules          credentials.AuthenticationRules
		challenges     []string
		url            bool   // the URL answers
		http, departed string // the answer's beginning, after "Digest " with the parameter that tells, or the reason that there is none
	}{
		{"OneALine", credentials.AuthenticationRules{OneALine: true}, []string{"Negotiate, " + basicA}, false, "Basic dTpw", "unknown-scheme"},
		{"OneALine, two lines", credentials.AuthenticationRules{OneALine: true}, []string{"Negotiate, Bearer", basicA + ", " + digest("")}, false, "qop=auth", "Basic dTpw"},
		{"DigestAlgorithms", credentials.AuthenticationRules{DigestAlgorithms: []string{"MD5"}}, []string{digest(", algorithm=SHA-256"), digest("")}, false, "algorithm=SHA-256", "uri=\"/\", nonce"},
		{"DigestAlgorithms, session", credentials.AuthenticationRules{DigestAlgorithms: []string{"SHA-256"}}, []string{digest(""), digest(", algorithm=sha-256-SESS")}, false, "uri=\"/\", nonce", "algorithm=sha-256-SESS"},
		{"SafestDigest", credentials.AuthenticationRules{SafestDigest: true}, []string{basicA, digest(", algorithm=MD5"), digest(", algorithm=X"), digest(""), digest(", algorithm=SHA-256-sess"), digest(", algorithm=SHA-256")}, false,
			"algorithm=MD5,", "algorithm=SHA-256-sess"},
		{"FirstDigest", credentials.AuthenticationRules{FirstDigest: true}, []string{digest(", algorithm=X"), digest(""), basicA}, false, "qop=auth", "Basic dTpw"},
		{"QOPAuthOrNone", credentials.AuthenticationRules{QOP: credentials.QOPAuthOrNone}, []string{`Digest realm="A", nonce="n", qop="auth-int"`}, false, "qop=auth-int", `nonce="n", response`},
		{"QOPAuthOrNone, unknown", credentials.AuthenticationRules{QOP: credentials.QOPAuthOrNone}, []string{`Digest realm="A", nonce="n", qop="x"`}, false, "unknown-qop", `nonce="n", response`},
		{"QOPAuthRequired", credentials.AuthenticationRules{QOP: credentials.QOPAuthRequired}, []string{`Digest realm="A", nonce="n", qop="auth-int"`}, false, "qop=auth-int", "unknown-qop"},
		{"QOPAuthRequired, none", credentials.AuthenticationRules{QOP: credentials.QOPAuthRequired}, []string{`Digest realm="A", nonce="n"`}, false, `nonce="n", response`, `nonce="n", response`},
		{"URLAnswersOne", credentials.AuthenticationRules{URLAnswersOne: true}, []string{"Negotiate", digest(", algorithm=X"), basicA}, true, "Basic dTpw", "unknown-algorithm"},
		{"URLAnswersOne, unknown scheme", credentials.AuthenticationRules{URLAnswersOne: true}, []string{"Negotiate", basicA}, true, "Basic dTpw", "Basic dTpw"},
		{"URLAnswersOne, a user", credentials.AuthenticationRules{URLAnswersOne: true}, []string{digest(", algorithm=X"), basicA}, false, "Basic dTpw", "Basic dTpw"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, rules := range []*credentials.AuthenticationRules{nil, &tt.rules} {
				want := tt.http
				if rules != nil {
					want = tt.departed
				}
				s := credentials.NewKeyring(&credentials.KeyringOptions{
					Prompt: func(context.Context, credentials.PromptRequest) (string, string, bool) { return "u", "p", true },
				})
				r := &credentials.AuthRequest{URL: mustURL(t, "https://u:p@a.example/"), Rules: rules, UseURL: tt.url}
				if err := s.Challenge(r, tt.challenges); err != nil {
					if why := rejected(t, s, r, tt.challenges...); string(why.Reason) != want {
						t.Errorf("%q, want %s", why.Reason, want)
					}
					continue
				}
				if value, ok := s.Authorization(r); !ok || !strings.Contains(value, want) {
					t.Errorf("%s, want %s", value, want)
				}
			}
		})
	}
}

// DigestByPath.
func TestDigestByPath(t *testing.T) {
	for _, byPath := range []bool{false, true} {
		s := credentials.NewKeyring(nil)
		rules := &credentials.AuthenticationRules{DigestByPath: byPath}
		r := &credentials.AuthRequest{URL: mustURL(t, "https://u:p@a.example/x/y"), UseURL: true, Rules: rules}
		if err := s.Challenge(r, []string{`Digest realm="A", nonce="n", domain="/z"`}); err != nil {
			t.Fatal(err)
		}
		s.Authorization(r)
		s.Accepted(r, nil)
		for path, want := range map[string]bool{"x/b": byPath, "z/b": !byPath} {
			if _, ok := s.Authorization(&credentials.AuthRequest{URL: mustURL(t, "https://a.example/"+path), Rules: rules}); ok != want {
				t.Errorf("by path %t: an answer for /%s: %t", byPath, path, ok)
			}
		}
	}
}
