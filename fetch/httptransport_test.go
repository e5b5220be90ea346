package fetch_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http2"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// wireHeads is a raw server that allows everything, and the heads that it got.
func wireHeads(t testing.TB) (url string, heads chan []string) {
	heads = make(chan []string, 10)
	return wireRaw(t, func(p *wirePeer) {
		for {
			head := p.head()
			if head == nil {
				return
			}
			heads <- head
			for _, line := range head {
				if n, ok := strings.CutPrefix(line, "Content-Length: "); ok {
					n, _ := strconv.ParseInt(n, 10, 64)
					_, _ = io.CopyN(io.Discard, p.r, n)
				}
			}
			switch to, redirect := strings.CutPrefix(strings.Fields(head[0])[1], "/redirect?"); {
			case redirect:
				p.say("HTTP/1.1 302 Found\r\nAccess-Control-Allow-Origin: *\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n")
			case strings.HasPrefix(head[0], "OPTIONS"):
				p.say(wireAllowed)
			case strings.HasPrefix(head[0], "HEAD"):
				p.say(strings.TrimSuffix(wireOK, "ok"))
			default:
				p.say(wireOK)
			}
		}
	}), heads
}

// TestHTTPTransportURLs writes URLs to the wire as the URL Standard serializes
// them, for the actual request as for its preflight, also where net/url would
// write or refuse something else.
//
// https://url.spec.whatwg.org/#url-serializing
func TestHTTPTransportURLs(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"root", "/", "/"},
		{"none", "", "/"},
		{"plain", "/a/b.c?d=e&f", "/a/b.c?d=e&f"},
		{"empty query", "/?", "/?"},
		{"empty query and fragment", "/a?#b", "/a?"},
		{"fragment", "/a#b?c", "/a"},
		{"query without path", "?a", "/?a"},
		{"space", "/a b?c d", "/a%20b?c%20d"},
		{"unicode", "/ü/漢?é", "/%C3%BC/%E6%BC%A2?%C3%A9"},
		{"no percent-encoding", "/%zz%?%zz", "/%zz%?%zz"},
		{"percent-encoded", "/%7c%2F%41?%7C", "/%7c%2F%41?%7C"},
		{"bar", "/a|b?c|d", "/a|b?c|d"},
		{"brackets", "/[a]?[b]", "/[a]?[b]"},
		{"braces and quotes", `/{"<>}` + "`^", "/%7B%22%3C%3E%7D%60%5E"},
		{"query characters", `/?{"<>}'` + "`^|\\", "/?{%22%3C%3E}%27`^|\\"},
		{"sub-delimiters", "/!$&'()*+,;=:@-._~", "/!$&'()*+,;=:@-._~"},
		{"two slashes", "//a", "//a"},
		{"three slashes", "///", "///"},
		{"two slashes inside", "/a//b", "/a//b"},
		{"two slashes, encoded", "//%41?b|c", "//%41?b|c"},
		{"backslash", `/a\b`, "/a/b"},
		{"dots", "/a/../b/./c/%2e%2E/d", "/b/d"},
		{"tab and line break", "/a\tb\nc", "/abc"},
		{"asterisk", "/*", "/*"},
		{"colon", "/a:b", "/a:b"},
	}
	server, heads := wireHeads(t)
	page := wireEnvironment(t, "https://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: wireTransport(t)}})
	client := page.Client(nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: server + tt.in, Method: "DELETE"})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			for _, method := range []string{"OPTIONS", "DELETE"} {
				if got, want := (<-heads)[0], method+" "+tt.want+" HTTP/1.1"; got != want {
					t.Errorf("request line %q, want %q", got, want)
				}
			}
			if tt.in == "" || strings.HasPrefix(tt.in, "//") || strings.ContainsAny(tt.in, "\n#'") {
				return // not as it stands in a Location
			}
			// http.NewRequest would refuse some of them; a redirect can lead there.
			r := wireRequest(t, "GET", server, nil)
			r.URL.Path, r.URL.RawQuery = "/redirect", tt.want
			cresp, err := client.Do(r)
			if got := wireText(t, cresp, err); got != "ok" {
				t.Errorf("redirected to %q", got)
			}
			<-heads
			if got, want := (<-heads)[0], "GET "+tt.want+" HTTP/1.1"; got != want {
				t.Errorf("request line after a redirect %q, want %q", got, want)
			}
			if got, want := cresp.Request.URL.String(), server+tt.want; got != want {
				t.Errorf("final URL %q, want %q", got, want)
			}
		})
	}
}

