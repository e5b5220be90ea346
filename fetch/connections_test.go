package fetch_test

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// A certified is a server that asks for client certificates and notes of each
// request whether its connection has one, and which connection that is.
type certified struct {
	*httptest.Server
	mu    sync.Mutex
	lines []string          // "GET a", "OPTIONS b cert"
	conns map[string]string // a letter for each address
	open  int
}

func newCertified(t testing.TB, http2 bool, config *tls.Config) *certified {
	c := &certified{conns: make(map[string]string)}
	c.Server = wireTLS(t, func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		if c.conns[r.RemoteAddr] == "" {
			c.conns[r.RemoteAddr] = string(rune('a' + len(c.conns)))
		}
		line := r.Method + " " + c.conns[r.RemoteAddr]
		if len(r.TLS.PeerCertificates) > 0 {
			line += " cert"
		}
		c.lines = append(c.lines, line)
		c.mu.Unlock()
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		if o := r.Header.Get("Origin"); o != "" {
			h.Set("Access-Control-Allow-Origin", o)
		}
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Allow-Methods", "DELETE")
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusTemporaryRedirect)
		}
	}, func(s *httptest.Server) {
		s.EnableHTTP2 = http2
		s.TLS = config
		s.Listener = lingering{s.Listener}
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			c.mu.Lock()
			defer c.mu.Unlock()
			switch state {
			case http.StateNew:
				c.open++
			case http.StateClosed, http.StateHijacked:
				c.open--
			}
		}
	})
	return c
}

// A lingering listener's connections are closed as they should be: what the
// client still sends does not take back the server's last words.
type lingering struct{ net.Listener }

func (l lingering) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &lingeringConn{Conn: conn}, nil
}

type lingeringConn struct {
	net.Conn
	once sync.Once
}

func (c *lingeringConn) Close() error {
	c.once.Do(func() {
		_ = c.Conn.(*net.TCPConn).CloseWrite()
		_ = c.SetReadDeadline(time.Now().Add(wirePatience))
		_, _ = io.Copy(io.Discard, c.Conn)
	})
	return c.Conn.Close()
}

// take takes what was noted.
func (c *certified) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := c.lines
	c.lines = nil
	return lines
}

// newClientCertificate is a certificate and the authority that vouches for it.
func newClientCertificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "user"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func certificatesFor(t testing.TB, c tls.Certificate, urls ...string) credentials.Certificates {
	m := make(map[origin.Origin]tls.Certificate)
	for _, u := range urls {
		m[mustOrigin(t, u)] = c
	}
	return credentials.StaticCertificates(m)
}

func fetchOnce(t testing.TB, page *fetch.Environment, r fetch.Request) error {
	t.Helper()
	resp, err := page.Fetch(t.Context(), &r)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.Body.Close()
}

