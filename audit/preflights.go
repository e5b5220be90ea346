package audit

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/safelist"
)

// A PreflightCount says how many preflights a page sends that makes the requests of all
// uses, one after the other, in one browser. The counts other than Uncached, Sent and
// Again are of what is not so: they say what a change would spare.
type PreflightCount struct {
	Profiles []string `json:"profiles"` // names of the profiles with these counts
	Origin   string   `json:"origin"`   // the page's: the first that the intent allows
	Requests int      `json:"requests"` // one a use
	Uncached int      `json:"uncached"` // preflights without a preflight cache
	Sent     int      `json:"sent"`     // preflights with the browser's cache, which is empty at first
	Again    int      `json:"again"`    // preflights when the page makes the requests again five minutes later

	// Kept is for how many seconds each of the profiles caches the preflight that it
	// caches for the shortest time; nil if no preflight succeeded.
	Kept map[string]int64 `json:"kept_s,omitempty"`

	SentLonger  int `json:"sentLonger"`  // Sent, if each preflight had Access-Control-Max-Age: 86400
	AgainLonger int `json:"againLonger"` // Again, likewise
	OnePath     int `json:"onePath"`     // Sent, if all requests to an origin had the same URL

	// Without is Sent without request headers: by the name of a header or, if that
	// spares more than each of them, by the names of all that need a preflight.
	Without map[string]int `json:"without,omitempty"`
}

// again is how long after the first time a page makes its requests again: less than any
// browser caches a preflight that it may cache as long as it likes.
const again = 5 * time.Minute

// longest is an Access-Control-Max-Age that no browser caches for longer.
const longest = "86400"

// preflights counts the preflights of a page that makes the requests of all uses. Nothing is
// sent: the responses are those that the first plays got.
func (r *run) preflights(ctx context.Context, uses []*resolvedUse) []PreflightCount {
	if len(uses) < 2 || len(r.intent.Allow) == 0 {
		return nil
	}
	asking := r.intent.Allow[0]
	type place struct {
		use     *resolvedUse
		profile string
	}
	played := make(map[place]*Play)
	for i := range r.plays {
		p := &r.plays[i]
		if p.Origin == asking && p.When == "" {
			if at := (place{p.trial.use, p.trial.profile.Name}); played[at] == nil {
				played[at] = &p.Play
			}
		}
	}
	var counts []PreflightCount
	for _, profile := range engine.Profiles() {
		l := &listed{profile: profile, asking: asking, uses: uses}
		for _, use := range uses {
			p := played[place{use, profile.Name}]
			if p == nil {
				p = &Play{}
			}
			l.plays = append(l.plays, p)
		}
		if c := l.all(ctx); c.Uncached > 0 {
			counts = append(counts, c)
		}
	}
	return mergeCounts(counts)
}

// mergeCounts makes one of the counts that differ only in the profile.
func mergeCounts(counts []PreflightCount) []PreflightCount {
	var merged []PreflightCount
	for _, c := range counts {
		i := slices.IndexFunc(merged, func(m PreflightCount) bool {
			return m.Uncached == c.Uncached && m.Sent == c.Sent && m.Again == c.Again && m.SentLonger == c.SentLonger &&
				m.AgainLonger == c.AgainLonger && m.OnePath == c.OnePath && maps.Equal(m.Without, c.Without)
		})
		if i < 0 {
			merged = append(merged, c)
			continue
		}
		merged[i].Profiles = append(merged[i].Profiles, c.Profiles...)
		if merged[i].Kept == nil {
			merged[i].Kept = c.Kept
		}
		maps.Copy(merged[i].Kept, c.Kept)
	}
	return merged
}

// A listed is a list of requests that a page makes, and the network that answers them as
// the server did.
type listed struct {
	profile *fetch.Profile
	asking  string
	uses    []*resolvedUse
	plays   []*Play // of each use

	change change
	at     int // the use under way
	sent   int // preflights
}

// A change is what is done otherwise than in the intent.
type change struct {
	longer  bool              // preflights have the longest Access-Control-Max-Age
	onePath bool              // all requests to an origin have the URL of the first
	without func(string) bool // headers that are not sent; nil is none
	empty   bool              // the cache is emptied before each request
}

// maxWithout is how many headers are left out in turn.
const maxWithout = 8

