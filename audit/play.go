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
	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
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
	uses     []*resolvedUse // of the intent
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
	visitor *visitor
	got     bool            // it got a response, or its preflight allowed a request that is held
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
		if !ok || !keeps(t.use.method) || !t.use.cors || t.use.ownedBy(asking) { // without CORS every origin gets the same
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
		if step.when != "" && !t.use.preflights() {
			break
		}
		page.now, page.step = page.now.Add(step.wait), step.when
		got, err := t.fetch(ctx, page)
		if err != nil {
			return false, t.unreachable(ctx, page, step.when, got, err)
		}
		t.played(page, step.when, got)
		if got.refusal != nil {
			f, err := t.refusal(ctx, asking, step.when, got, nil)
			t.notes = append(t.notes, f)
			return false, err
		}
		if step.when == "" && got.response != nil && t.use.Readable && t.use.element && !got.readable {
			if err := t.noteTainted(ctx, asking, got); err != nil {
				return false, err
			}
		}
		if step.when == "" {
			t.noteEffects(asking, page, got)
		}
		if step.when == "" && got.response != nil {
			t.read(asking, got)
			t.expect(asking, got)
			if err := t.cachedWithout(ctx, asking, got); err != nil {
				return false, err
			}
		}
		if step.when == "again" && cached > 0 && len(got.exchanges) > 0 && got.exchanges[0].Method == "OPTIONS" && t.use.method != "OPTIONS" {
			t.notes = append(t.notes, t.notCached(asking, step.wait, cached, got.exchanges))
		}
	}
	return true, nil
}

// read looks for the headers that the page must read.
func (t trial) read(asking string, got result) {
	sent := got.response.Internal().Headers
	for n, name := range slices.Concat(t.use.Read, t.use.ReadIfSent) {
		if got.response.Headers.Has(name) || n >= len(t.use.Read) && !sent.Contains(name) {
			continue
		}
		f := t.finding(asking, "", got.exchanges)
		f.cause = strings.ToLower(name)
		switch {
		case !sent.Contains(name):
			f.ID, f.Severity = headerMissing, Breaks
			f.Problem = "The response has no " + name + ", which the page must read."
			f.Rule = "the intent has the page read " + name
			f.Fix = "Send " + name + ", or remove it from the intent."
		default:
			f.ID, f.Severity = notExposed, Breaks
			f.Problem = "The response has " + name + ", but the browser hides it from the page."
			f.Rule = "a page sees only a few safelisted headers of a cross-origin response, and those that Access-Control-Expose-Headers lists; “*” counts only without credentials"
			f.Section = "https://fetch.spec.whatwg.org/#http-access-control-expose-headers"
			f.Fix = "Send, with every response to this use except the preflight's:"
			f.Headers = fetch.HeaderList{{Name: headerExpose, Value: t.exposing(sent)}}
			if _, _, err := sent.ExtractValues(headerExpose); err != nil {
				f.ID, f.cause = listUnparsable, headerExpose
				f.Problem = "The page must read " + name + ", but no header is exposed to it: " + whatIsWrong(err) + "."
				f.Rule = headerExpose + " must be a comma-separated list of header names; one invalid name makes the whole list invalid"
			}
			f.shaped(sent, headerExpose)
		}
		t.note(f)
	}
}

