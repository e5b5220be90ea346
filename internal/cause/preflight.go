package cause

import (
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/text"
)

// preflightRefused finds preflights whose status says why they were refused: by a
// layer that knows CORS, by authentication, by a router that does not know
// OPTIONS, or because something failed.
func preflightRefused(e *Evidence) (Cause, bool) {
	status := e.status()
	if !e.OnPreflight || status >= 200 && status <= 299 || redirect(status) || status == 0 {
		return Cause{}, false
	}
	c := Cause{By: Server, Headers: Permission}
	page := ""
	if e.isHTML() {
		page = " and an HTML page"
	}
	switch {
	case status == 401 || status == 407 || status == 403 && (e.has("WWW-Authenticate") || e.wantsLogin()):
		c.ID = "preflight-authentication"
		c.Problem = "Authentication comes before CORS on this server: it refused the preflight with status " + statusOf(status) + ". " + e.quoted()
		c.Fix = "A preflight never carries cookies, Authorization or a client certificate, so authentication must not come first. Answer OPTIONS before it, with status 204 and:"
	case status == 403:
		c.ID = "cors-rules"
		c.Problem = "The server refused the preflight with status 403 (Forbidden). That is most often the server's CORS rules saying no: they lack " + e.wants() + "."
		if e.has("Allow") {
			c.Problem += " It lists the methods " + show(e.get("Allow")) + " in Allow."
		}
		c.Problem += " " + e.quoted() + e.added()
		if slices.Contains(e.Names, "authorization") {
			c.Problem += "The request has Authorization, and a preflight has not: a check of the login that comes before CORS answers 403 too."
		}
		c.Fix = "Add to the server's CORS rules what is missing: the origin " + show(e.Origin) + ", the method " + show(e.Method) + e.names(", and the headers ") +
			". If they have it all, an authorization, a firewall or a check of the host comes before CORS: let OPTIONS pass it without credentials. The preflight wants status 204 and:"
	case status == 404, status == 405, status == 501, status == 410:
		c.ID = "preflight-unrouted"
		c.Problem = "Nothing handles OPTIONS at this URL: the answer was status " + strconv.Itoa(status) + page + "."
		c.Fix = "Check that the URL is right. Then answer OPTIONS before routing, with status 204 and:"
		if allow := e.get("Allow"); allow != "" && !strings.Contains(strings.ToUpper(allow), "OPTIONS") {
			c.Problem += " It handles " + show(inOrder(allow)) + "."
			c.Fix = "Answer OPTIONS before routing, with status 204 and:"
		}
	case status == 413 || status == 429 || status == 431 || status == 408:
		f := failures[status]
		c.ID, c.NotCORS = f.id, true
		c.Problem = "The preflight failed with status " + statusOf(status) + ": " + f.what + "."
		c.Fix = f.fix + " After that, answer OPTIONS with status 204 and:"
	case status >= 500:
		c.NotCORS = true
		f := e.means()
		c.ID = f.id
		c.Problem = "The preflight failed with status " + statusOf(status) + ": " + f.what + ". " + e.quoted() + "The request itself would most likely fail in the same way."
		c.Fix = f.fix + " After that, answer OPTIONS with status 204 and:"
	case status >= 400:
		c.ID = "preflight-refused"
		c.Problem = "The server refused the preflight with status " + statusOf(status) + ". It may not know preflights, or its CORS rules lack " + e.wants() + "."
		c.Fix = "Check that the server's CORS rules have all of it, and that nothing before CORS validates requests. Answer OPTIONS with status 204 and:"
	default:
		return Cause{}, false
	}
	return c, true
}

// loginBodies are bodies by which an authorization says that it refused a request,
// in lower case.
var loginBodies = []string{
	"your client does not have permission to get url", // Google Cloud Run and Functions
	"rbac: access denied", "jwt is missing", "full authentication is required", "authentication credentials were not provided", "no api key found", "not authenticated", "unauthorized",
}

