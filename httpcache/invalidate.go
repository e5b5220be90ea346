package httpcache

import (
	"slices"

	"github.com/browsercors/browsercors/origin"
)

// Invalidate removes what is stored for a key after a request with an unsafe method
// was answered with a status that is not an error. Call it for the response to any
// method.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.4
func (c *Cache) Invalidate(k Key, r Request, in Received) {
	if c == nil || !c.invalidates(&r, in.Status) {
		return
	}
	c.Delete(k)
	if !c.rules.LocationsInvalidated {
		return
	}
	base, err := origin.ParseURL(k.URL)
	if err != nil {
		return
	}
	for _, name := range []string{"Location", "Content-Location"} {
		value, ok := in.Headers.Get(name)
		if !ok {
			continue
		}
		if url, err := (*origin.Schemes)(nil).ParseURL(value, base); err == nil && url.Origin().SameOrigin(base.Origin()) {
			k.URL = url.WithoutFragment() // Only of the same origin, so that others can't be attacked.
			c.Delete(k)
		}
	}
}

// invalidates reports whether a response makes what is stored invalid.
func (c *Cache) invalidates(r *Request, status int) bool {
	rule := &c.rules
	switch {
	case rule.NoInvalidation:
		return false
	case rule.InvalidatingMethods != nil && !slices.Contains(rule.InvalidatingMethods, r.Method), !isUnsafe(r.Method):
		return false
	case rule.PutNeedsBody && r.Method == "PUT" && !r.HasBody:
		return false
	case rule.ErrorsInvalidate:
		return status != 304
	}
	return status >= 200 && status < 400 // "A non-error response is one with a 2xx or 3xx status code."
}

// isUnsafe reports whether a method is not known to be safe.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1
func isUnsafe(method string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE":
		return false
	}
	return true
}
