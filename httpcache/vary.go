package httpcache

import (
	"encoding/binary"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// variant says which requests a response is for: the field names that Vary nominates,
// and the values that the request had, in one string. After the length of the names
// and the names, there is for each 0 if there was no such header, or the length of
// the value and 1, then the value. It is "" without Vary.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.1
type variant string

// variantOf returns the variant of a response to a request.
func variantOf(vary string, l safelist.HeaderList) variant {
	if vary == "" {
		return ""
	}
	b := append(binary.AppendUvarint(nil, uint64(len(vary))), vary...)
	x := indexed(l, vary)
	for name := range headervalue.Plain(vary) {
		value, ok := x.get(name)
		if !ok {
			b = append(b, 0)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(value))+1)
		b = append(b, value...)
	}
	return variant(b)
}

// matches reports whether the nominated fields have the values in a request that they
// had in the one that was answered.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.1
func (v variant) matches(l safelist.HeaderList, rule *rules.HTTPCache) bool {
	if v == "" {
		return true
	}
	n, rest, ok := cutVarint(string(v))
	if !ok || n > len(rest) {
		return false
	}
	vary, nominated := rest[:n], rest[n:]
	x := indexed(l, vary)
	for name := range headervalue.Plain(vary) {
		if name == "*" {
			return false // It always fails to match.
		}
		n, rest, ok := cutVarint(nominated)
		if !ok || n > len(rest)+1 {
			return false
		}
		value, present := x.get(name)
		switch {
		case rule.VaryEmpty == rules.VaryEmptyStoredIsAbsent && n <= 1:
			if present {
				return false
			}
		case present != (n > 0) && !(rule.VaryEmpty == rules.VaryEmptyIsAbsent && value == "" && n <= 1):
			return false // What is absent in one has to be absent in the other.
		}
		if n > 0 {
			if rest[:n-1] != value && (rule.VaryExact || !sameValue(rest[:n-1], value)) {
				return false
			}
			rest = rest[n-1:]
		}
		nominated = rest
	}
	return true
}

// sameValue compares two values of a field. Blanks round commas make no difference.
func sameValue(a, b string) bool {
	a, b = grammar.Trim(a, grammar.IsTabOrSpace), grammar.Trim(b, grammar.IsTabOrSpace)
	for a != "" && b != "" {
		if a[0] != b[0] {
			// A blank on one side is nothing where a comma follows.
			x, y := grammar.TrimLeft(a, grammar.IsTabOrSpace), grammar.TrimLeft(b, grammar.IsTabOrSpace)
			if x == "" || y == "" || x[0] != ',' || y[0] != ',' {
				return false
			}
			a, b = x, y
		}
		comma := a[0] == ','
		a, b = a[1:], b[1:]
		if comma {
			a, b = grammar.TrimLeft(a, grammar.IsTabOrSpace), grammar.TrimLeft(b, grammar.IsTabOrSpace)
		}
	}
	return a == b
}

// many is how many bytes of Vary make a map of the request's headers worth its
// while.
const many = 512

// headerIndex looks header fields up by their names.
type headerIndex struct {
	list   safelist.HeaderList
	values map[string][]string // by the name in lower case, if there are many look-ups
}

func indexed(l safelist.HeaderList, vary string) headerIndex {
	x := headerIndex{list: l}
	if len(vary) > many {
		x.values = make(map[string][]string, len(l))
		for _, h := range l {
			name := fold.Lower(h.Name)
			x.values[name] = append(x.values[name], h.Value)
		}
	}
	return x
}

func (x *headerIndex) get(name string) (string, bool) {
	if x.values != nil {
		values, ok := x.values[fold.Lower(name)]
		return strings.Join(values, ", "), ok
	}
	return x.list.Get(name)
}

// varyOf returns the field names that Vary nominates, each once, in lower case.
func varyOf(l safelist.HeaderList) string {
	value, _ := l.Get("Vary")
	if value == "" {
		return ""
	}
	seen := make(map[string]struct{})
	var names []string
	for name := range headervalue.Plain(fold.Lower(value)) {
		if _, ok := seen[name]; !ok && name != "" {
			seen[name] = struct{}{}
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}
