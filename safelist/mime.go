package safelist

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
)

// MIMEType is a MIME type record. Type, Subtype and the names of Parameters are in lower case; the values of
// Parameters are bytes, where one of 0x80 or more stands for the code point of that number. A *MIMEType that is only
// read may be read by many goroutines.
//
// https://mimesniff.spec.whatwg.org/#mime-type
type MIMEType struct {
	Type, Subtype string
	Parameters    []Parameter // in order, no name twice
}

// Parameter is a parameter of a MIME type.
type Parameter struct{ Name, Value string }

var javaScriptEssences = [...]string{
	"application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript",
	"text/ecmascript", "text/javascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2",
	"text/javascript1.3", "text/javascript1.4", "text/javascript1.5", "text/jscript", "text/livescript",
	"text/x-ecmascript", "text/x-javascript",
}

// ParseMIMEType parses a MIME type from bytes. It is stricter than a comma list ("text/plain, text/html" is an
// error) and more lenient than the grammar: a parameter that it can't use is dropped, and of two with one name the
// first stays. The error is a *[ValueError]. A string that holds code points rather than bytes, such as the
// type of a Blob, must be ASCII.
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func ParseMIMEType(s string) (*MIMEType, error) {
	typ, subtype, input, ok := parseEssence(s) // 1. to 9.
	if !ok {
		return nil, &ValueError{"", s, "not a MIME type, which starts with type/subtype"}
	}
	m := &MIMEType{Type: fold.Lower(typ), Subtype: fold.Lower(subtype)} // 10.
	seen := make(map[string]struct{})
	for len(input) > 0 { // 11.
		input = trimLeft(input[1:], isHTTPWhitespace) // 11.1., 11.2.
		end := strings.IndexAny(input, ";=")          // 11.3.
		if end < 0 || end == len(input)-1 && input[end] == '=' {
			break // 11.6.
		}
		name := fold.Lower(input[:end]) // 11.4.
		input = input[end:]
		if input[0] == ';' {
			continue // 11.5.1.
		}
		input = input[1:] // 11.5.2.
		var value string
		if input[0] == '"' { // 11.8.
			end := skipQuotedString(input, 0)
			value, input = unquote(input[:end]), skipTo(input[end:], ';')
		} else { // 11.9.
			rest := skipTo(input, ';')
			value, input = trimRight(input[:len(input)-len(rest)], isHTTPWhitespace), rest
			if value == "" {
				continue
			}
		}
		if !IsToken(name) || !isQuotedStringToken(value) {
			continue
		}
		if _, ok := seen[name]; ok {
			continue
		}
		seen[name] = struct{}{}
		m.Parameters = append(m.Parameters, Parameter{name, value}) // 11.10.
	}
	return m, nil // 12.
}

// parseEssence carries out steps 1 to 9 of parse a MIME type. The type and subtype keep their case; rest is what
// follows the subtype, empty or from its semicolon on.
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func parseEssence[T byteSeq](input T) (typ, subtype, rest T, ok bool) {
	input = trim(input, isHTTPWhitespace) // 1.
	slash := 0
	for slash < len(input) && input[slash] != '/' { // 3.
		slash++
	}
	if slash == len(input) || !within(input[:slash], tokens()) {
		return typ, subtype, rest, false // 4., 5.
	}
	typ, input = input[:slash], input[slash+1:] // 6.
	semicolon := 0
	for semicolon < len(input) && input[semicolon] != ';' { // 7.
		semicolon++
	}
	subtype, rest = trimRight(input[:semicolon], isHTTPWhitespace), input[semicolon:] // 8.
	return typ, subtype, rest, within(subtype, tokens())                              // 9.
}

func skipTo(s string, c byte) string {
	if i := strings.IndexByte(s, c); i >= 0 {
		return s[i:]
	}
	return ""
}

// unquote returns what an HTTP quoted string, which may lack its end, stands for.
//
// https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
func unquote(quoted string) string {
	value := make([]byte, 0, len(quoted))
	for i := 1; i < len(quoted); i++ {
		switch {
		case quoted[i] == '"': // 5.6.
			return string(value)
		case quoted[i] == '\\' && i+1 < len(quoted): // 5.5.; a backslash at the end of input stays
			i++
		}
		value = append(value, quoted[i])
	}
	return string(value)
}

// isQuotedStringToken reports whether s solely contains HTTP quoted-string token code points.
//
// https://mimesniff.spec.whatwg.org/#http-quoted-string-token-code-point
func isQuotedStringToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7F {
			return false
		}
	}
	return true
}

// Essence returns the type and the subtype with a slash between.
//
// https://mimesniff.spec.whatwg.org/#mime-type-essence
func (m *MIMEType) Essence() string { return m.Type + "/" + m.Subtype }

// Parameter returns the value of the parameter with the name, which is in lower case; false when there is none.
//
// https://mimesniff.spec.whatwg.org/#parameters
func (m *MIMEType) Parameter(name string) (string, bool) {
	for _, p := range m.Parameters {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

// IsJavaScript reports whether m is a JavaScript MIME type, whatever its parameters.
//
// https://mimesniff.spec.whatwg.org/#javascript-mime-type
func (m *MIMEType) IsJavaScript() bool {
	return slices.Contains(javaScriptEssences[:], m.Essence())
}

// String serializes m to bytes; [ParseMIMEType] takes the result back to m.
//
// https://mimesniff.spec.whatwg.org/#serialize-a-mime-type-to-bytes
func (m *MIMEType) String() string {
	var b strings.Builder
	b.WriteString(m.Type) // 1.
	b.WriteByte('/')
	b.WriteString(m.Subtype)
	for _, p := range m.Parameters { // 2.
		b.WriteByte(';')
		b.WriteString(p.Name)
		b.WriteByte('=')
		if IsToken(p.Value) {
			b.WriteString(p.Value)
			continue
		}
		b.WriteByte('"') // 2.4.
		for i := range len(p.Value) {
			if c := p.Value[i]; c == '"' || c == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(p.Value[i])
		}
		b.WriteByte('"')
	}
	return b.String()
}
