package product_test

import (
	"cmp"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	. "github.com/browsercors/browsercors/internal/product"
)

var update = flag.Bool("update", false, "rewrite docs/products.md")

const docsHead = `# Products

A refusal is explained by a rule, and changed in the configuration of a product. Where an answer gives the product away, an
explanation of ` + "`browsercors fetch`" + `, a finding of ` + "`browsercors check`" + ` and a verdict about an archive end in that
product's own configuration, filled in with the request's origin, method and headers. Several products can show in one answer,
such as an application behind nginx. The one is named that most likely has to be changed for this refusal.

It is a guess, and it is labelled as one, with what it rests on. If it is wrong, or nothing was recognised, name the product:

` + "```sh\nbrowsercors fetch --server nginx https://api.example/things\nbrowsercors check --server s3 https://bucket.example/key\n```" + `

The names for ` + "`--server`" + ` are in the first column; shells complete them. A sign in the last column is marked with “surely” where
nothing else answers so, and with “perhaps” where the product may only have passed the answer on.

| product, names | advice on | given away by |
| --- | --- | --- |
`

// TestDocs holds that docs/products.md says what the products are.
func TestDocs(t *testing.T) {
	var b strings.Builder
	b.WriteString(docsHead)
	products := All()
	slices.SortFunc(products, func(a, b *Product) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Names[0]), strings.ToLower(b.Names[0])))
	})
	for _, p := range products {
		b.WriteString("| [" + p.Name + "](" + p.Manual + "): ")
		for i, name := range p.Names {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString("`" + name + "`")
		}
		var topics []string
		for _, topic := range Topics() {
			if slices.ContainsFunc(p.Advice, func(a Advice) bool { return slices.Contains(a.Topics, topic) }) {
				topics = append(topics, string(topic))
			}
		}
		b.WriteString(" | " + strings.Join(topics, ", ") + " | ")
		var signs []string
		for i := range p.Signs {
			if d := describe(&p.Signs[i]); !slices.Contains(signs, d) {
				signs = append(signs, d)
			}
		}
		if signs == nil {
			signs = []string{"nothing: name it with `--server`"}
		}
		b.WriteString(strings.ReplaceAll(strings.Join(signs, "; "), "|", `\|`) + " |\n")
	}
	file := filepath.Join("..", "..", "docs", "products.md")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.String(), "\n")); diff != "" {
		t.Errorf("docs/products.md is not what the products are (-docs +products); rewrite it with -update:\n%s", diff)
	}
}

// describe is a sign in words.
func describe(s *Sign) string {
	var parts []string
	switch {
	case s.Says != "":
		parts = append(parts, s.Says)
	case s.Header != "" && s.Value != "":
		parts = append(parts, "`"+s.Header+": "+s.Value+"`")
	case s.Header != "":
		parts = append(parts, "`"+s.Header+"`")
	case s.Led != "":
		parts = append(parts, "a redirect to `"+s.Led+"`")
	case s.Cookie != "":
		parts = append(parts, "the cookie `"+s.Cookie+"`")
	case s.Host != "":
		parts = append(parts, "the host `*"+s.Host+"`")
	}
	if s.Status != 0 && !strings.Contains(s.Says, strconv.Itoa(s.Status)) {
		parts = append(parts, "with status "+strconv.Itoa(s.Status))
	}
	if s.Preflight && !strings.Contains(s.Says, "preflight") {
		parts = append(parts, "in an answer to a preflight")
	}
	switch s.Strength {
	case Sure:
		parts = append(parts, "(surely)")
	case Weak:
		parts = append(parts, "(perhaps)")
	}
	return strings.Join(parts, " ")
}
