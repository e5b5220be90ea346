package credentials

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
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

	last     *session    // what the store has last given for the request
	answer   *session    // what answers the challenge of answered
	answered *origin.URL // the URL whose challenge that is
	stale    int         // how often an answer was made anew without asking
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

// A PromptRequest is what somebody is told who is asked for a name and a
// password.
type PromptRequest struct {
	// URL is what asks: the request's, or the proxy's, without username,
	// password and fragment. A browser shows its origin.
	URL    *origin.URL
	Scheme string // "Basic", which sends the password, or "Digest"
	Realm  string // as received, which need not be UTF-8
	Proxy  bool   // it is for a proxy
	// Refused says that the server has refused an answer or an entry just before.
	Refused bool
}

// Prompt asks the user for a name and a password. ok is false when there is no
// answer. It may be called by several goroutines at a time.
type Prompt func(ctx context.Context, p PromptRequest) (username, password string, ok bool)

// KeyringOptions are those of [NewKeyring].
type KeyringOptions struct {
	// Prompt is asked for what no entry answers; nil asks nobody. One that gives
	// the answer that the server has just refused is taken to have none, so it
	// need not keep count.
	Prompt Prompt
	// Random is where the client's nonces of Digest come from; nil is
	// crypto/rand. It must be safe for concurrent use.
	Random io.Reader
}

// A Keyring is an authentication store for the schemes Basic and Digest, of
// servers and of proxies. Entries belong to a protection space: a network
// partition, an origin and paths. Of Basic these are the paths at or below that
// of the request that was challenged, of Digest those that the challenge names
// for the origin, or all. It holds 64 of a server, and those of 1024 servers, each
// counted once for each partition; what is beyond that is asked for again. Make one
// with [NewKeyring].
//
// https://www.rfc-editor.org/rfc/rfc7617#section-2.2
// https://www.rfc-editor.org/rfc/rfc7616#section-3.3
type Keyring struct {
	prompt Prompt
	random io.Reader

	mu     sync.RWMutex
	spaces map[server][]space
}

var _ AuthenticationStore = (*Keyring)(nil)

// server is an origin, as seen from a partition; from every one when that is the
// null key.
type server struct {
	partition origin.PartitionKey
	origin    string
	proxy     bool
}

// space is a part of a server's protection spaces: the paths with a prefix.
type space struct {
	prefix string
	*session
}

// A session is an account in a realm, by one of the schemes.
type session struct {
	account
	realm  string
	basic  string // the Authorization value, or "" for
	digest *digest
}

type account struct{ username, password string }

// The most servers and spaces of one that are remembered; beyond that the user is
// asked again.
const (
	maxServers = 1024
	maxSpaces  = 64
)

// maxStale is how often a request is answered anew because its nonce was stale.
const maxStale = 2

// NewKeyring returns a store without entries. Nil options ask nobody: the store
// then knows only what is added to it, and what URLs say.
func NewKeyring(o *KeyringOptions) *Keyring {
	if o == nil {
		o = &KeyringOptions{}
	}
	return &Keyring{prompt: o.Prompt, random: o.Random}
}

// Authorization implements [AuthenticationStore]: it answers before being asked
// in the protection spaces that are known, the deepest first, the partition's own
// before one of all partitions. Once a challenge has been answered, its answer
// goes before any entry.
func (k *Keyring) Authorization(r *AuthRequest) (value string, ok bool) {
	if r.answer == nil || r.answered != r.URL {
		r.answer, r.answered = nil, nil
		r.last = k.entry(r)
	} else {
		r.last = r.answer
	}
	switch s := r.last; {
	case s == nil:
		return "", false
	case s.digest != nil:
		value, err := s.digest.authorization(r, s.username)
		return value, err == nil
	default:
		return s.basic, true
	}
}

func (k *Keyring) entry(r *AuthRequest) *session {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if len(k.spaces) == 0 || !r.URL.IsHTTP() {
		return nil
	}
	var deepest space
	for _, at := range r.servers() {
		for _, s := range k.spaces[at] {
			if strings.HasPrefix(r.URL.Path(), s.prefix) && len(s.prefix) >= len(deepest.prefix) {
				deepest = s
			}
		}
	}
	return deepest.session
}

