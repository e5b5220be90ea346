package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/fetch"
)

func TestIsVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, follows, version string
		want                   bool
	}{
		{"equal", "156.0.8078.79", "156.0.8078.79", true},
		{"prefix", "156", "156.0.8078.79", true},
		{"two parts", "156.0", "156.0.8078.79", true},
		{"prefix, not at a dot", "15", "156.0.8078.79", false},
		{"newer", "156", "157.0", false},
		{"longer", "156.0", "156", false},
		{"none", "", "156", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := isVersion(&fetch.Profile{Version: test.follows}, test.version); got != test.want {
				t.Errorf("profile of %q, browser %q: %t", test.follows, test.version, got)
			}
		})
	}
}

func TestLeftOut(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), leftOutFile)
	list := leftOut{"webkit": {"b": "differs <now> & then", "a": "waits"}, "chromium": {}}
	if err := list.write(file); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "{\n\t\"chromium\": {},\n\t\"webkit\": {\n\t\t\"a\": \"waits\",\n\t\t\"b\": \"differs <now> & then\"\n\t}\n}\n"
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Error(diff)
	}
	back, err := readLeftOut(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(list, back); diff != "" {
		t.Error(diff)
	}
	if all, err := leftOutOf(t.TempDir()); all != nil || err != nil {
		t.Errorf("of a directory without a list: %v, %v", all, err)
	}
	for _, test := range []struct{ name, content, want string }{
		{"no JSON", "{\n\"webkit\": {]}", "left-out.json: line 2: is not JSON of browser, scenario and reason: "},
		{"wrong type", "{\n\n\"webkit\": {\"a\": 1}}", "left-out.json: line 3: is not JSON of browser, scenario and reason: "},
		{"unknown browser", `{"webkid": {}}`, `left-out.json: unknown browser "webkid" (chromium, firefox, webkit); did you mean webkit?`},
		{"no reason", `{"webkit": {"a": ""}}`, `left-out.json: webkit: scenario "a" has no reason`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), leftOutFile)
			if err := os.WriteFile(file, []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := readLeftOut(file); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

// TestWriteScenarios: the same scenarios give the same bytes, and can be read.
func TestWriteScenarios(t *testing.T) {
	t.Parallel()
	made, err := conformance.Generate(1, 20)
	if err != nil {
		t.Fatal(err)
	}
	scenarios := slices.Collect(made)
	file := filepath.Join(t.TempDir(), generatedFile)
	var written [2][]byte
	for i := range written {
		if err := writeScenarios(file, scenarios); err != nil {
			t.Fatal(err)
		}
		if written[i], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(written[0], written[1]) {
		t.Error("the second time other bytes")
	}
	back, err := conformance.ReadScenarios(nil, file)
	if err != nil || len(back) != len(scenarios) {
		t.Fatalf("%d scenarios, %v", len(back), err)
	}
	for i, s := range scenarios {
		if got, want := literal(back[i]), literal(s); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
