// Package growth is for tests: it holds code to the CPU time and the memory that its input is worth, whoever wrote
// the input. [Check] finds work that grows faster than n log n, [Stops] finds work that goes on after its context has
// ended, [Kept] and [Allocated] say how much memory is used.
//
// All time is CPU time of the process and not of the clock, so that a loaded machine changes little. A test that
// measures must not run in parallel with others. [Check] and [Stops] judge time only when the tests run at full length
// and without the race detector, whose own work is no measure of the code's. Else they do the work once.
package growth

import (
	"context"
	"math"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/browsercors/browsercors/internal/fulllength"
)

// TB is what is needed of a [testing.TB].
type TB interface {
	Helper()
	Logf(format string, args ...any)
	Errorf(format string, args ...any)
}

const (
	rounds   = 3                      // so many times each size is measured in an attempt
	attempts = 8                      // an excess is an error when so many attempts show it
	floor    = 100 * time.Microsecond // what a measurement may be wrong by

	// A size four times as large takes linear work 4 times as long, n log n at most 5, and a square 16.
	tooMuch = 8
)

// judges tells whether times are judged.
func judges() bool { return fulllength.Asked() && !raceDetector }

// Check reports an error when work grows faster than n log n. It measures the work at the sizes n and 4n; the time
// at 4n must be less than 8 times that at n. The size should be so large that linear work takes about a millisecond.
// Prepare makes the input of a size, which is not measured, and returns the work on it, which is done once.
func Check(t TB, n int, prepare func(n int) (work func())) {
	t.Helper()
	usual.measure(t, n, prepare)
}

// measure is [Check], with pauses of p.
func (p patience) measure(t TB, n int, prepare func(n int) (work func())) {
	t.Helper()
	defer quiet()()
	if !judges() {
		prepare(n)()
		return
	}
	p.check(t, n, func(n int) time.Duration {
		work := prepare(n)
		start := cpuTime()
		work()
		return cpuTime() - start
	})
}

// check is [Check], of how long the work of a size takes. What other programs do can only lengthen a time, so the
// least of all that were measured at 4n is the nearest to the truth, and more attempts come nearer. The time at n is
// an attempt's own, so that both sizes have been measured beside the same programs.
func (p patience) check(t TB, n int, measure func(n int) time.Duration) {
	t.Helper()
	const long = math.MaxInt64 - floor
	var small time.Duration
	large := long
	for attempt := range attempts {
		p.pause(attempt)
		small = long
		for range rounds {
			small = min(small, measure(n))
		}
		for range rounds {
			if large = min(large, measure(4*n)); ratio(small, large) < tooMuch {
				t.Logf("n = %d, 4n: %v, %v", n, small, large)
				return
			}
		}
	}
	t.Errorf("n = %d, 4n: %v, %v: the last is %.1f times the first, which is more than n log n", n, small, large, ratio(small, large))
}

// A patience is how much longer each pause between two attempts is than the one before it. What else the machine does
// may end meanwhile.
type patience time.Duration

const usual = patience(200 * time.Millisecond)

func (p patience) pause(attempt int) {
	if attempt > 0 && p > 0 {
		time.Sleep(time.Duration(attempt) * time.Duration(p))
		runtime.GC() // the next attempt reuses the memory of the last: the system need not clear new pages for it
	}
}

// ratio is how many times as long as the first the second took.
func ratio(small, large time.Duration) float64 { return float64(large+floor) / float64(small+floor) }

// quiet keeps the garbage collector away until the function that it returns is called, as long as memory allows: its
// work is not that of the code which is measured.
func quiet() func() {
	const spare = 256 << 20
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	limit := debug.SetMemoryLimit(int64(m.Sys-m.HeapReleased) + spare)
	percent := debug.SetGCPercent(-1)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

const (
	deadline = 5 * time.Millisecond  // of the context that Stops gives
	grace    = 50 * time.Millisecond // how long work may go on after that
)

// Stops reports an error when work goes on for more than 50 ms of CPU time after its context has ended, which it does
// after 5 ms. The work has to be so much that it would take longer than 55 ms if nothing stopped it.
func Stops(t TB, prepare func() (work func(context.Context))) {
	t.Helper()
	usual.stops(t, prepare)
}

// stops is [Stops], with pauses of p.
func (p patience) stops(t TB, prepare func() (work func(context.Context))) {
	t.Helper()
	defer quiet()()
	for attempt := 1; ; attempt++ {
		p.pause(attempt - 1)
		work := prepare()
		ctx, cancel := context.WithTimeout(context.Background(), deadline)
		start := cpuTime()
		work(ctx)
		took := cpuTime() - start
		early := ctx.Err() == nil
		cancel()
		switch {
		case !judges():
			return
		case early:
			t.Errorf("the work was done after %v, before its context ended", took)
			return
		case took < deadline+grace:
			t.Logf("it ended after %v", took)
			return
		case attempt == attempts:
			t.Errorf("the work took %v; its context ended after %v", took, deadline)
			return
		}
	}
}

// Kept returns how many bytes of the heap stay in use because of what work returns.
func Kept(work func() any) int64 {
	before := heap()
	kept := work()
	after := heap()
	runtime.KeepAlive(kept)
	return after - before
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what a sync.Pool has goes with the second
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Allocated returns how many bytes work allocates, whether they stay in use or not.
func Allocated(work func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}
