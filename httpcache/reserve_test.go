package httpcache_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/rules"
)

func TestReserve(t *testing.T) {
	t.Parallel()
	waiting := rules.HTTPCache{ReserveFor: 20 * time.Second}
	other := httpcache.Key{URL: "https://api.example/other"}

	t.Run("nobody waits", func(t *testing.T) {
		t.Parallel()
		c, _ := newCacheWith(rules.HTTPCache{})
		for range 3 {
			if waited, _, err := c.Reserve(t.Context(), key); waited || err != nil {
				t.Error(waited, err)
			}
		}
	})
	t.Run("one after the other", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			c := httpcache.New(&httpcache.Options{Rules: waiting})
			var inside, most, all atomic.Int32
			begun := time.Now()
			for range 5 {
				go func() {
					_, release, err := c.Reserve(t.Context(), key)
					if err != nil {
						t.Error(err)
					}
					most.Store(max(most.Load(), inside.Add(1)))
					time.Sleep(time.Second)
					inside.Add(-1)
					release()
					release()
					all.Add(1)
				}()
			}
			if waited, release, _ := c.Reserve(t.Context(), other); waited {
				t.Error("waited for another key")
			} else {
				release()
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if most.Load() != 1 || all.Load() != 5 {
				t.Errorf("%d at once, %d in all after %v", most.Load(), all.Load(), time.Since(begun))
			}
		})
	})
	t.Run("too long", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			c := httpcache.New(&httpcache.Options{Rules: waiting})
			_, release, _ := c.Reserve(t.Context(), key)
			begun := time.Now()
			waited, own, err := c.Reserve(t.Context(), key)
			if d := time.Since(begun); !waited || err != nil || d != 20*time.Second {
				t.Errorf("%t after %v, %v", waited, d, err)
			}
			own()
			release()
			if waited, release, _ = c.Reserve(t.Context(), key); waited {
				t.Error("it is not free")
			}
			release()
		})
	})
	t.Run("the context ends", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			c := httpcache.New(&httpcache.Options{Rules: waiting})
			_, release, _ := c.Reserve(t.Context(), key)
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errCut)
			defer cancel()
			begun := time.Now()
			if _, _, err := c.Reserve(ctx, key); err != errCut || time.Since(begun) != time.Second {
				t.Errorf("%v after %v", err, time.Since(begun))
			}
			release()
			if waited, _, err := c.Reserve(ctx, key); waited || err != nil {
				t.Error("it is not free", err)
			}
		})
	})
}
