package har

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of [Read], in bytes.
const (
	maxRead   = 4 << 30   // of the file, decompressed
	maxKept   = 256 << 20 // of what is kept of it, with an estimate of what that takes in memory
	maxBody   = 8 << 10   // of the text of a response's body
	maxString = 1 << 20   // of every other string
	maxDepth  = 1000      // of nested values
)

// What a kept value and an entry take in memory besides their bytes, at most.
const (
	valueCost = 48
	entryCost = 1 << 10
)

// keptKeys are the keys of an archive whose values are kept. All others are
// skipped while the file is read: bodies of messages, stack traces, scores.
var keptKeys = map[string]bool{
	"version": true, "creator": true, "browser": true, "comment": true, "pages": true, "entries": true, "name": true, "id": true, "title": true,
	"pageref": true, "startedDateTime": true, "time": true, "request": true, "response": true, "timings": true, "serverIPAddress": true, "send": true, "wait": true, "receive": true,
	"method": true, "url": true, "httpVersion": true, "cookies": true, "headers": true, "queryString": true, "postData": true, "headersSize": true, "bodySize": true,
	"status": true, "statusText": true, "content": true, "redirectURL": true, "value": true, "path": true, "domain": true, "httpOnly": true, "secure": true, "sameSite": true,
	"mimeType": true, "params": true, "text": true, "size": true, "encoding": true, "type": true,
	"_resourceType": true, "_request_type": true, "_initiator": true, "_fromCache": true, "_servedFromCache": true, "_fetchType": true, "_error": true, "_failureText": true,
	"_blockedReason": true, "_fetchedViaServiceWorker": true, "_serviceWorkerResponseSource": true, "_wasFulfilled": true, "_apiRequest": true, "_securityState": true,
	"_internalRedirect": true,
}

// openKeys are the keys whose values are kept with all of their keys: instead of a
// list of names and values some programs write an object.
var openKeys = map[string]bool{"headers": true, "cookies": true}

// A scanner reads an archive byte by byte and copies what is kept. So a body takes
// no memory, whatever its size.
type scanner struct {
	in   *bufio.Reader
	at   int64 // bytes read
	line int
	path []step // where it is
	out  []byte // the value that is being copied
	kept int64  // of what was copied before
	max  int64  // of kept
}

// A step is a key, or an index.
type step struct {
	key   []byte
	index int // of an array; -1 for a key
}

func newScanner(r io.Reader) *scanner {
	return &scanner{in: bufio.NewReaderSize(r, 64<<10), line: 1, max: maxKept}
}

// errCutOff is a file that ends in the middle.
var errCutOff = errors.New("the file is truncated")

// place is the path of the value that is being read, such as log.entries[3].request.
func (s *scanner) place() string {
	var b strings.Builder
	for _, p := range s.path {
		switch {
		case p.index >= 0:
			fmt.Fprintf(&b, "[%d]", p.index)
		case len(p.key) > 0:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			fmt.Fprintf(&b, "%.40s", p.key)
		}
		if b.Len() > 200 {
			break
		}
	}
	return b.String()
}

// fail says what is wrong at the current place.
func (s *scanner) fail(err error) *fault {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return &fault{At: s.place(), Offset: s.at, Err: fmt.Errorf("%w: it ends on line %d, after %d bytes", errCutOff, s.line, s.at)}
	}
	return &fault{At: s.place(), Offset: s.at, Err: err}
}

// invalid says that a byte is not what JSON has at that place.
func (s *scanner) invalid(c byte, want string) *fault {
	return s.fail(fmt.Errorf("is not JSON, line %d, byte %d: invalid character %q, want %s", s.line, s.at, c, want))
}

func (s *scanner) next() (byte, *fault) {
	c, err := s.in.ReadByte()
	if err != nil {
		return 0, s.fail(err)
	}
	s.at++
	if c == '\n' {
		s.line++
	}
	return c, nil
}

