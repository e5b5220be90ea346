package fetch_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
	"github.com/browsercors/browsercors/origin"
)

// webSocketNonce is a handshake's key, webSocketHash what answers it.
const webSocketNonce = "dGhlIHNhbXBsZSBub25jZQ=="

func webSocketHash(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// openWebSocket makes a handshake as a library does.
func openWebSocket(t *testing.T, client *http.Client, url string, change func(*http.Request)) (*http.Response, error) {
	t.Helper()
	r := wireRequest(t, "GET", url, nil)
	r.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {webSocketNonce}}
	if change != nil {
		change(r)
	}
	return client.Do(r)
}

// A duplex is the body of a handshake's response.
type duplex struct {
	bytes.Buffer
	closed bool
}

func (d *duplex) Close() error { d.closed = true; return nil }

// handshakes answers handshakes without sockets. To a status 101 it adds what
// completes one.
func handshakes(sent *[]*fetch.NetworkRequest, answers ...reply) transportFunc {
	return func(r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		*sent = append(*sent, r)
		a := answers[min(len(*sent), len(answers))-1]
		resp := &fetch.NetworkResponse{Status: a.status, Headers: a.headers, Body: new(duplex)}
		if a.status == 101 {
			key, _ := r.Headers.Get("Sec-WebSocket-Key")
			for _, line := range headerLines("Upgrade: WebSocket", "Connection: keep-alive, upgrade", "Sec-WebSocket-Accept: "+webSocketHash(key)) {
				if !resp.Headers.Contains(line.Name) {
					resp.Headers = append(resp.Headers[:len(resp.Headers):len(resp.Headers)], line)
				}
			}
		}
		return resp, nil
	}
}

// webSocketPage is a page of a browser whose handshakes are answered so.
func webSocketPage(t *testing.T, p *fetch.Profile, url string, answers ...reply) (*fetch.Environment, *[]*fetch.NetworkRequest) {
	t.Helper()
	sent := new([]*fetch.NetworkRequest)
	agent, _ := newAgent(t, nil, fetch.Options{Profile: p, Transport: handshakes(sent, answers...), Cookies: staticCookies{}})
	return newPage(t, agent, fetch.EnvironmentOptions{URL: url}), sent
}

// handshakeHeader is a play that is a handshake, seen by a header.
func handshakeHeader(name string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, sent := webSocketPage(t, p, "", answer(101))
		resp, err := openWebSocket(t, page.WebSocketClient(nil), "wss://api.test/", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		value, _ := (*sent)[0].Headers.Get(name)
		return value
	}
}

// opens is a play that is a handshake, seen by what becomes of it.
func opens(protocols string, answers ...reply) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, _ := webSocketPage(t, p, "", answers...)
		resp, err := openWebSocket(t, page.WebSocketClient(nil), "wss://api.test/", func(r *http.Request) {
			if protocols != "" {
				r.Header.Set("Sec-WebSocket-Protocol", protocols)
			}
		})
		if err != nil {
			return asRefusal(t, err).Reason.String()
		}
		resp.Body.Close()
		return strings.TrimSpace("open " + resp.Header.Get("Sec-WebSocket-Protocol"))
	}
}

