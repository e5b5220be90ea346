package urlpattern

import (
	"slices"
	"strings"
)

// A part is a piece of a component: text, or a name or an asterisk between a prefix and a suffix.
//
// https://urlpattern.spec.whatwg.org/#part
type part struct {
	prefix, suffix string
	wild           bool   // it is not only the prefix
	least          int    // characters of a name or an asterisk
	delimiter      string // a character that those can't be, or ""
	optional       bool   // it may be left out
	repeated       bool   // it may follow itself
}

// A partList is a component of a pattern, in order. It is not nil.
type partList []part

// maxParts is how many names, asterisks and groups a component may have: each may go through all of a URL. A pattern with
// more does not parse.
const maxParts = 64

// options say what a name matches: all up to the delimiter; which character before it goes with it; and how text is made
// canonical, which may be all of the component.
//
// https://urlpattern.spec.whatwg.org/#options-struct
type options struct {
	delimiter, prefix string
	canonical         func(text string, all bool) (string, bool)
	strict            bool
}

// segment is "generate a segment wildcard regexp": how a regular expression says what a name does.
//
// https://urlpattern.spec.whatwg.org/#generate-a-segment-wildcard-regexp
func (o *options) segment() string {
	if o.delimiter == "" {
		return "[^]+?"
	}
	return `[^\` + o.delimiter + "]+?"
}

// compile is "parse a pattern string", for a component. It is false if the pattern does not parse.
//
// https://urlpattern.spec.whatwg.org/#parse-a-pattern-string
func compile(tokens []token, o options) (list partList, ok bool) {
	list = partList{}
	names := make(map[string]bool)
	i := 0
	kind := func() byte {
		if i < len(tokens) {
			return tokens[i].kind
		}
		return 0
	}
	text := func() string { // "consume text"
		var s strings.Builder
		for kind() == 'c' || kind() == 'e' {
			s.WriteString(tokens[i].value)
			i++
		}
		return s.String()
	}
	matcher := func(p *part) bool { // a name, an asterisk, or a regular expression that is one of the two
		named := kind() == 'n'
		if named {
			if names[tokens[i].value] {
				return false
			}
			names[tokens[i].value] = true
			i++
			p.wild, p.least, p.delimiter = true, 1, o.delimiter
		}
		switch k := kind(); {
		case k == '*' && !named, k == '(' && tokens[i].value == ".*":
			i++
			p.wild, p.least, p.delimiter = true, 0, ""
		case k == '(' && tokens[i].value == o.segment():
			i++
			p.wild, p.least, p.delimiter = true, 1, o.delimiter
		case k == '(':
			return false
		}
		return p.least == 0 || o.delimiter != "" || !o.strict
	}
	moves := 0 // parts that are not only text
	var fixed strings.Builder
	valid := true
	canonical := func(text string, all bool) string {
		text, ok := o.canonical(text, all)
		valid = valid && ok
		return text
	}
	keep := func(all bool) {
		if fixed.Len() > 0 {
			list = append(list, part{prefix: canonical(fixed.String(), all)})
			fixed.Reset()
		}
	}
	add := func(p part) {
		switch kind() { // of a modifier
		case '?':
			p.optional = true
			i++
		case '+':
			p.repeated = true
			i++
		case '*':
			p.optional, p.repeated = true, true
			i++
		default:
			if !p.wild {
				fixed.WriteString(p.prefix)
				return
			}
		}
		if p.wild || p.prefix != "" {
			keep(false)
			p.prefix, p.suffix = canonical(p.prefix, false), canonical(p.suffix, false)
			list = append(list, p)
			moves++
		}
	}
	for i < len(tokens) {
		var p part
		switch k := kind(); k {
		case 'c', 'e', 'n', '*', '(':
			if k == 'c' || k == 'e' {
				p.prefix = tokens[i].value
				i++
				if next := kind(); k == 'e' || p.prefix != o.prefix || next != 'n' && next != '*' && next != '(' {
					fixed.WriteString(p.prefix)
					continue
				}
			}
			if !matcher(&p) {
				return nil, false
			}
			add(p)
		case '{':
			i++
			p.prefix = text()
			if !matcher(&p) {
				return nil, false
			}
			if p.wild {
				p.suffix = text()
			}
			if kind() != '}' {
				return nil, false
			}
			i++
			add(p)
		default:
			return nil, false
		}
	}
	keep(len(list) == 0)
	return list, valid && moves <= maxParts
}

// match tells whether a value matches from its beginning to its end. Each part in turn moves all places of the value that
// the parts before it can end at, so that nothing is tried twice.
func (l partList) match(value string) bool {
	for len(l) > 0 && !l[0].wild && !l[0].optional && !l[0].repeated {
		rest, ok := strings.CutPrefix(value, l[0].prefix)
		if !ok {
			return false
		}
		value, l = rest, l[1:]
	}
	if len(l) == 0 {
		return value == ""
	}
	at, next, begun := make([]bool, len(value)+1), make([]bool, len(value)+1), make([]bool, len(value)+1)
	at[0] = true
	for i := range l {
		clear(next)
		if l[i].optional {
			copy(next, at)
		}
		if l[i].wild {
			clear(begun)
			l[i].moveWild(at, begun, next, value)
		} else {
			l[i].moveText(at, next, value)
		}
		at, next = next, at
	}
	return at[len(value)]
}

// moveText moves the places over the part's text.
func (p *part) moveText(at, next []bool, value string) {
	for i := range at {
		if (at[i] || p.repeated && next[i]) && strings.HasPrefix(value[i:], p.prefix) {
			next[i+len(p.prefix)] = true
		}
	}
}

// moveWild moves the places over the part's prefix, its name or asterisk, and its suffix. Behind the prefix is where begun
// is set.
func (p *part) moveWild(at, begun, next []bool, value string) {
	if p.least == 0 && p.delimiter == "" && p.prefix == "" && p.suffix == "" {
		if first := slices.Index(at, true); first >= 0 {
			for i := first; i < len(next); i++ {
				next[i] = true
			}
		}
		return
	}
	open := false // the name or asterisk began before, and may go on
	for i := range at {
		if open && p.delimiter != "" && value[i-1:i] == p.delimiter {
			open = false
		}
		if at[i] && strings.HasPrefix(value[i:], p.prefix) {
			begun[i+len(p.prefix)] = true
		}
		if (open || begun[i] && p.least == 0) && strings.HasPrefix(value[i:], p.suffix) {
			next[i+len(p.suffix)] = true
			if end := i + len(p.suffix); p.repeated && strings.HasPrefix(value[end:], p.prefix) {
				begun[end+len(p.prefix)] = true
			}
		}
		open = open || begun[i]
	}
}
