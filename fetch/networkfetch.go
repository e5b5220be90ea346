package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/browsercors/browsercors/safelist"
)

// networkFetch is HTTP-network fetch: one request over the transport. The
// transport does what steps 8.5 and 9 demand of a connection; timing info (4,
// 8.2, 8.4) is not kept. The body arrives as it is read: see responseBody for
// steps 10 to 14 and 18.
//
// https://fetch.spec.whatwg.org/#concept-http-network-fetch
func (f *fetching) networkFetch(headers safelist.HeaderList, included, newConnection bool) (*response, *Error) {
	// 1. The request is the fetching's.
	r := f.request
	// 2. Offline, there is no network.
	if f.agent.offline != nil && f.agent.offline() {
		return nil, f.fail(Offline, "", "")
	}
	if refusal := f.canceled(); refusal != nil {
		return nil, refusal
	}
	// 3. There is no response yet.
	out, resp := &f.firstUse.sent, &f.firstUse.response
	if f.firstUse.taken {
		out, resp = new(NetworkRequest), new(response)
	}
	f.inOrder(headers)
	f.firstUse.taken, f.sentHeaders = true, headers
	out.Method, out.URL, out.Headers, out.HTTP2Headers = r.method, f.wireURL(), headers, f.http2Headers
	// 5. Connections are shared within a partition.
	out.Partition, out.Preflight = r.partition(), r.preflight
	// 6. A new connection is one that nothing was sent over.
	out.Credentials, out.NewConnection = included, newConnection
	out.WebSocket = r.mode == webSocketMode
	out.http, out.httpURL = r.http, r.httpURL
	if f.sentToProxy = false; f.agent.authentication != nil {
		out.ProxyAuthorization = f.proxyAuthorization
	}
	out.proxy, f.answeringProxy = f.answeringProxy, nil
	check := f.checkConnection()
	if check != nil {
		out.Connected, out.check = check.connected, check
	}
	// 7, 8. Get a connection and make the request over it.
	in, body, err := f.send(out, newConnection)
	if check != nil {
		if refusal := f.checkedConnection(check, err); refusal != nil {
			closeBody(body)
			return nil, refusal
		}
	}
	// 8.1, 8.3. There is none, or it can't stream the body: network error.
	if err != nil {
		return nil, f.below(NetworkFailure, err)
	}
	f.openBodies.response = body
	if refusal := f.headersTooLarge(in); refusal != nil {
		closeBody(body)
		return nil, refusal
	}
	if f.agent.profile.Network.NameBlanks && !in.HTTP2 {
		in.Headers = withoutNameBlanks(in.Headers)
	}
	if refusal := f.readHead(resp, in); refusal != nil {
		closeBody(body)
		return nil, refusal
	}
	f.storeAcceptCH(resp.headers)
	if check != nil && !f.connection.Proxied {
		resp.address = f.connection.Address
	}
	// 15. The response's body is what arrives.
	if body != nil {
		f.readBody(resp, body)
		rules := &f.agent.profile.Response
		resp.stream.mayBeShort = rules.ShortErrorBodies && !okStatus(in.Status) || rules.ShortHTTP2Bodies && in.HTTP2
	}
	if t := r.trace; t != nil && t.Received != nil {
		t.Received(f.sentInfo(headers), resp.info())
	}
	if f.notUpgraded(resp) {
		return resp, nil
	}
	// 17. Store the cookies that it sets.
	if refusal := f.setCookies(in, included); refusal != nil {
		resp.discard()
		return nil, refusal
	}
	f.clearSiteData(resp, included)
	f.noteHSTS(in)
	// 19. The body may still be on its way.
	return resp, nil
}

