package fetch_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"
)

// This file is a literal model of the Fetch Standard, to hold the engine
// against: one function per algorithm, with its address, and the numbers of
// the steps beside the lines. It was written from the text. It shares no code
// with the engine and imports the standard library only, which
// TestModelImports checks. It does not try to be fast.
//
// The model has no URL parser and no public suffix list. It knows the URLs of
// a small world (modelnetwork_test.go), and for each host the facts that
// matter.
//
// Where the model departs from the letter of a text, a comment at the line
// says so and gives the reason. The choices that the Standards leave to the
// user agent are those of a user agent without an HTTP cache, service workers,
// HSTS, Content Security Policy and preloads, whose user answers no prompt.

// What the Standard leaves to the user agent.
const (
	modelUserAgent      = "Mozilla/5.0 (model)"
	modelAcceptEncoding = "gzip, deflate"
	modelMaxAgeLimit    = 7200 // seconds that a preflight's answer is kept at most
	modelKeepaliveLimit = 64 << 10
)

// A modelURL is a URL record.
//
// https://url.spec.whatwg.org/#concept-url
type modelURL struct {
	scheme, username, password, host string
	port                             string // "" is null
	path                             string
	query, fragment                  string
	hasQuery, hasFragment            bool // false: null
}

// https://url.spec.whatwg.org/#concept-url-serializer
func (u modelURL) String() string {
	if u.hasFragment {
		return u.withoutFragment() + "#" + u.fragment
	}
	return u.withoutFragment()
}

func (u modelURL) withoutFragment() string {
	s := u.scheme + ":"
	if u.isHTTP() || u.scheme == "ftp" || u.scheme == "file" {
		s += "//"
		if u.includesCredentials() {
			s += u.username
			if u.password != "" {
				s += ":" + u.password
			}
			s += "@"
		}
		s += u.host
		if u.port != "" {
			s += ":" + u.port
		}
	}
	s += u.path
	if u.hasQuery {
		s += "?" + u.query
	}
	return s
}

// https://url.spec.whatwg.org/#include-credentials
func (u modelURL) includesCredentials() bool { return u.username != "" || u.password != "" }

// https://fetch.spec.whatwg.org/#http-scheme
func (u modelURL) isHTTP() bool { return u.scheme == "http" || u.scheme == "https" }

// https://url.spec.whatwg.org/#concept-url-origin
func (u modelURL) origin() modelOrigin {
	if u.isHTTP() || u.scheme == "ftp" {
		return modelOrigin{scheme: u.scheme, host: u.host, port: u.port}
	}
	return modelOrigin{opaque: modelFreshOpaque}
}

// A modelOrigin is an origin. Opaque origins have numbers; two origins of
// modelFreshOpaque are never the same.
//
// https://html.spec.whatwg.org/#concept-origin
type modelOrigin struct {
	opaque             int // 0: a tuple origin
	scheme, host, port string
}

const modelFreshOpaque = -1

// https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin
func (o modelOrigin) String() string {
	if o.opaque != 0 {
		return "null"
	}
	s := o.scheme + "://" + o.host
	if o.port != "" {
		s += ":" + o.port
	}
	return s
}

// https://html.spec.whatwg.org/#same-origin
func (o modelOrigin) sameOrigin(p modelOrigin) bool {
	return o == p && o.opaque != modelFreshOpaque
}

// https://html.spec.whatwg.org/#schemelessly-same-site
func (o modelOrigin) schemelesslySameSite(p modelOrigin) bool {
	if o.opaque != 0 || p.opaque != 0 {
		return o.sameOrigin(p) // 1
	}
	a, b := modelHosts[o.host].registrable, modelHosts[p.host].registrable
	return o.host == p.host && a == "" || a != "" && a == b // 2
}

// https://html.spec.whatwg.org/#same-site
func (o modelOrigin) sameSite(p modelOrigin) bool {
	return o.schemelesslySameSite(p) && o.scheme == p.scheme
}

// https://html.spec.whatwg.org/#obtain-a-site
func (o modelOrigin) site() modelOrigin {
	if o.opaque != 0 {
		return o
	}
	host := modelHosts[o.host].registrable
	if host == "" {
		host = o.host
	}
	return modelOrigin{scheme: o.scheme, host: host}
}

// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func (o modelOrigin) trustworthy() bool {
	return o.opaque == 0 && (o.scheme == "https" || modelHosts[o.host].loopback)
}

// https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy
func (u modelURL) trustworthy() bool {
	return u.scheme == "about" && (u.path == "blank" || u.path == "srcdoc") || u.scheme == "data" || u.origin().trustworthy()
}

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

// A modelAgent is a user agent.
type modelAgent struct {
	now               time.Time
	acceptLanguage    string // "": none is appended
	allowMixedContent bool   // the user said so
	cookiesDisabled   bool
	preflights        []modelCacheEntry
	cookies           []modelCookie
	cookiesMade       int

	// http1 tells which URLs' connections are HTTP/1.x connections.
	http1 func(modelURL) bool

	// send is HTTP and what is below. ok is false for a network error.
	send func(modelSent) (r modelReply, ok bool)
}

// A modelSent is an HTTP request as it is sent.
type modelSent struct {
	method, url   string // without the fragment
	headers       modelHeaders
	body          string
	credentials   bool // of the connection
	newConnection bool
	preflight     bool
	streaming     bool
	key           modelKey
}

// A modelReply is what a server answers.
type modelReply struct {
	status  int
	message string
	headers modelHeaders
	body    string
	cut     bool // the body ends with an error
}

// A modelKey is a network partition key.
//
// https://fetch.spec.whatwg.org/#network-partition-key
type modelKey struct {
	null bool
	site modelOrigin
}

// A modelClient is an environment settings object with its policy container.
//
// https://html.spec.whatwg.org/#environment-settings-object
type modelClient struct {
	agent          *modelAgent
	url            modelURL
	origin         modelOrigin
	ancestors      []modelOrigin // from the parent to the top-level page
	referrerPolicy string
	embedderPolicy string
	worker         bool // its global object is no Window
}

// https://fetch.spec.whatwg.org/#determine-the-network-partition-key
func (c *modelClient) partitionKey() modelKey {
	top := c.origin
	if n := len(c.ancestors); n > 0 {
		top = c.ancestors[n-1]
	}
	return modelKey{site: top.site()}
}

// https://html.spec.whatwg.org/#concept-settings-object-has-cross-site-ancestor
func (c *modelClient) hasCrossSiteAncestor() bool {
	below := c.origin
	for _, above := range c.ancestors {
		if !below.sameSite(above) {
			return true
		}
		below = above
	}
	return false
}

// https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object
func (c *modelClient) prohibitsMixedSecurityContexts() bool {
	return c.origin.trustworthy() || slices.ContainsFunc(c.ancestors, modelOrigin.trustworthy)
}

// A modelBody is a body. Its source is null if it is a stream.
//
// https://fetch.spec.whatwg.org/#concept-body
type modelBody struct {
	bytes  string
	stream bool
}

