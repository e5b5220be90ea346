// Package peek reads how the body of a response begins, where that may tell why
// a browser refuses the response, and hands the whole body on.
package peek

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/contentcoding"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/text"
)

const (
	most     = 4 << 10                // bytes of a body
	patience = 250 * time.Millisecond // for these, from the head of the response on
)

// Ahead reads how a response's body begins, at most 4 KiB, for as long as 250 ms,
// and not beyond the end of ctx. It does so where a browser is about to refuse
// the response: where it lacks Access-Control-Allow-Origin, or its preflight
// failed, and where its body is for people or JSON. A response that goes on well
// is not touched.
//
// The body is to be read instead of the response's own, from the first byte on.
// It must be closed. Content codings are undone in what is returned, and not in
// the body.
func Ahead(ctx context.Context, r *fetch.NetworkRequest, resp *fetch.NetworkResponse) (begin []byte, body io.ReadCloser) {
	if resp.Body == nil || !refusable(r, resp) {
		return nil, resp.Body
	}
	b := &aheadBody{from: resp.Body, read: make(chan struct{})}
	go b.fill()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-b.read:
	case <-timer.C:
	case <-ctx.Done():
	}
	return decoded(b.handOver(), resp), b
}

// refusable tells whether a browser may be about to refuse a response whose body
// can tell why.
func refusable(r *fetch.NetworkRequest, resp *fetch.NetworkResponse) bool {
	from, crosses := r.Headers.Get("Origin")
	switch {
	case r.WebSocket || r.Method == "HEAD" || !crosses || r.URL == nil || from == r.URL.Origin().String():
		return false
	case r.Preflight && (resp.Status < 200 || resp.Status > 299):
	case resp.Headers.Contains("Access-Control-Allow-Origin"):
		return false
	}
	kind, ok := mimetype.Extract(resp.Headers)
	if !ok {
		return resp.Status >= 400
	}
	if resp.Status >= 400 {
		return true
	}
	essence := kind.Essence()
	switch essence {
	case "text/html", "application/xhtml+xml", "text/xml", "application/xml", "text/plain", "application/json":
		return true
	}
	return strings.HasSuffix(essence, "+json") || strings.HasSuffix(essence, "+xml")
}

// An aheadBody is a body of which a goroutine reads the beginning. The goroutine
// ends when it has that, or after handOver with the Read that it is in.
type aheadBody struct {
	from io.ReadCloser
	read chan struct{} // closed when the goroutine has ended

	mu     sync.Mutex
	begin  []byte
	taken  int   // of begin, by Read
	err    error // that from ended with
	handed bool  // nobody waits for more of the beginning
	done   bool  // the goroutine reads no more
	closed bool
}

// fill is the goroutine.
func (b *aheadBody) fill() {
	var p [most]byte
	defer b.ended()
	for {
		n, err := b.from.Read(p[:])
		b.mu.Lock()
		b.begin, b.err = append(b.begin, p[:max(0, min(n, len(p)))]...), err
		enough := err != nil || b.handed || len(b.begin) >= most
		b.mu.Unlock()
		if enough {
			return
		}
	}
}

// ended ends the goroutine: it closes the body if that was wanted in the
// meantime. A body that panics, or ends its goroutine, has ended too.
func (b *aheadBody) ended() {
	panicked := recover() != nil
	b.mu.Lock()
	if panicked || b.err == nil && !b.handed && len(b.begin) < most {
		b.err = io.ErrUnexpectedEOF
	}
	b.done = true
	closed := b.closed
	b.mu.Unlock()
	if closed {
		b.from.Close()
	}
	close(b.read)
}

// handOver has the goroutine end, and returns what it has read so far.
func (b *aheadBody) handOver() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handed = true
	return bytes.Clone(b.begin[:min(len(b.begin), most)])
}

// Read implements [io.Reader].
func (b *aheadBody) Read(p []byte) (int, error) {
	if n, ok := b.take(p); ok {
		return n, nil
	}
	<-b.read // the Read that the goroutine is in
	if n, ok := b.take(p); ok {
		return n, nil
	}
	b.mu.Lock()
	err := b.err
	b.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return b.from.Read(p)
}

// take is what there is of the beginning; false if there is nothing left.
func (b *aheadBody) take(p []byte) (int, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := copy(p, b.begin[b.taken:])
	b.taken += n
	return n, n > 0 || len(p) == 0
}

// Close implements [io.Closer]. While the goroutine is in a Read, it is the one
// that closes the body, afterwards.
func (b *aheadBody) Close() error {
	b.mu.Lock()
	mine := b.done && !b.closed
	b.closed = true
	b.mu.Unlock()
	if !mine {
		return nil
	}
	return b.from.Close()
}

// decoded is the beginning of a body without its content coding, as far as it
// decodes.
func decoded(begin []byte, resp *fetch.NetworkResponse) []byte {
	coding, ok := resp.Headers.Get("Content-Encoding")
	if !ok || len(begin) == 0 {
		return begin
	}
	coding = strings.Trim(coding, " \t")
	if fold.Equal(coding, "identity") {
		return begin
	}
	open := contentcoding.Of(coding)
	if open == nil {
		return nil
	}
	r, err := open(bufio.NewReader(bytes.NewReader(begin)))
	if err != nil {
		return nil
	}
	plain, _ := io.ReadAll(io.LimitReader(r, most)) // an error: the rest was not read
	return plain
}

// A Transport remembers how the bodies of the responses began that it has passed
// on. It is safe for concurrent use.
type Transport struct {
	Next fetch.Transport

	mu    sync.Mutex
	begun []begun // the last ones
}

type begun struct {
	method, url string
	begin       []byte
}

// mostBegun are the responses of which a Transport knows the beginnings.
const mostBegun = 32

// RoundTrip implements [fetch.Transport].
func (t *Transport) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	resp, err := t.Next.RoundTrip(ctx, r)
	if err != nil || resp == nil {
		return resp, err
	}
	begin, body := Ahead(ctx, r, resp)
	if body == resp.Body {
		return resp, nil
	}
	out := *resp
	out.Body = body
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.begun) == mostBegun {
		t.begun = t.begun[1:]
	}
	t.begun = append(t.begun, begun{r.Method, text.RedactURL(r.URL.WithoutFragment()), begin})
	return &out, nil
}

// Of is how the body of the response began that a browser has refused; nil if
// that is not known.
func (t *Transport) Of(refusal *fetch.Error) []byte {
	if refusal.Response == nil {
		return nil
	}
	method := refusal.Request.Method
	if refusal.Stage == "preflight" {
		method = "OPTIONS"
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(t.begun) - 1; i >= 0; i-- {
		if b := &t.begun[i]; b.method == method && b.url == refusal.Request.URL {
			return b.begin
		}
	}
	return nil
}
