package preflightcache

import (
	"cmp"
	"hash/maphash"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/browsercors/browsercors/internal/evict"
	"github.com/browsercors/browsercors/internal/rules"
)

// The limits of a cache whose [Limits] are zero.
const (
	defaultEntries = 10_000
	defaultBytes   = 4 << 20
)

// Limits bound what a [Cache] keeps. In each field, 0 means the default and a
// negative value means that nothing is kept.
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

// Options configure a [Cache]. The zero value means the rules of the Standard, the
// default limits and the real clock.
type Options struct {
	// Rules are a browser's departures from the Standard, taken from a profile:
	// engine.Firefox().PreflightCache. docs/profiles.md describes them.
	Rules rules.PreflightCache
	// Limits bound the cache. The defaults are two hours, 10,000 entries and 4 MiB.
	Limits Limits
	// Now returns the current time. It must be safe for concurrent use. nil means
	// time.Now.
	Now func() time.Time

	// Dropped, if not nil, is called for each key whose entries the cache gives up
	// to stay within its limits. It is not called for entries that expire, that a
	// new preflight replaces or that Clear and ClearAll remove. The call is made
	// without holding a lock, on the goroutine that made the cache drop the key.
	//
	// entries is how many entries the key had, or would have had; it is a lower bound.
	// limit is the limit that was reached: "entries" or "bytes".
	Dropped func(key Key, entries int, limit string)
}

// A drop is a call of Dropped that is to be made.
type drop struct {
	key     Key
	entries int
	limit   string
}

const (
	limitEntries = "entries"
	limitBytes   = "bytes"
)

// A Cache is a CORS-preflight cache. Make one with [New]. It is safe for
// concurrent use.
//
// A nil *Cache can be used and is always empty: it stores nothing, and every
// request that needs a preflight gets one.
//
// https://fetch.spec.whatwg.org/#cors-preflight-cache
type Cache struct {
	rules  rules.PreflightCache
	limits Limits
	now    func() time.Time
	told   func(key Key, entries int, limit string)

	table atomic.Pointer[table] // nil until something is stored
	tick  atomic.Uint64         // counts uses: what least recently used means

	mu      sync.Mutex // held to change anything below, or the table
	records evict.Heap[record, byUse]
	entries int
	bytes   int64
	dropped []drop // since the lock was taken
}

// New returns an empty cache. o may be nil, which means the zero Options. An empty
// cache takes almost no memory.
func New(o *Options) *Cache {
	if o == nil {
		o = &Options{}
	}
	c := &Cache{rules: o.Rules, limits: o.Limits, now: o.Now, told: o.Dropped}
	c.limits.MaxAge = cmp.Or(c.limits.MaxAge, rules.DefaultPreflightMaxAge)
	c.limits.Entries = cmp.Or(c.limits.Entries, defaultEntries)
	c.limits.Bytes = cmp.Or(c.limits.Bytes, defaultBytes)
	if c.now == nil {
		c.now = time.Now
	}
	return c
}

// A Match is the result of [Cache.Sufficient].
type Match struct {
	// OK is true if the request needs no preflight.
	OK bool
	// Method is true if the method needs no entry or has one.
	Method bool
	// Header is the first header name that has no entry, or "" if all have one.
	Header string
	// Age is how long ago the oldest entry that was needed was stored. It is 0 if
	// OK is false.
	Age time.Duration
}

// Sufficient reports whether the cached entries spare a request its preflight.
// The parameters describe the request:
//
//   - includeCredentials is true if its credentials mode is "include".
//   - methodNeedsEntry is true if its method is not CORS-safelisted, or if a
//     preflight is forced by the use-CORS-preflight flag, for example because
//     script listens to the progress of an upload.
//   - unsafeNames are its CORS-unsafe request-header names, in any case.
//
// A request for which methodNeedsEntry is false and unsafeNames is empty needs no
// entry, so an empty cache is sufficient for it.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch, step 4.1
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

// Store records that a preflight for a request with the given key succeeded, and
// what its response allowed. allowMethods and allowHeaders are the values
// extracted from Access-Control-Allow-Methods and Access-Control-Allow-Headers; if
// the former is absent and the request's use-CORS-preflight flag is set, the
// request's own method takes its place. maxAge comes from Access-Control-Max-Age;
// 0 removes the entries that it would otherwise refresh.
//
// A key whose entries would exceed a limit on their own is removed.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0, steps 7.10 and 7.12 to 7.15
func (c *Cache) Store(k Key, includeCredentials bool, maxAge time.Duration, allowMethods, allowHeaders []string) {
	if c == nil {
		return
	}
	k, ok := keyUnder(&c.rules, k)
	if !ok {
		return
	}
	maxAge = min(maxAge, c.limits.MaxAge) // 7.10. No longer than the user agent allows.
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
		c.tooMany(k, r, c.limits.Entries+1, limitEntries)
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
		c.told(d.key, d.entries, d.limit)
	}
}

