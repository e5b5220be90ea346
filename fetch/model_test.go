package fetch_test

import (
	"slices"
	"time"
)

// This file and its neighbours are a literal model of the Fetch Standard, to hold the engine
// against: one function per algorithm, with its address, and the numbers of
// the steps beside the lines. It was written from the text. It shares no code
// with the engine and imports the standard library only, which
// TestModelImports checks. It does not try to be fast.
//
// The model has no URL parser and no public suffix list. It knows the URLs of
// a small world (modelnetwork_test.go), and for each host the facts that
// matter.
//
// Where the model departs from the letter of a text, a comment at the line
// says so and gives the reason. The choices that the Standards leave to the
// user agent are those of a user agent without an HTTP cache, service workers,
// HSTS, Content Security Policy and preloads, whose user answers no prompt.

// What the Standard leaves to the user agent.
const (
	modelUserAgent      = "Mozilla/5.0 (model)"
	modelAcceptEncoding = "gzip, deflate"
	modelMaxAgeLimit    = 7200 // seconds that a preflight's answer is kept at most
	modelKeepaliveLimit = 64 << 10
)

// A modelURL is a URL record.
//
// https://url.spec.whatwg.org/#concept-url
type modelURL struct {
	scheme, username, password, host string
	port                             string // "" is null
	path                             string
	query, fragment                  string
	hasQuery, hasFragment            bool // false: null
}

// https://url.spec.whatwg.org/#concept-url-serializer
func (u modelURL) String() string {
	if u.hasFragment {
		return u.withoutFragment() + "#" + u.fragment
	}
	return u.withoutFragment()
}

func (u modelURL) withoutFragment() string {
	s := u.scheme + ":"
	if u.isHTTP() || u.scheme == "ftp" || u.scheme == "file" {
		s += "//"
		if u.includesCredentials() {
			s += u.username
			if u.password != "" {
				s += ":" + u.password
			}
			s += "@"
		}
		s += u.host
		if u.port != "" {
			s += ":" + u.port
		}
	}
	s += u.path
	if u.hasQuery {
		s += "?" + u.query
	}
	return s
}

// https://url.spec.whatwg.org/#include-credentials
func (u modelURL) includesCredentials() bool { return u.username != "" || u.password != "" }

// https://fetch.spec.whatwg.org/#http-scheme
func (u modelURL) isHTTP() bool { return u.scheme == "http" || u.scheme == "https" }

// https://url.spec.whatwg.org/#concept-url-origin
func (u modelURL) origin() modelOrigin {
	if u.isHTTP() || u.scheme == "ftp" {
		return modelOrigin{scheme: u.scheme, host: u.host, port: u.port}
	}
	return modelOrigin{opaque: modelFreshOpaque}
}

// A modelOrigin is an origin. Opaque origins have numbers; two origins of
// modelFreshOpaque are never the same.
//
// https://html.spec.whatwg.org/#concept-origin
type modelOrigin struct {
	opaque             int // 0: a tuple origin
	scheme, host, port string
}

const modelFreshOpaque = -1

// https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin
func (o modelOrigin) String() string {
	if o.opaque != 0 {
		return "null"
	}
	s := o.scheme + "://" + o.host
	if o.port != "" {
		s += ":" + o.port
	}
	return s
}

// https://html.spec.whatwg.org/#same-origin
func (o modelOrigin) sameOrigin(p modelOrigin) bool {
	return o == p && o.opaque != modelFreshOpaque
}

// https://html.spec.whatwg.org/#schemelessly-same-site
func (o modelOrigin) schemelesslySameSite(p modelOrigin) bool {
	if o.opaque != 0 || p.opaque != 0 {
		return o.sameOrigin(p) // 1
	}
	a, b := modelHosts[o.host].registrable, modelHosts[p.host].registrable
	return o.host == p.host && a == "" || a != "" && a == b // 2
}

// https://html.spec.whatwg.org/#same-site
func (o modelOrigin) sameSite(p modelOrigin) bool {
	return o.schemelesslySameSite(p) && o.scheme == p.scheme
}

// https://html.spec.whatwg.org/#obtain-a-site
func (o modelOrigin) site() modelOrigin {
	if o.opaque != 0 {
		return o
	}
	host := modelHosts[o.host].registrable
	if host == "" {
		host = o.host
	}
	return modelOrigin{scheme: o.scheme, host: host}
}

// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func (o modelOrigin) trustworthy() bool {
	return o.opaque == 0 && (o.scheme == "https" || modelHosts[o.host].loopback)
}

// https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy
func (u modelURL) trustworthy() bool {
	return u.scheme == "about" && (u.path == "blank" || u.path == "srcdoc") || u.scheme == "data" || u.origin().trustworthy()
}

// A modelAgent is a user agent.
type modelAgent struct {
	now               time.Time
	acceptLanguage    string // "": none is appended
	allowMixedContent bool   // the user said so
	cookiesDisabled   bool
	preflights        []modelCacheEntry
	cookies           []modelCookie
	cookiesMade       int

	// http1 tells which URLs' connections are HTTP/1.x connections.
	http1 func(modelURL) bool

	// send is HTTP and what is below. ok is false for a network error.
	send func(modelSent) (r modelReply, ok bool)
}

