package fetch_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// TestClientConcurrent uses one client, and one request, from many goroutines.
func TestClientConcurrent(t *testing.T) {
	const goroutines, times = 100, 5
	var preflights atomic.Int32
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Max-Age", "60")
		if wireAllow(w, r) {
			preflights.Add(1)
			return
		}
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(append(body, r.URL.RawQuery...))
	})
	client := wireClient(t, "https://app.example/", wireTransport(t))
	shared := wireRequest(t, "GET", server.URL+"/shared?shared", nil)
	shared.Header.Set("X-Token", "1")
	var working sync.WaitGroup
	for i := range goroutines {
		working.Go(func() {
			for j := range times {
				resp, err := client.Do(shared)
				if err != nil {
					t.Error(err)
					return
				}
				data, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if string(data) != "shared" || err != nil {
					t.Errorf("shared request got %q, %v", data, err)
				}
				want := fmt.Sprintf("%d-%d", i, j)
				r, err := http.NewRequest("PUT", server.URL+"/own", strings.NewReader(want))
				if err != nil {
					t.Error(err)
					return
				}
				if resp, err = client.Do(r); err != nil {
					t.Error(err)
					return
				}
				data, err = io.ReadAll(resp.Body)
				resp.Body.Close()
				if string(data) != want || err != nil {
					t.Errorf("request %s got %q, %v", want, data, err)
				}
			}
		})
	}
	working.Wait()
	if n := preflights.Load(); n < 2 || n > 2*goroutines {
		t.Errorf("%d preflights, of which one or two a goroutine may be needed", n)
	}
}

// TestClientSharedRequest uses one request of the Fetch API, with a body that
// has a source, from many goroutines.
func TestClientSharedRequest(t *testing.T) {
	server := wireServer(t, wireEcho)
	page := wireEnvironment(t, server.URL, &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: wireTransport(t)}})
	shared := &fetch.Request{URL: "/307", Method: "POST", Body: fetch.BytesBody(bytes.Repeat([]byte("body"), 1000), ""),
		Headers: headerLines("X-Token: 1")}
	var working sync.WaitGroup
	for range 100 {
		working.Go(func() {
			resp, err := page.Fetch(t.Context(), shared)
			if err != nil {
				t.Error(err)
				return
			}
			defer resp.Body.Close()
			if data, err := io.ReadAll(resp.Body); err != nil || !bytes.Contains(data, []byte("length=4000")) {
				t.Errorf("got %.100q, %v", data, err)
			}
		})
	}
	working.Wait()
}
