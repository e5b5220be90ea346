package fetch

import (
	"context"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A Navigation is a top-level navigation: an address that the user typed, a
// link that was followed, a form that was sent. CORS has no say in it, but it
// brings cookies and shows what a browser sends when a person opens the URL.
type Navigation struct {
	URL            string // absolute, or relative to the initiator's base URL
	Method         string // "GET" or "POST"; "" is GET
	Body           *Body  // for POST
	ReferrerPolicy ReferrerPolicy
	UserActivation bool // a click of the user's started it

	// Initiator is the page that started it; nil is the user, by hand.
	Initiator *Environment

	// CheckRedirect is asked before a redirect is followed; nil follows it.
	CheckRedirect RedirectCheck

	Trace *Trace
}

// Navigate fetches a document. Redirects are followed within the call. The
// caller must close the response's body.
//
// https://html.spec.whatwg.org/#create-navigation-params-by-fetching
func (a *Agent) Navigate(ctx context.Context, n *Navigation) (*Response, error) {
	f := a.newFetching(ctx)
	refusal := a.newNavigation(n, f.request)
	if refusal == nil {
		var resp *response
		resp, refusal = f.run()
		for refusal == nil && f.nextManualRedirect != nil {
			resp, refusal = f.processNextManualRedirect()
		}
		if refusal == nil {
			resp.navigation = &navigation{fetching: f, response: resp}
			return newResponse(resp), nil
		}
	}
	n.Body.discard()
	return nil, refusal
}

// newNavigation fills in the request of a navigation. The Standard uses the
// environment that is to become the document's for what depends on a client.
func (a *Agent) newNavigation(n *Navigation, r *request) *Error {
	refuse := func(reason Reason, what, value string, err error) *Error {
		return &Error{Reason: reason, Stage: StageConstruct, Request: RequestInfo{Method: n.Method, URL: text.RedactURL(n.URL)}, Header: what, Value: presentable(what, value), Err: err}
	}
	*r = request{
		method:         orDefault(n.Method, "GET"),
		body:           n.Body,
		referrerPolicy: n.ReferrerPolicy,
		mode:           Navigate,
		credentials:    credentials.Include,
		cache:          CacheDefault,
		redirect:       ManualOnHop,
		destination:    DestinationDocument,
		api:            APIElement,
		canPrompt:      true,
		userActivation: n.UserActivation,
		userInitiated:  n.Initiator == nil,
		initiator:      n.Initiator,
		tainting:       TaintingBasic,
		trace:          n.Trace,
		redirectChecks: newRedirectChecks(n.CheckRedirect),

		useURLCredentials: true,
	}
	if r.method == "POST" && a.profile.Headers.FormsRevalidate {
		r.cache = CacheNoCache
	}
	if r.method != "GET" && r.method != "POST" {
		return refuse(MethodNotNavigable, "method", n.Method, nil)
	}
	if r.body != nil && r.method == "GET" {
		return refuse(BodyNotAllowed, "method", r.method, nil)
	}
	from := n.Initiator
	if from == nil {
		page, err := a.Page(n.URL)
		if err != nil {
			return refuse(InvalidURL, "url", n.URL, err)
		}
		from = page
		r.referrer = referrer{kind: referrerNone}
	} else {
		r.topLevelInitiator = from.origin
	}
	u, err := a.schemes.ParseURL(n.URL, from.baseURL)
	if err != nil {
		return refuse(InvalidURL, "url", n.URL, err)
	}
	r.setURL(u)
	r.blob = a.blobEntry(u, origin.Origin{}, origin.PartitionKey{})
	target, err := a.Page(u.String())
	if err != nil {
		return refuse(InvalidURL, "url", n.URL, err)
	}
	r.client, r.origin = target, from.origin
	if n.Initiator != nil {
		r.danglingMarkup = from.writtenAsMarkup(n.URL)
		source := *target
		source.url, source.originReferrer = from.url, from.originReferrer
		source.origin, source.referrerPolicy = from.origin, from.referrerPolicy
		r.client = &source
	}
	if r.body != nil && r.body.contentType != "" {
		r.headers = safelist.HeaderList{{Name: "Content-Type", Value: r.body.contentType}}
	}
	return nil
}
