package fetch

import (
	"slices"
	"strconv"

	"github.com/browsercors/browsercors/safelist"
)

// networkOrCacheFetch is HTTP-network-or-cache fetch, with an HTTP cache that is
// always empty. The steps of the cache have their numbers here and in forward:
// consulting it is 8.24 to 8.26, revalidating 11.4, storing 11.5.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) networkOrCacheFetch(isAuthentication, isNewConnection bool) (*response, *Error) {
	// 1 to 7. The request is the fetching's; there is neither a response nor a stored one.
	r := f.request
	// 8.1, 8.2. No copy is made: the headers below are on a list of their own, and
	// a body with a source is opened anew each time.
	// 8.3, 8.4. Whether cookies, passwords and certificates go with it.
	included := f.includeCredentials()
	// 8.5 to 8.9, 8.11 to 8.20. The headers that a browser adds.
	headers := f.networkHeaders()
	// 11.1. Out of turn, since nothing is ever stored: the store of cookies isn't asked.
	if f.cacheMode() == CacheOnlyIfCached && !f.agent.profile.Request.OnlyIfCachedAsks {
		return nil, f.fail(NotCached, "cache", string(CacheOnlyIfCached))
	}
	// 8.10. Bodies of keepalive requests share 64 KiB.
	if refusal := f.holdKeepalive(); refusal != nil {
		return nil, refusal
	}
	if t := r.trace; t != nil && t.Cookies != nil {
		f.traceCookies(t, included)
	}
	// 8.21. Cookie, and Authorization unless script has set it.
	switch {
	case included:
		f.appendCredentials(&headers, isAuthentication)
	case isAuthentication && f.agent.profile.Policy.URLAnswersChallenge:
		f.appendAuthorization(&headers, true)
	}
	// 8.22. Proxy-Authorization is left to the transport, which knows of proxies.
	// 8.24 to 8.26. The cache is consulted: nothing in it answers the request or
	// could be revalidated.
	// 9. Whether the fetch was cancelled is looked at where the request is sent.
	// 11. Nothing stored answers it, so the server has to.
	resp, refusal := f.forward(headers, included, isNewConnection)
	if refusal != nil {
		return nil, refusal
	}
	if isAuthentication {
		f.takeUserinfo()
	}
	// 12. The response has the request's URLs.
	resp.urlList = r.urlList
	f.showWireURL(resp)
	// 13. Remember that a part was asked for.
	resp.rangeRequested = headers.Contains("Range")
	// 14. Remember whether credentials were sent.
	resp.includesCredentials = included
	if f.sentToProxy && resp.status != 407 {
		f.accepted(f.agent.authentication, f.proxyAuth, resp, "Proxy-Authentication-Info")
	}
	switch {
	// 15. The server asks for a password: see authenticate.
	case resp.status == 401 && r.tainting != TaintingCORS && included && r.canPrompt:
		return f.authenticate(resp, isAuthentication, isNewConnection)
	case resp.status == 401 && r.useURLCredentials && !isAuthentication && r.currentURL().IncludesCredentials() && f.agent.profile.Policy.URLAnswersChallenge:
		return f.authenticate(resp, false, isNewConnection)
	case resp.status == 401:
		f.unanswered(resp, f.whyUnanswered(included))
		return resp, nil
	// 16. A proxy does: see authenticateProxy.
	case resp.status == 407:
		return f.authenticateProxy(resp, isAuthentication, isNewConnection)
	// 17. The server wants it over another connection, and it can be sent again.
	case resp.status == 421 && !isNewConnection && (r.body == nil || r.body.replayable()):
		resp.discard()
		// 17.1. Nobody may have cancelled it meanwhile.
		if refusal := f.canceled(); refusal != nil {
			return nil, refusal
		}
		// 17.2. Once more, over a new connection.
		return f.networkOrCacheFetch(isAuthentication, true)
	}
	// 18. What the user gave was right: keep it for the next request.
	if f.storeAuthorized {
		f.accepted(f.store(), f.serverAuth, resp, "Authentication-Info")
	}
	// 19. That is the response.
	return resp, nil
}

