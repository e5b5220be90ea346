package credentials

import (
	"time"

	"github.com/browsercors/browsercors/origin"
)

// Limit names the limit for which a [CookieJar] or a [Keyring] dropped something.
// The values are:
//
//   - "per-host": how many cookies a host or a registrable domain may have, or how
//     many authentication entries a server may have
//   - "partition-bytes": how many bytes the cookies of a registrable domain may
//     have in a partition
//   - "total": how many cookies there may be in all, or how many servers may have
//     authentication entries
//   - "bytes": how much memory the store may take
//   - "size": how much memory one authentication entry may take
type Limit string

const (
	limitPerHost        Limit = "per-host"
	limitPartitionBytes Limit = "partition-bytes"
	limitTotal          Limit = "total"
	limitBytes          Limit = "bytes"
	limitSize           Limit = "size"
)

// SameSiteAttribute is the value of a cookie's SameSite attribute:
//
//   - "unset": the cookie has no such attribute, or one with an unknown value
//   - "none": every request sends the cookie
//   - "lax": requests of the same site and top-level navigations send it
//   - "strict": only requests of the same site send it
type SameSiteAttribute string

// A sameSiteAttribute is a SameSiteAttribute as a jar keeps it.
type sameSiteAttribute uint8

const (
	sameSiteUnset sameSiteAttribute = iota
	sameSiteNone
	sameSiteLax
	sameSiteStrict
)

var sameSiteAttributes = [...]SameSiteAttribute{sameSiteUnset: "unset", sameSiteNone: "none", sameSiteLax: "lax", sameSiteStrict: "strict"}

// parsed is the attribute as a jar keeps it; "" stands for "unset".
func (s SameSiteAttribute) parsed() (a sameSiteAttribute, ok bool) {
	for a, name := range sameSiteAttributes {
		if s == name {
			return sameSiteAttribute(a), true
		}
	}
	return sameSiteUnset, s == ""
}

// A Cookie is a copy of a cookie in a [CookieJar]: changing it does not change the
// jar.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-struct
type Cookie struct {
	Name, Value string // as bytes; one of them may be empty
	Host        string // a serialized host
	HostOnly    bool   // not sent to hosts below Host
	Path        string // starts with a slash
	Secure      bool
	HTTPOnly    bool
	SameSite    SameSiteAttribute

	// Partition is the partition that the cookie is in: that of a Partitioned
	// cookie, or that of any third-party cookie under the [ThirdPartyPolicy] "jar".
	// The zero value stands for a cookie outside all partitions. Partitioned reports
	// whether the cookie has the attribute Partitioned.
	Partition   CookiePartition
	Partitioned bool

	Creation   time.Time // of the first cookie with this name, host and path
	LastAccess time.Time
	Expiry     time.Time // zero for a session cookie
}

// A CookiePartition identifies a partition of a cookie jar. The zero value is no
// partition. It is comparable.
//
// https://github.com/privacycg/CHIPS
type CookiePartition struct {
	Key origin.PartitionKey // the key of the top-level page

	// CrossSiteAncestor says that the request went to another site than that of the
	// top-level page, or came from a document below one of another site.
	CrossSiteAncestor bool
}
