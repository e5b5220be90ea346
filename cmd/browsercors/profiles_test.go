package main

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/browsercors/browsercors/engine"
)

// TestProfilesPage holds docs/profiles.md to the data that the engine runs on.
func TestProfilesPage(t *testing.T) {
	const page = "../../docs/profiles.md"
	got := browsercors(t, "", "profiles", "--markdown")
	if got.code != exitDone || got.stderr != "" {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	if *update {
		if err := os.WriteFile(page, []byte(got.out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got.out {
		t.Errorf("%s is stale: go test ./cmd/browsercors -update writes it anew", page)
	}
}

// TestProfilesText looks for every departure of every engine in the text, whose
// lines fit a terminal.
func TestProfilesText(t *testing.T) {
	got := browsercors(t, "", "profiles", "--color", "never")
	if got.code != exitDone || got.stderr != "" {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	for line := range strings.Lines(got.out) {
		if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > lineWidth && strings.Contains(strings.TrimSpace(line), " ") {
			t.Errorf("a line of %d characters: %s", utf8.RuneCountInString(line), line)
		}
	}
	text := strings.Join(strings.Fields(got.out), " ")
	for _, p := range engine.All() {
		_, own, found := strings.Cut(text, p.Name+" "+p.Version+": ")
		if !found {
			t.Errorf("%s is missing", p.Name)
		}
		for _, d := range engine.Deviations(p) {
			_, field, _ := strings.Cut(d.Field, ".")
			for _, part := range []string{field, strings.Join(strings.Fields(d.Value), " "), d.Standard, d.Section, "Source: " + d.Source} {
				if !strings.Contains(own, part) {
					t.Errorf("%s: %s: no %q", p.Name, d.Field, part)
				}
			}
		}
	}
	if painted := browsercors(t, "", "profiles", "--color", "always"); !strings.Contains(painted.out, "\x1b[1m") {
		t.Error("--color always does not colour")
	}
	for _, args := range [][]string{{"profiles", "chromium"}, {"profiles", "--html"}, {"profiles", "--color", "red"}} {
		if got := browsercors(t, "", args...); got.code != exitUsage || got.out != "" || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%q: exit code %d, %q, %q", args, got.code, got.out, got.stderr)
		}
	}
}
