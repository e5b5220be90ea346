package conformance

import (
	"slices"
	"strings"
)

// A scenarioFamily makes scenarios about one part of the Standard.
type scenarioFamily struct {
	name  string
	about string // the note of its scenarios
	make  func(*maker)
	named bool // only made where it is named: its scenarios take a browser long
}

var families = []scenarioFamily{
	{"methods", "https://fetch.spec.whatwg.org/#methods", (*maker).methods, false},
	{"request-headers", "https://fetch.spec.whatwg.org/#cors-safelisted-request-header", (*maker).requestHeaders, false},
	{"cors-check", "https://fetch.spec.whatwg.org/#concept-cors-check", (*maker).corsCheck, false},
	{"preflight", "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0", (*maker).preflight, false},
	{"preflight-cache", "https://fetch.spec.whatwg.org/#concept-cache", (*maker).preflightCache, false},
	{"redirects", "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch", (*maker).redirects, false},
	{"locations", "https://fetch.spec.whatwg.org/#concept-response-location-url", (*maker).locations, false},
	{"exposure", "https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name", (*maker).exposure, false},
	{"modes", "https://fetch.spec.whatwg.org/#concept-main-fetch", (*maker).modes, false},
	{"referrer-policies", "https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer", (*maker).referrerPolicies, false},
	{"origin-header", "https://fetch.spec.whatwg.org/#append-a-request-origin-header", (*maker).originHeader, false},
	{"metadata", "https://w3c.github.io/webappsec-fetch-metadata/", (*maker).metadata, false},
	{"cache-modes", "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch", (*maker).cacheModes, false},
	{"credentials", "https://fetch.spec.whatwg.org/#credentials", (*maker).cookies, false},
	{"xhr", "https://xhr.spec.whatwg.org/#the-send()-method", (*maker).xhr, false},
	{"sandboxed", "https://html.spec.whatwg.org/#concept-origin-opaque", (*maker).sandboxed, false},
	{"bodies", "https://fetch.spec.whatwg.org/#concept-bodyinit-extract", (*maker).bodies, false},
	{"mixed", "https://fetch.spec.whatwg.org/", (*maker).mixed, false},
	{"eventsource", "https://html.spec.whatwg.org/#the-eventsource-interface", (*maker).eventSources, true},
	{"beacons", "https://w3c.github.io/beacon/#sendbeacon-method", (*maker).beacons, true},
	{"websockets", "https://websockets.spec.whatwg.org/#dom-websocket-websocket", (*maker).webSockets, true},
	{"coep", "https://html.spec.whatwg.org/#coep", (*maker).coep, true},
	{"orb", "https://github.com/annevk/orb", (*maker).orb, true},
	{"mixed-content-upgrades", "https://w3c.github.io/webappsec-mixed-content/", (*maker).mixedContent, true},
	{"hsts", "https://www.rfc-editor.org/rfc/rfc6797", (*maker).hsts, true},
	{"httpcache", "https://www.rfc-editor.org/rfc/rfc9111", (*maker).httpCache, true},
	{"csp", "https://w3c.github.io/webappsec-csp/#match-url-to-source-list", (*maker).policies, true},
	{"lna", "https://wicg.github.io/local-network-access/", (*maker).lna, true},
	{"elements", "https://html.spec.whatwg.org/#fetching-resources", (*maker).elements, true},
}

// methods are methods in any case, and the lists that allow them.
func (m *maker) methods() {
	url := m.url()
	f := m.fetch(url)
	f.Method = new(pick(m, pick(m, methods...), pick(m, oddMethods...)))
	m.credentials(f, 4)
	m.option(f, 8, &f.Mode, "no-cors", "same-origin", "cors")
	if m.once(6) {
		f.Body = m.body(f)
	}
	m.serve(url, []Response{m.allowing(f)}, []Response{m.allowed(f)})
}

// requestHeaders are headers that script sets: safelisted or not, by each and
// in sum.
func (m *maker) requestHeaders() {
	url := m.url()
	f := m.fetch(url)
	if m.once(4) {
		f.Headers = m.sum()
	} else {
		for range 1 + m.roll(3) {
			f.Headers = append(f.Headers, m.header())
			if m.once(5) {
				f.Headers = append(f.Headers, [2]string{f.Headers[0][0], m.value("", "2", "*/*")})
			}
		}
	}
	if m.once(12) {
		name := pick(m, "X-Frame-Options", "Strict-Transport-Security", "X-A")
		for range 2 + m.roll(2) {
			f.Headers = append(f.Headers, [2]string{name, pick(m, "", "a", "b")})
		}
	}
	set(m, 3, &f.Method, "POST", "PUT", "HEAD")
	m.credentials(f, 5)
	m.option(f, 6, &f.Mode, "no-cors")
	m.serve(url, []Response{m.allowing(f)}, []Response{m.allowed(f)})
}

