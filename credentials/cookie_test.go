package credentials_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
)

// The documentation of a type whose values are short names lists each of them,
// and no others.
func TestValuesAreDocumented(t *testing.T) {
	comments := make(map[string]string)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.TYPE {
				comments[d.Specs[0].(*ast.TypeSpec).Name.Name] = d.Doc.Text()
			}
		}
	}
	item := regexp.MustCompile(`(?m)^ +- "([^"]*)": \S`)
	for name, want := range credentials.Values() {
		listed := make(map[string]bool)
		for _, m := range item.FindAllStringSubmatch(comments[name], -1) {
			listed[m[1]] = true
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(listed))); diff != "" {
			t.Errorf("%s: values, and those that its documentation lists:\n%s", name, diff)
		}
	}
}

// TestReasonRules: each reason has a rule of its own, and the empty reason has none.
func TestReasonRules(t *testing.T) {
	values := credentials.Values()
	rules := make(map[string]bool)
	for _, r := range values["CookieRefusal"] {
		rules[credentials.CookieRefusal(r).Rule()] = true
	}
	for _, w := range values["CookieWithholding"] {
		rules[credentials.CookieWithholding(w).Rule()] = true
	}
	if len(rules) != len(values["CookieRefusal"])+len(values["CookieWithholding"]) || rules[""] {
		t.Error(rules)
	}
	if got := credentials.CookieRefusal("").Rule() + credentials.CookieWithholding("").Rule(); got != "" {
		t.Error(got)
	}
}
