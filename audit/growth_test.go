package audit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/har"
	"github.com/browsercors/browsercors/audit/report"
	"github.com/browsercors/browsercors/internal/growth"
)

// hostileServers answer with as much as n says.
var hostileServers = []struct {
	name   string
	n      int
	answer func(w http.ResponseWriter, r *http.Request, n int)
}{
	{"headers", 500, func(w http.ResponseWriter, _ *http.Request, n int) {
		for i := range n {
			w.Header()[fmt.Sprintf("X%07d", i)] = []string{""}
		}
	}},
	{"lines of one header", 1000, func(w http.ResponseWriter, _ *http.Request, n int) {
		w.Header()["X-A"] = make([]string, n)
	}},
	{"Set-Cookie", 400, func(w http.ResponseWriter, _ *http.Request, n int) {
		for i := range n {
			w.Header().Add("Set-Cookie", fmt.Sprintf("c%d=v; SameSite=None; Secure", i))
		}
	}},
	{"Vary", 20_000, func(w http.ResponseWriter, _ *http.Request, n int) {
		w.Header().Set("Vary", "Origin"+strings.Repeat(", x", n))
	}},
	{"Cache-Control", 20_000, func(w http.ResponseWriter, _ *http.Request, n int) {
		w.Header().Set("Cache-Control", "max-age=60"+strings.Repeat(", a=b", n))
	}},
	{"Access-Control-Allow-Headers and -Methods", 1000, func(w http.ResponseWriter, _ *http.Request, n int) {
		var list strings.Builder
		for i := range n {
			fmt.Fprintf(&list, "x-%d, ", i)
		}
		w.Header().Set("Access-Control-Allow-Headers", list.String()+"x-a")
		w.Header().Set("Access-Control-Allow-Methods", list.String()+"put, PUT")
	}},
	{"Access-Control-Expose-Headers", 1000, func(w http.ResponseWriter, _ *http.Request, n int) {
		for i := range n {
			w.Header().Add("Access-Control-Expose-Headers", fmt.Sprintf("x-%d", i))
			w.Header().Set(fmt.Sprintf("x-%d", i), "v")
		}
	}},
	{"Access-Control-Allow-Origin", 1000, func(w http.ResponseWriter, _ *http.Request, n int) {
		w.Header()["Access-Control-Allow-Origin"] = strings.Fields(strings.Repeat("https://app.example ", n))
	}},
	{"Location", 20_000, func(w http.ResponseWriter, r *http.Request, n int) {
		w.Header().Set("Location", "/"+strings.Repeat("p", n))
		if !strings.Contains(r.URL.Path, "ppp") {
			w.WriteHeader(http.StatusFound)
		}
	}},
	{"body", 50_000, func(w http.ResponseWriter, _ *http.Request, n int) { _, _ = w.Write(make([]byte, n)) }},
}

// auditOf is an audit of a handler by an intent that makes preflights and reads a
// header.
func auditOf(ctx context.Context, handler http.HandlerFunc) (*audit.Report, error) {
	return audit.Handler(ctx, handler, &audit.Intent{
		Allow:  []string{"https://app.example"},
		Refuse: []string{"https://evil.example"},
		Uses:   []audit.Use{{Name: "put", URL: "/x", Method: "PUT", Headers: map[string]string{"X-A": "1"}, Read: []string{"X-1"}}},
	}, nil)
}

// TestGrowth: the time of an audit grows no faster than n log n with what a
// server answers.
func TestGrowth(t *testing.T) {
	for _, server := range hostileServers {
		t.Run(server.name, func(t *testing.T) {
			growth.Check(t, server.n, func(n int) func() {
				return func() {
					_, _ = auditOf(context.Background(), func(w http.ResponseWriter, r *http.Request) {
						w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
						w.Header().Set("Access-Control-Allow-Methods", "PUT")
						w.Header().Set("Access-Control-Allow-Headers", "x-a")
						server.answer(w, r, n)
					})
				}
			})
		})
	}
}

