package credentials

import (
	"time"

	"github.com/browsercors/browsercors/origin"
)

// A SameSiteAttribute is what a cookie's SameSite attribute says.
type SameSiteAttribute uint8

// The values of the SameSite attribute. The zero value is none of the others:
// no attribute, or one with a value that is unknown.
const (
	SameSiteUnset SameSiteAttribute = iota
	SameSiteNone
	SameSiteLax
	SameSiteStrict
)

// String returns the attribute's value as the specification writes it.
func (s SameSiteAttribute) String() string {
	return [...]string{"unset", "none", "lax", "strict"}[s&3]
}

// A Cookie is a cookie as a [CookieJar] keeps it. It is a copy: changing it
// changes nothing.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-struct
type Cookie struct {
	Name, Value string // bytes; either may be empty, not both
	Host        string // a serialized host
	HostOnly    bool   // not sent to hosts below Host
	Path        string // with a leading slash
	Secure      bool
	HTTPOnly    bool
	SameSite    SameSiteAttribute

	// Partition is the key of the partition that the cookie is in: that of a
	// Partitioned cookie, or of any in a jar that is partitioned; else the zero
	// value. Partitioned says that the cookie has the attribute.
	Partition   CookiePartition
	Partitioned bool

	Creation   time.Time // of the first cookie of that name in its place
	LastAccess time.Time
	Expiry     time.Time // the zero value for a session's cookie
}

// A CookiePartition is what cookies are partitioned by. The zero value is no
// partition. It is comparable.
//
// https://github.com/privacycg/CHIPS
type CookiePartition struct {
	Key origin.PartitionKey // that of the top-level page

	// CrossSiteAncestor says that the request came from a document that
	// another site's document is above, or went to another site.
	CrossSiteAncestor bool
}

// A CookieRefusal is why a Set-Cookie header set no cookie. The zero value is
// no refusal.
type CookieRefusal uint8

// The refusals, in the order in which the rules are asked.
const (
	CookieAccepted        CookieRefusal = iota
	CookieNoHost                        // the URL is not one that cookies are for
	CookieControl                       // a control character
	CookieEmpty                         // neither name nor value
	CookieTooLong                       // name and value are longer than 4096 bytes
	CookieInvalidDomain                 // Domain is no host
	CookiePublicSuffix                  // Domain is a public suffix
	CookieForeignDomain                 // Domain is neither the host nor above it
	CookieSecureScheme                  // Secure, from a URL that is not
	CookieShadowsSecure                 // would hide a Secure cookie, from a URL that is not
	CookieThirdParty                    // third parties may not set it
	CookieCrossSite                     // for the same site alone, from a cross-site response
	CookieNoneBare                      // SameSite=None without Secure
	CookiePartitionedBare               // Partitioned without Secure
	CookieSecurePrefix                  // named __Secure-, and not Secure
	CookieHostPrefix                    // named __Host-, and not Secure, its host's alone and for path /
	CookieHTTPPrefix                    // named __Http-, and not Secure and HttpOnly
	CookieHiddenPrefix                  // nameless, and the value begins like such a name
)

var refusals = [...]string{
	CookieAccepted:        "accepted",
	CookieNoHost:          "no-host",
	CookieControl:         "control-character",
	CookieEmpty:           "empty",
	CookieTooLong:         "too-long",
	CookieInvalidDomain:   "invalid-domain",
	CookiePublicSuffix:    "public-suffix",
	CookieForeignDomain:   "foreign-domain",
	CookieSecureScheme:    "secure-from-insecure-url",
	CookieShadowsSecure:   "shadows-secure-cookie",
	CookieThirdParty:      "third-party",
	CookieCrossSite:       "cross-site",
	CookieNoneBare:        "none-without-secure",
	CookiePartitionedBare: "partitioned-without-secure",
	CookieSecurePrefix:    "secure-prefix",
	CookieHostPrefix:      "host-prefix",
	CookieHTTPPrefix:      "http-prefix",
	CookieHiddenPrefix:    "hidden-prefix",
}

// String returns a short name: "too-long".
func (r CookieRefusal) String() string {
	if int(r) < len(refusals) {
		return refusals[r]
	}
	return "unknown"
}

// A CookieWithholding is why a cookie is not sent with a request. The zero
// value is none: it is sent.
type CookieWithholding uint8

// The withholdings, in the order in which the rules are asked.
const (
	CookieSent           CookieWithholding = iota
	CookieExpired                          // its time is up
	CookieOtherHost                        // it is its host's alone
	CookieOtherPath                        // its path does not match
	CookieSecureOnly                       // it is Secure, the URL is not
	CookieOtherPartition                   // it was set under another top-level site
	CookieStrict                           // SameSite=Strict, and the request comes from another site
	CookieLax                              // SameSite=Lax, or taken for that, likewise
	CookieUnsent                           // third parties get none here
)

var withholdings = [...]string{
	CookieSent:           "sent",
	CookieExpired:        "expired",
	CookieOtherHost:      "other-host",
	CookieOtherPath:      "other-path",
	CookieSecureOnly:     "secure",
	CookieOtherPartition: "other-partition",
	CookieStrict:         "same-site-strict",
	CookieLax:            "same-site-lax",
	CookieUnsent:         "third-party",
}

// String returns a short name: "other-path".
func (w CookieWithholding) String() string {
	if int(w) < len(withholdings) {
		return withholdings[w]
	}
	return "unknown"
}
