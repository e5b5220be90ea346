package origin

import (
	"strings"
)

// A URL is a parsed URL, a "URL record" in the Standard's words. Get one from [ParseURL] or
// [Schemes.ParseURL]. The methods that change something return a copy. The zero value is not a URL.
//
// https://url.spec.whatwg.org/#url-representation
type URL struct {
	components
	href    string
	schemes *Schemes
	origin  record
}

// ParseURL parses an absolute URL. It is short for (*Schemes)(nil).ParseURL(input, nil).
func ParseURL(input string) (*URL, error) {
	return (*Schemes)(nil).ParseURL(input, nil)
}

// ParseURL parses input as browsers do. If base is not nil, input may be relative to it. URLs whose
// scheme is one of s, which may be nil, get tuple origins. The error is a [*ParseError].
//
// https://url.spec.whatwg.org/#concept-basic-url-parser
func (s *Schemes) ParseURL(input string, base *URL) (*URL, error) {
	if u := s.parseFast(input); u != nil {
		return u, nil
	}
	return s.parseSlow(input, base)
}

// parseSlow parses any input.
func (s *Schemes) parseSlow(input string, base *URL) (*URL, error) {
	var b *components
	if base != nil {
		b = &base.components
	}
	c, rule := basicParse(input, b)
	if rule != "" {
		return nil, &ParseError{What: "URL", Value: input, Rule: rule}
	}
	u := &URL{components: c, schemes: s, href: input}
	if !c.serializesTo(input) {
		u.href = u.serialize()
	}
	u.setOrigin()
	return u, nil
}

// ParseURLHostSpaces is like [Schemes.ParseURL], except that the host may contain spaces, which are
// percent-encoded. The Standard forbids them. Profiles with
// Request.HostSpaces allow them.
func (s *Schemes) ParseURLHostSpaces(input string, base *URL) (*URL, error) {
	u, err := s.ParseURL(input, base)
	if err == nil {
		return u, nil
	}
	var b *components
	if base != nil {
		b = &base.components
	}
	c, rule := components{hostSpaces: true}.parse(input, b)
	if rule != "" {
		return nil, err
	}
	c.hostSpaces = false
	return s.newURL(c), nil
}

// newURL makes the record of c.
func (s *Schemes) newURL(c components) *URL {
	u := &URL{components: c, schemes: s}
	u.href = u.serialize()
	u.setOrigin()
	return u
}

// serialize is the URL serializer.
//
// https://url.spec.whatwg.org/#concept-url-serializer
func (c *components) serialize() string {
	var b strings.Builder
	b.Grow(len(c.scheme) + len("://:@:?#") + len("/.") + len(c.username) + len(c.password) + len(c.host) +
		len(c.port) + len(c.path) + len(c.query) + len(c.fragment))
	b.WriteString(c.scheme) // 1. The scheme.
	b.WriteByte(':')
	if c.kind != hostNull { // 2. A host, with credentials and port,
		b.WriteString("//")
		if c.includesCredentials() {
			b.WriteString(c.username)
			if c.password != "" {
				b.WriteByte(':')
				b.WriteString(c.password)
			}
			b.WriteByte('@')
		}
		b.WriteString(c.host)
		if c.port != "" {
			b.WriteByte(':')
			b.WriteString(c.port)
		}
	} else if !c.opaquePath && strings.HasPrefix(c.path, "//") { // 3. or a mark that keeps a path from being taken for one.
		b.WriteString("/.")
	}
	b.WriteString(c.path) // 4. The path.
	if c.hasQuery {       // 5. The query.
		b.WriteByte('?')
		b.WriteString(c.query)
	}
	if c.hasFragment { // 6. The fragment.
		b.WriteByte('#')
		b.WriteString(c.fragment)
	}
	return b.String()
}

// serializesTo reports that c is serialized as input, of which its path is a part. It knows this only of a URL that is
// a scheme and an opaque path, as a data: URL is, which may be long and is then kept once.
func (c *components) serializesTo(input string) bool {
	n := len(c.scheme)
	return c.opaquePath && !c.hasQuery && !c.hasFragment && c.kind == hostNull && len(input) == n+1+len(c.path) &&
		input[:n] == c.scheme && input[n] == ':' && input[n+1:] == c.path
}

// Scheme returns the scheme in lower case and without a colon, such as "https".
func (u *URL) Scheme() string { return u.scheme }

// Username returns the percent-encoded username, or "" if there is none.
func (u *URL) Username() string { return u.username }

// Password returns the percent-encoded password, or "" if there is none.
func (u *URL) Password() string { return u.password }

// IncludesCredentials reports whether the URL has a username or a password.
//
// https://url.spec.whatwg.org/#include-credentials
func (u *URL) IncludesCredentials() bool { return u.includesCredentials() }

func (c *components) includesCredentials() bool { return c.username != "" || c.password != "" }

// Host returns the host: a domain in lower-case ASCII, or an IP address, an IPv6 address in brackets. It
// returns "" if the URL has no host or an empty one.
func (u *URL) Host() string { return u.host }

// Port returns the port in decimal. It returns "" if the port is the default port of the scheme.
func (u *URL) Port() string { return u.port }

// Path returns the percent-encoded path.
//
// https://url.spec.whatwg.org/#url-path-serializer
func (u *URL) Path() string { return u.path }

// Query returns the query without "?". ok is false if the URL has none.
func (u *URL) Query() (query string, ok bool) { return u.query, u.hasQuery }

