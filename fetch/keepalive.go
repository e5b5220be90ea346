package fetch

import (
	"context"
	"io"
	"strconv"
	"sync"
)

// keepaliveQuota is how many bytes the bodies of a page's keepalive requests
// that are not done may have together.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
const keepaliveQuota = 64 << 10

// keepaliveBytes counts the bytes of an environment's keepalive bodies whose
// requests are not done, and those of its deferred requests.
type keepaliveBytes struct {
	mu sync.Mutex
	n  int64

	deferred deferredBytes
}

// add reserves n bytes unless the quota forbids it.
func (k *keepaliveBytes) add(n int64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.n+n > keepaliveQuota {
		return false
	}
	k.n += n
	return true
}

func (k *keepaliveBytes) release(n int64) {
	k.mu.Lock()
	k.n -= n
	k.mu.Unlock()
}

// holdKeepalive is step 8.10 of HTTP-network-or-cache fetch. A request is
// counted once, whatever redirects and challenges it meets, and not against
// itself, as a literal reading of the fetch records would have it.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) holdKeepalive() *Error {
	r := f.request
	if !r.keepalive || r.body == nil || r.body.length <= 0 || f.keepaliveHeld > 0 ||
		r.api == apiBeacon && f.agent.profile.Beacon.NoQuota {
		return nil
	}
	if !r.client.keepalive.add(r.body.length) {
		return f.fail(KeepaliveQuota, "keepalive", strconv.FormatInt(r.body.length, 10))
	}
	f.keepaliveHeld = r.body.length
	return nil
}

// releaseKeepalive gives back what holdKeepalive reserved when the request is
// done: at the end of the response's body, as far as script sees it, or when that
// is closed, or when the fetch is cancelled.
func (f *fetching) releaseKeepalive(resp *response) {
	if f.keepaliveHeld == 0 {
		return
	}
	done := sync.OnceFunc(func() { f.request.client.keepalive.release(f.keepaliveHeld) })
	if resp == nil || resp.body == nil {
		done()
		return
	}
	canceled := context.AfterFunc(f.ctx, done)
	resp.body = &endedBody{resp.body, func() {
		canceled()
		done()
	}}
}

// An endedBody tells of its end.
type endedBody struct {
	io.ReadCloser
	ended func()
}

func (b *endedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.ended()
	}
	return n, err
}

func (b *endedBody) Close() error {
	b.ended()
	return b.ReadCloser.Close()
}
