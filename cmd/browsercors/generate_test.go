package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
)

func TestGenerate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		args   []string
		lines  int
		first  string   // the id of the first scenario
		stderr []string // what the one line on standard error names
	}{
		{name: "defaults", lines: 100, first: "gen-methods-1-0"},
		{name: "seed and count", args: []string{"--seed", "18446744073709551615", "--count", "3"}, lines: 3, first: "gen-methods-18446744073709551615-0"},
		{name: "none", args: []string{"--count", "0"}},
		{name: "a family", args: []string{"--family", "xhr", "--count", "2"}, lines: 2, first: "gen-xhr-1-0"},
		{name: "two families", args: []string{"--family", "xhr", "--family", "bodies", "--count", "2"}, lines: 2, first: "gen-xhr-1-0"},

		{name: "unknown family", args: []string{"--family", "websocket"}, stderr: []string{`"websocket"`, "methods, request-headers"}},
		{name: "empty family", args: []string{"--family", ""}, stderr: []string{`--family: unknown value ""`}},
		{name: "negative count", args: []string{"--count", "-1"}, stderr: []string{"count -1 is negative"}},
		{name: "negative seed", args: []string{"--seed", "-1"}, stderr: []string{"--seed", `"-1"`}},
		{name: "no number", args: []string{"--seed", "abc"}, stderr: []string{"--seed", `"abc"`}},
		{name: "argument", args: []string{"file.json"}, stderr: []string{`"file.json"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := browsercors(t, "", append([]string{"generate"}, test.args...)...)
			wantCode, wantStderr := exitDone, 0
			if test.stderr != nil {
				wantCode, wantStderr = exitUsage, 1
			}
			if got.code != wantCode || strings.Count(got.stderr, "\n") != wantStderr {
				t.Fatalf("exit code %d, want %d; on standard error: %s", got.code, wantCode, got.stderr)
			}
			for _, part := range test.stderr {
				if !strings.Contains(got.stderr, part) {
					t.Errorf("standard error does not name %q: %s", part, got.stderr)
				}
			}
			if lines := strings.Count(got.out, "\n"); lines != test.lines {
				t.Errorf("%d lines, want %d", lines, test.lines)
			}
			if test.lines == 0 {
				return
			}
			first, _, _ := strings.Cut(got.out, "\n")
			var named struct{ ID string }
			if err := json.Unmarshal([]byte(first), &named); err != nil || named.ID != test.first {
				t.Errorf("the first is %q (%v), want %q", named.ID, err, test.first)
			}
			if again := browsercors(t, "", append([]string{"generate"}, test.args...)...); again.out != got.out {
				t.Error("a second run prints something else")
			}
			if _, err := conformance.ReadScenarios(strings.NewReader(got.out), "-"); err != nil {
				t.Error(err)
			}
			if played := browsercors(t, got.out, "run", "-"); played.code != exitDone || strings.Count(played.out, "\n") != test.lines {
				t.Errorf("run: exit code %d: %s", played.code, played.stderr)
			}
		})
	}
}
