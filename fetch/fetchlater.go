package fetch

import (
	"context"
	"strconv"
	"sync"

	"github.com/browsercors/browsercors/origin"
)

// The deferred-fetch quotas, in bytes: of a top-level page with its frames, without
// what is reserved for frames of other origins; of one of those; and of each origin
// that requests go to.
//
// https://fetch.spec.whatwg.org/#deferred-fetch-quota
const (
	topLevelDeferredQuota = 512 << 10
	frameDeferredQuota    = 8 << 10
	originDeferredQuota   = 64 << 10
)

// FetchLater defers a request to the end of the page, as fetchLater() does, and
// returns a function that sends it. The program calls that when the page ends, or when
// the time that script gave as activateAfter has passed. The function reports whether
// it has sent the request: it sends it once, and not after ctx, which stands for
// script's AbortSignal, has ended. It is safe for concurrent use. What is sent is
// queued and sent by the agent, see [Environment.SendBeacon].
//
// The error is an [*Error], whose [Error.Exception] fetchLater() throws: the request
// is one that fetch() would refuse, it goes to an insecure URL, its body is a stream,
// or the page's quota is used up. A page can have 512 KiB deferred, of which 64 KiB
// go to one origin, and a frame of another origin 8 KiB. Permissions policies, which
// change that, are not modelled; nor do frames of the page's own origin share its
// quota. Firefox and WebKit have no fetchLater().
//
// https://fetch.spec.whatwg.org/#dom-window-fetchlater
func (e *Environment) FetchLater(ctx context.Context, in *Request) (send func() bool, err error) {
	f := e.agent.newFetching(context.Background())
	r := f.request
	// 1, 3. The Request constructor.
	if refusal := e.newRequest(in, r); refusal != nil {
		in.Body.discard()
		return nil, refusal
	}
	if refusal := f.deferrable(ctx); refusal != nil {
		in.Body.discard()
		return nil, refusal
	}
	// 11, 12. Its length, which counts against two quotas.
	d := &deferredFetch{fetching: f, length: r.totalLength()}
	if quota := e.keepalive.deferred.add(e.deferredQuota(), r.url().Origin(), d.length); quota < d.length {
		in.Body.discard()
		return nil, f.fail(notDeferrable, "length", strconv.FormatInt(d.length, 10)).thrown("QuotaExceededError")
	}
	// 13 to 15. It waits, without a service worker, and outlives the page.
	r.keepalive = true
	// 16. The AbortSignal may end that.
	d.unhook = context.AfterFunc(ctx, func() { d.end() })
	// 17. Who sends it learns whether it was sent.
	return d.send, nil
}

// deferrable is steps 2 and 7 to 10 of fetchLater(): whether a request can be
// deferred.
//
// https://fetch.spec.whatwg.org/#dom-window-fetchlater
func (f *fetching) deferrable(ctx context.Context) *Error {
	r := f.request
	refuse := func(what, value string) *Error { return f.fail(notDeferrable, what, value).thrown("TypeError") }
	switch u := r.url(); {
	case f.agent.profile.Beacon.NoFetchLater:
		return f.fail(notDeferrable, "fetchLater", "").thrown("ReferenceError")
	// 2. It is not aborted.
	case ctx.Err() != nil:
		refusal := f.fail(Aborted, "", "")
		refusal.Stage, refusal.Err = stageConstruct, context.Cause(ctx)
		return refusal
	case r.api != apiFetch:
		return refuse("api", string(r.api))
	// 8, 9. Its URL is an HTTP(S) URL, and trustworthy.
	case !u.IsHTTP(), !f.agent.trust.URL(u):
		return refuse("scheme", u.Scheme())
	// 10. The length of its body is known.
	case r.body != nil && r.body.length < 0:
		return refuse("body", "")
	}
	return nil
}

// totalLength is the total request length.
//
// https://fetch.spec.whatwg.org/#total-request-length
func (r *request) totalLength() int64 {
	// 1. The URL, without its fragment.
	n := int64(len(r.url().WithoutFragment()))
	// 2. The referrer, as it is serialized.
	switch r.referrer.kind {
	case referrerClient:
		n += int64(len("about:client"))
	case referrerURL:
		n += int64(len(r.referrer.value()))
	}
	// 3. The headers.
	for _, h := range r.headers {
		n += int64(len(h.Name) + len(h.Value))
	}
	// 4, 5. The body.
	return n + r.body.known()
}

// deferredQuota is how many bytes the page may have deferred.
//
// https://fetch.spec.whatwg.org/#available-deferred-fetch-quota
func (e *Environment) deferredQuota() int64 {
	if e.framed && !e.origin.SameOrigin(e.topLevel) {
		return frameDeferredQuota
	}
	return topLevelDeferredQuota
}

// deferredBytes counts the lengths of a page's deferred requests.
type deferredBytes struct {
	mu       sync.Mutex
	all      int64
	byOrigin map[string]int64
}

// add reserves n bytes, unless less is left, and returns what was left before.
//
// https://fetch.spec.whatwg.org/#available-deferred-fetch-quota
func (d *deferredBytes) add(quota int64, to origin.Origin, n int64) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := to.String()
	left := max(0, min(quota-d.all, originDeferredQuota-d.byOrigin[key]))
	if n > left {
		return left
	}
	if d.byOrigin == nil {
		d.byOrigin = make(map[string]int64)
	}
	d.all += n
	d.byOrigin[key] += n
	return left
}

func (d *deferredBytes) release(to origin.Origin, n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := to.String()
	d.all -= n
	if d.byOrigin[key] -= n; d.byOrigin[key] == 0 {
		delete(d.byOrigin, key)
	}
}

// A deferredFetch is a deferred fetch record.
//
// https://fetch.spec.whatwg.org/#concept-deferred-fetch-record
type deferredFetch struct {
	fetching *fetching
	length   int64
	unhook   func() bool // lets its context end without it

	once sync.Once // its invoke state: pending until it was done
}

// end takes the request from those that wait; false if it waits no more.
func (d *deferredFetch) end() (waited bool) {
	d.once.Do(func() {
		waited = true
		r := d.fetching.request
		r.client.keepalive.deferred.release(r.url().Origin(), d.length)
	})
	return waited
}

// send is "process a deferred fetch".
//
// https://fetch.spec.whatwg.org/#process-a-deferred-fetch
func (d *deferredFetch) send() bool {
	// 1, 2. It is sent once.
	if !d.end() {
		return false
	}
	d.unhook()
	// 3. It is fetched.
	return d.fetching.agent.background.enqueue(d.fetching)
}
