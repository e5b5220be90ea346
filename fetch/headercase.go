package fetch

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// conditions are what is true of a request, of the words of [rules.HeaderCase]: a bit each.
type conditions uint64

const (
	isPreflight conditions = 1 << iota
	isNavigation
	isWebSocket
	isFetch
	isXHR
	isEventSource
	isBeacon
	isReport
	isElement
	forImage
	forStyle
	forFont
	forScript
	forTrack
	forManifest
	forAudio
	forVideo
	forMedia
	forWorker
	isPreload
	isModule
	isKeepalive
	isCrossOrigin
	hasRange
	isTaintedCORS
	isRedirected
	isUpgraded
	isHintless
	hasCrossed
	hasLateOrigin
	hasTrailingOrigin
	hasTrailingAccess
	inBackground
	isFromHome
	isFrame
	isModulePreload
	inWorker
	toHTTPS
	toTrustworthy
	hasOwnPolicy
	hasKeptOrigin
	hasStrayed
	isPrefetch
	isRetried
)

// conditionWords are the words of the conditions, in their order.
var conditionWords = [...]string{
	"preflight", "navigation", "websocket", "fetch", "xhr", "eventsource", "beacon", "report", "element",
	"image", "style", "font", "script", "track", "manifest", "audio", "video", "media", "worker",
	"preload", "module", "keepalive", "crossorigin", "range", "cors", "redirected", "upgraded", "hintless", "crossed", "late-origin", "trailing-origin", "trailing-access", "background", "home",
	"frame", "modulepreload", "in-worker", "https", "trustworthy", "policy", "kept-origin", "strayed", "prefetch", "retried",
}

// conditionsOf reads the words of a case.
func conditionsOf(words string) (conditions, error) {
	var all conditions
	for word := range strings.FieldsSeq(words) {
		found := false
		for i, known := range conditionWords {
			if word == known {
				all, found = all|1<<i, true
			}
		}
		if !found {
			return 0, fmt.Errorf("%s is not a condition of requests", quote(word))
		}
	}
	return all, nil
}

// conditions are what is true of the request, on this hop, except what noteHop
// tells; nothing if no rule of the profile depends on them.
func (f *fetching) conditions() conditions {
	r := f.request
	if f.agent.headerCases.none {
		return 0
	}
	c := destinationConditions(r.destination)
	api := r.api
	if r.kept != nil {
		api = r.kept.api
	}
	switch {
	case r.mode == navigateMode:
		c |= isNavigation
	case r.mode == webSocketMode:
		c |= isWebSocket
	case api == apiFetch:
		c |= isFetch
	case api == apiXHR, api == apiXDomainRequest:
		c |= isXHR
	case r.api == apiEventSource:
		c |= isEventSource
	case r.api == apiBeacon, r.api == apiPing:
		c |= isBeacon
	case r.api == apiReport:
		c |= isReport
	default:
		c |= isElement
	}
	u := r.currentURL()
	if r.mode == webSocketMode && f.agent.profile.WebSocket.FollowsRedirects { // a redirect changes none of its headers
		u = r.askedURL()
	}
	for _, is := range [...]struct {
		bit  conditions
		true bool
	}{
		{isPreflight, r.preflight},
		{isPreload, r.preload},
		{inBackground, r.inBackground},
		{isModule, r.module},
		{isKeepalive, r.keepalive || r.preflight && r.preflightFor.keepalive},
		{isCrossOrigin, c&isElement != 0 && r.mode == CORS},
		{hasRange, r.headers.Contains(rangeHeader)},
		{isTaintedCORS, r.tainting == taintingCORS},
		{isRedirected, r.redirectCount > 0 && f.cache.target == nil},
		{isHintless, c&isElement != 0 && f.lostHints()},
		{isUpgraded, r.redirectCount == 0 && r.silentHops != 0},
		{hasCrossed, r.redirectCount > 0 && r.justCrossed()},
		{isFromHome, r.client != nil && r.url().Origin().SameOrigin(r.origin)},
		{isFrame, r.parent != nil},
		{isModulePreload, r.modulePreload},
		{isPrefetch, r.prefetch},
		{isRetried, f.retries},
		{inWorker, r.workerImport || r.client != nil && r.client.worker},
		{toHTTPS, u.Scheme() == "https"},
		{toTrustworthy, f.agent.trust.URL(u)},
		{hasOwnPolicy, r.ownPolicy},
		{hasStrayed, r.redirectCount > 0 && r.crossedOrigins()},
		{hasKeptOrigin, r.kept != nil && r.sentOrigin != "" && r.tainting != taintingCORS},
	} {
		if is.true {
			c |= is.bit
		}
	}
	return c
}

