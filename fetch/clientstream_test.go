package fetch_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

// TestClientBodies sends bodies again where that can be done, and says so where
// it can't.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func TestClientBodies(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		if wireAllow(w, r) {
			return
		}
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path != "/end" {
			var status int
			_, _ = fmt.Sscan(r.URL.Path[1:], &status)
			http.Redirect(w, r, "/end", status)
			return
		}
		_, _ = fmt.Fprintf(w, "%s %q", r.Method, body)
	})
	client := wireClient(t, "https://app.example/", wireTransport(t))
	for _, status := range []int{307, 308, 302} {
		t.Run(fmt.Sprintf("status=%d/body=once", status), func(t *testing.T) {
			body := wireBodyOf(strings.NewReader("body"))
			r := wireRequest(t, "PUT", fmt.Sprintf("%s/%d", server.URL, status), body)
			r.ContentLength = 4
			resp, err := client.Do(r)
			refusal := wireRefused(t, resp, err, fetch.BodyNotReplayable)
			if refusal.Value != "/end" {
				t.Errorf("refused value %q", refusal.Value)
			}
			wireWait(t, body.closed, "the body to be closed")
		})
		t.Run(fmt.Sprintf("status=%d/body=again", status), func(t *testing.T) {
			var bodies []*wireBody
			open := func() (io.ReadCloser, error) {
				b := wireBodyOf(strings.NewReader("body"))
				bodies = append(bodies, b)
				return b, nil
			}
			first, _ := open()
			r := wireRequest(t, "PUT", fmt.Sprintf("%s/%d", server.URL, status), first)
			r.ContentLength, r.GetBody = 4, open
			resp, err := client.Do(r)
			if got := wireText(t, resp, err); got != `PUT "body"` {
				t.Errorf("the server got %q", got)
			}
			if len(bodies) != 2 {
				t.Errorf("the body was opened %d times", len(bodies))
			}
			for _, b := range bodies {
				wireWait(t, b.closed, "a body to be closed")
			}
		})
	}
	t.Run("body=once/303 needs none", func(t *testing.T) {
		r := wireRequest(t, "POST", server.URL+"/303", io.NopCloser(strings.NewReader("body")))
		r.ContentLength = 4
		resp, err := client.Do(r)
		if got := wireText(t, resp, err); got != `GET ""` {
			t.Errorf("the server got %q", got)
		}
	})
	t.Run("GetBody fails", func(t *testing.T) {
		broken := errors.New("the file is gone")
		r := wireRequest(t, "PUT", server.URL+"/307", strings.NewReader("body"))
		r.GetBody = func() (io.ReadCloser, error) { return nil, broken }
		resp, err := client.Do(r)
		wireRefused(t, resp, err, fetch.NetworkFailure)
		if !errors.Is(err, broken) {
			t.Errorf("error %v hides what went wrong", err)
		}
	})
	t.Run("body fails", func(t *testing.T) {
		broken := errors.New("the disk is gone")
		body := wireBodyOf(io.MultiReader(strings.NewReader("bo"), cutOff{broken}))
		r := wireRequest(t, "PUT", server.URL+"/end", body)
		r.ContentLength = 4
		resp, err := client.Do(r)
		wireRefused(t, resp, err, fetch.NetworkFailure)
		if !errors.Is(err, broken) {
			t.Errorf("error %v hides what went wrong", err)
		}
		wireWait(t, body.closed, "the body to be closed")
	})
}

