package rules

// Headers holds a user agent's departures in the headers that a browser adds.
type Headers struct {
	// Origin on a request without CORS is the page's, whatever the referrer policy.
	OriginIgnoresReferrerPolicy bool

	// If script sets If-None-Match or the like, cache mode default becomes
	// no-cache.
	ConditionalIsNoCache bool

	// The media player makes the requests of audio and video: without
	// Accept-Encoding, and with Icy-Metadata: 1.
	MediaPlayer bool

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

	// Only http: and https: URLs are sent as Referer.
	ReferrerOfWeb bool

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

	// Referer to another site, ignoring schemes, is at most the page's origin,
	// whatever the policy. After a redirect back from there it is complete again.
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

	// A request in mode cors that a redirect has just led to another origin accepts
	// content codings although it has a Range.
	RangeForgotten bool

	// An empty Blob counts as no body for Content-Length, and so does the empty
	// body of an XMLHttpRequest that is a URLSearchParams object or has a listener
	// on upload.
	EmptyIsNone bool

	// Accept is this in some requests.
	Accept []HeaderCase

	// Accept-Encoding is this, if there is no Range, and these content codings are
	// undone. Where no case fits it is the Standard's.
	Codings []HeaderCase

	// Accept-Language is added when a request is sent, to preflights too, and never
	// counts for whether there is a preflight.
	LateAcceptLanguage bool

	// Requests have this Priority, unless script has set one. An empty value is
	// none.
	Priority []HeaderCase

	// Priority is sent over HTTP/2 only.
	PriorityOverHTTP2 bool

	// Requests over HTTP/2 have TE: trailers.
	Trailers bool

	// Navigations have Upgrade-Insecure-Requests only if they begin with an http:
	// URL.
	UpgradeOfInsecureOnly bool

	// A request whose redirects have tainted it has no Sec-Fetch-Storage-Access.
	NoStorageAccessOnceTainted bool

	// A request with a body sends these names in this spelling after a redirect.
	RedirectSpellings []string

	// Headers are sent in this order. Names stand as they are spelled on the wire;
	// those that are not named go last. <script> stands for what script set, in its
	// order; ! marks a name whose place is the same if script sets it, ^ one whose
	// place is the same if the cache mode would set it too. Names in braces are in
	// the order of a hash table, into which they get as they stand here. <no-body>,
	// <again>, <range>, <answer>, <strict-referrer> and <restored-type> are places
	// that a header has in a special case, and the words of Groups those of what
	// script set. Client hints, DNT, Sec-GPC and Sec-Fetch-Storage-Access are sent
	// only with requests whose order names them.
	Order []HeaderCase

	// Headers of these names, set by script, have a place of their own in Order.
	Groups []HeaderCase

	// A navigation that begins with POST has cache mode no-cache, also after a
	// redirect.
	FormsRevalidate bool

	// Navigations that the user began have no Sec-Fetch-User.
	NoUserHeader bool

	// Preflights carry Sec-Fetch-Mode also to URLs that are not potentially
	// trustworthy.
	PreflightModeAlways bool
}
