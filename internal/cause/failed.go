package cause

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/text"
)

// alsoErrors ends the fixes of requests that failed by themselves.
const alsoErrors = " After that, so that the page can see such errors, send these on every answer, errors included, for which CORS has to come before whatever made this one:"

// failures are what a status says by itself, where the page can't see it for want
// of CORS headers.
var failures = map[int]meaning{
	400: {"bad-request", Page, "the server could not make sense of the request", "Compare the request with what the API expects: its path, query, Content-Type and body."},
	401: {"unauthorized", Page, "the request is not authenticated: a token, cookie or key is missing, wrong or expired", "Sign in again, or send the credentials that the API wants. Cookies go across origins only with credentials: \"include\", and a bearer token only in an Authorization header that script sets."},
	403: {"forbidden", Server, "the server refused this request for a reason of its own, such as a missing permission, a CSRF token, an allowlist of hosts or addresses, or a firewall", "Find out in the server's log what refused it, and allow it there."},
	404: {"not-found", Page, "there is nothing at this URL", "Check the URL: the base URL, a prefix such as /api or a version, a missing or doubled slash, the port."},
	405: {"method-not-handled", Server, "no handler at this URL takes {method}", "Check the URL and the method, and register a handler for {method} at this path."},
	406: {"not-acceptable", Page, "the server has no representation of the type that Accept asks for", "Check the Accept header against what the API offers."},
	408: {"timeout", Network, "the server gave up waiting for the request", "Send the request faster, or raise the time that the server waits for a request."},
	410: {"not-found", Page, "what was at this URL has been removed", "Check the URL: the API's version or path has changed."},
	411: {"bad-request", Page, "the server wants a Content-Length", "Send a body of known length, not a stream."},
	413: {"body-limit", Server, "the body is larger than the server takes", "Raise the limit for the body in the layer that answered, which may be a proxy before the application, or let the page send less."},
	414: {"url-too-long", Page, "the URL is longer than the server takes", "Move what makes the URL long into a body."},
	415: {"unsupported-type", Page, "the server does not take a body of this Content-Type", "Send the Content-Type that the API expects."},
	419: {"csrf", Server, "the CSRF token is missing or has expired", "Send the CSRF token, or take API routes out of the CSRF check and authenticate them otherwise."},
	421: {"wrong-server", Network, "the connection is for another host", "Check which hosts the server's certificate and configuration name."},
	422: {"bad-request", Page, "the server understood the request and found its content invalid", "Compare the request's body with what the API expects."},
	425: {"rate-limit", Server, "the server does not take this request yet", "Send it again later."},
	429: {"rate-limit", Server, "there were too many requests", "Send fewer requests, wait for as long as Retry-After says, or raise the rate limit. Don't count preflights."},
	431: {"headers-too-large", Page, "the request's headers are larger than the server takes, often because of many or large cookies", "Delete cookies that are not needed, or raise the limit for headers."},
	451: {"forbidden", Server, "the server withholds this for legal reasons", "Ask from somewhere else."},
	500: {"server-error", Server, "the server failed while it handled the request", "Look in the server's log for this request, and mend what failed."},
	501: {"method-not-handled", Server, "the server does not implement {method}", "Check the URL and the method."},
	502: {"gateway", Server, "a gateway or proxy got no valid answer from the application behind it", "Check that the application runs, listens where the gateway expects it, and does not crash on this request. Its log and the gateway's log say more."},
	503: {"unavailable", Server, "the service is not available: it is starting, overloaded, in maintenance, or no instance of it is healthy", "Check that the application runs and is healthy, and try again."},
	504: {"gateway-timeout", Server, "the application behind a gateway or proxy did not answer in time", "Find out why the application takes so long, or raise the gateway's time-out."},
	507: {"server-error", Server, "the server has no room left", "Free some room on the server."},
	511: {"captive-portal", Network, "the network wants a login before it lets anything through", "Log in to the network."},
}

// cloudflare are the statuses that Cloudflare has of its own.
var cloudflare = map[int]string{
	520: "the origin server gave an answer that Cloudflare could not read",
	521: "the origin server refused Cloudflare's connection",
	522: "Cloudflare's connection to the origin server timed out",
	523: "Cloudflare could not reach the origin server",
	524: "the origin server did not answer Cloudflare in time",
	525: "the TLS handshake between Cloudflare and the origin server failed",
	526: "Cloudflare does not accept the origin server's certificate",
	530: "Cloudflare could not resolve or reach the origin server",
}

