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
	lateBy       = 500 * time.Millisecond // each wait, and each time to settle, at most
)

// NotLive says why a scenario should not be played in the browser that a profile
// follows; "" means that it can be. Its waits may be too long, or its outcome may
// depend on timing: under the profile (nil is the Standard's) the engine's outcome
// changes if each wait, and each time to settle, lasts half a second longer.
func (s *Scenario) NotLive(ctx context.Context, p *fetch.Profile) (string, error) {
	total, waits := time.Duration(0), s.httpCache()
	late := *s
	late.late = lateBy
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
		return fmt.Sprintf("depends on timing: if each wait lasts %v longer, %s", lateBy, d[0].inWords()), nil
	}
	return "", nil
}
