package fetch

import "github.com/browsercors/browsercors/safelist"

// HeadersWithGuard makes headers with a guard of the Standard.
func HeadersWithGuard(guard string, list HeaderList, rules *safelist.Rules) (*Headers, error) {
	for g, name := range []string{"none", "immutable", "request", "request-no-cors", "response"} {
		if name == guard {
			return newHeaders(headersGuard(g), list, rules)
		}
	}
	panic("no guard: " + guard)
}

// RedirectTaint is the redirect-taint of the request that a response is of.
func RedirectTaint(r *Response) string { return string(r.internal.redirectTaint) }
