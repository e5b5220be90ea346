package fetch

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"weak"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/safelist"
)

// Client returns an [http.Client] whose requests are top-level navigations,
// like the page loads of a crawler. It uses the transport, cookie jar, timeout
// and CheckRedirect of base. A nil base stands for a client with the agent's
// own transport and cookies.
//
// A request is sent like that for an address that the user typed: with cookies,
// Upgrade-Insecure-Requests, Sec-Fetch-Mode: navigate and the browser's Accept.
// If the request has a Referer header, it is sent like that for a link on the
// page with this URL: the default referrer policy shortens the header, and
// Sec-Fetch-Site and the SameSite cookies follow from it. Headers that a script
// may set, such as Accept, Authorization or User-Agent, replace those of the
// browser. Cookie and other headers that a script may not set are ignored; put
// cookies into the Jar. The exception is Accept-Encoding, see
// [ClientOptions.AcceptEncoding].
//
// Browsers navigate with GET and POST. Other methods are refused with an
// [*Error], and so is everything else that [Agent.Navigate] refuses.
//
// The response is readable whatever its origin, and shows its Set-Cookie
// headers, so that [http.Response.Cookies] works: it belongs to the program
// that embeds the browser, not to a script. To make requests as a script of the
// loaded document, see [Agent.PageOf].
//
// Redirects work as in net/http: the client calls its CheckRedirect before
// each, and makes one round trip per hop. The same is true for another client
// that uses this one's Transport. If CheckRedirect returns
// [http.ErrUseLastResponse], the redirect's response is returned unread. Any
// other error is returned together with that response, whose body is closed; an
// error of base's CheckRedirect is wrapped in an *Error whose Reason is
// [RedirectVetoed]. CheckRedirect may add, change and delete headers of the
// next request. Without a CheckRedirect, up to 20 redirects are followed. If a
// Location has a username and password, or if net/url would parse it
// differently, it is shown as the URL that the browser goes to, without them.
//
// If another client with this one's Transport has a Jar, the Jar receives the
// cookies of all responses, but the cookies that are sent are those of the
// agent.
//
// The client's Jar shows the stored cookies of base's Jar or of the agent. The
// engine stores the cookies of a response itself. The Jar is nil if cookies are
// disabled, or if [Options.Cookies] is not a [*credentials.CookieJar].
//
// Of the options that [WithOptions] adds to a request's context,
// ReferrerPolicy, AcceptEncoding, BufferBody and Trace apply. The other options
// are for pages, and are refused.
func (a *Agent) Client(base *http.Client) *http.Client {
	if base == nil {
		base = new(http.Client)
	}
	agent := a.over(base.Transport, base.Jar)
	nav := &navigator{agent: agent}
	c := &http.Client{Transport: nav, Timeout: base.Timeout, CheckRedirect: vetoes(base.CheckRedirect)}
	jar := base.Jar
	if store, ok := agent.cookies.(*credentials.CookieJar); ok {
		jar = store.HTTP()
	}
	if agent.cookies != nil && jar != nil {
		nav.jar = &navigationJar{CookieJar: jar}
		c.Jar = nav.jar
	}
	return c
}

// vetoes is a CheckRedirect that says by an [*Error] what another refuses. Nil
// follows every redirect, up to the engine's limit instead of net/http's.
func vetoes(check func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, via []*http.Request) error {
		if check == nil {
			return nil
		}
		err := check(next, via)
		if err == nil || errors.Is(err, http.ErrUseLastResponse) {
			return err
		}
		refusal := &Error{Reason: RedirectVetoed, Stage: stageActual}
		if at := navigationOf(next.Response); at != nil {
			location, _ := at.response.headers.Get("Location")
			refusal = at.fetching.block(RedirectVetoed, at.response, "Location", location)
		}
		refusal.Err = err
		return refusal
	}
}

// A navigator makes navigations where an http.Client expects round trips: one
// request each, and what a redirect leads to when it is asked for that.
type navigator struct {
	agent *Agent
	jar   *navigationJar // of the client that it was made for; or nil
}

// CloseIdleConnections lets http.Client's method of that name work.
func (nav *navigator) CloseIdleConnections() { closeIdle(nav.agent.transport) }

// A navigation is where a navigation has arrived: at its document, or at a
// redirect that was not followed yet.
type navigation struct {
	fetching *fetching
	response *response
	redirect string      // the URL that net/http will ask for next
	header   http.Header // of the request, as net/http showed it
	followed atomic.Bool
}