// corsCheck is one response that the page may read or not.
func (m *maker) corsCheck() {
	m.open("https://app.example/", "https://app.example/", "https://app.example/", "http://app.example/", "https://app.example:8443/")
	m.s.Page.Sandboxed = m.once(8)
	url := m.at(m.other(), "a")
	f := m.fetch(url)
	set(m, 3, &f.Method, "POST", "HEAD")
	m.credentials(f, 2)
	r := Response{Status: mostly(m, 200, statuses...), Body: "ok"}
	for range mostly(m, 1, 0, 2) {
		m.line(&r, "Access-Control-Allow-Origin", pick(m, m.requester(), m.requester(), "*", m.allowOrigin(m.requester())))
	}
	m.line(&r, "Access-Control-Allow-Credentials", pick(m, "true", "true", pick(m, allowCredentials...)))
	m.serve(url, nil, []Response{r})
}

// preflight is a request that needs a preflight, and all that the answer may
// have wrong.
func (m *maker) preflight() {
	m.faults = 5
	m.s.Page.Sandboxed = m.once(10)
	url := m.at(m.other(), "a")
	f := m.unsafe(url)
	m.credentials(f, 3)
	preflight := m.allowing(f)
	if m.once(12) {
		preflight.Status = pick(m, redirectStatuses...)
		preflight.add("Location", m.at("https://api.other.test", "b"))
	}
	if m.once(8) {
		m.line(&preflight, pick(m, "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"), pick(m, append(methodMembers, headerMembers...)...))
	}
	m.serve(url, []Response{preflight}, []Response{m.allowed(f)})
}

// unsafe fetches a URL in a way that needs a preflight across origins.
func (m *maker) unsafe(url string) *Fetch {
	f := m.fetch(url)
	switch m.roll(4) {
	case 0:
		f.Headers = append(f.Headers, pick(m, unsafeHeaders...))
	case 1:
		f.Headers = append(f.Headers, pick(m, unsafeHeaders...), pick(m, unsafeHeaders...))
		fallthrough
	default:
		f.Method = new(pick(m, "PUT", "DELETE", "PATCH", "patch", "OPTIONS", "QUERY", "POST"))
	}
	if f.API == "xhr" && m.once(3) {
		f.UploadListener = new(true)
		f.Method = new("POST")
		f.Body = &Body{Kind: "text", Text: "hello"}
	}
	return f
}

// preflightCache is a sequence of requests, some of which find their permission
// in the cache.
func (m *maker) preflightCache() {
	m.s.Page.Sandboxed = m.once(12)
	base := m.at(m.other(), "a")
	if m.once(10) {
		// The longest URL that one engine caches is 1023 bytes long.
		base += strings.Repeat("a", pick(m, 1022, 1023, 1024)-len(base))
	}
	methods := []string{"PUT", "PUT", "DELETE", "HEAD", "GET", "POST", "patch"}
	names := []string{"X-A", "X-A", "x-b", "Authorization"}
	var first *Fetch
	var waited int64
	for i := range 2 + m.roll(4) {
		f := m.fetch(base)
		if m.once(12) {
			f.URL += pick(m, "?q", "#f", "#g", "?")
		}
		if first != nil && m.once(2) {
			f.Method, f.Headers = first.Method, first.Headers
		} else {
			f.Method = new(pick(m, methods...))
			for range m.roll(3) {
				f.Headers = append(f.Headers, [2]string{pick(m, names...), "1"})
			}
		}
		m.credentials(f, 3)
		m.option(f, 10, &f.Cache, cacheModes...)
		if f.API == "xhr" && m.once(2) {
			f.UploadListener = new(true)
			f.Method = new("POST")
			f.Body = &Body{Kind: "text", Text: "hello"}
		}
		if i == 0 {
			first = f
			if m.once(5) {
				waited = pick[int64](m, 3000, 6000)
				m.s.Steps = append(m.s.Steps, Step{WaitMS: &waited})
			}
		}
	}
	m.serve(base, m.permissions(first, waited), m.readable(first))
}

