package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/safelist"
)

const integrityHeader = "Integrity-Policy"

// An integrityPolicy says which requests of a page need integrity metadata. The zero value blocks nothing.
//
// https://w3c.github.io/webappsec-subresource-integrity/#integrity-policy
type integrityPolicy struct {
	value     string // of the header
	script    bool   // it has the blocked destination "script"
	style     bool   // … and "style"
	endpoints []string
}

// integrityPolicies are the policy that a page enforces, and the one that it only reports.
type integrityPolicies struct{ enforced, reported integrityPolicy }

// integrityPoliciesOf are the policies of a response's headers, or nil.
//
// https://w3c.github.io/webappsec-subresource-integrity/#parse-integrity-policy-headers
func (a *Agent) integrityPoliciesOf(headers safelist.HeaderList) *integrityPolicies {
	enforced, _ := headers.Get(integrityHeader)
	reported, _ := headers.Get(integrityHeader + "-Report-Only")
	return a.newIntegrityPolicies(enforced, reported)
}

// newIntegrityPolicies are the policies of the two headers' values, or nil if neither blocks anything.
func (a *Agent) newIntegrityPolicies(enforced, reported string) *integrityPolicies {
	if enforced == "" && reported == "" {
		return nil
	}
	p := integrityPolicies{a.processIntegrityPolicy(enforced), a.processIntegrityPolicy(reported)}
	if p.enforced.value == "" && p.reported.value == "" {
		return nil
	}
	return &p
}

// processIntegrityPolicy is "process an integrity policy". The only source there is, "inline", stands for the integrity
// attribute: a policy without it blocks nothing, and is as good as none.
//
// https://w3c.github.io/webappsec-subresource-integrity/#processing-an-integrity-policy
func (a *Agent) processIntegrityPolicy(value string) integrityPolicy {
	// 1. It is empty.
	p := integrityPolicy{value: strings.Trim(value, " \t")}
	// 2. The header is a dictionary.
	dictionary, ok := structuredDictionary(value, a.profile.Integrity.PolicyWithoutNumbers)
	if !ok {
		return integrityPolicy{}
	}
	// 3. The source is "inline" where none is named.
	if sources, given := dictionary["sources"]; given && !sources.lists("inline") && (sources.kind == '(' || !a.profile.Integrity.PolicyListsOnly) {
		return integrityPolicy{}
	}
	// 4. What is blocked.
	blocked := dictionary["blocked-destinations"]
	p.script = blocked.lists("script")
	p.style = blocked.lists("style") && !a.profile.Integrity.PolicyOfScriptsOnly
	if !p.script && !p.style {
		return integrityPolicy{}
	}
	// 5. Who is told.
	p.endpoints = dictionary["endpoints"].tokens()
	// 6. That is the policy.
	return p
}

// blocks tells whether the policy is about a destination.
func (p *integrityPolicy) blocks(d Destination) bool {
	return p.script && d == destinationScript || p.style && d == destinationStyle
}

// blockedByIntegrityPolicy is "should request be blocked by Integrity Policy?".
//
// https://w3c.github.io/webappsec-subresource-integrity/#should-request-be-blocked-by-integrity-policy-section
func (f *fetching) blockedByIntegrityPolicy() *Error {
	// 1. The policies are those of the page. A navigation or a preflight has no destination that they could block.
	r := f.request
	// 5 to 7. Without policies it is allowed.
	if r.client == nil || r.client.integrity == nil {
		return nil
	}
	// 2, 3. So is one whose response is compared with its integrity metadata.
	if r.integrity != "" && (r.mode == CORS || r.mode == SameOrigin) {
		if strongest, keys := (*integrityRules)(&f.agent.profile.Integrity).strongest(r.integrity); strongest != unknownHash || keys {
			return nil
		}
	}
	// 4. So is what comes over no network.
	if isLocal(r.currentURL()) {
		return nil
	}
	// 8, 9. Documents and workers alone have policies.
	policies := r.client.integrity
	// 10, 12. The policy that is enforced.
	block := policies.enforced.blocks(r.destination)
	// 11, 13. The policy that is only reported.
	reportBlock := policies.reported.blocks(r.destination)
	// 14. Violations are reported.
	if block {
		f.reportIntegrityPolicy(&policies.enforced, false)
	}
	if reportBlock {
		f.reportIntegrityPolicy(&policies.reported, true)
	}
	// 15. That is the result.
	if !block {
		return nil
	}
	refusal := f.fail(withoutIntegrity, integrityHeader, policies.enforced.value)
	refusal.Detail = string(r.destination)
	return refusal
}

// An integrityViolation is the body of a report of type integrity-violation.
type integrityViolation struct {
	DocumentURL string `json:"documentURL"`
	BlockedURL  string `json:"blockedURL"`
	Destination string `json:"destination"`
	ReportOnly  bool   `json:"reportOnly"`
}

// reportIntegrityPolicy is "report violation", for one of the two policies.
//
// https://w3c.github.io/webappsec-subresource-integrity/#report-violation
func (f *fetching) reportIntegrityPolicy(p *integrityPolicy, reportOnly bool) {
	r := f.request
	if t := r.trace; t != nil && t.Violated != nil {
		t.Violated(r.info(), PolicyViolation{
			Header: integrityHeader, Policy: p.value, Directive: "blocked-destinations", Effective: string(r.destination), Sources: string(r.destination), ReportOnly: reportOnly,
		})
	}
	// 1 to 10. Neither URL has its fragment or userinfo.
	page := r.client
	body := integrityViolation{
		DocumentURL: csp.StripURL(page.url), BlockedURL: csp.StripURL(r.url()), Destination: string(r.destination), ReportOnly: reportOnly,
	}
	// 11, 12. Each endpoint gets a report.
	for _, name := range p.endpoints {
		if endpoint := page.endpoints[name]; endpoint != nil {
			page.sendReport(endpoint, reportsType, csp.EncodeReport("integrity-violation", page.url, f.agent.userAgent, body))
		}
	}
}