// Fragment returns the fragment without "#". ok is false if the URL has none.
func (u *URL) Fragment() (fragment string, ok bool) { return u.fragment, u.hasFragment }

// IsHTTP reports whether the scheme is http or https.
//
// https://fetch.spec.whatwg.org/#http-scheme
func (u *URL) IsHTTP() bool { return u.scheme == "https" || u.scheme == "http" }

// HostIsIP reports whether the host is an IPv4 or IPv6 address.
//
// https://url.spec.whatwg.org/#ip-address
func (u *URL) HostIsIP() bool { return u.kind == hostIPv4 || u.kind == hostIPv6 }

// HostIsDomain reports whether the host is a domain, rather than an IP address or the opaque host of a
// URL that is not special.
//
// https://url.spec.whatwg.org/#concept-domain
func (u *URL) HostIsDomain() bool { return u.kind == hostDomain }

// String returns the serialized URL, including its fragment. It does not allocate.
//
// https://url.spec.whatwg.org/#concept-url-serializer
func (u *URL) String() string { return u.href }

// WithoutFragment returns the serialized URL without its fragment. It does not allocate.
//
// https://url.spec.whatwg.org/#concept-url-serializer
func (u *URL) WithoutFragment() string {
	if !u.hasFragment {
		return u.href
	}
	return u.href[:len(u.href)-len(u.fragment)-len("#")]
}

// WithFragment returns a copy of u with another fragment, given without "#". The result has no
// fragment if present is false. Characters that a fragment cannot hold are percent-encoded.
func (u *URL) WithFragment(fragment string, present bool) *URL {
	if u.hasFragment == present && u.fragment == fragment {
		return u
	}
	c := u.components
	c.fragment, c.hasFragment = percentEncode(removeTabsAndNewlines(fragment), fragmentSet), present
	return u.schemes.newURL(c)
}

// SetScheme returns a copy of u with another scheme, as setting the protocol property in script does. If
// the port is the new scheme's default port, it is removed.
//
// Some changes are not possible. SetScheme then returns u: if one of the schemes is special (http,
// https, ws, wss, ftp, file) and the other is not, if a URL with credentials or a port would become a
// file: URL, if u is a file: URL without a host, and if s is not a scheme.
//
// https://url.spec.whatwg.org/#scheme-state
func (u *URL) SetScheme(s string) *URL {
	scheme, rest, ok := cutScheme(s + ":")
	switch {
	case !ok || rest != "",
		isSpecial(scheme) != isSpecial(u.scheme),                      // 2.1.1, 2.1.2. A special scheme stays one, and another stays another.
		scheme == "file" && (u.IncludesCredentials() || u.port != ""), // 2.1.3. A file: URL has no credentials and no port.
		u.scheme == "file" && u.kind == hostEmpty:                     // 2.1.4. A file: URL without a host has no other scheme.
		return u
	}
	c := u.components
	c.scheme = scheme                                           // 2.2. The scheme is set.
	if standard, _ := defaultPort(scheme); c.port == standard { // 2.3. A port that is its default goes.
		c.port, c.portNumber = "", 0
	}
	return u.schemes.newURL(c)
}

// SetCredentials returns a copy of u with another username and password, which are percent-encoded if
// necessary. Two empty strings remove them. A URL that cannot have credentials, because it has no host
// or is a file: URL, is returned as it is.
//
// https://url.spec.whatwg.org/#set-the-username
// https://url.spec.whatwg.org/#set-the-password
func (u *URL) SetCredentials(username, password string) *URL {
	if u.host == "" || u.scheme == "file" {
		return u
	}
	c := u.components
	c.username, c.password = percentEncode(username, userinfoSet), percentEncode(password, userinfoSet)
	return u.schemes.newURL(c)
}

// Origin returns the origin of the URL. It does not allocate.
//
// If the origin is opaque, as it is for data: URLs, every call on u returns the same origin, and no
// other URL has it, not even one that was parsed from the same string. The Standard makes a new opaque
// origin each time instead.
//
// https://url.spec.whatwg.org/#concept-url-origin
func (u *URL) Origin() Origin { return Origin{&u.origin} }

// setOrigin computes the origin. A scheme that the embedder registered has tuple origins where the
// URL has a host; a blob: URL may carry the origin of such a scheme as it may one of https.
func (u *URL) setOrigin() {
	c := &u.components
	if c.scheme == "blob" {
		inner, rule := basicParse(c.path, nil)
		if rule != "" || inner.scheme != "http" && inner.scheme != "https" && !u.schemes.has(inner.scheme) {
			return
		}
		c = &inner
	}
	if !u.schemes.hasTupleOrigin(c) {
		return
	}
	u.origin = record{scheme: c.scheme, host: c.host, port: c.port, kind: c.kind}
	if end := len(c.scheme) + len("://") + len(c.host); c == &u.components && !c.includesCredentials() {
		if c.port != "" {
			end += len(":") + len(c.port)
		}
		u.origin.serialized = u.href[:end]
		return
	}
	u.origin.serialize()
}

// hasTupleOrigin says whether the URL Standard, or the embedder, gives a URL that isn't blob: a
// tuple origin.
func (s *Schemes) hasTupleOrigin(c *components) bool {
	if c.host == "" || c.scheme == "file" {
		return false
	}
	return isSpecial(c.scheme) || s.has(c.scheme)
}
