package text

import (
	"fmt"
	"strings"
)

// Markdown escapes a string for GitHub's dialect of Markdown. The result can be used in a
// cell of a table.
func Markdown(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case strings.ContainsRune("\\`*_[]|~$.", c):
			b.WriteByte('\\')
			b.WriteRune(c)
		default:
			writeInHTML(&b, c)
		}
	}
	return b.String()
}

// InHTML escapes a string for an HTML block of Markdown, in which Markdown's escapes do
// not work.
func InHTML(s string) string {
	var b strings.Builder
	for _, c := range s {
		writeInHTML(&b, c)
	}
	return b.String()
}

// writeInHTML writes a character so that it does not begin an element, a link, an emoji,
// or a mention of a user or an issue. GitHub looks for these in HTML too; an HTML comment
// interrupts them.
func writeInHTML(b *strings.Builder, c rune) {
	switch {
	case strings.ContainsRune("@#", c):
		b.WriteRune(c)
		b.WriteString("<!-- -->")
	case strings.ContainsRune("<>&:", c):
		fmt.Fprintf(b, "&#%d;", c)
	default:
		b.WriteRune(c)
	}
}

// Code returns a string as inline code of Markdown.
func Code(s string) string {
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// CodeBlock returns lines as a code block of Markdown.
func CodeBlock(lines string) string {
	fence := strings.Repeat("`", max(3, longestRun(lines)+1))
	return fence + "text\n" + lines + fence + "\n"
}

// longestRun is the length of the longest run of backticks.
func longestRun(s string) int {
	longest, run := 0, 0
	for _, c := range s {
		if c != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
