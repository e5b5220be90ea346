package fetch

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// networkOrCacheFetch is HTTP-network-or-cache fetch, with an HTTP cache that
// is always empty.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) networkOrCacheFetch(isAuthentication, isNewConnection bool) (*response, *Error) {
	r := f.request
	included := f.includeCredentials()                                                   // 8.3, 8.4
	headers := f.networkHeaders()                                                        // 8.5 to 8.20
	if f.cacheMode() == CacheOnlyIfCached && !f.agent.profile.Request.OnlyIfCachedAsks { // 11.1
		return nil, f.fail(NotCached, "cache", string(CacheOnlyIfCached))
	}
	if refusal := f.holdKeepalive(); refusal != nil {
		return nil, refusal // 8.10
	}
	if t := r.trace; t != nil && t.Cookies != nil {
		f.traceCookies(t, included)
	}
	switch {
	case included:
		f.appendCredentials(&headers, isAuthentication) // 8.21
	case isAuthentication && f.agent.profile.Policy.URLAnswersChallenge:
		f.appendAuthorization(&headers, true)
	}
	resp, refusal := f.networkFetch(headers, included, isNewConnection) // 11.2
	if refusal != nil {
		return nil, refusal
	}
	if isAuthentication {
		f.takeUserinfo()
	}
	resp.urlList = r.urlList // 12
	f.showWireURL(resp)
	resp.rangeRequested = headers.Contains("Range") // 13
	resp.includesCredentials = included             // 14
	if f.proxied && resp.status != 407 {
		f.accepted(f.agent.authentication, f.proxy, resp, "Proxy-Authentication-Info")
	}
	switch {
	case resp.status == 401 && r.tainting != TaintingCORS && included && r.prompts: // 15
		return f.authenticate(resp, isAuthentication, isNewConnection)
	case resp.status == 401 && r.useURLCredentials && !isAuthentication && r.currentURL().IncludesCredentials() && f.agent.profile.Policy.URLAnswersChallenge:
		return f.authenticate(resp, false, isNewConnection)
	case resp.status == 401:
		f.unanswered(resp, f.whyUnanswered(included))
		return resp, nil
	case resp.status == 407: // 16
		return f.authenticateProxy(resp, isAuthentication, isNewConnection)
	case resp.status == 421 && !isNewConnection && (r.body == nil || r.body.replayable()): // 17
		resp.discard()
		if refusal := f.canceled(); refusal != nil {
			return nil, refusal // 17.1
		}
		return f.networkOrCacheFetch(isAuthentication, true) // 17.2
	}
	if f.authorized { // 18
		f.accepted(f.store(), f.auth, resp, "Authentication-Info")
	}
	return resp, nil // 19
}

// takeUserinfo takes the username and password off the current URL, if the
// profile does.
func (f *fetching) takeUserinfo() {
	r := f.request
	if u := r.currentURL(); f.agent.profile.Request.UserinfoTaken && u.IncludesCredentials() {
		r.urlList[len(r.urlList)-1] = u.SetCredentials("", "")
	}
}

// maxAnswers is how many challenges of servers and proxies are answered until
// there is a response for a URL, on each hop anew. A store that always has another
// answer would go on for ever; a browser's user gives up.
const maxAnswers = 20