// readHead fills in a response with the head that came over the network or out of
// the cache, as the profile reads it.
func (f *fetching) readHead(resp *response, in *NetworkResponse) *Error {
	received, err := (*responseRules)(&f.agent.profile.Response).receive(in)
	if err == nil {
		err = ambiguity(f.agent.profile.Response.Unambiguous, in.Headers)
	}
	if err != nil {
		return f.below(NetworkFailure, err)
	}
	resp.filter, resp.network, resp.headers = typeDefault, in, received
	if f.agent.profile.Headers.ReplaceNotUTF8 {
		resp.headers = replaceNotUTF8(received)
	}
	resp.status, resp.statusText = in.Status, in.StatusText
	return nil
}

// readBody has a response's body read from the network or the cache.
func (f *fetching) readBody(resp *response, body io.ReadCloser) {
	resp.wire.ReadCloser = body
	resp.stream = responseBody{f: f, resp: resp, from: &resp.wire}
	resp.body = &resp.stream
	// 18.1.1.1.9. Undo its content codings.
	f.decode(resp)
}

// send gives a request to the transport, again while nothing answers and the
// profile tries again.
func (f *fetching) send(out *NetworkRequest, newConnection bool) (in *NetworkResponse, body io.ReadCloser, err error) {
	r := f.request
	err = ErrNoAnswer
	for tries := max(1, f.tries(newConnection)); tries > 0 && errors.Is(err, ErrNoAnswer); tries-- {
		if r.body != nil {
			if out.Body, err = r.body.open(); err != nil {
				break
			}
			out.Streaming = r.body.kind == bodyStream
			f.openBodies.request = out.Body
		}
		if t := r.trace; t != nil && t.Sending != nil {
			t.Sending(f.sentInfo(out.Headers))
		}
		f.openBodies.request = nil
		in, body, err = f.roundTrip(out)
	}
	return in, body, err
}

// headersTooLarge is the network error for a header list that is larger than the
// agent takes. It stands before all that looks at the list, which therefore need
// not ask whether the fetch was cancelled meanwhile.
func (f *fetching) headersTooLarge(in *NetworkResponse) *Error {
	if in.Headers.Size()+int64(len(in.StatusText)) <= f.agent.maxHeaders {
		return nil
	}
	refusal := f.fail(HeadersTooLarge, "", "")
	refusal.Stage, refusal.Detail = f.stage(stageActual), fmt.Sprintf("more than %d bytes", f.agent.maxHeaders)
	refusal.Response = &ResponseInfo{Status: in.Status} // the rest could be anything
	return refusal
}

// tries is how often the request may be sent until there is an answer. The one
// that a 421 was the answer to counts.
func (f *fetching) tries(newConnection bool) int {
	tries := f.agent.profile.Network.SafeTries
	if newConnection {
		tries--
	}
	r := f.request
	if r.mode == webSocketMode {
		return 1
	}
	switch r.method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH":
		if r.body == nil || r.body.replayable() {
			return tries
		}
	}
	return 1
}

// sentInfo is the request with the headers that it was sent with.
func (f *fetching) sentInfo(headers safelist.HeaderList) RequestInfo {
	i := f.request.info()
	i.Headers = headers
	return i
}

// below is the network error for what went wrong below the Standard, with the
// reason that the error itself gives, if any.
func (f *fetching) below(reason Reason, err error) *Error {
	refusal := f.fail(reason, "", "")
	refusal.Stage, refusal.Err = f.stage(stageActual), err
	switch {
	case f.ctx.Err() != nil:
		refusal.Reason, refusal.Err = Aborted, context.Cause(f.ctx)
	case errors.Is(err, StreamNeedsHTTP2):
		refusal.Reason, refusal.Err = StreamNeedsHTTP2, nil
	case errors.Is(err, errBodyUsed):
		refusal.Reason = BodyNotReplayable
	case errors.Is(err, Unsendable):
		refusal.Reason = Unsendable
		if said, ok := errors.AsType[*Error](err); ok {
			refusal.Header, refusal.Value, refusal.Err = said.Header, presentable(said.Header, said.Value), said.Err
		}
	}
	return refusal
}
