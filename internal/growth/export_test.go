package growth

import "testing"

// What the tests look into. CheckTimes is Check, of how long the work of a size takes.
const Judges = judges

var (
	CheckTimes = check
	CPUTime    = cpuTime
)

// NoPause spares a test the pauses.
func NoPause(t *testing.T) {
	old := patience
	patience = 0
	t.Cleanup(func() { patience = old })
}
