package cause

import (
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/idna"

	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/origin"
)

// A Shape is how a value went wrong: what it looks like, and what to do.
type Shape struct {
	ID      string // "placeholder", "quoted", "doubled" …
	Problem string // a sentence
	Fix     string // a sentence or more
}

// A blank is a placeholder that nothing replaced: its shape, where it usually comes
// from, and what to do.
type blank struct {
	shape *regexp.Regexp
	from  string
	fix   string
}

// blanks are made when a value is first looked at: a program that explains nothing
// compiles no pattern.
var blanks = sync.OnceValue(func() []blank {
	return []blank{
		{regexp.MustCompile(`^\(null\)$`), "Apache writes “(null)” for %{NAME}e where SetEnvIf did not set the variable NAME, that is, for an origin that is not on the list.",
			"Add env=NAME to the Header line, so that the header is left out then, and check the pattern of SetEnvIf against the origin."},
		{regexp.MustCompile(`^%\{?[A-Za-z_]+\}?[eix%]?$`), "It is a variable of Apache's or HAProxy's that nothing replaced.",
			"Use it where the server replaces variables: in Apache with Header set … \"%{NAME}e\", without single quotes."},
		{regexp.MustCompile(`\$\{[^}]*\}`), "It is a variable of a template or an environment that nothing replaced.",
			"Check where the value is set: the variable's name, its quotes, and whether this file or header is expanded at all."},
		{regexp.MustCompile(`\{\{.*\}\}|<%.*%>|#\{[^}]*\}`), "It is an expression of a template that nothing replaced.",
			"Check that the file is rendered as a template, and the name in it."},
		{regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_]*$`), "It is a variable that nothing replaced. $http_origin is nginx's.",
			"Use it where the server replaces variables (nginx's add_header does), or name the origin. Sending back every origin lets every site in: check it against a list first, in nginx with map."},
		{regexp.MustCompile(`^@?(?i:origin|\{origin\}|__[A-Z_]+__|YOUR[-_ ].*|<.*>|\[.*\]|.*process\.env\..*|.*os\.environ.*)$`), "It is a placeholder that nobody filled in.",
			"Put the origin there."},
		{regexp.MustCompile(`^(undefined|\[object [A-Za-z]+\]|NaN|function.*|nil|None|NULL|<nil>)$`), "It is what a program prints for a variable that is not set, or that is not a string.",
			"Check the setting that should hold the origin: an environment variable that is not set, or a list where a string is wanted."},
		{regexp.MustCompile(`^(?i:true|false|yes|no|on|off|1|0|all|any|none)$`), "It is a switch's value and not an origin.",
			"Put the origin there, or *."},
	}
})

// wrongValue finds values of CORS headers that went wrong in a way that their
// shape gives away.
func wrongValue(e *Evidence) (Cause, bool) {
	if e.Answer == nil || e.Missing || e.Header == "" {
		return Cause{}, false
	}
	s, ok := ShapeOf(e.Header, e.Answer.Headers.Values(e.Header), e.Origin)
	if !ok {
		return Cause{}, false
	}
	return Cause{ID: s.ID, By: Server, Problem: s.Problem, Fix: strings.TrimSuffix(s.Fix, ".") + ". Send:", Headers: Corrected}, true
}

// ShapeOf tells how the values of a CORS header went wrong, one for each header
// line, for a request from an origin; false if their shape does not tell.
func ShapeOf(header string, lines []string, from string) (Shape, bool) {
	switch strings.ToLower(header) {
	case "access-control-allow-origin":
		return allowOriginShape(lines, from)
	case "access-control-allow-credentials":
		return credentialsShape(lines)
	case "access-control-allow-methods", "access-control-allow-headers", "access-control-expose-headers":
		return listShape(header, lines)
	case "access-control-max-age":
		return maxAgeShape(lines)
	}
	return Shape{}, false
}

func allowOriginShape(lines []string, from string) (Shape, bool) {
	if len(lines) == 0 {
		return Shape{}, false
	}
	joined := strings.TrimSpace(strings.Join(lines, ", "))
	if joined == "" {
		return Shape{"empty", "The header is there and its value is empty.",
			"Either no entry of a list matched and the server writes the header all the same, or the setting that should hold the origin is empty, such as an environment variable that is not set. Check both; for other origins leave the header out"}, true
	}
	if s, ok := placeholder(joined); ok {
		return s, true
	}
	if s, ok := several(lines, from); ok {
		return s, true
	}
	value := joined
	if value == "null" && from != "null" {
		return Shape{"null-value", "The value is null. Browsers send that as the origin of pages that have none, such as a file: or a sandboxed page, and a server that sends back what it got, or prints a value that it lacks, sends null too.",
			"Send back the page's own origin, once it is found on a list. Don't list null: every sandboxed page has it"}, true
	}
	if bare, ok := unquoted(value); ok {
		return Shape{"quoted", "The value is in quotes, and they count: browsers compare it with the origin byte for byte.",
			"Write " + show(bare) + " without quotes. They often come from a .env file or from a configuration that needs none"}, true
	}
	if strings.Contains(value, "*") && value != "*" || strings.ContainsAny(value, `^$\()[]|`) {
		return Shape{"pattern", "The value is a pattern. Browsers know none: the value is one origin, or * alone.",
			"Match the request's Origin against the pattern in the server, as a whole and with its dots escaped, and send back the origin itself if it matches"}, true
	}
	if strings.ContainsAny(value, "\u200b\u200c\u200d\ufeff\u00a0“”‘’") || strings.Contains(value, "\xe2\x80\x8b") || strings.Contains(value, "\xc2\xa0") {
		return Shape{"invisible", "The value has an invisible or typographic character in it, which was most likely pasted.",
			"Type the origin anew where it is set"}, true
	}
	if trimmed := strings.TrimRight(value, ";,"); trimmed != value {
		return Shape{"separator", "The value ends in “" + value[len(trimmed):] + "”, which counts.", "Take it out"}, true
	}
	if word, ok := strings.CutSuffix(value, " always"); ok {
		return Shape{"quoted", "The word always is part of the value. In nginx it belongs behind the quoted value.", "Write add_header Access-Control-Allow-Origin \"" + show(word) + "\" always"}, true
	}
	return differs(value, from)
}

// several finds values that were joined: one value twice, a value beside “*”, or a
// list.
func several(lines []string, from string) (Shape, bool) {
	var values []string
	for _, line := range lines {
		for part := range strings.FieldsFuncSeq(line, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' || c == ';' || c == '|' }) {
			if len(values) < 1000 {
				values = append(values, part)
			}
		}
	}
	if len(values) < 2 {
		return Shape{}, false
	}
	distinct := slices.Clone(values)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	switch {
	case len(distinct) == 1:
		return Shape{"doubled", "The same value is there " + times(len(values)) + ".",
			"The header was added " + times(len(values)) + ": by the application and again by a proxy, gateway or framework before it, which may join the lines with a comma. Let only one of them add it, or let the proxy remove the application's (nginx: proxy_hide_header Access-Control-Allow-Origin)"}, true
	case len(distinct) == 2 && slices.Contains(distinct, "*"):
		return Shape{"doubled", "There is an origin, and “*” beside it.",
			"Two layers add the header, one an origin and one *: the application and a proxy, gateway or framework before it. Let only one of them add it"}, true
	}
	for _, v := range values {
		if !strings.Contains(v, "://") && v != "null" && v != "*" {
			return Shape{}, false
		}
	}
	listed := ""
	if slices.Contains(values, from) {
		listed = " The origin of this page is among them."
	}
	if slices.Contains(values, "*") {
		return Shape{"list", "It is a list with * in it. Browsers take one origin, or * alone." + listed,
			"If everybody may read, send * alone. If not, compare the request's Origin with the list and send back the one that matches, with Vary: Origin"}, true
	}
	return Shape{"list", "It is a list of " + countOf(len(distinct)) + " origins. Browsers take one." + listed,
		"Compare the request's Origin with the list in the server and send back the one that matches, with Vary: Origin"}, true
}

func times(n int) string {
	if n == 2 {
		return "twice"
	}
	return countOf(n) + " times"
}

func countOf(n int) string {
	words := []string{"", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < len(words) {
		return words[n]
	}
	return "many"
}

// placeholder finds values that something should have replaced.
func placeholder(value string) (Shape, bool) {
	if len(value) > 500 {
		return Shape{}, false
	}
	bare, _ := unquoted(value)
	for _, p := range blanks() {
		if p.shape.MatchString(bare) {
			return Shape{"placeholder", "The value is “" + show(value) + "”. " + p.from, strings.TrimSuffix(p.fix, ".")}, true
		}
	}
	return Shape{}, false
}

// unquoted is a value without the quotes around it.
func unquoted(value string) (string, bool) {
	for _, q := range []string{`"`, `'`, "`", "\u201c", "&quot;", `\"`} {
		if rest, ok := strings.CutPrefix(value, q); ok {
			end := q
			if q == "\u201c" {
				end = "\u201d"
			}
			return strings.TrimSuffix(rest, end), true
		}
	}
	if len(value) > 1 && strings.ContainsAny(value[len(value)-1:], `"'`) {
		return value[:len(value)-1], true
	}
	return value, false
}

// differs finds in what an origin differs from the page's, where it is nearly the
// same.
func differs(value, from string) (Shape, bool) {
	if from == "" || from == "null" || value == "*" || value == from {
		return Shape{}, false
	}
	page := parse(from)
	if page == nil {
		return Shape{}, false
	}
	if !strings.Contains(value, "://") {
		rest := strings.TrimPrefix(value, "//")
		u := parse(page.Scheme() + "://" + rest)
		if u == nil || u.Host() != page.Host() {
			return Shape{}, false
		}
		return Shape{"no-scheme", "The scheme is missing: an origin is “" + show(from) + "” and not “" + show(value) + "”.", "Add the scheme where the origin is set"}, true
	}
	u := parse(value)
	if u == nil {
		return Shape{}, false
	}
	own := u.Origin()
	if own.IsOpaque() { // of a scheme that is not the web's
		return Shape{}, false
	}
	asking, err := customscheme.Parse(from)
	if err != nil {
		return Shape{}, false
	}
	spelling := func(what string) (Shape, bool) {
		return Shape{"spelling", "It is the origin of this page in another spelling, and browsers compare byte for byte: " + what + ".", "Write it as browsers do: " + show(from)}, true
	}
	if own.SameOrigin(asking) {
		switch rest := strings.TrimPrefix(strings.ToLower(value), strings.ToLower(from)); {
		case value != strings.ToLower(value) && strings.EqualFold(value, from):
			return spelling("it has capitals")
		case rest == "/":
			return spelling("it has a slash at the end")
		case strings.HasPrefix(rest, "/"):
			return spelling("it has a path, which an origin has not")
		case strings.HasPrefix(rest, ":"):
			return spelling("it names the default port, which browsers leave out")
		case !ascii(value):
			return spelling("the host is in Unicode, and browsers send it in Punycode")
		}
		return spelling("see for yourself: “" + show(value) + "”")
	}
	mine, theirs := page.Host(), u.Host()
	switch {
	case mine == theirs && page.Scheme() != u.Scheme():
		return Shape{"other-scheme", "The server allows " + show(own.String()) + ", and the page is at " + show(from) + ": the scheme differs.",
			"Allow the origin with the scheme that the page has, or lead the page's visitors to the other one"}, true
	case mine == theirs && port(u) != port(page):
		return Shape{"other-port", "The server allows " + show(own.String()) + ", and the page is at " + show(from) + ": the port differs, and the port is part of the origin.",
			"Allow the origin with its port. Development servers choose another port when theirs is taken"}, true
	case "www."+mine == theirs || mine == "www."+theirs:
		return Shape{"other-host", "The server allows " + show(own.String()) + ", and the page is at " + show(from) + ": only www. differs, and that makes another origin.",
			"Allow both, by a list, or redirect the page's visitors to one of them"}, true
	case loopback(mine) && loopback(theirs):
		return Shape{"other-host", "The server allows " + show(own.String()) + ", and the page is at " + show(from) + ". Both are this machine, but to browsers localhost, 127.0.0.1 and [::1] are different origins.",
			"Open the page with the host that the server allows, or allow this one too"}, true
	case mine != theirs && unicodeOf(mine) == unicodeOf(theirs):
		return spelling("the host is in Unicode, and browsers send it in Punycode")
	case strings.HasSuffix(mine, "."+theirs):
		return Shape{"other-host", "The server allows " + show(own.String()) + ", and the page is at its subdomain " + show(mine) + ". An origin does not cover its subdomains.",
			"Compare the request's Origin with a list that has the subdomain, and send it back"}, true
	case loopback(theirs) && !loopback(mine):
		return Shape{"development-origin", "The server allows " + show(own.String()) + ", a development server's origin, and the page is at " + show(from) + ".",
			"Set the allowed origin for this deployment: the setting was left at its value for development"}, true
	}
	return Shape{}, false
}

func port(u *origin.URL) string { return u.Port() }

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c > 0x7f })
}

