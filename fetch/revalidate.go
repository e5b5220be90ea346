package fetch

import (
	"context"
	"io"
	"net/http"
	"slices"
)

// revalidateInParallel is steps 8.26.2.1.3 to 8.26.2.1.7 of HTTP-network-or-cache
// fetch. What comes of it is stored; nobody is told. Who wants to be asked before a
// redirect is followed can't be asked then, so none is.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) revalidateInParallel() {
	byAge := f.agent.profile.HTTPCache.Use.BackgroundByAge
	if byAge && f.request.revalidated {
		return
	}
	f.request.revalidated = true
	ctx, cancel := context.WithTimeout(context.Background(), backgroundTime)
	key, background := f.cache.key, f.agent.background
	if !background.begin(key, cancel) {
		cancel()
		return
	}
	again := f.agent.newFetching(ctx)
	r := again.request
	// 8.26.2.1.3. The same request.
	*r = *f.request
	r.urlList, r.headers = append(r.firstURL[:0], f.request.urlList...), slices.Clone(f.request.headers)
	r.trace, r.http, r.httpURL, r.inBackground = nil, nil, "", true
	if r.redirectChecks != nil {
		r.redirectChecks = newRedirectChecks(neverFollow)
	}
	// 8.26.2.1.4. Whatever is stored has to be revalidated,
	if !byAge {
		r.cache = cacheNoCache
	}
	// 8.26.2.1.5. without telling other caches to do the same.
	r.preventCacheControl = !f.agent.profile.HTTPCache.Use.BackgroundMaxAge
	// 8.26.2.1.6. There are no service workers.
	// 8.26.2.1.7. Run main fetch in parallel.
	go func() {
		defer background.done(key)
		defer cancel()
		again.revalidate()
	}()
}

// neverFollow has a redirect be the response.
func neverFollow(RequestInfo, []RequestInfo) error { return http.ErrUseLastResponse }

// revalidate is main fetch for a response that nobody reads. A panic of a function of
// the agent's options has no caller to go to, and ends no more than this fetch.
func (f *fetching) revalidate() {
	defer func() { _ = recover() }()
	defer f.cleanUp()
	resp, refusal := f.mainFetch(false)
	f.finished = true
	if refusal == nil && resp.body != nil {
		_, _ = io.Copy(io.Discard, resp.body)
		resp.body.Close()
	}
}
