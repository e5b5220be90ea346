package fetch_test

import (
	"slices"
	"strings"
)

// The model (model_test.go) of the Request class, XMLHttpRequest and elements.

// A modelTarget is a URL as text, and what the URL parser makes of it with
// the base URL that it will be given. Not ok is failure.
type modelTarget struct {
	text string
	url  modelURL
	ok   bool
}

// A modelInit is what script passes to fetch() or sets on an XMLHttpRequest,
// or what an element asks for. Empty strings are members that do not exist.
type modelInit struct {
	api            string // "fetch", "xhr", or an element's name
	url            modelTarget
	method         string
	headers        modelHeaders
	body           *modelBodyInit
	mode           string
	credentials    string
	cache          string
	redirect       string
	referrer       *modelTarget // nil: does not exist
	noReferrer     bool         // referrer is ""
	referrerPolicy string
	integrity      string
	keepalive      bool
	duplex         bool
	uploadListener bool   // of an XMLHttpRequest
	crossOrigin    string // of an element
}

// A modelBodyInit is a BodyInit after extraction: what becomes of it.
type modelBodyInit struct {
	kind  string // "text", "bytes", "blob", "form", "multipart", "stream"
	bytes string
	// mediaType is the body's type, "" for null.
	mediaType string
}

// newRequest is the Request constructor, with a string and an object. exception
// is the name of what it throws, or "".
//
// https://fetch.spec.whatwg.org/#dom-request
func (c *modelClient) newRequest(init *modelInit) (r *modelRequest, exception string) {
	// Web IDL converts the object first.
	// https://webidl.spec.whatwg.org/#js-enumeration
	for _, enumeration := range []struct {
		value string
		known []string
	}{
		{init.mode, []string{"", "navigate", "same-origin", "no-cors", "cors"}},
		{init.credentials, []string{"", "omit", "same-origin", "include"}},
		{init.cache, []string{"", "default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"}},
		{init.redirect, []string{"", "follow", "error", "manual"}},
		{init.referrerPolicy, append([]string{""}, modelReferrerPolicies...)},
	} {
		if !slices.Contains(enumeration.known, enumeration.value) {
			return nil, "TypeError"
		}
	}
	if !init.url.ok || init.url.url.includesCredentials() {
		return nil, "TypeError" // 5.2, 5.3
	}
	r = &modelRequest{ // 12
		method: "GET", unsafeRequest: true, client: c, origin: c.origin, referrer: "client",
		mode: "cors", credentials: "same-origin", cache: "default", redirect: "follow",
		urlList: []modelURL{init.url.url}, tainting: "basic",
	}
	if init.noReferrer { // 14
		r.referrer = "no-referrer" // 14.2
	} else if init.referrer != nil {
		if !init.referrer.ok {
			return nil, "TypeError" // 14.3.2
		}
		u := init.referrer.url
		if !(u.scheme == "about" && u.path == "client") && u.origin().sameOrigin(c.origin) { // 14.3.3
			r.referrer, r.referrerURL = "", u // 14.3.4
		}
	}
	r.referrerPolicy = init.referrerPolicy // 15
	if init.mode == "navigate" {
		return nil, "TypeError" // 17
	}
	modelSet(&r.mode, init.mode)               // 18
	modelSet(&r.credentials, init.credentials) // 19
	modelSet(&r.cache, init.cache)             // 20
	if r.cache == "only-if-cached" && r.mode != "same-origin" {
		return nil, "TypeError" // 21
	}
	modelSet(&r.redirect, init.redirect) // 22
	r.integrity = init.integrity         // 23
	r.keepalive = init.keepalive         // 24
	if init.method != "" {               // 25
		if !modelToken(init.method) || modelForbiddenMethod(init.method) {
			return nil, "TypeError"
		}
		r.method = modelNormalizeMethod(init.method)
	}
	guard := "request"       // 31
	if r.mode == "no-cors" { // 32
		if !modelSafelistedMethod(r.method) {
			return nil, "TypeError"
		}
		guard = "request-no-cors"
	}
	for _, h := range init.headers { // 33
		if !r.headers.guardedAppend(guard, h.name, h.value) {
			return nil, "TypeError"
		}
	}
	if init.body == nil {
		return r, ""
	}
	if r.method == "GET" || r.method == "HEAD" {
		return nil, "TypeError" // 35
	}
	stream := init.body.kind == "stream"
	if stream && r.keepalive {
		return nil, "TypeError" // 37.1: extract throws
	}
	if init.body.mediaType != "" && !r.headers.contains("Content-Type") { // 37.4
		if !r.headers.guardedAppend(guard, "Content-Type", init.body.mediaType) {
			return nil, "TypeError"
		}
	}
	if stream { // 39
		if !init.duplex || r.mode != "same-origin" && r.mode != "cors" {
			return nil, "TypeError"
		}
		r.usePreflight = true
	}
	r.body = &modelBody{bytes: init.body.bytes, stream: stream} // 40, 42
	return r, ""
}

