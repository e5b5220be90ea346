package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

const (
	headerAllowOrigin      = "Access-Control-Allow-Origin"
	headerAllowCredentials = "Access-Control-Allow-Credentials"
	headerAllowMethods     = "Access-Control-Allow-Methods"
	headerAllowHeaders     = "Access-Control-Allow-Headers"
	headerExpose           = "Access-Control-Expose-Headers"
	headerMaxAge           = "Access-Control-Max-Age"
)

// inspect looks at the first play of each use from each allowed origin, for what
// is wrong though it succeeded.
func (r *run) inspect(ctx context.Context) error {
	for i := range r.plays {
		p := &r.plays[i]
		if !p.got || p.When != "" || !slices.Contains(r.intent.Allow, p.Origin) {
			continue
		}
		p.inspectTransport()
		for n := range p.Exchanges {
			x := &p.Exchanges[n]
			if !p.trial.use.cors || p.trial.use.ownedBy(p.Origin) {
				break // it does not depend on CORS headers
			}
			p.inspectDoubled(x)
			p.inspectWildcards(x)
			if !x.IsPreflight() {
				if err := p.inspectExposed(ctx, x); err != nil {
					return err
				}
				continue
			}
			p.inspectMethods(x)
			p.inspectMaxAge(x)
			if n == 0 {
				p.inspectNeed()
			}
		}
		p.inspectCookies()
	}
	return nil
}

// finding is a finding of a kind in what was played.
func (p *played) finding(id FindingID) noted { return p.trial.findingOf(id, p.Origin, p.Exchanges) }

// inspectDoubled looks for headers that came twice. Lists may, but not the same
// list.
func (p *played) inspectDoubled(x *Exchange) {
	names := []string{headerAllowOrigin, headerAllowCredentials, headerExpose}
	if x.IsPreflight() {
		names = []string{headerAllowOrigin, headerAllowCredentials, headerAllowMethods, headerAllowHeaders, headerMaxAge}
	}
	for _, name := range names {
		values := x.ResponseHeaders.Values(name)
		list := name == headerAllowMethods || name == headerAllowHeaders || name == headerExpose
		if len(values) < 2 || list && !slices.Contains(values[1:], values[0]) {
			continue
		}
		f := p.finding(headerDoubled)
		f.cause = name
		f.Problem = fmt.Sprintf("The response has %s %s. Browsers tolerate this, but would not tolerate a second Access-Control-Allow-Origin.", name, times(len(values)))
		f.Rule = "headers of one name are joined with a comma: “true, true” is not “true”"
		p.trial.note(f)
	}
}

// shaped adds what the values of a header give away by their shape, or the name of
// one that was meant to be the header.
func (f *noted) shaped(sent fetch.HeaderList, header string) {
	shape, ok := cause.ShapeOf(header, sent.Values(header), f.Origins[0])
	if !sent.Contains(header) {
		shape, ok = cause.MisspeltShape(sent, header)
	}
	if !ok {
		return
	}
	f.Cause = shape.ID
	f.Problem += " " + shape.Problem
	f.Fix = shape.Fix + "."
	if len(f.Headers) > 0 {
		f.Fix += " Send:"
	}
}

