package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/http/httpguts"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// An HTTPTransport is a [Transport] over an [http.RoundTripper]. The zero
// value uses a transport of its own, configured like http.DefaultTransport.
// It must not be copied after first use.
//
// What Go's transport can't do as a browser would, and what a user gets:
//
//   - Order of header lines: HTTP/1.1 lines go out sorted by name, except Host
//     and User-Agent. Servers that tell clients apart by order see Go.
//   - Header values with a control character other than HTAB: an
//     [*UnsendableError]. A browser sends them.
//   - A path that begins with "//" and has a byte that net/url can't keep, or
//     a host with one of "{}` and the like: an [*UnsendableError].
//   - PATCH without a body is sent with Content-Length: 0.
//   - Received header names come sorted and in canonical form;
//     Transfer-Encoding and, if the body is chunked, a Content-Length besides
//     are not seen, and a repeated Content-Length of the same value is seen
//     once. Script that iterates over headers gets them sorted and in lower
//     case in a browser too.
//   - Malformed responses (a status that is not three digits, a header line
//     without a colon or with a control character, contradictory lengths, a
//     head of more than 10 MiB) are a [NetworkFailure]; browsers forgive some.
//   - A streaming body is held back by looking at the connection that was
//     chosen, which a round tripper other than *http.Transport may not reveal;
//     it then gets the body whatever the protocol. HTTP/2 without TLS does
//     not count as HTTP/2.
//   - A round tripper other than *http.Transport gets all requests, of every
//     partition, with credentials and without, and on a 421 no word that the
//     connection has to be a new one.
//   - A server that asks for a client certificate after the handshake, by
//     renegotiation or by TLS 1.3's post-handshake authentication, gets none:
//     crypto/tls knows neither here. Chromium answers the first over HTTP/1.1.
//   - Firefox sends requests with credentials over an HTTP/2 connection that
//     was opened for those without, and so without a client certificate.
//   - Authentication at an HTTP proxy, with the agent's store, needs
//     RoundTripper to be nil or an *http.Transport, of which a copy is made for
//     what goes to https: URLs through the proxy. A proxy whose URL has a username
//     gets that by Basic from net/http, and no other answer. A proxy's 407 to
//     CONNECT is otherwise a [NetworkFailure].
//   - HTTP/3, Early Hints and connection coalescing are not there.
//
// Connections are kept in pools. Requests share one only if they are of one
// network partition and all of them, or none, include credentials; so pages of
// different sites, and requests with and without a client certificate, never
// use the same connection or TLS session. The first pool is RoundTripper
// itself, the others are copies of it, made when they are needed, and so is the
// first where there are Certificates; its limits hold for each. Of more than 64
// pools that used the longest time ago goes, with its idle connections. Copies
// are out of RoundTripper's reach: what closes the idle connections of all is
// [HTTPTransport.CloseIdleConnections].
type HTTPTransport struct {
	// RoundTripper makes the requests; nil is a transport of its own. It must
	// not follow redirects, which no round tripper of net/http does.
	RoundTripper http.RoundTripper

	// Certificates are TLS client certificates, presented only on connections
	// for requests that include credentials. They need RoundTripper to be nil
	// or an *http.Transport without DialTLS and DialTLSContext. Nil leaves those
	// in its TLSClientConfig, which are held to the same rule. None of
	// Certificates are presented through an https: proxy, which might ask for
	// one itself.
	Certificates credentials.Certificates

	// Policy says how an engine departs from these rules.
	Policy credentials.Policy

	once  sync.Once
	base  http.RoundTripper
	pools pools // if base is an *http.Transport
}

func (t *HTTPTransport) init() {
	t.base = t.RoundTripper
	own, ok := t.base.(*http.Transport)
	if t.base == nil {
		own, ok = http.DefaultTransport.(*http.Transport).Clone(), true
		authorizeTunnels(own)
		t.base = own
	}
	if ok {
		t.pools.init(own, t.RoundTripper != nil, t.Certificates)
	}
}

