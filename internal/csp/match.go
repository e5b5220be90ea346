package csp

import (
	"math"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// A matcher matches one URL.
type matcher struct {
	rules     *rules.CSP
	self      origin.Origin
	url       *origin.URL
	scheme    string // of the URL, as the rules have it
	redirects int    // redirect count
	directive Directive

	upgradable bool // http: and ws: URLs are as good as https: and wss:
	rewritten  bool // see Request
}

// sourceList is "does url match source list in origin with redirect count?".
//
// https://w3c.github.io/webappsec-csp/#match-url-to-source-list
func (m *matcher) sourceList(list string) bool {
	// 1 to 3. An empty list and 'none' have no expression that matches.
	for expression := range strings.FieldsFuncSeq(list, isBlank) {
		// 4. One expression that matches is enough.
		if m.expression(expression) {
			return true
		}
	}
	// 5. None does.
	return false
}

// expression is "does url match expression in origin with redirect count?".
//
// https://w3c.github.io/webappsec-csp/#match-url-to-source-expression
func (m *matcher) expression(expression string) bool {
	// 1. A wildcard matches HTTP(S), and the scheme of the page.
	if expression == "*" {
		return m.star()
	}
	// 4. 'self' matches the page's origin.
	if expression[0] == '\'' {
		return fold.Equal(expression, "'self'") && m.matchesSelf()
	}
	s, ok := parseSource(expression, m.rules)
	if m.rewritten {
		s.path = untilBlank(s.path)
	}
	// 5. Anything that is not a source matches nothing.
	if !ok {
		return false
	}
	// 2.1. Its scheme must match.
	if s.scheme != "" && !m.schemePart(s.scheme) {
		return false
	}
	// 2.2. A scheme alone is enough.
	if s.host == "" {
		return true
	}
	switch {
	// 3.1. The URL needs a host.
	case m.url.Host() == "":
		return false
	// 3.2. Without a scheme the page's must match.
	case s.scheme == "" && !m.schemePart(m.self.Scheme()):
		return false
	// 3.3. The host must match.
	case !m.hostPart(s.host):
		return false
	// 3.4, 3.5. The port must match.
	case !m.portPart(&s):
		return false
	// 3.6. The path must match, until a redirect was followed.
	case s.path != "" && m.redirects == 0 && !m.pathPart(s.path):
		return false
	}
	// 3.7. It matches.
	return true
}

// star is step 1 of "does url match expression in origin with redirect count?".
func (m *matcher) star() bool {
	if m.rules.StarAllowsData {
		switch m.url.Scheme() {
		case "data":
			if m.directive == ImgSrc || m.directive == MediaSrc {
				return true
			}
		case "blob":
			if m.directive == MediaSrc {
				return true
			}
		}
	}
	return m.url.IsHTTP() || !m.self.IsOpaque() && m.url.Scheme() == m.self.Scheme()
}

// matchesSelf is step 4 of "does url match expression in origin with redirect count?".
func (m *matcher) matchesSelf() bool {
	switch {
	// 4.1. The same origin.
	case m.url.Origin().SameOrigin(m.self):
		return true
	// 4.2. The same host, and either the same port or the default port of each …
	case m.self.IsOpaque(), m.url.Host() != m.self.Host(), m.url.Port() != m.self.Port():
		return false
	}
	// 4.2.1, 4.2.2. … by a scheme that is as secure. The schemes of WebSockets are those of HTTP(S) here.
	return m.url.Scheme() == "https" || m.upgradable
}

// schemePart is "scheme-part matches".
//
// https://w3c.github.io/webappsec-csp/#match-schemes
func (m *matcher) schemePart(a string) bool {
	b := m.scheme
	switch {
	// 1.1. The same scheme.
	case fold.Equal(a, b):
		return true
	// 1.2. http: becomes https:.
	case fold.Equal(a, "http"):
		return b == "https"
	case m.upgradable && (fold.Equal(a, "https") && b == "http" || fold.Equal(a, "wss") && b == "ws"):
		return true
	// 1.3. ws: becomes all of these.
	case fold.Equal(a, "ws"):
		return b == "wss" || !m.rules.WebSocketSchemesApart && (b == "http" || b == "https")
	// 1.4. wss: becomes https:.
	case fold.Equal(a, "wss"):
		return !m.rules.WebSocketSchemesApart && b == "https"
	}
	// 2. No other.
	return false
}

// hostPart is "host-part matches".
//
// https://w3c.github.io/webappsec-csp/#match-hosts
func (m *matcher) hostPart(pattern string) bool {
	host := m.url.Host()
	switch {
	// 1. Only domains match.
	case !m.url.HostIsDomain() && !m.rules.IPHosts:
		return false
	// 2. All of them do.
	case pattern == "*":
		return true
	// 3. Those below a domain.
	case strings.HasPrefix(pattern, "*."):
		suffix := pattern[1:]
		return len(host) > len(suffix) && fold.Equal(suffix, host[len(host)-len(suffix):])
	}
	// 4, 5. Or one alone.
	return fold.Equal(pattern, host)
}

// portPart is "port-part matches".
//
// https://w3c.github.io/webappsec-csp/#match-ports
func (m *matcher) portPart(s *source) bool {
	// 1, 2. Any port.
	if s.port == "*" {
		return true
	}
	if m.rules.Ports == rules.PortsWithSchemes && s.port != "" {
		return m.wrappedPort(s)
	}
	own := defaultPort(m.url.Scheme())
	port := m.url.Port()
	effective := port
	if effective == "" {
		effective = own
	}
	// 3 to 5. The URL's port, which is absent where it is its scheme's default.
	matches := s.port == "" && port == "" || s.port != "" && samePort(s.port, effective)
	// 6. Otherwise not, but engines let secure URLs be on the secure port.
	insecure := s.port != "" && samePort(s.port, "80")
	switch m.rules.Ports {
	case rules.PortsUpgraded:
		return matches || insecure && effective == "443"
	case rules.PortsOfSource:
		if s.port == "" {
			return port == "" || effective == defaultPort(m.sourceScheme(s))
		}
		return s.port == effective || s.port == "80" && effective == "443"
	}
	return matches
}

// wrappedPort is portPart of a source with a port for engines with
// [rules.PortsWithSchemes], which keep the 16 low bits of a port.
func (m *matcher) wrappedPort(s *source) bool {
	number, exact := grammar.Decimal(s.port)
	effective := m.url.Port()
	if effective == "" {
		effective = defaultPort(m.url.Scheme())
	}
	want, _ := grammar.Decimal(effective)
	if !exact || number > math.MaxInt32 {
		return false
	}
	number &= math.MaxUint16
	if fold.Equal(m.sourceScheme(s), m.scheme) {
		return number == want
	}
	return number == want && m.url.Port() == "" || number == 80 && want == 443
}

// sourceScheme is the scheme of a source, which is the page's where it has none.
func (m *matcher) sourceScheme(s *source) string {
	if s.scheme != "" {
		return s.scheme
	}
	return m.self.Scheme()
}

// samePort compares a port that may have leading zeros.
func samePort(a, b string) bool { return grammar.CompareDecimal(a, b) == 0 }

func defaultPort(scheme string) string {
	switch {
	case fold.Equal(scheme, "https"), fold.Equal(scheme, "wss"):
		return "443"
	case fold.Equal(scheme, "http"), fold.Equal(scheme, "ws"):
		return "80"
	}
	return ""
}

// pathPart is "path-part matches". The pieces between slashes are decoded while they are compared: a slash in one of
// them that is written %2F is none that separates.
//
// https://w3c.github.io/webappsec-csp/#match-paths
func (m *matcher) pathPart(a string) bool {
	b := m.url.Path()
	// 1, 2. An empty path matches, and a slash matches an empty one.
	if a == "" || a == "/" && b == "" {
		return true
	}
	// 3 to 8. Piece by piece; the last one is a slash where all below it matches.
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		ca, wa := decodedByte(a[i:])
		cb, wb := decodedByte(b[j:])
		if ca != cb || ca == '/' && (wa == 1) != (wb == 1) && !m.rules.PathDecodedFirst {
			return false
		}
		i, j = i+wa, j+wb
	}
	// 9. It matches if both have ended, or the source at a slash.
	return i == len(a) && (j == len(b) || a[len(a)-1] == '/')
}

// untilBlank is a path as far as it survives being decoded and read as part of a policy again.
func untilBlank(path string) string {
	for i := 0; i < len(path); {
		c, width := decodedByte(path[i:])
		if c == ';' || isBlank(rune(c)) {
			return path[:i]
		}
		i += width
	}
	return path
}

// decodedByte is the first byte of a string after percent-decoding, and how long it is written.
func decodedByte(s string) (byte, int) {
	if s[0] == '%' && len(s) > 2 && isHex(s[1]) && isHex(s[2]) {
		return hexValue(s[1])<<4 | hexValue(s[2]), 3
	}
	return s[0], 1
}

func hexValue(c byte) byte {
	if grammar.IsDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
