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
		Short: "Print random scenarios that favour the edges of every rule",
		Long: "Print random scenarios, one per line, in the format that run reads. They favour the edges of every rule. The same " +
			"flags print the same bytes, and a scenario depends only on its id.\n\n" +
			"The families are " + strings.Join(conformance.Families(), ", ") + ".",
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
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the random `number` generator")
	c.Flags().IntVar(&count, "count", 100, "`number` of scenarios to print")
	c.Flags().Var(&enumList{values: &families, of: conformance.Families()}, "family", "print scenarios of this `family` only; may be repeated")
	return c
}
