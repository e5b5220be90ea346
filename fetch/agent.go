package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// Options configure an [Agent]. Nil, or the zero value of any field, gives a
// working agent: the Standard's behaviour over Go's HTTP client, with cookies
// in memory.
type Options struct {
	// Profile is whose behaviour to follow; nil is [Standard]. The agent keeps
	// a copy.
	Profile *Profile

	// Transport makes the HTTP requests; nil is an [HTTPTransport] over a
	// transport of the agent's own. If it is one over an [*http.Transport] with
	// DisableCompression, requests have Accept-Encoding: identity, and the content
	// codings of a response that has some all the same are left alone.
	Transport Transport

	// Cookies, or nil for a [credentials.CookieJar] with the profile's rules, the
	// third-party policy among them: Profile.Credentials.Cookies. A CookieJar that
	// is given has rules of its own, which should be the same. See
	// [credentials.Jar] for what a jar of net/http can't do.
	Cookies credentials.CookieStore

	// DisableCookies sends and stores none.
	DisableCookies bool

	// Authentication holds authentication entries and answers challenges of
	// servers and proxies, as [credentials.NewKeyring] makes one. Nil asks nobody:
	// there are only the entries of what URLs have answered with their username
	// and password.
	Authentication credentials.AuthenticationStore

	// PreflightCache, to share one between agents; nil is a new one with the
	// profile's rules and limits.
	PreflightCache *preflightcache.Cache

	// Blobs resolves blob: URLs; nil knows none.
	Blobs BlobStore

	// Override may answer a request in place of the network, as an extension, a
	// mock or a service worker of the embedder's own would: it is asked for each
	// request and for each redirect that is followed, after what main fetch checks
	// (mixed content, ports) and before scheme fetch or HTTP fetch, and so before a
	// preflight, which it is not asked for.
	//
	// A response that it returns is the response: [NewResponse] makes one, which is
	// then filtered as if it had come over the network, with the CORS-exposed headers
	// alone across origins; one that [Environment.Fetch] gave keeps its filter. It is
	// not held to the CORS check, nor followed if it is a redirect. An error is a
	// network error with the reason [Overridden]. Neither lets the request proceed.
	//
	// It is called on the goroutine that fetches, has to return when ctx ends, and
	// must not change or keep what it is given. The default is to ask nobody.
	//
	// https://fetch.spec.whatwg.org/#potentially-override-response-for-a-request
	Override func(ctx context.Context, r *OverrideRequest) (*Response, error)

	// Offline tells whether to assume that there is no connection to any network:
	// requests fail then, with the reason [Offline], before anything is sent. Nil is
	// never. It is called on the goroutines that fetch, by several at a time.
	//
	// https://fetch.spec.whatwg.org/#is-offline
	Offline func() bool

	// Schemes are custom schemes whose URLs have tuple origins.
	Schemes *origin.Schemes

	// Trust is what counts as potentially trustworthy besides what the
	// Standard says.
	Trust *origin.Trust

	// PublicSuffixes, to load a newer list than the one compiled in.
	PublicSuffixes origin.PublicSuffixList

	// UserAgent is the default User-Agent value; "" is [DefaultUserAgent].
	UserAgent string

	// AcceptLanguage is appended to requests without one of their own; ""
	// appends none, as a browser's fetch() shows none to its CORS checks.
	AcceptLanguage string

	// AllowMixedContent lets secure pages fetch from insecure URLs, as a
	// user's setting does in a browser.
	AllowMixedContent bool

	// MaxIntegrityBody is how many bytes of a response are held to check its
	// integrity metadata; 0 is 64 MiB.
	MaxIntegrityBody int64

	// MaxHeaderList is how large the header list of a response may be, and that
	// which script gives a request: the bytes of names and values, and 32 more for
	// each header, as HTTP/2 counts. 0 is 2 MiB. A larger one is refused with
	// [HeadersTooLarge]. Of a response browsers take 64 to 384 KiB.
	//
	// https://www.rfc-editor.org/rfc/rfc9113#section-10.5.1
	MaxHeaderList int64

	// MaxURL is how many bytes a URL may have that a page asks for or that a
	// redirect leads to, a data: URL excepted; 0 is 2 MiB. A longer one is treated
	// as one that does not parse. So what is kept of a request's redirects, of
	// which there are at most 20, has at most 21 times as much. Browsers take 1 to
	// 2 MiB.
	MaxURL int64

	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// DefaultUserAgent is what User-Agent is where nothing else is configured. It
// starts as the Standard asks for compatibility.
//
// https://fetch.spec.whatwg.org/#default-user-agent-value
const DefaultUserAgent = "Mozilla/5.0 (compatible; browsercors)"

// An Agent is a user agent: it owns what outlives a page. Its methods are safe
// for concurrent use.
type Agent struct {
	profile        *Profile
	transport      Transport
	cookies        credentials.CookieStore         // nil: disabled
	authentication credentials.AuthenticationStore // nil: keys
	keys           *lateKeyring
	preflights     *preflightcache.Cache
	blobs          BlobStore
	override       func(context.Context, *OverrideRequest) (*Response, error)
	offline        func() bool
	schemes        *origin.Schemes
	trust          *origin.Trust
	suffixes       origin.PublicSuffixList
	userAgent      string
	acceptLanguage string
	allowMixed     bool
	maxIntegrity   int64
	maxHeaders     int64
	maxURL         int64
	now            func() time.Time
	overs          *overTransports
	plain          bool // the transport is to ask for no content coding
}

// NewAgent makes an agent. All that is wrong with the options is reported at
// once.
func NewAgent(o *Options) (*Agent, error) {
	if o == nil {
		o = &Options{}
	}
	var wrong []error
	if !safelist.IsHeaderValue(o.UserAgent) {
		wrong = append(wrong, fmt.Errorf("fetch: Options.UserAgent %s is not a header value", quote(o.UserAgent)))
	}
	if !safelist.IsHeaderValue(o.AcceptLanguage) {
		wrong = append(wrong, fmt.Errorf("fetch: Options.AcceptLanguage %s is not a header value", quote(o.AcceptLanguage)))
	}
	for _, limit := range []struct {
		name  string
		value int64
	}{{"MaxIntegrityBody", o.MaxIntegrityBody}, {"MaxHeaderList", o.MaxHeaderList}, {"MaxURL", o.MaxURL}} {
		if limit.value < 0 {
			wrong = append(wrong, fmt.Errorf("fetch: Options.%s %d is negative", limit.name, limit.value))
		}
	}
	if o.DisableCookies && o.Cookies != nil {
		wrong = append(wrong, errors.New("fetch: Options.DisableCookies and Options.Cookies contradict each other"))
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	a := &Agent{
		profile:        o.Profile.clone(),
		transport:      o.Transport,
		cookies:        o.Cookies,
		authentication: o.Authentication,
		keys:           new(lateKeyring),
		preflights:     o.PreflightCache,
		blobs:          o.Blobs,
		override:       o.Override,
		offline:        o.Offline,
		schemes:        o.Schemes,
		trust:          o.Trust,
		suffixes:       o.PublicSuffixes,
		userAgent:      orDefault(o.UserAgent, DefaultUserAgent),
		acceptLanguage: o.AcceptLanguage,
		allowMixed:     o.AllowMixedContent,
		maxIntegrity:   cmp.Or(o.MaxIntegrityBody, 64<<20),
		maxHeaders:     cmp.Or(o.MaxHeaderList, 2<<20),
		maxURL:         cmp.Or(o.MaxURL, 2<<20),
		now:            o.Now,
		overs:          new(overTransports),
	}
	if a.now == nil {
		a.now = time.Now
	}
	if a.suffixes == nil {
		a.suffixes = origin.DefaultPublicSuffixList()
	}
	if a.transport == nil {
		a.transport = &HTTPTransport{Policy: a.profile.Credentials}
	}
	a.plain = disablesCompression(a.transport)
	if a.cookies == nil && !o.DisableCookies {
		a.cookies = credentials.NewCookieJar(&credentials.CookieJarOptions{
			Rules:          a.profile.Credentials.Cookies,
			PublicSuffixes: a.suffixes,
			Trust:          a.trust,
			Now:            a.now,
		})
	}
	if a.preflights == nil {
		a.preflights = preflightcache.New(&preflightcache.Options{
			Rules:  a.profile.PreflightCache,
			Limits: a.profile.PreflightLimits,
			Now:    a.now,
		})
	}
	return a, nil
}

// A lateKeyring is an authentication store that asks nobody, and is made when
// the first URL answers a challenge: before, no request need look into it.
type lateKeyring struct {
	made atomic.Pointer[credentials.Keyring]
}

func (l *lateKeyring) make() *credentials.Keyring {
	l.made.CompareAndSwap(nil, credentials.NewKeyring(nil))
	return l.made.Load()
}

// disablesCompression tells whether a transport is one of net/http's that was
// told not to ask for compressed responses.
func disablesCompression(t Transport) bool {
	over, _ := t.(*HTTPTransport)
	if over == nil {
		return false
	}
	own, _ := over.RoundTripper.(*http.Transport)
	return own != nil && own.DisableCompression
}

// parseURL is the URL parser as the profile has it, for URLs that are not too
// long.
//
// https://url.spec.whatwg.org/#concept-url-parser
func (a *Agent) parseURL(input string, base *origin.URL) (*origin.URL, error) {
	const data = "data:"
	isData := len(input) >= len(data) && safelist.EqualFold(input[:len(data)], data)
	tooLong := func() error {
		return &origin.ParseError{What: "URL", Value: input, Rule: fmt.Sprintf("is longer than %d bytes", a.maxURL)}
	}
	if int64(len(input)) > a.maxURL && !isData {
		return nil, tooLong()
	}
	parse := a.schemes.ParseURL
	if a.profile.Request.HostSpaces {
		parse = a.schemes.ParseURLHostSpaces
	}
	u, err := parse(input, base)
	if err == nil && int64(len(u.String())) > a.maxURL && u.Scheme() != "data" {
		return nil, tooLong()
	}
	return u, err
}

// Profile is a copy of the profile that the agent follows.
func (a *Agent) Profile() *Profile { return a.profile.clone() }

// Cookies is the agent's cookie store, nil if cookies are disabled: a
// [*credentials.CookieJar] if [Options] name none, to save, load, clear or inspect.
func (a *Agent) Cookies() credentials.CookieStore { return a.cookies }

// PreflightCache is the agent's CORS-preflight cache, to clear or inspect.
func (a *Agent) PreflightCache() *preflightcache.Cache { return a.preflights }

// with is the agent with another transport and cookie store, sharing the rest.
func (a *Agent) with(t Transport, cookies credentials.CookieStore) *Agent {
	b := *a
	b.transport, b.cookies, b.plain = t, cookies, disablesCompression(t)
	return &b
}
