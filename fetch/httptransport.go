package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/net/http/httpguts"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// An HTTPTransport is a [Transport] over an [http.RoundTripper]. The zero value
// uses a transport of its own, configured like [http.DefaultTransport]. It must
// not be copied after first use.
//
// # Differences from a browser
//
// Go's HTTP client is unable to do some things as a browser does:
//
//   - HTTP/1.1 header lines are sent sorted by name, except Host and
//     User-Agent, and HTTP/2 header lines in any order: what
//     [NetworkRequest.Headers] says of the order is lost.
//   - A header value with a control character other than HTAB is refused
//     as [Unsendable]; a browser sends it.
//   - A path that begins with "//" and contains a byte that net/url can't
//     keep, and a host with a character such as "{", are refused likewise.
//   - PATCH without a body is sent with Content-Length: 0.
//   - Names of received headers are sorted and in canonical form.
//     Transfer-Encoding, and the Content-Length of a chunked body, are not
//     seen; a repeated equal Content-Length is seen once. Script that iterates
//     over headers gets them sorted and in lower case in a browser too.
//   - A malformed response is a [NetworkFailure]: a status that is not three
//     digits, a header line without a colon, with a tab before it or with a
//     control character, contradictory lengths, a head of more than 10 MiB.
//     Browsers tolerate some of these. A space before the colon is no failure:
//     the line counts or not as in the profile's browser.
//   - Whether a streaming body may be sent is decided by the connection that
//     was chosen. A round tripper other than [*http.Transport] may not reveal
//     it; it then gets the body whatever the protocol. HTTP/2 without TLS does
//     not count as HTTP/2.
//   - A server that asks for a client certificate after the handshake, by
//     renegotiation or by TLS 1.3's post-handshake authentication, gets none,
//     because crypto/tls does not support it. Chromium answers the former over
//     HTTP/1.1.
//   - Firefox sends requests with credentials over an HTTP/2 connection that
//     was opened for requests without, and so without a client certificate.
//   - Authentication at an HTTP proxy needs RoundTripper to be nil or an
//     *http.Transport. If the proxy's URL has a username, net/http sends that
//     by Basic, and no other answer is given. Otherwise a proxy's 407 to
//     CONNECT is a NetworkFailure.
//   - There is no HTTP/3, no Early Hints and no connection coalescing.
//
// # Connections
//
// Requests share a connection only if they have the same network partition, and
// if all or none of them include credentials. Pages of different sites, and
// requests with and without a client certificate, never share a connection or a
// TLS session. For this there is a pool of connections for each partition, with
// and without credentials. Each pool is a copy of RoundTripper, which sends
// nothing itself. Several HTTPTransports over one [*http.Transport] share no
// connections; agents with the same HTTPTransport share its pools. Protocols
// that were registered with RoundTripper for http: and https: before the first
// request are kept. HTTP/2 that golang.org/x/net/http2 configured is replaced
// by that of net/http.
//
// There are at most 64 pools. Beyond that the least recently used pool is
// dropped and its idle connections are closed. RoundTripper's limits apply to
// each pool: MaxIdleConns (100 if it has none), MaxIdleConnsPerHost,
// MaxConnsPerHost and IdleConnTimeout (90 seconds if it has none).
// CloseIdleConnections of RoundTripper does not affect the pools;
// [HTTPTransport.CloseIdleConnections] does.
//
// RoundTripper.Proxy is called once for each round trip. Its result is used for
// the connection, for the CONNECT of a tunnel and for Proxy-Authorization, so
// that a function that rotates between proxies never sends one proxy's password
// to another. The answer to a proxy's challenge goes to that proxy without
// another call.
//
// # Other round trippers
//
// A round tripper that is not an [*http.Transport] manages its own connections.
// It gets all requests, of every partition, with and without credentials, and
// is not told after a 421 that the connection has to be a new one. Whether
// pages share connections or cached responses is up to it.
//
// It gets a request of its own. The URL always has a host, and its String is
// the URL that a browser would request, without the fragment. If net/url is
// unable to keep the path as the URL Standard serializes it, such as "/a|b",
// URL.Opaque has host and path: "//api.example/a|b". An *http.Transport that
// gets such a request from another round tripper sends the whole URL as its
// target, which servers understand. Round trippers that are registered with an
// *http.Transport for a scheme are treated likewise.
//
// A fetch is safe from any round tripper: see [Transport].
type HTTPTransport struct {
	// RoundTripper makes the requests. Nil is a transport of its own, or the one
	// that the program has assigned to [http.DefaultTransport] if that is not an
	// [*http.Transport]. It must not follow redirects; those of net/http don't.
	RoundTripper http.RoundTripper

	// Certificates are TLS client certificates. They are presented only on
	// connections for requests that include credentials, and never through an
	// https: proxy, which might ask for one itself. They require that RoundTripper
	// is nil or an [*http.Transport] without DialTLS and DialTLSContext. If
	// Certificates is nil, the certificates in its TLSClientConfig are used by the
	// same rule.
	Certificates credentials.Certificates

	// Policy says how an engine departs from these rules.
	Policy rules.Credentials

	once   sync.Once
	pools  *pools            // nil if there is a
	custom http.RoundTripper // that is not an *http.Transport
}

