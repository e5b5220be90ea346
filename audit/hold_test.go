package audit_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/browsercors/browsercors/audit"
)

// TestHoldUnsafe has a server that counts what an audit sends that may change something.
func TestHoldUnsafe(t *testing.T) {
	allowing := []string{app, vary, "PREFLIGHT Access-Control-Allow-Methods: DELETE", "PREFLIGHT Access-Control-Allow-Headers: content-type", "PREFLIGHT Access-Control-Max-Age: 600"}
	for _, tt := range []struct {
		name   string
		server []string
		use    audit.Use
		refuse []string
		want   []audit.FindingID
		held   bool
		asked  bool // there was a preflight
	}{
		{"allowed", allowing, audit.Use{Method: "DELETE", URL: "/1"}, nil, nil, true, true},
		{"a body", allowing, audit.Use{Method: "POST", URL: "/1", Body: "{}", Headers: map[string]string{"Content-Type": "application/json"}, Read: []string{"X-Total"}}, nil, nil, true, true},
		{"simple", allowing, audit.Use{Method: "POST", URL: "/1", Body: "a"}, nil, nil, true, false},
		{"preflight refused", []string{app, vary, "PREFLIGHT Access-Control-Allow-Methods: PUT"}, audit.Use{Method: "DELETE", URL: "/1"}, nil, []audit.FindingID{"method-not-allowed"}, false, true},
		{"preflight of a refused origin", append(slices.Clone(allowing), "Access-Control-Allow-Origin: *")[1:], audit.Use{Method: "DELETE", URL: "/1"}, []string{"https://evil.example"}, []audit.FindingID{"wrong-origin-allowed"}, true, true},
		{"read", allowing, audit.Use{URL: "/1"}, nil, nil, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			unsafe := 0
			server := answering(tt.server...)
			counting := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != "GET" && r.Method != "OPTIONS" {
					unsafe++
				}
				server.ServeHTTP(w, r)
			})
			report, err := audit.Handler(t.Context(), counting, &audit.Intent{Allow: []string{"https://app.example"}, Refuse: tt.refuse, Uses: []audit.Use{tt.use}},
				&audit.Options{HoldUnsafe: true, SkipProbes: true})
			if err != nil {
				t.Fatal(err)
			}
			var ids []audit.FindingID
			for _, f := range report.Findings {
				if f.Severity <= audit.Breaks {
					ids = append(ids, f.ID)
				}
			}
			held := slices.ContainsFunc(report.Plays, func(p audit.Play) bool { return p.Held })
			asked := slices.ContainsFunc(report.Traffic, func(x audit.Exchange) bool { return x.IsPreflight() })
			if unsafe > 0 || !slices.Equal(ids, tt.want) || held != tt.held || asked != tt.asked {
				t.Errorf("%d requests left, held %v, preflights %v, findings %v; want none, %v, %v, %v", unsafe, held, asked, report.Findings, tt.held, tt.asked, tt.want)
			}
		})
	}
	report, err := audit.Handler(t.Context(), answering(allowing...), &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{Method: "DELETE", URL: "/1"}}},
		&audit.Options{HoldUnsafe: true})
	if err != nil || len(report.Policies) != 1 || !slices.Contains(report.Policies[0].Methods, "DELETE") {
		t.Errorf("with probes: %+v, %v", report, err)
	}
}
