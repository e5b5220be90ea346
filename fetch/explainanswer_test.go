package fetch_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

// TestExplainUnexpected: a refusal's summary says when the response looks like
// that of a request which failed by itself, where no cause says so.
func TestExplainUnexpected(t *testing.T) {
	html := []string{"Content-Type", "text/html; charset=utf-8"}
	for _, tt := range []struct {
		name        string
		reason      fetch.Reason
		stage       string
		destination fetch.Destination
		response    *fetch.ResponseInfo
		want        string // the end of the summary; "" if it has no such sentence
		cause       string
	}{
		{"no response", fetch.NetworkFailure, "actual", "", nil, "", ""},
		{"nothing unusual", fetch.MissingAllowOrigin, "actual", "", fetchtest.Answered(200, "Content-Type", "application/json"), "", ""},
		{"not found", fetch.MissingAllowOrigin, "actual", "", fetchtest.Answered(404), "", "not-found"},
		{"a server error", fetch.AllowOriginMismatch, "actual", "", fetchtest.Answered(502, fetchtest.AllowOrigin, "https://other.example"), "The response had status 502 (Bad Gateway), so the request itself may have failed.", ""},
		{"a status without a name", fetch.MissingAllowOrigin, "actual", "", fetchtest.Answered(520), "", "gateway"},
		{"an error page", fetch.MissingAllowOrigin, "actual", "", fetchtest.Answered(500, html...), "", "server-error"},
		{"a login page", fetch.MissingAllowOrigin, "actual", "", fetchtest.Answered(200, html...), "", "html-page"},
		{"XHTML", fetch.MissingAllowOrigin, "actual", "", fetchtest.Answered(200, "Content-Type", "application/xhtml+xml"), "", "html-page"},
		{"a redirect's page", fetch.MissingAllowOrigin, "actual", "", fetchtest.Answered(302, html...), "", ""},
		{"an embedded document", fetch.CrossOriginResourcePolicy, "actual", "iframe", fetchtest.Answered(200, html...), "", ""},
		{"an image", fetch.CrossOriginResourcePolicy, "actual", "image", fetchtest.Answered(200, html...), "The response was an HTML page, so this may not be the URL of the API.", ""},
		{"a type that the summary names", fetch.BlockedByNosniff, "actual", "script", fetchtest.Answered(200, html...), "", ""},
		{"a status that the summary names", fetch.PreflightInvalidStatus, "preflight", "", fetchtest.Answered(404), "", "preflight-unrouted"},
		{"a status that is the reason", fetch.ProxyAuthenticationRequired, "actual", "", fetchtest.Answered(407, html...), "", ""},
		{"a preflight's error page", fetch.PreflightInvalidStatus, "preflight", "", fetchtest.Answered(404, html...), "", "preflight-unrouted"},
		{"a preflight not allowed", fetch.MissingAllowOrigin, "preflight", "", fetchtest.Answered(404, html...), "", "preflight-unrouted"},
		{"a preflight without a body", fetch.HeaderDisallowed, "preflight", "", fetchtest.Answered(204, html...), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := fetchtest.SimpleRequest()
			r.Destination = tt.destination
			x := (&fetch.Error{Reason: tt.reason, Stage: tt.stage, Request: r, Response: tt.response}).Explain()
			if x.Cause != tt.cause {
				t.Errorf("the cause is %q (%s), want %q", x.Cause, x.Behind, tt.cause)
			}
			got := x.Summary
			_, sentence, found := strings.Cut(got, " The response ")
			if found {
				sentence = "The response " + sentence
			}
			if sentence != tt.want {
				t.Errorf("the summary is %q, want its last sentence to be %q", got, tt.want)
			}
		})
	}
}
