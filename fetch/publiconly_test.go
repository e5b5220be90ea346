package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// A dialer is a transport that resolves hosts by a table, each time to the next address, and says what it has dialled. Hosts
// that the table lacks are on the public internet.
type dialer struct {
	network
	resolves map[string][]string
	asked    map[string]int
	dialled  []string
	proxied  bool
}

func (d *dialer) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	host := r.URL.Host()
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil {
		addr = netip.MustParseAddr("8.8.8.8")
		if list := d.resolves[host]; len(list) > 0 {
			addr = netip.MustParseAddr(list[min(d.asked[host], len(list)-1)])
			if d.asked == nil {
				d.asked = make(map[string]int)
			}
			d.asked[host]++
		}
	}
	d.dialled = append(d.dialled, addr.String())
	if r.Connected != nil {
		if err := r.Connected(fetch.Connection{Address: netip.AddrPortFrom(addr, 443), Proxied: d.proxied}); err != nil {
			return nil, fmt.Errorf("wrapped: %w", err)
		}
	}
	return d.network.RoundTrip(ctx, r)
}

// guardedBy is an agent over a dialer.
func guardedBy(t *testing.T, d *dialer, o *fetch.PublicOnly, profile *fetch.Profile) *fetch.Agent {
	t.Helper()
	if d.serve == nil {
		d.serve = routes{}.serve
	}
	agent, err := fetch.NewAgent(&fetch.Options{Transport: d, PublicOnly: o, Profile: profile})
	if err != nil {
		t.Fatal(err)
	}
	return agent
}

// Every notation in which a URL can have an address, and every kind of address, under every profile.
func TestPublicOnlyAddresses(t *testing.T) {
	tests := []struct {
		name, url string
		public    bool
	}{
		{"loopback", "http://127.0.0.1/", false},
		{"the end of loopback", "http://127.255.255.254/", false},
		{"hexadecimal", "http://0x7f.1/", false},
		{"octal, one number", "http://017700000001/", false},
		{"decimal, one number", "http://2130706433/", false},
		{"hexadecimal, one number", "http://0x7F000001/", false},
		{"two numbers", "http://127.1/", false},
		{"three numbers", "http://127.0.1/", false},
		{"octal numbers", "http://0177.0.0.01/", false},
		{"a full stop at the end", "http://127.0.0.1./", false},
		{"full width", "http://１２７。０。０。１/", false},
		{"percent-encoded", "http://%31%32%37.0.0.1/", false},
		{"with a password", "http://8.8.8.8@127.0.0.1/", false},
		{"zero", "http://0/", false},
		{"IPv6 loopback", "http://[::1]/", false},
		{"IPv6 loopback, in full", "http://[0:0:0:0:0:0:0:1]/", false},
		{"mapped", "http://[::ffff:127.0.0.1]/", false},
		{"mapped, in hexadecimal", "http://[::ffff:7f00:1]/", false},
		{"mapped, in full", "http://[0:0:0:0:0:FFFF:127.0.0.1]/", false},
		{"compatible", "http://[::127.0.0.1]/", false},
		{"NAT64", "http://[64:ff9b::127.0.0.1]/", false},
		{"NAT64 of metadata", "http://[64:ff9b::a9fe:a9fe]/", false},
		{"NAT64 of a local network", "http://[64:ff9b:1::808:808]/", false},
		{"6to4 of loopback", "http://[2002:7f00:1::]/", false},
		{"Teredo", "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", false},
		{"unspecified", "http://[::]/", false},
		{"private", "http://10.0.0.1/", false},
		{"private, two numbers", "http://192.168.257/", false},
		{"private, in hexadecimal", "http://0xac.0x10.1/", false},
		{"shared", "http://100.64.0.1/", false},
		{"link-local", "http://169.254.0.1/", false},
		{"metadata", "http://169.254.169.254/latest/meta-data/", false},
		{"metadata, one number", "http://2852039166/", false},
		{"metadata of Amazon by IPv6", "http://[fd00:ec2::254]/", false},
		{"metadata of Alibaba", "http://100.100.100.200/", false},
		{"metadata of Azure", "http://168.63.129.16/", false},
		{"metadata of Oracle", "http://192.0.0.192/", false},
		{"unique local", "http://[fd12:3456:789a::1]/", false},
		{"link-local by IPv6", "http://[fe80::1]/", false},
		{"multicast", "http://239.255.255.250/", false},
		{"multicast by IPv6", "http://[ff02::1]/", false},
		{"broadcast", "http://255.255.255.255/", false},
		{"reserved", "http://240.0.0.1/", false},
		{"documentation", "http://192.0.2.1/", false},
		{"benchmarks", "http://198.18.0.1/", false},

		{"public", "http://8.8.8.8/", true},
		{"public, one number", "http://0x08080808/", true},
		{"public by IPv6", "http://[2606:4700:4700::1111]/", true},
		{"mapped and public", "http://[::ffff:8.8.8.8]/", true},
		{"NAT64 of a public one", "http://[64:ff9b::8.8.8.8]/", true},
		{"6to4 of a public one", "http://[2002:808:808::1]/", true},
		{"a name", "http://api.test/", true},
	}
	for _, profile := range append(engine.Profiles(), fetch.Standard()) {
		for _, tt := range tests {
			for _, how := range []string{"navigation", "redirect", "preflight"} {
				d := &dialer{network: network{serve: func(s sent) reply {
					if s.URL.Host() == "from.test" {
						return answer(302, "Location: "+tt.url, acao+"*")
					}
					return routes{}.serve(s)
				}}}
				agent := guardedBy(t, d, &fetch.PublicOnly{}, profile)
				var err error
				sends := 0
				switch how {
				case "navigation":
					_, err = agent.Navigate(t.Context(), &fetch.Navigation{URL: tt.url})
				case "redirect":
					if tt.name == "full width" {
						continue // a header has bytes, not characters
					}
					sends = 1
					_, err = agent.Navigate(t.Context(), &fetch.Navigation{URL: "http://from.test/"})
				case "preflight":
					if strings.Contains(tt.url, "@") {
						continue
					}
					_, err = newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"}).Fetch(t.Context(), &fetch.Request{URL: tt.url, Method: "PUT"})
				}
				if tt.public {
					if err != nil {
						t.Errorf("%s: %s by %s: %v", profile.Name, tt.name, how, err)
					}
					continue
				}
				if !errors.Is(err, fetch.AddressNotPublic) || len(d.sent) != sends {
					t.Errorf("%s: %s by %s: %v, after %v", profile.Name, tt.name, how, err, d.lines())
				}
			}
		}
	}
}

