package audit_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// typical are servers as they are found.
var typical = []struct {
	name    string
	intent  audit.Intent
	handler http.Handler
}{
	{"none at all", audit.Intent{}, answering()},
	{"everybody", audit.Intent{}, answering("Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: *")},
	{"everybody, preflights too", audit.Intent{}, answering("Access-Control-Allow-Origin: *", "PREFLIGHT Access-Control-Allow-Methods: *", "PREFLIGHT Access-Control-Allow-Headers: *", "PREFLIGHT Access-Control-Max-Age: 86400")},
	{"a list with Vary", audit.Intent{Refuse: []string{"https://evil.example"}}, letting("is https://app.example", func(o string) bool { return o == "https://app.example" })},
	{"one origin, without Vary", audit.Intent{}, answering(app, "Access-Control-Expose-Headers: ETag, Link", "PREFLIGHT Access-Control-Allow-Methods: GET, PUT, DELETE", "PREFLIGHT Access-Control-Allow-Headers: authorization, x-trace", "PREFLIGHT Access-Control-Max-Age: 3600")},
	{"reflecting", audit.Intent{}, reflecting(func(string) bool { return true }, func(string) bool { return true }, func(string) bool { return true })},
	{"reflecting what is listed", audit.Intent{}, reflecting(func(o string) bool { return o == "https://app.example" },
		func(m string) bool { return m == "PUT" || m == "GET" }, func(h string) bool { return h == "content-type" })},
	{"a prefix", audit.Intent{}, letting("begins with https://app.example", func(o string) bool { return strings.HasPrefix(o, "https://app.example") })},
	{"a suffix", audit.Intent{}, letting("ends with app.example", func(o string) bool { return strings.HasSuffix(o, "app.example") })},
	{"subdomains", audit.Intent{}, matching(`^https://([a-z0-9-]+\.)*app\.example$`)},
	{"a dot", audit.Intent{Allow: []string{"https://www.shop.example"}}, matching(`^https://www.shop\.example$`)},
	{"null too", audit.Intent{}, letting("is https://app.example or null", func(o string) bool { return o == "https://app.example" || o == "null" })},
	{"everybody, and one with credentials", audit.Intent{}, onlyFor("https://app.example", answering(echo, creds, vary), answering("Access-Control-Allow-Origin: *", vary))},
}

// reflecting is a server as of rs/cors: it allows what was asked for, and
// nothing where it does not allow all of it.
func reflecting(origin, method, header func(string) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Origin")
		if !origin(r.Header.Get("Origin")) {
			return
		}
		if asked := r.Header.Get("Access-Control-Request-Method"); asked != "" {
			headers := r.Header.Get("Access-Control-Request-Headers")
			if !method(asked) || headers != "" && slices.ContainsFunc(strings.Split(headers, ","), func(h string) bool { return !header(h) }) {
				return
			}
			w.Header().Set("Access-Control-Allow-Methods", asked)
			w.Header().Set("Access-Control-Allow-Headers", headers)
			w.Header().Set("Access-Control-Max-Age", "600")
		}
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
	})
}

// TestPolicies holds what is learned of typical servers.
func TestPolicies(t *testing.T) {
	var all strings.Builder
	for _, tt := range typical {
		if len(tt.intent.Allow) == 0 {
			tt.intent.Allow = []string{"https://app.example"}
		}
		tt.intent.Uses = []audit.Use{{URL: "/things"}}
		report := audited(t, tt.handler, &tt.intent)
		if len(report.Policies) != 1 || !slices.Equal(report.Policies[0].Uses, []string{"GET /things"}) {
			t.Fatalf("%s: %v", tt.name, report.Policies)
		}
		all.WriteString(tt.name + ":\n" + report.Policies[0].String())
		for _, f := range report.Findings {
			all.WriteString("  ! " + string(f.ID) + ": " + strings.Join(f.Origins, ", ") + "\n")
		}

		raw, err := json.Marshal(report)
		var read audit.Report
		if err != nil || json.Unmarshal(raw, &read) != nil || len(read.Policies) != 1 {
			t.Fatalf("%s: %v: %s", tt.name, err, raw)
		}
		if again := read.Policies[0]; again.String() != report.Policies[0].String() || !reflect.DeepEqual(again.Kept, report.Policies[0].Kept) {
			t.Errorf("%s: %s is read as %v", tt.name, raw, again)
		}
	}
	golden := filepath.Join("testdata", "policies.golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(all.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if all.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s\n-update rewrites it", all.String(), want)
	}
}

// TestPolicyOfABrowser: where browsers forgive what the Standard refuses, the
// policy is theirs.
func TestPolicyOfABrowser(t *testing.T) {
	report := audited(t, answering("Access-Control-Allow-Origin: *", "PREFLIGHT Access-Control-Allow-Headers: *"), &audit.Intent{
		Allow: []string{"https://app.example"},
		Uses:  []audit.Use{{URL: "/things", Headers: map[string]string{"Authorization": "Bearer x"}}},
	})
	if len(report.Policies) != 1 || report.Policies[0].Origins != "any" {
		t.Errorf("%v, want any origin let in", report.Policies)
	}
}

// TestProbesAreHarmless counts what one use costs a server, and looks for what
// strangers send.
func TestProbesAreHarmless(t *testing.T) {
	const most, mostImpossible = 23, 34 // requests in all
	for n, use := range []audit.Use{
		{URL: "/x"},
		{URL: "/x", Method: "PUT", Body: "{}", Headers: map[string]string{"Content-Type": "application/json"}, Credentials: credentials.Include},
		{URL: "/x", Method: "POST", Body: "a=b"},
		{URL: "/x", Method: "DELETE", Headers: map[string]string{"Authorization": "Bearer x"}},
		{URL: "/x"}, // and impossible origins
	} {
		options := &audit.Options{ProbeImpossibleOrigins: n == 4}
		for _, server := range typical {
			sent := make(map[string]int)
			total, bare := 0, 0 // an OPTIONS like a preflight, beside those that are refused
			audited(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if total++; r.Method != "GET" && r.Method != "HEAD" && r.Method != "OPTIONS" {
					sent[r.Header.Get("Origin")]++
				}
				if r.Method == "OPTIONS" && r.Header.Get("Access-Control-Request-Method") == "" {
					if bare++; bare > 1 || r.Header.Get("Origin") != "https://app.example" || r.ContentLength != 0 || r.Header.Get("Cookie")+r.Header.Get("Authorization") != "" {
						t.Errorf("%s: an OPTIONS request that is not a preflight: %v", server.name, r.Header)
					}
				}
				server.handler.ServeHTTP(w, r)
			}), &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{use}}, options)
			if sent["https://app.example"] > 1 || len(sent) > 1 || len(sent) == 1 && sent["https://app.example"] == 0 {
				t.Errorf("%s %s: what is not safe was sent from %v", server.name, use.Method, sent)
			}
			if total > most && !options.ProbeImpossibleOrigins || total > mostImpossible {
				t.Errorf("%s %s: %d requests", server.name, use.Method, total)
			}
		}
	}
}
