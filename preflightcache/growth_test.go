package preflightcache_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/preflightcache"
)

// TestGrowth: what a preflight's answer lists is stored and looked up in n log n,
// and so are many answers for many URLs.
func TestGrowth(t *testing.T) {
	names := func(n int, prefix string) []string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf("%s-%d", prefix, i)
		}
		return all
	}
	key := func(i int) preflightcache.Key {
		return preflightcache.Key{Origin: "https://app.example", URL: fmt.Sprintf("https://api.example/%d", i)}
	}
	rules := map[string]rules.PreflightCache{
		"standard": {},
		"engine":   {WholeResult: true, EvictInsufficient: true},
	}
	for name, r := range rules {
		options := &preflightcache.Options{Rules: r}
		t.Run(name+"/names", func(t *testing.T) {
			growth.Check(t, 2000, func(n int) func() {
				cache := preflightcache.New(options)
				allowed, asked := names(n, "X"), names(n, "x")
				return func() {
					for range 3 {
						cache.Store(key(0), false, time.Minute, allowed, allowed)
						cache.Sufficient(key(0), false, "PUT", true, asked)
					}
				}
			})
		})
		t.Run(name+"/one name", func(t *testing.T) {
			growth.Check(t, 5000, func(n int) func() {
				cache := preflightcache.New(options)
				allowed := make([]string, n)
				for i := range allowed {
					allowed[i] = "x"
				}
				return func() {
					cache.Store(key(0), false, time.Minute, allowed, allowed)
					cache.Sufficient(key(0), false, "x", true, allowed)
				}
			})
		})
		t.Run(name+"/URLs", func(t *testing.T) {
			growth.Check(t, 500, func(n int) func() {
				cache := preflightcache.New(options)
				return func() {
					for i := range n {
						cache.Store(key(i), i%2 == 0, time.Minute, []string{"PUT"}, []string{"x"})
					}
					for i := range n {
						cache.Sufficient(key(i), false, "PUT", true, []string{"x"})
						cache.Clear(key(i))
					}
				}
			})
		})
	}
}
