package conformance

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/gif"  // decodes
	_ "image/jpeg" // decodes
	_ "image/png"  // decodes
	"regexp"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/mimetype"
)

// What a body is, of those that scenarios have: whether an image decodes, what a
// script throws, posts and imports. It is a small part of what a browser's decoders
// and parsers do, and enough for bodies that are made to show one thing.

// A contents is what a body is, with what only a worker does.
type contents struct {
	fetch.Contents
	posts   bool // a worker posts a message before it throws
	first   bool // … and before it imports anything
	noFrame bool // it has no picture, which would taint a canvas
}

// contentsOf tells what the body that an element has got is.
func contentsOf(e fetch.Element, headers fetch.HeaderList, body []byte) contents {
	var c contents
	switch e {
	case "img", "css-image", "css-mask":
		t, ok := mimetype.Extract(headers)
		c.Broken = !isImage(body) && !(ok && t.Essence() == "image/svg+xml" && isSVG(body))
	case "audio", "video":
		c.Broken = !isMedia(body)
		c.noFrame = isSound(body)
	case "track":
		c.Broken = !isWebVTT(body)
	case "font":
		c.Broken = !isFont(body)
	case "stylesheet":
		for _, m := range cssImport.FindAllSubmatch(withoutComments(body), -1) {
			url := m[1]
			if len(m[2]) > 0 {
				url = m[2]
			}
			c.Imports = append(c.Imports, fetch.Import{URL: string(bytes.Trim(url, `"'`))})
		}
	case "module/json":
		if !json.Valid(body) {
			c.Throws = "other"
		}
	case "script", "module", "modulepreload", "importscripts", "worker", "worker/module", "sharedworker", "sharedworker/module":
		c = scriptContents(string(body), strings.Contains(string(e), "module"), strings.Contains(string(e), "worker"))
	}
	return c
}

// isImage tells whether a browser can decode an image.
func isImage(body []byte) bool {
	if _, _, err := image.Decode(bytes.NewReader(body)); err == nil {
		return true
	}
	if len(body) > 12 && string(body[:4]) == "RIFF" && string(body[8:12]) == "WEBP" {
		return true
	}
	return false
}

// isSVG tells whether a document is an image in SVG. Only its MIME type says that it
// may be one.
func isSVG(body []byte) bool {
	text := bytes.TrimLeft(body, " \t\r\n\xef\xbb\xbf")
	return (bytes.HasPrefix(text, []byte("<svg")) || bytes.HasPrefix(text, []byte("<?xml"))) && bytes.Contains(text, []byte("http://www.w3.org/2000/svg"))
}

// isMedia tells whether a browser can play a sound or a video.
func isMedia(body []byte) bool {
	switch {
	case len(body) < 12:
		return false
	case string(body[:4]) == "RIFF" && string(body[8:12]) == "WAVE",
		bytes.HasPrefix(body, []byte("\x1aE\xdf\xa3")), // WebM
		bytes.HasPrefix(body, []byte("OggS")), bytes.HasPrefix(body, []byte("ID3")), bytes.HasPrefix(body, []byte("fLaC")),
		string(body[4:8]) == "ftyp":
		return true
	}
	return body[0] == 0xff && body[1]&0xe0 == 0xe0 // MPEG audio
}

// isSound tells whether a sound is all that there is.
func isSound(body []byte) bool {
	return len(body) > 12 && (string(body[8:12]) == "WAVE" || bytes.HasPrefix(body, []byte("ID3")) || bytes.HasPrefix(body, []byte("fLaC")) || body[0] == 0xff)
}

// isWebVTT tells whether a file has WebVTT's signature.
//
// https://w3c.github.io/webvtt/#webvtt-parser-algorithm
func isWebVTT(body []byte) bool {
	rest, ok := bytes.CutPrefix(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), []byte("WEBVTT"))
	return ok && (len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0)
}

// isFont tells whether a file has the signature of a font.
func isFont(body []byte) bool {
	if len(body) < 12 {
		return false
	}
	switch string(body[:4]) {
	case "\x00\x01\x00\x00", "OTTO", "true", "wOFF", "wOF2", "ttcf":
		return true
	}
	return false
}

var (
	cssImport  = regexp.MustCompile(`(?i)@import\s+(?:url\(\s*("[^"]*"|'[^']*'|[^)\s]*)\s*\)|("[^"]*"|'[^']*'))`)
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
)

// withoutComments is CSS without its comments.
func withoutComments(body []byte) []byte { return cssComment.ReplaceAll(body, nil) }

var (
	moduleImport  = regexp.MustCompile(`^(?:import|export)\b(?:[^"'();]*\bfrom\b)?\s*("[^"]*"|'[^']*')\s*(?:with\s*\{\s*type\s*:\s*["'](\w+)["']\s*\})?`)
	importScripts = regexp.MustCompile(`^(?:self\.)?importScripts\(([^)]*)\)`)
	postMessage   = regexp.MustCompile(`^(?:self\.)?postMessage\(`)
	htmlComment   = regexp.MustCompile(`(?m)^\s*(?:<!--|-->).*$`)
	cssRule       = regexp.MustCompile(`^\s*[a-z]+ \{ [a-z-]+:`)
	throwError    = regexp.MustCompile(`^throw\s+(?:new\s+)?\w*Error\(`)
	label         = regexp.MustCompile(`^[a-z]+:\s*`)
	undeclared    = regexp.MustCompile(`^(\w+)(?:\(|\.|$)`)
	quotedText    = regexp.MustCompile(`"[^"]*"|'[^']*'`)
)

