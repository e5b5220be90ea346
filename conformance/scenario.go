package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A Scenario says what a page does and how the servers answer.
type Scenario struct {
	ID      string            `json:"id"`
	Note    string            `json:"note,omitempty"`
	Page    Page              `json:"page,omitzero"`
	Servers map[string]Server `json:"servers,omitempty"`
	Steps   []Step            `json:"steps"`

	page    *origin.URL
	servers map[string]*Server // by serialized URL
}

// A Page is the document whose script runs the steps.
type Page struct {
	URL       string `json:"url,omitempty"`       // "" is https://app.example/
	Sandboxed bool   `json:"sandboxed,omitempty"` // an opaque origin

	// EmbedderPolicy is its Cross-Origin-Embedder-Policy; "" is none.
	EmbedderPolicy string `json:"embedderPolicy,omitempty"`
}

// A Server is how one URL answers: the nth preflight or actual request gets
// the nth response of its list, the last of which repeats. A missing list
// answers 404.
type Server struct {
	Preflight []Response `json:"preflight,omitempty"`
	Actual    []Response `json:"actual,omitempty"`
}

// A Response is one answer. Strings of headers are isomorphic: the code points
// U+0000 to U+00FF stand for bytes.
type Response struct {
	Status  int         `json:"status,omitempty"` // 0 is 200
	Headers [][2]string `json:"headers,omitempty"`
	Body    string      `json:"body,omitempty"`
	Drop    bool        `json:"drop,omitempty"` // close the connection instead
}

// A Step is one thing that the page does. Exactly one field is set.
type Step struct {
	Fetch  *Fetch  `json:"fetch,omitempty"`
	WaitMS *int64  `json:"wait_ms,omitempty"`
	Visit  *string `json:"visit,omitempty"` // a top-level navigation there and back
}

// A Fetch is one call of fetch() or use of XMLHttpRequest. Nil is: script did
// not give that member.
type Fetch struct {
	URL     string      `json:"url"`
	API     string      `json:"api,omitempty"` // "fetch" or "xhr"; "" is "fetch"
	Method  *string     `json:"method,omitempty"`
	Headers [][2]string `json:"headers,omitempty"`
	Body    *Body       `json:"body,omitempty"`

	Mode           *string `json:"mode,omitempty"`
	Credentials    *string `json:"credentials,omitempty"`
	Redirect       *string `json:"redirect,omitempty"`
	Cache          *string `json:"cache,omitempty"`
	Referrer       *string `json:"referrer,omitempty"`
	ReferrerPolicy *string `json:"referrerPolicy,omitempty"`
	Integrity      *string `json:"integrity,omitempty"`
	Keepalive      *bool   `json:"keepalive,omitempty"`

	WithCredentials *bool `json:"withCredentials,omitempty"`
	UploadListener  *bool `json:"uploadListener,omitempty"`
}

// A Body is what script passes as the body.
type Body struct {
	Kind string  `json:"kind"` // "text", "urlencoded", "multipart", "blob" or "stream"
	Text string  `json:"text,omitempty"`
	Type *string `json:"type,omitempty"` // of a blob
}

// An InputError is a scenario that breaks the format. Its parts are what the
// contract of the command promises to name.
type InputError struct {
	File     string // "" where the reader had no name
	Scenario string // its id, or its number where that is what's wrong
	Key      string // the offending key, as a path; "" where it is none
	Err      error
}

func (e *InputError) Error() string {
	var b strings.Builder
	b.WriteString("conformance: ")
	if e.File != "" {
		b.WriteString(e.File + ": ")
	}
	if e.Scenario != "" {
		b.WriteString("scenario " + e.Scenario + ": ")
	}
	if e.Key != "" {
		b.WriteString("key " + e.Key + ": ")
	}
	return b.String() + e.Err.Error()
}

func (e *InputError) Unwrap() error { return e.Err }

// ReadScenarios reads the scenarios of a file: an array of them, or one a
// line. The name is for errors, which are [*InputError].
func ReadScenarios(name string, r io.Reader) ([]*Scenario, error) {
	return readAll(name, r, func(raw json.RawMessage) (*Scenario, error) {
		s, err := ParseScenario(raw)
		if err != nil {
			return nil, err
		}
		return s, nil
	}, func(s *Scenario) string { return s.ID })
}

