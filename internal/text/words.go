// Package words has what texts for people are made of.
package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// limit is the most bytes that [Clean] leaves of a string.
const limit = 400

// Clean makes a string from outside fit to be shown: it is [Printable], and what
// is long is cut, with its length behind it.
func Clean(s string) string {
	if len(s) <= limit {
		return Printable(s)
	}
	end := limit
	for end > limit-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return fmt.Sprintf("%s… (%d bytes)", Printable(s[:end]), len(s))
}

// Printable escapes, byte by byte, what could be taken for a command by a
// terminal, can't be seen, or is not UTF-8.
func Printable(s string) string {
	var b strings.Builder
	for i, c := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		if unicode.IsPrint(c) && (c != utf8.RuneError || size > 1) {
			b.WriteRune(c)
			continue
		}
		for _, raw := range []byte(s[i : i+size]) {
			fmt.Fprintf(&b, `\x%02x`, raw)
		}
	}
	return b.String()
}

// Plural is "1 use", "2 uses".
func Plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// Browser is what people call the browser of a profile.
func Browser(profile string) string {
	if profile == "webkit" {
		return "WebKit"
	}
	return strings.ToUpper(profile[:1]) + profile[1:]
}

// List is "a, b and c".
func List(names []string) string {
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}
