package fetch

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// ClientOptions are the choices of a page's script for requests that are made
// through an [http.Client]: the fields of [Request] that an [http.Request] does
// not have. Pass them for one request with [WithOptions], or for all requests
// of a client with [Environment.ClientWith].
type ClientOptions struct {
	API            API
	Mode           Mode
	Credentials    credentials.Mode
	Cache          CacheMode
	Redirect       RedirectMode
	Referrer       string
	NoReferrer     bool
	ReferrerPolicy ReferrerPolicy
	Integrity      string
	Keepalive      bool
	UploadListener bool
	Destination    Destination

	// CheckRedirect is called before a redirect is followed, see
	// [Request.CheckRedirect]. If the client has a CheckRedirect, that is called
	// afterwards.
	CheckRedirect func(next RequestInfo, via []RequestInfo) error

	// AcceptEncoding replaces the browser's Accept-Encoding; the body is then
	// returned with its content codings. An Accept-Encoding header of the request,
	// which script could not set, has the same effect and takes precedence, as in
	// net/http. If base is an [*http.Transport] with DisableCompression, the
	// default is "identity".
	AcceptEncoding string

	// BufferBody allows a body of unknown length to be read to its end before the
	// request is made, up to this many bytes. Such a body has a source, like a
	// Blob, and can be sent over HTTP/1.1; otherwise it is a stream. A longer body
	// is refused with [RequestBodyTooLarge]. 0 buffers nothing.
	BufferBody int64

	Trace *Trace
}

type clientOptionsKey struct{}

// WithOptions returns a context for requests with options of their own, which
// replace those of the client as a whole. It works with the clients of
// [Environment.Client], [Environment.ClientWith] and [Environment.Transport],
// and in part with that of [Agent.Client].
func WithOptions(ctx context.Context, o ClientOptions) context.Context {
	return context.WithValue(ctx, clientOptionsKey{}, &o)
}

// Client returns an [http.Client] whose requests are those of the page's
// script. Code written for Go's client works unchanged, and is subject to the
// same-origin policy and to CORS. The client uses the transport, cookie jar,
// timeout and CheckRedirect of base. A nil base stands for a client with the
// agent's own transport and cookies.
//
// A refusal is a [*net/url.Error] that wraps an [*Error]; errors.AsType finds
// it. When the client's Timeout has passed, net/http may return an error of its
// own instead.
//
// The engine follows redirects itself, as [ClientOptions.Redirect] says. It
// asks the CheckRedirect that the returned client has when the redirect
// arrives, so that a library may set it later, but not while requests are under
// way; see [Request.CheckRedirect] for its results. A copy of the client asks
// the CheckRedirect of the original. A veto is returned as an *Error, without
// the response that net/http would return with it: a page does not see that.
//
// The client's Jar is nil, because a jar there would add cookies without the
// engine's knowledge. If the agent has cookies disabled, the Jar of base is
// ignored.
//
// As in a browser, headers that a script may not set are ignored, such as
// Origin and Cookie, and so are the Host field and the trailers of a request.
// The exception is Accept-Encoding, see [ClientOptions.AcceptEncoding]. A body
// with GetBody, which [http.NewRequest] sets for the usual readers, can be sent
// again after a redirect; a body with a ContentLength and no GetBody can't. A
// body of unknown length is a stream: across origins it needs a preflight, and
// over HTTP/1.x it is refused, unless [ClientOptions.BufferBody] allows it to
// be buffered.
//
// The response is the one that script sees, in Go's terms:
//
//   - Request.URL is the final URL.
//   - Header has the headers that the filter lets through. The map belongs
//     to the caller. The profile decides how header lines of one name are
//     combined.
//   - Close, TransferEncoding and TLS are empty for a response of another
//     origin (type "cors"), because they reveal more than its headers.
//     Trailers are never shown.
//   - If the engine decoded a content coding, Header does not contain it and
//     Uncompressed is true, as with Go's own transport.
//   - An opaque response (mode "no-cors", or a redirect that is not
//     followed) has status 0 and an empty header and body.
//
// Connections are kept in pools, see [HTTPTransport]. CloseIdleConnections of
// the client closes the idle ones of all pools; that of base's transport does
// not.
func (e *Environment) Client(base *http.Client) *http.Client {
	return e.ClientWith(base, ClientOptions{})
}

// ClientWith returns a client like that of [Environment.Client] with other
// defaults for its requests.
func (e *Environment) ClientWith(base *http.Client, defaults ClientOptions) *http.Client {
	if base == nil {
		base = new(http.Client)
	}
	rt := e.roundTripper(base.Transport, base.Jar, defaults)
	rt.client = &http.Client{Transport: rt, Timeout: base.Timeout, CheckRedirect: base.CheckRedirect}
	return rt.client
}

