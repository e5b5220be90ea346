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

	Request   RequestRules
	Preflight PreflightRules
	Redirect  RedirectRules
	Headers   HeaderRules
	Body      BodyRules
	Network   NetworkRules
	Ports     PortRules
	Response  ResponseRules
	Policy    PolicyRules
	Integrity IntegrityRules
	WebSocket WebSocketRules
	Messages  MessageRules
}

// RequestRules are an engine's departures in what script may ask for, and in
// what becomes of it.
type RequestRules struct {
	// HostSpaces takes a URL whose host has spaces, which it escapes.
	HostSpaces bool

	// StreamMakesCORS turns mode same-origin into cors if the body is a stream.
	StreamMakesCORS bool

	// CharsetInPlace puts UTF-8 in the place of every charset that the
	// Content-Type of an XMLHttpRequest with a string has, byte by byte, whatever
	// the rest of the value is.
	CharsetInPlace bool

	// BlobTypeParsed sends the type of a Blob that an XMLHttpRequest is given only
	// if it parses to its end, with a type, a subtype and whole parameters.
	BlobTypeParsed bool

	// BlobTypeIsMIMEType sends the type of a Blob that an XMLHttpRequest is given
	// only if it is a MIME type.
	BlobTypeIsMIMEType bool

	// DanglingMarkup blocks an HTTP(S) URL that was written with a tab or a line
	// break and a "<", wherever in it these stand, as markup does whose quotation
	// mark is missing; and a URL that is relative to such a base URL. Where redirects
	// lead is not looked at, nor what the user typed.
	DanglingMarkup bool

	// UserinfoBlocked blocks the URL of a subresource, the first and each that a
	// redirect leads to, if it has a username or password; unless these are those
	// of the page's own URL and the origin is the page's. What an XMLHttpRequest
	// asks for, and a navigation, is no subresource.
	UserinfoBlocked bool

	// ElementUserinfoDropped takes the username and password off the URL of an
	// element in mode cors, tracks excepted, and of audio and video in any mode.
	ElementUserinfoDropped bool

	// DataURLBlanks leaves blanks out of a data: URL: those at its end, and all
	// where it is base64.
	DataURLBlanks bool

	// KeepaliveEarly refuses what is too much for the keepalive quota before
	// anything is sent, preflights included.
	KeepaliveEarly bool

	// BlobTypeUnguarded sends the type of a Blob in mode no-cors whether it is
	// safelisted or not.
	BlobTypeUnguarded bool

	// FormTypeWithoutBody keeps the Content-Type of a URLSearchParams object
	// that XMLHttpRequest leaves out because the method is GET or HEAD.
	FormTypeWithoutBody bool

	// EmptyCharsetKept leaves an empty charset in the Content-Type that script
	// set on an XMLHttpRequest.
	EmptyCharsetKept bool

	// UserinfoTaken takes the username and password off an XMLHttpRequest's URL
	// when it goes to another origin, and when a server was answered with them.
	UserinfoTaken bool

	// OnlyIfCachedAsks takes cache mode only-if-cached to the network where the
	// cache has nothing.
	OnlyIfCachedAsks bool
}