// statusOf is a status with its name.
func statusOf(status int) string {
	s := strconv.Itoa(status)
	if name := statusName(status); name != "" {
		s += " (" + name + ")"
	}
	return s
}

func statusName(status int) string { return http.StatusText(status) }

// A meaning is what an answer with an error status means.
type meaning struct{ id, by, what, fix string }

// A telltale is an answer that says more than its status.
type telltale struct {
	sign
	statuses []int // nil is any
	meaning
}

// telltales are asked in this order.
var telltales = []telltale{
	{sign{"", "", "csrf"}, []int{400, 403, 419, 422, 500}, csrf},
	{sign{"", "", "xsrf"}, []int{400, 403, 419, 422, 500}, csrf},
	{sign{"", "", "tokenmismatch"}, []int{419, 500}, csrf},
	{sign{"", "", "invalidauthenticitytoken"}, []int{422, 500}, csrf},
	{sign{"", "", "missing authentication token"}, []int{403}, meaning{"not-found", Page,
		"the API has no such path or method. Amazon API Gateway then asks for an authentication token",
		"Check the URL: the stage, the path and the method. After a change of the API, deploy it again."}},
	{sign{"", "", "default backend - 404"}, []int{404}, meaning{"not-found", Server,
		"no rule of a Kubernetes ingress leads from this URL to a service, or the ingress replaces the application's error answers",
		"Check the host and the path in the ingress's rules, and custom-http-errors: it replaces the application's answer with that of the default backend."}},
	{sign{"Server", "cowboy", ""}, []int{503}, heroku},
	{sign{"Server", "heroku", ""}, []int{503}, heroku},
	{sign{"Server", "google frontend", ""}, []int{500, 503}, meaning{"unavailable", Server,
		"no instance of the service could take the request, and Google's front end answered for it. Instances that crash, are out of memory or can't start are the usual reasons",
		"Look in the service's log for “memory limit exceeded” or a failed start, and give it more memory or instances."}},
}

var (
	csrf = meaning{"csrf", Server, "the CSRF token is missing or has expired",
		"Send the CSRF token, or take API routes out of the CSRF check and authenticate them otherwise."}
	heroku = meaning{"unavailable", Server,
		"Heroku's router answered for the application, which crashed, did not start, broke off or took more than 30 seconds",
		"Look for the code, such as H10, H12 or H18, in heroku logs --tail, and mend what it names. It is the application's failure and not CORS."}
)

// means is what an answer with an error status means.
func (e *Evidence) means() meaning {
	status, body := e.status(), strings.ToLower(text.Cut(e.body(), longestBody))
	for i := range telltales {
		t := &telltales[i]
		if t.statuses != nil && !slices.Contains(t.statuses, status) {
			continue
		}
		if _, ok := t.in(e.Answer, body); ok {
			return t.meaning
		}
	}
	if f, ok := failures[status]; ok {
		return f
	}
	switch what := cloudflare[status]; {
	case what != "":
		return meaning{"gateway", Server, what, "Check that the origin server runs, and that it can be reached from Cloudflare."}
	case status < 500:
		return meaning{"bad-request", Page, "the server refused the request", "Compare the request with what the API expects."}
	}
	return meaning{"server-error", Server, "the server failed while it handled the request", "Look in the server's log for this request, and mend what failed."}
}

// failed finds requests that failed by themselves: the answer has an error status
// and nothing of CORS.
func failed(e *Evidence) (Cause, bool) {
	status := e.status()
	if e.OnPreflight || !e.silent() || status < 400 {
		return Cause{}, false
	}
	f := e.means()
	method := show(e.Method)
	c := Cause{ID: f.id, NotCORS: true, By: f.by, Headers: Readable}
	page := ""
	if e.isHTML() {
		page = " and an HTML page"
	}
	c.Problem = "The request itself failed with status " + statusOf(status) + page + ": " + strings.ReplaceAll(f.what, "{method}", method) + ". " + e.quoted() + e.configured()
	if e.Allowed == nil {
		c.Problem += "Error answers often lack CORS headers, because a layer before the application or an error handler makes them, so the missing header does not show that CORS is set up wrongly."
	} else {
		c.Problem += "The missing header only hides the status from the page."
	}
	c.Fix = strings.ReplaceAll(f.fix, "{method}", method) + alsoErrors
	return c, true
}

