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

// harFlags are the flags that can be used with an archive.
var harFlags = []string{"har", "format", "output", "output-file", "report", "server", "fail-on", "color"}

// explain re-evaluates an archive that a browser exported.
func (c *checkCommand) explain(ctx context.Context, cmd *cobra.Command) error {
	var wrong []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains(harFlags, f.Name) {
			wrong = append(wrong, "--"+f.Name)
		}
	})
	if wrong != nil {
		return fmt.Errorf("%s can't be used with an archive, because no request is sent", strings.Join(wrong, ", "))
	}
	for _, f := range append(slices.Clone(c.output.reports), reportFile{format: c.output.format}) {
		if formats := har.Formats(); formats[string(f.format)] == nil {
			return fmt.Errorf("unknown format %q for an archive (%s)", f.format, strings.Join(slices.Sorted(maps.Keys(formats)), ", "))
		}
	}
	if err := c.output.check(); err != nil {
		return err
	}
	archive, err := readHAR(ctx, c.in, c.har)
	if err != nil {
		return err
	}
	judged, err := har.Judge(ctx, archive, &har.Options{Server: string(c.server)})
	if err != nil {
		return err
	}
	if err := c.output.write(c.out, c.color, renderJudgement(judged)); err != nil {
		return err
	}
	for i := range judged.Verdicts {
		if by := refusedIn(&judged.Verdicts[i]); len(by) > 0 && c.failOn.fails(refusalSeverity(by)) {
			return errFindings
		}
	}
	return nil
}

// refusedIn are the names of the profiles that refuse a request.
func refusedIn(v *har.Verdict) []string {
	var names []string
	for _, o := range v.Profiles {
		if o.Ruling == "refused" {
			names = append(names, o.Profile)
		}
	}
	return names
}

// refusalSeverity is the severity of a request that these profiles refuse.
func refusalSeverity(profiles []string) audit.Severity {
	if slices.Equal(profiles, []string{fetch.Standard().Name}) {
		return audit.Fragile // only the Standard refuses it, no browser does yet
	}
	return audit.Breaks
}

func readHAR(ctx context.Context, stdin io.Reader, file string) (*har.HAR, error) {
	if file == "-" {
		return har.Read("standard input", &untilDone{ctx, stdin})
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	archive, err := har.Read(file, &untilDone{ctx, f})
	return archive, errors.Join(err, f.Close())
}

// untilDone is a reader that fails when the context is done, so that a large file
// can be left.
type untilDone struct {
	ctx context.Context
	io.Reader
}

func (r *untilDone) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}

// renderJudgement renders the verdicts on an archive.
func renderJudgement(judged *har.Judgement) render {
	return func(w io.Writer, format format, _ bool) error { return har.Formats()[string(format)](judged, w) }
}
