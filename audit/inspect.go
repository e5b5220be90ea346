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
	"github.com/browsercors/browsercors/internal/fold"
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
		for n := range p.Exchanges {
			x := &p.Exchanges[n]
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
		f := p.finding(HeaderDoubled)
		f.cause = name
		f.Problem = fmt.Sprintf("%s came %s. The browser lets the page have the answer all the same, and would not if it were Access-Control-Allow-Origin.", name, times(len(values)))
		f.Rule = "headers of one name are joined with a comma: “true, true” is not “true”"
		p.trial.note(f)
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
	f := p.finding(WildcardWithCredentials)
	counts := "would count for nothing if the page asked with credentials"
	if p.trial.use.Credentials == credentials.Include {
		counts = "counts for nothing, as the page asks with credentials"
	}
	f.Problem = fmt.Sprintf("The answer has %s: true and “*” in %s, which %s.", headerAllowCredentials, text.List(having), counts)
	f.Rule = "“*” stands for everything in requests without credentials only"
	f.Fix = "If pages are not to ask with credentials, leave " + headerAllowCredentials + " out. If they are, name what they may: the page's own origin, the methods, the headers."
	p.trial.note(f)
}

// breaksFor tells whether some use breaks already by what a header does not
// list.
func (r *run) breaksFor(name string) bool {
	id := map[string]FindingID{
		headerAllowOrigin: CredentialsRefused, headerAllowMethods: MethodNotAllowed, headerAllowHeaders: HeaderNotAllowed, headerExpose: NotExposed,
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
	f := p.finding(MethodCase)
	f.cause = strings.Join(wrong, ",")
	f.Problem = headerAllowMethods + " lists " + text.List(wrong) + ". A page that asks for " + strings.ToUpper(wrong[0]) + " is refused."
	f.Rule = "methods are compared byte by byte; DELETE, GET, HEAD, OPTIONS, POST and PUT are sent in capitals however script wrote them"
	f.Fix = "Send, with the answer to the preflight:"
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
		if safelist.IsToken(part) && part != "*" && !safelist.IsForbiddenResponseHeaderName(part) {
			names = append(names, part)
			if index.First(len(answer.ResponseHeaders), at, part) < 0 {
				answer.ResponseHeaders = append(answer.ResponseHeaders, safelist.Header{Name: part, Value: "1"})
			}
		}
	}
	if shown, wrong := p.trial.shows(ctx, p.Origin, &answer, names); shown || wrong != nil {
		return wrong
	}
	f := p.finding(ListUnparsable)
	f.cause = headerExpose
	f.Problem = "Nothing is exposed to the page: " + whatIsWrong(err) + "."
	f.Rule = headerExpose + " must be a comma-separated list of header names; if one is none, the whole list is void"
	f.Fix = "Send header names separated by commas, and nothing else"
	if len(names) > 0 {
		f.Fix += ":"
		f.Headers = fetch.HeaderList{{Name: headerExpose, Value: strings.Join(names, ", ")}}
	} else {
		f.Fix += ", or leave it out."
	}
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
	if p.trial.use.PreflightCached > 0 || kept >= time.Minute || len(x.ResponseHeaders.Values(headerMaxAge)) > 1 { // which is [HeaderDoubled]
		return
	}
	f := p.finding(MaxAgeMissing)
	value, ok := x.ResponseHeaders.Get(headerMaxAge)
	if ok {
		f.ID, f.cause = MaxAgeTiny, value
	}
	by, alike := make(map[string]time.Duration), true
	for _, p := range engine.Profiles() {
		by[p.Name] = p.PreflightMaxAge(x.ResponseHeaders)
		alike = alike && by[p.Name] == kept
	}
	how := fmt.Sprintf("is kept for %v.", kept)
	switch {
	case !alike:
		how = fmt.Sprintf("is kept: by the Standard %s, %s.", short(by[fetch.Standard().Name]), byBrowser(by))
	case kept == 0:
		how = "is not kept."
	}
	if ok {
		f.Problem = fmt.Sprintf("By %s “%s” the answer to the preflight %s", headerMaxAge, text.Clean(value), how)
	} else {
		f.Problem = fmt.Sprintf("The answer to the preflight has no %s. It %s", headerMaxAge, how)
	}
	f.Rule = "a preflight's answer is kept for the seconds of " + headerMaxAge + ", and for 5 without it"
	f.Fix = "Send a larger number of seconds with the answer to the preflight (WebKit keeps it for 10 minutes at most, Chromium for 2 hours):"
	f.Headers = fetch.HeaderList{{Name: headerMaxAge, Value: "7200"}}
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
		if h.Verdict == safelist.Safelisted {
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
	f := p.finding(PreflightAvoidable)
	f.By = fetch.PartyPage
	f.cause = strings.Join(names, ",")
	f.Problem = "The browser makes a preflight only for " + text.List(names) + ". " + strings.Join(problems, " ")
	f.Rule = "a GET, HEAD or POST whose headers are all CORS-safelisted needs no preflight"
	f.Fix = strings.Join(slices.Compact(fixes), " ")
	p.trial.note(f)
}

// spare says why a header needs a preflight, and how the page can do without
// it; "" if it can't.
func (t trial) spare(h safelist.HeaderVerdict) (why, fix string) {
	name := safelist.ByteLowercase(h.Name)
	switch {
	case name == "content-type" && t.use.Body == "":
		return "the request has no body that it would describe", "Leave Content-Type out."
	case name == "content-type" && ofForm(h.Value):
		return h.Detail(), "Write the Content-Type without it."
	case name == "x-requested-with":
		return "the server gets Origin and Sec-Fetch-Site anyway, which say more", "Leave X-Requested-With out."
	case name == "cache-control", name == "pragma":
		return "it is the browser's own cache that it is meant for", "Leave " + h.Name + " out; fetch() has the option cache for it, such as cache: \"no-store\", which needs no preflight."
	case strings.HasPrefix(name, "access-control-allow-"), name == "access-control-expose-headers", name == "access-control-max-age":
		return "it is a header of responses and means nothing in a request", "Leave " + h.Name + " out."
	case name == "accept" || name == "accept-language" || name == "content-language":
		return h.Detail(), "Write " + h.Name + " without it."
	}
	return "", ""
}

// ofForm tells whether a MIME type is one that a form sends, whatever its
// parameters.
func ofForm(value string) bool {
	t, err := safelist.ParseMIMEType(value)
	return err == nil && slices.Contains([]string{"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}, t.Essence())
}

// inspectCookies looks for cookies that the page's requests did not get, and for
// those that were not kept.
func (p *played) inspectCookies() {
	for _, c := range p.cookies {
		if c.Withheld == credentials.CookieSent {
			continue
		}
		f := p.finding(CookieWithheld)
		f.cause = c.Cookie.Name
		f.Problem = "The cookie “" + text.Clean(c.Cookie.Name) + "” did not go with it: " + withheldFor[c.Withheld] + "."
		f.Rule = "a cookie goes with the requests that its attributes and the browser's rules for third parties allow"
		switch c.Withheld {
		case credentials.CookieExpired:
			f.Fix = "Let it last for longer: raise Max-Age or Expires, or leave both out for as long as the browser runs."
		case credentials.CookieOtherHost:
			f.Fix = "Set the cookie with a Domain that is above both hosts, or from the host that is to get it."
		case credentials.CookieOtherPath:
			f.Fix = "Set the cookie with Path=/, or with a path that the URL begins with."
		case credentials.CookieSecureOnly:
			f.Fix = "Serve the URL over HTTPS."
		default:
			f.Fix = p.trial.cookieFix(p.Origin, c.Cookie.Partitioned)
		}
		p.trial.note(f)
	}
	for _, c := range p.set {
		if c.why == credentials.CookieAccepted {
			continue
		}
		f := p.finding(CookieRefused)
		name, _, _ := strings.Cut(c.header, "=")
		f.cause = name
		of := "of the answer"
		if c.earlier {
			of = "of an earlier visit to the URL"
		}
		f.Problem = "The browser did not keep the cookie “" + text.Clean(strings.TrimSpace(name)) + "” " + of + ": " + refusedFor[c.why] + "."
		f.Rule = "a cookie is kept if its attributes fit the URL that sets it, and the browser's rules for third parties allow it"
		switch c.why {
		case credentials.CookieThirdParty, credentials.CookieCrossSite:
			f.Fix = p.trial.cookieFix(p.Origin, strings.Contains(strings.ToLower(c.header), "partitioned"))
		case credentials.CookieNoneBare, credentials.CookiePartitionedBare, credentials.CookieSecurePrefix:
			f.Fix = "Add Secure to the cookie."
		default:
			f.Fix = "Mend the Set-Cookie header: " + refusedFor[c.why] + "."
		}
		p.trial.note(f)
	}
}

// cookieFix says how a cookie would go with what a page asks for.
func (t trial) cookieFix(asking string, partitioned bool) string {
	page, err := origin.Parse(asking)
	server := t.use.url.Origin()
	switch {
	case err == nil && origin.SchemelesslySameSite(page, server, nil) && !origin.SameSite(page, server, nil):
		return "Page and server are of one site but not of one scheme: serve both over HTTPS."
	case err == nil && origin.SameSite(page, server, nil):
		return "Page and server are of one site, and this browser does not know it: it takes hosts for strangers to each other whose suffix is on no public suffix list, as “test” is not. Try it under a domain that can be registered."
	case partitioned || t.profile.Credentials.Cookies.IgnorePartitioned:
		return "Serve page and server from one site, or let the page do without the cookie: with a token of its own in Authorization."
	}
	return "Set the cookie with SameSite=None; Secure; Partitioned. It is then another one under each site that embeds the server, and some browsers have none even so. Where that will not do, serve page and server from one site."
}

// withheldFor says why a cookie stays behind.
var withheldFor = map[credentials.CookieWithholding]string{
	credentials.CookieHostTooLong:    "the host of the URL is longer than 253 bytes",
	credentials.CookieExpired:        "it has expired",
	credentials.CookieOtherHost:      "it is its host's alone",
	credentials.CookieOtherPath:      "its path is not that of the URL",
	credentials.CookieSecureOnly:     "it is Secure, and the URL is not",
	credentials.CookieOtherPartition: "the browser keeps the cookies of third parties apart by the site that embeds them, and it was set under another one",
	credentials.CookieStrict:         "it is SameSite=Strict, and the page is of another site",
	credentials.CookieLax:            "it is SameSite=Lax, or taken for that without SameSite, and the page is of another site",
	credentials.CookieUnsent:         "the browser sends none to third parties",
}

// refusedFor says why a cookie is not kept.
var refusedFor = map[credentials.CookieRefusal]string{
	credentials.CookieNoHost:          "the URL is not one that cookies are for",
	credentials.CookieLongHost:        "the host of the URL is longer than 253 bytes",
	credentials.CookieControl:         "it has a control character",
	credentials.CookieEmpty:           "it has neither name nor value",
	credentials.CookieTooLong:         "name and value are longer than 4096 bytes",
	credentials.CookieInvalidDomain:   "its Domain is no host",
	credentials.CookiePublicSuffix:    "its Domain is a public suffix",
	credentials.CookieForeignDomain:   "its Domain is neither the host nor above it",
	credentials.CookieLongPath:        "its path, which is that of the URL if it gives none, is longer than the browser keeps",
	credentials.CookieNoRoom:          "it is larger than all cookies together may be",
	credentials.CookieSecureScheme:    "it is Secure, and the URL is not",
	credentials.CookieShadowsSecure:   "it would hide a Secure cookie, and the URL is not secure",
	credentials.CookieThirdParty:      "third parties may not set it",
	credentials.CookieCrossSite:       "by its SameSite, or without one, it is for pages of its own site alone",
	credentials.CookieNoneBare:        "SameSite=None needs Secure",
	credentials.CookiePartitionedBare: "Partitioned needs Secure",
	credentials.CookieSecurePrefix:    "a name that begins with __Secure- needs Secure",
	credentials.CookieHostPrefix:      "a name that begins with __Host- needs Secure, Path=/ and no Domain",
	credentials.CookieHTTPPrefix:      "a name that begins with __Http- needs Secure and HttpOnly",
	credentials.CookieHiddenPrefix:    "it has no name, and its value begins like a name with rules of its own",
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
		return list.Detail()
	}
	return err.Error()
}
