package engine

import (
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// Firefox returns the profile of Firefox. See [All].
func Firefox() *fetch.Profile {
	return &fetch.Profile{
		Name:    "firefox",
		Version: "153.8.0esr",
		Identity: rules.Identity{
			UserAgent:      "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
			AcceptLanguage: "en-US,en;q=0.9",
		},
		Safelist: safelist.Rules{
			IgnoreTotalSize:              true,
			HighBytesUnsafe:              true,
			CommaUnsafe:                  true,
			LastSemicolonUnsafe:          true,
			TypeEndsAtBlank:              true,
			Range:                        rules.RangeUint64,
			OverrideSplitPlain:           true,
			RepeatUnsafeNames:            true,
			ExposeWildcardBeforeBadToken: true,
		},
		PreflightCache: rules.PreflightCache{
			SplitCredentials:     true,
			NoWildcard:           true,
			HeadNeedsEntry:       true,
			SafelistedByPresence: true,
			PresenceLasts:        true,
			ZeroChangesNothing:   true,
		},
		PreflightLimits: preflightcache.Limits{MaxAge: 24 * time.Hour},
		HTTPCache: rules.HTTPCache{
			CacheControl:             rules.CacheControlByWord,
			CacheRequest:             rules.CacheRequestFirst,
			ResponsePragma:           rules.ResponsePragmaMember,
			Age:                      rules.AgePrefix,
			Dates:                    rules.CacheDatesLoose,
			Seconds32:                true,
			HeuristicStatuses:        []uint16{200, 203, 204, 206, 301, 308},
			PermanentStatuses:        []uint16{410},
			NoHeuristicsByMark:       true,
			MarkedRedirectHeuristics: true,
			HeuristicLimit:           7 * 24 * time.Hour,
			FreshStatuses:            []uint16{200, 203, 204, 206, 301, 302, 303, 307, 308, 410},
			NoStaleIfError:           true,
			NoAge:                    true,
			StoreUnmarked:            true,
			RefusedStatuses:          []uint16{408, 425, 429},
			FreshToStore:             []uint16{303},
			NoStoreKept:              true,
			RedirectNeedsLocation:    true,
			BlockingStatuses:         []uint16{300, 304, 305, 306},
			Refusal:                  rules.RefusalGETRemoves,
			NotStoredFields:          []string{"www-authenticate", "set-cookie"},
			KeepConnectionFields:     true,
			OneResponse:              true,
			VaryExact:                true,
			ValidateUnmatched:        true,
			HeadNotAnswered:          true,
			HeadApart:                true,
			NoEmptyFields:            true,
			VaryEmpty:                rules.VaryEmptyStoredIsAbsent,
			AuthorizationAsks:        true,
			OtherModifiedRemoves:     true,
			RepeatedNotUpdated:       []string{"access-control-allow-origin"},
			StaleFromArrival:         true,
			UnaskedFreshens:          true,
			ImmutableFramed:          true,
			ImmutableBeatsPragma:     true,
			Head:                     rules.HeadNothing,
			Ranges:                   rules.RangesNotCached,
			NullBodyByLength:         true,
			PartialIsWhole:           true,
			ConditionalStatuses:      []uint16{200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 299},
			UntilCloseNotValidated:   true,
			NotUpdatedFields: []string{
				"content-location", "content-md5", "etag", "content-encoding", "content-range", "content-type", "content-length",
			},
			AnyValidatorFreshens:  true,
			AgeOutlivesValidation: true,
			ErrorsInvalidate:      true,
			LocationsInvalidated:  true,
			Use: rules.HTTPCacheUse{
				AnonymousApart:         true,
				ReloadRemoves:          true,
				BackgroundMaxAge:       true,
				UnfollowedNotStored:    true,
				RedirectCycleAsked:     true,
				RefusedRemoves:         true,
				ConditionalPlain:       true,
				BackgroundRedirectBare: true,
				BackgroundNoPreflight:  true,
				CrossSiteKeeps:         true,
				ImmutableNotAsked:      true,
			},
		},
		ClearSiteData: rules.ClearSiteData{CacheOfOrigin: true, OwnNotStored: true, CookiesOf: rules.ClearedCookiesOfHost, WithoutCredentials: true},
		Credentials: rules.Credentials{Authentication: rules.Authentication{
			Grammar:            rules.GrammarLoose,
			DigestAlgorithms:   []string{"MD5", "SHA-256"},
			SafestDigest:       true,
			URLAnswersOne:      true,
			QOP:                rules.QOPAuthOrNone,
			Nonce:              rules.NonceOptional,
			DigestASCII:        true,
			NoUserhash:         true,
			EmptyOpaqueDropped: true,
			Algorithm:          rules.AlgorithmCanonical,
			Order:              rules.OrderQOPFirst,
			BasicColon:         true,
			DigestByPath:       true,
		}, Cookies: rules.Cookies{
			ThirdParty:            rules.ThirdPartyJar,
			Unset:                 rules.UnsetIsNone,
			SetIgnoresRedirects:   true,
			SameSiteSchemeless:    true,
			SecureOnLoopback:      true,
			HostPrefixDefaultPath: true,
			BareIsName:            true,
			EmptyDomainIgnored:    true,
			DomainLiteral:         true,
			AddressHostOnly:       true,
			ValueUTF8:             true,
			MaxPath:               1024,
			LastAttributeWins:     true,
			Dates:                 rules.DatesLoose,
			ServerClock:           true,
			MinusExpires:          true,
			PerDomain:             true,
			PerHostPurge:          30,
			PurgePartitions:       true,
			PartitionBytes:        12 << 10,
			PartitionBytesPurge:   2 << 10,
			AccessResolution:      time.Minute,
		}},
		Request: rules.Request{DataURLBlanks: true, ManifestWithoutCredentials: true, KeepaliveEarly: true},
		Preflight: rules.Preflight{
			PagePartition:               true,
			MaxAge:                      rules.MaxAge{InvalidNotCached: true, NegativeNotCached: true, EmptyIsMissing: true},
			WildcardCoversAuthorization: true,
			ForgetRedirects:             true,
			NoImpliedMethod:             true,
			TypeBeforeCharset:           true,
			BypassCache:                 []string{"no-store", "reload"},
			FillBypassed:                []string{"no-store", "reload"},
			KeepEntriesOnModeError:      true,
			ClearRedirectingURL:         true,
			ClearOnSimpleFailure:        true,
			StickyHeadersOnRedirect:     true,
			InheritCacheHeaders:         true,
		},
		Redirect: rules.Redirect{LocationBytes: true, LocationControls: true, StripOnce: true, Policy: rules.PolicyHeaderByMember},
		Headers: rules.Headers{
			ReferrerOfWeb:           true,
			ConditionalOfFetchOnly:  true,
			StrictAcrossSites:       true,
			NoReferrerIsPolicy:      true,
			DowngradeByScheme:       true,
			MetadataByCurrentURL:    true,
			TrustedSchemesSameSite:  true,
			InsecureHopsCrossSite:   true,
			OriginWithStorageAccess: true,
			MediaRange:              true,
			LastAfterEmpty:          true,
			FirstBodyType:           true,
			Spellings:               []string{"Accept", "Accept-Language", "User-Agent"},
			LastOnly:                []string{"content-type", "authorization", "if-modified-since", "if-unmodified-since", "user-agent", "from", "max-forwards", "location", "content-disposition"},
			FirstOnly:               []string{"strict-transport-security"},
			JoinEmpty:               []string{"x-frame-options"},

			LateAcceptLanguage:         true,
			Trailers:                   true,
			RedirectSpellings:          []string{"Content-Type"},
			NoStorageAccessOnceTainted: true,
			Accept: []rules.HeaderCase{
				{For: "image", Value: "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"},
				{For: "font", Value: "application/font-woff2;q=1.0,application/font-woff;q=0.9,*/*;q=0.8"},
				{For: "audio", Value: "audio/webm,audio/ogg,audio/wav,audio/*;q=0.9,application/ogg;q=0.7,video/*;q=0.6,*/*;q=0.5"},
				{For: "video", Value: "video/webm,video/ogg,video/*;q=0.9,application/ogg;q=0.7,audio/*;q=0.6,*/*;q=0.5"},
			},
			Codings: []rules.HeaderCase{{For: "trustworthy", Value: "gzip, deflate, br, zstd"}},
			Priority: []rules.HeaderCase{
				{For: "preflight", Value: "u=4"},
				{For: "websocket"},
				{For: "background", Value: "u=6"},
				{For: "xhr"},
				{For: "prefetch", Value: "u=6"},
				{For: "beacon", Value: "u=6"},
				{For: "frame", Value: "u=4"},
				{For: "navigation", Value: "u=0, i"},
				{For: "image", Value: "u=5, i"},
				{For: "style preload", Value: "u=0"},
				{For: "style", Value: "u=2"},
				{For: "script preload", Value: "u=1"},
				{For: "script in-worker", Value: "u=4"},
				{For: "script modulepreload", Value: "u=1"},
				{For: "script"},
				{For: "font preload", Value: "u=2"},
				{For: "font"},
				{For: "track", Value: "u=4"},
				{For: "preload"},
				{Value: "u=4"},
			},
			Order: firefoxOrder(),
		},
		Body:    rules.Body{Stream: rules.StreamText},
		Network: rules.Network{SafeTries: 10, HTTP2TransferEncoding: true, NULNameSkipped: true, LineFold: rules.LineFoldKeepsAll},
		Response: rules.Response{
			ProxyAuthenticationShown: true,
			FirstOnly:                []string{"content-length", "content-disposition", "location", "authorization", "proxy-authorization", "if-modified-since", "if-unmodified-since", "user-agent", "referer", "host", "from", "max-forwards", "strict-transport-security", "sec-gpc"},
			SameOnly:                 []string{"content-length", "content-disposition", "location"},
			SkipEmpty:                true,
			KeepEmpty:                []string{"x-frame-options"},
			OneAllowOrigin:           true,
			TightType:                true,
			FeedJoined:               []string{"www-authenticate", "proxy-authenticate"},
			HTTP2Header:              "X-Firefox-Spdy",
			ShortErrorBodies:         true,
			ShortHTTP2Bodies:         true,
			OpaqueBodyBreaks:         true,
			AboutAnyCase:             true,
			BlobRange:                rules.RangeUint64,
			BlobSuffix:               rules.BlobSuffixWithin,
			DataLength:               true,
		},
		Policy: rules.Policy{NoConnectionAllowlist: true, StorageAccessRetry: rules.StorageAccessRetryHeader, UnknownResourcePolicyAllows: true, MixedContentOnHTTPSOnly: true, URLAnswersChallenge: true, URLNeedsChallenge: true},
		CSP: rules.CSP{
			WebSocketSchemesApart: true, WebSocketURL: true, Ports: rules.PortsOfSource, IPHosts: true,
			QueryCutOff: true, PathDecodedFirst: true, WildcardPathIgnored: true, WorkerStrictDynamic: rules.WorkerByAnyDirective, Order: rules.PolicyBeforeUpgrades, MatchesUpgradable: true, PreflightPath: true, ReportNoReferrer: true,
			ReportIncludes: true, QueryOfHostCutOff: true, TrailingDotIgnored: true, SocketPathDecoded: true, AncestorsWithoutPath: true,
		},
		HSTS: rules.HSTS{Upgrade: rules.HSTSSilent, ByTopLevelSite: true, FirstPartyOnly: true},

		MixedContent: rules.MixedContent{UpgradeRedirects: true, Loopback: rules.LoopbackStays, Addresses: rules.UpgradedAddressesAll, TrackWithCORS: true},

		Embedder: rules.Embedder{SilentCORPFrame: true, SilentPolicyFrame: true},
		ORB: rules.ORB{
			Blocks:           true,
			SlashIsType:      true,
			SafeTypes:        []string{"application/dash+xml", "application/vnd.apple.mpegurl", "audio/", "multipart/x-mixed-replace", "text/vtt", "video/"},
			NosniffSafeTypes: []string{"text/plain"},
		},
		Integrity: rules.Integrity{Base64: true, ExactPadding: true, NoBodyIsEmpty: true, OfRedirect: true, PolicyOfScriptsOnly: true, PolicyListsOnly: true},
		LocalNetwork: rules.LocalNetwork{
			FromPublicOnly: true, InsecureContexts: true, WebSocketsUnchecked: true, NoWorkerImports: true, NavigationsUnchecked: true, NoTarget: true, HostsUninferred: true, FramesDelegated: true, PromptWaits: true,
			PublicBlocks: []string{"198.18.0.0/15", "fec0::/10", "2001:db8::/32", "3fff::/20"},
		},
		WebSocket: rules.WebSocket{SilenceAllowed: true, EmptyExtensions: true, NoEmptyExtension: true, UnaskedProtocolIgnored: true, ThrowsMixedContent: true, CSPException: "NS_ERROR_CONTENT_BLOCKED", NoBaseInSandbox: true},
		Beacon:    rules.Beacon{SandboxedReferrer: rules.SandboxedReferrerOpaque, NoFetchLater: true, NoQuota: true, RefusesMixedContent: true, RefusesBadPort: true, RefusesByCSP: true, PreflightKeepsType: true},
		EventSource: rules.EventSource{
			HTTPOnly:            true,
			ComesBack:           rules.EventSourceToPermanent,
			SandboxedReferrer:   rules.SandboxedReferrerOpaque,
			Fails:               rules.EventSourceFailsUnasked,
			ReconnectionTime:    5 * time.Second,
			MinReconnectionTime: 500 * time.Millisecond,
			Retry:               rules.RetryEmptyZero,
			ID:                  rules.EventIDWithData,
			IDKept:              true,
			NULsDropped:         true,
		},
		Element: rules.Element{
			SVGSniffed:                true,
			PreloadDecodesImages:      true,
			PreloadStyleImports:       true,
			PreloadStyleTyped:         true,
			MixedContentFrame:         rules.FrameFails,
			PolicyFrame:               rules.FrameFails,
			PolicyFrameRedirected:     rules.FrameSilent,
			LocalNetworkFrame:         rules.FrameSilent,
			FailedFrame:               rules.FrameSilent,
			PreloadFontByCORS:         true,
			StyleUnparsable:           rules.StyleWithoutSlash,
			RedirectedStyleTyped:      true,
			TrackWithoutReferrer:      true,
			SandboxedReferrer:         rules.SandboxedElementsOnly,
			SandboxedCrossOrigin:      true,
			SheetImportsDefaultPolicy: true,
			WorkerModulesPagePolicy:   true,
			SheetImportsOwnSite:       true,
			ScriptHomeUnmuted:         true,
			ErrorObjectsUnmuted:       true,
			TrackAnyStatus:            true,
			SheetsReused:              true,
			StyleImagesReused:         true,
			MediaStatuses:             rules.MediaStatusesOpaque,
			MediaReused:               true,
			SVGOKStatus:               true,
			ModulepreloadRefused:      []string{"audio", "document", "fetch", "font", "image", "json", "style", "track"},
			PreloadNotForModules:      true,
			ModulepreloadAs:           rules.ModulepreloadAsIgnored,
			ModulepreloadDescends:     true,
			ModulepreloadOnce:         true,
			PreloadOKStatus:           []string{"fetch", "font", "script", "style"},
			PreloadUnasked:            []string{"audio", "json", "video"},
			PreloadRefused:            []string{"track"},
			PreloadLoadsRefused:       true,
			PreloadWithoutIntegrity:   []string{"fetch", "font", "image"},
			BlankIntegrityIsNone:      true,
		},
		Messages: rules.Messages{NetworkError: "NetworkError when attempting to fetch resource.", Aborted: "The operation was aborted. "},
	}
}

// firefoxOrder is the order of Firefox's headers, which is that in which Gecko sets
// them. fetch() sets Referer before script's headers, and other APIs after them.
func firefoxOrder() []rules.HeaderCase {
	const (
		first       = "!User-Agent !Accept !Accept-Language "
		codings     = first + "Accept-Encoding Sec-Purpose "
		own         = "<script> Last-Event-ID Content-Length "
		settings    = "Authorization DNT Sec-GPC Connection <strict-referrer> "
		corsFirst   = "Origin Sec-Fetch-Storage-Access " + settings
		siteFirst   = "Sec-Fetch-Storage-Access Origin " + settings
		metadata    = "Upgrade-Insecure-Requests Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User "
		caching     = "If-Modified-Since If-None-Match Priority Pragma Cache-Control "
		lastRetried = metadata + caching + "<no-body> <answer> Cookie"
		last        = "Cookie " + metadata + caching + "<no-body> <answer>"
	)
	return []rules.HeaderCase{
		{For: "preflight fetch keepalive", Value: codings + "Access-Control-Request-Method Access-Control-Request-Headers Referer Origin " + settings + metadata + caching},
		{For: "preflight", Value: codings + "Access-Control-Request-Method Access-Control-Request-Headers Referer " + corsFirst + metadata + caching},
		{For: "websocket", Value: codings + "Sec-WebSocket-Version Origin Sec-WebSocket-Protocol Sec-WebSocket-Extensions Sec-WebSocket-Key " +
			"Sec-Fetch-Storage-Access " + settings + "Cookie " + metadata + "Pragma Cache-Control Upgrade"},
		{For: "media upgraded", Value: codings + "Origin !Range Referer Sec-Fetch-Storage-Access " + last},
		{For: "upgraded", Value: codings + "<body-type> Content-Length <script> Range Origin !Authorization Referer Sec-Fetch-Storage-Access DNT Sec-GPC Connection " + last},
		{For: "fetch keepalive redirected cors", Value: codings + "<body-type> Content-Length <script> Range Referer Origin " + settings + last},
		{For: "redirected cors", Value: codings + "<body-type> Content-Length Origin <script> Last-Event-ID Range Referer Sec-Fetch-Storage-Access " + settings + last},
		{For: "frame redirected", Value: codings + "<body-type> Content-Length <script> Referer Sec-Fetch-Storage-Access Origin Authorization DNT Sec-GPC Connection " + last},
		{For: "redirected", Value: codings + "<body-type> Content-Length <script> Last-Event-ID Range Referer " + siteFirst + last},
		{For: "element policy media cors", Value: first + "Referer !Range " + corsFirst + "Cookie " + metadata + "Accept-Encoding " + caching},
		{For: "element policy media", Value: first + "Referer !Range " + siteFirst + "Cookie " + metadata + "Accept-Encoding " + caching},
		{For: "media cors", Value: first + "!Range " + corsFirst + "Referer Cookie " + metadata + "Accept-Encoding " + caching},
		{For: "media", Value: first + "!Range " + siteFirst + "Referer Cookie " + metadata + "Accept-Encoding " + caching},
		{For: "fetch retried cors", Value: codings + "Referer " + own + corsFirst + lastRetried},
		{For: "fetch retried", Value: codings + "Referer " + own + siteFirst + lastRetried},
		{For: "retried cors", Value: codings + own + corsFirst + lastRetried + " Referer"},
		{For: "retried", Value: codings + own + siteFirst + lastRetried + " Referer"},
		{For: "font preload cors", Value: codings + "Referer " + own + corsFirst + last},
		{For: "fetch keepalive", Value: codings + "<body-type> Referer " + own + "Origin " + settings + last},
		{For: "fetch cors", Value: codings + "Referer " + own + corsFirst + last},
		{For: "fetch", Value: codings + "Referer " + own + siteFirst + last},
		{For: "font preload cors", Value: codings + "Referer " + own + corsFirst + last},
		{For: "policy cors", Value: codings + "Referer " + own + corsFirst + last},
		{For: "policy", Value: codings + "Referer " + own + siteFirst + last},
		{For: "cors", Value: codings + own + corsFirst + "Referer " + last},
		{Value: codings + own + siteFirst + "Referer " + last},
	}
}

// firefox is what is known of Firefox besides its profile.
var firefox = browser{
	profile: Firefox,
	title:   "Firefox",
	lines:   firefoxLines,
	sockets: firefoxSockets,
	words:   firefoxWords,
	heads:   firefoxHeads,
	older:   firefoxOlder,
}

// firefoxBlocking are Firefox's reasons of opaque-response blocking, by the detail of the
// refusal.
var firefoxBlocking = map[string]string{
	"never-sniffed": "mimeType is an opaque-blocklisted-never-sniffed MIME type",
	"partial-html":  "response's status is 206 and mimeType is an opaque-blocklisted MIME type",
	"nosniff":       "nosniff is true and mimeType is an opaque-blocklisted MIME type or its essence is 'text/plain'",
	"later-part":    "response status is 206 and not first partial response",
	"not-media":     "after sniff: media request",
	"nosniff-body":  "after sniff: nosniff is true",
	"status":        "after sniff: status code is not in allowed range",
	"claimed-media": "after sniff: content-type declares image/video/audio, but sniffing fails",
	"not-script":    "Javascript validation failed",
}

// firefoxWords are what Firefox puts where a message has a name in braces.
func firefoxWords(e *fetch.Error, name string) (string, bool) {
	if name == "orb" {
		return firefoxBlocking[e.Detail], true
	}
	return "", false
}

// The messages of Firefox are those of security.properties, csp.properties and
// necko.properties. A preflight's failure is followed by that of the request
// which it was for.
const (
	firefoxBlocked   = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. (Reason: "
	firefoxFailed    = firefoxBlocked + "CORS request did not succeed). Status code: (null)."
	firefoxPreflight = "\n" + firefoxFailed
	firefoxPolicy    = "Content-Security-Policy: The page’s settings blocked "
	firefoxViolated  = " because it violates the following directive: “{value}”"

	firefoxMissing     = firefoxBlocked + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {status}."
	firefoxWildcard    = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘{url}’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’)."
	firefoxMultiple    = firefoxBlocked + "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed)."
	firefoxMismatch    = firefoxBlocked + "CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’)."
	firefoxCredentials = firefoxBlocked + "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’)."
	firefoxHeader      = firefoxBlocked + "header ‘{lowername}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response)." + firefoxPreflight
)

var firefoxLines = []consoleLine{
	{fetch.CORSDisabledScheme, nil, firefoxBlocked + "CORS request not http)."},
	{fetch.CSPBlocked, forScript, firefoxPolicy + "a script ({detail}) at {url} from being executed" + firefoxViolated},
	{fetch.CSPBlocked, forStyle, firefoxPolicy + "a style ({detail}) at {url} from being applied" + firefoxViolated},
	{fetch.CSPBlocked, forWorker, firefoxPolicy + "a worker script ({detail}) at {url} from being executed" + firefoxViolated},
	{fetch.CSPBlocked, nil, firefoxPolicy + "the loading of a resource ({detail}) at {url}" + firefoxViolated},
	{integrityPolicy, nil, "The page’s settings blocked a script at {url} from being loaded because it is missing integrity metadata."},
	{fetch.MixedContent, passive, "Blocked loading mixed display content “{url}”"},
	{fetch.MixedContent, nil, "Blocked loading mixed active content “{url}”"},

	{fetch.MissingAllowOrigin, onPreflight, firefoxMissing + firefoxPreflight},
	{fetch.MissingAllowOrigin, nil, firefoxMissing},
	{fetch.WildcardOriginNotAllowed, onPreflight, firefoxWildcard + firefoxPreflight},
	{fetch.WildcardOriginNotAllowed, nil, firefoxWildcard},
	{fetch.MultipleAllowOriginValues, repeatedOnPreflight, firefoxMultiple + firefoxPreflight},
	{fetch.MultipleAllowOriginValues, repeated, firefoxMultiple},
	{fetch.MultipleAllowOriginValues, onPreflight, firefoxMismatch + firefoxPreflight},
	{fetch.MultipleAllowOriginValues, nil, firefoxMismatch},
	{fetch.InvalidAllowOriginValue, onPreflight, firefoxMismatch + firefoxPreflight},
	{fetch.InvalidAllowOriginValue, nil, firefoxMismatch},
	{fetch.AllowOriginMismatch, onPreflight, firefoxMismatch + firefoxPreflight},
	{fetch.AllowOriginMismatch, nil, firefoxMismatch},
	{fetch.InvalidAllowCredentials, onPreflight, firefoxCredentials + firefoxPreflight},
	{fetch.InvalidAllowCredentials, nil, firefoxCredentials},

	{fetch.PreflightInvalidStatus, nil, firefoxBlocked + "CORS preflight response did not succeed). Status code: {status}." + firefoxPreflight},
	{fetch.PreflightDisallowedRedirect, nil, firefoxBlocked + "CORS request external redirect not allowed)." + firefoxPreflight},
	{fetch.InvalidAllowMethods, nil, firefoxBlocked + "invalid token ‘{token}’ in CORS header ‘Access-Control-Allow-Methods’)." + firefoxPreflight},
	{fetch.InvalidAllowHeaders, nil, firefoxBlocked + "invalid token ‘{token}’ in CORS header ‘Access-Control-Allow-Headers’)." + firefoxPreflight},
	{fetch.MethodDisallowed, nil, firefoxBlocked + "Did not find method in CORS header ‘Access-Control-Allow-Methods’)." + firefoxPreflight},
	{fetch.HeaderDisallowed, nil, firefoxHeader},
	{fetch.AuthorizationNotListed, nil, firefoxHeader},

	{fetch.CrossOriginResourcePolicy, nil, "The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof). See https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#"},
	{fetch.FrameBlocked, nil, "The loading of “{url}” in a frame is denied by “X-Frame-Options“ directive set to “{value}“."},
	{fetch.ElementRefused, byEventSource, "Firefox can’t establish a connection to the server at {socket}."},
	{fetch.ElementRefused, moduleWrongType, "Loading module from “{url}” was blocked because of a disallowed MIME type (“{type}”)."},
	{fetch.OpaqueResponseBlocked, nil, "The resource at “{url}” was blocked by OpaqueResponseBlocking. Reason: “{orb}”."},
	{fetch.BlockedMIMEType, nil, "Script from “{url}” was blocked because of a disallowed MIME type (“{type}”)."},
	{fetch.BlockedByNosniff, nil, "The resource from “{url}” was blocked due to MIME type (“{type}”) mismatch (X-Content-Type-Options: nosniff)."},
	{fetch.IntegrityMismatch, opaqueElement, "“{url}” is not eligible for integrity checks since it’s neither CORS-enabled nor same-origin."},
	{fetch.NetworkFailure, corsTainted, firefoxFailed},
}

// Firefox says of no handshake why it failed.
var firefoxSockets = []consoleLine{
	{fetch.WebSocketFailed, nil, "Firefox can’t establish a connection to the server at {socket}."},
}