// PreflightRules are an engine's departures in CORS-preflight fetch.
type PreflightRules struct {
	// MaxAge says how odd values of Access-Control-Max-Age are read.
	MaxAge MaxAgeRules

	// WildcardCoversAuthorization lets "*" in Access-Control-Allow-Headers
	// cover Authorization.
	WildcardCoversAuthorization bool

	// ForgetRedirects makes the preflight as if no redirect had gone before it:
	// it carries, and its response has to allow, the page's origin where the
	// request's own is tainted, and its Sec-Fetch-Site is about the current URL
	// alone. The preflight cache goes by that origin too. A preflight to the
	// page's own origin needs no leave of its response.
	ForgetRedirects bool

	// TypeBeforeCharset judges the Content-Type of an XMLHttpRequest as script
	// set it, before its charset becomes UTF-8.
	TypeBeforeCharset bool

	// StatusFirst looks at the status before the CORS check, which changes the
	// reason given, not the verdict.
	StatusFirst bool

	// PagePartition sends the preflight over connections of the page's network
	// partition, and not over those of requests without a client.
	PagePartition bool

	// BypassCache are the cache modes with which the preflight cache is
	// neither asked nor filled.
	BypassCache []CacheMode

	// FillBypassed are those modes of BypassCache with which the preflight cache
	// is filled all the same.
	FillBypassed []CacheMode

	// NoImpliedMethod wants every method but a safelisted one listed, where the
	// Standard takes a missing Access-Control-Allow-Methods for the method of a
	// request whose use-CORS-preflight flag is set.
	NoImpliedMethod bool

	// KeepEntriesOnPreflightFailure and KeepEntriesOnActualFailure leave the
	// preflight cache as it is where the Standard clears entries: after the
	// preflight failed, after what followed it failed.
	KeepEntriesOnPreflightFailure bool
	KeepEntriesOnActualFailure    bool

	// KeepEntriesOnModeError leaves the preflight cache as it is where redirect
	// mode error is why a request failed.
	KeepEntriesOnModeError bool

	// ClearRedirectingURL clears the entries of the URL that redirected where the
	// redirect leads to what is blocked: mixed content or a bad port. The Standard
	// clears those of the URL that it leads to.
	ClearRedirectingURL bool

	// ClearOnSimpleFailure clears entries after the failure of requests that
	// needed no preflight too.
	ClearOnSimpleFailure bool

	// StickyHeadersOnRedirect preflights every cross-origin hop of a request
	// whose headers, or whose use-CORS-preflight flag, called for it when it was
	// made, and every cross-origin hop after one that was preflighted.
	StickyHeadersOnRedirect bool

	// ByFirstHeaders looks for what needs a preflight, and for what to ask
	// leave for, among the headers that the request was made with, redirected or
	// not.
	ByFirstHeaders bool

	// FirstReferrer sends the preflight of a redirected request with the
	// referrer of its first hop.
	FirstReferrer bool

	// ScriptUserAgent sends the User-Agent that script set on the preflight too.
	ScriptUserAgent bool

	// StoreRefused caches what a preflight allows also when that does not cover
	// the request.
	StoreRefused bool

	// TaintedNotShared lets no other request use what was allowed to one that
	// redirects have tainted.
	TaintedNotShared bool

	// NullNotShared lets what was allowed to the origin "null", of a redirected
	// request or of a page, serve later hops of the same request only.
	NullNotShared bool

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
	EmptyIsMissing    bool // an empty value counts as none: 5 seconds, whatever invalid ones do
}

// RedirectRules are an engine's departures in HTTP-redirect fetch.
type RedirectRules struct {
	// LocationFirst looks at Location before the redirect mode: one that does
	// not parse fails in any mode, and without one there is nothing for mode
	// error to refuse.
	LocationFirst bool

	// NoLocationNoRedirect takes a redirect status without a Location, or with an
	// empty one, for no redirect in modes error and manual: the response is handed
	// over; in mode manual its body is all that script sees of it.
	NoLocationNoRedirect bool

	// JoinLocations reads several Locations as one, joined with commas.
	JoinLocations bool

	// SameOriginIncludes holds a redirect of a request that started within the
	// page's origin and then left it to the CORS check with credentials, unless
	// they are omitted.
	SameOriginIncludes bool

	// FirstHeaders goes on across origins, in mode cors, with the headers that the
	// request was made with: what an earlier redirect took off with the body is
	// back.
	FirstHeaders bool

	// TypeRestored gives the Content-Type that an earlier redirect took off with
	// the body back on a 307 or 308.
	TypeRestored bool

	// OwnUserAgent goes on within the page's origin with the browser's own
	// User-Agent.
	OwnUserAgent bool

	// NoCacheHeadersAcrossOrigins goes on to another origin, in mode cors,
	// without the Cache-Control and Pragma of the cache mode.
	NoCacheHeadersAcrossOrigins bool

	// BlockedAfterPreflight looks only after the preflight at what may block where
	// a redirect leads: mixed content, bad ports over http:, where the preflight
	// comes to nothing, SameOriginIncludes, and a username or password in the
	// Location that leaves the page's origin.
	BlockedAfterPreflight bool

	// ManualRefusesScheme fails in redirect mode manual where Location leads to
	// ftp:.
	ManualRefusesScheme bool

	// EmptyLocation is what an empty Location does.
	EmptyLocation EmptyLocationRule

	// StripOnce lets the headers that a redirect strips come back at the next
	// one, which strips anew: request-body-header names if its status would turn
	// the method that script gave into GET, Authorization if it leads to another
	// origin. Of an XMLHttpRequest, only what script set comes back.
	StripOnce bool

	// Policy is how Referrer-Policy is read.
	Policy PolicyHeaderRule

	// LocationBytes percent-encodes the bytes of Location from 0x80 up as they
	// are.
	LocationBytes bool

	// LocationControls percent-encodes the control characters of Location, tabs
	// among them, which the URL parser leaves out.
	LocationControls bool

	// HintsStayBehind takes the client hints that script set off a request that
	// is redirected to another origin than the page's: Device-Memory, DPR,
	// Width, Viewport-Width, RTT, Downlink and ECT.
	HintsStayBehind bool

	// DeleteBecomesGET turns DELETE into GET on a cross-origin 301, 302, 307
	// or 308.
	DeleteBecomesGET bool
}

