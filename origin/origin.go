package origin

import (
	"strconv"
	"strings"
)

// An Origin is an origin of the HTML Standard: a tuple origin (scheme, host, port, domain), or an
// opaque origin, which is the same origin with nothing but itself.
//
// Origin is an immutable value, safe for concurrent use and cheap to copy. The zero value is no
// origin: it is neither opaque nor a tuple and the same origin with nothing, itself included.
// Compare origins with [Origin.SameOrigin], never with ==, which tells apart equal tuples.
//
// https://html.spec.whatwg.org/#concept-origin
type Origin struct {
	rec *record
}

// record is what an Origin points to. An opaque origin has no scheme.
type record struct {
	scheme, host, port string
	domain             string
	serialized         string
	kind               hostKind
}

// NewOpaque returns a new opaque origin.
//
// https://html.spec.whatwg.org/#concept-origin-opaque
func NewOpaque() Origin { return Origin{new(record)} }

// IsZero reports whether o is the zero value: no origin.
func (o Origin) IsZero() bool { return o.rec == nil }

// IsOpaque reports an opaque origin.
//
// https://html.spec.whatwg.org/#concept-origin-opaque
func (o Origin) IsOpaque() bool { return o.rec != nil && o.rec.scheme == "" }

// isTuple reports a tuple origin.
func (o Origin) isTuple() bool { return o.rec != nil && o.rec.scheme != "" }

// Scheme returns a tuple origin's scheme, "" for any other.
func (o Origin) Scheme() string {
	if o.rec == nil {
		return ""
	}
	return o.rec.scheme
}

// Host returns a tuple origin's host, serialized, "" for any other.
func (o Origin) Host() string {
	if o.rec == nil {
		return ""
	}
	return o.rec.host
}

// Port returns a tuple origin's port in decimal; "" when it is null, as the scheme's default port
// always is, and for any other origin.
func (o Origin) Port() string {
	if o.rec == nil {
		return ""
	}
	return o.rec.port
}

// String returns the ASCII serialization: "https://app.example", or "null" for an opaque origin
// and for the zero value. It doesn't allocate.
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
	r.serialized = r.scheme + "://" + r.host // 2-4
	if r.port != "" {                        // 5
		r.serialized += ":" + r.port
	}
}

// SameOrigin reports whether o and p are the same origin. The domain plays no part. It doesn't
// allocate.
//
// https://html.spec.whatwg.org/#same-origin
func (o Origin) SameOrigin(p Origin) bool {
	if o.rec == p.rec { // 1
		return o.rec != nil
	}
	// The serialization of a tuple is as good as its parts: no part can hold a delimiter.
	return o.isTuple() && p.isTuple() && o.rec.serialized == p.rec.serialized // 2
}

// SameOriginDomain reports whether o and p are same origin-domain, which document.domain can
// widen and narrow.
//
// https://html.spec.whatwg.org/#same-origin-domain
func (o Origin) SameOriginDomain(p Origin) bool {
	switch {
	case !o.isTuple() || !p.isTuple():
		return o.SameOrigin(p) // 1
	case o.rec.domain != "" || p.rec.domain != "":
		return o.rec.scheme == p.rec.scheme && o.rec.domain == p.rec.domain // 2.1
	}
	return o.SameOrigin(p) // 2.2
}

// WithDomain returns a copy of a tuple origin with its domain set, as document.domain does after its
// own checks; "" sets it to null. domain is a serialized host, as from [URL.Host]. Any other origin
// comes back unchanged.
//
// https://html.spec.whatwg.org/#concept-origin-domain
func (o Origin) WithDomain(domain string) Origin {
	if !o.isTuple() {
		return o
	}
	rec := *o.rec
	rec.domain = domain
	return Origin{&rec}
}

// Parse parses a serialized origin, as an Origin header or an allow list holds it. It is the
// same as (*Schemes)(nil).ParseOrigin(serialized).
func Parse(serialized string) (Origin, error) {
	return (*Schemes)(nil).ParseOrigin(serialized)
}

// ParseOrigin parses a serialized origin of the scheme http, https, ws, wss, ftp or one in s, which
// may be nil. "null" gives a new opaque origin.
//
// Nothing is repaired: ParseOrigin returns an origin only if its String is the input, byte for byte,
// because that is how servers compare. The error, a [*ParseError], names the rule that the input
// breaks: a path, a trailing slash, credentials, upper case, a default port and so on.
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
