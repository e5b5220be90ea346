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
	// A URL may have spaces in its host, which are percent-encoded.
	HostSpaces bool

	// A stream as body turns mode same-origin into cors.
	StreamMakesCORS bool

	// Every charset in the Content-Type of an XMLHttpRequest with a string is
	// overwritten with UTF-8 where it stands, whether the value parses or not.
	CharsetInPlace bool

	// The type of a Blob that XMLHttpRequest sends is left out unless it parses to
	// its end. It has to have a type, a subtype and whole parameters.
	BlobTypeParsed bool

	// The type of a Blob that XMLHttpRequest sends is left out unless it is a MIME
	// type.
	BlobTypeIsMIMEType bool

	// An HTTP(S) URL that is written with a tab or a line break and a “<” is
	// blocked, and one that is relative to such a base URL. It does not matter
	// where in the URL they stand. URLs that redirects lead to or that the user
	// typed are not checked.
	DanglingMarkup bool

	// A subresource is not fetched from a URL with a username or password, nor
	// redirected to one, unless the page's own URL has the same ones and the same
	// origin. Requests of XMLHttpRequest are excepted. A navigation is not a
	// subresource.
	UserinfoBlocked bool

	// The URL of an element in mode cors, except a track, and of audio and video in
	// any mode, loses its username and password.
	ElementUserinfoDropped bool

	// Blanks at the end of a data: URL are left out, and all of them where it is
	// base64.
	DataURLBlanks bool

	// A keepalive request whose body exceeds the quota fails before its preflight.
	KeepaliveEarly bool

	// In mode no-cors the type of a Blob is sent, whatever it is.
	BlobTypeUnguarded bool

	// XMLHttpRequest sends the Content-Type of a URLSearchParams object that it
	// leaves out because the method is GET or HEAD.
	FormTypeWithoutBody bool

	// XMLHttpRequest leaves an empty charset in the Content-Type that script set.
	EmptyCharsetKept bool

	// The username and password of an XMLHttpRequest's URL come off it when it goes
	// to another origin, and when a server was answered with them; responseURL
	// shows it.
	UserinfoTaken bool

	// Cache mode only-if-cached goes to the server where nothing is cached.
	OnlyIfCachedAsks bool
}

// PreflightRules are an engine's departures in CORS-preflight fetch.
type PreflightRules struct {
	// MaxAge says how odd values of Access-Control-Max-Age are read.
	MaxAge MaxAgeRules

	// “*” in Access-Control-Allow-Headers covers Authorization, without
	// credentials.
	WildcardCoversAuthorization bool

	// A preflight is made as if no redirect had gone before: its Origin, which its
	// response has to allow, is the page's though the request's be “null”, and
	// its Sec-Fetch-Site is about the URL at hand alone. Back at the page's own
	// origin nothing has to allow it. The preflight cache goes by that origin too.
	ForgetRedirects bool

	// The Content-Type of an XMLHttpRequest is judged as script set it.
	TypeBeforeCharset bool

	// A preflight's status is looked at before the CORS check, so that it is the
	// reason given. The verdict is the same.
	StatusFirst bool

	// A preflight goes over the connections that the page's other requests without
	// credentials go over.
	PagePartition bool

	// With these cache modes the preflight cache is neither asked nor filled.
	BypassCache []CacheMode

	// With these of the cache modes in BypassCache the preflight cache is filled,
	// though not asked.
	FillBypassed []CacheMode

	// A method that is not safelisted has to be listed also where an upload
	// listener or a stream forces the preflight.
	NoImpliedMethod bool

	// A failed preflight leaves what is cached for its URL.
	KeepEntriesOnPreflightFailure bool
	// What fails after a preflight leaves what is cached for its URL.
	KeepEntriesOnActualFailure bool

	// A redirect that mode error refuses leaves what is cached for its URL.
	KeepEntriesOnModeError bool

	// A redirect to what is blocked, mixed content or a bad port, clears what is
	// cached for the URL that redirected.
	ClearRedirectingURL bool

	// The failure of a request that needed no preflight clears what is cached for
	// its URL too.
	ClearOnSimpleFailure bool

	// A request whose headers or upload listener called for a preflight when it was
	// made is preflighted at every cross-origin hop, and any at each after one that
	// was, for the names of the headers that the last redirect has left of those it
	// was made with.
	StickyHeadersOnRedirect bool

	// Whether a preflight is needed, and what for, goes by the headers that the
	// request was made with, also by those that redirects have taken off.
	ByFirstHeaders bool

	// The preflight of a redirected request has the Referer of its first hop.
	FirstReferrer bool

	// A preflight carries the User-Agent that script set.
	ScriptUserAgent bool

	// What a preflight allows is cached also when it does not cover the request it
	// was made for.
	StoreRefused bool

	// What was allowed to a request that redirects have tainted serves no other
	// request.
	TaintedNotShared bool

	// What was allowed to the origin “null” serves later hops of the same
	// request, and no other request. The origin is “null” because of redirects
	// or because the page's is.
	NullNotShared bool

	// A listener on XMLHttpRequest's upload forces a preflight only if there is a
	// body.
	ListenerNeedsBody bool

	// A preflight carries the Cache-Control and Pragma of its request's cache mode.
	InheritCacheHeaders bool
}

