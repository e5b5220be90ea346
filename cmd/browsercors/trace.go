package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// The steps of a request, as browsercors fetch reports them with -v.

// A stepKind says what happened.
type stepKind string

const (
	stepCookies    stepKind = "cookies"
	stepSetCookie  stepKind = "set-cookie"
	stepChallenge  stepKind = "challenge"
	stepClassified stepKind = "classified"
	stepCache      stepKind = "preflight-cache"
	stepHTTPCache  stepKind = "http-cache"
	stepRequest    stepKind = "request"
	stepResponse   stepKind = "response"
	stepCheck      stepKind = "check"
	stepRedirect   stepKind = "redirect"
	stepUpgrade    stepKind = "upgrade"
	stepPolicy     stepKind = "policy"
	stepFiltered   stepKind = "filtered"
)

// A step is one event of a fetch: a line of the waterfall with the lines below it, or an
// object of the array in JSON.
type step struct {
	Kind      stepKind `json:"step"`
	Title     string   `json:"text"`
	Hop       int      `json:"hop"`
	Preflight bool     `json:"preflight,omitempty"` // the request is a preflight; or: a preflight is needed
	Method    string   `json:"method,omitempty"`
	URL       string   `json:"url,omitempty"`
	Status    int      `json:"status,omitempty"`
	Hit       bool     `json:"hit,omitempty"`    // the preflight, or the response, is cached
	Reason    string   `json:"reason,omitempty"` // why a check failed, or a cookie was refused
	Headers   []field  `json:"headers,omitempty"`
	Details   []field  `json:"details,omitempty"` // inputs of a decision
	Hidden    []string `json:"hidden,omitempty"`  // names of headers that script does not see

	Cookies []cookieStep `json:"cookies,omitempty"` // the cookies of the URL, sent or withheld
}

// A cookieStep says whether a cookie is sent.
type cookieStep struct {
	Name     string `json:"name"`
	Host     string `json:"host"`
	HostOnly bool   `json:"hostOnly"`
	Path     string `json:"path"`
	Sent     bool   `json:"sent"`
	Reason   string `json:"reason,omitempty"` // why not
	Rule     string `json:"rule,omitempty"`   // the same in words
}

// A field is a name and a value: a header, or an input of a decision.
type field struct {
	name, value string
	missing     bool
	text        bool // the value is text and not the bytes of a header
}

// MarshalJSON returns [name, value]. A missing value is null.
func (f field) MarshalJSON() ([]byte, error) {
	switch {
	case f.missing:
		return json.Marshal([2]any{f.name, nil})
	case f.text:
		return json.Marshal([2]string{f.name, text.Redact(f.value)})
	case fold.Equal(f.name, "Location"):
		f.value = text.RedactURL(f.value)
	}
	return json.Marshal([2]string{f.name, text.Redact(isomorphic.Decode(f.value))})
}