// token is the next byte that is not white space.
func (s *scanner) token() (byte, *fault) {
	for {
		switch c, err := s.next(); {
		case err != nil:
			return 0, err
		case c != ' ' && c != '\n' && c != '\r' && c != '\t':
			return c, nil
		}
	}
}

// put copies bytes.
func (s *scanner) put(keep bool, b ...byte) {
	if keep {
		s.out = append(s.out, b...)
	}
}

// value reads a value that begins with a byte, and copies it if it is kept.
func (s *scanner) value(c byte, keep bool, limit int) *fault {
	if keep {
		if s.kept += valueCost; s.kept+int64(len(s.out)) > s.max {
			return s.fail(fmt.Errorf("the archive is too large: it has more than %d MiB up to here, bodies not counted", s.max>>20))
		}
	}
	if len(s.path) > maxDepth {
		return s.fail(fmt.Errorf("more than %d values are nested", maxDepth))
	}
	switch {
	case c == '{':
		return s.object(keep)
	case c == '[':
		return s.array(keep)
	case c == '"':
		s.put(keep, '"')
		err := s.text(keep, limit)
		s.put(keep, '"')
		return err
	}
	return s.literal(c, keep)
}

// object reads an object after its brace.
func (s *scanner) object(keep bool) *fault {
	all := keep && len(s.path) > 0 && openKeys[string(s.path[len(s.path)-1].key)]
	first := true
	s.put(keep, '{')
	err := s.members(func(c byte) *fault {
		step := &s.path[len(s.path)-1]
		keep := keep && (all || keptKeys[string(step.key)])
		if keep {
			if !first {
				s.put(true, ',')
			}
			first = false
			s.out = append(append(append(s.out, '"'), step.key...), '"', ':')
		}
		limit := maxString
		if string(step.key) == "text" && len(s.path) > 1 && string(s.path[len(s.path)-2].key) == "content" {
			limit = maxBody
		}
		return s.value(c, keep, limit)
	})
	s.put(keep, '}')
	return err
}

// members reads the members of an object after its brace. The function reads each
// value, which begins with a byte.
func (s *scanner) members(read func(c byte) *fault) *fault {
	const longest = 1 << 10 // of a key that is kept
	depth := len(s.path)
	if depth < cap(s.path) {
		s.path = s.path[:depth+1]
	} else {
		s.path = append(s.path, step{})
	}
	s.path[depth].index = -1
	s.path[depth].key = s.path[depth].key[:0]
	for first := true; ; first = false {
		c, err := s.token()
		switch {
		case err != nil:
			return err
		case c == '}' && first:
			s.path = s.path[:depth]
			return nil
		case c != '"':
			return s.invalid(c, "a key in quotes")
		}
		before := len(s.out)
		err = s.text(true, longest)
		s.path[depth].key = append(s.path[depth].key[:0], s.out[before:]...)
		s.out = s.out[:before]
		if err != nil {
			return err
		}
		if c, err = s.token(); err != nil {
			return err
		} else if c != ':' {
			return s.invalid(c, "a colon after the key")
		}
		if c, err = s.token(); err != nil {
			return err
		}
		if err := read(c); err != nil {
			return err
		}
		switch c, err = s.token(); {
		case err != nil:
			return err
		case c == '}':
			s.path = s.path[:depth]
			return nil
		case c != ',':
			return s.invalid(c, "a comma or the object's end")
		}
	}
}

// array reads an array after its bracket.
func (s *scanner) array(keep bool) *fault {
	first := true
	s.put(keep, '[')
	err := s.elements(func(c byte) *fault {
		if !first {
			s.put(keep, ',')
		}
		first = false
		return s.value(c, keep, maxString)
	})
	s.put(keep, ']')
	return err
}

