package report

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/text"
)

// writeText writes a report for a terminal, see [Write].
func writeText(w io.Writer, r *audit.Report, o *Options) error {
	o = o.orNone()
	out := bufio.NewWriter(w)
	p := painter(o.Color)
	for i := range r.Findings {
		for n, line := range lines(&r.Findings[i]) {
			out.WriteString(p.line(n, r.Findings[i].Severity, line) + "\n")
		}
		out.WriteByte('\n')
	}
	told := make(map[string]bool) // with a finding
	for i := range r.Findings {
		told[r.Findings[i].Use] = told[r.Findings[i].Use] || r.Findings[i].Preflight != ""
	}
	if needs := slices.DeleteFunc(needs(r), func(n need) bool { return told[n.Use] }); len(needs) > 0 {
		out.WriteString(p.with(bold, "Why a preflight:") + "\n")
		for _, n := range needs {
			var line strings.Builder
			text.Wrap(&line, "  ", text.Clean(n.Use)+": "+n.Why)
			out.WriteString(line.String())
		}
		out.WriteByte('\n')
	}
	if len(r.Policies) > 0 {
		out.WriteString(p.with(bold, "What pages may do:") + "\n")
		for i := range r.Policies {
			for line := range strings.Lines(r.Policies[i].String()) {
				out.WriteString("  " + line)
			}
		}
		out.WriteByte('\n')
	}
	if s := preflights(r); s != "" {
		out.WriteString(p.with(bold, "Preflights:") + "\n" + s + "\n")
	}
	colour := green
	if len(r.Findings) > 0 {
		colour = colours[r.Findings[0].Severity]
	}
	out.WriteString(p.with(bold+";"+colour, Summary(r)) + "\n")
	return out.Flush()
}

// A painter colours text, if at all.
type painter bool

const (
	bold  = "1"
	dim   = "2"
	green = "32"
)

// colours are those of severities.
var colours = [...]string{audit.Breaks: "31", audit.Unsafe: "35", audit.Fragile: "33", audit.Slow: "36"}

func (p painter) with(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// line colours a line of a finding.
func (p painter) line(number int, s audit.Severity, line string) string {
	switch {
	case number == 0:
		id, rest, _ := strings.Cut(line, " ")
		return p.with(bold+";"+colours[s], id) + " " + p.with(bold, rest)
	case strings.HasPrefix(line, "    > "), strings.HasPrefix(line, "    < "), strings.HasPrefix(line, "    https://"):
		return p.with(dim, line)
	case strings.HasPrefix(line, "    "): // a header to send
		return p.with(green, line)
	}
	return line
}
