// Package audittest has servers that audits find something wrong with, for the
// tests of package audit and of what stands above it.
package audittest

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
)

// Audited is the report on a handler, with the first of the options, if any.
func Audited(t testing.TB, handler http.Handler, intent *audit.Intent, options ...*audit.Options) *audit.Report {
	t.Helper()
	report, err := audit.Handler(t.Context(), handler, intent, append(options, nil)[0])
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// Lines are header lines, and a handler that sends them to every request. A line
// that begins with "PREFLIGHT " goes to preflights alone, one that begins with
// "ACTUAL " to other requests. "STATUS 405" sets the status, "NO ANSWER" closes the
// connection, and ORIGIN stands for the request's Origin.
type Lines []string

// Answering is a handler that sends lines.
func Answering(all ...string) Lines { return all }

func (l Lines) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := http.StatusOK
	for _, line := range l {
		line, preflight := strings.CutPrefix(line, "PREFLIGHT ")
		line, actual := strings.CutPrefix(line, "ACTUAL ")
		if is := r.Method == http.MethodOptions; preflight && !is || actual && is {
			continue
		}
		if _, err := fmt.Sscanf(line, "STATUS %d", &status); err == nil {
			continue
		}
		if line == "NO ANSWER" {
			panic(http.ErrAbortHandler)
		}
		name, value, _ := strings.Cut(line, ": ")
		w.Header().Add(name, strings.ReplaceAll(value, "ORIGIN", r.Header.Get("Origin")))
	}
	w.WriteHeader(status)
}

// When is one handler for the requests that is tells, and another for the others.
// The condition in words is for the documentation.
func When(condition string, is func(*http.Request) bool, yes, no Lines) Choosing {
	return Choosing{condition, is, yes, no}
}

// Choosing is what [When] makes.
type Choosing struct {
	when    string
	is      func(*http.Request) bool
	yes, no Lines
}

func (c Choosing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.is(r) {
		c.yes.ServeHTTP(w, r)
		return
	}
	c.no.ServeHTTP(w, r)
}

// OnlyFor is one handler for requests of an origin, and another for the others.
func OnlyFor(origin string, yes, no Lines) Choosing {
	return When("Origin is "+origin, func(r *http.Request) bool { return r.Header.Get("Origin") == origin }, yes, no)
}

// Letting is a handler that lets an origin in, with credentials.
func Letting(rule string, in func(origin string) bool) Choosing {
	return When("Origin "+rule, func(r *http.Request) bool { return in(r.Header.Get("Origin")) }, Answering(Echo, Creds, Vary), Answering(Vary))
}

// Matching is Letting by a regular expression.
func Matching(pattern string) Choosing {
	return Letting("matches "+pattern, regexp.MustCompile(pattern).MatchString)
}

// WithOrigin is one handler for requests that have an Origin, and another for
// the others.
func WithOrigin(yes, no Lines) Choosing {
	return When("there is an Origin", func(r *http.Request) bool { return r.Header.Get("Origin") != "" }, yes, no)
}

const (
	App   = "Access-Control-Allow-Origin: https://app.example"
	Echo  = "Access-Control-Allow-Origin: ORIGIN"
	Creds = "Access-Control-Allow-Credentials: true"
	Vary  = "Vary: Origin"
	Kept  = "PREFLIGHT Access-Control-Max-Age: 600"
)

// A Server is one that the documentation can show.
type Server interface {
	http.Handler
	fmt.Stringer
}

// String is what the server sends, as the documentation shows it.
func (l Lines) String() string {
	if len(l) == 0 {
		return "(no header of CORS)\n"
	}
	var b strings.Builder
	for _, line := range l {
		line = strings.ReplaceAll(line, ": ORIGIN", ": (the request's Origin)")
		if rest, ok := strings.CutPrefix(line, "PREFLIGHT "); ok {
			line = rest + "   (with the preflight)"
		}
		line = strings.ReplaceAll(line, "NO ANSWER", "(no answer)")
		b.WriteString(strings.ReplaceAll(line, "STATUS ", "status: ") + "\n")
	}
	return b.String()
}

func (c Choosing) String() string {
	indent := func(l Lines) string {
		return "  " + strings.ReplaceAll(strings.TrimSpace(l.String()), "\n", "\n  ") + "\n"
	}
	return "if " + c.when + ":\n" + indent(c.yes) + "else:\n" + indent(c.no)
}

// A Case is a server that causes a finding, and the like of it that does not.
type Case struct {
	Name      string
	Intent    audit.Intent
	Bad, Good Server
	ID        audit.FindingID // what the bad server causes, and nothing else
	Severity  audit.Severity
	Profiles  []string
	Fix       string        // stands in the finding's text
	GoodUses  *audit.Intent // for the good server; nil is Intent
}

