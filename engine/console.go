package engine

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// Console returns what each engine prints to its console for a refusal, or shows
// among the issues of its developer tools, by the name of its profile. A message
// is one line, or several separated by "\n", without a final one. An engine is
// missing if it prints nothing or nothing certain. All are missing for a refusal
// of the API itself, which is an exception.
//
// A [fetch.Error] knows only the page's origin, so a message that shows the
// page's URL shows the origin's root. Strings from outside are shortened and
// escaped.
func Console(refusal *fetch.Error) map[string]string {
	printed := make(map[string]string)
	for _, b := range browsers {
		if line := b.console(refusal); line != "" {
			printed[b.profile().Name] = line
		}
	}
	return printed
}

// console is what the engine prints for a refusal, or "".
func (b *browser) console(refusal *fetch.Error) string {
	reason := refusal.Reason
	if b.reason != nil {
		reason = b.reason(refusal)
	}
	lines := b.lines
	if refusal.Request.API == "websocket" && reason != fetch.CSPBlocked { // engines have other words for those
		lines = b.sockets
	}
	for _, l := range lines {
		if l.reason == reason && (l.when == nil || l.when(refusal)) {
			return b.fill(refusal, l.text)
		}
	}
	return ""
}

// A consoleLine is what an engine prints for a reason, under a condition. Of
// the lines of a reason the first counts whose condition holds. The names in
// braces are the engine's parts and words, those of [particular], and those of
// [fetch.Error.Particular].
type consoleLine struct {
	reason fetch.Reason
	when   func(*fetch.Error) bool // nil: always
	text   string
}

// integrityPolicy is the reason of what the page's Integrity-Policy forbids.
var integrityPolicy = reasonNamed("integrity-policy")

func reasonNamed(name string) fetch.Reason {
	all := fetch.Reasons()
	return all[slices.IndexFunc(all, func(r fetch.Reason) bool { return r.String() == name })]
}

// consoleLimit is the length beyond which browsers shorten a URL.
const consoleLimit = 1024

// A part is what an engine puts where a text has a name in braces, under a
// condition. Of the parts of a name the first counts whose condition holds.
type part struct {
	when func(*fetch.Error) bool // nil: always
	text string
}

// fill puts the particulars of a refusal where a text has their names in braces.
// What comes from outside is cut and escaped.
func (b *browser) fill(refusal *fetch.Error, template string) string {
	return text.Fill(template, func(name string) string {
		for _, p := range b.parts[name] {
			if p.when == nil || p.when(refusal) {
				return b.fill(refusal, p.text)
			}
		}
		if b.words != nil {
			if own, ok := b.words(refusal, name); ok {
				return own
			}
		}
		return text.Legible(particular(refusal, name), consoleLimit)
	})
}

// particular is what a name in braces stands for that several engines use.
func particular(refusal *fetch.Error, name string) string {
	switch name {
	case "document":
		if refusal.Request.Page == "null" {
			return "null"
		}
		return refusal.Request.Page + "/"
	case "frame": // its origin: where a frame is redirected to is not told
		u, err := origin.ParseURL(refusal.Request.URL)
		if err != nil {
			return ""
		}
		return u.Origin().String() + "/"
	case "space": // of the permission that was denied
		return strings.TrimSuffix(refusal.Particular("value"), "-network")
	case "socket": // the URL, as script writes that of a WebSocket
		if rest, ok := strings.CutPrefix(refusal.Request.URL, "http"); ok && refusal.Request.API == "websocket" {
			return "ws" + rest
		}
		return refusal.Request.URL
	case "option": // of X-Frame-Options
		return strings.ToLower(refusal.Particular("value"))
	case "lowername":
		return strings.ToLower(refusal.Particular("name"))
	case "token":
		return badToken(refusal)
	}
	return refusal.Particular(name)
}

// badToken is the first member of the header's list that is not a token.
func badToken(refusal *fetch.Error) string {
	for member := range strings.SplitSeq(refusal.Particular("value"), ",") {
		member = strings.Trim(member, " \t")
		if member != "" && !grammar.IsToken(member) {
			return member
		}
	}
	return ""
}

// who is the API if script asked, and the destination if an element did.
func who(e *fetch.Error) string {
	switch e.Request.API {
	case "element":
		return string(e.Request.Destination)
	case "":
		return "fetch"
	}
	return string(e.Request.API)
}

func byFetch(e *fetch.Error) bool { return e.Request.API == "fetch" || e.Request.API == "" }

func byXHR(e *fetch.Error) bool         { return e.Request.API == "xhr" }
func byScript(e *fetch.Error) bool      { return e.Request.API != "element" }
func firstFetch(e *fetch.Error) bool    { return byFetch(e) && e.Request.Hop == 0 }
func firstByScript(e *fetch.Error) bool { return byScript(e) && e.Request.Hop == 0 }

func sameOrigin(e *fetch.Error) bool {
	u, err := origin.ParseURL(e.Request.URL)
	return err == nil && u.Origin().String() == e.Request.Page
}

// concerns tells whether a refusal is about a header that is there, or is not.
func concerns(header string, there bool) func(*fetch.Error) bool {
	return func(e *fetch.Error) bool { return e.Header == header && (e.Value != "") == there }
}

// wrongType tells whether what asked does not take the MIME type of a response with
// status 200.
func wrongType(e *fetch.Error) bool {
	return e.Header == "Content-Type" && e.Response != nil && e.Response.Status == 200
}

