package browsercors_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/browsercors/browsercors"

// layers are the house's floors, the highest first. A room is a directory with all that is below
// it, unless that is a room of its own. What stands in a room imports from the floors below and
// from the room itself, never from a neighbour.
var layers = [][]string{
	{"cmd"},
	{"conformance/proof", "internal/draft"},
	{"audit", "conformance", "internal/paste"},
	{"internal/curl", "internal/document", "internal/peek"}, // of the command, of what reads command lines, and of audits
	{"engine"},
	{"fetch"},
	{"internal/product"},
	{"internal/cause"},
	{"httpcache"},
	{"preflightcache", "hsts", "credentials", "safelist", "internal/csp", "internal/customscheme", "internal/handshake", "internal/suffixlist", "internal/urlpattern"},
	{"origin"},
	{"internal"},
}

// testRooms are for tests alone, which may import them from everywhere. They stand on the floor of
// the room that they are given here.
var testRooms = map[string]string{"internal/audittest": "conformance/proof", "internal/fetchtest": "engine"}

// testsLookUp are rooms above that the tests of a room may import: how fetch runs under the profiles
// of the browsers is a matter of its black-box tests.
var testsLookUp = map[string][]string{"fetch": {"engine"}}

// coreLayer is the first of the layers that a user of the library pulls in.
const coreLayer = 4

// Modules by their root or by one package tree in them. A pattern names itself and all below it.
var (
	// The decoders are those of the content codings that browsers accept.
	coreModules = []string{"golang.org/x/net", "golang.org/x/text", "github.com/andybalholm/brotli", "github.com/klauspost/compress/zstd"}
	testModules = []string{"github.com/google/go-cmp", "go.uber.org/goleak", "github.com/nlnwa/whatwg-url"}

	httpClients = []string{"net/http", "golang.org/x/net/http2"}
	headers     = []string{"net/http", "net/textproto", "net/mail", "mime", "golang.org/x/net/http", "golang.org/x/net/http2"}
)

// unknown is what a room must not know, whatever its layer. Its tests may know it if inTests says so.
var unknown = map[string]struct {
	what    string
	imports []string
	inTests bool
}{
	"conformance":    {"no YAML and no testing", []string{"go.yaml.in", "testing"}, true},
	"safelist":       {"no HTTP client", httpClients, false},
	"preflightcache": {"no HTTP client", httpClients, false},
	"httpcache":      {"no HTTP client", httpClients, false},
	"origin":         {"no header", headers, false},
}

