package fetch

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/browsercors/browsercors/internal/address"
	"github.com/browsercors/browsercors/origin"
)

// A Connection is what a [Transport] says of the connection that it has for a request.
type Connection struct {
	// Address is what was dialled, such as 192.0.2.1:443. It is the zero AddrPort if that is not known, or if it is
	// not an IP address.
	Address netip.AddrPort

	// Proxied says that Address is the address of a proxy, which connects to the server.
	Proxied bool
}

// A connectionCheck decides whether a request may be sent over the connection that a transport has for it. It has
// all that it needs of the fetch, since a transport may call it when the fetch has ended.
type connectionCheck struct {
	ctx   context.Context
	url   *origin.URL
	guard *guard             // nil: none
	local *localNetworkCheck // nil: none

	mu       sync.Mutex
	asked    bool               // the transport has said what it dialled
	last     Connection         // what that was
	refusal  *connectionRefusal // of the last connection; or nil
	undialed *connectionRefusal // of the last address that was not dialled; or nil
	panicked any                // what somebody's callback panicked with
}

// A connectionRefusal says why a request is not sent over a connection, or why an address is not dialled.
type connectionRefusal struct {
	reason Reason
	header string // what was looked at: "address", "proxy", "permission"
	value  string // the address, or what else stands for it
	detail string
}

func (e *connectionRefusal) Error() string {
	return "fetch: " + e.reason.String() + ": " + e.header + " " + quote(e.value) + ": " + quote(e.detail)
}

// checkConnection is the check of a request that is about to be given to the transport; nil if there is nothing to be
// checked, which costs nothing.
func (f *fetching) checkConnection() *connectionCheck {
	local := f.localNetworkCheck()
	if f.agent.guard == nil && local == nil && !f.wantsConnection() {
		return nil
	}
	return &connectionCheck{ctx: f.ctx, url: f.request.currentURL(), guard: f.agent.guard, local: local}
}

// wantsConnection tells whether somebody wants to know what was dialled, though nothing depends on it yet: the trace, or the
// document that a navigation leads to.
func (f *fetching) wantsConnection() bool {
	r := f.request
	return r.trace != nil && r.trace.Connected != nil ||
		r.destination.navigation() && !f.agent.profile.LocalNetwork.Unchecked ||
		r.client != nil && r.client.addressSpace != "" // for the HTTP cache
}

// refuses tells whether the check can refuse a connection.
func (c *connectionCheck) refuses() bool { return c.guard != nil || c.local != nil }

// checkStored is the Local Network Access check of a response out of the HTTP cache, by the address that it came from.
//
// https://wicg.github.io/local-network-access/#http-cache
func (f *fetching) checkStored(resp *response) *Error {
	local := f.localNetworkCheck()
	if local == nil || !resp.address.IsValid() {
		return nil
	}
	refusal := local.check(f.ctx, resp.address)
	if refusal == nil || f.ctx.Err() != nil {
		return nil
	}
	out := f.block(refusal.reason, resp, refusal.header, refusal.value)
	out.Detail = refusal.detail
	return out
}

// dialing is to be called before an address of the server is dialled.
func (c *connectionCheck) dialing(at netip.AddrPort) error {
	if c.guard == nil {
		return nil
	}
	refusal := c.guard.check(c.url, Connection{Address: at})
	if refusal == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.undialed = refusal
	return refusal
}

// connected is to be called when there is a connection, before anything is sent over it.
func (c *connectionCheck) connected(conn Connection) (err error) {
	defer func() {
		if v := recover(); v != nil { // on the transport's goroutine: the fetch's panics with it
			c.mu.Lock()
			defer c.mu.Unlock()
			c.panicked = v
			err = errors.New("fetch: a callback panicked")
		}
	}()
	refusal := c.check(conn)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.asked, c.last, c.refusal = true, conn, refusal; refusal == nil {
		return nil // which a nil *connectionRefusal would not be
	}
	return refusal
}

