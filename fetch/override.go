package fetch

import (
	"io"

	"github.com/browsercors/browsercors/origin"
)

// An OverrideRequest is a request that [Options.Override] may answer.
type OverrideRequest struct {
	RequestInfo // as errors and traces show it; Headers as script set them, and those that fetch() appends

	CurrentURL  *origin.URL  // the whole of it: where the request goes now
	Environment *Environment // the request's client

	// OpenBody reads the request's body from its beginning, which the caller closes;
	// nil is a null body. A body that can be read once only can't be sent after
	// that.
	OpenBody func() (io.ReadCloser, error)
}

// overrideFetch is override fetch: scheme fetch or HTTP fetch, unless the agent's
// owner answers. It is told apart by values, since closures would cost memory.
//
// https://fetch.spec.whatwg.org/#concept-override-fetch
func (f *fetching) overrideFetch(kind fetchKind, makePreflight bool) (*response, *Error) {
	if f.agent.override != nil {
		if resp, refusal := f.potentiallyOverride(); resp != nil || refusal != nil { // 2
			return resp, refusal // 3
		}
	}
	if kind == kindScheme { // 4
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
		refusal.Stage = f.stage(StageBefore)
		return nil, refusal
	case answer == nil:
		return nil, nil
	}
	r.body.discard()
	resp := new(response)
	*resp = *answer.internal // which the owner may give out again
	resp.urlList, resp.navigation = nil, nil
	if resp.filter != TypeOpaque && resp.filter != TypeOpaqueRedirect { // whose Body is not what is behind the filter
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
