package audit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/audit"
)

// TestShapes: findings about any CORS header say what the shape of its value, or a
// misspelt name, gives away.
func TestShapes(t *testing.T) {
	put := audit.Use{URL: "/x", Method: "PUT"}
	cached := audit.Use{URL: "/x", Method: "PUT", PreflightCached: time.Hour}
	reading := audit.Use{URL: "/x", Read: []string{"X-Total"}}
	allowed := "PREFLIGHT Access-Control-Allow-Methods: PUT"
	tests := []struct {
		name    string
		use     audit.Use
		server  []string
		id      audit.FindingID
		cause   string
		problem string
		fix     string
	}{
		{"a unit", put, []string{app, allowed, "PREFLIGHT Access-Control-Max-Age: 3600s"}, "max-age-tiny", "unit", "The value has a unit.", "Write the number of seconds alone. Send:"},
		{"quotes around a number", put, []string{app, allowed, `PREFLIGHT Access-Control-Max-Age: "600"`}, "max-age-tiny", "quoted", "in quotes", "without quotes. Send:"},
		{"a lifetime's name", put, []string{app, allowed, "PREFLIGHT Access-Control-MaxAge: 600"}, "max-age-missing", "misspelt-header", "Did you mean Access-Control-Max-Age?", "Correct the header's name. Send:"},
		{"a lifetime that the intent wants", cached, []string{app, allowed, "PREFLIGHT Access-Control-Max-Age: 7200s"}, "preflight-not-cached", "unit", "has a unit", "Send:"},
		{"a lifetime that is too short", cached, []string{app, allowed, "PREFLIGHT Access-Control-Max-Age: 60"}, "preflight-not-cached", "", "made the preflight again", "Send, with the response"},
		{"separators", reading, []string{app, "X-Total: 1", "Access-Control-Expose-Headers: X-Total; ETag"}, "list-unparsable", "separator", "“;” or “|”", "with commas. Send:"},
		{"brackets", audit.Use{URL: "/x"}, []string{app, "Access-Control-Expose-Headers: [X-Total, ETag]"}, "list-unparsable", "quoted", "in brackets", "Join the header names"},
		{"exposed by another name", reading, []string{app, "X-Total: 1", "Access-Control-Expose-Header: X-Total"}, "not-exposed", "misspelt-header", "Did you mean Access-Control-Expose-Headers?", "Correct the header's name. Send:"},
		{"not exposed at all", reading, []string{app, "X-Total: 1"}, "not-exposed", "", "hides it", "Send, with every"},
		{"methods in quotes", put, []string{app, `PREFLIGHT Access-Control-Allow-Methods: "PUT", "GET"`}, "list-unparsable", "quoted", "has quotes", "without quotes. Send:"},
		{"headers in a list of a program", audit.Use{URL: "/x", Headers: map[string]string{"X-A": "1"}}, []string{app, "PREFLIGHT Access-Control-Allow-Headers: ['X-A']"}, "list-unparsable", "quoted", "in brackets", "without brackets and quotes. Send:"},
		{"credentials in another case", audit.Use{URL: "/x", Credentials: "include"}, []string{app, "Access-Control-Allow-Credentials: True"}, "credentials-refused", "spelling", "Only true in lower case counts", "Send:"},
		{"credentials by another name", audit.Use{URL: "/x", Credentials: "include"}, []string{app, "Access-Control-Allow-Credential: true"}, "credentials-refused", "misspelt-header", "Did you mean Access-Control-Allow-Credentials?", "Correct"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report := audited(t, answering(tt.server...), &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{tt.use}}, &audit.Options{SkipProbes: true})
			if len(report.Findings) == 0 {
				t.Fatal("no finding")
			}
			f := report.Findings[0]
			if f.ID != tt.id || f.Cause != tt.cause || !strings.Contains(f.Problem, tt.problem) || !strings.Contains(f.Fix, tt.fix) {
				t.Errorf("cause %q:\n%s", f.Cause, f)
			}
		})
	}
}

// TestShown: what gives a cause away is among the lines of an exchange.
func TestShown(t *testing.T) {
	report := audited(t, answering("STATUS 401", "Server: thing/1", "WWW-Authenticate: Bearer", "Content-Type: text/html", "Access_Control_Allow_Origin: *", "X-Powered-By: other"),
		&audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x"}}}, &audit.Options{SkipProbes: true})
	shown := report.Findings[0].String()
	for _, line := range []string{"< 401", "< Server: thing/1", "< Www-Authenticate: Bearer", "< Content-Type: text/html", "< Access_control_allow_origin: *"} {
		if !strings.Contains(shown, line) {
			t.Errorf("%q is not in\n%s", line, shown)
		}
	}
	if strings.Contains(shown, "other") {
		t.Errorf("too much in\n%s", shown)
	}
}
