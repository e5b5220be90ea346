package growth_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

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

func TestCheck(t *testing.T) {
	tests := []struct {
		name string
		n    int
		work func(n int)
		want string // in the error; "" is none
	}{
		{"constant", 1000, func(int) { spin(100_000) }, ""},
		{"linear", 1000, func(n int) { spin(n * 500) }, ""},
		{"n log n", 20_000, func(n int) {
			s := make([]int, n)
			for i := range s {
				s[i] = i * 7919 % n
			}
			slices.Sort(s)
		}, ""},
		{"quadratic", 1000, func(n int) { spin(n * n) }, "more than n log n"},
		{"quadratic beside as much that is linear", 1000, func(n int) { spin(n * n); spin(n * 1000) }, "more than n log n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r recorder
			growth.Check(&r, tt.n, func(n int) func() { return func() { tt.work(n) } })
			if got := strings.Join(r.errors, "\n"); (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("errors %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStops(t *testing.T) {
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
			spin(250_000_000)
		}, "its context ended after"},
		{"too little", func(context.Context) {}, "before its context ended"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r recorder
			growth.Stops(&r, func() func(context.Context) { return tt.work })
			if got := strings.Join(r.errors, "\n"); (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("errors %q, want %q", got, tt.want)
			}
		})
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
