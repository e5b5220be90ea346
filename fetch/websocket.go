package fetch

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	opening "github.com/browsercors/browsercors/internal/handshake"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// WebSocketClient returns an [http.Client] that opens WebSocket connections as
// new WebSocket() does in the page. It works with libraries that make their
// handshake with an http.Client, such as github.com/coder/websocket with its
// DialOptions.HTTPClient. It uses the transport, cookie jar, timeout and
// CheckRedirect of base, like [Environment.Client].
//
// Each request must be a handshake of RFC 6455 over HTTP/1.1, to a ws:, wss:,
// http: or https: URL. Other requests are refused. The library sets the headers
// whose names begin with Sec-WebSocket-. The engine adds those of a browser:
// Origin, cookies, Cache-Control, Pragma and, depending on the profile,
// Sec-Fetch-*. Other headers are refused, because a browser's script can't set
// them; headers that no script may set are ignored, see Environment.Client. A
// username and password in the URL are not used.
//
// A ws: URL of a secure page is refused as mixed content, bad ports are
// blocked, and a redirect is an error unless the profile follows it. The
// connection is new and is not used for other requests.
//
// The response of a successful handshake has status 101 and a Body that
// implements [io.ReadWriteCloser]. It is checked as the WebSocket Protocol and
// the WebSockets Standard demand, including the subprotocol. The request's
// context and the client's Timeout limit the handshake; the connection lasts
// until its Body is closed. If Timeout is not 0, net/http wraps the Body so
// that it can't be written to; coder/websocket handles that.
//
// An HTTP proxy gets a handshake to a ws: URL like any other request. Browsers
// open a tunnel.
//
// https://websockets.spec.whatwg.org/#websocket-opening-handshake
func (e *Environment) WebSocketClient(base *http.Client) *http.Client {
	if base == nil {
		base = new(http.Client)
	}
	ws := &webSockets{page: e.over(base.Transport, base.Jar)}
	ws.client = &http.Client{Transport: ws, Timeout: base.Timeout, CheckRedirect: base.CheckRedirect}
	return ws.client
}

// webSockets makes handshakes where an http.Client expects round trips.
type webSockets struct {
	page   *Environment
	client *http.Client // whose CheckRedirect is asked
}

// CloseIdleConnections lets http.Client's method of that name work.
func (ws *webSockets) CloseIdleConnections() { closeIdle(ws.page.agent.transport) }

// RoundTrip implements [http.RoundTripper].
func (ws *webSockets) RoundTrip(req *http.Request) (*http.Response, error) {
	closeBody(req.Body) // there should be none
	f := ws.page.agent.newFetching(req.Context())
	r := f.request
	handshake, refusal := ws.page.newHandshake(req, f)
	if refusal == nil {
		refusal = f.throwsWebSocket()
	}
	if refusal != nil {
		return nil, refusal
	}
	r.http, r.httpURL = req, req.URL.String()
	if ws.client.CheckRedirect != nil {
		r.redirectChecks = r.redirectChecks.alsoAsk(ws.client.CheckRedirect, req)
	}
	resp, refusal := f.establish(handshake)
	if refusal != nil {
		return nil, refusal
	}
	out := clientResponse(resp, req, r.method)
	handshake.answer(out, resp)
	return out, nil
}

const (
	webSocketKey        = opening.Key
	webSocketVersion    = "Sec-WebSocket-Version"
	webSocketProtocol   = "Sec-WebSocket-Protocol"
	webSocketExtensions = "Sec-WebSocket-Extensions"
	webSocketAccept     = opening.Accept
)

// A handshake is what its response has to answer.
type handshake struct {
	key        string
	protocols  map[string]bool
	extensions map[string]bool // by name

	protocol string // that the response names
	unasked  bool   // the response names a subprotocol that was not asked for and does not count
}

