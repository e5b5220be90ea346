package fetch_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// TestEmbedderReports holds that what an embedder policy blocks, or would block, is
// reported to its endpoint, with the URL that the page asked for.
func TestEmbedderReports(t *testing.T) {
	const endpoints = `main="https://reports.test/m", other="https://reports.test/o"`
	answers := routes{
		"https://reports.test/m": answer(204, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Headers: content-type"),
		"https://reports.test/o": answer(204, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Headers: content-type"),
		cdn + "/open":            answer(200, "Content-Type: image/png", "Cross-Origin-Resource-Policy: cross-origin"),
		cdn + "/closed":          answer(200, "Content-Type: image/png", "Cross-Origin-Resource-Policy: same-origin"),
		cdn + "/moved":           answer(302, "Cross-Origin-Resource-Policy: cross-origin", "Location: "+api+"/secret"),
		cdn + "/frame":           answer(200, "Content-Type: text/html", "Cross-Origin-Resource-Policy: cross-origin"),
		app + "/worker":          answer(200, "Content-Type: text/javascript"),
	}
	for _, tt := range []struct {
		name       string
		enforced   fetch.EmbedderPolicy
		reportOnly fetch.EmbedderPolicy
		load       fetch.Load
		want       []string // the endpoint and the members of each report's body, but for the blocked URL
		blocked    string
		event      string
	}{
		{name: "an image", enforced: `require-corp; report-to="main"`, load: fetch.Load{Element: "img", URL: cdn + "/a"}, want: []string{"/m corp image enforce"}, blocked: cdn + "/a", event: "error"},
		{name: "an image that may be embedded", enforced: `require-corp; report-to="main"`, load: fetch.Load{Element: "img", URL: cdn + "/open"}, event: "load"},
		{name: "an image that the server keeps from the page", enforced: `require-corp; report-to="main"`, load: fetch.Load{Element: "img", URL: cdn + "/closed"}, event: "error"},
		{name: "no more than a report", reportOnly: `require-corp; report-to="other"`, load: fetch.Load{Element: "img", URL: cdn + "/a"}, want: []string{"/o corp image reporting"}, blocked: cdn + "/a", event: "load"},
		{name: "both", enforced: `credentialless; report-to="main"`, reportOnly: `require-corp; report-to="other"`, load: fetch.Load{Element: "img", URL: cdn + "/a"}, want: []string{"/o corp image reporting"}, blocked: cdn + "/a", event: "load"},
		{name: "a redirect, which is not told", enforced: `require-corp; report-to="main"`, load: fetch.Load{Element: "img", URL: cdn + "/moved"}, want: []string{"/m corp image enforce"}, blocked: cdn + "/moved", event: "error"},
		{name: "a frame", enforced: `require-corp; report-to="main"`, load: fetch.Load{Element: "iframe", URL: cdn + "/frame"}, want: []string{"/m navigation  enforce"}, blocked: cdn + "/frame", event: "load"},
		{name: "a frame, no more than a report", reportOnly: `require-corp; report-to="main"`, load: fetch.Load{Element: "iframe", URL: cdn + "/frame"}, want: []string{"/m navigation  reporting"}, blocked: cdn + "/frame", event: "load"},
		{name: "a worker", enforced: `require-corp; report-to="main"`, load: fetch.Load{Element: "worker", URL: app + "/worker"}, want: []string{"/m worker initialization  enforce"}, blocked: app + "/worker", event: "error"},
		{name: "no endpoint of that name", enforced: `require-corp; report-to="gone"`, load: fetch.Load{Element: "img", URL: cdn + "/a"}, event: "error"},
		{name: "no endpoint is named", enforced: "require-corp", load: fetch.Load{Element: "img", URL: cdn + "/a"}, event: "error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, answers.serve, fetch.Options{UserAgent: "agent/1"})
			page := newPage(t, agent, fetch.EnvironmentOptions{URL: app + "/page?q#f", EmbedderPolicy: tt.enforced, EmbedderPolicyReportOnly: tt.reportOnly, ReportingEndpoints: endpoints})
			out, err := page.Load(t.Context(), &tt.load)
			if err != nil {
				t.Fatal(err)
			}
			if out.Response != nil {
				out.Response.Body.Close()
			}
			if out.Event != tt.event {
				t.Errorf("event %q, want %q (%v)", out.Event, tt.event, out.Err)
			}
			if err := agent.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range n.sent {
				if !strings.HasPrefix(s.URL.String(), "https://reports.test/") || s.Method != "POST" {
					continue
				}
				if kind, mode := s.header("Content-Type"), s.header("Sec-Fetch-Mode"); kind != "application/reports+json" || mode != "cors" {
					t.Errorf("the report has type %q and mode %q", kind, mode)
				}
				var reports []struct {
					Type, URL string
					UserAgent string `json:"user_agent"`
					Body      struct{ Type, BlockedURL, Destination, Disposition string }
				}
				if err := json.Unmarshal([]byte(s.body), &reports); err != nil || len(reports) != 1 {
					t.Fatalf("%v: %s", err, s.body)
				}
				r := reports[0]
				got = append(got, strings.TrimPrefix(s.URL.String(), "https://reports.test")+" "+r.Body.Type+" "+r.Body.Destination+" "+r.Body.Disposition)
				if r.Type != "coep" || r.URL != app+"/page?q" || r.UserAgent != "agent/1" || r.Body.BlockedURL != tt.blocked {
					t.Errorf("the report is %s", s.body)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("reports %q, want %q", got, tt.want)
			}
		})
	}
}
