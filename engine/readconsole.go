package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/grammar"
)

// A Printed is a message of a browser's console that was found in a text.
type Printed struct {
	Profile string         // the name of the profile of the browser that prints it; "" if several do
	Reasons []fetch.Reason // the refusals that it is printed for; none: see Cause
	Cause   *Cause         // what else it is about; nil if it is about a refusal or tells particulars only

	// Preflight says that the message is about a preflight. Messages of Firefox and
	// WebKit often leave that open.
	Preflight bool

	// Words are the particulars in the message, by the names of
	// [fetch.Error.Particular] and those of the browser: url, page, kind …
	Words map[string]string

	Text       string // the message as it was found, on one line
	Start, End int    // where in the text
}

// ReadConsole finds the messages in a text that browsers print to their consoles, in
// the order of the text: the inverse of [Console], with the wordings of older
// versions, and with messages about causes that are not CORS. What stands around
// them does not matter, nor do line breaks within, quotation marks of another kind,
// zero-width characters and the colours of a terminal. It takes time in proportion
// to the text's length.
func ReadConsole(text string) []Printed {
	f := flatten(text)
	var found []match
	for _, p := range patterns() {
		found = p.find(f, found)
	}
	found = append(found, f.errorNames()...)
	found = append(found, f.networkLines()...)
	// Of messages that overlap, the one counts of which most was recognised.
	slices.SortStableFunc(found, func(a, b match) int {
		return cmp.Or(-cmp.Compare(a.weight, b.weight), cmp.Compare(a.start, b.start))
	})
	taken := make([]bool, len(f.flat))
	var best []match
	for _, m := range found {
		if span := taken[m.start:m.end]; !slices.Contains(span, true) {
			best = append(best, m)
			for i := range span {
				span[i] = true
			}
		}
	}
	slices.SortFunc(best, func(a, b match) int { return cmp.Compare(a.start, b.start) })
	var all []Printed
	for i := range best {
		all = append(all, best[i].printed(f))
	}
	return all
}

// A pattern is a message with holes in it: texts, with a hole's name between one and
// the next. A hole may be last.
type pattern struct {
	profile   string
	reasons   []fetch.Reason
	cause     *Cause
	preflight bool
	literals  []string
	holes     []string // holes[i] follows literals[i]
	weight    int      // the bytes of the literals
}

// leastWeight is how much of a message has to be recognised.
const leastWeight = 20

// patterns are all messages, made of the tables that [Console] prints from and of
// those of older wordings and other causes.
var patterns = sync.OnceValue(func() []*pattern {
	byText := make(map[string]*pattern)
	var order []string
	add := func(text, profile string, reason fetch.Reason, cause *Cause, preflight bool) {
		text = strings.TrimRight(strings.TrimSpace(flatten(text).flat), ".:")
		p := byText[text]
		if p == nil {
			if p = parsePattern(text); p.weight < leastWeight {
				return
			}
			p.profile, p.preflight = profile, preflight
			byText[text] = p
			order = append(order, text)
		}
		if p.profile != profile {
			p.profile = ""
		}
		if cause != nil {
			p.cause = cause
		}
		if reason != 0 && !slices.Contains(p.reasons, reason) {
			p.reasons = append(p.reasons, reason)
		}
	}
	for _, b := range browsers {
		name := b.profile().Name
		for _, l := range slices.Concat(b.lines, b.older) {
			var cause *Cause
			if l.reason == fetch.CSPBlocked { // the line does not say by which policy: the request can't be played
				cause = &causeCSP
			}
			for _, v := range b.variants(l) {
				add(v.text, name, l.reason, cause, v.preflight || onlyOfPreflights(l.reason))
				if shorter, _, ok := strings.Cut(v.text, " Status code: "); ok { // older versions don't say it
					add(shorter, name, l.reason, nil, v.preflight || onlyOfPreflights(l.reason))
				}
			}
		}
	}
	for _, b := range browsers {
		name := b.profile().Name
		for _, l := range b.sockets {
			var cause *Cause
			if strings.Contains(l.text, "WebSocket ") && l.reason == fetch.WebSocketFailed { // the line is of nothing else
				cause = &causeWebSocket
			}
			for _, v := range b.variants(l) {
				add(v.text, name, l.reason, cause, false)
			}
		}
	}
	for _, l := range causeLines {
		name, heads := "", []string{l.text}
		if l.profile != nil {
			name = l.profile().Name
			heads = nil
			for _, b := range browsers {
				if b.profile().Name == name {
					for _, v := range b.variants(consoleLine{text: l.text}) {
						heads = append(heads, v.text)
					}
				}
			}
		}
		for _, text := range heads {
			add(text, name, 0, l.cause, false)
		}
	}
	for _, text := range supplements {
		add(text, "", 0, nil, false)
	}
	all := make([]*pattern, 0, len(order))
	for _, text := range order {
		p := byText[text]
		if p.cause != nil { // WebKit prints the line after any refusal
			p.reasons = nil
		}
		all = append(all, p)
	}
	return all
})