func (c *connectionCheck) check(conn Connection) *connectionRefusal {
	if c.guard != nil {
		if refusal := c.guard.check(c.url, conn); refusal != nil {
			return refusal
		}
	}
	if c.local != nil && !conn.Proxied { // what a proxy connects to is not known, and counts as public
		return c.local.check(c.ctx, conn.Address)
	}
	return nil
}

// checkedConnection is what the check of a connection has refused, after the round trip that it was made for and whatever
// the transport made of that. err is the transport's.
func (f *fetching) checkedConnection(c *connectionCheck, err error) *Error {
	c.mu.Lock()
	asked, last, refusal, panicked := c.asked, c.last, c.refusal, c.panicked
	if err != nil && !asked {
		refusal = c.undialed
	}
	c.mu.Unlock()
	if panicked != nil {
		panic(panicked)
	}
	if f.connection = last; asked {
		if t := f.request.trace; t != nil && t.Connected != nil {
			t.Connected(f.request.info(), last)
		}
	}
	unsaid := err == nil && !asked
	if unsaid { // by a transport that says nothing of its connections
		refusal = c.check(Connection{})
	}
	if refusal == nil || f.ctx.Err() != nil {
		return nil
	}
	out := f.fail(refusal.reason, refusal.header, refusal.value)
	if out.Stage = stageBefore; unsaid { // and has sent the request
		out.Stage = f.stage(stageActual)
	}
	out.Detail = refusal.detail
	return out
}

// checkKey is under which a request's context has its connectionCheck for the connections of pools.
type checkKey struct{}

// A connectionGuard tells a request's check of the connection that net/http has for it, and keeps the request from a
// connection that is refused. A connection of HTTP/1.1 is closed. One of HTTP/2 may have other requests on it: there
// it is the request that ends.
type connectionGuard struct {
	request *NetworkRequest
	way     *route
	custom  bool // the round tripper is somebody else's
	cancel  context.CancelFunc
	first   string // the first hop of the connection, as "host:port"
	called  bool
	refused atomic.Pointer[error] // what the check said of the last connection; nil: nothing
}

// guarded is a request with a guard, whose end is to be called when its response has been read.
func guarded(req *http.Request, r *NetworkRequest, way *route, custom bool) (*http.Request, *connectionGuard) {
	ctx, cancel := context.WithCancel(req.Context())
	g := &connectionGuard{request: r, way: way, custom: custom, cancel: cancel}
	return req.WithContext(httptrace.WithClientTrace(ctx, g.trace())), g
}

// watched is a request whose connection only has to be told.
func watched(req *http.Request, r *NetworkRequest, way *route, custom bool) *http.Request {
	g := &connectionGuard{request: r, way: way, custom: custom, cancel: func() {}}
	return req.WithContext(httptrace.WithClientTrace(req.Context(), g.trace()))
}

func (g *connectionGuard) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(hostPort string) { g.first = hostPort },
		GotConn: func(info httptrace.GotConnInfo) {
			if err := g.connected(remoteAddress(info.Conn)); err != nil {
				g.cancel()
				if !speaksHTTP2(info.Conn) {
					info.Conn.Close()
				}
			}
		},
	}
}

// connected asks the check.
func (g *connectionGuard) connected(at netip.AddrPort) error {
	g.called = true
	proxied := g.way != nil && g.way.proxy != nil || g.custom && !g.straight()
	err := g.request.Connected(Connection{Address: at, Proxied: proxied})
	g.refused.Store(nil)
	if err != nil {
		g.refused.Store(&err)
	}
	return err
}

// straight tells whether the connection's first hop is the server itself, as far as a round tripper of somebody else's
// shows it.
func (g *connectionGuard) straight() bool {
	u := g.request.URL
	return g.first == "" || strings.EqualFold(g.first, u.Host()+":"+address.Port(u.Scheme(), u.Port()))
}

