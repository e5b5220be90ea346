package conformance

import (
	"context"
	"errors"

	"github.com/browsercors/browsercors/fetch"
)

// playWebSocket is one use of new WebSocket(), which is closed as soon as it is open.
func (p *play) playWebSocket(ctx context.Context, s *WebSocket) (StepOutcome, error) {
	resp, err := p.page.WebSocket(ctx, s.URL, s.Protocols...)
	var refusal *fetch.Error
	switch {
	case errors.As(err, &refusal) && refusal.Exception() != "":
		return failure(refusal.Exception()), err
	case err != nil:
		return StepOutcome{Result: "error"}, err
	}
	resp.Body.Close()
	return StepOutcome{Result: "open", Protocol: new(resp.Header.Get("Sec-Websocket-Protocol"))}, nil
}