// A PolicyHeaderRule is how an engine reads a redirect's Referrer-Policy.
type PolicyHeaderRule uint8

const (
	PolicyAsList   PolicyHeaderRule = iota // a list of tokens; what is none is ignored as a whole
	PolicyByMember                         // what stands between commas, in any case, each for itself
)

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

	// CredentiallessReloads has a request that the page's embedder policy
	// keeps from including credentials carry the headers of cache mode reload.
	CredentiallessReloads bool

	// ConditionalOfFetchOnly leaves the cache mode of a conditional
	// XMLHttpRequest as it is.
	ConditionalOfFetchOnly bool

	// NullOriginAcrossOrigins sends Origin: null on requests without CORS after
	// any redirect to another origin.
	NullOriginAcrossOrigins bool

	// DowngradeByScheme takes any URL that is not https: for a downgrade from
	// one that is, when a referrer is determined, loopback included.
	DowngradeByScheme bool

	// StrictAcrossSites takes the policies no-referrer-when-downgrade,
	// origin-when-cross-origin and unsafe-url for strict-origin-when-cross-origin
	// where the referrer's host is of another site, whatever the schemes. The
	// next redirect starts from the referrer that the request was made with, or
	// from what it had come to when a redirect last set a policy.
	StrictAcrossSites bool

	// NoReferrerIsPolicy takes an empty referrer for the policy no-referrer.
	NoReferrerIsPolicy bool

	// KeptOriginOnRedirect sends on what Origin was sent before, within an origin,
	// also if GET has none; across origins it is the request's, whatever the
	// referrer policy.
	KeptOriginOnRedirect bool

	// SandboxedReferrer makes a page's URL the referrer of its XMLHttpRequests
	// though its origin is opaque.
	SandboxedReferrer bool

	// TrimReferrerWhenSent trims Referer, schemes aside, to another site to its
	// origin whatever the policy; for the redirects that follow, the referrer is
	// whole.
	TrimReferrerWhenSent bool

	// MetadataByCurrentURL asks the current URL, and not the first of the URL
	// list, whether to send Sec-Fetch-* headers.
	MetadataByCurrentURL bool

	// TrustedSchemesSameSite has Sec-Fetch-Site take potentially trustworthy
	// URLs of one registrable domain for same-site whatever their schemes, such
	// as https://localhost and http://localhost.
	TrustedSchemesSameSite bool

	// InsecureHopsCrossSite has Sec-Fetch-Site take another origin over http:,
	// such as another port of http://localhost, for cross-site once there was a
	// redirect.
	InsecureHopsCrossSite bool

	// OriginWithStorageAccess sends Origin on requests without CORS with GET or
	// HEAD that include credentials and go from an origin of another site to the
	// site of the top-level page: where storage access could be asked for. A
	// redirect to another origin ends that.
	OriginWithStorageAccess bool

	// LastAfterEmpty sends, of the values that a header was given one by one,
	// those after the last empty one.
	LastAfterEmpty bool

	// LastOnly are the names of headers of which only the last of several values
	// is sent.
	LastOnly []string

	// FirstOnly are the names of headers of which only the first of several values
	// is sent. With LastAfterEmpty, an empty value that follows replaces it.
	FirstOnly []string

	// JoinEmpty are the names of headers whose empty value LastAfterEmpty joins with
	// those after it: ", a".
	JoinEmpty []string

	// PreflightSiteByURL makes Sec-Fetch-Site of a preflight from the page's
	// origin and the current URL alone, whatever redirects went before.
	PreflightSiteByURL bool

	// RangeRewritten sends a Range of one range in its plainest form, if the
	// request is a GET that the HTTP cache could answer.
	RangeRewritten bool

	// MediaRange sends "Range: bytes=0-" with the request of an audio or video
	// element that asks for the whole resource.
	MediaRange bool

	// OriginOfFrames sends Origin on requests without CORS that include
	// credentials and that go from a frame of another site to the site of the
	// top-level page, also if their method is GET or HEAD. The first URL decides,
	// and redirects change nothing.
	OriginOfFrames bool

	// Spellings are names of headers in the spelling in which they are sent,
	// however script spelled them.
	Spellings []string

	// FirstBodyType sends, of several values that fetch() was given for
	// Content-Type, the first if there is a body. After a redirect LastOnly
	// decides.
	FirstBodyType bool

	// NoMetadataOnRedirect sends no Sec-Fetch-* headers with what a redirect of
	// mode cors leads to from another origin; a preflight has them.
	NoMetadataOnRedirect bool

	// PreflightMetadataByFirst sends Sec-Fetch-* headers with a preflight only if
	// the request's first URL is potentially trustworthy too.
	PreflightMetadataByFirst bool

	// PreflightSiteByOrigin makes Sec-Fetch-Site of a preflight from its Origin and
	// its URL alone: a tainted one is cross-site.
	PreflightSiteByOrigin bool

	// UTF8Values sends header values that script set in UTF-8.
	UTF8Values bool

	// ReplaceNotUTF8 replaces the bytes of a response's header values that are no
	// UTF-8 by U+FFFD, in UTF-8.
	ReplaceNotUTF8 bool

	// NavigationAccept is the Accept of navigations; "" is the Standard's.
	NavigationAccept string

	// FormsRevalidate sends navigations that began with POST in cache mode
	// no-cache.
	FormsRevalidate bool

	// NoUserHeader sends no Sec-Fetch-User.
	NoUserHeader bool

	// PreflightModeAlways sends Sec-Fetch-Mode on preflights also to URLs that
	// are not potentially trustworthy.
	PreflightModeAlways bool
}

