package fetch

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"

	"github.com/browsercors/browsercors/safelist"
)

// acceptEncoding names the content codings that the engine can undo with the
// standard library alone.
const acceptEncoding = "gzip, deflate"

// maxCodings is how many content codings a response may pile up. Each costs
// memory and multiplies what one byte can unfold to.
const maxCodings = 4

// ownCodings are the content codings that the caller asks for, instead of those
// that the engine can undo; "" for none.
func (f *fetching) ownCodings() string {
	if f.request.acceptEncoding == "" && f.agent.plain {
		return "identity"
	}
	return f.request.acceptEncoding
}

// decode is "handle content codings" for a response's body. A list with a
// coding that is not supported is left alone, as the Standard has it. The
// headers stay as the server sent them.
//
// https://fetch.spec.whatwg.org/#handle-content-codings
func (f *fetching) decode(resp *response) {
	if f.ownCodings() != "" {
		return // the caller deals with them
	}
	if !resp.headers.Contains("Content-Encoding") {
		return
	}
	codings, _, err := resp.headers.ExtractValues("Content-Encoding")
	if err != nil {
		return
	}
	for _, coding := range codings {
		if !isGzip(coding) && !isDeflate(coding) {
			return // 1
		}
	}
	if len(codings) == 0 || f.request.method == "HEAD" || f.nullBody(resp.status) {
		return
	}
	body := &resp.stream
	for i := len(codings) - 1; i >= 0; i-- { // undone in the reverse order of applying
		d := &decoder{coded: body.from}
		switch {
		case len(codings) > maxCodings:
			d.err = fmt.Errorf("fetch: %d content codings, more than %d", len(codings), maxCodings)
		case isGzip(codings[i]):
			d.open = func(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }
		default:
			d.open = openDeflate
		}
		body.from = d
	}
	resp.decoded = true
}

func isGzip(coding string) bool {
	return safelist.EqualFold(coding, "gzip") || safelist.EqualFold(coding, "x-gzip")
}

func isDeflate(coding string) bool { return safelist.EqualFold(coding, "deflate") }

// openDeflate reads deflate as HTTP means it, in zlib's format, or as servers
// also send it, bare.
func openDeflate(r *bufio.Reader) (io.Reader, error) {
	head, err := r.Peek(2)
	if err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(r)
	}
	return flate.NewReader(r), nil
}

// A decoder undoes one content coding. Nothing is read before the first Read,
// so that a response is handed over when its head has arrived. A body of no
// bytes at all is empty, whatever its coding.
type decoder struct {
	coded   io.ReadCloser
	open    func(*bufio.Reader) (io.Reader, error)
	decoded io.Reader
	err     error
}

func (d *decoder) Read(p []byte) (int, error) {
	if d.err == nil && d.decoded == nil {
		r := bufio.NewReader(d.coded)
		if _, err := r.Peek(1); errors.Is(err, io.EOF) {
			d.err = io.EOF
		} else {
			d.decoded, d.err = d.open(r)
		}
	}
	if d.err != nil {
		return 0, d.err
	}
	return d.decoded.Read(p)
}

func (d *decoder) Close() error { return d.coded.Close() }
