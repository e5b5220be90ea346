package fetch

import (
	"fmt"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A Request is what script passes to fetch(), or sets on an XMLHttpRequest, or
// what an element asks for. Its fields have the names of the Fetch API's
// RequestInit, and the zero value of each is the API's default. Requests that
// script may not make are refused by [Environment.Fetch].
//
// A Request whose body has a source may be used any number of times, also
// concurrently.
//
// https://fetch.spec.whatwg.org/#requestinit
type Request struct {
	URL            string // absolute, or relative to the page's base URL
	Method         string // in any case; "" is GET
	Headers        HeaderList
	Body           *Body
	Mode           Mode             // "" is cors
	Credentials    credentials.Mode // "" is same-origin, or include for an element without CORS
	Cache          CacheMode        // "" is default
	Redirect       RedirectMode     // "" is follow
	Referrer       string           // a URL; "" is the page's ("about:client")
	NoReferrer     bool             // no referrer: script passed ""
	ReferrerPolicy ReferrerPolicy   // "" is the page's
	Integrity      string           // integrity metadata, such as "sha384-…"
	Keepalive      bool
	Duplex         string // "half", which a stream as body requires

	// TargetAddressSpace is fetch()'s targetAddressSpace: the address space that the
	// server is in, "local" or "loopback". If that is so, a secure page may request an
	// http: URL. If it is not, the request fails.
	TargetAddressSpace origin.AddressSpace

	API            API  // "" is "fetch"
	UploadListener bool // an XMLHttpRequest has a listener on upload, which forces a preflight

	// Username and Password are the arguments of XMLHttpRequest's open(); nil is
	// null. They become part of the URL and answer a 401.
	Username, Password *string

	// Destination is for requests of elements, with API "element"; see [Element].
	// Such a request has method GET, a mode and a credentials mode that fit the
	// destination, no body and no headers ([Request.AddRange] excepted). Any other
	// request is refused with the reason "element-option".
	Destination Destination

	// Nonce is the nonce attribute of the element, which a Content-Security-Policy may
	// name. ParserInserted says that the element stands in the page's markup, and was
	// not made by script: 'strict-dynamic' does not let it load.
	Nonce          string
	ParserInserted bool

	// CheckRedirect is called before a redirect is followed. Browsers have no such
	// hook: it lets the program refuse redirects, for example those that leave a
	// site. Nil follows all redirects that the Standard allows.
	//
	// next is the request to the redirect's location, with the method and the
	// headers that the redirect leaves, without those that the browser will add.
	// via are the requests made so far, the oldest first, with the headers that
	// were sent. CheckRedirect is not called for redirects that the Standard
	// refuses, such as the 21st.
	//
	// If CheckRedirect returns nil, the redirect is followed. If it returns
	// [http.ErrUseLastResponse], the response of the redirect is returned: readable
	// for a navigation, and an opaque-redirect filtered response otherwise, if mode
	// and API allow that. If it returns another error, the fetch fails with an
	// [*Error] whose Reason is [RedirectVetoed] and which wraps that error. In both
	// cases nothing is sent to the location, not even a preflight.
	//
	// CheckRedirect is called on the goroutine that fetches. It must not change or
	// keep its arguments.
	CheckRedirect func(next RequestInfo, via []RequestInfo) error

	Trace *Trace

	blob *blobEntry // of the URL, kept by Prepare; or nil

	preload, module, inSheet bool // it is that of such an element

	modulePreload bool        // it is that of a <link rel=modulepreload>
	workerImport  bool        // the module of a worker imports it
	element       Element     // whose request it is, if that is known
	referrerURL   *origin.URL // of what a module or a style sheet imports: which of them; or nil
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
		return &Error{Reason: reason, Stage: stageConstruct, Request: info, Header: what, Value: presentable(what, value), Err: err}
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
	if r.api == apiXHR {
		u = in.withUserinfo(u)
	}
	// 5.4, 12. The request has it.
	r.setURL(u)
	// 5.3. fetch() takes no username and no password in it.
	if r.api == apiFetch && u.IncludesCredentials() {
		return refuse(urlHasCredentials, "url", redacted(u), nil)
	}
	if r.schemeRefused() {
		return refuse(UnsupportedScheme, "scheme", u.Scheme(), nil)
	}
	// 17. Nobody asks for mode navigate; Web IDL's enumerations have no other values.
	if wrong := in.invalidOption(e.agent.profile.LocalNetwork.OlderTargets); wrong.name != "" {
		return wrong.refused(refuse(InvalidOption, wrong.name, wrong.value, nil))
	}
	if r.api == apiXDomainRequest {
		if wrong := in.xDomainOption(r); wrong.name != "" {
			return wrong.refused(refuse(InvalidOption, wrong.name, wrong.value, nil))
		}
	}
	// 14. The referrer.
	if refusal := r.setReferrer(e, in); refusal != nil {
		return refuse(refusal.Reason, refusal.Header, refusal.Value, refusal.Err)
	}
	// 5.5, 16, 18. The mode is cors unless script says otherwise.
	r.mode = orDefault(r.mode, in.defaultMode(e.agent.profile))
	// 19. Likewise the credentials mode.
	r.credentials = orDefault(r.credentials, in.defaultCredentials(r.mode))
	if r.api == apiElement {
		if wrong := in.elementOption(r); wrong.name != "" {
			return wrong.refused(refuse(noElementOption, wrong.name, wrong.value, nil))
		}
		r.depart(in)
		r.dropUserinfo()
		r.dropCredentials()
	}
	if r.api == apiBeacon && e.agent.profile.Beacon.Revalidates {
		r.cache = cacheNoCache
	}
	// 21. only-if-cached would tell other origins' secrets.
	if r.cache == cacheOnlyIfCached && r.mode != SameOrigin {
		return refuse(onlyIfCachedNeedsSameOrigin, "mode", string(r.mode), nil)
	}
	// 32.1. no-cors has the methods of a form.
	if r.mode == NoCORS && !safelist.IsSafelistedMethod(r.method) {
		return refuse(methodNeedsCORS, "method", r.method, nil)
	}
	// 31 to 33. Headers, as far as the guard lets them in.
	if refusal := r.setHeaders(e, in.Headers); refusal != nil {
		return refuse(refusal.Reason, refusal.Header, refusal.Value, nil)
	}
	if r.api == apiEventSource && r.headers.Contains(lastEventID) {
		r.added.names[0], r.added.n = lastEventID, 1 // which is not script's
	}
	// 35 to 42. The body and its type.
	if refusal := r.setBody(in); refusal != nil {
		return refuse(refusal.Reason, refusal.Header, refusal.Value, nil)
	}
	switch r.api {
	case apiPing:
		r.appendPingFrom()
	case apiXDomainRequest:
		r.asXDomainRequest()
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
	r.cache = orDefault(in.Cache, cacheDefault)
	r.redirect = orDefault(in.Redirect, redirectFollow)
	r.referrerPolicy = in.ReferrerPolicy
	r.integrity = in.Integrity
	r.nonce, r.parserInserted = in.Nonce, in.ParserInserted
	r.keepalive = in.Keepalive
	switch r.targetSpace = in.TargetAddressSpace; {
	case r.targetSpace == "public" && !e.agent.profile.LocalNetwork.PublicTarget, r.targetSpace == "unknown":
		r.targetSpace = ""
	case r.targetSpace == "private":
		r.targetSpace = "local"
	}
	r.destination, r.preload, r.module, r.inSheet = in.Destination, in.preload, in.module, in.inSheet
	r.api = orDefault(in.API, apiFetch)
	r.useURLCredentials = r.api != apiFetch
	r.unsafeRequest = r.api != apiElement && r.api != apiEventSource && r.api != apiPing
	r.usePreflight = in.UploadListener
	r.canPrompt = !e.worker
	r.tainting = taintingBasic
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
	case !grammar.IsMethod(method):
		return &Error{Reason: InvalidMethod, Stage: stageConstruct, Header: "method", Value: method}
	case safelist.IsForbiddenMethod(method):
		return &Error{Reason: forbiddenMethod, Stage: stageConstruct, Header: "method", Value: method}
	// 25.3, 25.4. In capitals, if it is one of a few.
	default:
		r.method = safelist.NormalizeMethod(method)
	}
	return nil
}

// A wrongOption is an option that is refused: its name, its value, and the
// values that it may have. The zero value is none.
type wrongOption struct{ name, value, want string }

// wrong is an option that has none of the values that it may have.
func wrong[T ~string](name string, value T, want ...T) wrongOption {
	return wrongOption{name, string(value), joined(want...)}
}

// joined lists the values of an enumeration for a developer.
func joined[T ~string](values ...T) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(v))
	}
	return b.String()
}

