package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A loopback is a listener on this machine that serves all hosts of the demo over TLS.
type loopback struct {
	server  http.Server
	serving sync.WaitGroup
	client  *http.Transport // reaches only these hosts
}

// newLoopback starts the hosts. A request that handler gets has the Host of the URL.
func newLoopback(handler http.Handler, hosts ...string) (*loopback, error) {
	certificate, roots, err := selfSigned(hosts)
	if err != nil {
		return nil, fmt.Errorf("a certificate for the servers: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("a server on loopback: %w", err)
	}
	reachable := make(map[string]bool)
	for _, host := range hosts {
		reachable[net.JoinHostPort(host, "443")] = true
	}
	l := &loopback{
		client: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots},
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if !reachable[address] {
					return nil, fmt.Errorf("the demo knows no host %q", address)
				}
				return new(net.Dialer).DialContext(ctx, "tcp", listener.Addr().String())
			},
		},
	}
	l.server = http.Server{
		Handler:           handler,
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{certificate}},
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	secure := tls.NewListener(listener, l.server.TLSConfig)
	l.serving.Go(func() { _ = l.server.Serve(secure) })
	return l, nil
}

// close ends the servers and every connection to them.
func (l *loopback) close() error {
	l.client.CloseIdleConnections()
	err := l.server.Shutdown(context.Background())
	l.serving.Wait()
	return err
}

// selfSigned creates a certificate for the hosts, and a pool that contains only this
// certificate.
func selfSigned(hosts []string) (tls.Certificate, *x509.CertPool, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		DNSNames:              hosts,
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, roots, nil
}

// answer is a handler that always sends the same response. Each line is an additional
// header, "Name: value".
func answer(status int, body string, lines ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil // so that the demo always prints the same
		if body != "" {
			w.Header().Set("Content-Type", "application/json")
		}
		for _, line := range lines {
			name, value, _ := strings.Cut(line, ": ")
			if name == "Content-Type" {
				w.Header().Del(name)
			}
			w.Header().Add(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// preflighted sends preflights to one handler and other requests to another.
func preflighted(preflight, actual http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			preflight(w, r)
			return
		}
		actual(w, r)
	}
}

// echoOrigin allows every origin by sending it back. So the response depends on the
// request's Origin, and Vary has to say so to caches.
func echoOrigin(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		next(w, r)
	}
}

// A sharedCache is a reverse proxy that stores the responses of its backend, as content
// delivery networks do. It sends a stored response to all clients, unless Vary names
// request headers in which they differ.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.1
type sharedCache struct {
	backend string // host
	via     http.RoundTripper

	mu     sync.Mutex
	stored map[string][]storedResponse // by path
}

type storedResponse struct {
	request http.Header
	header  http.Header
	status  int
	body    []byte
}

func (c *sharedCache) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.Header()["Date"] = nil
	for _, s := range c.stored[r.URL.Path] {
		if s.serves(r.Header) {
			s.write(w, "HIT")
			return
		}
	}
	s, err := c.ask(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	c.stored[r.URL.Path] = append(c.stored[r.URL.Path], s)
	s.write(w, "MISS")
}

// ask forwards a request to the backend.
func (c *sharedCache) ask(r *http.Request) (storedResponse, error) {
	forward := r.Clone(r.Context())
	forward.URL.Scheme, forward.URL.Host, forward.Host, forward.RequestURI = "https", c.backend, c.backend, ""
	resp, err := c.via.RoundTrip(forward)
	if err != nil {
		return storedResponse{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return storedResponse{r.Header.Clone(), resp.Header, resp.StatusCode, body}, err
}

// serves tells whether the stored response answers a request with these
// headers.
func (s storedResponse) serves(request http.Header) bool {
	for _, vary := range s.header.Values("Vary") {
		for name := range strings.SplitSeq(vary, ",") {
			name = strings.TrimSpace(name)
			if name == "*" || request.Get(name) != s.request.Get(name) {
				return false
			}
		}
	}
	return true
}

func (s storedResponse) write(w http.ResponseWriter, outcome string) {
	for name, values := range s.header {
		w.Header()[name] = values
	}
	w.Header().Set("X-Cache", outcome)
	w.WriteHeader(s.status)
	_, _ = w.Write(s.body)
}
