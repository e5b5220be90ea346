package main

import (
	"bufio"
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/conformance"
)

// newGenerateCommand is `browsercors generate`.
func newGenerateCommand(std stdio) *cobra.Command {
	var seed uint64
	var count int
	var families []string
	c := &cobra.Command{
		Use:   "generate [flags]",
		Short: "Print random scenarios, biased to the edges of every rule",
		Long: "Print random scenarios, one a line, as run reads them. They are biased to the edges of every\n" +
			"rule. The same flags print the same bytes, and a scenario is a function of its id.\n\n" +
			"Families: " + strings.Join(wrap(strings.Join(conformance.Families(), ", "), lineWidth-len("Families: ")), "\n          ") + "\n\n" +
			"Exit code: 0 when all were printed, 2 for wrong usage.",
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			scenarios, err := conformance.Generate(seed, count, families...)
			if err != nil {
				return err
			}
			buffered := bufio.NewWriter(std.out)
			out := json.NewEncoder(buffered)
			out.SetEscapeHTML(false)
			for s := range scenarios {
				if err := c.Context().Err(); err != nil {
					return err
				}
				if err := out.Encode(s); err != nil {
					return err
				}
			}
			return buffered.Flush()
		},
	}
	c.Flags().Uint64Var(&seed, "seed", 1, "the `number` that the scenarios follow from")
	c.Flags().IntVar(&count, "count", 100, "how many scenarios")
	c.Flags().Var(&enumList{values: &families, of: conformance.Families()}, "family", "`family` of scenarios to take; may be repeated; without it all in turn")
	return c
}
