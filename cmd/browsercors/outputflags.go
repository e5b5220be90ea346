package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// A format is an output format.
type format string

const (
	textFormat format = "text"
	jsonFormat format = "json"
	harFormat  format = "har"
)

// printFlags choose the format and the file of the output. The value of --output is a
// file, as in curl, or the name of a format.
type printFlags struct {
	format format
	file   string // "" and "-" are standard output

	formats  []format
	formatBy string // the flag that chose the format, with its value
	fileBy   string // the flag that named the file, with its value
}

func (p *printFlags) add(flags *pflag.FlagSet, formats ...format) {
	p.formats, p.format = formats, formats[0]
	words := strings.Join(wordsOf(formats), ", ")
	flags.Var(printFlag{p, "--format", true, false}, "format", "format to print: "+words)
	flags.VarP(printFlag{p, "--output-file", false, true}, "output-file", "o", "print to this file instead of standard output")
	flags.Var(printFlag{p, "--output", true, true}, "output", "with the name of a format like --format, otherwise like --output-file, as in curl")
}

// A printFlag is a flag that chooses a format, a file or, depending on its value, either.
type printFlag struct {
	*printFlags
	name          string
	formats, file bool // what the flag can choose
}

func (p printFlag) String() string {
	if p.formats && !p.file {
		return string(p.format)
	}
	return ""
}

func (p printFlag) Type() string {
	switch {
	case p.formats && p.file:
		return "format|file"
	case p.formats:
		return "format"
	}
	return "file"
}

func (p printFlag) Set(s string) error {
	isFormat := p.formats && slices.Contains(p.printFlags.formats, format(s))
	if !isFormat && !p.file {
		return unknownWord("format", s, wordsOf(p.printFlags.formats))
	}
	by, value := &p.fileBy, &p.printFlags.file
	if isFormat {
		by, value = &p.formatBy, (*string)(&p.printFlags.format)
	}
	if *by != "" && !strings.HasPrefix(*by, p.name+" ") && *value != s {
		return fmt.Errorf("%s contradicts %s", s, *by)
	}
	*by, *value = p.name+" "+s, s
	return nil
}

// words are the names of formats.
func (p printFlag) words() []string {
	if !p.formats {
		return nil
	}
	return wordsOf(p.printFlags.formats)
}
