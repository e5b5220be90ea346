package credentials

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// AuthenticationEntry is a username and a password for a realm of a server.
//
// https://fetch.spec.whatwg.org/#authentication-entries
type AuthenticationEntry struct{ Username, Password, Realm string }

// AuthRequest is what an [AuthenticationStore] is told about a request. One value
// serves one request to one server or proxy: all methods of the store get the
// same value, and never two of them at the same time.
type AuthRequest struct {
	// Context is the request's context. A prompt ends when it is done. A nil Context
	// is context.Background.
	Context context.Context
	// URL is the request's current URL; for a proxy, the proxy's.
	URL *origin.URL
	// Partition is the request's network partition key. Entries of proxies have
	// none.
	Partition origin.PartitionKey

	// Proxy says that a proxy asks, with a 407.
	Proxy bool
	// Method is the request's method; "" means GET. For a tunnel it is CONNECT.
	Method string
	// Target is the request-target; "" means the path and query of URL.
	Target string
	// Body returns the request's body, so that it can be read before it is sent. Each
	// call returns a reader at the body's beginning. Body is nil if the request has
	// no body.
	Body func() (io.ReadCloser, error)
	// Streaming says that there is a body, which can be read only once.
	Streaming bool

	// Rules are a browser's departures, such as those of
	// engine.Firefox().Credentials.Authentication. Nil means none.
	Rules *rules.Authentication

	// UseURL answers with the username and password of URL. The user is not asked.
	UseURL bool
	// Silent says that the user must not be asked.
	Silent bool

	last       *session    // what the store has last given for the request
	answer     *session    // what answers the challenge of answered
	answered   *origin.URL // the URL whose challenge that is
	challenged int         // how often the store was to answer
	stale      int         // how often an answer was made anew without asking
}

// AuthenticationStore stores authentication entries and proxy-authentication
// entries. It must be safe for concurrent use. Its methods are called only for
// requests that include credentials, and for proxies. Challenge is never called for
// a request whose response tainting is "cors", except for a challenge by a proxy.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
type AuthenticationStore interface {
	// Authorization returns the value of the header Authorization or
	// Proxy-Authorization if there is an entry for the request, or an answer to its
	// last challenge (steps 8.21.2.2 and 8.22). It is called each time the request
	// is sent.
	Authorization(r *AuthRequest) (value string, ok bool)
	// Challenge answers a 401 or 407 from an entry for its realm or by asking the
	// user (steps 15.3 and 16.4); challenges are the values of WWW-Authenticate or
	// Proxy-Authenticate. Authorization then returns the answer. If no challenge
	// can be answered, Challenge returns an error that says why, usually an
	// [*UnansweredError], and the request ends with that response. Challenge is called at most 20 times for a URL and its
	// proxies until there is another response.
	Challenge(r *AuthRequest, challenges []string) error
	// Accepted is called when the server has accepted what Authorization returned
	// last. An answer to a challenge becomes an entry (step 18). info are the values
	// of Authentication-Info or Proxy-Authentication-Info.
	Accepted(r *AuthRequest, info []string)
}

// method is the request's method.
func (r *AuthRequest) method() string {
	if r.Method == "" {
		return "GET"
	}
	return r.Method
}

// requestTarget is Target or its default.
func (r *AuthRequest) requestTarget() string {
	if r.Target != "" {
		return r.Target
	}
	if query, ok := r.URL.Query(); ok {
		return r.URL.Path() + "?" + query
	}
	return r.URL.Path()
}

// basic returns the Authorization value of the Basic scheme, in UTF-8. A username
// with a colon, and a control character in either part, are errors; a password
// is never shown in one.
//
// https://www.rfc-editor.org/rfc/rfc7617#section-2
func (rules *authenticationRules) basic(username, password string) (value string, err error) {
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

// FromURL returns the value of Authorization that sends a URL's username and
// password, percent-decoded, by Basic. ok is false if the URL has neither, or if
// Basic cannot carry them.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func FromURL(u *origin.URL) (value string, ok bool) {
	if !u.IncludesCredentials() {
		return "", false
	}
	value, err := noRules.basic(percentDecode(u.Username()), percentDecode(u.Password()))
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
