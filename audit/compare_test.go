package audit_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/audittest"
)

// TestCompareIsBounded: a refused use costs no more than a few preflights, however
// many headers it has, and none where probes are skipped.
func TestCompareIsBounded(t *testing.T) {
	headers := make(map[string]string)
	for _, name := range strings.Fields("A B C D E F G H I J K L M N O P Q R S T") {
		headers["X-"+name] = "1"
	}
	tests := []struct {
		name    string
		refused string // a name that the server refuses; "" refuses all
		skip    bool
		most    int
		id      audit.FindingID
		says    string
	}{
		{"one of many", "x-q", false, 7, "header-not-allowed", "x-q"},
		{"all", "", false, 7, "origin-refused", "does not allow https://app.example"},
		{"no probes", "x-q", true, 1, "origin-refused", "does not allow https://app.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			preflights := 0
			report := audited(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Origin") == "https://app.example" {
					preflights++
				}
				asked := r.Header.Get("Access-Control-Request-Headers")
				if tt.refused == "" || strings.Contains(","+asked+",", ","+tt.refused+",") {
					return
				}
				w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
				w.Header().Set("Access-Control-Allow-Methods", "PUT")
				w.Header().Set("Access-Control-Allow-Headers", asked)
			}), &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{Method: "PUT", URL: "/x", Headers: headers}}}, &audit.Options{SkipProbes: tt.skip})
			if len(report.Findings) != 1 || report.Findings[0].ID != tt.id || !strings.Contains(report.Findings[0].Problem, tt.says) {
				t.Errorf("%v; want %s with %q", report.Findings, tt.id, tt.says)
			}
			if preflights > tt.most {
				t.Errorf("%d preflights, want at most %d", preflights, tt.most)
			}
		})
	}
}

// TestCompareElsewhere: what the same origin may do elsewhere needs no probe.
func TestCompareElsewhere(t *testing.T) {
	server := audittest.When("the path is /list", func(r *http.Request) bool { return r.URL.Path == "/list" }, audittest.Answering(audittest.App), audittest.Answering())
	report := audited(t, server, &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/list"}, {URL: "/x", Method: "PUT"}, {URL: "/y"}}}, &audit.Options{SkipProbes: true})
	if len(report.Findings) != 2 || report.Findings[0].ID != "preflight-failed" || report.Findings[0].Cause != "preflight-without-cors" ||
		report.Findings[1].ID != "response-without-cors" || report.Findings[1].Cause != "answer-without-cors" {
		t.Errorf("%v", report.Findings)
	}
}

// TestCompareCredentials: an origin that is allowed without credentials is not
// refused.
func TestCompareCredentials(t *testing.T) {
	server := audittest.When("there is a cookie", func(r *http.Request) bool { return r.Header.Get("Cookie") != "" }, audittest.Answering(), audittest.Answering(audittest.App, audittest.Creds, audittest.Vary))
	intent := &audit.Intent{Base: "https://api.app.example", Allow: []string{"https://app.example"}, Uses: []audit.Use{
		{URL: "/x", Credentials: credentials.Include, Cookies: []string{"sid=1; SameSite=Lax; Secure"}},
	}}
	report := audited(t, server, intent, nil)
	if len(report.Findings) != 1 || report.Findings[0].ID != "credentials-refused" || report.Findings[0].Cause != "credentials-change-answer" {
		t.Errorf("%v", report.Findings)
	}
}
