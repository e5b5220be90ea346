package main

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/internal/text"
)

// lineWidth is the width of all text: help, output and the man page.
const lineWidth = text.LineWidth

// A painter colours text; false leaves it as it is.
type painter bool

func (p painter) bold(s string) string   { return p.with("1", s) }
func (p painter) dim(s string) string    { return p.with("2", s) }
func (p painter) red(s string) string    { return p.with("31", s) }
func (p painter) green(s string) string  { return p.with("32", s) }
func (p painter) yellow(s string) string { return p.with("33", s) }
func (p painter) cyan(s string) string   { return p.with("36", s) }

func (p painter) with(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// A colorWhen says when to colour.
type colorWhen string

const (
	colorAuto   colorWhen = "auto"
	colorAlways colorWhen = "always"
	colorNever  colorWhen = "never"
)

// add adds the flag --color.
func (c *colorWhen) add(flags *pflag.FlagSet) {
	addEnum(flags, c, "color", "when to use colours; auto is on a terminal, unless NO_COLOR is set", colorAuto, colorAlways, colorNever)
}

// painter returns the painter for output to w. See https://no-color.org.
func (c colorWhen) painter(w io.Writer) painter {
	if c != colorAuto {
		return c == colorAlways
	}
	return painter(isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb")
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// brief shortens a very long name or path, for use within a longer line.
func brief(s string) string {
	const most = 64
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}
