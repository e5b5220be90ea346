package fetch

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// How far a request got before it was refused, see [Error.Stage].
const (
	stageConstruct = "construct"
	stageBefore    = "before"
	stagePreflight = "preflight"
	stageActual    = "actual"
)

// RequestInfo is a request as shown by an [Error] or a [Trace]. It shares
// memory with the engine and must not be changed.
type RequestInfo struct {
	API         API
	Destination Destination
	Method      string
	URL         string // without fragment, its password replaced by xxxxx
	FirstURL    string // the URL before any redirect, likewise
	Page        string // the origin of the page
	Worker      bool   // whether the page is a worker
	Origin      string // the origin of the request: "null" if redirects have tainted it
	Mode        Mode
	Credentials credentials.Mode
	Redirect    RedirectMode
	Tainting    string              // the response tainting: "basic", "cors" or "opaque"
	Hop         int                 // the number of redirects followed before
	Upgraded    string              // why an http: URL became https:, see [Trace.Upgraded]; "" if none did
	Preflight   bool                // whether it is a CORS-preflight request
	Headers     safelist.HeaderList // as sent, with credentials and cookies; before that, as script set them
}

// ResponseInfo is an unfiltered response as shown by an [Error] or a [Trace]:
// it is for developers and not for script. It contains what the server sent,
// such as cookies and passwords in a Location. It shares memory with the engine
// and must not be changed.
type ResponseInfo struct {
	Status     int
	StatusText string
	Headers    safelist.HeaderList

	// CacheState is "local" if the response came out of the HTTP cache and the
	// server was not asked, "validated" if the server answered 304 and the response
	// came out of the cache with the headers of that 304, and "" if it came from the
	// server. Stored is when the stored response, or the 304, was received.
	//
	// https://fetch.spec.whatwg.org/#concept-response-cache-state
	CacheState string
	Stored     time.Time
}

// An Error says why a request failed: with a network error, or with an
// exception that the API throws. It is immutable once returned, and safe for
// concurrent use.
//
// An Error is for developers. A script must see only [Error.Exception] and
// [Error.ScriptMessage].
type Error struct {
	Reason Reason

	// Stage says how far the request got before it was refused:
	//
	//	"construct"  the API refused it, before fetching began
	//	"before"     it was refused before a request of this hop was sent
	//	"preflight"  its preflight, or the response to that, was refused
	//	"actual"     the request itself, or the response to it, was refused
	Stage string

	Request  RequestInfo
	Response *ResponseInfo // the response that was refused, or nil

	// Preflight is the response of the preflight that let the request go, or nil if
	// none was sent, for example because the preflight cache made it unnecessary.
	Preflight *ResponseInfo

	Header string // the header, option or part that was refused: "Access-Control-Allow-Origin", "Location", "method"
	Value  string // its value, or "" if it is missing. Passwords are replaced by xxxxx, credentials and cookies by "redacted"
	Detail string // the method or header name that was refused, the wrong MIME type, or the values that an option may have

	Err error // the underlying error, if any: of the network or the context

	exception      string          // that the constructor throws, by the profile; "" is that of the API
	messages       *rules.Messages // the profile's; nil: the Standard's
	preflightNames []string        // that the preflight asked for
}

// Error says in one line which request was refused, and why.
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
	if b.Len() > len("fetch: ") { // an error of a constructor is of no request
		b.WriteString(": ")
	}
	if e.Stage == stagePreflight {
		b.WriteString("preflight: ")
	}
	b.WriteString(e.Reason.String())
	switch {
	case e.Header != "" && e.Value != "":
		fmt.Fprintf(&b, ": %s %s", e.Header, quote(e.Value))
	case e.Header != "":
		b.WriteString(": " + e.Header)
	}
	switch {
	case e.Detail == "":
	case e.Reason == InvalidOption, e.Reason == noElementOption:
		b.WriteString(": want " + e.Detail)
	default:
		b.WriteString(": " + quote(e.Detail))
	}
	if e.Response != nil && (e.Reason == PreflightInvalidStatus || e.Reason == PreflightDisallowedRedirect) {
		b.WriteString(": status " + strconv.Itoa(e.Response.Status))
	}
	if e.Response != nil {
		switch e.Response.CacheState {
		case cacheLocal:
			b.WriteString(": the response came out of the HTTP cache, received " + storedTime(e.Response))
		case cacheValidated:
			b.WriteString(": the response came out of the HTTP cache, validated by a 304")
		}
	}
	if e.Err != nil {
		b.WriteString(": " + text.Redact(e.Err.Error()))
	}
	return b.String()
}

