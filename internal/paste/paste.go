// Package paste reads what people paste when a request of a web page fails: lines of
// a browser's console, transcripts of curl, calls of fetch() and the like, and what
// network panels copy. It says what the text was taken for, why the request fails,
// what to change, and what would have to be known to be sure.
//
// Nothing is sent, no file is opened and nothing of the text is run. Values of
// Authorization, of cookies and of headers that script sets are not repeated.
package paste

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// xhr is the API of XMLHttpRequest.
const xhr fetch.API = "xhr"

// MaxText is how many bytes of text [Read] takes at most.
const MaxText = 4 << 20

// A Paste is a text that was recognised. The fields that the text does not tell are
// zero; set Page, Request.URL and Server to fill in what it lacks.
type Paste struct {
	Parts    []Part           // what the text was taken for, in its order
	Page     string           // the origin, or the URL, of the page that asks; "null" is an opaque origin
	Request  fetch.Request    // what the page asks for
	Server   string           // the product that answers, as [fetch.Evidence] names it; "" is unknown, and no text tells it
	Console  []engine.Printed // the console lines
	Answers  []Answer         // the responses, in their order
	failure  *engine.Cause    // why curl got no response
	guessed  bool             // nothing names the method
	browser  bool             // the request was copied from a browser
	Problems []string         // what could not be read
}

// What a part of a text is, in [Part.Kind].
const (
	consoleLine   = "console line"
	transcriptOf  = "curl transcript"
	commandLine   = "curl command"
	snippet       = "call"
	headerListing = "headers of a network panel"
)

// A Part is a part of a text that was recognised.
type Part struct {
	Kind    string `json:"kind"`              // "console line", "curl transcript", "curl command", "call" or "headers of a network panel"
	Browser string `json:"browser,omitempty"` // that prints the console line; "" if several do
	Line    int    `json:"line"`              // where it begins, from 1
	What    string `json:"what"`              // in words, without what is secret
}

// An Answer is a response in a text, with what the text tells of its request.
type Answer struct {
	Method, URL string            // "" where the text does not tell
	Sent        *fetch.HeaderList // the request's headers; nil where the text does not tell
	Preflight   bool              // it answers a preflight
	Status      int               // 0 where the text does not tell
	StatusText  string
	Headers     fetch.HeaderList
	Body        string // its beginning
}

// Read recognises a text. The error says what is missing if nothing was recognised
// that could be explained.
func Read(pasted string) (*Paste, error) {
	pasted = decoded(pasted)
	switch {
	case len(pasted) > MaxText:
		return nil, fmt.Errorf("the text has more than %d MiB: paste the console line, or the part with the headers", MaxText>>20)
	case strings.TrimSpace(pasted) == "":
		return nil, fmt.Errorf("the text is empty: %s", wanted)
	case isBinary(pasted):
		return nil, fmt.Errorf("the text is binary data: %s", wanted)
	case isHAR(pasted):
		return nil, errors.New("the text is a HAR file, which browsercors check --har explains")
	}
	p := new(Paste)
	r := &reader{paste: p, text: pasted}
	r.lines()
	r.snippets()
	r.console()
	r.finish()
	if len(p.Parts) == 0 {
		return nil, unrecognised(pasted)
	}
	return p, nil
}

// wanted is what a text can be.
const wanted = "want a console line of a browser, the output of curl -i or curl -v, a fetch() call, or what a network panel copies as fetch or as cURL"

// unrecognised says what is missing from a text in which nothing was found.
func unrecognised(s string) error {
	lower := strings.ToLower(s[:min(len(s), 64<<10)])
	switch {
	case strings.Contains(lower, "access-control-"), strings.Contains(lower, "cors"), strings.Contains(lower, "cross-origin"):
		return errors.New("the text is about CORS, but no line of it is one that a browser prints (in English), and it has no response's headers: " +
			"paste the whole console line, or the output of curl -i")
	case strings.Contains(lower, "curl: "):
		return errors.New("the text has a message of curl, but neither its command nor a response: paste the output of curl -v, with the command line")
	case strings.Contains(lower, "http"):
		return fmt.Errorf("the text has a URL and nothing that says what went wrong: %s", wanted)
	}
	return fmt.Errorf("nothing in the text was recognised: %s", wanted)
}

// decoded is a text as UTF-8: PowerShell writes files in UTF-16.
func decoded(s string) string {
	var big bool
	switch {
	case strings.HasPrefix(s, "\xff\xfe"):
	case strings.HasPrefix(s, "\xfe\xff"):
		big = true
	default:
		return strings.TrimPrefix(s, "\ufeff")
	}
	s = s[2:min(len(s), 2*MaxText+4)]
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		unit := uint16(s[i]) | uint16(s[i+1])<<8
		if big {
			unit = unit<<8 | unit>>8
		}
		units = append(units, unit)
	}
	return string(utf16.Decode(units))
}

