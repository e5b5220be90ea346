package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// limit is the most bytes of a string that [Clean] and [Quote] keep.
const limit = 400

// Clean makes a string from outside safe to show. It escapes it as [Printable] does, and
// cuts a long string and appends its length.
func Clean(s string) string {
	s, rest := cut(s, limit)
	return Printable(s) + rest
}

// CleanBytes is [Clean] for a string whose code points up to U+00FF stand for bytes, as in
// scenarios and outcomes. It cuts a long string by characters. Passwords stay, because
// those of a scenario are not secret.
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

// Quote is [Clean] in quotation marks, for errors. Quotation marks and backslashes in the
// string are escaped.
func Quote(s string) string {
	s, rest := cut(s, limit)
	return `"` + Printable(quotable.Replace(s)) + `"` + rest
}

var quotable = strings.NewReplacer(`"`, `\"`, `\`, `\\`)

// GoQuote quotes a string from outside as a Go string. It keeps at most limit bytes, and
// appends the length of a string that it cuts. Passwords of URLs are replaced.
func GoQuote(s string, limit int) string {
	s, rest := cut(s, limit)
	return strconv.Quote(s) + rest
}

// cut returns the beginning of a string without passwords, up to the end of a character,
// and a text with the length of the string; "" if nothing was cut.
func cut(s string, limit int) (begin, rest string) {
	shown := Redact(s)
	if begin = Cut(shown, limit); len(begin) < len(shown) {
		rest = fmt.Sprintf("… (%d bytes)", len(s))
	}
	return begin, rest
}

// Cut returns the beginning of a string, of at most limit bytes, up to the end of a
// character.
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

// Printable escapes, byte by byte, everything that a terminal could interpret, that is
// invisible, or that is not UTF-8. Passwords of URLs are replaced.
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

// Legible shortens a string in the middle to limit bytes, as browsers do with URLs, and
// escapes characters that are not printable, as browsers do in messages. Passwords of
// URLs, which browsers show, are replaced.
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