// The headers of a handshake, by each engine.
//
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func TestWebSocketHeaders(t *testing.T) {
	const key, version = "Sec-WebSocket-Key: " + webSocketNonce, "Sec-WebSocket-Version: 13"
	const extensions, protocol = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits", "Sec-WebSocket-Protocol: chat, other"
	agent := func(p *fetch.Profile) string { return "User-Agent: " + p.Identity.UserAgent }
	chromium, firefox, webkit := engine.Chromium(), engine.Firefox(), engine.WebKit()
	tests := []struct {
		profile *fetch.Profile
		want    []string
	}{
		{fetch.Standard(), []string{"Upgrade: websocket", "Connection: Upgrade", key, version, extensions, protocol, "Accept: */*", "Origin: " + app,
			"Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: websocket", "Sec-Fetch-Site: cross-site", "User-Agent: " + defaultUserAgent,
			"Pragma: no-cache", "Cache-Control: no-cache", "Accept-Encoding: gzip, deflate", "Cookie: id=1"}},
		{chromium, []string{"Connection: Upgrade", "Pragma: no-cache", "Cache-Control: no-cache", agent(chromium), "Upgrade: websocket", "Origin: " + app,
			version, "Accept-Encoding: gzip, deflate, br, zstd", "Accept-Language: en-US,en;q=0.9", "Cookie: id=1", key, extensions, protocol}},
		{firefox, []string{agent(firefox), "Accept: */*", "Accept-Language: en-US,en;q=0.9", "Accept-Encoding: gzip, deflate, br, zstd", version, "Origin: " + app,
			protocol, extensions, key, "Sec-Fetch-Storage-Access: none", "Connection: Upgrade", "Cookie: id=1",
			"Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: websocket", "Sec-Fetch-Site: cross-site", "Pragma: no-cache", "Cache-Control: no-cache", "Upgrade: websocket"}},
		{webkit, []string{agent(webkit), "Origin: " + app, "Pragma: no-cache", "Cache-Control: no-cache", "Upgrade: websocket", "Connection: Upgrade",
			key, version, protocol, extensions, "Accept-Encoding: gzip, deflate, br", "Accept-Language: en-US,en;q=0.9", "Cookie: id=1",
			"Sec-Fetch-Dest: websocket", "Sec-Fetch-Mode: websocket", "Sec-Fetch-Site: cross-site"}},
	}
	for _, tt := range tests {
		t.Run(tt.profile.Name, func(t *testing.T) {
			page, sent := webSocketPage(t, tt.profile, "", answer(101, "Sec-WebSocket-Protocol: chat", "Set-Cookie: a=b"))
			resp, err := openWebSocket(t, page.WebSocketClient(nil), "wss://u:p@api.test/a?b", func(r *http.Request) {
				r.Header["Sec-Websocket-Protocol"] = []string{"chat,other"}
				r.Header["Sec-Websocket-Extensions"] = []string{"permessage-deflate; client_max_window_bits"}
				r.Header["Origin"], r.Header["Cookie"] = []string{"https://evil.test"}, []string{"a=b"}
			})
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var lines []string
			for _, h := range (*sent)[0].Headers {
				lines = append(lines, h.Name+": "+h.Value)
			}
			if diff := cmp.Diff(tt.want, lines); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			r := (*sent)[0]
			if got := r.URL.String(); got != "https://api.test/a?b" || !r.WebSocket || !r.Credentials || r.Method != "GET" {
				t.Errorf("%s, %+v", got, r)
			}
			if resp.StatusCode != 101 || resp.Header.Get("Set-Cookie") != "" || resp.Header.Get("Sec-Websocket-Accept") != webSocketHash(webSocketNonce) {
				t.Errorf("%+v", resp)
			}
		})
	}
}

