// Command browsercors says what a browser would do with a page's request, and
// why. See its help, and package fetch for the engine behind it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/internal/text"
)

// The exit codes, as every subcommand's help gives them.
const (
	exitDone         = 0
	exitNoResponse   = 1
	exitDisagreement = 1
	exitFindings     = 1
	exitUsage        = 2
	exitInterrupted  = 130 // as a shell gives it
)

// errNoResponse ends a command that has already said why the page gets
// nothing.
var errNoResponse = errors.New("the page gets no response")

// errInterrupted ends a command that a signal stopped.
var errInterrupted = errors.New("interrupted")

// stdio is what a command reads and writes.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// subcommands are the constructors of all subcommands.
func subcommands() []func(stdio) *cobra.Command {
	return []func(stdio) *cobra.Command{
		newCheckCommand,
		newCompletionCommand,
		newDemoCommand,
		newFetchCommand,
		newGenerateCommand,
		newJudgeCommand,
		newProfilesCommand,
		newRunCommand,
		newVersionCommand,
	}
}

func main() {
	os.Exit(execute(context.Background(), os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr}))
}

// execute runs the command line and returns the exit code.
func execute(ctx context.Context, args []string, std stdio) int {
	root := newRootCommand(std)
	root.SetArgs(args)
	if err := unknownCommand(root, args); err != nil {
		return exitCode(err, std.err)
	}
	return exitCode(root.ExecuteContext(ctx), std.err)
}

// exitCode is the exit code for what a command ended with, of which it says
// on stderr what was not said yet.
func exitCode(err error, stderr io.Writer) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errNoResponse):
		return exitNoResponse
	case errors.Is(err, errDisagreement):
		return exitDisagreement
	case errors.Is(err, errFindings):
		return exitFindings
	}
	fmt.Fprintf(stderr, "browsercors: %s\n", text.Redact(strings.ReplaceAll(err.Error(), "\n", "; ")))
	if errors.Is(err, errInterrupted) {
		return exitInterrupted
	}
	return exitUsage
}

func newRootCommand(std stdio) *cobra.Command {
	root := &cobra.Command{
		Use:   "browsercors",
		Short: "What a browser would do with a page's request, and why",
		Long: "browsercors does on the client side of CORS what a browser does, by the Fetch\n" +
			"Standard, and says why. Start with: browsercors demo",
		Version:            versionText(),
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true, // cobra's make an error more than a line; see unknownCommand
	}
	root.SetFlagErrorFunc(flagError)
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	root.SetVersionTemplate("{{.Version}}")
	root.Flags().Bool("version", false, "print the version, as browsercors version does")
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", fmt.Sprintf(".FlagUsagesWrapped %d", lineWidth)))
	for _, subcommand := range subcommands() {
		root.AddCommand(subcommand(std))
	}
	root.SetHelpCommand(newHelpCommand(root))
	root.InitDefaultHelpCmd()
	completeWords(root)
	return root
}
