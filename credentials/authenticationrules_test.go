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
		{"Grammar", credentials.AuthenticationRules{Grammar: credentials.GrammarPairs}, []string{"Negotiate, " + basicA}, false, "Basic dTpw", "unknown-scheme"},
		{"Grammar, two lines", credentials.AuthenticationRules{Grammar: credentials.GrammarPairs}, []string{"Negotiate, Bearer", basicA + ", " + digest("")}, false, "qop=auth", "Basic dTpw"},
		{"Grammar, malformed", credentials.AuthenticationRules{Grammar: credentials.GrammarPairs}, []string{"Basic =x"}, false, "no-challenge", "malformed-challenge"},
		{"NonceMayBeEmpty", credentials.AuthenticationRules{Nonce: credentials.NonceMayBeEmpty}, []string{`Digest realm="A", nonce=""`}, false, "no-nonce", `nonce="", response`},
		{"NonceMayBeEmpty, none", credentials.AuthenticationRules{Nonce: credentials.NonceMayBeEmpty}, []string{`Digest realm="A"`}, false, "no-nonce", "no-nonce"},
		{"NonceOptional", credentials.AuthenticationRules{Nonce: credentials.NonceOptional}, []string{`Digest realm="A"`}, false, "no-nonce", `nonce="", response`},
		{"DigestRealm", credentials.AuthenticationRules{DigestRealm: true}, []string{`Digest nonce="n"`}, false, `realm=""`, "no-realm"},
		{"DigestASCII", credentials.AuthenticationRules{DigestASCII: true}, []string{"Digest realm=\"\xe9\", nonce=\"n\""}, false, "realm=\"\xe9\"", "answer-unsendable"},
		{"DigestASCII, a username", credentials.AuthenticationRules{DigestASCII: true}, []string{digest("")}, true, "username*=UTF-8''%C3%A9", "answer-unsendable"},
		{"UsernameQuoted", credentials.AuthenticationRules{UsernameQuoted: true}, []string{digest("")}, true, "username*=UTF-8''%C3%A9", `username="é"`},
		{"ExtendedParams", credentials.AuthenticationRules{ExtendedParams: true}, []string{"Digest realm=\"é\", nonce=\"\xe9\", opaque=\"ü\""}, false, "realm=\"é\"", "realm*=UTF-8''%C3%A9, uri=\"/\", nonce=\"\xe9\""},
		{"NoUserhash", credentials.AuthenticationRules{NoUserhash: true}, []string{digest(", userhash=true")}, false, "userhash=true", `username="u"`},
		{"EmptyOpaqueDropped", credentials.AuthenticationRules{EmptyOpaqueDropped: true}, []string{digest(`, opaque=""`)}, false, `opaque=""`, `response="`},
		{"AlgorithmCanonical", credentials.AuthenticationRules{Algorithm: credentials.AlgorithmCanonical}, []string{digest(", algorithm=md5-SESS")}, false, "algorithm=md5-SESS", "algorithm=MD5-sess"},
		{"AlgorithmCanonical, none", credentials.AuthenticationRules{Algorithm: credentials.AlgorithmCanonical}, []string{digest("")}, false, `uri="/", nonce`, `uri="/", nonce`},
		{"AlgorithmAlways", credentials.AuthenticationRules{Algorithm: credentials.AlgorithmAlways}, []string{digest("")}, false, `uri="/", nonce`, `uri="/", algorithm=MD5, nonce`},
		{"OrderQOPFirst", credentials.AuthenticationRules{Order: credentials.OrderQOPFirst}, []string{digest(", opaque=o, userhash=true")}, false, `uri="/", nonce="n", nc=`, `nonce="n", uri="/", response="`},
		{"OrderQOPLast", credentials.AuthenticationRules{Order: credentials.OrderQOPLast}, []string{digest(", opaque=o")}, false, `qop=auth, response`, `nc=00000001, qop=auth`},
		{"BasicLatin1", credentials.AuthenticationRules{BasicLatin1: true}, []string{basicA}, true, basic("é:p:q"), basic("\xe9:p:q")},
		{"BasicColon", credentials.AuthenticationRules{BasicColon: true}, []string{`Basic realm="B"`}, false, "answer-unsendable", basic("u:v:p")},
		{"DigestAlgorithms", credentials.AuthenticationRules{DigestAlgorithms: []string{"MD5"}}, []string{digest(", algorithm=SHA-256"), digest("")}, false, "algorithm=SHA-256", "uri=\"/\", nonce"},
		{"DigestAlgorithms, session", credentials.AuthenticationRules{DigestAlgorithms: []string{"SHA-256"}}, []string{digest(""), digest(", algorithm=sha-256-SESS")}, false, "uri=\"/\", nonce", "algorithm=sha-256-SESS"},
		{"SafestDigest", credentials.AuthenticationRules{SafestDigest: true}, []string{basicA, digest(", algorithm=MD5"), digest(", algorithm=X"), digest(""), digest(", algorithm=SHA-256-sess"), digest(", algorithm=SHA-256")}, false,
			"algorithm=MD5,", "algorithm=SHA-256-sess"},
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
					Prompt: func(_ context.Context, p credentials.PromptRequest) (string, string, bool) {
						if p.Realm == "B" {
							return "u:v", "p", true
						}
						return "u", "p", true
					},
				})
				url := "https://u:p@a.example/"
				if strings.Contains(tt.http+tt.departed, "%C3%A9") || tt.rules.BasicLatin1 {
					url = "https://é:p:q@a.example/"
				}
				r := &credentials.AuthRequest{URL: mustURL(t, url), Rules: rules, UseURL: tt.url}
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
