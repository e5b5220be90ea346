package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A command's help and its man page are made of the same data: its usage, its
// description in paragraphs, its flags in groups, its examples and exit statuses.

const (
	groupKey = "group" // the annotation of a flag that has its group
	exitKey  = "exit " // those of a command that have its exit statuses, with the status
)

// addGroup adds flags to a command that stand under a heading of its help.
func addGroup(cmd *cobra.Command, title string, add func(*pflag.FlagSet)) {
	flags := pflag.NewFlagSet(title, pflag.ContinueOnError)
	flags.SortFlags = false
	add(flags)
	flags.VisitAll(func(f *pflag.Flag) { f.Annotations = map[string][]string{groupKey: {title}} })
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlagSet(flags)
}

// groupOf is the heading that a flag stands under; "" if there is none.
func groupOf(f *pflag.Flag) string {
	if title := f.Annotations[groupKey]; title != nil {
		return title[0]
	}
	return ""
}

// statuses are the annotations of a command that say when it exits with which
// status: 0, 1 if it has that, and 2 besides wrong usage.
func statuses(done, failed, unusable string) map[string]string {
	return map[string]string{
		exitKey + strconv.Itoa(exitDone):  done,
		exitKey + strconv.Itoa(exitFails): failed,
		exitKey + strconv.Itoa(exitUsage): unusable,
	}
}

// exitStatuses are a command's exit statuses, each with what it says.
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

// paragraphs are those of a description. A line that begins with two spaces stands
// as it is; the others are text, to be set anew.
func paragraphs(description string) []string {
	var all []string
	text := ""
	flush := func() {
		if text != "" {
			all = append(all, text)
		}
		text = ""
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
		case text == "":
			text = line
		default:
			text += " " + line
		}
	}
	flush()
	return all
}

// isLiteral tells whether a paragraph stands as it is.
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

// flagText is a flag as it is written, the name of its value, and what it does.
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

// usageLine is how a command is called.
func usageLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " COMMAND"
	}
	return cmd.UseLine()
}

// Where what stands beside a flag, a command or a status begins.
const helpColumn = 26

// writeHelp writes a command's help.
func writeHelp(w io.Writer, cmd *cobra.Command) {
	for _, p := range description(cmd) {
		if isLiteral(p) {
			fmt.Fprintln(w, p)
		} else {
			fmt.Fprintln(w, strings.Join(wrap(p, lineWidth), "\n"))
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

// writeBeside writes text at a column, beside a label if that leaves room for two
// spaces.
func writeBeside(w io.Writer, label string, column int, text string) {
	if utf8.RuneCountInString(label)+2 > column {
		fmt.Fprintln(w, label)
		label = ""
	}
	for _, line := range wrap(text, lineWidth-column) {
		fmt.Fprintln(w, pad(label, column)+line)
		label = ""
	}
}
