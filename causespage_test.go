package browsercors_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// causesPage is the page whose tables have an example for each cause.
const causesPage = "docs/causes.md"

var (
	causeRow  = regexp.MustCompile("(?m)^(\\| `([a-z-]+)` \\| [^|]* \\|).*$")
	caseCount = regexp.MustCompile(`[0-9]+ situations, [0-9]+ of them right`)
)

// TestCausesPage: the page about causes has a real case for each, the figures of the
// cases, and those that the product is not right about. With -update it is rewritten.
func TestCausesPage(t *testing.T) {
	raw, err := os.ReadFile(causesPage)
	if err != nil {
		t.Fatal(err)
	}
	all := readCases(t)
	kinds := make([]string, 0, len(all))
	for kind := range all {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	examples := make(map[string]*realCase)
	count, right := 0, 0
	for _, kind := range kinds {
		for _, c := range all[kind] {
			count++
			if c.Open == "" {
				right++
			} else if !strings.Contains(string(raw), c.Name) {
				t.Errorf("%s does not list the case %q, which is open: %s", causesPage, c.Name, c.Open)
			}
			for _, id := range []string{c.Cause, c.Compared} {
				if known := examples[id]; id != "" && c.Open == "" && (known == nil || known.Source == "" && c.Source != "") {
					examples[id] = c
				}
			}
		}
	}
	want := causeRow.ReplaceAllStringFunc(string(raw), func(row string) string {
		parts := causeRow.FindStringSubmatch(row)
		c := examples[parts[2]]
		switch {
		case c == nil:
			return parts[1] + " |"
		case c.Source == "":
			return parts[1] + " " + c.Name + " |"
		}
		source, _, _ := strings.Cut(c.Source, ",")
		return parts[1] + " [" + c.Name + "](" + source + ") |"
	})
	want = caseCount.ReplaceAllString(want, fmt.Sprintf("%d situations, %d of them right", count, right))
	switch {
	case want == string(raw):
	case *update:
		if err := os.WriteFile(causesPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s is not what the cases say (-update rewrites it)", causesPage)
	}
}
