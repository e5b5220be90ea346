package credentials

import (
	"container/heap"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/browsercors/browsercors/origin"
)

// CookieJarOptions configure a [CookieJar]. Nil, or the zero value of any
// field, is the specification.
type CookieJarOptions struct {
	Rules CookieRules

	// PublicSuffixes are the domains that no cookie is set for; nil is the
	// default list.
	PublicSuffixes origin.PublicSuffixList

	// Trust is what counts as potentially trustworthy besides what the Standard
	// says, for rules that ask.
	Trust *origin.Trust

	// Now is the clock for requests that bring no time; nil is time.Now.
	Now func() time.Time

	// MaxBytes is how much memory the cookies may take, by the estimate that
	// [CookieJar.Bytes] returns; 0 is [DefaultCookieBytes]. A jar of a negative
	// size keeps nothing.
	MaxBytes int64

	// Dropped, unless nil, is told of each cookie that the jar gave up to stay
	// within a limit. It is not told of cookies that expired, that were replaced
	// or that a Set-Cookie header removed. It is called without a lock, on the
	// goroutine whose call made the jar drop the cookie.
	Dropped func(CookieDrop)
}

// DefaultCookieBytes is how much memory the cookies of a jar may take if
// nothing else is said: 16 MiB, enough for as many cookies as browsers keep.
const DefaultCookieBytes = 16 << 20

// A CookieDrop is a cookie that a [CookieJar] gave up, and the limit that left
// no room for it.
type CookieDrop struct {
	Cookie Cookie
	Limit  Limit
}

// The longest host that has cookies, which is the longest that the DNS has, and
// the longest path of a cookie. Attributes are shorter (see maxAttribute), but
// the default path is the URL's, and that is as long as a server likes.
const (
	maxHost = 253
	maxPath = 4096
)

// A CookieJar is a browser's cookie store: a [CookieStore] that keeps cookies in
// memory as the cookie specification says, or as an engine does that departs
// from it. It holds no more than its rules' limits and MaxBytes allow; what has
// expired goes first, then what has gone unused for longest. It is safe for
// concurrent use.
//
// Whatever a server sends, one call holds the jar's lock for no longer than it
// takes to look through the cookies of a site. A host that is longer than 253
// bytes has no cookies, and no cookie has a path that is longer than 4096.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-store-and-limits
type CookieJar struct {
	rules    CookieRules
	suffixes origin.PublicSuffixList
	trust    *origin.Trust
	now      func() time.Time
	maxBytes int64
	told     func(CookieDrop)

	mu       sync.Mutex
	hosts    map[string]*cookieHost
	domains  map[string]*cookieDomain
	parted   map[domainKey]*cookieDomain // those in partitions
	expiring expiryHeap
	recent   usedList
	serial   uint64
	uses     uint64
	bytes    int64
	dropped  []CookieDrop // since the lock was taken
}

// NewCookieJar makes an empty jar.
func NewCookieJar(o *CookieJarOptions) *CookieJar {
	if o == nil {
		o = &CookieJarOptions{}
	}
	j := &CookieJar{rules: o.Rules, suffixes: o.PublicSuffixes, trust: o.Trust, now: o.Now, told: o.Dropped}
	j.maxBytes = orDefault(o.MaxBytes, DefaultCookieBytes)
	if j.suffixes == nil {
		j.suffixes = origin.DefaultPublicSuffixList()
	}
	if j.now == nil {
		j.now = time.Now
	}
	return j
}

// unlock gives the lock back and tells of what was dropped meanwhile.
func (j *CookieJar) unlock() {
	dropped := j.dropped
	j.dropped = nil
	j.mu.Unlock()
	for _, d := range dropped {
		j.told(d)
	}
}

// A storedCookie is a cookie in a jar.
type storedCookie struct {
	pair       string // as the Cookie header has it
	nameLength int    // of pair; what follows, after "=", is the value
	path       string
	host       *cookieHost
	domain     *cookieDomain

	serial     uint64 // what was created earlier has the lower one
	used       uint64 // and what was used earlier
	creation   int64  // in microseconds of Unix time, as all times here
	access     int64
	expiry     int64 // noExpiry for a session's cookie
	expiring   int   // its place in the heap, if it expires
	prev, next *storedCookie

	sameSite                                       SameSiteAttribute
	named, hostOnly, secure, httpOnly, partitioned bool
}

