package httpcache

import (
	"cmp"
	"hash/maphash"
	"iter"
	"slices"
	"time"

	"github.com/browsercors/browsercors/internal/rules"
)

// The limits of a cache whose [Limits] are zero.
const (
	defaultEntries = 100_000
	defaultBytes   = 64 << 20
)

// Limits bound what a [Cache] keeps. In each field, 0 means the default and a
// negative value means that nothing is kept.
type Limits struct {
	// The cache holds no more responses than this.
	Entries int
	// The stored responses take no more bytes than this: bodies, headers and keys,
	// and an estimate of what holds them.
	Bytes int64
	// No response is stored that takes more bytes than this. The default is an
	// eighth of Bytes.
	EntryBytes int64
}

// Options configure a [Cache]. The zero value means the rules of RFC 9111, the
// default limits, a store in memory and the real clock.
type Options struct {
	// Rules are a browser's departures from RFC 9111, taken from a profile:
	// engine.Firefox().HTTPCache. docs/profiles.md describes them.
	Rules rules.HTTPCache
	// Limits bound the cache. The defaults are 100,000 entries and 64 MiB.
	Limits Limits
	// Store keeps the responses. nil means memory.
	Store Store
	// Now returns the current time. It must be safe for concurrent use. nil means
	// time.Now.
	Now func() time.Time
	// Failed, if not nil, is called when the Store does not work: once, and again
	// only after it has worked. It is also called for each blob that is damaged. The
	// cache goes on without what could not be read or written. The call is made on
	// the goroutine that uses the cache. The error does not contain a URL.
	Failed func(error)
}

// A Cache is an HTTP cache. Make one with [New]. It is safe for concurrent use.
//
// A nil *Cache can be used and is always empty: it selects nothing and stores
// nothing.
//
// https://fetch.spec.whatwg.org/#http-cache-partitions
type Cache struct {
	rules        rules.HTTPCache
	limits       Limits
	now          func() time.Time
	memory       memory
	blobs        *blobs // nil: the memory is used
	reservations reservations
}

// New returns a cache. o may be nil, which means the zero Options.
func New(o *Options) *Cache {
	if o == nil {
		o = &Options{}
	}
	c := &Cache{rules: o.Rules, limits: o.Limits, now: o.Now}
	c.limits.Entries = cmp.Or(c.limits.Entries, defaultEntries)
	c.limits.Bytes = cmp.Or(c.limits.Bytes, defaultBytes)
	c.limits.EntryBytes = min(cmp.Or(c.limits.EntryBytes, c.limits.Bytes/8), c.limits.Bytes)
	if c.now == nil {
		c.now = time.Now
	}
	if now := c.now; c.rules.Seconds32 {
		c.now = func() time.Time { return now().Truncate(time.Second) }
	}
	if o.Store == nil {
		c.memory.seed = maphash.MakeSeed()
		return c
	}
	c.blobs = &blobs{store: o.Store, limits: c.limits, now: c.now, failed: o.Failed, revive: c.revive}
	if s, ok := o.Store.(*directory); ok {
		c.blobs.secret = s.secret
	}
	c.blobs.evict()
	return c
}

// revive fills in a response's freshness.
func (c *Cache) revive(r *Response) {
	at := r.ResponseTime()
	in := Received{Status: r.Status, UntilClose: r.untilClose, RequestTime: at, ResponseTime: at}
	l := r.Headers()
	d := responseDirectives(&c.rules, l)
	stored := r.freshness
	r.freshness = freshnessOf(&c.rules, &r.key, &in, l, &d)
	r.initialAge, r.outdated = stored.initialAge, stored.outdated
}

// Delete removes all responses that are stored for a key.
func (c *Cache) Delete(k Key) {
	if c == nil {
		return
	}
	if c.blobs != nil {
		c.blobs.removeAll(c.blobs.name(&k))
		return
	}
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	for r := c.memory.first(&k); r != nil; r = c.memory.first(&k) {
		c.memory.remove(r)
	}
}

// remove removes a stored response.
func (c *Cache) remove(r *Response) {
	if c.blobs != nil {
		c.blobs.remove(r)
		return
	}
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	c.memory.remove(r)
}

// Clear removes the responses of all keys for which match returns true, such as
// those of an origin or of a partition. A nil match means all.
func (c *Cache) Clear(match func(Key) bool) {
	for k := range c.Entries() {
		if match == nil || match(k) {
			c.Delete(k)
		}
	}
}

// Entries returns an iterator over the responses that are stored when the iteration
// starts, the most recently used key first. The cache may be used meanwhile.
func (c *Cache) Entries() iter.Seq2[Key, *Response] {
	return func(yield func(Key, *Response) bool) {
		if c == nil {
			return
		}
		if c.blobs != nil {
			for _, g := range slices.Backward(c.blobs.groups()) {
				for _, rec := range c.blobs.records(g.name) {
					if rec != nil && !yield(rec.response.key, rec.response) {
						return
					}
				}
			}
			return
		}
		for _, r := range c.memory.snapshot() {
			if !yield(r.key, r) {
				return
			}
		}
	}
}

// Len returns the number of stored responses. With a Store, its time grows with
// that number.
func (c *Cache) Len() int {
	entries, _ := c.count()
	return entries
}

// Bytes returns how many bytes the stored responses take, the number that
// Limits.Bytes bounds. With a Store, its time grows with the number of responses.
func (c *Cache) Bytes() int64 {
	_, bytes := c.count()
	return bytes
}

func (c *Cache) count() (entries int, bytes int64) {
	switch {
	case c == nil:
		return 0, 0
	case c.blobs != nil:
		return c.blobs.count()
	}
	c.memory.mu.Lock()
	defer c.memory.mu.Unlock()
	return c.memory.recent.Len(), c.memory.bytes
}
