package safelist

import (
	"slices"

	"github.com/browsercors/browsercors/internal/fold"
)

const exposeHeaders = "Access-Control-Expose-Headers"

var (
	safelistedResponseHeaderNames = [...]string{
		"Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified", "Pragma",
	}
	forbiddenResponseHeaderNames = [...]string{"Set-Cookie", "Set-Cookie2"}
)

// IsForbiddenResponseHeaderName reports whether name is Set-Cookie or Set-Cookie2, which script never sees.
//
// https://fetch.spec.whatwg.org/#forbidden-response-header-name
func IsForbiddenResponseHeaderName(name string) bool {
	return fold.Listed(name, forbiddenResponseHeaderNames[:])
}

// IsSafelistedResponseHeaderName reports whether name is a CORS-safelisted response-header name given exposed, the
// response's CORS-exposed header-name list. It looks through the list; for a whole response use [Rules.FilterResponse].
//
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
func (r *Rules) IsSafelistedResponseHeaderName(name string, exposed []string) bool {
	return r.isAlwaysExposed(name) || !IsForbiddenResponseHeaderName(name) && fold.Listed(name, exposed)
}

func (r *Rules) isAlwaysExposed(name string) bool {
	return fold.Listed(name, safelistedResponseHeaderNames[:]) ||
		r != nil && fold.Listed(name, r.ExtraExposed) && !IsForbiddenResponseHeaderName(name)
}

// FilterResponse returns the headers of l that a CORS filtered response keeps, in a new list: those whose names are
// CORS-safelisted response-header names given exposed. Its time grows with len(l) + len(exposed), whatever a server
// puts into either.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
func (r *Rules) FilterResponse(l HeaderList, exposed []string) HeaderList {
	visible := r.Exposure(exposed)
	var kept HeaderList
	for _, h := range l {
		if visible.Has(h.Name) {
			kept = append(kept, h)
		}
	}
	return kept
}

// An Exposure is the CORS-safelisted response-header names given a list of exposed ones, for many look-ups: the time
// of one does not grow with the list. It is immutable.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
type Exposure struct {
	rules   *Rules
	exposed fold.Set
}

// Exposure returns the exposure of a list of names, which it keeps.
func (r *Rules) Exposure(exposed []string) Exposure { return Exposure{r, fold.NewSet(exposed)} }

// Has reports whether name is one of the names.
func (e *Exposure) Has(name string) bool {
	return e.rules.isAlwaysExposed(name) || !IsForbiddenResponseHeaderName(name) && e.exposed.Has(name)
}

// ExposedNames returns the names that Access-Control-Expose-Headers in l lists, as they are spelled there. All is true
// when the list has a `*` that counts, because the request's credentials mode is not "include": then the CORS-exposed
// header-name list is every name of the response, [HeaderList.Names]. Otherwise a `*` among names is a name like
// any other.
//
// The error is a *[ValueError] when the header does not parse; the Standard then exposes nothing more than the
// safelisted names.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (r *Rules) ExposedNames(l HeaderList, includeCredentials bool) (names []string, all bool, err error) {
	r = r.orStandard()
	names, _, err = l.ExtractValues(exposeHeaders) // 14.1.1.
	switch {
	case err == nil:
		if r.ExposeEmptyMembers == RejectEmptyMembers {
			if err := rejectEmptyMembers(l); err != nil {
				return nil, false, err
			}
		}
		if !includeCredentials && slices.Contains(names, "*") {
			return nil, true, nil // 14.1.2.
		}
		if len(r.WildcardStillExposes) > 0 && slices.Contains(names, "*") {
			names = append(slices.Clip(names), r.WildcardStillExposes...)
		}
		return names, false, nil // 14.1.3.
	case r.ExposeWildcardBeforeBadToken && !includeCredentials && hasWildcardBeforeBadToken(l):
		return nil, true, nil
	}
	return nil, false, err
}

func rejectEmptyMembers(l HeaderList) error {
	for _, h := range l {
		if !EqualFold(h.Name, exposeHeaders) {
			continue
		}
		for member := range splitPlain(h.Value) {
			if member == "" {
				return &ValueError{h.Name, h.Value, "a list with an empty member"}
			}
		}
	}
	return nil
}

func hasWildcardBeforeBadToken(l HeaderList) bool {
	for _, h := range l {
		if !EqualFold(h.Name, exposeHeaders) {
			continue
		}
		for member := range splitPlain(h.Value) {
			switch {
			case member == "*":
				return true
			case member != "" && !IsHeaderName(member):
				return false
			}
		}
	}
	return false
}

// SafelistedResponseHeaderNames returns the names that script may see in every CORS response, in a slice of the
// caller's own.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
func SafelistedResponseHeaderNames() []string { return slices.Clone(safelistedResponseHeaderNames[:]) }

// ForbiddenResponseHeaderNames returns the forbidden response-header names in a slice of the caller's own.
//
// https://fetch.spec.whatwg.org/#forbidden-response-header-name
func ForbiddenResponseHeaderNames() []string { return slices.Clone(forbiddenResponseHeaderNames[:]) }
