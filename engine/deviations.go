package engine

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/safelist"
)

// A Deviation is one field of a [fetch.Profile] that departs from the Standard, in
// words.
type Deviation struct {
	Field    string // its path: "Preflight.MaxAge.NegativeNotCached"
	Value    string // what it holds, where the words leave that open: "24 h"
	Does     string // what is done, in a sentence
	Standard string // what the Standard has instead
	Section  string // the address of the Standard's section
	Source   string // where that is known from; "" if this engine was not known to do it
}

// Deviations returns the departures of a profile from that of the Standard, field
// by field in the order of the struct. The Standard's profile and nil have none.
func Deviations(p *fetch.Profile) []Deviation {
	if p == nil {
		return nil
	}
	var all []Deviation
	var walk func(path string, own, standard reflect.Value)
	walk = func(path string, own, standard reflect.Value) {
		switch {
		case own.Kind() == reflect.Struct:
			for i := range own.NumField() {
				if name := own.Type().Field(i).Name; path != "" || name != "Name" && name != "Version" {
					walk(strings.TrimPrefix(path+"."+name, "."), own.Field(i), standard.Field(i))
				}
			}
		case own.Kind() == reflect.Slice && own.Len() == 0 && standard.Len() == 0:
		case !reflect.DeepEqual(own.Interface(), standard.Interface()):
			all = append(all, deviationOf(p, path, own.Interface()))
		}
	}
	walk("", reflect.ValueOf(*p), reflect.ValueOf(*fetch.Standard()))
	return all
}

// deviation is the field of a path in words.
func deviationOf(p *fetch.Profile, path string, value any) Deviation {
	for _, d := range deviations {
		if d.field == path && (d.value == nil || d.value == value) {
			shown := ""
			if _, isSwitch := value.(bool); !isSwitch && d.value == nil {
				shown = fieldText(value)
			}
			return Deviation{path, shown, d.does, d.standard, d.section, d.sources[p.Name]}
		}
	}
	return Deviation{Field: path, Value: fieldText(value)}
}

// fieldText shows what a field holds.
func fieldText(value any) string {
	switch v := value.(type) {
	case time.Duration:
		if v%time.Hour == 0 {
			return fmt.Sprintf("%d h", v/time.Hour)
		}
		if v%time.Minute == 0 {
			return fmt.Sprintf("%d min", v/time.Minute)
		}
	case []string, []uint16, []fetch.CacheMode:
		return strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", ", ")
	}
	return fmt.Sprint(value)
}

// Where the engines' behaviour is known from, besides their sources.
const (
	seen     = "seen in the browser"
	inferred = "inferred, not seen"

	// Not what Safari shares: WebKitGTK has a network library of its own.
	ownNetwork = "seen in WebKitGTK, and its network library's"
)

// cookiesDraft is the cookie specification that Fetch refers to.
const cookiesDraft = "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html"

