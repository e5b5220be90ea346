package main

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/safelist"
)

// extractor prints the tests of web-platform-tests as JSON. It runs in node.
//
//go:embed extract.mjs
var extractor string

// wptSuite are the tests of web-platform-tests, by their id: the file's path, the name, and a number if the file has
// several of that name.
type wptSuite struct {
	ids   []string
	cases map[string]wptCase
}

// A wptCase is one test: a sequence of requests, one with a cache mode each, or one that windows share.
type wptCase struct {
	path     string // of the file, without its ending
	sequence *test
	modes    *modesTest
	date     bool // of modes: the validator is a date, not an entity tag
	split    *splitTest
}

// page is the path of the page that runs the test.
func (c wptCase) page() string {
	if c.split != nil {
		return c.path + ".html"
	}
	return c.path + ".any.html"
}

// readWPT reads the tests in a directory of web-platform-tests.
func readWPT(ctx context.Context, directory string) (*wptSuite, error) {
	out, err := exec.CommandContext(ctx, "node", "--input-type=module", "--eval", extractor, "--", directory).Output()
	if exit, ok := err.(*exec.ExitError); ok {
		return nil, fmt.Errorf("%s: not the tests of HTTP caches of web-platform-tests: node: %s", directory, exit.Stderr)
	} else if err != nil {
		return nil, err
	}
	s, err := parseWPT(out)
	if err == nil {
		s.addSplit()
	}
	return s, err
}

func parseWPT(data []byte) (*wptSuite, error) {
	var files []struct {
		Path   string            `json:"path"`
		Runner string            `json:"runner"`
		Tests  []json.RawMessage `json:"tests"`
	}
	if err := json.Unmarshal(data, &files); err != nil {
		return nil, err
	}
	s := &wptSuite{cases: make(map[string]wptCase)}
	for _, file := range files {
		for _, raw := range file.Tests {
			if file.Runner == "request-cache.js" {
				m := new(modesTest)
				if err := json.Unmarshal(raw, m); err != nil {
					return nil, fmt.Errorf("%s: %w", file.Path, err)
				}
				s.add(m.Name+" with Etag and "+m.State+" response", wptCase{path: file.Path, modes: m})
				s.add(m.Name+" with Last-Modified and "+m.State+" response", wptCase{path: file.Path, modes: m, date: true})
				continue
			}
			t := new(test)
			err := json.Unmarshal(raw, t)
			if err == nil {
				err = t.inflate()
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file.Path, err)
			}
			s.add(t.Name, wptCase{path: file.Path, sequence: t})
		}
	}
	return s, nil
}

// addSplit adds the tests of split-cache.html, which have no data.
func (s *wptSuite) addSplit() {
	for i := range splitTests {
		s.add(splitTests[i].name, wptCase{path: "fetch/http-cache/split-cache", split: &splitTests[i]})
	}
}

func (s *wptSuite) add(name string, c wptCase) {
	first := c.path + " " + name
	id := first
	for n := 2; slices.Contains(s.ids, id); n++ {
		id = fmt.Sprintf("%s #%d", first, n)
	}
	s.ids = append(s.ids, id)
	s.cases[id] = c
}

// tests are the tests for a report, whose kind is the suite's directory.
func (s *wptSuite) tests() []*test {
	var tests []*test
	for _, id := range s.ids {
		kind := "fetch/http-cache"
		if s.cases[id].modes != nil {
			kind = "request-cache-*"
		}
		tests = append(tests, &test{ID: id, Kind: kind})
	}
	return tests
}

// wptTimeout is how long a test of web-platform-tests may take.
const wptTimeout = time.Minute

// A wptPlayer plays the tests as pages of web-platform-tests' server would.
type wptPlayer struct {
	agent  *fetch.Agent
	suite  *wptSuite
	server string // its origin
	pause  func(context.Context) error
}

func (w *wptPlayer) play(ctx context.Context, t *test) outcome {
	c := w.suite.cases[t.ID]
	page, err := w.agent.Page(w.server + "/" + c.page())
	if err != nil {
		return outcomeOf(err)
	}
	p := &player{page: page, timeout: wptTimeout, pause: w.pause}
	switch {
	case c.modes != nil:
		err = p.playModes(ctx, w.server, c)
	case c.split != nil:
		err = p.playSplit(ctx, w.server, c.split)
	default:
		err = p.playSequence(ctx, c.sequence)
	}
	o := outcomeOf(err)
	if !o.pass() && o.name != assertion {
		// The harness reports exceptions in words of its own.
		return outcome{"Error", o.String()}
	}
	return o
}

