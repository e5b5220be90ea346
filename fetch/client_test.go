package fetch_test

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
	"github.com/browsercors/browsercors/origin"
)

// wireEcho answers with what it was asked, in the ways that Go's client has to
// deal with. A repeated header is the same to it in one line and in several.
func wireEcho(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	h := w.Header()
	h["Date"] = nil
	h.Set("x-lower", "1")
	h.Add("X-Twice", "a")
	h.Add("X-Twice", "b")
	h.Set("Content-Type", "text/plain")
	tokens := r.Header["X-Token"]
	if len(tokens) > 1 {
		tokens = []string{strings.Join(tokens, ", ")}
	}
	said := fmt.Sprintf("%s %s type=%q token=%q length=%d %q", r.Method, r.URL.RequestURI(),
		r.Header.Get("Content-Type"), tokens, r.ContentLength, body)
	switch r.URL.Path {
	case "/chunked":
		w.(http.Flusher).Flush()
	case "/gzip":
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, said)
			z.Close()
			return
		}
	case "/empty":
		w.WriteHeader(http.StatusNoContent)
		return
	case "/missing":
		w.WriteHeader(http.StatusNotFound)
	case "/nowhere": // a redirect status without Location is no redirect
		w.WriteHeader(http.StatusFound)
	case "/301", "/302", "/303", "/307", "/308":
		h.Set("Location", "/landed?from="+r.URL.Path[1:])
		var status int
		_, _ = fmt.Sscan(r.URL.Path[1:], &status)
		w.WriteHeader(status)
	}
	_, _ = io.WriteString(w, said)
}

// TestClientUnchanged runs code written for Go's own client with that client
// and with a page's, on the page's own server: nothing may differ.
func TestClientUnchanged(t *testing.T) {
	server := wireServer(t, wireEcho)
	request := func(method, path, body string, header ...string) func(*http.Client) (*http.Response, error) {
		return func(c *http.Client) (*http.Response, error) {
			r, err := http.NewRequest(method, server.URL+path, strings.NewReader(body))
			if err != nil {
				return nil, err
			}
			for _, line := range header {
				name, value, _ := strings.Cut(line, ": ")
				r.Header.Add(name, value)
			}
			return c.Do(r)
		}
	}
	tests := []struct {
		name string
		call func(*http.Client) (*http.Response, error)
	}{
		{"Get", func(c *http.Client) (*http.Response, error) { return c.Get(server.URL + "/a?b=c") }},
		{"Get with fragment", func(c *http.Client) (*http.Response, error) { return c.Get(server.URL + "/a#b") }},
		{"Get of the root", func(c *http.Client) (*http.Response, error) { return c.Get(server.URL) }},
		{"Head", func(c *http.Client) (*http.Response, error) { return c.Head(server.URL + "/a") }},
		{"Post", func(c *http.Client) (*http.Response, error) {
			return c.Post(server.URL+"/a", "application/json", strings.NewReader(`{"a":1}`))
		}},
		{"PostForm", func(c *http.Client) (*http.Response, error) {
			return c.PostForm(server.URL+"/a", url.Values{"a": {"1", "2"}, "b": {"ü &"}})
		}},
		{"Do with headers", request("GET", "/a", "", "X-Token: 1", "X-Token: 2", "Accept: text/plain")},
		{"Do with a user agent", request("GET", "/a", "", "User-Agent: mine")},
		{"PUT", request("PUT", "/a", "body")},
		{"PATCH", request("PATCH", "/a", "body")},
		{"DELETE without body", request("DELETE", "/a", "")},
		{"DELETE with body", request("DELETE", "/a", "body")},
		{"POST without body", request("POST", "/a", "")},
		{"method of one's own", request("REPORT", "/a", "")},
		{"body of known length, once", func(c *http.Client) (*http.Response, error) {
			r, err := http.NewRequest("POST", server.URL+"/a", io.NopCloser(strings.NewReader("body")))
			if err != nil {
				return nil, err
			}
			r.ContentLength = 4
			return c.Do(r)
		}},
		{"body of unknown length with GetBody", func(c *http.Client) (*http.Response, error) {
			open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("body")), nil }
			first, _ := open()
			r, err := http.NewRequest("PUT", server.URL+"/307", first)
			if err != nil {
				return nil, err
			}
			r.GetBody = open
			return c.Do(r)
		}},
		{"chunked response", request("GET", "/chunked", "")},
		{"gzip", request("GET", "/gzip", "")},
		{"204", request("GET", "/empty", "")},
		{"404", request("GET", "/missing", "")},
		{"redirect status without Location", request("GET", "/nowhere", "")},
		{"302 after GET", request("GET", "/302", "", "X-Token: 1")},
		{"301 after POST", request("POST", "/301", "body")},
		{"303 after POST", request("POST", "/303", "body")},
		{"303 after HEAD", request("HEAD", "/303", "")},
		{"307 with body", request("PUT", "/307", "body")},
		{"308 with body", request("POST", "/308", "body")},
		{"connection not kept", func(c *http.Client) (*http.Response, error) {
			r, err := http.NewRequest("GET", server.URL+"/a", nil)
			if err != nil {
				return nil, err
			}
			r.Close = true
			return c.Do(r)
		}},
	}
	// seen is all of a response that a program looks at.
	type seen struct {
		Status        string
		StatusCode    int
		Proto         string
		Header        http.Header
		ContentLength int64
		Uncompressed  bool
		Body          string
		URL, Method   string
	}
	bare := &http.Client{Transport: wireTransport(t)}
	page := wireClient(t, server.URL+"/page", wireTransport(t))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			see := func(c *http.Client) seen {
				resp, err := tt.call(c)
				body := wireText(t, resp, err)
				return seen{resp.Status, resp.StatusCode, resp.Proto, resp.Header, resp.ContentLength, resp.Uncompressed,
					body, resp.Request.URL.String(), resp.Request.Method}
			}
			if diff := cmp.Diff(see(bare), see(page)); diff != "" {
				t.Errorf("the page's client differs from Go's own (-own +page):\n%s", diff)
			}
		})
	}
}

