package browsercors_test

import (
	"encoding/json"
	"flag"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/browsercors/browsercors/internal/doctest"
	"github.com/browsercors/browsercors/internal/fulllength"
)

var update = flag.Bool("update", false, "rewrite what the documents show of commands")

// TestReadmeProgram holds the README's program to examples/page, and at full length runs it
// where it stands, against a server that knows nothing of CORS.
func TestReadmeProgram(t *testing.T) {
	if program := doctest.Block(t, "README.md", "go", "package main"); !strings.HasSuffix(doctest.Read(t, "examples/page/main.go"), program) {
		t.Error("examples/page/main.go is not as the README shows it")
	}
	fulllength.Only(t)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	command := regexp.MustCompile("`go (run -C examples ./page) URL`").FindStringSubmatch(doctest.Read(t, "README.md"))
	if command == nil {
		t.Fatal("the README does not say how to run the program")
	}
	cmd := exec.CommandContext(t.Context(), "go", append(strings.Fields(command[1]), server.URL)...)
	if got := output(t, cmd, 1); !strings.Contains(got, "Access-Control-Allow-Origin: https://app.example") {
		t.Errorf("the program prints\n%s", got)
	}
}

// TestReadmeAudit runs the README's test of a handler that allows everybody: it must fail with the
// finding that the README names, and pass with the change that it names.
func TestReadmeAudit(t *testing.T) {
	readme := doctest.Read(t, "README.md")
	program := doctest.Block(t, "README.md", "go", "audit.Test(t, http.HandlerFunc(")
	finding := regexp.MustCompile("fails with the finding `(.*)`").FindStringSubmatch(readme)
	named := regexp.MustCompile("With `(.*)` instead of `(.*)` it passes").FindStringSubmatch(readme)
	if finding == nil || named == nil || strings.Count(program, named[2]) != 1 {
		t.Fatalf("the README names no finding, or no change of one place: %q %q", finding, named)
	}
	fulllength.Only(t)
	out, err := exec.CommandContext(t.Context(), "go", "test", "-count=1", write(t, "api_test.go", program)).CombinedOutput()
	if err == nil || !strings.Contains(string(out), finding[1]) {
		t.Errorf("the test gives (%v)\n%s\nthe README says %s", err, out, finding[1])
	}
	got := run(t, "test", "-v", "-count=1", write(t, "api_test.go", strings.Replace(program, named[2], named[1], 1)))
	if !strings.Contains(got, "--- PASS: Test") {
		t.Errorf("no test ran:\n%s", got)
	}
}

// TestReadmeLength keeps the front door short.
func TestReadmeLength(t *testing.T) {
	if lines := strings.Count(doctest.Read(t, "README.md"), "\n"); lines > 200 {
		t.Errorf("README.md has %d lines, want at most 200: move what is not for a newcomer to docs", lines)
	}
}

// TestDocsCommand does with the command what the documents show, as far as programs have to be built for that. The
// command's own tests do the rest.
func TestDocsCommand(t *testing.T) {
	fulllength.Only(t)
	browsercors, todos := build(t, "./cmd/browsercors"), build(t, "./testdata/todos")
	t.Run("five minutes", func(t *testing.T) { testFiveMinutes(t, browsercors, todos) })
	t.Run("intents", func(t *testing.T) { testIntents(t, browsercors, todos) })
	t.Run("GitHub Actions", func(t *testing.T) { testActions(t, browsercors, todos) })
}

// TestDocsShowTodos holds what docs/testing.md shows of testdata/todos to its files.
func TestDocsShowTodos(t *testing.T) {
	const dir, doc = "testdata/todos", "docs/testing.md"
	for name, shown := range map[string]string{
		"main.go":      doctest.Block(t, doc, "go", "func cors("),
		"cors.yaml":    doctest.Block(t, doc, "yaml", "allow:"),
		"main_test.go": doctest.Block(t, doc, "go", "audit.ReadIntent("),
	} {
		if !strings.HasSuffix(doctest.Read(t, filepath.Join(dir, name)), shown) {
			t.Errorf("%s in %s is not as %s shows it", name, dir, doc)
		}
	}
}

