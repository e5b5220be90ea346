package fetch_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// pageSize is that of an ordinary web page.
const pageSize = 100 << 10

// corsServer allows everything. GET /hello answers five bytes, as fast as
// net/http can; GET /page is an ordinary web page; PUT takes a JSON document
// and answers with it, as an API does.
func corsServer(tb testing.TB, secure, http2 bool) *httptest.Server {
	page := bytes.Repeat([]byte("<p>hello</p>\n"), pageSize/13)
	allow := func(w http.ResponseWriter, contentType string) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
		w.Header().Set("Content-Type", contentType)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, r *http.Request) {
		allow(w, "text/plain")
		_, _ = io.WriteString(w, "hello")
	})
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, r *http.Request) {
		allow(w, "text/html")
		_, _ = w.Write(page)
	})
	mux.HandleFunc("OPTIONS /things", func(w http.ResponseWriter, r *http.Request) {
		allow(w, "text/plain")
		w.Header().Set("Access-Control-Allow-Methods", "PUT")
		w.Header().Set("Access-Control-Allow-Headers", "x-token,content-type")
		w.Header().Set("Access-Control-Max-Age", "7200")
	})
	mux.HandleFunc("PUT /things", func(w http.ResponseWriter, r *http.Request) {
		var document any
		if err := json.NewDecoder(r.Body).Decode(&document); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		allow(w, "application/json")
		_ = json.NewEncoder(w).Encode(document)
	})
	s := httptest.NewUnstartedServer(mux)
	tb.Cleanup(s.Close)
	s.EnableHTTP2 = http2
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
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
	h["User-Agent"] = []string{defaultUserAgent}
	return t.RoundTripper.RoundTrip(req)
}

// BenchmarkNewAgent makes agents with the profile of one before.
func BenchmarkNewAgent(b *testing.B) {
	for _, p := range engine.All() {
		b.Run(p.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := fetch.NewAgent(&fetch.Options{Profile: p}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkClient measures a request through Go's own client beside the same
// request through a page's client, against one loopback server. The clients
// take turns, batch by batch, so that all see the same machine, and what each
// reports is the median of its batches. client=bare sends what net/http sends
// by itself; client=bare-same-bytes sends what a browser does.
func BenchmarkClient(b *testing.B) {
	document, err := json.Marshal(map[string][]string{"things": strings.Split(strings.Repeat("thing,", 500), ",")})
	if err != nil {
		b.Fatal(err)
	}
	get := func(path string) func(base string) (*http.Request, error) {
		return func(base string) (*http.Request, error) { return http.NewRequest(http.MethodGet, base+path, nil) }
	}
	put := func(base string) (*http.Request, error) {
		r, err := http.NewRequest(http.MethodPut, base+"/things", bytes.NewReader(document))
		if err == nil {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Token", "abc")
		}
		return r, err
	}
	for _, server := range []struct {
		name          string
		secure, http2 bool
	}{{"http", false, false}, {"https", true, false}, {"https-http2", true, true}} {
		s := corsServer(b, server.secure, server.http2)
		agent, err := fetch.NewAgent(nil)
		if err != nil {
			b.Fatal(err)
		}
		page, err := agent.Page("https://app.example/")
		if err != nil {
			b.Fatal(err)
		}
		transport := func() *http.Transport {
			t := s.Client().Transport.(*http.Transport).Clone()
			b.Cleanup(t.CloseIdleConnections)
			return t
		}
		clients := []benchClient{
			{"bare", &http.Client{Transport: transport()}},
			{"bare-same-bytes", &http.Client{Transport: browserHeaders{transport()}}},
			{"browsercors", page.Client(&http.Client{Transport: transport()})},
		}
		for _, request := range []struct {
			name string
			make func(base string) (*http.Request, error)
		}{{"get-hello", get("/hello")}, {"get-page", get("/page")}, {"put-preflight-cached", put}} {
			b.Run("server="+server.name+"/request="+request.name, func(b *testing.B) {
				benchClients(b, clients, func() (*http.Request, error) { return request.make(s.URL) })
			})
		}
	}
}

type benchClient struct {
	name string
	*http.Client
}

// benchClients lets the clients take turns at a request.
func benchClients(b *testing.B, clients []benchClient, newRequest func() (*http.Request, error)) {
	const batch = 20
	batches := make([][]time.Duration, len(clients))
	for turn := 0; b.Loop(); turn++ {
		for n := range clients {
			i := (turn + n) % len(clients) // so that none is always the last
			start := time.Now()
			for range batch {
				req, err := newRequest()
				if err != nil {
					b.Fatal(err)
				}
				resp, err := clients[i].Do(req)
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
}

// BenchmarkClientMemory measures what a page's client costs above its round
// tripper, which answers at once with the headers of an ordinary API.
func BenchmarkClientMemory(b *testing.B) {
	rt := wireRoundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{Status: "200 OK", StatusCode: 200, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{
			"Access-Control-Allow-Origin": {"*"},
			"Cache-Control":               {"no-store"},
			"Content-Length":              {"5"},
			"Content-Type":                {"text/plain"},
			"Date":                        {"Mon, 30 Nov 2026 10:00:00 GMT"},
			"Server":                      {"example"},
		}, ContentLength: 5, Body: io.NopCloser(strings.NewReader("hello"))}, nil
	})
	agent, err := fetch.NewAgent(nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, page := range []struct{ name, url string }{{"same-origin", "https://api.example/"}, {"cross-origin", "https://app.example/"}} {
		b.Run("page="+page.name, func(b *testing.B) {
			env, err := agent.Page(page.url)
			if err != nil {
				b.Fatal(err)
			}
			client := env.Client(&http.Client{Transport: rt})
			b.ReportAllocs()
			for b.Loop() {
				resp, err := client.Get("https://api.example/hello")
				if err != nil {
					b.Fatal(err)
				}
				resp.Body.Close()
			}
		})
	}
}
