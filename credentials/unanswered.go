package credentials

import "strings"

// Unanswered says why a challenge was not answered.
type Unanswered string

// Why a challenge was not answered. NotIncluded, TaintedCORS, ForPreflight,
// NoTraversable, NoStore, NoProxy and TooManyAnswers are what
// HTTP-network-or-cache fetch finds before a store is asked; the last of them is
// what a [Keyring] finds, too.
const (
	NoChallenge        Unanswered = "no-challenge"        // none that can be parsed
	MalformedChallenge Unanswered = "malformed-challenge" // the engine knows the scheme, but not what follows
	UnknownScheme      Unanswered = "unknown-scheme"      // neither Basic nor Digest
	UnknownAlgorithm   Unanswered = "unknown-algorithm"   // of Digest
	UnknownQOP         Unanswered = "unknown-qop"         // no quality of protection that is known
	NoNonce            Unanswered = "no-nonce"            // Digest without one
	NoRealm            Unanswered = "no-realm"            // Digest without one, by an engine that wants it
	ParameterTooLong   Unanswered = "parameter-too-long"  // more than 4,096 bytes
	BodyNotReadable    Unanswered = "body-not-readable"   // auth-int, and a body that can't be read beforehand
	NobodyToAsk        Unanswered = "nobody-to-ask"       // no prompt, or nobody before it
	NoAnswer           Unanswered = "no-answer"           // the prompt had none; see Err if the request's context ended
	AnswerRefused      Unanswered = "answer-refused"      // the answer is the one that was just refused
	AnswerUnsendable   Unanswered = "answer-unsendable"   // see Err

	NotIncluded   Unanswered = "not-included"   // the request includes no credentials
	TaintedCORS   Unanswered = "tainted-cors"   // its response tainting is "cors"
	ForPreflight  Unanswered = "for-preflight"  // it is a CORS preflight
	NoTraversable Unanswered = "no-traversable" // a worker has no user to ask
	NoStore       Unanswered = "no-store"       // the agent has no authentication store
	NoProxy       Unanswered = "no-proxy"       // a 407 that no proxy sent

	TooManyAnswers Unanswered = "too-many-answers" // 20 challenges were answered before, and none of the answers was accepted
)

var unansweredTexts = map[Unanswered]string{
	MalformedChallenge: "it has parameters that can't be understood",
	NoRealm:            "it has no realm",
	NoChallenge:        "there is none that can be understood",
	UnknownScheme:      "its scheme is neither Basic nor Digest",
	UnknownAlgorithm:   "its algorithm is none that is known",
	UnknownQOP:         "its qop names no quality of protection that is known",
	NoNonce:            "it has no nonce",
	ParameterTooLong:   "a parameter is longer than 4096 bytes",
	BodyNotReadable:    "auth-int needs a body that can be read before it is sent",
	NobodyToAsk:        "there is nobody to ask",
	NoAnswer:           "who was asked gave no answer",
	AnswerRefused:      "the answer is the one that was just refused",
	AnswerUnsendable:   "the answer can't be sent",
	NotIncluded:        "the request includes no credentials",
	TaintedCORS:        "nobody is asked on behalf of a CORS request to another origin",
	ForPreflight:       "nobody is asked on behalf of a preflight",
	NoTraversable:      "a worker has no user to ask",
	NoStore:            "the agent has no authentication store",
	NoProxy:            "the 407 is not from a proxy",
	TooManyAnswers:     "20 challenges before it were answered, and none of the answers was accepted",
}

// An UnansweredError says why a 401 or 407 was not answered.
type UnansweredError struct {
	Reason Unanswered
	// Scheme and Realm are those of the challenge; "" where it is not a matter of
	// one.
	Scheme, Realm string
	// Value is what was at fault: an algorithm, a list of qop values, the name of
	// a parameter; else "".
	Value string
	// Passed are other challenges of the response, which were passed over.
	Passed []*UnansweredError
	// Err is what else went wrong, or nil. It shows no password.
	Err error
}

func (e *UnansweredError) Error() string {
	var b strings.Builder
	b.WriteString("credentials: ")
	if e.Scheme == "" {
		b.WriteString("no challenge is answered: ")
	} else {
		b.WriteString("the challenge for " + quote(e.Scheme) + " in realm " + quote(e.Realm) + " is not answered: ")
	}
	b.WriteString(unansweredTexts[e.Reason])
	if e.Value != "" {
		b.WriteString(": " + quote(e.Value))
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns what else went wrong.
func (e *UnansweredError) Unwrap() error { return e.Err }