// noExpiry is the expiry of a session's cookie.
const noExpiry = 1<<63 - 1

// A cookieHost is what there is of a host's cookies: lists in the order in
// which they are sent, without and within partitions.
type cookieHost struct {
	name       string
	plain      []*storedCookie
	partitions map[CookiePartition][]*storedCookie

	// index finds a cookie by what it replaces; nil while the host has so few
	// that looking through them is faster.
	index map[cookieID]*storedCookie
}

// A cookieID is what no two cookies of a host have in common.
type cookieID struct {
	domain     *cookieDomain // that is, the partition
	name, path string
	hostOnly   bool
}

func (c *storedCookie) id() cookieID {
	return cookieID{c.domain, c.pair[:c.nameLength], c.path, c.hostOnly}
}

// manyCookies is how many cookies are worth an index.
const manyCookies = 64

// none says that it is no partition: the zero value, told without comparing all
// of it.
func (p *CookiePartition) none() bool {
	return !p.CrossSiteAncestor && p.Key.Second == "" && p.Key.Site.Scheme() == "" && !p.Key.Site.IsOpaque()
}

// list is the host's cookies in a partition.
func (h *cookieHost) list(p CookiePartition) []*storedCookie {
	if p.none() {
		return h.plain
	}
	return h.partitions[p]
}

// setList replaces that.
func (h *cookieHost) setList(p CookiePartition, list []*storedCookie) {
	switch {
	case p.none():
		h.plain = list
	case len(list) == 0:
		delete(h.partitions, p)
	default:
		if h.partitions == nil {
			h.partitions = make(map[CookiePartition][]*storedCookie)
		}
		h.partitions[p] = list
	}
}

// A cookieDomain is what there is of a registrable domain's hosts in a
// partition.
type cookieDomain struct {
	key   domainKey
	hosts []*cookieHost // with cookies in the partition
	count int
	bytes int // of names and values

	// secure counts the Secure cookies by name, so that few hosts need be looked
	// at for one that another cookie would hide; nil until there is reason to ask.
	secure map[string]int
}

type domainKey struct {
	partition CookiePartition
	domain    string // or the host, if it has none
}

// domain is what there is of a domain, or nil.
func (j *CookieJar) domain(key *domainKey) *cookieDomain {
	if key.partition.none() {
		return j.domains[key.domain]
	}
	return j.parted[*key]
}

// setDomain replaces that; nil removes it.
func (j *CookieJar) setDomain(key *domainKey, d *cookieDomain) {
	switch {
	case key.partition.none() && d == nil:
		delete(j.domains, key.domain)
	case key.partition.none():
		j.domains[key.domain] = d
	case d == nil:
		delete(j.parted, *key)
	default:
		if j.parted == nil {
			j.parted = make(map[domainKey]*cookieDomain)
		}
		j.parted[*key] = d
	}
}

// value is the cookie's value.
func (c *storedCookie) value() string {
	if c.named {
		return c.pair[c.nameLength+1:]
	}
	return c.pair
}

// partition is the key of the partition that the cookie is in.
func (c *storedCookie) partition() CookiePartition { return c.domain.key.partition }

// export is the cookie for a caller.
func (c *storedCookie) export() Cookie {
	out := Cookie{
		Name: c.pair[:c.nameLength], Value: c.value(),
		Host: c.host.name, HostOnly: c.hostOnly, Path: c.path,
		Secure: c.secure, HTTPOnly: c.httpOnly, SameSite: c.sameSite,
		Partition: c.partition(), Partitioned: c.partitioned,
		Creation: time.UnixMicro(c.creation).UTC(), LastAccess: time.UnixMicro(c.access).UTC(),
	}
	if c.expiry != noExpiry {
		out.Expiry = time.UnixMicro(c.expiry).UTC()
	}
	return out
}

// compare orders cookies as they are sent: longer paths first, then older ones.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-retrieve-cookies
func (j *CookieJar) compare(a, b *storedCookie) int {
	if d := len(b.path) - len(a.path); d != 0 {
		return d
	}
	if j.rules.OrderByHost {
		switch {
		case a.host != b.host:
			return len(b.host.name) - len(a.host.name)
		case a.hostOnly && !b.hostOnly:
			return 1
		case b.hostOnly && !a.hostOnly:
			return -1
		}
	}
	if a.serial < b.serial {
		return -1
	}
	return 1
}

