package hsts

import (
	"cmp"
	"container/list"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// The limits of a Store whose Options give none.
const (
	defaultHosts = 10_000
	defaultBytes = 4 << 20
)

// perSite is which part of all hosts one registrable domain may have.
const perSite = 20

// Options configure a [Store]. Nil and the zero value mean: the Standard's rules, no
// preload list, the default limits and the real clock.
type Options struct {
	// Rules are a browser's departures from the Standard, taken from a profile:
	// engine.Firefox().HSTS. docs/profiles.md describes them.
	Rules rules.HSTS

	// Preloaded is a list of hosts that are HSTS hosts from the start. Nil is an empty one.
	Preloaded PreloadList

	// MaxHosts and MaxBytes limit the hosts that are kept; the bytes are an estimate. 0
	// means 10,000 hosts and 4 MiB, a negative number means that none is kept.
	MaxHosts int
	MaxBytes int64

	// PublicSuffixes replaces the public suffix list that is compiled in.
	PublicSuffixes origin.PublicSuffixList

	// Now is the clock; nil is [time.Now]. It must be safe for concurrent use.
	Now func() time.Time
}

// A PreloadList knows hosts that have to be reached over https: before they have said
// so. It must be safe for concurrent use.
type PreloadList interface {
	// Preloaded reports whether a host is in the list itself, and whether its entry
	// covers the names below it. The host is in lower-case ASCII, without a trailing
	// dot. It is asked of a URL's host and then of each of its parent domains.
	Preloaded(host string) (includeSubDomains, ok bool)
}

// A Store is a list of HSTS hosts. Make one with [New]. It is safe for concurrent
// use. A nil *Store can be used and is always empty.
//
// https://www.rfc-editor.org/rfc/rfc6797#section-5.3
type Store struct {
	rules     rules.HSTS
	preloaded PreloadList
	suffixes  origin.PublicSuffixList
	maxHosts  int
	maxBytes  int64
	now       func() time.Time

	kept  atomic.Int64 // hosts: what a look-up asks without the lock
	mu    sync.RWMutex
	hosts map[key]*entry
	sites map[key]*list.List // of *entry by registrable domain, the one noted longest ago first
	noted list.List          // of *entry, all
	bytes int64
}

// A key is where a host is kept: by the site of the top-level page if the rules say so.
type key struct{ topLevelSite, host string }

// An entry is a host in a Store.
type entry struct {
	key
	includeSubDomains bool
	expires           time.Time
	inNoted, inSite   *list.Element
	site              key
}

// size is what an entry takes in memory.
func (e *entry) size() int64 {
	return int64(2*len(e.host)+len(e.topLevelSite)) + 400 // its structs and its places in maps and lists
}

// New returns an empty Store.
func New(o *Options) *Store {
	if o == nil {
		o = &Options{}
	}
	s := &Store{
		rules:     o.Rules,
		preloaded: o.Preloaded,
		suffixes:  o.PublicSuffixes,
		maxHosts:  cmp.Or(o.MaxHosts, defaultHosts),
		maxBytes:  cmp.Or(o.MaxBytes, defaultBytes),
		now:       o.Now,
		hosts:     make(map[key]*entry),
		sites:     make(map[key]*list.List),
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

// Upgrades reports whether a URL, requested by a page in a window whose page has this
// origin, has to be asked for over https: it is an http: URL of a domain that is an
// HSTS host, or below one whose policy includes subdomains. topLevel matters under the
// rules of a browser that keeps the hosts by top-level site.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch, step 10
// https://www.rfc-editor.org/rfc/rfc6797#section-8.2
func (s *Store) Upgrades(u *origin.URL, topLevel origin.Origin) bool {
	switch {
	case s == nil, s.kept.Load() == 0 && s.preloaded == nil, s.rules.Upgrade == rules.HSTSNever:
		return false
	// Only http: URLs of domains, and none of localhost.
	case u.Scheme() != "http", !u.HostIsDomain(), (*origin.Trust)(nil).URL(u):
		return false
	}
	site, ok := s.topLevelSite(topLevel)
	if !ok {
		return false
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.now()
	host := canonical(u.Host())
	// A congruent match, or one of a superdomain that includes its subdomains.
	for name := host; ; {
		known, wide := false, false
		if e := s.hosts[key{site, name}]; e != nil && now.Before(e.expires) {
			known, wide = true, e.includeSubDomains
		}
		if s.preloaded != nil && !(known && wide) {
			listedWide, listed := s.preloaded.Preloaded(name)
			known, wide = known || listed, wide || listedWide && listed
		}
		if known && (wide || name == host) {
			return true
		}
		_, parent, below := strings.Cut(name, ".")
		if !below {
			return false
		}
		name = parent
	}
}

// topLevelSite is the site that a host is kept under, schemeless. A window whose page
// has an opaque origin has none.
func (s *Store) topLevelSite(o origin.Origin) (site string, ok bool) {
	switch {
	case !s.rules.ByTopLevelSite:
		return "", true
	case o.IsZero() || o.IsOpaque():
		return "", false
	}
	host := canonical(o.Host())
	return cmp.Or(origin.RegistrableDomain(host, s.suffixes), host), true
}

// canonical is a host without a trailing dot: label for label it is the same.
func canonical(host string) string { return strings.TrimSuffix(host, ".") }

// Note reads the Strict-Transport-Security of a response that came from a URL over a
// connection whose certificate was valid. value is that of the first such header. The
// error says why it has no effect.
//
// https://www.rfc-editor.org/rfc/rfc6797#section-8.1
func (s *Store) Note(u *origin.URL, topLevel origin.Origin, value string) error {
	switch {
	case s == nil, s.rules.Upgrade == rules.HSTSNever:
		return errors.New("hsts: there is no list of HSTS hosts")
	case u.Scheme() != "https":
		return errors.New("hsts: the response did not come from an https: URL")
	case !u.HostIsDomain():
		return errors.New("hsts: an IP address is never an HSTS host")
	case s.rules.FirstPartyOnly && !origin.SchemelesslySameSite(topLevel, u.Origin(), s.suffixes):
		return errors.New("hsts: the response is not of the top-level page's site")
	}
	site, ok := s.topLevelSite(topLevel)
	if !ok {
		return errors.New("hsts: the top-level page has an opaque origin")
	}
	policy, err := Parse(value)
	if err != nil {
		return err
	}
	k := key{site, strings.Clone(canonical(u.Host()))}
	s.mu.Lock()
	defer s.mu.Unlock()
	// A max-age of 0 takes the policy back, that for subdomains too.
	if policy.MaxAge == 0 {
		s.remove(s.hosts[k])
		return nil
	}
	if limit := s.rules.MaxAge; limit > 0 {
		policy.MaxAge = min(policy.MaxAge, limit)
	}
	s.put(k, policy.IncludeSubDomains, s.now().Add(policy.MaxAge))
	return nil
}

// put keeps a host, instead of what is kept of it, within the limits.
func (s *Store) put(k key, includeSubDomains bool, expires time.Time) {
	s.remove(s.hosts[k])
	e := &entry{key: k, includeSubDomains: includeSubDomains, expires: expires}
	e.site = key{k.topLevelSite, cmp.Or(origin.RegistrableDomain(k.host, s.suffixes), k.host)}
	if s.maxHosts < 1 || e.size() > s.maxBytes {
		return
	}
	if own := s.sites[e.site]; own != nil && own.Len() >= max(1, s.maxHosts/perSite) {
		s.remove(own.Front().Value.(*entry))
	}
	for len(s.hosts) >= s.maxHosts || s.bytes+e.size() > s.maxBytes {
		s.remove(s.noted.Front().Value.(*entry))
	}
	own := s.sites[e.site]
	if own == nil {
		own = list.New()
		s.sites[e.site] = own
	}
	s.hosts[k] = e
	e.inNoted, e.inSite = s.noted.PushBack(e), own.PushBack(e)
	s.bytes += e.size()
	s.kept.Store(int64(len(s.hosts)))
}

// remove forgets a host; nil is none.
func (s *Store) remove(e *entry) {
	if e == nil {
		return
	}
	delete(s.hosts, e.key)
	s.noted.Remove(e.inNoted)
	own := s.sites[e.site]
	own.Remove(e.inSite)
	if own.Len() == 0 {
		delete(s.sites, e.site)
	}
	s.bytes -= e.size()
	s.kept.Store(int64(len(s.hosts)))
}

// A Host is an HSTS host that is kept.
type Host struct {
	Host              string    `json:"host"` // without a trailing dot
	IncludeSubDomains bool      `json:"includeSubDomains,omitempty"`
	Expires           time.Time `json:"expires"`

	// TopLevelSite is the host of the site under which a browser like Firefox keeps it; otherwise "".
	TopLevelSite string `json:"topLevelSite,omitempty"`
}

// Hosts returns the hosts whose policy has not expired, the one that was noted
// longest ago first. Preloaded hosts are not among them.
func (s *Store) Hosts() []Host {
	if s == nil {
		return nil
	}
	now := s.now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]Host, 0, len(s.hosts))
	for at := s.noted.Front(); at != nil; at = at.Next() {
		if e := at.Value.(*entry); now.Before(e.expires) {
			all = append(all, Host{e.host, e.includeSubDomains, e.expires, e.topLevelSite})
		}
	}
	return slices.Clip(all)
}

// Clear forgets the hosts for which match returns true, or all hosts if match is nil.
func (s *Store) Clear(match func(Host) bool) {
	if s == nil {
		return
	}
	for _, h := range s.Hosts() { // match is called without the lock
		if match == nil || match(h) {
			s.mu.Lock()
			s.remove(s.hosts[key{h.TopLevelSite, h.Host}])
			s.mu.Unlock()
		}
	}
}