// TestClientCORS holds another origin's server to CORS.
func TestClientCORS(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["x-lower"] = []string{"1"}
		h.Set("X-Hidden", "1")
		h.Set("Trailer", "X-Late")
		if r.URL.Path != "/closed" {
			h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			h.Set("Access-Control-Expose-Headers", "X-Lower")
		}
		if r.Method == "OPTIONS" {
			h.Set("Access-Control-Allow-Headers", "x-token")
			return
		}
		_, _ = io.WriteString(w, "secret")
		h.Set("X-Late", "1")
	})
	client := wireClient(t, "https://app.example/", wireTransport(t))

	resp, err := client.Get(server.URL + "/open")
	if got := wireText(t, resp, err); got != "secret" {
		t.Errorf("body is %q", got)
	}
	want := http.Header{"X-Lower": {"1"}, "Content-Length": {"6"}, "Content-Type": {"text/plain; charset=utf-8"}}
	if resp.ContentLength < 0 {
		delete(want, "Content-Length")
	}
	if diff := cmp.Diff(want, resp.Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if resp.Trailer != nil {
		t.Errorf("trailers %v, of which a page sees none", resp.Trailer)
	}

	resp, err = client.Get(server.URL + "/closed")
	refusal := wireRefused(t, resp, err, fetch.MissingAllowOrigin)
	if refusal.Response == nil || refusal.Response.Status != 200 || refusal.Header != "Access-Control-Allow-Origin" {
		t.Errorf("refusal %+v does not say what arrived", refusal)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("error %q has the body", err)
	}
	if ue, _ := errors.AsType[*url.Error](err); ue.Op != "Get" || ue.URL != server.URL+"/closed" || ue.Timeout() {
		t.Errorf("url.Error is %+v", ue)
	}

	r := wireRequest(t, "PUT", server.URL+"/open", nil)
	r.Header.Set("X-Token", "1")
	resp, err = client.Do(r)
	if refusal := wireRefused(t, resp, err, fetch.MethodDisallowed); refusal.Stage != "preflight" {
		t.Errorf("stage %v", refusal.Stage)
	}
}

// wireRoundTripper is a custom http.RoundTripper.
type wireRoundTripper func(*http.Request) (*http.Response, error)

