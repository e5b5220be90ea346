package browsercors_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// TestHTTPCachePage: the table of docs/http-cache.md is what the profiles say of the
// HTTP cache. With -update it is rewritten.
func TestHTTPCachePage(t *testing.T) {
	const doc, begin, end = "docs/http-cache.md", "<!-- the engines -->\n", "<!-- end -->\n"
	raw, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(raw), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for its table", doc)
	}
	profiles := []*fetch.Profile{engine.Chromium(), engine.Firefox(), engine.WebKit()}
	var table strings.Builder
	table.WriteString("| what is done | Chromium | Firefox | WebKit |\n| --- | --- | --- | --- |\n")
	var order []string
	cells := make(map[string][]string)
	for i, p := range profiles {
		for _, d := range engine.Deviations(p) {
			if !strings.HasPrefix(d.Field, "HTTPCache.") {
				continue
			}
			if cells[d.Does] == nil {
				order = append(order, d.Does)
				cells[d.Does] = make([]string, len(profiles))
			}
			cells[d.Does][i] = "●"
			if d.Value != "" {
				cells[d.Does][i] = d.Value
			}
		}
	}
	for _, does := range order {
		fmt.Fprintf(&table, "| %s | %s |\n", does, strings.Join(cells[does], " | "))
	}
	want := before + begin + table.String() + end + after
	switch {
	case string(raw) == want:
	case *update:
		if err := os.WriteFile(doc, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the table of %s is not what the profiles say; -update rewrites it", doc)
	}
}
