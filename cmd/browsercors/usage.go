package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/internal/text"
)

// A mistake in the command line is an error of one line. It names the value at fault and
// what may be meant.

// didYouMean is the end of an error about an unknown word: a similar known word, with a
// prefix before it; "" if no known word is similar.
func didYouMean(prefix, word string, known []string) string {
	meant, ok := text.Closest(word, known)
	if !ok {
		return ""
	}
	return fmt.Sprintf("; did you mean %s%s?", prefix, meant)
}

// unknownWord is the error for a word that is not one of a list.
func unknownWord(kind, word string, known []string) error {
	return fmt.Errorf("unknown %s %.40q (%s)%s", kind, word, strings.Join(known, ", "), didYouMean("", word, known))
}

// unknownCommand is the error for an unknown command; nil if the command line names a
// known command, or no command.
func unknownCommand(root *cobra.Command, args []string) error {
	if _, _, err := root.Find(args); err == nil || isCompletion(args) {
		return nil
	}
	i := slices.IndexFunc(args, func(arg string) bool { return !strings.HasPrefix(arg, "-") })
	if i < 0 {
		return nil
	}
	return fmt.Errorf("unknown command %.40q%s", args[i], cmp.Or(didYouMean("browsercors ", args[i], commandNames(root)), "; browsercors --help lists the commands"))
}

// isCompletion tells whether the command is one that cobra adds later, for completion
// scripts.
func isCompletion(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}

// oneArgument returns an error unless there is exactly one argument.
func oneArgument(command, what string, args []string) error {
	if len(args) == 1 {
		return nil
	}
	got := "none"
	if len(args) > 1 {
		quoted := make([]string, len(args))
		for i, arg := range args {
			quoted[i] = text.GoQuote(arg, 60)
		}
		got = text.List(quoted)
	}
	return fmt.Errorf("%s takes one %s, got %s; browsercors %s --help has examples", command, what, got, command)
}

// noArguments returns an error if there are arguments.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, got %.40q", cmd.Name(), args[0])
	}
	return nil
}

// flagError rewrites an error of pflag as one line that names the flag and the value.
func flagError(cmd *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return unknownFlag(cmd, unknown)
	}
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return fmt.Errorf("--%s needs a value", missing.GetFlag().Name)
	}
	invalid, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return err
	}
	f, cause := invalid.GetFlag(), invalid.Unwrap()
	if _, isNumber := errors.AsType[*strconv.NumError](cause); isNumber || f.Value.Type() == "duration" {
		cause = fmt.Errorf("invalid %s %.40q", nounOf(f), invalid.GetValue())
	}
	return fmt.Errorf("--%s: %w", f.Name, cause)
}

// nounOf names the type of a flag's value.
func nounOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "boolean"
	case "duration":
		return "duration (such as 90s or 10m)"
	case "float64":
		return "number"
	}
	return "whole number"
}

// unknownFlag is the error for a flag that a command does not have. It suggests two
// hyphens if the name of a flag has only one.
func unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError) error {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name, written := unknown.GetSpecifiedName(), unknown.GetSpecifiedName()
	shown := "--" + name
	if letters := unknown.GetSpecifiedShortnames(); letters != "" {
		name, _, _ = strings.Cut(letters, "=")
		if shown = "-" + name; len(name) > 1 {
			shown = fmt.Sprintf("-%c in -%s", written[0], name)
		}
	}
	hint := didYouMean("--", name, names)
	if slices.Contains(names, name) {
		hint = "; did you mean --" + name + "?"
	}
	return fmt.Errorf("unknown flag %.60s%s", shown, cmp.Or(hint, fmt.Sprintf("; %s --help lists the flags", cmd.CommandPath())))
}

// joined are the errors that [errors.Join] joined, or the one error.
func joined(err error) []error {
	together, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, err := range together.Unwrap() {
		all = append(all, joined(err)...)
	}
	return all
}
