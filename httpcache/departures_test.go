package httpcache_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/rules"
)

// A departure is a field of the rules, and what it changes.
type departure struct {
	field    string
	set      func(*rules.HTTPCache)
	visits   []visit
	standard string
	departed string
}

const (
	minute   = "Cache-Control: max-age=60"
	tag      = `ETag: "a"`
	modified = "Last-Modified: Mon, 30 Nov 2026 02:00:00 GMT" // an hour's heuristic lifetime
	date     = "Date: Mon, 30 Nov 2026 12:00:00 GMT"
)

// again is a second request after a second.
func again(v visit) []visit { return []visit{v, {pause: time.Second}} }

// twice is a request and, after a second, another.
func twice(first, second visit) []visit {
	second.pause += time.Second
	return []visit{first, second}
}

func status(s int, response string) visit { return visit{status: s, response: response} }

func departures() []departure {
	type r = rules.HTTPCache
	fresh := visit{response: minute + "|" + tag}
	unsafe := func(method string, status int, response string, body bool) []visit {
		return []visit{fresh, {method: method, status: status, response: response, body: body}, {}}
	}
	ranged := func(value string) visit { return visit{request: "Range: " + value} }
	part := func(value, content string, more ...string) visit {
		return visit{request: "Range: " + value, status: 206, content: content, response: strings.Join(append(more, minute), "|")}
	}
	return []departure{
		{"CacheControl", func(r *r) { r.CacheControl = rules.CacheControlExact }, again(visit{response: `Cache-Control: max-age="60"`}), "hit", "ask"},
		{"CacheControl", func(r *r) { r.CacheControl = rules.CacheControlByWord }, again(visit{response: "Cache-Control: max-age=60, max-age=0"}), "hit", "ask"},
		{"CacheControl", func(r *r) { r.CacheControl = rules.CacheControlLoose }, again(visit{response: "Cache-Control: max-age=60.5"}), "ask", "hit"},
		{"CacheRequest", func(r *r) { r.CacheRequest = rules.CacheRequestReloads }, twice(fresh, visit{request: "Cache-Control: no-cache"}), "etag", "ask"},
		{"CacheRequest", func(r *r) { r.CacheRequest = rules.CacheRequestFirst }, twice(fresh, visit{pause: time.Hour, request: "Cache-Control: max-age=36000"}), "etag", "hit"},
		{"CacheRequest", func(r *r) { r.CacheRequest = rules.CacheRequestSome }, twice(fresh, visit{request: "Cache-Control: min-fresh=100"}), "etag", "hit"},
		{"ResponsePragma", func(r *r) { r.ResponsePragma = rules.ResponsePragmaMember }, again(visit{response: minute + "|Pragma: x, no-cache"}), "hit", "ask"},
		{"ResponsePragma", func(r *r) { r.ResponsePragma = rules.ResponsePragmaSubstring }, again(visit{response: minute + "|Pragma: No-Cache=1"}), "hit", "ask"},
		{"Age", func(r *r) { r.Age = rules.AgePrefix }, again(visit{response: minute + "|Age: 100s"}), "hit", "ask"},
		{"Age", func(r *r) { r.Age = rules.AgeDouble }, again(visit{response: minute + "|Age: 100, 0"}), "ask", "hit"},
		{"Dates", func(r *r) { r.Dates = rules.CacheDatesLoose }, again(visit{response: "Expires: 18 August 2050"}), "ask", "hit"},
		{"Dates", func(r *r) { r.Dates = rules.CacheDatesLooseISO }, again(visit{response: "Expires: 2050-08-18T02:01:18Z"}), "ask", "hit"},
		{"Dates", func(r *r) { r.Dates = rules.CacheDatesOfScript }, again(visit{response: "Expires: Aug 18 2050"}), "ask", "hit"},
		{"Seconds32", func(r *r) { r.Seconds32 = true }, again(visit{response: "Expires: Sun, 21 Nov 2286 04:46:39 GMT"}), "hit", "ask"},
		{"Seconds32", func(r *r) { r.Seconds32 = true }, []visit{{pause: 900 * time.Millisecond, response: "Cache-Control: max-age=1"}, {pause: 200 * time.Millisecond}}, "hit", "ask"},
		{"InvalidExpiresIgnored", func(r *r) { r.InvalidExpiresIgnored = true }, again(visit{response: modified + "|Expires: soon"}), "lm", "hit"},
		{"HeuristicStatuses", func(r *r) { r.HeuristicStatuses = []uint16{203} }, again(visit{response: modified + "|Cache-Control: x"}), "hit", "ask"},
		{"PermanentStatuses", func(r *r) { r.PermanentStatuses = []uint16{410} }, again(status(410, "")), "ask", "hit"},
		{"NoHeuristicsByMark", func(r *r) { r.NoHeuristicsByMark = true }, again(status(400, modified+"|Cache-Control: public")), "hit", "ask"},
		{"HeuristicsFromFuture", func(r *r) { r.HeuristicsFromFuture = true }, again(visit{response: "Last-Modified: Tue, 01 Dec 2026 12:00:00 GMT|Cache-Control: stale-while-revalidate=60"}), "while", "lm"},
		{"MarkedRedirectHeuristics", func(r *r) { r.NoHeuristicsByMark, r.MarkedRedirectHeuristics = true, true }, again(status(302, modified+"|Cache-Control: public|Location: /")), "hit", "hit"},
		{"MarkedRedirectHeuristics", func(r *r) { r.NoHeuristicsByMark = true }, again(status(302, modified+"|Cache-Control: public|Location: /")), "hit", "ask"},
		{"NoHeuristicsToRevalidate", func(r *r) { r.NoHeuristicsToRevalidate = true }, again(visit{response: modified + "|Cache-Control: must-revalidate"}), "hit", "lm"},
		{"HeuristicLimit", func(r *r) { r.HeuristicLimit = time.Minute }, twice(visit{response: modified}, visit{pause: 2 * time.Minute}), "hit", "lm"},
		{"FreshStatuses", func(r *r) { r.FreshStatuses = []uint16{200} }, again(status(404, minute)), "hit", "ask"},
		{"StaleDespiteMustRevalidate", func(r *r) { r.StaleDespiteMustRevalidate = true }, again(visit{response: "Cache-Control: max-age=0, must-revalidate, stale-while-revalidate=60"}), "ask", "while"},
		{"NoAge", func(r *r) { r.NoAge = true }, twice(fresh, visit{show: "Age"}), "hit 1", "hit none"},
		{"StoreUnmarked", func(r *r) { r.StoreUnmarked = true }, again(status(299, tag)), "ask", "etag"},
		{"ExplicitStatuses", func(r *r) { r.ExplicitStatuses = []uint16{} }, again(status(400, minute)), "hit", "ask"},
		{"RefusedStatuses", func(r *r) { r.RefusedStatuses = []uint16{200} }, again(fresh), "hit", "ask"},
		{"NoStoreKept", func(r *r) { r.NoStoreKept = true }, []visit{{response: "Cache-Control: no-store"}, fresh, {}}, "ask, hit", "ask, hit"},
		{"RedirectNeedsLocation", func(r *r) { r.RedirectNeedsLocation = true }, again(status(301, minute)), "hit", "ask"},
		{"FreshToStore", func(r *r) { r.FreshToStore = []uint16{303} }, []visit{{response: tag}, status(303, tag+"|Cache-Control: max-age=0"), {}}, "etag, etag", "etag, etag"},
		{"FreshToStore", func(r *r) { r.FreshToStore = []uint16{404} }, again(status(404, tag)), "etag", "ask"},
		{"BlockingStatuses", func(r *r) { r.BlockingStatuses = []uint16{300} }, []visit{status(300, minute), fresh, {}, {method: "POST"}, fresh, {}}, "hit, hit, ask, ask, hit", "ask, ask, ask, ask, hit"},
		{"Refusal", func(r *r) { r.Refusal = rules.RefusalNoStoreRemoves }, []visit{fresh, {pause: 2 * time.Minute, response: "Cache-Control: no-store"}, {}}, "etag, etag", "etag, ask"},
		{"Refusal", func(r *r) { r.Refusal = rules.RefusalRemoves }, []visit{fresh, {method: "OPTIONS", status: 500}, {}}, "ask, hit", "ask, ask"},
		{"Refusal", func(r *r) { r.Refusal = rules.RefusalGETRemoves }, []visit{fresh, {pause: 2 * time.Minute, status: 400}, {}}, "etag, etag", "etag, ask"},
		{"StoreNotModified", func(r *r) { r.StoreNotModified = true }, again(status(304, minute)), "ask", "hit 304"},
		{"StoreNotModified", func(r *r) { r.StoreNotModified = true }, twice(visit{request: "Range: bytes=0-1", status: 304, response: minute}, visit{}), "ask", "ask"},
		{"NoEmptyFields", func(r *r) { r.NoEmptyFields = true }, twice(visit{response: minute + "|X-A: "}, visit{show: "X-A"}), "hit ", "hit none"},
		{"NoEmptyFields", func(r *r) { r.NoEmptyFields = true }, []visit{{response: tag + "|X-A: 1"}, {status: 304, response: "X-A: ", show: "X-A"}}, "etag ", "etag none"},
		{"VaryEmpty", func(r *r) { r.VaryEmpty = rules.VaryEmptyIsAbsent }, twice(visit{response: minute + "|Vary: A"}, visit{request: "A: "}), "ask", "hit"},
		{"VaryEmpty", func(r *r) { r.VaryEmpty = rules.VaryEmptyStoredIsAbsent }, twice(visit{request: "A: ", response: minute + "|Vary: A"}, visit{}), "ask", "hit"},
		{"VaryEmpty", func(r *r) { r.VaryEmpty = rules.VaryEmptyStoredIsAbsent }, twice(visit{request: "A: ", response: minute + "|Vary: A"}, visit{request: "A: "}), "hit", "ask"},
		{"AuthorizationAsks", func(r *r) { r.AuthorizationAsks = true }, twice(visit{response: minute + "|" + tag + "|" + modified}, visit{request: "Authorization: x"}), "hit", "etag+lm"},
		{"HeadApart", func(r *r) { r.HeadApart = true }, []visit{{method: "HEAD", response: minute}, {method: "HEAD"}}, "ask", "hit"},
		{"HeadNotStale", func(r *r) { r.HeadNotStale = true }, twice(visit{response: "Cache-Control: max-age=0, stale-while-revalidate=60"}, visit{method: "HEAD"}), "while", "ask"},
		{"StaleFromArrival", func(r *r) { r.StaleFromArrival = true }, again(visit{response: "Cache-Control: max-age=0, stale-while-revalidate=60|Age: 100"}), "ask", "while"},
		{"UnaskedFreshens", func(r *r) { r.UnaskedFreshens = true }, []visit{{response: "Cache-Control: no-cache"}, {status: 304, response: minute}, {}}, "ask 304, ask", "renew, hit"},
		{"OtherModifiedRemoves", func(r *r) { r.OtherModifiedRemoves = true }, []visit{{response: modified + "|Cache-Control: no-cache"}, {status: 304, response: "Last-Modified: Mon, 30 Nov 2026 01:00:00 GMT"}, {}}, "lm, lm", "lm, ask"},
		{"NotStoredFields", func(r *r) { r.NotStoredFields = []string{"clear-site-data"} }, twice(visit{response: minute + "|Clear-Site-Data: x"}, visit{show: "Clear-Site-Data"}), "hit x", "hit none"},
		{"KeepConnectionFields", func(r *r) { r.KeepConnectionFields = true }, twice(visit{response: minute + "|Connection: a|A: 1"}, visit{show: "A"}), "hit none", "hit 1"},
		{"OneResponse", func(r *r) { r.OneResponse = true }, []visit{
			{request: "A: 1", response: minute + "|Vary: A"}, {request: "A: 2", response: minute + "|Vary: A"}, {request: "A: 1"},
		}, "ask, hit", "ask, ask"},
		{"VaryExact", func(r *r) { r.VaryExact = true }, twice(visit{request: "A: 1,2", response: minute + "|Vary: A"}, visit{request: "A: 1, 2"}), "hit", "ask"},
		{"ValidateUnmatched", func(r *r) { r.ValidateUnmatched = true }, twice(visit{request: "A: 1", response: minute + "|Vary: A|" + modified + "|" + tag}, visit{request: "A: 2"}), "ask", "etag"},
		{"HeadNotAnswered", func(r *r) { r.HeadNotAnswered = true }, twice(fresh, visit{method: "HEAD"}), "hit", "ask"},
		{"Head", func(r *r) { r.HeadNotAnswered, r.Head = true, rules.HeadNothing }, []visit{fresh, {method: "HEAD", response: minute + `|ETag: "b"`}, {}}, "hit, hit", "ask, hit"},
		{"Head", func(r *r) { r.Head = rules.HeadRemoves }, []visit{{response: "Cache-Control: max-age=0|" + tag}, {method: "HEAD", response: minute + "|" + tag}, {show: "Cache-Control"}}, "etag, hit max-age=60", "etag, ask none"},
		{"Ranges", func(r *r) { r.Ranges = rules.RangesNotCached }, twice(visit{response: minute, content: "0123"}, ranged("bytes=1-2")), "hit part 12", "ask"},
		{"Ranges", func(r *r) { r.Ranges = rules.RangesNotCached }, twice(visit{response: minute, content: "0123"}, ranged("bytes=0-")), "hit part 0123", "hit 0123"},
		{"Ranges", func(r *r) { r.Ranges = rules.RangesByValue }, twice(visit{response: minute, content: "0123"}, ranged("bytes=1-2")), "hit part 12", "ask"},
		{"PartialIsWhole", func(r *r) { r.PartialIsWhole = true }, again(status(206, minute)), "ask", "hit part"},
		{"NullBodyByLength", func(r *r) { r.NullBodyByLength = true }, again(status(204, minute+"|Content-Length: 5")), "hit", "ask"},
		{"PartsNeedValidator", func(r *r) { r.PartsNeedValidator = true }, twice(part("bytes=0-1", "01", "Content-Range: bytes 0-1/4"), ranged("bytes=0-1")), "hit part 01", "ask"},
		{"NoVarySearch", func(r *r) { r.NoVarySearch = true }, twice(visit{url: "/a?x=1&y=2", response: minute + `|No-Vary-Search: key-order, params=("x")`}, visit{url: "/a?y=2&x=3"}), "ask", "hit"},
		{"ConditionalStatuses", func(r *r) { r.ConditionalStatuses = []uint16{200} }, twice(status(404, minute+"|"+tag), visit{pause: time.Hour}), "etag", "ask"},
		{"UntilCloseNotValidated", func(r *r) { r.UntilCloseNotValidated = true }, twice(visit{response: minute + "|" + tag, untilClose: true}, visit{pause: time.Hour}), "etag", "ask"},
		{"NotUpdatedFields", func(r *r) { r.NotUpdatedFields = []string{"!x-a-b", "x-a*"} }, twice(visit{response: tag + "|X-A: 1"}, visit{status: 304, response: "X-A: 2", show: "X-A"}), "etag 2", "etag 1"},
		{"RepeatedNotUpdated", func(r *r) { r.RepeatedNotUpdated = []string{"x-a"} }, twice(visit{response: tag + "|X-A: 1|X-A: 1"}, visit{status: 304, response: "X-A: 2", show: "X-A"}), "etag 2", "etag 1, 1"},
		{"AnyValidatorFreshens", func(r *r) { r.AnyValidatorFreshens = true }, []visit{{response: tag}, {status: 304, response: minute + `|ETag: "b"`}, {}}, "etag, etag", "etag, hit"},
		{"AgeOutlivesValidation", func(r *r) { r.AgeOutlivesValidation = true }, []visit{{response: "Cache-Control: max-age=10|Age: 100|" + tag}, {status: 304, response: minute}, {}}, "etag, hit", "etag, etag"},
		{"FreshenNoStore", func(r *r) { r.FreshenNoStore = true }, []visit{{response: tag}, {status: 304, response: "Cache-Control: no-store"}, {}}, "etag, ask", "etag, etag"},
		{"NoInvalidation", func(r *r) { r.NoInvalidation = true }, unsafe("POST", 200, "", true), "ask, ask", "ask, hit"},
		{"InvalidatingMethods", func(r *r) { r.InvalidatingMethods = []string{"POST"} }, unsafe("PATCH", 200, "", true), "ask, ask", "ask, hit"},
		{"PutNeedsBody", func(r *r) { r.PutNeedsBody = true }, unsafe("PUT", 200, "", false), "ask, ask", "ask, hit"},
		{"ErrorsInvalidate", func(r *r) { r.ErrorsInvalidate = true }, unsafe("DELETE", 500, "", false), "ask, hit", "ask, ask"},
		{"LocationsInvalidated", func(r *r) { r.LocationsInvalidated = true }, []visit{fresh, {method: "POST", url: "/other", response: "Content-Location: items#x"}, {}}, "ask, hit", "ask, ask"},
	}
}