// TestHTTPTransportHosts writes hosts as the URL Standard serializes them.
//
// https://url.spec.whatwg.org/#host-serializing
func TestHTTPTransportHosts(t *testing.T) {
	server, heads := wireHeads(t)
	address := strings.TrimPrefix(server, "http://")
	rt := wireTransport(t)
	var dialled atomic.Value
	dial := rt.DialContext
	rt.DialContext = func(ctx context.Context, network, to string) (net.Conn, error) {
		dialled.Store(to)
		return dial(ctx, network, address)
	}
	page := wireEnvironment(t, "http://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}})
	for _, tt := range []struct{ name, in, host, dialled string }{
		{"upper case and default port", "http://EXAMPLE.com:80/", "example.com", "example.com:80"},
		{"port", "http://example.com:8080/", "example.com:8080", "example.com:8080"},
		{"international", "http://bücher.example:0081/", "xn--bcher-kva.example:81", "xn--bcher-kva.example:81"},
		{"short IPv4", "http://127.1:8081/", "127.0.0.1:8081", "127.0.0.1:8081"},
		{"IPv6", "http://[0:0::1]:8082/", "[::1]:8082", "[::1]:8082"},
		{"sub-delimiters", "http://a_b!$&'()*+,;=.example/", "a_b!$&'()*+,;=.example", "a_b!$&'()*+,;=.example:80"},
		{"trailing dot", "http://example.com./", "example.com.", "example.com.:80"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: tt.in})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if head := <-heads; !slices.Contains(head, "Host: "+tt.host) {
				t.Errorf("head %q lacks host %q", head, tt.host)
			}
			if dialled.Load() != tt.dialled {
				t.Errorf("dialled %q, want %q", dialled.Load(), tt.dialled)
			}
		})
	}
}

// TestHTTPTransportUnsendable says what net/http can't send, before anything
// is sent.
func TestHTTPTransportUnsendable(t *testing.T) {
	rt := wireTransport(t)
	rt.DialContext = func(context.Context, string, string) (net.Conn, error) {
		t.Error("it was sent")
		return nil, io.EOF
	}
	page := wireEnvironment(t, "http://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}})
	for _, tt := range []struct {
		name, url   string
		header      fetch.HeaderList
		what, value string
	}{
		{"control character", "/", headerLines("X-A: a\x01b"), "header X-A", "a\x01b"},
		{"delete", "/", headerLines("X-A: a\x7fb"), "header X-A", "a\x7fb"},
		{"control character in a user agent", "/", headerLines("user-agent: a\x01b"), "header User-Agent", "a\x01b"},
		{"two slashes and what net/url can't keep", "//a|b", nil, "url", "http://app.example//a|b"},
		{"two slashes and no percent-encoding", "//%zz", nil, "url", "http://app.example//%zz"},
		{"host", `http://a"b{.example/`, nil, "host", `a"b{.example`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := wireBodyOf(strings.NewReader("body"))
			target := tt.url
			if strings.HasPrefix(target, "/") {
				target = "http://app.example" + target
			}
			_, err := page.Fetch(t.Context(), &fetch.Request{URL: target, Method: "POST", Headers: tt.header, Body: fetch.OnceBody(body, 4, "")})
			if !errors.Is(err, fetch.Unsendable) || !strings.Contains(err.Error(), strconv.Quote(tt.value)) {
				t.Fatalf("error %v, want that %s %q can't be sent", err, tt.what, tt.value)
			}
			if refusal := asRefusal(t, err); refusal.Header != tt.what || refusal.Value != tt.value {
				t.Errorf("refusal %s %q, want %s %q", refusal.Header, refusal.Value, tt.what, tt.value)
			}
			wireWait(t, body.closed, "the body to be closed")
		})
	}
}

