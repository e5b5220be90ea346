package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/conformance/browser"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/text"
)

// The files of a directory of recordings, beside one an engine.
const (
	generatedFile = "generated.jsonl.gz"
	leftOutFile   = "left-out.json"
)

func recordingFile(dir, engine string) string { return filepath.Join(dir, engine+".jsonl.gz") }

// An archive is the stage of what was recorded.
type archive struct{ dir string }

func (a *archive) has(engine string) error {
	_, err := os.Stat(recordingFile(a.dir, engine))
	if err != nil {
		return fmt.Errorf("no recording of %s: %w", engine, err)
	}
	return nil
}

func (a *archive) start(_ context.Context, name string) (player, error) {
	r, err := conformance.ReadRecording(recordingFile(a.dir, name))
	if err != nil {
		return nil, err
	}
	profile, err := engine.ByName(name)
	if err != nil {
		return nil, err
	}
	if err := r.Follows(profile); err != nil {
		return nil, fmt.Errorf("%w; record it again with --record", err)
	}
	t := &tape{Recording: r, outcomes: make(map[string]conformance.RecordedOutcome)}
	for _, o := range r.Outcomes {
		t.outcomes[o.ID] = o
	}
	return t, nil
}

// A tape plays what was recorded.
type tape struct {
	*conformance.Recording
	outcomes map[string]conformance.RecordedOutcome
}

func (t *tape) Engine() string  { return t.Recording.Engine }
func (t *tape) Version() string { return t.Recording.Version }
func (t *tape) Close()          {}

func (t *tape) Play(ctx context.Context, scenarios []*conformance.Scenario, report func(browser.Result)) error {
	for _, s := range scenarios {
		o := t.outcomes[s.ID]
		r := browser.Result{Scenario: s, Outcome: o.Outcome, Console: o.Console}
		if r.Outcome == nil {
			r.Err = errors.New("neither recorded nor skipped in the recording")
		}
		report(r)
	}
	return ctx.Err()
}

// leftOutOf is what is left out of the recordings of a directory. It need not
// say so.
func leftOutOf(dir string) (conformance.LeftOut, error) {
	all, err := conformance.ReadLeftOut(filepath.Join(dir, leftOutFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return all, err
}

// write writes what was played as recordings. What the directory has of other
// engines stays, and of the same version of a browser what was not played now.
func (c *judgeCommand) write(trials []*trial, corpus *corpus) error {
	if err := os.MkdirAll(c.record, 0o777); err != nil {
		return err
	}
	leftOut, err := leftOutOf(c.record)
	if err != nil {
		return err
	}
	if leftOut == nil {
		leftOut = make(conformance.LeftOut)
	}
	var recordings []*conformance.Recording
	kept := true // all that the directory had of these engines
	for _, t := range trials {
		now := make(map[string]bool)
		for _, v := range t.verdicts {
			now[v.Scenario.ID] = true
		}
		for _, m := range append(t.leftOut, t.failed...) {
			now[m.id] = true
		}
		stays := func(id string) bool {
			return !now[id] && (len(corpus.generated) == 0 || !strings.HasPrefix(id, "gen-"))
		}
		r := &conformance.Recording{Engine: t.engine, Version: t.version, Recorded: time.Now().UTC().Format(time.DateOnly)}
		before := leftOut[t.engine]
		leftOut[t.engine] = make(map[string]string)
		switch old, err := conformance.ReadRecording(recordingFile(c.record, t.engine)); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			fmt.Fprintf(c.err, "browsercors: note: %v: the recording is replaced\n", err)
			kept = false
		case old.Version != t.version:
			fmt.Fprintf(c.err, "browsercors: note: the recording of %s %s is replaced by one of version %s\n", t.engine, text.Clean(old.Version), t.version)
			kept = false
		default:
			for _, o := range old.Outcomes {
				if stays(o.ID) {
					r.Outcomes = append(r.Outcomes, o)
				}
			}
			for id, why := range before {
				if stays(id) {
					leftOut[t.engine][id] = why
				}
			}
		}
		for _, m := range append(t.leftOut, t.failed...) {
			leftOut[t.engine][m.id] = m.text
		}
		for _, v := range t.verdicts {
			r.Outcomes = append(r.Outcomes, conformance.RecordedOutcome{Outcome: v.Browser, Console: v.Console})
		}
		recordings = append(recordings, r)
	}
	for _, r := range recordings {
		if err := r.WriteFile(recordingFile(c.record, r.Engine)); err != nil {
			return err
		}
	}
	generated := filepath.Join(c.record, generatedFile)
	if len(corpus.generated) > 0 {
		if err := conformance.WriteScenarios(generated, corpus.generated); err != nil {
			return err
		}
	} else if kept {
		// The generated scenarios are those that were there.
	} else if old, err := conformance.ReadScenarioFiles(nil, generated); err == nil {
		old = slices.DeleteFunc(old, func(s *conformance.Scenario) bool { return corpus.family[s.ID] != "" })
		if len(old) > 0 {
			fmt.Fprintf(c.err, "browsercors: note: %s of %s were not played: the new recordings lack them\n", text.Plural(len(old), "scenario"), generated)
		}
	}
	return leftOut.WriteFile(filepath.Join(c.record, leftOutFile))
}

// writeWhole writes a file whole or not at all.
func writeWhole(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	w := bufio.NewWriter(f)
	if err := write(w); err != nil {
		return err
	}
	if err := errors.Join(w.Flush(), f.Chmod(0o644)); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