// permissions are one or two answers to preflights, which differ in what they
// allow and for how long.
func (m *maker) permissions(f *Fetch, waited int64) []Response {
	var answers []Response
	for range 1 + m.roll(2) {
		r := Response{Status: mostly(m, 204, 200, 403)}
		allowAny := m.requester()
		if m.once(8) {
			allowAny = "*"
		}
		r.add("Access-Control-Allow-Origin", allowAny)
		r.add("Access-Control-Allow-Credentials", "true")
		r.add("Access-Control-Allow-Methods", pick(m, "*", "*, PUT", "PUT", "PUT, DELETE", "PUT, DELETE, HEAD, GET, POST, patch", f.method()))
		r.add("Access-Control-Allow-Headers", pick(m, "*", "*, authorization", "x-a", "X-A, X-B", "x-a, x-b, authorization", "authorization, x-a"))
		maxAge := mostly(m, "600", maxAges...)
		switch waited {
		case 3000:
			maxAge = pick(m, "2", "2", "600", "1", "5")
		case 6000: // what does not parse is good for 5 seconds
			maxAge = pick(m, "600", "+600", "-600", "600s", "9223372036854775807", "9223372036854775808", "99999999999999999999999", absent)
		}
		m.line(&r, "Access-Control-Max-Age", maxAge)
		answers = append(answers, r)
	}
	return answers
}

// readable are the answers to requests after their preflights: now and then one
// that the page may not read, or that leads to what is blocked, after which the
// Standard forgets.
func (m *maker) readable(f *Fetch) []Response {
	good := Response{Status: 200, Body: "ok", Headers: [][2]string{
		{"Access-Control-Allow-Origin", m.requester()}, {"Access-Control-Allow-Credentials", "true"},
	}}
	switch m.roll(7) {
	case 3:
		targets := []string{"http://api.other.test", "https://api.other.test:22"}
		if slices.ContainsFunc(m.s.Steps, func(s Step) bool { return s.Fetch != nil && s.Fetch.API == "xhr" }) {
			targets = targets[:1] // Firefox's XMLHttpRequest waits for ever after a redirect to a bad port
		}
		blocked := good
		blocked.Status = 307
		blocked.Headers = append(slices.Clone(good.Headers), [2]string{"Location", m.at(pick(m, targets...), "b")})
		return []Response{good, blocked, good}
	case 4:
		return []Response{good, {Status: 200, Body: "ok"}, good}
	case 5:
		broken := good
		broken.Headers = append(slices.Clone(good.Headers), [2]string{"Content-Length", "2"}, [2]string{"Content-Length", "3"})
		return []Response{good, broken, good}
	}
	return []Response{good, good, m.allowed(f)}
}

// exposure is a response whose headers the page may see in part.
func (m *maker) exposure() {
	m.s.Page.Sandboxed = m.once(12)
	url := m.url()
	f := m.fetch(url)
	m.credentials(f, 3)
	m.option(f, 12, &f.Mode, "no-cors")
	r := Response{Status: mostly(m, 200, statuses...), Body: "ok", Headers: [][2]string{{"Access-Control-Allow-Origin", "*"}}}
	if f.includes() {
		r.Headers = [][2]string{{"Access-Control-Allow-Origin", m.requester()}, {"Access-Control-Allow-Credentials", "true"}}
	}
	for range 1 + m.roll(6) {
		h := pick(m, responseHeaders...)
		m.line(&r, h[0], h[1])
	}
	if m.once(8) {
		name := pick(m, "X-Frame-Options", "Sec-GPC", "WWW-Authenticate", "Content-Type", "X-A")
		for range 2 + m.roll(2) {
			m.line(&r, name, pick(m, "", "a", "b"))
		}
	}
	if m.once(4) {
		r.add("Content-Length", "2")
	}
	var members []string
	for range m.roll(4) {
		members = append(members, pick(m, exposeMembers...))
	}
	if len(members) > 0 || m.once(3) {
		m.line(&r, "Access-Control-Expose-Headers", strings.Join(members, mostly(m, ", ", separators...)))
	}
	if m.once(5) {
		m.line(&r, "Access-Control-Expose-Headers", pick(m, exposeMembers...))
	}
	m.serve(url, nil, []Response{r})
}