// isBinary tells whether a text has a NUL, or more bytes that no text has than a body
// in a transcript would explain.
func isBinary(s string) bool {
	begin := s[:min(len(s), 4<<10)]
	odd := 0
	for i := 0; i < len(begin); {
		c, size := utf8.DecodeRuneInString(begin[i:])
		if c == utf8.RuneError && size == 1 || c < ' ' && !strings.ContainsRune("\t\n\r\f\v\x1b", c) {
			odd++
		}
		i += size
	}
	return strings.IndexByte(begin, 0) >= 0 || odd*8 > len(begin)
}

func isHAR(s string) bool {
	begin := strings.TrimSpace(s[:min(len(s), 1<<10)])
	return strings.HasPrefix(begin, "{") && strings.Contains(begin, `"log"`) && strings.Contains(begin, `"creator"`)
}

// A reader recognises a text.
type reader struct {
	paste *Paste
	text  string
	at    []int // where the lines begin

	call     *fetch.Request // of a snippet
	copied   *fetch.Request // of a command line that is not a preflight
	taken    [][2]int       // what snippets and command lines take up
	referrer string
	relative string // the URL of the call, if it is relative or begins with an expression

	lookups int // of variables

	pending          *engine.Printed // a console line that tells particulars of the next one
	pendingPreflight bool            // they are those of its preflight
}

// most is how many parts of a kind are kept.
const most = 50

func (r *reader) part(kind string, offset int, format string, args ...any) {
	line, _ := slices.BinarySearch(r.at, offset+1)
	r.paste.Parts = append(r.paste.Parts, Part{Kind: kind, Line: max(line, 1), What: fmt.Sprintf(format, args...)})
}

func (r *reader) problem(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(r.paste.Problems, s) && len(r.paste.Problems) < most {
		r.paste.Problems = append(r.paste.Problems, s)
	}
}

// console finds the console lines.
func (r *reader) console() {
	for _, printed := range engine.ReadConsole(r.text) {
		if slices.ContainsFunc(r.taken, func(span [2]int) bool { return printed.Start < span[1] && printed.End > span[0] }) {
			continue
		}
		if len(r.paste.Console) == most {
			r.problem("only the first %d console lines were read", most)
			break
		}
		r.complete(&printed)
		r.paste.Console = append(r.paste.Console, printed)
		switch {
		case printed.Words["error"] != "":
			r.part(consoleLine, printed.Start, "error name %s", text.Clean(printed.Words["error"]))
		case len(printed.Reasons) == 0 && printed.Cause == nil:
			continue // what completes another
		default:
			r.part(consoleLine, printed.Start, "%s", text.Clean(printed.Text))
		}
		if printed.Profile != "" {
			r.paste.Parts[len(r.paste.Parts)-1].Browser = engine.Title(printed.Profile)
		}
	}
}

// complete adds what a line tells to the one that it goes with: a sentence about the
// status to the one before, Firefox's second line about a preflight and Safari's about
// access control likewise, Chromium's about a status to the one before or after.
func (r *reader) complete(next *engine.Printed) {
	var last *engine.Printed
	if n := len(r.paste.Console); n > 0 {
		last = &r.paste.Console[n-1]
	}
	if last != nil && last.Profile == "firefox" && slices.Equal(next.Reasons, []fetch.Reason{fetch.NetworkFailure}) && next.Words["url"] == last.Words["url"] && len(last.Reasons) > 0 {
		last.Preflight, next.Reasons, next.Cause = true, nil, nil
	}
	tells := len(next.Reasons) > 0 || next.Cause != nil && !next.Cause.Silent
	ofPreflight := next.Words["method"] == "OPTIONS"
	if ofPreflight && !tells {
		delete(next.Words, "method") // the request's is another
	}
	merge := func(to, from *engine.Printed, ofPreflight bool) bool {
		one, other := to.Words["url"], from.Words["url"]
		if one != "" && other != "" && one != other || ofPreflight && !to.Preflight {
			return false
		}
		for name, word := range from.Words {
			if _, known := to.Words[name]; !known && name != "error" {
				to.Words[name] = word
			}
		}
		return true
	}
	switch {
	case tells && r.pending != nil:
		merge(next, r.pending, r.pendingPreflight)
		r.pending = nil
	case !tells && (last == nil || !merge(last, next, ofPreflight)):
		r.pending, r.pendingPreflight = next, ofPreflight
	case !tells && next.Words["url"] == "" && last.Words["url"] != "":
		next.Words["url"] = last.Words["url"]
	}
}

