package text

import (
	"fmt"
	"strings"
)

// Markdown is a string that means itself in Markdown, in the dialect of GitHub.
// It may stand in a cell of a table.
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

// InHTML is a string that means itself within an HTML block of Markdown, where
// nothing is Markdown and a backslash is one.
func InHTML(s string) string {
	var b strings.Builder
	for _, c := range s {
		writeInHTML(&b, c)
	}
	return b.String()
}

// writeInHTML writes a character that begins no element, link or emoji, and
// mentions nobody and no issue: GitHub looks for those in what HTML says, and
// a comment parts it.
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

// Code is a string as code within a line of Markdown.
func Code(s string) string {
	fence := strings.Repeat("`", longestRun(s)+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// CodeBlock is lines as a block of Markdown that shows them as they are.
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
