package fetch

import (
	"net/http"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A request is the Standard's request.
//
// https://fetch.spec.whatwg.org/#concept-request
type request struct {
	method         string
	headers        safelist.HeaderList
	unsafeRequest  bool
	body           *Body
	client         *Environment // null for a preflight
	partitionOf    *Environment // whose network partition key a request without a client has; null: the null key
	origin         origin.Origin
	referrer       referrer
	referrerPolicy ReferrerPolicy
	mode           Mode
	credentials    credentials.Mode
	cache          CacheMode
	redirect       RedirectMode
	destination    Destination
	api            API
	integrity      string
	nonce          string // cryptographic nonce metadata
	parserInserted bool   // parser metadata
	keepalive      bool

	usePreflight      bool // use-CORS-preflight flag
	useURLCredentials bool
	userActivation    bool
	userInitiated     bool // a navigation that the user asked for by hand
	canPrompt         bool // traversable for user prompts is a traversable navigable

	targetSpace       origin.AddressSpace // target IP address space, as script says; "" is null
	topLevelInitiator origin.Origin       // top-level navigation initiator origin; zero is null
	initiator         *Environment        // of a navigation; nil is the user, by hand
	parent            *Environment        // of the frame that is navigated; nil: a top-level navigation

	urlList            []*origin.URL
	blob               *blobEntry         // of the first URL, or nil
	firstURL           [2]*origin.URL     // storage for the list of a request that is hardly redirected
	firstHeaders       [4]safelist.Header // likewise for a short header list
	redirectCount      int
	silentHops         uint64      // bit i: the user agent itself went from the URL before to the URL i of the list, see upgrade
	upgraded           string      // why one of its URLs was; "" if none was
	shownURL           *origin.URL // what script sees instead of its first URL, by the profile; or nil
	insecureHop        *origin.URL // the http: URL in place of which the current one is asked for, by the profile; or nil
	tainting           string
	timingAllowFailed  bool
	storageAccess      bool            // it is eligible for storage access
	navigationTiming   [][]string      // navigation timing allow values list
	sendsOriginOfFrame bool            // it carries Origin though it is a GET without CORS, by the profile
	danglingMarkup     bool            // its URL was written as markup whose quotation mark is missing, by the profile
	stickyPreflight    bool            // it was not simple when it was made, and the profile holds on to that
	original           originalRequest // what it was made with, for profiles that hold on to that
	lastRedirect       lastRedirect    // what the redirect that led here did to it

	added         addedHeaders // of the headers, those that fetch has put there
	hops          hopNotes
	permanent     *origin.URL // where the last redirect of an EventSource led that was permanent
	defaultPolicy bool        // its referrer policy is the default, whatever the page's
	ownPolicy     bool        // its referrer policy is not the default, for want of another
	typeRestored  bool        // its Content-Type was, by the profile
	preload       bool        // it is that of a <link rel=preload>
	module        bool        // it is that of a module script
	inSheet       bool        // a style attribute or a style sheet asks for it

	fontPreload      fontPreload
	redirectsInclude bool // its redirects are held to the CORS check with credentials, by the profile

	imported      bool           // a module or a style sheet imports it
	workerImport  bool           // … a module of a worker
	modulePreload bool           // it is that of a <link rel=modulepreload>
	prefetch      bool           // its initiator is "prefetch"
	sheet         *origin.Origin // of the style sheet that imports it, for profiles that count that; or nil

	sentOrigin       string // the Origin header last sent
	taintedOriginKey string // stands for its tainted origin in the preflight cache
	lateRefusal      *Error // what refuses the hop once its preflight is through, by the profile

	preventCacheControl bool                // prevent no-cache cache-control header modification flag
	inBackground        bool                // it revalidates what is stored, and nobody waits for it
	revalidated         bool                // a request in the background revalidates what has answered it
	storedRedirects     []httpcache.Key     // where stored redirects have answered it, if the profile wants to know
	validators          safelist.HeaderList // of what is stored under a URL that redirected
	validated           *httpcache.Response // which a 304 freshens
	validatedURLs       []*origin.URL       // to which these are the URLs
	kept                *keptRequest        // whose headers it has; nil: its own

	preflight      bool     // it is a CORS-preflight request
	preflightFor   *request // … for this one
	trace          *Trace
	redirectChecks *redirectChecks // asks the caller before a redirect is followed; nil follows

	acceptEncoding string // what the caller asks for instead of the browser's; "" is the browser's

	http    *http.Request // the request of an http.Client that it stands for
	httpURL string        // its URL, serialized
}

// currentURL is the last URL of the URL list.
func (r *request) currentURL() *origin.URL { return r.urlList[len(r.urlList)-1] }

// url is the request's URL: the first of the URL list.
func (r *request) url() *origin.URL { return r.urlList[0] }

func (r *request) setURL(u *origin.URL) {
	r.firstURL[0] = u
	r.urlList = r.firstURL[:1]
}

// redirectTaint is the request's redirect-taint.
//
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
func (r *request) redirectTaint(list origin.PublicSuffixList) redirectTaintLevel {
	// 1, 2. The origin is known; the first URL has none before it.
	// 3. Nothing has led astray yet.
	taint := taintSameOrigin
	// 4. Look at each redirect: from which URL to which.
	for i := 1; i < len(r.urlList); i++ {
		last, u := r.urlList[i-1].Origin(), r.urlList[i].Origin()
		if r.insecureHop != nil && i == len(r.urlList)-1 {
			u = r.insecureHop.Origin()
		}
		if u.SameOrigin(last) || r.origin.SameOrigin(last) || r.leftSilently(i-1) {
			continue // neither 4.2 nor 4.3 holds
		}
		// 4.2. One that left a site that isn't the page's is the worst.
		if !origin.SameSite(u, last, list) && !origin.SameSite(r.origin, last, list) {
			return taintCrossSite
		}
		// 4.3. One that left an origin that isn't the page's.
		taint = taintSameSite
	}
	// 5. The worst of them counts.
	return taint
}

// A redirectTaintLevel is a redirect-taint: how far a request's redirects led it
// astray.
//
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
type redirectTaintLevel string

const (
	taintSameOrigin redirectTaintLevel = "same-origin"
	taintSameSite   redirectTaintLevel = "same-site"
	taintCrossSite  redirectTaintLevel = "cross-site"
)

// serializedOrigin is the result of serializing a request origin.
//
// https://fetch.spec.whatwg.org/#serializing-a-request-origin
func (r *request) serializedOrigin(list origin.PublicSuffixList) string {
	// 1. The request's origin is known since it was populated.
	// 2. Redirects that led astray hide it.
	if len(r.urlList) > 1 && r.redirectTaint(list) != taintSameOrigin {
		return "null"
	}
	// 3. Otherwise it is the page's.
	return r.origin.String()
}

// partition is the result of determining the network partition key.
//
// https://fetch.spec.whatwg.org/#request-determine-the-network-partition-key
func (r *request) partition() origin.PartitionKey {
	switch {
	// 2. The client's page is within a site.
	case r.client != nil:
		return r.client.partition
	// A preflight has no client, and the key of the request that it is for. No request here has
	// a reserved client (1).
	case r.partitionOf != nil:
		return r.partitionOf.partition
	}
	// 3. There is none.
	return origin.PartitionKey{}
}

// info is the request as errors and traces show it.
func (r *request) info() RequestInfo {
	i := RequestInfo{
		API:         r.api,
		Destination: r.destination,
		Method:      r.method,
		Mode:        r.mode,
		Credentials: r.credentials,
		Redirect:    r.redirect,
		Tainting:    r.tainting,
		Hop:         r.redirectCount,
		Preflight:   r.preflight,
		Headers:     r.headers,
		Upgraded:    r.upgraded,
		Page:        r.origin.String(),
		Origin:      r.origin.String(),
	}
	if r.client != nil {
		i.Page, i.Worker = r.client.origin.String(), r.client.worker
	}
	switch {
	case r.origin.IsZero():
		i.Origin = i.Page
	case len(r.urlList) > 1:
		i.Origin = r.serializedOrigin(nil) // no list changes whether it is tainted
	}
	if len(r.urlList) > 0 {
		i.URL, i.FirstURL = redacted(r.currentURL()), redacted(r.url())
	}
	return i
}

// redacted is a URL without its fragment and without passwords, which are nothing
// for logs.
func redacted(u *origin.URL) string { return text.RedactURL(u.WithoutFragment()) }

// An originalRequest is what a request was made with, before redirects changed
// it.
type originalRequest struct {
	method            string
	headers           safelist.HeaderList
	referrer          referrer // before it was determined; of a redirect that sets a policy, what it was determined to be
	sentReferrer      referrer // determined for the first URL
	typeOfBody        bool     // Content-Type is the body's, not script's
	typeBeforeCharset string   // Content-Type before its charset became UTF-8
}

// A lastRedirect is what the redirect that led to the current URL did to the
// request.
type lastRedirect struct {
	fromCache      bool
	bodyStripped   bool
	crossOrigin    bool
	leftPage       bool // it led away from the origin of the page
	strictReferrer bool // Headers.StrictAcrossSites applied
}
