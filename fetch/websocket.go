package fetch

import (
	"crypto/sha1"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/safelist"
)

// WebSocketClient returns an [http.Client] that opens WebSocket connections as a
// script of the page would by new WebSocket(). A library that makes its handshake
// by an http.Client takes it unchanged, such as
// github.com/coder/websocket with its DialOptions.HTTPClient. It uses the
// transport, cookie jar, timeout and CheckRedirect of base, as
// [Environment.Client] does.
//
// Each request has to be a handshake of RFC 6455, over HTTP/1.1, to a ws:, wss:,
// http: or https: URL. Anything else is refused. The headers whose names begin
// with Sec-WebSocket- are the library's. The engine adds those of a browser:
// Origin, cookies, Cache-Control, Pragma and, by the profile, Sec-Fetch-*. A
// browser's script can't set other headers, so that these are refused; those that
// no script may set are ignored, see [Environment.Client]. A username and password
// in the URL are not used.
//
// A ws: URL of a secure page is mixed content, bad ports are blocked, and a
// redirect is an error unless the profile follows it. The connection is a new
// one, and no other request will use it.
//
// The response of a successful handshake has status 101 and a Body that
// implements [io.ReadWriteCloser]. It is checked as the WebSocket Protocol and the
// WebSockets Standard demand, the subprotocol included. The request's context and
// the client's Timeout bound the handshake; the connection lives until its Body
// is closed. Note that net/http wraps the Body where Timeout is not 0, so that it
// can't be written to; coder/websocket sees to that.
//
// An HTTP proxy is sent a handshake to a ws: URL as any other request, where
// browsers open a tunnel.
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
	handshake, refusal := ws.page.newHandshake(req, r)
	if refusal != nil {
		return nil, refusal
	}
	r.http, r.httpURL = req, req.URL.String()
	if ws.client.CheckRedirect != nil {
		r.redirectChecks = r.redirectChecks.alsoAsk(ws.client.CheckRedirect, req)
	}
	resp, refusal := f.run()
	if refusal == nil {
		if refusal = f.established(handshake, resp); refusal != nil {
			resp.discard()
		}
	}
	if refusal != nil {
		return nil, refusal
	}
	out := clientResponse(resp, req, r.method)
	if handshake.unasked {
		out.Header.Del(webSocketProtocol)
	}
	out.Body = resp.network.Body // it lives longer than the request's context
	return out, nil
}

const (
	webSocketKey        = "Sec-WebSocket-Key"
	webSocketVersion    = "Sec-WebSocket-Version"
	webSocketProtocol   = "Sec-WebSocket-Protocol"
	webSocketExtensions = "Sec-WebSocket-Extensions"
	webSocketAccept     = "Sec-WebSocket-Accept"
)

// A handshake is what its response has to answer.
type handshake struct {
	key        string
	protocols  map[string]bool
	extensions map[string]bool // by name

	unasked bool // the response names a subprotocol that was not asked for and does not count
}

