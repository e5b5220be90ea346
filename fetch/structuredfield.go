package fetch

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// structuredToken reads a structured field whose value is an item that is a
// token, and returns the token without its parameters. ok is false if the value
// does not parse as an item, or if the item has another type.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2
func structuredToken(value string) (token string, ok bool) {
	token, _, ok = structuredItem(value, "")
	return token, ok
}

// structuredItem is structuredToken, and the string that a parameter of the item
// has; "" if it has none, or a value of another type.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2
func structuredItem(value, name string) (token, parameter string, ok bool) {
	// 1. A byte that is not ASCII is of no part of an item.
	// 2. Blanks before it don't count.
	p := structuredParser{rest: strings.TrimLeft(value, " "), wanted: name}
	start := p.rest
	// 5. It is an item (4.2.3): a bare item, then its parameters.
	kind, ok := p.bareItem()
	if !ok || kind != 't' {
		return "", "", false
	}
	token = start[:len(start)-len(p.rest)]
	// 6, 7. Nothing may stand behind it but blanks.
	if !p.parameters() || strings.TrimLeft(p.rest, " ") != "" {
		return "", "", false
	}
	// 8. That is its value.
	return token, p.found, true
}

// structuredStrings reads a structured field whose value is a dictionary, and returns
// the members that are strings. ok is false if the value does not parse.
func structuredStrings(value string) (members map[string]string, ok bool) {
	dictionary, ok := structuredDictionary(value, false)
	if !ok {
		return nil, false
	}
	members = make(map[string]string, len(dictionary))
	for key, m := range dictionary {
		if m.kind == 's' {
			members[key] = m.text
		}
	}
	return members, true
}

// A structuredMember is a member of a dictionary.
type structuredMember struct {
	kind       byte                        // as bareItem says it; '(' for an inner list, 'b' for a member without a value
	text       string                      // of a string or a token
	items      []structuredMember          // of an inner list
	parameters map[string]structuredMember // of a list's first member
}

// tokens are those of an inner list; its other items are left out.
func (m structuredMember) tokens() (all []string) {
	for _, item := range m.items {
		if item.kind == 't' {
			all = append(all, item.text)
		}
	}
	return all
}

// lists tells whether a member is an inner list that has a token.
func (m structuredMember) lists(token string) bool { return slices.Contains(m.tokens(), token) }

// structuredList reads a structured field whose value is a list, and returns its first
// member. ok is false if the value does not parse, or has no member.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.1
func structuredList(value string) (first structuredMember, ok bool) {
	// 1. There are no members yet.
	p := structuredParser{rest: strings.Trim(value, " ")}
	for n := 0; ; n++ {
		// 2.1. A member is an item or an inner list.
		m, ok := p.member()
		if !ok {
			return structuredMember{}, false
		}
		if n == 0 {
			p.all = make(map[string]structuredMember)
		}
		if !p.parameters() {
			return structuredMember{}, false
		}
		if n == 0 {
			first = m
			first.parameters, p.all = p.all, nil
		}
		// 2.2, 3. Those are the members.
		p.take(isBlank)
		if p.rest == "" {
			return first, true
		}
		// 2.3 to 2.5. A comma leads to the next.
		if !p.skip(",") {
			return structuredMember{}, false
		}
		p.take(isBlank)
	}
}

// member reads an item or an inner list, without its parameters.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.1.1
func (p *structuredParser) member() (m structuredMember, ok bool) {
	before := p.rest
	// 1. With a parenthesis it is an inner list.
	if p.skip("(") {
		m.kind = '('
		m.items, ok = p.innerList()
		return m, ok
	}
	// 2. Otherwise it is an item.
	m.kind, ok = p.bareItem()
	m.text = before[:len(before)-len(p.rest)]
	if ok && m.kind == 's' {
		m.text = stringEscapes.Replace(m.text[1 : len(m.text)-1])
	}
	return m, ok
}

// structuredDictionary reads a structured field whose value is a dictionary. ok is false
// if the value does not parse, or has a number or a byte sequence although there must be none.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.2
func structuredDictionary(value string, noNumbers bool) (members map[string]structuredMember, ok bool) {
	// 1. There are no members yet.
	members = make(map[string]structuredMember)
	p := structuredParser{rest: strings.Trim(value, " "), noNumbers: noNumbers}
	for p.rest != "" {
		// 2.1. Each has a key.
		if !p.is(isLowerKey) {
			return nil, false
		}
		key := p.take(isKey)
		m := structuredMember{kind: 'b'} // 2.3. Without a value it is true.
		// 2.2. With a value it is an item or an inner list.
		if p.skip("=") {
			if m, ok = p.member(); !ok {
				return nil, false
			}
		}
		if !p.parameters() {
			return nil, false
		}
		members[key] = m // 2.4, 2.5. The last of a key counts.
		// 2.6 to 2.11. A comma leads to the next.
		p.take(isBlank)
		if p.rest == "" {
			break
		}
		if !p.skip(",") {
			return nil, false
		}
		if p.take(isBlank); p.rest == "" {
			return nil, false
		}
	}
	// 3. Those are the members.
	return members, true
}

