// Command browsercors says what a browser would do with a page's request, and why. It
// checks servers, sends single requests, evaluates HAR files, and compares its engine with
// real browsers. "browsercors --help" lists the commands. Package fetch has the engine,
// and package audit the checks.
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

// The exit statuses. The help of each command describes them.
const (
	exitDone        = 0
	exitFails       = 1 // the page gets no response, or there are findings or differences
	exitUsage       = 2
	exitInterrupted = 130 // the status that shells report for SIGINT
)

// errNoResponse ends a command that has printed why the page gets no response.
var errNoResponse = errors.New("the page gets no response")

// errInterrupted ends a command that a signal stopped.
var errInterrupted = errors.New("interrupted")

// stdio holds the standard streams of a command.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// The groups of commands in the help.
const (
	serverCommands  = "Send requests"
	browserCommands = "Compare the engine with browsers"
	ownCommands     = "About browsercors"
)

// subcommands are the constructors of the commands of each group, in the order of
// the help.
var subcommands = []group[func(stdio) *cobra.Command]{
	{serverCommands, []func(stdio) *cobra.Command{newDemoCommand, newCheckCommand, newIntentCommand, newFetchCommand, newExplainCommand}},
	{browserCommands, []func(stdio) *cobra.Command{newProfilesCommand, newRunCommand, newGenerateCommand, newJudgeCommand}},
	{ownCommands, []func(stdio) *cobra.Command{newCompletionCommand, newManCommand, newVersionCommand}},
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

// exitCode is the exit code for the error that a command returned. It prints an error that
// has not been printed.
func exitCode(err error, stderr io.Writer) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errNoResponse), errors.Is(err, errDisagreement), errors.Is(err, errFindings):
		return exitFails
	}
	fmt.Fprintf(stderr, "browsercors: %s\n", text.Redact(strings.ReplaceAll(err.Error(), "\n", "; ")))
	if errors.Is(err, errInterrupted) {
		return exitInterrupted
	}
	return exitUsage
}

// The help lists the commands in the order in which they are added.
func init() { cobra.EnableCommandSorting = false }

const rootLong = `browsercors does what a browser does on the client side of CORS, as the Fetch
Standard and the profiles of Chromium, Firefox and WebKit define it: it sends
the requests of web pages, refuses what a browser refuses, and says why.

To see it at work: browsercors demo

To check a server: browsercors check https://api.example/things`

func newRootCommand(std stdio) *cobra.Command {
	root := &cobra.Command{
		Use:                "browsercors",
		Short:              "What a browser does with the requests of web pages, and why",
		Long:               rootLong,
		Version:            versionText(),
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true, // cobra's take several lines; see unknownCommand
	}
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { writeHelp(std.out, cmd) })
	root.SetVersionTemplate("{{.Version}}")
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	root.Flags().Bool("version", false, "print the version, as browsercors version does")
	for _, g := range subcommands {
		root.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		for _, construct := range g.items {
			cmd := construct(std)
			cmd.GroupID = g.title
			cmd.DisableFlagsInUseLine = true // Use contains [flags] if there are flags
			cmd.Flags().SortFlags = false
			root.AddCommand(cmd)
		}
	}
	help := newHelpCommand(root)
	help.GroupID, help.DisableFlagsInUseLine = ownCommands, true
	root.SetHelpCommand(help)
	root.InitDefaultHelpCmd()
	for _, cmd := range append(root.Commands(), root) {
		cmd.Flags().BoolP("help", "h", false, "print this help")
	}
	completeWords(root)
	return root
}
