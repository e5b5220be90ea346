package httpcache

import (
	"context"
	"sync"
	"time"
)

// Reserve waits, where the rules say so, until no other request with the same key is
// on its way to the network. Call it after a Select that leads to the network; if it
// waited, Select again. release ends the reservation: call it once the response is
// stored, or it is clear that it will not be. It may be called several times.
//
// The error is that of the context, which ended while Reserve waited.
func (c *Cache) Reserve(ctx context.Context, k Key) (waited bool, release func(), err error) {
	if c == nil || c.rules.ReserveFor <= 0 {
		return false, func() {}, nil
	}
	return c.reservations.reserve(ctx, k, c.rules.ReserveFor)
}

// reservations are the keys for which requests are on their way.
type reservations struct {
	mu   sync.Mutex
	held map[Key]*reservation
}

// reservation is one key's. Whoever takes the token out of turn has its turn.
type reservation struct {
	turn  chan struct{} // holds a token when it is nobody's turn
	users int           // that have their turn or wait for it, guarded by the mutex
}

func (all *reservations) reserve(ctx context.Context, k Key, limit time.Duration) (waited bool, release func(), err error) {
	all.mu.Lock()
	r := all.held[k]
	if r == nil {
		if all.held == nil {
			all.held = make(map[Key]*reservation)
		}
		r = &reservation{turn: make(chan struct{}, 1)}
		r.turn <- struct{}{}
		all.held[k] = r
	}
	r.users++
	all.mu.Unlock()

	leave := func() {
		all.mu.Lock()
		defer all.mu.Unlock()
		if r.users--; r.users == 0 {
			delete(all.held, k)
		}
	}
	held := func() func() {
		return sync.OnceFunc(func() {
			r.turn <- struct{}{}
			leave()
		})
	}
	select {
	case <-r.turn:
		return false, held(), nil
	default:
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-r.turn:
		return true, held(), nil
	case <-timer.C: // It goes on its own.
		leave()
		return true, func() {}, nil
	case <-ctx.Done():
		leave()
		return true, func() {}, context.Cause(ctx)
	}
}
