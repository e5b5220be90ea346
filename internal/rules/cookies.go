package rules

import "time"

// Cookies holds an engine's departures from the cookie specification. The zero
// value is the specification: the "cookies" draft that Fetch refers to, and
// CHIPS. The draft restates RFC 6265bis. Where it contradicts itself or
// RFC 6265bis, RFC 6265bis counts: paths match at slashes only, Max-Age takes
// precedence over Expires in any order, __Http- requires HttpOnly, and a cookie
// that is set again with another value replaces the old one.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html
// https://github.com/privacycg/CHIPS
type Cookies struct {
	// ThirdParty says what happens to cookies when the request's URL and the
	// top-level page are not of one site.
	ThirdParty ThirdParty

	// Unset says how a cookie without SameSite is treated.
	Unset Unset

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

	// Controls says what control characters do to a Set-Cookie header.
	Controls Controls

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

	// Dates says how Expires is read.
	Dates Dates

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

// ThirdParty says what happens to third-party cookies. A value that is not one of
// these counts as ThirdPartyBlocked.
type ThirdParty string

const (
	ThirdPartyAllowed     ThirdParty = ""            // they are sent and stored
	ThirdPartyBlocked     ThirdParty = "blocked"     // they are neither sent nor stored
	ThirdPartyPartitioned ThirdParty = "partitioned" // those with the attribute Partitioned are sent and stored
	ThirdPartyJar         ThirdParty = "jar"         // they are sent and stored in a jar of the top-level site's

	// ThirdPartyNotStored sends what a first party has set, and stores nothing.
	// The party is the cookie's, not the URL's: a cookie is a first party's if the
	// registrable domain of its host is that of the top-level page. A host that
	// the public suffix list has no rule for stands for itself and, unless the
	// cookie is host-only, for the hosts below it.
	ThirdPartyNotStored ThirdParty = "not-stored"
)

// Unset says how cookies without SameSite are treated.
type Unset uint8

const (
	UnsetSent   Unset = iota // cross-site requests send them; cross-site responses do not set them
	UnsetIsLax               // as SameSite=Lax
	UnsetIsNone              // as SameSite=None
)

// Dates says how the value of Expires is read. A value that is not a date leaves
// the cookie one of the session.
type Dates uint8

const (
	DatesByToken Dates = iota // by the draft: tokens in any order
	DatesOfWhole              // as by the draft, but a day, a year or a time is digits and nothing further
	DatesLoose                // in many ways of writing: zones count, the time may be missing
	DatesInOrder              // in the orders of an HTTP-date alone: zones count
)

// Controls says what control characters do to a Set-Cookie header.
type Controls uint8

const (
	ControlRefused    Controls = iota // any of them except a tab makes it invalid
	ControlTabRefused                 // any of them makes it invalid, except tabs around names and values
	ControlEnds                       // it ends before the first; inner tabs and non-ASCII bytes count, U+007F does not
)
