package conformance

import (
	"context"
	"errors"
	"time"

	"github.com/browsercors/browsercors/fetch"
)

// longestStream is how long a step with an EventSource goes on.
const longestStream = 20 * time.Second

// playEventSource is one use of new EventSource().
func (p *play) playEventSource(ctx context.Context, s *EventSource) (StepOutcome, error) {
	end := p.now.Add(longestStream)
	events, err := p.page.EventSource(ctx, &fetch.EventSourceOptions{
		URL: s.URL, WithCredentials: s.WithCredentials,
		Wait: func(_ context.Context, d time.Duration) error {
			if p.now = p.now.Add(d); p.now.After(end) {
				return errTooLong
			}
			return nil
		},
	})
	if err != nil {
		return failure(exceptionOf(err)), err
	}
	messages := 1
	if s.Messages != nil {
		messages = *s.Messages
	}
	var out StepOutcome
	for event, err := range events {
		switch event.Type {
		case "open":
			if out.Result == "" {
				out = StepOutcome{Result: "open", Data: []string{}}
			}
		case "message":
			if out.Data = append(out.Data, event.Data); len(out.Data) == messages {
				return out, nil
			}
		case "error":
			if out.Result == "" {
				return StepOutcome{Result: "error", ReadyState: new(event.ReadyState)}, err
			}
			if messages == 1 || err != nil {
				return out, err
			}
		case "":
			if out.Result == "" { // it never learns of its failure
				return StepOutcome{Result: "none"}, err
			}
		}
	}
	return out, nil
}

// errTooLong ends a stream that comes back for ever.
var errTooLong = errors.New("conformance: the EventSource goes on for too long")
