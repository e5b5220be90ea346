// Package evict is for tables with a limit. It keeps their elements in the order in which they are dropped: a [Recent]
// list by when they were last used, a [Heap] by a rank of their own. An element is where it is stored, so that no
// order allocates anything for it. Nothing here may be used concurrently.
package evict

import "container/heap"

// A Link is the place of an element in a [Recent] list. The element has it.
type Link[T any] struct{ newer, older *T }

// A Linked says where elements have their links.
type Linked[T any] interface {
	Link(e *T) *Link[T]
}

// A Recent list has elements in the order of their use. Its zero value is empty. An element is in one list at most.
type Recent[T any, L Linked[T]] struct {
	linked         L
	newest, oldest *T
	length         int
}

// Len returns how many elements there are.
func (r *Recent[T, L]) Len() int { return r.length }

// Newest returns the element that was used last, or nil.
func (r *Recent[T, L]) Newest() *T { return r.newest }

// Oldest returns the element whose use is the longest time ago, or nil.
func (r *Recent[T, L]) Oldest() *T { return r.oldest }

// Older returns the element that was used before e, or nil.
func (r *Recent[T, L]) Older(e *T) *T { return r.linked.Link(e).older }

// Newer returns the element that was used after e, or nil.
func (r *Recent[T, L]) Newer(e *T) *T { return r.linked.Link(e).newer }

// Add adds an element that is not in the list, as the newest.
func (r *Recent[T, L]) Add(e *T) {
	r.linked.Link(e).older = r.newest
	if r.newest != nil {
		r.linked.Link(r.newest).newer = e
	} else {
		r.oldest = e
	}
	r.newest = e
	r.length++
}

// Remove takes an element out of the list that it is in.
func (r *Recent[T, L]) Remove(e *T) {
	l := r.linked.Link(e)
	if l.newer != nil {
		r.linked.Link(l.newer).older = l.older
	} else {
		r.newest = l.older
	}
	if l.older != nil {
		r.linked.Link(l.older).newer = l.newer
	} else {
		r.oldest = l.newer
	}
	*l = Link[T]{}
	r.length--
}

// Use makes an element of the list the newest.
func (r *Recent[T, L]) Use(e *T) {
	if e != r.newest {
		r.Remove(e)
		r.Add(e)
	}
}

// A Place is that of an element in a [Heap]. The element has it.
type Place struct{ index int }

// A Ranked says where elements have their places, and whether one is dropped before another: the same until Fix is
// told.
type Ranked[T any] interface {
	Place(e *T) *Place
	Before(a, b *T) bool
}

// A Heap has elements of which the first is known. Its zero value is empty. An element is in one heap at most.
type Heap[T any, R Ranked[T]] struct{ elements elements[T, R] }

// Len returns how many elements there are.
func (h *Heap[T, R]) Len() int { return len(h.elements.all) }

// First returns the element that no other is before, or nil.
func (h *Heap[T, R]) First() *T {
	if len(h.elements.all) == 0 {
		return nil
	}
	return h.elements.all[0]
}

// All returns the elements, in no order. The heap must not change while they are used.
func (h *Heap[T, R]) All() []*T { return h.elements.all }

// Add adds an element that is not in the heap.
func (h *Heap[T, R]) Add(e *T) { heap.Push(&h.elements, e) }

// Remove takes an element out of the heap that it is in.
func (h *Heap[T, R]) Remove(e *T) { heap.Remove(&h.elements, h.elements.ranked.Place(e).index) }

// Fix puts an element whose rank has changed where it belongs.
func (h *Heap[T, R]) Fix(e *T) { heap.Fix(&h.elements, h.elements.ranked.Place(e).index) }

// elements are what container/heap works on.
type elements[T any, R Ranked[T]] struct {
	ranked R
	all    []*T
}

func (e *elements[T, R]) Len() int           { return len(e.all) }
func (e *elements[T, R]) Less(i, j int) bool { return e.ranked.Before(e.all[i], e.all[j]) }

func (e *elements[T, R]) Swap(i, j int) {
	e.all[i], e.all[j] = e.all[j], e.all[i]
	e.ranked.Place(e.all[i]).index, e.ranked.Place(e.all[j]).index = i, j
}

func (e *elements[T, R]) Push(x any) {
	added := x.(*T)
	e.ranked.Place(added).index = len(e.all)
	e.all = append(e.all, added)
}

func (e *elements[T, R]) Pop() any {
	last := len(e.all) - 1
	removed := e.all[last]
	e.all[last] = nil
	e.all = e.all[:last]
	return removed
}
