package credentials

import "time"

// CookieRules are an engine's departures from the cookie specification. The
// zero value is the specification: the "cookies" draft that Fetch refers to,
// and CHIPS. Where the draft contradicts itself or RFC 6265bis, which it means
// to restate, it is read as RFC 6265bis: paths match at slashes only, Max-Age
// goes before Expires wherever it stands, __Http- wants HttpOnly, and a cookie
// that comes again with another value replaces the old one.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html
// https://github.com/privacycg/CHIPS
type CookieRules struct {
	// ThirdParty is what becomes of cookies where the request's URL and the
	// top-level page are not of one site.
	ThirdParty ThirdPartyPolicy

	// Unset is how a cookie without SameSite is treated.
	Unset UnsetRule

	// LaxUnsafe is for how long a new cookie that is taken for SameSite=Lax goes
	// with cross-site top-level navigations of any method.
	LaxUnsafe time.Duration

	// SameSiteIgnoresRedirects takes no notice of the sites that a request was
	// redirected through.
	SameSiteIgnoresRedirects bool

	// SetIgnoresRedirects does so for the cookies that a response sets.
	SetIgnoresRedirects bool

	// SameSiteSchemeless takes http: and https: URLs of one registrable domain
	// for one site.
	SameSiteSchemeless bool

	// NoneIsDefault takes SameSite=None and unknown values for no attribute at
	// all: neither takes an earlier Strict or Lax back, and None needs no Secure.
	NoneIsDefault bool

	// SecureOnLoopback takes potentially trustworthy http: URLs, those of
	// loopback hosts, for secure.
	SecureOnLoopback bool

	// SameSiteByURL takes a sandboxed document for one of its URL's site.
	SameSiteByURL bool

	// IgnorePartitioned knows no Partitioned attribute.
	IgnorePartitioned bool

	// IgnorePrefixes gives no meaning to names that begin with __Secure- or the
	// like.
	IgnorePrefixes bool

	// HostPrefixDefaultPath lets a cookie named __Host- do without Path where
	// that is / anyway.
	HostPrefixDefaultPath bool

	// ShadowByReplacing lets a URL that is not secure hide Secure cookies behind
	// its own, and keeps it only from replacing them.
	ShadowByReplacing bool

	// Controls is what control characters do to a Set-Cookie header.
	Controls ControlRule

	// AnyLength keeps names, values and attributes of any length, as far as the
	// header has no more than 100 KiB.
	AnyLength bool

	// BareIsName takes what has no "=" for a name without a value, and refuses
	// a value without a name.
	BareIsName bool

	// BareAttributeIgnored ignores an attribute that wants a value and has no
	// "=", instead of taking it for one with an empty value.
	BareAttributeIgnored bool

	// EmptyDomainIgnored takes an empty Domain for none.
	EmptyDomainIgnored bool

	// SuffixBarred refuses cookies for a public suffix also where it is the host
	// itself that sets them, but for a name that is on no list and gives no
	// Domain.
	SuffixBarred bool

	// DomainLiteral compares Domain as it is written, in lower case, and does
	// not parse it as a host.
	DomainLiteral bool

	// DomainIDN takes a Domain that is not ASCII for an internationalized name.
	DomainIDN bool

	// DomainAboveLower refuses a Domain that is above the host if it is not
	// written in lower case.
	DomainAboveLower bool

	// DomainNeedsDot refuses a Domain without a dot within, such as an IPv6
	// address.
	DomainNeedsDot bool

	// AddressHostOnly treats a cookie whose Domain is the address that sets it as
	// if it had none.
	AddressHostOnly bool

	// LastAttributeWins forgets an earlier Path, SameSite or Expires also when
	// a later one is not valid; Max-Age where the rule LaterExpiryWins does not
	// hold.
	LastAttributeWins bool

	// AncientExpires takes an Expires before 1601 for the past, and not for
	// none.
	AncientExpires bool

	// ServerClock reads Expires as by the clock that the response's Date header
	// shows.
	ServerClock bool

	// LaterExpiryWins gives Max-Age no precedence over Expires.
	LaterExpiryWins bool

	// MinusExpires takes any Max-Age that begins with "-" for a negative number.
	MinusExpires bool

	// PlusMaxAge takes a Max-Age that begins with "+" for a number.
	PlusMaxAge bool

	// MaxAgeWraps keeps the lowest 32 bits of a positive Max-Age, read as a
	// signed number: a negative one expires, and -1 lasts for the session.
	MaxAgeWraps bool

	// ValueUTF8 replaces what is not UTF-8 in a cookie's value by U+FFFD.
	ValueUTF8 bool

	// EmptyMaxAgeExpires takes an empty Max-Age for 0.
	EmptyMaxAgeExpires bool

	// OrderByHost sends, of paths equally long, first the cookies for the host
	// and those below it, then those of the host alone, then those of the hosts
	// above.
	OrderByHost bool

	// OverwriteRenews counts a cookie that replaces one with another value as
	// new, and not as old as that.
	OverwriteRenews bool

	// MaxLifetime is the longest time that a cookie is kept; 0 is 400 days.
	MaxLifetime time.Duration

	// PerHost is how many cookies a host may have in a partition; 0 is 180, as
	// in Chromium; a negative number is no limit but Total. PerDomain counts those of all hosts of a registrable domain
	// together. Where there is one too many, PerHostPurge more are dropped.
	PerHost      int
	PerDomain    bool
	PerHostPurge int

	// PurgePartitions lets PerHostPurge hold in partitions too.
	PurgePartitions bool

	// PartitionBytes is how many bytes the names and values of a registrable
	// domain's cookies may have in a partition; 0 is 10,240. Where there are
	// more, they are cut down by PartitionBytesPurge more.
	PartitionBytes      int
	PartitionBytesPurge int

	// MaxPath is how many bytes the path of a cookie may have, given or default;
	// 0 is 4096. With AnyLength it may have 100 KiB.
	MaxPath int

	// Total is how many cookies there may be in all; 0 is 3300, as in Chromium.
	Total int

	// AccessResolution is how old the last access to a cookie must be to be
	// noted anew, for the order in which cookies are dropped.
	AccessResolution time.Duration
}