// lostHints tells whether the request began with client hints, which a redirect to an
// insecure URL has taken off for good.
func (f *fetching) lostHints() bool {
	r := f.request
	return len(r.urlList) > 1 && f.agent.trust.URL(r.url()) && slices.ContainsFunc(r.urlList, func(u *origin.URL) bool { return !f.agent.trust.URL(u) })
}

// destinationConditions are what is true of requests with a destination.
func destinationConditions(d Destination) conditions {
	switch d {
	case destinationImage:
		return forImage
	case destinationStyle:
		return forStyle
	case destinationFont:
		return forFont
	case destinationScript:
		return forScript
	case destinationTrack:
		return forTrack
	case destinationManifest:
		return forManifest
	case destinationAudio:
		return forAudio | forMedia
	case destinationVideo:
		return forVideo | forMedia
	case destinationWorker, destinationSharedWorker, destinationServiceWorker:
		return forWorker
	}
	return 0
}

// A valueCase is a [rules.HeaderCase] whose words have been read.
type valueCase struct {
	when  conditions
	value string
}

func newValueCases(cases []rules.HeaderCase) ([]valueCase, error) {
	var all []valueCase
	for _, c := range cases {
		when, err := conditionsOf(c.For)
		if err != nil {
			return nil, err
		}
		all = append(all, valueCase{when, c.Value})
	}
	return all, nil
}

// valueOf is the value of the first case that fits; "" if none does.
func valueOf(cases []valueCase, c conditions) string {
	for i := range cases {
		if cases[i].when&^c == 0 {
			return cases[i].value
		}
	}
	return ""
}

// headerCases are the cases of a profile, ready for use.
type headerCases struct {
	accept, priority, codings []valueCase
	orders                    []headerOrder
	groupOf                   map[string]int // by the names that the profile groups
	none                      bool           // no rule depends on conditions
	decoded                   []string       // the content codings that it asks for
}

// recentCases are the cases that the profiles of the last agents had. Most agents of a program have one of a few
// profiles, and to read one takes longer than many a fetch.
var recentCases struct {
	sync.Mutex
	of   [8]recentCase
	next int
}

// A recentCase is what was read of a profile, which nobody changes: an agent's is its own.
type recentCase struct {
	profile *Profile
	cases   *headerCases
}

// headerCasesOf returns the cases of a profile, which the caller must not change any more. They are shared.
func headerCasesOf(p *Profile) (*headerCases, error) {
	recentCases.Lock()
	defer recentCases.Unlock()
	for i := range recentCases.of {
		if r := &recentCases.of[i]; r.profile != nil && sameHeaderCases(r.profile, p) {
			return r.cases, nil
		}
	}
	cases, err := newHeaderCases(p)
	if err == nil {
		recentCases.of[recentCases.next] = recentCase{p, cases}
		recentCases.next = (recentCases.next + 1) % len(recentCases.of)
	}
	return cases, err
}

// sameHeaderCases tells whether what newHeaderCases reads of two profiles is the same.
func sameHeaderCases(a, b *Profile) bool {
	x, y := &a.Headers, &b.Headers
	return x.RangeForgotten == y.RangeForgotten &&
		slices.Equal(x.Order, y.Order) && slices.Equal(x.Groups, y.Groups) && slices.Equal(x.Accept, y.Accept) &&
		slices.Equal(x.Priority, y.Priority) && slices.Equal(x.Codings, y.Codings) &&
		slices.Equal(a.Identity.Hints, b.Identity.Hints)
}

func newHeaderCases(p *Profile) (*headerCases, error) {
	if n := len(p.Identity.Hints); n > maxHints {
		return nil, fmt.Errorf("%s: %d client hints, more than %d", "Identity.Hints", n, maxHints)
	}
	cases := &headerCases{decoded: newCodings(p)}
	for _, list := range []struct {
		field string
		from  []rules.HeaderCase
		to    *[]valueCase
	}{
		{"Headers.Accept", p.Headers.Accept, &cases.accept},
		{"Headers.Priority", p.Headers.Priority, &cases.priority},
		{"Headers.Codings", p.Headers.Codings, &cases.codings},
	} {
		read, err := newValueCases(list.from)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", list.field, err)
		}
		*list.to = read
	}
	var err error
	if cases.orders, cases.groupOf, err = newHeaderOrders(p); err != nil {
		return nil, fmt.Errorf("Headers.Order: %w", err)
	}
	cases.none = cases.accept == nil && cases.priority == nil && cases.codings == nil && cases.orders == nil &&
		len(p.Identity.Hints) == 0 && !p.Headers.RangeForgotten
	return cases, nil
}
