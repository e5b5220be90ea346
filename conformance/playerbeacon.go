package conformance

import (
	"errors"

	"github.com/browsercors/browsercors/fetch"
)

// playBeacon is one call of navigator.sendBeacon(). What it sends goes out after the
// step.
func (p *play) playBeacon(b *Beacon) (StepOutcome, error) {
	r := fetch.Element("beacon").Request(b.URL, "")
	r.Body = b.Body.body()
	err := p.page.SendBeacon(r)
	var refusal *fetch.Error
	switch {
	case err == nil:
		return StepOutcome{Result: "queued"}, nil
	case errors.As(err, &refusal) && refusal.Exception() == "":
		return StepOutcome{Result: "refused"}, err
	}
	return failure(exceptionOf(err)), err
}