// TestConnections has each profile use connections, and present a certificate
// on them, as its engine was seen to: Chromium 156, Firefox 153 and WebKitGTK
// 2.50 with a server that asked for certificates. A connection that is there is
// used again.
//
// https://fetch.spec.whatwg.org/#concept-connection-obtain
func TestConnections(t *testing.T) {
	for _, tt := range []struct {
		profile       *fetch.Profile
		cross, within string
	}{
		{fetch.Standard(),
			"GET a|GET a|GET b cert|OPTIONS c|DELETE a|OPTIONS c|DELETE b cert|GET a|GET b cert",
			"GET a|GET b cert|GET b cert|DELETE a|DELETE b cert|GET a|GET b cert"},
		{engine.Firefox(),
			"GET a|GET a|GET b cert|OPTIONS a|DELETE a|OPTIONS a|DELETE b cert|GET a|GET b cert",
			"GET a|GET b cert|GET b cert|DELETE a|DELETE b cert|GET a|GET b cert"},
		{engine.Chromium(),
			"GET a cert|GET a cert|GET b cert|OPTIONS a cert|DELETE a cert|OPTIONS a cert|DELETE b cert|GET a cert|GET b cert",
			"GET a cert|GET b cert|GET b cert|DELETE a cert|DELETE b cert|GET a cert|GET b cert"},
		{engine.WebKit(),
			"GET a cert|GET a cert|GET a cert|OPTIONS a cert|DELETE a cert|OPTIONS a cert|DELETE a cert|GET a cert|GET a cert",
			"GET a cert|GET a cert|GET a cert|DELETE a cert|DELETE a cert|GET a cert|GET a cert"},
	} {
		for _, http2 := range []bool{false, true} {
			for _, where := range []string{"cross-origin", "same-origin"} {
				t.Run(fmt.Sprintf("%s/http2=%t/%s", tt.profile.Name, http2, where), func(t *testing.T) {
					certificate, _ := newClientCertificate(t)
					server := newCertified(t, http2, &tls.Config{ClientAuth: tls.RequestClientCert})
					from, want := "https://app.example/", tt.cross
					requests := []fetch.Request{
						{Credentials: credentials.Omit}, {Credentials: credentials.SameOrigin}, {Credentials: credentials.Include},
						{Method: "DELETE", Credentials: credentials.Omit}, {Method: "DELETE", Credentials: credentials.Include},
						{Mode: fetch.NoCORS, Credentials: credentials.Omit}, {Mode: fetch.NoCORS, Credentials: credentials.Include},
					}
					if where == "same-origin" {
						from, want = server.URL, tt.within
					}
					page := wireEnvironment(t, from, &fetch.Options{Profile: tt.profile, Transport: &fetch.HTTPTransport{
						RoundTripper: wireTransport(t, server.Server),
						Certificates: certificatesFor(t, certificate, server.URL),
						Policy:       tt.profile.Credentials,
					}})
					for _, r := range requests {
						r.URL, r.Cache = server.URL+"/"+r.Method+string(r.Credentials), "no-cache"
						if err := fetchOnce(t, page, r); err != nil {
							t.Fatal(err)
						}
					}
					if diff := gocmp.Diff(want, strings.Join(server.take(), "|")); diff != "" {
						t.Errorf("requests (-want +got):\n%s", diff)
					}
				})
			}
		}
	}
}

// TestConnectionsPartitioned keeps the connections of different top-level sites
// apart, those of clients over one transport too, and closes what was used the
// longest time ago.
//
// https://fetch.spec.whatwg.org/#network-partition-keys
func TestConnectionsPartitioned(t *testing.T) {
	server := newCertified(t, false, nil)
	base := wireTransport(t, server.Server)
	agent := wireEnvironment(t, "https://app.example/", nil).Agent()
	get := func(page string) {
		t.Helper()
		environment, err := agent.Page(page)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := environment.Client(&http.Client{Transport: base}).Get(server.URL)
		wireText(t, resp, err)
	}
	for _, page := range []string{"https://app.example/", "https://other.test/", "https://www.app.example/x", "http://app.example/", "https://other.test/y"} {
		get(page)
	}
	if diff := gocmp.Diff([]string{"GET a", "GET b", "GET a", "GET c", "GET b"}, server.take()); diff != "" {
		t.Errorf("connections (-want +got):\n%s", diff)
	}

	const most = 64
	for i := range most + 10 {
		get(fmt.Sprintf("https://page%d.test/", i))
	}
	for begun := time.Now(); ; time.Sleep(time.Millisecond) {
		server.mu.Lock()
		open := server.open
		server.mu.Unlock()
		if open == most {
			break
		}
		if time.Since(begun) > wirePatience {
			t.Fatalf("%d connections stay open, want %d", open, most)
		}
	}
	server.take()
	get(fmt.Sprintf("https://page%d.test/", most+9))
	last := server.take()
	get("https://other.test/")
	get(fmt.Sprintf("https://page%d.test/", most+9))
	if lines := server.take(); lines[0] == "GET b" || lines[1] != last[0] {
		t.Errorf("connections %q after %q, want the pool used last to be there and the second to be gone", lines, last)
	}
}