// TestHTTPTransportHeaders keeps what script set: case, bytes, all values.
func TestHTTPTransportHeaders(t *testing.T) {
	server, heads := wireHeads(t)
	page := wireEnvironment(t, server, &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: wireTransport(t)}, UserAgent: "default"})
	for _, tt := range []struct {
		name   string
		header fetch.HeaderList
		want   []string // the lines that it makes
	}{
		{"case", headerLines("x-lower: 1", "X-UPPER: 2", "aCCept: */*"), []string{"X-UPPER: 2", "aCCept: */*", "x-lower: 1"}},
		{"repeated", headerLines("X-A: 1", "X-A: 2"), []string{"X-A: 1, 2"}},
		{"repeated in another case", headerLines("x-A: 1", "X-a: 2"), []string{"x-A: 1, 2"}}, // append a header, 1
		{"bytes and tabs", headerLines("X-A: \xff\t\x80", "X-B: ü"), []string{"X-A: \xff\t\x80", "X-B: ü"}},
		{"empty", headerLines("X-A: "), []string{"X-A: "}},
		{"odd name", headerLines("!#$%&'*+-.^_`|~9: 1"), []string{"!#$%&'*+-.^_`|~9: 1"}},
		{"user agent", headerLines("uSER-aGENT: mine"), []string{"User-Agent: mine"}},
		{"user agents", headerLines("user-agent: a", "X-A: 1", "User-Agent: b"), []string{"User-Agent: a, b", "X-A: 1"}},
		{"user agents and others", headerLines("User-Agent: a", "User-Agent: b", "X-A: 1", "X-A: 2"), []string{"User-Agent: a, b", "X-A: 1, 2"}},
		{"range", headerLines("range: bytes=0-"), []string{"range: bytes=0-"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/", Headers: tt.header})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			var got []string
			for _, line := range (<-heads)[1:] {
				name, value, _ := strings.Cut(line, ": ")
				switch name {
				case "Host", "Accept", "Accept-Encoding", "Referer", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site":
				case "User-Agent":
					if value == "default" {
						continue
					}
					fallthrough
				default:
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHTTPTransportRepeats sends headers that are repeated, which the engine
// never asks for, as they stand; User-Agent in one line, as net/http does.
func TestHTTPTransportRepeats(t *testing.T) {
	server, heads := wireHeads(t)
	transport := &fetch.HTTPTransport{RoundTripper: wireTransport(t)}
	resp, err := transport.RoundTrip(t.Context(), &fetch.NetworkRequest{Method: "GET", URL: mustURL(t, server+"/"),
		Headers: headerLines("X-A: 1", "User-Agent: a", "X-B: 1", "X-A: 2", "user-agent: b")})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	want := []string{"GET / HTTP/1.1", "Host: " + strings.TrimPrefix(server, "http://"), "User-Agent: a, b", "X-A: 1", "X-A: 2", "X-B: 1", "Accept-Encoding: gzip"}
	if diff := cmp.Diff(want, <-heads); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// TestHTTPTransportContentLength sends the length that HTTP-network-or-cache
// fetch appends, but for PATCH without a body, to which net/http adds one.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func TestHTTPTransportContentLength(t *testing.T) {
	server, heads := wireHeads(t)
	page := wireEnvironment(t, server, &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: wireTransport(t)}})
	const none = "none"
	for _, tt := range []struct{ method, null, empty, four string }{
		{"POST", "0", "0", "4"},
		{"PUT", "0", "0", "4"},
		{"PATCH", "0", "0", "4"},
		{"DELETE", none, "0", "4"},
		{"REPORT", none, "0", "4"},
		{"GET", none, "", ""},
		{"HEAD", none, "", ""},
	} {
		for body, want := range map[string]string{"null": tt.null, "": tt.empty, "four": tt.four} {
			if want == "" {
				continue
			}
			t.Run(tt.method+"/body="+body, func(t *testing.T) {
				r := &fetch.Request{URL: "/", Method: tt.method}
				if body != "null" {
					r.Body = fetch.BytesBody([]byte(body), "")
				}
				resp, err := page.Fetch(t.Context(), r)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				got := none
				for _, line := range <-heads {
					if n, ok := strings.CutPrefix(line, "Content-Length: "); ok {
						got = n
					}
					if strings.HasPrefix(line, "Transfer-Encoding") {
						got = line
					}
				}
				if got != want {
					t.Errorf("Content-Length %s, want %s", got, want)
				}
			})
		}
	}
}

// TestHTTPTransportProxy gives a proxy the whole URL, however odd.
func TestHTTPTransportProxy(t *testing.T) {
	proxy, heads := wireHeads(t)
	proxyURL, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	rt := wireTransport(t)
	rt.Proxy = http.ProxyURL(proxyURL)
	page := wireEnvironment(t, "http://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}})
	for _, path := range []string{"/a?b", "/%zz|?c|", "//a", "//a|b", "/?"} {
		resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "http://app.example:81" + path})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got, want := (<-heads)[0], "GET http://app.example:81"+path+" HTTP/1.1"; got != want {
			t.Errorf("request line %q, want %q", got, want)
		}
	}
}

// TestHTTPTransportClientCertificates presents certificates on connections for
// requests that include credentials, and on no others: a preflight has none,
// unless the engine's policy is otherwise.
//
// https://fetch.spec.whatwg.org/#concept-connection-obtain
func TestHTTPTransportClientCertificates(t *testing.T) {
	type got struct {
		Request     string
		Certificate bool
	}
	bases := []struct {
		name  string
		http2 bool
		make  func(*testing.T, *http.Transport) *http.Transport // from one that trusts the server
	}{
		{"HTTP/1.1", false, func(_ *testing.T, rt *http.Transport) *http.Transport { return rt }},
		{"HTTP/2", true, func(_ *testing.T, rt *http.Transport) *http.Transport { return rt }},
		{"HTTP/2 by default", true, func(_ *testing.T, rt *http.Transport) *http.Transport {
			// As a zero Transport is when the system trusts the server.
			own := new(http.Transport)
			_ = own.Clone()
			own.TLSClientConfig.RootCAs = rt.TLSClientConfig.RootCAs
			return own
		}},
		{"HTTP/2 from outside", true, func(t *testing.T, rt *http.Transport) *http.Transport {
			own := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: rt.TLSClientConfig.RootCAs}}
			//lint:ignore SA1019 programs still do, and certificates must not leak through it
			if err := http2.ConfigureTransport(own); err != nil {
				t.Fatal(err)
			}
			return own
		}},
		{"sessions resumed", false, func(_ *testing.T, rt *http.Transport) *http.Transport {
			rt.TLSClientConfig.ClientSessionCache = tls.NewLRUClientSessionCache(10)
			rt.DisableKeepAlives = true
			return rt
		}},
	}
	for _, base := range bases {
		for _, always := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/always=%t", base.name, always), func(t *testing.T) {
				var mu sync.Mutex
				var seen []got
				server := wireTLS(t, func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					seen = append(seen, got{r.Method + " " + r.Proto, len(r.TLS.PeerCertificates) > 0})
					mu.Unlock()
					h := w.Header()
					h.Set("Access-Control-Allow-Origin", "https://app.example")
					h.Set("Access-Control-Allow-Credentials", "true")
					h.Set("Access-Control-Allow-Methods", "DELETE")
				}, func(s *httptest.Server) {
					s.EnableHTTP2 = base.http2
					s.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
				})
				transport := &fetch.HTTPTransport{
					RoundTripper: base.make(t, wireTransport(t, server)),
					Certificates: credentials.StaticCertificates(map[origin.Origin]tls.Certificate{
						mustOrigin(t, server.URL): server.TLS.Certificates[0],
					}),
					Policy: rules.Credentials{ClientCertificateAlways: always},
				}
				defer transport.CloseIdleConnections()
				page := wireEnvironment(t, "https://app.example/", &fetch.Options{Transport: transport})
				proto := map[bool]string{true: " HTTP/2.0", false: " HTTP/1.1"}[base.http2]
				// The order matters: none may be served by what a former one opened.
				for _, tt := range []struct {
					r    fetch.Request
					want []got
				}{
					{fetch.Request{Credentials: credentials.Include}, []got{{"GET" + proto, true}}},
					{fetch.Request{}, []got{{"GET" + proto, always}}},
					{fetch.Request{Credentials: credentials.Omit}, []got{{"GET" + proto, always}}},
					{fetch.Request{Method: "DELETE", Credentials: credentials.Include}, []got{{"OPTIONS" + proto, always}, {"DELETE" + proto, true}}},
					{fetch.Request{Method: "DELETE"}, []got{{"OPTIONS" + proto, always}, {"DELETE" + proto, always}}},
				} {
					seen = nil
					tt.r.URL, tt.r.Cache = server.URL, "no-store"
					page.Agent().PreflightCache().ClearAll()
					resp, err := page.Fetch(t.Context(), &tt.r)
					if err != nil {
						t.Fatal(err)
					}
					_, _ = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
					if diff := cmp.Diff(tt.want, seen); diff != "" {
						t.Errorf("credentials %q (-want +got):\n%s", tt.r.Credentials, diff)
					}
				}
			})
		}
	}
}

