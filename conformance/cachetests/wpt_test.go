package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// wptServer is a small one of web-platform-tests' kind, which caches nothing.
func wptServer() http.Handler {
	var mu sync.Mutex
	seen := make(map[string][]any)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		query := r.URL.Query()
		id := query.Get("uuid") + query.Get("token")
		headers := make(map[string]string)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "*")
		w.Header().Set("Access-Control-Expose-Headers", "*")
		switch {
		case r.Method == http.MethodOptions:
			return
		case query.Has("querystate"), query.Get("dispatch") == "state":
			json.NewEncoder(w).Encode(seen[id])
			return
		case strings.HasSuffix(r.URL.Path, "/http-cache.py"):
			for name := range r.Header {
				headers[strings.ToLower(name)] = r.Header.Get(name)
			}
			seen[id] = append(seen[id], map[string]any{"request_headers": headers})
			var config []map[string]any
			data, _ := base64.StdEncoding.DecodeString(r.Header.Get("Test-Requests"))
			if json.Unmarshal(data, &config) != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Server-Request-Count", strconv.Itoa(len(seen[id])))
			fmt.Fprint(w, id)
		case query.Has("redirect"):
			seen[id] = append(seen[id], headers)
			w.Header().Set("Location", query.Get("redirect"))
			w.WriteHeader(http.StatusFound)
		default:
			for _, name := range []string{"Pragma", "Cache-Control", "If-Modified-Since", "If-None-Match"} {
				if value := r.Header.Get(name); value != "" {
					headers[name] = value
				}
			}
			seen[id] = append(seen[id], headers)
			w.Header().Set("Cache-Control", "no-store")
			fmt.Fprint(w, query.Get("content"))
		}
	})
}

func TestWPT(t *testing.T) {
	const data = `[
		{"path": "fetch/http-cache/ours", "runner": "http-cache.js", "tests": [
			{"name": "passes", "requests": [{"pause_after": true, "query_arg": "a"},
				{"expected_type": "not_cached", "request_headers": [["X-A", "1"]], "expected_request_headers": [["x-a", "1"]]}]},
			{"name": "passes", "requests": [{"expected_type": "error", "mode": "cors", "cache": "only-if-cached"}]},
			{"name": "fails", "requests": [{}, {"expected_type": "cached"}]},
			{"name": "has no validator", "requests": [{"expected_type": "etag_validated"}]}]},
		{"path": "fetch/api/request/ours", "runner": "request-cache.js", "tests": [
			{"name": "bypasses", "state": "fresh", "request_cache": ["default", "no-store"], "expected_validation_headers": [false, false], "expected_no_cache_headers": [false, true]},
			{"name": "redirects", "state": "stale", "redirect": "same-origin", "request_cache": ["default"], "expected_validation_headers": [false, false], "expected_no_cache_headers": [false, false]},
			{"name": "validates", "state": "stale", "request_cache": ["default"], "request_headers": [{"If-None-Match": "x"}],
				"expected_validation_headers": [false], "expected_no_cache_headers": [false]}]}]`
	s, err := parseWPT([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	s.addSplit()
	handler := httptest.NewServer(wptServer())
	defer handler.Close()
	p := newPlayer(t)
	server := strings.Replace(handler.URL, "127.0.0.1", "wpt.test", 1)
	w := &wptPlayer{agent: p.page.Agent(), suite: s, server: server, pause: p.pause}
	want := map[string]outcome{
		"fetch/http-cache/ours passes":           {},
		"fetch/http-cache/ours passes #2":        {},
		"fetch/http-cache/ours fails":            {assertion, "Response 2 does not come from cache"},
		"fetch/http-cache/ours has no validator": {assertion, "request 1 doesn't have if-none-match header"},
	}
	for _, validator := range []string{"Etag", "Last-Modified"} {
		want["fetch/api/request/ours bypasses with "+validator+" and fresh response"] = outcome{}
		want["fetch/api/request/ours redirects with "+validator+" and stale response"] = outcome{}
		want["fetch/api/request/ours validates with "+validator+" and stale response"] = outcome{assertion, ""}
	}
	for _, split := range splitTests {
		o := outcome{}
		if !split.crossSite { // nothing is shared, because nothing is stored
			o = outcome{assertion, `Response 3 header server-request-count is "3", not "2"`}
		}
		want["fetch/http-cache/split-cache "+split.name] = o
	}
	tests := s.tests()
	if len(tests) != len(want) {
		t.Errorf("%d tests, want %d", len(tests), len(want))
	}
	for _, tt := range tests {
		t.Run(tt.ID, func(t *testing.T) {
			if got := w.play(t.Context(), tt); got != want[tt.ID] {
				t.Errorf("%s, want %s", got, want[tt.ID])
			}
		})
	}
}

func TestTransport(t *testing.T) {
	for _, tt := range []struct {
		name, method, answer, want string
	}{
		{"length", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", "ab"},
		{"chunked", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", "ab"},
		{"a coding that is unknown", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: x\r\nContent-Length: 2\r\n\r\nab", "ab"},
		{"until the end", "GET", "HTTP/1.1 200 OK\r\n\r\nab", "ab"},
		{"after an interim response", "GET", "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", "a"},
		{"HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", ""},
		{"304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			handler := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				conn, out, _ := http.NewResponseController(w).Hijack()
				defer conn.Close()
				out.WriteString(tt.answer)
				out.Flush()
			}))
			defer handler.Close()
			agent, err := fetch.NewAgent(&fetch.Options{Transport: new(transport)})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.Page(handler.URL)
			if err != nil {
				t.Fatal(err)
			}
			p := &player{page: page, timeout: requestTimeout}
			got, err := p.get(t.Context(), &fetch.Request{URL: "/", Method: tt.method})
			if err != nil {
				t.Fatal(err)
			}
			if got.text != tt.want {
				t.Errorf("%q, want %q", got.text, tt.want)
			}
		})
	}
}
