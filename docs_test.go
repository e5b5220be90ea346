package browsercors_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestReadmeProgram runs the README's program against a server that knows nothing of CORS: it must
// print what the README says.
func TestReadmeProgram(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	program, shown := block(t, "go", "package main"), block(t, "console", "$ go run main.go ")
	command, want, _ := strings.Cut(shown, "\n")
	url := strings.Fields(command)[4]
	shownHost := regexp.MustCompile(`^http://[^/]+`).FindString(url)
	local := strings.NewReplacer(shownHost, server.URL)

	got := run(t, "run", write(t, "main.go", program), local.Replace(url))
	// The lines break elsewhere with a port of another length.
	if want := local.Replace(want); !slices.Equal(strings.Fields(got), strings.Fields(want)) {
		t.Errorf("the program prints\n%s\nthe README shows\n%s", got, want)
	}
}

// TestReadmeAudit runs the README's test of a handler that allows everybody: it must fail as the
// README shows, and pass with the change that it names.
func TestReadmeAudit(t *testing.T) {
	program := block(t, "go", "conformance.Test(")
	_, want, _ := strings.Cut(block(t, "console", "$ go test\n"), "\n")
	out, err := exec.CommandContext(t.Context(), "go", "test", "-count=1", write(t, "api_test.go", program)).CombinedOutput()
	took := regexp.MustCompile(`\(\d+\.\d\ds\)`)
	if got := took.ReplaceAllString(string(out), "(0.00s)"); err == nil || !strings.HasPrefix(got, want) {
		t.Errorf("the test gives (%v)\n%s\nthe README shows\n%s", err, got, want)
	}
	named := regexp.MustCompile("(?m)^With `(.*)` instead of `(.*)` it passes").FindStringSubmatch(read(t, "README.md"))
	if named == nil || strings.Count(program, named[2]) != 1 {
		t.Fatalf("the README names no change of one place: %q", named)
	}
	got := run(t, "test", "-v", "-count=1", write(t, "api_test.go", strings.Replace(program, named[2], named[1], 1)))
	if !strings.Contains(got, "--- PASS: Test") {
		t.Errorf("no test ran:\n%s", got)
	}
}

// TestReadmeTest runs the README's test with a page, which must pass.
func TestReadmeTest(t *testing.T) {
	got := run(t, "test", "-v", "-count=1", write(t, "page_test.go", block(t, "go", "httptest.NewServer(")))
	if !strings.Contains(got, "--- PASS: Test") {
		t.Errorf("no test ran:\n%s", got)
	}
}

// TestDocsNameFiles looks up every file and directory that the documents name.
func TestDocsNameFiles(t *testing.T) {
	named := regexp.MustCompile("`((?:\\./)?[\\w.-]+/[\\w./-]*|[\\w-]+\\.(?:go|md|mod))`|\\]\\(([\\w./-]+\\.md)\\)")
	for _, doc := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} {
		found := named.FindAllStringSubmatch(read(t, doc), -1)
		for _, m := range found {
			name := m[1] + m[2]
			if strings.HasPrefix(name, "golang.org/") || strings.HasPrefix(name, "net/") {
				continue
			}
			if _, err := os.Stat(name); err != nil {
				t.Errorf("%s names %s: %v", doc, name, err)
			}
		}
		if len(found) == 0 && doc != "CHANGELOG.md" {
			t.Errorf("%s: no file found in it", doc)
		}
	}
}

// block is the README's only code block of a language that contains a string.
func block(t *testing.T, language, contains string) string {
	t.Helper()
	var found []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(read(t, "README.md"), -1) {
		if strings.Contains(m[1], contains) {
			found = append(found, m[1])
		}
	}
	if len(found) != 1 {
		t.Fatalf("README.md has %d %s blocks with %q, want 1", len(found), language, contains)
	}
	return found[0]
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// run runs the go command within the module, and is what it printed.
func run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
