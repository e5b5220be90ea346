package origin

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// A PublicSuffixList knows the public suffixes: the domains, such as "com" and "co.uk", under which
// anybody can register a name. golang.org/x/net/publicsuffix.List is one, and so is every
// [net/http/cookiejar.PublicSuffixList]. It must be safe for concurrent use.
//
// PublicSuffix returns the public suffix of domain, which is in lower-case ASCII, has no trailing dot
// and is never an IP address. If no rule of the list matches, the suffix is the last label.
//
// Where this package takes a list, nil means the default list: the one in golang.org/x/net/publicsuffix,
// including its private domains. It is as old as the version of that module, and makes one small
// allocation for each question.
//
// https://publicsuffix.org/list/
type PublicSuffixList interface {
	PublicSuffix(domain string) string
}

// RegistrableDomain returns the registrable domain of a host, such as "example.co.uk" for
// "www.example.co.uk". It returns "" for an IP address and for a public suffix. host is in the form that
// [URL.Host] returns. A trailing dot is kept. A nil list means the default list.
//
// https://url.spec.whatwg.org/#host-registrable-domain
func RegistrableDomain(host string, list PublicSuffixList) string {
	if strings.HasPrefix(host, "[") || isCanonicalIPv4(host) {
		return ""
	}
	if list == nil {
		list = publicsuffix.List
	}
	domain := strings.TrimSuffix(host, ".")
	suffix := list.PublicSuffix(domain)
	rest, ok := strings.CutSuffix(domain, suffix)
	if suffix == "" || !ok || !strings.HasSuffix(rest, ".") {
		return ""
	}
	rest = rest[:len(rest)-1]
	start := strings.LastIndexByte(rest, '.') + 1
	if start == len(rest) {
		return ""
	}
	return host[start:]
}

// A Site is a site: a scheme and a host, which is the registrable domain if there is one, or an opaque
// origin. Get one with [Origin.Site]. Sites can be compared with == and used in maps. The zero value is
// not a site.
//
// To compare the sites of two origins, use [SameSite]; it does not allocate.
//
// https://html.spec.whatwg.org/#site
type Site struct {
	opaque       *record
	scheme, host string
}

// Site returns the site of o. The zero Origin gives the zero Site. A nil list means the default list.
//
// https://html.spec.whatwg.org/#obtain-a-site
func (o Origin) Site(list PublicSuffixList) Site {
	if !o.isTuple() { // 1. An opaque origin is its own site.
		return Site{opaque: o.rec}
	}
	if domain := o.registrableDomain(list); domain != "" { // 3. Scheme and registrable domain.
		return Site{scheme: o.rec.scheme, host: domain}
	}
	return Site{scheme: o.rec.scheme, host: o.rec.host} // 2. Scheme and host, without a registrable domain.
}

// registrableDomain returns the registrable domain of o's host. Only a domain has one: the opaque
// host of a custom scheme may look like a domain or an address but is neither.
func (o Origin) registrableDomain(list PublicSuffixList) string {
	if o.rec.kind != hostDomain {
		return ""
	}
	return RegistrableDomain(o.rec.host, list)
}

// IsOpaque reports whether the site is an opaque origin.
func (s Site) IsOpaque() bool { return s.opaque != nil }

// Scheme returns the scheme, or "" if the site is an opaque origin.
func (s Site) Scheme() string { return s.scheme }

// Host returns the registrable domain, or the host if it has none. It returns "" for an opaque origin.
func (s Site) Host() string { return s.host }

// String returns the serialized site, such as "https://example.com". It returns "null" for an opaque
// origin and for the zero value.
//
// https://html.spec.whatwg.org/#serialization-of-a-site
func (s Site) String() string {
	if s.scheme == "" {
		return "null"
	}
	return s.scheme + "://" + s.host
}

// SameSite reports whether a and b are same site: whether their schemes and their registrable domains
// are the same. Hosts without a registrable domain, such as IP addresses, must be the same themselves.
// Ports do not matter. Opaque origins are same site only with themselves. A nil list means the default
// list.
//
// The list is asked only about two different hosts that end in the same two labels. SameSite itself
// does not allocate.
//
// https://html.spec.whatwg.org/#same-site
func SameSite(a, b Origin, list PublicSuffixList) bool {
	// Sites that have the same host differ in nothing but their schemes.
	return a.Scheme() == b.Scheme() && SchemelesslySameSite(a, b, list)
}

// SchemelesslySameSite reports whether a and b are same site if their schemes are ignored. A nil list
// means the default list. It does not allocate.
//
// https://html.spec.whatwg.org/#schemelessly-same-site
func SchemelesslySameSite(a, b Origin, list PublicSuffixList) bool {
	switch {
	case !a.isTuple() || !b.isTuple(): // 1, 3. Opaque origins are of one site with themselves.
		return a.SameOrigin(b)
	case a.rec.kind != b.rec.kind:
		return false
	case a.rec.host == b.rec.host: // 2.3, and 2.4 for hosts that are the same.
		return true
	case lastTwoLabels(a.rec.host) != lastTwoLabels(b.rec.host): // a registrable domain has two at least
		return false
	}
	domain := a.registrableDomain(list)
	return domain != "" && domain == b.registrableDomain(list) // 2.4. The same registrable domain.
}

// lastTwoLabels returns the last two labels of a host, or the one that it has, with a trailing dot.
func lastTwoLabels(host string) string {
	last := strings.LastIndexByte(strings.TrimSuffix(host, "."), '.')
	if last < 0 {
		return host
	}
	return host[strings.LastIndexByte(host[:last], '.')+1:]
}
