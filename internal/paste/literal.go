package paste

import "strings"

// A literal is a value in a script.
type literal struct {
	kind    literalKind
	text    string // of a string; the text of what is no literal
	members []member
	items   []literal
	holes   bool   // of a string: parts of it are expressions
	media   string // the Content-Type that it has as a body
}

type member struct {
	name  string
	value literal
}

type literalKind uint8

const (
	otherLiteral literalKind = iota
	stringLiteral
	objectLiteral
	arrayLiteral
)

// get is a member of an object, by its name.
func (l *literal) get(name string) *literal {
	for i := range l.members {
		if l.members[i].name == name {
			return &l.members[i].value
		}
	}
	return &literal{}
}

// arguments reads up to three arguments.
func (v *script) arguments() []literal {
	var all []literal
	for len(all) < 3 {
		v.space()
		if v.at >= len(v.s) || v.s[v.at] == ')' {
			break
		}
		all = append(all, v.resolve(v.value(0)))
		v.space()
		if v.at >= len(v.s) || v.s[v.at] != ',' {
			break
		}
		v.at++
	}
	return append(all, literal{}, literal{}, literal{})
}

// get is a member of an object, or what the variable holds that is its value.
func (v *script) get(l *literal, name string) *literal {
	value := v.resolve(*l.get(name))
	return &value
}

// resolve is the value that a variable gets in the text, as in what Postman and
// others generate: const options = {…}; fetch(url, options). Headers that are
// appended to it are added. A name that is not a variable of the text stays as it is.
func (v *script) resolve(l literal) literal {
	const lookups, longest, pairLimit = 20, 256 << 10, 4 << 10
	name := l.text
	if l.kind != otherLiteral || name == "" || strings.Trim(name, identifier) != "" || v.reader == nil || v.lookups == lookups {
		return l
	}
	v.lookups++
	text := v.text[:min(len(v.text), longest)]
	for at := 0; ; {
		n := strings.Index(text[at:], name)
		if n < 0 {
			return l
		}
		start := at + n
		at = start + len(name)
		rest := strings.TrimLeft(text[at:], " \t")
		if start > 0 && isCallee(text[start-1]) || !strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "==") || strings.HasPrefix(rest, "=>") {
			continue
		}
		assigned := &script{reader: v.reader, s: text, at: len(text) - len(rest) + 1}
		value := assigned.value(1)
		for rest := text[assigned.at:]; len(value.members) < headerLimit; {
			_, after, ok := strings.Cut(rest, name+".append(")
			if !ok {
				if _, after, ok = strings.Cut(rest, name+".set("); !ok {
					break
				}
			}
			rest = after
			call := &script{s: after[:min(len(after), pairLimit)]}
			if pair := call.arguments(); pair[0].kind == stringLiteral {
				value.kind = objectLiteral
				value.members = append(value.members, member{pair[0].text, pair[1]})
			}
		}
		return value
	}
}

// identifier are the characters of the names that are looked up.
const identifier = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$"

// space passes over white space and comments.
func (v *script) space() {
	for v.at < len(v.s) {
		switch c := v.s[v.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			v.at++
		case strings.HasPrefix(v.s[v.at:], "//"):
			n := strings.IndexByte(v.s[v.at:], '\n')
			if n < 0 {
				n = len(v.s) - v.at
			}
			v.at += n
		case strings.HasPrefix(v.s[v.at:], "/*"):
			n := strings.Index(v.s[v.at:], "*/")
			if n < 0 {
				n = len(v.s) - v.at - 2
			}
			v.at += n + 2
		case strings.HasPrefix(v.s[v.at:], "\u200b"), strings.HasPrefix(v.s[v.at:], "\u00a0"):
			v.at += len("\u200b")
			if strings.HasPrefix(v.s[v.at-len("\u200b"):], "\u00a0") {
				v.at--
			}
		default:
			return
		}
	}
}

// deepest is how deep values are read that are in each other.
const deepest = 30

// value reads an expression: a literal, or what ends at the next comma or bracket.
func (v *script) value(depth int) literal {
	v.space()
	if v.at >= len(v.s) || depth > deepest {
		v.skip()
		return literal{}
	}
	first := v.primary(depth)
	v.space()
	if first.kind == stringLiteral {
		for v.at < len(v.s) && v.s[v.at] == '+' { // a concatenation
			v.at++
			next := v.value(depth + 1)
			if next.kind != stringLiteral {
				next.text, next.holes = placeholder(next.text), true
			}
			first.text += next.text
			first.holes = first.holes || next.holes
		}
	}
	v.space()
	if v.at < len(v.s) && strings.IndexByte(",)}];", v.s[v.at]) < 0 {
		start := v.at
		v.skip()
		if rest := strings.TrimSpace(v.s[start:v.at]); strings.HasPrefix(rest, "+") && first.kind == otherLiteral { // name + "text"
			if quote := strings.IndexAny(rest, "\"'`"); quote >= 0 {
				tail := &script{s: rest, at: quote}
				if l := tail.primary(depth + 1); l.kind == stringLiteral {
					return literal{kind: stringLiteral, text: placeholder(first.text) + l.text, holes: true}
				}
			}
		}
	}
	return first
}

// placeholder stands for an expression in a URL.
func placeholder(expression string) string {
	var b strings.Builder
	for i := 0; i < len(expression) && b.Len() < 40; i++ {
		if c := expression[i]; isCallee(c) && c != '$' {
			b.WriteByte(c)
		}
	}
	if b.Len() == 0 {
		return "…"
	}
	return b.String()
}