// TestClientStream holds back a body of unknown length from a connection that
// is not HTTP/2, before a byte of the request has left.
//
// https://fetch.spec.whatwg.org/#concept-http-network-fetch
func TestClientStream(t *testing.T) {
	serve := func(w http.ResponseWriter, r *http.Request) {
		if wireAllow(w, r) {
			return
		}
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %d %q", r.Method, r.ContentLength, body)
	}
	stream := func(t *testing.T, url string, r io.Reader) (*http.Request, *wireBody) {
		body := wireBodyOf(r)
		return wireRequest(t, "POST", url, body), body
	}
	t.Run("HTTP/1.1", func(t *testing.T) {
		var heads, conns atomic.Int32 // conns are those over which a request came
		url := wireRaw(t, func(p *wirePeer) {
			for first := true; ; first = false {
				head := p.head()
				if head == nil {
					return
				}
				heads.Add(1)
				if first {
					conns.Add(1)
				}
				if strings.HasPrefix(head[0], "OPTIONS") {
					p.say(wireAllowed)
				} else {
					p.say(wireOK)
				}
			}
		})
		client := wireClient(t, "https://app.example/", wireTransport(t))
		never, end := io.Pipe()
		defer end.Close()
		for name, r := range map[string]io.Reader{"ready": strings.NewReader("body"), "never ready": never} {
			heads.Store(0)
			req, body := stream(t, url, r)
			resp, err := client.Do(req)
			wireRefused(t, resp, err, fetch.StreamNeedsHTTP2)
			wireWait(t, body.closed, "the body to be closed")
			if heads.Load() != 1 {
				t.Errorf("%s: %d requests reached the server, want the preflight only", name, heads.Load())
			}
		}
		// What comes after has a connection that works.
		before := conns.Load()
		resp, err := client.Get(url)
		if got := wireText(t, resp, err); got != "ok" {
			t.Errorf("afterwards: %q", got)
		}
		if conns.Load() != before+1 {
			t.Errorf("%d new connections, want 1", conns.Load()-before)
		}
	})
	t.Run("HTTP/1.1, same origin", func(t *testing.T) {
		// No preflight, no connection that could be kept from it.
		var read atomic.Int64
		url := wireRaw(t, func(p *wirePeer) {
			n, _ := io.Copy(io.Discard, p.r)
			read.Add(n)
		})
		t.Cleanup(func() {
			if read.Load() != 0 {
				t.Errorf("%d bytes reached the server", read.Load())
			}
		})
		req, body := stream(t, url, strings.NewReader(strings.Repeat("body", 1<<12)))
		resp, err := wireClient(t, url, wireTransport(t)).Do(req)
		wireRefused(t, resp, err, fetch.StreamNeedsHTTP2)
		wireWait(t, body.closed, "the body to be closed")
	})
	t.Run("HTTP/1.1 over TLS", func(t *testing.T) {
		server := wireTLS(t, serve, nil)
		req, body := stream(t, server.URL, strings.NewReader("body"))
		resp, err := wireClient(t, server.URL, wireTransport(t, server)).Do(req)
		wireRefused(t, resp, err, fetch.StreamNeedsHTTP2)
		wireWait(t, body.closed, "the body to be closed")
	})
	t.Run("HTTP/2", func(t *testing.T) {
		server := wireHTTP2(t, serve)
		req, body := stream(t, server.URL, strings.NewReader("body"))
		resp, err := wireClient(t, "https://app.example/", wireTransport(t, server)).Do(req)
		if got := wireText(t, resp, err); got != `POST -1 "body"` {
			t.Errorf("the server got %q", got)
		}
		wireWait(t, body.closed, "the body to be closed")
	})
	t.Run("refused by its preflight", func(t *testing.T) {
		server := wireHTTP2(t, func(http.ResponseWriter, *http.Request) {})
		req, body := stream(t, server.URL, strings.NewReader("body"))
		resp, err := wireClient(t, "https://app.example/", wireTransport(t, server)).Do(req)
		if refusal := wireRefused(t, resp, err, fetch.MissingAllowOrigin); refusal.Stage != "preflight" {
			t.Errorf("stage %v, though a stream forces a preflight", refusal.Stage)
		}
		wireWait(t, body.closed, "the body to be closed")
	})
	t.Run("redirected", func(t *testing.T) {
		server := wireHTTP2(t, func(w http.ResponseWriter, r *http.Request) {
			if !wireAllow(w, r) {
				http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			}
		})
		req, body := stream(t, server.URL, strings.NewReader("body"))
		resp, err := wireClient(t, "https://app.example/", wireTransport(t, server)).Do(req)
		wireRefused(t, resp, err, fetch.BodyNotReplayable)
		wireWait(t, body.closed, "the body to be closed")
	})
}

