package fetch

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A Request is what script passes to fetch() or sets on an XMLHttpRequest, or
// what an element asks for. Its fields have the names and the defaults of the
// Fetch API's RequestInit; the zero value of each is its default. What script
// may not ask for is refused by [Environment.Fetch], not here.
//
// A Request whose body has a source may be used any number of times, also at
// the same time.
//
// https://fetch.spec.whatwg.org/#requestinit
type Request struct {
	URL            string // as script would pass it; may be relative
	Method         string // before normalization; "" is GET
	Headers        HeaderList
	Body           *Body
	Mode           Mode             // "" is cors
	Credentials    credentials.Mode // "" is same-origin, and include for an element without CORS
	Cache          CacheMode        // "" is default
	Redirect       RedirectMode     // "" is follow
	Referrer       string           // a URL; "" is the environment's ("about:client")
	NoReferrer     bool             // script passed referrer: ""
	ReferrerPolicy ReferrerPolicy   // "" is the environment's
	Integrity      string
	Keepalive      bool
	Duplex         string // "half", which a stream needs

	API            API  // "" is fetch()
	UploadListener bool // XMLHttpRequest: a listener on upload, which forces a preflight

	// Username and Password are those of XMLHttpRequest's open(), nil for null.
	// They go into the URL, which answers a 401 with them.
	Username, Password *string

	// Destination is for requests that are not script's own; see [Element]. Such
	// a request is a GET with a mode and a credentials mode that an element of
	// this destination has, and without headers ([Request.AddRange] aside), a
	// body and the like: anything else is refused with [ElementOption].
	Destination Destination

	// CheckRedirect is asked before a redirect is followed; nil follows it.
	CheckRedirect RedirectCheck

	Trace *Trace
}

// A request is the Standard's request.
//
// https://fetch.spec.whatwg.org/#concept-request
type request struct {
	method         string
	headers        safelist.HeaderList
	unsafeRequest  bool
	body           *Body
	client         *Environment // null for a preflight
	partitionOf    *Environment // whose network partition key a request without a client has; null: the null key
	origin         origin.Origin
	referrer       referrer
	referrerPolicy ReferrerPolicy
	mode           Mode
	credentials    credentials.Mode
	cache          CacheMode
	redirect       RedirectMode
	destination    Destination
	api            API
	integrity      string
	keepalive      bool

	usePreflight      bool // use-CORS-preflight flag
	useURLCredentials bool
	userActivation    bool
	userInitiated     bool // a navigation that the user asked for by hand
	prompts           bool // traversable for user prompts is a traversable navigable

	topLevelInitiator origin.Origin // top-level navigation initiator origin; zero is null
	initiator         *Environment  // of a navigation; nil is the user, by hand

	urlList           []*origin.URL
	firstURL          [2]*origin.URL     // storage for the list of a request that is hardly redirected
	firstHeaders      [4]safelist.Header // likewise for a short header list
	redirectCount     int
	tainting          Tainting
	timingAllowFailed bool
	frameOrigin       bool // it carries Origin though it is a GET without CORS, by the profile
	markup            bool // its URL was written as markup whose quotation mark is missing, by the profile
	sticky            bool // it was not simple when it was made, and the profile holds on to that
	made              made // what it was made with, for profiles that hold on to that

	sentOrigin string // the Origin header last sent
	taintedKey string // stands for its tainted origin in the preflight cache
	late       *Error // what refuses the hop, after its preflight

	preflight bool // it is a CORS-preflight request
	trace     *Trace
	hops      *hops // asks the caller before a redirect is followed; nil follows

	acceptEncoding string // what the caller asks for instead of the browser's; "" is the browser's

	http    *http.Request // the request of an http.Client that it stands for
	httpURL string        // its URL, serialized
}

// currentURL is the last URL of the URL list.
func (r *request) currentURL() *origin.URL { return r.urlList[len(r.urlList)-1] }

// url is the request's URL: the first of the URL list.
func (r *request) url() *origin.URL { return r.urlList[0] }

func (r *request) setURL(u *origin.URL) {
	r.firstURL[0] = u
	r.urlList = r.firstURL[:1]
}