// TestConnectionsOwnCertificates holds the certificates that a transport has of
// its own to the rule for those of Certificates.
func TestConnectionsOwnCertificates(t *testing.T) {
	certificate, _ := newClientCertificate(t)
	server := newCertified(t, false, &tls.Config{ClientAuth: tls.RequestClientCert})
	base := wireTransport(t, server.Server)
	base.TLSClientConfig.Certificates = []tls.Certificate{certificate}
	base.TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	base.DisableKeepAlives = true // what a session has stays with it
	page := wireEnvironment(t, "https://app.example/", nil)
	for _, mode := range []credentials.Mode{credentials.Include, credentials.Omit, credentials.Include, credentials.SameOrigin} {
		resp, err := page.ClientWith(&http.Client{Transport: base}, fetch.ClientOptions{Credentials: mode}).Get(server.URL)
		wireText(t, resp, err)
	}
	if diff := gocmp.Diff([]string{"GET a cert", "GET b", "GET c cert", "GET d"}, server.take()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

type certificatesFunc func(*origin.URL) (*tls.Certificate, error)

func (f certificatesFunc) ClientCertificate(u *origin.URL, _ *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return f(u)
}

// TestConnectionsRedirected asks for a certificate for the origin of each hop.
func TestConnectionsRedirected(t *testing.T) {
	certificate, _ := newClientCertificate(t)
	config := func() *tls.Config { return &tls.Config{ClientAuth: tls.RequestClientCert} }
	first, second := newCertified(t, false, config()), newCertified(t, false, config())
	var asked []string
	page := wireEnvironment(t, "https://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{
		RoundTripper: wireTransport(t, first.Server, second.Server),
		Certificates: certificatesFunc(func(u *origin.URL) (*tls.Certificate, error) {
			asked = append(asked, u.String())
			if u.Origin().String() == second.URL {
				return &certificate, nil
			}
			return new(tls.Certificate), nil
		}),
	}})
	there := second.URL + "/there?to=" + url.QueryEscape(first.URL+"/back")
	if err := fetchOnce(t, page, fetch.Request{URL: first.URL + "/?to=" + url.QueryEscape(there), Credentials: credentials.Include}); err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff([]string{first.URL + "/?to=" + url.QueryEscape(there), there}, asked); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff([]string{"GET a", "GET a"}, first.take()); diff != "" {
		t.Errorf("first server (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff([]string{"GET a cert"}, second.take()); diff != "" {
		t.Errorf("second server (-want +got):\n%s", diff)
	}
}

// TestConnectionsCertificateDemanded says what is wrong when a server demands a
// certificate and gets none, or not the right one.
func TestConnectionsCertificateDemanded(t *testing.T) {
	right, authority := newClientCertificate(t)
	wrong, _ := newClientCertificate(t)
	for _, server := range []struct {
		name    string
		http2   bool
		version uint16
	}{{"TLS 1.2", false, tls.VersionTLS12}, {"TLS 1.3", false, tls.VersionTLS13}, {"HTTP/2", true, 0}} {
		for _, tt := range []struct {
			name        string
			certificate *tls.Certificate // for the server's origin
			elsewhere   bool             // for another origin
			r           fetch.Request
			presented   bool
			want        string // "" if it goes well
			fix         string
		}{
			{name: "certificate", certificate: &right, r: fetch.Request{Credentials: credentials.Include}},
			{name: "none configured", r: fetch.Request{Credentials: credentials.Include}, want: "none is configured", fix: "Underlying error"},
			{name: "no credentials", certificate: &right, want: "the request includes no credentials", fix: "Underlying error"},
			{name: "other origin's", certificate: &right, elsewhere: true, r: fetch.Request{Credentials: credentials.Include},
				want: "there is none for this origin that the server takes", fix: "Underlying error"},
			{name: "unknown", certificate: &wrong, r: fetch.Request{Credentials: credentials.Include}, presented: true,
				want: "refuses the TLS client certificate", fix: "Underlying error"},
			{name: "preflight", certificate: &right, r: fetch.Request{Method: "DELETE", Credentials: credentials.Include},
				want: "a preflight includes no credentials", fix: "A preflight never carries one"},
		} {
			t.Run(server.name+"/"+tt.name, func(t *testing.T) {
				// The list of authorities that it takes is not sent, or clients would not
				// present the wrong ones.
				s := newCertified(t, server.http2, &tls.Config{ClientAuth: tls.RequireAnyClientCert, MaxVersion: server.version,
					VerifyConnection: func(state tls.ConnectionState) error {
						_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: authority, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
						return err
					}})
				transport := &fetch.HTTPTransport{RoundTripper: wireTransport(t, s.Server)}
				if tt.certificate != nil {
					of := s.URL
					if tt.elsewhere {
						of = "https://api.example"
					}
					transport.Certificates = certificatesFor(t, *tt.certificate, of)
				}
				page := wireEnvironment(t, "https://app.example/", &fetch.Options{Transport: transport})
				tt.r.URL = s.URL
				err := fetchOnce(t, page, tt.r)
				if tt.want == "" {
					if err != nil {
						t.Fatal(err)
					}
					return
				}
				if !errors.Is(err, fetch.NetworkFailure) {
					t.Fatal(err)
				}
				refused := asRefusal(t, err)
				says := refused.Err.Error()
				unsure := strings.Contains(says, "perhaps for want of a TLS client certificate")
				if server.http2 && (unsure || !strings.Contains(says, "TLS client certificate")) {
					return // net/http may have lost what the server said
				}
				if presented := strings.Contains(says, "refuses the TLS client certificate"); presented != tt.presented || !strings.Contains(says, tt.want) || !strings.Contains(says, "the server of "+s.URL) {
					t.Errorf("error %q, want %q, presented %t", says, tt.want, tt.presented)
				}
				if want := server.version == tls.VersionTLS12 && !tt.presented; unsure != want {
					t.Errorf("error %q, want one that is unsure: %t", says, want)
				} else if unsure {
					return
				}
				if refused.Retryable() {
					t.Error("the server would demand the certificate again")
				}
				if explained := asRefusal(t, err).Explain().Fix; !strings.Contains(explained, tt.fix) {
					t.Errorf("explained:\n%s\nwant %q", explained, tt.fix)
				}
			})
		}
	}
}

// TestConnectionsCertificateReset has a server that asked for a certificate close
// the connection without a word that arrives, as most that demand one do.
func TestConnectionsCertificateReset(t *testing.T) {
	certificate, _ := newClientCertificate(t)
	server := wireTLS(t, func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.(*tls.Conn).NetConn().(*net.TCPConn).SetLinger(0)
		_ = conn.(*tls.Conn).NetConn().Close()
	}, func(s *httptest.Server) { s.TLS = &tls.Config{ClientAuth: tls.RequestClientCert} })
	own := errors.New("the card is not in its reader")
	for _, tt := range []struct {
		name         string
		certificates credentials.Certificates
		mode         credentials.Mode
		why          string // "" if certificates are not to blame
		want         error
	}{
		{name: "no credentials", certificates: certificatesFor(t, certificate, server.URL), why: "the request includes no credentials"},
		{name: "other origin's", certificates: certificatesFor(t, certificate, "https://api.example"), mode: credentials.Include, why: "there is none for this origin that the server takes"},
		{name: "presented", certificates: certificatesFor(t, certificate, server.URL), mode: credentials.Include},
		{name: "not to be had", certificates: brokenCertificates{own}, mode: credentials.Include, want: own},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := wireEnvironment(t, "https://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{
				RoundTripper: wireTransport(t, server), Certificates: tt.certificates,
			}})
			err := fetchOnce(t, page, fetch.Request{URL: server.URL, Credentials: tt.mode})
			refused := asRefusal(t, err)
			perhaps := "perhaps for want of a TLS client certificate: " + tt.why
			if strings.Contains(err.Error(), perhaps) != (tt.why != "") || refused.Reason != fetch.NetworkFailure || tt.why != "" && !refused.Retryable() {
				t.Errorf("error %v, retryable %t; want %q", err, refused.Retryable(), tt.why)
			}
			if tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
}

