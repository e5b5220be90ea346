package fetch_test

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The model (model_test.go) of fetching, from fetch to CORS-preflight fetch and its cache.

// fetchRequest is fetch.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func (a *modelAgent) fetchRequest(r *modelRequest) *modelResponse {
	if !r.headers.contains("Accept") { // 13
		value := "*/*"
		switch r.destination {
		case "document", "frame", "iframe":
			value = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
		case "image":
			value = "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
		case "json":
			value = "application/json,*/*;q=0.5"
		case "style":
			value = "text/css,*/*;q=0.1"
		case "text":
			value = "text/plain,*/*;q=0.5"
		}
		r.headers.append("Accept", value)
	}
	if !r.headers.contains("Accept-Language") && a.acceptLanguage != "" { // 15
		r.headers.append("Accept-Language", a.acceptLanguage)
	}
	return a.mainFetch(r, false) // 18
}

// https://fetch.spec.whatwg.org/#main-fetch
func (a *modelAgent) mainFetch(r *modelRequest, recursive bool) *modelResponse {
	a.upgradeMixedContent(r) // 6
	if modelBadPort(*r.currentURL()) || a.blocksMixedContent(r, *r.currentURL()) {
		return nil // 7, with 12, 14 and 16 to 24, which keep a network error
	}
	if r.referrerPolicy == "" {
		r.referrerPolicy = r.client.referrerPolicy // 8
	}
	if r.referrer != "no-referrer" { // 9
		if u, ok := r.determineReferrer(); ok {
			r.referrer, r.referrerURL = "", u
		} else {
			r.referrer = "no-referrer"
		}
	}
	var resp *modelResponse // 12
	current := r.currentURL()
	switch {
	case current.origin().sameOrigin(r.origin) && r.tainting == "basic", current.scheme == "data":
		r.tainting = "basic"
		resp = a.schemeFetch(r)
	case r.mode == "same-origin":
		return nil
	case r.mode == "no-cors":
		if r.redirect != "follow" {
			return nil
		}
		r.tainting = "opaque"
		resp = a.schemeFetch(r)
	case !current.isHTTP():
		return nil
	case r.usePreflight, r.unsafeRequest && (!modelSafelistedMethod(r.method) || len(r.headers.corsUnsafeNames()) > 0):
		r.tainting = "cors"
		resp = a.httpFetch(r, true)
		if resp == nil {
			a.clearCacheEntries(r)
		}
	default:
		r.tainting = "cors"
		resp = a.httpFetch(r, false)
	}
	if recursive {
		return resp // 13
	}
	if resp == nil {
		return nil
	}
	if resp.internal == nil { // 14: it is not filtered
		if r.tainting == "cors" {
			names := resp.headers.extract("Access-Control-Expose-Headers", false, modelList(0, modelToken))
			if r.credentials != "include" && slices.Contains(names.values, "*") {
				for _, h := range resp.headers {
					resp.exposed = append(resp.exposed, h.name)
				}
			} else {
				resp.exposed = names.values // failure exposes nothing
			}
		}
		resp = resp.filtered(map[string]string{"basic": "basic", "cors": "cors", "opaque": "opaque"}[r.tainting])
	}
	internal := resp.internal // 15
	if len(internal.urlList) == 0 {
		internal.urlList = slices.Clone(r.urlList) // 16
		if resp.kind != "opaque" {
			resp.urlList = internal.urlList
		}
	}
	internal.timingAllowPassed = !r.timingAllowFailed // 19
	if a.blocksMixedContent(r, internal.url()) || modelBlockedByMIMEType(r, internal) || modelBlockedByNosniff(r, internal) {
		return nil // 20
	}
	if resp.kind == "opaque" && (internal.status == 206 || internal.status == 416) && internal.rangeRequested && !r.headers.contains("Range") {
		return nil // 21
	}
	if r.method == "HEAD" || r.method == "CONNECT" || modelNullBodyStatus(internal.status) { // 22
		internal.body, resp.body = nil, nil
	}
	if r.integrity != "" { // 23
		if resp.body == nil || resp.body.cut || !modelMatches(resp.body.body, r.integrity) {
			return nil
		}
	}
	return resp // 24
}