// WebSocket opens a connection as new WebSocket() does in the page, and makes the
// handshake on the caller's goroutine. The URL may be relative to the page's base URL,
// and its scheme ws:, wss:, http: or https:. The frames are the program's business;
// a library that makes its handshake with an http.Client takes
// [Environment.WebSocketClient] instead.
//
// The response has status 101, Sec-WebSocket-Protocol and Sec-WebSocket-Extensions as
// the server sent them, and a Body that implements [io.ReadWriteCloser]. It offers
// the extension permessage-deflate as browsers do, so the server may compress.
//
// The error is an [*Error]. If [Error.Exception] is not "", the constructor throws
// that exception; otherwise script gets an error event. ctx limits the handshake; the
// connection lasts until its Body is closed.
//
// https://websockets.spec.whatwg.org/#dom-websocket-websocket
func (e *Environment) WebSocket(ctx context.Context, url string, protocols ...string) (*http.Response, error) {
	f := e.agent.newFetching(ctx)
	r := f.request
	h, refusal := e.constructWebSocket(f, url, protocols)
	if refusal == nil {
		refusal = f.throwsWebSocket()
	}
	if refusal != nil {
		return nil, refusal
	}
	// Establish, 5. The key is 16 bytes, drawn at random.
	var nonce [16]byte
	_, _ = rand.Read(nonce[:]) // which never fails
	h.key = base64.StdEncoding.EncodeToString(nonce[:])
	// Establish, 3, 4, 6, 7. The headers that say what is asked for.
	r.headers = append(r.headers,
		safelist.Header{Name: "Upgrade", Value: "websocket"}, safelist.Header{Name: "Connection", Value: "Upgrade"},
		safelist.Header{Name: webSocketKey, Value: h.key}, safelist.Header{Name: webSocketVersion, Value: "13"})
	// Establish, 8. The subprotocols that script offers.
	if len(protocols) > 0 {
		r.headers.Append(webSocketProtocol, strings.Join(protocols, ", "))
	}
	// Establish, 9, 10. The one extension that browsers know.
	extension := orDefault(e.agent.profile.WebSocket.Extension, permessageDeflate)
	r.headers.Append(webSocketExtensions, extension)
	h.extensions[permessageDeflate] = true
	resp, refusal := f.establish(h)
	if refusal != nil {
		return nil, refusal
	}
	out := &http.Response{StatusCode: resp.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: resp.header(nil)}
	h.answer(out, resp)
	return out, nil
}

// establish makes the handshake: "establish a WebSocket connection" from the fetch on.
//
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func (f *fetching) establish(h *handshake) (*response, *Error) {
	f.handshake = h
	resp, refusal := f.run()
	if refusal == nil {
		if refusal = f.established(h, resp); refusal != nil {
			resp.discard()
		}
	}
	return resp, refusal
}

// notUpgraded tells whether a response fails the handshake of a WebSocket before the
// profile takes anything of it. What asks for credentials, it takes.
func (f *fetching) notUpgraded(resp *response) bool {
	if !f.agent.profile.WebSocket.FailureKeepsNothing || f.handshake == nil || resp.status == 401 || resp.status == 407 {
		return false
	}
	return f.established(f.handshake, resp) != nil
}

// answer has a response show what the connection is.
func (h *handshake) answer(out *http.Response, resp *response) {
	if h.unasked {
		out.Header.Del(webSocketProtocol)
	} else if len(out.Header.Values(webSocketProtocol)) > 1 {
		out.Header.Set(webSocketProtocol, h.protocol)
	}
	out.Body = resp.network.Body // it lives longer than the request's context
}

