package conformance_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
)

// A scenario is shrunk to what shows that the Standard's engine and Chromium's
// profile disagree. Where a browser is at hand, it takes the first one's place.
func ExampleShrink() {
	ctx := context.Background()
	scenarios, err := conformance.ReadScenarios(strings.NewReader(`
		{"id": "save-data-1", "servers": {"https://api.other.test/save-data-1/a": {"actual": [{"headers": [["Access-Control-Allow-Origin", "*"]], "body": "ok"}]}},
			"steps": [{"fetch": {"url": "https://api.other.test/save-data-1/a", "headers": [["Accept", "text/html"], ["Save-Data", "on"]], "cache": "no-cache"}}]}`), "-")
	if err != nil {
		panic(err)
	}
	chromium := conformance.Engine{Profile: engine.Chromium()}
	kind := func(s *conformance.Scenario) string {
		seen, err := new(conformance.Engine).Play(ctx, s)
		if err != nil {
			panic(err)
		}
		verdict, err := chromium.Judge(ctx, s, seen)
		if err != nil {
			panic(err)
		}
		return verdict.Kind
	}
	want := kind(scenarios[0])
	small, err := conformance.Shrink(ctx, scenarios[0], func(_ context.Context, batch []*conformance.Scenario) ([]bool, error) {
		answers := make([]bool, len(batch))
		for i, s := range batch {
			answers[i] = kind(s) == want
		}
		return answers, nil
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(want)
	fmt.Println(len(small.Servers), small.Steps[0].Fetch.Headers, small.Steps[0].Fetch.Cache == nil)
	// Output:
	// result: browser refuses, engine gets a response; request: only the browser sends a preflight for save-data
	// 1 [[Save-Data on]] true
}
