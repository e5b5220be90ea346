package fetch

import "strings"

// Conditions of remedies that concern what a page uses by itself: elements,
// workers, event streams and beacons.

func (e *Error) byElement() bool     { return e.Request.API == apiElement }
func (e *Error) byEventSource() bool { return e.Request.API == apiEventSource }
func (e *Error) byBeacon() bool      { return e.Request.API == apiBeacon }

func (e *Error) forTrack() bool   { return e.Request.Destination == destinationTrack }
func (e *Error) forScript() bool  { return e.Request.Destination == destinationScript }
func (e *Error) forPicture() bool { return e.Request.Destination == destinationImage }

func (e *Error) forWorker() bool {
	d := e.Request.Destination
	return d == destinationWorker || d == destinationSharedWorker || d == destinationServiceWorker
}

// alwaysCORS tells whether no attribute spares what asked the CORS protocol.
func (e *Error) alwaysCORS() bool {
	d := e.Request.Destination
	return e.byEventSource() || e.byElement() && (d == destinationFont || d == destinationManifest)
}

// opaqueElement tells whether an element asked without CORS.
func (e *Error) opaqueElement() bool { return e.byElement() && e.opaque() }

// embedderPolicy tells whether the page's embedder policy demands a header that
// the response does not have, isolationPolicy whether its isolation policy does.
func (e *Error) embedderPolicy() bool  { return e.Detail != "" && e.Detail != string(unsafeNone) }
func (e *Error) isolationPolicy() bool { return strings.HasPrefix(e.Detail, isolate) }

// frameByPolicy tells whether it is a frame that the page's embedder policy keeps out.
func (e *Error) frameByPolicy() bool { return e.embedderPolicy() && e.Request.Destination.navigation() }

// What opaque-response blocking may have stopped: an error message, data that only
// script can use, or what its type and nosniff keep from being looked into.
func (e *Error) errorMessage() bool { return !okStatus(e.status()) }
func (e *Error) dataForScript() bool {
	t := e.mimeType()
	return e.Detail == orbData || e.Detail == orbType || opaqueBlocklisted(t) && t != "text/html"
}
func (e *Error) confirmed() bool { return e.Detail == orbNosniff || e.Detail == orbUnsniffed }

// wrongStatus tells whether an element did not take the response because of its
// status, and stopsStream whether that status ends an event stream.
func (e *Error) wrongStatus() bool { return e.Header == "status" }
func (e *Error) stopsStream() bool { return e.byEventSource() && e.status() == 204 }

// elementNeeds says why what asked needs CORS headers; "" for script.
func (e *Error) elementNeeds() string {
	switch {
	case e.Reason != MissingAllowOrigin:
		return ""
	case e.alwaysCORS():
		return needsAlways
	case e.byElement() && e.forScript():
		return needsScript
	case e.byElement():
		return needsAttribute
	}
	return ""
}
