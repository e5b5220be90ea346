package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/browsercors/browsercors/origin"
)

// A Transport makes HTTP requests: the network below the Fetch Standard. It
// follows no redirect, adds no header but what a proxy is sent, keeps no cookie,
// answers no challenge and decodes no content coding. It is safe for concurrent use.
//
// RoundTrip returns when the response's head has arrived. It must close the
// request's body in any case, and end when ctx is cancelled, the response's
// body included.
//
// A fetch survives a transport that does otherwise:
//
//   - One that returns neither a response nor an error, or both, or a response
//     with no status or one outside of 0 to 999, or that panics, is a
//     [NetworkFailure].
//   - A body that panics, that brings nothing in 100 Reads in a row, or that says
//     it has read more than there was room for, is a [BrokenBody].
//   - When ctx ends, the fetch and each Read of its body end, whatever the
//     transport or the body waits for. What comes later is closed.
//   - A body is not closed while a Read waits, unless it is of a type that is known
//     to allow that. When nobody wants the body any more, ctx is cancelled, and the
//     body is closed when the Read has returned.
//
// To that end RoundTrip, Read and Close may be called on goroutines of their own.
type Transport interface {
	RoundTrip(ctx context.Context, r *NetworkRequest) (*NetworkResponse, error)
}

// A NetworkRequest is an HTTP request as a browser would send it. A Transport
// must not change it.
type NetworkRequest struct {
	Method  string
	URL     *origin.URL
	Headers HeaderList // in order, one a name, as spelled on the wire; Content-Length included, Host not

	// Body is nil for none. Its length is in Content-Length; without one it is
	// not known.
	Body io.ReadCloser

	// Streaming says that the body's source is null: over HTTP/1.x the
	// transport must send nothing and return [ErrStreamNeedsHTTP2].
	Streaming bool

	// Credentials, Partition and Preflight say which connections may serve the
	// request: only those opened for the same partition and with the same
	// answer to whether client certificates may be presented.
	//
	// https://fetch.spec.whatwg.org/#concept-connection-obtain
	Credentials bool
	Partition   origin.PartitionKey
	Preflight   bool

	// NewConnection says that no connection that is open may serve it.
	NewConnection bool

	// WebSocket says that the request is a WebSocket's handshake: it needs a
	// connection of its own, over HTTP/1.1, and if the response's status is 101,
	// its Body is an [io.ReadWriteCloser].
	WebSocket bool

	// ProxyAuthorization, if not nil, is called by a transport before it sends the
	// request through an HTTP proxy, on the goroutine of RoundTrip, with what the
	// proxy is sent: the request as it is, its target being the whole URL, or
	// CONNECT and the host and port. proxy has no username and password. If ok,
	// value is to be the Proxy-Authorization of that, and of nothing else. A 407 is
	// answered only after this was called.
	ProxyAuthorization func(proxy *origin.URL, method, target string) (value string, ok bool)

	// http is the request of an http.Client that this one stands for, whose
	// values a round tripper may look for.
	http    *http.Request
	httpURL string // its URL, serialized

	// proxy is the proxy whose challenge the request answers, or nil.
	proxy *url.URL
}

// A NetworkResponse is a response's head, with its body to be read. Headers
// are in the order received, as far as the transport knows it.
type NetworkResponse struct {
	Status     int
	StatusText string
	Headers    HeaderList
	Body       io.ReadCloser // nil for none
	HTTP2      bool          // it came over HTTP/2

	// Tunnel says that it is a proxy's 407 to CONNECT, which no page may see, and
	// not the server's. It needs no headers but Proxy-Authenticate.
	Tunnel bool

	http *http.Response

	proxy *url.URL // that the request went through, or nil
}

// ErrStreamNeedsHTTP2 is what a [Transport] returns for a streaming body over
// HTTP/1.x.
//
// https://fetch.spec.whatwg.org/#concept-http-network-fetch
var ErrStreamNeedsHTTP2 = errors.New("fetch: a streaming body is not sent over HTTP/1.x")

// ErrNoAnswer is what a [Transport] returns, wrapped or not, when a connection
// was closed after the request was sent and before anything was received.
var ErrNoAnswer = errors.New("fetch: the connection was closed without an answer")

// An UnsendableError is what a [Transport] returns for a request that a
// browser would send and it can't.
type UnsendableError struct {
	What, Value string // what can't be sent: "header X-A", "url"
	Why         string
}

func (e *UnsendableError) Error() string {
	return fmt.Sprintf("fetch: the transport can't send %s %s: %s", e.What, quote(presentable(e.What, e.Value)), e.Why)
}

// errBodyUsed is what a body that can be read once returns the second time.
var errBodyUsed = errors.New("fetch: the body was read before and can't be read again")