// constructWebSocket is the WebSocket constructor, and "establish a WebSocket
// connection" as far as the request does not depend on who makes the handshake. The
// subprotocols are those that script gives, nil if the headers of a library have them.
//
// https://websockets.spec.whatwg.org/#dom-websocket-websocket
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func (e *Environment) constructWebSocket(f *fetching, input string, protocols []string) (*handshake, *Error) {
	r := f.request
	refuse := func(reason Reason, what, value string, err error) (*handshake, *Error) {
		return nil, &Error{Reason: reason, Stage: stageConstruct, Header: what, Value: presentable(what, value), Err: err,
			Request: RequestInfo{API: apiWebSocket, Method: "GET", URL: text.RedactURL(input), Page: e.origin.String()}}
	}
	// Constructor, 1, 2. Parse the URL against the page's.
	rules, base := &e.agent.profile.WebSocket, e.baseURL
	if rules.NoBaseInSandbox && e.framed && e.origin.IsOpaque() {
		base = nil
	}
	u, err := e.agent.parseURL(input, base)
	// Constructor, 3. It must be one.
	if err != nil {
		return refuse(InvalidURL, "url", input, err)
	}
	// Constructor, 4 to 6. Of four schemes, two stand for the others.
	// Establish, 1. Both are fetched as http: and https:.
	if u = opening.URL(u); !u.IsHTTP() {
		return refuse(InvalidURL, "scheme", u.Scheme(), nil)
	}
	// Constructor, 7. It has no fragment.
	if fragment, ok := u.Fragment(); ok {
		return refuse(InvalidURL, "fragment", fragment, nil)
	}
	// Establish, 2. The request is one of mode websocket, with credentials, past the cache
	// and without redirects.
	*r = request{
		method:      "GET",
		client:      e,
		referrer:    referrer{kind: referrerNone},
		mode:        webSocketMode,
		credentials: credentials.Include,
		cache:       cacheNoStore,
		redirect:    redirectError,
		api:         apiWebSocket,
		canPrompt:   !e.worker,
		tainting:    taintingBasic,
	}
	if e.agent.profile.WebSocket.FollowsRedirects {
		r.redirect = redirectFollow
	}
	r.setURL(u.SetCredentials("", ""))
	if rules.PortFirst {
		if refusal := f.blockedDueToBadPort(); refusal != nil {
			return nil, refusal
		}
	}
	if rules.CSPBeforeProtocols {
		if refusal := f.blockedByCSP(); refusal != nil {
			if rules.CSPException != "" {
				refusal = refusal.thrown(rules.CSPException)
			}
			return nil, refusal
		}
	}
	// Constructor, 8, 9. Each subprotocol is a token, and named once.
	h := &handshake{extensions: make(map[string]bool), protocols: make(map[string]bool)}
	for _, protocol := range protocols {
		if !h.offer(protocol) {
			return refuse(invalidSubprotocol, webSocketProtocol, strings.Join(protocols, ", "), nil)
		}
	}
	return h, nil
}

// throwsWebSocket is what the profile's constructor throws where the Standard's fires
// an error event.
func (f *fetching) throwsWebSocket() *Error {
	rules := &f.agent.profile.WebSocket
	if rules.CSPException != "" && !rules.CSPBeforeProtocols {
		f.constructs = true
		refusal := f.blockedByCSP()
		f.constructs = false
		if refusal != nil {
			return refusal.thrown(rules.CSPException)
		}
	}
	if rules.ThrowsMixedContent && !f.request.policies().Upgrades() {
		if refusal := f.blockedAsMixedContent(); refusal != nil {
			return refusal.thrown("SecurityError")
		}
	}
	return nil
}

// newHandshake fills in the request of a handshake, whose headers are those of the
// library.
//
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func (e *Environment) newHandshake(req *http.Request, f *fetching) (*handshake, *Error) {
	r := f.request
	refuse := func(reason Reason, what, value string, err error) (*handshake, *Error) {
		return nil, &Error{Reason: reason, Stage: stageConstruct, Header: what, Value: presentable(what, value), Err: err,
			Request: RequestInfo{API: apiWebSocket, Method: req.Method, URL: req.URL.Redacted(), Page: e.origin.String()}}
	}
	h, refusal := e.constructWebSocket(f, req.URL.String(), nil)
	if refusal != nil {
		return nil, refusal
	}
	if req.Method != "" && req.Method != "GET" {
		return refuse(NotWebSocketHandshake, "method", req.Method, nil)
	}
	// Establish, 3, 4, 7. The headers that say what is asked for.
	wants := HeaderList{{Name: "Upgrade", Value: "websocket"}, {Name: "Connection", Value: "Upgrade"}, {Name: webSocketVersion, Value: "13"}}
	for _, want := range wants {
		if got := strings.Join(req.Header[http.CanonicalHeaderKey(want.Name)], ", "); !hasToken(got, want.Value) {
			return refuse(NotWebSocketHandshake, want.Name, got, nil)
		}
	}
	// Establish, 5, 6. The key is 16 bytes, drawn by the library.
	h.key = req.Header.Get(webSocketKey)
	if nonce, err := base64.StdEncoding.DecodeString(h.key); err != nil || len(nonce) != 16 {
		return refuse(NotWebSocketHandshake, webSocketKey, h.key, nil)
	}
	r.headers = append(wants[:2], safelist.Header{Name: webSocketKey, Value: h.key}, wants[2])
	var names [16]string
	for _, name := range sortedNames(req.Context(), names[:0], req.Header) {
		value := strings.Join(req.Header[name], ", ")
		if !grammar.IsHeaderValue(grammar.NormalizeHeaderValue(value)) {
			return refuse(InvalidHeaderValue, name, value, nil)
		}
		switch {
		// Establish, 8. The subprotocols that script offers.
		case fold.Equal(name, webSocketProtocol):
			for protocol := range strings.SplitSeq(value, ",") {
				if !h.offer(strings.Trim(protocol, " \t")) {
					return refuse(invalidSubprotocol, webSocketProtocol, value, nil)
				}
			}
			r.headers.Append(webSocketProtocol, joinTrimmed(value))
		// Establish, 9, 10. The extensions that the library knows.
		case fold.Equal(name, webSocketExtensions):
			offered, _ := parseExtensions(value)
			for _, e := range offered {
				h.extensions[e.name] = true
			}
			r.headers.Append(webSocketExtensions, value)
		case e.agent.profile.Safelist.IsForbiddenRequestHeader(name, value):
		case name == "Authorization" && req.URL.User != nil: // net/http's doing
		default:
			return refuse(NotWebSocketHandshake, name, value, nil)
		}
	}
	return h, nil
}

