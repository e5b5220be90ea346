package conformance

import (
	"fmt"
	"slices"
)

// Differences compares two outcomes of one scenario field by field and
// describes what differs, one line each; none if the players agree. Engine and
// version do not count.
func Differences(got, want *Outcome) []string {
	var lines []string
	if got.ID != want.ID {
		lines = append(lines, fmt.Sprintf("id: got %v, want %v", got.ID, want.ID))
	}
	lines = append(lines, inOrder("steps", got.Steps, want.Steps, StepOutcome.differences)...)
	return append(lines, inOrder("requests", got.Requests, want.Requests, Request.differences)...)
}

// inOrder compares two lists item by item.
func inOrder[T fmt.Stringer](what string, got, want []T, differences func(got T, where string, want T) []string) []string {
	var lines []string
	for i := range max(len(got), len(want)) {
		where := fmt.Sprintf("%s[%d]", what, i)
		switch {
		case i >= len(got):
			lines = append(lines, fmt.Sprintf("%s: got nothing, want %v", where, want[i]))
		case i >= len(want):
			lines = append(lines, fmt.Sprintf("%s: got %v, want nothing", where, got[i]))
		default:
			lines = append(lines, differences(got[i], where, want[i])...)
		}
	}
	return lines
}

func (s StepOutcome) differences(where string, want StepOutcome) []string {
	var lines []string
	compare := func(field string, got, want any) {
		if got != want {
			lines = append(lines, fmt.Sprintf("%s.%s: got %q, want %q", where, field, fmt.Sprint(got), fmt.Sprint(want)))
		}
	}
	if s.Result != want.Result {
		return []string{fmt.Sprintf("%s: got %s, want %s", where, s, want)}
	}
	compare("error", s.Error, want.Error)
	compare("type", s.Type, want.Type)
	compare("status", s.Status, want.Status)
	compare("redirected", isTrue(s.Redirected), isTrue(want.Redirected))
	compare("url", s.URL, want.URL)
	compare("body", s.Body, want.Body)
	return append(lines, headerDifferences(where, s.Headers, want.Headers)...)
}

// String says in short what the step gave.
func (s StepOutcome) String() string {
	if s.Result == "error" {
		return s.Error
	}
	return fmt.Sprintf("%s response %d", s.Type, s.Status)
}

func isTrue(b *bool) bool { return b != nil && *b }

// String says in short which request it was.
func (r Request) String() string { return r.Method + " " + r.URL }

func (r Request) differences(where string, want Request) []string {
	if r.Method != want.Method || r.URL != want.URL {
		return []string{fmt.Sprintf("%s: got %s, want %s", where, r, want)}
	}
	return headerDifferences(where, r.Headers, want.Headers)
}

// headerDifferences compares two sorted lists of headers.
func headerDifferences(where string, got, want [][2]string) []string {
	var lines []string
	has := func(list [][2]string, h [2]string) bool { return slices.Contains(list, h) }
	for _, h := range got {
		if !has(want, h) {
			lines = append(lines, fmt.Sprintf("%s.headers: got %s: %.200q", where, h[0], h[1]))
		}
	}
	for _, h := range want {
		if !has(got, h) {
			lines = append(lines, fmt.Sprintf("%s.headers: want %s: %.200q", where, h[0], h[1]))
		}
	}
	return lines
}
