package fetch_test

import (
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// A wireProxy is an HTTP proxy that asks for a password: it forwards plain
// requests and tunnels the others.
type wireProxy struct {
	*httptest.Server
	*digestGuard // nil for Basic

	logged sync.Mutex
	lines  []string // request lines with their Proxy-Authorization's scheme
}

func newWireProxy(t testing.TB, guard *digestGuard) *wireProxy {
	p := &wireProxy{digestGuard: guard}
	forward := &http.Transport{}
	t.Cleanup(forward.CloseIdleConnections)
	p.Server = wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		scheme, _, _ := strings.Cut(r.Header.Get("Proxy-Authorization"), " ")
		p.logged.Lock()
		p.lines = append(p.lines, strings.TrimSpace(r.Method+" "+scheme))
		p.logged.Unlock()
		if !p.lets(w, r) {
			return
		}
		if r.Method == http.MethodConnect {
			tunnel(w, r.RequestURI)
			return
		}
		out := r.Clone(r.Context())
		out.RequestURI = ""
		out.Header.Del("Proxy-Authorization")
		resp, err := forward.RoundTrip(out)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	})
	return p
}

func (p *wireProxy) lets(w http.ResponseWriter, r *http.Request) bool {
	if p.digestGuard != nil {
		return p.admits(w, http.StatusProxyAuthRequired, "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info", r, r.RequestURI)
	}
	if r.Header.Get("Proxy-Authorization") == "Basic "+base64.StdEncoding.EncodeToString([]byte("u:"+digestPassword)) {
		return true
	}
	w.Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
	w.Header().Set("Set-Cookie", "proxy=1")
	w.WriteHeader(http.StatusProxyAuthRequired)
	_, _ = io.WriteString(w, "the proxy's own words")
	return false
}

// tunnel connects a client with a host until one of them closes.
func tunnel(w http.ResponseWriter, host string) {
	server, err := net.Dial("tcp", host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer server.Close()
	w.WriteHeader(http.StatusOK)
	client, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(server, rw)
		server.Close()
	}()
	_, _ = io.Copy(client, server)
	client.Close()
	<-done
}

func (p *wireProxy) log() string {
	p.logged.Lock()
	defer p.logged.Unlock()
	return strings.Join(p.lines, ", ")
}

// through has a transport use a proxy.
func (p *wireProxy) through(rt *http.Transport) *http.Transport {
	at, _ := url.Parse(p.URL)
	rt.Proxy = func(*http.Request) (*url.URL, error) { return at, nil }
	return rt
}

