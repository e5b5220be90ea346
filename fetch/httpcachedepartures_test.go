package fetch_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// cached is a play of several fetches of app's page, a second apart, seen by what was
// sent. Answers of a URL are used up one by one; the last one stays.
func cached(o fetch.EnvironmentOptions, answers map[string][]reply, all ...fetch.Request) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		c := newCachedPage(t, p, o, answers)
		for _, r := range all {
			c.fetch(t, &r)
		}
		return c.sent()
	}
}

// under is a play under another departure.
func under(other func(*fetch.Profile), play func(*testing.T, *fetch.Profile) string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		both := *p
		other(&both)
		return play(t, &both)
	}
}

// A cachedPage is a page of a browser whose clock stands still.
type cachedPage struct {
	*fetch.Environment
	network *network
	now     time.Time
}

func newCachedPage(t testing.TB, p *fetch.Profile, o fetch.EnvironmentOptions, answers map[string][]reply) *cachedPage {
	t.Helper()
	c := &cachedPage{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	agent, n := newAgent(t, inTurn(answers), fetch.Options{Profile: p, Cookies: staticCookies{}, Now: func() time.Time { return c.now }})
	t.Cleanup(func() { agent.Close() })
	c.Environment, c.network = newPage(t, agent, o), n
	return c
}

// inTurn answers with the replies of a request line or a URL one after the other.
func inTurn(answers map[string][]reply) func(sent) reply {
	var mu sync.Mutex // what is revalidated in the background asks at the same time
	used := make(map[string]int)
	return func(s sent) reply {
		mu.Lock()
		defer mu.Unlock()
		for _, line := range []string{s.String(), s.URL.WithoutFragment()} {
			if list := answers[line]; len(list) > 0 {
				i := min(used[line], len(list)-1)
				used[line]++
				return list[i]
			}
		}
		return routes{}.serve(s)
	}
}

// fetch is a fetch in a few words, a second after the one before: "200 ok", or a
// reason. It waits for what goes on in the background.
func (c *cachedPage) fetch(t testing.TB, r *fetch.Request) string {
	t.Helper()
	c.now = c.now.Add(time.Second)
	resp, err := c.Fetch(t.Context(), r)
	defer func() {
		if err := c.Agent().Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}()
	if err != nil {
		return asRefusal(t, err).Reason.String()
	}
	defer resp.Body.Close()
	body := text(t, resp.Body)
	return strings.TrimSpace(fmt.Sprint(resp.Status, " ", body))
}

// sent is what was sent, with the headers that concern caches.
func (c *cachedPage) sent() string {
	c.network.mu.Lock()
	defer c.network.mu.Unlock()
	var all []string
	for _, s := range c.network.sent {
		line := strings.Replace(s.String(), "https://", "", 1)
		for _, name := range []string{"If-None-Match", "If-Modified-Since", "Cache-Control", "Pragma"} {
			if value := s.header(name); value != "" {
				line += " " + name + "=" + value
			}
		}
		all = append(all, line)
	}
	return strings.Join(all, ", ")
}

// cacheDepartures are about how fetches use the HTTP cache.
func cacheDepartures() []departure {
	fresh := answer(200, "Cache-Control: max-age=60", acao+"*").with("ok")
	own := answer(200, "Cache-Control: max-age=60", acao+app, acac+"true")
	page := fetch.EnvironmentOptions{}
	get := fetch.Request{URL: "/a"}
	unreadable := answer(200, "Cache-Control: max-age=60")
	whileRevalidating := answer(200, "Cache-Control: max-age=0, stale-while-revalidate=60", acao+"*")
	return []departure{{
		field:    "HTTPCache.Use.AnonymousApart",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.AnonymousApart = true },
		standard: "GET api.test/a", departed: "GET api.test/a, GET api.test/a",
		play: cached(page, map[string][]reply{api + "/a": {own}},
			fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a", Credentials: credentials.Include}),
	}, {
		field:    "HTTPCache.Use.Unpartitioned",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.Unpartitioned = true },
		standard: "GET api.test/a, GET api.test/a", departed: "GET api.test/a",
		play: func(t *testing.T, p *fetch.Profile) string {
			c := newCachedPage(t, p, page, map[string][]reply{api + "/a": {fresh}})
			c.fetch(t, &fetch.Request{URL: api + "/a"})
			c.Environment = newPage(t, c.Agent(), fetch.EnvironmentOptions{URL: cdn + "/"})
			c.fetch(t, &fetch.Request{URL: api + "/a"})
			return c.sent()
		},
	}, {
		field:    "HTTPCache.Use.FrameSites",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.FrameSites = true },
		standard: "GET api.test/a", departed: "GET api.test/a, GET api.test/a",
		play: func(t *testing.T, p *fetch.Profile) string {
			c := newCachedPage(t, p, fetch.EnvironmentOptions{Ancestors: []origin.Origin{mustOrigin(t, cdn)}}, map[string][]reply{api + "/a": {fresh}})
			c.fetch(t, &fetch.Request{URL: api + "/a"})
			c.Environment = newPage(t, c.Agent(), fetch.EnvironmentOptions{URL: cdn + "/"})
			c.fetch(t, &fetch.Request{URL: api + "/a"})
			return c.sent()
		},
	}, {
		field:    "HTTPCache.Use.OpaqueOriginsUncached",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.OpaqueOriginsUncached = true },
		standard: "GET api.test/a", departed: "GET api.test/a, GET api.test/a",
		play: cached(fetch.EnvironmentOptions{Sandboxed: true}, map[string][]reply{api + "/a": {fresh}},
			fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a"}),
	}, {
		field:    "HTTPCache.Use.RedirectTargetsAsked",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.RedirectTargetsAsked = true },
		standard: "GET app.example/b, GET app.example/a", departed: "GET app.example/b, GET app.example/a, GET app.example/b",
		play: cached(page, map[string][]reply{app + "/a": {answer(302, "Location: /b", "Cache-Control: no-store")}, app + "/b": {fresh}},
			fetch.Request{URL: "/b"}, get),
	}, {
		field:    "HTTPCache.Use.ReloadRemoves",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.ReloadRemoves = true },
		standard: "GET app.example/a, GET app.example/a Cache-Control=no-cache Pragma=no-cache",
		departed: "GET app.example/a, GET app.example/a Cache-Control=no-cache Pragma=no-cache, GET app.example/a",
		play: cached(page, map[string][]reply{app + "/a": {fresh, answer(200, "Cache-Control: no-store"), fresh}},
			get, fetch.Request{URL: "/a", Cache: "reload"}, get),
	}, {
		field:    "HTTPCache.Use.ConditionalFreshens",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.ConditionalFreshens = true },
		standard: `GET app.example/a, GET app.example/a If-None-Match="1" Cache-Control=max-age=0, GET app.example/a If-None-Match="1"`,
		departed: `GET app.example/a, GET app.example/a If-None-Match="1" Cache-Control=max-age=0`,
		play: under(func(p *fetch.Profile) { p.Headers.ConditionalIsNoCache = true }, cached(page, map[string][]reply{app + "/a": {answer(200, `ETag: "1"`, "Cache-Control: max-age=0"), answer(304, "Cache-Control: max-age=60")}},
			get, fetch.Request{URL: "/a", Headers: headerLines(`If-None-Match: "1"`)}, get)),
	}, {
		field:    "HTTPCache.Use.StoredRedirects",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.StoredRedirects = 2 },
		standard: "GET app.example/a, GET app.example/b, GET app.example/c",
		departed: "GET app.example/a, GET app.example/b, GET app.example/c, GET app.example/c",
		play: cached(page, map[string][]reply{
			app + "/a": {answer(302, "Location: /b", "Cache-Control: max-age=60")},
			app + "/b": {answer(302, "Location: /c", "Cache-Control: max-age=60")},
			app + "/c": {fresh}},
			fetch.Request{URL: "/a", Redirect: "manual"}, fetch.Request{URL: "/b", Redirect: "manual"}, fetch.Request{URL: "/c"}, get),
	}, {
		field:    "HTTPCache.Use.RedirectCycleAsked",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.RedirectCycleAsked = true },
		standard: "GET app.example/a",
		departed: `GET app.example/a, GET app.example/a If-None-Match="1"`,
		play: cached(page, map[string][]reply{app + "/a": {answer(302, "Location: /a", `ETag: "1"`, "Cache-Control: max-age=60"), answer(200, "Cache-Control: no-store")}},
			fetch.Request{URL: "/a", Redirect: "manual"}, get),
	}, {
		field:    "HTTPCache.Use.RedirectCycleAsked",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.RedirectCycleAsked = true },
		standard: "GET app.example/a",
		departed: `GET app.example/a, GET app.example/a If-None-Match="1"`,
		play: cached(page, map[string][]reply{app + "/a": {answer(302, "Location: /a", `ETag: "1"`, "Cache-Control: max-age=0"), answer(200, "Cache-Control: no-store")}},
			fetch.Request{URL: "/a", Redirect: "manual"}, fetch.Request{URL: "/a", Cache: "force-cache"}),
	}, {
		field:    "HTTPCache.Use.BackgroundByAge",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.BackgroundByAge = true },
		standard: "GET app.example/b, GET app.example/a, GET app.example/a, GET app.example/b",
		departed: "GET app.example/b, GET app.example/a, GET app.example/a",
		play: cached(page, map[string][]reply{
			app + "/a": {answer(302, "Location: /b", "Cache-Control: max-age=0, stale-while-revalidate=60")},
			app + "/b": {fresh}},
			fetch.Request{URL: "/b"}, get, get),
	}, {
		field:    "HTTPCache.Use.BackgroundMaxAge",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.BackgroundMaxAge = true },
		standard: `GET app.example/a, GET app.example/a If-None-Match="1"`,
		departed: `GET app.example/a, GET app.example/a If-None-Match="1" Cache-Control=max-age=0`,
		play: cached(page, map[string][]reply{app + "/a": {answer(200, `ETag: "1"`, "Cache-Control: max-age=0, stale-while-revalidate=60"), answer(304)}},
			get, get),
	}, {
		field:    "HTTPCache.Use.StoreAfterChecks",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.StoreAfterChecks = true },
		standard: "GET api.test/a", departed: "GET api.test/a, GET api.test/a",
		play: cached(page, map[string][]reply{api + "/a": {answer(200, "Cache-Control: max-age=60")}},
			fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a"}),
	}, {
		field:    "HTTPCache.Use.RedirectsUnchecked",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.RedirectsUnchecked = true },
		standard: "GET api.test/a, GET api.test/a", departed: "GET api.test/a",
		play: under(func(p *fetch.Profile) { p.HTTPCache.Use.StoreAfterChecks = true }, cached(page, map[string][]reply{api + "/a": {answer(302, "Location: /b", "Cache-Control: max-age=60")}},
			fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a"})),
	}, {
		field:    "HTTPCache.Use.XHRUnchecked",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.XHRUnchecked = true },
		standard: "GET api.test/a, GET api.test/a", departed: "GET api.test/a",
		play: under(func(p *fetch.Profile) { p.HTTPCache.Use.StoreAfterChecks = true }, cached(page, map[string][]reply{api + "/a": {unreadable}},
			fetch.Request{URL: api + "/a", API: "xhr"}, fetch.Request{URL: api + "/a"})),
	}, {
		field:    "HTTPCache.Use.BackgroundUnchecked",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.BackgroundUnchecked = true },
		standard: "GET api.test/a, GET api.test/a, GET api.test/a", departed: "GET api.test/a, GET api.test/a",
		play: under(func(p *fetch.Profile) { p.HTTPCache.Use.StoreAfterChecks = true }, cached(page, map[string][]reply{api + "/a": {whileRevalidating, unreadable}},
			fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a"})),
	}, {
		field:    "HTTPCache.Use.RefusedRemoves",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.RefusedRemoves = true },
		standard: `GET api.test/a, GET api.test/a If-None-Match="1", GET api.test/a If-None-Match="1"`,
		departed: `GET api.test/a, GET api.test/a If-None-Match="1", GET api.test/a`,
		play: under(func(p *fetch.Profile) { p.HTTPCache.Use.StoreAfterChecks = true }, cached(page, map[string][]reply{api + "/a": {answer(200, `ETag: "1"`, "Cache-Control: max-age=0", acao+"*"), unreadable}},
			fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a"})),
	}, {
		field:    "HTTPCache.Use.UnfollowedNotStored",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.UnfollowedNotStored = true },
		standard: "GET app.example/a, GET app.example/b, GET app.example/b",
		departed: "GET app.example/a, GET app.example/a, GET app.example/b, GET app.example/b", // the second takes the place of the 200
		play: cached(page, map[string][]reply{
			app + "/a": {answer(302, "Location: /b", "Cache-Control: max-age=60"), answer(302, "Location: /b", "Cache-Control: max-age=60")},
			app + "/b": {answer(200, "Cache-Control: max-age=0"), answer(302, "Location: /c", "Cache-Control: max-age=60")}},
			fetch.Request{URL: "/a", Redirect: "manual"}, fetch.Request{URL: "/a", Redirect: "manual"},
			fetch.Request{URL: "/b"}, fetch.Request{URL: "/b", Redirect: "manual"}, fetch.Request{URL: "/b", Redirect: "manual"}),
	}, {
		field:    "HTTPCache.NoStoreKept",
		set:      func(p *fetch.Profile) { p.HTTPCache.NoStoreKept = true },
		standard: "GET app.example/a, GET app.example/a, GET app.example/a",
		departed: "GET app.example/a, GET app.example/a", // the redirect is stored in its place
		play: under(func(p *fetch.Profile) { p.HTTPCache.Use.UnfollowedNotStored = true },
			cached(page, map[string][]reply{app + "/a": {answer(200, "Cache-Control: no-store"), answer(302, "Location: /b", "Cache-Control: max-age=60")}},
				get, fetch.Request{URL: "/a", Redirect: "manual"}, fetch.Request{URL: "/a", Redirect: "manual"})),
	}, {
		field:    "HTTPCache.Use.UnfollowedNotStored",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.UnfollowedNotStored = true },
		standard: `GET app.example/a, GET app.example/a, GET app.example/a`,
		departed: `GET app.example/a, GET app.example/a, GET app.example/a If-None-Match="1"`, // what is not followed can be validated
		play: under(func(p *fetch.Profile) { p.HTTPCache.ConditionalStatuses = []uint16{200} },
			cached(page, map[string][]reply{app + "/a": {answer(200, "Cache-Control: max-age=0"), answer(302, "Location: /b", `ETag: "1"`, "Cache-Control: max-age=0"), answer(200)}},
				get, fetch.Request{URL: "/a", Redirect: "manual"}, get)),
	}, {
		field:    "HTTPCache.Use.UnfollowedNotStored",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.UnfollowedNotStored = true },
		standard: "GET app.example/a", departed: "GET app.example/a, GET app.example/a",
		play: cached(page, map[string][]reply{app + "/a": {answer(302, "Location: "+api+"/b", "Cache-Control: max-age=60")}},
			fetch.Request{URL: "/a", Mode: "same-origin"}, fetch.Request{URL: "/a", Mode: "same-origin"}),
	}, {
		field:    "HTTPCache.Use.ConditionalStored",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.ConditionalStored = true },
		standard: `GET app.example/a If-None-Match="1", GET app.example/a`, departed: `GET app.example/a If-None-Match="1"`,
		play: under(func(p *fetch.Profile) { p.HTTPCache.Use.ConditionalFreshens = true }, cached(page, map[string][]reply{app + "/a": {fresh}},
			fetch.Request{URL: "/a", Headers: headerLines(`If-None-Match: "1"`), Cache: "force-cache"}, get)),
	}, {
		field:    "HTTPCache.Use.ConditionalPlain",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.ConditionalPlain = true },
		standard: `GET app.example/a, GET app.example/a If-None-Match="x", "1" Cache-Control=max-age=0`,
		departed: `GET app.example/a, GET app.example/a If-None-Match="x" Cache-Control=max-age=0`,
		play: cached(page, map[string][]reply{app + "/a": {answer(200, `ETag: "1"`, "Cache-Control: max-age=60"), answer(304)}},
			get, fetch.Request{URL: "/a", Headers: headerLines(`If-None-Match: "x"`), Cache: "no-cache"}),
	}, {
		field:    "HTTPCache.Use.ConditionalRedirects",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.ConditionalRedirects = true },
		standard: `GET app.example/a, GET app.example/b, GET app.example/a If-None-Match="x", GET app.example/b If-None-Match="x"`,
		departed: `GET app.example/a, GET app.example/b, GET app.example/b If-None-Match="x"`,
		play: under(func(p *fetch.Profile) { p.HTTPCache.Use.ConditionalFreshens = true }, cached(page, map[string][]reply{
			app + "/a": {answer(302, "Location: /b", "Cache-Control: max-age=60")}, app + "/b": {answer(200, "Cache-Control: no-store")}},
			get, fetch.Request{URL: "/a", Headers: headerLines(`If-None-Match: "x"`), Cache: "force-cache"})),
	}, {
		field:    "HTTPCache.Use.BackgroundAfterChecks",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.BackgroundAfterChecks = true },
		standard: "GET api.test/a, GET api.test/a", departed: "GET api.test/a",
		play: cached(page, map[string][]reply{api + "/a": {answer(200, "Cache-Control: max-age=0, stale-while-revalidate=60")}},
			fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}, fetch.Request{URL: api + "/a"}),
	}, {
		field:    "HTTPCache.Use.BackgroundNoPreflight",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.BackgroundNoPreflight = true },
		standard: "OPTIONS api.test/a, GET api.test/a, OPTIONS api.test/a, OPTIONS api.test/a, GET api.test/a",
		departed: "OPTIONS api.test/a, GET api.test/a, OPTIONS api.test/a, GET api.test/a",
		play: cached(page, map[string][]reply{
			"OPTIONS " + api + "/a": {answer(204, acao+"*", "Access-Control-Allow-Headers: x-a", "Access-Control-Max-Age: 0")}, api + "/a": {whileRevalidating}},
			fetch.Request{URL: api + "/a", Headers: headerLines("X-A: 1")}, fetch.Request{URL: api + "/a", Headers: headerLines("X-A: 1")}),
	}, {
		field:    "HTTPCache.Use.BackgroundFreshens",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.BackgroundFreshens = true },
		standard: "GET api.test/a, GET api.test/a, GET api.test/a", departed: "GET api.test/a, GET api.test/a",
		play: cached(page, map[string][]reply{api + "/a": {whileRevalidating, answer(304, "Cache-Control: max-age=60")}},
			fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a"}),
	}, {
		field:    "HTTPCache.Use.BackgroundRedirectBare",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.BackgroundRedirectBare = true },
		standard: "https://app.example/dir/page?q 1", departed: "",
		play: func(t *testing.T, p *fetch.Profile) string {
			c := newCachedPage(t, p, page, map[string][]reply{app + "/a": {whileRevalidating, answer(302, "Location: /b")}})
			for range 2 {
				c.fetch(t, &fetch.Request{URL: "/a", Headers: headerLines("X-A: 1")})
			}
			last := c.network.sent[len(c.network.sent)-1]
			return strings.TrimSpace(last.header("Referer") + " " + last.header("X-A"))
		},
	}, {
		field:    "HTTPCache.Use.ValidatorsRedirected",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.ValidatorsRedirected = true },
		standard: `GET app.example/a, GET app.example/a If-None-Match="1", GET app.example/b`,
		departed: `GET app.example/a, GET app.example/a If-None-Match="1", GET app.example/b If-None-Match="1"`,
		play: cached(page, map[string][]reply{app + "/a": {answer(200, `ETag: "1"`, "Cache-Control: no-cache"), answer(302, "Location: /b")}},
			get, get),
	}, {
		field:    "HTTPCache.Use.ValidatorsRedirected",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.ValidatorsRedirected = true },
		standard: `GET app.example/a, GET app.example/a If-None-Match="1", GET app.example/b; 304`,
		departed: `GET app.example/a, GET app.example/a If-None-Match="1", GET app.example/b If-None-Match="1"; 200 one`,
		play: func(t *testing.T, p *fetch.Profile) string {
			c := newCachedPage(t, p, page, map[string][]reply{
				app + "/a": {answer(200, `ETag: "1"`, "Cache-Control: no-cache").with("one"), answer(302, "Location: /b")}, app + "/b": {answer(304)}})
			c.fetch(t, &get)
			got := c.fetch(t, &get)
			return c.sent() + "; " + got
		},
	}, {
		field:    "HTTPCache.Use.RedirectKeepsRequest",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.RedirectKeepsRequest = true },
		standard: "X-A: 2", departed: "X-A: 1, Cache-Control: max-age=0",
		play: func(t *testing.T, p *fetch.Profile) string {
			c := newCachedPage(t, p, page, map[string][]reply{app + "/a": {answer(302, "Location: /b", "Cache-Control: max-age=60")}, app + "/b": {answer(200, "Cache-Control: no-store")}})
			c.fetch(t, &fetch.Request{URL: "/a", Headers: headerLines("X-A: 1", "Authorization: x"), Cache: "no-cache"})
			c.fetch(t, &fetch.Request{URL: "/a", Headers: headerLines("X-A: 2")})
			last := c.network.sent[len(c.network.sent)-1]
			var got []string
			for _, name := range []string{"X-A", "Cache-Control", "Authorization"} {
				if value := last.header(name); value != "" {
					got = append(got, name+": "+value)
				}
			}
			return strings.Join(got, ", ")
		},
	}, {
		field:    "HTTPCache.Use.RedirectKeepsRequest",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.RedirectKeepsRequest = true },
		standard: "2", departed: "2", // across origins in mode cors script's own headers remain
		play: under(func(p *fetch.Profile) { p.Redirect.FirstHeaders = true }, func(t *testing.T, p *fetch.Profile) string {
			c := newCachedPage(t, p, page, map[string][]reply{
				"OPTIONS " + api + "/a": {answer(204, acao+"*", "Access-Control-Allow-Headers: x-a")}, "OPTIONS " + api + "/b": {answer(204, acao+"*", "Access-Control-Allow-Headers: x-a")},
				api + "/a": {answer(302, "Location: /b", "Cache-Control: max-age=60", acao+"*")}, api + "/b": {answer(200, "Cache-Control: no-store", acao+"*")}})
			for _, value := range []string{"1", "2"} {
				c.fetch(t, &fetch.Request{URL: api + "/a", Headers: headerLines("X-A: " + value)})
			}
			return c.network.sent[len(c.network.sent)-1].header("X-A")
		}),
	}, {
		field:    "HTTPCache.Use.NoCacheByHeader",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.NoCacheByHeader = true },
		standard: "GET app.example/a, GET app.example/b, GET app.example/a Cache-Control=x", departed: "GET app.example/a, GET app.example/b",
		play: cached(page, map[string][]reply{app + "/a": {answer(301, "Location: /b", "Cache-Control: max-age=60"), answer(200, "Cache-Control: no-store")}, app + "/b": {answer(302, "Location: /c", "Cache-Control: max-age=60")}, app + "/c": {fresh}},
			fetch.Request{URL: "/a", Redirect: "manual"}, fetch.Request{URL: "/b", Redirect: "manual"}, fetch.Request{URL: "/a", Redirect: "manual", Cache: "no-cache", Headers: headerLines("Cache-Control: x")}),
	}, {
		field:    "HTTPCache.Use.NoCacheByHeader",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.NoCacheByHeader = true },
		standard: "GET app.example/a, GET app.example/a Cache-Control=x", departed: "GET app.example/a, GET app.example/a Cache-Control=x, GET app.example/a Cache-Control=x",
		play: cached(page, map[string][]reply{app + "/a": {whileRevalidating}},
			get, fetch.Request{URL: "/a", Cache: "no-cache", Headers: headerLines("Cache-Control: x")}),
	}, {
		field:    "HTTPCache.Use.NoCacheByHeader",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.NoCacheByHeader = true },
		standard: "304", departed: "200 ok",
		play: func(t *testing.T, p *fetch.Profile) string {
			c := newCachedPage(t, p, page, map[string][]reply{app + "/a": {fresh, answer(304)}})
			c.fetch(t, &get)
			return c.fetch(t, &fetch.Request{URL: "/a", Cache: "no-cache", Headers: headerLines("Cache-Control: x")})
		},
	}, {
		field:    "HTTPCache.Use.RedirectRevalidated",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.RedirectRevalidated = true },
		standard: `GET app.example/a, GET app.example/b, GET app.example/b If-None-Match="1"; 200 ok`,
		departed: `GET app.example/a, GET app.example/b, GET app.example/a If-None-Match="1"; 200 ok`,
		play: func(t *testing.T, p *fetch.Profile) string {
			c := newCachedPage(t, p, page, map[string][]reply{
				app + "/a": {answer(302, "Location: /b", "Cache-Control: max-age=60"), answer(304)}, app + "/b": {answer(200, `ETag: "1"`, "Cache-Control: no-cache").with("ok"), answer(304)}})
			c.fetch(t, &get)
			got := c.fetch(t, &get)
			return c.sent() + "; " + got
		},
	}, {
		field:    "HTTPCache.Use.BackgroundUnfollowed",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.BackgroundUnfollowed = true },
		standard: "GET app.example/a, GET app.example/a, GET app.example/b", departed: "GET app.example/a, GET app.example/a",
		play: cached(page, map[string][]reply{app + "/a": {whileRevalidating, answer(302, "Location: /b")}}, get, get),
	}, {
		field:    "HTTPCache.Use.FragmentNotRedirected",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.FragmentNotRedirected = true },
		standard: "GET app.example/a, GET app.example/b", departed: "GET app.example/a, GET app.example/b, GET app.example/a",
		play: cached(page, map[string][]reply{app + "/a": {answer(301, "Location: /b", "Cache-Control: max-age=60")}, app + "/b": {fresh}},
			get, fetch.Request{URL: "/a#f"}),
	}, {
		field:    "HTTPCache.Use.FragmentNotRedirected",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.FragmentNotRedirected = true },
		standard: "GET app.example/a, GET app.example/b", departed: "GET app.example/a, GET app.example/b, GET app.example/b",
		play: cached(page, map[string][]reply{app + "/a": {answer(301, "Location: /b", "Cache-Control: max-age=60")}, app + "/b": {fresh}},
			fetch.Request{URL: "/a#f"}, fetch.Request{URL: "/b"}),
	}, {
		field:    "HTTPCache.Use.ConditionalKeeps",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.ConditionalKeeps = true },
		standard: "GET app.example/a, GET app.example/a If-None-Match=\"x\" Cache-Control=no-cache Pragma=no-cache, GET app.example/a",
		departed: "GET app.example/a, GET app.example/a If-None-Match=\"x\" Cache-Control=no-cache Pragma=no-cache",
		play: under(func(p *fetch.Profile) {
			p.HTTPCache.Use.ReloadRemoves, p.HTTPCache.Use.ConditionalFreshens = true, true
		},
			cached(page, map[string][]reply{app + "/a": {answer(200, `ETag: "1"`, "Cache-Control: max-age=60"), answer(200)}},
				get, fetch.Request{URL: "/a", Headers: headerLines(`If-None-Match: "x"`), Cache: "reload"}, get)),
	}, {
		field:    "HTTPCache.Use.ConditionalKeeps",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.ConditionalKeeps = true },
		standard: `GET app.example/a, PUT app.example/a If-None-Match="1" Cache-Control=no-cache Pragma=no-cache, GET app.example/a, POST app.example/a If-None-Match="1" Cache-Control=no-cache Pragma=no-cache, GET app.example/a`,
		departed: `GET app.example/a, PUT app.example/a If-None-Match="1" Cache-Control=no-cache Pragma=no-cache, POST app.example/a If-None-Match="1" Cache-Control=no-cache Pragma=no-cache, GET app.example/a`,
		play: cached(page, map[string][]reply{app + "/a": {fresh}},
			get, fetch.Request{URL: "/a", Method: "PUT", Headers: headerLines(`If-None-Match: "1"`)}, get,
			fetch.Request{URL: "/a", Method: "POST", Headers: headerLines(`If-None-Match: "1"`)}, get),
	}, {
		field:    "HTTPCache.Use.CrossSiteKeeps",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.CrossSiteKeeps = true },
		standard: "GET api.test/a, POST api.test/a, GET api.test/a", departed: "GET api.test/a, POST api.test/a",
		play: cached(page, map[string][]reply{"GET " + api + "/a": {fresh}, "POST " + api + "/a": {answer(200, acao+"*")}},
			fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a", Method: "POST"}, fetch.Request{URL: api + "/a"}),
	}, {
		field:    "HTTPCache.Use.ImmutableNotAsked",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.ImmutableNotAsked = true },
		standard: "GET app.example/a, GET app.example/a Cache-Control=max-age=0", departed: "GET app.example/a",
		play: cached(page, map[string][]reply{app + "/a": {answer(200, "Cache-Control: max-age=60, immutable")}},
			get, fetch.Request{URL: "/a", Cache: "no-cache"}),
	}, {
		field:    "HTTPCache.Use.NoStoreKeeps",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.NoStoreKeeps = true },
		standard: "GET app.example/a, POST app.example/a Cache-Control=no-cache Pragma=no-cache, GET app.example/a",
		departed: "GET app.example/a, POST app.example/a Cache-Control=no-cache Pragma=no-cache",
		play: cached(page, map[string][]reply{app + "/a": {fresh, answer(200, "Cache-Control: no-store"), fresh}},
			get, fetch.Request{URL: "/a", Method: "POST", Cache: "no-store"}, get),
	}, {
		field:    "HTTPCache.Use.ForceCacheUnsafe",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.ForceCacheUnsafe = true },
		standard: "GET app.example/a, PATCH app.example/a, PUT app.example/a", departed: "GET app.example/a, PUT app.example/a",
		play: cached(page, map[string][]reply{app + "/a": {fresh}},
			get, fetch.Request{URL: "/a", Method: "PATCH", Cache: "force-cache"}, fetch.Request{URL: "/a", Method: "PUT", Cache: "force-cache"}),
	}, {
		field:    "HTTPCache.Use.VaryCookieAfter",
		set:      func(p *fetch.Profile) { p.HTTPCache.Use.VaryCookieAfter = true },
		standard: "GET app.example/a, GET app.example/a", departed: "GET app.example/a",
		play: func(t *testing.T, p *fetch.Profile) string {
			agent, n := newAgent(t, inTurn(map[string][]reply{app + "/a": {answer(200, "Cache-Control: max-age=60", "Vary: Cookie", "Set-Cookie: a=1")}}), fetch.Options{Profile: p})
			c := &cachedPage{Environment: newPage(t, agent, page), network: n}
			c.fetch(t, &get)
			c.fetch(t, &get)
			return c.sent()
		},
	}}
}
