package conformance

import (
	"encoding/json"
	"io"
	"math/rand/v2"
)

// GenerateFrom makes the scenario of an id from the numbers of a source.
func GenerateFrom(src rand.Source, family, id string) *Scenario { return generate(src, family, id) }

// ReadOutcomes reads the outcomes of a file: an array of them, or one a line.
// The name is for errors, which are [*InputError].
func ReadOutcomes(name string, r io.Reader) ([]*Outcome, error) {
	return readAll(name, r, func(raw json.RawMessage) (*Outcome, error) {
		o := new(Outcome)
		if err := decodeStrict(raw, o); err != nil {
			return nil, err
		}
		return o, nil
	}, func(o *Outcome) string { return o.ID })
}