// TestHTTPTransportMisdirected answers a 421 once, on a connection of its own.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func TestHTTPTransportMisdirected(t *testing.T) {
	for _, proto := range []string{"HTTP/1.1", "HTTP/2.0"} {
		t.Run(proto, func(t *testing.T) {
			var mu sync.Mutex
			var addresses []string
			good := 1 // how many requests are misdirected first
			server := wireTLS(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				mu.Lock()
				addresses = append(addresses, r.RemoteAddr)
				n := len(addresses)
				mu.Unlock()
				if r.Proto != proto {
					t.Errorf("protocol %q", r.Proto)
				}
				if r.URL.Path == "/421" && n <= good {
					w.WriteHeader(http.StatusMisdirectedRequest)
				}
				_, _ = w.Write(body)
			}, func(s *httptest.Server) { s.EnableHTTP2 = proto == "HTTP/2.0" })
			rt := wireTransport(t, server)
			page := wireEnvironment(t, server.URL, &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}})
			do := func(path string, body *fetch.Body) (status int, text string) {
				addresses = nil
				resp, err := page.Fetch(t.Context(), &fetch.Request{URL: path, Method: "POST", Body: body})
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				data, err := io.ReadAll(resp.Body)
				if err != nil {
					t.Fatal(err)
				}
				return resp.Status, string(data)
			}
			do("/", nil)
			first := addresses[0]
			if status, text := do("/421", fetch.TextBody("body")); status != 200 || text != "body" {
				t.Errorf("%d %q", status, text)
			}
			if len(addresses) != 2 || addresses[0] != first || addresses[1] == first {
				t.Errorf("connections %q after %q", addresses, first)
			}
			good = 2
			if status, _ := do("/421", fetch.TextBody("body")); status != 421 || len(addresses) != 2 {
				t.Errorf("status %d after %d requests", status, len(addresses))
			}
			good = 1
			if status, _ := do("/421", fetch.OnceBody(strings.NewReader("body"), 4, "")); status != 421 || len(addresses) != 1 {
				t.Errorf("body that can't be sent again: status %d after %d requests", status, len(addresses))
			}
			do("/", nil)
			if addresses[0] != first {
				t.Error("the connection that was there before is no longer used")
			}
		})
	}
}

