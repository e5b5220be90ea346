package browser

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"
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
	p.wait.Go(p.accept)
	return p, nil
}

// addr is where it listens.
func (p *proxy) addr() string { return p.listener.Addr().String() }

// close ends every connection and waits for them.
func (p *proxy) close() {
	p.listener.Close()
	p.mu.Lock()
	p.ended = true
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

func (p *proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		if p.ended {
			conn.Close()
		} else {
			p.conns[conn] = ""
			p.wait.Go(func() { p.serve(conn) })
		}
		p.mu.Unlock()
	}
}

// serve serves a connection. How it ends is the browser's affair.
func (p *proxy) serve(conn net.Conn) {
	defer func() {
		conn.Close()
		p.mu.Lock()
		delete(p.conns, conn)
		p.mu.Unlock()
	}()
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

// tunnel is what comes after CONNECT: TLS.
func (p *proxy) tunnel(conn net.Conn, in *bufio.Reader, target string) {
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return
	}
	leaf, err := p.authority.leaf(strings.ToLower(host))
	if err != nil {
		return
	}
	p.mu.Lock()
	p.conns[conn] = host
	p.mu.Unlock()
	if _, err := io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	config := &tls.Config{Certificates: []tls.Certificate{*leaf}, NextProtos: []string{"http/1.1"}}
	if strings.HasPrefix(host, "h2.") {
		config.NextProtos = []string{"h2", "http/1.1"}
	}
	config.SetSessionTicketKeys([][32]byte{p.tickets})
	secure := tls.Server(&buffered{conn, in}, config)
	defer secure.Close()
	if err := secure.Handshake(); err != nil {
		return
	}
	if secure.ConnectionState().NegotiatedProtocol == "h2" {
		_ = serveHTTP2(secure, bufio.NewReader(secure), func(r *request) answer { return p.ask(r, r.target) })
		return
	}
	base := "https://" + net.JoinHostPort(host, port)
	lines := bufio.NewReader(secure)
	for {
		r, err := readRequest(lines)
		if err != nil || !p.exchange(secure, r, base+r.target) {
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
