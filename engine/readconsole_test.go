package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/growth"
)

// Lines as people have pasted them into public threads, hosts changed.
func TestReadConsole(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"Chromium, XMLHttpRequest and preflight", `(index):1 Access to XMLHttpRequest at 'https://a.example/x' from origin 'https://b.example' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'. The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute.`,
			"chromium preflight invalid-allow-credentials kind=XMLHttpRequest page=https://b.example url=https://a.example/x value="},
		{"Chromium with advice of the past", `Access to fetch at 'https://a.example/x' (redirected from 'https://c.example/y') from origin 'https://b.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource. If an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled.`,
			"chromium missing-allow-origin first=https://c.example/y kind=fetch page=https://b.example url=https://a.example/x"},
		{"quoted, broken into lines, with curly quotation marks", "> Access to fetch at ‘https://a.example/x’\n> from origin “https://b.example”\n> has been blocked by CORS policy: Method PUT is not\r\n> allowed by Access-Control-Allow-Methods in preflight response.",
			"chromium preflight method-disallowed kind=fetch method=PUT page=https://b.example url=https://a.example/x"},
		{"a URL that is broken", "Access to fetch at 'https://a.example/long/\npath' from origin 'https://b.example' has been blocked by CORS policy: The 'Access-Control-Allow-Origin' header has a value 'https://c.example' that is not equal to the supplied origin. Have the server send the header with a valid value.",
			"chromium allow-origin-mismatch kind=fetch page=https://b.example url=https://a.example/long/path value=https://c.example"},
		{"zero-width characters and colours", "\x1b[31mAccess to fe\u200btch at 'https://a.example/\u200bx' from origin 'null' has been blocked by CORS policy: Request header field x-token is not allowed by Access-Control-Allow-Headers in preflight response.\x1b[0m",
			"chromium preflight header-disallowed,authorization-not-listed kind=fetch lowername=x-token page=null url=https://a.example/x"},
		{"a sentence alone", "it says: The 'Access-Control-Allow-Origin' header contains multiple values 'https://a.example, *', but only one is allowed.",
			"chromium multiple-allow-origin-values value=https://a.example, *"},
		{"Chromium 50", `XMLHttpRequest cannot load http://api.example/v1/popular. No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'http://www.example' is therefore not allowed access. The response had HTTP status code 502.`,
			"chromium missing-allow-origin url=http://api.example/v1/popular\nany page=http://www.example\nany status=502"},
		{"Chromium 65", `Failed to load https://api.example/: Response for preflight has invalid HTTP status code 405.`,
			"chromium preflight preflight-invalid-status status=405 url=https://api.example/"},
		{"Chromium, worker of 2016", `Fetch API cannot load https://cdn.example/hammer.min.js. Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource. Origin 'https://example.com' is therefore not allowed access. The response had HTTP status code 405. If an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled.
The FetchEvent for "https://cdn.example/hammer.min.js" resulted in a network error response: the promise was rejected.`,
			"chromium preflight missing-allow-origin url=https://cdn.example/hammer.min.js\nany page=https://example.com\nany status=405\nchromium service-worker url=https://cdn.example/hammer.min.js"},
		{"local network", "Access to fetch at 'http://localhost:8080/status' from origin 'https://tools.example' has been blocked by CORS policy: Permission was denied for this request to access the `loopback` address space.\nlocalhost:8080/status:1  Failed to load resource: net::ERR_FAILED",
			"chromium local-network-access kind=fetch page=https://tools.example space=loopback url=http://localhost:8080/status\nchromium failed error=ERR_FAILED"},
		{"local network in Firefox", "Local Network Access permission required: top-level site “https://tools.example”, initiator “https://tools.example”, attempting to access target “http://localhost:8080/status” (127.0.0.1:8080) via HTTP. Secure context: true",
			"firefox local-network-access page=https://tools.example top=https://tools.example url=http://localhost:8080/status"},
		{"another address space", "Access to fetch at 'http://127.0.0.1:1920/health'\nfrom origin 'https://studio.example'\nhas been blocked by CORS policy:\nRequest had a target IP address space of `local`\nyet the resource is in address space `loopback`.",
			"chromium wrong-address-space detail=loopback kind=fetch page=https://studio.example url=http://127.0.0.1:1920/health value=local"},
		{"private network", "has been blocked by CORS policy: The request client is not a secure context and the resource is in more-private address space `private`.",
			"chromium private-network-access space=private"},
		{"CSP of Chromium", `Refused to connect to 'https://api.example/' because it violates the following Content Security Policy directive: "connect-src 'self'".`,
			"chromium content-security-policy url=https://api.example/"},
		{"CSP of Firefox", "Content-Security-Policy: The page’s settings blocked the loading of a resource (connect-src) at https://api.example/ because it violates the following directive: “connect-src 'self'”",
			"firefox content-security-policy detail=connect-src url=https://api.example/ value=connect-src"},
		{"Firefox, preflight", "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/things. (Reason: CORS preflight response did not succeed). Status code: 403.\nCross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/things. (Reason: CORS request did not succeed). Status code: (null).",
			"firefox preflight preflight-invalid-status status=403 url=https://api.example/things\nfirefox network-failure url=https://api.example/things"},
		{"Firefox 40", "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/things. (Reason: missing token 'x-token' in CORS header 'Access-Control-Allow-Headers' from CORS preflight channel).",
			"firefox preflight header-disallowed lowername=x-token url=https://api.example/things"},
		{"Firefox, a reason alone", "(Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘(null)’).",
			"firefox multiple-allow-origin-values,invalid-allow-origin-value,allow-origin-mismatch value=(null)"},
		{"Safari", "[Error] Failed to load resource: Origin https://a.example is not allowed by Access-Control-Allow-Origin. Status code: 421\n[Error] Fetch API cannot load https://api.example/?q=1 due to access control checks.",
			"webkit missing-allow-origin,multiple-allow-origin-values,invalid-allow-origin-value,allow-origin-mismatch origin=https://a.example status=421\nwebkit unsaid url=https://api.example/?q=1"},
		{"Safari, header", "[Error] Request header field API-KEY is not allowed by Access-Control-Allow-Headers.\n[Error] XMLHttpRequest cannot load https://api.example/ due to access control checks.",
			"any preflight header-disallowed name=API-KEY\nwebkit unsaid url=https://api.example/"},
		{"Safari, preflight", "Preflight response is not successful. Status code: 401", "webkit preflight preflight-invalid-status,preflight-disallowed-redirect status=401"},
		{"error names", "GET https://a.example/ net::ERR_CERT_AUTHORITY_INVALID\nnet::ERR_UNSAFE_PORT NS_ERROR_UNKNOWN_HOST ERR_SOMETHING_NEW",
			"chromium certificate error=ERR_CERT_AUTHORITY_INVALID method=GET url=https://a.example/\nchromium bad-port error=ERR_UNSAFE_PORT\nfirefox name-not-resolved error=NS_ERROR_UNKNOWN_HOST"},
		{"an error name with a status", "PUT https://a.example/x net::ERR_FAILED 413 (Request Entity Too Large)", "chromium failed error=ERR_FAILED method=PUT status=413 url=https://a.example/x"},
		{"a response with an error status", "OPTIONS http://api.example/login 404 (Not Found)\n\nAccess to XMLHttpRequest at 'http://api.example/login' from origin 'http://app.example' has been blocked >by CORS policy: Response to preflight request doesn't pass access control check: It does not have HTTP ok status.",
			"chromium error-status method=OPTIONS status=404 url=http://api.example/login\nchromium preflight preflight-invalid-status kind=XMLHttpRequest page=http://app.example url=http://api.example/login"},
		{"address spaces of Chromium 102", "has been blocked by CORS policy: Request had a target IP address space of unknown yet the resource is in address space public.", "chromium target-address-space asked=unknown space=public"},
		{"what script gets", "Uncaught (in promise) TypeError: Failed to fetch", "chromium unnamed"},
		{"Node", "TypeError: fetch failed", "any not-a-browser"},
		{"nothing", "the Access-Control-Allow-Origin header is missing, I think: Method X is not allowed", ""},
		{"bytes", "\xff\x00 Access to \xc3", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range engine.ReadConsole(tt.text) {
				got = append(got, describe(p))
				if p.Start < 0 || p.End <= p.Start || p.End > len(tt.text) {
					t.Errorf("%d to %d of %d", p.Start, p.End, len(tt.text))
				}
			}
			if got := strings.Join(got, "\n"); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func describe(p engine.Printed) string {
	words := []string{p.Profile}
	if p.Profile == "" {
		words[0] = "any"
	}
	if p.Preflight {
		words = append(words, "preflight")
	}
	var reasons []string
	for _, r := range p.Reasons {
		reasons = append(reasons, r.String())
	}
	if reasons != nil {
		words = append(words, strings.Join(reasons, ","))
	}
	if p.Cause != nil {
		words = append(words, p.Cause.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Words)) {
		if p.Words[name] != "(null)" || name != "status" {
			words = append(words, name+"="+p.Words[name])
		}
	}
	return strings.Join(words, " ")
}

// readsBack holds ReadConsole to what Console prints for a refusal.
func readsBack(t *testing.T, e *fetch.Error, console map[string]string) {
	t.Helper()
	for name, line := range console {
		found := engine.ReadConsole(line)
		if len(found) == 0 {
			if strings.HasPrefix(line, "Fetch API cannot load ") || line == "FTP is not supported." { // too little to be known by
				continue
			}
			t.Errorf("%s is not recognised", line)
			continue
		}
		p := found[0]
		if p.Profile != "" && p.Profile != name || len(p.Reasons) == 0 && p.Cause == nil {
			t.Errorf("%s is read as %s", line, describe(p))
		}
		if asked := e.Request.URL; p.Words["url"] != "" && p.Words["url"] != asked && p.Words["url"] != e.Particular("location") {
			t.Errorf("%s is read with url %s", line, p.Words["url"])
		}
		if p.Preflight && e.Stage != "preflight" {
			t.Errorf("%s is read as a preflight's", line)
		}
	}
}

func TestCauseOf(t *testing.T) {
	tests := []struct{ name, want string }{
		{"net::ERR_CONNECTION_REFUSED", "unreachable"},
		{"net::ERR_CONNECTION_RESET", "connection-closed"},
		{"net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS", "local-network-access"},
		{"NS_BINDING_ABORTED", "aborted"},
		{"MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", "certificate"},
		{"net::OK", ""},
		{"", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if c := engine.CauseOf(tt.name); c != nil {
				if got = c.Name; c.Problem == "" || c.Fix == "" || c.By == "" {
					t.Errorf("%+v", c)
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestReadConsoleGrowth: a hostile text takes no more than its share of time.
func TestReadConsoleGrowth(t *testing.T) {
	for _, part := range []string{
		"Access to ", "Access to fetch at 'https://a.example/' from origin 'https://b.example' has been blocked by CORS policy: ",
		"TypeError: Failed to fetch ", "'", "ERR_FAILED ", "(Reason: ", "\n> ", "a", " (", "404 (", "GET http://a/ 404 (",
		" is not allowed by Access-Control-Allow-Headers.", "Method PUT is not allowed by Access-Control-Allow-Methods ",
	} {
		t.Run(fmt.Sprintf("%.20q", part), func(t *testing.T) {
			growth.Check(t, 1<<14, func(n int) func() {
				text := strings.Repeat(part, n/len(part)+1)
				return func() { engine.ReadConsole(text) }
			})
		})
	}
}
