package paste

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A play is the request of a paste, made in each browser.
type play struct {
	*Paste
	page    *origin.URL // nil: opaque
	schemes *origin.Schemes
	request fetch.Request
	assumed []string // what the text does not tell and was assumed, in words
}

// assumedURL and the host of assumedPage stand for what a text does not tell.
const (
	assumedURL  = "https://api.example/"
	assumedPage = "app.example"
)

// newPlay completes the request with what has to be assumed.
func (p *Paste) newPlay() (*play, error) {
	pl := &play{Paste: p, request: p.Request}
	q := &pl.request
	if q.URL == "" {
		q.URL = assumedURL
		pl.assume("the URL; %s is assumed", assumedURL)
	}
	target, err := origin.ParseURL(q.URL)
	if err != nil {
		return nil, fmt.Errorf("the request's URL: %s", text.Problem(err))
	}
	page := p.Page
	if page == "" {
		for _, a := range p.Answers {
			named, _ := a.Headers.Get("Access-Control-Allow-Origin")
			if o, err := customscheme.Parse(named); err == nil && !o.IsOpaque() && o.String() == named {
				page = named
				pl.assume("the page's origin; %s is assumed, which the response names", named)
				break
			}
		}
	}
	if page == "" {
		page = "https://" + assumedPage
		if target.Scheme() == "http" {
			page = "http://" + assumedPage
		}
		pl.assume("the page's origin; %s is assumed", page)
	}
	if page != "null" {
		if pl.page, err = origin.ParseURL(page); err != nil {
			return nil, fmt.Errorf("the page: %s", text.Problem(err))
		}
		if scheme := pl.page.Scheme(); pl.page.Origin().IsOpaque() && pl.page.Host() != "" {
			if pl.schemes, err = origin.NewSchemes(scheme); err != nil {
				return nil, fmt.Errorf("the page: %s", text.Problem(err))
			}
			if pl.page, err = pl.schemes.ParseURL(page, nil); err != nil {
				return nil, fmt.Errorf("the page: %s", text.Problem(err))
			}
		}
	}
	if p.guessed && q.Method == "" && q.Body == nil {
		pl.assume("the method; GET is assumed")
	}
	return pl, nil
}

func (pl *play) assume(format string, args ...any) {
	pl.assumed = append(pl.assumed, fmt.Sprintf(format, args...))
}

// origin is the page's, serialized.
func (pl *play) origin() string {
	if pl.page == nil {
		return "null"
	}
	return pl.page.Origin().String()
}

// sameOrigin tells whether the page asks its own origin.
func (pl *play) sameOrigin() bool {
	target, err := pl.schemes.ParseURL(pl.request.URL, nil)
	return err == nil && pl.page != nil && target.Origin().SameOrigin(pl.page.Origin())
}

// An outcome is what became of the request in a browser.
type outcome struct {
	profile string
	ruling  string
	refusal *fetch.Error
	body    []byte // the beginning of that of the refused response
	missing string // what the ruling depends on, if it is unknown
	unasked bool   // the text does not tell whether the server was asked with an Origin header
}

// withOrigin is what a ruling depends on if curl sent no Origin.
const withOrigin = "the response to a request with an Origin header"