// offer takes over a subprotocol; false if it is not a token, or stands there already.
//
// https://websockets.spec.whatwg.org/#dom-websocket-websocket
func (h *handshake) offer(protocol string) bool {
	if !grammar.IsHeaderName(protocol) || h.protocols[protocol] { // a header's name is a token
		return false
	}
	h.protocols[protocol] = true
	return true
}

// established is step 11 of "establish a WebSocket connection", with the steps
// 2 to 6 of the WebSocket Protocol: whether a response completes a handshake.
//
// https://websockets.spec.whatwg.org/#concept-websocket-establish
// https://www.rfc-editor.org/rfc/rfc6455#section-4.1
func (f *fetching) established(h *handshake, resp *response) *Error {
	// 11.1. The server switches protocols.
	if resp.status != http.StatusSwitchingProtocols {
		return f.block(WebSocketFailed, resp, "status", strconv.Itoa(resp.status))
	}
	get := func(name string) string {
		value, _ := resp.headers.Get(name)
		return value
	}
	switch {
	// 11.3: RFC 6455, 2. It switches to this protocol.
	case !fold.Equal(get("Upgrade"), "websocket"):
		return f.block(WebSocketFailed, resp, "Upgrade", get("Upgrade"))
	// 3. It does so for this connection.
	case !hasToken(get("Connection"), "Upgrade"):
		return f.block(WebSocketFailed, resp, "Connection", get("Connection"))
	// 4. It has read the key.
	case get(webSocketAccept) != opening.Answer(h.key):
		return f.block(WebSocketFailed, resp, webSocketAccept, get(webSocketAccept))
	}
	rules := &f.agent.profile.WebSocket
	// 5. It uses no extension that wasn't offered, and a list of extensions is one.
	if list, listed := resp.headers.Get(webSocketExtensions); listed && !h.agrees(list, rules) {
		return f.block(WebSocketFailed, resp, webSocketExtensions, list)
	}
	protocol, answered := resp.headers.Get(webSocketProtocol)
	if rules.LastProtocol && answered {
		values := resp.headers.Values(webSocketProtocol)
		protocol = values[len(values)-1]
	}
	h.protocol = protocol
	switch offered := len(h.protocols) > 0; {
	// 11.2. Of the subprotocols that were offered it takes one.
	case offered && !answered:
		if !rules.SilenceAllowed {
			return f.block(WebSocketFailed, resp, webSocketProtocol, "")
		}
	case !offered && answered && rules.UnaskedProtocolIgnored:
		h.unasked = true
	// 6. It takes none that wasn't offered.
	case answered && !h.protocols[protocol] && !(rules.ProtocolAnyCase && hasFold(h.protocols, protocol)):
		return f.block(WebSocketFailed, resp, webSocketProtocol, protocol)
	}
	if _, ok := resp.network.Body.(io.ReadWriteCloser); !ok {
		return f.fail(Unsendable, "body", "")
	}
	return nil
}

// hasFold tells whether a set has a string in any case.
func hasFold(set map[string]bool, s string) bool {
	for member := range set {
		if fold.Equal(member, s) {
			return true
		}
	}
	return false
}

// joinTrimmed is a list with single blanks between its members.
func joinTrimmed(list string) string {
	members := strings.Split(list, ",")
	for i := range members {
		members[i] = strings.Trim(members[i], " \t")
	}
	return strings.Join(members, ", ")
}

// hasToken tells whether a list of tokens has one, in any case.
func hasToken(list, token string) bool {
	for member := range strings.SplitSeq(list, ",") {
		if fold.Equal(strings.Trim(member, " \t"), token) {
			return true
		}
	}
	return false
}
