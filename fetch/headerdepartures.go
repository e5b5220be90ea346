package fetch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// headerRules are [rules.Headers] with what follows from them.
type headerRules rules.Headers

// merge leaves out of a list the values that are not sent.
func (rules *headerRules) merge(list safelist.HeaderList) safelist.HeaderList {
	merged := list[:0]
	var index fold.Index
	var room [4]int
	at := func(i int) string { return merged[i].Name }
	for _, h := range list {
		i := index.First(len(merged), at, h.Name)
		switch empty := rules.LastAfterEmpty && h.Value == ""; {
		case i < 0:
		case fold.Listed(h.Name, rules.FirstOnly):
			if empty {
				merged[i].Value = ""
			}
			continue
		case empty, fold.Listed(h.Name, rules.LastOnly),
			rules.LastAfterEmpty && merged[i].Value == "" && !fold.Listed(h.Name, rules.JoinEmpty):
			for _, other := range index.Find(room[:0], len(merged), at, h.Name)[1:] {
				merged[other] = safelist.Header{} // keeps its place for now, without a name
			}
			index.Keep(1, h.Name)
			merged[i] = h
			continue
		}
		merged = append(merged, h)
	}
	return slices.DeleteFunc(merged, func(h safelist.Header) bool { return h.Name == "" })
}

// respell gives headers the spelling of their names that is listed.
func respell(list safelist.HeaderList, spellings []string) {
	if len(spellings) == 0 {
		return
	}
	for i := range list {
		for _, spelling := range spellings {
			if fold.Equal(list[i].Name, spelling) {
				list[i].Name = spelling
				break
			}
		}
	}
}

// inUTF8 takes header values for U+0000 to U+00FF and encodes them as UTF-8.
func inUTF8(headers safelist.HeaderList) {
	for i := range headers {
		headers[i].Value = isomorphic.Decode(headers[i].Value)
	}
}

// hasBody tells whether the request has a body, or one that the profile does not
// take for none.
func (f *fetching) hasBody() bool {
	r, b := f.request, f.request.body
	if b == nil || b.length != 0 || !f.agent.profile.Headers.EmptyIsNone {
		return b != nil
	}
	return b.kind == bodyText && !(r.api == apiXHR && (r.usePreflight || strings.HasPrefix(b.contentType, formType)))
}

// dropsCacheHeaders tells whether the profile leaves out the headers of the
// cache mode.
func (f *fetching) dropsCacheHeaders() bool {
	return f.agent.profile.Redirect.NoCacheHeadersAcrossOrigins && f.request.mode == CORS && f.request.justCrossed()
}

// rewriteRange gives a Range its plainest form, if it is read as one range of
// bytes: without blanks, empty members, signs and leading zeros, and without an
// end of -1. It tells whether it is.
func rewriteRange(headers *safelist.HeaderList) bool {
	value, ok := headers.Get("Range")
	if !ok {
		return false
	}
	unit, set, ok := strings.Cut(value, "=")
	if !ok || !fold.Equal(strings.Trim(unit, " \t"), "bytes") {
		return false
	}
	plain := ""
	for member := range strings.SplitSeq(set, ",") {
		if member = strings.Trim(member, " \t"); member == "" {
			continue
		}
		if plain != "" {
			return false // two ranges
		}
		if plain, ok = plainRange(member); !ok {
			return false
		}
	}
	if plain == "" {
		return false
	}
	for i := range *headers {
		if h := &(*headers)[i]; fold.Equal(h.Name, rangeHeader) {
			*h = safelist.Header{Name: rangeHeader, Value: "bytes=" + plain}
		}
	}
	return true
}

// plainRange is one range of bytes in its plainest form.
func plainRange(member string) (string, bool) {
	start, end, ok := strings.Cut(member, "-")
	start, end = strings.Trim(start, " \t"), strings.Trim(end, " \t")
	if !ok {
		return "", false
	}
	var first, last int64
	var err error
	if start != "" {
		if first, err = strconv.ParseInt(start, 10, 64); err != nil {
			return "", false
		}
	}
	if end != "" {
		if last, err = strconv.ParseInt(end, 10, 64); err != nil {
			return "", false
		}
	}
	switch {
	case start == "":
		return "-" + strconv.FormatInt(last, 10), last > 0
	case end == "" || last == -1:
		return strconv.FormatInt(first, 10) + "-", true
	}
	return strconv.FormatInt(first, 10) + "-" + strconv.FormatInt(last, 10), first <= last
}
