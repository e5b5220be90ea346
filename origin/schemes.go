package origin

import (
	"errors"
	"slices"
)

// Schemes are custom schemes that an embedder gives tuple origins: a desktop shell that serves its
// pages from "wails://wails/" registers "wails", and its pages have the origin "wails://wails"
// instead of an opaque one. In everything else such URLs stay what the URL Standard makes of a scheme
// that isn't special: their hosts are opaque and have no registrable domain, and they have no
// default port. One without a host, such as "app:x" or "app:///x", has an opaque origin still.
//
// Schemes is immutable and safe for concurrent use. The nil pointer has no schemes and is usable.
type Schemes struct {
	names []string
}

// unregistrable are schemes whose URLs have no authority of their own.
var unregistrable = []string{"about", "blob", "data", "filesystem", "javascript", "mailto", "tel", "urn", "view-source"}

// NewSchemes registers names, each in lower case and without a colon. It refuses special schemes,
// which have their origins by the Standard, schemes that can't have one, and what is no scheme; all
// mistakes are reported together, each a [*ParseError].
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
