package fetch_test

import (
	"slices"
	"strconv"
	"strings"
)

// The model (model_test.go) of headers, methods, their values and MIME types.

// A modelHeader is a header, modelHeaders a header list.
//
// https://fetch.spec.whatwg.org/#concept-header-list
type (
	modelHeader  struct{ name, value string }
	modelHeaders []modelHeader
)

// modelLower is byte-lowercase.
//
// https://infra.spec.whatwg.org/#byte-lowercase
func modelLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 0x20
		}
	}
	return string(b)
}

// modelIs is a byte-case-insensitive match for one of several.
func modelIs(s string, others ...string) bool {
	for _, other := range others {
		if len(s) == len(other) && modelLower(s) == modelLower(other) {
			return true
		}
	}
	return false
}

// https://fetch.spec.whatwg.org/#header-list-contains
func (l modelHeaders) contains(name string) bool {
	return slices.ContainsFunc(l, func(h modelHeader) bool { return modelIs(h.name, name) })
}

// values are the values of all headers of a name, in order.
func (l modelHeaders) values(name string) []string {
	var values []string
	for _, h := range l {
		if modelIs(h.name, name) {
			values = append(values, h.value)
		}
	}
	return values
}

// https://fetch.spec.whatwg.org/#concept-header-list-get
func (l modelHeaders) get(name string) (string, bool) {
	values := l.values(name)
	return strings.Join(values, ", "), values != nil
}

// https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split
func (l modelHeaders) getDecodeAndSplit(name string) []string {
	value, ok := l.get(name)
	if !ok {
		return nil
	}
	return modelDecodeAndSplit(value)
}

// https://fetch.spec.whatwg.org/#header-value-get-decode-and-split
func modelDecodeAndSplit(input string) []string {
	var values []string
	position, temporary := 0, ""
	for {
		temporary += modelCollect(input, &position, func(c byte) bool { return c != '"' && c != ',' }) // 5.1
		if position < len(input) && input[position] == '"' {                                           // 5.2
			start := position
			modelCollectQuoted(input, &position)
			temporary += input[start:position]
			if position < len(input) {
				continue
			}
		}
		values = append(values, strings.Trim(temporary, "\t ")) // 5.3, 5.4
		temporary = ""                                          // 5.5
		if position >= len(input) {
			return values // 5.6
		}
		position++ // 5.8
	}
}

// https://infra.spec.whatwg.org/#collect-a-sequence-of-code-points
func modelCollect(input string, position *int, condition func(byte) bool) string {
	start := *position
	for *position < len(input) && condition(input[*position]) {
		*position++
	}
	return input[start:*position]
}

