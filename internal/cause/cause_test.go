package cause_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/safelist"
)

const (
	page  = "https://app.example"
	thing = "https://api.example/things"
)

// answer is a response of a status, with header lines "Name: value" and, after an
// empty string, a body.
func answer(status int, lines ...string) *cause.Answer {
	a := &cause.Answer{Status: status}
	for i, line := range lines {
		if line == "" {
			a.Body = strings.Join(lines[i+1:], "\n")
			break
		}
		name, value, _ := strings.Cut(line, ":")
		a.Headers = append(a.Headers, safelist.Header{Name: name, Value: strings.TrimPrefix(value, " ")})
	}
	return a
}

// refused is a request of script that was refused by the CORS check of an answer.
func refused(a *cause.Answer, changes ...func(*cause.Evidence)) *cause.Evidence {
	e := &cause.Evidence{Page: page, Origin: page, Method: "GET", URL: thing, First: thing, Script: true, Answer: a, Header: "Access-Control-Allow-Origin"}
	for _, change := range changes {
		change(e)
	}
	e.Value, _ = a.Headers.Get(e.Header)
	e.Missing = !a.Headers.Contains(e.Header)
	return e
}

func onPreflight(e *cause.Evidence) {
	e.OnPreflight, e.Method, e.Names = true, "PUT", []string{"content-type", "x-token"}
}

func allowed(e *cause.Evidence) {
	e.Allowed = answer(204, "Access-Control-Allow-Origin: "+page)
}

func allowedElsewhere(e *cause.Evidence) { e.Elsewhere = "GET https://api.example/list" }

func by(header string) func(*cause.Evidence) {
	return func(e *cause.Evidence) { e.Header = header }
}

func at(url string) func(*cause.Evidence) {
	return func(e *cause.Evidence) { e.URL, e.First = url, url }
}

func cached(in, storedFor string) func(*cause.Evidence) {
	return func(e *cause.Evidence) { e.FromCache, e.StoredFor = in, storedFor }
}

func validated(e *cause.Evidence) { e.Validated = true }

func led(to string) func(*cause.Evidence) {
	return func(e *cause.Evidence) { e.URL, e.Hops, e.Origin = to, 1, "null" }
}

func asking(names ...string) func(*cause.Evidence) {
	return func(e *cause.Evidence) { e.Names, e.Refused = names, names[len(names)-1] }
}

func from(origin string) func(*cause.Evidence) {
	return func(e *cause.Evidence) { e.Page, e.Origin = origin, origin }
}

