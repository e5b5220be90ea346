package audit_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
)

// TestRedacted: a report has secrets, its redacted form has none and leaves the
// report as it was.
func TestRedacted(t *testing.T) {
	report := audited(t, answering(app, creds, "Set-Cookie: sid=s3cret; Secure; SameSite=None", "X-Next: https://u:s3cret@api.example/", "PREFLIGHT Access-Control-Allow-Headers: authorization"), &audit.Intent{
		Allow: []string{"https://app.example"},
		Uses: []audit.Use{{
			URL: "/x", Method: "POST", Body: "s3cret", Credentials: credentials.Include,
			Headers: map[string]string{"Authorization": "Bearer s3cret"},
		}},
	})
	contains := func(r *audit.Report) bool {
		t.Helper()
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(text), "s3cret")
	}
	redacted := report.Redacted()
	if contains(redacted) {
		t.Error("there is a secret in the redacted report")
	}
	if !contains(report) {
		t.Error("there is none in the report")
	}
	if len(redacted.Traffic) != len(report.Traffic) || len(redacted.Plays) != len(report.Plays) {
		t.Error("there is less in the redacted report")
	}
	var sent []string
	for _, x := range redacted.Traffic {
		if value, ok := x.RequestHeaders.Get("Authorization"); ok && !slices.Contains(sent, value) {
			sent = append(sent, value)
		}
	}
	if !slices.Equal(sent, []string{"Bearer redacted"}) {
		t.Errorf("Authorization: %q", sent)
	}
}