// modelCollectQuoted returns the value and leaves the position behind what was
// collected.
//
// https://fetch.spec.whatwg.org/#collect-an-http-quoted-string
func modelCollectQuoted(input string, position *int) string {
	value := ""
	*position++ // 4
	for {
		value += modelCollect(input, position, func(c byte) bool { return c != '"' && c != '\\' }) // 5.1
		if *position >= len(input) {
			return value // 5.2
		}
		c := input[*position]
		*position++    // 5.4
		if c != '\\' { // 5.6
			return value
		}
		if *position >= len(input) { // 5.5.1
			return value + `\`
		}
		value += string(input[*position]) // 5.5.2
		*position++
	}
}

// https://fetch.spec.whatwg.org/#concept-header-list-append
func (l *modelHeaders) append(name, value string) {
	for _, h := range *l {
		if modelIs(h.name, name) {
			name = h.name
			break
		}
	}
	*l = append(*l, modelHeader{name, value})
}

// https://fetch.spec.whatwg.org/#concept-header-list-delete
func (l *modelHeaders) delete(name string) {
	*l = slices.DeleteFunc(slices.Clone(*l), func(h modelHeader) bool { return modelIs(h.name, name) })
}

// https://fetch.spec.whatwg.org/#concept-header-list-set
func (l *modelHeaders) set(name, value string) {
	if !l.contains(name) {
		l.append(name, value)
		return
	}
	var out modelHeaders
	for _, h := range *l {
		if modelIs(h.name, name) {
			if out.contains(name) {
				continue
			}
			h.value = value
		}
		out = append(out, h)
	}
	*l = out
}

// https://fetch.spec.whatwg.org/#concept-header-list-combine
func (l *modelHeaders) combine(name, value string) {
	if old := l.values(name); old != nil {
		l.set(name, old[0]+", "+value)
		return
	}
	l.append(name, value)
}

// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
func (l modelHeaders) sortAndCombine() modelHeaders {
	var names []string
	for _, h := range l {
		names = append(names, h.name)
	}
	var out modelHeaders
	for _, name := range modelSortedLowercase(names) {
		if name == "set-cookie" {
			for _, value := range l.values(name) {
				out = append(out, modelHeader{name, value})
			}
			continue
		}
		value, _ := l.get(name)
		out = append(out, modelHeader{name, value})
	}
	return out
}

// https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set
func modelSortedLowercase(names []string) []string {
	var set []string
	for _, name := range names {
		set = append(set, modelLower(name))
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// modelToken is HTTP's token, of which a method and a field-name are made.
//
// https://httpwg.org/specs/rfc9110.html#rule.token.separators
func modelToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return s != ""
}

// https://fetch.spec.whatwg.org/#header-value
func modelHeaderValue(s string) bool {
	return s == strings.Trim(s, "\t ") && !strings.ContainsAny(s, "\x00\r\n")
}

// https://fetch.spec.whatwg.org/#concept-header-value-normalize
func modelNormalizeValue(s string) string { return strings.Trim(s, "\t\n\r ") }

// https://fetch.spec.whatwg.org/#concept-method-normalize
func modelNormalizeMethod(method string) string {
	if modelIs(method, "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT") {
		return strings.ToUpper(method)
	}
	return method
}

// https://fetch.spec.whatwg.org/#forbidden-method
func modelForbiddenMethod(method string) bool { return modelIs(method, "CONNECT", "TRACE", "TRACK") }

// https://fetch.spec.whatwg.org/#cors-safelisted-method
func modelSafelistedMethod(method string) bool {
	return method == "GET" || method == "HEAD" || method == "POST"
}

// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte
func modelUnsafeByte(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < 0x20 && c != '\t' || strings.IndexByte("\"():<>?@[\\]{}\x7F", c) >= 0 {
			return true
		}
	}
	return false
}

// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func modelSafelistedHeader(h modelHeader) bool {
	if len(h.value) > 128 { // 1
		return false
	}
	switch modelLower(h.name) { // 2
	case "accept":
		return !modelUnsafeByte(h.value)
	case "accept-language", "content-language":
		for i := range len(h.value) {
			c := h.value[i]
			if !('0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || strings.IndexByte(" *,-.;=", c) >= 0) {
				return false
			}
		}
		return true
	case "content-type":
		if modelUnsafeByte(h.value) {
			return false // 1
		}
		t, ok := modelParseMIMEType(h.value) // 2, 3
		return ok && slices.Contains([]string{"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}, t.essence)
	case "range":
		start, _, ok := modelSingleRange(h.value, false) // 1, 2
		return ok && start != ""                         // 3
	}
	return false
}

// modelSingleRange returns the digits; "" is null. Numbers of the world's
// ranges fit an int.
//
// https://fetch.spec.whatwg.org/#simple-range-header-value
func modelSingleRange(data string, allowWhitespace bool) (start, end string, ok bool) {
	position := 5
	blanks := func() {
		if allowWhitespace {
			modelCollect(data, &position, func(c byte) bool { return c == '\t' || c == ' ' })
		}
	}
	digits := func() string {
		return modelCollect(data, &position, func(c byte) bool { return '0' <= c && c <= '9' })
	}
	if !strings.HasPrefix(data, "bytes") {
		return "", "", false // 2
	}
	blanks() // 4
	if position >= len(data) || data[position] != '=' {
		return "", "", false // 5
	}
	position++       // 6
	blanks()         // 7
	start = digits() // 8
	blanks()         // 10
	if position >= len(data) || data[position] != '-' {
		return "", "", false // 11
	}
	position++     // 12
	blanks()       // 13
	end = digits() // 14
	if position < len(data) || start == "" && end == "" {
		return "", "", false // 16, 17
	}
	if start != "" && end != "" {
		a, errA := strconv.Atoi(start)
		b, errB := strconv.Atoi(end)
		if errA != nil || errB != nil {
			panic("a range that the model cannot compare: " + data)
		}
		if a > b {
			return "", "", false // 18
		}
	}
	return start, end, true // 19
}

// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (l modelHeaders) corsUnsafeNames() []string {
	var unsafe, potentially []string
	size := 0
	for _, h := range l {
		if !modelSafelistedHeader(h) {
			unsafe = append(unsafe, h.name) // 4.1
		} else {
			potentially = append(potentially, h.name) // 4.2
			size += len(h.value)
		}
	}
	if size > 1024 {
		unsafe = append(unsafe, potentially...) // 5
	}
	return modelSortedLowercase(unsafe) // 6
}

// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func modelNonWildcard(name string) bool { return modelIs(name, "Authorization") }

// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name
func modelNoCORSName(name string) bool {
	return modelIs(name, "Accept", "Accept-Language", "Content-Language", "Content-Type")
}

// https://fetch.spec.whatwg.org/#forbidden-request-header
func modelForbiddenHeader(h modelHeader) bool {
	if modelIs(h.name, "Accept-Charset", "Accept-Encoding", "Access-Control-Request-Headers",
		"Access-Control-Request-Method", "Connection", "Content-Length", "Cookie", "Cookie2", "Date", "DNT", "Expect",
		"Host", "Keep-Alive", "Origin", "Referer", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via") {
		return true // 1
	}
	if name := modelLower(h.name); strings.HasPrefix(name, "proxy-") || strings.HasPrefix(name, "sec-") {
		return true // 2
	}
	if modelIs(h.name, "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override") { // 3
		return slices.ContainsFunc(modelDecodeAndSplit(h.value), modelForbiddenMethod)
	}
	return false
}

// https://fetch.spec.whatwg.org/#forbidden-response-header-name
func modelForbiddenResponseHeader(name string) bool {
	return modelIs(name, "Set-Cookie", "Set-Cookie2")
}

// modelRequestBodyHeaders are the request-body-header names.
//
// https://fetch.spec.whatwg.org/#request-body-header-name
var modelRequestBodyHeaders = []string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Type"}

// A modelGrammar is the ABNF of a header's value: it returns the values that
// parsing gives.
type modelGrammar func(value string) (values []string, ok bool)

// modelList is #token and, with at least one element, 1#token.
//
// https://httpwg.org/specs/rfc9110.html#abnf.extension
func modelList(least int, token func(string) bool) modelGrammar {
	return func(value string) ([]string, bool) {
		var values []string
		for element := range strings.SplitSeq(value, ",") {
			element = strings.Trim(element, "\t ")
			if element == "" {
				continue
			}
			if !token(element) {
				return nil, false
			}
			values = append(values, element)
		}
		return values, len(values) >= least
	}
}

// https://httpwg.org/specs/rfc9111.html#delta-seconds
func modelDeltaSeconds(value string) ([]string, bool) {
	return []string{value}, value != "" && strings.Trim(value, "0123456789") == ""
}

// modelExtracted is null, failure or a list.
type modelExtracted struct {
	null, failure bool
	values        []string
}

// https://fetch.spec.whatwg.org/#extract-header-list-values
func (l modelHeaders) extract(name string, single bool, grammar modelGrammar) modelExtracted {
	lines := l.values(name)
	if lines == nil {
		return modelExtracted{null: true} // 1
	}
	if single && len(lines) > 1 {
		return modelExtracted{failure: true} // 2
	}
	var all []string // 3
	for _, line := range lines {
		values, ok := grammar(line)
		if !ok {
			return modelExtracted{failure: true} // 4.2
		}
		all = append(all, values...) // 4.3
	}
	return modelExtracted{values: all} // 5
}

// A modelMIMEType is a MIME type.
//
// https://mimesniff.spec.whatwg.org/#mime-type-representation
type modelMIMEType struct {
	essence    string
	parameters modelHeaders // the names are lower-case
}

// https://mimesniff.spec.whatwg.org/#parse-a-mime-type
func modelParseMIMEType(input string) (modelMIMEType, bool) {
	const whitespace = "\t\n\r "
	input = strings.Trim(input, whitespace)                                       // 1
	position := 0                                                                 // 2
	kind := modelCollect(input, &position, func(c byte) bool { return c != '/' }) // 3
	if !modelToken(kind) || position >= len(input) {                              // 4, 5
		return modelMIMEType{}, false
	}
	position++                                                                       // 6
	subtype := modelCollect(input, &position, func(c byte) bool { return c != ';' }) // 7
	subtype = strings.TrimRight(subtype, whitespace)                                 // 8
	if !modelToken(subtype) {                                                        // 9
		return modelMIMEType{}, false
	}
	t := modelMIMEType{essence: modelLower(kind + "/" + subtype)} // 10
	for position < len(input) {                                   // 11
		position++                                                                                            // 11.1
		modelCollect(input, &position, func(c byte) bool { return strings.IndexByte(whitespace, c) >= 0 })    // 11.2
		name := modelLower(modelCollect(input, &position, func(c byte) bool { return c != ';' && c != '=' })) // 11.3, 11.4
		if position < len(input) {                                                                            // 11.5
			if input[position] == ';' {
				continue
			}
			position++
		}
		if position >= len(input) {
			break // 11.6
		}
		var value string
		if input[position] == '"' { // 11.8
			value = modelCollectQuoted(input, &position)
			modelCollect(input, &position, func(c byte) bool { return c != ';' })
		} else { // 11.9
			value = strings.TrimRight(modelCollect(input, &position, func(c byte) bool { return c != ';' }), whitespace)
			if value == "" {
				continue
			}
		}
		if modelToken(name) && modelQuotedToken(value) && !t.parameters.contains(name) { // 11.10
			t.parameters.append(name, value)
		}
	}
	return t, true // 12
}

// https://mimesniff.spec.whatwg.org/#http-quoted-string-token-code-point
func modelQuotedToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '\t' && (c < ' ' || c == 0x7F) {
			return false
		}
	}
	return true
}

// https://mimesniff.spec.whatwg.org/#serialize-a-mime-type
func (t modelMIMEType) String() string {
	s := t.essence
	for _, p := range t.parameters {
		value := p.value
		if !modelToken(value) {
			value = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
		}
		s += ";" + p.name + "=" + value
	}
	return s
}

// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
func (l modelHeaders) extractMIMEType() (modelMIMEType, bool) {
	var t modelMIMEType
	found := false
	for _, value := range l.getDecodeAndSplit("Content-Type") { // 4 to 6; the charset is left out, nothing here asks for it
		if parsed, ok := modelParseMIMEType(value); ok && parsed.essence != "*/*" {
			t, found = parsed, true
		}
	}
	return t, found
}

// https://mimesniff.spec.whatwg.org/#javascript-mime-type
func (t modelMIMEType) isJavaScript() bool {
	return slices.Contains([]string{
		"application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript",
		"text/ecmascript", "text/javascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2",
		"text/javascript1.3", "text/javascript1.4", "text/javascript1.5", "text/jscript", "text/livescript",
		"text/x-ecmascript", "text/x-javascript",
	}, t.essence)
}
