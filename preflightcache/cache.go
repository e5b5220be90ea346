package preflightcache

import (
	"cmp"
	"container/heap"
	"hash/maphash"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// What Limits are when nothing else is said.
const (
	DefaultMaxAge  = 7200 * time.Second
	DefaultEntries = 10_000
	DefaultBytes   = 4 << 20
)

// Limits bound a cache. For each field, 0 stands for the default and a negative
// value means that nothing is kept.
type Limits struct {
	// No preflight is cached for longer than this. The Standard calls it the
	// imposed limit on max-age.
	MaxAge time.Duration
	// The preflight cache holds no more methods and header names than this. Each
	// method and each header name of a URL is an entry.
	Entries int
	// The preflight cache takes no more bytes than this. The number is an estimate.
	Bytes int64
}

// Options of a cache. The zero value gives the Standard's rules, the default
// limits and the real clock.
type Options struct {
	Rules  Rules
	Limits Limits
	// Now is the clock. It may be called by several goroutines at a time; nil is
	// time.Now.
	Now func() time.Time

	// Dropped, unless nil, is told of each key that the cache gave up to stay
	// within its limits. It is not told of entries that expired, that a new
	// preflight replaced or that the cache was told to clear. It is called without
	// a lock, on the goroutine whose call made the cache drop the key.
	Dropped func(Drop)
}

// A Drop is what a cache gave up of a key, and the limit that left no room for
// it.
type Drop struct {
	Key     Key
	Entries int // how many it had, or would have had: at least so many
	Limit   Limit
}

// A Limit is one of [Limits].
type Limit string

// The limits that make a cache drop what it has.
const (
	LimitEntries Limit = "entries"
	LimitBytes   Limit = "bytes"
)

// Cache is a user agent's CORS-preflight cache. It is safe for concurrent use.
// A nil *Cache is that of a user agent that does not provide for one: it
// matches nothing and keeps nothing. Make others with [New].
//
// https://fetch.spec.whatwg.org/#cors-preflight-cache
type Cache struct {
	rules  Rules
	limits Limits
	now    func() time.Time
	told   func(Drop)

	table atomic.Pointer[table] // nil until something is stored
	tick  atomic.Uint64         // counts uses: what least recently used means

	mu      sync.Mutex // held to change anything below, or the table
	records recency
	entries int
	bytes   int64
	dropped []Drop // since the lock was taken
}

// New returns an empty cache. It costs next to nothing until something is
// stored. o may be nil.
func New(o *Options) *Cache {
	if o == nil {
		o = &Options{}
	}
	c := &Cache{rules: o.Rules, limits: o.Limits, now: o.Now, told: o.Dropped}
	c.limits.MaxAge = cmp.Or(c.limits.MaxAge, DefaultMaxAge)
	c.limits.Entries = cmp.Or(c.limits.Entries, DefaultEntries)
	c.limits.Bytes = cmp.Or(c.limits.Bytes, DefaultBytes)
	if c.now == nil {
		c.now = time.Now
	}
	return c
}

// MatchMethod reports whether there is a method cache entry match for method
// using a request of that key. includeCredentials says that the request's
// credentials mode is "include".
//
// https://fetch.spec.whatwg.org/#concept-cache-match-method
func (c *Cache) MatchMethod(k Key, includeCredentials bool, method string) bool {
	return c.match(k, includeCredentials, methods, method)
}

// MatchHeader reports whether there is a header-name cache entry match for name,
// in any case, using a request of that key.
//
// https://fetch.spec.whatwg.org/#concept-cache-match-header
func (c *Cache) MatchHeader(k Key, includeCredentials bool, name string) bool {
	return c.match(k, includeCredentials, headerNames, name)
}

func (c *Cache) match(k Key, includeCredentials bool, of kind, name string) bool {
	_, g := c.find(k)
	q := c.query(includeCredentials)
	return q.find(g.of(of), of, name) != nil
}

// Match is the answer of [Cache.Sufficient].
type Match struct {
	// OK says that the request needs no preflight.
	OK bool
	// Method says that the method needs no entry, or has one.
	Method bool
	// Header is the first of the names without an entry, "" if all have one.
	Header string
	// Age is how long ago the oldest of the entries that were needed was
	// stored; 0 when OK is false.
	Age time.Duration
}

// Sufficient reports whether what is cached spares a request its preflight: the
// two conditions of HTTP fetch, step 4.1, looked up together. methodNeedsEntry
// says that the method is not CORS-safelisted or that the request's
// use-CORS-preflight flag is set; unsafeNames are the CORS-unsafe request-header
// names with the request's header list. A request that needs no entry is
// sufficiently served by an empty cache.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch
func (c *Cache) Sufficient(k Key, includeCredentials bool, method string, methodNeedsEntry bool, unsafeNames []string) Match {
	r, g := c.find(k)
	q := c.query(includeCredentials)
	var m Match

	m.Method = !methodNeedsEntry && !(q.rules.HeadNeedsEntry && method == "HEAD")
	if !m.Method {
		e := q.find(g.of(methods), methods, method)
		if e == nil && q.presenceSuffices(method) {
			e = cmp.Or(q.any(g.of(methods)), q.any(g.of(headerNames)))
		}
		if e != nil {
			m.Method = true
			m.Age = q.now.Sub(e.stored)
		}
	}

	m.OK = m.Method
	for _, name := range unsafeNames {
		e := q.find(g.of(headerNames), headerNames, name)
		if e == nil {
			m.OK = false
			m.Header = name
			break
		}
		m.Age = max(m.Age, q.now.Sub(e.stored))
	}

	if !m.OK {
		m.Age = 0
		if r != nil && q.rules.EvictInsufficient {
			c.erase(r, g)
		}
	}
	return m
}

// Store keeps what a successful preflight for a request of that key allowed:
// steps 7.10 and 7.12 to 7.15 of CORS-preflight fetch. allowMethods and
// allowHeaders are the values extracted from Access-Control-Allow-Methods and
// Access-Control-Allow-Headers, step 7.4 included. A maxAge of 0 ends the
// entries that it would have refreshed. When the entries of the key alone exceed
// a limit, the key is removed.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (c *Cache) Store(k Key, includeCredentials bool, maxAge time.Duration, allowMethods, allowHeaders []string) {
	if c == nil {
		return
	}
	k, ok := c.rules.key(k)
	if !ok {
		return
	}
	maxAge = min(maxAge, c.limits.MaxAge) // 7.10
	if maxAge <= 0 && c.rules.ZeroChangesNothing {
		return
	}
	if c.rules.SafelistedByPresence && !c.rules.PresenceLasts && len(allowMethods)+len(allowHeaders) == 0 {
		allowMethods = []string{""} // present, though it allows nothing
	}
	q := c.query(includeCredentials)
	if c.rules.SafelistedByPresence && len(allowMethods) == 0 && len(allowHeaders) == 0 {
		allowMethods = []string{"POST"} // or another safelisted method: an entry is all they need
	}

	for stored := false; !stored; {
		// What there is to do grows with the lists, and is done without the lock.
		r := c.table.Load().find(&k)
		old := r.granted()
		g, ok := q.grants(old, maxAge, allowMethods, allowHeaders, c.limits.Entries)
		stored = c.replace(&k, r, old, g, ok)
	}
}

