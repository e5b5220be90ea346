package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// A stepKind says what happened.
type stepKind string

const (
	stepCookies    stepKind = "cookies"
	stepSetCookie  stepKind = "set-cookie"
	stepChallenge  stepKind = "challenge"
	stepClassified stepKind = "classified"
	stepCache      stepKind = "preflight-cache"
	stepRequest    stepKind = "request"
	stepResponse   stepKind = "response"
	stepCheck      stepKind = "check"
	stepRedirect   stepKind = "redirect"
	stepFiltered   stepKind = "filtered"
)

// A step is one thing that happened on a request's way: a line of the
// waterfall with those below it, or an object of its array in JSON.
type step struct {
	Kind      stepKind `json:"step"`
	Title     string   `json:"text"`
	Hop       int      `json:"hop"`
	Preflight bool     `json:"preflight,omitempty"` // of a request; that one is needed
	Method    string   `json:"method,omitempty"`
	URL       string   `json:"url,omitempty"`
	Status    int      `json:"status,omitempty"`
	Hit       bool     `json:"hit,omitempty"`    // the preflight cache spares the preflight
	Reason    string   `json:"reason,omitempty"` // why a check failed, or a cookie was refused
	Headers   []field  `json:"headers,omitempty"`
	Details   []field  `json:"details,omitempty"` // what a decision was made of
	Hidden    []string `json:"hidden,omitempty"`  // names of headers that script does not see

	Cookies []cookieStep `json:"cookies,omitempty"` // that the request might have got
}

// A cookieStep is whether a cookie is sent.
type cookieStep struct {
	Name     string `json:"name"`
	Host     string `json:"host"`
	HostOnly bool   `json:"hostOnly"`
	Path     string `json:"path"`
	Sent     bool   `json:"sent"`
	Reason   string `json:"reason,omitempty"` // why not
	Rule     string `json:"rule,omitempty"`   // the same in words
}

// A field is a name and a value, of a header or of what a decision was made of.
type field struct {
	name, value string
	missing     bool
	text        bool // the value is text and not the bytes of a header
}

// MarshalJSON is [name, value], with null where there is none.
func (f field) MarshalJSON() ([]byte, error) {
	switch {
	case f.missing:
		return json.Marshal([2]any{f.name, nil})
	case f.text:
		return json.Marshal([2]string{f.name, text.Redact(f.value)})
	case safelist.EqualFold(f.name, "Location"):
		f.value = text.RedactURL(f.value)
	}
	return json.Marshal([2]string{f.name, text.Redact(safelist.IsomorphicDecode(f.value))})
}

