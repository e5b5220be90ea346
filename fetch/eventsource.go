package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// EventSourceOptions are the arguments of new EventSource(), and what the program
// adds to them.
type EventSourceOptions struct {
	URL             string // absolute, or relative to the page's base URL
	WithCredentials bool   // credentials are included across origins, too

	// MaxEvent limits the bytes of an event, and of a line of the stream, that are
	// held in memory. 0 is 16 MiB. A stream that exceeds it is closed with the reason
	// [EventTooLarge]. Browsers have no such limit.
	MaxEvent int64

	// Wait waits until d has passed before the EventSource connects again, or until
	// ctx ends: then it returns an error. Nil waits by the clock of package time.
	Wait func(ctx context.Context, d time.Duration) error

	Trace *Trace
}

// A ServerEvent is an event that is fired at an EventSource.
type ServerEvent struct {
	// Type is "open", "error", "message", or the type that the server gave the event.
	// It is "" where the caller ended the sequence.
	Type string

	Data        string // of a message; it is UTF-8
	LastEventID string // of a message: the id that is sent when the connection is lost
	Origin      string // of a message: the origin of the URL that it came from

	// ReadyState is that of the EventSource: 0 (connecting) after an error that it
	// comes back from, 1 (open), or 2 (closed).
	ReadyState int
}

// The values of readyState.
//
// https://html.spec.whatwg.org/#dom-eventsource-readystate
const (
	eventSourceConnecting = 0
	eventSourceOpen       = 1
	eventSourceClosed     = 2
)

// defaultMaxEvent is how many bytes of an event are held where the program does not
// say.
const defaultMaxEvent = 16 << 20

// EventSource makes the EventSource that new EventSource() makes, and returns the
// events that are fired at it. It returns an [*Error] where the constructor throws
// an exception: the URL does not parse.
//
// The connection is made when the sequence is ranged over, on the caller's
// goroutine. Whoever ranges again makes another EventSource. When the loop ends, the
// connection is closed. Each pair is an event, in the order in which script sees
// them. When the stream ends or the network fails, there is an "error" event with
// ReadyState 0, and the EventSource comes back after its reconnection time, with the
// header Last-Event-ID. A pair with an error that is not nil is the last one: the
// EventSource is closed. The error is an [*Error], and says what the event does not
// tell script: that a response is not an event stream, that CORS does not allow it,
// or, with the reason [Aborted], that ctx has ended.
//
// The request has mode cors and is never preflighted. A redirect is followed each
// time anew: the EventSource comes back to its own URL.
//
// https://html.spec.whatwg.org/#server-sent-events
// https://html.spec.whatwg.org/#dom-eventsource
func (e *Environment) EventSource(ctx context.Context, o *EventSourceOptions) (iter.Seq2[ServerEvent, error], error) {
	if o.MaxEvent < 0 {
		return nil, fmt.Errorf("fetch: EventSourceOptions.MaxEvent %d is negative", o.MaxEvent)
	}
	source := eventSource{page: e, options: *o}
	source.options.MaxEvent = cmp.Or(o.MaxEvent, defaultMaxEvent)
	if source.options.Wait == nil {
		source.options.Wait = wait
	}
	// 1 to 8. The URL must parse, and the request follows from it and the credentials mode.
	attribute := crossOriginAnonymous
	if o.WithCredentials {
		attribute = crossOriginUseCredentials
	}
	request := Element("eventsource").Request(o.URL, attribute)
	request.Trace = o.Trace
	prepared, err := e.Prepare(request)
	if err != nil {
		return nil, err
	}
	source.request = prepared
	if refusal := source.forbidden(ctx); refusal != nil {
		return nil, refusal
	}
	// 9 to 15. It is fetched in parallel.
	return func(yield func(ServerEvent, error) bool) {
		run := source
		run.run(ctx, yield)
	}, nil
}

// wait waits by the clock of package time.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// An eventSource is an EventSource.
type eventSource struct {
	page    *Environment
	options EventSourceOptions
	request *Request // of its first connection

	lastEventID string
	retry       time.Duration // what the server has set as reconnection time
	retrySet    bool
	failures    int // connections that failed, since it was open
}

