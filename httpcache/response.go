package httpcache

import (
	"encoding/binary"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/evict"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/safelist"
)

// A Response is a stored response. It never changes, and it can be used after the
// cache has dropped it. It is safe for concurrent use.
type Response struct {
	Status     int
	StatusText string
	HTTP2      bool // as in Received

	untilClose bool  // as in Received
	authorized bool  // the request had Authorization
	isCut      bool  // it is a part of what is stored, made for a request
	inStore    bool  // it was read from a store that is not memory,
	slot       uint8 // where it has this slot

	received int64 // when it, or the response that freshened it, was received, in nanoseconds of Unix time
	key      Key
	fields   fields
	variant  variant
	content  content
	part     *part // which part of the representation content is; nil is all
	rare     *rare // what few responses have; nil is nothing
	freshness

	// Of the memory, and guarded by its mutex, except that a response that was cut has
	// in next what it was cut from.
	next *Response // in the same bucket
	used evict.Link[Response]
}

// byUse is the order of the responses in memory.
type byUse struct{}

func (byUse) Link(r *Response) *evict.Link[Response] { return &r.used }

// rare is what few responses have.
type rare struct {
	search  *searchVariance // what No-Vary-Search says; nil if the whole query counts
	address netip.AddrPort  // as in Received
	kept    string          // as in Received
}

// search is what No-Vary-Search says; nil if the whole query counts.
func (r *Response) search() *searchVariance {
	if r.rare == nil {
		return nil
	}
	return r.rare.search
}

// isPlace reports whether r only stands for a response with no-store: it has no status.
func (r *Response) isPlace() bool { return r.Status == 0 }

// ResponseTime returns when the response, or the 304 that freshened it last, was
// received.
func (r *Response) ResponseTime() time.Time { return time.Unix(0, r.received) }

// Kept returns what the caller had kept with the response, see [Received].
func (r *Response) Kept() string {
	if r.rare == nil {
		return ""
	}
	return r.rare.kept
}

// Headers returns the header list as it is stored. It is a new list with each
// call.
func (r *Response) Headers() safelist.HeaderList { return r.fields.list() }

// Open returns the body. It may be opened several times at once.
func (r *Response) Open() (io.ReadCloser, error) { return r.content.open() }

// copy returns a copy that is not stored yet.
func (r *Response) copy() *Response {
	own := *r
	own.next, own.used, own.inStore = nil, evict.Link[Response]{}, false
	return &own
}

// is reports whether r is what is stored as other, which may be nil.
func (r *Response) is(other *Response) bool {
	return r == other || other != nil && r.inStore && other.inStore && r.key == other.key && r.slot == other.slot
}

// fields is a header list in one string, because many small responses are kept: for
// each header the lengths of its name and value, as varints, then both.
type fields string

func fieldsOf(l safelist.HeaderList) fields {
	size := 0
	for _, h := range l {
		size += len(h.Name) + len(h.Value) + varintLen(len(h.Name)) + varintLen(len(h.Value))
	}
	b := make([]byte, 0, size)
	for _, h := range l {
		b = binary.AppendUvarint(b, uint64(len(h.Name)))
		b = binary.AppendUvarint(b, uint64(len(h.Value)))
		b = append(b, h.Name...)
		b = append(b, h.Value...)
	}
	return fields(b)
}

func varintLen(n int) int {
	size := 1
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}

// cutVarint reads a number from the start of s. ok is false if there is none.
func cutVarint(s string) (n int, rest string, ok bool) {
	for i := range min(len(s), 9) {
		n |= int(s[i]&0x7f) << (7 * i)
		if s[i] < 0x80 {
			return n, s[i+1:], n >= 0
		}
	}
	return 0, "", false
}

// cut takes the first header from the fields. ok is false at the end.
func (f fields) cut() (h safelist.Header, rest fields, ok bool) {
	name, s, ok := cutVarint(string(f))
	if !ok {
		return h, "", false
	}
	value, s, ok := cutVarint(s)
	if !ok || name > len(s) || value > len(s)-name {
		return h, "", false
	}
	return safelist.Header{Name: s[:name], Value: s[name : name+value]}, fields(s[name+value:]), true
}

func (f fields) list() safelist.HeaderList {
	n := 0
	for rest := f; ; n++ {
		_, after, ok := rest.cut()
		if !ok {
			break
		}
		rest = after
	}
	l := make(safelist.HeaderList, 0, n+1) // and Age
	for {
		h, rest, ok := f.cut()
		if !ok {
			return l
		}
		l = append(l, h)
		f = rest
	}
}

// Get returns the values of all headers with the name, joined.
func (f fields) Get(name string) (string, bool) {
	var first string
	var joined *strings.Builder
	found := false
	for {
		h, rest, ok := f.cut()
		if !ok {
			break
		}
		f = rest
		switch {
		case !fold.Equal(h.Name, name):
		case !found:
			first, found = h.Value, true
		default:
			if joined == nil {
				joined = new(strings.Builder)
				joined.WriteString(first)
			}
			joined.WriteString(", ")
			joined.WriteString(h.Value)
		}
	}
	if joined != nil {
		return joined.String(), true
	}
	return first, found
}

// Address returns what was dialled for the response, or the zero AddrPort if that
// is not known.
func (r *Response) Address() netip.AddrPort {
	if r.rare == nil {
		return netip.AddrPort{}
	}
	return r.rare.address
}

// setRare keeps what few responses have.
func (r *Response) setRare(search *searchVariance, address netip.AddrPort, kept string) {
	if search != nil || address.IsValid() || kept != "" {
		r.rare = &rare{search, address, kept}
	}
}

// withoutSearch is what a part of a response has of it.
func (r *rare) withoutSearch() *rare {
	if r == nil || !r.address.IsValid() && r.kept == "" {
		return nil
	}
	return &rare{address: r.address, kept: r.kept}
}
