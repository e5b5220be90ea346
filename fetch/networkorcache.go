package fetch

import (
	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// networkOrCacheFetch is HTTP-network-or-cache fetch. An answer to a challenge and a
// request over a new connection (15.4, 16.5, 17.2) have to reach the server: for them
// nothing stored is selected, or a stored 401 would be met again and again.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) networkOrCacheFetch(isAuthentication, isNewConnection bool) (*response, *Error) {
	// 1 to 7. The request is the fetching's; there is neither a response nor a stored one.
	r := f.request
	var resp *response
	if resp = f.redirectHSTSHost(); resp != nil {
		return resp, nil
	}
	// 8.1, 8.2. No copy is made: the headers below are on a list of their own, and
	// a body with a source is opened anew each time.
	// 8.3, 8.4. Whether cookies, passwords and certificates go with it.
	included := f.includeCredentials()
	f.answersChallenge, f.overNewConnection = isAuthentication, isNewConnection
	// 8.5 to 8.9, 8.11 to 8.20. The headers that a browser adds.
	headers := f.networkHeaders()
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
	// 8.23. There is no WebDriver BiDi.
	// 8.24. The part of the HTTP cache that the request may use.
	f.determineHTTPCachePartition(headers, included)
	// 8.25. Without one, nothing is looked up and nothing stored.
	// 8.26. Unless it is for the server, or the cache mode forbids it, look for a stored response.
	if !isAuthentication && !isNewConnection && !f.retries && f.looksUp(headers) {
		resp = f.selectStored(&headers)
		if resp == nil {
			resp = f.waitForOthers(&headers)
		}
	}
	if headers = append(headers, r.validators...); r.validated != nil {
		f.cache.stored = r.validated
	}
	// 9. Nobody may have cancelled it meanwhile. Before the request is sent, that is
	// looked at there.
	if resp != nil {
		if refusal := f.canceled(); refusal != nil {
			resp.discard()
			return nil, refusal
		}
		if refusal := f.checkStored(resp); refusal != nil {
			resp.discard()
			return nil, refusal
		}
	}
	// 10. There is no WebDriver BiDi.
	// 11. Nothing stored answers it, so the server has to.
	if resp == nil {
		var refusal *Error
		if resp, refusal = f.forward(headers, included, isNewConnection); refusal != nil {
			return nil, refusal
		}
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
	case resp.status == 401 && r.tainting != taintingCORS && included && r.canPrompt:
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
	c, rules := &f.cache, &f.agent.profile.HTTPCache.Use
	// 11.1. A request that is for what is stored goes no further.
	if c.mode == cacheOnlyIfCached && !f.agent.profile.Request.OnlyIfCachedAsks {
		return nil, f.fail(NotCached, "cache", string(cacheOnlyIfCached))
	}
	if c.cache != nil {
		c.requestTime = f.agent.now()
		if rules.ReloadRemoves && c.mode == cacheReload && f.request.method == "GET" && !(rules.ConditionalKeeps && c.conditional) {
			c.cache.Store(c.key, httpcache.Request{Method: "GET", Headers: headers}, httpcache.Received{Refused: true})
		}
	}
	// 11.2. Ask the server.
	resp, refusal := f.networkFetch(headers, included, isNewConnection)
	if refusal != nil || c.cache == nil {
		return resp, refusal
	}
	c.responseTime = f.agent.now()
	c.pending = true
	// 11.3. An unsafe method makes stored responses void.
	f.invalidateStored(resp)
	// 11.4. A 304 freshens the stored response that was revalidated.
	if c.stored != nil && resp.status == 304 {
		return f.freshenStored(resp)
	}
	if c.target != nil {
		c.key.URL = f.request.currentURL().WithoutFragment()
	}
	// 11.5. Any other response is stored, if it may be.
	if !rules.StoreAfterChecks && !(rules.UnfollowedNotStored && leads(resp)) {
		f.storeResponse(resp)
	}
	return resp, nil
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
	if !r.credentials.Include(r.tainting == taintingBasic) {
		return false
	}
	if r.api == apiBeacon && f.agent.profile.Beacon.NoCredentialsOnceCrossed && r.tainting == taintingCORS && r.crossedOrigins() {
		return false
	}
	// 8.4. A page may have given them up for what it embeds.
	return f.embedderAllowsCredentials()
}

func (f *fetching) embedderAllowsCredentials() bool {
	r := f.request
	switch {
	case r.mode != NoCORS, r.client == nil, !f.agent.givesUpCredentials(r.client): // 2 to 4: only mode no-cors, of a credentialless page
		return true
	}
	// 5, 6. Only within the origin, all the way.
	return r.origin.SameOrigin(r.currentURL().Origin()) && r.redirectTaint(f.agent.suffixes) == taintSameOrigin
}

// cacheMode is the cache mode after step 8.16 of
// HTTP-network-or-cache fetch: a script that makes its request conditional
// does without the cache. So does every request where the cache is disabled.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) cacheMode() CacheMode {
	r := f.request
	if f.retries && f.agent.profile.Policy.StorageAccessRetry == rules.StorageAccessRetryActive {
		return cacheReload
	}
	if f.agent.httpCache == nil && !r.preflight && r.cache != cacheOnlyIfCached {
		return cacheReload
	}
	if r.cache != cacheDefault || r.api == apiXHR && f.agent.profile.Headers.ConditionalOfFetchOnly {
		return r.cache
	}
	switch {
	case !r.conditional():
		return cacheDefault
	case f.agent.profile.Headers.ConditionalIsNoCache:
		return cacheNoCache
	}
	return cacheNoStore
}

// conditional tells whether script made the request conditional.
func (r *request) conditional() bool {
	if r.kept != nil {
		return false
	}
	for _, name := range [...]string{"If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "If-Match", "If-Range"} {
		if r.headers.Contains(name) {
			return true
		}
	}
	return false
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
