package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const shopOpenAPI = `openapi: 3.1.0
security: [{token: []}]
paths:
  /things:
    get: {operationId: list, responses: {"200": {description: all, headers: {X-Total: {schema: {type: integer}}}}}}
    post: {operationId: add, requestBody: {content: {application/json: {schema: {type: object}}}}, responses: {"201": {description: made}}}
  /things/{id}:
    delete: {operationId: remove, parameters: [{name: id, in: path, required: true}], responses: {"204": {description: removed}}}
  /simple:
    post: {operationId: count, security: [], responses: {"204": {description: counted}}}
components: {securitySchemes: {token: {type: http, scheme: bearer}}}
`

// TestDrafts audits a server by an OpenAPI document or a preset instead of an intent, and writes intents from these
// and from an archive.
func TestDrafts(t *testing.T) {
	var sent []string
	server, _ := overBoth(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "OPTIONS" && r.Method != "GET" {
			sent = append(sent, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		}
		answer(200, "", "Access-Control-Allow-Origin: http://app.example", "Access-Control-Allow-Methods: DELETE", "Access-Control-Allow-Headers: authorization, content-type, accept, last-event-id",
			"Access-Control-Max-Age: 600", "Vary: Origin", "X-Total: 3", "Access-Control-Expose-Headers: X-Total")(w, r)
	}))
	dir := t.TempDir()
	document, written := filepath.Join(dir, "api.yaml"), filepath.Join(dir, "cors.yaml")
	if err := os.WriteFile(document, []byte(shopOpenAPI), 0o600); err != nil {
		t.Fatal(err)
	}
	names := strings.NewReplacer("HTTP", server.URL, "API", document, "INTENT", written)
	for _, tt := range []struct {
		name, args  string // _ is a space within a word
		code        int
		out, stderr []string
		sent        string
	}{
		{name: "OpenAPI", args: "check --openapi API HTTP", out: []string{"do what they should: list: GET /things add: POST /things remove: DELETE /things/{id} count: POST /simple", "0 findings"},
			stderr: []string{`Authorization is "Bearer REPLACE-ME"; -H gives the real value`, "the document has no example of id (1); the values are made up",
				"not sent, only the preflights, since they may change something: add: POST /things, remove: DELETE /things/{id} and count: POST /simple; --send sends them",
				"nothing was found out about these, which have no preflight: count: POST /simple"}},
		{name: "sent", args: "check --openapi API --send --operation add -H Authorization:_Bearer_secret HTTP", out: []string{"0 findings"}, sent: "POST /things Bearer secret"},
		{name: "another page", args: "check --openapi API --origin http://other.example --operation list HTTP", code: exitFails, out: []string{"origin-refused (breaks) in every browser: list: GET /things"}},
		{name: "no server", args: "check --openapi API", code: exitUsage, stderr: []string{"the server's URL \"/\" is relative, so the document does not name the server: name its URL"}},
		{name: "no document", args: "check --openapi DIR/none HTTP", code: exitUsage, stderr: []string{"no such file"}},
		{name: "an operation", args: "check --openapi API --operation lst HTTP", code: exitUsage, stderr: []string{`has no operation, tag or path "lst"; did you mean "list"?`}},
		{name: "a flag of a URL", args: "check --openapi API -X PUT HTTP", code: exitUsage, stderr: []string{"--request can't be used with --openapi; browsercors intent --openapi writes an intent, which can be changed"}},
		{name: "both", args: "check --openapi API --preset mcp HTTP", code: exitUsage, stderr: []string{"--openapi and --preset exclude each other"}},
		{name: "an operation of nothing", args: "check --operation x HTTP", code: exitUsage, stderr: []string{"--operation needs --openapi"}},
		{name: "preset", args: "check --preset mcp HTTP/mcp", code: exitFails, out: []string{"header-not-allowed (breaks) in every browser: send a message in the session", "mcp-session-id"}, sent: "POST /mcp"},
		{name: "preset that is held", args: "check --preset tus HTTP/files", code: exitFails, out: []string{"method-not-allowed (breaks) in every browser: send a part", "tus-resumable"}},
		{name: "no URL", args: "check --preset mcp", code: exitUsage, stderr: []string{"--preset mcp needs the URL of the server"}},
		{name: "misspelt", args: "check --preset mpc HTTP", code: exitUsage, stderr: []string{`unknown value "mpc" (graphql, mcp, mcp-2026-07-28, mcp-auth, s3-upload, tus); did you mean mcp?`}},
		{name: "written", args: "intent --openapi API --origin http://app.example -o INTENT HTTP"},
		{name: "and checked", args: "check --no-probes INTENT", out: []string{"do what they should: list: GET /things add: POST /things remove: DELETE /things/{id} count: POST /simple"},
			sent: "POST /things Bearer REPLACE-ME DELETE /things/1 Bearer REPLACE-ME POST /simple"},
		{name: "written from a preset", args: "intent --preset graphql HTTP/graphql", out: []string{"# An intent for browsercors check, made of the preset graphql", "base: HTTP/graphql", "name: query by GET"}},
		{name: "written from an archive", args: "intent --har ../../audit/har/testdata/chrome.har https://api.example", out: []string{"base: https://api.example/", "authorization: Bearer REPLACE-ME", "sid=REPLACE-ME; Path=/"}},
		{name: "of another page", args: "intent --har ../../audit/har/testdata/chrome.har --page https://other.example/", code: exitUsage, stderr: []string{"chrome.har: has no cross-origin request of script of that page or to that server"}},
		{name: "of a file that is cut off", args: "intent --har API", code: exitUsage, stderr: []string{"api.yaml: is not JSON, line 1"}},
		{name: "for an origin with a path", args: "intent --preset mcp --origin http://app.example/x HTTP", code: exitUsage, stderr: []string{`--origin: origin "http://app.example/x": has a path; did you mean http://app.example?`}},
		{name: "and checked for one", args: "check --openapi API --refuse app.example HTTP", code: exitUsage, stderr: []string{`--refuse: origin "app.example"`, "did you mean https://app.example?"}},
		{name: "of nothing", args: "intent HTTP", code: exitUsage, stderr: []string{"intent needs --openapi, --har or --preset"}},
		{name: "secrets of nothing", args: "intent --keep-secrets --preset mcp HTTP", code: exitUsage, stderr: []string{"--keep-secrets needs --har"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sent = nil
			var args []string
			for _, arg := range strings.Fields(names.Replace(tt.args)) {
				args = append(args, strings.ReplaceAll(arg, "_", " "))
			}
			got := browsercors(t, "", args...)
			if got.code != tt.code {
				t.Errorf("exit code %d, want %d; stderr %s", got.code, tt.code, got.stderr)
			}
			out, stderr := strings.Join(strings.Fields(got.out), " "), strings.Join(strings.Fields(got.stderr), " ")
			for _, want := range tt.out {
				if !strings.Contains(out, names.Replace(want)) {
					t.Errorf("prints\n%s\nwithout %s", got.out, want)
				}
			}
			for _, want := range tt.stderr {
				if !strings.Contains(stderr, want) {
					t.Errorf("stderr %q without %s", stderr, want)
				}
			}
			if (len(tt.sent) == 0) != (len(sent) == 0) || !strings.Contains(strings.Join(sent, " "), tt.sent) {
				t.Errorf("sent %q, want %q", sent, tt.sent)
			}
		})
	}
}