// A modelRequest is a request.
//
// https://fetch.spec.whatwg.org/#concept-request
type modelRequest struct {
	method            string
	headers           modelHeaders
	unsafeRequest     bool
	body              *modelBody
	client            *modelClient // nil is null
	origin            modelOrigin
	referrer          string // "client", "no-referrer" or "" for referrerURL
	referrerURL       modelURL
	referrerPolicy    string
	mode              string
	usePreflight      bool
	credentials       string
	cache             string
	redirect          string
	integrity         string
	keepalive         bool
	destination       string
	urlList           []modelURL
	redirectCount     int
	tainting          string
	timingAllowFailed bool
}

func (r *modelRequest) url() modelURL         { return r.urlList[0] }
func (r *modelRequest) currentURL() *modelURL { return &r.urlList[len(r.urlList)-1] }

// https://fetch.spec.whatwg.org/#request-determine-the-network-partition-key
func (r *modelRequest) partitionKey() modelKey {
	if r.client != nil {
		return r.client.partitionKey() // 2
	}
	return modelKey{null: true} // 3
}

// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
func (r *modelRequest) redirectTaint() string {
	taint := "same-origin" // 3
	for i := range r.urlList {
		if i == 0 {
			continue // 4.1
		}
		last, this := r.urlList[i-1].origin(), r.urlList[i].origin()
		if !this.sameSite(last) && !r.origin.sameSite(last) {
			return "cross-site" // 4.2
		}
		if !this.sameOrigin(last) && !r.origin.sameOrigin(last) {
			taint = "same-site" // 4.3
		}
	}
	return taint // 5
}

// https://fetch.spec.whatwg.org/#byte-serializing-a-request-origin
func (r *modelRequest) serializedOrigin() string {
	if r.redirectTaint() != "same-origin" {
		return "null" // 2
	}
	return r.origin.String() // 3
}

// https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials
func (r *modelRequest) embedderPolicyAllowsCredentials() bool {
	if r.mode != "no-cors" || r.client == nil || r.client.embedderPolicy != "credentialless" {
		return true // 2 to 4
	}
	// 5 says that redirect-taint is not "same-origin", which would refuse a page
	// its own images' cookies: https://github.com/whatwg/fetch/issues/1958.
	return r.origin.sameOrigin(r.currentURL().origin()) && r.redirectTaint() == "same-origin"
}

// A modelResponse is a response; nil is a network error. Its type is
// "default" until it is filtered.
//
// https://fetch.spec.whatwg.org/#concept-response
type modelResponse struct {
	kind                string
	urlList             []modelURL
	status              int
	message             string
	headers             modelHeaders
	body                *modelReply // nil is null; body and cut of it are its stream
	exposed             []string    // CORS-exposed header-name list
	rangeRequested      bool
	includesCredentials bool
	timingAllowPassed   bool
	internal            *modelResponse
}

func (r *modelResponse) url() modelURL { return r.urlList[len(r.urlList)-1] }

// A modelTarget is a URL as text, and what the URL parser makes of it with
// the base URL that it will be given. Not ok is failure.
type modelTarget struct {
	text string
	url  modelURL
	ok   bool
}

// A modelInit is what script passes to fetch() or sets on an XMLHttpRequest,
// or what an element asks for. Empty strings are members that do not exist.
type modelInit struct {
	api            string // "fetch", "xhr", or an element's name
	url            modelTarget
	method         string
	headers        modelHeaders
	body           *modelBodyInit
	mode           string
	credentials    string
	cache          string
	redirect       string
	referrer       *modelTarget // nil: does not exist
	noReferrer     bool         // referrer is ""
	referrerPolicy string
	integrity      string
	keepalive      bool
	duplex         bool
	uploadListener bool   // of an XMLHttpRequest
	crossOrigin    string // of an element
}

// A modelBodyInit is a BodyInit after extraction: what becomes of it.
type modelBodyInit struct {
	kind  string // "text", "bytes", "blob", "form", "multipart", "stream"
	bytes string
	// mediaType is the body's type, "" for null.
	mediaType string
}

// newRequest is the Request constructor, with a string and an object. exception
// is the name of what it throws, or "".
//
// https://fetch.spec.whatwg.org/#dom-request
func (c *modelClient) newRequest(init *modelInit) (r *modelRequest, exception string) {
	// Web IDL converts the object first.
	// https://webidl.spec.whatwg.org/#js-enumeration
	for _, enumeration := range []struct {
		value string
		known []string
	}{
		{init.mode, []string{"", "navigate", "same-origin", "no-cors", "cors"}},
		{init.credentials, []string{"", "omit", "same-origin", "include"}},
		{init.cache, []string{"", "default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"}},
		{init.redirect, []string{"", "follow", "error", "manual"}},
		{init.referrerPolicy, append([]string{""}, modelReferrerPolicies...)},
	} {
		if !slices.Contains(enumeration.known, enumeration.value) {
			return nil, "TypeError"
		}
	}
	if !init.url.ok || init.url.url.includesCredentials() {
		return nil, "TypeError" // 5.2, 5.3
	}
	r = &modelRequest{ // 12
		method: "GET", unsafeRequest: true, client: c, origin: c.origin, referrer: "client",
		mode: "cors", credentials: "same-origin", cache: "default", redirect: "follow",
		urlList: []modelURL{init.url.url}, tainting: "basic",
	}
	if init.noReferrer { // 14
		r.referrer = "no-referrer" // 14.2
	} else if init.referrer != nil {
		if !init.referrer.ok {
			return nil, "TypeError" // 14.3.2
		}
		u := init.referrer.url
		if !(u.scheme == "about" && u.path == "client") && u.origin().sameOrigin(c.origin) { // 14.3.3
			r.referrer, r.referrerURL = "", u // 14.3.4
		}
	}
	r.referrerPolicy = init.referrerPolicy // 15
	if init.mode == "navigate" {
		return nil, "TypeError" // 17
	}
	modelSet(&r.mode, init.mode)               // 18
	modelSet(&r.credentials, init.credentials) // 19
	modelSet(&r.cache, init.cache)             // 20
	if r.cache == "only-if-cached" && r.mode != "same-origin" {
		return nil, "TypeError" // 21
	}
	modelSet(&r.redirect, init.redirect) // 22
	r.integrity = init.integrity         // 23
	r.keepalive = init.keepalive         // 24
	if init.method != "" {               // 25
		if !modelToken(init.method) || modelForbiddenMethod(init.method) {
			return nil, "TypeError"
		}
		r.method = modelNormalizeMethod(init.method)
	}
	guard := "request"       // 31
	if r.mode == "no-cors" { // 32
		if !modelSafelistedMethod(r.method) {
			return nil, "TypeError"
		}
		guard = "request-no-cors"
	}
	for _, h := range init.headers { // 33
		if !r.headers.guardedAppend(guard, h.name, h.value) {
			return nil, "TypeError"
		}
	}
	if init.body == nil {
		return r, ""
	}
	if r.method == "GET" || r.method == "HEAD" {
		return nil, "TypeError" // 35
	}
	stream := init.body.kind == "stream"
	if stream && r.keepalive {
		return nil, "TypeError" // 37.1: extract throws
	}
	if init.body.mediaType != "" && !r.headers.contains("Content-Type") { // 37.4
		if !r.headers.guardedAppend(guard, "Content-Type", init.body.mediaType) {
			return nil, "TypeError"
		}
	}
	if stream { // 39
		if !init.duplex || r.mode != "same-origin" && r.mode != "cors" {
			return nil, "TypeError"
		}
		r.usePreflight = true
	}
	r.body = &modelBody{bytes: init.body.bytes, stream: stream} // 40, 42
	return r, ""
}

