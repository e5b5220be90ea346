package fetch

import "context"

// Fetch runs the Standard's fetch on the caller's goroutine. It returns when
// the head of the response has arrived and the response is allowed. The caller
// must close the response's body.
//
// The error is an [*Error]. Cancelling ctx ends the fetch at any time, also
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
