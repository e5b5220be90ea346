package fetch

import (
	"bytes"
	"crypto/rand"
	"io"
	"strings"
)

// A Body is the body of a request, with its type, as the Fetch API extracts it
// from the value that script passes. Nil is no body.
//
// A body made from bytes has a source: it can be sent again after a 307 or 308
// redirect, and any number of requests can share it. A body of [StreamBody] has
// no source and serves one request.
//
// https://fetch.spec.whatwg.org/#bodies
// https://fetch.spec.whatwg.org/#concept-bodyinit-extract
type Body struct {
	first       io.ReadCloser                 // what open gives out once, before it asks again
	again       func() (io.ReadCloser, error) // nil where it can't be read again
	length      int64                         // -1: unknown
	contentType string
	kind        bodyKind
}

// A bodyKind tells whether a body has a source, and what of it matters later.
type bodyKind uint8

const (
	bodySource bodyKind = iota // can be read again
	bodyText                   // likewise; made from a string or form, which XMLHttpRequest sends as UTF-8
	bodyOnce                   // has a source that can be read once only
	bodyStream                 // its source is null
)

// TextBody returns the body of a string. Its type is text/plain;charset=UTF-8
// unless script sets another one.
func TextBody(s string) *Body {
	return stringBody(s, "text/plain;charset=UTF-8", bodyText)
}

// BytesBody returns the body of a Blob with this type or, if contentType is "", of
// an ArrayBuffer, which has none. The caller must not change b while a request may
// read it.
func BytesBody(b []byte, contentType string) *Body {
	return &Body{
		again:       func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil },
		length:      int64(len(b)),
		contentType: contentType,
	}
}

// A FormField is one name and value of a form, in UTF-8.
type FormField struct{ Name, Value string }

const formType = "application/x-www-form-urlencoded"

// FormBody returns the body of a URLSearchParams object, of type
// application/x-www-form-urlencoded.
//
// https://url.spec.whatwg.org/#concept-urlencoded-serializer
func FormBody(fields ...FormField) *Body {
	var b strings.Builder
	for i, f := range fields {
		if i > 0 {
			b.WriteByte('&')
		}
		urlencode(&b, f.Name)
		b.WriteByte('=')
		urlencode(&b, f.Value)
	}
	return stringBody(b.String(), formType+";charset=UTF-8", bodyText)
}

const upperHex = "0123456789ABCDEF"

// urlencode percent-encodes with the application/x-www-form-urlencoded
// percent-encode set and spaces as plus signs.
func urlencode(b *strings.Builder, s string) {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '*', c == '-', c == '.', c == '_':
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		}
	}
}

// MultipartBody returns the body of a FormData object with string entries, of
// type multipart/form-data. If boundary is "", a random one is used.
//
// https://html.spec.whatwg.org/#multipart/form-data-encoding-algorithm
func MultipartBody(boundary string, fields ...FormField) *Body {
	if boundary == "" {
		boundary = "----browsercors" + rand.Text()
	}
	name := strings.NewReplacer("\r\n", "%0D%0A", "\r", "%0D%0A", "\n", "%0D%0A", `"`, "%22")
	value := strings.NewReplacer("\r\n", "\r\n", "\r", "\r\n", "\n", "\r\n")
	var b strings.Builder
	for _, f := range fields {
		b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"")
		name.WriteString(&b, f.Name)
		b.WriteString("\"\r\n\r\n")
		value.WriteString(&b, f.Value)
		b.WriteString("\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return stringBody(b.String(), "multipart/form-data; boundary="+boundary, bodySource)
}

func stringBody(s, contentType string, kind bodyKind) *Body {
	return &Body{
		again:       func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil },
		length:      int64(len(s)),
		contentType: contentType,
		kind:        kind,
	}
}

// StreamBody returns the body of a ReadableStream, which has no source. Across
// origins it needs a preflight; it is sent over HTTP/2 only, and can't be sent
// again after a redirect. The engine closes r if it is an [io.Closer].
func StreamBody(r io.Reader) *Body {
	return &Body{first: closer(r), length: -1, kind: bodyStream}
}

// ReplayableBody returns the body of a File: open is called each time the body
// is sent. A length of -1 is unknown. The engine closes the reader that open
// returns.
func ReplayableBody(open func() (io.ReadCloser, error), length int64, contentType string) *Body {
	return &Body{again: open, length: length, contentType: contentType}
}

// OnceBody returns a body of known length that can be read only once. It is for
// Go programs that have a reader where a page would have a File. Unlike a
// stream it causes no preflight, but a redirect that would send it again fails.
// The engine closes r if it is an [io.Closer].
func OnceBody(r io.Reader, length int64, contentType string) *Body {
	return &Body{first: closer(r), length: length, contentType: contentType, kind: bodyOnce}
}

func closer(r io.Reader) io.ReadCloser {
	if rc, ok := r.(io.ReadCloser); ok {
		return rc
	}
	return io.NopCloser(r)
}

// open gives the body out to be sent.
func (b *Body) open() (io.ReadCloser, error) {
	switch first := b.first; {
	case first != nil:
		b.first = nil
		return first, nil
	case b.again != nil:
		return b.again()
	}
	return nil, errBodyUsed
}

// reader is how to read the body before it is sent; streaming says that there is
// one that can't be.
func (b *Body) reader() (read func() (io.ReadCloser, error), streaming bool) {
	switch {
	case b == nil:
		return nil, false
	case b.again == nil:
		return nil, true
	}
	return b.again, false
}

// replayable tells whether the body can be sent again.
func (b *Body) replayable() bool { return b.kind == bodySource || b.kind == bodyText }

// discard closes what was to be sent and now never is.
func (b *Body) discard() {
	if b != nil && b.first != nil {
		b.first.Close()
		b.first = nil
	}
}

// known is how many bytes the body is known to have.
func (b *Body) known() int64 {
	if b == nil {
		return 0
	}
	return max(0, b.length)
}
