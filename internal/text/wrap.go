package text

import "strings"

// Width is how long a line of text for people is at most. [Wrap] counts it in
// bytes.
const Width = 78

// Wrap writes the words of a text to b, one space between them, in lines of at
// most 78 bytes, indent included, as far as the words allow. Each line begins
// with indent and ends with a line feed.
func Wrap(b *strings.Builder, indent, text string) {
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
			b.WriteString(indent)
			column = len(indent)
		case column+1+len(word) > Width:
			b.WriteString("\n" + indent)
			column = len(indent)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	b.WriteByte('\n')
}
