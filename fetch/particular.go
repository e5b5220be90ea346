package fetch

import (
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// Particular returns one detail of the refusal by its name, for messages to
// developers such as the lines of a console:
//
//	url, first, location   the request's URL, its first URL, the redirect's target
//	scheme, port           of the request's URL
//	page, origin           the page's origin, the request's origin
//	method, status         of the request, also if its preflight failed; of the response
//	header, value, type    the header concerned, its value, the response's MIME type
//	name                   the request header that was refused, as script spelled it
//	detail, cause          Detail, the message of Err
//	directive, source      the directive of a policy that forbids the URL, and what it would have to list
//
// It returns "" for a detail that the refusal does not have, and for other
// names. Passwords in URLs are replaced by xxxxx. Everything else is as
// received, of any length and with any byte.
func (e *Error) Particular(name string) string {
	r := &e.Request
	switch name {
	case "cause":
		return e.cause()
	case "detail":
		return e.Detail
	case "directive":
		name, _, _ := strings.Cut(e.Value, " ")
		return name
	case "first":
		return r.FirstURL
	case "header":
		return e.Header
	case "location":
		return e.location()
	case "method":
		return e.method()
	case "name":
		return e.name()
	case "origin":
		return r.Origin
	case "page":
		return r.Page
	case "port":
		_, port := e.target()
		return port
	case "source":
		return e.source()
	case "scheme":
		scheme, _ := e.target()
		return scheme
	case "status":
		return strconv.Itoa(e.status())
	case "type":
		return e.mimeType()
	case "url":
		return r.URL
	case "value":
		return e.value()
	}
	return ""
}

// fill puts this error's particulars where a text has their names in braces.
// What comes from outside is cut to limit bytes and escaped.
func (e *Error) fill(template string, limit int) string {
	return text.Fill(template, func(name string) string {
		switch name {
		case "api":
			return apiNames[orDefault(e.Request.API, apiFetch)].api
		case "include":
			return apiNames[orDefault(e.Request.API, apiFetch)].include
		case "element":
			return element.Asking(string(e.Request.API), string(e.Request.Destination), string(e.Request.Mode))
		case "own": // the directive for what is fetched, without the distinction that few make
			return strings.TrimSuffix(e.Detail, "-elem")
		case "names":
			return text.Legible(strings.Join(e.unsafeNames(), ","), limit)
		case "reader":
			if e.Request.Page == "null" {
				return "a page of opaque origin"
			}
			return text.Legible(e.Request.Page, limit)
		case "blocking":
			return orDefault(orbReasons[e.Detail], "it is nothing that an element takes")
		case "upper":
			return text.Legible(strings.ToUpper(e.method()), limit)
		}
		return text.Legible(e.Particular(name), limit)
	})
}

// apiNames are what a page's author calls an API, and its way to ask for
// credentials.
var apiNames = map[API]struct{ api, include string }{
	apiFetch: {"fetch()", `credentials: "include"`},
	apiXHR:   {"XMLHttpRequest", "withCredentials"},

	apiWebSocket: {"new WebSocket()", ""},
	apiElement:   {"an element", `crossorigin="use-credentials"`},

	apiEventSource:    {"new EventSource()", "withCredentials"},
	apiXDomainRequest: {"XDomainRequest", ""},

	apiBeacon: {"navigator.sendBeacon()", ""},
	apiPing:   {"a ping", ""},
	apiReport: {"a report", ""},
}

// value is the value of the header concerned.
func (e *Error) value() string {
	if e.Value == "" && e.Response != nil {
		v, _ := e.Response.Headers.Get(e.Header)
		return presentable(e.Header, v)
	}
	return e.Value
}

// source is what a policy would have to list to allow the request's URL: its origin,
// or the scheme of one that has none.
func (e *Error) source() string {
	u, err := origin.ParseURL(e.Request.URL)
	switch {
	case err != nil:
		return ""
	case !u.IsHTTP():
		return u.Scheme() + ":"
	case e.Request.API == apiWebSocket:
		return strings.Replace(u.Origin().String(), "http", "ws", 1)
	}
	return u.Origin().String()
}

// name is the name of the request header that was refused, as script spelled
// it.
func (e *Error) name() string {
	for _, h := range e.Request.Headers {
		if fold.Equal(h.Name, e.Detail) {
			return h.Name
		}
	}
	return e.Detail
}

// method is that of the request proper, also where its preflight failed.
func (e *Error) method() string {
	if e.Request.Preflight {
		m, _ := e.Request.Headers.Get("Access-Control-Request-Method")
		return m
	}
	return e.Request.Method
}

// status is that of the response, 0 where none arrived.
func (e *Error) status() int {
	if e.Response == nil {
		return 0
	}
	return e.Response.Status
}

// location is where the response's Location leads.
func (e *Error) location() string {
	if e.Response == nil {
		return ""
	}
	var b strings.Builder
	for _, h := range e.Response.Headers {
		if !fold.Equal(h.Name, "Location") || h.Value == b.String() { // of equal ones, the one
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(h.Value)
	}
	value := b.String()
	if value == "" {
		return ""
	}
	base, err := origin.ParseURL(e.Request.URL)
	if err != nil {
		return text.RedactURL(value)
	}
	u, err := (*origin.Schemes)(nil).ParseURL(value, base)
	if err != nil {
		return text.RedactURL(value)
	}
	return text.RedactURL(u.String())
}

// target is the scheme and the port of the request's URL.
func (e *Error) target() (scheme, port string) {
	u, err := origin.ParseURL(e.Request.URL)
	if err != nil {
		return "", ""
	}
	return u.Scheme(), u.Port()
}

// mimeType is the essence of the response's MIME type; failing that, what the
// response has for one.
func (e *Error) mimeType() string {
	if e.Response != nil {
		if t, ok := mimetype.Extract(e.Response.Headers); ok {
			return t.Essence()
		}
	}
	return e.value()
}

// cause is what went wrong below.
func (e *Error) cause() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

func (e *Error) detailed() bool { return e.Detail != "" }

func (e *Error) onPreflight() bool { return e.Stage == stagePreflight }

func (e *Error) forStyle() bool { return e.Request.Destination == destinationStyle }

func (e *Error) opaque() bool { return e.Request.Tainting == taintingOpaque }

// onRedirect tells whether it was a redirect's response that was refused.
func (e *Error) onRedirect() bool {
	switch e.status() {
	case 301, 302, 303, 307, 308:
		return e.Stage == stageActual && e.located()
	}
	return false
}

// located tells whether the response has a Location.
func (e *Error) located() bool { return e.location() != "" }

// credentialed tells whether the CORS protocol's rules for credentials
// applied.
func (e *Error) credentialed() bool {
	return e.Request.Credentials == credentials.Include ||
		e.Reason == WildcardOriginNotAllowed || e.Reason == InvalidAllowCredentials
}