func unicodeOf(host string) string {
	u, err := idna.ToUnicode(host)
	if err != nil {
		return host
	}
	return u
}

func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

func credentialsShape(lines []string) (Shape, bool) {
	value := strings.TrimSpace(strings.Join(lines, ", "))
	bare, quoted := unquoted(value)
	switch {
	case len(lines) > 0 && value == "":
		return Shape{"empty", "The header is there and its value is empty.", "The setting that should hold true is empty. Set it"}, true
	case strings.EqualFold(value, "true") && value != "true":
		return Shape{"spelling", "The value is “" + show(value) + "”. Only true in lower case counts.", "Write it in lower case; in Python and .NET a boolean prints with a capital"}, true
	case quoted && strings.EqualFold(bare, "true"):
		return Shape{"quoted", "The value is in quotes, and they count.", "Take the quotes away"}, true
	case allTrue(value):
		return Shape{"doubled", "The value true is there more than once.", "Two layers add the header: the application and a proxy, gateway or framework before it. Let only one of them add it"}, true
	case slices.Contains([]string{"1", "yes", "on", "*", "include", "same-origin"}, strings.ToLower(value)):
		return Shape{"spelling", "The value is “" + show(value) + "”. Only true counts.", "Send true"}, true
	}
	return placeholder(value)
}