// readAll reads an array of values or a sequence of them, which all have an id
// of their own.
func readAll[T any](name string, r io.Reader, parse func(json.RawMessage) (T, error), id func(T) string) ([]T, error) {
	in := json.NewDecoder(r)
	fail := func(number int, err error) error {
		var input *InputError
		if !errors.As(err, &input) {
			input = &InputError{Err: err}
		}
		if input.Scenario == "" {
			input.Scenario = fmt.Sprintf("number %d", number)
		}
		input.File = name
		return input
	}
	var raw json.RawMessage
	var all []T
	seen := make(map[string]bool)
	add := func(raw json.RawMessage) error {
		v, err := parse(raw)
		if err != nil {
			return fail(len(all)+1, err)
		}
		if seen[id(v)] {
			return fail(len(all)+1, &InputError{Scenario: fmt.Sprintf("%q", id(v)), Key: "id", Err: errors.New("is not unique in its file")})
		}
		seen[id(v)] = true
		all = append(all, v)
		return nil
	}
	for {
		if err := in.Decode(&raw); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fail(len(all)+1, fmt.Errorf("is not JSON: %w", err))
		}
		if trimmed := bytes.TrimLeft(raw, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '[' {
			if err := add(raw); err != nil {
				return nil, err
			}
			continue
		}
		var items []json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			return nil, fail(len(all)+1, fmt.Errorf("is not JSON: %w", err))
		}
		for _, item := range items {
			if err := add(item); err != nil {
				return nil, err
			}
		}
	}
}

// ParseScenario parses one scenario and checks that it keeps the format. An
// error is an [*InputError].
func ParseScenario(raw []byte) (*Scenario, error) {
	s := new(Scenario)
	if err := decodeStrict(raw, s); err != nil {
		var named struct{ ID string }
		_ = json.Unmarshal(raw, &named)
		err.Scenario = scenarioName(named.ID)
		return nil, err
	}
	if err := s.check(); err != nil {
		err.Scenario = scenarioName(s.ID)
		return nil, err
	}
	return s, nil
}

func scenarioName(id string) string {
	if id == "" {
		return ""
	}
	return fmt.Sprintf("%.80q", id)
}

// decodeStrict decodes JSON without unknown keys and names the key that is
// wrong.
func decodeStrict(raw []byte, into any) *InputError {
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	err := in.Decode(into)
	if err == nil {
		if _, err := in.Token(); err != io.EOF {
			return &InputError{Err: errors.New("is not JSON: there is more after its end")}
		}
		return nil
	}
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrongType):
		return &InputError{Key: fmt.Sprintf("%q", wrongType.Field), Err: fmt.Errorf("is a JSON %s where a %s is wanted", wrongType.Value, wrongType.Type)}
	case strings.HasPrefix(err.Error(), "json: unknown field "):
		return &InputError{Key: strings.TrimPrefix(err.Error(), "json: unknown field "), Err: errors.New("is unknown")}
	}
	return &InputError{Err: fmt.Errorf("is not JSON: %w", err)}
}

var idPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// check checks what the types don't say.
func (s *Scenario) check() *InputError {
	if !idPattern.MatchString(s.ID) {
		return wrong("id", "%.80q is not 1 to 63 of a-z, 0-9 and, within, hyphens", s.ID)
	}
	if s.Page.URL == "" {
		s.Page.URL = "https://app.example/"
	}
	var err error
	if s.page, err = origin.ParseURL(s.Page.URL); err != nil {
		return wrong("page.url", "%w", err)
	}
	if !s.page.IsHTTP() {
		return wrong("page.url", "%.80q is not an HTTP(S) URL", s.Page.URL)
	}
	switch fetch.EmbedderPolicy(s.Page.EmbedderPolicy) {
	case "", fetch.UnsafeNone, fetch.RequireCORP, fetch.Credentialless:
	default:
		return wrong("page.embedderPolicy", "%.80q is none of unsafe-none, require-corp and credentialless", s.Page.EmbedderPolicy)
	}
	s.servers = make(map[string]*Server, len(s.Servers))
	for key, server := range s.Servers {
		u, err := origin.ParseURL(key)
		if err != nil {
			return wrong("servers", "%w", err)
		}
		_, hasQuery := u.Query()
		_, hasFragment := u.Fragment()
		switch {
		case !u.IsHTTP(), hasQuery, hasFragment, u.IncludesCredentials():
			return wrong("servers", "%.80q is not an HTTP(S) URL of scheme, host, port and path alone", key)
		case !s.carriesID(u):
			return wrong("servers", "%.80q has the id neither as its first path segment nor as a label of its host", key)
		}
		for _, list := range [][]Response{server.Preflight, server.Actual} {
			for _, r := range list {
				if err := r.check(key); err != nil {
					return err
				}
			}
		}
		s.servers[u.String()] = &server
	}
	if s.Steps == nil {
		return wrong("steps", "is missing")
	}
	for i, step := range s.Steps {
		if err := step.check(); err != nil {
			err.Key = fmt.Sprintf("steps[%d]%s", i, err.Key)
			return err
		}
	}
	return nil
}

