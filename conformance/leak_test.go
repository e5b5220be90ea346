package conformance_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain holds that nothing is left running.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
