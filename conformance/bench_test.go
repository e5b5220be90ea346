package conformance_test

import (
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/fetch"
)

// BenchmarkPlay measures whole scenarios, each with a user agent of its own.
func BenchmarkPlay(b *testing.B) {
	for _, bench := range []struct{ name, scenario string }{
		{"simple", `{"id": "x", "servers": {"https://api.other.test/x": {"actual": [
			{"status": 200, "headers": [["Access-Control-Allow-Origin", "*"], ["Content-Type", "text/plain"]], "body": "ok"}]}},
			"steps": [{"fetch": {"url": "https://api.other.test/x"}}]}`},
		{"refused", `{"id": "x", "servers": {"https://api.other.test/x": {"actual": [{"status": 200, "body": "ok"}]}},
			"steps": [{"fetch": {"url": "https://api.other.test/x"}}]}`},
		{"preflighted", `{"id": "x", "servers": {"https://api.other.test/x": {
			"preflight": [{"status": 204, "headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Methods", "PUT"]]}],
			"actual": [{"status": 200, "headers": [["Access-Control-Allow-Origin", "*"]], "body": "ok"}]}},
			"steps": [{"fetch": {"url": "https://api.other.test/x", "method": "PUT"}}]}`},
	} {
		s, err := conformance.ParseScenario([]byte(bench.scenario))
		if err != nil {
			b.Fatal(err)
		}
		engine := conformance.Engine{Profile: fetch.Standard()}
		b.Run("scenario="+bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := engine.Play(b.Context(), s); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "scenarios/s")
		})
	}
}
