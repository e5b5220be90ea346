package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// PageOf returns the page that a navigation of [Agent.Client] has loaded: the
// environment of the document that the response is of. It has the response's
// final URL, and that URL's origin unless the Content-Security-Policy sandboxes
// the document, in which case its origin is opaque. Its referrer policy and its
// embedder policy are those of the response's Referrer-Policy and
// Cross-Origin-Embedder-Policy. A document from an about:, blob: or data: URL
// has the policies of the page that the navigation came from.
//
// The page uses the transport and the cookies of the client, which are base's if
// that has any. The body of the response need not be read or open. Of a redirect
// that was not followed, the page is that of the redirect's own body.
//
// It is an error if the response is of another kind of client or of another
// agent's.
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

// Page returns the page that a navigation has loaded, see [Agent.PageOf]. It is an
// error if the response is not that of [Agent.Navigate].
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
	policies := &own
	if u.IsLocal() && from != nil { // determine navigation params policy container
		policies = &policyContainer{referrerPolicy: from.referrerPolicy, embedderPolicy: from.embedderPolicy}
	}
	o := EnvironmentOptions{
		URL:            u.String(),
		Sandboxed:      own.csp.sandboxesOrigin(),
		ReferrerPolicy: policies.referrerPolicy,
		EmbedderPolicy: policies.embedderPolicy,
	}
	if u.Scheme() == "about" && u.Path() == "blank" && from != nil && !o.Sandboxed { // determining the origin
		o.Origin = from.origin
	}
	page, err := agent.Environment(&o)
	if err != nil {
		return nil, fmt.Errorf("fetch: the page of %s: %w", quote(redacted(u)), err)
	}
	return page, nil
}

// A policyContainer is what a response says of the policies of its document, as
// far as they are modelled.
//
// https://html.spec.whatwg.org/#policy-container
type policyContainer struct {
	csp            cspList
	embedderPolicy EmbedderPolicy
	referrerPolicy ReferrerPolicy // "" is the default
}

// policyContainerFromResponse is "create a policy container from a fetch
// response".
//
// https://html.spec.whatwg.org/#creating-a-policy-container-from-a-fetch-response
func (a *Agent) policyContainerFromResponse(resp *response) policyContainer {
	policy, _ := parseReferrerPolicy(resp.headers, a.profile.Redirect.Policy)
	return policyContainer{
		csp:            parseCSPs(resp.headers),      // 3
		embedderPolicy: a.obtainEmbedderPolicy(resp), // 4
		referrerPolicy: policy,                       // 5
	}
}

// obtainEmbedderPolicy is "obtain an embedder policy". The header for reports
// only has no effect.
//
// https://html.spec.whatwg.org/#obtain-an-embedder-policy
func (a *Agent) obtainEmbedderPolicy(resp *response) EmbedderPolicy {
	if !a.trust.URL(resp.url()) {
		return UnsafeNone // 2
	}
	value, _ := resp.headers.Get("Cross-Origin-Embedder-Policy")
	token, _ := structuredToken(value) // 3
	switch policy := EmbedderPolicy(token); policy {
	case RequireCORP, Credentialless:
		return policy // 4
	}
	return UnsafeNone
}

// A cspList is the enforced policies of a Content-Security-Policy header, each
// its directives by name. Only what HTML needs to make a document is looked at.
//
// https://w3c.github.io/webappsec-csp/#csp-list
type cspList []map[string]string

// parseCSPs is "parse a response's Content Security Policies", for the enforced
// ones.
//
// https://w3c.github.io/webappsec-csp/#parse-response-csp
func parseCSPs(headers safelist.HeaderList) cspList {
	var list cspList
	value, _ := headers.Get("Content-Security-Policy")
	for serialized := range strings.SplitSeq(value, ",") {
		policy := make(map[string]string)
		for directive := range strings.SplitSeq(serialized, ";") { // parse a serialized CSP
			directive = strings.Trim(directive, asciiWhitespace)
			if directive == "" || strings.ContainsFunc(directive, func(c rune) bool { return c >= 0x80 }) {
				continue
			}
			name, value := directive, ""
			if i := strings.IndexAny(directive, asciiWhitespace); i >= 0 {
				name, value = directive[:i], directive[i+1:]
			}
			if name = safelist.ByteLowercase(name); !hasKey(policy, name) {
				policy[name] = value
			}
		}
		if len(policy) > 0 {
			list = append(list, policy)
		}
	}
	return list
}

// asciiWhitespace is ASCII whitespace.
//
// https://infra.spec.whatwg.org/#ascii-whitespace
const asciiWhitespace = "\t\n\f\r "

func hasKey(m map[string]string, key string) bool {
	_, ok := m[key]
	return ok
}

// sandboxesOrigin tells whether the CSP-derived sandboxing flags have the
// sandboxed origin flag. The last policy with the directive decides.
//
// https://html.spec.whatwg.org/#csp-derived-sandboxing-flags
// https://html.spec.whatwg.org/#parse-a-sandboxing-directive
func (list cspList) sandboxesOrigin() bool {
	for i := len(list) - 1; i >= 0; i-- {
		tokens, ok := list[i]["sandbox"]
		if !ok {
			continue
		}
		for token := range strings.FieldsFuncSeq(tokens, func(c rune) bool { return strings.ContainsRune(asciiWhitespace, c) }) {
			if safelist.EqualFold(token, "allow-same-origin") {
				return false
			}
		}
		return true
	}
	return false
}

// WithReferrerPolicy returns the page with another referrer policy, such as a
// <meta name=referrer> sets. "" is the default policy. Requests that are under
// way keep the policy that they began with.
//
// Like all pages that the With methods return, it is the same page: it has the
// same origin, also if that is opaque, the same partition, and one quota for
// keepalive requests together with the page that it was made from.
//
// https://html.spec.whatwg.org/#meta-referrer
func (e *Environment) WithReferrerPolicy(p ReferrerPolicy) (*Environment, error) {
	if p != "" && !p.valid() {
		return nil, fmt.Errorf("fetch: WithReferrerPolicy: referrer policy %s does not exist", quote(string(p)))
	}
	changed := *e
	changed.referrerPolicy = orDefault(p, StrictOriginWhenCrossOrigin)
	return &changed, nil
}

// WithBaseURL returns the page with another base URL, which a <base href> sets.
// It is resolved against the page's URL; "" brings that back as the base URL, as
// when the element is removed. A URL that does not parse, and a data: or
// javascript: URL, is an error: such an element has no effect.
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
// history.replaceState set it. It is resolved against the page's base URL. The
// base URL follows, unless [Environment.WithBaseURL] or
// [EnvironmentOptions.BaseURL] set another one.
//
// A page at an http: or https: URL can change its path, query and fragment, one
// at a file: URL its query and fragment, and all others their fragment. Any
// other change is an error, where a browser throws a SecurityError.
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
	if document.Scheme() != target.Scheme() || document.Username() != target.Username() || document.Password() != target.Password() ||
		document.Host() != target.Host() || document.Port() != target.Port() {
		return false // 2
	}
	if target.IsHTTP() {
		return true // 3
	}
	if document.Path() != target.Path() {
		return false // 4, 5
	}
	if target.Scheme() == "file" {
		return true // 4
	}
	query, has := document.Query()
	other, hasOther := target.Query()
	return query == other && has == hasOther // 5, 6
}
