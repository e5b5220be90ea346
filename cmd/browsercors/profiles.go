package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

// newProfilesCommand is `browsercors profiles`.
func newProfilesCommand(std stdio) *cobra.Command {
	var color colorWhen
	var markdown bool
	c := &cobra.Command{
		Use:   "profiles [flags]",
		Short: "Print where each browser departs from the Standard, with sources",
		Long: "Print every departure of the Chromium, Firefox and WebKit profiles from the Standard: the field of fetch.Profile, " +
			"what the browser does, what the Standard says and where, and the source. The engine uses the same data.",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			out := bufio.NewWriter(std.out)
			engines := engine.All() // without the Standard, which has no departures
			if markdown {
				markProfiles(out, engines)
			} else {
				printProfiles(out, color.painter(std.out), engines)
			}
			return out.Flush()
		},
	}
	color.add(c.Flags())
	c.Flags().BoolVar(&markdown, "markdown", false, "print one page for all browsers, in Markdown")
	return c
}

// title is the name of a profile for people.
func title(p *fetch.Profile) string { return p.Name + " " + p.Version }

// printProfiles prints the departures engine by engine, for a terminal.
func printProfiles(w io.Writer, paint painter, engines []*fetch.Profile) {
	const indent, fieldWidth = 2, 32
	for i, p := range engines {
		if i > 0 {
			fmt.Fprintln(w)
		}
		all := engine.Deviations(p)
		fmt.Fprintln(w, paint.bold(fmt.Sprintf("%s: %d departures from the Fetch Standard", title(p), len(all))))
		group := ""
		for _, d := range all {
			of, field, _ := strings.Cut(d.Field, ".")
			if of != group {
				group = of
				fmt.Fprintf(w, "\n%s\n", paint.bold(group))
			}
			left := []string{paint.cyan(text.Pad(field, fieldWidth))}
			does := d.Does
			switch value := "  = " + d.Value; {
			case d.Value == "":
			case text.Columns(value) < fieldWidth:
				left = append(left, text.Pad(value, fieldWidth))
			default:
				does += "\n" + strings.TrimSpace(value)
			}
			right := text.Lines(does, lineWidth-indent-fieldWidth)
			for _, line := range text.Lines("Standard: "+d.Standard+"\n"+d.Section+"\nSource: "+d.Source, lineWidth-indent-fieldWidth) {
				right = append(right, paint.dim(line))
			}
			for n, line := range right {
				name := text.Pad("", fieldWidth)
				if n < len(left) {
					name = left[n]
				}
				fmt.Fprintf(w, "%*s%s%s\n", indent, "", name, line)
			}
		}
	}
}

// markValue is a field's value in a cell of a table. One of several lines, or with
// what would be taken for markup, stands as it is.
func markValue(value string) string {
	if !strings.ContainsAny(value, "<\n") {
		return value
	}
	return "`" + strings.ReplaceAll(value, "\n", "`<br>`") + "`"
}

// A markRow is a departure, with the engines that have it.
type markRow struct {
	engine.Deviation
	by map[string]engine.Deviation // by the profile's name
}

// markProfiles prints the departures side by side, as a page of the docs.
func markProfiles(w io.Writer, engines []*fetch.Profile) {
	var groups []string
	rows := make(map[string][]*markRow) // by group
	for _, p := range engines {
		for _, d := range engine.Deviations(p) {
			group, field, _ := strings.Cut(d.Field, ".")
			d.Field = field
			if !slices.Contains(groups, group) {
				groups = append(groups, group)
			}
			i := slices.IndexFunc(rows[group], func(r *markRow) bool { return r.Field == d.Field && r.Does == d.Does })
			if i < 0 {
				i = len(rows[group])
				for i > 0 && rows[group][i-1].Field != d.Field {
					i-- // beside the other values of the field
				}
				if i == 0 {
					i = len(rows[group])
				}
				rows[group] = slices.Insert(rows[group], i, &markRow{Deviation: d, by: make(map[string]engine.Deviation)})
			}
			rows[group][i].by[p.Name] = d
		}
	}
	fmt.Fprintf(w, `# Where browsers depart from the Standard

Each row is a field of a rule struct in `+"`fetch.Profile`"+`; its zero value is the Standard's behaviour, that of
`+"`fetch.Standard`"+` at %s. A dot, or a value, says that the engine's profile sets it.
This page is what `+"`browsercors profiles --markdown`"+` prints, from the data that the engine runs on; a test fails when
it is stale.
`, fetch.Standard().Version)
	for _, group := range groups {
		fmt.Fprintf(w, "\n## %s\n\n| field | what is done | the Standard |", group)
		for _, p := range engines {
			fmt.Fprintf(w, " %s |", title(p))
		}
		fmt.Fprintf(w, "\n| --- | --- | --- |%s\n", strings.Repeat(" --- |", len(engines)))
		for _, r := range rows[group] {
			fmt.Fprintf(w, "| `%s` | %s | %s [§](%s) |", r.Field, r.Does, r.Standard, r.Section)
			for _, p := range engines {
				cell := ""
				if d, ok := r.by[p.Name]; ok {
					cell = "●"
					if d.Value != "" {
						cell = markValue(d.Value)
					}
				}
				fmt.Fprintf(w, " %s |", cell)
			}
			fmt.Fprintln(w)
		}
		fmt.Fprint(w, "\nSources:\n\n")
		for _, r := range rows[group] {
			for _, p := range engines {
				if d, ok := r.by[p.Name]; ok {
					fmt.Fprintf(w, "- `%s`, %s: %s\n", r.Field, p.Name, d.Source)
				}
			}
		}
	}
}
