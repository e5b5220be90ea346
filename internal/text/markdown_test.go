package text

import (
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	for _, tt := range []struct{ name, got, want string }{
		{"text", Markdown("a *b* | [c](d) <e> @f #1 g.example:80"), `a \*b\* \| \[c\](d) &#60;e&#62; @<!-- -->f #<!-- -->1 g\.example&#58;80`},
		{"text in HTML", InHTML("*a* <b> @c"), "*a* &#60;b&#62; @<!-- -->c"},
		{"code", Code("a"), "`a`"},
		{"code with a fence in it", Code("``"), "``` `` ```"},
		{"a block", CodeBlock("a\n"), "```text\na\n```\n"},
		{"a block with a fence in it", CodeBlock("````\n"), "`````text\n````\n`````\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("%s, want %s", tt.got, tt.want)
			}
		})
	}
}

// FuzzMarkdown: no string begins an element, mentions anybody or ends its code.
func FuzzMarkdown(f *testing.F) {
	f.Add("</pre><script>``` @a `")
	f.Fuzz(func(t *testing.T, s string) {
		for _, escaped := range []string{Markdown(s), InHTML(s)} {
			if rest := strings.ReplaceAll(escaped, "<!-- -->", ""); strings.ContainsAny(rest, "<>") {
				t.Errorf("%q has an element", escaped)
			}
		}
		code := Code(s)
		fence := code[:strings.IndexFunc(code+" ", func(r rune) bool { return r != '`' })]
		if inner := strings.TrimSuffix(strings.TrimPrefix(code, fence), fence); s != "" && strings.Trim(inner, "`") != "" && strings.Contains(inner, fence) {
			t.Errorf("%q ends within %q", code, s)
		}
	})
}
