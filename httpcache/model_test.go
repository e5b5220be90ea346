package httpcache_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/rules"
)

// model is a private cache with max-age, ETag and Vary: A, as simple as can be: a
// list of responses, looked through from its end.
type model struct {
	entries []modelEntry
	one     bool // keeps one response for a URL
}

type modelEntry struct {
	url      string
	varies   bool
	a        string // the value of A
	etag     string
	maxAge   time.Duration
	received time.Time
	body     string
}

func (m *model) find(url, a string) int {
	best := -1
	for i, e := range slices.Backward(m.entries) {
		if e.url == url && (!e.varies || e.a == a) && (best < 0 || e.received.After(m.entries[best].received)) {
			best = i
		}
	}
	return best
}

func (m *model) remove(match func(modelEntry) bool) {
	m.entries = slices.DeleteFunc(m.entries, match)
}

func (m *model) store(e modelEntry) {
	m.remove(func(old modelEntry) bool {
		return old.url == e.url && (m.one || old.varies == e.varies && (!e.varies || old.a == e.a))
	})
	m.entries = append(m.entries, e)
}

// FuzzSequences plays sequences of requests on a cache in memory, one in a directory
// and the model: they select the same.
func FuzzSequences(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03"), false)
	f.Add([]byte("abcdefghijklmnopqrstuvwxyz0123456789"), true)
	f.Add([]byte(strings.Repeat("\x00\x10\x21\x32\x43\x54\x65\x76\x87", 9)), false)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 120 {
		script := make([]byte, 30+i%3)
		for i := range script {
			script[i] = byte(random.Uint32())
		}
		f.Add(script, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, script []byte, one bool) {
		r := rules.HTTPCache{OneResponse: one}
		at := &clock{start}
		caches := []*httpcache.Cache{httpcache.New(&httpcache.Options{Rules: r, Now: at.Now})}
		if len(script)%8 == 0 { // which takes longer
			caches = append(caches, httpcache.New(&httpcache.Options{Rules: r, Now: at.Now, Store: openDirectory(t, t.TempDir())}))
		}
		m := &model{one: one}
		for i, b := range script[:min(len(script), 100)] {
			url, a := fmt.Sprint(b&1), fmt.Sprint(b>>1&1)
			k, request := httpcache.Key{URL: "https://api.example/" + url}, get("A: "+a)
			e := modelEntry{url: url, varies: b>>2&1 == 1, a: a, etag: fmt.Sprintf(`"%d"`, b>>3&1), maxAge: time.Duration(b>>3&3) * 3 * time.Second, received: at.now, body: fmt.Sprint(i)}
			headers := []string{fmt.Sprintf("Cache-Control: max-age=%.0f", e.maxAge.Seconds()), "ETag: " + e.etag}
			if e.varies {
				headers = append(headers, "Vary: A")
			}
			switch b >> 5 {
			case 0:
				m.remove(func(old modelEntry) bool { return old.url == url })
			case 1, 2, 3:
				m.store(e)
			case 4: // a 304, with the ETag of what is stored or another
				if at := m.find(url, a); at >= 0 && m.entries[at].etag == e.etag {
					old := m.entries[at]
					m.entries = slices.Delete(m.entries, at, at+1)
					old.maxAge, old.received, old.a = e.maxAge, e.received, a
					m.store(old)
				}
			}
			for _, c := range caches {
				switch b >> 5 {
				case 0:
					c.Invalidate(k, httpcache.Request{Method: "POST"}, answer(200, ""))
				case 1, 2, 3:
					store(t, c, k, request, answer(200, e.body, headers...))
				case 4:
					if s := c.Select(k, request); s.Response != nil {
						c.Freshen(k, request, s.Response, answer(304, "", headers[:2]...))
					}
				}
				for _, url := range []string{"0", "1"} {
					for _, a := range []string{"0", "1"} {
						want := "no response"
						if at2 := m.find(url, a); at2 >= 0 {
							old := m.entries[at2]
							want = old.body + " stale"
							if at.now.Sub(old.received) < old.maxAge {
								want = old.body + " fresh"
							}
						}
						s := c.Select(httpcache.Key{URL: "https://api.example/" + url}, get("A: "+a))
						if got := strings.TrimSpace(text(t, s.Response) + " " + s.State); got != want {
							t.Fatalf("step %d, %s with A: %s: %s, want %s", i, url, a, got, want)
						}
					}
				}
				if c.Len() != len(m.entries) {
					t.Fatalf("step %d: %d are stored, want %d", i, c.Len(), len(m.entries))
				}
			}
			at.advance(time.Second)
		}
	})
}

