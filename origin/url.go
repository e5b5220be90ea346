package origin

import (
	"strings"
)

// A URL is a URL record of the URL Standard, always the result of a successful parse. It is
// immutable and safe for concurrent use. The zero value is no URL; get one from [ParseURL] or
// [Schemes.ParseURL].
//
// https://url.spec.whatwg.org/#url-representation
type URL struct {
	components
	href    string
	schemes *Schemes
	origin  record
}

// ParseURL parses an absolute URL. It is the same as (*Schemes)(nil).ParseURL(input, nil).
func ParseURL(input string) (*URL, error) {
	return (*Schemes)(nil).ParseURL(input, nil)
}

// ParseURL is the basic URL parser with UTF-8 as the encoding of queries: it parses input, relative
// to base unless base is nil. URLs of the schemes in s get tuple origins; s may be nil. The error is
// a [*ParseError].
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
	return s.newURL(c), nil
}

// ParseURLHostSpaces is ParseURL as of an engine that takes spaces in a host,
// which the Standard forbids, and keeps them percent-encoded.
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
	b.WriteString(c.scheme) // 1
	b.WriteByte(':')
	if c.kind != hostNull { // 2
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
	} else if !c.opaquePath && strings.HasPrefix(c.path, "//") { // 3
		b.WriteString("/.")
	}
	b.WriteString(c.path) // 4
	if c.hasQuery {       // 5
		b.WriteByte('?')
		b.WriteString(c.query)
	}
	if c.hasFragment { // 6
		b.WriteByte('#')
		b.WriteString(c.fragment)
	}
	return b.String()
}

// Scheme returns the scheme in lower case, without a colon: "https".
func (u *URL) Scheme() string { return u.scheme }

// Username returns the username, percent-encoded, "" for none.
func (u *URL) Username() string { return u.username }

// Password returns the password, percent-encoded, "" for none.
func (u *URL) Password() string { return u.password }

// IncludesCredentials reports whether the URL has a username or a password.
//
// https://url.spec.whatwg.org/#include-credentials
func (u *URL) IncludesCredentials() bool { return u.includesCredentials() }

func (c *components) includesCredentials() bool { return c.username != "" || c.password != "" }

// Host returns the serialized host, an IPv6 address in brackets; "" when it is null or empty.
func (u *URL) Host() string { return u.host }

// Port returns the port in decimal, "" when it is null, as a scheme's default port always is.
func (u *URL) Port() string { return u.port }

// PortNumber returns the port; false when it is null, as a scheme's default port always is.
func (u *URL) PortNumber() (port uint16, ok bool) { return u.portNumber, u.port != "" }

// Path returns the serialized path.
//
// https://url.spec.whatwg.org/#url-path-serializer
func (u *URL) Path() string { return u.path }

// HasOpaquePath reports whether the path is opaque, as in "data:,x" and "mailto:a@example.com".
//
// https://url.spec.whatwg.org/#url-opaque-path
func (u *URL) HasOpaquePath() bool { return u.opaquePath }

// Query returns the query without "?"; false when it is null.
func (u *URL) Query() (query string, ok bool) { return u.query, u.hasQuery }

// Fragment returns the fragment without "#"; false when it is null.
func (u *URL) Fragment() (fragment string, ok bool) { return u.fragment, u.hasFragment }

// IsHTTP reports an HTTP(S) scheme: http or https.
//
// https://fetch.spec.whatwg.org/#http-scheme
func (u *URL) IsHTTP() bool { return u.scheme == "https" || u.scheme == "http" }

// IsLocal reports a local scheme: about, blob or data.
//
// https://fetch.spec.whatwg.org/#local-scheme
func (u *URL) IsLocal() bool {
	return u.scheme == "about" || u.scheme == "blob" || u.scheme == "data"
}

// HostIsIP reports whether the host is an IPv4 or IPv6 address.
//
// https://url.spec.whatwg.org/#ip-address
func (u *URL) HostIsIP() bool { return u.kind == hostIPv4 || u.kind == hostIPv6 }

// HostIsDomain reports whether the host is a domain: not an address, and not the opaque host of a
// URL that isn't special.
//
// https://url.spec.whatwg.org/#concept-domain
func (u *URL) HostIsDomain() bool { return u.kind == hostDomain }

// String returns the serialized URL, fragment included. It doesn't allocate.
//
// https://url.spec.whatwg.org/#concept-url-serializer
func (u *URL) String() string { return u.href }

// WithoutFragment returns the URL serialized with exclude fragment set. It doesn't allocate.
//
// https://url.spec.whatwg.org/#concept-url-serializer
func (u *URL) WithoutFragment() string {
	if !u.hasFragment {
		return u.href
	}
	return u.href[:len(u.href)-len(u.fragment)-len("#")]
}

// Equals reports whether u equals v, with or without their fragments.
//
// https://url.spec.whatwg.org/#concept-url-equals
func (u *URL) Equals(v *URL, excludeFragments bool) bool {
	if excludeFragments {
		return u.WithoutFragment() == v.WithoutFragment()
	}
	return u.href == v.href
}

// SetFragment returns a copy with the fragment f, percent-encoded where it must be; "" makes it
// null. f is given without "#".
func (u *URL) SetFragment(f string) *URL {
	c := u.components
	c.fragment, c.hasFragment = percentEncode(removeTabsAndNewlines(f), fragmentSet), f != ""
	return u.schemes.newURL(c)
}

// WithFragmentOf returns a copy with the fragment of v, which may be null or empty.
func (u *URL) WithFragmentOf(v *URL) *URL {
	if u.hasFragment == v.hasFragment && u.fragment == v.fragment {
		return u
	}
	c := u.components
	c.fragment, c.hasFragment = v.fragment, v.hasFragment
	return u.schemes.newURL(c)
}

// SetScheme returns a copy with the scheme s, by the rules of the URL API's protocol setter: a port
// that is the default of s becomes null, a null port stays null. Where these rules forbid the
// change, between a special scheme and one that isn't, or to file from a URL with credentials or a
// port, or from file without a host, and where s is no scheme, the URL comes back unchanged.
//
// https://url.spec.whatwg.org/#scheme-state
func (u *URL) SetScheme(s string) *URL {
	scheme, rest, ok := cutScheme(s + ":")
	switch {
	case !ok || rest != "",
		isSpecial(scheme) != isSpecial(u.scheme),                      // 2.1.1, 2.1.2
		scheme == "file" && (u.IncludesCredentials() || u.port != ""), // 2.1.3
		u.scheme == "file" && u.kind == hostEmpty:                     // 2.1.4
		return u
	}
	c := u.components
	c.scheme = scheme                                           // 2.2
	if standard, _ := defaultPort(scheme); c.port == standard { // 2.3
		c.port, c.portNumber = "", 0
	}
	return u.schemes.newURL(c)
}

// SetCredentials returns a copy with the username and password given, percent-encoded where they
// must be; "" and "" take them away. A URL that can't have credentials, because it has no host or
// is a file URL, comes back unchanged.
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

// Origin returns the URL's origin. It was computed when the URL was parsed; the call doesn't
// allocate. An opaque origin belongs to this record: every call on u returns the same one, and no
// other record has it, not even one parsed from the same string or copied by a setter.
//
// The Standard makes a new opaque origin at each call instead. A caller that must have
// "data: URLs cannot be same origin with themselves" to the letter asks only once a record.
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
