package report

import (
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/text"
)

// A policyCells is a row of a policy's table.
type policyCells struct{ Origins, LetIn, Credentials, Methods, Headers, Kept string }

// cells are a policy's rows in words; none if no origin is allowed.
func cells(p *audit.Policy) []policyCells {
	if p.Origins == "none" {
		return nil
	}
	var all []policyCells
	word := map[bool]string{true: "yes", false: "no"}
	for _, row := range p.Rows() {
		c := policyCells{row.Origins, word[row.LetIn], "–", row.Methods, row.Headers, row.Kept}
		if row.LetIn {
			c.Credentials = word[row.Credentials]
		}
		all = append(all, c)
	}
	return all
}

// beside is what a policy says of all origins alike.
func beside(p *audit.Policy) string {
	var all []string
	if p.Origins == "none" {
		all = append(all, "No origin is allowed.")
	}
	if len(p.Exposed) > 0 {
		all = append(all, "Exposes "+text.Clean(strings.Join(p.Exposed, ", "))+".")
	}
	if len(p.Vary) > 0 {
		all = append(all, "Varies by "+text.Clean(strings.Join(p.Vary, ", "))+".")
	}
	return strings.Join(all, " ")
}
