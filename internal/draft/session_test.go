package draft_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/audit/har"
	"github.com/browsercors/browsercors/internal/draft"
)

func recorded(t *testing.T, file string) *har.HAR {
	t.Helper()
	f, err := os.Open("../../audit/har/testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h, err := har.Read(file, f)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestSession makes intents of archives of each browser.
func TestSession(t *testing.T) {
	for _, name := range []string{"chrome", "firefox", "safari"} {
		t.Run(name, func(t *testing.T) {
			d, err := draft.Session(t.Context(), name+".har", recorded(t, name+".har"), nil)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "testdata/"+name+".intent.yaml", d)
		})
	}
}

// TestSessionPolicies holds that a use has the policies of its page, and the address space that the page came from.
func TestSessionPolicies(t *testing.T) {
	document := func(policy, address string) string {
		return `{"startedDateTime": "2026-11-30T10:00:00Z", "time": 1, "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0}, "_resourceType": "document", "serverIPAddress": "` + address + `",
			"request": {"method": "GET", "url": "https://app.example/", "httpVersion": "HTTP/1.1", "cookies": [], "queryString": [], "headersSize": -1, "bodySize": 0, "headers": [{"name": "Sec-Fetch-Dest", "value": "document"}]},
			"response": {"status": 200, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headersSize": -1, "bodySize": 0, "redirectURL": "", "content": {"size": 0, "mimeType": "text/html"},
			"headers": [{"name": "Content-Security-Policy", "value": "` + policy + `"}]}}`
	}
	for _, tt := range []struct{ name, policy, page, server, want, space string }{
		{"a policy, without its reports", "connect-src https://api.example; report-uri /csp", "93.184.216.34", "93.184.216.35", "connect-src https://api.example", ""},
		{"a policy by which the browser did not go", "connect-src 'none'", "", "", "", ""},
		{"a server on the user's machine", "", "93.184.216.34", "127.0.0.1", "", "public"},
		{"a page in the same network", "", "192.168.1.2", "[fd00::1]", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			archive := `{"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "1"}, "entries": [` + document(tt.policy, tt.page) + `,` + strings.Replace(entryOf("GET", "https://api.example/a", "", ""), `"fetch", `, `"fetch", "serverIPAddress": "`+tt.server+`", `, 1) + `]}}`
			h, err := har.Read("page.har", strings.NewReader(archive))
			if err != nil {
				t.Fatal(err)
			}
			d, err := draft.Session(t.Context(), "page.har", h, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Uses) != 1 || strings.Trim(d.Uses[0].ContentSecurityPolicy, " ;") != tt.want || string(d.Uses[0].AddressSpace) != tt.space {
				t.Errorf("%+v", d.Uses)
			}
		})
	}
}

