package conformance_test

import (
	"runtime/debug"
	"testing"

	"go.uber.org/goleak"
)

// TestMain holds that nothing is left running. Tens of thousands of scenarios leave much garbage and
// keep little, so that it is collected more rarely than usual.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	goleak.VerifyTestMain(m)
}
