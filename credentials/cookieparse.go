package credentials

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// The longest cookie (name and value) and attribute value that are kept.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-cookie
const (
	maxCookie    = 4096
	maxAttribute = 1024

	// maxAnyLength is how long a Set-Cookie header may be by rules that know no
	// such limits, so that a jar has an end. libsoup takes no more for the whole
	// head of a response.
	maxAnyLength = 100 << 10
)

// A parsedCookie is a Set-Cookie header, parsed but not yet judged by where it
// came from. Its strings are bytes of the header.
type parsedCookie struct {
	Name, Value string
	Domain      string    // a serialized host, without a leading dot; "" without the attribute
	Path        string    // "" without the attribute
	Expiry      time.Time // by Max-Age or Expires; the zero value for a session's cookie
	SameSite    sameSiteAttribute
	Secure      bool
	HTTPOnly    bool
	Partitioned bool

	// DomainCapitals says that Domain was not written in lower case, under rules
	// that ask: DomainAboveLower.
	DomainCapitals bool
}

// longAgo is the earliest time that cookies expire at.
var longAgo = time.Date(1601, time.January, 1, 0, 0, 0, 0, time.UTC)

// parse parses the value of a Set-Cookie header that was received at a time, in
// a response whose Date header says served; the zero value is none. The refusal
// is "" where it makes a cookie, and otherwise one of the first few.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-cookie
func (r *cookieRules) parse(setCookie string, now, served time.Time) (parsedCookie, CookieRefusal) {
	if i := r.control(setCookie); i >= 0 { // 1
		if r.Controls != rules.ControlEnds {
			return parsedCookie{}, refusedControl
		}
		setCookie = setCookie[:i]
	}
	pair, attributes, more := strings.Cut(setCookie, ";") // 2 to 5
	name, value, found := strings.Cut(pair, "=")          // 9, 10
	if !found && !r.BareIsName {
		name, value = "", pair
	}
	c := parsedCookie{Name: r.trim(name), Value: r.trim(value)} // 11, 13
	switch {
	case r.hasTab(c.Name) || r.hasTab(c.Value):
		return parsedCookie{}, refusedControl
	case c.Name == "" && (c.Value == "" || r.BareIsName):
		return parsedCookie{}, refusedEmpty // 12
	case len(c.Name)+len(c.Value) > maxCookie && !r.AnyLength, len(setCookie) > maxAnyLength && r.AnyLength:
		return parsedCookie{}, refusedTooLong // 12
	}
	if r.ValueUTF8 {
		c.Value = replaceNotUTF8(c.Value)
	}
	p := attributeParser{rules: r, now: now, cookie: c}
	if r.ServerClock && !served.IsZero() {
		p.skew = now.Sub(served)
	}
	for more { // 15
		var attribute string
		attribute, attributes, more = strings.Cut(attributes, ";")
		name, value, p.valued = strings.Cut(attribute, "=")
		name, value = r.trim(name), r.trim(value)
		if r.hasTab(name) || r.hasTab(value) {
			return parsedCookie{}, refusedControl
		}
		if len(value) <= maxAttribute || r.AnyLength {
			p.attribute(name, value)
		}
	}
	if p.badDomain {
		return parsedCookie{}, refusedInvalidDomain
	}
	return p.cookie, ""
}

// An attributeParser is the state of "parse a cookie" between attributes.
type attributeParser struct {
	rules      *cookieRules
	cookie     parsedCookie
	now        time.Time
	skew       time.Duration // how far the server's clock is behind
	valued     bool          // the attribute has a "="
	maxAgeSeen bool
	badDomain  bool
}

// attribute is the rest of step 15 of "parse a cookie", for one attribute.
func (p *attributeParser) attribute(name, value string) {
	c, rules := &p.cookie, p.rules
	switch {
	case equalFold(name, "secure"):
		c.Secure = true
	case equalFold(name, "httponly"):
		c.HTTPOnly = true
	case equalFold(name, "partitioned"):
		c.Partitioned = !rules.IgnorePartitioned
	case !p.valued && rules.BareAttributeIgnored:
	case equalFold(name, "expires"):
		if p.maxAgeSeen && !rules.LaterExpiryWins {
			return
		}
		expiry, ok := rules.parseDate(value)
		if ok {
			c.Expiry = p.cap(expiry.Add(p.skew))
		} else if rules.LastAttributeWins {
			c.Expiry = time.Time{}
		}
	case equalFold(name, "max-age"):
		seconds, ok := rules.maxAge(value)
		if ok && rules.MaxAgeWraps && seconds > 0 {
			seconds = int64(int32(seconds))
		}
		switch {
		case ok && seconds == -1 && rules.MaxAgeWraps && !strings.HasPrefix(value, "-"):
			c.Expiry = time.Time{}
		case ok && seconds <= 0:
			c.Expiry = longAgo
		case ok:
			c.Expiry = p.cap(p.now.Add(time.Duration(min(seconds, longest)) * time.Second))
		case p.maxAgeSeen && rules.LastAttributeWins && !rules.LaterExpiryWins:
			c.Expiry = time.Time{}
		}
		p.maxAgeSeen = p.maxAgeSeen || ok
	case equalFold(name, "domain"):
		if value == "" && rules.EmptyDomainIgnored {
			c.Domain, p.badDomain = "", false
			return
		}
		domain, ok := rules.domain(value)
		c.Domain, p.badDomain = domain, !ok
		c.DomainCapitals = rules.DomainAboveLower && strings.ContainsFunc(value, func(r rune) bool { return 'A' <= r && r <= 'Z' })
	case equalFold(name, "path"):
		if strings.HasPrefix(value, "/") {
			c.Path = value
		} else if rules.LastAttributeWins {
			c.Path = ""
		}
	case equalFold(name, "samesite"):
		switch {
		case equalFold(value, "none") && !rules.NoneIsDefault:
			c.SameSite = sameSiteNone
		case equalFold(value, "strict"):
			c.SameSite = sameSiteStrict
		case equalFold(value, "lax"):
			c.SameSite = sameSiteLax
		case rules.LastAttributeWins && !rules.NoneIsDefault:
			c.SameSite = sameSiteUnset
		}
	}
}