func TestDepartures(t *testing.T) {
	t.Parallel()
	for _, d := range departures() {
		t.Run(d.field, func(t *testing.T) {
			t.Parallel()
			if got := play(t, rules.HTTPCache{}, d.visits...); got != d.standard {
				t.Errorf("RFC 9111: %s, want %s", got, d.standard)
			}
			var r rules.HTTPCache
			d.set(&r)
			if got := play(t, r, d.visits...); got != d.departed {
				t.Errorf("with it: %s, want %s", got, d.departed)
			}
		})
	}
}

// TestEveryRuleIsTested: each field is shown by a departure, and each value of an
// enumeration.
func TestEveryRuleIsTested(t *testing.T) {
	t.Parallel()
	elsewhere := map[string]bool{"NoStaleIfError": true, "ReserveFor": true, "ZeroExpires": true, "ImmutableBeatsPragma": true, "ImmutableFramed": true, "BackgroundAnyStatus": true, "PermanentAnyAge": true} // TestStaleIfError, TestReserve, TestExceptions
	tested := make(map[string]int)
	for _, d := range departures() {
		tested[d.field]++
	}
	values := map[string]int{"CacheControl": 3, "CacheRequest": 3, "ResponsePragma": 2, "Age": 2, "Dates": 3, "Refusal": 3, "MarkedRedirectHeuristics": 2, "FreshToStore": 2, "NoEmptyFields": 2, "Head": 2, "Ranges": 3, "StoreNotModified": 2, "Seconds32": 2, "NoUseNoStore": 0, "VaryEmpty": 3}
	for f := range reflect.TypeFor[rules.HTTPCache]().Fields() {
		if f.Type.Kind() == reflect.Struct {
			continue // of package fetch
		}
		want, isEnum := values[f.Name]
		if !isEnum && !elsewhere[f.Name] {
			want = 1
		}
		if tested[f.Name] != want {
			t.Errorf("%s: %d departures, want %d", f.Name, tested[f.Name], want)
		}
	}
}

