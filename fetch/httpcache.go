package fetch

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A cacheUse is what one HTTP-network-or-cache fetch does with the HTTP cache.
type cacheUse struct {
	cache *httpcache.Cache // httpCache; nil is null
	key   httpcache.Key    // of the responses that may answer the request
	mode  CacheMode        // the cache mode, after steps 8.16 and 8.25
	named int              // how many headers the request has without those of a validation

	validators safelist.HeaderList // those

	conditional bool                // script made the request conditional
	found       bool                // there is a stored response, whether or not it answers the request
	stored      *httpcache.Response // storedResponse, if a 304 is to freshen it
	forScript   bool                // … which script asked for, and gets
	target      *origin.URL         // of a stored redirect, whose URL is asked instead
	revalidates bool                // the response is to be revalidated in the background once it has passed its checks

	cleared bool   // the response clears the cache, and is not to be stored itself
	release func() // lets other requests for the key go on; nil: they do not wait

	pending                   bool // the response of the network is still to be stored
	requestTime, responseTime time.Time
}

// determineHTTPCachePartition is "determine the HTTP cache partition": f.cache is
// ready for the request at hand. It has no cache where the partition is null, and
// where a request has nothing to do with the cache.
//
// https://fetch.spec.whatwg.org/#determine-the-http-cache-partition
func (f *fetching) determineHTTPCachePartition(headers safelist.HeaderList, included bool) {
	r, rules := f.request, &f.agent.profile.HTTPCache.Use
	f.releaseCache()
	f.cache = cacheUse{mode: f.cacheMode(), named: len(headers)}
	// 1. The network partition key. That of a navigation changes with its redirects.
	key := r.partition()
	if r.destination == destinationDocument && r.redirectCount > 0 {
		key = origin.PartitionKey{Site: r.currentURL().Origin().Site(f.agent.suffixes)}
	}
	// 2. Without a key there is no cache, nor is there for preflights and WebSockets.
	if key == (origin.PartitionKey{}) || r.preflight || r.mode == webSocketMode ||
		rules.OpaqueOriginsUncached && r.destination != destinationDocument && r.client.origin.IsOpaque() {
		return
	}
	// 3. The cache of the key is a part of the agent's.
	if rules.Unpartitioned {
		key = origin.PartitionKey{}
	}
	f.cache.cache = f.agent.httpCache
	f.cache.key = httpcache.Key{Partition: key, URL: r.currentURL().WithoutFragment(), Part: f.cachePart(included)}
	f.cache.conditional = r.conditional()
}

// cachePart is what the profile splits a partition by. An agent over a round tripper
// or a cookie jar of a client's has parts of its own, see [Agent.over].
func (f *fetching) cachePart(included bool) string {
	r, rules := f.request, &f.agent.profile.HTTPCache.Use
	parts := f.agent.cacheParts
	switch {
	case rules.AnonymousApart && !included:
		return parts.anonymous
	case rules.FrameSites && r.destination != destinationDocument && r.client.frameSite != "":
		return parts.all + r.client.frameSite
	}
	return parts.all
}

// cacheParts name the parts of a partition.
type cacheParts struct{ all, anonymous string }

// newCacheParts are the parts of an agent, or of it over something of a client's.
func newCacheParts(over string) *cacheParts {
	return &cacheParts{over, over + "anonymous"}
}

// looksUp is the condition of step 8.26 of HTTP-network-or-cache fetch: whether a
// stored response may answer the request.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) looksUp(headers safelist.HeaderList) bool {
	r, c := f.request, &f.cache
	rules := &f.agent.profile.HTTPCache.Use
	if c.cache == nil {
		return false
	}
	why := ""
	switch {
	case c.conditional && (r.cache == cacheDefault || rules.ConditionalFreshens) && !f.followsStored(headers):
		why = "conditional"
		f.matchConditional(headers)
	case c.mode == cacheNoStore, c.mode == cacheReload:
		why = "cache mode"
	case rules.StoredRedirects > 0 && r.redirectCount >= rules.StoredRedirects:
		why = "redirect"
	case rules.RedirectTargetsAsked && r.redirectCount > 0 && (!r.lastRedirect.fromCache || r.lastRedirect.leftPage && c.mode != cacheForceCache):
		why = "redirect"
	default:
		return true
	}
	f.traceCache("miss", why, nil)
	return false
}

