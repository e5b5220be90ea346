package conformance

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/origin"
)

// printsReasons tells whether the player of an outcome prints why CORS refused
// something, which Chromium alone does in words that a player can read.
func (o *Outcome) printsReasons() bool { return o.Engine == "chromium" }

// reasons compares what Chromium printed to its console when it refused a
// scenario, in order, with what the engine prints in its place. Got is
// Chromium's. Of the engine's messages those count that say "Access to …" or
// "Fetch API cannot load …" of a URL that carries the scenario's id, which are
// what a player can know of Chromium's. Fragments of URLs do not count, nor
// which of several request headers a preflight's refusal names.
func (v *Verdict) reasons() []Difference {
	var own []string
	for _, refusal := range v.Refusals {
		if refusal == nil {
			continue
		}
		for line := range strings.SplitSeq(engine.Console(refusal)["chromium"], "\n") {
			if v.Scenario.blames(line) {
				own = append(own, line)
			}
		}
	}
	console := slices.DeleteFunc(slices.Clone(v.Browser.Console), func(line string) bool { return !v.Scenario.blames(line) })
	found := reasonDifferences(console, own)
	if v.Scenario.revalidates() || v.Scenario.loadsBehind() { // Chromium prints what is refused in the background, too
		found = slices.DeleteFunc(found, func(d Difference) bool { return d.Want == nothing })
	}
	return found
}

// loadsBehind tells whether a scenario has steps that may go on when script has its
// result, or that load more than the one resource whose refusal the engine tells of.
func (s *Scenario) loadsBehind() bool {
	return slices.ContainsFunc(s.Steps, func(step Step) bool {
		return step.Beacon != nil || step.Element != nil && slices.Contains([]string{"module", "style", "iframe", "worker", "css-image", "css-mask"}, step.Element.Kind)
	})
}

// blames tells whether a message of Chromium's console says why the scenario's
// script may not have what a URL of its own gives.
func (s *Scenario) blames(message string) bool {
	if !strings.HasPrefix(message, "Access to ") && !strings.HasPrefix(message, "Fetch API cannot load ") {
		return false
	}
	for word := range strings.FieldsFuncSeq(message, func(r rune) bool { return r == ' ' || r == '\'' }) {
		if u, err := origin.ParseURL(strings.TrimRight(word, ".")); err == nil && s.carriesID(u) {
			return !strings.HasSuffix(message, word+" ") // without a reason, after a connection that broke
		}
	}
	return false
}

var (
	shownFragment = regexp.MustCompile(`(\b[a-z][a-z0-9+.-]*:[^'# ]*)#[^' ]*?('|\. )`)
	shownPassword = regexp.MustCompile(`(://[^/'@ ]*:)[^/'@ ]*@`)
	shownLength   = regexp.MustCompile(`('[^' ]{400})[^' ]{400,}([^' ]{100}')`)
	refusedHeader = regexp.MustCompile(`Request header field \S+ is`)
)

// reason is what of a message must be the same. Fragments and passwords are
// not, nor the middle of long URLs: errors have URLs without them. Which of
// several header names Chromium finds first depends on its hashes of them.
func reason(message string) string {
	message = shownPassword.ReplaceAllString(message, "$1…@")
	message = shownFragment.ReplaceAllString(message, "$1$2")
	message = shownLength.ReplaceAllString(message, "$1…$2")
	return refusedHeader.ReplaceAllString(message, "Request header field … is")
}

// reasonDifferences compares messages in order. Where one is missing the rest
// still fits.
func reasonDifferences(got, want []string) []Difference {
	var found []Difference
	for i := 0; len(got) > 0 || len(want) > 0; i++ {
		d := Difference{Field: fmt.Sprintf("console[%d]", i), Got: nothing, Want: nothing}
		ahead := func(list []string, message string) bool {
			return slices.ContainsFunc(list, func(s string) bool { return reason(s) == reason(message) })
		}
		takeGot, takeWant := len(got) > 0, len(want) > 0
		if takeGot && takeWant && reason(got[0]) != reason(want[0]) {
			switch {
			case ahead(got, want[0]):
				takeWant = false
			case ahead(want, got[0]):
				takeGot = false
			}
		}
		same := takeGot && takeWant && reason(got[0]) == reason(want[0])
		if takeGot {
			d.Got, got = got[0], got[1:]
		}
		if takeWant {
			d.Want, want = want[0], want[1:]
		}
		if !same {
			found = append(found, d)
		}
	}
	return found
}