// time is when a request was made.
func (j *CookieJar) time(r *CookieRequest) time.Time {
	if r.Now.IsZero() {
		return j.now()
	}
	return r.Now
}

// secure says whether a URL may set and get Secure cookies.
func (j *CookieJar) secure(u *origin.URL) bool {
	return u.Scheme() == "https" || j.rules.SecureOnLoopback && j.trust.Origin(u.Origin())
}

// partition is the key of the partition that a request has for its Partitioned
// cookies. A request that says nothing of a page is its own.
//
// https://github.com/privacycg/CHIPS
func (j *CookieJar) partition(r *CookieRequest) CookiePartition {
	key := r.Partition
	if key == (origin.PartitionKey{}) {
		key = origin.NetworkPartitionKey(r.URL.Origin(), j.suffixes)
	}
	return CookiePartition{key, r.ThirdParty}
}

// Cookie implements [CookieStore]: it retrieves and serializes the cookies for a
// request. It allocates the string that it returns and nothing else, unless
// there are very many.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-serialize-cookies
func (j *CookieJar) Cookie(r *CookieRequest) string {
	q, ok := j.newQuery(r)
	if !ok {
		return ""
	}
	var few [32]*storedCookie
	var pairs [len(few)]string
	j.mu.Lock()
	chosen := j.retrieve(&q, few[:0])
	list := pairs[:0]
	for _, c := range chosen {
		list = append(list, c.pair)
	}
	j.mu.Unlock()

	if len(list) == 0 {
		return ""
	}
	size := len("; ") * (len(list) - 1)
	for _, pair := range list {
		size += len(pair)
	}
	var b strings.Builder
	b.Grow(size)
	for i, pair := range list {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(pair)
	}
	return b.String()
}

// retrieve appends the cookies that are sent with a query's request to a list.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-retrieve-cookies
func (j *CookieJar) retrieve(q *query, chosen []*storedCookie) []*storedCookie {
	if len(j.hosts) == 0 {
		return chosen
	}
	lists := 0
	pick := func(list []*storedCookie) {
		before := len(chosen)
		for _, c := range list {
			if q.judge(c) == CookieSent {
				chosen = append(chosen, c)
			}
		}
		if len(chosen) > before {
			lists++
		}
	}
	for host := q.host; host != ""; host = q.above(host) {
		if h := j.hosts[host]; h != nil {
			pick(h.plain)
			if h.partitions != nil {
				pick(h.partitions[j.partition(q.request)])
			}
		}
	}
	if lists > 1 {
		j.sort(chosen)
	}
	for _, c := range chosen {
		j.touch(c, q.now)
	}
	return chosen
}

// sort sorts cookies as they are sent. They are lists that are sorted already,
// one behind the other, and as a rule few.
func (j *CookieJar) sort(list []*storedCookie) {
	if len(list) > manyCookies {
		slices.SortFunc(list, j.compare)
		return
	}
	for i := 1; i < len(list); i++ {
		for k := i; k > 0 && j.compare(list[k], list[k-1]) < 0; k-- {
			list[k], list[k-1] = list[k-1], list[k]
		}
	}
}

// touch notes an access.
func (j *CookieJar) touch(c *storedCookie, now int64) {
	if now-c.access >= j.rules.AccessResolution.Microseconds() {
		c.access = now
		j.recent.remove(c)
		j.use(c)
	}
}

// use makes a cookie the one that was used last.
func (j *CookieJar) use(c *storedCookie) {
	j.uses++
	c.used = j.uses
	j.recent.add(c)
}

// A query is a request as its cookies are judged.
type query struct {
	jar        *CookieJar
	request    *CookieRequest
	host, path string
	domain     bool // host is a domain
	secure     bool
	now        int64
}

// newQuery asks the clock, which is the caller's, and so not under the lock. A
// request that can have no cookies, because of its scheme or the length of its
// host, is no query.
func (j *CookieJar) newQuery(r *CookieRequest) (q query, ok bool) {
	q = query{
		jar: j, request: r,
		host: r.URL.Host(), path: r.URL.Path(), domain: r.URL.HostIsDomain(),
	}
	if !r.URL.IsHTTP() || len(q.host) > maxHost {
		return q, false
	}
	q.secure, q.now = j.secure(r.URL), j.time(r).UnixMicro()
	return q, true
}