// A name that is public when somebody looks and loopback when it is dialled: the address that was dialled counts, each
// time.
func TestPublicOnlyRebinding(t *testing.T) {
	d := &dialer{resolves: map[string][]string{"rebind.test": {"8.8.8.8", "127.0.0.1", "8.8.4.4", "::ffff:10.0.0.1"}}}
	agent := guardedBy(t, d, &fetch.PublicOnly{}, nil)
	page := newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"})
	for i, public := range []bool{true, false, true, false} {
		resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "http://rebind.test/" + fmt.Sprint(i)})
		if public != (err == nil) || !public && !errors.Is(err, fetch.AddressNotPublic) {
			t.Errorf("request %d, of %s: %v", i, d.dialled[len(d.dialled)-1], err)
		}
		if err == nil {
			resp.Body.Close()
		}
	}
	if len(d.sent) != 2 {
		t.Errorf("sent %v", d.lines())
	}
}

// A chain of redirects that ends at the metadata service of a cloud: each hop is looked at, and nothing is sent to the last.
func TestPublicOnlyChain(t *testing.T) {
	for _, last := range []string{"http://169.254.169.254/latest/meta-data/", "http://[::ffff:169.254.169.254]/", "http://0xa9fea9fe/", "http://metadata.test/"} {
		d := &dialer{resolves: map[string][]string{"metadata.test": {"169.254.169.254"}}, network: network{serve: func(s sent) reply {
			if n := len(s.URL.Path()); n < 10 {
				return answer(302, "Location: http://hop"+fmt.Sprint(n)+".test/"+strings.Repeat("a", n), acao+"*")
			}
			return answer(307, "Location: "+last, acao+"*")
		}}}
		agent := guardedBy(t, d, &fetch.PublicOnly{}, nil)
		_, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: "http://first.test/"})
		if !errors.Is(err, fetch.AddressNotPublic) || len(d.sent) != 10 {
			t.Errorf("%s, by a navigation: %v, after %v", last, err, d.lines())
		}
		d.sent = nil
		_, err = newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"}).Fetch(t.Context(), &fetch.Request{URL: "http://first.test/"})
		if !errors.Is(err, fetch.AddressNotPublic) || len(d.sent) != 10 {
			t.Errorf("%s, by fetch(): %v, after %v", last, err, d.lines())
		}
	}
}

