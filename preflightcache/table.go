package preflightcache

import (
	"container/heap"
	"hash/maphash"
	"sync/atomic"
)

// record is a key and what is allowed for it.
type record struct {
	key    Key
	hash   uint64
	grants atomic.Pointer[grants] // nil once the record is removed
	used   atomic.Uint64          // the cache's tick when it was last used

	// Guarded by the cache's mutex.
	seen  uint64 // what used was when the record got its place in the heap
	index int    // its place in the heap
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

// recency is a heap of records, the least recently used first. Readers move a
// record's time of use on without touching the heap, so the first record is
// the right one only when its time is still the one that gave it its place;
// times never go back.
type recency []*record

var _ heap.Interface = (*recency)(nil)

func (h recency) Len() int           { return len(h) }
func (h recency) Less(i, j int) bool { return h[i].seen < h[j].seen }

func (h recency) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *recency) Push(x any) {
	r := x.(*record)
	r.index = len(*h)
	*h = append(*h, r)
}

func (h *recency) Pop() any {
	last := len(*h) - 1
	r := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return r
}

// oldest returns the least recently used record of a heap that is not empty.
func (h recency) oldest() *record {
	for {
		r := h[0]
		used := r.used.Load()
		if used == r.seen {
			return r
		}
		r.seen = used
		heap.Fix(&h, 0)
	}
}
