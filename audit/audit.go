package audit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/safelist"
)

// sandboxURL is where the sandboxed page stands that asks from the origin null.
const sandboxURL = "https://sandboxed.example/"

// patience is how long a server may take for the answer to one fetch.
const patience = 10 * time.Second

// Options configure an audit. Nil, or the zero value of any field, is what
// a Go test wants.
type Options struct {
	// Patience is how long the server may take to begin its answer to one
	// request; 0 is 10 seconds.
	Patience time.Duration

	// SkipProbes plays what the intent names and nothing else: no page of an
	// origin that it does not name asks for anything, and the report says nothing
	// of what the server's policy is beyond it.
	SkipProbes bool

	// ProbeImpossibleOrigins also asks with Origin headers that no browser sends,
	// to see what the server makes of them.
	ProbeImpossibleOrigins bool

	// Rate is how many requests a second the server gets at most, one after the
	// other; 0 is no limit.
	Rate float64
}

// check looks for what is wrong with the options.
func (o *Options) check() error {
	var wrong []error
	if o.Patience < 0 {
		wrong = append(wrong, fmt.Errorf("audit: Options.Patience %v is negative", o.Patience))
	}
	if o.Rate < 0 || math.IsNaN(o.Rate) || math.IsInf(o.Rate, 0) {
		wrong = append(wrong, fmt.Errorf("audit: Options.Rate %v is no number of requests a second", o.Rate))
	}
	return errors.Join(wrong...)
}

// A Report is what an audit found, and what it saw. docs/intents.md has its
// form in JSON, which is stable.
type Report struct {
	Base     string     `json:"base"`     // where the server stands
	Uses     []string   `json:"uses"`     // names of the uses that were played, in the intent's order
	Findings []Finding  `json:"findings"` // the worst first; empty if the server does what the intent says
	Plays    []Play     `json:"plays"`    // all that pages did
	Traffic  []Exchange `json:"traffic"`  // all that the server answered, in order

	// Policies are what the server lets pages do, by URL, in the order of the
	// uses; nil with SkipProbes.
	Policies []Policy `json:"policies,omitempty"`
}

// A Play is one fetch of a page, and all that it led to.
type Play struct {
	Use      string   `json:"use"`            // its name
	Profiles []string `json:"profiles"`       // names of the profiles under which it went so, in the order of [fetch.Profiles]
	Origin   string   `json:"origin"`         // the page's
	When     string   `json:"when,omitempty"` // what had happened before, such as "again, 9m59s after the first time"; "" for nothing

	// Exchanges are what the page sent and what it got, preflights included. What
	// pages in several browsers would send alike went to the server once: each of
	// their plays has it.
	Exchanges []Exchange `json:"exchanges"`

	Refusal string `json:"refusal,omitempty"` // why the page got nothing; "" if it got a response
	Held    bool   `json:"held,omitempty"`    // the audit let the preflight out, and not the request that it allowed

	// Of the first of the profiles, for who looks for findings.
	use     *resolvedUse
	profile *fetch.Profile
	got     bool            // it got a response
	cookies []cookieVerdict // of all requests with credentials, in order
	set     []cookieSet     // by the visit before and by answers to them
}

// Test checks in a Go test that browsers let pages do with a handler what the
// intent says, and no more. It is [Handler], with an error of t for each
// finding that is unsafe, breaks a use or is fragile, and for each
// [PreflightNotCached], which the intent asks for. What is slow and nothing else
// ([MaxAgeMissing], [MaxAgeTiny], [PreflightAvoidable]) is advice: t logs it.
func Test(t testing.TB, handler http.Handler, intent *Intent) {
	t.Helper()
	report, err := Handler(t.Context(), handler, intent, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Severity == Slow && f.ID != PreflightNotCached {
			t.Log(f.String())
			continue
		}
		t.Error(f.String())
	}
}

// Handler is [Server] for a handler, called in process as if it stood at the
// intent's base; nothing else can be reached, so that a redirect to elsewhere is
// an error. A handler that hangs and ignores its request's context is left
// running.
func Handler(ctx context.Context, handler http.Handler, intent *Intent, o *Options) (*Report, error) {
	if handler == nil || intent == nil {
		return nil, errors.New("audit: Handler needs a handler and an intent")
	}
	base, err := intent.base()
	if err != nil {
		return nil, err
	}
	return Server(ctx, &handlerTransport{handler: handler, at: base.Origin()}, intent, o)
}