// deviations are what each field of the rule structs means, and who is known to
// set it. A field that is an enumeration has an entry for each of its values.
var deviations = []struct {
	field    string
	value    any // of an enumeration
	does     string
	detail   string // what only the field's documentation says
	standard string
	section  string
	sources  map[string]string // by profile
}{
	{
		field:    "Safelist.SafelistedHints",
		does:     "Client hints such as Save-Data and DPR, set by script, are safelisted if their value has the hint's form.",
		detail:   "The hints are Device-Memory, DPR, Width, Viewport-Width, RTT, Downlink, ECT, Save-Data, Intervention and those that begin with Sec-CH-.",
		standard: "They are not safelisted names and need a preflight.",
		section:  "https://fetch.spec.whatwg.org/#cors-safelisted-request-header",
		sources:  map[string]string{"chromium": "services/network/public/cpp/cors/cors.cc, IsCorsSafelistedHeader; " + seen},
	}, {
		field:    "Safelist.IgnoreTotalSize",
		does:     "The values of safelisted headers may be of any length in sum.",
		standard: "With more than 1024 bytes in sum, all of them need a preflight.",
		section:  "https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names",
		sources: map[string]string{
			"firefox": "dom/fetch/InternalHeaders.cpp, GetUnsafeHeaders",
			"webkit":  "Source/WebCore/loader/CrossOriginAccessControl.cpp, isSimpleCrossOriginAccessRequest",
		},
	}, {
		field:    "Safelist.JoinRepeated",
		does:     "Headers of one name are judged, and counted, as one header with the joined value.",
		standard: "Each is judged by itself.",
		section:  "https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names",
		sources:  map[string]string{"chromium": seen, "webkit": seen},
	}, {
		field:    "Safelist.HighBytesUnsafe",
		does:     "Bytes of 0x80 and above in Accept and Content-Type need a preflight.",
		standard: "They are not among the CORS-unsafe request-header bytes.",
		section:  "https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte",
		sources:  map[string]string{"firefox": "dom/base/nsContentUtils.cpp, IsCorsUnsafeRequestHeaderValue"},
	}, {
		field:    "Safelist.CommaUnsafe",
		does:     "A comma anywhere in Content-Type needs a preflight.",
		standard: "A comma among the parameters of a MIME type does no harm.",
		section:  "https://fetch.spec.whatwg.org/#cors-safelisted-request-header",
		sources:  map[string]string{"firefox": "dom/base/nsContentUtils.cpp, IsCORSSafelistedRequestHeader"},
	}, {
		field:    "Safelist.LastSemicolonUnsafe",
		does:     "A semicolon at the end of Content-Type needs a preflight, unless it is the first one: “text/plain;;” needs one, “text/plain;” does not.",
		standard: "Empty parameters are ignored.",
		section:  "https://fetch.spec.whatwg.org/#cors-safelisted-request-header",
		sources:  map[string]string{"firefox": "netwerk/base/nsURLHelper.cpp, net_ParseMediaType; " + seen},
	}, {
		field:    "Safelist.TypeEndsAtBlank",
		does:     "What follows a blank in Content-Type is ignored up to the first semicolon: “text/plain x;y” needs no preflight.",
		detail:   "Without a semicolon the value is not a MIME type.",
		standard: "A subtype with a blank in it does not parse, so that a preflight is needed.",
		section:  "https://fetch.spec.whatwg.org/#cors-safelisted-request-header",
		sources:  map[string]string{"firefox": "netwerk/base/nsURLHelper.cpp, net_ParseMediaType; " + seen},
	}, {
		field:    "Safelist.Range",
		value:    safelist.RangeInt64,
		does:     "A Range with a number of 2⁶³−1 or above needs a preflight.",
		standard: "The numbers of a simple range have no bound.",
		section:  "https://fetch.spec.whatwg.org/#simple-range-header-value",
		sources:  map[string]string{"chromium": "services/network/public/cpp/cors/cors.cc"},
	}, {
		field:    "Safelist.Range",
		value:    safelist.RangeUint64,
		does:     "A Range with a number of 2⁶⁴ or above needs a preflight.",
		standard: "The numbers of a simple range have no bound.",
		section:  "https://fetch.spec.whatwg.org/#simple-range-header-value",
		sources:  map[string]string{"firefox": "dom/base/nsContentUtils.cpp, ParseSingleRangeRequest"},
	}, {
		field:    "Safelist.Range",
		value:    safelist.RangeLenient,
		does:     "A Range may have “bytes” in any case, numbers with a plus sign, and none of more than 64 bits.",
		standard: "“bytes=” is in lower case, and numbers are digits without a bound.",
		section:  "https://fetch.spec.whatwg.org/#simple-range-header-value",
		sources:  map[string]string{"webkit": "Source/WebCore/platform/network/HTTPParsers.cpp, parseRange; " + seen},
	}, {
		field:    "Safelist.ForbiddenRequestHeaders",
		does:     "Script can't set these headers either: setting them has no effect.",
		standard: "They can be set, and need a preflight.",
		section:  "https://fetch.spec.whatwg.org/#forbidden-request-header",
		sources:  map[string]string{"chromium": "net/http/http_util.cc, kForbiddenHeaderFields; " + seen},
	}, {
		field:    "Safelist.OverrideSplitPlain",
		does:     "X-HTTP-Method-Override and its like are split at every comma to look for a forbidden method.",
		standard: "A comma within quotes does not split.",
		section:  "https://fetch.spec.whatwg.org/#forbidden-request-header",
		sources: map[string]string{
			"firefox": "dom/base/nsContentUtils.cpp, ContainsForbiddenMethod",
			"webkit":  "Source/WebCore/platform/network/HTTPParsers.cpp",
		},
	}, {
		field:    "Safelist.RepeatUnsafeNames",
		does:     "Access-Control-Request-Headers names a header as often as script appended it.",
		standard: "Each name stands there once.",
		section:  "https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, StartCORSPreflight"},
	}, {
		field:    "Safelist.ExtraExposed",
		does:     "Script sees these response headers too, whether the response lists them or not.",
		standard: "They have to be listed in Access-Control-Expose-Headers.",
		section:  "https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name",
	}, {
		field:    "Safelist.WildcardStillExposes",
		does:     "With credentials, a “*” in Access-Control-Expose-Headers still exposes these headers.",
		standard: "With credentials it is a name like any other.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"webkit": "Source/WebCore/platform/network/ResourceResponseBase.cpp; " + seen},
	}, {
		field:    "Safelist.ExposeEmptyMembers",
		value:    safelist.RejectEmptyMembers,
		does:     "An empty member in Access-Control-Expose-Headers makes the whole of it count for nothing.",
		standard: "Empty members are skipped.",
		section:  "https://fetch.spec.whatwg.org/#extract-header-list-values",
	}, {
		field:    "Safelist.ExposeWildcardBeforeBadToken",
		does:     "A “*” in Access-Control-Expose-Headers exposes everything, also when no header name follows it in the list.",
		standard: "A list that does not parse exposes nothing.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"firefox": "dom/fetch/InternalHeaders.cpp, CORSHeaders"},
	},

	{
		field:    "PreflightCache.WholeResult",
		does:     "A new preflight replaces all that was known of its URL.",
		standard: "It refreshes the methods and names that it allows, and leaves the others.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources: map[string]string{
			"chromium": "services/network/cors/preflight_cache.cc; " + seen,
			"webkit":   "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp; " + seen,
		},
	}, {
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
		standard: "A cached “*” counts whoever asked.",
		section:  "https://fetch.spec.whatwg.org/#concept-cache-match-method",
		sources:  map[string]string{"chromium": "services/network/cors/preflight_result.cc"},
	}, {
		field:    "PreflightCache.WildcardUncredentialedRequest",
		does:     "A cached “*” counts only for a request without credentials.",
		standard: "A cached “*” counts whoever asks.",
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
		field:    "Credentials.SharedConnections",
		does:     "One connection serves requests with and without credentials.",
		detail:   "It does not serve both requests that may and requests that may not present a client certificate.",
		standard: "Connections are opened for either or for neither.",
		section:  "https://fetch.spec.whatwg.org/#concept-connection-obtain",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Credentials.Authentication.Grammar",
		value:    credentials.GrammarPairs,
		does:     "A line of WWW-Authenticate or Proxy-Authenticate is one challenge: a scheme, and names and values between commas. One without a value makes the challenge invalid.",
		standard: "A line may have several challenges, of tokens and quoted strings.",
		section:  "https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1",
		sources:  map[string]string{"chromium": "net/http/http_auth_challenge_tokenizer.cc; net/http/http_util.cc, NameValuePairsIterator; " + seen},
	}, {
		field:    "Credentials.Authentication.Grammar",
		value:    credentials.GrammarLoose,
		does:     "In a line of WWW-Authenticate or Proxy-Authenticate a comma that no name and “=” follow begins a challenge. Its scheme ends at the first space; for Basic anything may follow.",
		standard: "A challenge is made of tokens and quoted strings, and invalid otherwise.",
		section:  "https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpChannelAuthProvider.cpp, ChallengeParser; netwerk/protocol/http/nsHttpDigestAuth.cpp, ParseChallenge; " + seen},
	}, {
		field:    "Credentials.Authentication.Grammar",
		value:    credentials.GrammarItems,
		does:     "The lines of WWW-Authenticate or Proxy-Authenticate are one list of items. One without “=”, or with a blank before it, begins a challenge; any other is a parameter, whatever it is made of.",
		standard: "A challenge is made of tokens and quoted strings, and invalid otherwise.",
		section:  "https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1",
		sources:  map[string]string{"webkit": "libsoup, soup-auth-manager.c, next_challenge_start; soup-headers.c, parse_param_list; " + seen},
	}, {
		field:    "Credentials.Authentication.DigestAlgorithms",
		does:     "These algorithms of Digest are known, and no others.",
		detail:   "Each is known with -sess too, and is spelled as in RFC 7616. Nil means MD5, SHA-256 and SHA-512-256.",
		standard: "MD5, SHA-256 and SHA-512-256 are.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-6.1",
		sources: map[string]string{
			"chromium": "net/http/http_auth_handler_digest.cc, ParseChallengeProperty",
			"firefox":  "netwerk/protocol/http/nsHttpDigestAuth.cpp, ParseChallenge",
			"webkit":   "libsoup, soup-auth-digest.c, soup_auth_digest_parse_algorithm",
		},
	}, {
		field:    "Credentials.Authentication.SafestDigest",
		does:     "Of several challenges for Digest that with the safest algorithm is answered.",
		standard: "The first that is understood is.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.7",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpChannelAuthProvider.cpp, GetCredentials"},
	}, {
		field:    "Credentials.Authentication.QOP",
		value:    credentials.QOPAuthOrNone,
		does:     "Digest is answered without a quality of protection where auth is not offered.",
		standard: "It is answered with auth-int, or not at all.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.3",
		sources: map[string]string{
			"chromium": "net/http/http_auth_handler_digest.cc, ParseChallengeProperty",
			"firefox":  "netwerk/protocol/http/nsHttpDigestAuth.cpp, GenerateCredentials",
		},
	}, {
		field:    "Credentials.Authentication.QOP",
		value:    credentials.QOPAuthRequired,
		does:     "Digest is not answered where auth is not offered.",
		standard: "It is answered with auth-int where that is.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.3",
		sources:  map[string]string{"webkit": "libsoup, soup-auth-digest.c, soup_auth_digest_update"},
	}, {
		field:    "Credentials.Authentication.URLAnswersOne",
		does:     "A URL's username and password answer the first challenge of a known scheme only; if that can't be answered, none is.",
		standard: "The next is looked at.",
		section:  "https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpChannelAuthProvider.cpp, GetCredentialsForChallenge; " + seen},
	}, {
		field:    "Credentials.Authentication.Nonce",
		value:    credentials.NonceMayBeEmpty,
		does:     "A challenge for Digest may have an empty nonce.",
		standard: "It is not answered.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.3",
		sources:  map[string]string{"webkit": "libsoup, soup-auth-digest.c; " + seen},
	}, {
		field:    "Credentials.Authentication.Nonce",
		value:    credentials.NonceOptional,
		does:     "A challenge for Digest needs no nonce.",
		standard: "It is not answered without one.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.3",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpDigestAuth.cpp, ParseChallenge; " + seen},
	}, {
		field:    "Credentials.Authentication.DigestRealm",
		does:     "A challenge for Digest without a realm is not answered.",
		standard: "Its realm is empty.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.3",
		sources:  map[string]string{"webkit": "libsoup, soup-auth-digest.c; " + seen},
	}, {
		field:    "Credentials.Authentication.DigestASCII",
		does:     "Digest is not answered if the realm, the nonce, opaque or the username is not ASCII.",
		standard: "It is.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.4",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpDigestAuth.cpp, AppendQuotedString; " + seen},
	}, {
		field:    "Credentials.Authentication.NoUserhash",
		does:     "The parameter userhash of Digest is not known.",
		standard: "It asks for the hash of the username instead of the name.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.4.4",
		sources: map[string]string{
			"firefox": "netwerk/protocol/http/nsHttpDigestAuth.cpp, ParseChallenge; " + seen,
			"webkit":  "libsoup, soup-auth-digest.c; " + seen,
		},
	}, {
		field:    "Credentials.Authentication.UsernameQuoted",
		does:     "A username that is not ASCII is sent to Digest in quotes, in UTF-8.",
		standard: "It is sent as username*.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.4",
		sources:  map[string]string{"chromium": "net/http/http_auth_handler_digest.cc, AssembleCredentials; " + seen},
	}, {
		field:    "Credentials.Authentication.ExtendedParams",
		does:     "A realm, nonce or opaque that is UTF-8 and not ASCII is sent back to Digest as realm*, nonce* or opaque*.",
		standard: "It is sent back in quotes, as it came.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.4",
		sources:  map[string]string{"webkit": "libsoup, soup-headers.c, append_param_internal; " + seen},
	}, {
		field:    "Credentials.Authentication.EmptyOpaqueDropped",
		does:     "An empty opaque is not sent back.",
		standard: "It is sent back as it came.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.4",
		sources: map[string]string{
			"chromium": "net/http/http_auth_handler_digest.cc, AssembleCredentials; " + seen,
			"firefox":  "netwerk/protocol/http/nsHttpDigestAuth.cpp, GenerateCredentials; " + seen,
		},
	}, {
		field:    "Credentials.Authentication.Algorithm",
		value:    credentials.AlgorithmCanonical,
		does:     "An answer to Digest spells the algorithm as RFC 7616 does.",
		standard: "It spells it as the challenge does.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.4",
		sources: map[string]string{
			"chromium": "net/http/http_auth_handler_digest.cc, AlgorithmToString; " + seen,
			"firefox":  "netwerk/protocol/http/nsHttpDigestAuth.cpp, GenerateCredentials; " + seen,
		},
	}, {
		field:    "Credentials.Authentication.Algorithm",
		value:    credentials.AlgorithmAlways,
		does:     "An answer to Digest names the algorithm, also if the challenge does not.",
		standard: "It names one if the challenge does.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.4",
		sources:  map[string]string{"webkit": "libsoup, soup-auth-digest.c, soup_auth_digest_get_authorization; " + seen},
	}, {
		field:    "Credentials.Authentication.Order",
		value:    credentials.OrderQOPFirst,
		does:     "The parameters of an answer to Digest come in the order username, realm, nonce, uri, algorithm, response, opaque, qop, nc, cnonce.",
		standard: "The order does not matter; here it is that of the examples.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.9.1",
		sources: map[string]string{
			"chromium": "net/http/http_auth_handler_digest.cc, AssembleCredentials; " + seen,
			"firefox":  "netwerk/protocol/http/nsHttpDigestAuth.cpp, GenerateCredentials; " + seen,
		},
	}, {
		field:    "Credentials.Authentication.Order",
		value:    credentials.OrderQOPLast,
		does:     "The parameters of an answer to Digest come in the order username, realm, nonce, uri, algorithm, response, opaque, cnonce, nc, qop.",
		standard: "The order does not matter; here it is that of the examples.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.9.1",
		sources:  map[string]string{"webkit": "libsoup, soup-auth-digest.c, soup_auth_digest_get_authorization; " + seen},
	}, {
		field:    "Credentials.Authentication.BasicLatin1",
		does:     "A username and password are sent to Basic in ISO-8859-1 if they can be.",
		detail:   "Otherwise they are sent in UTF-8.",
		standard: "They are sent in UTF-8.",
		section:  "https://www.rfc-editor.org/rfc/rfc7617#section-2.1",
		sources:  map[string]string{"webkit": "libsoup, soup-auth-basic.c, soup_auth_basic_authenticate; " + seen},
	}, {
		field:    "Credentials.Authentication.BasicColon",
		does:     "A username with a colon is sent to Basic.",
		standard: "It is not, since the server would take another name out of it.",
		section:  "https://www.rfc-editor.org/rfc/rfc7617#section-2",
		sources:  map[string]string{"chromium": seen, "firefox": seen, "webkit": seen},
	}, {
		field:    "Credentials.Authentication.DigestByPath",
		does:     "An answer by Digest is used again for the paths at or below the request's.",
		detail:   "The domain of the challenge does not matter.",
		standard: "It is for those that the challenge's domain names, or for all.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.3",
		sources: map[string]string{
			"chromium": "net/http/http_auth_cache.cc, LookupByPath",
			"firefox":  "netwerk/protocol/http/nsHttpChannelAuthProvider.cpp, GenCredsAndSetEntry",
		},
	}, {
		field:    "Credentials.Cookies.ThirdParty",
		value:    credentials.ThirdPartyBlocked,
		does:     "Third-party cookies are neither sent nor stored.",
		standard: "They are sent and stored as far as SameSite allows.",
		section:  cookiesDraft + "#name-third-party-cookies",
	}, {
		field:    "Credentials.Cookies.ThirdParty",
		value:    credentials.ThirdPartyPartitioned,
		does:     "Third-party cookies are neither sent nor stored, except those that are Partitioned.",
		standard: "All of them are sent and stored as far as SameSite allows.",
		section:  cookiesDraft + "#name-third-party-cookies",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Credentials.Cookies.ThirdParty",
		value:    credentials.ThirdPartyJar,
		does:     "Third-party cookies are kept in a jar of the top-level site's.",
		standard: "There is one jar for all top-level sites.",
		section:  cookiesDraft + "#name-third-party-cookies",
		sources:  map[string]string{"firefox": "netwerk/cookie/CookieCommons.cpp; " + seen},
	}, {
		field:    "Credentials.Cookies.ThirdParty",
		value:    credentials.ThirdPartyNotStored,
		does:     "A third party gets the cookies that it has set as a first party, and sets none. A host whose suffix is on no list, as in .test, is not a third party to those beside it.",
		standard: "It sets them, as far as SameSite allows.",
		section:  cookiesDraft + "#name-third-party-cookies",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie-jar.c; " + seen},
	}, {
		field:    "Credentials.Cookies.Unset",
		value:    credentials.UnsetIsLax,
		does:     "A cookie without SameSite is treated as SameSite=Lax.",
		standard: "Other sites' pages send it, and don't set it.",
		section:  cookiesDraft + "#name-retrieve-cookies",
		sources:  map[string]string{"chromium": "net/cookies/canonical_cookie.cc; " + seen},
	}, {
		field:    "Credentials.Cookies.Unset",
		value:    credentials.UnsetIsNone,
		does:     "A cookie without SameSite is treated as SameSite=None.",
		standard: "Other sites' pages send it, and don't set it.",
		section:  cookiesDraft + "#name-retrieve-cookies",
		sources:  map[string]string{"firefox": seen, "webkit": seen},
	}, {
		field:    "Credentials.Cookies.LaxUnsafe",
		does:     "A cookie without SameSite goes with cross-site top-level navigations of any method while it is newer than this.",
		standard: "It does not depend on its age.",
		section:  cookiesDraft + "#name-retrieve-cookies",
		sources:  map[string]string{"chromium": "net/cookies/cookie_constants.h, kLaxAllowUnsafeMaxAge; not seen"},
	}, {
		field:    "Credentials.Cookies.SameSiteIgnoresRedirects",
		does:     "A request is as near to its page's site after redirects through other sites.",
		standard: "It is cross-site then.",
		section:  "https://fetch.spec.whatwg.org/#determine-the-same-site-mode",
		sources:  map[string]string{"chromium": "net/cookies/cookie_util.cc; " + seen, "webkit": seen},
	}, {
		field:    "Credentials.Cookies.SetIgnoresRedirects",
		does:     "A response after redirects through other sites may set cookies as any of its site.",
		standard: "It is cross-site then.",
		section:  "https://fetch.spec.whatwg.org/#determine-the-same-site-mode",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Credentials.Cookies.SameSiteSchemeless",
		does:     "http: and https: URLs of one registrable domain are of the same site.",
		standard: "Sites differ if their schemes do.",
		section:  "https://fetch.spec.whatwg.org/#determine-the-same-site-mode",
		sources:  map[string]string{"firefox": seen, "webkit": seen},
	}, {
		field:    "Credentials.Cookies.NoneIsDefault",
		does:     "SameSite=None counts as no attribute, as unknown values do: it does not cancel an earlier one and needs no Secure.",
		standard: "It is an attribute of its own, and needs Secure.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie.c; " + seen},
	}, {
		field:    "Credentials.Cookies.SecureOnLoopback",
		does:     "http: URLs of loopback hosts set and get Secure cookies.",
		standard: "Only https: URLs do.",
		section:  "https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers",
		sources:  map[string]string{"chromium": "net/cookies/cookie_util.cc; " + seen, "firefox": "netwerk/cookie/CookieParser.cpp; " + seen},
	}, {
		field:    "Credentials.Cookies.SameSiteByURL",
		does:     "A sandboxed page is of its URL's site.",
		standard: "Its origin is opaque, and of no site.",
		section:  "https://fetch.spec.whatwg.org/#determine-the-same-site-mode",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Credentials.Cookies.IgnorePartitioned",
		does:     "The attribute Partitioned has no effect.",
		standard: "It keeps a cookie in the partition of the top-level site.",
		section:  "https://github.com/privacycg/CHIPS#partitioning-model",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie.c; " + seen},
	}, {
		field:    "Credentials.Cookies.IgnorePrefixes",
		does:     "Names that begin with __Secure- or the like have no special meaning.",
		standard: "They require Secure, and more.",
		section:  cookiesDraft + "#name-store-a-cookie",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie.c; " + seen},
	}, {
		field:    "Credentials.Cookies.HostPrefixDefaultPath",
		does:     "A cookie named __Host- may do without Path where the default is / anyway.",
		standard: "It needs Path=/.",
		section:  cookiesDraft + "#name-store-a-cookie",
		sources:  map[string]string{"firefox": "netwerk/cookie/CookieParser.cpp, CheckPrefixes; " + seen},
	}, {
		field:    "Credentials.Cookies.ShadowByReplacing",
		does:     "A cookie from http: may hide a Secure cookie, but not replace it.",
		standard: "It may not hide one either, with another domain or path.",
		section:  cookiesDraft + "#name-store-a-cookie",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie-jar.c; " + seen},
	}, {
		field:    "Credentials.Cookies.Controls",
		value:    credentials.ControlTabRefused,
		does:     "A tab within a name or a value makes Set-Cookie invalid.",
		standard: "Other control characters do.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"chromium": "net/cookies/parsed_cookie.cc; " + seen},
	}, {
		field:    "Credentials.Cookies.Controls",
		value:    credentials.ControlEnds,
		does:     "Set-Cookie ends before the first control character, tab within a name or value, or byte that is not ASCII.",
		standard: "Control characters make it invalid; tabs and other bytes belong to it.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Credentials.Cookies.AnyLength",
		does:     "Cookies and attributes of any length are kept.",
		detail:   "The header may have 100 KiB.",
		standard: "Name and value have 4096 bytes at most, an attribute 1024.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Credentials.Cookies.BareIsName",
		does:     "Without “=”, Set-Cookie has a name and no value; without a name it is refused.",
		standard: "It has a value and no name.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Credentials.Cookies.BareAttributeIgnored",
		does:     "Path, Domain and the like are ignored without “=”.",
		standard: "They have an empty value.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie.c; " + seen},
	}, {
		field:    "Credentials.Cookies.EmptyDomainIgnored",
		does:     "An empty Domain is ignored.",
		standard: "It makes Set-Cookie invalid.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"chromium": "net/cookies/parsed_cookie.cc; " + seen, "firefox": "netwerk/cookie/CookieParser.cpp, CheckDomain; " + seen, "webkit": "libsoup, soup-cookie.c; " + seen},
	}, {
		field:    "Credentials.Cookies.SuffixBarred",
		does:     "A public suffix sets no cookies.",
		detail:   "A suffix that is on no list may set cookies without Domain.",
		standard: "It sets cookies for itself alone.",
		section:  cookiesDraft + "#name-store-a-cookie",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie-jar.c; " + seen},
	}, {
		field:    "Credentials.Cookies.DomainLiteral",
		does:     "Domain is compared in lower case, as it is written.",
		standard: "It is parsed as a URL's host.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"chromium": "net/cookies/cookie_util.cc; " + seen, "firefox": "netwerk/cookie/CookieParser.cpp, CheckDomain; " + seen, "webkit": "libsoup, soup-cookie.c; " + seen},
	}, {
		field:    "Credentials.Cookies.DomainIDN",
		does:     "Domain may be an internationalized name.",
		standard: "It is invalid if it is not ASCII.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"chromium": "net/cookies/cookie_util.cc; " + seen},
	}, {
		field:    "Credentials.Cookies.DomainAboveLower",
		does:     "A Domain above the host is refused if it is not in lower case.",
		standard: "Case does not matter.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"webkit": "libsoup, soup-misc.c, soup_host_matches_host; " + seen},
	}, {
		field:    "Credentials.Cookies.DomainNeedsDot",
		does:     "A Domain without a dot within, such as an IPv6 address, makes Set-Cookie invalid.",
		standard: "It is a host as any other.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie.c; " + seen},
	}, {
		field:    "Credentials.Cookies.AddressHostOnly",
		does:     "A cookie whose Domain is the address that sets it is as one without Domain.",
		standard: "It is not host-only: __Host- does not allow it, and it does not replace one without Domain.",
		section:  cookiesDraft + "#name-store-a-cookie",
		sources: map[string]string{
			"chromium": "net/cookies/cookie_util.cc, GetCookieDomainWithString; " + seen,
			"firefox":  "netwerk/cookie/CookieParser.cpp, CheckDomain; " + seen,
			"webkit":   "libsoup, soup-cookie.c; " + seen,
		},
	}, {
		field:    "Credentials.Cookies.LastAttributeWins",
		does:     "An attribute whose value is invalid cancels an earlier one of its name.",
		detail:   "The attributes are Path, SameSite and Expires, and Max-Age unless LaterExpiryWins is set.",
		standard: "The last valid one counts.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"chromium": "net/cookies/parsed_cookie.cc; " + seen, "firefox": "netwerk/cookie/CookieParser.cpp, ParseAttributes; " + seen, "webkit": "libsoup, soup-cookie.c; " + seen},
	}, {
		field:    "Credentials.Cookies.AncientExpires",
		does:     "A date before 1601 is in the past.",
		standard: "It is not a date; the attribute is ignored.",
		section:  cookiesDraft + "#name-parse-a-date",
		sources:  map[string]string{"chromium": seen, "firefox": seen, "webkit": seen},
	}, {
		field:    "Credentials.Cookies.ServerClock",
		does:     "Expires is read by the clock that the Date header shows.",
		standard: "It is read by the browser's.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"chromium": "net/cookies/canonical_cookie.cc, ParseExpiration; " + seen, "firefox": "netwerk/cookie/CookieParser.cpp, GetExpiry; " + seen},
	}, {
		field:    "Credentials.Cookies.LaterExpiryWins",
		does:     "The later of Max-Age and Expires counts.",
		standard: "Max-Age counts.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie.c; " + seen},
	}, {
		field:    "Credentials.Cookies.MinusExpires",
		does:     "A Max-Age that begins with “-” is negative whatever follows.",
		standard: "“-” and digits are a number.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"firefox": "netwerk/cookie/CookieParser.cpp, ParseMaxAgeAttribute; " + seen},
	}, {
		field:    "Credentials.Cookies.EmptyMaxAgeExpires",
		does:     "An empty Max-Age is 0.",
		standard: "It is ignored.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie.c; " + seen},
	}, {
		field:    "Credentials.Cookies.PlusMaxAge",
		does:     "A Max-Age may begin with “+”.",
		standard: "It is ineffective then.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"chromium": "net/cookies/canonical_cookie.cc, ParseExpiration; " + seen, "webkit": "libsoup, soup-cookie.c; " + seen},
	}, {
		field:    "Credentials.Cookies.MaxAgeWraps",
		does:     "Of a positive Max-Age the lowest 32 bits count, as a signed number: a negative one is in the past, and -1 lasts for the session.",
		standard: "A number that is too large is the largest.",
		section:  cookiesDraft + "#name-parse-a-cookie",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie.c, soup_cookie_set_max_age; " + seen},
	}, {
		field:    "Credentials.Cookies.ValueUTF8",
		does:     "What is not UTF-8 in a cookie's value becomes U+FFFD.",
		standard: "The bytes are sent back as they came.",
		section:  cookiesDraft + "#name-serialize-cookies",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Credentials.Cookies.OrderByHost",
		does:     "Of paths equally long, first come the cookies for the host and those below it, then those of the host alone, then those of the hosts above.",
		standard: "The older comes first.",
		section:  cookiesDraft + "#name-retrieve-cookies",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie-jar.c; " + seen},
	}, {
		field:    "Credentials.Cookies.OverwriteRenews",
		does:     "A cookie that is set anew with another value counts as new.",
		standard: "It keeps its age.",
		section:  cookiesDraft + "#name-store-a-cookie",
		sources:  map[string]string{"chromium": "net/cookies/cookie_monster.cc; " + seen},
	}, {
		field:    "Credentials.Cookies.MaxLifetime",
		does:     "No cookie is kept for longer than this.",
		detail:   "0 means 400 days.",
		standard: "The limit is the implementation's; here 400 days.",
		section:  cookiesDraft + "#name-cookie-store-and-limits",
	}, {
		field:    "Credentials.Cookies.PerHost",
		does:     "A host may have this many cookies; a negative number means no limit.",
		detail:   "The limit is for each partition, and Total applies too. 0 means 180, as in Chromium.",
		standard: "The limit is the implementation's; here 180.",
		section:  cookiesDraft + "#name-cookie-store-and-limits",
		sources:  map[string]string{"webkit": "libsoup, soup-cookie-jar.c; " + seen},
	}, {
		field:    "Credentials.Cookies.PerDomain",
		does:     "The hosts of a registrable domain have their limit together.",
		standard: "Each host has its own.",
		section:  cookiesDraft + "#name-cookie-store-and-limits",
		sources:  map[string]string{"chromium": "net/cookies/cookie_monster.cc; " + seen, "firefox": "netwerk/cookie/CookieStorage.cpp; " + seen},
	}, {
		field:    "Credentials.Cookies.PerHostPurge",
		does:     "If a host has one cookie too many, this many more are dropped.",
		standard: "No more are dropped than necessary.",
		section:  cookiesDraft + "#name-cookie-store-eviction",
		sources:  map[string]string{"chromium": "net/cookies/cookie_monster.cc; " + seen, "firefox": "netwerk/cookie/CookieStorage.cpp; " + seen},
	}, {
		field:    "Credentials.Cookies.PurgePartitions",
		does:     "PerHostPurge applies to partitions too.",
		standard: "No more are dropped than necessary.",
		section:  cookiesDraft + "#name-cookie-store-eviction",
		sources:  map[string]string{"firefox": "netwerk/cookie/CookieStorage.cpp; " + seen},
	}, {
		field:    "Credentials.Cookies.PartitionBytes",
		does:     "A registrable domain's cookies in a partition may have this many bytes.",
		detail:   "Names and values count. 0 means 10,240.",
		standard: "The limit is the implementation's; here 10,240.",
		section:  "https://github.com/privacycg/CHIPS#partitioning-model",
		sources:  map[string]string{"firefox": "netwerk/cookie/CookieStorage.cpp; " + seen},
	}, {
		field:    "Credentials.Cookies.PartitionBytesPurge",
		does:     "If they have more, they are cut down to this many bytes below the limit.",
		standard: "No more are dropped than necessary.",
		section:  "https://github.com/privacycg/CHIPS#partitioning-model",
		sources:  map[string]string{"firefox": "netwerk/cookie/CookieStorage.cpp; " + seen},
	}, {
		field:    "Credentials.Cookies.MaxPath",
		does:     "A cookie whose path, given or that of the URL, has more bytes is refused.",
		detail:   "0 means 4096. With AnyLength the path may have 100 KiB.",
		standard: "The limit is the implementation's; here 4096.",
		section:  cookiesDraft + "#name-cookie-store-and-limits",
		sources:  map[string]string{"firefox": "netwerk/cookie/CookieParser.cpp, CheckPath; " + seen},
	}, {
		field:    "Credentials.Cookies.Total",
		does:     "There are no more cookies than this in all.",
		detail:   "0 means 3300, as in Chromium.",
		standard: "The limit is the implementation's; here 3300.",
		section:  cookiesDraft + "#name-cookie-store-and-limits",
	}, {
		field:    "Credentials.Cookies.AccessResolution",
		does:     "The access to a cookie is noted, for the order in which cookies are dropped, only if the last one was noted this long ago.",
		standard: "Every access is noted.",
		section:  cookiesDraft + "#name-retrieve-cookies",
		sources:  map[string]string{"chromium": "net/cookies/cookie_monster.cc; not seen", "firefox": "netwerk/cookie/CookieStorage.cpp; not seen"},
	},

	{
		field:    "Request.HostSpaces",
		does:     "A URL may have spaces in its host, which are percent-encoded.",
		standard: "Such a URL does not parse.",
		section:  "https://url.spec.whatwg.org/#concept-domain-to-ascii",
		sources:  map[string]string{"chromium": "url/url_canon_host.cc; " + seen},
	}, {
		field:    "Request.StreamMakesCORS",
		does:     "A stream as body turns mode same-origin into cors.",
		standard: "The mode stays, and no other origin is asked.",
		section:  "https://fetch.spec.whatwg.org/#dom-request",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/core/fetch/fetch_manager.cc; " + seen},
	}, {
		field:    "Request.CharsetInPlace",
		does:     "Every charset in the Content-Type of an XMLHttpRequest with a string is overwritten with UTF-8 where it stands, whether the value parses or not.",
		standard: "The value is parsed, and written anew if its charset is another one.",
		section:  "https://xhr.spec.whatwg.org/#the-send()-method",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/platform/network/http_parsers.cc, ReplaceCharsetInMediaType; " + seen},
	}, {
		field:    "Request.BlobTypeParsed",
		does:     "The type of a Blob that XMLHttpRequest sends is left out unless it parses to its end.",
		detail:   "It has to have a type, a subtype and whole parameters.",
		standard: "It is sent as it is.",
		section:  "https://xhr.spec.whatwg.org/#the-send()-method",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/platform/network/parsed_content_type.cc; " + seen},
	}, {
		field:    "Request.BlobTypeIsMIMEType",
		does:     "The type of a Blob that XMLHttpRequest sends is left out unless it is a MIME type.",
		standard: "It is sent as it is.",
		section:  "https://xhr.spec.whatwg.org/#the-send()-method",
		sources:  map[string]string{"webkit": "Source/WebCore/xml/XMLHttpRequest.cpp, send; " + seen},
	}, {
		field:    "Request.DanglingMarkup",
		does:     "An HTTP(S) URL that is written with a tab or a line break and a “<” is blocked, and one that is relative to such a base URL.",
		detail:   "It does not matter where in the URL they stand. URLs that redirects lead to or that the user typed are not checked.",
		standard: "The URL parser leaves tabs and line breaks out and percent-encodes “<” where it must; the URL is fetched.",
		section:  "https://url.spec.whatwg.org/#concept-basic-url-parser",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/core/loader/base_fetch_context.cc, CanRequestInternal; " + seen},
	}, {
		field:    "Request.UserinfoBlocked",
		does:     "A subresource is not fetched from a URL with a username or password, nor redirected to one, unless the page's own URL has the same ones and the same origin. Requests of XMLHttpRequest are excepted.",
		detail:   "A navigation is not a subresource.",
		standard: "Elements fetch such URLs, and redirects may lead there without CORS.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/core/loader/base_fetch_context.cc, ShouldBlockFetchAsCredentialedSubresource; " + seen},
	}, {
		field:    "Request.ElementUserinfoDropped",
		does:     "The URL of an element in mode cors, except a track, and of audio and video in any mode, loses its username and password.",
		standard: "It keeps them.",
		section:  "https://html.spec.whatwg.org/#create-a-potential-cors-request",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Request.DataURLBlanks",
		does:     "Blanks at the end of a data: URL are left out, and all of them where it is base64.",
		standard: "They are part of the URL.",
		section:  "https://url.spec.whatwg.org/#concept-basic-url-parser",
		sources:  map[string]string{"firefox": "netwerk/protocol/data/nsDataHandler.cpp; " + seen},
	}, {
		field:    "Request.KeepaliveEarly",
		does:     "A keepalive request whose body exceeds the quota fails before its preflight.",
		standard: "The quota is looked at where the request itself is sent.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"chromium": seen, "webkit": seen, "firefox": seen},
	}, {
		field:    "Request.BlobTypeUnguarded",
		does:     "In mode no-cors the type of a Blob is sent, whatever it is.",
		standard: "It is sent only if it is safelisted.",
		section:  "https://fetch.spec.whatwg.org/#dom-request",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Request.FormTypeWithoutBody",
		does:     "XMLHttpRequest sends the Content-Type of a URLSearchParams object that it leaves out because the method is GET or HEAD.",
		standard: "What is left out has no type.",
		section:  "https://xhr.spec.whatwg.org/#the-send()-method",
		sources:  map[string]string{"webkit": "Source/WebCore/xml/XMLHttpRequest.cpp, send; " + seen},
	}, {
		field:    "Request.EmptyCharsetKept",
		does:     "XMLHttpRequest leaves an empty charset in the Content-Type that script set.",
		standard: "Any charset becomes UTF-8.",
		section:  "https://xhr.spec.whatwg.org/#the-send()-method",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Request.UserinfoTaken",
		does:     "The username and password of an XMLHttpRequest's URL come off it when it goes to another origin, and when a server was answered with them; responseURL shows it.",
		standard: "They stay in the URL.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/CrossOriginAccessControl.cpp, updateRequestForAccessControl; " + seen},
	}, {
		field:    "Request.OnlyIfCachedAsks",
		does:     "Cache mode only-if-cached goes to the server where nothing is cached.",
		standard: "It is a network error then.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"webkit": ownNetwork},
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
		value:    fetch.EmptyLocationIgnored,
		does:     "A redirect with an empty Location is handed over as the response.",
		standard: "An empty Location leads to the same URL again, up to the limit.",
		section:  "https://fetch.spec.whatwg.org/#concept-response-location-url",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Redirect.EmptyLocation",
		value:    fetch.EmptyLocationFails,
		does:     "A redirect with an empty Location is a network error at once.",
		standard: "An empty Location leads to the same URL again, up to the limit.",
		section:  "https://fetch.spec.whatwg.org/#concept-response-location-url",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/SubresourceLoader.cpp, isLocationURLFailure; " + seen},
	}, {
		field:    "Redirect.LocationBytes",
		does:     "The bytes of Location from 0x80 up are percent-encoded as they are.",
		standard: "Each byte is a code point, U+0000 to U+00FF.",
		section:  "https://fetch.spec.whatwg.org/#concept-response-location-url",
		sources:  map[string]string{"chromium": "net/http/http_response_headers.cc, IsRedirect; " + seen, "firefox": seen},
	}, {
		field:    "Redirect.LocationControls",
		does:     "Tabs and other control characters in Location are percent-encoded.",
		standard: "The URL parser leaves out tabs.",
		section:  "https://url.spec.whatwg.org/#concept-basic-url-parser",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Redirect.StripOnce",
		does:     "Headers that a redirect strips, such as Authorization or Content-Type, are back at the next redirect that does not strip them itself.",
		detail:   "Each redirect strips anew: request-body headers if its status would turn the method that script gave into GET, Authorization if it leads to another origin. Of the headers of an XMLHttpRequest only those that script set come back.",
		standard: "What is stripped is gone.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
		sources:  map[string]string{"firefox": "dom/fetch/FetchDriver.cpp, AsyncOnChannelRedirect; " + seen},
	}, {
		field:    "Redirect.Policy",
		value:    fetch.PolicyByMember,
		does:     "In Referrer-Policy, a member of the list that is not a policy is skipped, and case does not matter.",
		standard: "A value that does not parse has no policies at all.",
		section:  "https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header",
		sources:  map[string]string{"chromium": "net/url_request/redirect_util.cc; " + seen, "webkit": "Source/WebCore/loader/ReferrerPolicy.cpp; " + seen, "firefox": "dom/security/ReferrerInfo.cpp, ReferrerPolicyFromHeaderString; " + seen},
	}, {
		field:    "Redirect.HintsStayBehind",
		does:     "Client hints such as DPR and ECT, set by script, are taken off where a redirect leads to another origin than the page's.",
		detail:   "The hints are Device-Memory, DPR, Width, Viewport-Width, RTT, Downlink and ECT.",
		standard: "They are treated as other headers.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/core/loader/base_fetch_context.cc; " + seen},
	}, {
		field:    "Redirect.NoLocationNoRedirect",
		does:     "Without a Location, or with an empty one, modes error and manual hand the response over; in mode manual only its body can be read.",
		standard: "The status alone makes a redirect.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-fetch",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "Redirect.JoinLocations",
		does:     "Several Locations are one, joined with commas.",
		standard: "They are a network error.",
		section:  "https://fetch.spec.whatwg.org/#concept-response-location-url",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "Redirect.ManualRefusesScheme",
		does:     "In mode manual a redirect to an ftp: URL fails.",
		standard: "It is an opaque-redirect response.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-fetch",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "Redirect.SameOriginIncludes",
		does:     "A redirect of a request that started within the page's origin is held to the CORS check with credentials, unless they are omitted.",
		standard: "Only credentials mode include asks for more than “*”.",
		section:  "https://fetch.spec.whatwg.org/#concept-cors-check",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/SubresourceLoader.cpp, checkRedirectionCrossOriginAccessControl; " + seen},
	}, {
		field:    "Redirect.FirstHeaders",
		does:     "In mode cors each redirect across origins goes on with the headers that the request was made with: Content-Type is back after an earlier redirect took it off with the body.",
		standard: "What a redirect takes off stays off.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
		sources:  map[string]string{"webkit": "Source/WebKit/NetworkProcess/NetworkLoadChecker.cpp, checkCORSRedirectedRequest; " + seen},
	}, {
		field:    "Redirect.TypeRestored",
		does:     "A 307 or 308 brings back the Content-Type that an earlier redirect took off with the body.",
		standard: "What a redirect takes off stays off.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Redirect.OwnUserAgent",
		does:     "Within the page's origin a redirected request has the browser's own User-Agent.",
		standard: "It keeps the one that script set.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Redirect.NoCacheHeadersAcrossOrigins",
		does:     "In mode cors, what a redirect to another origin leads to does without the Cache-Control and Pragma of the cache mode.",
		standard: "Every hop has them.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/CrossOriginAccessControl.cpp, cleanHTTPRequestHeadersForAccessControl; " + seen},
	}, {
		field:    "Redirect.BlockedAfterPreflight",
		does:     "Where a redirect leads, the preflight is sent before mixed content, a bad port over http:, or a username in the Location that leaves the page's origin is found.",
		detail:   "The check of SameOriginIncludes comes after the preflight too. A preflight to a bad port comes to nothing.",
		standard: "They are found before anything is sent.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/SubresourceLoader.cpp, checkRedirectionCrossOriginAccessControl; " + seen},
	}, {
		field:    "Redirect.DeleteBecomesGET",
		does:     "A DELETE that is redirected to another origin becomes a GET, whatever the status.",
		standard: "It stays a DELETE, except after a 303.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
		sources:  map[string]string{"webkit": "Source/WebKit/NetworkProcess/soup/NetworkDataTaskSoup.cpp, shouldRedirectAsGET; " + ownNetwork},
	}, {
		field:    "Redirect.LocationFirst",
		does:     "Location is looked at before the redirect mode: what does not parse fails with any, and without one mode error has nothing to refuse.",
		standard: "The status alone makes a redirect, and modes error and manual do not look at Location.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-fetch",
		sources:  map[string]string{"chromium": seen},
	},

	{
		field:    "Headers.OriginIgnoresReferrerPolicy",
		does:     "Origin on a request without CORS is the page's, whatever the referrer policy.",
		standard: "A referrer policy that gives no referrer makes it “null”.",
		section:  "https://fetch.spec.whatwg.org/#append-a-request-origin-header",
		sources:  map[string]string{"chromium": "services/network/cors/cors_url_loader.cc; " + seen},
	}, {
		field:    "Headers.CredentiallessReloads",
		does:     "Where Cross-Origin-Embedder-Policy credentialless keeps a request from including credentials, it has the Cache-Control and Pragma of cache mode reload.",
		standard: "It has those of its own cache mode.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Headers.ConditionalOfFetchOnly",
		does:     "A conditional header that script sets changes the cache mode of fetch() only, not of XMLHttpRequest.",
		standard: "It makes cache mode default no-store for both.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Headers.StrictAcrossSites",
		does:     "To another site, whatever the schemes, the policies no-referrer-when-downgrade, origin-when-cross-origin and unsafe-url are treated as strict-origin-when-cross-origin; the next redirect has the whole referrer again.",
		detail:   "The whole referrer is the one that the request was made with, or the one that it had when a redirect last set a policy.",
		standard: "They are what script said.",
		section:  "https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer",
		sources:  map[string]string{"firefox": "dom/security/ReferrerInfo.cpp, ShouldIgnoreLessRestrictedPolicies; " + seen},
	}, {
		field:    "Headers.NoReferrerIsPolicy",
		does:     "An empty referrer is the policy no-referrer, which makes the Origin of a request without CORS “null”.",
		standard: "It leaves the policy alone.",
		section:  "https://fetch.spec.whatwg.org/#append-a-request-origin-header",
		sources:  map[string]string{"firefox": seen, "webkit": seen},
	}, {
		field:    "Headers.TrustedSchemesSameSite",
		does:     "In Sec-Fetch-Site, http: and https: URLs of one registrable domain are of one site if both are potentially trustworthy, as those of localhost are.",
		standard: "Sites differ with their schemes.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Headers.InsecureHopsCrossSite",
		does:     "In Sec-Fetch-Site, after a redirect, another origin over http:, such as another port of http://localhost, is of another site.",
		standard: "Sites do not depend on ports, nor on redirects between them.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Headers.OriginWithStorageAccess",
		does:     "A GET or HEAD without CORS, with credentials, carries Origin if it goes from another site, such as a sandboxed frame, to the site of the top-level page.",
		detail:   "A redirect to another origin ends this.",
		standard: "Only other methods have Origin then.",
		section:  "https://fetch.spec.whatwg.org/#append-a-request-origin-header",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Headers.LastAfterEmpty",
		does:     "If fetch() was given several values for a header, those up to the last empty one are not sent.",
		standard: "All of them are.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-append",
		sources:  map[string]string{"firefox": "dom/fetch/FetchDriver.cpp, SetRequestHeaders; " + seen},
	}, {
		field:    "Headers.LastOnly",
		does:     "If fetch() was given several values for one of these headers, only the last is sent.",
		standard: "All of them are.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-append",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpHeaderArray.h, IsSingletonHeader; " + seen},
	}, {
		field:    "Headers.FirstOnly",
		does:     "If fetch() was given several values for one of these headers, only the first is sent.",
		detail:   "With LastAfterEmpty, an empty value that follows replaces it.",
		standard: "All of them are.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-append",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpHeaderArray.h, IsIgnoreMultipleHeader; " + seen},
	}, {
		field:    "Headers.JoinEmpty",
		does:     "An empty value of one of these headers stays before the values that fetch() was given after it: “, a”.",
		standard: "Any header's empty values are sent.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-append",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpHeaderArray.h, MergeHeader; " + seen},
	}, {
		field:    "Headers.TrimReferrerWhenSent",
		does:     "Referer to another site, schemes aside, is no more than the page's origin, whatever the policy; where a redirect leads back from there, it is whole again.",
		standard: "Policy unsafe-url, for example, sends the whole URL.",
		section:  "https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer",
		sources:  map[string]string{"webkit": "Source/WebKit/NetworkProcess/NetworkDataTask.cpp; seen in private browsing; " + ownNetwork},
	}, {
		field:    "Headers.Spellings",
		does:     "These names are sent in this spelling.",
		standard: "A name is sent as script first spelled it.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-append",
		sources:  map[string]string{"firefox": seen, "webkit": "Source/WebCore/platform/network/HTTPHeaderNames.in; " + seen},
	}, {
		field:    "Headers.FirstBodyType",
		does:     "Of several values for Content-Type that fetch() was given, the first is sent if there is a body, until a redirect.",
		detail:   "After a redirect LastOnly decides.",
		standard: "All of them are.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-append",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Headers.NoMetadataOnRedirect",
		does:     "In mode cors, what a redirect to another origin leads to has no Sec-Fetch-* headers; its preflight has them.",
		standard: "Every request to a potentially trustworthy URL has them.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/CrossOriginAccessControl.cpp, cleanHTTPRequestHeadersForAccessControl; " + seen},
	}, {
		field:    "Headers.PreflightSiteByURL",
		does:     "Sec-Fetch-Site of a preflight is about the page's origin and the URL at hand, whatever redirects led there.",
		standard: "It is about all URLs of the request.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site",
		sources:  map[string]string{"chromium": "services/network/cors/preflight_controller.cc; " + seen},
	}, {
		field:    "Headers.MediaRange",
		does:     "An audio or video element that asks for the whole resource sends Range: bytes=0-.",
		standard: "It adds no range header; when it asks for a part is the browser's to decide.",
		section:  "https://html.spec.whatwg.org/#concept-media-load-resource",
		sources:  map[string]string{"chromium": seen, "firefox": seen},
	}, {
		field:    "Headers.RangeRewritten",
		does:     "A Range of one range, in a GET that may go through the HTTP cache, is sent in its plainest form.",
		standard: "It is sent as script set it.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"chromium": "net/http/http_cache_transaction.cc, SetRequest; net/http/http_util.cc, ParseRangeHeader; " + seen},
	}, {
		field:    "Headers.OriginOfFrames",
		does:     "A frame of another site sends Origin with every request to the top-level page's site that includes credentials.",
		detail:   "This includes GET and HEAD without CORS. The first URL decides; redirects change nothing.",
		standard: "Without CORS, GET and HEAD carry no Origin.",
		section:  "https://fetch.spec.whatwg.org/#append-a-request-origin-header",
		sources:  map[string]string{"chromium": "services/network/url_loader.cc; " + seen},
	}, {
		field:    "Headers.PreflightModeAlways",
		does:     "Preflights carry Sec-Fetch-Mode also to URLs that are not potentially trustworthy.",
		standard: "Only requests to potentially trustworthy URLs do.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration",
		sources:  map[string]string{"chromium": "services/network/cors/preflight_controller.cc; " + seen},
	}, {
		field:    "Headers.NavigationAccept",
		does:     "Navigations have this Accept.",
		detail:   "The empty string means the Standard's.",
		standard: "It is text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8.",
		section:  "https://fetch.spec.whatwg.org/#concept-fetch",
		sources:  map[string]string{"chromium": "content/browser/loader/navigation_url_loader_impl.cc; " + seen},
	}, {
		field:    "Headers.FormsRevalidate",
		does:     "A navigation that begins with POST has cache mode no-cache, also after a redirect.",
		standard: "It has cache mode default.",
		section:  "https://html.spec.whatwg.org/#create-navigation-params-by-fetching",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Headers.NoUserHeader",
		does:     "Navigations that the user began have no Sec-Fetch-User.",
		standard: "They have Sec-Fetch-User: ?1.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-user-header",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Headers.ConditionalIsNoCache",
		does:     "If script sets If-None-Match or the like, cache mode default becomes no-cache.",
		standard: "It becomes no-store.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Headers.NullOriginAcrossOrigins",
		does:     "Origin on a request without CORS is “null” after any redirect to another origin.",
		standard: "It is the page's as long as nothing but the page's own origin redirected.",
		section:  "https://fetch.spec.whatwg.org/#serializing-a-request-origin",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Headers.DowngradeByScheme",
		does:     "From https: to any other scheme is a downgrade for the referrer, to loopback too.",
		standard: "Only to a URL that is not potentially trustworthy, which loopback is.",
		section:  "https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer",
		sources:  map[string]string{"chromium": seen, "firefox": seen, "webkit": seen},
	}, {
		field:    "Headers.KeptOriginOnRedirect",
		does:     "Within an origin a redirected request sends the Origin that it sent before, as a GET too; a request without CORS that goes to another origin sends its own, whatever the referrer policy.",
		standard: "Origin is determined anew for every hop.",
		section:  "https://fetch.spec.whatwg.org/#append-a-request-origin-header",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/FrameLoader.cpp, addHTTPOriginIfNeeded; " + seen},
	}, {
		field:    "Headers.SandboxedReferrer",
		does:     "An XMLHttpRequest of a page with an opaque origin has the page's URL for a referrer.",
		standard: "It has none.",
		section:  "https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Headers.PreflightMetadataByFirst",
		does:     "A preflight has Sec-Fetch-* headers only if the request's first URL is potentially trustworthy too.",
		standard: "Its own URL is what counts.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Headers.PreflightSiteByOrigin",
		does:     "Sec-Fetch-Site of a preflight goes by its Origin and its URL alone: if redirects have tainted it, it is cross-site.",
		standard: "It goes by the URLs of all hops.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/CrossOriginAccessControl.cpp, createAccessControlPreflightRequest; " + seen},
	}, {
		field:    "Headers.UTF8Values",
		does:     "Header values that script set are sent in UTF-8.",
		standard: "Each character is one byte.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "Headers.ReplaceNotUTF8",
		does:     "Bytes of a response's header values that are not UTF-8 are replaced by U+FFFD, in UTF-8.",
		standard: "The bytes are script's as they are.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "Headers.MetadataByCurrentURL",
		does:     "Whether there are Sec-Fetch-* headers goes by the URL redirected to.",
		standard: "It goes by the request's first URL.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration",
		sources:  map[string]string{"chromium": seen, "firefox": seen, "webkit": seen},
	},

	{
		field:    "Body.Stream",
		value:    fetch.StreamIsText,
		does:     "A ReadableStream as a body is the text “[object ReadableStream]”.",
		standard: "It is sent chunk by chunk, after a preflight, over HTTP/2.",
		section:  "https://fetch.spec.whatwg.org/#concept-bodyinit-extract",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Response.Unambiguous",
		does:     "A response with different values for one of these headers is a network error; the same value twice counts once.",
		detail:   "Except for Location, the values are the members of a list.",
		standard: "They are read as any other; two Locations do not parse, the same or not.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"chromium": "net/http/http_stream_parser.cc, net/spdy/spdy_http_utils.cc; " + seen},
	}, {
		field:    "Response.BlobRange",
		value:    safelist.RangeInt64,
		does:     "A range of a blob's bytes whose numbers are 2⁶³−1 or more fails.",
		standard: "Numbers are of any size.",
		section:  "https://fetch.spec.whatwg.org/#simple-range-header-value",
	}, {
		field:    "Response.BlobRange",
		value:    safelist.RangeUint64,
		does:     "A range of a blob's bytes whose numbers do not fit into 64 bits fails.",
		standard: "Numbers are of any size.",
		section:  "https://fetch.spec.whatwg.org/#simple-range-header-value",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Response.BlobRange",
		value:    safelist.RangeLenient,
		does:     "A range of a blob's bytes has its unit in any case and its numbers, of 64 bits, may have a plus sign.",
		standard: "The unit is in lower case, and a number has digits only, as many as it likes.",
		section:  "https://fetch.spec.whatwg.org/#simple-range-header-value",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Response.BlobSuffix",
		value:    fetch.BlobSuffixClamped,
		does:     "A range of more last bytes than a blob has is all of it, and one of none fails.",
		standard: "A start before the blob counts from its end, as slice() has it, and none are an empty body.",
		section:  "https://fetch.spec.whatwg.org/#concept-scheme-fetch",
		sources:  map[string]string{"chromium": seen, "webkit": seen},
	}, {
		field:    "Response.BlobSuffix",
		value:    fetch.BlobSuffixWithin,
		does:     "A range of more last bytes than a blob has fails, and so does one of none.",
		standard: "A start before the blob counts from its end, as slice() has it, and none are an empty body.",
		section:  "https://fetch.spec.whatwg.org/#concept-scheme-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Response.ResetContent",
		value:    fetch.ResetContentHTTP2Body,
		does:     "The body of a 205 that came over HTTP/2 is shown.",
		standard: "205 is a null body status.",
		section:  "https://fetch.spec.whatwg.org/#null-body-status",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Response.ResetContent",
		value:    fetch.ResetContentBody,
		does:     "The body of a 205 is shown.",
		standard: "205 is a null body status.",
		section:  "https://fetch.spec.whatwg.org/#null-body-status",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Network.SafeTries",
		does:     "A request with a safe method is sent again when its connection closes without an answer, up to this many times in all.",
		detail:   "0 means once.",
		standard: "It fails; a connection that was used before may be tried again once.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpTransaction.cpp, Close; " + seen},
	}, {
		field:    "Network.HTTP2AnyLength",
		does:     "Over HTTP/2 Content-Length is ignored.",
		standard: "The body has to have that length.",
		section:  "https://fetch.spec.whatwg.org/#content-length-header",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Network.HTTP2TransferEncoding",
		does:     "A response over HTTP/2 may have Transfer-Encoding, which is left out.",
		standard: "It is malformed.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Network.HeadLengthUnambiguous",
		does:     "Content-Length with different values is a network error also where there is no body.",
		standard: "A response to HEAD ends with its header.",
		section:  "https://fetch.spec.whatwg.org/#content-length-header",
		sources:  map[string]string{"chromium": "net/http/http_stream_parser.cc; " + seen},
	}, {
		field:    "Network.HTTP1Only",
		does:     "HTTP/1.1 is used with every server.",
		standard: "HTTP/2 is used if the server supports it.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"webkit": "seen behind a proxy; " + ownNetwork},
	}, {
		field:    "Network.BodyToItsEnd",
		does:     "The bodies of redirects and preflights are read to their end; if one is cut short, the request fails.",
		standard: "They do not matter.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
		sources:  map[string]string{"webkit": "Source/WebKit/NetworkProcess/soup/NetworkDataTaskSoup.cpp, skipInputStreamForRedirection; " + ownNetwork},
	}, {
		field:    "Network.LastLength",
		does:     "Of several Content-Length and Transfer-Encoding headers the last one counts; a length may have a sign, is 0 if it is empty, and fails if it is not a number; codings other than chunked and identity fail.",
		detail:   "Chunks may end without the last one.",
		standard: "Lengths that differ fail, and a value that is not a number is ignored.",
		section:  "https://fetch.spec.whatwg.org/#content-length-header",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "Network.NameBlanks",
		does:     "Blanks between a response header's name and its colon belong to neither, over HTTP/1.1.",
		standard: "Such a name is not a header name, and the line is skipped.",
		section:  "https://fetch.spec.whatwg.org/#header-name",
		sources:  map[string]string{"chromium": "net/http/http_util.cc, HeadersIterator; " + seen},
	}, {
		field:    "Network.NULNameSkipped",
		does:     "A response header whose name has a NUL is skipped, over HTTP/1.1.",
		standard: "The response fails, as it does for a NUL in a value.",
		section:  "https://www.rfc-editor.org/rfc/rfc9110#section-5.5",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Network.LineFold",
		value:    fetch.LineFoldKeepsValue,
		does:     "Where a header's value goes on with the next line, over HTTP/1.1, blanks at the end of the first stay.",
		standard: "The blanks around the line break are one space.",
		section:  "https://www.rfc-editor.org/rfc/rfc9112#section-5.2",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Network.LineFold",
		value:    fetch.LineFoldKeepsAll,
		does:     "Where a header's value goes on with the next line, over HTTP/1.1, all blanks around the line break stay.",
		standard: "They are one space.",
		section:  "https://www.rfc-editor.org/rfc/rfc9112#section-5.2",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Network.EscapesNormalized",
		does:     "The path and query of a URL are sent with unreserved characters decoded and other escapes in upper case: %61%2f as a%2F. Cookies go by that path.",
		detail:   "It is the URL that a response shows, unless it has a fragment.",
		standard: "They are sent as they are.",
		section:  "https://url.spec.whatwg.org/#url-serializing",
		sources:  map[string]string{"webkit": "GLib, guri.c; " + seen},
	}, {
		field:    "Network.HalfUTF16Dropped",
		does:     "Half a code unit at the end of UTF-16 is dropped from XMLHttpRequest's text.",
		standard: "It becomes U+FFFD.",
		section:  "https://encoding.spec.whatwg.org/#shared-utf-16-decoder",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/platform/wtf/text/text_codec_utf16.cc; " + seen},
	}, {
		field:    "Body.Stream",
		value:    fetch.StreamIsRefused,
		does:     "A ReadableStream as a body is a NotSupportedError.",
		standard: "It is sent chunk by chunk, after a preflight, over HTTP/2.",
		section:  "https://fetch.spec.whatwg.org/#concept-bodyinit-extract",
		sources:  map[string]string{"webkit": "Source/WebCore/Modules/fetch/FetchRequest.cpp; " + seen},
	}, {
		field:    "Ports.Allowed",
		does:     "These ports are open.",
		standard: "They are bad ports.",
		section:  "https://fetch.spec.whatwg.org/#bad-port",
		sources:  map[string]string{"chromium": seen},
	},

	{
		field:    "Response.ProxyAuthenticationShown",
		does:     "A 407 from a server is handed over.",
		standard: "It is a network error.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"firefox": seen, "webkit": ownNetwork},
	}, {
		field:    "Response.FirstOnly",
		does:     "If a response repeats one of these headers, only the first value counts.",
		standard: "All of them do, joined.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-get",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpHeaderArray.h, IsSingletonHeader; " + seen},
	}, {
		field:    "Response.SameOnly",
		does:     "A response that repeats one of these headers with another value is a network error.",
		detail:   "Each of them has to be in FirstOnly too.",
		standard: "All of them count, joined.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-get",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpHeaderArray.h, IsSuspectDuplicateHeader; " + seen},
	}, {
		field:    "Response.SkipEmpty",
		does:     "An empty value of a repeated response header is left out.",
		detail:   "Nosniff is determined from the values as they were sent.",
		standard: "It counts: “a, , b”.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-get",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpHeaderArray.h, MergeHeader; " + seen},
	}, {
		field:    "Response.KeepEmpty",
		does:     "These headers keep the empty values that SkipEmpty leaves out.",
		standard: "Any header's empty values count: “a, , b”.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-get",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpHeaderArray.h, MergeHeader; " + seen},
	}, {
		field:    "Response.OneAllowOrigin",
		does:     "With two headers that are spelled Access-Control-Allow-Origin the CORS check fails, even if one is empty. Names in lower case, as all are over HTTP/2, are not counted.",
		standard: "Their joined value is compared.",
		section:  "https://fetch.spec.whatwg.org/#concept-cors-check",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, CheckOriginHeader; " + seen},
	}, {
		field:    "Response.TightType",
		does:     "Repeated Content-Type headers of a response are joined with a comma alone.",
		standard: "They are joined with a comma and a space.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-get",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Response.FeedJoined",
		does:     "If a response repeats one of these headers, the values are joined with a line feed: fetch() does not show them, XMLHttpRequest does.",
		standard: "They are joined with a comma and a space.",
		section:  "https://fetch.spec.whatwg.org/#concept-header-list-get",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpHeaderArray.h, MergeHeader; " + seen},
	}, {
		field:    "Response.HTTP2Header",
		does:     "Every response over HTTP/2 has this header, with the value “h2”.",
		detail:   "The empty string means none.",
		standard: "Responses have the headers that were sent.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Response.ShortErrorBodies",
		does:     "A body that ends before its Content-Length counts as whole if the status is not ok.",
		detail:   "The ok statuses are 200 to 299.",
		standard: "It breaks off.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Response.ShortHTTP2Bodies",
		does:     "A body over HTTP/2 that ends before its Content-Length counts as whole.",
		standard: "It breaks off.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Response.OpaqueBodyBreaks",
		does:     "Script that reads an opaque response's body, which is empty, gets an error if the body behind it breaks off.",
		standard: "It gets nothing.",
		section:  "https://fetch.spec.whatwg.org/#concept-filtered-response-opaque",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Response.AboutAnyCase",
		does:     "about:BLANK is about:blank.",
		standard: "Only about:blank is.",
		section:  "https://fetch.spec.whatwg.org/#scheme-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Response.DataLength",
		does:     "The response to fetch() of a data: URL has a Content-Length.",
		standard: "It has a Content-Type only.",
		section:  "https://fetch.spec.whatwg.org/#concept-scheme-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Policy.IPNeverSameSite",
		does:     "Cross-Origin-Resource-Policy: same-site never matches where a host is an IP address.",
		standard: "It matches within one IP address.",
		section:  "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check",
		sources:  map[string]string{"chromium": "services/network/public/cpp/cross_origin_resource_policy.cc"},
	}, {
		field:    "Integrity.OfRedirect",
		does:     "Integrity metadata is compared with the body of a redirect that mode manual does not follow.",
		standard: "A redirect that is not followed is a network error.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Policy.URLNeedsChallenge",
		does:     "A 401 without a challenge is not answered with the URL's username and password.",
		standard: "It is: whether there is a challenge is said to need testing.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"chromium": seen, "firefox": seen, "webkit": seen},
	}, {
		field:    "Policy.URLAnswersChallenge",
		does:     "A username and password in an XMLHttpRequest's URL answer a 401, in CORS and without credentials too.",
		standard: "They do not in CORS, nor without credentials.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Policy.CredentiallessIgnored",
		does:     "The embedder policy credentialless is treated as unsafe-none.",
		standard: "It takes the credentials off requests without CORS to other origins.",
		section:  "https://html.spec.whatwg.org/#coep",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/CrossOriginAccessControl.cpp"},
	}, {
		field:    "Policy.MixedContentOnHTTPSOnly",
		does:     "Only pages from https: can have mixed content.",
		standard: "Any potentially trustworthy page does, such as one of http://localhost.",
		section:  "https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/core/loader/mixed_content_checker.cc; " + seen, "webkit": "Source/WebCore/loader/MixedContentChecker.cpp; " + seen, "firefox": seen},
	}, {
		field:    "Policy.NoAboutBlank",
		does:     "about:blank can't be fetched in mode no-cors either.",
		standard: "In mode no-cors it is an empty document.",
		section:  "https://fetch.spec.whatwg.org/#concept-scheme-fetch",
		sources:  map[string]string{"chromium": seen, "webkit": seen},
	}, {
		field:    "Integrity.NoBodyIsEmpty",
		does:     "A response without a body is compared with integrity metadata as if its body had no bytes.",
		standard: "No body is a network error.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"chromium": seen, "webkit": seen, "firefox": seen},
	}, {
		field:    "Policy.LoopbackIsMixed",
		does:     "http: URLs of loopback are mixed content too.",
		standard: "They are potentially trustworthy.",
		section:  "https://w3c.github.io/webappsec-mixed-content/#should-block-fetch",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/MixedContentChecker.cpp; " + seen},
	}, {
		field:    "Policy.UnknownResourcePolicyAllows",
		does:     "A value of Cross-Origin-Resource-Policy that does not exist lets the response through, whatever the page's Cross-Origin-Embedder-Policy.",
		detail:   "An empty value does not.",
		standard: "It counts as none: with require-corp the response is blocked.",
		section:  "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/HttpBaseChannel.cpp, ProcessCrossOriginResourcePolicyHeader; " + seen},
	}, {
		field:    "Policy.NoCORSFollowsOnly",
		does:     "Mode no-cors with redirect mode error or manual can't fetch data: URLs.",
		standard: "data: URLs are not redirected, so that the redirect mode does not matter.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Integrity.NamesInAnyCase",
		does:     "Integrity metadata names its hashes in any case.",
		standard: "SHA256 is not a known hash name; sha256 is.",
		section:  "https://www.w3.org/TR/SRI/#parse-metadata",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/ResourceCryptographicDigest.cpp; " + seen},
	}, {
		field:    "Integrity.Base64",
		does:     "The values in integrity metadata are base64 or base64url, padded or not, with any spare bits. An item whose value is empty or has another form is left out, and so is a hash without a value; if nothing is left, every response passes.",
		detail:   "The value ends at the question mark. It has another form if it has a character that neither alphabet has, more than two equals signs, or one that is not at the end.",
		standard: "A value is compared as text with the digest in padded base64, up to a second hyphen. One of another form is the digest of nothing.",
		section:  "https://www.w3.org/TR/SRI/#parse-metadata",
		sources: map[string]string{
			"chromium": "third_party/blink/renderer/platform/loader/subresource_integrity.cc; " + seen,
			"firefox":  "dom/security/SRIMetadata.cpp; " + seen,
			"webkit":   "Source/WebCore/loader/SubresourceIntegrity.cpp; " + seen,
		},
	}, {
		field:    "Integrity.PaddingAnywhere",
		does:     "A value in integrity metadata may have any number of equals signs, anywhere. With one that is not at the end it matches no response.",
		detail:   "This needs Base64.",
		standard: "A value has to be the digest in padded base64.",
		section:  "https://www.w3.org/TR/SRI/#parse-metadata",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/platform/loader/subresource_integrity.cc; " + seen},
	}, {
		field:    "Integrity.ExactPadding",
		does:     "A value in integrity metadata with equals signs, but not as many as base64 asks for, matches no response. An item that has nothing else is left out.",
		detail:   "This needs Base64.",
		standard: "A value has to be the digest in padded base64.",
		section:  "https://www.w3.org/TR/SRI/#parse-metadata",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Integrity.MixedAlphabets",
		does:     "A value in integrity metadata may have characters of base64 and of base64url.",
		detail:   "Otherwise such a value matches no response. This needs Base64.",
		standard: "A value has to be the digest in base64.",
		section:  "https://www.w3.org/TR/SRI/#parse-metadata",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/platform/loader/subresource_integrity.cc; " + seen},
	}, {
		field:    "Integrity.VisibleOptions",
		does:     "An item of integrity metadata whose options have something other than visible ASCII is left out.",
		detail:   "This needs Base64.",
		standard: "Options are ignored, whatever they are.",
		section:  "https://www.w3.org/TR/SRI/#parse-metadata",
		sources:  map[string]string{"webkit": "Source/WebCore/loader/SubresourceIntegrity.cpp; " + seen},
	}, {
		field:    "Integrity.HyphenatedNames",
		does:     "Integrity metadata may call its hashes sha-256, sha-384 and sha-512.",
		detail:   "This needs Base64.",
		standard: "These are not known, and left out.",
		section:  "https://www.w3.org/TR/SRI/#parse-metadata",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/platform/loader/subresource_integrity.cc; " + seen},
	}, {
		field:    "Integrity.VerticalTab",
		does:     "U+000B separates the items of integrity metadata.",
		standard: "It does not: it is not ASCII whitespace.",
		section:  "https://www.w3.org/TR/SRI/#parse-metadata",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/platform/loader/subresource_integrity.cc; " + seen},
	}, {
		field:    "Integrity.PublicKeys",
		does:     "Items of integrity metadata may be ed25519 public keys. Only a response that is signed by one of them passes. This engine cannot check signatures and refuses those too.",
		detail:   "This needs Base64.",
		standard: "ed25519 is not a known hash; the item is left out.",
		section:  "https://www.w3.org/TR/SRI/#parse-metadata",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Integrity.NoHashNoCheck",
		does:     "Integrity metadata without a known hash is ignored, except for an opaque response.",
		standard: "Whatever the metadata is, a response without a body and one that script can't read are network errors.",
		section:  "https://fetch.spec.whatwg.org/#concept-main-fetch",
		sources:  map[string]string{"webkit": seen},
	},

	{
		field:    "WebSocket.NoMetadata",
		does:     "A WebSocket's handshake has no Sec-Fetch-* headers.",
		standard: "It has those of other requests, with mode websocket.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "WebSocket.Destination",
		does:     "The Sec-Fetch-Dest of a WebSocket's handshake is this word.",
		detail:   "The empty string means “empty”.",
		standard: "It is empty.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-dest-header",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "WebSocket.NoAccept",
		does:     "A WebSocket's handshake has no Accept.",
		standard: "It has Accept: */*.",
		section:  "https://fetch.spec.whatwg.org/#concept-fetch",
		sources:  map[string]string{"chromium": seen, "webkit": seen},
	}, {
		field:    "WebSocket.FollowsRedirects",
		does:     "A redirect of a WebSocket's handshake is followed.",
		standard: "It is a network error.",
		section:  "https://websockets.spec.whatwg.org/#concept-websocket-establish",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "WebSocket.SilenceAllowed",
		does:     "A WebSocket opens without a subprotocol where script asked for one and the server names none.",
		standard: "The connection fails.",
		section:  "https://websockets.spec.whatwg.org/#concept-websocket-establish",
		sources:  map[string]string{"firefox": seen, "webkit": seen},
	}, {
		field:    "WebSocket.UnaskedProtocolIgnored",
		does:     "A WebSocket opens without a subprotocol where script asked for none and the server names one.",
		standard: "The connection fails.",
		section:  "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "WebSocket.ProtocolAnyCase",
		does:     "The server may name a WebSocket's subprotocol in another case.",
		standard: "It has to be one that script asked for.",
		section:  "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "Messages.NetworkError",
		does:     "The exception for a network error has this message.",
		detail:   "The empty string means “Failed to fetch”.",
		standard: "The message is the implementation's; here it is “Failed to fetch”.",
		section:  "https://fetch.spec.whatwg.org/#dom-global-fetch",
		sources:  map[string]string{"firefox": "dom/bindings/Errors.msg, MSG_FETCH_FAILED; " + seen, "webkit": seen},
	}, {
		field:    "Messages.Aborted",
		does:     "The exception for a request that was cancelled has this message.",
		detail:   "The empty string means “The operation was aborted”.",
		standard: "The message is the implementation's; here it is “The operation was aborted”.",
		section:  "https://dom.spec.whatwg.org/#abortcontroller-signal-abort",
		sources:  map[string]string{"chromium": seen, "firefox": seen, "webkit": seen},
	},
}
