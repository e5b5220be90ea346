package main

import (
	"encoding/json"
	"iter"
	"strconv"
	"strings"
)

// A checker holds the responses of a test against what was expected, in the suite's order, so that the first
// check that fails is the same as in a browser.
type checker struct {
	test      *test
	uuid      string
	responses []*response
}

// check checks the head of the response to a request.
func (c *checker) check(i int, got *response) error {
	r, number := c.test.requests[i], i+1
	if err := checkRetries(got); err != nil {
		return err
	}
	counted, isNumber := parseInt(got.header("Server-Request-Count"))
	if r.Type != nil && *r.Type == "cached" && !(got.Status == 304 && !isNumber) {
		if err := assert(r.setup("expected_type"), isNumber && counted < number, "Response %d does not come from cache", number); err != nil {
			return err
		}
	}
	if r.Type != nil && *r.Type == "not_cached" {
		if err := assert(r.setup("expected_type"), isNumber && counted == number, "Response %d comes from cache", number); err != nil {
			return err
		}
	}
	if err := checkStatus(r, number, got); err != nil {
		return err
	}
	for _, h := range r.ResponseHeaders {
		if err := checkExpected(r, number, h, got); err != nil {
			return err
		}
	}
	for _, h := range r.ResponseHeadersMissing {
		// With a value too, the suite checks nothing: it looks the header up in a way that finds none.
		if !h.bare {
			continue
		}
		if err := assert(r.setup("expected_response_headers_missing"), !got.Headers.Has(h.name),
			"Response %d includes unexpected header %s: \"%s\"", number, h.name, got.header(h.name)); err != nil {
			return err
		}
	}
	return nil
}

// checkRetries fails if the server got one of the requests twice.
func checkRetries(got *response) error {
	numbers, ok := got.Headers.Get("Request-Numbers")
	if !ok {
		return nil
	}
	seen := make(map[string]bool)
	for _, n := range strings.Split(numbers, " ") {
		number, isNumber := parseInt(n)
		key := strconv.Itoa(number)
		if !isNumber {
			key = "NaN"
		}
		if err := assert(true, !seen[key], "retry"); err != nil {
			return err
		}
		seen[key] = true
	}
	return nil
}

func checkStatus(r *request, number int, got *response) error {
	switch {
	case r.Status.present && r.Status.null:
		return nil
	case r.Status.present:
		return assert(r.setup("expected_status"), got.Status == r.Status.value,
			"Response %d status is %d, not %d", number, got.Status, r.Status.value)
	case r.ResponseStatus != nil:
		return assert(true, float64(got.Status) == r.ResponseStatus[0],
			"Response %d status is %d, not %s", number, got.Status, text(r.ResponseStatus[0]))
	case got.Status == 999: // the server's word for a request that should have had a validator
		return assert(r.setup("expected_type"), false, "Request %d should have been conditional, but it was not.", number)
	}
	return assert(true, got.Status == 200, "Response %d status is %d, not 200", number, got.Status)
}

// checkExpected checks a header that should be there: with any value, with that of another header, with a number
// above another, or with a given value.
func checkExpected(r *request, number int, h field, got *response) error {
	setup := r.setup("expected_response_headers")
	if h.bare || len(h.values) > 1 {
		if err := assert(setup, got.Headers.Has(h.name), "Response %d %s header not present.", number, h.name); err != nil || h.bare {
			return err
		}
	}
	if len(h.values) == 1 {
		want := r.fixUp(h, got)
		_, isText := h.values[0].(string)
		return assert(setup, got.header(h.name) == want && (isText || want != h.value()),
			"Response %d header %s is \"%s\", not \"%s\"", number, h.name, got.header(h.name), want)
	}
	value, want := got.header(h.name), text(h.values[1])
	if h.values[0] == "=" {
		other := got.header(want)
		return assert(setup, value == other, "Response %d header %s is %s, should match %s (%s)", number, h.name, value, want, other)
	}
	is, isNumber := parseInt(value)
	least, _ := h.values[1].(float64)
	return assert(setup, isNumber && float64(is) > least, "Response %d header %s is %s, should be bigger than %s", number, h.name, value, want)
}

// checkBody checks the body of the response to a request.
func (c *checker) checkBody(i int, got *response) error {
	r := c.test.requests[i]
	switch {
	case r.CheckBody != nil && !*r.CheckBody, r.Text.present && r.Text.null:
		return nil
	case r.Text.present:
		return assert(r.setup("expected_response_text"), got.text == r.Text.value,
			"Response body is \"%s\", not \"%s\"", got.text, r.Text.value)
	case r.ResponseBody.present && !r.ResponseBody.null:
		return assert(true, got.text == r.ResponseBody.value, "Response body is \"%s\", not \"%s\"", got.text, r.ResponseBody.value)
	case got.Status != 204 && got.Status != 304 && (r.Method == nil || *r.Method != "HEAD"):
		return assert(true, got.text == c.uuid, "Response body is \"%s\", not \"%s\"", got.text, c.uuid)
	}
	return nil
}

