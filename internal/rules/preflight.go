package rules

// Preflight holds a user agent's departures in CORS-preflight fetch.
type Preflight struct {
	// MaxAge says how odd values of Access-Control-Max-Age are read.
	MaxAge MaxAge

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
	BypassCache []string

	// With these of the cache modes in BypassCache the preflight cache is filled,
	// though not asked.
	FillBypassed []string

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

// MaxAge holds a user agent's departures in reading Access-Control-Max-Age.
type MaxAge struct {
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
