package fetch_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// TestReasonsPage holds that docs/reasons.md has every reason, with the name of
// its constant if it has one.
func TestReasonsPage(t *testing.T) {
	const file = "../docs/reasons.md"
	source, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	type constant struct{ name, meaning string }
	var constants []constant
	var b strings.Builder
	b.WriteString(`# Reasons

Why a request fails: the values of ` + "`fetch.Reason`" + `, with their names in reports, HAR verdicts and JSON. In Go a reason is compared by
` + "`errors.Is(err, fetch.MissingAllowOrigin)`" + `, or read from the field ` + "`Reason` of a `*fetch.Error`" + `. What may be behind a reason stands in [causes](causes.md).
Reasons without a constant are mistakes in the call itself: their name is ` + "`Reason.String`" + `.

`)
	for _, d := range source.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, s := range group.Specs {
			if v := s.(*ast.ValueSpec); v.Names[0].Name != "_" {
				name := ""
				if v.Names[0].IsExported() {
					name = "`" + v.Names[0].Name + "`"
				}
				constants = append(constants, constant{name, strings.TrimSpace(v.Comment.Text())})
			}
		}
	}
	reasons := fetch.Reasons()
	if len(constants) != len(reasons) {
		t.Fatalf("%d constants and %d reasons", len(constants), len(reasons))
	}
	b.WriteString("| reason | constant | meaning |\n| --- | --- | --- |\n")
	for i, r := range reasons {
		fmt.Fprintf(&b, "| [`%s`](%s) | %s | %s |\n", r.String(), r.Section(), constants[i].name, strings.ReplaceAll(constants[i].meaning, "|", `\|`))
	}
	if *updateGolden {
		if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != b.String() {
		t.Errorf("%s is stale (%v): go test ./fetch -run Reasons -update writes it anew", file, err)
	}
}
