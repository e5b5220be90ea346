package cause

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/text"
)

// messageKeys are the members of a JSON body that hold an error's message, the most
// telling first.
var messageKeys = []string{"error_description", "message", "Message", "errorMessage", "detail", "details", "reason", "msg", "title", "error", "errors"}

// longestMessage is how much of a message is quoted, and of a body read.
const (
	longestMessage = 160
	longestBody    = 8 << 10
)

// said is the message of an error in the answer's body, shown: a member of a JSON
// document, an XML element, or a body of one short line. It is "" if there is none.
func (e *Evidence) said() string {
	body := strings.TrimSpace(text.Cut(e.body(), longestBody))
	message := ""
	switch {
	case body == "":
	case body[0] == '{' || body[0] == '[':
		var v any
		if json.Unmarshal([]byte(body), &v) == nil {
			message = messageIn(v, 3)
		}
	case strings.Contains(body, "<Message>"):
		_, rest, _ := strings.Cut(body, "<Message>")
		message, _, _ = strings.Cut(rest, "</Message>")
		if _, rest, ok := strings.Cut(body, "<Code>"); ok {
			code, _, _ := strings.Cut(rest, "</Code>")
			message = code + ": " + message
		}
	case !strings.Contains(body, "<") && !strings.Contains(body, "\n"):
		message = body
	}
	message = strings.Join(strings.Fields(message), " ")
	if name := statusName(e.status()); len(message) < 4 || strings.EqualFold(message, name) || strings.EqualFold(message, strconv.Itoa(e.status())+" "+name) {
		return ""
	}
	return show(text.Cut(message, longestMessage))
}

// messageIn is the message in a JSON value, looked for to some depth.
func messageIn(v any, depth int) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		if len(v) > 0 && depth > 0 {
			return messageIn(v[0], depth-1)
		}
	case map[string]any:
		for _, key := range messageKeys {
			if s := messageIn(v[key], depth-1); depth > 0 && s != "" {
				return s
			}
		}
	}
	return ""
}

// quoted is a sentence that quotes the message of an error; "" if there is none.
func (e *Evidence) quoted() string {
	if said := e.said(); said != "" {
		return "It says “" + said + "”. "
	}
	return ""
}
