package fetch_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// TestExplainUnexpected: a refusal's summary says when the response looks like
// that of a request which failed by itself.
func TestExplainUnexpected(t *testing.T) {
	html := []string{"Content-Type", "text/html; charset=utf-8"}
	for _, tt := range []struct {
		name        string
		reason      fetch.Reason
		stage       fetch.Stage
		destination fetch.Destination
		response    *fetch.ResponseInfo
		want        string // the end of the summary; "" if it has no such sentence
	}{
		{"no response", fetch.NetworkFailure, fetch.StageActual, "", nil, ""},
		{"nothing unusual", fetch.MissingAllowOrigin, fetch.StageActual, "", answered(200, "Content-Type", "application/json"), ""},
		{"not found", fetch.MissingAllowOrigin, fetch.StageActual, "", answered(404), "The response had status 404 (Not Found), so the request itself may have failed."},
		{"a server error", fetch.AllowOriginMismatch, fetch.StageActual, "", answered(502), "The response had status 502 (Bad Gateway), so the request itself may have failed."},
		{"a status without a name", fetch.MissingAllowOrigin, fetch.StageActual, "", answered(520), "The response had status 520, so the request itself may have failed."},
		{"an error page", fetch.MissingAllowOrigin, fetch.StageActual, "", answered(500, html...), "The response was an HTML page with status 500 (Internal Server Error), so the request itself may have failed."},
		{"a login page", fetch.MissingAllowOrigin, fetch.StageActual, "", answered(200, html...), "The response was an HTML page, so this may not be the URL of the API."},
		{"XHTML", fetch.MissingAllowOrigin, fetch.StageActual, "", answered(200, "Content-Type", "application/xhtml+xml"), "The response was an HTML page, so this may not be the URL of the API."},
		{"a redirect's page", fetch.MissingAllowOrigin, fetch.StageActual, "", answered(302, html...), ""},
		{"an embedded document", fetch.CrossOriginResourcePolicy, fetch.StageActual, fetch.DestinationIFrame, answered(200, html...), ""},
		{"an image", fetch.CrossOriginResourcePolicy, fetch.StageActual, fetch.DestinationImage, answered(200, html...), "The response was an HTML page, so this may not be the URL of the API."},
		{"a type that the summary names", fetch.BlockedByNosniff, fetch.StageActual, fetch.DestinationScript, answered(200, html...), ""},
		{"a status that the summary names", fetch.PreflightInvalidStatus, fetch.StagePreflight, "", answered(404), ""},
		{"a status that is the reason", fetch.ProxyAuthenticationRequired, fetch.StageActual, "", answered(407, html...), ""},
		{"a preflight's error page", fetch.PreflightInvalidStatus, fetch.StagePreflight, "", answered(404, html...), "The response to the preflight was an HTML page."},
		{"a preflight not allowed", fetch.MissingAllowOrigin, fetch.StagePreflight, "", answered(404, html...), "The response to the preflight was an HTML page with status 404 (Not Found)."},
		{"a preflight without a body", fetch.HeaderDisallowed, fetch.StagePreflight, "", answered(204, html...), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := simpleRequest()
			r.Destination = tt.destination
			got := (&fetch.Error{Reason: tt.reason, Stage: tt.stage, Request: r, Response: tt.response}).Explain().Summary
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
