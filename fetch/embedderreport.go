package fetch

import "github.com/browsercors/browsercors/internal/csp"

// reportEmbedded is "queue a cross-origin embedder policy CORP violation report": a page
// did not get a response, or would not have got it by its policy for reports.
//
// https://fetch.spec.whatwg.org/#queue-a-cross-origin-embedder-policy-corp-violation-report
func (f *fetching) reportEmbedded(settings *Environment, reportOnly bool) {
	f.reportEmbedder(settings, embedderViolation{Type: "corp", Destination: string(f.request.destination)}, reportOnly)
}

// reportInherited is "queue a cross-origin embedder policy inheritance violation": what a
// page or a worker started has no policy of its own.
//
// https://html.spec.whatwg.org/#queue-a-cross-origin-embedder-policy-inheritance-violation
func (f *fetching) reportInherited(settings *Environment, reportOnly bool) {
	what := "navigation"
	if f.request.destination.scriptLike() {
		what = "worker initialization"
	}
	f.reportEmbedder(settings, embedderViolation{Type: what}, reportOnly)
}

// An embedderViolation is the body of a report of type coep.
type embedderViolation struct {
	Type        string `json:"type"`
	BlockedURL  string `json:"blockedURL"`
	Destination string `json:"destination,omitempty"`
	Disposition string `json:"disposition"`
}

// reportEmbedder is what the two have in common.
func (f *fetching) reportEmbedder(settings *Environment, v embedderViolation, reportOnly bool) {
	// 1. Either policy has an endpoint of its own.
	name := settings.coep.endpoint
	// 3. What only would have been blocked is said to be so.
	if v.Disposition = "enforce"; reportOnly {
		name, v.Disposition = settings.coep.reportOnlyEndpoint, "reporting"
	}
	endpoint := settings.endpoints[name]
	if endpoint == nil {
		return
	}
	// 2. "Serialize a response URL for reporting": not that of a redirect, of which the page must not learn.
	v.BlockedURL = csp.StripURL(f.request.url())
	// 4, 5. It is sent behind script's back.
	settings.sendReport(endpoint, reportsType, csp.EncodeReport("coep", settings.url, f.agent.userAgent, v))
}
