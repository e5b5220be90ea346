package rules

// HTTPCacheUse holds a user agent's departures in how HTTP-network-or-cache fetch
// uses the HTTP cache.
type HTTPCacheUse struct {
	// Responses to requests without credentials are stored apart from those to
	// requests with credentials.
	AnonymousApart bool
	// Pages of all top-level sites share one cache.
	Unpartitioned bool
	// What a page fetches that is framed by another site's is stored apart, by its
	// own site.
	FrameSites bool
	// A page with an opaque origin, such as a sandboxed one, has no HTTP cache.
	OpaqueOriginsUncached bool
	// After a redirect that came from the server, what is stored of its target is
	// not used. After one that came from the cache, it is, unless that leads away from
	// the origin of the page in another cache mode than force-cache.
	RedirectTargetsAsked bool
	// A redirect out of the cache goes on with the headers of the request that met it
	// first, Authorization excepted, and with its Origin. Across origins in mode cors
	// script's own headers remain.
	RedirectKeepsRequest bool
	// Cache mode reload removes the stored response before the server is asked. It
	// is gone even if the response is not stored.
	ReloadRemoves bool
	// A 304 to a request that script made conditional freshens the stored response,
	// unless the request has other validators than that. Any other response to such
	// a request is stored, too. Script gets the 304.
	ConditionalFreshens bool
	// The request that revalidates a stale-while-revalidate response in the
	// background has Cache-Control: max-age=0.
	BackgroundMaxAge bool
	// A response is stored only if it passes the CORS check and the cross-origin
	// resource policy check.
	StoreAfterChecks bool
	// Although others are stored only after their checks, a redirect is stored
	// whether or not it passes them.
	RedirectsUnchecked bool
	// Although others are stored only after their checks, what an XMLHttpRequest
	// gets is stored whether or not it passes them.
	XHRUnchecked bool
	// Although others are stored only after their checks, what a request in the
	// background gets is stored whether or not it passes them.
	BackgroundUnchecked bool
	// The response to a request that script made conditional is stored, and its 304
	// freshens what is stored, whatever the validators of that are.
	ConditionalStored bool
	// A request that script made conditional is sent as it is: not with the validators
	// of what is stored.
	ConditionalPlain bool
	// Other than in cache mode default, a stored redirect answers a request that script
	// made conditional as it does any other.
	ConditionalRedirects bool
	// A redirected request in the background has neither Referer nor the headers that
	// script set.
	BackgroundRedirectBare bool
	// A stale-while-revalidate response is revalidated only if it passes the CORS
	// check and the cross-origin resource policy check.
	BackgroundAfterChecks bool
	// One request in the background is sent for a fetch, however many of its responses
	// are stale. It is answered by what is fresh, as in cache mode default: a redirect
	// may lead to such.
	BackgroundByAge bool
	// A request in the background is sent without a preflight.
	BackgroundNoPreflight bool
	// A 304 to a request in the background freshens what is stored even if the
	// request had no validator.
	BackgroundFreshens bool
	// Where a stored redirect leads to a stored response that has to be revalidated,
	// its validators go to the URL that redirects.
	RedirectRevalidated bool
	// Cache mode no-cache reaches stored redirects by its Cache-Control only, which
	// script may replace. If script does, a response that stale-while-revalidate
	// allows to be used is revalidated in the background besides, and a 304
	// freshens a usable response even if that has no validator.
	NoCacheByHeader bool
	// A redirect of a request whose URL has a fragment is not stored, nor is the
	// response at its target. A stored redirect answers such a request only in the
	// cache modes force-cache and only-if-cached.
	FragmentNotRedirected bool
	// A redirect is not followed in the background.
	BackgroundUnfollowed bool
	// The validators of what is stored go on with the request when the server redirects
	// it, except across origins in mode cors. A 304 to the redirected request freshens
	// what is stored.
	ValidatorsRedirected bool
	// A response that is not stored because it does not pass its checks removes
	// what is stored.
	RefusedRemoves bool
	// A redirect is stored only if it is followed. If it may not be followed, nothing
	// remains stored, unless it was stored before. If the redirect mode is not follow, it is stored in place of a
	// stored response that did not answer the request.
	UnfollowedNotStored bool
	// After five redirects nothing stored is used.
	StoredRedirects int
	// A stored redirect answers one request of a fetch. A second one, after a circle of
	// redirects, goes to the server.
	RedirectCycleAsked bool
	// A request that script made conditional invalidates nothing, and one with Range
	// neither. A POST with If-None-Match or If-Modified-Since alone does. In cache mode
	// reload, too, a conditional request leaves what is stored as it is.
	ConditionalKeeps bool
	// A response from another site than that of the page invalidates nothing.
	CrossSiteKeeps bool
	// With cache mode no-cache a fresh response that is immutable is used.
	ImmutableNotAsked bool
	// A request with cache mode no-store invalidates nothing.
	NoStoreKeeps bool
	// With cache mode force-cache a stored response to GET answers DELETE, PATCH,
	// and PUT with a body.
	ForceCacheUnsafe bool
	// The Cookie that Vary nominates is the one at the time when a response is
	// stored, after its own cookies were set.
	VaryCookieAfter bool
}
