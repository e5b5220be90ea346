package credentials

import (
	"container/list"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/browsercors/browsercors/origin"
)

// KeyringOptions configures [NewKeyring]. Nil and the zero value work.
type KeyringOptions struct {
	// Prompt asks the user for a username and a password when no entry answers a
	// challenge. ok is false if the user gives no answer. Several goroutines may
	// call it at the same time, for different realms. The context is that of the
	// first request that waits for the answer; if it ends, the next one asks again.
	// The same answer that the server has just refused counts as none, so Prompt
	// need not count attempts. Nil asks nobody.
	Prompt func(ctx context.Context, p PromptRequest) (username, password string, ok bool)
	// Random is the source of the client nonces of Digest. It must be safe for
	// concurrent use. Nil means crypto/rand.
	Random io.Reader
	// MaxBytes limits the memory that the entries take, by an estimate: 512 bytes
	// for each server and each entry, and the bytes of their strings. 0 means 4 MiB.
	// A negative number keeps nothing.
	MaxBytes int64
	// Dropped is called for each entry that the keyring dropped, or did not store,
	// because of a limit. It is not called for entries that a server refused. It
	// runs without a lock, on the goroutine whose call made the keyring drop the
	// entry. It may be nil.
	Dropped func(AuthenticationDrop)
}

// defaultKeyringBytes is the default of MaxBytes.
const defaultKeyringBytes = 4 << 20

// AuthenticationDrop is an entry that a [Keyring] dropped, and the limit that
// forced it to.
type AuthenticationDrop struct {
	Origin    string // serialized origin of the server or proxy
	Partition origin.PartitionKey
	Proxy     bool
	Path      string // prefix of the paths that the entry was for
	Realm     string
	Limit     Limit
}

// A Keyring is an authentication store for the schemes Basic and Digest, of
// servers and proxies. It is safe for concurrent use. Make one with [NewKeyring].
//
// An entry belongs to a protection space: a network partition, an origin and
// paths. For Basic these are the paths at or below that of the challenged request.
// For Digest they are those that the challenge names for the origin, or all paths.
//
// A keyring holds at most 64 entries for each of 1024 servers, counted once for each
// partition. No entry takes more than 16 KiB, and all together take no more than
// MaxBytes. Entries that the keyring learned are dropped before those that
// [Keyring.Add] added, and the least recently used ones first. The user is then
// asked again.
//
// Requests that are challenged at the same time in one partition and realm share
// one prompt. Each waits for the answer until its own context ends. The answer
// counts for the realm until a server refuses it.
//
// https://www.rfc-editor.org/rfc/rfc7617#section-2.2
// https://www.rfc-editor.org/rfc/rfc7616#section-3.3
type Keyring struct {
	prompts  prompts
	random   io.Reader
	maxBytes int64
	told     func(AuthenticationDrop)

	mu      sync.RWMutex
	servers map[server]*serverEntries
	learned list.List // of *serverEntries, the one to go first first
	added   list.List // those that Add was told of
	bytes   int64
	dropped []AuthenticationDrop // since the lock was taken
}

var _ AuthenticationStore = (*Keyring)(nil)

// server is an origin, as seen from a partition; from every one when that is the
// null key.
type server struct {
	partition origin.PartitionKey
	origin    string
	proxy     bool
}

