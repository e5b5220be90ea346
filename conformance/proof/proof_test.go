package proof_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/conformance/proof"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/audittest"
)

// TestIDs holds that the ids which the package knows by name are those of findings.
func TestIDs(t *testing.T) {
	for _, id := range proof.IDs {
		if _, ok := id.Kind(); !ok {
			t.Errorf("no finding has the id %s", id)
		}
	}
}

// TestProofs has findings, and the scenarios by which they can be seen.
func TestProofs(t *testing.T) {
	engines := []string{"chromium", "firefox", "webkit"}
	one := func(use audit.Use) audit.Intent {
		if use.URL == "" {
			use.URL = "/x?token=hush"
		}
		return audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{use}}
	}
	cached := audit.Use{Method: "PUT", PreflightCached: time.Hour}
	shared := one(audit.Use{})
	shared.Allow = append(shared.Allow, "https://admin.example")
	tests := []struct {
		name     string
		intent   audit.Intent
		server   http.Handler
		profiles []string
		steps    int
		requests string // without the id
		result   string // of the last fetch
		why      string
		probed   bool
	}{
		{"refused", one(audit.Use{}), audittest.Answering(), engines, 1, "GET https://api.example/ID/x", "an error", "", false},
		{"preflight", one(audit.Use{Method: "PUT", Body: "hush", Headers: map[string]string{"Authorization": "hush", "Content-Type": "application/json"}}),
			audittest.Answering(audittest.App, "Set-Cookie: a=hush; Path=/; Secure", "X-Secret: hush", "PREFLIGHT STATUS 404"), engines, 1, "OPTIONS https://api.example/ID/x", "an error", "", false},
		{"redirect", one(audit.Use{URL: "/a/x"}), onlyAt("/a/x", audittest.Answering(audittest.App, "STATUS 302", "Location: ../b?token=hush"), audittest.Answering()),
			engines, 1, "GET https://api.example/ID/a/x, GET https://api.example/ID/b", "an error", "", false},
		{"redirect with a password", one(audit.Use{}), audittest.Answering(audittest.App, "STATUS 302", "Location: https://hush:hush@other.example/"),
			engines, 1, "GET https://api.example/ID/x", "an error", "", false},
		{"everybody", audit.Intent{Refuse: []string{"https://evil.example"}, Uses: []audit.Use{{URL: "/x", Credentials: credentials.Include}}},
			audittest.Answering(audittest.Echo, audittest.Creds), engines, 1, "GET https://api.example/ID/x", "a cors response of status 200", "", false},
		{"null", audit.Intent{Refuse: []string{"null"}, Uses: []audit.Use{{URL: "/x"}}},
			audittest.Answering(audittest.Echo), engines, 1, "GET https://api.example/ID/x", "a cors response of status 200", "", false},
		{"hidden", one(audit.Use{Read: []string{"X-Total"}}), audittest.Answering(audittest.App, "X-Total: hush"),
			engines, 1, "GET https://api.example/ID/x", "a cors response of status 200 without X-Total", "", false},
		{"shared cache", shared, audittest.Answering(audittest.Echo), engines, 1, "GET https://api.example/ID/x", "an error", "", false},
		{"browser's own cache", one(audit.Use{Credentials: credentials.Include}),
			audittest.WithOrigin(audittest.Answering(audittest.Echo, audittest.Creds, audittest.Vary, "Cache-Control: private, max-age=60"), audittest.Answering("Cache-Control: private, max-age=60")),
			engines, 2, "GET https://api.example/ID/x", "an error", "", false},
		{"browser's own cache, validated", one(audit.Use{Credentials: credentials.Include}),
			withETag(audittest.WithOrigin(audittest.Answering(audittest.Echo, audittest.Creds, audittest.Vary, `ETag: "1"`, "Cache-Control: private, no-cache"), audittest.Answering(`ETag: "1"`, "Cache-Control: private, no-cache"))),
			engines, 2, "GET https://api.example/ID/x, GET https://api.example/ID/x", "an error", "", false},
		{"no max-age", one(cached), audittest.Answering(audittest.App, "PREFLIGHT Access-Control-Allow-Methods: PUT"), engines, 3,
			strings.Join(slices.Repeat([]string{"OPTIONS https://api.example/ID/x", "PUT https://api.example/ID/x"}, 2), ", "), "a cors response of status 200", "", false},
		{"wildcard not kept", one(cached), audittest.Answering(audittest.App, "PREFLIGHT Access-Control-Allow-Methods: *", "PREFLIGHT Access-Control-Max-Age: 9999"), []string{"firefox"}, 2,
			strings.Join(slices.Repeat([]string{"OPTIONS https://api.example/ID/x", "PUT https://api.example/ID/x"}, 2), ", "), "a cors response of status 200", "", false},
		{"mixed content", audit.Intent{Base: "http://api.example", Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x"}}}, audittest.Answering(audittest.App),
			engines, 1, "", "an error", "", false},
		{"cookie withheld", one(audit.Use{Credentials: credentials.Include, Cookies: []string{"a=hush; SameSite=Lax; Secure; Path=/x"}}), audittest.Answering(audittest.Echo, audittest.Creds, audittest.Vary),
			engines, 2, "GET https://api.example/ID/x", "a cors response of status 200", "", false},
		{"cookie refused", one(audit.Use{Credentials: credentials.Include}), audittest.Answering(audittest.Echo, audittest.Creds, audittest.Vary, "Set-Cookie: a=hush; SameSite=Lax; Secure; Path=/x"),
			engines, 2, "GET https://api.example/ID/x, GET https://api.example/ID/x", "a cors response of status 200", "", false},
		{"held", one(audit.Use{Method: "DELETE"}), audittest.Answering(audittest.Echo, audittest.Creds, audittest.Vary, audittest.Kept, "PREFLIGHT Access-Control-Allow-Methods: DELETE"),
			engines, 1, "OPTIONS https://api.example/ID/x, DELETE https://api.example/ID/x", "an error", "", true},
		{"held, simple", one(audit.Use{Method: "POST", Body: "hush"}), audittest.Answering(audittest.Echo, audittest.Creds, audittest.Vary),
			engines, 1, "OPTIONS https://api.example/ID/x, POST https://api.example/ID/x", "an error", "", true},
		{"unrouted", one(audit.Use{}), audittest.Answering(audittest.App, "PREFLIGHT STATUS 404"), engines, 1, "OPTIONS https://api.example/ID/x", "an error", "", true},
		{"error", one(audit.Use{}), onlyAt("/x", audittest.Answering(audittest.App), audittest.Answering("STATUS 404")), engines, 1, "GET https://api.example/ID/no-such-thing-ad73ad15fb3927d7", "an error", "", true},
		{"no login", one(audit.Use{Headers: map[string]string{"Authorization": "hush"}}),
			onlyAt("/x", audittest.When("", func(r *http.Request) bool {
				return r.Method == http.MethodOptions || r.Header.Get("Authorization") != ""
			}, audittest.Answering(audittest.App, "PREFLIGHT Access-Control-Allow-Headers: authorization", audittest.Kept), audittest.Answering("STATUS 401")), audittest.Answering(audittest.App, "STATUS 404")),
			engines, 1, "GET https://api.example/ID/x", "an error", "", true},
		{"max-age too short", one(cached), audittest.Answering(audittest.App, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 60"), engines, 0,
			"", "", "it takes a wait of 1m1s", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report, err := audit.Handler(t.Context(), tt.server, &tt.intent, &audit.Options{SkipProbes: !tt.probed})
			if err != nil {
				t.Fatal(err)
			}
			proofs, err := proof.Of(t.Context(), report, &tt.intent)
			if err != nil {
				t.Fatal(err)
			}
			proofs = slices.DeleteFunc(proofs, func(p *proof.Proof) bool { return report.Findings[p.Finding].ID != report.Findings[0].ID })
			if len(proofs) != 1 {
				t.Fatalf("%d proofs of %v", len(proofs), report.Findings)
			}
			p := proofs[0]
			if !slices.Equal(p.Profiles, tt.profiles) || p.Why != tt.why || (p.Scenario == nil) != (tt.why != "") {
				t.Fatalf("for %v, %q, %v", p.Profiles, p.Why, p.Scenario)
			}
			if p.Scenario == nil {
				return
			}
			raw, err := json.Marshal(p.Scenario)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(raw), "hush") {
				t.Errorf("a secret is in %s", raw)
			}
			if len(p.Scenario.Steps) != tt.steps {
				t.Errorf("%d steps, want %d: %s", len(p.Scenario.Steps), tt.steps, raw)
			}
			read, err := conformance.ReadScenarios(bytes.NewReader(raw), "-")
			if err != nil {
				t.Fatal(err)
			}
			again := read[0]
			for _, profile := range engine.All() {
				if !slices.Contains(tt.profiles, profile.Name) {
					continue
				}
				o := playAs(t, again, profile)
				if why := p.NotShown(o); why != "" {
					t.Errorf("%s: %s", profile.Name, why)
				}
				if got := strings.ReplaceAll(proof.RequestsInShort(o), again.ID, "ID"); got != tt.requests {
					t.Errorf("%s: %s, want %s", profile.Name, got, tt.requests)
				}
				if got := proof.InShort(&o.Steps[len(o.Steps)-1], tt.intent.Uses[0].Read); got != tt.result {
					t.Errorf("%s: %s, want %s", profile.Name, got, tt.result)
				}
				if reason, err := again.NotLive(t.Context(), profile); reason != "" || err != nil {
					t.Errorf("not for browsers: %s, %v", reason, err)
				}
				// Another end, and other requests, show nothing.
				other := *o
				other.Steps = slices.Clone(o.Steps)
				if last := &other.Steps[len(other.Steps)-1]; last.Result == "error" {
					*last = conformance.StepOutcome{Result: "response", Type: "cors", Status: 200}
				} else if last.Headers = append(last.Headers, [2]string{"x-total", "1"}); tt.name != "hidden" {
					*last = conformance.StepOutcome{Result: "error", Error: "TypeError"}
				}
				if p.NotShown(&other) == "" {
					t.Errorf("%s: %v shows it as well as %v", profile.Name, other.Steps, o.Steps)
				}
				if strings.HasPrefix(tt.name, "cookie") {
					other = *o
					other.Requests = slices.Clone(o.Requests)
					last := &other.Requests[len(o.Requests)-1]
					last.Headers = append(slices.Clone(last.Headers), [2]string{"cookie", "a=x"})
					if p.NotShown(&other) == "" {
						t.Errorf("%s: with the cookie, too", profile.Name)
					}
				}
				other = *o
				other.Requests = append(slices.Clone(o.Requests), conformance.Request{Method: "GET", URL: "https://api.example/"})
				if p.NotShown(&other) == "" {
					t.Errorf("%s: one more request shows it as well", profile.Name)
				}
			}
		})
	}
}

