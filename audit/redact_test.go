package audit_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
)

func TestRedact(t *testing.T) {
	tests := []struct{ name, header, value, want string }{
		{"a scheme stays", "Authorization", "Bearer s3cret", "Bearer redacted"},
		{"no scheme", "authorization", "s3cret", "redacted"},
		{"all parameters", "Proxy-Authorization", `Digest username="a", response="s3cret"`, "Digest redacted"},
		{"names of cookies stay", "Cookie", "a=s3cret; b=s3=cret; s3cret", "a=redacted; b=redacted; redacted"},
		{"attributes stay", "Set-Cookie", "a=s3cret; Path=/; Secure", "a=redacted; Path=/; Secure"},
		{"a cookie without a name", "set-cookie", "s3cret", "redacted"},
		{"the password of a URL", "Location", "https://u:s3cret@api.example/", "https://u:xxxxx@api.example/"},
		{"anything else", "Access-Control-Allow-Origin", "*", "*"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := audit.Redact(tt.header, tt.value); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

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
