package origin

// A PartitionKey is a network partition key. Connections, cache entries and partitioned cookies that
// were made under one top-level site are not used under another. Keys can be compared with == and used
// in maps. The zero value is the null key, which a request without a page has.
//
// https://fetch.spec.whatwg.org/#network-partition-key
type PartitionKey struct {
	Site   Site
	Second string // "", or a value by which the caller separates further
}

// NetworkPartitionKey returns the network partition key of a page. topLevel is the origin of the page
// in the address bar: the page itself, or the outermost page that embeds it. The zero Origin gives the
// null key. A nil list means the default list.
//
// https://fetch.spec.whatwg.org/#network-partition-keys
func NetworkPartitionKey(topLevel Origin, list PublicSuffixList) PartitionKey {
	return PartitionKey{Site: topLevel.Site(list)} // 4-6. By the top-level site, without a second key.
}