// Challenge implements [AuthenticationStore]. Of several challenges the first
// for Digest that can be answered counts, else the first for Basic; one without a
// realm has the realm "". An entry that the server has just refused is removed.
// The error is an [*UnansweredError].
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.7
func (k *Keyring) Challenge(r *AuthRequest, challenges []string) error {
	c, d, unanswered := choose(r, challenges)
	if c == nil {
		return unanswered
	}
	realm, _ := c.Param("realm")
	fresh := &session{realm: realm, digest: d}

	refused, early := r.last, r.last != r.answer
	r.last, r.answer, r.answered = nil, nil, nil
	var why *UnansweredError
	if refused != nil && d != nil && d.stale && refused.digest != nil && refused.realm == realm && r.stale < maxStale {
		r.stale++
		fresh.account = refused.account
	} else if fresh.account, why = k.account(r, fresh, refused, early); why != nil {
		why.Scheme, why.Realm, why.Passed = c.Scheme, realm, unanswered.Passed
		return why
	}
	if err := fresh.prepare(k.random); err != nil {
		return &UnansweredError{Reason: AnswerUnsendable, Scheme: c.Scheme, Realm: realm, Passed: unanswered.Passed, Err: err}
	}
	r.last, r.answer, r.answered = fresh, fresh, r.URL
	return nil
}

// choose returns the challenge to answer, with its parameters if it is for
// Digest, and those that were passed over.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
func choose(r *AuthRequest, lines []string) (*Challenge, *digest, *UnansweredError) {
	none := &UnansweredError{Reason: NoChallenge}
	if !r.URL.IsHTTP() {
		return nil, nil, none
	}
	var basic *Challenge
	challenges := r.rules().challenges(lines)
	for i := range challenges {
		c := &challenges[i]
		realm, _ := c.Param("realm")
		pass := &UnansweredError{Reason: UnknownScheme, Scheme: c.Scheme, Realm: realm}
		switch {
		case strings.EqualFold(c.Scheme, "Digest"):
			d, reason, value := newDigest(r, c)
			if reason == "" {
				return c, d, none
			}
			pass.Reason, pass.Value = reason, value
		case !strings.EqualFold(c.Scheme, "Basic"):
		case len(realm) > maxParamLength:
			pass.Reason, pass.Value = ParameterTooLong, "realm"
		case basic == nil:
			basic = c
			continue
		default:
			continue
		}
		none.Passed = append(none.Passed, pass)
	}
	known := slices.IndexFunc(none.Passed, func(p *UnansweredError) bool { return p.Reason != UnknownScheme })
	if known >= 0 && r.UseURL && r.rules().URLAnswersOne {
		basic = nil
	}
	if basic == nil && len(none.Passed) > 0 {
		why := none.Passed[max(known, 0)]
		why.Passed = slices.Delete(none.Passed, max(known, 0), max(known, 0)+1)
		return nil, nil, why
	}
	return basic, nil, none
}

// account finds the account that answers a challenge: the URL's, that of an entry,
// or what the user says. Entries that gave the refused answer are forgotten. One
// that was given early was refused for its password, or for its nonce by a server
// that says nothing of stale.
func (k *Keyring) account(r *AuthRequest, asked, refused *session, early bool) (account, *UnansweredError) {
	repeats := func(a account) bool {
		switch {
		case refused == nil, refused.account != a, (refused.digest == nil) != (asked.digest == nil):
			return false
		}
		return asked.digest == nil || refused.realm == asked.realm && !early
	}
	if r.UseURL {
		a := account{percentDecode(r.URL.Username()), percentDecode(r.URL.Password())}
		if repeats(a) {
			return account{}, &UnansweredError{Reason: AnswerRefused}
		}
		return a, nil
	}
	if a, ok := k.known(r, asked, refused); ok {
		return a, nil
	}
	if k.prompt == nil || r.Silent {
		return account{}, &UnansweredError{Reason: NobodyToAsk}
	}
	ctx := r.Context
	if ctx == nil {
		ctx = context.Background()
	}
	username, password, ok := k.prompt(ctx, PromptRequest{
		URL:     r.URL.SetCredentials("", "").SetFragment(""),
		Scheme:  asked.scheme(),
		Realm:   asked.realm,
		Proxy:   r.Proxy,
		Refused: refused != nil,
	})
	a := account{username, password}
	switch {
	case !ok:
		return account{}, &UnansweredError{Reason: NoAnswer}
	case repeats(a):
		return account{}, &UnansweredError{Reason: AnswerRefused}
	}
	return a, nil
}

