// Package preflightcache is the CORS-preflight cache of a user agent: what a
// server has already allowed a page to send, and until when.
//
// HTTP fetch asks it, in step 4.1, whether a request that needs a preflight may
// go out without one ([Cache.Sufficient]); CORS-preflight fetch tells it, in
// steps 7.10 to 7.15, what a successful preflight allowed ([Cache.Store]); main
// fetch clears it, in step 12.3, when such a fetch fails ([Cache.Clear]).
//
// An entry is one method or one header name. It belongs to a [Key] (network
// partition, origin, URL), was made with or without credentials, and lives for
// its max-age. Where the Standard leaves a choice:
//
//   - A refreshed entry counts as stored anew: it lives for the new max-age
//     from the moment of the refresh. The Standard sets the max-age of an entry
//     and lets it pass "since storing the entry"; counted from the first
//     storing, an answer that has just arrived could have expired before it
//     came.
//   - All entries that match are refreshed, a `*` and one made with credentials
//     among them: the Standard speaks of the matching entry as if there were
//     one, and refreshing only some would let an older permission outlive a
//     server's shorter max-age.
//   - A method or header name that comes after a `*` in the same list, and that
//     the `*` covers, gets no entry, since by then there is a match.
//
// Where the Standard's letter is bolder than any browser, the letter stands
// until [Rules] say otherwise: a stored `*` matches whether or not there are
// credentials.
//
// The cache is bounded by [Limits]. When it is full, the key that was least
// recently used loses all its entries first. A key whose entries alone exceed a
// limit is not kept at all, so that a server that lists ten thousand names gets
// its preflights, and memory stays flat. [Options.Dropped] is told of it.
//
// Looking up takes no lock and, but for erasing under EvictInsufficient,
// allocates nothing. Storing takes one lock for the whole cache, but not while it
// works through the lists of a server.
//
// The package knows no HTTP: which values a header holds, which methods are
// safelisted and which names need an entry is for its caller to say.
package preflightcache
