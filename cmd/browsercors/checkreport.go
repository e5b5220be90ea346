package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/har"
	reports "github.com/browsercors/browsercors/audit/report"
	"github.com/browsercors/browsercors/internal/text"
)

// reportFormats are those of a check's report, the one for a terminal first.
func reportFormats() []format {
	formats := []format{textFormat}
	for _, name := range slices.Sorted(maps.Keys(reports.Formats())) {
		if format(name) != textFormat {
			formats = append(formats, format(name))
		}
	}
	return formats
}

// outputFlags say which reports are written, and where to.
type outputFlags struct {
	printFlags
	reports []reportFile
	harOut  string
}

// A reportFile is a value of --report.
type reportFile struct {
	format format
	file   string
}

func (o *outputFlags) add(flags *pflag.FlagSet) {
	o.printFlags.add(flags, reportFormats()...)
	flags.Var(reportFlag{&o.reports}, "report", "also write a report in a format of --format to a file; may be repeated")
	flags.StringVar(&o.harOut, "har-out", "", "write the traffic to this `file` as HAR, without the values of cookies and of Authorization")
}

// reportFlag is --report.
type reportFlag struct{ reports *[]reportFile }

func (r reportFlag) String() string { return "" }
func (r reportFlag) Type() string   { return "format=file" }

func (r reportFlag) Set(s string) error {
	name, file, ok := strings.Cut(s, "=")
	if !ok || file == "" {
		return fmt.Errorf("%q: it takes format=file, as in html=report.html", s)
	}
	if !slices.Contains(reportFormats(), format(name)) {
		return unknownWord("format", name, wordsOf(reportFormats()))
	}
	*r.reports = append(*r.reports, reportFile{format(name), file})
	return nil
}

// check refuses files that can't be written, before anything is asked.
func (o *outputFlags) check() error {
	var wrong []error
	seen := make(map[string]string)
	note := func(flag, file string) {
		switch {
		case file == "" || file == "-" && flag == "--output-file":
			return
		case file == "-":
			wrong = append(wrong, fmt.Errorf("%s: name a file; use --format for standard output", flag))
			return
		}
		wrong = append(wrong, isWritable(flag, file))
		whole, err := filepath.Abs(file)
		if other, twice := seen[whole]; twice && err == nil {
			wrong = append(wrong, fmt.Errorf("%s: %s is also the file of %s", flag, file, other))
		}
		seen[whole] = flag
	}
	note("--output-file", o.file)
	for _, r := range o.reports {
		note("--report "+string(r.format), r.file)
	}
	note("--har-out", o.harOut)
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

// A render writes in a format, in colour or not.
type render func(w io.Writer, format format, color bool) error

// write writes all that was asked for. Nothing is written unless all can be
// made, and what is printed comes last.
func (o *outputFlags) write(stdout io.Writer, color colorWhen, render render) error {
	printed, colored := o.file, color == colorAlways
	if printed == "" || printed == "-" {
		printed, colored = "", bool(color.painter(stdout))
	}
	files := slices.Clone(o.reports)
	if o.harOut != "" {
		files = append(files, reportFile{harFormat, o.harOut})
	}
	files = append(files, reportFile{o.format, printed})
	texts := make([]bytes.Buffer, len(files))
	for i, f := range files {
		if err := render(&texts[i], f.format, colored && i == len(files)-1); err != nil {
			return err
		}
	}
	for i, f := range files {
		if err := writeTo(stdout, f.file, texts[i].Bytes()); err != nil {
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

// renderReport renders what an audit found.
func renderReport(intent *audit.Intent, found *audit.Report, about *reports.Options) render {
	return func(w io.Writer, format format, color bool) error {
		with := *about
		with.Color = color
		switch {
		case format == harFormat:
			return har.Write(w, har.Of(found, &har.Options{Version: about.Version}))
		case format == "text" && len(found.Findings) == 0:
			if err := allIsWell(w, painter(color), intent, found); err != nil {
				return err
			}
		}
		return reports.Formats()[string(format)](w, found, &with)
	}
}

// allIsWell says what a report without a finding means.
func allIsWell(w io.Writer, paint painter, intent *audit.Intent, found *audit.Report) error {
	well := "Every browser lets pages of " + text.List(intent.Allow) + " do what they should"
	switch {
	case len(intent.Allow) == 0:
		well = "No browser lets pages of " + text.List(intent.Refuse) + " read a response"
	case len(intent.Refuse) > 0:
		well += ", and no browser lets pages of " + text.List(intent.Refuse) + " read a response"
	}
	for _, line := range wrap(well+":", lineWidth) {
		if _, err := fmt.Fprintln(w, paint.green(line)); err != nil {
			return err
		}
	}
	for _, use := range found.Uses {
		if _, err := fmt.Fprintln(w, "  "+text.Clean(use)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

// inTree is a file's path from here, as code scanning wants it where here is
// the root of a repository; "" if it is elsewhere.
func inTree(file string) string {
	whole, err := filepath.Abs(file)
	if err != nil {
		return ""
	}
	here, err := os.Getwd()
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(here, whole)
	if err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// linesOf finds a use's line in an intent's file: the one with its name, or its
// URL where it has none, behind that of the use before.
func linesOf(file string, intent *audit.Intent, names []string) func(use string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	at := make(map[string]int)
	lines := strings.Split(string(text), "\n")
	line := 0
	for i, u := range intent.Uses {
		sought, key := u.Name, "name"
		if sought == "" {
			sought, key = u.URL, "url"
		}
		for n := line; n < len(lines); n++ {
			if strings.Contains(lines[n], key) && strings.Contains(lines[n], sought) {
				at[names[i]], line = n+1, n+1
				break
			}
		}
	}
	return func(use string) int { return at[use] }
}
