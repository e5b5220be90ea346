package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
)

// An outcome is what a client got for a test: nothing, or the error that failed it. In the files of results it
// is true, or the error's name and message.
type outcome struct {
	name, message string // of the error; "" if the test passed
}

func (o outcome) pass() bool { return o.name == "" }

func (o outcome) String() string {
	if o.pass() {
		return "passed"
	}
	return o.name + ": " + o.message
}

func (o outcome) MarshalJSON() ([]byte, error) {
	if o.pass() {
		return []byte("true"), nil
	}
	return json.Marshal([]string{o.name, o.message})
}

func (o *outcome) UnmarshalJSON(data []byte) error {
	if string(data) == "true" {
		*o = outcome{}
		return nil
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil || len(list) == 0 || list[0] == "" {
		return fmt.Errorf("invalid result %.80s, want true or a list of an error's name and message", data)
	}
	*o = outcome{name: list[0]}
	if len(list) > 1 {
		o.message = list[1]
	}
	return nil
}

// A failure is an error that fails a test.
type failure struct{ outcome }

func (f *failure) Error() string { return f.String() }

// The names of the suite's own errors.
const (
	assertion = "Assertion"
	setUp     = "Setup"
)

// assert is nil if a condition holds.
func assert(setup, holds bool, format string, args ...any) error {
	if holds {
		return nil
	}
	name := assertion
	if setup {
		name = setUp
	}
	return &failure{outcome{name, fmt.Sprintf(format, args...)}}
}

// outcomeOf is the outcome of a test that ended with an error, or nil.
func outcomeOf(err error) outcome {
	if err == nil {
		return outcome{}
	}
	if f, ok := errors.AsType[*failure](err); ok {
		return f.outcome
	}
	return outcome{"Error", err.Error()}
}

// readOutcomes reads a file of results: the outcome of each test, by its id.
func readOutcomes(path string) (map[string]outcome, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all map[string]outcome
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("%s: not a file of results: %w", path, err)
	}
	return all, nil
}

func writeOutcomes(path string, all map[string]outcome) error {
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o666)
}

// The verdicts that the suite gives, in the order of its legend.
const (
	verdictPass       = "pass"
	verdictFail       = "fail"
	verdictOptional   = "optional fail"
	verdictYes        = "yes"
	verdictNo         = "no"
	verdictSetup      = "setup fail"
	verdictRetry      = "retry"
	verdictHarness    = "harness fail"
	verdictDependency = "dependency fail"
	verdictUntested   = "untested"
)

// judge is the verdict on a test, given the outcomes of all: what depends on a test that did not pass counts for
// nothing.
func judge(id string, byID map[string]*test, all map[string]outcome) string {
	o, tested := all[id]
	if !tested {
		return verdictUntested
	}
	t := byID[id]
	for _, dependency := range t.DependsOn {
		if byID[dependency] != nil && !slices.Contains([]string{verdictPass, verdictYes}, judge(dependency, byID, all)) {
			return verdictDependency
		}
	}
	switch {
	case o.name == setUp && o.message == "retry":
		return verdictRetry
	case o.name == setUp:
		return verdictSetup
	case o.name == "AbortError":
		return verdictHarness
	case t.Kind == "check" && o.pass():
		return verdictYes
	case t.Kind == "check":
		return verdictNo
	case o.pass():
		return verdictPass
	case t.Kind == "optimal":
		return verdictOptional
	}
	return verdictFail
}
