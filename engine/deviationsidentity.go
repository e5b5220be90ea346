package engine

// identityDeviations are what the engines say of themselves, and in which order they send
// their headers.
var identityDeviations = []deviation{
	{
		field:    "Identity.UserAgent",
		does:     "User-Agent is this.",
		standard: "Its value is up to the user agent.",
		section:  "https://fetch.spec.whatwg.org/#default-user-agent-value",
		sources:  map[string]string{"chromium": seen + ", where a headless one says HeadlessChrome", "firefox": seen, "webkit": seen},
	}, {
		field:    "Identity.AcceptLanguage",
		does:     "Accept-Language is this.",
		detail:   "Options.AcceptLanguage comes first.",
		standard: "It names the user's languages.",
		section:  "https://fetch.spec.whatwg.org/#concept-fetch",
		sources:  map[string]string{"chromium": seen + ", for English of the United States", "firefox": seen + ", for English of the United States", "webkit": ownNetwork + ", for English of the United States"},
	}, {
		field:    "Identity.Hints",
		does:     "Requests to potentially trustworthy URLs have these client hints: sec-ch-ua, sec-ch-ua-mobile and sec-ch-ua-platform always, the others if the Accept-CH of a document of that origin has asked for them.",
		detail:   "A subresource has the others only if it and all hops before are of the document's own origin. What is asked for lasts as long as the agent. A preflight, a WebSocket and a worker have none. Permissions policies and Critical-CH are not modelled.",
		standard: "There are no client hints.",
		section:  "https://wicg.github.io/client-hints-infrastructure/#abstract-opdef-append-client-hints-to-request",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/core/loader/base_fetch_context.cc, AddClientHintsIfNecessary; " + seen},
	}, {
		field:    "Headers.Accept",
		does:     "Accept is this in some requests.",
		standard: "It follows from the destination alone.",
		section:  "https://fetch.spec.whatwg.org/#concept-fetch",
		sources: map[string]string{
			"chromium": "content/browser/loader/navigation_url_loader_impl.cc; " + seen,
			"firefox":  seen,
			"webkit":   seen,
		},
	}, {
		field:    "Headers.Codings",
		does:     "Accept-Encoding is this, if there is no Range, and these content codings are undone.",
		detail:   "Where no case fits it is the Standard's.",
		standard: "It names what the user agent supports: gzip and deflate in the Standard's profile.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources: map[string]string{
			"chromium": seen,
			"firefox":  seen,
			"webkit":   ownNetwork,
		},
	}, {
		field:    "Headers.RangeForgotten",
		does:     "A request in mode cors that a redirect has just led to another origin accepts content codings although it has a Range.",
		standard: "With a Range, Accept-Encoding is identity.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Headers.EmptyIsNone",
		does:     "An empty Blob counts as no body for Content-Length, and so does the empty body of an XMLHttpRequest that is a URLSearchParams object or has a listener on upload.",
		standard: "An empty body has Content-Length: 0.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "Headers.LateAcceptLanguage",
		does:     "Accept-Language is added when a request is sent, to preflights too, and never counts for whether there is a preflight.",
		standard: "It is added to the request's header list before.",
		section:  "https://fetch.spec.whatwg.org/#concept-fetch",
		sources:  map[string]string{"chromium": seen, "firefox": seen, "webkit": ownNetwork},
	}, {
		field:    "Headers.Priority",
		does:     "Requests have this Priority, unless script has set one.",
		detail:   "An empty value is none.",
		standard: "How a priority is told to the server is up to the user agent.",
		section:  "https://fetch.spec.whatwg.org/#request-priority",
		sources: map[string]string{
			"chromium": seen,
			"firefox":  seen,
		},
	}, {
		field:    "Headers.PriorityOverHTTP2",
		does:     "Priority is sent over HTTP/2 only.",
		standard: "It is sent over any version of HTTP.",
		section:  "https://www.rfc-editor.org/rfc/rfc9218#section-5",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Headers.Trailers",
		does:     "Requests over HTTP/2 have TE: trailers.",
		standard: "No request asks for trailers.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Headers.UpgradeOfInsecureOnly",
		does:     "Navigations have Upgrade-Insecure-Requests only if they begin with an http: URL.",
		standard: "All of them have it.",
		section:  "https://w3c.github.io/webappsec-upgrade-insecure-requests/#preference",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Headers.NoStorageAccessOnceTainted",
		does:     "A request whose redirects have tainted it has no Sec-Fetch-Storage-Access.",
		standard: "Redirects change nothing about it.",
		section:  "https://privacycg.github.io/storage-access-headers/#sec-fetch-storage-access-header",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Headers.RedirectSpellings",
		does:     "A request with a body sends these names in this spelling after a redirect.",
		standard: "A name is sent as script first spelled it.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-append",
		sources:  map[string]string{"firefox": seen},
	}, {
		field: "Headers.Order",
		does:  "Headers are sent in this order.",
		detail: "Names stand as they are spelled on the wire; those that are not named go last. <script> stands for what script set, in its order; ! marks a name whose place is the same if script sets it, " +
			"^ one whose place is the same if the cache mode would set it too. Names in braces are in the order of a hash table, into which they get as they stand here. <no-body>, <again>, <range>, <answer>, " +
			"<strict-referrer> and <restored-type> are places that a header has in a special case, and the words of Groups those of what script set. Client hints, DNT, Sec-GPC and Sec-Fetch-Storage-Access are sent " +
			"only with requests whose order names them.",
		standard: "It is that in which the algorithms add them.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources: map[string]string{
			"chromium": "third_party/blink/renderer/platform/network/http_header_map.h, third_party/blink/renderer/platform/wtf/hash_table.h; " + seen,
			"firefox":  seen,
			"webkit":   "libsoup/soup-header-names.in; " + ownNetwork,
		},
	}, {
		field:    "Headers.Groups",
		does:     "Headers of these names, set by script, have a place of their own in Order.",
		standard: "All that script set stands together.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-append",
		sources:  map[string]string{"webkit": "libsoup/soup-header-names.in; " + seen},
	},
}
