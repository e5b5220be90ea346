package engine

import "github.com/browsercors/browsercors/internal/rules"

const (
	eventSourceConnect = "https://html.spec.whatwg.org/#dom-eventsource"
	eventSourceFields  = "https://html.spec.whatwg.org/#processField"
	eventSourceEvents  = "https://html.spec.whatwg.org/#event-stream-interpretation"
)

// eventSourceDeviations are the departures of EventSource.
var eventSourceDeviations = []deviation{
	{
		field:    "EventSource.HTTPOnly",
		does:     "An EventSource whose URL is not an HTTP(S) URL fails.",
		standard: "A data: URL is fetched like any other.",
		section:  eventSourceConnect,
		sources:  map[string]string{"firefox": "dom/base/EventSource.cpp, InitChannelAndRequestEventSource; " + seen, "webkit": seen},
	}, {
		field:    "EventSource.UTF8Only",
		does:     "An event stream whose Content-Type has a charset other than UTF-8 is refused.",
		standard: "Event streams are UTF-8, whatever the charset says.",
		section:  eventSourceConnect,
		sources:  map[string]string{"chromium": "third_party/blink/renderer/modules/eventsource/event_source.cc, DidReceiveResponse; " + seen},
	}, {
		field:    "EventSource.FirstType",
		does:     "Of a Content-Type with several members the first counts for an EventSource.",
		standard: "The last counts that is a MIME type.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-extract-mime-type",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "EventSource.ThrowsByCSP",
		does:     "The constructor throws a SecurityError if a Content-Security-Policy forbids the URL.",
		standard: "The EventSource fires an error event and is closed.",
		section:  eventSourceConnect,
		sources:  map[string]string{"webkit": "Source/WebCore/page/EventSource.cpp, create; " + seen},
	}, {
		field:    "EventSource.Fails",
		value:    rules.EventSourceFailsUnasked,
		does:     "An EventSource is closed when a connection ends without an answer.",
		standard: "It comes back, unless the user agent knows that this is futile.",
		section:  eventSourceConnect,
		sources:  map[string]string{"firefox": "dom/base/EventSource.cpp, OnStopRequest; " + seen},
	}, {
		field:    "EventSource.Fails",
		value:    rules.EventSourceFailsByCORS,
		does:     "An EventSource comes back after every network error, except those of CORS and of a policy.",
		standard: "It comes back, unless the user agent knows that this is futile; here a refusal by any rule is.",
		section:  eventSourceConnect,
		sources:  map[string]string{"chromium": "third_party/blink/renderer/modules/eventsource/event_source.cc, DidFail; " + seen},
	}, {
		field:    "EventSource.Fails",
		value:    rules.EventSourceFailsByLocation,
		does:     "An EventSource comes back after every network error, except those of CORS, of a policy and of a Location that leads to no URL that can be fetched.",
		standard: "It comes back, unless the user agent knows that this is futile; here a refusal by any rule is.",
		section:  eventSourceConnect,
		sources:  map[string]string{"webkit": "Source/WebCore/page/EventSource.cpp, didFail; " + seen},
	}, {
		field:    "EventSource.ComesBack",
		value:    rules.EventSourceToLast,
		does:     "An EventSource that was redirected comes back to the URL of the response.",
		standard: "It comes back to its own URL.",
		section:  "https://html.spec.whatwg.org/#reestablish-the-connection",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "EventSource.ComesBack",
		value:    rules.EventSourceToPermanent,
		does:     "An EventSource comes back to the URL to which the last permanent redirect, a 301 or 308, led.",
		standard: "It comes back to its own URL.",
		section:  "https://html.spec.whatwg.org/#reestablish-the-connection",
		sources:  map[string]string{"firefox": "dom/base/EventSource.cpp, AsyncOnChannelRedirect; " + seen},
	}, {
		field:    "EventSource.ReconnectionTime",
		does:     "An EventSource waits so long before it comes back, until the server says otherwise.",
		detail:   "Zero means three seconds.",
		standard: "The time is the implementation's; here it is three seconds.",
		section:  "https://html.spec.whatwg.org/#concept-event-stream-reconnection-time",
		sources:  map[string]string{"firefox": "dom/base/EventSource.cpp, DEFAULT_RECONNECTION_TIME_VALUE"},
	}, {
		field:    "EventSource.MinReconnectionTime",
		does:     "A server may set no shorter reconnection time.",
		standard: "It may set any.",
		section:  eventSourceFields,
		sources:  map[string]string{"firefox": "dom/base/EventSource.cpp, MIN_RECONNECTION_TIME_VALUE"},
	}, {
		field:    "EventSource.Retry",
		value:    rules.RetryEmptyDefault,
		does:     "A “retry” field without a value restores the user agent's reconnection time.",
		standard: "It is ignored.",
		section:  eventSourceFields,
		sources:  map[string]string{"chromium": "third_party/blink/renderer/modules/eventsource/event_source_parser.cc, ParseLine"},
	}, {
		field:    "EventSource.Retry",
		value:    rules.RetryEmptyZero,
		does:     "A “retry” field without a value sets the reconnection time to the least.",
		standard: "It is ignored.",
		section:  eventSourceFields,
		sources:  map[string]string{"firefox": "dom/base/EventSource.cpp, SetFieldAndClear"},
	}, {
		field:    "EventSource.Retry",
		value:    rules.RetryLeading,
		does:     "Of the value of a “retry” field the digits count that it begins with. Without a value it restores the user agent's reconnection time.",
		standard: "A value that is not digits alone is ignored.",
		section:  eventSourceFields,
		sources:  map[string]string{"webkit": "Source/WebCore/page/EventSource.cpp, parseEventStreamLine"},
	}, {
		field:    "EventSource.ID",
		value:    rules.EventIDHeld,
		does:     "The id of an event without data becomes the last event ID with the next event of the stream that has data.",
		standard: "It is the last event ID at once.",
		section:  "https://html.spec.whatwg.org/#dispatchMessage",
		sources:  map[string]string{"webkit": "Source/WebCore/page/EventSource.cpp, dispatchMessageEvent"},
	}, {
		field:    "EventSource.ID",
		value:    rules.EventIDWithData,
		does:     "The id of an event without data is ignored.",
		standard: "It is the last event ID at once.",
		section:  "https://html.spec.whatwg.org/#dispatchMessage",
		sources:  map[string]string{"firefox": "dom/base/EventSource.cpp, DispatchCurrentMessageEvent"},
	}, {
		field:    "EventSource.IDKept",
		does:     "An event without an id has that of the stream before, after an EventSource has come back.",
		standard: "The last event ID buffer begins empty with each stream.",
		section:  eventSourceEvents,
		sources: map[string]string{"chromium": "third_party/blink/renderer/modules/eventsource/event_source_parser.cc",
			"firefox": "dom/base/EventSource.cpp, DispatchAllMessageEvents", "webkit": "Source/WebCore/page/EventSource.cpp, dispatchMessageEvent"},
	}, {
		field:    "EventSource.SandboxedReferrer",
		value:    rules.SandboxedReferrerPage,
		does:     "An EventSource of a sandboxed page has the page's URL as referrer.",
		standard: "A page of an opaque origin is not named.",
		section:  "https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "EventSource.SandboxedReferrer",
		value:    rules.SandboxedReferrerOpaque,
		does:     "An EventSource of a sandboxed page has the page's URL as referrer, cut down as for another origin.",
		standard: "A page of an opaque origin is not named.",
		section:  "https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "EventSource.BadPortSilent",
		does:     "An EventSource whose port is blocked fires no event, and stays as it is.",
		standard: "The connection fails.",
		section:  eventSourceConnect,
		sources:  map[string]string{"webkit": "Source/WebCore/page/EventSource.cpp, didFail; " + seen},
	}, {
		field:    "EventSource.NULsDropped",
		does:     "NULs are left out of the values of fields.",
		detail:   "One in an id has that line ignored, and the word “id” stand before the name of the next field, which is unknown then.",
		standard: "They are part of the value; an id that has one is ignored.",
		section:  eventSourceFields,
		sources:  map[string]string{"firefox": "dom/base/EventSource.cpp, ParseCharacter; " + seen},
	}, {
		field:    "EventSource.NoPragmaAcrossOrigins",
		does:     "The location of an EventSource's redirect to another origin is asked without Pragma.",
		standard: "It has the headers of cache mode no-store.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"webkit": "Source/WebCore/page/EventSource.cpp, connect; " + seen},
	},
}