// trace is a trace that tells sink of each step as it happens.
func trace(sink func(step)) *fetch.Trace {
	return &fetch.Trace{
		Classified: func(r fetch.RequestInfo, c safelist.Classification) {
			s := step{Kind: stepClassified, Title: "needs no preflight", Hop: r.Hop, Preflight: c.Preflight, Details: verdicts(c)}
			if c.Preflight {
				s.Title = "needs a preflight"
			}
			s.Title = fmt.Sprintf("%s is cross-origin and %s", c.Method, s.Title)
			sink(s)
		},
		Cookies: func(r fetch.RequestInfo, verdicts []credentials.CookieVerdict) {
			s := step{Kind: stepCookies, Hop: r.Hop, Preflight: r.Preflight}
			sent := 0
			for _, v := range verdicts {
				c := cookieStep{
					Name: safelist.IsomorphicDecode(v.Cookie.Name), Host: v.Cookie.Host, HostOnly: v.Cookie.HostOnly,
					Path: safelist.IsomorphicDecode(v.Cookie.Path), Sent: v.Withheld == credentials.CookieSent,
				}
				if c.Sent {
					sent++
				} else {
					c.Reason, c.Rule = v.Withheld.String(), v.Withheld.Rule()
				}
				s.Cookies = append(s.Cookies, c)
			}
			if sent == 0 && r.Preflight {
				return // they have none, ever
			}
			s.Title = fmt.Sprintf("cookies: %d of %d sent", sent, len(verdicts))
			sink(s)
		},
		SetCookie: func(r fetch.RequestInfo, value string, refusal credentials.CookieRefusal) {
			s := step{Kind: stepSetCookie, Hop: r.Hop, Preflight: r.Preflight, Details: []field{{name: "Set-Cookie", value: value}}}
			name, _, _ := strings.Cut(value, ";")
			name, _, _ = strings.Cut(name, "=")
			name = cmp.Or(brief(safelist.IsomorphicDecode(strings.Trim(name, " \t"))), "(no name)")
			s.Title = fmt.Sprintf("cookie %s is stored", name)
			if refusal != credentials.CookieAccepted {
				s.Reason = refusal.String()
				s.Title = fmt.Sprintf("cookie %s is refused, %s: %s", name, s.Reason, refusal.Rule())
			}
			sink(s)
		},
		Challenged: func(r fetch.RequestInfo, resp fetch.ResponseInfo, err error) {
			s := step{Kind: stepChallenge, Title: fmt.Sprintf("%d: the browser answers the challenge and sends the request again", resp.Status), Hop: r.Hop, Preflight: r.Preflight, Status: resp.Status}
			if err != nil {
				s.Title = fmt.Sprintf("%d: %s", resp.Status, strings.TrimPrefix(err.Error(), "credentials: "))
			}
			sink(s)
		},
		PreflightCache: func(r fetch.RequestInfo, m preflightcache.Match) {
			s := step{Kind: stepCache, Title: "preflight cache: " + cacheAnswer(r, m), Hop: r.Hop, Hit: m.OK}
			if m.OK {
				s.Details = []field{{name: "stored", value: m.Age.Truncate(time.Second).String() + " ago"}}
			}
			sink(s)
		},
		Sending: func(r fetch.RequestInfo) {
			sink(step{Kind: stepRequest, Title: r.Method + " " + r.URL, Hop: r.Hop, Preflight: r.Preflight,
				Method: r.Method, URL: r.URL, Headers: fields(r.Headers, false)})
		},
		Received: func(r fetch.RequestInfo, resp fetch.ResponseInfo) {
			sink(step{Kind: stepResponse, Title: strings.TrimSpace(strconv.Itoa(resp.Status) + " " + resp.StatusText),
				Hop: r.Hop, Preflight: r.Preflight, URL: r.URL, Status: resp.Status, Headers: fields(resp.Headers, true)})
		},
		Checked: func(c fetch.Check, r fetch.RequestInfo, resp fetch.ResponseInfo, refusal *fetch.Error) {
			s := step{Kind: stepCheck, Title: string(c) + " passes", Hop: r.Hop, Details: inputs(c, r, resp)}
			if refusal != nil {
				s.Reason = refusal.Reason.String()
				s.Title = fmt.Sprintf("%s fails, %s: %s", c, s.Reason, refusal.Reason.Rule())
			}
			sink(s)
		},
		Redirected: func(r fetch.RequestInfo, status int, crossOrigin bool) {
			where := "same-origin"
			if crossOrigin {
				where = "cross-origin"
			}
			sink(step{Kind: stepRedirect, Title: fmt.Sprintf("redirect %d is followed, %s", status, where), Hop: r.Hop,
				Status: status, Method: r.Method, URL: r.URL,
				Details: []field{{name: "to", value: r.URL}, {name: "method", value: r.Method}, {name: "Origin", value: r.Origin}}})
		},
		Filtered: func(r fetch.RequestInfo, as fetch.ResponseType, hidden []string) {
			hidden = slices.Sorted(slices.Values(hidden))
			s := step{Kind: stepFiltered, Title: fmt.Sprintf("script gets a response of type %q", as), Hop: r.Hop, Hidden: hidden}
			if len(hidden) > 0 {
				s.Details = []field{{name: "hidden headers", value: strings.Join(hidden, ", ")}}
			}
			sink(s)
		},
	}
}

// verdicts say what of a request makes it simple or not, header by header.
func verdicts(c safelist.Classification) []field {
	var all []field
	if c.UsePreflightFlag {
		all = append(all, field{name: "request", value: "has an upload listener or a streaming body"})
	}
	method := field{name: "method " + c.Method, value: "CORS-safelisted"}
	if !c.MethodSafelisted {
		method.value = "not GET, HEAD or POST"
	}
	all = append(all, method)
	for _, h := range c.Headers {
		all = append(all, field{name: "header " + h.Name, value: h.Detail(), text: true})
	}
	return all
}

// cacheAnswer says what the preflight cache knows.
func cacheAnswer(r fetch.RequestInfo, m preflightcache.Match) string {
	switch {
	case m.OK:
		return "allowed before, no preflight is sent"
	case !m.Method:
		return "no entry allows " + r.Method
	}
	return "no entry allows the header " + m.Header
}

