package conformance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
)

// TestScenarios plays every scenario of testdata/scenarios with the engine and
// compares with the outcome that the Standard demands.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/scenarios/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	total := 0
	for _, file := range files {
		name := filepath.Base(file)
		scenarios := readScenarios(t, file)
		expected := readOutcomes(t, filepath.Join("../testdata/expected", name))
		if len(scenarios) != len(expected) {
			t.Errorf("%s: %d scenarios, %d expected outcomes", name, len(scenarios), len(expected))
			continue
		}
		total += len(scenarios)
		t.Run(strings.TrimSuffix(name, ".json"), func(t *testing.T) {
			t.Parallel()
			for i, s := range scenarios {
				got, err := new(conformance.Engine).Play(t.Context(), s)
				if err != nil {
					t.Errorf("%s: %v", s.ID, err)
					continue
				}
				if differences := conformance.Differences(got, expected[i]); len(differences) > 0 {
					t.Errorf("%s\n\t%s\n\t%s", s.ID, s.Note, join(differences, "\n\t"))
				}
			}
		})
	}
	if const200 := 200; total < const200 {
		t.Errorf("%d scenarios, want at least %d", total, const200)
	}
}

func readScenarios(t testing.TB, file string) []*conformance.Scenario {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scenarios, err := conformance.ReadScenarios(file, f)
	if err != nil {
		t.Fatal(err)
	}
	return scenarios
}

func readOutcomes(t testing.TB, file string) []*conformance.Outcome {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	outcomes, err := conformance.ReadOutcomes(file, f)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

// join is the differences as text.
func join(differences []conformance.Difference, separator string) string {
	lines := make([]string, len(differences))
	for i, d := range differences {
		lines[i] = d.String()
	}
	return strings.Join(lines, separator)
}
