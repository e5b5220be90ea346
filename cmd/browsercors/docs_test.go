package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/doctest"
)

// TestReadmeCheck checks the server that the README speaks of from a shell.
func TestReadmeCheck(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Origin")
		if o := r.Header.Get("Origin"); o != "" {
			w.Header().Set("Access-Control-Allow-Origin", o)
			w.Header().Set("Access-Control-Allow-Credentials", "true")
		}
	}))
	defer server.Close()
	const command = "browsercors check --via http://127.0.0.1:8080 --credentials include https://api.example/me"
	doctest.Shows(t, "../../README.md", "$ "+command+"\n", prints(t, command, server.URL, exitFails), *update)
}

// TestDocsExplain explains the texts that docs/explain.md shows.
func TestDocsExplain(t *testing.T) {
	doc, err := filepath.Abs("../../docs/explain.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?ms)^```console\n(\\$ cat (\\S+)\n(.*?)^\\$ (browsercors explain [^\n]*)\n)").FindAllStringSubmatch(doctest.Read(t, doc), -1)
	if len(shown) < 4 {
		t.Fatalf("%s shows %d texts", doc, len(shown))
	}
	t.Chdir(t.TempDir())
	for _, m := range shown {
		if err := os.WriteFile(m[2], []byte(m[3]), 0o600); err != nil {
			t.Fatal(err)
		}
		doctest.Shows(t, doc, m[1], prints(t, m[4], "", map[bool]int{true: exitDone, false: exitFails}[m[2] == "call.js"]), *update)
	}
}

// prints is what the command prints that a document shows, with another server in the
// place of the document's.
func prints(t *testing.T, command, server string, code int) string {
	t.Helper()
	var out bytes.Buffer
	args := strings.Fields(strings.ReplaceAll(command, "http://127.0.0.1:8080", server))[1:]
	if got := execute(t.Context(), args, stdio{strings.NewReader(""), &out, &out}); got != code {
		t.Fatalf("%s: exit code %d, want %d\n%s", command, got, code, &out)
	}
	return out.String()
}