// TestHTTPTransportZero is the zero value at work.
func TestHTTPTransportZero(t *testing.T) {
	server := wireServer(t, wireEcho)
	var transport fetch.HTTPTransport
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(t.Context(), &fetch.NetworkRequest{Method: "GET", URL: mustURL(t, server.URL+"/a"),
		Headers: headerLines("X-Token: 1")})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := text(t, resp.Body); !strings.HasPrefix(got, `GET /a type="" token=["1"]`) {
		t.Errorf("got %q", got)
	}
	if !slices.IsSortedFunc(resp.Headers, func(a, b safelist.Header) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("headers %v are in no order", resp.Headers)
	}
}

// TestHTTPTransportOthersURL gives a round tripper that is not an *http.Transport
// URLs that are told apart by their String, whatever net/url makes of their paths.
func TestHTTPTransportOthersURL(t *testing.T) {
	var seen []*url.URL
	rt := wireRoundTripper(func(r *http.Request) (*http.Response, error) {
		at := *r.URL
		seen = append(seen, &at)
		if r.Host != at.Host {
			t.Errorf("Host %q of %s", r.Host, &at)
		}
		r.URL.Host, r.URL.Path, r.Host = "rewritten.test", "/rewritten", "rewritten.test" // as tests' transports do, though they may not
		w := httptest.NewRecorder()
		wireAllow(w, r)
		return w.Result(), nil
	})
	page := wireEnvironment(t, "http://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}})
	for _, path := range []string{"/", "/plain", "/a|b", "/100%", "/x%zz", "//a|b", "/a|b?c|d", "/a|b?", "/%41%2F", "/ü"} {
		for _, host := range []string{"one.test", "two.test:81", "[::1]:82"} {
			u := mustURL(t, "http://"+host+path)
			check := func(want string) {
				t.Helper()
				if len(seen) != 2 {
					t.Fatalf("%d requests, want a preflight and another", len(seen))
				}
				for _, got := range seen {
					if got.String() != want || got.Host != host {
						t.Errorf("host %q, URL %q; want %q", got.Host, got, want)
					}
				}
				seen = nil
				page.Agent().PreflightCache().ClearAll()
			}
			if err := fetchOnce(t, page, fetch.Request{URL: u.String(), Method: "DELETE"}); err != nil {
				t.Fatal(err)
			}
			check(u.String())
			r := wireRequest(t, "DELETE", "http://"+host, nil)
			parsed, err := url.Parse(u.String())
			if err != nil {
				continue // nobody has it
			}
			r.URL = parsed
			given := *parsed
			resp, err := page.Client(nil).Do(r)
			wireText(t, resp, err)
			if diff := cmp.Diff(&given, parsed); diff != "" {
				t.Errorf("the client's own URL (-want +got):\n%s", diff)
			}
			check(given.String())
		}
	}
}

// TestHTTPTransportGivenURL sends an http.Request for what its URL is written as,
// whatever its fields say.
func TestHTTPTransportGivenURL(t *testing.T) {
	server, heads := wireHeads(t)
	host := strings.TrimPrefix(server, "http://")
	client := wireClient(t, server, wireTransport(t))
	for _, tt := range []struct {
		name string
		url  url.URL
		want string
	}{
		{"plain", url.URL{Scheme: "http", Host: host, Path: "/a", RawQuery: "b"}, "/a?b"},
		{"host in its path", url.URL{Scheme: "http", Path: "//" + host + "/a"}, "/a"},
		{"host in its path, without slashes", url.URL{Scheme: "http", Opaque: "//" + host + "/a"}, "/a"},
		{"fragment in its query", url.URL{Scheme: "http", Host: host, Path: "/a", RawQuery: "b#c"}, "/a?b"},
		{"fragment", url.URL{Scheme: "http", Host: host, Path: "/a", Fragment: "c"}, "/a"},
		{"user", url.URL{Scheme: "http", Host: host, Path: "/a", User: url.User("u")}, "/a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := wireRequest(t, "GET", server, nil)
			r.URL = &tt.url
			resp, err := client.Do(r)
			if err != nil && strings.Contains(err.Error(), "http: no Host in request URL") {
				t.Skip("net/http refuses it before")
			}
			if err != nil {
				if errors.Is(err, fetchtest.Reason("url-has-credentials")) {
					return
				}
				t.Fatal(err)
			}
			resp.Body.Close()
			if got := (<-heads)[0]; got != "GET "+tt.want+" HTTP/1.1" {
				t.Errorf("request line %q, want %q", got, tt.want)
			}
		})
	}
}

// TestHTTPTransportWrapped has a Transport of the user's hand another context down,
// also for a client's request, which has one itself.
func TestHTTPTransportWrapped(t *testing.T) {
	type key struct{}
	below := &fetch.HTTPTransport{RoundTripper: wireRoundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"X-Value": {fmt.Sprint(r.Context().Value(key{}))}}}, nil
	})}
	page := wireEnvironment(t, "http://app.example/", &fetch.Options{Transport: wrapping(func(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		return below.RoundTrip(context.WithValue(ctx, key{}, "down"), r)
	})})
	resp, err := page.Client(nil).Get("http://app.example/")
	wireText(t, resp, err)
	if got := resp.Header.Get("X-Value"); got != "down" {
		t.Errorf("the round tripper's context has %s", got)
	}
}

type wrapping func(context.Context, *fetch.NetworkRequest) (*fetch.NetworkResponse, error)

func (w wrapping) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return w(ctx, r)
}