// Transport returns the page as an [http.RoundTripper], for libraries that
// accept nothing else. Each round trip is a whole fetch and returns the final
// response: the engine follows redirects. [Environment.Client] documents how
// requests and responses are translated. A nil base is the agent's own
// transport; nil options are the defaults.
//
// The round tripper may be wrapped, and it may be the Transport of an
// http.Client. Of that client only Timeout has its usual effect. Its
// CheckRedirect is not called, because the client receives no redirects: use
// [ClientOptions.CheckRedirect]. Its Jar is not used either: the Cookie header
// that it adds is ignored, and it receives no cookies, because script does not
// see Set-Cookie. The cookies are those of [Options.Cookies].
//
// The round tripper has a CloseIdleConnections method.
func (e *Environment) Transport(base http.RoundTripper, o *ClientOptions) http.RoundTripper {
	var defaults ClientOptions
	if o != nil {
		defaults = *o
	}
	return e.roundTripper(base, nil, defaults)
}

// A roundTripper runs whole fetches where an http.Client expects round trips.
type roundTripper struct {
	page     *Environment
	defaults ClientOptions
	client   *http.Client // whose CheckRedirect is asked; nil for none
}

func (e *Environment) roundTripper(base http.RoundTripper, jar http.CookieJar, defaults ClientOptions) *roundTripper {
	return &roundTripper{page: e.over(base, jar), defaults: defaults}
}

// over is the page in an agent over another round tripper and cookie jar.
func (e *Environment) over(base http.RoundTripper, jar http.CookieJar) *Environment {
	page := *e
	page.agent = e.agent.over(base, jar)
	page.loads = new(pageLoads) // another round tripper or jar may be another user's
	return &page
}

// over is the agent over another round tripper and cookie jar. Nil ones stand
// for its own. Where cookies are disabled, they stay so. What is stored of the
// responses is not for those over others: another jar may be another user's, and a
// round tripper may add who asks.
func (a *Agent) over(base http.RoundTripper, jar http.CookieJar) *Agent {
	transport, cookies := a.transport, a.cookies
	if base != nil {
		transport = a.overTransport(base)
	}
	if jar != nil && cookies != nil {
		cookies = credentials.Jar(jar)
	}
	over := a.with(transport, cookies)
	if base != nil || jar != nil {
		over.cacheParts = a.overs.cacheParts(base, jar)
	}
	return over
}

// RoundTrip implements [http.RoundTripper].
func (rt *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	o := clientOptions(req, &rt.defaults)
	body, refusal := clientBody(req, o)
	if refusal != nil {
		return nil, refusal
	}
	in := Request{
		URL:            req.URL.String(),
		Method:         req.Method,
		Body:           body,
		Mode:           o.Mode,
		Credentials:    o.Credentials,
		Cache:          o.Cache,
		Redirect:       o.Redirect,
		Referrer:       o.Referrer,
		NoReferrer:     o.NoReferrer,
		ReferrerPolicy: o.ReferrerPolicy,
		Integrity:      o.Integrity,
		Keepalive:      o.Keepalive,
		Duplex:         "half",
		API:            o.API,
		UploadListener: o.UploadListener,
		Destination:    o.Destination,
		CheckRedirect:  o.CheckRedirect,
		Trace:          o.Trace,
	}
	if len(req.Header) > 0 {
		var names [16]string
		in.Headers = make(HeaderList, 0, len(req.Header))
		for _, name := range sortedNames(req.Context(), names[:0], req.Header) {
			for _, value := range req.Header[name] {
				if name == "Authorization" && isURLAuthorization(req.URL, value) {
					continue
				}
				in.Headers = append(in.Headers, safelist.Header{Name: name, Value: value})
			}
		}
	}
	defer in.Body.discard() // a round tripper closes it in any case
	f := rt.page.agent.newFetching(req.Context())
	if refusal = rt.page.newRequest(&in, f.request); refusal == nil {
		refusal = f.request.setAcceptEncoding(req, o)
	}
	if refusal == nil {
		f.request.http, f.request.httpURL = req, in.URL
		if rt.client != nil && rt.client.CheckRedirect != nil {
			f.request.redirectChecks = f.request.redirectChecks.alsoAsk(rt.client.CheckRedirect, req)
		}
		var resp *response
		if resp, refusal = f.run(); refusal == nil {
			return clientResponse(resp, req, f.request.method), nil
		}
	}
	return nil, refusal
}

// isURLAuthorization tells whether a value is the Authorization that
// [http.Client] makes of the username and password of a URL. A browser keeps
// those until the server asks for them, and script has not set that header.
func isURLAuthorization(u *url.URL, value string) bool {
	if u.User == nil {
		return false
	}
	password, _ := u.User.Password()
	made := http.Request{Header: make(http.Header)}
	made.SetBasicAuth(u.User.Username(), password)
	return value == made.Header.Get("Authorization")
}