// onlyOfPreflights tells whether a reason can only befall a preflight.
func onlyOfPreflights(r fetch.Reason) bool {
	return fetch.PreflightInvalidStatus <= r && r <= fetch.AuthorizationNotListed
}

// A variant is a message with the parts that the engine chose for it.
type variant struct {
	text      string
	preflight bool
}

// variants are all forms that a message can have: with each of the engine's parts and
// each of its beginnings. Of several lines the first is the message; the others are
// printed after many.
func (b *browser) variants(l consoleLine) []variant {
	all := []variant{{text: l.text}}
	for _, name := range slices.Sorted(maps.Keys(b.parts)) {
		var next []variant
		for _, v := range all {
			if !strings.Contains(v.text, "{"+name+"}") {
				next = append(next, v)
				continue
			}
			for _, p := range b.parts[name] {
				next = append(next, variant{strings.ReplaceAll(v.text, "{"+name+"}", p.text), v.preflight || name == "preflight" && p.text != ""})
			}
		}
		all = next
	}
	var lines []variant
	for _, v := range all {
		v.text, _, _ = strings.Cut(v.text, "\n")
		lines = append(lines, v)
		if len(b.heads) == 0 {
			continue
		}
		_, tail, ok := strings.Cut(v.text, headEnd(b.heads[0]))
		if !ok || !strings.HasPrefix(v.text, headBegin(b.heads[0])) {
			continue
		}
		for _, head := range b.heads[1:] {
			lines = append(lines, variant{head + tail, v.preflight})
		}
	}
	return lines
}

// headBegin and headEnd are how a beginning begins and ends, without the holes in it.
func headBegin(head string) string { return head[:strings.IndexByte(head, '{')] }
func headEnd(head string) string   { return head[strings.LastIndexByte(head, '}')+1:] }

// parsePattern is the pattern of a text with names in braces.
func parsePattern(text string) *pattern {
	p := new(pattern)
	for {
		literal, rest, found := strings.Cut(text, "{")
		p.literals = append(p.literals, literal)
		p.weight += len(literal)
		if !found {
			return p
		}
		var hole string
		hole, text, _ = strings.Cut(rest, "}")
		p.holes = append(p.holes, hole)
		if text == "" {
			return p
		}
	}
}

// A match is where a pattern was found.
type match struct {
	*pattern
	start, end int
	spans      [][2]int // of the holes
	name       string   // of an error name
}

// holeLimit is how many bytes a hole can have, matchLimit how often a message is
// looked for.
const (
	holeLimit  = 8192
	matchLimit = 1000
)

// find appends where p is in f. Each literal is searched for once: its next
// occurrence counts for all that come before it.
func (p *pattern) find(f *flatText, found []match) []match {
	at := make([]int, len(p.literals)) // the literal's first occurrence that is not before what was asked last
	for i := range at {
		at[i] = -1
	}
	next := func(i, from int) int {
		if at[i] >= from {
			return at[i]
		}
		n := strings.Index(f.flat[min(from, len(f.flat)):], p.literals[i])
		if n < 0 {
			at[i] = len(f.flat) + 1
		} else {
			at[i] = from + n
		}
		return at[i]
	}
	matches := found
	last := -1 // the end of the match before, if it is one of p
	for from := 0; ; {
		start := next(0, from)
		if start >= len(f.flat) {
			return matches
		}
		from = start + 1
		pos := start + len(p.literals[0])
		ok := true
		spans := make([][2]int, 0, len(p.holes))
		for i := 1; i < len(p.literals) && ok; i++ {
			n := next(i, pos)
			if n > len(f.flat) { // nor behind a later start
				return matches
			}
			ok = n-pos <= holeLimit && f.fits(p.holes[i-1], pos, n)
			spans = append(spans, [2]int{pos, n})
			pos = n + len(p.literals[i])
		}
		if ok && len(p.holes) == len(p.literals) {
			end := f.holeEnd(p.holes[len(p.holes)-1], pos)
			ok = f.fits(p.holes[len(p.holes)-1], pos, end)
			spans = append(spans, [2]int{pos, end})
			pos = end
		}
		if !ok {
			continue
		}
		m := match{pattern: p, start: start, end: pos, spans: spans}
		if last == pos { // the same, from a later start
			matches[len(matches)-1] = m
		} else if matches = append(matches, m); len(matches)-len(found) == matchLimit {
			return matches
		}
		last = pos
	}
}

