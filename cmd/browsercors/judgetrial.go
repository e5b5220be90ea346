package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

// A trial is the part of a judgement that concerns one browser.
type trial struct {
	engine  string
	version string // of the browser
	profile *fetch.Profile
	replay  bool

	verdicts []*conformance.Verdict // in the order of the corpus
	kinds    []*kind                // the unknown ones, the most frequent first
	leftOut  []remark
	failed   []remark // could not be played
	unshrunk int      // number of kinds that there was no time to minimize
}

// A remark is about one scenario.
type remark struct{ id, text string }

// A kind is a kind of disagreement of one engine.
type kind struct {
	name     string
	ids      []string             // of the scenarios that show it
	smallest *conformance.Verdict // the smallest scenario that shows it
	from     string               // id of the scenario that was minimized, if any
}

// A played is what came of a scenario in a browser.
type played struct {
	scenario *conformance.Scenario
	outcome  *conformance.Outcome // nil if there is an error
	err      error
}

// A court judges one browser.
type court struct {
	*trial
	order   *judgeCommand  // the flags
	follows *fetch.Profile // the profile to compare with
	player  player
	judge   conformance.Engine
	results map[string]*played // by id, without those that are left out
}

// try plays the corpus in one browser and judges it, except for the scenarios that leftOut
// lists.
func (c *judgeCommand) try(ctx context.Context, name string, corpus *corpus, leftOut map[string]string) (*trial, error) {
	follows, err := engine.ByName(name)
	if err != nil {
		return nil, err
	}
	t := &trial{engine: name, profile: follows, replay: c.replay != ""}
	if c.profile != "" {
		if t.profile, err = engine.ByName(c.profile); err != nil {
			return nil, err
		}
	}
	o := &court{trial: t, order: c, follows: follows, judge: conformance.Engine{Profile: t.profile, Known: c.known, AllHeaders: t.profile.Name == name}}
	var play []*conformance.Scenario
	for _, s := range corpus.scenarios {
		reason, ok := leftOut[s.ID]
		if !ok && !t.replay {
			if reason, err = s.NotLive(ctx, follows); err != nil {
				return nil, err
			}
		}
		if reason != "" {
			t.leftOut = append(t.leftOut, remark{s.ID, reason})
			continue
		}
		play = append(play, s)
	}
	if o.player, err = c.stage.start(ctx, name); err != nil {
		return nil, err
	}
	defer o.player.Close()
	t.version = o.player.version()
	if !isVersion(follows, t.version) {
		fmt.Fprintf(c.err, "browsercors: note: %s has version %s, but the profile follows %s\n", name, t.version, follows.Version)
	}
	if err := o.playAll(ctx, play); err != nil {
		return nil, err
	}
	if err := o.judgeAll(ctx, play); err != nil {
		return nil, err
	}
	if t.replay {
		return t, nil
	}
	return t, o.shrinkAll(ctx)
}

// playAll plays the scenarios. For a recording it plays them twice; the second time in a
// new browser and in reverse order.
func (o *court) playAll(ctx context.Context, scenarios []*conformance.Scenario) error {
	results, err := o.show(ctx, "playing", scenarios)
	if err != nil {
		return err
	}
	o.results = results
	if o.order.record == "" {
		return nil
	}
	again := slices.Clone(scenarios)
	slices.Reverse(again)
	second, err := o.show(ctx, "playing again", again)
	if err != nil {
		return err
	}
	o.leaveOutUnsteady(scenarios, second)
	return nil
}

// leaveOutUnsteady leaves out scenarios whose second play had another outcome.
func (o *court) leaveOutUnsteady(scenarios []*conformance.Scenario, second map[string]*played) {
	for _, s := range scenarios {
		first, second := o.results[s.ID], second[s.ID]
		if first.err == nil && second.err != nil {
			first.err = second.err
		}
		if first.err != nil {
			continue
		}
		if differ := conformance.Differences(second.outcome, first.outcome); len(differ) > 0 {
			o.leftOut = append(o.leftOut, remark{s.ID, fmt.Sprintf("two plays differ: %s: got %s, want %s", differ[0].Field, text.CleanBytes(differ[0].Got), text.CleanBytes(differ[0].Want))})
			delete(o.results, s.ID)
		}
	}
}