type brokenCertificates struct{ err error }

func (b brokenCertificates) ClientCertificate(*origin.URL, *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return nil, b.err
}

// TestConnectionsProxy presents nothing to a proxy that asks for certificates.
func TestConnectionsProxy(t *testing.T) {
	certificate, _ := newClientCertificate(t)
	server := newCertified(t, false, &tls.Config{ClientAuth: tls.RequestClientCert})
	certificates := 0
	proxy := wireTLS(t, func(w http.ResponseWriter, r *http.Request) {
		certificates += len(r.TLS.PeerCertificates)
		there, err := net.Dial("tcp", r.Host)
		if err != nil {
			t.Error(err)
			return
		}
		w.WriteHeader(http.StatusOK)
		here, in, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		var both sync.WaitGroup
		both.Go(func() { _, _ = io.Copy(there, in); there.Close() })
		both.Go(func() { _, _ = io.Copy(here, there); here.Close() })
		both.Wait()
	}, func(s *httptest.Server) { s.TLS = &tls.Config{ClientAuth: tls.RequestClientCert} })
	rt := wireTransport(t, server.Server, proxy)
	through, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	rt.Proxy = http.ProxyURL(through)
	page := wireEnvironment(t, "https://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{
		RoundTripper: rt,
		Certificates: certificatesFor(t, certificate, server.URL, proxy.URL),
	}})
	if err := fetchOnce(t, page, fetch.Request{URL: server.URL, Credentials: credentials.Include}); err != nil {
		t.Fatal(err)
	}
	if got := server.take(); certificates != 0 || len(got) != 1 || got[0] != "GET a" {
		t.Errorf("the proxy got %d certificates, the server %q", certificates, got)
	}
}