// eventsWrongType tells whether an EventSource does not take a MIME type, and
// moduleWrongType whether a module script does not.
func eventsWrongType(e *fetch.Error) bool { return e.Request.API == "eventsource" && wrongType(e) }
func moduleWrongType(e *fetch.Error) bool {
	return e.Request.Destination == "script" && e.Request.Mode == "cors" && e.Header == "Content-Type"
}

func byEventSource(e *fetch.Error) bool { return e.Request.API == "eventsource" }

// singleOption tells whether X-Frame-Options has one value.
func singleOption(e *fetch.Error) bool { return !strings.Contains(e.Value, ",") }

// byWho tells whether it is an API or a destination that asks.
func byWho(asks string) func(*fetch.Error) bool {
	return func(e *fetch.Error) bool { return who(e) == asks }
}

// insecureClient tells whether a permission was denied since the page is not a secure context.
func insecureClient(e *fetch.Error) bool { return strings.Contains(e.Detail, "not a secure context") }

// redirected tells whether the request's URL is not its first one.
func redirected(e *fetch.Error) bool {
	return e.Request.FirstURL != "" && e.Request.FirstURL != e.Request.URL
}

func onPreflight(e *fetch.Error) bool  { return e.Stage == "preflight" }
func corsTainted(e *fetch.Error) bool  { return e.Request.Tainting == "cors" }
func commaInValue(e *fetch.Error) bool { return strings.Contains(e.Particular("value"), ",") }
func forScript(e *fetch.Error) bool    { return e.Request.Destination == "script" }
func forStyle(e *fetch.Error) bool     { return e.Request.Destination == "style" }
func forFrame(e *fetch.Error) bool {
	return e.Request.Destination == "iframe" || e.Request.Destination == "frame"
}

// fallsBack tells whether a directive of a policy stands for the one that it does not
// have, defaultDecides whether that is default-src, and connects whether the directive
// that matters is connect-src.
func fallsBack(e *fetch.Error) bool      { return e.Particular("directive") != e.Detail }
func defaultDecides(e *fetch.Error) bool { return e.Particular("directive") == "default-src" }
func connects(e *fetch.Error) bool       { return e.Detail == "connect-src" }

// local tells whether it was something of the browser's or the user's own.
func local(e *fetch.Error) bool {
	scheme := e.Particular("scheme")
	return byScript(e) && (scheme == "file" || scheme == "chrome" && byXHR(e))
}

func byFTP(e *fetch.Error) bool {
	scheme := e.Particular("scheme")
	return byXHR(e) && scheme == "ftp"
}

// unsafeRedirect tells whether a redirect led where none may lead, which
// Chromium refuses before it looks whether CORS knows the scheme.
func unsafeRedirect(e *fetch.Error) bool {
	u, err := origin.ParseURL(e.Particular("location"))
	return err == nil && slices.Contains([]string{"about", "blob", "data", "file", "filesystem"}, u.Scheme())
}

func withCORS(e *fetch.Error) bool { return e.Request.Mode == fetch.CORS }

// leavesByCORS tells whether a CORS request has left its origin or the
// response's Location leads it away.
func leavesByCORS(e *fetch.Error) bool {
	if !withCORS(e) || corsTainted(e) {
		return withCORS(e)
	}
	from, err1 := origin.ParseURL(e.Request.URL)
	to, err2 := origin.ParseURL(e.Particular("location"))
	return err1 != nil || err2 != nil || !from.Origin().SameOrigin(to.Origin())
}

// unsigned tells whether a public key wants the response signed.
func unsigned(e *fetch.Error) bool         { return e.Detail == "ed25519 signature" }
func policySameOrigin(e *fetch.Error) bool { return e.Particular("value") == "same-origin" }
func isolated(e *fetch.Error) bool         { return strings.HasPrefix(e.Particular("detail"), "isolate-") }
func ofSandbox(e *fetch.Error) bool        { return forWorker(e) && e.Request.Page == "null" }
func forWorker(e *fetch.Error) bool {
	return strings.HasSuffix(string(e.Request.Destination), "worker")
}
func policySameSite(e *fetch.Error) bool { return e.Particular("value") == "same-site" }
func opaqueElement(e *fetch.Error) bool  { return opaque(e) && e.Request.API == "element" }
func opaque(e *fetch.Error) bool         { return e.Request.Tainting == "opaque" }

// sameOriginElement tells whether an element or a worker asked in mode same-origin.
func sameOriginElement(e *fetch.Error) bool {
	return !byScript(e) && e.Request.Mode == fetch.SameOrigin
}

// passive tells whether a mixed request is for what the Mixed Content
// specification calls optionally blockable.
func passive(e *fetch.Error) bool {
	switch e.Request.Destination {
	case "audio", "image", "video":
		return true
	}
	return false
}

// repeated tells whether Access-Control-Allow-Origin arrived more than once.
func repeated(e *fetch.Error) bool {
	if e.Response == nil {
		return false
	}
	n := 0
	for _, h := range e.Response.Headers {
		if fold.Equal(h.Name, "Access-Control-Allow-Origin") {
			n++
		}
	}
	return n > 1
}

func repeatedOnPreflight(e *fetch.Error) bool { return repeated(e) && onPreflight(e) }

// onRedirect tells whether it was a redirect's response that was refused.
func onRedirect(e *fetch.Error) bool {
	return e.Stage == "actual" && redirectStatus(e) && located(e)
}

// redirectStatus tells whether the response has a redirect status.
func redirectStatus(e *fetch.Error) bool {
	if e.Response == nil {
		return false
	}
	switch e.Response.Status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// located tells whether the response has a Location.
func located(e *fetch.Error) bool { return e.Particular("location") != "" }
