package preflightcache_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/preflightcache"
)

// What is given up for want of room is told, with the limit; what expires, is
// replaced or cleared is not.
func TestDropped(t *testing.T) {
	var told []string
	options := preflightcache.Options{
		Limits: preflightcache.Limits{Entries: 4, Bytes: 2000},
		Now:    newClock().Now,
	}
	var c *preflightcache.Cache
	options.Dropped = func(key preflightcache.Key, entries int, limit string) {
		told = append(told, fmt.Sprintf("%.30s %d %s", strings.TrimPrefix(key.URL, "https://api.example/"), entries, limit))
		c.Len() // there is no lock
	}
	c = preflightcache.New(&options)
	c.Store(keyOf(1), false, time.Minute, []string{"PUT", "DELETE"}, nil)
	c.Store(keyOf(1), false, 0, []string{"PUT"}, nil)
	c.Store(keyOf(2), false, time.Minute, []string{"PUT"}, nil)
	c.Clear(keyOf(2))
	c.Store(keyOf(3), false, time.Minute, []string{"PUT", "DELETE", "PATCH"}, nil)
	c.Store(keyOf(4), false, time.Minute, []string{"PUT"}, nil) // too many with 1
	c.Store(keyOf(5), false, time.Minute, []string{"a", "b", "c"}, []string{"d", "e"})
	c.Store(keyOf(4), false, time.Minute, []string{"a", "b", "c"}, []string{"d", "e"})
	long := preflightcache.Key{Origin: "https://app.example", URL: "https://api.example/" + strings.Repeat("x", 1400)}
	c.Store(long, false, time.Minute, []string{"PUT"}, nil) // too much with 3
	long.URL += strings.Repeat("x", 1000)
	c.Store(long, false, time.Minute, []string{"PUT"}, nil) // too much by itself
	c.Store(keyOf(6), false, time.Minute, slices.Repeat([]string{"PUT"}, 1000), nil)
	want := []string{
		"1 1 entries", "5 5 entries", "4 6 entries", "3 3 bytes",
		strings.Repeat("x", 30) + " 1 bytes", // the longer one
		strings.Repeat("x", 30) + " 1 bytes", // the other, with 6
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
	if c.Len() != 1 {
		t.Errorf("%d entries", c.Len())
	}
}

// Whatever is long, the estimate of what the cache takes is not less than what
// it takes.
func TestMemory(t *testing.T) {
	for _, tt := range []struct {
		name  string
		store func(c *preflightcache.Cache, i int)
	}{
		{"URLs", func(c *preflightcache.Cache, i int) {
			k := keyOf(i)
			k.URL += "/" + strings.Repeat("x", 10_000)
			c.Store(k, false, time.Minute, []string{"PUT"}, nil)
		}},
		{"origins", func(c *preflightcache.Cache, i int) {
			k := keyOf(i)
			k.Origin = fmt.Sprintf("https://%s%d.example", strings.Repeat("a.", 5000), i)
			c.Store(k, false, time.Minute, []string{"PUT"}, nil)
		}},
		{"partitions", func(c *preflightcache.Cache, i int) {
			k := keyOf(i)
			k.Partition = origin.PartitionKey{Second: fmt.Sprint(strings.Repeat("x", 10_000), i)}
			c.Store(k, false, time.Minute, []string{"PUT"}, nil)
		}},
		{"names", func(c *preflightcache.Cache, i int) {
			c.Store(keyOf(i), false, time.Minute, []string{strings.Repeat("x", 5000)}, []string{strings.Repeat("x", 5000)})
		}},
		{"many names", func(c *preflightcache.Cache, i int) {
			var names []string
			for n := range 100 {
				names = append(names, fmt.Sprintf("x-%d", n))
			}
			c.Store(keyOf(i), false, time.Minute, names, nil)
		}},
		{"keys", func(c *preflightcache.Cache, i int) { c.Store(keyOf(i), false, time.Minute, []string{"PUT"}, nil) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const limit = 500_000
			c := preflightcache.New(&preflightcache.Options{Limits: preflightcache.Limits{Bytes: limit}})
			kept := growth.Kept(func() any {
				for i := range 3000 {
					tt.store(c, i)
				}
				return c
			})
			if got := c.Bytes(); got > limit || got < limit/2 || kept > 3*limit/2 {
				t.Errorf("%d bytes by estimate, %d on the heap, limit %d", got, kept, limit)
			}
		})
	}
}

// A list of more names than are kept costs no more than one that is just too
// long, and one that repeats its names what it takes to see that.
func TestStoreTooMany(t *testing.T) {
	for _, tt := range []struct {
		name string
		n    int
		list func(n int) []string
	}{
		{"names", 100_000, func(n int) []string {
			list := make([]string, n)
			for i := range list {
				list[i] = fmt.Sprintf("X-%d", i)
			}
			return list
		}},
		{"repeated names", 50_000, func(n int) []string { return slices.Repeat([]string{"x-a", "X-B"}, n) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			growth.Check(t, tt.n, func(n int) func() {
				list := tt.list(n)
				c := preflightcache.New(&preflightcache.Options{Limits: preflightcache.Limits{Entries: 1000}})
				return func() { c.Store(key, false, time.Minute, nil, list) }
			})
		})
	}
}

// Stores of one key from many goroutines lose nothing.
func TestStoreTogether(t *testing.T) {
	c := preflightcache.New(nil)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 50 {
				c.Store(key, false, time.Minute, nil, []string{fmt.Sprintf("x-%d-%d", i, n)})
			}
		})
	}
	all.Wait()
	if c.Len() != 400 {
		t.Errorf("%d entries, want 400", c.Len())
	}
}
