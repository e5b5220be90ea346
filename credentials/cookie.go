package credentials

import (
	"time"

	"github.com/browsercors/browsercors/origin"
)

// A Limit is a limit of a store of credentials.
type Limit string

// The limits of [CookieJar] and [Keyring].
const (
	LimitPerHost        Limit = "per-host"        // how many a host, a registrable domain or a server may have
	LimitPartitionBytes Limit = "partition-bytes" // how many bytes a registrable domain's cookies may have in a partition
	LimitTotal          Limit = "total"           // how many there may be in all
	LimitBytes          Limit = "bytes"           // how much memory all may take
	LimitSize           Limit = "size"            // how large one may be
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
	CookieLongHost                      // the URL's host is longer than 253 bytes
	CookieControl                       // a control character
	CookieEmpty                         // neither name nor value
	CookieTooLong                       // name and value are longer than 4096 bytes
	CookieInvalidDomain                 // Domain is no host
	CookiePublicSuffix                  // Domain is a public suffix
	CookieForeignDomain                 // Domain is neither the host nor above it
	CookieLongPath                      // the path is longer than a cookie may have
	CookieNoRoom                        // it is larger than the whole jar
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
	CookieIgnored                       // the request included no credentials; no store says so
)

var refusals = []named{
	CookieAccepted:        {"accepted", "it is stored"},
	CookieNoHost:          {"no-host", "cookies are for http: and https: URLs with a host"},
	CookieLongHost:        {"long-host", "a host of more than 253 bytes has no cookies"},
	CookieControl:         {"control-character", "a cookie has no control characters"},
	CookieEmpty:           {"empty", "a cookie has a name or a value"},
	CookieTooLong:         {"too-long", "a name and its value have 4096 bytes at most"},
	CookieInvalidDomain:   {"invalid-domain", "Domain is a host"},
	CookiePublicSuffix:    {"public-suffix", "no cookie is for all hosts of a public suffix"},
	CookieForeignDomain:   {"foreign-domain", "Domain is the URL's host or above it"},
	CookieLongPath:        {"long-path", "the path of a cookie, which is that of the URL if it gives none, is not longer than the limit"},
	CookieNoRoom:          {"no-room", "a cookie is smaller than the jar"},
	CookieSecureScheme:    {"secure-from-insecure-url", "a URL that is not secure sets no Secure cookie"},
	CookieShadowsSecure:   {"shadows-secure-cookie", "a URL that is not secure hides no Secure cookie"},
	CookieThirdParty:      {"third-party", "third parties may not set it here"},
	CookieCrossSite:       {"cross-site", "a response to another site's request sets cookies of SameSite=None only"},
	CookieNoneBare:        {"none-without-secure", "SameSite=None wants Secure"},
	CookiePartitionedBare: {"partitioned-without-secure", "Partitioned wants Secure"},
	CookieSecurePrefix:    {"secure-prefix", "a name that begins with __Secure- wants Secure"},
	CookieHostPrefix:      {"host-prefix", "a name that begins with __Host- wants Secure, Path=/ and no Domain"},
	CookieHTTPPrefix:      {"http-prefix", "a name that begins with __Http- wants Secure and HttpOnly"},
	CookieHiddenPrefix:    {"hidden-prefix", "a value without a name does not begin as a prefixed name does"},
	CookieIgnored:         {"credentials-omitted", "a response to a request without credentials sets no cookies"},
}

// String returns a short name: "too-long".
func (r CookieRefusal) String() string { return nameOf(refusals, int(r)).name }

// Rule returns the rule that refuses the cookie, in a sentence without a full
// stop.
func (r CookieRefusal) Rule() string { return nameOf(refusals, int(r)).rule }

// A named is what a refusal or a withholding is called, and its rule.
type named struct{ name, rule string }

func nameOf(all []named, i int) named {
	if i < len(all) {
		return all[i]
	}
	return named{"unknown", "unknown"}
}

// A CookieWithholding is why a cookie is not sent with a request. The zero
// value is none: it is sent.
type CookieWithholding uint8

// The withholdings, in the order in which the rules are asked.
const (
	CookieSent           CookieWithholding = iota
	CookieHostTooLong                      // the request's host is longer than 253 bytes
	CookieExpired                          // its time is up
	CookieOtherHost                        // it is its host's alone
	CookieOtherPath                        // its path does not match
	CookieSecureOnly                       // it is Secure, the URL is not
	CookieOtherPartition                   // it was set under another top-level site
	CookieStrict                           // SameSite=Strict, and the request comes from another site
	CookieLax                              // SameSite=Lax, or taken for that, likewise
	CookieUnsent                           // third parties get none here
	CookieOmitted                          // the request includes no credentials; no store says so
)

var withholdings = []named{
	CookieSent:           {"sent", "it is sent"},
	CookieHostTooLong:    {"long-host", "the request's host is longer than 253 bytes"},
	CookieExpired:        {"expired", "its time is up"},
	CookieOtherHost:      {"other-host", "it is for one host alone, and this is another"},
	CookieOtherPath:      {"other-path", "it is for another path"},
	CookieSecureOnly:     {"secure", "it is Secure, and the URL is not"},
	CookieOtherPartition: {"other-partition", "it was set under another top-level site"},
	CookieStrict:         {"same-site-strict", "it is SameSite=Strict, and the request comes from another site"},
	CookieLax:            {"same-site-lax", "it is SameSite=Lax, or taken for that, and the request comes from another site"},
	CookieUnsent:         {"third-party", "third parties get none here"},
	CookieOmitted:        {"credentials-omitted", "the request is sent without credentials"},
}

// String returns a short name: "other-path".
func (w CookieWithholding) String() string { return nameOf(withholdings, int(w)).name }

// Rule returns why the cookie is withheld, in a sentence without a full stop.
func (w CookieWithholding) Rule() string { return nameOf(withholdings, int(w)).rule }
