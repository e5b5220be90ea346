package audit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// A run is an audit under way: what has been seen so far.
type run struct {
	intent   *Intent
	options  Options
	wire     recorder
	notes    []noted
	plays    []played
	learners []*learner
}

// A trial is a use as pages make it in one browser.
type trial struct {
	*run
	use     *resolvedUse
	profile *fetch.Profile
}

func (r *run) trial(use *resolvedUse, profile *fetch.Profile) trial { return trial{r, use, profile} }

// A played is a play with what looking for findings takes.
type played struct {
	Play
	trial   trial
	got     bool            // it got a response
	cookies []cookieVerdict // of all requests with credentials, in order
	set     []cookieSet     // by the visit before and by answers to them
}

// play plays the use from each origin of the intent.
func (t trial) play(ctx context.Context) error {
	intent := t.intent
	for n, asking := range intent.Allow {
		ok, err := t.allowed(ctx, asking)
		if err != nil {
			return err
		}
		if !ok || !keeps(t.use.method) {
			continue
		}
		// Whoever comes before it in the list asks first, a refused origin before
		// the first.
		before := slices.Concat(intent.Refuse[:min(1, len(intent.Refuse))], intent.Allow)
		first := before[(n+len(before)-len(intent.Allow)+len(before)-1)%len(before)]
		found := false
		if first != asking {
			if found, err = t.shared(ctx, first, asking); err != nil {
				return err
			}
		}
		if !found && !t.options.SkipProbes {
			if _, err := t.shared(ctx, t.use.url.Origin().String(), asking); err != nil {
				return err
			}
		}
	}
	for _, asking := range intent.Refuse {
		if err := t.refused(ctx, asking); err != nil {
			return err
		}
	}
	return nil
}

// allowed plays the use from an allowed origin: first, repeated, and after the
// preflight has expired. It is false if a finding has ended that.
func (t trial) allowed(ctx context.Context, asking string) (bool, error) {
	limit := t.profile.PreflightLimits.MaxAge
	cached := min(t.use.PreflightCached, limit)
	page, err := t.open(&t.wire, asking)
	if err != nil {
		return false, err
	}
	for _, step := range []struct {
		wait time.Duration
		when string
	}{
		{0, ""},
		{max(0, cached-time.Second), "again"},
		{limit + time.Second, "once more, after its preflight had expired"},
	} {
		page.now, page.step = page.now.Add(step.wait), step.when
		got, err := t.fetch(ctx, page)
		if err != nil {
			return false, err
		}
		t.played(page, step.when, got)
		if got.refusal != nil {
			f, err := t.refusal(ctx, asking, step.when, got)
			t.notes = append(t.notes, f)
			return false, err
		}
		if step.when == "" {
			t.read(asking, got)
		}
		if step.when == "again" && cached > 0 && got.exchanges[0].Method == "OPTIONS" && t.use.method != "OPTIONS" {
			t.notes = append(t.notes, t.notCached(asking, step.wait, cached, got.exchanges))
		}
	}
	return true, nil
}

// read looks for the headers that the page must read.
func (t trial) read(asking string, got result) {
	sent := got.response.Internal().Headers
	for _, name := range t.use.Read {
		if got.response.Headers.Has(name) {
			continue
		}
		f := t.finding(asking, "", got.exchanges)
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
			f.Headers = fetch.HeaderList{{Name: headerExpose, Value: t.exposing(sent)}}
			if _, _, err := sent.ExtractValues(headerExpose); err != nil {
				f.ID, f.cause = ListUnparsable, headerExpose
				f.Problem = "The page must read " + name + ", and nothing is exposed to it: " + whatIsWrong(err) + "."
				f.Rule = headerExpose + " must be a comma-separated list of header names; if one is none, the whole list is void"
			}
		}
		t.note(f)
	}
}

