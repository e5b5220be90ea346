package conformance

import "context"

// probe asks from origins that the intent does not name.
func (a *audit) probe(context.Context, *Intent, []*resolvedUse) error { return nil }