// Server plays each use of an intent as the requests of a browser, under each
// of [fetch.Profiles], from a page of each origin. Each page has a browser of
// its own. That has the use's cookies before each request, and keeps those that
// the server sets for the requests after. What is played:
//
//   - from each allowed origin, on a clock of its own: the use; the use again
//     while its preflight should be cached, by PreflightCached; the use a third
//     time after the browser has forgotten any preflight;
//   - from each allowed origin, if the method is GET or HEAD: after a page of
//     another origin asked the same through a shared HTTP cache, which keeps what
//     it may and honours Vary, and after one of the server's own origin, whose
//     request has no Origin header, did;
//   - from each refused origin: the use, which must not give a readable answer.
//
// Requests go out one at a time. What several browsers would send alike at the
// same point goes out once, and each gets the answer; the shared cache is played
// with the answers that came without it. A use whose method is none of GET, HEAD
// and OPTIONS is made once from an origin: its preflight is made anew, and then
// the answer of the first time is taken. Where browsers would send different
// things, such as other cookies, each of them goes out. So an intent should name
// nothing that does harm when it is done once from each of its origins.
//
// Then it probes, unless [Options] say otherwise: it asks from origins that
// the intent does not name, as far as preflights and uses with GET, HEAD or
// OPTIONS go, for what is not there, for the use without its cookies and
// Authorization, and for what else preflights allow. That is about twenty
// requests a use from one origin. From origins that the intent does not name
// nothing else is sent.
//
// An intent that contradicts itself is an error ([*InputError], all of them
// joined), and so is a server that can't be judged: not reached, a certificate
// that does not verify, no answer in time, a handler that panics. It names use
// and URL. The report is nil then. A server that has answered others may hang up
// on refused origins, and may leave probes without an answer: it lets nobody in
// by that.
func Server(ctx context.Context, server fetch.Transport, intent *Intent, o *Options) (*Report, error) {
	if server == nil || intent == nil {
		return nil, errors.New("audit: Server needs a server and an intent")
	}
	uses, err := intent.resolve("", nil)
	if err != nil {
		return nil, err
	}
	if o == nil {
		o = &Options{}
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	a := &audit{options: *o, wire: recorder{server: server, patience: o.Patience, asked: make(map[string]*asked)}}
	if o.Patience == 0 {
		a.wire.patience = patience
	}
	if o.Rate > 0 {
		a.wire.pause = time.Duration(float64(time.Second) / o.Rate)
	}
	report := &Report{Base: intent.baseURL()}
	for _, use := range uses {
		report.Uses = append(report.Uses, use.name)
		for _, p := range fetch.Profiles() {
			a.use, a.profile = use, p
			if err := a.play(ctx, intent); err != nil {
				return nil, fmt.Errorf("audit: use %q: %w", use.name, err)
			}
		}
	}
	if err := a.inspect(ctx, intent); err != nil {
		return nil, err
	}
	if !o.SkipProbes {
		if report.Policies, err = a.probe(ctx, intent, uses); err != nil {
			return nil, err
		}
	}
	a.found = slices.DeleteFunc(a.found, func(f Finding) bool { return slices.Contains(intent.Accept, f.ID) })
	report.Findings, report.Plays, report.Traffic = merge(a.found), mergePlays(a.plays), a.wire.traffic
	return report, nil
}

// An audit is under way: it plays one use under one profile at a time.
type audit struct {
	options  Options
	wire     recorder
	use      *resolvedUse
	profile  *fetch.Profile
	found    []Finding
	plays    []Play
	learners []*learner
}

func (a *audit) play(ctx context.Context, intent *Intent) error {
	for n, asking := range intent.Allow {
		ok, err := a.allowed(ctx, asking)
		if err != nil {
			return err
		}
		if !ok || !keeps(a.use.method) {
			continue
		}
		// Whoever comes before it in the list asks first, a refused origin before
		// the first.
		before := slices.Concat(intent.Refuse[:min(1, len(intent.Refuse))], intent.Allow)
		first := before[(n+len(before)-len(intent.Allow)+len(before)-1)%len(before)]
		found := false
		if first != asking {
			if found, err = a.shared(ctx, first, asking); err != nil {
				return err
			}
		}
		if !found && !a.options.SkipProbes {
			if _, err := a.shared(ctx, a.use.url.Origin().String(), asking); err != nil {
				return err
			}
		}
	}
	for _, asking := range intent.Refuse {
		if err := a.refused(ctx, asking); err != nil {
			return err
		}
	}
	return nil
}

// allowed plays the use from an allowed origin: first, repeated, and after the
// preflight has expired. It is false if a finding has ended that.
func (a *audit) allowed(ctx context.Context, asking string) (bool, error) {
	limit := a.profile.PreflightLimits.MaxAge
	cached := min(a.use.PreflightCached, limit)
	page, err := a.open(&a.wire, asking)
	if err != nil {
		return false, err
	}
	for _, step := range []struct {
		wait time.Duration
		when string
	}{
		{0, ""},
		{max(0, cached-time.Second), " again"},
		{limit + time.Second, " once more, after its preflight had expired"},
	} {
		page.now, page.step = page.now.Add(step.wait), step.when
		resp, refusal, err := a.fetch(ctx, page, step.when)
		if err != nil {
			return false, err
		}
		if refusal != nil {
			f, err := a.refusal(ctx, asking, step.when, refusal)
			a.found = append(a.found, f)
			return false, err
		}
		if step.when == "" {
			a.read(asking, resp)
		}
		if step.when == " again" && cached > 0 && a.wire.exchanges[0].Method == "OPTIONS" && a.use.method != "OPTIONS" {
			a.found = append(a.found, a.notCached(asking, step.wait, cached))
		}
	}
	return true, nil
}

// read looks for the headers that the page must read.
func (a *audit) read(asking string, resp *fetch.Response) {
	sent := resp.Internal().Headers
	for _, name := range a.use.Read {
		if resp.Headers.Has(name) {
			continue
		}
		f := a.finding(asking, "")
		f.cause = strings.ToLower(name)
		switch {
		case !sent.Contains(name):
			f.ID, f.Severity = HeaderMissing, Breaks
			f.Problem = "The answer has no " + name + ", which the page must read."
			f.Rule = "the intent has the page read " + name
			f.Fix = "Send " + name + ", or take it out of the intent."
		default:
			f.ID, f.Severity = NotExposed, Breaks
			f.Problem = "The answer has " + name + ", and the browser hides it from the page."
			f.Rule = "a page sees only a few harmless headers of a cross-origin answer and those that Access-Control-Expose-Headers lists; “*” counts without credentials only"
			f.Section = "https://fetch.spec.whatwg.org/#http-access-control-expose-headers"
			f.Fix = "Send, with every answer to this use but the preflight's:"
			f.Headers = fetch.HeaderList{{Name: headerExpose, Value: a.exposing(sent)}}
			if _, _, err := sent.ExtractValues(headerExpose); err != nil {
				f.ID, f.cause = ListUnparsable, headerExpose
				f.Problem = "The page must read " + name + ", and nothing is exposed to it: " + strings.TrimPrefix(err.Error(), "safelist: ") + "."
				f.Rule = headerExpose + " must be a comma-separated list of header names; if one is none, the whole list is void"
			}
		}
		a.note(f)
	}
}

// exposing is what the server exposes, with all that the page must read.
func (a *audit) exposing(sent fetch.HeaderList) string {
	value, _ := sent.Get(headerExpose)
	var names []string
	for _, name := range append(strings.Split(value, ","), a.use.Read...) {
		name = strings.Trim(name, " \t")
		if safelist.IsToken(name) && name != "*" && !slices.ContainsFunc(names, func(n string) bool { return safelist.EqualFold(n, name) }) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// notCached is a preflight that was made again after a while, though it should
// last for longer.
func (a *audit) notCached(asking string, after, cached time.Duration) Finding {
	f := a.finding(asking, fmt.Sprintf(" again, %v after the first time", after))
	f.ID, f.Severity = PreflightNotCached, Slow
	f.Problem = fmt.Sprintf("The browser made the preflight again. The answer to it should have lasted for %v.", cached)
	f.Section = "https://fetch.spec.whatwg.org/#cors-preflight-cache"
	x := &a.wire.exchanges[0]
	longest := a.profile.PreflightCache.MaxURLLength
	switch {
	case longest > 0 && len(a.use.url.String()) > longest:
		f.cause, f.By = "url", fetch.PartyPage
		f.Rule = fmt.Sprintf("a preflight of a URL that is longer than %d bytes is not kept", longest)
		f.Section = ""
		f.Fix = "Put what makes the URL long into headers or a body."
		return f
	case a.profile.PreflightMaxAge(x.ResponseHeaders) >= cached:
		f.cause = "*"
		f.Rule = "what a preflight allowed by “*” is not kept by every browser, or not for requests with credentials"
		f.Fix = "Name the method and the request headers in Access-Control-Allow-Methods and Access-Control-Allow-Headers:"
		if !safelist.IsSafelistedMethod(a.use.method) {
			f.Headers.Append(headerAllowMethods, a.use.method)
		}
		if names, ok := x.RequestHeaders.Get("Access-Control-Request-Headers"); ok {
			f.Headers.Append(headerAllowHeaders, strings.ReplaceAll(names, ",", ", "))
		}
		return f
	}
	f.Rule = "a preflight's answer is kept for the seconds of Access-Control-Max-Age, and for 5 without it"
	f.Fix = "Send, with the answer to the preflight:"
	f.Headers = fetch.HeaderList{{Name: "Access-Control-Max-Age", Value: fmt.Sprint(int64((a.use.PreflightCached + time.Second - 1) / time.Second))}}
	return f
}

// shared plays the use from an allowed origin behind an HTTP cache that has
// answered a page of another origin before, or of the server's own, whose
// request has no Origin header. It is true if that is a finding.
func (a *audit) shared(ctx context.Context, first, asking string) (bool, error) {
	cache := &sharedCache{next: &a.wire}
	before, err := a.open(cache, first)
	if err != nil {
		return false, err
	}
	who, to := first, first
	if own := a.use.url.Origin().String(); first == own {
		who, to = "a page of "+own+" itself", "a request without Origin"
	}
	_, _, err = a.fetch(ctx, before, "")
	if err != nil {
		_, silent := unanswered(ctx, err)
		if silent || to != first && ctx.Err() == nil {
			return false, nil // it was hung up on, or led to where others are not
		}
		return false, err
	}
	a.plays = a.plays[:len(a.plays)-1] // it is played without the cache, too
	earlier := a.wire.exchanges
	page, err := a.open(cache, asking)
	if err != nil {
		return false, err
	}
	when := " after " + who + " had asked for the same through a shared cache"
	_, refusal, err := a.fetch(ctx, page, when)
	if err != nil || refusal == nil || !cache.served {
		return false, err
	}
	f := a.finding(asking, when)
	f.Exchanges = append(pruned(earlier), f.Exchanges...)
	f.ID, f.Severity = VaryMissing, Fragile
	f.Problem = "The cache took the answer to " + to + " for one to everybody, and " + asking + " can't read it."
	f.Rule = "an answer that depends on a request header names it in Vary, also where that header is missing or its origin is not allowed"
	f.Section = "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches"
	f.By = fetch.PartyServer
	f.Fix = "Send this with every answer of this URL, whoever asks:"
	f.Headers = fetch.HeaderList{{Name: "Vary", Value: "Origin"}}
	a.found = append(a.found, f)
	return true, nil
}

// refused plays the use from an origin that must not read the answer.
func (a *audit) refused(ctx context.Context, asking string) error {
	page, err := a.open(&a.wire, asking)
	if err != nil {
		return err
	}
	answered := len(a.wire.traffic) > 0
	_, refusal, err := a.fetch(ctx, page, "")
	led := slices.ContainsFunc(a.wire.exchanges, func(x Exchange) bool { return !x.IsPreflight() }) // by a redirect
	if failure, ok := unanswered(ctx, err); ok && answered && !led && !errors.Is(err, context.DeadlineExceeded) {
		a.played(page, "", failure) // it hangs up on whom it does not know
		return nil
	}
	if err != nil || refusal != nil {
		return err
	}
	f := a.finding(asking, "")
	f.ID, f.Severity = WrongOriginAllowed, Unsafe
	f.Problem = "The page can read the answer"
	if a.use.Credentials == credentials.Include {
		f.Problem += ", made with the cookies of whoever looks at it"
	}
	f.Problem += "."
	f.Rule = "the intent refuses " + asking
	switch allowed, _ := a.wire.exchanges[len(a.wire.exchanges)-1].ResponseHeaders.Get("Access-Control-Allow-Origin"); {
	case allowed == "*":
		f.Fix = "Do not send Access-Control-Allow-Origin: *, which is everybody. Compare the request's Origin with a list and send back the one that matches."
	case asking == "null":
		f.Fix = "Never allow null: every sandboxed page says it, whoever wrote it."
	default:
		f.Fix = "Compare the request's Origin with the entries of a list as a whole, byte for byte (no prefix, suffix or pattern that a stranger can register), and send it back only if it is there."
	}
	a.found = append(a.found, f)
	return nil
}

// refusal is a use that the browser does not let through.
func (a *audit) refusal(ctx context.Context, asking, when string, refusal *fetch.Error) (Finding, error) {
	f := a.finding(asking, when)
	f.ID, f.Severity = kindOf(refusal), Breaks
	if status := fetch.PreflightInvalidStatus; f.ID == PreflightFailed && refusal.Reason != status && refusal.Reason != fetch.PreflightDisallowedRedirect {
		failed := *refusal // whatever else the engine looks at first
		failed.Reason = status
		refusal = &failed
	}
	x := refusal.Explain()
	f.cause = refusal.Detail
	_, problem, _ := strings.Cut(x.Summary, ": ") // behind method and URL
	f.Problem = strings.ToUpper(problem[:1]) + problem[1:]
	f.Rule, f.Section, f.By, f.Fix, f.Headers = x.Rule, x.Section, x.By, x.Fix, x.Headers
	if f.ID == PreflightFailed {
		f.Problem = fmt.Sprintf("The preflight was answered with status %d.", refusal.Response.Status)
		f.Rule, f.Section = fetch.PreflightInvalidStatus.Rule(), fetch.PreflightInvalidStatus.Section()
	}
	if refusal.Stage != fetch.StagePreflight || len(f.Headers) == 0 || len(a.wire.exchanges) != 1 {
		return f, nil
	}
	return f, a.besides(ctx, asking, &f)
}

// besides adds what else keeps a preflight from succeeding, once its answer has
// the headers that a finding says.
func (a *audit) besides(ctx context.Context, asking string, f *Finding) error {
	mended := a.wire.exchanges[0]
	mended.Status = http.StatusNoContent
	for range 4 { // origin, credentials, method, headers
		mended.ResponseHeaders = slices.Clone(mended.ResponseHeaders)
		for _, h := range f.Headers {
			mended.ResponseHeaders.Set(h.Name, h.Value)
		}
		v, err := a.open(canned{&mended}, asking)
		if err != nil {
			return err
		}
		resp, err := v.page.Fetch(ctx, a.use.request())
		if err == nil {
			resp.Body.Close()
			return nil
		}
		more, ok := errors.AsType[*fetch.Error](err)
		if !ok || more.Stage != fetch.StagePreflight || more.Reason >= fetch.NetworkFailure {
			return ctx.Err()
		}
		x := more.Explain()
		_, summary, _ := strings.Cut(x.Summary, ": ")
		f.Problem += " Besides, " + summary
		for _, h := range x.Headers {
			f.Headers.Set(h.Name, h.Value)
		}
	}
	return nil
}

// kindOf is the id of a refusal.
func kindOf(refusal *fetch.Error) FindingID {
	// Browsers don't agree on whether status or origin comes first.
	if r := refusal.Response; refusal.Stage == fetch.StagePreflight && r != nil && (r.Status < 200 || r.Status > 299) {
		return PreflightFailed
	}
	switch refusal.Reason {
	case fetch.MissingAllowOrigin, fetch.MultipleAllowOriginValues, fetch.InvalidAllowOriginValue, fetch.AllowOriginMismatch:
		return OriginRefused
	case fetch.WildcardOriginNotAllowed, fetch.InvalidAllowCredentials:
		return CredentialsRefused
	case fetch.MethodDisallowed:
		return MethodNotAllowed
	case fetch.InvalidAllowMethods, fetch.InvalidAllowHeaders:
		return ListUnparsable
	case fetch.HeaderDisallowed:
		return HeaderNotAllowed
	case fetch.AuthorizationNotListed:
		return AuthorizationByWildcard
	case fetch.InvalidLocation, fetch.RedirectScheme, fetch.TooManyRedirects, fetch.RedirectContainsCredentials:
		return RedirectRefused
	}
	return Blocked
}

// finding is what all findings have in common, with what has just crossed the
// wire.
func (a *audit) finding(asking, when string) Finding {
	u := a.use
	tried := "A page of " + asking
	if asking == "null" {
		tried = "A sandboxed page (its origin is null)"
	}
	tried += " asked for " + u.method + " " + u.url.String()
	if u.Credentials == credentials.Include {
		tried += " with credentials"
	}
	return Finding{
		Use: u.name, Profiles: []string{a.profile.Name}, Origins: []string{asking},
		Tried: tried + when + ".", Exchanges: pruned(a.wire.exchanges), By: fetch.PartyServer,
	}
}

// A visitor is a page with a browser of its own, and its clock.
type visitor struct {
	page   *fetch.Environment
	asking string // its origin
	now    time.Time
	jar    *watchedJar

	// step tells apart what the page asks for several times: the same request at
	// the same step gets the answer that it got before.
	step string

	// first are the answers that it got the first time, where the use's request
	// is not to be made again.
	first []*asked
}

// auditStart is what the clock of each page shows at first.
var auditStart = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

func (a *audit) open(network fetch.Transport, asking string) (*visitor, error) {
	v := &visitor{asking: asking, now: auditStart}
	now := func() time.Time { return v.now }
	v.jar = &watchedJar{CookieJar: credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: a.profile.Credentials.Cookies, Now: now})}
	agent, err := fetch.NewAgent(&fetch.Options{Profile: a.profile, Transport: network, Cookies: v.jar, Now: now})
	if err != nil {
		return nil, err
	}
	at := fetch.EnvironmentOptions{URL: asking + "/"}
	if asking == "null" {
		at = fetch.EnvironmentOptions{URL: sandboxURL, Sandboxed: true}
	}
	v.page, err = agent.Environment(&at)
	return v, err
}

// fetch has a page make the use's request: a response whose body is closed, or
// why the browser refused. An error is one of the server, or of the intent.
func (a *audit) fetch(ctx context.Context, v *visitor, when string) (*fetch.Response, *fetch.Error, error) {
	v.jar.reset()
	a.use.keepCookies(v.jar, v.now)
	a.wire.begin(a.use, v)
	resp, err := v.page.Fetch(ctx, a.use.request())
	if err == nil {
		resp.Body.Close()
		a.played(v, when, nil)
		return resp, nil, nil
	}
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok || refusal.Stage == fetch.StageConstruct || refusal.Reason >= fetch.NetworkFailure {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
			err = fmt.Errorf("%w: %w", err, cause)
		}
		return nil, nil, err
	}
	a.played(v, when, refusal)
	return nil, refusal, nil
}

