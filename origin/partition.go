package origin

// A PartitionKey is a network partition key. Connections, cache entries and partitioned cookies that
// were made under one top-level site are not used under another. Keys can be compared with == and used
// in maps. The zero value is the null key, which a request without a page has.
//
// The key of a page is made from the origin of the page in the address bar, which is the page itself
// or the outermost page that embeds it: PartitionKey{Site: topLevel.Site(list)}.
//
// https://fetch.spec.whatwg.org/#network-partition-key
// https://fetch.spec.whatwg.org/#network-partition-keys
type PartitionKey struct {
	Site   Site   // 4. That of the top-level origin.
	Second string // 5. "", or a value by which the caller separates further
}