func (f wireRoundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestClientTransport uses base's round tripper, whatever it is.
func TestClientTransport(t *testing.T) {
	type key struct{}
	t.Run("custom", func(t *testing.T) {
		var methods []string
		client := wireClient(t, "https://app.example/", wireRoundTripper(func(r *http.Request) (*http.Response, error) {
			methods = append(methods, r.Method+" "+r.Host+r.URL.Path)
			if r.Context().Value(key{}) != "value" {
				t.Error("the request's context did not get through")
			}
			w := httptest.NewRecorder()
			if !wireAllow(w, r) {
				_, _ = io.WriteString(w, "ok")
			}
			return w.Result(), nil
		}))
		r := wireRequest(t, "DELETE", "https://api.example/thing", nil)
		resp, err := client.Do(r.WithContext(context.WithValue(t.Context(), key{}, "value")))
		if got := wireText(t, resp, err); got != "ok" {
			t.Errorf("body is %q", got)
		}
		want := []string{"OPTIONS api.example/thing", "DELETE api.example/thing"}
		if diff := cmp.Diff(want, methods); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
	t.Run("its error", func(t *testing.T) {
		broken := errors.New("no network today")
		client := wireClient(t, "https://app.example/", wireRoundTripper(func(*http.Request) (*http.Response, error) { return nil, broken }))
		resp, err := client.Get("https://api.example/")
		wireRefused(t, resp, err, fetch.NetworkFailure)
		if !errors.Is(err, broken) {
			t.Errorf("error %v hides what went wrong", err)
		}
	})
	t.Run("TLS", func(t *testing.T) {
		server := wireTLS(t, wireEcho, nil)
		resp, err := wireClient(t, server.URL, wireTransport(t, server)).Get(server.URL + "/a")
		wireText(t, resp, err)
		if resp.TLS == nil || resp.Proto != "HTTP/1.1" {
			t.Errorf("TLS %v, proto %q", resp.TLS, resp.Proto)
		}
		resp, err = wireClient(t, server.URL, wireTransport(t)).Get(server.URL + "/a")
		wireRefused(t, resp, err, fetch.NetworkFailure) // a certificate that nobody trusts
	})
	t.Run("HTTP/2", func(t *testing.T) {
		server := wireHTTP2(t, wireEcho)
		resp, err := wireClient(t, server.URL, wireTransport(t, server)).Get(server.URL + "/302")
		wireText(t, resp, err)
		if resp.Proto != "HTTP/2.0" || resp.Status != "200 OK" || resp.Request.URL.Path != "/landed" {
			t.Errorf("%s %s from %s", resp.Proto, resp.Status, resp.Request.URL)
		}
	})
	t.Run("with the agent's certificates", func(t *testing.T) {
		server := wireTLS(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprint(w, len(r.TLS.PeerCertificates))
		}, func(s *httptest.Server) { s.TLS = &tls.Config{ClientAuth: tls.RequestClientCert} })
		page := wireEnvironment(t, server.URL, &fetch.Options{Transport: &fetch.HTTPTransport{
			Certificates: credentials.StaticCertificates(map[origin.Origin]tls.Certificate{
				mustOrigin(t, server.URL): server.TLS.Certificates[0],
			}),
		}})
		client := page.Client(&http.Client{Transport: wireTransport(t, server)})
		defer client.CloseIdleConnections()
		resp, err := client.Get(server.URL)
		if got := wireText(t, resp, err); got != "1" {
			t.Errorf("%s certificates", got)
		}
	})
	t.Run("none", func(t *testing.T) {
		server := wireServer(t, wireEcho)
		client := wireEnvironment(t, server.URL, nil).Client(nil)
		defer client.CloseIdleConnections()
		resp, err := client.Get(server.URL + "/a")
		wireText(t, resp, err)
	})
}

// wireContext can't be compared.
type wireContext struct {
	context.Context
	_ []int
}

// TestClientContext takes any context.
func TestClientContext(t *testing.T) {
	server := wireServer(t, wireEcho)
	client := wireClient(t, server.URL, wireTransport(t))
	r := wireRequest(t, "GET", server.URL+"/302", nil)
	resp, err := client.Do(r.WithContext(wireContext{Context: t.Context()}))
	wireText(t, resp, err)

	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("the user left")
	cancel(cause)
	resp, err = client.Do(r.WithContext(ctx))
	wireRefused(t, resp, err, fetch.Aborted)
	if !errors.Is(err, cause) {
		t.Errorf("error %v hides the context's cause", err)
	}

	ctx, stop := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer stop()
	resp, err = client.Do(r.WithContext(ctx))
	wireRefused(t, resp, err, fetch.Aborted)
	var timeout net.Error
	if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("error %v is no timeout", err)
	}
}

// TestClientJar takes cookies from base's jar, and only for requests that
// include credentials.
func TestClientJar(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		http.SetCookie(w, &http.Cookie{Name: "set", Value: strings.Trim(r.URL.Path, "/")})
		_, _ = io.WriteString(w, r.Header.Get("Cookie"))
	})
	home, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, page string
		mode       credentials.Mode
		included   bool
	}{
		{"own origin by default", server.URL, "", true},
		{"own origin, omit", server.URL, credentials.Omit, false},
		{"another origin by default", "https://app.example/", "", false},
		{"another origin, include", "https://app.example/", credentials.Include, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			jar.SetCookies(home, []*http.Cookie{{Name: "had", Value: "1", Path: "/"}})
			base := &http.Client{Transport: wireTransport(t), Jar: jar}
			client := wireEnvironment(t, tt.page, nil).ClientWith(base, fetch.ClientOptions{Credentials: tt.mode})
			if client.Jar != nil {
				t.Error("the client has a jar, which net/http would use for every request")
			}
			resp, err := client.Get(server.URL + "/1")
			got := wireText(t, resp, err)
			if want := map[bool]string{true: "had=1"}[tt.included]; got != want {
				t.Errorf("the server got cookie %q, want %q", got, want)
			}
			if got := len(jar.Cookies(home)) == 2; got != tt.included {
				t.Errorf("Set-Cookie was stored: %t, want %t", got, tt.included)
			}
			if resp.Header.Get("Set-Cookie") != "" {
				t.Error("the page sees Set-Cookie")
			}
		})
	}
}