// https://fetch.spec.whatwg.org/#null-body-status
func modelNullBodyStatus(status int) bool {
	return slices.Contains([]int{101, 103, 204, 205, 304}, status)
}

// https://fetch.spec.whatwg.org/#redirect-status
func modelRedirectStatus(status int) bool {
	return slices.Contains([]int{301, 302, 303, 307, 308}, status)
}

// filtered is a filtered response of a type.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response
func (r *modelResponse) filtered(kind string) *modelResponse {
	f := *r
	f.kind, f.internal, f.headers = kind, r, nil
	switch kind {
	case "basic":
		for _, h := range r.headers {
			if !modelForbiddenResponseHeader(h.name) {
				f.headers = append(f.headers, h)
			}
		}
	case "cors":
		for _, h := range r.headers {
			if modelIs(h.name, "Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified", "Pragma") ||
				modelIs(h.name, r.exposed...) && !modelForbiddenResponseHeader(h.name) {
				f.headers = append(f.headers, h)
			}
		}
	case "opaque":
		f.urlList, f.status, f.message, f.body = nil, 0, "", nil
	case "opaqueredirect":
		f.status, f.message, f.body = 0, "", nil
	}
	return &f
}

// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (a *modelAgent) schemeFetch(r *modelRequest) *modelResponse {
	switch u := *r.currentURL(); u.scheme { // 3
	case "about":
		if u.path == "blank" {
			return &modelResponse{kind: "default", status: 200, message: "OK", includesCredentials: true,
				headers: modelHeaders{{"Content-Type", "text/html;charset=utf-8"}}, body: &modelReply{}}
		}
	case "data":
		// The data: URL processor is a table of the world.
		if data, ok := modelDataURLs[u.withoutFragment()]; ok {
			return &modelResponse{kind: "default", status: 200, message: "OK", includesCredentials: true,
				headers: modelHeaders{{"Content-Type", data.mediaType}}, body: &modelReply{body: data.body}}
		}
	case "http", "https":
		return a.httpFetch(r, false)
	}
	return nil // 4: also blob:, of which there are none, and file:
}

// https://fetch.spec.whatwg.org/#concept-http-fetch
func (a *modelAgent) httpFetch(r *modelRequest, makePreflight bool) *modelResponse {
	if makePreflight { // 4.1
		method := !a.methodCacheMatch(r, r.method) && (!modelSafelistedMethod(r.method) || r.usePreflight)
		header := false
		for _, name := range r.headers.corsUnsafeNames() {
			header = header || !a.headerCacheMatch(r, name)
		}
		if (method || header) && a.preflightFetch(r) == nil {
			return nil
		}
	}
	resp := a.networkOrCacheFetch(r, r.client.worker, false, false) // 4.3
	if resp == nil {
		return nil
	}
	if r.tainting == "cors" && !modelCORSCheck(r, resp) {
		return nil // 4.4
	}
	if !modelTAOCheck(r, resp) {
		r.timingAllowFailed = true // 4.5
	}
	if r.tainting == "opaque" && modelResourcePolicyBlocks(r.origin, r.client, resp) {
		return nil // 5
	}
	if modelRedirectStatus(resp.status) { // 6
		switch r.redirect { // 6.3
		case "error":
			return nil
		case "manual":
			return resp.filtered("opaqueredirect")
		}
		return a.redirectFetch(r, resp)
	}
	return resp // 7
}

// https://fetch.spec.whatwg.org/#concept-response-location-url
func (r *modelResponse) locationURL(requestFragment string, hasFragment bool) (u modelURL, null, ok bool) {
	if !modelRedirectStatus(r.status) {
		return u, true, true // 1
	}
	// 2: the world's Locations match the ABNF, or do not parse either.
	location := r.headers.extract("Location", true, func(value string) ([]string, bool) { return []string{value}, true })
	if location.null {
		return u, true, true
	}
	if location.failure {
		return u, false, false
	}
	if u, ok = modelParseURL(location.values[0], r.url()); !ok { // 3
		return u, false, false
	}
	if !u.hasFragment { // 4
		u.fragment, u.hasFragment = requestFragment, hasFragment
	}
	return u, false, true // 5
}

// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func (a *modelAgent) redirectFetch(r *modelRequest, resp *modelResponse) *modelResponse {
	current := *r.currentURL()
	location, null, ok := resp.locationURL(current.fragment, current.hasFragment) // 3
	switch {
	case null:
		return resp // 4
	case !ok, !location.isHTTP(), r.redirectCount == 20:
		return nil // 5 to 7
	}
	r.redirectCount++ // 8
	switch {
	case r.mode == "cors" && location.includesCredentials() && !r.origin.sameOrigin(location.origin()):
		return nil // 9
	case r.tainting == "cors" && location.includesCredentials():
		return nil // 10
	case resp.status != 303 && r.body != nil && r.body.stream:
		return nil // 11
	}
	if (resp.status == 301 || resp.status == 302) && r.method == "POST" ||
		resp.status == 303 && r.method != "GET" && r.method != "HEAD" { // 12
		r.method, r.body = "GET", nil
		for _, name := range modelRequestBodyHeaders {
			r.headers.delete(name)
		}
	}
	if !current.origin().sameOrigin(location.origin()) {
		r.headers.delete("Authorization") // 13
	}
	r.urlList = append(r.urlList, location)                  // 18
	if policy := modelReferrerPolicyOf(resp); policy != "" { // 19
		r.referrerPolicy = policy
	}
	return a.mainFetch(r, true) // 22
}

// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (a *modelAgent) networkOrCacheFetch(r *modelRequest, noTraversable, isAuthentication, isNewConnection bool) *modelResponse {
	// 8.1 makes httpRequest the request itself where it cannot be sent again; if
	// step 17 then sends it again all the same, every header would be there
	// twice. It is always a clone here.
	headers := slices.Clone(r.headers)
	include := r.credentials == "include" || r.credentials == "same-origin" && r.tainting == "basic" // 8.3
	if !r.embedderPolicyAllowsCredentials() {
		include = false // 8.4
	}
	length := ""
	switch {
	case r.body == nil && (r.method == "POST" || r.method == "PUT"):
		length = "0" // 8.7
	case r.body != nil && !r.body.stream:
		length = strconv.Itoa(len(r.body.bytes)) // 8.8
	}
	if length != "" {
		headers.append("Content-Length", length) // 8.9
	}
	if r.body != nil && !r.body.stream && r.keepalive && len(r.body.bytes) > modelKeepaliveLimit {
		return nil // 8.10; no other request of a chain is in flight
	}
	if r.referrer == "" {
		headers.append("Referer", r.referrerURL.String()) // 8.11
	}
	r.appendOrigin(&headers)   // 8.12
	r.appendMetadata(&headers) // 8.13
	if !headers.contains("User-Agent") {
		headers.append("User-Agent", modelUserAgent) // 8.15
	}
	cache := r.cache
	if cache == "default" && slices.ContainsFunc(headers, func(h modelHeader) bool {
		return modelIs(h.name, "If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "If-Match", "If-Range")
	}) {
		cache = "no-store" // 8.16
	}
	if cache == "no-cache" && !headers.contains("Cache-Control") {
		headers.append("Cache-Control", "max-age=0") // 8.17
	}
	if cache == "no-store" || cache == "reload" { // 8.18
		if !headers.contains("Pragma") {
			headers.append("Pragma", "no-cache")
		}
		if !headers.contains("Cache-Control") {
			headers.append("Cache-Control", "no-cache")
		}
	}
	if headers.contains("Range") {
		headers.append("Accept-Encoding", "identity") // 8.19
	}
	if !headers.contains("Accept-Encoding") {
		headers.append("Accept-Encoding", modelAcceptEncoding) // 8.20
	}
	if include && !a.cookiesDisabled { // 8.21; there are no authentication entries
		if value := a.cookieHeader(r); value != "" {
			headers.append("Cookie", value)
		}
	}
	if cache == "only-if-cached" {
		return nil // 11.1
	}
	resp := a.networkFetch(r, headers, include, isNewConnection) // 11.2
	if resp == nil {
		return nil
	}
	resp.urlList = slices.Clone(r.urlList)          // 12
	resp.rangeRequested = headers.contains("Range") // 13
	resp.includesCredentials = include              // 14
	if resp.status == 401 && r.tainting != "cors" && include && !noTraversable && r.body != nil && r.body.stream {
		return nil // 15.2.1; the user answers no prompt, which leaves the response
	}
	if resp.status == 407 {
		return nil // 16.1; where there is a traversable, the user answers no prompt
	}
	if resp.status == 421 && !isNewConnection && (r.body == nil || !r.body.stream) { // 17
		return a.networkOrCacheFetch(r, noTraversable, isAuthentication, true)
	}
	return resp // 19
}

