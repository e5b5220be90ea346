package product

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// A Strength is how much a sign says.
type Strength int

const (
	Weak Strength = iota // the product is on the way, and another may have made the answer
	Fair                 // it most likely made the answer
	Sure                 // nothing else answers so
)

// A Sign is what gives a product away. All that is set must be there. Values,
// bodies, hosts and cookies are in lower case.
type Sign struct {
	Strength  Strength
	Header    string // a header of the answer
	Value     string // that its value contains as words; "" is any
	Cookie    string // that a cookie which is set begins with; "name=" is the whole name
	Body      string // that the beginning of the body contains
	Host      string // that the host of the request's URL ends in, or of the URL that the page asked for
	Led       string // that the URL contains which the answer redirects to, or which redirects led to
	Status    int    // 0 is any
	Preflight bool   // only in answers to preflights

	// Match is a pattern of behaviour; nil is none.
	Match func(*Look) bool

	// Topic is what the matter is where this is the sign; "" leaves it as it is.
	Topic Topic

	// Says tells what was seen, where no header says it: "the body “Invalid CORS
	// request”".
	Says string
}

// A Look is an answer as signs are looked for in it.
type Look struct {
	*cause.Evidence
	body    string   // in lower case
	hosts   []string // of the URL, and of the one that the page asked for
	led     string   // where redirects lead, in lower case
	headers []line
}

// A line is a header line, in lower case.
type line struct {
	name, value string
	as          safelist.Header // it was sent
}

// How much is looked at: of a body, of a value, and how many headers.
const (
	longestBody  = 4 << 10
	longestValue = 512
	mostHeaders  = 200
)

func look(e *cause.Evidence) *Look {
	l := &Look{Evidence: e}
	if e.Answer != nil {
		l.body = strings.ToLower(text.Cut(e.Answer.Body, longestBody))
		for _, h := range e.Answer.Headers[:min(len(e.Answer.Headers), mostHeaders)] {
			l.headers = append(l.headers, line{strings.ToLower(text.Cut(h.Name, longestValue)), strings.ToLower(text.Cut(h.Value, longestValue)), h})
		}
	}
	l.hosts = []string{hostOf(e.URL)}
	l.led = l.get("Location")
	if e.Hops > 0 {
		l.hosts = append(l.hosts, hostOf(e.First))
		l.led += " " + strings.ToLower(e.URL)
	}
	return l
}

// hostOf is the host of a URL, in lower case.
func hostOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	if end := strings.IndexAny(rest, "/?#:"); end >= 0 {
		rest = rest[:end]
	}
	return strings.ToLower(rest)
}

// at tells whether a host has something.
func (l *Look) at(has func(host string) bool) bool { return slices.ContainsFunc(l.hosts, has) }

// shows tells whether a sign is there, and what was seen.
func (s *Sign) shows(l *Look) (clue string, ok bool) {
	a := l.Answer
	if a == nil {
		return "", false
	}
	if s.Status != 0 && s.Status != a.Status || s.Preflight && !l.OnPreflight {
		return "", false
	}
	if s.Host != "" {
		if !l.at(func(host string) bool { return strings.HasSuffix(host, s.Host) }) {
			return "", false
		}
		clue = "the host *" + s.Host
	}
	if s.Led != "" && !strings.Contains(l.led, s.Led) {
		return "", false
	}
	if s.Body != "" && !strings.Contains(l.body, s.Body) {
		return "", false
	}
	if s.Cookie != "" {
		name, ok := l.cookie(s.Cookie)
		if !ok {
			return "", false
		}
		clue = "the cookie " + name
	}
	if s.Header != "" {
		seen, ok := l.header(s.Header, s.Value)
		if !ok {
			return "", false
		}
		clue = seen
	}
	if s.Match != nil && !s.Match(l) {
		return "", false
	}
	if s.Says != "" {
		clue = s.Says
	}
	return clue, true
}

// header is the first header line of a name whose value has some words in it.
func (l *Look) header(name, words string) (seen string, ok bool) {
	lower := strings.ToLower(name)
	for _, h := range l.headers {
		if h.name == lower && hasWords(h.value, words) {
			return "“" + name + ": " + text.Legible(text.RedactHeader(name, h.as.Value), 60) + "”", true
		}
	}
	return "", false
}

// cookie is the beginning that was asked for of a cookie's name, as it is set.
func (l *Look) cookie(begin string) (name string, ok bool) {
	for _, h := range l.headers {
		if h.name == "set-cookie" && strings.HasPrefix(h.value, begin) {
			return strings.TrimSuffix(h.as.Value[:len(begin)], "="), true
		}
	}
	return "", false
}

// hasWords tells whether a value contains some words: neither before nor behind
// them a word goes on.
func hasWords(value, words string) bool {
	if words == "" {
		return true
	}
	for from := 0; ; {
		at := strings.Index(value[from:], words)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(words)
		if !(at > 0 && inWord(value[at-1]) && inWord(words[0])) && !(end < len(value) && inWord(value[end]) && inWord(words[len(words)-1])) {
			return true
		}
		from = at + 1
	}
}

func inWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// has tells whether the answer has a header.
func (l *Look) has(name string) bool { return l.Answer.Headers.Contains(name) }

// get is the value of a header of the answer, in lower case; several lines are
// joined.
func (l *Look) get(name string) string {
	var values []string
	lower := strings.ToLower(name)
	for _, h := range l.headers {
		if h.name == lower {
			values = append(values, h.value)
		}
	}
	return strings.Join(values, ", ")
}

// bare tells whether the answer has no header of the CORS protocol.
func (l *Look) bare() bool {
	for _, h := range l.headers {
		if strings.HasPrefix(h.name, "access-control-") {
			return false
		}
	}
	return true
}

// containsAfter tells whether a string has a part, and later another.
func containsAfter(s, part, other string) bool {
	_, after, found := strings.Cut(s, part)
	return found && strings.Contains(after, other)
}
