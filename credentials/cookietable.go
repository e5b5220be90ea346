package credentials

import (
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/evict"
)

// A storedCookie is a cookie in a jar.
type storedCookie struct {
	pair       string // as the Cookie header has it
	nameLength int    // of pair; what follows, after "=", is the value
	path       string
	host       *cookieHost
	domain     *cookieDomain

	serial   uint64 // what was created earlier has the lower one
	used     uint64 // and what was used earlier
	creation int64  // in microseconds of Unix time, as all times here
	access   int64
	expiry   int64 // noExpiry for a session's cookie
	recent   evict.Link[storedCookie]
	expiring evict.Place // if it expires

	sameSite                                       sameSiteAttribute
	named, hostOnly, secure, httpOnly, partitioned bool
}

// The orders in which cookies are dropped.
type (
	usedList   = evict.Recent[storedCookie, byUse]
	expiryHeap = evict.Heap[storedCookie, byExpiry]

	byUse    struct{}
	byExpiry struct{}
)

func (byUse) Link(c *storedCookie) *evict.Link[storedCookie] { return &c.recent }

func (byExpiry) Place(c *storedCookie) *evict.Place { return &c.expiring }
func (byExpiry) Before(a, b *storedCookie) bool     { return a.expiry < b.expiry }

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

// none reports whether p is the zero value. Comparing whole values would cost more, and
// each retrieval of cookies asks.
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
		Secure: c.secure, HTTPOnly: c.httpOnly, SameSite: sameSiteAttributes[c.sameSite],
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

// use makes a cookie the one that was used last.
func (j *CookieJar) use(c *storedCookie) {
	j.uses++
	c.used = j.uses
	j.recent.Add(c)
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

// expiryOf is the time at which a cookie expires.
func expiryOf(c *parsedCookie) int64 {
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
		j.expiring.Add(c)
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
		j.expiring.Remove(c)
	}
	j.recent.Remove(c)
}