// BodyRules are an engine's departures in bodies.
type BodyRules struct {
	// Stream is what becomes of a ReadableStream that script gives.
	Stream StreamRule
}

// A StreamRule is what an engine makes of a ReadableStream as a body.
type StreamRule uint8

const (
	StreamIsSent    StreamRule = iota // chunk by chunk, as the Standard has it
	StreamIsText                      // it is a string, "[object ReadableStream]"
	StreamIsRefused                   // with a NotSupportedError
)

// NetworkRules are an engine's departures below and above what this package
// does: but for SafeTries, a [Transport] and who reads the body can follow them,
// as package conformance does.
type NetworkRules struct {
	// SafeTries is how often a request with a safe method is sent at most when
	// its connection is closed without an answer; 0 is once.
	SafeTries int

	// HTTP2AnyLength goes by the end of the stream over HTTP/2, whatever
	// Content-Length says.
	HTTP2AnyLength bool

	// HTTP2TransferEncoding takes a response over HTTP/2 that has Transfer-Encoding,
	// which is left out, and makes it malformed else.
	HTTP2TransferEncoding bool

	// HeadLengthUnambiguous lets a response that has no body fail as any other if
	// it has different values of Content-Length.
	HeadLengthUnambiguous bool

	// HTTP1Only speaks HTTP/1.1 to every server.
	HTTP1Only bool

	// BodyToItsEnd reads the body of a redirect and of a preflight to its end, and
	// fails if that does not come.
	BodyToItsEnd bool

	// LastLength goes by the last Content-Length and the last Transfer-Encoding: a
	// length may have a sign and is 0 if empty, any other word fails, and so does a
	// coding other than chunked and identity. Chunks may end without the last one.
	LastLength bool

	// NameBlanks takes blanks between the name of a response's header and its colon
	// for part of neither, over HTTP/1.x. Otherwise the name is not one, and the
	// line is skipped.
	NameBlanks bool

	// NULNameSkipped skips a header whose name has a NUL, over HTTP/1.x, which
	// fails the response otherwise.
	NULNameSkipped bool

	// LineFold is what becomes of the blanks where the value of a header goes on
	// with the next line.
	LineFold LineFoldRule

	// EscapesNormalized sends a URL's path and query with the escapes of
	// unreserved characters decoded and the others in upper case; cookies are
	// judged by that path. It is the URL that a response shows, unless it has a
	// fragment.
	EscapesNormalized bool

	// HalfUTF16Dropped drops the last byte of an odd number of them from the text
	// of an XMLHttpRequest in UTF-16, which becomes U+FFFD else.
	HalfUTF16Dropped bool
}

