package audit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/audit"
)

// TestPreflightCount has lists of requests, and servers that let browsers cache preflights
// for as long as they say.
func TestPreflightCount(t *testing.T) {
	trace := map[string]string{"X-Trace": "1"}
	both := map[string]string{"X-Trace": "1", "Content-Type": "application/json"}
	all := []string{"standard", "chromium", "firefox", "webkit"}
	allowing := func(more ...string) []string {
		return append([]string{app, vary, "PREFLIGHT Access-Control-Allow-Methods: PUT, DELETE", "PREFLIGHT Access-Control-Allow-Headers: x-trace, content-type"}, more...)
	}
	for _, tt := range []struct {
		name   string
		server []string
		uses   []audit.Use
		want   []audit.PreflightCount
	}{
		{"no preflight", allowing(), []audit.Use{{URL: "/1"}, {URL: "/2"}}, nil},
		{"a single use", allowing(), []audit.Use{{URL: "/1", Headers: trace}}, nil},
		{"different paths, cached for long", allowing("PREFLIGHT Access-Control-Max-Age: 86400"), []audit.Use{{URL: "/1", Headers: trace}, {URL: "/2", Headers: trace}, {URL: "/3"}}, []audit.PreflightCount{{
			Profiles: all, Requests: 3, Uncached: 2, Sent: 2, Again: 0, SentLonger: 2, AgainLonger: 0, OnePath: 1, Without: map[string]int{"x-trace": 0},
			Kept: map[string]int64{"standard": 7200, "chromium": 7200, "firefox": 86400, "webkit": 600},
		}}},
		{"one path, not cached", allowing("PREFLIGHT Access-Control-Max-Age: 0"), []audit.Use{{Name: "a", URL: "/1", Headers: trace}, {Name: "b", URL: "/1", Headers: trace}}, []audit.PreflightCount{{
			Profiles: all, Requests: 2, Uncached: 2, Sent: 2, Again: 2, SentLonger: 1, AgainLonger: 0, OnePath: 2, Without: map[string]int{"x-trace": 0},
			Kept: map[string]int64{"standard": 0, "chromium": 0, "firefox": 0, "webkit": 0},
		}}},
		{"one path, cached for five seconds", allowing(), []audit.Use{{Name: "a", URL: "/1", Headers: trace}, {Name: "b", URL: "/1", Headers: trace}}, []audit.PreflightCount{{
			Profiles: all, Requests: 2, Uncached: 2, Sent: 1, Again: 1, SentLonger: 1, AgainLonger: 0, OnePath: 1, Without: map[string]int{"x-trace": 0},
			Kept: map[string]int64{"standard": 5, "chromium": 5, "firefox": 5, "webkit": 5},
		}}},
		{"two headers and a method", allowing("PREFLIGHT Access-Control-Max-Age: 600"),
			[]audit.Use{{URL: "/1", Method: "POST", Headers: both, Body: "{}"}, {URL: "/2", Headers: trace}, {URL: "/3", Method: "DELETE"}}, []audit.PreflightCount{{
				Profiles: all, Requests: 3, Uncached: 3, Sent: 3, Again: 0, SentLonger: 3, AgainLonger: 0, OnePath: 1, Without: map[string]int{"x-trace": 2, "x-trace, content-type": 1},
				Kept: map[string]int64{"standard": 600, "chromium": 600, "firefox": 600, "webkit": 600},
			}}},
		{"refused", []string{app, vary, "PREFLIGHT Access-Control-Max-Age: 600"}, []audit.Use{{Name: "a", URL: "/1", Headers: trace}, {Name: "b", URL: "/1", Headers: trace}}, []audit.PreflightCount{{
			Profiles: all, Requests: 2, Uncached: 2, Sent: 2, Again: 2, SentLonger: 2, AgainLonger: 2, OnePath: 2, Without: map[string]int{"x-trace": 0},
		}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			report, err := audit.Handler(t.Context(), answering(tt.server...), &audit.Intent{Allow: []string{"https://app.example"}, Uses: tt.uses}, &audit.Options{SkipProbes: true})
			if err != nil {
				t.Fatal(err)
			}
			for i := range tt.want {
				tt.want[i].Origin = "https://app.example"
			}
			if diff := cmp.Diff(tt.want, report.Preflights); diff != "" {
				t.Error(diff)
			}
		})
	}
}
