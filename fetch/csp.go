package fetch

import (
	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// policies is the CSP list of the request's policy container: that of the page that
// navigates, or else of the client. Nil is none. A preflight has no client.
//
// https://fetch.spec.whatwg.org/#concept-request-policy-container
func (r *request) policies() *csp.List {
	switch {
	case r.initiator != nil:
		return r.initiator.csp
	case r.client != nil:
		return r.client.csp
	}
	return nil
}

// cspRequest is what policies look at in the request.
func (f *fetching) cspRequest() csp.Request {
	r := f.request
	asked := csp.Request{
		URL:            r.currentURL(),
		Redirects:      r.redirectCount,
		Effective:      csp.Effective(string(r.destination), r.prefetch),
		ScriptLike:     r.destination.scriptLike(),
		WebSocket:      r.mode == webSocketMode,
		Nonce:          r.nonce,
		ParserInserted: r.parserInserted,
		Prefetch:       r.prefetch,
	}
	asked.Rewritten = f.agent.profile.CSP.SocketPathDecoded && r.mode == webSocketMode && !f.constructs
	if r.keepalive && f.agent.profile.CSP.KeepalivePath || f.asksForPreflight {
		asked.Redirects = 0
	}
	if r.integrity != "" {
		rules := integrityRules(f.agent.profile.Integrity)
		asked.Integrity = func(yield func(algorithm, value string) bool) {
			for d := range rules.parse(r.integrity) {
				if !yield(hashes[d.hash].name, d.value) {
					return
				}
			}
		}
	}
	return asked
}

// reportCSP is "report Content Security Policy violations for request": those of
// policies that are not enforced.
//
// https://w3c.github.io/webappsec-csp/#report-for-request
func (f *fetching) reportCSP() {
	// 1. The policies are the request's.
	list := f.request.policies()
	if list == nil {
		return
	}
	asked := f.cspRequest()
	// 2. Each that is only reported, and that the request violates, is reported.
	for next := 0; ; {
		v, after, violated := list.Violated(&asked, csp.Report, &f.agent.profile.CSP, next)
		if !violated {
			return
		}
		f.violated(&v)
		next = after
	}
}

// blockedByCSP is "should request be blocked by Content Security Policy?". The
// response is not asked about: without service workers it comes from the URL that
// was asked about here, and the same answer would be reported twice.
//
// https://w3c.github.io/webappsec-csp/#should-block-request
func (f *fetching) blockedByCSP() *Error {
	// 1. The policies are the request's.
	list := f.request.policies()
	if list == nil {
		return nil
	}
	// 2. It is allowed …
	var refusal *Error
	asked := f.cspRequest()
	// 3. … unless a policy that is enforced is violated. Each of them is reported.
	for next := 0; ; {
		v, after, violated := list.Violated(&asked, csp.Enforce, &f.agent.profile.CSP, next)
		if !violated {
			break
		}
		f.violated(&v)
		if refusal == nil {
			refusal = f.fail(CSPBlocked, cspHeader, v.Directive.String()+" "+v.Sources)
			refusal.Detail = v.Effective.String()
		}
		next = after
	}
	// 4. That is the result.
	return refusal
}

// askPolicies is blockedByCSP, at the moment at which the profile asks.
func (f *fetching) askPolicies(at rules.PolicyOrder) *Error {
	order := f.agent.profile.CSP.Order
	if order == rules.PolicyOfFetchFirst {
		order = rules.PolicyAfterUpgrades
		if r := f.request; r.redirectCount == 0 && (r.api == apiFetch || r.api == apiBeacon) {
			order = rules.PolicyBeforeUpgrades
		}
	}
	if order != at {
		return nil
	}
	return f.blockedByCSP()
}

// askForPreflight asks the policies about the URL of a redirected request as about one
// that no redirect has led to, before its preflight is sent.
func (f *fetching) askForPreflight() *Error {
	if f.request.redirectCount == 0 || !f.agent.profile.CSP.PreflightPath {
		return nil
	}
	f.asksForPreflight = true
	refusal := f.blockedByCSP()
	f.asksForPreflight = false
	return refusal
}

const cspHeader = "Content-Security-Policy"

// violates reports the policies of the page that forbid a request which a constructor
// refuses before it is made. It returns the first that is enforced, or nil.
func (e *Environment) violates(u *origin.URL, d Destination) *csp.Violation {
	if e.csp == nil {
		return nil
	}
	asked := csp.Request{URL: u, Effective: csp.Effective(string(d), false), ScriptLike: d.scriptLike()}
	first, _, refused := e.csp.Violated(&asked, csp.Enforce, &e.agent.profile.CSP, 0)
	if !refused {
		return nil // the request itself violates what is only reported
	}
	for _, disposition := range [...]csp.Disposition{csp.Report, csp.Enforce} {
		for next := 0; ; {
			v, after, violated := e.csp.Violated(&asked, disposition, &e.agent.profile.CSP, next)
			if !violated {
				break
			}
			e.reportViolation(u, &v)
			next = after
		}
	}
	return &first
}

// violated tells the trace of a violation, and reports it.
func (f *fetching) violated(v *csp.Violation) {
	r := f.request
	if t := r.trace; t != nil && t.Violated != nil {
		t.Violated(r.info(), PolicyViolation{
			Header: cspHeader, Policy: v.Policy.Text(), Directive: v.Directive.String(), Effective: v.Effective.String(), Sources: v.Sources, ReportOnly: v.Policy.ReportOnly(),
		})
	}
	page := r.client
	if r.initiator != nil {
		page = r.initiator
	}
	page.reportViolation(r.url(), v)
}

// cspOf is the CSP list of a page's options. self is the origin that 'self' stands
// for: that of the page's URL, or the page's where that has none.
func cspOf(o *EnvironmentOptions, u *origin.URL) *csp.List {
	if len(o.ContentSecurityPolicy) == 0 && len(o.ContentSecurityPolicyReportOnly) == 0 {
		return nil
	}
	return csp.NewList(selfOrigin(u, o.Origin), o.ContentSecurityPolicy, o.ContentSecurityPolicyReportOnly)
}

func selfOrigin(u *origin.URL, own origin.Origin) origin.Origin {
	if self := u.Origin(); !self.IsOpaque() || own.IsZero() {
		return self
	}
	return own
}
