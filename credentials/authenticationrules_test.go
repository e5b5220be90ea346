package credentials_test

import (
	"context"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
)

// Each departure, beside what HTTP has.
func TestAuthenticationRules(t *testing.T) {
	digest := func(params string) string { return `Digest realm="A", nonce="n", qop="auth"` + params }
	const basicA = `Basic realm="A"`
	tests := []struct {
		name           string
		rules          rules.Authentication
		challenges     []string
		url            bool   // the URL answers
		http, departed string // the answer's beginning, after "Digest " with the parameter that tells, or the reason that there is none
	}{
		{"Grammar", rules.Authentication{Grammar: rules.GrammarPairs}, []string{"Negotiate, " + basicA}, false, "Basic dTpw", "unknown-scheme"},
		{"Grammar, two lines", rules.Authentication{Grammar: rules.GrammarPairs}, []string{"Negotiate, Bearer", basicA + ", " + digest("")}, false, "qop=auth", "Basic dTpw"},
		{"Grammar, malformed", rules.Authentication{Grammar: rules.GrammarPairs}, []string{"Basic =x"}, false, "no-challenge", "malformed-challenge"},
		{"NonceMayBeEmpty", rules.Authentication{Nonce: rules.NonceMayBeEmpty}, []string{`Digest realm="A", nonce=""`}, false, "no-nonce", `nonce="", response`},
		{"NonceMayBeEmpty, none", rules.Authentication{Nonce: rules.NonceMayBeEmpty}, []string{`Digest realm="A"`}, false, "no-nonce", "no-nonce"},
		{"NonceOptional", rules.Authentication{Nonce: rules.NonceOptional}, []string{`Digest realm="A"`}, false, "no-nonce", `nonce="", response`},
		{"DigestRealm", rules.Authentication{DigestRealm: true}, []string{`Digest nonce="n"`}, false, `realm=""`, "no-realm"},
		{"DigestASCII", rules.Authentication{DigestASCII: true}, []string{"Digest realm=\"\xe9\", nonce=\"n\""}, false, "realm=\"\xe9\"", "answer-unsendable"},
		{"DigestASCII, a username", rules.Authentication{DigestASCII: true}, []string{digest("")}, true, "username*=UTF-8''%C3%A9", "answer-unsendable"},
		{"UsernameQuoted", rules.Authentication{UsernameQuoted: true}, []string{digest("")}, true, "username*=UTF-8''%C3%A9", `username="é"`},
		{"ExtendedParams", rules.Authentication{ExtendedParams: true}, []string{"Digest realm=\"é\", nonce=\"\xe9\", opaque=\"ü\""}, false, "realm=\"é\"", "realm*=UTF-8''%C3%A9, uri=\"/\", nonce=\"\xe9\""},
		{"NoUserhash", rules.Authentication{NoUserhash: true}, []string{digest(", userhash=true")}, false, "userhash=true", `username="u"`},
		{"EmptyOpaqueDropped", rules.Authentication{EmptyOpaqueDropped: true}, []string{digest(`, opaque=""`)}, false, `opaque=""`, `response="`},
		{"AlgorithmCanonical", rules.Authentication{Algorithm: rules.AlgorithmCanonical}, []string{digest(", algorithm=md5-SESS")}, false, "algorithm=md5-SESS", "algorithm=MD5-sess"},
		{"AlgorithmCanonical, none", rules.Authentication{Algorithm: rules.AlgorithmCanonical}, []string{digest("")}, false, `uri="/", nonce`, `uri="/", nonce`},
		{"AlgorithmAlways", rules.Authentication{Algorithm: rules.AlgorithmAlways}, []string{digest("")}, false, `uri="/", nonce`, `uri="/", algorithm=MD5, nonce`},
		{"OrderQOPFirst", rules.Authentication{Order: rules.OrderQOPFirst}, []string{digest(", opaque=o, userhash=true")}, false, `uri="/", nonce="n", nc=`, `nonce="n", uri="/", response="`},
		{"OrderQOPLast", rules.Authentication{Order: rules.OrderQOPLast}, []string{digest(", opaque=o")}, false, `qop=auth, response`, `nc=00000001, qop=auth`},
		{"BasicLatin1", rules.Authentication{BasicLatin1: true}, []string{basicA}, true, basic("é:p:q"), basic("\xe9:p:q")},
		{"BasicColon", rules.Authentication{BasicColon: true}, []string{`Basic realm="B"`}, false, "answer-unsendable", basic("u:v:p")},
		{"DigestAlgorithms", rules.Authentication{DigestAlgorithms: []string{"MD5"}}, []string{digest(", algorithm=SHA-256"), digest("")}, false, "algorithm=SHA-256", "uri=\"/\", nonce"},
		{"DigestAlgorithms, session", rules.Authentication{DigestAlgorithms: []string{"SHA-256"}}, []string{digest(""), digest(", algorithm=sha-256-SESS")}, false, "uri=\"/\", nonce", "algorithm=sha-256-SESS"},
		{"SafestDigest", rules.Authentication{SafestDigest: true}, []string{basicA, digest(", algorithm=MD5"), digest(", algorithm=X"), digest(""), digest(", algorithm=SHA-256-sess"), digest(", algorithm=SHA-256")}, false,
			"algorithm=MD5,", "algorithm=SHA-256-sess"},
		{"QOPAuthOrNone", rules.Authentication{QOP: rules.QOPAuthOrNone}, []string{`Digest realm="A", nonce="n", qop="auth-int"`}, false, "qop=auth-int", `nonce="n", response`},
		{"QOPAuthOrNone, unknown", rules.Authentication{QOP: rules.QOPAuthOrNone}, []string{`Digest realm="A", nonce="n", qop="x"`}, false, "unknown-qop", `nonce="n", response`},
		{"QOPAuthRequired", rules.Authentication{QOP: rules.QOPAuthRequired}, []string{`Digest realm="A", nonce="n", qop="auth-int"`}, false, "qop=auth-int", "unknown-qop"},
		{"QOPAuthRequired, none", rules.Authentication{QOP: rules.QOPAuthRequired}, []string{`Digest realm="A", nonce="n"`}, false, `nonce="n", response`, `nonce="n", response`},
		{"URLAnswersOne", rules.Authentication{URLAnswersOne: true}, []string{"Negotiate", digest(", algorithm=X"), basicA}, true, "Basic dTpw", "unknown-algorithm"},
		{"URLAnswersOne, unknown scheme", rules.Authentication{URLAnswersOne: true}, []string{"Negotiate", basicA}, true, "Basic dTpw", "Basic dTpw"},
		{"URLAnswersOne, a user", rules.Authentication{URLAnswersOne: true}, []string{digest(", algorithm=X"), basicA}, false, "Basic dTpw", "Basic dTpw"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, rules := range []*rules.Authentication{nil, &tt.rules} {
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
		rules := &rules.Authentication{DigestByPath: byPath}
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
