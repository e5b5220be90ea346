package origin

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// A PublicSuffixList knows the public suffixes. [publicsuffix.List] is one, and so is any
// [net/http/cookiejar.PublicSuffixList].
//
// PublicSuffix returns the public suffix of domain, which is in lower-case ASCII, without a trailing
// dot and never an IP address. By the list's algorithm every domain has one: where no rule matches,
// it is the last label. Implementations must be safe for concurrent use.
//
// https://publicsuffix.org/list/
type PublicSuffixList interface {
	PublicSuffix(domain string) string
}

// DefaultPublicSuffixList returns the list that a nil list stands for: that of
// golang.org/x/net/publicsuffix, private domains included, as old as that module. It makes one small
// allocation a question.
func DefaultPublicSuffixList() PublicSuffixList { return publicsuffix.List }

// RegistrableDomain returns the registrable domain of a host, "" when it has none: when it is an
// IP address or a public suffix. host is a serialized host as from [URL.Host]; a trailing dot
// belongs to the result. A nil list is the default one. Nothing allocates but the list.
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

// A Site is a site of the HTML Standard: an opaque origin, or a scheme and a host, which is
// the registrable domain where there is one. Sites are comparable with == and usable as map keys,
// except that the zero value, no site, is the same site with nothing: see [Site.SameSite].
//
// https://html.spec.whatwg.org/#site
type Site struct {
	opaque       *record
	scheme, host string
}

// Site obtains a site from o; the zero Site from the zero Origin. A nil list is the default one.
//
// https://html.spec.whatwg.org/#obtain-a-site
func (o Origin) Site(list PublicSuffixList) Site {
	if !o.isTuple() { // 1
		return Site{opaque: o.rec}
	}
	if domain := o.registrableDomain(list); domain != "" { // 3
		return Site{scheme: o.rec.scheme, host: domain}
	}
	return Site{scheme: o.rec.scheme, host: o.rec.host} // 2
}

// registrableDomain returns the registrable domain of o's host. Only a domain has one: the opaque
// host of a custom scheme may look like a domain or an address but is neither.
func (o Origin) registrableDomain(list PublicSuffixList) string {
	if o.rec.kind != hostDomain {
		return ""
	}
	return RegistrableDomain(o.rec.host, list)
}

// IsZero reports whether s is the zero value: no site.
func (s Site) IsZero() bool { return s == Site{} }

// IsOpaque reports whether s is an opaque origin.
func (s Site) IsOpaque() bool { return s.opaque != nil }

// Scheme returns the scheme, "" when the site is an opaque origin.
func (s Site) Scheme() string { return s.scheme }

// Host returns the registrable domain or else the host, "" when the site is an opaque origin.
func (s Site) Host() string { return s.host }

// SameSite reports whether s and t are the same site.
//
// https://html.spec.whatwg.org/#concept-site-same-site
func (s Site) SameSite(t Site) bool { return s == t && !s.IsZero() }

// String returns the serialization: "https://example.com", or "null" for an opaque origin and for
// the zero value.
//
// https://html.spec.whatwg.org/#serialization-of-a-site
func (s Site) String() string {
	if s.scheme == "" {
		return "null"
	}
	return s.scheme + "://" + s.host
}

// SameSite reports whether a and b are same site, schemes included. A nil list is the default one.
// The list is asked only about hosts that differ and end in the same two labels; nothing else
// allocates than the list, and the default one does, once a question.
//
// https://html.spec.whatwg.org/#same-site
func SameSite(a, b Origin, list PublicSuffixList) bool {
	// Sites that have the same host differ in nothing but their schemes.
	return a.Scheme() == b.Scheme() && SchemelesslySameSite(a, b, list)
}

// SchemelesslySameSite reports whether a and b are schemelessly same site. A nil list is the
// default one. It allocates no more than [SameSite].
//
// https://html.spec.whatwg.org/#schemelessly-same-site
func SchemelesslySameSite(a, b Origin, list PublicSuffixList) bool {
	switch {
	case !a.isTuple() || !b.isTuple(): // 1, 3
		return a.SameOrigin(b)
	case a.rec.kind != b.rec.kind:
		return false
	case a.rec.host == b.rec.host: // 2.3, and 2.4 for hosts that are the same
		return true
	case lastTwoLabels(a.rec.host) != lastTwoLabels(b.rec.host): // a registrable domain has two at least
		return false
	}
	domain := a.registrableDomain(list)
	return domain != "" && domain == b.registrableDomain(list) // 2.4
}

// lastTwoLabels returns the last two labels of a host, or the one that it has, with a trailing dot.
func lastTwoLabels(host string) string {
	last := strings.LastIndexByte(strings.TrimSuffix(host, "."), '.')
	if last < 0 {
		return host
	}
	return host[strings.LastIndexByte(host[:last], '.')+1:]
}
