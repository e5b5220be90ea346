package httpcache

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/rules"
)

// searchVariance says which parts of a URL's query a response does not depend on.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-no-vary-search.html#section-3
type searchVariance struct {
	anyOrder bool                // the order of the keys does not matter
	all      bool                // no parameter matters, except those in except
	params   map[string]struct{} // these do not matter
	except   map[string]struct{}
}

// parseSearchVariance reads the value of No-Vary-Search. ok is false if the response
// depends on the whole query.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-no-vary-search.html#section-4
func parseSearchVariance(value string) (v searchVariance, ok bool) {
	s := strings.Trim(value, " ")
	hasExcept := false
	for s != "" {
		n := 0
		for n < len(s) && (fold.Byte(s[n]) >= 'a' && fold.Byte(s[n]) <= 'z' && s[n] >= 'a' || grammar.IsDigit(s[n]) || strings.IndexByte("_-.*", s[n]) >= 0) {
			n++
		}
		key := s[:n]
		if key == "" || !(key[0] >= 'a' && key[0] <= 'z' || key[0] == '*') {
			return searchVariance{}, false
		}
		m := searchMember{rest: s[n:]}
		if !m.parse() {
			return searchVariance{}, false
		}
		switch key {
		case "key-order":
			if !m.isBoolean {
				return searchVariance{}, false
			}
			v.anyOrder = m.is
		case "params":
			if !m.isBoolean && !m.isList {
				return searchVariance{}, false
			}
			v.all, v.params = m.is, m.list
		case "except":
			if !m.isList {
				return searchVariance{}, false
			}
			v.except, hasExcept = m.list, true
		}
		s = strings.TrimLeft(m.rest, " \t")
		if s == "" {
			break
		}
		if s[0] != ',' {
			return searchVariance{}, false
		}
		if s = strings.TrimLeft(s[1:], " \t"); s == "" {
			return searchVariance{}, false
		}
	}
	if hasExcept && !v.all {
		return searchVariance{}, false
	}
	return v, v.anyOrder || v.all || len(v.params) > 0
}

// searchMember is the value of a member of a dictionary: a boolean, or a list of
// strings. Parameters are ignored.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.2
type searchMember struct {
	rest      string
	isBoolean bool
	is        bool
	isList    bool
	list      map[string]struct{}
}

func (m *searchMember) parse() bool {
	if !strings.HasPrefix(m.rest, "=") {
		m.isBoolean, m.is = true, true
		return m.parameters()
	}
	m.rest = m.rest[1:]
	switch {
	case strings.HasPrefix(m.rest, "?0"), strings.HasPrefix(m.rest, "?1"):
		m.isBoolean, m.is, m.rest = true, m.rest[1] == '1', m.rest[2:]
	case strings.HasPrefix(m.rest, "("):
		m.isList, m.list, m.rest = true, make(map[string]struct{}), m.rest[1:]
		for {
			m.rest = strings.TrimLeft(m.rest, " ")
			if strings.HasPrefix(m.rest, ")") {
				m.rest = m.rest[1:]
				break
			}
			name, ok := m.text()
			if !ok || !m.parameters() || !strings.HasPrefix(m.rest, " ") && !strings.HasPrefix(m.rest, ")") {
				return false
			}
			m.list[decodeQuery(name)] = struct{}{}
		}
	default:
		return false
	}
	return m.parameters()
}

// text reads a string in quotation marks.
func (m *searchMember) text() (string, bool) {
	if !strings.HasPrefix(m.rest, `"`) {
		return "", false
	}
	var b strings.Builder
	for i := 1; i < len(m.rest); i++ {
		switch c := m.rest[i]; {
		case c == '"':
			m.rest = m.rest[i+1:]
			return b.String(), true
		case c == '\\':
			if i++; i == len(m.rest) || m.rest[i] != '"' && m.rest[i] != '\\' {
				return "", false
			}
			b.WriteByte(m.rest[i])
		case c < 0x20 || c > 0x7e:
			return "", false
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// parameters skips parameters that are keys without a value.
func (m *searchMember) parameters() bool {
	for strings.HasPrefix(m.rest, ";") {
		m.rest = strings.TrimLeft(m.rest[1:], " ")
		n := len(m.rest) - len(strings.TrimLeft(m.rest, "abcdefghijklmnopqrstuvwxyz0123456789_-.*"))
		if n == 0 {
			return false
		}
		m.rest = m.rest[n:]
	}
	return true
}

// parameter is a name and a value of a query, decoded.
type parameter struct{ name, value string }

// parameters are the parameters that matter of a query.
func (v *searchVariance) parameters(query string) []parameter {
	var all []parameter
	for piece := range strings.SplitSeq(query, "&") {
		if piece == "" {
			continue
		}
		name, value, _ := strings.Cut(piece, "=")
		name = decodeQuery(name)
		_, excepted := v.except[name]
		if _, listed := v.params[name]; listed || v.all && !excepted {
			continue
		}
		all = append(all, parameter{name, decodeQuery(value)})
	}
	if v.anyOrder {
		slices.SortStableFunc(all, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	}
	return all
}

// decodeQuery decodes a name or a value of application/x-www-form-urlencoded.
//
// https://url.spec.whatwg.org/#concept-urlencoded-parser
func decodeQuery(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '+' {
			c = ' '
		} else if c == '%' && i+2 < len(s) {
			if decoded, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				c = decoded[0]
				i += 2
			}
		}
		b = append(b, c)
	}
	return string(b)
}

// equivalent reports whether two queries are the same to a response.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-no-vary-search.html#section-6
func (v *searchVariance) equivalent(a, b string) bool {
	return slices.Equal(v.parameters(a), v.parameters(b))
}

// withoutQuery is the key of a URL without its query, and the query.
func (k *Key) withoutQuery() (Key, string) {
	base := *k
	var query string
	base.URL, query, _ = strings.Cut(k.URL, "?")
	return base, query
}

// addSearchable notes a response that answers requests with other queries too.
func (m *memory) addSearchable(r *Response) {
	base, _ := r.key.withoutQuery()
	if m.searchable == nil {
		m.searchable = make(map[Key][]*Response)
	}
	all := append(m.searchable[base], r)
	if len(all) > mostResponses {
		all = all[1:]
	}
	m.searchable[base] = all
}

func (m *memory) removeSearchable(r *Response) {
	base, _ := r.key.withoutQuery()
	all := slices.DeleteFunc(m.searchable[base], func(other *Response) bool { return other == r })
	if m.searchable[base] = all; len(all) == 0 {
		delete(m.searchable, base)
	}
}

// searched returns a response with another query that answers the request.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-no-vary-search.html#section-7
func (m *memory) searched(q *query, rule *rules.HTTPCache) *Response {
	if len(m.searchable) == 0 {
		return nil
	}
	base, query := q.key.withoutQuery()
	for _, r := range slices.Backward(m.searchable[base]) {
		_, own := r.key.withoutQuery()
		if q.wanted.within(r) && r.variant.matches(q.request.Headers, rule) && r.search().equivalent(own, query) {
			return r
		}
	}
	return nil
}
