package fetch

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/contentcoding"
	"github.com/browsercors/browsercors/internal/fold"
)

// acceptEncoding names the content codings that the engine accepts and undoes where
// the profile has no list of its own.
const acceptEncoding = "gzip, deflate"

// accepts tells whether the profile's browser undoes a content coding: one of
// acceptEncoding, or one that it asks for.
func (f *fetching) accepts(coding string) bool {
	return fold.Equal(coding, "gzip") || fold.Equal(coding, "x-gzip") || fold.Equal(coding, "deflate") ||
		fold.Listed(coding, f.agent.headerCases.decoded)
}

// newCodings are the content codings that a profile asks for.
func newCodings(p *Profile) []string {
	var all []string
	for _, c := range p.Headers.Codings {
		for coding := range strings.SplitSeq(c.Value, ",") {
			if coding = strings.TrimSpace(coding); contentcoding.Of(coding) != nil && !slices.Contains(all, coding) {
				all = append(all, coding)
			}
		}
	}
	return all
}

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

// decode is "handle content codings" for a response's body. It is decoded as it is
// read, so that bytes which don't decode are an error of reading. The headers stay
// as the server sent them.
//
// https://fetch.spec.whatwg.org/#handle-content-codings
func (f *fetching) decode(resp *response) {
	if f.ownCodings() != "" {
		return // the caller deals with them
	}
	// Which codings there are: step 18.1.1.1.2 of HTTP-network fetch. A list that does
	// not parse has none.
	if !resp.headers.Contains("Content-Encoding") {
		return
	}
	codings, _, err := resp.headers.ExtractValues("Content-Encoding")
	if err != nil {
		return
	}
	// 1. One that is not supported: the body stays as it is.
	for _, coding := range codings {
		if !f.accepts(coding) {
			return
		}
	}
	// 2. Undo them, the last one that was applied first.
	if len(codings) == 0 || f.request.method == "HEAD" || f.nullBody(resp.status) {
		return
	}
	body := &resp.stream
	for i := len(codings) - 1; i >= 0; i-- {
		d := &decoder{coded: body.from, open: contentcoding.Of(codings[i])}
		if len(codings) > maxCodings {
			d.err = fmt.Errorf("fetch: %d content codings, more than %d", len(codings), maxCodings)
		}
		body.from = d
	}
	resp.decoded = true
}

// A decoder undoes one content coding. Nothing is read before the first Read,
// so that a response is handed over when its head has arrived. A body of no
// bytes at all is empty, whatever its coding.
type decoder struct {
	coded   io.ReadCloser
	open    contentcoding.Opener
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