// What is not a handshake, and what script may not ask for.
func TestWebSocketRefusals(t *testing.T) {
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	tests := []struct {
		name   string
		page   string
		url    string
		change func(*http.Request)
		want   fetch.Reason
		header string
	}{
		{name: "method", change: func(r *http.Request) { r.Method = "POST" }, want: fetch.NotWebSocketHandshake, header: "method"},
		{name: "no upgrade", change: set("Upgrade", "h2c"), want: fetch.NotWebSocketHandshake, header: "Upgrade"},
		{name: "no connection", change: set("Connection", "keep-alive"), want: fetch.NotWebSocketHandshake, header: "Connection"},
		{name: "version", change: set("Sec-WebSocket-Version", "8"), want: fetch.NotWebSocketHandshake, header: "Sec-WebSocket-Version"},
		{name: "short key", change: set("Sec-WebSocket-Key", "AAAA"), want: fetch.NotWebSocketHandshake, header: "Sec-WebSocket-Key"},
		{name: "a plain request", change: func(r *http.Request) { r.Header = http.Header{} }, want: fetch.NotWebSocketHandshake, header: "Upgrade"},
		{name: "header of script's own", change: set("X-Token", "1"), want: fetch.NotWebSocketHandshake, header: "X-Token"},
		{name: "authorization", change: set("Authorization", "Bearer x"), want: fetch.NotWebSocketHandshake, header: "Authorization"},
		{name: "no header value", change: set("Sec-WebSocket-Extensions", "a\nb"), want: fetch.InvalidHeaderValue, header: "Sec-Websocket-Extensions"},
		{name: "protocol twice", change: set("Sec-WebSocket-Protocol", "a, b, a"), want: fetchtest.Reason("invalid-subprotocol"), header: "Sec-WebSocket-Protocol"},
		{name: "protocol with a blank", change: set("Sec-WebSocket-Protocol", "a b"), want: fetchtest.Reason("invalid-subprotocol"), header: "Sec-WebSocket-Protocol"},
		{name: "empty protocol", change: set("Sec-WebSocket-Protocol", ""), want: fetchtest.Reason("invalid-subprotocol"), header: "Sec-WebSocket-Protocol"},
		{name: "fragment", url: "wss://api.test/#f", want: fetch.InvalidURL, header: "fragment"},
		{name: "scheme", url: "ftp://api.test/", want: fetch.InvalidURL, header: "scheme"},
		{name: "bad port", url: "wss://api.test:6667/", want: fetch.BadPort, header: "port"},
		{name: "mixed content", url: "ws://api.test/", want: fetch.MixedContent, header: "scheme"},
		{name: "mixed content by http", url: "http://api.test/", want: fetch.MixedContent, header: "scheme"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, sent := webSocketPage(t, nil, tt.page, answer(101))
			if tt.url == "" {
				tt.url = "wss://api.test/"
			}
			resp, err := openWebSocket(t, page.WebSocketClient(nil), tt.url, tt.change)
			e := wireRefused(t, resp, err, tt.want)
			if e.Header != tt.header || len(*sent) > 0 {
				t.Errorf("%q is at fault, %d sent", e.Header, len(*sent))
			}
			if want := map[bool]string{true: "SyntaxError"}[e.Stage == "construct"]; e.Exception() != want {
				t.Errorf("exception %q, want %q", e.Exception(), want)
			}
		})
	}
	page, sent := webSocketPage(t, nil, "http://app.example/", answer(101))
	resp, err := openWebSocket(t, page.WebSocketClient(nil), "ws://api.test/", nil)
	if err != nil || (*sent)[0].URL.String() != "http://api.test/" || (*sent)[0].Headers.Contains("Sec-Fetch-Mode") {
		t.Fatal(err, *sent)
	}
	resp.Body.Close()
}