func TestOf(t *testing.T) {
	const acao = "Access-Control-Allow-Origin: "
	html := "Content-Type: text/html; charset=utf-8"
	tests := []struct {
		name     string
		evidence *cause.Evidence
		id       string // "" is no cause
		says     string // a part of the problem or the fix
	}{
		{"413", refused(answer(413, html, "Server: nginx")), "body-limit", "larger than the server takes"},
		{"500, preflight allowed", refused(answer(500), allowed), "server-error", "The preflight allowed https://app.example, so CORS is configured"},
		{"504", refused(answer(504)), "gateway-timeout", "did not answer in time"},
		{"522", refused(answer(522, "Server: cloudflare")), "gateway", "timed out"},
		{"599", refused(answer(599)), "server-error", "599"},
		{"404", refused(answer(404, html)), "not-found", "base URL"},
		{"405", refused(answer(405)), "method-not-handled", "GET"},
		{"429", refused(answer(429)), "rate-limit", "Retry-After"},
		{"418", refused(answer(418)), "bad-request", "418"},
		{"500 with CORS for another origin", refused(answer(500, acao+"https://other.example")), "other-origin", "one origin"},
		{"200 without CORS", refused(answer(200, "Content-Type: application/json")), "cors-absent", "To tell which"},

		{"index.html", refused(answer(200, html, "", "<!doctype html><title>My\n App</title>")), "html-page", "“My App”"},
		{"index.html for a preflight", refused(answer(200, html), onPreflight), "html-page", "route OPTIONS"},
		{"HTML without a type", refused(answer(200, "", "<!DOCTYPE html><html>")), "html-page", "HTML page"},

		{"login elsewhere", refused(answer(302, "Location: https://login.test/oauth2/start?rd=%2Fme")), "login-redirect", "401"},
		{"login on the same host", refused(answer(302, "Location: /login?next=/things")), "login-redirect", "/login?…"},
		{"login was reached", refused(answer(200, html), led("https://accounts.google.com/v3/signin")), "login-redirect", "accounts.google.com"},
		{"Cloudflare Access", refused(answer(302, "Location: https://team.cloudflareaccess.com/cdn-cgi/access/login/api.example?kid=1")), "login-redirect", "login page"},
		{"Azure", refused(answer(302, "Location: https://login.microsoftonline.com/x/oauth2/v2.0/authorize?client_id=1")), "login-redirect", "login page"},
		{"a preflight's login", refused(answer(302, "Location: https://idp.example/saml?SAMLRequest=a"), onPreflight), "login-redirect", "let OPTIONS through"},
		{"the login itself moved", refused(answer(301, "Location: https://api.example/login/"), at("https://api.example/login")), "redirect-slash", "slash"},
		{"login page with status 200", refused(answer(200, html, "", `<html><input type="password">`)), "login-page", "401"},
		{"login page by its title", refused(answer(403, html, "", `<html><title>Sign in | Example</title>`)), "login-page", "401"},

		{"slash", refused(answer(301, "Location: /things/")), "redirect-slash", "https://api.example/things/"},
		{"slash, preflight", refused(answer(308, "Location: /things/"), onPreflight), "redirect-slash", "preflight must not be redirected"},
		{"https", refused(answer(301, "Location: https://api.example/things"), at("http://api.example/things")), "redirect-scheme", "only the scheme"},
		{"www", refused(answer(301, "Location: https://www.api.example/things")), "redirect-host", "www."},
		{"other", refused(answer(302, "Location: https://cdn.example/a?token=secret")), "redirect", "https://cdn.example/a?…"},

		{"Cloudflare", refused(answer(403, html, "cf-mitigated: challenge", "Server: cloudflare")), "bot-check", "Cloudflare"},
		{"Cloudflare, by the body", refused(answer(503, html, "Server: cloudflare", "", "<title>Just a moment...</title>")), "bot-check", "Cloudflare"},
		{"AWS WAF", refused(answer(202, html, "x-amzn-waf-action: challenge")), "bot-check", "AWS WAF"},
		{"ngrok", refused(answer(200, html, "ngrok-error-code: ERR_NGROK_6024")), "interstitial", "request header"},
		{"only behind Cloudflare", refused(answer(500, "Server: cloudflare")), "server-error", "log"},

		{"401 on a preflight", refused(answer(401), onPreflight), "preflight-authentication", "never carries"},
		{"403 on a preflight", refused(answer(403), onPreflight), "cors-rules", "the method PUT"},
		{"S3", refused(answer(403, "Server: AmazonS3", "", "<Error><Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed.</Message>"), onPreflight), "cors-rules", "CORS request is not allowed"},
		{"S3 without rules", refused(answer(403, "", "CORSResponse: CORS is not enabled for this bucket."), onPreflight), "cors-rules", "Give the bucket a CORS rule"},
		{"Spring", refused(answer(403, "", "Invalid CORS request"), onPreflight), "cors-rules", "Invalid CORS request"},
		{"Starlette, origin", refused(answer(400, "", "Disallowed CORS origin"), onPreflight), "cors-rules", "lack the origin"},
		{"Starlette, headers", refused(answer(400, acao+page, "", "Disallowed CORS headers"), onPreflight), "cors-rules", "lack one of the headers content-type, x-token"},
		{"404 on a preflight", refused(answer(404), onPreflight), "preflight-unrouted", "OPTIONS"},
		{"405 on a preflight", refused(answer(405, "Allow: GET, PUT"), onPreflight), "preflight-unrouted", "It handles GET, PUT"},
		{"502 on a preflight", refused(answer(502), onPreflight), "gateway", "would most likely fail"},
		{"413 on a preflight", refused(answer(429), onPreflight), "rate-limit", "too many"},
		{"422 on a preflight", refused(answer(422), onPreflight), "preflight-refused", "422"},
		{"2xx on a preflight", refused(answer(204), onPreflight), "", ""},
		{"2xx and headers on a preflight", refused(answer(204, "Server: x"), onPreflight), "preflight-ignored", "CORS layer"},

		{"the browser's cache", refused(answer(200, "Content-Type: image/png"), cached("disk cache", "entry 0, which was sent without Origin")), "browser-cache", "It was stored for entry 0"},
		{"the browser's cache, for another page", refused(answer(200, acao+"https://other.example"), cached("memory cache", "")), "browser-cache", "Its headers are those for the earlier request"},
		{"the browser's cache, after a 304", refused(answer(200), cached("HTTP cache", ""), validated), "browser-cache", "Neither the 304 nor the response that was stored before"},
		{"the browser's cache, after a 304 for another page", refused(answer(200, acao+"https://other.example"), cached("HTTP cache", ""), validated), "browser-cache", "unless the 304 replaces them"},
		{"the browser's cache, and a preflight", refused(answer(204), onPreflight, cached("disk cache", "")), "", ""},

		{"letters left out", refused(answer(200, "Access-Control-Allow-Orgin: *")), "misspelt-header", "Did you mean Access-Control-Allow-Origin?"},
		{"underscores", refused(answer(200, "Access_Control_Allow_Origin: *")), "misspelt-header", "“_”"},
		{"plural", refused(answer(200, "Access-Control-Allow-Origins: *")), "misspelt-header", "Did you mean"},
		{"blank", refused(answer(200, "Access-Control-Allow-Origin : *")), "misspelt-header", "blank before the colon"},
		{"singular", refused(answer(204, acao+page, "Access-Control-Allow-Header: content-type"), onPreflight, by("Access-Control-Allow-Headers")), "misspelt-header", "Access-Control-Allow-Headers"},
		{"the origin is allowed elsewhere", refused(answer(403), onPreflight, allowedElsewhere), "cors-rules", "they lack the method PUT or"},
		{"no CORS headers on a preflight", refused(answer(200), onPreflight, allowedElsewhere), "preflight-without-cors", "allows it for GET https://api.example/list"},
		{"no CORS headers elsewhere", refused(answer(200), allowedElsewhere), "answer-without-cors", "allows it for GET https://api.example/list"},
		{"no CORS headers after the preflight", refused(answer(200), allowed), "answer-without-cors", "let one layer do both"},
		{"no CORS headers with cookies", refused(answer(200), func(e *cause.Evidence) { e.Anonymous = true }), "credentials-change-answer", "the same request without credentials"},

		{"another header", refused(answer(200, "Access-Control-Allow-Header: a")), "cors-absent", ""},

		{"response header", refused(answer(204, acao+page, "Access-Control-Allow-Headers: content-type"), onPreflight, by("Access-Control-Allow-Headers"), asking("content-type", "access-control-allow-origin")), "response-header-in-request", "Leave it out"},
		{"tracing", refused(answer(204, acao+page), onPreflight, by("Access-Control-Allow-Headers"), asking("sentry-trace")), "tracing-header", "tracePropagationTargets"},

		{"nginx's variable", refused(answer(200, acao+"$http_origin")), "placeholder", "nginx"},
		{"Apache's variable", refused(answer(200, acao+"%{ORIGIN}e")), "placeholder", "Apache"},
		{"Apache's null", refused(answer(200, acao+"(null)")), "placeholder", "env=NAME"},
		{"template", refused(answer(200, acao+"https://${HOST}")), "placeholder", "template"},
		{"undefined", refused(answer(200, acao+"undefined")), "placeholder", "not set"},
		{"a switch", refused(answer(200, acao+"true")), "placeholder", "switch"},
		{"empty", refused(answer(200, acao)), "empty", "leave the header out"},
		{"quotes", refused(answer(200, acao+`"*"`)), "quoted", "without quotes"},
		{"pattern", refused(answer(200, acao+"https://*.app.example")), "pattern", "Browsers know none"},
		{"regular expression", refused(answer(200, acao+`^https://.*\.app\.example$`)), "pattern", "Browsers know none"},
		{"twice", refused(answer(200, acao+page+", "+page)), "doubled", "Let only one"},
		{"two stars", refused(answer(200, acao+"*, *")), "doubled", "twice"},
		{"star beside", refused(answer(200, acao+page, acao+"*")), "doubled", "beside it"},
		{"list", refused(answer(200, acao+page+", https://admin.example")), "list", "The origin of this page is among them"},
		{"two lines, two origins", refused(answer(200, acao+page, acao+"https://admin.example")), "list", "two origins"},
		{"list with blanks", refused(answer(200, acao+page+" https://admin.example")), "list", "two origins"},
		{"no scheme", refused(answer(200, acao+"app.example")), "no-scheme", "scheme is missing"},
		{"slash at the end", refused(answer(200, acao+page+"/")), "spelling", "slash at the end"},
		{"path", refused(answer(200, acao+page+"/app")), "spelling", "path"},
		{"default port", refused(answer(200, acao+page+":443")), "spelling", "default port"},
		{"capitals", refused(answer(200, acao+"https://App.example")), "spelling", "capitals"},
		{"Unicode", refused(answer(200, acao+"https://bücher.example"), from("https://xn--bcher-kva.example")), "spelling", "Punycode"},
		{"http", refused(answer(200, acao+"http://app.example")), "other-scheme", "scheme differs"},
		{"port", refused(answer(200, acao+"http://localhost:3000"), from("http://localhost:3001")), "other-port", "port differs"},
		{"www of the origin", refused(answer(200, acao+"https://www.app.example")), "other-host", "www."},
		{"loopback", refused(answer(200, acao+"http://localhost:3000"), from("http://127.0.0.1:3000")), "other-host", "this machine"},
		{"development", refused(answer(200, acao+"http://localhost:3000")), "development-origin", "development"},
		{"app on another platform", refused(answer(200, acao+"tauri://localhost"), from("http://tauri.localhost")), "app-origin", "belongs to Tauri"},
		{"app with a slash", refused(answer(200, acao+"capacitor://localhost/"), from("capacitor://localhost")), "spelling", "slash at the end"},
		{"app without a scheme", refused(answer(200, acao+"localhost"), from("ionic://localhost")), "no-scheme", "scheme is missing"},
		{"somebody else", refused(answer(200, acao+"https://other.example")), "other-origin", "Make the setting a list"},
		{"semicolon", refused(answer(200, acao+page+";")), "separator", "“;”"},

		{"True", refused(answer(200, "Access-Control-Allow-Credentials: True"), by("Access-Control-Allow-Credentials")), "spelling", "lower case"},
		{"true, true", refused(answer(200, "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Credentials: true"), by("Access-Control-Allow-Credentials")), "doubled", "Two layers"},
		{"brackets", refused(answer(200, acao+page, "Access-Control-Allow-Methods: [GET, PUT]"), onPreflight, by("Access-Control-Allow-Methods")), "quoted", "brackets"},
		{"blanks for commas", refused(answer(200, acao+page, "Access-Control-Allow-Methods: GET PUT"), onPreflight, by("Access-Control-Allow-Methods")), "separator", "commas"},
		{"all", refused(answer(200, acao+page, "Access-Control-Allow-Headers: all"), onPreflight, by("Access-Control-Allow-Headers")), "placeholder", "The wildcard is *"},
		{"Tauri on Windows", refused(answer(200, acao+"tauri://localhost"), from("http://tauri.localhost")), "app-origin", "http://tauri.localhost on Windows"},
		{"Tauri, refused without a word", refused(answer(200, "Vary: Origin"), from("tauri://localhost")), "app-origin", "belongs to Tauri"},
		{"Tauri, 401 on a preflight", refused(answer(401), onPreflight, from("tauri://localhost")), "preflight-authentication", "never carries"},
		{"Tauri, index.html", refused(answer(200, html), from("tauri://localhost")), "html-page", "HTML page"},
		{"a server at port 80", refused(answer(200, acao+"http://localhost:3000"), from("http://localhost")), "other-port", "the port differs"},
		{"an extension", refused(answer(200, "Server: x"), from("moz-extension://e07c1e3a")), "app-origin", "host_permissions"},

		{"a cache's answer", refused(answer(200, "X-Cache: Hit from cloudfront")), "cached-answer", "X-Cache: Hit from cloudfront"},
		{"a cache's answer for another", refused(answer(200, acao+"https://www.example", "Age: 7")), "cached-answer", "a page of https://www.example"},
		{"a cache that tells origins apart", refused(answer(200, "Age: 7", "Vary: Origin")), "origin-not-listed", "Vary: Origin"},
		{"a cache's miss", refused(answer(200, "X-Cache: Miss from cloudfront", "Age: 0")), "cors-absent", "To tell which"},
		{"no entry of the list", refused(answer(200, "Vary: Accept, Origin")), "origin-not-listed", "without a slash at the end"},
		{"rs/cors", refused(answer(200, "Vary: Origin, Access-Control-Request-Method"), onPreflight), "cors-rules", "a CORS layer looked at it"},
		{"null", refused(answer(200, acao+"null")), "null-value", "Don't list null"},
		{"an encoded list", refused(answer(200, acao+page, "Access-Control-Allow-Headers: a%2Cb"), onPreflight, by("Access-Control-Allow-Headers")), "encoded", "percent-encoded"},

		{"http behind a proxy", refused(answer(307, "Location: http://api.example/things/")), "redirect-downgrade", "https://api.example/things/ itself"},
		{"http elsewhere", refused(answer(307, "Location: http://cdn.example/things/")), "redirect", "cdn.example"},
		{"http, by mixed content", &cause.Evidence{Page: page, Origin: page, Method: "GET", First: page + "/a", URL: "http://app.example/a/", Hops: 1, Mixed: true}, "redirect-downgrade", "X-Forwarded-Proto"},
		{"mixed content in the Standard", &cause.Evidence{Page: "http://localhost:3000", Method: "GET", First: "http://api.example/", URL: "http://api.example/", Mixed: true}, "standard-only", "Chromium, Firefox and WebKit"},
		{"mixed content at localhost", &cause.Evidence{Page: page, Method: "GET", First: "http://localhost/", URL: "http://localhost/", Mixed: true}, "insecure-loopback", "WebKit"},
		{"mixed content", &cause.Evidence{Page: page, Method: "GET", First: "http://api.example/", URL: "http://api.example/", Mixed: true}, "", ""},
		{"home", refused(answer(302, "Location: /")), "redirect-home", "Accept: application/json"},
		{"back", refused(answer(302, "Location: "+page+"/form")), "redirect-home", "the page that asks"},
		{"a login's second redirect", refused(answer(302, "Location: https://idp.example/b"), led("https://login.example/a")), "login-redirect", "login page"},

		{"MCP", refused(answer(200, acao+"*"), onPreflight, by("Access-Control-Allow-Headers"), asking("mcp-protocol-version")), "mcp-header", "Mcp-Session-Id"},
		{"no-cache", refused(answer(200, acao+"*"), onPreflight, by("Access-Control-Allow-Headers"), asking("pragma")), "cache-header", "no-store"},
		{"an option", refused(answer(200, acao+"*"), onPreflight, by("Access-Control-Allow-Headers"), asking("withcredentials")), "option-in-header", "Move it"},
		{"an SDK's header", refused(answer(200, acao+"*"), onPreflight, by("Access-Control-Allow-Headers"), asking("x-amz-checksum-crc32")), "library-header", "WHEN_REQUIRED"},
		{"metadata", refused(answer(200, acao+"*"), onPreflight, by("Access-Control-Allow-Headers"), asking("x-amz-meta-name")), "", ""},

		{"a message", refused(answer(400, "Content-Type: application/json", "", `{"error":{"message":"AADSTS9002326: no"}}`)), "bad-request", "“AADSTS9002326: no”"},
		{"a message in XML", refused(answer(403, "", "<Error><Code>AccessDenied</Code><Message>no\n</Message></Error>")), "forbidden", "“AccessDenied: no”"},
		{"the status again", refused(answer(502, "", "502 Bad Gateway")), "gateway", "valid answer from the application behind it. Error"},
		{"CSRF in a body", refused(answer(403, html, "", "<h1>CSRF verification failed</h1>")), "csrf", "CSRF token"},
		{"no such route", refused(answer(403, "", `{"message":"Missing Authentication Token"}`)), "not-found", "no such path"},
		{"Heroku", refused(answer(503, "Server: Cowboy")), "unavailable", "H10"},
		{"Google, 403 on a preflight", refused(answer(403, html, "", "Your client does not have permission to get URL / from this server."), onPreflight), "preflight-authentication", "OPTIONS before it"},
		{"empty HTML", refused(answer(200, html, "Content-Length: 0", "Vary: Origin"), onPreflight), "cors-rules", "Vary: Origin"},

		{"a right list", refused(answer(200, acao+page, "Access-Control-Allow-Headers: a, b"), onPreflight, by("Access-Control-Allow-Headers")), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, ok := cause.Of(tt.evidence)
			if c.ID != tt.id || ok != (tt.id != "") {
				t.Fatalf("got %q (%s), want %q", c.ID, c.Problem, tt.id)
			}
			if said := c.Problem + " " + c.Fix; !strings.Contains(said, tt.says) {
				t.Errorf("%q does not say %q", said, tt.says)
			}
			if ok && (c.By == "" || c.Fix == "" || c.Problem == "") {
				t.Errorf("incomplete: %+v", c)
			}
			if strings.Contains(c.Problem, "secret") || strings.Contains(c.Fix, "secret") {
				t.Errorf("says a secret: %+v", c)
			}
		})
	}
}

