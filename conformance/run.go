package conformance

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
)

// EngineName is what an outcome of the engine calls its player, for a profile.
func (e *Engine) EngineName() string {
	if e.Profile == nil {
		return "browsercors/standard"
	}
	return "browsercors/" + e.Profile.Name
}

// Run plays every scenario of the files and writes one outcome a line, in
// order. The file "-" is stdin. All files are read and checked before the
// first scenario is played: bad input, an [*InputError] of one line, leaves
// nothing written.
func (e *Engine) Run(ctx context.Context, out io.Writer, stdin io.Reader, files ...string) error {
	var all []*Scenario
	for _, file := range files {
		scenarios, err := readFile(file, stdin)
		if err != nil {
			return err
		}
		all = append(all, scenarios...)
	}
	buffered := bufio.NewWriter(out)
	for _, s := range all {
		outcome, err := e.Play(ctx, s)
		if err != nil {
			return fmt.Errorf("conformance: scenario %q: %w", s.ID, err)
		}
		outcome.Engine = e.EngineName()
		outcome.Version = e.version()
		if _, err := outcome.WriteTo(buffered); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

// version is the version of what the engine follows.
func (e *Engine) version() string {
	if e.Profile == nil {
		return ""
	}
	return e.Profile.Version
}

func readFile(file string, stdin io.Reader) ([]*Scenario, error) {
	if file == "-" {
		return ReadScenarios("standard input", stdin)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, &InputError{File: file, Err: shortPathError(err)}
	}
	defer f.Close()
	return ReadScenarios(file, f)
}

// shortPathError is an error of package os without the path, which is named
// already.
func shortPathError(err error) error {
	if pathError, ok := err.(*os.PathError); ok {
		return pathError.Err
	}
	return err
}
