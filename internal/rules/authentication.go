package rules

// Authentication holds an engine's departures from HTTP authentication: which
// challenges it answers, and how. The zero value is RFC 9110, 7616 and 7617.
type Authentication struct {
	// Grammar says how a header is split into challenges and their parameters.
	Grammar Grammar

	// These algorithms of Digest are known, and no others. Each is known with -sess
	// too, and is spelled as in RFC 7616. Nil means MD5, SHA-256 and SHA-512-256.
	DigestAlgorithms []string

	// Of several challenges for Digest that with the safest algorithm is answered.
	SafestDigest bool

	QOP QOP

	// A URL's username and password answer the first challenge of a known scheme
	// only; if that can't be answered, none is.
	URLAnswersOne bool

	// Nonce says whether a challenge for Digest needs a nonce.
	Nonce Nonce

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
	Algorithm Algorithm

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

// QOP says what happens to a challenge for Digest that does not offer the
// quality of protection "auth".
type QOP uint8

const (
	QOPAny          QOP = iota // "auth-int" is answered; a challenge without it is not
	QOPAuthOrNone              // it is answered as if it offered no quality of protection
	QOPAuthRequired            // it is not answered
)

// Grammar says how the values of WWW-Authenticate and Proxy-Authenticate are
// split into challenges.
type Grammar uint8

const (
	GrammarHTTP  Grammar = iota // by RFC 9110, section 11.6.1
	GrammarPairs                // a line is one challenge, and all its members are pairs of name and value
	GrammarLoose                // a comma starts a new challenge unless a name and "=" follow it; anything may follow Basic
	GrammarItems                // the lines are one list; an item without "=", or with a blank before "=", starts a challenge
)

// Nonce says whether a challenge for Digest needs a nonce.
type Nonce uint8

const (
	NonceNeeded     Nonce = iota // it needs one that is not empty
	NonceMayBeEmpty              // it needs one, which may be empty
	NonceOptional                // a missing nonce counts as an empty one
)

// Algorithm says how an answer to Digest names the algorithm.
type Algorithm uint8

const (
	AlgorithmAsGiven   Algorithm = iota // as the challenge spells it, if it names one
	AlgorithmCanonical                  // as RFC 7616 spells it, if the challenge names one
	AlgorithmAlways                     // as RFC 7616 spells it, and MD5 if the challenge names none
)

// DigestOrder is the order of the parameters of an answer to Digest.
type DigestOrder uint8

const (
	OrderRFC      DigestOrder = iota // as in the examples of RFC 7616: uri before nonce
	OrderQOPFirst                    // nonce before uri; after opaque come qop, nc and cnonce
	OrderQOPLast                     // nonce before uri; after opaque come cnonce, nc and qop
)