func times(n int) string {
	if n == 2 {
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// inspectWildcards looks for “*” where it counts for nothing.
func (p *played) inspectWildcards(x *Exchange) {
	if !credentials.AllowCredentials(x.ResponseHeaders.Get(headerAllowCredentials)) {
		return
	}
	names := []string{headerExpose}
	if x.IsPreflight() {
		names = []string{headerAllowMethods, headerAllowHeaders}
	}
	var having []string
	if value, _ := x.ResponseHeaders.Get(headerAllowOrigin); value == "*" {
		having = append(having, headerAllowOrigin)
	}
	for _, name := range names {
		if values, _, _ := x.ResponseHeaders.ExtractValues(name); slices.Contains(values, "*") {
			having = append(having, name)
		}
	}
	having = slices.DeleteFunc(having, p.trial.breaksFor)
	if len(having) == 0 {
		return
	}
	f := p.finding(wildcardWithCredentials)
	counts := "matches nothing in requests with credentials"
	if p.trial.use.Credentials == credentials.Include {
		counts = "matches nothing, since the page sends credentials"
	}
	f.Problem = fmt.Sprintf("The response has %s: true and “*” in %s, which %s.", headerAllowCredentials, text.List(having), counts)
	f.Rule = "“*” matches everything only in requests without credentials"
	f.Fix = "If pages need no credentials, remove " + headerAllowCredentials + ". Otherwise list the page's own origin, the methods and the headers by name."
	p.trial.note(f)
}

// breaksFor tells whether some use breaks already by what a header does not
// list.
func (r *run) breaksFor(name string) bool {
	id := map[string]FindingID{
		headerAllowOrigin: credentialsRefused, headerAllowMethods: methodNotAllowed, headerAllowHeaders: headerNotAllowed, headerExpose: notExposed,
	}[name]
	return slices.ContainsFunc(r.notes, func(f noted) bool { return f.ID == id })
}

// inspectMethods looks for methods that are allowed in a spelling that requests
// don't have.
func (p *played) inspectMethods(x *Exchange) {
	methods, _, _ := x.ResponseHeaders.ExtractValues(headerAllowMethods)
	listed := setOf(methods)
	var wrong []string
	for _, m := range methods {
		upper := strings.ToUpper(m)
		if m != upper && m != p.trial.use.method && !listed[upper] && !safelist.IsSafelistedMethod(upper) {
			wrong = append(wrong, m)
		}
	}
	if len(wrong) == 0 {
		return
	}
	f := p.finding(methodCase)
	f.cause = strings.Join(wrong, ",")
	f.Problem = headerAllowMethods + " lists " + text.List(wrong) + ". A page that sends " + strings.ToUpper(wrong[0]) + " is refused."
	f.Rule = "methods are compared byte by byte; DELETE, GET, HEAD, OPTIONS, POST and PUT are always sent in upper case"
	f.Fix = "Send, with the response to the preflight:"
	small := setOf(wrong)
	for i := range methods {
		if small[methods[i]] {
			methods[i] = strings.ToUpper(methods[i])
		}
	}
	f.Headers = fetch.HeaderList{{Name: headerAllowMethods, Value: strings.Join(methods, ", ")}}
	p.trial.note(f)
}

// inspectExposed looks for a list of exposed headers that does not parse. What
// the page must read and can't for it is a finding already.
func (p *played) inspectExposed(ctx context.Context, x *Exchange) error {
	value, _ := x.ResponseHeaders.Get(headerExpose)
	_, _, err := x.ResponseHeaders.ExtractValues(headerExpose)
	if err == nil {
		return nil
	}
	var names []string
	answer := *x
	answer.ResponseHeaders = slices.Clone(x.ResponseHeaders)
	var index fold.Index
	at := func(i int) string { return answer.ResponseHeaders[i].Name }
	for part := range strings.SplitSeq(value, ",") {
		part = strings.Trim(part, " \t")
		if grammar.IsToken(part) && part != "*" && !headername.IsForbiddenResponse(part) {
			names = append(names, part)
			if index.First(len(answer.ResponseHeaders), at, part) < 0 {
				answer.ResponseHeaders = append(answer.ResponseHeaders, safelist.Header{Name: part, Value: "1"})
			}
		}
	}
	if shown, wrong := p.trial.shows(ctx, p.Origin, &answer, names); shown || wrong != nil {
		return wrong
	}
	f := p.finding(listUnparsable)
	f.cause = headerExpose
	f.Problem = "No header is exposed to the page: " + whatIsWrong(err) + "."
	f.Rule = headerExpose + " must be a comma-separated list of header names; one invalid name makes the whole list invalid"
	f.Fix = "Send only header names, separated by commas, or remove the header."
	if len(names) > 0 {
		f.Fix = "Send only header names, separated by commas:"
		f.Headers = fetch.HeaderList{{Name: headerExpose, Value: strings.Join(names, ", ")}}
	}
	f.shaped(x.ResponseHeaders, headerExpose)
	p.trial.note(f)
	return nil
}

// shows tells whether a page sees one of the headers of an answer.
func (t trial) shows(ctx context.Context, asking string, answer *Exchange, names []string) (bool, error) {
	v, err := t.open(canned{answer}, asking)
	if err != nil {
		return false, err
	}
	resp, err := v.page.Fetch(ctx, &fetch.Request{URL: answer.URL, Credentials: t.use.Credentials})
	if err != nil { // it was for what a redirect had made of the request
		return true, ctx.Err()
	}
	resp.Body.Close()
	return slices.ContainsFunc(names, resp.Headers.Has), nil
}

// inspectMaxAge looks at how long the answer to a preflight is kept, if the
// intent does not say.
func (p *played) inspectMaxAge(x *Exchange) {
	kept := p.trial.profile.PreflightMaxAge(x.ResponseHeaders)
	if p.trial.use.PreflightCached > 0 || kept >= time.Minute || len(x.ResponseHeaders.Values(headerMaxAge)) > 1 { // which is [headerDoubled]
		return
	}
	f := p.finding(maxAgeMissing)
	value, ok := x.ResponseHeaders.Get(headerMaxAge)
	if ok {
		f.ID, f.cause = maxAgeTiny, value
	}
	by, alike := make(map[string]time.Duration), true
	for _, p := range engine.Profiles() {
		by[p.Name] = p.PreflightMaxAge(x.ResponseHeaders)
		alike = alike && by[p.Name] == kept
	}
	how := fmt.Sprintf("is cached for %v.", kept)
	switch {
	case !alike:
		how = fmt.Sprintf("is cached: by the Standard %s, %s.", short(by[fetch.Standard().Name]), byBrowser(by))
	case kept == 0:
		how = "is not cached."
	}
	if ok {
		f.Problem = fmt.Sprintf("With %s “%s” the response to the preflight %s", headerMaxAge, text.Clean(value), how)
	} else {
		f.Problem = fmt.Sprintf("The response to the preflight has no %s. It %s", headerMaxAge, how)
	}
	f.Rule = "the response to a preflight is cached for the seconds in " + headerMaxAge + ", or for 5 seconds without it"
	f.Fix = "Send a larger number of seconds with the response to the preflight (WebKit's limit is 10 minutes, Chromium's 2 hours):"
	f.Headers = fetch.HeaderList{{Name: headerMaxAge, Value: "7200"}}
	f.shaped(x.ResponseHeaders, headerMaxAge)
	p.trial.note(f)
}

// inspectNeed looks for what a use needs a preflight for, and could do without.
func (p *played) inspectNeed() {
	rules := &p.trial.profile.Safelist
	in := p.trial.use.request()
	headers := slices.DeleteFunc(slices.Clone(in.Headers), func(h safelist.Header) bool {
		return rules.IsForbiddenRequestHeader(h.Name, h.Value)
	})
	c := rules.Classify(p.trial.use.method, headers, false)
	if !c.MethodSafelisted {
		return
	}
	var names, problems, fixes []string
	for _, h := range c.Headers {
		if h.Verdict == "safelisted" {
			continue
		}
		why, fix := p.trial.spare(h)
		if fix == "" {
			return
		}
		names = append(names, h.Name)
		problems = append(problems, h.Name+": "+why+".")
		fixes = append(fixes, fix)
	}
	if len(names) == 0 {
		return
	}
	f := p.finding(preflightAvoidable)
	f.By = "page"
	f.cause = strings.Join(names, ",")
	f.Problem = "The browser makes a preflight only because of " + text.List(names) + ". " + strings.Join(problems, " ")
	f.Rule = "a GET, HEAD or POST whose headers are all CORS-safelisted needs no preflight"
	f.Fix = strings.Join(slices.Compact(fixes), " ")
	p.trial.note(f)
}

// spare says why a header needs a preflight, and how the page can do without
// it; "" if it can't.
func (t trial) spare(h safelist.HeaderVerdict) (why, fix string) {
	name := fold.Lower(h.Name)
	switch {
	case name == "content-type" && t.use.Body == "":
		return "the request has no body to describe", "Leave Content-Type out."
	case name == "content-type" && ofForm(h.Value):
		return h.Detail(), "Write the Content-Type without it."
	case name == "x-requested-with":
		return "browsers send Origin and Sec-Fetch-Site anyway, which say more", "Leave X-Requested-With out."
	case name == "cache-control", name == "pragma":
		return "it is meant for the browser's own cache", "Leave " + h.Name + " out; use fetch()'s option cache instead, such as cache: \"no-store\", which needs no preflight."
	case strings.HasPrefix(name, "access-control-allow-"), name == "access-control-expose-headers", name == "access-control-max-age":
		return "it is a response header, without a meaning in requests", "Leave " + h.Name + " out."
	case name == "accept" || name == "accept-language" || name == "content-language":
		return h.Detail(), "Write " + h.Name + " without it."
	}
	return "", ""
}

// ofForm tells whether a MIME type is one that a form sends, whatever its
// parameters.
func ofForm(value string) bool {
	t, ok := mimetype.Parse(value)
	return ok && slices.Contains([]string{"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}, t.Essence())
}

// inspectCookies looks for cookies that the page's requests did not get, and for
// those that were not kept.
func (p *played) inspectCookies() {
	for _, c := range p.cookies {
		if c.Withheld == "" {
			continue
		}
		f := p.finding(cookieWithheld)
		f.cause = c.Cookie.Name
		f.Problem = "The cookie “" + text.Clean(c.Cookie.Name) + "” was not sent: " + c.Withheld.Rule() + "."
		f.Rule = "a cookie is sent only if its attributes and the browser's rules for third parties allow it"
		switch c.Withheld {
		case "expired":
			f.Fix = "Make it last longer: raise Max-Age or Expires, or leave both out to keep it while the browser runs."
		case "other-host":
			f.Fix = "Set the cookie with a Domain that is a parent of both hosts, or set it from the host that should get it."
		case "other-path":
			f.Fix = "Set the cookie with Path=/, or with a path that the URL's path begins with."
		case "secure":
			f.Fix = "Serve the URL over HTTPS."
		default:
			f.Fix = p.trial.cookieFix(p.Origin, c.Cookie.Partitioned)
		}
		p.trial.note(f)
	}
	for _, c := range p.set {
		if c.why == "" {
			continue
		}
		f := p.finding(cookieRefused)
		name, _, _ := strings.Cut(c.header, "=")
		f.cause = name
		of := "of the response"
		if c.earlier {
			of = "of an earlier visit to the URL"
		}
		f.Problem = "The browser did not store the cookie “" + text.Clean(strings.TrimSpace(name)) + "” " + of + ": " + c.why.Rule() + "."
		f.Rule = "a cookie is stored only if its attributes fit the URL that sets it, and the browser's rules for third parties allow it"
		switch c.why {
		case "third-party", "cross-site":
			f.Fix = p.trial.cookieFix(p.Origin, strings.Contains(strings.ToLower(c.header), "partitioned"))
		case "none-without-secure", "partitioned-without-secure", "secure-prefix":
			f.Fix = "Add Secure to the cookie."
		default:
			f.Fix = "Correct the Set-Cookie header: " + c.why.Rule() + "."
		}
		p.trial.note(f)
	}
}

// cookieFix says how a cookie would go with what a page asks for.
func (t trial) cookieFix(asking string, partitioned bool) string {
	page, err := customscheme.Parse(asking)
	server := t.use.url.Origin()
	switch {
	case err == nil && origin.SchemelesslySameSite(page, server, nil) && !origin.SameSite(page, server, nil):
		return "Page and server have the same registrable domain but different schemes: serve both over HTTPS."
	case err == nil && origin.SameSite(page, server, nil):
		return "Page and server are on one site, but this browser treats them as third parties, because their suffix, such as “test”, is not on the public suffix list. Test with a domain that can be registered."
	case partitioned || t.profile.Credentials.Cookies.IgnorePartitioned:
		return "Serve page and server from one site, or let the page use a token in Authorization instead of the cookie."
	}
	return "Set the cookie with SameSite=None; Secure; Partitioned. Each site that embeds the server then has a cookie of its own, and some browsers still do not send it. If that is not enough, serve page and server from one site."
}

// canned is a network that gives one answer to everything.
type canned struct{ answer *Exchange }

func (c canned) RoundTrip(_ context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	x := c.answer
	return &fetch.NetworkResponse{Status: x.Status, StatusText: x.StatusText, Headers: slices.Clone(x.ResponseHeaders)}, nil
}

// whatIsWrong is what is wrong with a list of exposed headers, as part of a
// sentence.
func whatIsWrong(err error) string {
	if list, ok := errors.AsType[*safelist.ValueError](err); ok {
		return list.Header + ": " + text.GoQuote(list.Value, 80) + ": " + list.Rule
	}
	return err.Error()
}
