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

	// A cookie without SameSite goes with cross-site top-level navigations of any
	// method while it is newer than this.
	LaxUnsafe time.Duration

	// A request is as near to its page's site after redirects through other sites.
	SameSiteIgnoresRedirects bool

	// A response after redirects through other sites may set cookies as any of its
	// site.
	SetIgnoresRedirects bool

	// http: and https: URLs of one registrable domain are of the same site.
	SameSiteSchemeless bool

	// SameSite=None counts as no attribute, as unknown values do: it does not
	// cancel an earlier one and needs no Secure.
	NoneIsDefault bool

	// http: URLs of loopback hosts set and get Secure cookies.
	SecureOnLoopback bool

	// A sandboxed page is of its URL's site.
	SameSiteByURL bool

	// The attribute Partitioned has no effect.
	IgnorePartitioned bool

	// Names that begin with __Secure- or the like have no special meaning.
	IgnorePrefixes bool

	// A cookie named __Host- may do without Path where the default is / anyway.
	HostPrefixDefaultPath bool

	// A cookie from http: may hide a Secure cookie, but not replace it.
	ShadowByReplacing bool

	// Controls is what control characters do to a Set-Cookie header.
	Controls ControlRule

	// Cookies and attributes of any length are kept. The header may have 100 KiB.
	AnyLength bool

	// Without “=”, Set-Cookie has a name and no value; without a name it is
	// refused.
	BareIsName bool

	// Path, Domain and the like are ignored without “=”.
	BareAttributeIgnored bool

	// An empty Domain is ignored.
	EmptyDomainIgnored bool

	// A public suffix sets no cookies. A suffix that is on no list may set cookies
	// without Domain.
	SuffixBarred bool

	// Domain is compared in lower case, as it is written.
	DomainLiteral bool

	// Domain may be an internationalized name.
	DomainIDN bool

	// A Domain above the host is refused if it is not in lower case.
	DomainAboveLower bool

	// A Domain without a dot within, such as an IPv6 address, makes Set-Cookie
	// invalid.
	DomainNeedsDot bool

	// A cookie whose Domain is the address that sets it is as one without Domain.
	AddressHostOnly bool

	// An attribute whose value is invalid cancels an earlier one of its name. The
	// attributes are Path, SameSite and Expires, and Max-Age unless LaterExpiryWins
	// is set.
	LastAttributeWins bool

	// A date before 1601 is in the past.
	AncientExpires bool

	// Expires is read by the clock that the Date header shows.
	ServerClock bool

	// The later of Max-Age and Expires counts.
	LaterExpiryWins bool

	// A Max-Age that begins with “-” is negative whatever follows.
	MinusExpires bool

	// A Max-Age may begin with “+”.
	PlusMaxAge bool

	// Of a positive Max-Age the lowest 32 bits count, as a signed number: a
	// negative one is in the past, and -1 lasts for the session.
	MaxAgeWraps bool

	// What is not UTF-8 in a cookie's value becomes U+FFFD.
	ValueUTF8 bool

	// An empty Max-Age is 0.
	EmptyMaxAgeExpires bool

	// Of paths equally long, first come the cookies for the host and those below
	// it, then those of the host alone, then those of the hosts above.
	OrderByHost bool

	// A cookie that is set anew with another value counts as new.
	OverwriteRenews bool

	// No cookie is kept for longer than this. 0 means 400 days.
	MaxLifetime time.Duration

	// A host may have this many cookies; a negative number means no limit. The
	// limit is for each partition, and Total applies too. 0 means 180, as in
	// Chromium.
	PerHost int
	// The hosts of a registrable domain have their limit together.
	PerDomain bool
	// If a host has one cookie too many, this many more are dropped.
	PerHostPurge int

	// PerHostPurge applies to partitions too.
	PurgePartitions bool

	// A registrable domain's cookies in a partition may have this many bytes. Names
	// and values count. 0 means 10,240.
	PartitionBytes int
	// If they have more, they are cut down to this many bytes below the limit.
	PartitionBytesPurge int

	// A cookie whose path, given or that of the URL, has more bytes is refused. 0
	// means 4096. With AnyLength the path may have 100 KiB.
	MaxPath int

	// There are no more cookies than this in all. 0 means 3300, as in Chromium.
	Total int

	// The access to a cookie is noted, for the order in which cookies are dropped,
	// only if the last one was noted this long ago.
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