// replace makes g what is allowed for k, or nothing if there is too much of it.
// It does nothing if another call has changed what r, the key's record, allowed
// before.
func (c *Cache) replace(k *Key, r *record, old, g *grants, ok bool) bool {
	c.mu.Lock()
	defer c.unlock()
	if now := c.table.Load().find(k); now != r || now.granted() != old {
		return false
	}
	if !ok {
		c.tooMany(k, r, c.limits.Entries+1, LimitEntries)
		return true
	}
	c.put(*k, r, g)
	return true
}

// unlock gives the lock back and tells of what was dropped meanwhile.
func (c *Cache) unlock() {
	dropped := c.dropped
	c.dropped = nil
	c.mu.Unlock()
	for _, d := range dropped {
		c.told(d)
	}
}

// Clear removes all entries of a key, made with credentials or without.
//
// https://fetch.spec.whatwg.org/#concept-cache-clear
func (c *Cache) Clear(k Key) {
	if c == nil {
		return
	}
	k, _ = c.rules.key(k)
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.table.Load().find(&k); r != nil {
		c.remove(r)
	}
}

// ClearAll removes all entries.
func (c *Cache) ClearAll() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.table.Store(nil)
	for _, r := range c.records {
		r.grants.Store(nil)
	}
	c.records, c.entries, c.bytes = nil, 0, 0
}

// Len returns the number of entries. It looks at all of them.
func (c *Cache) Len() int {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep()
	return c.entries
}

// Bytes returns how much memory keys and entries take, by the estimate that
// [Limits] go by. It looks at all entries.
func (c *Cache) Bytes() int64 {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep()
	return c.bytes
}

// Entry is a cache entry, for diagnostics.
//
// https://fetch.spec.whatwg.org/#concept-cache
type Entry struct {
	Key         Key
	Credentials bool
	Method      string // "" for a header name's entry
	HeaderName  string // "" for a method's entry; both are for a preflight that allowed nothing, or [Rules.PresenceLasts]
	Stored      time.Time
	MaxAge      time.Duration
}

// Expires returns the moment from which the entry matches nothing.
func (e *Entry) Expires() time.Time { return e.Stored.Add(e.MaxAge) }

