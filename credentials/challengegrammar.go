package credentials

import (
	"iter"
	"strings"

	"github.com/browsercors/browsercors/internal/rules"
)

// parse parses the values of a response's WWW-Authenticate or Proxy-Authenticate
// headers by the rules' grammar. Of the parameters it may return only those that
// Basic or Digest know.
func (r *authenticationRules) parse(lines []string) []Challenge {
	if r.Grammar == rules.GrammarHTTP {
		return ParseChallenges(lines)
	}
	var all []Challenge
	for c := range challengesBy(r.Grammar, lines) {
		if all = append(all, c); len(all) == maxChallenges {
			break
		}
	}
	return all
}

// challengesBy are those of some lines by a grammar that is not HTTP's.
func challengesBy(g rules.Grammar, lines []string) iter.Seq[Challenge] {
	return func(yield func(Challenge) bool) {
		if g == rules.GrammarItems {
			itemsChallenges(strings.Join(lines, ", "))(yield)
			return
		}
		for _, line := range lines {
			for rest := line; rest != ""; {
				var one string
				var read func(string) (Challenge, bool)
				switch g {
				case rules.GrammarLoose:
					read = looseChallenge
					one, rest = cutLoose(rest)
				default:
					read = pairsChallenge
					one, rest = rest, ""
				}
				if c, ok := read(one); ok && !yield(c) {
					return
				}
			}
		}
	}
}

// isKnownParam tells the parameters of Basic and Digest, which are all that need
// to be kept.
func isKnownParam(name string) bool {
	for _, known := range [...]string{"realm", "charset", "nonce", "domain", "opaque", "stale", "algorithm", "qop", "userhash"} {
		if strings.EqualFold(name, known) {
			return true
		}
	}
	return false
}

// setParam adds a parameter, or gives one of that name another value.
func (c *Challenge) setParam(name, value string) {
	if !isKnownParam(name) {
		return
	}
	for i := range c.Params {
		if strings.EqualFold(c.Params[i].Name, name) {
			c.Params[i].Value = value
			return
		}
	}
	c.Params = append(c.Params, Param{name, value})
}

// isKnownScheme tells the schemes that are answered.
func isKnownScheme(scheme string) bool {
	return strings.EqualFold(scheme, "Basic") || strings.EqualFold(scheme, "Digest")
}

// pairsChallenge reads a line by [GrammarPairs]:
//
//	challenge = scheme [ 1*( SP / HTAB ) #pair ]
//	pair      = name BWS "=" BWS ( value / <"> value [ <"> ] )
//
// with a scheme that ends at the first blank, and names and values of whatever
// is no comma. Of a name that comes again the last counts.
func pairsChallenge(line string) (c Challenge, ok bool) {
	line = trimBlanks(line)
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		i = len(line)
	}
	c.Scheme = line[:i]
	if !isKnownScheme(c.Scheme) {
		return c, c.Scheme != ""
	}
	for rest := line[i:]; rest != ""; {
		var pair string
		pair, rest = cutQuoted(rest)
		if pair = trimBlanks(pair); pair == "" {
			continue
		}
		name, value, found := strings.Cut(pair, "=")
		name, value = trimBlanks(name), trimBlanks(value)
		if !found || name == "" || strings.IndexByte(name, '"') >= 0 || value == "" {
			c.Malformed = true
			return c, true
		}
		if value[0] == '"' {
			if n := len(value); n > 1 && value[n-1] == '"' {
				value = unescape(value[1 : n-1])
			} else {
				value = value[1:]
			}
		}
		c.setParam(name, value)
	}
	return c, true
}

// cutQuoted cuts s around the first comma that is not in quotes, in which a
// backslash escapes the next byte.
func cutQuoted(s string) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case quoted && s[i] == '\\':
			i++
		case !quoted && s[i] == ',':
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// unescape removes the backslashes before bytes, and one at the end.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			if i++; i == len(s) {
				break
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// cutLoose cuts the first challenge off a line by [GrammarLoose].
func cutLoose(line string) (Challenge, rest string) {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ',' && !quoted:
			if end := nameAndEquals(line[i+1:]); end > 0 {
				i += end
				continue
			}
			return line[:i], strings.TrimLeft(line[i+1:], " \t")
		}
	}
	return line, ""
}

// nameAndEquals is the length of a name and a "=" that s begins with, with blanks
// around the name; 0 if it does not.
func nameAndEquals(s string) int {
	p := challengeParser{s}
	p.skip(" \t")
	if p.word() == "" {
		return 0
	}
	p.skip(" \t")
	if !strings.HasPrefix(p.rest, "=") {
		return 0
	}
	return len(s) - len(p.rest) + len("=")
}

// word reads letters, digits and underscores, of which no digit comes first.
func (p *challengeParser) word() string {
	i := 0
	for i < len(p.rest) && (p.rest[i] == '_' || isAlphanumeric(p.rest[i])) && (i > 0 || p.rest[i] < '0' || p.rest[i] > '9') {
		i++
	}
	word := p.rest[:i]
	p.rest = p.rest[i:]
	return word
}