// authenticate is step 15 of HTTP-network-or-cache fetch: a 401 is answered,
// or handed over where nobody answers.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) authenticate(resp *response, isAuthentication, isNewConnection bool) (*response, *Error) {
	r := f.request
	if r.body != nil && r.body.kind == bodyStream { // 15.2.1
		resp.discard()
		return nil, f.block(BodyNotReplayable, resp, "WWW-Authenticate", "")
	}
	auth := f.authRequest()
	auth.UseURL = r.useURLCredentials && !isAuthentication && auth.URL.IncludesCredentials() // 15.3
	if auth.UseURL && !resp.includesCredentials {
		f.ownStore = credentials.NewKeyring(nil)
	}
	store := f.store()
	if store == nil && auth.UseURL {
		store = f.agent.keys.make()
	}
	if store == nil {
		f.unanswered(resp, credentials.NoStore)
		return resp, nil
	}
	if f.answers == maxAnswers {
		f.unanswered(resp, credentials.TooManyAnswers)
		return resp, nil
	}
	f.answers++
	err := store.Challenge(auth, challengesOf(resp, "WWW-Authenticate"))
	f.answered = err == nil
	var why *credentials.UnansweredError
	sentAnyway := auth.UseURL && !f.agent.profile.Policy.URLNeedsChallenge && errors.As(err, &why) && why.Reason == credentials.NoChallenge // as 8.21.2.3 has it
	f.challenged(resp, err)
	if err != nil && !sentAnyway {
		return resp, nil
	}
	if refusal := f.mayRepeat(resp, "WWW-Authenticate"); refusal != nil {
		return nil, refusal
	}
	return f.networkOrCacheFetch(true, isNewConnection) // 15.4
}

// authenticateProxy is step 16 of HTTP-network-or-cache fetch: a 407 is
// answered, or is what the profile makes of it. Only a proxy is answered, of
// which the transport has told; a server that sends one gets no answer. The user
// is asked for a preflight too, whose traversable for user prompts is not
// "no-traversable" and which has to get through the proxy first.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) authenticateProxy(resp *response, isAuthentication, isNewConnection bool) (*response, *Error) {
	var err error
	switch {
	case f.agent.authentication == nil:
		err = &credentials.UnansweredError{Reason: credentials.NoStore}
	case !f.proxied:
		err = &credentials.UnansweredError{Reason: credentials.NoProxy}
	case f.answers == maxAnswers:
		err = &credentials.UnansweredError{Reason: credentials.TooManyAnswers}
	default:
		f.answers++
		f.proxy.Silent = !f.request.prompts // 16.1
		err = f.agent.authentication.Challenge(f.proxy, challengesOf(resp, "Proxy-Authenticate"))
	}
	f.challenged(resp, err)
	switch {
	case err == nil:
	case f.agent.profile.Response.ProxyAuthenticationShown && !resp.network.Tunnel:
		return resp, nil
	default:
		resp.discard()
		if refusal := f.canceled(); refusal != nil {
			return nil, refusal // 16.3
		}
		return nil, f.block(ProxyAuthenticationRequired, resp, "Proxy-Authenticate", "")
	}
	if refusal := f.mayRepeat(resp, "Proxy-Authenticate"); refusal != nil {
		return nil, refusal
	}
	f.via = resp.network.proxy                                      // others have nothing to do with the answer
	return f.networkOrCacheFetch(isAuthentication, isNewConnection) // 16.5
}

// mayRepeat gives up the answer to a request that is to be sent again, and tells
// what stands against that.
func (f *fetching) mayRepeat(resp *response, header string) *Error {
	resp.discard()
	if refusal := f.canceled(); refusal != nil {
		return refusal
	}
	if body := f.request.body; body != nil && !body.replayable() {
		return f.block(BodyNotReplayable, resp, header, "")
	}
	return nil
}

// challengesOf are the values of the headers of a response with challenges.
func challengesOf(resp *response, name string) []string {
	var values []string
	for _, h := range resp.headers {
		if safelist.EqualFold(h.Name, name) {
			values = slices.AppendSeq(values, strings.SplitSeq(h.Value, "\n")) // see ResponseRules.FeedJoined
		}
	}
	return values
}

// whyUnanswered is why step 15 does not apply to a 401.
func (f *fetching) whyUnanswered(included bool) credentials.Unanswered {
	switch r := f.request; {
	case r.preflight:
		return credentials.ForPreflight
	case !included:
		return credentials.NotIncluded
	case r.tainting == TaintingCORS:
		return credentials.TaintedCORS
	}
	return credentials.NoTraversable
}

// unanswered tells the trace why a challenge is not answered.
func (f *fetching) unanswered(resp *response, why credentials.Unanswered) {
	if t := f.request.trace; t != nil && t.Challenged != nil {
		f.challenged(resp, &credentials.UnansweredError{Reason: why})
	}
}

