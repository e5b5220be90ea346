package engine

// DeviationEntries is how many departures are put in words, DeviationSources
// how often it is said where an engine's is known from.
var (
	DeviationEntries = len(deviations)
	DeviationSources = func() (n int) {
		for _, d := range deviations {
			n += len(d.sources)
		}
		return n
	}()
)