// modes are the modes with each kind of URL, and what blocks a request or its
// response besides CORS.
func (m *maker) modes() {
	m.open("https://app.example/", "https://app.example/", "http://app.example/", "https://192.0.2.1/", "https://192.0.2.1/")
	if m.once(5) {
		m.s.Page.EmbedderPolicy = pick(m, "require-corp", "require-corp", "credentialless")
	}
	url := m.url()
	switch m.roll(6) {
	case 0:
		url = m.own(pick(m, schemes...))
	case 1:
		url = m.at("https://api.other.test:"+pick(m, ports...), "a")
	case 2:
		url = m.at(pick(m, "http://api.other.test", "http://app.example", "https://app.example", "http://localhost:8000"), "a")
	case 3:
		url = m.at(m.origin+":8443", "a")
	}
	f := m.fetch(url)
	f.API = ""
	set(m, 2, &f.Mode, "no-cors", "no-cors", "no-cors", "same-origin", "same-origin", "cors")
	set(m, 4, &f.Redirect, "follow", "manual", "error")
	set(m, 4, &f.Method, "POST", "HEAD", "PUT")
	set(m, 5, &f.Credentials, "include", "omit", "same-origin")
	set(m, 30, &f.Mode, "navigate", "websocket", "", "CORS")
	set(m, 30, &f.Redirect, "", "FOLLOW")
	set(m, 30, &f.Credentials, "", "INCLUDE")
	if m.once(2) {
		f.Integrity = new(m.integrity())
		if m.once(2) {
			f.Mode, f.Redirect, f.Method = nil, nil, nil
		}
	}
	set(m, 16, &f.Keepalive, true)
	if f.Keepalive != nil && f.method() == "POST" {
		f.Body = m.body(f)
	}
	if m.once(6) {
		f.Headers = append(f.Headers, m.header())
	}
	otherPort := url == m.at(m.origin+":8443", "a")
	if otherPort {
		set(m, 2, &f.Mode, "no-cors")
	}
	r := m.allowed(f)
	if f.Mode != nil && *f.Mode == "no-cors" && (otherPort || m.once(2)) {
		m.line(&r, "Cross-Origin-Resource-Policy", pick(m, resourcePolicies...))
	}
	if m.once(8) {
		r.Status = pick(m, 206, 416, 304, 302)
	}
	if f.Integrity == nil && m.once(3) {
		r.add("Content-Length", "3") // one more than there are
	}
	if strings.HasPrefix(url, "http") && !strings.Contains(url, "@") && strings.Contains(url, "/"+m.s.ID+"/") && !strings.ContainsAny(url, " ") && !strings.Contains(url, ":99999/") {
		m.serve(url, []Response{m.allowing(f)}, []Response{r})
	}
}

// referrerPolicies are referrers and what policies leave of them.
func (m *maker) referrerPolicies() {
	long := "https://app.example/" + strings.Repeat("a", pick(m, 4075, 4076, 4077))
	m.open("https://app.example/dir/page?x=1#frag", "https://app.example/dir/page?x=1#frag", "http://app.example/dir/page?x=1", "https://app.example/", "https://app.example:8443/p?q", long)
	m.s.Page.Sandboxed = m.once(12)
	urls := []string{m.at(m.target(), "a"), m.at(m.target(), "b")}
	if m.once(4) && strings.HasPrefix(m.origin, "http:") {
		urls[m.roll(2)] = m.at("http://api.other.test", "c")
	}
	f := m.fetch(urls[0])
	f.API = ""
	set(m, 3, &f.Method, "POST", "PUT")
	set(m, 4, &f.Mode, "no-cors", "same-origin")
	f.ReferrerPolicy = new(pick(m, policies...))
	set(m, 20, &f.ReferrerPolicy, "never", "default", "No-Referrer", "bogus")
	set(m, 2, &f.Referrer, "", "about:client", "/x/y?z#f", "https://app.example/r?s#t", "http://app.example/r", "https://other.test/", "https://user:pass@app.example/r", "http://[", long, "data:,x", "?")
	last := m.allowed(f)
	if m.once(3) {
		r := Response{Status: pick(m, redirectStatuses...), Headers: [][2]string{{"Location", urls[1]}}}
		m.allow(&r, f, m.requester())
		for range m.roll(3) {
			m.line(&r, "Referrer-Policy", pick(m, policyHeaders...))
		}
		m.serve(urls[1], []Response{m.allowing(f)}, []Response{last})
		last = r
	}
	m.serve(urls[0], []Response{m.allowing(f)}, []Response{last})
}

