package main

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"text/tabwriter"
)

// A column is the outcomes of one client.
type column struct {
	name     string
	outcomes map[string]outcome
}

// report prints how the engine's outcomes compare with those of browsers: each test with a difference, or all tests,
// and how many tests of each kind every client passed. It returns the number of tests with a difference.
func report(w io.Writer, tests []*test, engine column, browsers []column, all bool) (differences int) {
	byID := make(map[string]*test, len(tests))
	for _, t := range tests {
		byID[t.ID] = t
	}
	columns := append([]column{engine}, browsers...)
	for _, t := range tests {
		differs := slices.ContainsFunc(browsers, func(b column) bool {
			o, played := b.outcomes[t.ID]
			return played && !same(o, engine.outcomes[t.ID])
		})
		if differs {
			differences++
		}
		if !all && !differs {
			continue
		}
		fmt.Fprintf(w, "%s (%s)\n", t.ID, kindOf(t))
		for _, c := range columns {
			fmt.Fprintf(w, "  %s: %s", c.name, judge(t.ID, byID, c.outcomes))
			if o := c.outcomes[t.ID]; !o.pass() {
				fmt.Fprintf(w, ": %s", o)
			}
			fmt.Fprintln(w)
		}
	}
	counts := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, kind := range kindsOf(tests) {
		fmt.Fprint(counts, kind)
		for _, c := range columns {
			good, of := count(tests, byID, c, kind)
			fmt.Fprintf(counts, "\t%s: %d of %d", c.name, good, of)
		}
		fmt.Fprintln(counts)
	}
	counts.Flush()
	fmt.Fprintf(w, "%d tests, %d with a difference\n", len(tests), differences)
	return differences
}

func kindOf(t *test) string { return cmp.Or(t.Kind, "required") }

// kindsOf are the kinds of tests, in the order in which they come first.
func kindsOf(tests []*test) []string {
	var kinds []string
	for _, t := range tests {
		if kind := kindOf(t); !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// count counts the tests of a kind, and those of them with a good verdict.
func count(tests []*test, byID map[string]*test, c column, kind string) (good, of int) {
	for _, t := range tests {
		if kindOf(t) != kind {
			continue
		}
		of++
		if slices.Contains([]string{verdictPass, verdictYes}, judge(t.ID, byID, c.outcomes)) {
			good++
		}
	}
	return good, of
}

// changing is what differs each time in messages: the ids of tests, dates, and the words of exceptions.
var changing = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT`)

// same reports whether two clients got the same for a test: they passed, or failed at the same check.
func same(a, b outcome) bool {
	if a.name != b.name || a.name != assertion && a.name != setUp {
		return a.name == b.name
	}
	return changing.ReplaceAllString(a.message, "") == changing.ReplaceAllString(b.message, "")
}
