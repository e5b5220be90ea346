package main

import (
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-isatty"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/internal/text"
)

// lineWidth is how wide all text is set: help, output and the man page.
const lineWidth = text.Width

// A painter colours text, if at all.
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

// add makes the value that of a command's --color.
func (c *colorWhen) add(flags *pflag.FlagSet) {
	addEnum(flags, c, "color", "when to use colours; auto is on a terminal, unless NO_COLOR is set", colorAuto, colorAlways, colorNever)
}

// painter is the one for what goes to w. See https://no-color.org.
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

// brief is a name or path as it stands in a line that says more: if it is very
// long, its beginning.
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

// wrap breaks text into lines of at most width characters, at spaces where
// there are any. A line break in it stays.
func wrap(text string, width int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := ""
		for word := range strings.FieldsSeq(paragraph) {
			switch {
			case line == "":
				line = word
			case visible(line)+1+visible(word) > width:
				lines = append(lines, line)
				line = word
			default:
				line += " " + word
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// visible is how many characters of a text are seen: all but what colours it.
func visible(s string) int {
	n := 0
	for {
		before, after, painted := strings.Cut(s, "\x1b[")
		n += utf8.RuneCountInString(before)
		if !painted {
			return n
		}
		_, s, _ = strings.Cut(after, "m")
	}
}

// pad fills s up with spaces.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-visible(s)))
}
