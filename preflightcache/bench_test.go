package preflightcache_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/browsercors/browsercors/preflightcache"
)

func filled(keys, names int) (*preflightcache.Cache, []preflightcache.Key, []string) {
	c := preflightcache.New(&preflightcache.Options{Limits: preflightcache.Limits{Entries: 1 << 20, Bytes: 1 << 30}})
	list := make([]string, names)
	for i := range list {
		list[i] = fmt.Sprintf("x-name-%04d", i)
	}
	ks := make([]preflightcache.Key, keys)
	for i := range ks {
		ks[i] = keyOf(i)
		c.Store(ks[i], false, time.Hour, []string{"PUT"}, list)
	}
	return c, ks, list[:min(3, names)]
}

func BenchmarkSufficient(b *testing.B) {
	for _, keys := range []int{1, 1000} {
		for _, names := range []int{0, 3, 1000} {
			if keys*names > 100_000 {
				continue
			}
			b.Run(fmt.Sprintf("keys=%d/names=%d", keys, names), func(b *testing.B) {
				c, ks, list := filled(keys, names)
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					if !c.Sufficient(ks[i%keys], false, "PUT", true, list).OK {
						b.Fatal("insufficient")
					}
					i++
				}
			})
		}
	}
}

func BenchmarkSufficientParallel(b *testing.B) {
	for _, keys := range []int{1, 1000} {
		for _, stores := range []int{0, 1000} {
			b.Run(fmt.Sprintf("keys=%d/lookups-per-store=%d", keys, stores), func(b *testing.B) {
				c, ks, list := filled(keys, 3)
				var seed atomic.Int64
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					i := int(seed.Add(1)) * 7919
					for pb.Next() {
						k := ks[i%keys]
						if stores > 0 && i%stores == 0 {
							c.Store(k, false, time.Hour, []string{"PUT"}, list)
						}
						if !c.Sufficient(k, false, "PUT", true, list).OK {
							b.Error("insufficient")
						}
						i++
					}
				})
			})
		}
	}
}

func BenchmarkStore(b *testing.B) {
	for _, full := range []bool{false, true} {
		for _, names := range []int{3, 1000} {
			b.Run(fmt.Sprintf("full=%t/names=%d", full, names), func(b *testing.B) {
				list := make([]string, names)
				for i := range list {
					list[i] = fmt.Sprintf("x-name-%04d", i)
				}
				c := preflightcache.New(nil)
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					n := 0 // one key, refreshed
					if full {
						n = i // a new key, another one evicted
					}
					c.Store(keyOf(n), false, time.Hour, []string{"PUT"}, list)
					i++
				}
			})
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		preflightcache.New(nil)
	}
}
