package conformance

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// Reasons compares what Chromium printed to its console when it refused a
// scenario, in order, with what the engine prints under a profile in its
// place. Got is Chromium's. A nil profile is the Standard's. Of the engine's
// messages those count that say "Access to …" or "Fetch API cannot load …" of a
// URL that carries the scenario's id, which are what a player can know of
// Chromium's. Fragments of URLs do not count, nor which of several request
// headers a preflight's refusal names. Errors are those of [Engine.Play].
func Reasons(ctx context.Context, s *Scenario, profile *fetch.Profile, console []string) ([]Difference, error) {
	var own []string
	e := &Engine{Profile: profile, Refused: func(_ *Scenario, _ int, refusal *fetch.Error) {
		for line := range strings.SplitSeq(refusal.Console(fetch.EngineChromium), "\n") {
			if s.blames(line) {
				own = append(own, line)
			}
		}
	}}
	if _, err := e.Play(ctx, s); err != nil {
		return nil, err
	}
	console = slices.DeleteFunc(slices.Clone(console), func(line string) bool { return !s.blames(line) })
	return reasonDifferences(console, own), nil
}

// blames tells whether a message of Chromium's console says why the scenario's
// script may not have what a URL of its own gives.
func (s *Scenario) blames(message string) bool {
	if !strings.HasPrefix(message, "Access to ") && !strings.HasPrefix(message, "Fetch API cannot load ") {
		return false
	}
	for word := range strings.FieldsFuncSeq(message, func(r rune) bool { return r == ' ' || r == '\'' }) {
		if u, err := origin.ParseURL(strings.TrimRight(word, ".")); err == nil && s.CarriesID(u) {
			return !strings.HasSuffix(message, word+" ") // without a reason, after a connection that broke
		}
	}
	return false
}

var (
	shownFragment = regexp.MustCompile(`(\b[a-z][a-z0-9+.-]*:[^'# ]*)#[^' ]*?('|\. )`)
	refusedHeader = regexp.MustCompile(`Request header field \S+ is`)
)

// reason is what of a message must be the same. Fragments are not: errors have
// URLs without them. Which of several header names Chromium finds first depends
// on its hashes of them.
func reason(message string) string {
	return refusedHeader.ReplaceAllString(shownFragment.ReplaceAllString(message, "$1$2"), "Request header field … is")
}

// reasonDifferences compares messages in order. Where one is missing the rest
// still fits.
func reasonDifferences(got, want []string) []Difference {
	var found []Difference
	for i := 0; len(got) > 0 || len(want) > 0; i++ {
		d := Difference{Field: fmt.Sprintf("console[%d]", i), Got: Nothing, Want: Nothing}
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
