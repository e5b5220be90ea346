package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

// TestClientEmptyBodies: for methods that usually have no body, a reader of
// unknown length that ends at once is none, as in net/http.
func TestClientEmptyBodies(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Got", fmt.Sprintf("%s %d %q %q", r.Method, r.ContentLength, r.TransferEncoding, body))
	})
	page := wireClient(t, server.URL, wireTransport(t))
	bare := &http.Client{Transport: wireTransport(t)}
	navigating, _ := navigationClient(t, nil, nil)
	for _, method := range []string{"GET", "HEAD", "DELETE", "PROPFIND"} {
		for name, client := range map[string]*http.Client{"net/http": bare, "page": page, "navigation": navigating} {
			if name == "navigation" && method != "GET" {
				continue
			}
			body := wireBodyOf(strings.NewReader(""))
			resp, err := client.Do(wireRequest(t, method, server.URL, body))
			wireText(t, resp, err)
			if got, want := resp.Header.Get("X-Got"), method+` 0 [] ""`; got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
			wireWait(t, body.closed, "the body to be closed")
		}
	}
}

// TestClientProbesBodies: what is not empty, or keeps us waiting, is a body.
func TestClientProbesBodies(t *testing.T) {
	broken := errors.New("the disk is gone")
	client := func(t *testing.T) (*http.Client, *network) {
		page, n := standardPage(t, routes{}.serve)
		return page.Client(nil), n
	}
	do := func(t *testing.T, client *http.Client, ctx context.Context, method string, body io.Reader) (*http.Response, error) {
		t.Helper()
		r, err := http.NewRequestWithContext(ctx, method, app+"/a", body)
		if err != nil {
			t.Fatal(err)
		}
		return client.Do(r)
	}
	t.Run("not empty", func(t *testing.T) {
		c, n := client(t)
		resp, err := do(t, c, t.Context(), "GET", io.NopCloser(strings.NewReader("body")))
		wireRefused(t, resp, err, fetchtest.Reason("body-not-allowed"))
		resp, err = do(t, c, t.Context(), "DELETE", io.NopCloser(strings.NewReader("body")))
		wireText(t, resp, err)
		if got := n.last(t); got.body != "body" || !got.Streaming {
			t.Errorf("%q, %+v", got.body, got)
		}
	})
	t.Run("broken", func(t *testing.T) {
		c, n := client(t)
		resp, err := do(t, c, t.Context(), "GET", io.NopCloser(cutOff{broken}))
		wireRefused(t, resp, err, fetch.NetworkFailure)
		if !errors.Is(err, broken) || len(n.lines()) > 0 {
			t.Error(err, n.lines())
		}
	})
	t.Run("slow", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c, n := client(t)
			r, w := io.Pipe()
			go func() {
				time.Sleep(time.Hour)
				_, _ = io.WriteString(w, "late")
				w.Close()
			}()
			start := time.Now()
			resp, err := do(t, c, t.Context(), "DELETE", r)
			wireText(t, resp, err)
			if got := n.last(t); got.body != "late" || time.Since(start) != time.Hour {
				t.Errorf("%q after %v", got.body, time.Since(start))
			}
		})
	})
	t.Run("never", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c, _ := client(t)
			r, _ := io.Pipe()
			start := time.Now()
			resp, err := do(t, c, t.Context(), "GET", r)
			wireRefused(t, resp, err, fetchtest.Reason("body-not-allowed"))
			if took := time.Since(start); took != 200*time.Millisecond {
				t.Errorf("it took %v", took)
			}
		})
	})
	t.Run("cancelled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c, _ := client(t)
			r, _ := io.Pipe()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			start := time.Now()
			resp, err := do(t, c, ctx, "GET", r)
			if e := wireRefused(t, resp, err, fetch.Aborted); !e.Retryable() || time.Since(start) != 100*time.Millisecond {
				t.Errorf("%+v after %v", e, time.Since(start))
			}
		})
	})
}

