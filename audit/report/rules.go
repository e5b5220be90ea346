package report

import (
	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/internal/words"
)

// rules are the kinds of a report's findings, in their order.
func rules(r *conformance.Report) []conformance.FindingKind {
	var all []conformance.FindingKind
	seen := make(map[conformance.FindingID]bool)
	for i := range r.Findings {
		f := &r.Findings[i]
		if seen[f.ID] {
			continue
		}
		seen[f.ID] = true
		kind, known := f.ID.Kind()
		if !known {
			kind = conformance.FindingKind{ID: f.ID, Severity: f.Severity, Title: string(f.ID), Meaning: words.Clean(f.Problem), Fix: words.Clean(f.Fix), Section: f.Section}
		}
		all = append(all, kind)
	}
	return all
}