// refused adds the values that the option may have to its refusal.
func (w wrongOption) refused(refusal *Error) *Error {
	refusal.Detail = w.want
	return refusal
}

// invalidOption is the first option whose value does not exist or that its API
// does not have. older says that targetAddressSpace has its older words, too.
func (in *Request) invalidOption(older bool) wrongOption {
	script := in.API != apiElement
	switch {
	case !oneOf(in.API, apis[:]...):
		return wrong("api", in.API, apis[:len(apis)-1]...) // the last is one of the past
	case in.API == apiXHR && !oneOf(in.Mode, CORS):
		return wrong("mode", in.Mode, CORS)
	case !oneOf(in.Mode, modes[:]...):
		return wrong("mode", in.Mode, modes[:]...)
	case !oneOf(in.Credentials, credentials.Omit, credentials.SameOrigin, credentials.Include):
		return wrong("credentials", in.Credentials, credentials.Omit, credentials.SameOrigin, credentials.Include)
	case !oneOf(in.Cache, cacheModes[:]...):
		return wrong("cache", in.Cache, cacheModes[:]...)
	case !oneOf(in.Redirect, redirectModes[:]...):
		return wrong("redirect", in.Redirect, redirectModes[:]...)
	case !oneOf(in.ReferrerPolicy, referrerPolicies[:]...):
		return wrong("referrerPolicy", in.ReferrerPolicy, referrerPolicies[:]...)
	case !oneOf(in.TargetAddressSpace, addressSpaces[:]...) && !(older && oneOf(in.TargetAddressSpace, "private", "unknown")):
		return wrong("targetAddressSpace", in.TargetAddressSpace, addressSpaces[:]...)
	case in.API == apiXHR && in.TargetAddressSpace != "":
		return wrong("targetAddressSpace", in.TargetAddressSpace, "")
	case !oneOf(in.Duplex, "half"):
		return wrong("duplex", in.Duplex, "half")
	case script && in.Destination != destinationEmpty && !(in.API == apiReport && in.Destination == destinationReport):
		return wrong("destination", in.Destination)
	case in.Username != nil && in.API != apiXHR:
		return wrong("username", *in.Username)
	case in.Password != nil && in.API != apiXHR:
		return wrong("password", "") // nothing for logs
	case in.API == apiEventSource:
		return in.eventSourceOption()
	case outlives(in.API):
		return in.outlivingOption()
	}
	return wrongOption{}
}