func modelSet(member *string, value string) {
	if value != "" {
		*member = value
	}
}

// guardedAppend is append of a Headers object, with its guard. ok is false
// where it throws.
//
// https://fetch.spec.whatwg.org/#concept-headers-append
func (l *modelHeaders) guardedAppend(guard, name, value string) (ok bool) {
	value = modelNormalizeValue(value)             // 1
	valid, ok := modelValidate(guard, name, value) // 2
	if !valid {
		return ok
	}
	if guard == "request-no-cors" { // 3
		temporary := value
		if old, has := l.get(name); has {
			temporary = old + ", " + value
		}
		if !modelNoCORSName(name) || !modelSafelistedHeader(modelHeader{name, temporary}) {
			return true
		}
	}
	l.append(name, value)           // 4
	if guard == "request-no-cors" { // 5
		l.delete("Range")
	}
	return true
}

// https://fetch.spec.whatwg.org/#headers-validate
func modelValidate(guard, name, value string) (valid, ok bool) {
	switch {
	case !modelToken(name) || !modelHeaderValue(value): // 1
		return false, false
	case guard == "request" && modelForbiddenHeader(modelHeader{name, value}): // 3
		return false, true
	}
	return true, true // 5
}

// newXHR is open(), setRequestHeader() and send() of an XMLHttpRequest, with
// withCredentials if the credentials mode is "include". exception is the name
// of what one of them throws, or "".
//
// https://xhr.spec.whatwg.org/#the-open()-method
// https://xhr.spec.whatwg.org/#the-setrequestheader()-method
// https://xhr.spec.whatwg.org/#the-send()-method
func (c *modelClient) newXHR(init *modelInit) (r *modelRequest, exception string) {
	method := "GET"
	modelSet(&method, init.method)
	switch {
	case !modelToken(method):
		return nil, "SyntaxError" // open() 2
	case modelForbiddenMethod(method):
		return nil, "SecurityError" // open() 3
	case !init.url.ok:
		return nil, "SyntaxError" // open() 6
	}
	r = &modelRequest{
		method: modelNormalizeMethod(method), unsafeRequest: true, client: c, origin: c.origin, referrer: "client",
		mode: "cors", credentials: "same-origin", cache: "default", redirect: "follow",
		urlList: []modelURL{init.url.url}, tainting: "basic",
	}
	if init.credentials == "include" {
		r.credentials = "include"
	}
	for _, h := range init.headers { // setRequestHeader()
		value := modelNormalizeValue(h.value) // 3
		if !modelToken(h.name) || !modelHeaderValue(value) {
			return nil, "SyntaxError" // 4
		}
		if !modelForbiddenHeader(modelHeader{h.name, value}) { // 5
			r.headers.combine(h.name, value) // 6
		}
	}
	r.usePreflight = init.uploadListener                             // send() 5, and 8
	if init.body == nil || r.method == "GET" || r.method == "HEAD" { // send() 3
		return r, ""
	}
	r.body = &modelBody{bytes: init.body.bytes} // send() 4
	own, has := r.headers.get("Content-Type")
	switch {
	case !has && init.body.mediaType != "": // 4.6
		r.headers.set("Content-Type", init.body.mediaType)
	case has && (init.body.kind == "text" || init.body.kind == "form"): // 4.5
		t, parsed := modelParseMIMEType(own)
		charset, named := t.parameters.get("charset")
		if parsed && named && !modelIs(charset, "UTF-8") {
			t.parameters.set("charset", "UTF-8")
			r.headers.set("Content-Type", t.String())
		}
	}
	return r, ""
}

// newElement is what an element of a page asks for. exception stands for the
// error event where its URL does not parse.
//
// https://html.spec.whatwg.org/#create-a-potential-cors-request
// https://html.spec.whatwg.org/#fetch-a-single-module-script
// https://drafts.csswg.org/css-fonts-4/#font-fetching-requirements
func (c *modelClient) newElement(init *modelInit) (r *modelRequest, exception string) {
	if !init.url.ok {
		return nil, "TypeError"
	}
	r = &modelRequest{
		method: "GET", client: c, origin: c.origin, referrer: "client", cache: "default", redirect: "follow",
		urlList: []modelURL{init.url.url}, tainting: "basic",
		destination: modelDestinations[init.api], integrity: init.integrity, referrerPolicy: init.referrerPolicy,
	}
	switch init.api {
	case "font":
		r.mode, r.credentials = "cors", "same-origin"
		return r, ""
	case "module":
		r.mode, r.credentials = "cors", "same-origin"
		if init.crossOrigin == "use-credentials" {
			r.credentials = "include"
		}
		return r, ""
	}
	r.mode = "cors" // 1
	if init.crossOrigin == "" {
		r.mode = "no-cors"
		if init.api == "track" {
			r.mode = "same-origin" // 2
		}
	}
	r.credentials = "include" // 3
	if init.crossOrigin == "anonymous" {
		r.credentials = "same-origin" // 4
	}
	return r, "" // 5
}

// modelDestinations are the destinations of elements.
var modelDestinations = map[string]string{
	"audio": "audio", "font": "font", "img": "image", "module": "script", "script": "script",
	"stylesheet": "style", "track": "track", "video": "video",
}

// A modelOutcome is what script sees in the end.
type modelOutcome struct {
	exception  string // its name; "" where there is none
	kind       string
	url        string
	fragment   string // the URL's with "#", for who sees it
	redirected bool
	status     int
	message    string
	headers    modelHeaders // sorted and combined
	body       string
	broken     bool // reading the body failed in the end
	timing     bool // timing allow passed flag
}

// fetch is the whole way from what script passes to what it sees.
//
// https://fetch.spec.whatwg.org/#dom-global-fetch
func (c *modelClient) fetch(init *modelInit) modelOutcome {
	make, networkError := c.newElement, "TypeError" // an element has an event in its place
	switch init.api {
	case "fetch":
		make = c.newRequest
	case "xhr":
		make, networkError = c.newXHR, "NetworkError"
	}
	r, exception := make(init)
	if exception != "" {
		return modelOutcome{exception: exception}
	}
	resp := c.agent.fetchRequest(r)
	if resp == nil {
		return modelOutcome{exception: networkError}
	}
	o := modelOutcome{
		kind: resp.kind, status: resp.status, message: resp.message, headers: resp.headers.sortAndCombine(),
		timing: resp.internal.timingAllowPassed,
	}
	if n := len(resp.urlList); n > 0 {
		u := resp.url()
		o.url, o.redirected = u.withoutFragment(), n > 1
		o.fragment = strings.TrimPrefix(u.String(), o.url)
	}
	if resp.body != nil {
		o.body, o.broken = resp.body.body, resp.body.cut
	}
	return o
}

// fetchRequest is fetch.
//
// https://fetch.spec.whatwg.org/#concept-fetch
func (a *modelAgent) fetchRequest(r *modelRequest) *modelResponse {
	if !r.headers.contains("Accept") { // 13
		value := "*/*"
		switch r.destination {
		case "document", "frame", "iframe":
			value = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
		case "image":
			value = "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
		case "json":
			value = "application/json,*/*;q=0.5"
		case "style":
			value = "text/css,*/*;q=0.1"
		case "text":
			value = "text/plain,*/*;q=0.5"
		}
		r.headers.append("Accept", value)
	}
	if !r.headers.contains("Accept-Language") && a.acceptLanguage != "" { // 15
		r.headers.append("Accept-Language", a.acceptLanguage)
	}
	return a.mainFetch(r, false) // 18
}