// challenged tells the trace of a challenge: that it is answered, or why not.
func (f *fetching) challenged(resp *response, err error) {
	if t := f.request.trace; t != nil && t.Challenged != nil {
		t.Challenged(f.request.info(), resp.info(), err)
	}
}

// accepted tells a store that its answer was taken.
func (f *fetching) accepted(store credentials.AuthenticationStore, r *credentials.AuthRequest, resp *response, header string) {
	store.Accepted(r, linesOf(resp.headers, header))
}

// store is the authentication store that answers for the current URL, or nil.
func (f *fetching) store() credentials.AuthenticationStore {
	switch {
	case f.ownStore != nil:
		return f.ownStore
	case f.agent.authentication != nil:
		return f.agent.authentication
	}
	if keys := f.agent.keys.made.Load(); keys != nil {
		return keys
	}
	return nil
}

// includeCredentials is steps 8.3 and 8.4 of HTTP-network-or-cache fetch, with
// "Cross-Origin-Embedder-Policy allows credentials". There is a "not" too many
// in step 5 of that, which would take the cookies off a page's own images:
// https://github.com/whatwg/fetch/issues/1958.
//
// https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials
func (f *fetching) includeCredentials() bool {
	r := f.request
	if !r.credentials.Include(r.tainting == TaintingBasic) {
		return false
	}
	return f.embedderAllowsCredentials()
}

func (f *fetching) embedderAllowsCredentials() bool {
	r := f.request
	switch {
	case r.mode != NoCORS, r.client == nil, r.client.embedderPolicy != Credentialless,
		f.agent.profile.Policy.CredentiallessIgnored: // 2 to 4
		return true
	}
	return r.origin.SameOrigin(r.currentURL().Origin()) && r.redirectTaint(f.agent.suffixes) == TaintSameOrigin // 5, 6
}

// networkHeaders is steps 8.5 to 8.20 of HTTP-network-or-cache fetch: the
// request's headers and those that a browser adds, on a list of their own.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) networkHeaders() safelist.HeaderList {
	r := f.request
	headers := safelist.HeaderList(f.memory.headers[:0])
	if f.memory.used {
		headers = make(safelist.HeaderList, 0, len(r.headers)+len(f.memory.headers))
	}
	headers = append(headers, r.headers...)
	if rules := &f.agent.profile.Headers; rules.LastAfterEmpty || len(rules.LastOnly) > 0 || len(rules.FirstOnly) > 0 {
		firstType, typed := "", false
		if rules.FirstBodyType && r.body != nil && r.redirectCount == 0 {
			if i := slices.IndexFunc(headers, func(h safelist.Header) bool { return safelist.EqualFold(h.Name, "Content-Type") }); i >= 0 {
				firstType, typed = headers[i].Value, true
			}
		}
		headers = rules.merge(headers)
		if typed {
			headers.Set("Content-Type", firstType)
		}
	}
	headers = combined(headers) // one line a name: see NetworkRequest.Headers
	f.agent.profile.Headers.respell(headers)
	if f.agent.profile.Headers.UTF8Values {
		inUTF8(headers)
	}
	switch { // 8.5 to 8.9
	case r.body == nil && (r.method == "POST" || r.method == "PUT"):
		add(&headers, "Content-Length", "0")
	case r.body != nil && r.body.length >= 0:
		add(&headers, "Content-Length", strconv.FormatInt(r.body.length, 10))
	}
	if r.referrer.kind == referrerURL { // 8.11
		add(&headers, "Referer", f.sentReferrer())
	}
	f.appendOrigin(&headers)   // 8.12
	f.appendMetadata(&headers) // 8.13
	if !headers.Contains("User-Agent") {
		add(&headers, "User-Agent", f.agent.userAgent) // 8.15
	}
	if !f.dropsCacheHeaders() {
		appendCacheMode(f.cacheMode(), &headers) // 8.16 to 8.18
	}
	if f.agent.profile.Headers.CredentiallessReloads && !f.embedderAllowsCredentials() {
		appendCacheMode(CacheReload, &headers)
	}
	if f.agent.profile.Headers.RangeRewritten && r.method == "GET" && r.cache != CacheNoStore && !r.conditional() {
		rewriteRange(&headers)
	}
	switch { // 8.19, 8.20
	case f.ownCodings() != "":
		add(&headers, "Accept-Encoding", f.ownCodings())
	case headers.Contains("Range"):
		add(&headers, "Accept-Encoding", "identity")
	default:
		add(&headers, "Accept-Encoding", acceptEncoding)
	}
	return headers
}

