package fetch_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/browsercors/browsercors/fetch"
)

// TestMain holds that no test leaves a goroutine behind. Thousands of short fetches leave much garbage and
// keep little, so that it is collected more rarely than usual.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	goleak.VerifyTestMain(m)
}

// wirePatience is how long a test waits for what must happen at once.
const wirePatience = 30 * time.Second

// wireWait waits until a channel is closed or has something.
func wireWait[T any](t testing.TB, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(wirePatience):
		t.Fatalf("timed out waiting for %s", what)
		panic("unreachable")
	}
}

// A wireNet is the client's end of the network: it counts open connections and
// tells of each dial, read, write and close.
type wireNet struct {
	event func() // nil for none

	mu   sync.Mutex
	open int
	none []chan struct{}
}

func (n *wireNet) tell() {
	if n.event != nil {
		n.event()
	}
}

// DialContext dials and counts.
func (n *wireNet) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	n.tell()
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	n.open++
	n.mu.Unlock()
	return &wireConn{Conn: conn, net: n}, nil
}

// drained is closed when no connection is open.
func (n *wireNet) drained() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	none := make(chan struct{})
	if n.open == 0 {
		close(none)
	} else {
		n.none = append(n.none, none)
	}
	return none
}

func (n *wireNet) closed() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.open--; n.open == 0 {
		for _, none := range n.none {
			close(none)
		}
		n.none = nil
	}
}

type wireConn struct {
	net.Conn
	net  *wireNet
	once sync.Once
}

func (c *wireConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.net.tell()
	return n, err
}

func (c *wireConn) Write(p []byte) (int, error) {
	c.net.tell()
	return c.Conn.Write(p)
}

func (c *wireConn) Close() error {
	c.once.Do(c.net.closed)
	return c.Conn.Close()
}

// wireTransport is a transport of net/http whose every connection must be
// closed when the test has ended. It trusts the servers given.
func wireTransport(t testing.TB, trusted ...*httptest.Server) *http.Transport {
	n := new(wireNet)
	rt := n.transport(trusted...)
	t.Cleanup(func() { n.drain(t, rt) })
	return rt
}

// drain closes a transport's idle connections until it has none. Once would
// not do: HTTP/2 may still be ending a stream whose request has returned, and
// then keeps the connection.
func (n *wireNet) drain(t testing.TB, rt *http.Transport) {
	t.Helper()
	none, late := n.drained(), time.After(wirePatience)
	for {
		rt.CloseIdleConnections()
		wireAgents.closeIdle(t.Name())
		select {
		case <-none:
			return
		case <-late:
			t.Fatal("a connection stays open")
		case <-time.After(time.Millisecond):
		}
	}
}

func (n *wireNet) transport(trusted ...*httptest.Server) *http.Transport {
	rt := http.DefaultTransport.(*http.Transport).Clone()
	rt.Proxy, rt.DialContext = nil, n.DialContext
	if len(trusted) > 0 {
		pool := x509.NewCertPool()
		for _, s := range trusted {
			pool.AddCert(s.Certificate())
		}
		rt.TLSClientConfig.RootCAs = pool
	}
	return rt
}

