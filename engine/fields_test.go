package engine_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

var update = flag.Bool("update", false, "write the documentation of the fields anew")

// TestFieldsAreDocumentedByTheTable holds the doc comment of each field of the rule structs to what
// the table of departures says that it does. With -update it writes the comments. Fields with several
// values have comments of their own, and their values are in the table.
func TestFieldsAreDocumentedByTheTable(t *testing.T) {
	structs := make(map[string]map[string]string) // package.Struct → field → text
	collect(reflect.TypeFor[fetch.Profile](), "", structs)
	var files []string
	for _, dir := range []string{"safelist", "preflightcache", "fetch", "internal/rules"} {
		found, err := filepath.Glob("../" + dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	seen := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, source, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		var edits []edit
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			fields, known := structs[parsed.Name.Name+"."+spec.Name.Name]
			s, isStruct := spec.Type.(*ast.StructType)
			if !known || !isStruct {
				return true
			}
			for _, f := range s.Fields.List {
				for _, name := range f.Names {
					want, ok := fields[name.Name]
					if !ok {
						continue
					}
					seen++
					if got := said(f.Doc); got == want && f.Comment == nil && len(f.Names) == 1 {
						continue
					} else if !*update {
						t.Errorf("%s: %s.%s says %q, and the table %q", file, spec.Name.Name, name.Name, got, want)
					}
					edits = append(edits, rewrite(set, f, want)...)
				}
			}
			return true
		})
		if *update && len(edits) > 0 {
			write(t, file, source, edits)
		}
	}
	total := 0
	for _, fields := range structs {
		total += len(fields)
	}
	if seen != total || total < 150 {
		t.Errorf("%d fields in the sources, %d in the profile", seen, total)
	}
}

// collect gathers what the table says of the fields of a struct, by the struct's name.
func collect(s reflect.Type, path string, structs map[string]map[string]string) {
	own := make(map[string]string)
	structs[filepath.Base(s.PkgPath())+"."+s.Name()] = own
	for f := range s.Fields() {
		at := strings.TrimPrefix(path+"."+f.Name, ".")
		if f.Type.Kind() == reflect.Struct {
			collect(f.Type, at, structs)
		} else if text, ok := engine.FieldText(at); ok {
			own[f.Name] = text
		}
	}
}

// said is the text of a comment in one line.
func said(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

// An edit puts a text in the place of a part of a file.
type edit struct {
	from, to int
	text     string
}

// rewrite gives a field its comment.
func rewrite(set *token.FileSet, f *ast.Field, text string) []edit {
	at := func(p token.Pos) int { return set.Position(p).Offset }
	var b strings.Builder
	line := "//"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > 80 {
			b.WriteString(line + "\n\t")
			line = "//"
		}
		line += " " + word
	}
	b.WriteString(line + "\n\t")
	start := at(f.Pos())
	if f.Doc != nil {
		start = at(f.Doc.Pos())
	}
	edits := []edit{{start, at(f.Names[0].Pos()), b.String()}}
	if f.Comment != nil {
		edits = append(edits, edit{at(f.Comment.Pos()), at(f.Comment.End()), ""})
	}
	return edits
}

func write(t *testing.T, file string, source []byte, edits []edit) {
	t.Helper()
	slices.SortFunc(edits, func(a, b edit) int { return b.from - a.from })
	for _, e := range edits {
		source = slices.Concat(source[:e.from], []byte(e.text), source[e.to:])
	}
	formatted, err := format.Source(bytes.TrimRight(source, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(bytes.TrimRight(formatted, "\n"), '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
