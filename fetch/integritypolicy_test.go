package fetch_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

// TestIntegrityPolicy holds which requests an Integrity-Policy blocks.
func TestIntegrityPolicy(t *testing.T) {
	const hash = "sha256-QbgF6nrAFOI1VumLs3RwKgg0Qmj5JImgLwiAhJOUoeQ="
	for _, tt := range []struct {
		name, policy, destination, integrity string
		mode                                 fetch.Mode
		profile                              *fetch.Profile
		blocked                              bool
	}{
		{name: "script", policy: "blocked-destinations=(script)", destination: "script", mode: fetch.CORS, blocked: true},
		{name: "with metadata", policy: "blocked-destinations=(script)", destination: "script", mode: fetch.CORS, integrity: hash},
		{name: "with metadata, no-cors", policy: "blocked-destinations=(script)", destination: "script", mode: fetch.NoCORS, integrity: hash, blocked: true},
		{name: "with metadata of no known hash", policy: "blocked-destinations=(script)", destination: "script", mode: fetch.CORS, integrity: "md5-abc", blocked: true},
		{name: "style", policy: "blocked-destinations=(script style)", destination: "style", mode: fetch.CORS, blocked: true},
		{name: "style in Chromium", policy: "blocked-destinations=(script style)", destination: "style", mode: fetch.CORS, profile: engine.Chromium()},
		{name: "image", policy: "blocked-destinations=(script style image)", destination: "image", mode: fetch.CORS},
		{name: "strings", policy: `blocked-destinations=("script")`, destination: "script", mode: fetch.CORS},
		{name: "no list", policy: "blocked-destinations=script", destination: "script", mode: fetch.CORS},
		{name: "sources", policy: "sources=(x inline), blocked-destinations=(script)", destination: "script", mode: fetch.CORS, blocked: true},
		{name: "no source", policy: "sources=(), blocked-destinations=(script)", destination: "script", mode: fetch.CORS},
		{name: "sources that are no list", policy: "sources=inline, blocked-destinations=(script)", destination: "script", mode: fetch.CORS},
		{name: "sources that are no list, in Firefox", policy: "sources=inline, blocked-destinations=(script)", destination: "script", mode: fetch.CORS, profile: engine.Firefox(), blocked: true},
		{name: "a number", policy: "blocked-destinations=(script;a=1), x=-2.5", destination: "script", mode: fetch.CORS, blocked: true},
		{name: "a number in WebKit", policy: "blocked-destinations=(script;a=1)", destination: "script", mode: fetch.CORS, profile: engine.WebKit()},
		{name: "damaged", policy: "blocked-destinations=(script", destination: "script", mode: fetch.CORS},
		{name: "very long", policy: "blocked-destinations=(" + strings.Repeat("x ", 1<<19) + "script)", destination: "script", mode: fetch.CORS, blocked: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			agent, _ := newAgent(t, noContent, fetch.Options{Profile: tt.profile})
			page := newPage(t, agent, fetch.EnvironmentOptions{IntegrityPolicy: tt.policy})
			_, err := page.Fetch(t.Context(), &fetch.Request{URL: api + "/a", API: "element", Mode: tt.mode, Destination: fetch.Destination(tt.destination), Integrity: tt.integrity})
			if got := errors.Is(err, fetchtest.Reason("integrity-policy")); got != tt.blocked {
				t.Errorf("%v, want blocked: %t", err, tt.blocked)
			}
		})
	}
}

// TestIntegrityPolicyReports holds who is told of what a policy blocks, or would block.
func TestIntegrityPolicyReports(t *testing.T) {
	t.Parallel()
	agent, n := newAgent(t, func(r sent) reply {
		if r.Method == "OPTIONS" {
			return answer(204, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Headers: content-type")
		}
		return answer(204)
	}, fetch.Options{UserAgent: "agent/1"})
	defer agent.Close()
	var told []fetch.PolicyViolation
	page := newPage(t, agent, fetch.EnvironmentOptions{
		URL: app + "/page#f", ReportingEndpoints: `one="https://reports.test/1", two="https://reports.test/2"`,
		IntegrityPolicy: "blocked-destinations=(script), endpoints=(one two three)", IntegrityPolicyReportOnly: "blocked-destinations=(style), endpoints=(two)",
	})
	trace := &fetch.Trace{Violated: func(_ fetch.RequestInfo, v fetch.PolicyViolation) { told = append(told, v) }}
	for _, destination := range []fetch.Destination{"script", "style"} {
		_, err := page.Fetch(t.Context(), &fetch.Request{URL: "https://u:p@api.test/a?q#f", API: "element", Mode: fetch.NoCORS, Destination: destination, Trace: trace})
		if got := errors.Is(err, fetchtest.Reason("integrity-policy")); got != (destination == "script") {
			t.Errorf("%s: %v", destination, err)
		}
	}
	if err := agent.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range n.sent {
		if s.Method != "POST" {
			continue
		}
		var b struct {
			DocumentURL, BlockedURL, Destination string
			ReportOnly                           bool
		}
		readReport(t, s, "integrity-violation", &b)
		if b.DocumentURL != app+"/page" || b.BlockedURL != api+"/a?q" || b.ReportOnly != (b.Destination == "style") {
			t.Errorf("the report is %s", s.body)
		}
		got = append(got, s.URL.Path()+" "+b.Destination)
	}
	slices.Sort(got)
	if want := []string{"/1 script", "/2 script", "/2 style"}; !slices.Equal(got, want) {
		t.Errorf("reports %q, want %q", got, want)
	}
	if len(told) != 2 || told[0].ReportOnly || !told[1].ReportOnly || told[0].Directive != "blocked-destinations" || told[1].Sources != "style" {
		t.Errorf("the trace is told of %+v", told)
	}
}

// readReport reads the body of the only report of a request.
func readReport(t *testing.T, s sent, kind string, body any) {
	t.Helper()
	var reports []struct {
		Type string
		Body json.RawMessage
	}
	if err := json.Unmarshal([]byte(s.body), &reports); err != nil || len(reports) != 1 || reports[0].Type != kind {
		t.Fatalf("%v: %s", err, s.body)
	}
	if err := json.Unmarshal(reports[0].Body, body); err != nil {
		t.Fatalf("%v: %s", err, s.body)
	}
}
