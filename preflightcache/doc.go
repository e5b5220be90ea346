// Package preflightcache is a browser's CORS-preflight cache. It remembers which
// methods and request headers a server has allowed an origin to use, and for how
// long, so that the browser can leave out the next preflight.
//
// A fetch uses a [Cache] in three places:
//
//   - Before a request goes out, [Cache.Sufficient] reports whether its preflight
//     can be left out.
//   - After a preflight succeeded, [Cache.Store] records what the response allowed.
//   - After a preflight, or the request that followed it, failed, [Cache.Clear]
//     removes what is known about the URL.
//
// Package fetch does this by itself. Use this package directly to answer questions
// such as "would Firefox ask again after a minute?".
//
// # Entries
//
// An entry is one method or one header name. It belongs to a [Key], which consists
// of the network partition, the origin and the URL. It was made for requests with
// credentials or for requests without, and it expires after its max-age.
//
// With the rules of the Standard, an entry that was made with credentials also
// serves requests without credentials, but not the other way round. A stored "*"
// serves any method, or any header name except Authorization. The browsers differ
// here; [Options].Rules takes their rules from a profile.
//
// The Standard leaves three questions open. This package answers them as follows:
//
//   - A refreshed entry counts as stored anew. It lives for the new max-age from
//     the moment of the refresh. Otherwise an entry that has just been refreshed
//     could have expired already.
//   - A preflight refreshes all entries that match, including a "*" and an entry
//     that was made with credentials. Otherwise an older permission could outlive
//     the server's new, shorter max-age.
//   - A method or header name gets no entry if a "*" that covers it comes earlier
//     in the same list.
//
// # Limits
//
// [Limits] bound the cache, so that a server cannot fill the memory. When the
// cache is full, the key that was least recently used loses all its entries. A key
// whose entries exceed a limit on their own is not kept at all. [Options].Dropped
// is told of both.
//
// # Performance
//
// A look-up takes no lock. It allocates nothing, except when the rules say that an
// insufficient entry is evicted. Store takes a lock that is shared by the whole
// cache, but does not hold it while it works through a server's lists.
//
// The package does not read headers. The caller extracts the values and decides
// which methods and names need an entry; package safelist has functions for that.
package preflightcache
