package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

// The report of browsercors judge as text.

// print prints the report for a terminal.
func (r *report) print(to io.Writer, paint painter) error {
	w := bufio.NewWriter(to)
	r.printTable(w, paint)
	if len(r.Kinds) > 0 {
		heading(w, paint, fmt.Sprintf("Unexplained: %s", text.Plural(len(r.Kinds), "kind")))
		for _, k := range r.Kinds {
			k.print(w, paint)
		}
	}
	for _, t := range r.Trials {
		if t.Unshrunk > 0 {
			fmt.Fprintf(w, "\nThe scenarios of %s of %s may not be minimal: the time of --shrink ran out.\n", text.Plural(t.Unshrunk, "kind"), t.Engine)
		}
	}
	if len(r.Known) > 0 {
		heading(w, paint, "Known differences")
		for _, k := range r.Known {
			var counts []string
			for i, n := range k.Counts {
				if n > 0 {
					counts = append(counts, fmt.Sprintf("%s %d", r.Trials[i].Engine, n))
				}
			}
			fmt.Fprintf(w, "\n%s  %s\n", paint.yellow(k.Known.ID), strings.Join(counts, ", "))
			for _, line := range text.Lines(k.Known.Reason+" Shown by "+k.Known.Scenario+".", lineWidth-2) {
				fmt.Fprintln(w, "  "+line)
			}
		}
	}
	printRemarks(w, paint, "Could not be played", r.Failed)
	printRemarks(w, paint, "Skipped", r.LeftOut)
	return w.Flush()
}

func heading(w io.Writer, paint painter, text string) { fmt.Fprintf(w, "\n%s\n", paint.bold(text)) }

func (r *report) printTable(w io.Writer, paint painter) {
	const cell = 14
	const corner = "agreed/judged"
	name := len(corner)
	for _, f := range r.Families {
		name = max(name, text.Columns(f.Name))
	}
	for _, t := range r.Trials {
		verb := "played"
		if t.Replay {
			verb = "recorded"
		}
		fmt.Fprintf(w, "%s, %s, compared with profile %s: %s\n", paint.bold(t.Engine+" "+text.Clean(t.Version)), verb, t.Profile, t.summary())
	}
	fmt.Fprintf(w, "\n%s", paint.dim(text.Pad(corner, name)))
	for _, t := range r.Trials {
		fmt.Fprintf(w, "%*s  ", cell, t.Engine)
	}
	marks := ""
	for i, f := range r.Families {
		label := text.Pad(text.Clean(f.Name), name)
		if i == len(r.Families)-1 {
			label = paint.bold(label)
		}
		fmt.Fprintf(w, "\n%s", label)
		for _, c := range f.Cells {
			color := func(s string) string { return s }
			switch mark := c.Mark(); mark {
			case "✗":
				color = paint.red
			case "~":
				color = paint.yellow
			}
			marks += c.Mark()
			fmt.Fprint(w, color(fmt.Sprintf("%*s %s", cell, c, c.Mark())))
		}
	}
	fmt.Fprintln(w)
	if strings.ContainsAny(marks, "✗~") {
		fmt.Fprintln(w, "\n✗ there are unexplained differences, ~ there are only known differences")
	}
}

// summary is the result of one browser in one line.
func (t *trialReport) summary() string {
	all := []string{fmt.Sprintf("%d of %d agree", t.Sum.Agreed, t.Sum.Total())}
	for _, part := range []struct {
		n    int
		text string
	}{
		{t.Sum.Known, "known to differ"}, {t.Sum.Unexplained, "unexplained"},
		{t.Failed, "not played"}, {t.LeftOut, "skipped"},
	} {
		if part.n > 0 {
			all = append(all, fmt.Sprintf("%d %s", part.n, part.text))
		}
	}
	return strings.Join(all, ", ")
}

// print prints a kind of disagreement.
func (k *kindReport) print(w io.Writer, paint painter) {
	const indent = "    "
	fmt.Fprintf(w, "\n%s  %s, %s: %s\n", paint.bold(fmt.Sprintf("%2d", k.Number)), paint.bold(k.Trial.Engine), text.Plural(k.Count, "scenario"), text.Clean(k.Families))
	for _, line := range text.Lines(text.Clean(k.Kind), lineWidth-len(indent)) {
		fmt.Fprintln(w, indent+paint.red(line))
	}
	smallest := k.Scenario.ID
	if k.From != "" {
		smallest += ", reduced from " + k.From
	}
	fmt.Fprintf(w, "%s%s\n", indent, paint.dim("smallest: "+smallest))
	for _, line := range k.Script {
		fmt.Fprintln(w, indent+"  "+line)
	}
	const most = 6
	for i, d := range k.Differences {
		if i == most {
			fmt.Fprintf(w, "%sand %s more\n", indent, text.Plural(len(k.Differences)-most, "difference"))
			break
		}
		fmt.Fprintf(w, "%s%s\n%s  %s %s\n%s  %s %s\n", indent, paint.bold(text.Clean(d.Field)),
			indent, paint.dim("browser"), text.CleanBytes(d.Got), indent, paint.dim("engine "), text.CleanBytes(d.Want))
	}
	for step, refusal := range k.Refusals {
		if refusal != nil {
			fmt.Fprintf(w, "%s%s\n", indent, paint.dim(fmt.Sprintf("the engine refuses steps[%d], %s", step, refused(refusal))))
		}
	}
	if len(k.JSON) > longestJSON {
		fmt.Fprintf(w, "%s%s\n", indent, paint.dim(fmt.Sprintf("the page of --html has its JSON (%d bytes)", len(k.JSON))))
		return
	}
	fmt.Fprintln(w, indent+paint.dim(k.JSON))
}

// longestJSON is the most bytes of a scenario that is printed.
const longestJSON = 8 << 10

func refused(e *fetch.Error) string { return e.Reason.String() + ": " + e.Reason.Rule() }

func printRemarks(w io.Writer, paint painter, title string, all []remarkReport) {
	if len(all) == 0 {
		return
	}
	sum := 0
	for _, m := range all {
		sum += m.Count
	}
	heading(w, paint, fmt.Sprintf("%s: %d", title, sum))
	for _, m := range all {
		fmt.Fprintln(w)
		for _, line := range text.Lines(fmt.Sprintf("%s: %s", strings.Join(m.Engines, ", "), text.CleanBytes(m.Text)), lineWidth) {
			fmt.Fprintln(w, line)
		}
		for _, line := range text.Lines(strings.Join(m.IDs, " "), lineWidth-2) {
			fmt.Fprintln(w, paint.dim("  "+line))
		}
	}
}
