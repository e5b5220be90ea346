package paste

import (
	"net/url"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// snippets finds the calls of script that make a request. The first is the one that
// counts.
func (r *reader) snippets() {
	const tries, longest = 200, 256 << 10
	s := r.text
	for n, tried := 0, 0; n < len(s) && r.call == nil && tried < tries; {
		at := strings.IndexByte(s[n:], '(')
		if at < 0 {
			break
		}
		open := n + at
		n = open + 1
		begin := open
		for begin > 0 && open-begin < 40 && isCallee(s[begin-1]) {
			begin--
		}
		callee := strings.TrimLeft(s[begin:open], ".")
		read := callers[strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(callee, "window."), "globalThis."), "self.")]
		if strings.HasSuffix(callee, ".open") {
			read = (*script).xhr
		}
		if read == nil || r.isTaken(begin) {
			continue
		}
		tried++
		v := &script{reader: r, s: s[:min(len(s), open+longest)], at: open + 1, callee: callee, begin: begin}
		call := read(v)
		if call == nil {
			continue
		}
		r.call = call
		r.taken = append(r.taken, [2]int{begin, v.at})
		what := call.Method
		if what == "" {
			what = "GET"
		}
		where := call.URL
		if where == "" {
			where = "a URL that the call does not spell out"
		}
		r.part(snippet, begin, "%s() with %s %s", text.Clean(strings.TrimSuffix(callee, ".open")), text.Clean(what), text.Clean(where))
	}
	if r.call == nil {
		r.powershell()
	}
}

func (r *reader) isTaken(at int) bool {
	for _, span := range r.taken {
		if span[0] <= at && at < span[1] {
			return true
		}
	}
	return false
}

