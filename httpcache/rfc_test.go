package httpcache_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// A played is a few visits and what is to come of all but the first.
type played struct {
	name   string
	visits []visit
	want   string
}

func playAll(t *testing.T, all []played) {
	t.Helper()
	for _, test := range all {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := play(t, rules.HTTPCache{}, test.visits...); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// https://www.rfc-editor.org/rfc/rfc9111#section-3
func TestStoring(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		request  httpcache.Request
		status   int
		response string
		why      string
	}{
		{"200", get(), 200, "", ""},
		{"explicit", get(), 299, minute, ""},
		{"Expires", get(), 500, "Expires: 0", ""},
		{"public", get(), 500, "Cache-Control: public", ""},
		{"private", get(), 500, "Cache-Control: private", ""},
		{"heuristic", get(), 404, "", ""},
		{"nothing allows it", get(), 500, tag, "no lifetime"},
		{"no-store", get(), 200, minute + ", no-store", "no-store"},
		{"no-store in another line", get(), 200, minute + "|cache-control: NO-STORE", "no-store"},
		{"request no-store", get("Cache-Control: no-store"), 200, minute, "request no-store"},
		{"must-understand", get(), 200, "Cache-Control: must-understand, no-store, max-age=60", ""},
		{"must-understand an unknown status", get(), 299, "Cache-Control: must-understand, max-age=60", "must-understand"},
		{"POST", httpcache.Request{Method: "POST"}, 200, minute, "method"},
		{"HEAD", httpcache.Request{Method: "HEAD"}, 200, minute, "method"},
		{"get", httpcache.Request{Method: "get"}, 200, minute, "method"},
		{"103", get(), 103, minute, "status"},
		{"304", get(), 304, minute, "status"},
		{"0", get(), 0, minute, "status"},
		{"1000", get(), 1000, minute, "status"},
		{"Vary *", get(), 200, minute + "|Vary: a, *", "vary"},
		{"206 without Content-Range", get("Range: bytes=0-0"), 206, minute, "partial"},
		{"206 of other units", get("Range: x=0-0"), 206, minute + "|Content-Range: x 0-0/2", "partial"},
		{"206 of no length", get("Range: bytes=0-0"), 206, minute + "|Content-Range: bytes 1-0/2", "partial"},
		{"206 beyond its end", get("Range: bytes=0-0"), 206, minute + "|Content-Range: bytes 1-2/2", "partial"},
		{"206 of another length", get("Range: bytes=0-0"), 206, minute + "|Content-Range: bytes 0-0/2|Content-Length: 2", "partial"},
		{"206", get("Range: bytes=0-0"), 206, minute + "|Content-Range: bytes 0-0/2|Content-Length: 1", ""},
		{"206 of unknown length", get("Range: bytes=0-0"), 206, minute + "|Content-Range: bytes 0-0/*", ""},
		{"two lengths", get(), 200, minute + "|Content-Length: 1|Content-Length: 2", "length"},
		{"a length beyond the limit", get(), 200, minute + "|Content-Length: 99999999999999999999", "too large"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, _ := newCache(httpcache.Options{})
			in := answerOf(test.response)
			in.Status = test.status
			why := store(t, c, key, test.request, in)
			if why != test.why || (c.Len() == 1) != (why == "") {
				t.Errorf("%q, want %q; %d are stored", why, test.why, c.Len())
			}
		})
	}
}

// https://www.rfc-editor.org/rfc/rfc9111#section-3.1
func TestStoredFields(t *testing.T) {
	t.Parallel()
	c, at := newCache(httpcache.Options{})
	in := answerOf("B: 1|Cache-Control: max-age=60, no-cache=\"X-Secret, y\"|x-secret: 2|Y: 3|Connection: keep-alive, Z|z: 4|Keep-Alive: 5|Transfer-Encoding: chunked|Proxy-Authenticate: 6|b: 7|Empty:|Age: 8")
	store(t, c, key, get(), in)
	at.advance(2 * time.Second)
	s := c.Select(key, get())
	if got, want := fmt.Sprint(s.Headers()), `[{B 1} {Cache-Control max-age=60, no-cache="X-Secret, y"} {b 7} {Empty } {Age 10}]`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	own := s.Response.Headers()
	own.Set("B", "changed")
	if got, _ := s.Response.Headers().Get("b"); got != "1, 7" {
		t.Errorf("b is %s: the list is the caller's own", got)
	}
	if (&httpcache.Selection{}).Headers() != nil {
		t.Error("headers of nothing")
	}
}

