package fetch

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

const (
	allowMethods = "Access-Control-Allow-Methods"
	allowHeaders = "Access-Control-Allow-Headers"
)

// preflightFetch is CORS-preflight fetch.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (f *fetching) preflightFetch() *Error {
	r := f.request
	if refusal := f.askForPreflight(); refusal != nil {
		return refusal
	}
	// 1. OPTIONS to the same URL, from the same origin, without credentials.
	p := fetching{ctx: f.ctx, agent: f.agent, openBodies: f.openBodies, request: &request{
		method:         "OPTIONS",
		urlList:        f.preflightURLs(),
		destination:    r.destination,
		origin:         r.origin,
		referrer:       r.referrer,
		referrerPolicy: r.referrerPolicy,
		mode:           CORS,
		credentials:    credentials.SameOrigin,
		cache:          cacheDefault,
		redirect:       redirectFollow,
		tainting:       taintingCORS,
		api:            r.api,
		redirectCount:  r.redirectCount,
		preflight:      true,
		preflightFor:   r,
		canPrompt:      r.canPrompt,
		trace:          r.trace,
		http:           r.http,
		httpURL:        r.httpURL,
	}}
	rules := &f.agent.profile.Preflight
	if !rules.ForgetRedirects {
		p.request.silentHops = r.silentHops
	}
	if rules.InheritCacheHeaders {
		p.request.cache, p.request.preventCacheControl = f.cacheMode(), r.preventCacheControl
	}
	if rules.PagePartition {
		p.request.partitionOf = r.client
	}
	if rules.FirstReferrer {
		p.request.referrer = r.original.sentReferrer
	}
	headers := safelist.HeaderList{
		// 2. It takes any type.
		{Name: "Accept", Value: "*/*"},
		// 3. It names the method.
		{Name: "Access-Control-Request-Method", Value: r.method},
	}
	// 4. The headers that need leave.
	unsafeNames := f.unsafeNames()
	// 5. It names them, without blanks between.
	if len(unsafeNames) > 0 {
		headers = append(headers, safelist.Header{Name: "Access-Control-Request-Headers", Value: strings.Join(unsafeNames, ",")})
	}
	if agent, ok := r.original.headers.Get("User-Agent"); ok && rules.ScriptUserAgent {
		add(&headers, "User-Agent", agent)
	}
	p.request.headers = headers
	// 6. Send it; redirects aren't followed.
	resp, refusal := p.fetchWithStorageAccess()
	if refusal != nil {
		refusal.Request.Page = r.client.origin.String()
		return refusal
	}
	if f.blocksAfterPreflight() {
		if refusal := f.blockedDueToBadPort(); refusal != nil {
			resp.discard()
			return refusal
		}
	}
	// 7, 8. See what the server allows.
	refusal = f.checkPreflight(resp, unsafeNames)
	f.checked(checkPreflight, resp, refusal)
	resp.discard()
	if refusal == nil {
		f.preflightAnswer, f.preflightNames = resp, unsafeNames
	}
	return refusal
}

// preflightURLs is the URL list of the preflight.
func (f *fetching) preflightURLs() []*origin.URL {
	list := f.request.urlList
	if f.agent.profile.Preflight.ForgetRedirects {
		return list[len(list)-1:]
	}
	return list
}

// unsafeNames are the CORS-unsafe request-header names with the request's header
// list.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (f *fetching) unsafeNames() []string {
	return f.rules().UnsafeNames(f.judgedHeaders())
}

// judgedHeaders are the headers that say what a preflight asks for.
func (f *fetching) judgedHeaders() safelist.HeaderList {
	r := f.request
	if f.agent.profile.Preflight.ByFirstHeaders || f.keepsType() && r.stickyPreflight {
		return r.original.headers
	}
	if f.keepsType() {
		return r.headers
	}
	if r.redirectCount > 0 && f.agent.profile.Preflight.StickyHeadersOnRedirect {
		return r.unstripped()
	}
	if r.original.typeBeforeCharset != "" && f.agent.profile.Preflight.TypeBeforeCharset {
		headers := slices.Clone(r.headers)
		headers.Set("Content-Type", r.original.typeBeforeCharset)
		return headers
	}
	return r.headers
}

// keepsType tells whether the profile's preflights of the request, once it had one, ask
// for the Content-Type that it had.
func (f *fetching) keepsType() bool {
	return f.request.api == apiBeacon && f.agent.profile.Beacon.PreflightKeepsType
}

// checkPreflight is steps 7 and 8 of CORS-preflight fetch: what the server
// allows, and remembering it.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (f *fetching) checkPreflight(resp *response, unsafeNames []string) *Error {
	r := f.request
	rules := &f.agent.profile.Preflight
	unparsable := func(reason Reason, header, value string) *Error {
		refusal := f.block(reason, resp, header, value)
		refusal.Stage = stagePreflight
		return refusal
	}
	// 7, 8. The CORS check and an ok status come first.
	if refusal := f.checkPreflightAccess(resp); refusal != nil {
		return refusal
	}
	// 7.1, 7.2. Which methods and headers are allowed.
	// 7.3. A list that does not parse is a network error.
	methods, listed, err := resp.headers.ExtractValues(allowMethods)
	methodsValue, _ := resp.headers.Get(allowMethods)
	if err != nil {
		return unparsable(InvalidAllowMethods, allowMethods, methodsValue)
	}
	names, _, err := resp.headers.ExtractValues(allowHeaders)
	namesValue, _ := resp.headers.Get(allowHeaders)
	if err != nil {
		return unparsable(InvalidAllowHeaders, allowHeaders, namesValue)
	}
	// 7.4. A preflight that script forced allows its method without naming it.
	if !listed && r.usePreflight && !rules.NoImpliedMethod {
		methods = []string{r.method}
	}
	// 7.5 to 7.7. They must cover the request.
	refusal := f.checkAllowed(methods, names, unsafeNames)
	if refusal != nil {
		refusal.Response = resp.infoRef()
		refusal.Value = methodsValue
		if refusal.Header == allowHeaders {
			refusal.Value = namesValue
		}
	}
	// 7.11. Nothing is remembered for a request that bypasses the cache.
	if refusal != nil && !rules.StoreRefused || f.bypassesPreflightCache() {
		return refusal
	}
	// 7.8, 7.9. For how long it holds: 5 seconds, if the server doesn't say.
	// 7.10. The cache imposes its limit.
	maxAge := (*maxAgeRules)(&rules.MaxAge).parse(resp.headers)
	// 7.12 to 7.15. Remember methods and names, or prolong what is remembered.
	included := r.credentials == credentials.Include
	f.agent.preflights.Store(f.cacheKey(), included, maxAge, methods, names)
	// 7.16. The request itself may go.
	return refusal
}