// isHTML tells whether the answer is an HTML page.
func (e *Evidence) isHTML() bool {
	kind := strings.ToLower(e.get("Content-Type"))
	if strings.HasPrefix(kind, "text/html") || strings.HasPrefix(kind, "application/xhtml+xml") {
		return true
	}
	if kind != "" {
		return false
	}
	begin := strings.ToLower(strings.TrimLeft(e.body(), " \t\r\n\ufeff"))
	return strings.HasPrefix(begin, "<!doctype html") || strings.HasPrefix(begin, "<html")
}

// htmlPage finds requests of script that got a page for people, where an API was
// meant: the index page of a single-page application, a site's home page, an error
// page with status 200.
func htmlPage(e *Evidence) (Cause, bool) {
	if e.OnPreflight && e.get("Content-Length") == "0" { // an answer to OPTIONS has a type of its server's choice
		return Cause{}, false
	}
	if !e.Script || !e.silent() || !e.isHTML() || e.status() < 200 || e.status() > 299 || e.status() == 204 || e.status() == 205 {
		return Cause{}, false
	}
	c := Cause{ID: "html-page", NotCORS: true, By: Page}
	what := "The answer is an HTML page"
	if title := htmlTitle(e.body()); title != "" {
		what += " with the title “" + show(title) + "”"
	}
	if e.OnPreflight {
		c.By, c.Headers = Server, Permission
		c.Problem = "The preflight got a web page: " + lowerFirst(what) + ". Something that serves pages answers every method at this URL, and no API."
		c.Fix = "Check the URL first: the base URL, a prefix such as /api, the port. If it is right, route OPTIONS at this URL to the API, and answer it with status 204 and:"
		return c, true
	}
	c.Problem = what + ", and script asked. " + e.configured() + "Often the URL is wrong: a single-page application's server answers unknown paths with its index.html, and a base URL without its prefix or port leads to a web site."
	c.Fix = "Check the URL that the page asks for: the base URL, a prefix such as /api, the port, an environment variable that is not set. If this page is what was meant, its server has to send:"
	c.Headers = Readable
	return c, true
}

// Unexpected finds answers that script can read and that are not the API's: a page
// behind a redirect to a login, and another MIME type than the one that is wanted;
// "" wants any. Answers with an error status are none of its business.
func Unexpected(e *Evidence, want string) (Cause, bool) {
	if e.status() < 200 || e.status() > 299 {
		return Cause{}, false
	}
	if e.isHTML() && want != "text/html" {
		if c, ok := loginRedirect(e); ok {
			c.Fix = strings.TrimSuffix(c.Fix, " The 401 needs:")
			return c, true
		}
	}
	got := ""
	if t, ok := mimetype.Extract(e.Answer.Headers); ok {
		got = t.Essence()
	}
	switch {
	case want == "" || got == strings.ToLower(want):
		return Cause{}, false
	case e.isHTML():
		return Cause{ID: "html-page", NotCORS: true, By: Page,
			Problem: "The response is an HTML page, and the page wants " + show(want) + ". A single-page application's server answers unknown paths with its index.html, and a base URL without its prefix or port leads to a web site.",
			Fix:     "Check the URL that the page requests: the base URL, a prefix such as /api, the port, an environment variable that is not set."}, true
	case got == "":
		got = "without a type"
	default:
		got = "of the type " + show(got)
	}
	return Cause{ID: "other-type", NotCORS: true, By: Server,
		Problem: "The response is " + got + ", and the page wants " + show(want) + ".",
		Fix:     "Check the URL and the Accept header, and send the Content-Type that the body has."}, true
}

// htmlTitle is the title of an HTML page, as far as it is there.
func htmlTitle(body string) string {
	lower := strings.ToLower(body)
	if len(lower) != len(body) { // offsets differ
		return ""
	}
	at := strings.Index(lower, "<title")
	if at < 0 {
		return ""
	}
	from := strings.IndexByte(lower[at:], '>')
	if from < 0 {
		return ""
	}
	from += at + 1
	to := strings.Index(lower[from:], "</title")
	if to < 0 {
		return ""
	}
	return strings.Join(strings.Fields(body[from:from+to]), " ")
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