// merge leaves out of a list the values that are not sent.
func (rules *HeaderRules) merge(list safelist.HeaderList) safelist.HeaderList {
	merged := list[:0]
	var index fold.Index
	var room [4]int
	at := func(i int) string { return merged[i].Name }
	for _, h := range list {
		i := index.First(len(merged), at, h.Name)
		switch empty := rules.LastAfterEmpty && h.Value == ""; {
		case i < 0:
		case fold.Listed(h.Name, rules.FirstOnly):
			if empty {
				merged[i].Value = ""
			}
			continue
		case empty, fold.Listed(h.Name, rules.LastOnly),
			rules.LastAfterEmpty && merged[i].Value == "" && !fold.Listed(h.Name, rules.JoinEmpty):
			for _, i := range index.Find(room[:0], len(merged), at, h.Name) {
				merged[i] = safelist.Header{} // keeps its place for now, without a name
			}
			index.Keep(0, h.Name)
		}
		merged = append(merged, h)
	}
	return slices.DeleteFunc(merged, func(h safelist.Header) bool { return h.Name == "" })
}

// respell gives headers the spelling of their names that the profile has.
func (rules *HeaderRules) respell(list safelist.HeaderList) {
	if len(rules.Spellings) == 0 {
		return
	}
	for i := range list {
		for _, spelling := range rules.Spellings {
			if fold.Equal(list[i].Name, spelling) {
				list[i].Name = spelling
				break
			}
		}
	}
}

// add appends a header that is known not to be in the list: appending then
// need not look for the spelling of its name.
func add(headers *safelist.HeaderList, name, value string) {
	*headers = append(*headers, safelist.Header{Name: name, Value: value})
}

// inUTF8 takes header values for U+0000 to U+00FF and encodes them as UTF-8.
func inUTF8(headers safelist.HeaderList) {
	for i := range headers {
		headers[i].Value = safelist.IsomorphicDecode(headers[i].Value)
	}
}

// dropsCacheHeaders tells whether the profile leaves out the headers of the
// cache mode.
func (f *fetching) dropsCacheHeaders() bool {
	return f.agent.profile.Redirect.NoCacheHeadersAcrossOrigins && f.request.mode == CORS && f.request.justCrossed()
}

// cacheMode is the cache mode after step 8.16 of
// HTTP-network-or-cache fetch: a script that makes its request conditional
// does without the cache.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) cacheMode() CacheMode {
	r := f.request
	if r.cache != CacheDefault || r.api == APIXHR && f.agent.profile.Headers.ConditionalOfFetchOnly {
		return r.cache
	}
	switch {
	case !r.conditional():
		return CacheDefault
	case f.agent.profile.Headers.ConditionalIsNoCache:
		return CacheNoCache
	}
	return CacheNoStore
}

// conditional tells whether script made the request conditional.
func (r *request) conditional() bool {
	for _, name := range [...]string{"If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "If-Match", "If-Range"} {
		if r.headers.Contains(name) {
			return true
		}
	}
	return false
}

// rewriteRange gives a Range its plainest form, if it is read as one range of
// bytes: without blanks, empty members, signs and leading zeros, and without an
// end of -1.
func rewriteRange(headers *safelist.HeaderList) {
	value, ok := headers.Get("Range")
	if !ok {
		return
	}
	unit, set, ok := strings.Cut(value, "=")
	if !ok || !safelist.EqualFold(strings.Trim(unit, " \t"), "bytes") {
		return
	}
	plain := ""
	for member := range strings.SplitSeq(set, ",") {
		if member = strings.Trim(member, " \t"); member == "" {
			continue
		}
		if plain != "" {
			return // two ranges
		}
		if plain, ok = plainRange(member); !ok {
			return
		}
	}
	if plain != "" {
		headers.Set("Range", "bytes="+plain)
	}
}

