// Package har reads and writes HTTP Archives, the format in which browsers
// export what their network panels show, turns the traffic of an audit into one,
// and judges a browser's again: which cross-origin requests each engine lets
// through, and why not.
//
// An archive of a browser's has what the browser sent: cookies, credentials and
// bodies. So has [Of] a report if it is told to keep secrets.
package har

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// maxSize is how many bytes [Read] reads, at most.
const maxSize = 256 << 20

// A HAR is an HTTP Archive, version 1.2. Keys that are not here are not kept.
//
// https://w3c.github.io/web-performance/specs/HAR/Overview.html
type HAR struct {
	Log Log `json:"log"`
}

// A Log is what was recorded, in the order of its beginning.
type Log struct {
	Version string   `json:"version"`
	Creator Program  `json:"creator"`
	Browser *Program `json:"browser,omitempty"`
	Pages   []Page   `json:"pages,omitempty"`
	Entries []Entry  `json:"entries"`
	Comment string   `json:"comment,omitempty"`
}

// A Program is what wrote an archive, or the browser.
type Program struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// A Page is what a tab showed. Chrome and Safari give it its URL as title,
// Firefox the document's.
type Page struct {
	Started string   `json:"startedDateTime"`
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Timings struct{} `json:"pageTimings"`
}

// An Entry is a request with its response.
type Entry struct {
	Page     string   `json:"pageref,omitempty"` // its ID
	Started  string   `json:"startedDateTime"`   // ISO 8601
	Time     float64  `json:"time"`              // in milliseconds
	Request  Request  `json:"request"`
	Response Response `json:"response"`
	Cache    struct{} `json:"cache"`
	Timings  Timings  `json:"timings"`
	Comment  string   `json:"comment,omitempty"`

	ResourceType string     `json:"_resourceType,omitempty"` // of Chrome: fetch, xhr, preflight, script …
	FromCache    string     `json:"_fromCache,omitempty"`    // of Chrome: memory or disk
	Initiator    *Initiator `json:"_initiator,omitempty"`    // of Chrome
}

// An Initiator is what made the browser ask.
type Initiator struct {
	Type string `json:"type"` // parser, script, preflight, other …
	URL  string `json:"url,omitempty"`
}

// A Request is one as it was sent. Sizes are in bytes, -1 where they are not
// known.
type Request struct {
	Method      string    `json:"method"`
	URL         string    `json:"url"` // without fragment
	HTTPVersion string    `json:"httpVersion"`
	Cookies     []Cookie  `json:"cookies"`
	Headers     []Field   `json:"headers"`
	QueryString []Field   `json:"queryString"`
	PostData    *PostData `json:"postData,omitempty"`
	HeadersSize Size      `json:"headersSize"`
	BodySize    Size      `json:"bodySize"`
}

// A Response is one as it was received. Status 0 is none.
type Response struct {
	Status      int      `json:"status"`
	StatusText  string   `json:"statusText"`
	HTTPVersion string   `json:"httpVersion"`
	Cookies     []Cookie `json:"cookies"`
	Headers     []Field  `json:"headers"`
	Content     Content  `json:"content"`
	RedirectURL string   `json:"redirectURL"`
	HeadersSize Size     `json:"headersSize"`
	BodySize    Size     `json:"bodySize"`

	Error string `json:"_error,omitempty"` // of Chrome and Safari: why it failed, such as net::ERR_FAILED
}

// A Field is a header, or a parameter of a query. A byte above 0x7F in a header
// is the code point of that number.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Cookie is one that was sent, or set.
type Cookie struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Path     string `json:"path,omitempty"`
	Domain   string `json:"domain,omitempty"`
	HTTPOnly bool   `json:"httpOnly,omitempty"`
	Secure   bool   `json:"secure,omitempty"`
	SameSite string `json:"sameSite,omitempty"`
}

// PostData is a request's body.
type PostData struct {
	MIMEType string  `json:"mimeType"`
	Params   []Field `json:"params"`
	Text     string  `json:"text"`
}

// Content is a response's body.
type Content struct {
	Size     Size   `json:"size"`
	MIMEType string `json:"mimeType"`
	Text     string `json:"text,omitempty"`
	Encoding string `json:"encoding,omitempty"`
}