// followsStored tells whether a stored redirect may answer a request that script made
// conditional, in a profile where other stored responses may not.
func (f *fetching) followsStored(headers safelist.HeaderList) bool {
	c := &f.cache
	if !f.agent.profile.HTTPCache.Use.ConditionalRedirects || c.mode == cacheNoStore || c.mode == cacheReload {
		return false
	}
	stored := c.cache.Select(c.key, httpcache.Request{Method: f.methodOfCache(), Headers: headers, Background: f.request.inBackground}).Response
	return stored != nil && redirectStatus(stored.Status)
}

// selectStored is steps 8.26.1 and 8.26.2 of HTTP-network-or-cache fetch: the stored
// response that answers the request, or nil. One that has to be revalidated is kept
// in f.cache, and the request gets the headers that ask the server for that.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) selectStored(headers *safelist.HeaderList) *response {
	r, c := f.request, &f.cache
	// 8.26.1. Select it, by URL and Vary.
	selected := c.cache.Select(c.key, httpcache.Request{Method: f.methodOfCache(), Headers: *headers, Background: r.inBackground})
	c.found = selected.Response != nil || selected.Why == "no-store"
	// 8.26.2. There may be none.
	if selected.Response == nil {
		f.traceCache("miss", selected.Why, nil)
		return nil
	}
	if f.agent.profile.HTTPCache.Use.FragmentNotRedirected && redirectStatus(selected.Response.Status) && !f.takesStale() && f.hasFragment() {
		f.traceCache("miss", "fragment", nil)
		return nil
	}
	unmatched := selected.State == "unmatched" || selected.State == "unauthorized"
	cycle := f.repeatsStored(&selected)
	byHeader := f.agent.profile.HTTPCache.Use.NoCacheByHeader && !r.inBackground
	stale := unmatched || cycle || selected.State == "stale" || r.inBackground && selected.State == "stale-while-revalidate" || f.keptConditional(selected.Response) ||
		c.mode == cacheNoCache && !(byHeader && redirectStatus(selected.Response.Status))
	if c.mode == cacheNoCache && selected.State == "stale-while-revalidate" && byHeader {
		f.revalidateInParallel()
	}
	if selected.Immutable && c.mode == cacheNoCache && !c.conditional && f.agent.profile.HTTPCache.Use.ImmutableNotAsked {
		stale = unmatched
	}
	switch {
	// 8.26.2.1. One that may be used for a while yet, if it is revalidated meanwhile.
	case c.mode == cacheDefault && !stale && selected.State == "stale-while-revalidate" && r.client != nil:
		// 8.26.2.1.1, 8.26.2.1.2. It is the response.
		resp := f.readStored(*headers, &selected)
		// 8.26.2.1.3 to 8.26.2.1.7. Ask for it anew, in parallel.
		switch {
		case resp == nil:
		case f.agent.profile.HTTPCache.Use.BackgroundAfterChecks:
			c.revalidates = true
		default:
			f.revalidateInParallel()
		}
		return resp
	// 8.26.2.2.1, 8.26.2.2.2. A stale one has to be revalidated, and in mode no-cache
	// any one, unless the cache mode takes it as it is, or it was for another request by
	// Vary. Without a validator the server can't tell.
	case stale && (unmatched || cycle || !f.takesStale()):
		kept := f.keptConditional(selected.Response)
		f.goBack(headers, &selected)
		did, sent := "miss", len(*headers)
		plain := c.conditional && f.agent.profile.HTTPCache.Use.ConditionalPlain
		usable := byHeader && !unmatched && selected.State != "stale" // but for the cache mode
		if !plain && selected.Validate(headers) || kept || usable || r.inBackground && f.agent.profile.HTTPCache.Use.BackgroundFreshens {
			did, c.stored = "revalidate", selected.Response
			c.validators = slices.Clone((*headers)[sent:])
		}
		if c.conditional {
			*headers = combined(*headers)
		}
		f.traceCache(did, selected.Why, nil)
		return nil
	}
	// 8.26.2.2.3. Otherwise it is the response.
	return f.readStored(*headers, &selected)
}

