package safelist

import (
	"slices"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/rules"
)

const exposeHeaders = "Access-Control-Expose-Headers"

var (
	safelistedResponseHeaderNames = [...]string{
		"Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified", "Pragma",
	}
)

func (r *Rules) isAlwaysExposed(name string) bool {
	return fold.Listed(name, safelistedResponseHeaderNames[:]) ||
		r != nil && fold.Listed(name, r.ExtraExposed) && !headername.IsForbiddenResponse(name)
}

// An Exposure tells which headers of a response script can read. The time of a look-up does not grow with
// the number of exposed names. An Exposure is safe for concurrent use.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
type Exposure struct {
	rules   *Rules
	exposed fold.Set
}

// Exposure returns the exposure that a response's exposed names result in. exposed is the result of
// [Rules.ExposedNames] and must not be changed afterwards.
func (r *Rules) Exposure(exposed []string) Exposure { return Exposure{r, fold.NewSet(exposed)} }

// Has reports whether script can read a header with the name: if the name is exposed, or is one of those
// that script can always read, such as Content-Type. Script can never read Set-Cookie.
func (e *Exposure) Has(name string) bool {
	return e.rules.isAlwaysExposed(name) || !headername.IsForbiddenResponse(name) && e.exposed.Has(name)
}

// ExposedNames returns the names that the Access-Control-Expose-Headers of a response lists, as they are
// spelled there.
//
// all is true if the list has a "*" that stands for every header: then use the [HeaderList.Names] of the
// response. In a response to a request with credentials, "*" is a name like any other.
//
// The error is a [*ValueError] if the header does not parse. Script can then read only the headers that it
// can always read.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch, step 14.1
func (r *Rules) ExposedNames(l HeaderList, includeCredentials bool) (names []string, all bool, err error) {
	r = r.orStandard()
	names, _, err = l.ExtractValues(exposeHeaders) // 14.1.1. What the server exposes,
	switch {
	case err == nil:
		if r.ExposeEmptyMembers == rules.RejectEmptyMembers {
			if err := rejectEmptyMembers(l); err != nil {
				return nil, false, err
			}
		}
		if !includeCredentials && slices.Contains(names, "*") {
			return nil, true, nil // 14.1.2. which is everything by *, without credentials,
		}
		if len(r.WildcardStillExposes) > 0 && slices.Contains(names, "*") {
			names = append(slices.Clip(names), r.WildcardStillExposes...)
		}
		return names, false, nil // 14.1.3. or what it names.
	case r.ExposeWildcardBeforeBadToken && !includeCredentials && hasWildcardBeforeBadToken(l):
		return nil, true, nil
	}
	return nil, false, err
}

func rejectEmptyMembers(l HeaderList) error {
	for _, h := range l {
		if !fold.Equal(h.Name, exposeHeaders) {
			continue
		}
		for member := range headervalue.Plain(h.Value) {
			if member == "" {
				return &ValueError{h.Name, h.Value, "a list with an empty member"}
			}
		}
	}
	return nil
}

func hasWildcardBeforeBadToken(l HeaderList) bool {
	for _, h := range l {
		if !fold.Equal(h.Name, exposeHeaders) {
			continue
		}
		for member := range headervalue.Plain(h.Value) {
			switch {
			case member == "*":
				return true
			case member != "" && !grammar.IsHeaderName(member):
				return false
			}
		}
	}
	return false
}
