package conformance

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/origin"
)

// A Scenario says what a page does and how the servers respond.
type Scenario struct {
	ID      string            `json:"id"`
	Note    string            `json:"note,omitempty"`
	Page    Page              `json:"page,omitzero"`
	Servers map[string]Server `json:"servers,omitempty"`
	Steps   []Step            `json:"steps"`

	// Permissions are the user's decisions, "granted" or "denied", for
	// "local-network", "loopback-network", or "local-network-access" for both. What is
	// missing is not decided.
	Permissions map[string]string `json:"permissions,omitempty"`

	page    *origin.URL
	servers map[string]*Server // by serialized URL
	late    time.Duration      // by which it settles later
}

// A Page is the document whose script runs the steps.
type Page struct {
	URL       string `json:"url,omitempty"`       // "" is https://app.example/
	Sandboxed bool   `json:"sandboxed,omitempty"` // an opaque origin

	// AddressSpace is the address space of the page's server: "public", "local" or
	// "loopback"; "" is "public" where something else is about address spaces.
	AddressSpace string `json:"addressSpace,omitempty"`

	// The values of headers of its response; "" is none. A sandboxed page inherits
	// them, and has no CSP.
	EmbedderPolicy string `json:"embedderPolicy,omitempty"` // Cross-Origin-Embedder-Policy
	CSP            string `json:"csp,omitempty"`            // Content-Security-Policy
	ReferrerPolicy string `json:"referrerPolicy,omitempty"` // Referrer-Policy

	// IntegrityPolicy is Integrity-Policy, which a sandboxed page has not either.
	IntegrityPolicy string `json:"integrityPolicy,omitempty"`

	// ConnectionAllowlist is Connection-Allowlist, likewise.
	ConnectionAllowlist string `json:"connectionAllowlist,omitempty"`
}

// A Server has the responses of one URL: the nth preflight or actual request gets
// the nth response of its list, and all further ones the last. Without a list the
// response is a 404. A server of a ws: or wss: URL answers handshakes of
// WebSockets, and no other requests.
type Server struct {
	Preflight []Response `json:"preflight,omitempty"`
	Actual    []Response `json:"actual,omitempty"`

	// AddressSpace is the address space of the server: "public", which is also "",
	// "local" or "loopback". All servers of a port are in one.
	AddressSpace string `json:"addressSpace,omitempty"`
}

// A Response is one response of a server. In header strings the code points U+0000
// to U+00FF stand for bytes.
type Response struct {
	Status  int         `json:"status,omitempty"` // 0 is 200
	Headers [][2]string `json:"headers,omitempty"`
	Body    string      `json:"body,omitempty"`
	Base64  string      `json:"base64,omitempty"` // a body of bytes, instead of Body
	Drop    bool        `json:"drop,omitempty"`   // close the connection instead
}

// A Step is one thing that the page does. Exactly one field is set.
type Step struct {
	Fetch       *Fetch       `json:"fetch,omitempty"`
	WaitMS      *int64       `json:"wait_ms,omitempty"`
	Visit       *string      `json:"visit,omitempty"` // a top-level navigation there and back
	Element     *Element     `json:"element,omitempty"`
	EventSource *EventSource `json:"eventsource,omitempty"`
	Beacon      *Beacon      `json:"beacon,omitempty"`
	WebSocket   *WebSocket   `json:"websocket,omitempty"`
}

// A Fetch is one call of fetch() or one use of XMLHttpRequest. A nil member is one
// that script does not pass.
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

	TargetAddressSpace *string `json:"targetAddressSpace,omitempty"`

	WithCredentials *bool `json:"withCredentials,omitempty"`
	UploadListener  *bool `json:"uploadListener,omitempty"`
}

// A Body is what script passes as the body.
type Body struct {
	Kind string  `json:"kind"` // "text", "urlencoded", "multipart", "blob" or "stream"
	Text string  `json:"text,omitempty"`
	Type *string `json:"type,omitempty"` // of a blob
}

// An inputError is a scenario that breaks the format. Its parts are what errors
// name.
type inputError struct {
	File     string // "" where the reader had no name
	Scenario string // its id, or its number where that is what's wrong
	Key      string // the offending key, as a path; "" where it is none
	Err      error
}

