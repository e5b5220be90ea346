package preflightcache_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/preflightcache"
)

// clock is a fake clock. It is not safe for concurrent use while it is moved.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { return c.now }

func (c *clock) advance(seconds int) { c.now = c.now.Add(time.Duration(seconds) * time.Second) }

var key = preflightcache.Key{Origin: "https://app.example", URL: "https://api.example/items"}

func keyOf(n int) preflightcache.Key {
	return preflightcache.Key{Origin: "https://app.example", URL: "https://api.example/" + strconv.Itoa(n)}
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ' ' })
}

// https://fetch.spec.whatwg.org/#concept-cache-key
func TestKey(t *testing.T) {
	site := func(s string) origin.PartitionKey {
		o, err := origin.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return origin.PartitionKey{Site: o.Site(nil)}
	}
	stored := preflightcache.Key{Partition: site("https://app.example"), Origin: "https://app.example", URL: "https://api.example/a?b#c"}
	tests := []struct {
		name   string
		rules  rules.PreflightCache
		change func(*preflightcache.Key)
		want   bool
	}{
		{"same", rules.PreflightCache{}, func(k *preflightcache.Key) {}, true},
		{"same site made anew", rules.PreflightCache{}, func(k *preflightcache.Key) { k.Partition = site("https://www.app.example") }, true},
		{"other partition", rules.PreflightCache{}, func(k *preflightcache.Key) { k.Partition = site("https://other.example") }, false},
		{"no partition", rules.PreflightCache{}, func(k *preflightcache.Key) { k.Partition = origin.PartitionKey{} }, false},
		{"opaque partition", rules.PreflightCache{}, func(k *preflightcache.Key) {
			k.Partition = origin.PartitionKey{Site: origin.NewOpaque().Site(nil)}
		}, false},
		{"second key", rules.PreflightCache{}, func(k *preflightcache.Key) { k.Partition.Second = "x" }, false},
		{"tainted origin", rules.PreflightCache{}, func(k *preflightcache.Key) { k.Origin = "null" }, false},
		{"other path", rules.PreflightCache{}, func(k *preflightcache.Key) { k.URL = "https://api.example/b?b#c" }, false},
		{"other query", rules.PreflightCache{}, func(k *preflightcache.Key) { k.URL = "https://api.example/a?c#c" }, false},
		{"other fragment", rules.PreflightCache{}, func(k *preflightcache.Key) { k.URL = "https://api.example/a?b#d" }, false},
		{"other fragment with IgnoreFragment", rules.PreflightCache{IgnoreFragment: true}, func(k *preflightcache.Key) { k.URL = "https://api.example/a?b#d" }, true},
		{"no fragment with IgnoreFragment", rules.PreflightCache{IgnoreFragment: true}, func(k *preflightcache.Key) { k.URL = "https://api.example/a?b" }, true},
		{"other query with IgnoreFragment", rules.PreflightCache{IgnoreFragment: true}, func(k *preflightcache.Key) { k.URL = "https://api.example/a?c" }, false},
		{"MaxURLLength reached", rules.PreflightCache{MaxURLLength: len(stored.URL)}, func(k *preflightcache.Key) {}, true},
		{"MaxURLLength exceeded", rules.PreflightCache{MaxURLLength: len(stored.URL) - 1}, func(k *preflightcache.Key) {}, false},
		{"MaxURLLength without the fragment", rules.PreflightCache{MaxURLLength: len(stored.URL) - 2, IgnoreFragment: true}, func(k *preflightcache.Key) {}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := preflightcache.New(&preflightcache.Options{Rules: tt.rules})
			c.Store(stored, false, time.Minute, []string{"PUT"}, nil)
			k := stored
			tt.change(&k)
			if got := c.MatchMethod(k, false, "PUT"); got != tt.want {
				t.Errorf("match %t, want %t", got, tt.want)
			}
			c.Clear(k)
			if got := c.Len() == 0; tt.rules.MaxURLLength == 0 && got != tt.want {
				t.Errorf("cleared %t, want %t", got, tt.want)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#concept-http-fetch step 4.1
func TestSufficient(t *testing.T) {
	type request struct {
		credentials bool
		method      string
		needsEntry  bool
		names       []string
	}
	tests := []struct {
		name  string
		rules rules.PreflightCache
		// Ten seconds ago methods and x-a were stored, four seconds ago x-b; for
		// requests without credentials.
		methods []string
		after   int // seconds more
		request request
		want    preflightcache.Match
		evicted bool
	}{
		{name: "all there", methods: []string{"PUT"},
			request: request{method: "PUT", needsEntry: true, names: []string{"x-a", "x-b"}},
			want:    preflightcache.Match{OK: true, Method: true, Age: 10 * time.Second}},
		{name: "age of what is needed", methods: []string{"PUT"},
			request: request{method: "GET", names: []string{"x-b"}},
			want:    preflightcache.Match{OK: true, Method: true, Age: 4 * time.Second}},
		{name: "nothing needed", methods: []string{"PUT"},
			request: request{method: "GET"},
			want:    preflightcache.Match{OK: true, Method: true}},
		{name: "method missing", methods: []string{"PUT"},
			request: request{method: "DELETE", needsEntry: true, names: []string{"x-a"}},
			want:    preflightcache.Match{}},
		{name: "first missing name", methods: []string{"PUT"},
			request: request{method: "PUT", needsEntry: true, names: []string{"x-a", "x-c", "x-d"}},
			want:    preflightcache.Match{Method: true, Header: "x-c"}},
		{name: "both missing", methods: []string{"PUT"},
			request: request{method: "DELETE", needsEntry: true, names: []string{"x-c"}},
			want:    preflightcache.Match{Header: "x-c"}},
		{name: "credentials", methods: []string{"PUT"},
			request: request{credentials: true, method: "PUT", needsEntry: true},
			want:    preflightcache.Match{}},
		{name: "safelisted method of a forced preflight", methods: []string{"PUT"},
			request: request{method: "POST", needsEntry: true},
			want:    preflightcache.Match{}},
		{name: "SafelistedByPresence, method", methods: []string{"PUT"}, rules: rules.PreflightCache{SafelistedByPresence: true},
			request: request{method: "POST", needsEntry: true},
			want:    preflightcache.Match{OK: true, Method: true, Age: 10 * time.Second}},
		{name: "SafelistedByPresence, header name", rules: rules.PreflightCache{SafelistedByPresence: true},
			request: request{method: "GET", needsEntry: true},
			want:    preflightcache.Match{OK: true, Method: true, Age: 10 * time.Second}},
		{name: "SafelistedByPresence, entry that does not serve", rules: rules.PreflightCache{SafelistedByPresence: true},
			request: request{credentials: true, method: "GET", needsEntry: true},
			want:    preflightcache.Match{}},
		{name: "SafelistedByPresence, other method", methods: []string{"PUT"}, rules: rules.PreflightCache{SafelistedByPresence: true},
			request: request{method: "DELETE", needsEntry: true},
			want:    preflightcache.Match{}},
		{name: "SafelistedByPresence, HEAD", methods: []string{"PUT"}, rules: rules.PreflightCache{SafelistedByPresence: true},
			request: request{method: "HEAD", needsEntry: true},
			want:    preflightcache.Match{OK: true, Method: true, Age: 10 * time.Second}},
		{name: "SafelistedByPresence, HeadNeedsEntry", methods: []string{"PUT"},
			rules:   rules.PreflightCache{SafelistedByPresence: true, HeadNeedsEntry: true},
			request: request{method: "HEAD", needsEntry: true},
			want:    preflightcache.Match{}},
		{name: "PresenceLasts", after: 3600, rules: rules.PreflightCache{SafelistedByPresence: true, PresenceLasts: true},
			request: request{method: "POST", needsEntry: true},
			want:    preflightcache.Match{OK: true, Method: true, Age: 3610 * time.Second}},
		{name: "PresenceLasts, other credentials", rules: rules.PreflightCache{SafelistedByPresence: true, PresenceLasts: true, SplitCredentials: true},
			request: request{credentials: true, method: "POST", needsEntry: true},
			want:    preflightcache.Match{}},
		{name: "PresenceLasts, header name", after: 3600, rules: rules.PreflightCache{SafelistedByPresence: true, PresenceLasts: true},
			request: request{method: "POST", needsEntry: true, names: []string{"x-a"}},
			want:    preflightcache.Match{Method: true, Header: "x-a"}},
		{name: "presence that does not last", after: 3600, rules: rules.PreflightCache{SafelistedByPresence: true},
			request: request{method: "POST", needsEntry: true},
			want:    preflightcache.Match{}, evicted: true},
		{name: "HEAD", methods: []string{"PUT"},
			request: request{method: "HEAD", names: []string{"x-a"}},
			want:    preflightcache.Match{OK: true, Method: true, Age: 10 * time.Second}},
		{name: "HeadNeedsEntry, missing", methods: []string{"PUT"}, rules: rules.PreflightCache{HeadNeedsEntry: true},
			request: request{method: "HEAD", names: []string{"x-a"}},
			want:    preflightcache.Match{}},
		{name: "HeadNeedsEntry, there", methods: []string{"HEAD"}, rules: rules.PreflightCache{HeadNeedsEntry: true},
			request: request{method: "HEAD", names: []string{"x-a"}},
			want:    preflightcache.Match{OK: true, Method: true, Age: 10 * time.Second}},
		{name: "HeadNeedsEntry, GET", methods: []string{"PUT"}, rules: rules.PreflightCache{HeadNeedsEntry: true},
			request: request{method: "GET", names: []string{"x-b"}},
			want:    preflightcache.Match{OK: true, Method: true, Age: 4 * time.Second}},
		{name: "EvictInsufficient", methods: []string{"PUT"}, rules: rules.PreflightCache{EvictInsufficient: true},
			request: request{method: "PUT", needsEntry: true, names: []string{"x-c"}},
			want:    preflightcache.Match{Method: true, Header: "x-c"}, evicted: true},
		{name: "EvictInsufficient, sufficient", methods: []string{"PUT"}, rules: rules.PreflightCache{EvictInsufficient: true},
			request: request{method: "PUT", needsEntry: true, names: []string{"x-a"}},
			want:    preflightcache.Match{OK: true, Method: true, Age: 10 * time.Second}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clock := newClock()
			c := preflightcache.New(&preflightcache.Options{Rules: tt.rules, Now: clock.Now})
			c.Store(key, false, time.Minute, tt.methods, []string{"x-a"})
			clock.advance(6)
			c.Store(key, false, time.Minute, nil, []string{"x-b"})
			clock.advance(4 + tt.after)
			got := c.Sufficient(key, tt.request.credentials, tt.request.method, tt.request.needsEntry, tt.request.names)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if evicted := c.Len() == 0; evicted != tt.evicted {
				t.Errorf("evicted %t, want %t", evicted, tt.evicted)
			}
		})
	}
}

func TestSufficientWithoutEntries(t *testing.T) {
	for _, c := range []*preflightcache.Cache{nil, preflightcache.New(nil)} {
		if got, want := c.Sufficient(key, false, "PUT", true, []string{"x-a"}), (preflightcache.Match{Header: "x-a"}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
		if got, want := c.Sufficient(key, true, "GET", false, nil), (preflightcache.Match{OK: true, Method: true}); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
}

func TestNilCache(t *testing.T) {
	var c *preflightcache.Cache
	c.Store(key, false, time.Minute, []string{"PUT"}, []string{"x-a"})
	c.Clear(key)
	c.ClearAll()
	if c.MatchMethod(key, false, "PUT") || c.MatchHeader(key, false, "x-a") || c.Len() != 0 || c.Bytes() != 0 {
		t.Error("a nil cache has entries")
	}
	for e := range c.Entries() {
		t.Errorf("entry %+v", e)
	}
}

func TestEvictsLeastRecentlyUsed(t *testing.T) {
	tests := []struct {
		name string
		use  func(c *preflightcache.Cache)
		gone int
	}{
		{"stored first", func(c *preflightcache.Cache) {}, 0},
		{"looked up in order", func(c *preflightcache.Cache) {
			for _, n := range []int{2, 0, 1} {
				c.MatchMethod(keyOf(n), false, "PUT")
			}
		}, 2},
		{"looked up as sufficient", func(c *preflightcache.Cache) {
			c.Sufficient(keyOf(0), false, "PUT", true, nil)
		}, 1},
		{"looked up by header name", func(c *preflightcache.Cache) {
			c.MatchHeader(keyOf(0), false, "x-a")
			c.MatchHeader(keyOf(1), false, "x-a")
		}, 2},
		{"stored again", func(c *preflightcache.Cache) {
			c.Store(keyOf(0), false, time.Minute, []string{"PUT"}, []string{"x-a"})
		}, 1},
		{"diagnostics are no use", func(c *preflightcache.Cache) {
			for range c.Entries() {
			}
			c.Len()
			c.Bytes()
		}, 0},
	}
	for _, limits := range []preflightcache.Limits{{Entries: 6}, {Bytes: 1600}} {
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				c := preflightcache.New(&preflightcache.Options{Limits: limits})
				store := func(n int) { c.Store(keyOf(n), false, time.Minute, []string{"PUT"}, []string{"x-a"}) }
				store(0)
				store(1)
				store(2)
				tt.use(c)
				store(3)
				for n := range 4 {
					if got := c.MatchMethod(keyOf(n), false, "PUT") && c.MatchHeader(keyOf(n), false, "x-a"); got != (n != tt.gone) {
						t.Errorf("%+v: key %d is there: %t", limits, n, got)
					}
				}
			})
		}
	}
}

func TestTenThousandNames(t *testing.T) {
	const defaultEntries = 10_000
	names := make([]string, defaultEntries+1)
	for i := range names {
		names[i] = fmt.Sprintf("x-%06d", len(names)-i)
	}
	c := preflightcache.New(nil)
	c.Store(keyOf(0), false, time.Minute, []string{"PUT"}, nil)

	c.Store(key, false, time.Minute, nil, names)
	if c.Len() != 1 || !c.MatchMethod(keyOf(0), false, "PUT") {
		t.Errorf("%d entries, want the other key's", c.Len())
	}

	c.Store(key, false, time.Minute, nil, names[1:])
	if c.Len() != defaultEntries || c.MatchMethod(keyOf(0), false, "PUT") {
		t.Errorf("%d entries, want the key's alone", c.Len())
	}
	if !c.MatchHeader(key, false, "X-000001") || c.MatchHeader(key, false, names[0]) {
		t.Error("the wrong names")
	}
	// What is known of the key and what is new exceed the limit only together.
	c.Store(key, false, time.Minute, nil, names[:1])
	if c.Len() != 0 || c.Bytes() != 0 {
		t.Errorf("%d entries, %d bytes", c.Len(), c.Bytes())
	}
	// A repeated name is one entry.
	c.Store(key, false, time.Minute, nil, slices.Repeat([]string{"x-a"}, 20_000))
	if c.Len() != 1 {
		t.Errorf("%d entries, want 1", c.Len())
	}
}

func TestLimits(t *testing.T) {
	tests := []struct {
		name   string
		limits preflightcache.Limits
		want   bool
	}{
		{"defaults", preflightcache.Limits{}, true},
		{"enough", preflightcache.Limits{MaxAge: 2 * time.Second, Entries: 2, Bytes: 1000}, true},
		{"short max-age", preflightcache.Limits{MaxAge: time.Second}, false},
		{"one entry", preflightcache.Limits{Entries: 1}, false},
		{"few bytes", preflightcache.Limits{Bytes: 100}, false},
		{"no max-age", preflightcache.Limits{MaxAge: -1}, false},
		{"no entries", preflightcache.Limits{Entries: -1}, false},
		{"no bytes", preflightcache.Limits{Bytes: -1}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clock := newClock()
			c := preflightcache.New(&preflightcache.Options{Limits: tt.limits, Now: clock.Now})
			c.Store(key, false, time.Minute, []string{"PUT"}, []string{"x-a"})
			clock.advance(1)
			if got := c.Sufficient(key, false, "PUT", true, []string{"x-a"}).OK; got != tt.want {
				t.Errorf("kept %t, want %t", got, tt.want)
			}
		})
	}
}

func TestEntries(t *testing.T) {
	clock := newClock()
	start := clock.now
	c := preflightcache.New(&preflightcache.Options{Now: clock.Now})
	c.Store(keyOf(1), true, 5*time.Second, []string{"GONE"}, nil)
	c.Store(keyOf(2), false, 5*time.Second, []string{"PUT"}, []string{"gone"})
	clock.advance(4)
	c.Store(keyOf(2), true, 9*time.Second, []string{"PUT", "DELETE"}, nil)
	c.Store(keyOf(2), false, 8*time.Second, []string{"PATCH"}, []string{"X-A", "*"})
	c.Store(keyOf(3), false, 7*time.Second, nil, []string{"authorization"})
	clock.advance(1)
	c.MatchMethod(keyOf(2), true, "PUT")

	at := start.Add(4 * time.Second)
	want := []preflightcache.Entry{
		{Key: keyOf(2), Credentials: true, Method: "DELETE", Stored: at, MaxAge: 9 * time.Second},
		{Key: keyOf(2), Method: "PATCH", Stored: at, MaxAge: 8 * time.Second},
		{Key: keyOf(2), Credentials: true, Method: "PUT", Stored: at, MaxAge: 9 * time.Second},
		{Key: keyOf(2), HeaderName: "*", Stored: at, MaxAge: 8 * time.Second},
		{Key: keyOf(2), HeaderName: "X-A", Stored: at, MaxAge: 8 * time.Second},
		{Key: keyOf(3), HeaderName: "authorization", Stored: at, MaxAge: 7 * time.Second},
	}
	got := slices.Collect(c.Entries())
	if !slices.Equal(got, want) {
		t.Errorf("entries\n%v\nwant\n%v", got, want)
	}
	if got := want[0].Stored.Add(want[0].MaxAge); !got.Equal(at.Add(9 * time.Second)) {
		t.Errorf("expires %v", got)
	}
	if c.Len() != len(want) {
		t.Errorf("%d entries, want %d", c.Len(), len(want))
	}
	for range c.Entries() {
		c.ClearAll() // while it runs
		break
	}
	if c.Len() != 0 || c.Bytes() != 0 {
		t.Errorf("%d entries, %d bytes after ClearAll", c.Len(), c.Bytes())
	}
	c.Store(key, false, time.Minute, []string{"PUT"}, nil)
	if c.Len() != 1 {
		t.Error("nothing is stored after ClearAll")
	}
}

func TestConcurrentUse(t *testing.T) {
	c := preflightcache.New(&preflightcache.Options{
		Rules:  rules.PreflightCache{EvictInsufficient: true},
		Limits: preflightcache.Limits{Entries: 50, Bytes: 12_000},
	})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 2000 {
				k := keyOf((i * (g + 1)) % 40)
				switch i % 16 {
				case 0, 1, 2:
					c.Store(k, g%2 == 0, time.Minute, []string{"PUT"}, []string{"x-a", strconv.Itoa(i % 5)})
				case 3:
					c.Clear(k)
				case 4:
					if n, b := c.Len(), c.Bytes(); n > 50 || b > 12_000 {
						t.Errorf("%d entries, %d bytes", n, b)
					}
				case 5:
					for e := range c.Entries() {
						if e.Key == k {
							break
						}
					}
				case 6:
					if i%500 == 6 {
						c.ClearAll()
					}
				default:
					c.Sufficient(k, g%2 == 1, "PUT", true, []string{"x-a"})
					c.MatchHeader(k, false, "3")
				}
			}
		})
	}
	wg.Wait()
	c.ClearAll()
	if c.Len() != 0 || c.Bytes() != 0 {
		t.Errorf("%d entries, %d bytes are left", c.Len(), c.Bytes())
	}
}