func wrong(key, format string, args ...any) *InputError {
	return &InputError{Key: key, Err: fmt.Errorf(format, args...)}
}

// carriesID tells whether a URL is the scenario's own: the id is its first
// path segment or a whole label of its host.
func (s *Scenario) carriesID(u *origin.URL) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(u.Path(), "/"), "/")
	if first == s.ID {
		return true
	}
	host := u.Host()
	for label := range strings.SplitSeq(host, ".") {
		if label == s.ID {
			return true
		}
	}
	return false
}

func (r *Response) check(server string) *InputError {
	if r.Status != 0 && (r.Status < 100 || r.Status > 999) {
		return wrong("servers", "%.80q: status %d has not three digits", server, r.Status)
	}
	for _, h := range r.Headers {
		for _, part := range h {
			if _, ok := safelist.IsomorphicEncode(part); !ok {
				return wrong("servers", "%.80q: header %.80q has a code point above U+00FF", server, part)
			}
		}
	}
	return nil
}

func (s *Step) check() *InputError {
	given := 0
	for _, is := range []bool{s.Fetch != nil, s.WaitMS != nil, s.Visit != nil} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return wrong("", "is not exactly one of fetch, wait_ms and visit")
	case s.WaitMS != nil && *s.WaitMS < 0:
		return wrong(".wait_ms", "%d is negative", *s.WaitMS)
	case s.Visit != nil:
		if _, err := origin.ParseURL(*s.Visit); err != nil {
			return wrong(".visit", "%w", err)
		}
	case s.Fetch != nil:
		if err := s.Fetch.check(); err != nil {
			err.Key = ".fetch." + err.Key
			return err
		}
	}
	return nil
}

func (f *Fetch) check() *InputError {
	xhr := f.API == "xhr"
	if !xhr && f.API != "" && f.API != "fetch" {
		return wrong("api", "%.80q is neither fetch nor xhr", f.API)
	}
	for _, member := range []struct {
		key        string
		given, xhr bool
	}{
		{"mode", f.Mode != nil, false},
		{"credentials", f.Credentials != nil, false},
		{"redirect", f.Redirect != nil, false},
		{"cache", f.Cache != nil, false},
		{"referrer", f.Referrer != nil, false},
		{"referrerPolicy", f.ReferrerPolicy != nil, false},
		{"integrity", f.Integrity != nil, false},
		{"keepalive", f.Keepalive != nil, false},
		{"withCredentials", f.WithCredentials != nil, true},
		{"uploadListener", f.UploadListener != nil, true},
	} {
		if member.given && member.xhr != xhr {
			return wrong(member.key, "does not belong to api %q", map[bool]string{true: "xhr", false: "fetch"}[xhr])
		}
	}
	if f.Body == nil {
		return nil
	}
	switch {
	case !slices.Contains([]string{"text", "urlencoded", "multipart", "blob", "stream"}, f.Body.Kind):
		return wrong("body.kind", "%.80q is none of text, urlencoded, multipart, blob and stream", f.Body.Kind)
	case f.Body.Type != nil && f.Body.Kind != "blob":
		return wrong("body.type", "belongs to kind blob")
	case f.Body.Kind == "stream" && xhr:
		return wrong("body.kind", "stream does not belong to api xhr")
	}
	return nil
}
