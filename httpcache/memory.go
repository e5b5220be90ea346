package httpcache

import (
	"hash/maphash"
	"sync"

	"github.com/browsercors/browsercors/internal/evict"
)

// memory keeps responses in memory. Except for mu, its methods are for holders of
// the mutex.
type memory struct {
	mu         sync.Mutex
	seed       maphash.Seed
	buckets    map[uint64]*Response
	recent     evict.Recent[Response, byUse]
	searchable map[Key][]*Response // those with No-Vary-Search, by the key without query
	bytes      int64
}

// entryCost is what a stored response takes besides its contents.
const entryCost = 400

// cost is how many bytes a response takes.
func (r *Response) cost() int64 {
	return entryCost + int64(len(r.key.Partition.Site.Host())+len(r.key.Partition.Second)+len(r.key.URL)+len(r.key.Part)+
		len(r.StatusText)+len(r.fields)+len(r.variant)+len(r.Kept())) + r.content.size()
}

// first is the latest response that was stored for a key, or nil.
func (m *memory) first(k *Key) *Response {
	return m.buckets[maphash.Comparable(m.seed, *k)].from(k)
}

// nextOf is the one that was stored before r.
func (r *Response) nextOf(k *Key) *Response { return r.next.from(k) }

// from is the first response for a key in the rest of a bucket.
func (r *Response) from(k *Key) *Response {
	for r != nil && r.key != *k {
		r = r.next
	}
	return r
}

// put stores a response.
func (m *memory) put(r *Response) {
	if m.buckets == nil {
		m.buckets = make(map[uint64]*Response)
	}
	hash := maphash.Comparable(m.seed, r.key)
	r.next = m.buckets[hash]
	m.buckets[hash] = r
	m.recent.Add(r)
	if r.search() != nil {
		m.addSearchable(r)
	}
	m.bytes += r.cost()
}

// remove takes out a response, if it is there.
func (m *memory) remove(r *Response) {
	hash := maphash.Comparable(m.seed, r.key)
	first := m.buckets[hash]
	if first == r {
		if r.next != nil {
			m.buckets[hash] = r.next
		} else {
			delete(m.buckets, hash)
		}
	} else {
		for first != nil && first.next != r {
			first = first.next
		}
		if first == nil {
			return
		}
		first.next = r.next
	}
	m.recent.Remove(r)
	r.next = nil
	if r.search() != nil {
		m.removeSearchable(r)
	}
	m.bytes -= r.cost()
}

// replace stores a response in place of those that replaces returns true for. There
// are at most mostResponses for a key, so that looking through them takes no time.
func (m *memory) replace(r *Response, replaces func(old *Response) bool) {
	left := 0
	for old := m.first(&r.key); old != nil; {
		next := old.nextOf(&r.key)
		if left++; left >= mostResponses || replaces(old) {
			m.remove(old)
			left--
		}
		old = next
	}
	m.put(r)
}

// mostResponses is how many responses are kept for one key.
const mostResponses = 64

// snapshot lists what is stored, the most recently used first. It takes the mutex.
func (m *memory) snapshot() []*Response {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make([]*Response, 0, m.recent.Len())
	for r := m.recent.Newest(); r != nil; r = m.recent.Older(r) {
		all = append(all, r)
	}
	return all
}