type navigationKey struct{}

// navigationOf is where the navigation has arrived that a response came by; nil
// if it is not an [Agent.Client]'s.
func navigationOf(resp *http.Response) *navigation {
	if resp == nil || resp.Request == nil {
		return nil
	}
	at, _ := resp.Request.Context().Value(navigationKey{}).(*navigation)
	return at
}

// RoundTrip implements [http.RoundTripper].
func (nav *navigator) RoundTrip(req *http.Request) (*http.Response, error) {
	at := navigationOf(req.Response)
	if at == nil || at.fetching.agent.overs != nav.agent.overs || at.redirect != req.URL.String() {
		return nav.begin(req)
	}
	if !at.followed.CompareAndSwap(false, true) {
		return nav.begin(req)
	}
	return nav.goOn(at, req)
}

// begin starts a navigation.
func (nav *navigator) begin(req *http.Request) (*http.Response, error) {
	f := nav.agent.newFetching(req.Context())
	o := clientOptions(req, &ClientOptions{})
	body, refusal := clientBody(req, o)
	if refusal != nil {
		return nil, refusal
	}
	in := Navigation{
		URL:            req.URL.String(),
		Method:         req.Method,
		Body:           body,
		ReferrerPolicy: o.ReferrerPolicy,
		UserActivation: true,
		Trace:          o.Trace,
	}
	if refusal := nav.newNavigation(&in, req, o, f.request); refusal != nil {
		body.discard()
		return nil, refusal
	}
	resp, refusal := f.run()
	return nav.arrive(f, req, resp, refusal)
}

// goOn follows the redirect that a navigation has arrived at.
func (nav *navigator) goOn(at *navigation, req *http.Request) (*http.Response, error) {
	f := at.fetching
	f.ctx, f.serverAuth, f.proxyAuth = req.Context(), nil, nil
	r := f.request
	r.http, r.httpURL = req, ""
	r.headers = r.headersAsChanged(req.Context(), at.header, req.Header)
	switch {
	case r.body != nil && r.body.first == nil && req.Body != nil && req.Body != http.NoBody:
		r.body.first = req.Body
	default:
		closeBody(req.Body)
	}
	resp, refusal := f.processNextManualRedirect()
	return nav.arrive(f, req, resp, refusal)
}

// arrive hands a response over.
func (nav *navigator) arrive(f *fetching, req *http.Request, resp *response, refusal *Error) (*http.Response, error) {
	f.request.body.discard()
	if refusal != nil {
		return nil, refusal
	}
	at := &navigation{fetching: f, response: resp, header: req.Header}
	location := ""
	if f.nextManualRedirect != nil {
		to, refusal := f.locationURL(resp)
		if refusal != nil {
			resp.discard()
			return nil, refusal
		}
		if to != nil {
			own := netURL(to)
			location = at.leadTo(req.URL, resp, to.String(), &own)
		}
	}
	resp.navigation, resp.unfiltered = at, true
	out := clientResponse(resp, req.WithContext(context.WithValue(req.Context(), navigationKey{}, at)), f.request.method)
	if location != "" {
		out.Header["Location"] = []string{location}
	}
	if nav.jar != nil && len(out.Header["Set-Cookie"]) > 0 {
		nav.jar.stored(req.URL)
	}
	return out, nil
}

// leadTo says by which Location net/http comes to the URL that a redirect leads
// to: the server's, or that URL itself, without a username and password, if it
// has them or if net/url would make another URL of the server's.
func (at *navigation) leadTo(from *url.URL, resp *response, to string, own *url.URL) string {
	location, _ := resp.headers.Get("Location")
	if u, err := from.Parse(location); err == nil && location != "" && u.User == nil {
		at.redirect = u.String()
		u.Fragment, u.RawFragment = "", ""
		if whole, _, _ := strings.Cut(to, "#"); u.String() == whole {
			return location
		}
	}
	if u, err := url.Parse(to); err == nil {
		own = u
	} else { // it has an escape that is none; only the engine needs it to the letter
		own.Opaque, own.RawPath = "", ""
	}
	own.User = nil // which net/http would show in its errors, and send unasked
	at.redirect = own.String()
	return at.redirect
}

