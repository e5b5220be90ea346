package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

// A suite is a list of groups, as the cache-tests print them.
type suite []struct {
	ID    string  `json:"id"`
	Name  string  `json:"name"`
	Tests []*test `json:"tests"`
}

// A test is a sequence of requests for one URL, with what should come of each.
type test struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Kind        string            `json:"kind"` // "required" (or ""), "optimal" or "check"
	DependsOn   []string          `json:"depends_on"`
	CDNOnly     bool              `json:"cdn_only"`
	BrowserSkip bool              `json:"browser_skip"`
	Dump        json.RawMessage   `json:"dump"`
	Raw         []json.RawMessage `json:"requests"`

	requests []*request
}

// A request is one fetch of a test: what the client sends, how the server answers, and what is expected. The
// suite distinguishes a member that is absent from one that is null, so those are optional.
type request struct {
	Name string `json:"name"`
	ID   string `json:"id"`

	// What the client does.
	Method      *string `json:"request_method"`
	Headers     []field `json:"request_headers"`
	Body        *string `json:"request_body"`
	Mode        string  `json:"mode"`
	Credentials string  `json:"credentials"`
	Cache       string  `json:"cache"`
	Redirect    string  `json:"redirect"`
	Filename    *string `json:"filename"`
	Query       *string `json:"query_arg"`
	Base        string  `json:"base_url"`
	Pause       bool    `json:"pause_after"`
	MagicIMS    bool    `json:"magic_ims"`

	// How the server answers, as far as the client has to know.
	ResponseStatus []any            `json:"response_status"`
	ResponseBody   optional[string] `json:"response_body"`
	MagicLocations bool             `json:"magic_locations"`
	RFC850         []string         `json:"rfc850date"`

	// What is expected.
	Setup                  bool             `json:"setup"`
	SetupTests             []string         `json:"setup_tests"`
	Type                   *string          `json:"expected_type"`
	Status                 optional[int]    `json:"expected_status"`
	ResponseHeaders        []field          `json:"expected_response_headers"`
	ResponseHeadersMissing []field          `json:"expected_response_headers_missing"`
	Text                   optional[string] `json:"expected_response_text"`
	CheckBody              *bool            `json:"check_body"`
	Method2                *string          `json:"expected_method"`
	RequestHeaders         []field          `json:"expected_request_headers"`
	RequestHeadersMissing  []field          `json:"expected_request_headers_missing"`
}

// setup reports whether a check of a request is part of the test's setup: if such a check fails, the test says
// nothing about the cache.
func (r *request) setup(check string) bool {
	for _, name := range r.SetupTests {
		if name == check {
			return true
		}
	}
	return r.Setup
}

// An optional member is absent, null or a value.
type optional[T any] struct {
	present, null bool
	value         T
}

func (o *optional[T]) UnmarshalJSON(data []byte) error {
	o.present, o.null = true, string(data) == "null"
	return json.Unmarshal(data, &o.value)
}

// A field is a header of the suite: a bare name, or a name with values, which are strings, numbers and booleans.
type field struct {
	name   string
	bare   bool
	values []any
}

func (f *field) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &f.name) == nil {
		f.bare = true
		return nil
	}
	var list []any
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	name, ok := "", false
	if len(list) > 1 {
		name, ok = list[0].(string)
	}
	if !ok {
		return fmt.Errorf("invalid header %.80s, want a name with a value", data)
	}
	f.name, f.values = name, list[1:]
	return nil
}

// value is the first value, as JavaScript makes a string of it.
func (f *field) value() string { return text(f.values[0]) }

// text is a JSON value as JavaScript makes a string of it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// readSuite reads what the suite's own export prints, and keeps the tests for browsers.
func readSuite(path string) ([]*test, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseSuite(path, data)
}

func parseSuite(path string, data []byte) ([]*test, error) {
	var s suite
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("%s: not a list of tests as the suite exports it: %w", path, err)
	}
	var tests []*test
	seen := make(map[string]bool)
	for _, group := range s {
		for _, t := range group.Tests {
			if t.ID == "" || seen[t.ID] {
				return nil, fmt.Errorf("%s: test %q: its id is empty or not unique", path, t.ID)
			}
			seen[t.ID] = true
			if t.CDNOnly || t.BrowserSkip {
				continue
			}
			if err := t.inflate(); err != nil {
				return nil, fmt.Errorf("%s: test %s: %w", path, t.ID, err)
			}
			tests = append(tests, t)
		}
	}
	return tests, nil
}

// inflate gives each request its test's name and id, for the server too.
func (t *test) inflate() error {
	for i, raw := range t.Raw {
		members := make(map[string]json.RawMessage)
		if err := json.Unmarshal(raw, &members); err != nil {
			return err
		}
		members["name"], _ = json.Marshal(t.Name)
		members["id"], _ = json.Marshal(t.ID)
		raw, err := json.Marshal(members)
		if err != nil {
			return err
		}
		r := new(request)
		if err := json.Unmarshal(raw, r); err != nil {
			return err
		}
		if r.ResponseStatus != nil && len(r.ResponseStatus) == 0 {
			return fmt.Errorf("request %d: response_status is empty", i+1)
		}
		t.Raw[i], t.requests = raw, append(t.requests, r)
	}
	return nil
}
