// Package httpcache is a browser's HTTP cache. It remembers what servers have
// answered, for whom, and until when, so that a request need not be sent again. It is
// a private cache as RFC 9111 defines it; with the rules of a browser's profile it
// does what that browser does instead.
//
// A fetch uses a [Cache] in these places:
//
//   - Before a request goes out, [Cache.Select] looks for a stored response. A fresh
//     one answers the request.
//   - If the response is stale, [Selection.Validate] makes the request conditional.
//   - If the server answers 304 (Not Modified), [Cache.Freshen] updates the stored
//     response, which answers the request.
//   - Otherwise [Cache.Store] stores the response, while its body is being read.
//   - [Cache.Invalidate] removes what a request with an unsafe method has made wrong.
//   - Where the rules say so, [Cache.Reserve] lets one request for a [Key] go to the
//     network while the others wait for what it stores.
//
// Package fetch does all this by itself: an agent has a cache, and
// [github.com/browsercors/browsercors/fetch.Options] sets another one. Use this
// package directly to keep a crawl's responses on disk, to look at what is cached, to
// clear it, or to answer questions such as "would Firefox ask again?".
//
// # What is stored
//
// Responses to GET are stored, with all statuses, if they say how long they are fresh
// or if their status or Cache-Control allows it. Several responses are kept for one
// URL if they differ by Vary. Parts (206) are put together when they share a strong
// ETag, and become a whole when nothing is missing. A response whose body was cut off
// or not read to its end is not stored, so nothing incomplete is ever served.
//
// Redirects are stored like any other response. What the package does not do: it does
// not answer conditional requests by itself (If-None-Match in a request is the
// caller's), it does not store responses to POST, and it does not complete a part by
// asking for the rest.
//
// # Time
//
// How long a response is fresh is computed once, when it is stored, by the sections of
// RFC 9111: freshness.go has the lifetime and the age, directives.go what
// Cache-Control says. The files whose names end in departures.go have the ways of the
// engines.
//
// # Limits
//
// [Limits] bound the cache in entries and in bytes; what was least recently used goes
// first. A body that grows too large is passed on without being stored. A body that is
// being read can be read to its end, whatever becomes of the cache.
//
// # Stores
//
// Responses are kept in memory, unless Options.Store is set: [OpenDirectory] keeps
// them in files. What was read back is checked, so that a damaged or half-written file
// is never served. When the disk is full or broken, the cache tells it through
// Options.Failed and goes on without.
//
// # Performance
//
// In memory, Select takes less than a microsecond and allocates nothing; reading the
// body and the headers of a response allocates two objects. An entry takes less than
// 400 bytes above its contents.
package httpcache
