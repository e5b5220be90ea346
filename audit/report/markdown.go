package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/text"
)

// writeMarkdown writes a report for a pull request, see [Write].
func writeMarkdown(w io.Writer, r *audit.Report, _ *Options) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "### CORS of %s\n\n**%s.**\n\n", text.Code(text.Clean(r.Base)), Summary(r))
	out.WriteString("| use |")
	for _, b := range browsers() {
		out.WriteString(" " + label(b) + " |")
	}
	out.WriteString(" findings |\n| --- |" + strings.Repeat(" :-: |", len(browsers())) + " --- |\n")
	for _, use := range suites(r) {
		fmt.Fprintf(out, "| %s |", cell(use))
		for _, b := range browsers() {
			out.WriteString(" " + standing(r, use, b).mark + " |")
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
	if needs := needs(r); len(needs) > 0 {
		out.WriteString("\n#### Why a preflight\n\n")
		for _, n := range needs {
			out.WriteString("- " + cell(n.Use) + ": " + text.Markdown(n.Why) + "\n")
		}
	}
	if len(r.Policies) > 0 {
		out.WriteString("\n#### What pages may do\n")
	}
	for i := range r.Policies {
		writePolicy(out, &r.Policies[i])
	}
	return out.Flush()
}

// writeFolded writes a finding that opens by a click.
func writeFolded(out *bufio.Writer, f *audit.Finding) {
	fmt.Fprintf(out, "\n<details><summary><b>%s</b> <code>%s</code> %s: %s</summary>\n\n%s\n</details>\n",
		f.Severity, f.ID, text.InHTML(text.Clean(f.Use)), text.InHTML(text.Clean(f.Problem)), text.CodeBlock(block(f)))
}

// writePolicy writes a policy as a table.
func writePolicy(out *bufio.Writer, p *audit.Policy) {
	fmt.Fprintf(out, "\n%s\n", text.Code(text.Clean(p.URL)))
	rows := cells(p)
	if rows != nil {
		out.WriteString("\n| origin | allowed | credentials | methods | headers | cached for |\n| --- | :-: | :-: | --- | --- | --- |\n")
	}
	for _, row := range rows {
		fmt.Fprintf(out, "| %s |\n", strings.Join([]string{
			text.Markdown(row.Origins), row.LetIn, row.Credentials, cmp.Or(text.Markdown(row.Methods), "–"), cmp.Or(text.Markdown(row.Headers), "–"), cmp.Or(row.Kept, "–"),
		}, " | "))
	}
	if beside := beside(p); beside != "" {
		out.WriteString("\n" + text.Markdown(beside) + "\n")
	}
}

// cell is text in a cell of a table, which is Markdown.
func cell(s string) string { return text.Markdown(text.Clean(s)) }