// What another request has stored since an insufficient look is not erased.
func TestEvictInsufficientSparesWhatIsNewer(t *testing.T) {
	var c *preflightcache.Cache
	meanwhile := func() {}
	c = preflightcache.New(&preflightcache.Options{
		Rules: rules.PreflightCache{EvictInsufficient: true},
		Now: func() time.Time {
			f := meanwhile
			meanwhile = func() {}
			f()
			return time.Now()
		},
	})
	c.Store(key, false, time.Minute, []string{"PUT"}, nil)
	meanwhile = func() { c.Store(key, false, time.Minute, []string{"DELETE"}, nil) }
	if c.Sufficient(key, false, "DELETE", true, nil).OK {
		t.Error("the look saw what came after it")
	}
	if !c.Sufficient(key, false, "DELETE", true, nil).OK {
		t.Error("what came meanwhile was erased")
	}
}

// Entries don't keep the header values and URLs alive that they were cut from.
func TestEntriesOwnTheirStrings(t *testing.T) {
	k := preflightcache.Key{Origin: "https://app.example", URL: "https://api.example/"}
	methods, names := []string{"PUT"}, []string{"x-a"}
	c := preflightcache.New(nil)
	c.Store(k, false, time.Minute, methods, names)
	shared := func(a, b string) bool { return a != "" && unsafe.StringData(a) == unsafe.StringData(b) }
	for e := range c.Entries() {
		if shared(e.Key.URL, k.URL) || shared(e.Key.Origin, k.Origin) || shared(e.Method, methods[0]) || shared(e.HeaderName, names[0]) {
			t.Errorf("%+v shares memory with what was stored", e)
		}
	}
}