// Timings are the phases of an exchange, in milliseconds.
type Timings struct {
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

// A Size is a number of bytes, -1 where it is not known.
type Size int64

// UnmarshalJSON takes what is no number for not known, as browsers write null
// for it.
func (s *Size) UnmarshalJSON(raw []byte) error {
	var n float64
	if *s = -1; json.Unmarshal(raw, &n) == nil && string(raw) != "null" {
		*s = Size(n)
	}
	return nil
}

// UnmarshalJSON takes keys of browsers' own for missing if they are not what
// Chrome means by them.
func (e *Entry) UnmarshalJSON(raw []byte) error {
	type plain Entry
	own := struct {
		*plain
		Response     json.RawMessage `json:"response"`
		ResourceType json.RawMessage `json:"_resourceType"`
		FromCache    json.RawMessage `json:"_fromCache"`
		Initiator    json.RawMessage `json:"_initiator"`
		Timings      json.RawMessage `json:"timings"`
		Cache        json.RawMessage `json:"cache"`
		Time         json.RawMessage `json:"time"`
	}{plain: (*plain)(e)}
	if err := json.Unmarshal(raw, &own); err != nil {
		return err
	}
	if own.Response != nil {
		if err := json.Unmarshal(own.Response, &e.Response); err != nil {
			return wrongType("response", err)
		}
	}
	loose(own.ResourceType, &e.ResourceType)
	loose(own.FromCache, &e.FromCache)
	loose(own.Initiator, &e.Initiator)
	loose(own.Timings, &e.Timings)
	loose(own.Time, &e.Time)
	return nil
}

// UnmarshalJSON is like that of an [Entry].
func (r *Response) UnmarshalJSON(raw []byte) error {
	type plain Response
	own := struct {
		*plain
		Cookies json.RawMessage `json:"cookies"`
		Error   json.RawMessage `json:"_error"`
	}{plain: (*plain)(r)}
	if err := json.Unmarshal(raw, &own); err != nil {
		return err
	}
	loose(own.Cookies, &r.Cookies)
	loose(own.Error, &r.Error)
	return nil
}

// loose reads a value, or leaves the zero value.
func loose[T any](raw json.RawMessage, into *T) {
	var v T
	if len(raw) > 0 && json.Unmarshal(raw, &v) == nil {
		*into = v
	}
}

// An Error is what is wrong with an archive.
type Error struct {
	File string // "" where the reader had no name
	At   string // the place, as a path such as log.entries[3].request.url; "" is the whole
	Err  error
}

func (e *Error) Error() string {
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

func (e *Error) Unwrap() error { return e.Err }

// errCutOff is a file that ends in the middle.
var errCutOff = errors.New("the file is cut off")

// Read reads an archive of up to 256 MiB. The name is for errors, which
// are [*Error] and name the place: a file that can't be read, that is cut off,
// that is not JSON or not an archive, an entry without method or URL. Keys that
// are not known are passed over; every browser has some.
func Read(name string, r io.Reader) (*HAR, error) { return read(name, r, maxSize) }

func read(name string, r io.Reader, limit int64) (*HAR, error) {
	raw, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return nil, &Error{File: name, Err: err}
	case int64(len(raw)) > limit:
		return nil, &Error{File: name, Err: fmt.Errorf("is larger than %d MiB", limit>>20)}
	}
	h, wrong := parse(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))
	if wrong != nil {
		wrong.File = name
		return nil, wrong
	}
	return h, nil
}

