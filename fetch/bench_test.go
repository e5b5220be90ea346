package fetch_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// corsServer allows everything, as fast as net/http can.
func corsServer(tb testing.TB) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "https://app.example")
		if r.Method == http.MethodOptions {
			h.Set("Access-Control-Allow-Methods", "PUT")
			h.Set("Access-Control-Allow-Headers", "x-token,content-type")
			h.Set("Access-Control-Max-Age", "7200")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		h.Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "hello")
	}))
	tb.Cleanup(s.Close)
	return s
}

// BenchmarkClient measures a request through Go's own client beside the same
// request through a page's client, against one loopback server, turn and turn
// about so that both see the same machine.
func BenchmarkClient(b *testing.B) {
	server := corsServer(b)
	agent, err := fetch.NewAgent(nil)
	if err != nil {
		b.Fatal(err)
	}
	page, err := agent.Page("https://app.example/")
	if err != nil {
		b.Fatal(err)
	}
	bare := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	wrapped := page.Client(&http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()})
	b.Cleanup(bare.CloseIdleConnections)
	b.Cleanup(wrapped.CloseIdleConnections)

	get := func() *http.Request {
		r, err := http.NewRequest(http.MethodGet, server.URL+"/things?page=1", nil)
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	put := func() *http.Request {
		r, err := http.NewRequest(http.MethodPut, server.URL+"/things/1", strings.NewReader(`{"a":1}`))
		if err != nil {
			b.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Token", "abc")
		return r
	}
	for _, request := range []struct {
		name string
		make func() *http.Request
	}{{"get", get}, {"put-preflight-cached", put}} {
		for _, client := range []struct {
			name string
			*http.Client
		}{{"bare", bare}, {"browsercors", wrapped}} {
			b.Run("request="+request.name+"/client="+client.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					resp, err := client.Do(request.make())
					if err != nil {
						b.Fatal(err)
					}
					_, _ = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			})
		}
	}
}
