package fold_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/browsercors/browsercors/internal/fold"
)

func TestEqual(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       bool
	}{
		{"case", "Content-TYPE", "content-type", true},
		{"length", "a", "ab", false},
		{"a bit that is no case", "[", "{", false},
		{"no ASCII", "\u212a", "k", false},
		{"bytes", "\xe9", "\xc9", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if fold.Equal(tt.a, tt.b) != tt.want || fold.Equal([]byte(tt.b), tt.a) != tt.want {
				t.Errorf("%q and %q: not %v", tt.a, tt.b, tt.want)
			}
			if got := fold.Lower(tt.a) == fold.Lower(tt.b); got != tt.want {
				t.Errorf("in lower case %q and %q", fold.Lower(tt.a), fold.Lower(tt.b))
			}
		})
	}
}

// TestLookups: a long list is looked up as a short one is.
func TestLookups(t *testing.T) {
	for _, n := range []int{0, 1, 16, 17, 100} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var names []string
			for i := range n {
				names = append(names, fmt.Sprintf("X-%d", i%60))
			}
			if got, want := len(fold.Unique(append(names, names...))), min(n, 60); got != want {
				t.Errorf("%d names of %d are unique, want %d", got, 2*n, want)
			}
			set := fold.NewSet(names)
			var index fold.Index
			at := func(i int) string { return names[i] }
			for i := range 62 {
				name := fmt.Sprintf("x-%d", i)
				var want []int
				for at, other := range names {
					if other == fmt.Sprintf("X-%d", i) {
						want = append(want, at)
					}
				}
				first := -1
				if len(want) > 0 {
					first = want[0]
				}
				if got := set.Has(name); got != (first >= 0) {
					t.Errorf("%s: the set has it: %v", name, got)
				}
				if got := index.First(n, at, name); got != first {
					t.Errorf("%s: first %d, want %d", name, got, first)
				}
				if got := index.Find(nil, n, at, name); !slices.Equal(got, want) {
					t.Errorf("%s: at %d, want %d", name, got, want)
				}
			}
		})
	}
}

// TestIndexGrows: the list may grow between look-ups, beyond what is looked
// through too, and names may be taken out.
func TestIndexGrows(t *testing.T) {
	var names []string
	var index fold.Index
	at := func(i int) string { return names[i] }
	for i := range 40 {
		name := fmt.Sprintf("n%d", i)
		if got := index.First(len(names), at, name); got != -1 {
			t.Fatalf("%s is at %d before it is there", name, got)
		}
		names = append(names, name)
		if got := index.First(len(names), at, name); got != i {
			t.Fatalf("%s is at %d, want %d", name, got, i)
		}
	}
	names = append(names, "N3", "n3")
	names[40], names[41] = "N3", ""
	index.First(len(names), at, "n3")
	index.Keep(1, "n3")
	if got := index.Find(nil, len(names), at, "N3"); !slices.Equal(got, []int{3}) {
		t.Errorf("n3 is at %d, want 3 alone", got)
	}
	index.Keep(0, "n3")
	if got := index.First(len(names), at, "N3"); got != -1 {
		t.Errorf("n3 is at %d, want none", got)
	}
}

func TestSetAllocates(t *testing.T) {
	few := []string{"a", "b", "c"}
	if n := testing.AllocsPerRun(100, func() {
		set := fold.NewSet(few)
		var index fold.Index
		if !set.Has("B") || index.First(len(few), func(i int) string { return few[i] }, "B") != 1 {
			t.Error("b is missing")
		}
	}); n != 0 {
		t.Errorf("%v allocations for a short list", n)
	}
}
