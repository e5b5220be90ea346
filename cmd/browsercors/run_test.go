package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const oneScenario = `{"id": "put", "servers": {"https://api.other.test/put/a": {
	"preflight": [{"status": 204, "headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Methods", "PUT"]]}],
	"actual": [{"status": 200, "headers": [["Access-Control-Allow-Origin", "*"]], "body": "<ok>"}]}},
	"steps": [{"fetch": {"url": "https://api.other.test/put/a", "method": "PUT"}}]}`

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := strings.ReplaceAll(oneScenario, "put", "again")
	compact := strings.NewReplacer("\n", " ", "\t", " ").Replace
	for _, test := range []struct {
		name   string
		args   []string
		stdin  string
		code   int
		lines  int
		stderr []string // what the one line on standard error names
	}{
		{name: "array", args: []string{file("array.json", "["+oneScenario+","+other+"]")}, lines: 2},
		{name: "one a line", args: []string{file("lines.jsonl", compact(oneScenario)+"\n"+compact(other)+"\n")}, lines: 2},
		{name: "one", args: []string{file("one.json", oneScenario)}, lines: 1},
		{name: "empty", args: []string{file("empty.json", "[]")}},
		{name: "standard input", args: []string{"-"}, stdin: oneScenario, lines: 1},
		{name: "several files", args: []string{"-", filepath.Join(dir, "array.json")}, stdin: oneScenario, lines: 3},
		{name: "profile", args: []string{"--profile", "firefox", filepath.Join(dir, "one.json")}, lines: 1},

		{name: "no file", code: exitUsage, stderr: []string{"requires at least 1 arg"}},
		{name: "unknown profile", args: []string{"--profile", "lynx", "-"}, code: exitUsage, stderr: []string{`"lynx"`, "standard, chromium, firefox, webkit"}},
		{name: "missing file", args: []string{"nowhere.json"}, code: exitUsage, stderr: []string{"nowhere.json", "no such file"}},
		{name: "unknown key", args: []string{file("key.json", strings.Replace(oneScenario, `"method"`, `"methud"`, 1))}, code: exitUsage, stderr: []string{"key.json", `"put"`, `"methud"`, "unknown"}},
		{name: "wrong type", args: []string{file("type.json", strings.Replace(oneScenario, `"method": "PUT"`, `"method": 7`, 1))}, code: exitUsage, stderr: []string{"type.json", `"put"`, "steps.fetch.method"}},
		{name: "second is bad", args: []string{file("second.json", "["+oneScenario+`,{"id":"x","steps":[{}]}]`)}, code: exitUsage, stderr: []string{`"x"`, "steps[0]"}},
		{name: "member of the other api", args: []string{file("api.json", strings.Replace(oneScenario, `"method": "PUT"`, `"withCredentials": true`, 1))}, code: exitUsage, stderr: []string{`"put"`, "withCredentials", `"fetch"`}},
		{name: "server without the id", args: []string{file("id.json", strings.ReplaceAll(oneScenario, "/put/a", "/a"))}, code: exitUsage, stderr: []string{`"put"`, "servers", "https://api.other.test/a"}},
		{name: "id twice", args: []string{file("twice.json", oneScenario+oneScenario)}, code: exitUsage, stderr: []string{`"put"`, "id", "unique"}},
		{name: "bad id", args: []string{file("badid.json", `{"id":"Ä-","steps":[]}`)}, code: exitUsage, stderr: []string{"key id", `"Ä-"`}},
		{name: "no steps", args: []string{file("nosteps.json", `{"id":"a"}`)}, code: exitUsage, stderr: []string{`"a"`, "steps"}},
		{name: "cut off", args: []string{file("cut.json", oneScenario[:100])}, code: exitUsage, stderr: []string{"cut.json", "number 1", "JSON"}},
		{name: "header above a byte", args: []string{file("byte.json", strings.Replace(oneScenario, `"*"`, `"€"`, 1))}, code: exitUsage, stderr: []string{"U+00FF"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			code := execute(t.Context(), append([]string{"run"}, test.args...), stdio{strings.NewReader(test.stdin), &stdout, &stderr})
			if code != test.code {
				t.Errorf("exit code %d, want %d: %s", code, test.code, &stderr)
			}
			if got := strings.Count(stdout.String(), "\n"); got != test.lines {
				t.Errorf("%d lines on standard output, want %d:\n%s", got, test.lines, &stdout)
			}
			for line := range strings.Lines(stdout.String()) {
				if !json.Valid([]byte(line)) {
					t.Errorf("no JSON: %s", line)
				}
			}
			wantLines := 0
			if code != exitDone {
				wantLines = 1
			}
			if got := strings.Count(stderr.String(), "\n"); got != wantLines {
				t.Errorf("%d lines on standard error, want %d:\n%s", got, wantLines, &stderr)
			}
			for _, part := range test.stderr {
				if !strings.Contains(stderr.String(), part) {
					t.Errorf("standard error does not name %q: %s", part, &stderr)
				}
			}
		})
	}
}

// TestRunOutcome holds one line of output to the letter: other programs read
// it.
func TestRunOutcome(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	if code := execute(t.Context(), []string{"run", "-"}, stdio{strings.NewReader(oneScenario), &stdout, &stderr}); code != exitDone {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	var outcome map[string]any
	if err := json.Unmarshal(stdout.Bytes(), &outcome); err != nil {
		t.Fatal(err)
	}
	delete(outcome, "version")
	got, err := json.Marshal(outcome)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"engine":"browsercors/standard","id":"put","requests":[` +
		`{"headers":[["accept","*/*"],["access-control-request-method","PUT"],["origin","https://app.example"],["referer","https://app.example/"],["sec-fetch-dest","empty"],["sec-fetch-mode","cors"],["sec-fetch-site","cross-site"]],"method":"OPTIONS","url":"https://api.other.test/put/a"},` +
		`{"headers":[["accept","*/*"],["origin","https://app.example"],["referer","https://app.example/"],["sec-fetch-dest","empty"],["sec-fetch-mode","cors"],["sec-fetch-site","cross-site"]],"method":"PUT","url":"https://api.other.test/put/a"}],` +
		`"steps":[{"body":"\u003cok\u003e","headers":[["cache-control","no-store"]],"redirected":false,"result":"response","status":200,"type":"cors","url":"https://api.other.test/put/a"}]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !strings.Contains(stdout.String(), `"body":"<ok>"`) {
		t.Errorf("characters are escaped without need: %s", &stdout)
	}
}
