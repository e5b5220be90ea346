package preflightcache

import (
	"cmp"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/rules"
	"math"
	"slices"
	"strings"
	"time"
)

// kind tells the two kinds of entries apart, and how their names compare.
type kind uint8

const (
	methods     kind = iota // case-sensitive
	headerNames             // byte-case-insensitive
)

func (of kind) compare(a, b string) int {
	if of == methods {
		return strings.Compare(a, b)
	}
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			if c := cmp.Compare(fold.Byte(a[i]), fold.Byte(b[i])); c != 0 {
				return c
			}
		}
	}
	return cmp.Compare(len(a), len(b))
}

// entry is a cache entry without its key, which is in the record that it belongs to.
//
// https://fetch.spec.whatwg.org/#concept-cache
type entry struct {
	name        string // a method or a header name, or `*`
	credentials bool
	stored      time.Time
	maxAge      time.Duration
}

// entryCost is what an entry takes besides the bytes of its name.
const entryCost = 64

func (e *entry) live(now time.Time) bool { return now.Before(e.stored.Add(e.maxAge)) }

// entries are those of one kind and one key, sorted by name. A name occurs at
// most twice: made without credentials, then with.
type entries []entry

// named returns the entries of that name.
func (l entries) named(of kind, name string) entries {
	i, j := 0, len(l)
	for i < j {
		if h := (i + j) / 2; of.compare(l[h].name, name) < 0 {
			i = h + 1
		} else {
			j = h
		}
	}
	for j < len(l) && of.compare(l[j].name, name) == 0 {
		j++
	}
	return l[i:j]
}

// grants are all entries of a key. They never change once readers can see them.
type grants [2]entries

// of returns the entries of a kind; g may be nil.
func (g *grants) of(k kind) entries {
	if g == nil {
		return nil
	}
	return g[k]
}

func (g *grants) len() int { return len(g[methods]) + len(g[headerNames]) }

func (g *grants) bytes() int64 {
	n := int64(g.len()) * entryCost
	for _, l := range g {
		for i := range l {
			n += int64(len(l[i].name))
		}
	}
	return n
}

// query is a request as entries see it.
type query struct {
	rules       *rules.PreflightCache
	credentials bool // its credentials mode is "include"
	now         time.Time
}

// serves reports whether there is a cache entry match for e with the request,
// both having the same key. An entry whose time is over is as good as removed.
//
// https://fetch.spec.whatwg.org/#concept-cache-match
func (q *query) serves(e *entry) bool {
	return e.live(q.now) && (e.credentials == q.credentials || e.credentials && !q.rules.SplitCredentials)
}

// wildcard reports whether e is a `*` that stands for other names.
func (q *query) wildcard(e *entry) bool {
	return e.name == "*" && !q.rules.NoWildcard &&
		!(q.rules.WildcardUncredentialedEntry && e.credentials) &&
		!(q.rules.WildcardUncredentialedRequest && q.credentials)
}

// match reports whether e gives a method cache entry match, or a header-name
// cache entry match, for name using the request.
//
// https://fetch.spec.whatwg.org/#concept-cache-match-method
// https://fetch.spec.whatwg.org/#concept-cache-match-header
func (q *query) match(e *entry, of kind, name string) bool {
	return q.serves(e) && (of.compare(e.name, name) == 0 || q.wildcard(e) &&
		(of == methods || q.rules.WildcardCoversAuthorization || of.compare(name, "authorization") != 0))
}

// find returns an entry of l that matches name, an exact one before a `*`, or
// nil.
func (q *query) find(l entries, of kind, name string) *entry {
	for _, candidate := range [...]string{name, "*"} {
		named := l.named(of, candidate)
		for i := range named {
			if q.match(&named[i], of, name) {
				return &named[i]
			}
		}
	}
	return nil
}

// any returns an entry of l that serves the request, or nil.
func (q *query) any(l entries) *entry {
	for i := range l {
		if q.serves(&l[i]) {
			return &l[i]
		}
	}
	return nil
}

// presenceSuffices reports whether any entry that serves the request will do for
// its method.
func (q *query) presenceSuffices(method string) bool {
	if !q.rules.SafelistedByPresence {
		return false
	}
	switch method {
	case "GET", "POST":
		return true
	case "HEAD":
		return !q.rules.HeadNeedsEntry
	}
	return false
}