// exposing is what the server exposes, with all that the page must read.
func (t trial) exposing(sent fetch.HeaderList) string {
	value, _ := sent.Get(headerExpose)
	var names []string
	for _, name := range append(strings.Split(value, ","), t.use.Read...) {
		name = strings.Trim(name, " \t")
		if safelist.IsToken(name) && name != "*" {
			names = append(names, name)
		}
	}
	return strings.Join(fold.Unique(names), ", ")
}

// notCached is a preflight that was made again after a while, though it should
// last for longer.
func (t trial) notCached(asking string, after, cached time.Duration, exchanges []Exchange) noted {
	f := t.finding(asking, "again", exchanges)
	f.Tried = t.tried(asking, fmt.Sprintf("again, %v after the first time", after))
	f.ID, f.Severity = PreflightNotCached, Slow
	f.Problem = fmt.Sprintf("The browser made the preflight again. The answer to it should have lasted for %v.", cached)
	f.Section = "https://fetch.spec.whatwg.org/#cors-preflight-cache"
	x := &exchanges[0]
	longest := t.profile.PreflightCache.MaxURLLength
	switch {
	case longest > 0 && len(t.use.url.String()) > longest:
		f.cause, f.By = "url", fetch.PartyPage
		f.Rule = fmt.Sprintf("a preflight of a URL that is longer than %d bytes is not kept", longest)
		f.Section = ""
		f.Fix = "Put what makes the URL long into headers or a body."
		return f
	case t.profile.PreflightMaxAge(x.ResponseHeaders) >= cached:
		f.cause = "*"
		f.Rule = "what a preflight allowed by “*” is not kept by every browser, or not for requests with credentials"
		f.Fix = "Name the method and the request headers in Access-Control-Allow-Methods and Access-Control-Allow-Headers:"
		if !safelist.IsSafelistedMethod(t.use.method) {
			f.Headers.Append(headerAllowMethods, t.use.method)
		}
		if names, ok := x.RequestHeaders.Get("Access-Control-Request-Headers"); ok {
			f.Headers.Append(headerAllowHeaders, strings.ReplaceAll(names, ",", ", "))
		}
		return f
	}
	f.Rule = "a preflight's answer is kept for the seconds of Access-Control-Max-Age, and for 5 without it"
	f.Fix = "Send, with the answer to the preflight:"
	f.Headers = fetch.HeaderList{{Name: "Access-Control-Max-Age", Value: fmt.Sprint(int64((t.use.PreflightCached + time.Second - 1) / time.Second))}}
	return f
}

// shared plays the use from an allowed origin behind an HTTP cache that has
// answered a page of another origin before, or of the server's own, whose
// request has no Origin header. It is true if that is a finding.
func (t trial) shared(ctx context.Context, first, asking string) (bool, error) {
	cache := &sharedCache{next: &t.wire}
	before, err := t.open(cache, first)
	if err != nil {
		return false, err
	}
	who, to := first, first
	if own := t.use.url.Origin().String(); first == own {
		who, to = "a page of "+own+" itself", "a request without Origin"
	}
	earlier, err := t.fetch(ctx, before) // which is played without the cache, too
	if err != nil {
		_, silent := unanswered(ctx, err)
		if silent || to != first && ctx.Err() == nil {
			return false, nil // it was hung up on, or led to where others are not
		}
		return false, err
	}
	page, err := t.open(cache, asking)
	if err != nil {
		return false, err
	}
	when := "after " + who + " had asked for the same through a shared cache"
	got, err := t.fetch(ctx, page)
	if err != nil {
		return false, err
	}
	t.played(page, when, got)
	if got.refusal == nil || !cache.served {
		return false, nil
	}
	f := t.finding(asking, when, append(slices.Clip(earlier.exchanges), got.exchanges...))
	f.ID, f.Severity = VaryMissing, Fragile
	f.Problem = "The cache took the answer to " + to + " for one to everybody, and " + asking + " can't read it."
	f.Rule = "an answer that depends on a request header names it in Vary, also where that header is missing or its origin is not allowed"
	f.Section = "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches"
	f.By = fetch.PartyServer
	f.Fix = "Send this with every answer of this URL, whoever asks:"
	f.Headers = fetch.HeaderList{{Name: "Vary", Value: "Origin"}}
	t.notes = append(t.notes, f)
	return true, nil
}