// A response that could never be used is not kept.
func TestNoUseNoStore(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, response string
		kept           bool
	}{
		{"nothing", "", false},
		{"stale", "Cache-Control: max-age=0", false},
		{"no-cache", "Cache-Control: no-cache, max-age=60", false},
		{"fresh", minute, true},
		{"validator", "Cache-Control: no-cache|" + tag, true},
		{"while revalidating", "Cache-Control: max-age=0, stale-while-revalidate=60", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _ := newCacheWith(rules.HTTPCache{NoUseNoStore: true})
			why := store(t, c, key, get(), answerOf(test.response))
			if got := c.Len() == 1; got != test.kept || (why == "") != test.kept {
				t.Errorf("kept: %t, %q", got, why)
			}
			all, _ := newCacheWith(rules.HTTPCache{})
			if store(t, all, key, get(), answerOf(test.response)); all.Len() != 1 {
				t.Error("RFC 9111 keeps it not")
			}
		})
	}
}

// TestImmutableFramed: what Select says of immutable by ImmutableFramed.
func TestImmutableFramed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		edit func(*httpcache.Key, *httpcache.Received)
		want bool
	}{
		{"with a length", func(*httpcache.Key, *httpcache.Received) {}, true},
		{"until the connection closes", func(_ *httpcache.Key, in *httpcache.Received) { in.UntilClose = true }, false},
		{"redirect", func(_ *httpcache.Key, in *httpcache.Received) { in.Status = 301 }, false},
		{"http:", func(k *httpcache.Key, _ *httpcache.Received) { k.URL = "http://api.example/items" }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			k, in := key, answerOf("Cache-Control: max-age=60, immutable")
			test.edit(&k, &in)
			for _, framed := range []bool{false, true} {
				c, _ := newCacheWith(rules.HTTPCache{ImmutableFramed: framed})
				store(t, c, k, get(), in)
				in.Body = answerOf("").Body
				if got := c.Select(k, get()).Immutable; got != (!framed || test.want) {
					t.Errorf("ImmutableFramed %t: %t", framed, got)
				}
			}
		})
	}
}