// trace returns a trace that calls sink for each step when it happens.
func trace(sink func(step)) *fetch.Trace {
	return &fetch.Trace{
		Classified: func(r fetch.RequestInfo, c safelist.Classification) {
			s := step{Kind: stepClassified, Title: "needs no preflight", Hop: r.Hop, Preflight: c.Preflight, Details: verdicts(c)}
			if c.Preflight {
				s.Title = "needs a preflight: " + cause.PreflightReasons(c.Method, cause.UnsafeNames(&c), c.UsePreflightFlag)
			}
			s.Title = fmt.Sprintf("%s is cross-origin and %s", c.Method, s.Title)
			sink(s)
		},
		Cookies: func(r fetch.RequestInfo, verdicts []credentials.CookieVerdict) {
			s := step{Kind: stepCookies, Hop: r.Hop, Preflight: r.Preflight}
			sent := 0
			for _, v := range verdicts {
				c := cookieStep{
					Name: isomorphic.Decode(v.Cookie.Name), Host: v.Cookie.Host, HostOnly: v.Cookie.HostOnly,
					Path: isomorphic.Decode(v.Cookie.Path), Sent: v.Withheld == "",
				}
				if c.Sent {
					sent++
				} else {
					c.Reason, c.Rule = string(v.Withheld), v.Withheld.Rule()
				}
				s.Cookies = append(s.Cookies, c)
			}
			if sent == 0 && r.Preflight {
				return // preflights never have cookies
			}
			s.Title = fmt.Sprintf("cookies: %d of %d sent", sent, len(verdicts))
			sink(s)
		},
		SetCookie: func(r fetch.RequestInfo, value string, refusal credentials.CookieRefusal) {
			s := step{Kind: stepSetCookie, Hop: r.Hop, Preflight: r.Preflight, Details: []field{{name: "Set-Cookie", value: value}}}
			name, _, _ := strings.Cut(value, ";")
			name, _, _ = strings.Cut(name, "=")
			name = cmp.Or(brief(isomorphic.Decode(strings.Trim(name, " \t"))), "(no name)")
			s.Title = fmt.Sprintf("cookie %s is stored", name)
			if refusal != "" {
				s.Reason = string(refusal)
				s.Title = fmt.Sprintf("cookie %s is refused, %s: %s", name, s.Reason, refusal.Rule())
			}
			sink(s)
		},
		Challenged: func(r fetch.RequestInfo, resp fetch.ResponseInfo, err error) {
			s := step{Kind: stepChallenge, Title: fmt.Sprintf("%d: the browser answers the challenge and sends the request again", resp.Status), Hop: r.Hop, Preflight: r.Preflight, Status: resp.Status}
			if err != nil {
				s.Title = fmt.Sprintf("%d: %s", resp.Status, text.Problem(err))
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
		HTTPCache: func(r fetch.RequestInfo, u fetch.HTTPCacheUse) {
			if u.Did == "miss" && u.Why == "not stored" {
				return // the command begins with an empty cache
			}
			s := step{Kind: stepHTTPCache, Title: "HTTP cache: " + httpCacheUse(&u), Hop: r.Hop, Hit: u.Did == "hit", Reason: u.Why}
			if u.Did == "hit" {
				s.Details = []field{{name: "age", value: u.Age.Truncate(time.Second).String()}, {name: "received", value: u.Response.Stored.UTC().Format(time.RFC3339)}}
				s.Method, s.URL, s.Status = r.Method, r.URL, u.Response.Status
				s.Headers = fields(u.Response.Headers, true)
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
		Checked: func(c string, r fetch.RequestInfo, resp fetch.ResponseInfo, refusal *fetch.Error) {
			s := step{Kind: stepCheck, Title: string(c) + " passes", Hop: r.Hop, Details: inputs(c, r, resp)}
			if refusal != nil {
				s.Reason = refusal.Reason.String()
				s.Title = fmt.Sprintf("%s fails, %s: %s", c, s.Reason, refusal.Reason.Rule())
			}
			sink(s)
		},
		Upgraded: func(r fetch.RequestInfo, from, why string) {
			sink(step{Kind: stepUpgrade, Title: "http: becomes https: (" + why + ")", Hop: r.Hop, Method: r.Method, URL: r.URL, Reason: why,
				Details: []field{{name: "from", value: from}, {name: "to", value: r.URL}}})
		},
		Violated: func(r fetch.RequestInfo, v fetch.PolicyViolation) {
			s := step{Kind: stepPolicy, Title: "the page's " + v.Header + " does not allow it", Hop: r.Hop, Method: r.Method, URL: r.URL, Details: []field{{name: "policy", value: v.Policy}}}
			if v.ReportOnly {
				s.Title = "the page's " + v.Header + "-Report-Only would not allow it"
			}
			if v.Directive != "" {
				s.Details = append(s.Details, field{name: "directive", value: strings.TrimSpace(v.Directive + " " + v.Sources)})
			}
			if v.Ignored > 0 {
				s.Details = append(s.Details, field{name: "ignored", value: fmt.Sprintf("%d patterns, since there are too many", v.Ignored), text: true})
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
		Filtered: func(r fetch.RequestInfo, as string, hidden []string) {
			hidden = slices.Sorted(slices.Values(hidden))
			s := step{Kind: stepFiltered, Title: fmt.Sprintf("script gets a response of type %q", as), Hop: r.Hop, Hidden: hidden}
			if len(hidden) > 0 {
				s.Details = []field{{name: "hidden headers", value: strings.Join(hidden, ", ")}}
			}
			sink(s)
		},
	}
}

// verdicts say why a request needs a preflight or not, header by header.
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

// cacheAnswer describes a lookup in the preflight cache.
func cacheAnswer(r fetch.RequestInfo, m preflightcache.Match) string {
	switch {
	case m.OK:
		return "allowed before, no preflight is sent"
	case !m.Method:
		return "no entry allows " + r.Method
	}
	return "no entry allows the header " + m.Header
}

// httpCacheUse describes what the HTTP cache does for a request.
func httpCacheUse(u *fetch.HTTPCacheUse) string {
	switch u.Did {
	case "hit":
		return fmt.Sprintf("the response is stored (%s), nothing is sent: %d %s", u.Why, u.Response.Status, u.Response.StatusText)
	case "miss":
		return "no stored response answers it (" + u.Why + ")"
	case "revalidate":
		return "the stored response has to be revalidated (" + u.Why + ")"
	case "revalidated":
		return "304: the stored response still holds"
	case "store":
		return "the response is stored while it is read"
	case "not stored":
		return "the response is not stored (" + u.Why + ")"
	}
	return "what is stored under this URL is removed (" + u.Why + ")"
}

// inputs are the values that a check depends on.
func inputs(c string, r fetch.RequestInfo, resp fetch.ResponseInfo) []field {
	get := func(name string) field {
		value, ok := resp.Headers.Get(name)
		return field{name: name, value: value, missing: !ok}
	}
	var all []field
	switch c {
	case "CORS check", "preflight check":
		all = append(all,
			field{name: "request's origin", value: r.Origin},
			field{name: "credentials mode", value: r.Credentials.String()},
			get("Access-Control-Allow-Origin"))
		if allow := get("Access-Control-Allow-Credentials"); !allow.missing || r.Credentials == "include" {
			all = append(all, allow)
		}
	case "cross-origin resource policy check":
		all = append(all, field{name: "page's origin", value: r.Page}, get("Cross-Origin-Resource-Policy"))
	}
	if c == "preflight check" {
		all = append(all,
			field{name: "status", value: strconv.Itoa(resp.Status)},
			get("Access-Control-Allow-Methods"),
			get("Access-Control-Allow-Headers"),
			get("Access-Control-Max-Age"))
	}
	return all
}

// fields converts a header list. Received headers are sorted by name, because net/http
// does not keep their order.
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
