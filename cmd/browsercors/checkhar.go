package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/har"
	"github.com/browsercors/browsercors/fetch"
)

// harFlags are those that go with --har.
var harFlags = []string{"har", "format", "output", "output-file", "report", "fail-on", "color"}

// explain explains an archive that a browser wrote.
func (c *checkCommand) explain(ctx context.Context, cmd *cobra.Command) error {
	var wrong []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains(harFlags, f.Name) {
			wrong = append(wrong, "--"+f.Name)
		}
	})
	if wrong != nil {
		return fmt.Errorf("%s: not with an archive, for which nothing is sent", strings.Join(wrong, ", "))
	}
	for _, f := range append(slices.Clone(c.output.reports), reportFile{format: c.output.format}) {
		if formats := har.Formats(); formats[string(f.format)] == nil {
			return fmt.Errorf("unknown format %q for an archive (%s)", f.format, strings.Join(slices.Sorted(maps.Keys(formats)), ", "))
		}
	}
	if err := c.output.check(); err != nil {
		return err
	}
	archive, err := readHAR(c.in, c.har)
	if err != nil {
		return err
	}
	judged, err := har.Judge(ctx, archive)
	if err != nil {
		return err
	}
	if err := c.output.write(c.out, c.color, renderJudgement(judged)); err != nil {
		return err
	}
	for i := range judged.Verdicts {
		if by := judged.Verdicts[i].RefusedIn(); len(by) > 0 && c.failOn.fails(refusalSeverity(by)) {
			return errFindings
		}
	}
	return nil
}

// refusalSeverity is how bad it is that these profiles refuse a request.
func refusalSeverity(profiles []string) audit.Severity {
	if slices.Equal(profiles, []string{fetch.Standard().Name}) {
		return audit.Fragile // by the Standard, and in no browser yet
	}
	return audit.Breaks
}

func readHAR(stdin io.Reader, file string) (*har.HAR, error) {
	if file == "-" {
		return har.Read("standard input", stdin)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	archive, err := har.Read(file, f)
	return archive, errors.Join(err, f.Close())
}

// renderJudgement renders what became of an archive's entries.
func renderJudgement(judged *har.Judgement) render {
	return func(w io.Writer, format format, _ bool) error { return har.Formats()[string(format)](judged, w) }
}
