package origin

import (
	"errors"
	"slices"
)

// Schemes are custom URL schemes that have tuple origins. A desktop shell that serves its pages from
// "wails://wails/" registers "wails"; its pages then have the origin "wails://wails" instead of an
// opaque one. Make one with [NewSchemes]. A nil *Schemes has no custom schemes.
//
// In all other respects, a URL with such a scheme remains one that is not special: its host is opaque
// and has no registrable domain, and it has no default port. A URL without a host, such as "app:x" or
// "app:///x", still has an opaque origin.
type Schemes struct {
	names []string
}

// unregistrable are schemes whose URLs have no authority of their own.
var unregistrable = []string{"about", "blob", "data", "filesystem", "javascript", "mailto", "tel", "urn", "view-source"}

// NewSchemes registers custom schemes, each in lower case and without a colon. It returns an error for
// names that are not schemes, for special schemes such as https, whose origins the Standard defines, and
// for schemes whose URLs have no host, such as data. The error joins one [*ParseError] for each such
// name.
func NewSchemes(names ...string) (*Schemes, error) {
	var errs []error
	for _, name := range names {
		if rule := schemeRule(name); rule != "" {
			errs = append(errs, &ParseError{What: "scheme", Value: name, Rule: rule})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Schemes{names: slices.Compact(slices.Sorted(slices.Values(names)))}, nil
}

// schemeRule returns the rule that keeps a name from being registered.
func schemeRule(name string) string {
	scheme, rest, ok := cutScheme(name + ":")
	switch {
	case name == "":
		return "empty"
	case !ok || rest != "":
		return "not a scheme: a letter, then letters, digits, \"+\", \"-\" or \".\", without the colon"
	case scheme != name:
		return "not in lower case"
	case isSpecial(name):
		return "a special scheme has its origin by the URL Standard"
	case slices.Contains(unregistrable, name):
		return "URLs of this scheme have no authority to make an origin of"
	}
	return ""
}

// has reports whether scheme is registered.
func (s *Schemes) has(scheme string) bool {
	if s == nil {
		return false
	}
	_, found := slices.BinarySearch(s.names, scheme)
	return found
}