// testFiveMinutes goes through what docs/testing.md has its reader do with
// testdata/todos: it fails as shown, and passes with the change that is named.
func testFiveMinutes(t *testing.T, browsercors, todos string) {
	const dir, doc = "testdata/todos", "docs/testing.md"
	const command = "browsercors check --via http://127.0.0.1:8080 cors.yaml"

	first := strings.SplitAfterN(goTest(t, dir, "", 1), "\n", 5)[:4]
	doctest.Shows(t, doc, "$ cd testdata/todos && go test | head -n 4\n", strings.Join(first, ""), *update)
	doctest.Shows(t, doc, "$ go run . &\n$ "+command+"\n", checks(t, browsercors, dir, command, serve(t, todos), 1), *update)

	named := regexp.MustCompile("(?m)^With `(.*)` instead of `(.*)`, both pass").FindStringSubmatch(doctest.Read(t, doc))
	main := doctest.Read(t, dir+"/main.go")
	if named == nil || strings.Count(main, named[2]) != 1 {
		t.Fatalf("%s names no change of one place: %q", doc, named)
	}
	overlay := overlay(t, dir+"/main.go", strings.Replace(main, named[2], named[1], 1))
	server := serve(t, build(t, overlay, "./"+dir))
	doctest.Shows(t, doc, "$ go test && "+command+"\n", goTest(t, dir, overlay, 0)+checks(t, browsercors, dir, command, server, 0), *update)
}

// testIntents makes the intents of docs/intents.md for testdata/todos.
func testIntents(t *testing.T, browsercors, todos string) {
	const doc = "docs/intents.md"
	document := write(t, "openapi.yaml", doctest.Block(t, doc, "yaml", "openapi: 3.1.0"))
	server := serve(t, todos)
	for _, tt := range []struct {
		command string
		code    int
	}{
		{"browsercors check --openapi openapi.yaml --origin https://app.example --no-probes --via http://127.0.0.1:8080", 1},
		{"browsercors intent --openapi openapi.yaml --origin https://app.example", 0},
	} {
		doctest.Shows(t, doc, "$ "+tt.command+"\n", checks(t, browsercors, filepath.Dir(document), tt.command, server, tt.code), *update)
	}
	const list = "browsercors check --via http://127.0.0.1:8080 --no-probes -H Content-Type:application/json --origin https://app.example https://api.example/todos https://api.example/todos?page=2 https://api.example/todos"
	lines := strings.SplitAfter(strings.TrimSuffix(checks(t, browsercors, ".", list, server, 0), "\n"), "\n")
	doctest.Shows(t, doc, "$ "+list+" | tail -n 10\n", strings.Join(lines[len(lines)-10:], "")+"\n", *update)
}

