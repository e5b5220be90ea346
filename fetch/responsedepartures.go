package fetch

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// ambiguity names the first of some headers that a response has with different
// values.
func ambiguity(names []string, headers safelist.HeaderList) error {
	for _, name := range names {
		values := headers.Values(name)
		if !fold.Equal(name, "Location") && len(values) > 0 {
			values, _ = headervalue.GetDecodeAndSplit(headers, name)
		}
		for _, value := range values {
			if value != values[0] {
				return fmt.Errorf("fetch: the response has %s with the values %s and %s, of which there may be one", name, quote(values[0]), quote(value))
			}
		}
	}
	return nil
}

// isUnambiguous tells whether a name is among those that ambiguity looks for.
func isUnambiguous(names []string, name string) bool {
	return fold.Listed(name, names)
}

// replaceNotUTF8 replaces what is no UTF-8 in header values by U+FFFD, byte by
// byte.
func replaceNotUTF8(list safelist.HeaderList) safelist.HeaderList {
	var changed safelist.HeaderList
	for i, h := range list {
		if utf8.ValidString(h.Value) {
			continue
		}
		if changed == nil {
			changed = slices.Clone(list)
		}
		changed[i].Value = string([]rune(h.Value))
	}
	if changed == nil {
		return list
	}
	return changed
}

// endsInBlank tells whether a header's name had a blank before the colon. It is not
// a header name then.
//
// https://fetch.spec.whatwg.org/#header-name
func endsInBlank(name string) bool {
	return name != "" && (name[len(name)-1] == ' ' || name[len(name)-1] == '\t')
}

// withoutNameBlanks takes the blanks off the ends of names.
func withoutNameBlanks(list safelist.HeaderList) safelist.HeaderList {
	var changed safelist.HeaderList
	for i, h := range list {
		if !endsInBlank(h.Name) {
			continue
		}
		if changed == nil {
			changed = slices.Clone(list)
		}
		changed[i].Name = strings.TrimRight(h.Name, " \t")
	}
	if changed == nil {
		return list
	}
	return changed
}

// responseRules are [rules.Response] with what follows from them.
type responseRules rules.Response

// receive is the headers of a response as the profile has them read.
func (rules *responseRules) receive(in *NetworkResponse) (safelist.HeaderList, error) {
	if len(rules.FirstOnly) == 0 && !rules.SkipEmpty && !rules.TightType && len(rules.FeedJoined) == 0 && rules.HTTP2Header == "" {
		return in.Headers, nil
	}
	j := headerJoin{list: make(safelist.HeaderList, 0, len(in.Headers)+1)}
	for _, h := range in.Headers {
		i := j.first(h.Name)
		switch {
		case i < 0:
			j.list = append(j.list, h)
		case fold.Listed(h.Name, rules.FirstOnly):
			if fold.Listed(h.Name, rules.SameOnly) && j.list[i].Value != h.Value {
				return nil, fmt.Errorf("fetch: the response has two values for %s, %s and %s", h.Name, quote(j.list[i].Value), quote(h.Value))
			}
		case rules.SkipEmpty && fold.Listed(h.Name, rules.KeepEmpty):
			j.join(i, ", ", h.Value)
		case rules.SkipEmpty && j.list[i].Value == "":
			j.list[i].Value = h.Value
		case rules.TightType && fold.Equal(h.Name, "Content-Type"):
			j.join(i, ",", h.Value)
		case rules.SkipEmpty && h.Value == "":
		case fold.Listed(h.Name, rules.FeedJoined):
			j.join(i, "\n", h.Value)
		default:
			j.list = append(j.list, h)
		}
	}
	list := j.done()
	for _, name := range rules.KeepEmpty {
		if i := j.first(name); i >= 0 { // an empty last value leaves a blank, which is no part of a header's value
			list[i].Value = grammar.NormalizeHeaderValue(list[i].Value)
		}
	}
	if in.HTTP2 && rules.HTTP2Header != "" {
		add(&list, rules.HTTP2Header, "h2")
	}
	return list, nil
}
