package fetch

import (
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// A Trace is told what the engine does, in the manner of
// [net/http/httptrace.ClientTrace]: each function may be nil, is called on the
// goroutine that fetches, and must not keep or change what it is given. A nil
// Trace costs nothing.
type Trace struct {
	// Classified: a cross-origin CORS request is simple or needs a preflight,
	// and why.
	Classified func(RequestInfo, safelist.Classification)

	// PreflightCache: the preflight cache was asked whether a preflight can be
	// left out.
	PreflightCache func(RequestInfo, preflightcache.Match)

	// Cookies: of each cookie that the request's URL or a host above it has,
	// whether it goes with the request that is about to leave, and if not, why;
	// in the order of the Cookie header. Where the request is sent without
	// credentials, as preflights are, that is why. It is called where there are
	// such cookies and the store is a [credentials.CookieExplainer].
	Cookies func(RequestInfo, []credentials.CookieVerdict)

	// SetCookie: the value of a Set-Cookie header of the response received last,
	// and whether it was stored. It is called where the store is a
	// [credentials.CookieExplainer].
	SetCookie func(request RequestInfo, value string, refusal credentials.CookieRefusal)

	// Overridden: [Options.Override] answered, and the network is not asked.
	Overridden func(RequestInfo, ResponseInfo)

	// Sending: a request is about to leave, preflights included.
	Sending func(RequestInfo)

	// Received: the head of its response arrived.
	Received func(RequestInfo, ResponseInfo)

	// Checked: a check on a response was made. A nil Error means it passed.
	Checked func(Check, RequestInfo, ResponseInfo, *Error)

	// Challenged: a 401 or 407 arrived. A nil error means that it is answered and
	// the request sent again; else it says why not, by a
	// [credentials.UnansweredError] unless the agent's store has errors of its own.
	Challenged func(RequestInfo, ResponseInfo, error)

	// Redirected: a redirect is followed, to the URL that request now has.
	Redirected func(request RequestInfo, status int, crossOrigin bool)

	// Filtered: the response that script gets, and the names of the headers
	// that it does not.
	Filtered func(request RequestInfo, as ResponseType, hidden []string)
}

// A Check is one of the checks on a response that a [Trace] is told of.
type Check string

const (
	CheckCORS      Check = "CORS check"
	CheckPreflight Check = "preflight check"
	CheckPolicy    Check = "cross-origin resource policy check"
	CheckIntegrity Check = "integrity check"
)
