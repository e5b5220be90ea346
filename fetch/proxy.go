package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A route is the way that one request takes, as its connection is told by the
// request's context.
type route struct {
	url   *origin.URL
	proxy *url.URL // nil: none
	// tunnel is the Proxy-Authorization of the request that opens a tunnel
	// through the proxy, or "".
	tunnel string

	presents         bool // a client certificate, if the server asks for one
	asked, presented atomic.Bool
}

type routeKey struct{}

// chosenProxy is the Proxy of the transports that an [HTTPTransport] uses. Which
// one that is has been decided before, once for each round trip: net/http asks
// again when it sends a request again.
func chosenProxy(req *http.Request) (*url.URL, error) {
	if way, ok := req.Context().Value(routeKey{}).(*route); ok {
		return way.proxy, nil
	}
	return nil, nil
}

// proxy asks the transport's Proxy, unless the request is the answer to a
// challenge of a proxy, to which it goes.
func (p *pools) proxy(req *http.Request, r *NetworkRequest) (*url.URL, error) {
	switch {
	case p.base.Proxy == nil:
		return nil, nil
	case r.proxy != nil:
		return r.proxy, nil
	}
	proxy, err := p.base.Proxy(req)
	if _, ok := errors.AsType[*url.Error](err); ok { // whose text has the password, perhaps in pieces
		err = errors.New("fetch: the transport's Proxy returned an error, since a proxy's URL does not parse")
	}
	return proxy, err
}

// isHTTPProxy tells whether a proxy speaks HTTP, and so may ask for a password
// by a 407.
func isHTTPProxy(proxy *url.URL) bool {
	return proxy != nil && (proxy.Scheme == "http" || proxy.Scheme == "https")
}

// authorize gives a request what authorizes it at its proxy. A proxy whose URL
// has a username is left to net/http.
func (way *route) authorize(req *http.Request, r *NetworkRequest) {
	at, err := origin.ParseURL(way.proxy.Scheme + "://" + way.proxy.Host + "/")
	if err != nil || way.proxy.User != nil {
		return
	}
	if req.URL.Scheme == "http" {
		if value, ok := r.ProxyAuthorization(at, r.Method, r.URL.SetCredentials("", "").WithoutFragment()); ok {
			req.Header["Proxy-Authorization"] = []string{value}
		}
		return
	}
	host := r.URL.Host() + ":" + orDefault(r.URL.Port(), "443")
	if value, ok := r.ProxyAuthorization(at, http.MethodConnect, host); ok {
		way.tunnel = value
	}
}

// authorizeTunnels has a transport send a route's authorization when it opens a
// tunnel, and return a [*tunnelRefusal] for a 407.
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
		if way, ok := ctx.Value(routeKey{}).(*route); ok && way.proxy == proxy && way.tunnel != "" {
			if list = list.Clone(); list == nil {
				list = http.Header{}
			}
			list.Set("Proxy-Authorization", way.tunnel)
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
