package rules

import "time"

// EventSource holds a user agent's departures in EventSource.
type EventSource struct {
	// An EventSource whose URL is not an HTTP(S) URL fails.
	HTTPOnly bool

	// An event stream whose Content-Type has a charset other than UTF-8 is refused.
	UTF8Only bool

	// Of a Content-Type with several members the first counts for an EventSource.
	FirstType bool

	// The constructor throws a SecurityError if a Content-Security-Policy forbids the
	// URL.
	ThrowsByCSP bool

	// Fails is which network errors close an EventSource, instead of having it come
	// back.
	Fails EventSourceFailures

	// ComesBack is the URL to which an EventSource comes back after a redirect.
	ComesBack EventSourceURL

	// An EventSource waits so long before it comes back, until the server says
	// otherwise. Zero means three seconds.
	ReconnectionTime time.Duration

	// A server may set no shorter reconnection time.
	MinReconnectionTime time.Duration

	// Retry is how the value of a “retry” field is read.
	Retry Retry

	// ID says when the id of an event that has no data counts.
	ID EventID

	// An event without an id has that of the stream before, after an EventSource has
	// come back.
	IDKept bool

	// SandboxedReferrer is the referrer of an EventSource of a sandboxed page.
	SandboxedReferrer SandboxedReferrer

	// An EventSource whose port is blocked fires no event, and stays as it is.
	BadPortSilent bool

	// NULs are left out of the values of fields. One in an id has that line ignored,
	// and the word “id” stand before the name of the next field, which is unknown
	// then.
	NULsDropped bool

	// The location of an EventSource's redirect to another origin is asked without
	// Pragma.
	NoPragmaAcrossOrigins bool
}

// EventSourceFailures says which network errors close an EventSource.
type EventSourceFailures uint8

const (
	EventSourceFailsByRule     EventSourceFailures = iota // those that a rule demands, not those of the network
	EventSourceFailsUnasked                               // those, and a connection that ends without an answer
	EventSourceFailsByCORS                                // those of CORS and of a policy alone
	EventSourceFailsByLocation                            // those, and a Location that leads to no URL that can be fetched
)

// EventSourceURL says to which URL an EventSource comes back after a redirect.
type EventSourceURL uint8

const (
	EventSourceToFirst     EventSourceURL = iota // to its own, as the Standard demands
	EventSourceToLast                            // to that of the response
	EventSourceToPermanent                       // to where the last permanent redirect led, 301 or 308
)

// Retry says how the value of an event stream's “retry” field is read.
type Retry uint8

const (
	RetryDigits       Retry = iota // digits only; an empty value is ignored
	RetryEmptyDefault              // digits only; an empty value restores the user agent's time
	RetryEmptyZero                 // digits only; an empty value is 0
	RetryLeading                   // the digits that it begins with; an empty value restores the user agent's time
)

// EventID says when the id of an event without data counts.
type EventID uint8

const (
	EventIDAlways   EventID = iota // at once, as the Standard demands
	EventIDHeld                    // with the next event of the stream that has data
	EventIDWithData                // never
)
