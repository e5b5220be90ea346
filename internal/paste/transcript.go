package paste

import (
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/curl"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// bodyLimit is how much of a body is kept, headerLimit how many headers are.
const (
	bodyLimit   = 4 << 10
	headerLimit = 500
)

// lines goes through the lines of a text: command lines of curl, what curl -i and
// curl -v print, and what network panels list.
func (r *reader) lines() {
	r.at = lineStarts(r.text)
	t := &transcript{reader: r}
	quoted := allQuoted(r.text)
	for n := 0; n < len(r.at); n++ {
		end := len(r.text)
		if n+1 < len(r.at) {
			end = r.at[n+1]
		}
		line := strings.TrimRight(r.text[r.at[n]:end], "\r\n")
		begin := r.at[n]
		if quoted {
			unquoted := strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ")
			begin, line = begin+len(line)-len(unquoted), unquoted
		}
		if at := commandAt(line); at >= 0 && t.commands < most {
			t.commands++
			stop := begin + at + t.command(begin+at)
			for n+1 < len(r.at) && r.at[n+1] < stop {
				n++
			}
			continue
		}
		t.line(line, r.at[n])
	}
	t.flush()
}

// allQuoted tells whether each line is one of a quotation, as in an e-mail: then
// curl's own signs stand behind those.
func allQuoted(s string) bool {
	n := 0
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case !strings.HasPrefix(line, ">"):
			return false
		default:
			n++
		}
	}
	return n > 0 && strings.Contains(s, "HTTP/") && strings.Contains(s, "\n> <") || n > 0 && strings.Contains(s, "\n> > ")
}

// commandAt is where in a line a command line of curl begins, -1 if none does.
func commandAt(line string) int {
	trimmed := strings.TrimLeft(line, " \t`")
	at := strings.Index(trimmed, "curl")
	if at < 0 {
		return -1
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(trimmed[at:], "curl"), ".exe")
	if rest == "" || rest[0] != ' ' && rest[0] != '\t' && rest[0] != '"' {
		return -1
	}
	prompt := strings.TrimRight(trimmed[:at], " ")
	switch {
	case prompt == "", prompt == "sudo", prompt == "time":
	case len(prompt) < 200 && strings.ContainsAny(prompt[len(prompt)-1:], "$#%>") && prompt != "<",
		strings.HasSuffix(prompt, "❯"), strings.HasSuffix(prompt, "➜"), strings.HasSuffix(prompt, "»"):
	default:
		return -1
	}
	if !strings.ContainsAny(rest, ":/-.") { // a word in a sentence
		return -1
	}
	return len(line) - len(trimmed) + at
}

// A transcript is what was read of curl's output.
type transcript struct {
	*reader
	commands int
	cmd      *curl.Command // the last command line, which what follows answers
	url      string        // of the request that comes next
	secure   bool
	sent     *fetch.HeaderList // of the request shown last, by -v
	method   string
	target   string
	answer   *Answer
	where    int
	state    transcriptState
	bare     bool // the request was shown without signs
	informed bool // it was said how the server was reached
	verbose  bool // the answer was shown with signs
	listing  Answer
	headers  int // of the listing
	into     int // which list a network panel's lines belong to: 1 response, 2 request
	started  int // where the listing begins
}

// A transcriptState is what the next line belongs to.
type transcriptState uint8

const (
	outside transcriptState = iota
	inRequest
	inAnswer
	inBody
)

// command reads a command line, and is how long it is.
func (t *transcript) command(start int) int {
	t.flush()
	const longest = 256 << 10
	words, length := curl.Split(t.text[start:min(len(t.text), start+longest)])
	t.taken = append(t.taken, [2]int{start, start + length})
	cmd, err := curl.Parse(words)
	switch {
	case err != nil:
		t.problem("the command line was not understood: %v", err)
		return length
	case len(cmd.URLs) == 0:
		t.problem("the curl command names no URL")
		return length
	}
	t.cmd, t.sent, t.method, t.target = cmd, nil, "", ""
	url, err := cmd.URL(cmd.URLs[0])
	if err == nil && !strings.Contains(url, "://") {
		url = "http://" + url // as curl does
	}
	t.url = url
	t.secure = strings.HasPrefix(url, "https:")
	sent := t.sentBy(cmd)
	t.sent, t.method = &sent, methodOf(cmd)
	if !grammar.IsToken(t.method) {
		t.problem("%s is not a method", text.Quote(t.method))
		t.method = "GET"
	}
	preflight := sent.Contains("Access-Control-Request-Method")
	what := t.method + " " + text.Clean(url)
	if preflight {
		what += ", a preflight"
	}
	if asking, ok := sent.Get("Origin"); ok {
		what += " from origin " + text.Clean(asking)
		if t.paste.Page == "" {
			t.paste.Page = pageOf(asking)
		}
		if pageOf(asking) == "" {
			t.problem("the Origin %s of the command is not an origin, such as https://app.example", text.Quote(asking))
		}
	}
	t.part(commandLine, start, "%s", what)
	if referrer, ok := sent.Get("Referer"); ok && t.referrer == "" {
		t.referrer = referrer
	}
	if !preflight && t.method != "OPTIONS" && (t.copied == nil || t.copied.Method == "GET" && t.method != "GET") {
		t.copied = t.requestOf(cmd, sent)
	}
	return length
}