// run makes the request in each browser.
func (pl *play) run(ctx context.Context) ([]outcome, error) {
	var all []outcome
	for _, p := range engine.Profiles() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		o, err := pl.in(ctx, p)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// in makes the request in one browser.
func (pl *play) in(ctx context.Context, p *fetch.Profile) (outcome, error) {
	o := outcome{profile: p.Name}
	over := &pasted{play: pl}
	agent, err := fetch.NewAgent(&fetch.Options{Profile: p, Transport: over, DisableCookies: true, Schemes: pl.schemes})
	if err != nil {
		return o, err
	}
	at := fetch.EnvironmentOptions{URL: "https://sandboxed.invalid/", Sandboxed: pl.page == nil}
	if pl.page != nil {
		at.URL = pl.page.String()
	}
	page, err := agent.Environment(&at)
	if err != nil {
		return o, err
	}
	request := pl.request
	resp, err := page.Fetch(ctx, &request)
	switch {
	case err == nil:
		resp.Body.Close()
		if o.ruling = allowed; over.preflightMissing {
			o.ruling, o.missing = unknown, "the response to the preflight"
		}
		return o, nil
	case ctx.Err() != nil:
		return o, ctx.Err()
	}
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok {
		return o, err
	}
	o.ruling, o.refusal, o.body = refused, refusal, []byte(over.body)
	if over.preflightMissing { // that it allowed the request is no evidence
		unproved := *refusal
		unproved.Preflight = nil
		o.refusal = &unproved
	}
	switch {
	case errors.Is(err, errNotPasted):
		o.ruling, o.refusal, o.missing = unknown, nil, over.missing
	case refusal.Reason == fetch.MissingAllowOrigin && over.last != nil && over.last.Sent != nil && !over.last.Sent.Contains("Origin"):
		o.ruling, o.refusal, o.missing = unknown, nil, withOrigin
	case refusal.Reason == fetch.MissingAllowOrigin && over.last != nil && over.last.Sent == nil:
		o.unasked = true
	}
	return o, nil
}

// errNotPasted is the answer to a request whose answer is not in the text.
var errNotPasted = errors.New("the text has no response to that")

// pasted is the network on which servers answer as the text has it.
type pasted struct {
	*play
	given            []*Answer // to requests that are not preflights
	last             *Answer
	body             string
	missing          string
	preflightMissing bool
}

// RoundTrip answers from the text.
func (t *pasted) RoundTrip(_ context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	if r.Preflight {
		method, _ := r.Headers.Get("Access-Control-Request-Method")
		a := t.best(func(a *Answer) int {
			if !a.Preflight || t.last != nil && !sameURL(a.URL, r.URL) {
				return 0
			}
			score := 1
			if sameURL(a.URL, r.URL) {
				score += 4
			}
			if a.Sent != nil {
				switch asked, ok := a.Sent.Get("Access-Control-Request-Method"); {
				case asked == method:
					score += 2
				case ok:
					score++
				}
			}
			return score
		})
		if a != nil {
			return t.answer(a), nil
		}
		if !slices.ContainsFunc(t.Answers, func(a Answer) bool { return !a.Preflight }) {
			t.missing = "the response to the preflight"
			return nil, errNotPasted
		}
		t.preflightMissing = true
		return allowing(r), nil
	}
	redirected := t.last != nil && !t.last.Preflight
	a := t.best(func(a *Answer) int {
		if a.Preflight || slices.Contains(t.given, a) || redirected && !sameURL(a.URL, r.URL) {
			return 0
		}
		score := 1
		if sameURL(a.URL, r.URL) {
			score += 4
		}
		if a.Sent == nil || a.Sent.Contains("Origin") { // many servers answer otherwise without
			score += 2
		}
		return score
	})
	if a != nil {
		t.given = append(t.given, a)
		return t.answer(a), nil
	}
	t.missing = "the response to the " + text.Clean(r.Method) + " request itself"
	if redirected {
		t.missing = "the response of " + text.Clean(r.URL.WithoutFragment()) + ", where the redirect leads"
	}
	return nil, errNotPasted
}

// best is the first of the answers with the highest score, nil if all have 0.
func (t *pasted) best(score func(*Answer) int) *Answer {
	var found *Answer
	most := 0
	for i := range t.Answers {
		if n := score(&t.Answers[i]); n > most {
			found, most = &t.Answers[i], n
		}
	}
	return found
}

// sameURL tells whether an answer is that of a URL, as far as the text tells.
func sameURL(s string, u *origin.URL) bool {
	if s == "" {
		return true
	}
	parsed, err := origin.ParseURL(s)
	return err == nil && parsed.WithoutFragment() == u.WithoutFragment()
}

// allowing is the answer to a preflight that allows what it asks for.
func allowing(r *fetch.NetworkRequest) *fetch.NetworkResponse {
	resp := &fetch.NetworkResponse{Status: 204}
	for _, pair := range [][2]string{
		{"Origin", "Access-Control-Allow-Origin"},
		{"Access-Control-Request-Method", "Access-Control-Allow-Methods"},
		{"Access-Control-Request-Headers", "Access-Control-Allow-Headers"},
	} {
		if value, ok := r.Headers.Get(pair[0]); ok {
			resp.Headers.Append(pair[1], value)
		}
	}
	resp.Headers.Append("Access-Control-Allow-Credentials", "true")
	return resp
}

// answer is an answer without what describes a body that is not there.
func (t *pasted) answer(a *Answer) *fetch.NetworkResponse {
	t.last, t.body = a, a.Body
	resp := &fetch.NetworkResponse{Status: a.Status, StatusText: a.StatusText, Body: io.NopCloser(strings.NewReader(""))}
	if resp.Status == 0 {
		resp.Status = 200
	}
	if !grammar.IsHeaderValue(resp.StatusText) {
		resp.StatusText = ""
	}
	for _, h := range a.Headers {
		switch fold.Lower(h.Name) {
		case "content-length", "content-encoding", "transfer-encoding", "set-cookie":
			continue
		}
		resp.Headers = append(resp.Headers, h)
	}
	return resp
}

// needed are the headers that the server has to send for the request: in the response
// to its preflight, if it needs one.
func (pl *play) needed(preflight bool) (headers [][2]string, advice *fetch.Advice) {
	e := pl.refusalOf(&engine.Printed{Reasons: []fetch.Reason{fetch.MissingAllowOrigin}, Preflight: preflight})
	x := e.ExplainWith(&fetch.Evidence{Server: pl.Server})
	for _, h := range x.Headers {
		headers = append(headers, [2]string{h.Name, h.Value})
	}
	return headers, x.Advice
}

// refusalOf is the refusal that a console line is about.
func (pl *play) refusalOf(printed *engine.Printed) *fetch.Error {
	words, q := printed.Words, &pl.request
	reason := reasonOf(printed)
	e := &fetch.Error{Reason: reason, Stage: "actual", Value: words["value"], Header: headerOf[reason]}
	e.Request = fetch.RequestInfo{
		API: q.API, Method: safelist.NormalizeMethod(q.Method), URL: q.URL, FirstURL: q.URL,
		Page: pl.origin(), Origin: pl.origin(), Mode: fetch.CORS, Credentials: q.Credentials, Headers: q.Headers, Tainting: "cors",
	}
	if e.Request.Method == "" {
		e.Request.Method = "GET"
	}
	if url := words["url"]; url != "" {
		e.Request.URL, e.Request.FirstURL = text.RedactURL(url), text.RedactURL(url)
	}
	if first := words["first"]; first != "" {
		e.Request.FirstURL, e.Request.Hop = text.RedactURL(first), 1
	}
	if words["origin"] == "null" && pl.page != nil {
		e.Request.Origin, e.Request.Hop = "null", 1
	}
	switch {
	case printed.Preflight:
		e.Stage = "preflight"
	case slices.Contains([]fetch.Reason{fetch.MixedContent, fetch.BadPort, fetch.CORSDisabledScheme, fetch.UnsupportedScheme, fetch.DisallowedByMode}, reason):
		e.Stage = "before"
	}
	switch reason {
	case fetch.MethodDisallowed:
		e.Detail = words["method"]
		if e.Detail != "" {
			e.Request.Method = e.Detail
		}
	case fetch.HeaderDisallowed:
		if e.Detail = words["name"]; e.Detail == "" {
			e.Detail = words["lowername"]
		}
	case fetch.AuthorizationNotListed:
		e.Detail = "authorization"
	case fetch.WildcardOriginNotAllowed, fetch.InvalidAllowCredentials:
		e.Request.Credentials = credentials.Include
	}
	if e.Value == "(null)" {
		e.Value = ""
	}
	status, err := strconv.Atoi(words["status"])
	if err != nil && (e.Value != "" || reason == fetch.HeaderDisallowed) {
		status = 200 // the value, or the header's name, tells the cause, whatever the status was
	}
	if status >= 100 && status <= 999 {
		e.Response = &fetch.ResponseInfo{Status: status}
		if location := words["location"]; location != "" {
			e.Response.Headers.Append("Location", location)
		}
		if e.Value != "" && e.Header != "" {
			e.Response.Headers.Append(e.Header, e.Value)
		}
	}
	return e
}

// headerOf is the header that a refusal is about.
var headerOf = map[fetch.Reason]string{
	fetch.MissingAllowOrigin:        "Access-Control-Allow-Origin",
	fetch.WildcardOriginNotAllowed:  "Access-Control-Allow-Origin",
	fetch.MultipleAllowOriginValues: "Access-Control-Allow-Origin",
	fetch.InvalidAllowOriginValue:   "Access-Control-Allow-Origin",
	fetch.AllowOriginMismatch:       "Access-Control-Allow-Origin",
	fetch.InvalidAllowCredentials:   "Access-Control-Allow-Credentials",
	fetch.InvalidAllowMethods:       "Access-Control-Allow-Methods",
	fetch.InvalidAllowHeaders:       "Access-Control-Allow-Headers",
	fetch.MethodDisallowed:          "Access-Control-Allow-Methods",
	fetch.HeaderDisallowed:          "Access-Control-Allow-Headers",
	fetch.AuthorizationNotListed:    "Access-Control-Allow-Headers",
}

// reasonOf is which of the refusals that a line is printed for it most likely is
// about: of those that differ in the header's value, the one that fits the value.
func reasonOf(printed *engine.Printed) fetch.Reason {
	value, fits := printed.Words["value"], fetch.Reason(0)
	switch o, err := customscheme.Parse(value); {
	case strings.Contains(value, ","):
		fits = fetch.MultipleAllowOriginValues
	case err == nil && o.String() == value:
		fits = fetch.AllowOriginMismatch
	case value != "" && value != "(null)":
		fits = fetch.InvalidAllowOriginValue
	}
	if slices.Contains(printed.Reasons, fits) {
		return fits
	}
	if slices.Contains(printed.Reasons, fetch.PreflightDisallowedRedirect) && strings.HasPrefix(printed.Words["status"], "3") {
		return fetch.PreflightDisallowedRedirect
	}
	return printed.Reasons[0]
}
