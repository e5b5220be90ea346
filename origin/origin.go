package origin

import (
	"strconv"
	"strings"
)

// An Origin is an origin: a tuple of scheme, host and port, or an opaque origin, which is the same
// origin only with itself. Get one from [URL.Origin], [Parse] or [NewOpaque].
//
// Compare origins with [Origin.SameOrigin], not with ==, which can tell equal tuples apart. The zero
// value is not an origin: it is the same origin with nothing, not even with itself.
//
// https://html.spec.whatwg.org/#concept-origin
type Origin struct {
	rec *record
}

// record is what an Origin points to. An opaque origin has no scheme.
type record struct {
	scheme, host, port string
	serialized         string
	kind               hostKind
}

// NewOpaque returns a new opaque origin, as a sandboxed page has. It differs from every other origin.
//
// https://html.spec.whatwg.org/#concept-origin-opaque
func NewOpaque() Origin { return Origin{new(record)} }

// IsZero reports whether o is the zero value, which is not an origin.
func (o Origin) IsZero() bool { return o.rec == nil }

// IsOpaque reports whether o is an opaque origin.
//
// https://html.spec.whatwg.org/#concept-origin-opaque
func (o Origin) IsOpaque() bool { return o.rec != nil && o.rec.scheme == "" }

// isTuple reports a tuple origin.
func (o Origin) isTuple() bool { return o.rec != nil && o.rec.scheme != "" }

// Scheme returns the scheme of a tuple origin, and "" otherwise.
func (o Origin) Scheme() string {
	if o.rec == nil {
		return ""
	}
	return o.rec.scheme
}

// Host returns the host of a tuple origin, in the form that [URL.Host] returns, and "" otherwise.
func (o Origin) Host() string {
	if o.rec == nil {
		return ""
	}
	return o.rec.host
}

// Port returns the port of a tuple origin in decimal. It returns "" if the port is the default port of
// the scheme, and for all other origins.
func (o Origin) Port() string {
	if o.rec == nil {
		return ""
	}
	return o.rec.port
}

// String returns the serialized origin, as the Origin header holds it: "https://app.example". It returns
// "null" for an opaque origin and for the zero value. It does not allocate.
//
// https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin
func (o Origin) String() string {
	if !o.isTuple() {
		return "null"
	}
	return o.rec.serialized
}

// serialize sets the serialization from the tuple.
//
// https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin
func (r *record) serialize() {
	r.serialized = r.scheme + "://" + r.host // 2-4. Scheme and host,
	if r.port != "" {                        // 5. and a port that is not the default.
		r.serialized += ":" + r.port
	}
}

// SameOrigin reports whether o and p are the same origin: whether their schemes, hosts and ports are
// the same, or both are one and the same opaque origin. It does not allocate.
//
// https://html.spec.whatwg.org/#same-origin
func (o Origin) SameOrigin(p Origin) bool {
	if o.rec == p.rec { // 1. The same opaque origin.
		return o.rec != nil
	}
	// The serialization of a tuple is as good as its parts: no part can hold a delimiter.
	return o.isTuple() && p.isTuple() && o.rec.serialized == p.rec.serialized // 2. The same scheme, host and port.
}

// Parse parses a serialized origin, as an Origin header or a list of allowed origins holds it. It is
// short for (*Schemes)(nil).ParseOrigin(serialized); see there.
func Parse(serialized string) (Origin, error) {
	return (*Schemes)(nil).ParseOrigin(serialized)
}

// ParseOrigin parses a serialized origin whose scheme is http, https, ws, wss, ftp or one of s, which may
// be nil. "null" gives a new opaque origin.
//
// Servers compare origins byte by byte. So ParseOrigin accepts a string only if it is exactly what
// [Origin.String] returns. It refuses a path, a trailing slash, credentials, upper case, a default port
// and so on. The error is a [*ParseError] that names the rule.
//
// https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin
func (s *Schemes) ParseOrigin(serialized string) (Origin, error) {
	if serialized == "null" {
		return NewOpaque(), nil
	}
	rule := s.originRule(serialized)
	if rule == "" {
		c, broken := basicParse(serialized, nil)
		if rule = broken; rule == "" {
			rec := &record{scheme: c.scheme, host: c.host, port: c.port, kind: c.kind}
			if rec.serialize(); rec.serialized == serialized {
				return Origin{rec}, nil
			}
			rule = "host is not serialized; as an origin it is " + quote(rec.serialized)
		}
	}
	return Origin{}, &ParseError{What: "origin", Value: serialized, Rule: rule}
}

// originRule returns the rule that keeps a string from being a serialized tuple origin, as far as
// its form shows it. What is left to see is the host parser's and whether the host is canonical.
func (s *Schemes) originRule(input string) string {
	if input == "" {
		return "empty"
	}
	for _, r := range input {
		switch {
		case r <= ' ' || r == 0x7F:
			return "contains white space or a control character: " + strconv.QuoteRune(r)
		case r > 0x7F:
			return "not ASCII; a host is written in its ASCII form (\"xn--…\")"
		}
	}
	scheme, rest, found := strings.Cut(input, "://")
	lower, after, ok := cutScheme(scheme + ":")
	switch {
	case !found && strings.EqualFold(input, "null"):
		return `the opaque origin is written "null", in lower case`
	case !found:
		return `no scheme followed by "://"`
	case !ok || after != "":
		return "not a scheme: " + quote(scheme)
	case lower != scheme:
		return "scheme is not in lower case"
	case scheme == "file":
		return "a file URL's origin is opaque"
	case !isSpecial(scheme) && !s.has(scheme):
		return "scheme " + quote(scheme) + " has no tuple origins; register it with NewSchemes if it should"
	}
	authority, tail := cutAny(rest, `/?#\`)
	switch {
	case tail != "" && strings.Contains(authority, ","):
		return "more than one origin"
	case strings.Contains(authority, "@"):
		return "has credentials"
	case tail == "/" && authority != "":
		return "has a trailing slash"
	case tail != "" && tail[0] == '\\':
		return "has a backslash"
	case tail != "" && tail[0] == '?':
		return "has a query"
	case tail != "" && tail[0] == '#':
		return "has a fragment"
	case tail != "" && authority != "":
		return "has a path"
	}
	host, port, hasPort := cutPort(authority)
	switch {
	case host == "":
		return "no host"
	case isSpecial(scheme) && lowerASCII(host) != host:
		return "host is not in lower case"
	case isSpecial(scheme) && strings.Contains(host, "%"):
		return "host is percent-encoded"
	}
	if hasPort {
		return portRule(scheme, port)
	}
	return ""
}

// portRule returns the rule that keeps a port from being that of a serialized origin.
func portRule(scheme, port string) string {
	c := components{scheme: scheme}
	switch rule := c.setPort(port); {
	case rule != "":
		return rule
	case port == "":
		return "port is empty"
	case c.port == "" && port[0] != '0':
		return "port is the default of " + scheme + ", which an origin leaves out"
	case c.port != port:
		return "port has leading zeros"
	}
	return ""
}
