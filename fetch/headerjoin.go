package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/safelist"
)

// A headerJoin makes a header list in which several headers of a name may
// become one. Its time is linear in what it is given, whoever wrote that.
type headerJoin struct {
	list   safelist.HeaderList
	index  fold.Index
	joined map[int]*strings.Builder // the values of those that have become one
}

// first is where the first header of a name stands, or -1.
func (j *headerJoin) first(name string) int {
	return j.index.First(len(j.list), func(i int) string { return j.list[i].Name }, name)
}

// join appends a value to that of the header at i, which is seen only when all
// is done.
func (j *headerJoin) join(i int, separator, value string) {
	b := j.joined[i]
	if b == nil {
		if j.joined == nil {
			j.joined = make(map[int]*strings.Builder)
		}
		b = new(strings.Builder)
		b.WriteString(j.list[i].Value)
		j.joined[i] = b
	}
	b.WriteString(separator)
	b.WriteString(value)
}

// done is the list.
func (j *headerJoin) done() safelist.HeaderList {
	for i, b := range j.joined {
		j.list[i].Value = b.String()
	}
	return j.list
}

// combined is a list whose headers were combined one by one: those of each name
// are one, under the name that came first.
//
// https://fetch.spec.whatwg.org/#concept-header-list-combine
func combined(list safelist.HeaderList) safelist.HeaderList {
	j := headerJoin{list: list[:0]}
	for _, h := range list {
		if i := j.first(h.Name); i >= 0 {
			j.join(i, ", ", h.Value)
		} else {
			j.list = append(j.list, h)
		}
	}
	return j.done()
}
