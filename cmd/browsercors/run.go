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
		Long: "Play every scenario of the files with the engine, on a network within the process, without sockets and without " +
			"waiting, and print one outcome per line, in order. A file holds an array of scenarios, or one per line; - is " +
			"standard input.",
		Annotations: statuses("all scenarios were played", "",
			"or an input that is not valid; one line on standard error names the file, the scenario and the key"),
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
