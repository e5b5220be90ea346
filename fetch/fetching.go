package fetch

import (
	"context"
	"io"
	"net/url"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/safelist"
)

// A fetching is one run of fetch: the Standard's fetch params.
//
// https://fetch.spec.whatwg.org/#fetch-params
type fetching struct {
	ctx     context.Context
	agent   *Agent
	request *request

	serverAuth         *credentials.AuthRequest        // for the current URL, once needed
	challengeAnswered  bool                            // the store answers a challenge of the current URL
	storeAuthorized    bool                            // the store gave the Authorization header last sent
	urlStore           credentials.AuthenticationStore // instead of the agent's, where a URL answers without credentials; or nil
	proxyAuth          *credentials.AuthRequest        // for the proxy, once one is known
	sentToProxy        bool                            // what was sent last went to a proxy
	answeringProxy     *url.URL                        // the proxy whose challenge the next request answers, or nil
	challengesAnswered int                             // of this hop
	sentHeaders        safelist.HeaderList             // of the request sent last
	keepaliveHeld      int64                           // bytes of the keepalive quota
	openBodies         *openBodies                     // what a panic would leave open
	finished           bool                            // nothing that is called for the fetch can panic any more

	// nextManualRedirect, if not nil, is the redirect that a navigation has
	// received and not followed yet: the controller's next manual redirect steps.
	nextManualRedirect *response

	// What one fetch needs once, in most cases, in one piece of memory.
	firstUse struct {
		request    request
		headers    [12]safelist.Header
		sent       NetworkRequest
		response   response
		openBodies openBodies
		taken      bool // headers, sent and response are in use
	}
}

// openBodies are the bodies that a fetching, with its preflights, has open while
// it calls what others have written.
type openBodies struct {
	request  io.Closer // a body that no transport has yet; or nil
	response io.Closer // the body of the response that came last; or nil
}

// newFetching is a fetching whose request is still to be filled in.
func (a *Agent) newFetching(ctx context.Context) *fetching {
	f := &fetching{ctx: ctx, agent: a}
	f.request, f.openBodies = &f.firstUse.request, &f.firstUse.openBodies
	return f
}

// run is fetch, from populating the request to handing over the response.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func (f *fetching) run() (*response, *Error) {
	defer f.cleanUp()
	resp, refusal := f.fetch()
	f.releaseKeepalive(resp)
	f.finished = true
	return resp, refusal
}

// cleanUp leaves nothing behind of a fetch that somebody's callback has ended, by
// a panic or by [runtime.Goexit].
func (f *fetching) cleanUp() {
	if f.finished {
		return
	}
	f.releaseKeepalive(nil)
	f.request.body.discard()
	closeQuietly(f.openBodies.request)
	closeQuietly(f.openBodies.response)
}

// fetch is run until the response is there.
func (f *fetching) fetch() (*response, *Error) {
	// 1 to 3, 5 to 8. There are no early hints, no tasks and no timing info.
	// 9. The body is a body already.
	r := f.request
	// 4. What the page has and the request leaves open.
	f.populate()
	f.addMediaRange()
	// 11. Nothing is preloaded.
	// 12. Accept, by destination.
	if !r.headers.Contains("Accept") && !(r.mode == WebSocketMode && f.agent.profile.WebSocket.NoAccept) {
		r.headers.Append("Accept", f.acceptValue())
	}
	if r.mode == Navigate && !r.headers.Contains("Upgrade-Insecure-Requests") {
		r.headers.Append("Upgrade-Insecure-Requests", "1") // see newNavigation
	}
	// 13, 14. The user's languages.
	if f.agent.acceptLanguage != "" && !r.headers.Contains("Accept-Language") {
		r.headers.Append("Accept-Language", f.agent.acceptLanguage)
	}
	// 15, 16. Requests have no priority, and the quota of keepalive is all that a
	// page's requests share.
	if f.agent.profile.Preflight.StickyHeadersOnRedirect {
		r.stickyPreflight = r.unsafeRequest && (r.usePreflight || f.rules().HasUnsafeNames(f.judgedHeaders()))
	}
	r.original.method, r.original.headers = r.method, r.headers
	if f.agent.profile.Request.KeepaliveEarly {
		if refusal := f.holdKeepalive(); refusal != nil {
			return nil, refusal
		}
	}
	// 17, 18. Run it.
	return f.mainFetch(false)
}

// processNextManualRedirect is "process the next manual redirect".
//
// https://fetch.spec.whatwg.org/#fetch-controller-process-the-next-manual-redirect
func (f *fetching) processNextManualRedirect() (*response, *Error) {
	f.finished = false
	defer f.cleanUp()
	resp := f.nextManualRedirect
	f.nextManualRedirect = nil
	resp, refusal := f.redirectFetch(resp)
	f.finished = true
	return resp, refusal
}

// populate is "populate request from client".
//
// https://fetch.spec.whatwg.org/#populate-request-from-client
func (f *fetching) populate() {
	if r := f.request; r.origin.IsZero() {
		r.origin = r.client.origin // 2.2
	}
}

// acceptValue is the Accept value that step 12 of fetch appends, or the one that the
// profile has for navigations.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func (f *fetching) acceptValue() string {
	if own := f.agent.profile.Headers.NavigationAccept; own != "" && f.request.mode == Navigate {
		return own
	}
	return acceptValue(f.request.destination)
}

// acceptValue is the Accept value that step 12 of fetch appends.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func acceptValue(d Destination) string {
	switch d { // 12.3
	case DestinationDocument, DestinationFrame, DestinationIFrame:
		return "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	case DestinationImage:
		return "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	case DestinationJSON:
		return "application/json,*/*;q=0.5"
	case DestinationStyle:
		return "text/css,*/*;q=0.1"
	case DestinationText:
		return "text/plain,*/*;q=0.5"
	}
	return "*/*" // 12.1
}

// rules are the profile's lines between simple and preflighted.
func (f *fetching) rules() *safelist.Rules { return &f.agent.profile.Safelist }

// messages are the words of the exceptions that script gets.
func (f *fetching) messages() *MessageRules { return &f.agent.profile.Messages }

// fail is a network error before anything of this hop was sent.
func (f *fetching) fail(reason Reason, what, value string) *Error {
	return &Error{Reason: reason, Stage: f.stage(StageBefore), Request: f.request.info(), Header: what, Value: presentable(what, value), messages: f.messages()}
}

// block is a network error because of a response.
func (f *fetching) block(reason Reason, resp *response, what, value string) *Error {
	return &Error{Reason: reason, Stage: f.stage(StageActual), Request: f.request.info(), Response: resp.infoRef(), Header: what, Value: presentable(what, value), messages: f.messages()}
}

// stage is the stage given, or that of the preflight if that is what is
// fetched.
func (f *fetching) stage(s Stage) Stage {
	if f.request.preflight {
		return StagePreflight
	}
	return s
}

// canceled is the appropriate network error if the fetch was aborted, else
// nil.
//
// https://fetch.spec.whatwg.org/#appropriate-network-error
func (f *fetching) canceled() *Error {
	if f.ctx.Err() != nil {
		e := f.fail(Aborted, "", "")
		e.Err = context.Cause(f.ctx)
		return e
	}
	return nil
}

// checked tells the trace of a check's result.
func (f *fetching) checked(c Check, resp *response, refusal *Error) {
	if t := f.request.trace; t != nil && t.Checked != nil {
		t.Checked(c, f.request.info(), resp.info(), refusal)
	}
}
