package credentials

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/browsercors/browsercors/origin"
)

// AuthenticationEntry is an authentication entry.
//
// https://fetch.spec.whatwg.org/#authentication-entries
type AuthenticationEntry struct{ Username, Password, Realm string }

// AuthRequest is a request as an authentication store sees it. One value serves
// one request: the same is handed to all methods of the store, and not to two at
// a time.
type AuthRequest struct {
	// Context ends a prompt that is no longer wanted; nil is
	// context.Background.
	Context context.Context
	// URL is the request's current URL.
	URL *origin.URL
	// Partition is the request's network partition key.
	Partition origin.PartitionKey

	given    string      // what the store has last given for the request
	answered *origin.URL // the URL whose challenge that answers, if it does
	realm    string      // of that challenge
}

// AuthenticationStore keeps authentication entries. It is safe for concurrent
// use. Its methods are called for requests that include credentials only;
// Challenge never for one whose response tainting is "cors".
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
type AuthenticationStore interface {
	// Authorization returns the value of the Authorization header when there is
	// an authentication entry for the request (step 8.21.2.2).
	Authorization(r *AuthRequest) (value string, ok bool)
	// Challenge answers a 401, whose WWW-Authenticate headers have those values:
	// from an entry of that realm or by asking the user (step 15.3). ok is false
	// when there is no answer; the 401 is then the response.
	Challenge(r *AuthRequest, wwwAuthenticate []string) (value string, ok bool)
	// Accepted says that the server took the answer that Challenge gave: an
	// entry is created (step 18).
	Accepted(r *AuthRequest, value string)
}

// Prompt asks the user for a name and a password. ok is false when there is no
// answer. It may be called by several goroutines at a time.
type Prompt func(ctx context.Context, u *origin.URL, realm string) (username, password string, ok bool)

// BasicAuthentication is an authentication store for the Basic scheme. Entries
// belong to a protection space: a network partition, an origin, and the paths at
// or below that of the request that was challenged. Make one with
// [NewBasicAuthentication].
//
// https://www.rfc-editor.org/rfc/rfc7617#section-2.2
type BasicAuthentication struct {
	prompt Prompt

	mu     sync.RWMutex
	spaces map[server][]space
}

var _ AuthenticationStore = (*BasicAuthentication)(nil)

// server is an origin, as seen from a partition; from every one when that is the
// null key.
type server struct {
	partition origin.PartitionKey
	origin    string
}

// space is a part of a server's protection spaces: the paths with a prefix.
type space struct{ prefix, realm, value string }

// The most servers and spaces of one that are remembered; beyond that the user is
// asked again.
const (
	maxServers = 1024
	maxSpaces  = 64
)

// NewBasicAuthentication returns a store without entries that asks prompt; with
// nil it knows only what is added to it. A prompt that gives the answer that the
// server has just refused is taken to have none, so it need not keep count.
func NewBasicAuthentication(prompt Prompt) *BasicAuthentication {
	return &BasicAuthentication{prompt: prompt}
}

// Authorization implements [AuthenticationStore]: it answers before being asked
// in the protection spaces that are known, the deepest first, the partition's own
// before one of all partitions. Once a challenge
// has been answered, its answer goes before any entry.
func (b *BasicAuthentication) Authorization(r *AuthRequest) (value string, ok bool) {
	if r.answered == r.URL {
		return r.given, true
	}
	r.given, r.answered = b.entry(r), nil
	return r.given, r.given != ""
}

func (b *BasicAuthentication) entry(r *AuthRequest) string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if len(b.spaces) == 0 || !r.URL.IsHTTP() {
		return ""
	}
	var deepest space
	for _, at := range r.servers() {
		for _, s := range b.spaces[at] {
			if strings.HasPrefix(r.URL.Path(), s.prefix) && len(s.prefix) >= len(deepest.prefix) {
				deepest = s
			}
		}
	}
	return deepest.value
}