// serverEntries is what is known of a server.
type serverEntries struct {
	server
	spaces []space
	bytes  int64
	added  bool
	used   atomic.Bool   // since it was last passed over for eviction
	place  *list.Element // in one of the lists
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

// The most servers and spaces of one that are remembered, and the most that a
// space may take in memory. Beyond that the user is asked again.
const (
	maxServers   = 1024
	maxSpaces    = 64
	maxSpaceCost = 16 << 10
)

// What a space and a server take in memory besides the bytes of their strings.
const (
	spaceCost  = 512
	serverCost = 512
)

const (
	// maxStale is how often a request is answered anew because its nonce was stale.
	maxStale = 2
	// maxChallenged is how often a request is answered at most, so that a loop of
	// challenges has an end whatever they say.
	maxChallenged = 20
)

// NewKeyring returns a keyring without entries. With nil options it asks nobody: it
// then knows only what [Keyring.Add] adds and what URLs contain.
func NewKeyring(o *KeyringOptions) *Keyring {
	if o == nil {
		o = &KeyringOptions{}
	}
	return &Keyring{
		prompts: prompts{ask: o.Prompt}, random: o.Random,
		maxBytes: orDefault(o.MaxBytes, defaultKeyringBytes), told: o.Dropped,
	}
}

// unlock gives the lock back and tells of what was dropped meanwhile.
func (k *Keyring) unlock() {
	dropped := k.dropped
	k.dropped = nil
	k.mu.Unlock()
	for _, d := range dropped {
		k.told(d)
	}
}

// Authorization implements [AuthenticationStore]. It answers without being
// challenged in the protection spaces that it knows: the deepest first, and that of
// the request's partition before one for all partitions. An answer to the last
// challenge takes precedence over entries.
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
	if len(k.servers) == 0 || !r.URL.IsHTTP() {
		return nil
	}
	var deepest space
	for _, at := range r.servers() {
		entries := k.servers[at]
		if entries == nil {
			continue
		}
		if !entries.used.Load() {
			entries.used.Store(true)
		}
		for _, s := range entries.spaces {
			if strings.HasPrefix(r.URL.Path(), s.prefix) && len(s.prefix) >= len(deepest.prefix) {
				deepest = s
			}
		}
	}
	return deepest.session
}

// Challenge implements [AuthenticationStore]. It answers the first challenge for
// Digest that can be answered, or otherwise the first for Basic. A challenge for
// Basic without a realm has the realm "". An entry that the server has just refused
// is removed. The error is an [*UnansweredError].
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.7
func (k *Keyring) Challenge(r *AuthRequest, challenges []string) error {
	c, d, unanswered := choose(r, challenges)
	if c == nil {
		return unanswered
	}
	realm, _ := c.Param("realm")
	realm = strings.Clone(realm) // which is a part of a header
	fresh := &session{realm: realm, digest: d}

	refused, early := r.last, r.last != r.answer
	r.last, r.answer, r.answered = nil, nil, nil
	var why *UnansweredError
	if r.challenged++; r.challenged > maxChallenged {
		why = &UnansweredError{Reason: tooManyAnswers}
	} else if refused != nil && d != nil && d.stale && refused.digest != nil && refused.realm == realm && r.stale < maxStale {
		r.stale++
		fresh.account = refused.account
	} else {
		fresh.account, why = k.account(r, fresh, refused, early)
	}
	if why == nil {
		if err := fresh.prepare(r.rules(), k.random); err != nil {
			k.prompts.forget(r.server(), fresh)
			why = &UnansweredError{Reason: answerUnsendable, Err: err}
		}
	}
	if r.challenged == maxChallenged {
		k.prompts.forget(r.server(), fresh) // if it is refused, nobody says so
	}
	if why != nil {
		why.Scheme, why.Realm, why.Passed = c.Scheme, realm, unanswered.Passed
		return why
	}
	r.last, r.answer, r.answered = fresh, fresh, r.URL
	return nil
}

// choose returns the challenge to answer, with its parameters if it is for
// Digest, and those that were passed over.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
func choose(r *AuthRequest, lines []string) (*Challenge, *digest, *UnansweredError) {
	none := &UnansweredError{Reason: noChallenge}
	if !r.URL.IsHTTP() {
		return nil, nil, none
	}
	var basic *Challenge
	challenges := r.rules().challenges(lines)
	for i := range challenges {
		c := &challenges[i]
		realm, _ := c.Param("realm")
		pass := &UnansweredError{Reason: unknownScheme, Scheme: c.Scheme, Realm: realm}
		switch {
		case c.Malformed:
			pass.Reason = malformedChallenge
		case strings.EqualFold(c.Scheme, "Digest"):
			d, reason, value := newDigest(r, c)
			if reason == "" {
				return c, d, none
			}
			pass.Reason, pass.Value = reason, value
		case !strings.EqualFold(c.Scheme, "Basic"):
		case len(realm) > maxParamLength:
			pass.Reason, pass.Value = parameterTooLong, "realm"
		case basic == nil:
			basic = c
			continue
		default:
			continue
		}
		none.Passed = append(none.Passed, pass)
	}
	known := slices.IndexFunc(none.Passed, func(p *UnansweredError) bool { return p.Reason != unknownScheme })
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
		a := account{strings.Clone(percentDecode(r.URL.Username())), strings.Clone(percentDecode(r.URL.Password()))}
		if repeats(a) {
			return account{}, &UnansweredError{Reason: answerRefused}
		}
		return a, nil
	}
	for {
		a, known, prompt := k.known(r, asked, refused)
		switch {
		case known:
			return a, nil
		case prompt == nil:
			return account{}, &UnansweredError{Reason: nobodyToAsk}
		}
		a, ok, err := prompt.answer(r, asked, refused)
		switch {
		case err != nil:
			return account{}, &UnansweredError{Reason: noAnswer, Err: err}
		case !ok:
			continue // who asked has left
		case !prompt.answered:
			return account{}, &UnansweredError{Reason: noAnswer}
		case !repeats(a):
			return a, nil
		case prompt.own:
			k.prompts.forget(r.server(), &session{account: a, realm: asked.realm, digest: asked.digest})
			return account{}, &UnansweredError{Reason: answerRefused}
		}
		k.prompts.forget(r.server(), &session{account: a, realm: asked.realm, digest: asked.digest})
	}
}

