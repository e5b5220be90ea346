package fetch_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// wireJourney is a fetch with everything on its way: a preflight, a redirect to
// another origin, its preflight, and a coded body in parts. It gives the first
// URL and the body in the end.
func wireJourney(t *testing.T, serve func(testing.TB, http.HandlerFunc) *httptest.Server) (servers []*httptest.Server, url, body string) {
	const parts = 3
	body = strings.Repeat(strings.Repeat("b", 1000), parts)
	end := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if wireAllow(w, r) {
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		for range parts {
			_, _ = io.WriteString(z, body[:1000])
			_ = z.Flush()
			w.(http.Flusher).Flush()
		}
		_ = z.Close()
	})
	start := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if !wireAllow(w, r) {
			http.Redirect(w, r, end.URL, http.StatusTemporaryRedirect)
		}
	})
	return []*httptest.Server{start, end}, start.URL, body
}

// wireTravel makes that journey.
func wireTravel(ctx context.Context, client *http.Client, url string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, "PUT", url, strings.NewReader("body"))
	if err != nil {
		return "", err
	}
	r.Header.Set("X-A", "1")
	resp, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return string(data), err
}

// wireAborted checks how a journey ended that was cancelled on its way.
func wireAborted(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, context.Canceled) || !errors.Is(err, fetch.Aborted) {
		t.Errorf("error %v, want %v", err, fetch.Aborted)
	}
}

// TestHostileCancelIO cancels at the first dial, read or write, at the second,
// and so on, until the journey ends before: each time everything stops, and no
// connection is left.
func TestHostileCancelIO(t *testing.T) {
	for name, serve := range map[string]func(testing.TB, http.HandlerFunc) *httptest.Server{"HTTP/1.1": wireServer, "HTTP/2": wireHTTP2} {
		t.Run(name, func(t *testing.T) {
			servers, url, body := wireJourney(t, serve)
			if servers[0].TLS == nil {
				servers = nil
			}
			for n := int64(1); ; n++ {
				ctx, cancel := context.WithCancel(t.Context())
				var events atomic.Int64
				conns := &wireNet{event: func() {
					if events.Add(1) == n {
						cancel()
					}
				}}
				rt := conns.transport(servers...)
				got, err := wireTravel(ctx, wireClient(t, "https://app.example/", rt), url)
				canceled := ctx.Err() != nil
				cancel()
				conns.drain(t, rt)
				switch {
				case err != nil && !canceled:
					t.Fatalf("event %d: %v", n, err)
				case err != nil:
					wireAborted(t, err)
				case got != body: // cancelled or not, what is handed over is whole
					t.Fatalf("event %d: a body of %d bytes, want %d", n, len(got), len(body))
				}
				if !canceled {
					t.Logf("%d events", n-1)
					return
				}
			}
		})
	}
}

// TestHostileCancelSteps cancels at each thing that a trace is told of, so also
// between two requests: no request follows.
func TestHostileCancelSteps(t *testing.T) {
	var requests atomic.Int32
	_, url, body := wireJourney(t, func(t testing.TB, handler http.HandlerFunc) *httptest.Server {
		return wireServer(t, func(w http.ResponseWriter, r *http.Request) {
			requests.Add(1)
			handler(w, r)
		})
	})
	page := wireEnvironment(t, "https://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: wireTransport(t)}})
	steps := 0
	for n := 1; ; n++ {
		ctx, cancel := context.WithCancel(t.Context())
		steps = 0
		var before int32
		step := func() {
			if steps++; steps == n {
				before = requests.Load()
				cancel()
			}
		}
		client := page.ClientWith(nil, fetch.ClientOptions{Cache: "no-store", Trace: wireTrace(step)})
		page.Agent().PreflightCache().ClearAll()
		got, err := wireTravel(ctx, client, url)
		canceled := ctx.Err() != nil
		cancel()
		if !canceled {
			if err != nil || got != body {
				t.Fatalf("uncancelled: %d bytes, %v", len(got), err)
			}
			break
		}
		wireAborted(t, err)
		if after := requests.Load(); after != before {
			t.Errorf("step %d: %d requests after it was cancelled", n, after-before)
		}
	}
	if steps < 15 {
		t.Errorf("a journey of %d steps, which leaves out most", steps)
	}
}

// wireTrace calls step for whatever it is told.
func wireTrace(step func()) *fetch.Trace {
	return &fetch.Trace{
		Classified:     func(fetch.RequestInfo, safelist.Classification) { step() },
		PreflightCache: func(fetch.RequestInfo, preflightcache.Match) { step() },
		Cookies:        func(fetch.RequestInfo, []credentials.CookieVerdict) { step() },
		SetCookie:      func(fetch.RequestInfo, string, credentials.CookieRefusal) { step() },
		Sending:        func(fetch.RequestInfo) { step() },
		Received:       func(fetch.RequestInfo, fetch.ResponseInfo) { step() },
		Checked:        func(string, fetch.RequestInfo, fetch.ResponseInfo, *fetch.Error) { step() },
		Redirected:     func(fetch.RequestInfo, int, bool) { step() },
		Filtered:       func(fetch.RequestInfo, string, []string) { step() },
	}
}