func modelSet(member *string, value string) {
	if value != "" {
		*member = value
	}
}

// guardedAppend is append of a Headers object, with its guard. ok is false
// where it throws.
//
// https://fetch.spec.whatwg.org/#concept-headers-append
func (l *modelHeaders) guardedAppend(guard, name, value string) (ok bool) {
	value = modelNormalizeValue(value)             // 1
	valid, ok := modelValidate(guard, name, value) // 2
	if !valid {
		return ok
	}
	if guard == "request-no-cors" { // 3
		temporary := value
		if old, has := l.get(name); has {
			temporary = old + ", " + value
		}
		if !modelNoCORSName(name) || !modelSafelistedHeader(modelHeader{name, temporary}) {
			return true
		}
	}
	l.append(name, value)           // 4
	if guard == "request-no-cors" { // 5
		l.delete("Range")
	}
	return true
}

// https://fetch.spec.whatwg.org/#headers-validate
func modelValidate(guard, name, value string) (valid, ok bool) {
	switch {
	case !modelToken(name) || !modelHeaderValue(value): // 1
		return false, false
	case guard == "request" && modelForbiddenHeader(modelHeader{name, value}): // 3
		return false, true
	}
	return true, true // 5
}

// newXHR is open(), setRequestHeader() and send() of an XMLHttpRequest, with
// withCredentials if the credentials mode is "include". exception is the name
// of what one of them throws, or "".
//
// https://xhr.spec.whatwg.org/#the-open()-method
// https://xhr.spec.whatwg.org/#the-setrequestheader()-method
// https://xhr.spec.whatwg.org/#the-send()-method
func (c *modelClient) newXHR(init *modelInit) (r *modelRequest, exception string) {
	method := "GET"
	modelSet(&method, init.method)
	switch {
	case !modelToken(method):
		return nil, "SyntaxError" // open() 2
	case modelForbiddenMethod(method):
		return nil, "SecurityError" // open() 3
	case !init.url.ok:
		return nil, "SyntaxError" // open() 6
	}
	r = &modelRequest{
		method: modelNormalizeMethod(method), unsafeRequest: true, client: c, origin: c.origin, referrer: "client",
		mode: "cors", credentials: "same-origin", cache: "default", redirect: "follow",
		urlList: []modelURL{init.url.url}, tainting: "basic",
	}
	if init.credentials == "include" {
		r.credentials = "include"
	}
	for _, h := range init.headers { // setRequestHeader()
		value := modelNormalizeValue(h.value) // 3
		if !modelToken(h.name) || !modelHeaderValue(value) {
			return nil, "SyntaxError" // 4
		}
		if !modelForbiddenHeader(modelHeader{h.name, value}) { // 5
			r.headers.combine(h.name, value) // 6
		}
	}
	r.usePreflight = init.uploadListener                             // send() 5, and 8
	if init.body == nil || r.method == "GET" || r.method == "HEAD" { // send() 3
		return r, ""
	}
	r.body = &modelBody{bytes: init.body.bytes} // send() 4
	own, has := r.headers.get("Content-Type")
	switch {
	case !has && init.body.mediaType != "": // 4.6
		r.headers.set("Content-Type", init.body.mediaType)
	case has && (init.body.kind == "text" || init.body.kind == "form"): // 4.5
		t, parsed := modelParseMIMEType(own)
		charset, named := t.parameters.get("charset")
		if parsed && named && !modelIs(charset, "UTF-8") {
			t.parameters.set("charset", "UTF-8")
			r.headers.set("Content-Type", t.String())
		}
	}
	return r, ""
}