// TestConnectionsOverOne has agents and clients over one *http.Transport. No two
// partitions, and no requests with and without credentials, share a connection.
func TestConnectionsOverOne(t *testing.T) {
	for _, tt := range []struct {
		name  string
		pages func(t *testing.T, base *http.Transport) (with, without *fetch.Environment)
		own   bool // the first page uses its agent's transport
		base  bool // the second page's client is over the transport
	}{
		{"two agents", func(t *testing.T, base *http.Transport) (with, without *fetch.Environment) {
			return wireEnvironment(t, "https://a.example/", nil), wireEnvironment(t, "https://b.example/", nil)
		}, false, true},
		{"two agents' own", func(t *testing.T, base *http.Transport) (with, without *fetch.Environment) {
			options := func() *fetch.Options { return &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: base}} }
			return wireEnvironment(t, "https://a.example/", options()), wireEnvironment(t, "https://b.example/", options())
		}, true, false},
		{"an agent's own and a client's", func(t *testing.T, base *http.Transport) (with, without *fetch.Environment) {
			with = wireEnvironment(t, "https://a.example/", &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: base}})
			return with, newPage(t, with.Agent(), fetch.EnvironmentOptions{URL: "https://b.example/"})
		}, true, true},
		{"one HTTPTransport", func(t *testing.T, base *http.Transport) (with, without *fetch.Environment) {
			one := &fetch.HTTPTransport{RoundTripper: base}
			return wireEnvironment(t, "https://a.example/", &fetch.Options{Transport: one}), wireEnvironment(t, "https://b.example/", &fetch.Options{Transport: one})
		}, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := newCertified(t, false, nil)
			base := wireTransport(t, server.Server)
			with, without := tt.pages(t, base)
			get := func(page *fetch.Environment, own bool, mode credentials.Mode) {
				t.Helper()
				over := &http.Client{Transport: base}
				if own {
					over = nil
				}
				resp, err := page.ClientWith(over, fetch.ClientOptions{Credentials: mode}).Get(server.URL)
				wireText(t, resp, err)
			}
			get(with, tt.own, credentials.Include)
			get(with, tt.own, credentials.Include)
			get(without, !tt.base, credentials.Omit)
			get(with, tt.own, credentials.Omit)
			for range 20 { // more than there are kept
				without.Client(&http.Client{Transport: wireTransport(t, server.Server)})
			}
			get(without, !tt.base, credentials.Omit)
			resp, err := (&http.Client{Transport: base}).Get(server.URL)
			wireText(t, resp, err)
			lines := server.take()
			first, rest := lines[:2], lines[2:]
			for _, line := range rest {
				if slices.Contains(first, line) {
					t.Errorf("connections %q: one of %q serves another page's request, or one without credentials", lines, first)
				}
			}
			if bare := rest[len(rest)-1]; slices.Contains(rest[:len(rest)-1], bare) {
				t.Errorf("connections %q: a page's connection serves a request of nobody's", lines)
			}
		})
	}
}