// judgeAll judges the results.
func (o *court) judgeAll(ctx context.Context, scenarios []*conformance.Scenario) error {
	var disagree []*conformance.Scenario
	for _, s := range scenarios {
		v, err := o.verdict(ctx, s, o.results[s.ID])
		if err != nil {
			return err
		}
		if v != nil && !v.Explained {
			disagree = append(disagree, s)
		}
	}
	if !o.replay && o.order.record == "" && len(disagree) > 0 {
		second, err := o.show(ctx, "playing again what disagrees", disagree)
		if err != nil {
			return err
		}
		o.leaveOutUnsteady(disagree, second)
	}
	kinds := make(map[string]*kind)
	for _, s := range scenarios {
		r := o.results[s.ID]
		if r == nil {
			continue // left out
		}
		if r.err != nil {
			o.failed = append(o.failed, remark{s.ID, r.err.Error()})
			continue
		}
		v, err := o.verdict(ctx, s, r)
		if err != nil {
			return err
		}
		o.verdicts = append(o.verdicts, v)
		if v.Explained {
			continue
		}
		k := kinds[v.Kind]
		if k == nil {
			k = &kind{name: v.Kind, smallest: v}
			kinds[v.Kind] = k
			o.kinds = append(o.kinds, k)
		}
		k.ids = append(k.ids, s.ID)
		if size(s) < size(k.smallest.Scenario) {
			k.smallest = v
		}
	}
	slices.SortStableFunc(o.kinds, func(a, b *kind) int { return len(b.ids) - len(a.ids) })
	return nil
}

// verdict judges one result; nil if it could not be played or is left out.
func (o *court) verdict(ctx context.Context, s *conformance.Scenario, r *played) (*conformance.Verdict, error) {
	if r == nil || r.err != nil {
		return nil, nil
	}
	return o.judge.Judge(ctx, s, r.outcome)
}

// size is a measure of how much there is to read in a scenario.
func size(s *conformance.Scenario) int {
	short := *s
	short.Note = ""
	raw, err := json.Marshal(&short)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return len(raw)
}

// maxShrunk is the most kinds whose scenarios are minimized.
const maxShrunk = 25

// shrinkAll minimizes a scenario for each kind, while there is time.
func (o *court) shrinkAll(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, o.order.shrink)
	defer cancel()
	bar := newProgress(o.order.err, o.engine+" shrinking", min(len(o.kinds), maxShrunk))
	defer bar.done()
	for i, k := range o.kinds {
		if i < maxShrunk {
			if err := o.shrinkOne(within, k); err != nil {
				return err
			}
			bar.add()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if i >= maxShrunk || within.Err() != nil {
			o.unshrunk++
		}
	}
	return nil
}

// shrinkOne minimizes a scenario that shows a kind. When ctx ends, it keeps the smallest
// found so far.
func (o *court) shrinkOne(ctx context.Context, k *kind) error {
	shown := map[string]*conformance.Verdict{k.smallest.Scenario.ID: k.smallest}
	// Shrink gets a context that does not end, so that its result is not lost.
	small, err := conformance.Shrink(context.WithoutCancel(ctx), k.smallest.Scenario, func(_ context.Context, candidates []*conformance.Scenario) ([]bool, error) {
		show := make([]bool, len(candidates))
		var play []*conformance.Scenario
		for _, s := range candidates {
			reason, err := s.NotLive(ctx, o.follows)
			if err == nil && reason == "" {
				play = append(play, s)
			}
		}
		results, err := o.play(ctx, play, nil)
		if ctx.Err() != nil {
			return show, nil
		}
		if err != nil {
			return nil, err
		}
		for i, s := range candidates {
			v, err := o.verdict(ctx, s, results[s.ID])
			if err != nil {
				return nil, err
			}
			if v != nil && !v.Explained && v.Kind == k.name {
				show[i], shown[s.ID] = true, v
			}
		}
		return show, nil
	})
	if err != nil {
		return err
	}
	if v := shown[small.ID]; v != nil && v != k.smallest {
		k.from, k.smallest = k.smallest.Scenario.ID, v
	}
	return nil
}

// show plays scenarios behind a progress bar.
func (o *court) show(ctx context.Context, what string, scenarios []*conformance.Scenario) (map[string]*played, error) {
	bar := newProgress(o.order.err, o.engine+" "+what, len(scenarios))
	defer bar.done()
	return o.play(ctx, scenarios, bar)
}

// play plays scenarios, and returns their results by id.
func (o *court) play(ctx context.Context, scenarios []*conformance.Scenario, bar *progress) (map[string]*played, error) {
	results := make(map[string]*played, len(scenarios))
	if len(scenarios) == 0 {
		return results, nil
	}
	err := o.player.Play(ctx, scenarios, func(s *conformance.Scenario, outcome *conformance.Outcome, err error) {
		results[s.ID] = &played{s, outcome, err}
		bar.add()
	})
	return results, err
}

// A progress is a progress bar on a terminal. Nil shows nothing.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(w io.Writer, what string, total int) *progress {
	if !isTerminal(w) || total == 0 {
		return nil
	}
	return &progress{progressbar.NewOptions(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetWidth(30),
		progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond))}
}

func (p *progress) add() {
	if p != nil {
		_ = p.bar.Add(1)
	}
}

func (p *progress) done() {
	if p != nil {
		_ = p.bar.Clear()
		_ = p.bar.Exit()
	}
}
