package report

import (
	"strings"

	"github.com/browsercors/browsercors/conformance"
)

// A rule is a kind of finding.
type rule struct {
	id       conformance.FindingID
	severity conformance.Severity
	title    string // in short
	meaning  string
	section  string
}

// rules are the kinds of a report's findings.
func rules(r *conformance.Report) []rule {
	var all []rule
	seen := make(map[conformance.FindingID]bool)
	for _, f := range r.Findings {
		if seen[f.ID] {
			continue
		}
		seen[f.ID] = true
		title := strings.ReplaceAll(string(f.ID), "-", " ")
		all = append(all, rule{f.ID, f.Severity, strings.ToUpper(title[:1]) + title[1:], clean(f.Rule), f.Section})
	}
	return all
}
