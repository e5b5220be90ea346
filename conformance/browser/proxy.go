package browser

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/browsercors/browsercors/origin"
)

// A proxy is a forward proxy on loopback that is every host at once, over
// http, https and, where the host's first label is h2, HTTP/2.
type proxy struct {
	authority *authority
	tickets   [32]byte // the key that TLS sessions are resumed by
	listener  net.Listener
	answer    func(u *origin.URL, r *request) answer

	others []net.Listener // of connections that do not come through the proxy

	wait  sync.WaitGroup
	mu    sync.Mutex
	ended bool
	conns map[net.Conn]string // to the host of a tunnel, or to ""
}

// serveProxy starts a proxy. What it is asked it asks answer, from many
// goroutines.
func serveProxy(ctx context.Context, a *authority, answer func(*origin.URL, *request) answer) (*proxy, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{authority: a, listener: listener, answer: answer, conns: make(map[net.Conn]string)}
	_, _ = rand.Read(p.tickets[:]) // never fails
	p.wait.Go(func() { p.accept(listener, p.serve) })
	return p, nil
}

// addr is where it listens.
func (p *proxy) addr() string { return p.listener.Addr().String() }

// close ends every connection and waits for them.
func (p *proxy) close() {
	p.listener.Close()
	p.mu.Lock()
	p.ended = true
	for _, listener := range p.others {
		listener.Close()
	}
	for conn := range p.conns {
		conn.Close()
	}
	p.mu.Unlock()
	p.wait.Wait()
}

// closeServers ends the connections to all hosts but the control host. The
// browser must have none in use: it opens new ones.
func (p *proxy) closeServers() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn, host := range p.conns {
		if host != controlHost {
			conn.Close()
		}
	}
}

// accept has the connections of a listener served.
func (p *proxy) accept(listener net.Listener, serve func(net.Conn)) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		if p.ended {
			conn.Close()
		} else {
			p.conns[conn] = ""
			p.wait.Go(func() { serve(conn) })
		}
		p.mu.Unlock()
	}
}

// serve serves a connection. How it ends is the browser's affair.
func (p *proxy) serve(conn net.Conn) {
	defer p.forget(conn)
	in := bufio.NewReader(conn)
	for {
		r, err := readRequest(in)
		switch {
		case err != nil:
			return
		case r.method == "CONNECT":
			p.tunnel(conn, in, r.target)
			return
		case !p.exchange(conn, r, r.target):
			return
		}
	}
}

// forget is the end of a connection.
func (p *proxy) forget(conn net.Conn) {
	conn.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, conn)
}

// tlsConfig is the TLS of a host.
func (p *proxy) tlsConfig(host string) (*tls.Config, error) {
	leaf, err := p.authority.leaf(host)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{*leaf}, NextProtos: []string{"http/1.1"}}
	if strings.HasPrefix(host, "h2.") {
		config.NextProtos = []string{"h2", "http/1.1"}
	}
	config.SetSessionTicketKeys([][32]byte{p.tickets})
	return config, nil
}

// tunnel is what comes after CONNECT: TLS, or the handshake of a WebSocket without
// it.
func (p *proxy) tunnel(conn net.Conn, in *bufio.Reader, target string) {
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return
	}
	config, err := p.tlsConfig(strings.ToLower(host))
	if err != nil {
		return
	}
	p.mu.Lock()
	p.conns[conn] = host
	p.mu.Unlock()
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	const tlsHandshake = 22 // the first byte of TLS
	if first, err := in.Peek(1); err != nil || first[0] != tlsHandshake {
		p.serveTunnel(conn, in, "http://"+net.JoinHostPort(host, port))
		return
	}
	secure := tls.Server(&buffered{conn, in}, config)
	defer secure.Close()
	if err := secure.Handshake(); err != nil {
		return
	}
	if secure.ConnectionState().NegotiatedProtocol == "h2" {
		_ = serveHTTP2(secure, bufio.NewReader(secure), func(r *request) answer { return p.ask(r, r.target) })
		return
	}
	p.serveTunnel(secure, bufio.NewReader(secure), "https://"+net.JoinHostPort(host, port))
}

// serveTunnel serves the requests in a tunnel.
func (p *proxy) serveTunnel(conn net.Conn, in *bufio.Reader, base string) {
	for {
		r, err := readRequest(in)
		if err != nil {
			return
		}
		if !p.exchange(conn, r, base+r.target) {
			if r.switched {
				serveSocket(conn, in)
			}
			return
		}
	}
}

// exchange answers a request and tells whether the connection stays.
func (p *proxy) exchange(conn net.Conn, r *request, target string) bool {
	a := p.ask(r, target)
	if _, err := io.Copy(io.Discard, r.body); err != nil || a.drop {
		return false
	}
	f := a.framing(r.method)
	r.switched = a.status == http.StatusSwitchingProtocols && r.isHandshake()
	_, err := conn.Write(a.appendHTTP1(nil, r.method, f))
	return err == nil && f != closed
}

func (p *proxy) ask(r *request, target string) answer {
	u, err := origin.ParseURL(target)
	if err != nil {
		return answer{drop: true} // a browser that calls such a thing a URL
	}
	return p.answer(u, r)
}

// buffered is a connection some of which has been read.
type buffered struct {
	net.Conn
	in *bufio.Reader
}

func (b *buffered) Read(p []byte) (int, error) { return b.in.Read(p) }
