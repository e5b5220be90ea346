package fetch

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// ClientOptions are what a page's script would choose for a request that is
// made through an [http.Client]: RequestInit less what an [http.Request] has
// itself. They ride on the request's context, see [WithOptions].
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
	Trace          *Trace
}

type clientOptionsKey struct{}

// WithOptions is a context for the requests of an [Environment.Client] that
// are to have other options than that client's.
func WithOptions(ctx context.Context, o ClientOptions) context.Context {
	return context.WithValue(ctx, clientOptionsKey{}, &o)
}

// Client is an [http.Client] whose requests are a page's: code written for
// Go's own client works unchanged and is held to the same-origin policy and to
// CORS, redirects included. The transport, cookie jar and timeout of base are
// used; nil stands for http.DefaultClient with the agent's own transport and
// cookies. CheckRedirect of base is not: the engine follows redirects as
// [ClientOptions.Redirect] says. The client's own Jar is nil, since a jar
// there would add cookies behind the engine's back.
//
// What a browser refuses comes back as a [*net/url.Error] from which errors.As
// gets an [*Error]; when the timeout has passed, net/http may put an error of
// its own in that place. The response's Request.URL is the final URL. Of an
// opaque response (mode no-cors) the status is 0 and header and body are empty.
//
// A request's Origin, Cookie, Host and the like that a script may not set are
// ignored, as in a browser; so are its Host field and its trailers. A body with
// GetBody, which [http.NewRequest] sets for the usual readers, can be sent
// again on a redirect; one without, but with a ContentLength, can't; one of
// unknown length is a stream: it is preflighted across origins, and refused
// over HTTP/1.x.
//
// Connections are kept in pools as [HTTPTransport] has them; CloseIdleConnections
// of the client closes the idle ones of all, that of base's transport does not.
//
// A content coding that the engine undid is not in the response's header, as
// with Go's own transport.
func (e *Environment) Client(base *http.Client) *http.Client {
	return e.ClientWith(base, ClientOptions{})
}

// ClientWith is [Environment.Client] with other defaults for its requests.
func (e *Environment) ClientWith(base *http.Client, defaults ClientOptions) *http.Client {
	if base == nil {
		base = new(http.Client)
	}
	page := *e
	transport, cookies := e.agent.transport, e.agent.cookies
	if base.Transport != nil {
		transport = e.agent.over(base.Transport)
	}
	if base.Jar != nil {
		cookies = credentials.Jar(base.Jar)
	}
	page.agent = e.agent.with(transport, cookies)
	return &http.Client{
		Transport:     &roundTripper{&page, defaults},
		Timeout:       base.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// A roundTripper runs whole fetches where an http.Client expects round trips.
type roundTripper struct {
	page     *Environment
	defaults ClientOptions
}

// RoundTrip implements [http.RoundTripper].
func (rt *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	o := &rt.defaults
	if own, ok := req.Context().Value(clientOptionsKey{}).(*ClientOptions); ok {
		o = own
	}
	in := Request{
		URL:            req.URL.String(),
		Method:         req.Method,
		Body:           clientBody(req),
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
		Trace:          o.Trace,
	}
	if len(req.Header) > 0 {
		var names [16]string
		in.Headers = make(HeaderList, 0, len(req.Header))
		for _, name := range sortedNames(names[:0], req.Header) {
			for _, value := range req.Header[name] {
				in.Headers = append(in.Headers, safelist.Header{Name: name, Value: value})
			}
		}
	}
	defer in.Body.discard() // a round tripper closes it in any case
	f := rt.page.agent.newFetching(req.Context())
	refusal := rt.page.newRequest(&in, f.request)
	if refusal == nil {
		f.request.http, f.request.httpURL = req, in.URL
		var resp *response
		if resp, refusal = f.run(); refusal == nil {
			return clientResponse(resp, req, f.request.method), nil
		}
	}
	return nil, refusal
}

// sortedNames are a header's names in order, so that the same request is
// judged the same way each time. They are appended to names.
func sortedNames(names []string, h http.Header) []string {
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// CloseIdleConnections lets http.Client's method of that name work.
func (rt *roundTripper) CloseIdleConnections() {
	if c, ok := rt.page.agent.transport.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// clientBody is an http.Request's body as the page's.
func clientBody(req *http.Request) *Body {
	switch {
	case req.Body == nil || req.Body == http.NoBody:
		return nil
	case req.GetBody != nil:
		length := req.ContentLength
		if length == 0 {
			length = -1 // net/http's way to say so
		}
		return &Body{first: req.Body, again: req.GetBody, length: length}
	case req.ContentLength > 0:
		return OnceBody(req.Body, req.ContentLength, "")
	}
	return StreamBody(req.Body)
}

// clientResponse is the filtered response as an http.Client hands it over. A
// header of net/http is filtered in place.
func clientResponse(r *response, req *http.Request, method string) *http.Response {
	if len(r.urlList) > 1 && r.filter != TypeOpaque { // an opaque response hides where redirects led
		req = finalRequest(req, r.url(), method)
	}
	if r.network != nil && r.network.http != nil && r.filter != TypeOpaque && r.filter != TypeOpaqueRedirect {
		return r.filterInPlace(req)
	}
	filtered := newResponse(r)
	out := &http.Response{
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		StatusCode:    filtered.Status,
		ContentLength: -1,
		Header:        make(http.Header),
		Body:          filtered.Body,
		Request:       req,
	}
	if filtered.Status == 0 {
		return out // nor does anything else tell what it hides
	}
	out.Status = statusLine(filtered.Status, filtered.StatusText)
	if filtered.Body == (noBody{}) {
		out.ContentLength = 0
	}
	for _, h := range filtered.Headers.list {
		out.Header.Add(h.Name, h.Value)
	}
	return r.withoutCoding(out)
}

// filterInPlace hides from a response of net/http what the filter hides.
func (r *response) filterInPlace(req *http.Request) *http.Response {
	out := r.network.http
	if out.ProtoMajor > 1 || out.ContentLength < 0 { // net/http puts trailers into its own, when they come
		out = new(http.Response)
		*out = *r.network.http
	}
	out.Request = req
	for _, h := range r.headers {
		if !r.visible(h.Name) {
			delete(out.Header, h.Name)
		}
	}
	out.Trailer = nil
	if out.Body = r.body; r.body == nil {
		out.Body = noBody{}
	}
	return r.withoutCoding(out)
}

// withoutCoding takes out of a response the traces of a content coding that
// was undone, as net/http does.
func (r *response) withoutCoding(out *http.Response) *http.Response {
	if r.decoded {
		delete(out.Header, "Content-Encoding")
		delete(out.Header, "Content-Length")
		out.ContentLength, out.Uncompressed = -1, true
	}
	return out
}

// statusLine is Status as net/http has it.
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
	final, err := url.Parse(u.String())
	if err != nil || final.String() != u.String() {
		final = netURL(u)
		final.Fragment, _ = u.Fragment()
	}
	out.URL, out.Host = final, ""
	out.Method = method
	out.Body, out.GetBody, out.ContentLength = nil, nil, 0
	return out
}
