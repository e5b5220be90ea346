// Package urlpattern is URL Pattern, as far as headers have patterns: as text, without a base URL, and without regular
// expressions of their own. Patterns come from servers: a match takes no longer than the product of two lengths.
//
// https://urlpattern.spec.whatwg.org/
package urlpattern

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/origin"
)

// A component is one of the parts of a URL that a pattern has something to say of.
type component int

const (
	protocol component = iota
	username
	password
	hostname
	port
	pathname
	search
	hash
	components

	initial   component = -1 // the states of the constructor string parser that are no component
	authority component = -2
	done      component = -3
)

// A Pattern matches URLs. It is immutable.
//
// https://urlpattern.spec.whatwg.org/#url-pattern
type Pattern struct {
	text  string
	parts [components]partList // nil matches anything
}

var errPattern = errors.New("urlpattern: the pattern does not parse")

// maxLength is how long a pattern may be. A longer one does not parse.
const maxLength = 4096

// Parse is "build a URL pattern from an HTTP structured field value", without a base URL. A strict parser has neither names
// where nothing delimits them, as in a scheme or a port, nor ports with something behind their digits.
//
// https://urlpattern.spec.whatwg.org/#build-a-url-pattern-from-an-http-structured-field-value
func Parse(text string, strict bool) (*Pattern, error) {
	if len(text) > maxLength || !utf8.ValidString(text) {
		return nil, errPattern
	}
	tokens, ok := tokenize(text)
	if !ok {
		return nil, errPattern
	}
	p := splitter{tokens: tokens, state: initial}
	p.run()
	// Without a base URL the protocol has to be there.
	if !p.has[protocol] {
		return nil, errPattern
	}
	if p.has[hostname] && !p.has[port] {
		p.has[port] = true
	}
	special := p.special()
	if own := defaultPort(p.value(protocol)); p.has[port] && own != "" && p.value(port) == own {
		p.result[port] = nil
	}
	pattern := &Pattern{text: text}
	for c := range components {
		if !p.has[c] {
			continue // “*”
		}
		o := options{strict: strict}
		switch {
		case c == hostname:
			o.delimiter = "."
		case c == pathname && special:
			o.delimiter, o.prefix = "/", "/"
		}
		o.canonical = func(text string, all bool) (string, bool) {
			if text == "" {
				return "", true
			}
			return canonical(c, text, all, special, strict)
		}
		parts, ok := compile(p.result[c], o)
		if !ok {
			return nil, errPattern
		}
		pattern.parts[c] = parts
	}
	return pattern, nil
}

// String returns the pattern as it was written.
func (p *Pattern) String() string { return p.text }

// Matches reports whether a URL matches the pattern.
//
// https://urlpattern.spec.whatwg.org/#url-pattern-match
func (p *Pattern) Matches(u *origin.URL) bool {
	query, _ := u.Query()
	fragment, _ := u.Fragment()
	for c, value := range [components]string{u.Scheme(), u.Username(), u.Password(), u.Host(), u.Port(), u.Path(), query, fragment} {
		if parts := p.parts[c]; parts != nil && !parts.match(value) {
			return false
		}
	}
	return true
}

// A token is a piece of a pattern. Its kind is 'c' for a character, 'e' for one behind a backslash, 'n' for a name, and
// otherwise the character itself: “*”, “{”, “}”, “+” or “?”, or “(” for a regular expression.
//
// https://urlpattern.spec.whatwg.org/#token
type token struct {
	kind  byte
	value string
}

// regexps are the regular expressions that are no group of their own, since an asterisk or a name means the same.
var regexps = [...]string{".*", `[^\.]+?`, `[^\/]+?`, "[^]+?"}

// tokenize is "tokenize". Other regular expressions are not allowed where headers have patterns.
//
// https://urlpattern.spec.whatwg.org/#tokenize
func tokenize(text string) (tokens []token, ok bool) {
	tokens = make([]token, 0, len(text))
	for i := 0; i < len(text); {
		r, width := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '*' || r == '{' || r == '}' || r == '+' || r == '?':
			tokens = append(tokens, token{byte(r), text[i : i+1]})
		case r == '(':
			j := slices.IndexFunc(regexps[:], func(re string) bool { return strings.HasPrefix(text[i+1:], re+")") })
			if j < 0 {
				return nil, false
			}
			tokens = append(tokens, token{'(', regexps[j]})
			width = len(regexps[j]) + 2
		case r == '\\':
			_, next := utf8.DecodeRuneInString(text[i+1:])
			if next == 0 {
				return nil, false
			}
			tokens = append(tokens, token{'e', text[i+1 : i+1+next]})
			width += next
		case r == ':':
			end := i + 1
			for end < len(text) {
				c, w := utf8.DecodeRuneInString(text[end:])
				if !(c == '_' || c == '$' || unicode.IsLetter(c) || end > i+1 && unicode.IsDigit(c)) {
					break
				}
				end += w
			}
			if end == i+1 { // not a name
				tokens = append(tokens, token{'c', ":"})
				break
			}
			tokens = append(tokens, token{'n', text[i+1 : end]})
			width = end - i
		default:
			tokens = append(tokens, token{'c', text[i : i+width]})
		}
		i += width
	}
	return tokens, true
}

