package credentials

import (
	"cmp"
	"strings"
)

// Unanswered is the reason why a challenge was not answered, as a short name that
// stays the same in later versions. A [Keyring] gives these reasons:
//
//   - "no-challenge": the response has no challenge that can be parsed
//   - "malformed-challenge": the scheme is known, but what follows it is malformed
//   - "unknown-scheme": the scheme is neither Basic nor Digest
//   - "unknown-algorithm": the algorithm of Digest is not known
//   - "unknown-qop": none of Digest's qualities of protection is known
//   - "no-nonce": a challenge for Digest has no nonce
//   - "no-realm": a challenge for Digest has no realm, and the profile requires one
//   - "parameter-too-long": a parameter is longer than 4096 bytes
//   - "body-not-readable": Digest with auth-int has to read the body before it is
//     sent, and this body can be read only once
//   - "nobody-to-ask": no entry answers the challenge, and there is no prompt
//   - "no-answer": the prompt had no answer, or the request's context ended; Err
//     then says so
//   - "answer-refused": the answer is the one that the server just refused
//   - "answer-unsendable": the answer cannot be sent in a header; Err says why
//   - "too-many-answers": 20 challenges were answered before this one, and none of
//     the answers was accepted
//
// Package fetch adds reasons for which it does not ask a store:
//
//   - "no-store": the agent has no authentication store
//   - "not-included": the request does not include credentials
//   - "tainted-cors": the response tainting of the request is "cors"
//   - "for-preflight": the request is a CORS preflight
//   - "no-traversable": a worker has no window in which to ask the user
//   - "no-proxy": the response is a 407 that does not come from a proxy
type Unanswered string

// The reasons that a keyring gives. The documentation of the type says what they
// mean.
const (
	noChallenge        Unanswered = "no-challenge"
	malformedChallenge Unanswered = "malformed-challenge"
	unknownScheme      Unanswered = "unknown-scheme"
	unknownAlgorithm   Unanswered = "unknown-algorithm"
	unknownQOP         Unanswered = "unknown-qop"
	noNonce            Unanswered = "no-nonce"
	noRealm            Unanswered = "no-realm"
	parameterTooLong   Unanswered = "parameter-too-long"
	bodyNotReadable    Unanswered = "body-not-readable"
	nobodyToAsk        Unanswered = "nobody-to-ask"
	noAnswer           Unanswered = "no-answer"
	answerRefused      Unanswered = "answer-refused"
	answerUnsendable   Unanswered = "answer-unsendable"
	tooManyAnswers     Unanswered = "too-many-answers"
)

var unansweredTexts = map[Unanswered]string{
	noChallenge:        "the response has none that can be parsed",
	malformedChallenge: "its parameters are malformed",
	unknownScheme:      "its scheme is neither Basic nor Digest",
	unknownAlgorithm:   "its algorithm is not known",
	unknownQOP:         "its qop names no known quality of protection",
	noNonce:            "it has no nonce",
	noRealm:            "it has no realm",
	parameterTooLong:   "a parameter is longer than 4096 bytes",
	bodyNotReadable:    "auth-int needs a body that can be read before it is sent",
	nobodyToAsk:        "there is nobody to ask",
	noAnswer:           "the prompt gave no answer",
	answerRefused:      "the server just refused the same answer",
	answerUnsendable:   "the answer cannot be sent",
	tooManyAnswers:     "20 challenges before it were answered, and none of the answers was accepted",

	// What package fetch finds before it asks a store.
	"no-store":       "the agent has no authentication store",
	"not-included":   "the request does not include credentials",
	"tainted-cors":   "the user is not asked for a CORS request to another origin",
	"for-preflight":  "the user is not asked for a preflight",
	"no-traversable": "a worker has no user to ask",
	"no-proxy":       "the 407 does not come from a proxy",
}

// UnansweredError says why a 401 or 407 was not answered. It contains no
// password.
type UnansweredError struct {
	Reason Unanswered
	// Scheme and Realm are those of the challenge. Both are empty if the reason is
	// not about one challenge.
	Scheme, Realm string
	// Value is the value at fault, if there is one: an algorithm, a list of qop
	// values, or the name of a parameter.
	Value string
	// Passed are the other challenges of the response that were not answered.
	Passed []*UnansweredError
	// Err is the underlying error, or nil.
	Err error
}

// Error names the challenge and says why it is not answered.
func (e *UnansweredError) Error() string { return "credentials: " + e.Problem() }

// Problem is the text of Error without the name of the package.
func (e *UnansweredError) Problem() string {
	var b strings.Builder
	if e.Scheme == "" {
		b.WriteString("no challenge is answered: ")
	} else {
		b.WriteString("the challenge for " + quote(e.Scheme) + " in realm " + quote(e.Realm) + " is not answered: ")
	}
	b.WriteString(cmp.Or(unansweredTexts[e.Reason], string(e.Reason)))
	if e.Value != "" {
		b.WriteString(": " + quote(e.Value))
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns Err.
func (e *UnansweredError) Unwrap() error { return e.Err }