// run makes one connection after the other, until the EventSource is closed.
func (s *eventSource) run(ctx context.Context, yield func(ServerEvent, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for {
		opened, err := s.connect(ctx, yield)
		if errors.Is(err, errEventsUnwanted) {
			return
		}
		refusal, _ := errors.AsType[*Error](err)
		switch {
		// Fail the connection without a word: it was closed.
		case refusal != nil && refusal.Reason == Aborted:
			yield(ServerEvent{ReadyState: eventSourceClosed}, refusal)
			return
		// It never learns that it failed.
		case refusal != nil && refusal.Reason == BadPort && s.page.agent.profile.EventSource.BadPortSilent:
			yield(ServerEvent{ReadyState: eventSourceConnecting}, refusal)
			return
		// Fail the connection.
		case refusal != nil && s.fails(refusal):
			yield(ServerEvent{Type: "error", ReadyState: eventSourceClosed}, refusal)
			return
		}
		// Reestablish the connection, 1. An error event says so.
		if !yield(ServerEvent{Type: "error", ReadyState: eventSourceConnecting}, nil) {
			return
		}
		if s.failures++; opened {
			s.failures = 0
		}
		// 2, 3. Wait for the reconnection time, and longer after each failure.
		if err := s.options.Wait(ctx, s.reconnectionTime()); err != nil || ctx.Err() != nil {
			yield(ServerEvent{ReadyState: eventSourceClosed}, s.aborted(ctx, err))
			return
		}
		// 4, 5. Fetch its request again, with the last event ID.
	}
}

// forbidden is the exception that the constructor throws, by the profile, if the
// page's policies forbid the URL.
func (s *eventSource) forbidden(ctx context.Context) *Error {
	if !s.page.agent.profile.EventSource.ThrowsByCSP {
		return nil
	}
	f := s.page.agent.newFetching(ctx)
	if refusal := s.page.newRequest(s.request, f.request); refusal != nil {
		return refusal
	}
	if refusal := f.blockedByCSP(); refusal != nil {
		return refusal.thrown("SecurityError")
	}
	return nil
}

// notHTTP is the refusal of a URL that is not an HTTP(S) URL, where the profile
// fetches no other for an EventSource.
func (s *eventSource) notHTTP(ctx context.Context) *Error {
	if !s.page.agent.profile.EventSource.HTTPOnly {
		return nil
	}
	f := s.page.agent.newFetching(ctx)
	if refusal := s.page.newRequest(s.request, f.request); refusal != nil {
		return refusal
	}
	if u := f.request.currentURL(); !u.IsHTTP() {
		return f.fail(UnsupportedScheme, "scheme", u.Scheme())
	}
	return nil
}

// aborted is the error of an EventSource whose caller has ended it.
func (s *eventSource) aborted(ctx context.Context, err error) *Error {
	f := s.page.agent.newFetching(ctx)
	_ = s.page.newRequest(s.request, f.request)
	refusal := f.fail(Aborted, "", "")
	if refusal.Err = context.Cause(ctx); refusal.Err == nil {
		refusal.Err = err
	}
	return refusal
}

// mostBackoff is how long an EventSource waits at most after connections that failed,
// unless the server asks for more; leastBackoff is how long at least.
const (
	mostBackoff  = time.Minute
	leastBackoff = 100 * time.Millisecond
)

// reconnectionTime is how long to wait before it is connected again.
//
// https://html.spec.whatwg.org/#reestablish-the-connection
func (s *eventSource) reconnectionTime() time.Duration {
	d := cmp.Or(s.page.agent.profile.EventSource.ReconnectionTime, 3*time.Second)
	if s.retrySet {
		d = s.retry
	}
	// 2, 3. After a failure a user agent may wait longer.
	if s.failures > 1 {
		longer := max(d, leastBackoff)
		for range min(s.failures-1, 10) {
			longer = min(2*longer, mostBackoff)
		}
		d = max(d, longer)
	}
	return d
}

// errEventsUnwanted says that the caller wants no more events.
var errEventsUnwanted = errors.New("fetch: no more events are wanted")

// connect makes a connection and reads events until it ends. It returns nil at the
// end of the stream, errEventsUnwanted, or an [*Error].
//
// https://html.spec.whatwg.org/#dom-eventsource
func (s *eventSource) connect(ctx context.Context, yield func(ServerEvent, error) bool) (opened bool, err error) {
	request := *s.request
	if s.lastEventID != "" {
		request.Headers = append(request.Headers[:len(request.Headers):len(request.Headers)],
			safelist.Header{Name: lastEventID, Value: s.lastEventID})
	}
	if refusal := s.notHTTP(ctx); refusal != nil {
		return false, refusal
	}
	resp, err := s.page.Fetch(ctx, &request)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	// A response that is not an event stream fails the connection.
	if refusal := resp.internal.takenAsEventStream(); refusal != nil {
		return false, refusal
	}
	s.moved(resp.internal)
	// Announce the connection.
	if !yield(ServerEvent{Type: "open", ReadyState: eventSourceOpen}, nil) {
		return true, errEventsUnwanted
	}
	// Interpret the event stream, as it comes.
	profile := &s.page.agent.profile.EventSource
	stream := newEventStream(profile, resp.Body, s.lastEventID, s.options.MaxEvent)
	from := resp.internal.url().Origin().String()
	for {
		eventType, data, err := stream.next()
		s.lastEventID = stream.lastEventID
		if s.retrySet = s.retrySet && stream.retries != retryDefault || stream.retries == retryValue; stream.retries == retryValue {
			s.retry = stream.retry
		}
		switch {
		case err == io.EOF:
			return true, nil
		case errors.Is(err, errEventTooLarge):
			return true, resp.internal.eventTooLarge(s.options.MaxEvent)
		case err != nil:
			return true, err
		case !yield(ServerEvent{Type: eventType, Data: data, LastEventID: s.lastEventID, Origin: from, ReadyState: eventSourceOpen}, nil):
			return true, errEventsUnwanted
		}
	}
}

// moved notes to which URL the EventSource comes back, by the profile, after the
// redirects that led to a response.
func (s *eventSource) moved(resp *response) {
	var to *origin.URL
	switch s.page.agent.profile.EventSource.ComesBack {
	case rules.EventSourceToLast:
		to = resp.url()
	case rules.EventSourceToPermanent:
		to = resp.request.permanent
	}
	if to == nil || len(resp.urlList) == 1 {
		return
	}
	request := *s.request
	request.URL, request.blob = to.String(), nil
	s.request = &request
}

// lastEventID is the header with which an EventSource comes back.
//
// https://html.spec.whatwg.org/#last-event-id
const lastEventID = "Last-Event-ID"

// fails tells whether a network error closes the EventSource, since it would be met
// again: the Standard leaves that to the user agent.
//
// https://html.spec.whatwg.org/#dom-eventsource
func (s *eventSource) fails(refusal *Error) bool {
	how := s.page.agent.profile.EventSource.Fails
	switch refusal.Reason {
	case UnsupportedScheme:
		return how != rules.EventSourceFailsByCORS || s.page.agent.profile.EventSource.HTTPOnly
	case NetworkFailure:
		return how == rules.EventSourceFailsUnasked && errors.Is(refusal.Err, ErrNoAnswer)
	case BrokenBody, Offline:
		return false
	case InvalidLocation, outsideAllowlist:
		return how != rules.EventSourceFailsByCORS
	case RedirectScheme:
		return how != rules.EventSourceFailsByCORS || !refusal.unsafeRedirect()
	case BadPort, TooManyRedirects, HeadersTooLarge:
		return how != rules.EventSourceFailsByCORS && how != rules.EventSourceFailsByLocation
	}
	return true
}

// unsafeRedirect tells whether a redirect led where none may lead, which is no matter
// of CORS to the user agents that tell the two apart.
func (e *Error) unsafeRedirect() bool {
	u, err := origin.ParseURL(e.location())
	return err == nil && slices.Contains([]string{"about", "blob", "data", "file", "filesystem"}, u.Scheme())
}

// takenAsEventStream is the refusal of a response that is not an event stream, nil if
// it is one.
//
// https://html.spec.whatwg.org/#dom-eventsource
func (r *response) takenAsEventStream() *Error {
	profile := &r.request.client.agent.profile.EventSource
	refuse := func(what, value, want string) *Error { return r.elementRefused(what, value, want) }
	value, _ := r.headers.Get("Content-Type")
	t, ok := mimetype.Extract(r.headers)
	if first, _, more := strings.Cut(value, ","); more && profile.FirstType {
		t, ok = mimetype.Parse(first)
	}
	switch {
	case r.status != http.StatusOK:
		return refuse("status", strconv.Itoa(r.status), "")
	case !ok || t.Essence() != string(element.EventStream):
		return refuse("Content-Type", value, string(element.EventStream))
	}
	if charset, ok := t.Parameter("charset"); ok && profile.UTF8Only && !fold.Equal(charset, "utf-8") {
		return refuse("Content-Type", value, string(element.EventStream)+" in UTF-8")
	}
	return nil
}

// eventTooLarge is the refusal of a stream with an event that exceeds the limit.
func (r *response) eventTooLarge(limit int64) *Error {
	return &Error{
		Reason: EventTooLarge, Stage: stageActual, Request: r.request.info(), Response: r.infoRef(),
		Header: "event", Value: fmt.Sprintf("more than %d bytes", limit), messages: &r.request.client.agent.profile.Messages,
	}
}