// wireServer is a server of net/http.
func wireServer(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

// wireTLS is a server that speaks TLS, configured before it starts. What it
// thinks of clients that leave is not printed.
func wireTLS(t testing.TB, handler http.HandlerFunc, configure func(*httptest.Server)) *httptest.Server {
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if configure != nil {
		configure(s)
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// wireHTTP2 is a server that speaks HTTP/2.
func wireHTTP2(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	return wireTLS(t, handler, func(s *httptest.Server) { s.EnableHTTP2 = true })
}

// wireAllow allows any origin everything but credentials. It tells whether it
// answered a preflight.
func wireAllow(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	if r.Method != http.MethodOptions {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "*")
	h.Set("Access-Control-Allow-Headers", "*")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// wireEnvironment is a page over real sockets.
func wireEnvironment(t testing.TB, pageURL string, o *fetch.Options) *fetch.Environment {
	t.Helper()
	agent, err := fetch.NewAgent(o)
	if err != nil {
		t.Fatal(err)
	}
	page, err := agent.Page(pageURL)
	if err != nil {
		t.Fatal(err)
	}
	wireAgents.add(t.Name(), agent)
	return page
}

// wireAgents are the agents of the tests that run, which have pools of
// connections besides those of the transports that they were given.
var wireAgents wireAgentList

type wireAgentList struct {
	mu     sync.Mutex
	agents map[string][]*fetch.Agent // by the test's name
}

func (l *wireAgentList) add(name string, agent *fetch.Agent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.agents == nil {
		l.agents = make(map[string][]*fetch.Agent)
	}
	l.agents[name] = append(l.agents[name], agent)
}

// closeIdle closes the idle connections of a test and of those above and below.
func (l *wireAgentList) closeIdle(test string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, agents := range l.agents {
		if strings.HasPrefix(name+"/", test+"/") || strings.HasPrefix(test+"/", name+"/") {
			for _, agent := range agents {
				agent.CloseIdleConnections()
			}
		}
	}
}

// wireClient is a page's client over a transport of net/http.
func wireClient(t testing.TB, pageURL string, rt http.RoundTripper) *http.Client {
	t.Helper()
	return wireEnvironment(t, pageURL, nil).Client(&http.Client{Transport: rt})
}

// wireRequest is a request that an http.Client can do.
func wireRequest(t testing.TB, method, url string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wireRefused is the refusal that a client's call must have ended with, through
// its *url.Error.
func wireRefused(t testing.TB, resp *http.Response, err error, want fetch.Reason) *fetch.Error {
	t.Helper()
	if err == nil {
		resp.Body.Close()
		t.Fatalf("a response with status %d, want %v", resp.StatusCode, want)
	}
	if _, ok := errors.AsType[*url.Error](err); !ok {
		t.Errorf("error is a %T, not a *url.Error", err)
	}
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok {
		t.Fatalf("error %v has no *fetch.Error", err)
	}
	if !errors.Is(err, want) {
		t.Fatalf("refused for %v, want %v: %v", refusal.Reason, want, err)
	}
	return refusal
}

// wireText is a response's body, read to its end and closed.
func wireText(t testing.TB, resp *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A wireBody is a request body that tells when it was read and closed.
type wireBody struct {
	io.Reader
	once   sync.Once
	closed chan struct{}
}

func wireBodyOf(r io.Reader) *wireBody { return &wireBody{Reader: r, closed: make(chan struct{})} }

func (b *wireBody) Close() error {
	b.once.Do(func() { close(b.closed) })
	return nil
}

// A wirePeer is a raw TCP server's end of a connection.
type wirePeer struct {
	net.Conn
	r *bufio.Reader
}

// head reads a request's head: its lines as they came, without line ends; nil
// if none came.
func (p *wirePeer) head() []string {
	var lines []string
	for {
		line, err := p.r.ReadString('\n')
		if err != nil {
			return nil
		}
		if line == "\r\n" {
			return lines
		}
		lines = append(lines, strings.TrimSuffix(line, "\r\n"))
	}
}

// say writes; that nobody listens any more is no mistake.
func (p *wirePeer) say(s string) bool {
	_, err := io.WriteString(p.Conn, s)
	return err == nil
}

// gone waits until the client closes the connection.
func (p *wirePeer) gone() { _, _ = io.Copy(io.Discard, p.r) }

// wireRaw is a raw TCP server's URL. serve has a connection, which is closed
// when it returns.
func wireRaw(t testing.TB, serve func(*wirePeer)) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer conn.Close()
				serve(&wirePeer{conn, bufio.NewReader(conn)})
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		done := make(chan struct{})
		go func() { serving.Wait(); close(done) }()
		wireWait(t, done, "the client to leave a raw server")
	})
	return "http://" + ln.Addr().String()
}

// wireOK is a response that any page may read.
const wireOK = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\n\r\nok"

// wireAllowed is a preflight's response that allows everything, for no time.
const wireAllowed = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: *\r\n" +
	"Access-Control-Allow-Headers: *\r\nAccess-Control-Max-Age: 0\r\nContent-Length: 0\r\n\r\n"
