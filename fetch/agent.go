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
	"github.com/browsercors/browsercors/hsts"
	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/address"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/preflightcache"
)

// Options configure an [Agent]. Nil and the zero value of every field are
// valid: such an agent follows the Standard, uses Go's HTTP client and keeps
// cookies in memory.
type Options struct {
	// Profile says which browser to follow; nil is [Standard]. Package engine has
	// the profiles of browsers. The agent keeps a copy.
	Profile *Profile

	// Transport makes the HTTP requests. Nil is an [HTTPTransport] with connections
	// of the agent's own. If it is an HTTPTransport over an [*http.Transport] with
	// DisableCompression, requests are sent with Accept-Encoding: identity, and a
	// response that has content codings nevertheless is not decoded.
	Transport Transport

	// Cookies stores the cookies. Nil is a [credentials.CookieJar] with the rules
	// of the profile, including its third-party policy. If you pass a CookieJar,
	// give it the same rules: the agent does not change them. [credentials.Jar]
	// adapts a cookie jar of net/http and says what that can't do.
	Cookies credentials.CookieStore

	// If DisableCookies is set, cookies are neither sent nor stored.
	DisableCookies bool

	// Authentication answers the challenges of servers and proxies, see
	// [credentials.NewKeyring]. If it is nil, the agent knows no passwords except
	// those in URLs.
	Authentication credentials.AuthenticationStore

	// PreflightCache is the CORS-preflight cache. Set it to share one between
	// agents. Nil is a new cache with the rules and limits of the profile.
	PreflightCache *preflightcache.Cache

	// HTTPCache is the HTTP cache. Set it to share one between agents, or to keep
	// responses on disk. Give it the rules of the profile and the agent's clock: the
	// agent does not change them. Nil is a new cache of 64 MiB in memory.
	HTTPCache *httpcache.Cache

	// DisableHTTPCache is the "Disable cache" of developer tools: nothing is stored,
	// and each request has the Cache-Control and Pragma of cache mode "reload". For
	// an agent that stores nothing and sends what browsers send by default, set
	// HTTPCache to a cache with a negative limit.
	DisableHTTPCache bool

	// XDomainRequest lets a [Request] have the API "xdomainrequest": the object of
	// Internet Explorer 8 and 9 for requests to other origins. It takes the methods GET
	// and POST, a body of text, which is sent as text/plain, and URLs of the page's own
	// scheme. It sends no credentials and no headers of script, and shows script
	// nothing of a response but its Content-Type and its body. See docs/history.md.
	XDomainRequest bool

	// HSTS is the list of HSTS hosts. Set it to share one between agents, to load it
	// from a file first, or to give it a preload list. Give it the rules of the
	// profile and the agent's clock: the agent does not change them. Nil is a new,
	// empty list in memory. For an agent without HSTS set it to a list with a negative
	// limit.
	HSTS *hsts.Store

	// Blobs resolves blob: URLs. If it is nil, no blob: URL exists.
	Blobs BlobStore

	// Override may answer a request instead of the network, like a browser
	// extension, a mock or a service worker of your own. It is called for each
	// request and for each redirect that is followed. At that time mixed content
	// and bad ports have been refused already; the preflight has not been made. It
	// is not called for preflights.
	//
	// If Override returns a response, the page gets that. A response that
	// [NewResponse] made is filtered like one from the network, so that across
	// origins only CORS-exposed headers remain; a response of [Environment.Fetch]
	// keeps its filter. There is no CORS check, and a redirect is not followed. If
	// Override returns an error, the request fails with the reason [Overridden]. If
	// it returns neither, the request goes on to the network.
	//
	// Override is called on the goroutine that fetches. It has to return when ctx
	// ends, and must not keep or change its arguments. Nil answers no request.
	//
	// https://fetch.spec.whatwg.org/#potentially-override-response-for-a-request
	Override func(ctx context.Context, r *OverrideRequest) (*Response, error)

	// Offline reports whether the device has no network connection. While it
	// returns true, requests fail with the reason [Offline] before anything is
	// sent. Nil means never. It is called on the goroutines that fetch, possibly by
	// several at once.
	//
	// https://fetch.spec.whatwg.org/#is-offline
	Offline func() bool

	// Permissions are the user's decisions on Local Network Access, and whom to ask
	// for them. They matter for pages with an [EnvironmentOptions.AddressSpace], or that
	// a navigation has loaded from a known address. Nil is a new one: without
	// decisions, and with nobody to ask.
	Permissions *Permissions

	// PublicOnly, if it is not nil, refuses connections to addresses that are not on the public internet.
	PublicOnly *PublicOnly

	// Schemes are custom URL schemes whose URLs have tuple origins, such as app:.
	Schemes *origin.Schemes

	// Trust lists origins and schemes that count as potentially trustworthy in
	// addition to those of the Standard.
	Trust *origin.Trust

	// PublicSuffixes replaces the public suffix list that is compiled in.
	PublicSuffixes origin.PublicSuffixList

	// UserAgent is the User-Agent header of requests whose script does not set one.
	// "" is that of the profile's Identity; that of the Standard's profile is
	// "Mozilla/5.0 (compatible; browsercors)".
	UserAgent string

	// AcceptLanguage is the Accept-Language header of requests whose script does
	// not set one. "" is that of the profile's Identity. If that is "" too, as in
	// the Standard's profile, no such header is sent.
	AcceptLanguage string

	// DoNotTrack and GlobalPrivacyControl are settings of the user: requests have
	// DNT: 1 or Sec-GPC: 1 in browsers that have the setting. Chromium has only the
	// former, WebKit neither.
	DoNotTrack, GlobalPrivacyControl bool

	// AllowMixedContent lets secure pages fetch insecure URLs, like the site
	// setting of a browser.
	AllowMixedContent bool

	// MaxIntegrityBody limits the bytes of a response that are held in memory to
	// check its integrity metadata. 0 is 64 MiB. A larger response is refused with
	// [BodyTooLarge].
	MaxIntegrityBody int64

	// MaxHeaderList limits the size of a response's header list, and of the header
	// list that script gives a request. The size is that of HTTP/2: the bytes of
	// names and values, plus 32 for each header. 0 is 2 MiB. A larger list is
	// refused with [HeadersTooLarge]. Browsers accept responses with 64 to 384 KiB.
	//
	// https://www.rfc-editor.org/rfc/rfc9113#section-10.5.1
	MaxHeaderList int64

	// MaxURL limits the bytes of a URL that a page requests or that a redirect
	// leads to, data: URLs excepted. 0 is 2 MiB. A longer URL is treated as one
	// that does not parse. Since at most 20 redirects are followed, a request holds
	// at most 21 such URLs. Browsers accept 1 to 2 MiB.
	MaxURL int64

	// Now is the clock; nil is [time.Now].
	Now func() time.Time
}

