package httpcache

import (
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// freshness is what is known of a response's freshness once it is stored.
type freshness struct {
	lifetime             time.Duration
	initialAge           time.Duration // at the response time
	staleWhileRevalidate uint32        // in seconds
	staleIfError         uint32        // in seconds
	date                 int64         // the Date header field, or when the response was received, in seconds of Unix time

	noCache        bool
	mustRevalidate bool
	immutable      bool
	unmarked       bool // neither a lifetime was given, nor one found by heuristics
	neverFresh     bool // because of its status
	noValidation   bool // it cannot be validated
	outdated       bool // a response to HEAD showed that it has changed
	blocks         bool // it answers no request, and nothing is stored in its place
}

// freshnessOf reads the header fields of a response.
func freshnessOf(r *rules.HTTPCache, k *Key, in *Received, l safelist.HeaderList, d *directives) freshness {
	date, ok := dateField(r, l, "Date", in.ResponseTime)
	if !ok {
		date = in.ResponseTime
	}
	f := freshness{
		initialAge:           correctedInitialAge(readAge(r, l), date, in.RequestTime, in.ResponseTime),
		staleWhileRevalidate: uint32(d.staleWhileRevalidate.value / time.Second),
		staleIfError:         uint32(d.staleIfError.value / time.Second),
		date:                 date.Unix(),
		noCache:              d.noCache,
		mustRevalidate:       d.mustRevalidate,
		immutable:            d.immutable && !(r.ImmutableFramed && (in.UntilClose || isRedirectStatus(in.Status) || !strings.HasPrefix(k.URL, "https:"))),
		blocks:               slices.Contains(r.BlockingStatuses, uint16(in.Status)),
		neverFresh:           r.FreshStatuses != nil && !slices.Contains(r.FreshStatuses, uint16(in.Status)),
		noValidation:         r.UntilCloseNotValidated && in.UntilClose || r.ConditionalStatuses != nil && !in.Unfollowed && !slices.Contains(r.ConditionalStatuses, uint16(in.Status)),
	}
	var explicit bool
	f.lifetime, explicit = freshnessLifetime(r, l, d, date, in.ResponseTime)
	if !explicit {
		f.lifetime = heuristicLifetime(r, in.Status, l, d, date)
		f.unmarked = f.lifetime == 0
	}
	return f
}

// freshnessLifetime is how long after its generation a response is fresh by what
// it says itself. explicit is false if it says nothing.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1
func freshnessLifetime(r *rules.HTTPCache, l safelist.HeaderList, d *directives, date, responseTime time.Time) (lifetime time.Duration, explicit bool) {
	// 1. s-maxage is for shared caches.
	if d.maxAge.present { // 2. max-age; one that is not a number of seconds makes the response stale.
		return d.maxAge.value, true
	}
	if l.Contains("Expires") { // 3. Expires less Date; one that is not a date has passed.
		expires, ok := dateField(r, l, "Expires", responseTime)
		if ok {
			return clamp(expires.Sub(date)), true
		}
		return 0, !ignoresExpires(r, l)
	}
	return 0, false // 4. Nothing is said.
}

// ignoresExpires reports whether an Expires that is not a date is as good as none.
func ignoresExpires(r *rules.HTTPCache, l safelist.HeaderList) bool {
	if !r.InvalidExpiresIgnored || !r.ZeroExpires {
		return r.InvalidExpiresIgnored
	}
	value, _ := l.Get("Expires")
	first, _, _ := strings.Cut(value, ",")
	return grammar.Trim(first, grammar.IsTabOrSpace) != "0"
}

// heuristicFraction is the part of the time since the last modification for which a
// response is taken to be fresh.
const heuristicFraction = 10

// heuristicLifetime is how long a response is fresh that does not say it.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2
func heuristicLifetime(r *rules.HTTPCache, status int, l safelist.HeaderList, d *directives, date time.Time) time.Duration {
	if slices.Contains(r.PermanentStatuses, uint16(status)) {
		if r.PermanentAnyAge {
			return 2 * forever
		}
		return forever
	}
	if !d.marks(r, status) && !isHeuristicallyCacheable(r, status) || d.mustRevalidate && r.NoHeuristicsToRevalidate {
		return 0
	}
	modified, ok := dateField(r, l, "Last-Modified", date)
	if !ok {
		return 0
	}
	since := date.Sub(modified)
	if since < 0 && !r.HeuristicsFromFuture {
		return 0
	}
	lifetime := max(-forever, min(since, forever)) / heuristicFraction
	if r.HeuristicLimit > 0 {
		lifetime = min(lifetime, r.HeuristicLimit)
	}
	return lifetime
}

// marks reports whether public or private makes a response fresh by Last-Modified.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.2
func (d *directives) marks(r *rules.HTTPCache, status int) bool {
	return (d.public || d.private) && (!r.NoHeuristicsByMark || r.MarkedRedirectHeuristics && isRedirectStatus(status))
}

// isHeuristicallyCacheable reports whether a response with the status may be stored
// without anything that says so.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-15.1-2
func isHeuristicallyCacheable(r *rules.HTTPCache, status int) bool {
	if r.HeuristicStatuses != nil {
		return slices.Contains(r.HeuristicStatuses, uint16(status))
	}
	switch status {
	case 200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501:
		return true
	}
	return false
}

// correctedInitialAge is how old a response was when it was received.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3
func correctedInitialAge(ageValue time.Duration, date, requestTime, responseTime time.Time) time.Duration {
	apparentAge := clamp(responseTime.Sub(date))
	responseDelay := clamp(responseTime.Sub(requestTime))
	correctedAgeValue := clamp(ageValue + responseDelay)
	return max(apparentAge, correctedAgeValue)
}

// currentAge is how old a response is.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.2.3
func (r *Response) currentAge(now time.Time) time.Duration {
	residentTime := clamp(time.Duration(now.UnixNano() - r.received))
	return clamp(r.initialAge + residentTime)
}

// ageValue is the number of seconds that Age has as its first member, or 0 if it has
// something else.
//
//	Age = delta-seconds
//
// https://www.rfc-editor.org/rfc/rfc9111#section-5.1
func ageValue(value string) time.Duration {
	first, _, _ := strings.Cut(value, ",")
	age, _ := deltaSeconds(grammar.Trim(first, grammar.IsTabOrSpace))
	return age
}

// dateField reads a header field that is a date. Of several lines the first counts.
func dateField(r *rules.HTTPCache, l safelist.HeaderList, name string, now time.Time) (time.Time, bool) {
	if r.Dates == rules.CacheDatesOfScript { // All lines are one value.
		value, ok := l.Get(name)
		if !ok {
			return time.Time{}, false
		}
		return readDate(r, value, now)
	}
	for _, h := range l {
		if fold.Equal(h.Name, name) {
			return readDate(r, h.Value, now)
		}
	}
	return time.Time{}, false
}

// clamp keeps a duration between 0 and forever, so that sums of two don't overflow.
func clamp(d time.Duration) time.Duration { return max(0, min(d, forever)) }