// finish completes what the page asks for from the parts, of which the one that says
// most counts first: a call, a command line, a console line, a preflight.
func (r *reader) finish() {
	p := r.paste
	slices.SortStableFunc(p.Parts, func(a, b Part) int { return a.Line - b.Line })
	switch {
	case r.call != nil:
		p.Request = *r.call
	case r.copied != nil:
		p.Request = *r.copied
	}
	q := &p.Request
	known, byElement := r.call != nil || r.copied != nil, false
	for _, printed := range p.Console {
		words := printed.Words
		if q.URL == "" {
			if q.URL = words["first"]; q.URL == "" {
				q.URL = words["url"]
			}
		}
		if p.Page == "" {
			p.Page = pageOf(words["page"], words["document"], words["origin"])
		}
		byElement = byElement || words["kind"] != "" && words["kind"] != "fetch" && words["kind"] != "XMLHttpRequest"
		if strings.EqualFold(words["kind"], "XMLHttpRequest") || strings.Contains(printed.Text, "XMLHttpRequest cannot load") {
			q.API = xhr
		}
		if !known {
			if q.Method == "" {
				q.Method = words["method"]
			}
			for _, name := range []string{words["name"], words["lowername"]} {
				if name != "" && !q.Headers.Contains(name) {
					q.Headers = append(q.Headers, safelist.Header{Name: name, Value: unsafeValue(name)})
				}
			}
		}
		for _, reason := range printed.Reasons {
			if (reason == fetch.WildcardOriginNotAllowed || reason == fetch.InvalidAllowCredentials) && len(printed.Reasons) == 1 {
				q.Credentials = credentials.Include
			}
			if reason == fetch.AuthorizationNotListed && len(printed.Reasons) == 1 && !q.Headers.Contains("Authorization") {
				q.Headers = append(q.Headers, safelist.Header{Name: "Authorization", Value: "x"})
			}
		}
	}
	for _, a := range p.Answers {
		if q.URL == "" {
			q.URL = a.URL
		}
		if a.Sent == nil {
			continue
		}
		if p.Page == "" {
			asking, _ := a.Sent.Get("Origin")
			p.Page = pageOf(asking)
		}
		switch {
		case known:
		case a.Preflight:
			if method, ok := a.Sent.Get("Access-Control-Request-Method"); ok && q.Method == "" {
				q.Method = method
			}
			names, _ := a.Sent.Get("Access-Control-Request-Headers")
			for name := range strings.SplitSeq(names, ",") {
				if name = strings.Trim(name, " \t"); grammar.IsHeaderName(name) && !q.Headers.Contains(name) && len(q.Headers) < most {
					q.Headers = append(q.Headers, safelist.Header{Name: name, Value: unsafeValue(name)})
				}
			}
		default:
			if q.Method == "" {
				q.Method = a.Method
			}
			for _, h := range scripts(*a.Sent, p.browser) {
				if !q.Headers.Contains(h.Name) {
					q.Headers = append(q.Headers, h)
				}
			}
			if a.Sent.Contains("Cookie") {
				q.Credentials = credentials.Include
			}
		}
	}
	if q.URL == "" && r.relative != "" {
		r.problem("the call's URL, %s, is relative or begins with an expression", text.Clean(r.relative))
	}
	if q.URL != "" {
		if _, err := origin.ParseURL(q.URL); err != nil {
			r.problem("%s is not a URL", text.Quote(q.URL))
			q.URL = ""
		}
	}
	p.guessed = q.Method == "" && !byElement
	if p.Page == "" {
		p.Page = pageOf(r.referrer)
	}
}

// pageOf is the first that can be the URL or origin of a page.
func pageOf(candidates ...string) string {
	for _, s := range candidates {
		if s == "null" {
			return s
		}
		if u, err := origin.ParseURL(s); err == nil && (u.IsHTTP() || u.Host() != "") {
			return s
		}
	}
	return ""
}

// unsafeValue is a value with which a header needs a preflight.
func unsafeValue(name string) string {
	switch {
	case fold.Equal(name, "content-type"):
		return "application/json"
	case fold.Equal(name, "range"):
		return "bytes=-1"
	}
	return `"`
}

// lineStarts are the offsets at which the lines of a text begin.
func lineStarts(s string) []int {
	at := make([]int, 1, bytes.Count([]byte(s), []byte("\n"))+1)
	for i := range len(s) {
		if s[i] == '\n' {
			at = append(at, i+1)
		}
	}
	return at
}
