package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/conformance"
)

// A reportFormat is one that a check's report can be written in.
type reportFormat string

var reportFormats = []reportFormat{"text"}

// outputFlags say which reports are written, and where to.
type outputFlags struct {
	format  reportFormat
	file    string
	reports []reportFile
}

// A reportFile is a value of --report.
type reportFile struct {
	format reportFormat
	file   string
}

func (o *outputFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	addEnum(cmd, &o.format, "format", "what is printed", reportFormats...)
	flags.StringVarP(&o.file, "output", "o", "", "print to this file instead of standard output")
	flags.Var(reportFlag{&o.reports}, "report", "write a report to a file, too, may be repeated; the formats are those of --format")
}

// reportFlag is --report.
type reportFlag struct{ reports *[]reportFile }

func (r reportFlag) String() string { return "" }
func (r reportFlag) Type() string   { return "format=file" }

func (r reportFlag) Set(s string) error {
	format, file, ok := strings.Cut(s, "=")
	if !ok || file == "" {
		return errors.New("it takes format=file, as in html=report.html")
	}
	var f reportFile
	if err := (enum[reportFormat]{&f.format, reportFormats}).Set(format); err != nil {
		return fmt.Errorf("%q is no format: %w", format, err)
	}
	f.file = file
	*r.reports = append(*r.reports, f)
	return nil
}

// check refuses files that can't be written, before anything is asked.
func (o *outputFlags) check() error {
	var wrong []error
	seen := make(map[string]string)
	note := func(flag, file string) {
		if file == "" || file == "-" && flag == "--output" {
			return
		}
		wrong = append(wrong, isWritable(flag, file))
		whole, err := filepath.Abs(file)
		if other, twice := seen[whole]; twice && err == nil {
			wrong = append(wrong, fmt.Errorf("%s: %s is that of %s already", flag, file, other))
		}
		seen[whole] = flag
	}
	note("--output", o.file)
	for _, r := range o.reports {
		note("--report "+string(r.format), r.file)
	}
	return errors.Join(wrong...)
}

// isWritable is nil for a file that is, or can be made.
func isWritable(flag, name string) error {
	switch info, err := os.Stat(name); {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s: %s is a directory", flag, name)
	case err == nil:
		return nil
	}
	return isDirectory(flag, filepath.Dir(name))
}

// write writes all reports. None is written unless all can be made.
func (o *outputFlags) write(stdout io.Writer, color colorWhen, intent *conformance.Intent, report *conformance.Report) error {
	type made struct {
		file string
		text bytes.Buffer
	}
	all := make([]made, 1+len(o.reports))
	paint := painter(color == colorAlways)
	if all[0].file = o.file; o.file == "" || o.file == "-" {
		all[0].file, paint = "", color.painter(stdout)
	}
	if err := o.format.write(&all[0].text, paint, intent, report); err != nil {
		return err
	}
	for i, r := range o.reports {
		all[i+1].file = r.file
		if err := r.format.write(&all[i+1].text, false, intent, report); err != nil {
			return err
		}
	}
	for i := range all {
		if err := writeTo(stdout, all[i].file, all[i].text.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// writeTo writes a file whole or not at all, but into what is no regular one,
// such as a pipe; "" is stdout.
func writeTo(stdout io.Writer, file string, text []byte) error {
	to := func(w io.Writer) error { _, err := w.Write(text); return err }
	if file == "" {
		return to(stdout)
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(to(f), f.Close())
	}
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	return writeWhole(file, to)
}

// write writes a report in a format.
func (f reportFormat) write(w io.Writer, paint painter, intent *conformance.Intent, report *conformance.Report) error {
	printReport(w, paint, intent, report)
	return nil
}

// printReport is the report for a terminal.
func printReport(w io.Writer, paint painter, intent *conformance.Intent, report *conformance.Report) {
	count := make(map[conformance.Severity]int)
	for _, f := range report.Findings {
		count[f.Severity]++
		head, rest, _ := strings.Cut(f.String(), "\n")
		colour := map[conformance.Severity]func(string) string{conformance.Breaks: paint.red, conformance.Unsafe: paint.red}[f.Severity]
		if colour == nil {
			colour = paint.yellow
		}
		fmt.Fprintf(w, "%s\n%s\n", colour(head), rest)
	}
	if len(report.Findings) == 0 {
		what := fmt.Sprintf("all %d uses", len(report.Uses))
		if len(report.Uses) == 1 {
			what = report.Uses[0]
		}
		who := "no page"
		if len(intent.Allow) > 0 {
			who = "pages of " + strings.Join(intent.Allow, ", ")
		}
		for _, line := range wrap(paint.green("Every browser lets "+who+" do what they should: ")+clean(what)+".", lineWidth) {
			fmt.Fprintln(w, line)
		}
	} else {
		var parts []string
		for s := conformance.Breaks; s <= conformance.Slow; s++ {
			if count[s] > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", count[s], s))
			}
		}
		findings := "findings"
		if len(report.Findings) == 1 {
			findings = "finding"
		}
		fmt.Fprintf(w, "%s\n", paint.bold(fmt.Sprintf("%d %s at %s: %s.", len(report.Findings), findings, clean(report.Base), strings.Join(parts, ", "))))
	}
	fmt.Fprintf(w, "%d requests were sent.\n", len(report.Traffic))
}
