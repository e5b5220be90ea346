package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/internal/text"
)

// The help and the man page of a command are made from the same data: usage, description
// in paragraphs, flags in groups, examples and exit statuses.

const (
	groupKey = "group" // annotation of a flag: its group
	exitKey  = "exit " // annotation of a command, followed by an exit status
)

// addGroup adds flags to a command, under a heading of its help.
func addGroup(cmd *cobra.Command, title string, add func(*pflag.FlagSet)) {
	flags := pflag.NewFlagSet(title, pflag.ContinueOnError)
	flags.SortFlags = false
	add(flags)
	flags.VisitAll(func(f *pflag.Flag) { f.Annotations = map[string][]string{groupKey: {title}} })
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlagSet(flags)
}

// groupOf is the heading of a flag; "" if it has none.
func groupOf(f *pflag.Flag) string {
	if title := f.Annotations[groupKey]; title != nil {
		return title[0]
	}
	return ""
}

// statuses are the annotations of a command that describe its exit statuses: 0, 1 ("" if
// the command does not use it) and 2 (in addition to wrong usage).
func statuses(done, failed, unusable string) map[string]string {
	return map[string]string{
		exitKey + strconv.Itoa(exitDone):  done,
		exitKey + strconv.Itoa(exitFails): failed,
		exitKey + strconv.Itoa(exitUsage): unusable,
	}
}

// exitStatuses are the exit statuses of a command, with their meanings.
func exitStatuses(cmd *cobra.Command) [][2]string {
	var all [][2]string
	for _, code := range []int{exitDone, exitFails, exitUsage, exitInterrupted} {
		when := cmd.Annotations[exitKey+strconv.Itoa(code)]
		switch code {
		case exitDone:
			when = cmp.Or(when, "success")
		case exitUsage:
			if when != "" {
				when = ", " + when
			}
			when = "wrong usage" + when
		case exitInterrupted:
			when = "interrupted"
		}
		if when != "" {
			all = append(all, [2]string{strconv.Itoa(code), when})
		}
	}
	return all
}

// paragraphs splits a description. Lines that begin with two spaces are kept as they are;
// other lines are joined, to be wrapped again.
func paragraphs(description string) []string {
	var all []string
	paragraph := ""
	flush := func() {
		if paragraph != "" {
			all = append(all, paragraph)
		}
		paragraph = ""
	}
	for line := range strings.Lines(description) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "  "):
			flush()
			if last := len(all) - 1; last >= 0 && isLiteral(all[last]) {
				all[last] += "\n" + line
			} else {
				all = append(all, line)
			}
		case line == "":
			flush()
		case paragraph == "":
			paragraph = line
		default:
			paragraph += " " + line
		}
	}
	flush()
	return all
}

// isLiteral tells whether a paragraph is kept as it is.
func isLiteral(paragraph string) bool { return strings.HasPrefix(paragraph, "  ") }

// description is a command's description in paragraphs.
func description(cmd *cobra.Command) []string {
	return paragraphs(cmp.Or(cmd.Long, cmd.Short+"."))
}

// A group is flags or commands under a heading.
type group[T any] struct {
	title string
	items []T
}

// flagGroups are a command's flags in the order in which they were added. Those
// without a group come last.
func flagGroups(cmd *cobra.Command) []group[*pflag.Flag] {
	var groups []group[*pflag.Flag]
	var others group[*pflag.Flag]
	cmd.LocalFlags().SortFlags = false
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		title := groupOf(f)
		i := slices.IndexFunc(groups, func(g group[*pflag.Flag]) bool { return g.title == title })
		switch {
		case f.Hidden:
		case title == "":
			others.items = append(others.items, f)
		case i < 0:
			groups = append(groups, group[*pflag.Flag]{title, []*pflag.Flag{f}})
		default:
			groups[i].items = append(groups[i].items, f)
		}
	})
	if others.title = "Flags"; len(groups) > 0 {
		others.title = "Other flags"
	}
	if len(others.items) > 0 {
		groups = append(groups, others)
	}
	return groups
}

// flagText returns the names of a flag, the name of its value, and its description.
func flagText(f *pflag.Flag) (names, value, usage string) {
	value, usage = pflag.UnquoteUsage(f)
	if names = "--" + f.Name; f.Shorthand != "" {
		names = "-" + f.Shorthand + ", " + names
	}
	switch f.DefValue {
	case "", "false", "0", "0s", "[]":
	default:
		usage += " (default " + f.DefValue + ")"
	}
	return names, value, usage
}

// listed are a command's own commands in the order of its groups.
func listed(cmd *cobra.Command) []group[*cobra.Command] {
	var groups []group[*cobra.Command]
	for _, g := range cmd.Groups() {
		of := group[*cobra.Command]{title: g.Title}
		for _, c := range cmd.Commands() {
			if c.GroupID == g.ID {
				of.items = append(of.items, c)
			}
		}
		groups = append(groups, of)
	}
	return groups
}

// usageLine is the usage of a command.
func usageLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " COMMAND"
	}
	return cmd.UseLine()
}

// The column of the text beside a flag.
const helpColumn = 26

// writeHelp writes a command's help.
func writeHelp(w io.Writer, cmd *cobra.Command) {
	for _, p := range description(cmd) {
		if isLiteral(p) {
			fmt.Fprintln(w, p)
		} else {
			fmt.Fprintln(w, strings.Join(text.Lines(p, lineWidth), "\n"))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "Usage:\n  %s\n", usageLine(cmd))
	if cmd.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n%s\n", cmd.Example)
	}
	for _, group := range listed(cmd) {
		fmt.Fprintf(w, "\n%s:\n", group.title)
		for _, c := range group.items {
			writeBeside(w, "  "+c.Name(), 14, c.Short)
		}
	}
	for _, group := range flagGroups(cmd) {
		fmt.Fprintf(w, "\n%s:\n", group.title)
		for _, f := range group.items {
			names, value, usage := flagText(f)
			if f.Shorthand == "" {
				names = "    " + names
			}
			writeBeside(w, strings.TrimRight("  "+names+" "+value, " "), helpColumn, usage)
		}
	}
	fmt.Fprintln(w, "\nExit status:")
	for _, s := range exitStatuses(cmd) {
		writeBeside(w, "  "+s[0], 7, s[1])
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s COMMAND --help describes a command.\n", cmd.CommandPath())
	}
}

// writeBeside writes a text at a column, beside a label if that leaves room for two
// spaces.
func writeBeside(w io.Writer, label string, column int, s string) {
	if text.Columns(label)+2 > column {
		fmt.Fprintln(w, label)
		label = ""
	}
	for _, line := range text.Lines(s, lineWidth-column) {
		fmt.Fprintln(w, text.Pad(label, column)+line)
		label = ""
	}
}
