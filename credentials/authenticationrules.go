package credentials

import (
	"slices"
	"strings"
)

// AuthenticationRules are an engine's departures from HTTP in which challenges it
// answers, and how. The zero value is RFC 9110, 7616 and 7617.
type AuthenticationRules struct {
	// OneALine takes a header line for one challenge: what follows the first is
	// not seen.
	OneALine bool

	// DigestAlgorithms are the algorithms of Digest that are known, each with its
	// -sess, spelled as RFC 7616 does. Nil is MD5, SHA-256 and SHA-512-256.
	DigestAlgorithms []string

	// SafestDigest answers, of several challenges for Digest, that with the safest
	// algorithm, not the first.
	SafestDigest bool

	// FirstDigest looks at the first challenge for Digest only: if that can't be
	// answered, the next may not be for Digest.
	FirstDigest bool

	QOP QOPRule

	// URLAnswersOne lets a URL's username and password answer the first challenge
	// of a known scheme only: if that can't be answered, none is.
	URLAnswersOne bool

	// DigestByPath takes the protection space of Digest for that of Basic: the
	// paths at or below the request's, whatever the challenge's domain says.
	DigestByPath bool
}

// QOPRule says what is made of a challenge for Digest that offers no "auth".
type QOPRule uint8

const (
	QOPAny          QOPRule = iota // "auth-int" is answered; without it there is no answer
	QOPAuthOrNone                  // it is answered as if it offered nothing
	QOPAuthRequired                // there is no answer
)

// noRules are the rules of a request that has none.
var noRules AuthenticationRules

func (r *AuthRequest) rules() *AuthenticationRules {
	if r.Rules == nil {
		return &noRules
	}
	return r.Rules
}

// challenges are those of a response that the engine sees, in the order in which
// it tries them but for their schemes.
func (rules *AuthenticationRules) challenges(lines []string) []Challenge {
	all := ParseChallenges(lines)
	if rules.OneALine {
		all = nil
		for _, line := range lines {
			if some := ParseChallenges([]string{line}); len(some) > 0 {
				all = append(all, some[0])
			}
			if len(all) == maxChallenges {
				break
			}
		}
	}
	if rules.SafestDigest {
		slices.SortStableFunc(all, func(a, b Challenge) int { return digestSafety(&b) - digestSafety(&a) })
	}
	if rules.FirstDigest {
		seen := false
		all = slices.DeleteFunc(all, func(c Challenge) bool {
			again := seen && strings.EqualFold(c.Scheme, "Digest")
			seen = seen || strings.EqualFold(c.Scheme, "Digest")
			return again
		})
	}
	return all
}

// digestSafety ranks the algorithms of Digest; 0 is that of other schemes.
func digestSafety(c *Challenge) int {
	if !strings.EqualFold(c.Scheme, "Digest") {
		return 0
	}
	algorithm, _ := c.Param("algorithm")
	switch strings.ToUpper(algorithm) {
	case "":
		return 2
	case "MD5":
		return 3
	case "MD5-SESS":
		return 4
	case "SHA-256":
		return 5
	case "SHA-256-SESS":
		return 6
	case "SHA-512-256":
		return 7
	case "SHA-512-256-SESS":
		return 8
	}
	return 1
}

// digestKnown tells whether an algorithm, without its -sess, is known.
func (rules *AuthenticationRules) digestKnown(algorithm string) bool {
	if algorithm == "" {
		algorithm = "MD5"
	}
	return rules.DigestAlgorithms == nil ||
		slices.ContainsFunc(rules.DigestAlgorithms, func(known string) bool { return strings.EqualFold(known, algorithm) })
}
