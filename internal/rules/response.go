package rules

// Response holds a user agent's departures in how a response is read before it
// is checked.
type Response struct {
	// A 407 from a server is handed over.
	ProxyAuthenticationShown bool

	// If a response repeats one of these headers, only the first value counts.
	FirstOnly []string

	// A response that repeats one of these headers with another value is a network
	// error. Each of them has to be in FirstOnly too.
	SameOnly []string

	// An empty value of a repeated response header is left out. Nosniff is
	// determined from the values as they were sent.
	SkipEmpty bool

	// These headers keep the empty values that SkipEmpty leaves out.
	KeepEmpty []string

	// With two headers that are spelled Access-Control-Allow-Origin the CORS check
	// fails, even if one is empty. Names in lower case, as all are over HTTP/2, are
	// not counted.
	OneAllowOrigin bool

	// Repeated Content-Type headers of a response are joined with a comma alone.
	TightType bool

	// If a response repeats one of these headers, the values are joined with a line
	// feed: fetch() does not show them, XMLHttpRequest does.
	FeedJoined []string

	// Every response over HTTP/2 has this header, with the value “h2”. The
	// empty string means none.
	HTTP2Header string

	// A body that ends before its Content-Length counts as whole if the status is
	// not ok. The ok statuses are 200 to 299.
	ShortErrorBodies bool

	// A body over HTTP/2 that ends before its Content-Length counts as whole.
	ShortHTTP2Bodies bool

	// Script that reads an opaque response's body, which is empty, gets an error if
	// the body behind it breaks off.
	OpaqueBodyBreaks bool

	// about:BLANK is about:blank.
	AboutAnyCase bool

	// The response to fetch() of a data: URL has a Content-Length.
	DataLength bool

	// A response with different values for one of these headers is a network error;
	// the same value twice counts once. Except for Location, the values are the
	// members of a list.
	Unambiguous []string

	// BlobRange says which ranges of a blob: URL's blob can be asked for.
	BlobRange Range

	// BlobSuffix is what becomes of a range of a blob's last bytes, if it has not so
	// many, or none are asked for.
	BlobSuffix BlobSuffix

	// ResetContent is what becomes of the body of a 205.
	ResetContent ResetContent
}

// A BlobSuffix says what becomes of a range of a blob's last bytes if it asks for
// more bytes than the blob has, or for zero bytes.
type BlobSuffix uint8

const (
	BlobSuffixSliced  BlobSuffix = iota // as the Standard slices: a start before the blob counts from its end; zero bytes are an empty range
	BlobSuffixClamped                   // more bytes are all bytes; zero bytes fail
	BlobSuffixWithin                    // both fail
)

// A ResetContent says what becomes of the body of a 205.
type ResetContent uint8

const (
	ResetContentEmpty     ResetContent = iota // it is null, as the Standard demands
	ResetContentHTTP2Body                     // it is shown if it came over HTTP/2; otherwise the transport may drop it
	ResetContentBody                          // it is shown
)

// StorageAccessRetry says what a user agent does if the response to a request with Sec-Fetch-Storage-Access: inactive has
// Activate-Storage-Access: retry.
type StorageAccessRetry uint8

// What it does.
const (
	NoStorageAccessRetry     StorageAccessRetry = iota // nothing
	StorageAccessRetryHeader                           // it sends the request again, with Sec-Fetch-Storage-Access: active; an opaque origin can be allowed by “*” only
	StorageAccessRetryActive                           // it sends the request again, with the cookies of a first party too, without the HTTP cache, and so on redirects within the origin
)

// Policy holds a user agent's departures in blocking responses.
type Policy struct {
	// A page has no Connection-Allowlist.
	NoConnectionAllowlist bool

	// A Connection-Allowlist that does not parse blocks all requests.
	DamagedAllowlistBlocks bool

	// A pattern of a Connection-Allowlist does not parse if it has a name in a
	// component other than the host and the path, or characters behind the digits of
	// its port.
	StrictAllowlistPatterns bool

	// What Activate-Storage-Access: retry does.
	StorageAccessRetry StorageAccessRetry

	// A Connection-Allowlist does not block data:, blob: and about: URLs.
	LocalURLsUnlisted bool

	// Cross-Origin-Resource-Policy: same-site never matches where a host is an IP
	// address.
	IPNeverSameSite bool

	// Only pages from https: can have mixed content.
	MixedContentOnHTTPSOnly bool

	// http: URLs of loopback are mixed content too, except for images, sounds and
	// videos that no redirect leads to.
	LoopbackIsMixed bool

	// A value of Cross-Origin-Resource-Policy that does not exist lets the response
	// through, whatever the page's Cross-Origin-Embedder-Policy. An empty value
	// does not.
	UnknownResourcePolicyAllows bool

	// The script of a classic worker may have any MIME type.
	ClassicWorkerAnyType bool

	// Mode no-cors with redirect mode error or manual can't fetch data: URLs.
	NoCORSFollowsOnly bool

	// about:blank can't be fetched in mode no-cors either.
	NoAboutBlank bool

	// A 401 without a challenge is not answered with the URL's username and
	// password.
	URLNeedsChallenge bool

	// A username and password in an XMLHttpRequest's URL answer a 401, in CORS and
	// without credentials too.
	URLAnswersChallenge bool

	// The embedder policy credentialless is treated as unsafe-none.
	CredentiallessIgnored bool

	// A page with Document-Isolation-Policy may embed only responses that
	// Cross-Origin-Embedder-Policy would allow. Unlike that header, it sets no
	// condition for frames and workers.
	DocumentIsolation bool
}
