package conformance_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/fetch"
)

// A scenario is shrunk to what shows that the Standard's engine and Chromium's
// profile disagree. Where a browser is at hand, it takes the first one's place.
func ExampleShrink() {
	ctx := context.Background()
	scenarios, err := conformance.ReadScenarios("example", strings.NewReader(`
		{"id": "save-data-1", "servers": {"https://api.other.test/save-data-1/a": {"actual": [{"headers": [["Access-Control-Allow-Origin", "*"]], "body": "ok"}]}},
			"steps": [{"fetch": {"url": "https://api.other.test/save-data-1/a", "headers": [["Accept", "text/html"], ["Save-Data", "on"]], "cache": "no-cache"}}]}`))
	if err != nil {
		panic(err)
	}
	judge := conformance.Judge{Profile: fetch.Chromium()}
	kind := func(s *conformance.Scenario) string {
		seen, err := new(conformance.Engine).Play(ctx, s)
		if err != nil {
			panic(err)
		}
		verdict, err := judge.Judge(ctx, s, conformance.RecordedOutcome{Outcome: seen})
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

// A server that allows a page's origin, and forgot that the page deletes things.
func ExampleAuditHandler() {
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
			w.Header().Set("Access-Control-Max-Age", "600")
		}
	})
	report, err := conformance.AuditHandler(context.Background(), api, &conformance.Intent{
		Allow:  []string{"https://app.example"},
		Refuse: []string{"https://evil.example"},
		Uses: []conformance.Use{
			{Name: "change a thing", Method: "PUT", URL: "/things/1", Body: "new", PreflightCached: 10 * time.Minute},
			{Name: "delete a thing", Method: "DELETE", URL: "/things/1"},
		},
	}, nil)
	if err != nil {
		panic(err)
	}
	for _, f := range report.Findings {
		fmt.Println(f)
	}
	// Output:
	// method-not-allowed (breaks) in every browser: delete a thing
	//   A page of https://app.example asked for DELETE https://api.example/things/1.
	//     > OPTIONS https://api.example/things/1
	//     > Access-Control-Request-Method: DELETE
	//     > Origin: https://app.example
	//     < 200
	//     < Access-Control-Allow-Methods: PUT
	//     < Access-Control-Allow-Origin: https://app.example
	//     < Access-Control-Max-Age: 600
	//   The server does not allow DELETE.
	//   The rule: the method must be listed in Access-Control-Allow-Methods, in the
	//   same case; "*" counts without credentials only
	//     https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
	//   What to change (server): Add the method to the list in the answer to the
	//   preflight:
	//     Access-Control-Allow-Methods: PUT, DELETE
}
