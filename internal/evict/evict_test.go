package evict_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/browsercors/browsercors/internal/evict"
)

type element struct {
	link  evict.Link[element]
	place evict.Place
	rank  int
}

type order struct{}

func (order) Link(e *element) *evict.Link[element] { return &e.link }
func (order) Place(e *element) *evict.Place        { return &e.place }
func (order) Before(a, b *element) bool            { return a.rank < b.rank }

// TestRecent holds a list to a slice that is kept in the same order.
func TestRecent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var list evict.Recent[element, order]
	var want []*element // the oldest first
	for range 2000 {
		switch n := random.IntN(4); {
		case n < 2 || len(want) == 0:
			e := new(element)
			list.Add(e)
			want = append(want, e)
		case n == 2:
			at := random.IntN(len(want))
			list.Remove(want[at])
			want = slices.Delete(want, at, at+1)
		default:
			at := random.IntN(len(want))
			e := want[at]
			list.Use(e)
			want = append(slices.Delete(want, at, at+1), e)
		}
		var up, down []*element
		for e := list.Oldest(); e != nil; e = list.Newer(e) {
			up = append(up, e)
		}
		for e := list.Newest(); e != nil; e = list.Older(e) {
			down = append(down, e)
		}
		slices.Reverse(down)
		if !slices.Equal(up, want) || !slices.Equal(down, want) || list.Len() != len(want) {
			t.Fatalf("%d elements upwards, %d downwards, length %d, want %d in order", len(up), len(down), list.Len(), len(want))
		}
	}
}

// TestHeap holds the first element to the least of all.
func TestHeap(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var h evict.Heap[element, order]
	var all []*element
	for range 2000 {
		switch n := random.IntN(4); {
		case n < 2 || len(all) == 0:
			e := &element{rank: random.IntN(1000)}
			h.Add(e)
			all = append(all, e)
		case n == 2:
			at := random.IntN(len(all))
			h.Remove(all[at])
			all = slices.Delete(all, at, at+1)
		default:
			e := all[random.IntN(len(all))]
			e.rank = random.IntN(1000)
			h.Fix(e)
		}
		if h.Len() != len(all) || len(h.All()) != len(all) {
			t.Fatalf("%d elements, want %d", h.Len(), len(all))
		}
		if len(all) == 0 {
			if h.First() != nil {
				t.Fatal("an empty heap has a first element")
			}
			continue
		}
		least := slices.MinFunc(all, func(a, b *element) int { return cmp.Compare(a.rank, b.rank) })
		if h.First().rank != least.rank {
			t.Fatalf("first %d, want %d", h.First().rank, least.rank)
		}
	}
}
