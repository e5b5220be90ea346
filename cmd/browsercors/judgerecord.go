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
	"time"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/text"
)

// An archive is a stage of recordings.
type archive struct{ dir string }

func (a *archive) has(engine string) error {
	files, err := a.files(engine)
	if err == nil && len(files) == 0 {
		_, err = os.Stat(recordingFile(a.dir, engine))
	}
	if err != nil {
		return fmt.Errorf("no recording of %s: %w", engine, err)
	}
	return nil
}

// files are the recordings of an engine.
func (a *archive) files(engine string) ([]string, error) {
	dirs, err := recordingDirs(a.dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, dir := range dirs {
		if _, err := os.Stat(recordingFile(dir, engine)); err == nil {
			files = append(files, recordingFile(dir, engine))
		}
	}
	return files, nil
}

func (a *archive) start(_ context.Context, name string) (player, error) {
	profile, err := engine.ByName(name)
	if err != nil {
		return nil, err
	}
	files, err := a.files(name)
	if err != nil {
		return nil, err
	}
	t := &tape{outcomes: make(map[string]*conformance.Outcome)}
	for _, file := range files {
		r, err := conformance.ReadRecording(file)
		if err != nil {
			return nil, err
		}
		if !isVersion(profile, r.Version) && !sameButPatch(profile.Version, r.Version) {
			return nil, fmt.Errorf("%s: version %s was recorded, and profile %s follows %q; record it again with --record",
				file, text.Clean(r.Version), profile.Name, profile.Version)
		}
		t.Recording = r
		for _, o := range r.Outcomes {
			t.outcomes[o.ID] = o
		}
	}
	return t, nil
}

// generatedWithin are the generated scenarios of a directory of recordings and of
// those in it: files that are there, or the one that should be.
func generatedWithin(dir string) []string {
	var files []string
	dirs, _ := recordingDirs(dir) // the directory was looked at
	for _, dir := range dirs {
		file := filepath.Join(dir, generatedFile)
		if _, err := os.Stat(file); err == nil {
			files = append(files, file)
		}
	}
	if files == nil {
		files = []string{filepath.Join(dir, generatedFile)}
	}
	return files
}

// A tape is a player of recordings of one browser.
type tape struct {
	*conformance.Recording // the last of them
	outcomes               map[string]*conformance.Outcome
}

func (t *tape) version() string { return t.Recording.Version }
func (t *tape) Close()          {}

func (t *tape) Play(ctx context.Context, scenarios []*conformance.Scenario, report func(*conformance.Scenario, *conformance.Outcome, error)) error {
	for _, s := range scenarios {
		if o := t.outcomes[s.ID]; o != nil {
			report(s, o, nil)
		} else {
			report(s, nil, errors.New("neither recorded nor skipped in the recording"))
		}
	}
	return ctx.Err()
}

// write writes the results as recordings. It keeps the recordings of other engines. It
// also keeps the recorded scenarios that were not played now, if the version of the
// browser is the same, or another patch of it; generated scenarios replace those of the same family.
func (c *judgeCommand) write(trials []*trial, corpus *corpus) error {
	if err := os.MkdirAll(c.record, 0o777); err != nil {
		return err
	}
	skipped, err := leftOutOf(c.record)
	if err != nil {
		return err
	}
	if skipped == nil {
		skipped = make(leftOut)
	}
	remade := make(map[string]bool) // families
	for _, s := range corpus.generated {
		remade[generatedFamily(s.ID)] = true
	}
	var recordings []*conformance.Recording
	kept := true // whether all recordings of these engines were kept
	for _, t := range trials {
		now := make(map[string]bool)
		for _, v := range t.verdicts {
			now[v.Scenario.ID] = true
		}
		for _, m := range append(t.leftOut, t.failed...) {
			now[m.id] = true
		}
		stays := func(id string) bool {
			return !now[id] && !remade[generatedFamily(id)]
		}
		r := &conformance.Recording{Engine: t.engine, Version: t.version, Recorded: time.Now().UTC().Format(time.DateOnly)}
		before := skipped[t.engine]
		skipped[t.engine] = make(map[string]string)
		switch old, err := conformance.ReadRecording(recordingFile(c.record, t.engine)); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			fmt.Fprintf(c.err, "browsercors: note: %v: the recording is replaced\n", err)
			kept = false
		case !sameButPatch(old.Version, t.version):
			fmt.Fprintf(c.err, "browsercors: note: the recording of %s %s is replaced by one of version %s\n", t.engine, text.Clean(old.Version), t.version)
			kept = false
		default:
			r.Version = old.Version
			for _, o := range old.Outcomes {
				if stays(o.ID) {
					r.Outcomes = append(r.Outcomes, o)
				}
			}
			for id, why := range before {
				if stays(id) {
					skipped[t.engine][id] = why
				}
			}
		}
		for _, m := range append(t.leftOut, t.failed...) {
			skipped[t.engine][m.id] = m.text
		}
		for _, v := range t.verdicts {
			o := *v.Browser
			o.Version = t.version
			r.Outcomes = append(r.Outcomes, &o)
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
		scenarios := corpus.generated
		if old, err := conformance.ReadScenarios(nil, generated); err == nil && kept {
			old = slices.DeleteFunc(old, func(s *conformance.Scenario) bool { return remade[generatedFamily(s.ID)] })
			scenarios = append(old, scenarios...)
		}
		if err := writeScenarios(generated, scenarios); err != nil {
			return err
		}
	} else if kept {
		// The generated scenarios are those that were there.
	} else if old, err := conformance.ReadScenarios(nil, generated); err == nil {
		old = slices.DeleteFunc(old, func(s *conformance.Scenario) bool { return corpus.family[s.ID] != "" })
		if len(old) > 0 {
			fmt.Fprintf(c.err, "browsercors: note: %s of %s were not played: the new recordings lack them\n", text.Plural(len(old), "scenario"), generated)
		}
	}
	return skipped.write(filepath.Join(c.record, leftOutFile))
}

// writeWhole writes a file as a whole or not at all. It writes into a file that is not
// regular, such as a pipe or a device, and replaces what a link leads to, not the link.
func writeWhole(name string, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
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