// Challenge implements [AuthenticationStore]. Of several challenges the first
// for Basic counts; one without a realm has the realm "". An entry that the
// server has just refused is removed.
func (b *BasicAuthentication) Challenge(r *AuthRequest, wwwAuthenticate []string) (value string, ok bool) {
	challenges := ParseChallenges(wwwAuthenticate)
	i := slices.IndexFunc(challenges, func(c Challenge) bool { return strings.EqualFold(c.Scheme, "Basic") })
	if i < 0 || !r.URL.IsHTTP() {
		return "", false
	}
	r.realm, _ = challenges[i].Param("realm")

	refused := r.given
	r.given, r.answered = "", nil
	if value = b.known(r, refused); value == "" {
		if value, ok = b.ask(r); !ok || value == refused {
			return "", false
		}
	}
	r.given, r.answered = value, r.URL
	return value, true
}

// known returns what answers the realm of r's challenge elsewhere on the server.
// Entries that give the refused answer are forgotten.
func (b *BasicAuthentication) known(r *AuthRequest, refused string) (value string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, at := range r.servers() {
		spaces := slices.DeleteFunc(b.spaces[at], func(s space) bool {
			return s.realm == r.realm && s.value == refused
		})
		if len(spaces) == 0 {
			delete(b.spaces, at)
			continue
		}
		b.spaces[at] = spaces
		for _, s := range spaces {
			if s.realm == r.realm {
				value = s.value
			}
		}
	}
	return value
}

func (b *BasicAuthentication) ask(r *AuthRequest) (value string, ok bool) {
	if b.prompt == nil {
		return "", false
	}
	ctx := r.Context
	if ctx == nil {
		ctx = context.Background()
	}
	username, password, ok := b.prompt(ctx, r.URL, r.realm)
	if !ok {
		return "", false
	}
	value, err := Basic(username, password)
	return value, err == nil
}

// Accepted implements [AuthenticationStore].
func (b *BasicAuthentication) Accepted(r *AuthRequest, value string) {
	if value != "" && r.URL.IsHTTP() {
		b.keep(r.server(), space{directory(r.URL), r.realm, value})
	}
}

// Add creates an entry for the protection space of u in every partition. The
// error names a URL that is not HTTP(S), or a username or
// password that the scheme cannot carry.
func (b *BasicAuthentication) Add(u *origin.URL, e AuthenticationEntry) error {
	if !u.IsHTTP() {
		return fmt.Errorf("credentials: URL %s of an authentication entry is not HTTP(S)", quote(u.String()))
	}
	value, err := Basic(e.Username, e.Password)
	if err != nil {
		return err
	}
	b.keep((&AuthRequest{URL: u}).server(), space{directory(u), e.Realm, value})
	return nil
}

// Clear removes all entries.
func (b *BasicAuthentication) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.spaces)
}

func (b *BasicAuthentication) keep(at server, kept space) {
	b.mu.Lock()
	defer b.mu.Unlock()
	spaces := slices.DeleteFunc(b.spaces[at], func(s space) bool { return s.prefix == kept.prefix })
	if len(spaces) == maxSpaces {
		spaces = slices.Delete(spaces, 0, 1)
	}
	if b.spaces == nil {
		b.spaces = map[server][]space{}
	}
	if _, ok := b.spaces[at]; !ok && len(b.spaces) == maxServers {
		for some := range b.spaces {
			delete(b.spaces, some)
			break
		}
	}
	b.spaces[at] = append(spaces, kept)
}

func (r *AuthRequest) server() server { return server{r.Partition, r.URL.Origin().String()} }

// servers returns r's server as seen from every partition, then from its own.
func (r *AuthRequest) servers() [2]server {
	own := r.server()
	return [...]server{{origin: own.origin}, own}
}

// directory returns the path of u up to the last symbolic element, all below
// which is in the same protection space.
func directory(u *origin.URL) string {
	path := u.Path()
	return path[:strings.LastIndexByte(path, '/')+1]
}

// Basic returns the Authorization value of the Basic scheme, in UTF-8. A username
// with a colon, and a control character in either part, are errors; a password
// is never shown in one.
//
// https://www.rfc-editor.org/rfc/rfc7617#section-2
func Basic(username, password string) (value string, err error) {
	switch {
	case strings.ContainsFunc(username, isControl):
		return "", fmt.Errorf("credentials: username %s has a control character", quote(username))
	case strings.ContainsFunc(password, isControl):
		return "", fmt.Errorf("credentials: password for %s has a control character", quote(username))
	case strings.Contains(username, ":"):
		return "", fmt.Errorf("credentials: username %s has a colon", quote(username))
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password)), nil
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
