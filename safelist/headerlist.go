package safelist

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/mimetype"
)

// A Header is a name and a value, both byte sequences. Neither is checked: a Header can hold a name or a
// value that HTTP does not allow.
//
// https://fetch.spec.whatwg.org/#concept-header
type Header struct{ Name, Value string }

// A HeaderList holds headers in the order, spelling and repetition in which they were given. The zero
// value is an empty list. Methods compare names without regard to ASCII case.
//
// Append, Set and Delete change the list in place. A list that nobody changes is safe for concurrent use.
//
// https://fetch.spec.whatwg.org/#concept-header-list
type HeaderList []Header

func (l HeaderList) index(name string) int {
	for i := range l {
		if fold.Equal(l[i].Name, name) {
			return i
		}
	}
	return -1
}

// Contains reports whether the list has a header with the name.
//
// https://fetch.spec.whatwg.org/#header-list-contains
func (l HeaderList) Contains(name string) bool { return l.index(name) >= 0 }

// Get returns the values of all headers with the name, in order, joined with ", ". ok is false if there
// are none. Get allocates only if there are several.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get
func (l HeaderList) Get(name string) (value string, ok bool) {
	first := l.index(name)
	if first < 0 {
		return "", false
	}
	size, last := len(l[first].Value), first
	for i := first + 1; i < len(l); i++ {
		if fold.Equal(l[i].Name, name) {
			size, last = size+len(", ")+len(l[i].Value), i
		}
	}
	if last == first {
		return l[first].Value, true
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteString(l[first].Value)
	for _, h := range l[first+1 : last+1] {
		if fold.Equal(h.Name, name) {
			b.WriteString(", ")
			b.WriteString(h.Value)
		}
	}
	return b.String(), true
}

// Values returns the values of all headers with the name, in order, without joining them. It returns nil
// if there are none.
func (l HeaderList) Values(name string) []string {
	first := l.index(name)
	if first < 0 {
		return nil
	}
	n := 1
	for i := range l[first+1:] {
		if fold.Equal(l[first+1+i].Name, name) {
			n++
		}
	}
	values := make([]string, 0, n) // to grow would copy megabytes of a hostile server's
	for i := range l[first:] {
		if fold.Equal(l[first+i].Name, name) {
			values = append(values, l[first+i].Value)
		}
	}
	return values
}

// Append adds a header at the end of the list. If there are headers with the name already, the new one
// takes the spelling of the first.
//
// Append searches the list. To add many headers as they were received, use the built-in append.
//
// https://fetch.spec.whatwg.org/#concept-header-list-append
func (l *HeaderList) Append(name, value string) {
	if i := l.index(name); i >= 0 { // 1. Under the spelling of the first of that name.
		name = (*l)[i].Name
	}
	*l = append(*l, Header{name, value}) // 2. At the end.
}

// Delete removes all headers with the name.
//
// https://fetch.spec.whatwg.org/#concept-header-list-delete
func (l *HeaderList) Delete(name string) {
	*l = slices.DeleteFunc(*l, func(h Header) bool { return fold.Equal(h.Name, name) })
}

// Set gives the first header with the name the value and removes the others. If there is none, it adds
// one at the end.
//
// https://fetch.spec.whatwg.org/#concept-header-list-set
func (l *HeaderList) Set(name, value string) {
	i := l.index(name)
	if i < 0 {
		*l = append(*l, Header{name, value}) // 2. At the end, if there is none.
		return
	}
	(*l)[i].Value = value // 1. In place of the first; the others go.
	rest := (*l)[i+1:]
	rest.Delete(name)
	*l = (*l)[:i+1+len(rest)]
}

// Size returns the size of the list in bytes as HTTP/2 counts it: the lengths of all names and values,
// and 32 bytes for each header.
//
// https://www.rfc-editor.org/rfc/rfc9113#section-10.5.1
func (l HeaderList) Size() int64 {
	const overhead = 32
	size := overhead * int64(len(l))
	for i := range l {
		size += int64(len(l[i].Name)) + int64(len(l[i].Value))
	}
	return size
}

// Names returns each name in the list once, in the order and spelling of its first header.
func (l HeaderList) Names() []string {
	seen := make(map[string]struct{}, len(l))
	var names []string
	for _, h := range l {
		key := fold.Lower(h.Name)
		if _, ok := seen[key]; !ok {
			seen[key] = struct{}{}
			names = append(names, h.Name)
		}
	}
	return names
}

// ExtractMIMEType returns the MIME type that the Content-Type headers give,
// serialized: the type of a Blob that script makes of the response, for example.
// [mime.ParseMediaType] takes it apart. It returns false if they give none.
//
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
func (l HeaderList) ExtractMIMEType() (string, bool) {
	t, ok := mimetype.Extract(l)
	if !ok {
		return "", false
	}
	return t.String(), true
}
