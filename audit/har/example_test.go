package har_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/browsercors/browsercors/audit/har"
)

const exported = `{"log": {"version": "1.2", "creator": {"name": "Firefox", "version": "153.0"}, "entries": [{
	"request": {"method": "GET", "url": "https://api.example/me", "headers": [
		{"name": "Origin", "value": "https://app.example"}, {"name": "Cookie", "value": "sid=1"}]},
	"response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}]}}]}}`

// An archive shows a status of 200, and the page got nothing.
func ExampleJudge() {
	archive, err := har.Read("app.har", strings.NewReader(exported))
	if err != nil {
		panic(err)
	}
	judgement, err := har.Judge(context.Background(), archive, nil)
	if err != nil {
		panic(err)
	}
	for _, v := range judgement.Verdicts {
		for _, o := range v.Profiles {
			fmt.Println(v.URL, o.Profile, o.Ruling, o.Reason)
		}
	}
	// Output:
	// https://api.example/me standard refused wildcard-origin-not-allowed
	// https://api.example/me chromium refused wildcard-origin-not-allowed
	// https://api.example/me firefox refused wildcard-origin-not-allowed
	// https://api.example/me webkit refused wildcard-origin-not-allowed
}

// A file that was not written to its end is no archive of less.
func ExampleRead() {
	_, err := har.Read("app.har", strings.NewReader(exported[:200]))
	fmt.Println(err)
	// Output:
	// har: app.har: log.entries[0].request.headers[0].value: the file is truncated: it ends on line 3, after 200 bytes
}