// CloseIdleConnections closes connections that are open and not in use.
func (t *HTTPTransport) CloseIdleConnections() {
	t.once.Do(t.init)
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
	t.pools.closeIdle()
}

// RoundTrip implements [Transport].
func (t *HTTPTransport) RoundTrip(ctx context.Context, r *NetworkRequest) (*NetworkResponse, error) {
	t.once.Do(t.init)
	req, err := newHTTPRequest(ctx, r)
	if err != nil {
		closeBody(r.Body)
		return nil, err
	}
	rt := t.base
	var from *pool
	var dial *dialing
	if own, ok := rt.(*http.Transport); ok {
		var proxy *url.URL
		certificates := t.pools.certificates && t.Policy.ClientCertificate(r.Credentials)
		given := t.Certificates != nil
		if req.URL.Opaque != "" || r.ProxyAuthorization != nil || given {
			proxy = proxyOf(own, req)
		}
		from = t.pools.get(poolKey{
			partition:    r.Partition,
			credentials:  r.Credentials || t.Policy.SharedConnections,
			certificates: certificates,
			tunnel:       proxy != nil && r.ProxyAuthorization != nil && req.URL.Scheme == "https" && t.RoundTripper != nil,
		})
		own = from.transport
		if given && (proxy == nil || proxy.Scheme != "https") {
			dial = &dialing{url: r.URL}
			req = req.WithContext(context.WithValue(req.Context(), dialingKey{}, dial))
		}
		if proxy != nil && r.ProxyAuthorization != nil {
			req = authorizeProxy(req, r, proxy)
		}
		if proxy != nil && req.URL.Opaque != "" && req.URL.Scheme == "http" { // net/http leaves that to whoever makes an opaque URL
			req.URL.Opaque = "//" + req.URL.Host + req.URL.Opaque
		}
		if r.NewConnection {
			own = separate(own)
			own.DisableKeepAlives = true
		}
		if r.WebSocket {
			own = webSocketTransport(own)
		}
		rt = own
	}
	var guard *streamGuard
	if r.Streaming {
		guard = new(streamGuard)
		req = req.WithContext(httptrace.WithClientTrace(req.Context(), guard.trace()))
	}
	resp, err := rt.RoundTrip(req)
	if guard != nil && guard.refused {
		if err == nil {
			resp.Body.Close()
		}
		return nil, ErrStreamNeedsHTTP2
	}
	var refusal *tunnelRefusal
	if errors.As(err, &refusal) {
		return refusal.response(), nil
	}
	if err != nil && ctx.Err() == nil {
		err = t.certificateError(r, from, dial, err)
	}
	if err != nil {
		return nil, err
	}
	return newNetworkResponse(resp), nil
}

// proxyOf is the HTTP proxy that a request goes to, or nil.
func proxyOf(t *http.Transport, req *http.Request) *url.URL {
	if t.Proxy == nil {
		return nil
	}
	proxy, err := t.Proxy(req)
	if err != nil || proxy == nil || proxy.Scheme != "http" && proxy.Scheme != "https" {
		return nil
	}
	return proxy
}

// authorizeProxy gives a request what authorizes it at the proxy. A proxy whose
// URL has a username is left to net/http.
func authorizeProxy(req *http.Request, r *NetworkRequest, proxy *url.URL) *http.Request {
	at, err := origin.ParseURL(proxy.Scheme + "://" + proxy.Host + "/")
	if err != nil || proxy.User != nil {
		return req
	}
	if req.URL.Scheme == "http" {
		if value, ok := r.ProxyAuthorization(at, r.Method, r.URL.SetCredentials("", "").WithoutFragment()); ok {
			req.Header["Proxy-Authorization"] = []string{value}
		}
		return req
	}
	host := r.URL.Host() + ":" + orDefault(r.URL.Port(), "443")
	if value, ok := r.ProxyAuthorization(at, http.MethodConnect, host); ok {
		req = req.WithContext(context.WithValue(req.Context(), tunnelAuthorization{}, value))
	}
	return req
}