// https://www.rfc-editor.org/rfc/rfc9111#section-4
func TestConstructing(t *testing.T) {
	t.Parallel()
	fresh := visit{response: minute + "|" + tag + "|" + modified}
	playAll(t, []played{
		{"hit", twice(fresh, visit{}), "hit"},
		{"both validators", twice(fresh, visit{pause: time.Hour}), "etag+lm"},
		{"another URL", twice(fresh, visit{url: "/items?"}), "ask"},
		{"POST", twice(fresh, visit{method: "POST"}), "ask"},
		{"HEAD", twice(fresh, visit{method: "HEAD"}), "hit"},
		{"no-cache", twice(visit{response: "Cache-Control: no-cache, max-age=60|" + tag}, visit{}), "etag"},
		{"no validator", twice(visit{response: minute}, visit{pause: time.Hour}), "ask"},
		{"must-revalidate", twice(visit{response: "Cache-Control: max-age=60, must-revalidate|" + tag}, visit{pause: time.Hour, request: "Cache-Control: max-stale"}), "etag"},
		{"stale-while-revalidate", []visit{
			{response: "Cache-Control: max-age=10, stale-while-revalidate=10"}, {pause: 10 * time.Second}, {pause: 9 * time.Second}, {pause: time.Second},
		}, "while, while, ask"},
		{"stale-while-revalidate without a lifetime", again(visit{response: "Cache-Control: stale-while-revalidate=10"}), "while"},
		{"stale-while-revalidate and no-cache", again(visit{response: "Cache-Control: no-cache, stale-while-revalidate=10"}), "ask"},
		{"a redirect", twice(status(301, "Location: /b|"+minute), visit{show: "Location"}), "hit /b"},
		{"a redirect of which nothing is said", again(status(301, "Location: /b|"+modified)), "hit"},
		{"302 of which nothing is said", again(status(302, "Location: /b|"+modified)), "ask"},
		{"303", again(status(303, "Location: /b|"+minute)), "hit"},
		{"no content", again(status(204, minute)), "hit"},
		{"not found", again(status(404, modified)), "hit"},
		{"an error", again(status(503, minute)), "hit"},
		{"a later response replaces it", []visit{fresh, {pause: time.Hour, response: minute, content: "new"}, {}}, "etag+lm new, hit new"},
		{"the clock goes back", twice(fresh, visit{pause: -time.Hour}), "hit"},
	})
}

