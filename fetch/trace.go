package fetch

import (
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// A Trace is a set of functions that the engine calls during a fetch, like
// [net/http/httptrace.ClientTrace]. Each may be nil. They are called on the
// goroutine that fetches, and must not keep or change their arguments. A nil
// Trace costs nothing.
type Trace struct {
	// Classified is called with the reasons why a cross-origin CORS request needs a
	// preflight, or none.
	Classified func(RequestInfo, safelist.Classification)

	// PreflightCache is called when the preflight cache was asked whether the
	// preflight can be omitted.
	PreflightCache func(RequestInfo, preflightcache.Match)

	// HTTPCache is called with what the HTTP cache does for a request, possibly
	// several times. It is not called for preflights and WebSockets, which have
	// nothing to do with that cache, nor for what a response is revalidated with in
	// the background.
	HTTPCache func(RequestInfo, HTTPCacheUse)

	// Cookies is called with every stored cookie of the URL's host or a parent
	// domain, before a request is sent. It says of each whether it is sent and, if
	// not, why. A request without credentials, such as a preflight, sends none. The
	// order is that of the Cookie header. It is called if there are such cookies
	// and the store has the methods Explain and SetCookie of
	// [credentials.CookieJar].
	Cookies func(RequestInfo, []credentials.CookieVerdict)

	// SetCookie is called with the value of each Set-Cookie header of the response
	// received last, and says why it was not stored; refusal is "" if it was. It is
	// called if the store has the methods Explain and SetCookie of
	// [credentials.CookieJar].
	SetCookie func(request RequestInfo, value string, refusal credentials.CookieRefusal)

	// Upgraded is called when an http: URL is to be asked for over https: instead, with
	// the request at its new URL. why is "upgrade-insecure-requests", "mixed content" or
	// "HSTS". If the profile makes an HSTS host's upgrade a redirect, it is called
	// before that redirect is followed, or refused.
	Upgraded func(request RequestInfo, from, why string)

	// StrictTransport is called with the Strict-Transport-Security of the response
	// received last, if that came over https:. The error says why it has no effect.
	StrictTransport func(request RequestInfo, value string, err error)

	// Overridden is called when [Options.Override] has answered.
	Overridden func(RequestInfo, ResponseInfo)

	// Sending is called before a request is sent, also for preflights.
	Sending func(RequestInfo)

	// Connected is called with what was dialled for a request, if the transport says
	// so, after the round trip: before Received, or before the request fails.
	Connected func(RequestInfo, Connection)

	// Received is called when the head of the response has arrived.
	Received func(RequestInfo, ResponseInfo)

	// Checked is called with the result of a check of a response: "CORS check",
	// "preflight check", "cross-origin resource policy check", "embedder policy
	// check", "opaque-response blocking" or "integrity check". A nil refusal means
	// that it passed. "storage access retry check" is told if it passed only: the
	// request is sent again. With ", report only" behind the name, the refusal is what
	// Cross-Origin-Embedder-Policy-Report-Only would have blocked: nothing was.
	Checked func(check string, request RequestInfo, response ResponseInfo, refusal *Error)

	// Violated is called with each policy of the page that the request violates,
	// before it is sent or refused.
	Violated func(RequestInfo, PolicyViolation)

	// Challenged is called when a 401 or 407 has arrived. A nil error means that
	// the challenge is answered and the request sent again. Otherwise the error
	// says why not: it is a [credentials.UnansweredError], unless the agent's store
	// returns errors of its own.
	Challenged func(RequestInfo, ResponseInfo, error)

	// Redirected is called when a redirect is followed, with the request at its new
	// URL.
	Redirected func(request RequestInfo, status int, crossOrigin bool)

	// Filtered is called with the type of the response that script gets and the
	// names of the headers that are hidden from script.
	Filtered func(request RequestInfo, as string, hidden []string)
}

// An HTTPCacheUse is what the HTTP cache does for a request.
type HTTPCacheUse struct {
	// Did says what it does:
	//
	//   - "hit": the response comes out of the cache.
	//   - "miss": nothing that is stored answers the request, nor can be
	//     revalidated.
	//   - "revalidate": the server is asked whether the stored response still holds.
	//   - "revalidated": it does, by a 304.
	//   - "store": the response of the server is stored while its body is read.
	//   - "not stored": it is not.
	//   - "invalidate": what is stored under the URL is removed, because the
	//     request may have changed it.
	Did string

	// Why gives the reason: of a "hit" how fresh it is, "fresh", "stale" or
	// "stale-while-revalidate", of all else why it is so, such as "not stored",
	// "expired", "no-store" or "mode reload".
	Why string

	Age      time.Duration // the current age of a "hit"
	Response *ResponseInfo // of a "hit", "revalidated", "store" and "not stored"; nil otherwise
}

// A PolicyViolation is a policy of the page that a request violates.
//
// https://w3c.github.io/webappsec-csp/#framework-violation
type PolicyViolation struct {
	// Header is "Content-Security-Policy", "Integrity-Policy" or
	// "Connection-Allowlist", also if the policy is not enforced.
	Header string
	Policy string // the whole policy, as the server wrote it

	Directive string // the directive that forbids the request: "default-src"; of an Integrity-Policy "blocked-destinations"; "" of a Connection-Allowlist
	Effective string // the directive for this kind of request, which Directive may stand for: "connect-src"; of an Integrity-Policy the destination
	Sources   string // what Directive lists; of a Connection-Allowlist the whole policy

	ReportOnly bool // the policy is not enforced
	Ignored    int  // patterns of a Connection-Allowlist that do not count: those after the first 256
}

// The checks that [Trace.Checked] is told of.
const (
	checkCORS      = "CORS check"
	checkPreflight = "preflight check"
	checkPolicy    = "cross-origin resource policy check"
	checkIntegrity = "integrity check"
	checkEmbedder  = "embedder policy check"
	checkORB       = "opaque-response blocking"

	checkStorageAccess = "storage access retry check"

	checkPolicyReport   = checkPolicy + ", report only"
	checkEmbedderReport = checkEmbedder + ", report only"
)
