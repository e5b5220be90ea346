package credentials

import (
	"fmt"

	"github.com/browsercors/browsercors/internal/text"
)

// Mode is a request's credentials mode. The zero value is that of a request that
// says nothing: "same-origin".
//
// https://fetch.spec.whatwg.org/#concept-request-credentials-mode
type Mode string

// The credentials modes.
const (
	Omit       Mode = "omit"        // never
	SameOrigin Mode = "same-origin" // with same-origin requests
	Include    Mode = "include"     // always
)

// ParseMode parses the value of RequestCredentials, byte for byte; "" stands for
// "same-origin".
//
// https://fetch.spec.whatwg.org/#requestcredentials
func ParseMode(s string) (Mode, error) {
	switch m := Mode(s); m {
	case Omit, SameOrigin, Include:
		return m, nil
	case "":
		return SameOrigin, nil
	}
	return "", fmt.Errorf("credentials: mode %s is none of %q, %q, %q", quote(s), Omit, SameOrigin, Include)
}

// Include reports whether a request of mode m includes credentials. taintingBasic
// says that its response tainting is "basic": nothing so far has been
// cross-origin. A mode that does not exist includes none. The caller sees to
// Cross-Origin-Embedder-Policy (step 8.4).
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (m Mode) Include(taintingBasic bool) bool {
	// 8.3
	return m == Include || (m == SameOrigin || m == "") && taintingBasic
}

// String returns the mode's name.
func (m Mode) String() string {
	if m == "" {
		return string(SameOrigin)
	}
	return string(m)
}

// AllowCredentials is the part of a CORS check for a request whose credentials
// mode is "include" that concerns credentials. value is the result of getting
// Access-Control-Allow-Credentials from the response's header list, present
// whether there was one. Only `true` will do, in this case and without a
// neighbour.
//
// https://fetch.spec.whatwg.org/#concept-cors-check
func AllowCredentials(value string, present bool) bool {
	return present && value == "true" // 6-8
}

// Policy says how an engine deviates from the Standard in what is a credential
// and when it is sent. The zero value is the Standard.
type Policy struct {
	// A TLS client certificate is presented on every connection, also for
	// preflights and with credentials mode omit.
	ClientCertificateAlways bool

	// One connection serves requests with and without credentials. It does not
	// serve both requests that may and requests that may not present a client
	// certificate.
	SharedConnections bool

	Cookies        CookieRules
	Authentication AuthenticationRules
}

// ClientCertificate reports whether the connection for a request may present a
// client certificate. Preflights include no credentials.
//
// https://fetch.spec.whatwg.org/#create-a-connection
func (p Policy) ClientCertificate(includeCredentials bool) bool {
	return includeCredentials || p.ClientCertificateAlways
}

// quote quotes a value for an error, and shortens it if it is long.
func quote(s string) string {
	const limit = 64
	return text.GoQuote(s, limit)
}
