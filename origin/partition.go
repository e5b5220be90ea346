package origin

// A PartitionKey is a network partition key: connections, caches and cookies made under one
// top-level site are not seen under another. It is comparable with == and usable as a map key. The
// zero value is the null key, of a request without a client.
//
// https://fetch.spec.whatwg.org/#network-partition-key
type PartitionKey struct {
	Site   Site
	Second string // "" or an implementation-defined value
}

// NetworkPartitionKey determines the network partition key of an environment: topLevel is its
// top-level origin, or the origin of its top-level creation URL where that is null. The second key
// is "". The zero Origin gives the null key; a nil list is the default one.
//
// https://fetch.spec.whatwg.org/#network-partition-keys
func NetworkPartitionKey(topLevel Origin, list PublicSuffixList) PartitionKey {
	return PartitionKey{Site: topLevel.Site(list)} // 4-6
}