// checkAllowed is steps 7.5 to 7.7 of CORS-preflight fetch: whether what the
// preflight allows covers the request.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (f *fetching) checkAllowed(methods, names, unsafeNames []string) *Error {
	r := f.request
	refuse := func(reason Reason, header, detail string) *Error {
		return &Error{Reason: reason, Stage: stagePreflight, Request: r.info(), Header: header, Detail: detail, messages: f.messages()}
	}
	included := r.credentials == credentials.Include
	// 7.5. The method: listed, safelisted, or covered by “*” without credentials.
	if !slices.Contains(methods, r.method) && !safelist.IsSafelistedMethod(r.method) &&
		(included || !slices.Contains(methods, "*")) {
		return refuse(MethodDisallowed, allowMethods, r.method)
	}
	wildcard := !included && slices.Contains(names, "*")
	allowed := fold.NewSet(names)
	// 7.6. Authorization has to be listed by name.
	if !f.agent.profile.Preflight.WildcardCoversAuthorization {
		for _, h := range r.headers {
			if headername.IsNonWildcard(h.Name) && !allowed.Has(h.Name) {
				reason := HeaderDisallowed
				if wildcard {
					reason = AuthorizationNotListed
				}
				return refuse(reason, allowHeaders, strings.ToLower(h.Name))
			}
		}
	}
	// 7.7. The other headers: listed, or covered by “*” without credentials.
	for _, name := range unsafeNames {
		if !wildcard && !allowed.Has(name) {
			return refuse(HeaderDisallowed, allowHeaders, name)
		}
	}
	return nil
}

// checkPreflightAccess is the condition of step 7 of CORS-preflight fetch. The
// CORS check is done on the request and not on the preflight, for its
// credentials mode.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
func (f *fetching) checkPreflightAccess(resp *response) *Error {
	r := f.request
	ownOrigin := false
	if f.agent.profile.Preflight.ForgetRedirects && len(r.urlList) > 1 {
		first := *r
		first.urlList, first.silentHops = f.preflightURLs(), 0
		ownOrigin = r.currentURL().Origin().SameOrigin(r.origin)
		r = &first
	}
	var access *Error
	if !ownOrigin {
		access = f.corsCheck(r, resp, stagePreflight)
	}
	if access != nil && !(f.agent.profile.Preflight.StatusFirst && !okStatus(resp.status)) {
		return access
	}
	if okStatus(resp.status) {
		return nil
	}
	reason := PreflightInvalidStatus
	if redirectStatus(resp.status) {
		reason = PreflightDisallowedRedirect
	}
	refusal := f.block(reason, resp, "", "")
	refusal.Stage = stagePreflight
	return refusal
}

// PreflightMaxAge returns how long the result of a preflight with these
// response headers is cached: the Access-Control-Max-Age, as the profile parses
// it, up to the profile's limit.
//
// https://fetch.spec.whatwg.org/#http-access-control-max-age
func (p *Profile) PreflightMaxAge(headers HeaderList) time.Duration {
	return max(0, min((*maxAgeRules)(&p.Preflight.MaxAge).parse(headers), cmp.Or(p.PreflightLimits.MaxAge, rules.DefaultPreflightMaxAge)))
}

// maxAgeRules are [rules.MaxAge] with the parser that they change.
type maxAgeRules rules.MaxAge

// parse reads Access-Control-Max-Age: steps 7.8 and 7.9 of CORS-preflight
// fetch.
//
// https://fetch.spec.whatwg.org/#http-access-control-max-age
func (m *maxAgeRules) parse(headers safelist.HeaderList) time.Duration {
	const (
		header    = "Access-Control-Max-Age"
		otherwise = 5 * time.Second
		longest   = math.MaxInt64 / int64(time.Second)
	)
	values, present, err := headers.ExtractValues(header)
	if value, _ := headers.Get(header); !present || value == "" && m.EmptyIsMissing {
		return otherwise
	}
	var digits string
	if err == nil {
		digits = values[0]
	} else {
		value, _ := headers.Get(header)
		rest, negative := strings.CutPrefix(value, "-")
		switch {
		case m.AcceptPlus && strings.HasPrefix(value, "+") && isDigits(value[1:]):
			digits = value[1:]
		case negative && isDigits(rest) && m.NegativeNotCached, m.InvalidNotCached:
			return 0
		default:
			return otherwise
		}
	}
	seconds, err := strconv.ParseInt(digits, 10, 64)
	if err != nil && m.OverflowIsInvalid {
		if m.InvalidNotCached {
			return 0
		}
		return otherwise
	}
	if err != nil || seconds > longest {
		seconds = longest
	}
	return time.Duration(seconds) * time.Second
}

// isDigits tells whether a string is one or more ASCII digits.
func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