// newRequest fills in the Standard's request, which is zero, from what script
// asked for: the Request constructor, or XMLHttpRequest's open(),
// setRequestHeader() and send().
//
// https://fetch.spec.whatwg.org/#dom-request
// https://xhr.spec.whatwg.org/#the-open()-method
// https://xhr.spec.whatwg.org/#the-send()-method
func (e *Environment) newRequest(in *Request, r *request) *Error {
	r.set(e, in)
	refuse := func(reason Reason, what, value string, err error) *Error {
		info := r.info()
		if info.URL == "" {
			info.URL = text.RedactURL(in.URL)
		}
		return &Error{Reason: reason, Stage: StageConstruct, Request: info, Header: what, Value: presentable(what, value), Err: err}
	}

	// open() looks at the method before the URL; only there does the order show.
	if refusal := r.setMethod(in.Method); refusal != nil { // 25
		return refuse(refusal.Reason, refusal.Header, refusal.Value, nil)
	}
	input := in.URL
	if e.agent.profile.Request.DataURLBlanks {
		input = withoutBlanks(input)
	}
	u, err := e.agent.parseURL(input, e.baseURL) // 5.1
	if err != nil {
		return refuse(InvalidURL, "url", in.URL, err) // 5.2
	}
	r.markup = e.looksLikeMarkup(in)
	if r.api == APIXHR {
		u = in.withUserinfo(u)
	}
	r.setURL(u)
	if r.api == APIFetch && u.IncludesCredentials() {
		return refuse(URLHasCredentials, "url", redacted(u), nil) // 5.3
	}
	if what, value := in.invalidOption(); what != "" {
		return refuse(InvalidOption, what, value, nil) // 17, and Web IDL's enumerations
	}
	if refusal := r.setReferrer(e, in); refusal != nil {
		return refuse(refusal.Reason, refusal.Header, refusal.Value, refusal.Err) // 14
	}
	r.mode = orDefault(r.mode, CORS) // 16, 18
	r.credentials = orDefault(r.credentials, in.defaultCredentials(r.mode))
	if r.api == APIElement {
		if what, value := in.elementOption(r); what != "" {
			return refuse(ElementOption, what, value, nil)
		}
		r.dropUserinfo()
	}
	if r.cache == CacheOnlyIfCached && r.mode != SameOrigin { // 21
		return refuse(OnlyIfCachedNeedsSameOrigin, "mode", string(r.mode), nil)
	}
	if r.mode == NoCORS && !safelist.IsSafelistedMethod(r.method) { // 32.1
		return refuse(MethodNeedsCORS, "method", r.method, nil)
	}
	if refusal := r.setHeaders(e, in.Headers); refusal != nil { // 33
		return refuse(refusal.Reason, refusal.Header, refusal.Value, nil)
	}
	if refusal := r.setBody(in); refusal != nil { // 35 to 42
		return refuse(refusal.Reason, refusal.Header, refusal.Value, nil)
	}
	if r.body == nil && e.agent.profile.Preflight.ListenerNeedsBody {
		r.usePreflight = false
	}
	return nil
}

// withUserinfo is step 8 of open().
//
// https://xhr.spec.whatwg.org/#the-open()-method
func (in *Request) withUserinfo(u *origin.URL) *origin.URL {
	if in.Username == nil && in.Password == nil {
		return u
	}
	username, password := u.Username(), u.Password()
	if in.Username != nil {
		username = *in.Username
	}
	if in.Password != nil {
		password = *in.Password
	}
	return u.SetCredentials(username, password)
}

// withoutBlanks is the input for a data: URL without its blanks, of which those
// inside count if the data are not base64; any other is as it was.
func withoutBlanks(input string) string {
	u, fragment, more := strings.Cut(input, "#")
	const scheme = "data:"
	if len(u) < len(scheme) || !safelist.EqualFold(u[:len(scheme)], scheme) {
		return input
	}
	u = strings.TrimRight(u, " ")
	mediaType, _, _ := strings.Cut(u, ",")
	if _, encoded := cutBase64(strings.ReplaceAll(mediaType, " ", "")); encoded {
		u = strings.ReplaceAll(u, " ", "")
	}
	if more {
		u += "#" + fragment
	}
	return u
}

// set takes over what needs no look, with the defaults of a request.
func (r *request) set(e *Environment, in *Request) {
	r.client = e
	r.body = in.Body
	r.mode = in.Mode
	r.credentials = in.Credentials
	r.cache = orDefault(in.Cache, CacheDefault)
	r.redirect = orDefault(in.Redirect, Follow)
	r.referrerPolicy = in.ReferrerPolicy
	r.integrity = in.Integrity
	r.keepalive = in.Keepalive
	r.destination = in.Destination
	r.api = orDefault(in.API, APIFetch)
	r.useURLCredentials = r.api != APIFetch
	r.unsafeRequest = in.API != APIElement
	r.usePreflight = in.UploadListener
	r.prompts = !e.worker
	r.tainting = TaintingBasic
	r.trace = in.Trace
	r.hops = newHops(in.CheckRedirect)
	r.headers = r.firstHeaders[:0]
}

