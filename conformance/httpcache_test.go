package conformance_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
)

// TestSettle holds which scenarios wait for the HTTP cache.
func TestSettle(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, id string
		want     time.Duration
	}{
		{"written", "hc-fresh", 250 * time.Millisecond},
		{"generated", "gen-httpcache-1-0", 250 * time.Millisecond},
		{"generated of another family", "gen-cache-modes-1-0", 0},
		{"the prefix elsewhere", "not-hc-fresh", 0},
		{"the prefix alone", "hc", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := parseScenario(t, `{"id": "`+test.id+`", "steps": []}`)
			if set := s.Setting(); set.Settle != test.want || set.HTTPCache != (test.want > 0) {
				t.Errorf("settles for %v, HTTPCache %v, want %v", set.Settle, set.HTTPCache, test.want)
			}
		})
	}
}

// TestSettleDependsOnTiming has the time between steps decide, which a browser
// can't be held to.
func TestSettleDependsOnTiming(t *testing.T) {
	t.Parallel()
	const scenario = `{"id": "ID", "servers": {"https://app.example/ID/a": {"actual": [{"headers": [["Cache-Control", "no-store"]]}]},
		"https://api.other.test/ID/a": {"preflight": [{"headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Methods", "PUT"], ["Access-Control-Max-Age", "1"]]}],
			"actual": [{"headers": [["Access-Control-Allow-Origin", "*"]]}]}},
		"steps": [{"fetch": {"url": "https://api.other.test/ID/a", "method": "PUT"}}, {"fetch": {"url": "https://app.example/ID/a"}}, {"fetch": {"url": "https://api.other.test/ID/a", "method": "PUT"}}]}`
	for _, test := range []struct{ name, id, want string }{
		{"settles", "hc-timing", "depends on timing: if each wait lasts 500ms longer, "},
		{"does not", "timing", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := parseScenario(t, strings.ReplaceAll(scenario, "ID", test.id))
			got, err := s.NotLive(t.Context(), engine.Chromium())
			if err != nil || !strings.HasPrefix(got, test.want) || (test.want == "") != (got == "") {
				t.Errorf("%q, %v, want %q", got, err, test.want)
			}
		})
	}
}

// TestShrinkKeepsTheHTTPCache holds that every candidate is played as the
// scenario was.
func TestShrinkKeepsTheHTTPCache(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"hc-a", "hc-rather-a-long-identifier", "gen-httpcache-2026-1"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s := parseScenario(t, strings.ReplaceAll(`{"id": "ID", "note": "x", "servers": {"https://app.example/ID/a": {"actual": [{"body": "ok"}]}},
				"steps": [{"fetch": {"url": "https://app.example/ID/a"}}, {"fetch": {"url": "https://app.example/ID/a", "method": "POST"}}]}`, "ID", id))
			var ids []string
			small, err := conformance.Shrink(t.Context(), s, func(_ context.Context, candidates []*conformance.Scenario) ([]bool, error) {
				shows := make([]bool, len(candidates))
				for i, c := range candidates {
					if !c.Setting().HTTPCache || slices.Contains(ids, c.ID) {
						t.Errorf("candidate %q is not about the HTTP cache, or not the only one of its name", c.ID)
					}
					ids = append(ids, c.ID)
					shows[i] = len(c.Steps) > 0
				}
				return shows, nil
			})
			if err != nil || len(small.Steps) != 1 {
				t.Errorf("%d steps are left, %v", len(small.Steps), err)
			}
		})
	}
}
