package httpcache_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/fulllength"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// typical are the headers of a typical response and request.
var (
	typical = lines("Content-Type: application/json", "Cache-Control: max-age=3600", `ETag: "33a64df551425fcc55e4d42a148795d9"`,
		"Date: Mon, 30 Nov 2026 12:00:00 GMT", "Vary: Origin", "Access-Control-Allow-Origin: https://app.example",
		"Access-Control-Allow-Credentials: true", "X-Request-Id: 0f8fad5b-d9cb-469f-a165-70867728950e")
	asked = get("Accept: */*", "Origin: https://app.example", "Accept-Language: en-US,en;q=0.9", "Sec-Fetch-Mode: cors",
		"Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: empty", "Referer: https://app.example/", "Cookie: session=1")
)

func keyOf(i int) httpcache.Key {
	return httpcache.Key{Partition: key.Partition, URL: fmt.Sprintf("https://api.example/items/%06d", i)}
}

func received(body []byte) httpcache.Received {
	return httpcache.Received{Status: 200, StatusText: "OK", Headers: typical, Body: io.NopCloser(strings.NewReader(string(body))), ResponseTime: start}
}

func filled(t testing.TB, n int, s httpcache.Store) (*httpcache.Cache, []httpcache.Key) {
	c := httpcache.New(&httpcache.Options{
		Now: func() time.Time { return start.Add(time.Second) }, Limits: httpcache.Limits{Entries: 1 << 30, Bytes: 1 << 40, EntryBytes: 1 << 30},
		Store: s,
	})
	keys := make([]httpcache.Key, n)
	body := make([]byte, 1024)
	for i := range keys {
		keys[i] = keyOf(i)
		store(t, c, keys[i], asked, received(body))
	}
	return c, keys
}

func BenchmarkSelect(b *testing.B) {
	for _, entries := range []int{1, 1000, 100_000} {
		b.Run(fmt.Sprintf("hit/store=memory/entries=%d", entries), func(b *testing.B) {
			c, keys := filled(b, entries, nil)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if c.Select(keys[i%entries], asked).State != "fresh" {
					b.Fatal("not fresh")
				}
				i++
			}
		})
	}
	b.Run("miss/store=memory", func(b *testing.B) {
		c, _ := filled(b, 1000, nil)
		b.ReportAllocs()
		for b.Loop() {
			if c.Select(key, asked).Response != nil {
				b.Fatal("hit")
			}
		}
	})
	for _, r := range []struct {
		name  string
		store func(testing.TB) httpcache.Store
	}{{"memory", stores[0].open}, {"directory", stores[1].open}} {
		b.Run("hit-and-read/size=1024/store="+r.name, func(b *testing.B) {
			c, keys := filled(b, 100, r.store(b))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				s := c.Select(keys[i%100], asked)
				body, err := s.Response.Open()
				if err != nil {
					b.Fatal(err)
				}
				s.Headers()
				io.Copy(io.Discard, body)
				body.Close()
				i++
			}
		})
	}
	b.Run("hit/store=memory/parallel", func(b *testing.B) {
		c, keys := filled(b, 1000, nil)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			i := 0
			for pb.Next() {
				c.Select(keys[i%1000], asked)
				i++
			}
		})
	})
}

func BenchmarkStore(b *testing.B) {
	for _, where := range stores {
		for _, size := range []int{1 << 10, 1 << 20} {
			b.Run(fmt.Sprintf("store=%s/size=%d", where.name, size), func(b *testing.B) {
				c := httpcache.New(&httpcache.Options{Store: where.open(b)})
				body := make([]byte, size)
				in := received(nil)
				b.SetBytes(int64(size))
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					in.Body = io.NopCloser(strings.NewReader(string(body)))
					stored, why := c.Store(keyOf(i%10_000), asked, in)
					if why != "" {
						b.Fatal(why)
					}
					io.Copy(io.Discard, stored)
					stored.Close()
					i++
				}
			})
		}
	}
}