// all counts everything.
func (l *listed) all(ctx context.Context) PreflightCount {
	c := PreflightCount{Profiles: []string{l.profile.Name}, Origin: l.asking, Requests: len(l.uses)}
	c.Uncached, _ = l.count(ctx, change{empty: true})
	if c.Uncached == 0 {
		return c
	}
	c.Sent, c.Again = l.count(ctx, change{})
	c.SentLonger, c.AgainLonger = l.count(ctx, change{longer: true})
	c.OnePath, _ = l.count(ctx, change{onePath: true})
	names := l.asked()
	least := c.Sent
	note := func(key string, without func(string) bool) {
		if sent, _ := l.count(ctx, change{without: without}); sent < least || sent < c.Sent && !strings.Contains(key, ",") {
			if c.Without == nil {
				c.Without = make(map[string]int)
			}
			c.Without[key], least = sent, min(least, sent)
		}
	}
	for _, name := range names[:min(len(names), maxWithout)] {
		note(name, func(other string) bool { return fold.Equal(other, name) })
	}
	if len(names) > 1 {
		note(strings.Join(names, ", "), func(other string) bool {
			return slices.ContainsFunc(names, func(name string) bool { return fold.Equal(name, other) })
		})
	}
	for _, p := range l.plays {
		if p.Stage == "preflight" {
			continue // it is not cached
		}
		for i := range p.Exchanges {
			x := &p.Exchanges[i]
			if kept := int64(l.profile.PreflightMaxAge(x.ResponseHeaders) / time.Second); x.IsPreflight() {
				if before, ok := c.Kept[l.profile.Name]; !ok || kept < before {
					c.Kept = map[string]int64{l.profile.Name: kept}
				}
			}
		}
	}
	return c
}

// asked are the names of the headers that preflights ask for, the most frequent first.
func (l *listed) asked() []string {
	times := make(map[string]int)
	for _, p := range l.plays {
		for i := range p.Exchanges {
			if !p.Exchanges[i].IsPreflight() {
				continue
			}
			list, _ := p.Exchanges[i].RequestHeaders.Get("Access-Control-Request-Headers")
			for name := range strings.SplitSeq(list, ",") {
				if name = strings.Trim(name, " \t"); name != "" {
					times[name]++
				}
			}
		}
	}
	names := slices.Sorted(maps.Keys(times))
	slices.SortStableFunc(names, func(a, b string) int { return times[b] - times[a] })
	return names
}

// count has a page make all requests, and again later. It counts the preflights.
func (l *listed) count(ctx context.Context, c change) (first, second int) {
	l.change, l.sent = c, 0
	now := auditStart
	empty := httpcache.New(&httpcache.Options{Limits: httpcache.Limits{Entries: -1}}) // each use has the answer that it got
	agent, err := fetch.NewAgent(&fetch.Options{Profile: l.profile, Transport: l, DisableCookies: true, HTTPCache: empty, Now: func() time.Time { return now }})
	if err != nil {
		return 0, 0
	}
	page, err := agent.Page(l.asking + "/")
	if err != nil {
		return 0, 0
	}
	all := func() {
		urls := make(map[string]string)
		for l.at = range l.uses {
			if ctx.Err() != nil {
				return
			}
			if c.empty {
				agent.PreflightCache().ClearAll()
			}
			if resp, err := page.Fetch(ctx, l.request(urls)); err == nil {
				resp.Body.Close()
			}
		}
	}
	all()
	first = l.sent
	now = now.Add(again)
	all()
	return first, l.sent - first
}

// request is the request of the use under way. Urls are those of the first request to each
// origin.
func (l *listed) request(urls map[string]string) *fetch.Request {
	use := l.uses[l.at]
	in := use.request()
	if l.change.onePath {
		origin := use.url.Origin().String()
		if urls[origin] == "" {
			urls[origin] = in.URL
		}
		in.URL = urls[origin]
	}
	if l.change.without != nil {
		in.Headers = slices.DeleteFunc(in.Headers, func(h safelist.Header) bool { return l.change.without(h.Name) })
	}
	return in
}

// RoundTrip answers as the server answered the use under way.
func (l *listed) RoundTrip(_ context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	if r.Preflight {
		l.sent++
	}
	var answer *Exchange
	url := r.URL.WithoutFragment()
	exchanges := l.plays[l.at].Exchanges
	for i := range exchanges {
		x := &exchanges[i]
		if x.IsPreflight() == r.Preflight && (answer == nil || answer.URL != url && x.URL == url) {
			answer = x
		}
	}
	if answer == nil {
		return nil, errHeld
	}
	headers := slices.Clone(answer.ResponseHeaders)
	if r.Preflight && l.change.longer {
		headers.Set(headerMaxAge, longest)
	}
	return &fetch.NetworkResponse{Status: answer.Status, StatusText: answer.StatusText, Headers: headers, Body: http.NoBody}, nil
}
