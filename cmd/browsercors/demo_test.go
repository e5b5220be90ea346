package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const goldenDemo = "testdata/demo.golden"

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestDemo(t *testing.T) {
	got := browsercors(t, "", "demo")
	if got.code != exitDone || got.stderr != "" {
		t.Fatalf("exit code %d, stderr %q", got.code, got.stderr)
	}
	if *update {
		if err := os.WriteFile(goldenDemo, []byte(got.out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenDemo)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.out); diff != "" {
		t.Errorf("%s (-want +got; -update rewrites it):\n%s", goldenDemo, diff)
	}
	for line := range strings.Lines(got.out) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > lineWidth {
			t.Errorf("%d characters: %s", n, line)
		}
	}
	if ansi.MatchString(got.out) {
		t.Error("coloured, and no terminal")
	}
}

func TestDemoColor(t *testing.T) {
	plain, painted := browsercors(t, "", "demo"), browsercors(t, "", "demo", "--color", "always")
	if !ansi.MatchString(painted.out) {
		t.Error("not coloured")
	}
	if diff := cmp.Diff(plain.out, ansi.ReplaceAllString(painted.out, "")); diff != "" {
		t.Errorf("colour changes the text (-plain +painted):\n%s", diff)
	}
}

// TestDemoCases holds each set-up to what it is shown for: a wrong one keeps
// something from the page, a right one nothing.
func TestDemoCases(t *testing.T) {
	for _, c := range wrongSetUps() {
		if (c.why == "") != (c.change == "") {
			t.Errorf("%s: a wrong set-up explains itself or leaves it to the library", c.title)
		}
	}
	for _, c := range rightSetUps() {
		if c.why == "" || c.change != "" {
			t.Errorf("%s: a right set-up says why and has nothing to change", c.title)
		}
	}
	out := browsercors(t, "", "demo").out
	_, right, ok := strings.Cut(out, "What works")
	if !ok {
		t.Fatal("no right set-ups")
	}
	if strings.Contains(right, "✗") {
		t.Errorf("a right set-up fails:\n%s", right)
	}
	_, cached, _ := strings.Cut(right, "A cached preflight")
	cached, _, _ = strings.Cut(cached, "\n\n")
	if options, put := strings.Count(cached, "> OPTIONS"), strings.Count(cached, "> PUT"); options != 1 || put != 2 {
		t.Errorf("a cached preflight: %d OPTIONS and %d PUT, want 1 and 2:\n%s", options, put, cached)
	}
}