// defaultUserAgent is what User-Agent is where nothing else is configured. It
// starts as the Standard asks for compatibility.
//
// https://fetch.spec.whatwg.org/#default-user-agent-value
const defaultUserAgent = "Mozilla/5.0 (compatible; browsercors)"

// An Agent is a user agent: it owns what its pages share, such as the
// transport, the cookies, the preflight cache and the HTTP cache. Its methods are
// safe for concurrent use.
type Agent struct {
	profile        *Profile
	transport      Transport
	cookies        credentials.CookieStore         // nil: disabled
	authentication credentials.AuthenticationStore // nil: keys
	keys           *lateKeyring
	preflights     *preflightcache.Cache
	httpCache      *httpcache.Cache // nil: disabled
	xDomainRequest bool
	cacheParts     *cacheParts
	background     *background
	storing        *storedBodies
	hsts           *hsts.Store
	blobs          BlobStore
	override       func(context.Context, *OverrideRequest) (*Response, error)
	offline        func() bool
	guard          *guard // nil: none
	permissions    *Permissions
	spaces         []address.SpaceBlock // the profile's table of address spaces
	schemes        *origin.Schemes
	trust          *origin.Trust
	suffixes       origin.PublicSuffixList
	userAgent      string
	acceptLanguage string
	doNotTrack     bool
	privacyControl bool
	headerCases    *headerCases
	acceptCH       *acceptCHCache // nil: the profile has no client hints
	allowMixed     bool
	maxIntegrity   int64
	maxHeaders     int64
	maxURL         int64
	now            func() time.Time
	overs          *overTransports
	plain          bool // the transport is to ask for no content coding
}

