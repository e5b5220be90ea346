package rules

// Network holds a user agent's departures in its network stack. Package
// fetch reads SafeTries alone. A fetch.Transport, or a program that decodes a
// body, can follow the other ones, as package conformance does.
type Network struct {
	// A request with a safe method is sent again when its connection closes without
	// an answer, up to this many times in all. 0 means once.
	SafeTries int

	// Over HTTP/2 Content-Length is ignored.
	HTTP2AnyLength bool

	// A response over HTTP/2 may have Transfer-Encoding, which is left out.
	HTTP2TransferEncoding bool

	// Content-Length with different values is a network error also where there is
	// no body.
	HeadLengthUnambiguous bool

	// HTTP/1.1 is used with every server.
	HTTP1Only bool

	// The bodies of redirects and preflights are read to their end; if one is cut
	// short, the request fails.
	BodyToItsEnd bool

	// Of several Content-Length and Transfer-Encoding headers the last one counts;
	// a length may have a sign, is 0 if it is empty, and fails if it is not a
	// number; codings other than chunked and identity fail. Chunks may end without
	// the last one.
	LastLength bool

	// Blanks between a response header's name and its colon belong to neither, over
	// HTTP/1.1.
	NameBlanks bool

	// A response header whose name has a NUL is skipped, over HTTP/1.1.
	NULNameSkipped bool

	// LineFold is what becomes of the blanks where the value of a header goes on
	// with the next line.
	LineFold LineFold

	// The path and query of a URL are sent with unreserved characters decoded and
	// other escapes in upper case: %61%2f as a%2F. Cookies go by that path. It is
	// the URL that a response shows, unless it has a fragment.
	EscapesNormalized bool

	// Half a code unit at the end of UTF-16 is dropped from XMLHttpRequest's text.
	HalfUTF16Dropped bool
}

// A LineFold is what a user agent makes of the blanks around a line break
// within a header's value, over HTTP/1.x.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-5.2
type LineFold uint8

const (
	LineFoldSpace      LineFold = iota // replaced by one space, as RFC 9112 demands
	LineFoldKeepsValue                 // kept before the line break, and replaced by one space after it
	LineFoldKeepsAll                   // kept
)

// Ports holds a user agent's departures in port blocking.
type Ports struct {
	// These ports are open.
	Allowed []uint16
}
