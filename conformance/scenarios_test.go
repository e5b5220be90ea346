package conformance_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/origin"
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

// TestCookiesKeepApart holds that no scenario gets a cookie of another one, since many are
// played in one browser: a cookie whose Path is not below the scenario's id needs a host
// that only this scenario has.
func TestCookiesKeepApart(t *testing.T) {
	t.Parallel()
	all, err := allScenarios()
	if err != nil {
		t.Fatal(err)
	}
	host := func(raw string) string {
		u, err := origin.ParseURL(raw)
		if err != nil {
			t.Fatal(err)
		}
		return u.Host()
	}
	users := make(map[string]map[string]bool) // by host, the scenarios
	use := func(raw, id string) {
		h := host(raw)
		if users[h] == nil {
			users[h] = make(map[string]bool)
		}
		users[h][id] = true
	}
	for _, s := range all {
		use(s.Page.URL, s.ID)
		for u := range s.Servers {
			use(u, s.ID)
		}
	}
	path := regexp.MustCompile(`(?i);\s*path\s*=\s*(/[^;\s]*)`)
	wide := 0
	for _, s := range all {
		for u, server := range s.Servers {
			for _, r := range slices.Concat(server.Preflight, server.Actual) {
				for _, h := range r.Headers {
					given := path.FindStringSubmatch(h[1])
					if !strings.EqualFold(h[0], "Set-Cookie") || given == nil || strings.HasPrefix(given[1], "/"+s.ID) {
						continue
					}
					wide++
					if others := users[host(u)]; len(others) > 1 {
						t.Errorf("%s: %s sets %q, and %d scenarios have that host", s.ID, u, h[1], len(others))
					}
				}
			}
		}
	}
	if wide == 0 {
		t.Error("no cookie at all has such a Path")
	}
}

func readScenarios(t testing.TB, file string) []*conformance.Scenario {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scenarios, err := conformance.ReadScenariosOf(file, f)
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
		lines[i] = conformance.InWords(d)
	}
	return strings.Join(lines, separator)
}