// Clear removes all entries of a key, those made with credentials and those made
// without.
//
// https://fetch.spec.whatwg.org/#concept-cache-clear
func (c *Cache) Clear(k Key) {
	if c == nil {
		return
	}
	k, _ = keyUnder(&c.rules, k)
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
	for _, r := range c.records.All() {
		r.grants.Store(nil)
	}
	c.records, c.entries, c.bytes = evict.Heap[record, byUse]{}, 0, 0
}

// Len returns the number of entries that have not expired. Its time grows with
// the number of entries.
func (c *Cache) Len() int {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep()
	return c.entries
}

// Bytes returns an estimate of the memory that the keys and entries take, the same
// that Limits.Bytes bounds. Its time grows with the number of entries.
func (c *Cache) Bytes() int64 {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep()
	return c.bytes
}

// An Entry is one entry of a cache, for diagnostics: a method or a header name
// that a server allowed.
//
// https://fetch.spec.whatwg.org/#concept-cache
type Entry struct {
	Key         Key
	Credentials bool          // the preflight was for a request with credentials
	Method      string        // "" in the entry of a header name
	HeaderName  string        // "" in the entry of a method
	Stored      time.Time     // when the entry was stored or last refreshed
	MaxAge      time.Duration // the entry matches nothing once Stored is as long ago as this
}

// Entries returns an iterator over the entries that the cache has when the
// iteration starts. The most recently used key comes first; within a key, methods
// come before header names, each sorted. The cache may be used during the
// iteration.
//
// Under some browsers' rules a preflight that allowed nothing is kept as well. Its
// entry has neither a Method nor a HeaderName.
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
	views := make([]view, 0, c.records.Len())
	for _, r := range c.records.All() {
		views = append(views, view{r.key, r.used.Load(), r.grants.Load()})
	}
	slices.SortFunc(views, func(a, b view) int { return cmp.Compare(b.used, a.used) })
	return views
}

// query returns a request as entries see it now.
func (c *Cache) query(includeCredentials bool) query {
	if c == nil {
		return query{rules: new(rules.PreflightCache)}
	}
	return query{&c.rules, includeCredentials, c.now()}
}

// find returns the record of a key and what is allowed for it, and notes that it
// was used. Without a record, nothing is allowed.
func (c *Cache) find(k Key) (*record, *grants) {
	if c != nil {
		k, _ = keyUnder(&c.rules, k)
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

// Except for erase, what follows is for holders of the mutex.

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
		c.tooMany(&k, r, n, limitEntries)
		return
	case cost(&k)+g.bytes() > c.limits.Bytes:
		c.tooMany(&k, r, n, limitBytes)
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
		limit := limitBytes
		if c.entries > c.limits.Entries {
			limit = limitEntries
		}
		oldest := c.oldest()
		c.drop(&oldest.key, oldest.granted().len(), limit)
		c.remove(oldest)
	}
}

// tooMany gives up a key, whose record is r or nil, that would have so many
// entries.
func (c *Cache) tooMany(k *Key, r *record, n int, limit string) {
	c.drop(k, n, limit)
	if r != nil {
		c.remove(r)
	}
}

// drop notes what there is to tell.
func (c *Cache) drop(k *Key, n int, limit string) {
	if c.told != nil {
		c.dropped = append(c.dropped, drop{*k, n, limit})
	}
}

func (c *Cache) count(g *grants, sign int) {
	c.entries += sign * g.len()
	c.bytes += int64(sign) * g.bytes()
}

func (c *Cache) insert(k Key, g *grants) {
	t := c.table.Load()
	switch n := c.records.Len(); {
	case t == nil:
		t = newTable(maphash.MakeSeed(), 8, nil)
		c.table.Store(t)
	case n == len(t.buckets):
		t = newTable(t.seed, 2*n, c.records.All())
		c.table.Store(t)
	}
	// The strings may be parts of longer ones, which must not live on here.
	k.Origin, k.URL = strings.Clone(k.Origin), strings.Clone(k.URL)
	tick := c.tick.Add(1)
	r := &record{key: k, hash: maphash.Comparable(t.seed, k), seen: tick}
	r.used.Store(tick)
	r.grants.Store(g)
	c.records.Add(r)
	c.bytes += cost(&k)
	t.insert(r)
}

func (c *Cache) remove(r *record) {
	c.table.Load().remove(r)
	c.records.Remove(r)
	c.count(r.grants.Swap(nil), -1)
	c.bytes -= cost(&r.key)
}

// sweep removes what has expired.
func (c *Cache) sweep() {
	now := c.now()
	for _, r := range slices.Clone(c.records.All()) {
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