// NewAgent makes an agent. If several options are invalid, the error names all
// of them.
func NewAgent(o *Options) (*Agent, error) {
	if o == nil {
		o = &Options{}
	}
	var wrong []error
	if !grammar.IsHeaderValue(o.UserAgent) {
		wrong = append(wrong, fmt.Errorf("fetch: Options.UserAgent %s is not a header value", quote(o.UserAgent)))
	}
	if !grammar.IsHeaderValue(o.AcceptLanguage) {
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
	if o.DisableHTTPCache && o.HTTPCache != nil {
		wrong = append(wrong, errors.New("fetch: Options.DisableHTTPCache and Options.HTTPCache contradict each other"))
	}
	guard, err := newGuard(o.PublicOnly)
	if err != nil {
		wrong = append(wrong, err)
	}
	profile := o.Profile.clone()
	cases, err := headerCasesOf(profile)
	if err != nil {
		wrong = append(wrong, fmt.Errorf("fetch: Options.Profile: %w", err))
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	a := &Agent{
		profile:        profile,
		transport:      o.Transport,
		cookies:        o.Cookies,
		authentication: o.Authentication,
		keys:           new(lateKeyring),
		preflights:     o.PreflightCache,
		httpCache:      o.HTTPCache,
		cacheParts:     newCacheParts(""),
		background:     new(background),
		storing:        new(storedBodies),
		hsts:           o.HSTS,
		blobs:          o.Blobs,
		override:       o.Override,
		offline:        o.Offline,
		guard:          guard,
		permissions:    o.Permissions,
		spaces:         address.Spaces(profile.LocalNetwork.PublicBlocks...),
		schemes:        o.Schemes,
		trust:          o.Trust,
		suffixes:       o.PublicSuffixes,
		userAgent:      cmp.Or(o.UserAgent, profile.Identity.UserAgent, defaultUserAgent),
		acceptLanguage: cmp.Or(o.AcceptLanguage, profile.Identity.AcceptLanguage),
		doNotTrack:     o.DoNotTrack,
		privacyControl: o.GlobalPrivacyControl,
		headerCases:    cases,
		allowMixed:     o.AllowMixedContent,
		xDomainRequest: o.XDomainRequest,
		maxIntegrity:   cmp.Or(o.MaxIntegrityBody, 64<<20),
		maxHeaders:     cmp.Or(o.MaxHeaderList, 2<<20),
		maxURL:         cmp.Or(o.MaxURL, 2<<20),
		now:            o.Now,
		overs:          new(overTransports),
	}
	if len(profile.Identity.Hints) > 0 {
		a.acceptCH = new(acceptCHCache)
	}
	if a.permissions == nil {
		a.permissions = new(Permissions)
	}
	if a.now == nil {
		a.now = time.Now
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
	if a.httpCache == nil && !o.DisableHTTPCache {
		a.httpCache = httpcache.New(&httpcache.Options{Rules: a.profile.HTTPCache, Now: a.now})
	}
	if a.hsts == nil {
		a.hsts = hsts.New(&hsts.Options{Rules: a.profile.HSTS, PublicSuffixes: a.suffixes, Now: a.now})
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
	isData := len(input) >= len(data) && fold.Equal(input[:len(data)], data)
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

// Cookies returns the agent's cookie store, or nil if cookies are disabled. If
// [Options.Cookies] is nil, it is a [*credentials.CookieJar], which can be
// saved, loaded, cleared and inspected.
func (a *Agent) Cookies() credentials.CookieStore { return a.cookies }

// PreflightCache returns the agent's CORS-preflight cache, which can be cleared
// and inspected.
func (a *Agent) PreflightCache() *preflightcache.Cache { return a.preflights }

// HTTPCache returns the agent's HTTP cache, which can be cleared and inspected. It
// is nil, a cache that is always empty, if it is disabled.
func (a *Agent) HTTPCache() *httpcache.Cache { return a.httpCache }

// HSTS returns the agent's list of HSTS hosts, which can be saved, loaded, cleared and
// inspected.
func (a *Agent) HSTS() *hsts.Store { return a.hsts }

// Wait waits until the agent does nothing in the background any more. It does two
// things there. A response with stale-while-revalidate, once it is stale, answers a
// request from the cache while the agent asks the server for a newer one. And the
// body of an opaque response, when it is closed, is read to its end, as far as it is
// to be stored. Wait returns the error of ctx if that ends before.
//
// https://www.rfc-editor.org/rfc/rfc5861#section-3
func (a *Agent) Wait(ctx context.Context) error { return a.background.wait(ctx) }

// Permissions returns the user's decisions.
func (a *Agent) Permissions() *Permissions { return a.permissions }

// Close ends what the agent does in the background, waits for its end, and closes the
// idle connections, see [Agent.CloseIdleConnections]. An agent that is not closed
// ends it by itself, after a minute at most. The agent can still be used, but starts
// nothing in the background any more. Close does not close [Options.HTTPCache]. It
// returns nil.
func (a *Agent) Close() error {
	a.background.close()
	a.CloseIdleConnections()
	return nil
}

// with is the agent with another transport and cookie store, sharing the rest.
func (a *Agent) with(t Transport, cookies credentials.CookieStore) *Agent {
	b := *a
	b.transport, b.cookies, b.plain = t, cookies, disablesCompression(t)
	return &b
}
