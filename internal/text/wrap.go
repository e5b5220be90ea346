package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// LineWidth is the number of columns that a line of text for people has at most.
const LineWidth = 78

// Columns is the number of columns that a terminal needs to show a text: two for a wide
// character, such as one of Chinese, none for a character that combines with the one
// before it, none for a sequence that sets a colour, and one for any other character.
//
// https://www.unicode.org/reports/tr11/
func Columns(s string) int {
	n := 0
	for {
		before, after, colored := strings.Cut(s, "\x1b[")
		for _, c := range before {
			n += columns(c)
		}
		if !colored {
			return n
		}
		_, s, _ = strings.Cut(after, "m")
	}
}

func columns(c rune) int {
	if c < 0x300 { // the first combining character
		return 1
	}
	if unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(c).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Pad adds spaces to a text until it has so many columns.
func Pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-Columns(s)))
}

// Lines breaks a text into lines of at most so many columns, as far as the words allow.
// It breaks at white space only. A line break in the text stays.
func Lines(s string, columns int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		var line strings.Builder
		used := 0
		for word := range strings.FieldsSeq(paragraph) {
			n := Columns(word)
			switch {
			case line.Len() == 0:
			case used+1+n > columns:
				lines = append(lines, line.String())
				line.Reset()
				used = 0
			default:
				line.WriteByte(' ')
				used++
			}
			line.WriteString(word)
			used += n
		}
		lines = append(lines, line.String())
	}
	return lines
}

// Wrap writes a text to b as one paragraph: in lines of at most [LineWidth] columns,
// indent included, as far as the words allow. Each line begins with the indent and ends
// with a line feed. A text without words is an empty line.
func Wrap(b *strings.Builder, indent, text string) {
	paragraph := strings.Join(strings.Fields(text), " ")
	for _, line := range Lines(paragraph, LineWidth-Columns(indent)) {
		if line != "" {
			b.WriteString(indent + line)
		}
		b.WriteByte('\n')
	}
}
