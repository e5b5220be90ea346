package fetch

import (
	"slices"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// A Profile is how one engine behaves, as plain data: the rules of the lower
// packages and the engine's own turns in the Fetch algorithms. The zero value
// of every rule is the Standard's, so that a Profile lists departures only.
// Start from one and change a field to ask "what if".
type Profile struct {
	Name    string // "standard", "chromium" …
	Version string // of the Standard or the engine that it follows

	Safelist        safelist.Rules
	PreflightCache  preflightcache.Rules
	PreflightLimits preflightcache.Limits
	Credentials     credentials.Policy

	Preflight PreflightRules
	Redirect  RedirectRules
	Headers   HeaderRules
	Ports     PortRules
	Policy    PolicyRules
}

// PreflightRules are an engine's departures in CORS-preflight fetch.
type PreflightRules struct {
	// MaxAge says how odd values of Access-Control-Max-Age are read.
	MaxAge MaxAgeRules

	// WildcardCoversAuthorization lets "*" in Access-Control-Allow-Headers
	// cover Authorization.
	WildcardCoversAuthorization bool

	// UntaintedOrigin sends the page's origin in the preflight after redirects
	// that taint the request itself.
	UntaintedOrigin bool

	// StatusFirst looks at the status before the CORS check, which changes the
	// reason given, not the verdict.
	StatusFirst bool

	// BypassCache are the cache modes with which the preflight cache is
	// neither asked nor filled.
	BypassCache []CacheMode

	// KeepEntriesOnPreflightFailure, KeepEntriesOnActualFailure and
	// KeepEntriesOnNetworkFailure leave the preflight cache as it is where the
	// Standard clears entries: after the preflight failed, after what followed
	// it failed, after either failed below CORS.
	KeepEntriesOnPreflightFailure bool
	KeepEntriesOnActualFailure    bool
	KeepEntriesOnNetworkFailure   bool

	// StickyOnRedirect preflights every cross-origin hop of a request that was
	// not simple when it was made, whatever redirects have made of it.
	StickyOnRedirect bool

	// ListenerNeedsBody lets a listener on an XMLHttpRequest's upload force a
	// preflight only where there is something to upload.
	ListenerNeedsBody bool

	// InheritCacheHeaders sends the request's own Cache-Control and Pragma of
	// its cache mode on the preflight too.
	InheritCacheHeaders bool
}

// MaxAgeRules are an engine's departures in reading Access-Control-Max-Age.
type MaxAgeRules struct {
	InvalidNotCached  bool // what does not parse is not cached, instead of for 5 seconds
	NegativeNotCached bool // likewise a negative number
	AcceptPlus        bool // "+60" is 60
	OverflowIsInvalid bool // a number beyond 2⁶³−1 does not parse
}

// RedirectRules are an engine's departures in HTTP-redirect fetch.
type RedirectRules struct {
	// RefuseUserinfo refuses a username or password in the Location of any
	// redirect of fetch().
	RefuseUserinfo bool

	// LocationFirst looks at Location before the redirect mode: one that does
	// not parse fails in any mode, and without one there is nothing for mode
	// error to refuse.
	LocationFirst bool

	// EmptyLocation is what an empty Location does.
	EmptyLocation EmptyLocationRule

	// LocationUTF8 reads the bytes of Location as UTF-8 instead of as U+0000
	// to U+00FF.
	LocationUTF8 bool

	// DeleteBecomesGET turns DELETE into GET on a cross-origin 301, 302, 307
	// or 308.
	DeleteBecomesGET bool
}

// An EmptyLocationRule is what an engine makes of a redirect with an empty
// Location.
type EmptyLocationRule uint8

const (
	EmptyLocationResolves EmptyLocationRule = iota // to the current URL, as the Standard has it
	EmptyLocationIgnored                           // the redirect is handed over as a response
	EmptyLocationFails                             // a network error
)

// HeaderRules are an engine's departures in the headers that a browser adds.
type HeaderRules struct {
	// OriginIgnoresReferrerPolicy sends the page's origin on requests without
	// CORS whatever the referrer policy.
	OriginIgnoresReferrerPolicy bool

	// ConditionalIsNoCache turns cache mode default into no-cache, and not into
	// no-store, for a request that script made conditional.
	ConditionalIsNoCache bool

	// NullOriginAcrossOrigins sends Origin: null on requests without CORS after
	// any redirect to another origin.
	NullOriginAcrossOrigins bool

	// DowngradeByScheme takes any URL that is not https: for a downgrade from
	// one that is, when a referrer is determined, loopback included.
	DowngradeByScheme bool

	// CrossSiteReferrerOriginOnly trims a cross-site referrer to its origin
	// whatever the policy.
	CrossSiteReferrerOriginOnly bool

	// MetadataByCurrentURL asks the current URL, and not the first of the URL
	// list, whether to send Sec-Fetch-* headers.
	MetadataByCurrentURL bool

	// NoMetadataOnRedirect sends no Sec-Fetch-* headers to where a redirect leads
	// from another origin.
	NoMetadataOnRedirect bool

	// PreflightModeAlways sends Sec-Fetch-Mode on preflights also to URLs that
	// are not potentially trustworthy.
	PreflightModeAlways bool
}

// PortRules are an engine's departures in port blocking.
type PortRules struct {
	Allowed []uint16 // ports that the Standard blocks and the engine doesn't
}

// PolicyRules are an engine's departures in blocking responses.
type PolicyRules struct {
	// IPNeverSameSite keeps Cross-Origin-Resource-Policy: same-site from
	// matching where hosts are IP addresses.
	IPNeverSameSite bool

	// IntegrityOfNoBody lets a response without a body pass with any integrity
	// metadata.
	IntegrityOfNoBody bool

	// CredentiallessIgnored treats the embedder policy credentialless as
	// unsafe-none.
	CredentiallessIgnored bool
}

// Standard is the profile of the Fetch Standard, to the letter. What the
// Standard leaves to the implementation is set as in Chromium: preflights are
// cached for at most two hours.
func Standard() *Profile {
	return &Profile{
		Name:            "standard",
		Version:         "586cd2a (2 July 2026)",
		PreflightLimits: preflightcache.Limits{MaxAge: 2 * time.Hour},
	}
}

// clone is a deep copy; of nil, the Standard's profile.
func (p *Profile) clone() *Profile {
	if p == nil {
		return Standard()
	}
	q := *p
	q.Safelist.ForbiddenRequestHeaders = slices.Clone(p.Safelist.ForbiddenRequestHeaders)
	q.Safelist.ExtraExposed = slices.Clone(p.Safelist.ExtraExposed)
	q.Preflight.BypassCache = slices.Clone(p.Preflight.BypassCache)
	q.Ports.Allowed = slices.Clone(p.Ports.Allowed)
	return &q
}
