package growth_test

import (
	"context"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/internal/growth"
)

// A recorder takes errors down.
type recorder struct{ errors []string }

func (*recorder) Helper()             {}
func (*recorder) Logf(string, ...any) {}
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

var sink int

// spin is work that takes about a nanosecond for each of n turns.
func spin(n int) {
	for i := range n {
		sink += i ^ sink
	}
}

// TestCheck holds the verdict on times that are counted and not measured: a nanosecond a turn, and what other
// programs add to that.
func TestCheck(t *testing.T) {
	tests := []struct {
		name  string
		n     int
		turns func(n int) int
		noise float64 // by how much a time is longer at most
		want  string  // in the error; "" is none
	}{
		{"constant", 1000, func(int) int { return 1_000_000 }, 0, ""},
		{"linear", 1000, func(n int) int { return n * 1000 }, 0, ""},
		{"linear, other programs", 1000, func(n int) int { return n * 1000 }, 3, ""},
		{"n log n", 20_000, func(n int) int { return n * 4 * bits.Len(uint(n)) }, 0, ""},
		{"n log n, other programs", 20_000, func(n int) int { return n * 4 * bits.Len(uint(n)) }, 2, ""},
		{"quadratic", 1000, func(n int) int { return n * n }, 0, "more than n log n"},
		{"quadratic, other programs", 1000, func(n int) int { return n * n }, 0.5, "more than n log n"},
		{"quadratic beside as much that is linear", 1000, func(n int) int { return n*n + n*1000 }, 0, "more than n log n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for seed := range uint64(100) {
				random := rand.New(rand.NewPCG(seed, 0))
				var r recorder
				growth.CheckTimes(&r, tt.n, func(n int) time.Duration {
					return time.Duration(float64(tt.turns(n)) * (1 + tt.noise*random.Float64()))
				})
				if got := strings.Join(r.errors, "\n"); (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
					t.Errorf("errors %q, want %q", got, tt.want)
				}
			}
		})
	}
}

// TestCheckMeasures has the time of what is really done: growth far on either side of the bound.
func TestCheckMeasures(t *testing.T) {
	unlessJudged(t)
	for _, tt := range []struct {
		name string
		work func(n int)
		want string
	}{
		{"constant", func(int) { spin(500_000) }, ""},
		{"cubic", func(n int) { spin(n * n * n) }, "more than n log n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var r recorder
			growth.CheckAtOnce(&r, 80, func(n int) func() { return func() { tt.work(n) } })
			if got := strings.Join(r.errors, "\n"); (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("errors %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStops(t *testing.T) {
	unlessJudged(t)
	tests := []struct {
		name string
		work func(context.Context)
		want string // in the error; "" is none
	}{
		{"looks at its context", func(ctx context.Context) {
			for ctx.Err() == nil {
				spin(1000)
			}
		}, ""},
		{"goes on", func(ctx context.Context) {
			<-ctx.Done()
			for start := growth.CPUTime(); growth.CPUTime()-start < 60*time.Millisecond; {
				spin(100_000)
			}
		}, "its context ended after"},
		{"too little", func(context.Context) {}, "before its context ended"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r recorder
			growth.StopsAtOnce(&r, func() func(context.Context) { return tt.work })
			if got := strings.Join(r.errors, "\n"); (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("errors %q, want %q", got, tt.want)
			}
		})
	}
}

func unlessJudged(t *testing.T) {
	if !growth.Judges() {
		t.Skip("times are judged at full length only (BROWSERCORS_FULL=1), and not with the race detector")
	}
}

func TestMemory(t *testing.T) {
	const size = 8 << 20
	if kept := growth.Kept(func() any { return make([]byte, size) }); kept < size || kept > 2*size {
		t.Errorf("%d bytes are kept of %d", kept, size)
	}
	if kept := growth.Kept(func() any { sink += len(make([]byte, size)); return nil }); kept > size/2 {
		t.Errorf("%d bytes are kept of nothing", kept)
	}
	if got := growth.Allocated(func() { _ = strings.Repeat("x", size) }); got < size || got > 2*size {
		t.Errorf("%d bytes are allocated, want %d", got, size)
	}
}
