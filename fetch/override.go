package fetch

import (
	"io"

	"github.com/browsercors/browsercors/origin"
)

// An OverrideRequest is a request that [Options.Override] may answer. The
// headers of its RequestInfo are those that script set and that fetch() adds.
type OverrideRequest struct {
	RequestInfo // as errors and traces show it; Headers as script set them, and those that fetch() appends

	CurrentURL  *origin.URL  // the whole of it: where the request goes now
	Environment *Environment // the request's client

	// OpenBody returns the request's body from its beginning; the caller closes it.
	// It is nil if there is no body. A body that can be read only once can't be
	// sent afterwards.
	OpenBody func() (io.ReadCloser, error)
}

// overrideFetch is override fetch: scheme fetch or HTTP fetch, unless the agent's
// owner answers. It is told apart by values, since closures would cost memory.
//
// https://fetch.spec.whatwg.org/#concept-override-fetch
func (f *fetching) overrideFetch(kind fetchKind, makePreflight bool) (*response, *Error) {
	// 1. The request is the fetching's.
	// 2. Ask the agent's owner.
	if f.agent.override != nil {
		// 3. An answer is the response.
		if resp, refusal := f.potentiallyOverride(); resp != nil || refusal != nil {
			return resp, refusal
		}
	}
	// 4, 5. Without one, fetch as was meant.
	if kind == kindScheme {
		return f.schemeFetch()
	}
	return f.httpFetch(makePreflight)
}

// A fetchKind is which fetch override fetch goes on with.
type fetchKind uint8

const (
	kindScheme fetchKind = iota
	kindHTTP
)

// potentiallyOverride is "potentially override response for a request": what the
// agent's owner answers instead of the network. Neither a response nor an error
// lets the request proceed.
//
// https://fetch.spec.whatwg.org/#potentially-override-response-for-a-request
func (f *fetching) potentiallyOverride() (*response, *Error) {
	if refusal := f.canceled(); refusal != nil {
		return nil, refusal
	}
	r := f.request
	asked := OverrideRequest{RequestInfo: r.info(), CurrentURL: r.currentURL(), Environment: r.client}
	if r.body != nil {
		asked.OpenBody = r.body.open
	}
	answer, err := f.agent.override(f.ctx, &asked)
	switch {
	case err != nil:
		if answer != nil {
			abandon(answer.Body)
		}
		refusal := f.below(Overridden, err)
		refusal.Stage = f.stage(stageBefore)
		return nil, refusal
	case answer == nil:
		return nil, nil
	}
	r.body.discard()
	resp := new(response)
	*resp = *answer.internal // which the owner may give out again
	resp.urlList, resp.navigation = nil, nil
	if resp.filter != typeOpaque && resp.filter != typeOpaqueRedirect { // whose Body is not what is behind the filter
		if resp.body = answer.Body; resp.body == (noBody{}) {
			resp.body = nil
		}
	}
	if body := resp.body; body != nil {
		if !inMemory(body) {
			body = newForeignBody(f.ctx, func() {}, body)
		}
		resp.stream = responseBody{f: f, resp: resp, from: body}
		resp.body, f.openBodies.response = &resp.stream, &resp.stream
	}
	if t := r.trace; t != nil && t.Overridden != nil {
		t.Overridden(r.info(), resp.info())
	}
	return resp, nil
}
