package engine

import (
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// Firefox returns the profile of Firefox. See [All].
func Firefox() *fetch.Profile {
	return &fetch.Profile{
		Name:    "firefox",
		Version: "153.8.0esr",
		Safelist: safelist.Rules{
			IgnoreTotalSize:              true,
			HighBytesUnsafe:              true,
			CommaUnsafe:                  true,
			LastSemicolonUnsafe:          true,
			TypeEndsAtBlank:              true,
			Range:                        safelist.RangeUint64,
			OverrideSplitPlain:           true,
			RepeatUnsafeNames:            true,
			ExposeWildcardBeforeBadToken: true,
		},
		PreflightCache: preflightcache.Rules{
			SplitCredentials:     true,
			NoWildcard:           true,
			HeadNeedsEntry:       true,
			SafelistedByPresence: true,
			PresenceLasts:        true,
			ZeroChangesNothing:   true,
		},
		PreflightLimits: preflightcache.Limits{MaxAge: 24 * time.Hour},
		Credentials: credentials.Policy{Authentication: credentials.AuthenticationRules{
			Grammar:            credentials.GrammarLoose,
			DigestAlgorithms:   []string{"MD5", "SHA-256"},
			SafestDigest:       true,
			URLAnswersOne:      true,
			QOP:                credentials.QOPAuthOrNone,
			Nonce:              credentials.NonceOptional,
			DigestASCII:        true,
			NoUserhash:         true,
			EmptyOpaqueDropped: true,
			Algorithm:          credentials.AlgorithmCanonical,
			Order:              credentials.OrderQOPFirst,
			BasicColon:         true,
			DigestByPath:       true,
		}, Cookies: credentials.CookieRules{
			ThirdParty:            credentials.ThirdPartyJar,
			Unset:                 credentials.UnsetIsNone,
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
			AncientExpires:        true,
			ServerClock:           true,
			MinusExpires:          true,
			PerDomain:             true,
			PerHostPurge:          30,
			PurgePartitions:       true,
			PartitionBytes:        12 << 10,
			PartitionBytesPurge:   2 << 10,
			AccessResolution:      time.Minute,
		}},
		Request: fetch.RequestRules{DataURLBlanks: true, KeepaliveEarly: true},
		Preflight: fetch.PreflightRules{
			PagePartition:               true,
			MaxAge:                      fetch.MaxAgeRules{InvalidNotCached: true, NegativeNotCached: true, EmptyIsMissing: true},
			WildcardCoversAuthorization: true,
			ForgetRedirects:             true,
			NoImpliedMethod:             true,
			TypeBeforeCharset:           true,
			BypassCache:                 []fetch.CacheMode{fetch.CacheNoStore, fetch.CacheReload},
			FillBypassed:                []fetch.CacheMode{fetch.CacheNoStore, fetch.CacheReload},
			KeepEntriesOnModeError:      true,
			ClearRedirectingURL:         true,
			ClearOnSimpleFailure:        true,
			StickyHeadersOnRedirect:     true,
			InheritCacheHeaders:         true,
		},
		Redirect: fetch.RedirectRules{LocationBytes: true, LocationControls: true, StripOnce: true, Policy: fetch.PolicyByMember},
		Headers: fetch.HeaderRules{
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
		},
		Body:    fetch.BodyRules{Stream: fetch.StreamIsText},
		Network: fetch.NetworkRules{SafeTries: 10, HTTP2TransferEncoding: true, NULNameSkipped: true, LineFold: fetch.LineFoldKeepsAll},
		Response: fetch.ResponseRules{
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
			BlobRange:                safelist.RangeUint64,
			BlobSuffix:               fetch.BlobSuffixWithin,
			DataLength:               true,
		},
		Policy:    fetch.PolicyRules{UnknownResourcePolicyAllows: true, MixedContentOnHTTPSOnly: true, URLAnswersChallenge: true, URLNeedsChallenge: true},
		Integrity: fetch.IntegrityRules{Base64: true, ExactPadding: true, NoBodyIsEmpty: true, OfRedirect: true},
		WebSocket: fetch.WebSocketRules{SilenceAllowed: true, UnaskedProtocolIgnored: true},
		Messages:  fetch.MessageRules{NetworkError: "NetworkError when attempting to fetch resource.", Aborted: "The operation was aborted. "},
	}
}

// firefox is what is known of Firefox besides its profile.
var firefox = browser{
	profile: Firefox,
	title:   "Firefox",
	lines:   firefoxLines,
}

// The messages of Firefox are those of security.properties and
// necko.properties. A preflight's failure is followed by that of the request
// which it was for.
const (
	firefoxBlocked   = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. (Reason: "
	firefoxFailed    = firefoxBlocked + "CORS request did not succeed). Status code: (null)."
	firefoxPreflight = "\n" + firefoxFailed

	firefoxMissing     = firefoxBlocked + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {status}."
	firefoxWildcard    = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘{url}’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’)."
	firefoxMultiple    = firefoxBlocked + "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed)."
	firefoxMismatch    = firefoxBlocked + "CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’)."
	firefoxCredentials = firefoxBlocked + "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’)."
	firefoxHeader      = firefoxBlocked + "header ‘{lowername}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response)." + firefoxPreflight
)

var firefoxLines = []consoleLine{
	{fetch.CORSDisabledScheme, nil, firefoxBlocked + "CORS request not http)."},
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
	{fetch.BlockedMIMEType, nil, "Script from “{url}” was blocked because of a disallowed MIME type (“{type}”)."},
	{fetch.BlockedByNosniff, nil, "The resource from “{url}” was blocked due to MIME type (“{type}”) mismatch (X-Content-Type-Options: nosniff)."},
	{fetch.IntegrityMismatch, opaqueElement, "“{url}” is not eligible for integrity checks since it’s neither CORS-enabled nor same-origin."},
	{fetch.NetworkFailure, corsTainted, firefoxFailed},
}