func methodOf(cmd *curl.Command) string {
	if m := cmd.Method(); m != "" {
		return m
	}
	return "GET"
}

// sentBy are the headers that a command line has curl send, as far as they matter.
func (t *transcript) sentBy(cmd *curl.Command) fetch.HeaderList {
	sent := cmd.Headers()
	if body, err := cmd.Body(); err == nil && body != nil && body.ContentType != "" && !sent.Contains("Content-Type") {
		sent.Append("Content-Type", body.ContentType)
	}
	if cmd.Cookie != "" && !sent.Contains("Cookie") {
		sent.Append("Cookie", cmd.Cookie)
	}
	if cmd.User != "" && !sent.Contains("Authorization") {
		sent.Append("Authorization", "Basic x")
	}
	if cmd.Referer != "" && !sent.Contains("Referer") {
		sent.Append("Referer", cmd.Referer)
	}
	for _, name := range cmd.Files {
		t.problem("the file %s, which the command names, was not opened", text.Clean(name))
	}
	return sent
}

// requestOf is the page's request that a command line stands for.
func (t *transcript) requestOf(cmd *curl.Command, sent fetch.HeaderList) *fetch.Request {
	q := &fetch.Request{URL: t.url, Method: t.method}
	if cmd.Head { // to see the headers of a GET
		q.Method = "GET"
	}
	for _, name := range []string{"Sec-Fetch-Mode", "sec-ch-ua"} {
		t.paste.browser = t.paste.browser || sent.Contains(name)
	}
	q.Headers = scripts(sent, t.paste.browser)
	if sent.Contains("Cookie") {
		q.Credentials = credentials.Include
	}
	if mode, _ := sent.Get("Sec-Fetch-Mode"); mode == string(fetch.NoCORS) {
		q.Mode = fetch.NoCORS
	}
	if body, err := cmd.Body(); err == nil && body != nil && t.method != "GET" && t.method != "HEAD" {
		q.Body = fetch.BytesBody(body.Bytes, "")
	}
	return q
}

// scripts are the headers of a request that script has set: those that a page can
// set, without those that browsers add by themselves if a browser sent it.
func scripts(sent fetch.HeaderList, browser bool) fetch.HeaderList {
	var own fetch.HeaderList
	for _, h := range sent {
		name := fold.Lower(h.Name)
		switch {
		case len(own) == headerLimit, !grammar.IsHeaderName(h.Name), !grammar.IsHeaderValue(h.Value):
		case (*safelist.Rules)(nil).IsForbiddenRequestHeader(h.Name, h.Value), strings.HasPrefix(name, ":"):
		case name == "user-agent", browser && headername.IsAddedByBrowsers(name):
		default:
			own = append(own, h)
		}
	}
	return own
}

// line reads a line.
func (t *transcript) line(line string, at int) {
	trimmed := strings.TrimLeft(line, " \t")
	if commented := strings.TrimPrefix(trimmed, "# "); commented != trimmed && (t.state == inAnswer || strings.HasPrefix(commented, "HTTP/")) {
		trimmed = commented // in a script
	}
	if meter := strings.LastIndex(trimmed, "--:--:-- "); meter >= 0 { // curl's progress, on the same line
		trimmed = strings.TrimLeft(trimmed[meter+len("--:--:-- "):], " 0123456789kMG.")
	}
	sign, rest := byte(0), trimmed
	if len(trimmed) > 0 && strings.IndexByte("<>*{}", trimmed[0]) >= 0 && (len(trimmed) == 1 || trimmed[1] == ' ') {
		sign, rest = trimmed[0], strings.TrimPrefix(trimmed[1:], " ")
	}
	switch {
	case strings.HasPrefix(trimmed, "curl: ("):
		t.failed(trimmed, at)
	case sign == '*':
		t.info(rest)
	case sign == '>' && t.requestLine(rest):
	case sign == '>' && t.state == inRequest:
		if name, value, ok := header(rest); ok && t.sent != nil && len(*t.sent) < headerLimit {
			t.sent.Append(name, value)
		}
	case sign == '<' && t.statusLine(rest, at, true):
	case sign == '<' && t.state == inAnswer && t.verbose:
		t.answerHeader(rest)
	case sign == '{', sign == '}':
	case sign == 0 && t.statusLine(trimmed, at, false):
	case sign == 0 && t.state != inBody && t.requestLine(trimmed):
		t.bare = true
	case sign == 0 && t.state == inRequest && t.bare:
		if name, value, ok := header(trimmed); !ok {
			t.state = outside
		} else if len(*t.sent) < headerLimit {
			t.sent.Append(name, value)
		}
	case sign == 0 && t.state == inAnswer && !t.verbose:
		t.answerHeader(trimmed)
	case t.state == inAnswer && t.verbose && sign == 0, t.state == inBody:
		t.state = inBody
		if room := bodyLimit - len(t.answer.Body); room > 0 && line != "" {
			t.answer.Body += text.Cut(line, room) + "\n"
		}
	case sign == 0:
		t.list(trimmed, at)
	}
}

