package credentials

import "strings"

// A Challenge is one challenge of a WWW-Authenticate header. An
// [AuthenticationStore] of a program's own reads it to answer with a scheme that
// [Keyring] does not know.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-11.3
type Challenge struct {
	Scheme  string // as given; schemes are case-insensitive
	Token68 string // "" when there are parameters, or nothing
	Params  []Param

	// Malformed says that the scheme is known, and that what follows it is refused
	// by an engine's grammar. [ParseChallenges] returns no such challenge.
	Malformed bool
}

// A Param is an authentication parameter, its value unquoted.
type Param struct{ Name, Value string }

// Param returns the value of the first parameter of that name, in any case.
func (c *Challenge) Param(name string) (value string, ok bool) {
	for _, p := range c.Params {
		if strings.EqualFold(p.Name, name) {
			return p.Value, true
		}
	}
	return "", false
}

// The most challenges and parameters that a response may give; the rest is
// ignored.
const (
	maxChallenges = 32
	maxParams     = 32
)

// ParseChallenges parses the values of a response's WWW-Authenticate headers.
// Several challenges may share a value. What follows a syntax error in a value
// is ignored, as is the challenge with the error in it: no more can be said of
// where the next one would start.
//
//	WWW-Authenticate = #challenge
//	challenge  = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
//	auth-param = token BWS "=" BWS ( token / quoted-string )
//	token68    = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
//
// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
func ParseChallenges(wwwAuthenticate []string) []Challenge {
	var all []Challenge
	for _, value := range wwwAuthenticate {
		p := challengeParser{value}
		for len(all) < maxChallenges {
			c, ok := p.challenge()
			if !ok {
				break
			}
			all = append(all, c)
		}
	}
	return all
}

type challengeParser struct{ rest string }

// challenge reads the next challenge; ok is false at the end and at an error.
func (p *challengeParser) challenge() (c Challenge, ok bool) {
	p.skip(" \t,")
	if c.Scheme = p.token(); c.Scheme == "" {
		return c, false
	}
	if !p.skip(" \t") {
		return c, p.atEnd()
	}
	if c.Token68, ok = p.token68(); ok {
		return c, true
	}
	for p.paramFollows() {
		param, ok := p.param()
		if !ok {
			return c, false
		}
		if len(c.Params) < maxParams {
			c.Params = append(c.Params, param)
		}
		if p.skip(" \t"); !p.atEnd() {
			return c, false
		}
		// A comma separates parameters, and challenges: what follows it
		// tells.
		p.skip(" \t,")
	}
	return c, p.atEnd() || len(c.Params) > 0
}

// atEnd reports whether what was read last is complete.
func (p *challengeParser) atEnd() bool { return p.rest == "" || p.rest[0] == ',' }

// skip skips bytes that are in set, and reports whether there were any.
func (p *challengeParser) skip(set string) bool {
	before := len(p.rest)
	p.rest = strings.TrimLeft(p.rest, set)
	return len(p.rest) < before
}

func (p *challengeParser) token() string {
	i := 0
	for i < len(p.rest) && isTokenByte(p.rest[i]) {
		i++
	}
	token := p.rest[:i]
	p.rest = p.rest[i:]
	return token
}

// token68 reads a token68 if it is all that the challenge has.
func (p *challengeParser) token68() (string, bool) {
	i := 0
	for i < len(p.rest) && isToken68Byte(p.rest[i]) {
		i++
	}
	if i == 0 {
		return "", false
	}
	for i < len(p.rest) && p.rest[i] == '=' {
		i++
	}
	after := challengeParser{p.rest[i:]}
	if after.skip(" \t"); !after.atEnd() {
		return "", false
	}
	value := p.rest[:i]
	*p = after
	return value, true
}

// paramFollows reports whether a parameter comes next, and not the scheme of
// another challenge, or nothing.
func (p *challengeParser) paramFollows() bool {
	ahead := *p
	if ahead.token() == "" {
		return false
	}
	ahead.skip(" \t")
	return strings.HasPrefix(ahead.rest, "=")
}

// param reads what paramFollows has seen.
func (p *challengeParser) param() (Param, bool) {
	name := p.token()
	p.skip(" \t")
	p.rest = p.rest[len("="):]
	p.skip(" \t")
	if !strings.HasPrefix(p.rest, `"`) {
		value := p.token()
		return Param{name, value}, value != ""
	}
	var value strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch p.rest[i] {
		case '"':
			p.rest = p.rest[i+1:]
			return Param{name, value.String()}, true
		case '\\':
			if i++; i == len(p.rest) {
				return Param{}, false
			}
		}
		value.WriteByte(p.rest[i])
	}
	return Param{}, false
}

func isAlphanumeric(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

func isTokenByte(b byte) bool {
	return isAlphanumeric(b) || strings.IndexByte("!#$%&'*+-.^_`|~", b) >= 0
}

func isToken68Byte(b byte) bool {
	return isAlphanumeric(b) || strings.IndexByte("-._~+/", b) >= 0
}
