package fetch

import (
	"context"
	"sync"
	"time"
)

const (
	// mostBackground is how many things an agent does in the background at a time. What
	// is more than that is not done: a response that is not revalidated, or not read to
	// its end, is asked for by the next request.
	mostBackground = 32

	// backgroundTime is how long one of them may take.
	backgroundTime = time.Minute

	// mostSending is how many queued requests are sent at a time; mostQueued and
	// mostQueuedBytes are how many are held, with the bytes of their bodies.
	mostSending     = 16
	mostQueued      = 1024
	mostQueuedBytes = 64 << 20
)

// A background is what an agent does behind its callers' backs: it revalidates
// responses that were used already, reads bodies that nobody may read, so that
// they are stored, and sends requests that outlive their pages. It ends with the
// agent.
type background struct {
	mu      sync.Mutex
	running map[any]func() // what is done for what, and what ends it
	idle    chan struct{}  // closed when none is running any more; nil: nobody waits for that
	closed  bool

	queue   []queued // requests that outlive their pages, and are not sent yet
	sending int      // how many such requests are being sent; they are among the running
	bytes   int64    // of the bodies of both
}

// A queued request is to be sent before its context ends.
type queued struct {
	fetching *fetching
	ctx      context.Context
	cancel   context.CancelFunc
}

// begin notes that something is done, once for a key, and how to end it; false if it
// is not to be done.
func (b *background) begin(key any, end func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, running := b.running[key]; running || b.closed || len(b.running)-b.sending == mostBackground {
		return false
	}
	b.run(key, end)
	return true
}

// run notes that something is being done. It is for holders of mu.
func (b *background) run(key any, end func()) {
	if b.running == nil {
		b.running = make(map[any]func())
	}
	b.running[key] = end
}

// enqueue has a request sent as soon as there is room for it; false if it is one too
// many.
func (b *background) enqueue(f *fetching) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := f.request.body.known()
	if b.closed || len(b.queue)+b.sending == mostQueued || b.bytes+n > mostQueuedBytes {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), backgroundTime)
	b.queue, b.bytes = append(b.queue, queued{f, ctx, cancel}), b.bytes+n
	b.sendNext()
	return true
}

// sendNext sends the next of the queue, if there is room for it. It is for holders of
// mu.
func (b *background) sendNext() {
	if len(b.queue) == 0 || b.sending == mostSending {
		return
	}
	next := b.queue[0]
	b.queue[0] = queued{}
	b.queue = b.queue[1:]
	b.sending++
	f := next.fetching
	b.run(f, next.cancel)
	n := f.request.body.known()
	go func() {
		defer func() {
			next.cancel()
			b.mu.Lock()
			b.sending, b.bytes = b.sending-1, b.bytes-n
			b.sendNext()
			b.mu.Unlock()
			b.done(f)
		}()
		f.deliver(next.ctx)
	}()
}

// done notes that it is done.
func (b *background) done(key any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.running, key)
	if len(b.running) == 0 && b.idle != nil {
		close(b.idle)
		b.idle = nil
	}
}

// wait waits until nothing is being done, or the context has ended.
func (b *background) wait(ctx context.Context) error {
	b.mu.Lock()
	if len(b.running) == 0 {
		b.mu.Unlock()
		return nil
	}
	if b.idle == nil {
		b.idle = make(chan struct{})
	}
	idle := b.idle
	b.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// close ends what is being done, and lets nothing else begin.
func (b *background) close() {
	b.mu.Lock()
	b.closed = true
	var ends []func()
	for _, end := range b.running {
		ends = append(ends, end)
	}
	unsent := b.queue
	b.queue = nil
	b.mu.Unlock()
	for _, q := range unsent {
		q.cancel()
		q.fetching.releaseKeepalive(nil)
		q.fetching.request.body.discard()
	}
	for _, end := range ends {
		end()
	}
	_ = b.wait(context.Background())
}
