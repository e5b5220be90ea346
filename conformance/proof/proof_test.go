package conformance_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// TestProofs has findings, and the scenarios by which they can be seen.
func TestProofs(t *testing.T) {
	engines := []string{"chromium", "firefox", "webkit"}
	one := func(use conformance.Use) conformance.Intent {
		if use.URL == "" {
			use.URL = "/x?token=hush"
		}
		return conformance.Intent{Allow: []string{"https://app.example"}, Uses: []conformance.Use{use}}
	}
	cached := conformance.Use{Method: "PUT", PreflightCached: time.Hour}
	shared := one(conformance.Use{})
	shared.Allow = append(shared.Allow, "https://admin.example")
	tests := []struct {
		name     string
		intent   conformance.Intent
		server   http.Handler
		profiles []string
		steps    int
		requests string // without the id
		result   string // of the last fetch
		why      string
		probed   bool
	}{
		{"refused", one(conformance.Use{}), answering(), engines, 1, "GET https://api.example/ID/x", "an error", "", false},
		{"preflight", one(conformance.Use{Method: "PUT", Body: "hush", Headers: map[string]string{"Authorization": "hush", "Content-Type": "application/json"}}),
			answering(app, "Set-Cookie: a=hush; Path=/; Secure", "X-Secret: hush", "PREFLIGHT STATUS 404"), engines, 1, "OPTIONS https://api.example/ID/x", "an error", "", false},
		{"redirect", one(conformance.Use{URL: "/a/x"}), onlyAt("/a/x", answering(app, "STATUS 302", "Location: ../b?token=hush"), answering()),
			engines, 1, "GET https://api.example/ID/a/x, GET https://api.example/ID/b", "an error", "", false},
		{"redirect with a password", one(conformance.Use{}), answering(app, "STATUS 302", "Location: https://hush:hush@other.example/"),
			engines, 1, "GET https://api.example/ID/x", "an error", "", false},
		{"everybody", conformance.Intent{Refuse: []string{"https://evil.example"}, Uses: []conformance.Use{{URL: "/x", Credentials: credentials.Include}}},
			answering(echo, creds), engines, 1, "GET https://api.example/ID/x", "a cors response of status 200", "", false},
		{"null", conformance.Intent{Refuse: []string{"null"}, Uses: []conformance.Use{{URL: "/x"}}},
			answering(echo), engines, 1, "GET https://api.example/ID/x", "a cors response of status 200", "", false},
		{"hidden", one(conformance.Use{Read: []string{"X-Total"}}), answering(app, "X-Total: hush"),
			engines, 1, "GET https://api.example/ID/x", "a cors response of status 200 without X-Total", "", false},
		{"shared cache", shared, answering(echo), engines, 1, "GET https://api.example/ID/x", "an error", "", false},
		{"no max-age", one(cached), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT"), engines, 3,
			strings.Join(slices.Repeat([]string{"OPTIONS https://api.example/ID/x", "PUT https://api.example/ID/x"}, 2), ", "), "a cors response of status 200", "", false},
		{"wildcard not kept", one(cached), answering(app, "PREFLIGHT Access-Control-Allow-Methods: *", "PREFLIGHT Access-Control-Max-Age: 9999"), []string{"firefox"}, 2,
			strings.Join(slices.Repeat([]string{"OPTIONS https://api.example/ID/x", "PUT https://api.example/ID/x"}, 2), ", "), "a cors response of status 200", "", false},
		{"mixed content", conformance.Intent{Base: "http://api.example", Allow: []string{"https://app.example"}, Uses: []conformance.Use{{URL: "/x"}}}, answering(app),
			engines, 1, "", "an error", "", false},
		{"cookie withheld", one(conformance.Use{Credentials: credentials.Include, Cookies: []string{"a=hush; SameSite=Lax; Secure; Path=/x"}}), answering(echo, creds, vary),
			engines, 2, "GET https://api.example/ID/x", "a cors response of status 200", "", false},
		{"cookie refused", one(conformance.Use{Credentials: credentials.Include}), answering(echo, creds, vary, "Set-Cookie: a=hush; SameSite=Lax; Secure; Path=/x"),
			engines, 2, "GET https://api.example/ID/x, GET https://api.example/ID/x", "a cors response of status 200", "", false},
		{"held", one(conformance.Use{Method: "DELETE"}), answering(echo, creds, vary, kept, "PREFLIGHT Access-Control-Allow-Methods: DELETE"),
			engines, 1, "OPTIONS https://api.example/ID/x, DELETE https://api.example/ID/x", "an error", "", true},
		{"held, simple", one(conformance.Use{Method: "POST", Body: "hush"}), answering(echo, creds, vary),
			engines, 1, "OPTIONS https://api.example/ID/x, POST https://api.example/ID/x", "an error", "", true},
		{"unrouted", one(conformance.Use{}), answering(app, "PREFLIGHT STATUS 404"), engines, 1, "OPTIONS https://api.example/ID/x", "an error", "", true},
		{"error", one(conformance.Use{}), onlyAt("/x", answering(app), answering("STATUS 404")), engines, 1, "GET https://api.example/ID/no-such-thing-ad73ad15fb3927d7", "an error", "", true},
		{"no login", one(conformance.Use{Headers: map[string]string{"Authorization": "hush"}}),
			onlyAt("/x", choosing{"", func(r *http.Request) bool {
				return r.Method == http.MethodOptions || r.Header.Get("Authorization") != ""
			}, answering(app, "PREFLIGHT Access-Control-Allow-Headers: authorization", kept), answering("STATUS 401")}, answering(app, "STATUS 404")),
			engines, 1, "GET https://api.example/ID/x", "an error", "", true},
		{"max-age too short", one(cached), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 60"), engines, 0,
			"", "", "it takes a wait of 1m1s", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report, err := conformance.AuditHandler(t.Context(), tt.server, &tt.intent, map[bool]*conformance.AuditOptions{false: skip}[tt.probed])
			if err != nil {
				t.Fatal(err)
			}
			proofs, err := report.Proofs(t.Context(), &tt.intent)
			if err != nil {
				t.Fatal(err)
			}
			proofs = slices.DeleteFunc(proofs, func(p *conformance.Proof) bool { return report.Findings[p.Finding].ID != report.Findings[0].ID })
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
			again, err := conformance.ParseScenario(raw)
			if err != nil {
				t.Fatal(err)
			}
			for _, profile := range fetch.Profiles()[1:] {
				if !slices.Contains(tt.profiles, profile.Name) {
					continue
				}
				o := playAs(t, again, profile)
				if err := p.Shown(o); err != nil {
					t.Errorf("%s: %v", profile.Name, err)
				}
				if got := strings.ReplaceAll(conformance.RequestsInShort(o), again.ID, "ID"); got != tt.requests {
					t.Errorf("%s: %s, want %s", profile.Name, got, tt.requests)
				}
				if got := o.Steps[len(o.Steps)-1].InShort(tt.intent.Uses[0].Read); got != tt.result {
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
				if p.Shown(&other) == nil {
					t.Errorf("%s: %v shows it as well as %v", profile.Name, other.Steps, o.Steps)
				}
				if strings.HasPrefix(tt.name, "cookie") {
					other = *o
					other.Requests = slices.Clone(o.Requests)
					last := &other.Requests[len(o.Requests)-1]
					last.Headers = append(slices.Clone(last.Headers), [2]string{"cookie", "a=x"})
					if p.Shown(&other) == nil {
						t.Errorf("%s: with the cookie, too", profile.Name)
					}
				}
				other = *o
				other.Requests = append(slices.Clone(o.Requests), conformance.Request{Method: "GET", URL: "https://api.example/"})
				if p.Shown(&other) == nil {
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

// TestProofsOfAnother asks for proofs with an intent that the report is not of.
func TestProofsOfAnother(t *testing.T) {
	intent := conformance.Intent{Allow: []string{"https://app.example"}, Uses: []conformance.Use{{Name: "list", URL: "/x"}}}
	report := audit(t, answering(), &intent)
	intent.Uses[0].Name = "other"
	if _, err := report.Proofs(t.Context(), &intent); err == nil || !strings.Contains(err.Error(), `no use "list"`) {
		t.Errorf("%v, want an error that names the use", err)
	}
}
