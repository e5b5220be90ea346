package fetch

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/browsercors/browsercors/internal/address"
	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/origin"
)

// PageOf returns the page that a navigation of [Agent.Client] has loaded. Its
// URL is the final URL of the response, and its origin is that of the URL, or
// an opaque one if the Content-Security-Policy sandboxes the document. Its
// policies come from the response's Content-Security-Policy,
// Content-Security-Policy-Report-Only, Referrer-Policy and
// Cross-Origin-Embedder-Policy. A document from an about:,
// blob: or data: URL has the policies of the page that started the navigation.
//
// The page uses the transport and the cookies of the client. The response's
// body need not be read and may be closed. If the response is a redirect that
// was not followed, the page is the document in the redirect's body.
//
// The error says if the response came from another kind of client or from
// another agent.
//
// https://html.spec.whatwg.org/#navigate-html
func (a *Agent) PageOf(resp *http.Response) (*Environment, error) {
	at := navigationOf(resp)
	if at == nil {
		return nil, errors.New("fetch: PageOf: the response is not that of a navigation")
	}
	if at.fetching.agent.overs != a.overs {
		return nil, errors.New("fetch: PageOf: the response is that of another agent's navigation")
	}
	return at.page()
}

// Page returns the page that a navigation has loaded, see [Agent.PageOf]. It
// returns an error if the response does not come from [Agent.Navigate].
func (r *Response) Page() (*Environment, error) {
	if r.internal == nil || r.internal.navigation == nil {
		return nil, errors.New("fetch: Response.Page: the response is not that of a navigation")
	}
	return r.internal.navigation.page()
}

// page is the environment of the document that a navigation has arrived at.
func (n *navigation) page() (*Environment, error) {
	agent, resp := n.fetching.agent, n.response
	from := n.fetching.request.initiator
	u := resp.url()
	own := agent.policyContainerFromResponse(resp)
	// Determine navigation params policy container, 3, 4. Under a local URL the policies
	// of the page that the navigation came from go on, else those of the response hold.
	policies := &own
	if isLocal(u) && from != nil {
		policies = from.policies()
	}
	o := EnvironmentOptions{
		URL:            u.String(),
		Sandboxed:      own.csp.SandboxesOrigin(),
		ReferrerPolicy: policies.referrerPolicy,
		AddressSpace:   policies.addressSpace,
	}
	// A frame is as sandboxed as the page that it is in.
	parent := n.fetching.request.parent
	if parent != nil {
		o.Sandboxed = o.Sandboxed || parent.sandboxed
		o.Ancestors = append([]origin.Origin{parent.origin}, parent.ancestors...)
	}
	// Determine the origin, 4. about:blank is of the origin that it came from.
	if u.Scheme() == "about" && u.Path() == "blank" && from != nil && !o.Sandboxed {
		o.Origin = from.origin
	}
	page, err := agent.Environment(&o)
	if err != nil {
		return nil, fmt.Errorf("fetch: the page of %s: %w", quote(redacted(u)), err)
	}
	page.setPolicies(policies)
	page.parent = parent
	return page, nil
}

// A policyContainer is what a response says of the policies of its document, as
// far as they are modelled.
//
// https://html.spec.whatwg.org/#policy-container
type policyContainer struct {
	csp            *csp.List
	integrity      *integrityPolicies
	allowlists     []connectionAllowlist
	coep           embedderPolicy
	isolation      EmbedderPolicy // of Document-Isolation-Policy
	referrerPolicy ReferrerPolicy // "" is the default
	endpoints      map[string]*origin.URL
	addressSpace   origin.AddressSpace
}

// policies are the page's, for a document or a worker that inherits them.
//
// https://html.spec.whatwg.org/#clone-a-policy-container
func (e *Environment) policies() *policyContainer {
	return &policyContainer{
		csp: e.csp, integrity: e.integrity, allowlists: e.allowlists, referrerPolicy: e.referrerPolicy, coep: e.coep, isolation: e.isolation, endpoints: e.endpoints, addressSpace: e.addressSpace,
	}
}

// setPolicies gives a page or a worker policies that its options don't have.
func (e *Environment) setPolicies(p *policyContainer) {
	e.csp, e.integrity, e.allowlists, e.endpoints, e.coep, e.isolation = p.csp, p.integrity, p.allowlists, p.endpoints, p.coep, p.isolation
}

// policyContainerFromResponse is "create a policy container from a fetch
// response".
//
// https://html.spec.whatwg.org/#creating-a-policy-container-from-a-fetch-response
func (a *Agent) policyContainerFromResponse(resp *response) policyContainer {
	// 1. A blob: URL has the policies of the page that made it: those that the navigation
	// came from stand for them, see page.
	// 2. The policies begin empty.
	var result policyContainer
	// 3. What Content-Security-Policy says, and where it is to be reported.
	result.csp = csp.NewList(resp.url().Origin(), resp.headers.Values(cspHeader), resp.headers.Values(cspHeader+"-Report-Only"))
	endpoints, _ := resp.headers.Get("Reporting-Endpoints")
	result.endpoints = a.reportingEndpoints(endpoints, resp.url())
	// 4. What the document demands of what it embeds.
	result.coep, result.isolation = a.obtainEmbedderPolicy(resp), a.obtainIsolationPolicy(resp)
	// 5. What servers may know of its URL.
	result.referrerPolicy, _ = parseReferrerPolicy(resp.headers, a.profile.Redirect.Policy)
	// Local Network Access: how public the address is that it came from.
	if !a.profile.LocalNetwork.Unchecked {
		result.addressSpace = origin.AddressSpace(address.Space(resp.address.Addr(), a.spaces))
	}
	// 6. Which requests need integrity metadata.
	result.integrity = a.integrityPoliciesOf(resp.headers)
	// Connection Allowlists: which URLs it may make connections to.
	result.allowlists = a.connectionAllowlistsOf(resp.headers, resp.url())
	// 7. Those are the document's policies.
	return result
}

