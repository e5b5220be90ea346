package fetch

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// A Stage is where on its way a request was refused.
type Stage uint8

const (
	StageConstruct Stage = iota // by the API, before fetching began
	StageBefore                 // while fetching, with no request of this hop sent
	StagePreflight              // by the preflight or its response
	StageActual                 // by the actual request or its response
)

var stages = [...]string{"construct", "before", "preflight", "actual"}

// String is the stage's name.
func (s Stage) String() string { return stages[s] }

// RequestInfo is a request as an [Error] or a [Trace] shows it. It shares
// memory with the engine: read it, don't change it.
type RequestInfo struct {
	API         API
	Destination Destination
	Method      string
	URL         string // without fragment, its password replaced by xxxxx
	FirstURL    string // the URL list's first item, without fragment; URL where nothing was redirected
	Page        string // the environment's origin, serialized
	Origin      string // the request's origin, serialized: "null" when redirects tainted it
	Mode        Mode
	Credentials credentials.Mode
	Redirect    RedirectMode
	Tainting    Tainting
	Hop         int                 // redirects followed before
	Preflight   bool                // a CORS-preflight request
	Headers     safelist.HeaderList // as sent, credentials and cookies included; before sending, as script set them
}

// ResponseInfo is a response as an [Error] or a [Trace] shows it, unfiltered:
// for developers, not for script. It shares memory with the engine. What the
// server sent is in it as it was: cookies, and passwords in a Location.
type ResponseInfo struct {
	Status     int
	StatusText string
	Headers    safelist.HeaderList
}

// An Error is a network error, or an exception of the API, with its reason. It
// is immutable once returned and safe for concurrent use.
//
// What is in it is for developers. A script must see no more than
// [Error.Exception] and [Error.ScriptMessage].
type Error struct {
	Reason   Reason
	Stage    Stage
	Request  RequestInfo
	Response *ResponseInfo // the response concerned; nil where none arrived

	Header string // the header, option or part concerned: "Access-Control-Allow-Origin", "Location", "method"
	Value  string // its value; empty where it is missing. Passwords in it are replaced by xxxxx, credentials and cookies by "redacted"
	Detail string // the method or header name that was refused, the type that was wrong …

	Err error // what went wrong below, if anything: a network error, the context's error

	messages *MessageRules // the profile's; nil: the Standard's
}

// Error says in one line what was refused and why.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("fetch: ")
	if e.Request.Method != "" {
		b.WriteString(shorten(e.Request.Method))
		b.WriteByte(' ')
	}
	b.WriteString(shorten(e.Request.URL))
	if e.Request.Page != "" {
		b.WriteString(" from ")
		b.WriteString(e.Request.Page)
	}
	b.WriteString(": ")
	if e.Stage == StagePreflight {
		b.WriteString("preflight: ")
	}
	b.WriteString(e.Reason.String())
	switch {
	case e.Header != "" && e.Value != "":
		fmt.Fprintf(&b, ": %s %s", e.Header, quote(e.Value))
	case e.Header != "":
		b.WriteString(": " + e.Header)
	}
	if e.Detail != "" {
		b.WriteString(": " + quote(e.Detail))
	}
	if e.Response != nil && (e.Reason == PreflightInvalidStatus || e.Reason == PreflightDisallowedRedirect) {
		b.WriteString(": status " + strconv.Itoa(e.Response.Status))
	}
	if e.Err != nil {
		b.WriteString(": " + text.Redact(e.Err.Error()))
	}
	return b.String()
}

// Is tells whether target is the error's [Reason].
func (e *Error) Is(target error) bool {
	r, ok := target.(Reason)
	return ok && r == e.Reason
}

// Unwrap is the error below, if any, so that errors.Is(err, context.Canceled)
// works.
func (e *Error) Unwrap() error { return e.Err }

// Timeout tells whether the error below is a timeout, as [net.Error] has it and
// [net/url.Error] asks.
func (e *Error) Timeout() bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](e.Err)
	return ok && t.Timeout()
}