// originHeader are requests with and without an Origin header, without and
// after redirects.
func (m *maker) originHeader() {
	m.open("https://app.example/", "https://app.example/", "http://app.example/", "https://app.example:8443/")
	m.s.Page.Sandboxed = m.once(8)
	urls := []string{m.at(m.target(), "a"), m.at(m.target(), "b"), m.at(m.target(), "c")}
	f := m.fetch(urls[0])
	f.Method = new(pick(m, "GET", "POST", "POST", "HEAD", "PUT", "DELETE"))
	m.option(f, 2, &f.Mode, "no-cors", "same-origin", "no-cors")
	m.option(f, 2, &f.ReferrerPolicy, policies...)
	m.credentials(f, 6)
	hops := m.roll(len(urls))
	for i, url := range urls[:hops+1] {
		r := Response{Status: 200, Body: "ok", Headers: [][2]string{{"Access-Control-Allow-Origin", mostly(m, "*", "null", m.requester())}}}
		if i < hops {
			r.Status = pick(m, redirectStatuses...)
			r.add("Location", urls[i+1])
		}
		m.serve(url, []Response{m.allowing(f)}, []Response{r})
	}
}

// metadata are pages and URLs near and far, for Sec-Fetch-*.
func (m *maker) metadata() {
	m.open("https://app.example/", "https://app.example/", "http://app.example/", "http://localhost:8000/", "https://www.shop.co.uk/", "https://a.github.io/", "https://sub.app.example/", "http://127.0.0.1:8000/")
	m.s.Page.Sandboxed = m.once(8)
	near := []string{
		m.origin, "https://app.example", "http://app.example", "https://sub.app.example", "http://sub.app.example", "https://api.other.test", "http://api.other.test", "https://www.other.test",
		"https://img.shop.co.uk", "https://other.co.uk", "https://b.github.io", "http://localhost:8000", "http://localhost:8080", "http://127.0.0.1:8000", "https://app.example:8443",
	}
	if strings.HasPrefix(m.origin, "https:") {
		near = slices.DeleteFunc(near, func(origin string) bool { return strings.HasPrefix(origin, "http:") && !m.once(8) })
	}
	urls := []string{m.at(pick(m, near...), "a"), m.at(pick(m, near...), "b")}
	f := m.fetch(urls[0])
	set(m, 3, &f.Method, "POST", "PUT")
	m.option(f, 3, &f.Mode, "no-cors", "same-origin")
	m.credentials(f, 8)
	last := m.allowed(f)
	if m.once(3) {
		r := Response{Status: pick(m, redirectStatuses...), Headers: [][2]string{{"Location", urls[1]}}}
		m.allow(&r, f, m.requester())
		m.serve(urls[1], []Response{m.allowing(f)}, []Response{last})
		last = r
	}
	m.serve(urls[0], []Response{m.allowing(f)}, []Response{last})
}

// cacheModes are cache modes and the headers that change them.
func (m *maker) cacheModes() {
	url := m.at(pick(m, m.origin, m.other(), m.other()), "a")
	for range 1 + m.roll(3) {
		f := m.fetch(url)
		m.option(f, 2, &f.Cache, cacheModes...)
		m.option(f, 6, &f.Mode, "same-origin", "no-cors")
		m.option(f, 24, &f.Cache, "", "NO-STORE", "bogus")
		if f.Cache != nil && *f.Cache == "only-if-cached" && !m.once(4) {
			f.Mode = new("same-origin")
		}
		set(m, 3, &f.Method, "POST", "PUT", "HEAD")
		m.credentials(f, 6)
		for range m.roll(3) {
			f.Headers = append(f.Headers, pick(m, [][2]string{
				{"If-None-Match", `"a"`}, {"If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"}, {"If-Unmodified-Since", "x"}, {"If-Match", "*"}, {"If-Range", `"a"`},
				{"Cache-Control", "no-cache"}, {"Cache-Control", "max-age=0"}, {"Cache-Control", ""}, {"Pragma", "no-cache"}, {"Pragma", "x"}, {"X-A", "1"},
			}...))
		}
	}
	f := m.s.Steps[0].Fetch
	preflight := m.allowing(f)
	preflight.add("Access-Control-Allow-Headers", "if-none-match, if-modified-since, if-unmodified-since, if-match, if-range, cache-control, pragma, x-a")
	preflight.add("Access-Control-Max-Age", "600")
	r := m.allowed(f)
	if m.once(4) {
		r.add("ETag", `"a"`)
		r.Status = mostly(m, 200, 304)
	}
	m.serve(url, []Response{preflight}, []Response{r})
}

