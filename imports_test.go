package browsercors_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/browsercors/browsercors"

// layers are the house's floors, the highest first. What stands on one imports from the floors
// below and from itself, never from a neighbour.
var layers = [][]string{
	{"cmd"},
	{"conformance"},
	{"fetch"},
	{"preflightcache", "credentials", "safelist"},
	{"origin"},
	{"internal"},
}

// coreLayer is the first of the layers that a user of the library pulls in.
const coreLayer = 2

// Modules by their root or by one package tree in them. A pattern names itself and all below it.
var (
	coreModules = []string{"golang.org/x/net", "golang.org/x/text"}
	testModules = []string{"github.com/google/go-cmp", "go.uber.org/goleak", "github.com/nlnwa/whatwg-url"}

	httpClients = []string{"net/http", "golang.org/x/net/http2"}
	headers     = []string{"net/http", "net/textproto", "net/mail", "mime", "golang.org/x/net/http", "golang.org/x/net/http2"}
)

// unknown is what a package must not know, whatever its layer.
var unknown = map[string]struct {
	what    string
	imports []string
}{
	"safelist":       {"no HTTP client", httpClients},
	"preflightcache": {"no HTTP client", httpClients},
	"origin":         {"no header", headers},
}

// TestImports holds the direction of the imports: cmd → conformance → fetch → {preflightcache,
// credentials, safelist} → origin, and what the lower ones may take from outside.
func TestImports(t *testing.T) {
	wrong, seen, err := judgeImports(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wrong {
		t.Error(w)
	}
	for _, layer := range layers {
		for _, name := range layer {
			if seen[name] == 0 {
				t.Errorf("%s: no Go file; do the layers still say how the tree stands?", name)
			}
		}
	}
}

func TestImportsCanFail(t *testing.T) {
	tests := []struct {
		name, file, imports, want string
	}{
		{"down", "cmd/x/main.go", module + "/origin", ""},
		{"within", "fetch/a.go", module + "/fetch/internal/b", ""},
		{"up", "origin/a.go", module + "/fetch", "origin/a.go imports fetch: arrows go down only"},
		{"up by two floors", "safelist/a.go", module + "/conformance", "safelist/a.go imports conformance: arrows go down only"},
		{"up into the command", "conformance/a.go", module + "/cmd/browsercors/play", "conformance/a.go imports cmd/browsercors/play: arrows go down only"},
		{"up from a test", "credentials/a_test.go", module + "/fetch", "credentials/a_test.go imports fetch: arrows go down only"},
		{"up from a package below", "fetch/internal/b/b.go", module + "/conformance", "fetch/internal/b/b.go imports conformance: arrows go down only"},
		{"neighbour", "preflightcache/a.go", module + "/safelist", "preflightcache/a.go imports safelist: arrows go down only"},
		{"nowhere", "util/a.go", "strings", "util/a.go stands in no layer"},
		{"of nowhere", "fetch/a.go", module + "/util", "fetch/a.go imports util, which stands in no layer"},
		{"the root", "a.go", "strings", "a.go stands in no layer"},
		{"a test at the root", "a_test.go", "github.com/google/go-cmp/cmp", ""},

		{"standard library", "origin/a.go", "net/netip", ""},
		{"x/net", "origin/a.go", "golang.org/x/net/idna", ""},
		{"x/text", "fetch/a.go", "golang.org/x/text/unicode/norm", ""},
		{"other x", "fetch/a.go", "golang.org/x/sync/errgroup", "fetch/a.go imports golang.org/x/sync/errgroup: below conformance only golang.org/x/net and golang.org/x/text"},
		{"x/net's namesake", "fetch/a.go", "golang.org/x/network", "fetch/a.go imports golang.org/x/network: below conformance only golang.org/x/net and golang.org/x/text"},
		{"a module in the core", "credentials/a.go", "github.com/spf13/cobra", "credentials/a.go imports github.com/spf13/cobra: below conformance only golang.org/x/net and golang.org/x/text"},
		{"a module in a test of the core", "credentials/a_test.go", "github.com/spf13/cobra", "credentials/a_test.go imports github.com/spf13/cobra: below conformance only golang.org/x/net and golang.org/x/text"},
		{"a module in the command", "cmd/x/main.go", "github.com/spf13/cobra", ""},
		{"URL parser", "origin/a.go", "github.com/nlnwa/whatwg-url/url", "origin/a.go imports github.com/nlnwa/whatwg-url/url: for tests only"},
		{"URL parser in a test", "origin/a_test.go", "github.com/nlnwa/whatwg-url/url", ""},
		{"go-cmp", "cmd/x/main.go", "github.com/google/go-cmp/cmp", "cmd/x/main.go imports github.com/google/go-cmp/cmp: for tests only"},
		{"goleak", "conformance/a.go", "go.uber.org/goleak", "conformance/a.go imports go.uber.org/goleak: for tests only"},
		{"goleak in a test", "fetch/a_test.go", "go.uber.org/goleak", ""},

		{"safelist, net/http", "safelist/a.go", "net/http", "safelist/a.go imports net/http: safelist knows no HTTP client"},
		{"preflightcache, httptrace", "preflightcache/a.go", "net/http/httptrace", "preflightcache/a.go imports net/http/httptrace: preflightcache knows no HTTP client"},
		{"preflightcache, http2", "preflightcache/a.go", "golang.org/x/net/http2", "preflightcache/a.go imports golang.org/x/net/http2: preflightcache knows no HTTP client"},
		{"safelist, net/http in a test", "safelist/a_test.go", "net/http", "safelist/a_test.go imports net/http: safelist knows no HTTP client"},
		{"origin, net/http", "origin/a.go", "net/http", "origin/a.go imports net/http: origin knows no header"},
		{"origin, textproto", "origin/a.go", "net/textproto", "origin/a.go imports net/textproto: origin knows no header"},
		{"origin, httpguts", "origin/a.go", "golang.org/x/net/http/httpguts", "origin/a.go imports golang.org/x/net/http/httpguts: origin knows no header"},
		{"credentials, net/http", "credentials/a.go", "net/http", ""},

		{"test data", "testdata/a.go", module + "/nowhere", ""},
		{"hidden", ".hidden/a.go", module + "/nowhere", ""},
		{"nested module", "nested/sub/a.go", "github.com/spf13/cobra", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wrong, _, err := judgeImports(fstest.MapFS{
				tt.file:         {Data: fmt.Appendf(nil, "package p\n\nimport (\n\t\"fmt\"\n\t_ %q\n)\n", tt.imports)},
				"nested/go.mod": {Data: []byte("module nested\n")},
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(wrong, "\n"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// judgeImports reads every Go file of the module, whatever its build constraints, and says what is
// wrong with its imports. It counts the files of each top directory.
func judgeImports(tree fs.FS) (wrong []string, seen map[string]int, err error) {
	seen = make(map[string]int)
	err = fs.WalkDir(tree, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(tree, file)
		}
		if path.Ext(file) != ".go" {
			return nil
		}
		source, err := fs.ReadFile(tree, file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		seen[top(file)]++
		if !strings.Contains(file, "/") && strings.HasSuffix(file, "_test.go") {
			return nil // these tests look at the repository as a whole
		}
		if layerOf(file) < 0 {
			wrong = append(wrong, file+" stands in no layer")
			return nil
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if rule := broken(file, imported); rule != "" {
				wrong = append(wrong, file+" imports "+strings.TrimPrefix(imported, module+"/")+rule)
			}
		}
		return nil
	})
	return wrong, seen, err
}

// skip leaves out what the go command leaves out of "./...".
func skip(tree fs.FS, dir string) error {
	name := path.Base(dir)
	if dir == "." {
		return nil
	}
	if _, err := fs.Stat(tree, dir+"/go.mod"); err == nil || name == "testdata" || name[0] == '.' || name[0] == '_' {
		return fs.SkipDir
	}
	return nil
}

// broken is the rule that a file breaks by an import, or "".
func broken(file, imported string) string {
	from, isTest := layerOf(file), strings.HasSuffix(file, "_test.go")
	if own, ok := strings.CutPrefix(imported, module+"/"); ok {
		to := layerOf(own)
		switch {
		case to < 0:
			return ", which stands in no layer"
		case to < from, to == from && top(own) != top(file):
			return ": arrows go down only"
		}
		return ""
	}
	u := unknown[top(file)]
	first, _, _ := strings.Cut(imported, "/")
	standard := !strings.Contains(first, ".")
	switch {
	case within(imported, u.imports):
		return ": " + top(file) + " knows " + u.what
	case standard:
		return ""
	case within(imported, testModules):
		if !isTest {
			return ": for tests only"
		}
		return ""
	case from >= coreLayer && !within(imported, coreModules):
		return ": below conformance only " + strings.Join(coreModules, " and ")
	}
	return ""
}

// layerOf is the index of the layer that a file or package stands in, or -1.
func layerOf(name string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, top(name)) })
}

// top is the first directory of a path within the module.
func top(name string) string {
	first, _, _ := strings.Cut(name, "/")
	return first
}

// within tells whether a package is one of the trees or below it.
func within(imported string, trees []string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool {
		return imported == tree || strings.HasPrefix(imported, tree+"/")
	})
}
