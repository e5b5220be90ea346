package audit

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/httpcache"
)

// cachedWithout plays the use in a browser that has loaded its URL before with an
// element that asks without Origin, so that the response to that is in the
// browser's own HTTP cache. It costs one request, or two where the stored response
// is validated, and none if the browser would not keep what the use has got.
//
// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
func (t trial) cachedWithout(ctx context.Context, asking string, got result) error {
	if t.use.method != "GET" || !t.use.cors || t.use.ownedBy(asking) || !t.browserKeeps(got) {
		return nil
	}
	cache := httpcache.New(&httpcache.Options{Rules: t.profile.HTTPCache, Now: func() time.Time { return auditStart }})
	page, err := t.openWith(bodiless{&t.wire}, asking, cache)
	if err != nil {
		return err
	}
	before := t.withoutOrigin()
	page.step = "by an element"
	earlier, err := before.fetch(ctx, page)
	if err != nil {
		if noAnswer(ctx, err) != nil {
			return nil // the use has its own answer
		}
		return err
	}
	page.step = "after an element"
	later, err := t.fetch(ctx, page)
	if err != nil && unansweredHere(ctx, err) {
		return nil
	}
	if err != nil {
		return err
	}
	const when = "after an element without crossorigin had loaded the same URL"
	if refusal := later.refusal; refusal == nil || refusal.Response == nil || refusal.Response.CacheState == "" {
		return nil // the cache has no part in it
	}
	t.played(page, when, later)
	f, err := t.refusal(ctx, asking, when, later, &fetch.Evidence{StoredFor: "an element without crossorigin, which sends no Origin"})
	if err != nil {
		return err
	}
	f.ID, f.Severity = cachedWithoutCORS, Fragile
	if t.loadsWithoutOrigin() {
		f.Severity = Breaks
	}
	f.seen = slices.Concat(earlier.exchanges, later.exchanges)
	f.Exchanges, f.refused = pruned(f.seen, "age", "date", "etag", "expires", "last-modified", "pragma"), nil
	f.Rule = "a response in the browser's cache is checked as one of the network is, with the headers that it was stored with"
	f.Section = "https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches"
	f.Headers = fetch.HeaderList{{Name: "Vary", Value: "Origin"}}
	t.note(f)
	return nil
}

// unansweredHere tells whether a fetch failed since no answer came.
func unansweredHere(ctx context.Context, err error) bool {
	_, ok := unanswered(ctx, err)
	return ok || noAnswer(ctx, err) != nil
}

// browserKeeps tells whether a browser would keep such a response and use it again,
// at once or once it is validated.
func (t trial) browserKeeps(got result) bool {
	if got.response == nil {
		return false
	}
	now := func() time.Time { return auditStart }
	cache := httpcache.New(&httpcache.Options{Rules: t.profile.HTTPCache, Now: now})
	key, request := httpcache.Key{URL: t.use.url.WithoutFragment()}, httpcache.Request{Method: t.use.method}
	sent := got.response.Internal()
	headers := slices.Clone(sent.Headers)
	headers.Delete("Vary") // the response to another request may have none
	cache.Store(key, request, httpcache.Received{Status: sent.Status, Headers: headers})
	found := cache.Select(key, request)
	var asked fetch.HeaderList // nothing, where only a 304 that nobody asked for would do
	return found.State == "fresh" || found.Response != nil && found.Validate(&asked) && len(asked) > 0
}

// withoutOrigin is an image at the use's URL.
func (t trial) withoutOrigin() trial {
	own := Use{Name: t.use.Name, URL: t.use.URL, Element: "img", Cookies: t.use.Cookies, EmbedderPolicy: t.use.EmbedderPolicy, ReferrerPolicy: t.use.ReferrerPolicy, ContentSecurityPolicy: t.use.ContentSecurityPolicy, IntegrityPolicy: t.use.IntegrityPolicy, ConnectionAllowlist: t.use.ConnectionAllowlist, AddressSpace: t.use.AddressSpace}
	t.use = &resolvedUse{Use: &own, name: t.use.name, method: "GET", url: t.use.url, element: true}
	return t
}

// loadsWithoutOrigin tells whether pages of the intent do load the use's URL without
// Origin, too.
func (t trial) loadsWithoutOrigin() bool {
	return slices.ContainsFunc(t.uses, func(u *resolvedUse) bool {
		return u.element && !u.cors && u.method == "GET" && u.url.WithoutFragment() == t.use.url.WithoutFragment()
	})
}

// bodiless passes requests on and drops the bodies of responses: what is stored is
// complete when its head has come.
type bodiless struct{ next fetch.Transport }

func (b bodiless) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	resp, err := b.next.RoundTrip(ctx, r)
	if err != nil {
		return nil, err
	}
	out := *resp
	out.Headers = slices.Clone(resp.Headers)
	out.Headers.Delete("Content-Length")
	out.Headers.Delete("Content-Encoding")
	if out.Body != nil {
		err = out.Body.Close()
		out.Body = nil
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		return nil, err
	}
	return &out, nil
}