// https://fetch.spec.whatwg.org/#main-fetch
func (a *modelAgent) mainFetch(r *modelRequest, recursive bool) *modelResponse {
	a.upgradeMixedContent(r) // 6
	if modelBadPort(*r.currentURL()) || a.blocksMixedContent(r, *r.currentURL()) {
		return nil // 7, with 12, 14 and 16 to 24, which keep a network error
	}
	if r.referrerPolicy == "" {
		r.referrerPolicy = r.client.referrerPolicy // 8
	}
	if r.referrer != "no-referrer" { // 9
		if u, ok := r.determineReferrer(); ok {
			r.referrer, r.referrerURL = "", u
		} else {
			r.referrer = "no-referrer"
		}
	}
	var resp *modelResponse // 12
	current := r.currentURL()
	switch {
	case current.origin().sameOrigin(r.origin) && r.tainting == "basic", current.scheme == "data":
		r.tainting = "basic"
		resp = a.schemeFetch(r)
	case r.mode == "same-origin":
		return nil
	case r.mode == "no-cors":
		if r.redirect != "follow" {
			return nil
		}
		r.tainting = "opaque"
		resp = a.schemeFetch(r)
	case !current.isHTTP():
		return nil
	case r.usePreflight, r.unsafeRequest && (!modelSafelistedMethod(r.method) || len(r.headers.corsUnsafeNames()) > 0):
		r.tainting = "cors"
		resp = a.httpFetch(r, true)
		if resp == nil {
			a.clearCacheEntries(r)
		}
	default:
		r.tainting = "cors"
		resp = a.httpFetch(r, false)
	}
	if recursive {
		return resp // 13
	}
	if resp == nil {
		return nil
	}
	if resp.internal == nil { // 14: it is not filtered
		if r.tainting == "cors" {
			names := resp.headers.extract("Access-Control-Expose-Headers", false, modelList(0, modelToken))
			if r.credentials != "include" && slices.Contains(names.values, "*") {
				for _, h := range resp.headers {
					resp.exposed = append(resp.exposed, h.name)
				}
			} else {
				resp.exposed = names.values // failure exposes nothing
			}
		}
		resp = resp.filtered(map[string]string{"basic": "basic", "cors": "cors", "opaque": "opaque"}[r.tainting])
	}
	internal := resp.internal // 15
	if len(internal.urlList) == 0 {
		internal.urlList = slices.Clone(r.urlList) // 16
		if resp.kind != "opaque" {
			resp.urlList = internal.urlList
		}
	}
	internal.timingAllowPassed = !r.timingAllowFailed // 19
	if a.blocksMixedContent(r, internal.url()) || modelBlockedByMIMEType(r, internal) || modelBlockedByNosniff(r, internal) {
		return nil // 20
	}
	if resp.kind == "opaque" && (internal.status == 206 || internal.status == 416) && internal.rangeRequested && !r.headers.contains("Range") {
		return nil // 21
	}
	if r.method == "HEAD" || r.method == "CONNECT" || modelNullBodyStatus(internal.status) { // 22
		internal.body, resp.body = nil, nil
	}
	if r.integrity != "" { // 23
		if resp.body == nil || resp.body.cut || !modelMatches(resp.body.body, r.integrity) {
			return nil
		}
	}
	return resp // 24
}

// https://fetch.spec.whatwg.org/#null-body-status
func modelNullBodyStatus(status int) bool {
	return slices.Contains([]int{101, 103, 204, 205, 304}, status)
}

// https://fetch.spec.whatwg.org/#redirect-status
func modelRedirectStatus(status int) bool {
	return slices.Contains([]int{301, 302, 303, 307, 308}, status)
}

// filtered is a filtered response of a type.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response
func (r *modelResponse) filtered(kind string) *modelResponse {
	f := *r
	f.kind, f.internal, f.headers = kind, r, nil
	switch kind {
	case "basic":
		for _, h := range r.headers {
			if !modelForbiddenResponseHeader(h.name) {
				f.headers = append(f.headers, h)
			}
		}
	case "cors":
		for _, h := range r.headers {
			if modelIs(h.name, "Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified", "Pragma") ||
				modelIs(h.name, r.exposed...) && !modelForbiddenResponseHeader(h.name) {
				f.headers = append(f.headers, h)
			}
		}
	case "opaque":
		f.urlList, f.status, f.message, f.body = nil, 0, "", nil
	case "opaqueredirect":
		f.status, f.message, f.body = 0, "", nil
	}
	return &f
}

// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (a *modelAgent) schemeFetch(r *modelRequest) *modelResponse {
	switch u := *r.currentURL(); u.scheme { // 3
	case "about":
		if u.path == "blank" {
			return &modelResponse{kind: "default", status: 200, message: "OK", includesCredentials: true,
				headers: modelHeaders{{"Content-Type", "text/html;charset=utf-8"}}, body: &modelReply{}}
		}
	case "data":
		// The data: URL processor is a table of the world.
		if data, ok := modelDataURLs[u.withoutFragment()]; ok {
			return &modelResponse{kind: "default", status: 200, message: "OK", includesCredentials: true,
				headers: modelHeaders{{"Content-Type", data.mediaType}}, body: &modelReply{body: data.body}}
		}
	case "http", "https":
		return a.httpFetch(r, false)
	}
	return nil // 4: also blob:, of which there are none, and file:
}

// https://fetch.spec.whatwg.org/#concept-http-fetch
func (a *modelAgent) httpFetch(r *modelRequest, makePreflight bool) *modelResponse {
	if makePreflight { // 4.1
		method := !a.methodCacheMatch(r, r.method) && (!modelSafelistedMethod(r.method) || r.usePreflight)
		header := false
		for _, name := range r.headers.corsUnsafeNames() {
			header = header || !a.headerCacheMatch(r, name)
		}
		if (method || header) && a.preflightFetch(r) == nil {
			return nil
		}
	}
	resp := a.networkOrCacheFetch(r, r.client.worker, false, false) // 4.3
	if resp == nil {
		return nil
	}
	if r.tainting == "cors" && !modelCORSCheck(r, resp) {
		return nil // 4.4
	}
	if !modelTAOCheck(r, resp) {
		r.timingAllowFailed = true // 4.5
	}
	if r.tainting == "opaque" && modelResourcePolicyBlocks(r.origin, r.client, resp) {
		return nil // 5
	}
	if modelRedirectStatus(resp.status) { // 6
		switch r.redirect { // 6.3
		case "error":
			return nil
		case "manual":
			return resp.filtered("opaqueredirect")
		}
		return a.redirectFetch(r, resp)
	}
	return resp // 7
}

// https://fetch.spec.whatwg.org/#concept-response-location-url
func (r *modelResponse) locationURL(requestFragment string, hasFragment bool) (u modelURL, null, ok bool) {
	if !modelRedirectStatus(r.status) {
		return u, true, true // 1
	}
	// 2: the world's Locations match the ABNF, or do not parse either.
	location := r.headers.extract("Location", true, func(value string) ([]string, bool) { return []string{value}, true })
	if location.null {
		return u, true, true
	}
	if location.failure {
		return u, false, false
	}
	if u, ok = modelParseURL(location.values[0], r.url()); !ok { // 3
		return u, false, false
	}
	if !u.hasFragment { // 4
		u.fragment, u.hasFragment = requestFragment, hasFragment
	}
	return u, false, true // 5
}

// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func (a *modelAgent) redirectFetch(r *modelRequest, resp *modelResponse) *modelResponse {
	current := *r.currentURL()
	location, null, ok := resp.locationURL(current.fragment, current.hasFragment) // 3
	switch {
	case null:
		return resp // 4
	case !ok, !location.isHTTP(), r.redirectCount == 20:
		return nil // 5 to 7
	}
	r.redirectCount++ // 8
	switch {
	case r.mode == "cors" && location.includesCredentials() && !r.origin.sameOrigin(location.origin()):
		return nil // 9
	case r.tainting == "cors" && location.includesCredentials():
		return nil // 10
	case resp.status != 303 && r.body != nil && r.body.stream:
		return nil // 11
	}
	if (resp.status == 301 || resp.status == 302) && r.method == "POST" ||
		resp.status == 303 && r.method != "GET" && r.method != "HEAD" { // 12
		r.method, r.body = "GET", nil
		for _, name := range modelRequestBodyHeaders {
			r.headers.delete(name)
		}
	}
	if !current.origin().sameOrigin(location.origin()) {
		r.headers.delete("Authorization") // 13
	}
	r.urlList = append(r.urlList, location)                  // 18
	if policy := modelReferrerPolicyOf(resp); policy != "" { // 19
		r.referrerPolicy = policy
	}
	return a.mainFetch(r, true) // 22
}

// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (a *modelAgent) networkOrCacheFetch(r *modelRequest, noTraversable, isAuthentication, isNewConnection bool) *modelResponse {
	// 8.1 makes httpRequest the request itself where it cannot be sent again; if
	// step 17 then sends it again all the same, every header would be there
	// twice. It is always a clone here.
	headers := slices.Clone(r.headers)
	include := r.credentials == "include" || r.credentials == "same-origin" && r.tainting == "basic" // 8.3
	if !r.embedderPolicyAllowsCredentials() {
		include = false // 8.4
	}
	length := ""
	switch {
	case r.body == nil && (r.method == "POST" || r.method == "PUT"):
		length = "0" // 8.7
	case r.body != nil && !r.body.stream:
		length = strconv.Itoa(len(r.body.bytes)) // 8.8
	}
	if length != "" {
		headers.append("Content-Length", length) // 8.9
	}
	if r.body != nil && !r.body.stream && r.keepalive && len(r.body.bytes) > modelKeepaliveLimit {
		return nil // 8.10; no other request of a chain is in flight
	}
	if r.referrer == "" {
		headers.append("Referer", r.referrerURL.String()) // 8.11
	}
	r.appendOrigin(&headers)   // 8.12
	r.appendMetadata(&headers) // 8.13
	if !headers.contains("User-Agent") {
		headers.append("User-Agent", modelUserAgent) // 8.15
	}
	cache := r.cache
	if cache == "default" && slices.ContainsFunc(headers, func(h modelHeader) bool {
		return modelIs(h.name, "If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "If-Match", "If-Range")
	}) {
		cache = "no-store" // 8.16
	}
	if cache == "no-cache" && !headers.contains("Cache-Control") {
		headers.append("Cache-Control", "max-age=0") // 8.17
	}
	if cache == "no-store" || cache == "reload" { // 8.18
		if !headers.contains("Pragma") {
			headers.append("Pragma", "no-cache")
		}
		if !headers.contains("Cache-Control") {
			headers.append("Cache-Control", "no-cache")
		}
	}
	if headers.contains("Range") {
		headers.append("Accept-Encoding", "identity") // 8.19
	}
	if !headers.contains("Accept-Encoding") {
		headers.append("Accept-Encoding", modelAcceptEncoding) // 8.20
	}
	if include && !a.cookiesDisabled { // 8.21; there are no authentication entries
		if value := a.cookieHeader(r); value != "" {
			headers.append("Cookie", value)
		}
	}
	if cache == "only-if-cached" {
		return nil // 11.1
	}
	resp := a.networkFetch(r, headers, include, isNewConnection) // 11.2
	if resp == nil {
		return nil
	}
	resp.urlList = slices.Clone(r.urlList)          // 12
	resp.rangeRequested = headers.contains("Range") // 13
	resp.includesCredentials = include              // 14
	if resp.status == 401 && r.tainting != "cors" && include && !noTraversable && r.body != nil && r.body.stream {
		return nil // 15.2.1; the user answers no prompt, which leaves the response
	}
	if resp.status == 407 {
		return nil // 16.1; where there is a traversable, the user answers no prompt
	}
	if resp.status == 421 && !isNewConnection && (r.body == nil || !r.body.stream) { // 17
		return a.networkOrCacheFetch(r, noTraversable, isAuthentication, true)
	}
	return resp // 19
}

// https://fetch.spec.whatwg.org/#concept-http-network-fetch
func (a *modelAgent) networkFetch(r *modelRequest, headers modelHeaders, include, isNewConnection bool) *modelResponse {
	s := modelSent{
		method: r.method, url: r.currentURL().withoutFragment(), headers: modelOnTheWire(headers), credentials: include,
		newConnection: isNewConnection, preflight: r.client == nil, key: r.partitionKey(),
	}
	if r.body != nil {
		s.body, s.streaming = r.body.bytes, r.body.stream
		if r.body.stream && a.http1(*r.currentURL()) {
			return nil // 8.3
		}
	}
	reply, ok := a.send(s) // 8.5
	if !ok {
		return nil
	}
	resp := &modelResponse{kind: "default", status: reply.status, message: reply.message, headers: reply.headers, body: &reply}
	if include && !a.cookiesDisabled {
		a.setCookies(r, resp) // 16
	}
	return resp
}

// modelOnTheWire joins the headers of a name to one line under the first
// spelling, as browsers do; to HTTP it is the same.
//
// https://httpwg.org/specs/rfc9110.html#field.order
func modelOnTheWire(l modelHeaders) modelHeaders {
	var out modelHeaders
	for _, h := range l {
		out.combine(h.name, h.value)
	}
	return out
}

// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (a *modelAgent) preflightFetch(r *modelRequest) *modelResponse {
	preflight := &modelRequest{ // 1
		method: "OPTIONS", urlList: slices.Clone(r.urlList), destination: r.destination, origin: r.origin,
		referrer: r.referrer, referrerURL: r.referrerURL, referrerPolicy: r.referrerPolicy, mode: "cors", tainting: "cors",
		credentials: "same-origin", cache: "default", redirect: "follow",
	}
	preflight.headers.append("Accept", "*/*")                           // 2
	preflight.headers.append("Access-Control-Request-Method", r.method) // 3
	if names := r.headers.corsUnsafeNames(); len(names) > 0 {           // 4, 5
		preflight.headers.append("Access-Control-Request-Headers", strings.Join(names, ","))
	}
	resp := a.networkOrCacheFetch(preflight, true, false, false)                           // 6
	if resp == nil || !modelCORSCheck(r, resp) || resp.status < 200 || resp.status > 299 { // 7
		return nil // 8
	}
	methods := resp.headers.extract("Access-Control-Allow-Methods", false, modelList(0, modelToken))     // 7.1
	headerNames := resp.headers.extract("Access-Control-Allow-Headers", false, modelList(0, modelToken)) // 7.2
	if methods.failure || headerNames.failure {
		return nil // 7.3
	}
	if methods.null && r.usePreflight {
		methods.values = []string{r.method} // 7.4
	}
	include := r.credentials == "include"
	if !slices.Contains(methods.values, r.method) && !modelSafelistedMethod(r.method) &&
		(include || !slices.Contains(methods.values, "*")) {
		return nil // 7.5
	}
	for _, h := range r.headers {
		if modelNonWildcard(h.name) && !modelIs(h.name, headerNames.values...) {
			return nil // 7.6
		}
	}
	for _, name := range r.headers.corsUnsafeNames() {
		if !modelIs(name, headerNames.values...) && (include || !slices.Contains(headerNames.values, "*")) {
			return nil // 7.7
		}
	}
	maxAge := 5                                                                                           // 7.9
	if e := resp.headers.extract("Access-Control-Max-Age", true, modelDeltaSeconds); len(e.values) == 1 { // 7.8
		n, err := strconv.Atoi(e.values[0])
		if err != nil { // too large for an int
			n = modelMaxAgeLimit
		}
		maxAge = min(n, modelMaxAgeLimit) // 7.10
	}
	for _, method := range methods.values { // 7.12, 7.13
		a.cacheEntry(r, maxAge, func(e *modelCacheEntry) bool { return e.matchesMethod(method) }, method, "")
	}
	for _, name := range headerNames.values { // 7.14, 7.15
		a.cacheEntry(r, maxAge, func(e *modelCacheEntry) bool { return e.matchesHeader(name) }, "", name)
	}
	return resp // 7.16
}

// A modelCacheEntry is a cache entry of the CORS-preflight cache.
//
// https://fetch.spec.whatwg.org/#cache-entry
type modelCacheEntry struct {
	key         modelKey
	origin      string
	url         string
	maxAge      int
	credentials bool
	method      string // "" is null
	headerName  string // "" is null

	stored time.Time
}

// removeExpired removes the entries whose time has passed.
func (a *modelAgent) removeExpired() {
	a.preflights = slices.DeleteFunc(a.preflights, func(e modelCacheEntry) bool {
		return a.now.Sub(e.stored) >= time.Duration(e.maxAge)*time.Second
	})
}

// cacheEntry sets the max-age of the entries that match, or else creates one.
//
// https://fetch.spec.whatwg.org/#concept-cache-create-entry
func (a *modelAgent) cacheEntry(r *modelRequest, maxAge int, match func(*modelCacheEntry) bool, method, headerName string) {
	a.removeExpired()
	found := false
	for i := range a.preflights {
		if e := &a.preflights[i]; e.matches(r) && match(e) {
			// The letter of the text lets the new time run from when the entry was first
			// stored. It runs from now: that is what setting it stands for, and an entry
			// with the server's word of today is not older than that word.
			e.maxAge, e.stored = maxAge, a.now
			found = true
		}
	}
	if found {
		return
	}
	a.preflights = append(a.preflights, modelCacheEntry{
		key: r.partitionKey(), origin: r.serializedOrigin(), url: r.currentURL().String(), maxAge: maxAge,
		credentials: r.credentials == "include", method: method, headerName: headerName, stored: a.now,
	})
}

// matches is a cache entry match.
//
// https://fetch.spec.whatwg.org/#concept-cache-match
func (e *modelCacheEntry) matches(r *modelRequest) bool {
	return e.key == r.partitionKey() && e.origin == r.serializedOrigin() && e.url == r.currentURL().String() &&
		(e.credentials || r.credentials != "include")
}

func (e *modelCacheEntry) matchesMethod(method string) bool {
	return e.method != "" && (e.method == method || e.method == "*")
}

func (e *modelCacheEntry) matchesHeader(name string) bool {
	return e.headerName != "" && (modelIs(e.headerName, name) || e.headerName == "*" && !modelNonWildcard(name))
}

// https://fetch.spec.whatwg.org/#concept-cache-match-method
func (a *modelAgent) methodCacheMatch(r *modelRequest, method string) bool {
	a.removeExpired()
	return slices.ContainsFunc(a.preflights, func(e modelCacheEntry) bool { return e.matches(r) && e.matchesMethod(method) })
}

// https://fetch.spec.whatwg.org/#concept-cache-match-header
func (a *modelAgent) headerCacheMatch(r *modelRequest, name string) bool {
	a.removeExpired()
	return slices.ContainsFunc(a.preflights, func(e modelCacheEntry) bool { return e.matches(r) && e.matchesHeader(name) })
}

// https://fetch.spec.whatwg.org/#concept-cache-clear
func (a *modelAgent) clearCacheEntries(r *modelRequest) {
	a.preflights = slices.DeleteFunc(a.preflights, func(e modelCacheEntry) bool {
		return e.key == r.partitionKey() && e.origin == r.serializedOrigin() && e.url == r.currentURL().String()
	})
}

// https://fetch.spec.whatwg.org/#concept-cors-check
func modelCORSCheck(r *modelRequest, resp *modelResponse) bool {
	origin, ok := resp.headers.get("Access-Control-Allow-Origin") // 1
	switch {
	case !ok:
		return false // 2
	case r.credentials != "include" && origin == "*":
		return true // 3
	case r.serializedOrigin() != origin:
		return false // 4
	case r.credentials != "include":
		return true // 5
	}
	credentials, _ := resp.headers.get("Access-Control-Allow-Credentials") // 6
	return credentials == "true"                                           // 7, 8
}

// https://fetch.spec.whatwg.org/#concept-tao-check
func modelTAOCheck(r *modelRequest, resp *modelResponse) bool {
	if r.timingAllowFailed {
		return false // 2
	}
	values := resp.headers.getDecodeAndSplit("Timing-Allow-Origin") // 3
	return slices.Contains(values, "*") || slices.Contains(values, r.serializedOrigin()) || r.tainting == "basic"
}

// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func (r *modelRequest) appendOrigin(headers *modelHeaders) {
	serialized := r.serializedOrigin() // 2
	if r.tainting == "cors" {
		headers.append("Origin", serialized) // 3
		return
	}
	if r.method == "GET" || r.method == "HEAD" {
		return
	}
	if r.mode != "cors" { // 4.1
		switch r.referrerPolicy {
		case "no-referrer":
			serialized = "null"
		case "no-referrer-when-downgrade", "strict-origin", "strict-origin-when-cross-origin":
			if r.origin.opaque == 0 && r.origin.scheme == "https" && r.currentURL().scheme != "https" {
				serialized = "null"
			}
		case "same-origin":
			if !r.origin.sameOrigin(r.currentURL().origin()) {
				serialized = "null"
			}
		}
	}
	headers.append("Origin", serialized) // 4.2
}

// https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration
func (r *modelRequest) appendMetadata(headers *modelHeaders) {
	if !r.url().trustworthy() {
		return // 1
	}
	destination := r.destination
	if destination == "" {
		destination = "empty"
	}
	headers.set("Sec-Fetch-Dest", destination)      // 2
	headers.set("Sec-Fetch-Mode", r.mode)           // 3
	headers.set("Sec-Fetch-Site", r.metadataSite()) // 4; a subresource request has no Sec-Fetch-User
}

// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site
func (r *modelRequest) metadataSite() string {
	value := "same-origin" // 3
	for _, u := range r.urlList {
		if u.origin().sameOrigin(r.origin) {
			continue // 5.1
		}
		value = "cross-site" // 5.2
		if !r.origin.sameSite(u.origin()) {
			break // 5.3
		}
		value = "same-site" // 5.4
	}
	return value
}

// modelReferrerPolicies are the referrer policies other than the empty string.
//
// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
var modelReferrerPolicies = []string{
	"no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin",
	"strict-origin-when-cross-origin", "unsafe-url",
}

// https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header
func modelReferrerPolicyOf(resp *modelResponse) string {
	// policy-token and extension-token are letters and hyphens.
	token := func(s string) bool {
		return strings.Trim(modelLower(s), "abcdefghijklmnopqrstuvwxyz-") == ""
	}
	policy := ""
	for _, value := range resp.headers.extract("Referrer-Policy", false, modelList(1, token)).values {
		if slices.Contains(modelReferrerPolicies, value) {
			policy = value
		}
	}
	return policy
}

// determineReferrer is "determine request's referrer"; not ok is no referrer.
//
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
func (r *modelRequest) determineReferrer() (u modelURL, ok bool) {
	source := r.referrerURL
	if r.referrer == "client" { // 3
		if !r.client.worker && r.client.origin.opaque != 0 {
			return u, false
		}
		source = r.client.url
	}
	if slices.Contains([]string{"about", "blob", "data"}, source.scheme) {
		return u, false // of a local URL, both of the following are no referrer
	}
	url := modelStrip(source, false)       // 4
	originOnly := modelStrip(source, true) // 5
	if len(url.String()) > 4096 {
		url = originOnly // 6
	}
	current := *r.currentURL()
	same := url.origin().sameOrigin(current.origin())
	downgrade := url.trustworthy() && !current.trustworthy()
	switch r.referrerPolicy { // 8
	case "no-referrer":
		return u, false
	case "origin":
		return originOnly, true
	case "unsafe-url":
		return url, true
	case "strict-origin":
		return originOnly, !downgrade
	case "strict-origin-when-cross-origin":
		if same {
			return url, true
		}
		return originOnly, !downgrade
	case "same-origin":
		return url, same
	case "origin-when-cross-origin":
		if same {
			return url, true
		}
		return originOnly, true
	case "no-referrer-when-downgrade":
		return url, !downgrade
	}
	panic("no such referrer policy: " + r.referrerPolicy)
}

// modelStrip is "strip url for use as a referrer", of a URL that is not local.
//
// https://w3c.github.io/webappsec-referrer-policy/#strip-url
func modelStrip(u modelURL, originOnly bool) modelURL {
	u.username, u.password, u.fragment, u.hasFragment = "", "", "", false // 3 to 5
	if originOnly {
		u.path, u.query, u.hasQuery = "/", "", false // 6
	}
	return u
}

// upgradeMixedContent is "upgrade a mixed content request to a potentially
// trustworthy URL, if appropriate". The text says URL where it must mean the
// current URL: of a redirect, that is the one that is about to be asked for.
//
// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
func (a *modelAgent) upgradeMixedContent(r *modelRequest) {
	u := r.currentURL()
	if u.trustworthy() || modelHosts[u.host].ip || !r.client.prohibitsMixedSecurityContexts() ||
		!slices.Contains([]string{"image", "audio", "video"}, r.destination) {
		return // 1
	}
	if u.scheme == "http" {
		u.scheme = "https" // 2
		if u.port == "443" {
			u.port = ""
		}
	}
}

// blocksMixedContent is asked of a request's current URL, and of its
// response's URL.
//
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
// https://w3c.github.io/webappsec-mixed-content/#should-block-response
func (a *modelAgent) blocksMixedContent(r *modelRequest, u modelURL) bool {
	return r.client.prohibitsMixedSecurityContexts() && !u.trustworthy() && !a.allowMixedContent
}

// https://fetch.spec.whatwg.org/#block-bad-port
func modelBadPort(u modelURL) bool {
	if !u.isHTTP() || u.port == "" {
		return false
	}
	port, err := strconv.Atoi(u.port)
	return err == nil && slices.Contains([]int{
		0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
		110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
		531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
		5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
	}, port)
}

// https://fetch.spec.whatwg.org/#request-destination-script-like
func modelScriptLike(destination string) bool {
	return slices.Contains([]string{"audioworklet", "paintworklet", "script", "serviceworker", "sharedworker", "worker"}, destination)
}

// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?
func modelBlockedByMIMEType(r *modelRequest, resp *modelResponse) bool {
	t, ok := resp.headers.extractMIMEType() // 1
	return ok && modelScriptLike(r.destination) && (strings.HasPrefix(t.essence, "audio/") ||
		strings.HasPrefix(t.essence, "image/") || strings.HasPrefix(t.essence, "video/") || t.essence == "text/csv")
}

// https://fetch.spec.whatwg.org/#determine-nosniff
func (l modelHeaders) nosniff() bool {
	values := l.getDecodeAndSplit("X-Content-Type-Options") // 1
	return values != nil && modelIs(values[0], "nosniff")   // 2 to 4
}

// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff?
func modelBlockedByNosniff(r *modelRequest, resp *modelResponse) bool {
	if !resp.headers.nosniff() {
		return false // 1
	}
	t, ok := resp.headers.extractMIMEType() // 2
	return modelScriptLike(r.destination) && (!ok || !t.isJavaScript()) ||
		r.destination == "style" && (!ok || t.essence != "text/css") // 4, 5
}

// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func modelResourcePolicyBlocks(origin modelOrigin, c *modelClient, resp *modelResponse) bool {
	return modelResourcePolicyInternal(origin, "unsafe-none", resp) || // 3
		modelResourcePolicyInternal(origin, c.embedderPolicy, resp) // 5
}

// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
func modelResourcePolicyInternal(origin modelOrigin, embedderPolicy string, resp *modelResponse) (blocked bool) {
	policy, _ := resp.headers.get("Cross-Origin-Resource-Policy")                     // 2
	if policy != "same-origin" && policy != "same-site" && policy != "cross-origin" { // 3
		policy = ""
	}
	if policy == "" && (embedderPolicy == "require-corp" || embedderPolicy == "credentialless" && resp.includesCredentials) {
		policy = "same-origin" // 4
	}
	u := resp.url()
	switch policy { // 5
	case "same-origin":
		return !origin.sameOrigin(u.origin())
	case "same-site":
		return !(origin.schemelesslySameSite(u.origin()) && (origin.scheme == "https" || u.scheme != "https"))
	}
	return false
}

// modelHashes are the valid SRI hash algorithms, the weakest first.
//
// https://w3c.github.io/webappsec-subresource-integrity/#valid-sri-hash-algorithm-token-set
var modelHashes = []string{"sha256", "sha384", "sha512"}

