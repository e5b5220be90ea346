package fetch

import (
	"slices"
	"strconv"

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
	if f.sentToProxy && resp.status != 407 {
		f.accepted(f.agent.authentication, f.proxyAuth, resp, "Proxy-Authentication-Info")
	}
	switch {
	case resp.status == 401 && r.tainting != TaintingCORS && included && r.canPrompt: // 15
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
	if f.storeAuthorized { // 18
		f.accepted(f.store(), f.serverAuth, resp, "Authentication-Info")
	}
	return resp, nil // 19
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
	headers := safelist.HeaderList(f.firstUse.headers[:0])
	if f.firstUse.taken {
		headers = make(safelist.HeaderList, 0, len(r.headers)+len(f.firstUse.headers))
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

// add appends a header that is known not to be in the list: appending then
// need not look for the spelling of its name.
func add(headers *safelist.HeaderList, name, value string) {
	*headers = append(*headers, safelist.Header{Name: name, Value: value})
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
