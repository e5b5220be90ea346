package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/browsercors/browsercors/origin"
)

// A Transport makes HTTP requests: it is the network below the Fetch Standard.
// It does not follow redirects, keep cookies, answer challenges or decode
// content codings, and adds no header except those for a proxy. It must be safe
// for concurrent use.
//
// RoundTrip returns when the head of the response has arrived. It must close
// the request's body in any case, and must end when ctx is cancelled; so must
// the body of the response.
//
// A fetch is safe from transports that break these rules:
//
//   - If RoundTrip panics, returns neither a response nor an error, returns
//     both, or returns a status outside of 1 to 999, the fetch fails with
//     [NetworkFailure].
//   - If a body panics, returns no bytes in 100 Reads in a row, or claims to
//     have read more than fits, the fetch fails with [BrokenBody].
//   - When ctx ends, the fetch and each Read of its body end, whatever the
//     transport is doing. A response that arrives later is closed.
//   - A body is not closed during a Read, unless its type is known to allow
//     that. When the body is no longer needed, ctx is cancelled, and the body
//     is closed after the Read.
//
// For this, RoundTrip, Read and Close may be called on goroutines of their own.
type Transport interface {
	RoundTrip(ctx context.Context, r *NetworkRequest) (*NetworkResponse, error)
}

// A NetworkRequest is an HTTP request as a browser would send it. A Transport
// must not change it.
type NetworkRequest struct {
	Method  string
	URL     *origin.URL
	Headers HeaderList // in the browser's order, one a name, as spelled on the wire; Content-Length included, Host and Connection not

	// HTTP2Headers follow Headers over HTTP/2, and are sent over nothing else.
	HTTP2Headers HeaderList

	// Body is nil if there is none. Its length is in Content-Length; without that
	// header the length is unknown.
	Body io.ReadCloser

	// Streaming says that the body has no source. Over HTTP/1.x the transport must
	// send nothing and return [StreamNeedsHTTP2].
	Streaming bool

	// Credentials, Partition and Preflight say which connections may serve the
	// request: only connections that were opened for the same partition and, as to
	// client certificates, with the same answer.
	//
	// https://fetch.spec.whatwg.org/#concept-connection-obtain
	Credentials bool
	Partition   origin.PartitionKey
	Preflight   bool

	// NewConnection says that an open connection must not serve the request.
	NewConnection bool

	// WebSocket says that the request is the handshake of a WebSocket. It needs a
	// connection of its own, over HTTP/1.1. If the response has status 101, its
	// Body must be an [io.ReadWriteCloser].
	WebSocket bool

	// ProxyAuthorization, if it is not nil, must be called before the request is
	// sent through an HTTP proxy, on the goroutine of RoundTrip. proxy is the
	// proxy's URL without username and password. method and target are those that
	// the proxy receives: those of the request, with the whole URL as target, or
	// CONNECT with host and port. If ok is true, value is the Proxy-Authorization
	// of what the proxy receives, and of nothing else. A 407 is answered only if
	// this function was called.
	ProxyAuthorization func(proxy *origin.URL, method, target string) (value string, ok bool)

	// Connected, if it is not nil, must be called when there is a connection for the request, new or used before, with
	// its TLS handshake made, and before anything is sent over it. If it returns an error, nothing must be sent, and
	// RoundTrip must return that error. It may take long, since the user may be asked. It may be called again for
	// another connection. A transport that does not call it can't be used with [Options.PublicOnly], and its servers
	// count as public.
	Connected func(Connection) error

	// check is what Connected belongs to; nil if there is no Connected.
	check *connectionCheck

	// http is the request of an http.Client that this one stands for, whose
	// values a round tripper may look for.
	http    *http.Request
	httpURL string // its URL, serialized

	// proxy is the proxy whose challenge the request answers, or nil.
	proxy *url.URL
}

// A NetworkResponse is the head of a response, with a body to read. The headers
// are in the order received, as far as the transport knows it.
type NetworkResponse struct {
	Status     int
	StatusText string
	Headers    HeaderList
	Body       io.ReadCloser // nil for none
	HTTP2      bool          // whether it came over HTTP/2

	// Tunnel says that this is a proxy's 407 to CONNECT and not the server's
	// response. A page does not see it. It needs no header except
	// Proxy-Authenticate.
	Tunnel bool

	http *http.Response

	proxy *url.URL // that the request went through, or nil
}

// untilClose tells whether the body ends when the connection is closed.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-6.3
func (r *NetworkResponse) untilClose() bool {
	switch {
	case r.Body == nil, r.HTTP2:
		return false
	case r.http != nil: // net/http keeps to itself how it was framed
		return r.http.ContentLength < 0 && len(r.http.TransferEncoding) == 0
	}
	return !r.Headers.Contains("Content-Length") && !r.Headers.Contains("Transfer-Encoding")
}

// ErrNoAnswer is returned by a [Transport], possibly wrapped, if the connection
// was closed after the request was sent and before any byte of the response
// arrived.
var ErrNoAnswer = errors.New("fetch: the connection was closed without an answer")

// cannotSend is the error of an [HTTPTransport] that is unable to send what a
// browser would send.
func cannotSend(what, value, why string) error {
	return &Error{Reason: Unsendable, Stage: stageActual, Header: what, Value: value, Err: errors.New(why)}
}

// errBodyUsed is what a body that can be read once returns the second time.
var errBodyUsed = errors.New("fetch: the body was read before and can't be read again")
