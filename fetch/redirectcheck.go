package fetch

import (
	"errors"
	"net/http"

	"github.com/browsercors/browsercors/origin"
)

// redirectChecks are who may stop the redirects of a request, and what they are
// told.
type redirectChecks struct {
	check func(next RequestInfo, via []RequestInfo) error // or nil
	via   []RequestInfo

	// Likewise of an http.Client, for its request.
	checkHTTP func(next *http.Request, via []*http.Request) error
	first     *http.Request
	viaHTTP   []*http.Request
}

// newRedirectChecks are the redirects of a request with a check; nil if nobody is to be
// asked.
func newRedirectChecks(check func(next RequestInfo, via []RequestInfo) error) *redirectChecks {
	if check == nil {
		return nil
	}
	return &redirectChecks{check: check}
}

// alsoAsk adds the check of an http.Client that makes a request.
func (h *redirectChecks) alsoAsk(check func(*http.Request, []*http.Request) error, first *http.Request) *redirectChecks {
	if h == nil {
		h = new(redirectChecks)
	}
	h.checkHTTP, h.first = check, first
	return h
}

// ask asks whether the request may be sent on to where it was redirected. It
// was sent before as last says.
func (h *redirectChecks) ask(r *request, last RequestInfo) error {
	h.via = append(h.via, last)
	if h.check != nil {
		if err := h.check(r.info(), h.via); err != nil {
			return err
		}
	}
	if h.checkHTTP == nil {
		return nil
	}
	if h.viaHTTP == nil {
		h.viaHTTP = []*http.Request{h.first}
	}
	next := finalRequest(h.first, r.currentURL(), r.method)
	next.Header = make(http.Header, len(r.headers))
	for _, line := range r.headers {
		next.Header.Add(line.Name, line.Value)
	}
	if r.body != nil {
		next.GetBody = h.first.GetBody
	}
	if err := h.checkHTTP(next, h.viaHTTP); err != nil {
		return err
	}
	h.viaHTTP = append(h.viaHTTP, next)
	return nil
}

// mayRedirectTo is redirectTo for a request whose redirects are asked about. A
// redirect that is not to be followed is handed over as the fetch's response.
func (f *fetching) mayRedirectTo(resp *response, location *origin.URL) (handed *response, refusal *Error) {
	r := f.request
	before, last := *r, f.sentInfo(f.sentHeaders)
	defer func() {
		if handed == nil { // also where the caller panics
			resp.discard()
		}
	}()
	if refusal = f.redirectTo(resp, location); refusal == nil {
		err := r.redirectChecks.ask(r, last)
		if err == nil {
			return nil, nil
		}
		*r = before
		if errors.Is(err, http.ErrUseLastResponse) {
			if r.mode != navigateMode {
				resp.filter = typeOpaqueRedirect
			}
			return resp, nil
		}
		value, _ := resp.headers.Get("Location")
		refusal = f.block(RedirectVetoed, resp, "Location", value)
		refusal.Err = err
	}
	return nil, refusal
}
