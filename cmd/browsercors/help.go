package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// groupKey is the annotation of a flag that has its group.
const groupKey = "group"

// addGroup adds flags to a command that stand under a heading of its help.
func addGroup(cmd *cobra.Command, title string, add func(*pflag.FlagSet)) {
	group := pflag.NewFlagSet(title, pflag.ContinueOnError)
	group.SortFlags = false
	add(group)
	group.VisitAll(func(f *pflag.Flag) { f.Annotations = map[string][]string{groupKey: {title}} })
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlagSet(group)
}

// groupOf is the heading that a flag stands under; "" if there is none.
func groupOf(f *pflag.Flag) string {
	if title := f.Annotations[groupKey]; title != nil {
		return title[0]
	}
	return ""
}
