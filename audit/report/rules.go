package report

import (
	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/text"
)

// rules are the kinds of a report's findings, in their order.
func rules(r *audit.Report) []audit.FindingKind {
	var all []audit.FindingKind
	seen := make(map[audit.FindingID]bool)
	for i := range r.Findings {
		f := &r.Findings[i]
		if seen[f.ID] {
			continue
		}
		seen[f.ID] = true
		kind, known := f.ID.Kind()
		if !known {
			kind = audit.FindingKind{ID: f.ID, Severity: f.Severity, Title: string(f.ID), Meaning: text.Clean(f.Problem), Fix: text.Clean(f.Fix), Section: f.Section}
		}
		all = append(all, kind)
	}
	return all
}

// title is what a finding is about, in a line.
func title(f *audit.Finding) string {
	if kind, known := f.ID.Kind(); known {
		return kind.Title
	}
	return text.Clean(f.Problem)
}
