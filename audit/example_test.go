package audit_test

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/browsercors/browsercors/audit"
)

// A server that allows a page's origin, and forgot that the page deletes things.
func ExampleHandler() {
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
			w.Header().Set("Access-Control-Max-Age", "600")
		}
	})
	report, err := audit.Handler(context.Background(), api, &audit.Intent{
		Allow:  []string{"https://app.example"},
		Refuse: []string{"https://evil.example"},
		Uses: []audit.Use{
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
	//   A page of https://app.example sent DELETE https://api.example/things/1.
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
	//   The browser sends a preflight first because its method is DELETE.
}