// A LineFoldRule is what an engine makes of the blanks around a line break
// within a header's value, over HTTP/1.x.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-5.2
type LineFoldRule uint8

const (
	LineFoldSpace      LineFoldRule = iota // they are one space, as RFC 9112 demands
	LineFoldKeepsValue                     // those before the line break stay, those behind it are one space
	LineFoldKeepsAll                       // they stay
)

// PortRules are an engine's departures in port blocking.
type PortRules struct {
	Allowed []uint16 // ports that the Standard blocks and the engine doesn't
}

// ResponseRules are an engine's departures in what becomes of responses before
// anyone checks them.
type ResponseRules struct {
	// ProxyAuthenticationShown hands over a 407 like any other response.
	ProxyAuthenticationShown bool

	// FirstOnly are the names of headers of which only the first of several
	// values is received.
	FirstOnly []string

	// SameOnly are those of FirstOnly that fail the request where values differ.
	SameOnly []string

	// SkipEmpty receives no empty value of a header that has others. Nosniff is
	// determined from the values as they were sent.
	SkipEmpty bool

	// KeepEmpty are the names of headers that SkipEmpty does not apply to.
	KeepEmpty []string

	// OneAllowOrigin fails the CORS check if there is a second header
	// Access-Control-Allow-Origin in this spelling, even an empty one that SkipEmpty
	// skips. HTTP/2 has names in lower case only, and so never fails.
	OneAllowOrigin bool

	// TightType joins values of Content-Type with a comma without a space.
	TightType bool

	// FeedJoined are the names of headers whose values are joined with a line
	// feed, which fetch() hides and XMLHttpRequest shows.
	FeedJoined []string

	// HTTP2Header is a header that every response over HTTP/2 is given, with the
	// value "h2"; "" is none.
	HTTP2Header string

	// ShortErrorBodies takes a body that ends before its Content-Length for whole
	// where the status is none of 200 to 299.
	ShortErrorBodies bool

	// ShortHTTP2Bodies does so over HTTP/2.
	ShortHTTP2Bodies bool

	// OpaqueBodyBreaks fails the reading of an opaque response's body, which is
	// empty, where the body behind it breaks off.
	OpaqueBodyBreaks bool

	// AboutAnyCase answers about:BLANK as it does about:blank.
	AboutAnyCase bool

	// DataLength gives fetch()'s response to a data: URL a Content-Length.
	DataLength bool

	// Unambiguous are names of headers that a response may not have with
	// different values, and may have with equal ones. But for Location, the values
	// are the members of a list.
	Unambiguous []string

	// BlobRange says which ranges of a blob: URL's blob can be asked for.
	BlobRange safelist.RangeRule

	// BlobSuffix is what becomes of a range of a blob's last bytes, if it has not so
	// many, or none are asked for.
	BlobSuffix BlobSuffixRule

	// ResetContent is what becomes of the body of a 205.
	ResetContent ResetContentRule
}

// A BlobSuffixRule is what an engine makes of a range of more of a blob's last
// bytes than it has, and of a range of none.
type BlobSuffixRule uint8

const (
	BlobSuffixSliced  BlobSuffixRule = iota // as the Standard slices: a start before the blob counts from its end; none are none
	BlobSuffixClamped                       // more are all, none fail
	BlobSuffixWithin                        // both fail
)

