package fetch_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

// TestAdvice holds that an explanation ends in the configuration of the product
// that has to be changed, and in none where the server is not the one to change.
func TestAdvice(t *testing.T) {
	express := []string{"Server", "nginx", "X-Powered-By", "Express"}
	for _, tt := range []struct {
		name   string
		err    *fetch.Error
		known  fetch.Evidence
		want   string // the heading; "" is no advice
		inside string // the snippet
	}{
		{"a missing header", refusedAs(fetch.MissingAllowOrigin, "actual", fetchtest.SimpleRequest(), fetchtest.Answered(200, express...)), fetch.Evidence{},
			"In Express (a guess, from “X-Powered-By: Express”)", `origin: ["https://app.example"]`},
		{"an error of the application", refusedAs(fetch.MissingAllowOrigin, "actual", fetchtest.SimpleRequest(), fetchtest.Answered(500, express...)), fetch.Evidence{},
			"In Express (a guess, from “X-Powered-By: Express”)", `origin: ["https://app.example"]`},
		{"an error of the proxy", refusedAs(fetch.MissingAllowOrigin, "actual", fetchtest.SimpleRequest(), fetchtest.Answered(413, "Server", "nginx")), fetch.Evidence{},
			"In nginx (a guess, from “Server: nginx”)", "client_max_body_size"},
		{"a body", refusedAs(fetch.MissingAllowOrigin, "preflight", fetchtest.PutRequest(), fetchtest.Answered(403)), fetch.Evidence{Body: []byte("Invalid CORS request")},
			"In Spring (a guess, from status 403 with the body “Invalid CORS request”)", `List.of("PUT")`},
		{"a method", refusedAs(fetch.MethodDisallowed, "preflight", fetchtest.PutRequest(), fetchtest.Answered(204, "Server", "Caddy", fetchtest.AllowOrigin, "*", fetchtest.AllowMethods, "GET, PATCH")), fetch.Evidence{},
			"In Caddy (a guess, from “Server: Caddy”)", `"GET, PATCH, PUT"`},
		{"a named product", refusedAs(fetch.MissingAllowOrigin, "actual", fetchtest.SimpleRequest(), fetchtest.Answered(200, express...)), fetch.Evidence{Server: "Apache"},
			"In Apache httpd, which you named", "SetEnvIf Origin"},
		{"an unknown name", refusedAs(fetch.MissingAllowOrigin, "actual", fetchtest.SimpleRequest(), fetchtest.Answered(200, express...)), fetch.Evidence{Server: "nothing"},
			"In Express (a guess, from “X-Powered-By: Express”)", ""},
		{"nobody shows", refusedAs(fetch.MissingAllowOrigin, "actual", fetchtest.SimpleRequest(), fetchtest.Answered(200, "Server", "own")), fetch.Evidence{}, "", ""},
		{"no response", refusedAs(fetch.NetworkFailure, "actual", fetchtest.SimpleRequest(), nil), fetch.Evidence{Server: "nginx"}, "", ""},
		{"not a matter of CORS headers", refusedAs(fetch.CrossOriginResourcePolicy, "actual", fetchtest.SimpleRequest(), fetchtest.Answered(200, express...)), fetch.Evidence{}, "", ""},
		{"a sandboxed page", refusedAs(fetch.AllowOriginMismatch, "actual", fetchtest.Changed(fetchtest.SimpleRequest(), func(r *fetch.RequestInfo) { r.Page, r.Origin = "null", "null" }), fetchtest.Answered(200, express...)), fetch.Evidence{}, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := tt.err.ExplainWith(&tt.known)
			if x.Advice == nil {
				if tt.want != "" {
					t.Errorf("no advice, want %q\n%s", tt.want, x)
				}
				return
			}
			if got := x.Advice.Heading(); got != tt.want || !strings.Contains(x.Advice.Snippet, tt.inside) || x.Advice.Text == "" || x.Advice.Manual == "" {
				t.Errorf("%s\nwant %q with %q", x.Advice, tt.want, tt.inside)
			}
			if !strings.Contains(x.String(), x.Advice.String()) || !strings.Contains(x.Advice.String(), "\n    ") {
				t.Errorf("it is not shown:\n%s", x)
			}
		})
	}
}

// TestAdviceKeepsSecrets holds that what gives a product away has nothing secret
// in it, and nothing that a terminal would take for a command.
func TestAdviceKeepsSecrets(t *testing.T) {
	for _, header := range [][2]string{{"Set-Cookie", "JSESSIONID=secret"}, {"Server", "nginx secret\x1b[31m"}, {"X-Powered-By", "Express " + strings.Repeat("secret", 100)}} {
		x := refusedAs(fetch.MissingAllowOrigin, "actual", fetchtest.SimpleRequest(), fetchtest.Answered(200, header[:]...)).Explain()
		if x.Advice == nil {
			t.Fatalf("%s: no advice", header[0])
		}
		if shown := x.String(); header[0] == "Set-Cookie" && strings.Contains(shown, "secret") || strings.Contains(shown, "\x1b") || strings.Contains(shown, strings.Repeat("secret", 20)) {
			t.Errorf("%s:\n%s", header[0], shown)
		}
	}
}

// refusedAs is a refusal of a response.
func refusedAs(reason fetch.Reason, stage string, r fetch.RequestInfo, resp *fetch.ResponseInfo) *fetch.Error {
	e := &fetch.Error{Reason: reason, Stage: stage, Request: r, Response: resp}
	if resp != nil {
		e.Header = fetchtest.AllowOrigin
		if reason == fetch.MethodDisallowed {
			e.Header = fetchtest.AllowMethods
		}
		e.Value, _ = resp.Headers.Get(e.Header)
	}
	return e
}
