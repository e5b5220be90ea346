package har

import "slices"

// groups are entries of an archive by what they have in common. A search in one
// takes no longer for the entries that are out of question, however many there
// are.
type groups map[groupKey]*group

// A groupKey is what entries have in common: a URL, and one or two of the others.
type groupKey struct{ url, method, page, asking string }

// A group are entries in the archive's order. Where an entry is gone, left and
// right say where to look on.
type group struct{ at, left, right []int }

// add adds an entry, which comes after those that were added.
func (g groups) add(key groupKey, i int) {
	in := g[key]
	if in == nil {
		in = new(group)
		g[key] = in
	}
	p := len(in.at)
	in.at, in.left, in.right = append(in.at, i), append(in.left, p-1), append(in.right, p+1)
}

// next is the first entry of a group that is not gone, from i on, or -1. What is
// gone once stays so.
func (g groups) next(key groupKey, i int, gone func(int) bool) int {
	in := g[key]
	if in == nil {
		return -1
	}
	p, _ := slices.BinarySearch(in.at, i)
	return in.walk(p, in.right, gone)
}

// last is the last entry of a group that is not gone, up to i, or -1.
func (g groups) last(key groupKey, i int, gone func(int) bool) int {
	in := g[key]
	if in == nil {
		return -1
	}
	p, there := slices.BinarySearch(in.at, i)
	if !there {
		p--
	}
	return in.walk(p, in.left, gone)
}

// walk goes from a place on until an entry is not gone, and shortens the way for
// who comes later.
func (g *group) walk(p int, way []int, gone func(int) bool) int {
	inside := func(p int) bool { return p >= 0 && p < len(g.at) }
	for inside(p) && gone(g.at[p]) {
		if q := way[p]; inside(q) && gone(g.at[q]) {
			way[p] = way[q]
		}
		p = way[p]
	}
	if !inside(p) {
		return -1
	}
	return g.at[p]
}