func (a *audit) played(v *visitor, when string, refusal *fetch.Error) {
	p := Play{
		Use: a.use.name, Profiles: []string{a.profile.Name}, Origin: v.asking, When: strings.TrimSpace(when), Exchanges: a.wire.exchanges,
		use: a.use, profile: a.profile, got: refusal == nil, cookies: v.jar.verdicts, set: v.jar.set,
	}
	if refusal != nil {
		p.Refusal = refusal.Error()
	}
	a.plays = append(a.plays, p)
}

// mergePlays makes one play of those that went the same way under several
// profiles.
func mergePlays(plays []Play) []Play {
	var key []byte
	return collect(plays, func(p *Play) string {
		key = key[:0]
		add := func(s string) { key = append(append(key, s...), 0) }
		add(p.Use)
		add(p.Origin)
		add(p.When)
		add(p.Refusal)
		for i := range p.Exchanges {
			x := &p.Exchanges[i]
			cookie, _ := x.RequestHeaders.Get("Cookie")
			add(x.Method)
			add(x.URL)
			add(cookie)
			key = strconv.AppendBool(strconv.AppendInt(key, int64(x.Status), 10), x.Cached)
		}
		return string(key)
	}, func(into *Play, p Play) { into.Profiles = append(into.Profiles, p.Profiles...) })
}