// above is the host one label above another one; "" at the end, and above an
// address.
func (q *query) above(host string) string {
	if !q.domain {
		return ""
	}
	_, rest, _ := strings.Cut(host, ".")
	return rest
}

// judge says whether a cookie of the request's host or one above it is sent.
// The partition is that which the request has for Partitioned cookies, if any.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-retrieve-cookies
func (q *query) judge(c *storedCookie) CookieWithholding {
	switch {
	case c.hostOnly && len(c.host.name) != len(q.host):
		return CookieOtherHost
	case !pathMatches(q.path, c.path):
		return CookieOtherPath
	case c.expiry <= q.now:
		return CookieExpired
	case c.secure && !q.secure:
		return CookieSecureOnly
	}
	r, rules := q.request, &q.jar.rules
	switch c.sameSite {
	case SameSiteStrict:
		if r.SameSite < StrictOrLess {
			return CookieStrict
		}
	case SameSiteLax:
		if r.SameSite < LaxOrLess {
			return CookieLax
		}
	case SameSiteUnset:
		if rules.Unset == UnsetIsLax && r.SameSite < LaxOrLess &&
			!(r.Navigation && q.now-c.creation <= rules.LaxUnsafe.Microseconds()) {
			return CookieLax
		}
	}
	if r.ThirdParty && !rules.ThirdParty.sends(!c.domain.key.partition.none()) {
		return CookieUnsent
	}
	return CookieSent
}

// sends says whether third-party cookies are sent that are in a partition or
// not.
func (p ThirdPartyPolicy) sends(partitioned bool) bool {
	switch p {
	case ThirdPartyBlocked:
		return false
	case ThirdPartyPartitioned, ThirdPartyJar:
		return partitioned
	}
	return true
}

// pathMatches is "path-matches".
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-path-matching
func pathMatches(request, cookie string) bool {
	return strings.HasPrefix(request, cookie) &&
		(len(request) == len(cookie) || cookie[len(cookie)-1] == '/' || request[len(cookie)] == '/')
}

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

// SetCookies implements [CookieStore]. When r.Context ends, what remains is not
// stored.
func (j *CookieJar) SetCookies(r *CookieRequest, setCookie []string) {
	var last lastDomain
	for _, value := range setCookie {
		if r.ended() {
			return
		}
		j.setCookie(r, value, &last)
	}
}

// SetCookie parses and stores one Set-Cookie header of a response to a request,
// or says why not. What sets a cookie that has expired removes it.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-and-store-a-cookie
func (j *CookieJar) SetCookie(r *CookieRequest, setCookie string) CookieRefusal {
	return j.setCookie(r, setCookie, new(lastDomain))
}

func (j *CookieJar) setCookie(r *CookieRequest, setCookie string, last *lastDomain) CookieRefusal {
	c, refusal := j.rules.Parse(setCookie, j.time(r), r.Served)
	if refusal != CookieAccepted {
		return refusal
	}
	return j.store(r, &c, last)
}

// Store stores a cookie as if a response to a request had set it, or says why
// not.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie
func (j *CookieJar) Store(r *CookieRequest, c *SetCookie) CookieRefusal {
	return j.store(r, c, new(lastDomain))
}