// modelHash applies a hash algorithm to bytes.
//
// https://w3c.github.io/webappsec-subresource-integrity/#apply-algorithm-to-response
func modelHash(algorithm, bytes string) string {
	var sum []byte
	switch algorithm {
	case "sha256":
		s := sha256.Sum256([]byte(bytes))
		sum = s[:]
	case "sha384":
		s := sha512.Sum384([]byte(bytes))
		sum = s[:]
	case "sha512":
		s := sha512.Sum512([]byte(bytes))
		sum = s[:]
	}
	return base64.StdEncoding.EncodeToString(sum)
}

// modelMatches is "do bytes match metadataList?".
//
// https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist
func modelMatches(bytes, metadata string) bool {
	var parsed []modelHeader // algorithm and value; parse metadata
	// The text splits on spaces, but its grammar has tabs as well, and no browser
	// takes another blank of an attribute for a part of a hash.
	for item := range strings.FieldsFuncSeq(metadata, func(c rune) bool { return strings.ContainsRune("\t\n\f\r ", c) }) {
		expression, _, _ := strings.Cut(item, "?")
		parts := strings.Split(expression, "-")
		if !slices.Contains(modelHashes, parts[0]) {
			continue // 2.6
		}
		value := ""
		if len(parts) > 1 {
			value = parts[1] // 2.7
		}
		parsed = append(parsed, modelHeader{parts[0], value})
	}
	if len(parsed) == 0 {
		return true // 2
	}
	strongest := 0 // get the strongest metadata
	for _, item := range parsed {
		strongest = max(strongest, slices.Index(modelHashes, item.name))
	}
	for _, item := range parsed { // 4
		if item.name == modelHashes[strongest] && item.value == modelHash(item.name, bytes) {
			return true
		}
	}
	return false // 5
}

// A modelCookie is a cookie of the cookie store.
//
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
type modelCookie struct {
	name, value  string
	domain, path string
	hostOnly     bool
	hasPath      bool
	secure       bool
	httpOnly     bool
	sameSite     string // "strict", "lax", "none", "" for unset
	expires      time.Time
	persistent   bool
	created      time.Time
	number       int // orders cookies of one time
}

// sameSiteRequest tells whether a request is same-site. Fetch's "determine the
// same-site mode" leaves out the comparison with the client's site, with
// which a page's requests to other sites would carry their Strict cookies; it
// restates RFC 6265bis, which has it.
//
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.2
func (r *modelRequest) sameSiteRequest() bool {
	return r.client.origin.sameSite(r.currentURL().origin()) && !r.client.hasCrossSiteAncestor() && r.redirectTaint() != "cross-site"
}

// https://fetch.spec.whatwg.org/#append-a-request-cookie-header
func (a *modelAgent) cookieHeader(r *modelRequest) string {
	u := *r.currentURL()
	var found []modelCookie
	for _, c := range a.cookies { // retrieve cookies
		switch {
		case c.persistent && c.expires.Before(a.now),
			c.hostOnly && u.host != c.domain,
			!c.hostOnly && !modelDomainMatch(u.host, c.domain),
			!modelPathMatch(u.path, c.path),
			c.secure && u.scheme != "https",
			(c.sameSite == "strict" || c.sameSite == "lax") && !r.sameSiteRequest():
			continue
		}
		found = append(found, c)
	}
	slices.SortStableFunc(found, func(c, d modelCookie) int {
		if len(c.path) != len(d.path) {
			return len(d.path) - len(c.path)
		}
		return c.number - d.number
	})
	var pairs []string
	for _, c := range found {
		pairs = append(pairs, c.name+"="+c.value)
	}
	return strings.Join(pairs, "; ")
}

// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.3
func modelDomainMatch(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain) && !modelHosts[host].ip
}

// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.4
func modelPathMatch(request, cookie string) bool {
	return request == cookie || strings.HasPrefix(request, cookie) &&
		(strings.HasSuffix(cookie, "/") || request[len(cookie)] == '/')
}

// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.4
func modelDefaultPath(path string) string {
	if last := strings.LastIndexByte(path, '/'); last > 0 {
		return path[:last]
	}
	return "/"
}

// https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers
func (a *modelAgent) setCookies(r *modelRequest, resp *modelResponse) {
	u := *r.currentURL()
	for _, line := range resp.headers.values("Set-Cookie") {
		if c, ok := a.parseCookie(line, u); ok {
			a.storeCookie(c, u, r.sameSiteRequest())
		}
	}
}

// parseCookie parses the Set-Cookie lines of the world, which have a name and
// no Expires.
//
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6
func (a *modelAgent) parseCookie(line string, u modelURL) (c modelCookie, ok bool) {
	parts := strings.Split(line, ";")
	name, value, _ := strings.Cut(parts[0], "=")
	c = modelCookie{name: strings.Trim(name, " \t"), value: strings.Trim(value, " \t"), path: modelDefaultPath(u.path)}
	for _, attribute := range parts[1:] {
		name, value, _ := strings.Cut(attribute, "=")
		name, value = modelLower(strings.Trim(name, " \t")), strings.Trim(value, " \t")
		switch name {
		case "domain":
			if c.domain = strings.TrimPrefix(modelLower(value), "."); c.domain == "" {
				return c, false
			}
		case "path":
			if strings.HasPrefix(value, "/") {
				c.path, c.hasPath = value, true
			}
		case "secure":
			c.secure = true
		case "httponly":
			c.httpOnly = true
		case "samesite":
			switch value := modelLower(value); value {
			case "strict", "lax", "none":
				c.sameSite = value
			}
		case "max-age":
			if seconds, err := strconv.Atoi(value); err == nil {
				c.persistent, c.expires = true, time.Time{}
				if seconds > 0 {
					c.expires = a.now.Add(time.Duration(min(seconds, 400*24*3600)) * time.Second)
				}
			}
		}
	}
	return c, true
}

// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
func (a *modelAgent) storeCookie(c modelCookie, u modelURL, sameSite bool) {
	if c.domain != "" && modelSuffixes[c.domain] {
		if c.domain != u.host {
			return
		}
		c.domain = ""
	}
	if c.domain == "" {
		c.hostOnly, c.domain = true, u.host
	} else if !modelDomainMatch(u.host, c.domain) {
		return
	}
	if u.scheme != "https" {
		if c.secure {
			return
		}
		for _, old := range a.cookies {
			if old.name == c.name && old.secure && !a.expired(old) &&
				(modelDomainMatch(old.domain, c.domain) || modelDomainMatch(c.domain, old.domain)) && modelPathMatch(c.path, old.path) {
				return
			}
		}
	}
	if c.sameSite != "none" && !sameSite || c.sameSite == "none" && !c.secure {
		return
	}
	name := modelLower(c.name)
	if strings.HasPrefix(name, "__secure-") && !c.secure ||
		strings.HasPrefix(name, "__host-") && !(c.secure && c.hostOnly && c.hasPath && c.path == "/") {
		return
	}
	a.cookiesMade++
	c.created, c.number = a.now, a.cookiesMade
	a.cookies = slices.DeleteFunc(a.cookies, func(old modelCookie) bool {
		if a.expired(old) {
			return true
		}
		if old.name == c.name && old.domain == c.domain && old.hostOnly == c.hostOnly && old.path == c.path {
			c.created, c.number = old.created, old.number
			return true
		}
		return false
	})
	a.cookies = append(a.cookies, c)
}

func (a *modelAgent) expired(c modelCookie) bool { return c.persistent && c.expires.Before(a.now) }