// TestBackgroundAnyStatus: a stored 301 is validated in the background only.
func TestBackgroundAnyStatus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ departs, background, want bool }{{false, true, false}, {true, false, false}, {true, true, true}} {
		c, _ := newCacheWith(rules.HTTPCache{ConditionalStatuses: []uint16{200}, BackgroundAnyStatus: test.departs})
		in := answerOf("Cache-Control: no-cache|Location: /|" + tag)
		in.Status = 301
		store(t, c, key, get(), in)
		r := get()
		r.Background = test.background
		if s := c.Select(key, r); s.Validate(&r.Headers) != test.want || r.Headers.Contains("If-None-Match") != test.want {
			t.Errorf("%+v: %v", test, r.Headers)
		}
	}
}

// TestKept: what the caller has kept outlives a 304, and a directory.
func TestKept(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]httpcache.Store{"memory": nil, "directory": openDirectory(t, t.TempDir())} {
		c, _ := newCache(httpcache.Options{Store: s})
		in := answerOf(tag)
		in.Kept = "note"
		store(t, c, key, get(), in)
		if merged, _ := c.Freshen(key, get(), c.Select(key, get()).Response, answer(304, "")); merged.Kept() != "note" {
			t.Errorf("%s: the 304's has %q", name, merged.Kept())
		}
		if got := c.Select(key, get()).Response.Kept(); got != "note" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestExceptions holds fields that take back what another does.
func TestExceptions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		rule          rules.HTTPCache
		response      string
		without, with string
		set           func(*rules.HTTPCache)
	}{
		{"ZeroExpires", rules.HTTPCache{InvalidExpiresIgnored: true}, modified + "|Expires: 0", "hit", "lm", func(r *rules.HTTPCache) { r.ZeroExpires = true }},
		{"ZeroExpires, another", rules.HTTPCache{InvalidExpiresIgnored: true}, modified + "|Expires: 00", "hit", "hit", func(r *rules.HTTPCache) { r.ZeroExpires = true }},
		{"PermanentAnyAge", rules.HTTPCache{PermanentStatuses: []uint16{200}}, "Age: 99999999999", "ask", "hit", func(r *rules.HTTPCache) { r.PermanentAnyAge = true }},
		{"ImmutableBeatsPragma", rules.HTTPCache{ResponsePragma: rules.ResponsePragmaMember}, "Cache-Control: max-age=60, immutable|Pragma: no-cache", "ask", "hit", func(r *rules.HTTPCache) { r.ImmutableBeatsPragma = true }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := play(t, test.rule, again(visit{response: test.response})...); got != test.without {
				t.Errorf("without: %s, want %s", got, test.without)
			}
			test.set(&test.rule)
			if got := play(t, test.rule, again(visit{response: test.response})...); got != test.with {
				t.Errorf("with: %s, want %s", got, test.with)
			}
		})
	}
}