// inputs are what a check looks at.
func inputs(c fetch.Check, r fetch.RequestInfo, resp fetch.ResponseInfo) []field {
	get := func(name string) field {
		value, ok := resp.Headers.Get(name)
		return field{name: name, value: value, missing: !ok}
	}
	var all []field
	switch c {
	case fetch.CheckCORS, fetch.CheckPreflight:
		all = append(all,
			field{name: "request's origin", value: r.Origin},
			field{name: "credentials mode", value: r.Credentials.String()},
			get("Access-Control-Allow-Origin"))
		if allow := get("Access-Control-Allow-Credentials"); !allow.missing || r.Credentials == "include" {
			all = append(all, allow)
		}
	case fetch.CheckPolicy:
		all = append(all, field{name: "page's origin", value: r.Page}, get("Cross-Origin-Resource-Policy"))
	}
	if c == fetch.CheckPreflight {
		all = append(all,
			field{name: "status", value: strconv.Itoa(resp.Status)},
			get("Access-Control-Allow-Methods"),
			get("Access-Control-Allow-Headers"),
			get("Access-Control-Max-Age"))
	}
	return all
}

// fields are a header list for print. Received headers are sorted by name,
// since net/http gives them in no order.
func fields(list safelist.HeaderList, sorted bool) []field {
	all := make([]field, len(list))
	for i, h := range list {
		all[i] = field{name: h.Name, value: h.Value}
	}
	if sorted {
		slices.SortStableFunc(all, func(a, b field) int { return strings.Compare(a.name, b.name) })
	}
	return all
}

// matters tells whether a header has to do with what browser and server decide.
func matters(f field, received bool) bool {
	name := strings.ToLower(f.name)
	if !received {
		switch name {
		case "user-agent", "accept-encoding", "content-length":
			return false
		case "accept":
			return f.value != "*/*"
		}
		return true // script's own, and what tells the server who asks
	}
	switch name {
	case "cache-control", "content-encoding", "content-type", "location", "referrer-policy", "set-cookie",
		"timing-allow-origin", "vary", "www-authenticate", "x-content-type-options":
		return true
	}
	return strings.HasPrefix(name, "access-control-") || strings.HasPrefix(name, "cross-origin-")
}

// A waterfall prints steps.
type waterfall struct {
	w      io.Writer
	paint  painter
	indent string

	// shows tells whether a header is printed; received is on a response.
	shows func(f field, received bool) bool
}

// print prints a step, in the manner of curl: ">" is sent, "<" received, "*"
// decided.
func (p *waterfall) print(s step) {
	switch s.Kind {
	case stepRequest:
		p.message("> ", s, p.paint.cyan)
	case stepResponse:
		if s.Status >= 400 {
			p.message("< ", s, p.paint.yellow)
		} else {
			p.message("< ", s, p.paint.cyan)
		}
	default:
		p.decision(s)
	}
}

// message prints a request or response, with its headers below it.
func (p *waterfall) message(mark string, s step, color func(string) string) {
	p.line(color(mark + text.Clean(s.Title)))
	for _, f := range s.Headers {
		if p.shows(f, s.Kind == stepResponse) {
			p.line(mark + "  " + p.paint.dim(text.Clean(f.name)+": ") + text.Clean(f.value))
		}
	}
}

// decision prints what the browser decided, and of what.
func (p *waterfall) decision(s step) {
	color := p.paint.dim
	switch {
	case s.Reason != "":
		color = p.paint.red
	case s.Kind == stepCheck, s.Hit:
		color = p.paint.green
	}
	p.line("* " + color(text.Clean(s.Title)))
	details := s.Details
	if s.Kind == stepSetCookie {
		details = nil // the header is above
	}
	for _, c := range s.Cookies {
		value := "sent"
		if !c.Sent {
			value = "withheld, " + c.Reason + ": " + c.Rule
		}
		host := c.Host
		if !c.HostOnly {
			host = "." + host
		}
		details = append(details, field{name: cmp.Or(brief(c.Name), "(no name)") + " of " + host + brief(c.Path), value: value, text: true})
	}
	width := 0
	for _, f := range details {
		width = max(width, utf8.RuneCountInString(text.Clean(f.name)))
	}
	for _, f := range details {
		value := text.Clean(f.value)
		if f.missing {
			value = p.paint.dim("(missing)")
		}
		p.line("*   " + p.paint.dim(pad(text.Clean(f.name), width)) + "  " + value)
	}
}

func (p *waterfall) line(text string) { fmt.Fprintln(p.w, p.indent+text) }
