package conformance

import (
	"context"
	"fmt"
	"slices"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

// A Judge sets what browsers did with scenarios beside what the engine does
// under a profile. It is safe for concurrent use. The zero value judges by the
// Standard and knows no disagreement.
type Judge struct {
	Profile *fetch.Profile // nil is the Standard's
	Known   []Known        // what is known to differ; of engines other than the profile's it counts for nothing
}

// A Verdict is what came of one scenario.
type Verdict struct {
	Scenario    *Scenario
	Browser     *Outcome
	Console     []string // what the browser's own log said
	Engine      *Outcome
	Refusals    []Refusal    // why the engine refused what it refused, in the order of the steps
	Differences []Difference // Got is the browser's, Want the engine's; "console[0]" and so on, where all else agrees

	// Kind is the kind of disagreement in words, "" if there is none. What
	// differs from one scenario to the next is not in it, so that disagreements
	// of one cause mostly have one kind.
	Kind string

	// Known explains the disagreement: every difference is one that it or another
	// entry of the list foresees. Nil if some difference is not foreseen, or if
	// there is none.
	Known *Known
}

// A Refusal is why the engine let a fetch step fail.
type Refusal struct {
	Step  int // the index in the outcome's steps, in which waits and visits don't count
	Error *fetch.Error
}

// Agrees tells whether browser and engine did the same.
func (v *Verdict) Agrees() bool { return len(v.Differences) == 0 }

// Explained tells whether they did the same but for what is known to differ.
func (v *Verdict) Explained() bool { return v.Agrees() || v.Known != nil }

// Judge plays a scenario with the engine and compares with what a browser did.
// Errors are those of [Engine.Play], an outcome of another scenario, and a
// known disagreement whose pattern is no regular expression.
func (j *Judge) Judge(ctx context.Context, s *Scenario, browser RecordedOutcome) (*Verdict, error) {
	if browser.ID != s.ID {
		return nil, fmt.Errorf("conformance: the outcome of scenario %.80q was given for scenario %.80q", browser.ID, s.ID)
	}
	v := &Verdict{Scenario: s, Browser: browser.Outcome, Console: browser.Console}
	engine := Engine{Profile: j.Profile, Refused: func(s *Scenario, step int, refusal *fetch.Error) {
		v.Refusals = append(v.Refusals, Refusal{Step: s.fetchesBefore(step), Error: refusal})
	}}
	var err error
	if v.Engine, err = engine.Play(ctx, s); err != nil {
		return nil, err
	}
	v.Engine.Engine, v.Engine.Version = engine.engineName(), engine.version()
	v.Differences = Differences(browser.Outcome, v.Engine)
	if v.Agrees() && browser.printsReasons() {
		v.Differences = append(v.Differences, v.reasons()...)
	}
	if v.Agrees() {
		return v, nil
	}
	v.Kind = v.kind()
	v.Known, err = j.explain(v)
	return v, err
}

// fetchesBefore counts the fetch steps before a step.
func (s *Scenario) fetchesBefore(step int) int {
	n := 0
	for _, before := range s.Steps[:step] {
		if before.Fetch != nil {
			n++
		}
	}
	return n
}

// explain finds the known disagreement that explains a verdict: the one that
// foresees the most telling difference, if all are foreseen.
func (j *Judge) explain(v *Verdict) (*Known, error) {
	engine := "standard"
	if j.Profile != nil {
		engine = j.Profile.Name
	}
	if len(j.Known) == 0 {
		return nil, nil
	}
	raw, err := text.JSON(v.Scenario)
	if err != nil {
		return nil, err
	}
	var candidates []*knownPatterns
	for i := range j.Known {
		if slices.Contains(j.Known[i].Engines, engine) {
			p, err := j.Known[i].compile()
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