// present returns l, the entries of the methods, with one of no name that stands
// for a preflight that was made, and lasts. No request has that method.
func (q *query) present(l entries) entries {
	e := entry{credentials: q.credentials, stored: q.now, maxAge: math.MaxInt64}
	i, j := 0, len(l.named(methods, ""))
	for i < j && e.credentials && !l[i].credentials {
		i++
	}
	if i < j && l[i].credentials == e.credentials {
		return l
	}
	return slices.Insert(l, i, e)
}

// grants returns what becomes of old, all entries of a key, when a preflight for
// the request allowed methods and header names. ok is false when that would be
// more than most entries.
func (q *query) grants(old *grants, maxAge time.Duration, allowMethods, allowHeaders []string, most int) (_ *grants, ok bool) {
	g := new(grants)
	if g[methods], ok = q.update(old.of(methods), methods, allowMethods, maxAge, most); !ok {
		return nil, false
	}
	if g[headerNames], ok = q.update(old.of(headerNames), headerNames, allowHeaders, maxAge, most); !ok {
		return nil, false
	}
	if q.rules.PresenceLasts && maxAge > 0 {
		g[methods] = q.present(g[methods])
	}
	return g, true
}

// manyNames is how many names are worth a look whether any is repeated.
const manyNames = 4096

// A repeats tells names that came before, of a list with many names.
type repeats struct {
	of   kind
	seen map[string]bool // nil if there are few
}

func (of kind) repeats(names []string) repeats {
	if len(names) <= manyNames {
		return repeats{}
	}
	return repeats{of, make(map[string]bool)}
}

// again reports whether name came before.
func (r repeats) again(name string) bool {
	if r.seen == nil {
		return false
	}
	if r.of == headerNames {
		name = fold.Lower(name)
	}
	before := len(r.seen)
	r.seen[name] = true
	return len(r.seen) == before
}

// update returns what becomes of l when a preflight for the request allowed
// names: steps 12 and 13, or 14 and 15, of step 7 of CORS-preflight fetch. ok is
// false when that would be more than most entries.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (q *query) update(l entries, of kind, names []string, maxAge time.Duration, most int) (_ entries, ok bool) {
	next := make(entries, 0, len(l)+max(0, min(len(names), most+1)))
	for _, e := range l {
		replaced := q.rules.WholeResult && (e.credentials == q.credentials || !q.rules.SplitCredentials)
		if e.live(q.now) && !replaced {
			next = append(next, e)
		}
	}
	old := len(next)

	// 7.13, 7.15: what the loop itself creates counts as a match too. For a `*`
	// that is seen to here, for a repeated name by repeats or by compacting. What
	// is refreshed below stays a match, so that this may come first and end where
	// there is too much.
	var star entry
	repeated, distinct := of.repeats(names), []string(nil)
	for _, name := range names {
		if repeated.again(name) {
			continue
		}
		if repeated.seen != nil {
			distinct = append(distinct, name)
		}
		if maxAge <= 0 || q.match(&star, of, name) || q.find(next[:old], of, name) != nil {
			continue
		}
		e := entry{name: name, credentials: q.credentials, stored: q.now, maxAge: maxAge}
		if name == "*" {
			star = e
		}
		if next = append(next, e); len(next) > most+manyNames {
			return nil, false
		}
	}

	if repeated.seen == nil {
		distinct = names
	}

	// 7.12, 7.14: all matching entries, and the max-age counts from now; see
	// the package's documentation.
	stars := next[:old].named(of, "*")
	for _, name := range distinct {
		for _, candidates := range [...]entries{next[:old].named(of, name), stars} {
			for i := range candidates {
				if e := &candidates[i]; q.match(e, of, name) {
					e.stored, e.maxAge = q.now, maxAge
				}
			}
		}
	}
	if maxAge <= 0 {
		return slices.DeleteFunc(next, func(e entry) bool { return !e.live(q.now) }), true
	}

	created := next[old:]
	slices.SortStableFunc(created, func(a, b entry) int { return of.compare(a.name, b.name) })
	created = slices.CompactFunc(created, func(a, b entry) bool { return of.compare(a.name, b.name) == 0 })
	for i := range created {
		// A name is a part of a header's value, which must not outlive it here.
		created[i].name = strings.Clone(created[i].name)
	}
	next = next[:old+len(created)]
	slices.SortFunc(next, func(a, b entry) int {
		if c := of.compare(a.name, b.name); c != 0 || a.credentials == b.credentials {
			return c
		} else if b.credentials {
			return -1
		}
		return 1
	})
	return slices.Clip(next), true
}
