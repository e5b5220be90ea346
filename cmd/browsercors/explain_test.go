package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const pastedLine = "Access to fetch at 'https://api.example/orders' from origin 'https://app.example' has been blocked by CORS policy: " +
	"No 'Access-Control-Allow-Origin' header is present on the requested resource."

func TestExplain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pasted.txt")
	if err := os.WriteFile(file, []byte(pastedLine), 0o600); err != nil {
		t.Fatal(err)
	}
	head := "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: https://app.example\n\n"
	for _, test := range []struct {
		name   string
		args   []string
		stdin  string
		code   int
		out    string // part of it
		stderr string // likewise
	}{
		{"a file", []string{file}, "", exitFails, "GET https://api.example/orders: the response does not allow", ""},
		{"standard input", nil, pastedLine, exitFails, "no Access-Control-Allow-Origin", ""},
		{"standard input by its name", []string{"-"}, pastedLine, exitFails, "no Access-Control-Allow-Origin", ""},
		{"an argument", []string{pastedLine}, "", exitFails, "no Access-Control-Allow-Origin", ""},
		{"words", strings.Fields(pastedLine), "", exitFails, "no Access-Control-Allow-Origin", ""},
		{"allowed", []string{"--origin", "https://app.example", "--url", "https://api.example/me"}, head, exitDone, "allow the page to read", ""},
		{"another page", []string{"--page", "https://other.example/a", "--url", "https://api.example/me"}, head, exitFails, "allow-origin-mismatch", ""},
		{"an opaque page", []string{"--origin", "null"}, head, exitFails, "request came from “null”", ""},
		{"JSON", []string{"--output", "json"}, pastedLine, exitFails, `"name":"missing-allow-origin"`, ""},
		{"an error name", []string{"net::ERR_CERT_DATE_INVALID"}, "", exitFails, "does not trust the server's certificate", ""},
		{"not a file", []string{"nowhere.txt"}, "", exitUsage, "", `"nowhere.txt" is not a file`},
		{"not recognised", nil, "CORS is broken", exitUsage, "", "the text is about CORS, but no line of it is one that a browser prints"},
		{"nothing", nil, "", exitUsage, "", "the text is empty"},
		{"a wrong URL", []string{"--url", "api.example"}, pastedLine, exitUsage, "", "did you mean https://api.example?"},
		{"a wrong origin", []string{"--origin", "https://app.example/"}, pastedLine, exitUsage, "", "--origin"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := browsercors(t, test.stdin, append([]string{"explain"}, test.args...)...)
			if got.code != test.code || !strings.Contains(got.out, test.out) || !strings.Contains(got.stderr, test.stderr) || (test.stderr == "") != (got.stderr == "") {
				t.Errorf("exit code %d, want %d\n%s%s", got.code, test.code, got.out, got.stderr)
			}
		})
	}
}

// TestExplainJSON: what a program gets has the names that it looks for.
func TestExplainJSON(t *testing.T) {
	got := browsercors(t, pastedLine+"\n$ curl -i -H 'Origin: https://app.example' -H 'Authorization: Bearer SECRET' https://api.example/orders\nHTTP/1.1 500 Oops\n\n", "explain", "--format", "json")
	var x struct {
		Parts             []struct{ Kind, Browser, What string }
		Page, Method, URL string
		Verdicts          []struct{ Profile, Ruling, Reason string }
		Causes            []struct {
			Name, Summary, Behind, By, Fix string
			NotCORS                        bool
			Headers                        [][2]string
		}
		Preflight string
		ToBeSure  []struct{ What, Command string }
		Notes     []string
	}
	if err := json.Unmarshal([]byte(got.out), &x); err != nil {
		t.Fatal(err, got.out)
	}
	if len(x.Parts) != 3 || x.Parts[0].Browser != "Chromium" || x.Page != "https://app.example" || x.URL != "https://api.example/orders" ||
		len(x.Verdicts) != 4 || x.Verdicts[1].Ruling != "refused" || len(x.Causes) != 1 || !x.Causes[0].NotCORS || x.Causes[0].Name != "server-error" ||
		x.Preflight == "" || strings.Contains(got.out, "SECRET") {
		t.Errorf("%s", got.out)
	}
}
