package credentials

import (
	"sync"
	"time"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// CookieJarOptions configures [NewCookieJar]. Nil and the zero value give a jar that
// follows the specification.
type CookieJarOptions struct {
	// Rules are a browser's departures from the specification, such as those of
	// engine.WebKit().Credentials.Cookies. Rules.ThirdParty is a
	// [ThirdPartyPolicy].
	Rules rules.Cookies

	// PublicSuffixes lists the domains for which no cookie may be set. Nil means the
	// list that package origin contains.
	PublicSuffixes origin.PublicSuffixList

	// Trust lists what is potentially trustworthy in addition to the Standard's
	// definition. Only rules under which loopback hosts may set Secure cookies use
	// it.
	Trust *origin.Trust

	// Now is the clock for requests that do not say when they are made. Nil means
	// time.Now.
	Now func() time.Time

	// MaxBytes limits the memory that the cookies take, by an estimate: 512 bytes for
	// each cookie, and the bytes of its name, value, path and host. 0 means 16 MiB,
	// enough for as many cookies as browsers keep. A negative number keeps nothing.
	MaxBytes int64

	// Dropped is called for each cookie that the jar dropped because of a limit. It is
	// not called for cookies that expired, that were replaced or that a Set-Cookie
	// header removed. It runs without a lock, on the goroutine whose call made the
	// jar drop the cookie. It may be nil.
	Dropped func(c Cookie, limit Limit)
}

// defaultCookieBytes is the default of MaxBytes.
const defaultCookieBytes = 16 << 20

// A cookieDrop is a call of Dropped that is to be made.
type cookieDrop struct {
	cookie Cookie
	limit  Limit
}

// The longest host that has cookies, which is the longest that the DNS has, and
// the longest path of a cookie. Attributes are shorter (see maxAttribute), but
// the default path is the URL's, and that is as long as a server likes.
const (
	maxHost = 253
	maxPath = 4096
)

// A CookieJar is a browser's cookie store: a [CookieStore] that keeps its cookies
// in memory. It follows the cookie specification, or a browser that departs from
// it. It is safe for concurrent use. Make one with [NewCookieJar].
//
// The jar holds no more than the limits of its rules and MaxBytes allow. Expired
// cookies are dropped first, then the least recently used ones. No call holds the
// lock for longer than it takes to look through the cookies of one site, whatever a
// server sends. A host longer than 253 bytes has no cookies. A path has at most 4096
// bytes unless the rules say otherwise.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-store-and-limits
type CookieJar struct {
	rules    cookieRules
	suffixes origin.PublicSuffixList
	trust    *origin.Trust
	now      func() time.Time
	maxBytes int64
	told     func(Cookie, Limit)

	mu       sync.Mutex
	hosts    map[string]*cookieHost
	domains  map[string]*cookieDomain
	parted   map[domainKey]*cookieDomain // those in partitions
	expiring expiryHeap
	recent   usedList
	serial   uint64
	uses     uint64
	bytes    int64
	dropped  []cookieDrop // since the lock was taken
}

// NewCookieJar returns an empty jar.
func NewCookieJar(o *CookieJarOptions) *CookieJar {
	if o == nil {
		o = &CookieJarOptions{}
	}
	j := &CookieJar{rules: cookieRules(o.Rules), suffixes: o.PublicSuffixes, trust: o.Trust, now: o.Now, told: o.Dropped}
	j.maxBytes = orDefault(o.MaxBytes, defaultCookieBytes)
	if j.now == nil {
		j.now = time.Now
	}
	switch j.rules.ThirdParty {
	case rules.ThirdPartyAllowed, rules.ThirdPartyPartitioned, rules.ThirdPartyJar, rules.ThirdPartyNotStored:
	default:
		j.rules.ThirdParty = rules.ThirdPartyBlocked // also what is none of the policies
	}
	return j
}

// unlock gives the lock back and tells of what was dropped meanwhile.
func (j *CookieJar) unlock() {
	dropped := j.dropped
	j.dropped = nil
	j.mu.Unlock()
	for _, d := range dropped {
		j.told(d.cookie, d.limit)
	}
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
		key = origin.PartitionKey{Site: r.URL.Origin().Site(j.suffixes)}
	}
	return CookiePartition{key, r.ThirdParty}
}

// Len returns the number of cookies, including those that have expired since the
// last one was stored.
func (j *CookieJar) Len() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.recent.Len()
}

// size is how much memory the cookies take, by the estimate that
// [CookieJarOptions.MaxBytes] goes by: 512 bytes for each and its share of what
// the jar knows of hosts, and the bytes of its name, value, path and host.
func (j *CookieJar) size() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.bytes
}

// All returns the cookies that have not expired, the least recently used one
// first.
func (j *CookieJar) All() []Cookie {
	now := j.now().UnixMicro()
	j.mu.Lock()
	defer j.mu.Unlock()
	all := make([]Cookie, 0, j.recent.Len())
	for c := j.recent.Oldest(); c != nil; c = j.recent.Newer(c) {
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
	j.hosts, j.domains, j.parted, j.expiring, j.recent, j.bytes = nil, nil, nil, expiryHeap{}, usedList{}, 0
}
