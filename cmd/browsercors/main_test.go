// The tests are in package main, since nothing can import it.
package main

import (
	"bytes"
	"flag"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// outcome is what a run of the command left.
type outcome struct {
	code        int
	out, stderr string
	assumed     string // the note about the page that a command assumed, cut from stderr
	local       string // the note about a server on this machine, likewise
}

// assumptionNote finds that note. The page is not what most tests are about.
var assumptionNote = regexp.MustCompile(`browsercors: note: \w+ assumed a page of https?://app\.example; --origin or --page names another page\n`)

// localNote finds the note about Local Network Access, as the servers of tests are on
// this machine.
var localNote = regexp.MustCompile(`browsercors: note: The server is on this machine\. .*\n`)

// browsercors runs the command in this process.
func browsercors(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	var out, stderr bytes.Buffer
	code := execute(t.Context(), args, stdio{strings.NewReader(stdin), &out, &stderr})
	assumed, local := assumptionNote.FindString(stderr.String()), localNote.FindString(stderr.String())
	return outcome{code, out.String(), strings.Replace(strings.Replace(stderr.String(), assumed, "", 1), local, "", 1), assumed, local}
}

// TestLocalNetwork: a page on the web needs its user's permission to use a server on
// this machine, which the answer does not show.
func TestLocalNetwork(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer server.Close()
	tests := []struct {
		name string
		args []string
		note string // contained; "" is none
	}{
		{"fetch", []string{"fetch", "--profile", "chromium", "--origin", "https://app.example", server.URL}, "Chromium 142 and later"},
		{"a page that is not secure", []string{"fetch", "--origin", "http://app.example", server.URL}, "can't ask for it"},
		{"a page on this machine", []string{"fetch", "--origin", "http://localhost:3000", server.URL}, ""},
		{"nobody named the page", []string{"fetch", server.URL}, ""},
		{"check", []string{"check", "--rate", "0", "--no-probes", "--origin", "https://app.example", server.URL}, "Chromium 142 and later"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := browsercors(t, "", tt.args...); (got.local == "") != (tt.note == "") || !strings.Contains(got.local, tt.note) {
				t.Errorf("the note is %q, want one with %q", got.local, tt.note)
			}
		})
	}
}

// TestAddressSpaces: what a page in a public address space does without its user's permission, and a program that keeps away
// from its own network.
func TestAddressSpaces(t *testing.T) {
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reached = true
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer server.Close()
	tests := []struct {
		name    string
		args    []string
		code    int
		says    string
		reaches bool
	}{
		{"a public page", []string{"--profile", "chromium", "--address-space", "public"}, 1, "loopback-network", false},
		{"a page on this machine", []string{"--profile", "chromium", "--address-space", "loopback"}, 0, "", true},
		{"WebKit does not ask", []string{"--profile", "webkit", "--origin", "http://app.example", "--address-space", "public"}, 0, "", true},
		{"public only", []string{"--public-only"}, 1, "127.0.0.1 is in 127.0.0.0/8 Loopback", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reached = false
			args := append([]string{"fetch", "--origin", "https://app.example"}, tt.args...)
			got := browsercors(t, "", append(args, server.URL)...)
			if all := strings.Join(strings.Fields(got.out+got.stderr), " "); got.code != tt.code || !strings.Contains(all, tt.says) || reached != tt.reaches {
				t.Errorf("exit code %d, reached %v:\n%s%s", got.code, reached, got.out, got.stderr)
			}
		})
	}
}

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

func TestRoot(t *testing.T) {
	for _, test := range []struct {
		name        string
		args        []string
		code        int
		out, stderr string // contained
	}{
		{"nothing", []string{}, 0, "browsercors demo", ""},
		{"version", []string{"--version"}, 0, "Fetch Standard ", ""},
		{"help", []string{"help", "fetch"}, 0, "--xhr-upload-listener", ""},
		{"unknown command", []string{"get"}, 2, "", `unknown command "get"; browsercors --help lists the commands`},
		{"unknown flag", []string{"--get"}, 2, "", "unknown flag --get; browsercors --help lists the flags"},
		{"demo takes nothing", []string{"demo", "x"}, 2, "", `demo takes no arguments, got "x"`},
		{"color", []string{"demo", "--color", "red"}, 2, "", `--color: unknown value "red" (auto, always, never)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := browsercors(t, "", test.args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d", got.code, test.code)
			}
			contains(t, "stdout", got.out, test.out)
			contains(t, "stderr", got.stderr, test.stderr)
			if got.code == exitUsage && strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("wrong usage is not one line:\n%s", got.stderr)
			}
		})
	}
}

func contains(t *testing.T, what, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) {
		t.Errorf("%s lacks %q:\n%s", what, want, got)
	}
	if want == "" && got != "" && what == "stdout" {
		t.Errorf("stdout is not empty:\n%s", got)
	}
}

// putFile writes a file of a directory, and returns its path.
func putFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
