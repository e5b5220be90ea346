package fetch

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/browsercors/browsercors/httpcache"
)

// A storedBody is a body that is stored while it is read. Package httpcache drops
// what is not read to its end; browsers read on where script can't, and let another
// request wait for what is stored.
type storedBody struct {
	from       io.ReadCloser // the cache's, which stores what is read of it
	background *background

	all  *storedBodies // where other requests find it; nil: they do not wait
	key  httpcache.Key
	done chan struct{} // closed once it is stored or given up

	turn  chan struct{} // full while somebody reads from; nil: only one can
	ahead []byte        // read ahead
	err   error         // with which reading ahead ended

	mu        sync.Mutex
	unread    bool // nobody may read it
	reading   int  // how many do
	closed    bool
	goesAhead bool // it is being read ahead
	over      bool // it is stored or given up
}

func (b *storedBody) Read(p []byte) (n int, err error) {
	if !b.begin() {
		return 0, errBodyClosed
	}
	if b.turn != nil {
		b.turn <- struct{}{}
	}
	if n = copy(p, b.ahead); n > 0 {
		b.ahead = b.ahead[n:]
	} else if err = b.err; err == nil {
		n, err = b.from.Read(p)
	}
	if b.turn != nil {
		<-b.turn
	}
	b.end(err != nil)
	return n, err
}

// begin notes that somebody reads; false if it is too late for that.
func (b *storedBody) begin() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.reading++
	return true
}

func (b *storedBody) end(over bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reading--
	if over {
		b.giveUp()
	}
}

// giveUp tells who waits that what is stored by now is stored. It is for holders of
// mu.
func (b *storedBody) giveUp() {
	if b.all != nil && !b.over {
		close(b.done)
		b.all.remove(b)
	}
	b.over = true
}

// leave says that nobody may read the body.
func (b *storedBody) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unread = true
}

// Close ends the transfer, unless nobody may read the body: then the rest is read in
// the background.
func (b *storedBody) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil
	}
	b.closed = true
	readOn := b.unread && b.reading == 0 && !b.over
	if readOn {
		b.reading++
	}
	b.mu.Unlock()
	if readOn && b.background.begin(b, func() { b.from.Close() }) {
		go b.readOn()
		return nil
	}
	b.mu.Lock()
	b.giveUp()
	b.mu.Unlock()
	return b.from.Close()
}

// mostReadOn is how many bytes of a body are read that nobody may read.
const mostReadOn = 8 << 20

// readOn reads the rest.
func (b *storedBody) readOn() {
	defer b.background.done(b)
	defer b.end(true)
	late := time.AfterFunc(backgroundTime, func() { b.from.Close() })
	defer late.Stop()
	_, _ = io.CopyN(io.Discard, b.from, mostReadOn)
	b.from.Close()
}

// mostAhead is how many bytes of a body are read ahead for another request.
const mostAhead = 512 << 10

// await waits until the body is stored or given up, for another request that would
// like to have it. If nobody reads it, it is read ahead.
func (b *storedBody) await(ctx context.Context, limit time.Duration) {
	b.mu.Lock()
	if !b.goesAhead && !b.closed {
		b.goesAhead = true
		go b.readAhead()
	}
	b.mu.Unlock()
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case <-b.done:
	case <-ctx.Done():
	case <-late.C:
	}
}

// readAhead reads for those who read the body later. It ends where the body ends, or
// is closed, or is too long for that.
func (b *storedBody) readAhead() {
	chunk := make([]byte, 32<<10)
	for over := false; !over && b.begin(); b.end(over) {
		b.turn <- struct{}{}
		if b.err == nil {
			var n int
			n, b.err = b.from.Read(chunk)
			b.ahead = append(b.ahead, chunk[:n]...)
		}
		over = b.err != nil || len(b.ahead) > mostAhead
		<-b.turn
	}
}

// storedBodies are the bodies that are being stored, by key, where the profile has
// requests wait for each other.
type storedBodies struct {
	mu    sync.Mutex
	byKey map[httpcache.Key]*storedBody
}

func (s *storedBodies) of(key httpcache.Key) *storedBody {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byKey[key]
}

func (s *storedBodies) add(b *storedBody) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byKey == nil {
		s.byKey = make(map[httpcache.Key]*storedBody)
	}
	s.byKey[b.key] = b
}

func (s *storedBodies) remove(b *storedBody) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byKey[b.key] == b {
		delete(s.byKey, b.key)
	}
}
