package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
)

// newRunCommand is `browsercors run`.
func newRunCommand(std stdio) *cobra.Command {
	var profile string
	var allHeaders bool
	c := &cobra.Command{
		Use:   "run [flags] FILE...",
		Short: "Play scenarios with the engine and print their outcomes",
		Long: "Play every scenario of the files with the engine, on a network within the process, without sockets and without " +
			"waiting, and print one outcome per line, in order. A file holds an array of scenarios, or one per line; - is " +
			"standard input.\n\n" +
			"The headers of a request are those that matter to CORS and those that script set, sorted by name. With --all-headers " +
			"a request also has allHeaders: a list of all its header lines in the order in which the browser sends them, with " +
			"names as it spells them, except Host, Connection and Proxy-Connection.",
		Annotations: statuses("all scenarios were played", "",
			"or an input that is not valid; one line on standard error names the file, the scenario and the key"),
		Args: func(_ *cobra.Command, files []string) error {
			if len(files) == 0 {
				return errors.New("run takes one or more files of scenarios, got none; - is standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, files []string) error {
			p, err := engine.ByName(profile)
			if err != nil {
				return err
			}
			scenarios, err := conformance.ReadScenarios(std.in, files...)
			if err != nil {
				return err
			}
			player := conformance.Engine{Profile: p, AllHeaders: allHeaders}
			buffered := bufio.NewWriter(std.out)
			out := json.NewEncoder(buffered)
			out.SetEscapeHTML(false)
			for _, s := range scenarios {
				outcome, err := player.Play(c.Context(), s)
				if err != nil {
					return fmt.Errorf("scenario %q: %w", s.ID, err)
				}
				if err := out.Encode(outcome); err != nil {
					return err
				}
			}
			return buffered.Flush()
		},
	}
	c.Flags().BoolVar(&allHeaders, "all-headers", false, "list all headers of requests, in order")
	addEnum(c.Flags(), &profile, "profile", "browser profile to follow", profileNames()...)
	return c
}
