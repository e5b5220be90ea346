package conformance

import (
	"context"
	"fmt"
	"slices"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

// A Verdict says what a browser and the engine did with one scenario.
type Verdict struct {
	Scenario    *Scenario
	Browser     *Outcome
	Engine      *Outcome
	Refusals    []*fetch.Error // why the engine refused, one per step of its outcome; nil if it did not
	Differences []Difference   // Got is the browser's, Want the engine's; "console[0]" and so on only if everything else agrees

	// Kind is the kind of disagreement in words, "" if there is none. Disagreements
	// with one cause mostly have one kind, whatever the scenario.
	Kind string

	// Known explains the disagreement: each difference is one that this or another
	// known disagreement foresees. It is nil if a difference is not foreseen, or if
	// there is none.
	Known *Known

	// Explained says that browser and engine did the same, except for known
	// disagreements.
	Explained bool

	// Rows and Results are set if browser and engine disagree. Rows are their
	// requests side by side, as pairs of indices; -1 means that only the other one
	// sent the request. Results are what script got from each step, in words:
	// from the browser, then from the engine.
	Rows    [][2]int
	Results [][2]string
}

// Judge plays a scenario under the engine's profile and compares the outcome with
// what a browser did. It returns an error if the outcome is one of another
// scenario, if ctx ends, and if a pattern of [Engine.Known] is not a regular
// expression.
func (e *Engine) Judge(ctx context.Context, s *Scenario, browser *Outcome) (*Verdict, error) {
	if browser.ID != s.ID {
		return nil, fmt.Errorf("conformance: got the outcome of scenario %.80q, want that of scenario %.80q", browser.ID, s.ID)
	}
	v := &Verdict{Scenario: s, Browser: browser}
	refusals := make(map[int]*fetch.Error)
	player := Engine{Profile: e.Profile, AllHeaders: e.AllHeaders, Refused: func(s *Scenario, step int, refusal *fetch.Error) { refusals[s.outcomesBefore(step)] = refusal }}
	var err error
	if v.Engine, err = player.Play(ctx, s); err != nil {
		return nil, err
	}
	v.Refusals = make([]*fetch.Error, len(v.Engine.Steps))
	for step, refusal := range refusals {
		v.Refusals[step] = refusal
	}
	v.Differences = Differences(browser, v.Engine)
	if len(v.Differences) == 0 && browser.printsReasons() {
		v.Differences = append(v.Differences, v.reasons()...)
	}
	if v.Explained = len(v.Differences) == 0; v.Explained {
		return v, nil
	}
	v.Rows = align(v.Browser.Requests, v.Engine.Requests)
	v.Results = results(v.Browser.Steps, v.Engine.Steps)
	v.Kind = v.kind()
	v.Known, err = e.explain(v)
	v.Explained = v.Known != nil
	return v, err
}

// results are the steps of two outcomes in words, side by side.
func results(got, want []StepOutcome) [][2]string {
	rows := make([][2]string, max(len(got), len(want)))
	for i := range rows {
		rows[i] = [2]string{nothing, nothing}
		if i < len(got) {
			rows[i][0] = got[i].inWords()
		}
		if i < len(want) {
			rows[i][1] = want[i].inWords()
		}
	}
	return rows
}

// name is what an outcome calls its player.
func (e *Engine) name() string {
	if e.Profile == nil {
		return "browsercors/standard"
	}
	return "browsercors/" + e.Profile.Name
}

// outcomesBefore counts the steps before a step that have an outcome.
func (s *Scenario) outcomesBefore(step int) int {
	n := 0
	for _, before := range s.Steps[:step] {
		if before.hasOutcome() {
			n++
		}
	}
	return n
}

// explain finds the known disagreement that explains a verdict: the one that
// foresees the most telling difference, if all are foreseen.
func (e *Engine) explain(v *Verdict) (*Known, error) {
	known := e.Known
	if known == nil {
		known = knownDisagreements()
	}
	profile := e.Profile
	if profile == nil {
		profile = fetch.Standard()
	}
	raw, err := text.JSON(v.Scenario)
	if err != nil {
		return nil, err
	}
	var candidates []*knownPatterns
	for i := range known {
		if slices.Contains(known[i].Engines, profile.Name) {
			p, err := known[i].compile()
			if err != nil {
				return nil, err
			}
			if p.canShow(raw) {
				candidates = append(candidates, p)
			}
		}
	}
	var first *Known
	for _, d := range inTellingOrder(v.Differences) {
		i := slices.IndexFunc(candidates, func(p *knownPatterns) bool { return p.foresees(d) })
		if i < 0 {
			return nil, nil
		}
		if first == nil {
			first = candidates[i].known
		}
	}
	return first, nil
}
