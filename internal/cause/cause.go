// Package cause knows why requests fail behind what a browser says. A browser
// names the rule that refused a response; the cause is often another: the server
// failed, a login page answered, a variable was never replaced. This package looks
// at what was sent and answered, and names the cause, the evidence, and what to
// change. It is the one place that knows causes: explanations, audits and archives
// show what it says.
//
// Every function is safe for concurrent use and takes time linear in its evidence.
package cause

import (
	"strings"

	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// An Answer is a response as it arrived.
type Answer struct {
	Status  int
	Headers safelist.HeaderList
	Body    string // how the body begins; "" if that is not known
}

// An Evidence is what is known of a request that was refused.
type Evidence struct {
	Page   string // the page's origin
	Origin string // the origin that the request named; "null" where redirects hid it
	Method string
	URL    string // of the request that was refused
	First  string // the URL that the page asked for
	Hops   int    // redirects that were followed
	Script bool   // an API of script asked, and not an element

	Element  string // what asked, as an author writes it, such as "<img>"
	Manifest bool   // it was a manifest's link
	NotTaken bool   // the CORS check had nothing against the answer: what asked does not take it

	Names        []string // of headers that a preflight has to ask for, in lower case
	Credentialed bool

	OnPreflight bool // the answer is a preflight's
	Answer      *Answer
	Allowed     *Answer // the preflight's answer that let the request go; nil if there was none

	FromCache string // the part of the browser's own HTTP cache that the answer is from; "" is that the server was asked
	StoredFor string // the request that it was stored for; "" if that is not known
	Validated bool   // the server was asked, and answered 304: the answer in the cache, with the headers of that, still holds

	Header, Value string // the header that decided, and its value
	Missing       bool   // that header is not there
	Refused       string // the method or header name that is not allowed
	Mixed         bool   // the request was blocked as mixed content; there is no answer

	Failure error // why no answer came; nil if one did

	Others    []Trial // other preflights of the page for the URL
	Elsewhere string  // method and URL of another request for which the server allows the origin
	Anonymous bool    // the server allows the origin for the same request without credentials
}

// Who has to make a change.
const (
	Server  = "server"
	Page    = "page"
	Network = "network"
)

// Which headers a fix shows.
type Headers int

const (
	NoHeaders       Headers = iota
	Readable                // those that let the page read the response
	ReadableAtFirst         // likewise, of an answer in place of the redirects that were followed
	Permission              // those of an answer to the preflight
	Corrected               // the one that decided, with a right value
)

// A Cause is why a request failed, and what to change.
type Cause struct {
	ID      string  // a stable short name, such as "body-limit"
	NotCORS bool    // CORS settings are not the cause: the request itself failed, or something before the API answered
	Problem string  // one or two sentences: the cause, and the evidence for it
	By      string  // who has to make the change
	Fix     string  // what to change; ends in a colon if headers follow
	Headers Headers // that follow

	Product string // that made the answer, if the cause is that it did; its name as package product has it
	Sign    string // by which that shows
}

// finders are asked in this order. The first that knows a cause counts: what is
// particular stands before what is general.
var finders = []func(*Evidence) (Cause, bool){
	browserCache,
	responseHeaderInRequest,
	addedHeader,
	compared,
	manifestWithoutCredentials,
	challenged,
	loginRedirect,
	loginPage,
	downgraded,
	insecure,
	sentHome,
	moved,
	saysWhat,
	misspelt,
	appOrigin,
	wrongValue,
	preflightRefused,
	notTaken,
	failed,
	htmlPage,
	cached,
	elsewhere,
	otherOrigin,
	ignored,
	unmentioned,
}

// Of returns the cause that the evidence shows; false if it shows no more than
// the rule that refused the response.
func Of(e *Evidence) (Cause, bool) {
	if e.Failure != nil {
		if c, ok := loginRedirect(e); ok {
			return c, true
		}
		return unanswered(e)
	}
	for _, find := range finders {
		if c, ok := find(e); ok {
			c.Problem = strings.TrimSpace(c.Problem)
			return c, true
		}
	}
	return Cause{}, false
}

// limit is the length to which strings from outside are shortened.
const limit = 200

// show is a string from outside, shortened and escaped.
func show(s string) string { return text.Legible(s, limit) }

// get is a header of the answer.
func (e *Evidence) get(name string) string {
	if e.Answer == nil {
		return ""
	}
	v, _ := e.Answer.Headers.Get(name)
	return v
}

// has tells whether the answer has a header.
func (e *Evidence) has(name string) bool { return e.Answer != nil && e.Answer.Headers.Contains(name) }

// status is the answer's; 0 without one.
func (e *Evidence) status() int {
	if e.Answer == nil {
		return 0
	}
	return e.Answer.Status
}

// body is how the answer's body begins.
func (e *Evidence) body() string {
	if e.Answer == nil {
		return ""
	}
	return e.Answer.Body
}

// silent tells whether the answer says nothing of CORS: a layer that knows CORS
// sends Access-Control-Allow-Origin.
func (e *Evidence) silent() bool { return e.Answer != nil && !e.has(allowOrigin) }

// url is the URL of the request, parsed; nil if it does not parse.
func (e *Evidence) url() *origin.URL { return parse(e.URL) }

// parse parses a URL or an origin, also one of an app's own scheme; nil if it does
// not parse.
func parse(s string) *origin.URL {
	u, err := customscheme.Of(s).ParseURL(s, nil)
	if err != nil {
		return nil
	}
	return u
}

// configured is a sentence that says how the preflight shows that CORS is set
// up; "" if no preflight was answered.
func (e *Evidence) configured() string {
	if e.Allowed == nil {
		return ""
	}
	return "The preflight allowed " + show(e.Origin) + ", so CORS is configured at this URL. "
}

const allowOrigin = "Access-Control-Allow-Origin"
