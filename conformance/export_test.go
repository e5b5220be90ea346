package conformance

import (
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

type (
	InputError     = inputError
	RecordingError = recordingError
)

var (
	Align              = align
	KnownDisagreements = knownDisagreements
	ParseScenario      = parseScenario
	ReadScenariosOf    = readScenarios
	InWords            = Difference.inWords
)

// StepURL is the URL that script gives to a step, nil if there is none.
func StepURL(s *Step) *string { return s.url() }

// NamedFamilies are the families that are only made where they are named.
func NamedFamilies() []string {
	usual := usualFamilies()
	return slices.DeleteFunc(Families(), func(name string) bool { return slices.Contains(usual, name) })
}

// HeaderRules are the names of the headers whose values are compared by rule.
func HeaderRules() []string { return slices.Sorted(maps.Keys(headerRules)) }

// Record notes a request as if it had crossed the wire.
func (w *Wire) Record(method string, u *origin.URL, headers fetch.HeaderList, http2 bool) {
	w.record(method, u, headers, http2)
}

// GenerateFrom makes the scenario of an id from the numbers of a source.
func GenerateFrom(src rand.Source, family, id string) *Scenario { return generate(src, family, id) }

// ReadOutcomes reads the outcomes of a file: an array of them, or one a line.
// The name is for errors, which are [*inputError].
func ReadOutcomes(name string, r io.Reader) ([]*Outcome, error) {
	return readAll(name, r, func(raw json.RawMessage) (*Outcome, error) {
		o := new(Outcome)
		if err := decodeStrict(raw, o); err != nil {
			return nil, err
		}
		return o, nil
	}, func(o *Outcome) string { return o.ID })
}