func (t *HTTPTransport) init() {
	base := t.RoundTripper
	if base == nil {
		base = http.DefaultTransport // which a program may have replaced
	}
	if transport, ok := base.(*http.Transport); ok {
		t.pools = newPools(transport, t.Certificates)
	} else {
		t.custom = base
	}
}

// CloseIdleConnections closes the idle connections of all pools. If
// RoundTripper is not an [*http.Transport], it is asked to close its own.
// Connections that an *http.Transport has opened for others stay open.
func (t *HTTPTransport) CloseIdleConnections() {
	t.once.Do(t.init)
	if t.pools != nil {
		t.pools.closeIdle()
	} else if c, ok := t.custom.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// RoundTrip implements [Transport].
func (t *HTTPTransport) RoundTrip(ctx context.Context, r *NetworkRequest) (*NetworkResponse, error) {
	t.once.Do(t.init)
	req, err := newHTTPRequest(ctx, r)
	if err != nil {
		closeBody(r.Body)
		return nil, err
	}
	rt := t.custom
	var from *pool
	var way *route
	if t.pools != nil {
		if from, way, err = t.prepare(req, r); err != nil {
			closeBody(req.Body)
			return nil, err
		}
		if way != nil {
			req = req.WithContext(context.WithValue(ctx, routeKey{}, way))
		}
		if from.key.guarded {
			req = req.WithContext(context.WithValue(req.Context(), checkKey{}, r.check))
		}
		rt = from.transport
		if r.NewConnection {
			rt = t.pools.unshared(from)
		}
		if r.WebSocket {
			rt = t.pools.webSocket(from)
		}
	}
	var guard *streamGuard
	if r.Streaming {
		guard = new(streamGuard)
		req = req.WithContext(httptrace.WithClientTrace(req.Context(), guard.trace()))
	}
	if len(r.HTTP2Headers) > 0 && t.pools != nil && req.URL.Scheme == "https" {
		req = req.WithContext(httptrace.WithClientTrace(req.Context(), http2HeadersTrace(req.Header, r.HTTP2Headers)))
	}
	if r.Connected == nil {
		return t.roundTrip(ctx, rt, req, r, from, way, guard)
	}
	custom := t.pools == nil || t.pools.serves(r.URL)
	if r.check != nil && !r.check.refuses() {
		return t.roundTrip(ctx, rt, watched(req, r, way, custom), r, from, way, guard)
	}
	req, checked := guarded(req, r, way, custom)
	return checked.end(t.roundTrip(ctx, rt, req, r, from, way, guard))
}

// roundTrip is RoundTrip over the round tripper that was chosen for the request.
func (t *HTTPTransport) roundTrip(ctx context.Context, rt http.RoundTripper, req *http.Request, r *NetworkRequest, from *pool, way *route, guard *streamGuard) (*NetworkResponse, error) {
	resp, err := rt.RoundTrip(req)
	switch {
	case guard != nil && guard.refused.Load():
		err = StreamNeedsHTTP2
	case err == nil && resp == nil:
		err = fmt.Errorf("fetch: the round tripper %T returned neither a response nor an error", rt)
	case err == nil && resp.StatusCode == 0 && !strings.HasPrefix(resp.Status, "000"): // which servers may send
		err = fmt.Errorf("fetch: the round tripper %T returned a response without a status", rt)
	}
	if err != nil {
		if resp != nil {
			abandon(resp.Body)
		}
		return t.failed(ctx, r, from, way, err)
	}
	out, err := newNetworkResponse(ctx, resp)
	if err != nil {
		abandon(resp.Body)
		return nil, err
	}
	if way != nil {
		out.proxy = way.proxy
	}
	return out, nil
}

// prepare finds the pool of connections for a request, and the way that it
// takes: nil is straight to its server with nothing to tell the connection. The
// transport's Proxy is asked here, and nowhere else. The request gets what is to
// be written to the wire.
func (t *HTTPTransport) prepare(req *http.Request, r *NetworkRequest) (*pool, *route, error) {
	proxy, err := t.pools.proxy(req, r)
	if err != nil {
		return nil, nil, err
	}
	from := t.pools.get(poolKey{
		partition:    r.Partition,
		credentials:  r.Credentials || t.Policy.SharedConnections,
		certificates: t.pools.certificates && t.Policy.ClientCertificate(r.Credentials),
		guarded:      r.check != nil && r.check.guard != nil,
	})
	var way *route
	if presents := t.Certificates != nil && (proxy == nil || proxy.Scheme != "https"); proxy != nil || presents {
		way = &route{url: r.URL, proxy: proxy, presents: presents}
	}
	if t.pools.serves(r.URL) {
		return from, way, nil // by a round tripper of somebody else's, which gets no password and the whole URL
	}
	forwarded := isHTTPProxy(proxy) && req.URL.Scheme == "http"
	if req.URL.Opaque != "" && !forwarded { // "//host/path", which goes to a proxy as it is
		path := r.URL.Path()
		if strings.HasPrefix(path, "//") {
			return nil, nil, cannotSend("url", r.URL.SetCredentials("", "").String(), "net/url can't keep a path that begins with // and is not in its canonical form")
		}
		req.URL.Opaque = path
	}
	if isHTTPProxy(proxy) && r.ProxyAuthorization != nil {
		way.authorize(req, r)
	}
	return from, way, nil
}

// failed is what a round trip ends with that brought no response: a proxy's 407
// to CONNECT is one, and else an error, with what is known of client
// certificates.
func (t *HTTPTransport) failed(ctx context.Context, r *NetworkRequest, from *pool, way *route, err error) (*NetworkResponse, error) {
	if refusal, ok := errors.AsType[*tunnelRefusal](err); ok && way != nil {
		resp := refusal.response()
		resp.proxy = way.proxy
		return resp, nil
	}
	if from != nil && ctx.Err() == nil {
		err = t.certificateError(r, from, way, err)
	}
	return nil, err
}

func closeBody(body io.Closer) {
	if body != nil {
		body.Close()
	}
}

// A streamGuard keeps a streaming body from a connection that is not HTTP/2,
// by closing the connection before anything is written to it.
type streamGuard struct{ refused atomic.Bool }

func (g *streamGuard) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if !speaksHTTP2(info.Conn) {
			g.refused.Store(true)
			info.Conn.Close()
		}
	}}
}

