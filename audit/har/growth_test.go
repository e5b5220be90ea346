package har_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit/har"
	"github.com/browsercors/browsercors/internal/growth"
)

// hostileArchives have as much as n says.
var hostileArchives = []struct {
	name string
	n    int
	make func(n int) *har.HAR
}{
	{"entries", 40, func(n int) *har.HAR {
		return many(n, chrome, func(i int) []entry {
			return []entry{{"GET " + api + fmt.Sprint(i), []string{app}, "200", []string{lets}, "fetch", ""}}
		})
	}},
	{"preflights of one URL", 40, func(n int) *har.HAR {
		return many(n, chrome, func(int) []entry {
			return []entry{{"OPTIONS " + api, []string{app, "Access-Control-Request-Method: PUT"}, "200", []string{lets, "Access-Control-Allow-Methods: PUT"}, "preflight", ""},
				{"PUT " + api, []string{app}, "200", []string{lets}, "fetch", ""}}
		})
	}},
	{"preflights of Firefox", 40, func(n int) *har.HAR {
		return many(n, firefox, func(int) []entry {
			return []entry{{"PUT " + api, []string{app}, "200", []string{lets}, "", ""},
				{"OPTIONS " + api, []string{app, "Access-Control-Request-Method: PUT"}, "200", []string{lets, "Access-Control-Allow-Methods: PUT"}, "", ""}}
		})
	}},
	{"preflights of Firefox, and nothing else", 40, func(n int) *har.HAR {
		return many(n, firefox, func(int) []entry {
			return []entry{{"OPTIONS " + api, []string{app, "Access-Control-Request-Method: PUT"}, "200", []string{lets}, "", ""}}
		})
	}},
	{"redirects", 40, func(n int) *har.HAR {
		return many(n, chrome, func(i int) []entry {
			return []entry{{"GET " + api + fmt.Sprint(i), []string{app}, "302", []string{lets, fmt.Sprint("Location: ", api, i+1)}, "fetch", ""}}
		})
	}},
	{"redirects of one URL to itself", 40, func(n int) *har.HAR {
		return many(n, firefox, func(int) []entry {
			return []entry{{"GET " + api, []string{app}, "302", []string{lets, "Location: " + api}, "", ""}}
		})
	}},
	{"entries that nobody judges", 200, func(n int) *har.HAR {
		return many(n, chrome, func(int) []entry { return []entry{{"GET " + api, nil, "200", nil, "document", ""}} })
	}},
	{"headers that are sent", 200, func(n int) *har.HAR {
		return archive(chrome, nil, entry{"GET " + api, append(lines(n, "x-%d: 1"), app), "200", []string{lets}, "fetch", ""})
	}},
	{"headers of an answer", 500, func(n int) *har.HAR {
		return archive(chrome, nil, entry{"GET " + api, []string{app}, "200", append(lines(n, "x-%d: 1"), lets), "fetch", ""})
	}},
	{"headers that a preflight asks for", 200, func(n int) *har.HAR {
		names := strings.Join(lines(n, "x-%d"), ",")
		return archive(chrome, nil,
			entry{"OPTIONS " + api, []string{app, "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: " + names}, "200", []string{lets, "Access-Control-Allow-Headers: " + names}, "preflight", ""},
			entry{"PUT " + api, []string{app}, "200", []string{lets}, "fetch", ""})
	}},
	{"pages", 500, func(n int) *har.HAR {
		var pages []har.Page
		for i := range n {
			pages = append(pages, har.Page{ID: fmt.Sprint(i), Title: "https://app.example/"})
		}
		return archive(chrome, pages, entry{"GET " + api, []string{app}, "200", []string{lets}, "fetch", fmt.Sprint(n - 1)})
	}},
	{"URL", 20_000, func(n int) *har.HAR {
		return archive(chrome, nil, entry{"GET " + api + strings.Repeat("?a&", n), []string{app}, "200", []string{lets}, "fetch", ""})
	}},
	{"header's lines", 2000, func(n int) *har.HAR {
		return archive(chrome, nil, entry{"GET " + api, []string{app}, "200", []string{"Access-Control-Allow-Origin: " + strings.Repeat("*\n", n)}, "fetch", ""})
	}},
}

// lines are n strings with their numbers.
func lines(n int, format string) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(format, i)
	}
	return all
}

// many is an archive with n times some entries.
func many(n int, creator string, some func(i int) []entry) *har.HAR {
	var all []entry
	for i := range n {
		all = append(all, some(i)...)
	}
	return archive(creator, nil, all...)
}

// TestGrowth: an archive is written, read and judged, and the judgement written
// in each format, in n log n.
func TestGrowth(t *testing.T) {
	for _, tt := range hostileArchives {
		t.Run(tt.name, func(t *testing.T) {
			growth.Check(t, tt.n, func(n int) func() {
				h := tt.make(n)
				return func() {
					var file bytes.Buffer
					if err := har.Write(&file, h); err != nil {
						t.Fatal(err)
					}
					again, err := har.Read("a.har", &file)
					if err != nil {
						t.Fatal(err)
					}
					j, err := har.Judge(context.Background(), again, nil)
					if err != nil {
						t.Fatal(err)
					}
					for name, write := range har.Formats() {
						if err := write(j, io.Discard); err != nil {
							t.Errorf("%s: %v", name, err)
						}
					}
				}
			})
		})
	}
}

// TestJudgeStops: whoever cancels a judgement waits for no more than 50 ms of
// work.
func TestJudgeStops(t *testing.T) {
	for _, tt := range hostileArchives {
		t.Run(tt.name, func(t *testing.T) {
			h := tt.make(50 * tt.n)
			growth.Stops(t, func() func(context.Context) {
				return func(ctx context.Context) {
					for ctx.Err() == nil {
						_, _ = har.Judge(ctx, h, nil)
					}
				}
			})
		})
	}
}