// Which responses complete a handshake.
func TestWebSocketResponses(t *testing.T) {
	tests := []struct {
		name      string
		protocols string
		answer    reply
		header    string // at fault; "" opens
	}{
		{"open", "", answer(101), ""},
		{"protocol", "a, b", answer(101, "Sec-WebSocket-Protocol: b"), ""},
		{"extension", "", answer(101, "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"), ""},
		{"extension with a window", "", answer(101, `Sec-WebSocket-Extensions: , permessage-deflate;client_max_window_bits = "1\0"; server_max_window_bits=8 ,`), ""},
		{"extension with an unknown parameter", "", answer(101, "Sec-WebSocket-Extensions: permessage-deflate; x=1"), "Sec-WebSocket-Extensions"},
		{"extension with a parameter twice", "", answer(101, "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; server_no_context_takeover"), "Sec-WebSocket-Extensions"},
		{"extension with a window too large", "", answer(101, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=16"), "Sec-WebSocket-Extensions"},
		{"extension with a value too much", "", answer(101, "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover=1"), "Sec-WebSocket-Extensions"},
		{"extension without its value", "", answer(101, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"), "Sec-WebSocket-Extensions"},
		{"extension without its parameter", "", answer(101, "Sec-WebSocket-Extensions: permessage-deflate;"), "Sec-WebSocket-Extensions"},
		{"extension of two words", "", answer(101, "Sec-WebSocket-Extensions: permessage-deflate x"), "Sec-WebSocket-Extensions"},
		{"extension without an end", "", answer(101, `Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits="10`), "Sec-WebSocket-Extensions"},
		{"no extension", "", answer(101, "Sec-WebSocket-Extensions: "), "Sec-WebSocket-Extensions"},
		{"no extension but a comma", "", answer(101, "Sec-WebSocket-Extensions: ,"), "Sec-WebSocket-Extensions"},
		{"200", "", answer(200), "status"},
		{"401", "", answer(401, "WWW-Authenticate: Basic realm=x"), "status"},
		{"503", "", answer(503), "status"},
		{"upgrade", "", answer(101, "Upgrade: h2c"), "Upgrade"},
		{"connection", "", answer(101, "Connection: keep-alive"), "Connection"},
		{"hash", "", answer(101, "Sec-WebSocket-Accept: x"), "Sec-WebSocket-Accept"},
		{"extension not asked for", "", answer(101, "Sec-WebSocket-Extensions: other"), "Sec-WebSocket-Extensions"},
		{"silence", "a", answer(101), "Sec-WebSocket-Protocol"},
		{"empty protocol", "a", answer(101, "Sec-WebSocket-Protocol: "), "Sec-WebSocket-Protocol"},
		{"another protocol", "a", answer(101, "Sec-WebSocket-Protocol: c"), "Sec-WebSocket-Protocol"},
		{"in another case", "a", answer(101, "Sec-WebSocket-Protocol: A"), "Sec-WebSocket-Protocol"},
		{"two protocols", "a, b", answer(101, "Sec-WebSocket-Protocol: a, b"), "Sec-WebSocket-Protocol"},
		{"protocol not asked for", "", answer(101, "Sec-WebSocket-Protocol: a"), "Sec-WebSocket-Protocol"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := webSocketPage(t, nil, "", tt.answer)
			resp, err := openWebSocket(t, page.WebSocketClient(nil), "wss://api.test/", func(r *http.Request) {
				r.Header.Set("Sec-WebSocket-Extensions", "permessage-deflate")
				if tt.protocols != "" {
					r.Header.Set("Sec-WebSocket-Protocol", tt.protocols)
				}
			})
			if tt.header == "" {
				if err != nil {
					t.Fatal(err)
				}
				if _, ok := resp.Body.(io.ReadWriteCloser); !ok {
					t.Errorf("body %T can't be written to", resp.Body)
				}
				return
			}
			if e := wireRefused(t, resp, err, fetch.WebSocketFailed); e.Header != tt.header || e.Retryable() != (e.Response.Status == 503) {
				t.Errorf("%+v", e)
			}
		})
	}
	t.Run("redirect", func(t *testing.T) {
		page, sent := webSocketPage(t, nil, "", answer(302, "Location: /b"), answer(101))
		resp, err := openWebSocket(t, page.WebSocketClient(nil), "wss://api.test/", nil)
		wireRefused(t, resp, err, fetch.RedirectModeError)
		if len(*sent) != 1 {
			t.Errorf("%d sent", len(*sent))
		}
	})
	t.Run("veto", func(t *testing.T) {
		page, _ := webSocketPage(t, engine.WebKit(), "", answer(302, "Location: /b"), answer(101))
		client := page.WebSocketClient(&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return errScope }})
		resp, err := openWebSocket(t, client, "wss://api.test/", nil)
		wireRefused(t, resp, err, fetch.RedirectVetoed)
	})
	t.Run("body", func(t *testing.T) {
		var sent []*fetch.NetworkRequest
		whole := handshakes(&sent, answer(101))
		agent, _ := newAgent(t, nil, fetch.Options{Transport: transportFunc(func(r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
			resp, err := whole(r)
			resp.Body = io.NopCloser(resp.Body.(*duplex))
			return resp, err
		})})
		resp, err := openWebSocket(t, newPage(t, agent, fetch.EnvironmentOptions{}).WebSocketClient(nil), "wss://api.test/", nil)
		wireRefused(t, resp, err, fetch.Unsendable)
	})
}

// echo answers handshakes and says what it hears.
func echo(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			_, _ = fmt.Fprint(w, r.Proto)
			return
		}
		h := w.Header()
		h.Set("Upgrade", "websocket")
		h.Set("Connection", "Upgrade")
		h.Set("Sec-WebSocket-Accept", webSocketHash(r.Header.Get("Sec-WebSocket-Key")))
		h.Set("X-Seen", r.Proto+" "+r.Header.Get("Origin")+" "+r.Header.Get("Cookie")+" "+strings.Join(r.Header["Connection"], ","))
		w.WriteHeader(http.StatusSwitchingProtocols)
		conn, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.Copy(conn, rw)
	}
}