// Cases has, for each finding, a smallest server that causes it and the like of
// it that does not.
func Cases() []Case {
	all := []string{"standard", "chromium", "firefox", "webkit"}
	one := func(use audit.Use) audit.Intent {
		use.URL = "/x"
		return audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{use}}
	}
	two := audit.Intent{Allow: []string{"https://app.example", "https://admin.example"}, Uses: []audit.Use{{URL: "/x"}}}
	refusing := audit.Intent{Allow: []string{"https://app.example"}, Refuse: []string{"https://evil.example"}, Uses: []audit.Use{{URL: "/x"}}}
	sandboxed := audit.Intent{Refuse: []string{"null"}, Uses: []audit.Use{{URL: "/x"}}}
	insecure := one(audit.Use{})
	insecure.Base = "http://api.example"
	from := insecure
	from.Allow = []string{"http://app.example"}

	shop := one(audit.Use{})
	shop.Allow = []string{"https://www.shop.example"}
	loggedIn := func(r *http.Request) bool {
		return r.Header.Get("Authorization") != "" || r.Method == http.MethodOptions || r.URL.Path != "/x"
	}
	simple, needing := one(audit.Use{}), one(audit.Use{Headers: map[string]string{"Authorization": "Bearer x", "Pragma": "no-cache"}})
	sameSite := audit.Intent{Base: "https://api.example.com", Allow: []string{"https://app.example.com"}, Uses: []audit.Use{{URL: "/x", Credentials: credentials.Include, Cookies: []string{"sid=1; SameSite=Lax; Secure"}}}}

	unrouted := one(audit.Use{Method: "POST", Body: "a=b"})
	unrouted.Accept = []audit.FindingID{"preflight-unrouted"}
	isPreflight := func(r *http.Request) bool { return r.Method == http.MethodOptions }
	asksFor := func(method, names string) func(*http.Request) bool {
		return func(r *http.Request) bool {
			return r.Method == http.MethodOptions && (method == "" || r.Header.Get("Access-Control-Request-Method") == method) &&
				(names == "" || strings.Contains(r.Header.Get("Access-Control-Request-Headers"), names))
		}
	}
	withoutNames := func(r *http.Request) bool {
		return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Headers") == ""
	}
	withMethod := func(r *http.Request) bool { return r.Header.Get("Access-Control-Request-Method") != "" }
	custom := one(audit.Use{Method: "PUT", Headers: map[string]string{"X-Name": "a", "X-Trace": "1"}})
	customAllowed := Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT, DELETE", "PREFLIGHT Access-Control-Allow-Headers: x-name, x-trace", Kept)

	readable := one(audit.Use{Element: "img", CrossOrigin: "anonymous", Readable: true})
	styles := one(audit.Use{Element: "stylesheet", CrossOrigin: "anonymous", Readable: true})

	allowed := one(audit.Use{ContentSecurityPolicy: "default-src 'self'; connect-src https://api.example", ContentSecurityPolicyReportOnly: "connect-src https:"})
	listed := one(audit.Use{ConnectionAllowlist: `("https://api.example")`})
	scripts := one(audit.Use{Element: "script", IntegrityPolicy: "blocked-destinations=(style)"})
	withAllowlists := []string{"standard", "chromium"}
	getsX := func(r *http.Request) bool { return r.Method == http.MethodGet && r.URL.Path == "/x" }
	device := one(audit.Use{AddressSpace: "public"})
	device.Base = "https://192.168.1.20"
	athome := one(audit.Use{AddressSpace: "loopback"})
	athome.Base = "https://localhost:8443"
	ownMachine := one(audit.Use{AddressSpace: "public"})
	ownMachine.Base = athome.Base

	return []Case{
		{"no header", one(audit.Use{}), Answering(), Answering(App),
			"origin-refused", audit.Breaks, all, "Access-Control-Allow-Origin: https://app.example", nil},
		{"a slash too many", one(audit.Use{}), Answering(App + "/"), Answering(App),
			"origin-refused", audit.Breaks, all, "slash at the end", nil},
		{"a doubled header", one(audit.Use{}), Answering(App, App), Answering(App),
			"origin-refused", audit.Breaks, all, "Let only one of them add it", nil},
		{"a server error", one(audit.Use{}), Answering("STATUS 500"), Answering(App),
			"request-failed", audit.Breaks, all, "the server's log", nil},
		{"a login", one(audit.Use{}), Answering("STATUS 302", "Location: https://login.example/signin?next=x"), Answering(App),
			"login-redirect", audit.Breaks, all, "status 401", nil},
		{"a web page", one(audit.Use{}), Answering("Content-Type: text/html"), Answering(App),
			"not-the-api", audit.Breaks, all, "base URL", nil},
		{"no answer", audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x"}, {URL: "/y"}}},
			When("the path is /x", func(r *http.Request) bool { return r.URL.Path == "/x" }, Answering("NO ANSWER"), Answering(App)), Answering(App),
			"unreachable", audit.Breaks, all, "was closed without an answer", nil},
		{"led away", one(audit.Use{}), Answering(App, "STATUS 302", "Location: https://files.example/x"), Answering(App),
			"unreachable", audit.Breaks, all, "led to files.example, which is not the server that is tested", nil},
		{"a web page that may be read", one(audit.Use{Reads: "application/json"}), Answering(App, "Content-Type: text/html"), Answering(App, "Content-Type: application/json; charset=utf-8"),
			"not-the-api", audit.Breaks, all, "the page wants application/json", nil},
		{"another type", one(audit.Use{Reads: "application/json"}), Answering(App, "Content-Type: text/plain"), Answering(App, "Content-Type: application/json"),
			"not-the-api", audit.Breaks, all, "of the type text/plain", nil},
		{"a session that is over", audit.Intent{Allow: []string{"https://api.example"}, Uses: []audit.Use{{URL: "/x"}}},
			Answering("STATUS 302", "Location: https://login.example/signin?next=x"), Answering(),
			"login-redirect", audit.Breaks, all, "to a login page", nil},
		{"a login page of the same host", audit.Intent{Allow: []string{"https://api.example"}, Uses: []audit.Use{{URL: "/x"}}},
			When("the path is /x", func(r *http.Request) bool { return r.URL.Path == "/x" }, Answering("STATUS 302", "Location: /login?next=x"), Answering("Content-Type: text/html")), Answering(),
			"login-redirect", audit.Breaks, all, "to a login page", nil},
		{"an API moved to another host", audit.Intent{Allow: []string{"https://api.example"}, Uses: []audit.Use{{URL: "/x", Reads: "application/json"}}},
			Answering("Content-Type: text/html"), Answering("Content-Type: application/json"),
			"not-the-api", audit.Breaks, all, "answers unknown paths with its index.html", nil},
		{"wildcard with credentials", one(audit.Use{Credentials: credentials.Include}), Answering("Access-Control-Allow-Origin: *", Creds), Answering(App, Creds),
			"credentials-refused", audit.Breaks, all, "Access-Control-Allow-Credentials: true", nil},
		{"credentials left out", one(audit.Use{Credentials: credentials.Include}), Answering(App), Answering(App, Creds),
			"credentials-refused", audit.Breaks, all, "Access-Control-Allow-Credentials: true", nil},
		{"preflight not routed", one(audit.Use{Method: "POST", Body: "{}", Headers: map[string]string{"Content-Type": "application/json"}}),
			Answering("PREFLIGHT STATUS 405"), Answering(App, "PREFLIGHT Access-Control-Allow-Headers: content-type", Kept),
			"preflight-failed", audit.Breaks, all, "Access-Control-Allow-Headers: content-type", nil},
		{"preflight redirected", one(audit.Use{Method: "PUT"}), Answering(App, "PREFLIGHT STATUS 301", "PREFLIGHT Location: /x/"), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", Kept),
			"preflight-failed", audit.Breaks, all, "https://api.example/x/", nil},
		{"method", one(audit.Use{Method: "DELETE"}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT"), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT, DELETE", Kept),
			"method-not-allowed", audit.Breaks, all, "Access-Control-Allow-Methods: PUT, DELETE", nil},
		{"method in lower case", one(audit.Use{Method: "patch"}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PATCH"), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: patch", Kept),
			"method-not-allowed", audit.Breaks, all, `method: "PATCH"`, nil},
		{"header", one(audit.Use{Headers: map[string]string{"X-Trace": "1"}}), Answering(App), Answering(App, "PREFLIGHT Access-Control-Allow-Headers: x-trace", Kept),
			"header-not-allowed", audit.Breaks, all, "Access-Control-Allow-Headers: x-trace", nil},
		{"authorization left to the wildcard", one(audit.Use{Headers: map[string]string{"Authorization": "Bearer x"}}),
			Answering(App, "PREFLIGHT Access-Control-Allow-Headers: *", Kept), Answering(App, "PREFLIGHT Access-Control-Allow-Headers: authorization", Kept),
			"authorization-by-wildcard", audit.Fragile, []string{"standard"}, "Access-Control-Allow-Headers: *, authorization", nil},
		{"a method refused without a word", one(audit.Use{Method: "DELETE"}), When("it is a preflight for DELETE", asksFor("DELETE", ""), Answering(), customAllowed), customAllowed,
			"method-not-allowed", audit.Breaks, all, "Add DELETE to the methods in the server's CORS settings.", nil},
		{"a header refused without a word", custom, When("it is a preflight that asks for x-trace", asksFor("", "x-trace"), Answering(), customAllowed), customAllowed,
			"header-not-allowed", audit.Breaks, all, "the same preflight without it is allowed", nil},
		{"a header refused with 403", custom, When("it is a preflight that asks for x-name", asksFor("", "x-name"), Answering("STATUS 403"), customAllowed), customAllowed,
			"header-not-allowed", audit.Breaks, all, "refuses the request header x-name and not the origin", nil},
		{"two headers that fail together", custom, When("it is a preflight that asks for x-name,x-trace", asksFor("", "x-name,x-trace"), Answering("STATUS 403"), customAllowed), customAllowed,
			"preflight-failed", audit.Breaks, all, "Split Access-Control-Request-Headers at commas", nil},
		{"two headers taken for one", custom, When("it is a preflight that asks for x-name,x-trace", asksFor("", "x-name,x-trace"), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT"), customAllowed), customAllowed,
			"preflight-failed", audit.Breaks, all, "Split Access-Control-Request-Headers at commas", nil},
		{"only preflights with headers", one(audit.Use{Method: "DELETE"}), When("it is a preflight without Access-Control-Request-Headers", withoutNames, Answering("STATUS 405"), customAllowed), customAllowed,
			"preflight-failed", audit.Breaks, all, "It has Access-Control-Request-Headers only if", nil},
		{"only OPTIONS that is not a preflight", one(audit.Use{Method: "DELETE"}), When("it has Access-Control-Request-Method", withMethod, Answering("STATUS 400"), customAllowed), customAllowed,
			"preflight-failed", audit.Breaks, all, "OPTIONS without Access-Control-Request-Method", nil},
		{"preflights without CORS", audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x"}, {URL: "/x", Method: "PUT"}}},
			When("it is a preflight", isPreflight, Answering(), Answering(App)), customAllowed,
			"preflight-failed", audit.Breaks, all, "it allows it for GET https://api.example/x.", nil},
		{"only preflights with CORS", one(audit.Use{Method: "PUT"}), When("it is a preflight", isPreflight, customAllowed, Answering()), customAllowed,
			"response-without-cors", audit.Breaks, all, "The preflight allowed https://app.example, so the origin is not refused.", nil},
		{"redirect", one(audit.Use{}), Answering(App, "STATUS 302", "Location: ftp://files.example/"), Answering(App),
			"redirect-refused", audit.Breaks, all, "Redirect to an http: or https: URL", nil},
		{"mixed content", insecure, Answering(App), Answering("Access-Control-Allow-Origin: http://app.example"),
			"blocked", audit.Breaks, all, "over HTTPS", &from},
		{"a redirect to http: that is blocked", one(audit.Use{}), When("it is a GET of /x", getsX, Answering(App, "STATUS 302", "Location: http://api.example/y"), Answering(App)),
			When("it is a GET of /x", getsX, Answering(App, "STATUS 302", "Location: /y"), Answering(App)),
			"redirect-to-http", audit.Breaks, all, "trust the proxy's X-Forwarded-Proto", nil},
		{"a policy of the page that refuses fetch()", one(audit.Use{ContentSecurityPolicy: "default-src 'self'; img-src https:; report-uri /csp"}), Answering(App), Answering(App),
			"csp-refused", audit.Breaks, all, "Add connect-src to it, with the sources of default-src and https://api.example.", &allowed},
		{"a policy of the page that refuses what a redirect leads to", one(audit.Use{ContentSecurityPolicy: "connect-src https://api.example"}), Answering(App, "STATUS 302", "Location: https://files.example/x"), Answering(App),
			"csp-refused", audit.Breaks, all, "a policy has to allow each hop", nil},
		{"a policy of the page that is only reported", one(audit.Use{Element: "img", ContentSecurityPolicy: "img-src *", ContentSecurityPolicyReportOnly: "img-src 'self'"}), Answering("Content-Type: image/png"), Answering(App),
			"csp-refused", audit.Fragile, all, "Add https://api.example to img-src before the policy is enforced.", &allowed},
		{"a Connection-Allowlist of the page", one(audit.Use{ConnectionAllowlist: `(response-origin)`}), Answering(App), Answering(App),
			"policy-refused", audit.Breaks, withAllowlists, "Add the origin of the URL to the list", &listed},
		{"a Connection-Allowlist of the page that allows no redirect", one(audit.Use{ConnectionAllowlist: `("https://api.example")`}), When("it is a GET of /x", getsX, Answering(App, "STATUS 302", "Location: https://api.example/y"), Answering(App)), Answering(App),
			"policy-refused", audit.Breaks, withAllowlists, "redirects=allow", nil},
		{"a Connection-Allowlist of the page that is only reported", one(audit.Use{ConnectionAllowlistReportOnly: `(response-origin)`}), Answering(App), Answering(App),
			"policy-refused", audit.Fragile, withAllowlists, "Add a pattern for https://api.example to the list before", &listed},
		{"an Integrity-Policy of the page", one(audit.Use{Element: "script", IntegrityPolicy: "blocked-destinations=(script)"}), Answering(App, "Content-Type: text/javascript"), Answering(App, "Content-Type: text/javascript"),
			"policy-refused", audit.Breaks, all, "Give the element the attributes integrity", &scripts},
		{"an Integrity-Policy of the page that is only reported", one(audit.Use{Element: "script", IntegrityPolicyReportOnly: "blocked-destinations=(script)"}), Answering(App, "Content-Type: text/javascript"), Answering(App, "Content-Type: text/javascript"),
			"policy-refused", audit.Fragile, all, "before the policy is enforced", &scripts},
		{"not sent", one(audit.Use{Read: []string{"X-Total"}}), Answering(App), Answering(App, "X-Total: 7", "Access-Control-Expose-Headers: x-total"),
			"header-missing", audit.Breaks, all, "Send X-Total", nil},
		{"not exposed", one(audit.Use{Read: []string{"X-Total", "Content-Type"}}), Answering(App, "Content-Type: text/plain", "X-Total: 7", "Access-Control-Expose-Headers: ETag"),
			Answering(App, "Content-Type: text/plain", "X-Total: 7", "Access-Control-Expose-Headers: *"),
			"not-exposed", audit.Breaks, all, "Access-Control-Expose-Headers: ETag, X-Total", nil},
		{"an image that the page can't read", one(audit.Use{Element: "img", Readable: true}), Answering(App), Answering(App),
			"tainted", audit.Breaks, all, `Add crossorigin="anonymous" to <img>: the server already allows it.`, &readable},
		{"a style sheet that the page can't read, without headers", one(audit.Use{Element: "stylesheet", Readable: true}), Answering("Content-Type: text/css"), Answering("Content-Type: text/css", App),
			"tainted", audit.Breaks, all, "Access-Control-Allow-Origin: https://app.example", &styles},
		{"an image of somebody else's under an embedder policy", one(audit.Use{Element: "img", EmbedderPolicy: "require-corp"}), Answering(), Answering("Cross-Origin-Resource-Policy: cross-origin"),
			"blocked", audit.Breaks, all, "Cross-Origin-Resource-Policy: cross-origin", nil},
		{"max-age missing", one(audit.Use{Method: "PUT", PreflightCached: time.Hour}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT"),
			Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 3600"),
			"preflight-not-cached", audit.Slow, all, "Access-Control-Max-Age: 3600", nil},
		{"max-age too short for one", one(audit.Use{Method: "PUT", PreflightCached: time.Hour}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 900"),
			Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 7200"),
			"preflight-not-cached", audit.Slow, []string{"standard", "chromium", "firefox"}, "Access-Control-Max-Age: 3600", nil},
		{"a wildcard is not kept", one(audit.Use{Method: "PUT", PreflightCached: time.Minute}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: *", "PREFLIGHT Access-Control-Max-Age: 60"),
			Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 60"),
			"preflight-not-cached", audit.Slow, []string{"firefox"}, "List the method", nil},
		{"a long URL", audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{Method: "PUT", URL: "/x?" + strings.Repeat("q", 1023), PreflightCached: time.Minute}}},
			Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", Kept), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", Kept),
			"preflight-not-cached", audit.Slow, []string{"chromium"}, "(page): Move data from the URL to headers or a body.", &simple},
		{"no Vary", two, Answering(Echo), Answering(Echo, Vary),
			"vary-missing", audit.Fragile, all, "Vary: Origin", nil},
		{"no Vary for others", refusing, OnlyFor("https://app.example", Answering(App, Vary), Answering()), OnlyFor("https://app.example", Answering(App, Vary), Answering(Vary)),
			"vary-missing", audit.Fragile, all, "whatever the Origin", nil},
		{"no Vary without Origin", one(audit.Use{}), WithOrigin(Answering(App, Vary), Answering()), WithOrigin(Answering(App, Vary), Answering(Vary)),
			"vary-missing", audit.Fragile, all, "whatever the Origin", nil},
		{"Vary on something else", two, Answering(Echo, "Vary: Accept, Accept-Encoding"), Answering(Echo, "Vary: Accept, origin"),
			"vary-missing", audit.Fragile, all, "Vary: Origin", nil},
		{"no Vary, not kept", two, Answering(Echo), Answering(Echo, "Cache-Control: private"),
			"vary-missing", audit.Fragile, all, "Vary: Origin", nil},
		{"kept by the browser without CORS headers", one(audit.Use{Credentials: credentials.Include}),
			WithOrigin(Answering(App, Creds, Vary, "Cache-Control: private, max-age=60"), Answering("Cache-Control: private, max-age=60")),
			WithOrigin(Answering(App, Creds, Vary, "Cache-Control: private, max-age=60"), Answering(Vary, "Cache-Control: private, max-age=60")),
			"cached-without-cors", audit.Fragile, all, "Vary: Origin", nil},
		{"kept by the browser, and an image without crossorigin", audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/a"}, {URL: "/a", Element: "img"}}},
			WithOrigin(Answering(App, Vary, "Cache-Control: private, max-age=60"), Answering("Cache-Control: private, max-age=60")),
			WithOrigin(Answering(App, Vary, "Cache-Control: private, max-age=60"), Answering(Vary, "Cache-Control: private, max-age=60")),
			"cached-without-cors", audit.Breaks, []string{"standard", "chromium", "webkit"}, "crossorigin", nil},
		{"any origin", refusing, Answering(Echo, Vary), Answering(App),
			"wrong-origin-allowed", audit.Unsafe, all, "byte for byte", nil},
		{"everybody", refusing, Answering("Access-Control-Allow-Origin: *"), Answering(App),
			"wrong-origin-allowed", audit.Unsafe, all, "which allows any origin", nil},
		{"null", sandboxed, Answering(Echo), Answering(App),
			"wrong-origin-allowed", audit.Unsafe, all, "Never allow null", nil},
		{"a header doubled that browsers forgive", one(audit.Use{}), Answering(App, Creds, Creds), Answering(App, Creds),
			"header-doubled", audit.Fragile, all, "“true, true” is not “true”", nil},
		{"a lifetime doubled", one(audit.Use{Method: "PUT"}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", Kept, Kept), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", Kept),
			"header-doubled", audit.Fragile, all, "has Access-Control-Max-Age twice", nil},
		{"a list doubled", one(audit.Use{Method: "PUT"}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: GET, PUT", "PREFLIGHT Access-Control-Allow-Methods: GET, PUT", Kept),
			Answering(App, "PREFLIGHT Access-Control-Allow-Methods: GET", "PREFLIGHT Access-Control-Allow-Methods: PUT", Kept),
			"header-doubled", audit.Fragile, all, "has Access-Control-Allow-Methods twice", nil},
		{"a redirect to http: that is upgraded", one(audit.Use{Element: "img"}), When("the path is /x", func(r *http.Request) bool { return r.URL.Path == "/x" }, Answering("STATUS 302", "Location: http://api.example/y"), Answering("Content-Type: image/png")),
			When("the path is /x", func(r *http.Request) bool { return r.URL.Path == "/x" }, Answering("STATUS 302", "Location: /y"), Answering("Content-Type: image/png")),
			"redirect-to-http", audit.Fragile, all, "redirects to http://api.example/y", nil},
		{"a redirect to http: that a policy upgrades", one(audit.Use{ContentSecurityPolicy: "upgrade-insecure-requests"}), When("it is a GET of /x", getsX, Answering(App, "STATUS 302", "Location: http://api.example/y"), Answering("Access-Control-Allow-Origin: *")),
			When("it is a GET of /x", getsX, Answering(App, "STATUS 302", "Location: /y"), Answering("Access-Control-Allow-Origin: *")),
			"redirect-to-http", audit.Fragile, all, "since the page's Content-Security-Policy has upgrade-insecure-requests", nil},
		{"a server in the user's network", device, Answering(App), Answering(App),
			"local-network-prompt", audit.Fragile, []string{"standard", "chromium", "firefox"}, "an address of the user's local network", &athome},
		{"a server on the user's machine", ownMachine, Answering(App), Answering(App),
			"local-network-prompt", audit.Fragile, []string{"standard", "chromium", "firefox"}, `the permission "loopback-network"`, &athome},
		{"a Strict-Transport-Security that is ignored", one(audit.Use{}), Answering(App, "Strict-Transport-Security: max-age=31536000, includeSubDomains"), Answering(App, "Strict-Transport-Security: max-age=31536000; includeSubDomains"),
			"strict-transport-ignored", audit.Fragile, all, "which browsers ignore", nil},
		{"a wildcard that credentials void", one(audit.Use{}), Answering("Access-Control-Allow-Origin: *", Creds), Answering("Access-Control-Allow-Origin: *"),
			"wildcard-with-credentials", audit.Fragile, all, "“*” in Access-Control-Allow-Origin", nil},
		{"wildcards in lists that credentials void", one(audit.Use{Credentials: credentials.Include, Headers: map[string]string{"X-Trace": "1"}}),
			Answering(App, Creds, "PREFLIGHT Access-Control-Allow-Methods: *", "PREFLIGHT Access-Control-Allow-Headers: *, x-trace", Kept),
			Answering(App, Creds, "PREFLIGHT Access-Control-Allow-Headers: x-trace", Kept),
			"wildcard-with-credentials", audit.Fragile, all, "“*” in Access-Control-Allow-Methods and Access-Control-Allow-Headers", nil},
		{"a method that nobody sends", one(audit.Use{Method: "PUT"}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: get, PUT, delete", Kept),
			Answering(App, "PREFLIGHT Access-Control-Allow-Methods: get, PUT, delete, DELETE", Kept),
			"method-case", audit.Fragile, all, "Access-Control-Allow-Methods: get, PUT, DELETE", nil},
		{"an exposed list that is void", one(audit.Use{}), Answering(App, "Access-Control-Expose-Headers: ETag; X-Total, Link"), Answering(App, "Access-Control-Expose-Headers: ETag,, X-Total, Link"),
			"list-unparsable", audit.Fragile, all, "Access-Control-Expose-Headers: Link", nil},
		{"a wildcard that breaks one use and not the other", audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{
			{Name: "a", URL: "/x", Credentials: credentials.Include}, {Name: "b", URL: "/x", Credentials: credentials.Include, Read: []string{"X-Total"}}}},
			Answering(App, Creds, "X-Total: 7", "Access-Control-Expose-Headers: *"), Answering(App, Creds, "X-Total: 7", "Access-Control-Expose-Headers: X-Total"),
			"not-exposed", audit.Breaks, all, "Access-Control-Expose-Headers: X-Total", nil},
		{"a wildcard in a list that is void", one(audit.Use{}), Answering(App, "Access-Control-Expose-Headers: Link, *, all of them"), Answering(App, "Access-Control-Expose-Headers: Link, *"),
			"list-unparsable", audit.Fragile, []string{"standard", "chromium", "webkit"}, "Access-Control-Expose-Headers: Link", nil},
		{"an exposed list that is needed and void", one(audit.Use{Read: []string{"ETag", "Link"}}),
			Answering(App, "ETag: 1", "Link: <x>", "Access-Control-Expose-Headers: ETag Link"), Answering(App, "ETag: 1", "Link: <x>", "Access-Control-Expose-Headers: ETag,Link"),
			"list-unparsable", audit.Breaks, all, "Access-Control-Expose-Headers: ETag, Link", nil},
		{"a list of methods that is void", one(audit.Use{Method: "PUT"}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT;DELETE", Kept), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT,DELETE", Kept),
			"list-unparsable", audit.Breaks, all, "PUT;DELETE", nil},
		{"max-age missing, not asked for", one(audit.Use{Method: "PUT"}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT"), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 60"),
			"max-age-missing", audit.Slow, all, "It is cached for 5s.", nil},
		{"max-age tiny", one(audit.Use{Method: "PUT"}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 59"), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", Kept),
			"max-age-tiny", audit.Slow, all, "is cached for 59s", nil},
		{"max-age with a unit", one(audit.Use{Method: "PUT"}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 10m"), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", Kept),
			"max-age-tiny", audit.Slow, all, "With Access-Control-Max-Age “10m” the response to the preflight is cached: by the Standard 5s, Chromium 5s, Firefox not, WebKit 5s.", nil},
		{"a plus sign", one(audit.Use{Method: "PUT"}), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: +600"), Answering(App, "PREFLIGHT Access-Control-Allow-Methods: PUT", Kept),
			"max-age-tiny", audit.Slow, []string{"standard", "firefox"}, "Access-Control-Max-Age: 7200", nil},
		{"a type for no body", one(audit.Use{Headers: map[string]string{"Content-Type": "application/json"}}), Answering(App, "PREFLIGHT Access-Control-Allow-Headers: content-type", Kept),
			Answering(App, "PREFLIGHT Access-Control-Allow-Headers: content-type", Kept),
			"preflight-avoidable", audit.Slow, all, "(page): Leave Content-Type out.", &simple},
		{"headers for the browser's cache", one(audit.Use{Headers: map[string]string{"Cache-Control": "no-cache", "Pragma": "no-cache", "X-Requested-With": "XMLHttpRequest"}}),
			Answering(App, "PREFLIGHT Access-Control-Allow-Headers: cache-control, pragma, x-requested-with", Kept), Answering(App, "PREFLIGHT Access-Control-Allow-Headers: authorization, pragma", Kept),
			"preflight-avoidable", audit.Slow, all, "only because of Cache-Control, Pragma and X-Requested-With", &needing},
		{"quotes in a type", one(audit.Use{Method: "POST", Body: "a=b", Headers: map[string]string{"Content-Type": `text/plain; charset="utf-8"; x=(y)`}}),
			Answering(App, "PREFLIGHT Access-Control-Allow-Headers: content-type", Kept), Answering(App),
			"preflight-avoidable", audit.Slow, all, "Write the Content-Type without it.", &simple},
		{"a cookie of the site alone", one(audit.Use{Credentials: credentials.Include, Cookies: []string{"sid=1; SameSite=Lax; Secure"}}), Answering(App, Creds), Answering("Access-Control-Allow-Origin: https://app.example.com", Creds),
			"cookie-withheld", audit.Fragile, all, "SameSite=None; Secure; Partitioned", &sameSite},
		{"a cookie of the site alone is set", one(audit.Use{Credentials: credentials.Include}), Answering(App, Creds, "Set-Cookie: sid=1; SameSite=Strict; Secure"), Answering("Access-Control-Allow-Origin: https://app.example.com", Creds, "Set-Cookie: sid=1; SameSite=Strict; Secure"),
			"cookie-refused", audit.Fragile, all, "The browser did not store the cookie “sid”", &sameSite},
		{"any origin, with credentials", one(audit.Use{}), Answering(Echo, Creds, Vary), Answering(App, Creds, Vary),
			"any-origin-with-credentials", audit.Unsafe, all, "made with the user's cookies", nil},
		{"any origin, by a preflight", one(audit.Use{Method: "DELETE"}), Answering(Echo, Creds, "PREFLIGHT Access-Control-Allow-Methods: DELETE", Kept), Answering(App, Creds, "PREFLIGHT Access-Control-Allow-Methods: DELETE", Kept),
			"any-origin-with-credentials", audit.Unsafe, all, "The preflight lets the page make the request with the user's cookies", nil},
		{"any origin, by a preflight that a simple request does without", one(audit.Use{Method: "POST", Body: "a=b"}), Answering(Echo, Creds), Answering(App, Creds),
			"any-origin-with-credentials", audit.Unsafe, all, "The preflight lets the page make the request with the user's cookies", nil},
		{"any origin, where nothing answers preflights", unrouted,
			When("it is a preflight", isPreflight, Answering("STATUS 405"), Answering(Echo, Creds, Vary)), When("it is a preflight", isPreflight, Answering("STATUS 405"), Answering(App, Creds, Vary)),
			"any-origin-with-credentials", audit.Unsafe, all, "A page of https://stranger.test sent GET https://api.example/x with credentials.", nil},
		{"null beside the list", one(audit.Use{}), Letting("is https://app.example or null", func(o string) bool { return o == "https://app.example" || o == "null" }), Letting("is https://app.example", func(o string) bool { return o == "https://app.example" }),
			"null-origin-trusted", audit.Unsafe, all, "A sandboxed page (its origin is null)", nil},
		{"begins with", one(audit.Use{}), Letting("begins with https://app.example", func(o string) bool { return strings.HasPrefix(o, "https://app.example") }), Letting("is https://app.example", func(o string) bool { return o == "https://app.example" }),
			"origin-prefix-match", audit.Unsafe, all, "A page of https://app.example.stranger.test sent", nil},
		{"begins with, up to a dot", one(audit.Use{}), Matching(`^https://app\.example(?:[^.]|$)`), Matching(`^https://app\.example$`),
			"origin-prefix-match", audit.Unsafe, all, "A page of https://app.example_.stranger.test sent", nil},
		{"contains", one(audit.Use{Credentials: credentials.Include}), Letting("contains app.example", func(o string) bool { return strings.Contains(o, "app.example") }), Letting("is https://app.example", func(o string) bool { return o == "https://app.example" }),
			"origin-prefix-match", audit.Unsafe, all, "The same from https://notapp.example and http://app.example.", nil},
		{"ends with", one(audit.Use{}), Letting("ends with app.example", func(o string) bool { return strings.HasSuffix(o, "app.example") }), Letting("is https://app.example or ends with .app.example", func(o string) bool {
			return o == "https://app.example" || strings.HasPrefix(o, "https://") && strings.HasSuffix(o, ".app.example")
		}),
			"origin-suffix-match", audit.Unsafe, all, "The same from http://app.example.", nil},
		{"ends with a word", one(audit.Use{}), Matching(`^https://.*\bapp\.example$`), Matching(`^https://([a-z0-9-]+\.)*app\.example$`),
			"origin-suffix-match", audit.Unsafe, all, "A page of https://not-app.example sent", nil},
		{"a dot for anything", shop, Matching(`^https://www.shop\.example$`), Matching(`^https://www\.shop\.example$`),
			"origin-dot-match", audit.Unsafe, all, "A page of https://wwwxshop.example sent", nil},
		{"any scheme", one(audit.Use{}), Matching(`^https?://app\.example$`), Matching(`^https://app\.example$`),
			"insecure-origin-trusted", audit.Unsafe, all, "A page of http://app.example sent", nil},
		{"any scheme of subdomains", one(audit.Use{}), Matching(`^https://app\.example$|^https?://[a-z]+\.app\.example$`), Matching(`^https://([a-z]+\.)?app\.example$`),
			"insecure-origin-trusted", audit.Unsafe, all, "A page of http://deeper.app.example sent", nil},
		{"no host", one(audit.Use{}), Letting("ends with .app.example or is https://app.example", func(o string) bool {
			return o == "https://app.example" || strings.HasPrefix(o, "https://") && strings.HasSuffix(o, ".app.example")
		}), Letting("is https://app.example", func(o string) bool { return o == "https://app.example" }),
			"impossible-origin-trusted", audit.Fragile, []string{"standard"}, "with Origin: https://stranger.test#.app.example", nil},
		{"preflight not routed, not needed", one(audit.Use{}), Answering(App, "PREFLIGHT STATUS 405"), Answering(App),
			"preflight-unrouted", audit.Fragile, all, "answered with status 405", nil},
		{"preflight without a login", one(audit.Use{Method: "POST", Body: "a"}), Answering(App, "PREFLIGHT STATUS 401"), Answering(App),
			"preflight-unrouted", audit.Fragile, all, "answered with status 401", nil},
		{"errors without CORS", one(audit.Use{}), When("the path is /x", func(r *http.Request) bool { return r.URL.Path == "/x" }, Answering(App), Answering("STATUS 404")),
			When("the path is /x", func(r *http.Request) bool { return r.URL.Path == "/x" }, Answering(App), Answering(App, "STATUS 404")),
			"error-without-cors", audit.Fragile, all, "an error with status 404", nil},
		{"no login without CORS", one(audit.Use{Headers: map[string]string{"Authorization": "Bearer x"}}),
			When("it has Authorization, or is a preflight", loggedIn, Answering(App, "PREFLIGHT Access-Control-Allow-Headers: authorization", Kept), Answering("STATUS 401")),
			When("it has Authorization, or is a preflight", loggedIn, Answering(App, "PREFLIGHT Access-Control-Allow-Headers: authorization", Kept), Answering(App, "STATUS 401")),
			"error-without-cors", audit.Fragile, all, "without the use's cookies and Authorization", nil},
	}
}
