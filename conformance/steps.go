package conformance

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/origin"
)

// An Element is one element, style sheet, font or worker that the page makes. It
// has the attributes that are given, as they are; a nil member is an attribute
// that it does not have. Which attributes an element takes depends on its kind.
type Element struct {
	Kind           string  `json:"kind"`
	URL            string  `json:"url"`
	CrossOrigin    *string `json:"crossorigin,omitempty"`
	Integrity      *string `json:"integrity,omitempty"`
	ReferrerPolicy *string `json:"referrerpolicy,omitempty"`
	As             *string `json:"as,omitempty"`
	Type           *string `json:"type,omitempty"` // of a worker: the constructor's option
}

// An EventSource is one use of new EventSource(). It is closed after so many
// messages.
type EventSource struct {
	URL             string `json:"url"`
	WithCredentials bool   `json:"withCredentials,omitempty"`
	Messages        *int   `json:"messages,omitempty"` // nil is 1
}

// A Beacon is one call of navigator.sendBeacon().
type Beacon struct {
	URL  string `json:"url"`
	Body *Body  `json:"body,omitempty"`
}

// A WebSocket is one use of new WebSocket(). It is closed as soon as it is open.
type WebSocket struct {
	URL       string   `json:"url"`
	Protocols []string `json:"protocols,omitempty"`
}

// elementMembers are the attributes that a kind of element takes, by their keys.
var elementMembers = map[string][]string{
	"img":           {"crossorigin", "referrerpolicy"},
	"script":        {"crossorigin", "integrity", "referrerpolicy"},
	"module":        {"crossorigin", "integrity", "referrerpolicy"},
	"style":         {"crossorigin", "integrity", "referrerpolicy"},
	"font":          {},
	"audio":         {"crossorigin"},
	"video":         {"crossorigin"},
	"track":         {"crossorigin"},
	"preload":       {"crossorigin", "integrity", "referrerpolicy", "as", "type"},
	"modulepreload": {"crossorigin", "integrity", "referrerpolicy", "as"},
	"iframe":        {"referrerpolicy"},
	"worker":        {"type"},
	"css-image":     {},
	"css-mask":      {},
}

// elementKinds are the kinds in the order of SCENARIOS.md.
var elementKinds = []string{
	"img", "script", "module", "style", "font", "audio", "video", "track", "preload", "modulepreload", "iframe", "worker", "css-image", "css-mask",
}

// hasOutcome tells whether script learns something of the step, which an outcome
// then has an entry for.
func (s *Step) hasOutcome() bool { return s.WaitMS == nil && s.Visit == nil }

// secondPart tells whether the scenario has something that a page does besides
// fetch() and XMLHttpRequest, or a Content-Security-Policy or a Referrer-Policy. A
// browser plays the steps of such a scenario in a frame that has the page's
// policies to itself.
func (s *Scenario) secondPart() bool {
	return s.Page.CSP != "" || s.Page.IntegrityPolicy != "" || s.Page.ConnectionAllowlist != "" || s.Page.ReferrerPolicy != "" || slices.ContainsFunc(s.Steps, func(step Step) bool { return step.hasOutcome() && step.Fetch == nil })
}

// url is the URL that script gives to a step, nil if there is none.
func (s *Step) url() *string {
	switch {
	case s.Fetch != nil:
		return &s.Fetch.URL
	case s.Visit != nil:
		return s.Visit
	case s.Element != nil:
		return &s.Element.URL
	case s.EventSource != nil:
		return &s.EventSource.URL
	case s.Beacon != nil:
		return &s.Beacon.URL
	case s.WebSocket != nil:
		return &s.WebSocket.URL
	}
	return nil
}

func (s *Step) check() *inputError {
	given := 0
	for _, is := range []bool{s.Fetch != nil, s.WaitMS != nil, s.Visit != nil, s.Element != nil, s.EventSource != nil, s.Beacon != nil, s.WebSocket != nil} {
		if is {
			given++
		}
	}
	if given != 1 {
		return wrong("", "must have exactly one of fetch, wait_ms, visit, element, eventsource, beacon and websocket")
	}
	var key string
	var err *inputError
	switch {
	case s.WaitMS != nil && *s.WaitMS < 0:
		return wrong(".wait_ms", "%d is negative", *s.WaitMS)
	case s.Visit != nil:
		if _, err := origin.ParseURL(*s.Visit); err != nil {
			return wrong(".visit", "%w", err)
		}
	case s.Fetch != nil:
		key, err = "fetch", s.Fetch.check()
	case s.Element != nil:
		key, err = "element", s.Element.check()
	case s.EventSource != nil:
		if n := s.EventSource.Messages; n != nil && *n < 1 {
			return wrong(".eventsource.messages", "%d is not positive", *n)
		}
	case s.Beacon != nil:
		key, err = "beacon", s.Beacon.Body.check()
	}
	if err != nil {
		err.Key = "." + key + "." + err.Key
	}
	return err
}

