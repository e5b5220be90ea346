package report_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/report"
)

// A server that knows nothing of CORS, in a line for a log and in a file for
// the CI system.
func ExampleWrite() {
	server := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	found, err := audit.Handler(context.Background(), server, &audit.Intent{
		Allow: []string{"https://app.example"},
		Uses:  []audit.Use{{Name: "list things", URL: "/things"}},
	}, &audit.Options{SkipProbes: true})
	if err != nil {
		panic(err)
	}
	fmt.Println(strings.Split(report.Summary(found), "; ")[1])

	file, err := os.CreateTemp("", "*.xml")
	if err != nil {
		panic(err)
	}
	defer os.Remove(file.Name())
	if err := errors.Join(report.Write(file, "junit", found, nil), file.Close()); err != nil {
		panic(err)
	}
	// Output:
	// 0 of 1 use works in every browser
}
