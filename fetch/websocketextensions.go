package fetch

import (
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/rules"
)

// A webSocketExtension is a member of a Sec-WebSocket-Extensions. That of an empty
// member has no name.
type webSocketExtension struct {
	name   string
	params []extensionParam
}

type extensionParam struct {
	name, value string
	hasValue    bool
}

const permessageDeflate = "permessage-deflate"

// agrees tells whether the extensions that a server lists are some of those that were
// offered, each with parameters that it may have.
//
// https://www.rfc-editor.org/rfc/rfc6455#section-9.1
// https://www.rfc-editor.org/rfc/rfc7692#section-6
func (h *handshake) agrees(list string, rules *rules.WebSocket) bool {
	if list == "" {
		return rules.EmptyExtensions
	}
	extensions, ok := parseExtensions(list)
	named, deflates := 0, false
	for i := range extensions {
		switch e := &extensions[i]; {
		case e.name == "" && rules.NoEmptyExtension:
			return false
		case e.name == "":
		case !h.extensions[e.name]:
			return false
		case e.name == permessageDeflate:
			if !e.deflates() || deflates && !rules.DeflatesAgain {
				return false // Of two, each would want the bit that says that a message is compressed.
			}
			deflates = true
			named++
		default:
			named++
		}
	}
	return ok && (named > 0 || rules.EmptyExtensions)
}

// deflates tells whether the parameters of a permessage-deflate are those that a
// server may answer with, each once.
//
// https://www.rfc-editor.org/rfc/rfc7692#section-7.1
func (e *webSocketExtension) deflates() bool {
	seen := make(map[string]bool)
	for _, p := range e.params {
		if seen[p.name] {
			return false
		}
		seen[p.name] = true
		switch p.name {
		case "server_no_context_takeover", "client_no_context_takeover":
			if p.hasValue {
				return false
			}
		case "server_max_window_bits", "client_max_window_bits":
			if bits, err := strconv.ParseUint(p.value, 10, 8); err != nil || bits < 8 || bits > 15 || p.value[0] == '0' {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// parseExtensions parses a Sec-WebSocket-Extensions, whose members may be empty; false
// if it is not a list of extensions.
//
// https://www.rfc-editor.org/rfc/rfc6455#section-9.1
func parseExtensions(list string) (extensions []webSocketExtension, ok bool) {
	for rest := list; ; {
		var e webSocketExtension
		e.name, rest = cutToken(rest)
		for e.name != "" && strings.HasPrefix(rest, ";") {
			var p extensionParam
			if p, rest, ok = cutParam(rest[1:]); !ok {
				return extensions, false
			}
			e.params = append(e.params, p)
		}
		extensions = append(extensions, e)
		if rest, ok = strings.CutPrefix(rest, ","); !ok {
			return extensions, rest == ""
		}
	}
}

// cutParam cuts off the parameter of an extension that a string begins with.
//
// https://www.rfc-editor.org/rfc/rfc6455#section-9.1
func cutParam(s string) (p extensionParam, rest string, ok bool) {
	p.name, rest = cutToken(s)
	if p.name == "" || !strings.HasPrefix(rest, "=") {
		return p, rest, p.name != ""
	}
	p.hasValue = true
	value := strings.TrimLeft(rest[1:], " \t")
	if !strings.HasPrefix(value, `"`) {
		p.value, rest = cutToken(value)
		return p, rest, p.value != ""
	}
	// Without its quotation marks and backslashes a quoted string has to be a token.
	var unquoted []byte
	for i := 1; i < len(value); i++ {
		switch {
		case value[i] == '"':
			p.value = string(unquoted)
			return p, strings.TrimLeft(value[i+1:], " \t"), grammar.IsToken(p.value)
		case value[i] == '\\' && i+1 < len(value):
			i++
		}
		unquoted = append(unquoted, value[i])
	}
	return p, "", false
}

// cutToken cuts off the token that a string begins with, and the blanks around it.
func cutToken(s string) (token, rest string) {
	s = strings.TrimLeft(s, " \t")
	n := 0
	for n < len(s) && grammar.IsToken(s[n:n+1]) {
		n++
	}
	return s[:n], strings.TrimLeft(s[n:], " \t")
}