// scriptContents reads a script statement by statement, up to the one that throws.
func scriptContents(source string, module, worker bool) contents {
	var c contents
	if !module {
		source = htmlComment.ReplaceAllString(source, "")
	}
	source = string(withoutComments([]byte(source)))
	if strings.Contains(source, "\x00") || cssRule.MatchString(source) || !balanced(source) {
		c.Throws = "other" // a SyntaxError
		return c
	}
	statements := statementsOf(source)
	if module {
		for _, s := range statements {
			if m := moduleImport.FindStringSubmatch(s); m != nil {
				c.Imports = append(c.Imports, fetch.Import{URL: strings.Trim(m[1], `"'`), Type: m[2]})
			}
		}
	}
	for _, s := range statements {
		switch {
		case moduleImport.MatchString(s):
			if !module {
				c.Throws = "other" // a SyntaxError: nothing of the script runs
				return contents{Contents: fetch.Contents{Throws: "other"}}
			}
		case worker && !module && importScripts.MatchString(s):
			for _, url := range quotedText.FindAllString(importScripts.FindStringSubmatch(s)[1], -1) {
				c.Imports = append(c.Imports, fetch.Import{URL: strings.Trim(url, `"'`)})
			}
		case postMessage.MatchString(s):
			c.posts = c.posts || worker
			c.first = c.first || worker && (module || len(c.Imports) == 0)
		case throwError.MatchString(s):
			c.Throws = "Error"
			return c
		case strings.HasPrefix(s, "throw "), strings.HasPrefix(s, "throw\""):
			c.Throws = "other"
			return c
		case broken(s):
			return contents{Contents: fetch.Contents{Throws: "other"}}
		case isUndeclared(s):
			c.Throws = "other" // a ReferenceError
			return c
		}
	}
	return c
}

// statementsOf are the statements of a script, which end at semicolons and lines.
func statementsOf(source string) []string {
	var all []string
	var b strings.Builder
	depth, quote := 0, quoting(0)
	end := func() {
		if s := strings.TrimSpace(b.String()); s != "" && !strings.HasPrefix(s, "//") {
			all = append(all, s)
		}
		b.Reset()
	}
	for i := range len(source) {
		ch := source[i]
		switch {
		case quote.covers(source, i):
		case ch == '(', ch == '{', ch == '[':
			depth++
		case ch == ')', ch == '}', ch == ']':
			depth--
		case depth == 0 && (ch == ';' || ch == '\n'):
			end()
			continue
		}
		b.WriteByte(ch)
	}
	end()
	return all
}

// quoting is the quotation mark of the string that a scan is in, or 0.
type quoting byte

// covers takes one byte of a source after the other, and tells whether it belongs to a
// string, its quotation marks included.
func (q *quoting) covers(source string, i int) bool {
	switch ch := source[i]; {
	case *q != 0:
		if ch == byte(*q) && source[i-1] != '\\' {
			*q = 0
		}
	case ch == '"', ch == '\'', ch == '`':
		*q = quoting(ch)
	default:
		return false
	}
	return true
}

// balanced tells whether brackets and quotes are closed.
func balanced(source string) bool {
	var open []byte
	quote := quoting(0)
	pairs := map[byte]byte{')': '(', '}': '{', ']': '['}
	for i := range len(source) {
		ch := source[i]
		switch {
		case quote.covers(source, i):
		case ch == '(', ch == '{', ch == '[':
			open = append(open, ch)
		case pairs[ch] != 0:
			if len(open) == 0 || open[len(open)-1] != pairs[ch] {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return quote == 0 && len(open) == 0
}

// broken tells whether a statement is none of JavaScript: markup, or words side by
// side.
func broken(s string) bool {
	if strings.HasPrefix(s, "<") || strings.HasPrefix(s, "{\"") {
		return true
	}
	words := strings.Fields(s)
	if len(words) < 2 || isKeyword(words[0]) {
		return false
	}
	return isWord(words[0]) && isWord(words[1]) && !isOperator(words[1])
}

// isUndeclared tells whether a statement uses a name that no page has.
func isUndeclared(s string) bool {
	if l := label.FindString(s); !isKeyword(strings.TrimRight(l, ": ")) {
		s = s[len(l):]
	}
	m := undeclared.FindStringSubmatch(s)
	return m != nil && !isKeyword(m[1]) && !knownNames[m[1]] && !(m[1][0] >= '0' && m[1][0] <= '9')
}

func isWord(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !(r == '_' || r == '$' || 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9')
	}) < 0
}

func isOperator(s string) bool { return s == "in" || s == "instanceof" || s == "of" }

var keywords = map[string]bool{}

func isKeyword(s string) bool { return keywords[s] }

func init() {
	for _, word := range strings.Fields("async await break case class const continue debugger default delete do else export extends finally for function if import in let new return static super switch this throw try typeof var void while with yield null true false") {
		keywords[word] = true
	}
}

// knownNames are the names of globals that bodies use.
var knownNames = map[string]bool{
	"self": true, "window": true, "globalThis": true, "console": true, "document": true, "postMessage": true, "onmessage": true, "onconnect": true, "close": true,
	"fetch": true, "setTimeout": true, "importScripts": true, "Math": true, "Object": true, "JSON": true, "Array": true, "String": true, "Number": true,
	"Promise": true, "Error": true, "TypeError": true, "RangeError": true, "Symbol": true, "undefined": true, "location": true, "navigator": true,
	"addEventListener": true, "dispatchEvent": true, "queueMicrotask": true, "performance": true, "crypto": true, "alert": true, "atob": true, "btoa": true,
}