// TestCompared: what other preflights show.
func TestCompared(t *testing.T) {
	in := func(allowed bool, method string, names ...string) cause.Trial {
		return cause.Trial{Method: method, Names: names, Allowed: allowed}
	}
	none := []string{}
	tests := []struct {
		name   string
		names  []string // that the refused preflight for PUT asked for
		others []cause.Trial
		id     string
		says   string
	}{
		{"nothing is allowed", none, []cause.Trial{in(false, "GET"), in(false, "PUT", "content-type"), in(false, "")}, "preflight-refused", "most likely the origin: a preflight for GET"},
		{"the method", none, []cause.Trial{in(false, "PUT", "content-type"), in(true, "GET")}, "method-refused", "refuses the method PUT and not the origin"},
		{"the method, with headers", []string{"x-a"}, []cause.Trial{in(false, "PUT"), in(true, "GET", "x-a")}, "method-refused", "a preflight of the same origin for GET is allowed"},
		{"the only header", []string{"x-a"}, []cause.Trial{in(true, "PUT")}, "header-refused", "the request header x-a and not the origin"},
		{"one of two", []string{"x-a", "x-b"}, []cause.Trial{in(true, "PUT"), in(true, "PUT", "x-a"), in(false, "PUT", "x-b")}, "header-refused", "the request header x-b and"},
		{"both", []string{"x-a", "x-b"}, []cause.Trial{in(true, "PUT"), in(false, "PUT", "x-a"), in(false, "PUT", "x-b")}, "header-refused", "the request headers x-a and x-b and"},
		{"one of those that were not asked for", []string{"x-a", "x-b", "x-c"}, []cause.Trial{in(true, "PUT"), in(true, "PUT", "x-a")}, "header-refused", "x-b and x-c"},
		{"two together", []string{"x-a", "x-b"}, []cause.Trial{in(true, "PUT"), in(true, "PUT", "x-a"), in(true, "PUT", "x-b")}, "headers-together", "“x-a,x-b”"},
		{"halves", []string{"x-a", "x-b"}, []cause.Trial{in(true, "PUT", "x-a"), in(true, "PUT", "x-b")}, "headers-together", "one by one"},
		{"only with headers", none, []cause.Trial{in(true, "PUT", "content-type")}, "preflight-needs-headers", "no header to ask for"},
		{"only without the method", none, []cause.Trial{in(false, "GET"), in(true, "")}, "preflight-with-method", "OPTIONS without"},
		{"a tracing header", []string{"baggage"}, []cause.Trial{in(true, "PUT")}, "header-refused", "baggage"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := cause.Of(refused(answer(400), func(e *cause.Evidence) {
				e.OnPreflight, e.Method, e.Names, e.Others = true, "PUT", tt.names, tt.others
			}))
			if c.ID != tt.id || !strings.Contains(c.Problem, tt.says) {
				t.Errorf("%q: %s; want %q: %s", c.ID, c.Problem, tt.id, tt.says)
			}
		})
	}
}

