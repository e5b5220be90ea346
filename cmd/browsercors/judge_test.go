package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/conformance/browser"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

const judgeScenarios = "testdata/judge.json"

// TestJudgeDirectories replays the recordings of the directories in a directory, and
// skips what their lists name.
func TestJudgeDirectories(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "family")
	s := &fakeStage{twist: twisted}
	if got := judge(t, s, "--browser", "firefox", "--record", inner, "--seed", "3", "--count", "2", judgeScenarios); got.code != exitFails {
		t.Fatalf("exit code %d: %s%s", got.code, got.stderr, got.out)
	}
	replayed := judge(t, s, "--browser", "firefox", "--replay", dir)
	if replayed.code != 0 {
		t.Errorf("exit code %d: %s%s", replayed.code, replayed.stderr, replayed.out)
	}
	contains(t, "stdout", replayed.out, "firefox "+engine.Firefox().Version+".1, recorded")
	contains(t, "stdout", replayed.out, "2 of 2 agree")
	if err := os.WriteFile(filepath.Join(inner, leftOutFile), []byte(`{"firefox": {"dialog": "it is odd"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	skipped := judge(t, s, "--browser", "firefox", "--left-out", dir, judgeScenarios)
	contains(t, "stdout", skipped.out, "it is odd")
}

// TestJudgeSteps shows what a page does besides fetch() in both reports.
func TestJudgeSteps(t *testing.T) {
	dir := t.TempDir()
	file, page := putFile(t, dir, "steps.json", `{"id": "steps", "page": {"csp": "img-src *"}, "steps": [
		{"element": {"kind": "track", "url": "/steps/a", "crossorigin": "x"}}, {"element": {"kind": "worker", "url": "/steps/b", "type": "module"}}, {"element": {"kind": "css-mask", "url": "/steps/c"}},
		{"element": {"kind": "font", "url": "/steps/d"}}, {"eventsource": {"url": "/steps/e", "withCredentials": true}}, {"beacon": {"url": "/steps/f", "body": {"kind": "text", "text": "x"}}},
		{"websocket": {"url": "wss://app.example/steps/g", "protocols": ["chat"]}}, {"element": {"kind": "img", "url": "/steps/h"}}], "servers": {"https://app.example/steps/h": {"actual": [{"headers": [["Content-Type", "image/svg+xml"]], "body": "<svg xmlns='http://www.w3.org/2000/svg'/>"}]}}}`), filepath.Join(dir, "report.html")
	differs := func(_ int, r *played) {
		last := len(r.outcome.Steps) - 1
		r.outcome.Steps[last].Readable = new(false)
		r.outcome.Steps[4] = conformance.StepOutcome{Result: "error", ReadyState: new(0)}
	}
	got := judge(t, &fakeStage{twist: differs}, "--browser", "firefox", "--shrink", "0", "--html", page, file)
	if got.code != exitFails {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	for _, line := range []string{
		"// on https://app.example/, with Content-Security-Policy: img-src *", `<video crossorigin="x"><track default src="/steps/a"></video>`, `new Worker("/steps/b", {type: "module"})`,
		"<div style='mask-image: url(\"/steps/c\")'>", `await new FontFace("f", "url(\"/steps/d\")").load()`, `source = new EventSource("/steps/e", {withCredentials: true})`,
		`navigator.sendBeacon("/steps/f", "x")`, `socket = new WebSocket("wss://app.example/steps/g", ["chat"])`, `<img src="/steps/h">`,
		"result: browser does not let script read it, engine lets script read it", "steps[4].readyState",
	} {
		contains(t, "stdout", got.out, line)
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{"track /steps/a", "EventSource /steps/e", "sendBeacon /steps/f", "WebSocket wss://app.example/steps/g", "img /steps/h", "readyState"} {
		contains(t, "the page", string(html), call)
	}
}

// knownOddity is what the tests know to differ.
var knownOddity = []conformance.Known{{
	ID: "odd-accept", Engines: []string{"standard", "chromium", "firefox", "webkit"}, Reason: "Its network stack adds to Accept.", Scenario: "trusted",
	Shows: []conformance.Difference{{Field: `requests\[\d+\]\.headers\.accept`}},
}}

// judge runs the command with browsers of the stage's.
func judge(t *testing.T, s *fakeStage, args ...string) outcome {
	t.Helper()
	var out, stderr bytes.Buffer
	c := &judgeCommand{stdio: stdio{strings.NewReader(""), &out, &stderr}, stage: s, known: knownOddity}
	cmd := c.command()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append([]string{}, args...))
	cmd.SetOut(&out)
	cmd.SetErr(&stderr)
	code := exitCode(cmd.ExecuteContext(t.Context()), &stderr)
	if s.open != 0 {
		t.Errorf("%d browsers were not closed", s.open)
	}
	return outcome{code: code, out: out.String(), stderr: stderr.String()}
}

// golden compares with a golden file, in which profiles have no versions.
func golden(t *testing.T, file, got string) {
	t.Helper()
	for _, p := range engine.Profiles() {
		got = strings.ReplaceAll(got, p.Version, strings.ToUpper(p.Name))
	}
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
	}
}

// TestJudgeReport holds the report to golden files: recorded, and judged of
// the recordings.
func TestJudgeReport(t *testing.T) {
	dir := t.TempDir()
	recordings, page := filepath.Join(dir, "recordings"), filepath.Join(dir, "report.html")
	s := &fakeStage{profile: oddities(), twist: twisted, missing: []string{"webkit"}}
	got := judge(t, s, "--profile", "standard", "--shrink", "0", "--record", recordings, judgeScenarios)
	if got.code != exitFails {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	if want := "SKIP webkit: browser: webkit is not installed: no webkit-bin; Debian has it in package webkit-package\n"; got.stderr != want {
		t.Errorf("on standard error %q, want %q", got.stderr, want)
	}
	golden(t, "testdata/judge-live.golden", got.out)

	got = judge(t, &fakeStage{}, "--profile", "standard", "--replay", recordings, "--html", page, judgeScenarios)
	if got.code != exitFails {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	contains(t, "stderr", got.stderr, "SKIP webkit: no recording of webkit")
	golden(t, "testdata/judge-replay.golden", got.out)
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/judge.golden.html", regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(string(html), "<style>…</style>"))

	for _, control := range []string{"\x1b", "\u009b", "\u202e", "\x07", "\x01"} {
		if strings.Contains(got.out, control) || strings.Contains(string(html), control) {
			t.Errorf("a report contains %q", control)
		}
	}
	if tag := regexp.MustCompile(`(?i)<(script|img|b>)[^>]*alert|<script|<img|javascript:`).FindString(string(html)); tag != "" {
		t.Errorf("the page contains %q", tag)
	}
	if link := regexp.MustCompile(`(?i)<[^>]*\s((src|srcset|action)\s*=|href="[^#])|url\(|@import`).FindString(string(html)); link != "" {
		t.Errorf("the page refers to something outside: %q", link)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestJudge(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string { return putFile(t, dir, name, text) }
	put := file("put.json", oneScenario)
	dialog := file("dialog.json", `{"id": "dialog", "steps": [{"fetch": {"url": "https://app.example/dialog/a"}}]}`)
	trusted := file("trusted.json", `{"id": "trusted", "steps": [{"fetch": {"url": "https://app.example/trusted/a"}}]}`)
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	all := []string{"chromium", "firefox", "webkit"}
	for _, test := range []struct {
		name        string
		args        []string
		stage       fakeStage
		code        int
		started     []string
		out, stderr []string // contained
	}{
		{name: "agrees", args: []string{put}, started: all, out: []string{"1 of 1 agree", "put"}},
		{name: "one browser", args: []string{"--browser", "firefox", put}, started: []string{"firefox"}},
		{name: "two browsers, in the usual order", args: []string{"--browser", "webkit,chromium", put}, started: []string{"chromium", "webkit"}},
		{name: "generated", args: []string{"--browser", "webkit", "--seed", "7", "--count", "36"}, started: []string{"webkit"}, out: []string{"36 of 36", "redirects", "2/2"}},
		{name: "a family", args: []string{"--browser", "webkit", "--family", "xhr", put}, started: []string{"webkit"}, out: []string{"101 of 101", "xhr", "100/100"}},
		{name: "a step without end", args: []string{put}, stage: fakeStage{twist: endless}, started: all, code: exitFails, out: []string{"3 kinds", "result: browser gives none, engine gets a response", "browser none"}},
		{name: "known", args: []string{trusted}, stage: fakeStage{twist: twisted}, started: all, out: []string{"1 known to differ", "odd-accept", "Its network stack adds to Accept."}},
		{name: "not played", args: []string{dialog}, stage: fakeStage{twist: twisted}, code: exitFails, started: all, out: []string{"1 not played", `it opened a dialog\x1b[2J`}},
		{name: "one not installed", args: []string{put}, stage: fakeStage{missing: []string{"chromium"}}, started: all[1:], stderr: []string{"SKIP chromium: ", "chromium-package"}},
		{name: "another version", args: []string{"--browser", "firefox", put}, stage: fakeStage{version: "99.1"}, started: []string{"firefox"}, out: []string{"firefox 99.1"}, stderr: []string{"note: firefox has version 99.1, but the profile follows " + engine.Firefox().Version}},
		{name: "left out by a list", args: []string{"--browser", "firefox", "--left-out", file("list.json", `{"firefox": {"put": "it is odd"}}`), put}, started: []string{"firefox"}, out: []string{"Skipped: 1", "it is odd", "put"}},

		{name: "none installed", args: []string{put}, stage: fakeStage{missing: all}, code: exitUsage, stderr: []string{"chromium-package", "webkit-package"}},
		{name: "asked for and not installed", args: []string{"--browser", "webkit,firefox", put}, stage: fakeStage{missing: []string{"firefox"}}, code: exitUsage, stderr: []string{"firefox-package"}},
		{name: "no such browser", args: []string{"--browser", "lynx", put}, code: exitUsage, stderr: []string{`"lynx"`, "chromium, firefox, webkit"}},
		{name: "no browser", args: []string{"--browser", "", put}, code: exitUsage, stderr: []string{"--browser"}},
		{name: "no scenario", code: exitUsage, stderr: []string{"no scenario"}},
		{name: "empty file", args: []string{file("empty.json", "[]")}, code: exitUsage, stderr: []string{"no scenario"}},
		{name: "no file", args: []string{"nowhere.json"}, code: exitUsage, stderr: []string{"nowhere.json", "no such file"}},
		{name: "bad scenario", args: []string{file("bad.json", `{"id": "x", "steps": [{}]}`)}, code: exitUsage, stderr: []string{"bad.json", `"x"`, "steps[0]"}},
		{name: "twice", args: []string{put, file("again.json", oneScenario)}, code: exitUsage, stderr: []string{"again.json", `"put"`, "is also in", "put.json"}},
		{name: "negative count", args: []string{"--count", "-1"}, code: exitUsage, stderr: []string{"count -1"}},
		{name: "no such family", args: []string{"--family", "x"}, code: exitUsage, stderr: []string{`"x"`}},
		{name: "no such profile", args: []string{"--profile", "lynx", put}, code: exitUsage, stderr: []string{`"lynx"`}},
		{name: "negative time", args: []string{"--shrink", "-1s", put}, code: exitUsage, stderr: []string{"--shrink: invalid duration -1s"}},
		{name: "record and replay", args: []string{"--record", dir, "--replay", dir, put}, code: exitUsage, stderr: []string{"--record", "--replay"}},
		{name: "left out and replay", args: []string{"--left-out", put, "--replay", dir, put}, code: exitUsage, stderr: []string{"--left-out", "--replay"}},
		{name: "no such list", args: []string{"--left-out", dir + "/none.json", put}, code: exitUsage, stderr: []string{"none.json"}},
		{name: "record into a file", args: []string{"--record", put, put}, code: exitUsage, stderr: []string{"--record", "is not a directory"}},
		{name: "replay of nothing", args: []string{"--replay", dir + "/none", put}, code: exitUsage, stderr: []string{"--replay", "no such file"}},
		{name: "replay of an empty directory", args: []string{"--replay", dir + "/empty", put}, code: exitUsage, stderr: []string{"no recording of chromium", "no recording of webkit"}},
		{name: "replay without scenarios", args: []string{"--replay", dir + "/empty"}, code: exitUsage, stderr: []string{"generated.jsonl.gz", "no such file"}},
		{name: "page in no directory", args: []string{"--html", dir + "/none/x.html", put}, code: exitUsage, stderr: []string{"--html", "no such file"}},
		{name: "page in place of a directory", args: []string{"--html", dir, put}, code: exitUsage, stderr: []string{"--html", "is a directory"}},
		{name: "browser breaks", args: []string{put}, stage: fakeStage{before: func(int, int) error { return errors.New("it broke") }}, code: exitUsage, started: all[:1], stderr: []string{"it broke"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := judge(t, &test.stage, test.args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d", got.code, test.code)
			}
			if !slices.Equal(test.stage.started, test.started) {
				t.Errorf("started %v, want %v", test.stage.started, test.started)
			}
			for _, part := range test.out {
				contains(t, "stdout", got.out, part)
			}
			for _, part := range test.stderr {
				contains(t, "stderr", got.stderr, part)
			}
			switch {
			case test.code == exitUsage && (got.out != "" || strings.Count(got.stderr, "\n") != 1):
				t.Errorf("bad input gives\n%son standard error\n%s", got.out, got.stderr)
			case test.stderr == nil && got.stderr != "":
				t.Errorf("on standard error: %s", got.stderr)
			}
		})
	}
}

// TestJudgeShrinks: the scenario shown is smaller than the one that was played,
// and still shows the disagreement.
// TestJudgeHTML holds that --html writes into a file that is not regular, and does not
// replace it.
func TestJudgeHTML(t *testing.T) {
	t.Parallel()
	for _, file := range []string{os.DevNull, "page", "link"} {
		if file != os.DevNull {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "page"), []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("page", filepath.Join(dir, "link")); err != nil {
				t.Skip(err)
			}
			file = filepath.Join(dir, file)
		}
		if got := browsercors(t, "", "judge", "--replay", "../../testdata/recordings/hsts", "--html", file); got.code != exitDone {
			t.Fatalf("--html %s: exit code %d: %s", file, got.code, got.stderr)
		}
		info, err := os.Lstat(file)
		if err != nil || info.Mode().IsRegular() != (filepath.Base(file) == "page") {
			t.Errorf("--html %s has left %v, %v", file, info, err)
		}
	}
}

func TestJudgeShrinks(t *testing.T) {
	page := filepath.Join(t.TempDir(), "report.html")
	s := &fakeStage{profile: oddities(), twist: twisted}
	got := judge(t, s, "--browser", "firefox", "--profile", "standard", "--html", page, judgeScenarios)
	if got.code != exitFails {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	m := regexp.MustCompile(`smallest: ([a-z0-9-]+), reduced from authorization\n(?s:.*?)\n    (\{"id":.*)\n`).FindStringSubmatch(got.out)
	if m == nil {
		t.Fatalf("nothing was shrunk:\n%s", got.out)
	}
	shrunk, err := conformance.ReadScenarios(strings.NewReader(m[2]), "-")
	if err != nil {
		t.Fatal(err)
	}
	if small := shrunk[0]; small.ID != m[1] || len(small.Steps) != 1 || len(m[2]) > 400 {
		t.Errorf("shrunk to %s", m[2])
	}
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, "the page", string(html), "made of <code>authorization</code>")
}

// TestJudgeOrder: a browser that sends headers in another order than the engine disagrees,
// which is shrunk, shown in the page and recorded.
func TestJudgeOrder(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "report.html")
	s := &fakeStage{twist: func(_ int, r *played) {
		for _, request := range r.outcome.Requests {
			if request.Method == "PUT" {
				slices.Reverse(request.AllHeaders)
			}
		}
	}}
	args := []string{"--browser", "firefox"}
	got := judge(t, s, append(args, "--html", page, judgeScenarios)...)
	if got.code != exitFails {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	contains(t, "stdout", got.out, "order: browser sends ")
	contains(t, "stdout", got.out, "requests[0].order\n")
	contains(t, "stdout", got.out, "reduced from ")
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, "the page", string(html), `<div class="differs">order: `)
	if recorded := judge(t, s, append(args, "--shrink", "0", "--record", dir, judgeScenarios)...); recorded.code != exitFails {
		t.Fatalf("exit code %d: %s", recorded.code, recorded.stderr)
	}
	replayed := judge(t, s, append(args, "--replay", dir, judgeScenarios)...)
	if replayed.code != exitFails {
		t.Fatalf("exit code %d: %s", replayed.code, replayed.stderr)
	}
	contains(t, "stdout", replayed.out, "order: browser sends ")

	// The order is not that of another profile.
	if got := judge(t, &fakeStage{twist: s.twist, profile: fetch.Standard()}, "--browser", "firefox", "--profile", "standard", judgeScenarios); got.code != exitDone {
		t.Errorf("exit code %d: %s", got.code, got.out)
	}
}

// TestJudgeShrinkEnds: the time for shrinking ends, and the report says so.
func TestJudgeShrinkEnds(t *testing.T) {
	s := &fakeStage{profile: oddities()}
	got := judge(t, s, "--browser", "firefox", "--profile", "standard", "--shrink", "1ns", judgeScenarios)
	if got.code != exitFails {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	contains(t, "stdout", got.out, "The scenarios of 1 kind of firefox may not be minimal: the time of --shrink ran out.")
	contains(t, "stdout", got.out, "smallest: authorization\n")
}

// TestJudgeUnsteady: what does something else when it is played again is left
// out, whether recorded or not.
func TestJudgeUnsteady(t *testing.T) {
	put := filepath.Join(t.TempDir(), "put.json")
	if err := os.WriteFile(put, []byte(oneScenario), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, record := range []bool{false, true} {
		t.Run(fmt.Sprintf("record=%t", record), func(t *testing.T) {
			s := &fakeStage{twist: func(play int, r *played) {
				if play == 1 {
					r.outcome.Steps[0].Body = "another"
				}
			}}
			args := []string{"--browser", "firefox", put}
			dir := filepath.Join(t.TempDir(), "new")
			if record {
				args = append(args, "--record", dir)
			}
			got := judge(t, s, args...)
			if got.code != exitDone {
				t.Errorf("exit code %d: %s", got.code, got.stderr)
			}
			contains(t, "stdout", got.out, "0 of 0 agree, 1 skipped")
			contains(t, "stdout", got.out, `two plays differ: steps[0].body: got "<ok>", want "another"`)
			if record {
				list, err := readLeftOut(filepath.Join(dir, leftOutFile))
				if err != nil || !strings.HasPrefix(list["firefox"]["put"], "two plays differ: ") {
					t.Errorf("left out: %v, %v", list, err)
				}
			}
		})
	}
}

// TestJudgeRecord: what is recorded is what was played, and replaces what was
// there of that engine, and of no other.
func TestJudgeRecord(t *testing.T) {
	dir := t.TempDir()
	s := &fakeStage{twist: twisted}
	record := func(browsers string, args ...string) outcome {
		t.Helper()
		return judge(t, s, append([]string{"--browser", browsers, "--record", dir}, args...)...)
	}
	got := record("chromium,firefox", "--seed", "3", "--count", "18", judgeScenarios)
	if got.code != exitFails || got.stderr != "" {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	r, err := conformance.ReadRecording(recordingFile(dir, "firefox"))
	if err != nil {
		t.Fatal(err)
	}
	left, err := readLeftOut(filepath.Join(dir, leftOutFile))
	if err != nil {
		t.Fatal(err)
	}
	scenarios, err := conformance.ReadScenarios(nil, judgeScenarios)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Outcomes) + len(left["firefox"]); n != len(scenarios)+18 || len(left["firefox"]) < 2 {
		t.Errorf("%d recorded, left out %v, of %d", len(r.Outcomes), left["firefox"], len(scenarios)+18)
	}
	contains(t, "why clock is left out", left["firefox"]["clock"], "timing")
	contains(t, "why dialog is left out", left["firefox"]["dialog"], "dialog")

	generated := judge(t, s, "--replay", dir, "--browser", "firefox")
	contains(t, "stdout", generated.out, "of 18 agree")
	if strings.Contains(generated.out, "not played") {
		t.Errorf("generated.jsonl.gz is not what was recorded:\n%s", generated.out)
	}
	if got := judge(t, s, "--replay", dir, "--browser", "firefox", "--seed", "4", "--count", "1"); got.code != exitFails {
		t.Errorf("exit code %d", got.code)
	} else {
		contains(t, "stdout", got.out, "neither recorded nor skipped in the recording")
	}

	chromium, err := os.ReadFile(recordingFile(dir, "chromium"))
	if err != nil {
		t.Fatal(err)
	}
	// One scenario recorded anew leaves what the same version did with the others.
	one := filepath.Join(t.TempDir(), "one.json")
	raw, err := json.Marshal(scenarios[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(one, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := record("firefox", one); got.stderr != "" {
		t.Errorf("stderr: %s", got.stderr)
	}
	again, err := conformance.ReadRecording(recordingFile(dir, "firefox"))
	if err != nil {
		t.Fatal(err)
	}
	if left, err := readLeftOut(filepath.Join(dir, leftOutFile)); err != nil || len(again.Outcomes) != len(r.Outcomes) || left["firefox"]["dialog"] == "" {
		t.Errorf("%d outcomes, then %d, left out %v, %v", len(r.Outcomes), len(again.Outcomes), left, err)
	}

	// So it does with another patch, which the new outcome names.
	s.version = engine.Firefox().Version + ".2"
	if got := record("firefox", one); got.stderr != "" {
		t.Errorf("stderr: %s", got.stderr)
	}
	again, err = conformance.ReadRecording(recordingFile(dir, "firefox"))
	if err != nil {
		t.Fatal(err)
	}
	patched := slices.DeleteFunc(slices.Clone(again.Outcomes), func(o *conformance.Outcome) bool { return o.Version != s.version })
	if again.Version != r.Version || len(again.Outcomes) != len(r.Outcomes) || len(patched) != 1 || patched[0].ID != scenarios[0].ID {
		t.Errorf("version %s, %d outcomes, then %d, of another patch %v", again.Version, len(r.Outcomes), len(again.Outcomes), patched)
	}
	// A recording of another patch of the profile's version is played back.
	other, err := conformance.ReadRecording(recordingFile(dir, "chromium"))
	if err != nil {
		t.Fatal(err)
	}
	other.Version = engine.Chromium().Version + "9"
	patchedDir := t.TempDir()
	if err := other.WriteFile(recordingFile(patchedDir, "chromium")); err != nil {
		t.Fatal(err)
	}
	got = judge(t, s, "--replay", patchedDir, "--browser", "chromium", judgeScenarios)
	if got.code == exitUsage {
		t.Errorf("a recording of another patch: %s", got.stderr)
	}
	contains(t, "stdout", got.out, "chromium "+other.Version+", recorded")

	s.version = "99.0"
	got = record("firefox", judgeScenarios)
	contains(t, "stderr", got.stderr, "note: the recording of firefox "+engine.Firefox().Version+".1 is replaced by one of version 99.0")
	contains(t, "stderr", got.stderr, "note: 18 scenarios of "+filepath.Join(dir, generatedFile)+" were not played: the new recordings lack them")
	if after, err := os.ReadFile(recordingFile(dir, "chromium")); err != nil || !bytes.Equal(after, chromium) {
		t.Errorf("chromium's recording is not what it was (%v)", err)
	}
	if left, err := readLeftOut(filepath.Join(dir, leftOutFile)); err != nil || left["chromium"]["dialog"] == "" {
		t.Errorf("left out: %v, %v", left, err)
	}
	got = judge(t, s, "--replay", dir, "--browser", "firefox", judgeScenarios)
	if got.code != exitUsage || got.out != "" {
		t.Errorf("exit code %d for a recording of another version:\n%s", got.code, got.out)
	}
	contains(t, "stderr", got.stderr, "version 99.0 was recorded, and profile firefox follows "+`"`+engine.Firefox().Version+`"`)

	if err := os.WriteFile(recordingFile(dir, "firefox"), chromium[:len(chromium)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	got = judge(t, s, "--replay", dir, "--browser", "firefox", judgeScenarios)
	if got.code != exitUsage {
		t.Errorf("exit code %d for a recording that is cut off", got.code)
	}
}

// TestJudgeRecordFamily: generated scenarios replace those of their family, and
// of no other.
func TestJudgeRecordFamily(t *testing.T) {
	dir := t.TempDir()
	s := &fakeStage{}
	for _, args := range [][]string{{"--family", "methods,xhr", "--seed", "1", "--count", "4"}, {"--family", "xhr", "--seed", "2", "--count", "3"}} {
		if got := judge(t, s, append([]string{"--browser", "firefox", "--record", dir}, args...)...); got.stderr != "" {
			t.Fatalf("exit code %d: %s", got.code, got.stderr)
		}
	}
	want := []string{"gen-methods-1-0", "gen-methods-1-2", "gen-xhr-2-0", "gen-xhr-2-1", "gen-xhr-2-2"}
	r, err := conformance.ReadRecording(recordingFile(dir, "firefox"))
	if err != nil {
		t.Fatal(err)
	}
	made, err := conformance.ReadScenarios(nil, filepath.Join(dir, generatedFile))
	if err != nil {
		t.Fatal(err)
	}
	var recorded, scenarios []string
	for _, o := range r.Outcomes {
		recorded = append(recorded, o.ID)
	}
	for _, s := range made {
		scenarios = append(scenarios, s.ID)
	}
	if !slices.Equal(recorded, want) || !slices.Equal(scenarios, want) {
		t.Errorf("recorded %q of the scenarios %q, want %q", recorded, scenarios, want)
	}
}

// TestJudgeInterrupted: when its context ends in the middle nothing is written.
func TestJudgeInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	ctx, cancel := context.WithCancel(t.Context())
	s := &fakeStage{before: func(play, _ int) error {
		if play == 2 {
			cancel()
			return ctx.Err()
		}
		return nil
	}}
	var out, stderr bytes.Buffer
	c := &judgeCommand{stdio: stdio{strings.NewReader(""), &out, &stderr}, stage: s}
	cmd := c.command()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs([]string{"--record", dir, "--html", filepath.Join(filepath.Dir(dir), "x.html"), judgeScenarios})
	if code := exitCode(cmd.ExecuteContext(ctx), &stderr); code != exitInterrupted || s.open != 0 {
		t.Errorf("exit code %d, %d browsers open", code, s.open)
	}
	if got := stderr.String(); got != "browsercors: interrupted\n" || out.Len() > 0 {
		t.Errorf("on standard error %q, on standard output %q", got, &out)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestScript shows every member of a scenario's steps as JavaScript has it.
func TestScript(t *testing.T) {
	all, err := conformance.ReadScenarios(strings.NewReader(`{"id": "a", "page": {"url": "https://app.example/p", "sandboxed": true}, "steps": [
		{"visit": "https://app.example/a/v"},
		{"fetch": {"url": "a/1"}},
		{"fetch": {"url": "a/2", "method": "PUT", "headers": [["X-A", "\u0001\u00e9"]], "body": {"kind": "stream", "text": "x"}, "mode": "cors", "credentials": "omit",
			"redirect": "manual", "cache": "no-store", "referrer": "", "referrerPolicy": "origin", "integrity": "sha256-x", "keepalive": false}},
		{"fetch": {"url": "a/3", "method": "POST", "body": {"kind": "urlencoded", "text": "a=1"}}},
		{"fetch": {"url": "a/4", "method": "POST", "body": {"kind": "multipart", "text": "a=1"}}},
		{"fetch": {"url": "a/5", "method": "POST", "body": {"kind": "blob", "text": "x"}}},
		{"wait_ms": 20},
		{"fetch": {"url": "a/6", "api": "xhr"}},
		{"fetch": {"url": "a/7", "api": "xhr", "method": "POST", "headers": [["X-A", "\u202e"]], "body": {"kind": "blob", "text": "x", "type": "text/plain"}, "withCredentials": true, "uploadListener": true}}
	]}`), "-")
	if err != nil {
		t.Fatal(err)
	}
	s := all[0]
	want := []string{
		`// on https://app.example/p, in a sandboxed frame`,
		`// the user visits https://app.example/a/v and comes back`,
		`await fetch("a/1")`,
		`await fetch("a/2", {method: "PUT", headers: [["X-A", "\u0001é"]], body: new Blob(["x"]).stream(), duplex: "half", mode: "cors", credentials: "omit", ` +
			`redirect: "manual", cache: "no-store", referrer: "", referrerPolicy: "origin", integrity: "sha256-x", keepalive: false})`,
		`await fetch("a/3", {method: "POST", body: new URLSearchParams("a=1")})`,
		`await fetch("a/4", {method: "POST", body: formData("a=1")})`,
		`await fetch("a/5", {method: "POST", body: new Blob(["x"])})`,
		`await new Promise(done => setTimeout(done, 20))`,
		`xhr = new XMLHttpRequest()`, `xhr.open("GET", "a/6")`, `xhr.send()`,
		`xhr = new XMLHttpRequest()`, `xhr.open("POST", "a/7")`, `xhr.setRequestHeader("X-A", "\u202e")`, `xhr.withCredentials = true`,
		`xhr.upload.addEventListener("progress", () => {})`, `xhr.send(new Blob(["x"], {type: "text/plain"}))`,
	}
	if diff := cmp.Diff(want, script(s)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	s.Steps[1].Fetch.URL = strings.Repeat("x", 1000)
	if line := script(s)[2]; !strings.HasSuffix(line, "… (1015 characters)") || len(line) > 450 {
		t.Errorf("a long line is %s", line)
	}
}

// TestJudgeLive judges in the engines that BROWSERCORS_BROWSERS names, as the
// tests of package browser do.
func TestJudgeLive(t *testing.T) {
	engines := os.Getenv("BROWSERCORS_BROWSERS")
	if engines == "" {
		t.Skip(`SKIP: BROWSERCORS_BROWSERS names no engine; set it to "chromium,firefox,webkit"`)
	}
	var installed []string
	for engine := range strings.SplitSeq(engines, ",") {
		if err := browser.Installed(engine); err != nil {
			t.Logf("SKIP: %v", err)
			continue
		}
		installed = append(installed, engine)
	}
	if len(installed) == 0 {
		t.Skip("SKIP: none is installed")
	}
	browsers := strings.Join(installed, ",")
	dir := filepath.Join(t.TempDir(), "recordings")
	const file = "../../testdata/scenarios/exposed-headers.json"
	live := browsercors(t, "", "judge", "--browser", browsers, "--shrink", "0", "--record", dir, file)
	if live.code == exitUsage || strings.Contains(live.out, "left out") || strings.Contains(live.out, "not played") {
		t.Errorf("exit code %d: %s%s", live.code, live.stderr, live.out)
	}
	replayed := browsercors(t, "", "judge", "--browser", browsers, "--replay", dir, file)
	if replayed.code != live.code {
		t.Errorf("exit code %d when replayed: %s%s", replayed.code, replayed.stderr, replayed.out)
	}

	// All three let "*" cover Authorization, the Standard does not.
	all, err := conformance.ReadScenarios(nil, judgeScenarios)
	if err != nil {
		t.Fatal(err)
	}
	differs := browsercors(t, literal(all[1]), "judge", "--browser", browsers, "--profile", "standard", "-")
	if n := strings.Count(differs.out, ", reduced from authorization\n"); differs.code != exitFails || n != len(installed) {
		t.Errorf("exit code %d, %d scenarios shrunk: %s%s", differs.code, n, differs.stderr, differs.out)
	}
}
