package draft_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/draft"
)

// TestPresets holds that each preset is an intent, is written as one, and says what it is.
func TestPresets(t *testing.T) {
	names, abouts := draft.AboutPresets()
	for i, name := range names {
		t.Run(name, func(t *testing.T) {
			d, err := draft.Preset(name, "https://server.example/api", []string{"https://app.example"}, []string{"https://evil.example"})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Check(); err != nil {
				t.Error(err)
			}
			if len(abouts[i]) < 20 || strings.HasSuffix(abouts[i], ".") || !strings.Contains(d.From, "https://") {
				t.Errorf("%q, from %q", abouts[i], d.From)
			}
			var b strings.Builder
			if err := d.WriteYAML(&b); err != nil {
				t.Fatal(err)
			}
			sameIntent(t, d, b.String())
		})
	}
	if _, err := draft.Preset("mpc", "https://server.example/", nil, nil); err == nil || !strings.Contains(err.Error(), "want one of graphql, mcp") {
		t.Error(err)
	}
}

// mcp is a server as its authors mean it, with what one of them forgot taken away.
func mcp(without string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for _, line := range []string{
			"Access-Control-Allow-Origin: https://app.example", "Vary: Origin",
			"Access-Control-Allow-Methods: GET, POST, DELETE", "Access-Control-Allow-Headers: content-type, mcp-session-id, mcp-protocol-version, last-event-id, authorization",
			"Access-Control-Expose-Headers: Mcp-Session-Id, WWW-Authenticate", "Access-Control-Max-Age: 600",
		} {
			name, value, _ := strings.Cut(strings.ReplaceAll(line, without, "x-other"), ": ")
			h.Set(name, value)
		}
		switch {
		case r.Method == "OPTIONS" && r.Header.Get("Authorization") == "":
			w.WriteHeader(http.StatusNoContent)
		case r.Header.Get("Authorization") == "Bearer REPLACE-ME":
			h.Set("WWW-Authenticate", `Bearer resource_metadata="https://api.example/.well-known/oauth-protected-resource"`)
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method == "GET":
			w.WriteHeader(http.StatusMethodNotAllowed)
		case r.Method == "POST" && r.Header.Get("Mcp-Session-Id") == "":
			h.Set("Mcp-Session-Id", "1868a90c")
			h.Set("Content-Type", "application/json")
		default:
			w.WriteHeader(http.StatusNotFound) // of no such session
		}
	})
}

func TestMCP(t *testing.T) {
	for _, tt := range []struct {
		name, preset, without string
		want                  []audit.FindingID
	}{
		{"as it should be", "mcp", "\x00", nil},
		{"as it should be, signed in", "mcp-auth", "\x00", nil},
		{"the session is not exposed", "mcp", "Expose-Headers: Mcp-Session-Id", []audit.FindingID{"not-exposed"}},
		{"the challenge is not exposed", "mcp-auth", "WWW-Authenticate", []audit.FindingID{"not-exposed"}},
		{"no DELETE", "mcp", ", DELETE", []audit.FindingID{"method-not-allowed"}},
		{"the version is not allowed", "mcp", "mcp-protocol-version", []audit.FindingID{"header-not-allowed"}},
		{"no resuming", "mcp", "last-event-id", []audit.FindingID{"header-not-allowed"}},
		{"no tokens", "mcp-auth", "authorization", []audit.FindingID{"header-not-allowed"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := draft.Preset(tt.preset, "https://api.example/mcp", []string{"https://app.example"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			report, err := audit.Handler(t.Context(), mcp(tt.without), &d.Intent, &audit.Options{SkipProbes: true})
			if err != nil {
				t.Fatal(err)
			}
			var ids []audit.FindingID
			for _, f := range report.Findings {
				if f.Severity <= audit.Breaks && !slices.Contains(ids, f.ID) {
					ids = append(ids, f.ID)
				}
			}
			if !slices.Equal(ids, tt.want) {
				t.Errorf("got %v, want %v", report.Findings, tt.want)
			}
		})
	}
}
