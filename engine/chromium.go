package engine

import (
	"strings"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// Chromium returns the profile of Chromium. See [All].
func Chromium() *fetch.Profile {
	return &fetch.Profile{
		Name:    "chromium",
		Version: "156.0.8078.108",
		Identity: rules.Identity{
			UserAgent:      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
			AcceptLanguage: "en-US,en;q=0.9",
			Hints: []rules.Hint{
				{Name: "sec-ch-ua", Value: `"Not:A-Brand";v="8", "Chromium";v="156"`, Always: true},
				{Name: "sec-ch-ua-mobile", Value: "?0", Always: true},
				{Name: "sec-ch-ua-platform", Value: `"Linux"`, Always: true},
				{Name: "sec-ch-ua-platform-version", Value: `""`},
				{Name: "sec-ch-ua-full-version", Value: `"156.0.8078.108"`},
				{Name: "sec-ch-ua-full-version-list", Value: `"Not:A-Brand";v="8.0.0.0", "Chromium";v="156.0.8078.108"`},
				{Name: "sec-ch-ua-arch", Value: `"x86"`},
				{Name: "sec-ch-ua-bitness", Value: `"64"`},
				{Name: "sec-ch-ua-wow64", Value: "?0"},
				{Name: "sec-ch-ua-model", Value: `""`},
				{Name: "sec-ch-ua-form-factors", Value: `"Desktop"`},
				{Name: "sec-ch-prefers-color-scheme", Value: "light"},
				{Name: "sec-ch-prefers-reduced-motion", Value: "no-preference"},
				{Name: "sec-ch-prefers-reduced-transparency", Value: "no-preference"},
				{Name: "device-memory", Value: "8"},
				{Name: "sec-ch-device-memory", Value: "8"},
				{Name: "dpr", Value: "1"},
				{Name: "sec-ch-dpr", Value: "1"},
				{Name: "viewport-width", Value: "1280"},
				{Name: "sec-ch-viewport-width", Value: "1280"},
				{Name: "sec-ch-viewport-height", Value: "720"},
				{Name: "rtt", Value: "100"},
				{Name: "downlink", Value: "10"},
				{Name: "ect", Value: "4g"},
			},
		},
		Safelist: safelist.Rules{
			SafelistedHints:         true,
			JoinRepeated:            true,
			Range:                   rules.RangeInt64,
			ForbiddenRequestHeaders: []string{"user-agent"},
		},
		PreflightCache: rules.PreflightCache{
			WholeResult:                 true,
			WildcardUncredentialedEntry: true,
			EvictInsufficient:           true,
			SafelistedByPresence:        true,
			MaxURLLength:                1023,
		},
		PreflightLimits: preflightcache.Limits{MaxAge: 2 * time.Hour},
		HTTPCache: rules.HTTPCache{
			CacheControl:             rules.CacheControlExact,
			CacheRequest:             rules.CacheRequestReloads,
			ResponsePragma:           rules.ResponsePragmaMember,
			Dates:                    rules.CacheDatesLooseISO,
			InvalidExpiresIgnored:    true,
			ZeroExpires:              true,
			StoreNotModified:         true,
			VaryEmpty:                rules.VaryEmptyIsAbsent,
			HeadNotStale:             true,
			HeuristicStatuses:        []uint16{200, 203, 206},
			PermanentStatuses:        []uint16{300, 301, 308, 410},
			PermanentAnyAge:          true,
			NoHeuristicsByMark:       true,
			NoHeuristicsToRevalidate: true,
			NoStaleIfError:           true,
			NoAge:                    true,
			StoreUnmarked:            true,
			RefusedStatuses:          []uint16{401, 407, 416},
			Refusal:                  rules.RefusalNoStoreRemoves,
			NotStoredFields:          []string{"www-authenticate", "set-cookie", "set-cookie2", "clear-site-data", "strict-transport-security"},
			KeepConnectionFields:     true,
			OneResponse:              true,
			VaryExact:                true,
			ValidateUnmatched:        true,
			Head:                     rules.HeadRemoves,
			NullBodyByLength:         true,
			PartsNeedValidator:       true,
			NoVarySearch:             true,
			ReserveFor:               20 * time.Second,
			ConditionalStatuses:      []uint16{200, 206},
			NotUpdatedFields: []string{
				"www-authenticate", "content-location", "content-md5", "etag", "content-encoding", "content-range",
				"content-type", "content-length", "x-frame-options", "x-xss-protection", "x-content-*", "x-webkit-*",
			},
			AnyValidatorFreshens:  true,
			AgeOutlivesValidation: true,
			InvalidatingMethods:   []string{"POST", "PUT", "DELETE", "PATCH"},
			PutNeedsBody:          true,
			Use: rules.HTTPCacheUse{
				FrameSites:            true,
				OpaqueOriginsUncached: true,
				ReloadRemoves:         true,
				ConditionalFreshens:   true,
				StoreAfterChecks:      true,
				RedirectsUnchecked:    true,
				XHRUnchecked:          true,
				BackgroundAfterChecks: true,
				BackgroundByAge:       true,
				RefusedRemoves:        true,
				NoStoreKeeps:          true,
				ConditionalKeeps:      true,
				ForceCacheUnsafe:      true,
			},
		},
		ClearSiteData: rules.ClearSiteData{CacheOfOrigin: true, OwnNotStored: true},
		Credentials: rules.Credentials{
			ClientCertificateAlways: true,
			Authentication: rules.Authentication{
				Grammar:            rules.GrammarPairs,
				DigestAlgorithms:   []string{"MD5", "SHA-256"},
				QOP:                rules.QOPAuthOrNone,
				UsernameQuoted:     true,
				EmptyOpaqueDropped: true,
				Algorithm:          rules.AlgorithmCanonical,
				Order:              rules.OrderQOPFirst,
				BasicColon:         true,
				DigestByPath:       true,
			},
			Cookies: rules.Cookies{
				ThirdParty:               rules.ThirdPartyPartitioned,
				Unset:                    rules.UnsetIsLax,
				LaxUnsafe:                2 * time.Minute,
				SameSiteIgnoresRedirects: true,
				SecureOnLoopback:         true,
				Controls:                 rules.ControlTabRefused,
				EmptyDomainIgnored:       true,
				DomainLiteral:            true,
				DomainIDN:                true,
				AddressHostOnly:          true,
				PlusMaxAge:               true,
				LastAttributeWins:        true,
				Dates:                    rules.DatesOfWhole,
				ServerClock:              true,
				OverwriteRenews:          true,
				PerDomain:                true,
				PerHostPurge:             30,
				AccessResolution:         time.Minute,
			},
		},
		Request: rules.Request{
			HostSpaces:                 true,
			DanglingMarkup:             true,
			UserinfoBlocked:            true,
			ElementUserinfoDropped:     true,
			ManifestWithoutCredentials: true,
			StreamMakesCORS:            true,
			CharsetInPlace:             true,
			BlobTypeParsed:             true,
			KeepaliveEarly:             true,
		},
		Preflight: rules.Preflight{
			PagePartition:                 true,
			NullNotShared:                 true,
			MaxAge:                        rules.MaxAge{NegativeNotCached: true, AcceptPlus: true, OverflowIsInvalid: true},
			WildcardCoversAuthorization:   true,
			BypassCache:                   noPreflightCache(),
			FillBypassed:                  []string{"reload", "no-cache"},
			NoImpliedMethod:               true,
			KeepEntriesOnPreflightFailure: true,
			KeepEntriesOnActualFailure:    true,
			ListenerNeedsBody:             true,
			InheritCacheHeaders:           true,
		},
		Redirect: rules.Redirect{
			LocationFirst:   true,
			EmptyLocation:   rules.EmptyLocationIgnored,
			LocationBytes:   true,
			Policy:          rules.PolicyHeaderByMember,
			HintsStayBehind: true,
		},
		Headers: rules.Headers{
			ReferrerOfWeb:               true,
			OriginIgnoresReferrerPolicy: true,
			CredentiallessReloads:       true,
			ConditionalIsNoCache:        true,
			NullOriginAcrossOrigins:     true,
			DowngradeByScheme:           true,
			MetadataByCurrentURL:        true,
			PreflightModeAlways:         true,
			PreflightSiteByURL:          true,
			RangeRewritten:              true,
			MediaRange:                  true,
			OriginOfFrames:              true,
			FormsRevalidate:             true,
			LateAcceptLanguage:          true,
			PriorityOverHTTP2:           true,
			Accept: []rules.HeaderCase{
				{For: "navigation", Value: "text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"},
				{For: "prefetch crossorigin", Value: "application/signed-exchange;v=b3;q=0.7,*/*;q=0.8"},
				{For: "prefetch", Value: "text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"},
				{For: "image", Value: "image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"},
			},
			Codings: []rules.HeaderCase{{For: "trustworthy", Value: "gzip, deflate, br, zstd"}},
			Priority: []rules.HeaderCase{
				{For: "websocket"},
				{For: "beacon", Value: "u=4, i"},
				{For: "background", Value: "u=4, i"},
				{For: "navigation", Value: "u=0, i"},
				{For: "style", Value: "u=0"},
				{For: "font preload", Value: "u=1"},
				{For: "font", Value: "u=0"},
				{For: "script preload", Value: "u=1"},
				{For: "script module", Value: "u=1"},
				{For: "script"},
				{For: "image", Value: "i"},
				{For: "track", Value: "i"},
				{For: "media", Value: "i"},
				{Value: "u=1, i"},
			},
			Order: chromiumOrder(),
		},
		Response: rules.Response{
			Unambiguous:  []string{"Content-Disposition", "Location"},
			BlobSuffix:   rules.BlobSuffixClamped,
			ResetContent: rules.ResetContentHTTP2Body,
		},
		Network: rules.Network{HTTP2AnyLength: true, HeadLengthUnambiguous: true, NameBlanks: true, LineFold: rules.LineFoldKeepsValue, HalfUTF16Dropped: true},
		Ports:   rules.Ports{Allowed: []uint16{4190, 6679}},
		CSP: rules.CSP{
			WebSocketSchemesApart: true, WebSocketURL: true, Ports: rules.PortsWithSchemes, IPHosts: true,
			QueryCutOff: true, AnyPath: true, PathDecodedFirst: true, WorkerStrictDynamic: rules.WorkerByAnyDirective, Order: rules.PolicyOfFetchFirst, KeepalivePath: true,
		},
		Policy: rules.Policy{
			DamagedAllowlistBlocks:  true,
			StrictAllowlistPatterns: true,
			StorageAccessRetry:      rules.StorageAccessRetryActive,
			LocalURLsUnlisted:       true,

			ClassicWorkerAnyType:    true,
			URLNeedsChallenge:       true,
			IPNeverSameSite:         true,
			MixedContentOnHTTPSOnly: true,
			NoAboutBlank:            true,
			DocumentIsolation:       true,
		},
		ORB: rules.ORB{
			Blocks:           true,
			SafeTypes:        []string{"application/dash+xml", "application/ogg", "application/vnd.apple.mpegurl", "audio/", "text/vtt", "video/"},
			NeverSniffed:     []string{"text/pdf"},
			SlashIsType:      true,
			SniffsJavaScript: true,
			BlocksKnownOnly:  true,
			PartialHTML:      true,
			OwnOriginSafe:    true,
			EmptyForFetch:    true,
			First:            true,
		},
		MixedContent: rules.MixedContent{URLStaysInsecure: true, ModeBeforeUpgrade: true, Loopback: rules.LoopbackUpgradedRedirected, Addresses: rules.UpgradedAddressesRedirected},
		HSTS:         rules.HSTS{Upgrade: rules.HSTSRedirects, MaxAge: 365 * 24 * time.Hour},
		Integrity: rules.Integrity{
			Base64:          true,
			PaddingAnywhere: true,
			MixedAlphabets:  true,
			HyphenatedNames: true,
			VerticalTab:     true,
			PublicKeys:      true,
			NoBodyIsEmpty:   true,

			PolicyOfScriptsOnly: true,
		},
		LocalNetwork: rules.LocalNetwork{
			FromPublicOnly: true, NavigationsUnchecked: true, PublicTarget: true, OlderTargets: true, PreflightUntargeted: true, HostsUnenforced: true, LoopbackTargetMixed: true,
		},
		WebSocket: rules.WebSocket{NoMetadata: true, FailureKeepsNothing: true, NoEmptyExtension: true, NoAccept: true, Extension: "permessage-deflate; client_max_window_bits", CSPBeforeProtocols: true, ThrowsMixedContent: true},
		Beacon:    rules.Beacon{RefusesMixedContent: true, RefusesUserinfo: true, BlobTypeParsed: true},
		EventSource: rules.EventSource{
			UTF8Only:  true,
			ComesBack: rules.EventSourceToLast,
			Fails:     rules.EventSourceFailsByCORS,
			Retry:     rules.RetryEmptyDefault,
			IDKept:    true,
		},
		Element: rules.Element{
			PreloadScriptAnyType:       true,
			PreloadDecodesImages:       true,
			MixedContentFrame:          rules.FrameSilent,
			HomeOrigin:                 rules.HomeOriginNotMedia,
			StyleDefaultReferrerPolicy: true,
			WorkerModulesPagePolicy:    true,
			WorkerOriginThrows:         true,
			TrackAnyStatus:             true,
			StyleAnyType:               true,
			StyleImagesReused:          true,
			StyleImagesKept:            true,
			ImageReplaced:              true,
			MediaStatuses:              rules.MediaStatusesAll,
			ModulesRetried:             true,
			ModulepreloadAs:            rules.ModulepreloadAsStrict,
			PreloadOKStatus:            []string{"font", "script", "style"},
			PreloadWithoutIntegrity:    []string{"fetch", "image", "track"},
			PreloadRefusedOnce:         true,
			PreloadOnce:                []string{"fetch", "font", "image", "script", "style"},
			NoHashNoCheck:              true,
			ImportScriptsInclude:       true,
		},
		Messages: rules.Messages{Aborted: "signal is aborted without reason"},
	}
}

// chromiumOrder is the order of Chromium's headers. Blink keeps those of a page's
// request in a hash table; what the browser process and the network service add goes
// before or behind it. What a redirect has taken away and given again goes behind.
func chromiumOrder() []rules.HeaderCase {
	const (
		first = "Content-Length ^Pragma ^Cache-Control Authorization "
		// In this order they get into the table.
		table = "<script> Sec-Purpose sec-ch-ua-model device-memory sec-ch-ua-platform sec-ch-prefers-color-scheme sec-ch-ua-mobile viewport-width dpr sec-ch-ua ect " +
			"sec-ch-viewport-height rtt User-Agent sec-ch-device-memory sec-ch-ua-bitness sec-ch-ua-form-factors sec-ch-dpr sec-ch-ua-full-version-list " +
			"sec-ch-ua-full-version downlink sec-ch-ua-arch sec-ch-ua-platform-version sec-ch-ua-wow64 sec-ch-viewport-width " +
			"sec-ch-prefers-reduced-transparency sec-ch-prefers-reduced-motion DNT } "
		hints = "device-memory sec-ch-device-memory dpr sec-ch-dpr viewport-width sec-ch-viewport-width sec-ch-viewport-height rtt downlink ect " +
			"sec-ch-ua sec-ch-ua-mobile sec-ch-ua-full-version sec-ch-ua-arch sec-ch-ua-platform sec-ch-ua-platform-version sec-ch-ua-model " +
			"sec-ch-ua-bitness sec-ch-ua-wow64 sec-ch-ua-full-version-list sec-ch-ua-form-factors sec-ch-prefers-color-scheme " +
			"sec-ch-prefers-reduced-motion sec-ch-prefers-reduced-transparency "
		document = "Upgrade-Insecure-Requests <script> User-Agent Origin Accept "
		framed   = "Upgrade-Insecure-Requests <script> User-Agent Accept Origin "
		metadata = "Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-User Sec-Fetch-Dest "
		access   = "Sec-Fetch-Storage-Access accept-signature "
		last     = "Referer Accept-Encoding Accept-Language Cookie <range> If-None-Match If-Modified-Since"
	)
	return []rules.HeaderCase{
		{For: "preflight", Value: "Pragma Cache-Control Accept Access-Control-Request-Method Access-Control-Request-Headers Origin User-Agent " +
			"Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-Dest Referer Accept-Encoding Accept-Language"},
		{For: "websocket", Value: "Connection Pragma Cache-Control User-Agent Upgrade Origin Sec-WebSocket-Version Accept-Encoding Accept-Language Cookie " +
			"Sec-WebSocket-Key Sec-WebSocket-Extensions Sec-WebSocket-Protocol"},
		{For: "frame redirected", Value: first + "DNT " + framed + metadata + access + hints + last},
		{For: "frame", Value: first + hints + "DNT " + framed + metadata + access + last},
		{For: "navigation redirected", Value: first + "DNT " + document + metadata + access + hints + last},
		{For: "navigation", Value: first + hints + "DNT " + document + metadata + access + last},
		{For: "worker crossorigin", Value: first + "User-Agent Origin Accept " + metadata + access + "Referer Accept-Encoding Accept-Language Cookie"},
		{For: "worker", Value: first + "Accept " + metadata + access + "Referer User-Agent Accept-Encoding Accept-Language Cookie"},
		{For: "media crossorigin redirected home", Value: first + "{ " + table + "Accept " + metadata + access + "Origin " + last},
		{For: "media crossorigin trailing-access", Value: first + "{ " + table + "Accept " + metadata + "Origin " + access + last},
		{For: "media crossorigin trailing-origin", Value: first + "{ " + table + "Accept " + metadata + access + "Origin " + last},
		{For: "media crossorigin", Value: first + "{ " + table + "Accept Origin " + metadata + access + last},
		{For: "hintless crossorigin", Value: first + "Origin User-Agent Accept " + metadata + access + last},
		{For: "crossorigin", Value: first + "{ Origin " + table + "Accept " + metadata + access + last},
		{For: "trailing-access", Value: first + "{ " + table + "Accept Last-Event-ID " + metadata + "Origin " + access + last},
		{For: "trailing-origin", Value: first + "{ " + table + "Accept Last-Event-ID " + metadata + access + "Origin " + last},
		{Value: first + "{ " + table + "Accept Origin Last-Event-ID " + metadata + access + last},
	}
}

// noPreflightCache are the cache modes with which Chromium and Firefox go
// around the preflight cache.
func noPreflightCache() []string {
	return []string{"no-store", "reload", "no-cache"}
}

// chromium is what is known of Chromium besides its profile.
var chromium = browser{
	profile: Chromium,
	title:   "Chromium",
	lines:   chromiumLines,
	sockets: chromiumSockets,
	parts:   chromiumParts,
	words:   chromiumWords,
	heads:   chromiumHeads,
	older:   chromiumOlder,
	reason:  chromiumReason,
}

// The messages of Chromium are those of cors_error_string.cc,
// fetch_manager.cc, mixed_content_checker.cc, allowed_by_nosniff.cc,
// subresource_integrity.cc and web_url_error.cc.
const (
	chromiumBlocked = "Access to {kind} at '{url}' {redirected}from origin '{page}' has been blocked by CORS policy: "
	chromiumCheck   = chromiumBlocked + "{preflight}"
	chromiumFailed  = "Failed to load resource: net::"
	chromiumFetch   = "Fetch API cannot load {url}. "
	chromiumValid   = " Have the server send the header with a valid value."
	chromiumSchemes = chromiumBlocked + "Cross origin requests are only supported for protocol schemes: chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app."
	chromiumLocal   = "Not allowed to load local resource: {url}"
	chromiumPolicy  = "{loading} '{url}' violates the following Content Security Policy directive: \"{value}\".{instead} The action has been blocked."
	chromiumXHR     = " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."

	chromiumWildcard    = chromiumCheck + "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'."
	chromiumMultiple    = chromiumCheck + "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one is allowed."
	chromiumInvalid     = chromiumCheck + "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'."
	chromiumMismatch    = chromiumCheck + "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin."
	chromiumCredentials = chromiumCheck + "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which must be 'true' when the request's credentials mode is 'include'."
	chromiumHeader      = chromiumBlocked + "Request header field {lowername} is not allowed by Access-Control-Allow-Headers in preflight response."
)

var chromiumLines = []consoleLine{
	{fetch.DisallowedByMode, firstFetch, chromiumFetch + `Request mode is "same-origin" but the URL's origin is not same as the request origin {page}.`},
	{fetch.DisallowedByMode, byFetch, ""},
	{fetch.DisallowedByMode, byWho("track"), ""},
	{fetch.DisallowedByMode, forWorker, ""},
	{fetch.DisallowedByMode, ofSandbox, ""},
	{fetch.LocalNetworkDenied, insecureClient, chromiumBlocked + "The request client is not a secure context and the resource is in more-private address space `{space}`."},
	{fetch.LocalNetworkDenied, forFrame, ""},
	{fetch.LocalNetworkDenied, nil, chromiumBlocked + "Permission was denied for this request to access the `{space}` address space."},
	{fetch.WrongAddressSpace, nil, chromiumBlocked + "Request had a target IP address space of `{value}` yet the resource is in address space `{detail}`."},
	{fetch.DisallowedByMode, nil, chromiumBlocked + "Cross origin requests are not allowed by request mode."},
	{fetch.RedirectModeNotFollow, byFetch, chromiumFetch + `Request mode is "no-cors" but the redirect mode is not "follow".`},
	{fetch.CORSDisabledScheme, local, chromiumLocal},
	{fetch.CORSDisabledScheme, firstFetch, chromiumFetch + `URL scheme "{scheme}" is not supported.`},
	{fetch.CORSDisabledScheme, byFTP, "FTP is not supported."},
	{fetch.CORSDisabledScheme, nil, chromiumSchemes},
	{fetch.UnsupportedScheme, local, chromiumLocal},
	{fetch.UnsupportedScheme, firstFetch, chromiumFetch + `URL scheme "{scheme}" is not supported.`},
	{fetch.BadPort, nil, chromiumFailed + "ERR_UNSAFE_PORT"},
	{fetch.MixedContent, sameOriginElement, ""},
	{fetch.MixedContent, nil, "Mixed Content: The page at '{document}' was loaded over HTTPS, but requested an insecure {resource} '{url}'. This request has been blocked; the content must be served over HTTPS."},

	{fetch.CSPBlocked, forFrame, "Framing '{frame}' violates the following Content Security Policy directive: \"{value}\". The request has been blocked.{instead}"},
	{fetch.CSPBlocked, firstFetch, chromiumPolicy + "\n" + chromiumFetch + "Refused to connect because it violates the document's Content Security Policy."},
	{fetch.CSPBlocked, nil, chromiumPolicy},
	{fetch.DanglingMarkup, nil, "Resource requests whose URLs contained both removed whitespace `\\(n|r|t)` characters and less-than characters (`<`) are blocked. Please remove newlines and encode less-than characters from places like element attribute values in order to load these resources."},
	{fetch.EmbeddedCredentials, nil, "Subresource requests whose URLs contain embedded credentials (e.g. `https://user:pass@host/`) are blocked."},

	{fetch.MissingAllowOrigin, nil, chromiumCheck + "No 'Access-Control-Allow-Origin' header is present on the requested resource."},
	{fetch.WildcardOriginNotAllowed, byXHR, chromiumWildcard + chromiumXHR},
	{fetch.WildcardOriginNotAllowed, nil, chromiumWildcard},
	{fetch.MultipleAllowOriginValues, byFetch, chromiumMultiple + chromiumValid},
	{fetch.MultipleAllowOriginValues, nil, chromiumMultiple},
	{fetch.InvalidAllowOriginValue, byFetch, chromiumInvalid + chromiumValid},
	{fetch.InvalidAllowOriginValue, nil, chromiumInvalid},
	{fetch.AllowOriginMismatch, byFetch, chromiumMismatch + chromiumValid},
	{fetch.AllowOriginMismatch, nil, chromiumMismatch},
	{fetch.InvalidAllowCredentials, byXHR, chromiumCredentials + chromiumXHR},
	{fetch.InvalidAllowCredentials, nil, chromiumCredentials},

	{fetch.PreflightInvalidStatus, nil, chromiumCheck + "It does not have HTTP ok status."},
	{fetch.PreflightDisallowedRedirect, nil, chromiumCheck + "Redirect is not allowed for a preflight request."},
	{fetch.InvalidAllowMethods, nil, chromiumBlocked + "Cannot parse Access-Control-Allow-Methods response header field in preflight response."},
	{fetch.InvalidAllowHeaders, nil, chromiumBlocked + "Cannot parse Access-Control-Allow-Headers response header field in preflight response."},
	{fetch.MethodDisallowed, nil, chromiumBlocked + "Method {method} is not allowed by Access-Control-Allow-Methods in preflight response."},
	{fetch.HeaderDisallowed, nil, chromiumHeader},
	{fetch.AuthorizationNotListed, nil, chromiumHeader},

	{fetch.TooManyRedirects, nil, chromiumFailed + "ERR_TOO_MANY_REDIRECTS"},
	{fetch.RedirectScheme, unsafeRedirect, ""},
	{fetch.RedirectScheme, withCORS, strings.ReplaceAll(strings.ReplaceAll(chromiumSchemes, "{url}", "{location}"), "{redirected}", "(redirected from '{first}') ")},
	// The quotes are empty because Chromium hands no URL to its message.
	{fetch.RedirectContainsCredentials, leavesByCORS, chromiumBlocked + "Redirect location '' contains a username and password, which is disallowed for cross-origin requests."},

	{fetch.CrossOriginResourcePolicy, policySameOrigin, chromiumFailed + "ERR_BLOCKED_BY_RESPONSE.NotSameOrigin"},
	{fetch.CrossOriginResourcePolicy, policySameSite, chromiumFailed + "ERR_BLOCKED_BY_RESPONSE.NotSameSite"},
	{fetch.CrossOriginResourcePolicy, isolated, chromiumFailed + "ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByDip"},
	{fetch.CrossOriginResourcePolicy, nil, chromiumFailed + "ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep"},
	{fetch.EmbedderPolicyMissing, nil, chromiumFailed + "ERR_BLOCKED_BY_RESPONSE.CoepFrameResourceNeedsCoepHeader"},
	{fetch.FrameBlocked, singleOption, "Refused to display '{frame}' in a frame because it set 'X-Frame-Options' to '{option}'."},
	{fetch.ElementRefused, eventsWrongType, eventSourceType},
	{fetch.ElementRefused, moduleWrongType, "Failed to load module script: Expected a JavaScript-or-Wasm module script but the server responded with a MIME type of \"{type}\". Strict MIME type checking is enforced for module scripts per HTML spec."},
	{fetch.OpaqueResponseBlocked, nil, chromiumFailed + "ERR_BLOCKED_BY_ORB"},
	{fetch.BlockedMIMEType, nil, "Refused to execute script from '{url}' because its MIME type ('{type}') is not executable."},
	{fetch.BlockedByNosniff, forStyle, "Refused to apply style from '{url}' because its MIME type ('{type}') is not a supported stylesheet MIME type, and strict MIME checking is enabled."},
	{fetch.BlockedByNosniff, nil, "Refused to execute script from '{url}' because its MIME type ('{type}') is not executable, and strict MIME type checking is enabled."},
	{fetch.IntegrityMismatch, unsigned, ""},
	{fetch.IntegrityMismatch, byFetch, "Fetch API cannot load {first}. SRI's integrity checks failed."},
	{fetch.IntegrityMismatch, opaqueElement, "Subresource Integrity: The resource '{url}' has an integrity attribute, but the resource requires the request to be CORS enabled to check the integrity, and it is not. The resource has been blocked because the integrity cannot be enforced."},
	{fetch.StreamNeedsHTTP2, nil, chromiumFailed + "ERR_H2_OR_QUIC_REQUIRED"},
	{fetch.Overridden, nil, chromiumFailed + "ERR_BLOCKED_BY_CLIENT"}, // as by an extension
	{fetch.Offline, nil, chromiumFailed + "ERR_INTERNET_DISCONNECTED"},
}

// eventSourceType is what Chromium and WebKit print of an EventSource whose response is of
// another type.
const eventSourceType = "EventSource's response has a MIME type (\"{type}\") that is not \"text/event-stream\". Aborting the connection."

const chromiumHandshake = "WebSocket connection to '{socket}' failed: Error during WebSocket handshake: "

// The messages of handshakes are those of websocket_basic_handshake_stream.cc.
var chromiumSockets = []consoleLine{
	{fetch.WebSocketFailed, concerns("status", true), chromiumHandshake + "Unexpected response code: {value}"},
	{fetch.WebSocketFailed, concerns("Upgrade", false), chromiumHandshake + "'Upgrade' header is missing"},
	{fetch.WebSocketFailed, concerns("Upgrade", true), chromiumHandshake + "'Upgrade' header value is not 'WebSocket': {value}"},
	{fetch.WebSocketFailed, concerns("Connection", false), chromiumHandshake + "'Connection' header is missing"},
	{fetch.WebSocketFailed, concerns("Connection", true), chromiumHandshake + "'Connection' header value must contain 'Upgrade'"},
	{fetch.WebSocketFailed, concerns("Sec-WebSocket-Accept", false), chromiumHandshake + "'Sec-WebSocket-Accept' header is missing"},
	{fetch.WebSocketFailed, concerns("Sec-WebSocket-Accept", true), chromiumHandshake + "Incorrect 'Sec-WebSocket-Accept' header value"},
	{fetch.WebSocketFailed, concerns("Sec-WebSocket-Protocol", false), chromiumHandshake + "Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received"},
}

type chromiumKind struct{ kind, resource string }

// chromiumKinds are Chromium's words for who asked: in a message about CORS,
// and in one about mixed content.
var chromiumKinds = map[string]chromiumKind{
	"fetch":         {"fetch", "resource"},
	"xhr":           {"XMLHttpRequest", "XMLHttpRequest endpoint"},
	"audio":         {"audio", "audio file"},
	"embed":         {"resource", "plugin resource"},
	"font":          {"font", "font"},
	"frame":         {"resource", "frame"},
	"iframe":        {"resource", "frame"},
	"image":         {"image", "image"},
	"json":          {"script", "json"},
	"manifest":      {"manifest", "manifest"},
	"object":        {"resource", "plugin resource"},
	"script":        {"script", "script"},
	"serviceworker": {"script", "Service Worker script"},
	"sharedworker":  {"script", "Shared Worker script"},
	"style":         {"CSS stylesheet", "stylesheet"},
	"track":         {"text track", "Text Track"},
	"video":         {"video", "video"},
	"worker":        {"script", "Worker script"},
	"xslt":          {"XSL stylesheet", "XSLT"},
}

func kindOf(e *fetch.Error) chromiumKind {
	if e.Request.API == "element" && e.Request.Destination == "" {
		return chromiumKind{"link element resource", "resource"}
	}
	if e.Request.Worker && who(e) == "script" && e.Request.Mode == "no-cors" { // importScripts()
		return chromiumKind{"resource", "resource"}
	}
	if k, ok := chromiumKinds[who(e)]; ok {
		return k
	}
	return chromiumKind{"resource", "resource"}
}

// chromiumParts are the parts of Chromium's messages that not all of them have.
var chromiumParts = map[string][]part{
	"preflight":  {{onPreflight, "Response to preflight request doesn't pass access control check: "}, {nil, ""}},
	"redirected": {{redirected, "(redirected from '{first}') "}, {nil, ""}},
	"instead":    {{fallsBack, " Note that '{detail}' was not explicitly set, so '{directive}' is used as a fallback."}, {nil, ""}},
	"loading": {
		{byWho("audio"), "Loading media from "}, {byWho("font"), "Loading the font"}, {byWho("image"), "Loading the image"}, {byWho("manifest"), "Loading a manifest from"},
		{byWho("script"), "Loading the script"}, {byWho("sharedworker"), "Creating a worker from"}, {byWho("style"), "Loading the stylesheet"}, {byWho("track"), "Loading media from "},
		{byWho("video"), "Loading media from "}, {byWho("worker"), "Creating a worker from"}, {nil, "Connecting to"},
	},
}

// chromiumWords are the words of Chromium's messages that depend on who asked.
func chromiumWords(e *fetch.Error, name string) (string, bool) {
	switch name {
	case "kind":
		return kindOf(e).kind, true
	case "resource":
		return kindOf(e).resource, true
	}
	return "", false
}

// corsErrors are Chromium's names; both says that a preflight has its own.
var corsErrors = map[fetch.Reason]struct {
	name string
	both bool
}{
	fetch.DisallowedByMode:            {"DisallowedByMode", false},
	fetch.CORSDisabledScheme:          {"CorsDisabledScheme", false},
	fetch.MissingAllowOrigin:          {"MissingAllowOriginHeader", true},
	fetch.WildcardOriginNotAllowed:    {"WildcardOriginNotAllowed", true},
	fetch.MultipleAllowOriginValues:   {"MultipleAllowOriginValues", true},
	fetch.InvalidAllowOriginValue:     {"InvalidAllowOriginValue", true},
	fetch.AllowOriginMismatch:         {"AllowOriginMismatch", true},
	fetch.InvalidAllowCredentials:     {"InvalidAllowCredentials", true},
	fetch.PreflightInvalidStatus:      {"PreflightInvalidStatus", false},
	fetch.PreflightDisallowedRedirect: {"PreflightDisallowedRedirect", false},
	fetch.InvalidAllowMethods:         {"InvalidAllowMethodsPreflightResponse", false},
	fetch.InvalidAllowHeaders:         {"InvalidAllowHeadersPreflightResponse", false},
	fetch.MethodDisallowed:            {"MethodDisallowedByPreflightResponse", false},
	fetch.HeaderDisallowed:            {"HeaderDisallowedByPreflightResponse", false},
	fetch.AuthorizationNotListed:      {"HeaderDisallowedByPreflightResponse", false},
	fetch.RedirectContainsCredentials: {"RedirectContainsCredentials", false},
}

// CORSError returns the name of Chromium's network::mojom::CorsError for a
// refusal, without its k: "PreflightMissingAllowOriginHeader". It is empty if
// Chromium has none.
func CORSError(refusal *fetch.Error) string {
	c := corsErrors[chromiumReason(refusal)]
	if onPreflight(refusal) && c.both {
		return "Preflight" + c.name
	}
	return c.name
}

// chromiumReason is the reason as Chromium has it, which looks where a redirect
// leads before it looks whether the response allows access, takes for a
// redirect only what has a Location, and looks at modes before ports and
// mixed content.
func chromiumReason(e *fetch.Error) fetch.Reason {
	if (e.Reason == fetch.BadPort || e.Reason == fetch.MixedContent || e.Reason == fetch.DanglingMarkup || e.Reason == fetch.EmbeddedCredentials) && !sameOrigin(e) {
		switch {
		case e.Request.Mode == fetch.SameOrigin && byScript(e):
			return fetch.DisallowedByMode
		case e.Request.Mode == fetch.NoCORS && e.Request.Redirect != "follow":
			return fetch.RedirectModeNotFollow
		}
	}
	if !redirectStatus(e) {
		return e.Reason
	}
	switch {
	case e.Reason == fetch.PreflightDisallowedRedirect && !located(e):
		return fetch.PreflightInvalidStatus
	case !corsErrors[e.Reason].both || !located(e):
		return e.Reason
	}
	if _, err := (*origin.Schemes)(nil).ParseURLHostSpaces(e.Particular("location"), nil); err != nil {
		return fetch.InvalidLocation
	}
	if onPreflight(e) {
		return fetch.PreflightDisallowedRedirect
	}
	return e.Reason
}