// MaxAgeRules are an engine's departures in reading Access-Control-Max-Age.
type MaxAgeRules struct {
	// With an Access-Control-Max-Age that does not parse, the preflight is not
	// cached.
	InvalidNotCached bool
	// With a negative Access-Control-Max-Age the preflight is not cached.
	NegativeNotCached bool
	// “+60” as Access-Control-Max-Age is 60 seconds.
	AcceptPlus bool
	// An Access-Control-Max-Age beyond 2⁶³−1 does not parse: 5 seconds.
	OverflowIsInvalid bool
	// An empty Access-Control-Max-Age counts as none, so that the preflight is
	// cached for 5 seconds.
	EmptyIsMissing bool
}

// RedirectRules are an engine's departures in HTTP-redirect fetch.
type RedirectRules struct {
	// Location is looked at before the redirect mode: what does not parse fails
	// with any, and without one mode error has nothing to refuse.
	LocationFirst bool

	// Without a Location, or with an empty one, modes error and manual hand the
	// response over; in mode manual only its body can be read.
	NoLocationNoRedirect bool

	// Several Locations are one, joined with commas.
	JoinLocations bool

	// A redirect of a request that started within the page's origin is held to the
	// CORS check with credentials, unless they are omitted.
	SameOriginIncludes bool

	// In mode cors each redirect across origins goes on with the headers that the
	// request was made with: Content-Type is back after an earlier redirect took it
	// off with the body.
	FirstHeaders bool

	// A 307 or 308 brings back the Content-Type that an earlier redirect took off
	// with the body.
	TypeRestored bool

	// Within the page's origin a redirected request has the browser's own
	// User-Agent.
	OwnUserAgent bool

	// In mode cors, what a redirect to another origin leads to does without the
	// Cache-Control and Pragma of the cache mode.
	NoCacheHeadersAcrossOrigins bool

	// Where a redirect leads, the preflight is sent before mixed content, a bad
	// port over http:, or a username in the Location that leaves the page's origin
	// is found. The check of SameOriginIncludes comes after the preflight too. A
	// preflight to a bad port comes to nothing.
	BlockedAfterPreflight bool

	// In mode manual a redirect to an ftp: URL fails.
	ManualRefusesScheme bool

	// EmptyLocation is what an empty Location does.
	EmptyLocation EmptyLocationRule

	// Headers that a redirect strips, such as Authorization or Content-Type, are
	// back at the next redirect that does not strip them itself. Each redirect
	// strips anew: request-body headers if its status would turn the method that
	// script gave into GET, Authorization if it leads to another origin. Of the
	// headers of an XMLHttpRequest only those that script set come back.
	StripOnce bool

	// Policy is how Referrer-Policy is read.
	Policy PolicyHeaderRule

	// The bytes of Location from 0x80 up are percent-encoded as they are.
	LocationBytes bool

	// Tabs and other control characters in Location are percent-encoded.
	LocationControls bool

	// Client hints such as DPR and ECT, set by script, are taken off where a
	// redirect leads to another origin than the page's. The hints are
	// Device-Memory, DPR, Width, Viewport-Width, RTT, Downlink and ECT.
	HintsStayBehind bool

	// A DELETE that is redirected to another origin becomes a GET, whatever the
	// status.
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
	// Origin on a request without CORS is the page's, whatever the referrer policy.
	OriginIgnoresReferrerPolicy bool

	// If script sets If-None-Match or the like, cache mode default becomes
	// no-cache.
	ConditionalIsNoCache bool

	// Where Cross-Origin-Embedder-Policy credentialless keeps a request from
	// including credentials, it has the Cache-Control and Pragma of cache mode
	// reload.
	CredentiallessReloads bool

	// A conditional header that script sets changes the cache mode of fetch() only,
	// not of XMLHttpRequest.
	ConditionalOfFetchOnly bool

	// Origin on a request without CORS is “null” after any redirect to another
	// origin.
	NullOriginAcrossOrigins bool

	// From https: to any other scheme is a downgrade for the referrer, to loopback
	// too.
	DowngradeByScheme bool

	// To another site, whatever the schemes, the policies
	// no-referrer-when-downgrade, origin-when-cross-origin and unsafe-url are
	// treated as strict-origin-when-cross-origin; the next redirect has the whole
	// referrer again. The whole referrer is the one that the request was made with,
	// or the one that it had when a redirect last set a policy.
	StrictAcrossSites bool

	// An empty referrer is the policy no-referrer, which makes the Origin of a
	// request without CORS “null”.
	NoReferrerIsPolicy bool

	// Within an origin a redirected request sends the Origin that it sent before,
	// as a GET too; a request without CORS that goes to another origin sends its
	// own, whatever the referrer policy.
	KeptOriginOnRedirect bool

	// An XMLHttpRequest of a page with an opaque origin has the page's URL for a
	// referrer.
	SandboxedReferrer bool

	// Referer to another site, schemes aside, is no more than the page's origin,
	// whatever the policy; where a redirect leads back from there, it is whole
	// again.
	TrimReferrerWhenSent bool

	// Whether there are Sec-Fetch-* headers goes by the URL redirected to.
	MetadataByCurrentURL bool

	// In Sec-Fetch-Site, http: and https: URLs of one registrable domain are of one
	// site if both are potentially trustworthy, as those of localhost are.
	TrustedSchemesSameSite bool

	// In Sec-Fetch-Site, after a redirect, another origin over http:, such as
	// another port of http://localhost, is of another site.
	InsecureHopsCrossSite bool

	// A GET or HEAD without CORS, with credentials, carries Origin if it goes from
	// another site, such as a sandboxed frame, to the site of the top-level page. A
	// redirect to another origin ends this.
	OriginWithStorageAccess bool

	// If fetch() was given several values for a header, those up to the last empty
	// one are not sent.
	LastAfterEmpty bool

	// If fetch() was given several values for one of these headers, only the last
	// is sent.
	LastOnly []string

	// If fetch() was given several values for one of these headers, only the first
	// is sent. With LastAfterEmpty, an empty value that follows replaces it.
	FirstOnly []string

	// An empty value of one of these headers stays before the values that fetch()
	// was given after it: “, a”.
	JoinEmpty []string

	// Sec-Fetch-Site of a preflight is about the page's origin and the URL at hand,
	// whatever redirects led there.
	PreflightSiteByURL bool

	// A Range of one range, in a GET that may go through the HTTP cache, is sent in
	// its plainest form.
	RangeRewritten bool

	// An audio or video element that asks for the whole resource sends Range:
	// bytes=0-.
	MediaRange bool

	// A frame of another site sends Origin with every request to the top-level
	// page's site that includes credentials. This includes GET and HEAD without
	// CORS. The first URL decides; redirects change nothing.
	OriginOfFrames bool

	// These names are sent in this spelling.
	Spellings []string

	// Of several values for Content-Type that fetch() was given, the first is sent
	// if there is a body, until a redirect. After a redirect LastOnly decides.
	FirstBodyType bool

	// In mode cors, what a redirect to another origin leads to has no Sec-Fetch-*
	// headers; its preflight has them.
	NoMetadataOnRedirect bool

	// A preflight has Sec-Fetch-* headers only if the request's first URL is
	// potentially trustworthy too.
	PreflightMetadataByFirst bool

	// Sec-Fetch-Site of a preflight goes by its Origin and its URL alone: if
	// redirects have tainted it, it is cross-site.
	PreflightSiteByOrigin bool

	// Header values that script set are sent in UTF-8.
	UTF8Values bool

	// Bytes of a response's header values that are not UTF-8 are replaced by
	// U+FFFD, in UTF-8.
	ReplaceNotUTF8 bool

	// Navigations have this Accept. The empty string means the Standard's.
	NavigationAccept string

	// A navigation that begins with POST has cache mode no-cache, also after a
	// redirect.
	FormsRevalidate bool

	// Navigations that the user began have no Sec-Fetch-User.
	NoUserHeader bool

	// Preflights carry Sec-Fetch-Mode also to URLs that are not potentially
	// trustworthy.
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
	// A request with a safe method is sent again when its connection closes without
	// an answer, up to this many times in all. 0 means once.
	SafeTries int

	// Over HTTP/2 Content-Length is ignored.
	HTTP2AnyLength bool

	// A response over HTTP/2 may have Transfer-Encoding, which is left out.
	HTTP2TransferEncoding bool

	// Content-Length with different values is a network error also where there is
	// no body.
	HeadLengthUnambiguous bool

	// HTTP/1.1 is used with every server.
	HTTP1Only bool

	// The bodies of redirects and preflights are read to their end; if one is cut
	// short, the request fails.
	BodyToItsEnd bool

	// Of several Content-Length and Transfer-Encoding headers the last one counts;
	// a length may have a sign, is 0 if it is empty, and fails if it is not a
	// number; codings other than chunked and identity fail. Chunks may end without
	// the last one.
	LastLength bool

	// Blanks between a response header's name and its colon belong to neither, over
	// HTTP/1.1.
	NameBlanks bool

	// A response header whose name has a NUL is skipped, over HTTP/1.1.
	NULNameSkipped bool

	// LineFold is what becomes of the blanks where the value of a header goes on
	// with the next line.
	LineFold LineFoldRule

	// The path and query of a URL are sent with unreserved characters decoded and
	// other escapes in upper case: %61%2f as a%2F. Cookies go by that path. It is
	// the URL that a response shows, unless it has a fragment.
	EscapesNormalized bool

	// Half a code unit at the end of UTF-16 is dropped from XMLHttpRequest's text.
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
	// These ports are open.
	Allowed []uint16
}

