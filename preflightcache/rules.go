package preflightcache

import (
	"strings"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// A Key identifies the requests that an entry is for. Two keys are the same if
// they are equal with ==.
//
// https://fetch.spec.whatwg.org/#concept-cache-key
type Key struct {
	// Partition is the request's network partition key. The zero value is the null
	// key.
	Partition origin.PartitionKey
	// Origin is the serialized request origin, as the Origin header holds it:
	// "https://app.example", or "null" for an opaque origin and for a request that
	// was redirected across origins.
	Origin string
	// URL is the request's current URL, serialized, with its fragment.
	URL string
}

// keyUnder returns the key under which r keeps k; ok is false if it keeps nothing
// for it.
func keyUnder(r *rules.PreflightCache, k Key) (_ Key, ok bool) {
	if r.IgnoreFragment {
		k.URL, _, _ = strings.Cut(k.URL, "#")
	}
	tooLong := r.MaxURLLength > 0 && len(k.URL) > r.MaxURLLength
	return k, !tooLong
}