func (j *CookieJar) store(r *CookieRequest, c *SetCookie, last *lastDomain) CookieRefusal {
	switch host := r.URL.Host(); {
	case !r.URL.IsHTTP() || host == "":
		return CookieNoHost
	case len(host) > maxHost:
		return CookieLongHost
	}
	now := j.time(r)
	p := placing{jar: j, request: r, cookie: *c, host: r.URL.Host(), hostOnly: true, path: c.Path}
	if p.path == "" {
		p.path = defaultPath(r.URL.Path())
	}
	if refusal := p.place(); refusal != CookieAccepted {
		return refusal
	}
	switch {
	case len(p.path) > j.rules.maxPath():
		return CookieLongPath
	case p.cost() > j.maxBytes:
		return CookieNoRoom
	}
	p.domain = domainKey{p.partition, last.of(p.host, j.suffixes)}

	j.mu.Lock()
	defer j.unlock()
	j.removeExpired(now.UnixMicro())
	if !j.secure(r.URL) {
		if c.Secure {
			return CookieSecureScheme
		}
		if j.shadows(&p) {
			return CookieShadowsSecure
		}
	}
	if refusal := p.judge(); refusal != CookieAccepted {
		return refusal
	}
	j.insert(&p, now)
	return CookieAccepted
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
	cookie    SetCookie // by value, so that it need not be on the heap
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
			return CookiePublicSuffix
		}
	}
	if c.Domain != "" {
		public := isPublicSuffix(c.Domain, j.suffixes)
		switch {
		case public && j.rules.SuffixBarred:
			return CookiePublicSuffix
		case public && c.Domain != p.host: // 5.2
			return CookiePublicSuffix
		case public: // 5.1, 6
		case c.Domain != p.host && !(u.HostIsDomain() && domainMatches(p.host, c.Domain) && !c.DomainCapitals): // 7.1
			return CookieForeignDomain
		case !u.HostIsDomain() && j.rules.AddressHostOnly:
		default: // 7.2
			p.host, p.hostOnly = c.Domain, false
		}
	}
	if c.Partitioned || p.request.ThirdParty && j.rules.ThirdParty == ThirdPartyJar {
		p.partition = j.partition(p.request)
	}
	return CookieAccepted
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

// hasSecure says whether the domain has a Secure cookie of that name.
func (d *cookieDomain) hasSecure(name string) bool {
	if d.secure == nil {
		d.secure = make(map[string]int)
		for _, h := range d.hosts {
			for _, c := range h.list(d.key.partition) {
				d.countSecure(c, 1)
			}
		}
	}
	return d.secure[name] > 0
}

// countSecure keeps that up to date when a cookie comes or goes.
func (d *cookieDomain) countSecure(c *storedCookie, n int) {
	if d.secure == nil || !c.secure {
		return
	}
	name := c.pair[:c.nameLength]
	if n += d.secure[name]; n > 0 {
		d.secure[strings.Clone(name)] = n // a key that keeps no value in memory
	} else {
		delete(d.secure, name)
	}
}

// judge is steps 11 to 17 of "store a cookie".
func (p *placing) judge() CookieRefusal {
	r, c, rules := p.request, &p.cookie, &p.jar.rules
	if r.ThirdParty && (rules.ThirdParty == ThirdPartyBlocked || rules.ThirdParty == ThirdPartyPartitioned && !c.Partitioned) ||
		rules.ThirdParty == ThirdPartyNotStored && !p.firstParty() {
		return CookieThirdParty
	}
	if c.SameSite != SameSiteNone && !(c.SameSite == SameSiteUnset && rules.Unset == UnsetIsNone) &&
		r.SameSite != StrictOrLess && !r.Navigation { // 11
		return CookieCrossSite
	}
	return rules.judgeAttributes(c, p.hostOnly, p.path)
}

// judgeAttributes is steps 12 to 17 of "store a cookie", which ask for nothing
// but the cookie.
func (rules *CookieRules) judgeAttributes(c *SetCookie, hostOnly bool, path string) CookieRefusal {
	if c.SameSite == SameSiteNone && !c.Secure { // 12
		return CookieNoneBare
	}
	if c.Partitioned && !c.Secure {
		return CookiePartitionedBare
	}
	if rules.IgnorePrefixes {
		return CookieAccepted
	}
	// __Host-Http- needs what __Host- and __Http- do: 13 to 16.
	host := hasPrefixFold(c.Name, "__host-")
	switch {
	case hasPrefixFold(c.Name, "__secure-") && !c.Secure:
		return CookieSecurePrefix
	case host && !(c.Secure && hostOnly && path == "/" && (c.Path != "" || rules.HostPrefixDefaultPath)):
		return CookieHostPrefix
	case (hasPrefixFold(c.Name, "__http-") || hasPrefixFold(c.Name, "__host-http-")) && !(c.Secure && c.HTTPOnly):
		return CookieHTTPPrefix
	case c.Name == "" && (hasPrefixFold(c.Value, "__secure-") || hasPrefixFold(c.Value, "__host-") || hasPrefixFold(c.Value, "__http-")): // 17
		return CookieHiddenPrefix
	}
	return CookieAccepted
}