// Retryable tells whether the same request, made again, can succeed though
// nothing about it has changed. It can after a failure of the network, of a body
// that broke off, or of the time that was allowed; after a refusal of a response
// whose status says that the server can't answer for now (408, 425, 429, 502, 503
// or 504), since such a response often lacks the headers of the others; when the
// keepalive quota is free again; and when the agent is no longer offline. It can't
// after any other refusal, which the rules would only repeat, nor after the caller
// cancelled.
//
// Whether trying again does harm is another question: a request that was sent
// may have had its effect, though its answer was lost.
//
// https://fetch.spec.whatwg.org/#concept-network-error
func (e *Error) Retryable() bool {
	switch e.Reason {
	case Aborted:
		return e.Timeout()
	case NetworkFailure:
		return !isCertificateError(e.Err)
	case BrokenBody, KeepaliveQuota, Offline:
		return true
	}
	if e.Response == nil || e.Stage == StageConstruct {
		return false
	}
	switch e.Response.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// isCertificateError tells whether a connection failed over a certificate, the
// server's or the client's, which will be the same next time.
func isCertificateError(err error) bool {
	_, server := errors.AsType[*tls.CertificateVerificationError](err)
	own, client := errors.AsType[*ClientCertificateError](err)
	return server || client && !own.Unsure
}

// Exception is the name of the exception that script gets: "TypeError" from
// fetch(), "NetworkError", "SyntaxError" or "SecurityError" from
// XMLHttpRequest and WebSocket, "RangeError" for the status of a response of script's own,
// "NotSupportedError" for a stream as body where the profile has none,
// "AbortError" where the caller cancelled. It is "" for a WebSocket's failed
// handshake, of which script gets an error event.
//
// https://fetch.spec.whatwg.org/#dom-global-fetch
// https://fetch.spec.whatwg.org/#initialize-a-response
// https://xhr.spec.whatwg.org/#the-open()-method
func (e *Error) Exception() string {
	switch {
	case e.Reason == Aborted:
		return "AbortError"
	case e.Reason == InvalidStatus && e.Header == "status":
		return "RangeError"
	case e.Reason == InvalidOption && e.Header == "body":
		return "NotSupportedError"
	case e.Request.API == APIWebSocket && e.Stage != StageConstruct:
		return ""
	case e.Request.API != APIXHR && e.Request.API != APIWebSocket:
		return "TypeError"
	case e.Stage != StageConstruct:
		return "NetworkError"
	case e.Reason == ForbiddenMethod:
		return "SecurityError"
	default:
		return "SyntaxError"
	}
}

// ScriptMessage returns the message of the exception, in the words of the
// profile. It is all that script may learn: a network error has no reason.
func (e *Error) ScriptMessage() string {
	var m MessageRules
	if e.messages != nil {
		m = *e.messages
	}
	switch {
	case e.Stage == StageConstruct:
		return e.Reason.Rule()
	case e.Reason == Aborted:
		return orDefault(m.Aborted, "The operation was aborted")
	}
	return orDefault(m.NetworkError, "Failed to fetch")
}

// presentable is a value for an error: without what is secret in it.
func presentable(header, value string) string {
	switch header {
	case "url", "referrer", "BaseURL":
		return text.RedactURL(value)
	}
	return text.RedactHeader(strings.TrimPrefix(header, "header "), value)
}

// quoteLimit is the length to which strings from outside are cut in an error's
// text.
const quoteLimit = 200

// shorten cuts a value that a hostile peer made long; what is cut is counted.
func shorten(s string) string {
	if shown := text.Cut(s, quoteLimit); len(shown) < len(s) {
		return fmt.Sprintf("%s… (%d bytes)", shown, len(s))
	}
	return s
}

// quote is shorten in quotation marks, with control characters and bytes that
// are no UTF-8 escaped, and without passwords of URLs.
func quote(s string) string { return text.GoQuote(s, quoteLimit) }