// setMethod is step 25 of the Request constructor, and steps 2 to 4 of open().
func (r *request) setMethod(method string) *Error {
	r.method = method
	switch {
	case method == "":
		r.method = "GET"
	case !safelist.IsMethod(method):
		return &Error{Reason: InvalidMethod, Header: "method", Value: method}
	case safelist.IsForbiddenMethod(method):
		return &Error{Reason: ForbiddenMethod, Header: "method", Value: method}
	default:
		r.method = safelist.NormalizeMethod(method)
	}
	return nil
}

// invalidOption names the first option whose value does not exist or that its
// API doesn't have, and that value.
func (in *Request) invalidOption() (what, value string) {
	script := in.API != APIElement
	switch {
	case !oneOf(in.API, APIFetch, APIXHR, APIElement):
		return "api", string(in.API)
	case !oneOf(in.Mode, SameOrigin, NoCORS, CORS), in.API == APIXHR && in.Mode != "" && in.Mode != CORS:
		return "mode", string(in.Mode)
	case !oneOf(in.Credentials, credentials.Omit, credentials.SameOrigin, credentials.Include):
		return "credentials", string(in.Credentials)
	case !oneOf(in.Cache, CacheDefault, CacheNoStore, CacheReload, CacheNoCache, CacheForceCache, CacheOnlyIfCached):
		return "cache", string(in.Cache)
	case !oneOf(in.Redirect, Follow, ErrorOnHop, ManualOnHop):
		return "redirect", string(in.Redirect)
	case !in.ReferrerPolicy.valid() && in.ReferrerPolicy != "":
		return "referrerPolicy", string(in.ReferrerPolicy)
	case in.Duplex != "" && in.Duplex != "half":
		return "duplex", in.Duplex
	case script && in.Destination != DestinationEmpty:
		return "destination", string(in.Destination)
	case in.Username != nil && in.API != APIXHR:
		return "username", *in.Username
	case in.Password != nil && in.API != APIXHR:
		return "password", "" // nothing for logs
	}
	return "", ""
}

// setReferrer is step 14 of the Request constructor.
func (r *request) setReferrer(e *Environment, in *Request) *Error {
	switch {
	case in.NoReferrer:
		r.referrer = referrer{kind: referrerNone} // 14.2
		if e.agent.profile.Headers.NoReferrerIsPolicy {
			r.referrerPolicy = NoReferrerPolicy
		}
	case in.Referrer != "":
		u, err := e.agent.parseURL(in.Referrer, e.baseURL) // 14.3.1
		if err != nil {
			return &Error{Reason: InvalidReferrer, Header: "referrer", Value: in.Referrer, Err: err} // 14.3.2
		}
		if u.Scheme() == "about" && u.Path() == "client" || !u.Origin().SameOrigin(e.origin) {
			r.referrer = referrer{kind: referrerClient} // 14.3.3
		} else {
			r.referrer = referrer{kind: referrerURL, url: u} // 14.3.4
		}
	}
	return nil
}

// setHeaders is step 33 of the Request constructor, and setRequestHeader().
//
// https://xhr.spec.whatwg.org/#the-setrequestheader()-method
func (r *request) setHeaders(e *Environment, list HeaderList) *Error {
	if len(list) == 0 {
		return nil
	}
	if r.api == APIElement { // not script's, so that no guard is in the way
		r.headers = append(r.headers, list...)
		return nil
	}
	if size := list.Size(); size > e.agent.maxHeaders {
		return &Error{Reason: HeadersTooLarge, Header: "headers", Value: fmt.Sprintf("%d bytes", size)}
	}
	rules := &e.agent.profile.Safelist
	guard := GuardRequest
	if r.mode == NoCORS {
		guard = GuardRequestNoCORS // 32.2
	}
	headers := Headers{guard: guard, rules: rules, list: r.headers}
	if len(list) >= len(r.firstHeaders) {
		headers.list = make(HeaderList, 0, len(list)+2) // Content-Type and Accept may join
	}
	for _, h := range list {
		if err := headers.Append(h.Name, h.Value); err != nil {
			return err.(*Error)
		}
	}
	r.headers = headers.live()
	if r.api == APIXHR { // setRequestHeader() combines where append() appends
		r.headers = combined(r.headers)
	}
	return nil
}

