package fetch

import (
	"context"
	"io"
	"net/url"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
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
	connection         Connection                      // of what was sent last, if somebody wants to know
	sentToProxy        bool                            // what was sent last went to a proxy
	answeringProxy     *url.URL                        // the proxy whose challenge the next request answers, or nil
	challengesAnswered int                             // of this hop
	sentHeaders        safelist.HeaderList             // of the request sent last
	http2Headers       safelist.HeaderList             // that the next one has over HTTP/2 only
	answersChallenge   bool                            // the next request answers a challenge
	retries            bool                            // it is sent again with storage access
	accessSent         string                          // its Sec-Fetch-Storage-Access, or ""
	overNewConnection  bool                            // it goes over a new connection
	acceptsIdentity    bool                            // it accepts no content coding, since it has a Range
	rangeRewritten     bool                            // its Range is as the HTTP cache asks for it
	headerOrder        *headerOrder                    // of the next one's headers; nil: as they were added
	preflightAnswer    *response                       // to the preflight that let this hop's request go, or nil
	preflightNames     []string                        // that it asked for
	keepaliveHeld      int64                           // bytes of the keepalive quota
	cache              cacheUse                        // of this hop
	unfollowed         bool                            // a redirect that the HTTP cache must not keep is not followed yet
	handshake          *handshake                      // of a WebSocket, or nil
	openBodies         *openBodies                     // what a panic would leave open
	constructs         bool                            // a constructor is asking the policies
	asksForPreflight   bool                            // policies are being asked before a preflight
	finished           bool                            // nothing that is called for the fetch can panic any more

	// nextManualRedirect, if not nil, is the redirect that a navigation has
	// received and not followed yet: the controller's next manual redirect steps.
	nextManualRedirect *response

	// What one fetch needs once, in most cases, in one piece of memory.
	firstUse struct {
		request      request
		headers      [18]safelist.Header
		http2Headers [2]safelist.Header
		sent         NetworkRequest
		response     response
		openBodies   openBodies
		taken        bool // headers, sent and response are in use
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
	f.releaseCache()
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
	f.releaseCache()
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
	// 11. What a preload of the page has loaded is the response.
	if resp := f.consumePreloaded(); resp != nil {
		return resp, nil
	}
	// 12. Accept, by destination.
	if !r.headers.Contains("Accept") && !(r.mode == webSocketMode && f.agent.profile.WebSocket.NoAccept) {
		r.addHeader("Accept", orDefault(valueOf(f.agent.headerCases.accept, f.conditions()), r.acceptValue()))
	}
	if f.asksForUpgrade() && !r.headers.Contains("Upgrade-Insecure-Requests") {
		r.addHeader("Upgrade-Insecure-Requests", "1") // see newNavigation
	}
	// 13, 14. The user's languages.
	if f.agent.acceptLanguage != "" && !f.agent.profile.Headers.LateAcceptLanguage && !r.headers.Contains("Accept-Language") {
		r.addHeader("Accept-Language", f.agent.acceptLanguage)
	}
	// 15, 16. Requests have no priority, and the quota of keepalive is all that a
	// page's requests share.
	if f.agent.profile.Preflight.StickyHeadersOnRedirect && !f.keepsType() {
		r.stickyPreflight = r.unsafeRequest && f.rules().NeedsPreflight("GET", f.judgedHeaders(), r.usePreflight) // whatever the method
	}
	r.original.method, r.original.headers = r.method, r.headers
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
	f.releaseCache()
	f.finished = true
	return resp, refusal
}

// populate is "populate request from client".
//
// https://fetch.spec.whatwg.org/#populate-request-from-client
func (f *fetching) populate() {
	// 1. Whether the user can be asked was said when the request was made.
	// 2. A request without an origin of its own has its client's.
	if r := f.request; r.origin.IsZero() {
		r.origin = r.client.origin
	}
	// 3. The policies are asked of the client, where they matter.
	f.request.ownPolicy = !f.request.defaultPolicy && (f.request.referrerPolicy != "" && !f.request.imported || f.request.client.ownPolicy)
}

// asksForUpgrade tells whether the request says that the browser would rather have
// secure documents.
//
// https://w3c.github.io/webappsec-upgrade-insecure-requests/#preference
func (f *fetching) asksForUpgrade() bool {
	r := f.request
	return r.mode == navigateMode && !(f.agent.profile.Headers.UpgradeOfInsecureOnly && r.url().Scheme() == "https")
}

// acceptValue is the Accept value that step 12 of fetch appends.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func (r *request) acceptValue() string {
	d := r.destination
	// 12.2. A prefetch is for a navigation, it may be.
	if r.prefetch {
		d = destinationDocument
	}
	// 12.3. By what the response is for.
	switch d {
	case destinationDocument, destinationFrame, destinationIFrame:
		return "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	case destinationImage:
		return "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	case destinationJSON:
		return "application/json,*/*;q=0.5"
	case destinationStyle:
		return "text/css,*/*;q=0.1"
	case destinationText:
		return "text/plain,*/*;q=0.5"
	}
	// 12.1. Anything.
	return "*/*"
}

// rules are the profile's lines between simple and preflighted.
func (f *fetching) rules() *safelist.Rules { return &f.agent.profile.Safelist }

// messages are the words of the exceptions that script gets.
func (f *fetching) messages() *rules.Messages { return &f.agent.profile.Messages }

// fail is a network error before anything of this hop was sent.
func (f *fetching) fail(reason Reason, what, value string) *Error {
	return &Error{Reason: reason, Stage: f.stage(stageBefore), Request: f.request.info(), Header: what, Value: presentable(what, value), messages: f.messages()}
}

// block is a network error because of a response.
func (f *fetching) block(reason Reason, resp *response, what, value string) *Error {
	return &Error{
		Reason: reason, Stage: f.stage(stageActual), Request: f.request.info(), Response: resp.infoRef(), Header: what, Value: presentable(what, value),
		Preflight: f.preflightAnswer.infoRef(), preflightNames: f.preflightNames, messages: f.messages(),
	}
}

// stage is the stage given, or that of the preflight if that is what is
// fetched.
func (f *fetching) stage(s string) string {
	if f.request.preflight {
		return stagePreflight
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
func (f *fetching) checked(c string, resp *response, refusal *Error) {
	if t := f.request.trace; t != nil && t.Checked != nil {
		t.Checked(c, f.request.info(), resp.info(), refusal)
	}
}
