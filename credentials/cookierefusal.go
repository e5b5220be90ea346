package credentials

// CookieRefusal is the reason why a Set-Cookie header did not set a cookie, as a
// short name that stays the same in later versions. The empty string means that
// the cookie was stored, or removed if it has expired. The values are, in the
// order in which the jar checks them:
//
//   - "control-character": the header contains a control character
//   - "empty": the cookie has neither a name nor a value
//   - "too-long": name and value together are longer than 4096 bytes
//   - "invalid-domain": the attribute Domain is not a valid host
//   - "no-host": the URL is not http: or https:, or has no host
//   - "long-host": the URL's host is longer than 253 bytes
//   - "public-suffix": Domain is a public suffix, such as "com"
//   - "foreign-domain": Domain is neither the URL's host nor a parent domain of it
//   - "long-path": the path is longer than the limit, which is 4096 bytes by default
//   - "no-room": the cookie is larger than the whole jar may be
//   - "secure-from-insecure-url": the cookie is Secure and the URL is not secure
//   - "shadows-secure-cookie": the cookie would hide a Secure cookie, and the URL
//     is not secure
//   - "third-party": the policy for third-party cookies forbids it
//   - "cross-site": the request comes from another site, and the cookie is not
//     SameSite=None
//   - "none-without-secure": SameSite=None without Secure
//   - "partitioned-without-secure": Partitioned without Secure
//   - "secure-prefix": the name starts with __Secure-, without Secure
//   - "host-prefix": the name starts with __Host-, without Secure or Path=/, or
//     with Domain
//   - "http-prefix": the name starts with __Http- or __Host-Http-, without Secure
//     or HttpOnly
//   - "hidden-prefix": the cookie has no name, and its value starts like one of
//     these names
//   - "credentials-omitted": the request did not include credentials. A trace of
//     package fetch reports this; a store never does.
type CookieRefusal string

// The refusals. The documentation of the type says what they mean.
const (
	refusedControl         CookieRefusal = "control-character"
	refusedEmpty           CookieRefusal = "empty"
	refusedTooLong         CookieRefusal = "too-long"
	refusedInvalidDomain   CookieRefusal = "invalid-domain"
	refusedNoHost          CookieRefusal = "no-host"
	refusedLongHost        CookieRefusal = "long-host"
	refusedPublicSuffix    CookieRefusal = "public-suffix"
	refusedForeignDomain   CookieRefusal = "foreign-domain"
	refusedLongPath        CookieRefusal = "long-path"
	refusedNoRoom          CookieRefusal = "no-room"
	refusedSecureScheme    CookieRefusal = "secure-from-insecure-url"
	refusedShadowsSecure   CookieRefusal = "shadows-secure-cookie"
	refusedThirdParty      CookieRefusal = "third-party"
	refusedCrossSite       CookieRefusal = "cross-site"
	refusedNoneBare        CookieRefusal = "none-without-secure"
	refusedPartitionedBare CookieRefusal = "partitioned-without-secure"
	refusedSecurePrefix    CookieRefusal = "secure-prefix"
	refusedHostPrefix      CookieRefusal = "host-prefix"
	refusedHTTPPrefix      CookieRefusal = "http-prefix"
	refusedHiddenPrefix    CookieRefusal = "hidden-prefix"
	refusedOmitted         CookieRefusal = "credentials-omitted"
)

var refusalRules = map[CookieRefusal]string{
	refusedControl:         "a cookie must not contain control characters",
	refusedEmpty:           "a cookie needs a name or a value",
	refusedTooLong:         "name and value together must not exceed 4096 bytes",
	refusedInvalidDomain:   "Domain must be a valid host",
	refusedNoHost:          "only http: and https: URLs with a host have cookies",
	refusedLongHost:        "a host longer than 253 bytes has no cookies",
	refusedPublicSuffix:    "a cookie must not be for all hosts of a public suffix",
	refusedForeignDomain:   "Domain must be the URL's host or a parent domain of it",
	refusedLongPath:        "the path, which defaults to that of the URL, must not exceed the limit",
	refusedNoRoom:          "a cookie must be smaller than the jar",
	refusedSecureScheme:    "only a secure URL may set a Secure cookie",
	refusedShadowsSecure:   "a URL that is not secure must not hide a Secure cookie",
	refusedThirdParty:      "third parties must not set this cookie",
	refusedCrossSite:       "a response to a cross-site request may set only SameSite=None cookies",
	refusedNoneBare:        "SameSite=None requires Secure",
	refusedPartitionedBare: "Partitioned requires Secure",
	refusedSecurePrefix:    "a name that starts with __Secure- requires Secure",
	refusedHostPrefix:      "a name that starts with __Host- requires Secure, Path=/ and no Domain",
	refusedHTTPPrefix:      "a name that starts with __Http- requires Secure and HttpOnly",
	refusedHiddenPrefix:    "a value without a name must not start like a prefixed name",
	refusedOmitted:         "a response to a request without credentials sets no cookies",
}

// Rule returns the rule that the cookie breaks, as a clause without a full stop:
// "SameSite=None requires Secure". It returns "" for a cookie that was stored.
func (r CookieRefusal) Rule() string { return refusalRules[r] }

// CookieWithholding is the reason why a cookie is not sent with a request, as a
// short name that stays the same in later versions. The empty string means that
// the cookie is sent. The values are:
//
//   - "long-host": the request's host is longer than 253 bytes
//   - "other-host": the cookie is only for the host that set it
//   - "other-path": the cookie is for another path
//   - "expired": the cookie has expired
//   - "secure": the cookie is Secure and the URL is not secure
//   - "same-site-strict": the cookie is SameSite=Strict, and the request comes
//     from another site
//   - "same-site-lax": the cookie is SameSite=Lax, by its attribute or by
//     default, and the request comes from another site
//   - "third-party": the policy for third-party cookies forbids it
//   - "other-partition": the cookie was set under another top-level site
//   - "credentials-omitted": the request does not include credentials. A trace of
//     package fetch reports this; a store never does.
type CookieWithholding string

// The withholdings. The documentation of the type says what they mean.
const (
	withheldLongHost       CookieWithholding = "long-host"
	withheldOtherHost      CookieWithholding = "other-host"
	withheldOtherPath      CookieWithholding = "other-path"
	withheldExpired        CookieWithholding = "expired"
	withheldSecure         CookieWithholding = "secure"
	withheldStrict         CookieWithholding = "same-site-strict"
	withheldLax            CookieWithholding = "same-site-lax"
	withheldThirdParty     CookieWithholding = "third-party"
	withheldOtherPartition CookieWithholding = "other-partition"
	withheldOmitted        CookieWithholding = "credentials-omitted"
)

var withholdingRules = map[CookieWithholding]string{
	withheldLongHost:       "the request's host is longer than 253 bytes",
	withheldOtherHost:      "it is only for the host that set it",
	withheldOtherPath:      "it is for another path",
	withheldExpired:        "it has expired",
	withheldSecure:         "it is Secure, and the URL is not secure",
	withheldStrict:         "it is SameSite=Strict, and the request comes from another site",
	withheldLax:            "it is SameSite=Lax, by its attribute or by default, and the request comes from another site",
	withheldThirdParty:     "third parties do not get this cookie",
	withheldOtherPartition: "third-party cookies are kept apart by top-level site, and it was set under another one",
	withheldOmitted:        "the request does not include credentials",
}

// Rule returns the reason as a clause without a full stop: "it is for another
// path". It returns "" for a cookie that is sent.
func (w CookieWithholding) Rule() string { return withholdingRules[w] }