func TestMeant(t *testing.T) {
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin":          "",
		"access-control-allow-origin":          "",
		"Access-Control-Alow-Origin":           "Access-Control-Allow-Origin",
		"Access-Control-Allow-Credential":      "Access-Control-Allow-Credentials",
		"Access-Control-Exposed-Headers":       "Access-Control-Expose-Headers",
		"X-Access-Control-Allow-Origin":        "Access-Control-Allow-Origin",
		"Allow":                                "",
		"Access-Control-Request-Method":        "",
		"Access-Control-Allow-Private-Network": "",
		"Cross-Origin-Resource-Policy":         "",
		"Timing-Allow-Origin":                  "",
		"Accept-Ranges":                        "",
	} {
		if got := cause.Meant(name); got != want {
			t.Errorf("%s was meant to be %q, got %q", name, want, got)
		}
	}
}

func TestLocalNetwork(t *testing.T) {
	tests := []struct {
		page, url string
		says      string // "" is no note
	}{
		{page, "http://127.0.0.1:8080/a", "on this machine"},
		{page, "http://localhost/", "on this machine"},
		{page, "http://[::1]:3000/", "on this machine"},
		{page, "https://192.168.1.1/", "in a private network"},
		{page, "http://printer.local/", "in a private network"},
		{page, "https://api.example/", ""},
		{"http://app.example", "http://10.0.0.1/", "can't ask for it"},
		{"null", "http://10.0.0.1/", "in a private network"},
		{"http://192.168.1.2", "http://192.168.1.1/", ""},
		{"http://192.168.1.2", "http://localhost:3000/", "on this machine"},
		{"http://localhost:3000", "http://127.0.0.1:8080/", ""},
		{"http://localhost:3000", "http://192.168.1.1/", ""},
		{page, "data:,", ""},
		{page, "http://", ""},
	}
	for _, tt := range tests {
		if got := cause.LocalNetwork(tt.page, tt.url); (got == "") != (tt.says == "") || !strings.Contains(got, tt.says) {
			t.Errorf("%s from %s: %q, want %q", tt.url, tt.page, got, tt.says)
		}
	}
}