// end is what the round trip ends with: an error if the check has refused its connection, or would have if the round
// tripper had said which one that is. A body ends with the request.
func (g *connectionGuard) end(out *NetworkResponse, err error) (*NetworkResponse, error) {
	if err == nil && !g.called {
		g.connected(netip.AddrPort{})
	}
	if refused := g.refused.Load(); refused != nil {
		err = *refused
	}
	switch {
	case err != nil:
		if out != nil {
			abandon(out.Body)
		}
		g.cancel()
		return nil, err
	case out.Body == nil:
		g.cancel()
		return out, nil
	}
	if socket, ok := out.Body.(io.ReadWriteCloser); ok {
		out.Body = &endingSocket{socket, g.cancel}
	} else {
		out.Body = &endingBody{out.Body, g.cancel}
	}
	return out, nil
}

// An endingBody is a body that ends its request's context when it is closed.
type endingBody struct {
	io.ReadCloser
	end context.CancelFunc
}

func (b *endingBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}

// An endingSocket is an endingBody of a WebSocket.
type endingSocket struct {
	io.ReadWriteCloser
	end context.CancelFunc
}

func (b *endingSocket) Close() error {
	defer b.end()
	return b.ReadWriteCloser.Close()
}

// remoteAddress is the address at the other end of a connection, if it is an IP address.
func remoteAddress(conn net.Conn) netip.AddrPort {
	if conn == nil {
		return netip.AddrPort{}
	}
	if tcp, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return unmapped(tcp.AddrPort())
	}
	return netip.AddrPort{}
}

// unmapped is an address without the forms in which systems give the same one: IPv4-mapped, and with a zone.
func unmapped(at netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

// guardDials has a transport ask the check of the request that it dials for. The standard dialer asks before it connects, a
// DialContext or a Dial of the program's own after it.
func guardDials(t *http.Transport, base *http.Transport) {
	asked := func(ctx context.Context) *connectionCheck {
		way, _ := ctx.Value(routeKey{}).(*route)
		if way != nil && way.proxy != nil {
			return nil // it is the proxy that is dialled, which the program has chosen
		}
		check, _ := ctx.Value(checkKey{}).(*connectionCheck)
		return check
	}
	dial := t.DialContext
	//lint:ignore SA1019 a program's transport may still have it
	if old := t.Dial; dial == nil && old != nil {
		dial = func(_ context.Context, network, addr string) (net.Conn, error) { return old(network, addr) }
	}
	_, http2 := base.TLSNextProto["h2"]
	if http2 && t.TLSNextProto == nil {
		t.ForceAttemptHTTP2 = true // net/http does without HTTP/2 where it does not know the dialer
	}
	//lint:ignore SA1019 what it does is in dial now
	t.Dial = nil
	if dial == nil || sameFunc(dial, standardDial) {
		dialer := &net.Dialer{KeepAlive: 30 * time.Second}
		if dial != nil {
			dialer.Timeout = 30 * time.Second // as in http.DefaultTransport
		}
		dialer.ControlContext = func(ctx context.Context, network, addr string, _ syscall.RawConn) error {
			check := asked(ctx)
			if check == nil {
				return nil
			}
			at, err := netip.ParseAddrPort(addr)
			if err != nil {
				at = netip.AddrPort{}
			}
			return check.dialing(unmapped(at))
		}
		t.DialContext = dialer.DialContext
		return
	}
	t.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if check := asked(ctx); err == nil && check != nil {
			if err = check.dialing(remoteAddress(conn)); err != nil {
				conn.Close()
				return nil, err
			}
		}
		return conn, err
	}
}

// standardDial is the DialContext of http.DefaultTransport before anybody could change that.
var standardDial = http.DefaultTransport.(*http.Transport).DialContext

// sameFunc tells whether two functions are one closure.
func sameFunc(a, b func(context.Context, string, string) (net.Conn, error)) bool {
	return *(*unsafe.Pointer)(unsafe.Pointer(&a)) == *(*unsafe.Pointer)(unsafe.Pointer(&b))
}