// A proxy's 407 is answered whatever the credentials mode, in preflights from
// entries only, and through tunnels too.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 8.22, 16
func TestProxyAuthentication(t *testing.T) {
	hello := func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Proxy-Authorization"); got != "" {
			t.Errorf("the server got %q", got)
		}
		if wireAllow(w, r) {
			return
		}
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, "in"+string(body))
	}
	plain, secure := wireServer(t, hello), wireTLS(t, hello, nil)
	get := fetch.Request{URL: "/a?b", Credentials: credentials.Omit}
	post := fetch.Request{URL: "/a", Method: "POST", Body: fetch.TextBody("!")}
	tests := []struct {
		name     string
		server   *httptest.Server
		guard    *digestGuard // nil for Basic
		page     string       // "" is the server's own
		requests []fetch.Request
		log      string
		asked    int
	}{
		{"Basic", plain, nil, "", []fetch.Request{get, post}, "GET, GET Basic, POST Basic", 1},
		{"Basic, tunnel", secure, nil, "", []fetch.Request{get, post}, "CONNECT, CONNECT Basic, CONNECT Basic", 1},
		{"Digest", plain, &digestGuard{algorithm: "SHA-256", qop: "auth"}, "", []fetch.Request{post, get}, "POST, POST Digest, GET Digest", 1},
		{"Digest, integrity", plain, &digestGuard{qop: "auth-int"}, "", []fetch.Request{post, get}, "POST, POST Digest, GET Digest", 1},
		{"Digest, stale", plain, &digestGuard{qop: "auth", uses: 1}, "", []fetch.Request{post, get}, "POST, POST Digest, GET Digest, GET Digest", 1},
		{"Digest, nextnonce", plain, &digestGuard{qop: "auth", uses: 1, nextnonce: true}, "", []fetch.Request{post, get}, "POST, POST Digest, GET Digest", 1},
		{"Digest, tunnel", secure, &digestGuard{qop: "auth,auth-int"}, "", []fetch.Request{post, get}, "CONNECT, CONNECT Digest, CONNECT Digest", 1},
		{"preflight by an entry", plain, nil, "http://other.test/", []fetch.Request{{URL: "/a"}, {URL: "/a", Method: "PUT"}},
			"GET, GET Basic, OPTIONS Basic, PUT Basic", 1},
		{"preflight first", plain, nil, "http://other.test/", []fetch.Request{{URL: "/a", Method: "PUT"}, {URL: "/a", Method: "PUT"}},
			"OPTIONS, OPTIONS Basic, PUT Basic, PUT Basic", 1},
		{"preflight first, tunnel", secure, nil, "https://other.test/", []fetch.Request{{URL: "/a", Method: "PUT"}},
			"CONNECT, CONNECT Basic, CONNECT Basic", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			proxy := newWireProxy(t, tt.guard)
			user := &digestUser{name: "u", passwords: []string{digestPassword}}
			var trusted []*httptest.Server
			if tt.server == secure {
				trusted = append(trusted, secure)
			}
			rt := wireTransport(t, trusted...)
			rt.DisableKeepAlives = true // a tunnel for each request
			page := wireEnvironment(t, orElse(tt.page, tt.server.URL+"/"), &fetch.Options{
				Transport:      &fetch.HTTPTransport{RoundTripper: proxy.through(rt)},
				Authentication: keyring(user.prompt),
			})
			for _, r := range tt.requests {
				r.URL = tt.server.URL + r.URL
				if got := bodyFor(t, page, &r); !strings.HasPrefix(got, "in") {
					t.Errorf("%s: %q", r.Method, got)
				}
			}
			if got := proxy.log(); got != tt.log || len(user.asked) != tt.asked {
				t.Errorf("the proxy saw %q with %d prompts, want %q", got, len(user.asked), tt.log)
			}
			if p := user.asked[0]; !p.Proxy || p.URL.String() != proxy.URL+"/" {
				t.Errorf("asked for %+v", p)
			}
		})
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// A proxy that gets no answer. What it says to CONNECT is for no page's eyes, in
// any profile, and sets no cookie.
func TestProxyRefuses(t *testing.T) {
	hello := func(w http.ResponseWriter, r *http.Request) { wireAllow(w, r) }
	plain, secure := wireServer(t, hello), wireTLS(t, hello, nil)
	proxy := newWireProxy(t, nil)
	for _, tt := range []struct {
		name    string
		server  *httptest.Server
		profile *fetch.Profile
		store   credentials.AuthenticationStore
		page    fetch.EnvironmentOptions
		method  string
		why     credentials.Unanswered
		shown   bool
	}{
		{name: "nobody", server: plain, store: credentials.NewKeyring(nil), why: "nobody-to-ask"},
		{name: "worker", server: plain, store: keyring(new(digestUser).prompt), page: fetch.EnvironmentOptions{Worker: true}, why: "nobody-to-ask"},
		{name: "preflight", server: plain, store: credentials.NewKeyring(nil), page: fetch.EnvironmentOptions{URL: "http://other.test/"}, method: "PUT", why: "nobody-to-ask"},
		{name: "preflight of a worker", server: plain, store: keyring(new(digestUser).prompt), page: fetch.EnvironmentOptions{URL: "http://other.test/", Worker: true}, method: "PUT", why: "nobody-to-ask"},
		{name: "shown", server: plain, profile: engine.Firefox(), store: credentials.NewKeyring(nil), why: "nobody-to-ask", shown: true},
		{name: "no store", server: plain, why: "no-store"},
		{name: "tunnel", server: secure, store: credentials.NewKeyring(nil), why: "nobody-to-ask"},
		{name: "tunnel of an engine that shows a 407", server: secure, profile: engine.Firefox(), store: credentials.NewKeyring(nil), why: "nobody-to-ask"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var trusted []*httptest.Server
			if tt.server == secure {
				trusted = append(trusted, secure)
			}
			agent, err := fetch.NewAgent(&fetch.Options{
				Profile: tt.profile, Authentication: tt.store,
				Transport: &fetch.HTTPTransport{RoundTripper: proxy.through(wireTransport(t, trusted...))},
			})
			if err != nil {
				t.Fatal(err)
			}
			wireAgents.add(t.Name(), agent)
			if tt.page.URL == "" {
				tt.page.URL = tt.server.URL + "/"
			}
			var why error
			r := &fetch.Request{URL: tt.server.URL + "/a", Method: tt.method, Trace: &fetch.Trace{
				Challenged: func(_ fetch.RequestInfo, _ fetch.ResponseInfo, err error) { why = err },
			}}
			page := newPage(t, agent, tt.page)
			if tt.shown {
				if resp := fetched(t, page, r); resp.Status != 407 {
					t.Errorf("status %d", resp.Status)
				}
			} else if e := refused(t, page, r); e.Reason != fetch.ProxyAuthenticationRequired || e.Header != "Proxy-Authenticate" || e.Response.Status != 407 {
				t.Error(e)
			}
			if u, ok := errors.AsType[*credentials.UnansweredError](why); !ok || u.Reason != tt.why {
				t.Errorf("%v, want %q", why, tt.why)
			}
		})
	}
}
