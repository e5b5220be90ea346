package fetch

import (
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A Response is what script sees of a response: the Standard's filtered
// response. Of an opaque response script sees nothing, not even its length.
//
// https://fetch.spec.whatwg.org/#response-class
// https://fetch.spec.whatwg.org/#concept-filtered-response
type Response struct {
	// Type says what script sees of the response:
	//
	//	"basic"           a response of the page's own origin
	//	"cors"            a response of another origin that CORS allows
	//	"opaque"          a response of another origin in mode "no-cors": nothing
	//	"opaqueredirect"  a redirect that is not followed: nothing
	//	"default"         a response that script made, see [NewResponse]
	//
	// https://fetch.spec.whatwg.org/#concept-response-type
	Type string

	URL        string // without fragment; "" if script must not see it
	Redirected bool
	Status     int
	StatusText string
	Headers    *Headers // can't be changed

	// Body is never nil and must be closed. Closing it also ends the transfer of an
	// opaque response. When the context of the fetch ends before the body was read
	// to its end, Read returns an [*Error] with the reason [Aborted], even if the
	// body did not come over the network.
	Body io.ReadCloser

	internal *response
}

// OK reports whether the status is 200 to 299.
func (r *Response) OK() bool { return okStatus(r.Status) }

// CORSSameOrigin reports whether the page may use what it embeds with this
// response as its own: a canvas with such an image stays readable, and errors
// in such a script are reported in full. If it is false, the canvas becomes
// tainted and WebGL throws a SecurityError.
//
// https://html.spec.whatwg.org/#cors-same-origin
func (r *Response) CORSSameOrigin() bool {
	return r.Type != typeOpaque && r.Type != typeOpaqueRedirect
}

// TimingAllowed reports whether every response on the way passed the TAO check,
// so that Resource Timing would show the times of this fetch.
func (r *Response) TimingAllowed() bool { return r.internal.timingAllowPassed }

// Internal returns the response without its filter, for the program that embeds
// this package: to decode an image it needs the bytes of an opaque response.
// Script must not get anything of it, except by a use that
// [Response.CORSSameOrigin] taints. The headers must not be changed.
//
// https://fetch.spec.whatwg.org/#concept-internal-response
func (r *Response) Internal() *NetworkResponse {
	i := &NetworkResponse{
		Status:     r.internal.status,
		StatusText: r.internal.statusText,
		Headers:    r.internal.headers,
		Body:       r.internal.body,
	}
	if i.Body == nil {
		i.Body = noBody{}
	}
	return i
}

// A response is the Standard's response, with the filter that stands before it
// as its type.
//
// https://fetch.spec.whatwg.org/#concept-response
type response struct {
	filter     string // default: not filtered
	status     int
	statusText string
	headers    safelist.HeaderList
	body       io.ReadCloser // nil is null
	urlList    []*origin.URL

	exposure   safelist.Exposure // of the CORS-exposed header-name list
	exposedAll bool              // … which is all names, because of "*"

	address netip.AddrPort // IP address; the zero AddrPort is null

	cacheState string    // "", or see cacheLocal
	storedAt   time.Time // when what came out of the cache was received
	kept       string    // with it in the cache, see keptRequest

	rangeRequested      bool
	includesCredentials bool
	timingAllowPassed   bool
	navigationTiming    [][]string // navigation timing allow values list
	redirectTaint       redirectTaintLevel

	bodyShown bool // though the filter would hide it
	internal  bool // the user agent itself made it, see redirectHSTSHost

	request    *request         // that it was handed over for
	network    *NetworkResponse // where it came over the network, also if it was stored since
	navigation *navigation      // that arrived at it, if any
	unfiltered bool             // for an embedder, in spite of the filter
	stream     responseBody     // storage for its body
	wire       wireBody         // what the stream reads
	stored     *storedBody      // which is that, where what is read is stored
	decoded    bool             // content codings were undone

	feedsHidden  bool // values with a line feed are not for script
	breaksOpaque bool // an opaque response breaks off as its body does
}

// url is the last URL of the URL list, or nil.
func (r *response) url() *origin.URL {
	if len(r.urlList) == 0 {
		return nil
	}
	return r.urlList[len(r.urlList)-1]
}

// asSent is the header list before rules.Response changed it.
func (r *response) asSent() safelist.HeaderList {
	if r.network == nil {
		return r.headers
	}
	return r.network.Headers
}

// visible tells whether the filter lets script see a header.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-basic
// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
func (r *response) visible(name string) bool {
	switch {
	case r.filter == typeOpaque, r.filter == typeOpaqueRedirect:
		return false
	case r.filter == typeCORS && !r.exposedAll:
		return r.exposure.Has(name)
	}
	return !headername.IsForbiddenResponse(name) && !endsInBlank(name)
}

// shows tells whether script sees a header with its value: the filter lets it,
// and so does the API.
func (r *response) shows(h safelist.Header) bool {
	return r.unfiltered || r.visible(h.Name) && !(r.feedsHidden && strings.Contains(h.Value, "\n"))
}

// newResponse is the filtered response as script gets it: the Response object.
//
// https://fetch.spec.whatwg.org/#response-create
func newResponse(r *response) *Response {
	out := &Response{Type: r.filter, internal: r, Headers: &Headers{guard: guardImmutable}}
	switch r.filter {
	case typeOpaque:
		if r.stored != nil {
			r.stored.leave()
		}
		out.Body = hidden{r.body}
		if r.breaksOpaque && r.body != nil {
			out.Body = &breaking{r.body}
		}
		return out
	case typeOpaqueRedirect:
		out.URL = r.url().WithoutFragment()
		out.Redirected = len(r.urlList) > 1
		out.Body = hidden{r.body}
		if r.bodyShown && r.body != nil {
			out.Body = r.body
		}
		return out
	}
	out.Status, out.StatusText = r.status, r.statusText
	if u := r.url(); u != nil {
		if r.request != nil && r.request.shownURL != nil && len(r.urlList) == 1 {
			u = r.request.shownURL
		}
		out.URL = u.WithoutFragment()
	}
	out.Redirected = len(r.urlList) > 1
	out.Body = r.body
	if out.Body == nil {
		out.Body = noBody{}
	}
	list := make(HeaderList, 0, len(r.headers))
	for _, h := range r.headers {
		if r.shows(h) {
			list = append(list, h)
		}
	}
	out.Headers.list = list
	if r.request != nil && r.request.api == apiXDomainRequest {
		out.asXDomainResponse()
	}
	return out
}

// hiddenNames are the names of the headers that the filter hides, in lower
// case.
func (r *response) hiddenNames() []string {
	var names []string
	for _, name := range r.headers.Names() {
		if !r.visible(name) {
			names = append(names, strings.ToLower(name))
		}
	}
	return names
}

func (r *response) info() ResponseInfo {
	return ResponseInfo{Status: r.status, StatusText: r.statusText, Headers: r.headers, CacheState: r.cacheState, Stored: r.storedAt}
}

// infoRef is info for an [Error], which may have no response.
func (r *response) infoRef() *ResponseInfo {
	if r == nil {
		return nil
	}
	i := r.info()
	return &i
}

// discard ends a response that nobody will read. A short body from the network is
// read to its end, so that its connection can serve again, unless it keeps us
// waiting: such a body can be closed while a Read waits.
func (r *response) discard() {
	switch {
	case r == nil || r.body == nil:
		return
	case r.network == nil, r.cacheState != "":
		r.body.Close()
		return
	case r.stored != nil:
		r.stored.leave()
		r.body.Close()
		return
	}
	const (
		worthReading = 2 << 10
		worthWaiting = 50 * time.Millisecond
	)
	body := r.body
	late := time.AfterFunc(worthWaiting, func() { body.Close() })
	_, _ = io.CopyN(io.Discard, body, worthReading)
	if late.Stop() {
		body.Close()
	}
}

// noBody is a null body as a reader.
type noBody struct{}

func (noBody) Read([]byte) (int, error) { return 0, io.EOF }
func (noBody) Close() error             { return nil }

// hidden is a body that script can close but not read.
type hidden struct{ body io.Closer }

func (h hidden) Read([]byte) (int, error) {
	if b, ok := h.body.(*endedBody); ok {
		b.ended()
	}
	return 0, io.EOF
}

func (h hidden) Close() error {
	if h.body == nil {
		return nil
	}
	return h.body.Close()
}

// breaking is a body of which script learns no more than that it broke off.
type breaking struct{ body io.ReadCloser }

func (b *breaking) Read([]byte) (int, error) {
	if _, err := io.Copy(io.Discard, b.body); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

func (b *breaking) Close() error { return b.body.Close() }

// okStatus tells whether a status is an ok status.
//
// https://fetch.spec.whatwg.org/#ok-status
func okStatus(status int) bool { return status >= 200 && status <= 299 }

// nullBodyStatus tells whether a status is a null body status.
//
// https://fetch.spec.whatwg.org/#null-body-status
func nullBodyStatus(status int) bool {
	switch status {
	case 101, 103, 204, 205, 304:
		return true
	}
	return false
}

// nullBody is nullBodyStatus as the profile has it.
func (f *fetching) nullBody(status int) bool {
	if status == 205 && f.agent.profile.Response.ResetContent != rules.ResetContentEmpty {
		return false
	}
	return nullBodyStatus(status)
}

// redirectStatus tells whether a status is a redirect status.
//
// https://fetch.spec.whatwg.org/#redirect-status
func redirectStatus(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}