// fits tells whether what is between two places can be in a hole.
func (f *flatText) fits(hole string, from, to int) bool {
	s := strings.TrimSpace(f.flat[from:to])
	switch hole {
	case "status":
		return s == "(null)" || s != "" && len(s) <= 4 && strings.Trim(s, "0123456789") == ""
	case "kind":
		return len(s) <= 40
	case "method", "name", "lowername", "scheme", "space", "asked":
		return grammar.IsToken(s)
	case "port":
		return s != "" && strings.Trim(s, "0123456789") == ""
	case "url", "first", "location", "document", "page", "origin", "server":
		for i := from; i < to; i++ { // it has no blanks but for a line break
			if f.flat[i] == ' ' && i > from && i < to-1 && !f.breaks(i) {
				return false
			}
		}
		return s != "" && (s == "null" || strings.ContainsAny(s, ":./"))
	}
	return true
}

// holeEnd is where a hole ends that is last.
func (f *flatText) holeEnd(hole string, from int) int {
	end := from
	for end < len(f.flat) && end-from < holeLimit {
		c := f.flat[end]
		switch {
		case hole == "status" && (c < '0' || c > '9') && !strings.HasPrefix(f.flat[from:], "(null)"):
			return end
		case hole == "value" && f.breaks(end):
			return end
		case hole != "value" && (c == ' ' || c == '\''), hole == "space" && c == '.':
			return end
		case hole == "status" && end-from == len("(null)"):
			return end
		}
		end++
	}
	return end
}

func (m *match) printed(f *flatText) Printed {
	p := Printed{Profile: m.profile, Reasons: slices.Clone(m.reasons), Cause: m.cause, Preflight: m.preflight, Words: make(map[string]string)}
	p.Start, p.End = int(f.from[m.start]), f.original(m.end)
	p.Text = f.flat[m.start:m.end]
	for i, span := range m.spans {
		word := f.word(span[0], span[1])
		switch m.holes[i] {
		case "url", "first", "location", "document", "page", "origin":
			word = strings.ReplaceAll(word, " ", "") // a line break within
		}
		p.Words[m.holes[i]] = word
	}
	if m.name != "" {
		p.Words["error"] = m.name
		f.around(m, p.Words)
	}
	return p
}

// errorNames finds the names of errors.
func (f *flatText) errorNames() []match {
	var found []match
	for pos := 0; pos < len(f.flat); {
		end := pos
		for end < len(f.flat) && isNameByte(f.flat[end]) {
			end++
		}
		if end == pos {
			pos++
			continue
		}
		name := strings.TrimRight(f.flat[pos:end], ".")
		if len(found) == matchLimit {
			return found
		}
		if len(name) > 8 && strings.Contains(name, "_") {
			if m, ok := errorNamed(name); ok {
				m.start, m.end, m.name = pos, pos+len(name), name
				if pos >= 5 && f.flat[pos-5:pos] == "net::" {
					m.start -= 5
				}
				found = append(found, m)
			}
		}
		pos = end
	}
	return found
}

// networkLines finds what Chromium prints for a response with an error status: the
// method, the URL, the status and in parentheses its name.
func (f *flatText) networkLines() []match {
	var found []match
	for pos := 0; len(found) < matchLimit; {
		n := strings.Index(f.flat[pos:], " (")
		if n < 0 {
			break
		}
		end := pos + n
		pos = end + 2
		rest, status := lastWord(f.flat[:end])
		if len(status) != 3 {
			continue
		}
		rest, url := lastWord(rest)
		_, method := lastWord(rest)
		if len(url) > holeLimit || strings.Trim(status, "0123456789") != "" || !strings.Contains(url, "://") || !grammar.IsToken(method) || strings.ToUpper(method) != method {
			continue
		}
		start := end - len(method) - len(url) - len(status) - 2
		at := start + len(method) + 1
		found = append(found, match{
			pattern: &pattern{profile: chromium.profile().Name, cause: &causeStatusLine, holes: []string{"method", "url", "status"}, weight: leastWeight},
			start:   start, end: end,
			spans: [][2]int{{start, start + len(method)}, {at, at + len(url)}, {end - 3, end}},
		})
	}
	return found
}

