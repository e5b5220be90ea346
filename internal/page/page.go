// Package page has what the HTML pages of this module have in common. A page
// needs nothing else, neither script nor network.
package page

import (
	_ "embed"
	"html/template"
	"maps"
	"strings"

	"github.com/browsercors/browsercors/internal/text"
)

//go:embed house.css
var stylesheet string

// Template is the template of a page. Beside its own functions it has style, the
// common stylesheet (colours, light and dark, type, tables, findings and arrows);
// show, for strings from outside; plain, for those that are not to be cut; lines;
// and plural.
func Template(name, source string, own template.FuncMap) *template.Template {
	funcs := template.FuncMap{
		"style":  func() template.CSS { return template.CSS(stylesheet) },
		"show":   text.Clean,
		"plain":  text.Printable,
		"lines":  func(s string) []string { return strings.Split(s, "\n") },
		"plural": text.Plural,
	}
	maps.Copy(funcs, own)
	return template.Must(template.New(name).Funcs(funcs).Parse(source))
}
