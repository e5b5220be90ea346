package fetch

// An embedderPolicy is what a document or a worker demands of what it embeds: the
// value of Cross-Origin-Embedder-Policy, that of the header that only reports, and
// the names of the endpoints that reports of either go to, "" if there is none. The
// zero value is not one: a value that demands nothing is unsafe-none.
//
// https://html.spec.whatwg.org/#embedder-policy
type embedderPolicy struct {
	value, reportOnly            EmbedderPolicy
	endpoint, reportOnlyEndpoint string
}

// compatible is "compatible with cross-origin isolation".
//
// https://html.spec.whatwg.org/#compatible-with-cross-origin-isolation
func (p EmbedderPolicy) compatible() bool { return p == requireCORP || p == credentialless }

const (
	embedderPolicyHeader  = "Cross-Origin-Embedder-Policy"
	isolationPolicyHeader = "Document-Isolation-Policy"
	endpointParameter     = "report-to"
)

// obtainEmbedderPolicy is "obtain an embedder policy".
//
// https://html.spec.whatwg.org/#obtain-an-embedder-policy
func (a *Agent) obtainEmbedderPolicy(resp *response) embedderPolicy {
	// 1. Without the headers nothing is demanded.
	policy := embedderPolicy{value: unsafeNone, reportOnly: unsafeNone}
	// 2. A document that came over no secure connection can't demand anything.
	if !a.trust.URL(resp.url()) {
		return policy
	}
	// 3, 4. The header is an item, and one of two tokens.
	if value, endpoint := a.embedderPolicyOf(resp, embedderPolicyHeader); value.compatible() {
		policy.value, policy.endpoint = value, endpoint
	}
	// 5, 6. So is the one that only reports.
	if value, endpoint := a.embedderPolicyOf(resp, embedderPolicyHeader+"-Report-Only"); value.compatible() {
		policy.reportOnly, policy.reportOnlyEndpoint = value, endpoint
	}
	// 7. That is the policy.
	return policy
}

// embedderPolicyOf is the value of a header that is an embedder policy, and its
// endpoint.
func (a *Agent) embedderPolicyOf(resp *response, header string) (EmbedderPolicy, string) {
	value, _ := resp.headers.Get(header)
	token, endpoint, _ := structuredItem(value, endpointParameter)
	return a.known(EmbedderPolicy(token)), endpoint
}

// embedderOption is an embedder policy that a program gives, and its endpoint.
func embedderOption(p EmbedderPolicy) (EmbedderPolicy, string) {
	if token, endpoint, ok := structuredItem(string(p), endpointParameter); ok && token != "" {
		return EmbedderPolicy(token), endpoint
	}
	return orDefault(p, unsafeNone), ""
}

// isolationPolicies are the values of Document-Isolation-Policy, with the embedder
// policy that does the same to what the document embeds.
//
// https://wicg.github.io/document-isolation-policy/
var isolationPolicies = map[string]EmbedderPolicy{
	"": unsafeNone, "none": unsafeNone, isolate + string(requireCORP): requireCORP, isolate + string(credentialless): credentialless,
}

// isolate is what the values of Document-Isolation-Policy have before those of
// Cross-Origin-Embedder-Policy.
const isolate = "isolate-and-"

// obtainIsolationPolicy is what Document-Isolation-Policy makes a document demand,
// where the profile knows that header.
//
// https://wicg.github.io/document-isolation-policy/
func (a *Agent) obtainIsolationPolicy(resp *response) EmbedderPolicy {
	if !a.profile.Policy.DocumentIsolation || !a.trust.URL(resp.url()) {
		return unsafeNone
	}
	value, _ := resp.headers.Get(isolationPolicyHeader)
	token, _ := structuredToken(value)
	if policy, ok := isolationPolicies[token]; ok {
		return policy
	}
	return unsafeNone
}