// FuzzHeaders stores a response with any headers and selects it with any: nothing
// panics, what is fresh has an age within its lifetime, and what comes out is what
// went in.
func FuzzHeaders(f *testing.F) {
	f.Add("max-age=60", "0", "", "", "", "", "A", "no-cache", "bytes=0-1")
	f.Add(`max-age="6\0", no-cache="a"`, "1e4, 0", "Thu, 18 Aug 2050 02:01:18 GMT", "", "Mon, 30 Nov 2026 12:00:00 GMT", "no-cache", "*, a", "max-stale", "bytes=-1")
	f.Add("max-age=99999999999999999999, stale-while-revalidate=99999999999", "1180591620717411303424", "0", "08/18/2050", "x", "", ",,", "min-fresh=99999999999999999999", "bytes=5-")
	f.Add("s-maxage=1, must-understand, no-store", "-1", "2050-08-18T02:01:18Z", "Sun Nov  6 08:49:37 1994", "", "", "\x00", "max-age=0, only-if-cached", "")
	every := []rules.HTTPCache{
		{}, ways[1], ways[2], ways[3],
		{CacheRequest: rules.CacheRequestReloads, StoreUnmarked: true, ValidateUnmatched: true},
		{CacheControl: rules.CacheControlByWord, CacheRequest: rules.CacheRequestFirst, Ranges: rules.RangesNotCached, StaleDespiteMustRevalidate: true},
		{CacheControl: rules.CacheControlLoose, CacheRequest: rules.CacheRequestSome, Ranges: rules.RangesByValue, NoUseNoStore: true, PartialIsWhole: true},
	}
	f.Fuzz(func(t *testing.T, cacheControl, age, expires, modified, date, pragma, vary, request, ranges string) {
		headers := lines()
		for name, value := range map[string]string{"Cache-Control": cacheControl, "Age": age, "Expires": expires, "Last-Modified": modified, "Date": date, "Pragma": pragma, "Vary": vary, "ETag": modified} {
			if value != "" {
				headers.Append(name, value)
			}
		}
		r := get("Cache-Control: "+request, "A: "+age)
		if ranges != "" {
			r.Headers.Append("Range", ranges)
		}
		for i, rule := range every {
			c, at := newCacheWith(rule)
			in := answer(200, "0123456789")
			in.Headers = headers
			stored := store(t, c, key, get("A: "+age), in) == ""
			if stored != (c.Len() == 1) {
				t.Fatalf("%d: stored %t, %d entries", i, stored, c.Len())
			}
			for range 3 {
				s := c.Select(key, r)
				if s.Response != nil && !stored || s.Age < 0 || (s.State == "") != (s.Response == nil) || (s.Why == "") != (s.State == "fresh") {
					t.Fatalf("%d: %+v", i, s)
				}
				if s.Response != nil {
					got := text(t, s.Response)
					if whole := s.Response.Status == 200; whole && got != "0123456789" || !strings.Contains("0123456789", got) {
						t.Fatalf("%d: %q", i, got)
					}
					l := lines()
					s.Validate(&l)
					s.Headers()
					merged, _ := c.Freshen(key, r, s.Response, httpcache.Received{Status: 304, Headers: headers})
					if got2 := text(t, merged); got2 != got {
						t.Fatalf("%d: freshened %q, was %q", i, got2, got)
					}
				}
				at.advance(30 * time.Second)
			}
			if c.Bytes() < 0 || c.Len() > 1 && rule.OneResponse {
				t.Fatalf("%d: %d entries, %d bytes", i, c.Len(), c.Bytes())
			}
		}
	})
}

// FuzzDamage changes a stored file: what is read back is what was stored, or nothing.
func FuzzDamage(f *testing.F) {
	f.Add(10, byte(1), 0)
	f.Add(-1, byte(0xff), 1)
	f.Add(200, byte(0), 70)
	f.Fuzz(func(t *testing.T, at int, change byte, cut int) {
		blobs := make(memoryStore)
		c, _ := newCache(httpcache.Options{Store: blobs})
		k := key
		for i, content := range []string{"short", long} {
			k.URL = fmt.Sprint("https://api.example/", i)
			store(t, c, k, get(), answer(200, content, minute, tag, "Vary: A"))
		}
		for name, b := range blobs {
			b = slices.Clone(b)
			if n := len(b); n > 0 {
				b[((at%n)+n)%n] ^= change
				if cut > 0 {
					b = b[:n-cut%n]
				}
			}
			blobs[name] = b
		}
		for i, content := range []string{"short", long} {
			k.URL = fmt.Sprint("https://api.example/", i)
			r := c.Select(k, get()).Response
			if r == nil {
				continue
			}
			if body, err := r.Open(); err == nil {
				body.Close()
				if got := text(t, r); got != content {
					t.Errorf("%d: %d bytes", i, len(got))
				}
			}
			if etag, _ := r.Headers().Get("ETag"); etag != `"a"` || r.Status != 200 {
				t.Errorf("%d: %v", i, r.Headers())
			}
		}
	})
}
