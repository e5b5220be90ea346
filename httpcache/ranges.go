package httpcache

import (
	"math"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/byterange"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// part says which bytes of a representation the content of a response is: those from
// start on, of full bytes, or of an unknown number if full is negative.
type part struct{ start, full int64 }

// wanted is the range of bytes that a request asks for. The zero value means all.
type wanted struct {
	byterange.Range
	partial bool
	ifRange string
}

// readRange reads the range that a request asks for. It says why the cache has
// nothing to do with the request.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-14.2
func (q *query) readRange(r *rules.HTTPCache) (why string) {
	l := q.request.Headers
	value, ok := rangeOf(l)
	if !ok {
		return ""
	}
	switch r.Ranges {
	case rules.RangesNotCached:
		if passesByRange(r, l) {
			return "range"
		}
		return ""
	case rules.RangesByValue:
		q.key = q.key.ranged(value)
		return ""
	}
	if q.wanted.Range, q.wanted.partial = byterange.Parse(rules.RangeStandard, value, true); !q.wanted.partial {
		return "range" // several ranges, or other units than bytes
	}
	q.wanted.ifRange, _ = l.Get("If-Range")
	return ""
}

// rangeOf returns the Range of a request.
func rangeOf(l safelist.HeaderList) (string, bool) {
	for i := range l {
		if fold.Equal(l[i].Name, "Range") {
			return l.Get("Range")
		}
	}
	return "", false
}

// passesByRange reports whether a request has nothing to do with the cache because
// of its Range.
func passesByRange(r *rules.HTTPCache, l safelist.HeaderList) bool {
	value, ok := rangeOf(l)
	return ok && r.Ranges == rules.RangesNotCached && value != "bytes=0-"
}

// ranged is the key of requests with a Range where its value is part of the key.
func (k *Key) ranged(value string) *Key { return k.apart("range " + value) }

// apart is the key of a part of the requests of a key.
func (k *Key) apart(what string) *Key {
	own := *k
	own.Part += what
	return &own
}

// within reports whether the content of a response, or a part of it, is what is
// wanted.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3.3
func (w *wanted) within(r *Response) bool {
	whole := r.part == nil
	if !w.partial {
		return whole // A part must not answer a request for the whole.
	}
	if whole && (r.Status != 200 || !w.holds(r)) {
		return true // A range is for 200 responses only, and If-Range may take it back.
	}
	if !w.holds(r) {
		return false
	}
	_, _, ok := w.in(r)
	return ok
}

// in returns which bytes of the representation are wanted, from start up to end,
// exclusive. ok is false if r does not have them.
func (w *wanted) in(r *Response) (start, end int64, ok bool) {
	size := r.content.size()
	first, full := int64(0), size
	if r.part != nil {
		first, full = r.part.start, r.part.full
	}
	start, end = int64(min(w.Start, math.MaxInt64)), math.MaxInt64
	if w.HasEnd && w.End < math.MaxInt64 {
		end = int64(w.End) + 1
	}
	switch {
	case !w.HasStart && full < 0: // The end is not known.
		return 0, 0, false
	case !w.HasStart: // the last bytes
		start, end = full-int64(min(w.End, uint64(full))), full
	case full >= 0:
		end = min(end, full)
	}
	return start, end, start < end && start >= first && end <= first+size
}

// holds reports whether If-Range lets the range count for a response: whether it
// has the strong validator of that response.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
func (w *wanted) holds(r *Response) bool {
	if w.ifRange == "" {
		return true
	}
	if strings.HasPrefix(w.ifRange, `"`) || strings.HasPrefix(w.ifRange, "W/") {
		tag, _ := r.fields.Get("ETag")
		return isStrong(w.ifRange) && tag == w.ifRange
	}
	modified, ok := r.fields.Get("Last-Modified")
	return ok && modified == w.ifRange
}

// cut returns the part of a response that the request asks for.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-15.3.7.1
func (q *query) cut(r *Response) *Response {
	if !q.wanted.partial || r.Status != 200 && r.part == nil || !q.wanted.holds(r) {
		return r
	}
	start, end, _ := q.wanted.in(r)
	return r.cut(start, end)
}

// cut returns the bytes of r from start up to end as a response.
func (r *Response) cut(start, end int64) *Response {
	first, full := int64(0), r.content.size()
	if r.part != nil {
		first, full = r.part.start, r.part.full
		if start == first && end == first+r.content.size() {
			return r
		}
	}
	l := r.Headers()
	l.Set("Content-Range", contentRange(start, end, full))
	l.Set("Content-Length", strconv.FormatInt(end-start, 10))
	return &Response{
		Status: 206, StatusText: "Partial Content", HTTP2: r.HTTP2, rare: r.rare.withoutSearch(), received: r.received,
		key: r.key, fields: fieldsOf(l), variant: r.variant, freshness: r.freshness,
		content: r.content.slice(start-first, end-first), part: &part{start, full}, isCut: true, next: r,
	}
}

// contentRange is the value of Content-Range for a part.
func contentRange(start, end, full int64) string {
	if full < 0 {
		return "bytes " + strconv.FormatInt(start, 10) + "-" + strconv.FormatInt(end-1, 10) + "/*"
	}
	return byterange.BuildContentRange(start, end-1, full)
}

// parseContentRange reads which part of a representation a 206 response holds, and
// how many bytes it has.
//
//	Content-Range = range-unit SP ( range-resp / unsatisfied-range )
//	range-resp    = first-pos "-" last-pos "/" ( complete-length / "*" )
//
// https://www.rfc-editor.org/rfc/rfc9110#section-14.4
func parseContentRange(value string) (p part, size int64, ok bool) {
	if !fold.HasPrefix(value, "bytes ") {
		return p, 0, false
	}
	positions, complete, _ := strings.Cut(value[len("bytes "):], "/")
	first, last, _ := strings.Cut(positions, "-")
	start, ok1 := position(first)
	end, ok2 := position(last)
	p = part{start, -1}
	ok3 := complete == "*"
	if !ok3 {
		p.full, ok3 = position(complete)
		ok3 = ok3 && end < p.full
	}
	return p, end - start + 1, ok1 && ok2 && ok3 && start <= end
}

func position(s string) (int64, bool) {
	if s == "" || grammar.LeadingDigits(s) < len(s) {
		return 0, false
	}
	n, exact := grammar.Decimal(s)
	return int64(n), exact && n < math.MaxInt64
}

// combine joins a new part with one that is stored. They have to share a strong
// validator and to touch. The fields are those of the stored response, updated.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3.4
func combine(stored, newer *Response) (start int64, pieces []content, ok bool) {
	tag, _ := stored.fields.Get("ETag")
	other, _ := newer.fields.Get("ETag")
	if stored.part == nil || stored.part.full != newer.part.full || tag == "" || tag != other || !isStrong(tag) {
		return 0, nil, false
	}
	a, b := stored, newer
	if b.part.start < a.part.start {
		a, b = b, a
	}
	endA, endB := a.part.start+a.content.size(), b.part.start+b.content.size()
	switch {
	case b.part.start > endA: // There is a gap.
		return 0, nil, false
	case endB <= endA: // One holds the other; what is newer counts.
		if b == newer {
			return a.part.start, []content{
				a.content.slice(0, b.part.start-a.part.start), b.content, a.content.slice(endB-a.part.start, a.content.size()),
			}, true
		}
		return a.part.start, []content{a.content}, true
	}
	return a.part.start, []content{a.content.slice(0, b.part.start-a.part.start), b.content}, true
}
