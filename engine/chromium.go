package engine

import (
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// Chromium returns the profile of Chromium. See [All].
func Chromium() *fetch.Profile {
	return &fetch.Profile{
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
		Request: fetch.RequestRules{
			HostSpaces:             true,
			DanglingMarkup:         true,
			UserinfoBlocked:        true,
			ElementUserinfoDropped: true,
			StreamMakesCORS:        true,
			CharsetInPlace:         true,
			BlobTypeParsed:         true,
			KeepaliveEarly:         true,
		},
		Preflight: fetch.PreflightRules{
			PagePartition:                 true,
			NullNotShared:                 true,
			MaxAge:                        fetch.MaxAgeRules{NegativeNotCached: true, AcceptPlus: true, OverflowIsInvalid: true},
			WildcardCoversAuthorization:   true,
			BypassCache:                   noPreflightCache(),
			FillBypassed:                  []fetch.CacheMode{fetch.CacheReload, fetch.CacheNoCache},
			NoImpliedMethod:               true,
			KeepEntriesOnPreflightFailure: true,
			KeepEntriesOnActualFailure:    true,
			ListenerNeedsBody:             true,
			InheritCacheHeaders:           true,
		},
		Redirect: fetch.RedirectRules{
			LocationFirst:   true,
			EmptyLocation:   fetch.EmptyLocationIgnored,
			LocationBytes:   true,
			Policy:          fetch.PolicyByMember,
			HintsStayBehind: true,
		},
		Headers: fetch.HeaderRules{
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
		Response: fetch.ResponseRules{
			Unambiguous:  []string{"Content-Disposition", "Location"},
			BlobSuffix:   fetch.BlobSuffixClamped,
			ResetContent: fetch.ResetContentHTTP2Body,
		},
		Network: fetch.NetworkRules{HTTP2AnyLength: true, HeadLengthUnambiguous: true, NameBlanks: true, LineFold: fetch.LineFoldKeepsValue, HalfUTF16Dropped: true},
		Ports:   fetch.PortRules{Allowed: []uint16{4190, 6679}},
		Policy: fetch.PolicyRules{
			URLNeedsChallenge:       true,
			IPNeverSameSite:         true,
			MixedContentOnHTTPSOnly: true,
			NoAboutBlank:            true,
		},
		Integrity: fetch.IntegrityRules{
			Base64:          true,
			PaddingAnywhere: true,
			MixedAlphabets:  true,
			HyphenatedNames: true,
			VerticalTab:     true,
			PublicKeys:      true,
			NoBodyIsEmpty:   true,
		},
		WebSocket: fetch.WebSocketRules{NoMetadata: true, NoAccept: true},
		Messages:  fetch.MessageRules{Aborted: "signal is aborted without reason"},
	}
}

// noPreflightCache are the cache modes with which Chromium and Firefox go
// around the preflight cache.
func noPreflightCache() []fetch.CacheMode {
	return []fetch.CacheMode{fetch.CacheNoStore, fetch.CacheReload, fetch.CacheNoCache}
}

// chromium is what is known of Chromium besides its profile.
var chromium = browser{
	profile: Chromium,
	title:   "Chromium",
	lines:   chromiumLines,
	words:   chromiumWords,
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
	{fetch.DisallowedByMode, nil, chromiumBlocked + "Cross origin requests are not allowed by request mode."},
	{fetch.RedirectModeNotFollow, byFetch, chromiumFetch + `Request mode is "no-cors" but the redirect mode is not "follow".`},
	{fetch.CORSDisabledScheme, local, chromiumLocal},
	{fetch.CORSDisabledScheme, firstFetch, chromiumFetch + `URL scheme "{scheme}" is not supported.`},
	{fetch.CORSDisabledScheme, byFTP, "FTP is not supported."},
	{fetch.CORSDisabledScheme, nil, chromiumSchemes},
	{fetch.UnsupportedScheme, local, chromiumLocal},
	{fetch.UnsupportedScheme, firstFetch, chromiumFetch + `URL scheme "{scheme}" is not supported.`},
	{fetch.BadPort, nil, chromiumFailed + "ERR_UNSAFE_PORT"},
	{fetch.MixedContent, nil, "Mixed Content: The page at '{document}' was loaded over HTTPS, but requested an insecure {resource} '{url}'. This request has been blocked; the content must be served over HTTPS."},

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
	{fetch.CrossOriginResourcePolicy, nil, chromiumFailed + "ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep"},
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

type chromiumKind struct{ kind, resource string }

// chromiumKinds are Chromium's words for who asked: in a message about CORS,
// and in one about mixed content.
var chromiumKinds = map[string]chromiumKind{
	string(fetch.APIFetch):                 {"fetch", "resource"},
	string(fetch.APIXHR):                   {"XMLHttpRequest", "XMLHttpRequest endpoint"},
	string(fetch.DestinationAudio):         {"audio", "audio file"},
	string(fetch.DestinationEmbed):         {"resource", "plugin resource"},
	string(fetch.DestinationFont):          {"font", "font"},
	string(fetch.DestinationFrame):         {"resource", "frame"},
	string(fetch.DestinationIFrame):        {"resource", "frame"},
	string(fetch.DestinationImage):         {"image", "image"},
	string(fetch.DestinationJSON):          {"script", "json"},
	string(fetch.DestinationManifest):      {"manifest", "manifest"},
	string(fetch.DestinationObject):        {"resource", "plugin resource"},
	string(fetch.DestinationScript):        {"script", "script"},
	string(fetch.DestinationServiceWorker): {"script", "Service Worker script"},
	string(fetch.DestinationSharedWorker):  {"script", "Shared Worker script"},
	string(fetch.DestinationStyle):         {"CSS stylesheet", "stylesheet"},
	string(fetch.DestinationTrack):         {"text track", "Text Track"},
	string(fetch.DestinationVideo):         {"video", "video"},
	string(fetch.DestinationWorker):        {"script", "Worker script"},
	string(fetch.DestinationXSLT):          {"XSL stylesheet", "XSLT"},
}

func kindOf(e *fetch.Error) chromiumKind {
	if k, ok := chromiumKinds[who(e)]; ok {
		return k
	}
	return chromiumKind{"resource", "resource"}
}

// chromiumWords are the parts of Chromium's messages that depend on the refusal.
func chromiumWords(e *fetch.Error, name string) (string, bool) {
	switch name {
	case "kind":
		return kindOf(e).kind, true
	case "resource":
		return kindOf(e).resource, true
	case "preflight":
		if onPreflight(e) {
			return "Response to preflight request doesn't pass access control check: ", true
		}
		return "", true
	case "redirected":
		if r := &e.Request; r.FirstURL != "" && r.FirstURL != r.URL {
			return "(redirected from '{first}') ", true
		}
		return "", true
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
		case e.Request.Mode == fetch.SameOrigin:
			return fetch.DisallowedByMode
		case e.Request.Mode == fetch.NoCORS && e.Request.Redirect != fetch.Follow:
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