// repeatsStored tells whether a stored redirect has already answered a request of the
// fetch, in a profile in which it answers one. It notes a redirect that may answer
// this one.
func (f *fetching) repeatsStored(selected *httpcache.Selection) bool {
	r, key := f.request, f.cache.key
	if !f.agent.profile.HTTPCache.Use.RedirectCycleAsked || !redirectStatus(selected.Response.Status) {
		return false
	}
	switch selected.State {
	case "unmatched", "unauthorized":
		return false
	case "stale":
		if !f.takesStale() {
			return false
		}
	}
	if slices.Contains(r.storedRedirects, key) {
		return true
	}
	r.storedRedirects = append(slices.Clip(r.storedRedirects), key)
	return false
}

// hasFragment tells whether the current URL has a fragment.
func (f *fetching) hasFragment() bool {
	fragment, _ := f.request.currentURL().Fragment()
	return fragment != ""
}

// goBack has the URL of a stored redirect asked, as script asked for it, to validate
// what is stored of its target, if the profile does.
func (f *fetching) goBack(headers *safelist.HeaderList, selected *httpcache.Selection) {
	r, n := f.request, len(f.request.urlList)
	if !f.agent.profile.HTTPCache.Use.RedirectRevalidated || r.inBackground || n < 2 || !r.lastRedirect.fromCache ||
		!f.keptConditional(selected.Response) && !selected.Validate(new(safelist.HeaderList)) {
		return
	}
	f.cache.target = r.currentURL()
	r.urlList = append(slices.Clone(r.urlList[:n-1]), r.url())
	if kept := r.kept; kept != nil {
		r.kept, r.headers, r.added, r.sentOrigin = nil, kept.before, kept.added, ""
	}
	*headers = f.networkHeaders()
	if f.includeCredentials() {
		f.appendCredentials(headers, false)
	}
}

// keptConditional tells whether the headers of a request that a stored redirect has
// kept make it conditional, so that what is stored of the redirect's target has to be
// validated.
func (f *fetching) keptConditional(selected *httpcache.Response) bool {
	h := f.request.headers
	return f.request.kept != nil && !redirectStatus(selected.Status) && (h.Contains("If-None-Match") || h.Contains("If-Modified-Since"))
}

// methodOfCache is the method for which a stored response is looked up.
func (f *fetching) methodOfCache() string {
	r := f.request
	if f.agent.profile.HTTPCache.Use.ForceCacheUnsafe && r.cache == cacheForceCache &&
		(r.method == "DELETE" || r.method == "PATCH" || r.method == "PUT" && r.body != nil) {
		return "GET"
	}
	return r.method
}

// takesStale tells whether the cache mode takes a stored response however old it is.
func (f *fetching) takesStale() bool {
	return f.cache.mode == cacheForceCache || f.cache.mode == cacheOnlyIfCached
}

// readStored is the response that was selected; nil if it can't be read any more.
func (f *fetching) readStored(sent safelist.HeaderList, selected *httpcache.Selection) *response {
	resp := f.storedResponse(sent, selected.Response, selected.Headers(), cacheLocal)
	if resp == nil {
		f.traceCache("miss", "unreadable", nil)
	} else if t := f.request.trace; t != nil && t.HTTPCache != nil {
		state := selected.State
		if f.cache.mode == cacheNoCache {
			state = "stale"
		}
		t.HTTPCache(f.sentInfo(sent), HTTPCacheUse{Did: "hit", Why: state, Age: selected.Age, Response: resp.infoRef()})
	}
	return resp
}

