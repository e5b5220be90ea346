package credentials

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/rules"
)

// Cookie implements [CookieStore]: it returns the value of the Cookie header for a
// request, and notes the access. It allocates only the string that it returns,
// unless there are very many cookies.
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
			if q.judge(c) == "" {
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
		j.recent.Remove(c)
		j.use(c)
	}
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
		return withheldOtherHost
	case !pathMatches(q.path, c.path):
		return withheldOtherPath
	case c.expiry <= q.now:
		return withheldExpired
	case c.secure && !q.secure:
		return withheldSecure
	}
	r, own := q.request, &q.jar.rules
	lax := r.SameSite == laxOrLess || r.SameSite == strictOrLess
	switch c.sameSite {
	case sameSiteStrict:
		if r.SameSite != strictOrLess {
			return withheldStrict
		}
	case sameSiteLax:
		if !lax {
			return withheldLax
		}
	case sameSiteUnset:
		if own.Unset == rules.UnsetIsLax && !lax &&
			!(r.Navigation && q.now-c.creation <= own.LaxUnsafe.Microseconds()) {
			return withheldLax
		}
	}
	if r.ThirdParty && !sendsThirdParty(own.ThirdParty, !c.domain.key.partition.none()) {
		return withheldThirdParty
	}
	return ""
}

// sendsThirdParty says whether third-party cookies are sent that are in a
// partition or not.
func sendsThirdParty(p ThirdPartyPolicy, partitioned bool) bool {
	switch p {
	case rules.ThirdPartyBlocked:
		return false
	case rules.ThirdPartyPartitioned, rules.ThirdPartyJar:
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

// CookieVerdict says whether a request sends a cookie and, if not, why.
type CookieVerdict struct {
	Cookie   Cookie
	Withheld CookieWithholding // "" if it is sent
}

// Explain says, for each cookie of the request's host and of its parent domains,
// whether the request sends it; in the order of the Cookie header. It does not
// count as an access. If the host is too long to have cookies, no cookie of its
// parent domains is sent either, for that reason.
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
		withheld := withheldLongHost
		if possible {
			withheld = q.judge(c)
		}
		if withheld == "" && !c.domain.key.partition.none() && c.partition() != own {
			withheld = withheldOtherPartition
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
