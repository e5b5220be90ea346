package engine

import (
	"strings"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// WebKit returns the profile of WebKit, as WebKitGTK ships it. See [All].
func WebKit() *fetch.Profile {
	return &fetch.Profile{
		Name:    "webkit",
		Version: "2.50.6",
		Identity: rules.Identity{
			UserAgent:      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15",
			AcceptLanguage: "en-US,en;q=0.9",
		},
		Safelist: safelist.Rules{
			IgnoreTotalSize:      true,
			JoinRepeated:         true,
			Range:                rules.RangeLenient,
			OverrideSplitPlain:   true,
			WildcardStillExposes: []string{"accept"},
		},
		PreflightCache: rules.PreflightCache{
			WholeResult:                   true,
			WildcardUncredentialedRequest: true,
			WildcardCoversAuthorization:   true,
			EvictInsufficient:             true,
			SafelistedByPresence:          true,
		},
		PreflightLimits: preflightcache.Limits{MaxAge: 10 * time.Minute},
		HTTPCache: rules.HTTPCache{
			CacheControl:               rules.CacheControlLoose,
			CacheRequest:               rules.CacheRequestSome,
			ResponsePragma:             rules.ResponsePragmaSubstring,
			Age:                        rules.AgeDouble,
			Dates:                      rules.CacheDatesOfScript,
			InvalidExpiresIgnored:      true,
			HeuristicStatuses:          []uint16{200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501},
			PermanentStatuses:          []uint16{301, 410},
			HeuristicsFromFuture:       true,
			NoHeuristicsByMark:         true,
			StaleDespiteMustRevalidate: true,
			NoStaleIfError:             true,
			NoAge:                      true,
			ExplicitStatuses:           []uint16{201, 202, 205, 302, 303, 307, 403, 406, 415},
			NoUseNoStore:               true,
			Refusal:                    rules.RefusalRemoves,
			KeepConnectionFields:       true,
			OneResponse:                true,
			VaryExact:                  true,
			HeadNotAnswered:            true,
			Head:                       rules.HeadNothing,
			Ranges:                     rules.RangesByValue,
			PartialIsWhole:             true,
			BackgroundAnyStatus:        true,
			ConditionalStatuses:        []uint16{200, 201, 202, 203, 204, 205, 206, 300, 403, 404, 405, 406, 410, 414, 415, 501},
			NotUpdatedFields: []string{
				"!content-security-policy", "allow", "etag", "last-modified", "www-authenticate", "x-frame-options", "x-xss-protection",
				"content-*", "x-content-*", "x-webkit-*",
			},
			AnyValidatorFreshens:  true,
			AgeOutlivesValidation: true,
			FreshenNoStore:        true,
			NoInvalidation:        true,
			Use: rules.HTTPCacheUse{
				Unpartitioned:         true,
				RedirectTargetsAsked:  true,
				StoredRedirects:       5,
				RedirectKeepsRequest:  true,
				NoCacheByHeader:       true,
				StoreAfterChecks:      true,
				RedirectsUnchecked:    true,
				ConditionalFreshens:   true,
				ConditionalRedirects:  true,
				ConditionalStored:     true,
				BackgroundNoPreflight: true,
				BackgroundFreshens:    true,
				FragmentNotRedirected: true,
				BackgroundUnfollowed:  true,
				RedirectRevalidated:   true,
				ValidatorsRedirected:  true,
				BackgroundUnchecked:   true,
				VaryCookieAfter:       true,
			},
		},
		ClearSiteData: rules.ClearSiteData{CacheKept: true, CookiesOf: rules.ClearedCookiesOfSubdomains, WithoutCredentials: true, NotOnRedirects: true},
		Credentials: rules.Credentials{
			ClientCertificateAlways: true,
			SharedConnections:       true,
			Authentication: rules.Authentication{
				Grammar:          rules.GrammarItems,
				DigestAlgorithms: []string{"MD5"},
				QOP:              rules.QOPAuthRequired,
				Nonce:            rules.NonceMayBeEmpty,
				DigestRealm:      true,
				NoUserhash:       true,
				ExtendedParams:   true,
				Algorithm:        rules.AlgorithmAlways,
				Order:            rules.OrderQOPLast,
				BasicLatin1:      true,
				BasicColon:       true,
			},
			Cookies: rules.Cookies{
				ThirdParty:               rules.ThirdPartyNotStored,
				Unset:                    rules.UnsetIsNone,
				SameSiteIgnoresRedirects: true,
				SameSiteSchemeless:       true,
				SameSiteByURL:            true,
				NoneIsDefault:            true,
				IgnorePartitioned:        true,
				IgnorePrefixes:           true,
				ShadowByReplacing:        true,
				Controls:                 rules.ControlEnds,
				AnyLength:                true,
				BareAttributeIgnored:     true,
				EmptyDomainIgnored:       true,
				DomainLiteral:            true,
				DomainAboveLower:         true,
				DomainNeedsDot:           true,
				AddressHostOnly:          true,
				PlusMaxAge:               true,
				MaxAgeWraps:              true,
				LastAttributeWins:        true,
				Dates:                    rules.DatesInOrder,
				LaterExpiryWins:          true,
				EmptyMaxAgeExpires:       true,
				SuffixBarred:             true,
				OrderByHost:              true,
				PerHost:                  -1,
			},
		},
		Request: rules.Request{
			BlobTypeIsMIMEType:         true,
			BlobTypeUnguarded:          true,
			FormTypeWithoutBody:        true,
			EmptyCharsetKept:           true,
			UserinfoTaken:              true,
			OnlyIfCachedAsks:           true,
			ManifestWithoutCredentials: true,
			KeepaliveEarly:             true,
		},
		Preflight: rules.Preflight{
			PagePartition:                 true,
			MaxAge:                        rules.MaxAge{NegativeNotCached: true, AcceptPlus: true, OverflowIsInvalid: true},
			WildcardCoversAuthorization:   true,
			StatusFirst:                   true,
			KeepEntriesOnPreflightFailure: true,
			KeepEntriesOnActualFailure:    true,
			StickyHeadersOnRedirect:       true,
			ByFirstHeaders:                true,
			FirstReferrer:                 true,
			ScriptUserAgent:               true,
			NoImpliedMethod:               true,
			StoreRefused:                  true,
			TaintedNotShared:              true,
		},
		Redirect: rules.Redirect{
			NoLocationNoRedirect:        true,
			EmptyLocation:               rules.EmptyLocationFails,
			JoinLocations:               true,
			ManualRefusesScheme:         true,
			DeleteBecomesGET:            true,
			Policy:                      rules.PolicyHeaderByMember,
			SameOriginIncludes:          true,
			FirstHeaders:                true,
			TypeRestored:                true,
			OwnUserAgent:                true,
			NoCacheHeadersAcrossOrigins: true,
			BlockedAfterPreflight:       true,
		},
		Headers: rules.Headers{
			MediaPlayer:              true,
			ReferrerOfWeb:            true,
			KeptOriginOnRedirect:     true,
			NoReferrerIsPolicy:       true,
			SandboxedReferrer:        true,
			TrimReferrerWhenSent:     true,
			DowngradeByScheme:        true,
			PreflightMetadataByFirst: true,
			MetadataByCurrentURL:     true,
			NoMetadataOnRedirect:     true,
			PreflightSiteByOrigin:    true,
			NoUserHeader:             true,
			UTF8Values:               true,
			ReplaceNotUTF8:           true,
			Spellings:                webkitSpellings(),
			LateAcceptLanguage:       true,
			RangeForgotten:           true,
			EmptyIsNone:              true,
			UpgradeOfInsecureOnly:    true,
			Accept: []rules.HeaderCase{
				{For: "image", Value: "image/webp,image/avif,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"},
			},
			Codings: []rules.HeaderCase{{For: "https", Value: "gzip, deflate, br"}},
			Order:   webkitOrder(),
			Groups: []rules.HeaderCase{
				{For: "known", Value: webkitKnown},
				{For: "library", Value: webkitLibraryOnly},
				{For: "core", Value: webkitCoreOnly},
			},
		},
		Body:     rules.Body{Stream: rules.StreamRefused},
		Response: rules.Response{ProxyAuthenticationShown: true, BlobRange: rules.RangeLenient, BlobSuffix: rules.BlobSuffixClamped, ResetContent: rules.ResetContentBody},
		Network:  rules.Network{HTTP1Only: true, BodyToItsEnd: true, LastLength: true, EscapesNormalized: true},
		CSP: rules.CSP{
			WebSocketURL: true, Ports: rules.PortsUpgraded, IPHosts: true, QueryCutOff: true, AnyPath: true, PathDecodedFirst: true,
			BareWildcardIgnored: true, StarAllowsData: true, WorkerStrictDynamic: rules.WorkerByScriptOrDefault, Order: rules.PolicyAfterUpgrades,
			ReportNullOrigin: true, ReportMaxAge: true, ReportNoDestination: true, StrictDynamicEnds: true,
		},
		Policy: rules.Policy{
			NoConnectionAllowlist: true,

			URLNeedsChallenge:       true,
			MixedContentOnHTTPSOnly: true,
			LoopbackIsMixed:         true,
			NoAboutBlank:            true,
			NoCORSFollowsOnly:       true,
			CredentiallessIgnored:   true,
		},
		Embedder:     rules.Embedder{SilentCORPFrame: true, RedirectsNeedPolicy: true},
		MixedContent: rules.MixedContent{Addresses: rules.UpgradedAddressesIPv6, MediaWithoutReferrer: true, RedirectThroughInsecure: true},
		HSTS:         rules.HSTS{Upgrade: rules.HSTSNever},
		Integrity: rules.Integrity{
			Base64:         true,
			VisibleOptions: true,
			NamesInAnyCase: true,
			NoHashNoCheck:  true,
			NoBodyIsEmpty:  true,
			BlankIsNone:    true,

			PolicyOfScriptsOnly:  true,
			PolicyListsOnly:      true,
			PolicyWithoutNumbers: true,
		},
		Beacon: rules.Beacon{SandboxedReferrer: rules.SandboxedReferrerPage, SandboxedOrigin: true, NoFetchLater: true, RefusesMixedContent: true, RefusesBadPort: true, Revalidates: true, NoCredentialsOnceCrossed: true},
		EventSource: rules.EventSource{
			HTTPOnly:              true,
			FirstType:             true,
			SandboxedReferrer:     rules.SandboxedReferrerPage,
			BadPortSilent:         true,
			ThrowsByCSP:           true,
			Fails:                 rules.EventSourceFailsByLocation,
			Retry:                 rules.RetryLeading,
			ID:                    rules.EventIDHeld,
			IDKept:                true,
			NoPragmaAcrossOrigins: true,
		},
		LocalNetwork: rules.LocalNetwork{Unchecked: true, NoTarget: true},
		WebSocket: rules.WebSocket{
			DeflatesAgain:      true,
			Destination:        "websocket",
			CSPException:       "SecurityError",
			CSPBeforeProtocols: true,
			LastProtocol:       true,
			EmptyExtensions:    true,
			PortFirst:          true,
			Extension:          "permessage-deflate; client_max_window_bits",
			NoAccept:           true,
			FollowsRedirects:   true,
			SilenceAllowed:     true,
			ProtocolAnyCase:    true,
		},
		Element: rules.Element{
			PDFImages:                     true,
			PreloadDecodesImages:          true,
			PreloadAnyType:                true,
			StyleUnparsable:               rules.StyleWithoutMIMEType,
			MixedContentFrame:             rules.FrameSilent,
			FailedFrame:                   rules.FrameSilent,
			WorkerPolicyThrows:            true,
			FontWithoutCORS:               true,
			TrackWithoutCORS:              true,
			HomeOrigin:                    rules.HomeOriginNotWorker,
			WorkerModulesPagePolicy:       true,
			SandboxedReferrer:             rules.SandboxedElementsAll,
			ImportsNamePage:               true,
			WorkerOriginThrows:            true,
			ModuleThrowsOnce:              true,
			StyleImagesReused:             true,
			ImageReplaced:                 true,
			RedirectsInclude:              []string{"css-mask", "modulepreload"},
			ModulesRetried:                true,
			ModulepreloadRefused:          []string{"fetch", "font", "image", "style", "track"},
			ModulepreloadAs:               rules.ModulepreloadAsIgnored,
			ModulepreloadAnyType:          true,
			PreloadWithoutIntegrity:       []string{"fetch", "font", "image", "script", "style", "track", "worker"},
			ModulepreloadWithoutIntegrity: true,
			PreloadOKStatus:               []string{"font", "script", "style"},
			PreloadScripts:                []string{"worker"},
			PreloadOnce:                   []string{"font", "image"},
			PreloadOnceLoaded:             []string{"script", "style", "worker"},
			PreloadRefusedOnce:            true,
			ModulepreloadApart:            true,
		},
		Messages: rules.Messages{NetworkError: "Load failed", Aborted: "The operation was aborted."},
	}
}

// webkitSpellings are the names that WebKit knows as its own constants and that
// script may set.
func webkitSpellings() []string {
	return strings.Fields(webkitKnown + " " + webkitLibraryOnly + " " + webkitCoreOnly)
}

// The names of headers that WebCore and its network library know, or one of them.
// Both keep the headers that they know apart from the others, and before them.
const (
	webkitKnown = "Accept Accept-Language Accept-Ranges Access-Control-Allow-Credentials Access-Control-Allow-Headers Access-Control-Allow-Methods " +
		"Access-Control-Allow-Origin Access-Control-Expose-Headers Access-Control-Max-Age Age Authorization Cache-Control Content-Disposition " +
		"Content-Encoding Content-Language Content-Location Content-Range Content-Security-Policy Content-Security-Policy-Report-Only Content-Type " +
		"Cross-Origin-Resource-Policy Default-Style ETag Expires If-Match If-Modified-Since If-None-Match If-Range If-Unmodified-Since Last-Event-ID " +
		"Last-Modified Link Location Ping-From Ping-To Pragma Range Referrer-Policy Refresh Server-Timing Service-Worker Service-Worker-Allowed " +
		"Set-Cookie2 SourceMap Timing-Allow-Origin Upgrade-Insecure-Requests User-Agent Vary X-Content-Type-Options X-Frame-Options X-SourceMap " +
		"X-Temp-Tablet X-XSS-Protection"
	webkitLibraryOnly = "Authentication-Info Purpose Server WWW-Authenticate X-DNS-Prefetch-Control"
	webkitCoreOnly    = "Clear-Site-Data Cross-Origin-Embedder-Policy Cross-Origin-Embedder-Policy-Report-Only Cross-Origin-Opener-Policy " +
		"Cross-Origin-Opener-Policy-Report-Only Icy-MetaInt Icy-Metadata Integrity-Policy Integrity-Policy-Report-Only Report-To Reporting-Endpoints " +
		"Service-Worker-Navigation-Preload"
)

// webkitOrder is the order of WebKit's headers: those of the page's process, in the
// order in which it sets them, and those of the network library.
func webkitOrder() []rules.HeaderCase {
	const (
		agent    = "User-Agent "
		caching  = "Pragma Cache-Control "
		asking   = "If-None-Match If-Modified-Since "
		coding   = "Content-Length Accept-Encoding Accept-Language <no-body> <again> Cookie Authorization <core> "
		library  = "<library> " + asking + coding
		metadata = "Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site "
		last     = "<identity> " + library + metadata + "<script>"
		restLast = "<library> " + coding + metadata + "<script>"
		hopLast  = caching + asking + agent + restLast
	)
	return []rules.HeaderCase{
		{For: "preflight", Value: "Origin Access-Control-Request-Method Referer Access-Control-Request-Headers User-Agent Accept " + caching + library +
			"Sec-Fetch-Mode Sec-Fetch-Dest Sec-Fetch-Site"},
		{For: "websocket", Value: agent + "Origin " + caching + "Upgrade Connection Sec-WebSocket-Key Sec-WebSocket-Version Sec-WebSocket-Protocol " +
			"Sec-WebSocket-Extensions Accept-Encoding Accept-Language Cookie " + metadata},
		{For: "report", Value: "<known> Origin " + agent + "Referer Accept " + caching + last},
		{For: "element script in-worker", Value: "<known> Referer Accept Origin " + agent + caching + last},
		{For: "element worker in-worker", Value: "Origin Referer <known> Accept " + agent + caching + last},
		{For: "media cors crossed", Value: "<known> Accept Origin Referer " + agent + caching + "<identity> " + library + "Icy-Metadata " + metadata + "<script>"},
		{For: "media", Value: "Referer Origin <known> Accept " + agent + caching + "<identity> " + library + "Icy-Metadata " + metadata + "<script>"},
		{For: "navigation", Value: "Referer Origin <known> Accept Upgrade-Insecure-Requests " + agent + caching + last},
		{For: "eventsource crossed", Value: "<known> Cache-Control Last-Event-ID Origin Referer " + agent + last},
		{For: "eventsource cors", Value: "<known> Cache-Control Last-Event-ID Origin Referer " + agent + "Pragma " + last},
		{For: "eventsource redirected", Value: "<known> Cache-Control Last-Event-ID Origin Referer Pragma " + agent + last},
		{For: "eventsource", Value: "<known> Cache-Control Last-Event-ID Origin Referer " + agent + "Pragma " + last},
		{For: "cors crossed", Value: "<known> Accept Origin Referer " + agent + caching + last},
		{For: "beacon cors", Value: "<known> Accept Referer Origin " + agent + caching + last},
		{For: "fetch cors home late-origin", Value: "<known> Referer Accept " + agent + "Origin " + caching + last},
		{For: "cors home late-origin", Value: "<known> Accept Referer " + agent + "Origin " + caching + last},
		{For: "fetch cors home", Value: "<known> Referer Accept Origin " + agent + caching + last},
		{For: "cors home", Value: "<known> Accept Referer Origin " + agent + caching + last},
		{For: "fetch cors", Value: "<known> Origin Referer Accept " + agent + caching + last},
		{For: "cors", Value: "<known> Origin Accept Referer " + agent + caching + last},
		{For: "crossorigin", Value: "<known> Origin Accept Referer " + agent + caching + last},
		{For: "fetch kept-origin", Value: "<known> Origin Referer Accept <restored-type> <identity> " + hopLast},
		{For: "kept-origin", Value: "<known> Origin Accept Referer <restored-type> <identity> " + hopLast},
		{For: "fetch redirected", Value: "<known> Referer Accept Origin <restored-type> <identity> " + hopLast},
		{For: "beacon redirected strayed", Value: "<known> Accept Referer <identity> " + caching + "Origin <restored-type> " + asking + agent + restLast},
		{For: "beacon redirected", Value: "<known> Accept Referer Origin <identity> " + caching + "<restored-type> " + asking + agent + restLast},
		{For: "redirected", Value: "<known> Accept Referer Origin <restored-type> <identity> " + hopLast},
		{For: "fetch", Value: "<known> Referer Accept Origin " + agent + caching + last},
		{Value: "<known> Accept Referer Origin " + agent + caching + last},
	}
}

// webkit is what is known of WebKit besides its profile.
var webkit = browser{
	profile: WebKit,
	title:   "WebKit",
	lines:   webkitLines,
	parts:   webkitParts,
	words:   webkitWords,
	older:   webkitOlder,
}

// The messages of WebKit are those of CrossOriginAccessControl.cpp,
// CrossOriginPreflightResultCache.cpp, NetworkLoadChecker.cpp, ContentSecurityPolicy.cpp,
// DocumentThreadableLoader.cpp, MixedContentChecker.cpp and
// LoadableScript.cpp. {crossing} is what precedes the finding about a
// redirect's response, {denied} the line that follows an access control error.
var webkitLines = []consoleLine{
	{fetch.DisallowedByMode, firstFetch, "Fetch API cannot load {url}."},
	{fetch.DisallowedByMode, nil, "Unsafe attempt to load URL {url} from origin {origin}. Domains, protocols and ports must match.{denied}"},
	{fetch.CORSDisabledScheme, byScript, "Cross origin requests are only supported for HTTP.{denied}"},
	{fetch.BadPort, nil, "Not allowed to use restricted network port {port}: {url}"},
	{fetch.CSPBlocked, defaultDecides, "Refused to {load} {url} because it appears in neither the {detail} directive nor the default-src directive of the Content Security Policy."},
	{fetch.CSPBlocked, nil, "Refused to {load} {url} because it does not appear in the {detail} directive of the Content Security Policy."},
	{fetch.MixedContent, firstByScript, "[blocked] The page at {document} requested insecure content from {url}. This content was blocked and must be served over HTTPS.\nNot allowed to request resource{denied}"},
	{fetch.MixedContent, nil, "[blocked] The page at {document} requested insecure content from {url}. This content was blocked and must be served over HTTPS."},

	{fetch.MissingAllowOrigin, nil, "{crossing}Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}{denied}"},
	{fetch.WildcardOriginNotAllowed, nil, "{crossing}Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.{denied}"},
	{fetch.MultipleAllowOriginValues, commaInValue, "{crossing}Access-Control-Allow-Origin cannot contain more than one origin.{denied}"},
	{fetch.MultipleAllowOriginValues, nil, "{crossing}Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}{denied}"},
	{fetch.InvalidAllowOriginValue, nil, "{crossing}Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}{denied}"},
	{fetch.AllowOriginMismatch, nil, "{crossing}Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}{denied}"},
	{fetch.InvalidAllowCredentials, nil, `{crossing}Credentials flag is true, but Access-Control-Allow-Credentials is not "true".{denied}`},

	{fetch.PreflightInvalidStatus, nil, "Preflight response is not successful. Status code: {status}{denied}"},
	{fetch.PreflightDisallowedRedirect, nil, "Preflight response is not successful. Status code: {status}{denied}"},
	{fetch.InvalidAllowMethods, nil, "Header Access-Control-Allow-Methods has an invalid value: {value}{denied}"},
	{fetch.InvalidAllowHeaders, nil, "Header Access-Control-Allow-Headers has an invalid value: {value}{denied}"},
	{fetch.MethodDisallowed, nil, "Method {method} is not allowed by Access-Control-Allow-Methods.{denied}"},
	{fetch.HeaderDisallowed, nil, "Request header field {name} is not allowed by Access-Control-Allow-Headers.{denied}"},

	{fetch.RedirectModeError, nil, "Not allowed to follow a redirection while loading {url}{denied}"},
	{fetch.TooManyRedirects, nil, "Load cannot follow more than 20 redirections{denied}"},
	{fetch.RedirectContainsCredentials, nil, "Cross-origin redirection to {location} denied by Cross-Origin Resource Sharing policy: redirection URL {location} has credentials{denied}"},
	{fetch.RedirectScheme, corsTainted, "Cross-origin redirection to {location} denied by Cross-Origin Resource Sharing policy: not allowed to follow a cross-origin CORS redirection with non CORS scheme{denied}"},

	{fetch.CrossOriginResourcePolicy, nil, "Cancelled load to {url} because it violates the resource's Cross-Origin-Resource-Policy response header.{denied}"},
	{fetch.EmbedderPolicyMissing, forWorker, "Refused to load '{url}' worker because of Cross-Origin-Embedder-Policy."},
	{fetch.EmbedderPolicyMissing, nil, "Refused to display '{url}' in a frame because of Cross-Origin-Embedder-Policy."},
	{fetch.FrameBlocked, singleOption, "Refused to display '{frame}' in a frame because it set 'X-Frame-Options' to '{option}'."},
	{fetch.ElementRefused, eventsWrongType, eventSourceType},
	{fetch.BlockedMIMEType, forScript, "Refused to execute {url} as script because {type} is not a script MIME type."},
	{fetch.BlockedByNosniff, forScript, `Refused to execute {url} as script because "X-Content-Type-Options: nosniff" was given and its Content-Type is not a script MIME type.`},
	{fetch.BlockedByNosniff, forStyle, "Did not parse stylesheet at '{url}' because non CSS MIME types are not allowed in strict mode."},
}

// webkitParts are the parts of WebKit's messages that not all of them have. What it
// prints after an access control error is by who asked.
var webkitParts = map[string][]part{
	"load":     {{connects, "connect to"}, {nil, "load"}},
	"crossing": {{onRedirect, "Cross-origin redirection to {location} denied by Cross-Origin Resource Sharing policy: "}, {nil, ""}},
	"denied": {
		{byWho("fetch"), "\nFetch API cannot load {url} due to access control checks."},
		{byWho("xhr"), "\nXMLHttpRequest cannot load {url} due to access control checks."},
		{byWho("image"), "\nCannot load image {url} due to access control checks."},
		{byWho("script"), "\nCross-origin script load denied by Cross-Origin Resource Sharing policy."},
		{byWho("track"), "\nCross-origin text track load denied by Cross-Origin Resource Sharing policy."},
		{byWho("audio"), "\nCross-origin media resource load denied by Cross-Origin Resource Sharing policy."},
		{byWho("video"), "\nCross-origin media resource load denied by Cross-Origin Resource Sharing policy."},
		{nil, ""},
	},
}

// webkitWords are what names stand for that Chromium's lines have, too.
func webkitWords(e *fetch.Error, name string) (string, bool) {
	switch name {
	case "frame":
		return text.Legible(e.Request.URL, consoleLimit), true
	case "option":
		return text.Legible(e.Particular("value"), consoleLimit), true
	}
	return "", false
}
