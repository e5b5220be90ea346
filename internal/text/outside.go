package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// limit is the most bytes that [Clean] and [Quote] leave of a string.
const limit = 400

// Clean makes a string from outside fit to be shown: it is [Printable], and what
// is long is cut, with its length behind it.
func Clean(s string) string {
	s, rest := cut(s)
	return Printable(s) + rest
}

// Quote is [Clean] in quotation marks, for errors: where the string begins and
// ends can be seen, and quotation marks and backslashes in it are escaped.
func Quote(s string) string {
	s, rest := cut(s)
	return `"` + Printable(quotable.Replace(s)) + `"` + rest
}

var quotable = strings.NewReplacer(`"`, `\"`, `\`, `\\`)

// cut is the beginning of a string, up to a character's end, and how long it
// was; "" if it is all there.
func cut(s string) (begin, rest string) {
	if len(s) <= limit {
		return s, ""
	}
	end := limit
	for end > limit-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end], fmt.Sprintf("… (%d bytes)", len(s))
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
