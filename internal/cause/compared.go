package cause

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/text"
)

// A Trial is another preflight of the same page for the same URL, and what came of
// it.
type Trial struct {
	Method  string   // that it asked for; "" if it was OPTIONS without Access-Control-Request-Method
	Names   []string // of the headers that it asked for, in lower case
	Allowed bool     // the answer let the origin in
}

// A verdict is what other preflights show about the one that was refused.
type verdict struct {
	id     string   // of the cause; "" if they show nothing
	names  []string // of header-refused: the headers that are refused
	method string   // of method-refused: a method that is allowed
}

// compare finds what a preflight was refused for, by those that differ from it in
// one thing and were allowed.
func (e *Evidence) compare() verdict {
	if !e.OnPreflight || len(e.Others) == 0 {
		return verdict{}
	}
	asked := make(map[string]bool, len(e.Names))
	for _, name := range e.Names {
		asked[name] = true
	}
	var v verdict
	fewer, more, bare := false, false, false
	known := make(map[string]bool) // names that were allowed with this method
	alone := make(map[string]bool) // names that were refused with this method, alone
	for _, t := range e.Others {
		own := t.Method == e.Method
		subset := !slices.ContainsFunc(t.Names, func(name string) bool { return !asked[name] })
		switch {
		case !t.Allowed && own && len(t.Names) == 1:
			alone[t.Names[0]] = true
		case !t.Allowed:
		case t.Method == "":
			bare = true
		case own && subset && len(t.Names) < len(asked):
			fewer = true
			for _, name := range t.Names {
				known[name] = true
			}
		case own && len(e.Names) == 0:
			more = true
		case !own && v.method == "":
			v.method = t.Method
		}
	}
	switch {
	case fewer:
		v.id = "header-refused"
		for _, name := range e.Names {
			if alone[name] {
				v.names = append(v.names, name)
			}
		}
		if v.names != nil {
			break
		}
		for _, name := range e.Names {
			if !known[name] {
				v.names = append(v.names, name)
			}
		}
		if v.names == nil {
			v.id = "headers-together"
		}
	case more:
		v.id = "preflight-needs-headers"
	case v.method != "":
		v.id = "method-refused"
	case bare:
		v.id = "preflight-with-method"
	}
	return v
}

// refusesAll tells whether the server refused other preflights of the origin as well,
// one for GET without headers among them: then it is neither the method nor a header.
func (e *Evidence) refusesAll() bool {
	simple := false
	for _, t := range e.Others {
		if t.Allowed {
			return false
		}
		simple = simple || t.Method == "GET" && len(t.Names) == 0
	}
	return simple
}

// Refused returns what other preflights show to be refused: the method, or
// request headers.
func Refused(e *Evidence) (method bool, names []string) {
	v := e.compare()
	return v.id == "method-refused", v.names
}

// compared explains a refused preflight by those that were allowed.
func compared(e *Evidence) (Cause, bool) {
	v := e.compare()
	if v.id == "" {
		return Cause{}, false
	}
	c := Cause{ID: v.id, By: Server, Headers: Permission}
	unsaid := ""
	if e.silent() {
		unsaid = " For what it refuses it sends no CORS headers, as if it refused the origin."
	}
	switch v.id {
	case "method-refused":
		c.Problem = "The server refuses the method " + show(e.Method) + " and not the origin: a preflight of the same origin for " + show(v.method) + " is allowed." + unsaid
		c.Fix = "Add " + show(e.Method) + " to the methods in the server's CORS settings. The answer to the preflight then has status 204 and:"
	case "header-refused":
		list := show(text.List(v.names))
		what, them := "header ", "it"
		if len(v.names) > 1 {
			what, them = "headers ", "them"
		}
		c.Problem = "The server refuses the request " + what + list + " and not the origin: the same preflight without " + them + " is allowed." + unsaid
		c.Fix = "Add " + list + " to the request headers in the server's CORS settings, or let the page leave " + them + " out. The answer to the preflight then has status 204 and:"
	case "headers-together":
		c.Problem = "The server allows the request headers " + show(text.List(e.Names)) + " one by one, and not all of them together. It seems to take the list “" + show(strings.Join(e.Names, ",")) +
			"” for one name, or to split it at a comma with a blank."
		c.Fix = "Split Access-Control-Request-Headers at commas, with or without blanks around them: browsers send none. Then look for each name. The answer to the preflight then has status 204 and:"
	case "preflight-needs-headers":
		c.Problem = "The server answers preflights that have Access-Control-Request-Headers, and not this one, which has no header to ask for. It treats OPTIONS without that header as an ordinary request."
		c.Fix = "Recognize a preflight by OPTIONS with Origin and Access-Control-Request-Method. It has Access-Control-Request-Headers only if there is a header to ask for. Answer it with status 204 and:"
	case "preflight-with-method":
		c.Problem = "The server allows the origin in the answer to OPTIONS without Access-Control-Request-Method, and not in the answer to the preflight, which has that header."
		c.Fix = "A preflight is OPTIONS with Origin and Access-Control-Request-Method. Whatever handles it by that header, such as a gateway or a CORS middleware, has other rules than the handler of other OPTIONS requests. Have it answer with status 204 and:"
	}
	return c, true
}

// elsewhere finds answers without CORS headers where the same origin gets them
// otherwise.
func elsewhere(e *Evidence) (Cause, bool) {
	if status := e.status(); !e.silent() || status < 200 || status > 299 {
		return Cause{}, false
	}
	switch {
	case !e.OnPreflight && e.Anonymous:
		return Cause{
			ID: "credentials-change-answer", By: Server, Headers: Readable,
			Problem: "The server does not refuse the origin: it allows the same request without credentials. With the user's cookies something answers that sends no CORS headers.",
			Fix:     "Find out what answers requests that have a session, such as another route, a cache or a middleware before CORS, and let it send:",
		}, true
	case e.OnPreflight && e.Elsewhere != "":
		return Cause{
			ID: "preflight-without-cors", By: Server, Headers: Permission,
			Problem: "The server does not refuse the origin: it allows it for " + show(e.Elsewhere) + ". To this preflight it answers with status " + statusOf(e.status()) + " and no CORS headers.",
			Fix:     "Often a router or a handler of its own answers OPTIONS before the CORS middleware does. If not, the CORS settings lack this path or method, or one of the headers. Let the CORS middleware answer, with status 204 and:",
		}, true
	case !e.OnPreflight && e.Allowed != nil:
		return Cause{
			ID: "answer-without-cors", By: Server, Headers: Readable,
			Problem: "The preflight allowed " + show(e.Origin) + ", so the origin is not refused. The response to the " + show(e.Method) + " itself has no CORS headers.",
			Fix:     "Either something before the application, such as a gateway or a proxy, answers preflights, and the application answers the rest without CORS headers: let one layer do both. Or the handler writes its answer past the CORS layer, as those of streams and downloads do. The response to the request itself needs:",
		}, true
	case !e.OnPreflight && e.Elsewhere != "":
		return Cause{
			ID: "answer-without-cors", By: Server, Headers: Readable,
			Problem: "The server does not refuse the origin: it allows it for " + show(e.Elsewhere) + ". This response has no CORS headers.",
			Fix:     "The CORS settings do not cover this path or this kind of request. Extend them, so that the response has:",
		}, true
	}
	return Cause{}, false
}
