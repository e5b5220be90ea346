package engine

import (
	"slices"
	"strings"
)

// DeviationEntries is how many departures are put in words, DeviationSources
// how often it is said where an engine's is known from.
var (
	DeviationEntries = len(deviations)
	DeviationSources = func() (n int) {
		for _, d := range deviations {
			n += len(d.sources)
		}
		return n
	}()
)

// FieldText is what the table says that a field does, if it says it of the field
// and not of each of its values.
func FieldText(path string) (text string, ok bool) {
	for _, d := range deviations {
		if d.field == path && d.value == nil {
			return strings.TrimSpace(d.does + " " + d.detail), true
		}
	}
	return "", false
}

// Causes are all that a line or an error name leads to.
func Causes() (all []*Cause) {
	for _, l := range causeLines {
		all = append(all, l.cause)
	}
	for _, n := range slices.Concat(errorNames, webkitFailures) {
		all = append(all, n.cause)
	}
	for _, c := range blockedReasons {
		all = append(all, c)
	}
	return all
}