// https://fetch.spec.whatwg.org/#concept-http-network-fetch
func (a *modelAgent) networkFetch(r *modelRequest, headers modelHeaders, include, isNewConnection bool) *modelResponse {
	s := modelSent{
		method: r.method, url: r.currentURL().withoutFragment(), headers: modelOnTheWire(headers), credentials: include,
		newConnection: isNewConnection, preflight: r.client == nil, key: r.partitionKey(),
	}
	if r.body != nil {
		s.body, s.streaming = r.body.bytes, r.body.stream
		if r.body.stream && a.http1(*r.currentURL()) {
			return nil // 8.3
		}
	}
	reply, ok := a.send(s) // 8.5
	if !ok {
		return nil
	}
	resp := &modelResponse{kind: "default", status: reply.status, message: reply.message, headers: reply.headers, body: &reply}
	if include && !a.cookiesDisabled {
		a.setCookies(r, resp) // 16
	}
	return resp
}

// modelOnTheWire joins the headers of a name to one line under the first
// spelling, as browsers do; to HTTP it is the same.
//
// https://httpwg.org/specs/rfc9110.html#field.order
func modelOnTheWire(l modelHeaders) modelHeaders {
	var out modelHeaders
	for _, h := range l {
		out.combine(h.name, h.value)
	}
	return out
}

// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (a *modelAgent) preflightFetch(r *modelRequest) *modelResponse {
	preflight := &modelRequest{ // 1
		method: "OPTIONS", urlList: slices.Clone(r.urlList), destination: r.destination, origin: r.origin,
		referrer: r.referrer, referrerURL: r.referrerURL, referrerPolicy: r.referrerPolicy, mode: "cors", tainting: "cors",
		credentials: "same-origin", cache: "default", redirect: "follow",
	}
	preflight.headers.append("Accept", "*/*")                           // 2
	preflight.headers.append("Access-Control-Request-Method", r.method) // 3
	if names := r.headers.corsUnsafeNames(); len(names) > 0 {           // 4, 5
		preflight.headers.append("Access-Control-Request-Headers", strings.Join(names, ","))
	}
	resp := a.networkOrCacheFetch(preflight, true, false, false)                           // 6
	if resp == nil || !modelCORSCheck(r, resp) || resp.status < 200 || resp.status > 299 { // 7
		return nil // 8
	}
	methods := resp.headers.extract("Access-Control-Allow-Methods", false, modelList(0, modelToken))     // 7.1
	headerNames := resp.headers.extract("Access-Control-Allow-Headers", false, modelList(0, modelToken)) // 7.2
	if methods.failure || headerNames.failure {
		return nil // 7.3
	}
	if methods.null && r.usePreflight {
		methods.values = []string{r.method} // 7.4
	}
	include := r.credentials == "include"
	if !slices.Contains(methods.values, r.method) && !modelSafelistedMethod(r.method) &&
		(include || !slices.Contains(methods.values, "*")) {
		return nil // 7.5
	}
	for _, h := range r.headers {
		if modelNonWildcard(h.name) && !modelIs(h.name, headerNames.values...) {
			return nil // 7.6
		}
	}
	for _, name := range r.headers.corsUnsafeNames() {
		if !modelIs(name, headerNames.values...) && (include || !slices.Contains(headerNames.values, "*")) {
			return nil // 7.7
		}
	}
	maxAge := 5                                                                                           // 7.9
	if e := resp.headers.extract("Access-Control-Max-Age", true, modelDeltaSeconds); len(e.values) == 1 { // 7.8
		n, err := strconv.Atoi(e.values[0])
		if err != nil { // too large for an int
			n = modelMaxAgeLimit
		}
		maxAge = min(n, modelMaxAgeLimit) // 7.10
	}
	for _, method := range methods.values { // 7.12, 7.13
		a.cacheEntry(r, maxAge, func(e *modelCacheEntry) bool { return e.matchesMethod(method) }, method, "")
	}
	for _, name := range headerNames.values { // 7.14, 7.15
		a.cacheEntry(r, maxAge, func(e *modelCacheEntry) bool { return e.matchesHeader(name) }, "", name)
	}
	return resp // 7.16
}

