package audit_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/audittest"
	"github.com/browsercors/browsercors/internal/fulllength"
	"github.com/browsercors/browsercors/safelist"
)

// A mended handler is one to whose answers somebody has added what findings say,
// to the letter and without a thought.
type mended struct {
	http.Handler
	findings []audit.Finding
}

func (m mended) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	recorded := httptest.NewRecorder()
	m.Handler.ServeHTTP(recorded, r)
	status, header := recorded.Code, recorded.Header()
	preflight := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
	for _, f := range m.findings {
		if at, err := url.Parse(f.Exchanges[len(f.Exchanges)-1].URL); err != nil || at.Path != r.URL.Path && !strings.Contains(f.Problem, "The same is true of") {
			continue
		}
		asks := slices.Contains(f.Origins, r.Header.Get("Origin"))
		if preflight && asks && (f.ID == "preflight-failed" || f.ID == "preflight-unrouted" || strings.Contains(f.Fix, "status 204 and:")) {
			status = http.StatusNoContent
		}
		if asks && f.ID == "login-redirect" { // a status that says so, instead of a redirect
			status = http.StatusUnauthorized
			header.Del("Location")
		}
		for _, h := range f.Headers {
			switch h.Name {
			case "Vary":
				header.Add("Vary", h.Value)
				continue
			case "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age":
				if !preflight {
					continue
				}
			case "Access-Control-Expose-Headers":
				if preflight {
					continue
				}
			case "Access-Control-Allow-Origin":
				if asks && h.Value != "*" {
					h.Value = r.Header.Get("Origin")
				}
			}
			if asks || h.Name == "Cross-Origin-Resource-Policy" { // elements ask without Origin
				header.Set(h.Name, h.Value)
			}
		}
	}
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	w.Write(recorded.Body.Bytes())
}

// TestFixesMend holds that what findings say to send mends what they are about
// and does no harm elsewhere. What kept a request from being sent may have hidden
// what is wrong with the answer to it, so that it may take several rounds.
func TestFixesMend(t *testing.T) {
	all := "Access-Control-Allow-Origin: *"
	headers := map[string]string{"X-Trace": "1", "Authorization": "Bearer x"}
	uses := audit.Intent{Allow: []string{"https://app.example", "https://admin.example"}, Uses: []audit.Use{
		{Method: "PATCH", URL: "/a", Credentials: credentials.Include, Headers: headers, Read: []string{"ETag"}},
		{Method: "DELETE", URL: "/b", Headers: headers, Read: []string{"ETag"}, PreflightCached: time.Hour},
		{URL: "/c", Headers: map[string]string{"Range": "bytes=0-1,3-4"}, Read: []string{"ETag"}},
	}}
	for _, tt := range append(audittest.Cases(), []audittest.Case{
		{Name: "nothing", Intent: uses, Bad: answering("ETag: 1")},
		{Name: "wildcards", Intent: uses, Bad: answering("ETag: 1", all, creds, "Access-Control-Allow-Methods: *", "Access-Control-Allow-Headers: *", "Access-Control-Expose-Headers: *")},
		{Name: "void lists", Intent: uses, Bad: answering("ETag: 1", echo, creds, "Access-Control-Allow-Methods: PUT patch", "Access-Control-Allow-Headers: x trace", "Access-Control-Expose-Headers: E Tag")},
		{Name: "too short lists", Intent: uses, Bad: answering("ETag: 1", echo, creds, vary, "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: x-other", "Access-Control-Max-Age: 1", "Access-Control-Expose-Headers: Link")},
		{Name: "no route", Intent: uses, Bad: answering("ETag: 1", echo, "PREFLIGHT STATUS 405")},
	}...) {
		t.Run(tt.Name, func(t *testing.T) {
			mend(t, tt.Bad, &tt.Intent)
		})
	}
}

// mend does what findings say until there is none that says what to send, and
// returns those that are left.
func mend(t *testing.T, server http.Handler, intent *audit.Intent) []audit.Finding {
	t.Helper()
	var given []audit.Finding
	for round := range 4 {
		known := len(given)
		findings := audited(t, mended{server, given}, intent).Findings
		for _, f := range findings {
			if len(f.Headers) == 0 {
				continue
			}
			if slices.ContainsFunc(given[:known], func(g audit.Finding) bool {
				return g.ID == f.ID && g.Use == f.Use && slices.ContainsFunc(f.Origins, func(o string) bool { return slices.Contains(g.Origins, o) }) && slices.ContainsFunc(f.Headers, func(h safelist.Header) bool { return g.Headers.Contains(h.Name) })
			}) {
				t.Fatalf("round %d:\n%s\nafter what was said to send:\n%s", round, f, given[:known])
			}
			given = append(given, f)
		}
		if len(given) == known {
			return findings
		}
	}
	t.Fatalf("it does not end:\n%s", given)
	return nil
}

// TestFixesMendAnything is TestFixesMend with servers whose headers are drawn by
// lot.
func TestFixesMendAnything(t *testing.T) {
	drawn := [][]string{
		{"", app, app + "/", echo, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Origin: null", "Access-Control-Allow-Origin: *, *"},
		{"", "", app, echo},
		{"", creds, creds, "Access-Control-Allow-Credentials: TRUE"},
		{"", creds},
		{"", "Access-Control-Allow-Methods: *", "Access-Control-Allow-Methods: PUT, DELETE", "Access-Control-Allow-Methods: put, Delete, patch", "Access-Control-Allow-Methods: PUT DELETE", "Access-Control-Allow-Methods: PATCH,, *"},
		{"", "Access-Control-Allow-Headers: *", "Access-Control-Allow-Headers: Authorization", "Access-Control-Allow-Headers: x-trace, *", "Access-Control-Allow-Headers: x trace"},
		{"", "Access-Control-Expose-Headers: *", "Access-Control-Expose-Headers: Link", "Access-Control-Expose-Headers: ETag; Link"},
		{"", "PREFLIGHT Access-Control-Max-Age: 0", "PREFLIGHT Access-Control-Max-Age: 10m", "PREFLIGHT Access-Control-Max-Age: +600", "PREFLIGHT Access-Control-Max-Age: -1", kept},
		{"", vary, "Vary: Accept"},
		{"", "", "PREFLIGHT STATUS 405", "PREFLIGHT STATUS 401", "STATUS 500"},
		{"ETag: 7"},
	}
	headers := map[string]string{"X-Trace": "1", "Authorization": "Bearer x"}
	intent := &audit.Intent{Allow: []string{"https://app.example", "https://admin.example"}, Uses: []audit.Use{
		{URL: "/a", Read: []string{"ETag"}},
		{Method: "PUT", URL: "/b", Credentials: credentials.Include, Headers: headers, Read: []string{"ETag"}},
		{Method: "PATCH", URL: "/c", Headers: headers, PreflightCached: time.Hour},
	}}
	for seed := range uint64(fulllength.Rounds(12, 60)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			lots := rand.New(rand.NewPCG(seed, 4))
			var server audittest.Lines
			for _, pool := range drawn {
				if line := pool[lots.IntN(len(pool))]; line != "" {
					server = append(server, line)
				}
			}
			for _, f := range mend(t, server, intent) {
				if f.Severity == audit.Breaks {
					t.Errorf("%sis left, with the server:\n%s", f, server)
				}
			}
		})
	}
}