// TestClientBuffersBodies: a body of unknown length becomes one with a source, up
// to a limit, so that it can be sent over HTTP/1.1, twice if need be.
func TestClientBuffersBodies(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/307" {
			http.Redirect(w, r, "/end", http.StatusTemporaryRedirect)
			return
		}
		_, _ = fmt.Fprintf(w, "%d %s", r.ContentLength, body)
	})
	o := fetch.ClientOptions{BufferBody: 4}
	page := wireEnvironment(t, server.URL, nil).ClientWith(&http.Client{Transport: wireTransport(t)}, o)
	navigating, _ := navigationClient(t, nil, nil)
	pipe := func(text string) io.ReadCloser {
		r, w := io.Pipe()
		go func() {
			_, err := io.WriteString(w, text)
			w.CloseWithError(err)
		}()
		return r
	}
	post := func(client *http.Client, path string, body io.Reader) (*http.Response, error) {
		r := wireRequest(t, "POST", server.URL+path, body)
		return client.Do(r.WithContext(fetch.WithOptions(t.Context(), o)))
	}
	for name, client := range map[string]*http.Client{"page": page, "navigation": navigating} {
		for _, text := range []string{"", "data"} {
			resp, err := post(client, "/a", pipe(text))
			if got, want := wireText(t, resp, err), fmt.Sprint(len(text), " ", text); got != want {
				t.Errorf("%s: the server got %q, want %q", name, got, want)
			}
		}
		body := wireBodyOf(strings.NewReader("datas"))
		resp, err := post(client, "/a", body)
		wireRefused(t, resp, err, fetch.RequestBodyTooLarge)
		wireWait(t, body.closed, "the body to be closed")

		broken := errors.New("the disk is gone")
		resp, err = post(client, "/a", io.NopCloser(cutOff{broken}))
		wireRefused(t, resp, err, fetch.NetworkFailure)
		if !errors.Is(err, broken) {
			t.Errorf("%s: error %v hides what went wrong", name, err)
		}
	}
	for _, method := range []string{"GET", "DELETE"} { // an empty one is none
		resp, err := page.Do(wireRequest(t, method, server.URL, pipe("")))
		if got := wireText(t, resp, err); got != "0 " {
			t.Errorf("%s: the server got %q", method, got)
		}
	}
	resp, err := post(page, "/307", pipe("data"))
	if got := wireText(t, resp, err); got != "4 data" {
		t.Errorf("after a redirect the server got %q", got)
	}

	never, _ := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	reading := readTells{never, make(chan struct{})}
	go func() {
		<-reading.begun
		cancel()
	}()
	resp, err = page.Do(wireRequest(t, "POST", server.URL, reading).WithContext(ctx))
	if e := wireRefused(t, resp, err, fetch.Aborted); e.Retryable() {
		t.Errorf("%+v can be retried, though the caller cancelled", e)
	}
}

// A readTells is a body that tells when it is read.
type readTells struct {
	io.ReadCloser
	begun chan struct{}
}

func (r readTells) Read(p []byte) (int, error) {
	select {
	case <-r.begun:
	default:
		close(r.begun)
	}
	return r.ReadCloser.Read(p)
}

// TestClientAcceptEncoding honours what a program asks for in place of the
// browser's content codings, and then hands the body over as it came.
func TestClientAcceptEncoding(t *testing.T) {
	var coded bytes.Buffer
	z := gzip.NewWriter(&coded)
	_, _ = io.WriteString(z, "hello")
	z.Close()
	var asked []string
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, strings.Join(r.Header["Accept-Encoding"], "|"))
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(coded.Bytes())
	})
	tests := []struct {
		name    string
		header  []string
		option  string
		disable bool
		want    string
	}{
		{"browser's", nil, "", false, "gzip, deflate"},
		{"header", []string{"gzip"}, "", false, "gzip"},
		{"header lines", []string{"br", " gzip;q=0.5 "}, "zstd", true, "br,  gzip;q=0.5"},
		{"option", nil, "zstd", true, "zstd"},
		{"disabled", nil, "", true, "identity"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rt := wireTransport(t)
			rt.DisableCompression = tt.disable
			agent, err := fetch.NewAgent(&fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}})
			if err != nil {
				t.Fatal(err)
			}
			wireAgents.add(t.Name(), agent)
			page, err := agent.Page(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			for name, client := range map[string]*http.Client{
				"page": page.Client(nil), "page over base": page.Client(&http.Client{Transport: rt}), "navigation": agent.Client(nil),
			} {
				asked = nil
				r := wireRequest(t, "GET", server.URL, nil)
				if tt.header != nil {
					r.Header["Accept-Encoding"] = tt.header
				}
				resp, err := client.Do(r.WithContext(fetch.WithOptions(t.Context(), fetch.ClientOptions{AcceptEncoding: tt.option})))
				body := wireText(t, resp, err)
				if len(asked) != 1 || asked[0] != tt.want {
					t.Errorf("%s: asked for %q, want %q", name, asked, tt.want)
				}
				decoded := tt.name == "browser's"
				if (body == "hello") != decoded || (body == coded.String()) == decoded || resp.Uncompressed != decoded ||
					(resp.Header.Get("Content-Encoding") == "gzip") == decoded {
					t.Errorf("%s: %q, %+v", name, body, resp)
				}
			}
		})
	}
}
