// Package evict is for tables with a limit. It keeps their elements in the order in which they are dropped: a [Recent]
// list by when they were last used, a [Heap] by a rank of their own. An element is where it is stored, so that no
// order allocates anything for it. Nothing here may be used concurrently.
package evict

import "container/heap"

// A Link is the place of an element in a [Recent] list. The element embeds it.
type Link[T any] struct{ newer, older *T }

func (l *Link[T]) link() *Link[T] { return l }

type linked[T any] interface {
	*T
	link() *Link[T]
}

// A Recent list has elements in the order of their use. Its zero value is empty. An element is in one list at most.
type Recent[T any, P linked[T]] struct {
	newest, oldest *T
	length         int
}

// Len returns how many elements there are.
func (r *Recent[T, P]) Len() int { return r.length }

// Newest returns the element that was used last, or nil.
func (r *Recent[T, P]) Newest() *T { return r.newest }

// Oldest returns the element whose use is the longest time ago, or nil.
func (r *Recent[T, P]) Oldest() *T { return r.oldest }

// Older returns the element that was used before e, or nil.
func (r *Recent[T, P]) Older(e *T) *T { return P(e).link().older }

// Newer returns the element that was used after e, or nil.
func (r *Recent[T, P]) Newer(e *T) *T { return P(e).link().newer }

// Add adds an element that is not in the list, as the newest.
func (r *Recent[T, P]) Add(e *T) {
	P(e).link().older = r.newest
	if r.newest != nil {
		P(r.newest).link().newer = e
	} else {
		r.oldest = e
	}
	r.newest = e
	r.length++
}

// Remove takes an element out of the list that it is in.
func (r *Recent[T, P]) Remove(e *T) {
	l := P(e).link()
	if l.newer != nil {
		P(l.newer).link().older = l.older
	} else {
		r.newest = l.older
	}
	if l.older != nil {
		P(l.older).link().newer = l.newer
	} else {
		r.oldest = l.newer
	}
	*l = Link[T]{}
	r.length--
}

// Use makes an element of the list the newest.
func (r *Recent[T, P]) Use(e *T) {
	if e != r.newest {
		r.Remove(e)
		r.Add(e)
	}
}

// A Place is that of an element in a [Heap]. The element embeds it.
type Place struct{ index int }

func (p *Place) place() *Place { return p }

type ranked[T any] interface {
	*T
	place() *Place
	Before(*T) bool // whether it is dropped before the other; the same until Fix is told
}

// A Heap has elements of which the first is known. Its zero value is empty. An element is in one heap at most.
type Heap[T any, P ranked[T]] struct{ elements elements[T, P] }

// Len returns how many elements there are.
func (h *Heap[T, P]) Len() int { return len(h.elements) }

// First returns the element that no other is before, or nil.
func (h *Heap[T, P]) First() *T {
	if len(h.elements) == 0 {
		return nil
	}
	return h.elements[0]
}

// All returns the elements, in no order. The heap must not change while they are used.
func (h *Heap[T, P]) All() []*T { return h.elements }

// Add adds an element that is not in the heap.
func (h *Heap[T, P]) Add(e *T) { heap.Push(&h.elements, e) }

// Remove takes an element out of the heap that it is in.
func (h *Heap[T, P]) Remove(e *T) { heap.Remove(&h.elements, P(e).place().index) }

// Fix puts an element whose rank has changed where it belongs.
func (h *Heap[T, P]) Fix(e *T) { heap.Fix(&h.elements, P(e).place().index) }

// elements are what container/heap works on.
type elements[T any, P ranked[T]] []*T

func (e elements[T, P]) Len() int           { return len(e) }
func (e elements[T, P]) Less(i, j int) bool { return P(e[i]).Before(e[j]) }

func (e elements[T, P]) Swap(i, j int) {
	e[i], e[j] = e[j], e[i]
	P(e[i]).place().index, P(e[j]).place().index = i, j
}

func (e *elements[T, P]) Push(x any) {
	added := x.(*T)
	P(added).place().index = len(*e)
	*e = append(*e, added)
}

func (e *elements[T, P]) Pop() any {
	last := len(*e) - 1
	removed := (*e)[last]
	(*e)[last] = nil
	*e = (*e)[:last]
	return removed
}
