package safelist

import (
	"iter"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
)

// HeaderList is a header list: headers in the order, the case and the repetition in which they were given. Its zero
// value is the empty list. The methods with a pointer receiver change the list, some of them in place; a list that is
// only read may be read by many goroutines.
//
// https://fetch.spec.whatwg.org/#concept-header-list
type HeaderList []Header

func (l HeaderList) index(name string) int {
	for i := range l {
		if EqualFold(l[i].Name, name) {
			return i
		}
	}
	return -1
}

// Contains reports whether a header of l has the name.
//
// https://fetch.spec.whatwg.org/#header-list-contains
func (l HeaderList) Contains(name string) bool { return l.index(name) >= 0 }

// Get returns the values of all headers with the name, in order, joined with ", "; false when there is none. It
// allocates only where there is something to join.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get
func (l HeaderList) Get(name string) (string, bool) {
	first := l.index(name)
	if first < 0 {
		return "", false
	}
	size, last := len(l[first].Value), first
	for i := first + 1; i < len(l); i++ {
		if EqualFold(l[i].Name, name) {
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
		if EqualFold(h.Name, name) {
			b.WriteString(", ")
			b.WriteString(h.Value)
		}
	}
	return b.String(), true
}

// Values returns the values of all headers with the name, in order and not joined; nil when there is none.
func (l HeaderList) Values(name string) []string {
	var values []string
	for i := range l {
		if EqualFold(l[i].Name, name) {
			values = append(values, l[i].Value)
		}
	}
	return values
}

// GetDecodeAndSplit gets the values with the name and splits them as [GetDecodeAndSplit] does; false when there is
// none.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split
func (l HeaderList) GetDecodeAndSplit(name string) ([]string, bool) {
	value, ok := l.Get(name) // 1.
	if !ok {
		return nil, false // 2.
	}
	return GetDecodeAndSplit(value), true // 3.
}

// GetDecodeAndSplit splits value at each comma outside quotes and trims tabs and spaces from the parts, which
// keep their quotes. The result has at least one part, which may be empty.
//
// https://fetch.spec.whatwg.org/#header-value-get-decode-and-split
func GetDecodeAndSplit(value string) []string {
	return slices.Collect(splitQuoted(value))
}

// splitQuoted is get, decode, and split, part by part. What the Standard gathers in temporaryValue is always a
// stretch of the input, so the parts share its memory.
//
// https://fetch.spec.whatwg.org/#header-value-get-decode-and-split
func splitQuoted(input string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, position := 0, 0
		for {
			for position < len(input) && input[position] != '"' && input[position] != ',' { // 5.1.
				position++
			}
			if position < len(input) && input[position] == '"' { // 5.2.
				position = skipQuotedString(input, position)
				if position < len(input) {
					continue
				}
			}
			if !yield(trim(input[start:position], isTabOrSpace)) || position == len(input) { // 5.3. to 5.6.
				return
			}
			position++ // 5.8.
			start = position
		}
	}
}

// splitPlain splits input at every comma and trims the parts.
func splitPlain(input string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for more := true; more; {
			var part string
			part, input, more = strings.Cut(input, ",")
			if !yield(trim(part, isTabOrSpace)) {
				return
			}
		}
	}
}

// skipQuotedString returns the position after the HTTP quoted string that starts at position, which is past the end
// of input when the string is not closed.
//
// https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
func skipQuotedString(input string, position int) int {
	for position++; position < len(input); position++ {
		switch input[position] {
		case '\\':
			position++
		case '"':
			return position + 1
		}
	}
	return len(input)
}

// Append adds a header at the end of l, under the spelling of the first header of that name if there is one. It
// searches the list for it; headers off the wire, which keep their spelling and may be many, go in with the built-in
// append.
//
// https://fetch.spec.whatwg.org/#concept-header-list-append
func (l *HeaderList) Append(name, value string) {
	if i := l.index(name); i >= 0 { // 1.
		name = (*l)[i].Name
	}
	*l = append(*l, Header{name, value}) // 2.
}

// Delete removes every header with the name from l, in place.
//
// https://fetch.spec.whatwg.org/#concept-header-list-delete
func (l *HeaderList) Delete(name string) {
	*l = slices.DeleteFunc(*l, func(h Header) bool { return EqualFold(h.Name, name) })
}

// Set gives the first header with the name the value and removes the others, in place; it adds a header when there is
// none.
//
// https://fetch.spec.whatwg.org/#concept-header-list-set
func (l *HeaderList) Set(name, value string) {
	i := l.index(name)
	if i < 0 {
		*l = append(*l, Header{name, value}) // 2.
		return
	}
	(*l)[i].Value = value // 1.
	rest := (*l)[i+1:]
	rest.Delete(name)
	*l = (*l)[:i+1+len(rest)]
}

// Combine appends ", " and the value to the first header with the name, in place; it adds a header when there is none.
//
// https://fetch.spec.whatwg.org/#concept-header-list-combine
func (l *HeaderList) Combine(name, value string) {
	if i := l.index(name); i >= 0 {
		(*l)[i].Value += ", " + value // 1.
		return
	}
	*l = append(*l, Header{name, value}) // 2.
}

// SortAndCombine returns a new list with the names of l byte-lowercased and sorted, each once with the combined value;
// the values of Set-Cookie stay apart. This is what script sees when it walks through a Headers object.
//
// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
func (l HeaderList) SortAndCombine() HeaderList {
	if len(l) == 0 {
		return nil
	}
	sorted := make(HeaderList, len(l))
	for i, h := range l {
		sorted[i] = Header{fold.Lower(h.Name), h.Value}
	}
	slices.SortStableFunc(sorted, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	headers := sorted[:0]
	for rest := sorted; len(rest) > 0; {
		name, n := rest[0].Name, 1
		if name != "set-cookie" {
			for n < len(rest) && rest[n].Name == name {
				n++
			}
		}
		value, _ := rest[:n].Get(name)
		headers, rest = append(headers, Header{name, value}), rest[n:]
	}
	return headers
}

// Size returns the size of l in bytes as HTTP/2 counts it: names, values, and 32 more for each header.
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

// Names returns the names in l, each once as it is first spelled, in order: what the CORS-exposed header-name list
// becomes when a response exposes `*`.
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