// A splitter is a constructor string parser.
//
// https://urlpattern.spec.whatwg.org/#constructor-string-parser
type splitter struct {
	tokens   []token
	state    component
	start, i int
	result   [components][]token
	has      [components]bool
	depth    int // of groups
	brackets int // of an IPv6 address
}

// run is steps 2 and 3 of "parse a constructor string".
//
// https://urlpattern.spec.whatwg.org/#parse-a-constructor-string
func (p *splitter) run() {
	for ; p.i < len(p.tokens); p.i++ {
		// 2.3, 2.4. Groups have no separators.
		switch p.tokens[p.i].kind {
		case '{':
			p.depth++
			continue
		case '}':
			p.depth = max(0, p.depth-1)
		}
		if p.depth > 0 {
			continue
		}
		// 2.5. What a separator is depends on the state.
		switch p.state {
		case initial:
			if p.at(0, ":") {
				p.i, p.start, p.state = -1, 0, protocol
			}
		case protocol:
			if p.at(0, ":") {
				next, skip := pathname, 1
				p.keep(protocol)
				switch {
				case p.at(1, "/") && p.at(2, "/"):
					next, skip = authority, 3
				case p.special():
					next = authority
				}
				p.change(next, skip)
			}
		case authority:
			switch {
			case p.at(0, "@"):
				p.i, p.state = p.start-1, username
			case p.at(0, "/"), p.searches(), p.at(0, "#"):
				p.i, p.state = p.start-1, hostname
			}
		case username:
			switch {
			case p.at(0, ":"):
				p.change(password, 1)
			case p.at(0, "@"):
				p.change(hostname, 1)
			}
		case password:
			if p.at(0, "@") {
				p.change(hostname, 1)
			}
		case hostname:
			switch {
			case p.at(0, "["):
				p.brackets++
			case p.at(0, "]"):
				p.brackets--
			case p.at(0, ":") && p.brackets == 0:
				p.change(port, 1)
			default:
				p.behindHost()
			}
		case port:
			p.behindHost()
		case pathname:
			switch {
			case p.searches():
				p.change(search, 1)
			case p.at(0, "#"):
				p.change(hash, 1)
			}
		case search:
			if p.at(0, "#") {
				p.change(hash, 1)
			}
		}
		// 2.1. At the end an authority without userinfo is a host.
		if p.state == authority && p.i == len(p.tokens)-1 {
			p.i, p.state = p.start-1, hostname
		}
	}
	if p.state == authority { // which is empty
		p.state = hostname
	}
	if p.state >= 0 {
		p.i = len(p.tokens)
		p.keep(p.state)
	}
}

func (p *splitter) behindHost() {
	switch {
	case p.at(0, "/"):
		p.change(pathname, 0)
	case p.searches():
		p.change(search, 1)
	case p.at(0, "#"):
		p.change(hash, 1)
	}
}

// at is "is a non-special pattern char".
func (p *splitter) at(ahead int, value string) bool {
	i := p.i + ahead
	return i < len(p.tokens) && p.tokens[i].value == value && (p.tokens[i].kind == 'c' || p.tokens[i].kind == 'e')
}

// searches is "is a search prefix": a question mark that is no modifier.
func (p *splitter) searches() bool {
	if p.at(0, "?") {
		return true
	}
	if p.tokens[p.i].kind != '?' {
		return false
	}
	if p.i == 0 {
		return true
	}
	switch p.tokens[p.i-1].kind {
	case 'n', '}', '*', '(':
		return false
	}
	return true
}

func (p *splitter) keep(c component) {
	p.result[c], p.has[c] = p.tokens[p.start:p.i], true
}

// change is "change state".
//
// https://urlpattern.spec.whatwg.org/#change-state
func (p *splitter) change(to component, skip int) {
	from := p.state
	// 1. What was read is the component.
	if from >= 0 {
		p.keep(from)
	}
	// 2. What is left out in between is empty.
	if from != initial && to >= 0 {
		if to >= port && !p.has[hostname] {
			p.has[hostname] = true
		}
		if to >= search && !p.has[pathname] {
			p.has[pathname] = true
			if p.special() {
				p.result[pathname] = []token{{'c', "/"}}
			}
		}
		if to == hash && !p.has[search] {
			p.has[search] = true
		}
	}
	// 3 to 5. The next one begins behind the separator.
	p.state, p.start = to, p.i+skip
	p.i += skip - 1
}

// value is the text of a component that has nothing but characters.
func (p *splitter) value(c component) string {
	var b strings.Builder
	for _, t := range p.result[c] {
		if t.kind != 'c' && t.kind != 'e' {
			return ""
		}
		b.WriteString(t.value)
	}
	return b.String()
}

// special is "protocol component matches a special scheme".
//
// https://urlpattern.spec.whatwg.org/#compute-protocol-matches-a-special-scheme-flag
func (p *splitter) special() bool {
	parts, ok := compile(p.result[protocol], options{canonical: func(text string, _ bool) (string, bool) { return canonicalProtocol(text) }})
	if !ok {
		return false
	}
	for _, scheme := range [...]string{"http", "https", "ws", "wss", "ftp", "file"} {
		if parts.match(scheme) {
			return true
		}
	}
	return false
}

func defaultPort(scheme string) string {
	switch fold.Lower(scheme) {
	case "http", "ws":
		return "80"
	case "https", "wss":
		return "443"
	case "ftp":
		return "21"
	}
	return ""
}