var stringEscapes = strings.NewReplacer(`\"`, `"`, `\\`, `\`)

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

// innerList reads the rest of an inner list, behind its parenthesis.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.1.2
func (p *structuredParser) innerList() (items []structuredMember, ok bool) {
	for {
		p.rest = strings.TrimLeft(p.rest, " ")
		if p.skip(")") {
			return items, true
		}
		if strings.HasPrefix(p.rest, "(") { // which has no inner list
			return nil, false
		}
		item, ok := p.member()
		if !ok || !p.parameters() || p.rest == "" || p.rest[0] != ' ' && p.rest[0] != ')' {
			return nil, false
		}
		items = append(items, item)
	}
}

// A structuredParser reads parts of a structured field from the start of what is
// left of it.
type structuredParser struct {
	rest   string
	wanted string // the parameter whose string is asked for; "" is none
	found  string // that string

	noNumbers bool // neither a number nor a byte sequence is an item

	all map[string]structuredMember // all parameters, unless it is nil
}

// take reads the bytes up to the first that is not of a kind.
func (p *structuredParser) take(of func(byte) bool) string {
	n := 0
	for n < len(p.rest) && of(p.rest[n]) {
		n++
	}
	taken := p.rest[:n]
	p.rest = p.rest[n:]
	return taken
}

// is tells whether the next byte is of a kind.
func (p *structuredParser) is(of func(byte) bool) bool { return p.rest != "" && of(p.rest[0]) }

// skip reads a prefix, if it is there.
func (p *structuredParser) skip(prefix string) bool {
	rest, ok := strings.CutPrefix(p.rest, prefix)
	p.rest = rest
	return ok
}

func isDigit(b byte) bool    { return '0' <= b && b <= '9' }
func isLowerKey(b byte) bool { return 'a' <= b && b <= 'z' || b == '*' }
func isKey(b byte) bool {
	return isLowerKey(b) || isDigit(b) || b == '_' || b == '-' || b == '.'
}
func isTokenStart(b byte) bool {
	return 'a' <= b|0x20 && b|0x20 <= 'z' || b == '*'
}
func isTokenByte(b byte) bool {
	return isTokenStart(b) || isDigit(b) || strings.IndexByte("!#$%&'+-.^_`|~:/", b) >= 0
}

// bareItem reads a bare item, and tells its type: 't' for a token, and another
// byte for all others.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.3.1
func (p *structuredParser) bareItem() (kind byte, ok bool) {
	// The first byte says which type it is; the order does not matter.
	switch {
	case p.rest == "":
		return 0, false
	// 3. A letter or an asterisk: a token.
	case p.is(isTokenStart):
		p.take(isTokenByte)
		return 't', true
	// 1. A hyphen or a digit: a number.
	case p.rest[0] == '-' || p.is(isDigit):
		return 'n', p.number(true) && !p.noNumbers
	// 2. A quote: a string.
	case p.skip(`"`):
		return 's', p.quoted(false)
	// 7. A percent sign and a quote: a display string.
	case p.skip(`%"`):
		return 'd', p.quoted(true)
	// 5. A question mark: a boolean.
	case p.skip("?"):
		return 'b', p.skip("0") || p.skip("1")
	// 6. An at sign: a date.
	case p.skip("@"):
		return '@', p.number(false)
	// 4. A colon: a byte sequence.
	case p.skip(":"):
		data, rest, ok := strings.Cut(p.rest, ":")
		p.rest = rest
		if !ok || strings.ContainsAny(data, "\r\n") {
			return 0, false
		}
		encoding := base64.StdEncoding
		if len(data)%4 != 0 {
			encoding = base64.RawStdEncoding
		}
		_, err := encoding.DecodeString(data)
		return ':', err == nil && !p.noNumbers
	}
	// 8. Anything else is no item.
	return 0, false
}

// number reads an integer, or a decimal where that is allowed.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.4
func (p *structuredParser) number(decimal bool) bool {
	p.skip("-")
	whole := len(p.take(isDigit))
	if whole == 0 || whole > 15 {
		return false
	}
	if !decimal || !p.skip(".") {
		return decimal || p.rest == "" || p.rest[0] != '.'
	}
	fraction := len(p.take(isDigit))
	return whole <= 12 && 1 <= fraction && fraction <= 3
}

// quoted reads the rest of a string, or of a display string, up to its quote.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.5
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.10
func (p *structuredParser) quoted(display bool) bool {
	for i := 0; i < len(p.rest); i++ {
		switch b := p.rest[i]; {
		case b < ' ' || b >= 0x7f:
			return false
		case b == '"':
			text := p.rest[:i]
			p.rest = p.rest[i+1:]
			if !display {
				return true
			}
			decoded, err := url.PathUnescape(text)
			return err == nil && utf8.ValidString(decoded)
		case b == '\\' && !display:
			if i++; i == len(p.rest) || p.rest[i] != '"' && p.rest[i] != '\\' {
				return false
			}
		case b == '%' && display:
			if i+2 >= len(p.rest) || !isLowerHex(p.rest[i+1]) || !isLowerHex(p.rest[i+2]) {
				return false
			}
			i += 2
		}
	}
	return false
}

func isLowerHex(b byte) bool { return isDigit(b) || 'a' <= b && b <= 'f' }

// parameters reads the parameters of an item.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2.3.2
func (p *structuredParser) parameters() bool {
	// 2.1, 2.2. Each begins with a semicolon.
	for p.skip(";") {
		// 2.3. Blanks behind it don't count.
		p.rest = strings.TrimLeft(p.rest, " ")
		// 2.4. It has a key.
		if !p.is(isLowerKey) {
			return false
		}
		key := p.take(isKey)
		// 2.5, 2.6. It may have a value, which is an item.
		kind, text := byte('b'), ""
		if p.skip("=") {
			var ok bool
			text = p.rest
			if kind, ok = p.bareItem(); !ok {
				return false
			}
			text = text[:len(text)-len(p.rest)]
		}
		// 2.7, 2.8. Of a key, the last value counts.
		if p.all != nil {
			p.all[key] = structuredMember{kind: kind, text: text}
		}
		if key == p.wanted && key != "" {
			p.found = ""
			if kind == 's' {
				p.found = stringEscapes.Replace(text[1 : len(text)-1])
			}
		}
	}
	return true
}