// https://www.rfc-editor.org/rfc/rfc9111#section-4.1
func TestVary(t *testing.T) {
	t.Parallel()
	vary := func(vary, request string) visit { return visit{response: minute + "|" + vary, request: request} }
	asks := func(request string) visit { return visit{request: request} }
	var names strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&names, "X-%d, ", i)
	}
	many := "Vary: " + names.String()
	playAll(t, []played{
		{"same", twice(vary("Vary: A", "A: 1"), asks("a: 1")), "hit"},
		{"other", twice(vary("Vary: A", "A: 1"), asks("A: 2")), "ask"},
		{"gone", twice(vary("Vary: A", "A: 1"), asks("")), "ask"},
		{"empty is not absent", twice(vary("Vary: A", "A: "), asks("")), "ask"},
		{"absent in both", twice(vary("Vary: A", ""), asks("B: 1")), "hit"},
		{"added", twice(vary("Vary: A", ""), asks("A: 1")), "ask"},
		{"several lines are one value", twice(vary("Vary: A", "A: 1|A: 2"), asks("A: 1, 2")), "hit"},
		{"blanks round commas", twice(vary("Vary: A", "A: 1,2 ,3"), asks("A:   1 ,\t2,   3  ")), "hit"},
		{"blanks elsewhere", twice(vary("Vary: A", "A: 1 2"), asks("A: 1  2")), "ask"},
		{"a comma more", twice(vary("Vary: A", "A: 1,2"), asks("A: 1,,2")), "ask"},
		{"the first of two", twice(vary("Vary: A, B", "A: 1|B: 1"), asks("A: 2|B: 1")), "ask"},
		{"the second of two", twice(vary("Vary: A|Vary: ,b,", "A: 1|B: 1"), asks("A: 1|B: 2")), "ask"},
		{"empty", twice(vary("Vary: ", ""), asks("A: 1")), "hit"},
		{"case", twice(vary("VARY: X-a", "X-A: 1"), asks("x-A: 1")), "hit"},
		{"a name is not a value", twice(vary("Vary: A", "A: 1"), asks("B: 1")), "ask"},
		{"ten thousand names", twice(vary(many, "X-7: 1|X-8: 2"), asks("X-8: 2|X-7: 1")), "hit"},
		{"ten thousand names, one is other", twice(vary(many, "X-7: 1"), asks("X-9999: 1")), "ask"},
		{"several responses", []visit{
			vary("Vary: A", "A: 1"), vary("Vary: A", "A: 2"), vary("Vary: A", ""), asks("A: 1"), asks("A: 2"), asks(""), asks("A: 3"),
		}, "ask, ask, hit, hit, hit, ask"},
		{"the most recent by Date", []visit{
			{response: minute + "|Vary: A|" + date, content: "older"},
			{request: "Cache-Control: no-cache", response: minute + "|Vary: B|Date: Mon, 30 Nov 2026 11:59:59 GMT", content: "old"},
			{},
		}, "ask old, hit older"},
		{"one without Vary", []visit{{response: minute, content: "a"}, {request: "A: 1|Pragma: no-cache", response: minute + "|Vary: A", content: "b"}, {request: "A: 1"}}, "ask b, hit b"},
	})
}

// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4
func TestFreshening(t *testing.T) {
	t.Parallel()
	stale := visit{response: "Cache-Control: max-age=0|" + tag + "|A: 1|A: 2|B: 1|Content-Length: 3|Content-Encoding: x|Connection: close", content: "old"}
	with := func(response, show string) visit { return visit{status: 304, response: response, show: show} }
	playAll(t, []played{
		{"the body stays", []visit{stale, with(minute, ""), {}}, "etag old, hit old"},
		{"fields are replaced", []visit{stale, with(minute+"|a: 3|a: 4", "A"), {show: "A"}}, "etag 3, 4 old, hit 3, 4 old"},
		{"fields are added", twice(stale, with("C: 1", "C")), "etag 1 old"},
		{"fields stay", twice(stale, with("C: 1", "B")), "etag 1 old"},
		{"not Content-Length", twice(stale, with("Content-Length: 0", "Content-Length")), "etag 3 old"},
		{"not Content-Encoding", twice(stale, with("Content-Encoding: y", "Content-Encoding")), "etag x old"},
		{"not what Connection names", twice(stale, with("Connection: b|B: 2", "B")), "etag 1 old"},
		{"the same ETag", []visit{stale, with(minute+"|"+tag, ""), {}}, "etag old, hit old"},
		{"another ETag", []visit{stale, with(minute+`|ETag: "b"|A: 3`, "A"), {show: "A"}}, "etag 1, 2 old, etag none"},
		{"a weak ETag that corresponds", []visit{stale, with(minute+`|ETag: W/"a"`, ""), {}}, "etag old, hit old"},
		{"no-store", []visit{stale, with("Cache-Control: no-store", ""), {}}, "etag old, ask"},
		{"a request with no-store", []visit{stale, {status: 304, response: minute, request: "Cache-Control: no-store"}, {}}, "etag old, ask"},
		{"still stale", []visit{stale, with("", ""), with("", "")}, "etag old, etag old"},
		{"Vary changes", []visit{stale, {status: 304, request: "A: 1", response: minute + "|Vary: A"}, {request: "A: 1"}, {request: "A: 2"}}, "etag old, hit old, ask"},
		{"Last-Modified", []visit{{response: "Cache-Control: max-age=0|Last-Modified: whatever"}, with(minute, ""), {}}, "lm, hit"},
		{"odd validators", twice(visit{response: "ETag: \"\x00, *|ETag: b|Last-Modified: \xff"}, visit{}), "etag+lm"},
		{"empty validators", twice(visit{response: "ETag:|Last-Modified:"}, visit{}), "ask"},
	})

	c, at := newCache(httpcache.Options{})
	store(t, c, key, get(), answerOf("ETag: first|ETag: second"))
	s := c.Select(key, get())
	sent := lines("If-None-Match: own")
	if !s.Validate(&sent) || fmt.Sprint(sent) != "[{If-None-Match own} {If-None-Match first}]" {
		t.Errorf("sent %v", sent)
	}
	at.advance(time.Minute)
	merged, why := c.Freshen(key, get(), s.Response, httpcache.Received{Status: 304, HTTP2: true, Headers: lines(minute), RequestTime: at.now.Add(-time.Second)})
	if why != "" || merged.Status != 200 || merged.HTTP2 || !merged.ResponseTime().Equal(at.now) {
		t.Errorf("%+v %q", merged, why)
	}
	if s := c.Select(key, get()); s.Age != time.Second || s.State != "fresh" {
		t.Errorf("%+v", s)
	}
	// What has been evicted meanwhile is stored again.
	c.Clear(nil)
	if _, why := c.Freshen(key, get(), merged, httpcache.Received{Status: 304, Headers: lines(minute)}); why != "" || c.Len() != 1 {
		t.Errorf("%q, %d are stored", why, c.Len())
	}
}

// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.5
func TestHead(t *testing.T) {
	t.Parallel()
	stale := visit{response: "Cache-Control: max-age=0|" + tag + "|Content-Length: 3|A: 1", content: "old"}
	head := func(response string) visit { return visit{method: "HEAD", response: response} }
	playAll(t, []played{
		{"updates", []visit{stale, head(minute + "|" + tag + "|Content-Length: 3|A: 2"), {show: "A"}}, "etag, hit 2 old"},
		{"without validators", []visit{stale, head(minute), {}}, "etag, hit old"},
		{"another ETag", []visit{stale, head(minute + `|ETag: "b"`), {}}, "etag, etag"},
		{"another length", []visit{stale, head(minute + "|Content-Length: 4"), {}}, "etag, etag"},
		{"a fresh one is outdated", []visit{
			{response: minute + "|" + tag}, {method: "HEAD", request: "Cache-Control: no-cache", response: `ETag: "b"`}, {},
		}, "etag, etag"},
		{"an error", []visit{{response: minute + "|" + tag}, {method: "HEAD", request: "Cache-Control: no-cache", status: 500, response: `ETag: "b"`}, {}}, "etag, hit"},
		{"no-store", []visit{stale, head("Cache-Control: no-store"), {}}, "etag, ask"},
		{"nothing is stored", []visit{head(minute), {}}, "ask"},
	})
}

