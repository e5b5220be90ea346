package audit_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/audittest"
)

// TestCachedWithoutCORS has responses that a browser keeps, and some that it does
// not, after an image has asked for them without Origin.
func TestCachedWithoutCORS(t *testing.T) {
	allowed := []string{audittest.App, audittest.Creds, audittest.Vary}
	with := func(lines ...string) audittest.Lines { return append(append(audittest.Lines{}, allowed...), lines...) }
	tests := []struct {
		name      string
		with      audittest.Lines
		without   audittest.Lines
		validated audittest.Lines // of conditional requests; nil: as others
		want      bool
		asked     int64 // requests without Origin, which all browsers make alike
	}{
		{"no-store", with("Cache-Control: no-store"), audittest.Lines{"Cache-Control: no-store"}, nil, false, 0},
		{"neither lifetime nor validator", with("Cache-Control: private"), audittest.Lines{"Cache-Control: private"}, nil, false, 0},
		{"fresh", with("Cache-Control: private, max-age=60"), audittest.Lines{"Cache-Control: private, max-age=60"}, nil, true, 1},
		{"fresh by Last-Modified", with("Cache-Control: private", "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT"),
			audittest.Lines{"Cache-Control: private", "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT"}, nil, true, 1},
		{"Vary: Origin always", with("Cache-Control: private, max-age=60"), audittest.Lines{"Cache-Control: private, max-age=60", audittest.Vary}, nil, false, 1},
		{"allowed without Origin too", with("Cache-Control: private, max-age=60"), append(audittest.Lines{"Cache-Control: private, max-age=60"}, audittest.App, audittest.Creds), nil, false, 1},
		{"validated by a 304 without CORS headers", with("Cache-Control: private, no-cache", `ETag: "1"`), audittest.Lines{"Cache-Control: private, no-cache", `ETag: "1"`},
			audittest.Lines{"STATUS 304"}, true, 1},
		{"validated by a 304 with CORS headers", with("Cache-Control: private, no-cache", `ETag: "1"`), audittest.Lines{"Cache-Control: private, no-cache", `ETag: "1"`},
			with("STATUS 304"), false, 1},
	}
	intent := &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x", Credentials: credentials.Include}}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked atomic.Int64
			server := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case tt.validated != nil && r.Header.Get("If-None-Match") != "":
					tt.validated.ServeHTTP(w, r)
				case r.Header.Get("Origin") != "":
					tt.with.ServeHTTP(w, r)
				default:
					asked.Add(1)
					tt.without.ServeHTTP(w, r)
				}
			})
			report := audited(t, server, intent, &audit.Options{SkipProbes: true})
			got := false
			for _, f := range report.Findings {
				if f.ID == "cached-without-cors" {
					got = true
				} else {
					t.Errorf("besides: %v", f)
				}
			}
			if got != tt.want {
				t.Errorf("found %v, want %v: %v", got, tt.want, report.Findings)
			}
			if n := asked.Load(); n != tt.asked {
				t.Errorf("%d requests without Origin, want %d", n, tt.asked)
			}
		})
	}
}