// TestKinds: the list of causes names what is found, and documents it.
func TestKinds(t *testing.T) {
	kinds := make(map[string]cause.Kind)
	for _, k := range cause.Kinds() {
		if _, twice := kinds[k.ID]; twice || k.Meaning == "" {
			t.Errorf("%s is there twice, or means nothing", k.ID)
		}
		kinds[k.ID] = k
	}
	for status := 400; status < 600; status++ {
		c, ok := cause.Of(refused(answer(status)))
		if k := kinds[c.ID]; !ok || k.ID == "" || !k.NotCORS || !c.NotCORS {
			t.Errorf("status %d: %q, in the list %+v", status, c.ID, k)
		}
		c, ok = cause.Of(refused(answer(status), onPreflight))
		if k := kinds[c.ID]; !ok || k.ID == "" || k.NotCORS != c.NotCORS {
			t.Errorf("a preflight's status %d: %q, in the list %+v", status, c.ID, k)
		}
	}
	page, err := os.ReadFile("../../docs/causes.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range cause.Kinds() {
		if !strings.Contains(string(page), "| `"+k.ID+"` | "+k.Meaning+" |") {
			t.Errorf("docs/causes.md has no row | `%s` | %s |", k.ID, k.Meaning)
		}
	}
}

// TestUnanswered: why no answer came.
func TestUnanswered(t *testing.T) {
	tests := []struct {
		name string
		err  error
		id   string
	}{
		{"name", &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "api.example", IsNotFound: true}}, "name-resolution"},
		{"refused", &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, "connection-refused"},
		{"no route", &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ENETUNREACH)}, "host-unreachable"},
		{"certificate", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, "certificate"},
		{"no TLS", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, "not-tls"},
		{"alert", tls.AlertError(40), "tls"},
		{"time", fmt.Errorf("no answer within 10s: %w", context.DeadlineExceeded), "no-answer-in-time"},
		{"closed", io.EOF, "connection-closed"},
		{"reset", &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}, "connection-closed"},
		{"elsewhere", fmt.Errorf("the handler: %w", cause.ErrNotServed), "not-served"},
		{"something else", errors.New("malformed HTTP response"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, ok := cause.Of(&cause.Evidence{Page: page, Origin: page, Method: "GET", URL: "https://api.example:8443/x", First: thing, Failure: fmt.Errorf("https://u:secret@h: %w", tt.err)})
			if c.ID != tt.id || ok != (tt.id != "") || strings.Contains(c.Problem, "secret") || ok && (!c.NotCORS || !strings.Contains(c.Problem, "api.example:8443")) {
				t.Errorf("%+v, want %q", c, tt.id)
			}
		})
	}
}
