package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// newProfilesCommand is `browsercors profiles`.
func newProfilesCommand(std stdio) *cobra.Command {
	var color colorWhen
	var markdown bool
	c := &cobra.Command{
		Use:   "profiles [flags]",
		Short: "Print where each browser departs from the Standard, with sources",
		Long: "Print every departure of the Chromium, Firefox and WebKit profiles from the Standard: the field of fetch.Profile, " +
			"what the browser does, what the Standard says and where, and the source. The engine runs on the same data.",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			out := bufio.NewWriter(std.out)
			engines := engine.All() // the Standard departs from nothing
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

// title is what a profile is called.
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
			left := []string{paint.cyan(pad(field, fieldWidth))}
			does := d.Does
			switch value := "  = " + d.Value; {
			case d.Value == "":
			case utf8.RuneCountInString(value) < fieldWidth:
				left = append(left, pad(value, fieldWidth))
			default:
				does += "\n" + strings.TrimSpace(value)
			}
			right := wrap(does, lineWidth-indent-fieldWidth)
			for _, line := range wrap("Standard: "+d.Standard+"\n"+d.Section+"\nSource: "+d.Source, lineWidth-indent-fieldWidth) {
				right = append(right, paint.dim(line))
			}
			for n, line := range right {
				name := pad("", fieldWidth)
				if n < len(left) {
					name = left[n]
				}
				fmt.Fprintf(w, "%*s%s%s\n", indent, "", name, line)
			}
		}
	}
}

// A markRow is one departure with the engines that have it.
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
						cell = d.Value
					}
				}
				fmt.Fprintf(w, " %s |", cell)
			}
			fmt.Fprintln(w)
		}
		fmt.Fprint(w, "\nKnown from:\n\n")
		for _, r := range rows[group] {
			for _, p := range engines {
				if d, ok := r.by[p.Name]; ok {
					fmt.Fprintf(w, "- `%s`, %s: %s\n", r.Field, p.Name, d.Source)
				}
			}
		}
	}
}