// TestClientTimeout ends by base.Timeout what a server drags out.
func TestClientTimeout(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	})
	base := &http.Client{Transport: wireTransport(t), Timeout: 200 * time.Millisecond}
	client := wireEnvironment(t, server.URL, nil).Client(base)
	check := func(t *testing.T, err error) {
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v is no timeout", err)
		}
	}
	t.Run("head", func(t *testing.T) {
		_, err := client.Get(server.URL + "/head")
		check(t, err)
	})
	t.Run("body", func(t *testing.T) {
		resp, err := client.Get(server.URL + "/body")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		_, err = io.ReadAll(resp.Body)
		check(t, err)
	})
}

// TestClientOpaque shows a page nothing of a response that it may not read,
// wherever redirects led.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque
func TestClientOpaque(t *testing.T) {
	server := wireHTTP2(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Secret", "1")
		w.Header().Set("Set-Cookie", "a=b")
		switch r.URL.Path {
		case "/empty":
			w.WriteHeader(http.StatusNoContent)
		case "/redirect":
			http.Redirect(w, r, "/secret", http.StatusFound)
		case "/gzip":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			defer z.Close()
			_, _ = io.WriteString(z, "secret")
		default:
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, "secret")
		}
	})
	client := wireEnvironment(t, "https://app.example/", nil).ClientWith(
		&http.Client{Transport: wireTransport(t, server)}, fetch.ClientOptions{Mode: fetch.NoCORS})
	want := &http.Response{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1, Header: http.Header{}}
	for _, path := range []string{"/secret", "/empty", "/redirect", "/gzip"} {
		t.Run(path[1:], func(t *testing.T) {
			resp, err := client.Get(server.URL + path)
			if got := wireText(t, resp, err); got != "" {
				t.Errorf("body is %q", got)
			}
			if got := resp.Request.URL.String(); got != server.URL+path {
				t.Errorf("final URL %q", got)
			}
			got := *resp
			got.Body, got.Request = nil, nil
			if diff := cmp.Diff(want, &got, cmp.Comparer(func(a, b *http.Response) bool { return fmt.Sprint(a) == fmt.Sprint(b) })); diff != "" {
				t.Errorf("response tells (-want +got):\n%s", diff)
			}
		})
	}
}