// known returns the account of the realm elsewhere on the server. One that is
// known by Digest answers no challenge for Basic, which would send the password.
func (k *Keyring) known(r *AuthRequest, asked, refused *session) (a account, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, at := range r.servers() {
		spaces := slices.DeleteFunc(k.spaces[at], func(s space) bool {
			return refused != nil && s.realm == asked.realm && s.account == refused.account
		})
		if len(spaces) == 0 {
			delete(k.spaces, at)
			continue
		}
		k.spaces[at] = spaces
		for _, s := range spaces {
			if s.realm == asked.realm && (asked.digest != nil || s.digest == nil) {
				a, ok = s.account, true
			}
		}
	}
	return a, ok
}

func (s *session) scheme() string {
	if s.digest != nil {
		return "Digest"
	}
	return "Basic"
}

// prepare computes what all answers of the session share.
func (s *session) prepare(random io.Reader) (err error) {
	if s.digest != nil {
		return s.digest.prepare(s.account, random)
	}
	s.basic, err = Basic(s.username, s.password)
	return err
}

// Accepted implements [AuthenticationStore].
func (k *Keyring) Accepted(r *AuthRequest, info []string) {
	s := r.last
	if s == nil || !r.URL.IsHTTP() {
		return
	}
	if s.digest != nil {
		s.digest.next(info)
	}
	if s != r.answer {
		return
	}
	if s.digest == nil {
		k.keep(r.server(), directory(r.URL), s)
		return
	}
	for _, prefix := range s.digest.prefixes(r) {
		k.keep(r.server(), prefix, s)
	}
}

// Add creates an entry for the protection space of u in every partition: a Basic
// answer for the paths at or below it, and the account that answers a challenge
// for Digest of that realm. The error names a URL that is not HTTP(S), or a
// username or password that Basic cannot carry.
func (k *Keyring) Add(u *origin.URL, e AuthenticationEntry) error {
	if !u.IsHTTP() {
		return fmt.Errorf("credentials: URL %s of an authentication entry is not HTTP(S)", quote(u.String()))
	}
	s := &session{account: account{e.Username, e.Password}, realm: e.Realm}
	if err := s.prepare(nil); err != nil {
		return err
	}
	k.keep((&AuthRequest{URL: u}).server(), directory(u), s)
	return nil
}

// Clear removes all entries, those of proxies too.
func (k *Keyring) Clear() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.spaces)
}

func (k *Keyring) keep(at server, prefix string, s *session) {
	k.mu.Lock()
	defer k.mu.Unlock()
	spaces := slices.DeleteFunc(k.spaces[at], func(s space) bool { return s.prefix == prefix })
	if len(spaces) == maxSpaces {
		spaces = slices.Delete(spaces, 0, 1)
	}
	if k.spaces == nil {
		k.spaces = map[server][]space{}
	}
	if _, ok := k.spaces[at]; !ok && len(k.spaces) == maxServers {
		k.forget()
	}
	k.spaces[at] = append(spaces, space{prefix, s})
}

// forget makes room for a server: what was learned goes before what [Keyring.Add]
// was told, which nobody might be there to be asked for.
func (k *Keyring) forget() {
	var some server
	for some = range k.spaces {
		if some.proxy || some.partition != (origin.PartitionKey{}) {
			break
		}
	}
	delete(k.spaces, some)
}

func (r *AuthRequest) server() server {
	s := server{origin: r.URL.Origin().String(), proxy: r.Proxy}
	if !r.Proxy {
		s.partition = r.Partition
	}
	return s
}

// servers returns r's server as seen from every partition, then from its own.
func (r *AuthRequest) servers() [2]server {
	own := r.server()
	return [...]server{{origin: own.origin, proxy: own.proxy}, own}
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
