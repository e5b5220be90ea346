package fetch

import (
	"context"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A Navigation is a navigation of a top-level page or of a frame: the user types
// an address, follows a link or submits a form, or a page has a frame. It sends
// cookies and the headers that a browser sends for a page; CORS does not apply.
type Navigation struct {
	URL            string // absolute, or relative to the initiator's base URL
	Method         string // "GET" or "POST"; "" is GET
	Body           *Body  // for POST
	ReferrerPolicy ReferrerPolicy
	UserActivation bool // the user started it by a click

	// Initiator is the page with the link or the form. Nil means that the user
	// typed the address.
	Initiator *Environment

	// Parent is the page that has the frame that is navigated, such as the target
	// of a form. Nil stands for a top-level navigation. Destination is what the
	// frame is: "iframe", "frame", "object" or "embed"; "" is "iframe".
	Parent      *Environment
	Destination Destination

	// CheckRedirect is called before a redirect is followed, see
	// [Request.CheckRedirect].
	CheckRedirect func(next RequestInfo, via []RequestInfo) error

	Trace *Trace
}

// Navigate fetches a document and follows its redirects. The caller must close
// the response's body. Scripts of the document run in the page that
// [Response.Page] returns.
//
// https://html.spec.whatwg.org/#create-navigation-params-by-fetching
func (a *Agent) Navigate(ctx context.Context, n *Navigation) (*Response, error) {
	f := a.newFetching(ctx)
	refusal := a.newNavigation(n, f.request)
	if refusal == nil {
		var resp *response
		resp, refusal = f.run()
		for refusal == nil {
			at := resp
			if f.nextManualRedirect != nil {
				at = f.nextManualRedirect
			}
			// 20.6. What is in a frame needs leave to be there, the redirects on the way included.
			if n.Parent != nil {
				if refusal = f.frameResourcePolicyCheck(n.Parent, at); refusal != nil {
					at.discard()
					break
				}
			}
			if f.nextManualRedirect == nil {
				break
			}
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
		return &Error{Reason: reason, Stage: stageConstruct, Request: RequestInfo{Method: n.Method, URL: text.RedactURL(n.URL)}, Header: what, Value: presentable(what, value), Err: err}
	}
	*r = request{
		method:         orDefault(n.Method, "GET"),
		body:           n.Body,
		referrerPolicy: n.ReferrerPolicy,
		mode:           navigateMode,
		credentials:    credentials.Include,
		cache:          cacheDefault,
		redirect:       redirectManual,
		destination:    destinationDocument,
		api:            apiElement,
		canPrompt:      true,
		userActivation: n.UserActivation,
		userInitiated:  n.Initiator == nil,
		initiator:      n.Initiator,
		tainting:       taintingBasic,
		trace:          n.Trace,
		redirectChecks: newRedirectChecks(n.CheckRedirect),

		useURLCredentials: true,
	}
	if r.method == "POST" && a.profile.Headers.FormsRevalidate {
		r.cache = cacheNoCache
	}
	if r.method != "GET" && r.method != "POST" {
		return refuse(methodNotNavigable, "method", n.Method, nil)
	}
	if r.body != nil && r.method == "GET" {
		return refuse(bodyNotAllowed, "method", r.method, nil)
	}
	from := n.Initiator
	if n.Parent != nil {
		if from == nil {
			from = n.Parent // the browser itself never navigates a frame
		}
		r.initiator, r.parent, r.userInitiated = from, n.Parent, false
		if r.destination = orDefault(n.Destination, destinationIFrame); !r.destination.navigation() || r.destination == destinationDocument {
			return refuse(noElementOption, "destination", string(n.Destination), nil)
		}
	}
	if from == nil {
		page, err := a.Page(n.URL)
		if err != nil {
			return refuse(InvalidURL, "url", n.URL, err)
		}
		from = page
		r.referrer = referrer{kind: referrerNone}
	} else if n.Parent == nil {
		r.topLevelInitiator = from.origin
	}
	u, err := a.schemes.ParseURL(n.URL, from.baseURL)
	if err != nil {
		return refuse(InvalidURL, "url", n.URL, err)
	}
	r.setURL(u)
	r.blob = a.blobEntry(u, origin.Origin{}, origin.PartitionKey{})
	r.origin = from.origin
	if n.Parent != nil {
		r.client = from
		r.danglingMarkup = from.writtenAsMarkup(n.URL)
	} else if refusal := r.setTopLevel(a, n, u, from); refusal != nil {
		return refuse(InvalidURL, "url", n.URL, refusal)
	}
	if r.body != nil && r.body.contentType != "" {
		r.headers = safelist.HeaderList{{Name: "Content-Type", Value: r.body.contentType}}
	}
	return nil
}

// setTopLevel makes the client of a top-level navigation: the page that is to be
// loaded, with the referrer and the origin of the one that it comes from.
func (r *request) setTopLevel(a *Agent, n *Navigation, u *origin.URL, from *Environment) error {
	target, err := a.Page(u.String())
	if err != nil {
		return err
	}
	r.client = target
	if n.Initiator != nil {
		r.danglingMarkup = from.writtenAsMarkup(n.URL)
		source := *target
		source.url, source.originReferrer = from.url, from.originReferrer
		source.origin, source.referrerPolicy = from.origin, from.referrerPolicy
		r.client = &source
	}
	return nil
}
