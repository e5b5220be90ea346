package cause

import "strings"

// Answers with status 200 to 299 that lack CORS headers say little. Vary tells a
// CORS layer that refused the request from none at all.

// looked is the line of Vary that shows that something decides by the headers of
// CORS; "" if there is none.
func (e *Evidence) looked() string {
	for _, name := range []string{"Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"} {
		if e.Answer != nil && varies(e.Answer.Headers, name) {
			return "Vary: " + show(strings.Join(e.Answer.Headers.Values("Vary"), ", "))
		}
	}
	return ""
}

// ignored finds preflights that got a status of 200 to 299 and no CORS headers.
func ignored(e *Evidence) (Cause, bool) {
	if status := e.status(); !e.OnPreflight || !e.silent() || status < 200 || status > 299 || e.Origin == "null" || e.Header != allowOrigin {
		return Cause{}, false
	}
	c := Cause{By: Server, Headers: Permission}
	rules := "the origin " + show(e.Origin) + ", spelled just so, the method " + show(e.Method) + e.names(" and, each as an entry of its own, the headers ")
	if looked := e.looked(); looked != "" {
		c.ID = "cors-rules"
		c.Problem = "The server's CORS rules refused the preflight: the answer has no CORS headers, but “" + looked + "” shows that a CORS layer looked at it. The rules lack " + e.wants() + ". " + e.debug() + e.added()
		c.Fix = "Add to the server's CORS rules what is missing: " + rules + ". The answer then has:"
		return c, true
	}
	if len(e.Answer.Headers) == 0 { // as where only a console line is known
		return Cause{}, false
	}
	c.ID = "preflight-ignored"
	c.Problem = "Something answers OPTIONS at this URL with status " + statusOf(e.status()) + " and without CORS headers. "
	if allow := e.get("Allow"); allow != "" {
		c.Problem += "“Allow: " + show(allow) + "” is what a router's own handler of OPTIONS sends. "
	}
	c.Problem += "Either the CORS layer is not reached, or its rules lack " + e.wants() + ". " + e.added()
	c.Fix = "Let the CORS layer answer OPTIONS, before routes and before handlers of OPTIONS. If it does already, its rules need " + rules + ". The answer then has status 204 and:"
	return c, true
}

// unmentioned finds answers that say nothing of CORS, and tells whether a list
// lacks the origin.
func unmentioned(e *Evidence) (Cause, bool) {
	if status := e.status(); e.OnPreflight || !e.silent() || status < 200 || status > 299 || e.Origin == "null" || e.Header != allowOrigin {
		return Cause{}, false
	}
	c := Cause{By: Server, Headers: Readable}
	from := show(e.Origin)
	public := ""
	if !e.Credentialed {
		public = " If everybody may read the response, Access-Control-Allow-Origin: * will do."
	}
	if varies(e.Answer.Headers, "Origin") {
		c.ID = "origin-not-listed"
		c.Problem = "The server decides by Origin (“" + e.looked() + "”) and sends this one no CORS headers, so its list most likely lacks " + from + ". " + e.debug()
		c.Fix = "Add " + from + " to the server's allowed origins, spelled just so: with scheme and port, without a slash at the end, a path or a pattern." + public + " Send:"
		return c, true
	}
	if len(e.Answer.Headers) == 0 {
		return Cause{}, false
	}
	c.ID = "cors-absent"
	c.Problem = "Nothing in the response has to do with CORS. Either CORS is not set up for this URL, such as in a setting that the server ignores, or a handler answers past it, or its list lacks " + from + ". " + e.debug() +
		"To tell which, request another URL of the server from this origin, and this URL from an origin that works."
	c.Fix = "Set CORS up for this URL, before the routes and before anything that answers for them. Its list needs " + from + ", spelled just so: with scheme and port, without a slash at the end, a path or a pattern." + public + " Send:"
	return c, true
}

// debug is a sentence that quotes what a CORS layer says about itself; "" if none
// does.
func (e *Evidence) debug() string {
	if said := e.get("X-Rack-CORS"); said != "" {
		return "rack-cors says “X-Rack-CORS: " + show(said) + "”. "
	}
	return ""
}

// otherOrigin finds answers that allow an origin that has nothing to do with the
// page's.
func otherOrigin(e *Evidence) (Cause, bool) {
	value := e.get(allowOrigin)
	u := parse(value)
	if e.Header != allowOrigin || e.Missing || u == nil || e.Origin == "null" || value == e.Origin || u.Origin().IsOpaque() {
		return Cause{}, false
	}
	c := Cause{ID: "other-origin", By: Server, Headers: Corrected}
	c.Problem = "The server allows " + show(value) + ", and the page is at " + show(e.Origin) + ". Most likely a setting that holds one origin is sent to every page."
	c.Fix = "Make the setting a list that has " + show(e.Origin) + " in it, and send back the entry that matches the request's Origin. Send:"
	if !varies(e.Answer.Headers, "Origin") {
		c.Problem += " If the server has a list already, a cache gives this page the response of another, because Vary: Origin is missing."
	}
	return c, true
}
