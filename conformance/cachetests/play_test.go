package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// A server is a small one of the cache-tests' kind: it is told what to answer, answers, and tells what it received.
type server struct {
	mu      sync.Mutex
	configs map[string][]map[string]any
	seen    map[string][]map[string]any
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	dispatch, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	id, _, _ = strings.Cut(id, "/")
	switch dispatch {
	case "config":
		var config []map[string]any
		if err := json.NewDecoder(r.Body).Decode(&config); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		s.configs[id] = config
		w.WriteHeader(http.StatusCreated)
	case "state":
		json.NewEncoder(w).Encode(s.seen[id])
	case "test":
		s.answer(w, r, id)
	}
}

func (s *server) answer(w http.ResponseWriter, r *http.Request, id string) {
	number, _ := strconv.Atoi(r.Header.Get("Req-Num"))
	config := s.configs[id][number-1]
	headers := make(map[string]any)
	for name := range r.Header {
		headers[strings.ToLower(name)] = r.Header.Get(name)
	}
	var sent [][]any
	fields, _ := config["response_headers"].([]any)
	for _, f := range fields {
		f := f.([]any)
		w.Header().Add(f[0].(string), fmt.Sprint(f[1]))
		sent = append(sent, f)
	}
	s.seen[id] = append(s.seen[id], map[string]any{
		"request_num": number, "request_method": r.Method, "request_headers": headers, "response_headers": sent,
	})
	if config["disconnect"] == true {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Server-Request-Count", strconv.Itoa(len(s.seen[id])))
	w.Header().Set("Server-Now", "1700000000500")
	status := http.StatusOK
	if list, ok := config["response_status"].([]any); ok {
		status = int(list[0].(float64))
	}
	w.WriteHeader(status)
	if status != http.StatusNoContent {
		fmt.Fprint(w, id)
	}
}

// newPlayer is a player of a page of such a server, under the profile of Chromium.
func newPlayer(t *testing.T) *player {
	t.Helper()
	handler := httptest.NewServer(&server{configs: make(map[string][]map[string]any), seen: make(map[string][]map[string]any)})
	t.Cleanup(handler.Close)
	agent, err := fetch.NewAgent(&fetch.Options{Profile: engine.Chromium(), Transport: &transport{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	page, err := agent.Page(handler.URL + "/test-browser.html")
	if err != nil {
		t.Fatal(err)
	}
	return &player{page: page, server: handler.URL, timeout: requestTimeout, pause: func(context.Context) error { return nil }}
}

// one parses the requests of a test.
func one(t *testing.T, requests string) *test {
	t.Helper()
	tests, err := parseSuite("tests.json", []byte(`[{"tests": [{"id": "ours", "name": "of our own", "requests": `+requests+`}]}]`))
	if err != nil || len(tests) != 1 {
		t.Fatalf("%d tests, %v", len(tests), err)
	}
	return tests[0]
}

func TestPlay(t *testing.T) {
	p := newPlayer(t)
	for _, tt := range []struct {
		name, requests string
		want           outcome
	}{
		{"headers, dates and a pause", `[
			{"response_headers": [["X-A", "1"], ["Cache-Control", "no-store"]], "setup": true, "pause_after": true, "filename": "f", "query_arg": "q"},
			{"request_method": "POST", "request_body": "b", "request_headers": [["X-B", "2"]], "expected_method": "POST", "expected_type": "not_cached",
			 "expected_request_headers": ["X-B", ["x-b", "2"]], "expected_request_headers_missing": ["X-C", ["X-B", "3"]],
			 "response_headers": [["Expires", "Tue, 14 Nov 2023 22:13:30 GMT"], ["N", "7"], ["M", "7"]],
			 "expected_response_headers": ["n", ["N", "7"], ["N", ">", 6], ["N", "=", "M"], ["Expires", 10]], "expected_response_headers_missing": ["Q"]}]`, outcome{}},
		{"from the cache", `[
			{"response_headers": [["Cache-Control", "max-age=60"], ["X-A", "1"]], "setup": true},
			{"expected_type": "cached", "expected_response_headers": [["X-A", "1"]]}]`, outcome{}},
		{"validated", `[
			{"response_headers": [["ETag", "\"a\""], ["Cache-Control", "no-cache"]], "response_body": null, "check_body": false},
			{"response_status": [304, "Not Modified"], "expected_status": 200, "expected_type": "etag_validated", "expected_request_headers": [["If-None-Match", "\"a\""]]}]`, outcome{}},
		{"not from a cache", `[
			{"response_headers": [["Cache-Control", "no-store"]], "setup": true}, {"expected_type": "cached"}]`,
			outcome{assertion, "Response 2 does not come from cache"}},
		{"setup that fails", `[
			{"response_headers": [["Cache-Control", "no-store"]], "setup": true}, {"expected_type": "cached", "setup_tests": ["expected_type"]}]`,
			outcome{setUp, "Response 2 does not come from cache"}},
		{"a status that is not expected", `[{"response_status": [204, "No Content"], "expected_status": 200}]`,
			outcome{assertion, "Response 1 status is 204, not 200"}},
		{"any status", `[{"response_status": [404, "Not Found"], "expected_status": null}]`, outcome{}},
		{"a request without a validator", `[{"response_headers": [["ETag", "\"a\""], ["Cache-Control", "no-store"]]}, {"response_status": [999, "x"], "expected_type": "etag_validated"}]`,
			outcome{assertion, "request 2 doesn't have if-none-match header"}},
		{"a header too small", `[{"response_headers": [["N", "7"]], "expected_response_headers": [["N", ">", 7]]}]`,
			outcome{assertion, "Response 1 header N is 7, should be bigger than 7"}},
		{"no such header", `[{"expected_response_headers": ["X-A"]}]`, outcome{assertion, "Response 1 X-A header not present."}},
		{"a header too many", `[{"response_headers": [["X-A", "1"]], "expected_response_headers_missing": ["X-A"]}]`,
			outcome{assertion, `Response 1 includes unexpected header X-A: "1"`}},
		{"another body", `[{"expected_response_text": ""}]`, outcome{assertion, ""}},
		{"a lost answer", `[{"disconnect": true}]`, outcome{"TypeError", "Failed to fetch"}},
		{"a request that never came", `[{"expected_type": "cached", "setup": true, "response_headers": [["Cache-Control", "no-store"]]}]`,
			outcome{setUp, "Response 1 does not come from cache"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := p.play(t.Context(), one(t, tt.requests))
			if tt.want.message == "" && got.name == tt.want.name {
				return
			}
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestParseSuite(t *testing.T) {
	for _, tt := range []struct{ name, data, want string }{
		{"no list", `{}`, "not a list of tests"},
		{"no id", `[{"tests": [{}]}]`, "its id is empty or not unique"},
		{"an id twice", `[{"tests": [{"id": "a"}, {"id": "a"}]}]`, "its id is empty or not unique"},
		{"a header without a value", `[{"tests": [{"id": "a", "requests": [{"request_headers": [["A"]]}]}]}]`, "test a: invalid header"},
		{"no status", `[{"tests": [{"id": "a", "requests": [{"response_status": []}]}]}]`, "response_status is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := parseSuite("f", []byte(tt.data)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	tests, err := parseSuite("f", []byte(`[{"tests": [{"id": "a", "cdn_only": true}, {"id": "b", "browser_skip": true}, {"id": "c", "browser_skip": false}]}]`))
	if err != nil || len(tests) != 1 || tests[0].ID != "c" {
		t.Errorf("%v, %v; want the test for browsers alone", tests, err)
	}
}

func TestFixUp(t *testing.T) {
	headers := fetch.HeaderList{{Name: "Server-Now", Value: "1700000000500"}, {Name: "Server-Base-Url", Value: "/test/u"}}
	made, err := fetch.NewResponse(nil, fetch.ResponseInit{Headers: headers})
	if err != nil {
		t.Fatal(err)
	}
	from := &response{Response: made}
	for _, tt := range []struct {
		name, header string
		request      request
		want         string
	}{
		{"seconds", `["Date", -10]`, request{}, "Tue, 14 Nov 2023 22:13:10 GMT"},
		{"RFC 850", `["Expires", 0]`, request{RFC850: []string{"expires"}}, "Tuesday, 14-Nov-23 22:13:20 GMT"},
		{"text", `["Date", "x"]`, request{}, "x"},
		{"a number elsewhere", `["Age", 3]`, request{}, "3"},
		{"a location", `["Location", "a"]`, request{MagicLocations: true}, "/test/u/a"},
		{"the same location", `["Location", ""]`, request{MagicLocations: true}, "/test/u"},
		{"a location as it is", `["Location", "a"]`, request{}, "a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var h field
			if err := json.Unmarshal([]byte(tt.header), &h); err != nil {
				t.Fatal(err)
			}
			if got := tt.request.fixUp(h, from); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