// A modelCacheEntry is a cache entry of the CORS-preflight cache.
//
// https://fetch.spec.whatwg.org/#cache-entry
type modelCacheEntry struct {
	key         modelKey
	origin      string
	url         string
	maxAge      int
	credentials bool
	method      string // "" is null
	headerName  string // "" is null

	stored time.Time
}

// removeExpired removes the entries whose time has passed.
func (a *modelAgent) removeExpired() {
	a.preflights = slices.DeleteFunc(a.preflights, func(e modelCacheEntry) bool {
		return a.now.Sub(e.stored) >= time.Duration(e.maxAge)*time.Second
	})
}

// cacheEntry sets the max-age of the entries that match, or else creates one.
//
// https://fetch.spec.whatwg.org/#concept-cache-create-entry
func (a *modelAgent) cacheEntry(r *modelRequest, maxAge int, match func(*modelCacheEntry) bool, method, headerName string) {
	a.removeExpired()
	found := false
	for i := range a.preflights {
		if e := &a.preflights[i]; e.matches(r) && match(e) {
			// The letter of the text lets the new time run from when the entry was first
			// stored. It runs from now: that is what setting it stands for, and an entry
			// with the server's word of today is not older than that word.
			e.maxAge, e.stored = maxAge, a.now
			found = true
		}
	}
	if found {
		return
	}
	a.preflights = append(a.preflights, modelCacheEntry{
		key: r.partitionKey(), origin: r.serializedOrigin(), url: r.currentURL().String(), maxAge: maxAge,
		credentials: r.credentials == "include", method: method, headerName: headerName, stored: a.now,
	})
}

// matches is a cache entry match.
//
// https://fetch.spec.whatwg.org/#concept-cache-match
func (e *modelCacheEntry) matches(r *modelRequest) bool {
	return e.key == r.partitionKey() && e.origin == r.serializedOrigin() && e.url == r.currentURL().String() &&
		(e.credentials || r.credentials != "include")
}

func (e *modelCacheEntry) matchesMethod(method string) bool {
	return e.method != "" && (e.method == method || e.method == "*")
}

func (e *modelCacheEntry) matchesHeader(name string) bool {
	return e.headerName != "" && (modelIs(e.headerName, name) || e.headerName == "*" && !modelNonWildcard(name))
}

// https://fetch.spec.whatwg.org/#concept-cache-match-method
func (a *modelAgent) methodCacheMatch(r *modelRequest, method string) bool {
	a.removeExpired()
	return slices.ContainsFunc(a.preflights, func(e modelCacheEntry) bool { return e.matches(r) && e.matchesMethod(method) })
}

// https://fetch.spec.whatwg.org/#concept-cache-match-header
func (a *modelAgent) headerCacheMatch(r *modelRequest, name string) bool {
	a.removeExpired()
	return slices.ContainsFunc(a.preflights, func(e modelCacheEntry) bool { return e.matches(r) && e.matchesHeader(name) })
}

// https://fetch.spec.whatwg.org/#concept-cache-clear
func (a *modelAgent) clearCacheEntries(r *modelRequest) {
	a.preflights = slices.DeleteFunc(a.preflights, func(e modelCacheEntry) bool {
		return e.key == r.partitionKey() && e.origin == r.serializedOrigin() && e.url == r.currentURL().String()
	})
}
