package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// limit is the most bytes that [Clean] and [Quote] leave of a string.
const limit = 400

// Clean makes a string from outside fit to be shown: it is [Printable], and what
// is long is cut, with its length behind it.
func Clean(s string) string {
	s, rest := cut(s, limit)
	return Printable(s) + rest
}

// CleanBytes is [Clean] for a string whose code points up to U+00FF stand for
// bytes, as those of scenarios and outcomes do. What is long is cut at so many
// characters. Passwords stay: those of a scenario are no secret.
func CleanBytes(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > limit {
			fmt.Fprintf(&b, "… (%d characters)", utf8.RuneCountInString(s))
			break
		}
		switch {
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
	}
	return b.String()
}

// Quote is [Clean] in quotation marks, for errors: where the string begins and
// ends can be seen, and quotation marks and backslashes in it are escaped.
func Quote(s string) string {
	s, rest := cut(s, limit)
	return `"` + Printable(quotable.Replace(s)) + `"` + rest
}

var quotable = strings.NewReplacer(`"`, `\"`, `\`, `\\`)

// GoQuote is a string from outside as Go would write it, of at most so many
// bytes, with its length behind it if it is cut. Passwords of URLs are replaced.
func GoQuote(s string, limit int) string {
	s, rest := cut(s, limit)
	return strconv.Quote(s) + rest
}

// cut is the beginning of a string without passwords, up to a character's end,
// and how long it was; "" if it is all there.
func cut(s string, limit int) (begin, rest string) {
	shown := Redact(s)
	if begin = Cut(shown, limit); len(begin) < len(shown) {
		rest = fmt.Sprintf("… (%d bytes)", len(s))
	}
	return begin, rest
}

// Cut is the beginning of a string of at most so many bytes, up to a character's
// end.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit
	for end > limit-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// Printable escapes, byte by byte, what could be taken for a command by a
// terminal, can't be seen, or is not UTF-8. Passwords of URLs are replaced.
func Printable(s string) string {
	s = Redact(s)
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

// Legible cuts a string in the middle to so many bytes, as browsers do with URLs,
// and escapes what is not printable as browsers do in messages. Browsers show
// passwords of URLs; here they are replaced.
func Legible(s string, limit int) string {
	s = Redact(s)
	if len(s) > limit {
		s = s[:limit/2-1] + "..." + s[len(s)-limit/2+2:]
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\u%04X`, s[i])
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}