// exposing is what the server exposes, with all that the page must read.
func (t trial) exposing(sent fetch.HeaderList) string {
	value, _ := sent.Get(headerExpose)
	var names []string
	for _, name := range slices.Concat(strings.Split(value, ","), t.use.Read, t.use.ReadIfSent) {
		name = strings.Trim(name, " \t")
		if grammar.IsToken(name) && name != "*" {
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
	f.ID, f.Severity = preflightNotCached, Slow
	f.Problem = fmt.Sprintf("The browser made the preflight again. The first one should have been cached for %v.", cached)
	f.Section = "https://fetch.spec.whatwg.org/#cors-preflight-cache"
	x := &exchanges[0]
	longest := t.profile.PreflightCache.MaxURLLength
	switch {
	case longest > 0 && len(t.use.url.String()) > longest:
		f.cause, f.By = "url", "page"
		f.Rule = fmt.Sprintf("a preflight for a URL longer than %d bytes is not cached", longest)
		f.Section = ""
		f.Fix = "Move data from the URL to headers or a body."
		return f
	case t.profile.PreflightMaxAge(x.ResponseHeaders) >= cached:
		f.cause = "*"
		f.Rule = "not every browser caches what a preflight allowed by “*”, or not for requests with credentials"
		f.Fix = "List the method and the request headers by name in Access-Control-Allow-Methods and Access-Control-Allow-Headers:"
		if !safelist.IsSafelistedMethod(t.use.method) {
			f.Headers.Append(headerAllowMethods, t.use.method)
		}
		if names, ok := x.RequestHeaders.Get("Access-Control-Request-Headers"); ok {
			f.Headers.Append(headerAllowHeaders, strings.ReplaceAll(names, ",", ", "))
		}
		return f
	}
	f.Rule = "the response to a preflight is cached for the seconds in Access-Control-Max-Age, or for 5 seconds without it"
	f.Fix = "Send, with the response to the preflight:"
	f.Headers = fetch.HeaderList{{Name: headerMaxAge, Value: fmt.Sprint(int64((t.use.PreflightCached + time.Second - 1) / time.Second))}}
	f.shaped(x.ResponseHeaders, headerMaxAge)
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
		if noAnswer(ctx, err) != nil {
			return false, nil
		}
		return false, err
	}
	page, err := t.open(cache, asking)
	if err != nil {
		return false, err
	}
	when := "after " + who + " had requested the same through a shared cache"
	got, err := t.fetch(ctx, page)
	if err != nil {
		return false, t.unreachable(ctx, page, when, got, err)
	}
	t.played(page, when, got)
	if got.refusal == nil || !cache.served {
		return false, nil
	}
	f := t.finding(asking, when, append(slices.Clip(earlier.exchanges), got.exchanges...))
	f.ID, f.Severity = varyMissing, Fragile
	f.Problem = "The cache reused the response to " + to + ", and " + asking + " can't read it."
	f.Rule = "a response that depends on a request header must name it in Vary, also if that header is missing or the origin is not allowed"
	f.Section = "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches"
	f.By = "server"
	f.Fix = "Send this with every response of this URL, whatever the Origin:"
	if t.use.CrossOrigin != "" {
		f.Fix = "Write crossorigin on every element that uses the URL. " + f.Fix
	}
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
		return t.unreachable(ctx, page, "", got, err)
	}
	t.played(page, "", got)
	if got.refusal != nil {
		return nil
	}
	if got.held && len(got.exchanges) == 0 {
		return nil // nothing tells
	}
	if !got.held && !got.readable {
		return nil // an element uses it, and the page can't read it
	}
	f := t.finding(asking, "", got.exchanges)
	f.ID, f.Severity = wrongOriginAllowed, Unsafe
	f.Problem = "The page can read the response"
	withCookies := ", which was made with the user's cookies"
	if got.held {
		f.Problem, withCookies = "The preflight lets the page make the request", " with the user's cookies"
	}
	if t.use.Credentials == credentials.Include {
		f.Problem += withCookies
	}
	f.Problem += "."
	if t.use.API == "websocket" {
		f.Problem = "The page can open the connection, which was made with the user's cookies, and use it as the user."
	}
	f.Rule = "the intent refuses " + asking
	switch allowed, _ := got.exchanges[len(got.exchanges)-1].ResponseHeaders.Get("Access-Control-Allow-Origin"); {
	case t.use.API == "websocket":
		f.Fix = "CORS does not protect WebSockets: any page can open one. Compare the Origin of the handshake with a list of allowed origins, and answer others with status 403."
		f.Section = "https://www.rfc-editor.org/rfc/rfc6455#section-10.2"
	case allowed == "*":
		f.Fix = "Do not send Access-Control-Allow-Origin: *, which allows any origin. Compare the request's Origin with a list and send it back if it matches."
	case asking == "null":
		f.Fix = "Never allow null: every sandboxed page has this origin, and any site can make one."
	default:
		f.Fix = "Compare the whole of the request's Origin, byte for byte, with a list of allowed origins (not with a prefix, suffix or pattern that others can register). Send it back only if it is in the list."
	}
	t.notes = append(t.notes, f)
	return nil
}