// http2HeadersTrace adds headers to a request's once its connection is known to
// speak HTTP/2. That is on the goroutine of RoundTrip, before the head is written.
func http2HeadersTrace(header http.Header, http2 HeaderList) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if speaksHTTP2(info.Conn) {
			for _, h := range http2 {
				header[http.CanonicalHeaderKey(h.Name)] = []string{h.Value}
			}
		}
	}}
}

func speaksHTTP2(conn net.Conn) bool {
	c, ok := conn.(interface{ ConnectionState() tls.ConnectionState })
	return ok && c.ConnectionState().NegotiatedProtocol == "h2"
}

// newHTTPRequest turns the request of a browser into one of net/http. Nothing
// that its round tripper may change is shared with r.
func newHTTPRequest(ctx context.Context, r *NetworkRequest) (*http.Request, error) {
	req, target := emptyRequest(ctx, r.http)
	if err := setURL(target, r); err != nil {
		return nil, err
	}
	req.Method, req.URL, req.Host = r.Method, target, target.Host
	if r.Body != nil {
		req.Body, req.ContentLength = r.Body, -1
	}
	header := make(http.Header, len(r.Headers))
	values := make([]string, len(r.Headers))
	lines := 0 // that are in the header
	for i, h := range r.Headers {
		if i%checkEvery == checkEvery-1 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		switch {
		case h.Name == "Content-Length":
			if n, err := strconv.ParseInt(h.Value, 10, 64); err == nil && r.Body != nil {
				req.ContentLength = n
			}
			continue
		case fold.Equal(h.Name, "User-Agent"): // net/http sends one, as it spells it
			if h.Name = "User-Agent"; header[h.Name] != nil {
				continue
			}
			h.Value, _ = r.Headers.Get(h.Name)
		}
		if !httpguts.ValidHeaderFieldValue(h.Value) {
			return nil, cannotSend("header "+h.Name, h.Value, "net/http sends no control characters")
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

// checkEvery is after how many headers somebody looks whether the context has
// ended.
const checkEvery = 1 << 10

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

// emptyRequest is a request of a context with nothing in it, and room for its
// URL. Made from one that is given with that context, it costs one allocation for
// both.
func emptyRequest(ctx context.Context, given *http.Request) (*http.Request, *url.URL) {
	switch {
	case given == nil:
		return (&http.Request{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}).WithContext(ctx), new(url.URL)
	case !sameContext(ctx, given.Context()):
		given = given.WithContext(ctx)
	}
	memory := new(struct {
		request http.Request
		url     url.URL
	})
	req := &memory.request
	*req = *given
	req.Body, req.GetBody, req.ContentLength = nil, nil, 0
	req.TransferEncoding, req.Trailer, req.Response = nil, nil, nil
	return req, &memory.url
}

// sameContext tells whether two contexts are known to be one. Not all can be
// compared.
func sameContext(a, b context.Context) bool {
	t := reflect.TypeOf(a)
	return t == reflect.TypeOf(b) && t.Kind() == reflect.Pointer && a == b || a == context.Background() && b == context.Background()
}

// setURL makes target the request's URL for net/http, without fragment. Its Host
// is set, and its String is that of no other URL: where net/url can't keep the
// path as the URL Standard serializes it, Opaque has host and path.
func setURL(target *url.URL, r *NetworkRequest) error {
	u := r.URL
	if given := r.http; given != nil && r.httpURL == u.String() && isPlain(given.URL, u) {
		*target = *given.URL
	} else {
		*target = netURL(u)
	}
	if !httpguts.ValidHostHeader(target.Host) {
		return cannotSend("host", target.Host, "net/http knows no such host")
	}
	return nil
}

// isPlain tells whether a URL of net/url, which is written as u, consists of u's
// parts: a Host might be in its Path, or a fragment in its RawQuery.
func isPlain(given *url.URL, u *origin.URL) bool {
	host, port, inTwo := strings.Cut(given.Host, u.Host())
	if host != "" || !inTwo || strings.TrimPrefix(port, ":") != u.Port() {
		return false
	}
	_, fragment := u.Fragment()
	return !fragment && given.User == nil && given.Opaque == ""
}

// netURL is a URL without its fragment as net/url's, opaque if that can't keep
// the path as it is.
func netURL(u *origin.URL) url.URL {
	host := u.Host()
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	path := u.Path()
	query, hasQuery := u.Query()
	out := url.URL{Scheme: u.Scheme(), Host: host, Path: path, RawPath: path, RawQuery: query, ForceQuery: hasQuery && query == ""}
	if unescaped, err := url.PathUnescape(path); err == nil {
		out.Path = unescaped
	}
	if out.EscapedPath() != path {
		out.Opaque = "//" + host + path
	}
	return out
}

// newNetworkResponse turns a response of net/http into one of the engine's. The
// error is the context's, which may end before a long header is in order.
func newNetworkResponse(ctx context.Context, resp *http.Response) (*NetworkResponse, error) {
	var memory struct {
		response NetworkResponse
		headers  [8]safelist.Header
	}
	headers := HeaderList(memory.headers[:0])
	var names [16]string
	for i, name := range sortedNames(ctx, names[:0], resp.Header) {
		if i%checkEvery == checkEvery-1 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
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
	return out, nil
}

// sortedNames are a header's names in order, so that the same request is judged
// the same way each time. They are appended to names. Once the context has ended
// they are in no order.
func sortedNames(ctx context.Context, names []string, h http.Header) []string {
	names = slices.Grow(names, len(h))
	for name := range h {
		names = append(names, name)
	}
	if len(names) < checkEvery {
		slices.Sort(names)
		return names
	}
	compared, ended := 0, false
	slices.SortFunc(names, func(a, b string) int {
		if compared++; compared%checkEvery == 0 {
			ended = ended || ctx.Err() != nil
		}
		if ended {
			return 0
		}
		return strings.Compare(a, b)
	})
	return names
}