// known returns the account of the realm elsewhere on the server. One that is
// known by Digest answers no challenge for Basic, which would send the password.
// Where there is none, it returns the prompt that is to be waited for, if
// anybody is asked.
func (k *Keyring) known(r *AuthRequest, asked, refused *session) (a account, ok bool, p *waiting) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, at := range r.servers() {
		entries := k.servers[at]
		if entries == nil {
			continue
		}
		for i := len(entries.spaces) - 1; i >= 0; i-- {
			if s := entries.spaces[i]; refused != nil && s.realm == asked.realm && s.account == refused.account {
				k.remove(entries, i)
			}
		}
		for _, s := range entries.spaces {
			if s.realm == asked.realm && (asked.digest != nil || s.digest == nil) {
				a, ok = s.account, true
			}
		}
	}
	if !ok && k.prompts.ask != nil && !r.Silent {
		// Still under the lock, so that no entry comes from a prompt in between.
		p = k.prompts.join(r.server(), asked, refused)
	}
	return a, ok, p
}

func (s *session) scheme() string {
	if s.digest != nil {
		return "Digest"
	}
	return "Basic"
}

// prepare computes what all answers of the session share.
func (s *session) prepare(rules *authenticationRules, random io.Reader) (err error) {
	if s.digest != nil {
		return s.digest.prepare(s.account, random)
	}
	s.basic, err = rules.basic(s.username, s.password)
	return err
}

// Accepted implements [AuthenticationStore]. It stores what answered the
// challenge.
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
	prefixes := []string{directory(r.URL)}
	if s.digest != nil {
		prefixes = s.digest.prefixes(r)
	}
	k.keep(r.server(), prefixes, s, false)
}

// Add adds an entry for the protection space of u, in every partition. By Basic it
// answers for the paths at or below that of u without being challenged; by Digest it
// answers challenges for its realm. The error says that u is not an HTTP(S) URL, or
// that Basic cannot carry the username or password.
func (k *Keyring) Add(u *origin.URL, e AuthenticationEntry) error {
	if !u.IsHTTP() {
		return fmt.Errorf("credentials: URL %s of an authentication entry is not HTTP(S)", quote(u.String()))
	}
	s := &session{account: account{e.Username, e.Password}, realm: e.Realm}
	if err := s.prepare(&noRules, nil); err != nil {
		return err
	}
	k.keep((&AuthRequest{URL: u}).server(), []string{directory(u)}, s, true)
	return nil
}

// Clear removes all entries, including those of proxies.
func (k *Keyring) Clear() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.servers, k.bytes = nil, 0
	k.learned.Init()
	k.added.Init()
	k.prompts.clear()
}

// count is how many entries there are.
func (k *Keyring) count() int {
	k.mu.RLock()
	defer k.mu.RUnlock()
	n := 0
	for _, entries := range k.servers {
		n += len(entries.spaces)
	}
	return n
}

// size is how much memory the entries take, by the estimate that
// [KeyringOptions.MaxBytes] goes by. Besides entries a keyring has 64 answers at
// most of which it is not known whether they are right.
func (k *Keyring) size() int64 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.bytes
}