// TestClientClosesBodies: a round tripper closes the request's body in any
// case, also where nothing is ever sent.
func TestClientClosesBodies(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {}) // allows nothing
	wireless := wireRoundTripper(func(r *http.Request) (*http.Response, error) {
		if r.Body != nil {
			r.Body.Close()
		}
		return nil, errors.New("no network today")
	})
	tests := []struct {
		name   string
		method string
		url    string
		rt     http.RoundTripper
		o      fetch.ClientOptions
		header http.Header
		want   fetch.Reason // 0: a response
	}{
		{name: "no URL", method: "POST", url: "http://[::1/", want: fetch.InvalidURL},
		{name: "credentials in the URL", method: "POST", url: "http://u:p@127.0.0.1/", want: fetchtest.Reason("url-has-credentials")},
		{name: "no method", method: "PO ST", url: server.URL, want: fetch.InvalidMethod},
		{name: "forbidden method", method: "TRACE", url: server.URL, want: fetchtest.Reason("forbidden-method")},
		{name: "GET", method: "GET", url: server.URL, want: fetchtest.Reason("body-not-allowed")},
		{name: "accept-encoding", method: "POST", url: server.URL, header: http.Header{"Accept-Encoding": {"a\nb"}}, want: fetch.InvalidHeaderValue},
		{name: "no header", method: "POST", url: server.URL, header: http.Header{"X": {"a\nb"}}, want: fetch.InvalidHeaderValue},
		{name: "bad port", method: "POST", url: "http://127.0.0.1:25/", want: fetch.BadPort},
		{name: "not to be sent", method: "POST", url: server.URL, header: http.Header{"Accept": {"a\x01"}}, want: fetch.MissingAllowOrigin},
		{name: "mode same-origin", method: "POST", url: server.URL, o: fetch.ClientOptions{Mode: fetch.SameOrigin}, want: fetch.DisallowedByMode},
		{name: "mode no-cors", method: "PUT", url: server.URL, o: fetch.ClientOptions{Mode: fetch.NoCORS}, want: fetchtest.Reason("method-needs-cors")},
		{name: "preflight refused", method: "PUT", url: server.URL, want: fetch.MissingAllowOrigin},
		{name: "response refused", method: "POST", url: server.URL, want: fetch.MissingAllowOrigin},
		{name: "data: URL", method: "POST", url: "data:,ok"},
		{name: "round tripper fails", method: "POST", url: server.URL, rt: wireless, want: fetch.NetworkFailure},
	}
	for _, tt := range tests {
		for _, kind := range []string{"once", "again", "stream"} {
			t.Run(tt.name+"/body="+kind, func(t *testing.T) {
				rt := tt.rt
				if rt == nil {
					rt = wireTransport(t)
				}
				body := wireBodyOf(strings.NewReader("body"))
				r := &http.Request{Method: tt.method, Header: tt.header, Body: body, ContentLength: 4, URL: wireURL(t, tt.url)}
				switch kind {
				case "again":
					r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("body")), nil }
				case "stream":
					r.ContentLength = -1
				}
				ctx := fetch.WithOptions(t.Context(), tt.o)
				resp, err := wireClient(t, "https://app.example/", rt).Transport.RoundTrip(r.WithContext(ctx))
				if err == nil {
					resp.Body.Close()
				}
				if kind != "stream" && (err == nil) != (tt.want == 0) {
					t.Errorf("error %v, want %v", err, tt.want)
				}
				if kind != "stream" && err != nil && !errors.Is(err, tt.want) {
					t.Errorf("error %v, want %v", err, tt.want)
				}
				wireWait(t, body.closed, "the body to be closed")
			})
		}
	}
}
