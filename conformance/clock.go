package conformance

import (
	"context"
	"fmt"
	"time"

	"github.com/browsercors/browsercors/fetch"
)

// The bounds of what is played live. A browser's clock runs on while it works:
// a wait lasts a little longer than was asked for.
const (
	longestWaits = 6 * time.Second        // in all
	lateBy       = 500 * time.Millisecond // each wait, at most
)

// NotLive says why a scenario is not to be played in the browser that a profile
// follows: its waits are too long, or hang on the clock, so that what the engine
// does under that profile (nil is the Standard's) changes when each of them
// lasts half a second longer. "" is that it can be played.
func (s *Scenario) NotLive(ctx context.Context, p *fetch.Profile) (string, error) {
	total, waits := time.Duration(0), false
	late := *s
	late.Steps = make([]Step, len(s.Steps))
	for i, step := range s.Steps {
		if step.WaitMS != nil {
			waits = true
			total += time.Duration(min(*step.WaitMS, int64(longestWaits/time.Millisecond)+1)) * time.Millisecond
			step.WaitMS = new(*step.WaitMS + lateBy.Milliseconds())
		}
		if total > longestWaits {
			return fmt.Sprintf("waits for more than %v in all", longestWaits), nil
		}
		late.Steps[i] = step
	}
	if !waits {
		return "", nil
	}
	engine := Engine{Profile: p}
	before, err := engine.Play(ctx, s)
	if err != nil {
		return "", err
	}
	after, err := engine.Play(ctx, &late)
	if err != nil {
		return "", err
	}
	if d := Differences(after, before); len(d) > 0 {
		return fmt.Sprintf("hangs on the clock: when each wait lasts %v longer, %s", lateBy, d[0]), nil
	}
	return "", nil
}