func (e *inputError) Error() string {
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

func (e *inputError) Unwrap() error { return e.Err }

// readScenarios reads an array of scenarios, or one a line.
func readScenarios(name string, r io.Reader) ([]*Scenario, error) {
	return readAll(name, r, func(raw json.RawMessage) (*Scenario, error) {
		s, err := parseScenario(raw)
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
		var input *inputError
		if !errors.As(err, &input) {
			input = &inputError{Err: err}
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
			return fail(len(all)+1, &inputError{Scenario: fmt.Sprintf("%q", id(v)), Key: "id", Err: errors.New("is not unique in its file")})
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

// parseScenario parses one scenario and checks that it keeps the format.
func parseScenario(raw []byte) (*Scenario, error) {
	s := new(Scenario)
	if err := decodeStrict(raw, s); err != nil {
		var named struct{ ID string }
		_ = json.Unmarshal(raw, &named)
		err.Scenario = scenarioName(named.ID)
		return nil, err
	}
	err := s.check()
	if err == nil {
		err = checkMembers(raw)
	}
	if err != nil {
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
func decodeStrict(raw []byte, into any) *inputError {
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	err := in.Decode(into)
	if err == nil {
		if _, err := in.Token(); err != io.EOF {
			return &inputError{Err: errors.New("is not JSON: there is data after the end of the value")}
		}
		return nil
	}
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrongType):
		return &inputError{Key: fmt.Sprintf("%q", wrongType.Field), Err: fmt.Errorf("is a JSON %s, want a %s", wrongType.Value, wrongType.Type)}
	case errors.As(err, &syntax), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &inputError{Err: fmt.Errorf("is not JSON: %w", err)}
	}
	return &inputError{Err: err} // a key that is not known
}

var idPattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// check checks what the types don't say.
func (s *Scenario) check() *inputError {
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
	case "", "unsafe-none", "require-corp", "credentialless":
	default:
		return wrong("page.embedderPolicy", "unknown policy %.80q, want unsafe-none, require-corp or credentialless", s.Page.EmbedderPolicy)
	}
	if err := s.Page.checkHeaders(); err != nil {
		return err
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
		case !u.IsHTTP() && !isWebSocket(u), hasQuery, hasFragment, u.IncludesCredentials():
			return wrong("servers", "%.80q is not an http:, https:, ws: or wss: URL with only scheme, host, port and path", key)
		case !s.carriesID(u):
			return wrong("servers", "%.80q must have the id as its first path segment or as a label of its host", key)
		}
		for _, list := range [][]Response{server.Preflight, server.Actual} {
			for _, r := range list {
				if err := r.check(key, isWebSocket(u)); err != nil {
					return err
				}
			}
		}
		s.servers[u.String()] = &server
	}
	if err := s.checkAddressSpaces(); err != nil {
		return err
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

func wrong(key, format string, args ...any) *inputError {
	return &inputError{Key: key, Err: fmt.Errorf(format, args...)}
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

func (r *Response) check(server string, webSocket bool) *inputError {
	switch {
	case r.Status != 0 && (r.Status < 100 || r.Status > 999):
		return wrong("servers", "%.80q: status %d does not have three digits", server, r.Status)
	case r.Status == http.StatusSwitchingProtocols && !webSocket:
		return wrong("servers", "%.80q: status 101 is only for ws: and wss: URLs", server)
	}
	if _, err := base64.StdEncoding.DecodeString(r.Base64); err != nil {
		return wrong("servers", "%.80q: base64 %.80q: %w", server, r.Base64, err)
	}
	for _, h := range r.Headers {
		for _, part := range h {
			if _, ok := isomorphic.Encode(part); !ok {
				return wrong("servers", "%.80q: header %.80q has a code point above U+00FF", server, part)
			}
		}
	}
	return nil
}

func (f *Fetch) check() *inputError {
	xhr := f.API == "xhr"
	if !xhr && f.API != "" && f.API != "fetch" {
		return wrong("api", "unknown API %.80q, want fetch or xhr", f.API)
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
		{"targetAddressSpace", f.TargetAddressSpace != nil, false},
		{"withCredentials", f.WithCredentials != nil, true},
		{"uploadListener", f.UploadListener != nil, true},
	} {
		if member.given && member.xhr != xhr {
			return wrong(member.key, "is not for api %q", map[bool]string{true: "xhr", false: "fetch"}[xhr])
		}
	}
	if f.Body != nil && f.Body.Kind == "stream" && xhr {
		return wrong("body.kind", "stream is not for api xhr")
	}
	return f.Body.check()
}

func (b *Body) check() *inputError {
	switch {
	case b == nil:
	case !slices.Contains([]string{"text", "urlencoded", "multipart", "blob", "stream"}, b.Kind):
		return wrong("body.kind", "unknown kind %.80q, want text, urlencoded, multipart, blob or stream", b.Kind)
	case b.Type != nil && b.Kind != "blob":
		return wrong("body.type", "is only for kind blob")
	}
	return nil
}
