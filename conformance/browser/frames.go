package browser

import (
	"time"

	"github.com/browsercors/browsercors/conformance"
)

// limitOf is how long a scenario may take: each step has its limit, after which the
// next one begins, and there may be something to wait for after it.
func (b *board) limitOf(s *conformance.Scenario) time.Duration {
	const afterStep, forMessage = 2 * time.Second, 6 * time.Second
	limit := b.timeout + waits(s)
	for _, step := range s.Steps {
		if step.WaitMS != nil {
			continue
		}
		limit += b.timeout
		if s.Setting().Framed {
			limit += afterStep
		}
		if source := step.EventSource; source != nil && source.Messages != nil {
			limit += time.Duration(*source.Messages) * forMessage
		}
	}
	return limit
}

// endless tells whether a step of a scenario that has to end, did not: of an
// element it may be that no event comes.
func endless(s *conformance.Scenario, outcomes []conformance.StepOutcome) bool {
	for _, step := range s.Steps {
		if step.WaitMS != nil || step.Visit != nil || len(outcomes) == 0 {
			continue
		}
		if outcomes[0].Result == "none" && step.Element == nil {
			return true
		}
		outcomes = outcomes[1:]
	}
	return false
}

// frame says whose policies the frames have that are loaded next.
func (b *board) frame(m *message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = time.Now()
	b.framing = b.jobs[m.ID]
}

// quiet is how many milliseconds ago the last request of a scenario came.
func (b *board) quiet(m *message) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = time.Now()
	if j := b.jobs[m.ID]; j != nil {
		return time.Since(j.request).Milliseconds()
	}
	return time.Hour.Milliseconds()
}