// tunnelAuthorization is the context key for the Proxy-Authorization of a request
// that opens a tunnel.
type tunnelAuthorization struct{}

// authorizeTunnels has a transport send that header when it opens a tunnel, and
// return a [*tunnelRefusal] for a 407.
func authorizeTunnels(t *http.Transport) {
	static, header, response := t.ProxyConnectHeader, t.GetProxyConnectHeader, t.OnProxyConnectResponse
	t.GetProxyConnectHeader = func(ctx context.Context, proxy *url.URL, target string) (http.Header, error) {
		list := static
		if header != nil {
			var err error
			if list, err = header(ctx, proxy, target); err != nil {
				return nil, err
			}
		}
		if value, ok := ctx.Value(tunnelAuthorization{}).(string); ok {
			if list = list.Clone(); list == nil {
				list = http.Header{}
			}
			list.Set("Proxy-Authorization", value)
		}
		return list, nil
	}
	t.OnProxyConnectResponse = func(ctx context.Context, proxy *url.URL, req *http.Request, resp *http.Response) error {
		if response != nil {
			if err := response(ctx, proxy, req, resp); err != nil {
				return err
			}
		}
		if resp.StatusCode == http.StatusProxyAuthRequired {
			return &tunnelRefusal{resp.Header.Values("Proxy-Authenticate")}
		}
		return nil
	}
}

// A tunnelRefusal is a proxy's 407 to CONNECT.
type tunnelRefusal struct{ challenges []string }

func (e *tunnelRefusal) Error() string { return "fetch: the proxy asks for a password" }

func (e *tunnelRefusal) response() *NetworkResponse {
	resp := &NetworkResponse{Status: http.StatusProxyAuthRequired, Tunnel: true}
	for _, value := range e.challenges {
		resp.Headers = append(resp.Headers, safelist.Header{Name: "Proxy-Authenticate", Value: value})
	}
	return resp
}

func closeBody(body io.Closer) {
	if body != nil {
		body.Close()
	}
}

// A streamGuard keeps a streaming body from a connection that is not HTTP/2,
// by closing the connection before anything is written to it.
type streamGuard struct{ refused bool }

func (g *streamGuard) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if !speaksHTTP2(info.Conn) {
			g.refused = true
			info.Conn.Close()
		}
	}}
}

func speaksHTTP2(conn net.Conn) bool {
	c, ok := conn.(interface{ ConnectionState() tls.ConnectionState })
	return ok && c.ConnectionState().NegotiatedProtocol == "h2"
}

// newHTTPRequest turns the request of a browser into one of net/http.
func newHTTPRequest(ctx context.Context, r *NetworkRequest) (*http.Request, error) {
	target, err := requestURL(r)
	if err != nil {
		return nil, err
	}
	req := emptyRequest(ctx, r.http)
	req.Method, req.URL, req.Host = r.Method, target, target.Host
	if r.Body != nil {
		req.Body, req.ContentLength = r.Body, -1
	}
	header := make(http.Header, len(r.Headers))
	values := make([]string, len(r.Headers))
	lines := 0 // that are in the header
	for i, h := range r.Headers {
		switch {
		case h.Name == "Content-Length":
			if n, err := strconv.ParseInt(h.Value, 10, 64); err == nil && r.Body != nil {
				req.ContentLength = n
			}
			continue
		case safelist.EqualFold(h.Name, "User-Agent"): // net/http sends one, as it spells it
			if h.Name = "User-Agent"; header[h.Name] != nil {
				continue
			}
			h.Value, _ = r.Headers.Get(h.Name)
		}
		if !httpguts.ValidHeaderFieldValue(h.Value) {
			return nil, &UnsendableError{What: "header " + h.Name, Value: h.Value, Why: "net/http sends no control characters"}
		}
		values[i] = h.Value
		header[h.Name] = values[i : i+1 : i+1]
		lines++
	}
	if len(header) < lines { // some names are repeated, which is rare
		repeatNames(header, r.Headers)
	}
	req.Header = header
	if req.ContentLength == 0 && r.Body != nil {
		closeBody(r.Body)
		req.Body = http.NoBody
		req.TransferEncoding = []string{"identity"} // says Content-Length: 0 whatever the method
	}
	return req, nil
}

