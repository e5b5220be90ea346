package engine

import "github.com/browsercors/browsercors/internal/rules"

// preflightDeviations are the departures that concern preflights and their cache.
var preflightDeviations = []deviation{
	{
		field:    "PreflightCache.SplitCredentials",
		does:     "What was allowed with credentials does not serve a request without.",
		standard: "It serves both.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache-match",
		sources:  map[string]string{"firefox": "caps/BasePrincipal.cpp; " + seen},
	}, {
		field:    "PreflightCache.NoWildcard",
		does:     "A cached “*” covers no other method or header.",
		standard: "It covers any but Authorization.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache-match-method",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp; " + seen},
	}, {
		field:    "PreflightCache.WildcardUncredentialedEntry",
		does:     "A cached “*” counts only if its preflight was made for a request without credentials.",
		standard: "A cached “*” counts for all requests.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache-match-method",
		sources:  map[string]string{"chromium": "services/network/cors/preflight_result.cc"},
	}, {
		field:    "PreflightCache.WildcardUncredentialedRequest",
		does:     "A cached “*” counts only for a request without credentials.",
		standard: "A cached “*” counts for all requests.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache-match-method",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp"},
	}, {
		field:    "PreflightCache.WildcardCoversAuthorization",
		does:     "A cached “*” covers Authorization too.",
		standard: "Authorization has to be listed by name.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache-match-header",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp; " + seen},
	}, {
		field:    "PreflightCache.SafelistedByPresence",
		does:     "A request with GET, HEAD or POST whose preflight is forced, for example by an upload listener, needs an entry, but any entry will do.",
		standard: "It needs an entry for its method.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-fetch",
		sources: map[string]string{
			"chromium": "services/network/cors/preflight_cache.cc",
			"firefox":  "netwerk/protocol/http/nsCORSListenerProxy.cpp",
			"webkit":   "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp",
		},
	}, {
		field:    "PreflightCache.PresenceLasts",
		does:     "A request with GET or POST whose preflight is forced is spared it once any preflight of its URL was kept, however long ago.",
		detail:   "Only the URL and the credentials count, not what the preflight allowed.",
		standard: "It needs an entry for its method that is not too old.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-fetch",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, CacheEntry::CheckRequest; " + seen},
	}, {
		field:    "PreflightCache.ZeroChangesNothing",
		does:     "A preflight that is not to be cached, for example with Access-Control-Max-Age: 0, leaves the cache as it was.",
		standard: "It ends the entries for what it allows.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, AddResultToCache; " + seen},
	}, {
		field:    "PreflightCache.HeadNeedsEntry",
		does:     "HEAD needs an entry.",
		standard: "CORS-safelisted methods need none.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-fetch",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp"},
	}, {
		field:    "PreflightCache.EvictInsufficient",
		does:     "An entry that does not allow a request, or is too old, is dropped when that request looks for it.",
		standard: "It stays until its time is up.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-fetch",
		sources: map[string]string{
			"chromium": "services/network/cors/preflight_cache.cc",
			"webkit":   "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp",
		},
	}, {
		field:    "PreflightCache.MaxURLLength",
		does:     "No preflight is cached for a URL with more bytes than this.",
		detail:   "0 means any length.",
		standard: "URLs of any length are.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache",
		sources:  map[string]string{"chromium": "services/network/cors/preflight_cache.cc"},
	}, {
		field:    "PreflightCache.IgnoreFragment",
		does:     "URLs that differ in their fragment share their entries.",
		standard: "Whole URLs are compared.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache-match",
	},

	{
		field:    "PreflightLimits.MaxAge",
		does:     "No preflight is cached for longer than this.",
		detail:   "The Standard calls it the imposed limit on max-age.",
		standard: "The limit is the implementation's; here two hours.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources: map[string]string{
			"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, AddResultToCache",
			"webkit":  "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp",
		},
	}, {
		field:    "PreflightLimits.Entries",
		does:     "The preflight cache holds no more methods and header names than this.",
		detail:   "Each method and each header name of a URL is an entry.",
		standard: "Entries may be dropped at any time.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache",
	}, {
		field:    "PreflightLimits.Bytes",
		does:     "The preflight cache takes no more bytes than this.",
		detail:   "The number is an estimate.",
		standard: "Entries may be dropped at any time.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache",
	},

	{
		field:    "Credentials.ClientCertificateAlways",
		does:     "A TLS client certificate is presented on every connection, also for preflights and with credentials mode omit.",
		standard: "Only on connections for requests that include credentials.",
		section:  "https://fetch.spec.whatwg.org/#create-a-connection",
		sources: map[string]string{
			"chromium": "services/network/url_loader_util.cc, ShouldSendClientCertificates; " + seen,
			"webkit":   seen,
		},
	}, {
		field:    "Preflight.MaxAge.InvalidNotCached",
		does:     "With an Access-Control-Max-Age that does not parse, the preflight is not cached.",
		standard: "It is cached for 5 seconds.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, AddResultToCache; " + seen},
	}, {
		field:    "Preflight.MaxAge.NegativeNotCached",
		does:     "With a negative Access-Control-Max-Age the preflight is not cached.",
		standard: "A negative number does not parse: 5 seconds.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources: map[string]string{
			"chromium": "services/network/cors/preflight_result.cc, ParseAccessControlMaxAge; " + seen,
			"firefox":  "netwerk/protocol/http/nsCORSListenerProxy.cpp, AddResultToCache; " + seen,
			"webkit":   "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp, parseAccessControlMaxAge; " + seen,
		},
	}, {
		field:    "Preflight.MaxAge.AcceptPlus",
		does:     "“+60” as Access-Control-Max-Age is 60 seconds.",
		standard: "A sign does not parse: 5 seconds.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources: map[string]string{
			"chromium": "services/network/cors/preflight_result.cc, ParseAccessControlMaxAge",
			"webkit":   "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp, parseAccessControlMaxAge",
		},
	}, {
		field:    "Preflight.MaxAge.OverflowIsInvalid",
		does:     "An Access-Control-Max-Age beyond 2⁶³−1 does not parse: 5 seconds.",
		standard: "However large, it is cut to the limit.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources: map[string]string{
			"chromium": "services/network/cors/preflight_result.cc, ParseAccessControlMaxAge",
			"webkit":   "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp, parseAccessControlMaxAge",
		},
	}, {
		field:    "Preflight.MaxAge.EmptyIsMissing",
		does:     "An empty Access-Control-Max-Age counts as none, so that the preflight is cached for 5 seconds.",
		standard: "It does not parse, which is 5 seconds as well.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, AddResultToCache; " + seen},
	}, {
		field:    "Preflight.WildcardCoversAuthorization",
		does:     "“*” in Access-Control-Allow-Headers covers Authorization, without credentials.",
		standard: "Authorization has to be listed by name.",
		section:  "https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name",
		sources: map[string]string{
			"chromium": "services/network/public/cpp/features.cc, kCorsNonWildcardRequestHeadersSupport; " + seen,
			"firefox":  "modules/libpref/init/StaticPrefList.yaml, network.cors_preflight.authorization_covered_by_wildcard; " + seen,
			"webkit":   "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp, validateCrossOriginHeaders; " + seen,
		},
	}, {
		field:    "Preflight.ForgetRedirects",
		does:     "A preflight is made as if no redirect had gone before: its Origin, which its response has to allow, is the page's though the request's be “null”, and its Sec-Fetch-Site is about the URL at hand alone. Back at the page's own origin nothing has to allow it.",
		detail:   "The preflight cache goes by that origin too.",
		standard: "Its Origin is “null” then, as the request's, and its Sec-Fetch-Site about all URLs on the way.",
		section:  "https://fetch.spec.whatwg.org/#serializing-a-request-origin",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp; " + seen},
	}, {
		field:    "Preflight.PagePartition",
		does:     "A preflight goes over the connections that the page's other requests without credentials go over.",
		standard: "A preflight has no client, and so no network partition key: it shares connections with what is of no page.",
		section:  "https://fetch.spec.whatwg.org/#request-determine-the-network-partition-key",
		sources:  map[string]string{"chromium": seen, "firefox": seen, "webkit": seen},
	}, {
		field:    "Preflight.TypeBeforeCharset",
		does:     "The Content-Type of an XMLHttpRequest is judged as script set it.",
		standard: "It is judged with its charset changed to UTF-8.",
		section:  "https://xhr.spec.whatwg.org/#the-send()-method",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Preflight.StatusFirst",
		does:     "A preflight's status is looked at before the CORS check, so that it is the reason given.",
		detail:   "The verdict is the same.",
		standard: "The CORS check comes first, and either is a network error.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/CrossOriginAccessControl.cpp, validatePreflightResponse"},
	}, {
		field:    "Preflight.BypassCache",
		does:     "With these cache modes the preflight cache is neither asked nor filled.",
		standard: "The cache mode is about the HTTP cache only.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-fetch",
		sources: map[string]string{
			"chromium": "services/network/cors/preflight_controller.cc; " + seen,
			"firefox":  "netwerk/protocol/http/nsCORSListenerProxy.cpp; " + seen,
		},
	}, {
		field:    "Preflight.FillBypassed",
		does:     "With these of the cache modes in BypassCache the preflight cache is filled, though not asked.",
		standard: "The cache mode is about the HTTP cache only.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-fetch",
		sources: map[string]string{
			"chromium": "services/network/cors/preflight_controller.cc; " + seen,
			"firefox":  "netwerk/protocol/http/nsCORSListenerProxy.cpp, AddResultToCache; " + seen,
		},
	}, {
		field:    "Preflight.NoImpliedMethod",
		does:     "A method that is not safelisted has to be listed also where an upload listener or a stream forces the preflight.",
		standard: "Without Access-Control-Allow-Methods the method of such a request is allowed.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources:  map[string]string{"chromium": "services/network/cors/preflight_result.cc, EnsureAllowedCrossOriginMethod; " + seen, "webkit": "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp; " + seen, "firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, CheckPreflightRequestApproved; " + seen},
	}, {
		field:    "Preflight.KeepEntriesOnPreflightFailure",
		does:     "A failed preflight leaves what is cached for its URL.",
		standard: "The cache entries of its URL are cleared.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"chromium": "services/network/cors/preflight_cache.cc; " + seen, "webkit": "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp; " + seen},
	}, {
		field:    "Preflight.KeepEntriesOnActualFailure",
		does:     "What fails after a preflight leaves what is cached for its URL.",
		standard: "The cache entries of its URL are cleared.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources: map[string]string{
			"chromium": "services/network/cors/cors_url_loader.cc; " + seen,
			"webkit":   "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp; " + seen,
		},
	}, {
		field:    "Preflight.KeepEntriesOnModeError",
		does:     "A redirect that mode error refuses leaves what is cached for its URL.",
		standard: "Any network error clears the cache entries of its URL.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Preflight.ClearRedirectingURL",
		does:     "A redirect to what is blocked, mixed content or a bad port, clears what is cached for the URL that redirected.",
		standard: "It clears what is cached for the URL that it leads to.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, OnStartRequest; " + seen},
	}, {
		field:    "Preflight.ClearOnSimpleFailure",
		does:     "The failure of a request that needed no preflight clears what is cached for its URL too.",
		standard: "Only requests that need a preflight do.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, OnStartRequest; " + seen},
	}, {
		field:    "Preflight.StickyHeadersOnRedirect",
		does:     "A request whose headers or upload listener called for a preflight when it was made is preflighted at every cross-origin hop, and any at each after one that was, for the names of the headers that the last redirect has left of those it was made with.",
		standard: "Each hop is judged by its own method and headers.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources: map[string]string{
			"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, CheckPreflightNeeded; " + seen,
			"webkit":  "Source/WebKit/NetworkProcess/NetworkLoadChecker.cpp; " + seen,
		},
	}, {
		field:    "Preflight.ByFirstHeaders",
		does:     "Whether a preflight is needed, and what for, goes by the headers that the request was made with, also by those that redirects have taken off.",
		standard: "Each hop is judged by its own headers.",
		section:  "https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names",
		sources:  map[string]string{"webkit": "Source/WebKit/NetworkProcess/NetworkLoadChecker.cpp, m_originalRequestHeaders; " + seen},
	}, {
		field:    "Preflight.FirstReferrer",
		does:     "The preflight of a redirected request has the Referer of its first hop.",
		standard: "It has the Referer of the hop at hand.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources:  map[string]string{"webkit": "Source/WebKit/NetworkProcess/NetworkLoadChecker.cpp, checkCORSRequestWithPreflight; " + seen},
	}, {
		field:    "Preflight.ScriptUserAgent",
		does:     "A preflight carries the User-Agent that script set.",
		standard: "It carries the browser's own.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources:  map[string]string{"webkit": "Source/WebKit/NetworkProcess/NetworkLoadChecker.cpp, checkCORSRequestWithPreflight; " + seen},
	}, {
		field:    "Preflight.StoreRefused",
		does:     "What a preflight allows is cached also when it does not cover the request it was made for.",
		standard: "A preflight that fails is not cached.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/CrossOriginAccessControl.cpp, validatePreflightResponse; " + seen},
	}, {
		field:    "Preflight.TaintedNotShared",
		does:     "What was allowed to a request that redirects have tainted serves no other request.",
		standard: "All tainted requests have the origin “null”, and share what it was allowed.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp; " + seen},
	}, {
		field:    "Preflight.NullNotShared",
		does:     "What was allowed to the origin “null” serves later hops of the same request, and no other request.",
		detail:   "The origin is “null” because of redirects or because the page's is.",
		standard: "It is treated as other origins.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Preflight.InheritCacheHeaders",
		does:     "A preflight carries the Cache-Control and Pragma of its request's cache mode.",
		standard: "A preflight is a request of its own, with cache mode default.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources:  map[string]string{"chromium": seen, "firefox": seen},
	}, {
		field:    "Preflight.ListenerNeedsBody",
		does:     "A listener on XMLHttpRequest's upload forces a preflight only if there is a body.",
		standard: "The listener alone forces it.",
		section:  "https://xhr.spec.whatwg.org/#the-send()-method",
		sources:  map[string]string{"chromium": seen},
	},

	{
		field:    "Redirect.EmptyLocation",
		value:    rules.EmptyLocationIgnored,
		does:     "A redirect with an empty Location is handed over as the response.",
		standard: "An empty Location leads to the same URL again, up to the limit.",
		section:  "https://fetch.spec.whatwg.org/#concept-response-location-url",
		sources:  map[string]string{"chromium": seen},
	},
}