func allTrue(value string) bool {
	n := 0
	for part := range strings.SplitSeq(value, ",") {
		if strings.TrimSpace(part) != "true" {
			return false
		}
		n++
	}
	return n > 1
}

func listShape(header string, lines []string) (Shape, bool) {
	value := strings.TrimSpace(strings.Join(lines, ", "))
	what := "header names"
	if strings.HasSuffix(strings.ToLower(header), "methods") {
		what = "methods"
	}
	bare := strings.Trim(value, `[]{}()`)
	switch {
	case len(lines) > 0 && value == "":
		return Shape{"empty", "The header is there and its value is empty.", "The setting that should hold the " + what + " is empty. Fill it, or leave the header out"}, true
	case bare != value:
		return Shape{"quoted", "The list is in brackets, so that it does not parse: it is printed as a program prints a list.", "Join the " + what + " with commas, without brackets and quotes"}, true
	case strings.ContainsAny(value, `"'`):
		return Shape{"quoted", "The list has quotes in it, so that it does not parse.", "Separate the " + what + " with commas, without quotes"}, true
	case strings.Contains(value, "%20") || strings.Contains(strings.ToUpper(value), "%2C"):
		return Shape{"encoded", "The list is percent-encoded, as in a URL: %2C is not a comma, and %20 belongs to the name beside it.",
			"Write the " + what + " as they are, separated by commas, where the list is set"}, true
	case strings.ContainsAny(value, ";|"):
		return Shape{"separator", "The list has “;” or “|” in it, so that it does not parse.", "Separate the " + what + " with commas"}, true
	}
	if s, ok := placeholder(value); ok {
		if strings.EqualFold(value, "all") || strings.EqualFold(value, "any") {
			return Shape{"placeholder", "The value is “" + show(value) + "”, which is a name like others. The wildcard is *.", "Name the " + what + ", or send *, which counts without credentials only"}, true
		}
		if strings.ContainsAny(value, "${}%<>#") {
			s.Fix = "Check where the value is set, and that variables are replaced there"
			return s, true
		}
		return Shape{}, false
	}
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); strings.ContainsAny(part, " \t") {
			return Shape{"separator", "The list has blanks where commas belong, so that it does not parse.", "Separate the " + what + " with commas"}, true
		}
	}
	return Shape{}, false
}

func maxAgeShape(lines []string) (Shape, bool) {
	value := strings.TrimSpace(strings.Join(lines, ", "))
	if bare, ok := unquoted(value); ok {
		return Shape{"quoted", "The value is in quotes, so that it is not a number.", "Write " + show(bare) + " without quotes"}, true
	}
	digits := strings.TrimLeft(value, "0123456789")
	switch {
	case value == "":
		return Shape{"empty", "The header is there and its value is empty.", "Give it a number of seconds"}, true
	case digits != value && slices.Contains([]string{"s", "m", "h", "d", " s", " seconds"}, digits):
		return Shape{"unit", "The value has a unit. It is a number of seconds, without one.", "Write the number of seconds alone"}, true
	}
	return placeholder(value)
}