// elements reads the elements of an array after its bracket. The function reads
// each, which begins with a byte.
func (s *scanner) elements(read func(c byte) *fault) *fault {
	depth := len(s.path)
	if depth < cap(s.path) {
		s.path = s.path[:depth+1]
	} else {
		s.path = append(s.path, step{})
	}
	s.path[depth].key = s.path[depth].key[:0]
	for i := 0; ; i++ {
		s.path[depth].index = i
		c, err := s.token()
		switch {
		case err != nil:
			return err
		case c == ']' && i == 0:
			s.path = s.path[:depth]
			return nil
		}
		if err := read(c); err != nil {
			return err
		}
		switch c, err = s.token(); {
		case err != nil:
			return err
		case c == ']':
			s.path = s.path[:depth]
			return nil
		case c != ',':
			return s.invalid(c, "a comma or the list's end")
		}
	}
}

// text reads a string after its quotation mark, up to and with the one at its end.
// Of its bytes as many as the limit are copied.
func (s *scanner) text(keep bool, limit int) *fault {
	end := len(s.out) + limit
	for {
		if _, err := s.in.Peek(1); err != nil { // which fills the buffer
			return s.fail(err)
		}
		chunk, _ := s.in.Peek(s.in.Buffered())
		n := 0
		for n < len(chunk) && chunk[n] != '"' && chunk[n] != '\\' && chunk[n] >= 0x20 {
			n++
		}
		if keep && len(s.out) < end {
			s.out = append(s.out, chunk[:min(n, end-len(s.out))]...)
		}
		if n > 0 {
			s.in.Discard(n)
			s.at += int64(n)
			continue
		}
		c, wrong := s.next()
		switch {
		case wrong != nil:
			return wrong
		case c == '"':
			return nil
		case c != '\\':
			return s.invalid(c, "no control character in a string")
		}
		escape := [6]byte{'\\'}
		if escape[1], wrong = s.next(); wrong != nil {
			return wrong
		}
		whole := escape[:2]
		switch c := escape[1]; {
		case c == 'u':
			whole = escape[:]
			for i := 2; i < 6; i++ {
				if escape[i], wrong = s.next(); wrong != nil {
					return wrong
				}
				if !isHex(escape[i]) {
					return s.invalid(escape[i], "a hexadecimal digit")
				}
			}
		case bytes.IndexByte([]byte(`"\/bfnrt`), c) < 0:
			return s.invalid(c, `an escape such as \n`)
		}
		if keep && len(s.out) < end {
			s.out = append(s.out, whole...)
		}
	}
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// literal reads a number, true, false or null.
func (s *scanner) literal(c byte, keep bool) *fault {
	const longest = 64 // of a number
	if bytes.IndexByte([]byte("-0123456789tfn"), c) < 0 {
		return s.invalid(c, "a value")
	}
	word := make([]byte, 0, longest)
	word = append(word, c)
	for {
		next, err := s.in.Peek(1)
		if err != nil && err != io.EOF {
			return s.fail(err)
		}
		if err == io.EOF || bytes.IndexByte([]byte(" \t\r\n,:]}[{\""), next[0]) >= 0 || len(word) == longest {
			break
		}
		if c, wrong := s.next(); wrong != nil {
			return wrong
		} else {
			word = append(word, c)
		}
	}
	if !json.Valid(word) {
		if rest, _ := s.in.Peek(1); len(rest) == 0 && isLiteral(word) {
			return s.fail(io.EOF)
		}
		return s.fail(fmt.Errorf("is not JSON, line %d, byte %d: invalid value %.40q", s.line, s.at-int64(len(word))+1, word))
	}
	s.put(keep, word...)
	return nil
}

// isLiteral tells whether a number, true, false or null can begin so.
func isLiteral(word []byte) bool {
	for _, whole := range []string{"true", "false", "null"} {
		if strings.HasPrefix(whole, string(word)) {
			return true
		}
	}
	return word[0] == '-' || '0' <= word[0] && word[0] <= '9'
}
