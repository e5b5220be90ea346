package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/credentials"
)

// readInput reads a file, or standard input for "-".
func readInput(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(name)
}

// inputOf is readInput with the standard input of a command.
func inputOf(cmd *cobra.Command) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) { return readInput(name, cmd.InOrStdin()) }
}

// hide leaves flags out of the help.
func hide(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		flags.Lookup(name).Hidden = true
	}
}

// addCredentials adds the flag for a credentials mode.
func addCredentials(flags *pflag.FlagSet, mode *credentials.Mode) {
	addEnum(flags, mode, "credentials", "credentials mode; include is withCredentials of XMLHttpRequest",
		credentials.SameOrigin, credentials.Include, credentials.Omit)
}
