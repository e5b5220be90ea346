package report_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/report"
	"github.com/browsercors/browsercors/fetch"
)

var update = flag.Bool("update", false, "rewrite testdata")

// headers are those of lines, "name: value".
func headers(lines ...string) fetch.HeaderList {
	var list fetch.HeaderList
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		list.Append(name, value)
	}
	return list
}

// pruned are exchanges as findings have them.
func pruned(all ...audit.Exchange) []audit.Exchange {
	for i := range all {
		all[i].RequestHeaders = slices.Clone(all[i].RequestHeaders)
		all[i].ResponseHeaders = slices.Clone(all[i].ResponseHeaders)
		all[i].RequestHeaders.Delete("Accept")
		all[i].RequestHeaders.Delete("Referer")
		if all[i].RequestHeaders.Contains("Authorization") {
			all[i].RequestHeaders.Set("Authorization", "…")
		}
		all[i].ResponseHeaders.Delete("Content-Type")
		all[i].ResponseHeaders.Delete("Content-Length")
	}
	return all
}

// fixed is a report that stays as it is, whatever audits come to find: of two
// uses one breaks, and something else is wrong with the other.
func fixed() *audit.Report {
	now := time.Date(2026, time.July, 2, 9, 0, 0, 0, time.UTC)
	exchange := func(method, url string, sent fetch.HeaderList, status int, text string, got ...string) audit.Exchange {
		now = now.Add(20 * time.Millisecond)
		return audit.Exchange{
			Method: method, URL: url, RequestHeaders: sent, Status: status, StatusText: text, ResponseHeaders: headers(got...),
			Started: now, Took: 7 * time.Millisecond,
		}
	}
	const (
		api, app, admin, evil = "https://api.example", "https://app.example", "https://admin.example", "https://evil.example"
		add, list             = "add a thing", "list things"
	)
	all := []string{"standard", "chromium", "firefox", "webkit"}
	from := func(origin string, more ...string) fetch.HeaderList {
		return headers(append([]string{"Accept: */*", "Origin: " + origin, "Referer: " + origin + "/"}, more...)...)
	}
	preflight := exchange("OPTIONS", api+"/things", from(app, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type"),
		405, "Method Not Allowed", "Access-Control-Allow-Origin: *", "Content-Length: 0")
	listed := func(origin string) audit.Exchange {
		return exchange("GET", api+"/things?page=2", from(origin, "Authorization: Bearer secret"), 200, "OK", "Access-Control-Allow-Origin: "+origin, "Access-Control-Allow-Credentials: true", "Content-Type: application/json")
	}
	asked := func() audit.Exchange {
		return exchange("OPTIONS", api+"/things?page=2", from(app, "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization"), 204, "No Content",
			"Access-Control-Allow-Origin: "+app, "Access-Control-Allow-Headers: authorization", "Vary: Origin")
	}
	first, firstList := asked(), listed(app)
	again, againList := asked(), listed(app)
	wrong := listed(evil)
	moved := exchange("GET", api+"/things?page=2", from(admin), 307, "Temporary Redirect", "Location: https://files.example/things", "Access-Control-Allow-Origin: *")
	files := exchange("GET", "https://files.example/things", from("null"), 200, "OK", "Access-Control-Allow-Origin: null")
	cached := audit.Exchange{Method: "GET", URL: api + "/things?page=2", RequestHeaders: from(admin), Status: 200, StatusText: "OK",
		ResponseHeaders: headers("Access-Control-Allow-Origin: " + app), Cached: true}

	return &audit.Report{
		Base: api, Uses: []string{list, add},
		Findings: []audit.Finding{
			{
				ID: "wrong-origin-allowed", Severity: audit.Unsafe, Use: list, Profiles: all, Origins: []string{evil},
				Tried: "A page of " + evil + " asked for GET " + api + "/things?page=2 with credentials.", Exchanges: pruned(wrong),
				Problem: "The page can read the answer, made with the cookies of whoever looks at it.", Rule: "the intent refuses " + evil,
				By: "server", Fix: "Compare the request's Origin with the entries of a list as a whole.",
			},
			{
				ID: "preflight-failed", Severity: audit.Breaks, Use: add, Profiles: all, Origins: []string{app, admin},
				Tried: "A page of " + app + " asked for POST " + api + "/things.", Exchanges: pruned(preflight),
				Problem: "The preflight was answered with status 405.", Rule: fetch.PreflightInvalidStatus.Rule(), Section: fetch.PreflightInvalidStatus.Section(),
				By: "server", Fix: "Nothing handles OPTIONS at this URL. Answer it before routing, with status 204 and:",
				Headers: headers("Access-Control-Allow-Origin: "+app, "Vary: Origin", "Access-Control-Allow-Headers: authorization, content-type"),
				Advice: &fetch.Advice{
					Product: "nginx", Clue: "“Server: nginx”", Manual: "https://nginx.org/en/docs/",
					Text: "Answer OPTIONS <here>.", Snippet: "if ($request_method = OPTIONS) {\n    return 204;\n}",
				},
			},
			{
				ID: "vary-missing", Severity: audit.Fragile, Use: list, Profiles: all, Origins: []string{admin},
				Tried:     "A page of " + admin + " asked for GET " + api + "/things?page=2 after " + app + " had asked for the same through a shared cache.",
				When:      "after " + app + " had asked for the same through a shared cache",
				Exchanges: pruned(firstList, cached),
				Problem:   "The cache took the answer to " + app + " for one to everybody, and " + admin + " can't read it.",
				Rule:      "an answer that depends on a request header names it in Vary", Section: "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches",
				By: "server", Fix: "Send this with every answer of this URL, whoever asks:", Headers: headers("Vary: Origin"),
			},
			{
				ID: "preflight-not-cached", Severity: audit.Slow, Use: list, Profiles: []string{"firefox"}, Origins: []string{app},
				Tried: "A page of " + app + " asked for GET " + api + "/things?page=2 again, 4m59s after the first time.", When: "again", Exchanges: pruned(again, againList),
				Problem: "The browser made the preflight again.", Rule: "a preflight's answer is kept for the seconds of Access-Control-Max-Age, and for 5 without it",
				By: "server", Fix: "Send, with the answer to the preflight:", Headers: headers("Access-Control-Max-Age: 300"),
			},
		},
		Plays: []audit.Play{
			{Use: list, Profiles: all, Origin: app, Method: "GET", URL: api + "/things?page=2", Exchanges: []audit.Exchange{first, firstList},
				Preflight: "The browser sends a preflight first because it has the header authorization."},
			{Use: list, Profiles: []string{"firefox"}, Origin: app, Method: "GET", URL: api + "/things?page=2", When: "again", Exchanges: []audit.Exchange{again, againList}},
			{Use: list, Profiles: []string{"standard", "chromium", "webkit"}, Origin: app, Method: "GET", URL: api + "/things?page=2", When: "again", Exchanges: []audit.Exchange{againList}},
			{Use: list, Profiles: all, Origin: admin, Method: "GET", URL: api + "/things?page=2", When: "after " + app + " had asked for the same through a shared cache", Exchanges: []audit.Exchange{cached},
				Refusal: "fetch: GET " + api + "/things?page=2 from " + admin + `: allow-origin-mismatch: Access-Control-Allow-Origin "` + app + `"`,
				Reason:  "allow-origin-mismatch", Stage: "actual", Detail: `Access-Control-Allow-Origin "` + app + `"`},
			{Use: list, Profiles: all, Origin: admin, Method: "GET", URL: api + "/things?page=2", Exchanges: []audit.Exchange{moved, files}},
			{Use: list, Profiles: all, Origin: evil, Method: "GET", URL: api + "/things?page=2", Exchanges: []audit.Exchange{wrong}},
			{Use: list, Profiles: all, Origin: "http://app.example", Method: "GET", URL: api + "/things?page=2",
				Refusal: "fetch: GET " + api + "/things?page=2 from http://app.example: missing-allow-origin: Access-Control-Allow-Origin",
				Reason:  "missing-allow-origin", Stage: "actual", Detail: "Access-Control-Allow-Origin",
				Exchanges: []audit.Exchange{exchange("GET", api+"/things?page=2", from("http://app.example"), 403, "Forbidden")}},
			{Use: add, Profiles: all, Origin: app, Method: "POST", URL: api + "/things", Exchanges: []audit.Exchange{preflight},
				Refusal: "fetch: POST " + api + "/things from " + app + ": preflight: preflight-invalid-status: status 405",
				Reason:  "preflight-invalid-status", Stage: "preflight", Detail: "status 405"},
			{Use: add, Profiles: all, Origin: evil, Method: "POST", URL: api + "/things",
				Refusal: "fetch: POST " + api + "/things from " + evil + ": mixed-content", Reason: "mixed-content", Stage: "before"},
		},
		Traffic: []audit.Exchange{first, firstList, again, againList, preflight, wrong, moved, files},
		Policies: []audit.Policy{
			{URL: api + "/things?page=2", Uses: []string{list}, Origins: "pattern", Credentials: true, Vary: []string{"<Origin>"}, Methods: []string{"PUT", "<b>"}, Headers: []string{"*"},
				Kept: map[string]time.Duration{"chromium": time.Hour, "firefox": time.Hour, "webkit": 10 * time.Minute},
				Asked: []audit.Asked{
					{Origin: app, As: "allowed", LetIn: true, Credentials: true}, {Origin: admin, As: "allowed", LetIn: true, Credentials: true},
					{Origin: evil, As: "refused"}, {Origin: "https://stranger.test", As: "stranger"}, {Origin: "null", As: "null", LetIn: true},
					{Origin: app + ".stranger.test", As: "prefix", LetIn: true, Credentials: true}, {Origin: "https://notapp.example", As: "suffix"},
				}},
			{URL: api + "/things", Uses: []string{add}, Origins: "none"},
		},
	}
}

// style is what a golden page does not have again.
var style = regexp.MustCompile(`(?s)<style>.*?</style>`)

// TestGolden holds how the reports look.
func TestGolden(t *testing.T) {
	options := &report.Options{Version: "v1.2.3", File: "api/cors intent.json", Line: func(use string) int { return len(use) }}
	for _, format := range report.Formats() {
		if format == "json" {
			continue // the audit's, for the most
		}
		t.Run(format, func(t *testing.T) {
			var got bytes.Buffer
			if err := report.Write(&got, format, fixed(), options); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", "report."+format)
			shown := style.ReplaceAllString(got.String(), "<style>…</style>")
			if *update {
				if err := os.WriteFile(file, []byte(shown), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), shown); diff != "" {
				t.Errorf("is not %s (-update writes it anew):\n%s", file, diff)
			}
		})
	}
}
