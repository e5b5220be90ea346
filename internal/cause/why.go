package cause

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/safelist"
)

// WhyPreflight says in a sentence why browsers send a preflight for a request with
// a method and with these CORS-unsafe request-header names. forced is the
// use-CORS-preflight flag, as far as it is known.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func WhyPreflight(method string, names []string, forced bool) string {
	note := ""
	if safelist.IsSafelistedMethod(method) && !forced && len(names) == 1 && strings.EqualFold(names[0], "content-type") {
		note = " Only the types text/plain, multipart/form-data and application/x-www-form-urlencoded need none."
	}
	return "The browser sends a preflight first because " + PreflightReasons(method, names, forced) + "." + note
}

// PreflightReasons is WhyPreflight as part of a sentence.
func PreflightReasons(method string, names []string, forced bool) string {
	var reasons []string
	if !safelist.IsSafelistedMethod(method) {
		reasons = append(reasons, "its method is "+show(method))
	}
	switch list := show(strings.Join(names, ", ")); len(names) {
	case 0:
	case 1:
		reasons = append(reasons, "it has the header "+list)
	default:
		reasons = append(reasons, "it has the headers "+list)
	}
	if forced || reasons == nil {
		reasons = append(reasons, "script listens to the progress of the upload, or its body is a stream")
	}
	return strings.Join(reasons, " and ")
}

// UnsafeNames are the names that a preflight asks for.
func UnsafeNames(c *safelist.Classification) []string {
	var names []string
	for _, h := range c.Headers {
		if h.Verdict != "safelisted" {
			names = append(names, strings.ToLower(h.Name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
