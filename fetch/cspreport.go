package fetch

import (
	"context"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// reportViolation is "report a violation", without the event: there is no script
// that would hear it. blocked is the URL of the request, and not that of a redirect,
// of which the page must not learn.
//
// https://w3c.github.io/webappsec-csp/#report-violation
func (e *Environment) reportViolation(blocked *origin.URL, v *csp.Violation) {
	var body []byte
	// 4.2. Each endpoint of report-uri gets a report.
	for token := range v.Policy.Endpoints() {
		// 4.2.1. The endpoint is a URL, against that of the page.
		endpoint, err := e.agent.parseURL(token, e.url)
		// 4.2.2. Anything else is not sent to.
		if err != nil {
			continue
		}
		if body == nil {
			body = v.Serialize(e.url, blocked)
		}
		// 4.2.3, 4.2.4. It is sent behind script's back.
		e.sendReport(endpoint, "application/csp-report", body)
	}
	// 5. report-to names an endpoint of Reporting-Endpoints.
	if group := v.Policy.ReportGroup(); group != "" {
		if endpoint := e.endpoints[group]; endpoint != nil {
			e.sendReport(endpoint, reportsType, v.SerializeReport(e.url, blocked, e.agent.userAgent))
		}
	}
}

// reportsType is the type of what endpoints of Reporting-Endpoints get.
const reportsType = "application/reports+json"

// sendReport queues a report, as [Environment.SendBeacon] queues what outlives a page.
// The response is ignored. If it is one too many, the report is lost.
//
// https://w3c.github.io/webappsec-csp/#report-violation
// https://w3c.github.io/reporting/#try-delivery
func (e *Environment) sendReport(endpoint *origin.URL, contentType string, body []byte) {
	f := e.agent.newFetching(context.Background())
	r := f.request
	*r = request{
		method:      "POST",
		client:      e,
		origin:      e.origin,
		body:        BytesBody(body, ""),
		headers:     safelist.HeaderList{{Name: "Content-Type", Value: contentType}},
		mode:        NoCORS,
		credentials: credentials.SameOrigin,
		cache:       cacheDefault,
		redirect:    redirectError,
		destination: destinationReport,
		api:         apiReport,
		keepalive:   true,
		tainting:    taintingBasic,
	}
	r.setURL(endpoint)
	if contentType == reportsType { // which takes a preflight
		r.mode, r.unsafeRequest = CORS, true
	}
	rules := &e.agent.profile.CSP
	if rules.ReportNoReferrer {
		r.referrer = referrer{kind: referrerNone}
	}
	if rules.ReportMaxAge {
		r.cache = cacheNoCache
	}
	if rules.ReportIncludes {
		r.credentials = credentials.Include
	}
	e.agent.background.enqueue(f)
}

// reportingEndpoints is "process reporting endpoints for response", of a response
// with this URL.
//
// https://w3c.github.io/reporting/#process-header
func (a *Agent) reportingEndpoints(value string, u *origin.URL) map[string]*origin.URL {
	// 1. A response that came over no secure connection names none.
	if value == "" || !a.trust.URL(u) {
		return nil
	}
	// 2. The header is a dictionary.
	parsed, ok := structuredStrings(value)
	if !ok {
		return nil
	}
	// 3, 4. Each member that is a string names the URL of an endpoint …
	endpoints := make(map[string]*origin.URL, len(parsed))
	for name, value := range parsed {
		endpoint, err := a.parseURL(value, u)
		// … which has to be trustworthy itself.
		if err == nil && a.trust.URL(endpoint) {
			endpoints[name] = endpoint
		}
	}
	return endpoints
}