func BenchmarkFreshen(b *testing.B) {
	c, keys := filled(b, 1, nil)
	s := c.Select(keys[0], asked)
	in := httpcache.Received{Status: 304, Headers: lines(minute, date)}
	b.ReportAllocs()
	for b.Loop() {
		c.Freshen(keys[0], asked, s.Response, in)
	}
}

// contents are the bytes of what is stored: header bytes, URLs and bodies.
func contents(c *httpcache.Cache, body int) (n int64) {
	for k, r := range c.Entries() {
		n += int64(len(k.URL) + body)
		for _, h := range r.Headers() {
			n += int64(len(h.Name) + len(h.Value))
		}
	}
	return n
}

// BenchmarkMemory measures what an entry costs besides its contents.
func BenchmarkMemory(b *testing.B) {
	const entries = 100_000
	for b.Loop() {
		b.ReportMetric(overhead(b, entries), "overhead-bytes/entry")
	}
}

func overhead(t testing.TB, entries int) float64 {
	measure := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	const size = 100
	body := make([]byte, size)
	before := measure()
	c := httpcache.New(&httpcache.Options{Limits: httpcache.Limits{Bytes: 1 << 40}, Now: func() time.Time { return start }})
	for i := range entries {
		in := received(body)
		body, why := c.Store(keyOf(i), asked, in)
		if why != "" {
			t.Fatal(why)
		}
		io.Copy(io.Discard, body)
		body.Close()
	}
	after := measure()
	used, estimate := after-before, c.Bytes()
	inside := contents(c, size)
	runtime.KeepAlive(c)
	if c.Len() != entries {
		t.Fatal(c.Len())
	}
	if estimate < used*9/10 {
		t.Errorf("Bytes says %d, and %d are used", estimate, used)
	}
	return float64(used-inside) / float64(entries)
}

// TestMemory: an entry costs at most 400 bytes above its contents.
func TestMemory(t *testing.T) {
	if got := overhead(t, fulllength.Rounds(20_000, 100_000)); got > 400 {
		t.Errorf("%.0f bytes an entry above its contents", got)
	}
}

// A fresh hit, a miss and what cannot be cached allocate nothing.
func TestHotPathsAllocateNothing(t *testing.T) {
	c, keys := filled(t, 10, nil)
	engine := rules.HTTPCache{CacheControl: rules.CacheControlByWord, CacheRequest: rules.CacheRequestFirst, VaryExact: true, OneResponse: true, NoAge: true}
	other := httpcache.New(&httpcache.Options{Rules: engine, Now: func() time.Time { return start.Add(time.Second) }})
	store(t, other, keys[0], asked, received(nil))
	reload := asked
	reload.Headers = append(safelist.HeaderList{{Name: "Cache-Control", Value: "max-age=0"}, {Name: "Pragma", Value: "no-cache"}}, asked.Headers...)
	for _, test := range []struct {
		name string
		f    func() httpcache.Selection
		want string
	}{
		{"hit", func() httpcache.Selection { return c.Select(keys[3], asked) }, "fresh"},
		{"hit of an engine", func() httpcache.Selection { return other.Select(keys[0], asked) }, "fresh"},
		{"miss", func() httpcache.Selection { return c.Select(key, asked) }, ""},
		{"reload", func() httpcache.Selection { return c.Select(keys[3], reload) }, "stale"},
		{"POST", func() httpcache.Selection { return c.Select(keys[3], httpcache.Request{Method: "POST"}) }, ""},
	} {
		if got := test.f().State; got != test.want {
			t.Errorf("%s: %q", test.name, got)
		}
		if n := testing.AllocsPerRun(100, func() { test.f() }); n != 0 {
			t.Errorf("%s: %v allocations", test.name, n)
		}
	}
	s := c.Select(keys[3], asked)
	if n := testing.AllocsPerRun(100, func() { s.Response.Open() }); n > 1 {
		t.Errorf("opening a body: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { s.Headers() }); n > 2 {
		t.Errorf("its headers: %v allocations", n)
	}
}