// setBody is steps 35 to 42 of the Request constructor, and steps 3 and 4 of
// send().
func (r *request) setBody(in *Request) *Error {
	if r.body == nil {
		return nil
	}
	rules := &r.client.agent.profile.Request
	if r.method == "GET" || r.method == "HEAD" {
		if r.api != APIXHR {
			return &Error{Reason: BodyNotAllowed, Header: "method", Value: r.method} // 35
		}
		form := r.body.kind == bodyText && strings.HasPrefix(r.body.contentType, formType)
		if form && rules.FormTypeWithoutBody && !r.headers.Contains("Content-Type") {
			r.headers.Append("Content-Type", r.body.contentType)
		}
		r.body.discard()
		r.body = nil // send() 3
		return nil
	}
	if r.body.kind == bodyStream && r.client.agent.profile.Body.Stream == StreamIsText {
		r.body.discard()
		r.body = TextBody("[object ReadableStream]")
	}
	if r.body.kind == bodyStream {
		switch { // 37.1, 39
		case r.keepalive:
			return &Error{Reason: StreamWithKeepalive, Header: "keepalive", Value: "true"}
		case r.client.agent.profile.Body.Stream == StreamIsRefused:
			return &Error{Reason: InvalidOption, Header: "body", Value: "ReadableStream"}
		case in.Duplex == "":
			return &Error{Reason: DuplexRequired, Header: "duplex"}
		case r.mode != SameOrigin && r.mode != CORS:
			return &Error{Reason: StreamNeedsCORS, Header: "mode", Value: string(r.mode)}
		}
		r.usePreflight = true
		if rules.StreamMakesCORS {
			r.mode = CORS
		}
	}
	own, ok := r.headers.Get("Content-Type")
	switch {
	case !ok && rules.BlobTypeParsed && r.api == APIXHR && !wholeMIMEType(r.body.contentType):
	case !ok && rules.BlobTypeIsMIMEType && r.api == APIXHR && !isMIMEType(r.body.contentType):
	case !ok && r.body.contentType != "":
		// 37.4: through the guard, which in mode no-cors keeps a Blob's type
		// only if it is safelisted.
		headers := Headers{guard: GuardRequest, list: r.headers, rules: &r.client.agent.profile.Safelist}
		if r.mode == NoCORS && !rules.BlobTypeUnguarded {
			headers.guard = GuardRequestNoCORS
		}
		if err := headers.Append("Content-Type", r.body.contentType); err != nil {
			return err.(*Error)
		}
		r.headers = headers.list
		r.made.bodyType = true
	case ok && r.api == APIXHR && r.body.kind == bodyText && rules.CharsetInPlace:
		if replaced := replaceCharsets(own); replaced != own {
			r.headers.Set("Content-Type", replaced)
		}
	case ok && r.api == APIXHR && r.body.kind == bodyText:
		if t, err := safelist.ParseMIMEType(own); err == nil { // send() 4.5.1
			charset, ok := t.Parameter("charset")
			kept := charset == "" && rules.EmptyCharsetKept
			if ok && !kept && !safelist.EqualFold(charset, "UTF-8") {
				for i := range t.Parameters {
					if t.Parameters[i].Name == "charset" {
						t.Parameters[i].Value = "UTF-8"
					}
				}
				r.made.judgedType = own
				r.headers.Set("Content-Type", t.String())
			}
		}
	}
	return nil
}

// replaceCharsets puts UTF-8 in the place of every charset of a Content-Type,
// which it looks for without parsing the value: the word, behind a semicolon or
// a blank, an equals sign and what comes before the next delimiter. An empty one
// ends the search.
func replaceCharsets(value string) string {
	const (
		word     = "charset"
		encoding = "UTF-8"
	)
	blank := func(b byte) bool { return b <= ' ' }
	quote := func(b byte) bool { return b == '"' || b == '\'' }
	for i := 1; i+len(word) <= len(value); i++ {
		if before := value[i-1]; !safelist.EqualFold(value[i:i+len(word)], word) || !blank(before) && before != ';' {
			continue
		}
		start := i + len(word)
		for start < len(value) && blank(value[start]) {
			start++
		}
		if start == len(value) || value[start] != '=' {
			continue
		}
		for start++; start < len(value) && (blank(value[start]) || quote(value[start])); {
			start++
		}
		end := start
		for end < len(value) && !blank(value[end]) && !quote(value[end]) && value[end] != ';' {
			end++
		}
		if start == end {
			break
		}
		value = value[:start] + encoding + value[end:]
		i = start + len(encoding) - 1
	}
	return value
}