// newElement is what an element of a page asks for. exception stands for the
// error event where its URL does not parse.
//
// https://html.spec.whatwg.org/#create-a-potential-cors-request
// https://html.spec.whatwg.org/#fetch-a-single-module-script
// https://drafts.csswg.org/css-fonts-4/#font-fetching-requirements
func (c *modelClient) newElement(init *modelInit) (r *modelRequest, exception string) {
	if !init.url.ok {
		return nil, "TypeError"
	}
	r = &modelRequest{
		method: "GET", client: c, origin: c.origin, referrer: "client", cache: "default", redirect: "follow",
		urlList: []modelURL{init.url.url}, tainting: "basic",
		destination: modelDestinations[init.api], integrity: init.integrity, referrerPolicy: init.referrerPolicy,
	}
	switch init.api {
	case "font":
		r.mode, r.credentials = "cors", "same-origin"
		return r, ""
	case "module":
		r.mode, r.credentials = "cors", "same-origin"
		if init.crossOrigin == "use-credentials" {
			r.credentials = "include"
		}
		return r, ""
	}
	r.mode = "cors" // 1
	if init.crossOrigin == "" {
		r.mode = "no-cors"
		if init.api == "track" {
			r.mode = "same-origin" // 2
		}
	}
	r.credentials = "include" // 3
	if init.crossOrigin == "anonymous" {
		r.credentials = "same-origin" // 4
	}
	return r, "" // 5
}

// modelDestinations are the destinations of elements.
var modelDestinations = map[string]string{
	"audio": "audio", "font": "font", "img": "image", "module": "script", "script": "script",
	"stylesheet": "style", "track": "track", "video": "video",
}

// A modelOutcome is what script sees in the end.
type modelOutcome struct {
	exception  string // its name; "" where there is none
	kind       string
	url        string
	fragment   string // the URL's with "#", for who sees it
	redirected bool
	status     int
	message    string
	headers    modelHeaders // sorted and combined
	body       string
	broken     bool // reading the body failed in the end
	timing     bool // timing allow passed flag
}

// fetch is the whole way from what script passes to what it sees.
//
// https://fetch.spec.whatwg.org/#dom-global-fetch
func (c *modelClient) fetch(init *modelInit) modelOutcome {
	make, networkError := c.newElement, "TypeError" // an element has an event in its place
	switch init.api {
	case "fetch":
		make = c.newRequest
	case "xhr":
		make, networkError = c.newXHR, "NetworkError"
	}
	r, exception := make(init)
	if exception != "" {
		return modelOutcome{exception: exception}
	}
	resp := c.agent.fetchRequest(r)
	if resp == nil {
		return modelOutcome{exception: networkError}
	}
	o := modelOutcome{
		kind: resp.kind, status: resp.status, message: resp.message, headers: resp.headers.sortAndCombine(),
		timing: resp.internal.timingAllowPassed,
	}
	if n := len(resp.urlList); n > 0 {
		u := resp.url()
		o.url, o.redirected = u.withoutFragment(), n > 1
		o.fragment = strings.TrimPrefix(u.String(), o.url)
	}
	if resp.body != nil {
		o.body, o.broken = resp.body.body, resp.body.cut
	}
	return o
}