func parse(raw []byte) (*HAR, *Error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, &Error{Err: errors.New("is empty")}
	}
	if !json.Valid(raw) {
		return nil, notJSON(raw)
	}
	var whole struct{ Log json.RawMessage }
	if err := json.Unmarshal(raw, &whole); err != nil || whole.Log == nil {
		return nil, &Error{Err: errors.New(`is no HTTP Archive: it has no object "log"`)}
	}
	h := new(HAR)
	log := struct {
		*Log
		Browser json.RawMessage    `json:"browser"`
		Pages   json.RawMessage    `json:"pages"`
		Entries *[]json.RawMessage `json:"entries"`
	}{Log: &h.Log}
	if err := json.Unmarshal(whole.Log, &log); err != nil {
		return nil, wrongType("log", err)
	}
	if log.Entries == nil {
		return nil, &Error{At: "log", Err: errors.New(`is no HTTP Archive's: it has no list "entries"`)}
	}
	loose(log.Browser, &h.Log.Browser)
	loose(log.Pages, &h.Log.Pages)
	h.Log.Entries = make([]Entry, len(*log.Entries))
	for i, raw := range *log.Entries {
		at := fmt.Sprintf("log.entries[%d]", i)
		if err := json.Unmarshal(raw, &h.Log.Entries[i]); err != nil {
			return nil, wrongType(at, err)
		}
		if err := h.Log.Entries[i].check(at); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// check looks for what nothing can be said without.
func (e *Entry) check(at string) *Error {
	switch {
	case e.Request.Method == "" && e.Request.URL == "":
		return &Error{At: at + ".request", Err: errors.New("has no method and no URL")}
	case !safelist.IsMethod(e.Request.Method):
		return &Error{At: at + ".request.method", Err: fmt.Errorf("%.80q is not a method", e.Request.Method)}
	case e.Response.Status < 0 || e.Response.Status > 999:
		return &Error{At: at + ".response.status", Err: fmt.Errorf("%d is not a status", e.Response.Status)}
	}
	if _, err := origin.ParseURL(e.Request.URL); err != nil {
		return &Error{At: at + ".request.url", Err: err}
	}
	return nil
}

// wrongType is a JSON value where another is wanted.
func wrongType(at string, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return &Error{At: at + "." + e.At, Err: e.Err}
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		for _, name := range strings.Split(e.Field, ".") {
			if name != "" && name != "plain" && name != "Log" { // which are embedded
				at += "." + name
			}
		}
		return &Error{At: at, Err: fmt.Errorf("is a JSON %s where a JSON %s is wanted", e.Value, kind(e.Type))}
	}
	return &Error{At: at, Err: err}
}

// kind is what JSON calls a type.
func kind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "object"
	case reflect.Slice:
		return "list"
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	}
	return "number"
}

// notJSON says where a text stops being JSON.
func notJSON(raw []byte) *Error {
	in := json.NewDecoder(bytes.NewReader(raw))
	type level struct {
		array bool
		key   string
		n     int // values begun
	}
	var open []level
	place := func() string {
		var b strings.Builder
		for _, l := range open {
			switch {
			case l.array:
				fmt.Fprintf(&b, "[%d]", max(0, l.n-1))
			case l.key != "":
				if b.Len() > 0 {
					b.WriteByte('.')
				}
				fmt.Fprintf(&b, "%.40s", l.key)
			}
		}
		return b.String()
	}
	wantKey := false
	for {
		token, err := in.Token()
		if err != nil {
			line := 1 + bytes.Count(raw[:min(int(in.InputOffset()), len(raw))], []byte("\n"))
			if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
				if len(open) == 0 && in.InputOffset() > 0 && err == io.EOF {
					return &Error{Err: errors.New("is not JSON: there is more after its end")}
				}
				return &Error{At: place(), Err: fmt.Errorf("%w in line %d, after %d bytes", errCutOff, line, len(raw))}
			}
			return &Error{At: place(), Err: fmt.Errorf("is not JSON, in line %d: %w", line, err)}
		}
		top := func() *level { return &open[len(open)-1] }
		if d, ok := token.(json.Delim); ok && (d == '}' || d == ']') {
			open = open[:len(open)-1]
			wantKey = len(open) > 0 && !top().array
			if len(open) == 0 {
				return &Error{Err: errors.New("is not JSON: there is more after its end")}
			}
			continue
		}
		if wantKey {
			top().key, _ = token.(string)
			wantKey = false
			continue
		}
		if len(open) > 0 {
			top().n++
		}
		if d, ok := token.(json.Delim); ok {
			open = append(open, level{array: d == '['})
		} else if len(open) == 0 {
			return &Error{Err: errors.New("is not JSON: there is more after its end")}
		}
		wantKey = len(open) > 0 && !top().array
	}
}

// Write writes an archive, as JSON with line breaks.
func Write(w io.Writer, h *HAR) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(h)
}