// https://www.rfc-editor.org/rfc/rfc9111#section-4.4
func TestInvalidation(t *testing.T) {
	t.Parallel()
	fresh := visit{response: minute}
	by := func(method string, status int) []visit { return []visit{fresh, {method: method, status: status}, {}} }
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "post"} {
		playAll(t, []played{
			{method + " 200", by(method, 200), "ask, ask"},
			{method + " 302", by(method, 302), "ask, ask"},
			{method + " 404", by(method, 404), "ask, hit"},
			{method + " 100", by(method, 100), "ask, hit"},
		})
	}
	playAll(t, []played{
		{"OPTIONS", by("OPTIONS", 200), "ask, hit"},
		{"TRACE", by("TRACE", 200), "ask, hit"},
		{"Location", []visit{fresh, {method: "POST", url: "/b", response: "Location: /items"}, {}}, "ask, hit"},
	})
	for _, test := range []struct{ header, want string }{
		{"Location: /items#x", "ask, ask"},
		{"Content-Location: https://API.example:443/items", "ask, ask"},
		{"Location: http://api.example/items", "ask, hit"},
		{"Location: //other.example/items", "ask, hit"},
		{"Location: https://[", "ask, hit"},
	} {
		got := play(t, rules.HTTPCache{LocationsInvalidated: true}, fresh, visit{method: "POST", url: "/b", response: test.header}, visit{})
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.header, got, test.want)
		}
	}
}

// https://www.rfc-editor.org/rfc/rfc5861#section-4
func TestStaleIfError(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, response, request string
		age                     time.Duration
		rules                   rules.HTTPCache
		want                    bool
	}{
		{"within", "max-age=10, stale-if-error=10", "", 19 * time.Second, rules.HTTPCache{}, true},
		{"after", "max-age=10, stale-if-error=10", "", 20 * time.Second, rules.HTTPCache{}, false},
		{"fresh", "max-age=10, stale-if-error=10", "", time.Second, rules.HTTPCache{}, false},
		{"must-revalidate", "max-age=10, stale-if-error=10, must-revalidate", "", 11 * time.Second, rules.HTTPCache{}, false},
		{"no-cache", "max-age=10, stale-if-error=10, no-cache", "", time.Second, rules.HTTPCache{}, false},
		{"the client wants none", "max-age=10, stale-if-error=10", "Cache-Control: no-cache", time.Second, rules.HTTPCache{}, false},
		{"no engine", "max-age=10, stale-if-error=10", "", 11 * time.Second, rules.HTTPCache{NoStaleIfError: true}, false},
	} {
		c, at := newCacheWith(test.rules)
		store(t, c, key, get(), answerOf("Cache-Control: "+test.response))
		at.advance(test.age)
		if s := c.Select(key, httpcache.Request{Method: "GET", Headers: split(test.request)}); s.IfError != test.want {
			t.Errorf("%s: %+v", test.name, s)
		}
	}
}

// What Selection says besides.
func TestSelection(t *testing.T) {
	t.Parallel()
	c, at := newCache(httpcache.Options{})
	for request, why := range map[string]string{"GET": "not stored", "POST": "method"} {
		if s := c.Select(key, httpcache.Request{Method: request}); s.Response != nil || s.State != "" || s.Why != why || s.Validate(new(safelist.HeaderList)) {
			t.Errorf("%s: %+v", request, s)
		}
	}
	if s := c.Select(key, get("Cache-Control: only-if-cached")); !s.OnlyIfCached || s.Response != nil {
		t.Errorf("%+v", s)
	}
	store(t, c, key, get("A: 1"), answerOf("Cache-Control: max-age=60, immutable|Vary: A"))
	if s := c.Select(key, get("A: 1")); !s.Immutable || s.Why != "" || s.State != "fresh" {
		t.Errorf("%+v", s)
	}
	if s := c.Select(key, get("A: 2")); s.Why != "vary" || s.Response != nil {
		t.Errorf("%+v", s)
	}
	at.advance(time.Hour)
	if s := c.Select(key, get("A: 1")); s.Immutable || s.State != "stale" || s.Why != "expired" || s.Age != time.Hour {
		t.Errorf("%+v", s)
	}
	unmatched, _ := newCacheWith(rules.HTTPCache{ValidateUnmatched: true})
	store(t, unmatched, key, get("A: 1"), answerOf(minute+"|Vary: *|"+tag))
	if s := unmatched.Select(key, get("A: 1")); s.State != "unmatched" || s.Why != "vary" || s.Response == nil {
		t.Errorf("%+v", s)
	}
	// The times of a slow response.
	in := answerOf(minute + "|Age: 1")
	in.RequestTime, in.ResponseTime = at.now.Add(-10*time.Second), at.now.Add(-4*time.Second)
	store(t, c, key, get(), in)
	if s := c.Select(key, get()); s.Age != 11*time.Second {
		t.Errorf("age %v, want that of the header, the delay and the time since", s.Age)
	}
}

