package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// An enum is the value of a flag that takes one of a few words.
type enum[T ~string] struct {
	value *T
	of    []T
}

func (e enum[T]) String() string { return string(*e.value) }
func (e enum[T]) Type() string   { return "word" }

func (e enum[T]) Set(s string) error {
	if !slices.Contains(e.of, T(s)) {
		return unknownWord("value", s, e.words())
	}
	*e.value = T(s)
	return nil
}

func (e enum[T]) words() []string { return wordsOf(e.of) }

func wordsOf[T ~string](of []T) []string {
	words := make([]string, len(of))
	for i, word := range of {
		words[i] = string(word)
	}
	return words
}

// addChoice adds a flag that takes one of a few words, and has no default.
func addChoice[T ~string](flags *pflag.FlagSet, value *T, name, usage string, of ...T) {
	e := enum[T]{value, of}
	flags.Var(e, name, usage+": "+strings.Join(e.words(), ", "))
}

// An enumList is the value of a flag that takes some of a few words: one each time
// that it is given, or several with commas between them.
type enumList struct {
	values *[]string
	of     []string
	given  bool // the flag was given: the values are not the default
}

func (e *enumList) String() string  { return strings.Join(*e.values, ",") }
func (e *enumList) Type() string    { return "words" }
func (e *enumList) words() []string { return e.of }

func (e *enumList) Set(s string) error {
	var values []string
	for word := range strings.SplitSeq(s, ",") {
		if !slices.Contains(e.of, word) {
			return unknownWord("value", word, e.of)
		}
		values = append(values, word)
	}
	if !e.given {
		*e.values, e.given = nil, true
	}
	*e.values = append(*e.values, values...)
	return nil
}

// addEnum adds a flag that takes one of a few words; the first is the default. The words
// are inserted before the first semicolon of the usage.
func addEnum[T ~string](flags *pflag.FlagSet, value *T, name, usage string, of ...T) {
	*value = of[0]
	e := enum[T]{value, of}
	before, after, more := strings.Cut(usage, ";")
	if usage = before + ": " + strings.Join(e.words(), ", "); more {
		usage += ";" + after
	}
	flags.Var(e, name, usage)
}
