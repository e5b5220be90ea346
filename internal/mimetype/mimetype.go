// Package mimetype has MIME types as the MIME Sniffing Standard parses and serializes them, and takes them from the
// Content-Type of a header list.
package mimetype

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headervalue"
)

// Type is a MIME type record. Its Type, Subtype and the names of Parameters are in lower case; the values of
// Parameters are bytes, where one of 0x80 or more stands for the code point of that number. A *Type that is only
// read may be read by many goroutines.
//
// https://mimesniff.spec.whatwg.org/#mime-type
type Type struct {
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

// Parse parses a MIME type from bytes. It is stricter than a comma list ("text/plain, text/html" is an
// error) and more lenient than the grammar: a parameter that it can't use is dropped, and of two with one name the
// first stays. ok is false for what does not start with type/subtype. A string that holds code points rather than bytes, such as the
// type of a Blob, must be ASCII.
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func Parse(s string) (_ *Type, ok bool) {
	typ, subtype, input, ok := ParseEssence(s) // 1. to 9. Type and subtype.
	if !ok {
		return nil, false
	}
	m := &Type{Type: fold.Lower(typ), Subtype: fold.Lower(subtype)} // 10. In lower case.
	seen := make(map[string]struct{})
	for len(input) > 0 { // 11. Each parameter:
		input = grammar.TrimLeft(input[1:], grammar.IsWhitespace) // 11.1., 11.2. behind the semicolon and blanks,
		end := strings.IndexAny(input, ";=")                      // 11.3. a name
		if end < 0 || end == len(input)-1 && input[end] == '=' {
			break // 11.6. There is nothing more.
		}
		name := fold.Lower(input[:end]) // 11.4. in lower case,
		input = input[end:]
		if input[0] == ';' {
			continue // 11.5.1. which is dropped without a value;
		}
		input = input[1:] // 11.5.2. behind the equals sign
		var value string
		if input[0] == '"' { // 11.8. a value in quotes,
			end := grammar.SkipQuotedString(input, 0)
			value, input = unquote(input[:end]), skipTo(input[end:], ';')
		} else { // 11.9. or up to the semicolon.
			rest := skipTo(input, ';')
			value, input = grammar.TrimRight(input[:len(input)-len(rest)], grammar.IsWhitespace), rest
			if value == "" {
				continue
			}
		}
		if !grammar.IsToken(name) || !isQuotedStringToken(value) {
			continue
		}
		if _, ok := seen[name]; ok {
			continue
		}
		seen[name] = struct{}{}
		m.Parameters = append(m.Parameters, Parameter{name, value}) // 11.10. It is kept if both are well-formed and the name is new.
	}
	return m, true // 12. That is the MIME type.
}

// ParseEssence carries out steps 1 to 9 of parse a MIME type. The type and subtype keep their case; rest is what
// follows the subtype, empty or from its semicolon on.
//
// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func ParseEssence[T grammar.ByteSeq](input T) (typ, subtype, rest T, ok bool) {
	input = grammar.Trim(input, grammar.IsWhitespace) // 1. Without blanks around it.
	slash := 0
	for slash < len(input) && input[slash] != '/' { // 3. The type ends at a slash,
		slash++
	}
	if slash == len(input) || !grammar.IsToken(input[:slash]) {
		return typ, subtype, rest, false // 4., 5. is a token, and the slash is there.
	}
	typ, input = input[:slash], input[slash+1:] // 6. Behind the slash
	semicolon := 0
	for semicolon < len(input) && input[semicolon] != ';' { // 7. is the subtype, up to a semicolon,
		semicolon++
	}
	subtype, rest = grammar.TrimRight(input[:semicolon], grammar.IsWhitespace), input[semicolon:] // 8. without blanks at its end.
	return typ, subtype, rest, grammar.IsToken(subtype)                                           // 9. It is a token, too.
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
		case quoted[i] == '"': // 5.6. The closing quotation mark.
			return string(value)
		case quoted[i] == '\\' && i+1 < len(quoted): // 5.5. What is escaped; a backslash at the end of input stays
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
func (m *Type) Essence() string { return m.Type + "/" + m.Subtype }

// Parameter returns the value of the parameter with the name, which is in lower case; false when there is none.
//
// https://mimesniff.spec.whatwg.org/#parameters
func (m *Type) Parameter(name string) (string, bool) {
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
func (m *Type) IsJavaScript() bool {
	return IsJavaScriptEssence(m.Essence())
}

// IsJavaScriptEssence reports whether an essence is that of a JavaScript MIME type.
//
// https://mimesniff.spec.whatwg.org/#javascript-mime-type-essence-match
func IsJavaScriptEssence(essence string) bool {
	return slices.Contains(javaScriptEssences[:], essence)
}

// String serializes m to bytes; [Parse] takes the result back to m.
//
// https://mimesniff.spec.whatwg.org/#serialize-a-mime-type-to-bytes
func (m *Type) String() string {
	var b strings.Builder
	b.WriteString(m.Type) // 1. The essence.
	b.WriteByte('/')
	b.WriteString(m.Subtype)
	for _, p := range m.Parameters { // 2. Each parameter,
		b.WriteByte(';')
		b.WriteString(p.Name)
		b.WriteByte('=')
		if grammar.IsToken(p.Value) {
			b.WriteString(p.Value)
			continue
		}
		b.WriteByte('"') // 2.4. in quotes if its value is not a token.
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

// Extract returns the MIME type that the Content-Type headers of l give: the last that parses and is not
// "*/*", with the charset of an earlier one of the same essence when it has none itself. It is false when there is none.
//
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
func Extract[L headervalue.Getter](l L) (_ *Type, ok bool) {
	var charset, essence string
	var hasCharset bool
	var mimeType *Type
	value, present := l.Get("Content-Type") // 4. The values.
	if !present {
		return nil, false // 5. There is none: failure.
	}
	for v := range headervalue.Quoted(value) { // 6. The last that parses counts,
		temporary, ok := Parse(v)
		if !ok || temporary.Type == "*" && temporary.Subtype == "*" {
			continue // 6.2. and that is not */*.
		}
		mimeType = temporary
		if e := mimeType.Essence(); e != essence { // 6.4. Another essence begins anew.
			charset, hasCharset = mimeType.Parameter("charset")
			essence = e
		} else if _, ok := mimeType.Parameter("charset"); !ok && hasCharset { // 6.5. The same one keeps the charset of before.
			mimeType.Parameters = append(mimeType.Parameters, Parameter{"charset", charset})
		}
	}
	return mimeType, mimeType != nil
}