// TestConnectionsRegistered keeps what a program has registered with a transport
// in each of its copies, and for a connection that has to be new.
func TestConnectionsRegistered(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		wireAllow(w, r)
		_, _ = io.WriteString(w, "network "+r.RequestURI)
	})
	for _, tt := range []struct{ name, scheme, target, want string }{
		{"http", "http", "http://api.test/a|b", "mock http://api.test/a|b"},
		{"https", "https", "https://api.test/", "mock https://api.test/"},
		{"not served", "http", server.URL + "/skip", "network /skip"},
		{"another scheme", "https", server.URL + "/a|b", "network /a|b"},
		{"421", "http", "http://api.test/421", "mock http://api.test/421"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base := wireTransport(t)
			served := 0
			base.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{} // or HTTP/2 would be registered, too
			base.RegisterProtocol(tt.scheme, wireRoundTripper(func(r *http.Request) (*http.Response, error) {
				if r.URL.Path == "/skip" {
					return nil, http.ErrSkipAltProtocol
				}
				served++
				w := httptest.NewRecorder()
				wireAllow(w, r)
				if r.URL.Path == "/421" && served%2 == 1 {
					w.WriteHeader(http.StatusMisdirectedRequest)
				}
				_, _ = io.WriteString(w, "mock "+r.URL.String())
				return w.Result(), nil
			}))
			agent := wireEnvironment(t, "http://app.example/", nil).Agent()
			for _, page := range []string{"http://app.example/", "http://other.test/", "http://third.test/"} {
				for _, mode := range []credentials.Mode{credentials.Omit, credentials.SameOrigin} {
					environment := newPage(t, agent, fetch.EnvironmentOptions{URL: page})
					client := environment.ClientWith(&http.Client{Transport: base}, fetch.ClientOptions{Credentials: mode})
					r := wireRequest(t, "GET", server.URL, nil)
					var err error
					if r.URL, err = url.Parse(tt.target); err != nil {
						t.Fatal(err)
					}
					r.URL.RawPath = r.URL.Path // "|" as it is
					resp, err := client.Do(r)
					got := wireText(t, resp, err)
					if strings.ReplaceAll(got, "%7C", "|") != tt.want {
						t.Errorf("%s, %s: %q, want %q", page, mode, got, tt.want)
					}
				}
			}
		})
	}
}

// TestConnectionsDefault is over what a program has put in the place of
// http.DefaultTransport, as mocks do.
func TestConnectionsDefault(t *testing.T) {
	given := http.DefaultTransport
	defer func() { http.DefaultTransport = given }()
	http.DefaultTransport = wireRoundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("mock"))}, nil
	})
	page := wireEnvironment(t, "https://app.example/", nil)
	if got := bodyFor(t, page, &fetch.Request{URL: "/"}); got != "mock" {
		t.Errorf("got %q", got)
	}
}

// TestConnectionsIdle bounds the idle connections of a pool whose transport has no
// limit of its own.
func TestConnectionsIdle(t *testing.T) {
	server := newCertified(t, false, nil)
	const most = 100
	for _, limit := range []int{0, 3} {
		connections := new(wireNet)
		base := connections.transport(server.Server)
		dial := base.DialContext
		base.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dial(ctx, network, server.Listener.Addr().String())
		}
		base.MaxIdleConns = limit
		base.TLSClientConfig.InsecureSkipVerify = true
		page := wireEnvironment(t, "https://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: base}})
		for i := range most + 5 {
			if err := fetchOnce(t, page, fetch.Request{URL: fmt.Sprintf("https://host%d.test/", i), Credentials: credentials.Omit}); err != nil {
				t.Fatal(err)
			}
		}
		connections.mu.Lock()
		open := connections.open
		connections.mu.Unlock()
		if want := cmp.Or(limit, most); open != want {
			t.Errorf("MaxIdleConns %d: %d connections are open, want %d", limit, open, want)
		}
		connections.drain(t, base)
	}
}

// TestConnectionsCertificateOdd has a certificate's owner panic on a goroutine of
// net/http's, or return nothing at all.
func TestConnectionsCertificateOdd(t *testing.T) {
	server := newCertified(t, false, &tls.Config{ClientAuth: tls.RequestClientCert})
	over := func(certificate certificatesFunc) *fetch.Environment {
		return wireEnvironment(t, "https://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{
			RoundTripper: wireTransport(t, server.Server), Certificates: certificate,
		}})
	}
	page := over(func(*origin.URL) (*tls.Certificate, error) { return nil, nil })
	if err := fetchOnce(t, page, fetch.Request{URL: server.URL, Credentials: credentials.Include}); err != nil {
		t.Error(err)
	}
	page = over(func(*origin.URL) (*tls.Certificate, error) { panic("boom") })
	err := fetchOnce(t, page, fetch.Request{URL: server.URL, Credentials: credentials.Include})
	if p, ok := errors.AsType[*fetch.PanicError](err); !ok || p.Value != "boom" || !errors.Is(err, fetch.NetworkFailure) {
		t.Errorf("error %v", err)
	}
}