// lastWord is the last word of a text on one line, and what is before it.
func lastWord(s string) (before, word string) {
	n := strings.LastIndexByte(s, ' ')
	return s[:max(n, 0)], s[n+1:]
}

// around reads what Chromium prints around an error name: the method and the URL
// before it, the status after it.
func (f *flatText) around(m *match, words map[string]string) {
	before := strings.Fields(f.flat[max(0, m.start-holeLimit):m.start])
	if n := len(before); n >= 2 && strings.Contains(before[n-1], "://") && grammar.IsToken(before[n-2]) {
		words["method"], words["url"] = before[n-2], before[n-1]
	}
	status, _, ok := strings.Cut(strings.TrimPrefix(f.flat[m.end:min(len(f.flat), m.end+6)], " "), " ")
	if ok && len(status) == 3 && strings.Trim(status, "0123456789") == "" {
		words["status"] = status
	}
}

func isNameByte(c byte) bool {
	return 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '.' || 'a' <= c && c <= 'z'
}

// errorNamed is what an error name means: a refusal's of Chromium, or a cause.
func errorNamed(name string) (match, bool) {
	p := &pattern{weight: len(name)}
	if strings.HasPrefix(name, "ERR_") {
		p.profile = chromium.profile().Name
		for _, l := range chromiumLines {
			if own, ok := strings.CutPrefix(l.text, chromiumFailed); ok && own == name {
				p.reasons = []fetch.Reason{l.reason}
				return match{pattern: p}, true
			}
		}
	} else {
		p.profile = firefox.profile().Name
	}
	if p.cause = CauseOf(name); p.cause == nil {
		return match{}, false
	}
	return match{pattern: p}, true
}

// A flatText is a text on one line: white space is one space each time, quotation
// marks are alike, and what can't be seen is left out.
type flatText struct {
	text string
	flat string
	from []int32 // where in the text each byte of flat is from
	line []int32 // the places of flat where the text has a line break
}

// flatten makes a text flat. A text of more than 2 GiB is cut.
func flatten(text string) *flatText {
	text = text[:min(len(text), 1<<31-1)]
	f := &flatText{text: text}
	flat := make([]byte, 0, len(text))
	f.from = make([]int32, 0, len(text))
	put := func(c byte, at int) {
		flat = append(flat, c)
		f.from = append(f.from, int32(at))
	}
	begins := true // only white space and the signs of a quoted line since the line's beginning
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case c == 0x1b && i+1 < len(text) && text[i+1] == '[': // a terminal's colour
			for size < len(text)-i && size < 32 && (size < 2 || text[i+size] < '@' || text[i+size] > '~') {
				size++
			}
			size = min(size+1, len(text)-i)
		case c == '\n' || c == ' ' || c == '\t' || c == '\r' || c == 0xa0 || c == 0x2028 || begins && (c == '>' || c == '|'), c == '>' && len(flat) > 0 && flat[len(flat)-1] == ' ':
			if c == '\n' {
				begins = true
			}
			if n := len(flat); n == 0 || flat[n-1] != ' ' {
				put(' ', i)
			}
			if c == '\n' && (len(f.line) == 0 || int(f.line[len(f.line)-1]) != len(flat)-1) {
				f.line = append(f.line, int32(len(flat)-1))
			}
		case c == 0x200b || c == 0x200c || c == 0x200d || c == 0x2060 || c == 0xfeff || c == 0x00ad || c == 0x200e || c == 0x200f || c < ' ':
		default:
			begins = false
			switch c {
			case '"', '`', '´', '‘', '’', '‚', '“', '”', '„', '«', '»', '‹', '›', '′', '″':
				put('\'', i)
			default:
				for k := range size {
					put(text[i+k], i+k)
				}
			}
		}
		i += size
	}
	f.flat = string(flat)
	return f
}

// breaks tells whether a place is a line break.
func (f *flatText) breaks(at int) bool {
	_, ok := slices.BinarySearch(f.line, int32(at))
	return ok
}

// original is where in the text a place of flat is.
func (f *flatText) original(at int) int {
	if at < len(f.from) {
		return int(f.from[at])
	}
	return len(f.text)
}

// word is what the text has between two places, with its own quotation marks.
func (f *flatText) word(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		if f.flat[i] == ' ' {
			b.WriteByte(' ')
			continue
		}
		at := int(f.from[i])
		if f.flat[i] != '\'' {
			b.WriteByte(f.flat[i])
			continue
		}
		_, size := utf8.DecodeRuneInString(f.text[at:])
		b.WriteString(f.text[at : at+size])
	}
	return strings.TrimSpace(b.String())
}
