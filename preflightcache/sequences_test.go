package preflightcache_test

import (
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/preflightcache"
)

// step is something that happens to a cache, then questions about it.
type step struct {
	// What a preflight allowed; nothing is stored if both are "".
	methods, headers string
	credentials      bool
	maxAge           int // seconds
	clear            bool
	advance          int // seconds, after storing

	// The methods and header names that have a match then, for requests with
	// credentials and without: of those in asked.
	with, without string
}

const asked = "PUT DELETE put * x-a X-B authorization"

// matches returns which of asked match, "*" as a method.
func matches(c *preflightcache.Cache, credentials bool) string {
	var found []string
	for _, name := range split(asked) {
		header := strings.Contains(name, "-") || name == "authorization"
		if header && c.MatchHeader(key, credentials, name) || !header && c.MatchMethod(key, credentials, name) {
			found = append(found, name)
		}
	}
	return strings.Join(found, " ")
}

const allMethods = "PUT DELETE put *"

// https://fetch.spec.whatwg.org/#cors-preflight-cache
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 steps 7.12 to 7.15
var sequences = []struct {
	name  string
	rules rules.PreflightCache
	steps []step
}{
	{
		name:  "method is matched by case, header name is not",
		steps: []step{{methods: "PUT", headers: "X-A x-b", maxAge: 60, with: "", without: "PUT x-a X-B"}},
	},
	{
		name: "entry lives for its max-age",
		steps: []step{
			{methods: "PUT", maxAge: 60, advance: 59, without: "PUT"},
			{advance: 1, without: ""},
		},
	},
	{
		name:  "max-age 0 is over at once",
		steps: []step{{methods: "PUT", headers: "x-a", maxAge: 0}},
	},
	{
		name:  "negative max-age is over at once",
		steps: []step{{methods: "PUT", headers: "x-a", maxAge: -1}},
	},
	{
		name: "max-age is limited (step 7.10)",
		steps: []step{
			{methods: "PUT", maxAge: 86400, advance: 7199, without: "PUT"},
			{advance: 1, without: ""},
		},
	},
	{
		name:  "entry with credentials serves both kinds",
		steps: []step{{methods: "PUT", headers: "x-a", credentials: true, maxAge: 60, with: "PUT x-a", without: "PUT x-a"}},
	},
	{
		name:  "entry without credentials serves requests without",
		steps: []step{{methods: "PUT", headers: "x-a", maxAge: 60, without: "PUT x-a"}},
	},
	{
		name:  "wildcard matches every method, and every header name but Authorization",
		steps: []step{{methods: "*", headers: "*", maxAge: 60, without: allMethods + " x-a X-B"}},
	},
	{
		name:  "wildcard matches whatever the credentials",
		steps: []step{{methods: "*", headers: "*", credentials: true, maxAge: 60, with: allMethods + " x-a X-B", without: allMethods + " x-a X-B"}},
	},
	{
		name:  "Authorization is matched when it is listed",
		steps: []step{{headers: "* Authorization", maxAge: 60, without: "x-a X-B authorization"}},
	},
	{
		name: "preflights add up, each name with its own time (7.13, 7.15)",
		steps: []step{
			{methods: "PUT", headers: "x-a", maxAge: 10, advance: 5, without: "PUT x-a"},
			{methods: "DELETE", headers: "x-b", maxAge: 10, advance: 5, without: "DELETE X-B"},
			{advance: 5, without: ""},
		},
	},
	{
		name: "refreshing starts the time again (7.12, 7.14)",
		steps: []step{
			{methods: "PUT", headers: "x-a", maxAge: 10, advance: 9, without: "PUT x-a"},
			{methods: "PUT", headers: "X-A", maxAge: 10, advance: 9, without: "PUT x-a"},
			{advance: 1, without: ""},
		},
	},
	{
		name: "refreshing shortens",
		steps: []step{
			{methods: "PUT", maxAge: 60, without: "PUT"},
			{methods: "PUT", maxAge: 5, advance: 5, without: ""},
		},
	},
	{
		name: "max-age 0 removes what it would have refreshed",
		steps: []step{
			{methods: "PUT DELETE", headers: "x-a x-b", maxAge: 60, without: "PUT DELETE x-a X-B"},
			{methods: "PUT", headers: "x-a", maxAge: 0, without: "DELETE X-B"},
		},
	},
	{
		name: "a wildcard that matches is refreshed in the name's stead",
		steps: []step{
			{methods: "*", maxAge: 60, without: allMethods},
			{methods: "PUT", maxAge: 5, advance: 5, without: ""},
		},
	},
	{
		name: "a wildcard that matches is prolonged",
		steps: []step{
			{methods: "*", maxAge: 5, without: allMethods},
			{methods: "PUT", maxAge: 60, advance: 59, without: allMethods},
		},
	},
	{
		name: "an entry with credentials is refreshed by a preflight for a request without",
		steps: []step{
			{methods: "PUT", credentials: true, maxAge: 60, with: "PUT", without: "PUT"},
			{methods: "PUT", maxAge: 5, advance: 5},
		},
	},
	{
		name: "an entry without credentials is not refreshed by one with",
		steps: []step{
			{methods: "PUT", maxAge: 60, without: "PUT"},
			{methods: "PUT", credentials: true, maxAge: 5, with: "PUT", without: "PUT"},
			{advance: 5, without: "PUT"},
		},
	},
	{
		name: "all matching entries are refreshed",
		steps: []step{
			{methods: "PUT *", maxAge: 60, without: allMethods},
			{methods: "PUT", credentials: true, maxAge: 60, with: "PUT", without: allMethods},
			{methods: "PUT", maxAge: 5, advance: 5},
		},
	},
	{
		name: "clearing removes both kinds",
		steps: []step{
			{methods: "PUT", headers: "x-a", maxAge: 60, without: "PUT x-a"},
			{methods: "DELETE", credentials: true, maxAge: 60, with: "DELETE", without: "PUT DELETE x-a"},
			{clear: true},
			{methods: "PUT", maxAge: 60, without: "PUT"},
		},
	},
	{
		name: "WholeResult", rules: rules.PreflightCache{WholeResult: true},
		steps: []step{
			{methods: "PUT", headers: "x-a", credentials: true, maxAge: 60, with: "PUT x-a", without: "PUT x-a"},
			{methods: "DELETE", maxAge: 60, without: "DELETE"},
			{methods: "PUT", maxAge: 0},
		},
	},
	{
		name: "WholeResult with SplitCredentials", rules: rules.PreflightCache{WholeResult: true, SplitCredentials: true},
		steps: []step{
			{methods: "PUT", headers: "x-a", credentials: true, maxAge: 60, with: "PUT x-a"},
			{methods: "DELETE", maxAge: 60, with: "PUT x-a", without: "DELETE"},
			{headers: "x-b", maxAge: 60, with: "PUT x-a", without: "X-B"},
		},
	},
	{
		name: "SplitCredentials", rules: rules.PreflightCache{SplitCredentials: true},
		steps: []step{
			{methods: "PUT", headers: "x-a", credentials: true, maxAge: 60, with: "PUT x-a"},
			{methods: "PUT", maxAge: 5, with: "PUT x-a", without: "PUT"},
			{advance: 5, with: "PUT x-a"},
		},
	},
	{
		name: "ZeroChangesNothing", rules: rules.PreflightCache{ZeroChangesNothing: true},
		steps: []step{
			{methods: "PUT", headers: "x-a", maxAge: 60, without: "PUT x-a"},
			{methods: "PUT DELETE", headers: "x-a", maxAge: 0, without: "PUT x-a"},
		},
	},
	{
		name: "NoWildcard", rules: rules.PreflightCache{NoWildcard: true},
		steps: []step{
			{methods: "* PUT", headers: "* x-a", maxAge: 60, without: "PUT * x-a"},
			{methods: "PUT", maxAge: 0, without: "* x-a"},
		},
	},
	{
		name: "WildcardUncredentialedEntry", rules: rules.PreflightCache{WildcardUncredentialedEntry: true},
		steps: []step{
			{methods: "* PUT", headers: "*", credentials: true, maxAge: 60, with: "PUT *", without: "PUT *"},
			{clear: true},
			{methods: "*", headers: "*", maxAge: 60, without: allMethods + " x-a X-B"},
		},
	},
	{
		name: "WildcardUncredentialedRequest", rules: rules.PreflightCache{WildcardUncredentialedRequest: true},
		steps: []step{
			{methods: "* PUT", headers: "*", credentials: true, maxAge: 60, with: "PUT *", without: allMethods + " x-a X-B"},
			{clear: true},
			{methods: "*", headers: "*", maxAge: 60, without: allMethods + " x-a X-B"},
		},
	},
	{
		name: "WildcardCoversAuthorization", rules: rules.PreflightCache{WildcardCoversAuthorization: true},
		steps: []step{{headers: "*", maxAge: 60, without: "x-a X-B authorization"}},
	},
}

func TestSequences(t *testing.T) {
	for _, tt := range sequences {
		t.Run(tt.name, func(t *testing.T) {
			clock := newClock()
			c := preflightcache.New(&preflightcache.Options{Rules: tt.rules, Now: clock.Now})
			for i, s := range tt.steps {
				if s.clear {
					c.Clear(key)
				}
				if s.methods != "" || s.headers != "" {
					c.Store(key, s.credentials, time.Duration(s.maxAge)*time.Second, split(s.methods), split(s.headers))
				}
				clock.advance(s.advance)
				if got := matches(c, true); got != s.with {
					t.Errorf("step %d: with credentials %q match, want %q", i, got, s.with)
				}
				if got := matches(c, false); got != s.without {
					t.Errorf("step %d: without credentials %q match, want %q", i, got, s.without)
				}
			}
		})
	}
}