// clientOptions are the options of a request: its context's, or the defaults.
func clientOptions(req *http.Request, defaults *ClientOptions) *ClientOptions {
	if own, ok := req.Context().Value(clientOptionsKey{}).(*ClientOptions); ok {
		return own
	}
	return defaults
}

// CloseIdleConnections lets http.Client's method of that name work.
func (rt *roundTripper) CloseIdleConnections() { closeIdle(rt.page.agent.transport) }

// closeIdle closes the idle connections of a transport that can do that.
func closeIdle(t Transport) {
	if c, ok := t.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// clientResponse is the filtered response as an http.Client hands it over. What
// the round tripper returned is left as it is: fakes and caches return the same
// response, or the same header, more than once.
func clientResponse(r *response, req *http.Request, method string) *http.Response {
	if moved := len(r.urlList) > 1 || r.request.upgraded != ""; moved && r.filter != typeOpaque { // an opaque response hides where redirects led
		req = finalRequest(req, r.url(), method)
	}
	var memory struct { // in one piece, what nearly every response needs
		response http.Response
		values   [8]string
	}
	out := &memory.response
	*out = http.Response{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1, Request: req}
	if r.filter == typeOpaque || r.filter == typeOpaqueRedirect {
		out.Header, out.Body = make(http.Header), newResponse(r).Body
		return out // nor does anything else tell what it hides
	}
	out.StatusCode, out.Header = r.status, r.header(memory.values[:])
	if out.Body = r.body; r.body == nil {
		out.Body = noBody{}
	}
	if r.network != nil && r.network.http != nil {
		own := r.network.http
		out.Status, out.Proto, out.ProtoMajor, out.ProtoMinor = own.Status, own.Proto, own.ProtoMajor, own.ProtoMinor
		out.ContentLength, out.Uncompressed = own.ContentLength, own.Uncompressed
		if r.filter != typeCORS {
			out.Close, out.TransferEncoding, out.TLS = own.Close, slices.Clone(own.TransferEncoding), own.TLS
		}
	} else {
		out.Status = statusLine(r.status, r.statusText)
		if r.body == nil {
			out.ContentLength = 0
		}
	}
	if r.decoded {
		out.ContentLength, out.Uncompressed = -1, true
	}
	return out
}

// header is the filtered response's header list as a header of net/http, less
// the traces of a content coding that was undone. Its values are in the slice
// given, if there is room.
func (r *response) header(values []string) http.Header {
	if len(values) < len(r.headers) {
		values = make([]string, len(r.headers))
	}
	out := make(http.Header, len(r.headers))
	for i, h := range r.headers {
		if !r.shows(h) || r.decoded && (h.Name == "Content-Encoding" || h.Name == "Content-Length") {
			continue
		}
		if r.network == nil || r.network.http == nil {
			h.Name = http.CanonicalHeaderKey(h.Name) // net/http has done so with its own
		}
		if others, ok := out[h.Name]; ok {
			out[h.Name] = append(others, h.Value)
			continue
		}
		values[i] = h.Value
		out[h.Name] = values[i : i+1 : i+1]
	}
	return out
}

// setAcceptEncoding takes over what the caller of an http.Client asks for in
// place of the browser's content codings.
func (r *request) setAcceptEncoding(req *http.Request, o *ClientOptions) *Error {
	r.acceptEncoding = o.AcceptEncoding
	if own := req.Header["Accept-Encoding"]; len(own) > 0 {
		r.acceptEncoding = strings.Join(own, ", ")
	}
	if r.acceptEncoding = grammar.NormalizeHeaderValue(r.acceptEncoding); !grammar.IsHeaderValue(r.acceptEncoding) {
		return &Error{Reason: InvalidHeaderValue, Stage: stageConstruct, Request: r.info(), Header: "Accept-Encoding", Value: r.acceptEncoding}
	}
	return nil
}

// statusLine is a response's status line as net/http writes it in Status.
func statusLine(status int, message string) string {
	line := strconv.Itoa(status)
	if message == "" {
		message = http.StatusText(status)
	}
	return line + " " + message
}

// finalRequest is the request as redirects left it, for Response.Request.
func finalRequest(req *http.Request, u *origin.URL, method string) *http.Request {
	out := req.Clone(req.Context())
	serialized := u.String()
	if fragment, ok := u.Fragment(); ok && fragment == "" {
		serialized = u.WithoutFragment() // net/url keeps no empty one
	}
	final, err := url.Parse(serialized)
	if err != nil || final.String() != serialized {
		kept := netURL(u)
		final = &kept
		final.Fragment, _ = u.Fragment()
	}
	out.URL, out.Host = final, ""
	out.Method = method
	out.Body, out.GetBody, out.ContentLength = nil, nil, 0
	return out
}
