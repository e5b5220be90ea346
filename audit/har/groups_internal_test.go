package har

import (
	"math/rand/v2"
	"testing"
)

// TestGroups holds searches to a walk over all entries.
func TestGroups(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	keys := []groupKey{{url: "a"}, {url: "b"}, {url: "b", method: "PUT"}, {url: "none"}}
	for range 100 {
		all := make(groups)
		of := make([]groupKey, 60)
		for i := range of {
			of[i] = keys[random.IntN(3)]
			all.add(of[i], i)
		}
		gone := make([]bool, len(of))
		for range 100 {
			gone[random.IntN(len(of))] = true
			key, from := keys[random.IntN(len(keys))], random.IntN(len(of)+2)-1
			next, last := -1, -1
			for i := range of {
				if of[i] != key || gone[i] {
					continue
				}
				if i >= from && next < 0 {
					next = i
				}
				if i <= from {
					last = i
				}
			}
			isGone := func(i int) bool { return gone[i] }
			if got := all.next(key, from, isGone); got != next {
				t.Fatalf("next from %d: %d, want %d", from, got, next)
			}
			if got := all.last(key, from, isGone); got != last {
				t.Fatalf("last up to %d: %d, want %d", from, got, last)
			}
		}
	}
}