// onlyAt is one handler for a path, and another for the others.
func onlyAt(path string, yes, no http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			yes.ServeHTTP(w, r)
			return
		}
		no.ServeHTTP(w, r)
	})
}

func playAs(t *testing.T, s *conformance.Scenario, p *fetch.Profile) *conformance.Outcome {
	t.Helper()
	o, err := (&conformance.Engine{Profile: p}).Play(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	o.Engine = p.Name
	return o
}

// withETag has a server answer conditional requests with a 304 that has no CORS
// headers.
func withETag(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// TestProofsOfAnother asks for proofs with an intent that the report is not of.
func TestProofsOfAnother(t *testing.T) {
	intent := audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{Name: "list", URL: "/x"}}}
	report := audittest.Audited(t, audittest.Answering(), &intent)
	intent.Uses[0].Name = "other"
	if _, err := proof.Of(t.Context(), report, &intent); err == nil || !strings.Contains(err.Error(), `no use "list"`) {
		t.Errorf("%v, want an error that names the use", err)
	}
}

// TestEveryFindingShows holds that a browser can show each kind of finding, or
// that it would take too long.
func TestEveryFindingShows(t *testing.T) {
	for _, tt := range audittest.Cases() {
		t.Run(tt.Name, func(t *testing.T) {
			report := audittest.Audited(t, tt.Bad, &tt.Intent, &audit.Options{ProbeImpossibleOrigins: tt.ID == "impossible-origin-trusted"})
			proofs, err := proof.Of(t.Context(), report, &tt.Intent)
			if err != nil || len(proofs) == 0 && len(report.Findings[0].Profiles) > 1 {
				t.Errorf("%d proofs, %v", len(proofs), err)
			}
			for _, p := range proofs {
				if p.Scenario == nil && !strings.HasPrefix(p.Why, "it takes a wait of ") && p.Why != "it takes a server that gives no answer" &&
					p.Why != "it takes an element whose mixed content is upgraded" && p.Why != "it takes a user who is asked" && p.Why != "nothing is refused: the policy is only reported" {
					t.Errorf("no browser could show it in %v: %s", p.Profiles, p.Why)
				}
			}
		})
	}
}

// TestSilence has a server that leaves preflights without an answer.
func TestSilence(t *testing.T) {
	intent := &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x"}}}
	report := audittest.Audited(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			panic(http.ErrAbortHandler)
		}
		audittest.Answering(audittest.App).ServeHTTP(w, r)
	}), intent)
	proofs, err := proof.Of(t.Context(), report, intent)
	if err != nil || len(proofs) != 1 || proofs[0].Scenario != nil || proofs[0].Why != "it needs a server that does not respond" {
		t.Errorf("%+v, %v", proofs, err)
	}
}