// requestLine reads the first line of a request that curl -v shows.
func (t *transcript) requestLine(line string) bool {
	fields := strings.Fields(line)
	if len(fields) != 3 || !strings.HasPrefix(fields[2], "HTTP/") || !grammar.IsToken(fields[0]) {
		return false
	}
	t.flush()
	t.bare = false
	t.state, t.method, t.target, t.sent = inRequest, fields[0], fields[1], new(fetch.HeaderList)
	return true
}

// info reads a remark of curl -v.
func (t *transcript) info(line string) {
	lower := strings.ToLower(line)
	t.informed = t.informed || strings.HasPrefix(lower, "connected to") || strings.HasPrefix(lower, "established connection")
	if strings.HasPrefix(lower, "ssl connection using") || strings.Contains(lower, "tls handshake") || strings.Contains(lower, "alpn") {
		t.secure = true
	}
	if t.state == inRequest {
		t.state = outside
	}
}

// curlFailures are the browser's names for what curl's exit status says.
var curlFailures = map[string]string{
	"5": "ERR_PROXY_CONNECTION_FAILED", "6": "ERR_NAME_NOT_RESOLVED", "7": "ERR_CONNECTION_REFUSED", "18": "ERR_INCOMPLETE_CHUNKED_ENCODING",
	"28": "ERR_TIMED_OUT", "35": "ERR_SSL_PROTOCOL_ERROR", "47": "ERR_INVALID_REDIRECT", "52": "ERR_EMPTY_RESPONSE", "56": "ERR_CONNECTION_RESET",
	"60": "ERR_CERT_AUTHORITY_INVALID", "92": "ERR_HTTP2_PROTOCOL_ERROR", "97": "ERR_PROXY_CONNECTION_FAILED",
}

// failed reads the line with which curl ends when it fails.
func (t *transcript) failed(line string, at int) {
	number, _, ok := strings.Cut(strings.TrimPrefix(line, "curl: ("), ")")
	cause := engine.CauseOf(curlFailures[number])
	if !ok || cause == nil || curlFailures[number] == "" {
		return
	}
	t.part(transcriptOf, at, "curl failed: %s", text.Clean(line))
	t.paste.failure = cause
}

// statusLine begins a response.
func (t *transcript) statusLine(line string, at int, verbose bool) bool {
	version, rest, ok := strings.Cut(line, " ")
	if !ok || !strings.HasPrefix(version, "HTTP/") || len(version) > len("HTTP/1.1") {
		return false
	}
	code, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
	status, err := strconv.Atoi(code)
	if err != nil || status < 100 || status > 999 {
		return false
	}
	if t.answer != nil && t.verbose && !verbose && t.answer.Status == status && t.state == inBody && t.answer.Body == "" {
		t.state = inBody // -i and -v print the same head
		return true
	}
	if t.sent == nil && t.method == "" && t.target == "" && t.cmd == nil {
		t.flush()
	} else {
		t.push()
	}
	t.answer = &Answer{Status: status, StatusText: strings.TrimSpace(reason), Method: t.method}
	t.where, t.state, t.verbose = at, inAnswer, verbose
	if t.sent != nil {
		sent := *t.sent
		t.answer.Sent = &sent
	}
	t.answer.URL = t.currentURL()
	return true
}

// currentURL is the URL of the request that is answered.
func (t *transcript) currentURL() string {
	if t.target == "" || t.sent == nil {
		return t.url
	}
	if strings.Contains(t.target, "://") {
		return t.target
	}
	host, ok := t.sent.Get("Host")
	if !ok || !strings.HasPrefix(t.target, "/") {
		return t.url
	}
	scheme := "http://"
	asking, _ := t.sent.Get("Origin")
	if t.secure || t.cmd == nil && !t.informed && strings.HasPrefix(asking, "https:") {
		scheme = "https://"
	}
	return scheme + host + t.target
}