// refusal is a use that the browser does not let through. What else is known of it
// may be nil.
func (t trial) refusal(ctx context.Context, asking, when string, got result, known *fetch.Evidence) (noted, error) {
	f, refusal := t.finding(asking, when, got.exchanges), got.refusal
	known = t.known(known, got.body)
	x := refusal.ExplainWith(known)
	f.ID, f.Severity = idOf(refusal, &x), Breaks
	f.cause, f.refused = refusal.Detail, &refused{t, got}
	if status := statusOf(refusal); f.ID == preflightFailed && (status < 200 || status > 299) { // by its status, whatever else the engine looks at first
		failed := *refusal
		failed.Reason = fetch.PreflightInvalidStatus
		by, fix, headers := x.By, x.Fix, x.Headers
		if x = failed.ExplainWith(known); refusal.Reason == fetch.PreflightDisallowedRedirect {
			x.By, x.Fix, x.Headers = by, fix, headers
		}
	}
	f.Problem = strings.ToUpper(x.Problem[:1]) + x.Problem[1:]
	if x.Behind != "" {
		f.Problem += " " + x.Behind
	}
	f.Cause, f.NotCORS, f.Preflight, f.Advice = x.Cause, x.NotCORS, x.Preflight, x.Advice
	f.Rule, f.Section, f.By, f.Fix, f.Headers = x.Rule, x.Section, x.By, x.Fix, x.Headers
	if refusal.Stage != "preflight" || len(f.Headers) == 0 || len(got.exchanges) != 1 {
		return f, nil
	}
	return f, t.besides(ctx, asking, &f, got.exchanges[0])
}

// statusOf is the status of the response that was refused; 0 without one.
func statusOf(refusal *fetch.Error) int {
	if refusal.Response == nil {
		return 0
	}
	return refusal.Response.Status
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
		if !ok || more.Stage != "preflight" || more.Reason >= fetch.NetworkFailure {
			return ctx.Err()
		}
		x := more.Explain()
		f.Problem += " Also: " + x.Problem
		for _, h := range x.Headers {
			f.Headers.Set(h.Name, h.Value)
		}
	}
	return nil
}

// idOf is the id of a refusal with this explanation: by the cause behind it, or by
// the rule that refused it.
func idOf(refusal *fetch.Error, x *fetch.Explanation) FindingID {
	switch {
	case x.Reason != refusal.Reason && x.Reason == fetch.MethodDisallowed:
		return methodNotAllowed
	case x.Reason != refusal.Reason && x.Reason == fetch.HeaderDisallowed:
		return headerNotAllowed
	case x.Cause == "headers-together", x.Cause == "preflight-needs-headers", x.Cause == "preflight-with-method", x.Cause == "preflight-without-cors":
		return preflightFailed
	case x.Cause == "answer-without-cors":
		return responseWithoutCORS
	case x.Cause == "credentials-change-answer":
		return credentialsRefused
	case x.Cause == "browser-cache":
		return cachedWithoutCORS
	case x.Cause == "login-redirect", x.Cause == "login-page":
		return loginRedirect
	case !x.NotCORS:
	case x.Cause == "html-page", x.Cause == "bot-check", x.Cause == "interstitial", x.Cause == "firewall", x.Cause == "deployment-protection":
		return notTheAPI
	case refusal.Stage == "actual":
		return requestFailed
	}
	return kindOf(refusal)
}

