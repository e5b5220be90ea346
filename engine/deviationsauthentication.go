package engine

import "github.com/browsercors/browsercors/internal/rules"

// authenticationDeviations are the departures that concern HTTP authentication, connections and client certificates.
var authenticationDeviations = []deviation{
	{
		field:    "Credentials.SharedConnections",
		does:     "One connection serves requests with and without credentials.",
		detail:   "It does not serve both requests that may and requests that may not present a client certificate.",
		standard: "Connections are opened for either or for neither.",
		section:  "https://fetch.spec.whatwg.org/#concept-connection-obtain",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Credentials.Authentication.Grammar",
		value:    rules.GrammarPairs,
		does:     "A line of WWW-Authenticate or Proxy-Authenticate is one challenge: a scheme, and names and values between commas. One without a value makes the challenge invalid.",
		standard: "A line may have several challenges, of tokens and quoted strings.",
		section:  "https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1",
		sources:  map[string]string{"chromium": "net/http/http_auth_challenge_tokenizer.cc; net/http/http_util.cc, NameValuePairsIterator; " + seen},
	}, {
		field:    "Credentials.Authentication.Grammar",
		value:    rules.GrammarLoose,
		does:     "In a line of WWW-Authenticate or Proxy-Authenticate a comma that no name and “=” follow begins a challenge. Its scheme ends at the first space; for Basic anything may follow.",
		standard: "A challenge is made of tokens and quoted strings, and invalid otherwise.",
		section:  "https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpChannelAuthProvider.cpp, ChallengeParser; netwerk/protocol/http/nsHttpDigestAuth.cpp, ParseChallenge; " + seen},
	}, {
		field:    "Credentials.Authentication.Grammar",
		value:    rules.GrammarItems,
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
		value:    rules.QOPAuthOrNone,
		does:     "Digest is answered without a quality of protection where auth is not offered.",
		standard: "It is answered with auth-int, or not at all.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.3",
		sources: map[string]string{
			"chromium": "net/http/http_auth_handler_digest.cc, ParseChallengeProperty",
			"firefox":  "netwerk/protocol/http/nsHttpDigestAuth.cpp, GenerateCredentials",
		},
	}, {
		field:    "Credentials.Authentication.QOP",
		value:    rules.QOPAuthRequired,
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
		value:    rules.NonceMayBeEmpty,
		does:     "A challenge for Digest may have an empty nonce.",
		standard: "It is not answered.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.3",
		sources:  map[string]string{"webkit": "libsoup, soup-auth-digest.c; " + seen},
	}, {
		field:    "Credentials.Authentication.Nonce",
		value:    rules.NonceOptional,
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
		value:    rules.AlgorithmCanonical,
		does:     "An answer to Digest spells the algorithm as RFC 7616 does.",
		standard: "It spells it as the challenge does.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.4",
		sources: map[string]string{
			"chromium": "net/http/http_auth_handler_digest.cc, AlgorithmToString; " + seen,
			"firefox":  "netwerk/protocol/http/nsHttpDigestAuth.cpp, GenerateCredentials; " + seen,
		},
	}, {
		field:    "Credentials.Authentication.Algorithm",
		value:    rules.AlgorithmAlways,
		does:     "An answer to Digest names the algorithm, also if the challenge does not.",
		standard: "It names one if the challenge does.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.4",
		sources:  map[string]string{"webkit": "libsoup, soup-auth-digest.c, soup_auth_digest_get_authorization; " + seen},
	}, {
		field:    "Credentials.Authentication.Order",
		value:    rules.OrderQOPFirst,
		does:     "The parameters of an answer to Digest come in the order username, realm, nonce, uri, algorithm, response, opaque, qop, nc, cnonce.",
		standard: "The order does not matter; here it is that of the examples.",
		section:  "https://www.rfc-editor.org/rfc/rfc7616#section-3.9.1",
		sources: map[string]string{
			"chromium": "net/http/http_auth_handler_digest.cc, AssembleCredentials; " + seen,
			"firefox":  "netwerk/protocol/http/nsHttpDigestAuth.cpp, GenerateCredentials; " + seen,
		},
	}, {
		field:    "Credentials.Authentication.Order",
		value:    rules.OrderQOPLast,
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
	},
}
