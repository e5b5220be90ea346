package har

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A fault says what is wrong with an archive, and where.
type fault struct {
	File   string // "" if it is not known
	At     string // the path of the value at fault, such as log.entries[3].request.url; "" is the whole file
	Offset int64  // how many bytes of the decompressed file were read up to there
	Err    error
}

func (e *fault) Error() string {
	var b strings.Builder
	b.WriteString("har: ")
	if e.File != "" {
		b.WriteString(e.File + ": ")
	}
	if e.At != "" {
		b.WriteString(e.At + ": ")
	}
	return b.String() + e.Err.Error()
}

func (e *fault) Unwrap() error { return e.Err }

// Read reads an archive, which may be compressed with gzip. An entry is never the
// reason why an archive can't be read: a value of a type that is not the format's
// counts as missing, and [Judge] skips an entry without what it needs. Unknown keys
// are ignored, since every browser adds some. Of a response's body only the first
// 8 KiB are kept, of every other string the first MiB.
//
// Read returns an error, which has the place of the fault, if the file can't be
// read, is truncated, is not JSON or not an archive, or is too large: larger than
// 4 GiB, or with more than 256 MiB besides bodies. It takes no more memory than a
// small multiple of that.
func Read(name string, r io.Reader) (*HAR, error) {
	h, wrong := read(r, maxRead, maxKept)
	if wrong != nil {
		wrong.File = name
		return nil, wrong
	}
	return h, nil
}

func read(r io.Reader, limit, kept int64) (*HAR, *fault) {
	file := bufio.NewReader(r)
	if magic, _ := file.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unpacked, err := gzip.NewReader(file)
		if err != nil {
			return nil, &fault{Err: fmt.Errorf("is not a gzip file: %w", err)}
		}
		file = bufio.NewReader(unpacked)
	}
	if mark, _ := file.Peek(3); string(mark) == "\xef\xbb\xbf" {
		file.Discard(3)
	}
	s := newScanner(&limited{file, limit, fmt.Errorf("is larger than %d MiB", limit>>20)})
	s.max = kept
	return s.archive()
}

// limited is a reader that fails after a number of bytes.
type limited struct {
	io.Reader
	left int64
	err  error
}

func (l *limited) Read(b []byte) (int, error) {
	if l.left <= 0 {
		return 0, l.err
	}
	n, err := l.Reader.Read(b[:min(int64(len(b)), l.left)])
	l.left -= int64(n)
	return n, err
}

// archive reads the whole file.
func (s *scanner) archive() (*HAR, *fault) {
	h := new(HAR)
	c, err := s.token()
	switch {
	case err != nil && errors.Is(err, errCutOff):
		return nil, &fault{Offset: s.at, Err: errors.New("is empty")}
	case err != nil:
		return nil, err
	}
	found := found{}
	if c != '{' {
		err = s.value(c, false, 0)
	} else {
		err = s.members(func(c byte) *fault {
			if string(s.path[0].key) != "log" || c != '{' {
				return s.value(c, false, 0)
			}
			found.log = true
			return s.members(func(c byte) *fault { return s.member(c, h, &found) })
		})
	}
	if err != nil {
		return nil, err
	}
	switch c, err := s.token(); {
	case err == nil:
		return nil, s.invalid(c, "the end of the file")
	case !errors.Is(err, errCutOff):
		return nil, err
	case !found.log:
		return nil, &fault{Offset: s.at, Err: errors.New(`not a HAR file: no object "log"`)}
	case !found.entries:
		return nil, &fault{At: "log", Offset: s.at, Err: errors.New(`not a HAR file: no "entries" array`)}
	}
	return h, nil
}

// found is what of an archive was found.
type found struct{ log, entries bool }

// member reads a member of log, whose value begins with a byte.
func (s *scanner) member(c byte, h *HAR, found *found) *fault {
	key := string(s.path[1].key)
	if key == "entries" {
		if c != '[' {
			return s.fail(errors.New(`not a HAR file: "entries" is not an array`))
		}
		found.entries = true
		return s.elements(func(c byte) *fault {
			s.kept += entryCost
			raw, err := s.copy(c)
			if err == nil {
				h.Log.Entries = append(h.Log.Entries, decodeEntry(raw))
			}
			return err
		})
	}
	if !keptKeys[key] {
		return s.value(c, false, 0)
	}
	raw, err := s.copy(c)
	if err != nil {
		return err
	}
	switch key {
	case "version":
		h.Log.Version = decode[word](raw).s()
	case "comment":
		h.Log.Comment = decode[word](raw).s()
	case "creator":
		h.Log.Creator = decode[object[programText]](raw).v.program()
	case "browser":
		if b := decode[object[programText]](raw); b.there {
			by := b.v.program()
			h.Log.Browser = &by
		}
	case "pages":
		h.Log.Pages = nil
		for _, p := range decode[list[object[pageText]]](raw) {
			h.Log.Pages = append(h.Log.Pages, Page{Started: p.v.Started.s(), ID: p.v.ID.s(), Title: p.v.Title.s()})
		}
	}
	return nil
}

// copy reads a value that begins with a byte, and returns what is kept of it.
func (s *scanner) copy(c byte) ([]byte, *fault) {
	s.out = s.out[:0]
	err := s.value(c, true, maxString)
	s.kept += int64(len(s.out))
	return s.out, err
}
