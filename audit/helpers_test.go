package audit_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/browsercors/browsercors/internal/audittest"
)

// TestMain holds that nothing is left running.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What the tests say often, without the package's name.
const (
	app   = audittest.App
	echo  = audittest.Echo
	creds = audittest.Creds
	vary  = audittest.Vary
	kept  = audittest.Kept
)

var (
	audited   = audittest.Audited
	answering = audittest.Answering
	onlyFor   = audittest.OnlyFor
	letting   = audittest.Letting
	matching  = audittest.Matching
)
