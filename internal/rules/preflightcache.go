package rules

import "time"

// DefaultPreflightMaxAge is the imposed limit on max-age where a profile sets none.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
const DefaultPreflightMaxAge = 7200 * time.Second

// PreflightCache holds a user agent's departures in what its CORS-preflight cache
// keeps and when an entry spares a preflight.
type PreflightCache struct {
	// A new preflight replaces all that was known of its URL.
	WholeResult bool
	// What was allowed with credentials does not serve a request without.
	SplitCredentials bool
	// A cached “*” covers no other method or header.
	NoWildcard bool
	// A cached “*” counts only if its preflight was made for a request without
	// credentials.
	WildcardUncredentialedEntry bool
	// A cached “*” counts only for a request without credentials.
	WildcardUncredentialedRequest bool
	// A cached “*” covers Authorization too.
	WildcardCoversAuthorization bool
	// A request with GET, HEAD or POST whose preflight is forced, for example by an
	// upload listener, needs an entry, but any entry will do.
	SafelistedByPresence bool
	// A request with GET or POST whose preflight is forced is spared it once any
	// preflight of its URL was kept, however long ago. Only the URL and the
	// credentials count, not what the preflight allowed.
	PresenceLasts bool
	// A preflight that is not to be cached, for example with
	// Access-Control-Max-Age: 0, leaves the cache as it was.
	ZeroChangesNothing bool
	// HEAD needs an entry.
	HeadNeedsEntry bool
	// An entry that does not allow a request, or is too old, is dropped when that
	// request looks for it.
	EvictInsufficient bool
	// No preflight is cached for a URL with more bytes than this. 0 means any
	// length.
	MaxURLLength int
	// URLs that differ in their fragment share their entries.
	IgnoreFragment bool
}