// cookies are visits and responses that set cookies, and requests that send
// them or not, mostly within one site.
func (m *maker) cookies() {
	origins := []string{m.origin, "https://sub.app.example", "https://sub.app.example", mostly(m, "https://h2.app.example", "https://api.other.test")}
	urls := []string{m.at(pick(m, origins...), "a"), m.at(pick(m, origins...), "b")}
	cookie := func() string { // of no path that other scenarios have
		return pick(m, "a", "b") + pick(m, "=1", "=2", "=") + pick(m, "", "", "; Secure", "; HttpOnly", "; SameSite=Lax", "; SameSite=Strict", "; SameSite=None; Secure", "; Max-Age=0", "; Path=/"+m.s.ID, "; Path=/"+m.s.ID+"/a", "; Path=x")
	}
	if m.once(2) {
		m.s.Steps = append(m.s.Steps, Step{Visit: new(urls[m.roll(2)])})
	}
	for range 1 + m.roll(3) {
		f := m.fetch(urls[m.roll(2)])
		set(m, 4, &f.Method, "POST", "PUT")
		m.credentials(f, 2)
		m.option(f, 8, &f.Mode, "no-cors", "same-origin")
	}
	for _, url := range urls {
		r := Response{Status: mostly(m, 200, 401, 204), Body: "ok"}
		r.add("Access-Control-Allow-Origin", mostly(m, m.requester(), "*", "null"))
		r.add("Access-Control-Allow-Credentials", mostly(m, "true", "TRUE"))
		for range m.roll(3) {
			r.add("Set-Cookie", cookie())
		}
		preflight := Response{Status: 204, Headers: [][2]string{
			{"Access-Control-Allow-Origin", m.requester()}, {"Access-Control-Allow-Credentials", "true"}, {"Access-Control-Allow-Methods", "PUT"}, {"Set-Cookie", cookie()},
		}}
		m.serve(url, []Response{preflight}, []Response{r})
	}
}

// xhr is XMLHttpRequest: its listeners, its bodies, its text.
func (m *maker) xhr() {
	url := m.url()
	f := m.fetch(url)
	f.API = "xhr"
	if m.once(10) {
		f.URL = m.own(pick(m, schemes...))
	}
	set(m, 2, &f.Method, "POST", "PUT", "post", "patch", "HEAD", "DELETE", "TRACE", "", "b d")
	set(m, 3, &f.WithCredentials, true, false)
	set(m, 3, &f.UploadListener, true, true, false)
	for range m.roll(3) {
		f.Headers = append(f.Headers, m.header())
	}
	if m.once(2) {
		f.Body = m.body(f)
	}
	r := m.allowed(f)
	if m.once(3) {
		r.Headers = slices.DeleteFunc(r.Headers, func(h [2]string) bool { return h[0] == "Content-Type" })
		r.add("Content-Type", pick(m, "text/plain;charset=iso-8859-1", "text/plain;charset=utf-16le", "text/plain;charset=utf-8", "text/plain;charset=bogus", "text/plain, text/html;charset=windows-1251", "text/xml", "bogus"))
		r.Body = pick(m, "\ufefföl", "öl", "ok", "")
	}
	preflight := m.allowing(f)
	if m.once(5) {
		to := m.at(m.target(), "c")
		m.serve(to, []Response{preflight}, []Response{r})
		r = Response{Status: pick(m, redirectStatuses...), Headers: [][2]string{{"Location", to}}}
		m.allow(&r, f, m.requester())
	}
	m.serve(url, []Response{preflight}, []Response{r})
}