// testActions runs the steps of the example of a workflow that are commands of
// ours, on testdata/todos.
func testActions(t *testing.T, browsercors, todos string) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	_, text, _ := strings.Cut(doctest.Read(t, "docs/github-actions.md"), "```yaml\n")
	text, _, _ = strings.Cut(text, "```\n")
	var workflow struct {
		On          map[string]any
		Permissions map[string]string
		Jobs        map[string]struct {
			RunsOn string `yaml:"runs-on"`
			Steps  []struct {
				Name, Run, Uses, If string
				With                map[string]string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(text), &workflow); err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	if err := os.CopyFS(temp, os.DirFS("testdata/todos")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(browsercors, filepath.Join(temp, "browsercors")); err != nil {
		t.Fatal(err)
	}
	local := strings.NewReplacer("http://127.0.0.1:8080", serve(t, todos))
	ran, sent := false, ""
	for _, step := range workflow.Jobs["cors"].Steps {
		if strings.HasPrefix(step.Uses, "github/codeql-action/upload-sarif@") {
			sent = step.With["sarif_file"]
		}
		if !strings.Contains(step.Run, "browsercors\" check") {
			continue
		}
		ran = true
		cmd := exec.CommandContext(t.Context(), "bash", "-e", "-c", local.Replace(step.Run))
		cmd.Dir, cmd.Env = temp, append(os.Environ(), "RUNNER_TEMP="+temp, "GITHUB_STEP_SUMMARY="+filepath.Join(temp, "summary.md"))
		output(t, cmd, 1)
	}
	if !ran || workflow.Permissions["security-events"] != "write" || workflow.On == nil {
		t.Errorf("no step checks, or none may tell: %+v", workflow)
	}
	for _, file := range []string{sent, "summary.md"} {
		if got := doctest.Read(t, filepath.Join(temp, file)); !strings.Contains(got, "method-not-allowed") {
			t.Errorf("%s does not have the finding:\n%s", file, got)
		}
	}
}

// goTest tests the package in a directory, and is what that prints, with times
// that are always the same.
func goTest(t *testing.T, dir, overlay string, code int) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", overlay)
	if overlay == "" {
		cmd.Args = cmd.Args[:3]
	}
	cmd.Dir = dir
	out := output(t, cmd, code)
	return regexp.MustCompile(`\d+\.\d{2,3}s`).ReplaceAllString(out, "0.01s")
}

// checks runs the command that the README shows in a directory, with another
// server in the place of the README's.
func checks(t *testing.T, browsercors, dir, command, server string, code int) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), browsercors, strings.Fields(strings.ReplaceAll(command, "http://127.0.0.1:8080", server))[1:]...)
	cmd.Dir = dir
	return output(t, cmd, code)
}

// output is what a command prints.
func output(t *testing.T, cmd *exec.Cmd, code int) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != code {
		t.Fatalf("%s: %v, want exit code %d\n%s", cmd, err, code, out)
	}
	return string(out)
}

// build builds a program, of the last of the arguments of go build. What a debugger
// needs is left out, which saves the linker a third of its time.
func build(t *testing.T, args ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	run(t, append([]string{"build", "-ldflags=-s -w", "-o", program}, args...)...)
	return program
}

// overlay is the flag of the go command that gives a file another content.
func overlay(t *testing.T, name, content string) string {
	t.Helper()
	whole, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {whole: write(t, filepath.Base(name), content)}})
	if err != nil {
		t.Fatal(err)
	}
	return "-overlay=" + write(t, "overlay.json", string(replace))
}

// serve starts a server that takes its address from -listen, and is its URL.
func serve(t *testing.T, program string) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	cmd := exec.CommandContext(t.Context(), program, "-listen", address)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return "http://" + address
		}
		if t.Context().Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
}

// TestContributingIndex holds the questions of CONTRIBUTING.md to the code: each names a file
// that has what it says to look for.
func TestContributingIndex(t *testing.T) {
	rows := regexp.MustCompile("(?m)^\\| (.*\\?) \\| `(.*)` \\| `(.*)` \\|$").FindAllStringSubmatch(doctest.Read(t, "CONTRIBUTING.md"), -1)
	if len(rows) < 16 {
		t.Fatalf("CONTRIBUTING.md answers %d questions, want 16", len(rows))
	}
	for _, row := range rows {
		if !strings.Contains(doctest.Read(t, row[2]), row[3]) {
			t.Errorf("%s %s has no %q", row[1], row[2], row[3])
		}
	}
}

// TestDocsNameFiles looks up every file and directory that the documents name.
func TestDocsNameFiles(t *testing.T) {
	named := regexp.MustCompile("`((?:\\./)?[\\w.-]+/[\\w./-]*|[\\w-]+\\.(?:go|md|mod))`|\\]\\(([\\w./-]+\\.md)\\)")
	for _, doc := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} {
		found := named.FindAllStringSubmatch(doctest.Read(t, doc), -1)
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