// wantsLogin tells whether the answer says that it wants credentials.
func (e *Evidence) wantsLogin() bool {
	body := strings.ToLower(text.Cut(e.body(), longestBody))
	if strings.Contains(body, "cors") || strings.Contains(body, "origin") {
		return false
	}
	return slices.ContainsFunc(loginBodies, func(part string) bool { return strings.Contains(body, part) })
}

// inOrder is a list with its members in order: some routers write theirs in any.
func inOrder(list string) string {
	var members []string
	for member := range strings.SplitSeq(text.Cut(list, limit), ",") {
		members = append(members, strings.TrimSpace(member))
	}
	slices.Sort(members)
	return strings.Join(slices.Compact(members), ", ")
}

// wants is what a preflight asks for.
func (e *Evidence) wants() string {
	parts := []string{"the origin " + show(e.Origin), "the method " + show(e.Method)}
	if e.Elsewhere != "" { // it is not the origin
		parts = parts[1:]
	}
	if len(e.Names) > 0 {
		parts = append(parts, "one of the headers "+show(strings.Join(e.Names, ", ")))
	}
	list := parts[0]
	if n := len(parts); n > 1 {
		list = strings.Join(parts[:n-1], ", ") + " or " + parts[n-1]
	}
	if e.refusesAll() {
		list += ", most likely the origin: a preflight for GET without headers is refused as well"
	}
	return list
}

// names are the names that a preflight asks for, after a text; "" if there are
// none.
func (e *Evidence) names(before string) string {
	if len(e.Names) == 0 {
		return ""
	}
	return before + show(strings.Join(e.Names, ", "))
}

// says are bodies by which CORS layers say that they refused, and what: Origin,
// method, headers, or "" for any of these.
var says = []struct{ body, what string }{
	{"disallowed cors origin", "origin"},
	{"disallowed cors method", "method"},
	{"disallowed cors headers", "headers"},
	{"disallowed cors ", ""},
	{"invalid cors request", ""},
	{"cors request is not allowed", ""},
	{"cors is not enabled for this bucket", "bucket"},
	{"corsresponse:", ""},
	{"corspreflightfailure", ""},
	{"not allowed by cors", "origin"},
	{"cors origin denied", "origin"},
	{"cors policy does not allow", ""},
	{"origin not allowed", "origin"},
	{"blocked by cors policy", ""},
}

// saysWhat finds CORS layers that say in the body what they refuse.
func saysWhat(e *Evidence) (Cause, bool) {
	if status := e.status(); !e.OnPreflight || status >= 200 && status <= 299 || redirect(status) {
		return Cause{}, false
	}
	body := strings.ToLower(e.body())
	for _, s := range says {
		at := strings.Index(body, s.body)
		if at < 0 {
			continue
		}
		said := text.Cut(strings.Join(strings.Fields(e.body()), " "), 120)
		c := Cause{ID: "cors-rules", By: Server, Headers: Permission}
		c.Problem = "The server's CORS rules refused the preflight with status " + statusOf(e.status()) + " and say “" + show(said) + "”. "
		added := e.added()
		c.Fix = "Add to the server's CORS rules "
		switch s.what {
		case "bucket":
			c.Problem += "No rule is set."
			c.Fix = "Give the bucket a CORS rule with the origin " + show(e.Origin) + ", the method " + show(e.Method) + e.names(" and the headers ") + ". The answer then has:"
			return c, true
		case "origin":
			c.Problem += "They lack the origin " + show(e.Origin) + "."
			c.Fix += "the origin " + show(e.Origin) + ", spelled just so: scheme and host, the port if there is one, no slash at the end. The answer then has:"
		case "method":
			c.Problem += "They lack the method " + show(e.Method) + "."
			c.Fix += "the method " + show(e.Method) + ". The answer then has:"
		case "headers":
			c.Problem += "They lack one of the headers " + show(strings.Join(e.Names, ", ")) + ". " + added
			c.Fix += "the headers " + show(strings.Join(e.Names, ", ")) + ". The answer then has:"
		default:
			c.Problem += "They lack " + e.wants() + ". " + added
			c.Fix += "what is missing: the origin " + show(e.Origin) + ", the method " + show(e.Method) + e.names(", the headers ") + ". The answer then has:"
		}
		return c, true
	}
	return Cause{}, false
}