// The preflight goes to a public address and the request itself would go to another.
func TestPublicOnlyAfterPreflight(t *testing.T) {
	d := &dialer{resolves: map[string][]string{"rebind.test": {"8.8.8.8", "169.254.169.254"}}}
	page := newPage(t, guardedBy(t, d, &fetch.PublicOnly{}, nil), fetch.EnvironmentOptions{URL: "http://app.example/"})
	e := refused(t, page, &fetch.Request{URL: "http://rebind.test/", Method: "PUT"})
	if e.Reason != fetch.AddressNotPublic || e.Stage != "before" || e.Value != "169.254.169.254" || e.Request.Method != "PUT" {
		t.Errorf("got %v at %s", e, e.Stage)
	}
	if got := strings.Join(d.lines(), ", "); got != "OPTIONS http://rebind.test/" {
		t.Errorf("sent %s", got)
	}
}

func TestPublicOnlyExceptions(t *testing.T) {
	resolves := map[string][]string{"db.internal": {"10.1.2.3"}, "ui.internal": {"10.9.9.9"}, "other.internal": {"10.2.0.1"}, "local.test": {"127.0.0.1"}}
	tests := []struct {
		name, url string
		guard     fetch.PublicOnly
		allowed   bool
	}{
		{"none", "http://db.internal/", fetch.PublicOnly{}, false},
		{"prefix", "http://db.internal/", fetch.PublicOnly{AllowPrefixes: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}, true},
		{"another prefix", "http://other.internal/", fetch.PublicOnly{AllowPrefixes: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}, false},
		{"prefix, mapped", "http://[::ffff:10.1.2.3]/", fetch.PublicOnly{AllowPrefixes: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}, true},
		{"mapped prefix", "http://10.1.2.3/", fetch.PublicOnly{AllowPrefixes: []netip.Prefix{netip.MustParsePrefix("::ffff:10.1.0.0/112")}}, true},
		{"prefix, NAT64", "http://[64:ff9b::10.1.2.3]/", fetch.PublicOnly{AllowPrefixes: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}, false},
		{"host", "http://ui.internal/", fetch.PublicOnly{AllowHosts: []string{"UI.internal"}}, true},
		{"host, any port", "http://ui.internal:8080/", fetch.PublicOnly{AllowHosts: []string{"ui.internal"}}, true},
		{"host and port", "http://ui.internal:8080/", fetch.PublicOnly{AllowHosts: []string{"ui.internal:8080"}}, true},
		{"host and another port", "http://ui.internal:8081/", fetch.PublicOnly{AllowHosts: []string{"ui.internal:8080"}}, false},
		{"default port", "https://ui.internal/", fetch.PublicOnly{AllowHosts: []string{"ui.internal:443"}}, true},
		{"a subdomain", "http://x.ui.internal/", fetch.PublicOnly{AllowHosts: []string{"ui.internal"}}, true}, // resolves to a public address
		{"an address", "http://127.1/", fetch.PublicOnly{AllowHosts: []string{"0x7f.0.0.1"}}, true},
		{"an address is not a name", "http://local.test/", fetch.PublicOnly{AllowHosts: []string{"127.0.0.1"}}, false},
		{"IPv6", "http://[::1]:8080/", fetch.PublicOnly{AllowHosts: []string{"[::1]:8080"}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent := guardedBy(t, &dialer{resolves: resolves}, &tt.guard, nil)
			resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: tt.url})
			if err == nil {
				resp.Body.Close()
			}
			if tt.allowed != (err == nil) || err != nil && !errors.Is(err, fetch.AddressNotPublic) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPublicOnlyMistakes(t *testing.T) {
	_, err := fetch.NewAgent(&fetch.Options{PublicOnly: &fetch.PublicOnly{
		AllowPrefixes: []netip.Prefix{{}}, AllowHosts: []string{"a b", "h:99999", "h:x"},
	}})
	const want = `fetch: Options.PublicOnly.AllowPrefixes[0] is not a prefix
fetch: Options.PublicOnly.AllowHosts[0] "a b": origin: host "a b": host contains ' '
fetch: Options.PublicOnly.AllowHosts[1] "h:99999": "99999" is not a port
fetch: Options.PublicOnly.AllowHosts[2] "h:x": "x" is not a port`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// What a proxy connects to is not seen.
func TestPublicOnlyProxied(t *testing.T) {
	for _, tt := range []struct {
		name, url string
		trust     bool
		allowed   bool
	}{
		{"a name", "http://api.test/", false, false},
		{"a name, trusted", "http://api.test/", true, true},
		{"an address, trusted", "http://127.0.0.1/", true, false},
		{"localhost, trusted", "http://localhost:8080/", true, false},
		{"a name under localhost, trusted", "https://x.localhost/", true, false},
		{"a public address, trusted", "http://8.8.8.8/", true, true},
	} {
		d := &dialer{proxied: true}
		resp, err := guardedBy(t, d, &fetch.PublicOnly{TrustProxy: tt.trust}, nil).Navigate(t.Context(), &fetch.Navigation{URL: tt.url})
		if err == nil {
			resp.Body.Close()
		}
		if tt.allowed != (err == nil) || err != nil && (!errors.Is(err, fetch.AddressNotPublic) || len(d.sent) > 0) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// A transport that does not say what it has dialled.
func TestPublicOnlyUnknown(t *testing.T) {
	agent, n := newAgent(t, routes{}.serve, fetch.Options{PublicOnly: &fetch.PublicOnly{}})
	_, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: "http://api.test/"})
	if e := asRefusal(t, err); e.Reason != fetch.AddressNotPublic || e.Stage != "actual" || len(n.sent) != 1 {
		t.Errorf("got %v at %s", err, e.Stage)
	}
}

// A countedListener counts the connections that it accepts.
type countedListener struct {
	net.Listener
	accepted *atomic.Int32
}

func (l countedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.accepted.Add(1)
	}
	return conn, err
}

// countedServer is a server, over HTTP/2 if it has TLS, with how many connections and requests it has got.
func countedServer(t *testing.T, secure bool) (server *httptest.Server, accepted, requests *atomic.Int32) {
	t.Helper()
	accepted, requests = new(atomic.Int32), new(atomic.Int32)
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Methods", "*")
		io.WriteString(w, r.Proto)
	}))
	server.Listener = countedListener{server.Listener, accepted}
	server.EnableHTTP2 = secure
	if secure {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server, accepted, requests
}

