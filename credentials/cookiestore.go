package credentials

import (
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// domainMatches is "domain-matches", for a domain.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-domain-matching
func domainMatches(host, domain string) bool {
	rest, ok := strings.CutSuffix(host, domain)
	return ok && (rest == "" || rest[len(rest)-1] == '.')
}

// defaultPath is the cookie default path of a URL's path.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-default-path
func defaultPath(path string) string {
	if last := strings.LastIndexByte(path, '/'); last > 0 {
		return path[:last]
	}
	return "/"
}

// SetCookies implements [CookieStore]. When r.Context ends, the remaining values
// are not stored.
func (j *CookieJar) SetCookies(r *CookieRequest, setCookie []string) {
	var last lastDomain
	for _, value := range setCookie {
		if r.ended() {
			return
		}
		j.setCookie(r, value, &last)
	}
}

// SetCookie parses and stores the value of one Set-Cookie header of a response to a
// request. It returns "" or the reason why the cookie was refused. A cookie that has
// expired removes the one that it would replace.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-and-store-a-cookie
func (j *CookieJar) SetCookie(r *CookieRequest, setCookie string) CookieRefusal {
	return j.setCookie(r, setCookie, new(lastDomain))
}

func (j *CookieJar) setCookie(r *CookieRequest, setCookie string, last *lastDomain) CookieRefusal {
	c, refusal := j.rules.parse(setCookie, j.time(r), r.Served)
	if refusal != "" {
		return refusal
	}
	return j.store(r, &c, last)
}

// store stores a cookie that a response to a request has set, or says why not.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie
func (j *CookieJar) store(r *CookieRequest, c *parsedCookie, last *lastDomain) CookieRefusal {
	switch host := r.URL.Host(); {
	case !r.URL.IsHTTP() || host == "":
		return refusedNoHost
	case len(host) > maxHost:
		return refusedLongHost
	}
	now := j.time(r)
	p := placing{jar: j, request: r, cookie: *c, host: r.URL.Host(), hostOnly: true, path: c.Path}
	if p.path == "" {
		p.path = defaultPath(r.URL.Path())
	}
	if refusal := p.place(); refusal != "" {
		return refusal
	}
	switch {
	case len(p.path) > j.rules.maxPath():
		return refusedLongPath
	case p.cost() > j.maxBytes:
		return refusedNoRoom
	}
	p.domain = domainKey{p.partition, last.of(p.host, j.suffixes)}

	j.mu.Lock()
	defer j.unlock()
	j.removeExpired(now.UnixMicro())
	if !j.secure(r.URL) {
		if c.Secure {
			return refusedSecureScheme
		}
		if j.shadows(&p) {
			return refusedShadowsSecure
		}
	}
	if refusal := p.judge(); refusal != "" {
		return refusal
	}
	j.insert(&p, now)
	return ""
}

// A lastDomain remembers the host that was asked about last, since a response
// sets several cookies for the same.
type lastDomain struct{ host, domain string }

// of is the registrable domain of a host, or the host if it has none.
func (l *lastDomain) of(host string, list origin.PublicSuffixList) string {
	if host != l.host {
		l.host, l.domain = host, origin.RegistrableDomain(host, list)
		if l.domain == "" {
			l.domain = host
		}
	}
	return l.domain
}

// A placing is a cookie on its way into the jar: where it is to go.
type placing struct {
	jar       *CookieJar
	request   *CookieRequest
	cookie    parsedCookie // by value, so that it need not be on the heap
	host      string
	hostOnly  bool
	path      string
	partition CookiePartition
	domain    domainKey
	home      *cookieHost // what there is of the host, once find has looked
}

// place is steps 3 to 7 of "store a cookie": the host and the partition.
func (p *placing) place() CookieRefusal {
	j, c, u := p.jar, &p.cookie, p.request.URL
	if c.Domain == "" && j.rules.SuffixBarred {
		if _, listed := listedDomain(p.host); listed && isPublicSuffix(p.host, j.suffixes) {
			return refusedPublicSuffix
		}
	}
	if c.Domain != "" {
		public := isPublicSuffix(c.Domain, j.suffixes)
		switch {
		case public && j.rules.SuffixBarred:
			return refusedPublicSuffix
		case public && c.Domain != p.host: // 5.2
			return refusedPublicSuffix
		case public: // 5.1, 6
		case c.Domain != p.host && !(u.HostIsDomain() && domainMatches(p.host, c.Domain) && !c.DomainCapitals): // 7.1
			return refusedForeignDomain
		case !u.HostIsDomain() && j.rules.AddressHostOnly:
		default: // 7.2
			p.host, p.hostOnly = c.Domain, false
		}
	}
	if c.Partitioned || p.request.ThirdParty && j.rules.ThirdParty == rules.ThirdPartyJar {
		p.partition = j.partition(p.request)
	}
	return ""
}

// isPublicSuffix tells a public suffix.
func isPublicSuffix(host string, list origin.PublicSuffixList) bool {
	if origin.RegistrableDomain(host, list) != "" {
		return false
	}
	return !isAddress(host) // which has no registrable domain either
}

// isAddress tells an IP address from a domain.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}

// shadows says whether a cookie that comes from a URL that is not secure would
// hide a Secure one: step 10.2 of "store a cookie". A public suffix and the hosts
// below it, which that step would keep from each other, can't hide each other's.
func (j *CookieJar) shadows(p *placing) bool {
	domain := j.domain(&p.domain)
	if domain == nil || domain.count > manyCookies && !domain.hasSecure(p.cookie.Name) {
		return false
	}
	for _, h := range domain.hosts {
		if !domainMatches(h.name, p.host) && !domainMatches(p.host, h.name) {
			continue
		}
		for _, old := range h.list(p.partition) {
			if !old.secure || old.pair[:old.nameLength] != p.cookie.Name {
				continue
			}
			if j.rules.ShadowByReplacing {
				if h.name == p.host && old.hostOnly == p.hostOnly && old.path == p.path {
					return true
				}
			} else if pathMatches(p.path, old.path) {
				return true
			}
		}
	}
	return false
}

// judge is steps 11 to 17 of "store a cookie".
func (p *placing) judge() CookieRefusal {
	r, c, own := p.request, &p.cookie, &p.jar.rules
	if r.ThirdParty && (own.ThirdParty == rules.ThirdPartyBlocked || own.ThirdParty == rules.ThirdPartyPartitioned && !c.Partitioned) ||
		own.ThirdParty == rules.ThirdPartyNotStored && !p.firstParty() {
		return refusedThirdParty
	}
	if c.SameSite != sameSiteNone && !(c.SameSite == sameSiteUnset && own.Unset == rules.UnsetIsNone) &&
		r.SameSite != strictOrLess && !r.Navigation { // 11
		return refusedCrossSite
	}
	return own.judgeAttributes(c, p.hostOnly, p.path)
}

// judgeAttributes is steps 12 to 17 of "store a cookie", which ask for nothing
// but the cookie.
func (rules *cookieRules) judgeAttributes(c *parsedCookie, hostOnly bool, path string) CookieRefusal {
	if c.SameSite == sameSiteNone && !c.Secure { // 12
		return refusedNoneBare
	}
	if c.Partitioned && !c.Secure {
		return refusedPartitionedBare
	}
	if rules.IgnorePrefixes {
		return ""
	}
	// __Host-Http- needs what __Host- and __Http- do: 13 to 16.
	host := hasPrefixFold(c.Name, "__host-")
	switch {
	case hasPrefixFold(c.Name, "__secure-") && !c.Secure:
		return refusedSecurePrefix
	case host && !(c.Secure && hostOnly && path == "/" && (c.Path != "" || rules.HostPrefixDefaultPath)):
		return refusedHostPrefix
	case (hasPrefixFold(c.Name, "__http-") || hasPrefixFold(c.Name, "__host-http-")) && !(c.Secure && c.HTTPOnly):
		return refusedHTTPPrefix
	case c.Name == "" && (hasPrefixFold(c.Value, "__secure-") || hasPrefixFold(c.Value, "__host-") || hasPrefixFold(c.Value, "__http-")): // 17
		return refusedHiddenPrefix
	}
	return ""
}

// firstParty says, for [rules.ThirdPartyNotStored], whether the cookie is the
// top-level page's.
func (p *placing) firstParty() bool {
	page := p.request.TopLevel.Host()
	if page == "" {
		return !p.request.ThirdParty
	}
	own, listed := listedDomain(p.host)
	top, _ := listedDomain(page)
	return own == top || !listed && !p.hostOnly && domainMatches(top, own)
}

// listedDomain is the registrable domain of a host if the public suffix list
// has a rule for it, or else the host.
func listedDomain(host string) (domain string, listed bool) {
	suffix, managed := publicsuffix.PublicSuffix(host)
	if !managed && !strings.Contains(suffix, ".") {
		return host, false
	}
	if domain := origin.RegistrableDomain(host, nil); domain != "" {
		return domain, true
	}
	return host, true
}

// insert is steps 18 to 20 of "store a cookie", and "garbage collect cookies".
func (j *CookieJar) insert(p *placing, now time.Time) {
	gone := !p.cookie.Expiry.IsZero() && p.cookie.Expiry.UnixMicro() <= now.UnixMicro()
	old := j.find(p)
	switch {
	case old != nil && gone:
		j.remove(old)
	case old != nil && j.rules.OverwriteRenews && old.value() != p.cookie.Value:
		j.remove(old)
		p.home = nil // it may have been the last one there
		j.create(p, now)
	case old != nil:
		j.update(old, p, now)
		j.removeExcess(old)
	case !gone:
		j.create(p, now)
	}
}

// create adds a cookie that is new.
func (j *CookieJar) create(p *placing, now time.Time) {
	c := p.stored(now)
	j.serial++
	c.serial = j.serial
	j.add(c, p)
	j.removeExcess(c)
}

// update makes a cookie another one of the same name and place, which is as old.
func (j *CookieJar) update(c *storedCookie, p *placing, now time.Time) {
	set := &p.cookie
	if c.value() != set.Value {
		c.domain.bytes -= c.bytes()
		j.bytes -= c.cost()
		c.pair = p.pair()
		c.domain.bytes += c.bytes()
		j.bytes += c.cost()
		if c.host.index != nil {
			delete(c.host.index, c.id()) // whose name is a part of the old pair
			c.host.index[c.id()] = c
		}
	}
	expiry := expiryOf(set)
	switch {
	case c.expiry == noExpiry && expiry != noExpiry:
		c.expiry = expiry
		j.expiring.Add(c)
	case c.expiry != noExpiry && expiry == noExpiry:
		j.expiring.Remove(c)
		c.expiry = expiry
	case c.expiry != expiry:
		c.expiry = expiry
		j.expiring.Fix(c)
	}
	c.domain.countSecure(c, -1)
	c.sameSite, c.secure, c.httpOnly, c.partitioned = set.SameSite, set.Secure, set.HTTPOnly, set.Partitioned
	c.domain.countSecure(c, 1)
	c.access = now.UnixMicro()
	j.recent.Remove(c)
	j.use(c)
}