// The cache states of a response.
//
// https://fetch.spec.whatwg.org/#concept-response-cache-state
const (
	cacheLocal     = "local"
	cacheValidated = "validated"
)

// storedResponse is a response that comes out of the cache, with headers; nil if it
// can't be read any more. Its cookies were set when it was received.
func (f *fetching) storedResponse(sent safelist.HeaderList, stored *httpcache.Response, headers safelist.HeaderList, state string) *response {
	body, err := stored.Open()
	if err != nil {
		return nil
	}
	resp := &f.firstUse.response
	if f.firstUse.taken {
		resp = new(response)
	}
	if f.readHead(resp, &NetworkResponse{Status: stored.Status, StatusText: stored.StatusText, Headers: headers, HTTP2: stored.HTTP2}) != nil {
		body.Close()
		return nil
	}
	resp.address = stored.Address()
	f.firstUse.taken, f.sentHeaders = true, sent
	f.sentToProxy, f.storeAuthorized = false, false
	resp.cacheState, resp.storedAt, resp.kept = state, stored.ResponseTime(), stored.Kept()
	f.readBody(resp, body)
	if _, ok := body.(io.WriterTo); ok && !resp.decoded {
		resp.body = (*storedStream)(&resp.stream)
	}
	f.openBodies.response = body
	return resp
}

// invalidateStored is step 11.3 of HTTP-network-or-cache fetch. Which methods and
// statuses make void what is stored is the cache's affair.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) invalidateStored(resp *response) {
	r, c, rules := f.request, &f.cache, &f.agent.profile.HTTPCache.Use
	switch {
	case rules.NoStoreKeeps && c.mode == cacheNoStore:
		return
	case rules.ConditionalKeeps && (r.headers.Contains("Range") || c.conditional && (r.method != "POST" || passesByCache(r.headers))):
		return
	case rules.CrossSiteKeeps && r.client != nil && !origin.SameSite(r.client.origin, r.currentURL().Origin(), f.agent.suffixes):
		return
	}
	c.cache.Invalidate(c.key, f.askedOfCache(), f.receivedForCache(resp))
	if r.method != "GET" && r.method != "HEAD" {
		f.traceCache("invalidate", "method", resp)
	}
}

// freshenStored is step 11.4 of HTTP-network-or-cache fetch.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) freshenStored(resp *response) (*response, *Error) {
	c := &f.cache
	c.pending = false
	// 11.4.1. The stored response gets the headers of the 304, in the cache too.
	switch r := f.request; {
	case r.validated != nil:
		r.urlList = r.validatedURLs
	case c.target != nil:
		r.urlList[len(r.urlList)-1] = c.target
	}
	merged, why := c.cache.Freshen(c.key, f.askedOfCache(), c.stored, f.receivedForCache(resp))
	if c.forScript {
		f.traceCache("revalidated", why, resp)
		return resp, nil
	}
	resp.discard()
	// 11.4.2, 11.4.3. It is the response.
	fresh := f.storedResponse(f.sentHeaders, merged, merged.Headers(), cacheValidated)
	if fresh == nil {
		return nil, f.block(NetworkFailure, resp, "", "")
	}
	f.traceCache("revalidated", why, fresh)
	return fresh, nil
}

