package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/text"
)

// Markdown writes a report for a pull request, in the dialect of GitHub: a
// table of uses and browsers, then the findings, folded, and the policies.
func Markdown(w io.Writer, r *audit.Report, _ *Options) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "### CORS of %s\n\n**%s.**\n\n", code(r.Base), Summary(r))
	out.WriteString("| use |")
	for _, b := range browsers() {
		out.WriteString(" " + label(b) + " |")
	}
	out.WriteString(" findings |\n| --- |" + strings.Repeat(" :-: |", len(browsers())) + " --- |\n")
	for _, use := range suites(r) {
		fmt.Fprintf(out, "| %s |", cell(use))
		for _, b := range browsers() {
			mark := "✓"
			if !works(r, use, b) {
				mark = "✗"
			}
			out.WriteString(" " + mark + " |")
		}
		var ids []string
		for _, f := range r.Findings {
			if id := "`" + string(f.ID) + "`"; f.Use == use && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		out.WriteString(" " + strings.Join(ids, " ") + " |\n")
	}
	for i := range r.Findings {
		writeFolded(out, &r.Findings[i])
	}
	if len(r.Policies) > 0 {
		out.WriteString("\nWhat the server lets pages do:\n\n")
		for _, p := range r.Policies {
			out.WriteString("- " + escapeMarkdown(text.Printable(p.String())) + "\n")
		}
	}
	return out.Flush()
}

// writeFolded writes a finding that opens by a click.
func writeFolded(out *bufio.Writer, f *audit.Finding) {
	fmt.Fprintf(out, "\n<details><summary><b>%s</b> <code>%s</code> %s: %s</summary>\n\n",
		f.Severity, f.ID, inHTML(text.Clean(f.Use)), inHTML(text.Clean(f.Problem)))
	whole := block(f)
	fence := strings.Repeat("`", max(3, longestRun(whole)+1))
	fmt.Fprintf(out, "%stext\n%s%s\n\n</details>\n", fence, whole, fence)
}

// cell is text in a cell of a table, which is Markdown.
func cell(s string) string { return escapeMarkdown(text.Clean(s)) }

// escapeMarkdown is text that means itself.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case strings.ContainsRune("\\`*_[]|~$.", c):
			b.WriteByte('\\')
			b.WriteRune(c)
		default:
			writeInHTML(&b, c)
		}
	}
	return b.String()
}

// inHTML is text within an HTML block, where nothing is Markdown and a
// backslash is one.
func inHTML(s string) string {
	var b strings.Builder
	for _, c := range s {
		writeInHTML(&b, c)
	}
	return b.String()
}

// writeInHTML writes a character that begins no element, link or emoji, and
// mentions nobody and no issue: GitHub looks for those in what HTML says, and
// a comment parts it.
func writeInHTML(b *strings.Builder, c rune) {
	switch {
	case strings.ContainsRune("@#", c):
		b.WriteRune(c)
		b.WriteString("<!-- -->")
	case strings.ContainsRune("<>&:", c):
		fmt.Fprintf(b, "&#%d;", c)
	default:
		b.WriteRune(c)
	}
}

// code is text as code.
func code(s string) string {
	s = text.Clean(s)
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// longestRun is the length of the longest run of backticks.
func longestRun(s string) int {
	longest, run := 0, 0
	for _, c := range s {
		if c != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
