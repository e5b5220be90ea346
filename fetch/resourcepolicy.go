package fetch

import "github.com/browsercors/browsercors/origin"

const resourcePolicy = "Cross-Origin-Resource-Policy"

// resourcePolicyCheck is the cross-origin resource policy check. Nil is
// allowed. There are no reports.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func (f *fetching) resourcePolicyCheck(resp *response) *Error {
	embedderPolicy := f.request.client.embedderPolicy
	if embedderPolicy == Credentialless && f.agent.profile.Policy.CredentiallessIgnored {
		embedderPolicy = UnsafeNone
	}
	if f.resourcePolicyAllows(UnsafeNone, resp) && // 3
		f.resourcePolicyAllows(embedderPolicy, resp) { // 5
		return nil
	}
	value, _ := resp.headers.Get(resourcePolicy)
	refusal := f.block(CrossOriginResourcePolicy, resp, resourcePolicy, value)
	if value == "" {
		refusal.Detail = string(embedderPolicy)
	}
	return refusal // 7
}

// resourcePolicyAllows is the cross-origin resource policy internal check, for
// requests that are no navigations.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
func (f *fetching) resourcePolicyAllows(embedderPolicy EmbedderPolicy, resp *response) bool {
	policy, _ := resp.headers.Get(resourcePolicy) // 2
	switch policy {
	case "same-origin", "same-site", "cross-origin":
	default: // 3, 4
		if policy != "" && f.agent.profile.Policy.UnknownResourcePolicyAllows {
			return true
		}
		policy = "cross-origin"
		if embedderPolicy == RequireCORP || embedderPolicy == Credentialless && resp.includesCredentials {
			policy = "same-origin"
		}
	}
	asking, answering := f.request.origin, resp.url().Origin()
	switch policy { // 5
	case "same-origin":
		return asking.SameOrigin(answering)
	case "same-site":
		if f.agent.profile.Policy.IPNeverSameSite && resp.url().HostIsIP() {
			return asking.SameOrigin(answering)
		}
		return origin.SchemelesslySameSite(asking, answering, f.agent.suffixes) &&
			(asking.Scheme() == "https" || resp.url().Scheme() != "https")
	}
	return true
}
