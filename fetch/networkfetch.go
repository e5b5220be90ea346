package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/browsercors/browsercors/safelist"
)

// networkFetch is HTTP-network fetch: one request over the transport.
//
// https://fetch.spec.whatwg.org/#concept-http-network-fetch
func (f *fetching) networkFetch(headers safelist.HeaderList, included, newConnection bool) (*response, *Error) {
	r := f.request
	if f.agent.offline != nil && f.agent.offline() {
		return nil, f.fail(Offline, "", "") // 2
	}
	if refusal := f.canceled(); refusal != nil {
		return nil, refusal
	}
	out, resp := &f.firstUse.sent, &f.firstUse.response
	if f.firstUse.taken {
		out, resp = new(NetworkRequest), new(response)
	}
	f.firstUse.taken, f.sentHeaders = true, headers
	out.Method, out.URL, out.Headers = r.method, f.wireURL(), headers
	out.Credentials, out.NewConnection = included, newConnection // 6
	out.WebSocket = r.mode == WebSocketMode
	out.Partition, out.Preflight = r.partition(), r.preflight // 5
	out.http, out.httpURL = r.http, r.httpURL
	if f.sentToProxy = false; f.agent.authentication != nil {
		out.ProxyAuthorization = f.proxyAuthorization
	}
	out.proxy, f.answeringProxy = f.answeringProxy, nil
	var in *NetworkResponse
	var body io.ReadCloser
	err := ErrNoAnswer
	for tries := max(1, f.tries(newConnection)); tries > 0 && errors.Is(err, ErrNoAnswer); tries-- { // 7, 8
		if r.body != nil {
			if out.Body, err = r.body.open(); err != nil {
				break
			}
			out.Streaming = r.body.kind == bodyStream
			f.openBodies.request = out.Body
		}
		if t := r.trace; t != nil && t.Sending != nil {
			t.Sending(f.sentInfo(headers))
		}
		f.openBodies.request = nil
		in, body, err = f.roundTrip(out)
	}
	if err != nil {
		return nil, f.below(NetworkFailure, err)
	}
	f.openBodies.response = body
	if refusal := f.headersTooLarge(in); refusal != nil {
		closeBody(body)
		return nil, refusal
	}
	received, err := f.agent.profile.Response.receive(in)
	if err == nil {
		err = ambiguity(f.agent.profile.Response.Unambiguous, in.Headers)
	}
	if err != nil {
		closeBody(body)
		return nil, f.below(NetworkFailure, err)
	}
	resp.filter, resp.network, resp.headers = TypeDefault, in, received
	if f.agent.profile.Headers.ReplaceNotUTF8 {
		resp.headers = replaceNotUTF8(received)
	}
	resp.status, resp.statusText = in.Status, in.StatusText
	if body != nil { // 15
		rules := &f.agent.profile.Response
		resp.stream = responseBody{f: f, resp: resp, from: body,
			mayBeShort: rules.ShortErrorBodies && !okStatus(in.Status) || rules.ShortHTTP2Bodies && in.HTTP2}
		resp.body = &resp.stream
		f.decode(resp) // 18.1.1.1.9
	}
	if t := r.trace; t != nil && t.Received != nil {
		t.Received(f.sentInfo(headers), resp.info())
	}
	if refusal := f.setCookies(in, included); refusal != nil { // 17
		resp.discard()
		return nil, refusal
	}
	return resp, nil // 19
}

// headersTooLarge is the network error for a header list that is larger than the
// agent takes. It stands before all that looks at the list, which therefore need
// not ask whether the fetch was cancelled meanwhile.
func (f *fetching) headersTooLarge(in *NetworkResponse) *Error {
	if in.Headers.Size()+int64(len(in.StatusText)) <= f.agent.maxHeaders {
		return nil
	}
	refusal := f.fail(HeadersTooLarge, "", "")
	refusal.Stage, refusal.Detail = f.stage(StageActual), fmt.Sprintf("more than %d bytes", f.agent.maxHeaders)
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
	if r.mode == WebSocketMode {
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
	refusal.Stage, refusal.Err = f.stage(StageActual), err
	var unsendable *UnsendableError
	switch {
	case f.ctx.Err() != nil:
		refusal.Reason, refusal.Err = Aborted, context.Cause(f.ctx)
	case errors.Is(err, ErrStreamNeedsHTTP2):
		refusal.Reason, refusal.Err = StreamNeedsHTTP2, nil
	case errors.Is(err, errBodyUsed):
		refusal.Reason = BodyNotReplayable
	case errors.As(err, &unsendable):
		refusal.Reason, refusal.Header, refusal.Value = Unsendable, unsendable.What, presentable(unsendable.What, unsendable.Value)
	}
	return refusal
}
