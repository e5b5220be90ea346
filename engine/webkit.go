package engine

import (
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// WebKit returns the profile of WebKit, as WebKitGTK ships it. See [All].
func WebKit() *fetch.Profile {
	return &fetch.Profile{
		Name:    "webkit",
		Version: "2.50.6",
		Safelist: safelist.Rules{
			IgnoreTotalSize:      true,
			JoinRepeated:         true,
			Range:                safelist.RangeLenient,
			OverrideSplitPlain:   true,
			WildcardStillExposes: []string{"accept"},
		},
		PreflightCache: preflightcache.Rules{
			WholeResult:                   true,
			WildcardUncredentialedRequest: true,
			WildcardCoversAuthorization:   true,
			EvictInsufficient:             true,
			SafelistedByPresence:          true,
		},
		PreflightLimits: preflightcache.Limits{MaxAge: 10 * time.Minute},
		Credentials: credentials.Policy{
			ClientCertificateAlways: true,
			SharedConnections:       true,
			Authentication: credentials.AuthenticationRules{
				Grammar:          credentials.GrammarItems,
				DigestAlgorithms: []string{"MD5"},
				QOP:              credentials.QOPAuthRequired,
				Nonce:            credentials.NonceMayBeEmpty,
				DigestRealm:      true,
				NoUserhash:       true,
				ExtendedParams:   true,
				Algorithm:        credentials.AlgorithmAlways,
				Order:            credentials.OrderQOPLast,
				BasicLatin1:      true,
				BasicColon:       true,
			},
			Cookies: credentials.CookieRules{
				ThirdParty:               credentials.ThirdPartyNotStored,
				Unset:                    credentials.UnsetIsNone,
				SameSiteIgnoresRedirects: true,
				SameSiteSchemeless:       true,
				SameSiteByURL:            true,
				NoneIsDefault:            true,
				IgnorePartitioned:        true,
				IgnorePrefixes:           true,
				ShadowByReplacing:        true,
				Controls:                 credentials.ControlEnds,
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
				AncientExpires:           true,
				LaterExpiryWins:          true,
				EmptyMaxAgeExpires:       true,
				SuffixBarred:             true,
				OrderByHost:              true,
				PerHost:                  -1,
			},
		},
		Request: fetch.RequestRules{
			BlobTypeIsMIMEType:  true,
			BlobTypeUnguarded:   true,
			FormTypeWithoutBody: true,
			EmptyCharsetKept:    true,
			UserinfoTaken:       true,
			OnlyIfCachedAsks:    true,
			KeepaliveEarly:      true,
		},
		Preflight: fetch.PreflightRules{
			PagePartition:                 true,
			MaxAge:                        fetch.MaxAgeRules{NegativeNotCached: true, AcceptPlus: true, OverflowIsInvalid: true},
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
		Redirect: fetch.RedirectRules{
			NoLocationNoRedirect:        true,
			EmptyLocation:               fetch.EmptyLocationFails,
			JoinLocations:               true,
			ManualRefusesScheme:         true,
			DeleteBecomesGET:            true,
			Policy:                      fetch.PolicyByMember,
			SameOriginIncludes:          true,
			FirstHeaders:                true,
			TypeRestored:                true,
			OwnUserAgent:                true,
			NoCacheHeadersAcrossOrigins: true,
			BlockedAfterPreflight:       true,
		},
		Headers: fetch.HeaderRules{
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
		},
		Body:     fetch.BodyRules{Stream: fetch.StreamIsRefused},
		Response: fetch.ResponseRules{ProxyAuthenticationShown: true, BlobRange: safelist.RangeLenient, BlobSuffix: fetch.BlobSuffixClamped, ResetContent: fetch.ResetContentBody},
		Network:  fetch.NetworkRules{HTTP1Only: true, BodyToItsEnd: true, LastLength: true, EscapesNormalized: true},
		Policy: fetch.PolicyRules{
			URLNeedsChallenge:       true,
			MixedContentOnHTTPSOnly: true,
			LoopbackIsMixed:         true,
			NoAboutBlank:            true,
			NoCORSFollowsOnly:       true,
			CredentiallessIgnored:   true,
		},
		Integrity: fetch.IntegrityRules{
			Base64:         true,
			VisibleOptions: true,
			NamesInAnyCase: true,
			NoHashNoCheck:  true,
			NoBodyIsEmpty:  true,
		},
		WebSocket: fetch.WebSocketRules{
			Destination:      "websocket",
			NoAccept:         true,
			FollowsRedirects: true,
			SilenceAllowed:   true,
			ProtocolAnyCase:  true,
		},
		Messages: fetch.MessageRules{NetworkError: "Load failed", Aborted: "The operation was aborted."},
	}
}

// webkitSpellings are the names that WebKit knows as its own constants and that
// script may set.
func webkitSpellings() []string {
	return []string{
		"Accept", "Accept-Language", "Accept-Ranges", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods",
		"Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Access-Control-Max-Age", "Age", "Authorization", "Cache-Control", "Clear-Site-Data",
		"Content-Disposition", "Content-Encoding", "Content-Language", "Content-Location", "Content-Range", "Content-Security-Policy",
		"Content-Security-Policy-Report-Only", "Content-Type", "Cross-Origin-Embedder-Policy", "Cross-Origin-Embedder-Policy-Report-Only",
		"Cross-Origin-Opener-Policy", "Cross-Origin-Opener-Policy-Report-Only", "Cross-Origin-Resource-Policy", "Default-Style", "ETag", "Expires",
		"Icy-MetaInt", "Icy-Metadata", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Integrity-Policy",
		"Integrity-Policy-Report-Only", "Last-Event-ID", "Last-Modified", "Link", "Location", "Ping-From", "Ping-To", "Pragma", "Purpose", "Range",
		"Referrer-Policy", "Refresh", "Report-To", "Reporting-Endpoints", "Server", "Server-Timing", "Service-Worker", "Service-Worker-Allowed",
		"Service-Worker-Navigation-Preload", "Set-Cookie2", "SourceMap", "Timing-Allow-Origin", "Upgrade-Insecure-Requests", "User-Agent", "Vary",
		"WWW-Authenticate", "X-Content-Type-Options", "X-DNS-Prefetch-Control", "X-Frame-Options", "X-SourceMap", "X-Temp-Tablet", "X-XSS-Protection",
	}
}

// webkit is what is known of WebKit besides its profile.
var webkit = browser{
	profile: WebKit,
	title:   "WebKit",
	lines:   webkitLines,
	words:   webkitWords,
}

// The messages of WebKit are those of CrossOriginAccessControl.cpp,
// CrossOriginPreflightResultCache.cpp, NetworkLoadChecker.cpp,
// DocumentThreadableLoader.cpp, MixedContentChecker.cpp and
// LoadableScript.cpp. {crossing} is what precedes the finding about a
// redirect's response, {denied} the line that follows an access control error.
var webkitLines = []consoleLine{
	{fetch.DisallowedByMode, firstFetch, "Fetch API cannot load {url}."},
	{fetch.DisallowedByMode, nil, "Unsafe attempt to load URL {url} from origin {origin}. Domains, protocols and ports must match.{denied}"},
	{fetch.CORSDisabledScheme, byScript, "Cross origin requests are only supported for HTTP.{denied}"},
	{fetch.BadPort, nil, "Not allowed to use restricted network port {port}: {url}"},
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
	{fetch.BlockedMIMEType, forScript, "Refused to execute {url} as script because {type} is not a script MIME type."},
	{fetch.BlockedByNosniff, forScript, `Refused to execute {url} as script because "X-Content-Type-Options: nosniff" was given and its Content-Type is not a script MIME type.`},
	{fetch.BlockedByNosniff, forStyle, "Did not parse stylesheet at '{url}' because non CSS MIME types are not allowed in strict mode."},
}

// webkitDenied is what WebKit prints after an access control error, by who
// asked.
var webkitDenied = map[string]string{
	string(fetch.APIFetch):         "\nFetch API cannot load {url} due to access control checks.",
	string(fetch.APIXHR):           "\nXMLHttpRequest cannot load {url} due to access control checks.",
	string(fetch.DestinationImage): "\nCannot load image {url} due to access control checks.",
	string(fetch.DestinationScript): "\n" +
		"Cross-origin script load denied by Cross-Origin Resource Sharing policy.",
	string(fetch.DestinationTrack): "\n" +
		"Cross-origin text track load denied by Cross-Origin Resource Sharing policy.",
	string(fetch.DestinationAudio): "\n" +
		"Cross-origin media resource load denied by Cross-Origin Resource Sharing policy.",
	string(fetch.DestinationVideo): "\n" +
		"Cross-origin media resource load denied by Cross-Origin Resource Sharing policy.",
}

// webkitWords are the parts of WebKit's messages that depend on the refusal.
func webkitWords(e *fetch.Error, name string) (string, bool) {
	switch name {
	case "crossing":
		if onRedirect(e) {
			return "Cross-origin redirection to {location} denied by Cross-Origin Resource Sharing policy: ", true
		}
		return "", true
	case "denied":
		return webkitDenied[who(e)], true
	}
	return "", false
}
