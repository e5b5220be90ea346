package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"iter"
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
		Short: "Print random scenarios, mostly edge cases",
		Long: "Print random scenarios, one per line, in the format that run reads. Most of them are edge cases of the rules. The " +
			"same flags print the same bytes, and a scenario depends only on its id.\n\n" +
			"The families are " + strings.Join(conformance.Families(), ", ") + ". Those from httpcache on take a browser longer: scenarios of them are printed only if --family names them, or says all.",
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			scenarios, err := conformance.Generate(seed, count, families...)
			if err != nil {
				return err
			}
			err = printScenarios(std.out, func(yield func(*conformance.Scenario) bool) {
				scenarios(func(s *conformance.Scenario) bool { return c.Context().Err() == nil && yield(s) })
			})
			return errors.Join(err, c.Context().Err())
		},
	}
	c.Flags().Uint64Var(&seed, "seed", 1, "seed of the random `number` generator")
	c.Flags().IntVar(&count, "count", 100, "`number` of scenarios to print")
	c.Flags().Var(&enumList{values: &families, of: append(conformance.Families(), "all")}, "family", "print scenarios of this `family` only, or of all; may be repeated")
	return c
}

// printScenarios writes scenarios, one per line.
func printScenarios(w io.Writer, scenarios iter.Seq[*conformance.Scenario]) error {
	buffered := bufio.NewWriter(w)
	out := json.NewEncoder(buffered)
	out.SetEscapeHTML(false)
	for s := range scenarios {
		if err := out.Encode(s); err != nil {
			return err
		}
	}
	return buffered.Flush()
}
