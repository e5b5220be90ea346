package fetch

import (
	"iter"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/safelist"
)

// HeaderList is a header list that keeps order, case and repetition.
type HeaderList = safelist.HeaderList

// A headersGuard limits what may be done to [Headers].
//
// https://fetch.spec.whatwg.org/#headers-guard
type headersGuard uint8

const (
	guardNone headersGuard = iota
	guardImmutable
	guardRequest
	guardRequestNoCORS
	guardResponse
)

// Headers is the Fetch API's Headers class. The zero value is empty and may be
// changed freely (guard "none"). The headers of a [Response] of the network
// can't be changed; only they are safe for concurrent use. Where the Standard
// throws, a method returns an error; where the Standard ignores a change, the
// method does too.
//
// https://fetch.spec.whatwg.org/#headers-class
type Headers struct {
	list  HeaderList
	guard headersGuard
	rules *safelist.Rules
	long  *longHeaders // of a list that is long, while it is changed
}

// longHeaders lets a change to a long list take no longer than one to a short
// list. What is deleted keeps its place in the list, without a name, until
// somebody asks for the list.
type longHeaders struct {
	index fold.Index
	holes int
}

// index is that of a list which is long, or nil.
func (h *Headers) index() *longHeaders {
	const long = 16
	if h.long == nil && len(h.list) > long {
		h.long = new(longHeaders)
	}
	return h.long
}

// places are where the headers of a name stand in a long list.
func (h *Headers) places(name string) []int {
	return h.long.index.Find(nil, len(h.list), h.nameAt, name)
}

func (h *Headers) nameAt(i int) string { return h.list[i].Name }

// live is the list as it stands. A change after it may be one in place.
func (h *Headers) live() HeaderList {
	if h.long != nil && h.long.holes > 0 {
		h.list = slices.DeleteFunc(h.list, func(header safelist.Header) bool { return header.Name == "" })
		h.long = nil
	}
	return h.list
}

// append, delete and set are those of header lists.
//
// https://fetch.spec.whatwg.org/#concept-header-list-append
func (h *Headers) append(name, value string) {
	long := h.index()
	if long == nil {
		h.list.Append(name, value)
		return
	}
	if i := long.index.First(len(h.list), h.nameAt, name); i >= 0 {
		name = h.list[i].Name
	}
	h.list = append(h.list, safelist.Header{Name: name, Value: value})
}

// https://fetch.spec.whatwg.org/#concept-header-list-delete
func (h *Headers) delete(name string) {
	if h.index() == nil {
		h.list.Delete(name)
		return
	}
	h.empty(h.places(name))
	h.long.index.Keep(0, name)
}

// empty makes holes.
func (h *Headers) empty(places []int) {
	for _, i := range places {
		h.list[i] = safelist.Header{}
	}
	h.long.holes += len(places)
}

// https://fetch.spec.whatwg.org/#concept-header-list-set
func (h *Headers) set(name, value string) {
	if h.index() == nil {
		h.list.Set(name, value)
		return
	}
	places := h.places(name)
	if len(places) == 0 {
		h.list = append(h.list, safelist.Header{Name: name, Value: value})
		return
	}
	h.list[places[0]].Value = value
	if len(places) > 1 {
		h.empty(places[1:])
		h.long.index.Keep(1, name)
	}
}

// contains is that of header lists.
//
// https://fetch.spec.whatwg.org/#header-list-contains
func (h *Headers) contains(name string) bool {
	if h.long == nil {
		return h.list.Contains(name)
	}
	return h.long.index.First(len(h.list), h.nameAt, name) >= 0
}

// NewRequestHeaders returns the headers of a Request object with this mode,
// filled from a list. Headers that script may not set in this mode are left
// out. If a name or value is malformed, it returns an [*Error]. A nil profile
// is [Standard].
//
// https://fetch.spec.whatwg.org/#dom-request-headers
func NewRequestHeaders(mode Mode, list HeaderList, p *Profile) (*Headers, error) {
	guard := guardRequest
	if mode == NoCORS {
		guard = guardRequestNoCORS
	}
	if p == nil {
		p = Standard()
	}
	return newHeaders(guard, list, &p.Safelist)
}