// playSequence plays a test of http-cache.js.
func (p *player) playSequence(ctx context.Context, t *test) error {
	id := newUUID()
	for i, r := range t.requests {
		if err := p.stepSequence(ctx, t, i, id); err != nil {
			return err
		}
		if r.Pause {
			if err := p.pause(ctx); err != nil {
				return err
			}
		}
	}
	return p.checkSequence(ctx, t, id)
}

// checkSequence compares the requests of a test with those that the server received.
func (p *player) checkSequence(ctx context.Context, t *test, id string) error {
	state, err := p.get(ctx, &fetch.Request{URL: "resources/http-cache.py?dispatch=state&uuid=" + id})
	if err != nil {
		return err
	}
	var seen []*received
	if err := json.Unmarshal([]byte(state.text), &seen); err != nil {
		return err
	}
	for i, s := range t.received(seen) {
		r := t.requests[i]
		if err := checkReceivedSequence(r, i+1, s); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) stepSequence(ctx context.Context, t *test, i int, id string) error {
	r, number := t.requests[i], i+1
	all, err := json.Marshal(t.Raw)
	if err != nil {
		return err
	}
	request := &fetch.Request{
		URL:  r.Base + "resources/http-cache.py?dispatch=test&uuid=" + id,
		Mode: fetch.Mode(r.Mode), Cache: fetch.CacheMode(r.Cache), Credentials: credentials.Mode(r.Credentials),
	}
	if r.Query != nil {
		request.URL += "&target=" + *r.Query
	}
	if r.Method != nil {
		request.Method = *r.Method
	}
	if r.Body != nil {
		request.Body = fetch.TextBody(*r.Body)
	}
	for _, h := range r.Headers {
		request.Headers = append(request.Headers, safelist.Header{Name: h.name, Value: h.value()})
	}
	request.Headers = append(request.Headers,
		safelist.Header{Name: "Test-Name", Value: t.Name},
		safelist.Header{Name: "Test-Requests", Value: base64.StdEncoding.EncodeToString(all)})
	refused := r.Type != nil && *r.Type == "error"
	got, err := p.get(ctx, request)
	if refused {
		_, isException := err.(*failure)
		return assert(false, isException, "Request %d doesn't throw an error", number)
	} else if err != nil {
		return err
	}
	counted, isNumber := parseInt(got.header("Server-Request-Count"))
	if r.Type != nil && *r.Type == "cached" {
		err = assert(false, isNumber && counted < number, "Response %d does not come from cache", number)
	} else if r.Type != nil && *r.Type == "not_cached" {
		err = assert(false, isNumber && counted == number, "Response %d comes from cache", number)
	}
	if err != nil {
		return err
	}
	want, code := 200, 200
	if r.ResponseStatus != nil {
		status, _ := r.ResponseStatus[0].(float64)
		want, code = int(status), int(status)
	}
	if r.Status.present {
		want = r.Status.value
	}
	if err := assert(false, got.Status == want, "Response %d status is %d, not %d", number, got.Status, want); err != nil {
		return err
	}
	for _, h := range r.ResponseHeaders {
		if err := assert(false, got.header(h.name) == h.value() && got.Headers.Has(h.name),
			"Response %d header %s is \"%s\", not \"%s\"", number, h.name, got.header(h.name), h.value()); err != nil {
			return err
		}
	}
	switch {
	case r.Text.present && r.Text.null:
		return nil
	case r.Text.present:
		return assert(false, got.text == r.Text.value, "Response body is \"%s\", not", got.text)
	case r.ResponseBody.present && !r.ResponseBody.null:
		return assert(false, got.text == r.ResponseBody.value, "Response body is \"%s\", not sent \"%s\"", got.text, r.ResponseBody.value)
	case code != 204 && code != 304:
		return assert(false, got.text == id, "Response body is \"%s\", not default \"%s\"", got.text, id)
	}
	return nil
}

// checkReceivedSequence checks what the server received of a request, as http-cache.js does.
func checkReceivedSequence(r *request, number int, s *received) error {
	validator := ""
	if r.Type != nil && *r.Type == "etag_validated" {
		validator = "if-none-match"
	} else if r.Type != nil && *r.Type == "lm_validated" {
		validator = "if-modified-since"
	}
	if s == nil && (validator != "" || len(r.RequestHeaders) > 0) {
		return errUndefined
	}
	if validator != "" {
		if err := assert(false, s.RequestHeaders[validator] != nil, "request %d doesn't have %s header", number, validator); err != nil {
			return err
		}
	}
	for _, h := range r.RequestHeaders {
		if err := assert(false, s.RequestHeaders[strings.ToLower(h.name)] == h.values[0],
			"request %d header %s value is \"%s\", not \"%s\"", number, h.name, s.header(h.name), h.value()); err != nil {
			return err
		}
	}
	return nil
}