// TestClientRedirects follows them, or not, as the request's options say, and
// never as net/http would.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch
func TestClientRedirects(t *testing.T) {
	var hits atomic.Int32
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/start" {
			http.Redirect(w, r, "/end", http.StatusFound)
			return
		}
		hits.Add(1)
		_, _ = io.WriteString(w, r.Method+" "+r.Header.Get("Referer"))
	})
	client := wireEnvironment(t, server.URL+"/page", nil).Client(&http.Client{Transport: wireTransport(t)})
	do := func(o fetch.ClientOptions) (*http.Response, error) {
		hits.Store(0)
		r := wireRequest(t, "PUT", server.URL+"/start#part", strings.NewReader("body"))
		return client.Do(r.WithContext(fetch.WithOptions(t.Context(), o)))
	}

	resp, err := do(fetch.ClientOptions{})
	// net/http would have made it a GET, as 302 is not 303.
	if got := wireText(t, resp, err); got != "PUT "+server.URL+"/page" {
		t.Errorf("followed: %q", got)
	}
	if got := resp.Request; got.URL.String() != server.URL+"/end#part" || got.Method != "PUT" || got.Host != "" {
		t.Errorf("final request %s %s", got.Method, got.URL)
	}

	resp, err = do(fetch.ClientOptions{Redirect: "error"})
	wireRefused(t, resp, err, fetch.RedirectModeError)
	if hits.Load() != 0 {
		t.Error("redirect mode error followed")
	}

	resp, err = do(fetch.ClientOptions{Redirect: "manual"})
	if got := wireText(t, resp, err); got != "" || resp.StatusCode != 0 || len(resp.Header) > 0 || hits.Load() != 0 {
		t.Errorf("opaque redirect: %q, status %d, header %v, followed %d times", got, resp.StatusCode, resp.Header, hits.Load())
	}
}

// TestClientOptions are the request's own, or else the client's.
func TestClientOptions(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		if !wireAllow(w, r) {
			_, _ = io.WriteString(w, r.Header.Get("Referer")+"|"+r.Header.Get("Cache-Control"))
		}
	})
	var trace fetch.Trace
	var sent []string
	trace.Sending = func(i fetch.RequestInfo) { sent = append(sent, i.Method) }
	client := wireEnvironment(t, "http://127.0.0.1:9999/page", nil).ClientWith(&http.Client{Transport: wireTransport(t)},
		fetch.ClientOptions{ReferrerPolicy: "unsafe-url", Trace: &trace})

	resp, err := client.Get(server.URL)
	if got := wireText(t, resp, err); got != "http://127.0.0.1:9999/page|" {
		t.Errorf("with the client's options: %q", got)
	}
	ctx := fetch.WithOptions(t.Context(), fetch.ClientOptions{Cache: "no-store", UploadListener: true, Trace: &trace})
	resp, err = client.Do(wireRequest(t, "GET", server.URL, nil).WithContext(ctx))
	if got := wireText(t, resp, err); got != "http://127.0.0.1:9999/|no-cache" {
		t.Errorf("with its own options: %q", got)
	}
	if diff := cmp.Diff([]string{"GET", "OPTIONS", "GET"}, sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	ctx = fetch.WithOptions(t.Context(), fetch.ClientOptions{Mode: "bogus"})
	resp, err = client.Do(wireRequest(t, "GET", server.URL, nil).WithContext(ctx))
	if refusal := wireRefused(t, resp, err, fetch.InvalidOption); refusal.Value != "bogus" {
		t.Errorf("refused value %q", refusal.Value)
	}
}

// wireURL is a URL of net/url that says exactly s.
func wireURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		scheme, rest, _ := strings.Cut(s, ":")
		return &url.URL{Scheme: scheme, Opaque: rest}
	}
	return u
}

