package fetch

import (
	"fmt"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// Profiles are the profiles that come with the package, the Standard's first.
// Each call makes them anew; they are the caller's to change.
//
// The engines' profiles follow what the browsers were recorded to do, of the
// version that they name: testdata/recordings has some 6,600 scenarios an
// engine. Conformance's KnownDisagreements are what is left.
func Profiles() []*Profile {
	return []*Profile{Standard(), Chromium(), Firefox(), WebKit()}
}

// ProfileByName is the profile of a name that [Profiles] has.
func ProfileByName(name string) (*Profile, error) {
	var names []string
	for _, p := range Profiles() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, fmt.Errorf("fetch: profile %s is none of %s", quote(name), strings.Join(names, ", "))
}

// noPreflightCache are the cache modes with which Chromium and Firefox go
// around the preflight cache.
func noPreflightCache() []CacheMode { return []CacheMode{CacheNoStore, CacheReload, CacheNoCache} }

// Chromium is the profile of Chromium. See [Profiles].
func Chromium() *Profile {
	return &Profile{
		Name:    "chromium",
		Version: "156.0.8078.108",
		Safelist: safelist.Rules{
			SafelistedHints:         true,
			JoinRepeated:            true,
			Range:                   safelist.RangeInt64,
			ForbiddenRequestHeaders: []string{"user-agent"},
		},
		PreflightCache: preflightcache.Rules{
			WholeResult:                 true,
			WildcardUncredentialedEntry: true,
			EvictInsufficient:           true,
			SafelistedByPresence:        true,
			MaxURLLength:                1023,
		},
		PreflightLimits: preflightcache.Limits{MaxAge: 2 * time.Hour},
		Credentials: credentials.Policy{
			ClientCertificateAlways: true,
			Authentication: credentials.AuthenticationRules{
				Grammar:            credentials.GrammarPairs,
				DigestAlgorithms:   []string{"MD5", "SHA-256"},
				QOP:                credentials.QOPAuthOrNone,
				UsernameQuoted:     true,
				EmptyOpaqueDropped: true,
				Algorithm:          credentials.AlgorithmCanonical,
				Order:              credentials.OrderQOPFirst,
				BasicColon:         true,
				DigestByPath:       true,
			},
			Cookies: credentials.CookieRules{
				ThirdParty:               credentials.ThirdPartyPartitioned,
				Unset:                    credentials.UnsetIsLax,
				LaxUnsafe:                2 * time.Minute,
				SameSiteIgnoresRedirects: true,
				SecureOnLoopback:         true,
				Controls:                 credentials.ControlTabRefused,
				EmptyDomainIgnored:       true,
				DomainLiteral:            true,
				DomainIDN:                true,
				AddressHostOnly:          true,
				PlusMaxAge:               true,
				LastAttributeWins:        true,
				AncientExpires:           true,
				ServerClock:              true,
				OverwriteRenews:          true,
				PerDomain:                true,
				PerHostPurge:             30,
				AccessResolution:         time.Minute,
			},
		},
		Request: RequestRules{
			HostSpaces:             true,
			DanglingMarkup:         true,
			UserinfoBlocked:        true,
			ElementUserinfoDropped: true,
			StreamMakesCORS:        true,
			CharsetInPlace:         true,
			BlobTypeParsed:         true,
			KeepaliveEarly:         true,
		},
		Preflight: PreflightRules{
			PagePartition:                 true,
			NullNotShared:                 true,
			MaxAge:                        MaxAgeRules{NegativeNotCached: true, AcceptPlus: true, OverflowIsInvalid: true},
			WildcardCoversAuthorization:   true,
			BypassCache:                   noPreflightCache(),
			FillBypassed:                  []CacheMode{CacheReload, CacheNoCache},
			NoImpliedMethod:               true,
			KeepEntriesOnPreflightFailure: true,
			KeepEntriesOnActualFailure:    true,
			ListenerNeedsBody:             true,
			InheritCacheHeaders:           true,
		},
		Redirect: RedirectRules{
			LocationFirst:   true,
			EmptyLocation:   EmptyLocationIgnored,
			LocationBytes:   true,
			Policy:          PolicyByMember,
			HintsStayBehind: true,
		},
		Headers: HeaderRules{
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
			NavigationAccept:            "text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
			FormsRevalidate:             true,
		},
		Response: ResponseRules{
			Unambiguous:  []string{"Content-Disposition", "Location"},
			BlobSuffix:   BlobSuffixClamped,
			ResetContent: ResetContentHTTP2Body,
		},
		Network: NetworkRules{HTTP2AnyLength: true, HeadLengthUnambiguous: true, NameBlanks: true, LineFold: LineFoldKeepsValue, HalfUTF16Dropped: true},
		Ports:   PortRules{Allowed: []uint16{4190, 6679}},
		Policy: PolicyRules{
			URLNeedsChallenge:       true,
			IPNeverSameSite:         true,
			MixedContentOnHTTPSOnly: true,
			NoAboutBlank:            true,
		},
		Integrity: IntegrityRules{
			Base64:          true,
			PaddingAnywhere: true,
			MixedAlphabets:  true,
			HyphenatedNames: true,
			VerticalTab:     true,
			PublicKeys:      true,
			NoBodyIsEmpty:   true,
		},
		WebSocket: WebSocketRules{NoMetadata: true, NoAccept: true},
	}
}

// Firefox is the profile of Firefox. See [Profiles].
func Firefox() *Profile {
	return &Profile{
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
		Request: RequestRules{DataURLBlanks: true, KeepaliveEarly: true},
		Preflight: PreflightRules{
			PagePartition:               true,
			MaxAge:                      MaxAgeRules{InvalidNotCached: true, NegativeNotCached: true, EmptyIsMissing: true},
			WildcardCoversAuthorization: true,
			ForgetRedirects:             true,
			NoImpliedMethod:             true,
			TypeBeforeCharset:           true,
			BypassCache:                 []CacheMode{CacheNoStore, CacheReload},
			FillBypassed:                []CacheMode{CacheNoStore, CacheReload},
			KeepEntriesOnModeError:      true,
			ClearRedirectingURL:         true,
			ClearOnSimpleFailure:        true,
			StickyHeadersOnRedirect:     true,
			InheritCacheHeaders:         true,
		},
		Redirect: RedirectRules{LocationBytes: true, LocationControls: true, StripOnce: true, Policy: PolicyByMember},
		Headers: HeaderRules{
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
		Body:    BodyRules{Stream: StreamIsText},
		Network: NetworkRules{SafeTries: 10, HTTP2TransferEncoding: true, NULNameSkipped: true, LineFold: LineFoldKeepsAll},
		Response: ResponseRules{
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
			BlobSuffix:               BlobSuffixWithin,
			DataLength:               true,
		},
		Policy:    PolicyRules{UnknownResourcePolicyAllows: true, MixedContentOnHTTPSOnly: true, URLAnswersChallenge: true, URLNeedsChallenge: true},
		Integrity: IntegrityRules{Base64: true, ExactPadding: true, NoBodyIsEmpty: true, OfRedirect: true},
		WebSocket: WebSocketRules{SilenceAllowed: true, UnaskedProtocolIgnored: true},
	}
}

// WebKit is the profile of WebKit, as WebKitGTK has it. See [Profiles].
func WebKit() *Profile {
	return &Profile{
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
		Request: RequestRules{
			BlobTypeIsMIMEType:  true,
			BlobTypeUnguarded:   true,
			FormTypeWithoutBody: true,
			EmptyCharsetKept:    true,
			UserinfoTaken:       true,
			OnlyIfCachedAsks:    true,
			KeepaliveEarly:      true,
		},
		Preflight: PreflightRules{
			PagePartition:                 true,
			MaxAge:                        MaxAgeRules{NegativeNotCached: true, AcceptPlus: true, OverflowIsInvalid: true},
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
		Redirect: RedirectRules{
			NoLocationNoRedirect:        true,
			EmptyLocation:               EmptyLocationFails,
			JoinLocations:               true,
			ManualRefusesScheme:         true,
			DeleteBecomesGET:            true,
			Policy:                      PolicyByMember,
			SameOriginIncludes:          true,
			FirstHeaders:                true,
			TypeRestored:                true,
			OwnUserAgent:                true,
			NoCacheHeadersAcrossOrigins: true,
			BlockedAfterPreflight:       true,
		},
		Headers: HeaderRules{
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
		Body:     BodyRules{Stream: StreamIsRefused},
		Response: ResponseRules{ProxyAuthenticationShown: true, BlobRange: safelist.RangeLenient, BlobSuffix: BlobSuffixClamped, ResetContent: ResetContentBody},
		Network:  NetworkRules{HTTP1Only: true, BodyToItsEnd: true, LastLength: true, EscapesNormalized: true},
		Policy: PolicyRules{
			URLNeedsChallenge:       true,
			MixedContentOnHTTPSOnly: true,
			LoopbackIsMixed:         true,
			NoAboutBlank:            true,
			NoCORSFollowsOnly:       true,
			CredentiallessIgnored:   true,
		},
		Integrity: IntegrityRules{
			Base64:         true,
			VisibleOptions: true,
			NamesInAnyCase: true,
			NoHashNoCheck:  true,
			NoBodyIsEmpty:  true,
		},
		WebSocket: WebSocketRules{
			Destination:      "websocket",
			NoAccept:         true,
			FollowsRedirects: true,
			SilenceAllowed:   true,
			ProtocolAnyCase:  true,
		},
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