// answerHeader reads a header of a response, or the line that ends them.
func (t *transcript) answerHeader(line string) {
	if strings.TrimSpace(line) == "" {
		t.state = inBody
		return
	}
	name, value, ok := header(line)
	switch {
	case !ok:
		t.state = inBody
	case len(t.answer.Headers) < headerLimit:
		t.answer.Headers.Append(name, value)
	}
}

// header is the header of a line.
func header(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, ":")
	return name, grammar.NormalizeHeaderValue(value), ok && grammar.IsHeaderName(name)
}

// push keeps the response, and follows its redirect.
func (t *transcript) push() {
	a := t.answer
	if a == nil {
		return
	}
	t.answer, t.state = nil, outside
	if a.Status < 200 || a.Method == "CONNECT" || strings.EqualFold(a.StatusText, "Connection established") {
		return // not the last word, or a proxy's
	}
	if len(t.paste.Answers) == most {
		t.problem("only the first %d responses were read", most)
		return
	}
	a.Preflight = isPreflight(a)
	t.paste.Answers = append(t.paste.Answers, *a)
	what := "a response with status " + strconv.Itoa(a.Status)
	if a.Preflight {
		what = "a preflight's response with status " + strconv.Itoa(a.Status)
	}
	if a.URL != "" {
		what += " of " + text.Clean(a.URL)
	}
	t.part(transcriptOf, t.where, "%s", what)
	location, ok := a.Headers.Get("Location")
	if !ok || a.Status < 300 || a.Status > 399 {
		return
	}
	if base, err := origin.ParseURL(a.URL); err == nil {
		if u, err := (*origin.Schemes)(nil).ParseURL(location, base); err == nil {
			t.url = u.String()
		}
	} else {
		t.url = location
	}
}

// flush ends the response, and what is known of its request.
func (t *transcript) flush() {
	t.push()
	t.endList()
}

// isPreflight tells whether a response answers a preflight. Of one whose request is
// not known, the headers tell.
func isPreflight(a *Answer) bool {
	if a.Sent != nil {
		return a.Sent.Contains("Access-Control-Request-Method") || a.Method == "OPTIONS"
	}
	return a.Headers.Contains("Access-Control-Allow-Methods") && !a.Headers.Contains("Content-Type") ||
		a.Status == 204 && (a.Headers.Contains("Access-Control-Allow-Headers") || a.Headers.Contains("Access-Control-Max-Age"))
}

// list reads a line of what a network panel lists: headings, a few fields of its
// own, and headers.
func (t *transcript) list(line string, at int) {
	switch strings.ToLower(strings.TrimRight(line, ":")) {
	case "response headers":
		t.into = 1
		return
	case "request headers":
		t.into = 2
		return
	case "general":
		return
	}
	name, value, ok := strings.Cut(line, ":")
	value = grammar.NormalizeHeaderValue(value)
	if strings.HasPrefix(line, ":") { // of HTTP/2
		name, value, ok = strings.Cut(line[1:], ":")
		name, value = ":"+name, strings.TrimSpace(value)
	}
	a := &t.listing
	switch lower := strings.ToLower(name); {
	case !ok || value == "":
	case lower == "request url":
		a.URL = value
	case lower == "request method" && grammar.IsToken(value):
		a.Method = value
	case lower == "status code" || lower == ":status":
		code, reason, _ := strings.Cut(value, " ")
		if status, err := strconv.Atoi(code); err == nil && status >= 100 && status < 1000 {
			a.Status, a.StatusText = status, strings.TrimSpace(reason)
		}
	case !grammar.IsHeaderName(name), t.headers == headerLimit:
	case t.into == 2 || strings.HasPrefix(lower, "access-control-request-") || lower == "origin":
		if a.Sent == nil {
			a.Sent = new(fetch.HeaderList)
		}
		a.Sent.Append(name, value)
	case t.into == 1 || strings.HasPrefix(lower, "access-control-") || t.headers > 0 && lower != "http" && lower != "https":
		if t.headers++; t.headers == 1 {
			t.started = at
		}
		a.Headers.Append(name, value)
	}
}

// endList ends what a network panel lists.
func (t *transcript) endList() {
	a := t.listing
	t.listing, t.into = Answer{}, 0
	cors := false
	for _, h := range a.Headers {
		cors = cors || strings.HasPrefix(fold.Lower(h.Name), "access-control-")
	}
	seen := t.headers
	t.headers = 0
	if !(cors && seen > 0) && !(a.URL != "" && a.Status != 0) || len(t.paste.Answers) == most {
		return
	}
	a.Preflight = isPreflight(&a)
	t.paste.Answers = append(t.paste.Answers, a)
	what := "headers of a response"
	if a.Status != 0 {
		what += " with status " + strconv.Itoa(a.Status)
	}
	t.part(headerListing, t.started, "%s", what)
}