// sandboxed is a page of an opaque origin.
func (m *maker) sandboxed() {
	m.open("https://app.example/", "https://app.example/dir/page?x=1", "http://app.example/")
	m.s.Page.Sandboxed = true
	url := m.url()
	var f *Fetch
	if m.once(2) {
		f = m.unsafe(url)
	} else {
		f = m.fetch(url)
	}
	m.credentials(f, 3)
	m.option(f, 4, &f.Mode, "no-cors", "same-origin")
	m.option(f, 4, &f.ReferrerPolicy, policies...)
	r := m.allowed(f)
	if m.once(6) {
		m.line(&r, "Cross-Origin-Resource-Policy", pick(m, resourcePolicies...))
	}
	preflight := m.allowing(f)
	if m.once(4) {
		to := m.at(m.target(), "c")
		m.serve(to, []Response{preflight}, []Response{r})
		r = Response{Status: pick(m, redirectStatuses...), Headers: [][2]string{{"Location", to}}}
		m.allow(&r, f, m.requester())
	}
	m.serve(url, []Response{preflight}, []Response{r})
}

// mixed is any scenario at all: what no family thought of.
func (m *maker) mixed() {
	m.open("https://app.example/", "https://app.example/", "http://app.example/", "http://localhost:8000/p?q#f")
	m.s.Page.Sandboxed = m.once(4)
	origins := []string{m.origin, "https://api.other.test", "https://h2.other.test", "https://sub.app.example"}
	url := func() string { return m.at(pick(m, origins...), pick(m, "a", "b")) }
	for range 1 + m.roll(4) {
		if m.once(8) {
			m.wait(50, 3000)
		}
		if m.once(12) {
			m.s.Steps = append(m.s.Steps, Step{Visit: new(url())})
		}
		target := url()
		if m.once(12) {
			target = m.own(pick(m, schemes...))
		}
		f := m.fetch(target)
		set(m, 2, &f.Method, "POST", "POST", "PUT", "DELETE", "HEAD", pick(m, methods...), pick(m, oddMethods...))
		for range m.roll(3) {
			f.Headers = append(f.Headers, m.header())
		}
		if method := f.method(); method != "GET" && method != "HEAD" && m.once(2) || m.once(20) {
			f.Body = m.body(f)
		}
		m.credentials(f, 3)
		m.option(f, 4, &f.Mode, "no-cors", "same-origin", "cors", "navigate")
		m.option(f, 6, &f.Redirect, "manual", "error", "follow")
		m.option(f, 8, &f.Cache, cacheModes...)
		m.option(f, 8, &f.ReferrerPolicy, policies...)
		m.option(f, 12, &f.Referrer, "", "/x", "about:client", "http://[")
		m.option(f, 12, &f.Integrity, digests...)
		if f.API == "xhr" {
			set(m, 3, &f.UploadListener, true)
		}
	}
	response := func(preflight bool) Response {
		f := &Fetch{}
		for _, step := range m.s.Steps {
			if step.Fetch != nil && (f.URL == "" || m.once(2)) {
				f = step.Fetch
			}
		}
		if preflight {
			r := m.allowing(f)
			if m.once(3) {
				m.line(&r, "Access-Control-Max-Age", mostly(m, "600", maxAges...))
			}
			return r
		}
		r := Response{Status: mostly(m, 200, statuses...), Body: "ok"}
		m.allow(&r, f, mostly(m, m.requester(), "null"))
		for range m.roll(4) {
			h := pick(m, responseHeaders...)
			m.line(&r, h[0], h[1])
		}
		if m.once(3) {
			m.line(&r, "Access-Control-Expose-Headers", pick(m, exposeMembers...)+mostly(m, ", ", separators...)+pick(m, exposeMembers...))
		}
		if m.once(3) {
			r.Status = pick(m, redirectStatuses...)
			m.line(&r, "Location", pick(m, url(), url(), m.own(pick(m, locations...))))
		}
		switch m.roll(40) {
		case 36:
			r.add("Cross-Origin-Resource-Policy", pick(m, resourcePolicies...))
		case 37:
			r.add(pick(m, "Content-Length", "Content-Encoding", "Transfer-Encoding"), pick(m, "2", "3", "2, 3", "x", "identity", "gzip", "chunked"))
		case 38:
			if strings.HasPrefix(m.origin, "https:") {
				r.Status = 407 // in plain HTTP it would be that of the proxy before a browser
			}
		case 39:
			r.Drop = true
		}
		return r
	}
	for _, origin := range origins {
		for _, path := range []string{"a", "b"} {
			var preflights, actuals []Response
			for range mostly(m, 1, 0, 2) {
				preflights = append(preflights, response(true))
			}
			for range mostly(m, 1, 0, 2) {
				actuals = append(actuals, response(false))
			}
			m.serve(m.at(origin, path), preflights, actuals)
		}
	}
}
