package report

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/page"
	"github.com/browsercors/browsercors/internal/text"
)

//go:embed audit.html
var auditHTML string

var auditPage = page.Template("audit", auditHTML, nil)

// writeHTML writes a report as one page, see [Write].
func writeHTML(w io.Writer, r *audit.Report, o *Options) error {
	return auditPage.Execute(w, newPage(r, o.orNone()))
}

// A htmlPage is what the template asks for.
type htmlPage struct {
	Base, Summary, Started, Program string
	Browsers                        []htmlBrowser
	Uses                            []htmlUse
	Findings                        []htmlFinding
	Policies                        []htmlPolicy
}

type htmlBrowser struct {
	Name, Version   string
	Working, Broken int
	OfUses          string // "of 3 uses work"
	Counts          []htmlCount
}

type htmlCount struct {
	N        int
	Severity string
	Class    string
}

type htmlUse struct {
	Number   int
	Name     string
	Why      string     // it needs a preflight; "" if it needs none
	Stands   []htmlMark // in each browser
	Findings []htmlFinding
	Plays    []htmlPlay
}

type htmlMark struct{ Browser, Mark, Class string }

type htmlPolicy struct {
	URL, Beside string
	Rows        []policyCells
}

type htmlFinding struct {
	audit.Finding
	Number  int
	Title   string
	Where   string   // in which browsers
	Others  []string // origins that it concerns too
	Diagram *diagram
}

type htmlPlay struct {
	audit.Play
	Mark, Class, Outcome, Where string
	Findings                    []int // numbers of those that are about it
	Diagram                     *diagram
	Full                        string
}

// ClassOf is the class of the finding of a number.
func (p *htmlPage) ClassOf(number int) string { return p.Findings[number-1].Severity.String() }

func newPage(r *audit.Report, o *Options) *htmlPage {
	page := &htmlPage{Base: r.Base, Summary: Summary(r), Program: program(o)}
	if at := started(r); !at.IsZero() {
		page.Started = "Played on " + at.UTC().Format("2 January 2006 at 15:04") + " UTC"
	}
	for i := range r.Policies {
		p := &r.Policies[i]
		page.Policies = append(page.Policies, htmlPolicy{URL: p.URL, Beside: beside(p), Rows: cells(p)})
	}
	for i, f := range r.Findings {
		out := htmlFinding{Finding: f, Number: i + 1, Title: title(&f), Where: where(f.Profiles)}
		if len(f.Origins) > 0 {
			out.Others = f.Origins[1:]
			out.Diagram = draw(f.Exchanges, f.Origins[0], playOf(r, &f), true)
		}
		page.Findings = append(page.Findings, out)
	}
	for _, p := range engine.All() {
		page.Browsers = append(page.Browsers, browserOf(r, p))
	}
	why := make(map[string]string)
	for _, n := range needs(r) {
		why[n.Use] = n.Why
	}
	for i, use := range suites(r) {
		u := htmlUse{Number: i + 1, Name: use, Why: why[use]}
		for _, b := range browsers() {
			m := standing(r, use, b)
			u.Stands = append(u.Stands, htmlMark{label(b), m.mark, m.class})
		}
		for _, f := range page.Findings {
			if f.Use == use {
				u.Findings = append(u.Findings, f)
			}
		}
		for n := range r.Plays {
			if r.Plays[n].Use == use {
				u.Plays = append(u.Plays, playRow(r, &r.Plays[n]))
			}
		}
		page.Uses = append(page.Uses, u)
	}
	return page
}

func browserOf(r *audit.Report, p *fetch.Profile) htmlBrowser {
	b := htmlBrowser{Name: label(p.Name), Version: p.Version}
	for _, use := range r.Uses {
		if works(r, use, p.Name) {
			b.Working++
		} else {
			b.Broken++
		}
	}
	_, b.OfUses, _ = strings.Cut(working(b.Working, len(r.Uses)), " ")
	classes := [...]string{audit.Breaks: "bad", audit.Unsafe: "bad", audit.Fragile: "warn", audit.Slow: "soft"}
	for _, s := range severities {
		n := 0
		for _, f := range r.Findings {
			if f.Severity == s && slices.Contains(f.Profiles, p.Name) {
				n++
			}
		}
		if n > 0 {
			b.Counts = append(b.Counts, htmlCount{n, s.String(), classes[s]})
		}
	}
	return b
}

// playOf is the play that a finding is about, or nil.
func playOf(r *audit.Report, f *audit.Finding) *audit.Play {
	for i := range r.Plays {
		if p := &r.Plays[i]; about(f, p) && p.Origin == f.Origins[0] && slices.Contains(p.Profiles, f.Profiles[0]) {
			return p
		}
	}
	return nil
}

// about tells whether a finding is about a play: it is about the use, the page
// and one of the browsers, under the same circumstances.
func about(f *audit.Finding, p *audit.Play) bool {
	if f.Use != p.Use || !slices.Contains(f.Origins, p.Origin) || !slices.ContainsFunc(f.Profiles, func(name string) bool { return slices.Contains(p.Profiles, name) }) {
		return false
	}
	// The circumstances of one page are those of others in other words.
	return f.When == p.When || p.Origin != f.Origins[0] && (f.When == "") == (p.When == "")
}

func playRow(r *audit.Report, p *audit.Play) htmlPlay {
	out := htmlPlay{Play: *p, Mark: "✓", Class: "good", Outcome: "the page gets the response", Where: where(p.Profiles), Full: full(p.Exchanges)}
	bad := false
	for i := range r.Findings {
		if f := &r.Findings[i]; about(f, p) {
			out.Findings = append(out.Findings, i+1)
			bad = bad || f.Severity <= audit.Fragile
		}
	}
	switch {
	case p.Held:
		out.Mark, out.Class, out.Outcome = "–", "soft", "not sent: the audit held it back"
	case p.Refusal != "":
		out.Mark, out.Class, out.Outcome = "✗", "soft", "kept from the page"
		if p.Reason != "" {
			out.Outcome += ": " + p.Reason
		}
	case bad:
		out.Mark, out.Class = "!", "warn"
	}
	if p.Refusal != "" && bad {
		out.Class = "bad"
	}
	out.Diagram = draw(p.Exchanges, p.Origin, p, bad)
	return out
}

// full is all that crossed the wire, without secrets and bodies.
func full(exchanges []audit.Exchange) string {
	var b strings.Builder
	for i, x := range exchanges {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "> %s %s\n", text.Clean(x.Method), text.Clean(x.URL))
		for _, h := range x.RequestHeaders {
			fmt.Fprintf(&b, "> %s: %s\n", text.Clean(h.Name), text.Clean(text.RedactHeader(h.Name, h.Value)))
		}
		fmt.Fprintf(&b, "< %d %s\n", x.Status, text.Clean(x.StatusText))
		for _, h := range x.ResponseHeaders {
			fmt.Fprintf(&b, "< %s: %s\n", text.Clean(h.Name), text.Clean(text.RedactHeader(h.Name, h.Value)))
		}
	}
	return b.String()
}

// reasonOf is why a play was refused; 0 if it was not, or not by a browser.
func reasonOf(p *audit.Play) fetch.Reason {
	for _, r := range fetch.Reasons() {
		if r.String() == p.Reason {
			return r
		}
	}
	return 0
}
