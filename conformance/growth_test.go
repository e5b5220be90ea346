package conformance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/growth"
)

// hostileScenarios have as much as n says.
var hostileScenarios = []struct {
	name string
	n    int
	text func(n int) string
}{
	{"steps", 50, func(n int) string {
		return scenarioText(`{"status": 200}`, strings.Repeat(`{"fetch": {"url": "https://api.test/big/a"}}, `, n)+`{"fetch": {"url": "https://api.test/big/a"}}`)
	}},
	{"answers", 2000, func(n int) string {
		return scenarioText(strings.Repeat(`{"status": 200}, `, n)+`{"status": 200}`, `{"fetch": {"url": "https://api.test/big/a"}}`)
	}},
	{"headers of an answer", 500, func(n int) string {
		return scenarioText(`{"status": 200, "headers": [`+repeat(n, `["x-%d", "1"], `)+`["Access-Control-Allow-Origin", "*"], ["Access-Control-Expose-Headers", "`+repeat(n, "x-%d,")+`"]]}`, `{"fetch": {"url": "https://api.test/big/a"}}`)
	}},
	{"headers of one name", 500, func(n int) string {
		return scenarioText(`{"status": 200, "headers": [`+repeat(n, `["x", "%d"], `)+`["Access-Control-Allow-Origin", "*"]]}`, `{"fetch": {"url": "https://api.test/big/a"}}`)
	}},
	{"headers of script's", 2000, func(n int) string {
		return scenarioText(`{"status": 200, "headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Headers", "*"]]}`, `{"fetch": {"url": "https://api.test/big/a", "headers": [`+repeat(n, `["x-%d", "1"], `)+`["y", "1"]]}}`)
	}},
	{"body", 100_000, func(n int) string {
		return scenarioText(`{"status": 200, "headers": [["Access-Control-Allow-Origin", "*"]], "body": "`+strings.Repeat("b", n)+`"}`, `{"fetch": {"url": "https://api.test/big/a"}}`)
	}},
	{"URL", 20_000, func(n int) string {
		return scenarioText(`{"status": 200}`, `{"fetch": {"url": "https://api.test/big/a?`+strings.Repeat("q", n)+`"}}`)
	}},
	{"depth", 100_000, func(n int) string { return strings.Repeat("[", n) }},
}

func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func scenarioText(answers, steps string) string {
	return `{"id": "big", "servers": {"https://api.test/big/a": {"preflight": [{"status": 200, "headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Headers", "*"]]}], "actual": [` +
		answers + `]}}, "steps": [` + steps + `]}`
}

// TestGrowth: a scenario is read, played, written and compared in n log n.
func TestGrowth(t *testing.T) {
	for _, tt := range hostileScenarios {
		t.Run(tt.name, func(t *testing.T) {
			growth.Check(t, tt.n, func(n int) func() {
				text := tt.text(n)
				return func() {
					all, err := conformance.ReadScenariosOf("a.json", strings.NewReader(text))
					if err != nil {
						_ = err.Error()
						return
					}
					var outcomes []*conformance.Outcome
					for _, profile := range []*fetch.Profile{fetch.Standard(), engine.Firefox()} {
						out, err := (&conformance.Engine{Profile: profile, AllHeaders: true}).Play(context.Background(), all[0])
						if err != nil {
							t.Fatal(err)
						}
						_ = marshal(t, out)
						outcomes = append(outcomes, out)
					}
					_ = conformance.Differences(outcomes[0], outcomes[1])
				}
			})
		})
	}
}

// TestGrowthOfFiles: files of many scenarios and outcomes are read in n log n.
func TestGrowthOfFiles(t *testing.T) {
	scenario := func(i int) string {
		return strings.ReplaceAll(scenarioText(`{"status": 200}`, `{"fetch": {"url": "https://api.test/big/a"}}`), "big", fmt.Sprintf("big%d", i))
	}
	for name, join := range map[string]func([]string) string{
		"an array": func(all []string) string { return "[" + strings.Join(all, ",") + "]" },
		"lines":    func(all []string) string { return strings.Join(all, "\n") },
	} {
		t.Run(name, func(t *testing.T) {
			growth.Check(t, 50, func(n int) func() {
				all := make([]string, n)
				for i := range all {
					all[i] = scenario(i)
				}
				text := join(all)
				return func() {
					if _, err := conformance.ReadScenariosOf("a.json", strings.NewReader(text)); err != nil {
						t.Fatal(err)
					}
				}
			})
		})
	}
	t.Run("a recording", func(t *testing.T) {
		growth.Check(t, 200, func(n int) func() {
			r := &conformance.Recording{Engine: "chromium", Version: engine.Chromium().Version, Recorded: "2026-11-30"}
			for i := range n {
				var out conformance.Outcome
				if err := json.Unmarshal(fmt.Appendf(nil, `{"id": "a%d", "steps": [{"result": "error", "error": "TypeError"}], "requests": []}`, i), &out); err != nil {
					t.Fatal(err)
				}
				r.Outcomes = append(r.Outcomes, &out)
			}
			file := filepath.Join(t.TempDir(), "chromium.jsonl.gz")
			return func() {
				if err := r.WriteFile(file); err != nil {
					t.Fatal(err)
				}
				if _, err := conformance.ReadRecording(file); err != nil {
					t.Fatal(err)
				}
			}
		})
	})
	t.Run("headers of a recorded request", func(t *testing.T) {
		growth.Check(t, 1000, func(n int) func() {
			request := conformance.Request{Method: "GET", URL: "https://api.test/big/a"}
			for i := range n {
				name := fmt.Sprintf("x-%07d", i)
				request.Headers = append(request.Headers, [2]string{name, "1"})
				request.AllHeaders = append(request.AllHeaders, [2]string{strings.ToUpper(name), "1"})
			}
			r := &conformance.Recording{Engine: "chromium", Version: engine.Chromium().Version, Recorded: "2026-11-30",
				Outcomes: []*conformance.Outcome{{ID: "big", Requests: []conformance.Request{request}}}}
			file := filepath.Join(t.TempDir(), "chromium.jsonl.gz")
			return func() {
				if err := r.WriteFile(file); err != nil {
					t.Fatal(err)
				}
				read, err := conformance.ReadRecording(file)
				if err != nil {
					t.Fatal(err)
				}
				other := *read.Outcomes[0]
				other.Requests = []conformance.Request{{Method: "GET", URL: request.URL, Headers: request.Headers[1:], AllHeaders: request.AllHeaders[1:]}}
				if found := conformance.Differences(read.Outcomes[0], &other); len(found) != 1 {
					t.Fatal(found)
				}
			}
		})
	})
	t.Run("requests that differ", func(t *testing.T) {
		growth.Check(t, 2000, func(n int) func() {
			outcome := func(format string) *conformance.Outcome {
				out := new(conformance.Outcome)
				for i := range n {
					out.Requests = append(out.Requests, conformance.Request{Method: "GET", URL: fmt.Sprintf(format, i)})
				}
				return out
			}
			got, want := outcome("https://a.test/%d"), outcome("https://b.test/%d")
			return func() { _ = conformance.Differences(got, want) }
		})
	})
}