// TestGrowthOfIntents: an intent is read and checked in n log n, in either
// format, right or wrong.
func TestGrowthOfIntents(t *testing.T) {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	const uses = `, "uses": [{"url": "https://api.example/"}]}`
	tests := []struct {
		name, file string
		n          int
		text       func(n int) string
	}{
		{"origins", "i.json", 200, func(n int) string {
			return `{"allow": [` + many(n, `"https://a%d.example", `) + `"https://b.example"]` + uses
		}},
		{"one origin", "i.json", 200, func(n int) string {
			return `{"allow": [` + strings.Repeat(`"https://a.example", `, n) + `"https://b.example"]` + uses
		}},
		{"uses", "i.json", 200, func(n int) string {
			return `{"allow": ["https://a.example"], "uses": [` + many(n, `{"name": "u%d", "url": "https://api.example/"}, `) + `{"url": "https://api.example/"}]}`
		}},
		{"uses of one name", "i.json", 200, func(n int) string {
			return `{"allow": ["https://a.example"], "uses": [` + strings.Repeat(`{"url": "https://api.example/"}, `, n) + `{"url": "https://api.example/"}]}`
		}},
		{"headers", "i.json", 500, func(n int) string {
			return `{"allow": ["https://a.example"], "uses": [{"url": "https://api.example/", "headers": {` + many(n, `"x-%d": "1", `) + `"x": "1"}}]}`
		}},
		{"a header twice", "i.json", 500, func(n int) string {
			return `{"allow": ["https://a.example"], "uses": [{"url": "https://api.example/", "headers": {` + many(n, `"x-%d": "1", "X-%[1]d": "1", `) + `"x": "1"}}]}`
		}},
		{"read", "i.json", 500, func(n int) string {
			return `{"allow": ["https://a.example"], "uses": [{"url": "https://api.example/", "read": [` + many(n, `"x-%d", `) + `"x"]}]}`
		}},
		{"accept", "i.json", 500, func(n int) string {
			return `{"accept": [` + many(n, `"a%d", `) + `"b"], "allow": ["https://a.example"]` + uses
		}},
		{"depth", "i.json", 500_000, func(n int) string { return strings.Repeat("[", n) }},
		{"unknown keys", "i.json", 5000, func(n int) string { return "{" + many(n, `"a%d": 1, `) + `"b": 1}` }},
		{"line breaks", "i.json", 200_000, func(n int) string { return strings.Repeat("\n", n) + "{" }},
		{"origins in YAML", "i.yaml", 200, func(n int) string { return "allow:\n" + many(n, "- https://a%d.example\n") }},
		{"aliases", "i.yaml", 200, func(n int) string {
			return "allow: &a [https://a.example]\nuses:\n" + strings.Repeat("- {url: https://api.example/, read: *a}\n", n)
		}},
		{"depth in YAML", "i.yaml", 2000, func(n int) string { return strings.Repeat("[", n) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			growth.Check(t, tt.n, func(n int) func() {
				text := tt.text(n)
				return func() {
					if _, err := audit.ReadIntent(tt.file, strings.NewReader(text)); err != nil {
						_ = err.Error()
					}
				}
			})
		})
	}
}

// TestAuditStops: whoever cancels an audit waits for no more than 50 ms of work.
func TestAuditStops(t *testing.T) {
	for _, server := range hostileServers {
		t.Run(server.name, func(t *testing.T) {
			growth.Stops(t, func() func(context.Context) {
				return func(ctx context.Context) {
					for ctx.Err() == nil {
						_, _ = auditOf(ctx, func(w http.ResponseWriter, r *http.Request) {
							w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
							server.answer(w, r, 8*server.n)
						})
					}
				}
			})
		})
	}
}

// TestAuditMemory: headers without end are an error, and not kept; so is the sum
// of all.
func TestAuditMemory(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	requests := 0
	kept := growth.Kept(func() any {
		report, err := auditOf(t.Context(), func(w http.ResponseWriter, _ *http.Request) {
			requests++
			w.Header().Set("X-A", long+fmt.Sprint(requests))
		})
		if err == nil || !strings.Contains(err.Error(), "bytes of headers, more than 524288") || !strings.Contains(err.Error(), `use "put"`) {
			t.Errorf("%v", err)
		}
		return report
	})
	if kept > 1<<20 {
		t.Errorf("%d KiB are kept of %d answers", kept>>10, requests)
	}
}

// TestReportsGrow: a report of a hostile server is written in n log n, in every
// format, and as an archive.
func TestReportsGrow(t *testing.T) {
	for _, server := range hostileServers[:len(hostileServers)-1] {
		t.Run(server.name, func(t *testing.T) {
			growth.Check(t, server.n/8, func(n int) func() {
				r, err := auditOf(t.Context(), func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
					server.answer(w, r, n)
				})
				if err != nil {
					t.Fatal(err)
				}
				return func() {
					for _, name := range report.Formats() {
						if err := report.Write(io.Discard, name, r, nil); err != nil {
							t.Errorf("%s: %v", name, err)
						}
					}
					if err := har.Write(io.Discard, har.Of(r, nil)); err != nil {
						t.Error(err)
					}
				}
			})
		})
	}
}

// zeros are bytes without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return copy(p, make([]byte, len(p))), nil }

// TestEndlessIntent: a file without end is an error.
func TestEndlessIntent(t *testing.T) {
	for _, name := range []string{"i.json", "i.yaml"} {
		_, err := audit.ReadIntent(name, zeros{})
		if input, ok := errors.AsType[*audit.Error](err); !ok || input.File != name || !strings.Contains(err.Error(), "more than 16777216 bytes") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
