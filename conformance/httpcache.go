package conformance

import (
	"slices"
	"strings"
	"time"
)

// cacheFamilies begin the ids of the scenarios about the HTTP cache: the written
// ones, and those of the family "httpcache" that [Generate] makes.
var cacheFamilies = []string{"hc-", "gen-httpcache-"}

// httpCache tells whether a scenario is about the HTTP cache. Its id says so: it
// begins with "hc-" or "gen-httpcache-". A browser plays such a scenario with its
// HTTP cache on, and settles after each step.
func (s *Scenario) httpCache() bool { return s.cacheFamily() != "" }

func (s *Scenario) cacheFamily() string {
	if i := slices.IndexFunc(cacheFamilies, func(prefix string) bool { return strings.HasPrefix(s.ID, prefix) }); i >= 0 {
		return cacheFamilies[i]
	}
	return ""
}

// revalidates tells whether a response may be revalidated in the background.
func (s *Scenario) revalidates() bool {
	for _, server := range s.Servers {
		for _, r := range server.Actual {
			if slices.ContainsFunc(r.Headers, func(h [2]string) bool {
				return strings.EqualFold(h[0], "Cache-Control") && strings.Contains(h[1], "stale-while-revalidate")
			}) {
				return true
			}
		}
	}
	return false
}

// privateSessions are the engines that play scenarios in a private session, which
// has no HTTP cache, unless they are about the HTTP cache.
var privateSessions = []string{"webkit"}

// noHTTPCache tells whether a scenario is played without an HTTP cache by an engine.
func (s *Scenario) noHTTPCache(engine string) bool {
	return !s.httpCache() && slices.Contains(privateSessions, engine)
}

// settle is how long a page waits after each step of the scenario. Firefox and
// WebKit write their HTTP caches after script has the response: a request that
// comes at once may still miss an entry, or find one that is about to go. It is
// 0 where the HTTP cache does not matter.
func (s *Scenario) settle() time.Duration {
	if s.httpCache() {
		return 250*time.Millisecond + s.late
	}
	return 0
}
