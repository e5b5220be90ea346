package fetch

import "github.com/browsercors/browsercors/origin"

const resourcePolicy = "Cross-Origin-Resource-Policy"

// resourcePolicyCheck is the cross-origin resource policy check of what a page
// requests without CORS. Nil is allowed. For frames see frameResourcePolicyCheck.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func (f *fetching) resourcePolicyCheck(resp *response) *Error {
	return f.policyCheck(f.request.client, f.request.origin, resp, false)
}

// policyCheck is the cross-origin resource policy check. Nil is allowed. Settings is
// the page that embeds the response.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func (f *fetching) policyCheck(settings *Environment, asking origin.Origin, resp *response, forNavigation bool) *Error {
	// 1. Whether it is for a navigation is given.
	// 2. What the page demands of what it embeds. Its isolation policy is not about frames.
	demanded := f.agent.embedderPolicy(settings)
	if !forNavigation {
		demanded = f.agent.demands(settings)
	}
	// 3. The server keeps it from the page, whatever that demands: blocked.
	if !f.resourcePolicyAllows(unsafeNone, asking, resp, forNavigation) {
		return f.refusedByPolicy(resp, unsafeNone)
	}
	// 4. What the policy for reports would block is told.
	if p := f.agent.known(settings.coep.reportOnly); p.compatible() && !f.resourcePolicyAllows(p, asking, resp, forNavigation) {
		f.checked(checkPolicyReport, resp, f.refusedByPolicy(resp, p))
		f.reportEmbedded(settings, true)
	}
	// 5. Allowed, if it also allows as much as the page demands.
	if f.resourcePolicyAllows(demanded, asking, resp, forNavigation) {
		return nil
	}
	// 6, 7. Blocked.
	refusal := f.refusedByPolicy(resp, demanded)
	if demanded == settings.coep.value {
		f.reportEmbedded(settings, false)
	}
	if settings.coep.value != demanded && refusal.Detail != "" {
		refusal.Detail = isolate + refusal.Detail
	}
	return refusal
}

// refusedByPolicy is the refusal of a response that a page does not get. Its detail
// is what the page demands, if that is why.
func (f *fetching) refusedByPolicy(resp *response, demanded EmbedderPolicy) *Error {
	value, _ := resp.headers.Get(resourcePolicy)
	refusal := f.block(CrossOriginResourcePolicy, resp, resourcePolicy, value)
	if !knownResourcePolicy(value) {
		refusal.Detail = string(demanded)
	}
	return refusal
}

// knownResourcePolicy tells whether a value is one of the three that there are.
func knownResourcePolicy(value string) bool {
	return value == "same-origin" || value == "same-site" || value == "cross-origin"
}

// resourcePolicyAllows is the cross-origin resource policy internal check.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
func (f *fetching) resourcePolicyAllows(demanded EmbedderPolicy, asking origin.Origin, resp *response, forNavigation bool) bool {
	// 1. A page that demands nothing takes any frame.
	if forNavigation && demanded == unsafeNone {
		return true
	}
	// 2. To whom the server gives it. Two headers make a list, which is none of the three values.
	policy, _ := resp.headers.Get(resourcePolicy)
	// 3. Any other value is as good as no header.
	if !knownResourcePolicy(policy) {
		if policy != "" && f.agent.profile.Policy.UnknownResourcePolicyAllows {
			return true
		}
		policy = ""
	}
	// 4. Then a page that demands leave gets only what is of its own origin; one that is
	// credentialless only if credentials were sent, or for a frame.
	if policy == "" && (demanded == requireCORP || demanded == credentialless && (resp.includesCredentials || forNavigation)) {
		policy = "same-origin"
	}
	// 5. Hold the policy against who asks and who answers.
	answering := resp.url().Origin()
	switch policy {
	// Only the same origin gets it.
	case "same-origin":
		return asking.SameOrigin(answering)
	// Only the same site gets it, and over https only a page of https.
	case "same-site":
		if f.agent.profile.Policy.IPNeverSameSite && resp.url().HostIsIP() {
			return asking.SameOrigin(answering)
		}
		return origin.SchemelesslySameSite(asking, answering, f.agent.suffixes) &&
			(asking.Scheme() == "https" || resp.url().Scheme() != "https")
	}
	// Everybody gets it.
	return true
}