// cost is what a space takes in memory.
func (s *space) cost() int64 {
	n := spaceCost + len(s.prefix) + len(s.username) + len(s.password) + len(s.realm) + len(s.basic)
	if d := s.digest; d != nil {
		n += d.cost()
	}
	return int64(n)
}

// cost is what a server takes in memory without its spaces.
func (s *server) cost() int64 {
	return int64(serverCost + len(s.origin) + len(s.partition.Site.Host()) + len(s.partition.Second))
}

// keep creates the entries of a session.
func (k *Keyring) keep(at server, prefixes []string, s *session, added bool) {
	k.mu.Lock()
	defer k.unlock()
	k.prompts.proved(at, s)
	for _, prefix := range prefixes {
		k.keepOne(at, space{strings.Clone(prefix), s}, added)
	}
}

// keepOne creates one entry, in place of the one for the same paths.
func (k *Keyring) keepOne(at server, s space, added bool) {
	if cost := at.cost() + s.cost(); cost > maxSpaceCost || cost > k.maxBytes {
		k.drop(&at, s, limitSize)
		return
	}
	entries := k.servers[at]
	if entries != nil {
		added = added || entries.added
		if i := slices.IndexFunc(entries.spaces, func(old space) bool { return old.prefix == s.prefix }); i >= 0 {
			entries = k.remove(entries, i)
		} else if len(entries.spaces) == maxSpaces {
			k.drop(&at, entries.spaces[0], limitPerHost)
			k.remove(entries, 0)
		}
	}
	if entries == nil {
		entries = &serverEntries{server: at}
		if k.servers == nil {
			k.servers = make(map[server]*serverEntries)
		}
		k.servers[at] = entries
		k.bytes += at.cost()
	} else {
		k.listOf(entries).Remove(entries.place)
	}
	entries.added = entries.added || added
	entries.place = k.listOf(entries).PushBack(entries)
	entries.spaces = append(entries.spaces, s)
	entries.bytes += s.cost()
	k.bytes += s.cost()
	for len(k.servers) > maxServers {
		k.evict(entries, limitTotal)
	}
	for k.bytes > k.maxBytes {
		k.evict(entries, limitBytes)
	}
}

// listOf is the list that a server is in.
func (k *Keyring) listOf(entries *serverEntries) *list.List {
	if entries.added {
		return &k.added
	}
	return &k.learned
}

// evict makes room: what was learned goes before what [Keyring.Add] was told,
// which nobody might be there to be asked for, and what was used lately has
// another chance. The server that room is made for stays, and loses an entry if
// it is the only one.
func (k *Keyring) evict(except *serverEntries, limit Limit) {
	for _, l := range []*list.List{&k.learned, &k.added} {
		for range 2 * l.Len() {
			entries := l.Front().Value.(*serverEntries)
			if entries == except || entries.used.Swap(false) {
				l.MoveToBack(entries.place)
				continue
			}
			for i := len(entries.spaces) - 1; i >= 0; i-- {
				k.drop(&entries.server, entries.spaces[i], limit)
				k.remove(entries, i)
			}
			return
		}
	}
	k.drop(&except.server, except.spaces[0], limit)
	k.remove(except, 0)
}

// remove removes an entry of a server, and the server with the last one; it
// returns what there is of the server then.
func (k *Keyring) remove(entries *serverEntries, i int) *serverEntries {
	cost := entries.spaces[i].cost()
	entries.spaces = slices.Delete(entries.spaces, i, i+1)
	entries.bytes -= cost
	k.bytes -= cost
	if len(entries.spaces) > 0 {
		return entries
	}
	k.bytes -= entries.cost()
	k.listOf(entries).Remove(entries.place)
	delete(k.servers, entries.server)
	return nil
}

// drop notes what there is to tell.
func (k *Keyring) drop(at *server, s space, limit Limit) {
	if k.told != nil {
		k.dropped = append(k.dropped, AuthenticationDrop{at.origin, at.partition, at.proxy, s.prefix, s.realm, limit})
	}
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

// directory returns the path of u up to the last symbolic element, all below
// which is in the same protection space.
func directory(u *origin.URL) string {
	path := u.Path()
	return path[:strings.LastIndexByte(path, '/')+1]
}
