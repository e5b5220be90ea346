package fetch

import (
	"fmt"
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

	blob *blobEntry // of the URL, kept by Prepare; or nil
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

	// 25. The method, as it is sent. It comes before the URL, as in open(); only there
	// does the order show.
	if refusal := r.setMethod(in.Method); refusal != nil {
		return refuse(refusal.Reason, refusal.Header, refusal.Value, nil)
	}
	// 3, 5.1. Parse the URL against the page's.
	input := in.URL
	if e.agent.profile.Request.DataURLBlanks {
		input = withoutBlanks(input)
	}
	u, err := e.agent.parseURL(input, e.baseURL)
	// 5.2. It must be one.
	if err != nil {
		return refuse(InvalidURL, "url", in.URL, err)
	}
	r.danglingMarkup = e.looksLikeMarkup(in)
	if r.blob = in.blob; r.blob == nil || r.blob.url != u.WithoutFragment() {
		r.blob = e.blobEntry(u)
	}
	if r.api == APIXHR {
		u = in.withUserinfo(u)
	}
	// 5.4, 12. The request has it.
	r.setURL(u)
	// 5.3. fetch() takes no username and no password in it.
	if r.api == APIFetch && u.IncludesCredentials() {
		return refuse(URLHasCredentials, "url", redacted(u), nil)
	}
	// 17. Nobody asks for mode navigate; Web IDL's enumerations have no other values.
	if what, value := in.invalidOption(); what != "" {
		return refuse(InvalidOption, what, value, nil)
	}
	// 14. The referrer.
	if refusal := r.setReferrer(e, in); refusal != nil {
		return refuse(refusal.Reason, refusal.Header, refusal.Value, refusal.Err)
	}
	// 5.5, 16, 18. The mode is cors unless script says otherwise.
	r.mode = orDefault(r.mode, CORS)
	// 19. Likewise the credentials mode.
	r.credentials = orDefault(r.credentials, in.defaultCredentials(r.mode))
	if r.api == APIElement {
		if what, value := in.elementOption(r); what != "" {
			return refuse(ElementOption, what, value, nil)
		}
		r.dropUserinfo()
	}
	// 21. only-if-cached would tell other origins' secrets.
	if r.cache == CacheOnlyIfCached && r.mode != SameOrigin {
		return refuse(OnlyIfCachedNeedsSameOrigin, "mode", string(r.mode), nil)
	}
	// 32.1. no-cors has the methods of a form.
	if r.mode == NoCORS && !safelist.IsSafelistedMethod(r.method) {
		return refuse(MethodNeedsCORS, "method", r.method, nil)
	}
	// 31 to 33. Headers, as far as the guard lets them in.
	if refusal := r.setHeaders(e, in.Headers); refusal != nil {
		return refuse(refusal.Reason, refusal.Header, refusal.Value, nil)
	}
	// 35 to 42. The body and its type.
	if refusal := r.setBody(in); refusal != nil {
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

// set takes over what needs no look, with the defaults of a request: steps 12, 15,
// 20, 22 to 24 and what other than script decides.
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
	r.canPrompt = !e.worker
	r.tainting = TaintingBasic
	r.trace = in.Trace
	r.redirectChecks = newRedirectChecks(in.CheckRedirect)
	r.headers = r.firstHeaders[:0]
}

// setMethod is step 25 of the Request constructor, and steps 2 to 4 of open().
func (r *request) setMethod(method string) *Error {
	r.method = method
	switch {
	// Without 25.1 it is GET.
	case method == "":
		r.method = "GET"
	// 25.2. One token, and not a forbidden method.
	case !safelist.IsMethod(method):
		return &Error{Reason: InvalidMethod, Header: "method", Value: method}
	case safelist.IsForbiddenMethod(method):
		return &Error{Reason: ForbiddenMethod, Header: "method", Value: method}
	// 25.3, 25.4. In capitals, if it is one of a few.
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
	// 14.2. "" is none at all.
	case in.NoReferrer:
		r.referrer = referrer{kind: referrerNone}
		if e.agent.profile.Headers.NoReferrerIsPolicy {
			r.referrerPolicy = NoReferrerPolicy
		}
	case in.Referrer != "":
		// 14.3.1, 14.3.2. Another must be a URL.
		u, err := e.agent.parseURL(in.Referrer, e.baseURL)
		if err != nil {
			return &Error{Reason: InvalidReferrer, Header: "referrer", Value: in.Referrer, Err: err}
		}
		if u.Scheme() == "about" && u.Path() == "client" || !u.Origin().SameOrigin(e.origin) {
			// 14.3.3. One of another origin gives way to the page's own.
			r.referrer = referrer{kind: referrerClient}
		} else {
			// 14.3.4. One of the page's origin is it.
			r.referrer = referrer{kind: referrerURL, url: u}
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
	// 31, 32.2. What the guard keeps out depends on the mode.
	guard := GuardRequest
	if r.mode == NoCORS {
		guard = GuardRequestNoCORS
	}
	headers := Headers{guard: guard, rules: rules, list: r.headers}
	if len(list) >= len(r.firstHeaders) {
		headers.list = make(HeaderList, 0, len(list)+2) // Content-Type and Accept may join
	}
	// 33.5. Fill the list.
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
	// 35. GET and HEAD have no body: fetch() throws, send() drops it.
	if r.method == "GET" || r.method == "HEAD" {
		if r.api != APIXHR {
			return &Error{Reason: BodyNotAllowed, Header: "method", Value: r.method}
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
	// 39. A stream can be sent only once and has no length.
	if r.body.kind == bodyStream {
		switch {
		// 37.1. It can't outlive the page.
		case r.keepalive:
			return &Error{Reason: StreamWithKeepalive, Header: "keepalive", Value: "true"}
		case r.client.agent.profile.Body.Stream == StreamIsRefused:
			return &Error{Reason: InvalidOption, Header: "body", Value: "ReadableStream"}
		// 39.1. Script must say that it doesn't wait for the response meanwhile.
		case in.Duplex == "":
			return &Error{Reason: DuplexRequired, Header: "duplex"}
		// 39.2. no-cors has no streams.
		case r.mode != SameOrigin && r.mode != CORS:
			return &Error{Reason: StreamNeedsCORS, Header: "mode", Value: string(r.mode)}
		}
		// 39.3. The server has to agree.
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
		// 37.4. The body's type goes through the guard, which in mode no-cors keeps a
		// Blob's only if it is safelisted.
		headers := Headers{guard: GuardRequest, list: r.headers, rules: &r.client.agent.profile.Safelist}
		if r.mode == NoCORS && !rules.BlobTypeUnguarded {
			headers.guard = GuardRequestNoCORS
		}
		if err := headers.Append("Content-Type", r.body.contentType); err != nil {
			return err.(*Error)
		}
		r.headers = headers.list
		r.original.typeOfBody = true
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
				r.original.typeBeforeCharset = own
				r.headers.Set("Content-Type", t.String())
			}
		}
	}
	return nil
}