// plainRange is one range of bytes in its plainest form.
func plainRange(member string) (string, bool) {
	start, end, ok := strings.Cut(member, "-")
	start, end = strings.Trim(start, " \t"), strings.Trim(end, " \t")
	if !ok {
		return "", false
	}
	var first, last int64
	var err error
	if start != "" {
		if first, err = strconv.ParseInt(start, 10, 64); err != nil {
			return "", false
		}
	}
	if end != "" {
		if last, err = strconv.ParseInt(end, 10, 64); err != nil {
			return "", false
		}
	}
	switch {
	case start == "":
		return "-" + strconv.FormatInt(last, 10), last > 0
	case end == "" || last == -1:
		return strconv.FormatInt(first, 10) + "-", true
	}
	return strconv.FormatInt(first, 10) + "-" + strconv.FormatInt(last, 10), first <= last
}

// appendCacheMode is steps 8.17 and 8.18 of HTTP-network-or-cache fetch.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func appendCacheMode(mode CacheMode, headers *safelist.HeaderList) {
	switch mode {
	case CacheNoCache:
		if !headers.Contains("Cache-Control") {
			headers.Append("Cache-Control", "max-age=0")
		}
	case CacheNoStore, CacheReload:
		if !headers.Contains("Pragma") {
			headers.Append("Pragma", "no-cache")
		}
		if !headers.Contains("Cache-Control") {
			headers.Append("Cache-Control", "no-cache")
		}
	}
}

// appendCredentials is step 8.21 of HTTP-network-or-cache fetch.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) appendCredentials(headers *safelist.HeaderList, isAuthentication bool) {
	if f.agent.cookies != nil { // 8.21.1
		if cookie := f.agent.cookies.Cookie(f.cookieRequest(false)); cookie != "" {
			add(headers, "Cookie", cookie)
		}
	}
	f.appendAuthorization(headers, isAuthentication)
}

// appendAuthorization is step 8.21.2 of HTTP-network-or-cache fetch.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) appendAuthorization(headers *safelist.HeaderList, isAuthentication bool) {
	r := f.request
	f.authorized = false
	if headers.Contains("Authorization") { // 8.21.2
		return
	}
	u := r.currentURL()
	var value string
	if store := f.store(); store != nil && (f.answered || !(r.useURLCredentials && u.IncludesCredentials())) {
		value, f.authorized = store.Authorization(f.authRequest()) // 8.21.2.2
	}
	ok := f.authorized
	if !ok && isAuthentication && u.IncludesCredentials() {
		value, ok = credentials.FromURL(u) // 8.21.2.3
	}
	if ok {
		add(headers, "Authorization", value) // 8.21.2.4
	}
}

// traceCookies tells of each cookie whether it goes with the request.
func (f *fetching) traceCookies(t *Trace, included bool) {
	store, ok := f.agent.cookies.(credentials.CookieExplainer)
	if !ok {
		return
	}
	verdicts := store.Explain(f.cookieRequest(false))
	if !included {
		for i := range verdicts {
			verdicts[i].Withheld = credentials.CookieOmitted
		}
	}
	if len(verdicts) > 0 {
		t.Cookies(f.request.info(), verdicts)
	}
}

