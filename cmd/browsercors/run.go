package main

import (
	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
)

// newRunCommand is `browsercors run`.
func newRunCommand(std stdio) *cobra.Command {
	var profile string
	c := &cobra.Command{
		Use:   "run [flags] FILE...",
		Short: "Play scenarios with the engine and print their outcomes",
		Long: "Play every scenario of the files with the engine, on a network in process, with no\n" +
			"socket and no waiting, and print one outcome a line, in order. A file holds an array of\n" +
			"scenarios or one a line; - is standard input.\n\n" +
			"Exit code: 0 when all were played, 2 when an input is bad, with one line on standard\n" +
			"error that names the file, the scenario and the key.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error {
			p, err := engine.ByName(profile)
			if err != nil {
				return err
			}
			engine := conformance.Engine{Profile: p}
			return engine.Run(c.Context(), std.out, std.in, files...)
		},
	}
	addEnum(c.Flags(), &profile, "profile", "browser profile to follow", profileNames()...)
	return c
}
