// Package fold compares names without regard to the case of ASCII letters, as the Standards compare the names of headers,
// and looks names up in lists that a peer may have made long.
//
// https://infra.spec.whatwg.org/#byte-case-insensitive
package fold

// Byte returns c in lower case.
//
// https://infra.spec.whatwg.org/#byte-lowercase
func Byte(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c |= 0x20
	}
	return c
}

// Lower byte-lowercases s. It returns s itself when there is nothing to do.
//
// https://infra.spec.whatwg.org/#byte-lowercase
func Lower(s string) string {
	for i := range len(s) {
		if c := s[i]; c != Byte(c) {
			b := []byte(s)
			for ; i < len(b); i++ {
				b[i] = Byte(b[i])
			}
			return string(b)
		}
	}
	return s
}

// Equal reports whether a is a byte-case-insensitive match for b.
//
// https://infra.spec.whatwg.org/#byte-case-insensitive
func Equal[T string | []byte](a T, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if a[i] != b[i] && Byte(a[i]) != Byte(b[i]) {
			return false
		}
	}
	return true
}

// Compare compares a and b as strings of bytes in lower case, as [strings.Compare] does.
func Compare(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := Byte(a[i]), Byte(b[i]); x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

// HasPrefix reports whether s begins with a byte-case-insensitive match for prefix.
func HasPrefix[T string | []byte](s T, prefix string) bool {
	return len(s) >= len(prefix) && Equal(s[:len(prefix)], prefix)
}

// Listed reports whether name matches one of names. It looks through the list; for many look-ups in a list that may be
// long there is [Set].
func Listed(name string, names []string) bool {
	for _, n := range names {
		if Equal(name, n) {
			return true
		}
	}
	return false
}

// Unique returns the names that match none before them, in order.
func Unique(names []string) []string {
	var unique []string
	var index Index
	for _, name := range names {
		if index.First(len(unique), func(i int) string { return unique[i] }, name) < 0 {
			unique = append(unique, name)
		}
	}
	return unique
}

// few is up to how many names a list is looked through. Beyond that a map is made, which costs memory.
const few = 16

// A Set is a list of names for many look-ups: the time of one does not grow with the list. It is immutable, and its zero
// value is empty.
type Set struct {
	names []string
	in    map[string]struct{} // the names in lower case, where they are many
}

// NewSet returns the set of some names. It keeps the list, and allocates only when that is long.
func NewSet(names []string) Set {
	s := Set{names: names}
	if len(names) > few {
		s.in = make(map[string]struct{}, len(names))
		for _, name := range names {
			s.in[Lower(name)] = struct{}{}
		}
	}
	return s
}

// Has reports whether name matches one of the names.
func (s *Set) Has(name string) bool {
	if s.in == nil {
		return Listed(name, s.names)
	}
	_, ok := s.in[Lower(name)]
	return ok
}

// An Index tells where the names of a list stand that grows at its end: the time of a look-up does not grow with the
// list. The list itself is the caller's. The zero value is for a list that was not asked for yet.
type Index struct {
	at   map[string][]int // by the name in lower case, where there are many
	seen int              // how many names of the list are in at
}

// Find returns where the names that match name stand among the first n names of the list, which at gives, in order. It
// appends them to places, so that none need be allocated.
func (x *Index) Find(places []int, n int, at func(int) string, name string) []int {
	if n <= few && x.at == nil {
		for i := range n {
			if Equal(at(i), name) {
				places = append(places, i)
			}
		}
		return places
	}
	x.catchUp(n, at)
	return append(places, x.at[Lower(name)]...)
}

// First returns where the first name of the list that matches name stands, or -1. Its parameters are those of Find.
func (x *Index) First(n int, at func(int) string, name string) int {
	if n <= few && x.at == nil {
		for i := range n {
			if Equal(at(i), name) {
				return i
			}
		}
		return -1
	}
	x.catchUp(n, at)
	if places := x.at[Lower(name)]; len(places) > 0 {
		return places[0]
	}
	return -1
}

func (x *Index) catchUp(n int, at func(int) string) {
	if x.at == nil {
		x.at = make(map[string][]int, n)
	}
	for ; x.seen < n; x.seen++ {
		key := Lower(at(x.seen))
		x.at[key] = append(x.at[key], x.seen)
	}
}

// Keep leaves in the index, of the names that match name, the first n: the caller has made the places of the others
// empty, which then match no name.
func (x *Index) Keep(n int, name string) {
	key := Lower(name)
	if places, ok := x.at[key]; ok {
		x.at[key] = places[:min(n, len(places))]
	}
}