// primary reads one value.
func (v *script) primary(depth int) literal {
	switch c := v.s[v.at]; c {
	case '"', '\'', '`', 0xe2: // a curly quotation mark begins with that byte
		return v.string()
	case '{':
		return v.object(depth)
	case '[':
		return v.array(depth)
	}
	start := v.at
	for v.at < len(v.s) && (isCallee(v.s[v.at]) || v.s[v.at] == ' ' && v.s[start:v.at] == "new" || v.s[v.at] == '?' || v.s[v.at] == '!') {
		v.at++
	}
	name := strings.TrimPrefix(v.s[start:v.at], "new ")
	if v.at < len(v.s) && v.s[v.at] == '(' {
		v.at++
		arguments := v.inner(depth)
		switch name {
		case "Headers", "URL", "String", "encodeURI":
			if name == "URL" && arguments.kind == stringLiteral {
				return arguments
			}
			return arguments
		case "JSON.stringify":
			return literal{kind: stringLiteral, media: "text/plain;charset=UTF-8"}
		case "URLSearchParams":
			return literal{kind: stringLiteral, media: "application/x-www-form-urlencoded;charset=UTF-8"}
		case "FormData":
			return literal{media: "multipart/form-data"}
		}
		return literal{text: name}
	}
	if v.at == start {
		v.skip()
	}
	return literal{text: v.s[start:v.at]}
}

// inner reads the first argument of a call within, and passes over the rest.
func (v *script) inner(depth int) literal {
	first := v.value(depth + 1)
	for v.at < len(v.s) && v.s[v.at] == ',' {
		v.at++
		v.value(depth + 1)
	}
	if v.at < len(v.s) && v.s[v.at] == ')' {
		v.at++
	}
	return first
}

// string reads a string in any quotation marks, a template among them.
func (v *script) string() literal {
	l := literal{kind: stringLiteral, media: "text/plain;charset=UTF-8"}
	open := v.s[v.at : v.at+1]
	closing := open
	for _, pair := range [][2]string{{"“", "”"}, {"‘", "’"}, {"”", "”"}, {"’", "’"}} { // of a word processor
		if strings.HasPrefix(v.s[v.at:], pair[0]) {
			open, closing = pair[0], pair[1]
		}
	}
	if open == "\xe2" {
		v.at++
		return literal{}
	}
	v.at += len(open)
	var b strings.Builder
	for v.at < len(v.s) {
		switch {
		case strings.HasPrefix(v.s[v.at:], closing):
			v.at += len(closing)
			l.text = b.String()
			return l
		case v.s[v.at] == '\\' && v.at+1 < len(v.s):
			v.at++
			switch c := v.s[v.at]; c {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'r':
				b.WriteByte('\r')
			case '\n':
			default:
				b.WriteByte(c)
			}
			v.at++
		case closing == "`" && strings.HasPrefix(v.s[v.at:], "${"):
			end := strings.IndexByte(v.s[v.at:], '}')
			if end < 0 {
				end = len(v.s) - v.at - 1
			}
			b.WriteString(placeholder(v.s[v.at+2 : max(v.at+2, v.at+end)]))
			l.holes = true
			v.at += end + 1
		default:
			b.WriteByte(v.s[v.at])
			v.at++
		}
	}
	l.text = b.String()
	return l
}

// object reads an object literal.
func (v *script) object(depth int) literal {
	l := literal{kind: objectLiteral}
	v.at++
	for v.at < len(v.s) {
		v.space()
		if v.at >= len(v.s) {
			break
		}
		var name string
		switch c := v.s[v.at]; {
		case c == '}':
			v.at++
			return l
		case c == ',':
			v.at++
			continue
		case c == '"' || c == '\'' || c == '`' || c == 0xe2:
			name = v.string().text
		case isCallee(c):
			start := v.at
			for v.at < len(v.s) && isCallee(v.s[v.at]) {
				v.at++
			}
			name = v.s[start:v.at]
		case c == '[':
			name = v.array(depth + 1).text
		default: // a sign that does not belong here
			v.at++
			continue
		}
		v.space()
		if v.at < len(v.s) && v.s[v.at] == ':' {
			v.at++
			value := v.value(depth + 1)
			if len(l.members) < headerLimit {
				l.members = append(l.members, member{name, value})
			}
			continue
		}
		start := v.at
		v.skip() // a shorthand, a method or what is spread
		if strings.TrimSpace(v.s[start:v.at]) == "" && len(l.members) < headerLimit && !strings.HasPrefix(name, "...") {
			l.members = append(l.members, member{name, literal{text: name}})
		}
		if v.at < len(v.s) && (v.s[v.at] == ')' || v.s[v.at] == ']' || v.s[v.at] == ';') {
			return l // the object is not closed
		}
	}
	return l
}

// array reads an array literal.
func (v *script) array(depth int) literal {
	l := literal{kind: arrayLiteral}
	v.at++
	for v.at < len(v.s) {
		v.space()
		switch {
		case v.at >= len(v.s):
			return l
		case v.s[v.at] == ']':
			v.at++
			return l
		case strings.IndexByte(",)};", v.s[v.at]) >= 0:
			v.at++
			continue
		}
		item := v.value(depth + 1)
		if len(l.items) < headerLimit {
			l.items = append(l.items, item)
		}
	}
	return l
}

// skip passes over an expression, up to the comma or the bracket that ends it.
func (v *script) skip() {
	open := 0
	for v.at < len(v.s) {
		switch c := v.s[v.at]; c {
		case '(', '{', '[':
			open++
		case ')', '}', ']':
			if open == 0 {
				return
			}
			open--
		case ',', ';':
			if open == 0 {
				return
			}
		case '"', '\'', '`':
			v.string()
			continue
		case '/':
			if before := v.at; strings.HasPrefix(v.s[v.at:], "//") || strings.HasPrefix(v.s[v.at:], "/*") {
				if v.space(); v.at > before {
					continue
				}
			}
		}
		v.at++
	}
}
