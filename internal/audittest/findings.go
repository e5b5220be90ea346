package conformance_test

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/credentials"
)

// lines is a handler that sends the same header lines to every request,
// "PREFLIGHT " before those for preflights alone, "ACTUAL " before those for
// others, "STATUS" a status, ORIGIN for the request's.
type lines []string

func answering(all ...string) lines { return all }

func (l lines) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
		name, value, _ := strings.Cut(line, ": ")
		w.Header().Add(name, strings.ReplaceAll(value, "ORIGIN", r.Header.Get("Origin")))
	}
	w.WriteHeader(status)
}

// choosing is one handler for some requests, and another for the others.
type choosing struct {
	when    string
	is      func(*http.Request) bool
	yes, no lines
}

func (c choosing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.is(r) {
		c.yes.ServeHTTP(w, r)
		return
	}
	c.no.ServeHTTP(w, r)
}

// onlyFor is one handler for requests of an origin, and another for the others.
func onlyFor(origin string, yes, no lines) choosing {
	return choosing{"Origin is " + origin, func(r *http.Request) bool { return r.Header.Get("Origin") == origin }, yes, no}
}

// letting is a handler that lets an origin in, with credentials.
func letting(rule string, in func(origin string) bool) choosing {
	return choosing{"Origin " + rule, func(r *http.Request) bool { return in(r.Header.Get("Origin")) }, answering(echo, creds, vary), answering(vary)}
}

// matching is letting by a regular expression.
func matching(pattern string) choosing {
	return letting("matches "+pattern, regexp.MustCompile(pattern).MatchString)
}

// withOrigin is one handler for requests that have an Origin, and another for
// the others.
func withOrigin(yes, no lines) choosing {
	return choosing{"there is an Origin", func(r *http.Request) bool { return r.Header.Get("Origin") != "" }, yes, no}
}

const (
	app   = "Access-Control-Allow-Origin: https://app.example"
	echo  = "Access-Control-Allow-Origin: ORIGIN"
	creds = "Access-Control-Allow-Credentials: true"
	vary  = "Vary: Origin"
	kept  = "PREFLIGHT Access-Control-Max-Age: 600"
)

// A server is one that the documentation can show.
type server interface {
	http.Handler
	fmt.Stringer
}

// String is what the server sends, as the documentation shows it.
func (l lines) String() string {
	if len(l) == 0 {
		return "(no header of CORS)\n"
	}
	var b strings.Builder
	for _, line := range l {
		line = strings.ReplaceAll(line, ": ORIGIN", ": (the request's Origin)")
		if rest, ok := strings.CutPrefix(line, "PREFLIGHT "); ok {
			line = rest + "   (with the preflight)"
		}
		b.WriteString(strings.ReplaceAll(line, "STATUS ", "status: ") + "\n")
	}
	return b.String()
}

func (c choosing) String() string {
	indent := func(l lines) string {
		return "  " + strings.ReplaceAll(strings.TrimSpace(l.String()), "\n", "\n  ") + "\n"
	}
	return "if " + c.when + ":\n" + indent(c.yes) + "else:\n" + indent(c.no)
}

// A findingTest is a server that causes a finding, and the like of it that does
// not.
type findingTest struct {
	name      string
	intent    conformance.Intent
	bad, good server
	id        conformance.FindingID
	severity  conformance.Severity
	profiles  []string
	fix       string // stands in the finding's text
	goodUses  *conformance.Intent
}

