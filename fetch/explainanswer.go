package fetch

import (
	"github.com/browsercors/browsercors/internal/mimetype"
	"net/http"
	"strconv"
)

// unexpected says in a sentence that the response looks like that of a request
// which failed by itself: it has an error status, or it is an HTML page and no
// document was asked for. "" if it does not. The CORS error that script gets hides
// both from whoever looks for the cause.
func (e *Error) unexpected() string {
	if e.Response == nil {
		return ""
	}
	status := e.Response.Status
	failed := status >= 400
	switch e.Reason {
	case PreflightInvalidStatus: // the summary has the status
		failed = false
	case WebSocketFailed, BodyNotReplayable, ProxyAuthenticationRequired: // they are about the status
		return ""
	}
	html := e.isHTML()
	if !failed && !html {
		return ""
	}
	sentence := "The response"
	if e.onPreflight() {
		sentence = "The response to the preflight"
	}
	shown := "status " + strconv.Itoa(status)
	if name := http.StatusText(status); name != "" {
		shown += " (" + name + ")"
	}
	switch {
	case failed && html:
		sentence += " was an HTML page with " + shown
	case failed:
		sentence += " had " + shown
	default:
		sentence += " was an HTML page"
	}
	switch {
	case e.onPreflight():
	case failed:
		sentence += ", so the request itself may have failed"
	default:
		sentence += ", so this may not be the URL of the API"
	}
	return sentence + "."
}

// isHTML tells whether the response has an HTML page for a body, which the page
// did not ask for and the summary does not say.
func (e *Error) isHTML() bool {
	if e.Request.Destination.navigation() || e.Reason == BlockedMIMEType || e.Reason == OpaqueResponseBlocked || e.Reason == BlockedByNosniff {
		return false
	}
	if status := e.Response.Status; nullBodyStatus(status) || 300 <= status && status < 400 { // no body that anybody sees
		return false
	}
	t, ok := mimetype.Extract(e.Response.Headers)
	return ok && (t.Essence() == "text/html" || t.Essence() == "application/xhtml+xml")
}
