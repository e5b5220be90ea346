package preflightcache

import (
	"hash/maphash"
	"sync/atomic"

	"github.com/browsercors/browsercors/internal/evict"
)

// record is a key and what is allowed for it.
type record struct {
	key    Key
	hash   uint64
	grants atomic.Pointer[grants] // nil once the record is removed
	used   atomic.Uint64          // the cache's tick when it was last used

	// Guarded by the cache's mutex.
	seen  uint64 // what used was when the record got its place in the heap
	place evict.Place
}

// granted is what is allowed for the key; r may be nil.
func (r *record) granted() *grants {
	if r == nil {
		return nil
	}
	return r.grants.Load()
}

// recordCost is what a key takes besides the bytes of its strings.
const recordCost = 256

func cost(k *Key) int64 {
	return recordCost + int64(len(k.Partition.Site.Host())+len(k.Partition.Second)+len(k.Origin)+len(k.URL))
}

// table is a hash table with chains that is read without a lock while one
// writer changes it. A reader that still walks a node that was taken out finds
// its way to the end of the chain; growing makes new nodes.
type table struct {
	seed    maphash.Seed
	buckets []atomic.Pointer[node] // a power of two of them
}

type node struct {
	record *record
	next   atomic.Pointer[node]
}

func (t *table) bucket(hash uint64) *atomic.Pointer[node] {
	return &t.buckets[hash&uint64(len(t.buckets)-1)]
}

// find returns the record of k, or nil. t may be nil.
func (t *table) find(k *Key) *record {
	if t == nil {
		return nil
	}
	hash := maphash.Comparable(t.seed, *k)
	for n := t.bucket(hash).Load(); n != nil; n = n.next.Load() {
		if n.record.hash == hash && n.record.key == *k {
			return n.record
		}
	}
	return nil
}

func (t *table) insert(r *record) {
	n := &node{record: r}
	b := t.bucket(r.hash)
	n.next.Store(b.Load())
	b.Store(n)
}

func (t *table) remove(r *record) {
	at := t.bucket(r.hash)
	for n := at.Load(); n.record != r; n = at.Load() {
		at = &n.next
	}
	at.Store(at.Load().next.Load())
}

// newTable returns a table of size buckets, a power of two, that holds records.
func newTable(seed maphash.Seed, size int, records []*record) *table {
	t := &table{seed: seed, buckets: make([]atomic.Pointer[node], size)}
	for _, r := range records {
		t.insert(r)
	}
	return t
}

// byUse is an order of records: the least recently used is first. Readers move a record's time of use on without
// touching the heap, so the first record is the right one only when its time is still the one that gave it its place;
// times never go back.
type byUse struct{}

func (byUse) Place(r *record) *evict.Place { return &r.place }
func (byUse) Before(a, b *record) bool     { return a.seen < b.seen }

// oldest returns the least recently used record of a cache that is not empty.
func (c *Cache) oldest() *record {
	for {
		r := c.records.First()
		used := r.used.Load()
		if used == r.seen {
			return r
		}
		r.seen = used
		c.records.Fix(r)
	}
}