// findingTests has, for each finding, a smallest server that causes it and the
// like of it that does not.
func findingTests() []findingTest {
	all := []string{"standard", "chromium", "firefox", "webkit"}
	one := func(use conformance.Use) conformance.Intent {
		use.URL = "/x"
		return conformance.Intent{Allow: []string{"https://app.example"}, Uses: []conformance.Use{use}}
	}
	two := conformance.Intent{Allow: []string{"https://app.example", "https://admin.example"}, Uses: []conformance.Use{{URL: "/x"}}}
	refusing := conformance.Intent{Allow: []string{"https://app.example"}, Refuse: []string{"https://evil.example"}, Uses: []conformance.Use{{URL: "/x"}}}
	sandboxed := conformance.Intent{Refuse: []string{"null"}, Uses: []conformance.Use{{URL: "/x"}}}
	insecure := one(conformance.Use{})
	insecure.Base = "http://api.example"
	from := insecure
	from.Allow = []string{"http://app.example"}

	shop := one(conformance.Use{})
	shop.Allow = []string{"https://www.shop.example"}
	loggedIn := func(r *http.Request) bool {
		return r.Header.Get("Authorization") != "" || r.Method == http.MethodOptions || r.URL.Path != "/x"
	}
	simple, needing := one(conformance.Use{}), one(conformance.Use{Headers: map[string]string{"Authorization": "Bearer x", "Pragma": "no-cache"}})
	sameSite := conformance.Intent{Base: "https://api.example.com", Allow: []string{"https://app.example.com"}, Uses: []conformance.Use{{URL: "/x", Credentials: credentials.Include, Cookies: []string{"sid=1; SameSite=Lax; Secure"}}}}

	return []findingTest{
		{"no header", one(conformance.Use{}), answering(), answering(app),
			conformance.OriginRefused, conformance.Breaks, all, "Access-Control-Allow-Origin: https://app.example", nil},
		{"a slash too many", one(conformance.Use{}), answering(app + "/"), answering(app),
			conformance.OriginRefused, conformance.Breaks, all, "no slash at the end", nil},
		{"a doubled header", one(conformance.Use{}), answering(app, app), answering(app),
			conformance.OriginRefused, conformance.Breaks, all, "more than once", nil},
		{"wildcard with credentials", one(conformance.Use{Credentials: credentials.Include}), answering("Access-Control-Allow-Origin: *", creds), answering(app, creds),
			conformance.CredentialsRefused, conformance.Breaks, all, "Access-Control-Allow-Credentials: true", nil},
		{"credentials left out", one(conformance.Use{Credentials: credentials.Include}), answering(app), answering(app, creds),
			conformance.CredentialsRefused, conformance.Breaks, all, "Access-Control-Allow-Credentials: true", nil},
		{"preflight not routed", one(conformance.Use{Method: "POST", Body: "{}", Headers: map[string]string{"Content-Type": "application/json"}}),
			answering("PREFLIGHT STATUS 405"), answering(app, "PREFLIGHT Access-Control-Allow-Headers: content-type", kept),
			conformance.PreflightFailed, conformance.Breaks, all, "Access-Control-Allow-Headers: content-type", nil},
		{"preflight redirected", one(conformance.Use{Method: "PUT"}), answering(app, "PREFLIGHT STATUS 301", "PREFLIGHT Location: /x/"), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", kept),
			conformance.PreflightFailed, conformance.Breaks, all, "https://api.example/x/", nil},
		{"method", one(conformance.Use{Method: "DELETE"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT"), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT, DELETE", kept),
			conformance.MethodNotAllowed, conformance.Breaks, all, "Access-Control-Allow-Methods: PUT, DELETE", nil},
		{"method in lower case", one(conformance.Use{Method: "patch"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PATCH"), answering(app, "PREFLIGHT Access-Control-Allow-Methods: patch", kept),
			conformance.MethodNotAllowed, conformance.Breaks, all, `method: "PATCH"`, nil},
		{"header", one(conformance.Use{Headers: map[string]string{"X-Trace": "1"}}), answering(app), answering(app, "PREFLIGHT Access-Control-Allow-Headers: x-trace", kept),
			conformance.HeaderNotAllowed, conformance.Breaks, all, "Access-Control-Allow-Headers: x-trace", nil},
		{"authorization left to the wildcard", one(conformance.Use{Headers: map[string]string{"Authorization": "Bearer x"}}),
			answering(app, "PREFLIGHT Access-Control-Allow-Headers: *", kept), answering(app, "PREFLIGHT Access-Control-Allow-Headers: authorization", kept),
			conformance.AuthorizationByWildcard, conformance.Fragile, []string{"standard"}, "Access-Control-Allow-Headers: *, authorization", nil},
		{"redirect", one(conformance.Use{}), answering(app, "STATUS 302", "Location: ftp://files.example/"), answering(app),
			conformance.RedirectRefused, conformance.Breaks, all, "Redirect to an http: or https: URL", nil},
		{"mixed content", insecure, answering(app), answering("Access-Control-Allow-Origin: http://app.example"),
			conformance.Blocked, conformance.Breaks, all, "over HTTPS", &from},
		{"not sent", one(conformance.Use{Read: []string{"X-Total"}}), answering(app), answering(app, "X-Total: 7", "Access-Control-Expose-Headers: x-total"),
			conformance.HeaderMissing, conformance.Breaks, all, "Send X-Total", nil},
		{"not exposed", one(conformance.Use{Read: []string{"X-Total", "Content-Type"}}), answering(app, "Content-Type: text/plain", "X-Total: 7", "Access-Control-Expose-Headers: ETag"),
			answering(app, "Content-Type: text/plain", "X-Total: 7", "Access-Control-Expose-Headers: *"),
			conformance.NotExposed, conformance.Breaks, all, "Access-Control-Expose-Headers: ETag, X-Total", nil},
		{"max-age missing", one(conformance.Use{Method: "PUT", PreflightCached: time.Hour}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT"),
			answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 3600"),
			conformance.PreflightNotCached, conformance.Slow, all, "Access-Control-Max-Age: 3600", nil},
		{"max-age too short for one", one(conformance.Use{Method: "PUT", PreflightCached: time.Hour}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 900"),
			answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 7200"),
			conformance.PreflightNotCached, conformance.Slow, []string{"standard", "chromium", "firefox"}, "Access-Control-Max-Age: 3600", nil},
		{"a wildcard is not kept", one(conformance.Use{Method: "PUT", PreflightCached: time.Minute}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: *", "PREFLIGHT Access-Control-Max-Age: 60"),
			answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 60"),
			conformance.PreflightNotCached, conformance.Slow, []string{"firefox"}, "Name the method", nil},
		{"a long URL", conformance.Intent{Allow: []string{"https://app.example"}, Uses: []conformance.Use{{Method: "PUT", URL: "/x?" + strings.Repeat("q", 1023), PreflightCached: time.Minute}}},
			answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", kept), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", kept),
			conformance.PreflightNotCached, conformance.Slow, []string{"chromium"}, "(page): Put what makes the URL long into headers or a body.", &simple},
		{"no Vary", two, answering(echo), answering(echo, vary),
			conformance.VaryMissing, conformance.Fragile, all, "Vary: Origin", nil},
		{"no Vary for others", refusing, onlyFor("https://app.example", answering(app, vary), answering()), onlyFor("https://app.example", answering(app, vary), answering(vary)),
			conformance.VaryMissing, conformance.Fragile, all, "whoever asks", nil},
		{"no Vary without Origin", one(conformance.Use{}), withOrigin(answering(app, vary), answering()), withOrigin(answering(app, vary), answering(vary)),
			conformance.VaryMissing, conformance.Fragile, all, "whoever asks", nil},
		{"Vary on something else", two, answering(echo, "Vary: Accept, Accept-Encoding"), answering(echo, "Vary: Accept, origin"),
			conformance.VaryMissing, conformance.Fragile, all, "Vary: Origin", nil},
		{"no Vary, not kept", two, answering(echo), answering(echo, "Cache-Control: private"),
			conformance.VaryMissing, conformance.Fragile, all, "Vary: Origin", nil},
		{"any origin", refusing, answering(echo, vary), answering(app),
			conformance.WrongOriginAllowed, conformance.Unsafe, all, "byte for byte", nil},
		{"everybody", refusing, answering("Access-Control-Allow-Origin: *"), answering(app),
			conformance.WrongOriginAllowed, conformance.Unsafe, all, "which is everybody", nil},
		{"null", sandboxed, answering(echo), answering(app),
			conformance.WrongOriginAllowed, conformance.Unsafe, all, "Never allow null", nil},
		{"a header doubled that browsers forgive", one(conformance.Use{}), answering(app, creds, creds), answering(app, creds),
			conformance.HeaderDoubled, conformance.Fragile, all, "“true, true” is not “true”", nil},
		{"a lifetime doubled", one(conformance.Use{Method: "PUT"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", kept, kept), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", kept),
			conformance.HeaderDoubled, conformance.Fragile, all, "Access-Control-Max-Age came twice", nil},
		{"a list doubled", one(conformance.Use{Method: "PUT"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: GET, PUT", "PREFLIGHT Access-Control-Allow-Methods: GET, PUT", kept),
			answering(app, "PREFLIGHT Access-Control-Allow-Methods: GET", "PREFLIGHT Access-Control-Allow-Methods: PUT", kept),
			conformance.HeaderDoubled, conformance.Fragile, all, "Access-Control-Allow-Methods came twice", nil},
		{"a wildcard that credentials void", one(conformance.Use{}), answering("Access-Control-Allow-Origin: *", creds), answering("Access-Control-Allow-Origin: *"),
			conformance.WildcardWithCredentials, conformance.Fragile, all, "“*” in Access-Control-Allow-Origin", nil},
		{"wildcards in lists that credentials void", one(conformance.Use{Credentials: credentials.Include, Headers: map[string]string{"X-Trace": "1"}}),
			answering(app, creds, "PREFLIGHT Access-Control-Allow-Methods: *", "PREFLIGHT Access-Control-Allow-Headers: *, x-trace", kept),
			answering(app, creds, "PREFLIGHT Access-Control-Allow-Headers: x-trace", kept),
			conformance.WildcardWithCredentials, conformance.Fragile, all, "“*” in Access-Control-Allow-Methods and Access-Control-Allow-Headers", nil},
		{"a method that nobody sends", one(conformance.Use{Method: "PUT"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: get, PUT, delete", kept),
			answering(app, "PREFLIGHT Access-Control-Allow-Methods: get, PUT, delete, DELETE", kept),
			conformance.MethodCase, conformance.Fragile, all, "Access-Control-Allow-Methods: get, PUT, DELETE", nil},
		{"an exposed list that is void", one(conformance.Use{}), answering(app, "Access-Control-Expose-Headers: ETag; X-Total, Link"), answering(app, "Access-Control-Expose-Headers: ETag,, X-Total, Link"),
			conformance.ListUnparsable, conformance.Fragile, all, "Access-Control-Expose-Headers: Link", nil},
		{"a wildcard that breaks one use and not the other", conformance.Intent{Allow: []string{"https://app.example"}, Uses: []conformance.Use{
			{Name: "a", URL: "/x", Credentials: credentials.Include}, {Name: "b", URL: "/x", Credentials: credentials.Include, Read: []string{"X-Total"}}}},
			answering(app, creds, "X-Total: 7", "Access-Control-Expose-Headers: *"), answering(app, creds, "X-Total: 7", "Access-Control-Expose-Headers: X-Total"),
			conformance.NotExposed, conformance.Breaks, all, "Access-Control-Expose-Headers: X-Total", nil},
		{"a wildcard in a list that is void", one(conformance.Use{}), answering(app, "Access-Control-Expose-Headers: Link, *, all of them"), answering(app, "Access-Control-Expose-Headers: Link, *"),
			conformance.ListUnparsable, conformance.Fragile, []string{"standard", "chromium", "webkit"}, "Access-Control-Expose-Headers: Link", nil},
		{"an exposed list that is needed and void", one(conformance.Use{Read: []string{"ETag", "Link"}}),
			answering(app, "ETag: 1", "Link: <x>", "Access-Control-Expose-Headers: ETag Link"), answering(app, "ETag: 1", "Link: <x>", "Access-Control-Expose-Headers: ETag,Link"),
			conformance.ListUnparsable, conformance.Breaks, all, "Access-Control-Expose-Headers: ETag, Link", nil},
		{"a list of methods that is void", one(conformance.Use{Method: "PUT"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT;DELETE", kept), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT,DELETE", kept),
			conformance.ListUnparsable, conformance.Breaks, all, "PUT;DELETE", nil},
		{"max-age missing, not asked for", one(conformance.Use{Method: "PUT"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT"), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 60"),
			conformance.MaxAgeMissing, conformance.Slow, all, "It is kept for 5s.", nil},
		{"max-age tiny", one(conformance.Use{Method: "PUT"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 59"), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", kept),
			conformance.MaxAgeTiny, conformance.Slow, all, "is kept for 59s", nil},
		{"max-age with a unit", one(conformance.Use{Method: "PUT"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 10m"), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", kept),
			conformance.MaxAgeTiny, conformance.Slow, all, "By Access-Control-Max-Age “10m” the answer to the preflight is kept: by the Standard 5s, Chromium 5s, Firefox not, WebKit 5s.", nil},
		{"a plus sign", one(conformance.Use{Method: "PUT"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: +600"), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", kept),
			conformance.MaxAgeTiny, conformance.Slow, []string{"standard", "firefox"}, "Access-Control-Max-Age: 7200", nil},
		{"a type for no body", one(conformance.Use{Headers: map[string]string{"Content-Type": "application/json"}}), answering(app, "PREFLIGHT Access-Control-Allow-Headers: content-type", kept),
			answering(app, "PREFLIGHT Access-Control-Allow-Headers: content-type", kept),
			conformance.PreflightAvoidable, conformance.Slow, all, "(page): Leave Content-Type out.", &simple},
		{"headers for the browser's cache", one(conformance.Use{Headers: map[string]string{"Cache-Control": "no-cache", "Pragma": "no-cache", "X-Requested-With": "XMLHttpRequest"}}),
			answering(app, "PREFLIGHT Access-Control-Allow-Headers: cache-control, pragma, x-requested-with", kept), answering(app, "PREFLIGHT Access-Control-Allow-Headers: authorization, pragma", kept),
			conformance.PreflightAvoidable, conformance.Slow, all, "only for Cache-Control, Pragma and X-Requested-With", &needing},
		{"quotes in a type", one(conformance.Use{Method: "POST", Body: "a=b", Headers: map[string]string{"Content-Type": `text/plain; charset="utf-8"; x=(y)`}}),
			answering(app, "PREFLIGHT Access-Control-Allow-Headers: content-type", kept), answering(app),
			conformance.PreflightAvoidable, conformance.Slow, all, "Write the Content-Type without it.", &simple},
		{"a cookie of the site alone", one(conformance.Use{Credentials: credentials.Include, Cookies: []string{"sid=1; SameSite=Lax; Secure"}}), answering(app, creds), answering("Access-Control-Allow-Origin: https://app.example.com", creds),
			conformance.CookieWithheld, conformance.Fragile, all, "SameSite=None; Secure; Partitioned", &sameSite},
		{"a cookie of the site alone is set", one(conformance.Use{Credentials: credentials.Include}), answering(app, creds, "Set-Cookie: sid=1; SameSite=Strict; Secure"), answering("Access-Control-Allow-Origin: https://app.example.com", creds, "Set-Cookie: sid=1; SameSite=Strict; Secure"),
			conformance.CookieRefused, conformance.Fragile, all, "The browser did not keep the cookie “sid”", &sameSite},
		{"any origin, with credentials", one(conformance.Use{}), answering(echo, creds, vary), answering(app, creds, vary),
			conformance.AnyOriginWithCredentials, conformance.Unsafe, all, "made with the cookies of whoever looks at it", nil},
		{"any origin, by a preflight", one(conformance.Use{Method: "DELETE"}), answering(echo, creds, "PREFLIGHT Access-Control-Allow-Methods: DELETE", kept), answering(app, creds, "PREFLIGHT Access-Control-Allow-Methods: DELETE", kept),
			conformance.AnyOriginWithCredentials, conformance.Unsafe, all, "The preflight lets the page make the request with the cookies", nil},
		{"any origin, by a preflight that a simple request does without", one(conformance.Use{Method: "POST", Body: "a=b"}), answering(echo, creds), answering(app, creds),
			conformance.AnyOriginWithCredentials, conformance.Unsafe, all, "The preflight lets the page make the request with the cookies", nil},
		{"null beside the list", one(conformance.Use{}), letting("is https://app.example or null", func(o string) bool { return o == "https://app.example" || o == "null" }), letting("is https://app.example", func(o string) bool { return o == "https://app.example" }),
			conformance.NullOriginTrusted, conformance.Unsafe, all, "A sandboxed page (its origin is null)", nil},
		{"begins with", one(conformance.Use{}), letting("begins with https://app.example", func(o string) bool { return strings.HasPrefix(o, "https://app.example") }), letting("is https://app.example", func(o string) bool { return o == "https://app.example" }),
			conformance.OriginPrefixMatch, conformance.Unsafe, all, "A page of https://app.example.stranger.test asked", nil},
		{"begins with, up to a dot", one(conformance.Use{}), matching(`^https://app\.example(?:[^.]|$)`), matching(`^https://app\.example$`),
			conformance.OriginPrefixMatch, conformance.Unsafe, all, "A page of https://app.example_.stranger.test asked", nil},
		{"contains", one(conformance.Use{Credentials: credentials.Include}), letting("contains app.example", func(o string) bool { return strings.Contains(o, "app.example") }), letting("is https://app.example", func(o string) bool { return o == "https://app.example" }),
			conformance.OriginPrefixMatch, conformance.Unsafe, all, "The same from https://notapp.example and http://app.example.", nil},
		{"ends with", one(conformance.Use{}), letting("ends with app.example", func(o string) bool { return strings.HasSuffix(o, "app.example") }), letting("is https://app.example or ends with .app.example", func(o string) bool {
			return o == "https://app.example" || strings.HasPrefix(o, "https://") && strings.HasSuffix(o, ".app.example")
		}),
			conformance.OriginSuffixMatch, conformance.Unsafe, all, "The same from http://app.example.", nil},
		{"ends with a word", one(conformance.Use{}), matching(`^https://.*\bapp\.example$`), matching(`^https://([a-z0-9-]+\.)*app\.example$`),
			conformance.OriginSuffixMatch, conformance.Unsafe, all, "A page of https://not-app.example asked", nil},
		{"a dot for anything", shop, matching(`^https://www.shop\.example$`), matching(`^https://www\.shop\.example$`),
			conformance.OriginDotMatch, conformance.Unsafe, all, "A page of https://wwwxshop.example asked", nil},
		{"any scheme", one(conformance.Use{}), matching(`^https?://app\.example$`), matching(`^https://app\.example$`),
			conformance.InsecureOriginTrusted, conformance.Unsafe, all, "A page of http://app.example asked", nil},
		{"any scheme of subdomains", one(conformance.Use{}), matching(`^https://app\.example$|^https?://[a-z]+\.app\.example$`), matching(`^https://([a-z]+\.)?app\.example$`),
			conformance.InsecureOriginTrusted, conformance.Unsafe, all, "A page of http://deeper.app.example asked", nil},
		{"no host", one(conformance.Use{}), letting("ends with .app.example or is https://app.example", func(o string) bool {
			return o == "https://app.example" || strings.HasPrefix(o, "https://") && strings.HasSuffix(o, ".app.example")
		}), letting("is https://app.example", func(o string) bool { return o == "https://app.example" }),
			conformance.ImpossibleOriginTrusted, conformance.Fragile, []string{"standard"}, "with Origin: https://stranger.test#.app.example", nil},
		{"preflight not routed, not needed", one(conformance.Use{}), answering(app, "PREFLIGHT STATUS 405"), answering(app),
			conformance.PreflightUnrouted, conformance.Fragile, all, "answered with status 405", nil},
		{"preflight without a login", one(conformance.Use{Method: "POST", Body: "a"}), answering(app, "PREFLIGHT STATUS 401"), answering(app),
			conformance.PreflightUnrouted, conformance.Fragile, all, "answered with status 401", nil},
		{"errors without CORS", one(conformance.Use{}), choosing{"the path is /x", func(r *http.Request) bool { return r.URL.Path == "/x" }, answering(app), answering("STATUS 404")},
			choosing{"the path is /x", func(r *http.Request) bool { return r.URL.Path == "/x" }, answering(app), answering(app, "STATUS 404")},
			conformance.ErrorWithoutCORS, conformance.Fragile, all, "an error of status 404", nil},
		{"no login without CORS", one(conformance.Use{Headers: map[string]string{"Authorization": "Bearer x"}}),
			choosing{"it has Authorization, or is a preflight", loggedIn, answering(app, "PREFLIGHT Access-Control-Allow-Headers: authorization", kept), answering("STATUS 401")},
			choosing{"it has Authorization, or is a preflight", loggedIn, answering(app, "PREFLIGHT Access-Control-Allow-Headers: authorization", kept), answering(app, "STATUS 401")},
			conformance.ErrorWithoutCORS, conformance.Fragile, all, "without the use's cookies and Authorization", nil},
	}
}

func TestFindings(t *testing.T) {
	seen := make(map[conformance.FindingID]bool)
	for _, tt := range findingTests() {
		seen[tt.id] = true
		t.Run(tt.name, func(t *testing.T) {
			options := &conformance.AuditOptions{ProbeImpossibleOrigins: tt.id == conformance.ImpossibleOriginTrusted}
			report := audit(t, tt.bad, &tt.intent, options)
			if len(report.Findings) != 1 {
				t.Fatalf("%d findings, want 1: %v", len(report.Findings), report.Findings)
			}
			f := report.Findings[0]
			if f.ID != tt.id || f.Severity != tt.severity || !slices.Equal(f.Profiles, tt.profiles) {
				t.Errorf("%s, %v, %v; want %s, %v, %v", f.ID, f.Severity, f.Profiles, tt.id, tt.severity, tt.profiles)
			}
			if text := strings.Join(strings.Fields(f.String()), " "); !strings.Contains(text, tt.fix) {
				t.Errorf("%q is not in\n%s", tt.fix, f)
			}
			proofs, err := report.Proofs(t.Context(), &tt.intent)
			if err != nil || len(proofs) == 0 && len(f.Profiles) > 1 {
				t.Errorf("%d proofs, %v", len(proofs), err)
			}
			for _, p := range proofs {
				if p.Scenario == nil && !strings.HasPrefix(p.Why, "it takes a wait of ") {
					t.Errorf("no browser could show it in %v: %s", p.Profiles, p.Why)
				}
			}
			if tt.goodUses == nil {
				tt.goodUses = &tt.intent
			}
			if report := audit(t, tt.good, tt.goodUses, options); len(report.Findings) > 0 {
				t.Errorf("the good server: %v", report.Findings)
			}
		})
	}
	for _, id := range conformance.FindingIDs() {
		if !seen[id] {
			t.Errorf("no server causes %s", id)
		}
	}
}

// TestFindingsPage holds docs/findings.md to the table of ids and to the first
// server that causes each.
func TestFindingsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Findings

What conformance.Test, conformance.Audit and browsercors check can find, the worst first. Each entry has the smallest
server that causes the finding: what it answers a page of the intent that asks as said. A severity is what findings of
the id usually have: one that breaks by the Standard and in no browser yet is fragile, a list that does not parse breaks
what needs it. An intent's accept names ids that are known and not to be reported. This page is made by
go test ./conformance -run Findings -update; a test fails when it is stale.
`)
	last := conformance.Severity(255)
	for _, id := range conformance.FindingIDs() {
		kind, ok := id.Kind()
		if !ok || kind.ID != id || kind.Title == "" || kind.Meaning == "" || kind.Fix == "" || !strings.HasPrefix(kind.Section, "https://") {
			t.Errorf("%s: %+v", id, kind)
		}
		if kind.Severity != last {
			if last != 255 && kind.Severity < last {
				t.Errorf("%s is worse than what stands before it", id)
			}
			last = kind.Severity
			name := last.String()
			b.WriteString("\n## " + strings.ToUpper(name[:1]) + name[1:] + "\n")
		}
		all := findingTests()
		n := slices.IndexFunc(all, func(tt findingTest) bool { return tt.id == id })
		if n < 0 {
			t.Errorf("no server causes %s", id)
			continue
		}
		tt := all[n]
		use := tt.intent.Uses[0]
		asks := "GET"
		if use.Method != "" {
			asks = use.Method
		}
		for _, name := range slices.Sorted(maps.Keys(use.Headers)) {
			asks += ", with " + name + ": " + use.Headers[name]
		}
		for _, name := range use.Read {
			asks += ", to read " + name
		}
		if use.Credentials == credentials.Include {
			asks += ", with credentials"
		}
		for _, cookie := range use.Cookies {
			asks += ", where the browser has Set-Cookie: " + cookie
		}
		if use.PreflightCached > 0 {
			asks += ", the preflight to last for " + use.PreflightCached.String()
		}
		from := append(slices.Clone(tt.intent.Allow), tt.intent.Refuse...)
		fmt.Fprintf(&b, "\n### %s\n\n**%s.** %s\n\n%s asks: %s\n\n```\n%s```\n\n%s ([the rule](%s))\n", id, kind.Title, kind.Meaning,
			strings.Join(from, ", "), asks, tt.bad, kind.Fix, kind.Section)
	}
	const page = "../docs/findings.md"
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != b.String() {
		t.Errorf("%s is stale (%v): go test ./conformance -run Findings -update writes it anew", page, err)
	}
}