// TestClientForbidden ignores what a script may not set.
//
// https://fetch.spec.whatwg.org/#forbidden-request-header
func TestClientForbidden(t *testing.T) {
	type got struct {
		Host   string
		Header http.Header
	}
	seen := make(chan got, 3)
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- got{r.Host, r.Header}
		wireAllow(w, r)
	})
	client := wireClient(t, "https://app.example/", wireTransport(t))
	r := wireRequest(t, "GET", server.URL, nil)
	r.Host = "elsewhere.example"
	for _, name := range []string{
		"Accept-Charset", "Accept-Encoding", "Access-Control-Request-Headers", "Access-Control-Request-Method",
		"Connection", "Content-Length", "Cookie", "Cookie2", "Date", "DNT",
		"Expect", "Host", "Keep-Alive", "Origin", "Referer", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding",
		"Upgrade", "Via", "Proxy-Authorization", "Sec-Fetch-Mode", "Sec-Anything",
	} {
		r.Header.Set(name, "1")
	}
	r.Header.Del("Accept-Encoding") // is honoured, see TestClientAcceptEncoding
	r.Header.Set("X-HTTP-Method-Override", "TRACE")
	r.Header.Set("X-Mine", "1")
	resp, err := client.Do(r)
	wireText(t, resp, err)
	host := strings.TrimPrefix(server.URL, "http://")
	want := http.Header{
		"Accept":          {"*/*"},
		"Accept-Encoding": {"gzip, deflate"},
		"Origin":          {"https://app.example"},
		"Referer":         nil, // less secure than the page, unless loopback is trusted
		"Sec-Fetch-Dest":  {"empty"},
		"Sec-Fetch-Mode":  {"cors"},
		"Sec-Fetch-Site":  {"cross-site"},
		"User-Agent":      {defaultUserAgent},
	}
	for _, more := range []http.Header{{"Access-Control-Request-Method": {"GET"}, "Access-Control-Request-Headers": {"x-mine"}}, {"X-Mine": {"1"}}} {
		g := <-seen
		if g.Host != host {
			t.Errorf("host is %q", g.Host)
		}
		for name := range want {
			if name == "Referer" {
				g.Header.Del(name)
				continue
			}
			more[name] = want[name]
		}
		if diff := cmp.Diff(more, g.Header); diff != "" {
			t.Errorf("header (-want +got):\n%s", diff)
		}
	}
}

// TestClientUserinfo refuses a URL with a username or password, which net/http
// would turn into an Authorization header.
func TestClientUserinfo(t *testing.T) {
	client := wireClient(t, "https://app.example/", wireRoundTripper(func(*http.Request) (*http.Response, error) {
		t.Error("it was sent")
		return nil, io.EOF
	}))
	for _, u := range []string{"https://user@api.example/", "https://user:word@api.example/", "https://:word@api.example/"} {
		resp, err := client.Get(u)
		wireRefused(t, resp, err, fetchtest.Reason("url-has-credentials"))
	}
}

// An element may have a username and password in its URL. Net/http makes an
// Authorization of them, which a browser does not send before it was asked.
func TestClientElementUserinfo(t *testing.T) {
	var got http.Header
	client := wireClient(t, "https://app.example/", wireRoundTripper(func(r *http.Request) (*http.Response, error) {
		got = r.Header
		return &http.Response{StatusCode: 200, Header: http.Header{"Access-Control-Allow-Origin": {"*"}}, Body: http.NoBody, Request: r}, nil
	}))
	font := fetch.WithOptions(t.Context(), fetch.ClientOptions{API: "element", Destination: "font"})
	for _, u := range []string{"https://user@api.example/", "https://us%40er:wo%20rd@api.example/", "https://:word@api.example/"} {
		r, err := http.NewRequestWithContext(font, "GET", u, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		wireText(t, resp, err)
		if len(got) == 0 || got["Authorization"] != nil {
			t.Errorf("%s: sent %v", u, got)
		}
	}
}

// The final URL has what a redirect put into it, except an empty fragment, for
// which net/url has no form.
func TestClientFinalURL(t *testing.T) {
	tests := []struct{ name, location, want string }{
		{"fragment", "/b#f", "https://app.example/b#f"},
		{"empty fragment", "/b#", "https://app.example/b"},
		{"userinfo", "https://user:word@app.example/b", "https://user:word@app.example/b"},
		{"userinfo and empty fragment", "https://user:word@app.example/b#", "https://user:word@app.example/b"},
		{"path that net/url would escape", "/b|", "https://app.example/b|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client := wireClient(t, "https://app.example/", wireRoundTripper(func(r *http.Request) (*http.Response, error) {
				resp := &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody, Request: r}
				if r.URL.Path == "/a" {
					resp.StatusCode = 302
					resp.Header.Set("Location", tt.location)
				}
				return resp, nil
			}))
			resp, err := client.Get("https://app.example/a")
			wireText(t, resp, err)
			if got := resp.Request.URL.String(); got != tt.want {
				t.Errorf("final URL %s, want %s", got, tt.want)
			}
		})
	}
}

// TestClientCloseIdleConnections closes what is open and not in use.
func TestClientCloseIdleConnections(t *testing.T) {
	closed := make(chan struct{}, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(wireEcho))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client := wireClient(t, server.URL, wireTransport(t))
	resp, err := client.Get(server.URL)
	wireText(t, resp, err)
	client.CloseIdleConnections()
	wireWait(t, closed, "the server's end of the connection to close")
}
