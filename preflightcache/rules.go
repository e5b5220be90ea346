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
	// WholeResult lets a preflight replace all that was known of its key,
	// instead of refreshing it name by name (Chromium, WebKit).
	WholeResult bool
	// SplitCredentials keeps entries made with credentials from requests
	// without (Firefox). The Standard lets them serve both.
	SplitCredentials bool
	// NoWildcard makes a cached `*` match nothing but itself (Firefox).
	NoWildcard bool
	// WildcardUncredentialedEntry lets `*` match only by an entry made without
	// credentials (Chromium).
	WildcardUncredentialedEntry bool
	// WildcardUncredentialedRequest lets `*` match only for a request without
	// credentials (WebKit).
	WildcardUncredentialedRequest bool
	// WildcardCoversAuthorization lets a cached `*` match the one CORS
	// non-wildcard request-header name, Authorization (WebKit).
	WildcardCoversAuthorization bool
	// SafelistedByPresence lets Sufficient take any entry that serves the
	// request for one of a safelisted method: only a forced preflight makes a
	// difference (all engines).
	SafelistedByPresence bool
	// PresenceLasts makes SafelistedByPresence go by whether a preflight was ever
	// kept for the key and the credentials, however long ago and whatever it
	// allowed (Firefox).
	PresenceLasts bool
	// ZeroChangesNothing leaves everything as it was when a preflight is not to
	// be kept (Firefox). The Standard ends the entries that it would have
	// refreshed.
	ZeroChangesNothing bool
	// HeadNeedsEntry makes Sufficient ask for an entry for HEAD, whatever its
	// caller says (Firefox).
	HeadNeedsEntry bool
	// EvictInsufficient makes Sufficient erase a key whose entries are too few
	// or too old for the request (Chromium, WebKit).
	EvictInsufficient bool
	// MaxURLLength is the length, in bytes, of the longest URL to cache
	// (Chromium: 1023); 0 is any length.
	MaxURLLength int
	// IgnoreFragment takes URLs that differ only in their fragment for one. The
	// Standard compares whole URLs.
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