// forward is step 11 of HTTP-network-or-cache fetch, where no stored response
// answers the request: it goes to the network.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) forward(headers safelist.HeaderList, included, isNewConnection bool) (*response, *Error) {
	// 11.1. See networkOrCacheFetch.
	// 11.2. Ask the server.
	resp, refusal := f.networkFetch(headers, included, isNewConnection)
	// 11.3. An unsafe method makes stored responses void: there are none.
	// 11.4. A 304 freshens the stored response that was revalidated: there is none.
	// 11.5. The response is stored, if it may be: it isn't.
	return resp, refusal
}

// includeCredentials is steps 8.3 and 8.4 of HTTP-network-or-cache fetch, with
// "Cross-Origin-Embedder-Policy allows credentials". There is a "not" too many
// in step 5 of that, which would take the cookies off a page's own images:
// https://github.com/whatwg/fetch/issues/1958.
//
// https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials
func (f *fetching) includeCredentials() bool {
	r := f.request
	// 8.3. By credentials mode: always, never, or within the origin.
	if !r.credentials.Include(r.tainting == TaintingBasic) {
		return false
	}
	// 8.4. A page may have given them up for what it embeds.
	return f.embedderAllowsCredentials()
}

func (f *fetching) embedderAllowsCredentials() bool {
	r := f.request
	switch {
	case r.mode != NoCORS, r.client == nil, r.client.embedderPolicy != Credentialless,
		f.agent.profile.Policy.CredentiallessIgnored: // 2 to 4: only mode no-cors, of a credentialless page
		return true
	}
	// 5, 6. Only within the origin, all the way.
	return r.origin.SameOrigin(r.currentURL().Origin()) && r.redirectTaint(f.agent.suffixes) == TaintSameOrigin
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
	// 8.5 to 8.9. The body's length, if it is known; 0 for a POST or PUT without one.
	switch {
	case r.body == nil && (r.method == "POST" || r.method == "PUT"):
		add(&headers, "Content-Length", "0")
	case r.body != nil && r.body.length >= 0:
		add(&headers, "Content-Length", strconv.FormatInt(r.body.length, 10))
	}
	// 8.11. Where the user comes from.
	if r.referrer.kind == referrerURL {
		add(&headers, "Referer", f.sentReferrer())
	}
	// 8.12. Who asks.
	f.appendOrigin(&headers)
	// 8.13. Fetch metadata.
	f.appendMetadata(&headers)
	// 8.14. No request here is a prefetch.
	// 8.15. Which browser it is, unless script has said.
	if !headers.Contains("User-Agent") {
		add(&headers, "User-Agent", f.agent.userAgent)
	}
	// 8.16 to 8.18. What caches on the way are to do.
	if !f.dropsCacheHeaders() {
		appendCacheMode(f.cacheMode(), &headers)
	}
	if f.agent.profile.Headers.CredentiallessReloads && !f.embedderAllowsCredentials() {
		appendCacheMode(CacheReload, &headers)
	}
	if f.agent.profile.Headers.RangeRewritten && r.method == "GET" && r.cache != CacheNoStore && !r.conditional() {
		rewriteRange(&headers)
	}
	// 8.19. A part comes as it is.
	// 8.20. Otherwise in any coding that the browser knows.
	switch {
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
	// 8.17. Whatever is stored has to be revalidated.
	case CacheNoCache:
		if !headers.Contains("Cache-Control") {
			headers.Append("Cache-Control", "max-age=0")
		}
	// 8.18. Nothing that is stored will do.
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
	// 8.21.1. The cookies that go with it.
	if f.agent.cookies != nil {
		if cookie := f.agent.cookies.Cookie(f.cookieRequest(false)); cookie != "" {
			add(headers, "Cookie", cookie)
		}
	}
	// 8.21.2. Authorization.
	f.appendAuthorization(headers, isAuthentication)
}
