package compat

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// A world is what a use plays in: the page's own server, an API on another
// origin that allows the page, and a server that allows nobody.
type world struct {
	agent *fetch.Agent
	page  *fetch.Environment

	site   *httptest.Server // the page's own
	api    *httptest.Server // allows the page, with credentials
	closed *httptest.Server // sends no CORS headers
	secure *httptest.Server // the API over TLS and HTTP/2

	mu   sync.Mutex
	seen []seen
}

// seen is a request that a server of the world was sent.
type seen struct {
	Host, Method, Path, Body string
	Header                   http.Header
}

func newWorld(t *testing.T) *world {
	w := new(world)
	mux := w.handler()
	start := func(h http.Handler) *httptest.Server {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s
	}
	w.site = start(mux)
	w.api = start(w.allow(mux))
	w.closed = start(mux)
	w.secure = httptest.NewUnstartedServer(w.allow(mux))
	w.secure.EnableHTTP2 = true
	w.secure.StartTLS()
	t.Cleanup(w.secure.Close)

	transport := new(fetch.HTTPTransport)
	t.Cleanup(transport.CloseIdleConnections)
	var err error
	if w.agent, err = fetch.NewAgent(&fetch.Options{Transport: transport}); err != nil {
		t.Fatal(err)
	}
	if w.page, err = w.agent.Page(w.site.URL + "/"); err != nil {
		t.Fatal(err)
	}
	return w
}

// allow puts CORS for the world's page before a handler.
func (w *world) allow(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		h := rw.Header()
		if r.Header.Get("Origin") == w.site.URL {
			h.Set("Access-Control-Allow-Origin", w.site.URL)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Expose-Headers", "ETag, X-Total, Content-Range")
		}
		h.Add("Vary", "Origin")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", r.Header.Get("Access-Control-Request-Method"))
			h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
			w.note(r, "")
			rw.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

func (w *world) note(r *http.Request, body string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, seen{r.Host, r.Method, r.URL.Path, body, r.Header.Clone()})
}

// requests are the requests that the servers were sent so far, without
// preflights, as "METHOD host/path", the hosts named as the world names them.
func (w *world) requests() []string {
	names := strings.NewReplacer(w.host(w.site), "site", w.host(w.api), "api", w.host(w.closed), "closed", w.host(w.secure), "secure")
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []string
	for _, s := range w.seen {
		if s.Method != http.MethodOptions {
			list = append(list, s.Method+" "+names.Replace(s.Host)+s.Path)
		}
	}
	return list
}

// last is the last request that a server was sent.
func (w *world) last(t *testing.T) seen {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.seen) == 0 {
		t.Fatal("no server was sent a request")
	}
	return w.seen[len(w.seen)-1]
}

// elsewhere is the origin of the server that allows nobody, by another name.
func (w *world) elsewhere() string {
	return strings.Replace(w.closed.URL, "127.0.0.1", "localhost", 1)
}

func (w *world) host(s *httptest.Server) string {
	_, host, _ := strings.Cut(s.URL, "://")
	return host
}

// An echo is what /echo answers.
type echo struct {
	Method string      `json:"method"`
	Body   string      `json:"body"`
	Header http.Header `json:"header"`
}

func (w *world) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		w.note(r, string(body))
		rw.Header().Set("Content-Type", "application/json")
		rw.Header().Set("X-Total", "7")
		_ = json.NewEncoder(rw).Encode(echo{r.Method, string(body), r.Header})
	})
	mux.HandleFunc("/count", func(rw http.ResponseWriter, r *http.Request) { // how many bytes were sent
		n, _ := io.Copy(io.Discard, r.Body)
		w.note(r, "")
		_ = json.NewEncoder(rw).Encode(n)
	})
	mux.HandleFunc("/file", func(rw http.ResponseWriter, r *http.Request) {
		w.note(r, "")
		rw.Header().Set("ETag", `"v1"`)
		http.ServeContent(rw, r, "file.txt", fileTime, strings.NewReader("0123456789"))
	})
	mux.HandleFunc("/events", func(rw http.ResponseWriter, r *http.Request) {
		w.note(r, "")
		rw.Header().Set("Content-Type", "text/event-stream")
		for _, line := range []string{"data: one\n\n", "data: two\n\n"} {
			_, _ = io.WriteString(rw, line)
			rw.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("/to", func(rw http.ResponseWriter, r *http.Request) { // redirects to the URL in its query
		w.note(r, "")
		http.Redirect(rw, r, r.URL.Query().Get("url"), http.StatusFound)
	})
	mux.HandleFunc("/cookie", func(rw http.ResponseWriter, r *http.Request) {
		w.note(r, "")
		http.SetCookie(rw, &http.Cookie{Name: "session", Value: "s3"})
		_, _ = io.WriteString(rw, "set")
	})
	mux.HandleFunc("/fails-twice", func() http.HandlerFunc {
		var mu sync.Mutex
		n := 0
		return func(rw http.ResponseWriter, r *http.Request) {
			w.note(r, "")
			mu.Lock()
			n++
			failed := n <= 2
			mu.Unlock()
			if failed {
				http.Error(rw, "later", http.StatusServiceUnavailable)
				return
			}
			_, _ = io.WriteString(rw, "done")
		}
	}())
	mux.HandleFunc("/page", func(rw http.ResponseWriter, r *http.Request) {
		w.note(r, "")
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(rw, `<!doctype html><title>A page</title><a href="/page2">two</a><a href="/to?url=`+w.elsewhere()+`/page">away</a>`)
	})
	mux.HandleFunc("/page2", func(rw http.ResponseWriter, r *http.Request) {
		w.note(r, "")
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(rw, `<!doctype html><title>Two</title>`)
	})
	mux.HandleFunc("/private/", func(rw http.ResponseWriter, r *http.Request) {
		w.note(r, "")
		_, _ = io.WriteString(rw, "private")
	})
	mux.HandleFunc("/robots.txt", func(rw http.ResponseWriter, r *http.Request) {
		w.note(r, "")
		_, _ = io.WriteString(rw, "User-agent: *\nDisallow: /private/\n")
	})
	mux.HandleFunc("/token", func(rw http.ResponseWriter, r *http.Request) {
		w.note(r, "")
		rw.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(rw, `{"access_token":"t0","token_type":"Bearer","expires_in":3600}`)
	})
	mux.HandleFunc("/cached/", func(rw http.ResponseWriter, r *http.Request) {
		w.note(r, "")
		rw.Header().Set("Cache-Control", "max-age=600")
		_, _ = io.WriteString(rw, "kept")
	})
	mux.HandleFunc("/socket", w.socket)
	mux.HandleFunc("/user", func(rw http.ResponseWriter, r *http.Request) { // of GitHub's API
		w.note(r, "")
		_, _ = io.WriteString(rw, `{"login":"octocat","id":1}`)
	})
	return mux
}
