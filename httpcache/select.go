package httpcache

import (
	"time"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// A Selection is the result of [Cache.Select].
type Selection struct {
	// Response is the stored response that was selected. It is nil if none is
	// usable for the request, not even to revalidate it. For a request with Range
	// it may be a part of what is stored, with status 206.
	Response *Response
	// State says what may be done with Response:
	//
	//   - "fresh": it answers the request.
	//   - "stale-while-revalidate": it answers the request while it is revalidated.
	//   - "stale": it answers the request once it is validated, or if the caller
	//     wants a response however old it is.
	//   - "unmatched": it was for another request, by Vary. It answers this one only
	//     once it is validated.
	//   - "unauthorized": it was for a request without Authorization. It answers this
	//     one, which has it, only once it is validated.
	//
	// It is "" without a Response.
	State string
	// Why says why there is no response, or why it is not fresh, in a few words
	// that docs/http-cache.md lists. It is "" if State is "fresh".
	Why string
	// Age is the response's current age.
	Age time.Duration
	// Immutable says that the response is fresh and will not change while it is.
	//
	// https://www.rfc-editor.org/rfc/rfc8246#section-2
	Immutable bool
	// IfError says that the response, although stale, may answer the request if the
	// network or the server fails.
	//
	// https://www.rfc-editor.org/rfc/rfc5861#section-4
	IfError bool
	// OnlyIfCached says that the request has the directive only-if-cached: if the
	// response may not be used, the answer is 504 (Gateway Timeout).
	//
	// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.7
	OnlyIfCached bool

	withAge bool // Headers generates Age
	unasked bool // a 304 counts without a validator
	any     bool // its status does not matter to its validation
}

// The states of a selected response.
const (
	fresh                = "fresh"
	staleWhileRevalidate = "stale-while-revalidate"
	stale                = "stale"
	unmatched            = "unmatched"
	unauthorized         = "unauthorized"
)

// Headers returns the header list with which the response answers the request
// without validation: as it is stored, and with its current age. It is a new list
// with each call, nil without a Response.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4
func (s *Selection) Headers() safelist.HeaderList {
	if s.Response == nil {
		return nil
	}
	l := s.Response.Headers()
	if s.withAge {
		l.Set("Age", seconds(s.Age))
	}
	return l
}

// Select looks for a stored response that answers a request. It does not wait for
// the network. It allocates nothing, unless a part of a stored response is
// selected, the request has a header twice that is looked at, or the store is not
// in memory.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4
func (c *Cache) Select(k Key, r Request) Selection {
	if c == nil {
		return Selection{Why: "no cache"}
	}
	q := query{key: &k, request: &r, directives: requestDirectives(&c.rules, r.Headers), now: c.now()}
	s := Selection{OnlyIfCached: q.directives.onlyIfCached, withAge: !c.rules.NoAge, unasked: c.rules.UnaskedFreshens, any: r.Background && c.rules.BackgroundAnyStatus}
	s.Response, s.State, s.Why = c.candidate(&q)
	if s.Response != nil {
		s.Age = s.Response.currentAge(q.now)
		if s.State == "" {
			s.State = stale
			c.evaluate(&s, &q)
			if s.State != fresh && s.Response.key != *q.key { // By No-Vary-Search, and what validates it is of another URL.
				return Selection{Why: "not stored", OnlyIfCached: s.OnlyIfCached}
			}
		}
		s.Response = q.cut(s.Response)
	}
	return s
}

// query is a request that looks for a stored response.
type query struct {
	key        *Key
	request    *Request
	directives directives
	wanted     wanted
	now        time.Time
}

// candidate returns the stored response that matches the request. Its state is ""
// unless something other than its freshness decides.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4
func (c *Cache) candidate(q *query) (r *Response, state, why string) {
	switch q.request.Method { // The request method has to allow it.
	case "GET":
		if why = q.readRange(&c.rules); why != "" {
			return nil, "", why
		}
	case "HEAD":
		if c.rules.HeadApart {
			q.key = q.key.apart("HEAD")
		} else if c.rules.HeadNotAnswered {
			return nil, "", "method"
		}
	default:
		return nil, "", "method"
	}
	d := &q.directives
	switch c.rules.CacheRequest {
	case rules.CacheRequestReloads:
		if d.noCache {
			return nil, "", "request no-cache"
		}
	case rules.CacheRequestFirst:
		if d.noStore {
			return nil, "", "request no-store"
		}
	}
	r, other := c.choose(q)
	switch {
	case r != nil && r.blocks:
		return nil, "", "status"
	case r != nil && r.isPlace():
		return nil, "", "no-store"
	case r != nil && c.rules.AuthorizationAsks && !r.authorized && q.request.Headers.Contains("Authorization"):
		return r, unauthorized, "authorization"
	case r != nil:
		return r, "", ""
	case other == nil:
		return nil, "", "not stored"
	case c.rules.ValidateUnmatched:
		return other, unmatched, "vary"
	}
	return nil, "", "vary"
}

// choose returns the stored response whose target URI and nominated fields match
// those of the request, the most recent if there are several; otherwise another
// whose fields do not match.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.1
func (c *Cache) choose(q *query) (matching, other *Response) {
	if c.blobs != nil {
		for _, r := range c.blobs.load(q.key) {
			matching, other = q.better(&c.rules, r, matching, other)
		}
		return matching, other
	}
	m := &c.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	for r := m.first(q.key); r != nil; r = r.nextOf(q.key) {
		matching, other = q.better(&c.rules, r, matching, other)
	}
	if matching == nil && other == nil {
		matching = m.searched(q, &c.rules)
	}
	if matching != nil {
		m.recent.Use(matching)
	}
	return matching, other
}

// better chooses between what has been found and r. Those that come first are
// later stored ones.
func (q *query) better(rule *rules.HTTPCache, r, matching, other *Response) (_, _ *Response) {
	switch {
	case !q.wanted.within(r):
	case !q.request.AnyVariant && !r.variant.matches(q.request.Headers, rule):
		if other == nil {
			other = r
		}
	case matching == nil || r.date > matching.date:
		matching = r
	}
	return matching, other
}

// evaluate finds out whether the chosen response can answer the request.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4
func (c *Cache) evaluate(s *Selection, q *query) {
	r, d := s.Response, &q.directives
	staleness := s.Age - r.lifetime // the response is fresh while it is negative
	switch {
	case r.noCache: // It must not be reused without validation.
		s.Why = "no-cache"
		return
	case r.neverFresh:
		s.Why = "status"
		return
	case r.outdated:
		s.Why = "outdated"
		return
	}
	s.Immutable = r.immutable && staleness < 0
	if c.rules.CacheRequest == rules.CacheRequestFirst && d.decide(s, staleness) {
		return
	}
	switch {
	case d.noCache: // The client prefers it to be validated,
		s.Why = "request no-cache"
		return
	case d.maxAge.valid && (s.Age > d.maxAge.value || d.maxAge.value == 0) && !d.maxStale.valid: // or to be younger,
		s.Why = "request max-age"
		return
	case d.minFresh.valid && staleness+d.minFresh.value > 0: // or to remain fresh for longer.
		s.Why = "request min-fresh"
		return
	case staleness < 0: // It is fresh: freshness_lifetime > current_age.
		s.State = fresh
		return
	case r.unmarked:
		s.Why = "no lifetime"
	default:
		s.Why = "expired"
	}
	if r.mustRevalidate && !c.rules.StaleDespiteMustRevalidate { // Nothing may serve it stale.
		return
	}
	s.IfError = !c.rules.NoStaleIfError && staleness < time.Duration(r.staleIfError)*time.Second
	switch {
	case d.maxStale.valid && staleness <= d.maxStale.value: // The client takes it nevertheless.
		s.State, s.Why = fresh, ""
	case c.overdue(r, q, staleness) < time.Duration(r.staleWhileRevalidate)*time.Second &&
		!(c.rules.HeadNotStale && q.request.Method == "HEAD"): // The origin server allows it for a while.
		s.State = staleWhileRevalidate
	}
}

// overdue is for how long a response has been stale, as far as
// stale-while-revalidate counts.
func (c *Cache) overdue(r *Response, q *query, staleness time.Duration) time.Duration {
	if c.rules.StaleFromArrival {
		return min(staleness, clamp(q.now.Sub(r.ResponseTime())))
	}
	return staleness
}

// decide lets the first of the directives that the request has decide alone. It
// returns false if there is none.
//
// Firefox: netwerk/protocol/http/nsHttp.cpp, ValidationRequired.
func (d *directives) decide(s *Selection, staleness time.Duration) bool {
	usable := false
	switch {
	case d.noCache:
		s.Why = "request no-cache"
	case d.maxStale.present:
		usable, s.Why = staleness <= d.maxStale.value, "expired"
	case d.maxAge.present:
		usable, s.Why = s.Age < d.maxAge.value, "request max-age"
	case d.minFresh.present:
		usable, s.Why = max(0, -staleness) >= d.minFresh.value, "request min-fresh"
	default:
		return false
	}
	if usable {
		s.State, s.Why = fresh, ""
	}
	return true
}