// TestImports holds the direction of the imports: cmd → conformance/proof → {audit, conformance} →
// internal/curl → engine → fetch → httpcache → {preflightcache, credentials, safelist} → origin → internal, and what the lower ones may
// take from outside.
func TestImports(t *testing.T) {
	wrong, seen, err := judgeImports(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wrong {
		t.Error(w)
	}
	for _, layer := range append(layers, slices.Collect(maps.Keys(testRooms))) {
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
		{"fetch to engine", "fetch/a.go", module + "/engine", "fetch/a.go imports engine: arrows go down only"},
		{"fetch to engine, in a test", "fetch/a_test.go", module + "/engine", ""},
		{"fetch to audit, in a test", "fetch/a_test.go", module + "/audit", "fetch/a_test.go imports audit: arrows go down only"},
		{"engine to audit", "engine/a.go", module + "/audit", "engine/a.go imports audit: arrows go down only"},
		{"neighbour", "preflightcache/a.go", module + "/safelist", "preflightcache/a.go imports safelist: arrows go down only"},
		{"audit to conformance", "audit/a.go", module + "/conformance", "audit/a.go imports conformance: arrows go down only"},
		{"audit to conformance, from below", "audit/har/a.go", module + "/conformance/browser", "audit/har/a.go imports conformance/browser: arrows go down only"},
		{"conformance to audit", "conformance/browser/a.go", module + "/audit/report", "conformance/browser/a.go imports audit/report: arrows go down only"},
		{"conformance to proof", "conformance/a.go", module + "/conformance/proof", "conformance/a.go imports conformance/proof: arrows go down only"},
		{"audit to proof, in a test", "audit/a_test.go", module + "/conformance/proof", "audit/a_test.go imports conformance/proof: arrows go down only"},
		{"proof to audit", "conformance/proof/a.go", module + "/audit", ""},
		{"proof to conformance", "conformance/proof/a.go", module + "/conformance", ""},
		{"internal", "origin/a.go", module + "/internal/text", ""},
		{"internal to fetch", "internal/text/a.go", module + "/fetch", "internal/text/a.go imports fetch: arrows go down only"},
		{"what is for tests, in a test", "audit/a_test.go", module + "/internal/audittest", ""},
		{"what is for tests, elsewhere", "cmd/x/main.go", module + "/internal/audittest", "cmd/x/main.go imports internal/audittest: for tests only"},
		{"what is for tests, down", "internal/audittest/a.go", module + "/audit", ""},
		{"what is for tests, up", "internal/audittest/a.go", module + "/cmd", "internal/audittest/a.go imports cmd: arrows go down only"},
		{"curl to fetch", "internal/curl/a.go", module + "/fetch", ""},
		{"curl to audit", "internal/curl/a.go", module + "/audit", "internal/curl/a.go imports audit: arrows go down only"},
		{"fetch to curl", "fetch/a.go", module + "/internal/curl", "fetch/a.go imports internal/curl: arrows go down only"},
		{"nowhere", "util/a.go", "strings", "util/a.go stands in no layer"},
		{"of nowhere", "fetch/a.go", module + "/util", "fetch/a.go imports util, which stands in no layer"},
		{"the root", "a.go", "strings", "a.go stands in no layer"},
		{"a test at the root", "a_test.go", "github.com/google/go-cmp/cmp", ""},

		{"standard library", "origin/a.go", "net/netip", ""},
		{"x/net", "origin/a.go", "golang.org/x/net/idna", ""},
		{"x/text", "fetch/a.go", "golang.org/x/text/unicode/norm", ""},
		{"other x", "fetch/a.go", "golang.org/x/sync/errgroup", "fetch/a.go imports golang.org/x/sync/errgroup: below audit and conformance only golang.org/x/net, golang.org/x/text, github.com/andybalholm/brotli, github.com/klauspost/compress/zstd"},
		{"x/net's namesake", "fetch/a.go", "golang.org/x/network", "fetch/a.go imports golang.org/x/network: below audit and conformance only golang.org/x/net, golang.org/x/text, github.com/andybalholm/brotli, github.com/klauspost/compress/zstd"},
		{"a module in the core", "credentials/a.go", "github.com/spf13/cobra", "credentials/a.go imports github.com/spf13/cobra: below audit and conformance only golang.org/x/net, golang.org/x/text, github.com/andybalholm/brotli, github.com/klauspost/compress/zstd"},
		{"a module in a test of the core", "credentials/a_test.go", "github.com/spf13/cobra", "credentials/a_test.go imports github.com/spf13/cobra: below audit and conformance only golang.org/x/net, golang.org/x/text, github.com/andybalholm/brotli, github.com/klauspost/compress/zstd"},
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
		{"conformance, YAML", "conformance/a.go", "go.yaml.in/yaml/v3", "conformance/a.go imports go.yaml.in/yaml/v3: conformance knows no YAML and no testing"},
		{"conformance, testing", "conformance/browser/a.go", "testing", "conformance/browser/a.go imports testing: conformance knows no YAML and no testing"},
		{"conformance, testing in a test", "conformance/a_test.go", "testing/synctest", ""},
		{"audit, YAML", "audit/a.go", "go.yaml.in/yaml/v3", ""},

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
// wrong with its imports. It counts the files of each room.
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
		seen[roomOf(file)]++
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
		_, forTests := testRooms[roomOf(own)]
		switch {
		case forTests && !isTest && roomOf(own) != roomOf(file):
			return ": for tests only"
		case forTests:
			return ""
		case to < 0:
			return ", which stands in no layer"
		case isTest && slices.Contains(testsLookUp[roomOf(file)], roomOf(own)):
			return ""
		case to < from, to == from && roomOf(own) != roomOf(file):
			return ": arrows go down only"
		}
		return ""
	}
	u := unknown[roomOf(file)]
	first, _, _ := strings.Cut(imported, "/")
	standard := !strings.Contains(first, ".")
	switch {
	case within(imported, u.imports) && !(isTest && u.inTests):
		return ": " + roomOf(file) + " knows " + u.what
	case standard:
		return ""
	case within(imported, testModules):
		if !isTest {
			return ": for tests only"
		}
		return ""
	case from >= coreLayer && !within(imported, coreModules):
		return ": below audit and conformance only " + strings.Join(coreModules, ", ")
	}
	return ""
}

// layerOf is the index of the layer that a file or package stands in, or -1.
func layerOf(name string) int {
	room := roomOf(name)
	if beside, ok := testRooms[room]; ok {
		room = beside
	}
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, room) })
}

// roomOf is the innermost room that a path within the module is in, or "".
func roomOf(name string) string {
	found := ""
	for _, layer := range append(layers, slices.Collect(maps.Keys(testRooms))) {
		for _, room := range layer {
			if len(room) > len(found) && within(name, []string{room}) {
				found = room
			}
		}
	}
	return found
}

// within tells whether a package is one of the trees or below it.
func within(imported string, trees []string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool {
		return imported == tree || strings.HasPrefix(imported, tree+"/")
	})
}