// A nil cache is empty.
func TestNil(t *testing.T) {
	t.Parallel()
	var c *httpcache.Cache
	body, why := c.Store(key, get(), answer(200, "abc"))
	if b, err := io.ReadAll(body); string(b) != "abc" || err != nil || why == "" {
		t.Errorf("%q %v %q", b, err, why)
	}
	if s := c.Select(key, get()); s.Response != nil || s.State != "" {
		t.Errorf("%+v", s)
	}
	if r, why := c.Freshen(key, get(), nil, answer(304, "")); r != nil || why == "" {
		t.Errorf("%v %q", r, why)
	}
	c.Invalidate(key, httpcache.Request{Method: "POST"}, answer(200, ""))
	c.Delete(key)
	c.Clear(nil)
	for range c.Entries() {
		t.Error("an entry")
	}
	if c.Len() != 0 || c.Bytes() != 0 {
		t.Error("not empty")
	}
	waited, release, err := c.Reserve(t.Context(), key)
	if release(); waited || err != nil {
		t.Error(waited, err)
	}
}

// https://www.rfc-editor.org/rfc/rfc9111#section-3.3
func TestRanges(t *testing.T) {
	t.Parallel()
	whole := visit{response: minute + "|" + tag + "|" + modified, content: "0123456789"}
	part := func(from int, content, full, response string) visit {
		return visit{
			request: fmt.Sprintf("Range: bytes=%d-%d", from, from+len(content)-1), status: 206, content: content,
			response: fmt.Sprintf("Content-Range: bytes %d-%d/%s|", from, from+len(content)-1, full) + response,
		}
	}
	fresh := minute + "|" + tag
	asks := func(value string, more ...string) visit {
		return visit{request: strings.Join(append([]string{"Range: " + value}, more...), "|"), show: "Content-Range"}
	}
	length := visit{request: "Range: bytes=2-4", show: "Content-Length"}
	playAll(t, []played{
		{"of a whole", twice(whole, asks("bytes=2-4")), "hit part bytes 2-4/10 234"},
		{"its length", twice(whole, length), "hit part 3 234"},
		{"to the end", twice(whole, asks("bytes=7-")), "hit part bytes 7-9/10 789"},
		{"beyond the end", twice(whole, asks("bytes=7-99999999999999999999")), "hit part bytes 7-9/10 789"},
		{"the last bytes", twice(whole, asks("bytes=-3")), "hit part bytes 7-9/10 789"},
		{"more last bytes than there are", twice(whole, asks("bytes=-30")), "hit part bytes 0-9/10 0123456789"},
		{"no bytes", twice(whole, asks("bytes=-0")), "ask none"},
		{"after the end", twice(whole, asks("bytes=10-")), "ask none"},
		{"several ranges", twice(whole, asks("bytes=0-1,3-4")), "ask none"},
		{"other units", twice(whole, asks("lines=0-1")), "ask none"},
		{"If-Range", twice(whole, asks("bytes=0-1", `If-Range: "a"`)), "hit part bytes 0-1/10 01"},
		{"If-Range with another ETag", twice(whole, asks("bytes=0-1", `If-Range: "b"`)), "hit none 0123456789"},
		{"If-Range with a weak ETag", twice(whole, asks("bytes=0-1", `If-Range: W/"a"`)), "hit none 0123456789"},
		{"If-Range with the date", twice(whole, asks("bytes=0-1", "If-Range: Mon, 30 Nov 2026 02:00:00 GMT")), "hit part bytes 0-1/10 01"},
		{"If-Range with another date", twice(whole, asks("bytes=0-1", "If-Range: Mon, 30 Nov 2026 02:00:01 GMT")), "hit none 0123456789"},
		{"of another status", twice(visit{status: 404, response: minute, content: "0123"}, asks("bytes=0-1")), "hit none 0123"},
		{"of an empty body", twice(visit{status: 200, response: minute, method: "GET", content: ""}, asks("bytes=1-1")), "ask none"},
		{"a stale one is validated", []visit{whole, {pause: time.Hour, request: "Range: bytes=2-4", status: 304, response: minute, show: "Content-Range"}, {}},
			"etag+lm part bytes 2-4/10 234, hit 0123456789"},
		{"the same part", twice(part(2, "234", "10", fresh), asks("bytes=2-4")), "hit part bytes 2-4/10 234"},
		{"a part of a part", twice(part(2, "234", "10", fresh), asks("bytes=3-3")), "hit part bytes 3-3/10 3"},
		{"not in the part", twice(part(2, "234", "10", fresh), asks("bytes=3-5")), "ask none"},
		{"the last bytes of a part", twice(part(7, "789", "10", fresh), asks("bytes=-2")), "hit part bytes 8-9/10 89"},
		{"the last bytes, the end is not known", twice(part(7, "789", "*", fresh), asks("bytes=-2")), "ask none"},
		{"of an unknown length", twice(part(7, "789", "*", fresh), asks("bytes=7-8")), "hit part bytes 7-8/* 78"},
		{"a part is not the whole", twice(part(0, "012", "10", fresh), visit{}), "ask"},
		{"a part is not for HEAD", twice(part(0, "012", "10", fresh), visit{method: "HEAD"}), "ask"},
		{"parts that touch", []visit{part(0, "012", "10", fresh), part(3, "345", "10", fresh), asks("bytes=1-4")}, "ask part 345, hit part bytes 1-4/10 1234"},
		{"parts that overlap", []visit{part(4, "4567", "10", fresh), part(2, "2345", "10", fresh), asks("bytes=2-7")}, "ask part 2345, hit part bytes 2-7/10 234567"},
		{"a part within another", []visit{part(1, "12345", "10", fresh), part(2, "23", "10", fresh+"|A: new"), asks("bytes=1-5")}, "hit part 23, hit part bytes 1-5/10 12345"},
		{"parts with a gap", []visit{part(0, "012", "10", fresh), part(4, "456", "10", fresh), asks("bytes=4-5"), asks("bytes=1-5")}, "ask part 456, hit part bytes 4-5/10 45, ask none"},
		{"parts make a whole", []visit{part(5, "56789", "10", fresh), part(0, "01234", "10", fresh), {show: "Content-Range"}}, "ask part 01234, hit none 0123456789"},
		{"parts of other representations", []visit{part(0, "012", "10", fresh), part(3, "345", "10", minute+`|ETag: "b"`), asks("bytes=1-4")}, "ask part 345, ask none"},
		{"weak parts", []visit{part(0, "012", "10", minute+`|ETag: W/"a"`), part(3, "345", "10", minute+`|ETag: W/"a"`), asks("bytes=1-4")}, "ask part 345, ask none"},
		{"If-Range and a part", twice(part(2, "234", "10", fresh), asks("bytes=2-4", `If-Range: "b"`)), "ask none"},
		{"a whole replaces parts", []visit{part(0, "012", "10", fresh), {response: minute, content: "new"}, asks("bytes=0-1")}, "ask new, hit part bytes 0-1/3 ne"},
		{"cut off", []visit{{request: "Range: bytes=0-3", status: 206, content: "012", response: fresh + "|Content-Range: bytes 0-3/10"}, asks("bytes=0-1")}, "ask none"},
		{"too long", []visit{{request: "Range: bytes=0-1", status: 206, content: "012", response: fresh + "|Content-Range: bytes 0-1/10"}, asks("bytes=0-1")}, "ask none"},
	})
}