// A modelSent is an HTTP request as it is sent.
type modelSent struct {
	method, url   string // without the fragment
	headers       modelHeaders
	body          string
	credentials   bool // of the connection
	newConnection bool
	preflight     bool
	streaming     bool
	key           modelKey
}

// A modelReply is what a server answers.
type modelReply struct {
	status  int
	message string
	headers modelHeaders
	body    string
	cut     bool // the body ends with an error
}

// A modelKey is a network partition key.
//
// https://fetch.spec.whatwg.org/#network-partition-key
type modelKey struct {
	null bool
	site modelOrigin
}

// A modelClient is an environment settings object with its policy container.
//
// https://html.spec.whatwg.org/#environment-settings-object
type modelClient struct {
	agent          *modelAgent
	url            modelURL
	origin         modelOrigin
	ancestors      []modelOrigin // from the parent to the top-level page
	referrerPolicy string
	embedderPolicy string
	worker         bool // its global object is no Window
}

// https://fetch.spec.whatwg.org/#determine-the-network-partition-key
func (c *modelClient) partitionKey() modelKey {
	top := c.origin
	if n := len(c.ancestors); n > 0 {
		top = c.ancestors[n-1]
	}
	return modelKey{site: top.site()}
}

// https://html.spec.whatwg.org/#concept-settings-object-has-cross-site-ancestor
func (c *modelClient) hasCrossSiteAncestor() bool {
	below := c.origin
	for _, above := range c.ancestors {
		if !below.sameSite(above) {
			return true
		}
		below = above
	}
	return false
}

// https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object
func (c *modelClient) prohibitsMixedSecurityContexts() bool {
	return c.origin.trustworthy() || slices.ContainsFunc(c.ancestors, modelOrigin.trustworthy)
}

// A modelBody is a body. Its source is null if it is a stream.
//
// https://fetch.spec.whatwg.org/#concept-body
type modelBody struct {
	bytes  string
	stream bool
}

// A modelRequest is a request.
//
// https://fetch.spec.whatwg.org/#concept-request
type modelRequest struct {
	method            string
	headers           modelHeaders
	unsafeRequest     bool
	body              *modelBody
	client            *modelClient // nil is null
	origin            modelOrigin
	referrer          string // "client", "no-referrer" or "" for referrerURL
	referrerURL       modelURL
	referrerPolicy    string
	mode              string
	usePreflight      bool
	credentials       string
	cache             string
	redirect          string
	integrity         string
	keepalive         bool
	destination       string
	urlList           []modelURL
	redirectCount     int
	tainting          string
	timingAllowFailed bool
}

func (r *modelRequest) url() modelURL { return r.urlList[0] }

func (r *modelRequest) currentURL() *modelURL { return &r.urlList[len(r.urlList)-1] }

// https://fetch.spec.whatwg.org/#request-determine-the-network-partition-key
func (r *modelRequest) partitionKey() modelKey {
	if r.client != nil {
		return r.client.partitionKey() // 2
	}
	return modelKey{null: true} // 3
}

// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
func (r *modelRequest) redirectTaint() string {
	taint := "same-origin" // 3
	for i := range r.urlList {
		if i == 0 {
			continue // 4.1
		}
		last, this := r.urlList[i-1].origin(), r.urlList[i].origin()
		if !this.sameSite(last) && !r.origin.sameSite(last) {
			return "cross-site" // 4.2
		}
		if !this.sameOrigin(last) && !r.origin.sameOrigin(last) {
			taint = "same-site" // 4.3
		}
	}
	return taint // 5
}

// https://fetch.spec.whatwg.org/#byte-serializing-a-request-origin
func (r *modelRequest) serializedOrigin() string {
	if r.redirectTaint() != "same-origin" {
		return "null" // 2
	}
	return r.origin.String() // 3
}

// https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials
func (r *modelRequest) embedderPolicyAllowsCredentials() bool {
	if r.mode != "no-cors" || r.client == nil || r.client.embedderPolicy != "credentialless" {
		return true // 2 to 4
	}
	// 5 says that redirect-taint is not "same-origin", which would refuse a page
	// its own images' cookies: https://github.com/whatwg/fetch/issues/1958.
	return r.origin.sameOrigin(r.currentURL().origin()) && r.redirectTaint() == "same-origin"
}

// A modelResponse is a response; nil is a network error. Its type is
// "default" until it is filtered.
//
// https://fetch.spec.whatwg.org/#concept-response
type modelResponse struct {
	kind                string
	urlList             []modelURL
	status              int
	message             string
	headers             modelHeaders
	body                *modelReply // nil is null; body and cut of it are its stream
	exposed             []string    // CORS-exposed header-name list
	rangeRequested      bool
	includesCredentials bool
	timingAllowPassed   bool
	internal            *modelResponse
}

func (r *modelResponse) url() modelURL { return r.urlList[len(r.urlList)-1] }
