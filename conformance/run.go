package conformance

import (
	"bufio"
	"context"
	"fmt"
	"io"
)

// engineName is what an outcome of the engine calls its player, for a profile.
func (e *Engine) engineName() string {
	if e.Profile == nil {
		return "browsercors/standard"
	}
	return "browsercors/" + e.Profile.Name
}

// Run plays every scenario of the files and writes one outcome a line, in
// order. The file "-" is stdin, one that ends in ".gz" is compressed. All files are read and checked before the
// first scenario is played: bad input, an [*InputError] of one line, leaves
// nothing written.
func (e *Engine) Run(ctx context.Context, out io.Writer, stdin io.Reader, files ...string) error {
	all, err := ReadScenarioFiles(stdin, files...)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(out)
	for _, s := range all {
		outcome, err := e.Play(ctx, s)
		if err != nil {
			return fmt.Errorf("conformance: scenario %q: %w", s.ID, err)
		}
		outcome.Engine = e.engineName()
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
