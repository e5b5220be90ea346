package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"
)

// A foreignBody is a body of which nobody knows how it behaves: it may ignore
// its context, expect that Close is not called while a Read waits, panic, or
// return what no reader may. One goroutine at a time has it, which is waited for
// no longer than the context and Close allow. Its memory is its own, since a Read
// may still write there when nobody waits for it any more.
type foreignBody struct {
	ctx    context.Context
	cancel context.CancelFunc // has a round tripper give up what a Read waits for
	from   io.ReadCloser
	got    chan filled   // by the Read that is waited for
	shut   chan struct{} // closed by Close

	mu     sync.Mutex
	busy   bool // a Read of from waits
	closed bool
	err    error // what from ended with

	memory []byte
}

// filled is what a Read of a foreignBody has brought.
type filled struct {
	n   int
	err error
}

const (
	closing       = 20 * time.Millisecond // that Close waits
	foreignMemory = 32 << 10              // bytes of one Read
	mostEmpty     = 100                   // Reads in a row that bring nothing
)

var (
	errBodyClosed = errors.New("fetch: the body was closed")
	errBodyBusy   = errors.New("fetch: another Read of the body waits")
	errBodyLeft   = errors.New("fetch: the body ended the goroutine that it was called on")
)

func newForeignBody(ctx context.Context, cancel context.CancelFunc, from io.ReadCloser) *foreignBody {
	return &foreignBody{ctx: ctx, cancel: cancel, from: from, got: make(chan filled, 1), shut: make(chan struct{})}
}

func (b *foreignBody) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := b.take(min(len(p), foreignMemory)); err != nil {
		return 0, err
	}
	select {
	case got := <-b.got:
		return copy(p, b.memory[:got.n]), got.err
	case <-b.ctx.Done():
		return 0, context.Cause(b.ctx)
	case <-b.shut:
		return 0, errBodyClosed
	}
}

// take has a goroutine read up to n bytes, if there is anything to read.
func (b *foreignBody) take(n int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		return errBodyClosed
	case b.ctx.Err() != nil:
		return context.Cause(b.ctx)
	case b.busy:
		return errBodyBusy
	case b.err != nil:
		return b.err
	}
	if len(b.memory) < n {
		b.memory = make([]byte, n)
	}
	b.busy = true
	go b.fill(b.memory[:n])
	return nil
}

// fill reads, and closes the body if that was wanted in the meantime.
func (b *foreignBody) fill(p []byte) {
	got := filled{err: errBodyLeft}
	defer func() {
		b.mu.Lock()
		b.busy, b.err = false, got.err
		closed := b.closed
		b.mu.Unlock()
		if got.err != nil {
			b.cancel()
		}
		if closed {
			closeQuietly(b.from)
			return
		}
		b.got <- got
	}()
	got.n, got.err = readForeign(b.from, p)
}

// readForeign is a Read that is held to what [io.Reader] demands.
func readForeign(from io.Reader, p []byte) (n int, err error) {
	defer func() {
		if n < 0 || n > len(p) {
			n, err = 0, fmt.Errorf("fetch: a Read of %d bytes returned %d", len(p), n)
		}
	}()
	defer recovered("the body", &err)
	for range mostEmpty {
		if n, err = from.Read(p); n != 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// Close closes the body, or leaves that to the Read that waits. It waits a
// little itself, for the error.
func (b *foreignBody) Close() error {
	b.mu.Lock()
	first, busy := !b.closed, b.busy
	b.closed = true
	b.mu.Unlock()
	if !first {
		return nil
	}
	close(b.shut)
	defer b.cancel() // not before Close: it may read what is left, so that the connection can serve again
	if busy && !closesAnytime(b.from) {
		return nil
	}
	done := make(chan error, 1)
	go func() {
		err := errBodyLeft
		defer func() { done <- err }()
		err = closeForeign(b.from)
	}()
	late := time.NewTimer(closing)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-late.C:
		return nil
	}
}

func closeForeign(from io.Closer) (err error) {
	defer recovered("the body", &err)
	return from.Close()
}

// abandon closes a body of other people's that nobody will read, and waits a
// little for that. Nil is no body.
func abandon(body io.ReadCloser) {
	if body != nil {
		_ = newForeignBody(context.Background(), func() {}, body).Close()
	}
}

// inMemory tells whether a body is one of those of the standard library that
// never wait, and can be closed at any time.
func inMemory(body io.ReadCloser) bool {
	if body == http.NoBody {
		return true
	}
	t := reflect.TypeOf(body)
	if t != nopCloser && t != nopCloserWriterTo {
		return false
	}
	switch reflect.ValueOf(body).Field(0).Interface().(type) {
	case *bytes.Reader, *bytes.Buffer, *strings.Reader:
		return true
	}
	return false
}

// What io.NopCloser returns.
var (
	nopCloser         = reflect.TypeOf(io.NopCloser(struct{ io.Reader }{}))
	nopCloserWriterTo = reflect.TypeOf(io.NopCloser(new(strings.Reader)))
)

// closesAnytime tells whether a body is one of those of the standard library that
// may be closed while a Read waits, which then returns.
func closesAnytime(body io.ReadCloser) bool {
	if _, ok := body.(*io.PipeReader); ok {
		return true
	}
	t := reflect.TypeOf(body)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.PkgPath() == "net/http" && t.Name() != "maxBytesReader" // which may be over anything
}
