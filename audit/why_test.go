package audit_test

import (
	"testing"

	"github.com/browsercors/browsercors/audit"
)

// TestWhyPreflight: every play with a preflight says why, also one that works.
func TestWhyPreflight(t *testing.T) {
	report := audited(t, answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Allow-Headers: x-a, authorization", kept), &audit.Intent{
		Allow: []string{"https://app.example"},
		Uses:  []audit.Use{{URL: "/simple"}, {Method: "PUT", URL: "/x", Headers: map[string]string{"X-A": "1", "Authorization": "Bearer x"}}},
	}, skip)
	for _, p := range report.Plays {
		want := ""
		if len(p.Exchanges) > 0 && p.Exchanges[0].IsPreflight() {
			want = "The browser sends a preflight first because its method is PUT and it has the headers authorization, x-a."
		}
		if p.Preflight != want {
			t.Errorf("%s: %q, want %q", p.Use, p.Preflight, want)
		}
	}
}
