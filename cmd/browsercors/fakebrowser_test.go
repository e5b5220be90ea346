package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// A fakeStage has browsers that are the engine under a profile of their own.
type fakeStage struct {
	profile *fetch.Profile // nil is the engine's own
	version string         // "" is one that the engine's profile follows
	missing []string
	twist   func(play int, r *played)   // changes what a browser does; may be nil
	before  func(play int, n int) error // of a play of n scenarios; may be nil
	started []string
	open    int
}

func (s *fakeStage) has(engine string) error {
	if slices.Contains(s.missing, engine) {
		return fmt.Errorf("browser: %s is not installed: no %[1]s-bin; Debian has it in package %[1]s-package", engine)
	}
	return nil
}

func (s *fakeStage) start(_ context.Context, engine string) (player, error) {
	s.started = append(s.started, engine)
	s.open++
	return &fakeBrowser{fakeStage: s, engine: engine}, nil
}

type fakeBrowser struct {
	*fakeStage
	engine string
	plays  int
}

func (b *fakeBrowser) Close() { b.open-- }

func (b *fakeBrowser) version() string {
	if b.fakeStage.version != "" {
		return b.fakeStage.version
	}
	return b.own().Version + ".1"
}

// own is the profile of the engine's name.
func (b *fakeBrowser) own() *fetch.Profile {
	p, err := engine.ByName(b.engine)
	if err != nil {
		panic(err)
	}
	return p
}

func (b *fakeBrowser) Play(ctx context.Context, scenarios []*conformance.Scenario, report func(*conformance.Scenario, *conformance.Outcome, error)) error {
	b.plays++
	if b.before != nil {
		if err := b.before(b.plays, len(scenarios)); err != nil {
			return err
		}
	}
	engine := conformance.Engine{Profile: b.profile, AllHeaders: true}
	if b.profile == nil {
		engine.Profile = b.own()
	}
	for _, s := range scenarios {
		o, err := engine.Play(ctx, s)
		if err != nil {
			return err
		}
		r := played{scenario: s, outcome: o}
		if b.twist != nil {
			b.twist(b.plays, &r)
		}
		report(r.scenario, r.outcome, r.err)
	}
	return nil
}

// oddities is a profile with departures from the Standard.
func oddities() *fetch.Profile {
	p := fetch.Standard()
	p.Preflight.WildcardCoversAuthorization = true
	return p
}

// twisted is a browser that can't play one of the scenarios and departs from
// the Standard in others.
func twisted(_ int, r *played) {
	switch r.scenario.ID {
	case "dialog":
		*r = played{scenario: r.scenario, err: errors.New("it opened a dialog\x1b[2J")}
	case "hostile":
		r.outcome.Steps[0] = conformance.StepOutcome{Result: "error", Error: "</td><script>alert(6)</script>"}
		r.outcome.Requests[1].Headers = append(r.outcome.Requests[1].Headers, [2]string{"x-b", "\u0001<script>alert(7)</script>\u202e"})
	case "trusted":
		r.outcome.Requests[0].Headers[0][1] = "*/*, odd"
	}
}

// endless is a browser in which no step ends.
func endless(_ int, r *played) {
	for i := range r.outcome.Steps {
		r.outcome.Steps[i] = conformance.StepOutcome{Result: "none"}
	}
}