// TestWebSocketConnects opens connections over sockets, each a new one over
// HTTP/1.1, which outlive the context and the client's other connections.
func TestWebSocketConnects(t *testing.T) {
	plain := wireServer(t, echo(t))
	secure := wireHTTP2(t, echo(t))
	for _, tt := range []struct {
		name, page, url string
		base            func() *http.Transport
	}{
		{"ws", plain.URL, strings.Replace(plain.URL, "http", "ws", 1), func() *http.Transport { return wireTransport(t) }},
		{"http", plain.URL, plain.URL, func() *http.Transport { return wireTransport(t) }},
		{"wss", secure.URL, strings.Replace(secure.URL, "http", "ws", 1), func() *http.Transport { return wireTransport(t, secure) }},
		{"wss, HTTP/2 asked for", secure.URL, secure.URL, func() *http.Transport {
			rt := wireTransport(t, secure)
			rt.TLSClientConfig.NextProtos, rt.ForceAttemptHTTP2 = []string{"h2", "http/1.1"}, true
			return rt
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := wireEnvironment(t, tt.page, nil)
			base := &http.Client{Transport: tt.base()}
			resp, err := page.Client(base).Get(tt.page) // leaves an idle connection
			wireText(t, resp, err)
			client := page.WebSocketClient(base)
			ctx, cancel := context.WithCancel(t.Context())
			resp, err = openWebSocket(t, client, tt.url, func(r *http.Request) { *r = *r.WithContext(ctx) })
			if err != nil {
				t.Fatal(err)
			}
			cancel() // it bounds the handshake only
			page.Agent().CloseIdleConnections()
			if got, want := resp.Header.Get("X-Seen"), "HTTP/1.1 "+tt.page+"  Upgrade"; got != want {
				t.Errorf("the server saw %q, want %q", got, want)
			}
			body := resp.Body.(io.ReadWriteCloser)
			var writing sync.WaitGroup
			writing.Go(func() { _, _ = io.WriteString(body, "hello\n") })
			line, err := bufio.NewReader(body).ReadString('\n')
			writing.Wait()
			if line != "hello\n" || err != nil {
				t.Errorf("%q, %v", line, err)
			}
			if err := body.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		url := wireRaw(t, func(p *wirePeer) {
			p.head()
			p.gone()
		})
		page := wireEnvironment(t, url, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		resp, err := openWebSocket(t, page.WebSocketClient(&http.Client{Transport: wireTransport(t)}), url, func(r *http.Request) { *r = *r.WithContext(ctx) })
		if e := wireRefused(t, resp, err, fetch.Aborted); !e.Retryable() || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%+v", e)
		}
	})
}

// TestWebSocketCertificates presents client certificates as other requests with
// credentials do.
func TestWebSocketCertificates(t *testing.T) {
	seen := make(chan int, 1)
	server := wireTLS(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- len(r.TLS.PeerCertificates)
		echo(t)(w, r)
	}, nil)
	server.TLS.ClientAuth = tls.RequestClientCert
	page := wireEnvironment(t, server.URL, &fetch.Options{Transport: &fetch.HTTPTransport{
		Certificates: credentials.StaticCertificates(map[origin.Origin]tls.Certificate{mustOrigin(t, server.URL): server.TLS.Certificates[0]}),
	}})
	resp, err := openWebSocket(t, page.WebSocketClient(&http.Client{Transport: wireTransport(t, server)}), server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if n := <-seen; n != 1 {
		t.Errorf("%d certificates", n)
	}
}

// What new WebSocket() throws, and how it opens a connection.
//
// https://websockets.spec.whatwg.org/#dom-websocket-websocket
func TestNewWebSocket(t *testing.T) {
	for _, tt := range []struct {
		name      string
		page, url string
		protocols []string
		sent      string // "" is nothing
		want      string // the exception, or the reason of an error event, or the subprotocol
	}{
		{"wss", "", "wss://api.test/a?b", nil, "https://api.test/a?b", "opened "},
		{"relative", "", "/a", nil, app + "/a", "opened "},
		{"https", "", "https://api.test/", nil, "https://api.test/", "opened "},
		{"odd path", "", "wss://api.test/%zz", nil, "https://api.test/%zz", "opened "},
		{"userinfo", "", "wss://u:p@api.test/", nil, "https://api.test/", "opened "},
		{"subprotocols", "", "wss://api.test/", []string{"a", "chat"}, "https://api.test/", "opened chat"},
		{"ws of an http: page", "http://app.example/", "ws://api.test/", nil, "http://api.test/", "opened "},
		{"mixed content", "", "ws://api.test/", nil, "", "error mixed-content"},
		{"bad port", "", "wss://api.test:22/", nil, "", "error bad-port"},
		{"no URL", "", "wss://", nil, "", "SyntaxError"},
		{"scheme", "", "ftp://api.test/", nil, "", "SyntaxError"},
		{"fragment", "", "wss://api.test/#", nil, "", "SyntaxError"},
		{"same subprotocol twice", "", "wss://api.test/", []string{"a", "a"}, "", "SyntaxError"},
		{"subprotocol with a comma", "", "wss://api.test/", []string{"a,b"}, "", "SyntaxError"},
		{"empty subprotocol", "", "wss://api.test/", []string{""}, "", "SyntaxError"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answers := []reply{answer(101)}
			if len(tt.protocols) > 1 {
				answers[0] = answer(101, "Sec-WebSocket-Protocol: chat")
			}
			page, sent := webSocketPage(t, nil, tt.page, answers...)
			if got := newWebSocket(t, page, tt.url, tt.protocols...); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			got := ""
			if len(*sent) > 0 {
				got = (*sent)[0].URL.String()
			}
			if got != tt.sent {
				t.Errorf("sent to %q, want %q", got, tt.sent)
			}
		})
	}
}

// newWebSocket says what becomes of a WebSocket in a word or two.
func newWebSocket(t *testing.T, page *fetch.Environment, url string, protocols ...string) string {
	t.Helper()
	resp, err := page.WebSocket(t.Context(), url, protocols...)
	if err != nil {
		refusal := asRefusal(t, err)
		if exception := refusal.Exception(); exception != "" {
			return exception
		}
		return "error " + refusal.Reason.String()
	}
	if _, ok := resp.Body.(io.ReadWriteCloser); !ok || resp.StatusCode != 101 {
		t.Errorf("%+v", resp)
	}
	resp.Body.Close()
	return "opened " + resp.Header.Get("Sec-WebSocket-Protocol")
}

// constructed is a play that is new WebSocket(), seen by what becomes of it.
func constructed(url, policy string, protocols ...string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		sent := new([]*fetch.NetworkRequest)
		agent, _ := newAgent(t, nil, fetch.Options{Profile: p, Transport: handshakes(sent, answer(101))})
		o := fetch.EnvironmentOptions{}
		if policy != "" {
			o.ContentSecurityPolicy = []string{policy}
		}
		return newWebSocket(t, newPage(t, agent, o), url, protocols...)
	}
}