// A ResetContentRule is what an engine makes of the body of a 205.
type ResetContentRule uint8

const (
	ResetContentEmpty     ResetContentRule = iota // null, as the Standard has it
	ResetContentHTTP2Body                         // shown if it came over HTTP/2; else the transport's to leave out
	ResetContentBody                              // shown
)

// PolicyRules are an engine's departures in blocking responses.
type PolicyRules struct {
	// IPNeverSameSite keeps Cross-Origin-Resource-Policy: same-site from
	// matching where hosts are IP addresses.
	IPNeverSameSite bool

	// MixedContentOnHTTPSOnly knows mixed content only in pages from https:, not
	// in other potentially trustworthy ones such as http://localhost.
	MixedContentOnHTTPSOnly bool

	// LoopbackIsMixed takes http: URLs of loopback for mixed content as any other.
	LoopbackIsMixed bool

	// UnknownResourcePolicyAllows allows a response whose
	// Cross-Origin-Resource-Policy is neither empty nor a value that exists, whatever
	// the page's embedder policy.
	UnknownResourcePolicyAllows bool

	// NoCORSFollowsOnly refuses mode no-cors with a redirect mode other than follow
	// for data: URLs too.
	NoCORSFollowsOnly bool

	// NoAboutBlank refuses about:blank in mode no-cors too.
	NoAboutBlank bool

	// URLNeedsChallenge lets the username and password of a URL answer a 401 only
	// if it has a challenge.
	URLNeedsChallenge bool

	// URLAnswersChallenge answers a 401 with the username and password of an
	// XMLHttpRequest's URL whatever its tainting and credentials.
	URLAnswersChallenge bool

	// CredentiallessIgnored treats the embedder policy credentialless as
	// unsafe-none.
	CredentiallessIgnored bool
}

// WebSocketRules are an engine's departures in the handshake of a WebSocket.
type WebSocketRules struct {
	// NoMetadata sends no Sec-Fetch-* headers.
	NoMetadata bool

	// Destination is what Sec-Fetch-Dest says; "" is "empty".
	Destination Destination

	// NoAccept sends no Accept.
	NoAccept bool

	// FollowsRedirects follows redirects.
	FollowsRedirects bool

	// SilenceAllowed opens the connection, without a subprotocol, where script
	// asked for one and the server names none.
	SilenceAllowed bool

	// UnaskedProtocolIgnored opens the connection, without a subprotocol, where
	// script asked for none and the server names one.
	UnaskedProtocolIgnored bool

	// ProtocolAnyCase compares subprotocols without regard to case.
	ProtocolAnyCase bool
}

// MessageRules are an engine's words for the exceptions that script gets.
type MessageRules struct {
	// NetworkError is the message for a network error; "" is "Failed to fetch".
	NetworkError string

	// Aborted is the message for a request that was cancelled; "" is "The operation
	// was aborted".
	Aborted string
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
	q.Safelist.WildcardStillExposes = slices.Clone(p.Safelist.WildcardStillExposes)
	q.Preflight.BypassCache = slices.Clone(p.Preflight.BypassCache)
	q.Credentials.Authentication.DigestAlgorithms = slices.Clone(p.Credentials.Authentication.DigestAlgorithms)
	q.Headers.LastOnly = slices.Clone(p.Headers.LastOnly)
	q.Headers.Spellings = slices.Clone(p.Headers.Spellings)
	q.Headers.FirstOnly = slices.Clone(p.Headers.FirstOnly)
	q.Headers.JoinEmpty = slices.Clone(p.Headers.JoinEmpty)
	q.Preflight.FillBypassed = slices.Clone(p.Preflight.FillBypassed)
	q.Response.Unambiguous = slices.Clone(p.Response.Unambiguous)
	q.Response.FirstOnly = slices.Clone(p.Response.FirstOnly)
	q.Response.KeepEmpty = slices.Clone(p.Response.KeepEmpty)
	q.Response.SameOnly = slices.Clone(p.Response.SameOnly)
	q.Response.FeedJoined = slices.Clone(p.Response.FeedJoined)
	q.Ports.Allowed = slices.Clone(p.Ports.Allowed)
	return &q
}