// firstParty says, for [ThirdPartyNotStored], whether the cookie is the
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
		heap.Push(&j.expiring, c)
	case c.expiry != noExpiry && expiry == noExpiry:
		heap.Remove(&j.expiring, c.expiring)
		c.expiry = expiry
	case c.expiry != expiry:
		c.expiry = expiry
		heap.Fix(&j.expiring, c.expiring)
	}
	c.domain.countSecure(c, -1)
	c.sameSite, c.secure, c.httpOnly, c.partitioned = set.SameSite, set.Secure, set.HTTPOnly, set.Partitioned
	c.domain.countSecure(c, 1)
	c.access = now.UnixMicro()
	j.recent.remove(c)
	j.use(c)
}

// expiryOf is the time at which a cookie expires.
func expiryOf(c *SetCookie) int64 {
	if c.Expiry.IsZero() {
		return noExpiry
	}
	return c.Expiry.UnixMicro()
}

// pair is the cookie as the Cookie header has it.
func (p *placing) pair() string {
	if p.named() {
		return p.cookie.Name + "=" + p.cookie.Value
	}
	return strings.Clone(p.cookie.Value)
}

// named says whether there is a "=" in that.
func (p *placing) named() bool { return p.cookie.Name != "" || p.jar.rules.BareIsName }

// cookieCost is what a cookie takes in memory besides the bytes of its name,
// value, path and host, with its share of what the jar knows of hosts.
const cookieCost = 512

// cost is what the cookie would take in memory.
func (p *placing) cost() int64 {
	return cookieCost + int64(len(p.cookie.Name)+len("=")+len(p.cookie.Value)+len(p.path)+len(p.host))
}

// cost is what the cookie takes in memory.
func (c *storedCookie) cost() int64 {
	return cookieCost + int64(len(c.pair)+len(c.path)+len(c.host.name))
}

// stored is the cookie as the jar keeps it, created at a time.
func (p *placing) stored(creation time.Time) *storedCookie {
	set := &p.cookie
	return &storedCookie{
		pair: p.pair(), nameLength: len(set.Name), path: p.path,
		creation: creation.UnixMicro(), access: creation.UnixMicro(), expiry: expiryOf(set),
		sameSite: set.SameSite, hostOnly: p.hostOnly, named: p.named(),
		secure: set.Secure, httpOnly: set.HTTPOnly, partitioned: set.Partitioned,
	}
}

// find is the cookie that another one replaces, or nil.
func (j *CookieJar) find(p *placing) *storedCookie {
	p.home = j.hosts[p.host]
	if p.home == nil {
		return nil
	}
	list := p.home.list(p.partition)
	if len(list) > manyCookies {
		return p.home.indexed()[cookieID{list[0].domain, p.cookie.Name, p.path, p.hostOnly}]
	}
	for _, c := range list {
		if c.path == p.path && c.hostOnly == p.hostOnly && c.pair[:c.nameLength] == p.cookie.Name {
			return c
		}
	}
	return nil
}

// indexed is the host's index, which is made when it is first needed.
func (h *cookieHost) indexed() map[cookieID]*storedCookie {
	if h.index == nil {
		h.index = make(map[cookieID]*storedCookie, len(h.plain))
		for _, c := range h.plain {
			h.index[c.id()] = c
		}
		for _, list := range h.partitions {
			for _, c := range list {
				h.index[c.id()] = c
			}
		}
	}
	return h.index
}

// position is where a cookie is in a list of its host's.
func (j *CookieJar) position(list []*storedCookie, c *storedCookie) int {
	if len(list) > manyCookies {
		at, _ := slices.BinarySearchFunc(list, c, j.compare) // which never finds two alike
		return at
	}
	return slices.Index(list, c)
}

