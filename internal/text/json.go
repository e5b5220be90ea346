package text

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON is json.Marshal without escaping <, > and &. The text is for files and terminals,
// not for HTML.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// EscapeJSON escapes invisible characters in a JSON text, so that a terminal does not
// interpret them. Line feeds stay.
func EscapeJSON(raw string) string {
	escaped := make([]byte, 0, len(raw))
	for _, c := range raw {
		if unicode.IsPrint(c) || c == '\n' {
			escaped = utf8.AppendRune(escaped, c)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, c) {
			escaped = fmt.Appendf(escaped, `\u%04x`, unit)
		}
	}
	return string(escaped)
}
