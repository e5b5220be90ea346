package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/mimetype"
)

// withoutBlanks is the input for a data: URL without its blanks, of which those
// inside count if the data are not base64; any other is as it was.
func withoutBlanks(input string) string {
	u, fragment, more := strings.Cut(input, "#")
	const scheme = "data:"
	if len(u) < len(scheme) || !fold.Equal(u[:len(scheme)], scheme) {
		return input
	}
	u = strings.TrimRight(u, " ")
	mediaType, _, _ := strings.Cut(u, ",")
	if _, encoded := cutBase64(strings.ReplaceAll(mediaType, " ", "")); encoded {
		u = strings.ReplaceAll(u, " ", "")
	}
	if more {
		u += "#" + fragment
	}
	return u
}

// replaceCharsets puts UTF-8 in the place of every charset of a Content-Type,
// which it looks for without parsing the value: the word, behind a semicolon or
// a blank, an equals sign and what comes before the next delimiter. An empty one
// ends the search.
func replaceCharsets(value string) string {
	const (
		word     = "charset"
		encoding = "UTF-8"
	)
	blank := func(b byte) bool { return b <= ' ' }
	quote := func(b byte) bool { return b == '"' || b == '\'' }
	for i := 1; i+len(word) <= len(value); i++ {
		if before := value[i-1]; !fold.Equal(value[i:i+len(word)], word) || !blank(before) && before != ';' {
			continue
		}
		start := i + len(word)
		for start < len(value) && blank(value[start]) {
			start++
		}
		if start == len(value) || value[start] != '=' {
			continue
		}
		for start++; start < len(value) && (blank(value[start]) || quote(value[start])); {
			start++
		}
		end := start
		for end < len(value) && !blank(value[end]) && !quote(value[end]) && value[end] != ';' {
			end++
		}
		if start == end {
			break
		}
		value = value[:start] + encoding + value[end:]
		i = start + len(encoding) - 1
	}
	return value
}

// wholeMIMEType tells whether a string is a MIME type with parameters and nothing
// else, by a grammar stricter than the MIME Sniffing Standard's parser: blanks
// between any two parts, no part left out, values quoted or tokens.
func wholeMIMEType(s string) bool {
	token := func() bool {
		s = strings.TrimLeft(s, " \t")
		n := strings.IndexFunc(s, func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?=`, c) })
		if n < 0 {
			n = len(s)
		}
		s = s[n:]
		return n > 0
	}
	quoted := func() bool {
		for i := 1; i < len(s); i++ {
			switch s[i] {
			case '\\':
				i++
			case '"':
				s = s[i+1:]
				return true
			}
		}
		return false
	}
	next := func(c byte) bool {
		s = strings.TrimLeft(s, " \t")
		if s == "" || s[0] != c {
			return false
		}
		s = s[1:]
		return true
	}
	if !token() || !next('/') || !token() {
		return false
	}
	for next(';') {
		if !token() || !next('=') {
			return false
		}
		if s = strings.TrimLeft(s, " \t"); strings.HasPrefix(s, `"`) {
			if !quoted() {
				return false
			}
		} else if !token() {
			return false
		}
	}
	return s == ""
}

// isMIMEType tells whether a string parses as a MIME type.
func isMIMEType(s string) bool {
	_, ok := mimetype.Parse(s)
	return ok
}
