package engine

import "github.com/browsercors/browsercors/internal/rules"

// hstsDeviations are the departures that concern HSTS, and the upgrades of http: URLs.
var hstsDeviations = []deviation{
	{
		field:    "HSTS.Upgrade",
		value:    rules.HSTSRedirects,
		does:     "For an http: URL of an HSTS host the browser answers with a 307 of its own. It is a redirect like any other: it fails in mode error and for a preflight, and makes Origin null across origins.",
		standard: "The request's URL becomes https:.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"chromium": "net/url_request/url_request_http_job.cc, redirect_util.cc; " + seen},
	}, {
		field:    "HSTS.Upgrade",
		value:    rules.HSTSSilent,
		does:     "A request for an http: URL of an HSTS host goes on to the https: URL within the browser. Only Response.redirected shows it.",
		standard: "The request's URL becomes https:, which is not a redirect.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpChannel.cpp, HandleAsyncRedirectChannelToHttps; " + seen},
	}, {
		field:    "HSTS.Upgrade",
		value:    rules.HSTSNever,
		does:     "There is no HSTS.",
		standard: "An http: URL of an HSTS host becomes https:.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"webkit": "seen in WebKitGTK, with a CA that the system trusts"},
	}, {
		field:    "HSTS.ByTopLevelSite",
		does:     "Each top-level site has its own HSTS hosts.",
		standard: "A host is an HSTS host for all pages.",
		section:  "https://www.rfc-editor.org/rfc/rfc6797#section-8.1",
		sources:  map[string]string{"firefox": "toolkit/components/antitracking/StoragePrincipalHelper.cpp, GetOriginAttributesForHSTS; " + seen},
	}, {
		field:    "HSTS.FirstPartyOnly",
		does:     "A response counts only if its URL is of the top-level page's site.",
		standard: "Every response that came over https: counts.",
		section:  "https://www.rfc-editor.org/rfc/rfc6797#section-8.1",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpChannel.cpp, ProcessSecurityHeaders; " + seen},
	}, {
		field:    "HSTS.MaxAge",
		does:     "A policy lasts no longer than this.",
		detail:   "0 means that there is no such limit.",
		standard: "It lasts as long as max-age says.",
		section:  "https://www.rfc-editor.org/rfc/rfc6797#section-6.1.1",
		sources:  map[string]string{"chromium": "net/http/http_security_headers.h"},
	}, {
		field:    "MixedContent.UpgradeRedirects",
		does:     "An http: URL that is upgraded is redirected within the user agent: only Response.redirected shows that.",
		standard: "The request's URL becomes https:, which is not a redirect.",
		section:  "https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpChannel.cpp, HandleAsyncRedirectChannelToHttps; " + seen},
	}, {
		field:    "MixedContent.URLStaysInsecure",
		does:     "The Response.url of fetch() is the http: URL that upgrade-insecure-requests has upgraded.",
		standard: "It is the https: URL.",
		section:  "https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "MixedContent.ModeBeforeUpgrade",
		does:     "fetch() looks at mode same-origin before upgrade-insecure-requests.",
		standard: "It looks at the https: URL.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/core/fetch/fetch_manager.cc; " + seen},
	}, {
		field:    "MixedContent.Loopback",
		value:    rules.LoopbackUpgradedRedirected,
		does:     "upgrade-insecure-requests leaves URLs of loopback as they are. What a redirect leads to there is upgraded; so is mixed content, unless the request has been to another origin by CORS.",
		standard: "By upgrade-insecure-requests they become https:, and they are not mixed content.",
		section:  "https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "MixedContent.Loopback",
		value:    rules.LoopbackStays,
		does:     "upgrade-insecure-requests leaves URLs of loopback as they are, unless a WebSocket asks for them.",
		standard: "They become https:.",
		section:  "https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "MixedContent.Addresses",
		value:    rules.UpgradedAddressesIPv6,
		does:     "Mixed content on an IPv6 address is upgraded, too.",
		standard: "What is on an IP address is blocked instead.",
		section:  "https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "MixedContent.Addresses",
		value:    rules.UpgradedAddressesRedirected,
		does:     "Mixed content on an IP address is upgraded, if a redirect leads there and the request has not been to another origin by CORS.",
		standard: "It is blocked.",
		section:  "https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "MixedContent.Addresses",
		value:    rules.UpgradedAddressesAll,
		does:     "Mixed content on an IP address is upgraded, too.",
		standard: "It is blocked instead.",
		section:  "https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "MixedContent.TrackWithCORS",
		does:     "A track with crossorigin is not mixed content.",
		standard: "It is, and blocked.",
		section:  "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "MixedContent.MediaWithoutReferrer",
		does:     "The first request of an audio or a video, if it is upgraded, has no Referer where the http: URL would have got none.",
		standard: "It has the Referer of any https: URL.",
		section:  "https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "MixedContent.RedirectThroughInsecure",
		does:     "A request that is redirected to http: and upgraded as mixed content counts as having gone through the http: URL.",
		standard: "It is redirected to the https: URL.",
		section:  "https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm",
		sources:  map[string]string{"webkit": seen},
	},
}
