package fetch_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

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

// browserHeaders makes a bare client send what a page's request carries, so
// that both clients put the same bytes on the wire.
type browserHeaders struct{ http.RoundTripper }

func (t browserHeaders) RoundTrip(req *http.Request) (*http.Response, error) {
	h := req.Header
	h["Accept"] = []string{"*/*"}
	h["Accept-Encoding"] = []string{"gzip, deflate"}
	h["Origin"] = []string{"https://app.example"}
	h["Referer"] = []string{"https://app.example/"}
	h["Sec-Fetch-Dest"] = []string{"empty"}
	h["Sec-Fetch-Mode"] = []string{"cors"}
	h["Sec-Fetch-Site"] = []string{"cross-site"}
	h["User-Agent"] = []string{fetch.DefaultUserAgent}
	return t.RoundTripper.RoundTrip(req)
}

// BenchmarkClient measures a request through Go's own client beside the same
// request through a page's client, against one loopback server. The clients
// take turns, batch by batch, so that all see the same machine, and what each
// reports is the median of its batches. client=bare sends what net/http sends
// by itself; client=bare-same-bytes sends what a browser does.
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
	transport := func() *http.Transport {
		t := http.DefaultTransport.(*http.Transport).Clone()
		b.Cleanup(t.CloseIdleConnections)
		return t
	}
	clients := []struct {
		name string
		*http.Client
	}{
		{"bare", &http.Client{Transport: transport()}},
		{"bare-same-bytes", &http.Client{Transport: browserHeaders{transport()}}},
		{"browsercors", page.Client(&http.Client{Transport: transport()})},
	}
	for _, request := range []struct {
		name string
		make func() (*http.Request, error)
	}{
		{"get", func() (*http.Request, error) {
			return http.NewRequest(http.MethodGet, server.URL+"/things?page=1", nil)
		}},
		{"put-preflight-cached", func() (*http.Request, error) {
			r, err := http.NewRequest(http.MethodPut, server.URL+"/things/1", strings.NewReader(`{"a":1}`))
			if err == nil {
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("X-Token", "abc")
			}
			return r, err
		}},
	} {
		b.Run("request="+request.name, func(b *testing.B) {
			const batch = 50
			batches := make([][]time.Duration, len(clients))
			for b.Loop() {
				for i, client := range clients {
					start := time.Now()
					for range batch {
						req, err := request.make()
						if err != nil {
							b.Fatal(err)
						}
						resp, err := client.Do(req)
						if err != nil {
							b.Fatal(err)
						}
						_, _ = io.Copy(io.Discard, resp.Body)
						resp.Body.Close()
					}
					batches[i] = append(batches[i], time.Since(start)/batch)
				}
			}
			for i, client := range clients {
				slices.Sort(batches[i])
				median := batches[i][len(batches[i])/2]
				b.ReportMetric(float64(median.Nanoseconds()), "ns/client="+client.name)
			}
			b.ReportMetric(0, "ns/op") // of all three together: says nothing
		})
	}
}