// setReferrer is step 14 of the Request constructor.
func (r *request) setReferrer(e *Environment, in *Request) *Error {
	switch {
	// A module and a style sheet name themselves, wherever they are from.
	case in.referrerURL != nil:
		r.referrer = referrer{kind: referrerURL, url: in.referrerURL}
	// 14.2. "" is none at all.
	case in.NoReferrer:
		r.referrer = referrer{kind: referrerNone}
		if e.agent.profile.Headers.NoReferrerIsPolicy {
			r.referrerPolicy = noReferrerPolicy
		}
	case in.Referrer != "":
		// 14.3.1, 14.3.2. Another must be a URL.
		u, err := e.agent.parseURL(in.Referrer, e.baseURL)
		if err != nil {
			return &Error{Reason: invalidReferrer, Stage: stageConstruct, Header: "referrer", Value: in.Referrer, Err: err}
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
	if r.api == apiElement || r.api == apiPing { // not script's, so that no guard is in the way
		r.headers = append(r.headers, list...)
		return nil
	}
	if size := list.Size(); size > e.agent.maxHeaders {
		return &Error{Reason: HeadersTooLarge, Stage: stageConstruct, Header: "headers", Value: fmt.Sprintf("%d bytes", size)}
	}
	rules := &e.agent.profile.Safelist
	// 31, 32.2. What the guard keeps out depends on the mode.
	guard := guardRequest
	if r.mode == NoCORS {
		guard = guardRequestNoCORS
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
	if r.api == apiXHR { // setRequestHeader() combines where append() appends
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
	profile := r.client.agent.profile
	// 35. GET and HEAD have no body: fetch() throws, send() drops it.
	if r.method == "GET" || r.method == "HEAD" {
		if r.api != apiXHR {
			return &Error{Reason: bodyNotAllowed, Stage: stageConstruct, Header: "method", Value: r.method}
		}
		form := r.body.kind == bodyText && strings.HasPrefix(r.body.contentType, formType)
		if form && profile.Request.FormTypeWithoutBody && !r.headers.Contains("Content-Type") {
			r.headers.Append("Content-Type", r.body.contentType)
		}
		r.body.discard()
		r.body = nil // send() 3
		return nil
	}
	if r.body.kind == bodyStream && profile.Body.Stream == rules.StreamText {
		r.body.discard()
		r.body = TextBody("[object ReadableStream]")
	}
	// 39. A stream can be sent only once and has no length.
	if r.body.kind == bodyStream {
		switch {
		// 37.1. It can't outlive the page.
		case r.keepalive:
			return &Error{Reason: streamWithKeepalive, Stage: stageConstruct, Header: "keepalive", Value: "true"}
		case profile.Body.Stream == rules.StreamRefused:
			return &Error{Reason: InvalidOption, Stage: stageConstruct, Header: "body", Value: "ReadableStream"}
		// 39.1. Script must say that it doesn't wait for the response meanwhile.
		case in.Duplex == "":
			return &Error{Reason: duplexRequired, Stage: stageConstruct, Header: "duplex"}
		// 39.2. no-cors has no streams.
		case r.mode != SameOrigin && r.mode != CORS:
			return &Error{Reason: streamNeedsCORS, Stage: stageConstruct, Header: "mode", Value: string(r.mode)}
		}
		// 39.3. The server has to agree.
		r.usePreflight = true
		if profile.Request.StreamMakesCORS {
			r.mode = CORS
		}
	}
	own, ok := r.headers.Get("Content-Type")
	switch {
	case !ok && r.typeLeftOut():
	case !ok && profile.Request.BlobTypeParsed && r.api == apiXHR && !wholeMIMEType(r.body.contentType):
	case !ok && profile.Request.BlobTypeIsMIMEType && r.api == apiXHR && !isMIMEType(r.body.contentType):
	case !ok && r.body.contentType != "":
		// 37.4. The body's type goes through the guard, which in mode no-cors keeps a
		// Blob's only if it is safelisted.
		headers := Headers{guard: guardRequest, list: r.headers, rules: &r.client.agent.profile.Safelist}
		if r.mode == NoCORS && !profile.Request.BlobTypeUnguarded && r.api != apiPing && r.api != apiReport {
			headers.guard = guardRequestNoCORS
		}
		if err := headers.Append("Content-Type", r.body.contentType); err != nil {
			return err.(*Error)
		}
		r.headers = headers.list
		r.original.typeOfBody = true
	case ok && r.api == apiXHR && r.body.kind == bodyText && profile.Request.CharsetInPlace:
		if replaced := replaceCharsets(own); replaced != own {
			r.headers.Set("Content-Type", replaced)
		}
	case ok && r.api == apiXHR && r.body.kind == bodyText:
		if t, ok := mimetype.Parse(own); ok { // send() 4.5.1
			charset, ok := t.Parameter("charset")
			kept := charset == "" && profile.Request.EmptyCharsetKept
			if ok && !kept && !fold.Equal(charset, "UTF-8") {
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
