package audit_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/browsercors/browsercors/audit"
)

// TestOwnOrigin: a page of the server's own origin needs no CORS headers, and gets
// what redirects lead to.
func TestOwnOrigin(t *testing.T) {
	own := []string{"https://api.example"}
	tests := []struct {
		name   string
		server http.Handler
		allow  []string
		use    audit.Use
		ids    []audit.FindingID
	}{
		{"an API", answering("X-Total: 1"), own, audit.Use{URL: "/x", Method: "PUT", Headers: map[string]string{"Authorization": "Bearer x"}, Read: []string{"X-Total"}}, nil},
		{"redirected within", answering("STATUS 302", "Location: /things/"), own, audit.Use{URL: "/x"}, []audit.FindingID{"redirect-refused"}},
		{"an index page", answering("Content-Type: text/html"), own, audit.Use{URL: "/x"}, nil},
		{"an index page for JSON", answering("Content-Type: text/html"), own, audit.Use{URL: "/x", Reads: "application/json"}, []audit.FindingID{"not-the-api"}},
		{"an error for JSON", answering("Content-Type: text/html", "STATUS 404"), own, audit.Use{URL: "/x", Reads: "application/json"}, nil},
		{"beside another origin", answering(app), append(own, "https://app.example"), audit.Use{URL: "/x"}, nil},
		{"another origin is refused", answering(), append(own, "https://app.example"), audit.Use{URL: "/x"}, []audit.FindingID{"origin-refused"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report := audited(t, tt.server, &audit.Intent{Allow: tt.allow, Uses: []audit.Use{tt.use}})
			if got := found(report); !slices.Equal(got, tt.ids) {
				t.Errorf("%v, want %v", report.Findings, tt.ids)
			}
			for _, x := range report.Traffic {
				if x.IsPreflight() && len(tt.allow) == 1 {
					t.Errorf("a preflight within an origin: %v", x)
				}
			}
		})
	}
}
