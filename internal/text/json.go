package text

import (
	"bytes"
	"encoding/json"
)

// JSON is json.Marshal with <, > and & as they are: the text is for files and
// terminals, not for HTML.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