// wholeMIMEType tells whether a string is a MIME type with parameters and nothing
// else, by a grammar stricter than the MIME Sniffing Standard's parser: blanks
// between any two parts, no part left out, values quoted or tokens.
func wholeMIMEType(s string) bool {
	token := func() bool {
		s = strings.TrimLeft(s, " \t")
		n := strings.IndexFunc(s, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?=`, c) })
		if n < 0 {
			n = len(s)
		}
		s = s[n:]
		return n > 0
	}
	quoted := func() bool {
		for i := 1; i < len(s); i++ {
			switch s[i] {
			case '\\':
				i++
			case '"':
				s = s[i+1:]
				return true
			}
		}
		return false
	}
	next := func(c byte) bool {
		s = strings.TrimLeft(s, " \t")
		if s == "" || s[0] != c {
			return false
		}
		s = s[1:]
		return true
	}
	if !token() || !next('/') || !token() {
		return false
	}
	for next(';') {
		if !token() || !next('=') {
			return false
		}
		if s = strings.TrimLeft(s, " \t"); strings.HasPrefix(s, `"`) {
			if !quoted() {
				return false
			}
		} else if !token() {
			return false
		}
	}
	return s == ""
}

// isMIMEType tells whether a string parses as a MIME type.
func isMIMEType(s string) bool {
	_, err := safelist.ParseMIMEType(s)
	return err == nil
}

// redirectTaint is the request's redirect-taint.
//
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
func (r *request) redirectTaint(list origin.PublicSuffixList) RedirectTaint {
	taint := TaintSameOrigin              // 3
	for i := 1; i < len(r.urlList); i++ { // 4, 4.1
		last, u := r.urlList[i-1].Origin(), r.urlList[i].Origin()
		if u.SameOrigin(last) || r.origin.SameOrigin(last) {
			continue // neither 4.2 nor 4.3 holds
		}
		if !origin.SameSite(u, last, list) && !origin.SameSite(r.origin, last, list) {
			return TaintCrossSite // 4.2
		}
		taint = TaintSameSite // 4.3
	}
	return taint // 5
}

// A RedirectTaint is how far a request's redirects led it astray.
//
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
type RedirectTaint string

const (
	TaintSameOrigin RedirectTaint = "same-origin"
	TaintSameSite   RedirectTaint = "same-site"
	TaintCrossSite  RedirectTaint = "cross-site"
)

// serializedOrigin is the result of serializing a request origin.
//
// https://fetch.spec.whatwg.org/#serializing-a-request-origin
func (r *request) serializedOrigin(list origin.PublicSuffixList) string {
	if len(r.urlList) > 1 && r.redirectTaint(list) != TaintSameOrigin {
		return "null" // 2
	}
	return r.origin.String() // 3
}

// partition is the result of determining the network partition key.
//
// https://fetch.spec.whatwg.org/#request-determine-the-network-partition-key
func (r *request) partition() origin.PartitionKey {
	switch {
	case r.client != nil:
		return r.client.partition
	case r.partitionOf != nil:
		return r.partitionOf.partition
	}
	return origin.PartitionKey{}
}

// info is the request as errors and traces show it.
func (r *request) info() RequestInfo {
	i := RequestInfo{
		API:         r.api,
		Destination: r.destination,
		Method:      r.method,
		Mode:        r.mode,
		Credentials: r.credentials,
		Redirect:    r.redirect,
		Tainting:    r.tainting,
		Hop:         r.redirectCount,
		Preflight:   r.preflight,
		Headers:     r.headers,
		Page:        r.origin.String(),
		Origin:      r.origin.String(),
	}
	if r.client != nil {
		i.Page = r.client.origin.String()
	}
	switch {
	case r.origin.IsZero():
		i.Origin = i.Page
	case len(r.urlList) > 1:
		i.Origin = r.serializedOrigin(nil) // no list changes whether it is tainted
	}
	if len(r.urlList) > 0 {
		i.URL, i.FirstURL = redacted(r.currentURL()), redacted(r.url())
	}
	return i
}

// redacted is a URL without its fragment and without passwords, which are nothing
// for logs.
func redacted(u *origin.URL) string { return text.RedactURL(u.WithoutFragment()) }

// Fetch runs the Standard's fetch on the caller's goroutine, until the
// response's head has arrived and was allowed. The caller must close the
// response's body.
//
// A refusal is an [*Error]. Cancelling ctx ends the fetch at any moment, also
// while the body is read.
//
// https://fetch.spec.whatwg.org/#dom-global-fetch
func (e *Environment) Fetch(ctx context.Context, in *Request) (*Response, error) {
	f := e.agent.newFetching(ctx)
	refusal := e.newRequest(in, f.request)
	if refusal == nil {
		var resp *response
		if resp, refusal = f.run(); refusal == nil {
			return newResponse(resp), nil
		}
	}
	in.Body.discard()
	return nil, refusal
}
