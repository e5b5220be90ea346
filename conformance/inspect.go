package conformance

// inspect looks at what was played, for what breaks nothing yet.
func (a *audit) inspect([]*resolvedUse) {}