// kindOf is the id of a refusal by the rule that refused it.
func kindOf(refusal *fetch.Error) FindingID {
	// Browsers don't agree on whether status or origin comes first.
	if r := refusal.Response; refusal.Stage == "preflight" && r != nil && (r.Status < 200 || r.Status > 299) {
		return preflightFailed
	}
	switch refusal.Reason {
	case fetch.MissingAllowOrigin, fetch.MultipleAllowOriginValues, fetch.InvalidAllowOriginValue, fetch.AllowOriginMismatch:
		return originRefused
	case fetch.WildcardOriginNotAllowed, fetch.InvalidAllowCredentials:
		return credentialsRefused
	case fetch.MethodDisallowed:
		return methodNotAllowed
	case fetch.InvalidAllowMethods, fetch.InvalidAllowHeaders:
		return listUnparsable
	case fetch.HeaderDisallowed:
		return headerNotAllowed
	case fetch.AuthorizationNotListed:
		return authorizationByWildcard
	case fetch.InvalidLocation, fetch.RedirectScheme, fetch.TooManyRedirects, fetch.RedirectContainsCredentials:
		return redirectRefused
	case fetch.CSPBlocked:
		return cspRefused
	case fetch.MixedContent:
		if refusal.Request.Hop > 0 {
			return redirectToHTTP
		}
	}
	switch refusal.Reason.String() { // whose constants are not exported
	case "connection-allowlist", "integrity-policy":
		return policyRefused
	}
	return blocked
}

// tried is what a page did, in a sentence.
func (t trial) tried(asking, how string) string {
	page := "A page of " + asking
	if asking == "null" {
		page = "A sandboxed page (its origin is null)"
	}
	tried := page + " sent " + t.use.method + " " + t.use.url.String()
	if k, ok := t.use.kind(); ok {
		tried = page + " loaded " + t.use.url.String() + " with " + t.use.markup(&k)
		if k.Frame {
			tried = page + " showed " + t.use.url.String() + " in " + k.Markup
		}
		if k.Call {
			tried = page + " called " + k.Markup + " with " + t.use.url.String()
		}
	}
	if t.use.Credentials == credentials.Include && (!t.use.element || t.use.API != "") {
		tried += " with credentials"
	}
	for _, of := range [...][2]string{
		{"under Cross-Origin-Embedder-Policy: ", string(t.use.EmbedderPolicy)},
		{"under Content-Security-Policy: ", text.Legible(t.use.ContentSecurityPolicy, 200)},
		{"under Content-Security-Policy-Report-Only: ", text.Legible(t.use.ContentSecurityPolicyReportOnly, 200)},
		{"under Integrity-Policy: ", text.Legible(t.use.IntegrityPolicy, 200)},
		{"under Integrity-Policy-Report-Only: ", text.Legible(t.use.IntegrityPolicyReportOnly, 200)},
		{"under Connection-Allowlist: ", text.Legible(t.use.ConnectionAllowlist, 200)},
		{"under Connection-Allowlist-Report-Only: ", text.Legible(t.use.ConnectionAllowlistReportOnly, 200)},
		{"with its page in the address space ", string(t.use.AddressSpace)},
	} {
		if of[1] != "" {
			tried = strings.TrimSuffix(tried, ",") + ", " + of[0] + of[1] + ","
		}
	}
	if how != "" {
		tried += " " + how
	}
	return strings.TrimSuffix(tried, ",") + "."
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

	effects effects
}

// auditStart is what the clock of each page shows at first.
var auditStart = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// open opens a page of an origin in a browser of its own that keeps no responses, so
// that what the page got before does not answer a request.
func (t trial) open(network fetch.Transport, asking string) (*visitor, error) {
	return t.openWith(network, asking, httpcache.New(&httpcache.Options{Limits: httpcache.Limits{Entries: -1}}))
}

