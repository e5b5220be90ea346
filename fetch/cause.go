package fetch

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/internal/text"
)

// Evidence is what the caller of [Error.ExplainWith] knows in addition to the
// error. Each field is optional.
type Evidence struct {
	// Body is the beginning of the refused response's body; a few KiB are enough. At
	// most its title or a message of one line is shown.
	Body []byte

	// Server is the product to be changed, such as "nginx", by one of the names in
	// docs/products.md. If it is "", or a name that is not there, the product is
	// recognized from the response.
	Server string

	// Others are other preflights of the same page for the same URL. They can show
	// which method or request header the server refuses.
	Others []OtherPreflight

	// Elsewhere is the method and the URL of another request for which the server
	// allows the page's origin, such as "GET https://api.example/things".
	Elsewhere string

	// WithoutCredentials says that the server allows the page's origin for the same
	// request without credentials.
	WithoutCredentials bool

	// FromCache says that the browser took the refused response from its own HTTP
	// cache, and from which: "disk cache". It is "" if the server sent the response
	// for this request.
	FromCache string

	// StoredFor says for which earlier request the cache had stored that response,
	// such as "entry 0, which was sent without Origin"; "" if that is not known.
	StoredFor string
}

// An OtherPreflight is a preflight that differs from a refused one.
type OtherPreflight struct {
	Method  string   // Access-Control-Request-Method; "" if it was OPTIONS without that header
	Headers []string // the names in Access-Control-Request-Headers
	Allowed bool     // the response allowed the origin
}

// narrowed is the error with the narrower reason that other preflights show.
func (e *Error) narrowed(known *Evidence) *Error {
	if len(known.Others) == 0 || !e.onPreflight() || e.Response == nil {
		return e
	}
	method, names := cause.Refused(e.evidence(known))
	own := *e
	switch {
	case method:
		own.Reason, own.Header, own.Detail = MethodDisallowed, allowMethods, e.method()
	case len(names) > 0:
		own.Reason, own.Header, own.Detail = HeaderDisallowed, allowHeaders, names[0]
	default:
		return e
	}
	own.Value, _ = e.Response.Headers.Get(own.Header)
	return &own
}

// causeOf is why the request failed behind what the rule says; false if the
// reason says it all.
func (e *Error) causeOf(seen *cause.Evidence) (cause.Cause, bool) {
	switch e.Reason {
	case MissingAllowOrigin, WildcardOriginNotAllowed, MultipleAllowOriginValues, InvalidAllowOriginValue, AllowOriginMismatch, InvalidAllowCredentials,
		MixedContent, PreflightInvalidStatus, PreflightDisallowedRedirect, InvalidAllowMethods, InvalidAllowHeaders, MethodDisallowed, HeaderDisallowed, AuthorizationNotListed, ElementRefused, OpaqueResponseBlocked:
	case NetworkFailure:
		if e.certificateInPreflight() || e.perhapsCertificate() {
			return cause.Cause{}, false
		}
	default:
		return cause.Cause{}, false
	}
	if seen == nil || e.redirectedByHSTS() || e.taintedByHSTS() {
		return cause.Cause{}, false
	}
	return cause.Of(seen)
}

// evidence is what is known of a refused response, of why none came, or of a
// request that was blocked as mixed content; nil if nothing is known.
func (e *Error) evidence(known *Evidence) *cause.Evidence {
	r := &e.Request
	failed := e.Reason == NetworkFailure && e.Err != nil
	switch {
	case e.Reason == MixedContent:
		return &cause.Evidence{Page: r.Page, Origin: r.Origin, Method: e.method(), URL: r.URL, First: r.FirstURL, Hops: r.Hop, Mixed: true}
	case e.Response == nil && !failed:
		return nil
	}
	v := &cause.Evidence{
		Page: r.Page, Origin: r.Origin, Method: e.method(), URL: r.URL, First: r.FirstURL, Hops: r.Hop,
		Script:       r.API != apiElement && r.API != apiWebSocket,
		Element:      element.Asking(string(r.API), string(r.Destination), string(r.Mode)),
		Manifest:     r.Destination == destinationManifest,
		NotTaken:     e.Reason == ElementRefused || e.Reason == OpaqueResponseBlocked,
		Credentialed: e.credentialed(),
		OnPreflight:  e.onPreflight(),
		FromCache:    known.FromCache, StoredFor: known.StoredFor,
		Header: e.Header,
	}
	if e.Response != nil {
		if state := e.Response.CacheState; state != "" {
			v.FromCache, v.Validated = cmp.Or(v.FromCache, "HTTP cache"), state == cacheValidated
			if v.StoredFor == "" && !v.Validated {
				v.StoredFor = "a request of " + storedTime(e.Response)
			}
		}
		v.Answer = &cause.Answer{Status: e.Response.Status, Headers: e.Response.Headers, Body: string(known.Body)}
		v.Value, v.Missing = e.value(), !e.Response.Headers.Contains(e.Header)
	}
	if failed {
		v.Failure = e.Err
		if errors.Is(e.Err, ErrNoAnswer) {
			v.Failure = fmt.Errorf("%w: %w", e.Err, io.EOF)
		}
	}
	if v.OnPreflight {
		for _, name := range e.unsafeNames() {
			if name != "" {
				v.Names = append(v.Names, strings.ToLower(name))
			}
		}
	}
	if e.Reason == HeaderDisallowed || e.Reason == AuthorizationNotListed {
		v.Refused = e.Detail
	}
	for _, o := range known.Others {
		t := cause.Trial{Method: o.Method, Allowed: o.Allowed}
		for _, name := range o.Headers {
			t.Names = append(t.Names, strings.ToLower(name))
		}
		v.Others = append(v.Others, t)
	}
	v.Elsewhere, v.Anonymous = text.Redact(known.Elsewhere), known.WithoutCredentials
	if e.Preflight != nil {
		v.Allowed = &cause.Answer{Status: e.Preflight.Status, Headers: e.Preflight.Headers}
	}
	return v
}

// whyPreflight says in a sentence why the browser sends a preflight for the
// request; "" if it sends none.
func (e *Error) whyPreflight() string {
	r := &e.Request
	if r.Tainting != taintingCORS || e.Stage != stagePreflight && e.Preflight == nil {
		return ""
	}
	names := e.preflightNames
	if e.Stage == stagePreflight {
		names = e.unsafeNames()
	}
	return cause.WhyPreflight(e.method(), names, false)
}