// storeResponse is step 11.5.2 of HTTP-network-or-cache fetch: what is read of the
// response's body is stored.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) storeResponse(resp *response) {
	c := &f.cache
	if !c.pending {
		return
	}
	c.pending = false
	rules, why := &f.agent.profile.HTTPCache.Use, ""
	unfollowed := rules.UnfollowedNotStored && leads(resp) && f.request.redirect != redirectFollow
	switch {
	case c.forScript: // whatever the cache mode is because of that
	case c.conditional && resp.status == 304: // which script asked for
		why = "conditional"
	case c.conditional && (rules.ConditionalFreshens && !rules.ConditionalStored || c.mode == cacheNoStore && f.request.cache == cacheDefault):
		why = "conditional"
	case c.mode == cacheNoStore:
		why = "cache mode"
	case c.cleared:
		why = "cleared"
	case unfollowed && !c.found:
		why = "redirect mode"
		c.cache.Delete(c.key)
	case rules.FragmentNotRedirected && f.hasFragment() && leads(resp):
		why = "fragment"
	case rules.FragmentNotRedirected && f.hasFragment() && f.request.redirectCount > 0:
		why = "fragment"
		c.cache.Delete(c.key)
	case resp.status == 407: // a proxy's answer is not one of the URL
		why = "status"
	}
	if why == "" {
		in := f.receivedForCache(resp)
		in.Kept = f.keepRequest(resp)
		in.Unfollowed = unfollowed
		if f.showsBody(resp) {
			in.Body = resp.wire.ReadCloser
		}
		in.Body, why = c.cache.Store(c.key, f.askedOfCache(), in)
		if in.Body != nil && why == "" {
			f.storeBody(resp, in.Body)
		}
	}
	f.releaseCache()
	if why == "" {
		f.traceCache("store", "", resp)
	} else {
		f.traceCache("not stored", why, resp)
	}
}

// storeBody has a response's body read through the cache, which stores it.
func (f *fetching) storeBody(resp *response, body io.ReadCloser) {
	stored := &storedBody{from: body, background: f.agent.background}
	if f.agent.profile.HTTPCache.ReserveFor > 0 {
		stored.all, stored.key, stored.done = f.agent.storing, f.cache.key, make(chan struct{})
		stored.turn = make(chan struct{}, 1)
		f.agent.storing.add(stored)
	}
	resp.stored, resp.wire.ReadCloser, f.openBodies.response = stored, stored, stored
}

// waitForOthers waits, where the profile has requests for one key wait for each other,
// for what another one of them stores. It returns what selectStored does then. Nobody
// waits for what goes on in the background.
func (f *fetching) waitForOthers(headers *safelist.HeaderList) *response {
	c, limit := &f.cache, f.agent.profile.HTTPCache.ReserveFor
	if limit <= 0 || c.cache == nil || c.conditional || f.request.inBackground || f.request.method != "GET" || c.mode == cacheOnlyIfCached {
		return nil
	}
	waited, release, err := c.cache.Reserve(f.ctx, c.key)
	c.release = release
	if body := f.agent.storing.of(c.key); body != nil {
		body.await(f.ctx, limit)
		waited = true
	}
	if !waited || err != nil {
		return nil
	}
	*headers, c.stored = (*headers)[:c.named], nil
	return f.selectStored(headers)
}

// releaseCache lets those go on that wait for this request.
func (f *fetching) releaseCache() {
	if release := f.cache.release; release != nil {
		f.cache.release = nil
		release()
	}
}

// storeRefused is what the profile does with the cache when a response does not pass
// its checks.
func (f *fetching) storeRefused(resp *response) {
	c, r, rules := &f.cache, f.request, &f.agent.profile.HTTPCache.Use
	if !c.pending {
		return
	}
	if rules.RedirectsUnchecked && leads(resp) || rules.XHRUnchecked && r.api == apiXHR || rules.BackgroundUnchecked && r.inBackground {
		f.storeResponse(resp)
		return
	}
	if rules.RefusedRemoves && c.mode != cacheNoStore && (!c.conditional || c.forScript) {
		in := f.receivedForCache(resp)
		in.Refused = true
		_, why := c.cache.Store(c.key, f.askedOfCache(), in)
		f.traceCache("invalidate", why, resp)
	}
}

// leads tells whether a response is a redirect with a Location.
func leads(resp *response) bool {
	return redirectStatus(resp.status) && resp.headers.Contains("Location")
}

// showsBody tells whether anybody may see a response's body. That of a redirect is
// nobody's.
func (f *fetching) showsBody(resp *response) bool {
	return f.request.method != "HEAD" && !f.nullBody(resp.status) &&
		!leads(resp)
}