// storedTime says when a response that came out of the cache was received.
func storedTime(r *ResponseInfo) string { return r.Stored.UTC().Format("2006-01-02 15:04:05 UTC") }

// Is reports whether target is the error's [Reason].
func (e *Error) Is(target error) bool {
	r, ok := target.(Reason)
	return ok && r == e.Reason
}

// Unwrap returns Err, so that errors.Is(err, context.Canceled) works.
func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether Err is a timeout, as [net.Error] and [net/url.Error]
// do.
func (e *Error) Timeout() bool {
	t, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](e.Err)
	return ok && t.Timeout()
}

// Retryable reports whether the same request can succeed if it is made again.
// It can in these cases:
//
//   - The network failed, the body broke off, or the time allowed has
//     passed.
//   - The response that was refused has status 408, 425, 429, 502, 503 or
//     504: the server is unable to answer for the moment, and such responses
//     often lack the CORS headers of the others.
//   - The keepalive quota was used up, or the agent was offline.
//
// It can't after any other refusal, because the rules would refuse it again,
// nor after the caller cancelled.
//
// A request that was sent may have had its effect even if its response was
// lost. Whether repeating it does harm is for the caller to decide.
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
	if e.Response == nil || e.constructing() {
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
	own, client := errors.AsType[*clientCertificateError](err)
	return server || client && !own.Unsure
}

// Exception returns the name of the exception that script gets:
//
//   - "TypeError" from fetch()
//   - "NetworkError", "SyntaxError" or "SecurityError" from XMLHttpRequest
//     and WebSocket, and the last two from the constructor of a worker
//   - "RangeError" for the status of a response that script makes
//   - "NotSupportedError" for a stream as body in a browser that does not
//     support one
//   - "AbortError" if the caller cancelled
//   - "" for the failed handshake of a WebSocket, for an EventSource and for an XDomainRequest, for which
//     script gets an error event, and for a beacon, of which it learns nothing
//
// https://fetch.spec.whatwg.org/#dom-global-fetch
// https://fetch.spec.whatwg.org/#initialize-a-response
// https://xhr.spec.whatwg.org/#the-open()-method
func (e *Error) Exception() string {
	switch {
	case e.exception != "":
		return e.exception
	case e.Reason == Aborted:
		return "AbortError"
	case e.Request.API == apiXDomainRequest && e.constructing(): // "Access is denied."
		return "Error"
	case e.Reason == invalidStatus && e.Header == "status":
		return "RangeError"
	case e.Reason == InvalidOption && e.Header == "body":
		return "NotSupportedError"
	case (e.Request.API == apiWebSocket || e.Request.API == apiEventSource || e.Request.API == apiXDomainRequest || outlives(e.Request.API)) && !e.constructing():
		return ""
	case e.Request.API == apiElement && e.constructing() && e.Reason == InvalidURL && e.Request.Destination.scriptLike():
		return "SyntaxError"
	case e.Request.API == apiElement && e.constructing() && (e.Reason == DisallowedByMode || e.Reason == CSPBlocked):
		return "SecurityError"
	case e.Request.API != apiXHR && e.Request.API != apiWebSocket && e.Request.API != apiEventSource:
		return "TypeError"
	case !e.constructing():
		return "NetworkError"
	case e.Reason == forbiddenMethod:
		return "SecurityError"
	default:
		return "SyntaxError"
	}
}

// ScriptMessage returns the message of the exception, in the profile's words.
// Script must not learn more: the message of a network error does not say what
// failed.
func (e *Error) ScriptMessage() string {
	var m rules.Messages
	if e.messages != nil {
		m = *e.messages
	}
	switch {
	case e.constructing():
		return e.Reason.Rule()
	case e.Reason == Aborted:
		return orDefault(m.Aborted, "The operation was aborted")
	}
	return orDefault(m.NetworkError, "Failed to fetch")
}

// thrown is a refusal that the profile's constructor throws at once, with the name of
// the exception.
func (e *Error) thrown(exception string) *Error {
	e.Stage, e.exception = stageConstruct, exception
	return e
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