// repeatNames gives a header all lines of the names that a list repeats.
func repeatNames(header http.Header, list safelist.HeaderList) {
	lines := make(http.Header)
	for _, h := range list {
		lines[h.Name] = append(lines[h.Name], h.Value)
	}
	for name, values := range lines {
		if len(values) > 1 && header[name] != nil && name != "User-Agent" { // joined already
			header[name] = values
		}
	}
}

// emptyRequest is a request of a context with nothing in it. Made from one
// that is given, which has that context, it costs one allocation instead of two.
func emptyRequest(ctx context.Context, given *http.Request) *http.Request {
	if given == nil {
		return (&http.Request{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx)
	}
	req := new(http.Request)
	*req = *given
	req.Body, req.GetBody, req.ContentLength = nil, nil, 0
	req.TransferEncoding, req.Trailer, req.Response = nil, nil, nil
	return req
}

// requestURL is the request's URL for net/http, which is to write it to the
// wire as the URL Standard serializes it.
func requestURL(r *NetworkRequest) (*url.URL, error) {
	u := r.URL
	if given := r.http; given != nil && r.httpURL == u.String() && given.URL.Fragment == "" && given.URL.User == nil && given.URL.Opaque == "" {
		return given.URL, nil
	}
	target := netURL(u)
	switch path := u.Path(); {
	case !httpguts.ValidHostHeader(target.Host):
		return nil, &UnsendableError{What: "host", Value: target.Host, Why: "net/http knows no such host"}
	case target.Opaque == "":
	case strings.HasPrefix(path, "//"):
		return nil, &UnsendableError{What: "url", Value: u.String(), Why: "net/url can't keep a path that begins with // and is not in its canonical form"}
	default:
		target.Opaque = path
	}
	return target, nil
}

// netURL is a URL without its fragment as net/url's, opaque if that can't keep
// the path as it is.
func netURL(u *origin.URL) *url.URL {
	host := u.Host()
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	path := u.Path()
	query, hasQuery := u.Query()
	out := &url.URL{Scheme: u.Scheme(), Host: host, Path: path, RawPath: path, RawQuery: query, ForceQuery: hasQuery && query == ""}
	if unescaped, err := url.PathUnescape(path); err == nil {
		out.Path = unescaped
	}
	if out.EscapedPath() != path {
		out.Opaque = "//" + host + path
	}
	return out
}

// newNetworkResponse turns a response of net/http into one of the engine's.
func newNetworkResponse(resp *http.Response) *NetworkResponse {
	var memory struct {
		response NetworkResponse
		headers  [8]safelist.Header
	}
	headers := HeaderList(memory.headers[:0])
	var names [16]string
	for _, name := range sortedNames(names[:0], resp.Header) {
		for _, value := range resp.Header[name] {
			headers = append(headers, safelist.Header{Name: name, Value: value})
		}
	}
	_, message, _ := strings.Cut(resp.Status, " ")
	out := &memory.response
	*out = NetworkResponse{Status: resp.StatusCode, StatusText: message, Headers: headers, HTTP2: resp.ProtoMajor == 2, http: resp}
	if resp.Body != http.NoBody {
		out.Body = resp.Body
	}
	if resp.ProtoMajor >= 2 {
		out.StatusText = "" // HTTP/2 has none; net/http makes one up
	}
	return out
}