// demands is what a page demands of responses without CORS: the stricter of its
// embedder policy and, where the profile knows it, its isolation policy.
func (a *Agent) demands(page *Environment) EmbedderPolicy {
	embedder := a.embedderPolicy(page)
	if page.isolation.compatible() && a.profile.Policy.DocumentIsolation && embedder != requireCORP {
		return page.isolation
	}
	return embedder
}

// embedderPolicy is the value of a page's embedder policy, as far as the profile
// knows it.
func (a *Agent) embedderPolicy(page *Environment) EmbedderPolicy {
	return a.known(page.coep.value)
}

// known is an embedder policy as far as the profile knows it.
func (a *Agent) known(p EmbedderPolicy) EmbedderPolicy {
	if p == credentialless && a.profile.Policy.CredentiallessIgnored {
		return unsafeNone
	}
	return p
}

// givesUpCredentials tells whether a page requests what it embeds from other
// origins without credentials.
func (a *Agent) givesUpCredentials(page *Environment) bool {
	return a.embedderPolicy(page) == credentialless ||
		page.isolation == credentialless && a.profile.Policy.DocumentIsolation
}

// frameResourcePolicyCheck is the cross-origin resource policy check of each
// response on the way of a frame's navigation, redirects too. Container is the page
// that has the frame.
//
// https://html.spec.whatwg.org/#create-navigation-params-by-fetching
func (f *fetching) frameResourcePolicyCheck(container *Environment, resp *response) *Error {
	refusal := f.policyCheck(container, container.origin, resp, true)
	f.checked(checkPolicy, resp, refusal)
	if refusal == nil && f.agent.profile.Embedder.RedirectsNeedPolicy && redirectStatus(resp.status) {
		return f.policyInherited(container, resp, f.agent.obtainEmbedderPolicy(resp))
	}
	return refusal
}

// checkFramePolicy is "check a navigation response's adherence to its embedder
// policy". Container is the page that has the frame, own the policy of the document
// in it.
//
// https://html.spec.whatwg.org/#check-a-navigation-response's-adherence-to-its-embedder-policy
func (f *fetching) checkFramePolicy(container *Environment, resp *response, own embedderPolicy) *Error {
	// 1, 2. A top-level page has no container.
	if container == nil {
		return nil
	}
	// 3 to 6. The document must have a policy if its container has one.
	return f.policyInherited(container, resp, own)
}

// checkWorkerPolicy is "check a global object's embedder policy", for a dedicated
// worker: owner is the page or the worker that starts it, own its policy.
//
// https://html.spec.whatwg.org/#check-a-global-object's-embedder-policy
func (f *fetching) checkWorkerPolicy(owner *Environment, resp *response, own embedderPolicy) *Error {
	// 1 to 3. A shared worker's owners demand nothing of it: it is not asked about.
	// 4 to 7. A dedicated worker must have a policy if its owner has one.
	return f.policyInherited(owner, resp, own)
}

// policyInherited is what the two checks above have in common.
func (f *fetching) policyInherited(owner *Environment, resp *response, own embedderPolicy) *Error {
	owns := func(p EmbedderPolicy) bool { return f.agent.known(p).compatible() }
	refuse := func(policy EmbedderPolicy) *Error {
		value, _ := resp.headers.Get(embedderPolicyHeader)
		refusal := f.block(EmbedderPolicyMissing, resp, embedderPolicyHeader, value)
		refusal.Detail = string(policy)
		return refusal
	}
	// What the owner's policy for reports would have blocked is told.
	if owns(owner.coep.reportOnly) && !owns(own.value) {
		f.checked(checkEmbedderReport, resp, refuse(owner.coep.reportOnly))
		f.reportInherited(owner, true)
	}
	// An owner without a policy takes anything, and one with a policy what has one too.
	var refusal *Error
	if owns(owner.coep.value) && !owns(own.value) {
		refusal = refuse(owner.coep.value)
		f.reportInherited(owner, false)
	}
	f.checked(checkEmbedder, resp, refusal)
	return refusal
}