// askedOfCache is the request that was sent, as far as the cache looks at it.
func (f *fetching) askedOfCache() httpcache.Request {
	headers := f.sentHeaders
	if own := f.cache.validators; len(own) > 0 {
		headers = slices.DeleteFunc(slices.Clone(headers), func(h safelist.Header) bool { return slices.Contains(own, h) })
	}
	if f.agent.profile.HTTPCache.Use.VaryCookieAfter && f.agent.cookies != nil && f.includeCredentials() {
		headers = slices.Clone(headers)
		headers.Delete("Cookie")
		if cookie := f.agent.cookies.Cookie(f.cookieRequest(false)); cookie != "" {
			add(&headers, "Cookie", cookie)
		}
	}
	return httpcache.Request{Method: f.request.method, Headers: headers, HasBody: f.request.body != nil}
}

// receivedForCache is the head of a response of the network.
func (f *fetching) receivedForCache(resp *response) httpcache.Received {
	return httpcache.Received{
		Status: resp.status, StatusText: resp.statusText, Headers: resp.network.Headers, HTTP2: resp.network.HTTP2, Address: resp.address,
		UntilClose:  resp.network.untilClose() && !f.nullBody(resp.status),
		RequestTime: f.cache.requestTime, ResponseTime: f.cache.responseTime,
	}
}

// matchConditional has the 304 to a request that script made conditional freshen
// what is stored, if the profile does and the request has its validators. A request
// with other conditions goes around the cache.
func (f *fetching) matchConditional(headers safelist.HeaderList) {
	r, c := f.request, &f.cache
	rules := &f.agent.profile.HTTPCache.Use
	if !rules.ConditionalFreshens || r.method != "GET" && r.method != "HEAD" || c.mode == cacheNoStore || headers.Contains("Range") {
		return
	}
	if !rules.ConditionalStored && passesByCache(headers) {
		return
	}
	headers = slices.DeleteFunc(slices.Clone(headers), func(h safelist.Header) bool { // which may say not to look
		return fold.Equal(h.Name, "Cache-Control") || fold.Equal(h.Name, "Pragma")
	})
	selected := c.cache.Select(c.key, httpcache.Request{Method: r.method, Headers: headers, AnyVariant: rules.ConditionalStored})
	if selected.Response == nil {
		return
	}
	if selected.Response.Status != 200 && !rules.ConditionalStored {
		return
	}
	stored := selected.Response.Headers()
	for _, v := range [...]struct{ condition, validator string }{{"If-None-Match", "ETag"}, {"If-Modified-Since", "Last-Modified"}} {
		asked, asks := headers.Get(v.condition)
		own, has := stored.Get(v.validator)
		if asks && has && asked != own && !rules.ConditionalStored {
			return
		}
	}
	c.stored, c.forScript = selected.Response, true
}

// passesByCache tells whether a request has conditions that concern nothing that is
// stored.
func passesByCache(headers safelist.HeaderList) bool {
	for _, name := range [...]string{"If-Match", "If-Unmodified-Since", "If-Range"} {
		if headers.Contains(name) {
			return true
		}
	}
	return false
}

// traceCache tells the trace what the HTTP cache does.
func (f *fetching) traceCache(did, why string, resp *response) {
	if t := f.request.trace; t != nil && t.HTTPCache != nil {
		if why == "cache mode" {
			why += " " + string(f.cache.mode)
		}
		t.HTTPCache(f.request.info(), HTTPCacheUse{Did: did, Why: why, Response: resp.infoRef()})
	}
}

// frameSite is the site of a page that is framed in another site, for profiles that
// split the cache by that; "" if it is the site of the top-level page.
func frameSite(own, topLevel origin.Origin, list origin.PublicSuffixList) string {
	if origin.SameSite(own, topLevel, list) {
		return ""
	}
	site := own.Site(list)
	return strings.Join([]string{"site", site.Scheme(), site.Host()}, " ")
}