func isCallee(c byte) bool {
	return c == '.' || c == '$' || c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// callers are the functions that make requests, and how their arguments are read.
var callers = map[string]func(*script) *fetch.Request{
	"fetch":         (*script).fetch,
	"new Request":   (*script).fetch,
	"axios":         (*script).axios,
	"axios.request": (*script).axios,
	"axios.get":     (*script).axiosGet, "axios.delete": (*script).axiosGet, "axios.head": (*script).axiosGet, "axios.options": (*script).axiosGet,
	"axios.post": (*script).axiosPost, "axios.put": (*script).axiosPost, "axios.patch": (*script).axiosPost,
	"$.ajax": (*script).ajax, "jQuery.ajax": (*script).ajax,
}

// A script reads the arguments of a call, tolerantly: what is not a literal is
// passed over.
type script struct {
	*reader
	s      string
	at     int
	callee string
	begin  int
}

// urlOf is the URL that a literal is, "" if it does not spell out one.
func (v *script) urlOf(l *literal) string {
	if l.kind != stringLiteral || l.text == "" {
		return ""
	}
	if u, err := origin.ParseURL(l.text); err == nil && (u.IsHTTP() || u.Host() != "") {
		if l.holes {
			v.problem("parts of the URL are expressions: the names of those stand in it")
		}
		return l.text
	}
	v.relative = l.text
	return ""
}

// add adds the members of an object, or the pairs of an array, to the headers.
func (v *script) add(q *fetch.Request, l *literal) {
	pairs := l.members
	for _, item := range l.items {
		if len(item.items) == 2 {
			pairs = append(pairs, member{item.items[0].text, item.items[1]})
		}
	}
	if len(pairs) == 0 && l.kind == otherLiteral && l.text != "" {
		v.problem("the headers are in %s, which the text does not show", text.Clean(l.text))
	}
	var sent fetch.HeaderList
	for _, pair := range pairs {
		value := grammar.NormalizeHeaderValue(pair.value.text)
		if pair.value.kind != stringLiteral && value == "" || !grammar.IsHeaderValue(value) {
			value = "x"
		}
		if !grammar.IsHeaderName(pair.name) {
			v.problem("%s is not a header name", text.Quote(pair.name))
			continue
		}
		sent.Append(pair.name, value)
	}
	for _, name := range []string{"sec-fetch-mode", "sec-ch-ua", "sec-fetch-site"} {
		v.paste.browser = v.paste.browser || sent.Contains(name)
	}
	if v.paste.browser && !q.Headers.Contains("Content-Type") {
		q.Headers = scripts(sent, true)
		return
	}
	for _, h := range scripts(sent, v.paste.browser) {
		q.Headers.Append(h.Name, h.Value)
	}
}

// fetch reads fetch(url, options).
func (v *script) fetch() *fetch.Request {
	arguments := v.arguments()
	target, options := &arguments[0], &arguments[1]
	if target.kind == otherLiteral && target.text == "" && options.kind != objectLiteral {
		return nil // a mention, as in "fetch()"
	}
	q := &fetch.Request{URL: v.urlOf(target)}
	v.method(q, v.get(options, "method"))
	if referrer := v.get(options, "referrer"); referrer.kind == stringLiteral {
		v.referrer = referrer.text
		v.paste.browser = true // only network panels write it
	}
	v.add(q, v.get(options, "headers"))
	switch mode := v.get(options, "credentials").text; mode {
	case string(credentials.Include), string(credentials.Omit), string(credentials.SameOrigin):
		q.Credentials = credentials.Mode(mode)
	}
	switch mode := v.get(options, "mode").text; mode {
	case string(fetch.NoCORS), string(fetch.SameOrigin), string(fetch.CORS):
		q.Mode = fetch.Mode(mode)
	}
	switch mode := v.get(options, "redirect").text; mode {
	case "error", "manual":
		q.Redirect = fetch.RedirectMode(mode)
	}
	v.body(q, v.get(options, "body"))
	return q
}

// method is that of a literal.
func (v *script) method(q *fetch.Request, l *literal) {
	switch {
	case l.kind == stringLiteral && grammar.IsToken(l.text):
		q.Method = l.text
	case l.text != "":
		v.problem("the method is %s, which the text does not show", text.Clean(l.text))
	}
}

// body gives a request a body of the type that a literal brings.
func (v *script) body(q *fetch.Request, l *literal) {
	if l.kind == otherLiteral && (l.text == "" && l.media == "" || l.text == "null" || l.text == "undefined") {
		return
	}
	if m := strings.ToUpper(q.Method); m == "" || m == "GET" || m == "HEAD" {
		if l.kind == stringLiteral { // script would get an exception
			send(q, l.media)
		}
		return
	}
	send(q, l.media)
}

// send gives a request a body with the Content-Type that it brings, unless script has
// set one.
func send(q *fetch.Request, media string) {
	q.Body = fetch.BytesBody([]byte("x"), "")
	if media != "" && !q.Headers.Contains("Content-Type") && grammar.IsHeaderValue(media) {
		q.Headers.Append("Content-Type", media)
	}
}

// axios reads axios(config), or axios(url, config).
func (v *script) axios() *fetch.Request {
	arguments := v.arguments()
	target, config := &arguments[0], &arguments[1]
	if target.kind == objectLiteral {
		config, target = target, v.get(target, "url")
	}
	q := &fetch.Request{API: xhr, URL: v.urlOf(target)}
	v.method(q, v.get(config, "method"))
	v.config(q, config, v.get(config, "data"))
	return q
}

func (v *script) axiosGet() *fetch.Request {
	arguments := v.arguments()
	q := &fetch.Request{API: xhr, URL: v.urlOf(&arguments[0]), Method: v.verb()}
	v.config(q, &arguments[1], v.get(&arguments[1], "data"))
	return q
}

func (v *script) axiosPost() *fetch.Request {
	arguments := v.arguments()
	q := &fetch.Request{API: xhr, URL: v.urlOf(&arguments[0]), Method: v.verb()}
	v.config(q, &arguments[2], &arguments[1])
	return q
}

// verb is the method that a function is named after.
func (v *script) verb() string {
	return strings.ToUpper(v.callee[strings.LastIndexByte(v.callee, '.')+1:])
}

// config reads the configuration of axios, with the data.
func (v *script) config(q *fetch.Request, config, data *literal) {
	v.add(q, v.get(config, "headers"))
	if v.get(config, "withCredentials").text == "true" {
		q.Credentials = credentials.Include
	}
	if l := v.get(config, "onUploadProgress"); l.text != "" || l.kind != otherLiteral {
		q.UploadListener = true
	}
	if m := strings.ToUpper(q.Method); m == "" || m == "GET" || m == "HEAD" || data.kind == otherLiteral && data.text == "" && data.media == "" {
		return
	}
	media := data.media
	switch {
	case data.kind == objectLiteral, data.kind == arrayLiteral:
		media = "application/json" // as axios does with what is no string
	case data.kind == stringLiteral && !strings.Contains(media, "urlencoded"):
		media = "application/x-www-form-urlencoded"
	case data.media == "":
		media = "application/json"
		v.problem("the data is %s, which the text does not show; it is taken for an object, which axios sends as JSON", text.Clean(data.text))
	}
	send(q, media)
}

// ajax reads $.ajax(url, settings), or $.ajax(settings).
func (v *script) ajax() *fetch.Request {
	arguments := v.arguments()
	target, settings := &arguments[0], &arguments[1]
	if target.kind == objectLiteral {
		settings, target = target, v.get(target, "url")
	}
	q := &fetch.Request{API: xhr, URL: v.urlOf(target)}
	v.method(q, v.get(settings, "type"))
	v.method(q, v.get(settings, "method"))
	v.add(q, v.get(settings, "headers"))
	if v.get(v.get(settings, "xhrFields"), "withCredentials").text == "true" {
		q.Credentials = credentials.Include
	}
	data, media := v.get(settings, "data"), v.get(settings, "contentType")
	if m := strings.ToUpper(q.Method); m == "" || m == "GET" || data.kind == otherLiteral && data.text == "" && data.media == "" {
		return q
	}
	switch {
	case media.kind == stringLiteral:
		send(q, media.text)
	case media.text == "false":
		send(q, data.media)
	default:
		send(q, "application/x-www-form-urlencoded; charset=UTF-8")
	}
	return q
}

// xhr reads xhr.open(method, url), and what follows it.
func (v *script) xhr() *fetch.Request {
	arguments := v.arguments()
	if arguments[0].kind != stringLiteral || !grammar.IsToken(arguments[0].text) || arguments[1].kind == otherLiteral && arguments[1].text == "" {
		return nil
	}
	name := strings.TrimSuffix(v.callee, "open")
	q := &fetch.Request{API: xhr, Method: arguments[0].text, URL: v.urlOf(&arguments[1])}
	const near = 8 << 10
	around := v.s[max(0, v.begin-near):min(len(v.s), v.at+near)]
	var pairs literal
	for rest := around; len(pairs.members) < most; {
		_, after, ok := strings.Cut(rest, name+"setRequestHeader(")
		if !ok {
			break
		}
		rest = after
		call := &script{reader: v.reader, s: after[:min(len(after), 4<<10)]}
		header := call.arguments()
		if header[0].kind == stringLiteral {
			pairs.members = append(pairs.members, member{header[0].text, header[1]})
		}
	}
	v.add(q, &pairs)
	squeezed := strings.Join(strings.Fields(around), "")
	if strings.Contains(squeezed, name+"withCredentials=true") || strings.Contains(squeezed, name+"withCredentials=!0") {
		q.Credentials = credentials.Include
	}
	q.UploadListener = strings.Contains(squeezed, name+"upload.")
	if _, after, ok := strings.Cut(around, name+"send("); ok {
		sent := &script{reader: v.reader, s: after}
		l := sent.arguments()
		v.body(q, &l[0])
	}
	return q
}

// powershell reads what a network panel copies for PowerShell.
func (r *reader) powershell() {
	at := strings.Index(r.text, "Invoke-WebRequest")
	if at < 0 {
		at = strings.Index(r.text, "Invoke-RestMethod")
	}
	if at < 0 {
		return
	}
	q := &fetch.Request{}
	s := r.text[at:min(len(r.text), at+256<<10)]
	word := func(flag string) (string, bool) {
		_, after, ok := strings.Cut(s, "-"+flag+" ")
		if !ok {
			return "", false
		}
		return powershellString(strings.TrimLeft(after, " "))
	}
	q.URL, _ = word("Uri")
	if _, err := url.Parse(q.URL); err != nil || q.URL == "" {
		return
	}
	q.Method, _ = word("Method")
	if media, ok := word("ContentType"); ok {
		q.Headers.Append("Content-Type", media)
	}
	var sent fetch.HeaderList
	if _, table, ok := strings.Cut(s, "-Headers @{"); ok {
		for line := range strings.Lines(table) {
			line = strings.TrimSpace(line)
			if line == "}" || strings.HasPrefix(line, "} ") || len(sent) == headerLimit {
				break
			}
			name, value, ok := strings.Cut(line, "=")
			name = strings.Trim(name, `"`)
			value, _ = powershellString(value)
			if ok && grammar.IsHeaderName(name) && grammar.IsHeaderValue(value) {
				sent.Append(name, value)
			}
		}
	}
	r.paste.browser = true
	if asking, ok := sent.Get("Origin"); ok {
		r.paste.Page = pageOf(asking)
	}
	r.referrer, _ = sent.Get("Referer")
	for _, h := range scripts(sent, true) {
		q.Headers.Append(h.Name, h.Value)
	}
	if strings.Contains(r.text[:at], ".Cookies.Add(") || sent.Contains("Cookie") {
		q.Credentials = credentials.Include
	}
	if body, ok := word("Body"); ok && q.Method != "" && q.Method != "GET" {
		q.Body = fetch.BytesBody([]byte(body), "")
	}
	r.call = q
	r.taken = append(r.taken, [2]int{at, at + len(s)})
	r.part(snippet, at, "Invoke-WebRequest with %s %s", text.Clean(q.Method), text.Clean(q.URL))
}

// powershellString reads a string of PowerShell's, in which a backtick escapes.
func powershellString(s string) (string, bool) {
	if s == "" {
		return "", false
	}
	var b strings.Builder
	quote := s[0]
	if quote != '"' && quote != '\'' {
		word, _, _ := strings.Cut(s, " ")
		return strings.TrimSpace(word), true
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '`' && quote == '"' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == quote:
			return b.String(), true
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), true
}
