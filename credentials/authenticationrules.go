package credentials

import (
	"slices"
	"strings"
)

// AuthenticationRules are an engine's departures from HTTP in which challenges it
// answers, and how. The zero value is RFC 9110, 7616 and 7617.
type AuthenticationRules struct {
	// Grammar is how challenges are told from each other and from their
	// parameters.
	Grammar ChallengeGrammar

	// These algorithms of Digest are known, and no others. Each is known with -sess
	// too, and is spelled as in RFC 7616. Nil means MD5, SHA-256 and SHA-512-256.
	DigestAlgorithms []string

	// Of several challenges for Digest that with the safest algorithm is answered.
	SafestDigest bool

	QOP QOPRule

	// A URL's username and password answer the first challenge of a known scheme
	// only; if that can't be answered, none is.
	URLAnswersOne bool

	// Nonce says whether a challenge for Digest needs a nonce.
	Nonce NonceRule

	// A challenge for Digest without a realm is not answered.
	DigestRealm bool

	// Digest is not answered if the realm, the nonce, opaque or the username is not
	// ASCII.
	DigestASCII bool

	// The parameter userhash of Digest is not known.
	NoUserhash bool

	// A username that is not ASCII is sent to Digest in quotes, in UTF-8.
	UsernameQuoted bool

	// A realm, nonce or opaque that is UTF-8 and not ASCII is sent back to Digest
	// as realm*, nonce* or opaque*.
	ExtendedParams bool

	// An empty opaque is not sent back.
	EmptyOpaqueDropped bool

	// Algorithm is how an answer to Digest names the algorithm.
	Algorithm AlgorithmRule

	// Order is the order of the parameters of an answer to Digest.
	Order DigestOrder

	// A username and password are sent to Basic in ISO-8859-1 if they can be.
	// Otherwise they are sent in UTF-8.
	BasicLatin1 bool

	// A username with a colon is sent to Basic.
	BasicColon bool

	// An answer by Digest is used again for the paths at or below the request's.
	// The domain of the challenge does not matter.
	DigestByPath bool
}

// QOPRule says what is made of a challenge for Digest that offers no "auth".
type QOPRule uint8

const (
	QOPAny          QOPRule = iota // "auth-int" is answered; without it there is no answer
	QOPAuthOrNone                  // it is answered as if it offered nothing
	QOPAuthRequired                // there is no answer
)

// A ChallengeGrammar is how the values of WWW-Authenticate and Proxy-Authenticate
// are read.
type ChallengeGrammar uint8

const (
	GrammarHTTP  ChallengeGrammar = iota // as RFC 9110 has it: see [ParseChallenges]
	GrammarPairs                         // a line is one challenge, all of whose members are names and values
	GrammarLoose                         // a comma that no name and "=" follow begins another challenge, and Basic may have anything
	GrammarItems                         // the lines are one list; an item without "=", or with a blank before it, begins a challenge
)

// A NonceRule says whether a challenge for Digest needs a nonce.
type NonceRule uint8

const (
	NonceNeeded     NonceRule = iota // that is not empty
	NonceMayBeEmpty                  // that may be empty
	NonceOptional                    // none is an empty one
)

// An AlgorithmRule is how an answer to Digest names the algorithm.
type AlgorithmRule uint8

const (
	AlgorithmAsGiven   AlgorithmRule = iota // as the challenge does, if it does
	AlgorithmCanonical                      // as RFC 7616 spells it, if the challenge names it
	AlgorithmAlways                         // as RFC 7616 spells it, MD5 if the challenge names none
)

// A DigestOrder is an order of the parameters of an answer to Digest.
type DigestOrder uint8

const (
	OrderRFC      DigestOrder = iota // as in the examples of RFC 7616: uri before nonce
	OrderQOPFirst                    // nonce before uri; after opaque come qop, nc and cnonce
	OrderQOPLast                     // nonce before uri; after opaque come cnonce, nc and qop
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
	all := rules.parse(lines)
	if rules.SafestDigest {
		slices.SortStableFunc(all, func(a, b Challenge) int { return digestSafety(&b) - digestSafety(&a) })
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
