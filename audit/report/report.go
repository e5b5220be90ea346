// Package report writes what an audit found: for a terminal, for machines, for
// what shows the results of tests and of code scanning, for a pull request, and
// as a page to read.
//
// Every format is a function of the report alone: the same report gives the same
// bytes, and a time in it is one of the report's own. Whatever a server sent is
// escaped for the format that it is shown in, and shortened where people read
// it.
//
// Secrets are left out: the values of cookies, Authorization but for its scheme,
// and bodies. [JSON] can be told to keep them.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/text"
)

// Options are what a report can't know by itself. Nil, or the zero value of any
// field, works.
type Options struct {
	// Version is that of the program that writes; "" leaves it out.
	Version string

	// Color colours [Text], for a terminal.
	Color bool

	// KeepSecrets has [JSON] write cookies, Authorization and bodies as they were
	// sent.
	KeepSecrets bool

	// Fails tells which findings are failures in [JUnit]; nil takes those that are
	// unsafe or break a use.
	Fails func(*audit.Finding) bool

	// File is the intent's, as a path with slashes, relative to where the report
	// will be looked at: for code scanning the root of the repository. "" is
	// none.
	File string

	// Line is where the use of a name begins in File, counted from 1; nil, or 0,
	// is not known.
	Line func(use string) int
}

// A Writer is one of the formats.
type Writer func(w io.Writer, r *audit.Report, o *Options) error

// Formats are the formats by name: text, json, junit, sarif, markdown and html.
// Each call makes them anew.
func Formats() map[string]Writer {
	return map[string]Writer{"text": Text, "json": JSON, "junit": JUnit, "sarif": SARIF, "markdown": Markdown, "html": HTML}
}

// orNone is options that can be asked.
func (o *Options) orNone() *Options {
	if o == nil {
		o = new(Options)
	}
	own := *o
	if own.Fails == nil {
		own.Fails = func(f *audit.Finding) bool { return f.Severity <= audit.Breaks }
	}
	if own.Line == nil {
		own.Line = func(string) int { return 0 }
	}
	return &own
}

// profiles are the names of all profiles, the Standard's first.
func profiles() []string {
	var names []string
	for _, p := range engine.Profiles() {
		names = append(names, p.Name)
	}
	return names
}

// browsers are the names of the browsers' profiles.
func browsers() []string { return profiles()[1:] }

// label is what people call a profile.
func label(profile string) string {
	if profile == profiles()[0] {
		return "the Standard"
	}
	return engine.Title(profile)
}

// where says in which browsers something shows: "in Chromium, WebKit and by the
// Standard".
func where(names []string) string {
	var in []string
	standard := false
	for _, name := range names {
		if name == profiles()[0] {
			standard = true
		} else {
			in = append(in, label(name))
		}
	}
	switch {
	case len(in) == 0 && standard:
		return "by the Standard alone"
	case len(in) == 0:
		return ""
	case len(in) == len(browsers()) && standard:
		return "in every browser"
	case len(in) == len(browsers()):
		return "in every browser, not by the Standard"
	case standard:
		return "in " + strings.Join(in, ", ") + " and by the Standard"
	}
	return "in " + strings.Join(in, ", ")
}

// shows tells whether a finding of a severity about a use shows under a profile.
func shows(r *audit.Report, s audit.Severity, use, profile string) bool {
	return slices.ContainsFunc(r.Findings, func(f audit.Finding) bool {
		return f.Severity == s && f.Use == use && slices.Contains(f.Profiles, profile)
	})
}

// works tells whether a use works under a profile.
func works(r *audit.Report, use, profile string) bool { return !shows(r, audit.Breaks, use, profile) }

// A mark is how a use stands in one browser, in a word or less, and the class of
// that in a stylesheet.
type mark struct{ mark, class string }

// standing is how a use stands under a profile: what works for pages that it
// should not work for is not well.
func standing(r *audit.Report, use, profile string) mark {
	switch unsafe := shows(r, audit.Unsafe, use, profile); {
	case !works(r, use, profile) && unsafe:
		return mark{"✗ unsafe", "bad"}
	case !works(r, use, profile):
		return mark{"✗", "bad"}
	case unsafe:
		return mark{"unsafe", "bad"}
	}
	return mark{"✓", "good"}
}

// worksEverywhere is how many uses work in every browser.
func worksEverywhere(r *audit.Report) int {
	n := 0
	for _, use := range r.Uses {
		if !slices.ContainsFunc(browsers(), func(b string) bool { return !works(r, use, b) }) {
			n++
		}
	}
	return n
}

// severities are all of them, the worst first.
var severities = []audit.Severity{audit.Unsafe, audit.Breaks, audit.Fragile, audit.Slow}

// count is how many findings are of a severity.
func count(r *audit.Report, s audit.Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Summary is a report in one line, such as "3 findings (unsafe: 1, breaks: 2); 2
// of 3 uses work in every browser; 41 requests".
func Summary(r *audit.Report) string {
	var kinds []string
	for _, s := range severities {
		if n := count(r, s); n > 0 {
			kinds = append(kinds, fmt.Sprintf("%s: %d", s, n))
		}
	}
	summary := text.Plural(len(r.Findings), "finding")
	switch {
	case len(kinds) == 1: // all of them
		summary += " (" + r.Findings[0].Severity.String() + ")"
	case len(kinds) > 1:
		summary += " (" + strings.Join(kinds, ", ") + ")"
	}
	return fmt.Sprintf("%s; %s in every browser; %s", summary, working(worksEverywhere(r), len(r.Uses)), text.Plural(len(r.Traffic), "request"))
}

// working is "1 of 3 uses works", "2 of 3 uses work".
func working(n, of int) string {
	verb := "work"
	if n == 1 || of == 1 {
		verb = "works"
	}
	return fmt.Sprintf("%d of %s %s", n, text.Plural(of, "use"), verb)
}

// started is when the first request was made; zero if none was.
func started(r *audit.Report) time.Time {
	if len(r.Traffic) == 0 {
		return time.Time{}
	}
	return r.Traffic[0].Started
}

// lines is a finding as text. What could be taken for a command is escaped
// already, unless it slipped in.
func lines(f *audit.Finding) []string {
	all := strings.Split(strings.TrimSuffix(f.String(), "\n"), "\n")
	for i, line := range all {
		all[i] = text.Printable(line)
	}
	return all
}