// add puts a cookie into the jar.
func (j *CookieJar) add(c *storedCookie, p *placing) {
	if j.hosts == nil {
		j.hosts, j.domains = make(map[string]*cookieHost), make(map[string]*cookieDomain)
	}
	if c.host = p.home; c.host == nil {
		c.host = j.hosts[p.host]
	}
	if c.host == nil {
		c.host = &cookieHost{name: strings.Clone(p.host)}
		j.hosts[c.host.name] = c.host
	}
	list := c.host.list(p.partition)
	if len(list) > 0 {
		c.domain = list[0].domain
	} else {
		c.domain = j.domain(&p.domain)
		if c.domain == nil {
			c.domain = &cookieDomain{key: p.domain}
			c.domain.key.domain = c.host.name[len(c.host.name)-len(p.domain.domain):]
			j.setDomain(&c.domain.key, c.domain)
		}
		c.domain.hosts = append(c.domain.hosts, c.host)
	}
	at := len(list)
	if at > 0 && j.compare(list[at-1], c) > 0 {
		at, _ = slices.BinarySearchFunc(list, c, j.compare)
	}
	if at > 0 && list[at-1].path == c.path {
		c.path = list[at-1].path
	} else {
		c.path = strings.Clone(c.path) // holding on to nothing else
	}
	switch {
	case list == nil:
		list = append(make([]*storedCookie, 0, 4), c)
	case at == len(list):
		list = append(list, c)
	default:
		list = slices.Insert(list, at, c)
	}
	c.host.setList(p.partition, list)
	if c.host.index != nil {
		c.host.index[c.id()] = c
	}
	c.domain.count++
	c.domain.bytes += c.bytes()
	c.domain.countSecure(c, 1)
	j.bytes += c.cost()
	if c.expiry != noExpiry {
		heap.Push(&j.expiring, c)
	}
	j.use(c)
}

// bytes is the length of the cookie's name and value.
func (c *storedCookie) bytes() int {
	if c.named {
		return len(c.pair) - 1
	}
	return len(c.pair)
}

// remove takes a cookie out of the jar.
func (j *CookieJar) remove(c *storedCookie) {
	partition := c.partition()
	list := c.host.list(partition)
	at := j.position(list, c)
	list = slices.Delete(list, at, at+1)
	c.host.setList(partition, list)
	if c.host.index != nil {
		delete(c.host.index, c.id())
	}
	c.domain.count--
	c.domain.bytes -= c.bytes()
	c.domain.countSecure(c, -1)
	j.bytes -= c.cost()
	if len(list) == 0 {
		at := slices.Index(c.domain.hosts, c.host)
		c.domain.hosts = slices.Delete(c.domain.hosts, at, at+1)
		if c.domain.count == 0 {
			j.setDomain(&c.domain.key, nil)
		}
		if len(c.host.plain) == 0 && len(c.host.partitions) == 0 {
			delete(j.hosts, c.host.name)
		}
	}
	if c.expiry != noExpiry {
		heap.Remove(&j.expiring, c.expiring)
	}
	j.recent.remove(c)
}

// removeExpired is "remove expired cookies".
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-remove-expired-cookies
func (j *CookieJar) removeExpired(now int64) {
	for len(j.expiring) > 0 && j.expiring[0].expiry <= now {
		j.remove(j.expiring[0])
	}
}

// removeExcess is "remove excess cookies for a host" and "remove global excess
// cookies", after one was added.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-store-eviction
func (j *CookieJar) removeExcess(added *storedCookie) {
	rules, partition, host, domain := &j.rules, added.partition(), added.host, added.domain
	count := func() int {
		if rules.PerDomain {
			return domain.count
		}
		return len(host.list(partition))
	}
	if limit := rules.perHost(); limit >= 0 && count() > limit {
		if partition.none() || rules.PurgePartitions {
			limit = max(1, limit-rules.PerHostPurge)
		}
		for count() > limit {
			if rules.PerDomain {
				j.drop(oldest(domain.hosts, partition), LimitPerHost)
			} else {
				j.drop(oldest([]*cookieHost{host}, partition), LimitPerHost)
			}
		}
	}
	if limit := rules.partitionBytes(); !partition.none() && domain.bytes > limit {
		limit = max(0, limit-rules.PartitionBytesPurge)
		for domain.bytes > limit && domain.count > 1 {
			j.drop(oldest(domain.hosts, partition), LimitPartitionBytes)
		}
	}
	for j.recent.length > max(0, rules.total()) {
		j.drop(j.recent.tail, LimitTotal)
	}
	for j.bytes > j.maxBytes && j.recent.length > 0 {
		j.drop(j.recent.tail, LimitBytes)
	}
}

// drop removes a cookie for which a limit leaves no room.
func (j *CookieJar) drop(c *storedCookie, limit Limit) {
	if j.told != nil {
		j.dropped = append(j.dropped, CookieDrop{c.export(), limit})
	}
	j.remove(c)
}