// refused plays the use from an origin that must not read the answer.
func (t trial) refused(ctx context.Context, asking string) error {
	page, err := t.open(&t.wire, asking)
	if err != nil {
		return err
	}
	answered := len(t.wire.traffic) > 0
	got, err := t.fetch(ctx, page)
	led := slices.ContainsFunc(got.exchanges, func(x Exchange) bool { return !x.IsPreflight() }) // by a redirect
	if failure, ok := unanswered(ctx, err); ok && answered && !led && !errors.Is(err, context.DeadlineExceeded) {
		got.refusal = failure // it hangs up on whom it does not know
		t.played(page, "", got)
		return nil
	}
	if err != nil {
		return err
	}
	t.played(page, "", got)
	if got.refusal != nil {
		return nil
	}
	f := t.finding(asking, "", got.exchanges)
	f.ID, f.Severity = WrongOriginAllowed, Unsafe
	f.Problem = "The page can read the answer"
	if t.use.Credentials == credentials.Include {
		f.Problem += ", made with the cookies of whoever looks at it"
	}
	f.Problem += "."
	f.Rule = "the intent refuses " + asking
	switch allowed, _ := got.exchanges[len(got.exchanges)-1].ResponseHeaders.Get("Access-Control-Allow-Origin"); {
	case allowed == "*":
		f.Fix = "Do not send Access-Control-Allow-Origin: *, which is everybody. Compare the request's Origin with a list and send back the one that matches."
	case asking == "null":
		f.Fix = "Never allow null: every sandboxed page says it, whoever wrote it."
	default:
		f.Fix = "Compare the request's Origin with the entries of a list as a whole, byte for byte (no prefix, suffix or pattern that a stranger can register), and send it back only if it is there."
	}
	t.notes = append(t.notes, f)
	return nil
}

// refusal is a use that the browser does not let through.
func (t trial) refusal(ctx context.Context, asking, when string, got result) (noted, error) {
	f, refusal := t.finding(asking, when, got.exchanges), got.refusal
	f.ID, f.Severity = kindOf(refusal), Breaks
	f.cause = refusal.Detail
	x := refusal.Explain()
	if f.ID == PreflightFailed { // by its status, whatever else the engine looks at first
		failed := *refusal
		failed.Reason = fetch.PreflightInvalidStatus
		by, fix, headers := x.By, x.Fix, x.Headers
		if x = failed.Explain(); refusal.Reason == fetch.PreflightDisallowedRedirect {
			x.By, x.Fix, x.Headers = by, fix, headers
		}
	}
	f.Problem = strings.ToUpper(x.Problem[:1]) + x.Problem[1:]
	f.Rule, f.Section, f.By, f.Fix, f.Headers = x.Rule, x.Section, x.By, x.Fix, x.Headers
	if refusal.Stage != fetch.StagePreflight || len(f.Headers) == 0 || len(got.exchanges) != 1 {
		return f, nil
	}
	return f, t.besides(ctx, asking, &f, got.exchanges[0])
}