// ResponseRules are an engine's departures in what becomes of responses before
// anyone checks them.
type ResponseRules struct {
	// A 407 from a server is handed over.
	ProxyAuthenticationShown bool

	// If a response repeats one of these headers, only the first value counts.
	FirstOnly []string

	// A response that repeats one of these headers with another value is a network
	// error. Each of them has to be in FirstOnly too.
	SameOnly []string

	// An empty value of a repeated response header is left out. Nosniff is
	// determined from the values as they were sent.
	SkipEmpty bool

	// These headers keep the empty values that SkipEmpty leaves out.
	KeepEmpty []string

	// With two headers that are spelled Access-Control-Allow-Origin the CORS check
	// fails, even if one is empty. Names in lower case, as all are over HTTP/2, are
	// not counted.
	OneAllowOrigin bool

	// Repeated Content-Type headers of a response are joined with a comma alone.
	TightType bool

	// If a response repeats one of these headers, the values are joined with a line
	// feed: fetch() does not show them, XMLHttpRequest does.
	FeedJoined []string

	// Every response over HTTP/2 has this header, with the value “h2”. The
	// empty string means none.
	HTTP2Header string

	// A body that ends before its Content-Length counts as whole if the status is
	// not ok. The ok statuses are 200 to 299.
	ShortErrorBodies bool

	// A body over HTTP/2 that ends before its Content-Length counts as whole.
	ShortHTTP2Bodies bool

	// Script that reads an opaque response's body, which is empty, gets an error if
	// the body behind it breaks off.
	OpaqueBodyBreaks bool

	// about:BLANK is about:blank.
	AboutAnyCase bool

	// The response to fetch() of a data: URL has a Content-Length.
	DataLength bool

	// A response with different values for one of these headers is a network error;
	// the same value twice counts once. Except for Location, the values are the
	// members of a list.
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
	// Cross-Origin-Resource-Policy: same-site never matches where a host is an IP
	// address.
	IPNeverSameSite bool

	// Only pages from https: can have mixed content.
	MixedContentOnHTTPSOnly bool

	// http: URLs of loopback are mixed content too.
	LoopbackIsMixed bool

	// A value of Cross-Origin-Resource-Policy that does not exist lets the response
	// through, whatever the page's Cross-Origin-Embedder-Policy. An empty value
	// does not.
	UnknownResourcePolicyAllows bool

	// Mode no-cors with redirect mode error or manual can't fetch data: URLs.
	NoCORSFollowsOnly bool

	// about:blank can't be fetched in mode no-cors either.
	NoAboutBlank bool

	// A 401 without a challenge is not answered with the URL's username and
	// password.
	URLNeedsChallenge bool

	// A username and password in an XMLHttpRequest's URL answer a 401, in CORS and
	// without credentials too.
	URLAnswersChallenge bool

	// The embedder policy credentialless is treated as unsafe-none.
	CredentiallessIgnored bool
}

// WebSocketRules are an engine's departures in the handshake of a WebSocket.
type WebSocketRules struct {
	// A WebSocket's handshake has no Sec-Fetch-* headers.
	NoMetadata bool

	// The Sec-Fetch-Dest of a WebSocket's handshake is this word. The empty string
	// means “empty”.
	Destination Destination

	// A WebSocket's handshake has no Accept.
	NoAccept bool

	// A redirect of a WebSocket's handshake is followed.
	FollowsRedirects bool

	// A WebSocket opens without a subprotocol where script asked for one and the
	// server names none.
	SilenceAllowed bool

	// A WebSocket opens without a subprotocol where script asked for none and the
	// server names one.
	UnaskedProtocolIgnored bool

	// The server may name a WebSocket's subprotocol in another case.
	ProtocolAnyCase bool
}

// MessageRules are an engine's words for the exceptions that script gets.
type MessageRules struct {
	// The exception for a network error has this message. The empty string means
	// “Failed to fetch”.
	NetworkError string

	// The exception for a request that was cancelled has this message. The empty
	// string means “The operation was aborted”.
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