// newNavigation fills in the request of a navigation that an http.Request asks
// for.
func (nav *navigator) newNavigation(in *Navigation, req *http.Request, o *ClientOptions, r *request) *Error {
	refuse := func(reason Reason, what, value string, err error) *Error {
		return &Error{Reason: reason, Stage: stageConstruct, Request: RequestInfo{Method: req.Method, URL: req.URL.Redacted()}, Header: what, Value: presentable(what, value), Err: err}
	}
	if name, value := o.onlyOfPages(); name != "" {
		return refuse(InvalidOption, name, value, nil)
	}
	if referrer := req.Header.Get("Referer"); referrer != "" {
		from, err := nav.agent.Page(referrer)
		if err != nil {
			return refuse(invalidReferrer, "Referer", referrer, err)
		}
		in.Initiator = from
	}
	if refusal := nav.agent.newNavigation(in, r); refusal != nil {
		return refusal
	}
	headers := Headers{guard: guardRequest, rules: &nav.agent.profile.Safelist, list: r.headers}
	var names [16]string
	user := req.URL.User
	for _, name := range sortedNames(req.Context(), names[:0], req.Header) {
		for _, value := range req.Header[name] {
			if user != nil && name == "Authorization" && value == basicAuthorization(user) {
				continue // net/http's doing; a browser waits until it is asked
			}
			if err := headers.Append(name, value); err != nil {
				refusal := err.(*Error)
				return refuse(refusal.Reason, refusal.Header, refusal.Value, nil)
			}
		}
	}
	r.headers = headers.live()
	r.http, r.httpURL = req, in.URL
	return r.setAcceptEncoding(req, o)
}

// basicAuthorization is the Authorization that net/http makes of a URL's username
// and password.
func basicAuthorization(user *url.Userinfo) string {
	password, _ := user.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password))
}

// onlyOfPages names the first option that a navigation can't have, and its value.
func (o *ClientOptions) onlyOfPages() (name, value string) {
	flag := map[bool]string{true: "true"}
	for _, option := range [...]struct{ name, value string }{
		{"api", string(o.API)}, {"mode", string(o.Mode)}, {"credentials", string(o.Credentials)}, {"cache", string(o.Cache)},
		{"redirect", string(o.Redirect)}, {"referrer", o.Referrer}, {"referrer", flag[o.NoReferrer]}, {"integrity", o.Integrity},
		{"keepalive", flag[o.Keepalive]}, {"upload listener", flag[o.UploadListener]}, {"destination", string(o.Destination)},
		{"check redirect", flag[o.CheckRedirect != nil]}, // the client's own is to be used
	} {
		if option.value != "" {
			return option.name, option.value
		}
	}
	return "", ""
}

// headersAsChanged are the request's headers with what a CheckRedirect made of
// them: before and now are those that net/http shows.
func (r *request) headersAsChanged(ctx context.Context, before, now http.Header) safelist.HeaderList {
	out := Headers{guard: guardRequest, rules: &r.client.agent.profile.Safelist}
	changed := make(map[string]bool) // or deleted
	for name, values := range before {
		changed[name] = !slices.Equal(values, now[name])
	}
	for _, h := range r.headers {
		if !changed[h.Name] {
			out.list = append(out.list, h)
		}
	}
	var names [16]string
	for _, name := range sortedNames(ctx, names[:0], now) {
		if _, was := before[name]; was && !changed[name] {
			continue
		}
		for _, value := range now[name] {
			_ = out.Append(name, value) // what a header can't be is left out
		}
	}
	return out.live()
}

// A navigationJar shows the cookies that a client's navigations have. net/http
// puts those of each response into it: they are there already, as the profile
// demands and with what net/http doesn't know of them.
type navigationJar struct {
	http.CookieJar

	// done is of how many responses the cookies are stored and not yet set by
	// net/http: by the weak.Pointer[url.URL] of their requests, an *atomic.Int64.
	done sync.Map
}

// stored notes that the cookies of a response are stored. net/http will set them
// for the very URL of its request.
func (j *navigationJar) stored(u *url.URL) {
	key := weak.Make(u)
	n, noted := j.done.LoadOrStore(key, new(atomic.Int64))
	if !noted {
		runtime.AddCleanup(u, func(key weak.Pointer[url.URL]) { j.done.Delete(key) }, key)
	}
	n.(*atomic.Int64).Add(1)
}

// SetCookies implements [http.CookieJar].
func (j *navigationJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	if n, noted := j.done.Load(weak.Make(u)); noted {
		n := n.(*atomic.Int64)
		if n.Add(-1) >= 0 {
			return
		}
		n.Add(1)
	}
	j.CookieJar.SetCookies(u, cookies)
}