// A received is a request as the server saw it, with the headers of its answer that should have arrived.
type received struct {
	Number          *int            `json:"request_num"`
	Method          string          `json:"request_method"`
	RequestHeaders  map[string]any  `json:"request_headers"`
	ResponseHeaders json.RawMessage `json:"response_headers"` // names with values, in the cache-tests
}

// header is a header that the server received, as JavaScript makes a string of it.
func (s *received) header(name string) string {
	if value, ok := s.RequestHeaders[strings.ToLower(name)]; ok {
		return text(value)
	}
	return "undefined"
}

// errUndefined is the exception of a suite that looks into a request which the server never got.
var errUndefined = &failure{outcome{"TypeError", "the server got no such request"}}

// received yields the index of each request that is to reach the server, and what the server received
// in its turn; nil if it received no more.
func (t *test) received(seen []*received) iter.Seq2[int, *received] {
	return func(yield func(int, *received) bool) {
		next := 0
		for i, r := range t.requests {
			if r.Type != nil && *r.Type == "cached" {
				continue // the server does not see it
			}
			var s *received
			if next < len(seen) {
				s = seen[next]
			}
			next++
			if !yield(i, s) {
				return
			}
		}
	}
}

// checkServer compares the requests of a test with those that the server received.
func (c *checker) checkServer(seen []*received) error {
	for i, s := range c.test.received(seen) {
		r := c.test.requests[i]
		if err := checkReceived(r, i+1, s); err != nil {
			return err
		}
		if s != nil {
			if err := checkPassedOn(i+1, s, c.responses[i]); err != nil {
				return err
			}
		}
		if r.Method2 != nil {
			if s == nil {
				return errUndefined
			}
			if err := assert(r.setup("expected_method"), s.Method == *r.Method2,
				"Request %d had method %s, not %s", i+1, s.Method, *r.Method2); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkReceived checks what the server received of a request. s is nil if it received none.
func checkReceived(r *request, number int, s *received) error {
	typed := r.setup("expected_type")
	validator := ""
	if r.Type != nil {
		switch *r.Type {
		case "not_cached":
			if s == nil {
				return errUndefined
			}
			if err := assert(typed, s.Number != nil && *s.Number == number, "Response %d comes from cache (%s on server)", number, numberOf(s)); err != nil {
				return err
			}
		case "etag_validated":
			validator = "if-none-match"
		case "lm_validated":
			validator = "if-modified-since"
		}
	}
	if validator != "" {
		if err := assert(typed, s != nil, "request %d wasn't sent to server", number); err != nil {
			return err
		}
		if err := assert(typed, s.RequestHeaders[validator] != nil, "request %d doesn't have %s header", number, validator); err != nil {
			return err
		}
	}
	if s == nil && len(r.RequestHeaders)+len(r.RequestHeadersMissing) > 0 {
		return errUndefined
	}
	for _, h := range r.RequestHeaders {
		setup := r.setup("expected_request_headers")
		err := assert(setup, !h.bare || s.RequestHeaders[strings.ToLower(h.name)] != nil, "Request %d %s header not present.", number, h.name)
		if !h.bare {
			err = assert(setup, s.RequestHeaders[strings.ToLower(h.name)] == h.values[0],
				"Request %d header %s is \"%s\", not \"%s\"", number, h.name, s.header(h.name), h.value())
		}
		if err != nil {
			return err
		}
	}
	for _, h := range r.RequestHeadersMissing {
		setup := r.setup("expected_request_headers_missing")
		err := assert(setup, !h.bare || s.RequestHeaders[strings.ToLower(h.name)] == nil, "Request %d %s header present.", number, h.name)
		if !h.bare {
			err = assert(setup, s.RequestHeaders[strings.ToLower(h.name)] != h.values[0], "Request %d header %s is \"%s\"", number, h.name, s.header(h.name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkPassedOn checks that the headers which the server sent are those that script got, except Date and those
// that script never gets.
func checkPassedOn(number int, s *received, got *response) error {
	var list [][]any
	if err := json.Unmarshal(s.ResponseHeaders, &list); err != nil {
		return err
	}
	for _, h := range list {
		if len(h) < 2 {
			continue
		}
		name := text(h[0])
		switch strings.ToLower(name) {
		case "date", "set-cookie", "set-cookie2":
			continue
		}
		want, isText := h[1].(string)
		if repeated, ok := h[1].([]any); ok {
			var values []string
			for _, v := range repeated {
				values = append(values, text(v))
			}
			want, isText = strings.Join(values, ", "), true
		}
		if err := assert(true, isText && got.header(name) == want && got.Headers.Has(name),
			"Response %d header %s is \"%s\", not \"%s\"", number, name, got.header(name), want); err != nil {
			return err
		}
	}
	return nil
}

func numberOf(s *received) string {
	if s.Number == nil {
		return "null"
	}
	return strconv.Itoa(*s.Number)
}

// parseInt reads an integer as JavaScript's function of that name does; false is NaN.
func parseInt(s string) (int, bool) {
	s = strings.TrimLeft(s, " \t\r\n")
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || end == 0 && (s[end] == '-' || s[end] == '+')) {
		end++
	}
	n, err := strconv.Atoi(s[:end])
	return n, err == nil
}
