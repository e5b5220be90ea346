package conformance

import "math/rand/v2"

// GenerateFrom makes the scenario of an id from the numbers of a source.
func GenerateFrom(src rand.Source, family, id string) *Scenario { return generate(src, family, id) }