// WithMeta returns the page with a <meta> element in its head, which sets a policy.
// The name is that of its attribute name or http-equiv, in any case:
//
//	"referrer"                 content is another referrer policy; "" is the default one
//	"Content-Security-Policy"  content is one more policy, beside those that the page has already;
//	                           report-uri, frame-ancestors and sandbox have no effect there
//
// Requests that have begun keep their policies. Another name, or a referrer policy
// that does not exist, is an error.
//
// The pages that the With methods return are the same page: they share its
// origin, even an opaque one, its partition and its quota for keepalive
// requests.
//
// https://html.spec.whatwg.org/#meta-referrer
// https://html.spec.whatwg.org/#attr-meta-http-equiv-content-security-policy
func (e *Environment) WithMeta(name, content string) (*Environment, error) {
	changed := *e
	switch {
	case fold.Equal(name, "Content-Security-Policy"):
		changed.csp = e.csp.WithMeta(selfOrigin(e.url, e.origin), content)
	case !fold.Equal(name, "referrer"):
		return nil, fmt.Errorf("fetch: WithMeta: element %s is unknown, want referrer or Content-Security-Policy", quote(name))
	default:
		p := ReferrerPolicy(content)
		if !oneOf(p, referrerPolicies[:]...) {
			return nil, fmt.Errorf("fetch: WithMeta: referrer policy %s is unknown, want one of %s", quote(content), joined(referrerPolicies[:]...))
		}
		changed.referrerPolicy, changed.ownPolicy = orDefault(p, strictOriginWhenCrossOrigin), p != ""
	}
	return &changed, nil
}

// WithBaseURL returns the page with another base URL, as <base href> sets it.
// The URL is resolved against the page's URL. "" restores the page's URL as
// base, as when the element is removed. A URL that does not parse, a data: URL
// and a javascript: URL return an error: such an element has no effect.
//
// https://html.spec.whatwg.org/#set-the-frozen-base-url
func (e *Environment) WithBaseURL(href string) (*Environment, error) {
	changed := *e
	changed.baseURL, changed.markupBase = e.url, danglingMarkup(href)
	if href == "" {
		return &changed, nil
	}
	base, err := e.agent.parseURL(href, e.url)
	if err != nil {
		return nil, fmt.Errorf("fetch: WithBaseURL: %w", err)
	}
	if base.Scheme() == "data" || base.Scheme() == "javascript" {
		return nil, fmt.Errorf("fetch: WithBaseURL: a %s: URL is not a base URL", base.Scheme())
	}
	changed.baseURL = base
	return &changed, nil
}

// WithURL returns the page with another URL, as history.pushState and
// history.replaceState set it. The URL is resolved against the page's base URL.
// The base URL changes with it, unless [Environment.WithBaseURL] or
// [EnvironmentOptions.BaseURL] has set one.
//
// A page with an http: or https: URL can change its path, query and fragment, a
// page with a file: URL its query and fragment, and any other page its
// fragment. Any other change returns an error, where a browser throws a
// SecurityError.
//
// https://html.spec.whatwg.org/#shared-history-push/replace-state-steps
func (e *Environment) WithURL(url string) (*Environment, error) {
	u, err := e.agent.parseURL(url, e.baseURL)
	if err != nil {
		return nil, fmt.Errorf("fetch: WithURL: %w", err)
	}
	if !canBeRewritten(e.url, u) {
		return nil, fmt.Errorf("fetch: WithURL: a page at %s can't have its URL rewritten to %s", quote(redacted(e.url)), quote(redacted(u)))
	}
	changed := *e
	changed.url = u
	if e.baseURL == e.url {
		changed.baseURL = u
	}
	return &changed, nil
}

// canBeRewritten is "can have its URL rewritten", for a document of a URL. Its
// origin has no say in it.
//
// https://html.spec.whatwg.org/#can-have-its-url-rewritten
func canBeRewritten(document, target *origin.URL) bool {
	// 1. The document's URL is given.
	// 2. Nothing before the path may change.
	if document.Scheme() != target.Scheme() || document.Username() != target.Username() || document.Password() != target.Password() ||
		document.Host() != target.Host() || document.Port() != target.Port() {
		return false
	}
	// 3. All the rest may under http: and https:.
	if target.IsHTTP() {
		return true
	}
	// 4.1, 5. The path may not under any other scheme.
	if document.Path() != target.Path() {
		return false
	}
	// 4.2. Under file: all behind it may.
	if target.Scheme() == "file" {
		return true
	}
	// 5, 6. Under the others the query may not, and the fragment may.
	query, has := document.Query()
	other, hasOther := target.Query()
	return query == other && has == hasOther
}
