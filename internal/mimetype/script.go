package mimetype

import (
	"bytes"
	"encoding/json"
	"io"
)

// CantBeScript reports whether a response whose body begins with bytes is no script
// for opaque-response blocking: it is JSON, or its first token can't begin a script.
// Whole says that the bytes are the whole body. It is not a parser of JavaScript: a
// syntax error behind the first token is not found.
func CantBeScript(b []byte, whole bool) bool {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if isJSON(b, whole) {
		return true
	}
	b = behindComments(b)
	return len(b) > 0 && bytes.IndexByte([]byte("<>)]},:=?*%&|^"), b[0]) >= 0
}

// isJSON tells whether bytes are JSON, or the beginning of it.
func isJSON(b []byte, whole bool) bool {
	if whole {
		return json.Valid(b)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	depth := 0
	for {
		token, err := d.Token()
		switch {
		case err == io.EOF, err == io.ErrUnexpectedEOF:
			return len(bytes.TrimLeft(b, blanks)) > 0
		case err != nil:
			return false
		case token == json.Delim('{'), token == json.Delim('['):
			depth++
		case token == json.Delim('}'), token == json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return len(bytes.TrimLeft(b[d.InputOffset():], blanks)) == 0
		}
	}
}

// behindComments is what follows blanks and comments that a script can begin with.
func behindComments(b []byte) []byte {
	for {
		b = bytes.TrimLeft(b, blanks+"\v\f")
		switch {
		case bytes.HasPrefix(b, []byte("//")), bytes.HasPrefix(b, []byte("<!--")), bytes.HasPrefix(b, []byte("-->")), bytes.HasPrefix(b, []byte("#!")):
			b = behindLine(b)
		case bytes.HasPrefix(b, []byte("/*")):
			_, b, _ = bytes.Cut(b[2:], []byte("*/"))
		default:
			return b
		}
	}
}
