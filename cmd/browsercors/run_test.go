package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
)

const oneScenario = `{"id": "put", "servers": {"https://api.other.test/put/a": {
	"preflight": [{"status": 204, "headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Methods", "PUT"]]}],
	"actual": [{"status": 200, "headers": [["Access-Control-Allow-Origin", "*"]], "body": "<ok>"}]}},
	"steps": [{"fetch": {"url": "https://api.other.test/put/a", "method": "PUT"}}]}`

func TestRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string { return putFile(t, dir, name, text) }
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

		{name: "no file", code: exitUsage, stderr: []string{"run takes one or more files of scenarios, got none"}},
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
		{name: "member of another kind", args: []string{file("kind.json", `{"id":"a","steps":[{"element":{"kind":"img","url":"x","integrity":"y"}}]}`)}, code: exitUsage, stderr: []string{"kind.json", `"a"`, "steps[0].element.integrity", `"img"`}},
		{name: "unknown kind", args: []string{file("object.json", `{"id":"a","steps":[{"element":{"kind":"object","url":"x"}}]}`)}, code: exitUsage, stderr: []string{"object.json", `"a"`, "steps[0].element.kind", `"object"`}},
		{name: "status 101 over HTTP", args: []string{file("101.json", `{"id":"a","servers":{"https://h.test/a":{"actual":[{"status":101}]}},"steps":[]}`)}, code: exitUsage, stderr: []string{"101.json", `"a"`, "key servers", "101"}},
		{name: "sandboxed page with a CSP", args: []string{file("csp.json", `{"id":"a","page":{"sandboxed":true,"csp":"img-src *"},"steps":[]}`)}, code: exitUsage, stderr: []string{"csp.json", `"a"`, "page.csp"}},
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

// TestRunSteps holds the outcomes of elements, event sources, beacons and WebSockets to
// the letter, and which requests they list.
func TestRunSteps(t *testing.T) {
	t.Parallel()
	const scenario = `{"id": "all", "page": {"referrerPolicy": "no-referrer"}, "servers": {
		"https://api.other.test/all/a": {"actual": [{"headers": [["Content-Type", "image/png"], ["Access-Control-Allow-Origin", "*"]],
			"base64": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}]},
		"https://api.other.test/all/e": {"actual": [{"headers": [["Content-Type", "text/event-stream"], ["Access-Control-Allow-Origin", "*"]], "body": "data: hi\n\n"}]},
		"wss://api.other.test/all/w": {"actual": [{"status": 101, "headers": [["Sec-WebSocket-Protocol", "chat"]]}]}},
		"steps": [
			{"element": {"kind": "img", "url": "https://api.other.test/all/a"}},
			{"element": {"kind": "img", "url": "https://api.other.test/all/a", "crossorigin": ""}},
			{"element": {"kind": "style", "url": "https://api.other.test/all/404"}},
			{"element": {"kind": "css-image", "url": "https://api.other.test/all/404"}},
			{"eventsource": {"url": "https://api.other.test/all/e"}},
			{"eventsource": {"url": "https://api.other.test/all/a"}},
			{"beacon": {"url": "https://api.other.test/all/b"}},
			{"beacon": {"url": "data:,x"}},
			{"websocket": {"url": "wss://api.other.test/all/w", "protocols": ["chat"]}},
			{"websocket": {"url": "wss://api.other.test/all/b"}}]}`
	for _, profile := range profileNames() {
		run := browsercors(t, scenario, "run", "--profile", profile, "-")
		if run.code != exitDone {
			t.Fatalf("exit code %d: %s", run.code, run.stderr)
		}
		var outcome struct {
			Steps    json.RawMessage
			Requests []struct {
				URL     string
				Headers [][2]string
			}
		}
		if err := json.Unmarshal([]byte(run.out), &outcome); err != nil {
			t.Fatal(err)
		}
		want := `[{"result":"load","readable":false,"webgl":false},{"result":"load","readable":true,"webgl":true},{"result":"error"},{"result":"none"},` +
			`{"result":"open","data":["hi"]},{"result":"error","readyState":2},{"result":"queued"},{"result":"error","error":"TypeError"},` +
			`{"result":"open","protocol":"chat"},{"result":"error"}]`
		if profile == "firefox" { // which has no WebGL where it plays
			want = strings.NewReplacer(`,"webgl":false`, "", `,"webgl":true`, "").Replace(want)
		}
		if got := string(outcome.Steps); got != want {
			t.Errorf("%s: got  %s\nwant %s", profile, got, want)
		}
		var urls []string
		for _, r := range outcome.Requests {
			urls = append(urls, strings.Replace(r.URL, "api.other.test/all", "…", 1))
			for _, h := range r.Headers {
				if h[0] == "sec-websocket-protocol" && (h[1] != "chat" || !strings.HasPrefix(r.URL, "wss:")) {
					t.Errorf("%s: %s has protocols %q", profile, r.URL, h[1])
				}
			}
		}
		if got, want := strings.Join(urls, " "), "https://…/a https://…/a https://…/404 https://…/404 https://…/e https://…/a https://…/b wss://…/w wss://…/b"; got != want {
			t.Errorf("%s: requests %s, want %s", profile, got, want)
		}
	}
}

// TestRunAllHeaders holds what --all-headers lists to a golden file, and everything else
// to what run prints without it.
func TestRunAllHeaders(t *testing.T) {
	t.Parallel()
	overHTTP2 := strings.NewReplacer("api.other.test", "h2.other.test", `"put"`, `"put2"`, "/put/", "/put2/").Replace(oneScenario)
	var all strings.Builder
	for _, profile := range profileNames() {
		plain := browsercors(t, oneScenario+overHTTP2, "run", "--profile", profile, "-")
		full := browsercors(t, oneScenario+overHTTP2, "run", "--profile", profile, "--all-headers", "-")
		if plain.code != exitDone || full.code != exitDone {
			t.Fatalf("exit codes %d and %d: %s", plain.code, full.code, full.stderr)
		}
		without := regexp.MustCompile(`,"allHeaders":\[\[.*?\]\]`)
		if strings.Contains(plain.out, "allHeaders") || without.ReplaceAllString(full.out, "") != plain.out {
			t.Errorf("without allHeaders --all-headers prints\n%s\nand run without it\n%s", full.out, plain.out)
		}
		for line := range strings.Lines(full.out) {
			var outcome conformance.Outcome
			if err := json.Unmarshal([]byte(line), &outcome); err != nil {
				t.Fatal(err)
			}
			for _, r := range outcome.Requests {
				fmt.Fprintf(&all, "%s: %s %s\n", profile, r.Method, r.URL)
				for _, h := range r.AllHeaders {
					fmt.Fprintf(&all, "  %s: %s\n", h[0], h[1])
				}
			}
		}
	}
	golden(t, "testdata/run-all-headers.golden", all.String())
}
