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
	"github.com/browsercors/browsercors/conformance/browser"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// A trial is one browser's part of a judgement.
type trial struct {
	engine  string
	version string // of the browser
	profile *fetch.Profile
	replay  bool

	verdicts []*conformance.Verdict // in the order of the corpus
	kinds    []*kind                // that nothing explains, the most frequent first
	leftOut  []remark
	failed   []remark // could not be played
	unshrunk int      // kinds for which there was no time
}

// A remark is about one scenario.
type remark struct{ id, text string }

// A kind is a kind of disagreement of one engine.
type kind struct {
	name     string
	ids      []string             // of the scenarios that show it
	smallest *conformance.Verdict // the smallest scenario that shows it
	from     string               // the id of the scenario that the smallest was made of, if it was made
}

// A court tries one engine.
type court struct {
	*trial
	order   *judgeCommand  // what was asked for
	follows *fetch.Profile // the engine's own
	player  player
	judge   conformance.Judge
	results map[string]*browser.Result // by id, without those that are left out
}

// try plays the corpus in one browser and judges it, but for what is known to
// be left out.
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
	o := &court{trial: t, order: c, follows: follows, judge: conformance.Judge{Profile: t.profile, Known: c.known}}
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
	t.version = o.player.Version()
	if (&conformance.Recording{Engine: name, Version: t.version}).Follows(follows) != nil {
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

// playAll plays the scenarios; for a recording twice, the second time in
// another browser and in the other order.
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

// leaveOutUnsteady leaves out what a second play gave another outcome of.
func (o *court) leaveOutUnsteady(scenarios []*conformance.Scenario, second map[string]*browser.Result) {
	for _, s := range scenarios {
		first, second := o.results[s.ID], second[s.ID]
		if first.Err == nil && second.Err != nil {
			first.Err = second.Err
		}
		if first.Err != nil {
			continue
		}
		if differ := conformance.Differences(second.Outcome, first.Outcome); len(differ) > 0 {
			o.leftOut = append(o.leftOut, remark{s.ID, "two plays differ: " + differ[0].String()})
			delete(o.results, s.ID)
		}
	}
}

// judgeAll judges what was played.
func (o *court) judgeAll(ctx context.Context, scenarios []*conformance.Scenario) error {
	var disagree []*conformance.Scenario
	for _, s := range scenarios {
		v, err := o.verdict(ctx, s, o.results[s.ID])
		if err != nil {
			return err
		}
		if v != nil && !v.Explained() {
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
		if r.Err != nil {
			o.failed = append(o.failed, remark{s.ID, r.Err.Error()})
			continue
		}
		v, err := o.verdict(ctx, s, r)
		if err != nil {
			return err
		}
		o.verdicts = append(o.verdicts, v)
		if v.Explained() {
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
func (o *court) verdict(ctx context.Context, s *conformance.Scenario, r *browser.Result) (*conformance.Verdict, error) {
	if r == nil || r.Err != nil {
		return nil, nil
	}
	return o.judge.Judge(ctx, s, conformance.RecordedOutcome{Outcome: r.Outcome, Console: r.Console})
}

// size is how much of a scenario there is to read.
func size(s *conformance.Scenario) int {
	short := *s
	short.Note = ""
	raw, err := json.Marshal(&short)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return len(raw)
}

// maxShrunk is of how many kinds a smaller scenario is looked for.
const maxShrunk = 25

// shrinkAll looks for a smaller scenario for each kind while there is time.
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

// shrinkOne looks for a smaller scenario that shows a kind. When ctx ends it
// makes do with what was found.
func (o *court) shrinkOne(ctx context.Context, k *kind) error {
	shown := map[string]*conformance.Verdict{k.smallest.Scenario.ID: k.smallest}
	// Its own context does not end, so that what was found is not lost.
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
			if v != nil && !v.Explained() && v.Kind == k.name {
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
func (o *court) show(ctx context.Context, what string, scenarios []*conformance.Scenario) (map[string]*browser.Result, error) {
	bar := newProgress(o.order.err, o.engine+" "+what, len(scenarios))
	defer bar.done()
	return o.play(ctx, scenarios, bar)
}

// play plays scenarios and keeps what came of them by id.
func (o *court) play(ctx context.Context, scenarios []*conformance.Scenario, bar *progress) (map[string]*browser.Result, error) {
	results := make(map[string]*browser.Result, len(scenarios))
	if len(scenarios) == 0 {
		return results, nil
	}
	err := o.player.Play(ctx, scenarios, func(r browser.Result) {
		results[r.Scenario.ID] = &r
		bar.add()
	})
	return results, err
}

// A progress shows on a terminal how far something is. Nil shows nothing.
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
