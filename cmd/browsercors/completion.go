package main

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const completionExamples = `  source <(browsercors completion bash)
  browsercors completion zsh > "${fpath[1]}/_browsercors"
  browsercors completion fish > ~/.config/fish/completions/browsercors.fish`

// shells maps each shell to a function that writes its completion script.
func shells(root *cobra.Command, to io.Writer) map[string]func() error {
	return map[string]func() error{
		"bash":       func() error { return root.GenBashCompletionV2(to, true) },
		"fish":       func() error { return root.GenFishCompletion(to, true) },
		"powershell": func() error { return root.GenPowerShellCompletionWithDesc(to) },
		"zsh":        func() error { return root.GenZshCompletion(to) },
	}
}

func newCompletionCommand(std stdio) *cobra.Command {
	names := slices.Sorted(maps.Keys(shells(nil, nil)))
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print a completion script for a shell",
		Long: "Print a script that completes the commands, flags and values of browsercors in a shell: " + strings.Join(names, ", ") + ".\n\n" +
			"Load it in the shell's start-up file, or save it where the shell looks for completions. The script for bash " +
			"needs the package bash-completion.",
		Example:   completionExamples,
		ValidArgs: names,
		Args: func(_ *cobra.Command, args []string) error {
			if err := oneArgument("completion", "shell ("+strings.Join(names, ", ")+")", args); err != nil {
				return err
			}
			if !slices.Contains(names, args[0]) {
				return unknownWord("shell", args[0], names)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return shells(cmd.Root(), std.out)[args[0]]() },
	}
}

func newHelpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Print the help of a command",
		Long:  "Print the help of a command, as the flag --help does.",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return commandNames(root), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := unknownCommand(root, args); err != nil {
				return err
			}
			of, _, err := root.Find(args)
			return cmp.Or(err, of.Help())
		},
	}
}

// completeWords registers the values of flags that take one of a few words.
func completeWords(root *cobra.Command) {
	for _, c := range root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			value, ok := f.Value.(interface{ words() []string })
			if !ok {
				return
			}
			complete := cobra.FixedCompletions(value.words(), cobra.ShellCompDirectiveNoFileComp)
			if err := c.RegisterFlagCompletionFunc(f.Name, complete); err != nil {
				panic(err) // the flag is there
			}
		})
	}
}
