package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	reports "github.com/browsercors/browsercors/audit/report"
)

// The flags that choose the formats and files of a check, and writing these files.

// reportFormats are the formats of a check's report, text first.
func reportFormats() []format {
	var formats []format
	for _, name := range reports.Formats() {
		formats = append(formats, format(name))
	}
	return formats
}

// outputFlags choose the reports that are written, and their files.
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
		return fmt.Errorf("%q names no file, want format=file such as html=report.html", s)
	}
	if !slices.Contains(reportFormats(), format(name)) {
		return unknownWord("format", name, wordsOf(reportFormats()))
	}
	*r.reports = append(*r.reports, reportFile{format(name), file})
	return nil
}

// check refuses files that can't be written, before any request is sent.
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

// isWritable returns nil for a file that exists, or whose directory exists.
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

// write writes all reports. It renders all of them before it writes the first, and writes
// to standard output last.
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

// writeTo writes a file, as [writeWhole] does. "" is standard output.
func writeTo(stdout io.Writer, file string, text []byte) error {
	to := func(w io.Writer) error { _, err := w.Write(text); return err }
	if file == "" {
		return to(stdout)
	}
	return writeWhole(file, to)
}