// besides adds what else keeps a preflight from succeeding, once its answer has
// the headers that a finding says.
func (t trial) besides(ctx context.Context, asking string, f *noted, mended Exchange) error {
	mended.Status = http.StatusNoContent
	for range 4 { // origin, credentials, method, headers
		mended.ResponseHeaders = slices.Clone(mended.ResponseHeaders)
		for _, h := range f.Headers {
			mended.ResponseHeaders.Set(h.Name, h.Value)
		}
		v, err := t.open(canned{&mended}, asking)
		if err != nil {
			return err
		}
		resp, err := v.page.Fetch(ctx, t.use.request())
		if err == nil {
			resp.Body.Close()
			return nil
		}
		more, ok := errors.AsType[*fetch.Error](err)
		if !ok || more.Stage != fetch.StagePreflight || more.Reason >= fetch.NetworkFailure {
			return ctx.Err()
		}
		x := more.Explain()
		f.Problem += " Besides, " + x.Problem
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

// tried is what a page did, in a sentence.
func (t trial) tried(asking, how string) string {
	page := "A page of " + asking
	if asking == "null" {
		page = "A sandboxed page (its origin is null)"
	}
	tried := page + " asked for " + t.use.method + " " + t.use.url.String()
	if t.use.Credentials == credentials.Include {
		tried += " with credentials"
	}
	if how != "" {
		tried += " " + how
	}
	return tried + "."
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

func (t trial) open(network fetch.Transport, asking string) (*visitor, error) {
	v := &visitor{asking: asking, now: auditStart}
	now := func() time.Time { return v.now }
	v.jar = &watchedJar{CookieJar: credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: t.profile.Credentials.Cookies, Now: now})}
	agent, err := fetch.NewAgent(&fetch.Options{Profile: t.profile, Transport: network, Cookies: v.jar, Now: now})
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

// A result is what came of a page's request.
type result struct {
	response  *fetch.Response // its body is closed; nil if the browser refused
	refusal   *fetch.Error    // why the browser refused
	exchanges []Exchange      // what crossed the wire
}

// fetch has a page make the use's request. An error is one of the server, or of
// the intent; then only the exchanges are there.
func (t trial) fetch(ctx context.Context, v *visitor) (result, error) {
	v.jar.reset()
	t.use.keepCookies(v.jar, v.now)
	t.wire.begin(t.use, v)
	resp, err := v.page.Fetch(ctx, t.use.request())
	got := result{exchanges: t.wire.exchanges}
	if err == nil {
		resp.Body.Close()
		got.response = resp
		return got, nil
	}
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok || refusal.Stage == fetch.StageConstruct || refusal.Reason >= fetch.NetworkFailure {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
			err = fmt.Errorf("%w: %w", err, cause)
		}
		return got, err
	}
	got.refusal = refusal
	return got, nil
}

// played keeps what a page did, for the report and to be looked at.
func (t trial) played(v *visitor, when string, got result) {
	p := t.newPlay(v.asking, when, got.exchanges)
	if got.refusal != nil {
		p.refuse(got.refusal)
	}
	t.plays = append(t.plays, played{Play: p, trial: t, got: got.refusal == nil, cookies: v.jar.verdicts, set: v.jar.set})
}

func (t trial) newPlay(asking, when string, exchanges []Exchange) Play {
	return Play{
		Use: t.use.name, Profiles: []string{t.profile.Name}, Origin: asking, Method: t.use.method, URL: t.use.url.WithoutFragment(),
		When: when, Exchanges: exchanges,
	}
}

// refuse has a play end with a refusal.
func (p *Play) refuse(e *fetch.Error) {
	p.Refusal, p.Reason, p.Stage = e.Error(), e.Reason.String(), e.Stage.String()
	switch {
	case e.Header != "" && e.Value != "":
		p.Detail = e.Header + " " + text.Quote(e.Value)
	case e.Header != "":
		p.Detail = e.Header
	case e.Detail != "":
		p.Detail = text.Clean(e.Detail)
	case e.Response != nil && (e.Reason == fetch.PreflightInvalidStatus || e.Reason == fetch.PreflightDisallowedRedirect):
		p.Detail = fmt.Sprintf("status %d", e.Response.Status)
	}
}

// mergePlays makes one play of those that went the same way under several
// profiles.
func mergePlays(plays []played) []Play {
	all := make([]Play, len(plays))
	for i := range plays {
		all[i] = plays[i].Play
	}
	var key []byte
	return collect(all, func(p *Play) string {
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