// Entries returns an iterator over the entries that there are when it is
// started: by key, the most recently used first, then methods before header
// names, each sorted. The cache may be used while it runs.
func (c *Cache) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, r := range c.snapshot() {
			for of, l := range r.grants {
				for i := range l {
					e := Entry{Key: r.key, Credentials: l[i].credentials, Stored: l[i].stored, MaxAge: l[i].maxAge}
					if kind(of) == methods {
						e.Method = l[i].name
					} else {
						e.HeaderName = l[i].name
					}
					if !yield(e) {
						return
					}
				}
			}
		}
	}
}

type view struct {
	key    Key
	used   uint64
	grants *grants
}

func (c *Cache) snapshot() []view {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep()
	views := make([]view, 0, len(c.records))
	for _, r := range c.records {
		views = append(views, view{r.key, r.used.Load(), r.grants.Load()})
	}
	slices.SortFunc(views, func(a, b view) int { return cmp.Compare(b.used, a.used) })
	return views
}

// query returns a request as entries see it now.
func (c *Cache) query(includeCredentials bool) query {
	if c == nil {
		return query{rules: new(Rules)}
	}
	return query{&c.rules, includeCredentials, c.now()}
}

// find returns the record of a key and what is allowed for it, and notes that it
// was used. Without a record, nothing is allowed.
func (c *Cache) find(k Key) (*record, *grants) {
	if c != nil {
		k, _ = c.rules.key(k)
		if r := c.table.Load().find(&k); r != nil {
			if g := r.grants.Load(); g != nil {
				// The most recently used record stays that without a write, so
				// that readers of one hot key don't contend.
				if r.used.Load() != c.tick.Load() {
					r.used.Store(c.tick.Add(1))
				}
				return r, g
			}
		}
	}
	return nil, nil
}

// The rest is for holders of the mutex, but for erase.

// erase removes r unless more has been stored than a reader has seen.
func (c *Cache) erase(r *record, seen *grants) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.grants.Load() == seen {
		c.remove(r)
	}
}

// put makes g what is allowed for k, whose record is r or nil.
func (c *Cache) put(k Key, r *record, g *grants) {
	switch n := g.len(); {
	case n == 0:
		if r != nil {
			c.remove(r)
		}
		return
	case n > c.limits.Entries:
		c.tooMany(&k, r, n, LimitEntries)
		return
	case cost(&k)+g.bytes() > c.limits.Bytes:
		c.tooMany(&k, r, n, LimitBytes)
		return
	}
	if r == nil {
		c.insert(k, g)
	} else {
		c.count(r.grants.Load(), -1)
		r.grants.Store(g)
		r.used.Store(c.tick.Add(1))
	}
	c.count(g, 1)
	for c.entries > c.limits.Entries || c.bytes > c.limits.Bytes {
		limit := LimitBytes
		if c.entries > c.limits.Entries {
			limit = LimitEntries
		}
		oldest := c.records.oldest()
		c.drop(&oldest.key, oldest.granted().len(), limit)
		c.remove(oldest)
	}
}

// tooMany gives up a key, whose record is r or nil, that would have so many
// entries.
func (c *Cache) tooMany(k *Key, r *record, n int, limit Limit) {
	c.drop(k, n, limit)
	if r != nil {
		c.remove(r)
	}
}

// drop notes what there is to tell.
func (c *Cache) drop(k *Key, n int, limit Limit) {
	if c.told != nil {
		c.dropped = append(c.dropped, Drop{*k, n, limit})
	}
}

func (c *Cache) count(g *grants, sign int) {
	c.entries += sign * g.len()
	c.bytes += int64(sign) * g.bytes()
}

func (c *Cache) insert(k Key, g *grants) {
	t := c.table.Load()
	switch n := len(c.records); {
	case t == nil:
		t = newTable(maphash.MakeSeed(), 8, nil)
		c.table.Store(t)
	case n == len(t.buckets):
		t = newTable(t.seed, 2*n, c.records)
		c.table.Store(t)
	}
	// The strings may be parts of longer ones, which must not live on here.
	k.Origin, k.URL = strings.Clone(k.Origin), strings.Clone(k.URL)
	tick := c.tick.Add(1)
	r := &record{key: k, hash: maphash.Comparable(t.seed, k), seen: tick}
	r.used.Store(tick)
	r.grants.Store(g)
	heap.Push(&c.records, r)
	c.bytes += cost(&k)
	t.insert(r)
}

func (c *Cache) remove(r *record) {
	c.table.Load().remove(r)
	heap.Remove(&c.records, r.index)
	c.count(r.grants.Swap(nil), -1)
	c.bytes -= cost(&r.key)
}

// sweep removes what has expired.
func (c *Cache) sweep() {
	now := c.now()
	for _, r := range slices.Clone(c.records) {
		old := r.grants.Load()
		g := new(grants)
		for of, l := range old {
			for i := range l {
				if l[i].live(now) {
					g[of] = append(g[of], l[i])
				}
			}
		}
		switch g.len() {
		case old.len():
		case 0:
			c.remove(r)
		default:
			c.count(old, -1)
			c.count(g, 1)
			r.grants.Store(g)
		}
	}
}