// newHandshake fills in the request of a handshake: the WebSocket constructor, and
// steps 1 to 9 of "establish a WebSocket connection", whose headers are those of
// the library.
//
// https://websockets.spec.whatwg.org/#dom-websocket-websocket
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func (e *Environment) newHandshake(req *http.Request, r *request) (*handshake, *Error) {
	refuse := func(reason Reason, what, value string, err error) (*handshake, *Error) {
		return nil, &Error{Reason: reason, Stage: StageConstruct, Header: what, Value: presentable(what, value), Err: err,
			Request: RequestInfo{API: APIWebSocket, Method: req.Method, URL: req.URL.Redacted(), Page: e.origin.String()}}
	}
	u, err := e.agent.parseURL(req.URL.String(), e.baseURL)
	if err != nil {
		return refuse(InvalidURL, "url", req.URL.Redacted(), err)
	}
	switch u.Scheme() {
	case "ws":
		u = u.SetScheme("http")
	case "wss":
		u = u.SetScheme("https")
	case "http", "https":
	default:
		return refuse(InvalidURL, "scheme", u.Scheme(), nil)
	}
	if fragment, ok := u.Fragment(); ok {
		return refuse(InvalidURL, "fragment", fragment, nil)
	}
	*r = request{
		method:      "GET",
		client:      e,
		referrer:    referrer{kind: referrerNone},
		mode:        WebSocketMode,
		credentials: credentials.Include,
		cache:       CacheNoStore,
		redirect:    ErrorOnHop,
		api:         APIWebSocket,
		canPrompt:   !e.worker,
		tainting:    TaintingBasic,
	}
	if e.agent.profile.WebSocket.FollowsRedirects {
		r.redirect = Follow
	}
	r.setURL(u.SetCredentials("", ""))
	if req.Method != "" && req.Method != "GET" {
		return refuse(NotWebSocketHandshake, "method", req.Method, nil)
	}
	wants := HeaderList{{Name: "Upgrade", Value: "websocket"}, {Name: "Connection", Value: "Upgrade"}, {Name: webSocketVersion, Value: "13"}}
	for _, want := range wants {
		if got := strings.Join(req.Header[http.CanonicalHeaderKey(want.Name)], ", "); !hasToken(got, want.Value) {
			return refuse(NotWebSocketHandshake, want.Name, got, nil)
		}
	}
	h := &handshake{key: req.Header.Get(webSocketKey), extensions: make(map[string]bool), protocols: make(map[string]bool)}
	if nonce, err := base64.StdEncoding.DecodeString(h.key); err != nil || len(nonce) != 16 {
		return refuse(NotWebSocketHandshake, webSocketKey, h.key, nil)
	}
	r.headers = append(wants[:2], safelist.Header{Name: webSocketKey, Value: h.key}, wants[2])
	var names [16]string
	for _, name := range sortedNames(req.Context(), names[:0], req.Header) {
		value := strings.Join(req.Header[name], ", ")
		if !safelist.IsHeaderValue(safelist.NormalizeHeaderValue(value)) {
			return refuse(InvalidHeaderValue, name, value, nil)
		}
		switch {
		case safelist.EqualFold(name, webSocketProtocol):
			protocols := strings.Split(value, ",")
			for i, protocol := range protocols {
				protocol = strings.Trim(protocol, " \t")
				if !safelist.IsHeaderName(protocol) || h.protocols[protocol] { // a name is a token
					return refuse(InvalidSubprotocol, webSocketProtocol, value, nil)
				}
				h.protocols[protocol], protocols[i] = true, protocol
			}
			r.headers.Append(webSocketProtocol, strings.Join(protocols, ", "))
		case safelist.EqualFold(name, webSocketExtensions):
			for _, name := range extensionNames(value) {
				h.extensions[name] = true
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

// established is step 11 of "establish a WebSocket connection", with the steps
// 2 to 6 of the WebSocket Protocol: whether a response completes a handshake.
//
// https://websockets.spec.whatwg.org/#concept-websocket-establish
// https://www.rfc-editor.org/rfc/rfc6455#section-4.1
func (f *fetching) established(h *handshake, resp *response) *Error {
	rules := &f.agent.profile.WebSocket
	if resp.status != http.StatusSwitchingProtocols { // 11.1
		return f.block(WebSocketFailed, resp, "status", strconv.Itoa(resp.status))
	}
	get := func(name string) string {
		value, _ := resp.headers.Get(name)
		return value
	}
	accept := sha1.Sum([]byte(h.key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	switch {
	case !safelist.EqualFold(get("Upgrade"), "websocket"): // RFC 6455: 2
		return f.block(WebSocketFailed, resp, "Upgrade", get("Upgrade"))
	case !hasToken(get("Connection"), "Upgrade"): // 3
		return f.block(WebSocketFailed, resp, "Connection", get("Connection"))
	case get(webSocketAccept) != base64.StdEncoding.EncodeToString(accept[:]): // 4
		return f.block(WebSocketFailed, resp, webSocketAccept, get(webSocketAccept))
	}
	for _, name := range extensionNames(get(webSocketExtensions)) { // 5
		if !h.extensions[name] {
			return f.block(WebSocketFailed, resp, webSocketExtensions, get(webSocketExtensions))
		}
	}
	protocol, answered := resp.headers.Get(webSocketProtocol)
	switch asked := len(h.protocols) > 0; {
	case asked && (!answered || protocol == ""): // 11.2
		if !rules.SilenceAllowed {
			return f.block(WebSocketFailed, resp, webSocketProtocol, "")
		}
	case !asked && answered && rules.UnaskedProtocolIgnored:
		h.unasked = true
	case answered && !h.protocols[protocol] && !(rules.ProtocolAnyCase && hasFold(h.protocols, protocol)): // 6
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
		if safelist.EqualFold(member, s) {
			return true
		}
	}
	return false
}

// hasToken tells whether a list of tokens has one, in any case.
func hasToken(list, token string) bool {
	for member := range strings.SplitSeq(list, ",") {
		if safelist.EqualFold(strings.Trim(member, " \t"), token) {
			return true
		}
	}
	return false
}

// extensionNames are the names of the extensions that a Sec-WebSocket-Extensions
// lists.
func extensionNames(value string) []string {
	var names []string
	for member := range strings.SplitSeq(value, ",") {
		name, _, _ := strings.Cut(member, ";")
		if name = strings.Trim(name, " \t"); name != "" {
			names = append(names, name)
		}
	}
	return names
}
