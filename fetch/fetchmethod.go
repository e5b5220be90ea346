package fetch

import "context"

// Fetch runs the Standard's fetch on the caller's goroutine, until the
// response's head has arrived and was allowed. The caller must close the
// response's body.
//
// A refusal is an [*Error]. Cancelling ctx ends the fetch at any moment, also
// while the body is read.
//
// https://fetch.spec.whatwg.org/#dom-global-fetch
func (e *Environment) Fetch(ctx context.Context, in *Request) (*Response, error) {
	f := e.agent.newFetching(ctx)
	refusal := e.newRequest(in, f.request)
	if refusal == nil {
		var resp *response
		if resp, refusal = f.run(); refusal == nil {
			return newResponse(resp), nil
		}
	}
	in.Body.discard()
	return nil, refusal
}