func (e *Element) check() *inputError {
	takes, ok := elementMembers[e.Kind]
	if !ok {
		return wrong("kind", "unknown kind %.80q, want one of %s", e.Kind, strings.Join(elementKinds, ", "))
	}
	for _, member := range []struct {
		key   string
		given *string
	}{{"crossorigin", e.CrossOrigin}, {"integrity", e.Integrity}, {"referrerpolicy", e.ReferrerPolicy}, {"as", e.As}, {"type", e.Type}} {
		if member.given != nil && !slices.Contains(takes, member.key) {
			return wrong(member.key, "is not for kind %q", e.Kind)
		}
	}
	return nil
}

// checkHeaders checks what is sent as a header of the page.
func (p *Page) checkHeaders() *inputError {
	for _, h := range [][2]string{{"page.csp", p.CSP}, {"page.referrerPolicy", p.ReferrerPolicy}, {"page.integrityPolicy", p.IntegrityPolicy}, {"page.connectionAllowlist", p.ConnectionAllowlist}} {
		if i := strings.IndexFunc(h[1], func(r rune) bool { return r < 0x20 || r > 0x7e }); i >= 0 {
			return wrong(h[0], "%.80q is not printable ASCII", h[1])
		}
	}
	if p.CSP != "" && p.Sandboxed {
		return wrong("page.csp", "is not for a sandboxed page")
	}
	if p.IntegrityPolicy != "" && p.Sandboxed {
		return wrong("page.integrityPolicy", "is not for a sandboxed page")
	}
	if p.ConnectionAllowlist != "" && p.Sandboxed {
		return wrong("page.connectionAllowlist", "is not for a sandboxed page")
	}
	for directive := range strings.FieldsFuncSeq(p.CSP, func(r rune) bool { return r == ',' || r == ';' }) {
		name, _, _ := strings.Cut(strings.TrimLeft(directive, " "), " ")
		switch strings.ToLower(name) {
		case "sandbox", "frame-ancestors":
			return wrong("page.csp", "directive %.80q is not allowed", name)
		}
	}
	return nil
}

// checkMembers checks which members the objects of a scenario have, where the
// decoded values don't tell: a step has a URL, and a response one body.
func checkMembers(raw []byte) *inputError {
	var s struct {
		Servers map[string]struct{ Preflight, Actual []map[string]json.RawMessage }
		Steps   []map[string]json.RawMessage
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return &inputError{Err: fmt.Errorf("is not JSON: %w", err)}
	}
	for url, server := range s.Servers {
		for _, list := range [...][]map[string]json.RawMessage{server.Preflight, server.Actual} {
			for _, r := range list {
				if r["body"] != nil && r["base64"] != nil {
					return wrong("servers", "%.80q: a response has both body and base64", url)
				}
			}
		}
	}
	for i, step := range s.Steps {
		for kind, value := range step {
			var members map[string]json.RawMessage
			if len(value) == 0 || value[0] != '{' || json.Unmarshal(value, &members) != nil {
				continue
			}
			if url := members["url"]; url == nil || bytes.Equal(url, []byte("null")) {
				return &inputError{Key: fmt.Sprintf("steps[%d].%s.url", i, kind), Err: errors.New("is missing")}
			}
		}
	}
	return nil
}

// isWebSocket tells whether a URL is that of a WebSocket.
func isWebSocket(u *origin.URL) bool { return u.Scheme() == "ws" || u.Scheme() == "wss" }

// Bytes is the body, in bytes.
func (r *Response) Bytes() []byte {
	if r.Base64 == "" {
		return []byte(r.Body)
	}
	body, _ := base64.StdEncoding.DecodeString(r.Base64) // which was checked
	return body
}
