// Package report writes the report of an audit: for a terminal, as JSON for
// programs, as JUnit and SARIF for test results and code scanning, as Markdown for
// a pull request, and as a page of HTML.
//
// The same report always gives the same bytes. Whatever a server sent is escaped
// for the format, and shortened where people read it.
//
// Secrets are removed: the values of cookies, everything in Authorization after
// the scheme, and bodies. JSON keeps them if [Options.KeepSecrets] is set.
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

// Options say what a report does not know. Nil is the zero value, which works.
type Options struct {
	// Version is the version of the program that writes; "" leaves it out.
	Version string

	// Color colours the format "text", for a terminal.
	Color bool

	// KeepSecrets has "json" write cookies, Authorization and bodies as they were
	// sent.
	KeepSecrets bool

	// Fails selects the findings that are failures in "junit". Nil selects those with
	// severity unsafe or breaks.
	Fails func(*audit.Finding) bool

	// File is the intent's file, as a path with slashes, relative to the place where
	// the report is read: for code scanning, the root of the repository. "" is
	// none.
	File string

	// Line returns the line of File on which the use with a name begins, counted from
	// 1. Nil, or 0, means that it is not known.
	Line func(use string) int
}

// A formatFunc writes a report in one of the formats.
type formatFunc struct {
	name  string
	write func(w io.Writer, r *audit.Report, o *Options) error
}

// formats are all formats, in the order in which they are listed.
var formats = [...]formatFunc{
	{"text", writeText}, {"html", writeHTML}, {"json", writeJSON}, {"junit", writeJUnit}, {"markdown", writeMarkdown}, {"sarif", writeSARIF},
}

// Formats returns the names of the formats, as [Write] takes them.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Write writes a report in one of these formats:
//
//   - "text", for a terminal: the findings, the policies, how many preflights there
//     are, and the [Summary].
//   - "html", one page without scripts or external files: the findings, then each
//     play as a diagram of the messages between page, browser and servers.
//   - "json", for programs: one object with the version of the format, a summary, and
//     the report. docs/reports.md documents the keys.
//   - "junit", the XML in which CI systems read test results. Each use is a suite,
//     with a test for each browser and one for the Standard. A test fails if it has a
//     finding that [Options.Fails] selects; its other findings are in its output. Its
//     time is the time that its requests took.
//   - "markdown", for a pull request, in GitHub's dialect: a table of uses and
//     browsers, the findings, which are folded, and the policies.
//   - "sarif", for code scanning: SARIF 2.1.0, with a rule for each kind of finding
//     and a result for each finding. The location of a result is its use in
//     [Options.File]; GitHub's code scanning shows no results without a location. The
//     fingerprint of a result is made of the finding, its use and its origins, so it
//     is the same in each run.
//
// Any other format is an error, and so is what w returns.
func Write(w io.Writer, format string, r *audit.Report, o *Options) error {
	i := slices.IndexFunc(formats[:], func(f formatFunc) bool { return f.name == format })
	if i < 0 {
		return fmt.Errorf("report: unknown format %s, want one of %s", text.Quote(format), strings.Join(Formats(), ", "))
	}
	return formats[i].write(w, r, o)
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

// A need is why a use needs a preflight.
type need struct{ Use, Why string }

// needs are why uses need preflights, in the report's order of uses. Those that
// need none are left out.
func needs(r *audit.Report) []need {
	why := make(map[string]string)
	for i := range r.Plays {
		if p := &r.Plays[i]; p.Preflight != "" && why[p.Use] == "" {
			why[p.Use] = p.Preflight
		}
	}
	var all []need
	for _, use := range r.Uses {
		if why[use] != "" {
			all = append(all, need{use, why[use]})
		}
	}
	return all
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

// Summary returns a report in one line, such as "3 findings (unsafe: 1, breaks: 2); 2
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