// The transport of the package itself does not even connect.
func TestPublicOnlySockets(t *testing.T) {
	for _, secure := range []bool{false, true} {
		server, accepted, requests := countedServer(t, secure)
		base := server.Client().Transport.(*http.Transport).Clone()
		base.DialContext = nil
		refusing, err := fetch.NewAgent(&fetch.Options{PublicOnly: &fetch.PublicOnly{}, Transport: &fetch.HTTPTransport{RoundTripper: base}})
		if err != nil {
			t.Fatal(err)
		}
		defer refusing.Close()
		_, err = refusing.Navigate(t.Context(), &fetch.Navigation{URL: server.URL})
		if e := asRefusal(t, err); e.Reason != fetch.AddressNotPublic || e.Value != "127.0.0.1" || e.Stage != "before" {
			t.Errorf("secure %v: %v", secure, err)
		}
		_, err = refusing.Client(nil).Get(server.URL)
		if !errors.Is(err, fetch.AddressNotPublic) {
			t.Errorf("secure %v, by a client: %v", secure, err)
		}
		if accepted.Load() > 0 || requests.Load() > 0 {
			t.Errorf("secure %v: %d connections, %d requests", secure, accepted.Load(), requests.Load())
		}
		allowing, err := fetch.NewAgent(&fetch.Options{
			PublicOnly: &fetch.PublicOnly{AllowPrefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, Transport: &fetch.HTTPTransport{RoundTripper: base},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer allowing.Close()
		want := "HTTP/1.1"
		if secure {
			want = "HTTP/2.0"
		}
		for range 2 { // the second time over the connection of the first
			resp, err := allowing.Navigate(t.Context(), &fetch.Navigation{URL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			if got := text(t, resp.Body); got != want {
				t.Errorf("secure %v: %s", secure, got)
			}
			resp.Body.Close()
		}
		if accepted.Load() != 1 {
			t.Errorf("secure %v: %d connections for two requests", secure, accepted.Load())
		}
	}
}

// The zero HTTPTransport, whose dialer is that of http.DefaultTransport.
func TestPublicOnlyDefault(t *testing.T) {
	server, accepted, _ := countedServer(t, false)
	agent, err := fetch.NewAgent(&fetch.Options{PublicOnly: &fetch.PublicOnly{}})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"} {
		u := mustURL(t, server.URL)
		_, err := agent.Client(nil).Get("http://" + host + ":" + u.Port() + "/")
		if !errors.Is(err, fetch.AddressNotPublic) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if accepted.Load() > 0 {
		t.Errorf("%d connections", accepted.Load())
	}
}

// A dialer of the program's own has connected when the address is known. Nothing is sent then.
func TestPublicOnlyOwnDialer(t *testing.T) {
	server, accepted, requests := countedServer(t, false)
	var closed atomic.Bool
	base := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		return watchedConn{conn, &closed}, err
	}}
	agent, err := fetch.NewAgent(&fetch.Options{PublicOnly: &fetch.PublicOnly{}, Transport: &fetch.HTTPTransport{RoundTripper: base}})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	_, err = agent.Navigate(t.Context(), &fetch.Navigation{URL: "http://api.test/"})
	if !errors.Is(err, fetch.AddressNotPublic) || requests.Load() > 0 || !closed.Load() {
		t.Errorf("got %v, %d connections, %d requests, closed %v", err, accepted.Load(), requests.Load(), closed.Load())
	}
}

type watchedConn struct {
	net.Conn
	closed *atomic.Bool
}

func (c watchedConn) Close() error {
	c.closed.Store(true)
	return c.Conn.Close()
}

// A round tripper of somebody else's passes on the hooks of net/http/httptrace if it is made of an *http.Transport.
func TestPublicOnlyRoundTrippers(t *testing.T) {
	server, _, requests := countedServer(t, false)
	base := &http.Transport{}
	defer base.CloseIdleConnections()
	wrapping := roundTripper(func(r *http.Request) (*http.Response, error) { return base.RoundTrip(r) })
	agent, err := fetch.NewAgent(&fetch.Options{PublicOnly: &fetch.PublicOnly{}, Transport: &fetch.HTTPTransport{RoundTripper: wrapping}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = agent.Navigate(t.Context(), &fetch.Navigation{URL: server.URL})
	if e := asRefusal(t, err); e.Reason != fetch.AddressNotPublic || e.Value != "127.0.0.1" || requests.Load() > 0 {
		t.Errorf("wrapped: %v, %d requests", err, requests.Load())
	}
	silent := roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r}, nil
	})
	agent, err = fetch.NewAgent(&fetch.Options{PublicOnly: &fetch.PublicOnly{}, Transport: &fetch.HTTPTransport{RoundTripper: silent}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = agent.Navigate(t.Context(), &fetch.Navigation{URL: "http://api.test/"})
	if e := asRefusal(t, err); e.Reason != fetch.AddressNotPublic || e.Value != "" {
		t.Errorf("silent: %v", err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Through a real proxy, by http: and through a tunnel.
func TestPublicOnlyProxy(t *testing.T) {
	var proxied atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied.Add(1)
		if r.Method == http.MethodConnect {
			http.Error(w, "no", http.StatusForbidden)
		}
	}))
	defer proxy.Close()
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	base := &http.Transport{Proxy: http.ProxyURL(at)}
	for _, trust := range []bool{false, true} {
		agent, err := fetch.NewAgent(&fetch.Options{PublicOnly: &fetch.PublicOnly{TrustProxy: trust}, Transport: &fetch.HTTPTransport{RoundTripper: base}})
		if err != nil {
			t.Fatal(err)
		}
		resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: "http://api.test/"})
		switch {
		case err == nil:
			resp.Body.Close()
			if !trust {
				t.Error("went through the proxy")
			}
		case trust || !errors.Is(err, fetch.AddressNotPublic) || proxied.Load() > 0:
			t.Errorf("trust %v: %v", trust, err)
		}
		_, err = agent.Navigate(t.Context(), &fetch.Navigation{URL: "http://169.254.169.254/"})
		if !errors.Is(err, fetch.AddressNotPublic) {
			t.Errorf("trust %v, an address: %v", trust, err)
		}
		agent.Close()
	}
	if proxied.Load() != 1 {
		t.Errorf("the proxy got %d requests", proxied.Load())
	}
}