// setCookies is "parse and store response Set-Cookie headers": step 17 of
// HTTP-network fetch, for a request with credentials. The error says that the
// context ended before all were stored.
//
// https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers
func (f *fetching) setCookies(in *NetworkResponse, included bool) *Error {
	t := f.request.trace
	tell := t != nil && t.SetCookie != nil
	if f.agent.cookies == nil || !included && !tell {
		return nil
	}
	cookies := setCookieValues(in.Headers)
	if len(cookies) == 0 {
		return nil
	}
	to := f.cookieRequest(true)
	if date, ok := in.Headers.Get("Date"); ok {
		to.Served, _ = http.ParseTime(date) // or the zero value
	}
	store, ok := f.agent.cookies.(credentials.CookieExplainer)
	if !ok || !tell {
		if included {
			f.agent.cookies.SetCookies(to, cookies)
		}
		return f.canceled()
	}
	for _, value := range cookies {
		if f.ctx.Err() != nil {
			break
		}
		refusal := credentials.CookieIgnored
		if included {
			refusal = store.SetCookie(to, value)
		}
		t.SetCookie(f.request.info(), value, refusal)
	}
	return f.canceled()
}

// setCookieValues are the values of the Set-Cookie headers, in order.
func setCookieValues(headers safelist.HeaderList) []string {
	var values []string
	for _, h := range headers {
		if safelist.EqualFold(h.Name, "Set-Cookie") {
			values = append(values, h.Value)
		}
	}
	return values
}

// authRequest is what an authentication store is told of the request: the same
// for all its methods, anew where redirects lead elsewhere.
func (f *fetching) authRequest() *credentials.AuthRequest {
	r := f.request
	if u := r.currentURL(); f.auth == nil || f.auth.URL != u {
		f.auth = &credentials.AuthRequest{Context: f.ctx, URL: u, Partition: r.partition(), Rules: &f.agent.profile.Credentials.Authentication}
	}
	f.auth.Method = r.method
	if sent := f.wireURL(); sent != f.auth.URL {
		f.auth.Target = (&credentials.AuthRequest{URL: sent}).RequestTarget()
	}
	f.auth.Body, f.auth.Streaming = r.body.reader()
	return f.auth
}

// proxyAuthorization is step 8.22 of HTTP-network-or-cache fetch, which the
// transport asks for when it knows of a proxy.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) proxyAuthorization(proxy *origin.URL, method, target string) (string, bool) {
	if f.proxy == nil || !f.proxy.URL.Equals(proxy, true) {
		f.proxy = &credentials.AuthRequest{Context: f.ctx, URL: proxy, Proxy: true, Rules: &f.agent.profile.Credentials.Authentication}
	}
	f.proxied = true
	f.proxy.Method, f.proxy.Target = method, target
	f.proxy.Body, f.proxy.Streaming = nil, false
	if method != "CONNECT" {
		f.proxy.Body, f.proxy.Streaming = f.request.body.reader()
	}
	return f.agent.authentication.Authorization(f.proxy)
}

// cookieRequest is what a cookie store is told of the request, when it is sent
// or when its response sets cookies.
func (f *fetching) cookieRequest(setting bool) *credentials.CookieRequest {
	r := f.request
	rules := &f.agent.profile.Credentials.Cookies
	context := credentials.SameSiteContext{
		Method:         r.method,
		URL:            f.wireURL(),
		Navigation:     r.destination == DestinationDocument,
		Initiator:      r.topLevelInitiator,
		CrossSiteTaint: r.redirectTaint(f.agent.suffixes) == TaintCrossSite,
		Setting:        setting,
		PublicSuffixes: f.agent.suffixes,
		Rules:          rules,
	}
	if c := r.client; c != nil {
		context.Page, context.TopLevel, context.CrossSiteAncestor = c.origin, c.topLevel, c.crossSiteAncestor
		if rules.SameSiteByURL && c.origin.IsOpaque() {
			context.Page, context.CrossSiteAncestor = c.url.Origin(), c.crossSiteURL
		}
	}
	partition := r.partition()
	if context.Navigation && len(r.urlList) > 1 { // the page will be where it ends
		context.TopLevel = context.URL.Origin()
		partition = origin.NetworkPartitionKey(context.TopLevel, f.agent.suffixes)
	}
	return &credentials.CookieRequest{
		URL:        context.URL,
		Method:     r.method,
		SameSite:   context.Mode(),
		Navigation: context.Navigation,
		TopLevel:   context.TopLevel,
		Partition:  partition,
		ThirdParty: context.ThirdParty(),
		Now:        f.agent.now(),
		Context:    f.ctx,
	}
}
