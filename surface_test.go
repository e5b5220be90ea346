package browsercors_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// surfaceBound is what the exported identifiers of the module's public packages stay below: functions,
// methods of exported types, types, constants and variables. What only siblings use belongs to internal,
// and what differs in a value only is one identifier with an argument or a field.
const surfaceBound = 550

// TestSurface counts them. Commands, tests, and modules and internal packages within are not public.
func TestSurface(t *testing.T) {
	counts, sum := make(map[string]int), 0
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			_, own := os.Stat(path.Join(name, "go.mod"))
			if name != "." && (own == nil || slices.Contains([]string{"cmd", "internal", "testdata", ".git"}, d.Name())) {
				return fs.SkipDir
			}
			return nil
		case !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if file.Name.Name != "main" {
			n := exportedOf(file)
			counts[path.Dir(name)] += n
			sum += n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if sum >= surfaceBound || sum < 100 {
		t.Errorf("%d exported identifiers, want fewer than %d: %v", sum, surfaceBound, counts)
	}
}

// exportedOf is the number of identifiers that a file exports.
func exportedOf(file *ast.File) (n int) {
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Name.IsExported() && (decl.Recv == nil || ast.IsExported(receiverOf(decl.Recv.List[0].Type))) {
				n++
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.IsExported() {
						n++
					}
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						if name.IsExported() {
							n++
						}
					}
				}
			}
		}
	}
	return n
}

// receiverOf is the name of a receiver's type.
func receiverOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiverOf(e.X)
	case *ast.IndexExpr:
		return receiverOf(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}
