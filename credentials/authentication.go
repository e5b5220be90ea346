package credentials

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/browsercors/browsercors/origin"
)

// AuthenticationEntry is an authentication entry.
//
// https://fetch.spec.whatwg.org/#authentication-entries
type AuthenticationEntry struct{ Username, Password, Realm string }

// AuthRequest is a request as an authentication store sees it. One value serves
// one request to a server, or to a proxy: the same is handed to all methods of
// the store, and not to two at a time.
type AuthRequest struct {
	// Context ends a prompt that is no longer wanted; nil is
	// context.Background.
	Context context.Context
	// URL is the request's current URL; for a proxy, the proxy's.
	URL *origin.URL
	// Partition is the request's network partition key. Entries of proxies have
	// none.
	Partition origin.PartitionKey

	// Proxy says that it is a proxy that asks, by a 407.
	Proxy bool
	// Method is the request's method; "" is GET. That of a tunnel is CONNECT.
	Method string
	// Target is the request-target; "" is the URL's path and query.
	Target string
	// Body opens what is sent, anew each time, to be read before it is; nil for
	// no body.
	Body func() (io.ReadCloser, error)
	// Streaming says that there is a body that can't be read beforehand.
	Streaming bool

	// Rules are an engine's departures; nil is none.
	Rules *AuthenticationRules

	// UseURL has the URL's username and password answer. Nobody is asked.
	UseURL bool
	// Silent says that there is nobody to ask.
	Silent bool

	last       *session    // what the store has last given for the request
	answer     *session    // what answers the challenge of answered
	answered   *origin.URL // the URL whose challenge that is
	challenged int         // how often the store was to answer
	stale      int         // how often an answer was made anew without asking
}

// AuthenticationStore keeps authentication entries and proxy-authentication
// entries. It is safe for concurrent use. Except for proxies, its methods are
// called for requests that include credentials only; Challenge never for one
// whose response tainting is "cors".
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
type AuthenticationStore interface {
	// Authorization returns the value of the Authorization or Proxy-Authorization
	// header when there is an entry for the request, or an answer to its last
	// challenge (steps 8.21.2.2 and 8.22). It is called each time that the request
	// is sent.
	Authorization(r *AuthRequest) (value string, ok bool)
	// Challenge answers a 401 or 407, whose WWW-Authenticate or
	// Proxy-Authenticate headers have those values: from an entry of that realm
	// or by asking the user (steps 15.3 and 16.4). Authorization then has the
	// answer. An error, an [*UnansweredError] as a rule, says why there is none;
	// the response is then what the request gets. It is called at most 20 times for
	// a URL and its proxies until there is another response.
	Challenge(r *AuthRequest, challenges []string) error
	// Accepted says that the server took what Authorization gave last: an entry
	// is created for what answers a challenge (step 18). info are the values of
	// its Authentication-Info or Proxy-Authentication-Info headers.
	Accepted(r *AuthRequest, info []string)
}

// method is the request's method.
func (r *AuthRequest) method() string {
	if r.Method == "" {
		return "GET"
	}
	return r.Method
}

// RequestTarget is Target, or what it stands for if it is "".
func (r *AuthRequest) RequestTarget() string {
	if r.Target != "" {
		return r.Target
	}
	if query, ok := r.URL.Query(); ok {
		return r.URL.Path() + "?" + query
	}
	return r.URL.Path()
}

// Basic returns the Authorization value of the Basic scheme, in UTF-8. A username
// with a colon, and a control character in either part, are errors; a password
// is never shown in one.
//
// https://www.rfc-editor.org/rfc/rfc7617#section-2
func Basic(username, password string) (value string, err error) {
	return noRules.basic(username, password)
}

// basic is that under the rules.
func (rules *AuthenticationRules) basic(username, password string) (value string, err error) {
	switch {
	case strings.ContainsFunc(username, isControl):
		return "", fmt.Errorf("credentials: username %s has a control character", quote(username))
	case strings.ContainsFunc(password, isControl):
		return "", fmt.Errorf("credentials: password for %s has a control character", quote(username))
	case strings.Contains(username, ":") && !rules.BasicColon:
		return "", fmt.Errorf("credentials: username %s has a colon", quote(username))
	}
	both := username + ":" + password
	if rules.BasicLatin1 {
		if latin1, ok := inLatin1(both); ok {
			both = latin1
		}
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(both)), nil
}

// inLatin1 is UTF-8 in ISO-8859-1, if it can be.
func inLatin1(s string) (string, bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xFF {
			return "", false
		}
		b = append(b, byte(r))
	}
	return string(b), true
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7F }

// FromURL converts a URL to an Authorization value by its username and password,
// percent-decoded. ok is false when it has none, or some that [Basic] refuses.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func FromURL(u *origin.URL) (value string, ok bool) {
	if !u.IncludesCredentials() {
		return "", false
	}
	value, err := Basic(percentDecode(u.Username()), percentDecode(u.Password()))
	return value, err == nil
}

// percentDecode leaves a % that starts no escape as it is.
//
// https://url.spec.whatwg.org/#percent-decode
func percentDecode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			high, low := unhex(s[i+1]), unhex(s[i+2])
			if high < 16 && low < 16 {
				out = append(out, high<<4|low)
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// unhex returns the value of a hexadecimal digit, 16 for anything else.
func unhex(b byte) byte {
	switch {
	case '0' <= b && b <= '9':
		return b - '0'
	case 'a' <= b && b <= 'f':
		return b - 'a' + 10
	case 'A' <= b && b <= 'F':
		return b - 'A' + 10
	}
	return 16
}
