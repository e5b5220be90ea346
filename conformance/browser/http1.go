package browser

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/safelist"
)

// A request is one that a browser sent.
type request struct {
	method, target string
	headers        safelist.HeaderList
	body           io.Reader
	switched       bool // it was answered by another protocol
}

// isHandshake tells whether it is the handshake of a WebSocket.
func (r *request) isHandshake() bool {
	upgrade, _ := r.headers.Get("Upgrade")
	return strings.EqualFold(upgrade, "websocket")
}

// An answer is what goes back, as it stands.
type answer struct {
	drop    bool // close the connection instead
	status  int
	headers [][2]string // isomorphic
	body    string
	chunks  bool // a body without a length may come in chunks: script can't see it
	last    bool // the connection ends with it
}

// scripted is the answer that a scenario gives. It gets Cache-Control:
// no-store unless it has a Cache-Control.
func scripted(r *conformance.Response) answer {
	a := answer{drop: r.Drop, status: r.Status, headers: r.Headers, body: string(r.Bytes())}
	if a.status == 0 {
		a.status = 200
	}
	if a.has("Cache-Control") {
		return a
	}
	a.headers = append(a.headers[:len(a.headers):len(a.headers)], [2]string{"Cache-Control", "no-store"})
	return a
}

// has tells whether an answer has a header.
func (a answer) has(name string) bool {
	return slices.ContainsFunc(a.headers, func(h [2]string) bool { return strings.EqualFold(h[0], name) })
}

// plain is an answer of the proxy's own, after which the connection stays.
func plain(status int, contentType, body string) answer {
	return answer{
		status: status,
		headers: [][2]string{
			{"Content-Type", contentType},
			{"Content-Length", strconv.Itoa(len(body))},
			{"Cache-Control", "no-store"},
			{"Access-Control-Allow-Origin", "*"},
		},
		body: body,
	}
}

// hasBody tells whether an answer to a request of that method has a body.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1
func (a answer) hasBody(method string) bool {
	return method != "HEAD" && a.status != 204 && a.status != 304 && a.status >= 200
}

// A framing is how an HTTP/1.1 message ends.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-6.3
type framing int

const (
	closed  framing = iota // with the connection
	counted                // where its head says, or with it
	chunked                // with the last chunk
)

// framing is the framing of an answer. A connection outlives only what every
// browser reads alike: an odd line in the head closes it.
func (a answer) framing(method string) framing {
	if a.last || a.status < 200 {
		return closed
	}
	lengths, length := 0, ""
	for _, h := range a.headers {
		name, ok1 := isomorphic.Encode(h[0])
		value, ok2 := isomorphic.Encode(h[1])
		if !ok1 || !ok2 || !grammar.IsHeaderName(name) || !grammar.IsHeaderValue(strings.Trim(value, " \t")) {
			return closed
		}
		switch strings.ToLower(name) {
		case "content-length":
			lengths++
			length = value
		case "transfer-encoding", "connection", "proxy-connection", "keep-alive", "upgrade":
			return closed
		}
	}
	switch {
	case lengths == 1 && length == strconv.Itoa(len(a.body)), lengths == 0 && !a.hasBody(method):
		return counted
	case lengths == 0 && a.chunks:
		return chunked
	}
	return closed
}

// appendHTTP1 writes an answer byte for byte, as an HTTP/1.1 message of that
// framing.
func (a answer) appendHTTP1(b []byte, method string, f framing) []byte {
	b = fmt.Appendf(b, "HTTP/1.1 %03d %s\r\n", a.status, http.StatusText(a.status))
	for _, h := range a.headers {
		for i, part := range h {
			raw, _ := isomorphic.Encode(part)
			b = append(append(b, raw...), [...]string{": ", "\r\n"}[i]...)
		}
	}
	switch {
	case f == chunked:
		b = append(b, "Transfer-Encoding: chunked\r\n\r\n"...)
		if a.body != "" {
			b = fmt.Appendf(b, "%x\r\n%s\r\n", len(a.body), a.body)
		}
		return append(b, "0\r\n\r\n"...)
	case a.hasBody(method):
		return append(append(b, "\r\n"...), a.body...)
	}
	return append(b, "\r\n"...)
}

const maxLine = 1 << 20

var errNoHTTP = errors.New("browser: what the browser sent is not HTTP/1.1")

// readRequest reads the head of a request and finds its body. Unlike package
// net/http it keeps every line as it was sent.
func readRequest(in *bufio.Reader) (*request, error) {
	line, err := readLine(in)
	if err != nil {
		return nil, err
	}
	r := new(request)
	var version string
	var ok1, ok2 bool
	r.method, line, ok1 = strings.Cut(line, " ")
	r.target, version, ok2 = strings.Cut(line, " ")
	if !ok1 || !ok2 || !strings.HasPrefix(version, "HTTP/1.") {
		return nil, errNoHTTP
	}
	for {
		line, err := readLine(in)
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, errNoHTTP
		}
		r.headers = append(r.headers, safelist.Header{Name: name, Value: strings.Trim(value, " \t")})
	}
	r.body = strings.NewReader("")
	if coding, ok := r.headers.Get("Transfer-Encoding"); ok && strings.EqualFold(coding, "chunked") {
		r.body = &chunkedBody{in: in, chunks: httputil.NewChunkedReader(in)}
	} else if length, ok := r.headers.Get("Content-Length"); ok {
		n, err := strconv.ParseInt(length, 10, 63)
		if err != nil {
			return nil, errNoHTTP
		}
		r.body = io.LimitReader(in, n)
	}
	return r, nil
}

// A chunkedBody reads a chunked body and the line that ends it.
type chunkedBody struct {
	in     *bufio.Reader
	chunks io.Reader
	ended  bool
}

func (c *chunkedBody) Read(b []byte) (int, error) {
	n, err := c.chunks.Read(b)
	if err == io.EOF && !c.ended {
		c.ended = true
		if _, err := readLine(c.in); err != nil {
			return n, err
		}
	}
	return n, err
}

// readLine reads a line that ends in CRLF.
func readLine(in *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if err == nil {
			return string(bytes.TrimRight(line, "\r\n")), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return "", err
		}
		if len(line) > maxLine {
			return "", errNoHTTP
		}
	}
}