// newHeaders makes headers with a guard and fills them with a copy of a list.
// Nil rules are the Standard's.
//
// https://fetch.spec.whatwg.org/#concept-headers-fill
func newHeaders(guard headersGuard, list HeaderList, rules *safelist.Rules) (*Headers, error) {
	if guard == guardImmutable {
		return &Headers{list: append(HeaderList(nil), list...), guard: guard, rules: rules}, nil
	}
	h := &Headers{list: make(HeaderList, 0, len(list)), guard: guard, rules: rules}
	for _, header := range list {
		if err := h.Append(header.Name, header.Value); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// validate tells whether a header may be written; an error where the Standard
// throws a TypeError.
//
// https://fetch.spec.whatwg.org/#headers-validate
func (h *Headers) validate(name, value string) (bool, error) {
	switch {
	// 1. Neither name nor value may be malformed.
	case !grammar.IsHeaderName(name):
		return false, &Error{Reason: InvalidHeaderName, Stage: stageConstruct, Header: "name", Value: name}
	case !grammar.IsHeaderValue(value):
		return false, &Error{Reason: InvalidHeaderValue, Stage: stageConstruct, Header: name, Value: presentable(name, value)}
	// 2. Nothing changes what the network made.
	case h.guard == guardImmutable:
		return false, &Error{Reason: immutableHeaders, Stage: stageConstruct, Header: name, Value: presentable(name, value)}
	// 3. A request has headers that are the browser's alone.
	case h.guard == guardRequest && h.rules.IsForbiddenRequestHeader(name, value):
		return false, nil
	// 4. Script sees and sets no Set-Cookie.
	case h.guard == guardResponse && headername.IsForbiddenResponse(name):
		return false, nil
	}
	// 5. It may be written.
	return true, nil
}

// Append adds a header.
//
// https://fetch.spec.whatwg.org/#concept-headers-append
func (h *Headers) Append(name, value string) error {
	// 1. No blanks around the value.
	value = grammar.NormalizeHeaderValue(value)
	// 2. It must be one that script may write.
	if ok, err := h.validate(name, value); !ok {
		return err
	}
	// 3. In mode no-cors only if it is safelisted with what is there already.
	if h.guard == guardRequestNoCORS {
		combined, ok := h.list.Get(name)
		if ok {
			combined += ", " + value
		} else {
			combined = value
		}
		if !h.rules.IsNoCORSSafelistedRequestHeader(name, combined) {
			return nil
		}
	}
	// 4. Append it.
	h.append(name, value)
	// 5. What only the browser may have set goes.
	h.removePrivileged()
	return nil
}

// Delete removes all headers with a name.
//
// https://fetch.spec.whatwg.org/#dom-headers-delete
func (h *Headers) Delete(name string) error {
	// 1. It must be one that script may write.
	if ok, err := h.validate(name, ""); !ok {
		return err
	}
	// 2. In mode no-cors only a few can be there.
	if h.guard == guardRequestNoCORS && !headername.IsNoCORSSafelisted(name) &&
		!headername.IsPrivilegedNoCORS(name) {
		return nil
	}
	// 3. It isn't there.
	if !h.contains(name) {
		return nil
	}
	// 4. Delete it.
	h.delete(name)
	// 5. What only the browser may have set goes.
	h.removePrivileged()
	return nil
}

// Set replaces all headers with a name by one.
//
// https://fetch.spec.whatwg.org/#dom-headers-set
func (h *Headers) Set(name, value string) error {
	// 1. No blanks around the value.
	value = grammar.NormalizeHeaderValue(value)
	// 2. It must be one that script may write.
	if ok, err := h.validate(name, value); !ok {
		return err
	}
	// 3. In mode no-cors only if it is safelisted.
	if h.guard == guardRequestNoCORS && !h.rules.IsNoCORSSafelistedRequestHeader(name, value) {
		return nil
	}
	// 4. Set it.
	h.set(name, value)
	// 5. What only the browser may have set goes.
	h.removePrivileged()
	return nil
}

// removePrivileged removes what only privileged code may set, because script
// has just changed the headers.
//
// https://fetch.spec.whatwg.org/#concept-headers-remove-privileged-no-cors-request-headers
func (h *Headers) removePrivileged() {
	if h.guard != guardRequestNoCORS {
		return
	}
	for _, header := range h.list {
		if headername.IsPrivilegedNoCORS(header.Name) {
			h.delete(header.Name)
			return
		}
	}
}

// Get returns the combined value of all headers with a name, and whether there
// are any. It is for Go code and never fails. For script's get() and has(), use
// [Headers.Lookup].
//
// https://fetch.spec.whatwg.org/#concept-header-list-get
func (h *Headers) Get(name string) (string, bool) {
	switch {
	case h == nil:
		return "", false
	case h.long == nil:
		return h.list.Get(name)
	}
	var values []string
	for _, i := range h.places(name) {
		values = append(values, h.list[i].Value)
	}
	return strings.Join(values, ", "), len(values) > 0
}

// Lookup implements script's get() and has(): it returns the combined value of
// all headers with a name, and whether there are any. If name is not a header
// name, it returns an [*Error] with [InvalidHeaderName], where script gets a
// TypeError.
//
// https://fetch.spec.whatwg.org/#dom-headers-get
// https://fetch.spec.whatwg.org/#dom-headers-has
func (h *Headers) Lookup(name string) (value string, ok bool, err error) {
	// 1. It must be a header name.
	if !grammar.IsHeaderName(name) {
		return "", false, &Error{Reason: InvalidHeaderName, Stage: stageConstruct, Header: "name", Value: name}
	}
	// 2. Look it up.
	value, ok = h.Get(name)
	return value, ok, nil
}

// GetSetCookie returns the values of the Set-Cookie headers one by one.
//
// https://fetch.spec.whatwg.org/#dom-headers-getsetcookie
func (h *Headers) GetSetCookie() []string {
	if h == nil {
		return nil
	}
	return h.list.Values("Set-Cookie")
}

// Has reports whether there is a header with a name. Like [Headers.Get] it is
// for Go code.
//
// https://fetch.spec.whatwg.org/#header-list-contains
func (h *Headers) Has(name string) bool { return h != nil && h.contains(name) }

// All iterates over the headers as script does: sorted by lower-case name, with
// combined values.
//
// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
func (h *Headers) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		if h == nil {
			return
		}
		for _, header := range sortAndCombine(h.live()) {
			if !yield(header.Name, header.Value) {
				return
			}
		}
	}
}

// sortAndCombine returns a new list with the names of l byte-lowercased and sorted, each once with the combined value;
// the values of Set-Cookie stay apart. This is what script sees when it walks through a Headers object.
//
// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
func sortAndCombine(l HeaderList) HeaderList {
	if len(l) == 0 {
		return nil
	}
	sorted := make(HeaderList, len(l))
	for i, h := range l {
		sorted[i] = safelist.Header{Name: fold.Lower(h.Name), Value: h.Value}
	}
	slices.SortStableFunc(sorted, func(a, b safelist.Header) int { return strings.Compare(a.Name, b.Name) })
	headers := sorted[:0]
	for rest := sorted; len(rest) > 0; {
		name, n := rest[0].Name, 1
		if name != "set-cookie" {
			for n < len(rest) && rest[n].Name == name {
				n++
			}
		}
		value, _ := rest[:n].Get(name)
		headers, rest = append(headers, safelist.Header{Name: name, Value: value}), rest[n:]
	}
	return headers
}

// List returns a copy of the header list in its order.
func (h *Headers) List() HeaderList {
	if h == nil {
		return nil
	}
	return append(HeaderList(nil), h.live()...)
}