// TestSessionSecrets has a session whose values are all secret.
func TestSessionSecrets(t *testing.T) {
	const secret = "hunter2"
	archive := `{"log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "1"}, "entries": [` + strings.Join([]string{
		entryOf("POST", "https://api.example/v1/things/7?token="+secret+"&page=2&q=hunter2%20hunter2&eyJhbGciOiJIUzI1NiJ9.hunter2#hunter2", "text/x-hunt", secret,
			"Authorization: Bearer "+secret, "Cookie: sid="+secret+"; __Host-b="+secret, "X-Api-Key: "+secret, "X-Requested-With: XMLHttpRequest"),
		entryOf("POST", "https://api.example/v1/things/8?token=other&page=3&q=x&eyJhbGciOiJIUzI1NiJ9.hunter2", "text/x-hunt", secret,
			"Authorization: Bearer other", "Cookie: sid=other", "X-Api-Key: other", "X-Requested-With: XMLHttpRequest"),
		entryOf("GET", "https://hooks.example/services/T0001hunter2hunter2AB/me@hunter2.example/x", "", "", "Authorization: hunter2"),
	}, ",") + `]}}`
	h, err := har.Read("secret.har", strings.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		keep bool
		want string
	}{
		{"left out", false, `https://api.example/v1/things/7?token=REPLACE-ME&page=2&q=REPLACE-ME&REPLACE-ME
  Authorization: Bearer REPLACE-ME
  Content-Type: text/x-hunt
  X-Api-Key: REPLACE-ME
  X-Requested-With: XMLHttpRequest
  cookies sid=REPLACE-ME; Path=/; Secure; SameSite=None, __Host-b=REPLACE-ME; Path=/; Secure; SameSite=None
  read X-Total
  body a
https://hooks.example/services/REPLACE-ME/REPLACE-ME/x
  Authorization: REPLACE-ME
  read X-Total
`},
		{"kept", true, `https://api.example/v1/things/7?token=hunter2&page=2&q=hunter2%20hunter2&eyJhbGciOiJIUzI1NiJ9.hunter2
  Authorization: Bearer hunter2
  Content-Type: text/x-hunt
  X-Api-Key: hunter2
  X-Requested-With: XMLHttpRequest
  cookies sid=hunter2; Path=/; Secure; SameSite=None, __Host-b=hunter2; Path=/; Secure; SameSite=None
  read X-Total
  body hunter2
https://hooks.example/services/T0001hunter2hunter2AB/me@hunter2.example/x
  Authorization: hunter2
  read X-Total
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := draft.Session(t.Context(), "secret.har", h, &draft.SessionOptions{KeepSecrets: tt.keep})
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, u := range d.Uses {
				r, err := u.Request(d.Base)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintln(&b, r.URL)
				for _, h := range r.Headers {
					fmt.Fprintf(&b, "  %s: %s\n", h.Name, h.Value)
				}
				for _, line := range []struct{ name, value string }{{"cookies", strings.Join(u.Cookies, ", ")}, {"read", strings.Join(u.ReadIfSent, ", ")}, {"body", u.Body}} {
					if line.value != "" {
						fmt.Fprintf(&b, "  %s %s\n", line.name, line.value)
					}
				}
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Error(diff)
			}
			var written strings.Builder
			if err := d.WriteYAML(&written); err != nil {
				t.Fatal(err)
			}
			sameIntent(t, d, written.String())
			if !tt.keep && strings.Contains(written.String(), secret) {
				t.Errorf("a secret is in\n%s", written.String())
			}
		})
	}
}

// entryOf is an entry of an archive that a page of https://app.example caused, with its
// preflight before it.
func entryOf(method, url, kind, body string, headers ...string) string {
	var fields []string
	names := ""
	for _, h := range append(headers, "Origin: https://app.example", "Content-Type: "+kind) {
		name, value, _ := strings.Cut(h, ": ")
		if value == "" {
			continue
		}
		fields = append(fields, fmt.Sprintf(`{"name": %q, "value": %q}`, name, value))
		if name != "Cookie" && name != "Origin" {
			names += "," + strings.ToLower(name)
		}
	}
	data := ""
	if body != "" {
		data = fmt.Sprintf(`, "postData": {"mimeType": %q, "text": %q}`, kind, body)
	}
	const answer = `"response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "https://app.example"}, {"name": "Access-Control-Allow-Credentials", "value": "true"}, {"name": "Access-Control-Expose-Headers", "value": "X-Total"}]}`
	url, _, _ = strings.Cut(url, "#")
	return fmt.Sprintf(`{"_resourceType": "preflight", "request": {"method": "OPTIONS", "url": %q, "headers": [{"name": "Origin", "value": "https://app.example"}, {"name": "Access-Control-Request-Method", "value": %q}, {"name": "Access-Control-Request-Headers", "value": %q}]}, %s},
{"_resourceType": "fetch", "request": {"method": %q, "url": %q, "headers": [%s]%s}, %s}`, url, method, strings.TrimPrefix(names, ","), answer, method, url, strings.Join(fields, ", "), data, answer)
}
