package preflightcache

import (
	"strings"

	"github.com/browsercors/browsercors/origin"
)

// Key says whose permission an entry is: the parts of a cache entry that are
// compared for equality before anything else. It is comparable.
//
// https://fetch.spec.whatwg.org/#concept-cache-key
type Key struct {
	// Partition is the request's network partition key; the zero value is null.
	Partition origin.PartitionKey
	// Origin is the byte-serialized request origin, "null" for a tainted or an
	// opaque one.
	Origin string
	// URL is the request's current URL, serialized with its fragment.
	URL string
}

// Rules are the ways in which engines deviate from the Standard's cache. The
// zero value is the Standard.
type Rules struct {
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

// key returns the key under which the rules keep k; ok is false if they keep
// nothing for it.
func (r *Rules) key(k Key) (_ Key, ok bool) {
	if r.IgnoreFragment {
		k.URL, _, _ = strings.Cut(k.URL, "#")
	}
	tooLong := r.MaxURLLength > 0 && len(k.URL) > r.MaxURLLength
	return k, !tooLong
}