// A ThirdPartyPolicy is what becomes of third-party cookies.
type ThirdPartyPolicy uint8

const (
	// ThirdPartyAllowed sends and stores them.
	ThirdPartyAllowed ThirdPartyPolicy = iota

	// ThirdPartyBlocked neither sends nor stores any.
	ThirdPartyBlocked

	// ThirdPartyPartitioned sends and stores those that are Partitioned.
	ThirdPartyPartitioned

	// ThirdPartyJar sends and stores them in a jar of the top-level site's.
	ThirdPartyJar

	// ThirdPartyNotStored sends what a first party has set, and stores none. The
	// party is the cookie's and not the URL's: a cookie is of the first party if
	// the registrable domain of its host is that of the top-level page. Where
	// the public suffix list has no rule for a host, it stands for itself and,
	// if the cookie is not its alone, for the hosts below it.
	ThirdPartyNotStored
)

// An UnsetRule is how cookies without SameSite are treated.
type UnsetRule uint8

const (
	UnsetSent   UnsetRule = iota // sent to other sites, not set by them
	UnsetIsLax                   // as SameSite=Lax
	UnsetIsNone                  // as SameSite=None
)

// A ControlRule is what control characters do to a Set-Cookie header.
type ControlRule uint8

const (
	ControlRefused    ControlRule = iota // they make it invalid, but for tabs
	ControlTabRefused                    // and so do tabs, but around names and values
	ControlEnds                          // it ends before the first; tabs within and non-ASCII bytes are some, U+007F is none
)

// orDefault is n, or what 0 stands for.
func orDefault[N int | int64 | time.Duration](n, otherwise N) N {
	if n == 0 {
		return otherwise
	}
	return n
}

// maxLifetime is the cookie age limit.
func (r *CookieRules) maxLifetime() time.Duration { return orDefault(r.MaxLifetime, 400*24*time.Hour) }

// perHost is the total cookies-per-host limit.
func (r *CookieRules) perHost() int { return orDefault(r.PerHost, 180) }

// total is the total cookies limit.
func (r *CookieRules) total() int { return orDefault(r.Total, 3300) }

// maxPath is how many bytes a path may have.
func (r *CookieRules) maxPath() int {
	if r.AnyLength {
		return maxAnyLength
	}
	return orDefault(r.MaxPath, maxPath)
}

// partitionBytes is how many bytes Partitioned cookies may have.
func (r *CookieRules) partitionBytes() int { return orDefault(r.PartitionBytes, 10<<10) }
