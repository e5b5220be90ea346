package fetch_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/httpcache"
)

// A cannedTransport answers at once.
type cannedTransport struct{ headers fetch.HeaderList }

func (c *cannedTransport) RoundTrip(context.Context, *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return &fetch.NetworkResponse{Status: 200, Headers: c.headers, Body: io.NopCloser(strings.NewReader("hello"))}, nil
}

// cachePage is a page over a transport that answers at once.
func cachePage(tb testing.TB, cache *httpcache.Cache, cacheControl string) *fetch.Environment {
	tb.Helper()
	agent, err := fetch.NewAgent(&fetch.Options{HTTPCache: cache, Transport: &cannedTransport{headerLines(
		"Access-Control-Allow-Origin: *", "Cache-Control: "+cacheControl, "Content-Length: 5", "Content-Type: text/plain",
		"Server: example")}})
	if err != nil {
		tb.Fatal(err)
	}
	return newPage(tb, agent, fetch.EnvironmentOptions{})
}

// get fetches a URL and reads the body into p.
func get(tb testing.TB, page *fetch.Environment, in *fetch.Request, p []byte) {
	resp, err := page.Fetch(tb.Context(), in)
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := resp.Body.Read(p); err != nil {
			break
		}
	}
	resp.Body.Close()
}

// BenchmarkHTTPCache measures a whole fetch over a transport that answers at once:
// without a cache, with one that stores nothing of the answer, and out of the cache. What is
// left of response=hit when the engine's own work, that of response=no-store over an
// empty transport, is taken away is what the cache costs.
func BenchmarkHTTPCache(b *testing.B) {
	for _, bb := range []struct {
		name, cacheControl string
		cache              *httpcache.Cache
	}{
		{"no-cache", "no-store", httpcache.New(&httpcache.Options{Limits: httpcache.Limits{Entries: -1}})},
		{"no-store", "no-store", nil},
		{"hit", "max-age=3600", nil},
	} {
		b.Run("response="+bb.name, func(b *testing.B) {
			page := cachePage(b, bb.cache, bb.cacheControl)
			in, p := &fetch.Request{URL: api + "/hello"}, make([]byte, 512)
			get(b, page, in, p)
			b.ReportAllocs()
			for b.Loop() {
				get(b, page, in, p)
			}
		})
	}
}

// BenchmarkCachedPage measures a web page of 100 KiB out of the cache, beside the same
// page over loopback, in turns.
func BenchmarkCachedPage(b *testing.B) {
	for _, secure := range []bool{false, true} {
		b.Run(fmt.Sprintf("https=%t", secure), func(b *testing.B) {
			s := corsServer(b, secure, false)
			var clients []benchClient
			for _, name := range []string{"loopback", "cached"} {
				agent, err := fetch.NewAgent(nil)
				if err != nil {
					b.Fatal(err)
				}
				page, err := agent.Page("https://app.example/")
				if err != nil {
					b.Fatal(err)
				}
				transport := s.Client().Transport.(*http.Transport).Clone()
				b.Cleanup(transport.CloseIdleConnections)
				mode := fetch.CacheMode("no-store")
				if name == "cached" {
					mode = "force-cache"
				}
				clients = append(clients, benchClient{name, page.ClientWith(&http.Client{Transport: transport}, fetch.ClientOptions{Cache: mode})})
			}
			benchClients(b, clients, func() (*http.Request, error) { return http.NewRequest(http.MethodGet, s.URL+"/page", nil) })
		})
	}
}

// A fetch that has nothing of the cache allocates nothing for it, and one that is
// answered by it less than one that goes to the network.
func TestHTTPCacheAllocations(t *testing.T) {
	allocs := func(cache *httpcache.Cache, cacheControl string) float64 {
		page := cachePage(t, cache, cacheControl)
		in, p := &fetch.Request{URL: api + "/hello"}, make([]byte, 512)
		get(t, page, in, p)
		return testing.AllocsPerRun(200, func() { get(t, page, in, p) })
	}
	none := allocs(httpcache.New(&httpcache.Options{Limits: httpcache.Limits{Entries: -1}}), "no-store")
	if n := allocs(nil, "no-store"); n > none {
		t.Errorf("no-store: %v allocations, %v without a cache", n, none)
	}
	if n := allocs(nil, "max-age=3600"); n > none {
		t.Errorf("hit: %v allocations, %v without a cache", n, none)
	}
}