// longest is how many seconds a Max-Age may have before it is all the same: a
// hundred years.
const longest = 100 * 366 * 24 * 60 * 60

// cap keeps a time of expiry within the cookie age limit.
func (p *attributeParser) cap(expiry time.Time) time.Time {
	return earlier(expiry, p.now.Add(p.rules.maxLifetime()))
}

// maxAge reads the value of Max-Age. A number that is too large is the largest.
func (r *cookieRules) maxAge(value string) (seconds int64, ok bool) {
	digits, negative := strings.CutPrefix(value, "-")
	switch {
	case negative && r.MinusExpires:
		return -1, true
	case !negative && r.PlusMaxAge && len(value) > 1:
		digits = strings.TrimPrefix(value, "+")
	}
	if digits == "" {
		return 0, !negative && r.EmptyMaxAgeExpires
	}
	for i := range len(digits) {
		d := int64(digits[i]) - '0'
		if d < 0 || d > 9 {
			return 0, false
		}
		if seconds > (math.MaxInt64-d)/10 {
			seconds = math.MaxInt64
		} else {
			seconds = seconds*10 + d
		}
	}
	if negative {
		return -seconds, true
	}
	return seconds, true
}

// domain reads the value of Domain.
func (r *cookieRules) domain(value string) (host string, ok bool) {
	value = strings.TrimPrefix(value, ".")
	if r.DomainNeedsDot && strings.IndexByte(value, '.') < 0 {
		return "", false
	}
	ascii := isASCII(value)
	if !ascii && !r.DomainIDN {
		return "", false
	}
	if r.DomainLiteral && ascii {
		host = strings.ToLower(value)
		return host, host != "" && !strings.HasPrefix(host, ".")
	}
	host, err := origin.ParseHost(value)
	return host, err == nil
}

// control finds the first control character, -1 if there is none.
func (r *cookieRules) control(s string) int {
	leading := true // nothing but blanks since the last separator
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 0x20 && c < 0x7f:
		case c == '\t' && (r.Controls != rules.ControlEnds || leading):
		case c == '\f' && r.Controls == rules.ControlEnds && leading:
		case c == 0x7f && r.Controls == rules.ControlEnds, c >= 0x80 && r.Controls != rules.ControlEnds:
		default:
			return i
		}
		leading = c == ';' || c == '=' || leading && (c == ' ' || c == '\t' || c == '\f')
	}
	return -1
}

// hasTab looks for a tab where that counts as a control character.
func (r *cookieRules) hasTab(s string) bool {
	return r.Controls == rules.ControlTabRefused && strings.IndexByte(s, '\t') >= 0
}

// replaceNotUTF8 is UTF-8 decode without BOM, encoded as UTF-8 again: each
// maximal subpart of what is not UTF-8 becomes U+FFFD.
//
// https://encoding.spec.whatwg.org/#utf-8-decode-without-bom
func replaceNotUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			size = truncatedRune(s)
		}
		b.WriteRune(r)
		s = s[size:]
	}
	return b.String()
}

// truncatedRune is how many bytes of s, which does not begin with a character,
// could be the beginning of one; at least 1.
func truncatedRune(s string) int {
	for n := min(3, len(s)); n > 1; n-- {
		// What is not full may go on to be a character, unless it is wrong already.
		if !utf8.FullRuneInString(s[:n]) {
			return n
		}
	}
	return 1
}

// trim removes the blanks around a name or a value. A form feed is one only where
// the header ends at a control character: before that.
func (r *cookieRules) trim(s string) string {
	if r.Controls == rules.ControlEnds {
		return strings.Trim(s, " \t\f")
	}
	return trimBlanks(s)
}

// trimBlanks removes leading and trailing WSP bytes.
func trimBlanks(s string) string { return strings.Trim(s, " \t") }

// equalFold is a byte-case-insensitive match with what is in lower-case ASCII.
func equalFold(s, lower string) bool {
	return len(s) == len(lower) && hasPrefixFold(s, lower)
}

// hasPrefixFold is that for the beginning of s.
func hasPrefixFold(s, lower string) bool {
	if len(s) < len(lower) {
		return false
	}
	for i := range len(lower) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