// oldest is the cookie to be dropped first: of those that are not Secure, or
// else of all, the one that was used the longest time ago.
func oldest(hosts []*cookieHost, p CookiePartition) *storedCookie {
	var found *storedCookie
	for _, h := range hosts {
		for _, c := range h.list(p) {
			if found == nil || found.secure && !c.secure || found.secure == c.secure && c.used < found.used {
				found = c
			}
		}
	}
	return found
}

// A CookieVerdict is a cookie that a request might have got, and why it does not
// get it, if so.
type CookieVerdict struct {
	Cookie   Cookie
	Withheld CookieWithholding
}

// Explain says of each cookie of the request's host and of those above it
// whether it is sent with a request, in the order in which they would be. It
// counts as no access. A host that is too long to have cookies gets none of the
// hosts above it either, which is then why.
func (j *CookieJar) Explain(r *CookieRequest) []CookieVerdict {
	if !r.URL.IsHTTP() {
		return nil
	}
	q, possible := j.newQuery(r)
	j.mu.Lock()
	defer j.mu.Unlock()
	var all []*storedCookie
	for host := shortEnough(q.host); host != ""; host = q.above(host) {
		h := j.hosts[host]
		if h == nil {
			continue
		}
		all = append(all, h.plain...)
		for _, list := range h.partitions {
			all = append(all, list...)
		}
	}
	slices.SortFunc(all, j.compare)
	own := j.partition(r)
	verdicts := make([]CookieVerdict, len(all))
	for i, c := range all {
		withheld := CookieHostTooLong
		if possible {
			withheld = q.judge(c)
		}
		if withheld == CookieSent && !c.domain.key.partition.none() && c.partition() != own {
			withheld = CookieOtherPartition
		}
		verdicts[i] = CookieVerdict{c.export(), withheld}
	}
	return verdicts
}

// shortEnough is a host, or the first one above it that may have cookies.
func shortEnough(host string) string {
	if len(host) <= maxHost {
		return host
	}
	_, above, _ := strings.Cut(host[len(host)-maxHost-1:], ".")
	return above
}

// Len is how many cookies there are, counting those that have expired since
// one was stored last.
func (j *CookieJar) Len() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.recent.length
}

// Bytes is how much memory the cookies take, by the estimate that
// [CookieJarOptions.MaxBytes] goes by: 512 bytes for each and its share of what
// the jar knows of hosts, and the bytes of its name, value, path and host.
func (j *CookieJar) Bytes() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.bytes
}

// All are the cookies in the jar, the one that was used the longest time ago
// first; those that have expired are left out.
func (j *CookieJar) All() []Cookie {
	now := j.now().UnixMicro()
	j.mu.Lock()
	defer j.mu.Unlock()
	all := make([]Cookie, 0, j.recent.length)
	for c := j.recent.tail; c != nil; c = c.prev {
		if c.expiry > now {
			all = append(all, c.export())
		}
	}
	return all
}

// Clear removes all cookies.
func (j *CookieJar) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.hosts, j.domains, j.parted, j.expiring, j.recent, j.bytes = nil, nil, nil, nil, usedList{}, 0
}

// A usedList has the cookies in the order of their last access, the latest
// first.
type usedList struct {
	head, tail *storedCookie
	length     int
}

func (l *usedList) add(c *storedCookie) {
	c.prev, c.next = nil, l.head
	if l.head != nil {
		l.head.prev = c
	} else {
		l.tail = c
	}
	l.head = c
	l.length++
}

func (l *usedList) remove(c *storedCookie) {
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		l.head = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else {
		l.tail = c.prev
	}
	c.prev, c.next = nil, nil
	l.length--
}

// An expiryHeap has the cookies that expire, the first to do so first.
type expiryHeap []*storedCookie

func (h expiryHeap) Len() int           { return len(h) }
func (h expiryHeap) Less(i, k int) bool { return h[i].expiry < h[k].expiry }
func (h expiryHeap) Swap(i, k int) {
	h[i], h[k] = h[k], h[i]
	h[i].expiring, h[k].expiring = i, k
}

func (h *expiryHeap) Push(x any) {
	c := x.(*storedCookie)
	c.expiring = len(*h)
	*h = append(*h, c)
}

func (h *expiryHeap) Pop() any {
	last := len(*h) - 1
	c := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return c
}
