package fetch

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"
)

// structuredToken reads a structured field whose value is an item that is a
// token, and returns the token without its parameters. ok is false if the value
// does not parse as an item, or if the item has another type.
//
// https://www.rfc-editor.org/rfc/rfc9651#section-4.2
func structuredToken(value string) (token string, ok bool) {
	p := structuredParser{strings.TrimLeft(value, " ")}
	start := p.rest
	kind, ok := p.bareItem()
	if !ok || kind != 't' {
		return "", false
	}
	token = start[:len(start)-len(p.rest)]
	if !p.parameters() || strings.TrimLeft(p.rest, " ") != "" {
		return "", false
	}
	return token, true
}

// A structuredParser reads parts of a structured field from the start of what is
// left of it.
type structuredParser struct{ rest string }

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
	switch {
	case p.rest == "":
		return 0, false
	case p.is(isTokenStart):
		p.take(isTokenByte)
		return 't', true
	case p.rest[0] == '-' || p.is(isDigit):
		return 'n', p.number(true)
	case p.skip(`"`):
		return 's', p.quoted(false)
	case p.skip(`%"`):
		return 'd', p.quoted(true)
	case p.skip("?"):
		return 'b', p.skip("0") || p.skip("1")
	case p.skip("@"):
		return '@', p.number(false)
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
		return ':', err == nil
	}
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
	for p.skip(";") {
		p.rest = strings.TrimLeft(p.rest, " ")
		if !p.is(isLowerKey) {
			return false
		}
		p.take(isKey)
		if p.skip("=") {
			if _, ok := p.bareItem(); !ok {
				return false
			}
		}
	}
	return true
}
