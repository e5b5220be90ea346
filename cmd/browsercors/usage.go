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

// What a wrong command line gets: one line that names the word at fault and what
// may have been meant.

// didYouMean is what ends an error about a word that is not one of those known; ""
// if none of them is like it. The prefix stands before the word that is meant.
func didYouMean(prefix, word string, known []string) string {
	meant, ok := text.Closest(word, known)
	if !ok {
		return ""
	}
	return fmt.Sprintf("; did you mean %s%s?", prefix, meant)
}

// unknownWord is the error for a word that is not one of a few, such as a value
// or a format.
func unknownWord(kind, word string, known []string) error {
	return fmt.Errorf("unknown %s %.40q (%s)%s", kind, word, strings.Join(known, ", "), didYouMean("", word, known))
}

// unknownCommand is the error for a command line that names no command of root;
// nil if it names one, or none.
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

// isCompletion tells whether a shell's completion script asks, by a command that
// cobra adds later.
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

// noArguments refuses arguments.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, got %.40q", cmd.Name(), args[0])
	}
	return nil
}

// flagError is what is wrong with a command's flags, in one line.
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

// nounOf is what a flag takes that Go parses.
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

// unknownFlag is the error for a flag that a command does not have. One hyphen
// before a flag's whole name is one too few.
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