// looseChallenge reads a challenge by [GrammarLoose].
func looseChallenge(s string) (c Challenge, ok bool) {
	if s == "" {
		return c, false
	}
	var params string
	var blank bool
	c.Scheme, params, blank = strings.Cut(s, " ")
	switch {
	case strings.EqualFold(c.Scheme, "Basic"):
		c.setParam("realm", looseRealm(params))
	case strings.EqualFold(c.Scheme, "Digest"):
		c.Malformed = !blank || !c.looseParams(params)
	}
	return c, true
}

// looseRealm finds the realm of Basic: the value of the first parameter of that
// name, as far as there are parameters. Without quotes a value has all that is no
// blank, a comma too; in quotes a backslash goes and keeps the next byte from
// ending it.
func looseRealm(params string) string {
	for p := (challengeParser{params}); p.rest != ""; {
		p.skip(" \t")
		name := p.word()
		if name == "" && !strings.HasPrefix(p.rest, ",") {
			return ""
		}
		if name == "" {
			p.rest = p.rest[len(","):]
			continue
		}
		p.skip(" \t")
		value := ""
		if rest, ok := strings.CutPrefix(p.rest, "="); ok {
			p.rest = strings.TrimLeft(rest, " \t")
			value = p.looseValue()
		}
		if strings.EqualFold(name, "realm") {
			return value
		}
	}
	return ""
}

func (p *challengeParser) looseValue() string {
	rest, quoted := strings.CutPrefix(p.rest, `"`)
	end := 0
	for end < len(rest) {
		if c := rest[end]; quoted && c == '"' && (end == 0 || rest[end-1] != '\\') || !quoted && (c == ' ' || c == '\t') {
			break
		}
		end++
	}
	p.rest = rest[min(end+1, len(rest)):]
	return strings.ReplaceAll(rest[:end], `\`, "")
}

// looseParams reads the parameters of Digest, between commas or blanks. Quotes
// end at the next one whatever is before it. Of a name that comes again the last
// counts. It reports false where a value is missing or a quote.
func (c *Challenge) looseParams(s string) bool {
	const blanks = " \t\r\n"
	for {
		s = strings.TrimLeft(s, blanks+",")
		if s == "" {
			return true
		}
		end := strings.IndexAny(s, blanks+"=")
		if end < 0 {
			return false
		}
		name := s[:end]
		if s = strings.TrimLeft(s[end:], blanks+"="); s == "" {
			return false
		}
		if s[0] == '"' {
			if end = strings.IndexByte(s[1:], '"'); end < 0 {
				return false
			}
			c.setParam(name, s[1:1+end])
			s = s[1+end+1:]
			continue
		}
		if end = strings.IndexAny(s, blanks+","); end < 0 {
			end = len(s)
		}
		c.setParam(name, s[:end])
		s = s[end:]
	}
}

// asciiSpace are the blanks of [GrammarItems].
const asciiSpace = " \t\n\v\f\r"

// itemsChallenges reads challenges by [GrammarItems].
func itemsChallenges(list string) iter.Seq[Challenge] {
	return func(yield func(Challenge) bool) {
		var c Challenge
		for list != "" {
			var item string
			item, list = cutQuoted(list)
			if item = strings.Trim(item, asciiSpace); item == "" {
				continue
			}
			if c.Scheme == "" || beginsChallenge(item) {
				if c.Scheme != "" && !yield(c) {
					return
				}
				i := strings.IndexAny(item, asciiSpace)
				if i < 0 {
					i = len(item)
				}
				c, item = Challenge{Scheme: item[:i]}, item[i:]
			}
			c.addItem(item)
		}
		if c.Scheme != "" {
			yield(c)
		}
	}
}

// beginsChallenge tells an item that begins a challenge from a parameter.
func beginsChallenge(item string) bool {
	name, _, found := strings.Cut(item, "=")
	return !found || strings.ContainsAny(strings.TrimRight(name, asciiSpace), asciiSpace)
}

// addItem adds a parameter. Of a name that comes again the first counts, but an
// extended value before any other.
func (c *Challenge) addItem(item string) {
	name, value, found := strings.Cut(strings.Trim(item, asciiSpace), "=")
	name, value = strings.TrimRight(name, asciiSpace), strings.TrimLeft(value, asciiSpace)
	if !found || name == "" {
		return
	}
	if plain, extended := strings.CutSuffix(name, "*"); extended && plain != "" {
		if decoded, ok := decodeExtended(value); ok {
			c.setParam(plain, decoded)
		}
		return
	}
	if strings.HasPrefix(value, `"`) {
		value = unquote(value[1:])
	}
	if _, has := c.Param(name); !has {
		c.setParam(name, value)
	}
}

// unquote is a quoted string up to the quote that ends it, without the
// backslashes within.
func unquote(s string) string {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return unescape(s[:i])
		}
	}
	return unescape(s)
}

// decodeExtended decodes the value of an extended parameter.
//
// https://www.rfc-editor.org/rfc/rfc8187#section-3.2
func decodeExtended(s string) (string, bool) {
	charset, rest, ok := strings.Cut(s, "'")
	_, value, ok2 := strings.Cut(rest, "'")
	if !ok || !ok2 {
		return "", false
	}
	value = percentDecode(value)
	switch {
	case strings.EqualFold(charset, "UTF-8"):
		return value, true
	case strings.EqualFold(charset, "ISO-8859-1"):
		runes := make([]rune, len(value))
		for i := range len(value) {
			runes[i] = rune(value[i])
		}
		return string(runes), true
	}
	return "", false
}