// openWith is open in a browser with an HTTP cache.
func (t trial) openWith(network fetch.Transport, asking string, cache *httpcache.Cache) (*visitor, error) {
	v := &visitor{asking: asking, now: auditStart}
	now := func() time.Time { return v.now }
	v.jar = &watchedJar{CookieJar: credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: t.profile.Credentials.Cookies, Now: now})}
	agent, err := fetch.NewAgent(&fetch.Options{Profile: t.profile, Transport: network, Cookies: v.jar, HTTPCache: cache, Schemes: customscheme.Of(asking), Now: now, Permissions: &fetch.Permissions{Ask: v.effects.ask}})
	if err != nil {
		return nil, err
	}
	at := t.use.environment(asking)
	v.page, err = agent.Environment(&at)
	return v, err
}

// A result is what came of a page's request.
type result struct {
	response  *fetch.Response // its body is closed; nil if the browser refused, and of a WebSocket
	readable  bool            // the page may read what it got
	refusal   *fetch.Error    // why the browser refused
	held      bool            // the request was not to be sent; there is neither response nor refusal
	exchanges []Exchange      // what crossed the wire
	body      []byte          // how that of the refused response begins
}

// fetch has a page make the use's request. An error is one of the server, or of
// the intent; then only the exchanges are there.
func (t trial) fetch(ctx context.Context, v *visitor) (result, error) {
	v.jar.reset()
	t.use.keepCookies(v.jar, v.now)
	t.wire.begin(t.use, v)
	var got result
	err := t.use.make(ctx, v.page, &got, v.effects.trace())
	got.exchanges, got.body = t.wire.exchanges, t.wire.body
	if err == nil {
		return got, nil
	}
	if errors.Is(err, errHeld) {
		got.held = true
		return got, nil
	}
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok || refusal.Stage == "construct" && refusal.Exception() != "SecurityError" || refusal.Reason >= fetch.NetworkFailure {
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
	p.Effect = t.use.effect(&got)
	if got.refusal != nil {
		p.refuse(got.refusal)
	}
	if got.held {
		p.Refusal, p.Held = errHeld.Error(), true
	}
	t.plays = append(t.plays, played{Play: p, trial: t, visitor: v, got: got.refusal == nil && !(got.held && len(got.exchanges) == 0), cookies: v.jar.verdicts, set: v.jar.set})
}

func (t trial) newPlay(asking, when string, exchanges []Exchange) Play {
	return Play{
		Use: t.use.name, Profiles: []string{t.profile.Name}, Origin: asking, Method: t.use.method, URL: t.use.url.WithoutFragment(),
		When: when, Exchanges: exchanges, Preflight: whyPreflight(exchanges),
	}
}

// whyPreflight is why the first preflight among exchanges was sent; "" if there is
// none.
func whyPreflight(exchanges []Exchange) string {
	for i := range exchanges {
		if x := &exchanges[i]; x.IsPreflight() {
			names, method := x.asks()
			return cause.WhyPreflight(method, names, false)
		}
	}
	return ""
}

// asks are the headers and the method that a preflight asks for.
func (x *Exchange) asks() (names []string, method string) {
	if list, ok := x.RequestHeaders.Get("Access-Control-Request-Headers"); ok && list != "" {
		for name := range strings.SplitSeq(list, ",") {
			names = append(names, fold.Lower(strings.Trim(name, " \t")))
		}
	}
	method, _ = x.RequestHeaders.Get("Access-Control-Request-Method")
	return names, method
}

// refuse has a play end with a refusal.
func (p *Play) refuse(e *fetch.Error) {
	p.Refusal, p.Reason, p.Stage = e.Error(), e.Reason.String(), string(e.Stage)
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
		add(p.Effect)
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