// What was there before and after a change must be found during it.
func TestLookupWhileGrowing(t *testing.T) {
	c := preflightcache.New(nil)
	c.Store(key, false, time.Hour, []string{"PUT"}, nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 3000 {
			c.Store(keyOf(i), false, time.Hour, []string{"PUT"}, nil)
			if i%3 == 0 {
				c.Clear(keyOf(i / 2))
			}
		}
	}()
	for {
		if !c.MatchMethod(key, false, "PUT") {
			t.Error("the entry was not found")
		}
		select {
		case <-done:
			return
		default:
		}
	}
}

func TestAllocations(t *testing.T) {
	c := preflightcache.New(nil)
	k := key
	k.Partition = origin.PartitionKey{Site: origin.NewOpaque().Site(nil)}
	c.Store(k, true, time.Hour, []string{"PUT", "DELETE"}, []string{"authorization", "x-a", "x-b"})
	names := []string{"authorization", "x-a", "x-b"}
	tests := []struct {
		name string
		f    func() bool
	}{
		{"Sufficient", func() bool { return c.Sufficient(k, true, "PUT", true, names).OK }},
		{"Sufficient, not", func() bool { return !c.Sufficient(k, true, "PATCH", true, names).OK }},
		{"Sufficient, no key", func() bool { return !c.Sufficient(key, true, "PUT", true, names).OK }},
		{"MatchMethod", func() bool { return c.MatchMethod(k, false, "DELETE") }},
		{"MatchHeader", func() bool { return c.MatchHeader(k, false, "X-A") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, func() {
				if !tt.f() {
					t.Error("wrong answer")
				}
			}); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
	}
	if n := testing.AllocsPerRun(100, func() { preflightcache.New(nil) }); n > 2 {
		t.Errorf("New makes %v allocations", n)
	}
}
